#include "tui/term/direct_color.h"

#include <ncurses.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#undef columns /* terminfo capabilities there */
#undef lines

/* A compiled entry as of term(5), "extended number format": shorts and numbers are little-endian. */
enum { MAGIC = 01036, ENTRY_SIZE = 30000, TRUE_COLORS = 1 << 24, PAIRS = 1 << 16 };

static const char foreground[] = "\033[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m";
static const char background[] = "\033[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m";

/* Of capabilities that term(5) does not number those that ncurses looks at. */
static const char *const extended_strings[] = {"E3", "XM"};
static const char *const extended_flags[] = {"AX", "RGB", "XT"};
enum { EXTENDED_STRINGS = 2, EXTENDED_FLAGS = 3 };

struct entry { unsigned char bytes[ENTRY_SIZE]; size_t length; };

static void put(struct entry *entry, const void *bytes, size_t length) {
    if (entry->length + length <= ENTRY_SIZE)
        memcpy(entry->bytes + entry->length, bytes, length);
    entry->length += length;
}

static void put_number(struct entry *entry, int value, size_t size) {
    unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8), (unsigned char)(value >> 16),
                              (unsigned char)(value >> 24)};
    put(entry, bytes, size);
}

static void put_even(struct entry *entry) {
    if (entry->length % 2)
        put(entry, "", 1);
}

static int count_of(const char *const *names) {
    int count = 0;
    while (names[count])
        count++;
    return count;
}

/* A capability's text, NULL: none. */
static const char *string_of(const char *name) {
    if (strcmp(name, "setaf") == 0)
        return foreground;
    if (strcmp(name, "setab") == 0)
        return background;
    const char *text = strcmp(name, "initc") != 0 ? tigetstr(name) : NULL;
    return text == (char *)-1 ? NULL : text;
}

static int number_of(const char *name) {
    return strcmp(name, "colors") == 0 ? TRUE_COLORS : strcmp(name, "pairs") == 0 ? PAIRS : tigetnum(name);
}

static bool flag_of(const char *name) {
    return strcmp(name, "RGB") == 0 || (strcmp(name, "ccc") != 0 && tigetflag(name) > 0);
}

/* Offsets into a table of strings, which is filled; -1 stands for none. */
static void put_strings(struct entry *entry, struct entry *table, const char *const *names, int count) {
    for (int i = 0; i < count; i++) {
        const char *text = string_of(names[i]);
        put_number(entry, text ? (int)table->length : -1, 2);
        if (text)
            put(table, text, strlen(text) + 1);
    }
}

static void put_header(struct entry *entry, size_t names, int flags, int numbers, int strings, size_t table) {
    int fields[] = {MAGIC, (int)names, flags, numbers, strings, (int)table};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        put_number(entry, fields[i], 2);
}

static void put_extended(struct entry *entry, struct entry *table) {
    struct entry *offsets = calloc(1, sizeof *offsets);
    if (!offsets) {
        entry->length = ENTRY_SIZE + 1;
        return;
    }
    put_strings(offsets, table, extended_strings, EXTENDED_STRINGS);
    size_t names = table->length; /* their offsets count from there */
    for (int i = 0; i < EXTENDED_FLAGS + EXTENDED_STRINGS; i++) {
        const char *name = i < EXTENDED_FLAGS ? extended_flags[i] : extended_strings[i - EXTENDED_FLAGS];
        put_number(offsets, (int)(table->length - names), 2);
        put(table, name, strlen(name) + 1);
    }
    int items = EXTENDED_FLAGS + EXTENDED_STRINGS;
    for (int i = 0; i < EXTENDED_STRINGS; i++)
        items += string_of(extended_strings[i]) != NULL;
    int fields[] = {EXTENDED_FLAGS, 0, EXTENDED_STRINGS, items, (int)table->length};
    put_even(entry);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        put_number(entry, fields[i], 2);
    for (int i = 0; i < EXTENDED_FLAGS; i++)
        put_number(entry, flag_of(extended_flags[i]), 1);
    put_even(entry);
    put(entry, offsets->bytes, offsets->length);
    put(entry, table->bytes, table->length);
    free(offsets);
}

static void put_entry(struct entry *entry, struct entry *offsets, struct entry *table, const char *type) {
    const char *const *flags = (const char *const *)boolnames, *const *numbers = (const char *const *)numnames;
    const char *const *strings = (const char *const *)strnames;
    put_strings(offsets, table, strings, count_of(strings));
    put_header(entry, strlen(type) + 1, count_of(flags), count_of(numbers), count_of(strings), table->length);
    put(entry, type, strlen(type) + 1);
    for (int i = 0; flags[i]; i++)
        put_number(entry, flag_of(flags[i]), 1);
    put_even(entry);
    for (int i = 0; numbers[i]; i++)
        put_number(entry, number_of(numbers[i]), 4);
    put(entry, offsets->bytes, offsets->length);
    put(entry, table->bytes, table->length);
    table->length = 0;
    put_extended(entry, table);
}

static char *as_hex(const struct entry *entry) {
    static const char prefix[] = "hex:", digits[] = "0123456789ABCDEF";
    char *text = malloc(sizeof prefix + 2 * entry->length), *at = text;
    if (!text)
        return NULL;
    at = stpcpy(at, prefix);
    for (size_t i = 0; i < entry->length; i++) {
        *at++ = digits[entry->bytes[i] >> 4];
        *at++ = digits[entry->bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

bool direct_color_promised(void) {
    const char *promise = getenv("COLORTERM"), *refused = getenv("NO_COLOR"), *type = getenv("TERM");
    bool promised = promise && (strcmp(promise, "truecolor") == 0 || strcmp(promise, "24bit") == 0);
    if (!promised || !type || (refused && *refused))
        return false;
    /* GNU screen and consoles show what they are told by another terminal's variable wrongly, or not at all. */
    return !begins(type, "screen") && !begins(type, "linux") && !begins(type, "vt");
}

char *direct_color_entry(int descriptor) {
    int found = 0;
    char *text = NULL;
    struct entry *parts = calloc(3, sizeof *parts);
    if (parts && setupterm(NULL, descriptor, &found) == OK && tigetnum("colors") >= 8 && tigetflag("RGB") <= 0) {
        put_entry(&parts[0], &parts[1], &parts[2], getenv("TERM"));
        if (parts[0].length <= ENTRY_SIZE && parts[2].length <= ENTRY_SIZE)
            text = as_hex(&parts[0]);
    }
    if (found > 0)
        del_curterm(cur_term);
    free(parts);
    return text;
}
