/*
 * Owned, growing octets.
 */
#ifndef PARLANCE_BASE_BUFFER_H
#define PARLANCE_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/slice.h"

/* Set to all zero (`struct buffer b = { 0 };`) it is empty. The buffer owns `p`. */
struct buffer {
	char *p;
	size_t n;
	size_t room;
};

/* What the buffer holds; good until the buffer is changed. */
struct slice buffer_slice(const struct buffer *b);

/* Append octets, a string, one octet, or what printf would print. */
void buffer_add(struct buffer *b, const void *p, size_t n);
void buffer_add_slice(struct buffer *b, struct slice s);
void buffer_add_string(struct buffer *b, const char *string);
void buffer_add_octet(struct buffer *b, char octet);
/* Appends a number with a comma at each thousand: 1,234,567. */
void buffer_add_number(struct buffer *b, uint64_t number);
/* Appends such a number and its thing: "1 reply", "1,204 replies". */
void buffer_add_count(struct buffer *b, uint64_t number, const char *one, const char *many);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *b, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));

/* Takes `n` octets (at most what is there) off the front. */
void buffer_drop(struct buffer *b, size_t n);

/* Empties it but keeps its memory; frees its memory and leaves it empty. */
void buffer_clear(struct buffer *b);
void buffer_free(struct buffer *b);

/* Frees it after overwriting what it held: for secrets. */
void buffer_wipe(struct buffer *b);

/* The contents as a NUL-ended string that the caller owns (free); the buffer is empty after. */
char *buffer_take(struct buffer *b);

/* What printf would print, as a string that the caller owns (free). */
char *string_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A copy that the caller owns (free); of NULL, NULL. */
char *string_copy(const char *string);

#endif
