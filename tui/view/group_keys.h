/* group_keys.h - which group each function of a run is in. A group has a number from 0, the same in every model of the run. */
#ifndef PYPROF_TUI_VIEW_GROUP_KEYS_H
#define PYPROF_TUI_VIEW_GROUP_KEYS_H

#include "tui/view/function_module.h"
#include "tui/view/stamp.h"

/* X(NAME, word in ui.group, in the menu, several of them) */
#define FUNCTION_GROUPING_LIST(X)                    \
    X(NONE, "none", "no groups", "")                 \
    X(FILE, "file", "by file", "files")              \
    X(MODULE, "module", "by module", "modules")      \
    X(CLASS, "class", "by class", "classes")         \
    X(THREAD, "thread", "by thread", "threads")

enum function_grouping {
#define X(NAME, word, menu, several) FUNCTION_GROUPING_##NAME,
    FUNCTION_GROUPING_LIST(X)
#undef X
    FUNCTION_GROUPING_COUNT
};

struct group_key;

/* All zero knows no group. */
struct group_keys {
    enum function_grouping grouping;
    struct run_stamp run;
    struct module_names modules;
    struct group_key *keys;    /* owned; by name */
    struct group_key **groups; /* owned: the same by number */
    size_t count, capacity;
    uint32_t *of_function;     /* owned: the group of each function below `known`; not by threads */
    size_t known;
    uint64_t *class_names;   /* owned: a bit for each hash of a class's name: what is none is not looked up; NULL: none yet */
};

/* What is not grouped any more is forgotten; the grouping stays. */
void group_keys_free(struct group_keys *keys);
/* Brings it up to a model; that of another run begins anew, and *other says so. By threads of_function stays empty. false: out of
 * memory. */
bool group_keys_update(struct group_keys *keys, const struct model *model, bool *other);
/* The group of a thread, by its index; or of functions that no thread is known of, by THREAD_UNKNOWN. GROUP_NONE: out of memory. */
enum { THREAD_UNKNOWN = UINT32_MAX };
uint32_t group_keys_thread(struct group_keys *keys, const struct model *model, uint32_t thread);

/* What a group is called; "julia.py", "json.decoder", "json.decoder.JSONDecoder", "main thread". */
const char *group_keys_name(const struct group_keys *keys, uint32_t group);

#endif
