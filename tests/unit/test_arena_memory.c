/* From the arena's allocation sites to sites, functions, lines and call nodes of the model; marks, census and growth. */
#include "tests/unit/arena_fixture.h"

#include "core/base/clock.h"

/* The tree of the fixture's threads, merged: /main, /main/fib, /main/fib/fib, /main/fib/abs, /abs, /fib. */
enum { NODE_MAIN = 1, NODE_FIB, NODE_FIB_FIB, NODE_ABS, NODE_OTHER_ABS, NODE_OTHER_FIB, NODES };
enum { SITES = 12, EPOCH = 7 };

static struct arena_site *sites_of(struct fixture *fixture) {
    return (struct arena_site *)((char *)fixture->arena.header + ARENA_SITES_AT);
}

/* Site i has a bit of its own in each number, so that a sum says which sites are in it. Odd sites have changed since the
 * high-water mark. */
static void fill_site(struct fixture *fixture, uint32_t i, uint32_t thread, uint32_t node, uint32_t code, uint32_t line) {
    uint64_t bit = UINT64_C(1) << i;
    sites_of(fixture)[i] = (struct arena_site){
        .live_bytes = bit, .live_count = bit << 16, .allocated_bytes = bit << 1, .allocated_count = bit << 17,
        .peak_bytes = bit << 20, .peak_count = bit << 2, .peak_epoch = i % 2 ? EPOCH : EPOCH - 1,
        .life_ticks = -(bit << 16) * 1000, .temporary_count = bit << 3, .freed_bytes = bit << 4, .freed_count = bit << 5,
        .highest_bytes = bit << 6, .thread = thread, .node = node, .code = code, .line = line};
}

static int set_up_memory(void **state) {
    if (set_up(state) != 0)
        return -1;
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header;
    header->collectors |= COLLECTOR_MEMORY;
    fill_site(fixture, 0, 0, 0, 0, 0);
    fill_site(fixture, 1, 0, 1, CODE_MAIN, 3);
    fill_site(fixture, 2, 0, 2, CODE_FIB, 11);
    fill_site(fixture, 3, 0, 3, CODE_FIB, 12);  /* a recursive call */
    fill_site(fixture, 4, 0, 4, CODE_FIB, 12);  /* in a C function that fib called */
    fill_site(fixture, 5, 1, 4, CODE_FIB, 11);  /* the other thread's /main/fib */
    fill_site(fixture, 6, 1, 2, CODE_FIB, 70000); /* /fib, on a line without a cell */
    fill_site(fixture, 8, THREADS, 1, CODE_MAIN, 3); /* 7 was never used; no such thread */
    fill_site(fixture, 9, 0, 2, 999, 5);        /* no such function */
    fill_site(fixture, 10, 0, 1, CODE_IDLE, 9); /* a function without line cells */
    fill_site(fixture, 11, 0, 4, CODE_ABS, 4);  /* a C function has no lines */
    header->memory = (struct arena_memory){.peak_epoch = EPOCH, .mark_epoch = EPOCH, .ticks = 10000,
                                           .native_bytes = 100, .peak_ticks = 6000,
                                           .profiler_bytes = 12, .unknown_frees = 13, .uncounted_allocations = 14,
                                           .paused_count = 2, .paused_ticks = 300, .state = ARENA_MEMORY_ENDED, .native = 1,
                                           .site_count = SITES};
    return 0;
}

#define BITS(...) bits((const int[]){__VA_ARGS__, -1})
static uint64_t bits(const int *sites) {
    uint64_t sum = 0;
    for (; *sites >= 0; sites++)
        sum |= UINT64_C(1) << *sites;
    return sum;
}

/* At the high-water mark: the copies of sites that have changed since, what is alive in the others. */
static uint64_t peak_of(uint64_t sites) { return (sites & ~BITS(1, 3, 5, 7, 9, 11)) | (sites & BITS(1, 3, 5, 7, 9, 11)) << 20; }

