#include "tui/view/source_age.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The longest first. */
static const char *const sentences[][4] = {
    [SOURCE_UNCHANGED] = {"", "", "", ""},
    [SOURCE_CHANGED] = {"the file has changed since; this text is that of the run", "file changed since; text of the run",
                        "file changed", ""},
    [SOURCE_GONE] = {"the file is not there any more; this text is that of the run", "file is gone; text of the run",
                     "file is gone", ""},
    [SOURCE_WRITTEN] = {"the file was written since the run began; other lines may have run", "file written since the run began",
                        "file is newer", ""},
};
static const char *const words[] = {
    [SOURCE_UNCHANGED] = "", [SOURCE_CHANGED] = "  changed", [SOURCE_GONE] = "  gone", [SOURCE_WRITTEN] = "  newer"};

static bool same_status(const struct stat *left, const struct stat *right) {
    return left->st_ino == right->st_ino && left->st_dev == right->st_dev && left->st_size == right->st_size &&
           left->st_mtim.tv_sec == right->st_mtim.tv_sec && left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

/* What cannot be read any more, or not for want of memory, counts as the same. */
static bool has_other_text(const struct source_text *text) {
    struct model *store = model_new();
    const struct model_source *now = store ? model_load_source(store, text->file) : NULL;
    bool other = now && (now->length != text->source->length || memcmp(now->text, text->source->text, now->length) != 0);
    model_free(store);
    return other;
}

/* Without its folder a file is not gone: the session came from another machine. */
static bool has_folder(const char *file) {
    char folder[4096];
    const char *slash = strrchr(file, '/');
    snprintf(folder, sizeof folder, "%.*s/", (int)(slash - file), file);
    return access(folder, F_OK) == 0;
}

static enum source_change find_change(const struct source_text *text, const struct stat *status, const struct model *model) {
    uint64_t written = (uint64_t)status->st_mtim.tv_sec * 1000000000u + (uint64_t)status->st_mtim.tv_nsec;
    if (model->start_unix_ns && written <= model->start_unix_ns)
        return SOURCE_UNCHANGED;
    if (has_other_text(text))
        return SOURCE_CHANGED;
    bool while_it_ran = model->state != MODEL_ENDED || written <= model->start_unix_ns + model->wall_ns;
    return model->start_unix_ns && (while_it_ran || !text->given) ? SOURCE_WRITTEN : SOURCE_UNCHANGED;
}

void source_age_look(struct source_age *age, const struct source_text *text, const struct model *model) {
    struct source_age now = {.source = text->source, .start_unix_ns = model->start_unix_ns};
    if (!text->source || text->file[0] != '/') {
        *age = now;
        return;
    }
    now.there = stat(text->file, &now.status) == 0;
    if (age->source == now.source && age->start_unix_ns == now.start_unix_ns && age->there == now.there &&
        (!now.there || same_status(&age->status, &now.status)))
        return;
    now.change = now.there ? find_change(text, &now.status, model) : has_folder(text->file) ? SOURCE_GONE : SOURCE_UNCHANGED;
    *age = now;
}

const char *source_age_sentence(const struct source_age *age, int columns) {
    const char *const *sentence = sentences[age->change];
    while (**sentence && (int)strlen(*sentence) > columns)
        sentence++;
    return *sentence;
}

const char *source_age_word(const struct source_age *age) { return words[age->change]; }
