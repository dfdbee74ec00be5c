/* Random keys on screens of random sizes: nothing falls over, and nothing but characters gets onto the screen. PYPROF_TEST_KEYS is
 * how many keys (20,000), PYPROF_TEST_SEED the seed, which is printed. */
#include "tests/unit/bytecode_model_fixture.h"
#include "tests/unit/fake_screen.h"
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include <inttypes.h>

#include "tui/app/key_map.h"

static uint64_t chance_state;

/* xorshift* (S. Vigna, 2016) */
static uint32_t chance(uint32_t below) {
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return (uint32_t)((chance_state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static uint64_t setting(const char *name, uint64_t otherwise) {
    const char *value = getenv(name);
    return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

/* --- what is looked at ------------------------------------------------------------------------------- */

static struct model *ended(struct model *shown) {
    shown->state = MODEL_ENDED;
    shown->exit_kind = MODEL_EXIT_STATUS;
    for (uint64_t t = 0; t < 40; t++)
        fixture_sample(shown, t * SECOND / 4, (UINT64_C(100) + t * 37 % 90) << 20, shown->function_count > 1);
    return shown;
}

static struct model *julia(void) {
    struct model *shown = fixture_julia();
    char source[200 * 24], *end = source;
    for (int line = 1; line <= 100; line++)
        end += sprintf(end, "%*sx = f\"{%d}\" # step\n", line % 9, "", line);
    assert_true(model_add_source(shown, "julia.py", source, (size_t)(end - source)));
    for (uint32_t line = 6; line < 19; line++)
        fixture_line(shown, 1, line, line * 1000, line * MILLISECOND, line * 2 * MILLISECOND);
    fixture_node(shown, 0, 0, 0, 7, 0);
    for (uint32_t i = 1; i < 60; i++)
        fixture_node(shown, i / 2, 1 + i % 7, i, i * MILLISECOND, 2 * i * MILLISECOND);
    return ended(shown);
}

static struct model *nothing(void) {
    struct model *shown = model_new();
    assert_non_null(shown);
    return shown;
}

static struct model *one_function(void) {
    struct model *shown = nothing();
    shown->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    fixture_function(shown, MODEL_FUNCTION_PYTHON, "one.py", 1, "one", MODEL_FUNCTION_PROJECT, 1, SECOND, SECOND);
    return ended(shown);
}

/* Names of 4,000 characters, with all bytes there are, in files and sources that are no better. */
static struct model *hostile(void) {
    struct model *shown = nothing();
    char name[4001], source[9000];
    shown->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY;
    shown->script = "\033]0;title\a\r\n.py";
    for (uint32_t id = 1; id < 40; id++) {
        size_t length = id % 3 ? id : sizeof name - 1;
        for (size_t i = 0; i < length; i++)
            name[i] = (id % 2 ? (char)(1 + chance(255)) : "\033[2J\u4e2d\u0301\u202e"[i % 12]);
        name[length] = '\0';
        fixture_function(shown, id % 5 ? MODEL_FUNCTION_PYTHON : MODEL_FUNCTION_C, id % 5 ? name : "", id, name, id % 2, id,
                         id * MILLISECOND, 2 * id * MILLISECOND);
        for (size_t i = 0; i < sizeof source; i++)
            source[i] = (char)chance(256);
        if (id % 5)
            assert_true(model_add_source(shown, shown->functions[id].file, source, sizeof source));
    }
    fixture_node(shown, 0, 0, 0, 7, 0);
    for (uint32_t i = 1; i < 200; i++)
        fixture_node(shown, i - 1, 1 + i % 39, UINT64_MAX / 2, i, UINT64_MAX / 4);
    for (uint32_t id = 1; id < 39; id++)
        fixture_edge(shown, id, id + 1, 1, 1, UINT64_MAX / 4);
    return ended(shown);
}

static struct model *processes(void) { return fixture_processes(); }
static struct model *bytecode(void) { return fixture_bytecode_program(); }
static struct model *memory(void) { return fixture_memory_program(); }

/* --- what is pressed --------------------------------------------------------------------------------- */

static int all_keys[1024];
static size_t key_count;

static void collect_keys(void) {
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        if (request == REQUEST_SUSPEND)
            continue; /* stops this process */
        for (const char *keys = request_row(request)->keys; *keys;) {
            size_t length = strcspn(keys, " ");
            all_keys[key_count++] = key_from_name(keys, length);
            keys += length + (keys[length] == ' ');
        }
    }
    for (int special = SPECIAL_NONE; special < SPECIAL_NONE + 16; special++)
        all_keys[key_count++] = special;
    for (int key = 0; key < 300; key++)
        if (key != key_control('z'))
            all_keys[key_count++] = key;
}

static bool asks_for_path(void) {
    const char *typed = application.popup_kind == POPUP_PALETTE ? application.popup.filter.text : "";
    return application.prompt == PROMPT_SAVE_CONFIG || application.prompt == PROMPT_SAVE_SESSION ||
           strncmp(typed, "save", 4) == 0 || strncmp(typed, "export", 6) == 0;
}

static void press_any(void) {
    struct key_press random_press = {.key = chance(5) ? all_keys[chance((uint32_t)key_count)] : SPECIAL_MOUSE};
    if (random_press.key == SPECIAL_MOUSE) {
        random_press.mouse = (enum mouse_action)chance(4);
        random_press.row = (int)chance((uint32_t)application.grid.rows + 2) - 1;
        random_press.column = (int)chance((uint32_t)application.grid.columns + 2) - 1;
    }
    if (asks_for_path() && random_press.key == KEYS_ENTER)
        random_press.key = KEYS_ESCAPE; /* no file of that name is to be written */
    actions_key(&application, &random_press);
    application.quit = false;
}

static void expect_characters_only(void) {
    size_t count = (size_t)application.grid.rows * (size_t)application.grid.columns;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &application.grid.cells[i];
        bool control = cell->glyph < ' ' || (cell->glyph >= 0x7f && cell->glyph < 0xa0);
        if ((control && cell->width > 0) || cell->style >= STYLE_COUNT)
            fail_msg("cell %zu of %dx%d: glyph %#x, style %d", i, application.grid.rows, application.grid.columns,
                     cell->glyph, cell->style);
    }
}

static void resize_any(void) {
    static const int rows[] = {1, 2, 11, 12, 24, 30, 50}, columns[] = {1, 2, 59, 60, 80, 100, 250};
    draw(rows[chance(sizeof rows / sizeof *rows)], columns[chance(sizeof columns / sizeof *columns)]);
}

static void hammer(struct model *(*make)(void), const char *name, uint64_t keys, uint64_t seed) {
    void *unused = NULL;
    chance_state = seed * 2 + 1;
    print_message("# %s: %" PRIu64 " keys, PYPROF_TEST_SEED=%" PRIu64 "\n", name, keys, seed);
    assert_int_equal(open_viewer(make()), 0);
    for (uint64_t i = 0; i < keys; i++) {
        press_any();
        if (i % 64 == 63)
            resize_any();
        else if (i % 3 == 0)
            draw(application.grid.rows, application.grid.columns);
        expect_characters_only();
    }
    teardown(&unused);
}

static void test_random_keys(void **state) {
    static const struct {
        const char *name;
        struct model *(*make)(void);
    } models[] = {{"julia", julia}, {"processes", processes}, {"memory", memory}, {"bytecode", bytecode},
                  {"hostile names", hostile}, {"one function", one_function}, {"no function", nothing}};
    enum { MODELS = sizeof models / sizeof *models };
    (void)state;
    uint64_t keys = setting("PYPROF_TEST_KEYS", 20000), seed = setting("PYPROF_TEST_SEED", 1);
    setenv("VISUAL", "true", 1);
    collect_keys();
    for (size_t i = 0; i < MODELS; i++)
        hammer(models[i].make, models[i].name, keys / MODELS, seed + i);
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_keys)};
    char folder[] = "/tmp/pyprof-test-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder))
        return 1;
    int failed = cmocka_run_group_tests_name("random keys", tests, NULL, NULL);
    return rmdir(folder) ? 1 : failed;
}
