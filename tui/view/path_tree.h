/* path_tree.h - call paths as a tree whose branches are made where they are looked at: from the program down to what was called,
 * or inverted, from every function up to who called it.
 *
 * A path has what it measures together with all that hangs below it, so that nothing is larger than what it hangs from: where
 * functions call each other in turns, the model's total times are not so. Of a model with 1,000,000 call nodes, a tree takes 24 MB
 * (32 MB with memory beside times while the program runs) and what was opened. */
#ifndef PYPROF_TUI_VIEW_PATH_TREE_H
#define PYPROF_TUI_VIEW_PATH_TREE_H

#include "pyprof/model.h"
#include "tui/view/memory_measure.h"

enum { PATH_DEPTH = 1024 /* functions of a path that is remembered */, PATH_ROOT = 0, PATH_NONE = UINT32_MAX };

struct path_choice {
    bool inverted;
    bool memory;                 /* measured is memory; else self time */
    enum memory_measure measure; /* of memory: what is measured, or stands beside times */
    bool beside;                 /* the memory of paths is asked for where time is measured, too */
};

struct path {
    uint64_t key;          /* the same for the same path in every model of a run */
    uint64_t total;        /* what is measured, with all below */
    uint64_t self;         /* without; inverted: 0 */
    uint64_t calls, memory; /* once counted: see path_tree_count */
    uint32_t function;     /* 0: the root, all paths together */
    uint32_t above;        /* path it hangs below; PATH_NONE: of the root */
    uint32_t first, count; /* those below it, the largest first; none before it is opened */
    uint32_t begin, end;   /* its slot, or inverted its part of `leaves` */
    uint32_t depth;        /* of the root 0 */
    bool opened, counted;
    bool is_leaf;          /* once counted: nothing hangs below it */
};

/* Inverted: the slot of a node that has something itself, how much, and the slot above it that the path has come to. */
struct path_leaf { uint64_t self; uint32_t leaf, at; };

/* A call node: what is measured on it with all below, one that hangs below it, another one beside it (0: there is none). */
struct path_slot { uint64_t total; uint32_t first, next; };

struct path_tree {
    const struct model *model;
    struct path_choice choice;
    struct path *paths; /* owned; paths[PATH_ROOT] is the root. Moves when paths are opened */
    size_t count, capacity;
    uint64_t serial;             /* of that model; another one may have taken its place since */
    size_t node_count, room;
    struct path_slot *slots;     /* owned, for `room`: slot 0 is the root's, slot i + 1 that of call node i */
    uint32_t *above, *functions; /* owned, by slot */
    uint64_t *memory;            /* owned, by slot: what stands beside times, with all below; where sites are packed, once a
                                    path was counted */
    struct path_leaf *leaves;    /* owned; inverted only, as are the next two */
    size_t leaf_count;
    uint32_t *places, *met;      /* owned: room to part leaves by function; places are 0 in between */
};

/* Makes the tree anew, with nothing opened, in time proportional to the model's call nodes. false: out of memory; the tree is
 * empty. */
bool path_tree_build(struct path_tree *tree, const struct model *model, const struct path_choice *choice);
/* Brings the tree up to a model that says how it differs from the one that the tree is of, with nothing opened, in time
 * proportional to what has changed (inverted: to the call nodes). Of another run it must not be. false: it is to be made anew. */
bool path_tree_update(struct path_tree *tree, const struct model *model, const struct path_choice *choice);
/* The same tree the other way round, with nothing opened: what was summed up stays. false: out of memory; the tree is empty. */
bool path_tree_invert(struct path_tree *tree);
void path_tree_free(struct path_tree *tree);
/* Makes the paths below that one, once. false: out of memory; it has none below. */
bool path_tree_open(struct path_tree *tree, uint32_t path);
/* Finds a path's calls, its memory (with all below, whatever is measured), and whether anything is below it. Inverted, calls and
 * memory are those of the innermost function along this path. */
const struct path *path_tree_count(struct path_tree *tree, uint32_t path);

/* The functions of a path, outermost first, without the root; at most PATH_DEPTH. Returns how many. */
size_t path_tree_functions(const struct path_tree *tree, uint32_t path, uint32_t functions[PATH_DEPTH]);
/* The path of these functions, opened so far, or as much of it as there is. */
uint32_t path_tree_find(struct path_tree *tree, const uint32_t *functions, size_t count);
/* The functions of the largest path that ends in a function; 0: there is none. */
size_t path_tree_largest(const struct path_tree *tree, uint32_t function, uint32_t functions[PATH_DEPTH]);
/* What is measured of all paths in which one of these functions (a byte each, by id) is: where one calls another it counts once. */
uint64_t path_tree_matched(const struct path_tree *tree, const uint8_t *matches);

/* --- for the file that inverts ------------------------------------------------------------------------ */

/* What a call node has itself of what is measured. */
uint64_t path_tree_self(const struct path_tree *tree, size_t node);
uint64_t path_tree_calls(const struct path_tree *tree, size_t node);
/* Its memory, whatever is measured, without or with all below it. */
uint64_t path_tree_memory(const struct path_tree *tree, size_t node, bool below);
/* Sums up packed sites where paths are asked for their memory; without memory to do so they have none. */
void path_tree_need_memory(struct path_tree *tree);
void path_inverted_count(const struct path_tree *tree, struct path *path);
/* Appends a path below another; NULL: out of memory. */
struct path *path_tree_add(struct path_tree *tree, uint32_t above, uint32_t function);
bool path_inverted_build(struct path_tree *tree);
void path_inverted_free(struct path_tree *tree);
bool path_inverted_open(struct path_tree *tree, uint32_t path);

#endif
