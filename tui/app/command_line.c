#include "tui/app/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/compare/comparison.h"
#include "core/compare/diff_condition.h"
#include "core/config/values.h"
#include "pyprof/report.h"
#include "pyprof/session_diff.h"
#include "tui/app/command_checks.h"
#include "tui/app/command_typed.h"

static bool usage(struct error *error, const char *text) { return error_set(error, EXIT_STATUS_USAGE, "%s", text); }
static bool out_of_memory(struct error *error) {
    return error_set(error, 1, "memory is out; close other programs and try again");
}

/* --- the config ---------------------------------------------------------------------------------- */

/* The user's own config file; NULL: there is no place for one. malloc'ed. */
static char *user_config_path(void) {
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int length = -1;
    if (folder && *folder == '/')
        length = asprintf(&path, "%s/pyprof-tui/config.yaml", folder);
    else if (home && *home)
        length = asprintf(&path, "%s/.config/pyprof-tui/config.yaml", home);
    return length < 0 ? NULL : path;
}

/* The file named, else the first there is of the two usual ones; NULL: none. malloc'ed. */
static char *find_config(const struct command_typed *typed) {
    if (typed->config)
        return strdup(typed->config);
    if (access(".pyprof.yaml", F_OK) == 0)
        return strdup(".pyprof.yaml");
    char *path = user_config_path();
    if (path && access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static bool set_path(char **field, const char *option, const char *path, struct error *error) {
    if (!path)
        return true;
    if (!*path)
        return error_set(error, EXIT_STATUS_USAGE, "%s is empty; give it a path", option);
    return text_replace(field, path) || out_of_memory(error);
}

static bool set_limit(char **field, const char *option, const char *size, struct error *error) {
    uint64_t bytes;
    if (!size)
        return true;
    if (!config_size(size, &bytes))
        return error_set(error, EXIT_STATUS_USAGE, "%s: \"%.40s\" is no size; write one such as 500M, 1.5GiB or 200000000", option,
                         size);
    return text_replace(field, size) || out_of_memory(error);
}

static const char *limit_typed(const struct command_typed *typed) {
    return typed->max_rss ? "--max-rss" : typed->max_heap ? "--max-heap" : NULL;
}

static bool has_target(const struct config *config) {
    return config->target.script || config->target.module || config->target.code;
}

/* The recorder takes scripts from where the command was started; one of the config counts from target.cwd. It is made
 * absolute, so that the config, when saved, means the same again. */
static bool place_config_script(struct config *config, struct error *error) {
    const char *script = config->target.script, *folder = config->target.cwd;
    if (!script || *script == '/' || strcmp(script, "-") == 0 || !folder || strcmp(folder, ".") == 0)
        return true;
    char *here = *folder == '/' ? strdup("") : getcwd(NULL, 0), *path = NULL;
    bool good = here && asprintf(&path, "%s%s%s/%s", here, *here ? "/" : "", folder, script) >= 0;
    free(here);
    if (!good)
        return error_set(error, 1, "%s: the current folder cannot be found: %s; change to one that exists", script,
                         strerror(errno));
    free(config->target.script);
    config->target.script = path;
    return true;
}

/* A script named like an option is told from one by its path. */
static bool set_script(struct config *config, const char *script, struct error *error) {
    char *path = NULL;
    bool looks_like_option = *script == '-' && script[1];
    if (asprintf(&path, "%s%s", looks_like_option ? "./" : "", script) < 0)
        return out_of_memory(error);
    config->target.script = path;
    return true;
}

/* The target of the command line takes the place of the config's, arguments and all. */
static bool set_target(struct config *config, const struct command_typed *typed, struct error *error) {
    if (!typed->script && !typed->module && !typed->code)
        return place_config_script(config, error);
    if (!text_replace(&config->target.script, NULL) || !text_replace(&config->target.module, typed->module) ||
        !text_replace(&config->target.code, typed->code))
        return out_of_memory(error);
    if (typed->module && !*typed->module)
        return usage(error, "-m is empty; give it a module");
    if (typed->script && !set_script(config, typed->script, error))
        return false;
    text_list_clear(&config->target.args);
    for (int i = 0; i < typed->argument_count; i++)
        if (!text_list_append(&config->target.args, typed->arguments[i]))
            return out_of_memory(error);
    return true;
}

static bool make_config(const struct command_typed *typed, struct command_line *command, struct error *error) {
    command->config = config_new();
    if (!command->config)
        return out_of_memory(error);
    struct config *config = command->config;
    command->config_path = find_config(typed);
    if (typed->config && !command->config_path)
        return out_of_memory(error);
    if (command->config_path && !config_load_file(config, command->config_path, error))
        return false;
    if (typed->collect && !config_set_collectors(config, typed->collect, error))
        return false;
    for (int i = 0; i < typed->setting_count; i++)
        if (!config_set(config, typed->settings[i], error))
            return false;
    return set_limit(&config->limits.rss, "--max-rss", typed->max_rss, error) &&
           set_limit(&config->limits.heap, "--max-heap", typed->max_heap, error) &&
           set_path(&config->target.python, "--python", typed->python, error) &&
           set_path(typed->export_format ? &command->export_path : &config->output.session, "-o", typed->output, error);
}

/* --- what to do ---------------------------------------------------------------------------------- */

static bool read_process(const char *typed, uint32_t *process, struct error *error) {
    char *end;
    *process = 0;
    if (!typed || strcmp(typed, "all") == 0)
        return true;
    errno = 0;
    unsigned long number = *typed >= '0' && *typed <= '9' ? strtoul(typed, &end, 10) : 0;
    if (number == 0 || *end || errno || number > UINT32_MAX)
        return error_set(error, EXIT_STATUS_USAGE,
                         "--process: \"%.40s\" is no number of a process; --report processes lists them", typed);
    *process = (uint32_t)number;
    return true;
}

/* Two sessions and nothing else are compared without --diff, too. */
static bool is_diff(const struct command_typed *typed) {
    return typed->diff || (typed->script && typed->argument_count == 1 && command_is_session(typed->script) &&
                           command_is_session(typed->arguments[0]));
}

static bool copy_output_options(const struct command_typed *typed, struct command_line *command, struct error *error) {
    if (typed->report && !is_diff(typed) && !report_check_list(typed->report, error))
        return false;
    if (typed->export_format && !export_check_format(typed->export_format, error))
        return false;
    if (typed->report && typed->export_format && !typed->output)
        return usage(error, "--report and --export would both write to stdout; give the export a file with -o FILE");
    if (!text_replace(&command->report, typed->report) || !text_replace(&command->export_format, typed->export_format))
        return out_of_memory(error);
    command->headless = typed->headless || typed->report || typed->export_format;
    return read_process(typed->process, &command->process, error) &&
           set_path(&command->save_config, "--save-config", typed->save_config, error);
}

/* --- what changed -------------------------------------------------------------------------------- */

static bool take_sides(const struct command_typed *typed, struct command_line *command, struct error *error) {
    const char *sides[] = {typed->script, typed->argument_count ? typed->arguments[0] : NULL};
    if (typed->diff && typed->candidate_count != 2)
        return usage(error, "--diff compares two sides; write --diff BEFORE.pyprof AFTER.pyprof, several sessions of a side parted "
                            "by commas");
    for (int i = 0; i < 2; i++)
        if (!text_list_append(&command->diff.sides, typed->diff ? typed->candidates[i] : sides[i]))
            return out_of_memory(error);
    return true;
}

static bool take_conditions(const struct command_typed *typed, struct command_line *command, struct error *error) {
    struct diff_condition condition;
    for (int i = 0; i < typed->condition_count; i++) {
        if (!diff_condition_parse(typed->conditions[i], &condition, error))
            return false;
        if (!text_list_append(&command->diff.conditions, typed->conditions[i]))
            return out_of_memory(error);
    }
    return true;
}

/* The options that say nothing here. */
static const char *stray_of_diff(const struct command_typed *typed) {
    return typed->module ? "-m" : typed->code ? "-c" : typed->collect ? "-k" : typed->python ? "--python" :
           typed->reattach ? "--reattach" : typed->process ? "--process" : limit_typed(typed);
}

static bool plan_diff(const struct command_typed *typed, struct command_line *command, struct error *error) {
    const char *stray = stray_of_diff(typed);
    command->action = COMMAND_DIFF;
    if (stray)
        return error_set(error, EXIT_STATUS_USAGE, "--diff compares saved sessions; %s says nothing there, leave it out", stray);
    if (typed->report && !diff_report_check_list(typed->report, error))
        return false;
    if (typed->export_format && strcmp(typed->export_format, "json") != 0)
        return usage(error, "--diff is exported as json alone; write --export json");
    if (typed->output && !typed->export_format)
        return usage(error, "--diff saves nothing; beside -o give --export json");
    command->headless |= typed->condition_count > 0;
    return take_sides(typed, command, error) && take_conditions(typed, command, error) &&
           command_check_export_output(command->export_path, error) && config_validate(command->config, error);
}

/* --- a session ----------------------------------------------------------------------------------- */

static bool plan_session(const struct command_typed *typed, struct command_line *command, struct error *error) {
    command->action = COMMAND_OPEN_SESSION;
    if (typed->argument_count)
        return error_set(error, EXIT_STATUS_USAGE, "%s is a saved session; it takes no arguments, leave them out", typed->script);
    if (limit_typed(typed))
        return error_set(error, EXIT_STATUS_USAGE, "%s is a saved session; %s is for runs, leave it out", typed->script,
                         limit_typed(typed));
    if (typed->collect || typed->python)
        return error_set(error, EXIT_STATUS_USAGE, "%s is a saved session; %s cannot change it, leave it out",
                         typed->script, typed->collect ? "-k" : "--python");
    if (typed->headless && !typed->report && !typed->export_format)
        return error_set(error, EXIT_STATUS_USAGE, "%s is a saved session; beside --headless give --report or --export",
                         typed->script);
    if (typed->output && !typed->export_format)
        return error_set(error, EXIT_STATUS_USAGE, "%s is saved already; beside -o give --export", typed->script);
    if (!text_replace(&command->session, typed->script))
        return out_of_memory(error);
    return command_check_session(typed->script, error) && command_check_export_output(command->export_path, error) &&
           config_validate(command->config, error);
}

/* What stands behind --reattach may be a pid. */
static bool read_reattach(const struct command_typed *typed, uint32_t *pid) {
    char *end = NULL;
    *pid = 0;
    if (!typed->script && !typed->module && !typed->code)
        return true;
    if (!typed->script || typed->argument_count || *typed->script < '1' || *typed->script > '9')
        return false;
    errno = 0;
    unsigned long number = strtoul(typed->script, &end, 10);
    *pid = (uint32_t)number;
    return !*end && !errno && number <= UINT32_MAX;
}

static bool plan_reattach(const struct command_typed *typed, struct command_line *command, struct error *error) {
    command->action = COMMAND_REATTACH;
    if (!read_reattach(typed, &command->reattach))
        return usage(error, "--reattach comes back to what runs already; leave the target out");
    if (command->process)
        return usage(error, "--process chooses from a saved session; while a program runs, P in the interface does");
    if (limit_typed(typed))
        return error_set(error, EXIT_STATUS_USAGE, "--reattach comes back to what runs already; %s is for headless runs, leave it "
                         "out", limit_typed(typed));
    if (command->headless)
        return usage(error, "--reattach opens the terminal interface; leave --headless, --report and --export out");
    return config_validate(command->config, error);
}

static bool read_seconds(const char *option, const char *typed, double otherwise, double *seconds, struct error *error) {
    char *end = NULL;
    *seconds = typed ? strtod(typed, &end) : otherwise;
    if (typed && (end == typed || *end || !(*seconds > 0) || *seconds > 1e6))
        return error_set(error, EXIT_STATUS_USAGE, "%s: \"%.40s\" is no time; give seconds, such as 5 or 0.5", option, typed);
    return true;
}

/* The options that say nothing here. */
static const char *stray_of_comparison(const struct command_typed *typed, const struct command_line *command) {
    return typed->module ? "-m" : typed->code ? "-c" : typed->collect ? "-k" : typed->report ? "--report" :
           typed->reattach ? "--reattach" : command->process ? "--process" : limit_typed(typed);
}

static bool plan_comparison_of_functions(const struct command_typed *typed, struct command_line *command, struct error *error) {
    const char *stray = stray_of_comparison(typed, command);
    command->action = COMMAND_COMPARE;
    if (stray)
        return error_set(error, EXIT_STATUS_USAGE, "--compare compares functions; %s says nothing there, leave it out", stray);
    if (typed->export_format && strcmp(typed->export_format, "json") != 0)
        return usage(error, "--compare is exported as json alone; write --export json");
    if (typed->output && !typed->export_format)
        return usage(error, "--compare writes to stdout; beside -o give --export json");
    command->compare.progress = typed->progress;
    for (int i = 0; i < typed->candidate_count; i++)
        if (!text_list_append(&command->compare.candidates, typed->candidates[i]))
            return out_of_memory(error);
    if (!text_replace(&command->compare.setup, typed->setup ? typed->setup : "") ||
        !text_replace(&command->compare.arguments, typed->call_arguments ? typed->call_arguments : ""))
        return out_of_memory(error);
    return read_seconds("--time", typed->time, COMPARISON_DEFAULT_TIME_S, &command->compare.time_s, error) &&
           read_seconds("--limit", typed->limit, COMPARISON_DEFAULT_LIMIT_S, &command->compare.limit_s, error) &&
           command_check_export_output(command->export_path, error);
}

/* Options that only --compare has. */
static const char *only_of_comparison(const struct command_typed *typed) {
    return typed->setup ? "--setup" : typed->call_arguments ? "--args" : typed->time ? "--time" : typed->limit ? "--limit" :
           typed->progress ? "--progress" : NULL;
}

static bool check_run(const struct command_line *command, struct error *error) {
    const struct config *config = command->config;
    if (!config_validate(config, error) || !command_check_working_folder(config->target.cwd, error))
        return false;
    if (config->target.script && !command_check_script(config->target.script, error))
        return false;
    /* Without a file name the interface asks for one at the end. */
    bool is_saved_there = command->save_session && (config->output.session || command->headless);
    if (is_saved_there && !command_check_session_output(config->output.session, error))
        return false;
    return command_check_export_output(command->export_path, error);
}

/* What was asked for says that memory is to be counted, whatever -k is. */
static void turn_memory_on(struct command_line *command) {
    static const char *const reports[] = {"memory", "peak", "leaks", "types"};
    struct config *config = command->config;
    bool wanted = (command->headless && config->limits.heap) ||
                  (command->export_format && strcmp(command->export_format, "memory_profiler") == 0);
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        wanted |= command->report && report_list_has(command->report, reports[i]);
    config->collectors.memory.enabled |= wanted;
    config->collectors.memory.census |= command->report && report_list_has(command->report, "types");
}

/* Likewise. */
static void turn_bytecode_on(struct command_line *command) {
    if (command->report && (report_list_has(command->report, "bytecode") || report_list_has(command->report, "opcodes")))
        command->config->collectors.bytecode.enabled = true;
}

static bool plan_run(const struct command_typed *typed, struct command_line *command, struct error *error) {
    struct config *config = command->config;
    if (command->process)
        return usage(error, "--process chooses from a saved session; while a program runs, P in the interface does");
    if (!set_target(config, typed, error))
        return false;
    if (!has_target(config) && command->save_config) {
        command->action = COMMAND_SAVE_CONFIG_ONLY;
        return config_validate(config, error);
    }
    if (!has_target(config))
        return usage(error, "there is nothing to run; give a script, -m MODULE, -c CODE or a saved session "
                            "(pyprof-tui --help shows how)");
    command->action = COMMAND_RUN;
    if (limit_typed(typed) && !command->headless)
        return error_set(error, EXIT_STATUS_USAGE, "%s decides the exit status of a run without the interface; add --headless",
                         limit_typed(typed));
    turn_memory_on(command);
    turn_bytecode_on(command);
    command->save_session = !command->export_format || config->output.session;
    return check_run(command, error);
}

static bool plan(const struct command_typed *typed, struct command_line *command, struct error *error) {
    if (typed->help || typed->help_config || typed->help_compare || typed->version) {
        command->action = typed->help ? COMMAND_HELP : typed->help_config ? COMMAND_HELP_CONFIG
                          : typed->help_compare ? COMMAND_HELP_COMPARE : COMMAND_VERSION;
        struct error broken; /* a config that cannot be read hides neither help nor version */
        if (typed->version && !make_config(typed, command, &broken) && !command->config)
            return out_of_memory(error);
        return true;
    }
    if (!copy_output_options(typed, command, error) || !make_config(typed, command, error))
        return false;
    if (typed->compare)
        return plan_comparison_of_functions(typed, command, error);
    if (only_of_comparison(typed))
        return error_set(error, EXIT_STATUS_USAGE, "%s belongs to --compare FILE.py:FUNCTION FILE.py:FUNCTION; leave it out",
                         only_of_comparison(typed));
    if (is_diff(typed))
        return plan_diff(typed, command, error);
    if (typed->condition_count)
        return usage(error, "--fail-if judges what changed between two sessions; write --diff A.pyprof B.pyprof");
    if (typed->reattach)
        return plan_reattach(typed, command, error);
    if (typed->script && strcmp(typed->script, "-") != 0 && command_is_session(typed->script))
        return plan_session(typed, command, error);
    return plan_run(typed, command, error);
}

bool command_line_parse(int argc, char *const *argv, struct command_line *command, struct error *error) {
    struct command_typed typed;
    *command = (struct command_line){0};
    bool good = command_typed_read(argc, argv, &typed, error) && plan(&typed, command, error);
    command_typed_free(&typed);
    if (!good)
        command_line_free(command);
    return good;
}

void command_line_free(struct command_line *command) {
    config_free(command->config);
    free(command->config_path);
    free(command->save_config);
    free(command->session);
    free(command->report);
    free(command->export_format);
    free(command->export_path);
    text_list_clear(&command->compare.candidates);
    free(command->compare.setup);
    free(command->compare.arguments);
    text_list_clear(&command->diff.sides);
    text_list_clear(&command->diff.conditions);
    *command = (struct command_line){0};
}
