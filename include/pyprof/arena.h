/* arena.h - layout of the mapped file a profile lives in while the run is on.
 *
 * One file, mapped MAP_SHARED: the host maps it read-write, recorder and viewer read it. The file is
 * sparse; every region has its fixed place, and room inside a region is taken with posix_fallocate
 * before it is used, so that a full file system is an error that is handled and counted (lost_*), never
 * a SIGBUS. Whoever reads it trusts nothing: indices, offsets and counts are checked against the bounds
 * below before use (core/profile/arena_reader.c).
 *
 * Who writes what:
 *   recorder   settings, clock, timeline, exit status, disassembly
 *   host       codes, strings, line table, allocation sites, blocks, units, code objects, thread segments (each by its own
 *              thread only)
 *   both       marks
 *   both ways  the mailbox
 * A counter published to readers (code_count, strings_used, ...) is stored with release order after the
 * rows it covers are complete, and read with acquire order. Counters inside rows are plain aligned 64-bit
 * words with a single writer: a reader sees a value that was true a moment ago.
 *
 * Times are in ticks of `clock_kind`; see arena_clock. */
#ifndef PYPROF_ARENA_H
#define PYPROF_ARENA_H

#include <stdint.h>

#define ARENA_MAGIC UINT64_C(0x31616e6572617070) /* "ppaerna1" read little-endian */

enum {
    ARENA_VERSION = 6,
    ARENA_MAX_CODES = 1 << 18,
    ARENA_MAX_LINE_CELLS = 1 << 20,
    ARENA_MAX_SAMPLES = 1 << 17,
    ARENA_MAX_SITES = 1 << 20, /* must fit the bits that a live block has for its site */
    ARENA_SITES_OF_EPOCH = 16, /* that one number of the site epochs stands for */
    ARENA_MAX_BLOCKS = 1 << 20,
    ARENA_MAX_UNITS = 1 << 22,
    ARENA_MAX_INSTRUCTIONS = 1 << 21,
    ARENA_MAX_HANDLERS = 1 << 18,
    ARENA_MAX_MARKS = 1 << 12,
    ARENA_MAX_TYPES = 1 << 14,
    ARENA_MAX_THREADS = 1024,
    ARENA_MAX_NODES = 1 << 20,  /* per thread */
    ARENA_MAX_FRAMES = 1 << 20, /* per thread: depth of its shadow stack */
    ARENA_SETTINGS_SIZE = 16384,
    ARENA_PATH_SIZE = 4096,
    ARENA_COMMAND_SIZE = 4096,
    ARENA_MAX_REASONS = 16,
    ARENA_MAX_PROCESSES = 4096, /* children of a program, theirs, too */
    ARENA_MAX_OWN_RANGES = 256,
    ARENA_GENERATIONS = 3,      /* of the garbage collector */
    ARENA_SAMPLE_GROWTH = 4,
};

/* The last three are never that of arena_clock. THREAD_CPU: a thread's processor time in nanoseconds, what probes read where the
 * run's clock is RUN_CLOCK_CPU. NONE: none, where neither functions nor lines are timed; it stands still at 0.
 * STILL: the same after they were, by switching them off: each thread's stands still at its latest reading. */
enum arena_clock_kind {
    ARENA_CLOCK_MONOTONIC = 0,
    ARENA_CLOCK_TSC = 1,
    ARENA_CLOCK_CNTVCT = 2,
    ARENA_CLOCK_THREAD_CPU = 3,
    ARENA_CLOCK_NONE = 4,
    ARENA_CLOCK_STILL = 5,
};

/* Two readings of both clocks turn ticks into nanoseconds: `start` is taken when the arena is made, `end` when
 * the target has ended (0 until then: a reader takes its own). For ARENA_CLOCK_MONOTONIC ticks are nanoseconds. */
struct arena_clock {
    uint32_t kind;
    uint32_t reserved;
    uint64_t start_ticks, start_ns; /* ns: CLOCK_MONOTONIC */
    uint64_t end_ticks, end_ns;
    uint64_t start_unix_ns; /* CLOCK_REALTIME */
};

