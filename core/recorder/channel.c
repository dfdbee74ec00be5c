/* channel.c - messages between viewer and recorder over a stream socket that must never block either of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pyprof/recorder.h"

enum {
    HEAD_SIZE = 8,
    /* What may wait for a reader that does not read. Terminal output never comes near it: the recorder keeps that in
     * its ring until the queue is empty. */
    QUEUE_MAX = 1 << 20,
};

struct recorder_channel {
    int socket;
    bool closed_for_sending;   /* nobody reads any more */
    bool closed_for_receiving; /* or the protocol was broken; what was said before is handed out */
    unsigned char *queue; /* bytes [queue_start, queue_end) wait to be sent */
    size_t queue_start, queue_end, queue_capacity;
    size_t consumed, received; /* bytes [consumed, received) of input are not yet handed out */
    unsigned char saved;       /* the byte that the '\0' behind the last payload stands on */
    unsigned char input[HEAD_SIZE + RECORDER_PAYLOAD_MAX + 1];
};

static void write_uint32(unsigned char *bytes, uint32_t value) {
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t read_uint32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

struct recorder_channel *recorder_channel_new(int socket) {
    struct recorder_channel *channel = calloc(1, sizeof *channel);
    if (channel)
        channel->socket = socket;
    return channel;
}

void recorder_channel_free(struct recorder_channel *channel) {
    if (!channel)
        return;
    close(channel->socket);
    free(channel->queue);
    free(channel);
}

int recorder_channel_socket(const struct recorder_channel *channel) { return channel->socket; }

bool recorder_channel_wants_write(const struct recorder_channel *channel) {
    return !channel->closed_for_sending && channel->queue_end > channel->queue_start;
}

bool recorder_channel_flush(struct recorder_channel *channel) {
    while (recorder_channel_wants_write(channel)) {
        ssize_t sent = send(channel->socket, channel->queue + channel->queue_start,
                            channel->queue_end - channel->queue_start, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            channel->queue_start += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            channel->closed_for_sending = true;
    }
    return !channel->closed_for_sending;
}

/* Makes room for size more bytes behind queue_end. */
static bool queue_make_room(struct recorder_channel *channel, size_t size) {
    size_t waiting = channel->queue_end - channel->queue_start;
    if (waiting + size > QUEUE_MAX)
        return false;
    if (waiting && channel->queue_start)
        memmove(channel->queue, channel->queue + channel->queue_start, waiting);
    channel->queue_start = 0;
    channel->queue_end = waiting;
    if (waiting + size <= channel->queue_capacity)
        return true;
    size_t capacity = (waiting + size) * 2;
    unsigned char *queue = realloc(channel->queue, capacity);
    if (!queue)
        return false;
    channel->queue = queue;
    channel->queue_capacity = capacity;
    return true;
}

bool recorder_channel_send(struct recorder_channel *channel, uint32_t type, const void *payload, uint32_t size) {
    if (channel->closed_for_sending || size > RECORDER_PAYLOAD_MAX ||
        !queue_make_room(channel, HEAD_SIZE + (size_t)size))
        return false;
    unsigned char *at = channel->queue + channel->queue_end;
    write_uint32(at, type);
    write_uint32(at + 4, size);
    if (size)
        memcpy(at + HEAD_SIZE, payload, size);
    channel->queue_end += HEAD_SIZE + (size_t)size;
    return recorder_channel_flush(channel);
}

/* Takes what the socket has, as far as there is room. */
static void fill_input(struct recorder_channel *channel) {
    if (channel->consumed) {
        memmove(channel->input, channel->input + channel->consumed, channel->received - channel->consumed);
        channel->received -= channel->consumed;
        channel->consumed = 0;
    }
    ssize_t got;
    do
        got = recv(channel->socket, channel->input + channel->received,
                   sizeof channel->input - 1 - channel->received, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        channel->received += (size_t)got;
    else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        channel->closed_for_receiving = true;
}

/* A whole message that is in the input; 0: not whole yet, -1: no message of this protocol. */
static int take_message(struct recorder_channel *channel, struct recorder_message *message) {
    size_t available = channel->received - channel->consumed;
    unsigned char *at = channel->input + channel->consumed;
    if (available < HEAD_SIZE)
        return 0;
    uint32_t size = read_uint32(at + 4);
    if (size > RECORDER_PAYLOAD_MAX)
        return -1;
    if (available < HEAD_SIZE + (size_t)size)
        return 0;
    message->type = read_uint32(at);
    message->size = size;
    message->payload = at + HEAD_SIZE;
    channel->consumed += HEAD_SIZE + (size_t)size;
    channel->saved = channel->input[channel->consumed]; /* the input has one byte more than it can receive */
    channel->input[channel->consumed] = '\0';
    return 1;
}

int recorder_channel_receive(struct recorder_channel *channel, struct recorder_message *message) {
    if (channel->consumed)
        channel->input[channel->consumed] = channel->saved;
    int result = take_message(channel, message);
    if (result == 0 && !channel->closed_for_receiving) {
        fill_input(channel);
        result = take_message(channel, message);
    }
    if (result < 0)
        channel->closed_for_receiving = true;
    return result == 0 && channel->closed_for_receiving ? -1 : result;
}
