/* validate.h - checking that loaded rows refer to rows that are there, before anybody else sees them. */
#ifndef PYPROF_SESSION_VALIDATE_H
#define PYPROF_SESSION_VALIDATE_H

#include "pyprof/model.h"

/* NULL: all is well; otherwise what is wrong, in words. */
const char *session_validate(const struct model *model);

#endif
