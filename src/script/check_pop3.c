/*
 * Numbers of POP3 that contradict each other: how many messages the maildrop has, how long they are, and which of them are
 * there. In a session nothing changes but by DELE and RSET, since the server locks the maildrop (RFC 1939 4 and 5).
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "protocol/pop3_syntax.h"
#include "script/check_watchers.h"

/* So many messages are kept in mind; what is said of others is believed. */
#define MESSAGES_MAX 1024

#define LOCKED "The server locks the maildrop: in a session only DELE takes messages out of the count"
#define LOCKED_REF "RFC 1939 4, RFC 1939 5"

struct message {
	uint64_t number;
	bool sized, gone;
	uint64_t octets;
	size_t sized_line, gone_line;
	char *id; /* NULL: not known */
	size_t id_line;
	uint64_t list; /* the number of the list that it stood in last */
};

/* A command that waits for its reply. */
struct asked {
	uint64_t n, message; /* 0: none is named */
	char verb[8];
};

/* What a reply says of the maildrop. */
struct totals {
	bool counted, sized;
	uint64_t messages, octets;
};

struct pop3_watch {
	struct asked asked[OUTSTANDING_MAX];
	size_t nasked;
	struct message *messages;
	size_t nmessages;
	bool counted, sized; /* the maildrop's numbers are known, of what is marked as deleted too */
	uint64_t count, octets;
	size_t counted_line, sized_line;
	struct list {
		uint64_t number; /* of the list, from 1 */
		bool open, whole;
		size_t line; /* of its +OK */
		uint64_t lines, octets;
		bool told; /* what its +OK says was wrong already */
	} list;
};

/* ---- messages ---- */

static struct message *message_find(struct pop3_watch *w, uint64_t number)
{
	for (size_t i = 0; i < w->nmessages; i++)
		if (w->messages[i].number == number)
			return &w->messages[i];
	return NULL;
}

/* The message of that number, perhaps new; NULL past MESSAGES_MAX. */
static struct message *message_get(struct pop3_watch *w, uint64_t number)
{
	struct message *found = message_find(w, number);
	if (found || w->nmessages == MESSAGES_MAX)
		return found;
	if (w->messages == NULL)
		w->messages = memory_zeroed(MESSAGES_MAX, sizeof *w->messages);
	found = &w->messages[w->nmessages++];
	found->number = number;
	return found;
}

/* How many are marked as deleted, and how long they are together; `*sized` is false where that is not known of all. */
static uint64_t gone_count(const struct pop3_watch *w, uint64_t *octets, bool *sized)
{
	uint64_t n = 0;
	*octets = 0;
	*sized = true;
	for (size_t i = 0; i < w->nmessages; i++) {
		if (!w->messages[i].gone)
			continue;
		n++;
		*octets += w->messages[i].octets;
		*sized &= w->messages[i].sized;
	}
	return n;
}

static void forget_all(struct pop3_watch *w)
{
	for (size_t i = 0; i < w->nmessages; i++)
		free(w->messages[i].id);
	w->nmessages = 0;
	w->counted = w->sized = false;
	w->list = (struct list){ 0 };
}

/* ---- the maildrop's numbers ---- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* "2 messages" in a reply's words; "2 new messages" are not all. */
static bool number_before(struct slice text, struct slice unit, uint64_t *number)
{
	struct slice before = slice_word(&text), word = before;
	while ((word = slice_word(&text)).n) {
		while (before.n && !octet_is_digit(before.p[0]))
			before = slice_part(before, 1, before.n);
		if (slice_starts_nocase(word, unit) && slice_number(before, number))
			return true;
		before = word;
	}
	return false;
}

static struct totals totals_in(struct slice text)
{
	struct totals t = { 0 };
	t.counted = number_before(text, SLICE("message"), &t.messages);
	t.sized = t.counted &&
	          (number_before(text, SLICE("octet"), &t.octets) || number_before(text, SLICE("byte"), &t.octets));
	return t;
}

