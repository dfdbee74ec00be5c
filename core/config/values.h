/* values.h - the owned values that a config is made of, handled through the options table. */
#ifndef PYPROF_CONFIG_VALUES_H
#define PYPROF_CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/config/options.h"
#include "pyprof/config.h"

/* Appends a copy; false: memory is out, the list is as it was. */
bool text_list_append(struct text_list *list, const char *text);
void text_list_clear(struct text_list *list);
bool environment_list_append(struct environment_list *list, const char *name, const char *value);
void environment_list_clear(struct environment_list *list);

/* Replaces an owned string by a copy (or by NULL); false: memory is out, it is as it was. */
bool text_replace(char **field, const char *text);

/* Frees what the option's field holds and makes it null, false, 0 or empty. */
void option_release(const struct config_option *option, struct config *config);
/* Gives the option its default; false: memory is out. */
bool option_reset(const struct config_option *option, struct config *config);
/* Replaces the value in `to` by a copy of that in `from`; false: memory is out. */
bool option_copy(const struct config_option *option, struct config *to, const struct config *from);
bool option_equal(const struct config_option *option, const struct config *a, const struct config *b);

#endif
