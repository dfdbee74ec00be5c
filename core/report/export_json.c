#include "core/report/export_json.h"

#include <stdlib.h>

#include "core/report/json.h"
#include "core/report/rows.h"

enum { EXPORT_JSON_VERSION = 1 };

static void write_known(struct json *json, const char *key, uint64_t value) {
    if (value != MODEL_UNKNOWN)
        json_number(json, key, value);
}

/* Those of the sum and of a forked child are the program's. */
static void write_arguments(struct json *json, const struct model *model) {
    if (!model->argument_count)
        model = model_program(model);
    if (!model->argument_count)
        return;
    json_begin(json, "argv", '[');
    for (size_t i = 0; i < model->argument_count; i++)
        json_text(json, NULL, model->arguments[i].text);
    json_end(json, ']');
}

static void write_exit(struct json *json, const struct model *model) {
    if (model->exit_kind == MODEL_EXIT_UNKNOWN)
        return;
    json_begin(json, "exit", '{');
    json_number(json, model->exit_kind == MODEL_EXIT_STATUS ? "status" : "signal", model->exit_value);
    json_end(json, '}');
}

/* Where a collector was off in between its numbers are of the rest; most runs have none of that. */
static void write_switched(struct json *json, const struct model *model) {
    static const char *const names[COLLECTOR_BITS] = {
#define X(bit, NAME, name, built) [bit] = name,
        COLLECTOR_LIST(X)
#undef X
    };
    bool any = false;
    for (int i = 0; i < COLLECTOR_BITS; i++)
        any |= model->switched[i].off_count > 0;
    if (!any)
        return;
    json_begin(json, "switched", '[');
    for (int i = 0; i < COLLECTOR_BITS; i++) {
        if (!model->switched[i].off_count)
            continue;
        json_begin(json, NULL, '{');
        json_text(json, "collector", names[i]);
        json_number(json, "off_count", model->switched[i].off_count);
        json_number(json, "off_ns", model->switched[i].off_ns);
        json_number(json, "on", model->collectors_on >> i & 1);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_run(struct json *json, const struct model *model) {
    json_number(json, "pyprof", EXPORT_JSON_VERSION);
    if (*model->python_version)
        json_text(json, "python", model->python_version);
    write_arguments(json, model);
    write_exit(json, model);
    json_break(json);
    json_begin(json, "collectors", '[');
#define X(bit, NAME, name, built)             \
    if (model->collectors & COLLECTOR_##NAME) \
        json_text(json, NULL, name);
    COLLECTOR_LIST(X)
#undef X
    json_end(json, ']');
    write_switched(json, model);
    write_known(json, "wall_ns", model->wall_ns);
    json_text(json, "clock", run_clock_name(model->clock));
    if (model->overhead_ns)
        json_number(json, "overhead_ns", model->overhead_ns);
}

static void write_losses(struct json *json, const struct model *model) {
    if (model->left_alone_count) {
        json_break(json);
        json_begin(json, "left_alone", '[');
        for (size_t i = 0; i < model->left_alone_count; i++) {
            const struct model_left_alone *row = &model->left_alone[i];
            json_break(json);
            json_begin(json, NULL, '{');
            json_text(json, "reason", row->reason);
            json_number(json, "count", row->count);
            json_text(json, "example", row->example);
            json_end(json, '}');
        }
        json_end(json, ']');
    }
    if (model->unreadable_count) {
        json_break(json);
        json_begin(json, "unreadable", '[');
        for (size_t i = 0; i < model->unreadable_count; i++) {
            json_break(json);
            json_begin(json, NULL, '{');
            json_text(json, "name", model->unreadable[i].name);
            json_text(json, "reason", model->unreadable[i].reason);
            json_end(json, '}');
        }
        json_end(json, ']');
    }
}

static bool has_memory(const struct model *model) { return model->collectors & COLLECTOR_MEMORY; }
static bool has_bytecode(const struct model *model) { return model->collectors & COLLECTOR_BYTECODE; }

/* The names that functions, lines and sites have for what they allocated themselves. */
static void write_allocations(struct json *json, const struct model_allocations *memory) {
    json_number(json, "alloc_bytes", memory->allocated_bytes);
    json_number(json, "alloc_count", memory->allocated_count);
    json_number(json, "free_bytes", memory->freed_bytes);
    json_number(json, "live_bytes", memory->live_bytes);
    json_number(json, "peak_bytes", memory->peak_bytes);
}

/* What says how it was used; lifetime_ns is that of a block on the average. */
static void write_usage(struct json *json, const struct model_allocations *memory) {
    json_number(json, "free_count", memory->freed_count);
    json_number(json, "live_count", memory->live_count);
    json_number(json, "peak_count", memory->peak_count);
    json_number(json, "temporary_count", memory->temporary_count);
    if (memory->allocated_count) {
        json_number(json, "lifetime_ns", memory->lifetime_ns / memory->allocated_count);
        json_number(json, "highest_bytes", memory->highest_bytes);
    }
}

static void write_function(struct json *json, const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    bool is_c = function->kind == MODEL_FUNCTION_C;
    json_break(json);
    json_begin(json, NULL, '{');
    json_number(json, "id", id);
    if (!is_c) {
        json_text(json, "file", function->file);
        json_number(json, "line", function->line);
    }
    json_text(json, "name", function->name);
    json_text(json, "qualname", function->qualname);
    json_text(json, "kind", is_c ? "c" : "python");
    if (model->collectors & COLLECTOR_FUNCTION) {
        write_known(json, "calls", function->calls);
        write_known(json, "primitive_calls", function->primitive_calls);
        write_known(json, "self_ns", function->self_ns);
        write_known(json, "total_ns", function->total_ns);
    }
    if (has_bytecode(model))
        write_known(json, "instructions", function->instructions);
    if (has_memory(model)) {
        write_allocations(json, &function->memory);
        json_number(json, "total_alloc_bytes", function->total_memory.allocated_bytes);
        json_number(json, "total_alloc_count", function->total_memory.allocated_count);
        json_number(json, "total_free_bytes", function->total_memory.freed_bytes);
        json_number(json, "total_live_bytes", function->total_memory.live_bytes);
        json_number(json, "total_peak_bytes", function->total_memory.peak_bytes);
    }
    json_end(json, '}');
}

static void write_functions(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "functions", '[');
    for (uint32_t id = 1; id < model->function_count; id++)
        if (report_is_exported(model, id))
            write_function(json, model, id);
    json_end(json, ']');
}

/* Calls by the program itself have no caller that is exported: they are a function's calls less those of its edges. */
static void write_edges(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "edges", '[');
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->caller == 0 || !report_is_exported(model, edge->caller) || !report_is_exported(model, edge->callee))
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "caller", edge->caller);
        json_number(json, "callee", edge->callee);
        write_known(json, "calls", edge->calls);
        write_known(json, "self_ns", edge->self_ns);
        write_known(json, "total_ns", edge->total_ns);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_lines(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "lines", '[');
    uint32_t checked = 0; /* a function's lines stand together: one look at it is enough */
    bool ran = false;
    for (size_t i = 0; i < model->line_count; i++) {
        const struct model_line *line = &model->lines[i];
        if (line->function != checked)
            ran = report_is_exported(model, line->function);
        checked = line->function;
        if (!ran || checked == 0)
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_text(json, "file", model->functions[line->function].file);
        json_number(json, "line", line->line);
        json_number(json, "function", line->function);
        write_known(json, "hits", line->hits);
        write_known(json, "self_ns", line->self_ns);
        write_known(json, "total_ns", line->total_ns);
        if (has_bytecode(model))
            write_known(json, "instructions", line->instructions);
        if (has_memory(model)) {
            write_allocations(json, &line->memory);
            write_usage(json, &line->memory);
        }
        json_end(json, '}');
    }
    json_end(json, ']');
}

