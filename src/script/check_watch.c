/*
 * The table of watchers, and what runs them.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "script/check_hearing.h"

/* All of them, ended by a NULL. */
static const struct watcher *const watchers[] = { NULL };

void watchers_begin(struct hearing *h)
{
	size_t n = 0;
	while (watchers[n])
		n++;
	h->memories = memory_zeroed(n, sizeof *h->memories);
	for (size_t i = 0; i < n; i++)
		h->memories[i] = memory_zeroed(1, watchers[i]->room);
}

static bool watches(const struct hearing *h, const struct watcher *watcher)
{
	return watcher->protocol == NULL ||
	       slice_equal(slice_of(watcher->protocol), slice_of(dialogue_protocol(h->c.d)->name));
}

void watchers_see(struct hearing *h, const struct dialogue_event *event)
{
	for (size_t i = 0; watchers[i]; i++)
		if (watchers[i]->event && watches(h, watchers[i]))
			watchers[i]->event(&h->c, h->memories[i], event);
}

void watchers_end(struct hearing *h)
{
	for (size_t i = 0; watchers[i]; i++) {
		if (watchers[i]->end && watches(h, watchers[i]))
			watchers[i]->end(&h->c, h->memories[i]);
		free(h->memories[i]);
	}
	free(h->memories);
}
