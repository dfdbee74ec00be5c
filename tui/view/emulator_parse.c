/* emulator_parse.c - from bytes to what they do on the emulator's screen. */
#include <string.h>

#include "tui/view/emulator.h"

enum { ESCAPE = 0x1b, BELL = 7, CANCEL = 0x18, SUBSTITUTE = 0x1a, REPLACEMENT = 0xfffd, LARGEST_PARAMETER = 9999 };

/* --- text ------------------------------------------------------------------------------------------- */

size_t emulator_encode(uint32_t glyph, char *out) {
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (glyph < 0x80) {
        out[0] = (char)glyph;
        return 1;
    }
    size_t size = glyph < 0x800 ? 2 : glyph < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, glyph >>= 6)
        out[i] = (char)(0x80 | (glyph & 0x3f));
    out[0] = (char)(lead[size] | glyph);
    return size;
}

/* The width the grid will draw it with. */
static int glyph_width(uint32_t glyph) {
    char text[5];
    text[emulator_encode(glyph, text)] = '\0';
    return grid_text_width(text);
}

static void put(struct emulator *emulator, uint32_t glyph) {
    if (glyph >= 0x80 && glyph < 0xa0)
        return; /* control characters of eight bits: nobody uses them in UTF-8 */
    emulator_put(emulator, glyph, glyph_width(glyph));
}

static void end_code_point(struct emulator *emulator) {
    uint32_t glyph = emulator->code_point;
    if (glyph < emulator->smallest || glyph > 0x10ffff || (glyph >= 0xd800 && glyph < 0xe000))
        glyph = REPLACEMENT;
    put(emulator, glyph);
}

/* A byte from 0x80 on. */
static void utf8_byte(struct emulator *emulator, unsigned char byte) {
    if (byte < 0xc0) {
        if (emulator->bytes_missing == 0) {
            put(emulator, REPLACEMENT);
            return;
        }
        emulator->code_point = emulator->code_point << 6 | (byte & 0x3f);
        if (--emulator->bytes_missing == 0)
            end_code_point(emulator);
        return;
    }
    if (emulator->bytes_missing > 0)
        put(emulator, REPLACEMENT); /* the one before was cut off */
    emulator->bytes_missing = byte >= 0xf8 ? 0 : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    emulator->code_point = byte & (0x3fu >> emulator->bytes_missing);
    emulator->smallest = emulator->bytes_missing == 3 ? 0x10000 : emulator->bytes_missing == 2 ? 0x800 : 0x80;
    if (byte >= 0xf8)
        put(emulator, REPLACEMENT);
}

static void control(struct emulator *emulator, unsigned char byte) {
    switch (byte) {
    case '\r': emulator_move(emulator, emulator->row, 0); break;
    case '\n': case '\v': case '\f': emulator_line_feed(emulator); break;
    case '\b': emulator_move(emulator, emulator->row, emulator->column - 1); break;
    case '\t': emulator_move(emulator, emulator->row, (emulator->column / 8 + 1) * 8); break;
    case ESCAPE: emulator->parsing = PARSING_ESCAPE; break;
    default: break; /* BEL and all others */
    }
}

static void text_byte(struct emulator *emulator, unsigned char byte) {
    if (byte >= 0x80) {
        utf8_byte(emulator, byte);
        return;
    }
    if (emulator->bytes_missing > 0) {
        emulator->bytes_missing = 0;
        put(emulator, REPLACEMENT);
    }
    if (byte < 0x20 || byte == 0x7f)
        control(emulator, byte);
    else
        emulator_put(emulator, byte, 1);
}

/* --- ESC sequences ---------------------------------------------------------------------------------- */

static void save_cursor(struct emulator *emulator) {
    emulator->saved_row = emulator->row;
    emulator->saved_column = emulator->column;
}

static void escape_byte(struct emulator *emulator, unsigned char byte) {
    emulator->parsing = PARSING_TEXT;
    switch (byte) {
    case '[':
        memset(emulator->parameters, 0, sizeof emulator->parameters);
        emulator->parameter_count = 0;
        emulator->private_mark = 0;
        emulator->parsing = PARSING_CSI;
        break;
    case ']': emulator->parsing = PARSING_OSC; break;
    case 'P': case 'X': case '^': case '_': emulator->parsing = PARSING_STRING; break;
    case '(': case ')': case '*': case '+': case '-': case '.': case '/': case '#': case '%': case ' ':
        emulator->parsing = PARSING_ESCAPE_SKIP_ONE;
        break;
    case 'D': emulator_line_feed(emulator); break;
    case 'E':
        emulator_move(emulator, emulator->row, 0);
        emulator_line_feed(emulator);
        break;
    case 'M': emulator_reverse_line_feed(emulator); break;
    case '7': save_cursor(emulator); break;
    case '8': emulator_move(emulator, emulator->saved_row, emulator->saved_column); break;
    case 'c':
        emulator_screen_to_history(emulator);
        emulator->style = STYLE_NORMAL;
        emulator->region_top = 0;
        emulator->region_bottom = emulator->rows - 1;
        emulator_move(emulator, 0, 0);
        break;
    case ESCAPE: emulator->parsing = PARSING_ESCAPE; break;
    default: break;
    }
}

