/* export_json_threads.c - what each thread did, and what it did of each function. */
#include "core/report/export_json.h"
#include "core/report/rows.h"

/* What a thread did of each function. A thread's rows stand together, and the threads' in their order: *row is the next one. */
static void write_thread_functions(struct json *json, const struct model *model, size_t thread, size_t *row) {
    json_begin(json, "functions", '[');
    for (; *row < model->thread_function_count && model->thread_functions[*row].thread == thread; ++*row) {
        const struct model_thread_function *function = &model->thread_functions[*row];
        if (!report_is_exported(model, function->function))
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "function", function->function);
        json_number(json, "calls", function->calls);
        json_number(json, "primitive_calls", function->primitive_calls);
        json_number(json, "self_ns", function->self_ns);
        json_number(json, "total_ns", function->total_ns);
        json_end(json, '}');
    }
    json_end(json, ']');
}

void export_json_threads(struct json *json, const struct model *model) {
    bool counted = report_threads_are_counted(model);
    size_t row = 0;
    if (!model->thread_count)
        return;
    json_break(json);
    json_begin(json, "threads", '[');
    for (size_t i = 0; i < model->thread_count; i++) {
        const struct model_thread *thread = &model->threads[i];
        json_break(json);
        json_begin(json, NULL, '{');
        if (*thread->name)
            json_text(json, "name", thread->name);
        json_number(json, "system_id", thread->system_id);
        json_number(json, "starts", thread->starts);
        json_truth(json, "running", thread->running);
        if (counted) {
            json_number(json, "calls", thread->calls);
            json_number(json, "self_ns", thread->self_ns);
        }
        if (counted && model->thread_function_count)
            write_thread_functions(json, model, i, &row);
        json_end(json, '}');
    }
    json_end(json, ']');
}
