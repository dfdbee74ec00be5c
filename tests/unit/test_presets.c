/* Every file in configs/ loads, validates and is what its comments say. Runs from the top folder, as all unit tests
 * do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/options.h"
#include "core/config/values.h"
#include "pyprof/collectors.h"
#include "pyprof/config.h"

static struct config *load_preset(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "configs/%s", name);
    struct config *config = config_new();
    struct error error = {0};
    assert_non_null(config);
    if (!config_load_file(config, path, &error) || !config_validate(config, &error))
        fail_msg("%s", error.text);
    return config;
}

static bool is_default(const struct config *config, const char *key) {
    struct config *defaults = config_new();
    assert_non_null(defaults);
    const struct config_option *option = option_find(key);
    assert_non_null(option);
    bool equal = option_equal(option, config, defaults);
    config_free(defaults);
    return equal;
}

static void test_all_load(void **state) {
    (void)state;
    DIR *folder = opendir("configs");
    assert_non_null(folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        assert_true(length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0);
        struct config *config = load_preset(entry->d_name);
        /* A preset is for any program. */
        assert_true(!config->target.script && !config->target.module && !config->target.code);
        config_free(config);
        count++;
    }
    closedir(folder);
    assert_int_equal(count, 8);
}

static void test_default_holds_every_key(void **state) {
    (void)state;
    struct config *config = load_preset("default.yaml");
    char *text = config_to_yaml(config, true, NULL);
    assert_non_null(text);
    assert_string_equal(strchr(text, '\n'), "\n"); /* nothing but the comment: all is as by default */
    free(text);
    config_free(config);
    FILE *file = fopen("configs/default.yaml", "r");
    char content[8192] = "";
    assert_non_null(file);
    assert_true(fread(content, 1, sizeof content - 1, file) > 0);
    fclose(file);
    for (size_t i = 0; i < option_count; i++) {
        char name[OPTION_KEY_SIZE + 4];
        snprintf(name, sizeof name, "  %s:", strrchr(options[i].key, '.') + 1);
        if (!strstr(content, name))
            fail_msg("configs/default.yaml has no %s", options[i].key);
    }
}

static void test_function(void **state) {
    (void)state;
    struct config *config = load_preset("function.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION);
    assert_true(config->collectors.function.builtins);
    config_free(config);
}

static void test_line(void **state) {
    (void)state;
    struct config *config = load_preset("line.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_LINE);
    assert_false(config->collectors.line.marked_only);
    assert_true(is_default(config, "collectors.line.include"));
    config_free(config);
}

static void test_decorated(void **state) {
    (void)state;
    struct config *config = load_preset("decorated.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION | COLLECTOR_LINE);
    assert_true(config->collectors.line.marked_only);
    assert_false(config->collectors.function.builtins);
    config_free(config);
}

static void test_memory(void **state) {
    (void)state;
    struct config *config = load_preset("memory.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_MEMORY);
    assert_true(config->collectors.memory.native);
    assert_int_equal(config->collectors.memory.interval_ms, 50);
    config_free(config);
}

static void test_memory_timeline(void **state) {
    (void)state;
    struct config *config = load_preset("memory-timeline.yaml");
    assert_int_equal(config_collectors(config), 0);
    assert_int_equal(config->collectors.memory.interval_ms, 20);
    config_free(config);
}

static void test_whole_program(void **state) {
    (void)state;
    struct config *config = load_preset("whole-program.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY);
    assert_true(is_default(config, "collectors.function.include"));
    assert_int_equal(config->collectors.line.include.count, 3);
    assert_string_equal(config->collectors.line.include.items[1], "*/site-packages/*");
    config_free(config);
}

static void test_bytecode(void **state) {
    (void)state;
    struct config *config = load_preset("bytecode.yaml");
    assert_int_equal(config_collectors(config), COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_BYTECODE);
    assert_false(config->collectors.line.marked_only);
    assert_true(is_default(config, "collectors.bytecode.include"));
    config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_load),   cmocka_unit_test(test_default_holds_every_key),
        cmocka_unit_test(test_function),   cmocka_unit_test(test_line),
        cmocka_unit_test(test_decorated),  cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_timeline),
        cmocka_unit_test(test_whole_program),
        cmocka_unit_test(test_bytecode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
