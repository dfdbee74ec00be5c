/* The command line: what is to be done, with which config, and every mistake in exactly these words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pyprof/collectors.h"
#include "tui/app/command_line.h"

enum { ARGUMENTS_MAX = 32 };

static char folder[64];

static void write_bytes(const char *path, const void *bytes, size_t size) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, size), size);
    close(file);
}
static void write_file(const char *path, const char *text) { write_bytes(path, text, strlen(text)); }

/* As much of a session as tells it from a script: the head of an SQLite file with the session's id. */
static void write_session(const char *path) {
    unsigned char head[100] = "SQLite format 3";
    memcpy(head + 68, "pyPf", 4);
    write_bytes(path, head, sizeof head);
}

/* A folder of its own for every test, where neither config file is. */
static int enter_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-command-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    char *own = getcwd(NULL, 0);
    setenv("HOME", own, 1);
    free(own);
    unsetenv("XDG_CONFIG_HOME");
    write_file("a.py", "print(1)\n");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* Arguments behind the program's name, ended by NULL. */
static bool parse_list(struct command_line *command, struct error *error, const char *first, va_list rest) {
    char *argv[ARGUMENTS_MAX] = {(char *)"pyprof-tui"};
    int argc = 1;
    for (const char *argument = first; argument; argument = va_arg(rest, const char *))
        argv[argc++] = (char *)argument;
    return command_line_parse(argc, argv, command, error);
}

__attribute__((sentinel)) static bool parses(struct command_line *command, struct error *error, const char *first,
                                             ...) {
    va_list rest;
    va_start(rest, first);
    bool good = parse_list(command, error, first, rest);
    va_end(rest);
    return good;
}

static struct command_line parse(const char *first, ...) {
    struct command_line command;
    struct error error = {0};
    va_list rest;
    va_start(rest, first);
    if (!parse_list(&command, &error, first, rest))
        fail_msg("%s", error.text);
    va_end(rest);
    return command;
}

#define assert_fails(expected, ...)                                    \
    do {                                                               \
        struct command_line failed;                                    \
        struct error error = {0};                                      \
        assert_false(parses(&failed, &error, __VA_ARGS__, NULL));      \
        assert_string_equal(error.text, expected);                     \
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);        \
        assert_null(failed.config);                                    \
    } while (0)

static void assert_arguments(const struct command_line *command, size_t count, const char *const *items) {
    const struct text_list *list = &command->config->target.args;
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list->items[i], items[i]);
}

/* --- targets ---------------------------------------------------------------------------------------- */

static void test_script(void **state) {
    (void)state;
    struct command_line command = parse("a.py", "-k", "--headless", "x", NULL);
    assert_int_equal(command.action, COMMAND_RUN);
    assert_string_equal(command.config->target.script, "a.py");
    assert_arguments(&command, 3, (const char *const[]){"-k", "--headless", "x"}); /* the script's own */
    assert_false(command.headless);
    assert_true(command.save_session);
    assert_null(command.config_path);
    assert_int_equal(config_collectors(command.config), COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY);
    command_line_free(&command);
}

static void test_module_code_and_stdin(void **state) {
    (void)state;
    struct command_line command = parse("--headless", "-m", "json.tool", "--help", "-k", NULL);
    assert_string_equal(command.config->target.module, "json.tool");
    assert_null(command.config->target.script);
    assert_true(command.headless);
    assert_arguments(&command, 2, (const char *const[]){"--help", "-k"});
    command_line_free(&command);
    command = parse("-mjson.tool", "x", NULL);
    assert_string_equal(command.config->target.module, "json.tool");
    assert_arguments(&command, 1, (const char *const[]){"x"});
    command_line_free(&command);
    command = parse("-c", "", "-m", "a", NULL);
    assert_string_equal(command.config->target.code, "");
    assert_null(command.config->target.module);
    assert_arguments(&command, 2, (const char *const[]){"-m", "a"});
    command_line_free(&command);
    command = parse("-", "a", NULL);
    assert_string_equal(command.config->target.script, "-");
    assert_arguments(&command, 1, (const char *const[]){"a"});
    command_line_free(&command);
}

