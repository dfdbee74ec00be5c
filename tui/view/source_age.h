/* source_age.h - whether a file is still what ran: shown text and numbers are of the run, the file may be of today. */
#ifndef PYPROF_TUI_VIEW_SOURCE_AGE_H
#define PYPROF_TUI_VIEW_SOURCE_AGE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "tui/view/source_text.h"

enum source_change {
    SOURCE_UNCHANGED, /* or it cannot be told */
    SOURCE_CHANGED,   /* the file holds another text than is shown */
    SOURCE_GONE,      /* its folder is there and it is not */
    SOURCE_WRITTEN,   /* the text is the file's, which was written since the run began */
};

/* What was found out last, and of which text and file. All zero: nothing was. */
struct source_age {
    enum source_change change;
    const struct model_source *source;
    uint64_t start_unix_ns;
    bool there;
    struct stat status;
};

/* Looks at the file, and reads it where it is another one than before. Relative paths are not looked at: they are those of another
 * folder. */
void source_age_look(struct source_age *age, const struct source_text *text, const struct model *model);

/* A sentence on it that takes at most that many columns; "" where there is nothing to say or no room. */
const char *source_age_sentence(const struct source_age *age, int columns);
/* The same as a word for titles: "  changed", or "". */
const char *source_age_word(const struct source_age *age);

#endif
