/* model_build.h - what builders of models need beyond include/pyprof/model.h. */
#ifndef PYPROF_PROFILE_MODEL_BUILD_H
#define PYPROF_PROFILE_MODEL_BUILD_H

#include "pyprof/model.h"

/* Room for a text of length bytes that lives as long as the model; the '\0' behind it is in place.
 * NULL: out of memory. */
char *model_text_room(struct model *model, size_t length);

/* The same for a text that rows refer to: it goes where they go. */
char *model_row_text_room(struct model *model, size_t length);
/* Moves the texts of rows to another model. */
void model_move_row_texts(struct model *model, struct model *from);

/* As model_add_source for a text that the model owns already. */
bool model_add_source_owned(struct model *model, const char *file, const char *text, size_t length);

/* The order of model.types, for qsort. */
int model_compare_types(const void *left, const void *right);

#endif
