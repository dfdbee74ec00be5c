#include "core/report/export_json.h"

#include "core/report/json.h"
#include "core/report/rows.h"

enum { EXPORT_JSON_VERSION = 1 };

static void write_known(struct json *json, const char *key, uint64_t value) {
    if (value != MODEL_UNKNOWN)
        json_number(json, key, value);
}

/* Those of the sum and of a forked child are the program's. */
static void write_arguments(struct json *json, const struct model *model) {
    if (!model->argument_count)
        model = model_program(model);
    if (!model->argument_count)
        return;
    json_begin(json, "argv", '[');
    for (size_t i = 0; i < model->argument_count; i++)
        json_text(json, NULL, model->arguments[i].text);
    json_end(json, ']');
}

static void write_exit(struct json *json, const struct model *model) {
    if (model->exit_kind == MODEL_EXIT_UNKNOWN)
        return;
    json_begin(json, "exit", '{');
    json_number(json, model->exit_kind == MODEL_EXIT_STATUS ? "status" : "signal", model->exit_value);
    json_end(json, '}');
}

static void write_run(struct json *json, const struct model *model) {
    json_number(json, "pyprof", EXPORT_JSON_VERSION);
    if (*model->python_version)
        json_text(json, "python", model->python_version);
    write_arguments(json, model);
    write_exit(json, model);
    json_break(json);
    json_begin(json, "collectors", '[');
#define X(bit, NAME, name, built)             \
    if (model->collectors & COLLECTOR_##NAME) \
        json_text(json, NULL, name);
    COLLECTOR_LIST(X)
#undef X
    json_end(json, ']');
    write_known(json, "wall_ns", model->wall_ns);
    json_text(json, "clock", run_clock_name(model->clock));
    if (model->overhead_ns)
        json_number(json, "overhead_ns", model->overhead_ns);
}

static void write_losses(struct json *json, const struct model *model) {
    if (model->left_alone_count) {
        json_break(json);
        json_begin(json, "left_alone", '[');
        for (size_t i = 0; i < model->left_alone_count; i++) {
            const struct model_left_alone *row = &model->left_alone[i];
            json_break(json);
            json_begin(json, NULL, '{');
            json_text(json, "reason", row->reason);
            json_number(json, "count", row->count);
            json_text(json, "example", row->example);
            json_end(json, '}');
        }
        json_end(json, ']');
    }
    if (model->unreadable_count) {
        json_break(json);
        json_begin(json, "unreadable", '[');
        for (size_t i = 0; i < model->unreadable_count; i++) {
            json_break(json);
            json_begin(json, NULL, '{');
            json_text(json, "name", model->unreadable[i].name);
            json_text(json, "reason", model->unreadable[i].reason);
            json_end(json, '}');
        }
        json_end(json, ']');
    }
}

static void write_function(struct json *json, const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    bool is_c = function->kind == MODEL_FUNCTION_C;
    json_break(json);
    json_begin(json, NULL, '{');
    json_number(json, "id", id);
    if (!is_c) {
        json_text(json, "file", function->file);
        json_number(json, "line", function->line);
    }
    json_text(json, "name", function->name);
    json_text(json, "qualname", function->qualname);
    json_text(json, "kind", is_c ? "c" : "python");
    if (model->collectors & COLLECTOR_FUNCTION) {
        write_known(json, "calls", function->calls);
        write_known(json, "primitive_calls", function->primitive_calls);
        write_known(json, "self_ns", function->self_ns);
        write_known(json, "total_ns", function->total_ns);
    }
    json_end(json, '}');
}

static void write_functions(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "functions", '[');
    for (uint32_t id = 1; id < model->function_count; id++)
        if (report_function_ran(model, id))
            write_function(json, model, id);
    json_end(json, ']');
}

/* Calls by the program itself have no caller that is exported: they are a function's calls less those of its edges. */
static void write_edges(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "edges", '[');
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->caller == 0 || !report_function_ran(model, edge->caller) || !report_function_ran(model, edge->callee))
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "caller", edge->caller);
        json_number(json, "callee", edge->callee);
        write_known(json, "calls", edge->calls);
        write_known(json, "self_ns", edge->self_ns);
        write_known(json, "total_ns", edge->total_ns);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_lines(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "lines", '[');
    uint32_t checked = 0; /* a function's lines stand together: one look at it is enough */
    bool ran = false;
    for (size_t i = 0; i < model->line_count; i++) {
        const struct model_line *line = &model->lines[i];
        if (line->function != checked)
            ran = report_function_ran(model, line->function);
        checked = line->function;
        if (!ran || checked == 0)
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_text(json, "file", model->functions[line->function].file);
        json_number(json, "line", line->line);
        json_number(json, "function", line->function);
        write_known(json, "hits", line->hits);
        write_known(json, "self_ns", line->self_ns);
        write_known(json, "total_ns", line->total_ns);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_timeline(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "timeline", '[');
    for (size_t i = 0; i < model->sample_count; i++) {
        const struct model_sample *sample = &model->samples[i];
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "t_ns", sample->t_ns);
        write_known(json, "rss", sample->rss);
        write_known(json, "heap", sample->heap);
        if (sample->function && report_function_ran(model, sample->function))
            json_number(json, "function", sample->function);
        json_end(json, '}');
    }
    json_end(json, ']');
}

/* What the collectors that were on have counted. */
static void write_counts(struct json *json, const struct model *model) {
    if (model->collectors & (COLLECTOR_FUNCTION | COLLECTOR_LINE)) /* lines name their functions */
        write_functions(json, model);
    if (model->collectors & COLLECTOR_FUNCTION)
        write_edges(json, model);
    if (model->collectors & COLLECTOR_LINE)
        write_lines(json, model);
}

/* One process of several; ids in it are its own. */
static void write_process(struct json *json, const struct model *process) {
    json_break(json);
    json_begin(json, NULL, '{');
    json_number(json, "pid", process->pid);
    if (process->parent_pid)
        json_number(json, "parent", process->parent_pid);
    write_arguments(json, process);
    write_exit(json, process);
    write_known(json, "wall_ns", process->wall_ns);
    write_losses(json, process);
    write_counts(json, process);
    json_end(json, '}');
}

static void write_processes(struct json *json, const struct model *model) {
    const struct model *program = model_program(model);
    if (model->process_count == 1)
        return; /* the document is about this one */
    json_break(json);
    json_begin(json, "processes", '[');
    write_process(json, program);
    for (size_t i = 0; i < program->child_count; i++)
        write_process(json, program->children[i]);
    json_end(json, ']');
}

bool export_json(const struct model *model, FILE *out, struct error *error) {
    (void)error; /* writing errors are the stream's, and checked by the caller */
    struct json json = {.out = out};
    json_begin(&json, NULL, '{');
    write_run(&json, model);
    write_losses(&json, model);
    write_counts(&json, model);
    write_timeline(&json, model);
    write_processes(&json, model);
    json_end(&json, '}');
    putc('\n', out);
    return true;
}
