/* The viewer over a run that counted memory: whole screens, and what keys do. */
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include "tests/unit/golden.h"

static void add_timeline(struct model *shown) {
    for (uint64_t i = 0; i < 30; i++) {
        fixture_sample(shown, 550 * MILLISECOND + i * 50 * MILLISECOND, (12 + (i < 20 ? i : 20)) * MIB, 2 + 2 * (i > 20));
        struct model_sample *sample = &shown->samples[shown->sample_count - 1];
        sample->heap = (i < 20 ? i / 2 : 10) * MIB;
        sample->native = (i > 10) * 2 * MIB;
        sample->collections[i % 3] = i % 5 == 0;
        sample->growth[0].site = 4;
        sample->growth[0].bytes = (int64_t)(i * MIB / 3);
    }
    shown->marks = fixture_grow(shown->marks, 0, sizeof *shown->marks);
    shown->marks[shown->mark_count++] = (struct model_mark){1200 * MILLISECOND, "built"};
}

static int set_up(void **state) {
    (void)state;
    struct model *shown = fixture_memory_program();
    shown->pid = 4121;
    add_timeline(shown);
    return open_viewer(shown);
}

static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};

static void expect_screens(const char *name) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[64];
        snprintf(file, sizeof file, "screen-%s-%dx%d", name, sizes[i][1], sizes[i][0]);
        draw(sizes[i][0], sizes[i][1]);
        expect_golden(file, screen);
    }
}

static void whole_screens(void **state) {
    (void)state;
    expect_screens("functions");
    type("6");
    expect_screens("memory");
    type("V");
    expect_screens("tree");
    type("vv");
    expect_screens("left");
    type("2");
    expect_screens("source");
    type("44hhh");
    expect_screens("ram");
}

static void every_size_and_key(void **state) {
    (void)state;
    static const char keys[] = "6jkVlhvjvjvCv\r[2v4zzpm'\"Zhl0FGgK6o\rx/b\r&\033%\\I<>1ovvv6V\tjl+-=66";
    static const int all_sizes[][2] = {{1, 2}, {12, 60}, {13, 61}, {24, 80}, {30, 100}, {31, 130}, {70, 300}};
    for (size_t size = 0; size < sizeof all_sizes / sizeof *all_sizes; size++)
        for (const char *key = keys; *key; key++) {
            press(*key);
            draw(all_sizes[size][0], all_sizes[size][1]);
        }
}

static void resize_sweep(void **state) {
    (void)state;
    static const char panes[] = "1246";
    for (const char *pane = panes; *pane; pane++) {
        press(*pane);
        for (int rows = 1; rows <= 60; rows += 3)
            for (int columns = 1; columns <= 220; columns += 7)
                draw(rows, columns);
    }
}

static void status_line(void **state) {
    (void)state;
    assert_non_null(strstr(row(0), "function+line+memory  RSS 32M ^32M"));
    model->heap.paused_count = 1;
    draw(30, 120);
    assert_non_null(strstr(row(0), "function+line+memory in parts  RSS 32M"));
    model->heap.paused = 1;
    draw(30, 120);
    assert_non_null(strstr(row(0), "function+line OFF:memory  RSS 32M"));
}

/* The memory pane stands where the functions stood, and the source follows it; Escape and [ lead back to it. */
static void drilling(void **state) {
    (void)state;
    type("6");
    draw(30, 100);
    assert_memory_equal(row(2), "=[6]=Memory  [peak]", 19);
    assert_null(strstr(screen, "[1]"));
    assert_int_equal(application.place.function, 2);
    assert_int_equal(application.place.line, 4);
    assert_non_null(strstr(row(2), "build.py:4 build"));
    press(KEYS_ENTER);
    draw(30, 100);
    assert_memory_equal(row(1), " All > build.py > build > line 4    ", 36);
    assert_memory_equal(row(2), "-[6]-Memory", 11);
    press('[');
    assert_int_equal(application.place.focus, PANE_MEMORY);
    press(']');
    press(KEYS_ESCAPE);
    assert_int_equal(application.place.focus, PANE_MEMORY);
    press('1');
    draw(30, 100);
    assert_memory_equal(row(2), "=[1]=Functions", 14);
    assert_null(strstr(screen, "[6]"));
}

