#include "core/profile/model_site_update.h"

#include <string.h>

/* Modulo 2^64, as numbers also become less. */
static void add(struct model_allocations *sum, const struct site_numbers *now, const struct site_numbers *before) {
    sum->allocated_bytes += now->allocated_bytes - before->allocated_bytes;
    sum->allocated_count += now->allocated_count - before->allocated_count;
    sum->live_bytes += now->live_bytes - before->live_bytes;
    sum->live_count += now->live_count - before->live_count;
    sum->peak_bytes += now->peak_bytes - before->peak_bytes;
    sum->peak_count += now->peak_count - before->peak_count;
    sum->temporary_count += now->temporary_count - before->temporary_count;
}

/* Each function that is on the path, once. */
static void add_to_callers(struct model *model, uint32_t node, const struct site_numbers *now, const struct site_numbers *before) {
    struct packed_sites *sites = model->packed_sites;
    uint32_t change = ++sites->last_change;
    if (!change) { /* after 2^32 changes: numbers of old ones must not be met again */
        memset(sites->met, 0, sites->met_count * sizeof *sites->met);
        change = sites->last_change = 1;
    }
    for (uint32_t above;; node = above) {
        uint32_t function = model->nodes[node].function;
        above = model->nodes[node].parent;
        if (function && sites->met[function] != change)
            add(&model->functions[function].total_memory, now, before);
        sites->met[function] = change;
        if (above == node)
            return;
    }
}

static void update_site(struct model *model, const struct site_change *change) {
    struct packed_sites *sites = model->packed_sites;
    struct site_numbers before = {0};
    const struct site_numbers *now = &change->numbers;
    if (change->site < sites->count)
        before = packed_sites_numbers(sites, change->site);
    packed_sites_set(sites, change);
    if (memcmp(&before, now, sizeof before) == 0)
        return;
    const struct packed_site *site = &sites->rows[change->site];
    uint32_t owner = site->node ? model->nodes[site->node].function : site->function;
    add(&model->functions[owner].memory, now, &before);
    add(&model->functions[0].total_memory, now, &before);
    if (!site->node && site->function)
        add(&model->functions[site->function].total_memory, now, &before);
    add_to_callers(model, site->node, now, &before);
}

void model_update_sites(struct model *model, const struct site_change *changes, size_t count) {
    for (size_t i = 0; i < count; i++)
        update_site(model, &changes[i]);
}