/* All that is said of memory whose parts are these sites. Each allocated at a clock of 1000, so all lived for 10000 ticks. */
static void expect_allocations(const struct model_allocations *memory, uint64_t sites) {
    assert_int_equal(memory->live_bytes, sites);
    assert_int_equal(memory->live_count, sites << 16);
    assert_int_equal(memory->allocated_bytes, sites << 1);
    assert_int_equal(memory->allocated_count, sites << 17);
    assert_int_equal(memory->peak_bytes, peak_of(sites));
    assert_int_equal(memory->peak_count, (sites & BITS(1, 3, 5, 7, 9, 11)) << 2 | (sites & ~BITS(1, 3, 5, 7, 9, 11)) << 16);
    assert_int_equal(memory->temporary_count, sites << 3);
    assert_int_equal(memory->freed_bytes, sites << 4);
    assert_int_equal(memory->freed_count, sites << 5);
    assert_int_equal(memory->lifetime_ns, (sites << 16) * 10000);
    uint64_t highest = sites ? UINT64_C(1) << (63 - __builtin_clzll(sites)) : 0;
    assert_int_equal(memory->highest_bytes, highest << 6);
}

static void expect_site(const struct model *model, size_t at, uint32_t node, uint32_t function, uint32_t line, uint64_t sites) {
    const struct model_site *site = &model->sites[at];
    assert_int_equal(site->node, node);
    assert_int_equal(site->function, function);
    assert_int_equal(site->line, line);
    expect_allocations(&site->memory, sites);
}

static void sites_are_merged_by_path_and_line(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->site_count, 10);
    expect_site(model, 0, 0, 0, 0, BITS(0));
    expect_site(model, 1, NODE_FIB, 0, 0, BITS(9));
    expect_site(model, 2, 0, CODE_MAIN, 3, BITS(8));
    expect_site(model, 3, NODE_MAIN, CODE_MAIN, 3, BITS(1));
    expect_site(model, 4, NODE_FIB, CODE_FIB, 11, BITS(2, 5));
    expect_site(model, 5, NODE_FIB_FIB, CODE_FIB, 12, BITS(3));
    expect_site(model, 6, NODE_ABS, CODE_FIB, 12, BITS(4));
    expect_site(model, 7, NODE_OTHER_FIB, CODE_FIB, 70000, BITS(6));
    expect_site(model, 8, NODE_ABS, CODE_ABS, 0, BITS(11));
    expect_site(model, 9, NODE_MAIN, CODE_IDLE, 9, BITS(10));
    model_free(model);
}

static void functions_and_nodes_have_their_sites(void **state) {
    struct model *model = read_model(*state);
    uint64_t all = BITS(0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11);
    expect_allocations(&model->functions[0].memory, BITS(0));
    expect_allocations(&model->functions[CODE_MAIN].memory, BITS(1, 8, 10));
    expect_allocations(&model->functions[CODE_FIB].memory, BITS(2, 3, 5, 6, 9));
    expect_allocations(&model->functions[CODE_ABS].memory, BITS(4, 11));
    expect_allocations(&model->functions[CODE_IDLE].memory, 0);
    expect_allocations(&model->functions[0].total_memory, all);
    expect_allocations(&model->functions[CODE_MAIN].total_memory, all & ~BITS(0, 6));
    expect_allocations(&model->functions[CODE_FIB].total_memory, BITS(2, 3, 4, 5, 6, 9, 11)); /* its recursion counts once */
    expect_allocations(&model->functions[CODE_ABS].total_memory, BITS(4, 11));
    assert_int_equal(model->node_count, NODES);
    const uint64_t self[NODES] = {BITS(0, 8), BITS(1, 10), BITS(2, 5, 9), BITS(3), BITS(4, 11), 0, BITS(6)};
    const uint64_t total[NODES] = {all, all & ~BITS(0, 6, 8), BITS(2, 3, 4, 5, 9, 11), BITS(3), BITS(4, 11), 0,
                                   BITS(6)};
    for (size_t i = 0; i < NODES; i++) {
        expect_allocations(&model_node_memory(model, &model->nodes[i])->memory, self[i]);
        expect_allocations(&model_node_memory(model, &model->nodes[i])->total_memory, total[i]);
    }
    model_free(model);
}

