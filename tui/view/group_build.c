/* group_build.c - members and sums of groups, once for each model. */
#include "tui/view/group_build.h"

#include <stdlib.h>
#include <string.h>

#include "tui/view/group_totals.h"

/* What is made of the sorted functions before it is taken over. */
struct building {
    struct function_groups *groups;
    const struct model *model;
    const struct function_choice *choice;
    const struct sorted_functions *functions;
    struct function_member *members; /* owned; in their order, of all groups */
    size_t count;
    uint64_t *keys;                  /* owned: of each group what it is sorted by */
    uint32_t *of_shown;              /* owned: by function its group; GROUP_NONE: it is not shown. Not of parts in threads */
};

/* By threads, where the model tells them apart. */
static bool has_parts(const struct building *building) {
    return building->groups->keys.grouping == FUNCTION_GROUPING_THREAD && building->model->thread_function_count > 0;
}

static void set_unknown(struct model_allocations *memory) {
    memory->peak_bytes = memory->live_bytes = memory->allocated_bytes = memory->temporary_count = MODEL_UNKNOWN;
}

const struct model_function *group_member_numbers(const struct model *model, const struct function_member *member,
                                                  struct model_function *own) {
    const struct model_function *function = &model->functions[member->function];
    if (member->row == MEMBER_WHOLE)
        return function;
    const struct model_thread_function *part = &model->thread_functions[member->row];
    *own = *function;
    own->calls = part->calls;
    own->primitive_calls = part->primitive_calls;
    own->self_ns = part->self_ns;
    own->total_ns = part->total_ns;
    own->instructions = MODEL_UNKNOWN; /* these are counted for all threads together */
    set_unknown(&own->memory);
    set_unknown(&own->total_memory);
    return own;
}

/* --- members ---------------------------------------------------------------------------------------------- */

static bool add_whole(struct building *building) {
    struct function_groups *groups = building->groups;
    bool by_thread = groups->keys.grouping == FUNCTION_GROUPING_THREAD;
    uint32_t thread = building->model->thread_count == 1 ? 0 : THREAD_UNKNOWN;
    uint32_t of_all = by_thread ? group_keys_thread(&groups->keys, building->model, thread) : GROUP_NONE;
    building->members = reallocarray(NULL, building->functions->count + 1, sizeof *building->members);
    if (!building->members || (by_thread && of_all == GROUP_NONE))
        return false;
    for (; building->count < building->functions->count; building->count++) {
        uint32_t id = building->functions->sorted[building->count].id;
        building->members[building->count] =
            (struct function_member){id, id, MEMBER_WHOLE, by_thread ? of_all : groups->keys.of_function[id]};
    }
    return true;
}

/* The parts of the functions shown in their order; behind the last part what has none. Ids are rows, or functions behind these. */
static size_t order_parts(const struct building *building, uint32_t *ranks, struct ordered_function *entries) {
    const struct model *model = building->model;
    uint8_t *told = calloc(model->function_count, 1);
    size_t count = 0;
    for (size_t i = 0; i < building->functions->count; i++)
        ranks[building->functions->sorted[i].id] = (uint32_t)i + 1;
    for (size_t row = 0; told && row < model->thread_function_count; row++) {
        uint32_t function = model->thread_functions[row].function;
        told[function] = 1;
        if (ranks[function])
            entries[count++] = (struct ordered_function){ranks[function], (uint32_t)row};
    }
    for (size_t id = 1; told && id < model->function_count; id++)
        if (ranks[id] && !told[id])
            entries[count++] = (struct ordered_function){ranks[id], (uint32_t)(model->thread_function_count + id)};
    free(told);
    return count;
}

static struct function_member member_of_entry(const struct model *model, uint32_t id) {
    if (id >= model->thread_function_count)
        return (struct function_member){.function = id - (uint32_t)model->thread_function_count, .row = MEMBER_WHOLE};
    return (struct function_member){.function = model->thread_functions[id].function, .row = id};
}

/* By what they have themselves, where they are sorted by a number; else they stand as their functions do. */
static void set_part_keys(const struct building *building, struct ordered_function *entries, size_t count) {
    struct model_function own;
    for (size_t i = 0; i < count; i++) {
        struct function_member member = member_of_entry(building->model, entries[i].id);
        uint64_t key = function_rows_key(group_member_numbers(building->model, &member, &own), member.function, building->choice);
        entries[i].key = building->choice->inverted ? ~key : key;
    }
}

static bool sorts_by_text(const struct function_choice *choice) {
    return choice->sort == FUNCTION_SORT_NAME || choice->sort == FUNCTION_SORT_FILE;
}

