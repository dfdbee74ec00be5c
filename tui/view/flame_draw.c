#include "tui/view/flame_draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/view/function_name.h"
#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

enum { NAME_FROM = 3 /* columns: a name in less says nothing */, SIGN_FROM = 4, SHARE_COLUMNS = 7, NAME_SIZE = 512 };

const char *flame_name(const struct path_tree *tree, uint32_t path, char *buffer, size_t size) {
    uint32_t function = tree->paths[path].function;
    return function ? function_display_name(&tree->model->functions[function], buffer, size) : "all";
}

char *flame_amount(const struct path_tree *tree, uint64_t amount, char text[NUMBER_SIZE]) {
    if (!tree->choice.memory)
        return number_time(text, amount, 8);
    return tree->choice.measure == MEMORY_TEMPORARY ? number_count(text, amount, 8) : number_bytes(text, amount, 8);
}

void flame_describe(struct path_tree *tree, uint32_t path, char *text, size_t size) {
    const struct path *at = path_tree_count(tree, path);
    char name[NAME_SIZE], share[NUMBER_SIZE], amount[NUMBER_SIZE], place[NAME_SIZE] = "", calls[NUMBER_SIZE];
    uint64_t whole = tree->paths[PATH_ROOT].total;
    const struct model_function *function = &tree->model->functions[at->function];
    if (at->function && *function->file && strcmp(function->qualname, "<module>") != 0)
        snprintf(place, sizeof place, " %s:%" PRIu32, function_file_name(function), function->line);
    snprintf(text, size, "%.200s%.200s  %s %%  %s", flame_name(tree, path, name, sizeof name), place,
             number_percent(share, at->total, whole, 5), flame_amount(tree, at->total, amount));
    size_t length = strlen(text);
    if (at->function && !tree->choice.inverted)
        snprintf(text + length, size - length, "  self %s %%  %s", number_percent(share, at->self, whole, 5),
                 flame_amount(tree, at->self, amount));
    length = strlen(text);
    if (at->function)
        snprintf(text + length, size - length, "  calls %s", number_count(calls, at->calls, 10));
}

/* --- a frame ------------------------------------------------------------------------------------------ */

/* A style with a background for what is filled, and that of the same colour as a foreground for the part of a column at its end. */
struct look {
    enum cell_style fill, end;
};

static struct look look_of(const struct flame_drawing *drawing, const struct flame_frame *frame) {
    const struct path *path = &drawing->tree->paths[frame->path];
    if (frame == drawing->selected)
        return drawing->focused ? (struct look){STYLE_SELECTED, STYLE_NORMAL}
                                : (struct look){STYLE_SELECTED_UNFOCUSED, STYLE_NORMAL};
    if (drawing->matches && drawing->matches[path->function])
        return (struct look){STYLE_MATCH, STYLE_NORMAL};
    if (path->function && path->function == drawing->function)
        return (struct look){STYLE_SELECTED_UNFOCUSED, STYLE_NORMAL};
    uint64_t whole = drawing->tree->paths[PATH_ROOT].total;
    uint64_t hot = drawing->tree->choice.inverted && path->function ? path->total : path->self;
    int level = heat_level(whole ? (double)hot / (double)whole : 0);
    level = level > 0 ? level : 1;
    return (struct look){(enum cell_style)(STYLE_FRAME_1 + level - 1), heat_style(level)};
}

/* Left blocks of Unicode, from one eighth to seven; a whole column keeps an eighth free, so that the next frame is seen to be
 * another one. */
static uint32_t end_glyph(const struct flame_frame *frame, bool ascii) {
    if (ascii)
        return '|';
    return 0x2590u - (uint32_t)(frame->eighths < 8 ? frame->eighths : 7);
}

/* What the frame has itself has a shade; what was called stands below the rest. */
static uint32_t fill_glyph(const struct flame_drawing *drawing, const struct flame_frame *frame, int column, bool ascii) {
    bool self = !drawing->tree->choice.inverted && column >= frame->below_end && drawing->tree->paths[frame->path].self;
    if (self)
        return ascii ? ':' : 0x2591; /* light shade */
    return ascii ? '-' : ' ';
}

