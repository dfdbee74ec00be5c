#include "core/config/words.h"

#include <stdio.h>
#include <stdint.h>
#include <string.h>

#include "core/profile/utf8.h"

enum { COMPARED_MAX = 64 };

static size_t least_of(size_t a, size_t b) { return a < b ? a : b; }

/* Three rows of the usual table: the swap of two neighbours looks two rows back. */
size_t words_distance(const char *a, const char *b) {
    size_t a_length = strnlen(a, COMPARED_MAX), b_length = strnlen(b, COMPARED_MAX);
    size_t rows[3][COMPARED_MAX + 1];
    size_t *before = rows[0], *previous = rows[1], *current = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        previous[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        current[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = previous[j - 1] + (a[i - 1] != b[j - 1]);
            current[j] = least_of(replaced, least_of(previous[j], current[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                current[j] = least_of(current[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = previous;
        previous = current;
        current = free_row;
    }
    return previous[b_length];
}

const char *words_nearest(const char *word, const char *const *list) {
    const char *nearest = list[0];
    size_t least = SIZE_MAX;
    for (; *list; list++) {
        size_t distance = words_distance(word, *list);
        if (distance < least) {
            least = distance;
            nearest = *list;
        }
    }
    return nearest;
}

bool words_contain(const char *const *list, const char *word) {
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

void words_join(const char *const *list, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; list[i] && used < size; i++) {
        int length = snprintf(text + used, size - used, "%s%s", i ? ", " : "", list[i]);
        if (length < 0)
            return;
        used += (size_t)length;
    }
}

const char *words_quote(const char *word, char text[WORDS_QUOTED_SIZE]) {
    const char *end = word + strlen(word);
    size_t used = 0;
    text[used++] = '"';
    while (word < end) {
        size_t length = utf8_character(word, (size_t)(end - word));
        bool shown = length > 1 || (length == 1 && (unsigned char)*word >= ' ' && *word != 0x7f);
        if (used + (length ? length : 1) + sizeof "...\"" > WORDS_QUOTED_SIZE) {
            memcpy(text + used, "...", 3);
            used += 3;
            break;
        }
        if (shown)
            memcpy(text + used, word, length);
        else
            text[used] = '?';
        used += shown ? length : 1;
        word += length ? length : 1;
    }
    text[used++] = '"';
    text[used] = '\0';
    return text;
}
