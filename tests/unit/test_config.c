/* Loading configs, --set and -k: every kind of value, every message with its place, all or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/options.h"
#include "core/config/values.h"
#include "core/config/words.h"
#include "pyprof/arena.h"
#include "pyprof/collectors.h"
#include "pyprof/config.h"

static struct config *new_config(void) {
    struct config *config = config_new();
    assert_non_null(config);
    return config;
}

static void assert_same(const struct config *a, const struct config *b) {
    for (size_t i = 0; i < option_count; i++)
        if (!option_equal(&options[i], a, b))
            fail_msg("%s differs", options[i].key);
}

static void load(struct config *config, const char *text) {
    struct error error = {0};
    if (!config_load_text(config, "a.yaml", text, strlen(text), &error))
        fail_msg("%s", error.text);
}

static void assert_load_fails(const char *text, size_t length, const char *expected) {
    struct config *config = new_config(), *before = new_config();
    struct error error = {0};
    assert_false(config_load_text(config, "a.yaml", text, length, &error));
    assert_string_equal(error.text, expected);
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_same(config, before);
    config_free(config);
    config_free(before);
}

static void assert_list(const struct text_list *list, size_t count, const char *const *items) {
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list->items[i], items[i]);
}

static void test_defaults(void **state) {
    (void)state;
    struct config *config = new_config();
    assert_null(config->target.script);
    assert_null(config->target.module);
    assert_null(config->target.code);
    assert_null(config->target.python);
    assert_int_equal(config->target.args.count, 0);
    assert_int_equal(config->target.env.count, 0);
    assert_string_equal(config->target.cwd, ".");
    assert_true(config->collectors.function.enabled);
    assert_true(config->collectors.function.builtins);
    assert_list(&config->collectors.function.include, 1, (const char *const[]){"**"});
    assert_int_equal(config->collectors.function.exclude.count, 0);
    assert_true(config->collectors.line.enabled);
    assert_true(config->collectors.line.marked_only);
    assert_list(&config->collectors.line.include, 1, (const char *const[]){"project"});
    assert_null(config->collectors.function.clock);
    assert_null(config->collectors.line.clock);
    assert_int_equal(config_clock(config), RUN_CLOCK_WALL);
    assert_true(config->collectors.children);
    assert_true(config->collectors.memory.enabled);
    assert_true(config->collectors.memory.native);
    assert_int_equal(config->collectors.memory.interval_ms, 100);
    assert_false(config->collectors.bytecode.enabled);
    assert_list(&config->collectors.bytecode.include, 1, (const char *const[]){"project"});
    assert_int_equal(config->collectors.bytecode.exclude.count, 0);
    assert_false(config->collectors.sample.enabled);
    assert_int_equal(config->collectors.sample.rate_hz, 1000);
    assert_null(config->output.session);
    assert_true(config->output.keep_source);
    assert_int_equal(config->ui.refresh_ms, 500);
    assert_string_equal(config->ui.theme, "default");
    assert_list(&config->ui.panes, 6, (const char *const[]){"functions", "source", "ram", "output", "tree", "flame"});
    assert_int_equal(config->ui.sizes.flame, 0);
    assert_list(&config->ui.columns, 10, (const char *const[]){"self%", "total%", "self", "total", "calls", "instr", "mib",
                                                               "totmib", "trend", "file"});
    assert_string_equal(config->ui.sort, "self");
    assert_string_equal(config->ui.group, "none");
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY);
    assert_true(config_validate(config, NULL));
    config_free(config);
}

/* Each row of the table reaches its own field: given something that is not its default it is not equal any more. */
static void test_every_option_reads_its_field(void **state) {
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        struct config *config = new_config(), *defaults = new_config();
        const struct config_option *option = &options[i];
        char value[128];
        if (option->type == OPTION_BOOL)
            snprintf(value, sizeof value, "%s", strcmp(option->initial, "true") == 0 ? "false" : "true");
        else if (option->type == OPTION_INTEGER)
            snprintf(value, sizeof value, "%lld", (long long)option->maximum);
        else if (option->type == OPTION_MAP)
            snprintf(value, sizeof value, "{A: b}");
        else if (option->type == OPTION_LIST)
            snprintf(value, sizeof value, "[%s]", option->words ? option->words[1] : "other");
        else if (option->is_size)
            snprintf(value, sizeof value, "500M");
        else
            snprintf(value, sizeof value, "%s", !option->words ? "other" : option->words[1] ? option->words[1] : "");
        char assignment[256];
        snprintf(assignment, sizeof assignment, "%s=%s", option->key, value);
        struct error error = {0};
        if (!config_set(config, assignment, &error))
            fail_msg("%s: %s", assignment, error.text);
        for (size_t j = 0; j < option_count; j++)
            if (option_equal(&options[j], config, defaults) != (j != i || *value == '\0'))
                fail_msg("%s: %s", assignment, options[j].key);
        config_free(config);
        config_free(defaults);
    }
}

