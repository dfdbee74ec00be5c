#include "core/config/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const void *bytes, size_t length) {
    const unsigned char *in = bytes;
    char *text = malloc((length + 2) / 3 * 4 + 1), *out = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
        *out++ = left > 2 ? alphabet[group & 63] : '=';
    }
    *out = '\0';
    return text;
}

/* One character into *group; padding counts as zero bits. False: not of the alphabet, or not padding where only padding
 * may follow. */
static bool take_character(char character, uint32_t *group, size_t *padding) {
    if (character == '=') {
        *group <<= 6;
        return ++*padding <= 2;
    }
    const char *found = character ? strchr(alphabet, character) : NULL;
    if (!found || *padding)
        return false;
    *group = *group << 6 | (uint32_t)(found - alphabet);
    return true;
}

char *base64_decode(const char *text, size_t length, size_t *decoded_length, bool *malformed) {
    char *bytes = malloc(length / 4 * 3 + 1);
    size_t used = 0, taken = 0, padding = 0;
    uint32_t group = 0;
    *malformed = false;
    for (size_t i = 0; bytes && i < length && !*malformed; i++) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')
            continue;
        *malformed = !take_character(text[i], &group, &padding);
        if (!*malformed && ++taken % 4 == 0) {
            bytes[used++] = (char)(group >> 16);
            bytes[used++] = (char)(group >> 8);
            bytes[used++] = (char)group;
            group = 0;
        }
    }
    *malformed |= taken % 4 != 0 || padding > used;
    if (!bytes || *malformed) {
        free(bytes);
        return NULL;
    }
    *decoded_length = used - padding;
    bytes[*decoded_length] = '\0';
    return bytes;
}
