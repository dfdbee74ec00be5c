/* export_json.h - the JSON contract of version 1: names and meanings never change, fields may be added. */
#ifndef PYPROF_REPORT_EXPORT_JSON_H
#define PYPROF_REPORT_EXPORT_JSON_H

#include "core/report/json.h"
#include "pyprof/report.h"

bool export_json(const struct model *model, FILE *out, struct error *error);

/* What the bytecode collector has counted: keys of the object that a run or process is. */
bool export_json_bytecode(struct json *json, const struct model *model, struct error *error);

/* Its threads: likewise. */
void export_json_threads(struct json *json, const struct model *model);

#endif
