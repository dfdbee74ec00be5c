#include "tui/app/grouping.h"

#include <stdio.h>
#include <string.h>

#include "tui/app/panes.h"

static const char *const words[] = {
#define X(NAME, word, menu, several) word,
    FUNCTION_GROUPING_LIST(X)
#undef X
    NULL,
};

static const char *const menu_texts[] = {
#define X(NAME, word, menu, several) menu,
    FUNCTION_GROUPING_LIST(X)
#undef X
};

const char *const *grouping_words(void) { return words; }

static enum function_grouping grouping_of(const struct application *application) {
    return functions_view_grouping(application->view_states[PANE_FUNCTIONS]);
}

void grouping_read(struct application *application, const char *word) {
    for (int i = 0; word && words[i]; i++)
        if (strcmp(words[i], word) == 0)
            functions_view_group(application->view_states[PANE_FUNCTIONS], (enum function_grouping)i);
}

bool grouping_write(const struct application *application, struct config *config, struct error *error) {
    char assignment[64];
    snprintf(assignment, sizeof assignment, "ui.group=%s", words[grouping_of(application)]);
    return config_set(config, assignment, error);
}

bool grouping_fill(struct application *application, struct popup *popup) {
    void *state;
    if (panes_view(application, application->place.focus, &state) != &functions_view) {
        application_message(application, "there is nothing to group in this pane; 1 goes to the functions");
        return false;
    }
    popup->title = "Group the functions";
    popup->choosable = true;
    for (int i = 0; i < FUNCTION_GROUPING_COUNT; i++)
        if (!popup_add(popup, i, menu_texts[i]))
            return false;
    popup->selected = (size_t)grouping_of(application);
    return true;
}

void grouping_choose(struct application *application, int value) {
    functions_view_group(application->view_states[PANE_FUNCTIONS], (enum function_grouping)value);
    application->redraw = true;
}
