/* What the recorder makes of answers of disassemble.py and of what is no answer; processes that are no Python, die or hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/disassembler.h"
#include "core/recorder/disassembler_process.h"

enum { ANSWER_SIZE = 4096, CODES = 8 };

struct fixture {
    char folder[64], path[128];
    struct arena arena;
    struct disassembly_rows rows;
    unsigned char answer[ANSWER_SIZE];
    size_t size;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pyprof-disassembly-XXXXXX");
    if (!fixture || !mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "%s/arena", fixture->folder);
    if (!arena_create(&fixture->arena, fixture->path, NULL))
        return -1;
    fixture->arena.header->code_count = CODES;
    if (!arena_reserve(&fixture->arena, ARENA_BYTECODE_AT, 4096) || !arena_reserve(&fixture->arena, ARENA_UNITS_AT, 4096) ||
        !arena_reserve(&fixture->arena, ARENA_OBJECTS_AT, 4096) || !disassembly_rows_open(&fixture->rows, &fixture->arena, CODES))
        return -1;
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    char command[128];
    disassembly_rows_close(&fixture->rows);
    arena_detach(&fixture->arena);
    snprintf(command, sizeof command, "rm -r %s", fixture->folder);
    free(fixture);
    return system(command);
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

static void put_number(struct fixture *fixture, uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8)
        fixture->answer[fixture->size++] = (unsigned char)(number >> shift);
}

static void put_text(struct fixture *fixture, const char *text, size_t length) {
    fixture->answer[fixture->size++] = (unsigned char)length;
    fixture->answer[fixture->size++] = (unsigned char)(length >> 8);
    memcpy(fixture->answer + fixture->size, text, length);
    fixture->size += length;
}

static void put_instruction(struct fixture *fixture, uint32_t offset, const char *opname, const char *argrepr) {
    put_number(fixture, offset);
    put_number(fixture, 7);
    put_number(fixture, 3);
    put_number(fixture, ARENA_NO_OFFSET);
    put_number(fixture, (uint32_t)-2);
    put_number(fixture, 1);
    put_number(fixture, 0xfffffffd); /* a jump target, no prefix, and bits that nobody knows */
    put_text(fixture, opname, strlen(opname));
    put_text(fixture, argrepr, strlen(argrepr));
}

static void begin_answer(struct fixture *fixture, uint32_t instructions, uint32_t handlers) {
    fixture->size = 0;
    put_number(fixture, instructions);
    put_number(fixture, handlers);
}

static void put_handler(struct fixture *fixture, uint32_t start, uint32_t end) {
    const uint32_t handler[] = {start, end, 2, 1, 1};
    for (size_t i = 0; i < sizeof handler / sizeof *handler; i++)
        put_number(fixture, handler[i]);
}

static void make_answer(struct fixture *fixture) {
    begin_answer(fixture, 2, 1);
    put_instruction(fixture, 0, "LOAD_CONST", "'x'");
    put_instruction(fixture, 2, "RETURN_VALUE", "");
    put_handler(fixture, 0, 2);
}

static uint32_t store(struct fixture *fixture, uint32_t code) {
    /* Of just the size, so that a sanitizer sees a byte that is read behind it. */
    unsigned char *copy = malloc(fixture->size ? fixture->size : 1);
    assert_non_null(copy);
    memcpy(copy, fixture->answer, fixture->size);
    disassembly_rows_store(&fixture->rows, code, copy, fixture->size);
    free(copy);
    return fixture->arena.disassembly[code].state;
}

static const char *text_at(const struct fixture *fixture, uint64_t offset) { return fixture->arena.texts + offset; }

static void an_answer_becomes_rows(void **state) {
    struct fixture *fixture = *state;
    make_answer(fixture);
    assert_int_equal(store(fixture, 1), ARENA_DISASSEMBLY_THERE);
    assert_int_equal(store(fixture, 2), ARENA_DISASSEMBLY_THERE);
    const struct arena_disassembly *found = &fixture->arena.disassembly[2];
    assert_int_equal(found->first_instruction, 2);
    assert_int_equal(found->instruction_count, 2);
    assert_int_equal(found->first_handler, 1);
    assert_int_equal(found->handler_count, 1);
    assert_int_equal(fixture->arena.header->instruction_count, 4);
    assert_int_equal(fixture->arena.header->handler_count, 2);
    const struct arena_instruction *rows = fixture->arena.instructions;
    assert_string_equal(text_at(fixture, rows[2].opname), "LOAD_CONST");
    assert_string_equal(text_at(fixture, rows[2].argrepr), "'x'");
    assert_int_equal(rows[2].opname, rows[0].opname); /* each text is there once */
    assert_int_equal(rows[3].argrepr, 0);
    assert_int_equal(rows[3].offset, 2);
    assert_int_equal(rows[3].line, 7);
    assert_int_equal(rows[3].argument, 3);
    assert_int_equal(rows[3].stack_effect, -2);
    assert_int_equal(rows[3].jump_stack_effect, 1);
    assert_int_equal(rows[3].flags, ARENA_INSTRUCTION_JUMP_TARGET);
    assert_int_equal(fixture->arena.handlers[1].target, 2);
}

