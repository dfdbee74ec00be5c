/* report_memory.c - what functions allocated, as a table, and the lines of those that matter. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile/model_memory.h"
#include "core/report/memory_rows.h"
#include "core/report/report_text.h"
#include "core/report/rows.h"
#include "core/report/source_lines.h"

enum {
    NAME_WIDTH_LIMIT = 40,  /* a longer name shifts its own row's last column only */
    COUNT_WIDTH = 9,
    TABLE_PER_MILLE = 5,    /* functions with less in all respects are not in the table */
    LINES_PER_MILLE = 10,   /* nor are the lines of those with less listed */
    HEAD_LINES = 4,         /* a `def` with its decorators is shown, though they are lines of the function around it */
    OCCURRENCES_WIDTH = 11,
    LIFETIME_WIDTH = 8,
    /* all columns behind the line's number: four sizes, an increment, and those */
    LINE_COLUMNS = 4 * (1 + REPORT_SIZE_WIDTH) + 2 + REPORT_SIZE_WIDTH + 1 + OCCURRENCES_WIDTH + 1 + LIFETIME_WIDTH,
};

struct memory_table {
    const struct model *model;
    struct model_allocations whole;
    uint32_t *ids; /* of the functions that are shown */
    size_t count, left_out;
    int name_width;
};

static int compare_functions(const void *left, const void *right, void *context) {
    const struct model *model = context;
    uint32_t left_id = *(const uint32_t *)left, right_id = *(const uint32_t *)right;
    const struct model_allocations *a = &model->functions[left_id].memory, *b = &model->functions[right_id].memory;
    if (a->peak_bytes != b->peak_bytes)
        return a->peak_bytes > b->peak_bytes ? -1 : 1;
    if (a->allocated_bytes != b->allocated_bytes)
        return a->allocated_bytes > b->allocated_bytes ? -1 : 1;
    return left_id < right_id ? -1 : left_id > right_id;
}

static const char *name_of(const struct model *model, uint32_t id) {
    return id ? model->functions[id].qualname : "(no function)";
}

/* What only calls others that allocate is of interest by its total. */
static bool is_shown(const struct memory_table *table, const struct model_function *function) {
    return memory_is_at_least(&function->memory, &table->whole, TABLE_PER_MILLE) ||
           memory_is_at_least(&function->total_memory, &table->whole, 10 * TABLE_PER_MILLE);
}

/* false: out of memory. */
static bool choose_functions(struct memory_table *table) {
    const struct model *model = table->model;
    table->name_width = (int)strlen("function");
    table->ids = malloc(model->function_count * sizeof *table->ids);
    if (!table->ids)
        return false;
    for (uint32_t id = 0; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!is_shown(table, function)) {
            table->left_out += model_has_allocations(&function->memory);
            continue;
        }
        if (id == 0 && !model_has_allocations(&function->memory))
            continue;
        table->ids[table->count++] = id;
        size_t width = report_width(name_of(model, id));
        if (width <= NAME_WIDTH_LIMIT && (int)width > table->name_width)
            table->name_width = (int)width;
    }
    qsort_r(table->ids, table->count, sizeof *table->ids, compare_functions, (void *)model);
    return true;
}

static void write_size(uint64_t bytes, FILE *out) {
    char text[REPORT_SIZE_SIZE];
    report_size(bytes, text);
    fprintf(out, " %*s", REPORT_SIZE_WIDTH, text);
}

static void write_function_row(const struct memory_table *table, uint32_t id, FILE *out) {
    const struct model_function *function = &table->model->functions[id];
    const struct model_allocations *own = &function->memory;
    const struct model_allocations *total = id ? &function->total_memory : own;
    fprintf(out, "%*" PRIu64, COUNT_WIDTH, own->allocated_count);
    write_size(own->allocated_bytes, out);
    fprintf(out, " %6.1f", report_percent(own->temporary_count, own->allocated_count));
    write_size(own->freed_bytes, out);
    write_size(own->live_bytes, out);
    write_size(own->peak_bytes, out);
    write_size(total->allocated_bytes, out);
    write_size(total->peak_bytes, out);
    fputs("  ", out);
    int width = (int)report_text(out, name_of(table->model, id), strlen(name_of(table->model, id)));
    if (id) {
        fprintf(out, "%*s", width < table->name_width ? table->name_width - width + 2 : 2, "");
        report_place(out, function);
    }
    putc('\n', out);
}

