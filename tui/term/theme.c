#include "tui/term/theme.h"

#include <string.h>

/* What colours are for. A theme gives each its colour. */
enum hue {
    HUE_NONE, /* none of its own: that of text, or of the ground */
    HUE_TEXT, HUE_GROUND, HUE_ACCENT, HUE_ALERT, HUE_ON_MATCH, HUE_MATCH,
    HUE_HEAT_1, HUE_HEAT_2, HUE_HEAT_3, HUE_HEAT_4, HUE_ON_HEAT_1, HUE_ON_HEAT, /* text on 1; on the others */
    HUE_GRAPH, HUE_PEAK, HUE_HEAP, HUE_NATIVE,
    HUE_KEYWORD, HUE_STRING, HUE_COMMENT, HUE_NUMBER,
    HUE_COUNT
};

struct color { short of_8, of_256; };

/* The terminal's. */
#define OWN {-1, -1}
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* Of 256 colours those below 16 are as the user's terminal has them, the others are the same everywhere.
 * default: the user's own eight, on a dark ground; dark blue, which is hard to read there, is a lighter one where there is.
 * light: dark colours for a light ground, at least 4.5 to 1 against white.
 * high-contrast: a ground of its own, and colours at least 7 to 1 against it.
 * colour-blind-safe: the palette of M. Okabe and K. Ito ("Color Universal Design", 2002), which people of all kinds of colour
 * vision tell apart; heat grows lighter as well. */
static const struct color hues[THEME_COUNT][HUE_COUNT] = {
    [THEME_DEFAULT] = {
        [HUE_TEXT] = OWN, [HUE_GROUND] = OWN,
        [HUE_ACCENT] = {CYAN, CYAN}, [HUE_ALERT] = {RED, RED}, [HUE_ON_MATCH] = {BLACK, BLACK}, [HUE_MATCH] = {YELLOW, YELLOW},
        [HUE_HEAT_1] = {BLUE, 12}, [HUE_HEAT_2] = {GREEN, GREEN}, [HUE_HEAT_3] = {YELLOW, YELLOW}, [HUE_HEAT_4] = {RED, RED},
        [HUE_ON_HEAT_1] = {WHITE, 16}, [HUE_ON_HEAT] = {BLACK, BLACK},
        [HUE_GRAPH] = {GREEN, GREEN}, [HUE_PEAK] = {RED, RED}, [HUE_HEAP] = {CYAN, CYAN}, [HUE_NATIVE] = {MAGENTA, MAGENTA},
        [HUE_KEYWORD] = {MAGENTA, MAGENTA}, [HUE_STRING] = {GREEN, GREEN}, [HUE_COMMENT] = OWN, [HUE_NUMBER] = {CYAN, CYAN},
    },
    [THEME_LIGHT] = {
        [HUE_TEXT] = OWN, [HUE_GROUND] = OWN,
        [HUE_ACCENT] = {BLUE, 25}, [HUE_ALERT] = {RED, 160}, [HUE_ON_MATCH] = {BLACK, 16}, [HUE_MATCH] = {YELLOW, 221},
        [HUE_HEAT_1] = {BLUE, 25}, [HUE_HEAT_2] = {CYAN, 29}, [HUE_HEAT_3] = {MAGENTA, 130}, [HUE_HEAT_4] = {RED, 160},
        [HUE_ON_HEAT_1] = {WHITE, 231}, [HUE_ON_HEAT] = {WHITE, 231},
        [HUE_GRAPH] = {BLUE, 29}, [HUE_PEAK] = {RED, 160}, [HUE_HEAP] = {CYAN, 25}, [HUE_NATIVE] = {MAGENTA, 90},
        [HUE_KEYWORD] = {MAGENTA, 90}, [HUE_STRING] = {BLUE, 22}, [HUE_COMMENT] = {-1, 240}, [HUE_NUMBER] = {BLUE, 24},
    },
    [THEME_HIGH_CONTRAST] = {
        [HUE_TEXT] = {WHITE, 231}, [HUE_GROUND] = {BLACK, 16},
        [HUE_ACCENT] = {CYAN, 51}, [HUE_ALERT] = {YELLOW, 226}, [HUE_ON_MATCH] = {BLACK, 16}, [HUE_MATCH] = {YELLOW, 226},
        [HUE_HEAT_1] = {CYAN, 51}, [HUE_HEAT_2] = {GREEN, 46}, [HUE_HEAT_3] = {YELLOW, 226}, [HUE_HEAT_4] = {YELLOW, 214},
        [HUE_ON_HEAT_1] = {BLACK, 16}, [HUE_ON_HEAT] = {BLACK, 16},
        [HUE_GRAPH] = {GREEN, 46}, [HUE_PEAK] = {YELLOW, 226}, [HUE_HEAP] = {CYAN, 51}, [HUE_NATIVE] = {MAGENTA, 213},
        [HUE_KEYWORD] = {YELLOW, 226}, [HUE_STRING] = {GREEN, 46}, [HUE_COMMENT] = {WHITE, 252}, [HUE_NUMBER] = {CYAN, 51},
    },
    [THEME_COLOUR_BLIND_SAFE] = {
        [HUE_TEXT] = OWN, [HUE_GROUND] = OWN,
        [HUE_ACCENT] = {CYAN, 74}, [HUE_ALERT] = {YELLOW, 214}, [HUE_ON_MATCH] = {BLACK, 16}, [HUE_MATCH] = {YELLOW, 227},
        [HUE_HEAT_1] = {BLUE, 32}, [HUE_HEAT_2] = {CYAN, 74}, [HUE_HEAT_3] = {YELLOW, 214}, [HUE_HEAT_4] = {WHITE, 227},
        [HUE_ON_HEAT_1] = {WHITE, 16}, [HUE_ON_HEAT] = {BLACK, 16},
        [HUE_GRAPH] = {CYAN, 74}, [HUE_PEAK] = {YELLOW, 214}, [HUE_HEAP] = {BLUE, 32}, [HUE_NATIVE] = {YELLOW, 214},
        [HUE_KEYWORD] = {YELLOW, 214}, [HUE_STRING] = {CYAN, 74}, [HUE_COMMENT] = OWN, [HUE_NUMBER] = {MAGENTA, 175},
    },
};