static void test_loads_values(void **state) {
    (void)state;
    struct config *config = new_config();
    load(config, "target:\n"
                 "  script: julia.py\n"
                 "  args: [1000, 'true', \"a b\", -x, 3.5, ~/x, \"\"]\n"
                 "  env: {PYTHONHASHSEED: 0, EMPTY: \"\"}\n"
                 "collectors:\n"
                 "  function: {enabled: no, builtins: Off}\n"
                 "  line:\n"
                 "    include:\n"
                 "      - project\n"
                 "      - \"*/numpy/*\"\n"
                 "  memory: {interval_ms: 20}\n"
                 "ui:\n"
                 "  panes: [ram, functions]\n"
                 "  sort: calls\n");
    assert_string_equal(config->target.script, "julia.py");
    assert_list(&config->target.args, 7, (const char *const[]){"1000", "true", "a b", "-x", "3.5", "~/x", ""});
    assert_int_equal(config->target.env.count, 2);
    assert_string_equal(config->target.env.names[0], "PYTHONHASHSEED");
    assert_string_equal(config->target.env.values[0], "0");
    assert_string_equal(config->target.env.names[1], "EMPTY");
    assert_string_equal(config->target.env.values[1], "");
    assert_false(config->collectors.function.enabled);
    assert_false(config->collectors.function.builtins);
    assert_list(&config->collectors.line.include, 2, (const char *const[]){"project", "*/numpy/*"});
    assert_int_equal(config->collectors.memory.interval_ms, 20);
    assert_list(&config->ui.panes, 2, (const char *const[]){"ram", "functions"});
    assert_string_equal(config->ui.sort, "calls");
    assert_int_equal(config_collectors(config), COLLECTOR_LINE | COLLECTOR_MEMORY);
    config_free(config);
}

static void test_null_and_nothing(void **state) {
    (void)state;
    static const char *const nothing[] = {"", "# only a comment\n", "---\n", "null\n", "~", "target:\ncollectors: ~\n",
                                          "\xEF\xBB\xBF# after a byte order mark\n"};
    struct config *defaults = new_config();
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        struct config *config = new_config();
        load(config, nothing[i]);
        assert_same(config, defaults);
        config_free(config);
    }
    struct config *config = new_config();
    load(config, "collectors: {line: {include: [a], enabled: false}, memory: {interval_ms: 20}}\nui: {sort: name}");
    load(config, "collectors: {line: null, memory: {interval_ms: }}\nui: {sort: ~}");
    assert_same(config, defaults);
    load(config, "target: {script: a.py}");
    load(config, ""); /* says nothing, changes nothing */
    assert_string_equal(config->target.script, "a.py");
    config_free(config);
    config_free(defaults);
}