/* Tells where the totals are not those that were said before; else they are known now. */
static bool totals_judge(struct checking *c, struct pop3_watch *w, const char *who, const struct totals *t)
{
	uint64_t octets;
	bool sized;
	uint64_t gone = gone_count(w, &octets, &sized);
	sized &= octets <= w->octets || !w->sized; /* else what was said before fits together nowhere */
	bool miscounted = t->counted && w->counted && t->messages + gone != w->count;
	bool missized = t->sized && w->sized && sized && !miscounted && t->octets + octets != w->octets;
	uint64_t there = w->count > gone ? w->count - gone : 0;
	if (miscounted)
		(void)checking_add(c, c->line, CHECK_ERROR, LOCKED, LOCKED_REF,
		                   "%s says %llu message%s, but by line %u there %s %llu", who,
		                   (unsigned long long)t->messages, plural(t->messages),
		                   watched_number(c, w->counted_line), there == 1 ? "is" : "are",
		                   (unsigned long long)there);
	if (missized)
		(void)checking_add(c, c->line, CHECK_ERROR, LOCKED, LOCKED_REF,
		                   "%s says %llu octet%s, but by line %u there are %llu", who,
		                   (unsigned long long)t->octets, plural(t->octets), watched_number(c, w->sized_line),
		                   (unsigned long long)(w->octets - octets));
	if (t->counted && !w->counted) {
		w->counted = true;
		w->count = t->messages + gone;
		w->counted_line = c->line;
	}
	if (t->sized && !w->sized && sized && !miscounted) {
		w->sized = true;
		w->octets = t->octets + octets;
		w->sized_line = c->line;
	}
	return miscounted || missized;
}

/* ---- one message ---- */

static void size_judge(struct checking *c, struct pop3_watch *w, const char *who, uint64_t number, uint64_t octets)
{
	struct message *m = message_get(w, number);
	if (m == NULL)
		return;
	if (m->sized && m->octets != octets)
		(void)checking_add(c, c->line, CHECK_ERROR, "A message does not change in the maildrop", "RFC 1939 5",
		                   "%s says %llu octet%s for message %llu, but line %u says %llu", who,
		                   (unsigned long long)octets, plural(octets), (unsigned long long)number,
		                   watched_number(c, m->sized_line), (unsigned long long)m->octets);
	if (m->sized)
		return;
	m->sized = true;
	m->octets = octets;
	m->sized_line = c->line;
}

static void id_judge(struct checking *c, struct pop3_watch *w, uint64_t number, struct slice id)
{
	struct message *m = message_get(w, number);
	if (m == NULL)
		return;
	for (size_t i = 0; i < w->nmessages; i++) {
		const struct message *other = &w->messages[i];
		if (other == m || other->id == NULL || !slice_equal(slice_of(other->id), id))
			continue;
		(void)checking_add(c, c->line, CHECK_ERROR, "By it a client knows a message again", "RFC 1939 7",
		                   "messages %llu and %llu have the same unique-id", (unsigned long long)other->number,
		                   (unsigned long long)number);
	}
	if (m->id && !slice_equal(slice_of(m->id), id))
		(void)checking_add(c, c->line, CHECK_ERROR, "It stays the same as long as the message is there",
		                   "RFC 1939 7", "message %llu has another unique-id than in line %u",
		                   (unsigned long long)number, watched_number(c, m->id_line));
	if (m->id)
		return;
	m->id = slice_string(id);
	m->id_line = c->line;
}

/* A message that the server speaks of as if it were there. True where it is, as far as is known. */
static bool presence_judge(struct checking *c, struct pop3_watch *w, uint64_t number)
{
	const struct message *m = message_find(w, number);
	if (m && m->gone)
		(void)checking_add(c, c->line, CHECK_ERROR, "From DELE on its number is answered with -ERR",
		                   "RFC 1939 5", "message %llu is marked as deleted since line %u",
		                   (unsigned long long)number, watched_number(c, m->gone_line));
	else if (w->counted && number > w->count)
		(void)checking_add(c, c->line, CHECK_ERROR, "Messages are numbered from 1 without a gap", "RFC 1939 5",
		                   "there is no message %llu: by line %u there %s %llu", (unsigned long long)number,
		                   watched_number(c, w->counted_line), w->count == 1 ? "is" : "are",
		                   (unsigned long long)w->count);
	else
		return true;
	return false;
}

/* "No such message", where there is one. */
static void absence_judge(struct checking *c, struct pop3_watch *w, uint64_t number, struct slice text)
{
	const struct message *m = message_find(w, number);
	bool there = m && !m->gone && (m->sized || m->id);
	if (there && has_words(text, "no such message"))
		(void)checking_add(c, c->line, CHECK_ERROR, LOCKED, LOCKED_REF,
		                   "there is a message %llu: line %u has it", (unsigned long long)number,
		                   watched_number(c, m->sized ? m->sized_line : m->id_line));
}

/* ---- lists ---- */

