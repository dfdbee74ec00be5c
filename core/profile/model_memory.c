#include "core/profile/model_memory.h"

#include <stdlib.h>
#include <string.h>

void model_add_allocations(struct model_allocations *sum, const struct model_allocations *part) {
    sum->allocated_count += part->allocated_count;
    sum->allocated_bytes += part->allocated_bytes;
    sum->freed_count += part->freed_count;
    sum->freed_bytes += part->freed_bytes;
    sum->live_count += part->live_count;
    sum->live_bytes += part->live_bytes;
    sum->peak_count += part->peak_count;
    sum->peak_bytes += part->peak_bytes;
    sum->temporary_count += part->temporary_count;
    sum->lifetime_ns += part->lifetime_ns;
    if (part->highest_bytes > sum->highest_bytes)
        sum->highest_bytes = part->highest_bytes;
}

bool model_has_allocations(const struct model_allocations *memory) {
    return memory->allocated_count || memory->freed_count || memory->live_count || memory->peak_count || memory->allocated_bytes ||
           memory->freed_bytes || memory->live_bytes || memory->peak_bytes;
}

/* --- call nodes and functions ----------------------------------------------------------------------------- */

/* The call nodes that have memory in or below them, as a tree. Row 0 is nobody's child. */
struct memory_tree {
    uint32_t *first_child, *next_sibling; /* of nodes; 0: none */
    uint32_t *active;                     /* of functions: how often on the path */
    bool *has_memory;                     /* of nodes */
};

static bool make_tree(struct memory_tree *tree, const struct model *model) {
    tree->first_child = calloc(model->node_count + 1, sizeof *tree->first_child);
    tree->next_sibling = calloc(model->node_count + 1, sizeof *tree->next_sibling);
    tree->active = calloc(model->function_count, sizeof *tree->active);
    tree->has_memory = calloc(model->node_count + 1, sizeof *tree->has_memory);
    return tree->first_child && tree->next_sibling && tree->active && tree->has_memory;
}

static void free_tree(struct memory_tree *tree) {
    free(tree->first_child);
    free(tree->next_sibling);
    free(tree->active);
    free(tree->has_memory);
}

/* Rows for the nodes that have memory in or below them. Parents stand before their children, so one pass from the end is
 * enough. */
static bool make_rows(struct model *model, struct memory_tree *tree) {
    size_t count = 1;
    for (size_t i = 0; i < model->site_count; i++)
        if (model->sites[i].node < model->node_count)
            tree->has_memory[model->sites[i].node] = true;
    for (size_t i = model->node_count; i-- > 0;) {
        struct model_node *node = &model->nodes[i];
        node->memory_row = tree->has_memory[i] ? (uint32_t)count++ : 0;
        tree->has_memory[node->parent] |= tree->has_memory[i];
    }
    free(model->node_memory);
    model->node_memory = calloc(count, sizeof *model->node_memory);
    model->node_memory_count = model->node_memory ? count : 0;
    return model->node_memory;
}

static struct model_node_memory *memory_of(struct model *model, size_t node) {
    return &model->node_memory[model->nodes[node].memory_row];
}

/* What lies on no known path is its line's function's, as called by the program itself. */
static void add_sites(struct model *model) {
    for (size_t i = 0; i < model->site_count; i++) {
        const struct model_site *site = &model->sites[i];
        struct model_function *function = &model->functions[site->function];
        if (site->node < model->node_count) {
            struct model_node_memory *row = memory_of(model, site->node);
            model_add_allocations(&row->memory, &site->memory);
            model_add_allocations(&row->total_memory, &site->memory);
            if (site->node)
                function = &model->functions[model->nodes[site->node].function];
        }
        model_add_allocations(&function->memory, &site->memory);
        model_add_allocations(&model->functions[0].total_memory, &site->memory);
        if (!site->node && site->function)
            model_add_allocations(&function->total_memory, &site->memory);
    }
}

