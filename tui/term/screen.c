#define NCURSES_WIDECHAR 1
#include "tui/term/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#undef columns /* terminfo capabilities there */
#undef lines
#include <unistd.h>

#include "tui/term/direct_color.h"
#include "tui/term/lines.h"
#include "tui/term/rescue.h"

struct screen {
    struct lines *lines;  /* NULL: the screen is drawn; else nothing of ncurses is there */
    int line_rows, line_columns;
    FILE *input, *output; /* /dev/tty */
    SCREEN *curses;
    bool ascii, mouse, everything, cursor_shown;
    enum color_depth depth;
    attr_t attributes[STYLE_COUNT]; /* of the present theme */
    bool shows_on_blanks[STYLE_COUNT]; /* a blank of that style does not look like any other */
    struct grid shown;              /* what stdscr holds */
};

static FILE *open_terminal(const char *mode, struct error *error) {
    FILE *terminal = fopen("/dev/tty", mode);
    if (!terminal)
        error_set(error, EXIT_STATUS_USAGE, "there is no terminal to show anything on (/dev/tty: %s); use --headless",
                  strerror(errno));
    return terminal;
}

bool screen_check(bool as_lines, struct error *error) {
    const char *type = getenv("TERM");
    FILE *terminal = open_terminal("we", error);
    if (!terminal)
        return false;
    if (as_lines) {
        fclose(terminal);
        return true;
    }
    int found = 0;
    bool usable = setupterm(NULL, fileno(terminal), &found) == OK;
    if (!usable)
        error_set(error, EXIT_STATUS_USAGE,
                  "the terminal type \"%s\" is not known here; set TERM (as in TERM=xterm-256color) or use --headless",
                  type ? type : "");
    else if (!cursor_address || !clear_screen)
        usable = error_set(error, EXIT_STATUS_USAGE,
                           "the terminal type \"%s\" cannot place its cursor; set TERM to what the terminal is (as in "
                           "TERM=xterm-256color) or use --headless",
                           type ? type : "");
    if (found > 0)
        del_curterm(cur_term);
    fclose(terminal);
    return usable;
}

static bool read_size(int descriptor, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return true;
}

bool screen_terminal_size(int *rows, int *columns) {
    *rows = 24;
    *columns = 80;
    int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return false;
    bool known = read_size(terminal, rows, columns);
    close(terminal);
    return known;
}

