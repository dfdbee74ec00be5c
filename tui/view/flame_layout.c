#include "tui/view/flame_layout.h"

#include <stdlib.h>

enum { EIGHTHS = 8 };

void flame_layout_free(struct flame_layout *layout) {
    free(layout->frames);
    *layout = (struct flame_layout){0};
}

static struct flame_frame *add_frame(struct flame_layout *layout) {
    if (layout->count == layout->capacity) {
        size_t capacity = layout->capacity ? layout->capacity * 2 : 256;
        struct flame_frame *grown = reallocarray(layout->frames, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        layout->frames = grown;
        layout->capacity = capacity;
    }
    return &layout->frames[layout->count++];
}

/* Puts a frame between two places in eighths of a column. It begins with its first whole column, so that the end of the frame
 * before it keeps its own. */
static void set_place(struct flame_frame *frame, int from, int to) {
    frame->column = (from + EIGHTHS - 1) / EIGHTHS;
    frame->columns = (to + EIGHTHS - 1) / EIGHTHS - frame->column;
    frame->eighths = to % EIGHTHS ? to % EIGHTHS : EIGHTHS;
    frame->below_end = frame->column;
}

struct laying {
    struct flame_layout *layout;
    struct path_tree *tree;
    uint64_t whole;
    int eighths; /* of the whole */
};

static int place_of(const struct laying *laying, uint64_t offset) {
    return (int)((double)offset / (double)laying->whole * laying->eighths);
}

/* Those from `first` to `end` are narrower than a column each: one frame for all, where a column is left for it. */
static bool add_narrower(const struct laying *laying, uint32_t first, uint32_t end, uint64_t offset, int level, int limit) {
    uint64_t total = 0;
    for (uint32_t i = first; i < end; i++)
        total += laying->tree->paths[i].total;
    struct flame_frame run = {.path = first, .narrower = end - first, .level = level, .offset = offset};
    set_place(&run, place_of(laying, offset), place_of(laying, offset + total));
    if (run.columns < 1) {
        run.columns = 1;
        run.eighths = EIGHTHS;
    }
    if (run.column + run.columns > limit)
        return true;
    struct flame_frame *frame = add_frame(laying->layout);
    if (frame)
        *frame = run;
    return frame;
}

/* What hangs below a frame, beside each other from its left end. */
static bool lay_out_below(const struct laying *laying, size_t above) {
    struct flame_frame parent = laying->layout->frames[above];
    if (!path_tree_open(laying->tree, parent.path))
        return false;
    const struct path *path = &laying->tree->paths[parent.path];
    uint32_t end = path->first + path->count;
    uint64_t offset = parent.offset;
    size_t before = laying->layout->count;
    for (uint32_t i = path->first; i < end && laying->tree->paths[i].total > 0; i++) {
        uint64_t total = laying->tree->paths[i].total;
        int from = place_of(laying, offset), to = place_of(laying, offset + total);
        if (to - from < EIGHTHS) {
            if (!add_narrower(laying, i, end, offset, parent.level + 1, parent.column + parent.columns))
                return false;
            break;
        }
        struct flame_frame *frame = add_frame(laying->layout);
        if (!frame)
            return false;
        *frame = (struct flame_frame){.path = i, .level = parent.level + 1, .offset = offset};
        set_place(frame, from, to);
        offset += total;
    }
    if (laying->layout->count > before) {
        const struct flame_frame *last = &laying->layout->frames[laying->layout->count - 1];
        laying->layout->frames[above].below_end = last->column + last->columns;
    }
    return true;
}

static bool lay_out_levels(const struct laying *laying) {
    struct flame_layout *layout = laying->layout;
    for (int level = 0; level < FLAME_LEVELS - 1 && layout->first[level] < layout->count; level++) {
        size_t end = layout->count;
        layout->first[level + 1] = end;
        layout->levels = level + 1;
        for (size_t i = layout->first[level]; i < end; i++)
            if (!layout->frames[i].narrower && !lay_out_below(laying, i))
                return false;
    }
    layout->count = layout->first[layout->levels]; /* at the last level what is below was opened in vain */
    return true;
}

bool flame_lay_out(struct flame_layout *layout, struct path_tree *tree, uint32_t root, int columns) {
    struct laying laying = {layout, tree, tree->paths[root].total, columns * EIGHTHS};
    layout->count = 0;
    layout->levels = 0;
    layout->first[0] = 0;
    if (!laying.whole || columns < 1)
        return true;
    struct flame_frame *frame = add_frame(layout);
    bool done = frame;
    if (frame) {
        *frame = (struct flame_frame){.path = root};
        set_place(frame, 0, columns * EIGHTHS);
        done = lay_out_levels(&laying);
    }
    if (!done)
        layout->count = layout->levels = 0;
    return done;
}

static const struct flame_frame *find_path(const struct flame_layout *layout, uint32_t path, int level) {
    for (size_t i = level < layout->levels ? layout->first[level] : 0; level < layout->levels && i < layout->first[level + 1]; i++)
        if (layout->frames[i].path == path && !layout->frames[i].narrower)
            return &layout->frames[i];
    return NULL;
}

const struct flame_frame *flame_frame_of(const struct flame_layout *layout, const struct path_tree *tree, uint32_t path) {
    if (!layout->levels)
        return NULL;
    uint32_t root_depth = tree->paths[layout->frames[0].path].depth;
    while (path != PATH_NONE && tree->paths[path].depth >= root_depth) {
        const struct flame_frame *frame = find_path(layout, path, (int)(tree->paths[path].depth - root_depth));
        if (frame)
            return frame;
        path = tree->paths[path].above;
    }
    return &layout->frames[0];
}

const struct flame_frame *flame_frame_at(const struct flame_layout *layout, int level, int column) {
    if (level < 0 || level >= layout->levels)
        return NULL;
    for (size_t i = layout->first[level]; i < layout->first[level + 1]; i++) {
        const struct flame_frame *frame = &layout->frames[i];
        if (column >= frame->column && column < frame->column + frame->columns)
            return frame;
    }
    return NULL;
}
