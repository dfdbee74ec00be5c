#include "tui/view/source_gutter.h"

#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

enum {
    MEMORY_WIDTH = 6, INSTRUCTIONS_WIDTH = 8, TIME_WIDTH = 5, SHARE_WIDTH = 5, /* with its glyph */
    WIDE = 60 /* columns left for the source */
};

static int digits(uint64_t value) {
    int count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* Takes `width` columns and a blank in front when that leaves `room` for the source. */
static bool takes(int *used, int width, int room, int total) {
    if (*used + 1 + width + room > total)
        return false;
    *used += 1 + width;
    return true;
}

/* Puts a column at the next place where it is shown. */
static int put(bool shown, int width, int *at) {
    int column = *at;
    *at += shown ? width + 1 : 0;
    return shown ? column : -1;
}

/* Which columns there are. */
struct shown { bool share, self, total, hits, instructions, line, memory[MEMORY_MEASURE_COUNT]; };

static void choose_hits(struct gutter *gutter, struct shown *shown, int *used, int width) {
    shown->hits = takes(used, gutter->hits_width, 10, width);
    if (!shown->hits) {
        gutter->hits_width = 4;
        shown->hits = takes(used, gutter->hits_width, 10, width);
    }
}

static void choose_times(struct gutter *gutter, struct shown *shown, int *used, int width) {
    choose_hits(gutter, shown, used, width);
    shown->self = shown->hits && takes(used, TIME_WIDTH, 11, width);
}

static struct shown choose(struct gutter *gutter, const struct gutter_wish *wish, int width) {
    struct shown shown = {0};
    bool memory = wish->memory && wish->numbers->any, times = wish->times && wish->numbers->any;
    int used = 2; /* marker and the blank before the source */
    shown.line = takes(&used, gutter->line_width - 1, 6, width);
    shown.share = wish->numbers->any && takes(&used, SHARE_WIDTH, 8, width);
    if (memory && wish->memory_first)
        shown.memory[wish->measure] = shown.share && takes(&used, MEMORY_WIDTH, 10, width);
    if (times && shown.share)
        choose_times(gutter, &shown, &used, width);
    shown.instructions = wish->instructions && shown.share && takes(&used, INSTRUCTIONS_WIDTH, 30, width);
    if (memory && !wish->memory_first)
        shown.memory[wish->measure] = shown.self && takes(&used, MEMORY_WIDTH, 24, width);
    shown.total = shown.self && takes(&used, TIME_WIDTH, WIDE, width);
    for (int measure = 0; memory && measure < MEMORY_MEASURE_COUNT; measure++)
        if (!shown.memory[measure] && measure != MEMORY_TEMPORARY)
            shown.memory[measure] = (shown.total || !times) && takes(&used, MEMORY_WIDTH, WIDE, width);
    return shown;
}

static void put_memory(struct gutter *gutter, const struct shown *shown, int *at) {
    for (int measure = 0; measure < MEMORY_MEASURE_COUNT; measure++)
        gutter->memory[measure] = put(shown->memory[measure], MEMORY_WIDTH, at);
}

void source_gutter_lay_out(struct gutter *gutter, const struct gutter_wish *wish, int width) {
    int at = 1;
    gutter->memory_first = wish->memory_first;
    gutter->line_width = digits(wish->line_count) > 3 ? digits(wish->line_count) : 3;
    gutter->hits_width = wish->numbers->most_hits > 99999999 && width >= 60 ? 11 : 8;
    struct shown shown = choose(gutter, wish, width);
    gutter->share = put(shown.share, SHARE_WIDTH, &at);
    if (wish->memory_first)
        put_memory(gutter, &shown, &at);
    gutter->self = put(shown.self, TIME_WIDTH, &at);
    gutter->total = put(shown.total, TIME_WIDTH, &at);
    gutter->hits = put(shown.hits, gutter->hits_width, &at);
    gutter->instructions = put(shown.instructions, INSTRUCTIONS_WIDTH, &at);
    if (!wish->memory_first)
        put_memory(gutter, &shown, &at);
    gutter->line = put(shown.line, gutter->line_width - 1, &at);
    gutter->source = at + (at > 1 ? 1 : 0);
}

static void head(struct grid *grid, struct rectangle area, int column, int width, const char *title) {
    if (column >= 0)
        table_cell(grid, area, 0, column, width, STYLE_HEADER, false, title);
}

void source_gutter_header(const struct gutter *gutter, struct grid *grid, struct rectangle area) {
    head(grid, area, gutter->share, 4, gutter->memory_first ? "%Mem" : "%Fn");
    head(grid, area, gutter->self, TIME_WIDTH, "self");
    head(grid, area, gutter->total, TIME_WIDTH, "total");
    head(grid, area, gutter->hits, gutter->hits_width, "hits");
    head(grid, area, gutter->instructions, INSTRUCTIONS_WIDTH, "instr");
    head(grid, area, gutter->line, gutter->line_width, gutter->line_width >= 4 ? "line" : "ln");
    for (int measure = 0; measure < MEMORY_MEASURE_COUNT; measure++)
        head(grid, area, gutter->memory[measure], MEMORY_WIDTH, memory_measure_heading((enum memory_measure)measure));
    grid_heading(grid, area, 0, gutter->source, area.columns - gutter->source, true);
}

/* Shares are of the selected function's time or memory: lines of others, such as a `def` that its module runs, have none. */
static void draw_share(const struct gutter *gutter, double share, struct grid *grid, struct rectangle area, int row) {
    char text[NUMBER_SIZE];
    int level = heat_level(share);
    number_percent(text, (uint64_t)(share * 1e6 + 0.5), 1000000, 4);
    table_cell(grid, area, row, gutter->share, 4, heat_style(level), false, text);
    grid_glyph(grid, area, row, gutter->share + 4, heat_style(level), (uint32_t)heat_glyph(level));
}

static void draw_memory(const struct gutter *gutter, const struct model_allocations *memory, enum cell_style style,
                        struct grid *grid, struct rectangle area, int row) {
    char text[NUMBER_SIZE];
    if (!memory->allocated_count && !memory->freed_count)
        return; /* most lines: a zero would only hide the others */
    for (int i = 0; i < MEMORY_MEASURE_COUNT; i++) {
        enum memory_measure measure = (enum memory_measure)i;
        uint64_t value = memory_measured(memory, measure);
        if (gutter->memory[i] >= 0)
            table_cell(grid, area, row, gutter->memory[i], MEMORY_WIDTH, style, false,
                       measure == MEMORY_TEMPORARY ? number_count(text, value, MEMORY_WIDTH)
                                                   : number_bytes(text, value, MEMORY_WIDTH));
    }
}

void source_gutter_numbers(const struct gutter *gutter, const struct source_number *number, bool own, struct grid *grid,
                           struct rectangle area, int row) {
    char text[NUMBER_SIZE];
    enum cell_style style = own ? STYLE_NORMAL : STYLE_DIM;
    if (gutter->share >= 0 && own)
        draw_share(gutter, gutter->memory_first ? number->memory_share : number->share, grid, area, row);
    if (gutter->self >= 0)
        table_cell(grid, area, row, gutter->self, TIME_WIDTH, style, false, number_time(text, number->self_ns, TIME_WIDTH));
    if (gutter->total >= 0)
        table_cell(grid, area, row, gutter->total, TIME_WIDTH, style, false, number_time(text, number->total_ns, TIME_WIDTH));
    if (gutter->hits >= 0)
        table_cell(grid, area, row, gutter->hits, gutter->hits_width, style, false,
                   number_count(text, number->hits, gutter->hits_width));
    if (gutter->instructions >= 0)
        table_cell(grid, area, row, gutter->instructions, INSTRUCTIONS_WIDTH, style, false,
                   number_count(text, number->instructions, INSTRUCTIONS_WIDTH));
    draw_memory(gutter, &number->memory, style, grid, area, row);
}
