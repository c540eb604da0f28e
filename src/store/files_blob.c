/*
 * Octets that are counted by who looks at them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/files.h"

struct blob {
	size_t holders;
	char *p;
	size_t n;
};

static struct blob *blob_of(char *p, size_t n)
{
	struct blob *blob = memory_get(sizeof *blob);
	*blob = (struct blob){ .holders = 1, .p = p, .n = n };
	return blob;
}

struct blob *blob_take(struct buffer *octets)
{
	size_t n = octets->n;
	return blob_of(buffer_take(octets), n);
}

struct blob *blob_hold(struct blob *blob)
{
	if (blob != NULL)
		blob->holders++;
	return blob;
}

void blob_release(struct blob *blob)
{
	if (blob == NULL)
		return;
	assert(blob->holders);
	if (--blob->holders)
		return;
	free(blob->p);
	free(blob);
}

struct slice blob_octets(const struct blob *blob)
{
	return blob != NULL ? (struct slice){ blob->p, blob->n } : (struct slice){ 0 };
}
