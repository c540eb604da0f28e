/*
 * Memory that is there, or the end.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_refused(void)
{
	fputs("parlance: out of memory: the system gives no more; close something and try again\n", stderr);
	exit(2);
}

static void *memory_or_die(void *memory)
{
	if (memory == NULL)
		memory_refused();
	return memory;
}

void *memory_get(size_t n)
{
	return memory_or_die(malloc(n ? n : 1));
}

void *memory_zeroed(size_t count, size_t size)
{
	return memory_or_die(calloc(count ? count : 1, size ? size : 1));
}

void *memory_grow(void *memory, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		memory_refused();
	return memory_or_die(realloc(memory, count != 0 && size != 0 ? count * size : 1));
}

void *memory_one_more(void *array, size_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? memory_grow(array, n ? n * 2 : 1, size) : array;
}

/* Through a volatile pointer, a call whose effect the compiler cannot know. */
static void *(*const volatile overwrite)(void *, int, size_t) = memset;

void memory_wipe(void *p, size_t n)
{
	if (n)
		overwrite(p, 0, n);
}
