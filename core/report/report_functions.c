/* report_functions.c - the function table as text, by self time. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/instruction_rows.h"
#include "core/report/report_text.h"
#include "core/report/rows.h"

enum { NAME_WIDTH_LIMIT = 48 }; /* a longer name shifts its own row's last column only */

struct function_table {
    const struct model *model;
    uint32_t *ids;
    size_t count;
    int calls_width, name_width;
    uint64_t total_self;
};

static void measure(struct function_table *table) {
    table->calls_width = (int)strlen("calls");
    table->name_width = (int)strlen("function");
    for (size_t i = 0; i < table->count; i++) {
        const struct model_function *function = &table->model->functions[table->ids[i]];
        char calls[REPORT_CALLS_SIZE];
        int calls_width = report_calls(function->calls, function->primitive_calls, calls);
        size_t name_width = report_width(function->qualname);
        if (calls_width > table->calls_width)
            table->calls_width = calls_width;
        if (name_width <= NAME_WIDTH_LIMIT && (int)name_width > table->name_width)
            table->name_width = (int)name_width;
    }
}

static bool has_instructions(const struct model *model) { return model->instructions != MODEL_UNKNOWN; }

static void write_instructions(const struct model_function *function, FILE *out) {
    if (function->instructions == MODEL_UNKNOWN)
        fprintf(out, " %14s", "-");
    else
        fprintf(out, " %14" PRIu64, function->instructions);
}

/* Of the function without what it called. */
static void write_memory(const struct model_allocations *memory, FILE *out) {
    char allocated[REPORT_SIZE_SIZE], peak[REPORT_SIZE_SIZE];
    report_size(memory->allocated_bytes, allocated);
    report_size(memory->peak_bytes, peak);
    fprintf(out, " %*s %*s", REPORT_SIZE_WIDTH, allocated, REPORT_SIZE_WIDTH, peak);
}

static void write_row(const struct function_table *table, const struct model_function *function, FILE *out) {
    char calls[REPORT_CALLS_SIZE];
    report_calls(function->calls, function->primitive_calls, calls);
    fprintf(out, "%*s %12.6f %6.1f %12.6f %7.1f", table->calls_width, calls, report_seconds(function->self_ns),
            report_percent(function->self_ns, table->total_self), report_seconds(function->total_ns),
            report_percent(function->total_ns, table->total_self));
    if (table->model->collectors & COLLECTOR_MEMORY)
        write_memory(&function->memory, out);
    if (has_instructions(table->model))
        write_instructions(function, out);
    fputs("  ", out);
    int width = (int)report_text(out, function->qualname, strlen(function->qualname));
    fprintf(out, "%*s", width < table->name_width ? table->name_width - width + 2 : 2, "");
    report_place(out, function);
    putc('\n', out);
}

static void write_table(const struct function_table *table, FILE *out) {
    uint64_t calls = 0;
    for (size_t i = 0; i < table->count; i++)
        calls += table->model->functions[table->ids[i]].calls;
    fprintf(out, "calls: %" PRIu64 ", functions: %zu, time in them: %.3f s; by self time\n\n", calls, table->count,
            report_seconds(table->total_self));
    fprintf(out, "%*s %12s %6s %12s %7s", table->calls_width, "calls", "self s", "self %", "total s", "total %");
    if (table->model->collectors & COLLECTOR_MEMORY)
        fprintf(out, " %*s %*s", REPORT_SIZE_WIDTH, "allocated", REPORT_SIZE_WIDTH, "at peak");
    if (has_instructions(table->model))
        fprintf(out, " %14s", "instructions");
    fprintf(out, "  %-*s  %s\n", table->name_width, "function", "file:line");
    for (size_t i = 0; i < table->count; i++)
        write_row(table, &table->model->functions[table->ids[i]], out);
}

bool report_functions(const struct model *model, FILE *out, struct error *error) {
    struct function_table table = {.model = model, .total_self = model_total_self(model)};
    report_heading(model, "Functions", out);
    if (!(model->collectors & COLLECTOR_FUNCTION)) {
        fputs("Functions were not counted in this run; add function to -k.\n", out);
        return true;
    }
    table.ids = report_functions_by_self(model, &table.count);
    if (!table.ids)
        return report_out_of_memory(error);
    measure(&table);
    write_table(&table, out);
    size_t idle = model->function_count - 1 - table.count;
    if (idle)
        fprintf(out, "%zu compiled function%s that never ran\n", idle, idle == 1 ? "" : "s");
    instruction_write_unknown(model, out);
    report_losses(model, out);
    free(table.ids);
    return true;
}
