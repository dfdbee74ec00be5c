/* model.h - the read-only rows made of an arena or a session; all that views, reports and exports see.
 *
 * A model describes one process. That of the program that was run owns those of its child processes (theirs, too) and, where
 * there are any, `all`: the sum over all of them as a model of its own. Whoever shows a model shows one of these.
 *
 * Times in nanoseconds, sizes in bytes, lines from 1. A value that is not known is MODEL_UNKNOWN, never 0.
 * Strings are UTF-8, '\0'-ended, never NULL, and live as long as the model. */
#ifndef PYPROF_MODEL_H
#define PYPROF_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyprof/collectors.h"
#include "pyprof/error.h"

#define MODEL_UNKNOWN UINT64_MAX
#define MODEL_NO_SITE UINT32_MAX

enum model_function_kind { MODEL_FUNCTION_PROGRAM = 0, MODEL_FUNCTION_PYTHON = 1, MODEL_FUNCTION_C = 2 };
enum model_function_flag {
    MODEL_FUNCTION_PROJECT = 1, /* its file belongs to the project */
    MODEL_FUNCTION_LINES = 2,   /* its lines were counted */
    MODEL_FUNCTION_MARKED = 4,  /* was given to the `profile` decorator */
    MODEL_FUNCTION_BYTECODE = 8, /* its bytecode was counted; where its instructions are MODEL_UNKNOWN all the same, it ran, but
                                    its disassembly is not there (yet): counts of blocks alone do not tell instructions */
};

/* Memory of a function, line, call node or site, where the memory collector was on; all 0 where it was not. Bytes are as
 * asked for, without what allocators add. What functions, lines and call nodes have are sums over sites: each site is in the
 * memory of one function, of one node and, where its line is known, of one line. Only highest_bytes is no sum but the highest
 * of the parts'. */
struct model_allocations {
    uint64_t allocated_count, allocated_bytes;
    uint64_t freed_count, freed_bytes; /* while it ran, whoever had allocated it */
    uint64_t live_count, live_bytes;   /* of what it allocated: now, or when the program ended */
    uint64_t peak_count, peak_bytes;   /* of what it allocated: at the high-water mark of the process */
    uint64_t temporary_count;          /* freed before their thread allocated anything else */
    uint64_t lifetime_ns;              /* of all that it allocated, together */
    uint64_t highest_bytes;            /* the most that the whole process had alive when it allocated something */
};

/* A function. Its id is its index in model.functions and stays the same while a run goes on.
 * functions[0] stands for the program itself (time outside any function) and is never shown or exported. */
struct model_function {
    const char *file; /* as in co_filename; "" for a C function */
    const char *name, *qualname; /* C functions: "abs" and "builtins.abs", "append" and "list.append" */
    uint32_t line;    /* first line; 0 for a C function */
    uint16_t kind;    /* enum model_function_kind */
    uint16_t flags;   /* enum model_function_flag */
    uint64_t calls, primitive_calls, self_ns, total_ns; /* calls 0 (and total_ns 0): compiled but never run */
    uint32_t first_line_row, line_row_count;            /* its rows in model.lines, ascending by line */
    struct model_allocations memory, total_memory;      /* without and with what it called; recursion counted once. A C
                                                           function's is its own, though its caller's line has it, too */
    uint64_t instructions; /* bytecode instructions that it executed itself; MODEL_UNKNOWN: they were not counted */
    uint32_t first_instruction_row, instruction_row_count; /* its rows in model.instruction_rows, ascending by offset */
    uint32_t first_handler_row, handler_row_count;         /* and in model.handlers, ascending by start */
};

struct model_edge {
    uint32_t caller, callee; /* function ids; caller 0: called by the program itself */
    uint64_t calls, self_ns, total_ns; /* of the callee when called by this caller; recursion counted once */
};

/* A line of a function. A function's lines stand together. With the line collector off, those that allocated or freed memory;
 * hits and times are MODEL_UNKNOWN where only memory is known. */
struct model_line {
    uint32_t function, line;
    uint64_t hits, self_ns, total_ns;
    struct model_allocations memory; /* C functions that the line called are in it */
    uint64_t instructions;           /* executed on it; MODEL_UNKNOWN: not counted */
};

