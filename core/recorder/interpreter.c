#include "core/recorder/interpreter.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/recorder/capture.h"

static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool copy_path(char to[ARENA_PATH_SIZE], const char *folder, const char *name) {
    int length = snprintf(to, ARENA_PATH_SIZE, "%s%s%s", folder, *folder ? "/" : "", name);
    return length > 0 && length < ARENA_PATH_SIZE;
}

/* Absolute, but with its symbolic links: that is how python3 names itself, and how it finds its environment. */
static bool make_absolute(char path[ARENA_PATH_SIZE]) {
    if (*path == '/')
        return true;
    char *here = getcwd(NULL, 0), *given = strdup(path);
    bool done = here && given && copy_path(path, here, given);
    free(here);
    free(given);
    return done;
}

static bool find_in_path(const char *name, char path[ARENA_PATH_SIZE]) {
    const char *at = getenv("PATH");
    if (!at)
        at = "/usr/local/bin:/usr/bin:/bin";
    while (*at) {
        size_t length = strcspn(at, ":");
        char folder[ARENA_PATH_SIZE];
        if (length < sizeof folder) {
            snprintf(folder, sizeof folder, "%.*s", (int)length, at);
            if (copy_path(path, length ? folder : ".", name) && is_program(path) && make_absolute(path))
                return true;
        }
        at += length + (at[length] == ':');
    }
    *path = '\0';
    return false;
}

static bool find_named(const char *name, char path[ARENA_PATH_SIZE], struct error *error) {
    bool found = strchr(name, '/') ? copy_path(path, "", name) && is_program(path) && make_absolute(path)
                                   : find_in_path(name, path);
    return found || error_set(error, EXIT_STATUS_USAGE, "%s: no such interpreter; give --python the path of a python3",
                              name);
}

bool interpreter_wanted(const struct config *config, struct interpreter *interpreter, struct error *error) {
    memset(interpreter, 0, sizeof *interpreter);
    const char *environment = getenv("VIRTUAL_ENV");
    if (config->target.python) {
        interpreter->explicitly_wanted = true;
        if (!find_named(config->target.python, interpreter->program, error))
            return false;
    } else if (environment && *environment && copy_path(interpreter->program, environment, "bin/python3") &&
               is_program(interpreter->program) && make_absolute(interpreter->program)) {
        interpreter->explicitly_wanted = true;
    } else {
        find_in_path("python3", interpreter->program);
    }
    if (*interpreter->program)
        interpreter_inspect(interpreter);
    return true;
}

/* "key = value" of pyvenv.cfg into value, without blanks around it. */
static bool match_key(char *line, const char *key, char *value, size_t size) {
    size_t length = strlen(key);
    if (strncasecmp(line, key, length) != 0)
        return false;
    char *at = line + length + strspn(line + length, " \t");
    if (*at++ != '=')
        return false;
    at += strspn(at, " \t");
    char *end = at + strlen(at);
    while (end > at && isspace((unsigned char)end[-1]))
        end--;
    if ((size_t)(end - at) >= size)
        return false;
    memcpy(value, at, (size_t)(end - at));
    value[end - at] = '\0';
    return true;
}

/* What pyvenv.cfg beside or above the program's folder says. */
static bool read_environment(const char *program, char home[ARENA_PATH_SIZE], char version[32]) {
    char path[ARENA_PATH_SIZE], line[ARENA_PATH_SIZE];
    const char *slash = strrchr(program, '/');
    int length = slash ? snprintf(path, sizeof path, "%.*s/../pyvenv.cfg", (int)(slash - program), program) : -1;
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    *home = *version = '\0';
    while (fgets(line, sizeof line, file))
        if (!match_key(line, "home", home, ARENA_PATH_SIZE) && !match_key(line, "version_info", version, 32))
            match_key(line, "version", version, 32);
    fclose(file);
    version[strspn(version, "0123456789.")] = '\0'; /* virtualenv writes 3.11.2.final.0 */
    if (*version && version[strlen(version) - 1] == '.')
        version[strlen(version) - 1] = '\0';
    return *home != '\0';
}

/* "3.11" of ".../python3.11"; nothing else is believed. */
static void version_of_name(const char *path, char version[32]) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strncmp(name, "python", 6) == 0 && strspn(name + 6, "0123456789.") == strlen(name + 6) &&
        strchr(name + 6, '.') && strlen(name + 6) < 32)
        strcpy(version, name + 6);
}

static void set_base(struct interpreter *interpreter, const char *path) {
    char *real = realpath(path, NULL);
    if (real && strlen(real) < sizeof interpreter->base)
        strcpy(interpreter->base, real);
    free(real);
}

/* Is it an executable rather than a script that looks for one? */
static bool is_binary(const char *path) {
    char magic[4] = "";
    FILE *file = fopen(path, "re");
    bool binary = file && fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "\177ELF", 4) == 0;
    if (file)
        fclose(file);
    return binary;
}

/* Does the program itself, rather than a link to it, lie in its folder? */
static bool is_copy(const char *program) {
    char folder[ARENA_PATH_SIZE];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(program, '/') - program), program);
    char *real_program = realpath(program, NULL), *real_folder = realpath(folder, NULL);
    size_t length = real_folder ? strlen(real_folder) : 0;
    bool copy = real_program && real_folder && strncmp(real_program, real_folder, length) == 0 &&
                real_program[length] == '/';
    free(real_program);
    free(real_folder);
    return copy;
}

void interpreter_inspect(struct interpreter *interpreter) {
    char home[ARENA_PATH_SIZE], version[32], path[ARENA_PATH_SIZE];
    *interpreter->base = *interpreter->version = '\0';
    if (!is_binary(interpreter->program))
        return;
    set_base(interpreter, interpreter->program);
    if (read_environment(interpreter->program, home, version)) {
        /* An environment made of copies: the interpreter it was copied from is the base. */
        if (is_copy(interpreter->program) && copy_path(path, home, "python3") && is_program(path))
            set_base(interpreter, path);
        strcpy(interpreter->version, version);
    }
    if (!*interpreter->version)
        version_of_name(interpreter->base, interpreter->version);
}

bool interpreter_ask(struct interpreter *interpreter, struct error *error) {
    const char *arguments[] = {interpreter->program, "-I", "-S", "-c",
                               "import sys; print('%d.%d.%d' % sys.version_info[:3]); "
                               "print(getattr(sys, '_base_executable', '') or sys.executable); print(sys.executable)",
                               NULL};
    char text[3 * ARENA_PATH_SIZE];
    char *lines[3], *rest = text;
    bool done = capture_output(arguments, text, sizeof text);
    for (int i = 0; i < 3; i++)
        lines[i] = done ? strsep(&rest, "\n") : NULL;
    if (!done || !lines[2] || !isdigit((unsigned char)*lines[0]) || strlen(lines[0]) >= sizeof interpreter->version ||
        *lines[2] != '/' || strlen(lines[2]) >= sizeof interpreter->program)
        return error_set(error, EXIT_STATUS_USAGE,
                         "%s: does not answer as a Python interpreter does; give --python the path of a "
                         "python3", interpreter->program);
    strcpy(interpreter->version, lines[0]);
    set_base(interpreter, lines[1]);
    strcpy(interpreter->program, lines[2]);
    return true;
}
