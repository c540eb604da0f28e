/*
 * Octets of a peer made safe to show: none of them can move a cursor, change a colour, reach the clipboard or turn
 * the direction of text.
 */
#ifndef PARLANCE_BASE_ESCAPE_H
#define PARLANCE_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Decodes the character at the front of `s` (RFC 3629). Returns its length in octets and sets `*character`; returns 0
 * where `s` is empty or does not begin with valid UTF-8 (overlong forms, surrogates and values past U+10FFFF are not). */
size_t utf8_decode(struct slice s, uint32_t *character);

/* Appends the UTF-8 form of a character. */
void utf8_encode(struct buffer *out, uint32_t character);

/* Whether a character must not reach a terminal as it is: C0 and C1 controls and DEL, bidi controls and marks
 * (U+061C U+200E U+200F U+202A-202E U+2066-2069), line and paragraph separators, other invisible format characters
 * and noncharacters. Tab counts as unsafe too; callers who want it look for it first. */
bool character_unsafe(uint32_t character);

/* Whether all of `s` is valid UTF-8 without unsafe characters (`allow_tab`: but for tabs). */
bool text_safe(struct slice s, bool allow_tab);

/* Appends `s` for a person: unsafe characters and invalid octets become \r \n \t \0 \xHH or \u{HHHH}; the rest,
 * backslashes too, stays as it is. */
void escape_text(struct buffer *out, struct slice s);

/* The same, but tabs stay. */
void escape_text_but_tabs(struct buffer *out, struct slice s);

/* Appends `s` in the notation of exact transcript lines (`C\:`): \r \n \t \0 \\ \xHH, so that unescape_exact gives
 * the same octets back. */
void escape_exact(struct buffer *out, struct slice s);

/* Appends the octets that an exact line's text stands for. Returns s.n where all was well formed, else the offset of
 * the first wrong escape, with `*out` as it was. */
size_t unescape_exact(struct buffer *out, struct slice s);

/* Appends `s` as a JSON string, quotes included (RFC 8259 section 7): unsafe characters as \u escapes. Returns true
 * where octets that are not valid UTF-8 were replaced by U+FFFD. */
bool escape_json(struct buffer *out, struct slice s);

/* Columns that a character takes on a terminal: 0, 1 or 2; by the Unicode tables of the C library's UTF-8 locale
 * where one is set, else 1. */
int character_columns(uint32_t character);

/* Columns that `s`, already escaped, takes on a terminal. */
size_t text_columns(struct slice s);

#endif
