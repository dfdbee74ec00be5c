#include "core/profile/packed_sites.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct site_numbers) == SITE_NUMBERS * sizeof(uint64_t), "as many numbers as are packed");

void packed_sites_free(struct packed_sites *sites) {
    if (!sites)
        return;
    free(sites->rows);
    free(sites->wide);
    free(sites->met);
    free(sites);
}

static bool is_wide(const struct packed_site *row) { return row->numbers[0] == PACKED_WIDE; }

static bool fits(const struct site_numbers *numbers) {
    uint64_t values[SITE_NUMBERS];
    memcpy(values, numbers, sizeof values);
    for (int i = 0; i < SITE_NUMBERS; i++)
        if (values[i] >= PACKED_WIDE)
            return false;
    return true;
}

static size_t wide_row(const struct packed_site *row) { return (size_t)row->numbers[1] << 16 | row->numbers[2]; }

struct site_numbers packed_sites_numbers(const struct packed_sites *sites, size_t site) {
    const struct packed_site *row = &sites->rows[site];
    if (is_wide(row))
        return sites->wide[wide_row(row)];
    return (struct site_numbers){row->numbers[0], row->numbers[1], row->numbers[2], row->numbers[3],
                                 row->numbers[4], row->numbers[5], row->numbers[6]};
}

/* Grows by half: what is not used yet takes no memory, but where rows are moved. */
static bool grow(void **rows, size_t *capacity, size_t needed, size_t size) {
    if (needed <= *capacity)
        return true;
    size_t more = *capacity / 2 * 3 > needed ? *capacity / 2 * 3 : needed;
    void *grown = reallocarray(*rows, more, size);
    if (!grown)
        return false;
    *rows = grown;
    *capacity = more;
    return true;
}

static bool reserve_met(struct packed_sites *sites, size_t function_count) {
    if (function_count <= sites->met_count)
        return true;
    uint32_t *met = reallocarray(sites->met, function_count, sizeof *met);
    if (!met)
        return false;
    memset(met + sites->met_count, 0, (function_count - sites->met_count) * sizeof *met);
    sites->met = met;
    sites->met_count = function_count;
    return true;
}

bool packed_sites_reserve(struct packed_sites *sites, const struct site_change *changes, size_t count, size_t function_count) {
    size_t rows = sites->count, wide = sites->wide_count;
    for (size_t i = 0; i < count; i++) {
        rows += changes[i].site >= sites->count;
        wide += !fits(&changes[i].numbers);
    }
    return grow((void **)&sites->rows, &sites->capacity, rows, sizeof *sites->rows) &&
           grow((void **)&sites->wide, &sites->wide_capacity, wide, sizeof *sites->wide) && reserve_met(sites, function_count);
}

/* What was wide once stays so: numbers of a site grow. */
void packed_sites_set(struct packed_sites *sites, const struct site_change *change) {
    struct packed_site *row = &sites->rows[change->site];
    const struct site_numbers *numbers = &change->numbers;
    if (change->site == sites->count) {
        sites->count++;
        *row = (struct packed_site){.node = change->node, .function = change->function, .line = change->line};
    }
    if (!is_wide(row) && fits(numbers)) {
        uint64_t values[SITE_NUMBERS];
        memcpy(values, numbers, sizeof values);
        for (int i = 0; i < SITE_NUMBERS; i++)
            row->numbers[i] = (uint16_t)values[i];
        return;
    }
    if (!is_wide(row)) {
        row->numbers[0] = PACKED_WIDE;
        row->numbers[1] = (uint16_t)(sites->wide_count >> 16);
        row->numbers[2] = (uint16_t)sites->wide_count++;
    }
    sites->wide[wide_row(row)] = *numbers;
}

/* --- what models say of them ------------------------------------------------------------------------------ */

size_t model_site_total(const struct model *model) {
    return model->packed_sites ? model->packed_sites->count : model->site_count;
}

struct model_place model_site_place(const struct model *model, size_t index) {
    if (!model->packed_sites)
        return (struct model_place){model->sites[index].function, model->sites[index].line};
    const struct packed_site *row = &model->packed_sites->rows[index];
    return (struct model_place){row->function, row->line};
}

struct model_site model_site_at(const struct model *model, size_t index) {
    if (!model->packed_sites)
        return model->sites[index];
    const struct packed_site *row = &model->packed_sites->rows[index];
    struct site_numbers numbers = packed_sites_numbers(model->packed_sites, index);
    return (struct model_site){.node = row->node, .function = row->function, .line = row->line,
                               .memory = {.allocated_bytes = numbers.allocated_bytes, .allocated_count = numbers.allocated_count,
                                          .live_bytes = numbers.live_bytes, .live_count = numbers.live_count,
                                          .peak_bytes = numbers.peak_bytes, .peak_count = numbers.peak_count,
                                          .temporary_count = numbers.temporary_count}};
}
