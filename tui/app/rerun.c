#include "tui/app/rerun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app/live_run.h"
#include "tui/app/prompt.h"
#include "tui/app/shell_words.h"
#include "tui/view/collector_words.h"

void rerun_forget(struct application *application) {
    config_free(application->run.next_config);
    application->run.next_config = NULL;
    application->run.rerun_when_saved = false;
}

static bool runs(const struct application *application) {
    return application->run.state == RUN_RUNNING || application->run.state == RUN_STARTING;
}

/* Takes the config of the next run (NULL: the same). */
static void ask_or_run(struct application *application, struct config *next) {
    rerun_forget(application);
    application->run.next_config = next;
    if (runs(application) || live_run_is_unsaved(application))
        prompt_open(application, PROMPT_RERUN);
    else
        rerun_confirmed(application);
}

void rerun_confirmed(struct application *application) {
    struct config *next = application->run.next_config;
    struct error error;
    char *yaml = next ? config_to_yaml(next, false, &error) : NULL;
    if (next && !yaml)
        application_error(application, "%s", error.text);
    else
        live_run_rerun(application, yaml ? yaml : "");
    free(yaml);
    rerun_forget(application);
}

void rerun_as_it_was(struct application *application) { ask_or_run(application, NULL); }

static struct config *copy_config(struct application *application) {
    struct config *next = config_copy(application->run.config);
    if (!next)
        application_error(application, "not enough memory for another run");
    return next;
}

/* Runs it, or frees it and says what is wrong. Errors of -k and --set begin with their option, which was not typed here. */
static void run_if(struct application *application, struct config *next, bool done, const struct error *error) {
    const char *text = error->text;
    if (done) {
        ask_or_run(application, next);
        return;
    }
    if (strncmp(text, "-k: ", 4) == 0)
        text += 4;
    else if (strncmp(text, "--set: ", 7) == 0)
        text += 7;
    application_error(application, "%s", text);
    config_free(next);
}

void rerun_with_list(struct application *application, const char *list) {
    struct config *next = copy_config(application);
    struct error error = {0};
    if (next)
        run_if(application, next, config_set_collectors(next, list, &error), &error);
}

void rerun_with_collectors(struct application *application, const struct collector_choice *choice) {
    struct config *next = copy_config(application);
    struct error error = {0};
    char names[COLLECTOR_WORDS_SIZE];
    if (!next)
        return;
    next->collectors.function.builtins = choice->builtins;
    next->collectors.children = choice->children;
    run_if(application, next, config_set_collectors(next, collector_names(choice->collectors, ",", names), &error), &error);
}

void rerun_with_arguments(struct application *application, const char *typed) {
    const char *problem;
    char *list = shell_words_to_yaml(typed, &problem), *assignment = NULL;
    struct config *next = list ? copy_config(application) : NULL;
    struct error error = {0};
    if (!list)
        application_error(application, "%s", problem);
    else if (next && asprintf(&assignment, "target.args=%s", list) >= 0)
        run_if(application, next, config_set(next, assignment, &error), &error);
    else
        config_free(next);
    free(assignment);
    free(list);
}

/* "with function,line", "with arguments 1 2", where it is another run than the one before. */
static void describe_next(const struct application *application, char *text, size_t size) {
    const struct config *next = application->run.next_config, *present = application->run.config;
    char names[COLLECTOR_WORDS_SIZE], before[1024], after[1024];
    text[0] = '\0';
    if (!next)
        return;
    shell_words_from_list(&present->target.args, before, sizeof before);
    shell_words_from_list(&next->target.args, after, sizeof after);
    if (strcmp(before, after) != 0)
        snprintf(text, size, " %s%.60s", *after ? "with arguments " : "without arguments", after);
    else
        snprintf(text, size, " with %s", collector_names(config_collectors(next), ",", names));
}

const char *rerun_question(const struct application *application, char *text, size_t size) {
    char how[128];
    describe_next(application, how, sizeof how);
    if (application->run.state == RUN_ENDED)
        snprintf(text, size, "This run is not saved. Run again%s without it?  [s]ave it first  [y]es  [n]o", how);
    else
        snprintf(text, size, "The target still runs. End it and run again%s?  [y]es  [n]o", how);
    return text;
}