/* The groups of threads; the last is of those that are not known. malloc'ed; NULL: out of memory. */
static uint32_t *find_threads(const struct building *building) {
    size_t count = building->model->thread_count;
    uint32_t *threads = calloc(count + 1, sizeof *threads);
    bool done = threads;
    for (size_t i = 0; done && i <= count; i++) {
        threads[i] = group_keys_thread(&building->groups->keys, building->model, i < count ? (uint32_t)i : THREAD_UNKNOWN);
        done = threads[i] != GROUP_NONE;
    }
    if (done)
        return threads;
    free(threads);
    return NULL;
}

static bool add_parts_in_order(struct building *building, const struct ordered_function *entries, size_t count) {
    const struct model *model = building->model;
    struct row_ids *ids = &building->groups->ids;
    uint32_t *threads = find_threads(building);
    building->members = threads ? reallocarray(NULL, count + 1, sizeof *building->members) : NULL;
    bool done = building->members;
    for (; done && building->count < count; building->count++) {
        struct function_member member = member_of_entry(model, entries[building->count].id);
        bool whole = member.row == MEMBER_WHOLE;
        member.group = threads[whole ? model->thread_count : model->thread_functions[member.row].thread];
        member.id = row_ids_of(ids, row_ids_mix(member.group + 1, member.function));
        building->members[building->count] = member;
        done = member.id;
    }
    free(threads);
    return done;
}

static bool add_parts(struct building *building) {
    const struct model *model = building->model;
    size_t most = model->thread_function_count + building->functions->count;
    uint32_t *ranks = calloc(model->function_count, sizeof *ranks);
    struct ordered_function *entries = reallocarray(NULL, 2 * most + 1, sizeof *entries), *sorted = entries;
    bool done = ranks && entries;
    if (done) {
        size_t count = order_parts(building, ranks, entries);
        sorted = function_order_by_key(entries, entries + most, count);
        if (!sorts_by_text(building->choice)) {
            set_part_keys(building, sorted, count);
            sorted = function_order_by_key(sorted, sorted == entries ? entries + most : entries, count);
        }
        done = add_parts_in_order(building, sorted, count);
    }
    free(ranks);
    free(entries);
    return done;
}

/* Those that stood in the table first, as they stood. */
static bool hold(struct building *building) {
    const struct function_groups *groups = building->groups;
    struct ordered_function *entries = reallocarray(NULL, 2 * building->count + 1, sizeof *entries), *sorted;
    struct function_member *held = reallocarray(NULL, building->count + 1, sizeof *held);
    for (size_t i = 0; entries && held && i < building->count; i++) {
        uint32_t id = building->members[i].id;
        uint32_t place = id < groups->place_count ? groups->places[id] : 0;
        entries[i] = (struct ordered_function){place ? place : UINT32_MAX, (uint32_t)i};
    }
    bool done = entries && held;
    if (done) {
        sorted = function_order_by_key(entries, entries + building->count, building->count);
        for (size_t i = 0; i < building->count; i++)
            held[i] = building->members[sorted[i].id];
        free(building->members);
        building->members = held;
    } else {
        free(held);
    }
    free(entries);
    return done;
}

/* --- sums --------------------------------------------------------------------------------------------------- */

static void add_known(uint64_t *sum, uint64_t value) { *sum += value == MODEL_UNKNOWN ? 0 : value; }

void group_sum_add(struct model_function *sum, const struct model_function *function) {
    add_known(&sum->self_ns, function->self_ns);
    add_known(&sum->calls, function->calls);
    add_known(&sum->primitive_calls, function->primitive_calls);
    if (function->instructions != MODEL_UNKNOWN)
        sum->instructions = (sum->instructions == MODEL_UNKNOWN ? 0 : sum->instructions) + function->instructions;
    sum->memory.peak_bytes += function->memory.peak_bytes;
    sum->memory.live_bytes += function->memory.live_bytes;
    sum->memory.allocated_bytes += function->memory.allocated_bytes;
    sum->memory.temporary_count += function->memory.temporary_count;
}

static bool reserve_groups(struct function_groups *groups) {
    size_t count = groups->keys.count;
    if (count > groups->capacity) {
        size_t capacity = count + count / 2;
        struct function_group *grown = reallocarray(groups->groups, capacity, sizeof *grown);
        groups->groups = grown ? grown : groups->groups;
        struct model_function *sums = grown ? reallocarray(groups->sums, capacity, sizeof *sums) : NULL;
        groups->sums = sums ? sums : groups->sums;
        if (!sums)
            return false;
        groups->capacity = capacity;
    }
    for (; groups->count < count; groups->count++) {
        groups->groups[groups->count] = (struct function_group){0};
        groups->sums[groups->count] = (struct model_function){0};
    }
    return true;
}

