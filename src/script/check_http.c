/*
 * HTTP over several lines: a whole URL that was sent to a server which is no proxy.
 */
#include "protocol/http_target.h"
#include "script/check_watchers.h"

struct http_watch {
	uint64_t asked; /* the event of an HTTP/1.0 request for a whole URL; 0: none */
	size_t line;
	bool proxy;  /* something that only a proxy says, or is told, has been seen */
	bool server; /* the response says which program it comes from */
};

/* Fields by which a proxy is known; names in lower case, as in events. */
static const char *const proxys[] = { "age",
	                              "proxy-authenticate",
	                              "proxy-authorization",
	                              "proxy-connection",
	                              "via",
	                              "x-cache",
	                              "x-cache-lookup",
	                              "x-forwarded-for",
	                              NULL };

static void command_came(const struct checking *c, struct http_watch *w, const struct dialogue_event *event)
{
	struct slice rest = event->text;
	(void)slice_word(&rest);
	struct slice target = slice_word(&rest), version = slice_word(&rest);
	*w = (struct http_watch){ 0 };
	if (watched_is_open(c) || event->more || !slice_equal(version, SLICE("HTTP/1.0")) ||
	    http_target_form(target) != FORM_ABSOLUTE)
		return;
	w->asked = event->n;
	w->line = c->line;
}

static void http_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct http_watch *w = memory;
	if (event->kind == EVENT_COMMAND) {
		command_came(c, w, event);
		return;
	}
	for (size_t i = 0; proxys[i]; i++)
		w->proxy |= slice_equal(event->keyword, slice_of(proxys[i]));
	w->server |= slice_equal(event->keyword, SLICE("server"));
	if (event->side != SIDE_SERVER || w->asked == 0 || event->text.n || !event->has_final)
		return;
	/* The empty line that ends the response's header. */
	if (w->server && !w->proxy)
		(void)checking_add(c, w->line, CHECK_ERROR,
		                   "Only a proxy is asked like this; a server of HTTP/1.0 is asked for the path alone",
		                   "RFC 1945 5.1.2, RFC 9112 3.2.1", "a whole URL, where no proxy is asked");
	w->asked = 0;
}

const struct watcher watch_http = { .protocol = "http", .room = sizeof(struct http_watch), .event = http_event };
