#include "core/profile/model_sum.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/call_tree.h"
#include "core/profile/model_instructions.h"
#include "core/profile/model_summing.h"

TOTAL_OF(line_count)
TOTAL_OF(edge_count)
TOTAL_OF(thread_count)
TOTAL_OF(left_alone_count)
TOTAL_OF(thread_function_count)

/* --- functions -------------------------------------------------------------------------------------- */

static bool number_functions(struct summing *summing, struct function_ids *ids) {
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        uint32_t *functions = summing->functions[i] = rows(process->function_count, sizeof *functions);
        if (!functions)
            return false;
        for (size_t id = 1; id < process->function_count; id++)
            if (!(functions[id] = function_ids_of(ids, &process->functions[id])))
                return false;
    }
    return true;
}

static void add_function(struct model_function *sum, const struct model_function *function) {
    if (!sum->qualname) { /* the first one of these */
        *sum = *function;
        sum->first_line_row = sum->line_row_count = 0;
        sum->memory = sum->total_memory = (struct model_allocations){0}; /* to come from the sum's sites */
        sum->instructions = MODEL_UNKNOWN;                               /* and its instruction rows */
        sum->first_instruction_row = sum->instruction_row_count = sum->first_handler_row = sum->handler_row_count = 0;
        return;
    }
    sum->flags |= function->flags;
    add(&sum->calls, function->calls);
    add(&sum->primitive_calls, function->primitive_calls);
    add(&sum->self_ns, function->self_ns);
    add(&sum->total_ns, function->total_ns);
}

/* A number that no process has any more (its file became unreadable) keeps a row that never ran. */
static bool sum_functions(struct summing *summing, struct function_ids *ids) {
    struct model *sum = summing->sum;
    if (!number_functions(summing, ids))
        return false;
    size_t count = function_ids_count(ids) + 1;
    struct model_function *functions = rows(count, sizeof *functions);
    if (!functions)
        return false;
    free(sum->functions);
    sum->functions = functions;
    sum->function_count = count;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t id = 0; id < process->function_count; id++)
            add_function(&functions[summing->functions[i][id]], &process->functions[id]);
    }
    for (size_t id = 0; id < count; id++)
        if (!functions[id].qualname)
            functions[id] = (struct model_function){.file = "", .name = "", .qualname = "", .kind = MODEL_FUNCTION_C,
                                                      .instructions = MODEL_UNKNOWN};
    return true;
}

/* --- lines and edges -------------------------------------------------------------------------------- */

static int compare_pairs(uint32_t a, uint32_t b, uint32_t second_a, uint32_t second_b) {
    if (a != b)
        return a < b ? -1 : 1;
    return second_a < second_b ? -1 : second_a > second_b;
}

static int compare_lines(const void *left, const void *right) {
    const struct model_line *a = left, *b = right;
    return compare_pairs(a->function, b->function, a->line, b->line);
}

static int compare_edges(const void *left, const void *right) {
    const struct model_edge *a = left, *b = right;
    return compare_pairs(a->caller, b->caller, a->callee, b->callee);
}

/* Whether nothing but memory or instructions is known of a line. */
static bool is_uncounted(const struct model_line *line) {
    return line->hits == MODEL_UNKNOWN && line->self_ns == MODEL_UNKNOWN && line->total_ns == MODEL_UNKNOWN;
}

static void add_line(struct model_line *sum, const struct model_line *line) {
    uint64_t instructions = sum->instructions;
    model_add_known(&instructions, line->instructions);
    if (is_uncounted(sum)) {
        *sum = *line;
    } else if (!is_uncounted(line)) {
        add(&sum->hits, line->hits);
        add(&sum->self_ns, line->self_ns);
        add(&sum->total_ns, line->total_ns);
    }
    sum->instructions = instructions;
}

/* Sums neighbours that are the same line; returns how many are left. */
static size_t merge_lines(struct model_line *lines, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!kept || compare_lines(&lines[kept - 1], &lines[i]) != 0) {
            lines[kept++] = lines[i];
            continue;
        }
        add_line(&lines[kept - 1], &lines[i]);
    }
    return kept;
}

/* A row that is there for its memory: the sum gets its own from the sites. */
static bool is_memory_only(const struct model_line *line) { return is_uncounted(line) && line->instructions == MODEL_UNKNOWN; }

