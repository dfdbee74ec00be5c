/* request.h - every action of the interface, one row each: enum, default keys, help text, palette name, where it
 * belongs. Key map, help, palette and footer all read this table. */
#ifndef PYPROF_TUI_REQUEST_H
#define PYPROF_TUI_REQUEST_H

/* Keys are written as users read them: "j", "Down", "^d", "PgUp", "Tab", "S-Tab", "Enter", "Esc", "F1", "Space".
 * Several are parted by blanks. X(NAME, "keys", "palette-name", "help", SECTION) */
#define REQUEST_LIST(X)                                                                              \
    X(MOVE_DOWN, "j Down", "move-down", "next row", MOVE)                                            \
    X(MOVE_UP, "k Up", "move-up", "previous row", MOVE)                                              \
    X(MOVE_LEFT, "h Left", "move-left", "left", MOVE)                                                \
    X(MOVE_RIGHT, "l Right", "move-right", "right", MOVE)                                            \
    X(PAGE_DOWN, "PgDn ^f", "page-down", "a page down", MOVE)                                        \
    X(PAGE_UP, "PgUp ^b", "page-up", "a page up", MOVE)                                              \
    X(HALF_PAGE_DOWN, "^d", "half-page-down", "half a page down", MOVE)                              \
    X(HALF_PAGE_UP, "^u", "half-page-up", "half a page up", MOVE)                                    \
    X(MOVE_FIRST, "g Home", "first", "first row", MOVE)                                              \
    X(MOVE_LAST, "G End", "last", "last row", MOVE)                                                  \
    X(SCROLL_LEFT, "H", "scroll-left", "scroll sideways to the left", MOVE)                          \
    X(SCROLL_RIGHT, "L", "scroll-right", "scroll sideways to the right", MOVE)                       \
    X(SCROLL_HOME, "0", "scroll-home", "scroll sideways back", MOVE)                                 \
    X(PANE_1, "1", "functions", "functions (again: zoom)", PANE)                                     \
    X(PANE_2, "2", "source", "source (again: zoom)", PANE)                                           \
    X(PANE_3, "3", "bytecode", "bytecode of the function (again: zoom)", PANE)                       \
    X(PANE_4, "4", "ram", "RAM graph (again: zoom)", PANE)                                           \
    X(PANE_5, "5", "output", "output (again: zoom)", PANE)                                           \
    X(PANE_6, "6", "memory", "memory by line and call path (again: zoom)", PANE)                       \
    X(PANE_7, "7 F5", "call-tree", "call tree (again: zoom)", PANE)                                  \
    X(FLAME, "8 f", "flame", "flame graph (again: zoom)", PANE)                                      \
    X(THREADS, "9 t", "threads", "threads and processes (again: zoom)", PANE)                        \
    X(INFORMATION, "a", "information", "about this run: settings, losses", PANE)       \
    X(NEXT_PANE, "Tab", "next-pane", "next pane", PANE)                                              \
    X(PREVIOUS_PANE, "S-Tab", "previous-pane", "previous pane", PANE)                                \
    X(PANE_GROW, "+", "grow", "make the pane larger", PANE)                                          \
    X(PANE_SHRINK, "-", "shrink", "make the pane smaller", PANE)                                     \
    X(PANE_HIDE, "X", "hide-pane", "hide the pane; its key shows it again", PANE)                    \
    X(PANE_RESET, "=", "reset-panes", "panes as at the start", PANE)                                 \
    X(DRILL, "Enter", "drill", "go into the selected row", DRILL)                                    \
    X(HOTTEST, ".", "hottest", "hottest line of the function", DRILL)                                \
    X(NEXT_HOT, ",", "next-hot", "the line that is next hottest", DRILL)                             \
    X(CALLEE, "d", "callee", "into the function that the line calls", DRILL)                         \
    X(CANCEL, "Esc Backspace", "up", "cancel, else up", DRILL)                                       \
    X(BACK, "[ ^o", "back", "back to where you came from", DRILL)                                       \
    X(FORWARD, "]", "forward", "forward again", DRILL)                                               \
    X(CALLERS, "c", "callers", "callers and callees of the function", DRILL)                         \
    X(INVERT_CALLS, "i", "invert-calls", "flame, call tree: callers below", DRILL)        \
    X(UNFOLD_ALL, "*", "unfold-all", "call tree: open all below; all groups", DRILL)                  \
    X(MARK_FUNCTION, "w", "mark-function", "mark the function, to compare it", DRILL)   \
    X(MARK, "m", "mark", "mark the place; in the RAM graph the moment", DRILL) \
    X(NEXT_MARK, "'", "next-mark", "go to the next mark", DRILL) \
    X(PREVIOUS_MARK, "\"", "previous-mark", "go to the mark before", DRILL) \
    X(MARKS, "`", "marks", "list the marks; a letter goes to one", DRILL) \
    X(COMPARE_FUNCTIONS, "W", "compare-functions", "compare the marked functions", DRILL) \
    X(DIFF, "D", "diff", "what changed since another session", DRILL) \
    X(EDIT, "e", "edit", "open $EDITOR at the line", DRILL)                                          \
    X(COPY, "y", "copy", "copy the row to the clipboard (OSC 52)", DRILL)                            \
    X(SEARCH, "/ F3", "search", "search as you type", FIND)                                          \
    X(SEARCH_NEXT, "n", "search-next", "next match", FIND)                                           \
    X(SEARCH_PREVIOUS, "N", "search-previous", "previous match", FIND)                               \
    X(FILTER, "& F4", "filter", "filter: text, !text, ~regex, calls>1k", FIND)               \
    X(FILTER_CLEAR, "\\", "clear-filter", "show all rows again", FIND)                               \
    X(HIDE_STANDARD_LIBRARY, "x", "hide-stdlib", "hide or show the standard library", FIND)          \
    X(SORT_MENU, "o F6", "sort", "choose what to sort by", TABLE)                                    \
    X(SORT_PREVIOUS, "<", "sort-left", "sort by the column to the left", TABLE)                      \
    X(SORT_NEXT, ">", "sort-right", "sort by the column to the right", TABLE)                        \
    X(SORT_INVERT, "I", "invert", "invert the order", TABLE)                                         \
    X(HOLD, "u", "hold", "hold the order of the rows, or let it go", TABLE)                          \
    X(COLUMNS, "O F2", "columns", "choose the columns of the functions", TABLE)                      \
    X(GROUP, "b", "group", "group the functions: file, module ...", TABLE)                           \
    X(PERCENT, "%", "percent", "percent, absolute, shares of all numbers", TABLE)                                 \
    X(VARIANT, "v", "variant", "what of memory; in bytecode: opcodes, pairs", MEMORY)                   \
    X(TREE, "V", "tree", "memory as lines, or as a tree of calls", MEMORY)                           \
    X(PEAK, "p", "peak", "highest point of the RAM graph", MEMORY)                                   \
    X(ZOOM_IN, "z", "zoom-in", "RAM graph: a shorter time; flame: into it", MEMORY)                                  \
    X(ZOOM_OUT, "Z", "zoom-out", "RAM: a longer time (0: all); flame: all", MEMORY)                        \
    X(CENSUS, "C", "census", "count live objects by type", MEMORY)                                   \
    X(FREEZE, "Space", "freeze", "freeze the screen; the run goes on", RUN)                          \
    X(FOLLOW, "F", "follow", "follow the line that runs, or the output", RUN)              \
    X(REFRESH_FASTER, "}", "faster", "refresh more often", RUN)                                      \
    X(REFRESH_SLOWER, "{", "slower", "refresh less often", RUN)                                      \
    X(TYPE, "T", "type", "type into the target (^] leaves)", RUN)                                    \
    X(PROCESSES, "P", "processes", "choose a process, or all together", RUN)                         \
    X(RERUN, "r", "run-again", "run again", RUN)                                                     \
    X(RERUN_ARGUMENTS, "A", "run-with", "run again with other arguments", RUN) \
    X(COLLECTORS, "K", "collectors", "collectors on and off; run again with others", RUN) \
    X(STOP, "^c F9", "stop", "ask the target to stop (second time: quit)", RUN)                      \
    X(SAVE_CONFIG, "S", "save-config", "save the config", RUN)                                       \
    X(SAVE_SESSION, "s", "save-session", "save the session", RUN)                                    \
    X(PALETTE, ":", "palette", "all actions by name, and goto, grep, set ...", PROGRAM)                               \
    X(HELP, "? F1", "help", "this help", PROGRAM)                                                    \
    X(REDRAW, "^l", "redraw", "draw the screen anew", PROGRAM)                                       \
    X(SUSPEND, "^z", "suspend", "suspend pyprof-tui", PROGRAM)                                       \
    X(THEME, "^t", "theme", "next theme of colours (ui.theme)", PROGRAM)                         \
    X(MOUSE, "M", "mouse", "mouse on or off", PROGRAM)                                               \
    X(READ, "R", "read", "screen reader: read status and row now", PROGRAM)                          \
    X(QUIT, "q F10", "quit", "quit (asks while the target runs)", PROGRAM)

enum request {
    REQUEST_NONE,
#define X(NAME, keys, palette, help, section) REQUEST_##NAME,
    REQUEST_LIST(X)
#undef X
    REQUEST_COUNT
};

#endif