static void write_table(const struct memory_table *table, FILE *out) {
    fputs("\n-------------------- without callees ------------------- -- with callees ---\n", out);
    fprintf(out, "%*s %9s %6s %9s %9s %9s %9s %9s  %-*s  %s\n", COUNT_WIDTH, "count", "allocated", "temp %", "freed",
            memory_live_word(table->model), "at peak", "allocated", "at peak", table->name_width, "function", "file:line");
    for (size_t i = 0; i < table->count; i++)
        write_function_row(table, table->ids[i], out);
    if (table->left_out)
        fprintf(out, "%zu function%s with less than 0.5 %% of all these not shown\n", table->left_out,
                table->left_out == 1 ? "" : "s");
}

/* --- lines ---------------------------------------------------------------------------------------- */

/* What memory_profiler calls occurrences: how often the line ran; where lines were not counted, how often it allocated. */
static uint64_t occurrences(const struct model_line *line) {
    return line->hits == MODEL_UNKNOWN ? line->memory.allocated_count : line->hits;
}

static void write_line_memory(const struct model_line *line, FILE *out) {
    const struct model_allocations *memory = &line->memory;
    char usage[REPORT_SIZE_SIZE] = "", increment[REPORT_SIZE_SIZE], lifetime[REPORT_SIZE_SIZE] = "";
    if (memory->allocated_count) { /* else what lived then is not known, and nothing of its own did */
        report_size(memory->highest_bytes, usage);
        report_duration(memory->lifetime_ns / memory->allocated_count, lifetime);
    }
    report_size_change((int64_t)(memory->allocated_bytes - memory->freed_bytes), increment);
    fprintf(out, " %*s %*s %*" PRIu64, REPORT_SIZE_WIDTH, usage, 1 + REPORT_SIZE_WIDTH, increment, OCCURRENCES_WIDTH,
            occurrences(line));
    write_size(memory->allocated_bytes, out);
    write_size(memory->freed_bytes, out);
    write_size(memory->peak_bytes, out);
    fprintf(out, " %*s", LIFETIME_WIDTH, lifetime);
}

static void write_line(const struct model_line *line, const struct line_text *text, FILE *out) {
    bool ran = model_has_allocations(&line->memory);
    fprintf(out, "%6" PRIu32, line->line);
    if (ran)
        write_line_memory(line, out);
    line_text_write(text, line->line, ran ? 0 : LINE_COLUMNS, out);
    putc('\n', out);
}

static void write_function_lines(const struct memory_table *table, uint32_t id, const struct counted_lines *counted,
                                 const struct line_text *text, FILE *out) {
    const struct model_function *function = &table->model->functions[id];
    putc('\n', out);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    fprintf(out, "\n%6s %*s %*s %*s %*s %*s %*s %*s  source\n", "line", REPORT_SIZE_WIDTH, "usage", 1 + REPORT_SIZE_WIDTH,
            "increment", OCCURRENCES_WIDTH, "occurrences", REPORT_SIZE_WIDTH, "allocated", REPORT_SIZE_WIDTH, "freed",
            REPORT_SIZE_WIDTH, "at peak", LIFETIME_WIDTH, "lifetime");
    uint32_t next = function->line;
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        const struct model_line *line = &table->model->lines[function->first_line_row + i];
        bool is_head = i == 0 && line->line - next <= HEAD_LINES;
        source_gap_write(text, next, line->line - 1, is_head ? NULL : counted, LINE_COLUMNS, out);
        write_line(line, text, out);
        next = line->line + 1;
    }
}

/* Whether the lines of a function, with the C functions that they called, make up enough to be listed. */
static bool has_lines_that_matter(const struct memory_table *table, const struct model_function *function) {
    struct model_allocations sum = {0};
    for (uint32_t i = 0; i < function->line_row_count; i++)
        model_add_allocations(&sum, &table->model->lines[function->first_line_row + i].memory);
    return memory_is_at_least(&sum, &table->whole, LINES_PER_MILLE);
}

static bool write_lines(const struct memory_table *table, FILE *out) {
    struct counted_lines counted = {0};
    struct line_text text = {0};
    bool done = counted_lines_find(table->model, &counted);
    for (size_t i = 0; done && i < table->count; i++) {
        const struct model_function *function = &table->model->functions[table->ids[i]];
        if (!has_lines_that_matter(table, function))
            continue;
        done = line_text_open(&text, table->model, function->file);
        if (done)
            write_function_lines(table, table->ids[i], &counted, &text, out);
    }
    line_text_close(&text);
    free(counted.rows);
    return done;
}

bool report_memory(const struct model *model, FILE *out, struct error *error) {
    struct memory_table table = {.model = model};
    if (!memory_write_head(model, "Memory", out))
        return true;
    table.whole = memory_whole(model);
    bool done = choose_functions(&table);
    if (done) {
        write_table(&table, out);
        done = write_lines(&table, out);
        report_losses(model, out);
    }
    free(table.ids);
    return done || report_out_of_memory(error);
}