static bool sum_lines(struct summing *summing) {
    struct model *sum = summing->sum;
    struct model_line *lines = sum->lines = rows(total_line_count(summing->program), sizeof *lines);
    if (!lines)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t row = 0; row < process->line_count; row++) {
            if (is_memory_only(&process->lines[row]))
                continue;
            lines[count] = process->lines[row];
            lines[count].function = summing->functions[i][lines[count].function];
            lines[count].memory = (struct model_allocations){0};
            count++;
        }
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    sum->line_count = merge_lines(lines, count);
    for (size_t row = sum->line_count; row-- > 0;) {
        struct model_function *function = &sum->functions[lines[row].function];
        function->first_line_row = (uint32_t)row;
        function->line_row_count++;
    }
    return true;
}

static size_t merge_edges(struct model_edge *edges, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!kept || compare_edges(&edges[kept - 1], &edges[i]) != 0) {
            edges[kept++] = edges[i];
            continue;
        }
        struct model_edge *sum = &edges[kept - 1];
        add(&sum->calls, edges[i].calls);
        add(&sum->self_ns, edges[i].self_ns);
        add(&sum->total_ns, edges[i].total_ns);
    }
    return kept;
}

static bool sum_edges(struct summing *summing) {
    struct model_edge *edges = summing->sum->edges = rows(total_edge_count(summing->program), sizeof *edges);
    if (!edges)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t row = 0; row < process->edge_count; row++) {
            edges[count] = process->edges[row];
            edges[count].caller = summing->functions[i][edges[count].caller];
            edges[count].callee = summing->functions[i][edges[count].callee];
            count++;
        }
    }
    qsort(edges, count, sizeof *edges, compare_edges);
    summing->sum->edge_count = merge_edges(edges, count);
    return true;
}

/* --- the rest --------------------------------------------------------------------------------------- */

static bool sum_nodes(struct summing *summing) {
    struct call_tree tree;
    bool done = call_tree_init(&tree);
    for (size_t i = 0; done && i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        summing->nodes[i] = rows(process->node_count, sizeof **summing->nodes);
        done = summing->nodes[i] && call_tree_merge(&tree, process, summing->functions[i], summing->nodes[i]);
    }
    if (done) {
        summing->sum->nodes = tree.nodes;
        summing->sum->node_count = tree.count;
        tree.nodes = NULL;
    }
    call_tree_free(&tree);
    return done;
}

static bool copy_samples(struct summing *summing) {
    const struct model *program = summing->program;
    struct model_sample *samples = summing->sum->samples = rows(program->sample_count, sizeof *samples);
    if (!samples)
        return false;
    summing->sum->sample_count = program->sample_count;
    for (size_t i = 0; i < program->sample_count; i++) {
        samples[i] = program->samples[i];
        samples[i].function = summing->functions[0][samples[i].function];
        for (int k = 0; k < MODEL_SAMPLE_GROWTH; k++)
            if (samples[i].growth[k].site != MODEL_NO_SITE)
                samples[i].growth[k].site = summing->sites[samples[i].growth[k].site];
    }
    return true;
}

static bool copy_marks(struct summing *summing) {
    const struct model *program = summing->program;
    struct model_mark *marks = summing->sum->marks = rows(program->mark_count, sizeof *marks);
    if (!marks)
        return false;
    for (size_t i = 0; i < program->mark_count; i++)
        marks[summing->sum->mark_count++] = program->marks[i];
    return true;
}

static bool did_something(const struct model_function *function) {
    return function->calls || function->self_ns || function->total_ns;
}

/* How many rows the functions of processes of one thread need: that has none in its own model. */
static size_t functions_of_one_thread(const struct model *program) {
    size_t count = 0;
    for (size_t i = 0; i < process_count(program); i++) {
        const struct model *process = process_at(program, i);
        for (size_t id = 1; process->thread_count == 1 && !process->thread_function_count && id < process->function_count; id++)
            count += did_something(&process->functions[id]);
    }
    return count;
}

static void add_thread_function(struct model *sum, struct model_thread_function row) {
    sum->thread_functions[sum->thread_function_count++] = row;
}

/* The threads of a process come behind those that are there. */
static void join_thread_functions(struct model *sum, const struct model *process, const uint32_t *functions) {
    uint32_t first = (uint32_t)sum->thread_count;
    for (size_t i = 0; i < process->thread_function_count; i++) {
        struct model_thread_function row = process->thread_functions[i];
        row.thread += first;
        row.function = functions[row.function];
        add_thread_function(sum, row);
    }
    for (size_t id = 1; process->thread_count == 1 && !process->thread_function_count && id < process->function_count; id++) {
        const struct model_function *function = &process->functions[id];
        if (did_something(function))
            add_thread_function(sum, (struct model_thread_function){first, functions[id], function->calls,
                                                                    function->primitive_calls, function->self_ns,
                                                                    function->total_ns});
    }
}