/* An instruction of a function's bytecode, as `dis` of the Python that ran names it. Caches are not shown. */
enum model_instruction_flag {
    MODEL_INSTRUCTION_JUMP_TARGET = 1,
    MODEL_INSTRUCTION_PREFIX = 2,   /* EXTENDED_ARG: part of the one behind it; counted like that, and in totals not at all */
    MODEL_INSTRUCTION_ADAPTIVE = 4, /* the interpreter can specialise it, and had not when it was last looked at */
    MODEL_INSTRUCTION_GAVE_UP = 8,  /* had tried in vain, and waits long for the next try */
};
#define MODEL_NO_OFFSET UINT32_MAX
struct model_instruction {
    uint32_t function, offset; /* bytes from the start of the bytecode */
    uint32_t line;             /* 0: it has none of its own; in totals it then counts for the line before it, else the first */
    uint32_t jump_target;      /* offset; MODEL_NO_OFFSET: no jump */
    const char *opname, *argrepr;
    const char *specialized;   /* the form that the interpreter settled on, "BINARY_OP_ADD_INT"; "": none, or not known */
    uint32_t argument, flags;  /* flags: bits of enum model_instruction_flag */
    int32_t stack_effect, jump_stack_effect;
    uint64_t count;            /* executions; MODEL_UNKNOWN: not counted */
    uint64_t raised;           /* those of them that an exception ended; of the last ones of blocks not known as a rule */
};

/* An entry of a function's exception table: what is raised in [start, end) continues at target. */
struct model_handler {
    uint32_t function, start, end, target; /* bytes */
    uint32_t depth;                        /* values that stay on the stack */
    uint32_t keeps_offset;
};

/* A call node; nodes[i].parent < i except for roots, whose parent is i itself. Threads are merged by path. */
struct model_node {
    uint32_t parent, function;
    uint64_t calls, primitive_calls, self_ns, total_ns;
    uint32_t memory_row; /* in model.node_memory; 0: nothing was allocated on this path or below */
};

/* Memory of a call node, without and with all below it. Few nodes have any, so it stands apart; model_node_memory finds it. */
struct model_node_memory { struct model_allocations memory, total_memory; };

/* Where memory was allocated: a line of a function as called along one path. Threads are merged. All sites together make up
 * what model.heap says. */
struct model_site {
    uint32_t node;           /* the path; 0: not known, or the program itself */
    uint32_t function, line; /* whose line; line 0: not known. Differs from the node's function where that is a C function */
    struct model_allocations memory;
};

/* The process's memory as a whole: live_bytes and peak_bytes are the sums of the sites'. Of all processes everything is summed, so
 * that peak_bytes is what their own high-water marks, each at its own moment, come to; peak_t_ns is not known then. */
struct model_heap {
    uint64_t live_bytes, native_bytes; /* native: the part that native code allocated itself */
    uint64_t peak_bytes, peak_t_ns;    /* the high-water mark, and when (to some milliseconds) since the start */
    uint64_t profiler_bytes;           /* the profiler's own in the interpreter's heap; in no other number */
    uint64_t unknown_frees;            /* of blocks from before the collector was on, or while it was not */
    uint64_t uncounted_allocations;
    uint64_t paused_count, paused_ns;  /* the collector was switched off in between: numbers are of the rest */
    uint32_t native;                   /* 1: native code was counted */
    uint32_t paused;                   /* 1: the collector is off at this moment */
    uint32_t allocator_replaced;       /* 1: Python's allocator was not its usual one; counted all the same */
    uint64_t failed_checks;            /* of pyprof.assert_allocated; of a run just made, sessions do not keep it */
};

/* Live objects of one type, as of the last census. */
struct model_type {
    const char *name;
    uint64_t count, bytes;
};

/* A moment that was named: by the program, or by who watched it. Ascending by t_ns. */
struct model_mark {
    uint64_t t_ns; /* since the start */
    const char *name;
};

/* How often a collector was off in between, and how long, the present time included; one that the run did not begin with was off
 * from the start. All 0: its numbers are of the whole run, else of the rest. */
struct model_switched { uint64_t off_count, off_ns; };

enum { MODEL_GENERATIONS = 3, MODEL_SAMPLE_GROWTH = 4 };

/* A point of the timeline. rss is the program's own: `own`, the profiler's, is not in it. Any of these may be MODEL_UNKNOWN. */
struct model_sample {
    uint64_t t_ns, rss, heap;
    uint32_t function; /* id; 0: not known */
    uint32_t threads;
    uint64_t native, own;
    uint32_t collections[MODEL_GENERATIONS]; /* garbage collections since the sample before */
    struct {
        uint32_t site; /* index into model.sites; MODEL_NO_SITE: none */
        int64_t bytes;
    } growth[MODEL_SAMPLE_GROWTH]; /* the sites that had grown most since the last mark, most first */
};

struct model_source {
    const char *file; /* as in model_function.file */
    const char *text; /* the whole file as UTF-8 (undecodable bytes as U+FFFD); not '\0'-free guaranteed: use length */
    size_t length;
};

