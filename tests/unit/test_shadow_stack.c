/* The probes' shadow stack, driven as probes drive it: exact counters for calls, recursion, generators, C calls, exceptions. */
#include <pthread.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "tests/unit/probe_fixture.h"

static void counts_calls_by_path(void **state) {
    (void)state;
    struct site a = {.code = new_code("a")}, b = {.code = new_code("b")};
    for (int i = 0; i < 10; i++) {
        enter(&a, false);
        for (int k = 0; k < 3; k++) {
            enter(&b, false);
            leave(&b, false);
        }
        leave(&a, false);
    }
    enter(&b, false); /* from elsewhere: a node of its own */
    leave(&b, false);
    assert_counts(a.code, 10, 10, 1);
    assert_counts(b.code, 31, 31, 2);
    assert_int_equal(depth(), 0);
    struct counts of_a = counts_of(a.code), of_b = counts_of(b.code);
    assert_true(of_a.total_ticks >= of_a.self_ticks);
    assert_int_equal(of_b.total_ticks, of_b.self_ticks);
    assert_time_adds_up();
}

/* A function that is called from several places in turn, in uneven order: as many as are remembered, and more. */
static void callers_in_turn(void **state) {
    (void)state;
    enum { CALLERS = 2 * (SHADOW_OLDER + 1) };
    for (uint32_t callers = 2; callers <= CALLERS; callers++) {
        struct site f = {.code = new_code("f")}, caller[CALLERS];
        uint64_t wanted[CALLERS] = {0};
        for (uint32_t i = 0; i < callers; i++)
            caller[i] = (struct site){.code = new_code("caller")};
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t which = i * i / 3 % callers;
            wanted[which]++;
            enter(&caller[which], false);
            enter(&f, false);
            leave(&f, false);
            leave(&caller[which], false);
        }
        const struct arena_thread *thread = profile_current_thread;
        for (uint32_t node = 1; node < thread->node_count; node++)
            if (thread->nodes[node].code == f.code)
                for (uint32_t i = 0; i < callers; i++)
                    if (thread->nodes[thread->nodes[node].parent].code == caller[i].code) {
                        assert_int_equal(thread->nodes[node].calls, wanted[i]);
                        wanted[i] = 0;
                    }
        for (uint32_t i = 0; i < callers; i++)
            assert_int_equal(wanted[i], 0);
    }
    assert_time_adds_up();
}

static void direct_recursion(void **state) {
    (void)state;
    for (int lines = 0; lines < 2; lines++) {
        struct site f = {.code = new_code("f")};
        enum { DEPTH = 1000 };
        for (int i = 0; i < DEPTH; i++)
            enter(&f, lines);
        assert_in_range(depth(), 1, 2); /* it only repeats; with lines from its second activation on */
        assert_int_equal(depth() + profile_current_thread->top->repeats, DEPTH);
        for (int i = 0; i < DEPTH; i++)
            leave(&f, lines);
        assert_counts(f.code, DEPTH, 1, 2); /* the function and, folded to it, its recursion */
        struct counts counts = counts_of(f.code);
        assert_int_equal(counts.self_ticks, counts.total_ticks);
        assert_int_equal(profile_current_thread->active[f.code], 0);
        assert_time_adds_up();
    }
}

static void mutual_recursion(void **state) {
    (void)state;
    struct site even = {.code = new_code("even")}, odd = {.code = new_code("odd")}, leaf = {.code = new_code("leaf")};
    for (int i = 0; i < 50; i++) {
        enter(i % 2 ? &odd : &even, false);
        enter(&leaf, false);
        leave(&leaf, false);
    }
    for (int i = 49; i >= 0; i--)
        leave(i % 2 ? &odd : &even, false);
    assert_counts(even.code, 25, 1, 2); /* even; even below odd folds to it */
    assert_counts(odd.code, 25, 1, 1);
    assert_counts(leaf.code, 50, 50, 2);
    struct counts of_even = counts_of(even.code), of_odd = counts_of(odd.code), of_leaf = counts_of(leaf.code);
    assert_int_equal(of_even.total_ticks, of_even.self_ticks + of_odd.self_ticks + of_leaf.self_ticks);
    assert_time_adds_up();
}

