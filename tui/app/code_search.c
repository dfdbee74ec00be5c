#include "tui/app/code_search.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tui/app/sources.h"
#include "tui/view/filter.h"

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool add_function(struct popup *popup, const struct model_function *function, int value) {
    char text[sizeof popup->rows->text];
    if (*function->file)
        snprintf(text, sizeof text, "%-36.200s %.100s:%u", function->qualname, base_name(function->file), function->line);
    else
        snprintf(text, sizeof text, "%-36.200s (written in C)", function->qualname);
    return popup_add(popup, value, text);
}

/* What is not listed is said in a row that leads nowhere. */
static bool add_more(struct popup *popup, size_t more, const char *of_what) {
    char text[128];
    snprintf(text, sizeof text, "and %zu more %s: type more of it", more, of_what);
    return more == 0 || popup_add(popup, -1, text);
}

/* --- functions -------------------------------------------------------------------------------------- */

static bool begins(const struct model_function *function, const char *text) {
    size_t length = strlen(text);
    return strncasecmp(function->qualname, text, length) == 0 || strncasecmp(function->name, text, length) == 0;
}

bool code_search_functions(const struct application *application, const char *text, struct popup *popup) {
    const struct model *model = application->model;
    size_t most = popup->count + CODE_SEARCH_MOST, more = 0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t id = 1; id < model->function_count; id++) {
            const struct model_function *function = &model->functions[id];
            bool first = begins(function, text);
            bool wanted = pass == 0 ? first
                                    : !first && (filter_contains(function->qualname, text) ||
                                                 filter_contains(function->file, text));
            if (wanted && popup->count == most)
                more++;
            else if (wanted && !add_function(popup, function, (int)id))
                return false;
        }
    return add_more(popup, more, "functions");
}

uint32_t code_search_function_at(const struct model *model, const char *file, uint32_t line) {
    uint32_t found = 0;
    for (uint32_t id = 1; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (function->line <= line && (!found || function->line >= model->functions[found].line) &&
            strcmp(function->file, file) == 0)
            found = id;
    }
    return found;
}

/* --- a text in the sources -------------------------------------------------------------------------- */

/* The model that has the sources: a session's own, else what was read for the run. */
static const struct model *sources_of(const struct application *application) {
    return application->live && application->sources ? application->sources : application->program;
}

/* The project's files, as far as they can be read, once for all searches until the list of actions is closed. */
static void read_sources(struct application *application) {
    const struct model *model = application->model;
    const char *before = "";
    if (!application->live || !application->sources || application->found.sources_read)
        return;
    application->found.sources_read = true;
    for (uint32_t id = 1; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!(function->flags & MODEL_FUNCTION_PROJECT) || strcmp(function->file, before) == 0)
            continue;
        before = function->file;
        if (*before && *before != '<')
            model_load_source(application->sources, before);
    }
}

struct pattern { const char *text; size_t length; bool exact; };

static bool has_capital(const char *text) {
    for (; *text; text++)
        if (isupper((unsigned char)*text))
            return true;
    return false;
}

static bool line_holds(const char *line, size_t length, const struct pattern *pattern) {
    if (pattern->exact)
        return memmem(line, length, pattern->text, pattern->length) != NULL;
    for (size_t at = 0; at + pattern->length <= length; at++)
        if (strncasecmp(line + at, pattern->text, pattern->length) == 0)
            return true;
    return false;
}

static bool add_place(struct application *application, uint32_t function, uint32_t line) {
    struct code_places *found = &application->found;
    if (found->count == CODE_SEARCH_MOST)
        return false;
    found->places[found->count++] = (struct code_place){function, line};
    return true;
}

static bool add_line(struct popup *popup, int value, const char *file, uint32_t line, const char *text, size_t length) {
    char row[sizeof popup->rows->text];
    while (length && (*text == ' ' || *text == '\t'))
        text++, length--;
    snprintf(row, sizeof row, "%.100s:%u: %.*s", base_name(file), line, (int)(length < 200 ? length : 200), text);
    return popup_add(popup, value, row);
}

static bool search_source(struct application *application, const struct model_source *source, const struct pattern *pattern,
                          struct popup *popup, size_t *more) {
    const char *at = source->text, *end = at + source->length;
    for (uint32_t line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        if (line_holds(at, length, pattern) && application->found.count == CODE_SEARCH_MOST) {
            ++*more;
        } else if (line_holds(at, length, pattern)) {
            uint32_t function = code_search_function_at(application->model, source->file, line);
            if (function && add_place(application, function, line) &&
                !add_line(popup, (int)application->found.count - 1, source->file, line, at, length))
                return false;
        }
        at += length + 1;
    }
    return true;
}

/* Names have half of the places, the other half is for lines. */
static bool search_names(struct application *application, const struct pattern *pattern, struct popup *popup) {
    const struct model *model = application->model;
    size_t more = 0;
    for (uint32_t id = 1; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!line_holds(function->qualname, strlen(function->qualname), pattern))
            continue;
        if (application->found.count >= CODE_SEARCH_MOST / 2)
            more++;
        else if (add_place(application, id, 0) && !add_function(popup, function, (int)application->found.count - 1))
            return false;
    }
    return add_more(popup, more, "functions");
}

bool code_search_text(struct application *application, const char *text, struct popup *popup) {
    struct pattern pattern = {text, strlen(text), has_capital(text)};
    application->found.count = 0;
    if (!pattern.length)
        return true;
    read_sources(application);
    const struct model *sources = sources_of(application);
    size_t more = 0;
    if (!search_names(application, &pattern, popup))
        return false;
    for (size_t i = 0; i < sources->source_count; i++)
        if (!search_source(application, &sources->sources[i], &pattern, popup, &more))
            return false;
    return add_more(popup, more, "lines");
}

bool code_search_place(const struct application *application, int value, uint32_t *function, uint32_t *line) {
    const struct code_places *found = &application->found;
    if (value < 0 || (size_t)value >= found->count || found->places[value].function >= application->model->function_count)
        return false;
    *function = found->places[value].function;
    *line = found->places[value].line;
    return true;
}
