#include "tui/view/ram_axis.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

enum { TICK_COLUMNS = 12 /* between two labels at least */ };
#define MILLISECOND UINT64_C(1000000)
#define SECOND (1000 * MILLISECOND)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* --- bytes ------------------------------------------------------------------------------------------ */

static const char unit_letters[] = "KMGTP";

/* The largest unit that a scale for that many bytes is told in: three digits are the most a label has room for. */
static int unit_for(uint64_t bytes) {
    int unit = 0;
    while (unit < 4 && bytes > (UINT64_C(999) << (10 * (unit + 1))))
        unit++;
    return unit;
}

struct ram_scale ram_scale_for(uint64_t peak, int rows) {
    static const uint64_t halves[] = {1, 2, 4, 10, 20, 40, 50, 100, 200, 400, 500, 1000}; /* of a unit */
    uint64_t unit = UINT64_C(1) << (10 * (unit_for(peak) + 1));
    uint64_t most = rows < 4 ? 1 : rows < 8 ? (uint64_t)rows / 2 : rows < 24 ? (uint64_t)rows / 3 : 8;
    struct ram_scale best = {0, 0, 0};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        uint64_t step = halves[i] * (unit / 2), steps = peak / step + (peak % step != 0);
        if (steps == 0)
            steps = 1;
        if (steps > most)
            continue;
        if (!best.steps || steps * step < best.top)
            best = (struct ram_scale){steps * step, step, (int)steps};
    }
    if (!best.steps) /* no round step is that large */
        best = (struct ram_scale){peak, peak, 1};
    return best;
}

char *ram_scale_label(char text[NUMBER_SIZE], uint64_t bytes) {
    int unit = unit_for(bytes);
    if (bytes == 0)
        snprintf(text, NUMBER_SIZE, "0");
    else
        snprintf(text, NUMBER_SIZE, "%.4g%c", (double)bytes / (double)(UINT64_C(1) << (10 * (unit + 1))),
                 unit_letters[unit]);
    return text;
}

/* --- time ------------------------------------------------------------------------------------------- */

/* Even numbers of nanoseconds: a column is drawn in two halves. */
static const uint64_t lengths[] = {
    20 * MILLISECOND, 50 * MILLISECOND, 100 * MILLISECOND, 200 * MILLISECOND, 500 * MILLISECOND,
    SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND,
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 10 * DAY, 20 * DAY, 100 * DAY, 1000 * DAY, 10000 * DAY,
};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

uint64_t ram_step_for(uint64_t span_ns, int columns) {
    uint64_t fit = columns > 0 ? (uint64_t)columns : 1;
    for (int i = 0; i < LENGTHS; i++)
        if (span_ns / lengths[i] < fit)
            return lengths[i];
    return UINT64_MAX / 2;
}

uint64_t ram_step_beside(uint64_t step_ns, int direction) {
    int at = 0;
    while (at < LENGTHS - 1 && lengths[at] < step_ns)
        at++;
    at += direction;
    return lengths[at < 0 ? 0 : at >= LENGTHS ? LENGTHS - 1 : at];
}

uint64_t ram_tick_for(uint64_t step_ns) {
    for (int i = 0; i < LENGTHS; i++)
        if (lengths[i] / TICK_COLUMNS >= step_ns && lengths[i] % step_ns == 0)
            return lengths[i];
    return step_ns <= UINT64_MAX / TICK_COLUMNS ? step_ns * TICK_COLUMNS : step_ns;
}

char *ram_tick_label(char text[NUMBER_SIZE], uint64_t ns) {
    uint64_t seconds = ns / SECOND;
    if (ns == 0)
        snprintf(text, NUMBER_SIZE, "0");
    else if (seconds < 60 && ns % SECOND)
        snprintf(text, NUMBER_SIZE, "%.3gs", (double)ns / (double)SECOND);
    else if (seconds < 60)
        snprintf(text, NUMBER_SIZE, "%" PRIu64 "s", seconds);
    else if (seconds < 3600)
        snprintf(text, NUMBER_SIZE, "%" PRIu64 ":%02" PRIu64, seconds / 60, seconds % 60);
    else
        snprintf(text, NUMBER_SIZE, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60, seconds % 60);
    return text;
}
