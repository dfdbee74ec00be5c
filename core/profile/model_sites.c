#include "core/profile/model_sites.h"

#include <stdlib.h>

#include "core/profile/counting_sort.h"
#include "core/profile/model_memory.h"

enum { LINE_DIGIT = 1 << 16 }; /* lines are sorted by two digits of this base */

/* What sites are ordered by, and their order; room for one site each. */
struct site_order {
    uint32_t *function, *low_line, *high_line, *node;
    uint32_t *order, *before;
    uint32_t *columns; /* where all of these lie */
};
enum { SITE_COLUMNS = 6 };

static bool make_order(struct site_order *sites, size_t count) {
    sites->columns = malloc(SITE_COLUMNS * (count ? count : 1) * sizeof *sites->columns);
    if (!sites->columns)
        return false;
    uint32_t **columns[SITE_COLUMNS] = {&sites->function, &sites->low_line, &sites->high_line,
                                        &sites->node,     &sites->order,    &sites->before};
    for (size_t i = 0; i < SITE_COLUMNS; i++)
        *columns[i] = sites->columns + i * count;
    return true;
}

/* What is left out is of a function behind all others. */
static void fill_keys(const struct model *model, struct site_order *sites) {
    for (size_t i = 0; i < model->site_count; i++) {
        const struct model_site *site = &model->sites[i];
        sites->function[i] = model_has_allocations(&site->memory) ? site->function : (uint32_t)model->function_count;
        sites->low_line[i] = site->line % LINE_DIGIT;
        sites->high_line[i] = site->line / LINE_DIGIT;
        sites->node[i] = site->node;
    }
}

/* By function, then line, then node: the least of them first, as each sorting keeps the order of what is equal. */
static bool sort(const struct model *model, const struct site_order *sites) {
    size_t count = model->site_count;
    return counting_sort(NULL, sites->order, count, sites->node, model->node_count + 1) &&
           counting_sort(sites->order, sites->before, count, sites->low_line, LINE_DIGIT) &&
           counting_sort(sites->before, sites->order, count, sites->high_line, LINE_DIGIT) &&
           counting_sort(sites->order, sites->before, count, sites->function, model->function_count + 1);
}

static bool same_place(const struct model_site *a, const struct model_site *b) {
    return a->function == b->function && a->line == b->line && a->node == b->node;
}

static size_t merge(const struct model *model, const struct site_order *sites, struct model_site *merged, uint32_t *rows) {
    size_t count = 0;
    for (size_t i = 0; i < model->site_count; i++) {
        uint32_t at = sites->before[i];
        const struct model_site *site = &model->sites[at];
        rows[at] = MODEL_NO_SITE;
        if (sites->function[at] == model->function_count)
            continue;
        if (count && same_place(&merged[count - 1], site))
            model_add_allocations(&merged[count - 1].memory, &site->memory);
        else
            merged[count++] = *site;
        rows[at] = (uint32_t)count - 1;
    }
    return count;
}

bool model_merge_sites(struct model *model, uint32_t *rows) {
    struct site_order sites;
    struct model_site *merged = malloc((model->site_count ? model->site_count : 1) * sizeof *merged);
    bool made = merged && make_order(&sites, model->site_count);
    bool done = made;
    if (done) {
        fill_keys(model, &sites);
        done = sort(model, &sites);
    }
    if (done) {
        model->site_count = merge(model, &sites, merged, rows);
        free(model->sites);
        model->sites = merged;
        merged = NULL;
    }
    if (made)
        free(sites.columns);
    free(merged);
    return done;
}