/* One line of LIST's or UIDL's. */
static void list_line(struct checking *c, struct pop3_watch *w, bool ids, struct slice text)
{
	uint64_t number = 0, octets = 0;
	struct slice id = { 0 };
	bool read = ids ? pop3_unique_id(text, &number, &id) : pop3_numbers(text, &number, &octets) && number > 0;
	if (!read || watched_is_open(c)) {
		w->list.whole = false;
		return;
	}
	w->list.lines++;
	w->list.octets += octets;
	struct message *m = message_get(w, number);
	if (m && m->list == w->list.number)
		(void)checking_add(c, c->line, CHECK_ERROR, "Each message has one line",
		                   ids ? "RFC 1939 7" : "RFC 1939 5", "message %llu stands in the list a second time",
		                   (unsigned long long)number);
	if (m)
		m->list = w->list.number;
	(void)presence_judge(c, w, number);
	if (ids)
		id_judge(c, w, number, id);
	else
		size_judge(c, w, "LIST", number, octets);
}

/* The dot: as many lines as there are messages. */
static void list_end(struct checking *c, struct pop3_watch *w, bool ids)
{
	struct totals t = { .counted = true, .sized = !ids, .messages = w->list.lines, .octets = w->list.octets };
	size_t dot = c->line;
	w->list.open = false;
	if (!w->list.whole || w->list.told)
		return;
	c->line = w->list.line;
	(void)totals_judge(c, w, ids ? "UIDL's list" : "LIST's list", &t);
	c->line = dot;
}

static void list_begin(struct checking *c, struct pop3_watch *w, bool told)
{
	w->list = (struct list){
		.number = w->list.number + 1, .open = true, .whole = !watched_is_open(c), .line = c->line, .told = told
	};
}

static void data_came(struct checking *c, struct pop3_watch *w, const struct dialogue_event *event)
{
	bool ids = slice_equal(event->verb, SLICE("UIDL"));
	if (!w->list.open || (!ids && !slice_equal(event->verb, SLICE("LIST"))))
		return;
	if (event->final)
		list_end(c, w, ids);
	else
		list_line(c, w, ids, event->text);
}

/* ---- replies ---- */

/* What QUIT says of the messages that stay. */
static void goodbye_judge(struct checking *c, struct pop3_watch *w, struct slice text)
{
	uint64_t octets, left = 0;
	bool sized;
	uint64_t gone = gone_count(w, &octets, &sized), there = w->count > gone ? w->count - gone : 0;
	bool empty = has_words(text, "maildrop empty") || has_words(text, "mailbox empty");
	bool counted = empty || (has_words(text, "left") && number_before(text, SLICE("message"), &left));
	if (!counted || !w->counted || left == there)
		return;
	(void)checking_add(c, c->line, CHECK_ERROR, "QUIT takes away what is marked as deleted, and nothing else",
	                   "RFC 1939 6", "QUIT says that %llu message%s %s left, but %llu of %llu %s deleted",
	                   (unsigned long long)left, plural(left), left == 1 ? "is" : "are", (unsigned long long)gone,
	                   (unsigned long long)w->count, gone == 1 ? "was" : "were");
}

static bool is(const struct asked *one, const char *verb)
{
	return strcmp(one->verb, verb) == 0;
}

/* The first command of that verb that waits: replies of those before it may be missing. */
static const struct asked *asked_by(const struct pop3_watch *w, struct slice verb)
{
	for (size_t i = 0; i < w->nasked; i++)
		if (slice_equal(slice_of(w->asked[i].verb), verb))
			return &w->asked[i];
	return NULL;
}

static void message_answered(struct checking *c, struct pop3_watch *w, const struct asked *one, struct slice text)
{
	uint64_t number = 0, octets = 0;
	struct slice id;
	struct message *m;
	if (!presence_judge(c, w, one->message) || watched_is_open(c))
		return;
	if (is(one, "RETR") && slice_number(slice_word(&text), &octets) &&
	    slice_starts_nocase(slice_word(&text), SLICE("octet"))) {
		size_judge(c, w, "RETR", one->message, octets);
	} else if (is(one, "LIST") && pop3_numbers(text, &number, &octets)) {
		size_judge(c, w, "LIST", number, octets);
	} else if (is(one, "UIDL") && pop3_unique_id(text, &number, &id)) {
		id_judge(c, w, number, id);
	} else if (is(one, "DELE") && (m = message_get(w, one->message))) {
		m->gone = true;
		m->gone_line = c->line;
	}
	if (number > 0 && number != one->message)
		(void)checking_add(c, c->line, CHECK_ERROR, "The answer names the message that was asked for",
		                   "RFC 1939 5", "message %llu is answered for, but %llu was asked for",
		                   (unsigned long long)number, (unsigned long long)one->message);
}

