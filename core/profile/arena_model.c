/* arena_model.c - the steps from an arena to a model: threads, functions, lines, sums, nanoseconds, memory, timeline. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/profile/arena_site_changes.h"
#include "core/profile/model_build.h"
#include "core/profile/model_compact.h"
#include "core/profile/model_instructions.h"
#include "core/profile/model_memory.h"
#include "core/profile/model_site_update.h"
#include "core/profile/model_sum.h"
#include "core/profile/utf8.h"

enum { SITES_AT_ONCE = 1 << 16 };

/* Of the program's own process the recorder says how it ended; a child has ended when its clock has. */
static enum model_state model_state(const struct arena_build *build) {
    const struct arena_header *header = build->header;
    if (header->exit_kind != ARENA_EXIT_NONE || (build->reader->is_child && build->ended))
        return MODEL_ENDED;
    return header->host_state == ARENA_HOST_STARTING ? MODEL_STARTING : MODEL_RUNNING;
}

/* A text of a fixed room that may hold anything. NULL: out of memory. */
static const char *header_text(struct model *model, const char *text, size_t size) {
    size_t length = strnlen(text, size);
    char *copy = model_text_room(model, UTF8_REPLACEMENT_SIZE * length);
    if (copy)
        copy[utf8_replace(text, length, copy)] = '\0';
    return copy;
}

/* The arguments, and what they look like in a shell. */
static bool fill_command(struct model *model, const struct arena_header *header) {
    const char *end = header->command + sizeof header->command;
    size_t size = 1, count = 0;
    for (const char *at = header->command; at < end && *at; at += strnlen(at, (size_t)(end - at)) + 1)
        count++;
    if (!count)
        return true;
    model->arguments = calloc(count, sizeof *model->arguments);
    if (!model->arguments)
        return false;
    for (const char *at = header->command; model->argument_count < count;) {
        const char *text = header_text(model, at, (size_t)(end - at));
        if (!text)
            return false;
        model->arguments[model->argument_count++].text = text;
        size += strlen(text) + 1;
        at += strnlen(at, (size_t)(end - at)) + 1;
    }
    char *script = model_text_room(model, size);
    if (!script)
        return false;
    model->script = script;
    *script = '\0';
    for (size_t i = 0; i < count; i++)
        script = stpcpy(stpcpy(script, i ? " " : ""), model->arguments[i].text);
    return true;
}

static bool fill_left_alone(struct model *model, const struct arena_header *header) {
    model->left_alone = calloc(ARENA_MAX_REASONS, sizeof *model->left_alone);
    if (!model->left_alone)
        return false;
    for (int i = 0; i < ARENA_MAX_REASONS; i++) {
        const struct arena_left_alone *row = &header->left_alone[i];
        if (!row->count)
            continue;
        struct model_left_alone *known = &model->left_alone[model->left_alone_count++];
        known->count = row->count;
        known->reason = header_text(model, row->reason, sizeof row->reason);
        known->example = header_text(model, row->example, sizeof row->example);
        if (!known->reason || !known->example)
            return false;
    }
    return true;
}

bool arena_fill_run(struct arena_build *build, struct error *error) {
    const struct arena_header *header = build->header;
    struct model *model = build->model;
    size_t length = strnlen(header->python_version, sizeof header->python_version);
    bool readable = utf8_is_valid(header->python_version, length);
    model->python_version = model_text(model, header->python_version, readable ? length : 0);
    if (!model->python_version || !fill_command(model, header) || !fill_left_alone(model, header))
        return arena_out_of_memory(build->reader, error);
    model->collectors = arena_known_collectors(header->collectors);
    model->clock = (enum run_clock)header->run_clock;
    model->builtins = header->builtins != 0;
    model->marked_only = header->marked_only && header->marked_count > 0;
    model->state = model_state(build);
    model->exit_kind = (enum model_exit_kind)header->exit_kind;
    model->exit_value = header->exit_value;
    model->pid = header->host_pid;
    model->parent_pid = header->parent_pid;
    model->start_unix_ns = header->clock.start_unix_ns;
    model->lost_codes = header->lost_codes;
    model->lost_nodes = header->lost_nodes;
    model->lost_frames = header->lost_frames;
    model->lost_threads = header->lost_threads;
    model->lost_processes = header->lost_processes;
    return true;
}

