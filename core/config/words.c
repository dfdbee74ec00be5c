#include "core/config/words.h"

#include <stdio.h>
#include <stdint.h>
#include <string.h>

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

static bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/* Lead bytes, and the ranges of second bytes that shut out overlong forms, surrogates and all above U+10FFFF. */
size_t words_utf8_length(const char *text, const char *end) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t room = (size_t)(end - text);
    if (room == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || room < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
        (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
        return 0;
    return length;
}

bool words_is_utf8(const char *text) {
    const char *end = text + strlen(text);
    while (text < end) {
        size_t length = words_utf8_length(text, end);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

const char *words_quote(const char *word, char text[WORDS_QUOTED_SIZE]) {
    const char *end = word + strlen(word);
    size_t used = 0;
    text[used++] = '"';
    while (word < end) {
        size_t length = words_utf8_length(word, end);
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
