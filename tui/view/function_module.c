#include "tui/view/function_module.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct package {
    char *folder; /* owned; without a '/' at its end */
    UT_hash_handle hh;
};

static const char package_file[] = "/__init__.py";

void module_names_free(struct module_names *names) {
    struct package *package, *next;
    HASH_ITER(hh, names->packages, package, next) {
        HASH_DEL(names->packages, package);
        free(package->folder);
        free(package);
    }
    *names = (struct module_names){0};
}

static bool is_package(const struct module_names *names, const char *file, size_t length) {
    struct package *package;
    HASH_FIND(hh, names->packages, file, length, package);
    return package != NULL;
}

static bool add_package(struct module_names *names, const char *file, size_t length) {
    if (is_package(names, file, length))
        return true;
    struct package *package = calloc(1, sizeof *package);
    if (!package || !(package->folder = strndup(file, length))) {
        free(package);
        return false;
    }
    HASH_ADD_KEYPTR(hh, names->packages, package->folder, length, package);
    if (package->hh.tbl)
        return true;
    free(package->folder); /* out of memory, as uthash tells it */
    free(package);
    return false;
}

static bool ends_with(const char *text, size_t length, const char *end) {
    size_t end_length = strlen(end);
    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

bool module_names_update(struct module_names *names, const struct model *model) {
    if (!names->known)
        names->known = 1;
    for (; names->known < model->function_count; names->known++) {
        const char *file = model->functions[names->known].file;
        size_t length = strlen(file);
        if (ends_with(file, length, package_file) && !add_package(names, file, length - strlen(package_file)))
            return false;
    }
    return true;
}

/* --- modules of files ------------------------------------------------------------------------------------- */

/* A folder that modules are imported from wherever it lies. */
static bool is_root(const char *part, size_t length) {
    if (ends_with(part, length, ".zip") || ends_with(part, length, ".egg") || ends_with(part, length, ".pyz"))
        return true;
    if (length == 13 && (memcmp(part, "site-packages", 13) == 0 || memcmp(part, "dist-packages", 13) == 0))
        return true;
    if (length < 9 || memcmp(part, "python", 6) != 0)
        return false;
    for (size_t i = 6; i < length; i++) /* python3.11, python3.13t */
        if (!isdigit((unsigned char)part[i]) && part[i] != '.' && !(part[i] == 't' && i == length - 1))
            return false;
    return memchr(part, '.', length) != NULL;
}

/* Where the dotted name begins in a file's path. */
static size_t module_start(const struct module_names *names, const char *file) {
    size_t start = 0, length = strlen(file);
    bool known = false;
    for (size_t at = 0, end; at < length; at = end + 1) {
        end = at + strcspn(file + at, "/");
        if (end < length && is_root(file + at, end - at)) {
            start = end + 1;
            known = true;
        }
    }
    if (known)
        return start;
    const char *slash = strrchr(file, '/');
    size_t folder = slash ? (size_t)(slash - file) : 0; /* its length */
    start = slash ? folder + 1 : 0;
    while (folder && is_package(names, file, folder)) {
        while (folder > 0 && file[folder - 1] != '/')
            folder--;
        start = folder;
        folder -= folder > 0;
    }
    return start;
}

static void name_of_file(const struct module_names *names, const char *file, char *text, size_t size) {
    size_t start = module_start(names, file), end = strlen(file);
    if (ends_with(file, end, ".py"))
        end -= 3;
    if (end > start && ends_with(file + start, end - start, "/__init__"))
        end -= strlen("/__init__");
    snprintf(text, size, "%.*s", (int)(end - start), file + start);
    for (char *at = text; *at; at++)
        if (*at == '/')
            *at = '.';
}

static void name_of_frozen(const char *file, char *text, size_t size) {
    static const char frozen[] = "<frozen ";
    size_t length = strlen(file), skip = strlen(frozen);
    if (strncmp(file, frozen, skip) == 0 && length > skip + 1 && file[length - 1] == '>')
        snprintf(text, size, "%.*s", (int)(length - skip - 1), file + skip);
    else
        snprintf(text, size, "%s", file);
}

/* --- C functions ------------------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right) { return strcmp(left, *(const char *const *)right); }

/* Whether a C function's owner without a dot is one of the interpreter's own types. */
static bool is_builtin_type(const char *owner) {
    static const char *const types[] = {
        "async_generator", "bool", "bytearray", "bytearray_iterator", "bytes", "bytes_iterator", "cell", "classmethod", "code",
        "complex", "coroutine", "dict", "dict_items", "dict_keys", "dict_values", "enumerate", "filter", "float", "frame",
        "frozenset", "function", "generator", "getset_descriptor", "int", "list", "list_iterator", "map", "mappingproxy",
        "memoryview", "method", "method_descriptor", "module", "object", "property", "range", "range_iterator", "reversed",
        "set", "set_iterator", "slice", "staticmethod", "str", "str_iterator", "super", "traceback", "tuple", "tuple_iterator",
        "type", "wrapper_descriptor", "zip"};
    return bsearch(owner, types, sizeof types / sizeof *types, sizeof *types, compare_names) ||
           (isupper((unsigned char)owner[0]) && !strchr(owner, '.')); /* ValueError and all its like */
}

/* A dotted owner is a type or a module of a package. Types of C are mostly of plain modules. */
static bool is_dotted_type(const char *owner) {
    const char *last = strrchr(owner, '.'), *first = strchr(owner, '.');
    if (!last)
        return false;
    return isupper((unsigned char)last[1]) || (first == last && last[1] != '_');
}

/* What stands before the name: "list", "math", "collections.deque"; "" where nothing does. */
static void owner_of(const struct model_function *function, char *text, size_t size) {
    const char *dot = strrchr(function->qualname, '.');
    snprintf(text, size, "%.*s", dot ? (int)(dot - function->qualname) : 0, function->qualname);
}

static void name_of_owner(const struct model_function *function, char *text, size_t size) {
    owner_of(function, text, size);
    if (!*text || is_builtin_type(text))
        snprintf(text, size, "builtins");
    else if (is_dotted_type(text))
        *strrchr(text, '.') = '\0';
}

void function_module_name(const struct module_names *names, const struct model_function *function, char *text, size_t size) {
    if (function->kind == MODEL_FUNCTION_C)
        name_of_owner(function, text, size);
    else if (function->file[0] == '<')
        name_of_frozen(function->file, text, size);
    else
        name_of_file(names, function->file, text, size);
}

/* --- classes ------------------------------------------------------------------------------------------------ */

size_t function_class_length(const struct model_function *function) {
    static const char locals[] = "<locals>";
    size_t length = strlen(function->qualname);
    if (function->kind == MODEL_FUNCTION_C) {
        char owner[512];
        owner_of(function, owner, sizeof owner);
        return is_builtin_type(owner) || is_dotted_type(owner) ? strlen(owner) : 0;
    }
    for (;;) {
        const char *dot = memrchr(function->qualname, '.', length);
        if (!dot)
            return 0;
        length = (size_t)(dot - function->qualname);
        if (!ends_with(function->qualname, length, locals))
            return length;
        length -= strlen(locals);
        if (!length)
            return 0;
        length--; /* the '.' before: what is left is the function around */
    }
}
