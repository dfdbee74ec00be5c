#include "core/host/allocation_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"

enum { SITES_SHOWN = 5 };

static struct allocation_run *going_on;

struct allocation_sum allocation_sum_now(void) {
    uint32_t count;
    struct allocation_sum sum = {0};
    const struct arena_site *sites = memory_view_sites(&count);
    for (uint32_t i = 0; i < count; i++) {
        sum.count += sites[i].allocated_count;
        sum.bytes += sites[i].allocated_bytes;
    }
    return sum;
}

/* One high-water mark serves all runs: each takes what it has been whenever it is set back. */
static void share_peak(void) {
    uint64_t most = memory_watch_peak();
    for (struct allocation_run *run = going_on; run; run = run->next)
        if (most > run->most)
            run->most = most;
}

static void remember_sites(struct allocation_run *run) {
    const struct arena_site *sites = memory_view_sites(&run->site_count);
    run->before = malloc((run->site_count ? run->site_count : 1) * sizeof *run->before);
    for (uint32_t i = 0; run->before && i < run->site_count; i++)
        run->before[i] = (struct site_before){sites[i].allocated_count, sites[i].allocated_bytes};
}

void allocation_run_begin(struct allocation_run *run) {
    const struct arena_header *header = profile_header();
    *run = (struct allocation_run){0};
    share_peak();
    remember_sites(run);
    run->live = run->most = header ? header->memory.live_bytes : 0;
    run->next = going_on;
    going_on = run;
    run->sum = allocation_sum_now();
}

void allocation_run_end(struct allocation_run *run) {
    struct allocation_sum now = allocation_sum_now();
    run->sum = (struct allocation_sum){now.count - run->sum.count, now.bytes - run->sum.bytes};
    share_peak();
    run->most -= run->live;
    struct allocation_run **link = &going_on;
    while (*link && *link != run)
        link = &(*link)->next;
    if (*link)
        *link = run->next;
}

void allocation_run_free(struct allocation_run *run) {
    free(run->before);
    run->before = NULL;
}

/* --- words -------------------------------------------------------------------------------------------------- */

void allocation_size_text(uint64_t bytes, char text[32]) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1024;
    if (bytes < 1024)
        snprintf(text, 32, "%u byte%s", (unsigned)bytes, bytes == 1 ? "" : "s");
    else
        snprintf(text, 32, "%.1f %s", value, units[unit]);
}

static struct site_before allocated_at(const struct allocation_run *run, const struct arena_site *sites, uint32_t site) {
    struct site_before before = site < run->site_count ? run->before[site] : (struct site_before){0};
    return (struct site_before){sites[site].allocated_count - before.count, sites[site].allocated_bytes - before.bytes};
}

static size_t describe_site(const struct arena_site *site, struct site_before allocated, char *text, size_t size) {
    char bytes[32], line[16] = "?";
    const struct arena_code *code = profile_code(site->code);
    const char *plural = allocated.count == 1 ? "" : "s";
    allocation_size_text(allocated.bytes, bytes);
    if (site->line)
        snprintf(line, sizeof line, "%u", site->line);
    int length = !site->code ? snprintf(text, size, "\n  %s in %llu block%s on no known line", bytes,
                                        (unsigned long long)allocated.count, plural)
                             : snprintf(text, size, "\n  %s in %llu block%s at %.200s:%s (%.100s)", bytes,
                                        (unsigned long long)allocated.count, plural, profile_text_at(code->file), line,
                                        profile_text_at(code->qualname));
    return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}

void allocation_run_describe_sites(const struct allocation_run *run, char *text, size_t size) {
    uint32_t count, shown[SITES_SHOWN], shown_count = 0;
    const struct arena_site *sites = memory_view_sites(&count);
    *text = '\0';
    for (size_t used = 0; run->before && shown_count < SITES_SHOWN && used + 1 < size;) {
        uint32_t most = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++) {
            bool is_shown = false;
            for (uint32_t k = 0; k < shown_count; k++)
                is_shown |= shown[k] == i;
            if (!is_shown && allocated_at(run, sites, i).bytes &&
                (most == UINT32_MAX || allocated_at(run, sites, i).bytes > allocated_at(run, sites, most).bytes))
                most = i;
        }
        if (most == UINT32_MAX)
            return;
        shown[shown_count++] = most;
        used += describe_site(&sites[most], allocated_at(run, sites, most), text + used, size - used);
    }
}
