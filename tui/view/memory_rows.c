#include "tui/view/memory_rows.h"

#include <stdlib.h>
#include <string.h>

void memory_rows_free(struct memory_rows *rows) {
    row_ids_free(&rows->ids);
    free(rows->rows);
    *rows = (struct memory_rows){0};
}

/* --- rows ------------------------------------------------------------------------------------------- */

struct memory_row *memory_rows_add(struct memory_rows *rows) {
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct memory_row *grown = reallocarray(rows->rows, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        rows->rows = grown;
        rows->capacity = capacity;
    }
    struct memory_row *row = &rows->rows[rows->count++];
    *row = (struct memory_row){0};
    return row;
}

uint64_t memory_rows_bytes(const struct model_site *site, enum memory_mode mode) {
    return mode == MEMORY_MODE_PEAK ? site->memory.peak_bytes : site->memory.live_bytes;
}

uint64_t memory_rows_count(const struct model_site *site, enum memory_mode mode) {
    return mode == MEMORY_MODE_PEAK ? site->memory.peak_count : site->memory.live_count;
}

uint32_t memory_rows_node(const struct model *model, const struct model_site *site) {
    uint32_t node = site->node < model->node_count ? site->node : 0;
    while (node) {
        const struct model_node *at = &model->nodes[node];
        if (at->function >= model->function_count || model->functions[at->function].kind != MODEL_FUNCTION_C ||
            at->parent >= node)
            break;
        node = at->parent;
    }
    return node;
}

static bool imports_modules(const struct model *model, uint32_t function) {
    static const char machinery[] = "<frozen importlib._bootstrap";
    return function < model->function_count && strncmp(model->functions[function].file, machinery, sizeof machinery - 1) == 0;
}

/* Which call nodes are below an import, a byte each; malloc'ed, NULL: out of memory. Parents stand before their children. */
static bool *find_imports(const struct model *model) {
    bool *imports = calloc(model->node_count + 1, sizeof *imports);
    for (size_t i = 1; imports && i < model->node_count; i++) {
        uint32_t parent = model->nodes[i].parent;
        imports[i] = (parent < i && imports[parent]) || imports_modules(model, model->nodes[i].function);
    }
    return imports;
}

/* A site grows where its path ran more than once and about as many blocks as calls, or more, are still there. */
static void note_origin(struct memory_row *row, const struct model *model, const bool *imports, const struct model_site *site) {
    uint32_t node = memory_rows_node(model, site);
    uint64_t calls = node ? model->nodes[node].calls : 0;
    if (imports[node]) {
        row->imported_bytes += site->memory.live_bytes;
        return;
    }
    if (calls < 2 || calls == MODEL_UNKNOWN)
        return;
    row->repeated = true;
    if (site->memory.live_count < calls - calls / 5)
        return;
    row->growing_bytes += site->memory.live_bytes;
    row->growing_calls += calls;
}

static bool is_shown(const struct model *model, uint32_t function, const struct memory_choice *choice) {
    return !choice->hide_standard_library || function >= model->function_count ||
           (model->functions[function].flags & MODEL_FUNCTION_PROJECT);
}

/* Which row each id has in the making, and one; 0: none yet. */
struct row_places { uint32_t *rows; size_t count; };

static bool note_place(struct row_places *places, uint32_t id, size_t row) {
    if (id >= places->count) {
        size_t count = id >= 512 ? 2 * (size_t)id : 1024;
        uint32_t *grown = reallocarray(places->rows, count, sizeof *grown);
        if (!grown)
            return false;
        memset(grown + places->count, 0, (count - places->count) * sizeof *grown);
        *places = (struct row_places){grown, count};
    }
    places->rows[id] = (uint32_t)row + 1;
    return true;
}

/* The row of a site's line. Sites of one line stand beside each other, unless they are packed. NULL: out of memory. */
static struct memory_row *row_of_line(struct memory_rows *rows, struct row_places *places, const struct model_site *site) {
    struct memory_row *last = rows->count ? &rows->rows[rows->count - 1] : NULL;
    if (last && last->function == site->function && last->line == site->line)
        return last;
    uint32_t id = row_ids_of(&rows->ids, row_ids_mix(site->function, (uint64_t)site->line + 1));
    if (id && id < places->count && places->rows[id])
        return &rows->rows[places->rows[id] - 1];
    struct memory_row *row = id && note_place(places, id, rows->count) ? memory_rows_add(rows) : NULL;
    if (!row)
        return NULL;
    row->id = id;
    row->kind = MEMORY_ROW_LINE;
    row->function = site->function;
    row->line = site->line;
    return row;
}

