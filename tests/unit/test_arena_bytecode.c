/* Instructions of an arena: counts of blocks and exits on a disassembly, totals, and arenas that lie. */
#include "tests/unit/arena_fixture.h"

#include "core/profile/model_instructions.h"

enum { FIRST_BLOCK = 1, FIRST_UNIT = 5, FIRST_INSTRUCTION = 2, UNITS = 20, BLOCKS = 3, INSTRUCTIONS = 9, HANDLERS = 2 };

struct bytecode {
    struct arena_bytecode *codes;
    struct arena_block *blocks;
    struct arena_disassembly *disassembly;
    struct arena_instruction *instructions;
    struct arena_handler *handlers;
    char *texts;
    uint64_t *entered[THREADS], *exits[THREADS];
};

static struct bytecode regions(const struct fixture *fixture) {
    char *base = (char *)fixture->arena.header;
    struct bytecode bytecode = {.codes = (struct arena_bytecode *)(base + ARENA_BYTECODE_AT),
                                .blocks = (struct arena_block *)(base + ARENA_BLOCKS_AT),
                                .disassembly = (struct arena_disassembly *)(base + ARENA_DISASSEMBLY_AT),
                                .instructions = (struct arena_instruction *)(base + ARENA_INSTRUCTIONS_AT),
                                .handlers = (struct arena_handler *)(base + ARENA_HANDLERS_AT),
                                .texts = base + ARENA_TEXTS_AT};
    for (int i = 0; i < THREADS; i++) {
        bytecode.entered[i] = (uint64_t *)((char *)fixture->threads[i].head + ARENA_THREAD_BLOCKS_AT);
        bytecode.exits[i] = (uint64_t *)((char *)fixture->threads[i].head + ARENA_THREAD_EXITS_AT);
    }
    return bytecode;
}

static uint64_t add_text(struct fixture *fixture, const char *text) {
    struct arena_header *header = fixture->arena.header;
    if (!header->texts_used)
        header->texts_used = 1;
    uint64_t offset = header->texts_used;
    memcpy(regions(fixture).texts + offset, text, strlen(text) + 1);
    header->texts_used += strlen(text) + 1;
    return offset;
}

static void add_instruction(struct fixture *fixture, uint32_t offset, const char *opname, uint32_t line) {
    struct arena_header *header = fixture->arena.header;
    regions(fixture).instructions[header->instruction_count++] = (struct arena_instruction){
        .opname = add_text(fixture, opname), .offset = offset, .line = line, .jump_target = ARENA_NO_OFFSET,
        .flags = strcmp(opname, "EXTENDED_ARG") == 0 ? ARENA_INSTRUCTION_PREFIX : 0};
}

/* fib: three blocks, of units [0, 9), [9, 13) and [14, 16); what stands at unit 13 is never reached. Thread 0 enters them 10, 7
 * and 0 times, thread 1 3, 0 and 2 times. Exceptions: 2 leave at the CALL at unit 3, 1 at its cache, 1 at unit 6, 4 at unit 9. */
