#include "tui/term/rescue.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTERM, SIGHUP};

static int terminal = -1;
static struct termios settings;
static bool settings_known;
static char sequences[512];
static size_t sequences_length;
static volatile sig_atomic_t mouse_on;
static const char *volatile farewell = "";
static char alternate_stack[1 << 16]; /* so that an overflown stack is rescued too */

/* Appends a sequence without its padding ($<5>), which no terminal of today needs. */
static void append(const char *sequence) {
    if (!sequence || sequences_length + strlen(sequence) > sizeof sequences)
        return;
    while (*sequence) {
        const char *end = strncmp(sequence, "$<", 2) == 0 ? strchr(sequence, '>') : NULL;
        if (end)
            sequence = end + 1;
        else
            sequences[sequences_length++] = *sequence++;
    }
}

static void send(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(terminal, bytes, count);
        if (written <= 0)
            return; /* an unread terminal does not keep a dying process alive */
        bytes += written;
        count -= (size_t)written;
    }
}

static void rescue(int number) {
    static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
    fcntl(terminal, F_SETFL, O_WRONLY | O_NONBLOCK);
    if (mouse_on)
        send(mouse_off, sizeof mouse_off - 1);
    send(sequences, sequences_length);
    if (settings_known)
        tcsetattr(terminal, TCSANOW, &settings);
    send(farewell, strlen(farewell));
    raise(number); /* the handler is gone already (SA_RESETHAND) */
}

void rescue_remember(int descriptor) {
    terminal = descriptor;
    settings_known = tcgetattr(descriptor, &settings) == 0;
}

static void set_handlers(void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        sigaction(fatal_signals[i], &action, NULL);
}

void rescue_arm(const char *keypad_off, const char *cursor_on, const char *attributes_off, const char *screen_back) {
    sequences_length = 0;
    append(keypad_off);
    append(attributes_off);
    append(cursor_on);
    append(screen_back);
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    set_handlers(rescue);
}

void rescue_mouse(bool on) { mouse_on = on; }

void rescue_farewell(const char *line) { farewell = line; }

void rescue_disarm(void) {
    set_handlers(SIG_DFL);
    terminal = -1;
}