static void expect_line(const struct model *model, size_t at, uint32_t function, uint32_t line, uint64_t hits, uint64_t sites) {
    const struct model_line *row = &model->lines[at];
    assert_int_equal(row->function, function);
    assert_int_equal(row->line, line);
    assert_int_equal(row->hits, hits);
    if (hits == MODEL_UNKNOWN) {
        assert_int_equal(row->self_ns, MODEL_UNKNOWN);
        assert_int_equal(row->total_ns, MODEL_UNKNOWN);
    }
    expect_allocations(&row->memory, sites);
}

static void expect_rows(const struct model *model, uint32_t function, uint32_t first, uint32_t count) {
    assert_int_equal(model->functions[function].line_row_count, count);
    if (count)
        assert_int_equal(model->functions[function].first_line_row, first);
}

static void lines_have_their_sites(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->line_count, 6);
    expect_line(model, 0, CODE_MAIN, 3, 33, BITS(1, 8));
    expect_line(model, 1, CODE_FIB, 11, 22, BITS(2, 5));
    expect_line(model, 2, CODE_FIB, 12, 11, BITS(3, 4));
    expect_line(model, 3, CODE_FIB, 13, 44, 0);
    expect_line(model, 4, CODE_FIB, 70000, MODEL_UNKNOWN, BITS(6));
    expect_line(model, 5, CODE_IDLE, 9, MODEL_UNKNOWN, BITS(10));
    expect_rows(model, CODE_MAIN, 0, 1);
    expect_rows(model, CODE_FIB, 1, 4);
    expect_rows(model, CODE_ABS, 0, 0);
    expect_rows(model, CODE_IDLE, 5, 1);
    model_free(model);
}

static void lines_without_the_line_collector(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->line_cell_count = 1;
    struct model *model = read_model(fixture);
    assert_int_equal(model->line_count, 5);
    expect_line(model, 0, CODE_MAIN, 3, MODEL_UNKNOWN, BITS(1, 8));
    expect_line(model, 1, CODE_FIB, 11, MODEL_UNKNOWN, BITS(2, 5));
    expect_line(model, 2, CODE_FIB, 12, MODEL_UNKNOWN, BITS(3, 4));
    expect_line(model, 3, CODE_FIB, 70000, MODEL_UNKNOWN, BITS(6));
    expect_line(model, 4, CODE_IDLE, 9, MODEL_UNKNOWN, BITS(10));
    model_free(model);
}

static void the_heap_is_the_sum_of_its_sites(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->memory.live_bytes = 1; /* as when a program was killed between two stores */
    fixture->arena.header->memory.peak_bytes = 2;
    struct model *model = read_model(fixture);
    const struct model_heap *heap = &model->heap;
    uint64_t all = BITS(0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11);
    assert_int_equal(heap->live_bytes, all);
    assert_int_equal(heap->peak_bytes, peak_of(all));
    assert_int_equal(heap->native_bytes, 100);
    assert_int_equal(heap->peak_t_ns, 5000);
    assert_int_equal(heap->profiler_bytes, 12);
    assert_int_equal(heap->unknown_frees, 13);
    assert_int_equal(heap->uncounted_allocations, 14);
    assert_int_equal(heap->paused_count, 2);
    assert_int_equal(heap->paused_ns, 300);
    assert_int_equal(heap->native, 1);
    model_free(model);
    fixture->arena.header->memory.native_bytes = all + 1; /* a block that its site does not have yet */
    model = read_model(fixture);
    assert_int_equal(model->heap.native_bytes, all);
    model_free(model);
    fixture->arena.header->memory.native_bytes = UINT64_MAX; /* about to go down */
    fixture->arena.header->memory.peak_ticks = 0;
    model = read_model(fixture);
    assert_int_equal(model->heap.native_bytes, 0);
    assert_int_equal(model->heap.peak_t_ns, 0);
    model_free(model);
}

static void at_the_high_water_mark_all_numbers_are_of_now(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->memory.at_peak = 1;
    struct model *model = read_model(fixture);
    assert_int_equal(model->heap.peak_bytes, model->heap.live_bytes);
    for (size_t i = 0; i < model->site_count; i++) {
        assert_int_equal(model->sites[i].memory.peak_bytes, model->sites[i].memory.live_bytes);
        assert_int_equal(model->sites[i].memory.peak_count, model->sites[i].memory.live_count);
    }
    model_free(model);
}