static void test_folder_and_unusual_names(void **state) {
    (void)state;
    assert_int_equal(mkdir("package", 0755), 0);
    assert_fails("package: this folder has no __main__.py; give the path of a Python script, or -m MODULE", "package");
    write_file("package/__main__.py", "");
    struct command_line command = parse("package", NULL);
    assert_string_equal(command.config->target.script, "package");
    command_line_free(&command);
    write_file("-x.py", "");
    command = parse("--", "-x.py", "--", "y", NULL);
    assert_string_equal(command.config->target.script, "./-x.py"); /* python3 would take -x for an option */
    assert_arguments(&command, 2, (const char *const[]){"--", "y"});
    command_line_free(&command);
    command = parse("/dev/null", NULL);
    assert_string_equal(command.config->target.script, "/dev/null");
    command_line_free(&command);
}

static void test_targets_that_are_not_there(void **state) {
    (void)state;
    assert_fails("missing.py: no such file; give the path of a Python script, or -m MODULE", "missing.py");
    assert_fails("\"\": no such file; give the path of a Python script, or -m MODULE", "");
    assert_fails("a.py/b.py: Not a directory; give the path of a Python script, or -m MODULE", "a.py/b.py");
    assert_fails("-m is empty; give it a module", "-m", "");
    assert_fails("there is nothing to run; give a script, -m MODULE, -c CODE or a saved session (pyprof-tui --help "
                 "shows "
                 "how)", "--headless");
}