enum arena_host_state { ARENA_HOST_STARTING = 0, ARENA_HOST_RUNNING = 1, ARENA_HOST_FINALIZED = 2 };
/* Why no engine runs the program; what the detail says. */
enum arena_refusal {
    ARENA_REFUSED_NOT = 0,
    ARENA_REFUSED_MISSING = 1, /* no engine was built for this Python; its version, "3.13", "3.13t", "3.11d" */
    ARENA_REFUSED_BROKEN = 2,  /* the engine could not be loaded; the loader's words */
};
enum arena_exit_kind { ARENA_EXIT_NONE = 0, ARENA_EXIT_STATUS = 1, ARENA_EXIT_SIGNAL = 2 };

/* What each kind of probe costs the program, in ticks, as measured when the host started; already taken out of all times. */
struct arena_probe_cost {
    uint64_t function;         /* beginning or end of an activation */
    uint64_t function_untimed; /* the same of a function that calls itself directly */
    uint64_t line, line_untimed;
    uint64_t call, call_untimed; /* beginning or end of a C call */
    uint64_t call_other;         /* the same of a call that turns out to be no C function's */
    uint64_t generator;          /* as function, of a generator, which begins and ends with every value */
    uint64_t generator_untimed;  /* the same of a generator that its own function waits for */
    uint64_t leaf_untimed;       /* as function, of an activation that is not timed */
    uint64_t unwind;             /* end of an activation by an exception */
    uint64_t recall;             /* more, where a function is called from another place than the time before */
    uint64_t memory;             /* an allocation or a free that is counted */
    uint64_t block;              /* a basic block that is entered */
};

/* Code objects that run without probes, by reason. Texts are UTF-8, cut to their room. A row whose count is 0 is free;
 * reason and example are complete before the count is stored. */
struct arena_left_alone {
    uint64_t count;
    char reason[88];   /* "made by another tool's bytecode" */
    char example[160]; /* name and file of the first one */
};

/* What the memory collector knows of the process as a whole. Bytes are as asked for, without what allocators add. */
enum arena_memory_state {
    ARENA_MEMORY_OFF = 0,    /* not asked for, or not yet begun */
    ARENA_MEMORY_ON = 1,
    ARENA_MEMORY_PAUSED = 2, /* switched off for now: allocations are not counted, frees of counted blocks are */
    ARENA_MEMORY_ENDED = 3,  /* the program has ended; what lives was left over: the interpreter's own clearing up is not counted */
};
struct arena_own_range {
    uint64_t address, size; /* bytes; size is stored last */
};
struct arena_memory {
    /* the hot line */
    uint64_t live_bytes;  /* of all sites together */
    uint64_t peak_bytes;  /* the high-water mark: the largest that live_bytes ever was */
    uint64_t peak_epoch;  /* grows where live_bytes goes down from a high-water mark, and some times a second besides */
    uint64_t at_peak;     /* 1: live_bytes is the high-water mark now, and sites' live numbers are those at it */
    uint64_t ticks;       /* when sites' life_ticks were last added to; renewed now and then, a clock of low resolution */
    uint64_t native_bytes; /* the part of live_bytes that native code allocated itself; the rest is Python's heap */
    uint64_t watched_peak; /* the largest that live_bytes was since somebody began to watch; host's own. Never above peak_bytes */
    uint64_t mark_epoch;  /* the epoch that began where live_bytes went down from the last high-water mark */
    /* the rest */
    uint64_t peak_ticks;       /* when the high-water mark was reached, by that clock */
    uint64_t profiler_bytes;   /* living in the interpreter's heap, but the profiler's own; in no site and no sum */
    uint64_t unknown_frees;    /* of blocks that were not counted: allocated before the collector was on, or while it was not */
    uint64_t uncounted_allocations; /* in the middle of another one (a signal handler), or without room for what is known of them */
    uint64_t paused_count;     /* how often it was switched off in the run */
    uint64_t paused_ticks;     /* how long, all together */
    uint32_t state;            /* enum arena_memory_state */
    uint32_t native;           /* 1: native code's allocations are counted */
    uint32_t site_count;       /* rows of the sites region; sites[0] is what could not be given to any other */
    uint32_t allocator_replaced; /* 1: others hooked the interpreter's allocator (PYTHONMALLOC, a debugger); counted all the same */
    /* Memory in the process that is the profiler's; what of it is there is not the program's RSS. */
    uint32_t own_range_count, own_reserved;
    struct arena_own_range own_ranges[ARENA_MAX_OWN_RANGES];
    /* Where the interpreter counts its garbage collections (of each generation, Py_ssize_t), for process_vm_readv; 0: not known. */
    uint64_t collections_address[ARENA_GENERATIONS];
    /* Of each, how many such numbers there are, collections_stride bytes apart; the largest is the present one. (3.15 keeps a
     * ring of the last collections, each with the sum so far.) 0 is 1. */
    uint32_t collections_places[ARENA_GENERATIONS], collections_stride;
    uint64_t failed_checks; /* how often pyprof.assert_allocated failed */
};

