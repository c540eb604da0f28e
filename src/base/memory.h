/*
 * Memory. What the system refuses ends the program with one line: nothing here could go on without it, and so no caller
 * has to ask.
 */
#ifndef PARLANCE_BASE_MEMORY_H
#define PARLANCE_BASE_MEMORY_H

#include <stddef.h>

/* `n` octets, uninitialised; `count` things of `size` octets, zeroed; the same memory at another size. Never NULL; the
 * caller's to free(). */
void *memory_get(size_t n);
void *memory_zeroed(size_t count, size_t size);
void *memory_grow(void *memory, size_t count, size_t size);

/* The array with room for one more behind its `n` of `size` octets, which were all added so, one after the other: its room
 * doubles whenever `n` is a power of two. */
void *memory_one_more(void *array, size_t n, size_t size);

/* Says that there is no more, and ends the program: for a size that no memory could have. */
_Noreturn void memory_refused(void);

/* Overwrites `n` octets that held a secret, so that the compiler cannot leave it out. */
void memory_wipe(void *p, size_t n);

#endif
