#include "core/recorder/engines.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pyprof/recorder.h"

bool engine_version_of_name(const char *name, char version[16]) {
    size_t before = strlen(INJECT_ENGINE_PREFIX), after = strlen(INJECT_ENGINE_SUFFIX), length = strlen(name);
    if (length <= before + after || strncmp(name, INJECT_ENGINE_PREFIX, before) != 0 ||
        strcmp(name + length - after, INJECT_ENGINE_SUFFIX) != 0)
        return false;
    length -= before + after;
    if (length >= 16 || strspn(name + before, "0123456789.") < length)
        return false;
    memcpy(version, name + before, length);
    version[length] = '\0';
    return true;
}

static void add_folder(struct engine_places *places, const char *folder) {
    char *real = realpath(folder, NULL);
    size_t used = strlen(places->folders), room = sizeof places->folders - used;
    if (real && !strchr(real, ':') && strlen(real) + 2 <= room) {
        snprintf(places->folders + used, room, "%s%s", used ? ":" : "", real);
        char path[ARENA_PATH_SIZE + sizeof INJECT_LIBRARY];
        snprintf(path, sizeof path, "%s/" INJECT_LIBRARY, real);
        if (!*places->injector && strlen(path) < sizeof places->injector && access(path, R_OK) == 0)
            strcpy(places->injector, path);
    }
    free(real);
}

bool engine_places_find(struct engine_places *places, struct error *error) {
    static const char *const beside[] = {"", "/..", "/../libexec/pyprof-tui"};
    char program[ARENA_PATH_SIZE], folder[ARENA_PATH_SIZE + 64];
    *places->folders = *places->injector = '\0';
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
        for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
            snprintf(folder, sizeof folder, "%s%s", program, beside[i]);
            add_folder(places, folder);
        }
    }
    add_folder(places, PYPROF_PREFIX "/libexec/pyprof-tui");
    if (!*places->injector)
        return error_set(error, 1, "no " INJECT_LIBRARY " is there to run Python programs; build it with `make`, or install "
                                   "pyprof-tui again");
    /* ld.so separates the libraries to preload by blanks and colons, and knows no quoting. */
    return !strpbrk(places->injector, " :") ||
           error_set(error, 1, "%s: cannot be loaded from a folder with blanks in its name; move pyprof-tui elsewhere",
                     places->injector);
}

/* Engines are listed newest first; of one version the one that would be loaded. */
static void list_folder(FILE *out, const char *folder, char seen[512]) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, versionsort);
    for (int i = count - 1; i >= 0; i--) {
        char version[16], mark[20];
        if (engine_version_of_name(entries[i]->d_name, version)) {
            snprintf(mark, sizeof mark, " %s ", version);
            if (!strstr(seen, mark) && strlen(seen) + strlen(mark) < 512) {
                strcat(seen, mark);
                fprintf(out, "Python %s: %s/%s\n", version, folder, entries[i]->d_name);
            }
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

char *recorder_list_hosts(void) {
    struct engine_places places;
    char *text = NULL, seen[512] = "", folders[ENGINE_FOLDERS_SIZE];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    (void)engine_places_find(&places, NULL);
    strcpy(folders, places.folders);
    char *rest = folders;
    for (char *folder = strsep(&rest, ":"); folder && *folder; folder = strsep(&rest, ":"))
        list_folder(out, folder, seen);
    fclose(out);
    return text;
}