enum { BOLD = ATTRIBUTE_BOLD, DIM = ATTRIBUTE_DIM, UNDERLINE = ATTRIBUTE_UNDERLINE, REVERSE = ATTRIBUTE_REVERSE };

/* One row a style: its colours, its attributes beside them, and its attributes where there are no colours. What changes with
 * every refresh has a colour and no attribute: turning an attribute off costs twice the bytes. */
static const struct {
    uint8_t foreground, background; /* enum hue */
    uint8_t attributes, plain;
} rows[STYLE_COUNT] = {
    [STYLE_NORMAL] = {HUE_NONE, HUE_NONE, 0, 0},
    [STYLE_DIM] = {HUE_NONE, HUE_NONE, DIM, 0},
    [STYLE_BOLD] = {HUE_NONE, HUE_NONE, BOLD, BOLD},
    [STYLE_TITLE] = {HUE_NONE, HUE_NONE, 0, 0},
    [STYLE_TITLE_FOCUSED] = {HUE_ACCENT, HUE_NONE, BOLD, BOLD},
    [STYLE_BORDER] = {HUE_NONE, HUE_NONE, DIM, 0},
    [STYLE_SELECTED] = {HUE_NONE, HUE_NONE, REVERSE, REVERSE},
    [STYLE_SELECTED_UNFOCUSED] = {HUE_NONE, HUE_NONE, UNDERLINE, UNDERLINE},
    [STYLE_HEADER] = {HUE_NONE, HUE_NONE, BOLD, BOLD},
    [STYLE_SORT_COLUMN] = {HUE_NONE, HUE_NONE, BOLD | UNDERLINE, BOLD | UNDERLINE},
    [STYLE_MATCH] = {HUE_ON_MATCH, HUE_MATCH, 0, BOLD | UNDERLINE},
    [STYLE_ERROR] = {HUE_ALERT, HUE_NONE, BOLD, BOLD},
    [STYLE_KEY] = {HUE_ACCENT, HUE_NONE, BOLD, BOLD},
    [STYLE_HEAT_0] = {HUE_NONE, HUE_NONE, 0, 0},
    [STYLE_HEAT_1] = {HUE_HEAT_1, HUE_NONE, 0, 0},
    [STYLE_HEAT_2] = {HUE_HEAT_2, HUE_NONE, 0, 0},
    [STYLE_HEAT_3] = {HUE_HEAT_3, HUE_NONE, 0, BOLD},
    [STYLE_HEAT_4] = {HUE_HEAT_4, HUE_NONE, 0, BOLD},
    [STYLE_GRAPH] = {HUE_GRAPH, HUE_NONE, 0, 0},
    [STYLE_GRAPH_PEAK] = {HUE_PEAK, HUE_NONE, 0, BOLD},
    [STYLE_GRAPH_HEAP] = {HUE_HEAP, HUE_NONE, 0, 0},
    [STYLE_GRAPH_NATIVE] = {HUE_NATIVE, HUE_NONE, 0, 0},
    [STYLE_KEYWORD] = {HUE_KEYWORD, HUE_NONE, 0, 0},
    [STYLE_STRING] = {HUE_STRING, HUE_NONE, 0, 0},
    [STYLE_COMMENT] = {HUE_COMMENT, HUE_NONE, DIM, 0},
    [STYLE_NUMBER] = {HUE_NUMBER, HUE_NONE, 0, 0},
    [STYLE_FRAME_1] = {HUE_ON_HEAT_1, HUE_HEAT_1, 0, REVERSE},
    [STYLE_FRAME_2] = {HUE_ON_HEAT, HUE_HEAT_2, 0, REVERSE},
    [STYLE_FRAME_3] = {HUE_ON_HEAT, HUE_HEAT_3, 0, REVERSE},
    [STYLE_FRAME_4] = {HUE_ON_HEAT, HUE_HEAT_4, 0, REVERSE},
};

