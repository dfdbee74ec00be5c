/* D: what is shown compared with another session, on whole screens. */
#include "tests/unit/diff_fixture.h"
#include "tests/unit/fake_screen.h"
#include "tests/unit/viewer_fixture.h"

#include <poll.h>
#include <sys/stat.h>

#include "pyprof/session.h"
#include "tests/unit/golden.h"
#include "tui/view/diff_view.h"

enum { LIMIT_MS = 20000 };

static char folder[64], here[4096];
static const char *const files[] = {"a.pyprof", "b.pyprof", "damaged.pyprof", NULL};

static void save(struct model *shown, const char *name) {
    struct error error;
    if (!session_save(shown, name, &error))
        fail_msg("%s", error.text);
    model_free(shown);
}

/* b.pyprof is shown, in a folder with a.pyprof; there the tests are. */
static int set_up(void **state) {
    (void)state;
    struct error error;
    snprintf(folder, sizeof folder, "/tmp/pyprof-test-XXXXXX");
    assert_non_null(getcwd(here, sizeof here));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    struct model *before = diff_before();
    before->collectors |= COLLECTOR_SAMPLE; /* something that the notes can say */
    save(before, "a.pyprof");
    save(diff_after(), "b.pyprof");
    struct model *shown = session_load("b.pyprof", &error);
    assert_non_null(shown);
    if (open_viewer(shown) != 0)
        return -1;
    start.session_path = "b.pyprof";
    return 0;
}

static int tear_down(void **state) {
    teardown(state);
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; files[i]; i++)
        unlink(files[i]);
    assert_int_equal(chdir(here), 0);
    return rmdir(folder);
}

/* Until what is compared is done. */
static void wait_for_it(void) {
    struct pollfd done = {.fd = diff_screen_descriptor(&application), .events = POLLIN};
    assert_true(done.fd >= 0);
    assert_int_equal(poll(&done, 1, LIMIT_MS), 1);
    diff_screen_take(&application);
    assert_int_equal(diff_screen_descriptor(&application), -1);
}

static void clear_line(void) { press('u' & 0x1f); }

static void compare_with(const char *path) {
    press('D');
    clear_line();
    type(path);
    press('\r');
    if (diff_screen_descriptor(&application) >= 0)
        wait_for_it();
    draw(30, 100);
}

static void expect_screens(const char *name) {
    static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
    assert_int_equal(chdir(here), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[64];
        snprintf(file, sizeof file, "screen-%s-%dx%d", name, sizes[i][1], sizes[i][0]);
        draw(sizes[i][0], sizes[i][1]);
        expect_golden(file, screen);
    }
    assert_int_equal(chdir(folder), 0);
}

static void whole_screens(void **state) {
    (void)state;
    compare_with("a.pyprof");
    expect_screens("diff");
    press('\r');
    expect_screens("diff-lines");
    press('v');
    expect_screens("diff-notes");
}

static void a_session_is_offered_and_completed(void **state) {
    (void)state;
    press('D');
    draw(30, 100);
    assert_string_equal(row(-1), " Compare with the session (Tab completes): a.pyprof");
    clear_line();
    type("./b");
    press('\t');
    assert_string_equal(application.edit.text, "./b.pyprof");
    clear_line();
    type("nothing");
    press('\t');
    assert_string_equal(application.edit.text, "nothing");
    clear_line();
    type("a.pyprof,");
    press('\t'); /* a.pyprof and b.pyprof begin alike with nothing */
    assert_string_equal(application.edit.text, "a.pyprof,");
    press(KEYS_ESCAPE);
    assert_int_equal(application.prompt, PROMPT_NONE);
    assert_int_equal(diff_screen_descriptor(&application), -1);
}

static void levels_lead_in_and_out(void **state) {
    (void)state;
    compare_with("a.pyprof");
    assert_non_null(strstr(row(1), " All > changes"));
    assert_memory_equal(row(2), "=[D]=Changes 8/8  sort:selfv==", 30);
    assert_non_null(strstr(row(6), ">   400.0 ms   600.0 ms     +50.0 %"));
    press('\r');
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes  work  program.py:6==", 34);
    assert_memory_equal(row(8), ">+           10              198.0 ms", 37);
    assert_int_equal(application.place.line, 10);
    press('\r'); /* the source */
    draw(30, 100);
    assert_non_null(strstr(row(1), " All > changes > program.py > work > line 10"));
    assert_int_equal(application.place.focus, PANE_SOURCE);
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes  work", 18);
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 8/8", 16);
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_memory_equal(row(2), "=[1]=Functions", 14);
}

static void another_pane_leaves_it(void **state) {
    (void)state;
    compare_with("a.pyprof");
    press('1');
    draw(30, 100);
    assert_memory_equal(row(2), "=[1]=Functions", 14);
    assert_false(application.options.zoomed);
    compare_with("a.pyprof");
    press('4');
    draw(30, 100);
    assert_null(strstr(screen, "=[D]="));
    assert_non_null(strstr(screen, "=[4]="));
}

