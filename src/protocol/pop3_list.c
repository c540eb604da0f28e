/*
 * What stands behind a POP3 status line up to a lone dot: lists of messages, of capabilities, of languages, and the
 * text of a message (RFC 1939 3).
 */
#include <stdlib.h>

#include "protocol/pop3_machine.h"
#include "protocol/pop3_syntax.h"
#include "protocol/common.h"

/* Of a capability that no table has, a note shows so many octets. */
#define KEYWORD_SHOWN 32

/* Mechanisms are named in about so many octets. */
#define MECHANISMS_SHOWN 400

#define SECONDS_PER_MINUTE 60

/* ---- capabilities (RFC 2449) ---- */

/* `USER` behind the value: another holds for some. */
static void note_by_user(struct dialogue *d, struct slice rest, struct dialogue_event *event)
{
	if (slice_equal_nocase(slice_trim(rest), SLICE("USER")))
		event_note(d, event, "USER: it differs by user; after the login CAPA says what holds for this one.");
}

static void note_login_delay(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	uint64_t seconds;
	char *minutes = NULL;
	if (!slice_number(slice_word(&value), &seconds)) {
		event_note(d, event,
		           "LOGIN-DELAY: the server does not say how long a client must wait between two logins.");
		event_problem(d, event, "LOGIN-DELAY must be followed by a number of seconds");
		return;
	}
	if (seconds >= SECONDS_PER_MINUTE && seconds % SECONDS_PER_MINUTE == 0)
		minutes = string_printf(" (%llu minute%s)", (unsigned long long)seconds / SECONDS_PER_MINUTE,
		                        pop3_plural(seconds / SECONDS_PER_MINUTE));
	event_note(d, event, "LOGIN-DELAY: %llu second%s%s at least must lie between two logins.",
	           (unsigned long long)seconds, pop3_plural(seconds), minutes ? minutes : "");
	free(minutes);
	note_by_user(d, value, event);
}

static void expire_unread(struct dialogue *d, struct dialogue_event *event)
{
	event_note(d, event, "EXPIRE: the server does not say for how long it keeps messages.");
	event_problem(d, event, "EXPIRE must be followed by a number of days, or by NEVER");
}

static void note_expire(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	uint64_t days;
	struct slice period = slice_word(&value);
	if (slice_equal_nocase(period, SLICE("NEVER")))
		event_note(d, event, "EXPIRE: the server deletes no message by itself.");
	else if (!slice_number(period, &days))
		expire_unread(d, event);
	else if (days == 0)
		event_note(
			d, event,
			"EXPIRE: messages may not be left here; at QUIT the server may delete each that was fetched.");
	else
		event_note(d, event, "EXPIRE: the server keeps a message at least %llu day%s, then it may delete it.",
		           (unsigned long long)days, pop3_plural(days));
	note_by_user(d, value, event);
}

/* The mechanisms that are known are named, the others counted: their names are the server's own. */
static void note_sasl(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	const struct table *mechanisms = protocol_table(machine_protocol(d), TABLE_MECHANISMS);
	struct buffer names = { 0 };
	unsigned others = 0;
	for (struct slice word = slice_word(&value); word.n; word = slice_word(&value)) {
		const struct entry *row = table_find(mechanisms, word);
		others += row == NULL;
		if (row && names.n < MECHANISMS_SHOWN)
			buffer_printf(&names, "%s%s", names.n ? ", " : "", row->word);
	}
	if (others > 0)
		buffer_printf(&names, "%s%u that no registry knows", names.n ? ", and " : "", others);
	if (names.n)
		event_note(d, event, "SASL: AUTH takes these mechanisms: " SLICE_FMT ".",
		           SLICE_ARG(buffer_slice(&names)));
	else
		event_note(d, event, "SASL: AUTH takes no mechanism now; under TLS it may.");
	buffer_free(&names);
}

static const struct {
	const char *keyword;
	void (*note)(struct dialogue *d, struct slice value, struct dialogue_event *event);
} computed[] = { { "EXPIRE", note_expire }, { "LOGIN-DELAY", note_login_delay }, { "SASL", note_sasl } };

static void note_capability(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_KEYWORDS), event->keyword);
	if (row == NULL) {
		event_note(d, event, SLICE_FMT ": %s", SLICE_ARG(slice_part(event->keyword, 0, KEYWORD_SHOWN)),
		           event->keyword.p[0] == 'X' ? "a private capability; no registry knows it."
		                                      : "no registry knows this capability.");
		event_ref(d, event, "RFC 2449 7");
		return;
	}
	event_ref(d, event, row->ref);
	for (size_t i = 0; i < sizeof computed / sizeof computed[0]; i++) {
		if (!slice_equal(event->keyword, slice_of(computed[i].keyword)))
			continue;
		computed[i].note(d, value, event);
		return;
	}
	event_note(d, event, "%s: %s", row->word, row->note);
}

