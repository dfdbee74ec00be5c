/* report_types.c - the live objects of the last census, by type. */
#include <inttypes.h>
#include <string.h>

#include "core/report/report_text.h"

bool report_types(const struct model *model, FILE *out, struct error *error) {
    (void)error; /* nothing here can fail; writing errors are the stream's */
    uint64_t count = 0, bytes = 0;
    char size[REPORT_SIZE_SIZE];
    report_heading(model, "Types", out);
    if (!model->census_t_ns) {
        fputs("Objects were not counted by type in this run; --report types with a run does it at its end, and "
              "pyprof.census() in the program at any time.\n",
              out);
        return true;
    }
    for (size_t i = 0; i < model->type_count; i++) {
        count += model->types[i].count;
        bytes += model->types[i].bytes;
    }
    report_size(bytes, size);
    fprintf(out, "%" PRIu64 " objects, %s, alive %.3f s after the start\n\n", count, size, report_seconds(model->census_t_ns));
    fprintf(out, "%12s %*s %6s %*s  %s\n", "count", REPORT_SIZE_WIDTH, "bytes", "%", REPORT_SIZE_WIDTH, "mean", "type");
    for (size_t i = 0; i < model->type_count; i++) {
        const struct model_type *type = &model->types[i];
        char mean[REPORT_SIZE_SIZE];
        report_size(type->bytes, size);
        report_size(type->count ? type->bytes / type->count : 0, mean);
        fprintf(out, "%12" PRIu64 " %*s %6.1f %*s  ", type->count, REPORT_SIZE_WIDTH, size, report_percent(type->bytes, bytes),
                REPORT_SIZE_WIDTH, mean);
        report_text(out, type->name, strlen(type->name));
        putc('\n', out);
    }
    return true;
}
