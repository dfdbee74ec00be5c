/* rendezvous_note.h - a few words beside a recorder's socket: what it runs, so that runs can be listed without a word to
 * their recorders. */
#ifndef PYPROF_RECORDER_RENDEZVOUS_NOTE_H
#define PYPROF_RECORDER_RENDEZVOUS_NOTE_H

#include "pyprof/recorder.h"

/* Writes the note of the recorder with that socket anew, or does without where it cannot. entry->recorder is not in it: the
 * socket's name is. */
void rendezvous_note_write(const char *socket_path, const struct recorder_entry *entry);
/* Fills *entry from the socket's name and the note. false: there is no note, or none that can be read. */
bool rendezvous_note_read(const char *socket_path, struct recorder_entry *entry);
void rendezvous_note_remove(const char *socket_path);

#endif
