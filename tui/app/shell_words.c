#include "tui/app/shell_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t";

static void write_character(FILE *out, char character) {
    unsigned char byte = (unsigned char)character;
    if (byte == '"' || byte == '\\')
        fprintf(out, "\\%c", byte);
    else if (byte < ' ' || byte == 0x7f)
        fprintf(out, "\\x%02x", byte);
    else
        putc(byte, out);
}

/* Writes the word that begins there; returns what is behind it, NULL where a quote does not end. */
static const char *write_word(FILE *out, const char *at) {
    char quote = 0;
    for (; *at && (quote || !strchr(blanks, *at)); at++) {
        bool escapes = *at == '\\' && at[1] && (!quote || (quote == '"' && strchr("\"\\", at[1])));
        if (escapes)
            write_character(out, *++at);
        else if (*at == quote)
            quote = 0;
        else if (!quote && (*at == '"' || *at == '\''))
            quote = *at;
        else
            write_character(out, *at);
    }
    return quote ? NULL : at;
}

char *shell_words_to_yaml(const char *typed, const char **problem) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    *problem = "not enough memory for these arguments";
    if (!out)
        return NULL;
    const char *between = "";
    putc('[', out);
    for (const char *at = typed + strspn(typed, blanks); at && *at; at = at ? at + strspn(at, blanks) : NULL) {
        fprintf(out, "%s\"", between);
        at = write_word(out, at);
        putc('"', out);
        between = ", ";
        if (!at) {
            *problem = "a quote does not end: write for example 'two words'";
            fclose(out);
            free(text);
            return NULL;
        }
    }
    putc(']', out);
    return fclose(out) == 0 ? text : NULL;
}

static bool is_plain(const char *word) {
    static const char quoted[] = " \t\n\"'\\";
    return *word && !strpbrk(word, quoted);
}

void shell_words_from_list(const struct text_list *list, char *text, size_t size) {
    FILE *out = fmemopen(text, size, "w");
    text[0] = '\0';
    if (!out)
        return;
    for (size_t i = 0; i < list->count; i++) {
        const char *word = list->items[i];
        if (i)
            putc(' ', out);
        if (is_plain(word)) {
            fputs(word, out);
            continue;
        }
        putc('\'', out);
        for (; *word; word++)
            if (*word == '\'')
                fputs("'\\''", out);
            else
                putc(*word, out);
        putc('\'', out);
    }
    fclose(out);
    text[size - 1] = '\0';
}
