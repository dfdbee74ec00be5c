#include "core/probe/memory_lock.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/probe/memory_events.h"

struct memory_state memory = {.attention = MEMORY_NOT_COUNTING};

enum { QUEUE_LENGTH = 1024, SEARCHED = 64, SPINS = 100 };

static struct {
    uint32_t taken;
    uint32_t count;
    struct memory_event events[QUEUE_LENGTH];
} queue; /* the lock guards it */

static int membarrier(int command) { return (int)syscall(SYS_membarrier, command, 0, 0); }

void memory_lock_prepare(void) {
    if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0)
        memory_set_attention(MEMORY_LOCKED, true);
}

void memory_set_attention(enum memory_attention reason, bool on) {
    if (on)
        __atomic_fetch_or(&memory.attention, reason, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(&memory.attention, ~(uint32_t)reason, __ATOMIC_SEQ_CST);
}

static void take(void) {
    for (unsigned i = 1; __atomic_exchange_n(&queue.taken, 1, __ATOMIC_ACQUIRE); i++)
        if (i % SPINS == 0)
            sched_yield();
}

static void release(void) { __atomic_store_n(&queue.taken, 0, __ATOMIC_RELEASE); }

static void go_through_queue(void) {
    for (uint32_t i = 0; i < queue.count; i++)
        memory_apply(&queue.events[i]);
    queue.count = 0;
    memory_set_attention(MEMORY_FOREIGN, false);
}

void memory_lock(void) {
    take();
    if (queue.count)
        go_through_queue();
}

void memory_unlock(void) { release(); }

/* With the lock; whoever begins a fast path from here on sees that somebody asks for attention, and waits for the
 * lock. */
static void stop_fast_path(void) {
    memory_set_attention(MEMORY_FOREIGN, true);
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    while (__atomic_load_n(&memory.busy, __ATOMIC_ACQUIRE))
        sched_yield();
}

void memory_lock_foreign(void) {
    take();
    stop_fast_path();
    go_through_queue();
    memory_set_attention(MEMORY_FOREIGN, true);
}

void memory_unlock_foreign(void) {
    memory_set_attention(MEMORY_FOREIGN, false);
    release();
}

/* With the lock. */
static void append(const struct memory_event *event) {
    if (queue.count == QUEUE_LENGTH) {
        stop_fast_path();
        go_through_queue();
    }
    queue.events[queue.count++] = *event;
    memory_set_attention(MEMORY_FOREIGN, true);
}

void memory_tell(const struct memory_event *event) {
    take();
    append(event);
    release();
}

/* Will the block be in the table when the queue has been gone through? With the lock; older events are not looked
 * at. */
static bool is_queued(const void *block) {
    uint32_t end = queue.count > SEARCHED ? queue.count - SEARCHED : 0;
    for (uint32_t i = queue.count; i > end; i--)
        if (queue.events[i - 1].block == block)
            return queue.events[i - 1].kind != MEMORY_FREED;
    return false;
}

bool memory_tell_free_of_queued(const struct memory_event *event) {
    take();
    bool queued = is_queued(event->block);
    if (queued)
        append(event);
    release();
    return queued;
}

void memory_lock_reset(void) {
    memory_lock_prepare();
    memory.busy = 0;
    queue.count = 0;
    queue.taken = 0;
    memory_set_attention(MEMORY_FOREIGN, false);
}
