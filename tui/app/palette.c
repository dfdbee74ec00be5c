#include "tui/app/palette.h"

#include <stdio.h>
#include <string.h>

#include "core/config/words.h"
#include "tui/app/commands.h"
#include "tui/app/key_map.h"
#include "tui/app/popups.h"

/* Rows with this value and above are commands. */
enum { FIRST_COMMAND = REQUEST_COUNT };

/* --- rows ------------------------------------------------------------------------------------------- */

static bool add_actions(struct popup *popup) {
    char text[160];
    for (enum request_section section = 0; section < SECTION_COUNT; section++)
        for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
            const struct request_row *row = request_row(request);
            snprintf(text, sizeof text, "%-16s %-9s %s", row->name, row->keys, row->help);
            if (row->section == section && !popup_add(popup, (int)request, text))
                return false;
        }
    for (size_t i = 0; i < command_count; i++) {
        snprintf(text, sizeof text, "%-16s %-9s %s", commands[i].name, commands[i].argument, commands[i].help);
        if (!popup_add(popup, FIRST_COMMAND + (int)i, text))
            return false;
    }
    return true;
}

/* What vi calls them. */
static const struct { const char *typed; enum request request; } vi_names[] = {
    {"w", REQUEST_SAVE_SESSION}, {"wq", REQUEST_QUIT}, {"x", REQUEST_QUIT}, {"q!", REQUEST_QUIT}, {"qa", REQUEST_QUIT},
    {"qa!", REQUEST_QUIT}, {"e", REQUEST_EDIT}, {"h", REQUEST_HELP}};

/* Such a name leaves its action alone in the list. */
static void filter_by_vi_name(struct popup *popup) {
    for (size_t i = 0; i < sizeof vi_names / sizeof *vi_names; i++) {
        if (strcmp(popup->filter.text, vi_names[i].typed) != 0)
            continue;
        for (size_t row = 0; row < popup->count; row++)
            popup->rows[row].matches = popup->rows[row].value == (int)vi_names[i].request;
        popup->selected = 0;
    }
}

/* The command that was typed with its argument; a number alone is a line's, as in vi. */
static const struct command *typed_command(const char *typed, const char **argument) {
    if (*typed && typed[strspn(typed, "0123456789")] == '\0') {
        *argument = typed;
        return command_of("line ", &(const char *){NULL});
    }
    return command_of(typed, argument);
}

/* What the command is for stands above what it offers. */
static bool add_offers(struct application *application, const struct command *command, const char *argument) {
    struct popup *popup = &application->popup;
    char text[160];
    snprintf(text, sizeof text, "%s %s: %-40s", command->name, command->argument, command->help);
    if (!popup_add(popup, -1, text) || (command->offer && !command->offer(application, argument, popup)))
        return false;
    popup->selected = popup->count > 1;
    return true;
}

bool palette_fill(struct application *application) {
    struct popup *popup = &application->popup;
    const char *argument;
    const struct command *command = typed_command(popup->filter.text, &argument);
    popup->title = "All actions";
    popup->filtered = popup->choosable = true;
    popup->count = popup->selected = popup->top = 0;
    if (command)
        return add_offers(application, command, argument);
    if (!add_actions(popup))
        return false;
    popup_filter(popup);
    filter_by_vi_name(popup);
    return true;
}

static void fill_again(struct application *application) {
    if (!palette_fill(application))
        popups_close(application);
}

static void set_typed(struct application *application, const char *before, const char *behind) {
    char text[sizeof application->popup.filter.text];
    if ((size_t)snprintf(text, sizeof text, "%s%s", before, behind) >= sizeof text)
        return;
    line_edit_set(&application->popup.filter, text);
    fill_again(application);
}

/* The chosen row of what a command offers; NULL: none is. */
static const struct popup_row *chosen_offer(const struct popup *popup) {
    const struct popup_row *row = popup_selected(popup);
    return row && row->value >= 0 ? row : NULL;
}

/* --- completing ------------------------------------------------------------------------------------- */

static const char *name_of(int value) {
    return value < FIRST_COMMAND ? request_row((enum request)value)->name : commands[value - FIRST_COMMAND].name;
}

static void complete_argument(struct application *application, const struct command *command) {
    const struct popup_row *row = chosen_offer(&application->popup);
    char before[64];
    snprintf(before, sizeof before, "%s ", command->name);
    if (row && !command->by_value) {
        char chosen[sizeof row->text];
        memcpy(chosen, row->text, sizeof chosen); /* the rows are made anew */
        set_typed(application, before, chosen);
    }
}

static void complete(struct application *application) {
    const char *argument;
    const struct command *command = command_of(application->popup.filter.text, &argument);
    const struct popup_row *row = popup_selected(&application->popup);
    if (command)
        complete_argument(application, command);
    else if (row)
        set_typed(application, name_of(row->value), row->value >= FIRST_COMMAND ? " " : "");
}

/* --- choosing --------------------------------------------------------------------------------------- */

static void run_command(struct application *application, const struct command *command, const char *argument) {
    const struct popup_row *row = chosen_offer(&application->popup);
    bool unfinished = row && !command->by_value && row->text[strlen(row->text) - 1] == '=';
    char text[sizeof application->popup.filter.text];
    int value = row ? row->value : -1;
    if (unfinished && !strchr(argument, '=')) { /* a key without its value */
        complete_argument(application, command);
        return;
    }
    if (!*argument && !row)
        return; /* it is still to be typed */
    snprintf(text, sizeof text, "%s", row && !command->by_value ? row->text : argument);
    popups_close(application);
    command->run(application, text, value);
}

static void explain(struct application *application) {
    const char *names[REQUEST_COUNT + 64];
    char quoted[WORDS_QUOTED_SIZE], word[64];
    size_t count = 0;
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++)
        names[count++] = request_row(request)->name;
    for (size_t i = 0; i < command_count; i++)
        names[count++] = commands[i].name;
    names[count] = NULL;
    const char *typed = application->popup.filter.text;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(typed, " "), typed);
    application_error(application, "there is no action %s; did you mean \"%s\"?", words_quote(word, quoted),
                      words_nearest(word, names));
}

static enum request choose(struct application *application) {
    const char *argument;
    const struct command *command = typed_command(application->popup.filter.text, &argument);
    const struct popup_row *row = popup_selected(&application->popup);
    if (command) {
        run_command(application, command, argument);
        return REQUEST_NONE;
    }
    if (!row) {
        explain(application);
        return REQUEST_NONE;
    }
    if (row->value >= FIRST_COMMAND) {
        set_typed(application, name_of(row->value), " ");
        return REQUEST_NONE;
    }
    enum request request = (enum request)row->value;
    popups_close(application);
    return request;
}

enum request palette_key(struct application *application, int key) {
    char before[sizeof application->popup.filter.text];
    int unused;
    application->redraw = true;
    if (key == KEYS_ENTER)
        return choose(application);
    if (key == KEYS_TAB) {
        complete(application);
        return REQUEST_NONE;
    }
    memcpy(before, application->popup.filter.text, sizeof before);
    if (popup_key(&application->popup, key, application->grid.rows, &unused) == POPUP_CLOSED)
        popups_close(application);
    else if (strcmp(before, application->popup.filter.text) != 0)
        fill_again(application);
    return REQUEST_NONE;
}
