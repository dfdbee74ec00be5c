#include "tui/app/losses.h"

#include <inttypes.h>
#include <stdio.h>

void losses_tell(struct application *application) {
    const struct model *model = application->model;
    const char *more = model->left_alone_count + model->unreadable_count > 1 ? "; ? lists all" : "";
    if (application->message[0] || application->prompt != PROMPT_NONE)
        return;
    if (model->left_alone_count)
        application_message(application, "%" PRIu64 " code object%s left alone: %s: %s%s", model->lost_codes,
                            model->lost_codes == 1 ? "" : "s", model->left_alone[0].reason, model->left_alone[0].example,
                            more);
    else if (model->unreadable_count)
        application_message(application, "child process %s is not counted: %s%s", model->unreadable[0].name,
                            model->unreadable[0].reason, more);
}

static bool add_count(struct popup *popup, uint64_t count, const char *what) {
    char text[120];
    snprintf(text, sizeof text, "  %-6" PRIu64 " %.90s", count, what);
    return count == 0 || popup_add(popup, 0, text);
}

bool losses_add_rows(const struct model *model, struct popup *popup) {
    char text[512];
    uint64_t rest = model->lost_codes, without_room = model->lost_nodes + model->lost_frames + model->lost_threads;
    if (!rest && !without_room && !model->lost_processes && !model->unreadable_count)
        return true;
    bool done = popup_add(popup, -1, "What was not counted");
    for (size_t i = 0; done && i < model->left_alone_count; i++) {
        const struct model_left_alone *row = &model->left_alone[i];
        snprintf(text, sizeof text, "code left alone, %s: %s", row->reason, row->example);
        done = add_count(popup, row->count, text);
        rest -= row->count < rest ? row->count : rest;
    }
    done = done && add_count(popup, rest, "code objects") &&
           add_count(popup, without_room, "calls and threads, for want of room") &&
           add_count(popup, model->lost_processes, "child processes, for want of room");
    for (size_t i = 0; done && i < model->unreadable_count; i++) {
        snprintf(text, sizeof text, "child process %s: %s", model->unreadable[i].name, model->unreadable[i].reason);
        done = add_count(popup, 1, text);
    }
    return done;
}