/* In a process of its own, which gives up the rights of root where it has them. */
static void test_rights_that_are_missing(void **state) {
    (void)state;
    assert_int_equal(chmod("a.py", 0), 0);
    assert_int_equal(chmod(".", 0555), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct command_line command;
        struct error error = {0};
        bool alone = geteuid() != 0 || setuid(65534) == 0;
        bool script = !parses(&command, &error, "a.py", NULL) &&
                      strcmp(error.text, "a.py: it cannot be read: Permission denied; give yourself the right to "
                                         "read it") == 0;
        bool output = !parses(&command, &error, "--headless", "-c", "1", NULL) &&
                      strcmp(error.text, "the session cannot be saved in the current folder: Permission denied; choose "
                                         "another one with -o FILE") == 0;
        bool named = !parses(&command, &error, "-o", "./x", "-c", "1", NULL) &&
                     strcmp(error.text, "./x: its folder . cannot be written to: Permission denied; choose another "
                                        "one with "
                                        "-o FILE") == 0;
        _exit(!alone ? 1 : !script ? 2 : !output ? 3 : !named ? 4 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(status, 0);
}

/* --- options ---------------------------------------------------------------------------------------- */

static void test_wrong_options(void **state) {
    (void)state;
    assert_fails("there is no option --colect; did you mean --collect? (pyprof-tui --help lists all)", "--colect",
                 "line");
    assert_fails("there is no option --headles_; did you mean --headless? (pyprof-tui --help lists all)",
                 "--headles_=1");
    assert_fails("there is no option --ouptut; did you mean --output? (pyprof-tui --help lists all)", "--ouptut=x",
                 "a.py");
    assert_fails("--re may mean --report or --reattach; write it out", "--re", "x");
    assert_fails("there is no option -x; pyprof-tui --help lists all", "-x", "a.py");
    assert_fails("there is no option -?; pyprof-tui --help lists all", "-\x1b", "a.py");
    assert_fails("--headless takes no value; leave it out", "--headless=yes", "a.py");
    assert_fails("--collect needs a value; write --collect LIST", "-k");
    assert_fails("--set needs a value; write --set KEY=VALUE", "--set");
    assert_fails("-m needs a value; write -m MODULE", "-m");
    assert_fails("-c needs a value; write -c CODE", "--headless", "-c");
    assert_fails("-p needs a value; write -p PID", "-p");
    assert_fails("-p 4121: attaching to a running program is not in this version; start it with pyprof-tui SCRIPT "
                 "instead",
                 "-p", "4121");
    assert_fails("there is no help on \"me\"; write --help, --help=config or --help=compare", "--help=me");
    assert_fails("--python is empty; give it a path", "--python=", "a.py");
    assert_fails("-o is empty; give it a path", "-o", "", "a.py");
    assert_fails("--save-config is empty; give it a path", "--save-config=", "a.py");
}

static void test_wrong_values(void **state) {
    (void)state;
    assert_fails("-k: there is no collector \"lines\"; did you mean line? (known: function, line, memory, bytecode, "
                 "sample, "
                 "none)", "-k", "lines", "a.py");
    assert_fails("collectors.sample.enabled: the collector \"sample\" is not in this version; turn it off (those "
                 "there are: "
                 "function, line, memory, bytecode)", "-k", "function,sample", "a.py");
    assert_fails("--set: ui.sort is \"nam\"; did you mean \"name\"? (known: self, total, calls, name, file, instr, "
                 "mib, totmib, primitive, percall, trend)", "--set", "ui.sort=nam", "a.py");
    assert_fails("none.yaml: No such file or directory; check the path of the config", "-C", "none.yaml", "a.py");
    struct command_line command;
    struct error error = {0};
    assert_false(parses(&command, &error, "--report", "functions,lies", "a.py", NULL));
    assert_non_null(strstr(error.text, "\"lies\""));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_false(parses(&command, &error, "--export", "xml", "a.py", NULL));
    assert_non_null(strstr(error.text, "\"xml\""));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
}

static void test_help_and_version(void **state) {
    (void)state;
    const struct { const char *option; enum command_action action; } cases[] = {
        {"--help", COMMAND_HELP},        {"-h", COMMAND_HELP},    {"--help=config", COMMAND_HELP_CONFIG},
        {"--help-config", COMMAND_HELP_CONFIG}, {"--version", COMMAND_VERSION}, {"-V", COMMAND_VERSION},
        {"--vers", COMMAND_VERSION}};
    write_file(".pyprof.yaml", "[broken"); /* help comes all the same */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct command_line command = parse("--headless", cases[i].option, "--nonsense", NULL);
        assert_int_equal(command.action, cases[i].action);
        assert_int_equal(command.config != NULL, cases[i].action == COMMAND_VERSION); /* it asks the configured Python */
        command_line_free(&command);
    }
}

static void test_help_fits_a_screen(void **state) {
    (void)state;
    int lines = 0;
    for (const char *line = command_line_help(); *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 80);
        lines++;
    }
    assert_true(lines <= 23); /* and the prompt below */
    static const char *const names[] = {"-k, --collect LIST", "-C, --config FILE", "--set KEY=VALUE",
                                        "--save-config FILE",
                                        "-o, --output FILE", "--headless", "--report LIST", "--export FORMAT",
                                        "--python PATH", "--reattach", "-h, --help", "-V, --version", "-m module",
                                        "-c code"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(strstr(command_line_help(), names[i]));
}

/* --- configs ---------------------------------------------------------------------------------------- */

static void test_precedence(void **state) {
    (void)state;
    write_file("c.yaml", "target: {script: other.py, args: [x], python: /from/file}\n"
                         "collectors: {function: {enabled: false}, line: {include: [file]}}\n"
                         "ui: {refresh_ms: 111, sort: total}\noutput: {session: file.pyprof}\n");
    struct command_line command =
        parse("--set", "ui.refresh_ms=222", "--set=ui.refresh_ms=333", "--set", "target.python=/from/set", "-k", "none",
              "-k", "line,function", "--set", "collectors.line.enabled=false", "--python", "/from/option", "-o",
              "option.pyprof", "-C", "c.yaml", "a.py", NULL);
    const struct config *config = command.config;
    assert_string_equal(command.config_path, "c.yaml");
    assert_string_equal(config->target.script, "a.py");
    assert_arguments(&command, 0, NULL); /* the target's own, not those of the file's target */
    assert_string_equal(config->ui.sort, "total");                            /* file before defaults */
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION);          /* -k before the file, --set before -k */
    assert_string_equal(config->collectors.line.include.items[0], "file");
    assert_int_equal(config->ui.refresh_ms, 333);                             /* the later --set */
    assert_string_equal(config->target.python, "/from/option");
    assert_string_equal(config->output.session, "option.pyprof");
    command_line_free(&command);
}

