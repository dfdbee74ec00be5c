#include "core/host/requests.h"

#include "core/host/census.h"
#include "core/host/publish_bytecode.h"
#include "core/probe/asked.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"

static bool is_asked(const uint32_t *asked, const uint32_t *done) {
    return __atomic_load_n(asked, __ATOMIC_ACQUIRE) != __atomic_load_n(done, __ATOMIC_RELAXED);
}

/* A census that cannot be taken now is not taken. */
static int do_requests(void *unused) {
    struct arena_header *header = profile_header();
    (void)unused;
    if (!header)
        return 0;
    struct arena_mailbox *mailbox = &header->mailbox;
    if (is_asked(&mailbox->pause_memory, &mailbox->pause_memory_done)) {
        uint32_t number = mailbox->pause_memory;
        memory_set_paused(number & 1);
        __atomic_store_n(&mailbox->pause_memory_done, number, __ATOMIC_RELEASE);
    }
    if (is_asked(&mailbox->take_census, &mailbox->take_census_done)) {
        uint32_t number = mailbox->take_census;
        census_take();
        __atomic_store_n(&mailbox->take_census_done, number, __ATOMIC_RELEASE);
    }
    if (is_asked(&mailbox->publish_bytecode, &mailbox->publish_bytecode_done)) {
        uint32_t number = mailbox->publish_bytecode;
        publish_specializations();
        __atomic_store_n(&mailbox->publish_bytecode_done, number, __ATOMIC_RELEASE);
    }
    return 0;
}

/* The interpreter has room for few calls that are pending. */
static bool tell(void) { return Py_AddPendingCall(do_requests, NULL) == 0; }

void requests_watch(void) { asked_watch(tell); }

void requests_watch_memory(void) { memory_watch_requests(tell); }