uint64_t arena_to_ns(uint64_t ticks, double ns_per_tick) {
    if (ns_per_tick == 1.0)
        return ticks < MODEL_UNKNOWN ? ticks : MODEL_UNKNOWN - 1;
    double ns = (double)ticks * ns_per_tick;
    return ns < 0x1p63 ? (uint64_t)ns : UINT64_C(1) << 63;
}

static void sum_functions(const struct call_tree *tree, struct model *model) {
    for (size_t i = 0; i < tree->count; i++) {
        const struct model_node *node = &tree->nodes[i];
        struct model_function *function = &model->functions[node->function];
        function->calls += node->calls;
        function->primitive_calls += node->primitive_calls;
        function->self_ns += node->self_ns;
        function->total_ns += node->total_ns;
    }
}

/* Sums are made in ticks and turned into nanoseconds once, so that rounding does not add up. */
static void convert_times(struct model *model, double ratio) {
#define CONVERT(rows, count)                                                            \
    for (size_t i = 0; i < model->count; i++) {                                         \
        model->rows[i].self_ns = arena_to_ns(model->rows[i].self_ns, ratio);                  \
        model->rows[i].total_ns = arena_to_ns(model->rows[i].total_ns, ratio);                \
    }
    CONVERT(functions, function_count)
    CONVERT(edges, edge_count)
    CONVERT(lines, line_count)
    CONVERT(nodes, node_count)
#undef CONVERT
    for (size_t i = 0; i < model->thread_count; i++)
        model->threads[i].self_ns = arena_to_ns(model->threads[i].self_ns, ratio);
    model->overhead_ns = arena_to_ns(model->overhead_ns, ratio);
}

void arena_finish_clock(struct arena_build *build) {
    struct arena_clock *clock = &build->clock;
    if (!build->ended)
        clock_end(clock);
    build->model->wall_ns = clock->end_ns > clock->start_ns ? clock->end_ns - clock->start_ns : 0;
}

double arena_ns_per_tick(const struct arena_build *build) {
    const struct arena_clock *clock = &build->clock;
    if (build->header->run_clock == RUN_CLOCK_CPU)
        return 1.0;
    return clock->end_ns > clock->start_ns ? clock_ns_per_tick(clock) : 1.0;
}

static bool finish_calls(struct arena_build *build, struct error *error) {
    struct model *model = build->model;
    if (!call_tree_edges(&build->tree, model))
        return arena_out_of_memory(build->reader, error);
    sum_functions(&build->tree, model);
    model->nodes = build->tree.nodes;
    model->node_count = build->tree.count;
    build->tree.nodes = NULL;
    model->thread_functions = build->thread_functions.rows;
    model->thread_function_count = build->thread_functions.count;
    build->thread_functions.rows = NULL;
    return true;
}

/* Those of a model that is gone on from come when all else is there: follow_sites. */
static bool read_sites(struct arena_build *build, struct error *error) {
    if (!build->follow)
        return arena_read_sites(build, error);
    build->site_row_count = build->header->memory.site_count;
    return true;
}

static bool build_model(struct arena_build *build, struct error *error) {
    if (!arena_fill_run(build, error) || !arena_read_threads(build, error))
        return false;
    arena_finish_clock(build);
    if (!arena_read_collectors(build, error) || !arena_read_functions(build, error) || !arena_read_lines(build, error) ||
        !finish_calls(build, error) || !arena_read_bytecode(build, error) || !read_sites(build, error) ||
        !arena_read_samples(build, error) || !arena_read_marks(build, error) || !arena_read_types(build, error))
        return false;
    double ratio = arena_ns_per_tick(build);
    convert_times(build->model, ratio);
    bool done = thread_functions_convert(build->model, ratio) && (!build->compact || model_compact(build->model)) &&
                model_spread_memory(build->model) &&
                model_spread_instructions(build->model);
    return done || arena_out_of_memory(build->reader, error);
}

/* A child that is gone and has no end of its own ended when that was seen. */
void arena_find_end(struct arena_build *build) {
    struct arena_clock *clock = &build->clock;
    if ((!clock->end_ticks || !clock->end_ns) && build->reader->gone_ns) {
        clock->end_ticks = build->reader->gone_ticks;
        clock->end_ns = build->reader->gone_ns;
    }
    build->ended = clock->end_ticks && clock->end_ns; /* both, for the recorder may be writing them */
    build->compact = build->ended && build->reader->is_child;
}