static void lines_count_and_share_time(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, g = {.code = new_code("g")};
    uint32_t first = profile_register_lines(f.code, (const uint32_t[]){10, 11, 12}, 3);
    assert_int_not_equal(first, 0);
    enter(&f, true);
    for (int i = 0; i < 5; i++) {
        shadow_line(f.code, first, first + 3, 1);
        shadow_line(f.code, first + 1, first + 3, 1);
        enter(&g, true);
        leave(&g, true);
        shadow_line(f.code, first, first + 3, 0);
    }
    leave(&f, true);
    const struct arena_line_cell *cells = profile_current_thread->lines + first;
    assert_int_equal(cells[0].hits, 5);
    assert_int_equal(cells[1].hits, 5);
    assert_int_equal(cells[2].hits, 0);
    assert_int_equal(cells[0].self_ticks, cells[0].total_ticks);
    struct counts of_f = counts_of(f.code), of_g = counts_of(g.code);
    assert_true(cells[0].self_ticks + cells[1].self_ticks <= of_f.self_ticks);
    assert_int_equal(cells[1].total_ticks, cells[1].self_ticks + of_g.total_ticks);
    assert_time_adds_up();
}

static void spin(uint64_t ticks) {
    for (uint64_t start = shadow_reading(); shadow_reading() - start < ticks;)
        ;
}

/* Most stretches of short lines are untimed; every hit counts, no tick is lost, and what was timed tells the proportion. */
static void short_lines_are_timed_now_and_then(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")};
    uint32_t first = profile_register_lines(f.code, (const uint32_t[]){10, 11}, 2), untimed = first + 2;
    enum { ROUNDS = 20000 };
    unsigned timed = 0;
    enter(&f, true);
    for (int i = 0; i < ROUNDS; i++) {
        shadow_line(f.code, first, untimed, 1);
        timed += profile_current_thread->top->charged_cell == first;
        spin(200);
        shadow_line(f.code, first + 1, untimed, 1);
        spin(600);
    }
    leave(&f, true);
    const struct arena_line_cell *cells = profile_current_thread->lines + first;
    assert_int_equal(cells[0].hits, ROUNDS);
    assert_int_equal(cells[1].hits, ROUNDS);
    assert_in_range(timed, ROUNDS / 100, ROUNDS / 2);
    struct counts of_f = counts_of(f.code);
    assert_true(cells[0].self_ticks + cells[1].self_ticks + cells[2].self_ticks <= of_f.self_ticks);
    assert_true(cells[2].self_ticks > of_f.self_ticks / 20); /* most of it, on a machine that does nothing else */
    double share = (double)cells[0].estimated_ticks / (double)(cells[0].estimated_ticks + cells[1].estimated_ticks);
    assert_true(share > 0.12 && share < 0.45); /* 0.25; the rest is room for a busy machine */
    assert_time_adds_up();
}