static uint32_t sign_of(const struct flame_drawing *drawing, const struct flame_frame *frame) {
    const struct path *path = &drawing->tree->paths[frame->path];
    if (frame == drawing->selected)
        return '>';
    if (drawing->matches && drawing->matches[path->function])
        return '/';
    return path->function && path->function == drawing->function ? '*' : ' ';
}

static void draw_name(const struct flame_drawing *drawing, const struct flame_frame *frame, struct grid *grid,
                      struct rectangle inner, enum cell_style style) {
    char buffer[NAME_SIZE], shortened[NAME_SIZE], share[NUMBER_SIZE], label[NAME_SIZE];
    const struct path *path = &drawing->tree->paths[frame->path];
    const char *name = flame_name(drawing->tree, frame->path, buffer, sizeof buffer);
    const char *tail = path->function ? function_name_tail(&drawing->tree->model->functions[path->function], name) : NULL;
    const char *whole_name = name;
    name = table_shorten(name, tail, inner.columns, shortened, sizeof shortened);
    if (name == whole_name && tail && grid_text_width(name) > inner.columns)
        name = tail; /* no room for more than a part: the part that says most */
    if (grid_text_width(name) + SHARE_COLUMNS <= inner.columns) {
        uint64_t whole = drawing->tree->paths[PATH_ROOT].total;
        snprintf(label, sizeof label, "%.480s %s%%", name, number_percent(share, path->total, whole, 5));
        name = label;
    }
    table_cell(grid, inner, 0, 0, inner.columns, style, true, name);
}

static void draw_frame(const struct flame_drawing *drawing, const struct flame_frame *frame, struct grid *grid,
                       struct rectangle area, int row) {
    struct look look = look_of(drawing, frame);
    int inside = frame->columns - 1;
    for (int i = 0; i < inside; i++)
        grid_glyph(grid, area, row, frame->column + i, look.fill, fill_glyph(drawing, frame, frame->column + i, grid->ascii));
    grid_glyph(grid, area, row, frame->column + inside, look.end, end_glyph(frame, grid->ascii));
    uint32_t mark = sign_of(drawing, frame);
    int sign = inside >= SIGN_FROM || mark != ' ';
    if (sign) /* where there is no more than a column it takes the end's */
        grid_glyph(grid, area, row, frame->column, look.fill, mark);
    struct rectangle inner = {area.row + row, area.column + frame->column + sign, 1, inside - sign};
    if (inner.columns > area.columns - frame->column - sign)
        inner.columns = area.columns - frame->column - sign;
    if (inner.columns >= NAME_FROM)
        draw_name(drawing, frame, grid, inner, look.fill);
}

/* "+12 narrower", or as much of it as there is room for. */
static void draw_narrower(const struct flame_frame *frame, struct grid *grid, struct rectangle area, int row) {
    char text[64];
    snprintf(text, sizeof text, "+%" PRIu32 " narrower", frame->narrower);
    if ((int)strlen(text) > frame->columns)
        snprintf(text, sizeof text, "+%" PRIu32, frame->narrower);
    if ((int)strlen(text) > frame->columns)
        snprintf(text, sizeof text, "+");
    grid_text(grid, area, row, frame->column, STYLE_DIM, text);
}

void flame_draw_frames(const struct flame_drawing *drawing, struct grid *grid, struct rectangle area) {
    const struct flame_layout *layout = drawing->layout;
    for (int row = 0; row < area.rows && drawing->top + row < layout->levels; row++) {
        int level = drawing->top + row;
        for (size_t i = layout->first[level]; i < layout->first[level + 1]; i++) {
            if (layout->frames[i].narrower)
                draw_narrower(&layout->frames[i], grid, area, row);
            else
                draw_frame(drawing, &layout->frames[i], grid, area, row);
        }
    }
}
