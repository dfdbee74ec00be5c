/* Panes of the viewer: which there are, where they stand, how they stay in step, what is kept of them. */
#include "tests/unit/path_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include "pyprof/config.h"
#include "tui/app/columns.h"
#include "tui/app/key_map.h"
#include "tui/app/pane_options.h"
#include "tui/view/function_values.h"

static int setup(void **state) {
    (void)state;
    struct model *shown = fixture_paths();
    shown->pid = 4121;
    shown->start_unix_ns = SECOND;
    assert_true(model_add_source(shown, "julia.py", "x = 1\n", 6));
    fixture_sample(shown, 0, UINT64_C(100) << 20, 1);
    int result = open_viewer(shown);
    application.options = pane_options_read(config);
    draw(30, 100);
    return result;
}

static bool shows(enum pane pane) { return application.layout.panes[pane].shown; }

static void keys_lead_to_panes(void **state) {
    (void)state;
    static const struct {
        char key;
        enum pane pane;
        const char *title;
    } keys[] = {{'7', PANE_TREE, "=[7]=Call tree"}, {'8', PANE_FLAME, "=[8]=Flame"}, {'9', PANE_THREADS, "=[9]=Threads"},
                {'a', PANE_INFORMATION, "=[a]=About"}, {'t', PANE_THREADS, "=[9]=Threads"}, {'f', PANE_FLAME, "=[8]=Flame"}};
    static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            press(keys[i].key);
            draw(sizes[size][0], sizes[size][1]);
            assert_int_equal(application.place.focus, keys[i].pane);
            assert_true(shows(keys[i].pane));
            assert_non_null(strstr(screen, keys[i].title));
        }
    press('8'); /* from flame to flame: zoomed */
    assert_true(application.options.zoomed);
    press(KEYS_ESCAPE);
    assert_false(application.options.zoomed);
    press(KEYS_ESCAPE);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
}

/* What is chosen in one is chosen in all that are seen. */
static void panes_stay_in_step(void **state) {
    (void)state;
    draw(50, 200);
    press('j'); /* calc_pure_python, in the table */
    draw(50, 200);
    assert_int_equal(application.place.function, 2);
    assert_non_null(strstr(screen, "|> 98.5   9.94"));
    assert_non_null(strstr(screen, "\n>calc_pure_python 98.5%"));
    assert_non_null(strstr(screen, "-[2]-julia.py:20 calc_pure_python"));
    press('f');
    press('j');
    draw(50, 200);
    assert_int_equal(application.place.function, 1);
    assert_non_null(strstr(screen, "-[2]-julia.py:5 calculate_z"));
    assert_non_null(strstr(screen, "|> 93.4   9.43"));
    press('7');
    press('k');
    press('k');
    draw(50, 200);
    assert_int_equal(application.place.function, 4);
    assert_non_null(strstr(screen, "\n><module> julia.py 100%"));
    assert_non_null(strstr(screen, "-[2]-julia.py:1 <module>"));
    press(KEYS_ENTER);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    press('[');
    assert_int_equal(application.place.focus, PANE_TREE);
}

static void panes_are_hidden(void **state) {
    (void)state;
    press('4');
    press('X');
    draw(30, 100);
    assert_false(shows(PANE_RAM));
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    assert_string_equal(application.message, "ram is hidden; 4 shows it again");
    press('2');
    press('X');
    press('5');
    press('X');
    draw(30, 100);
    assert_int_equal(application.layout.panes[PANE_FUNCTIONS].content.columns, 100);
    assert_int_equal(application.layout.panes[PANE_FUNCTIONS].content.rows, 26);
    press('4');
    press('1');
    draw(30, 100);
    assert_true(shows(PANE_RAM));
    assert_false(shows(PANE_OUTPUT));
    press('=');
    draw(30, 100);
    assert_true(shows(PANE_OUTPUT) && shows(PANE_SOURCE));
}

static void the_last_pane_stays(void **state) {
    (void)state;
    application.options.panes = 1u << PANE_FUNCTIONS;
    draw(30, 100);
    press('X');
    assert_string_equal(application.message, "this is the only pane: it stays");
    draw(30, 100);
    assert_true(shows(PANE_FUNCTIONS));
}

static void sizes_by_keys(void **state) {
    (void)state;
    draw(50, 200);
    int columns = application.layout.panes[PANE_FUNCTIONS].content.columns;
    int rows = application.layout.panes[PANE_FLAME].content.rows;
    press('+');
    press('f');
    press('+');
    press('+');
    draw(50, 200);
    assert_int_equal(application.layout.panes[PANE_FUNCTIONS].content.columns, columns + 4);
    assert_int_equal(application.layout.panes[PANE_FLAME].content.rows, rows + 2);
    press('a');
    press('+');
    assert_non_null(strstr(application.message, "no size of its own"));
    press('=');
    press('1');
    draw(50, 200);
    assert_int_equal(application.layout.panes[PANE_FUNCTIONS].content.columns, columns);
}