static void test_anchors_are_followed(void **state) {
    (void)state;
    struct config *config = new_config();
    load(config, "collectors:\n  line: {include: &files [a, b]}\n  bytecode: {include: *files}\n");
    assert_list(&config->collectors.bytecode.include, 2, (const char *const[]){"a", "b"});
    config_free(config);
}

static void test_binary(void **state) {
    (void)state;
    struct config *config = new_config();
    load(config, "target: {args: [!!binary \"YWL/\", !!str 12]}");
    assert_list(&config->target.args, 2, (const char *const[]){"ab\xff", "12"});
    config_free(config);
}

static const struct {
    const char *text, *error;
} broken[] = {
    /* keys */
    {"collectors:\n  line:\n    clok: wall\n",
     "a.yaml:3:5: there is no key \"collectors.line.clok\"; did you mean \"collectors.line.clock\"? (pyprof-tui "
     "--help=config lists all keys)"},
    {"colectors: {}\n",
     "a.yaml:1:1: there is no key \"colectors\"; did you mean \"collectors\"? (pyprof-tui --help=config lists all "
     "keys)"},
    {"target: {refresh_ms: 100}\n",
     "a.yaml:1:10: there is no key \"target.refresh_ms\"; did you mean \"ui.refresh_ms\"? (pyprof-tui --help=config "
     "lists all keys)"},
    {"? [a]\n: b\n", "a.yaml:1:3: a key is a list; it must be a name"},
    {"a: &x {}\ntarget:\n", "a.yaml:1:1: there is no key \"a\"; did you mean \"ui\"? (pyprof-tui --help=config lists "
                            "all "
                            "keys)"},
    {"ui: &x {sort: self}\ntarget:\n  <<: *x\n",
     "a.yaml:3:3: merging with << is not supported; write the keys out"},
    {"ui:\n  sort: self\n  theme: default\n  sort: name\n", "a.yaml:4:3: sort is given twice (first in line 2); "
                                                            "remove one"},
    {"ui: {sort: self}\noutput: {}\nui: {}\n", "a.yaml:3:1: ui is given twice (first in line 1); remove one"},
    {"ui.sort: self\nui: {sort: name}\n", "a.yaml:2:6: ui.sort is given twice (first in line 1); remove one"},
    /* types */
    {"- a\n", "a.yaml:1:1: the config is a list; it must hold keys with values (pyprof-tui --help=config lists all "
              "keys)"},
    {"ui: 5\n", "a.yaml:1:5: ui is \"5\"; it must hold keys with values (pyprof-tui --help=config lists all keys)"},
    {"collectors:\n  line:\n    enabled: maybe\n",
     "a.yaml:3:14: collectors.line.enabled is \"maybe\"; it must be true or false"},
    {"collectors: {line: {enabled: \"true\"}}\n",
     "a.yaml:1:30: collectors.line.enabled is \"true\"; it must be true or false"},
    {"collectors: {line: {enabled: [true]}}\n",
     "a.yaml:1:30: collectors.line.enabled is a list; it must be true or false"},
    {"ui: {refresh_ms: fast}\n",
     "a.yaml:1:18: ui.refresh_ms is \"fast\"; it must be a whole number from 50 to 10000"},
    {"ui: {refresh_ms: 100.5}\n",
     "a.yaml:1:18: ui.refresh_ms is \"100.5\"; it must be a whole number from 50 to 10000"},
    {"ui: {refresh_ms: +}\n", "a.yaml:1:18: ui.refresh_ms is \"+\"; it must be a whole number from 50 to 10000"},
    {"ui: {refresh_ms: {}}\n",
     "a.yaml:1:18: ui.refresh_ms is a mapping; it must be a whole number from 50 to 10000"},
    {"target: {script: [a]}\n", "a.yaml:1:18: target.script is a list; it must be text that is not empty"},
    {"target: {args: -v}\n", "a.yaml:1:16: target.args is \"-v\"; it must be a list of texts such as [a, b]"},
    {"target: {args: [a, [b]]}\n", "a.yaml:1:20: item 2 of target.args is a list; it must be text"},
    {"target: {args: [a, null]}\n",
     "a.yaml:1:20: item 2 of target.args is null; put it in quotes if the text is meant, or remove it"},
    {"target: {env: [A=b]}\n",
     "a.yaml:1:15: target.env is a list; it must be names with their values such as {NAME: value}"},
    {"target: {env: {[a]: b}}\n", "a.yaml:1:16: a name in target.env is a list; it must be text"},
    {"target: {env: {A: [b]}}\n", "a.yaml:1:19: \"A\" of target.env is a list; it must be text (\"\" for none)"},
    {"target: {env: {A: }}\n", "a.yaml:1:19: \"A\" of target.env is null; it must be text (\"\" for none)"},
    {"target: {env: {A=B: c}}\n",
     "a.yaml:1:16: target.env: \"A=B\" is no name of a variable; it must not be empty and hold no ="},
    {"target: {env: {A: b, A: c}}\n", "a.yaml:1:22: target.env: \"A\" is given twice; remove one"},
    /* ranges and words */
    {"collectors: {memory: {interval_ms: 9}}\n",
     "a.yaml:1:36: collectors.memory.interval_ms is \"9\"; it must be a whole number from 10 to 60000"},
    {"collectors: {memory: {interval_ms: 60001}}\n",
     "a.yaml:1:36: collectors.memory.interval_ms is \"60001\"; it must be a whole number from 10 to 60000"},
    {"collectors: {memory: {interval_ms: 99999999999999999999}}\n",
     "a.yaml:1:36: collectors.memory.interval_ms is \"99999999999999999999\"; it must be a whole number from 10 to "
     "60000"},
    {"ui: {refresh_ms: -50}\n", "a.yaml:1:18: ui.refresh_ms is \"-50\"; it must be a whole number from 50 to 10000"},
    {"ui: {sort: calsl}\n", "a.yaml:1:12: ui.sort is \"calsl\"; did you mean \"calls\"? (known: self, total, calls, "
                            "name, file, instr, mib, totmib, primitive, percall, trend)"},
    {"collectors: {line: {clock: cpus}}\n",
     "a.yaml:1:28: collectors.line.clock is \"cpus\"; did you mean \"cpu\"? (known: wall, cpu, running)"},
    {"ui: {panes: [ram, sorce]}\n",
     "a.yaml:1:19: item 2 of ui.panes is \"sorce\"; did you mean \"source\"? "
     "(known: functions, source, bytecode, ram, output, memory, tree, flame, threads, info)"},
    {"ui: {panes: [ram, ram]}\n", "a.yaml:1:19: item 2 of ui.panes is \"ram\" again; remove it"},
    {"ui: {panes: []}\n", "a.yaml:1:13: ui.panes is empty; leave it out for the default"},
    {"target: {script: \"\"}\n", "a.yaml:1:18: target.script is empty; write text or leave it out"},
    {"collectors: {line: {include: [a, \"\"]}}\n",
     "a.yaml:1:34: item 2 of collectors.line.include is empty; write text or leave it out"},
    {"target: {script: \"a\\0b\"}\n", "a.yaml:1:18: target.script holds a NUL character; remove it"},
    {"target: {script: \"a\\0\"}\n", "a.yaml:1:18: target.script holds a NUL character; remove it"},
    {"target: {script: !!binary \"YQBi\"}\n", "a.yaml:1:18: target.script holds a NUL character; remove it"},
    {"target: {script: !!binary \"YQ\"}\n", "a.yaml:1:18: target.script: this !!binary is not base64; correct it"},
    {"target: {script: !!binary \"Y=Q=\"}\n", "a.yaml:1:18: target.script: this !!binary is not base64; correct it"},
    {"target: {script: !!python/name:os.system x}\n",
     "a.yaml:1:18: target.script has the tag \"tag:yaml.org,2002:python/name:os.system\", which means nothing here; "
     "leave "
     "it out"},
    /* YAML */
    {"target:\n  script: [a\n",
     "a.yaml:3:1: while parsing a flow sequence, did not find expected ',' or ']'; correct the YAML here"},
    {"target:\n\tscript: a\n",
     "a.yaml:2:1: while scanning for the next token, found character that cannot start any token; correct the YAML "
     "here"},
    {"target: *nowhere\n", "a.yaml:1:9: found undefined alias; correct the YAML here"},
    {"ui: {}\n---\nui: {}\n",
     "a.yaml:2:1: a second document begins here; keep one document, without \"---\" in between"},
    {"a: [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\n",
     "a.yaml:1:19: this is nested more than 16 levels deep; no key needs that, write it flat"},
    {"target: {script: \xC3\xA9t\xC3\xA9, module: \xFF}\n",
     "a.yaml:1:31: this is not UTF-8 text (byte 0xff); save the file as UTF-8"},
    {"ui:\n  sort: \x01\n", "a.yaml:2:9: control characters are not allowed (character 0x01); remove it"},
    {"target: &x {args: [*x]}\n", "a.yaml:1:9: item 1 of target.args is a mapping; it must be text"},
};

