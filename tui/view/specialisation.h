/* specialisation.h - what the forms mean that CPython's adaptive interpreter replaces instructions by.
 *
 * After some executions the interpreter writes a faster form over an instruction, made for what it has seen there, with a check
 * in front; where no form fits it gives up for a while (PEP 659). Names of CPython 3.11 to 3.15. */
#ifndef PYPROF_TUI_VIEW_SPECIALISATION_H
#define PYPROF_TUI_VIEW_SPECIALISATION_H

/* What was seen where the form stands: "both operands were ints". A form that is not known is told of in general. */
const char *specialisation_meaning(const char *form);

/* Why instructions of this name are mostly not specialised: "the operands are of other types than the fast forms are for, or
 * keep changing". */
const char *specialisation_failure(const char *opname);

#endif