/* How often a collector was off in a run, and how long: numbers are of the rest. One that the run did not begin with was off from
 * the start. (The memory collector's are those of struct arena_memory, from when it was first on.) */
struct arena_switched {
    uint64_t off_count; /* times that it was off, the present one included */
    uint64_t off_ticks; /* of those that are over, all together */
    uint64_t off_since; /* ticks of the clock when the present one began; 0: it is on */
};

/* The low bits of mailbox.collectors are the set of collectors that is to be on, the rest is a number that grows. */
enum { ARENA_SWITCH_BITS = 8 };

/* What is asked of the host while it runs: each a number that grows; the host does what is asked for when it sees another
 * number than the one it did last, and stores that into the reply. */
struct arena_mailbox {
    uint32_t pause_memory, pause_memory_done;   /* odd: the memory collector is to be off */
    uint32_t take_census, take_census_done;     /* a census of live objects by type */
    uint32_t collectors, collectors_done;       /* what is to be on: see ARENA_SWITCH_BITS; 0: nothing was asked for yet */
    uint32_t publish_bytecode, publish_bytecode_done; /* the project's code objects that are not there yet, and what every
                                                         instruction is specialised to by now */
};

/* Every process of a run has an arena of its own: the program's at PATH, and those of its child processes, theirs too,
 * in the folder "PATH.children", named "PID-NUMBER" (decimal; NUMBER tells processes that had the same PID apart). All have
 * this layout. A child's host takes the clock's end readings where it can; of one that cannot (it is killed, or leaves by
 * _exit) the recorder does, as soon as it sees it gone. */
#define ARENA_CHILDREN_SUFFIX ".children"

struct arena_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_size; /* sizeof(struct arena_header), a second check on the layout */

    struct arena_clock clock;

    /* Written by the recorder before the host starts. */
    uint32_t collectors; /* bits of enum collector: what is to be counted; the host takes memory out where it has no room for it,
                            and adds what is switched on later: all that was ever on */
    uint32_t builtins;   /* 1: calls of C functions are counted and timed */
    uint32_t marked_only; /* 1: where a `profile` decorator is used, lines of marked functions only */
    uint32_t recorder_pid;
    uint32_t run_clock; /* enum run_clock: what times are to measure */
    uint32_t children;  /* 1: child processes get arenas, too */
    uint32_t census;    /* 1: live objects are counted by type when the program has ended */
    uint32_t disassembly; /* 1: somebody disassembles the code objects that are published: without, none are */
    char path[ARENA_PATH_SIZE];           /* absolute path of this file */
    char project_folder[ARENA_PATH_SIZE]; /* absolute, no trailing '/': what `project` means in a glob list */
    /* Glob lists, each pattern ended by '\0', each list by an empty pattern; in this order:
     * function include, function exclude, line include, line exclude, bytecode include, bytecode exclude. */
    char settings[ARENA_SETTINGS_SIZE];

    /* Written by the host. */
    uint32_t host_pid;
    uint32_t host_state;          /* enum arena_host_state */
    char python_version[32];      /* "3.11.2" */
    char executable[ARENA_PATH_SIZE]; /* the file that the process runs: that Python itself, whatever led to it; "": not known */
    uint32_t code_count;          /* codes[0] stands for the program itself (kind ARENA_CODE_ROOT) */
    uint32_t line_cell_count;     /* cell 0 is a sink that is never shown */
    uint32_t thread_count;        /* thread segments ever used */
    uint32_t marked_count;        /* functions marked with `profile` */
    uint32_t parent_pid;          /* the process that made this one; 0: the recorder did */
    uint32_t child_count;         /* in the program's arena: arenas that child processes have begun to make */
    uint64_t strings_used;        /* bytes; offset 0 is the empty string */
    /* The process's arguments, each ended by '\0', cut to the room; "" in the program's own arena. A forked child has
     * those of its parent. */
    char command[ARENA_COMMAND_SIZE];
    struct arena_left_alone left_alone[ARENA_MAX_REASONS]; /* in the order met; the last: all further ones */
    uint64_t lost_codes;          /* code objects left alone, all reasons together */
    uint64_t lost_nodes;          /* calls counted on their caller's node, for want of room */
    uint64_t lost_frames;         /* activations deeper than the shadow stack */
    uint64_t lost_processes;      /* in the program's arena: child processes that could get none */
    uint64_t lost_threads;
    struct arena_probe_cost probe_cost;

    struct arena_memory memory;
    struct arena_mailbox mailbox;
    uint32_t collectors_on; /* bits of enum collector: what is on now, but for memory, whose state says so */
    uint32_t wake_signal;   /* sent to the main thread, has it look into the mailbox; 0: do not send any */
    uint32_t clock_still; /* 1: threads' clocks stand still at their latest_ticks: neither functions nor lines are on now */
    uint32_t lines_still; /* 1: what frames say of lines is of the past: they were on, and are not now */
    char switch_failed[256]; /* why what was asked for last could not be switched in part; "" where it could */
    struct arena_switched switched[8]; /* at each collector's bit */
    uint32_t mark_count;  /* rows of the marks region that are taken (atomically); a row is there when its t_ns is not 0 */
    uint32_t type_count;  /* rows of the last census that are complete */
    uint64_t census_t_ns; /* when it was taken, since the clock's start_ns; 0: never; stored last */

    uint32_t block_count; /* rows of the blocks region; block 0 is a sink that is never shown */
    uint32_t unit_count;  /* rows of the units region; row 0 is likewise */
    uint64_t objects_used; /* bytes of the objects region */

    uint32_t refusal; /* enum arena_refusal; stored last, by the injector */
    uint32_t refusal_reserved;
    char refusal_program[ARENA_PATH_SIZE]; /* the Python that was found */
    char refusal_detail[512];

    /* Written by the recorder. */
    uint32_t sample_count;
    uint32_t exit_kind; /* enum arena_exit_kind */
    uint32_t exit_value;
    uint32_t instruction_count; /* rows of the instructions region */
    uint32_t handler_count;     /* rows of the handlers region */
    uint32_t disassembly_reserved;
    uint64_t texts_used;        /* bytes of the texts region; offset 0 is the empty string */
};