static void expect_no_answer(struct fixture *fixture) {
    uint32_t instructions = fixture->arena.header->instruction_count, handlers = fixture->arena.header->handler_count;
    fixture->arena.disassembly[3] = (struct arena_disassembly){0};
    assert_int_equal(store(fixture, 3), ARENA_DISASSEMBLY_FAILED);
    assert_int_equal(fixture->arena.header->instruction_count, instructions);
    assert_int_equal(fixture->arena.header->handler_count, handlers);
    assert_int_equal(fixture->arena.disassembly[3].instruction_count, 0);
}

static void what_is_cut_off_or_too_long_is_no_answer(void **state) {
    struct fixture *fixture = *state;
    make_answer(fixture);
    size_t whole = fixture->size;
    for (fixture->size = 0; fixture->size < whole; fixture->size++)
        expect_no_answer(fixture);
    fixture->size = whole + 1;
    expect_no_answer(fixture);
}

static void what_cannot_be_is_no_answer(void **state) {
    struct fixture *fixture = *state;
    begin_answer(fixture, UINT32_MAX, 0); /* more than there are bytes */
    put_instruction(fixture, 0, "NOP", "");
    expect_no_answer(fixture);
    begin_answer(fixture, 0, UINT32_MAX);
    put_handler(fixture, 0, 2);
    expect_no_answer(fixture);
    begin_answer(fixture, 2, 0); /* not ascending */
    put_instruction(fixture, 2, "NOP", "");
    put_instruction(fixture, 2, "NOP", "");
    expect_no_answer(fixture);
    begin_answer(fixture, 0, 2);
    put_handler(fixture, 4, 6);
    put_handler(fixture, 2, 6);
    expect_no_answer(fixture);
    begin_answer(fixture, 0, 1); /* ends before it starts */
    put_handler(fixture, 4, 2);
    expect_no_answer(fixture);
    begin_answer(fixture, 1, 0);
    put_instruction(fixture, 0, "NOP", "with");
    fixture->answer[fixture->size - 2] = '\0'; /* a '\0' in a text */
    expect_no_answer(fixture);
}

static void what_the_header_says_is_not_trusted(void **state) {
    struct fixture *fixture = *state;
    make_answer(fixture);
    fixture->arena.header->instruction_count = UINT32_MAX;
    expect_no_answer(fixture);
    fixture->arena.header->instruction_count = ARENA_MAX_INSTRUCTIONS - 1; /* room for one of the two */
    expect_no_answer(fixture);
    fixture->arena.header->instruction_count = 0;
    fixture->arena.header->handler_count = ARENA_MAX_HANDLERS;
    expect_no_answer(fixture);
    struct disassembly_rows again;
    fixture->arena.header->texts_used = UINT64_MAX;
    assert_true(disassembly_rows_open(&again, &fixture->arena, CODES));
    assert_int_equal(again.texts.used, 1);
    disassembly_rows_close(&again);
    assert_false(disassembly_rows_open(&again, &fixture->arena, UINT32_MAX));
}

/* Whatever bytes come, what is stored lies within the arena and fits together. */
static void changed_answers_harm_nothing(void **state) {
    struct fixture *fixture = *state;
    uint32_t random = 1;
    int there = 0;
    for (int round = 0; round < 3000; round++) {
        make_answer(fixture);
        for (int change = 0; change < 1 + round % 3; change++) {
            random = random * 1664525u + 1013904223u;
            fixture->answer[(random >> 8) % fixture->size] = (unsigned char)(random >> 24);
        }
        fixture->arena.disassembly[4] = (struct arena_disassembly){0};
        if (store(fixture, 4) != ARENA_DISASSEMBLY_THERE)
            continue;
        there++;
        const struct arena_disassembly *found = &fixture->arena.disassembly[4];
        assert_true(found->first_instruction + found->instruction_count <= fixture->arena.header->instruction_count);
        for (uint32_t i = 0; i < found->instruction_count; i++) {
            const struct arena_instruction *row = &fixture->arena.instructions[found->first_instruction + i];
            assert_true(row->opname < fixture->arena.header->texts_used && row->argrepr < fixture->arena.header->texts_used);
        }
    }
    assert_true(there > 100 && there < 2900);
}