static void read_capability(struct dialogue *d, struct pop3_list *list, struct slice text, struct dialogue_event *event)
{
	struct slice rest = text, word = slice_word(&rest);
	(void)list;
	if (word.n == 0) {
		event_problem(d, event, "an empty line in a list of capabilities");
		event_ref(d, event, "RFC 2449 5");
		return;
	}
	size_t start = (size_t)(word.p - event->text.p);
	event_span_add(event, SPAN_KEYWORD, start, start + word.n);
	event->keyword = event_upper(d, word);
	capability_add(d, text);
	note_capability(d, slice_trim(rest), event);
}

/* ---- lists of messages ---- */

static void read_scan_listing(struct dialogue *d, struct pop3_list *list, struct slice text,
                              struct dialogue_event *event)
{
	uint64_t message, octets;
	if (!pop3_numbers(text, &message, &octets) || message == 0) {
		event_problem(d, event, "not a scan listing: a line is a message number, a space and its octets");
		event_ref(d, event, "RFC 1939 5");
		return;
	}
	list->sum += octets;
	if (list->lines > 0)
		return;
	event_note(d, event, "Message %llu has %llu octet%s: each line is a message's number and its size.",
	           (unsigned long long)message, (unsigned long long)octets, pop3_plural(octets));
	event_ref(d, event, "RFC 1939 5");
}

static void read_unique_id(struct dialogue *d, struct pop3_list *list, struct slice text, struct dialogue_event *event)
{
	uint64_t message;
	struct slice id;
	if (!pop3_unique_id(text, &message, &id)) {
		event_problem(d, event,
		              "not a unique-id listing: a line is a message number, a space and an id of 1 to 70 "
		              "printable characters");
		event_ref(d, event, "RFC 1939 7");
	} else if (list->lines == 0) {
		event_note(d, event,
		           "Message %llu has the unique-id " SLICE_FMT
		           ", which stays the same in later sessions, where "
		           "the number may change.",
		           (unsigned long long)message, SLICE_ARG(id));
		event_ref(d, event, "RFC 1939 7");
	}
}

/* ---- texts ---- */

static void read_text(struct dialogue *d, struct pop3_list *list, struct slice text, struct dialogue_event *event)
{
	if (list->lines == 0 && is_header_field(text)) {
		event_note(d, event, "The message begins with its header.");
		event_ref(d, event, "RFC 5322 2.1");
	} else if (list->lines == 0 && text.n && !list->assumed) {
		event_note(d, event, "This is no header field, though a message begins with its header.");
		event_ref(d, event, "RFC 5322 2.1");
		list->in_body = true;
	} else if (text.n == 0 && !list->in_body) {
		event_note(d, event,
		           list->effect == EFFECT_TOP
		                   ? "The empty line ends the header; behind it come the lines of the body asked for."
		                   : "The empty line ends the header; what follows is the body.");
		event_ref(d, event, "RFC 5322 2.1");
		list->in_body = true;
	}
}

/* ---- languages, mechanisms ---- */

static void read_language(struct dialogue *d, struct pop3_list *list, struct slice text, struct dialogue_event *event)
{
	(void)text;
	if (list->lines > 0)
		return;
	event_note(d, event, "Each line is a language's tag, and perhaps its name in that language.");
	event_ref(d, event, "RFC 6856 3.2");
}

static void read_mechanism(struct dialogue *d, struct pop3_list *list, struct slice text, struct dialogue_event *event)
{
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_MECHANISMS), slice_trim(text));
	(void)list;
	if (row == NULL)
		return;
	event_note(d, event, "%s: %s", row->word, row->note);
	event_ref(d, event, row->ref);
}

/* ---- the dot ---- */

static void note_messages(struct dialogue *d, const struct pop3_list *list, struct dialogue_event *event)
{
	if (list->effect == EFFECT_LIST)
		event_note(d, event, "A lone dot ends the list: %llu message%s, %llu octet%s together.",
		           (unsigned long long)list->lines, pop3_plural(list->lines), (unsigned long long)list->sum,
		           pop3_plural(list->sum));
	else
		event_note(d, event, "A lone dot ends the list: %llu message%s.", (unsigned long long)list->lines,
		           pop3_plural(list->lines));
}

