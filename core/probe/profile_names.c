#include "core/probe/profile_names.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/probe/writer_state.h"

enum {
    MOST_ENTRIES = 64, /* of calls that take the slow paths for it; threading itself makes 20 before run() */
    MOST_LOOKS = 16,
    KERNEL_NAME_SIZE = 16,
};

static bool (*find_name)(uint64_t identity, char name[PROFILE_NAME_SIZE]);
static char process_name[KERNEL_NAME_SIZE]; /* that threads inherit */

void profile_names_watch(bool (*find)(uint64_t identity, char name[PROFILE_NAME_SIZE])) {
    find_name = find;
    prctl(PR_GET_NAME, process_name);
}

/* Who reads meanwhile, in another process, may see half of the one and half of the other; the last byte is always 0. */
static void set_name(struct arena_thread *thread, const char *name) {
    size_t length = strnlen(name, PROFILE_NAME_SIZE - 1);
    if (memcmp(thread->name, name, length) == 0 && !thread->name[length])
        return;
    memcpy(thread->name, name, length);
    memset(thread->name + length, 0, PROFILE_NAME_SIZE - length);
}

static bool look(struct thread_slot *slot) {
    char name[PROFILE_NAME_SIZE];
    if (!find_name || !find_name(slot->identity, name))
        return false;
    set_name(slot->segment, name);
    return true;
}

void profile_names_refresh(void) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (__atomic_load_n(&profile.slots[i].segment->state, __ATOMIC_ACQUIRE) == ARENA_THREAD_RUNNING)
            look(&profile.slots[i]);
}

/* --- a thread that begins ----------------------------------------------------------------------------------- */

/* What the kernel calls it, where that is not only what it calls the process. */
static void set_kernel_name(struct arena_thread *thread) {
    char name[PROFILE_NAME_SIZE] = "";
    if (prctl(PR_GET_NAME, name) != 0 || strcmp(name, process_name) == 0)
        *name = '\0';
    set_name(thread, name);
}

/* No room below the first frame, so that every call looks. */
static void hide_room(struct thread_slot *slot) {
    slot->segment->limit = (struct arena_frame *)(uintptr_t)slot->segment->frames_address;
}

void profile_name_begin(struct thread_slot *slot) {
    slot->identity = (uint64_t)pthread_self();
    slot->name_entries = slot->name_looks = slot->name_file = 0;
    if (!find_name)
        return;
    if (slot->segment->system_id == (uint64_t)getpid()) {
        set_name(slot->segment, "MainThread");
        return;
    }
    set_kernel_name(slot->segment);
    slot->name_entries = MOST_ENTRIES;
    slot->name_looks = MOST_LOOKS;
    hide_room(slot);
}

/* A look takes more than a call. What threading itself calls before it lists the thread is in the file of the first function,
 * or written in C. */
static bool may_be_listed(struct thread_slot *slot, uint32_t code) {
    const struct arena_code *row = profile_code(code);
    if (row->kind == ARENA_CODE_C)
        return false;
    if (row->file != slot->name_file) {
        bool first = !slot->name_file;
        slot->name_file = first ? row->file : slot->name_file;
        return !first || strcmp(profile_text_at(row->name), "_bootstrap") != 0;
    }
    return strcmp(profile_text_at(row->name), "run") == 0;
}

struct thread_slot *profile_name_look(struct arena_thread *thread, uint32_t code) {
    struct thread_slot *slot = profile_slot_of(thread);
    if (!slot || !slot->name_entries)
        return NULL;
    slot->name_entries--;
    profile_set_limit(slot);
    if (may_be_listed(slot, code) && (look(slot) || --slot->name_looks == 0))
        slot->name_entries = 0;
    return slot->name_entries ? slot : NULL;
}

void profile_name_go_on(struct thread_slot *slot) { hide_room(slot); }

bool profile_name_give_up(struct thread_slot *slot) {
    if (!slot->name_entries)
        return false;
    slot->name_entries = 0;
    profile_set_limit(slot);
    return true;
}