static void texts_of_an_earlier_run_are_found_again(void **state) {
    struct fixture *fixture = *state;
    char text[32];
    uint64_t offsets[3000], again;
    for (int i = 0; i < 3000; i++) {
        int length = snprintf(text, sizeof text, "text %d", i);
        assert_true(text_table_add(&fixture->rows.texts, text, (size_t)length, &offsets[i]));
        assert_string_equal(text_at(fixture, offsets[i]), text);
    }
    disassembly_rows_close(&fixture->rows);
    assert_true(disassembly_rows_open(&fixture->rows, &fixture->arena, CODES));
    for (int i = 0; i < 3000; i++) {
        int length = snprintf(text, sizeof text, "text %d", i);
        assert_true(text_table_add(&fixture->rows.texts, text, (size_t)length, &again));
        assert_int_equal(again, offsets[i]);
    }
    assert_true(text_table_add(&fixture->rows.texts, "text 12", 6, &again)); /* "text 1" */
    assert_int_equal(again, offsets[1]);
}

static void specialised_forms_come_and_go(void **state) {
    struct fixture *fixture = *state;
    static struct specialized_names names;
    strcpy(names.names[200], "BINARY_OP_ADD_INT");
    make_answer(fixture);
    assert_int_equal(store(fixture, 1), ARENA_DISASSEMBLY_THERE);
    fixture->arena.header->unit_count = 3;
    fixture->arena.bytecode[1] = (struct arena_bytecode){.first_unit = 1, .unit_count = 2};
    fixture->arena.units[1] = (struct arena_unit){.specialized = 200};
    fixture->arena.units[2] = (struct arena_unit){.flags = 0xff};
    disassembly_rows_specialize(&fixture->rows, 1, &names);
    const struct arena_instruction *rows = fixture->arena.instructions;
    assert_string_equal(text_at(fixture, rows[0].specialized), "BINARY_OP_ADD_INT");
    assert_int_equal(rows[0].unit_flags, 0);
    assert_int_equal(rows[1].specialized, 0);
    assert_int_equal(rows[1].unit_flags, ARENA_UNIT_ADAPTIVE | ARENA_UNIT_GAVE_UP);
    fixture->arena.units[1] = (struct arena_unit){.flags = ARENA_UNIT_ADAPTIVE};
    disassembly_rows_specialize(&fixture->rows, 1, &names);
    assert_int_equal(rows[0].specialized, 0);
    assert_int_equal(rows[0].unit_flags, ARENA_UNIT_ADAPTIVE);
    fixture->arena.units[1].specialized = 200;
    fixture->arena.bytecode[1].unit_count = UINT32_MAX; /* not within the region: nothing changes */
    disassembly_rows_specialize(&fixture->rows, 1, &names);
    fixture->arena.bytecode[1] = (struct arena_bytecode){.first_unit = 4, .unit_count = 2};
    disassembly_rows_specialize(&fixture->rows, 1, &names);
    fixture->arena.disassembly[1].first_instruction = ARENA_MAX_INSTRUCTIONS;
    fixture->arena.bytecode[1] = (struct arena_bytecode){.first_unit = 1, .unit_count = 2};
    disassembly_rows_specialize(&fixture->rows, 1, &names);
    assert_int_equal(rows[0].specialized, 0);
}

/* --- processes ---------------------------------------------------------------------------------------------------- */

static const uint64_t SOON_NS = UINT64_C(300000000), LATE_NS = UINT64_C(20000000000);
#define GREETING "printf 'dis1\\006\\0003.11.2'\nhead -c 512 /dev/zero\n"

