/* bytecode_text.h - an instruction in words: as it is written in a row, and what it does in sentences. */
#ifndef PYPROF_TUI_VIEW_BYTECODE_TEXT_H
#define PYPROF_TUI_VIEW_BYTECODE_TEXT_H

#include "tui/view/bytecode_rows.h"

enum { BYTECODE_TEXT_SIZE = 512 };

/* Whether a form made for what was seen there stands in its place. 3.11 has forms that only say that code is warm: those are
 * none. */
bool bytecode_is_specialised(const struct model_instruction *instruction);
/* The form that stands there now: what it is specialised to, else its opname. */
const char *bytecode_form(const struct model_instruction *instruction);
/* '*' specialised, '!' tried in vain, ' ' neither. */
char bytecode_mark(const struct model_instruction *instruction);
/* Its argument as `dis` writes it, but a jump's target as an offset (from 3.13 on `dis` makes up labels), and a code object
 * without its address and folder. "" where it has none. */
const char *bytecode_argument(const struct model_instruction *instruction, char text[BYTECODE_TEXT_SIZE]);
/* Its name (form: as it stands there now) in at least that many columns, and its argument. */
void bytecode_write(const struct model_instruction *instruction, bool form, int columns, char *text, size_t size);
/* What it takes from or leaves on the value stack: "+1"; "-1/+1" where it is another when it jumps. */
const char *bytecode_stack(const struct model_instruction *instruction, char text[32]);
/* An entry of the exception table as `dis` writes it: "4 to 20 -> 36 [1] lasti". */
const char *bytecode_handler(const struct model_handler *handler, char text[BYTECODE_TEXT_SIZE]);

/* What the instruction or handler of a row does, in sentences, the most telling first. "" for a heading. */
void bytecode_describe(const struct bytecode_rows *rows, size_t row, char *text, size_t size);

/* The function whose code object the instruction loads; 0: it loads none, or one that is not known. */
uint32_t bytecode_loaded_function(const struct model *model, uint32_t function, const struct model_instruction *instruction);
/* Whether it calls something. */
bool bytecode_is_call(const struct model_instruction *instruction);

#endif
