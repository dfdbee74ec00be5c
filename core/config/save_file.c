/* save_file.c - a config's YAML on disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/replace_file.h"
#include "pyprof/config.h"

static bool fail_to_save(const char *path, int failure, struct error *error) {
    const char *remedy = failure == ENOENT                       ? "make its folder first, or choose another path"
                         : failure == EACCES || failure == EROFS ? "choose a folder that you may write to"
                         : failure == ENOSPC || failure == EDQUOT ? "make room on the disk, or choose another one"
                         : failure == EISDIR                     ? "give the path of a file"
                                                                 : "choose another path";
    return error_set(error, 1, "%s: the config cannot be saved there: %s; %s", path, strerror(failure), remedy);
}

bool config_save_file(const struct config *config, const char *path, struct error *error) {
    char *text = config_to_yaml(config, true, error);
    if (!text)
        return error_prefix(error, "%s", path);
    bool good = replace_file(path, text) || fail_to_save(path, errno, error);
    free(text);
    return good;
}
