/* export_json.h - the JSON contract of version 1: names and meanings never change, fields may be added. */
#ifndef PYPROF_REPORT_EXPORT_JSON_H
#define PYPROF_REPORT_EXPORT_JSON_H

#include "pyprof/report.h"

bool export_json(const struct model *model, FILE *out, struct error *error);

#endif
