/*
 * Growing octets.
 */
#include "base/buffer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice buffer_slice(const struct buffer *b)
{
	return (struct slice){ b->p, b->n };
}

/* Makes room for `more` octets and a NUL behind them. */
static void reserve(struct buffer *b, size_t more)
{
	if (more >= SIZE_MAX - b->n)
		memory_refused();
	size_t wanted = b->n + more + 1;
	if (wanted <= b->room)
		return;
	size_t room = b->room ? b->room : 64;
	while (room < wanted)
		room = room > SIZE_MAX / 2 ? wanted : room * 2;
	b->p = memory_grow(b->p, room, 1);
	b->room = room;
}

void buffer_add(struct buffer *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buffer_add_slice(struct buffer *b, struct slice s)
{
	buffer_add(b, s.p, s.n);
}

void buffer_add_string(struct buffer *b, const char *string)
{
	buffer_add(b, string, strlen(string));
}

void buffer_add_octet(struct buffer *b, char octet)
{
	buffer_add(b, &octet, 1);
}

void buffer_vprintf(struct buffer *b, const char *format, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	reserve(b, 0);
	int n = vsnprintf(b->p + b->n, b->room - b->n, format, ap);
	assert(n >= 0);
	if ((size_t)n >= b->room - b->n) {
		reserve(b, (size_t)n);
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
	}
	b->n += (size_t)n;
	va_end(again);
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(b, format, ap);
	va_end(ap);
}

void buffer_drop(struct buffer *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void buffer_clear(struct buffer *b)
{
	b->n = 0;
}

void buffer_free(struct buffer *b)
{
	free(b->p);
	*b = (struct buffer){ 0 };
}

void buffer_wipe(struct buffer *b)
{
	if (b->p)
		memory_wipe(b->p, b->room);
	buffer_free(b);
}

char *buffer_take(struct buffer *b)
{
	reserve(b, 0);
	b->p[b->n] = '\0';
	char *string = b->p;
	*b = (struct buffer){ 0 };
	return string;
}

char *string_printf(const char *format, ...)
{
	struct buffer b = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&b, format, ap);
	va_end(ap);
	return buffer_take(&b);
}

char *string_copy(const char *string)
{
	return string ? slice_string(slice_of(string)) : NULL;
}

void buffer_add_number(struct buffer *b, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buffer_add_octet(b, ',');
		buffer_add_octet(b, digits[i]);
	}
}

void buffer_add_count(struct buffer *b, uint64_t number, const char *one, const char *many)
{
	buffer_add_number(b, number);
	buffer_printf(b, " %s", number == 1 ? one : many);
}