static void test_messages(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_load_fails(broken[i].text, strlen(broken[i].text), broken[i].error);
}

static void test_not_text(void **state) {
    (void)state;
    static const char utf16[] = "\xFF\xFEu\0i\0", zero[] = "ui:\n  sort: a\0b\n";
    assert_load_fails(utf16, sizeof utf16 - 1, "a.yaml:1:1: this is not UTF-8 text (byte 0xff); save the file as "
                                               "UTF-8");
    assert_load_fails(zero, sizeof zero - 1, "a.yaml:2:10: this is not UTF-8 text (byte 0x00); save the file as UTF-8");
}

static void test_size_is_bounded(void **state) {
    (void)state;
    char *text = malloc(CONFIG_TEXT_MAX + 1);
    assert_non_null(text);
    memset(text, '#', CONFIG_TEXT_MAX + 1);
    assert_load_fails(text, CONFIG_TEXT_MAX + 1,
                      "a.yaml: this is longer than 1048576 bytes, so it is hardly a config; check the path");
    struct config *config = new_config();
    assert_true(config_load_text(config, "a.yaml", text, CONFIG_TEXT_MAX, NULL)); /* one comment */
    memset(text, '[', CONFIG_TEXT_MAX);
    assert_load_fails(text, CONFIG_TEXT_MAX,
                      "a.yaml:1:17: this is nested more than 16 levels deep; no key needs that, write it flat");
    config_free(config);
    free(text);
}