/* A reader comes between two stores of the host. */
static void numbers_in_motion_are_never_negative(void **state) {
    struct fixture *fixture = *state;
    sites_of(fixture)[1] = (struct arena_site){
        .live_bytes = -(UINT64_C(8)), .live_count = UINT64_MAX, .allocated_count = 4, .allocated_bytes = 400,
        .peak_bytes = -(UINT64_C(3)), .peak_count = UINT64_MAX, .peak_epoch = EPOCH, .highest_bytes = UINT64_MAX,
        .code = CODE_MAIN, .line = 3};
    fixture->arena.header->memory.site_count = 2;
    struct model *model = read_model(fixture);
    const struct model_allocations *memory = &model->sites[1].memory;
    assert_int_equal(memory->live_bytes, 0);
    assert_int_equal(memory->live_count, 0);
    assert_int_equal(memory->peak_bytes, 0);
    assert_int_equal(memory->peak_count, 0);
    assert_int_equal(memory->highest_bytes, 0);
    assert_int_equal(model->heap.live_bytes, 1);
    model_free(model);
}

/* Blocks that lived for 2000 ticks together, but the last one that came or went is only half there. */
static void lifetimes_in_motion_are_never_absurd(void **state) {
    enum { CLOCK = 1 << 30 };
    struct fixture *fixture = *state;
    struct arena_clock *clock = &fixture->arena.header->clock;
    struct arena_site *site = &sites_of(fixture)[1];
    clock->start_ticks = clock->start_ns = CLOCK - 10000;
    clock->end_ticks = clock->end_ns = CLOCK;
    fixture->arena.header->memory.site_count = 2;
    *site = (struct arena_site){.allocated_count = 4, .code = CODE_MAIN, .line = 3};
    const struct { uint64_t life_ticks, live_count, expected; } seen[] = {
        {2000, 0, 2000}, {2000 - CLOCK, 1, 2000}, {2000 - CLOCK, 0, 2000}, {2000, 1, 2000}, {CLOCK / 2, 0, 0}};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        site->life_ticks = seen[i].life_ticks;
        site->live_count = seen[i].live_count;
        struct model *model = read_model(fixture);
        assert_int_equal(model->sites[1].memory.lifetime_ns, seen[i].expected);
        model_free(model);
    }
}

static void what_lives_lives_up_to_now(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header;
    header->exit_kind = ARENA_EXIT_NONE;
    header->clock.end_ticks = header->clock.end_ns = 0;
    header->clock.start_ticks = header->clock.start_ns = clock_monotonic_ns();
    uint64_t begin = header->clock.start_ticks;
    sites_of(fixture)[1].life_ticks = -begin * sites_of(fixture)[1].live_count;
    struct model *model = read_model(fixture);
    uint64_t lifetime = model->sites[3].memory.lifetime_ns / model->sites[3].memory.live_count;
    assert_in_range(lifetime, 1, clock_monotonic_ns() - begin);
    model_free(model);
}

static void nothing_without_the_collector(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->collectors &= ~(uint32_t)COLLECTOR_MEMORY;
    struct model *model = read_model(fixture);
    assert_int_equal(model->site_count, 0);
    assert_int_equal(model->heap.live_bytes, 0);
    assert_int_equal(model->heap.unknown_frees, 0);
    assert_int_equal(model->line_count, 4);
    expect_allocations(&model->functions[0].total_memory, 0);
    model_free(model);
}

/* --- marks, census, growth -------------------------------------------------------------------------------- */

static void marks_ascend(void **state) {
    struct fixture *fixture = *state;
    struct arena_mark *marks = (struct arena_mark *)((char *)fixture->arena.header + ARENA_MARKS_AT);
    marks[0] = (struct arena_mark){500, "late"};
    marks[1] = (struct arena_mark){0, "being made"};
    marks[2] = (struct arena_mark){100, ""};
    memset(marks[3].name, '\xFF', sizeof marks[3].name); /* no '\0' */
    marks[3].t_ns = 100;
    fixture->arena.header->mark_count = 4;
    struct model *model = read_model(fixture);
    assert_int_equal(model->mark_count, 3);
    assert_int_equal(model->marks[0].t_ns, 100);
    assert_string_equal(model->marks[0].name, "");
    assert_int_equal(strlen(model->marks[1].name), 3 * sizeof marks[3].name);
    assert_int_equal(model->marks[2].t_ns, 500);
    assert_string_equal(model->marks[2].name, "late");
    model_free(model);
    fixture->arena.header->mark_count = UINT32_MAX; /* more were asked for than there is room */
    model = read_model(fixture);
    assert_int_equal(model->mark_count, 3);
    model_free(model);
}