struct model_thread {
    const char *name;
    uint64_t system_id, starts;
    bool running;
    uint64_t self_ns, calls; /* of all functions, in this thread; both 0 in sessions of formats before 4 */
    uint32_t function, line; /* where it is now: the innermost activation whose lines are counted, else, with line 0, the innermost
                                one of Python code. 0: it has ended, or is in none. Sessions do not keep it */
};

/* What a function did in one of several threads. Summed over threads, what all of them did. */
struct model_thread_function {
    uint32_t thread, function; /* index into model.threads; id */
    uint64_t calls, primitive_calls, self_ns, total_ns;
};

enum model_state { MODEL_STARTING, MODEL_RUNNING, MODEL_ENDED };
enum model_exit_kind { MODEL_EXIT_UNKNOWN = 0, MODEL_EXIT_STATUS = 1, MODEL_EXIT_SIGNAL = 2 };

struct model_argument { const char *text; };

/* How a model differs from the one that was made before it. */
struct model_node_change { uint32_t node; uint64_t calls, primitive_calls, self_ns, total_ns; }; /* what was added, modulo 2^64 */
struct model_changes {
    uint64_t since;                     /* serial of the model before */
    size_t node_count, function_count;  /* it had: rows from there on are new */
    struct model_node_change *nodes;    /* also new ones; a node may stand here more than once */
    size_t changed_count;
    uint32_t *edges;                    /* of each of them: its row in model.edges */
};

/* Code objects that ran without probes, so that nothing of them is counted, by reason; the first one is the example. */
struct model_left_alone {
    const char *reason, *example; /* "its bytecode is not understood", "f (a.py)" */
    uint64_t count;
};

/* A child process whose profile cannot be read: its file's name, and why. */
struct model_unreadable { const char *name, *reason; };

struct model {
    /* about the run */
    const char *python_version;    /* "3.11.2"; "" while not known */
    const char *script;            /* what ran, for titles: "julia.py", "-m json.tool", "-c"; a child's arguments */
    const char *config_text;       /* effective config as YAML; "" when not known (a live arena has none) */
    struct model_argument *arguments; /* sys.argv as given: script first; a child's begin with its interpreter */
    size_t argument_count;
    uint32_t collectors;           /* bits of enum collector: those that were ever on */
    uint32_t collectors_on;        /* those that are on now, or were when it ended */
    uint32_t collectors_asked;     /* those that somebody asked to be on; another set than collectors_on while the program has not
                                      seen it yet (it waits, or runs no Python code). Sessions do not keep it */
    const char *switch_failed;     /* a sentence: why what was asked for last was not all done; "" */
    struct model_switched switched[COLLECTOR_BITS]; /* at each collector's bit */
    enum run_clock clock;          /* what times measure; wall_ns and the timeline are wall time all the same */
    bool builtins;
    bool marked_only;              /* lines are those of marked functions only */
    enum model_state state;
    enum model_exit_kind exit_kind;
    uint32_t exit_value;
    uint32_t pid, parent_pid;      /* parent_pid 0: the recorder */
    uint64_t start_unix_ns;
    uint64_t wall_ns;              /* since the start, to the end once ended */
    uint64_t overhead_ns;          /* what probes and rewriting cost the threads; taken out of all times of rows */
    uint64_t lost_codes;           /* all code objects left alone */
    uint64_t lost_nodes, lost_frames, lost_threads;
    uint64_t lost_processes;       /* child processes that could not be counted, those that cannot be read not included */

    /* rows */
    struct model_function *functions;
    size_t function_count;
    struct model_edge *edges; /* sorted by caller, then callee */
    size_t edge_count;
    struct model_line *lines;
    size_t line_count;
    uint64_t instructions;        /* executed in all, of functions whose bytecode was counted; MODEL_UNKNOWN: collector off */
    struct model_instruction *instruction_rows; /* a function's stand together */
    size_t instruction_row_count;
    struct model_handler *handlers; /* likewise */
    size_t handler_count;
    struct model_node *nodes;
    size_t node_count;
    struct model_node_memory *node_memory; /* row 0 is all 0; NULL where no node has any */
    size_t node_memory_count;
    struct model_site *sites; /* ascending by function, then line */
    size_t site_count;
    struct packed_sites *packed_sites; /* owned; NULL, or what `sites` and node_memory would say of a run that goes on, smaller and
                                          in no order: model_site_at */
    struct model_heap heap;
    struct model_type *types; /* most bytes first */
    size_t type_count;
    uint64_t census_t_ns; /* when types were counted, since the start; 0: never */
    struct model_mark *marks;
    size_t mark_count;
    struct model_sample *samples; /* ascending by t_ns */
    size_t sample_count;
    struct model_source *sources;
    size_t source_count;
    struct model_thread *threads;
    size_t thread_count;
    struct model_thread_function *thread_functions; /* a thread's stand together. Of a process of one thread there are none, for
                                                       all is that thread's; nor in sessions of formats before 5 */
    size_t thread_function_count;
    struct model_left_alone *left_alone;
    size_t left_alone_count;
    struct model_unreadable *unreadable; /* of the program; none of a child */
    size_t unreadable_count;

