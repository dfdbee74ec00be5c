#include "core/profile/utf8.h"

#include <stdint.h>
#include <string.h>

static bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/* The range of the second byte keeps out overlong forms (E0, F0), surrogates (ED) and what is too large (F4). */
static bool second_byte_fits(unsigned char first, unsigned char second) {
    switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return is_continuation(second);
    }
}

static size_t size_by_first_byte(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

size_t utf8_character(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = size_by_first_byte(bytes[0]);
    if (size <= 1)
        return size;
    if (size > length || !second_byte_fits(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    return size;
}

/* How many bytes at the start are ASCII, in steps of a word: most texts are ASCII throughout. */
static size_t ascii_words(const char *text, size_t length) {
    size_t at = 0;
    while (length - at >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
        at += sizeof word;
    }
    return at;
}

bool utf8_is_valid(const char *text, size_t length) {
    size_t at = 0;
    while (at < length) {
        at += ascii_words(text + at, length - at);
        if (at == length)
            break;
        size_t size = utf8_character(text + at, length - at);
        if (!size)
            return false;
        at += size;
    }
    return true;
}

size_t utf8_replace(const char *text, size_t length, char *out) {
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        size_t size = utf8_character(text + at, length - at);
        if (size) {
            memcpy(out + written, text + at, size);
            written += size;
            at += size;
        } else {
            memcpy(out + written, UTF8_REPLACEMENT, UTF8_REPLACEMENT_SIZE);
            written += UTF8_REPLACEMENT_SIZE;
            at++;
        }
    }
    return written;
}

size_t utf8_from_latin1(const char *text, size_t length, char *out) {
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x80) {
            out[written++] = (char)byte;
        } else {
            out[written++] = (char)(0xC0 | byte >> 6);
            out[written++] = (char)(0x80 | (byte & 0x3F));
        }
    }
    return written;
}
