/*
 * Lines that are longer than those who read them need take, where only a recommendation says so. (Where a limit is the
 * protocol's own, as in SMTP and POP3, the dialogue names it.)
 */
#include <string.h>

#include "protocol/protocol.h"
#include "script/check_watchers.h"

static const struct limit {
	const char *protocol, *what;
	uint64_t octets; /* line end included */
	const char *why, *ref;
} limits[] = {
	{ "http", "a request line", 8000, "Servers should take so many, and need not take more", "RFC 9112 3" },
	{ "imap", "a command line", 8192, "Servers need not take more: several commands can say it, or literals",
	  "RFC 7162 4" },
};

struct limits_watch {
	uint64_t octets; /* of the line under way, which comes in pieces */
};

static void limits_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct limits_watch *w = memory;
	if (event->kind != EVENT_COMMAND || watched_is_open(c))
		return;
	w->octets += event->octets;
	if (event->more)
		return;
	uint64_t octets = w->octets;
	w->octets = 0;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (strcmp(limits[i].protocol, event->protocol) == 0 && octets > limits[i].octets)
			(void)checking_add(c, c->line, CHECK_WARNING, limits[i].why, limits[i].ref,
			                   "%s of %llu octets, over the %llu that a server should take", limits[i].what,
			                   (unsigned long long)octets, (unsigned long long)limits[i].octets);
}

const struct watcher watch_limits = { .room = sizeof(struct limits_watch), .event = limits_event };
