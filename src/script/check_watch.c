/*
 * The table of watchers, and what runs them.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "script/check_walk.h"

/* All of them, ended by a NULL. */
static const struct watcher *const watchers[] = { NULL };

void watchers_begin(struct walk *w)
{
	size_t n = 0;
	while (watchers[n])
		n++;
	w->memories = memory_zeroed(n, sizeof *w->memories);
	for (size_t i = 0; i < n; i++)
		w->memories[i] = memory_zeroed(1, watchers[i]->room);
}

static bool watches(const struct walk *w, const struct watcher *watcher)
{
	return watcher->protocol == NULL ||
	       slice_equal(slice_of(watcher->protocol), slice_of(dialogue_protocol(w->c.d)->name));
}

void watchers_see(struct walk *w, const struct dialogue_event *event)
{
	for (size_t i = 0; watchers[i]; i++)
		if (watchers[i]->event && watches(w, watchers[i]))
			watchers[i]->event(&w->c, w->memories[i], event);
}

void watchers_end(struct walk *w)
{
	for (size_t i = 0; watchers[i]; i++) {
		if (watchers[i]->end && watches(w, watchers[i]))
			watchers[i]->end(&w->c, w->memories[i]);
		free(w->memories[i]);
	}
	free(w->memories);
}