enum arena_code_kind { ARENA_CODE_ROOT = 0, ARENA_CODE_PYTHON = 1, ARENA_CODE_C = 2 };
enum arena_code_flag {
    ARENA_CODE_PROJECT = 1, /* its file is under the project folder */
    ARENA_CODE_LINES = 2,   /* has line cells */
    ARENA_CODE_MARKED = 4,  /* was given to the `profile` decorator */
    ARENA_CODE_BYTECODE = 8, /* has blocks: its instructions are counted */
};

/* One per function: code objects that are equal in file, qualified name, first line and bytecode share a row. */
struct arena_code {
    uint64_t file, name, qualname; /* offsets into the strings region */
    uint32_t first_line;
    uint16_t kind;  /* enum arena_code_kind */
    uint16_t flags; /* enum arena_code_flag */
    uint32_t first_line_cell, line_cell_count; /* rows of the line table, one per source line of this code; one more, with
                                                  line 0, stands behind them for its untimed time */
    uint64_t reserved;
};

/* What the host says of a code's bytecode; row i belongs to codes[i]. Offsets into bytecode are in code units of two bytes, as the
 * compiler made it: what `co_code` has. */
struct arena_bytecode {
    uint32_t first_block, block_count; /* ascending by first_unit; block_count 0: its instructions are not counted */
    uint32_t first_unit, unit_count;   /* rows of the units region, one for each code unit; unit_count 0: none */
    uint64_t object;                   /* offset into the objects region */
    uint32_t object_size;              /* bytes; 0: not there. Stored last, behind the object itself */
    uint32_t reserved;
};

/* A basic block: a run of instructions that is entered at its first one only and left behind its last one, or by an exception.
 * Each thread counts how often it is entered. An instruction that an exception leaves at has run (as sys.settrace with
 * f_trace_opcodes sees it), those behind it in the block have not: how often that happened is counted in the thread's exit cell
 * of the unit that the exception came from. So an instruction at unit u of block b ran
 * blocks[b] - sum of exits[v] for v in b, v < u times; exits at its last instruction need not be counted. Instructions that nothing
 * leads to are in no block. */
