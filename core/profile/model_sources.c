/* model_sources.c - reading the source files that a model's functions name. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "core/profile/model_build.h"
#include "core/profile/utf8.h"

enum { SOURCE_SIZE_LIMIT = 8 << 20 };

enum source_encoding { ENCODING_UTF8, ENCODING_LATIN1 };

/* Files that were looked at already, so that a file that cannot be read is tried once. */
struct seen_file {
    const char *file;
    UT_hash_handle hh;
};

/* "<string>", "<frozen importlib._bootstrap>": code that has no file. */
static bool has_no_file(const char *file) {
    size_t length = strlen(file);
    return length == 0 || (file[0] == '<' && file[length - 1] == '>');
}

/* The bytes of a regular file, malloc'ed; NULL where it cannot be read, is too large, or memory is out
 * (*out_of_memory). A pipe or a device that has a source file's name is not opened for reading: it could block. */
static char *read_file(const char *path, size_t *length, bool *out_of_memory) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return NULL;
    struct stat status;
    char *text = NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= SOURCE_SIZE_LIMIT) {
        size_t size = (size_t)status.st_size, have = 0;
        text = malloc(size + 1);
        *out_of_memory = !text;
        while (text && have < size) {
            ssize_t got = read(file, text + have, size - have);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            have += (size_t)got;
        }
        *length = have;
    }
    close(file);
    return text;
}

/* The encoding's name in one of the first two lines, as PEP 263 has it: "coding", ':' or '=', blanks, the name. */
static size_t encoding_name(const char *line, size_t length, const char **name) {
    size_t at = 0;
    while (at < length && (line[at] == ' ' || line[at] == '\t' || line[at] == '\f'))
        at++;
    if (at == length || line[at] != '#')
        return 0;
    const char *found = line + at, *end_of_line = line + length;
    for (; (found = memmem(found, (size_t)(end_of_line - found), "coding", 6)); found++) {
        size_t start = (size_t)(found - line) + 6;
        if (start >= length || (line[start] != ':' && line[start] != '='))
            continue;
        start++;
        while (start < length && (line[start] == ' ' || line[start] == '\t'))
            start++;
        size_t end = start;
        while (end < length && (isalnum((unsigned char)line[end]) || strchr("-_.", line[end])) && line[end])
            end++;
        *name = line + start;
        if (end > start)
            return end - start;
    }
    return 0;
}

static bool names_latin1(const char *name, size_t length) {
    static const char *const names[] = {"latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "iso-latin-1"};
    char normal[16];
    if (length >= sizeof normal)
        return false;
    for (size_t i = 0; i < length; i++)
        normal[i] = name[i] == '_' ? '-' : name[i];
    normal[length] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(normal, names[i]) == 0)
            return true;
    return false;
}

/* A cookie in the second line counts only when the first holds nothing but blanks or a comment. */
static bool allows_cookie_below(const char *line, size_t length) {
    size_t at = 0;
    while (at < length && isspace((unsigned char)line[at]))
        at++;
    return at == length || line[at] == '#';
}

static enum source_encoding source_encoding(const char *text, size_t length) {
    for (int line = 0; line < 2 && length; line++) {
        const char *end = memchr(text, '\n', length);
        size_t line_length = end ? (size_t)(end - text) : length;
        const char *name;
        size_t name_length = encoding_name(text, line_length, &name);
        if (name_length)
            return names_latin1(name, name_length) ? ENCODING_LATIN1 : ENCODING_UTF8;
        if (!end || !allows_cookie_below(text, line_length))
            break;
        length -= line_length + 1;
        text = end + 1;
    }
    return ENCODING_UTF8;
}

/* Decodes and adds; false: out of memory. */
static bool add_decoded(struct model *model, const char *file, const char *text, size_t length) {
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    } else if (source_encoding(text, length) == ENCODING_LATIN1) {
        char *decoded = model_text_room(model, 2 * length);
        if (!decoded)
            return false;
        size_t decoded_length = utf8_from_latin1(text, length, decoded);
        decoded[decoded_length] = '\0';
        return model_add_source_owned(model, file, decoded, decoded_length);
    }
    if (utf8_is_valid(text, length))
        return model_add_source(model, file, text, length);
    char *replaced = model_text_room(model, UTF8_REPLACEMENT_SIZE * length);
    if (!replaced)
        return false;
    size_t replaced_length = utf8_replace(text, length, replaced);
    replaced[replaced_length] = '\0';
    return model_add_source_owned(model, file, replaced, replaced_length);
}

/* Marks a file as looked at. *is_new tells whether it was not before; false: out of memory. */
static bool remember(struct seen_file **seen, const char *file, bool *is_new) {
    struct seen_file *entry;
    HASH_FIND_STR(*seen, file, entry);
    *is_new = !entry;
    if (entry)
        return true;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return false;
    entry->file = file;
    HASH_ADD_KEYPTR(hh, *seen, entry->file, strlen(entry->file), entry);
    if (!entry->hh.tbl) {
        free(entry);
        return false;
    }
    return true;
}

/* false: out of memory. A file that cannot be read is left out. */
static bool load_file(struct model *model, const char *file) {
    size_t length = 0;
    bool out_of_memory = false;
    char *text = read_file(file, &length, &out_of_memory);
    bool done = text ? add_decoded(model, file, text, length) : !out_of_memory;
    free(text);
    return done;
}

const struct model_source *model_load_source(struct model *model, const char *file) {
    const struct model_source *source = model_source(model, file);
    if (source || has_no_file(file) || !load_file(model, file))
        return source;
    return model_source(model, file);
}

static bool load_new_file(struct model *model, struct seen_file **seen, const char *file) {
    bool is_new;
    if (!remember(seen, file, &is_new))
        return false;
    return !is_new || model_source(model, file) || load_file(model, file);
}

/* The files of one process; their texts go to the program's model. */
static bool load_files_of(struct model *program, const struct model *process, struct seen_file **seen) {
    const char *previous = "";
    for (size_t i = 1; i < process->function_count; i++) {
        const char *file = process->functions[i].file;
        /* Functions of one file mostly stand together and share the text. */
        if (file == previous || has_no_file(file))
            continue;
        previous = file;
        if (!load_new_file(program, seen, file))
            return false;
    }
    return true;
}

bool model_load_sources(struct model *model, struct error *error) {
    struct seen_file *seen = NULL, *entry, *next;
    bool done = load_files_of(model, model, &seen);
    for (size_t i = 0; done && i < model->child_count; i++)
        done = load_files_of(model, model->children[i], &seen);
    HASH_ITER(hh, seen, entry, next) {
        HASH_DEL(seen, entry);
        free(entry);
    }
    return done || error_set(error, 1, "not enough memory for the source files; close other programs");
}
