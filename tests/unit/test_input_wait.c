/* What the kernel says of a thread's system call, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/recorder/input_wait.h"

static void expect(const char *text, long number, uint64_t first) {
    struct waiting_call call = waiting_call_parse(text);
    assert_int_equal(call.number, number);
    assert_int_equal(call.first_argument, first);
}

static void calls(void **state) {
    (void)state;
    expect("0 0x3 0x7ffe 0x400 0x0 0x0 0x0 0x7ffd 0x7f01\n", 0, 3);
    expect("270 0x1 0x7ffe\n", 270, 1);
    expect("0 0xffffffffffffffff 0x0\n", 0, UINT64_MAX);
}

static void no_calls(void **state) {
    (void)state;
    static const char *const texts[] = {"running\n", "", "\n", "-1 0x7ffe 0x7f01\n", "0", "0 ", "0\n0x3", "0 zz", "read 0x1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], -1, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls), cmocka_unit_test(no_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
