/* function_order.h - the functions of a run by name, kept from model to model.
 *
 * Comparing names is what makes sorting slow. A function keeps its id and its name while a run goes on, so its names
 * are sorted once, and all other orders are stable sorts by a number of what stands by name already. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_ORDER_H
#define PYPROF_TUI_VIEW_FUNCTION_ORDER_H

#include "pyprof/model.h"

/* All zero is the order of no functions. */
struct function_order {
    uint32_t *by_name;     /* owned: ids 1 ... count by qualified name, then by id */
    size_t count;
    uint64_t start_unix_ns; /* the run that it is the order of */
    uint32_t pid;
};

void function_order_free(struct function_order *order);
/* Brings the order up to the model: new functions are put in their places. false: out of memory, no functions. */
bool function_order_update(struct function_order *order, const struct model *model);

struct ordered_function {
    uint64_t key;
    uint32_t id;
};
/* Sorts by key; equal keys keep their order. spare has room for count entries too. Returns the one of the two that
 * holds the result. */
struct ordered_function *function_order_by_key(struct ordered_function *entries, struct ordered_function *spare,
                                               size_t count);

/* Sets each key to the rank of the function's file and the line in it. false: out of memory. */
bool function_order_file_keys(const struct model *model, struct ordered_function *entries, size_t count);

#endif