/* What takes long is timed each time, and long untimed time is the line's that was seen to take so long. */
static void long_stretches_are_not_shared_out(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")};
    uint32_t first = profile_register_lines(f.code, (const uint32_t[]){10, 11}, 2), untimed = first + 2;
    enter(&f, true);
    struct arena_thread *thread = profile_current_thread;
    struct arena_line_cell *cells = thread->lines + first;
    for (int i = 0; i < 5000; i++) {
        shadow_line(f.code, first, untimed, 1);
        shadow_line(f.code, first + 1, untimed, 1);
    }
    while (thread->top->charged_cell != first + 1) /* until it is timed */
        shadow_line(f.code, first + 1, untimed, 1);
    spin(2 * SHADOW_LONG_TICKS);
    uint64_t estimated = cells[1].estimated_ticks, before = cells[1].self_ticks;
    shadow_line(f.code, first, untimed, 1);
    assert_true(cells[1].self_ticks - before >= 2 * SHADOW_LONG_TICKS);
    assert_int_equal(cells[1].estimated_ticks, estimated);
    for (int i = 0; i < SHADOW_WARM_UP; i++) {
        shadow_line(f.code, first + 1, untimed, 1);
        assert_int_equal(thread->top->charged_cell, first + 1);
    }
    while (thread->top->charged_cell != untimed)
        shadow_line(f.code, first, untimed, 1);
    uint64_t shared = cells[2].self_ticks;
    before = cells[1].self_ticks;
    spin(2 * SHADOW_LONG_TICKS);
    leave(&f, true);
    assert_true(cells[1].self_ticks - before >= 2 * SHADOW_LONG_TICKS);
    assert_true(cells[2].self_ticks - shared < SHADOW_LONG_TICKS);
    assert_time_adds_up();
}

/* The probes' cost stands in no time; time never goes backwards when more was taken out than there was. */
static void the_probes_cost_is_taken_out(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, g = {.code = new_code("g")};
    uint64_t clock = shadow_reading();
    enter(&f, false);
    struct arena_thread *thread = profile_current_thread;
    enum { CALLS = 1000 };
    const uint64_t cost = 1000000; /* far more than a call takes */
    struct arena_probe_cost measured = profile_probe_cost;
    profile_probe_cost.function = cost;
    uint64_t latest = thread->latest_ticks, own = thread->own_ticks;
    for (int i = 0; i < CALLS; i++) {
        enter(&g, false);
        assert_true(thread->latest_ticks >= latest);
        latest = thread->latest_ticks;
        leave(&g, false);
    }
    profile_probe_cost = measured;
    leave(&f, false);
    assert_true(thread->own_ticks - own <= shadow_reading() - clock + SHADOW_MOST_DEBT);
    struct counts of_f = counts_of(f.code), of_g = counts_of(g.code);
    assert_true(of_g.total_ticks < 3 * SHADOW_MOST_DEBT);
    assert_int_equal(of_f.total_ticks, of_f.self_ticks + of_g.self_ticks);
    assert_time_adds_up();
}

static void lines_of_another_function_are_ignored(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")};
    uint32_t other = new_code("other");
    uint32_t cell = profile_register_lines(other, (const uint32_t[]){1}, 1);
    enter(&f, true);
    shadow_line(other, cell, cell + 1, 1);
    leave(&f, true);
    assert_int_equal(profile_current_thread->lines[cell].hits, 0);
}

static void generators_count_their_first_start(void **state) {
    (void)state;
    struct site start = {.code = new_code("g")}, again = start, user = {.code = new_code("user")};
    const uint64_t frame = 0x1000;
    enter(&user, true);
    resume(&start, frame, 0, true);
    leave(&start, true);
    for (int i = 0; i < 7; i++) {
        resume(&again, frame, 0, false);
        leave(&again, true);
    }
    leave(&user, true);
    assert_counts(start.code, 1, 1, 1);
    assert_int_equal(depth(), 0);
    assert_time_adds_up();
}

static void a_handler_finds_its_generator(void **state) {
    (void)state;
    struct site g = {.code = new_code("g")}, inner = {.code = new_code("inner")}, c = {.code = new_code("c")};
    resume(&g, 0x2000, 0, true);
    enter(&inner, true);
    call_c(&c);
    assert_int_equal(depth(), 3);
    assert_false(shadow_expose_frame(profile_current_thread, 0x3000)); /* not on the stack: nothing is taken off */
    assert_int_equal(depth(), 3);
    assert_true(shadow_expose_frame(profile_current_thread, 0x2000));
    assert_int_equal(depth(), 1);
    leave(&g, true);
    assert_int_equal(depth(), 0);
    for (const struct site *site = &g; site; site = site == &g ? &inner : site == &inner ? &c : NULL)
        assert_int_equal(profile_current_thread->active[site->code], 0);
    assert_time_adds_up();
}

