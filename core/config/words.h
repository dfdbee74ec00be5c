/* words.h - finding the word somebody meant, and showing what they typed in a message. */
#ifndef PYPROF_CONFIG_WORDS_H
#define PYPROF_CONFIG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* How many letters have to be inserted, deleted, replaced or swapped with their neighbour to turn one word into the
 * other; of long words only the first 64 bytes count. */
size_t words_distance(const char *a, const char *b);

/* The nearest of a NULL-ended list; the list must not be empty. */
const char *words_nearest(const char *word, const char *const *list);
bool words_contain(const char *const *list, const char *word);

/* "self, total, calls" of a NULL-ended list, cut to the size. */
void words_join(const char *const *list, char *text, size_t size);

enum { WORDS_QUOTED_SIZE = 80 };
/* Puts "word" in quotes, with control characters shown as ?, malformed UTF-8 likewise, and a long one cut with "...".
 * Returns text. */
const char *words_quote(const char *word, char text[WORDS_QUOTED_SIZE]);

#endif