static bool join_threads(struct summing *summing) {
    struct model *sum = summing->sum;
    size_t most = total_thread_function_count(summing->program) + functions_of_one_thread(summing->program);
    sum->threads = rows(total_thread_count(summing->program), sizeof *sum->threads);
    sum->thread_functions = rows(most, sizeof *sum->thread_functions);
    if (!sum->threads || !sum->thread_functions)
        return false;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        join_thread_functions(sum, process, summing->functions[i]);
        for (size_t row = 0; row < process->thread_count; row++) {
            sum->threads[sum->thread_count] = process->threads[row];
            sum->threads[sum->thread_count++].function = summing->functions[i][process->threads[row].function];
        }
    }
    return true;
}

static void add_left_alone(struct model *sum, const struct model_left_alone *row) {
    for (size_t i = 0; i < sum->left_alone_count; i++)
        if (strcmp(sum->left_alone[i].reason, row->reason) == 0) {
            add(&sum->left_alone[i].count, row->count);
            return;
        }
    sum->left_alone[sum->left_alone_count++] = *row;
}

static bool sum_losses(struct summing *summing) {
    struct model *sum = summing->sum;
    sum->left_alone = rows(total_left_alone_count(summing->program), sizeof *sum->left_alone);
    if (!sum->left_alone)
        return false;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t row = 0; row < process->left_alone_count; row++)
            add_left_alone(sum, &process->left_alone[row]);
        add(&sum->overhead_ns, process->overhead_ns);
        add(&sum->lost_codes, process->lost_codes);
        add(&sum->lost_nodes, process->lost_nodes);
        add(&sum->lost_frames, process->lost_frames);
        add(&sum->lost_threads, process->lost_threads);
        add(&sum->lost_processes, process->lost_processes);
    }
    return true;
}

/* Whether lines are those of marked functions only is a matter of each process; the sum has all that there are. */
static bool copy_run(struct summing *summing) {
    const struct model *program = summing->program;
    struct model *sum = summing->sum;
    sum->program = program;
    sum->process_count = process_count(program);
    sum->python_version = program->python_version;
    sum->script = program->script;
    sum->config_text = program->config_text;
    sum->collectors = program->collectors;
    sum->collectors_on = program->collectors_on;
    sum->collectors_asked = program->collectors_asked;
    sum->switch_failed = program->switch_failed;
    memcpy(sum->switched, program->switched, sizeof sum->switched);
    sum->clock = program->clock;
    sum->builtins = program->builtins;
    sum->marked_only = program->marked_only;
    sum->state = program->state;
    sum->exit_kind = program->exit_kind;
    sum->exit_value = program->exit_value;
    sum->pid = program->pid;
    sum->start_unix_ns = program->start_unix_ns;
    sum->wall_ns = program->wall_ns;
    sum->arguments = rows(program->argument_count, sizeof *sum->arguments);
    sum->unreadable = rows(program->unreadable_count, sizeof *sum->unreadable);
    if (!sum->arguments || !sum->unreadable)
        return false;
    for (size_t i = 0; i < program->argument_count; i++)
        sum->arguments[sum->argument_count++] = program->arguments[i];
    for (size_t i = 0; i < program->unreadable_count; i++)
        sum->unreadable[sum->unreadable_count++] = program->unreadable[i];
    return true;
}

static bool sum_all(struct summing *summing, struct function_ids *ids) {
    summing->sum = model_new();
    summing->functions = rows(process_count(summing->program), sizeof *summing->functions);
    summing->nodes = rows(process_count(summing->program), sizeof *summing->nodes);
    return summing->sum && summing->functions && summing->nodes && copy_run(summing) && sum_functions(summing, ids) &&
           sum_lines(summing) && model_sum_instructions(summing) && sum_edges(summing) && sum_nodes(summing) &&
           model_sum_memory(summing) && copy_samples(summing) && copy_marks(summing) && join_threads(summing) &&
           sum_losses(summing);
}

static void free_summing(struct summing *summing) {
    for (size_t i = 0; i < process_count(summing->program); i++) {
        if (summing->functions)
            free(summing->functions[i]);
        if (summing->nodes)
            free(summing->nodes[i]);
    }
    free(summing->functions);
    free(summing->nodes);
    free(summing->sites);
}

bool model_sum_processes(struct model *program, struct function_ids *ids, struct error *error) {
    model_free(program->all);
    program->all = NULL;
    if (!program->child_count)
        return true;
    struct function_ids *own = ids ? NULL : function_ids_new();
    struct summing summing = {.program = program};
    bool done = (ids || own) && sum_all(&summing, ids ? ids : own);
    free_summing(&summing);
    function_ids_free(own);
    if (!done) {
        model_free(summing.sum);
        return error_set(error, 1, "not enough memory for the sum over all processes; close other programs");
    }
    program->all = summing.sum;
    return true;
}
