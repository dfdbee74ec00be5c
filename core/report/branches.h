/* branches.h - walking the call tree depth first, the heaviest branches first. */
#ifndef PYPROF_REPORT_BRANCHES_H
#define PYPROF_REPORT_BRANCHES_H

#include <stdio.h>

#include "pyprof/model.h"

struct branches {
    const struct model *model;
    uint64_t (*weight)(const struct model *model, const struct model_node *node); /* of the node with all below it */
    uint64_t whole;         /* what parts are taken of */
    uint32_t cut_per_mille; /* branches that weigh less than this part of the whole are left out */
    void (*visit)(const struct branches *branches, const struct model_node *node, uint32_t depth, FILE *out);
    uint64_t cut; /* receives how many were left out */
};

/* Visits every node but roots and what is cut; depth is 0 for those that the program itself called. No recursion: a path may be
 * a million calls long. false: out of memory. */
bool branches_walk(struct branches *branches, FILE *out);

/* Writes a function behind an indentation by its depth. */
void branches_write_function(const struct branches *branches, const struct model_node *node, uint32_t depth, FILE *out);

#endif