static void add_bytecode(struct fixture *fixture) {
    struct bytecode bytecode = regions(fixture);
    struct arena_header *header = fixture->arena.header;
    static const struct arena_block blocks[BLOCKS] = {{CODE_FIB, 0, 9, 0}, {CODE_FIB, 9, 4, 0}, {CODE_FIB, 14, 2, 0}};
    header->collectors |= COLLECTOR_BYTECODE;
    memcpy(bytecode.blocks + FIRST_BLOCK, blocks, sizeof blocks);
    bytecode.codes[CODE_FIB] = (struct arena_bytecode){FIRST_BLOCK, BLOCKS, FIRST_UNIT, UNITS, 0, 0, 0};
    header->block_count = FIRST_BLOCK + BLOCKS;
    header->unit_count = FIRST_UNIT + UNITS;
    static const uint64_t entered[THREADS][BLOCKS] = {{10, 7, 0}, {3, 0, 2}};
    for (int i = 0; i < THREADS; i++)
        memcpy(bytecode.entered[i] + FIRST_BLOCK, entered[i], sizeof entered[i]);
    bytecode.entered[0][0] = bytecode.exits[0][0] = 77; /* sinks */
    bytecode.exits[0][FIRST_UNIT + 3] = 1;
    bytecode.exits[0][FIRST_UNIT + 4] = 1;
    bytecode.exits[0][FIRST_UNIT + 9] = 4;
    bytecode.exits[1][FIRST_UNIT + 3] = 1;
    bytecode.exits[1][FIRST_UNIT + 6] = 1;
    fixture->threads[0].head->exits = 6;
    fixture->threads[1].head->exits = 2;
    header->instruction_count = FIRST_INSTRUCTION;
    add_instruction(fixture, 0, "RESUME", 0);
    add_instruction(fixture, 2, "EXTENDED_ARG", 11);
    add_instruction(fixture, 4, "EXTENDED_ARG", 11);
    add_instruction(fixture, 6, "CALL", 11);
    add_instruction(fixture, 12, "STORE_FAST", 12);
    add_instruction(fixture, 18, "LOAD_FAST", 0);
    add_instruction(fixture, 20, "POP_JUMP_IF_TRUE", 99);
    add_instruction(fixture, 26, "NOP", 12);
    add_instruction(fixture, 28, "RETURN_VALUE", 11);
    struct arena_instruction *jump = &bytecode.instructions[FIRST_INSTRUCTION + 6], *call = jump - 3;
    jump->jump_target = 26;
    jump->stack_effect = -1;
    jump->jump_stack_effect = -2;
    jump[1].flags = ARENA_INSTRUCTION_JUMP_TARGET;
    call->specialized = add_text(fixture, "CALL_PY_EXACT_ARGS");
    call->argrepr = add_text(fixture, "2 \xFF");
    call->argument = 258;
    call[1].unit_flags = ARENA_UNIT_ADAPTIVE | ARENA_UNIT_GAVE_UP;
    bytecode.disassembly[CODE_FIB] =
        (struct arena_disassembly){FIRST_INSTRUCTION, INSTRUCTIONS, 0, HANDLERS, ARENA_DISASSEMBLY_THERE, 0};
    bytecode.handlers[0] = (struct arena_handler){0, 12, 28, 0, 1, 0};
    bytecode.handlers[1] = (struct arena_handler){12, 18, 26, 3, 0, 0};
    header->handler_count = HANDLERS;
}

static void instructions_have_the_counts_of_blocks_less_exits(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    struct model *model = read_model(fixture);
    const struct model_function *fib = &model->functions[CODE_FIB];
    assert_int_equal(fib->instruction_row_count, INSTRUCTIONS);
    assert_int_equal(model->instruction_row_count, INSTRUCTIONS);
    const uint64_t counts[INSTRUCTIONS] = {13, 13, 13, 13, 10, 7, 3, 0, 2};
    const uint64_t raised[INSTRUCTIONS] = {0, 3, 3, 3, 1, 4, MODEL_UNKNOWN, 0, MODEL_UNKNOWN};
    for (int i = 0; i < INSTRUCTIONS; i++) {
        const struct model_instruction *row = &model->instruction_rows[fib->first_instruction_row + i];
        assert_int_equal(row->function, CODE_FIB);
        assert_int_equal(row->count, counts[i]);
        assert_int_equal(row->raised, raised[i]);
    }
    assert_int_equal(fib->flags & MODEL_FUNCTION_BYTECODE, MODEL_FUNCTION_BYTECODE);
    assert_int_equal(model->functions[CODE_MAIN].flags & MODEL_FUNCTION_BYTECODE, 0);
    model_free(model);
}

