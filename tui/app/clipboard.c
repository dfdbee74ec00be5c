#include "tui/app/clipboard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Base64 (RFC 4648) of a text; returns the end of what was written. */
static char *encode(char *out, const unsigned char *bytes, size_t length) {
    for (size_t at = 0; at < length; at += 3) {
        size_t count = length - at < 3 ? length - at : 3;
        uint32_t group = (uint32_t)bytes[at] << 16 | (count > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                         (count > 2 ? bytes[at + 2] : 0);
        for (size_t i = 0; i < 4; i++)
            *out++ = i <= count ? digits[group >> (18 - 6 * i) & 0x3f] : '=';
    }
    return out;
}

char *clipboard_sequence(const char *text) {
    static const char begin[] = "\033]52;c;";
    size_t length = strlen(text);
    char *sequence = malloc(sizeof begin + (length + 2) / 3 * 4 + 1);
    if (!sequence)
        return NULL;
    memcpy(sequence, begin, sizeof begin - 1);
    char *end = encode(sequence + sizeof begin - 1, (const unsigned char *)text, length);
    *end++ = '\a';
    *end = '\0';
    return sequence;
}