/* Success of a command that names no message. */
static void maildrop_answered(struct checking *c, struct pop3_watch *w, const struct asked *one, struct slice text)
{
	struct totals t = totals_in(text);
	if (is(one, "PASS") || is(one, "APOP") || is(one, "AUTH"))
		forget_all(w);
	if (is(one, "RSET"))
		for (size_t i = 0; i < w->nmessages; i++)
			w->messages[i].gone = false;
	if (is(one, "STAT"))
		t.counted = t.sized = pop3_numbers(text, &t.messages, &t.octets);
	bool list = is(one, "LIST") || is(one, "UIDL"), told = false;
	if (is(one, "QUIT"))
		goodbye_judge(c, w, text);
	else if (!watched_is_open(c) &&
	         (list || is(one, "STAT") || is(one, "RSET") || is(one, "PASS") || is(one, "APOP") || is(one, "AUTH")))
		told = totals_judge(c, w, one->verb, &t);
	if (list)
		list_begin(c, w, told);
}

static void status_came(struct checking *c, struct pop3_watch *w, const struct dialogue_event *event)
{
	struct pop3_status status;
	const struct asked *one = asked_by(w, event->verb);
	if (one == NULL || event->class == CLASS_CONTINUE || !pop3_status_parse(event->text, &status))
		return;
	bool good = event->class == CLASS_SUCCESS;
	if (one->message && good)
		message_answered(c, w, one, status.text);
	else if (one->message)
		absence_judge(c, w, one->message, status.text);
	else if (good)
		maildrop_answered(c, w, one, status.text);
}

/* ---- commands ---- */

static void command_came(const struct checking *c, struct pop3_watch *w, const struct dialogue_event *event)
{
	static const char *const numbered[] = { "DELE", "LIST", "RETR", "TOP", "UIDL", NULL };
	struct slice rest = event->text;
	(void)slice_word(&rest);
	struct slice argument = slice_word(&rest);
	if (w->nasked == OUTSTANDING_MAX || event->more)
		return;
	struct asked *one = &w->asked[w->nasked++];
	*one = (struct asked){ .n = event->n };
	if (event->verb.n < sizeof one->verb)
		memcpy(one->verb, event->verb.p, event->verb.n);
	for (size_t i = 0; numbered[i]; i++)
		if (is(one, numbered[i]) && !watched_is_open(c) && !pop3_message_number(argument, &one->message))
			one->message = 0;
}

/* A command whose reply is missing, or that nobody knows: how many messages are left behind it is anybody's guess. */
static void doubt(struct pop3_watch *w, const struct asked *one, bool unanswered)
{
	static const char *const reads[] = { "APOP", "AUTH", "CAPA", "LIST", "NOOP", "PASS", "QUIT",
		                             "RETR", "STAT", "STLS", "TOP",  "UIDL", "USER", NULL };
	bool changes = is(one, "DELE") || is(one, "RSET"), known = changes;
	for (size_t i = 0; reads[i] && !known; i++)
		known = is(one, reads[i]);
	if (!known || (changes && unanswered))
		w->counted = w->sized = false;
}

/* Its reply is complete, and so are those before it. */
static void answered(struct pop3_watch *w, uint64_t n)
{
	size_t done = 0;
	for (; done < w->nasked && w->asked[done].n <= n; done++)
		doubt(w, &w->asked[done], w->asked[done].n < n);
	w->nasked -= done;
	memmove(w->asked, w->asked + done, w->nasked * sizeof *w->asked);
}

static void pop3_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct pop3_watch *w = memory;
	if (event->kind == EVENT_COMMAND)
		command_came(c, w, event);
	else if (event->kind == EVENT_REPLY && !event->more)
		status_came(c, w, event);
	else if (event->kind == EVENT_DATA && event->side == SIDE_SERVER)
		data_came(c, w, event);
	if (event->final && event->answers)
		answered(w, event->answers);
}

static void pop3_end(struct checking *c, void *memory)
{
	struct pop3_watch *w = memory;
	(void)c;
	forget_all(w);
	free(w->messages);
}

const struct watcher watch_pop3 = {
	.protocol = "pop3", .room = sizeof(struct pop3_watch), .event = pop3_event, .end = pop3_end
};
