/* Models: texts, sources and their decoding, lines of a source, sums. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/profile/model_build.h"
#include "core/profile/utf8.h"

struct fixture {
    char folder[64];
    char previous[4096];
    struct model *model;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pyprof-model-XXXXXX");
    if (!mkdtemp(fixture->folder) || !getcwd(fixture->previous, sizeof fixture->previous) || chdir(fixture->folder))
        return -1;
    fixture->model = model_new();
    *state = fixture;
    return fixture->model ? 0 : -1;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    model_free(fixture->model);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
    int result = chdir(fixture->previous) || system(command);
    free(fixture);
    return result;
}

/* Gives the model functions of these files. */
static void set_files(struct model *model, const char *const *files, size_t count) {
    model->functions = realloc(model->functions, (count + 1) * sizeof *model->functions);
    assert_non_null(model->functions);
    for (size_t i = 0; i < count; i++)
        model->functions[i + 1] = (struct model_function){
            .file = files[i], .name = "f", .qualname = "f", .line = 1, .kind = MODEL_FUNCTION_PYTHON};
    model->function_count = count + 1;
}

static void write_file(const char *name, const char *bytes, size_t length) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void assert_source(const struct model *model, const char *file, const char *text, size_t length) {
    const struct model_source *source = model_source(model, file);
    assert_non_null(source);
    assert_string_equal(source->file, file);
    assert_int_equal(source->length, length);
    assert_memory_equal(source->text, text, length);
    assert_int_equal(source->text[length], 0);
}

/* Writes one file, loads it, compares. */
static void check_decoding(struct fixture *fixture, const char *name, const char *bytes, size_t length,
                           const char *text, size_t text_length) {
    write_file(name, bytes, length);
    const char *files[] = {name};
    set_files(fixture->model, files, 1);
    struct error error = {0};
    assert_true(model_load_sources(fixture->model, &error));
    assert_source(fixture->model, name, text, text_length);
}
#define CHECK_DECODING(name, bytes, text) \
    check_decoding(*state, name, bytes, sizeof(bytes) - 1, text, sizeof(text) - 1)

static void new_model_has_the_program_only(void **state) {
    struct model *model = ((struct fixture *)*state)->model;
    assert_int_equal(model->function_count, 1);
    assert_int_equal(model->functions[0].kind, MODEL_FUNCTION_PROGRAM);
    assert_string_equal(model->functions[0].file, "");
    assert_string_equal(model->functions[0].qualname, "");
    assert_string_equal(model->python_version, "");
    assert_string_equal(model->script, "");
    assert_string_equal(model->config_text, "");
    assert_int_equal(model->state, MODEL_STARTING);
    assert_null(model_source(model, "a.py"));
    assert_int_equal(model_peak_sample(model), SIZE_MAX);
    assert_int_equal(model_total_self(model), 0);
    model_free(NULL);
}

static void texts_keep_their_bytes(void **state) {
    struct model *model = ((struct fixture *)*state)->model;
    const char *kept[3000];
    char text[32];
    for (int i = 0; i < 3000; i++) {
        int length = snprintf(text, sizeof text, "text number %d", i);
        kept[i] = model_text(model, text, (size_t)length);
        assert_non_null(kept[i]);
    }
    char *large = malloc(300000);
    memset(large, 'x', 300000);
    const char *large_copy = model_text(model, large, 300000);
    const char *after = model_text(model, "after", 5);
    assert_memory_equal(large_copy, large, 300000);
    assert_int_equal(large_copy[300000], 0);
    free(large);
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof text, "text number %d", i);
        assert_string_equal(kept[i], text);
    }
    assert_string_equal(after, "after");
    assert_memory_equal(model_text(model, "a\0b", 3), "a\0b", 4);
    assert_string_equal(model_text(model, NULL, 0), "");
}

