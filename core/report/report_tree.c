/* report_tree.c - the call tree as text, the largest branches first. */
#include <inttypes.h>

#include "core/report/branches.h"
#include "core/report/report_text.h"

/* What a branch weighs: recursive calls have no total of their own, but self time. */
static uint64_t weight(const struct model *model, const struct model_node *node) {
    (void)model;
    return node->total_ns > node->self_ns ? node->total_ns : node->self_ns;
}

static void write_node(const struct branches *branches, const struct model_node *node, uint32_t depth, FILE *out) {
    fprintf(out, "%12.6f %7.1f %12.6f %12" PRIu64 "  ", report_seconds(node->total_ns),
            report_percent(node->total_ns, branches->whole), report_seconds(node->self_ns), node->calls);
    branches_write_function(branches, node, depth, out);
    putc('\n', out);
}

bool report_tree(const struct model *model, FILE *out, struct error *error) {
    struct branches branches = {
        .model = model, .weight = weight, .whole = model_total_self(model), .cut_per_mille = 1, .visit = write_node};
    report_heading(model, "Call tree", out);
    if (!(model->collectors & COLLECTOR_FUNCTION)) {
        fputs("Functions were not counted in this run; add function to -k.\n", out);
        return true;
    }
    fprintf(out, "\n%12s %7s %12s %12s  %s\n", "total s", "total %", "self s", "calls", "function");
    if (!branches_walk(&branches, out))
        return report_out_of_memory(error);
    if (branches.cut)
        fprintf(out, "%" PRIu64 " %s less than 0.1 %% of the time, not shown\n", branches.cut,
                branches.cut == 1 ? "branch of" : "branches of");
    return true;
}
