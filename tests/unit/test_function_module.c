/* Modules and classes of functions, told from their files and names. */
#include "tests/unit/model_fixture.h"

#include "tui/view/function_module.h"

static struct model *empty_model(void) {
    struct model *model = model_new();
    assert_non_null(model);
    return model;
}

static void expect_module(enum model_function_kind kind, const char *file, const char *qualname, const char *expected) {
    static const char *const packages[] = {"/p/store/__init__.py", "/p/store/deep/__init__.py", "pack/__init__.py",
                                           "/usr/lib/python3.11/json/__init__.py"};
    struct model *model = empty_model();
    struct module_names names = {0};
    char text[128];
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        fixture_function(model, MODEL_FUNCTION_PYTHON, packages[i], 1, "<module>", 0, 1, 1, 1);
    uint32_t id = fixture_function(model, kind, file, 1, qualname, 0, 1, 1, 1);
    assert_true(module_names_update(&names, model));
    function_module_name(&names, &model->functions[id], text, sizeof text);
    assert_string_equal(text, expected);
    module_names_free(&names);
    model_free(model);
}

static void modules_of_files(void **state) {
    (void)state;
    static const struct { const char *file, *expected; } cases[] = {
        {"/p/store/cart.py", "store.cart"},
        {"/p/store/deep/end.py", "store.deep.end"},
        {"/p/store/deep/__init__.py", "store.deep"},
        {"/p/store/__init__.py", "store"},
        {"/p/store/deeper/end.py", "end"}, /* no package that ran */
        {"/p/plain.py", "plain"},
        {"pack/one.py", "pack.one"},
        {"/usr/lib/python3.11/random.py", "random"},
        {"/usr/lib/python3.11/xml/etree/ElementTree.py", "xml.etree.ElementTree"}, /* its packages need not be known */
        {"/usr/lib/python3.13t/json/__init__.py", "json"},
        {"/v/lib/python3.11/site-packages/space/part/one.py", "space.part.one"},
        {"/usr/lib/python3/dist-packages/yaml/__init__.py", "yaml"},
        {"/app/code.zip/pack/inner.py", "pack.inner"},
        {"/home/python3.11-tests/plain.py", "plain"}, /* a name that only looks like it */
        {"<frozen importlib._bootstrap>", "importlib._bootstrap"},
        {"<frozen >", "<frozen >"},
        {"<string>", "<string>"},
        {"<attrs generated init a.B>", "<attrs generated init a.B>"},
        {"/", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_module(MODEL_FUNCTION_PYTHON, cases[i].file, "f", cases[i].expected);
}

static void modules_of_c_functions(void **state) {
    (void)state;
    static const struct { const char *qualname, *expected; } cases[] = {
        {"builtins.abs", "builtins"},     {"list.append", "builtins"},         {"ValueError.with_traceback", "builtins"},
        {"time.time", "time"},            {"collections.deque.append", "collections"}, {"datetime.datetime.now", "datetime"},
        {"_io.TextIOWrapper.write", "_io"}, {"pack._speed.run", "pack._speed"}, {"a.b.Type.run", "a.b"}, {"lone", "builtins"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_module(MODEL_FUNCTION_C, "", cases[i].qualname, cases[i].expected);
}

static void long_names_are_cut(void **state) {
    (void)state;
    char file[400], expected[128];
    memset(file, 'a', sizeof file - 1);
    file[sizeof file - 1] = '\0';
    memset(expected, 'a', sizeof expected - 1);
    expected[sizeof expected - 1] = '\0';
    expect_module(MODEL_FUNCTION_PYTHON, file, "f", expected);
}

/* A package that is imported while the program runs. */
static void packages_come_later(void **state) {
    (void)state;
    struct model *model = empty_model();
    struct module_names names = {0};
    char text[64];
    assert_true(module_names_update(&names, model));
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/new/__init__.py", 1, "<module>", 0, 1, 1, 1);
    uint32_t id = fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/new/one.py", 1, "f", 0, 1, 1, 1);
    assert_true(module_names_update(&names, model));
    function_module_name(&names, &model->functions[id], text, sizeof text);
    assert_string_equal(text, "new.one");
    module_names_free(&names);
    model_free(model);
}

static void classes(void **state) {
    (void)state;
    static const struct { enum model_function_kind kind; const char *qualname, *expected; } cases[] = {
        {MODEL_FUNCTION_PYTHON, "f", ""},
        {MODEL_FUNCTION_PYTHON, "<module>", ""},
        {MODEL_FUNCTION_PYTHON, "C.m", "C"},
        {MODEL_FUNCTION_PYTHON, "C.D.m", "C.D"},
        {MODEL_FUNCTION_PYTHON, "f.<locals>.g", ""},
        {MODEL_FUNCTION_PYTHON, "f.<locals>.<lambda>", ""},
        {MODEL_FUNCTION_PYTHON, "C.m.<locals>.g", "C"},
        {MODEL_FUNCTION_PYTHON, "C.m.<locals>.g.<locals>.<genexpr>", "C"},
        {MODEL_FUNCTION_PYTHON, "f.<locals>.C.m", "f.<locals>.C"},
        {MODEL_FUNCTION_PYTHON, "f.<locals>.C.m.<locals>.<lambda>", "f.<locals>.C"},
        {MODEL_FUNCTION_PYTHON, "<locals>.x", ""},
        {MODEL_FUNCTION_PYTHON, "", ""},
        {MODEL_FUNCTION_C, "builtins.abs", ""},
        {MODEL_FUNCTION_C, "list.append", "list"},
        {MODEL_FUNCTION_C, "collections.deque.append", "collections.deque"},
        {MODEL_FUNCTION_C, "abs", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model_function function = {.file = "", .name = "", .qualname = cases[i].qualname, .kind = (uint16_t)cases[i].kind};
        size_t length = function_class_length(&function);
        assert_int_equal(length, strlen(cases[i].expected));
        assert_memory_equal(cases[i].qualname, cases[i].expected, length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_of_files),
        cmocka_unit_test(modules_of_c_functions),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(packages_come_later),
        cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