/* From the root, whose row is nobody's function, to the site's own. */
static void write_path(struct json *json, const struct model *model, uint32_t node, uint32_t *path) {
    size_t depth = 0;
    for (; node < model->node_count && model->nodes[node].parent != node; node = model->nodes[node].parent)
        path[depth++] = model->nodes[node].function;
    json_begin(json, "path", '[');
    while (depth-- > 0)
        json_number(json, NULL, path[depth]);
    json_end(json, ']');
}

static void write_site(struct json *json, const struct model *model, const struct model_site *site, uint32_t *path) {
    json_break(json);
    json_begin(json, NULL, '{');
    if (site->node)
        write_path(json, model, site->node, path);
    if (site->function)
        json_number(json, "function", site->function);
    if (site->line)
        json_number(json, "line", site->line);
    write_allocations(json, &site->memory);
    write_usage(json, &site->memory);
    json_end(json, '}');
}

static bool write_sites(struct json *json, const struct model *model, struct error *error) {
    /* The longest path that a tree can have. */
    uint32_t *path = malloc((model->node_count ? model->node_count : 1) * sizeof *path);
    if (!path)
        return error_set(error, 1, "not enough memory to write the allocation sites; close other programs");
    json_break(json);
    json_begin(json, "sites", '[');
    for (size_t i = 0; i < model->site_count; i++)
        write_site(json, model, &model->sites[i], path);
    json_end(json, ']');
    free(path);
    return true;
}

static void write_heap(struct json *json, const struct model *model) {
    const struct model_heap *heap = &model->heap;
    json_break(json);
    json_begin(json, "heap", '{');
    json_number(json, "live_bytes", heap->live_bytes);
    if (heap->native)
        json_number(json, "native_bytes", heap->native_bytes);
    if (heap->allocator_replaced)
        json_number(json, "allocator_replaced", heap->allocator_replaced);
    json_number(json, "peak_bytes", heap->peak_bytes);
    write_known(json, "peak_t_ns", heap->peak_t_ns);
    json_number(json, "profiler_bytes", heap->profiler_bytes);
    json_number(json, "unknown_frees", heap->unknown_frees);
    json_number(json, "uncounted_allocations", heap->uncounted_allocations);
    json_number(json, "paused_count", heap->paused_count);
    json_number(json, "paused_ns", heap->paused_ns);
    json_end(json, '}');
}

