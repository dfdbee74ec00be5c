#include "tui/view/function_groups.h"

#include <stdlib.h>
#include <string.h>

#include "tui/view/group_build.h"
#include "tui/view/group_totals.h"

void function_groups_free(struct function_groups *groups) {
    group_keys_free(&groups->keys);
    row_ids_free(&groups->ids);
    free(groups->groups);
    free(groups->sums);
    free(groups->members);
    free(groups->order);
    free(groups->rows);
    free(groups->places);
    free(groups->functions);
    group_totals_free(groups->job);
    *groups = (struct function_groups){.keys = groups->keys};
}

void function_groups_set(struct function_groups *groups, enum function_grouping grouping) {
    function_groups_free(groups);
    groups->keys = (struct group_keys){.grouping = grouping};
}

/* --- what stands in a row --------------------------------------------------------------------------------- */

uint32_t function_groups_function(const struct function_groups *groups, size_t index) {
    const struct group_row *row = &groups->rows[index];
    uint32_t member = row->member == MEMBER_NONE ? groups->groups[row->group].first : row->member;
    return groups->members[member].function;
}

const struct model_function *function_groups_numbers(const struct function_groups *groups, const struct model *model, size_t index,
                                                     struct model_function *own) {
    const struct group_row *row = &groups->rows[index];
    if (row->member == MEMBER_NONE)
        return &groups->sums[row->group];
    return group_member_numbers(model, &groups->members[row->member], own);
}

const char *function_groups_name(const struct function_groups *groups, size_t index) {
    return group_keys_name(&groups->keys, groups->rows[index].group);
}

uint32_t function_groups_size(const struct function_groups *groups, size_t index) {
    return groups->groups[groups->rows[index].group].count;
}

static bool is_open(const struct function_groups *groups, uint32_t group) {
    return groups->groups[group].opened || groups->revealed == group + 1;
}

struct tree_shape function_groups_shape(const void *data, size_t index) {
    const struct function_groups *groups = data;
    const struct group_row *row = &groups->rows[index];
    if (row->member != MEMBER_NONE)
        return (struct tree_shape){.depth = 1};
    return (struct tree_shape){.depth = 0, .parent = true, .expanded = is_open(groups, row->group)};
}

static size_t member_of(const struct function_groups *groups, uint32_t group, uint32_t function) {
    const struct function_group *of = &groups->groups[group];
    for (size_t i = of->first; i < (size_t)of->first + of->count; i++)
        if (groups->members[i].function == function)
            return i;
    return MEMBER_NONE;
}

bool function_groups_holds(const struct function_groups *groups, size_t index, uint32_t function) {
    uint32_t group = groups->rows[index].group;
    if (groups->keys.grouping != FUNCTION_GROUPING_THREAD)
        return function < groups->keys.known && groups->keys.of_function[function] == group;
    return member_of(groups, group, function) != MEMBER_NONE;
}

/* --- rows --------------------------------------------------------------------------------------------------- */

static bool reserve_rows(struct function_groups *groups, struct table *table, size_t count) {
    if (!table_reserve(table, count))
        return false;
    if (table->capacity <= groups->row_capacity)
        return true;
    struct group_row *grown = reallocarray(groups->rows, table->capacity, sizeof *grown);
    if (!grown)
        return false;
    groups->rows = grown;
    groups->row_capacity = table->capacity;
    return true;
}

static void add_row(struct function_groups *groups, struct table *table, uint32_t id, struct group_row row) {
    groups->rows[table->count] = row;
    table->rows[table->count++] = id;
}

bool group_rows_fill(struct function_groups *groups, struct table *table) {
    size_t count = groups->shown;
    for (size_t i = 0; i < groups->shown; i++)
        if (is_open(groups, groups->order[i]))
            count += groups->groups[groups->order[i]].count;
    table->count = 0;
    bool done = reserve_rows(groups, table, count);
    for (size_t i = 0; done && i < groups->shown; i++) {
        uint32_t number = groups->order[i];
        const struct function_group *group = &groups->groups[number];
        add_row(groups, table, GROUP_ROW | number, (struct group_row){number, MEMBER_NONE});
        for (uint32_t member = group->first; is_open(groups, number) && member < group->first + group->count; member++)
            add_row(groups, table, groups->members[member].id, (struct group_row){number, member});
    }
    table_rows_changed(table);
    return done;
}

bool function_groups_open(struct function_groups *groups, struct table *table, size_t index, bool opened) {
    uint32_t group = groups->rows[index].group;
    groups->groups[group].opened = opened;
    if (groups->revealed == group + 1)
        groups->revealed = 0;
    table->chosen = true;
    table->selected = GROUP_ROW | group;
    return group_rows_fill(groups, table);
}

