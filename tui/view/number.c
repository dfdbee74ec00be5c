#include "tui/view/number.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pyprof/model.h"

struct unit {
    double size; /* in the base unit */
    const char *suffix;
};

static char *number_unfit(char text[NUMBER_SIZE], int columns) {
    int count = columns < 0 ? 0 : columns >= NUMBER_SIZE ? NUMBER_SIZE - 1 : columns;
    memset(text, '#', (size_t)count);
    text[count] = '\0';
    return text;
}

static char *number_plain(char text[NUMBER_SIZE], const char *plain, int columns) {
    if ((int)strlen(plain) > columns)
        return number_unfit(text, columns);
    snprintf(text, NUMBER_SIZE, "%s", plain);
    return text;
}

/* Writes value in that unit with the most decimals (at most `decimals`) that fit; false where none does. */
static bool number_in_unit(char text[NUMBER_SIZE], double value, const struct unit *unit, int decimals, int columns) {
    for (; decimals >= 0; decimals--) {
        int length = snprintf(text, NUMBER_SIZE, "%.*f%s", decimals, value / unit->size, unit->suffix);
        if (length > 0 && length <= columns && length < NUMBER_SIZE)
            return true;
    }
    return false;
}

/* Three digits say enough: 6.34, 12.4, 120. */
static int number_decimals(double scaled) { return scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0; }

char *number_count(char text[NUMBER_SIZE], uint64_t value, int columns) {
    static const struct unit units[] = {{1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}, {1e15, "P"}, {1e18, "E"}};
    if (value == MODEL_UNKNOWN)
        return number_plain(text, "-", columns);
    int length = snprintf(text, NUMBER_SIZE, "%llu", (unsigned long long)value);
    if (length <= columns)
        return text;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double scaled = (double)value / units[i].size;
        if (scaled >= 999.5)
            continue;
        if (scaled < 0.5)
            break; /* "0M" would be a wrong number */
        if (number_in_unit(text, (double)value, &units[i], scaled < 99.95 ? 2 : 1, columns))
            return text;
    }
    return number_unfit(text, columns);
}

char *number_time(char text[NUMBER_SIZE], uint64_t nanoseconds, int columns) {
    static const struct {
        struct unit unit;
        double below; /* in this unit: larger values are better told in the next */
    } units[] = {{{1, "ns"}, 999.5},  {{1e3, "us"}, 999.5}, {{1e6, "ms"}, 999.5},
                 {{1e9, "s"}, 9999.5}, {{60e9, "m"}, 999.5}, {{3600e9, "h"}, 9999.5}, {{86400e9, "d"}, 1e18}};
    if (nanoseconds == MODEL_UNKNOWN)
        return number_plain(text, "-", columns);
    if (nanoseconds == 0)
        return number_plain(text, "0", columns);
    double value = (double)nanoseconds;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double scaled = value / units[i].unit.size;
        if (scaled >= units[i].below)
            continue;
        if (scaled < 0.05)
            break; /* "0.0s" would be a wrong number */
        int decimals = i == 0 ? 0 : number_decimals(scaled);
        if (scaled >= 0.95 ? number_in_unit(text, value, &units[i].unit, decimals, columns)
                           : columns >= 3 + (int)strlen(units[i].unit.suffix) &&
                                 number_in_unit(text, value, &units[i].unit, 1, columns))
            return text;
    }
    return number_unfit(text, columns);
}

char *number_seconds(char text[NUMBER_SIZE], uint64_t nanoseconds, int columns) {
    static const struct unit second = {1e9, ""};
    if (nanoseconds < 95000000u || nanoseconds == MODEL_UNKNOWN)
        return number_time(text, nanoseconds, columns);
    if (nanoseconds >= 950000000u || columns >= 3)
        if (number_in_unit(text, (double)nanoseconds, &second, 2, columns))
            return text;
    return number_time(text, nanoseconds, columns);
}

char *number_bytes(char text[NUMBER_SIZE], uint64_t bytes, int columns) {
    static const struct unit units[] = {{1, "B"}, {1024.0, "K"}, {1048576.0, "M"}, {1073741824.0, "G"},
                                        {1099511627776.0, "T"}, {1125899906842624.0, "P"},
                                        {1152921504606846976.0, "E"}};
    if (bytes == MODEL_UNKNOWN)
        return number_plain(text, "-", columns);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double scaled = (double)bytes / units[i].size;
        if (scaled >= 999.5)
            continue;
        if (i > 0 && scaled < 0.5)
            break;
        if (number_in_unit(text, (double)bytes, &units[i], i > 0 && scaled < 9.95 ? 1 : 0, columns))
            return text;
    }
    return number_unfit(text, columns);
}

char *number_mebibytes(char text[NUMBER_SIZE], uint64_t bytes, int columns) {
    static const struct unit mebibyte = {1048576.0, ""};
    if (bytes == 0)
        return number_plain(text, "0", columns);
    if (bytes == MODEL_UNKNOWN || bytes < 99615 /* 0.095 MiB */)
        return number_bytes(text, bytes, columns);
    if ((bytes >= 996147 || columns >= 3) && number_in_unit(text, (double)bytes, &mebibyte, 1, columns))
        return text;
    return number_bytes(text, bytes, columns);
}

char *number_percent(char text[NUMBER_SIZE], uint64_t part, uint64_t whole, int columns) {
    static const struct unit percent = {1, ""};
    if (part == MODEL_UNKNOWN || whole == MODEL_UNKNOWN)
        return number_plain(text, "-", columns);
    double value = whole ? 100.0 * (double)part / (double)whole : 0.0;
    if (!number_in_unit(text, value, &percent, value < 99.95 ? 1 : 0, columns))
        return number_unfit(text, columns);
    return text;
}