static void add_to_parents(struct model *model, struct memory_tree *tree) {
    for (size_t i = model->node_count; i-- > 1;) {
        const struct model_node *node = &model->nodes[i];
        if (!tree->has_memory[i] || node->parent == i)
            continue;
        model_add_allocations(&memory_of(model, node->parent)->total_memory, &memory_of(model, i)->total_memory);
        tree->next_sibling[i] = tree->first_child[node->parent];
        tree->first_child[node->parent] = (uint32_t)i;
    }
}

/* A function that is on the path already has this memory in its total. The root's function has its total from the sites. */
static void enter(struct model *model, struct memory_tree *tree, uint32_t row) {
    const struct model_node *node = &model->nodes[row];
    if (tree->active[node->function]++ == 0 && node->function)
        model_add_allocations(&model->functions[node->function].total_memory, &memory_of(model, row)->total_memory);
}

static void walk_below(struct model *model, struct memory_tree *tree, uint32_t root) {
    uint32_t row = root;
    for (;;) {
        enter(model, tree, row);
        if (tree->first_child[row]) {
            row = tree->first_child[row];
            continue;
        }
        for (; row != root && !tree->next_sibling[row]; row = model->nodes[row].parent)
            tree->active[model->nodes[row].function]--;
        tree->active[model->nodes[row].function]--;
        if (row == root)
            return;
        row = tree->next_sibling[row];
    }
}

static bool spread_calls(struct model *model) {
    struct memory_tree tree;
    bool done = make_tree(&tree, model) && make_rows(model, &tree);
    if (done) {
        add_sites(model);
        add_to_parents(model, &tree);
        for (size_t i = 0; i < model->node_count; i++)
            if (tree.has_memory[i] && model->nodes[i].parent == i)
                walk_below(model, &tree, (uint32_t)i);
    }
    free_tree(&tree);
    return done;
}

/* --- lines ------------------------------------------------------------------------------------------------ */

/* Which sites and lines come next. */
struct line_merge {
    struct model_line *lines; /* the new ones */
    size_t count;
    size_t site;
};

static struct model_line *add_line(struct line_merge *merge, uint32_t function, uint32_t line) {
    struct model_line *row = &merge->lines[merge->count++];
    *row = (struct model_line){.function = function, .line = line, .hits = MODEL_UNKNOWN, .self_ns = MODEL_UNKNOWN,
                               .total_ns = MODEL_UNKNOWN, .instructions = MODEL_UNKNOWN};
    return row;
}

/* Adds the sites of a function's line to the row that was added last, or to a new one; those before it have theirs. */
static void merge_site(struct line_merge *merge, size_t first, const struct model_site *site) {
    struct model_line *row = merge->count > first ? &merge->lines[merge->count - 1] : NULL;
    if (!row || row->line != site->line)
        row = add_line(merge, site->function, site->line);
    model_add_allocations(&row->memory, &site->memory);
}

/* The function's own rows and those of its sites, ascending. */
static void merge_function(struct model *model, struct line_merge *merge, uint32_t id) {
    struct model_function *function = &model->functions[id];
    const struct model_line *old = model->lines + function->first_line_row, *end = old + function->line_row_count;
    size_t first = merge->count;
    for (; merge->site < model->site_count && model->sites[merge->site].function == id; merge->site++) {
        const struct model_site *site = &model->sites[merge->site];
        while (old < end && old->line <= site->line)
            merge->lines[merge->count++] = *old++;
        if (site->line)
            merge_site(merge, first, site);
    }
    while (old < end)
        merge->lines[merge->count++] = *old++;
    function->line_row_count = (uint32_t)(merge->count - first);
    function->first_line_row = function->line_row_count ? (uint32_t)first : 0;
}

static bool spread_lines(struct model *model) {
    struct line_merge merge = {.lines = malloc((model->line_count + model->site_count) * sizeof *merge.lines)};
    if (!merge.lines)
        return false;
    for (uint32_t id = 0; id < model->function_count; id++)
        merge_function(model, &merge, id);
    free(model->lines);
    model->lines = merge.lines;
    model->line_count = merge.count;
    return true;
}

bool model_spread_memory(struct model *model) { return !model->site_count || (spread_calls(model) && spread_lines(model)); }
