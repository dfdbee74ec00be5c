#include "tui/view/functions_sort.h"

#include <string.h>

#include "tui/view/function_values.h"
#include "tui/view/view.h"

/* The sort menu: the sorts of every run, holding the order, and the sorts by what else is counted. */
enum { MENU_HOLD = FUNCTION_SORTS_ALWAYS };

bool functions_sort_is_counted(const struct functions_state *state, enum function_sort sort) {
    switch (sort) {
    case FUNCTION_SORT_INSTRUCTIONS: return state->instructions;
    case FUNCTION_SORT_MEMORY: case FUNCTION_SORT_TOTAL_MEMORY: return state->memory;
    case FUNCTION_SORT_TREND: return state->trend;
    default: return true;
    }
}

static bool is_available(const struct functions_state *state, enum function_sort sort) {
    if (sort == FUNCTION_SORT_PRIMITIVE_CALLS)
        return state->sort == sort || state->wanted >> VALUE_PRIMITIVE_CALLS & 1u;
    if (sort == FUNCTION_SORT_TIME_PER_CALL)
        return state->sort == sort || state->wanted >> VALUE_TIME_PER_CALL & 1u;
    return functions_sort_is_counted(state, sort);
}

/* Returns how many there are. */
static int available_sorts(const struct functions_state *state, enum function_sort sorts[FUNCTION_SORT_COUNT]) {
    int count = 0;
    for (int sort = 0; sort < FUNCTION_SORT_COUNT; sort++)
        if (is_available(state, (enum function_sort)sort))
            sorts[count++] = (enum function_sort)sort;
    return count;
}

/* Where the present one is among those available. */
static int present_sort(const struct functions_state *state) {
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts), at = 0;
    while (at < count && sorts[at] != state->sort)
        at++;
    return at;
}

static const char *sort_name(enum function_sort sort) {
    static const char *const names[] = {
#define X(NAME, word, name, percent, absolute, largest_first) name,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return names[sort];
}

static const char *sort_word(enum function_sort sort) {
    static const char *const words[] = {
#define X(NAME, word, name, percent, absolute, largest_first) word,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return words[sort];
}

const char *functions_sort_title(enum function_sort sort, bool percent) {
    switch (sort) {
#define X(NAME, word, name, percent_title, absolute_title, largest_first) \
    case FUNCTION_SORT_##NAME: return percent ? percent_title : absolute_title;
        FUNCTION_SORT_LIST(X)
#undef X
    case FUNCTION_SORT_COUNT: break;
    }
    return "";
}

char functions_sort_sign(const struct functions_state *state) {
    static const bool largest_first[] = {
#define X(NAME, word, name, percent, absolute, largest) largest,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return largest_first[state->sort] != state->inverted ? 'v' : '^';
}

void functions_sort_by(struct functions_state *state, enum function_sort sort) {
    state->inverted = state->sort == sort && !state->inverted;
    state->sort = sort;
    state->held = false;
    state->outdated = state->sorted = true;
}

void functions_sort_hold(struct functions_state *state) {
    state->held = !state->held;
    state->outdated = true;
}

void functions_sort_choose(void *data, int index) {
    struct functions_state *state = data;
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts);
    if (index == MENU_HOLD)
        functions_sort_hold(state);
    else if (index >= 0 && index <= count)
        functions_sort_by(state, sorts[index < MENU_HOLD ? index : index - 1]);
}

int functions_sort_chosen(void *data) {
    int present = present_sort(data);
    return present < MENU_HOLD ? present : present + 1;
}

const char *const *functions_sort_names(void *data) {
    const struct functions_state *state = data;
    static const char *menu[FUNCTION_SORT_COUNT + 2];
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts);
    for (int i = 0; i < count; i++)
        menu[i < MENU_HOLD ? i : i + 1] = sort_name(sorts[i]);
    menu[MENU_HOLD] = "hold the order";
    menu[count + 1] = NULL;
    return menu;
}

void functions_sort_asked(struct functions_state *state, enum request request) {
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int asked = table_sort_asked(request, present_sort(state), available_sorts(state, sorts));
    if (asked >= 0)
        functions_sort_by(state, sorts[asked]);
}

bool functions_view_sort_by(void *data, const char *word, bool inverted) {
    struct functions_state *state = data;
    for (int sort = 0; sort < FUNCTION_SORT_COUNT; sort++)
        if (strcmp(sort_word((enum function_sort)sort), word) == 0) {
            state->asked = (enum function_sort)sort;
            state->asked_inverted = inverted;
            state->sorted = state->held = false;
            state->outdated = true;
            return true;
        }
    return false;
}

const char *functions_view_sorted_by(const void *data, bool *inverted) {
    const struct functions_state *state = data;
    *inverted = state->sorted ? state->inverted : state->asked_inverted;
    return sort_word(state->sorted ? state->sort : state->asked);
}