struct arena_block {
    uint32_t code;
    uint32_t first_unit, unit_count; /* within its bytecode; caches and prefixes (EXTENDED_ARG) belong to their instruction */
    uint32_t reserved;
};

/* What an instruction was specialised to when the host was last asked (or ended), by PEP 659. Stands at the unit of its opcode. */
enum arena_unit_flag {
    ARENA_UNIT_ADAPTIVE = 1, /* it can be specialised, and is not */
    ARENA_UNIT_GAVE_UP = 2,  /* tried to, in vain, so often that it waits long for the next try */
};
struct arena_unit {
    uint8_t specialized; /* opcode of the specialised form; 0: none, or not known */
    uint8_t flags;       /* bits of enum arena_unit_flag */
};

/* The disassembly of a code, by the recorder; row i belongs to codes[i]. Made from the code's object in the objects region
 * (core/host/code_object.h has its form) by the `dis` of the Python that runs. */
enum arena_disassembly_state { ARENA_DISASSEMBLY_NONE = 0, ARENA_DISASSEMBLY_THERE = 1, ARENA_DISASSEMBLY_FAILED = 2 };
struct arena_disassembly {
    uint32_t first_instruction, instruction_count; /* ascending by offset */
    uint32_t first_handler, handler_count;         /* ascending by start */
    uint32_t state;                                /* enum arena_disassembly_state; stored last */
    uint32_t reserved;
};
enum arena_instruction_flag {
    ARENA_INSTRUCTION_JUMP_TARGET = 1,
    ARENA_INSTRUCTION_PREFIX = 2, /* EXTENDED_ARG */
};
#define ARENA_NO_OFFSET UINT32_MAX
struct arena_instruction {
    uint64_t opname, argrepr; /* offsets into the texts region */
    uint64_t specialized;     /* name of the specialised form, likewise; 0: none. May change while the run goes on */
    uint32_t offset;          /* bytes from the start of the bytecode, as `dis` shows it */
    uint32_t line;            /* 0: none */
    uint32_t argument;        /* 0 where it has none */
    uint32_t jump_target;     /* offset; ARENA_NO_OFFSET: no jump */
    int32_t stack_effect;     /* where it does not jump, if that differs */
    int32_t jump_stack_effect;
    uint32_t flags;           /* bits of enum arena_instruction_flag */
    uint32_t unit_flags;      /* bits of enum arena_unit_flag, as of the last look */
};
struct arena_handler { /* an entry of the exception table; offsets in bytes, the end is behind the last instruction */
    uint32_t start, end, target, depth;
    uint32_t keeps_offset; /* 1: pushes the raising instruction's offset ("lasti") */
    uint32_t reserved;
};

/* What a line cell of every thread stands for. */
struct arena_line {
    uint32_t code;
    uint32_t line;
};

/* Counters of one line in one thread. self: without the Python functions it called; total: with them, outermost activations
 * only. Short lines are timed now and then only (core/probe/shadow_lines.h): the time of the other stretches is in the cell
 * of the function's untimed time, which stands behind those of its lines and has line 0, and `estimated_ticks` says how much
 * of it is this line's, as far as the timed stretches tell. A reader shares the untimed time out in proportion to that. */
struct arena_line_cell {
    uint64_t hits;
    uint64_t self_ticks;
    uint64_t total_ticks;
    uint64_t estimated_ticks;
    uint32_t wait;    /* from here host's own: untimed stretches to come before the next timed one */
    uint32_t gap;     /* untimed stretches that the next timed one stands for besides itself */
    uint32_t timed;   /* stretches that were timed one after the other */
    uint32_t pattern; /* for uneven gaps */
    uint32_t suspect; /* untimed time's: the cell of the line that was last seen to take very long */
    uint32_t reserved[3];
};

/* A call node: one function as called along one path. Recursion is folded: where `code` is also that of an
 * ancestor, the callees of this node hang below that ancestor (`folded_to`). After Ammons, Ball and Larus,
 * "Exploiting Hardware Performance Counters with Flow and Context Sensitive Profiling", PLDI 1997. */
