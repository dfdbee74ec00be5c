/* The shadow stack against an exact model: random programs of functions, generators, C calls, exceptions and greenlets run by a
 * clock that only the test moves. Whatever is not read on the way, the sums must be the model's to the tick. */
#include <time.h>

#include "core/probe/profile_switching.h"
#include "core/probe/shadow_switch.h"
#include "tests/unit/probe_fixture.h"

/* --- the clock ------------------------------------------------------------------------------------------------ */

static uint64_t now_ticks = 1000;

/* Stands in front of libc's, for the profile's clock of this program is CLOCK_MONOTONIC. */
int clock_gettime(clockid_t clock, struct timespec *time) {
    (void)clock;
    *time = (struct timespec){.tv_sec = (time_t)(now_ticks / 1000000000u), .tv_nsec = (long)(now_ticks % 1000000000u)};
    return 0;
}

/* --- the model -------------------------------------------------------------------------------------------------- */

enum { FUNCTIONS = 3, GENERATOR_FUNCTIONS = 2, C_FUNCTIONS = 2, CODES = FUNCTIONS + GENERATOR_FUNCTIONS + C_FUNCTIONS };
enum { GENERATORS = 6, MOST_DEPTH = 24, LINES = 2, EVENTS = 6000, SEEDS = 24 };

struct function {
    uint32_t code, first_cell;
    struct site enter, resume;
    uint64_t calls, self, total, line_self, line_total, hits; /* what must come out */
};

struct activation {
    struct function *function;
    int generator; /* which, or -1 */
    uint64_t start;
};

static struct function functions[CODES];
static struct {
    struct function *function;
    bool started, running;
} generators[GENERATORS];
static struct activation stack[MOST_DEPTH];
static int height;
static bool lines, leaves; /* leaves: functions may be timed now and then */
static unsigned random_state;

static unsigned chance(unsigned below) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static bool is_c(const struct function *function) { return function >= functions + FUNCTIONS + GENERATOR_FUNCTIONS; }
static uint32_t untimed_cell(const struct function *function) { return function->first_cell ? function->first_cell + LINES : 0; }
static uint64_t identity(int generator) { return generator < 0 ? 0 : 0x1000u + 0x100u * (uint64_t)generator; }

static bool is_outermost(int at) {
    for (int i = 0; i < at; i++)
        if (stack[i].function == stack[at].function)
            return false;
    return true;
}

/* The activation whose lines those of another are: its own, or for C calls the one that made them; -1: none. */
static int line_owner(int at) {
    while (at >= 0 && is_c(stack[at].function))
        at--;
    return at;
}

static void pass_time(void) {
    uint64_t ticks = chance(leaves ? 300 : 30) ? chance(200) : chance(3 * SHADOW_LONG_TICKS);
    now_ticks += ticks;
    if (height == 0)
        return;
    stack[height - 1].function->self += ticks;
    int owner = line_owner(height - 1);
    if (owner < 0)
        return;
    stack[owner].function->line_self += ticks;
    if (is_outermost(owner))
        stack[owner].function->line_total += ticks;
}

/* Totals of the activation and of the line it was called on. */
static void give_totals(int at) {
    uint64_t ticks = now_ticks - stack[at].start;
    int owner = line_owner(at - 1);
    if (is_outermost(at))
        stack[at].function->total += ticks;
    if (!is_c(stack[at].function) && owner >= 0 && is_outermost(owner))
        stack[owner].function->line_total += ticks;
}

static void end_activation(void) {
    give_totals(--height);
    if (stack[height].generator >= 0)
        generators[stack[height].generator].running = false;
}

static void begin_activation(struct function *function, int generator) {
    stack[height++] = (struct activation){function, generator, now_ticks};
}

/* --- events, in the model and as probes make them --------------------------------------------------------------- */

static void enter_site(struct site *site, const struct function *function, uint64_t calls, uint64_t frame, bool begins_line) {
    struct shadow_lines_place place = {.untimed_cell = untimed_cell(function)};
    if (lines && begins_line)
        place = (struct shadow_lines_place){function->first_cell, untimed_cell(function), (uint32_t)calls};
    shadow_enter(&site->cache, function->code, calls, frame, place, 0, profile_clock_kind, lines);
}