static bool add_lines(struct memory_rows *rows, const struct model *model, const struct memory_choice *choice,
                      const bool *imports) {
    struct row_places places = {0};
    bool done = true;
    for (size_t i = 0, total = model_site_total(model); done && i < total; i++) {
        const struct model_site site = model_site_at(model, i);
        uint64_t bytes = memory_rows_bytes(&site, choice->mode);
        if (!bytes || !is_shown(model, site.function, choice))
            continue;
        struct memory_row *row = row_of_line(rows, &places, &site);
        done = row != NULL;
        if (!done)
            break;
        row->bytes += bytes;
        row->count += memory_rows_count(&site, choice->mode);
        if (imports)
            note_origin(row, model, imports, &site);
    }
    free(places.rows);
    return done;
}

static bool make_lines(struct memory_rows *rows, const struct model *model, const struct memory_choice *choice) {
    bool *imports = choice->mode == MEMORY_MODE_LEFT ? find_imports(model) : NULL;
    bool done = (imports || choice->mode != MEMORY_MODE_LEFT) && add_lines(rows, model, choice, imports);
    free(imports);
    return done;
}

static bool add_types(struct memory_rows *rows, const struct model *model) {
    for (size_t i = 0; i < model->type_count; i++) {
        struct memory_row *row = memory_rows_add(rows);
        uint64_t key = 3;
        for (const char *letter = model->types[i].name; *letter; letter++)
            key = row_ids_mix(key, (unsigned char)*letter);
        if (!row || !(row->id = row_ids_of(&rows->ids, key)))
            return false;
        row->kind = MEMORY_ROW_TYPE;
        row->type = (uint32_t)i;
        row->bytes = model->types[i].bytes;
        row->count = model->types[i].count;
    }
    return true;
}

/* --- order ------------------------------------------------------------------------------------------ */

struct order {
    const struct model *model;
    const struct memory_choice *choice;
};

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static uint64_t per_call(const struct memory_row *row) {
    return row->growing_calls ? row->growing_bytes / row->growing_calls : 0;
}

static const char *name_of(const struct model *model, const struct memory_row *row) {
    if (row->kind == MEMORY_ROW_TYPE)
        return model->types[row->type].name;
    return row->function < model->function_count ? model->functions[row->function].qualname : "";
}

static int compare_places(const struct model *model, const struct memory_row *left, const struct memory_row *right) {
    int result = strcmp(name_of(model, left), name_of(model, right));
    if (result)
        return result;
    return compare_numbers((uint64_t)left->function << 32 | left->line, (uint64_t)right->function << 32 | right->line);
}

/* What each call leaves stands before what was left once, and what imports left last. */
static int compare_rows(const void *left_row, const void *right_row, void *data) {
    const struct memory_row *left = left_row, *right = right_row;
    const struct order *order = data;
    int result = 0;
    if (order->choice->mode == MEMORY_MODE_LEFT && order->choice->sort != MEMORY_SORT_PLACE &&
        memory_row_origin(left) != memory_row_origin(right))
        return memory_row_origin(left) < memory_row_origin(right) ? -1 : 1;
    switch (order->choice->sort) {
    case MEMORY_SORT_BYTES: result = compare_numbers(right->bytes, left->bytes); break;
    case MEMORY_SORT_BLOCKS: result = compare_numbers(right->count, left->count); break;
    case MEMORY_SORT_PER_CALL: result = compare_numbers(per_call(right), per_call(left)); break;
    case MEMORY_SORT_PLACE: result = compare_places(order->model, left, right); break;
    case MEMORY_SORT_COUNT: break;
    }
    if (result)
        return order->choice->inverted ? -result : result;
    result = compare_numbers(right->bytes, left->bytes);
    return result ? result : compare_numbers(left->id, right->id);
}

bool memory_rows_build(struct memory_rows *rows, const struct model *model, const struct memory_choice *choice) {
    rows->count = 0;
    rows->total = 0;
    if (choice->tree && choice->mode != MEMORY_MODE_TYPES) {
        if (memory_tree_build(rows, model, choice->mode))
            return true;
        rows->count = 0;
        return false;
    }
    bool done = choice->mode == MEMORY_MODE_TYPES ? add_types(rows, model) : make_lines(rows, model, choice);
    if (!done) {
        rows->count = 0;
        return false;
    }
    for (size_t i = 0; i < rows->count; i++)
        rows->total += rows->rows[i].bytes;
    struct order order = {model, choice};
    if (rows->count)
        qsort_r(rows->rows, rows->count, sizeof *rows->rows, compare_rows, &order);
    return true;
}
