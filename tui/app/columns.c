#include "tui/app/columns.h"

#include <stdio.h>
#include <string.h>

#include "tui/view/function_values.h"

void columns_read(struct application *application) {
    const struct text_list *words = &application->start->config->ui.columns;
    unsigned wanted = 0;
    for (size_t i = 0; i < words->count; i++)
        for (int value = 0; value < VALUE_COUNT; value++)
            if (strcmp(words->items[i], function_value_word((enum function_value)value)) == 0)
                wanted |= 1u << value;
    functions_view_set_columns(application->view_states[PANE_FUNCTIONS], wanted);
}

static bool write_sort(const struct application *application, struct config *config, struct error *error) {
    char assignment[64];
    snprintf(assignment, sizeof assignment, "ui.sort=%s",
             functions_view_sorted_by(application->view_states[PANE_FUNCTIONS], &config->ui.sort_inverted));
    return config_set(config, assignment, error);
}

/* A list must have something in it: where there is no other column, the function stands for itself. */
bool columns_write(const struct application *application, struct config *config, struct error *error) {
    unsigned wanted = functions_view_columns(application->view_states[PANE_FUNCTIONS]);
    char assignment[256] = "ui.columns=[";
    const char *between = "";
    for (int value = 0; value <= VALUE_NAME; value++) {
        size_t length = strlen(assignment);
        if (value == VALUE_NAME ? wanted != 0 : !(wanted >> value & 1u))
            continue;
        snprintf(assignment + length, sizeof assignment - length, "%s%s", between,
                 function_value_word((enum function_value)value));
        between = ", ";
    }
    strcat(assignment, "]");
    return config_set(config, assignment, error) && write_sort(application, config, error);
}

static void write_row(unsigned wanted, enum function_value value, char *text, size_t size) {
    snprintf(text, size, "[%c] %-10s %s", wanted >> value & 1u ? 'x' : ' ', function_value_word(value),
             function_value_menu(value));
}

bool columns_fill(const struct application *application, struct popup *popup) {
    unsigned wanted = functions_view_columns(application->view_states[PANE_FUNCTIONS]);
    char text[100];
    popup->title = "Columns (Enter: on or off, Esc: done)";
    popup->choosable = true;
    for (int value = 0; value < VALUE_COUNT; value++) {
        write_row(wanted, (enum function_value)value, text, sizeof text);
        if (!popup_add(popup, value, text))
            return false;
    }
    return true;
}

void columns_toggle(struct application *application, int value) {
    void *state = application->view_states[PANE_FUNCTIONS];
    struct popup_row *row = &application->popup.rows[value];
    functions_view_set_columns(state, functions_view_columns(state) ^ 1u << value);
    write_row(functions_view_columns(state), (enum function_value)value, row->text, sizeof row->text);
}
