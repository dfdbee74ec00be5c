#include "tui/term/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tui/term/rescue.h"

enum { ESCAPE_MS = 150, WAITING_SIZE = 4096 };

struct lines {
    int terminal;
    struct termios before, during;
    unsigned char waiting[WAITING_SIZE]; /* bytes that were read and are no key yet */
    size_t count;
};

struct lines *lines_open(struct error *error) {
    struct lines *lines = calloc(1, sizeof *lines);
    if (!lines) {
        error_set(error, 1, "out of memory");
        return NULL;
    }
    lines->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (lines->terminal < 0 || tcgetattr(lines->terminal, &lines->before)) {
        error_set(error, EXIT_STATUS_USAGE, "there is no terminal to show anything on (/dev/tty: %s); use --headless",
                  strerror(errno));
        if (lines->terminal >= 0)
            close(lines->terminal);
        free(lines);
        return NULL;
    }
    rescue_remember(lines->terminal);
    lines->during = lines->before;
    cfmakeraw(&lines->during);
    lines_return(lines);
    rescue_arm(NULL, NULL, NULL, NULL);
    return lines;
}

void lines_close(struct lines *lines) {
    if (!lines)
        return;
    lines_leave(lines);
    rescue_disarm();
    close(lines->terminal);
    free(lines);
}

void lines_leave(struct lines *lines) { tcsetattr(lines->terminal, TCSADRAIN, &lines->before); }
void lines_return(struct lines *lines) { tcsetattr(lines->terminal, TCSADRAIN, &lines->during); }
int lines_descriptor(const struct lines *lines) { return lines->terminal; }

static void send_bytes(struct lines *lines, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(lines->terminal, bytes, count);
        if (written < 0 && errno != EINTR)
            return; /* the terminal is gone, which reading from it tells */
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
}

void lines_write(struct lines *lines, const char *text) {
    char line[4096];
    size_t length = 0;
    for (; *text && length < sizeof line - 2; text++)
        line[length++] = (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text;
    line[length++] = '\r';
    line[length++] = '\n';
    send_bytes(lines, line, length);
}

void lines_send(struct lines *lines, const char *sequence) { send_bytes(lines, sequence, strlen(sequence)); }

static void fill(struct lines *lines, int timeout_ms) {
    struct pollfd terminal = {.fd = lines->terminal, .events = POLLIN};
    if (lines->count == sizeof lines->waiting || poll(&terminal, 1, timeout_ms) <= 0)
        return;
    ssize_t got = read(lines->terminal, lines->waiting + lines->count, sizeof lines->waiting - lines->count);
    lines->count += got > 0 ? (size_t)got : 0;
}

static void drop(struct lines *lines, size_t count) {
    lines->count -= count;
    memmove(lines->waiting, lines->waiting + count, lines->count);
}

void lines_unread(struct lines *lines, const unsigned char *bytes, size_t count) {
    if (count > sizeof lines->waiting - lines->count)
        count = sizeof lines->waiting - lines->count;
    memmove(lines->waiting + count, lines->waiting, lines->count);
    memcpy(lines->waiting, bytes, count);
    lines->count += count;
}

/* What terminals of today send: ESC [ or ESC O, a number or none, and a letter or ~. */
static const struct {
    const char *sent;
    int key;
} sequences[] = {
    {"A", SPECIAL_UP}, {"B", SPECIAL_DOWN}, {"C", SPECIAL_RIGHT}, {"D", SPECIAL_LEFT}, {"H", SPECIAL_HOME}, {"F", SPECIAL_END},
    {"Z", SPECIAL_BACK_TAB}, {"P", SPECIAL_F1}, {"M", KEYS_ENTER}, {"1~", SPECIAL_HOME}, {"7~", SPECIAL_HOME},
    {"4~", SPECIAL_END}, {"8~", SPECIAL_END}, {"3~", SPECIAL_DELETE}, {"5~", SPECIAL_PAGE_UP}, {"6~", SPECIAL_PAGE_DOWN},
    {"11~", SPECIAL_F1}, {"Q", SPECIAL_F2}, {"12~", SPECIAL_F2}, {"R", SPECIAL_F3}, {"13~", SPECIAL_F3}, {"S", SPECIAL_F4},
    {"14~", SPECIAL_F4}, {"15~", SPECIAL_F5}, {"17~", SPECIAL_F6}, {"18~", SPECIAL_F7}, {"19~", SPECIAL_F8}, {"20~", SPECIAL_F9},
    {"21~", SPECIAL_F10},
};

static bool is_final(unsigned char byte) { return byte >= 0x40 && byte < 0x7f; }

/* A key that begins with ESC [ or ESC O; unknown ones are no key, but are taken whole. */
static int take_sequence(struct lines *lines) {
    size_t end = 2;
    while (end < lines->count && !is_final(lines->waiting[end]))
        end++;
    size_t length = end < lines->count ? end - 1 : 0;
    int key = SPECIAL_NONE;
    for (size_t i = 0; length && i < sizeof sequences / sizeof *sequences; i++)
        if (strlen(sequences[i].sent) == length && memcmp(lines->waiting + 2, sequences[i].sent, length) == 0)
            key = sequences[i].key;
    drop(lines, end < lines->count ? end + 1 : lines->count);
    return key;
}

/* The rest of a sequence is waited for, but not for long: it may be Esc alone. */
static int take_escape(struct lines *lines) {
    if (lines->count == 1)
        fill(lines, ESCAPE_MS);
    if (lines->count == 1 || (lines->waiting[1] != '[' && lines->waiting[1] != 'O')) {
        drop(lines, 1);
        return KEYS_ESCAPE;
    }
    for (int i = 0; i < 8 && (lines->count == 2 || !is_final(lines->waiting[lines->count - 1])); i++)
        fill(lines, ESCAPE_MS / 8);
    return take_sequence(lines);
}

/* UTF-8; what is malformed is no key. */
static int take_character(struct lines *lines) {
    unsigned char first = lines->waiting[0];
    size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (lines->count < size)
        fill(lines, ESCAPE_MS);
    uint32_t value = size == 1 ? first : first & (0x7fu >> size);
    bool good = lines->count >= size && (size > 1 || first < 0x80);
    for (size_t i = 1; good && i < size; i++) {
        good = (lines->waiting[i] & 0xc0) == 0x80;
        value = value << 6 | (lines->waiting[i] & 0x3f);
    }
    drop(lines, good ? size : 1);
    return good && value < SPECIAL_NONE ? (int)value : SPECIAL_NONE;
}

bool lines_key(struct lines *lines, struct key_press *press) {
    *press = (struct key_press){.key = SPECIAL_NONE};
    if (lines->count == 0)
        fill(lines, 0);
    if (lines->count == 0)
        return false;
    int key = lines->waiting[0] == KEYS_ESCAPE ? take_escape(lines) : take_character(lines);
    press->key = key == '\n' ? KEYS_ENTER : key == 0x7f ? SPECIAL_BACKSPACE : key;
    return true;
}