static void what_is_gone_is_nowhere_to_go_to(void **state) {
    (void)state;
    compare_with("a.pyprof");
    type("/gone\r\r");
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes  gone  program.py:16==", 35);
    press('\r');
    assert_string_equal(application.message, "This is not in the run that is shown: it is gone.");
    press(KEYS_ESCAPE);
    press(KEYS_ESCAPE);
    type("/len\r");
    press('\r');
    assert_string_equal(application.message, "builtins.len is written in C: it has no lines.");
}

static void tables_are_sorted_filtered_and_searched(void **state) {
    (void)state;
    compare_with("a.pyprof");
    press('>');
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 8/8  sort:totalv==", 31);
    press('>');
    draw(30, 100);
    assert_non_null(strstr(row(6), "new_name")); /* 5 calls became 6: that is the largest change of a kind that changed */
    press('o');
    draw(30, 100);
    assert_non_null(strstr(screen, "change of memory at the peak"));
    type("G\r");
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 8/8  sort:name^==", 30);
    assert_non_null(strstr(row(6), "<module>"));
    press('I');
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 8/8  sort:namev==", 30);
    assert_non_null(strstr(row(6), "work"));
    type("&name\r");
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 1/8  sort:namev  filter:name==", 43);
    press('\\');
    press('x');
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 7/8  sort:namev  filter:-stdlib==", 46);
    type("/fre");
    draw(30, 100);
    assert_non_null(strstr(screen, ">+"));
    press('%');
}

static void changes_are_shown_as_they_are(void **state) {
    (void)state;
    compare_with("a.pyprof");
    press('%');
    draw(30, 100);
    assert_non_null(strstr(row(6), ">   400.0 ms   600.0 ms   +200.0 ms"));
    assert_non_null(strstr(screen, "-50.00 ms"));
    assert_non_null(strstr(screen, "~+5.000 ms"));
}

static void what_cannot_be_compared_is_said(void **state) {
    (void)state;
    compare_with("nowhere.pyprof");
    assert_string_equal(application.message, "nowhere.pyprof: no such file; give the path of a saved session");
    assert_memory_equal(row(2), "=[1]=Functions", 14);
    FILE *damaged = fopen("damaged.pyprof", "we");
    assert_non_null(damaged);
    fputs("SQLite format 3", damaged);
    fclose(damaged);
    compare_with("damaged.pyprof");
    assert_non_null(strstr(application.message, "damaged.pyprof: "));
    assert_true(application.message_is_error);
    compare_with("");
    assert_int_equal(diff_screen_descriptor(&application), -1);
}

static void comparing_can_be_ended(void **state) {
    (void)state;
    press('D');
    press('\r'); /* a.pyprof */
    assert_true(diff_screen_descriptor(&application) >= 0);
    press('D');
    assert_string_equal(application.message, "comparing goes on; Esc ends it");
    press(KEYS_ESCAPE);
    assert_int_equal(diff_screen_descriptor(&application), -1);
    assert_string_equal(application.message, "comparing was ended; D asks again");
    draw(30, 100);
    assert_memory_equal(row(2), "=[1]=Functions", 14);
    compare_with("a.pyprof");
    assert_memory_equal(row(2), "=[D]=Changes", 12);
}

/* As the command line asks for it. */
static void it_can_be_there_from_the_start(void **state) {
    (void)state;
    start.diff_before = "a.pyprof";
    start.diff_after = "b.pyprof,b.pyprof";
    diff_screen_start_asked(&application);
    wait_for_it();
    draw(30, 100);
    assert_memory_equal(row(2), "=[D]=Changes 8/8", 16);
    press('v');
    draw(30, 100);
    assert_non_null(strstr(screen, "of the means of 1 and 2 runs"));
}

/* Sizes that leave no room. */
static void small_screens(void **state) {
    (void)state;
    compare_with("a.pyprof");
    for (int level = 0; level < 3; level++) {
        for (int rows = 1; rows < 16; rows++)
            for (int columns = 1; columns < 90; columns += 7)
                draw(rows, columns);
        press(level ? 'v' : '\r');
    }
}

/* Any keys in any order, at any size. */
static void any_keys(void **state) {
    static const char keys[] = "jkgGhlHL0v\r\033o<>I%x\\/n&w\nf\ryc[]\004\025";
    uint32_t seed = 7;
    (void)state;
    for (int i = 0; i < 4000; i++) {
        if (!application.place.diff && application.prompt == PROMPT_NONE && application.popup_kind == POPUP_NONE &&
            i % 8 == 0 && diff_screen_descriptor(&application) < 0) {
            diff_screen_start(&application, "a.pyprof");
            wait_for_it();
        }
        seed = seed * 1103515245 + 12345;
        press(keys[(seed >> 16) % (sizeof keys - 1)]);
        if (i % 4 == 0)
            draw(1 + (int)(seed >> 8 & 31), 1 + (int)(seed >> 20 & 127));
    }
    application.prompt = PROMPT_NONE;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(whole_screens),
        TEST(a_session_is_offered_and_completed),
        TEST(levels_lead_in_and_out),
        TEST(another_pane_leaves_it),
        TEST(what_is_gone_is_nowhere_to_go_to),
        TEST(tables_are_sorted_filtered_and_searched),
        TEST(changes_are_shown_as_they_are),
        TEST(what_cannot_be_compared_is_said),
        TEST(comparing_can_be_ended),
        TEST(it_can_be_there_from_the_start),
        TEST(small_screens),
        TEST(any_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
