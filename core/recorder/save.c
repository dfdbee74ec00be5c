#include "core/recorder/save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder/session_path.h"
#include "core/recorder/target.h"
#include "pyprof/arena_reader.h"
#include "pyprof/session.h"

static bool add_argument(struct model *model, const char *text) {
    const char *copy = model_text(model, text, strlen(text));
    if (copy)
        model->arguments[model->argument_count++].text = copy;
    return copy != NULL;
}

/* As the interpreter was given them: "julia.py 100", "-m json.tool x.json", "-c CODE" without the code, as in
 * sys.argv. */
static bool add_arguments(struct model *model, const struct config *config) {
    const struct text_list *rest = &config->target.args;
    free(model->arguments);
    model->argument_count = 0;
    model->arguments = calloc(2 + rest->count, sizeof *model->arguments);
    if (!model->arguments)
        return false;
    bool done = add_argument(model, config->target.module ? "-m"
                                    : config->target.code ? "-c"
                                    : config->target.script ? config->target.script : "-");
    if (config->target.module)
        done = done && add_argument(model, config->target.module);
    for (size_t i = 0; i < rest->count && done; i++)
        done = add_argument(model, rest->items[i]);
    return done;
}

static bool add_texts(struct model *model, const struct config *config, struct error *error) {
    char *yaml = config_to_yaml(config, false, error);
    char *title = target_title(config);
    const char *config_text = yaml ? model_text(model, yaml, strlen(yaml)) : NULL;
    const char *script = title ? model_text(model, title, strlen(title)) : NULL;
    if (config_text)
        model->config_text = config_text;
    if (script)
        model->script = script;
    free(title);
    bool has_yaml = yaml != NULL;
    free(yaml);
    if (!has_yaml)
        return false;
    return (config_text && script && add_arguments(model, config)) ||
           error_set(error, 1, "out of memory while building the profile");
}

/* Files are read from disk; the text of -c is known from the config. */
static bool add_sources(struct model *model, const struct config *config, struct error *error) {
    const char *code = config->target.code;
    if (code && !model_add_source(model, "<string>", code, strlen(code)))
        return error_set(error, 1, "out of memory while building the profile");
    return model_load_sources(model, error);
}

struct model *save_build_model(const char *arena_path, int arena_file, const struct config *config, struct error *error) {
    struct arena_reader *reader = arena_reader_open_held(arena_path, arena_file, error);
    if (!reader)
        return NULL;
    struct model *model = arena_reader_model(reader, error);
    arena_reader_close(reader);
    if (model && add_texts(model, config, error) && (!config->output.keep_source || add_sources(model, config, error)))
        return model;
    model_free(model);
    return NULL;
}

bool save_session(const struct model *model, char path[ARENA_PATH_SIZE], struct session_watch *watch, struct error *error) {
    struct error refused, failed_rescue;
    if (session_save_watched(model, path, watch, &refused))
        return true;
    if (watch && watch->stopped)
        return error_set(error, refused.exit_status, "%s", refused.text);
    const char *folder = getenv("TMPDIR");
    const char *slash = strrchr(path, '/');
    char rescue[ARENA_PATH_SIZE];
    if (!folder || !*folder)
        folder = "/tmp";
    if (session_path_unused(folder, slash ? slash + 1 : path, rescue) && session_save(model, rescue, &failed_rescue)) {
        error_set(error, refused.exit_status, "%.600s; the session was saved as %.380s instead", refused.text, rescue);
        memcpy(path, rescue, sizeof rescue);
    } else if (error) {
        *error = refused;
    }
    return false;
}