/* --- CSI sequences ---------------------------------------------------------------------------------- */

/* A parameter, or what it is when left out. */
static int parameter(const struct emulator *emulator, int index, int otherwise) {
    uint32_t value = index < EMULATOR_PARAMETERS ? emulator->parameters[index] : 0;
    return value ? (int)value : otherwise;
}

static void erase_display(struct emulator *emulator, int mode) {
    int row = emulator->row, column = emulator->column;
    if (mode == 0) {
        emulator_erase(emulator, row, column, emulator->columns - column);
        emulator_erase_rows(emulator, row + 1, emulator->rows);
    } else if (mode == 1) {
        emulator_erase_rows(emulator, 0, row);
        emulator_erase(emulator, row, 0, column + 1);
    } else if (mode == 2) {
        emulator_erase_rows(emulator, 0, emulator->rows);
    } else if (mode == 3) {
        emulator_forget_history(emulator);
    }
}

static void erase_line(struct emulator *emulator, int mode) {
    int column = emulator->column;
    if (mode == 0)
        emulator_erase(emulator, emulator->row, column, emulator->columns - column);
    else if (mode == 1)
        emulator_erase(emulator, emulator->row, 0, column + 1);
    else if (mode == 2)
        emulator_erase(emulator, emulator->row, 0, emulator->columns);
}

/* Bold and dim are shown; colours would say nothing about the profile. */
static void select_graphics(struct emulator *emulator) {
    for (int i = 0; i < emulator->parameter_count || i == 0; i++) {
        switch (emulator->parameters[i]) {
        case 0: case 22: emulator->style = STYLE_NORMAL; break;
        case 1: emulator->style = STYLE_BOLD; break;
        case 2: emulator->style = STYLE_DIM; break;
        case 38: case 48: case 58: return; /* the colour's parts follow */
        default: break;
        }
    }
}

static void set_region(struct emulator *emulator) {
    int top = parameter(emulator, 0, 1) - 1, bottom = parameter(emulator, 1, emulator->rows) - 1;
    if (bottom >= emulator->rows)
        bottom = emulator->rows - 1;
    if (top >= bottom)
        return;
    emulator->region_top = top;
    emulator->region_bottom = bottom;
    emulator_move(emulator, 0, 0);
}

static void private_mode(struct emulator *emulator, unsigned char final) {
    if (emulator->private_mark != '?' || (final != 'h' && final != 'l'))
        return;
    for (int i = 0; i < emulator->parameter_count; i++) {
        uint32_t mode = emulator->parameters[i];
        if (mode != 47 && mode != 1047 && mode != 1049)
            continue;
        if (final == 'h') { /* the alternate screen begins: what was there stays in the history */
            emulator_screen_to_history(emulator);
        } else {
            emulator_erase_rows(emulator, 0, emulator->rows);
            emulator->region_top = 0;
            emulator->region_bottom = emulator->rows - 1;
        }
        emulator_move(emulator, 0, 0);
    }
}

static void move_relative(struct emulator *emulator, int rows, int columns) {
    emulator_move(emulator, emulator->row + rows, emulator->column + columns);
}

static bool in_region(const struct emulator *emulator) {
    return emulator->row >= emulator->region_top && emulator->row <= emulator->region_bottom;
}

/* Sequences that change what stands on the screen; false: it is none of them. */
static bool csi_edit(struct emulator *emulator, unsigned char final, int count) {
    switch (final) {
    case 'J': erase_display(emulator, parameter(emulator, 0, 0)); break;
    case 'K': erase_line(emulator, parameter(emulator, 0, 0)); break;
    case 'X': emulator_erase(emulator, emulator->row, emulator->column, count); break;
    case '@': emulator_shift(emulator, count); break;
    case 'P': emulator_shift(emulator, -count); break;
    case 'S': emulator_scroll(emulator, emulator->region_top, count); break;
    case 'T': emulator_scroll(emulator, emulator->region_top, -count); break;
    case 'L':
        if (in_region(emulator))
            emulator_scroll(emulator, emulator->row, -count);
        break;
    case 'M':
        if (in_region(emulator))
            emulator_scroll(emulator, emulator->row, count);
        break;
    default: return false;
    }
    return true;
}

