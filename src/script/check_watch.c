/*
 * The table of watchers, and what runs them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "script/check_hearing.h"
#include "script/check_watchers.h"

/* All of them, ended by a NULL. */
static const struct watcher *const watchers[] = { &watch_codes, &watch_extensions, &watch_http,
	                                          &watch_imap,  &watch_limits,     &watch_message,
	                                          &watch_pop3,  &watch_smtp,       &watch_words,
	                                          NULL };

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
	const char *name = dialogue_protocol(h->c.d)->name;
	return watcher->protocol == NULL || strcmp(watcher->protocol, strcmp(name, "lmtp") == 0 ? "smtp" : name) == 0;
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