static void call_function(void) {
    struct function *function = &functions[chance(FUNCTIONS)];
    if (height > 0 && chance(2) && stack[height - 1].function < functions + FUNCTIONS)
        function = stack[height - 1].function; /* direct recursion */
    enter_site(&function->enter, function, 1, 0, true);
    begin_activation(function, -1);
    function->calls++;
    function->hits += lines;
}

static void resume_generator(void) {
    int which = (int)chance(GENERATORS);
    if (generators[which].running)
        return;
    bool first = !generators[which].started;
    struct function *function = generators[which].function;
    enter_site(first ? &function->enter : &function->resume, function, first, identity(which), true);
    begin_activation(function, which);
    function->calls += first;
    function->hits += lines && first;
    generators[which].started = generators[which].running = true;
}

static void call_c_function(void) {
    if (height == 0 || is_c(stack[height - 1].function))
        return;
    struct function *function = &functions[FUNCTIONS + GENERATOR_FUNCTIONS + chance(C_FUNCTIONS)];
    shadow_call_c(&function->enter.cache, &function->enter.thinning, function->code, profile_clock_kind);
    begin_activation(function, -1);
    function->calls++;
}

/* The activation on top returns or yields. */
static void leave_top(void) {
    const struct function *function = stack[height - 1].function;
    if (is_c(function))
        shadow_return_c(profile_clock_kind);
    else if (leaves && stack[height - 1].generator < 0)
        shadow_leave_leaf(function->code, 0, profile_clock_kind);
    else
        shadow_leave(function->code, untimed_cell(function), 0, profile_clock_kind, lines);
    if (stack[height - 1].generator >= 0 && chance(5) == 0)
        generators[stack[height - 1].generator].started = false; /* it has ended; the next one has its frame */
    end_activation();
}

static void come_to_line(void) {
    struct function *function = stack[height - 1].function;
    if (!lines || is_c(function))
        return;
    unsigned hits = chance(2);
    shadow_line(function->code, function->first_cell + chance(LINES), untimed_cell(function), hits);
    function->hits += hits;
}

/* An exception leaves some activations and is handled in the one below: C calls' ends are passed by, others end in their probes. */
static void raise(void) {
    for (unsigned levels = 1 + chance(4); levels > 0 && height > 0; levels--) {
        const struct activation *top = &stack[height - 1];
        if (is_c(top->function)) {
            end_activation();
            continue;
        }
        if (top->generator < 0)
            shadow_leave(top->function->code, untimed_cell(top->function), 0, profile_clock_kind, lines);
        else if (shadow_expose_frame(profile_current_thread, identity(top->generator)))
            shadow_leave_slowly(top->function->code, untimed_cell(top->function), lines);
        if (top->generator >= 0)
            generators[top->generator].started = false;
        end_activation();
    }
    if (height > 0 && is_c(stack[height - 1].function))
        end_activation(); /* what it called has raised: so does it */
    if (height > 0 && !is_c(stack[height - 1].function))
        shadow_expose(profile_current_thread, stack[height - 1].function->code);
}

/* All activations wait while another greenlet runs, which may be in the same functions. */
static void switch_away(void) {
    struct function *other = &functions[FUNCTIONS];
    for (int i = 0; i < height; i++)
        give_totals(i);
    struct shadow_waiting *waiting = shadow_wait();
    assert_true(height == 0 || waiting);
    enter_site(&other->resume, other, 0, 0x900000, false);
    uint64_t ticks = chance(300);
    now_ticks += ticks;
    other->self += ticks;
    other->total += ticks;
    other->line_self += ticks;
    other->line_total += ticks;
    shadow_leave(other->code, untimed_cell(other), 0, profile_clock_kind, lines);
    shadow_go_on(waiting);
    for (int i = 0; i < height; i++)
        stack[i].start = now_ticks;
}

static void happen(void) {
    pass_time();
    unsigned what = chance(100);
    if (height == 0 || (what < 45 && height < MOST_DEPTH))
        what % 3 == 0 ? call_function() : what % 3 == 1 ? resume_generator() : call_c_function();
    else if (what < 80)
        leave_top();
    else if (what < 94)
        come_to_line();
    else if (what < 98)
        raise();
    else
        switch_away();
}

/* --- the comparison --------------------------------------------------------------------------------------------- */

