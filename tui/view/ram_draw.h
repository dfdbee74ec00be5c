/* ram_draw.h - the parts of the RAM graph, drawn into cells.
 *
 * Each series has a form of its own, so that none is told by its colour alone. In braille (two dots by four a cell): Python's heap
 * is a solid area, what native code allocated stands on it dotted, RSS is a line; where nothing but RSS is known it is the area.
 * In ASCII: ':' and '.' are the areas, RSS a line of _ ~ / \ | and '#'. */
#ifndef PYPROF_TUI_VIEW_RAM_DRAW_H
#define PYPROF_TUI_VIEW_RAM_DRAW_H

#include "tui/term/grid.h"
#include "tui/view/ram_axis.h"
#include "tui/view/ram_graph.h"

/* Slots that a column is to have for this grid. */
int ram_draw_slots(const struct grid *grid);

void ram_draw_series(const struct ram_graph *graph, uint64_t top, struct grid *grid, struct rectangle area);
/* A sign on top of the run's highest RSS, where it is in the window. */
void ram_draw_peak(const struct ram_graph *graph, const struct model *model, uint64_t top, struct grid *grid,
                   struct rectangle area);
/* Lines at marks, and their names where there are three rows or more and nothing is hidden by them. */
void ram_draw_marks(const struct ram_graph *graph, const struct model *model, struct grid *grid, struct rectangle area);
void ram_draw_cursor(const struct ram_graph *graph, uint64_t cursor_ns, struct grid *grid, struct rectangle area);

/* Labels of the scale to the left of `rows` rows of the graph, a bar behind them. */
void ram_draw_scale(const struct ram_scale *scale, struct grid *grid, struct rectangle area, int rows);
/* One row each, as wide as the graph: labels of time; garbage collections: '.', '+' and '#' for the youngest generation, the
 * next, and all. */
void ram_draw_ticks(const struct ram_graph *graph, struct grid *grid, struct rectangle area);
void ram_draw_collections(const struct ram_graph *graph, struct grid *grid, struct rectangle area);

/* RSS in one row; the graph has one slot a column. */
void ram_draw_sparkline(const struct ram_graph *graph, struct grid *grid, struct rectangle area);

/* How the legend shows a series. */
uint32_t ram_draw_sign(const struct grid *grid, enum ram_series series);
enum cell_style ram_draw_style(enum ram_series series);

#endif
