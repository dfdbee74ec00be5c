/* The viewer without a terminal: keys go in, the screen is read from the grid. */
#include "tests/unit/viewer_fixture.h"

static int setup(void **state) {
    (void)state;
    struct model *julia = fixture_julia();
    char source[70 * 5], *end = source;
    for (int line = 1; line <= 69; line++)
        end += sprintf(end, "x%d\n", line);
    assert_true(model_add_source(julia, "julia.py", source, (size_t)(end - source)));
    julia->pid = 4121;
    julia->state = MODEL_ENDED;
    julia->exit_kind = MODEL_EXIT_STATUS;
    fixture_sample(julia, 0, UINT64_C(100) << 20, 1);
    fixture_sample(julia, SECOND, UINT64_C(214) << 20, 1);
    fixture_sample(julia, 2 * SECOND, UINT64_C(182) << 20, 1);
    return open_viewer(julia);
}

static void test_status_line(void **state) {
    (void)state;
    assert_string_equal(row(0), " pyprof julia.py  pid 4121 END exit 0  0:12.4  function+line  RSS 182M ^214M"
                                "              [SESSION]");
    model->exit_kind = MODEL_EXIT_SIGNAL;
    model->exit_value = 9;
    model->wall_ns = 3725 * SECOND;
    model->lost_nodes = 3;
    draw(30, 120);
    assert_string_equal(row(0), " pyprof julia.py  pid 4121 END SIGKILL  1:02:05  function+line  RSS 182M ^214M  lost:3"
                                "                        [SESSION]");
    model->lost_nodes = 0;
    model->clock = RUN_CLOCK_CPU;
    draw(30, 100);
    assert_non_null(strstr(row(0), "  function+line  clock:cpu  RSS 182M"));
    draw(30, 80); /* the collectors go first */
    assert_string_equal(row(0), " pyprof julia.py  pid 4121 END SIGKILL  1:02:05  RSS 182M ^214M       [SESSION]");
}

static void test_narrow_status_line(void **state) {
    (void)state;
    model->wall_ns = 3725 * SECOND;
    model->lost_nodes = 3;
    draw(12, 60); /* then the process */
    assert_string_equal(row(0), " pyprof julia.py END exit 0  1:02:05              [SESSION]");
}

static void test_borders(void **state) {
    (void)state;
    assert_string_equal(row(1), " All");
    assert_memory_equal(row(2), "=[1]=Functions 7/7  sort:Self%v===", 34);
    assert_memory_equal(row(2) + 59, "|-[2]-", 6);
    assert_memory_equal(row(18), "-[4]-RAM", 8);
    assert_memory_equal(row(23), "-[5]-Output", 11);
    assert_string_equal(row(-1), " 1-9 pane  Enter drill  [ back  / search  & filter  o sort  Space freeze  : palette"
                                 "  ? help  q quit");
    press('2');
    draw(30, 100);
    assert_memory_equal(row(2), "-[1]-Functions", 14);
    assert_memory_equal(row(2) + 59, "|=[2]=", 6);
}

static void test_drilling_and_coming_back(void **state) {
    (void)state;
    press(KEYS_ENTER);
    draw(30, 100);
    assert_string_equal(row(1), " All > julia.py > calculate_z_serial_purepython > line 5"
                                "                         [ back   ] forward");
    assert_memory_equal(row(2) + 59, "|=[2]=julia.py:5", 16);
    press('[');
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    press(']');
    assert_int_equal(application.place.focus, PANE_SOURCE);
    assert_true(application.place.drilled);
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_memory_equal(row(1), " All  ", 6);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    assert_int_equal(application.place.function, 1);
}

static void test_selection_drives_the_source(void **state) {
    (void)state;
    assert_int_equal(application.place.function, 1); /* the first row, before anything was touched */
    press('j');
    assert_int_equal(application.place.function, 2);
    draw(30, 100);
    assert_memory_equal(row(2) + 59, "|-[2]-julia.py:20", 17);
}

static void test_callers(void **state) {
    (void)state;
    press('c');
    draw(30, 100);
    assert_memory_equal(row(1), " All > julia.py > calculate_z_serial_purepython > callers and callees", 69);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    press(KEYS_ESCAPE);
    assert_false(application.place.callers);
}

