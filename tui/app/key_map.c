#include "tui/app/key_map.h"

#include <string.h>

static const struct request_row rows[REQUEST_COUNT] = {
    [REQUEST_NONE] = {"", "", "", SECTION_PROGRAM},
#define X(NAME, keys, palette, help, section) [REQUEST_##NAME] = {keys, palette, help, SECTION_##section},
    REQUEST_LIST(X)
#undef X
};

static const char *const headings[SECTION_COUNT] = {
#define X(NAME, heading) heading,
    REQUEST_SECTION_LIST(X)
#undef X
};

const struct request_row *request_row(enum request request) {
    return &rows[request > REQUEST_NONE && request < REQUEST_COUNT ? request : REQUEST_NONE];
}

const char *request_section_heading(enum request_section section) { return headings[section]; }

static bool names_key(const char *keys, int key) {
    while (*keys) {
        size_t length = strcspn(keys, " ");
        if (key_from_name(keys, length) == key)
            return true;
        keys += length + (keys[length] == ' ');
    }
    return false;
}

enum request key_map_find(int key) {
    if (key == SPECIAL_NONE)
        return REQUEST_NONE;
    for (int request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++)
        if (names_key(rows[request].keys, key))
            return (enum request)request;
    return REQUEST_NONE;
}