/* A program that takes the place of a Python. */
static const char *program(struct fixture *fixture, const char *text) {
    static char path[128];
    snprintf(path, sizeof path, "%s/python3", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s", text) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

static void what_is_no_python_is_not_listened_to(void **state) {
    struct fixture *fixture = *state;
    struct disassembler_process process;
    static const char *const texts[] = {
        "exit 1", "echo dis1; exit", "printf 'dis2\\006\\0003.11.2'; head -c 512 /dev/zero; exec sleep 60",
        "printf 'dis1\\377\\377'; head -c 100000 /dev/zero", "exec head -c 1000000 /dev/urandom"};
    assert_false(disassembler_process_start(&process, "/nowhere/python3", LATE_NS));
    assert_false(disassembler_process_start(&process, "python3", LATE_NS));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(disassembler_process_start(&process, program(fixture, texts[i]), LATE_NS));
        assert_int_equal(process.pid, 0);
    }
    assert_false(disassembler_process_start(&process, program(fixture, "exec sleep 60"), SOON_NS));
}

static void expect_end(struct fixture *fixture, const char *text, uint64_t limit_ns) {
    struct disassembler_process process;
    static char object[1 << 20];
    size_t size;
    assert_true(disassembler_process_start(&process, program(fixture, text), limit_ns));
    assert_string_equal(process.version, "3.11.2");
    assert_null(disassembler_process_ask(&process, object, sizeof object, &size));
    assert_int_equal(process.pid, 0);
    assert_null(disassembler_process_ask(&process, object, sizeof object, &size)); /* that one is gone */
}

static void one_that_dies_or_hangs_is_ended(void **state) {
    struct fixture *fixture = *state;
    expect_end(fixture, GREETING "exit", LATE_NS);
    expect_end(fixture, GREETING "head -c 1000 >/dev/null; exit", LATE_NS);
    expect_end(fixture, GREETING "exec sleep 60", SOON_NS);                                     /* reads nothing */
    expect_end(fixture, GREETING "cat >/dev/null", SOON_NS);                                    /* says nothing */
    expect_end(fixture, GREETING "printf '\\377\\377\\377\\377'\nexec cat >/dev/null", LATE_NS); /* not 4 GiB */
    expect_end(fixture, GREETING "printf '\\020\\000\\000\\000abc'\nexit", LATE_NS);
}

static void an_answer_of_nothing_is_a_refusal(void **state) {
    struct fixture *fixture = *state;
    struct disassembler_process process;
    size_t size;
    assert_true(disassembler_process_start(
        &process, program(fixture, GREETING "printf '\\000\\000\\000\\000\\003\\000\\000\\000abc'\nexec cat >/dev/null"), LATE_NS));
    assert_null(disassembler_process_ask(&process, "xyz", 3, &size));
    assert_int_not_equal(process.pid, 0);
    const unsigned char *answer = disassembler_process_ask(&process, "xyz", 3, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(answer, "abc", 3);
    disassembler_process_end(&process);
}

static void publish(struct fixture *fixture, uint32_t code, uint64_t at, uint32_t size) {
    fixture->arena.bytecode[code] = (struct arena_bytecode){.object = at, .object_size = size};
}

static void without_a_python_all_has_failed(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header;
    strcpy(header->executable, "/nowhere/python3");
    strcpy(header->python_version, "3.11.2");
    header->objects_used = 100;
    publish(fixture, 1, 0, 100);
    publish(fixture, 2, 50, 51); /* not within what is used: not published */
    publish(fixture, 3, UINT64_MAX, 2);
    disassemble_profile(fixture->path);
    assert_int_equal(fixture->arena.disassembly[1].state, ARENA_DISASSEMBLY_FAILED);
    assert_int_equal(fixture->arena.disassembly[2].state, ARENA_DISASSEMBLY_NONE);
    assert_int_equal(fixture->arena.disassembly[3].state, ARENA_DISASSEMBLY_NONE);
    strcpy(header->executable, program(fixture, GREETING "exec sleep 60"));
    strcpy(header->python_version, "3.12.1"); /* another one than answers */
    publish(fixture, 4, 0, 100);
    disassemble_profile(fixture->path);
    assert_int_equal(fixture->arena.disassembly[4].state, ARENA_DISASSEMBLY_FAILED);
    memset(header->executable, 'x', sizeof header->executable);
    memset(header->python_version, 'x', sizeof header->python_version);
    publish(fixture, 5, 0, 100);
    disassemble_profile(fixture->path);
    assert_int_equal(fixture->arena.disassembly[5].state, ARENA_DISASSEMBLY_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_answer_becomes_rows),
        TEST(what_is_cut_off_or_too_long_is_no_answer),
        TEST(what_cannot_be_is_no_answer),
        TEST(what_the_header_says_is_not_trusted),
        TEST(changed_answers_harm_nothing),
        TEST(texts_of_an_earlier_run_are_found_again),
        TEST(specialised_forms_come_and_go),
        TEST(what_is_no_python_is_not_listened_to),
        TEST(one_that_dies_or_hangs_is_ended),
        TEST(an_answer_of_nothing_is_a_refusal),
        TEST(without_a_python_all_has_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
