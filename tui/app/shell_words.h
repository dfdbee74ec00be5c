/* shell_words.h - arguments as they are typed in a shell: words parted by blanks, with quotes and backslashes. */
#ifndef PYPROF_TUI_SHELL_WORDS_H
#define PYPROF_TUI_SHELL_WORDS_H

#include "pyprof/config.h"

/* As a YAML list for config_set: `a 'b c'` is ["a", "b c"]. malloc'ed; NULL: *problem is a sentence. */
char *shell_words_to_yaml(const char *typed, const char **problem);
/* The other way round: what would have to be typed, cut where there is no room. */
void shell_words_from_list(const struct text_list *list, char *text, size_t size);

#endif