static void check(const struct function *function) {
    struct counts counts = counts_of(function->code);
    assert_int_equal(counts.calls, function->calls);
    assert_int_equal(profile_current_thread->active[function->code], 0);
    if (leaves)
        return;
    assert_int_equal(counts.self_ticks, function->self);
    assert_int_equal(counts.total_ticks, function->total);
    if (!function->first_cell)
        return;
    struct arena_line_cell sum = {0};
    for (const struct arena_line_cell *cell = profile_current_thread->lines + function->first_cell, *end = cell + LINES + 1;
         cell < end; cell++) {
        sum.self_ticks += cell->self_ticks;
        sum.total_ticks += cell->total_ticks;
        sum.hits += cell->hits;
    }
    assert_int_equal(sum.hits, function->hits);
    assert_int_equal(sum.self_ticks, function->line_self);
    assert_int_equal(sum.total_ticks, function->line_total);
}

static void run_program(unsigned seed) {
    random_state = seed * 2654435761u + 1;
    memset(functions, 0, sizeof functions);
    memset(generators, 0, sizeof generators);
    for (int i = 0; i < CODES; i++) {
        functions[i].code = new_code("f");
        if (lines && !is_c(&functions[i]))
            functions[i].first_cell = profile_register_lines(functions[i].code, (const uint32_t[]){1, 2}, LINES);
    }
    for (int i = 0; i < GENERATORS; i++) /* most of one function: they wait for each other */
        generators[i].function = &functions[FUNCTIONS + (i == 0)];
    for (int i = 0; i < EVENTS; i++)
        happen();
    while (height > 0)
        leave_top();
    for (int i = 0; i < CODES; i++)
        check(&functions[i]);
    assert_int_equal(depth(), 0);
    assert_time_adds_up();
}

static void all_time_is_whose_it_is(void **state) {
    (void)state;
    lines = false;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        run_program(seed);
}

static void all_time_is_whose_it_is_with_lines(void **state) {
    (void)state;
    lines = true;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        run_program(seed);
}

/* Generators that wait for each other, as a tree is walked: the clock is read at the ends of the chain alone. */
static void a_chain_of_generators_is_not_timed(void **state) {
    (void)state;
    enum { CHAIN = 10 };
    struct site first = {.code = new_code("walk")}, again = first;
    lines = false;
    for (uint64_t i = 0; i < CHAIN; i++)
        shadow_enter(&first.cache, first.code, 1, 0x1000 + 16 * i, (struct shadow_lines_place){0}, 0, profile_clock_kind, false);
    const struct arena_thread *thread = profile_current_thread;
    for (int i = 0; i < CHAIN; i++)
        leave(&first, false);
    for (int value = 0; value < 3; value++) {
        now_ticks += 1000;
        for (uint64_t i = 0; i < CHAIN; i++)
            shadow_enter(&again.cache, again.code, 0, 0x1000 + 16 * i, (struct shadow_lines_place){0}, 0, profile_clock_kind,
                         false);
        uint64_t read = thread->last_ticks;
        assert_int_equal(depth(), CHAIN);
        now_ticks += 5;
        for (int i = 0; i < CHAIN - 1; i++)
            leave(&again, false);
        assert_int_equal(thread->last_ticks, read);
        leave(&again, false);
        assert_int_equal(thread->last_ticks, read + 5);
    }
    assert_counts(first.code, CHAIN, 1, 2);
    assert_int_equal(counts_of(first.code).self_ticks, 15);
    assert_int_equal(counts_of(first.code).total_ticks, 15);
    assert_int_equal(thread->active[first.code], 0);
}

/* A line that is timed in such a generator has the time until control leaves it. */
static void a_timed_line_ends_with_its_activation(void **state) {
    (void)state;
    struct site walk = {.code = new_code("walk")};
    uint32_t cell = profile_register_lines(walk.code, (const uint32_t[]){1, 2}, 2);
    struct shadow_lines_place place = {.untimed_cell = cell + 2};
    const struct arena_thread *thread = profile_current_thread;
    for (uint64_t i = 0; i < 3; i++)
        shadow_enter(&walk.cache, walk.code, 1, 0x1000 + 16 * i, place, 0, profile_clock_kind, true);
    assert_int_equal(thread->top->start_ticks, 0);
    shadow_line(walk.code, cell + 1, cell + 2, 1);
    now_ticks += 100;
    shadow_leave(walk.code, cell + 2, 0, profile_clock_kind, true);
    now_ticks += 30;
    shadow_leave(walk.code, cell + 2, 0, profile_clock_kind, true);
    shadow_leave(walk.code, cell + 2, 0, profile_clock_kind, true);
    assert_int_equal(thread->lines[cell + 1].self_ticks, 100);
    assert_int_equal(thread->lines[cell + 2].self_ticks, 30);
    assert_int_equal(depth(), 0);
}

