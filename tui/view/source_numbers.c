#include "tui/view/source_numbers.h"

#include <stdlib.h>
#include <string.h>

void source_numbers_free(struct source_numbers *numbers) {
    free(numbers->lines);
    *numbers = (struct source_numbers){0};
}

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

/* Whether a function encloses another whose lines overlap: it begins earlier, or is the longer one. */
static bool is_outer(const struct model *model, uint32_t function, uint32_t than) {
    const struct model_function *a = &model->functions[function], *b = &model->functions[than];
    if (a->line != b->line)
        return a->line < b->line;
    return a->line_row_count > b->line_row_count;
}

/* Comprehensions, generator expressions and lambdas are part of the line they stand in. */
static bool is_part_of_a_line(const struct model_function *function) {
    return function->name[0] == '<' && strcmp(function->name, "<module>") != 0;
}

/* The rows of a function; none where the model is not in order. */
static const struct model_line *rows_of(const struct model *model, uint32_t function, size_t *count) {
    const struct model_function *owner = &model->functions[function];
    *count = owner->line_row_count;
    if (owner->first_line_row > model->line_count || *count > model->line_count - owner->first_line_row)
        *count = 0;
    return model->lines + owner->first_line_row;
}

static void add_memory(struct model_allocations *sum, const struct model_allocations *memory) {
    sum->allocated_count += memory->allocated_count;
    sum->allocated_bytes += memory->allocated_bytes;
    sum->freed_count += memory->freed_count;
    sum->freed_bytes += memory->freed_bytes;
    sum->live_count += memory->live_count;
    sum->live_bytes += memory->live_bytes;
    sum->peak_count += memory->peak_count;
    sum->peak_bytes += memory->peak_bytes;
    sum->temporary_count += memory->temporary_count;
}

/* Adds to a sum that may not be known so far. */
static void add_instructions(uint64_t *sum, uint64_t count) {
    if (count != MODEL_UNKNOWN)
        *sum = (*sum == MODEL_UNKNOWN ? 0 : *sum) + count;
}

static void take(struct source_number *number, uint32_t owner, const struct model_line *row) {
    number->owner = owner;
    number->hits = row->hits;
    number->total_ns = row->total_ns;
}

/* Adds the rows of a function with lines of its own: of those that share one (a def and what runs it), the inner one
 * has it. */
static void add_whole(struct source_numbers *numbers, const struct model *model, uint32_t function) {
    size_t count;
    const struct model_line *row = rows_of(model, function, &count);
    for (; count > 0; count--, row++) {
        if (row->line == 0 || row->line > numbers->count)
            continue;
        struct source_number *number = &numbers->lines[row->line - 1];
        add_memory(&number->memory, &row->memory);
        if (number->owner && is_outer(model, function, number->owner))
            continue;
        take(number, function, row);
        number->self_ns = known(row->self_ns);
        number->instructions = row->instructions;
        numbers->any = true;
    }
}

/* Adds the rows of a part of a line to the lines of whole functions, which are all there already. */
static void add_part(struct source_numbers *numbers, const struct model *model, uint32_t function) {
    size_t count;
    const struct model_line *row = rows_of(model, function, &count);
    for (; count > 0; count--, row++) {
        if (row->line == 0 || row->line > numbers->count)
            continue;
        struct source_number *number = &numbers->lines[row->line - 1];
        add_memory(&number->memory, &row->memory);
        number->self_ns += known(row->self_ns);
        add_instructions(&number->instructions, row->instructions);
        if (!number->owner || (is_part_of_a_line(&model->functions[number->owner]) &&
                               is_outer(model, function, number->owner)))
            take(number, function, row);
        if (number->total_ns < number->self_ns)
            number->total_ns = number->self_ns; /* the part ran elsewhere: a lambda that was handed on */
        numbers->any = true;
    }
}

/* Adds the file's functions that are parts of lines, or those that are not. */
static void add_functions(struct source_numbers *numbers, const struct model *model, const char *file, bool parts) {
    const char *other = NULL; /* functions of one file mostly share its name: not compared again */
    for (size_t i = 1; i < model->function_count; i++) {
        const struct model_function *candidate = &model->functions[i];
        if (!candidate->line_row_count || candidate->file == other || is_part_of_a_line(candidate) != parts)
            continue;
        if (candidate->file != file && strcmp(candidate->file, file) != 0)
            other = candidate->file;
        else if (parts)
            add_part(numbers, model, (uint32_t)i);
        else
            add_whole(numbers, model, (uint32_t)i);
    }
}

/* Gives the selected function its lines, whoever has them else. */
static void own_lines(struct source_numbers *numbers, const struct model *model, uint32_t function) {
    size_t count;
    const struct model_line *row = rows_of(model, function, &count);
    for (; count > 0; count--, row++) {
        if (row->line == 0 || row->line > numbers->count || numbers->lines[row->line - 1].owner == function)
            continue;
        take(&numbers->lines[row->line - 1], function, row);
        numbers->lines[row->line - 1].self_ns = known(row->self_ns);
        numbers->lines[row->line - 1].instructions = row->instructions;
    }
}