static void sources_are_found_by_file(void **state) {
    struct model *model = ((struct fixture *)*state)->model;
    char name[32];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "file%d.py", i);
        assert_true(model_add_source(model, name, name, strlen(name)));
    }
    assert_int_equal(model->source_count, 100);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "file%d.py", i);
        assert_source(model, name, name, strlen(name));
    }
    assert_null(model_source(model, "file100.py"));
    assert_null(model_source(model, ""));
}

static void plain_and_utf8_sources_stay(void **state) {
    CHECK_DECODING("plain.py", "x = 1\ny = 2\n", "x = 1\ny = 2\n");
    CHECK_DECODING("utf8.py", "s = '\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8D'\n",
                   "s = '\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8D'\n");
    CHECK_DECODING("zero.py", "a\0b", "a\0b");
    CHECK_DECODING("empty.py", "", "");
    CHECK_DECODING("bom.py", "\xEF\xBB\xBFx = 1\n", "x = 1\n");
}

static void latin1_cookies_are_honoured(void **state) {
    CHECK_DECODING("first.py", "# -*- coding: latin-1 -*-\ns='\xE9'", "# -*- coding: latin-1 -*-\ns='\xC3\xA9'");
    CHECK_DECODING("second.py", "#!/usr/bin/python3\n# vim: set fileencoding=ISO_8859-1 :\n\xFC",
                   "#!/usr/bin/python3\n# vim: set fileencoding=ISO_8859-1 :\n\xC3\xBC");
    CHECK_DECODING("bom_wins.py", "\xEF\xBB\xBF# coding: latin-1\n\xC3\xA9", "# coding: latin-1\n\xC3\xA9");
}

static void other_cookies_are_not(void **state) {
    CHECK_DECODING("third.py", "#\n#\n# coding: latin-1\n\xE9", "#\n#\n# coding: latin-1\n\xEF\xBF\xBD");
    CHECK_DECODING("code.py", "x = 1 # no comment line: coding: latin-1\n\xE9",
                   "x = 1 # no comment line: coding: latin-1\n\xEF\xBF\xBD");
    CHECK_DECODING("below_code.py", "x = 1\n# coding: latin-1\n\xE9", "x = 1\n# coding: latin-1\n\xEF\xBF\xBD");
    CHECK_DECODING("koi.py", "# coding: koi8-r\n\xE9", "# coding: koi8-r\n\xEF\xBF\xBD");
    CHECK_DECODING("cut.py", "# coding:", "# coding:");
    CHECK_DECODING("word.py", "# encodings\n\xE9", "# encodings\n\xEF\xBF\xBD");
}

