#include "tui/app/pane_options.h"

#include <stdio.h>
#include <string.h>

/* One row a size: where it stands in both. */
#define SIZE_LIST(X)       \
    X(functions, FUNCTIONS) \
    X(tree, TREE)           \
    X(bytecode, BYTECODE)   \
    X(flame, FLAME)         \
    X(ram, RAM)             \
    X(output, OUTPUT)

struct layout_options pane_options_read(const struct config *config) {
    struct layout_options options = {0};
    for (size_t i = 0; i < config->ui.panes.count; i++)
        for (enum pane pane = 0; pane < PANE_COUNT; pane++)
            if (strcmp(config->ui.panes.items[i], layout_pane_name(pane)) == 0)
                options.panes |= 1u << pane;
#define X(key, NAME) options.extra[PANE_##NAME] = (int)config->ui.sizes.key;
    SIZE_LIST(X)
#undef X
    options.threads = !(options.panes >> PANE_TREE & 1u) && options.panes >> PANE_THREADS & 1u;
    return options;
}

bool pane_options_write(const struct application *application, struct config *config, struct error *error) {
    char panes[256] = "ui.panes=[";
    const char *between = "";
    for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
        size_t length = strlen(panes);
        if (!(application->options.panes >> pane & 1u))
            continue;
        snprintf(panes + length, sizeof panes - length, "%s%s", between, layout_pane_name(pane));
        between = ", ";
    }
    strcat(panes, "]");
#define X(key, NAME) config->ui.sizes.key = application->options.extra[PANE_##NAME];
    SIZE_LIST(X)
#undef X
    return config_set(config, panes, error);
}

/* The pane beside it that has the keys next: the table, or else the first that is seen. */
static enum pane next_of(const struct application *application, enum pane hidden) {
    enum pane table = layout_table_pane(&application->options);
    if (table != hidden && application->options.panes >> table & 1u)
        return table;
    for (enum pane pane = 0; pane < PANE_COUNT; pane++)
        if (pane != hidden && (application->layout.panes[pane].shown || application->options.panes >> pane & 1u))
            return pane;
    return hidden;
}

void pane_options_hide(struct application *application) {
    enum pane pane = application->place.focus, next = next_of(application, pane);
    if (next == pane) {
        application_message(application, "this is the only pane: it stays");
        return;
    }
    application->options.panes &= ~(1u << pane);
    application->options.zoomed = false;
    application->hidden |= 1u << pane;
    application->place.focus = next;
    pane_options_note_focus(application, next);
    application_message(application, "%s is hidden; %c shows it again", layout_pane_name(pane), layout_pane_key(pane));
}

void pane_options_show(struct application *application, enum pane pane) {
    if (!(application->hidden >> pane & 1u))
        return;
    application->hidden &= ~(1u << pane);
    application->options.panes |= 1u << pane;
}

void pane_options_reset(struct application *application) {
    struct layout_options before = application->options;
    application->options = pane_options_read(application->start->config);
    application->options.memory = before.memory;
    application->options.threads = before.threads;
    application->options.side = before.side;
    application->hidden = 0;
}

void pane_options_note_focus(struct application *application, enum pane pane) {
    struct layout_options *options = &application->options;
    bool table = pane == PANE_FUNCTIONS || pane == PANE_MEMORY, side = pane == PANE_TREE || pane == PANE_THREADS;
    if (table)
        options->memory = pane == PANE_MEMORY;
    if (side)
        options->threads = pane == PANE_THREADS;
    if (table || side)
        options->side = side;
}
