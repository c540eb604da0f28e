/*
 * What the fields of a header are made of (RFC 5322 section 3.2, RFC 2045 section 5.1): white space with comments in it, quoted
 * strings, words. For the rooms of mime.h alone. Any octets may be given, and nothing recurs.
 */
#ifndef PARLANCE_STORE_MIME_LEXER_H
#define PARLANCE_STORE_MIME_LEXER_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Space, tab, CR and LF: what a folded field has between its words. */
bool lexer_is_blank(char c);

/* Takes white space and comments off the front, and returns whether there were any. `comment` (may be NULL) gets what the
 * last comment says, its escapes undone; it stays as it is where there is none. */
bool lexer_blanks(struct slice *rest, struct buffer *comment);

/* Takes the quoted string off that `rest` begins with, and appends what it says: without its quotes, escapes and line ends. One
 * that is not closed goes on to the end. */
void lexer_quoted(struct slice *rest, struct buffer *out);

/* Takes off octets up to the first that is blank or one of `ends`; there may be none. */
struct slice lexer_word(struct slice *rest, const char *ends);

/* Takes the octet at the front off where it is that one. */
bool lexer_takes(struct slice *rest, char octet);

/* Passes over all up to the first octet that is one of `ends`; quoted strings and comments are passed over whole. */
void lexer_skip(struct slice *rest, const char *ends, struct buffer *comment);

#endif
