/* signals.h - what the target shall find of signals, and what the recorder itself does with them. */
#ifndef PYPROF_RECORDER_SIGNALS_H
#define PYPROF_RECORDER_SIGNALS_H

#include <stdbool.h>
#include <sys/signalfd.h>

/* Between fork and exec: dispositions and mask as recorder_remember_signals found them. Async-signal-safe. */
void signals_restore_for_target(void);

/* From here on the signals a recorder waits for arrive at the descriptor returned (non-blocking, close-on-exec; -1: the
 * system has none left), and a file size limit is an error of write rather than a signal. */
int signals_take(void);

/* Ends that: signals still waiting are dropped, then all is as remembered. Closes the descriptor. */
void signals_give_back(int descriptor);

/* The next signal of the descriptor. false: none now. */
bool signals_next(int descriptor, struct signalfd_siginfo *signal);

#endif