static void csi_final(struct emulator *emulator, unsigned char final) {
    int count = parameter(emulator, 0, 1);
    emulator->parsing = PARSING_TEXT;
    if (emulator->private_mark) {
        private_mode(emulator, final);
        return;
    }
    if (csi_edit(emulator, final, count))
        return;
    switch (final) {
    case 'A': move_relative(emulator, -count, 0); break;
    case 'B': case 'e': move_relative(emulator, count, 0); break;
    case 'C': case 'a': move_relative(emulator, 0, count); break;
    case 'D': move_relative(emulator, 0, -count); break;
    case 'E': emulator_move(emulator, emulator->row + count, 0); break;
    case 'F': emulator_move(emulator, emulator->row - count, 0); break;
    case 'G': case '`': emulator_move(emulator, emulator->row, count - 1); break;
    case 'd': emulator_move(emulator, count - 1, emulator->column); break;
    case 'H': case 'f': emulator_move(emulator, count - 1, parameter(emulator, 1, 1) - 1); break;
    case 'I': emulator_move(emulator, emulator->row, (emulator->column / 8 + count) * 8); break;
    case 'm': select_graphics(emulator); break;
    case 'r': set_region(emulator); break;
    case 's': save_cursor(emulator); break;
    case 'u': emulator_move(emulator, emulator->saved_row, emulator->saved_column); break;
    default: break;
    }
}

static void csi_digit(struct emulator *emulator, unsigned char digit) {
    if (emulator->parameter_count == 0)
        emulator->parameter_count = 1;
    uint32_t *value = &emulator->parameters[emulator->parameter_count - 1];
    *value = *value * 10 + (digit - '0');
    if (*value > LARGEST_PARAMETER)
        *value = LARGEST_PARAMETER;
}

static void csi_byte(struct emulator *emulator, unsigned char byte) {
    if (byte == ESCAPE) {
        emulator->parsing = PARSING_ESCAPE;
    } else if (byte < 0x20) {
        control(emulator, byte); /* terminals obey them in the middle of a sequence */
    } else if (emulator->parsing == PARSING_CSI_SKIP) {
        if (byte >= 0x40)
            emulator->parsing = PARSING_TEXT;
    } else if (byte >= '0' && byte <= '9') {
        csi_digit(emulator, byte);
    } else if (byte == ';' || byte == ':') {
        if (emulator->parameter_count == 0)
            emulator->parameter_count = 1;
        if (emulator->parameter_count < EMULATOR_PARAMETERS)
            emulator->parameters[emulator->parameter_count++] = 0;
        else
            emulator->parsing = PARSING_CSI_SKIP;
    } else if (byte >= '<' && byte <= '?') {
        emulator->private_mark = (char)byte;
    } else if (byte < 0x40) {
        emulator->parsing = PARSING_CSI_SKIP; /* intermediates: nothing that is understood has any */
    } else if (byte < 0x7f) {
        csi_final(emulator, byte);
    } else {
        emulator->parsing = PARSING_TEXT;
    }
}

/* Inside an OSC, DCS or the like: skipped until BEL or ESC \\; CAN and SUB break it off. */
static void string_byte(struct emulator *emulator, unsigned char byte) {
    if (byte == '\n' && emulator->parsing == PARSING_OSC) { /* noise, not an OSC: what follows must not be swallowed */
        emulator->parsing = PARSING_TEXT;
        text_byte(emulator, byte);
    } else if (byte == BELL || byte == CANCEL || byte == SUBSTITUTE) {
        emulator->parsing = PARSING_TEXT;
    } else if (byte == ESCAPE) {
        emulator->parsing = PARSING_STRING_ESCAPE;
    }
}

void emulator_feed(struct emulator *emulator, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count && emulator->screen; i++) {
        unsigned char byte = bytes[i];
        switch (emulator->parsing) {
        case PARSING_TEXT: text_byte(emulator, byte); break;
        case PARSING_ESCAPE: escape_byte(emulator, byte); break;
        case PARSING_ESCAPE_SKIP_ONE: emulator->parsing = PARSING_TEXT; break;
        case PARSING_CSI: case PARSING_CSI_SKIP: csi_byte(emulator, byte); break;
        case PARSING_OSC: case PARSING_STRING: string_byte(emulator, byte); break;
        case PARSING_STRING_ESCAPE:
            emulator->parsing = PARSING_TEXT;
            if (byte != '\\')
                escape_byte(emulator, byte);
            break;
        }
    }
}