/* Functions by id, which is how they lie; parts in threads as they stand. */
static void add_sums(struct building *building) {
    struct function_groups *groups = building->groups;
    const struct model *model = building->model;
    struct model_function own;
    for (size_t i = 0; i < groups->count; i++) /* totals are set elsewhere */
        groups->sums[i] = (struct model_function){.file = "", .name = "", .qualname = "", .kind = MODEL_FUNCTION_PROGRAM,
                                                  .instructions = MODEL_UNKNOWN, .total_ns = groups->sums[i].total_ns,
                                                  .total_memory = groups->sums[i].total_memory};
    for (size_t id = 1; building->of_shown && id < model->function_count; id++)
        if (building->of_shown[id] != GROUP_NONE)
            group_sum_add(&groups->sums[building->of_shown[id]], &model->functions[id]);
    for (size_t i = 0; !building->of_shown && i < building->count; i++) {
        const struct function_member *member = &building->members[i];
        const struct model_function *numbers = group_member_numbers(model, member, &own);
        struct model_function *sum = &groups->sums[member->group];
        group_sum_add(sum, numbers);
        if (member->row != MEMBER_WHOLE)
            set_unknown(&sum->memory);
    }
}

/* Whether the same functions of the same model are shown as when totals were found last: sorted otherwise. */
static bool totals_are_there(struct building *building) {
    struct shown_functions *totals = &building->groups->totals;
    const struct function_choice *choice = building->choice;
    bool same = !model_stamp_update(&totals->model, building->model) && totals->known && totals->measure == choice->measure &&
                totals->hide_standard_library == choice->hide_standard_library &&
                strcmp(totals->filter, choice->filter->expression) == 0;
    totals->measure = choice->measure;
    totals->hide_standard_library = choice->hide_standard_library;
    strcpy(totals->filter, choice->filter->expression);
    return same;
}

/* While a run goes on there is another model before much is found; and few call nodes are done at once. */
static bool stays_as_it_is(const struct model *model) {
    return model->node_count > GROUP_TOTALS_MOST && (model->state == MODEL_ENDED || !model_program(model)->serial);
}

/* A thread has the time of all its functions, as long as all of them are shown. */
static void set_totals(struct building *building) {
    struct function_groups *groups = building->groups;
    if (totals_are_there(building))
        return;
    group_totals_free(groups->job);
    groups->job = NULL;
    bool known = building->of_shown && group_totals_add(building->model, building->of_shown, groups->sums, groups->count);
    groups->totals.known = true;
    if (!known && building->of_shown && stays_as_it_is(building->model))
        groups->job = group_totals_begin(building->model, building->of_shown, groups->count);
    bool all = has_parts(building) && building->functions->count == building->functions->ran;
    for (size_t i = 0; !known && i < groups->count; i++) {
        groups->sums[i].total_ns = all ? groups->sums[i].self_ns : MODEL_UNKNOWN;
        set_unknown(&groups->sums[i].total_memory);
    }
}

static bool find_shown(struct building *building) {
    size_t count = building->model->function_count;
    if (has_parts(building))
        return true;
    building->of_shown = malloc(count * sizeof *building->of_shown);
    if (!building->of_shown)
        return false;
    memset(building->of_shown, 0xff, count * sizeof *building->of_shown);
    for (size_t i = 0; i < building->count; i++)
        building->of_shown[building->members[i].function] = building->members[i].group;
    return true;
}

bool function_groups_work(struct function_groups *groups, const struct model *model) {
    struct model_stamp stamp = groups->totals.model;
    bool other = model_stamp_update(&stamp, model), more = groups->job && !other && group_totals_work(groups->job);
    if (!groups->job || more)
        return false;
    bool found = !other && group_totals_take(groups->job, groups->sums);
    group_totals_free(groups->job);
    groups->job = NULL;
    return found;
}

/* --- order of groups -------------------------------------------------------------------------------------- */

static uint64_t group_key_of(const struct building *building, uint32_t group) {
    if (building->choice->sort == FUNCTION_SORT_TREND)
        return UINT64_MAX - building->groups->groups[group].recent;
    return function_rows_key(&building->groups->sums[group], 0, building->choice);
}

static int compare_groups(const void *left_number, const void *right_number, void *data) {
    const struct building *building = data;
    const struct function_groups *groups = building->groups;
    const struct function_choice *choice = building->choice;
    uint32_t left = *(const uint32_t *)left_number, right = *(const uint32_t *)right_number;
    uint32_t left_place = groups->groups[left].place - 1u, right_place = groups->groups[right].place - 1u;
    if (choice->held && left_place != right_place)
        return left_place < right_place ? -1 : 1; /* new ones have the largest */
    uint64_t left_key = building->keys[left], right_key = building->keys[right];
    if (left_key != right_key)
        return (left_key < right_key) != choice->inverted ? -1 : 1;
    int result = strcmp(group_keys_name(&groups->keys, left), group_keys_name(&groups->keys, right));
    if (result)
        return sorts_by_text(choice) && choice->inverted ? -result : result;
    return (left > right) - (left < right);
}

