/*
 * A slice: octets that somebody else owns, looked at but never changed.
 */
#ifndef PARLANCE_BASE_SLICE_H
#define PARLANCE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `n` octets at `p`, not ended by a NUL. `p` may be NULL only where `n` is 0. */
struct slice {
	const char *p;
	size_t n;
};

/* A slice of a string literal, and the two pieces that printf's "%.*s" takes. */
#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
#define SLICE_FMT "%.*s"
#define SLICE_ARG(s) (int)((s).n), ((s).n ? (s).p : "")

/* The slice of a NUL-ended string; of NULL, the empty slice. */
struct slice slice_of(const char *string);

/* The octets of `s` from `start` up to, not including, `end`; both are cut to the slice's length. */
struct slice slice_part(struct slice s, size_t start, size_t end);
/* The octets of `s` from `start` on; the empty slice past its end. */
struct slice slice_from(struct slice s, size_t start);

/* Whether both hold the same octets. */
bool slice_equal(struct slice a, struct slice b);

/* Whether both hold the same octets, ASCII letters compared without their case. */
bool slice_equal_nocase(struct slice a, struct slice b);

/* Less than, equal to or greater than 0, as memcmp; what is only the other's front comes first. */
int slice_compare(struct slice a, struct slice b);

/* Less than, equal to or greater than 0, as memcmp, ASCII letters compared without their case. */
int slice_compare_nocase(struct slice a, struct slice b);

/* Whether `s` begins with `prefix`. */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);

/* Where `needle` first begins in `s`, in octets from 0; s.n where it does not. */
size_t slice_find(struct slice s, struct slice needle);
size_t slice_find_octet(struct slice s, char octet);
size_t slice_find_nocase(struct slice s, struct slice needle);

/* `s` without the spaces and tabs at its ends. */
struct slice slice_trim(struct slice s);

/* Takes the next word (octets other than space and tab) off the front of `*rest`; empty where there is none. */
struct slice slice_word(struct slice *rest);

/* Takes the next line off the front of `*rest`, its LF included; the last line may have none. Empty at the end. */
struct slice slice_line(struct slice *rest);
/* The same without its LF: an empty line is empty too, so that `rest` tells where the end is. */
struct slice slice_row(struct slice *rest);

/* Reads an unsigned decimal number that fills all of `s`. False where it is none, or past UINT64_MAX. */
bool slice_number(struct slice s, uint64_t *value);

/* A NUL-ended copy, owned by the caller (free). */
char *slice_string(struct slice s);

/* ASCII alone, whatever the locale says. */
bool octet_is_blank(char c); /* a space or a tab */
bool octet_is_digit(char c);
bool octet_is_alpha(char c);
bool octet_is_alnum(char c);
char octet_upper(char c);
char octet_lower(char c);

#endif
