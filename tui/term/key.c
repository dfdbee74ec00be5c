#include "tui/term/key.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int key;
} named_keys[] = {
    {"Space", ' '}, {"Tab", KEYS_TAB}, {"Enter", KEYS_ENTER}, {"Esc", KEYS_ESCAPE},
#define X(NAME, name) {name, SPECIAL_##NAME},
    SPECIAL_KEY_LIST(X)
#undef X
};

int key_from_name(const char *name, size_t length) {
    if (length == 1)
        return (unsigned char)name[0];
    if (length == 2 && name[0] == '^')
        return key_control(name[1]);
    for (size_t i = 0; i < sizeof named_keys / sizeof *named_keys; i++)
        if (strlen(named_keys[i].name) == length && memcmp(named_keys[i].name, name, length) == 0)
            return named_keys[i].key;
    return SPECIAL_NONE;
}

const char *key_write_name(int key, char name[KEY_NAME_SIZE]) {
    name[0] = '\0';
    for (size_t i = 0; i < sizeof named_keys / sizeof *named_keys; i++)
        if (named_keys[i].key == key)
            snprintf(name, KEY_NAME_SIZE, "%s", named_keys[i].name);
    if (!name[0] && key > ' ' && key < 0x7f)
        snprintf(name, KEY_NAME_SIZE, "%c", key);
    else if (!name[0] && key > 0 && key < ' ')
        snprintf(name, KEY_NAME_SIZE, "^%c", key < 27 ? key + 'a' - 1 : key + '@');
    return name;
}
