/* call_tree.h - the call trees of all threads, merged by path: a node is a function below a merged parent.
 *
 * While it is built, the times in its rows are ticks. Row 0 is the root; a row's parent stands before it. */
#ifndef PYPROF_PROFILE_CALL_TREE_H
#define PYPROF_PROFILE_CALL_TREE_H

#include "pyprof/arena.h"
#include "pyprof/model.h"

enum { CALL_TREE_NONE = UINT32_MAX };

/* A slot of the hash (parent, function) -> row; row 0 has no slot, so 0 is an empty slot's row. */
struct call_tree_slot {
    uint64_t key;
    uint64_t row;
};

struct call_tree {
    struct model_node *nodes;
    size_t count, capacity;
    struct call_tree_slot *slots; /* NULL until a second thread comes */
    size_t slot_mask; /* slots - 1, a power of two less one; at most half of them are taken */
    size_t hashed;    /* rows below this one have their slot */
};

/* Makes a tree of a root only; false: out of memory. Freed with call_tree_free; nodes may be taken out before. */
bool call_tree_init(struct call_tree *tree);
void call_tree_free(struct call_tree *tree);

/* Adds a thread's nodes, or a piece of them, from its node `first` on. Rows that cannot be (a parent that does not stand before it,
 * a function of function_count or more, the root's function below the root) are left out with all below them.
 * merged[i] becomes the tree's row of node i, CALL_TREE_NONE where it was left out. false: out of memory. */
bool call_tree_add(struct call_tree *tree, const struct arena_node *nodes, size_t first, size_t count, size_t function_count,
                   uint32_t *merged);

/* Adds the nodes of a model that is whole, its times as they are. functions[i] is the tree's number of the model's function
 * i; merged[i] becomes the tree's row of the model's node i. false: out of memory. */
bool call_tree_merge(struct call_tree *tree, const struct model *model, const uint32_t *functions, uint32_t *merged);

/* Sums the tree's rows by (function of the parent, function) into model->edges, sorted. false: out of memory. */
bool call_tree_edges(const struct call_tree *tree, struct model *model);

#endif
