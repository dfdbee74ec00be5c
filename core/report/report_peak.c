/* report_peak.c - what lived at the high-water mark: by call path, and by line. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/report/branches.h"
#include "core/report/memory_rows.h"
#include "core/report/report_text.h"
#include "core/report/source_lines.h"

enum { CUT_PER_MILLE = 10 };

/* Recursive calls have no total of their own, but what they allocated themselves. */
static uint64_t weight(const struct model *model, const struct model_node *node) {
    const struct model_node_memory *memory = model_node_memory(model, node);
    uint64_t total = memory->total_memory.peak_bytes, own = memory->memory.peak_bytes;
    return total > own ? total : own;
}

static void write_node(const struct branches *branches, const struct model_node *node, uint32_t depth, FILE *out) {
    char total[REPORT_SIZE_SIZE], own[REPORT_SIZE_SIZE];
    uint64_t bytes = weight(branches->model, node);
    report_size(bytes, total);
    report_size(model_node_memory(branches->model, node)->memory.peak_bytes, own);
    fprintf(out, "%*s %6.1f %*s %12" PRIu64 "  ", REPORT_SIZE_WIDTH, total, report_percent(bytes, branches->whole),
            REPORT_SIZE_WIDTH, own, node->calls);
    branches_write_function(branches, node, depth, out);
    putc('\n', out);
}

static bool write_paths(const struct model *model, uint64_t whole, FILE *out) {
    struct branches branches = {
        .model = model, .weight = weight, .whole = whole, .cut_per_mille = CUT_PER_MILLE, .visit = write_node};
    fprintf(out, "\n%*s %6s %*s %12s  %s\n", REPORT_SIZE_WIDTH, "at peak", "%", REPORT_SIZE_WIDTH, "self", "calls",
            "function");
    if (!branches_walk(&branches, out))
        return false;
    if (branches.cut)
        fprintf(out, "%" PRIu64 " branch%s with less than 1 %% of it not shown\n", branches.cut,
                branches.cut == 1 ? "" : "es");
    return true;
}

/* At most so many lines, and none with less than the cut. */
static bool write_lines(const struct model *model, uint64_t whole, size_t most, FILE *out) {
    struct line_text text = {0};
    size_t count;
    struct memory_line *lines = memory_lines_by_peak(model, &count);
    bool done = lines != NULL;
    fprintf(out, "%*s %6s %12s  %s\n", REPORT_SIZE_WIDTH, "at peak", "%", "blocks", "line");
    for (size_t i = 0; done && i < count && i < most; i++) {
        const struct model_allocations *memory = &lines[i].memory;
        char size[REPORT_SIZE_SIZE];
        if (!memory->peak_bytes || (double)memory->peak_bytes * 1000.0 < (double)whole * CUT_PER_MILLE)
            break;
        report_size(memory->peak_bytes, size);
        fprintf(out, "%*s %6.1f %12" PRIu64 "  ", REPORT_SIZE_WIDTH, size, report_percent(memory->peak_bytes, whole),
                memory->peak_count);
        memory_write_place(model, lines[i].function, lines[i].line, out);
        done = line_text_open(&text, model, model->functions[lines[i].function].file);
        if (done && lines[i].function)
            line_text_write_bare(&text, lines[i].line, out);
        putc('\n', out);
    }
    line_text_close(&text);
    free(lines);
    return done;
}

bool report_peak(const struct model *model, FILE *out, struct error *error) {
    if (!memory_write_head(model, "High-water mark", out))
        return true;
    const struct model_allocations whole = memory_whole(model);
    if (!write_paths(model, whole.peak_bytes, out))
        return report_out_of_memory(error);
    putc('\n', out);
    return write_lines(model, whole.peak_bytes, SIZE_MAX, out) || report_out_of_memory(error);
}

bool report_top_sites(const struct model *model, size_t most, FILE *out, struct error *error) {
    const struct model_allocations whole = memory_whole(model);
    return write_lines(model, whole.peak_bytes, most, out) || report_out_of_memory(error);
}
