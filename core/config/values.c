#include "core/config/values.h"

#include <stdlib.h>
#include <string.h>

/* Room doubles: an array is full where its count is a power of two. */
static bool make_room(char ***array, size_t count) {
    if (count & (count - 1))
        return true;
    char **larger = realloc(*array, (count ? count * 2 : 1) * sizeof *larger);
    if (!larger)
        return false;
    *array = larger;
    return true;
}

bool text_list_append(struct text_list *list, const char *text) {
    char *copy = strdup(text);
    if (!copy || !make_room(&list->items, list->count)) {
        free(copy);
        return false;
    }
    list->items[list->count++] = copy;
    return true;
}

void text_list_clear(struct text_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct text_list){0};
}

bool environment_list_append(struct environment_list *list, const char *name, const char *value) {
    char *name_copy = strdup(name), *value_copy = strdup(value);
    if (!name_copy || !value_copy || !make_room(&list->names, list->count) || !make_room(&list->values, list->count)) {
        free(name_copy);
        free(value_copy);
        return false;
    }
    list->names[list->count] = name_copy;
    list->values[list->count++] = value_copy;
    return true;
}

void environment_list_clear(struct environment_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i]);
        free(list->values[i]);
    }
    free(list->names);
    free(list->values);
    *list = (struct environment_list){0};
}

bool text_replace(char **field, const char *text) {
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        return false;
    free(*field);
    *field = copy;
    return true;
}

void option_release(const struct config_option *option, struct config *config) {
    void *field = option_field(option, config);
    switch (option->type) {
    case OPTION_BOOL:
        *(bool *)field = false;
        break;
    case OPTION_INTEGER:
        *(int64_t *)field = 0;
        break;
    case OPTION_TEXT:
        free(*(char **)field);
        *(char **)field = NULL;
        break;
    case OPTION_LIST:
        text_list_clear(field);
        break;
    case OPTION_MAP:
        environment_list_clear(field);
        break;
    }
}

/* "a,b" as the table has it. */
static bool append_initial_items(struct text_list *list, const char *items) {
    while (items && *items) {
        size_t length = strcspn(items, ",");
        char item[64];
        if (length >= sizeof item)
            return false;
        memcpy(item, items, length);
        item[length] = '\0';
        if (!text_list_append(list, item))
            return false;
        items += length + (items[length] == ',');
    }
    return true;
}

bool option_reset(const struct config_option *option, struct config *config) {
    void *field = option_field(option, config);
    option_release(option, config);
    switch (option->type) {
    case OPTION_BOOL:
        *(bool *)field = strcmp(option->initial, "true") == 0;
        return true;
    case OPTION_INTEGER:
        *(int64_t *)field = strtoll(option->initial, NULL, 10);
        return true;
    case OPTION_TEXT:
        return text_replace(field, option->initial);
    case OPTION_LIST:
        return append_initial_items(field, option->initial);
    case OPTION_MAP:
        return true; /* always empty */
    }
    return true;
}

static bool copy_list(struct text_list *to, const struct text_list *from) {
    text_list_clear(to);
    for (size_t i = 0; i < from->count; i++)
        if (!text_list_append(to, from->items[i]))
            return false;
    return true;
}

static bool copy_map(struct environment_list *to, const struct environment_list *from) {
    environment_list_clear(to);
    for (size_t i = 0; i < from->count; i++)
        if (!environment_list_append(to, from->names[i], from->values[i]))
            return false;
    return true;
}

bool option_copy(const struct config_option *option, struct config *to, const struct config *from) {
    void *field = option_field(option, to);
    const void *value = option_field_const(option, from);
    switch (option->type) {
    case OPTION_BOOL:
        *(bool *)field = *(const bool *)value;
        return true;
    case OPTION_INTEGER:
        *(int64_t *)field = *(const int64_t *)value;
        return true;
    case OPTION_TEXT:
        return text_replace(field, *(char *const *)value);
    case OPTION_LIST:
        return copy_list(field, value);
    case OPTION_MAP:
        return copy_map(field, value);
    }
    return true;
}

static bool texts_equal(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static bool lists_equal(const struct text_list *a, const struct text_list *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static bool maps_equal(const struct environment_list *a, const struct environment_list *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->names[i], b->names[i]) != 0 || strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

bool option_equal(const struct config_option *option, const struct config *a, const struct config *b) {
    const void *left = option_field_const(option, a), *right = option_field_const(option, b);
    switch (option->type) {
    case OPTION_BOOL:
        return *(const bool *)left == *(const bool *)right;
    case OPTION_INTEGER:
        return *(const int64_t *)left == *(const int64_t *)right;
    case OPTION_TEXT:
        return texts_equal(*(char *const *)left, *(char *const *)right);
    case OPTION_LIST:
        return lists_equal(left, right);
    case OPTION_MAP:
        return maps_equal(left, right);
    }
    return false;
}