struct arena_node {
    uint64_t calls;
    uint64_t primitive_calls; /* made while the same code was not active in this thread */
    uint64_t self_ticks;
    uint64_t total_ticks; /* of those outermost activations only, so sums never count recursion twice */
    uint32_t code;
    uint32_t parent;    /* node 0 is the thread's root */
    uint32_t folded_to; /* 0: not folded */
    /* host's own, of short leaf functions (core/probe/shadow_leaves.h): */
    uint32_t wait;       /* untimed activations to come before the next timed one */
    uint32_t untimed;    /* activations since the last timed one */
    uint32_t quiet;      /* timed activations one after the other that were short leaves */
    uint32_t mean_ticks; /* of those, times SHADOW_LEAF_MEAN */
    uint32_t pattern;    /* for uneven gaps */
};

/* One activation on a thread's shadow stack. */
struct arena_frame {
    uint64_t start_ticks;    /* 0: untimed: a C call, a short leaf function, or a generator that its own function waits for */
    uint64_t outermost_mask; /* all ones: counts for totals; 0: a recursive activation */
    uint64_t interpreter_frame; /* identity, host's own but for ARENA_FRAME_C */
    uint32_t node;     /* whose counters this activation adds to */
    uint32_t position; /* the node its callees hang below: node, or what node is folded to */
    uint32_t code;
    uint32_t repeats;      /* further activations on top of this one: the function called itself, nothing is timed */
    uint32_t line_cell;    /* where it is now; 0: no line. A C call's lines are those of the Python frame below it */
    uint32_t charged_cell; /* who gets the time: line_cell, or the function's cell of untimed time */
    uint32_t stands_for;   /* untimed stretches of the line (C call: calls) that the present, timed one tells of */
    uint32_t reserved[3];
};
/* Set in interpreter_frame: a call of a C function. */
#define ARENA_FRAME_C UINT64_C(1)

enum arena_thread_state { ARENA_THREAD_FREE = 0, ARENA_THREAD_RUNNING = 1, ARENA_THREAD_ENDED = 2 };

/* Head of a thread segment. Pointers are addresses in the host: a reader uses `top` only as
 * (top - frames_address) / sizeof(struct arena_frame), after checking that it lies in the stack. */
struct arena_thread {
    /* the hot line */
    struct arena_frame *top;
    uint64_t last_ticks;      /* when time was last given to a node; in ticks less own_ticks, as all times of the thread */
    uint64_t last_line_ticks; /* when time was last given to a line */
    struct arena_node *nodes;
    struct arena_line_cell *lines;
    uint32_t *active; /* per code: activations on this stack; host's own memory */
    struct arena_frame *limit; /* last frame that has room */
    uint64_t own_ticks;        /* taken out of the clock: what the probes and the profiler's own work cost so far */
    /* the rest */
    uint64_t frames_address;
    uint32_t state; /* enum arena_thread_state */
    uint32_t node_count;
    uint64_t system_id; /* gettid() */
    uint64_t starts;    /* how many threads used this segment one after the other */
    char name[64];
    uint64_t overflow_depth;
    uint64_t latest_ticks; /* the last reading: time goes never backwards */
    uint64_t waited_ticks; /* the part of own_ticks that is no cost of the profiler: waiting that the run's clock leaves out */
    uint64_t waiting_since; /* the reading when such waiting began that still goes on; 0: none */
    uint64_t exits;         /* sum of the exit cells */
};

/* An allocation site: what was allocated by one call path on one line, in one thread. Sums over all sites are those of the process.
 *
 * The high-water mark is kept for all sites at the same instant by copies on the first change after it: before a site's live
 * numbers change, and its peak_epoch is below mark_epoch of struct arena_memory, they are copied. So a reader takes peak_bytes and
 * peak_count where it is not below, and live_bytes and live_count where it is, or where at_peak is set.
 *
 * That first change in an epoch, at the mark's or a later one, also notes the epoch in the site's peak_epoch and in its place among
 * the site epochs. So a reader that comes again finds what has changed: all sites whose epoch is not below the one that it read
 * before it read the sites. What was freed at a site (freed_bytes, freed_count) is no change of it in this sense.
 *
 * Lifetimes: each allocation takes the clock from life_ticks, each free adds it (modulo 2^64). With live_count times the clock now
 * it is the sum of the lifetimes of all blocks, so no block needs a time of its own. (Little, "A Proof for the Queuing Formula
 * L = lambda W", 1961.) */