static void instructions_say_what_the_disassembly_says(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    struct model *model = read_model(fixture);
    const struct model_instruction *rows = model->instruction_rows;
    assert_string_equal(rows[3].opname, "CALL");
    assert_string_equal(rows[3].argrepr, "2 ?");
    assert_string_equal(rows[3].specialized, "CALL_PY_EXACT_ARGS");
    assert_string_equal(rows[4].specialized, "");
    assert_int_equal(rows[3].argument, 258);
    assert_int_equal(rows[3].offset, 6);
    assert_int_equal(rows[3].line, 11);
    assert_int_equal(rows[3].jump_target, MODEL_NO_OFFSET);
    assert_int_equal(rows[1].flags, MODEL_INSTRUCTION_PREFIX);
    assert_int_equal(rows[4].flags, MODEL_INSTRUCTION_ADAPTIVE | MODEL_INSTRUCTION_GAVE_UP);
    assert_int_equal(rows[6].jump_target, 26);
    assert_int_equal(rows[6].stack_effect, -1);
    assert_int_equal(rows[6].jump_stack_effect, -2);
    assert_int_equal(rows[7].flags, MODEL_INSTRUCTION_JUMP_TARGET);
    assert_int_equal(model->handler_count, HANDLERS);
    assert_int_equal(model->functions[CODE_FIB].handler_row_count, HANDLERS);
    assert_memory_equal(&model->handlers[1], (&(struct model_handler){CODE_FIB, 12, 18, 26, 3, 0}), sizeof *model->handlers);
    assert_int_equal(model->handlers[0].keeps_offset, 1);
    model_free(model);
}

static uint64_t sum_of_lines(const struct model *model) {
    uint64_t sum = 0;
    for (size_t i = 0; i < model->line_count; i++)
        if (model->lines[i].instructions != MODEL_UNKNOWN)
            sum += model->lines[i].instructions;
    return sum;
}

/* fib's lines are 11, 12 and 13; 10 is its first, 99 has nothing but an instruction. */
static void lines_and_functions_add_up(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    struct model *model = read_model(fixture);
    const struct model_function *fib = &model->functions[CODE_FIB];
    assert_int_equal(fib->instructions, 13 + 13 + 10 + 7 + 3 + 0 + 2);
    assert_int_equal(model->instructions, fib->instructions);
    assert_int_equal(sum_of_lines(model), fib->instructions);
    assert_int_equal(model->functions[CODE_MAIN].instructions, MODEL_UNKNOWN);
    assert_int_equal(fib->line_row_count, 5);
    static const uint64_t lines[5][3] = {{10, MODEL_UNKNOWN, 13}, {11, 22, 15}, {12, 11, 17}, {13, 44, 0}, {99, MODEL_UNKNOWN, 3}};
    for (int i = 0; i < 5; i++) {
        const struct model_line *line = &model->lines[fib->first_line_row + i];
        assert_int_equal(line->function, CODE_FIB);
        assert_int_equal(line->line, lines[i][0]);
        assert_int_equal(line->hits, lines[i][1]);
        assert_int_equal(line->instructions, lines[i][2]);
    }
    assert_int_equal(model->lines[0].instructions, MODEL_UNKNOWN); /* main's */
    model_free(model);
}

/* Blocks alone do not tell instructions: that it ran is known, how many they were is not. */
static void without_a_disassembly_nothing_is_known(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    regions(fixture).disassembly[CODE_FIB].state = ARENA_DISASSEMBLY_FAILED;
    struct model *model = read_model(fixture);
    const struct model_function *fib = &model->functions[CODE_FIB];
    assert_int_equal(fib->instructions, MODEL_UNKNOWN);
    assert_int_equal(fib->instruction_row_count, 0);
    assert_int_equal(fib->flags & MODEL_FUNCTION_BYTECODE, MODEL_FUNCTION_BYTECODE);
    assert_int_equal(model->instructions, MODEL_UNKNOWN);
    assert_int_equal(fib->line_row_count, 3);
    assert_int_equal(model->lines[fib->first_line_row].instructions, MODEL_UNKNOWN);
    model_free(model);
    memset(regions(fixture).entered[0] + FIRST_BLOCK, 0, BLOCKS * sizeof(uint64_t));
    memset(regions(fixture).entered[1] + FIRST_BLOCK, 0, BLOCKS * sizeof(uint64_t));
    model = read_model(fixture); /* it never ran: nothing is missing */
    assert_int_equal(model->functions[CODE_FIB].flags & MODEL_FUNCTION_BYTECODE, 0);
    model_free(model);
}