static const char *const names[THEME_COUNT] = {
#define X(NAME, name) name,
    UI_THEME_LIST(X)
#undef X
};

const char *theme_name(enum theme theme) { return names[theme < THEME_COUNT ? theme : THEME_DEFAULT]; }

enum theme theme_from_name(const char *name) {
    for (enum theme theme = 0; name && theme < THEME_COUNT; theme++)
        if (strcmp(names[theme], name) == 0)
            return theme;
    return THEME_DEFAULT;
}

/* A cube of six levels each, and 24 grays behind it, as xterm made them. */
int theme_color_value(int indexed) {
    static const int levels[] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    if (indexed >= 232) {
        int gray = 8 + 10 * (indexed - 232);
        return gray << 16 | gray << 8 | gray;
    }
    int place = indexed - 16;
    return levels[place / 36] << 16 | levels[place / 6 % 6] << 8 | levels[place % 6];
}

/* In true colour, too, those below 8 are the terminal's: terminfo's direct colours keep these numbers for them. Its bright ones
 * have none there: they are as xterm has them. */
static int color_of(struct color color, enum color_depth depth) {
    if (depth == COLOR_DEPTH_8)
        return color.of_8;
    if (depth == COLOR_DEPTH_256 || color.of_256 < 8)
        return color.of_256;
    static const int bright[] = {0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    return color.of_256 < 16 ? bright[color.of_256 - 8] : theme_color_value(color.of_256);
}

struct appearance theme_appearance(enum theme theme, enum color_depth depth, enum cell_style style) {
    enum cell_style row = style < STYLE_COUNT ? style : STYLE_NORMAL;
    if (depth == COLOR_DEPTH_NONE)
        return (struct appearance){-1, -1, rows[row].plain};
    enum hue foreground = rows[row].foreground, background = rows[row].background;
    unsigned attributes = rows[row].attributes;
    if (theme == THEME_HIGH_CONTRAST)
        attributes &= ~(unsigned)ATTRIBUTE_DIM;
    return (struct appearance){color_of(hues[theme][foreground ? foreground : HUE_TEXT], depth),
                               color_of(hues[theme][background ? background : HUE_GROUND], depth), attributes};
}