static void test_too_many_items(void **state) {
    (void)state;
    size_t count = OPTION_LIST_MAX + 1;
    char *text = malloc(2 * count + 64), *end = text;
    assert_non_null(text);
    end = stpcpy(end, "target: {args: [a");
    for (size_t i = 1; i < count; i++)
        end = stpcpy(end, ",a");
    stpcpy(end, "]}");
    assert_load_fails(text, strlen(text), "a.yaml:1:16: target.args has 65537 items; give it at most 65536");
    end = stpcpy(text, "target: {env: {");
    for (size_t i = 0; i <= OPTION_MAP_MAX; i++)
        end += sprintf(end, "a%zu: b, ", i);
    stpcpy(end, "}}");
    assert_load_fails(text, strlen(text), "a.yaml:1:15: target.env has 4097 entries; give it at most 4096");
    free(text);
}

/* Whatever a file was cut to or damaged with: loaded, or refused with a place in it and nothing changed. */
static void test_truncated_and_damaged(void **state) {
    (void)state;
    static const char good[] = "target: {script: \"a b.py\", args: ['x', \"\\u00e9\"], env: {A: b}}\n"
                               "collectors:\n  line: &l\n    include:\n      - project\n      - |\n        text\n"
                               "  function: {exclude: [\"*/x/*\"], enabled: yes}\n"
                               "ui: {refresh_ms: 100, panes: [ram]}\n";
    uint32_t random = 12345;
    for (size_t length = 0; length < 4 * sizeof good; length++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (size_t i = 0; length >= sizeof good && i < 3; i++) {
            random = random * 1664525u + 1013904223u;
            text[(random >> 8) % (sizeof good - 1)] = "\t\n:[]{}-*&!|>'\"%@`#,\\\xff\x80 a"[random % 25u];
        }
        size_t used = length < sizeof good ? length : sizeof good - 1;
        struct config *config = new_config(), *before = new_config();
        struct error error = {0};
        if (!config_load_text(config, "a.yaml", text, used, &error)) {
            assert_int_equal(strncmp(error.text, "a.yaml:", 7), 0);
            assert_non_null(strstr(error.text, "; "));
            assert_same(config, before);
        }
        config_free(config);
        config_free(before);
    }
}

