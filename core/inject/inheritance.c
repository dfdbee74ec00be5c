#include "core/inject/inheritance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/inject/inject.h"
#include "pyprof/native.h"

enum { MORE_ROWS = 5, NUMBER_ROOM = 16 };

static struct {
    bool active;
    const char *library, *native; /* paths; native: NULL: not preloaded */
    const char *preloaded;        /* both, as they stand in the variable */
    const char *arena, *hosts;    /* whole variables, "NAME=value" */
} inheritance;

static bool names(const char *variable, const char *name, size_t length) {
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* The variable of this name, "NAME=value"; NULL: there is none. */
static const char *find(char *const environment[], const char *name) {
    size_t length = strlen(name);
    for (char *const *at = environment; at && *at; at++)
        if (names(*at, name, length))
            return *at;
    return NULL;
}

/* --- taking ----------------------------------------------------------------------------------------------- */

/* Takes NAME's variable out, without a gap and with the others in their order. */
static void remove_variable(const char *name) {
    size_t length = strlen(name);
    char **to = environ;
    for (char **from = environ; *from; from++)
        if (!names(*from, name, length))
            *to++ = *from;
    *to = NULL;
}

/* Does the path at `text`, `length` long, end in this name? */
static bool is_named(const char *text, size_t length, const char *name) {
    size_t size = strlen(name);
    return length > size && text[length - size - 1] == '/' && memcmp(text + length - size, name, size) == 0;
}

/* LD_PRELOAD as it was before this library, and maybe the one for native code's allocations, were put in front. */
static bool restore_preload(void) {
    char *value = getenv(INJECT_PRELOAD_VARIABLE);
    if (!value)
        return false;
    size_t first = strcspn(value, ":"), length = first;
    if (value[first]) {
        size_t second = strcspn(value + first + 1, ":");
        if (is_named(value + first + 1, second, NATIVE_LIBRARY)) {
            length += 1 + second;
            inheritance.native = strndup(value + first + 1, second);
        }
    }
    inheritance.library = strndup(value, first);
    inheritance.preloaded = strndup(value, length);
    if (value[length])
        memmove(value, value + length + 1, strlen(value + length + 1) + 1);
    else
        remove_variable(INJECT_PRELOAD_VARIABLE);
    return inheritance.library && inheritance.preloaded && (length == first || inheritance.native);
}

bool inheritance_take(void) {
    const char *arena = find(environ, INJECT_ARENA_VARIABLE), *hosts = find(environ, INJECT_HOSTS_VARIABLE);
    const char *parent = getenv(INJECT_PARENT_VARIABLE);
    if (!arena || !hosts)
        return false;
    inheritance.arena = strdup(arena);
    inheritance.hosts = strdup(hosts);
    injection.parent = parent ? (uint32_t)strtoul(parent, NULL, 10) : 0;
    remove_variable(INJECT_ARENA_VARIABLE);
    remove_variable(INJECT_HOSTS_VARIABLE);
    remove_variable(INJECT_PARENT_VARIABLE);
    if (!restore_preload() || !inheritance.arena || !inheritance.hosts)
        return false;
    injection.main_arena_path = inheritance.arena + strlen(INJECT_ARENA_VARIABLE "=");
    injection.host_folders = inheritance.hosts + strlen(INJECT_HOSTS_VARIABLE "=");
    inheritance.active = true;
    return true;
}

void inheritance_end(void) { inheritance.active = false; }

bool inheritance_is_there(void) {
    return access(inheritance.library, R_OK) == 0 && (!inheritance.native || access(inheritance.native, R_OK) == 0);
}

/* --- handing on ------------------------------------------------------------------------------------------- */

bool inheritance_is_wanted(char *const environment[]) {
    return inheritance.active && !find(environment, INJECT_ARENA_VARIABLE);
}

size_t inheritance_rows(char *const environment[]) {
    size_t count = 0;
    while (environment && environment[count])
        count++;
    return count + MORE_ROWS;
}

size_t inheritance_text_size(char *const environment[]) {
    const char *preload = find(environment, INJECT_PRELOAD_VARIABLE);
    return sizeof INJECT_PRELOAD_VARIABLE + strlen(inheritance.preloaded) + 1 + (preload ? strlen(preload) : 0) +
           sizeof INJECT_PARENT_VARIABLE + NUMBER_ROOM;
}

static char *append(char *to, const char *text) {
    size_t length = strlen(text);
    memcpy(to, text, length + 1);
    return to + length;
}

/* "NAME=number" with the '\0'; the end of it. */
static char *write_parent(char *to, uint32_t parent) {
    char digits[NUMBER_ROOM];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do
        *--at = (char)('0' + parent % 10);
    while (parent /= 10);
    return append(append(to, INJECT_PARENT_VARIABLE "="), at) + 1;
}

/* "LD_PRELOAD=what this process had in front:what was there" */
static void write_preload(char *to, const char *before) {
    to = append(append(to, INJECT_PRELOAD_VARIABLE "="), inheritance.preloaded);
    if (before)
        append(append(to, ":"), before);
}

void inheritance_hand_on(char **rows, char *text, char *const environment[], uint32_t parent) {
    size_t length = strlen(INJECT_PRELOAD_VARIABLE);
    char *preload = write_parent(text, parent);
    const char *before = find(environment, INJECT_PRELOAD_VARIABLE);
    write_preload(preload, before ? before + length + 1 : NULL);
    size_t count = 0;
    for (char *const *at = environment; at && *at; at++)
        rows[count++] = *at == before ? preload : *at;
    if (!before)
        rows[count++] = preload;
    rows[count++] = (char *)inheritance.arena;
    rows[count++] = (char *)inheritance.hosts;
    if (parent)
        rows[count++] = text;
    rows[count] = NULL;
}

uint32_t inheritance_parent_of_own(void) {
    return injection.process && injection.process != (uint32_t)getpid() ? injection.process : injection.parent;
}

uint32_t inheritance_parent_of_new(void) { return injection.process ? injection.process : injection.parent; }