struct arena_site {
    uint64_t live_bytes, live_count;
    uint64_t allocated_bytes, allocated_count;
    uint64_t peak_bytes, peak_count, peak_epoch;
    uint64_t life_ticks;
    uint64_t temporary_count;          /* freed before their thread allocated anything else */
    uint64_t freed_bytes, freed_count; /* freed while the program was here, whoever had allocated it */
    uint64_t highest_bytes;            /* the most that all sites together had alive at an allocation here */
    uint32_t thread;   /* index of the segment that `node` is in */
    uint32_t node;
    uint32_t code;     /* whose line it is: that of the node, or, where that is a C function, of the Python function below it */
    uint32_t line;     /* 0: not known */
    uint64_t reserved[2];
};

/* A row of the last census: live objects of one type. */
struct arena_type {
    uint64_t name;  /* offset into the strings region: "dict", "numpy.ndarray" */
    uint64_t count, bytes;
};

/* A moment that was named. */
struct arena_mark {
    uint64_t t_ns; /* since the clock's start_ns, at least 1; stored last */
    char name[56]; /* UTF-8, '\0'-ended; "" is allowed */
};

/* How much more of a site's bytes lived at a sample than at the last mark before it (or the start). */
struct arena_growth {
    int64_t bytes;
    uint32_t site; /* 0: none */
    uint32_t reserved;
};

/* One point of the timeline, by the recorder. What is not known is UINT64_MAX. */
struct arena_sample {
    uint64_t t_ns;   /* since the clock's start_ns */
    uint64_t rss;    /* bytes, without the profiler's own */
    uint64_t heap;   /* bytes alive in Python's heap */
    uint64_t native; /* bytes alive that native code allocated itself */
    uint64_t own;    /* bytes of RSS that are the profiler's */
    uint32_t code;   /* function on top of the main thread's shadow stack then; 0: none known */
    uint32_t threads;
    uint32_t collections[ARENA_GENERATIONS]; /* garbage collections since the sample before */
    uint32_t reserved;
    struct arena_growth growth[ARENA_SAMPLE_GROWTH]; /* the sites that grew most, most first */
};

