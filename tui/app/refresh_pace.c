#include "tui/app/refresh_pace.h"

#include <stdbool.h>
#include <stddef.h>

enum { USUAL_MS = 500, MOST_MS = 10000, MEAN_OF = 4 };
static const double most_share = 0.025;

/* A refresh that costs less than those before says at once that what was dear is over: the next one may be far away. */
void refresh_pace_note(struct refresh_pace *pace, uint64_t cost_ns) {
    bool more = pace->cost_ns && cost_ns > pace->cost_ns;
    pace->cost_ns = more ? ((MEAN_OF - 1) * pace->cost_ns + cost_ns) / MEAN_OF : cost_ns;
}

int64_t refresh_pace_ms(const struct refresh_pace *pace, int64_t chosen_ms) {
    static const int factors[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 40, 100, 200};
    double share = chosen_ms < USUAL_MS ? most_share * USUAL_MS / (double)chosen_ms : most_share;
    double least_ms = (double)pace->cost_ns / 1e6 / share;
    size_t at = 0;
    while (at + 1 < sizeof factors / sizeof *factors && (double)(factors[at] * chosen_ms) < least_ms)
        at++;
    int64_t milliseconds = factors[at] * chosen_ms;
    if (milliseconds > MOST_MS)
        milliseconds = chosen_ms > MOST_MS ? chosen_ms : MOST_MS;
    return milliseconds;
}