static void test_copy_is_deep(void **state) {
    (void)state;
    struct config *config = new_config();
    load(config, "target: {script: a.py, args: [a, b, c], env: {A: b, C: d}}\ncollectors: {line: {enabled: false}}");
    struct config *copy = config_copy(config);
    assert_same(config, copy);
    assert_ptr_not_equal(config->target.args.items[0], copy->target.args.items[0]);
    config_free(config);
    assert_string_equal(copy->target.env.values[1], "d");
    config_free(copy);
}

static void test_set(void **state) {
    (void)state;
    struct config *config = new_config();
    struct error error = {0};
    assert_true(config_set(config, "collectors.line.include=[project, \"*/a=b/*\"]", &error));
    assert_list(&config->collectors.line.include, 2, (const char *const[]){"project", "*/a=b/*"});
    assert_true(config_set(config, "collectors.line={enabled: false, exclude: [x]}", &error));
    assert_false(config->collectors.line.enabled);
    assert_list(&config->collectors.line.exclude, 1, (const char *const[]){"x"});
    assert_true(config_set(config, "ui.refresh_ms=1000", &error));
    assert_int_equal(config->ui.refresh_ms, 1000);
    assert_true(config_set(config, "ui.refresh_ms=", &error));
    assert_int_equal(config->ui.refresh_ms, 500);
    assert_true(config_set(config, "target.env.A=1=2", &error));
    assert_true(config_set(config, "target.env.B=null", &error));
    assert_true(config_set(config, "target.env.A=", &error));
    assert_int_equal(config->target.env.count, 2);
    assert_string_equal(config->target.env.values[0], "");
    assert_string_equal(config->target.env.values[1], "null");
    config_free(config);
}

static void assert_set_fails(const char *assignment, const char *expected) {
    struct config *config = new_config(), *before = new_config();
    struct error error = {0};
    assert_false(config_set(config, assignment, &error));
    assert_string_equal(error.text, expected);
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_same(config, before);
    config_free(config);
    config_free(before);
}

