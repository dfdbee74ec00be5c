/* arena_collectors.c - which collectors were on when. */
#include <string.h>

#include "core/base/clock.h"
#include "core/profile/arena_build.h"
#include "core/profile/utf8.h"

uint32_t arena_known_collectors(uint32_t bits) {
    uint32_t known = 0;
#define X(bit, NAME, name, built) known |= COLLECTOR_##NAME;
    COLLECTOR_LIST(X)
#undef X
    return bits & known;
}

/* The program itself can switch memory, too, so its own state says whether it is on. */
static uint32_t on_now(const struct arena_header *header) {
    uint32_t on = arena_known_collectors(header->collectors_on & header->collectors);
    if (header->memory.state == ARENA_MEMORY_PAUSED)
        on &= ~(uint32_t)COLLECTOR_MEMORY;
    else if (header->memory.state == ARENA_MEMORY_ON)
        on |= COLLECTOR_MEMORY & header->collectors;
    return header->host_state == ARENA_HOST_STARTING ? arena_known_collectors(header->collectors) : on;
}

static struct model_switched switched_off(const struct arena_build *build, const struct arena_switched *row) {
    uint64_t ticks = row->off_ticks, now = build->clock.end_ticks;
    if (row->off_since && row->off_since < now)
        ticks += now - row->off_since;
    uint64_t most = now > build->clock.start_ticks ? now - build->clock.start_ticks : 0;
    return (struct model_switched){row->off_count,
                                   arena_to_ns(ticks < most ? ticks : most, clock_ns_per_tick(&build->clock))};
}

bool arena_read_collectors(struct arena_build *build, struct error *error) {
    const struct arena_header *header = build->header;
    struct model *model = build->model;
    model->collectors_on = model->collectors_asked = on_now(header);
    if (header->mailbox.collectors != header->mailbox.collectors_done)
        model->collectors_asked = arena_known_collectors(header->mailbox.collectors & ((1u << ARENA_SWITCH_BITS) - 1));
    for (int bit = 0; bit < COLLECTOR_BITS; bit++)
        model->switched[bit] = switched_off(build, &header->switched[bit]);
    size_t length = strnlen(header->switch_failed, sizeof header->switch_failed);
    char text[sizeof header->switch_failed * UTF8_REPLACEMENT_SIZE];
    model->switch_failed = model_text(model, text, utf8_replace(header->switch_failed, length, text));
    return model->switch_failed || arena_out_of_memory(build->reader, error);
}