static void exceptions_leave_c_calls(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, c = {.code = new_code("c")}, d = {.code = new_code("d")};
    enter(&f, false);
    call_c(&c);
    call_c(&d);
    leave(&f, false); /* the exception passed both calls' ends */
    assert_int_equal(depth(), 0);
    assert_counts(c.code, 1, 1, 1);
    assert_counts(d.code, 1, 1, 1);
    enter(&f, false);
    call_c(&c);
    assert_true(shadow_expose(profile_current_thread, f.code));
    assert_int_equal(depth(), 1);
    return_c(); /* a Python function on top: not its end */
    assert_int_equal(depth(), 1);
    leave(&f, false);
    leave(&f, false); /* one that was never entered */
    assert_int_equal(depth(), 0);
    assert_time_adds_up();
}

static void thinned_calls_keep_sums(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, c = {.code = new_code("c"), .thinning = {.allowed = 1, .warm_up = SHADOW_WARM_UP}};
    enum { CALLS = 10000 };
    enter(&f, false);
    unsigned untimed = 0;
    for (int i = 0; i < CALLS; i++) {
        call_c(&c);
        untimed += profile_current_thread->top->start_ticks == 0;
        return_c();
    }
    leave(&f, false);
    assert_counts(c.code, CALLS, CALLS, 1);
    assert_true(untimed > CALLS / 2);
    struct counts of_f = counts_of(f.code), of_c = counts_of(c.code);
    /* Time only moves between the caller and the callee. */
    assert_int_equal(of_f.total_ticks, of_f.self_ticks + of_c.self_ticks);
    assert_int_equal(of_c.self_ticks, of_c.total_ticks);
    assert_time_adds_up();
}

static void a_full_stack_counts_what_it_cannot_hold(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, g = {.code = new_code("g")};
    enter(&f, false);
    leave(&f, false);
    uint64_t lost = profile_header()->lost_frames;
    enum { MORE = 100 };
    enum { DEEP = ARENA_MAX_FRAMES + MORE };
    for (uint32_t i = 0; i < DEEP; i++)
        enter(i % 2 ? &g : &f, false);
    uint64_t missing = profile_header()->lost_frames - lost;
    assert_true(missing >= MORE && missing <= MORE + 4);
    for (uint32_t i = DEEP; i > 0; i--)
        leave((i - 1) % 2 ? &g : &f, false);
    assert_int_equal(depth(), 0);
    assert_int_equal(profile_current_thread->overflow_depth, 0);
    assert_int_equal(counts_of(f.code).calls + counts_of(g.code).calls, DEEP + 1 - missing);
    assert_int_equal(profile_current_thread->active[f.code], 0);
    assert_int_equal(profile_current_thread->active[g.code], 0);
    enter(&f, false); /* it works on */
    leave(&f, false);
    assert_int_equal(counts_of(f.code).calls + counts_of(g.code).calls, DEEP + 2 - missing);
    assert_time_adds_up();
}

static void *work(void *argument) {
    uint32_t code = *(uint32_t *)argument;
    struct site f = {.code = code};
    for (int i = 0; i < 1000; i++) {
        enter(&f, false);
        leave(&f, false);
    }
    enter(&f, false); /* still there when the thread ends */
    return profile_current_thread;
}