static void test_where_configs_are_found(void **state) {
    (void)state;
    assert_int_equal(mkdir(".config", 0755), 0);
    assert_int_equal(mkdir(".config/pyprof-tui", 0755), 0);
    assert_int_equal(mkdir("xdg", 0755), 0);
    assert_int_equal(mkdir("xdg/pyprof-tui", 0755), 0);
    char path[128];
    struct command_line command = parse("a.py", NULL);
    assert_null(command.config_path);
    command_line_free(&command);

    write_file(".config/pyprof-tui/config.yaml", "ui: {refresh_ms: 100}\n");
    command = parse("a.py", NULL);
    snprintf(path, sizeof path, "%s/.config/pyprof-tui/config.yaml", getenv("HOME"));
    assert_string_equal(command.config_path, path);
    assert_int_equal(command.config->ui.refresh_ms, 100);
    command_line_free(&command);

    write_file("xdg/pyprof-tui/config.yaml", "ui: {refresh_ms: 200}\n");
    snprintf(path, sizeof path, "%s/xdg", getenv("HOME"));
    setenv("XDG_CONFIG_HOME", path, 1);
    command = parse("a.py", NULL);
    assert_int_equal(command.config->ui.refresh_ms, 200);
    command_line_free(&command);

    write_file(".pyprof.yaml", "ui: {refresh_ms: 300}\n");
    command = parse("a.py", NULL);
    assert_string_equal(command.config_path, ".pyprof.yaml");
    assert_int_equal(command.config->ui.refresh_ms, 300);
    command_line_free(&command);

    write_file("given.yaml", "ui: {refresh_ms: 400}\n");
    command = parse("--config=given.yaml", "a.py", NULL);
    assert_int_equal(command.config->ui.refresh_ms, 400);
    command_line_free(&command);

    write_file(".pyprof.yaml", "ui: {refresh_ms: 1}\n");
    assert_fails(".pyprof.yaml:1:18: ui.refresh_ms is \"1\"; it must be a whole number from 50 to 10000", "a.py");
}

static void test_target_of_the_config(void **state) {
    (void)state;
    write_file(".pyprof.yaml", "target: {script: a.py, args: [x, y]}\n");
    struct command_line command = parse(NULL);
    assert_int_equal(command.action, COMMAND_RUN);
    assert_string_equal(command.config->target.script, "a.py");
    assert_arguments(&command, 2, (const char *const[]){"x", "y"});
    command_line_free(&command);
    command = parse("-c", "1", NULL); /* takes the place of the script, not a second target */
    assert_null(command.config->target.script);
    assert_string_equal(command.config->target.code, "1");
    command_line_free(&command);
    assert_fails("target.script and target.module are both given; keep one of them", "--set", "target.module=b");
    assert_fails("missing.py: no such file; give the path of a Python script, or -m MODULE", "--set",
                 "target.script=missing.py");
}

static void test_working_folder(void **state) {
    (void)state;
    char expected[160];
    assert_int_equal(mkdir("sub", 0755), 0);
    write_file("sub/b.py", "");
    struct command_line command = parse("--set", "target.cwd=sub", "--set", "target.script=b.py", NULL);
    snprintf(expected, sizeof expected, "%s/sub/b.py", getenv("HOME"));
    assert_string_equal(command.config->target.script, expected);
    command_line_free(&command);
    command = parse("--set", "target.cwd=sub", "a.py", NULL); /* typed: from where the command is started */
    assert_string_equal(command.config->target.script, "a.py");
    command_line_free(&command);
    command = parse("--set", "target.cwd=/dev", "--set", "target.script=null", "--set", "target.script=\"null\"", NULL);
    assert_string_equal(command.config->target.script, "/dev/null");
    command_line_free(&command);
    assert_fails("nowhere: no such folder; correct target.cwd", "--set", "target.cwd=nowhere", "a.py");
    assert_fails("a.py: this is no folder; correct target.cwd", "--set", "target.cwd=a.py", "a.py");
}

static void test_save_config(void **state) {
    (void)state;
    struct command_line command = parse("--save-config", "new.yaml", "-k", "line", NULL);
    assert_int_equal(command.action, COMMAND_SAVE_CONFIG_ONLY);
    assert_string_equal(command.save_config, "new.yaml");
    assert_int_equal(config_collectors(command.config), COLLECTOR_LINE);
    assert_int_equal(access("new.yaml", F_OK), -1); /* writing is main's */
    command_line_free(&command);
    command = parse("--save-config", "new.yaml", "a.py", NULL);
    assert_int_equal(command.action, COMMAND_RUN);
    assert_string_equal(command.save_config, "new.yaml");
    command_line_free(&command);
    assert_fails("collectors.sample.enabled: the collector \"sample\" is not in this version; turn it off (those "
                 "there are: "
                 "function, line, memory, bytecode)", "--save-config=new.yaml", "-k", "sample");
}

/* --- sessions, reports, exports --------------------------------------------------------------------- */

