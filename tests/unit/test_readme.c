/* README.md shows screens and names keys: both are those of the program. */
#include "tests/unit/golden.h"

#include "tui/app/key_map.h"

enum { README_SIZE = 1 << 18, MOST_KEYS = 0x110100 };

static char readme[README_SIZE];
static bool told[MOST_KEYS]; /* keys that the table of keys has */

static int set_up(void **state) {
    (void)state;
    FILE *file = fopen("README.md", "re");
    if (!file)
        return -1;
    readme[fread(readme, 1, sizeof readme - 1, file)] = '\0';
    return fclose(file);
}

static void tell(int key, const char *written) {
    if (key_map_find(key) == REQUEST_NONE)
        fail_msg("README.md has the key %s, which does nothing", written);
    told[key] = true;
}

/* "j", "PgUp", "hjkl": a key by its name, else several of one letter. */
static void tell_all(const char *written, size_t length) {
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)length, written);
    int key = key_from_name(written, length);
    if (key != SPECIAL_NONE)
        tell(key, text);
    for (size_t i = 0; key == SPECIAL_NONE && i < length; i++)
        tell((unsigned char)written[i], text);
}

/* What stands between ` (or ``) in the first cell of a row. */
static void read_row(const char *row, const char *end) {
    for (const char *at = row; (at = memchr(at, '`', (size_t)(end - at)));) {
        if (strncmp(at, "`` ` ``", 7) == 0) {
            tell('`', "`");
            at += 7;
            continue;
        }
        const char *close = memchr(at + 1, '`', (size_t)(end - at - 1));
        assert_non_null(close);
        tell_all(at + 1, (size_t)(close - at - 1));
        at = close + 1;
    }
}

/* Whether one of the keys of a request stands anywhere between `. */
static bool is_named(const char *keys) {
    for (const char *at = keys; *at; at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ')) {
        char quoted[32];
        snprintf(quoted, sizeof quoted, "`%.*s`", (int)strcspn(at, " "), at);
        if (told[key_from_name(at, strcspn(at, " "))] || strstr(readme, quoted))
            return true;
    }
    return false;
}

static void keys_are_those_of_the_program(void **state) {
    (void)state;
    char *table = strstr(readme, "\n### Keys\n"), *end = table ? strstr(table, "\n\n`:` lists") : NULL;
    assert_non_null(end);
    for (char key = '1'; key <= '9'; key++)
        told[(unsigned char)key] = true;
    for (char *row = strstr(table, "\n| "); row && row < end; row = strstr(row + 1, "\n| ")) {
        const char *cell_end = strstr(row + 3, " | ");
        if (cell_end)
            read_row(row + 3, cell_end);
    }
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++)
        if (!is_named(request_row(request)->keys))
            print_error("README.md does not tell the key %s (%s)\n", request_row(request)->keys, request_row(request)->name);
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++)
        assert_true(is_named(request_row(request)->keys));
}

/* The rows of a screen that do not hang on what runs: the keys below, and the titles of columns. */
static void screens_are_those_of_the_program(void **state) {
    (void)state;
    static const char *const goldens[] = {"screen-path-functions-100x30", "screen-path-functions-80x24"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/unit/golden/%s.txt", goldens[i]);
        char *golden = golden_read(path), *footer = strstr(golden, "\n 1-9 pane");
        assert_non_null(footer);
        if (!strstr(readme, footer))
            fail_msg("README.md has no screen with the last row of %s:%s", path, footer);
        found++;
        free(golden);
    }
    for (const char *at = readme; (at = strstr(at, "\n 1-9 pane")); at++)
        found--;
    assert_int_equal(found, 0); /* and no other one */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_those_of_the_program),
                                       cmocka_unit_test(screens_are_those_of_the_program)};
    return cmocka_run_group_tests_name("README.md", tests, set_up, NULL);
}