static void test_set_messages(void **state) {
    (void)state;
    assert_set_fails("ui.sort", "--set: \"ui.sort\" is no KEY=VALUE; write for example --set ui.refresh_ms=1000");
    assert_set_fails("=x", "--set: \"=x\" is no KEY=VALUE; write for example --set ui.refresh_ms=1000");
    assert_set_fails("collectors.line.clok=wall", "--set: there is no key \"collectors.line.clok\"; did you mean "
                                                  "\"collectors.line.clock\"? (pyprof-tui --help=config lists all "
                                                  "keys)");
    assert_set_fails("sort=name", "--set: there is no key \"sort\"; did you mean \"ui.sort\"? (pyprof-tui "
                                  "--help=config "
                                  "lists all keys)");
    assert_set_fails("collectors.line.enabled=2", "--set: collectors.line.enabled is \"2\"; it must be true or false");
    assert_set_fails("collectors.line.include=[a", "--set: while parsing a flow sequence, did not find expected ',' or "
                                                   "']'; correct the YAML here");
    assert_set_fails("collectors.line={enabled: false, clock: wal}",
                     "--set: collectors.line.clock is \"wal\"; did you mean \"wall\"? (known: wall, cpu, running)");
    assert_set_fails("ui=self", "--set: ui is \"self\"; it must hold keys with values (pyprof-tui --help=config "
                                "lists all "
                                "keys)");
    char long_key[400], expected[256];
    memset(long_key, 'k', sizeof long_key);
    strcpy(long_key + 300, "=1");
    snprintf(expected, sizeof expected,
             "--set: there is no key \"%.74s...\"; did you mean \"collectors.function.clock\"? (pyprof-tui "
             "--help=config "
             "lists all keys)",
             long_key);
    assert_set_fails(long_key, expected);
}

static void test_collector_list(void **state) {
    (void)state;
    struct config *config = new_config();
    struct error error = {0};
    assert_true(config_set_collectors(config, "line", &error));
    assert_int_equal(config_collectors(config), COLLECTOR_LINE);
    assert_true(config_set_collectors(config, "function,line", &error));
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION | COLLECTOR_LINE);
    assert_true(config_set_collectors(config, "none", &error));
    assert_int_equal(config_collectors(config), 0);
    static const char *const known = "(known: function, line, memory, bytecode, sample, none)";
    static const char *const wrong[][3] = {{"fuction", "\"fuction\"", "function"}, {"line,lin", "\"lin\"", "line"},
                                           {"line,", "\"\"", "line"},              {"", "\"\"", "line"},
                                           {"all", "\"all\"", "line"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "-k: there is no collector %s; did you mean %s? %s", wrong[i][1],
                 wrong[i][2],
                 known);
        assert_false(config_set_collectors(config, wrong[i][0], &error));
        assert_string_equal(error.text, expected);
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
        assert_int_equal(config_collectors(config), 0);
    }
    assert_false(config_set_collectors(config, "line,none", &error));
    assert_string_equal(error.text, "-k: \"none\" stands beside other collectors; give it alone or leave it out");
    config_free(config);
}

static void test_validate(void **state) {
    (void)state;
    struct config *config = new_config();
    struct error error = {0};
    load(config, "target: {module: a, code: b}");
    assert_false(config_validate(config, &error));
    assert_string_equal(error.text, "target.module and target.code are both given; keep one of them");
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    load(config, "target: {code: null}");
    assert_true(config_validate(config, &error));
    assert_true(config_set_collectors(config, "function,sample", &error));
    assert_false(config_validate(config, &error));
    assert_string_equal(error.text, "collectors.sample.enabled: the collector \"sample\" is not in this version; "
                                    "turn "
                                    "it off (those there are: function, line, memory, bytecode)");
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    config_free(config);
}

static void expect_clock(const char *text, enum run_clock expected) {
    struct config *config = new_config();
    struct error error = {0};
    load(config, text);
    assert_true(config_validate(config, &error));
    assert_int_equal(config_clock(config), expected);
    config_free(config);
}

static void test_a_run_has_one_clock(void **state) {
    (void)state;
    expect_clock("collectors: {function: {clock: cpu}}", RUN_CLOCK_CPU);
    expect_clock("collectors: {line: {clock: running}}", RUN_CLOCK_RUNNING);
    expect_clock("collectors: {function: {clock: wall}}", RUN_CLOCK_WALL);
    expect_clock("collectors: {function: {clock: cpu}, line: {clock: cpu}}", RUN_CLOCK_CPU);
    struct config *config = new_config();
    struct error error = {0};
    load(config, "collectors: {function: {clock: cpu}, line: {clock: wall}}");
    assert_false(config_validate(config, &error));
    assert_string_equal(error.text, "collectors.function.clock is cpu and collectors.line.clock is wall; a run has one "
                                    "clock, so leave one of them out");
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    load(config, "collectors: {function: {clock: null}}");
    assert_true(config_validate(config, &error));
    config_free(config);
}

