#include "core/recorder/rendezvous_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTE_PATH_SIZE = 160 };

/* FOLDER/123.sock: FOLDER/123.run; false: that is no recorder's socket. */
static bool note_path(const char *socket_path, const char *ending, char path[NOTE_PATH_SIZE]) {
    size_t length = strlen(socket_path), suffix = strlen(".sock");
    if (length <= suffix || length + 8 > NOTE_PATH_SIZE || strcmp(socket_path + length - suffix, ".sock") != 0)
        return false;
    snprintf(path, NOTE_PATH_SIZE, "%.*s%s", (int)(length - suffix), socket_path, ending);
    return true;
}

void rendezvous_note_write(const char *socket_path, const struct recorder_entry *entry) {
    char path[NOTE_PATH_SIZE], fresh[NOTE_PATH_SIZE];
    if (!note_path(socket_path, ".run", path) || !note_path(socket_path, ".new", fresh))
        return;
    FILE *note = fopen(fresh, "we");
    if (!note)
        return;
    fprintf(note, "target %" PRIu32 "\nstarted %" PRIu64 "\nended %d\nshown %d\ntitle ", entry->target, entry->started_unix,
            entry->ended, entry->shown);
    for (const char *letter = entry->title; *letter; letter++) /* a line, whatever is in it */
        putc((unsigned char)*letter < ' ' || *letter == 0x7f ? '?' : *letter, note);
    putc('\n', note);
    bool written = !ferror(note);
    written &= fclose(note) == 0;
    if (!written || rename(fresh, path))
        unlink(fresh);
}

bool rendezvous_note_read(const char *socket_path, struct recorder_entry *entry) {
    char path[NOTE_PATH_SIZE], text[512];
    const char *slash = strrchr(socket_path, '/');
    int ended, shown, title = 0;
    FILE *note = note_path(socket_path, ".run", path) ? fopen(path, "re") : NULL;
    if (!note)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, note);
    fclose(note);
    text[length] = '\0';
    *entry = (struct recorder_entry){.recorder = (uint32_t)strtoul(slash ? slash + 1 : socket_path, NULL, 10)};
    if (sscanf(text, "target %" SCNu32 "\nstarted %" SCNu64 "\nended %d\nshown %d\ntitle %n", &entry->target, &entry->started_unix,
               &ended, &shown, &title) != 4 || !title)
        return false;
    entry->ended = ended != 0;
    entry->shown = shown != 0;
    snprintf(entry->title, sizeof entry->title, "%.*s", (int)strcspn(text + title, "\n"), text + title);
    return entry->recorder != 0;
}

void rendezvous_note_remove(const char *socket_path) {
    char path[NOTE_PATH_SIZE];
    if (note_path(socket_path, ".run", path))
        unlink(path);
}