static void ended_threads_leave_their_place(void **state) {
    (void)state;
    uint32_t code = new_code("f");
    struct arena_thread *first = NULL;
    for (int i = 0; i < 5; i++) {
        pthread_t thread;
        void *segment;
        assert_int_equal(pthread_create(&thread, NULL, work, &code), 0);
        assert_int_equal(pthread_join(thread, &segment), 0);
        if (!first)
            first = segment;
        assert_ptr_equal(segment, first);
    }
    assert_ptr_not_equal(first, profile_current_thread);
    assert_int_equal(first->state, ARENA_THREAD_ENDED);
    assert_int_equal(first->starts, 5);
    uint64_t calls = 0, primitive = 0, nodes = 0;
    for (uint32_t i = 1; i < first->node_count; i++)
        if (first->nodes[i].code == code)
            calls += first->nodes[i].calls, primitive += first->nodes[i].primitive_calls, nodes++;
    assert_int_equal(calls, 5 * 1001);
    assert_int_equal(primitive, 5 * 1001);
    assert_int_equal(nodes, 1);
    assert_int_equal(first->active[code], 0);
}

static void a_forked_child_counts_nothing(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")};
    enter(&f, false);
    uint32_t codes = profile_header()->code_count;
    pid_t child = fork();
    if (child == 0) {
        profile_after_fork_in_child();
        leave(&f, false);
        for (int i = 0; i < 100; i++) {
            enter(&f, true);
            call_c(&f);
            return_c();
            shadow_line(f.code, 1, 2, 1);
            leave(&f, true);
        }
        _exit(profile_header() == NULL ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(depth(), 1);
    assert_counts(f.code, 1, 1, 1);
    assert_int_equal(profile_header()->code_count, codes);
    leave(&f, false);
}

/* What the child does, whose arena's path goes into the file that `told` is. */
static _Noreturn void count_in_child(struct site *f, struct site *g, int told) {
    profile_after_fork_in_child();
    const struct arena_header *header = profile_header();
    bool right = header && header->code_count > g->code && depth() == 1 && counts_of(f->code).calls == 0;
    enter(g, false);
    leave(g, false);
    leave(f, false);
    for (int i = 0; i < 100; i++) {
        enter(f, false);
        leave(f, false);
    }
    struct counts of_f = counts_of(f->code), of_g = counts_of(g->code);
    right = right && of_f.calls == 100 && of_g.calls == 1 && depth() == 0;
    right = right && write(told, header->path, strlen(header->path)) > 0;
    _exit(right ? 0 : 1);
}

static void a_forked_child_moves_into_its_own_arena(void **state) {
    (void)state;
    struct error error;
    struct site f = {.code = new_code("f")}, g = {.code = new_code("g")};
    int told[2], status;
    char path[ARENA_PATH_SIZE] = "", folder[ARENA_PATH_SIZE];
    profile_header()->children = 1;
    assert_true(profile_allow_children(fixture_path));
    assert_int_equal(pipe(told), 0);
    enter(&f, false);
    profile_before_fork();
    pid_t child = fork();
    if (child == 0)
        count_in_child(&f, &g, told[1]);
    enter(&g, false); /* the parent goes on meanwhile */
    leave(&g, false);
    leave(&f, false);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(read(told[0], path, sizeof path - 1) > 0);
    assert_counts(f.code, 1, 1, 1);
    assert_counts(g.code, 1, 1, 1);
    assert_int_equal(profile_header()->lost_processes, 0);
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, fixture_path);
    assert_memory_equal(path, folder, strlen(folder));
    struct arena arena;
    assert_true(arena_attach(&arena, path, &error));
    assert_int_equal(arena.header->host_pid, child);
    assert_int_equal(arena.header->parent_pid, getpid());
    assert_int_equal(arena.header->thread_count, 1);
    assert_int_equal(arena.header->code_count, profile_header()->code_count);
    arena_detach(&arena);
    unlink(path);
    rmdir(folder);
    close(told[0]);
    close(told[1]);
}

static void a_child_without_room_is_counted_as_lost(void **state) {
    (void)state;
    char folder[ARENA_PATH_SIZE];
    int status;
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, fixture_path);
    int file = open(folder, O_WRONLY | O_CREAT, 0600); /* stands where the folder should be */
    assert_true(file >= 0);
    uint64_t lost = profile_header()->lost_processes;
    profile_before_fork();
    pid_t child = fork();
    if (child == 0) {
        profile_after_fork_in_child();
        _exit(profile_header() != NULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(profile_header()->lost_processes, lost + 1);
    close(file);
    unlink(folder);
}

static void unwinding_gives_all_time(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, c = {.code = new_code("c")};
    enter(&f, true);
    enter(&f, true);
    call_c(&c);
    shadow_unwind_all(profile_current_thread);
    assert_int_equal(depth(), 0);
    assert_int_equal(profile_current_thread->active[f.code], 0);
    struct counts of_f = counts_of(f.code), of_c = counts_of(c.code);
    assert_int_equal(of_f.total_ticks, of_f.self_ticks + of_c.self_ticks);
    assert_time_adds_up();
}

/* What the profiler itself does in between is in no activation's time, however deep it happens. */
static void own_work_is_nobodys_time(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")}, c = {.code = new_code("c")};
    uint64_t start = shadow_reading();
    enter(&f, true);
    call_c(&c);
    uint64_t before = shadow_reading(), spun = 0;
    while (spun < 1000000)
        spun = shadow_reading() - before;
    shadow_discount(before);
    return_c();
    leave(&f, true);
    uint64_t programs_own = shadow_reading() - start - spun;
    struct counts of_f = counts_of(f.code), of_c = counts_of(c.code);
    assert_true(of_f.total_ticks <= programs_own);
    assert_true(of_c.total_ticks <= of_f.total_ticks);
    assert_int_equal(of_f.total_ticks, of_f.self_ticks + of_c.self_ticks);
}

/* What the run's clock leaves out is in no time and no cost of the profiler's. */
static void waiting_is_nobodys_time(void **state) {
    (void)state;
    struct site f = {.code = new_code("f")};
    uint64_t start = shadow_reading();
    enter(&f, true);
    struct arena_thread *thread = profile_current_thread;
    uint64_t waited = thread->waited_ticks, own = thread->own_ticks;
    shadow_waited(); /* without a begin: nothing */
    assert_int_equal(thread->own_ticks, own);
    shadow_waits();
    assert_true(thread->waiting_since >= start);
    spin(1000000);
    shadow_waited();
    assert_int_equal(thread->waiting_since, 0);
    leave(&f, true);
    uint64_t passed = shadow_reading() - start;
    assert_true(thread->waited_ticks - waited >= 1000000);
    assert_int_equal(thread->own_ticks - own, thread->waited_ticks - waited);
    assert_true(counts_of(f.code).total_ticks <= passed - 1000000);
    assert_time_adds_up();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_calls_by_path),
        cmocka_unit_test(callers_in_turn),
        cmocka_unit_test(direct_recursion),
        cmocka_unit_test(mutual_recursion),
        cmocka_unit_test(lines_count_and_share_time),
        cmocka_unit_test(short_lines_are_timed_now_and_then),
        cmocka_unit_test(long_stretches_are_not_shared_out),
        cmocka_unit_test(the_probes_cost_is_taken_out),
        cmocka_unit_test(lines_of_another_function_are_ignored),
        cmocka_unit_test(generators_count_their_first_start),
        cmocka_unit_test(a_handler_finds_its_generator),
        cmocka_unit_test(exceptions_leave_c_calls),
        cmocka_unit_test(thinned_calls_keep_sums),
        cmocka_unit_test(ended_threads_leave_their_place),
        cmocka_unit_test(a_forked_child_counts_nothing),
        cmocka_unit_test(a_forked_child_moves_into_its_own_arena),
        cmocka_unit_test(a_child_without_room_is_counted_as_lost),
        cmocka_unit_test(unwinding_gives_all_time),
        cmocka_unit_test(own_work_is_nobodys_time),
        cmocka_unit_test(waiting_is_nobodys_time),
        cmocka_unit_test(a_full_stack_counts_what_it_cannot_hold),
    };
    return cmocka_run_group_tests(tests, fixture_attach, fixture_remove);
}
