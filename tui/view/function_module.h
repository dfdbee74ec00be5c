/* function_module.h - which module and which class a function is in, as Python would name them, told from its file and its name.
 *
 * No path of modules is known: what a session was made on may be far away. A module's folder is taken to be
 *   - what stands behind site-packages, dist-packages, python3.11 (the standard library) or an archive, if the file lies there;
 *   - else the first folder upwards that is no package: one whose __init__.py the run has no code of. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_MODULE_H
#define PYPROF_TUI_VIEW_FUNCTION_MODULE_H

#include "pyprof/model.h"

struct package;

/* The packages of a run. All zero knows none. */
struct module_names {
    struct package *packages; /* owned: their folders */
    size_t known;             /* functions below that id were looked at; they keep their ids */
};

void module_names_free(struct module_names *names);
/* Takes in the packages of a model of the same run as before. false: out of memory. */
bool module_names_update(struct module_names *names, const struct model *model);

/* The dotted name of a function's module: "json.decoder", the script's as if it were imported, "importlib._bootstrap" for what is
 * frozen, "builtins" and "math" for C functions, "collections" for methods of its C types; "<string>" and the like, which belong
 * to no file, are left as they are. Cut to the size. */
void function_module_name(const struct module_names *names, const struct model_function *function, char *text, size_t size);

/* How many bytes of a qualified name are the class that it is in, 0: none. What is defined within a method is in the method's
 * class: "C.m.<locals>.f" in "C"; a class within a function has its whole name: "f.<locals>.C.m" is in "f.<locals>.C". Of a C
 * function it is all but its name where that is a type. */
size_t function_class_length(const struct model_function *function);

#endif