/* It has no source: what there is to see is who calls it. One Esc leads back from there. */
static void test_a_function_of_c_leads_to_its_callers(void **state) {
    (void)state;
    type("/abs\r");
    assert_int_equal(application.place.function, 3);
    press(KEYS_ENTER);
    draw(30, 100);
    assert_memory_equal(row(1), " All > builtins.abs > callers and callees", 41);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    press('k');
    press(KEYS_ENTER); /* who calls it has source */
    assert_false(application.place.callers);
    assert_int_equal(application.place.function, 1);
    press('[');
    press(KEYS_ESCAPE);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    assert_false(application.place.callers);
    assert_false(application.place.drilled);
}

static void test_long_breadcrumb_keeps_its_tail(void **state) {
    (void)state;
    press('c');
    draw(24, 60);
    assert_string_equal(row(1), " ~erial_purepython > callers and callees [ back   ] forward");
}

static void test_tabs(void **state) {
    (void)state;
    draw(24, 80);
    assert_memory_equal(row(2), "=[1]=Functions 7/7  sort:Self%v", 31);
    assert_string_equal(row(2) + 80 - 32, "-[2]-[3]-[4]-[5]-[7]-[8]-[9]-[a]");
    press(KEYS_TAB);
    draw(24, 80);
    assert_memory_equal(row(2), "=[2]=julia.py:5", 15);
    press(SPECIAL_BACK_TAB);
    press(SPECIAL_BACK_TAB);
    draw(24, 80);
    assert_memory_equal(row(2), "=[a]=About this run", 19);
    application.options.zoomed = true;
    draw(24, 160);
    assert_non_null(strstr(row(2), "-[2]-source-[3]-bytecode-[4]-ram-[5]-output-[7]-tree-[8]-flame-[9]-threads"));
}

static void test_too_small(void **state) {
    (void)state;
    draw(10, 40);
    assert_string_equal(screen, "terminal too small: 60x12 needed, this\nis 40x10\n\n\n\n\n\n\n\n\n");
    application.run.state = RUN_ENDED;
    application.prompt = PROMPT_QUIT; /* what is asked is seen in full */
    draw(10, 40);
    assert_string_equal(row(-2), " Quit: [s]ave session and quit");
    assert_string_equal(row(-1), " [d]iscard  [Esc] stay");
    application.prompt = PROMPT_NONE;
    application.run.state = RUN_SESSION;
    draw(11, 70);
    assert_string_equal(row(0), "terminal too small: 60x12 needed, this is 70x11");
    draw(1, 2);
    assert_int_equal(strlen(screen), 3);
}

/* A title is not cut for the names of tabs. */
static void test_short_tabs(void **state) {
    (void)state;
    draw(12, 60);
    assert_string_equal(row(2), "=[1]=Functions 7/7  sort:Self%v==================-[2345789a]");
    type("&file:julia.py calls<2000000000000\r"); /* what is cut shows it */
    draw(30, 100);
    assert_memory_equal(row(2) + 58, "~|", 2);
    press('\\');
    press('x');
    draw(12, 60);
    assert_memory_equal(row(2), "=[1]=Functions 5/7  sort:Self%v  filter:-stdlib=", 48);
    assert_string_equal(row(2) + 60 - 11, "-[2345789a]");
}

/* What does not fit into the last row takes rows above it. */
static void test_long_messages(void **state) {
    (void)state;
    draw(12, 60);
    type("4o");
    draw(12, 60);
    assert_string_equal(row(-2), " there is nothing to sort in this pane; 1 goes to the");
    assert_string_equal(row(-1), " functions");
    press('j');
    draw(12, 60);
    assert_memory_equal(row(-1), " 1-9 pane", 9);
}

static void test_nothing_to_freeze(void **state) {
    (void)state;
    press(' ');
    assert_false(application.frozen);
    assert_non_null(strstr(application.message, "nothing to freeze"));
}

static void test_a_key_without_action(void **state) {
    (void)state;
    press('~');
    draw(30, 100);
    assert_string_equal(row(-1), " ~ does nothing here; ? lists all keys");
    type("4I");
    draw(30, 100);
    assert_string_equal(row(-1), " invert: there is nothing for it to do in this pane");
    press('2');
    press('4');
    assert_string_equal(application.message, "");
}

static void test_nothing_to_copy(void **state) {
    (void)state;
    panes_apply(&application, (struct view_effect){.action = VIEW_COPY, .text = ""});
    assert_string_equal(application.message, "there is nothing here to copy");
}

