/* inheritance.h - what this process was told through its environment, and handing it on to the programs it executes.
 *
 * The program itself never sees the variables. What is called between fork (or vfork, where the parent's memory is shared) and
 * exec allocates nothing and changes nothing: the new environment is built on the caller's stack. */
#ifndef PYPROF_INJECT_INHERITANCE_H
#define PYPROF_INJECT_INHERITANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the recorder's variables out of the environment and remembers them: in `injection` too. false: there are none, and
 * nothing is handed on. */
bool inheritance_take(void);

/* From now on programs are executed as they are. */
void inheritance_end(void);

/* Shall a program with this environment be handed what this process was told? Not one that is given a run of its own. */
bool inheritance_is_wanted(char *const environment[]);

/* What a larger environment needs: rows, NULL included, and bytes of text. */
size_t inheritance_rows(char *const environment[]);
size_t inheritance_text_size(char *const environment[]);

/* Fills rows and text of those sizes. parent: what the new program is to take for the process that it comes from. */
void inheritance_hand_on(char **rows, char *text, char *const environment[], uint32_t parent);

/* The process that a program comes from: that this one executes in its own place, or that a new process does. */
uint32_t inheritance_parent_of_own(void);
uint32_t inheritance_parent_of_new(void);

/* Can what was preloaded be opened by this process? Behind chroot, or for another user, it may not. Changes errno. */
bool inheritance_is_there(void);

#endif
