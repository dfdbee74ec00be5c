#include "core/compare/diff_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Four significant digits or five. */
static int decimals(double value) { return value >= 100 ? 1 : value >= 10 ? 2 : 3; }

static char *scaled(double value, double step, const char *const *units, size_t count, char text[DIFF_TEXT_SIZE]) {
    size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < count; unit++)
        value /= step;
    snprintf(text, DIFF_TEXT_SIZE, "%.*f %s", unit ? decimals(value) : 0, value, units[unit]);
    return text;
}

char *diff_text_number(enum diff_unit unit, uint64_t number, char text[DIFF_TEXT_SIZE]) {
    static const char *const times[] = {"ns", "us", "ms", "s"}, *const sizes[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (number == MODEL_UNKNOWN)
        snprintf(text, DIFF_TEXT_SIZE, "-");
    else if (unit == DIFF_NANOSECONDS)
        return scaled((double)number, 1000, times, sizeof times / sizeof *times, text);
    else if (unit == DIFF_BYTES)
        return scaled((double)number, 1024, sizes, sizeof sizes / sizeof *sizes, text);
    else if (number < UINT64_C(10000000000))
        snprintf(text, DIFF_TEXT_SIZE, "%" PRIu64, number);
    else
        snprintf(text, DIFF_TEXT_SIZE, "%.3e", (double)number);
    return text;
}

char *diff_text_change(const struct diff_value *value, char text[DIFF_TEXT_SIZE]) {
    const char *sign = value->verdict == DIFF_NOISE ? "~" : "";
    double relative = session_diff_relative(value);
    if (value->verdict == DIFF_NOT_KNOWN || value->verdict == DIFF_NOT_COMPARABLE)
        snprintf(text, DIFF_TEXT_SIZE, "%s", value->verdict == DIFF_NOT_COMPARABLE ? "?" : "");
    else if (value->before == value->after)
        snprintf(text, DIFF_TEXT_SIZE, "=");
    else if (!value->before || !value->after)
        snprintf(text, DIFF_TEXT_SIZE, "%s%s", sign, value->before ? "gone" : "new");
    else if (relative >= 9)
        snprintf(text, DIFF_TEXT_SIZE, relative < 99 ? "%sx %.1f" : relative < 99999 ? "%sx %.0f" : "%sx %.0e", sign, relative + 1);
    else
        snprintf(text, DIFF_TEXT_SIZE, "%s%+.1f %%", sign, relative * 100);
    return text;
}

char diff_text_sign(enum diff_match match) { return " >*-+"[match]; }

const char *diff_match_name(enum diff_match match) {
    static const char *const names[] = {"same", "moved", "renamed", "gone", "new"};
    return names[match];
}

const char *diff_verdict_name(enum diff_verdict verdict) {
    static const char *const names[] = {"unknown", "not comparable", "equal", "noise", "changed"};
    return names[verdict];
}

void diff_text_noise(const struct session_diff *diff, char *text, size_t size) {
    size_t before = diff->sides[0].count, after = diff->sides[1].count;
    if (before > 1 || after > 1)
        snprintf(text, size, "~ is within noise: the 95 %% interval of the difference of the means of %zu and %zu runs.", before,
                 after);
    else if (diff->drift.functions)
        snprintf(text, size, "~ is within noise: the %zu functions that did not change differ by %+.1f %% and by %.1f %% around "
                 "that, and single runs by some per cent more. Several runs a side tell more.", diff->drift.functions,
                 diff->drift.shift * 100, diff->drift.scatter * 100);
    else
        snprintf(text, size, "~ is within noise: what single runs of the same program differ by. Several runs a side tell more.");
}