static void test_opens_a_session(void **state) {
    (void)state;
    write_session("run.pyprof");
    write_session("named-otherwise");
    struct command_line command = parse("run.pyprof", NULL);
    assert_int_equal(command.action, COMMAND_OPEN_SESSION);
    assert_string_equal(command.session, "run.pyprof");
    assert_false(command.headless);
    command_line_free(&command);
    command = parse("named-otherwise", NULL);
    assert_int_equal(command.action, COMMAND_OPEN_SESSION);
    command_line_free(&command);
    command = parse("--report", "functions,lines", "run.pyprof", NULL);
    assert_int_equal(command.action, COMMAND_OPEN_SESSION);
    assert_string_equal(command.report, "functions,lines");
    assert_true(command.headless);
    command_line_free(&command);
    command = parse("--export", "json", "-o", "out.json", "run.pyprof", NULL);
    assert_string_equal(command.export_format, "json");
    assert_string_equal(command.export_path, "out.json");
    assert_null(command.config->output.session);
    command_line_free(&command);
    command = parse("--export=json", "run.pyprof", NULL);
    assert_null(command.export_path);
    command_line_free(&command);
}

static void test_session_that_is_none(void **state) {
    (void)state;
    write_file("broken.pyprof", "no session");
    struct command_line command = parse("broken.pyprof", NULL); /* session_load says what is wrong with it */
    assert_int_equal(command.action, COMMAND_OPEN_SESSION);
    command_line_free(&command);
    assert_fails("gone.pyprof: no such file; give the path of a saved session", "gone.pyprof");
    write_session("run.pyprof");
    assert_fails("run.pyprof is a saved session; it takes no arguments, leave them out", "run.pyprof", "x");
    assert_fails("run.pyprof is a saved session; -k cannot change it, leave it out", "-k", "line", "run.pyprof");
    assert_fails("run.pyprof is a saved session; --python cannot change it, leave it out", "--python=x", "run.pyprof");
    assert_fails("run.pyprof is a saved session; beside --headless give --report or --export", "--headless",
                 "run.pyprof");
    assert_fails("run.pyprof is saved already; beside -o give --export", "-o", "x.pyprof", "run.pyprof");
    assert_fails("run.pyprof is saved already; beside -o give --export", "-o", "x", "--report=lines", "run.pyprof");
}

static void test_reports_and_exports_of_a_run(void **state) {
    (void)state;
    struct command_line command = parse("--report", "lines", "-o", "x.pyprof", "a.py", NULL);
    assert_true(command.headless);
    assert_true(command.save_session);
    assert_string_equal(command.config->output.session, "x.pyprof");
    command_line_free(&command);
    command = parse("--export", "json", "a.py", NULL);
    assert_true(command.headless);
    assert_false(command.save_session); /* what was asked for is the export */
    command_line_free(&command);
    command = parse("--export=json", "-o", "x.json", "--set", "output.session=x.pyprof", "a.py", NULL);
    assert_true(command.save_session);
    assert_string_equal(command.config->output.session, "x.pyprof");
    assert_string_equal(command.export_path, "x.json");
    command_line_free(&command);
    assert_fails("--report and --export would both write to stdout; give the export a file with -o FILE",
                 "--report=lines",
                 "--export=json", "a.py");
    command = parse("--report=lines", "--export=json", "-o", "x.json", "a.py", NULL);
    assert_string_equal(command.report, "lines");
    assert_string_equal(command.export_path, "x.json");
    command_line_free(&command);
}

static void test_outputs_are_checked_first(void **state) {
    (void)state;
    assert_int_equal(mkdir("sub", 0755), 0);
    assert_fails("a.py: this is there already and is no session; choose another path, or remove it first", "-o", "a.py",
                 "-c", "1");
    assert_fails("/dev/null: this is there already and is no session; choose another path, or remove it first", "-o",
                 "/dev/null", "a.py");
    assert_fails("sub: this is a folder; give the path of a file for the session", "-o", "sub", "a.py");
    assert_fails("none/x: its folder none cannot be used: No such file or directory; make it, or choose another path",
                 "-o",
                 "none/x", "a.py");
    assert_fails("a.py/x: a.py is no folder; choose another path", "--export=json",
                 "-o", "a.py/x", "a.py");
    assert_fails("sub: this is a folder; give the path of a file for the export", "--export=json", "-o", "sub", "a.py");
    write_session("run.pyprof");
    write_file("empty", "");
    const char *const good[] = {"run.pyprof", "empty", "sub/new.pyprof"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct command_line command = parse("-o", good[i], "a.py", NULL);
        assert_string_equal(command.config->output.session, good[i]);
        command_line_free(&command);
    }
    struct command_line command = parse("--export=json", "-o", "/dev/null", "a.py", NULL);
    command_line_free(&command);
}

