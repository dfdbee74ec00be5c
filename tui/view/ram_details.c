#include "tui/view/ram_details.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/memory_text.h"
#include "tui/view/number.h"
#include "tui/view/ram_draw.h"
#include "tui/view/table.h"

enum { BYTES_WIDTH = 7, PLACE_WIDTH = 36, SOURCE_FROM = 72 /* columns of the pane */ };

static int compare_growth(const void *left_line, const void *right_line) {
    const struct ram_growth *left = left_line, *right = right_line;
    return (right->bytes > left->bytes) - (right->bytes < left->bytes);
}

int ram_growth(const struct model *model, const struct model_sample *sample, struct ram_growth grown[MODEL_SAMPLE_GROWTH]) {
    int count = 0;
    for (int i = 0; i < MODEL_SAMPLE_GROWTH; i++) {
        if (sample->growth[i].bytes <= 0 || sample->growth[i].site >= model_site_total(model))
            continue;
        const struct model_site site = model_site_at(model, sample->growth[i].site);
        int at = 0;
        while (at < count && (grown[at].function != site.function || grown[at].line != site.line))
            at++;
        if (at == count)
            grown[count++] = (struct ram_growth){site.function, site.line, 0};
        grown[at].bytes += (uint64_t)sample->growth[i].bytes;
    }
    qsort(grown, (size_t)count, sizeof *grown, compare_growth);
    return count;
}

/* One value with the sign that its series has in the graph; returns the column behind it. */
static int draw_value(struct grid *grid, struct rectangle area, int column, enum ram_series series, uint32_t sign,
                      const char *name, uint64_t bytes) {
    char text[NUMBER_SIZE];
    if (bytes == MODEL_UNKNOWN)
        return column;
    grid_glyph(grid, area, 0, column, ram_draw_style(series), sign);
    column = grid_text(grid, area, 0, column + 1, STYLE_NORMAL, name);
    return grid_text(grid, area, 0, column, STYLE_BOLD, number_bytes(text, bytes, 6)) + 2;
}

static int draw_values(const struct model_sample *sample, struct grid *grid, struct rectangle area, int column) {
    bool alone = sample->heap == MODEL_UNKNOWN && sample->native == MODEL_UNKNOWN; /* then RSS is the area */
    uint32_t rss = ram_draw_sign(grid, alone && !grid->ascii ? RAM_HEAP : RAM_RSS);
    column = draw_value(grid, area, column, RAM_RSS, rss, "RSS ", sample->rss);
    column = draw_value(grid, area, column, RAM_HEAP, ram_draw_sign(grid, RAM_HEAP), "heap ", sample->heap);
    return draw_value(grid, area, column, RAM_COUNTED, ram_draw_sign(grid, RAM_COUNTED), "native ", sample->native);
}

static void draw_sample(const struct model *model, const struct model_sample *sample, const char *when, struct grid *grid,
                        struct rectangle area) {
    char text[NUMBER_SIZE], words[MEMORY_TEXT_SIZE + 64] = "";
    int column = grid_text(grid, area, 0, 1, STYLE_NORMAL, when) + 1;
    column = grid_text(grid, area, 0, column, STYLE_BOLD, number_time(text, sample->t_ns, 8)) + 2;
    column = draw_values(sample, grid, area, column);
    if (sample->function && sample->function < model->function_count) {
        memory_place(model, sample->function, 0, words);
        column = grid_text(grid, area, 0, column, STYLE_NORMAL, "in ");
        column = grid_text(grid, area, 0, column, STYLE_NORMAL, words) + 2;
    }
    if (sample->collections[0] || sample->collections[1] || sample->collections[2])
        grid_format(grid, area, 0, column, STYLE_DIM, "gc %" PRIu32 "/%" PRIu32 "/%" PRIu32, sample->collections[0],
                    sample->collections[1], sample->collections[2]);
}

/* " grown since phase 2": the last mark up to a time, else the start. */
static void describe_since(const struct model *model, uint64_t t_ns, char *text, size_t size) {
    const char *name = "the start";
    for (size_t i = 0; i < model->mark_count && model->marks[i].t_ns <= t_ns; i++)
        name = *model->marks[i].name ? model->marks[i].name : "a mark";
    snprintf(text, size, " grown since %.40s", name);
}

static void draw_growth(const struct model *model, const struct ram_growth *line, struct grid *grid, struct rectangle area) {
    char bytes[NUMBER_SIZE], grown[NUMBER_SIZE + 1], text[MEMORY_TEXT_SIZE], shortened[MEMORY_TEXT_SIZE];
    snprintf(grown, sizeof grown, "+%s", number_bytes(bytes, line->bytes, BYTES_WIDTH - 1));
    table_cell(grid, area, 0, 1, BYTES_WIDTH, STYLE_BOLD, false, grown);
    bool source = area.columns >= SOURCE_FROM;
    int at = BYTES_WIDTH + 2, width = source ? PLACE_WIDTH : area.columns - at;
    memory_place(model, line->function, line->line, text);
    table_cell(grid, area, 0, at, width, STYLE_NORMAL, true,
               table_shorten(text, memory_place_tail(text, line->line), width, shortened, sizeof shortened));
    if (source)
        table_cell(grid, area, 0, at + width + 1, area.columns - at - width - 1, STYLE_DIM, true,
                   memory_line(model, line->function, line->line, text));
}

void ram_draw_details(const struct model *model, const struct model_sample *sample, const char *when, int selected, bool focused,
                      struct grid *grid, struct rectangle area) {
    struct ram_growth grown[MODEL_SAMPLE_GROWTH];
    int count = ram_growth(model, sample, grown);
    char since[128] = "";
    if (area.rows > 1 && count > 0)
        describe_since(model, sample->t_ns, since, sizeof since);
    int since_at = area.columns - grid_text_width(since);
    bool told = *since && since_at > area.columns / 2;
    for (int row = 0; row < area.rows; row++) {
        struct rectangle line = {area.row + row, area.column, 1, row == 1 && told ? since_at : area.columns};
        if (row == 0)
            draw_sample(model, sample, when, grid, line);
        else if (row <= count)
            draw_growth(model, &grown[row - 1], grid, line);
        if (row == 1 && told)
            grid_text(grid, area, 1, since_at, STYLE_DIM, since);
        if (focused && row == selected && area.rows > 1)
            table_mark_selected(grid, area, row, area.columns, true);
    }
}