static void test_output_of_a_session(void **state) {
    (void)state;
    assert_string_equal(row(24), "A session keeps what was counted, not what the program wrote.");
    model->exit_kind = MODEL_EXIT_UNKNOWN;
    draw(30, 100);
    assert_memory_equal(row(0), " pyprof julia.py  pid 4121 UNTIL 0:12.4  function+line", 53);
}

static void test_titles(void **state) {
    (void)state;
    char title[64];
    live_run_title(&application, title, sizeof title);
    assert_string_equal(title, "julia.py");
    model->script = "";
    application.run.config->target.module = strdup("json.tool");
    live_run_title(&application, title, sizeof title);
    assert_string_equal(title, "-m json.tool");
    application.run.config->target.script = strdup("/a/b.py");
    live_run_title(&application, title, sizeof title);
    assert_string_equal(title, "b.py");
    char name[LIVE_RUN_SIGNAL_NAME];
    assert_string_equal(live_run_signal_name(11, name), "SIGSEGV");
    assert_string_equal(live_run_signal_name(60, name), "signal 60");
}

static void test_every_size_and_key(void **state) {
    (void)state;
    static const char keys[] = "jk1245c?\033:x\033/a\r&b\ro\033%\\I<>xF+-=";
    int sizes[][2] = {{1, 1}, {12, 60}, {13, 61}, {24, 80}, {30, 100}, {31, 130}, {70, 300}};
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (const char *key = keys; *key; key++) {
            press(*key);
            draw(sizes[size][0], sizes[size][1]);
        }
}

static void test_a_session_has_nothing_that_runs(void **state) {
    (void)state;
    static const char keys[] = "rsT";
    for (const char *key = keys; *key; key++) {
        press(*key);
        draw(30, 100);
        assert_memory_equal(row(-1), " this is a saved session", 24);
    }
    press('q');
    assert_true(application.quit);
}

static void test_search_prompt(void **state) {
    (void)state;
    type("/module");
    draw(30, 100);
    assert_string_equal(row(-1), " /module");
    assert_int_equal(application.place.function, 4);
    type("xyz");
    draw(30, 100);
    assert_memory_equal(row(-1), " /modulexyz   ", 14);
    assert_non_null(strstr(row(-1), "\"modulexyz\""));
    press(KEYS_ESCAPE);
    assert_int_equal(application.prompt, PROMPT_NONE);
}

/* The source shows what the table marks, also when a filter hides what was selected. */
static void test_filtered_selection(void **state) {
    (void)state;
    press('j');
    assert_int_equal(application.place.function, 2);
    type("&abs\r");
    draw(30, 100);
    assert_int_equal(application.place.function, 3);
    assert_memory_equal(row(2) + 59, "|-[2]-Source  builtins.abs-", 27);
    press('\\');
    assert_int_equal(application.place.function, 3);
    type("/random\r\r"); /* gone into */
    assert_int_equal(application.place.function, 6);
    press('x'); /* what is looked at stays */
    draw(30, 100);
    assert_int_equal(application.place.function, 6);
    assert_null(strstr(screen, "\n>"));
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_int_not_equal(application.place.function, 6);
    assert_non_null(strstr(screen, "\n>"));
}

/* Nothing was selected: the first row is, at once, however the table is sorted. */
static void test_untouched_selection(void **state) {
    (void)state;
    press('>');
    assert_int_equal(application.place.function, 4);
    press('>');
    assert_int_equal(application.place.function, 3);
}

/* Whichever pane has the keys, it is the output that follows. */
static void mouse(enum mouse_action action, int at_row, int column) {
    struct key_press event = {.key = SPECIAL_MOUSE, .mouse = action, .row = at_row, .column = column};
    actions_key(&application, &event);
    draw(30, 100);
}

/* Held down on a border and let go elsewhere: it goes there. A click without that does not move it. */
static void test_borders_are_pulled(void **state) {
    (void)state;
    draw(30, 100);
    int divider = application.layout.divider.column, ram = application.layout.panes[PANE_RAM].border.row;
    mouse(MOUSE_CLICK, 5, divider);
    mouse(MOUSE_RELEASE, 7, divider - 9);
    assert_int_equal(application.layout.divider.column, divider - 9);
    mouse(MOUSE_RELEASE, 7, divider); /* nothing is held */
    assert_int_equal(application.layout.divider.column, divider - 9);
    mouse(MOUSE_CLICK, ram, 50);
    mouse(MOUSE_RELEASE, ram, 60);
    assert_int_equal(application.layout.panes[PANE_RAM].border.row, ram);
    mouse(MOUSE_CLICK, ram, 50);
    mouse(MOUSE_RELEASE, ram - 3, 60);
    assert_int_equal(application.layout.panes[PANE_RAM].border.row, ram - 3);
    mouse(MOUSE_CLICK, 5, 5); /* a row of a table */
    mouse(MOUSE_RELEASE, 15, 50);
    assert_int_equal(application.layout.divider.column, divider - 9);
    assert_int_equal(application.layout.panes[PANE_RAM].border.row, ram - 3);
}