static void types_have_most_bytes_first(void **state) {
    struct fixture *fixture = *state;
    struct arena_type *types = (struct arena_type *)((char *)fixture->arena.header + ARENA_TYPES_AT);
    types[0] = (struct arena_type){add_string(fixture, "list"), 3, 100};
    types[1] = (struct arena_type){add_string(fixture, "dict"), 2, 900};
    types[2] = (struct arena_type){ARENA_STRINGS_SIZE, 2, 900}; /* no such text */
    types[3] = (struct arena_type){add_string(fixture, "none"), 0, 0};
    types[4] = (struct arena_type){add_string(fixture, "bytes"), 3, 100};
    fixture->arena.header->type_count = 5;
    fixture->arena.header->census_t_ns = 4444;
    struct model *model = read_model(fixture);
    assert_int_equal(model->census_t_ns, 4444);
    assert_int_equal(model->type_count, 3);
    assert_string_equal(model->types[0].name, "dict");
    assert_int_equal(model->types[0].count, 2);
    assert_int_equal(model->types[0].bytes, 900);
    assert_string_equal(model->types[1].name, "bytes");
    assert_string_equal(model->types[2].name, "list");
    model_free(model);
}

static void expect_growth(const struct model_sample *sample, int at, uint32_t site, int64_t bytes) {
    assert_int_equal(sample->growth[at].site, site);
    assert_int_equal(sample->growth[at].bytes, bytes);
}

static void samples_say_what_grew(void **state) {
    struct fixture *fixture = *state;
    struct arena_sample *samples = fixture->arena.samples;
    samples[0].native = 77;
    samples[0].own = 88;
    samples[0].collections[0] = 3, samples[0].collections[2] = 1;
    samples[0].growth[0] = (struct arena_growth){.bytes = 50, .site = 1};
    samples[0].growth[1] = (struct arena_growth){.bytes = 40, .site = 2};
    samples[0].growth[2] = (struct arena_growth){.bytes = 30, .site = 5}; /* the same as 2, of the other thread */
    samples[0].growth[3] = (struct arena_growth){.bytes = 20, .site = 6};
    samples[1].growth[0] = (struct arena_growth){.bytes = 9, .site = 7}; /* nothing is there */
    samples[1].growth[1] = (struct arena_growth){.bytes = 8, .site = SITES};
    samples[1].growth[2] = (struct arena_growth){.bytes = -7, .site = 3};
    samples[1].growth[3] = (struct arena_growth){.bytes = 6, .site = 10};
    struct model *model = read_model(fixture);
    const struct model_sample *sample = &model->samples[0];
    assert_int_equal(sample->native, 77);
    assert_int_equal(sample->own, 88);
    assert_int_equal(sample->collections[0], 3);
    assert_int_equal(sample->collections[1], 0);
    assert_int_equal(sample->collections[2], 1);
    expect_growth(sample, 0, 4, 70);
    expect_growth(sample, 1, 3, 50);
    expect_growth(sample, 2, 7, 20);
    expect_growth(sample, 3, MODEL_NO_SITE, 0);
    expect_growth(&model->samples[1], 0, 9, 6);
    expect_growth(&model->samples[1], 1, MODEL_NO_SITE, 0);
    model_free(model);
}

/* --- what lies -------------------------------------------------------------------------------------------- */