/* Asked for while the collector is off. */
static void a_disassembly_without_counts(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    fixture->arena.header->collectors &= ~COLLECTOR_BYTECODE;
    struct model *model = read_model(fixture);
    assert_int_equal(model->functions[CODE_FIB].instruction_row_count, INSTRUCTIONS);
    assert_int_equal(model->instruction_rows[3].count, MODEL_UNKNOWN);
    assert_int_equal(model->instruction_rows[3].raised, MODEL_UNKNOWN);
    assert_int_equal(model->functions[CODE_FIB].instructions, MODEL_UNKNOWN);
    assert_int_equal(model->instructions, MODEL_UNKNOWN);
    assert_int_equal(model->functions[CODE_FIB].line_row_count, 3);
    model_free(model);
}

static void exits_are_not_read_where_none_are(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    fixture->threads[0].head->exits = fixture->threads[1].head->exits = 0;
    struct model *model = read_model(fixture);
    assert_int_equal(model->instruction_rows[4].count, 13);
    assert_int_equal(model->instruction_rows[3].raised, 0);
    assert_int_equal(model->instruction_rows[4].raised, MODEL_UNKNOWN); /* the last of its block */
    model_free(model);
}

/* What is read while it is written may have more exits than entries. */
static void counts_are_never_below_nothing(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    regions(fixture).exits[0][FIRST_UNIT + 3] = 100;
    struct model *model = read_model(fixture);
    assert_int_equal(model->instruction_rows[3].count, 13);
    assert_int_equal(model->instruction_rows[3].raised, 13);
    assert_int_equal(model->instruction_rows[4].count, 0);
    assert_int_equal(model->instruction_rows[5].count, 7);
    model_free(model);
}

/* Tables that cannot be are as if they were not there; the rest of the model is. */
static void rows_that_cannot_be_are_left_out(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    struct bytecode bytecode = regions(fixture);
    const struct {
        uint32_t *place, value;
        size_t instructions, handlers;
        bool counted;
    } cases[] = {
        {&bytecode.codes[CODE_FIB].first_block, UINT32_MAX, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.codes[CODE_FIB].block_count, BLOCKS + 1, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.codes[CODE_FIB].first_unit, UINT32_MAX, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.codes[CODE_FIB].unit_count, UNITS + 1, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.blocks[FIRST_BLOCK + 1].first_unit, 8, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.blocks[FIRST_BLOCK + 1].unit_count, UINT32_MAX, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.blocks[FIRST_BLOCK + 1].code, CODE_MAIN, INSTRUCTIONS, HANDLERS, false},
        {&bytecode.disassembly[CODE_FIB].first_instruction, FIRST_INSTRUCTION + 1, 0, 0, true},
        {&bytecode.disassembly[CODE_FIB].instruction_count, UINT32_MAX, 0, 0, true},
        {&bytecode.disassembly[CODE_FIB].first_handler, UINT32_MAX, INSTRUCTIONS, 0, true},
        {&bytecode.disassembly[CODE_FIB].handler_count, 3, INSTRUCTIONS, 0, true},
        {&bytecode.disassembly[CODE_FIB].state, 0, 0, 0, true},
        {&bytecode.instructions[FIRST_INSTRUCTION + 4].offset, 6, 0, 0, true},
        {&bytecode.instructions[FIRST_INSTRUCTION + 8].offset, UINT32_MAX, 0, 0, true},
        {&bytecode.handlers[0].start, 13, INSTRUCTIONS, 0, true},
        {&bytecode.handlers[1].end, 0, INSTRUCTIONS, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t saved = *cases[i].place;
        *cases[i].place = cases[i].value;
        struct model *model = read_model(fixture);
        const struct model_function *fib = &model->functions[CODE_FIB];
        if (fib->instruction_row_count != cases[i].instructions || fib->handler_row_count != cases[i].handlers ||
            (fib->instructions != MODEL_UNKNOWN) != (cases[i].counted && cases[i].instructions))
            fail_msg("case %zu", i);
        model_free(model);
        *cases[i].place = saved;
    }
    bytecode.disassembly[CODE_MAIN] = bytecode.disassembly[CODE_FIB]; /* the same rows twice: there are not that many */
    bytecode.instructions[FIRST_INSTRUCTION + 6].jump_target = 30;    /* behind the last instruction */
    fixture->arena.header->texts_used = bytecode.instructions[FIRST_INSTRUCTION + 3].argrepr;
    struct model *model = read_model(fixture);
    assert_int_equal(model->instruction_row_count, INSTRUCTIONS);
    assert_int_equal(model->functions[CODE_FIB].instruction_row_count, 0);
    assert_int_equal(model->instruction_rows[6].jump_target, MODEL_NO_OFFSET);
    assert_string_equal(model->instruction_rows[3].argrepr, "");
    assert_string_equal(model->instruction_rows[3].opname, "CALL");
    model_free(model);
}

static void headers_that_cannot_be_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header;
    add_bytecode(fixture);
    const struct {
        uint32_t *place, value;
        const char *reason;
    } cases[] = {{&header->block_count, ARENA_MAX_BLOCKS + 1, "number of blocks"},
                 {&header->unit_count, ARENA_MAX_UNITS + 1, "number of code units"},
                 {&header->instruction_count, ARENA_MAX_INSTRUCTIONS + 1, "number of instructions"},
                 {&header->handler_count, ARENA_MAX_HANDLERS + 1, "number of exception handlers"},
                 {(uint32_t *)&header->texts_used + 1, 1, "size of the disassembly's texts"}};
    struct arena_reader *reader = arena_reader_open(fixture->path, NULL);
    assert_non_null(reader);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        uint32_t saved = *cases[i].place;
        *cases[i].place = cases[i].value;
        assert_null(arena_reader_model(reader, &error));
        assert_non_null(strstr(error.text, cases[i].reason));
        *cases[i].place = saved;
    }
    arena_reader_close(reader);
}