static void test_process_of_a_session(void **state) {
    (void)state;
    write_session("run.pyprof");
    struct command_line command = parse("--process", "4122", "--report=lines", "run.pyprof", NULL);
    assert_int_equal(command.process, 4122);
    command_line_free(&command);
    command = parse("--process=all", "run.pyprof", NULL);
    assert_int_equal(command.process, 0);
    command_line_free(&command);
    for (const char *const *wrong = (const char *const[]){"", "0", "-1", "4x", "4294967296", "99999999999999999999", NULL};
         *wrong; wrong++) {
        char sentence[200];
        snprintf(sentence, sizeof sentence, "--process: \"%s\" is no number of a process; --report processes lists them",
                 *wrong);
        assert_fails(sentence, "--process", *wrong, "run.pyprof");
    }
    assert_fails("--process chooses from a saved session; while a program runs, P in the interface does", "--process=5",
                 "a.py");
    assert_fails("--process chooses from a saved session; while a program runs, P in the interface does", "--process=5",
                 "--reattach");
}

static void test_reattach(void **state) {
    (void)state;
    struct command_line command = parse("--reattach", NULL);
    assert_int_equal(command.action, COMMAND_REATTACH);
    assert_non_null(command.config);
    command_line_free(&command);
    command = parse("--reattach", "4121", NULL);
    assert_int_equal(command.reattach, 4121);
    command_line_free(&command);
    assert_fails("--reattach comes back to what runs already; leave the target out", "--reattach", "a.py");
    assert_fails("--reattach comes back to what runs already; leave the target out", "--reattach", "4121", "a.py");
    assert_fails("--reattach comes back to what runs already; leave the target out", "--reattach", "99999999999");
    assert_fails("--reattach opens the terminal interface; leave --headless, --report and --export out", "--reattach",
                 "--headless");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, remove_folder)

static void test_two_sessions(void **state) {
    (void)state;
    write_session("a.pyprof");
    write_session("b.pyprof");
    struct command_line command = parse("--report", "memory", "a.pyprof", "b.pyprof", NULL); /* --diff goes without saying */
    assert_int_equal(command.action, COMMAND_DIFF);
    assert_string_equal(command.diff.sides.items[0], "a.pyprof");
    assert_string_equal(command.diff.sides.items[1], "b.pyprof");
    assert_string_equal(command.report, "memory");
    assert_true(command.headless);
    command_line_free(&command);
    assert_fails("a.pyprof is a saved session; it takes no arguments, leave them out", "--report", "memory", "a.pyprof", "a.py");
    assert_fails("a.pyprof is a saved session; it takes no arguments, leave them out", "--report", "memory", "a.pyprof", "b.pyprof",
                 "b.pyprof");
}

static void test_diff(void **state) {
    (void)state;
    struct command_line command = parse("--diff", "a.pyprof,b.pyprof", "--fail-if", "total>+5%", "c", "--fail-if", "calls:f>+0",
                                        NULL);
    assert_int_equal(command.action, COMMAND_DIFF);
    assert_string_equal(command.diff.sides.items[0], "a.pyprof,b.pyprof");
    assert_string_equal(command.diff.sides.items[1], "c");
    assert_int_equal(command.diff.conditions.count, 2);
    assert_string_equal(command.diff.conditions.items[1], "calls:f>+0");
    assert_true(command.headless);
    command_line_free(&command);
    command = parse("--diff", "a.pyprof", "b.pyprof", NULL);
    assert_false(command.headless);
    command_line_free(&command);
    command = parse("--export", "json", "-o", "x.json", "--diff", "a.pyprof", "b.pyprof", NULL);
    assert_string_equal(command.export_path, "x.json");
    command_line_free(&command);
}