/* What S writes into the config is there again in the next viewer. */
static void kept_in_the_config(void **state) {
    (void)state;
    struct error error;
    char path[] = "/tmp/pyprof-panes-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    press('5');
    press('X');
    draw(30, 100);
    press('1');
    press('-');
    press('9');
    press('4');
    press('+');
    draw(30, 100);
    press('1');
    type(":sort percall inverted\r"); /* a column that is not shown */
    draw(30, 100);
    assert_non_null(strstr(screen, "sort:/call^"));
    press('S');
    for (int i = 0; i < 100; i++)
        press(SPECIAL_BACKSPACE);
    type(path);
    press(KEYS_ENTER);
    press('y'); /* the file is there */
    assert_non_null(strstr(application.message, "config saved"));
    struct config *again = config_new();
    assert_true(config_load_file(again, path, &error));
    struct layout_options options = pane_options_read(again);
    assert_int_equal(options.panes, application.options.panes);
    assert_false(options.panes >> PANE_OUTPUT & 1u);
    assert_int_equal(options.extra[PANE_FUNCTIONS], -4);
    assert_int_equal(options.extra[PANE_RAM], 1);
    assert_string_equal(again->ui.sort, "percall");
    assert_true(again->ui.sort_inverted);
    config_free(again);
    unlink(path);
}

/* Every word of a column is one that the config knows, in the same place. None at all is kept, too. */
static void columns_kept_in_the_config(void **state) {
    (void)state;
    void *functions = application.view_states[PANE_FUNCTIONS];
    const struct config *begun_with = start.config;
    struct config *saved = config_new();
    struct error error;
    assert_int_equal(functions_view_columns(functions), FUNCTION_VALUES_USUAL);
    assert_true(columns_write(&application, saved, &error));
    char *text = config_to_yaml(saved, true, &error);
    assert_null(strstr(text, "columns")); /* as it is anyway */
    free(text);
    static const unsigned sets[] = {(1u << VALUE_COUNT) - 1, 0, 1u << VALUE_TIME_PER_CALL | 1u << VALUE_FILE};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        functions_view_set_columns(functions, sets[i]);
        assert_true(columns_write(&application, saved, &error));
        text = config_to_yaml(saved, true, &error);
        struct config *again = config_new();
        assert_true(config_load_text(again, "saved.yaml", text, strlen(text), &error));
        free(text);
        start.config = again;
        functions_view_set_columns(functions, FUNCTION_VALUES_USUAL);
        columns_read(&application);
        start.config = begun_with;
        assert_int_equal(functions_view_columns(functions), sets[i]);
        config_free(again);
    }
    config_free(saved);
}

static void tab_goes_through_what_is_seen(void **state) {
    (void)state;
    static const enum pane wanted[] = {PANE_SOURCE, PANE_RAM, PANE_OUTPUT, PANE_TREE, PANE_FLAME, PANE_FUNCTIONS};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        draw(50, 200);
        press(KEYS_TAB);
        assert_int_equal(application.place.focus, wanted[i]);
    }
}

static void a_process_is_chosen_from_the_list(void **state) {
    (void)state;
    struct model *child = model_new();
    fixture_function(child, MODEL_FUNCTION_PYTHON, "job.py", 1, "job", MODEL_FUNCTION_PROJECT, 1, SECOND, SECOND);
    child->pid = 4200;
    child->start_unix_ns = 7;
    child->program = model;
    model->children = calloc(1, sizeof *model->children);
    model->children[0] = child;
    model->child_count = 1;
    assert_true(model_sum_processes(model, NULL, NULL));
    processes_show(&application, model);
    press('9');
    draw(30, 100);
    press('G');
    press(KEYS_ENTER);
    draw(30, 100);
    assert_ptr_equal(application.model, child);
    press('g');
    press(KEYS_ENTER);
    assert_ptr_equal(application.model, model->all);
}

/* Keys at random, at sizes at random: what is drawn stays within the screen, whatever was pressed (seen by the sanitizers). */
static void random_keys(void **state) {
    (void)state;
    static const char keys[] = "hjkllhjkgGiifft789a1234/ne\x1b\x7f*vIo<>XX+-=0HLczZ%x\r\t:&\\";
    uint32_t seed = 20261123;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1664525u + 1013904223u;
        char key = keys[(seed >> 8) % (sizeof keys - 1)];
        if (key != 'e' || application.prompt != PROMPT_NONE) /* no editor */
            press(key == 0x7f ? SPECIAL_BACKSPACE : key == '\r' ? KEYS_ENTER : key);
        if ((seed >> 16) % 4 == 0)
            draw(1 + (int)((seed >> 4) % 60), 2 + (int)((seed >> 10) % 260));
        model->wall_ns += seed >> 27 == 0; /* another model */
    }
}

/* Every key of the table is known by its name, once. */
static void no_key_twice(void **state) {
    (void)state;
    for (int key = 1; key < 0x80; key++) {
        enum request first = key_map_find(key);
        for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
            const char *keys = request_row(request)->keys;
            for (; *keys; keys += strcspn(keys, " ") + (keys[strcspn(keys, " ")] == ' '))
                if (key_from_name(keys, strcspn(keys, " ")) == key)
                    assert_int_equal(request, first);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_lead_to_panes, setup, teardown),
        cmocka_unit_test_setup_teardown(panes_stay_in_step, setup, teardown),
        cmocka_unit_test_setup_teardown(panes_are_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_pane_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_by_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(kept_in_the_config, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_kept_in_the_config, setup, teardown),
        cmocka_unit_test_setup_teardown(tab_goes_through_what_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(a_process_is_chosen_from_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(random_keys, setup, teardown),
        cmocka_unit_test(no_key_twice),
    };
    return cmocka_run_group_tests_name("viewer panes", tests, NULL, NULL);
}
