#include "core/probe/asked.h"

#include "core/probe/profile_writer.h"

struct asked asked_of_program = {.number = &asked_of_program.seen};

void asked_watch(bool (*tell)(void)) {
    asked_of_program.tell = tell;
    asked_of_program.number = &profile_header()->mailbox.publish_bytecode;
}

void asked_now(void) {
    uint32_t number = *asked_of_program.number;
    if (asked_of_program.tell())
        asked_of_program.seen = number;
}

void asked_after_fork_in_child(void) {
    asked_of_program.seen = 0;
    if (!profile_header()) /* the mapping is the parent's */
        asked_of_program.number = &asked_of_program.seen;
}