/* Which functions are of a file, a byte each; malloc'ed. NULL: out of memory. */
static bool *find_functions(const struct model *model, const char *file) {
    bool *found = calloc(model->function_count, sizeof *found);
    const char *other = NULL;
    for (size_t i = 1; found && i < model->function_count; i++) {
        const char *name = model->functions[i].file;
        if (name == other)
            continue;
        found[i] = name == file || strcmp(name, file) == 0;
        if (!found[i])
            other = name;
    }
    return found;
}

/* A line that nothing else is counted on is that of the inner one of the functions that allocated there, unless one of them is the
 * selected one. */
static void take_line(struct source_number *number, const struct model *model, uint32_t owner, uint32_t selected) {
    static const struct model_line uncounted = {.hits = MODEL_UNKNOWN, .total_ns = MODEL_UNKNOWN};
    bool is_free = !number->owner || (number->hits == MODEL_UNKNOWN && number->owner != selected &&
                                      !is_outer(model, owner, number->owner));
    if (number->owner == owner || !(is_free || owner == selected))
        return;
    take(number, owner, &uncounted);
    number->self_ns = 0;
}

/* Packed sites are in no row of a line. false: out of memory. */
static bool add_packed_sites(struct source_numbers *numbers, const struct model *model, const char *file, uint32_t selected) {
    bool *found = find_functions(model, file);
    for (size_t i = 0, total = model_site_total(model); found && i < total; i++) {
        const struct model_place place = model_site_place(model, i);
        if (!found[place.function] || !place.line || place.line > numbers->count)
            continue;
        const struct model_site site = model_site_at(model, i);
        struct source_number *number = &numbers->lines[place.line - 1];
        if (!site.memory.allocated_count)
            continue;
        add_memory(&number->memory, &site.memory);
        take_line(number, model, place.function, selected);
        numbers->any = true;
    }
    free(found);
    return found;
}

static void compute_shares(struct source_numbers *numbers, uint32_t function, enum memory_measure measure) {
    uint64_t sum = 0, memory = 0;
    for (size_t i = 0; i < numbers->count; i++) {
        const struct source_number *number = &numbers->lines[i];
        if (number->owner == function) {
            sum += number->self_ns;
            memory += memory_measured(&number->memory, measure);
        }
        if (number->owner && number->hits != MODEL_UNKNOWN && number->hits > numbers->most_hits)
            numbers->most_hits = number->hits;
    }
    for (size_t i = 0; sum && i < numbers->count; i++)
        if (numbers->lines[i].owner == function)
            numbers->lines[i].share = (double)numbers->lines[i].self_ns / (double)sum;
    for (size_t i = 0; memory && i < numbers->count; i++)
        if (numbers->lines[i].owner == function)
            numbers->lines[i].memory_share = (double)memory_measured(&numbers->lines[i].memory, measure) / (double)memory;
}

bool source_numbers_build(struct source_numbers *numbers, const struct model *model, const char *file,
                          uint32_t function, size_t line_count, enum memory_measure measure) {
    source_numbers_free(numbers);
    numbers->lines = calloc(line_count + 1, sizeof *numbers->lines);
    if (!numbers->lines)
        return false;
    numbers->count = line_count;
    for (size_t i = 0; i < line_count; i++)
        numbers->lines[i].instructions = MODEL_UNKNOWN;
    add_functions(numbers, model, file, false);
    add_functions(numbers, model, file, true);
    own_lines(numbers, model, function);
    if (model->packed_sites && !add_packed_sites(numbers, model, file, function)) {
        source_numbers_free(numbers);
        return false;
    }
    compute_shares(numbers, function, measure);
    return true;
}

uint32_t source_numbers_hottest(const struct source_numbers *numbers, uint32_t function, bool memory) {
    uint32_t hottest = 0;
    for (size_t i = 0; i < numbers->count; i++) {
        const struct source_number *number = &numbers->lines[i];
        const struct source_number *best = &numbers->lines[hottest ? hottest - 1 : i];
        bool hotter = memory ? number->memory_share > best->memory_share : number->self_ns > best->self_ns;
        if (number->owner == function && (!hottest || hotter))
            hottest = (uint32_t)i + 1;
    }
    return hottest;
}

static double heat(const struct source_number *number, bool memory) {
    return memory ? number->memory_share : (double)number->self_ns;
}

uint32_t source_numbers_next_hot(const struct source_numbers *numbers, uint32_t function, uint32_t line, bool memory) {
    uint32_t next = 0;
    if (line == 0 || line > numbers->count || numbers->lines[line - 1].owner != function)
        return 0;
    double limit = heat(&numbers->lines[line - 1], memory);
    for (uint32_t i = 1; i <= numbers->count; i++) {
        double candidate = heat(&numbers->lines[i - 1], memory);
        bool behind = candidate < limit || (candidate == limit && i > line);
        if (numbers->lines[i - 1].owner == function && behind &&
            (!next || candidate > heat(&numbers->lines[next - 1], memory)))
            next = i;
    }
    return next;
}