/* All but the model. */
static void free_build(struct arena_build *build) {
    call_tree_free(&build->tree);
    thread_functions_free(&build->thread_functions);
    free(build->line_sums);
    free(build->block_sums);
    free(build->exit_sums);
    for (uint32_t i = 0; build->node_rows && i < build->header->thread_count; i++)
        free(build->node_rows[i].rows);
    free(build->node_rows);
    free(build->site_rows);
}

/* Before the program begins, the engine tries out what probes cost: nothing is known of what changes then. */
static void follow(struct arena_build *build) {
    struct arena_reader *reader = build->reader;
    const struct arena_header *header = build->header;
    bool wanted = arena_follow_is_wanted(header) && header->host_state != ARENA_HOST_STARTING;
    if (!reader->follow && wanted)
        reader->follow = calloc(1, sizeof *reader->follow);
    if (reader->follow && wanted)
        build->follow = arena_follow_begin(reader->follow, header);
}

/* All sites, as if they had changed: in pieces, as there may be as many as call nodes. */
static bool follow_sites(struct arena_build *build, struct error *error) {
    struct arena_follow *kept = build->follow;
    struct model *model = build->model;
    uint32_t count = build->header->memory.site_count;
    struct site_changes changes = {0};
    if (!(model->collectors & COLLECTOR_MEMORY))
        return true;
    kept->sites.counted = true;
    model->packed_sites = calloc(1, sizeof *model->packed_sites);
    bool done = model->packed_sites || arena_out_of_memory(build->reader, error);
    while (done && kept->sites.count < count) {
        struct site_reading reading = {build, kept, model->packed_sites, model->functions, NULL, model->function_count, 0};
        uint32_t more = count - kept->sites.count < SITES_AT_ONCE ? count - kept->sites.count : SITES_AT_ONCE;
        changes.count = 0;
        done = arena_read_site_changes(&reading, kept->sites.count + more, &changes, error);
        if (done && !packed_sites_reserve(model->packed_sites, changes.rows, changes.count, model->function_count))
            done = arena_out_of_memory(build->reader, error);
        if (done)
            model_update_sites(model, changes.rows, changes.count);
    }
    free(changes.rows);
    return done && arena_read_followed_heap(build, kept, error);
}

static bool end_following(struct arena_build *build, struct error *error) {
    if (!build->follow)
        return true;
    if (!arena_follow_end(build, arena_ns_per_tick(build)))
        build->follow->serial = 0;
    return follow_sites(build, error);
}

static struct model *process_model(struct arena_reader *reader, bool following, struct error *error) {
    if (!arena_read_header(reader, error))
        return NULL;
    struct arena_build build = {.reader = reader, .header = &reader->header, .clock = reader->header.clock};
    arena_find_end(&build);
    if (following)
        follow(&build);
    build.model = model_new();
    bool done = build.model && call_tree_init(&build.tree);
    if (!done)
        arena_out_of_memory(reader, error);
    else
        done = build_model(&build, error);
    if (done) {
        build.model->serial = ++reader->serial;
        done = end_following(&build, error);
    }
    free_build(&build);
    if (done)
        return build.model;
    if (reader->follow)
        reader->follow->serial = 0;
    model_free(build.model);
    return NULL;
}

struct model *arena_process_model(struct arena_reader *reader, struct error *error) { return process_model(reader, false, error); }

/* The sum over all processes is made of sites that are not packed. */
static struct model *whole_model(struct arena_reader *reader, bool following, struct error *error) {
    struct model *program = process_model(reader, following, error);
    bool done = program && arena_children_read(reader, program, error);
    if (done && program->child_count && program->packed_sites) {
        model_free(program);
        return whole_model(reader, false, error);
    }
    if (done && program->child_count && !reader->ids && !(reader->ids = function_ids_new()))
        done = arena_out_of_memory(reader, error);
    if (done && model_sum_processes(program, reader->ids, error))
        return program;
    model_free(program);
    return NULL;
}

struct model *arena_reader_model(struct arena_reader *reader, struct error *error) { return whole_model(reader, false, error); }

struct model *arena_reader_next(struct arena_reader *reader, const struct model *before, struct error *error) {
    bool cannot = true;
    struct model *model = before ? arena_update(reader, before, &cannot, error) : NULL;
    return model || !cannot ? model : whole_model(reader, true, error);
}
