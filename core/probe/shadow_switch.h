/* shadow_switch.h - a thread whose activations are exchanged as a whole: greenlets.
 *
 * Each greenlet has a shadow stack of its own, and a thread has one: what runs is on it, what waits is put away. Waiting is
 * nobody's time, as with generators; going on is no call. */
#ifndef PYPROF_PROBE_SHADOW_SWITCH_H
#define PYPROF_PROBE_SHADOW_SWITCH_H

struct shadow_waiting;

/* Takes all activations off the running thread's stack. NULL: there are none, memory is out or the stack had overflown (then they
 * stay); to be given to shadow_go_on all the same. */
struct shadow_waiting *shadow_wait(void);

/* Puts them back, above what the thread's stack holds by now, and frees them. On another thread than before they are dropped. */
void shadow_go_on(struct shadow_waiting *waiting);

#endif