/* Gives each group the room that its members need, in the groups' order. */
static bool order_groups(struct building *building) {
    struct function_groups *groups = building->groups;
    uint32_t *order = reallocarray(groups->order, groups->count + 1, sizeof *order), first = 0;
    building->keys = order ? reallocarray(NULL, groups->count + 1, sizeof *building->keys) : NULL;
    groups->order = order ? order : groups->order;
    if (!building->keys)
        return false;
    groups->shown = 0;
    for (size_t i = 0; i < groups->count; i++)
        groups->groups[i].count = groups->groups[i].recent = 0;
    for (size_t i = 0; i < building->count; i++) {
        struct function_group *group = &groups->groups[building->members[i].group];
        if (group->count++ == 0)
            order[groups->shown++] = building->members[i].group;
        if (building->choice->sort == FUNCTION_SORT_TREND)
            group->recent += activity_recent(building->choice->activity, building->members[i].function);
    }
    for (size_t i = 0; i < groups->shown; i++)
        building->keys[order[i]] = group_key_of(building, order[i]);
    qsort_r(order, groups->shown, sizeof *order, compare_groups, building);
    for (size_t i = 0; i < groups->count; i++)
        groups->groups[i].place = 0;
    for (size_t i = 0; i < groups->shown; i++) {
        struct function_group *group = &groups->groups[order[i]];
        group->place = (uint32_t)i + 1;
        group->first = first;
        first += group->count;
        group->count = 0; /* counted again as they come in */
    }
    return true;
}

static bool note_places(struct function_groups *groups) {
    size_t most = 0;
    for (size_t i = 0; i < groups->member_count; i++)
        most = groups->members[i].id > most ? groups->members[i].id : most;
    uint32_t *grown = reallocarray(groups->places, most + 1, sizeof *grown);
    if (!grown)
        return false;
    groups->places = grown;
    groups->place_count = most + 1;
    memset(grown, 0, groups->place_count * sizeof *grown);
    for (size_t i = 0; i < groups->member_count; i++)
        grown[groups->members[i].id] = (uint32_t)i + 1;
    return true;
}

static bool take_members(struct building *building) {
    struct function_groups *groups = building->groups;
    struct function_member *members = reallocarray(groups->members, building->count + 1, sizeof *members);
    if (!members)
        return false;
    groups->members = members;
    groups->member_count = building->count;
    for (size_t i = 0; i < building->count; i++) {
        struct function_group *group = &groups->groups[building->members[i].group];
        members[group->first + group->count++] = building->members[i];
    }
    return note_places(groups);
}

/* --- all of it ---------------------------------------------------------------------------------------------- */

static bool keep_functions(struct building *building) {
    struct function_groups *groups = building->groups;
    uint32_t *grown = reallocarray(groups->functions, building->functions->count + 1, sizeof *grown);
    if (!grown)
        return false;
    groups->functions = grown;
    groups->function_count = building->functions->count;
    for (size_t i = 0; i < groups->function_count; i++)
        grown[i] = building->functions->sorted[i].id;
    return true;
}

/* The groups of another run have other numbers. */
static void forget(struct function_groups *groups) {
    row_ids_free(&groups->ids);
    groups->count = groups->shown = groups->member_count = groups->place_count = 0;
    groups->revealed = 0;
    groups->totals.known = false;
    group_totals_free(groups->job);
    groups->job = NULL;
}

static bool build(struct building *building) {
    struct function_groups *groups = building->groups;
    bool other = false, done = group_keys_update(&groups->keys, building->model, &other);
    if (other)
        forget(groups);
    return done && keep_functions(building) && (has_parts(building) ? add_parts(building) : add_whole(building)) &&
           (!building->choice->held || hold(building)) && reserve_groups(groups) && find_shown(building);
}

bool function_groups_build(struct function_groups *groups, struct table *table, const struct model *model,
                           const struct function_choice *choice, const struct sorted_functions *functions) {
    struct building building = {.groups = groups, .model = model, .choice = choice, .functions = functions};
    bool done = build(&building);
    if (done) {
        add_sums(&building);
        set_totals(&building);
        done = order_groups(&building) && take_members(&building) && group_rows_fill(groups, table);
    }
    if (!done) {
        groups->shown = groups->member_count = groups->function_count = 0;
        table->count = 0;
        table_rows_changed(table);
    }
    free(building.members);
    free(building.keys);
    free(building.of_shown);
    return done;
}