static void test_wrong_diff(void **state) {
    (void)state;
    static const char *const two = "--diff compares two sides; write --diff BEFORE.pyprof AFTER.pyprof, several sessions of a side "
                                   "parted by commas";
    assert_fails(two, "--diff", "a.pyprof");
    assert_fails(two, "--diff", "a.pyprof", "b.pyprof", "c.pyprof");
    assert_fails("--diff compares saved sessions; -k says nothing there, leave it out", "--diff", "a.pyprof", "b.pyprof", "-k",
                 "line");
    assert_fails("--diff compares saved sessions; --process says nothing there, leave it out", "--diff", "a", "b", "--process",
                 "7");
    assert_fails("--diff is exported as json alone; write --export json", "--diff", "a", "b", "--export", "mprof");
    assert_fails("--diff saves nothing; beside -o give --export json", "--diff", "a", "b", "-o", "x");
    assert_fails("--report: there is no report \"tree\" of what changed; known are functions, lines, memory", "--diff", "a", "b",
                 "--report", "tree");
    assert_fails("--fail-if 'total>5%': the change needs a sign, + or -; write for example total>+5%, self:work>+10ms, "
                 "calls:work>+0 or peak>+2MiB", "--diff", "a", "b", "--fail-if", "total>5%");
    assert_fails("--fail-if judges what changed between two sessions; write --diff A.pyprof B.pyprof", "--fail-if", "total>+5%",
                 "a.py");
}

static void test_limits(void **state) {
    (void)state;
    struct command_line command = parse("--headless", "--max-rss", "500M", "--max-heap=1.5GiB", "-k", "none", "a.py", NULL);
    assert_string_equal(command.config->limits.rss, "500M");
    assert_string_equal(command.config->limits.heap, "1.5GiB");
    assert_int_equal(config_collectors(command.config), COLLECTOR_MEMORY);
    command_line_free(&command);
    command = parse("--max-rss", "1K", "--report", "functions", "-k", "line", "a.py", NULL);
    assert_int_equal(config_collectors(command.config), COLLECTOR_LINE);
    command_line_free(&command);
    command = parse("--report", "functions,opcodes", "-k", "line", "a.py", NULL);
    assert_int_equal(config_collectors(command.config), COLLECTOR_LINE | COLLECTOR_BYTECODE);
    command_line_free(&command);
    command = parse("--report", "bytecode", "--headless", "-k", "none", "a.py", NULL);
    assert_int_equal(config_collectors(command.config), COLLECTOR_BYTECODE);
    command_line_free(&command);
    /* A limit does not keep anybody from the interface. */
    write_file(".pyprof.yaml", "limits: {heap: 1G}\ncollectors: {memory: {enabled: false}}\n");
    command = parse("a.py", NULL);
    assert_false(command.config->collectors.memory.enabled);
    command_line_free(&command);
    command = parse("--headless", "a.py", NULL);
    assert_true(command.config->collectors.memory.enabled);
    command_line_free(&command);
    write_session("run.pyprof");
    assert_fails("--max-rss: \"much\" is no size; write one such as 500M, 1.5GiB or 200000000", "--headless", "--max-rss", "much",
                 "a.py");
    assert_fails("--max-heap decides the exit status of a run without the interface; add --headless", "--max-heap", "1G", "a.py");
    assert_fails("run.pyprof is a saved session; --max-heap is for runs, leave it out", "--report", "memory", "--max-heap", "1G",
                 "run.pyprof");
    assert_fails("--reattach comes back to what runs already; --max-rss is for headless runs, leave it out", "--reattach",
                 "--max-rss", "1G");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_script),
        TEST(test_module_code_and_stdin),
        TEST(test_folder_and_unusual_names),
        TEST(test_targets_that_are_not_there),
        TEST(test_rights_that_are_missing),
        TEST(test_wrong_options),
        TEST(test_wrong_values),
        TEST(test_help_and_version),
        TEST(test_help_fits_a_screen),
        TEST(test_precedence),
        TEST(test_where_configs_are_found),
        TEST(test_target_of_the_config),
        TEST(test_working_folder),
        TEST(test_save_config),
        TEST(test_opens_a_session),
        TEST(test_session_that_is_none),
        TEST(test_reports_and_exports_of_a_run),
        TEST(test_outputs_are_checked_first),
        TEST(test_process_of_a_session),
        TEST(test_reattach),
        TEST(test_two_sessions),
        TEST(test_diff),
        TEST(test_wrong_diff),
        TEST(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