static void undecodable_bytes_are_replaced(void **state) {
    CHECK_DECODING("bad.py", "a\xFFz\xC3", "a\xEF\xBF\xBDz\xEF\xBF\xBD");
    CHECK_DECODING("surrogate.py", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void files_that_are_none_are_skipped(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(mkdir("folder.py", 0700), 0);
    assert_int_equal(mkfifo("pipe.py", 0600), 0);
    write_file("<string>", "not this", 8);
    write_file("large.py", "x", 1);
    assert_int_equal(truncate("large.py", (8 << 20) + 1), 0);
    write_file("limit.py", "x", 1);
    assert_int_equal(truncate("limit.py", 8 << 20), 0);
    const char *files[] = {"<string>", "<frozen importlib._bootstrap>", "", "missing.py", "folder.py", "pipe.py",
                           "large.py", "limit.py", "missing.py", "limit.py"};
    set_files(fixture->model, files, sizeof files / sizeof *files);
    assert_true(model_load_sources(fixture->model, NULL));
    assert_int_equal(fixture->model->source_count, 1);
    assert_int_equal(model_source(fixture->model, "limit.py")->length, 8 << 20);
}

static void sources_that_are_there_are_kept(void **state) {
    struct fixture *fixture = *state;
    write_file("kept.py", "on disk", 7);
    write_file("new.py", "new", 3);
    assert_true(model_add_source(fixture->model, "kept.py", "in the model", 12));
    const char *files[] = {"kept.py", "new.py", "kept.py", "new.py"};
    set_files(fixture->model, files, 4);
    assert_true(model_load_sources(fixture->model, NULL));
    assert_true(model_load_sources(fixture->model, NULL));
    assert_int_equal(fixture->model->source_count, 2);
    assert_source(fixture->model, "kept.py", "in the model", 12);
    assert_source(fixture->model, "new.py", "new", 3);
}

static void check_lines(const char *text, const size_t *expected, size_t expected_count) {
    struct model_source source = {"f", text, strlen(text)};
    size_t count = 99;
    size_t *starts = model_source_lines(&source, &count);
    assert_non_null(starts);
    assert_int_equal(count, expected_count);
    if (count)
        assert_memory_equal(starts, expected, count * sizeof *starts);
    free(starts);
}

static void lines_end_as_python_ends_them(void **state) {
    (void)state;
    check_lines("", NULL, 0);
    check_lines("one", (size_t[]){0}, 1);
    check_lines("one\n", (size_t[]){0}, 1);
    check_lines("a\nb\r\nc\rd\n\n\re", (size_t[]){0, 2, 5, 7, 9, 10, 11}, 7);
    check_lines("a\fb\vc", (size_t[]){0}, 1);
    check_lines("\r\n\r", (size_t[]){0, 2}, 2);
}

static void sums_and_peak(void **state) {
    struct model *model = ((struct fixture *)*state)->model;
    const char *files[] = {"a", "b"};
    set_files(model, files, 2);
    model->functions[0].self_ns = 1000;
    model->functions[1].self_ns = 20;
    model->functions[2].self_ns = 3;
    assert_int_equal(model_total_self(model), 23);
    model->samples = calloc(4, sizeof *model->samples);
    model->sample_count = 4;
    const uint64_t rss[] = {5, 70, MODEL_UNKNOWN, 70};
    for (int i = 0; i < 4; i++)
        model->samples[i].rss = rss[i];
    assert_int_equal(model_peak_sample(model), 1);
}

static void utf8_rules(void **state) {
    (void)state;
    static const struct { const char *text; size_t length, size; } cases[] = {
        {"a", 1, 1},                {"\0", 1, 1},               {"\x80", 1, 0},             {"\xC2\x80", 2, 2},
        {"\xC1\xBF", 2, 0},         {"\xC2", 1, 0},             {"\xC2" "a", 2, 0},         {"\xE0\xA0\x80", 3, 3},
        {"\xE0\x9F\xBF", 3, 0},     {"\xED\x9F\xBF", 3, 3},     {"\xED\xA0\x80", 3, 0},     {"\xEF\xBF\xBF", 3, 3},
        {"\xE2\x82", 2, 0},         {"\xE2\x82" "a", 3, 0},     {"\xF0\x90\x80\x80", 4, 4}, {"\xF0\x8F\xBF\xBF", 4, 0},
        {"\xF4\x8F\xBF\xBF", 4, 4}, {"\xF4\x90\x80\x80", 4, 0}, {"\xF5\x80\x80\x80", 4, 0}, {"\xFF", 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(utf8_character(cases[i].text, cases[i].length), cases[i].size);
    assert_true(utf8_is_valid("only ascii, longer than a word", 30));
    assert_true(utf8_is_valid("12345678\xC3\xA9", 10));
    assert_false(utf8_is_valid("12345678\xC3", 9));
    assert_true(utf8_is_valid("", 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_model_has_the_program_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_keep_their_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sources_are_found_by_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_and_utf8_sources_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(latin1_cookies_are_honoured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_cookies_are_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undecodable_bytes_are_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_that_are_none_are_skipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sources_that_are_there_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sums_and_peak, set_up, tear_down),
        cmocka_unit_test(lines_end_as_python_ends_them),
        cmocka_unit_test(utf8_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