static void test_follow(void **state) {
    (void)state;
    assert_memory_equal(row(23), "-[5]-Output follow-", 19);
    press('F'); /* where code is shown it is about that */
    draw(30, 100);
    assert_string_equal(row(-1), " nothing runs here that could be followed");
    assert_memory_equal(row(23), "-[5]-Output follow-", 19);
    type("5F");
    draw(30, 100);
    assert_memory_equal(row(23), "=[5]=Output=====", 16);
    draw(24, 80);
    press('7');
    draw(24, 80);
    press('F');
    draw(24, 80);
    assert_string_equal(row(-1), " Output follow");
}

static void test_nothing_matches(void **state) {
    (void)state;
    type(":zzz");
    draw(30, 100);
    assert_non_null(strstr(screen, "| nothing matches "));
    type("\r\033");
    application.place.function = 3; /* a C function */
    application.untouched = false;
    type("2/abs");
    draw(30, 100);
    assert_non_null(strstr(row(-1), "There is no source here to search."));
}

/* On the smallest screen, too, no line of the help is cut. */
static void test_help_explains_the_columns(void **state) {
    (void)state;
    press('?');
    bool filters = false;
    for (size_t i = 0; i < application.popup.count; i++) {
        assert_in_range(strlen(application.popup.rows[i].text), 1, 57);
        filters |= strncmp(application.popup.rows[i].text, "  text  ~regex", 14) == 0;
    }
    assert_true(filters);
    press('G');
    draw(30, 100);
    assert_non_null(strstr(screen, "What the columns are"));
    assert_non_null(strstr(screen, "hits          how often the line began"));
}

static void test_sort_menu(void **state) {
    (void)state;
    press('o');
    press('j');
    press(KEYS_ENTER);
    draw(30, 100);
    assert_non_null(strstr(row(2), "sort:Tot%v"));
    press('o'); /* it begins at the present one */
    press(KEYS_ENTER);
    draw(30, 100);
    assert_non_null(strstr(row(2), "sort:Tot%^"));
    press('4');
    press('o'); /* a graph has nothing to sort */
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_non_null(strstr(application.message, "nothing to sort"));
}

/* Enter ticks a column on and off while the menu stays; letters move in it. */
static void test_column_menu(void **state) {
    (void)state;
    draw(30, 100);
    assert_non_null(strstr(row(3), "Self%  Tot%"));
    type("Oj\r"); /* total% off */
    draw(30, 100);
    assert_int_equal(application.popup_kind, POPUP_COLUMNS);
    assert_non_null(strstr(screen, "[x] self% "));
    assert_non_null(strstr(screen, "[ ] total%"));
    type("jjjj\r"); /* primitive on */
    draw(30, 100);
    assert_non_null(strstr(screen, "[x] primitive"));
    press(KEYS_ESCAPE);
    draw(30, 100);
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_null(strstr(row(3), "Tot%"));
    assert_non_null(strstr(row(3), "Prim"));
}

static void test_palette(void **state) {
    (void)state;
    type(":perc\r");
    assert_false(application.percent);
    assert_int_equal(application.popup_kind, POPUP_NONE);
}

/* The session of three processes in place of the one that setup made. */
static void open_processes(uint32_t process) {
    struct error error;
    teardown(NULL);
    application = (struct application){.percent = true, .untouched = true, .refresh_ms = 500,
                                       .options.panes = ((1u << PANE_COUNT) - 1) & ~(1u << PANE_BYTECODE)};
    model = fixture_processes();
    config = config_new();
    start = (struct application_start){.config = config, .recorder_socket = -1, .model = model, .process = process,
                                       .session_path = "x.pyprof"};
    application.start = &start;
    assert_true(config && live_run_open(&application, &error) && panes_open(&application));
    panes_follow_selection(&application);
    draw(30, 100);
}

