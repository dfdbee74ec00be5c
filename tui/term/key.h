/* key.h - keys as numbers and as the names that users read. */
#ifndef PYPROF_TUI_KEY_H
#define PYPROF_TUI_KEY_H

#include <stddef.h>
#include <stdint.h>

/* A key is its code point ('j', 0x04 for ^d, '\r' for Enter, 0x1b for Esc) or one of these, beyond Unicode.
 * X(NAME, name as in the request table) */
#define SPECIAL_KEY_LIST(X)       \
    X(UP, "Up")                   \
    X(DOWN, "Down")               \
    X(LEFT, "Left")               \
    X(RIGHT, "Right")             \
    X(HOME, "Home")               \
    X(END, "End")                 \
    X(PAGE_UP, "PgUp")            \
    X(PAGE_DOWN, "PgDn")          \
    X(BACK_TAB, "S-Tab")          \
    X(BACKSPACE, "Backspace")     \
    X(DELETE, "Delete")           \
    X(F1, "F1")                   \
    X(F2, "F2")                   \
    X(F3, "F3")                   \
    X(F4, "F4")                   \
    X(F5, "F5")                   \
    X(F6, "F6")                   \
    X(F7, "F7")                   \
    X(F8, "F8")                   \
    X(F9, "F9")                   \
    X(F10, "F10")                 \
    X(MOUSE, "Mouse")

enum special_key {
    SPECIAL_NONE = 0x110000, /* no key, or one that nothing is bound to */
#define X(NAME, name) SPECIAL_##NAME,
    SPECIAL_KEY_LIST(X)
#undef X
};

enum { KEYS_TAB = '\t', KEYS_ENTER = '\r', KEYS_ESCAPE = 0x1b };

static inline int key_control(char letter) { return letter & 0x1f; }

/* The key of a name of `length` bytes: "j", "^d", "Space", "PgUp". SPECIAL_NONE: there is none of that name. */
int key_from_name(const char *name, size_t length);

enum { KEY_NAME_SIZE = 16 };
/* The name of a key, in the buffer: "j", "^d", "F7"; "" of SPECIAL_NONE and what is beyond ASCII. */
const char *key_write_name(int key, char name[KEY_NAME_SIZE]);

/* A mouse button's action, where it happened on the screen. */
enum mouse_action { MOUSE_CLICK, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct key_press {
    int key;
    enum mouse_action mouse; /* with SPECIAL_MOUSE, as are row and column */
    int row, column;
};

#endif