bool screen_takes_unicode(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

/* Terminals of these types draw no braille and few blocks, whatever the locale says. */
static bool draws_ascii_only(void) {
    static const char *const types[] = {"vt1", "vt2", "vt5", "ansi", "linux", "cons25", "sun"};
    const char *type = getenv("TERM");
    if (!screen_takes_unicode())
        return true;
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (strncmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

static enum color_depth find_depth(void) {
    const char *refused = getenv("NO_COLOR");
    if (!has_colors() || (refused && *refused) || start_color() != OK || use_default_colors() != OK)
        return COLOR_DEPTH_NONE;
    bool direct = tigetflag("RGB") > 0 || COLORS > 256; /* terminfo's user_caps(5): a colour is its value */
    return direct && COLORS >= 1 << 24 ? COLOR_DEPTH_TRUE : COLORS >= 256 ? COLOR_DEPTH_256 : COLOR_DEPTH_8;
}

static attr_t curses_attributes(unsigned attributes) {
    return (attributes & ATTRIBUTE_BOLD ? A_BOLD : 0) | (attributes & ATTRIBUTE_DIM ? A_DIM : 0) |
           (attributes & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0) | (attributes & ATTRIBUTE_REVERSE ? A_REVERSE : 0);
}

void screen_set_theme(struct screen *screen, enum theme theme) {
    if (screen->lines)
        return;
    enum { ON_BLANKS = ATTRIBUTE_UNDERLINE | ATTRIBUTE_REVERSE };
    int ground = theme_appearance(theme, screen->depth, STYLE_NORMAL).background;
    for (enum cell_style style = 0; style < STYLE_COUNT; style++) {
        struct appearance appearance = theme_appearance(theme, screen->depth, style);
        screen->attributes[style] = curses_attributes(appearance.attributes);
        screen->shows_on_blanks[style] = appearance.background != ground || appearance.attributes & ON_BLANKS;
        if (screen->depth != COLOR_DEPTH_NONE)
            init_extended_pair((int)style + 1, appearance.foreground, appearance.background);
    }
    screen_invalidate(screen);
}

/* How long what follows an Esc may take to come and still be one key. Over a network its parts may come apart; who waits
 * longer, or shorter, says so in ncurses' own variable. */
static void set_escape_delay(void) {
    enum { HERE_MS = 25, REMOTE_MS = 150 };
    if (!getenv("ESCDELAY"))
        set_escdelay(getenv("SSH_CONNECTION") || getenv("SSH_TTY") ? REMOTE_MS : HERE_MS);
}

/* Some terminals send arrows as outside of their keypad's application mode, whatever they were told: as parts of them, these
 * would be Esc and "back". */
static void define_plain_arrows(void) {
    static const struct { const char *sent; int key; } arrows[] = {
        {"\033[A", KEY_UP}, {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT}, {"\033[H", KEY_HOME},
        {"\033[F", KEY_END}, {"\033OA", KEY_UP}, {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT}};
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++)
        define_key(arrows[i].sent, arrows[i].key);
}

static void prepare_keys(void) {
    raw(); /* ^c, ^z and ^s are keys here */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    set_escape_delay();
    define_plain_arrows();
    leaveok(stdscr, TRUE); /* an unused cursor is no reason to send anything */
    curs_set(0);
}

static void free_screen(struct screen *screen) {
    if (screen->input)
        fclose(screen->input);
    if (screen->output)
        fclose(screen->output);
    grid_free(&screen->shown);
    free(screen);
}

/* ncurses for the terminal: with true colours where it has them, as its entry or COLORTERM says. */
static SCREEN *open_curses(const struct screen *screen) {
    char *entry = direct_color_promised() ? direct_color_entry(fileno(screen->output)) : NULL, *before = getenv("TERMINFO");
    char *kept = before ? strdup(before) : NULL;
    SCREEN *curses = NULL;
    if (entry && (kept || !before) && setenv("TERMINFO", entry, true) == 0) {
        curses = newterm(NULL, screen->output, screen->input);
        if (kept)
            setenv("TERMINFO", kept, true);
        else
            unsetenv("TERMINFO");
    }
    free(entry);
    free(kept);
    return curses ? curses : newterm(NULL, screen->output, screen->input);
}

struct screen *screen_open(enum theme theme, struct error *error) {
    setlocale(LC_CTYPE, "");
    struct screen *screen = calloc(1, sizeof *screen);
    if (!screen) {
        error_set(error, 1, "out of memory");
        return NULL;
    }
    if (!(screen->output = open_terminal("we", error)) || !(screen->input = open_terminal("re", error))) {
        free_screen(screen);
        return NULL;
    }
    rescue_remember(fileno(screen->output));
    screen->curses = open_curses(screen);
    if (!screen->curses) {
        error_set(error, EXIT_STATUS_USAGE, "the terminal type \"%s\" is not known here; set TERM or use --headless",
                  getenv("TERM") ? getenv("TERM") : "");
        free_screen(screen);
        return NULL;
    }
    screen->ascii = draws_ascii_only();
    screen->depth = find_depth();
    screen_set_theme(screen, theme);
    prepare_keys();
    rescue_arm(keypad_local, cursor_normal, exit_attribute_mode, exit_ca_mode);
    return screen;
}

struct screen *screen_open_lines(int rows, int columns, struct error *error) {
    setlocale(LC_CTYPE, "");
    struct screen *screen = calloc(1, sizeof *screen);
    if (!screen) {
        error_set(error, 1, "out of memory");
        return NULL;
    }
    screen->lines = lines_open(error);
    screen->line_rows = rows;
    screen->line_columns = columns;
    screen->ascii = true; /* what is drawn with braille and blocks cannot be read out */
    if (screen->lines)
        return screen;
    free_screen(screen);
    return NULL;
}

void screen_write_line(struct screen *screen, const char *text) { lines_write(screen->lines, text); }

void screen_close(struct screen *screen) {
    if (!screen)
        return;
    if (screen->lines) {
        lines_close(screen->lines);
        free_screen(screen);
        return;
    }
    screen_mouse(screen, false);
    endwin();
    rescue_disarm();
    delscreen(screen->curses);
    free_screen(screen);
}

bool screen_ascii(const struct screen *screen) { return screen->ascii; }

int screen_descriptor(const struct screen *screen) {
    return screen->lines ? lines_descriptor(screen->lines) : fileno(screen->input);
}

void screen_size(const struct screen *screen, int *rows, int *columns) {
    if (screen->lines) {
        *rows = screen->line_rows;
        *columns = screen->line_columns;
    } else {
        getmaxyx(stdscr, *rows, *columns);
    }
}

void screen_resize(struct screen *screen) {
    int rows, columns;
    if (screen->lines)
        return;
    if (read_size(fileno(screen->output), &rows, &columns) && is_term_resized(rows, columns))
        resize_term(rows, columns);
    screen_invalidate(screen);
}

void screen_invalidate(struct screen *screen) { screen->everything = true; }

static enum cell_style style_of(const struct cell *cell) {
    return cell->style < STYLE_COUNT ? (enum cell_style)cell->style : STYLE_NORMAL;
}

static bool is_plain_blank(const struct screen *screen, const struct cell *cell) {
    return cell->glyph == ' ' && !screen->shows_on_blanks[style_of(cell)];
}

/* The style to send a cell with: a blank or two between words of one style have that, too. They look the same, and turning an
 * attribute off and on again takes twenty bytes. */
static enum cell_style sent_style(const struct screen *screen, const struct cell *cells, int count, int column) {
    enum { MOST_BLANKS = 2 };
    const struct cell *cell = &cells[column];
    if (!is_plain_blank(screen, cell))
        return style_of(cell);
    int left = column - 1, right = column + 1;
    while (left >= 0 && is_plain_blank(screen, &cells[left]))
        left--;
    while (right < count && is_plain_blank(screen, &cells[right]))
        right++;
    if (left < 0 || right >= count || right - left - 1 > MOST_BLANKS || cells[left].style != cells[right].style ||
        screen->shows_on_blanks[style_of(&cells[left])])
        return style_of(cell);
    return style_of(&cells[left]);
}

static void put_cell(const struct screen *screen, int row, int column, const struct cell *cell, enum cell_style style) {
    if (cell->width == 0)
        return; /* its left half brings it along */
    wchar_t text[2] = {(wchar_t)cell->glyph, L'\0'};
    cchar_t glyph;
    short pair = screen->depth != COLOR_DEPTH_NONE ? (short)(style + 1) : 0;
    if (setcchar(&glyph, text, screen->attributes[style], pair, NULL) == OK)
        mvwadd_wchnstr(stdscr, row, column, &glyph, 1);
}

static void copy_row(struct screen *screen, const struct grid *grid, int row) {
    const struct cell *cells = grid->cells + (size_t)row * (size_t)grid->columns;
    struct cell *before = screen->shown.cells + (size_t)row * (size_t)grid->columns;
    size_t size = (size_t)grid->columns * sizeof *cells;
    if (!screen->everything && memcmp(cells, before, size) == 0)
        return;
    for (int column = 0; column < grid->columns; column++)
        put_cell(screen, row, column, &cells[column], sent_style(screen, cells, grid->columns, column));
    memcpy(before, cells, size);
}

static void place_cursor(struct screen *screen, int row, int column) {
    bool show = row >= 0;
    if (show != screen->cursor_shown) {
        curs_set(show);
        leaveok(stdscr, !show);
        screen->cursor_shown = show;
    }
    if (show)
        wmove(stdscr, row, column);
}

void screen_draw(struct screen *screen, const struct grid *grid, int cursor_row, int cursor_column) {
    if (grid->rows != screen->shown.rows || grid->columns != screen->shown.columns) {
        if (!grid_resize(&screen->shown, grid->rows, grid->columns))
            return; /* out of memory: the next one may have more */
        screen->everything = true;
    }
    if (screen->everything) {
        werase(stdscr);
        clearok(curscr, TRUE);
    }
    for (int row = 0; row < grid->rows; row++)
        copy_row(screen, grid, row);
    screen->everything = false;
    place_cursor(screen, cursor_row, cursor_column);
    wrefresh(stdscr);
}

static bool read_mouse(struct key_press *press) {
    MEVENT event, earlier;
    if (getmouse(&event) != OK)
        return false;
    /* Of events that came in one piece ncurses hands out the last one first: a click's press would never be seen. */
    if (event.bstate & BUTTON1_RELEASED && getmouse(&earlier) == OK && earlier.bstate & BUTTON1_PRESSED)
        event = earlier;
    press->row = event.y;
    press->column = event.x;
    press->mouse = event.bstate & BUTTON4_PRESSED ? MOUSE_WHEEL_UP
                 : event.bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN
                 : event.bstate & BUTTON1_RELEASED ? MOUSE_RELEASE : MOUSE_CLICK;
    return (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED)) != 0;
}

static int special_key(wint_t code) {
    switch (code) {
    case KEY_UP: return SPECIAL_UP;
    case KEY_DOWN: return SPECIAL_DOWN;
    case KEY_LEFT: return SPECIAL_LEFT;
    case KEY_RIGHT: return SPECIAL_RIGHT;
    case KEY_HOME: case KEY_FIND: return SPECIAL_HOME;
    case KEY_END: case KEY_SELECT: return SPECIAL_END;
    case KEY_PPAGE: return SPECIAL_PAGE_UP;
    case KEY_NPAGE: return SPECIAL_PAGE_DOWN;
    case KEY_BTAB: return SPECIAL_BACK_TAB;
    case KEY_BACKSPACE: return SPECIAL_BACKSPACE;
    case KEY_DC: return SPECIAL_DELETE;
    case KEY_ENTER: return KEYS_ENTER;
    case KEY_F(1): return SPECIAL_F1;
    case KEY_F(2): return SPECIAL_F2;
    case KEY_F(3): return SPECIAL_F3;
    case KEY_F(4): return SPECIAL_F4;
    case KEY_F(5): return SPECIAL_F5;
    case KEY_F(6): return SPECIAL_F6;
    case KEY_F(7): return SPECIAL_F7;
    case KEY_F(8): return SPECIAL_F8;
    case KEY_F(9): return SPECIAL_F9;
    case KEY_F(10): return SPECIAL_F10;
    case KEY_MOUSE: return SPECIAL_MOUSE;
    default: return SPECIAL_NONE;
    }
}

bool screen_key(struct screen *screen, struct key_press *press) {
    wint_t code;
    if (screen->lines)
        return lines_key(screen->lines, press);
    int kind = wget_wch(stdscr, &code);
    if (kind == ERR)
        return false;
    press->key = kind == KEY_CODE_YES ? special_key(code)
               : code == '\n'         ? KEYS_ENTER
               : code == 0x7f         ? SPECIAL_BACKSPACE
                                      : (int)code;
    if (press->key == SPECIAL_MOUSE && !read_mouse(press))
        press->key = SPECIAL_NONE;
    return true;
}

bool screen_read_bytes(struct screen *screen, unsigned char *bytes, size_t size, size_t *count) {
    struct pollfd terminal = {.fd = screen_descriptor(screen), .events = POLLIN};
    *count = 0;
    if (poll(&terminal, 1, 0) <= 0)
        return true;
    ssize_t length = read(terminal.fd, bytes, size);
    if (length > 0)
        *count = (size_t)length;
    return length > 0 || (length < 0 && (errno == EINTR || errno == EAGAIN));
}

void screen_unread_bytes(struct screen *screen, const unsigned char *bytes, size_t count) {
    if (screen->lines) {
        lines_unread(screen->lines, bytes, count);
        return;
    }
    while (count > 0)
        ungetch(bytes[--count]);
}

void screen_leave(struct screen *screen) {
    if (screen->lines) {
        lines_leave(screen->lines);
        return;
    }
    bool mouse = screen->mouse;
    screen_mouse(screen, false);
    screen->mouse = mouse;
    endwin();
}

void screen_return(struct screen *screen) {
    if (screen->lines) {
        lines_return(screen->lines);
        return;
    }
    bool mouse = screen->mouse;
    screen->mouse = false;
    screen_mouse(screen, mouse);
    screen_resize(screen);
    wrefresh(stdscr);
}

void screen_mouse(struct screen *screen, bool on) {
    if (screen->lines || screen->mouse == on)
        return;
    screen->mouse = on;
    mouseinterval(0);
    mousemask(on ? BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
    rescue_mouse(on);
}

void screen_send(struct screen *screen, const char *sequence) {
    if (screen->lines) {
        lines_send(screen->lines, sequence);
        return;
    }
    fputs(sequence, screen->output);
    fflush(screen->output);
}
