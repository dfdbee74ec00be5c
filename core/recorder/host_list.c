#include "core/recorder/host_list.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/recorder/capture.h"
#include "pyprof/recorder.h"

#define HOST_PREFIX "pyprof-host-"

size_t host_minor_length(const char *version) {
    const char *dot = strchr(version, '.');
    dot = dot ? strchr(dot + 1, '.') : NULL;
    return dot ? (size_t)(dot - version) : strlen(version);
}

bool host_same_minor(const char *version, const char *other) {
    size_t length = host_minor_length(version);
    return length == host_minor_length(other) && memcmp(version, other, length) == 0;
}

static bool copy_part(char *to, size_t size, const char *from, size_t length) {
    if (length == 0 || length >= size)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

bool host_parse_description(struct host *host, const char *line) {
    size_t length = strcspn(line, "\n");
    const char *first = memchr(line, ' ', length), *last = memrchr(line, ' ', length);
    return first && last > first && *line >= '0' && *line <= '9' &&
           copy_part(host->version, sizeof host->version, line, (size_t)(first - line)) &&
           copy_part(host->interpreter, sizeof host->interpreter, first + 1, (size_t)(last - first - 1)) &&
           copy_part(host->linkage, sizeof host->linkage, last + 1, (size_t)(line + length - last - 1));
}

static bool has_minor(const struct host_list *list, const char *version) {
    for (size_t i = 0; i < list->count; i++)
        if (host_same_minor(list->hosts[i].version, version))
            return true;
    return false;
}

static void add_host(struct host_list *list, const char *folder, const char *name) {
    char text[ARENA_PATH_SIZE + 128];
    if (list->count == HOST_LIST_MAX || has_minor(list, name + strlen(HOST_PREFIX)))
        return;
    struct host *host = &list->hosts[list->count];
    int length = snprintf(host->path, sizeof host->path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof host->path || access(host->path, X_OK))
        return;
    const char *arguments[] = {host->path, "--describe", NULL};
    if (capture_output(arguments, text, sizeof text) && host_parse_description(host, text))
        list->count++;
}

static int is_host(const struct dirent *entry) {
    const char *name = entry->d_name;
    return strncmp(name, HOST_PREFIX, strlen(HOST_PREFIX)) == 0 &&
           strspn(name + strlen(HOST_PREFIX), "0123456789.") == strlen(name) - strlen(HOST_PREFIX);
}

void host_list_add_folder(struct host_list *list, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_host, versionsort);
    for (int i = count - 1; i >= 0; i--) { /* newest first */
        add_host(list, folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

struct host_list *host_list_find(void) {
    static const char *const beside[] = {"", "/..", "/../libexec/pyprof-tui"};
    struct host_list *list = calloc(1, sizeof *list);
    char program[ARENA_PATH_SIZE], folder[ARENA_PATH_SIZE + 64];
    if (!list)
        return NULL;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
        for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
            snprintf(folder, sizeof folder, "%s%s", program, beside[i]);
            host_list_add_folder(list, folder);
        }
    }
    host_list_add_folder(list, PYPROF_PREFIX "/libexec/pyprof-tui");
    return list;
}

char *recorder_list_hosts(void) {
    struct host_list *list = host_list_find();
    char *text = NULL;
    size_t size;
    FILE *out = list ? open_memstream(&text, &size) : NULL;
    if (out) {
        for (size_t i = 0; i < list->count; i++)
            fprintf(out, "Python %s (%s, %s): %s\n", list->hosts[i].version, list->hosts[i].interpreter,
                    list->hosts[i].linkage, list->hosts[i].path);
        fclose(out);
    }
    free(list);
    return text;
}
