#include "core/host/lock_waiting.h"

#include <dlfcn.h>
#include <link.h>

#include "core/probe/profile_writer.h"
#include "core/probe/shadow_stack.h"
#include "pyprof/collectors.h"

/* The lock's condition variables (for those that want it; for who was asked to give it up and waits until another has it) are the
 * only ones in the interpreter's runtime structure, of which the main interpreter is a part; so its place need not be known. */
void lock_waiting_watch(struct injection *injection) {
    if (profile_header()->run_clock != RUN_CLOCK_RUNNING)
        return;
    void *runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    if (!runtime || !dladdr1(runtime, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
        return;
    injection->waits = shadow_waits;
    injection->waited = shadow_waited;
    injection->watched_memory = (uintptr_t)runtime;
    injection->watched_size = symbol->st_size;
}
