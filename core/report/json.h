/* json.h - writing JSON, valid UTF-8 whatever the texts hold. The caller nests begin and end properly. */
#ifndef PYPROF_REPORT_JSON_H
#define PYPROF_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    bool needs_comma; /* something stands before in this object or array */
    bool breaks_line; /* the next value or key begins a line */
};

/* key NULL: the value stands in an array, or is the whole document. bracket: '{' or '['. */
void json_begin(struct json *json, const char *key, char bracket);
/* bracket: '}' or ']'. */
void json_end(struct json *json, char bracket);
void json_number(struct json *json, const char *key, uint64_t value);
void json_integer(struct json *json, const char *key, int64_t value);
/* What is not finite, JSON has no word for: null. */
void json_real(struct json *json, const char *key, double value);
void json_truth(struct json *json, const char *key, bool value);
/* Control characters are escaped; bytes that are not UTF-8 become U+FFFD. */
void json_text(struct json *json, const char *key, const char *text);
/* Puts what comes next on a line of its own. */
void json_break(struct json *json);

#endif