bool function_groups_open_all(struct function_groups *groups, struct table *table) {
    bool all = true;
    for (size_t i = 0; i < groups->shown; i++)
        all &= is_open(groups, groups->order[i]);
    if (all && table->count)
        table->selected = GROUP_ROW | groups->rows[table->index].group;
    for (size_t i = 0; i < groups->shown; i++)
        groups->groups[groups->order[i]].opened = !all;
    groups->revealed = 0;
    table->chosen = true;
    return group_rows_fill(groups, table);
}

/* --- finding ------------------------------------------------------------------------------------------------ */

/* A member with this function, that of the selected row's group where that has one; MEMBER_NONE: there is none. */
static size_t find_member(const struct function_groups *groups, const struct table *table, uint32_t function) {
    size_t found = MEMBER_NONE;
    if (groups->keys.grouping != FUNCTION_GROUPING_THREAD) {
        uint32_t group = function < groups->keys.known ? groups->keys.of_function[function] : GROUP_NONE;
        return group < groups->count ? member_of(groups, group, function) : MEMBER_NONE;
    }
    if (table->index < table->count)
        found = member_of(groups, groups->rows[table->index].group, function);
    for (size_t i = 0; found == MEMBER_NONE && i < groups->member_count; i++)
        if (groups->members[i].function == function)
            found = i;
    return found;
}

static bool select_member(struct function_groups *groups, struct table *table, size_t member, bool reveal) {
    uint32_t group = groups->members[member].group;
    if (!is_open(groups, group) && reveal) {
        groups->revealed = group + 1;
        if (!group_rows_fill(groups, table))
            return false;
    }
    table->chosen = true;
    return table_select(table, is_open(groups, group) ? groups->members[member].id : GROUP_ROW | group);
}

bool function_groups_select(struct function_groups *groups, struct table *table, uint32_t function, bool reveal) {
    size_t member = find_member(groups, table, function);
    return member != MEMBER_NONE && select_member(groups, table, member, reveal);
}

/* All rows that there would be if all groups were open: a group stands before its members. */
struct search {
    const struct function_groups *groups;
    bool (*matches)(const void *data, uint32_t function, const char *group);
    const void *data;
    size_t *at; /* the group that was looked at last: the next one is there, or beside it */
};

/* Whether an index is of the group that stands at that place, or of a member of it. */
static bool is_within(const struct function_groups *groups, size_t at, size_t index) {
    const struct function_group *group = &groups->groups[groups->order[at]];
    return group->first + at <= index && index <= group->first + at + group->count;
}

/* Which of the groups shown stands at such an index, or has the member there: the last that begins at it or before. */
static size_t group_at(const struct function_groups *groups, size_t index) {
    size_t first = 0, end = groups->shown;
    while (end - first > 1) {
        size_t middle = first + (end - first) / 2;
        if (groups->groups[groups->order[middle]].first + middle <= index)
            first = middle;
        else
            end = middle;
    }
    return first;
}

static bool place_matches(const void *data, size_t index) {
    const struct search *search = data;
    if (*search->at + 1 < search->groups->shown && is_within(search->groups, *search->at + 1, index))
        ++*search->at;
    else if (!is_within(search->groups, *search->at, index))
        *search->at = group_at(search->groups, index);
    size_t at = *search->at;
    uint32_t number = search->groups->order[at];
    size_t start = search->groups->groups[number].first + at;
    if (index == start)
        return search->matches(search->data, 0, group_keys_name(&search->groups->keys, number));
    return search->matches(search->data, search->groups->members[index - at - 1].function, NULL);
}

static size_t place_of_row(const struct function_groups *groups, size_t index) {
    const struct group_row *row = &groups->rows[index];
    size_t at = groups->groups[row->group].place - 1;
    return row->member == MEMBER_NONE ? groups->groups[row->group].first + at : row->member + at + 1;
}

bool function_groups_search(struct function_groups *groups, struct table *table, int direction,
                            bool (*matches)(const void *data, uint32_t function, const char *group), const void *data) {
    size_t last = 0;
    struct search search = {groups, matches, data, &last};
    size_t index = table->count ? place_of_row(groups, table->index) : 0;
    if (!groups->shown || !table_search(groups->shown + groups->member_count, &index, direction, place_matches, &search))
        return false;
    size_t at = group_at(groups, index);
    uint32_t number = groups->order[at];
    if (index != groups->groups[number].first + at)
        return select_member(groups, table, index - at - 1, true);
    table->chosen = true;
    return table_select(table, GROUP_ROW | number);
}