/* Where everything lies, in bytes from the start of the file; all multiples of 64 KiB. */
#define ARENA_ALIGN(size) (((uint64_t)(size) + 65535u) & ~(uint64_t)65535u)
#define ARENA_HEADER_SIZE ARENA_ALIGN(sizeof(struct arena_header))
#define ARENA_STRINGS_AT ARENA_HEADER_SIZE
#define ARENA_STRINGS_SIZE (UINT64_C(64) << 20)
#define ARENA_CODES_AT (ARENA_STRINGS_AT + ARENA_STRINGS_SIZE)
#define ARENA_CODES_SIZE ARENA_ALIGN(ARENA_MAX_CODES * sizeof(struct arena_code))
#define ARENA_LINES_AT (ARENA_CODES_AT + ARENA_CODES_SIZE)
#define ARENA_LINES_SIZE ARENA_ALIGN(ARENA_MAX_LINE_CELLS * sizeof(struct arena_line))
#define ARENA_SAMPLES_AT (ARENA_LINES_AT + ARENA_LINES_SIZE)
#define ARENA_SAMPLES_SIZE ARENA_ALIGN(ARENA_MAX_SAMPLES * sizeof(struct arena_sample))
#define ARENA_MARKS_AT (ARENA_SAMPLES_AT + ARENA_SAMPLES_SIZE)
#define ARENA_MARKS_SIZE ARENA_ALIGN(ARENA_MAX_MARKS * sizeof(struct arena_mark))
#define ARENA_TYPES_AT (ARENA_MARKS_AT + ARENA_MARKS_SIZE)
#define ARENA_TYPES_SIZE ARENA_ALIGN(ARENA_MAX_TYPES * sizeof(struct arena_type))
#define ARENA_SITES_AT (ARENA_TYPES_AT + ARENA_TYPES_SIZE)
#define ARENA_SITES_SIZE ARENA_ALIGN(ARENA_MAX_SITES * sizeof(struct arena_site))
/* uint64_t for each ARENA_SITES_OF_EPOCH sites: the last epoch in which one of them changed */
#define ARENA_SITE_EPOCHS_AT (ARENA_SITES_AT + ARENA_SITES_SIZE)
#define ARENA_SITE_EPOCHS_SIZE ARENA_ALIGN(ARENA_MAX_SITES / ARENA_SITES_OF_EPOCH * sizeof(uint64_t))
#define ARENA_BYTECODE_AT (ARENA_SITE_EPOCHS_AT + ARENA_SITE_EPOCHS_SIZE)
#define ARENA_BYTECODE_SIZE ARENA_ALIGN(ARENA_MAX_CODES * sizeof(struct arena_bytecode))
#define ARENA_BLOCKS_AT (ARENA_BYTECODE_AT + ARENA_BYTECODE_SIZE)
#define ARENA_BLOCKS_SIZE ARENA_ALIGN(ARENA_MAX_BLOCKS * sizeof(struct arena_block))
#define ARENA_UNITS_AT (ARENA_BLOCKS_AT + ARENA_BLOCKS_SIZE)
#define ARENA_UNITS_SIZE ARENA_ALIGN(ARENA_MAX_UNITS * sizeof(struct arena_unit))
#define ARENA_OBJECTS_AT (ARENA_UNITS_AT + ARENA_UNITS_SIZE)
#define ARENA_OBJECTS_SIZE (UINT64_C(64) << 20)
#define ARENA_DISASSEMBLY_AT (ARENA_OBJECTS_AT + ARENA_OBJECTS_SIZE)
#define ARENA_DISASSEMBLY_SIZE ARENA_ALIGN(ARENA_MAX_CODES * sizeof(struct arena_disassembly))
#define ARENA_INSTRUCTIONS_AT (ARENA_DISASSEMBLY_AT + ARENA_DISASSEMBLY_SIZE)
#define ARENA_INSTRUCTIONS_SIZE ARENA_ALIGN(ARENA_MAX_INSTRUCTIONS * sizeof(struct arena_instruction))
#define ARENA_HANDLERS_AT (ARENA_INSTRUCTIONS_AT + ARENA_INSTRUCTIONS_SIZE)
#define ARENA_HANDLERS_SIZE ARENA_ALIGN(ARENA_MAX_HANDLERS * sizeof(struct arena_handler))
#define ARENA_TEXTS_AT (ARENA_HANDLERS_AT + ARENA_HANDLERS_SIZE)
#define ARENA_TEXTS_SIZE (UINT64_C(64) << 20)
#define ARENA_THREADS_AT (ARENA_TEXTS_AT + ARENA_TEXTS_SIZE)
/* inside a thread segment */
#define ARENA_THREAD_FRAMES_AT ARENA_ALIGN(sizeof(struct arena_thread))
#define ARENA_THREAD_NODES_AT (ARENA_THREAD_FRAMES_AT + ARENA_ALIGN(ARENA_MAX_FRAMES * sizeof(struct arena_frame)))
#define ARENA_THREAD_LINES_AT (ARENA_THREAD_NODES_AT + ARENA_ALIGN(ARENA_MAX_NODES * sizeof(struct arena_node)))
/* how often each block was entered, and how often an exception left at each unit: uint64_t */
#define ARENA_THREAD_BLOCKS_AT (ARENA_THREAD_LINES_AT + ARENA_ALIGN(ARENA_MAX_LINE_CELLS * sizeof(struct arena_line_cell)))
#define ARENA_THREAD_EXITS_AT (ARENA_THREAD_BLOCKS_AT + ARENA_ALIGN(ARENA_MAX_BLOCKS * sizeof(uint64_t)))
#define ARENA_THREAD_SIZE (ARENA_THREAD_EXITS_AT + ARENA_ALIGN(ARENA_MAX_UNITS * sizeof(uint64_t)))
#define ARENA_FILE_SIZE (ARENA_THREADS_AT + (uint64_t)ARENA_MAX_THREADS * ARENA_THREAD_SIZE)

_Static_assert(sizeof(struct arena_node) == 64, "a node fills a cache line");
_Static_assert(sizeof(struct arena_line_cell) == 64, "a line cell fills a cache line");
_Static_assert(sizeof(struct arena_code) == 48, "codes keep their layout");
_Static_assert(sizeof(struct arena_left_alone) == 256, "reasons keep their layout");
_Static_assert(sizeof(struct arena_frame) == 64, "a frame fills a cache line");
_Static_assert(sizeof(struct arena_site) == 128, "a site fills two cache lines");
_Static_assert(sizeof(struct arena_bytecode) == 32, "bytecode keeps its layout");
_Static_assert(sizeof(struct arena_instruction) == 56, "instructions keep their layout");
_Static_assert(sizeof(struct arena_mark) == 64, "marks keep their layout");
_Static_assert(sizeof(struct arena_sample) == 128, "samples keep their layout");

#endif
