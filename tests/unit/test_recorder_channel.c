/* Messages between viewer and recorder: whole, in pieces, too large, from a side that closed, to a side that does
 * not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "pyprof/recorder.h"

struct pair {
    struct recorder_channel *near;
    int far; /* the other end, as a plain socket */
};

static int set_up(void **state) {
    int sockets[2];
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    pair->near = recorder_channel_new(sockets[0]);
    pair->far = sockets[1];
    assert_non_null(pair->near);
    *state = pair;
    return 0;
}

static int tear_down(void **state) {
    struct pair *pair = *state;
    recorder_channel_free(pair->near);
    if (pair->far >= 0)
        close(pair->far);
    free(pair);
    return 0;
}

static void far_writes(struct pair *pair, const void *bytes, size_t count) {
    assert_int_equal(write(pair->far, bytes, count), count);
}

static void sends_little_endian_heads(void **state) {
    struct pair *pair = *state;
    unsigned char got[32];
    assert_true(recorder_channel_send(pair->near, 0x01020304, "abc", 3));
    assert_int_equal(read(pair->far, got, sizeof got), 11);
    assert_memory_equal(got, "\x04\x03\x02\x01\x03\x00\x00\x00" "abc", 11);
}

static void receives_messages_that_came_together(void **state) {
    struct pair *pair = *state;
    struct recorder_message message;
    far_writes(pair, "\x65\0\0\0\x02\0\0\0hi\x03\0\0\0\0\0\0\0\x05\0\0\0\x01\0\0\0x", 27);
    assert_int_equal(recorder_channel_receive(pair->near, &message), 1);
    assert_int_equal(message.type, RECORDER_EVENT_STARTED);
    assert_int_equal(message.size, 2);
    assert_string_equal((char *)message.payload, "hi");
    assert_int_equal(recorder_channel_receive(pair->near, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_STOP);
    assert_int_equal(message.size, 0);
    assert_string_equal((char *)message.payload, "");
    assert_int_equal(recorder_channel_receive(pair->near, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_SAVE);
    assert_string_equal((char *)message.payload, "x");
    assert_int_equal(recorder_channel_receive(pair->near, &message), 0);
}

static void receives_byte_by_byte(void **state) {
    static const char bytes[] = "\x01\0\0\0\x03\0\0\0abc";
    struct pair *pair = *state;
    struct recorder_message message;
    for (size_t i = 0; i + 1 < sizeof bytes; i++) {
        assert_int_equal(recorder_channel_receive(pair->near, &message), 0);
        far_writes(pair, bytes + i, 1);
    }
    assert_int_equal(recorder_channel_receive(pair->near, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_INPUT);
    assert_string_equal((char *)message.payload, "abc");
}

/* The largest payload fits; the message behind it is not touched by the '\0' that ends it. */
static void carries_the_largest_payload(void **state) {
    struct pair *pair = *state;
    struct recorder_channel *far = recorder_channel_new(dup(pair->far));
    struct recorder_message message;
    char *payload = malloc(RECORDER_PAYLOAD_MAX);
    assert_non_null(payload);
    assert_non_null(far);
    for (int i = 0; i < RECORDER_PAYLOAD_MAX; i++)
        payload[i] = (char)(i % 251);
    assert_false(recorder_channel_send(far, 1, payload, RECORDER_PAYLOAD_MAX + 1));
    assert_true(recorder_channel_send(far, 1, payload, RECORDER_PAYLOAD_MAX));
    assert_true(recorder_channel_send(far, 2, "7 9", 3));
    int result;
    while ((result = recorder_channel_receive(pair->near, &message)) == 0)
        assert_true(recorder_channel_flush(far));
    assert_int_equal(result, 1);
    assert_int_equal(message.size, RECORDER_PAYLOAD_MAX);
    assert_memory_equal(message.payload, payload, RECORDER_PAYLOAD_MAX);
    assert_int_equal(message.payload[RECORDER_PAYLOAD_MAX], '\0');
    while ((result = recorder_channel_receive(pair->near, &message)) == 0)
        assert_true(recorder_channel_flush(far));
    assert_int_equal(message.type, RECORDER_REQUEST_RESIZE);
    assert_string_equal((char *)message.payload, "7 9");
    recorder_channel_free(far);
    free(payload);
}

static void refuses_a_payload_beyond_the_limit(void **state) {
    struct pair *pair = *state;
    struct recorder_message message;
    far_writes(pair, "\x01\0\0\0\x01\0\x01\0abc", 11); /* 65537 */
    assert_int_equal(recorder_channel_receive(pair->near, &message), -1);
    far_writes(pair, "\x01\0\0\0\0\0\0\0", 8);
    assert_int_equal(recorder_channel_receive(pair->near, &message), -1);
}

static void hands_out_what_came_before_the_end(void **state) {
    struct pair *pair = *state;
    struct recorder_message message;
    far_writes(pair, "\x68\0\0\0\x08\0\0\0status 0\x69\0\0\0\x40\0\0\0cut", 27);
    close(pair->far);
    pair->far = -1;
    recorder_channel_send(pair->near, RECORDER_REQUEST_STOP, "", 0); /* to nobody: must not hide what was said */
    assert_int_equal(recorder_channel_receive(pair->near, &message), 1);
    assert_int_equal(message.type, RECORDER_EVENT_ENDED);
    assert_string_equal((char *)message.payload, "status 0");
    assert_int_equal(recorder_channel_receive(pair->near, &message), -1);
    assert_int_equal(recorder_channel_receive(pair->near, &message), -1);
}

static void sending_to_nobody_fails_without_a_signal(void **state) {
    struct pair *pair = *state;
    close(pair->far);
    pair->far = -1;
    assert_false(recorder_channel_send(pair->near, 1, "x", 1));
    assert_false(recorder_channel_flush(pair->near));
    assert_false(recorder_channel_wants_write(pair->near));
}

static void queues_for_a_slow_reader_up_to_a_limit(void **state) {
    struct pair *pair = *state;
    char block[32768], got[4096];
    size_t sent = 0, received = 0;
    memset(block, 'q', sizeof block);
    while (recorder_channel_send(pair->near, 103, block, sizeof block))
        sent += 8 + sizeof block;
    assert_true(sent >= 512 * 1024);
    assert_true(sent <= 4 * 1024 * 1024); /* the queue and the socket's own buffer */
    assert_true(recorder_channel_wants_write(pair->near));
    while (received < sent) {
        ssize_t count = read(pair->far, got, sizeof got);
        assert_true(count > 0);
        received += (size_t)count;
        assert_true(recorder_channel_flush(pair->near));
    }
    assert_int_equal(received, sent);
    assert_false(recorder_channel_wants_write(pair->near));
    assert_true(recorder_channel_send(pair->near, 104, "status 0", 8));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sends_little_endian_heads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(receives_messages_that_came_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(receives_byte_by_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(carries_the_largest_payload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_payload_beyond_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hands_out_what_came_before_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sending_to_nobody_fails_without_a_signal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(queues_for_a_slow_reader_up_to_a_limit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