    /* processes; of the program only */
    struct model **children; /* owned, in the order of their start */
    size_t child_count;
    struct model *all;            /* owned; NULL where there are no children */
    const struct model *program;  /* of a child and of `all`: the model that owns this one; else NULL */
    size_t process_count;         /* this is the sum of; 1 but for `all` */

    uint64_t serial;               /* grows with the models that a reader makes of a run; 0: made otherwise */
    struct model_changes *changes; /* owned; NULL: anything may be another than in the model before */
    struct model_update *update;   /* owned; what is to be done before it has rows: arena_reader_next; else NULL */

    struct model_memory *memory; /* owns the strings; private to core/profile/model.c */
};

/* An empty model with functions[0] in place; never NULL but when memory is out. Freed with model_free. */
struct model *model_new(void);
void model_free(struct model *model); /* NULL is allowed */

/* What stands for a run as a whole: the sum over all its processes, or the one that there is. */
const struct model *model_whole(const struct model *model);
/* The program's own model, of which this one is a part. */
const struct model *model_program(const struct model *model);
/* The first process of the program with this pid, the program itself among them; NULL: there is none. */
const struct model *model_process(const struct model *model, uint32_t pid);
/* What ran, in words: the script's title, or a child's arguments; a forked child's are its parent's. */
const char *model_command(const struct model *model);

/* What was allocated on a call node; all 0 where nothing was, and where sites are packed. */
const struct model_node_memory *model_node_memory(const struct model *model, const struct model_node *node);

/* The sites, wherever they are kept, and how many there are. Of packed ones all numbers are 0 but what was allocated, is alive, was
 * at the high-water mark and was temporary, as are those of the model's functions then. Lines and call nodes of such a model have
 * no memory: who looks at them sums up the sites. */
size_t model_site_total(const struct model *model);
struct model_site model_site_at(const struct model *model, size_t index);
/* Whose line a site is on, and which, alone: sooner told. */
struct model_place { uint32_t function, line; };
struct model_place model_site_place(const struct model *model, size_t index);

/* A copy of a text that lives as long as the model; NULL when memory is out. */
const char *model_text(struct model *model, const char *text, size_t length);

/* Adds a source (text is copied). false when memory is out. */
bool model_add_source(struct model *model, const char *file, const char *text, size_t length);
/* The source of a file, or NULL. The processes of a run share the program's sources. */
const struct model_source *model_source(const struct model *model, const char *file);
/* Reads every file that a function of the program or its children names and that can be read, in full (files over 8 MiB are
 * left out), turning undecodable bytes into U+FFFD. Sources that are there already are kept. */
bool model_load_sources(struct model *model, struct error *error);

/* Reads one file in the same way, unless its source is there. The source, or NULL where it cannot be read or memory is out. */
const struct model_source *model_load_source(struct model *model, const char *file);

/* Offsets of a source's lines: starts[i] is where line i + 1 begins; *count lines. malloc'ed. NULL: out of memory. */
size_t *model_source_lines(const struct model_source *source, size_t *count);

/* Index of the highest rss in samples, or SIZE_MAX where there is none. */
size_t model_peak_sample(const struct model *model);

/* Sum of self_ns over all functions but functions[0]; what percentages are taken of. */
uint64_t model_total_self(const struct model *model);

/* How often each opcode was executed, by a function (0: by all), most first; `next` is "". And how often one came right behind
 * another in the same activation, as far as counts tell: *unknown (may be NULL) is how many steps they do not attribute. What
 * follows a return, a yield or an exception is no pair. malloc'ed (names belong to the model), *count rows; NULL: out of memory.
 * Specialised forms count as what they are a form of. Functions that are not counted have none. */
struct model_opcode { const char *opname, *next; uint64_t count; };
struct model_opcode *model_opcodes(const struct model *model, uint32_t function, size_t *count);
struct model_opcode *model_opcode_pairs(const struct model *model, uint32_t function, size_t *count, uint64_t *unknown);

#endif
