/* What is said to somebody who starts the viewer for the first time. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/viewer_fixture.h"

#include <fcntl.h>

#include "tui/app/first_run.h"

static char folder[] = "/tmp/pyprof-first-XXXXXX", home[64], state_home[64];

static int setup(void **state) {
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(home, sizeof home, "%s/home", folder);
    snprintf(state_home, sizeof state_home, "%s/state", folder);
    setenv("HOME", home, 1);
    unsetenv("XDG_STATE_HOME");
    return open_viewer(fixture_julia());
}

static void remove_tree(const char *under, const char *inner) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", under, inner);
    remove(path);
}

static int clean(void **state) {
    static const char *const homes[] = {".local/state/pyprof-tui/greeted", ".local/state/pyprof-tui", ".local/state",
                                        ".local"};
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
        remove_tree(home, homes[i]);
    remove_tree(state_home, "pyprof-tui/greeted");
    remove_tree(state_home, "pyprof-tui");
    remove(home);
    remove(state_home);
    int left = rmdir(folder);
    return teardown(state) || left; /* nothing was written elsewhere */
}

static bool is_greeted(void) {
    application.hint = NULL;
    first_run_hint(&application);
    return application.hint != NULL;
}

static bool is_there(const char *under, const char *inner) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", under, inner);
    return access(path, F_OK) == 0;
}

static void test_once(void **state) {
    (void)state;
    assert_true(is_greeted());
    draw(24, 80);
    assert_string_equal(row(-1), " new here? ? lists the keys, Enter goes into a function, q quits");
    application_message(&application, "something else");
    draw(24, 80);
    assert_string_equal(row(-1), " something else");
    press('j');
    draw(24, 80);
    assert_null(strstr(row(-1), "new here"));
    assert_true(is_there(home, ".local/state/pyprof-tui/greeted"));
    assert_false(is_greeted());
}

static void test_folder_for_state(void **state) {
    (void)state;
    setenv("XDG_STATE_HOME", state_home, 1);
    assert_true(is_greeted());
    assert_true(is_there(state_home, "pyprof-tui/greeted"));
    assert_false(is_greeted());
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    assert_true(is_greeted());
    assert_true(is_there(home, ".local/state/pyprof-tui/greeted"));
}

/* A file stands where the folder would: root, too, cannot make it. */
static void test_home_that_cannot_be_written_to(void **state) {
    (void)state;
    int file = open(home, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    close(file);
    assert_false(is_greeted());
    unsetenv("HOME");
    assert_false(is_greeted());
    setenv("HOME", "", 1);
    assert_false(is_greeted());
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, clean)
    static const struct CMUnitTest tests[] = {
        TEST(test_once),
        TEST(test_folder_for_state),
        TEST(test_home_that_cannot_be_written_to),
    };
    return cmocka_run_group_tests_name("first run", tests, NULL, NULL);
}