static void write_types(struct json *json, const struct model *model) {
    if (!model->census_t_ns)
        return;
    json_number(json, "census_t_ns", model->census_t_ns);
    json_break(json);
    json_begin(json, "types", '[');
    for (size_t i = 0; i < model->type_count; i++) {
        json_break(json);
        json_begin(json, NULL, '{');
        json_text(json, "name", model->types[i].name);
        json_number(json, "count", model->types[i].count);
        json_number(json, "bytes", model->types[i].bytes);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_marks(struct json *json, const struct model *model) {
    if (!model->mark_count)
        return;
    json_break(json);
    json_begin(json, "marks", '[');
    for (size_t i = 0; i < model->mark_count; i++) {
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "t_ns", model->marks[i].t_ns);
        json_text(json, "name", model->marks[i].name);
        json_end(json, '}');
    }
    json_end(json, ']');
}

/* Garbage collections of each generation since the sample before; without any there is nothing to say. */
static void write_collections(struct json *json, const struct model_sample *sample) {
    bool any = false;
    for (int i = 0; i < MODEL_GENERATIONS; i++)
        any = any || sample->collections[i];
    if (!any)
        return;
    json_begin(json, "collections", '[');
    for (int i = 0; i < MODEL_GENERATIONS; i++)
        json_number(json, NULL, sample->collections[i]);
    json_end(json, ']');
}

/* Sites are named by their place in "sites". */
static void write_growth(struct json *json, const struct model *model, const struct model_sample *sample) {
    if (sample->growth[0].site >= model->site_count)
        return;
    json_begin(json, "growth", '[');
    for (int i = 0; i < MODEL_SAMPLE_GROWTH && sample->growth[i].site < model->site_count; i++) {
        json_begin(json, NULL, '{');
        json_number(json, "site", sample->growth[i].site);
        json_number(json, "bytes", sample->growth[i].bytes > 0 ? (uint64_t)sample->growth[i].bytes : 0);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_timeline(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "timeline", '[');
    for (size_t i = 0; i < model->sample_count; i++) {
        const struct model_sample *sample = &model->samples[i];
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "t_ns", sample->t_ns);
        write_known(json, "rss", sample->rss);
        write_known(json, "heap", sample->heap);
        if (sample->function && report_is_exported(model, sample->function))
            json_number(json, "function", sample->function);
        write_known(json, "native", sample->native);
        write_known(json, "own", sample->own);
        write_collections(json, sample);
        write_growth(json, model, sample);
        json_end(json, '}');
    }
    json_end(json, ']');
}

/* What the collectors that were on have counted. */
static bool write_counts(struct json *json, const struct model *model, struct error *error) {
    if (model->collectors & (COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY | COLLECTOR_BYTECODE)) /* they are named */
        write_functions(json, model);
    if (model->collectors & COLLECTOR_FUNCTION)
        write_edges(json, model);
    if (model->collectors & (COLLECTOR_LINE | COLLECTOR_MEMORY | COLLECTOR_BYTECODE))
        write_lines(json, model);
    if (!export_json_bytecode(json, model, error))
        return false;
    export_json_threads(json, model);
    write_types(json, model);
    write_marks(json, model);
    if (!has_memory(model))
        return true;
    write_heap(json, model);
    return write_sites(json, model, error);
}

/* One process of several; ids in it are its own. */
static bool write_process(struct json *json, const struct model *process, struct error *error) {
    json_break(json);
    json_begin(json, NULL, '{');
    json_number(json, "pid", process->pid);
    if (process->parent_pid)
        json_number(json, "parent", process->parent_pid);
    write_arguments(json, process);
    write_exit(json, process);
    write_known(json, "wall_ns", process->wall_ns);
    write_losses(json, process);
    bool done = write_counts(json, process, error);
    json_end(json, '}');
    return done;
}

static bool write_processes(struct json *json, const struct model *model, struct error *error) {
    const struct model *program = model_program(model);
    if (model->process_count == 1)
        return true; /* the document is about this one */
    json_break(json);
    json_begin(json, "processes", '[');
    bool done = write_process(json, program, error);
    for (size_t i = 0; done && i < program->child_count; i++)
        done = write_process(json, program->children[i], error);
    json_end(json, ']');
    return done;
}

/* Writing errors are the stream's, and checked by the caller. */
bool export_json(const struct model *model, FILE *out, struct error *error) {
    struct json json = {.out = out};
    json_begin(&json, NULL, '{');
    write_run(&json, model);
    write_losses(&json, model);
    bool done = write_counts(&json, model, error);
    write_timeline(&json, model);
    done = done && write_processes(&json, model, error);
    json_end(&json, '}');
    putc('\n', out);
    return done;
}