static void no_time_is_lost_where_leaves_are_not_timed(void **state) {
    (void)state;
    lines = false;
    leaves = true;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        run_program(seed);
    leaves = false;
}

static void leaf_call(struct site *leaf, uint64_t ticks) {
    enter(leaf, false);
    now_ticks += ticks;
    shadow_leave_leaf(leaf->code, 0, profile_clock_kind);
}

/* An exception leaves a C function in a frame whose memory an activation with lines had, when those were on. */
static void lines_that_are_off_have_no_time(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, g = {.code = new_code("g")}, c = {.code = new_code("c")};
    const uint32_t first = profile_register_lines(g.code, (const uint32_t[]){1, 2}, LINES);
    const struct shadow_lines_place place = {first, first + LINES, 1};
    enter(&f, true);
    shadow_enter(&g.cache, g.code, 1, 0, place, 0, profile_clock_kind, true);
    now_ticks += 10;
    shadow_leave(g.code, first + LINES, 0, profile_clock_kind, true);
    profile_switch_lines(false);
    now_ticks += 1000;
    enter(&g, false);
    call_c(&c);
    now_ticks += 100;
    assert_true(shadow_expose(profile_current_thread, g.code));
    leave(&g, false);
    leave(&f, false);
    profile_switch_lines(true);
    uint64_t of_lines = 0;
    for (uint32_t cell = first; cell <= first + LINES; cell++)
        of_lines += profile_current_thread->lines[cell].self_ticks;
    assert_int_equal(of_lines, 10);
    assert_int_equal(counts_of(g.code).total_ticks, 110);
    assert_time_adds_up();
}

/* Until the next activation is an untimed one. */
static void make_short(struct site *leaf) {
    do {
        leaf_call(leaf, 50);
    } while (!profile_current_thread->nodes[leaf->cache.node].wait);
}

static bool top_is_timed(void) { return profile_current_thread->top->start_ticks != 0; }

static void short_leaves_are_timed_now_and_then(void **state) {
    (void)state;
    enum { CALLS = 20000 };
    struct site f = {.code = new_code("f")}, leaf = {.code = new_code("leaf")};
    unsigned timed = 0;
    enter(&f, false);
    for (int i = 0; i < CALLS; i++) {
        now_ticks += 70;
        enter(&leaf, false);
        timed += top_is_timed();
        now_ticks += 40 + (uint64_t)(i % 21);
        shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    }
    leave(&f, false);
    assert_counts(leaf.code, CALLS, CALLS, 1);
    assert_in_range(timed, CALLS / 12, CALLS / 6);
    struct counts of_f = counts_of(f.code), of_leaf = counts_of(leaf.code);
    assert_int_equal(of_leaf.self_ticks, of_leaf.total_ticks);
    assert_int_equal(of_f.total_ticks, of_f.self_ticks + of_leaf.self_ticks);
    assert_in_range(of_leaf.self_ticks, 98 * CALLS / 2, 102 * CALLS / 2); /* 50 each */
    assert_time_adds_up();
}

/* What is called from an untimed leaf reads the clock: the leaf has its own time from then on, and is no leaf for a while. */
static void a_leaf_that_calls_is_timed(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, leaf = {.code = new_code("leaf")}, g = {.code = new_code("g")};
    enter(&f, false);
    make_short(&leaf);
    struct counts before = counts_of(leaf.code);
    enter(&leaf, false);
    assert_false(top_is_timed());
    now_ticks += 30;
    enter(&g, false);
    now_ticks += 10;
    leave(&g, false);
    now_ticks += 5;
    shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    assert_int_equal(counts_of(leaf.code).self_ticks - before.self_ticks, 5);
    assert_int_equal(counts_of(leaf.code).total_ticks - before.total_ticks, 15);
    assert_int_equal(counts_of(g.code).self_ticks, 10);
    for (int i = 0; i <= SHADOW_WARM_UP; i++) {
        enter(&leaf, false);
        assert_true(top_is_timed());
        shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    }
    make_short(&leaf);
    enter(&leaf, false);
    enter(&leaf, false); /* by itself, too */
    assert_true(top_is_timed());
    shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    leave(&f, false);
    assert_int_equal(depth(), 0);
    assert_time_adds_up();
}