static void test_patterns_fit_the_arena(void **state) {
    (void)state;
    struct config *config = new_config();
    struct error error = {0};
    /* "**", "project" twice and the ends of the six lists are there already. */
    size_t room = ARENA_SETTINGS_SIZE - (sizeof "**" + 2 * sizeof "project" + 6);
    char *pattern = malloc(room + 1);
    assert_non_null(pattern);
    memset(pattern, 'p', room);
    pattern[room - 1] = '\0';
    assert_true(text_list_append(&config->collectors.line.exclude, pattern));
    assert_true(config_validate(config, &error));
    text_list_clear(&config->collectors.line.exclude);
    pattern[room - 1] = 'p';
    pattern[room] = '\0';
    assert_true(text_list_append(&config->collectors.line.exclude, pattern));
    assert_false(config_validate(config, &error));
    assert_string_equal(error.text, "the include and exclude lists of function, line and bytecode hold 16385 bytes of "
                                    "patterns, of "
                                    "16384 at most; use fewer, wider patterns");
    free(pattern);
    config_free(config);
}

static void test_describe(void **state) {
    (void)state;
    char *text = config_describe();
    assert_non_null(text);
    for (size_t i = 0; i < option_count; i++) {
        char heading[OPTION_KEY_SIZE + 4];
        snprintf(heading, sizeof heading, "\n%s: ", options[i].key);
        assert_non_null(strstr(text, heading));
        assert_true(strlen(options[i].help) > 0);
    }
    assert_non_null(strstr(text, "\nui.panes: [functions, source, ram, output, tree, flame]\n"
                                 "    Panes shown at the start, as far as the screen has room: the call tree\n"));
    assert_non_null(strstr(text, "    Takes a list of some of these words: functions, source, bytecode, ram,\n"
                                 "    output, memory, tree, flame, threads, info.\n"));
    assert_non_null(strstr(text, "\nui.sizes.flame: 0\n"));
    assert_non_null(strstr(text, "\ncollectors.function.include: [\"**\"]\n"));
    assert_non_null(strstr(text, "    Takes a whole number from 10 to 60000.\n"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    free(text);
}

static void test_words(void **state) {
    (void)state;
    assert_int_equal(words_distance("", "abc"), 3);
    assert_int_equal(words_distance("line", "line"), 0);
    assert_int_equal(words_distance("lien", "line"), 1); /* two neighbours swapped */
    assert_int_equal(words_distance("kitten", "sitting"), 3);
    assert_int_equal(words_distance("clock", "lock"), 1);
    char quoted[WORDS_QUOTED_SIZE];
    assert_string_equal(words_quote("a\x1b[1m\xff\xC3\xA9", quoted), "\"a?[1m?\xC3\xA9\"");
    char text[300];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    assert_true(strlen(words_quote(text, quoted)) < WORDS_QUOTED_SIZE);
    assert_string_equal(quoted + strlen(quoted) - 6, "\xC3\xA9...\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_option_reads_its_field),
        cmocka_unit_test(test_loads_values),
        cmocka_unit_test(test_null_and_nothing),
        cmocka_unit_test(test_anchors_are_followed),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_not_text),
        cmocka_unit_test(test_size_is_bounded),
        cmocka_unit_test(test_too_many_items),
        cmocka_unit_test(test_truncated_and_damaged),
        cmocka_unit_test(test_copy_is_deep),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_set_messages),
        cmocka_unit_test(test_collector_list),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_a_run_has_one_clock),
        cmocka_unit_test(test_patterns_fit_the_arena),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
