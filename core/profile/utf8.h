/* utf8.h - telling valid UTF-8 from other bytes. What is not valid becomes U+FFFD, one for each byte. */
#ifndef PYPROF_PROFILE_UTF8_H
#define PYPROF_PROFILE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

enum { UTF8_REPLACEMENT_SIZE = 3 }; /* bytes of U+FFFD: text grows at most this many times */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* Bytes of the character that text begins with: 1 to 4, or 0 where the bytes are not valid UTF-8 (overlong forms,
 * surrogates and what is above U+10FFFF are not). length is at least 1. */
size_t utf8_character(const char *text, size_t length);

/* Whether all of the text is valid; '\0' is a character like others. */
bool utf8_is_valid(const char *text, size_t length);

/* Copies with replacement into out, which has room for UTF8_REPLACEMENT_SIZE * length bytes. Returns the bytes
 * written. */
size_t utf8_replace(const char *text, size_t length, char *out);

/* Copies Latin-1 text as UTF-8 into out, which has room for 2 * length bytes. Returns the bytes written. */
size_t utf8_from_latin1(const char *text, size_t length, char *out);

#endif
