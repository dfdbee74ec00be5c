/* base64.h - the !!binary of YAML: how bytes that are no UTF-8 (a file name in another encoding) stand in a config. */
#ifndef PYPROF_CONFIG_BASE64_H
#define PYPROF_CONFIG_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* malloc'ed, '\0'-ended; NULL: memory is out. */
char *base64_encode(const void *bytes, size_t length);
/* Decodes into a malloc'ed, '\0'-ended buffer; blanks and line breaks are skipped. NULL: memory is out, or, when
 * *malformed, the text is no base64. */
char *base64_decode(const char *text, size_t length, size_t *decoded_length, bool *malformed);

#endif
