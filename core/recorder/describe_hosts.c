/* describe_hosts.c - what --version says of engines and Pythons. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder/engines.h"
#include "core/recorder/executable.h"
#include "core/recorder/interpreter.h"
#include "pyprof/recorder.h"

/* Newest version first; of one version only what would be loaded. */
static void list_folder(FILE *out, const char *folder, char seen[512]) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, versionsort);
    for (int i = count - 1; i >= 0; i--) {
        char version[ENGINE_VERSION_SIZE], mark[ENGINE_VERSION_SIZE + 3], path[ARENA_PATH_SIZE + 256], stamp[128];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (engine_version_of_name(entries[i]->d_name, version)) {
            snprintf(mark, sizeof mark, " %s ", version);
            if (!strstr(seen, mark) && strlen(seen) + strlen(mark) < 512) {
                strcat(seen, mark);
                engine_read_stamp(path, stamp);
                fprintf(out, "engine for Python %s: %s (%s%s)\n", version, path, *stamp ? "built with the headers of " : "damaged",
                        stamp);
            }
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void list_engines(FILE *out, const struct engine_places *places) {
    char folders[ENGINE_FOLDERS_SIZE], seen[512] = "";
    strcpy(folders, places->folders);
    char *rest = folders;
    for (char *folder = strsep(&rest, ":"); folder && *folder; folder = strsep(&rest, ":"))
        list_folder(out, folder, seen);
    if (*places->cache)
        fprintf(out, "engines for other Pythons are built into %s\n", places->cache);
}

static void describe_interpreter(FILE *out, const struct config *config) {
    struct interpreter interpreter;
    struct interpreter_facts facts;
    struct error error;
    if (!interpreter_find(config, &interpreter, &error) || !executable_takes_injector(interpreter.program, &error))
        fprintf(out, "programs cannot be run: %s\n", error.text);
    else if (!interpreter_ask(interpreter.program, &facts))
        fprintf(out, "programs are run by %s, which does not answer like a Python\n", interpreter.program);
    else if (strcmp(facts.program, interpreter.program) != 0 && *facts.program)
        fprintf(out, "programs are run by %s (%s), Python %s\n", interpreter.program, facts.program, facts.version);
    else
        fprintf(out, "programs are run by %s, Python %s\n", interpreter.program, facts.version);
}

char *recorder_describe_hosts(const struct config *config) {
    struct engine_places places;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    (void)engine_places_find(&places, NULL);
    list_engines(out, &places);
    if (config)
        describe_interpreter(out, config);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