/* A small generator, so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Random words over everything of bytecode: an error or a model within bounds, whose lines and functions add up. */
static void random_damage_is_survived(void **state) {
    struct fixture *fixture = *state;
    add_bytecode(fixture);
    struct bytecode bytecode = regions(fixture);
    struct { void *bytes; size_t size; } places[] = {
        {&fixture->arena.header->block_count, 16},
        {&fixture->arena.header->instruction_count, 24},
        {bytecode.codes, CODE_COUNT * sizeof *bytecode.codes},
        {bytecode.blocks, (FIRST_BLOCK + BLOCKS) * sizeof *bytecode.blocks},
        {bytecode.disassembly, CODE_COUNT * sizeof *bytecode.disassembly},
        {bytecode.instructions, (FIRST_INSTRUCTION + INSTRUCTIONS) * sizeof *bytecode.instructions},
        {bytecode.handlers, HANDLERS * sizeof *bytecode.handlers},
        {bytecode.texts, 64},
    };
    struct arena_reader *reader = arena_reader_open(fixture->path, NULL);
    assert_non_null(reader);
    uint64_t seed = 20261123;
    int models = 0;
    for (int round = 0; round < 600; round++) {
        size_t place = next_random(&seed) % (sizeof places / sizeof *places);
        char *target = (char *)places[place].bytes + next_random(&seed) % (places[place].size / 4) * 4, saved[4];
        memcpy(saved, target, 4);
        uint32_t values[] = {(uint32_t)next_random(&seed), (uint32_t)next_random(&seed) % 32, UINT32_MAX, 0};
        memcpy(target, &values[next_random(&seed) % 4], 4);
        struct error error = {0};
        struct model *model = arena_reader_model(reader, &error);
        if (model) {
            assert_null(session_validate(model));
            assert_int_equal(sum_of_lines(model), model->instructions == MODEL_UNKNOWN ? 0 : model->instructions);
            models++;
        } else {
            assert_true(error.text[0]);
        }
        model_free(model);
        memcpy(target, saved, 4);
    }
    assert_in_range(models, 300, 599);
    arena_reader_close(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(instructions_have_the_counts_of_blocks_less_exits),
        TEST(instructions_say_what_the_disassembly_says),
        TEST(lines_and_functions_add_up),
        TEST(without_a_disassembly_nothing_is_known),
        TEST(a_disassembly_without_counts),
        TEST(exits_are_not_read_where_none_are),
        TEST(counts_are_never_below_nothing),
        TEST(rows_that_cannot_be_are_left_out),
        TEST(headers_that_cannot_be_are_refused),
        TEST(random_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