static void a_leaf_that_takes_long_is_timed(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, leaf = {.code = new_code("leaf")};
    enter(&f, false);
    make_short(&leaf);
    for (int i = 0; i < 2 * SHADOW_MEAN_GAP; i++)
        leaf_call(&leaf, SHADOW_SHORT_TICKS + 1); /* one of them has been timed */
    for (int i = 0; i <= SHADOW_WARM_UP; i++) {
        enter(&leaf, false);
        assert_true(top_is_timed());
        shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    }
    leave(&f, false);
    assert_time_adds_up();
}

/* Calls of C functions of constant time wait for their turn until the leaf is timed; all others read the clock. */
static void c_calls_of_a_leaf(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, leaf = {.code = new_code("leaf")}, other = {.code = new_code("other")};
    struct site c = {.code = new_code("c"), .thinning = {.allowed = 1}};
    enter(&f, false);
    make_short(&leaf);
    enter(&leaf, false);
    for (int i = 0; i < 3; i++) {
        call_c(&c);
        assert_false(top_is_timed());
        return_c();
    }
    assert_int_equal(c.thinning.untimed, 3);
    call_c(&c);
    enter(&other, false); /* calls back */
    assert_true(top_is_timed());
    assert_true(profile_current_thread->top[-2].start_ticks);
    leave(&other, false);
    return_c();
    shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    make_short(&leaf);
    enter(&leaf, false);
    now_ticks += 7;
    call_c(&other);
    assert_true(top_is_timed());
    now_ticks += 11;
    return_c();
    assert_true(top_is_timed());
    shadow_leave_leaf(leaf.code, 0, profile_clock_kind);
    leave(&f, false);
    assert_int_equal(counts_of(c.code).calls, 4);
    assert_int_equal(counts_of(other.code).self_ticks, 11);
    assert_time_adds_up();
}

/* An exception that comes to a generator below takes them off. */
static void untimed_leaves_are_left_by_exceptions(void **state) {
    (void)state;
    struct site g = {.code = new_code("g")}, leaf = {.code = new_code("leaf")};
    struct site c = {.code = new_code("c"), .thinning = {.allowed = 1, .wait = 1}};
    shadow_enter(&g.cache, g.code, 1, 0x1000, (struct shadow_lines_place){0}, 0, profile_clock_kind, false);
    make_short(&leaf);
    uint64_t before = counts_of(leaf.code).total_ticks;
    enter(&leaf, false);
    now_ticks += 100;
    call_c(&c);
    assert_true(shadow_expose_frame(profile_current_thread, 0x1000));
    assert_int_equal(depth(), 1);
    assert_int_equal(counts_of(leaf.code).total_ticks, before);
    leave(&g, false);
    assert_int_equal(profile_current_thread->active[leaf.code] + profile_current_thread->active[c.code], 0);
    assert_time_adds_up();
}

static int attach(void **state) {
    int status = fixture_attach(state);
    profile_clock_kind = ARENA_CLOCK_MONOTONIC;
    return status;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_time_is_whose_it_is),
        cmocka_unit_test(all_time_is_whose_it_is_with_lines),
        cmocka_unit_test(a_chain_of_generators_is_not_timed),
        cmocka_unit_test(a_timed_line_ends_with_its_activation),
        cmocka_unit_test(no_time_is_lost_where_leaves_are_not_timed),
        cmocka_unit_test(lines_that_are_off_have_no_time),
        cmocka_unit_test(short_leaves_are_timed_now_and_then),
        cmocka_unit_test(a_leaf_that_calls_is_timed),
        cmocka_unit_test(a_leaf_that_takes_long_is_timed),
        cmocka_unit_test(c_calls_of_a_leaf),
        cmocka_unit_test(untimed_leaves_are_left_by_exceptions),
    };
    return cmocka_run_group_tests(tests, attach, fixture_remove);
}
