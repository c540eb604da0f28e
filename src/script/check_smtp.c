/*
 * SMTP and LMTP over several lines, and what the dialogue lets pass: who says hello, a list where HELO has none, addresses
 * that a web site has blanked, and messages that were taken for nobody.
 */
#include <string.h>

#include "protocol/smtp_address.h"
#include "protocol/smtp_syntax.h"
#include "script/check_watchers.h"

struct smtp_watch {
	uint64_t refused, accepted; /* recipients of the message under way */
	bool open;                  /* something that is not printed may have named more */
};

static bool is(struct slice word, const char *other)
{
	return slice_equal(word, slice_of(other));
}

/* ---- the hello ---- */

/* The client's name is a domain, or an address in brackets. */
static void hello_judge(struct checking *c, const struct dialogue_event *event)
{
	struct slice rest = event->text;
	(void)slice_word(&rest);
	struct slice name = slice_word(&rest);
	bool literal = name.n && name.p[0] == '[';
	if (name.n == 0 || name.p[0] == '<' || watched_is_open(c)) /* `<client>` stands for a name */
		return;
	if (slice_trim(rest).n)
		(void)checking_add(c, c->line, CHECK_ERROR, "The name alone stands there", "RFC 5321 4.1.1.1",
		                   "something stands behind the client's name");
	else if (literal ? !smtp_is_literal(name) : !smtp_is_domain(name, true))
		(void)checking_add(
			c, c->line, CHECK_ERROR,
			"It is a domain, of letters, digits, hyphens and dots, or an address like [192.0.2.1]",
			"RFC 5321 4.1.1.1, RFC 5321 4.1.3", SLICE_FMT " is no name for a client",
			SLICE_ARG(slice_part(name, 0, 64)));
}

/* HELO is from before there were extensions: whoever says it does not understand a list. */
static void list_judge(struct checking *c, const struct dialogue_event *event)
{
	struct smtp_reply reply;
	if (!is(event->verb, "HELO") || event->class != CLASS_SUCCESS || !smtp_reply_parse(event->text, &reply))
		return;
	struct slice rest = reply.line.text, word = slice_word(&rest);
	if (table_find(protocol_table(dialogue_protocol(c->d), TABLE_KEYWORDS), word) && !is(word, "HELP") &&
	    !watched_is_open(c))
		(void)checking_add(c, c->line, CHECK_ERROR, "Only EHLO is answered by a list of extensions",
		                   "RFC 5321 3.2", "HELO is answered by an extension");
}

/* ---- messages to nobody ---- */

static void reply_came(struct checking *c, struct smtp_watch *w, const struct dialogue_event *event)
{
	bool good = event->class == CLASS_SUCCESS;
	if (is(event->verb, "MAIL") || is(event->verb, "RSET") || is(event->verb, "EHLO") || is(event->verb, "LHLO")) {
		*w = (struct smtp_watch){ 0 };
	} else if (is(event->verb, "RCPT")) {
		*(good ? &w->accepted : &w->refused) += 1;
	} else if (is(event->verb, "DATA") && event->class != CLASS_CONTINUE) {
		if (good && w->refused && w->accepted == 0 && !w->open)
			(void)checking_add(c, c->line, CHECK_ERROR, "There is nobody to whom it could be delivered",
			                   "RFC 5321 3.3",
			                   "the message is accepted, though each recipient was refused");
		*w = (struct smtp_watch){ 0 };
	}
}

static void smtp_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct smtp_watch *w = memory;
	if (event->kind == EVENT_STAGE)
		return;
	w->open |= watched_is_open(c) && event->side == SIDE_SERVER;
	if (event->kind == EVENT_COMMAND && !event->more &&
	    (is(event->verb, "EHLO") || is(event->verb, "HELO") || is(event->verb, "LHLO")))
		hello_judge(c, event);
	if (event->kind != EVENT_REPLY)
		return;
	list_judge(c, event);
	if (event->final && event->answers)
		reply_came(c, w, event);
}

const struct watcher watch_smtp = { .protocol = "smtp", .room = sizeof(struct smtp_watch), .event = smtp_event };
