#include "tui/view/source_callee.h"

#include <ctype.h>
#include <string.h>

static bool is_word_byte(char byte) {
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

static bool has_word(const char *line, size_t length, const char *word) {
    size_t size = strlen(word);
    if (size == 0)
        return false;
    for (size_t at = 0; at + size <= length; at++)
        if (!memcmp(line + at, word, size) && (at == 0 || !is_word_byte(line[at - 1])) &&
            (at + size == length || !is_word_byte(line[at + size])))
            return true;
    return false;
}

/* What a line that calls the function is likely to say: a constructor is called by its class's name. */
static bool is_named(const struct model_function *function, const char *line, size_t length) {
    if (has_word(line, length, function->name))
        return true;
    if (strcmp(function->name, "__init__") != 0 && strcmp(function->name, "__new__") != 0)
        return false;
    char class_name[256];
    size_t size = strlen(function->qualname), method = strlen(function->name);
    if (size <= method + 1 || size - method - 1 >= sizeof class_name)
        return false;
    memcpy(class_name, function->qualname, size - method - 1);
    class_name[size - method - 1] = '\0';
    const char *dot = strrchr(class_name, '.');
    return has_word(line, length, dot ? dot + 1 : class_name);
}

/* The first edge of a caller: edges stand by caller. */
static size_t first_edge(const struct model *model, uint32_t caller) {
    size_t low = 0, high = model->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (model->edges[middle].caller < caller)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t source_callee(const struct model *model, uint32_t caller, const char *line, size_t length) {
    const struct model_edge *best = NULL;
    bool best_is_c = false;
    for (size_t i = first_edge(model, caller); i < model->edge_count && model->edges[i].caller == caller; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->callee == 0 || edge->callee >= model->function_count)
            continue;
        const struct model_function *callee = &model->functions[edge->callee];
        bool is_c = callee->kind == MODEL_FUNCTION_C;
        bool better = !best || (best_is_c && !is_c) || (best_is_c == is_c && edge->total_ns > best->total_ns);
        if (better && is_named(callee, line, length)) {
            best = edge;
            best_is_c = is_c;
        }
    }
    return best ? best->callee : 0;
}