static const char *selected_function(void) { return application.model->functions[application.place.function].qualname; }

static void test_all_processes_together_come_first(void **state) {
    (void)state;
    open_processes(0);
    assert_ptr_equal(application.model, model->all);
    assert_memory_equal(row(0), " pyprof pool.py  3 processes END exit 0  0:05.0  function+line  RSS 5", 67);
    assert_string_equal(selected_function(), "tool"); /* the first row */
    assert_non_null(strstr(row(-1), "o sort  P processes  "));
    open_processes(4123);
    assert_ptr_equal(application.model, model->children[1]);
    assert_memory_equal(row(0), " pyprof pool.py  pid 4123 (3 of 3) END SIGKILL  0:02.0", 53);
    open_processes(77);
    assert_ptr_equal(application.model, model->all);
    assert_string_equal(row(-1), " --process: there was no process 77 in this run; P lists those there were");
}

static void test_choosing_a_process(void **state) {
    (void)state;
    open_processes(0);
    press('P');
    draw(30, 100);
    assert_non_null(strstr(screen, "[Processes: pid, wall time, self time]"));
    assert_non_null(strstr(screen, ">     all    5.00s   1.80us           all processes together"));
    assert_non_null(strstr(screen, "     4121    5.00s    150ns  exit 0   pool.py"));
    assert_non_null(strstr(screen, "     4122    3.00s    640ns  ended    pool.py"));
    assert_non_null(strstr(screen, "     4123    2.00s   1.01us  SIGKILL  python3 tool.py"));
    press('j');
    press('j');
    press(KEYS_ENTER);
    assert_ptr_equal(application.model, model->children[0]);
    draw(30, 100);
    assert_memory_equal(row(0), " pyprof pool.py  pid 4122 (2 of 3) END  0:03.0", 46);
    assert_string_equal(selected_function(), "work");
    press('P');
    draw(30, 100);
    assert_non_null(strstr(screen, ">    4122 ")); /* the list opens on what is shown */
    press('k');
    press(KEYS_ENTER);
    assert_ptr_equal(application.model, model);
    assert_string_equal(selected_function(), "main"); /* no row was selected: it is the first one everywhere */
    press('P');
    press('g');
    press(KEYS_ENTER);
    assert_ptr_equal(application.model, model->all);
    press('P');
    press(KEYS_ESCAPE);
    assert_ptr_equal(application.model, model->all);
}

/* Ids differ from process to process; the selected function is found again by its names, or the first row is selected. */
static void test_the_selection_follows_its_function(void **state) {
    (void)state;
    open_processes(0);
    while (strcmp(selected_function(), "builtins.abs") != 0)
        press('j');
    press('P');
    press('G');
    press(KEYS_ENTER);
    assert_int_equal(application.place.function, 2);
    assert_string_equal(selected_function(), "builtins.abs");
    press('P');
    press('g');
    press('j');
    press(KEYS_ENTER); /* the program itself never called it */
    assert_string_equal(selected_function(), "main");
    assert_true(application.untouched);
}

static void test_a_list_of_processes_is_live(void **state) {
    (void)state;
    open_processes(0);
    press('P');
    press('G');
    struct model *later = fixture_processes(), *before = model;
    struct model *child = fixture_child(later, 4124, 4121);
    child->start_unix_ns = 1; /* it began before the others, and is seen later */
    child->state = MODEL_RUNNING;
    memmove(later->children + 1, later->children, 2 * sizeof *later->children);
    later->children[0] = child;
    assert_true(model_sum_processes(later, NULL, NULL));
    processes_show(&application, later);
    model_free(before);
    start.model = model = later;
    draw(30, 100);
    assert_non_null(strstr(screen, "     4124        0        0  runs     pool.py"));
    assert_non_null(strstr(screen, ">    4123 "));
    press(KEYS_ENTER);
    assert_ptr_equal(application.model, later->children[2]);
}

static void test_a_single_process_needs_no_list(void **state) {
    (void)state;
    press('P');
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_string_equal(application.message, "this program has started no other Python: there is one process");
    application.run.config->collectors.children = false;
    press('P');
    assert_string_equal(application.message, "collectors.children is off: child processes are not profiled");
}

