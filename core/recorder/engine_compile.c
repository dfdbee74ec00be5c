#include "core/recorder/engine_compile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder/engines.h"
#include "core/recorder/find_program.h"
#include "core/recorder/signals.h"

enum { MOST_WORDS = 16, MOST_ARGUMENTS = MOST_WORDS + 2 * COMPILE_MOST_INCLUDES + 4 };

struct compiler {
    char program[ARENA_PATH_SIZE];
    char words[1024]; /* $CC, cut into words */
    const char *arguments[MOST_ARGUMENTS];
    int argument_count;
};

/* --- which compiler --------------------------------------------------------------------------------------- */

static bool take_words(struct compiler *compiler, const char *text) {
    char *rest = compiler->words;
    if (strlen(text) >= sizeof compiler->words)
        return false;
    strcpy(compiler->words, text);
    compiler->argument_count = 0;
    for (char *word = strsep(&rest, " \t"); word; word = strsep(&rest, " \t"))
        if (*word && compiler->argument_count < MOST_WORDS)
            compiler->arguments[compiler->argument_count++] = word;
    return compiler->argument_count && find_program(compiler->arguments[0], compiler->program);
}

static bool find_compiler(struct compiler *compiler, struct error *error) {
    static const char *const usual[] = {"cc", "gcc", "clang"};
    const char *named = getenv("CC");
    if (named && *named)
        return take_words(compiler, named) ||
               error_set(error, EXIT_STATUS_USAGE, "the engine for this Python has to be built once, and $CC names '%s', "
                         "which is no C compiler; correct or unset it", named);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (take_words(compiler, usual[i]))
            return true;
    return error_set(error, EXIT_STATUS_USAGE, "the engine for this Python has to be built once, and there is no C compiler "
                     "(cc, gcc, clang); install one (Debian: apt-get install gcc libc6-dev) or name it in CC");
}

/* --- running it ------------------------------------------------------------------------------------------- */

static void complete_arguments(struct compiler *compiler, const struct compilation *compilation) {
    const char **arguments = compiler->arguments;
    int count = compiler->argument_count;
    for (int i = 0; i < COMPILE_MOST_INCLUDES && compilation->includes[i]; i++) {
        arguments[count++] = "-I";
        arguments[count++] = compilation->includes[i];
    }
    arguments[count++] = "@" ENGINE_OPTIONS;
    arguments[count++] = "-o";
    arguments[count++] = compilation->output;
    arguments[count] = NULL;
    compiler->argument_count = count;
}

static _Noreturn void be_compiler(const struct compiler *compiler, const struct compilation *compilation) {
    int log = open(compilation->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (log >= 0 && dup2(log, 1) >= 0 && dup2(log, 2) >= 0 && chdir(compilation->folder) == 0 && !setenv("LC_ALL", "C", 1)) {
        signals_restore_for_target();
        execv(compiler->program, (char *const *)(uintptr_t)compiler->arguments);
    }
    _exit(127);
}

static int run(const struct compiler *compiler, const struct compilation *compilation) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        be_compiler(compiler, compilation);
    pid_t waited = -1;
    if (pid > 0)
        do
            waited = waitpid(pid, &status, 0);
        while (waited < 0 && errno == EINTR);
    return waited < 0 ? -1 : status;
}

/* --- what it said ------------------------------------------------------------------------------------------ */

/* The first line with "error" in it, else the first. */
static void find_complaint(const char *log, char complaint[400]) {
    char line[400];
    FILE *file = fopen(log, "re");
    *complaint = '\0';
    for (bool found = false; file && !found && fgets(line, sizeof line, file);) {
        found = strstr(line, "error") != NULL;
        line[strcspn(line, "\r\n")] = '\0';
        if (found || !*complaint)
            strcpy(complaint, line);
    }
    if (file)
        fclose(file);
    for (char *c = complaint; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
}

static bool explain(const struct compiler *compiler, const struct compilation *compilation, int status, struct error *error) {
    char complaint[400];
    find_complaint(compilation->log, complaint);
    if (WIFSIGNALED(status))
        return error_set(error, 1, "the engine could not be built: %.200s was ended by signal %d; run again", compiler->program,
                         WTERMSIG(status));
    return error_set(error, 1, "the engine could not be built: %s (all that %.200s said is in %.300s)",
                     *complaint ? complaint : "the compiler failed without a word", compiler->program, compilation->log);
}

bool engine_compile(const struct compilation *compilation, struct error *error) {
    struct compiler compiler;
    if (!find_compiler(&compiler, error))
        return false;
    complete_arguments(&compiler, compilation);
    int status = run(&compiler, compilation);
    return status == 0 || explain(&compiler, compilation, status, error);
}
