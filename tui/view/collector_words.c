#include "tui/view/collector_words.h"

#include <stdio.h>
#include <string.h>

#include "tui/view/number.h"

enum { TIME_WIDTH = 6 };

static const struct {
    uint32_t bit;
    const char *name;
} collectors[] = {
#define X(bit, NAME, name, built) {COLLECTOR_##NAME, name},
    COLLECTOR_LIST(X)
#undef X
};

static const char *const short_names[sizeof collectors / sizeof *collectors] = {"fn", "ln", "mem", "bc", "smp"};

static uint64_t larger(uint64_t left, uint64_t right) { return left > right ? left : right; }

/* What memory was paused the program may have asked for, too. */
struct model_switched collector_off(const struct model *model, enum collector collector) {
    struct model_switched off = {0};
    for (size_t i = 0; i < COLLECTOR_BITS; i++)
        if ((uint32_t)collector == 1u << i)
            off = model->switched[i];
    if (collector == COLLECTOR_MEMORY) {
        off.off_count = larger(off.off_count, larger(model->heap.paused_count, model->heap.paused));
        off.off_ns = larger(off.off_ns, model->heap.paused_ns);
    }
    return off;
}

/* What was never off is on. */
uint32_t collectors_now(const struct model *model) {
    uint32_t now = model->collectors;
    for (size_t i = 0; i < COLLECTOR_BITS; i++)
        if (model->switched[i].off_count && !(model->collectors_on >> i & 1u))
            now &= ~(1u << i);
    return model->heap.paused ? now & ~(uint32_t)COLLECTOR_MEMORY : now;
}

static char *list(uint32_t bits, bool shortly, const char *between, char text[COLLECTOR_WORDS_SIZE]) {
    size_t length = 0;
    snprintf(text, COLLECTOR_WORDS_SIZE, "none");
    for (size_t i = 0; i < sizeof collectors / sizeof *collectors; i++)
        if (bits & collectors[i].bit && length < COLLECTOR_WORDS_SIZE)
            length += (size_t)snprintf(text + length, COLLECTOR_WORDS_SIZE - length, "%s%s", length ? between : "",
                                       shortly ? short_names[i] : collectors[i].name);
    return text;
}

char *collector_names(uint32_t bits, const char *between, char text[COLLECTOR_WORDS_SIZE]) {
    return list(bits, false, between, text);
}

char *collector_short_names(uint32_t bits, const char *between, char text[COLLECTOR_WORDS_SIZE]) {
    return list(bits, true, between, text);
}

char *collector_off_title(const struct model *model, enum collector collector, char text[COLLECTOR_WORDS_SIZE]) {
    struct model_switched off = collector_off(model, collector);
    char time[NUMBER_SIZE];
    text[0] = '\0';
    if (off.off_count && model->collectors & (uint32_t)collector)
        snprintf(text, COLLECTOR_WORDS_SIZE, collectors_now(model) & (uint32_t)collector ? "off:%s" : "OFF %s",
                 number_time(time, off.off_ns, TIME_WIDTH));
    return text;
}