static void tabs_lead_to_memory_where_it_is_counted(void **state) {
    (void)state;
    draw(24, 80);
    assert_non_null(strstr(row(2), "-[6]"));
    assert_memory_equal(row(-1), " 1-9 pane", 9);
    for (int i = 0; i < 5; i++) /* before it are the four that come behind */
        press(SPECIAL_BACK_TAB);
    assert_int_equal(application.place.focus, PANE_MEMORY);
    for (int i = 0; i < 5; i++)
        press(KEYS_TAB);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    model->collectors = COLLECTOR_FUNCTION;
    draw(24, 80);
    assert_null(strstr(row(2), "-[6]"));
    for (int i = 0; i < 5; i++)
        press(SPECIAL_BACK_TAB);
    assert_int_equal(application.place.focus, PANE_OUTPUT);
    press('v');
    assert_string_equal(application.message, "this run does not count memory: its memory collector is off (-k memory)");
}

static void measures(void **state) {
    (void)state;
    draw(30, 130);
    assert_null(strstr(row(2), "MiB:"));
    press('v');
    assert_string_equal(application.message, "memory shown: alive");
    draw(30, 130);
    assert_non_null(strstr(row(2), "MiB:live"));
    assert_non_null(strstr(row(3), "   MiB "));
    press('v');
    press('v');
    draw(30, 130);
    assert_non_null(strstr(row(2), "MiB:temp"));
    assert_non_null(strstr(row(3), "  Temp "));
    press('v');
    draw(30, 130);
    assert_null(strstr(row(2), "MiB:"));
    /* In the source memory comes before times first, and goes behind them again at the end. */
    press('2');
    press('v');
    draw(30, 130);
    assert_non_null(strstr(row(3), "%Mem    peak"));
    press('v');
    draw(30, 130);
    assert_non_null(strstr(row(3), "%Mem    live"));
    type("vvv");
    draw(30, 130);
    assert_non_null(strstr(row(3), " %Fn "));
}

static void sorted_by_memory(void **state) {
    (void)state;
    type("o");
    assert_int_equal(application.popup.count, 8);
    type("GGk\r"); /* memory */
    draw(30, 100);
    assert_non_null(strstr(row(2), "sort:MiBv"));
    assert_non_null(strstr(row(4), "build"));
}

/* Beside the memory pane the source has what that one is about. */
static void source_beside_memory(void **state) {
    (void)state;
    press('6');
    draw(30, 100);
    assert_non_null(strstr(row(3), "%Mem    peak"));
    type("2v");
    draw(30, 100);
    assert_non_null(strstr(row(2), "[alive]"));
    assert_non_null(strstr(row(3), "%Mem    live"));
    press('1');
    draw(30, 100);
    assert_null(strstr(row(2), "MiB:"));
    assert_non_null(strstr(row(3), " %Fn "));
}

/* Marks and the peak are gone to from everywhere. */
static void moments(void **state) {
    (void)state;
    press('\'');
    assert_int_equal(application.place.focus, PANE_RAM);
    draw(30, 100);
    assert_non_null(strstr(screen, "RAM  at 1.20s:25M"));
    press('1');
    press('p');
    assert_int_equal(application.place.focus, PANE_RAM);
    draw(30, 100);
    assert_non_null(strstr(screen, "RAM  at 1.55s:32M"));
}

static void a_session_asks_nobody(void **state) {
    (void)state;
    static const char keys[] = "mCK";
    press('4'); /* where `m` is about moments */
    for (const char *key = keys; *key; key++) {
        press(*key);
        assert_string_equal(application.message, "this is a saved session: nothing runs here");
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, teardown)
    const struct CMUnitTest tests[] = {
        TEST(whole_screens), TEST(every_size_and_key), TEST(resize_sweep), TEST(status_line), TEST(drilling),
        TEST(tabs_lead_to_memory_where_it_is_counted), TEST(measures), TEST(sorted_by_memory),
        TEST(source_beside_memory), TEST(moments), TEST(a_session_asks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