static void counts_that_cannot_be_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header, good = *header;
    const struct { uint32_t *field; uint32_t value; const char *reason; } wrong[] = {
        {&header->memory.site_count, ARENA_MAX_SITES + 1, "number of allocation sites"},
        {&header->memory.state, ARENA_MEMORY_ENDED + 1, "state of the memory collector"},
        {&header->type_count, ARENA_MAX_TYPES + 1, "number of types"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = {0};
        *wrong[i].field = wrong[i].value;
        assert_null(arena_reader_open(fixture->path, &error));
        assert_non_null(strstr(error.text, wrong[i].reason));
        *header = good;
    }
}

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void expect_sums(const struct model *model) {
    struct model_allocations sites = {0}, functions = {0}, lines = {0};
    for (size_t i = 0; i < model->site_count; i++) {
        sites.live_bytes += model->sites[i].memory.live_bytes;
        sites.peak_bytes += model->sites[i].memory.peak_bytes;
        sites.allocated_count += model->sites[i].memory.allocated_count;
        if (!model->sites[i].line)
            lines.live_bytes += model->sites[i].memory.live_bytes;
    }
    for (size_t i = 0; i < model->function_count; i++) {
        functions.live_bytes += model->functions[i].memory.live_bytes;
        functions.allocated_count += model->functions[i].memory.allocated_count;
    }
    for (size_t i = 0; i < model->line_count; i++)
        lines.live_bytes += model->lines[i].memory.live_bytes;
    assert_int_equal(sites.live_bytes, model->heap.live_bytes);
    assert_int_equal(sites.peak_bytes, model->heap.peak_bytes);
    assert_int_equal(functions.live_bytes, sites.live_bytes);
    assert_int_equal(functions.allocated_count, sites.allocated_count);
    assert_int_equal(lines.live_bytes, sites.live_bytes);
    assert_int_equal(model->functions[0].total_memory.live_bytes, sites.live_bytes);
    if (model->node_count)
        assert_true(model_node_memory(model, &model->nodes[0])->total_memory.live_bytes == sites.live_bytes);
}

/* Random words in sites, call nodes, marks and types: an error or a model within bounds whose sums are right. */
static void random_damage_is_survived(void **state) {
    struct fixture *fixture = *state;
    char *base = (char *)fixture->arena.header;
    struct { void *bytes; size_t size; } regions[] = {
        {sites_of(fixture), SITES * sizeof(struct arena_site)},
        {&fixture->arena.header->memory, offsetof(struct arena_memory, own_ranges)},
        {fixture->threads[0].nodes, 5 * sizeof(struct arena_node)},
        {base + ARENA_MARKS_AT, 2 * sizeof(struct arena_mark)},
        {base + ARENA_TYPES_AT, 2 * sizeof(struct arena_type)},
        {fixture->arena.samples, 2 * sizeof(struct arena_sample)},
    };
    fixture->arena.header->mark_count = fixture->arena.header->type_count = 2;
    struct arena_reader *reader = arena_reader_open(fixture->path, NULL);
    assert_non_null(reader);
    uint64_t seed = 20261122;
    int models = 0;
    for (int round = 0; round < 400; round++) {
        size_t region = next_random(&seed) % (sizeof regions / sizeof *regions);
        char *target = (char *)regions[region].bytes + next_random(&seed) % (regions[region].size / 4) * 4, saved[4];
        memcpy(saved, target, 4);
        uint32_t values[] = {(uint32_t)next_random(&seed), (uint32_t)next_random(&seed) % 16, UINT32_MAX, 0};
        memcpy(target, &values[next_random(&seed) % 4], 4);
        struct error error = {0};
        struct model *model = arena_reader_model(reader, &error);
        if (model) {
            assert_null(session_validate(model));
            expect_sums(model);
            models++;
        } else {
            assert_true(error.text[0]);
        }
        model_free(model);
        memcpy(target, saved, 4);
    }
    assert_in_range(models, 100, 399);
    arena_reader_close(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_memory, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sites_are_merged_by_path_and_line),
        TEST(functions_and_nodes_have_their_sites),
        TEST(lines_have_their_sites),
        TEST(lines_without_the_line_collector),
        TEST(the_heap_is_the_sum_of_its_sites),
        TEST(at_the_high_water_mark_all_numbers_are_of_now),
        TEST(numbers_in_motion_are_never_negative),
        TEST(lifetimes_in_motion_are_never_absurd),
        TEST(what_lives_lives_up_to_now),
        TEST(nothing_without_the_collector),
        TEST(marks_ascend),
        TEST(types_have_most_bytes_first),
        TEST(samples_say_what_grew),
        TEST(counts_that_cannot_be_are_refused),
        TEST(random_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