static void test_what_was_left_alone_is_told(void **state) {
    (void)state;
    static const struct model_left_alone left_alone[] = {{"its bytecode is odd", "f (a.py)", 2}, {"no room", "g (b.py)", 1}};
    static const struct model_unreadable unreadable[] = {{"77-1", "cut off"}};
    model->left_alone = memcpy(malloc(sizeof left_alone), left_alone, sizeof left_alone);
    model->left_alone_count = 2;
    model->lost_codes = 4;
    model->lost_processes = 3;
    model->unreadable = memcpy(malloc(sizeof unreadable), unreadable, sizeof unreadable);
    model->unreadable_count = 1;
    losses_tell(&application);
    draw(30, 100);
    assert_string_equal(row(-1), " 4 code objects left alone: its bytecode is odd: f (a.py); ? lists all");
    assert_non_null(strstr(row(0), "  lost:8 "));
    press('?');
    press('G');
    draw(30, 100);
    assert_non_null(strstr(screen, "What was not counted"));
    assert_non_null(strstr(screen, "  2      code left alone, its bytecode is odd: f (a.py)"));
    assert_non_null(strstr(screen, "  1      code left alone, no room: g (b.py)"));
    assert_non_null(strstr(screen, "  1      code objects"));
    assert_non_null(strstr(screen, "  3      child processes, for want of room"));
    assert_non_null(strstr(screen, "  1      child process 77-1: cut off"));
}

static void test_config_is_saved_where_asked(void **state) {
    (void)state;
    char folder[] = "/tmp/pyprof-viewer-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/c.yaml", folder);
    press('}');
    press('S');
    draw(30, 100);
    assert_string_equal(row(-1), " Save the config as: .pyprof.yaml");
    press(key_control('u'));
    type(path);
    press(KEYS_ENTER);
    assert_non_null(strstr(application.message, "config saved: /tmp/pyprof-viewer-"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char text[1024];
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "refresh_ms: 250"));
    press('S');
    press(key_control('u'));
    type(path);
    press(KEYS_ENTER);
    draw(30, 100);
    assert_string_equal(row(-1), " There is a file of that name. Write over it?  [y]es  [n]o");
    press('x');
    assert_int_equal(application.prompt, PROMPT_OVERWRITE);
    press('y');
    assert_non_null(strstr(application.message, "config saved: "));
    unlink(path);
    rmdir(folder);
}

static void test_a_folder_is_no_file(void **state) {
    (void)state;
    press('S');
    press(key_control('u'));
    type("/tmp\r");
    assert_string_equal(application.message, "/tmp is a folder; name a file in it");
    assert_true(application.message_is_error);
    assert_int_equal(application.prompt, PROMPT_NONE);
}

static void test_panes_of_the_config(void **state) {
    (void)state;
    application.options.panes = 1u << PANE_FUNCTIONS | 1u << PANE_OUTPUT;
    draw(30, 100);
    assert_null(strstr(screen, "[2]"));
    assert_null(strstr(screen, "[4]"));
    press('2'); /* what is not shown can be gone to all the same */
    draw(30, 100);
    assert_non_null(strstr(screen, "=[2]="));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_status_line), TEST(test_narrow_status_line), TEST(test_borders), TEST(test_drilling_and_coming_back),
        TEST(test_selection_drives_the_source), TEST(test_callers), TEST(test_a_function_of_c_leads_to_its_callers),
        TEST(test_long_breadcrumb_keeps_its_tail),
        TEST(test_tabs), TEST(test_short_tabs), TEST(test_long_messages), TEST(test_nothing_to_freeze),
        TEST(test_titles), TEST(test_a_key_without_action), TEST(test_output_of_a_session), TEST(test_nothing_to_copy),
        TEST(test_a_folder_is_no_file), TEST(test_too_small), TEST(test_every_size_and_key),
        TEST(test_a_session_has_nothing_that_runs), TEST(test_search_prompt), TEST(test_sort_menu), TEST(test_column_menu),
        TEST(test_filtered_selection),
        TEST(test_untouched_selection), TEST(test_help_explains_the_columns), TEST(test_nothing_matches), TEST(test_follow),
        TEST(test_borders_are_pulled),
        TEST(test_palette),
        TEST(test_all_processes_together_come_first),
        TEST(test_choosing_a_process),
        TEST(test_the_selection_follows_its_function),
        TEST(test_a_list_of_processes_is_live),
        TEST(test_a_single_process_needs_no_list),
        TEST(test_what_was_left_alone_is_told),
        TEST(test_config_is_saved_where_asked), TEST(test_panes_of_the_config),
    };
    return cmocka_run_group_tests_name("viewer", tests, NULL, NULL);
}
