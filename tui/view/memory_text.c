#include "tui/view/memory_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/view/function_name.h"

char *memory_place(const struct model *model, uint32_t function, uint32_t line, char text[MEMORY_TEXT_SIZE]) {
    char buffer[MEMORY_TEXT_SIZE];
    const char *name = "(no function)";
    if (function && function < model->function_count)
        name = function_display_name(&model->functions[function], buffer, sizeof buffer);
    if (function && line)
        snprintf(text, MEMORY_TEXT_SIZE, "%.230s:%" PRIu32, name, line);
    else
        snprintf(text, MEMORY_TEXT_SIZE, "%.250s", name);
    return text;
}

const char *memory_place_tail(const char *place, uint32_t line) { return line ? strrchr(place, ':') : NULL; }

char *memory_line(const struct model *model, uint32_t function, uint32_t line, char text[MEMORY_TEXT_SIZE]) {
    text[0] = '\0';
    if (!line || !function || function >= model->function_count || !*model->functions[function].file)
        return text;
    const struct model_source *source = model_source(model, model->functions[function].file);
    if (!source)
        return text;
    const char *at = source->text, *end = source->text + source->length;
    for (uint32_t i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at)
        return text;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    size_t length = 0;
    while (length < MEMORY_TEXT_SIZE - 1 && at + length < end && at[length] && at[length] != '\n' && at[length] != '\r')
        length++;
    memcpy(text, at, length);
    text[length] = '\0';
    return text;
}