static void note_text_end(struct dialogue *d, const struct pop3_list *list, struct dialogue_event *event)
{
	if (list->octets == list->announced_octets || !list->announced)
		event_note(d, event, "A lone dot ends the text: %llu octet%s in %llu line%s.",
		           (unsigned long long)list->octets, pop3_plural(list->octets), (unsigned long long)list->lines,
		           pop3_plural(list->lines));
	else
		event_note(d, event, "A lone dot ends the text: %llu octet%s in %llu line%s, not the %llu announced.",
		           (unsigned long long)list->octets, pop3_plural(list->octets), (unsigned long long)list->lines,
		           pop3_plural(list->lines), (unsigned long long)list->announced_octets);
}

static void note_dot(struct dialogue *d, const struct pop3_list *list, struct dialogue_event *event)
{
	bool text = list->effect == EFFECT_RETR || list->effect == EFFECT_TOP;
	bool messages = list->effect == EFFECT_LIST || list->effect == EFFECT_UIDL;
	if (text && !list->described && !list->assumed)
		note_text_end(d, list, event);
	else if (messages && !list->described)
		note_messages(d, list, event);
	else
		event_note(d, event, "A lone dot ends the %s.", text ? "text" : "list");
	event_ref(d, event, "RFC 1939 3");
}

static void dot_line(struct dialogue *d, struct pop3 *s, const struct outstanding *owner, struct dialogue_event *event)
{
	note_dot(d, &s->list, event);
	event->final = true;
	event->answers = s->list.n;
	s->capabilities |= s->list.effect == EFFECT_CAPA;
	pop3_list_end(d);
	if (owner)
		outstanding_done(d, 0);
}

/* ---- lines ---- */

void pop3_list_begin(struct dialogue *d, const struct outstanding *one)
{
	struct pop3 *s = machine_state(d);
	struct pop3_list *list = &s->list;
	*list = (struct pop3_list){ .open = true,
		                    .n = one->n,
		                    .effect = pop3_effect_waiting(one),
		                    .announced = list->announced,
		                    .announced_octets = list->announced_octets };
	reply_open(d, true);
	if (list->effect == EFFECT_CAPA)
		capabilities_forget(d);
}

void pop3_list_end(struct dialogue *d)
{
	struct pop3 *s = machine_state(d);
	s->list = (struct pop3_list){ 0 };
	reply_open(d, false);
}

/* Takes the doubled dot off a line's front (RFC 1939 3), and says so at the first meeting. */
static struct slice undotted(struct dialogue *d, struct pop3 *s, struct slice text, struct dialogue_event *event)
{
	if (text.n == 0 || text.p[0] != '.')
		return text;
	bool doubled = slice_starts(text, SLICE(".."));
	if (!doubled)
		event_problem(d, event,
		              "the client takes the leading dot away: a line that begins with a dot is sent with two");
	else if (!s->dots_told)
		event_note(
			d, event,
			"The client takes this line's first dot away: a dot at the front is sent doubled, so that no "
			"line is taken for the end (dot-stuffing).");
	if (!doubled || !s->dots_told)
		event_ref(d, event, "RFC 1939 3");
	s->dots_told |= doubled;
	s->list.octets--;
	return slice_part(text, 1, text.n);
}

static void content_line(struct dialogue *d, struct pop3 *s, const struct line *line, struct dialogue_event *event)
{
	static void (*const readers[])(struct dialogue *, struct pop3_list *, struct slice, struct dialogue_event *) = {
		[EFFECT_CAPA] = read_capability, [EFFECT_LIST] = read_scan_listing,
		[EFFECT_UIDL] = read_unique_id,  [EFFECT_RETR] = read_text,
		[EFFECT_TOP] = read_text,        [EFFECT_LANG] = read_language,
		[EFFECT_AUTH] = read_mechanism,  [EFFECT_XTND] = NULL,
	};
	s->list.octets += event->octets;
	struct slice text = undotted(d, s, line->text, event);
	if (readers[s->list.effect])
		readers[s->list.effect](d, &s->list, text, event);
	s->list.lines++;
}

void pop3_list_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	const struct outstanding *owner = outstanding_at(d, 0);
	if (owner && owner->n != s->list.n) /* past OUTSTANDING_MAX it was lost */
		owner = NULL;
	event->kind = EVENT_DATA;
	event->has_final = true;
	pop3_of_command(d, owner, event);
	if (line->described) {
		s->list.described = true;
		event_note(d, event, "The %s, which is not printed here.",
		           s->list.effect == EFFECT_RETR || s->list.effect == EFFECT_TOP ? "text of the message"
		                                                                         : "list");
	} else if (slice_equal(line->text, SLICE(".")) && !line->more && !line->cut) {
		dot_line(d, s, owner, event);
	} else {
		content_line(d, s, line, event);
	}
}
