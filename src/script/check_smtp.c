/*
 * SMTP and LMTP over several lines, and what the dialogue lets pass: who says hello, a list where HELO has none, addresses
 * that a web site has blanked, and messages that were taken for nobody.
 */
#include <string.h>

#include "protocol/smtp_address.h"
#include "protocol/smtp_syntax.h"
#include "script/check_watchers.h"

struct smtp_watch {
	uint64_t asked;             /* recipients of the message under way that the client has named */
	uint64_t refused, accepted; /* so many of them the server has answered */
	uint64_t texted;            /* the DATA whose text was asked for; 0: none */
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
		                   "something stands after the client's name");
	else if (literal ? !smtp_is_literal(name) : !smtp_is_domain(name, true))
		(void)checking_add(
			c, c->line, CHECK_ERROR,
			"It is a domain, of letters, digits, hyphens and dots, or an address like [192.0.2.1]",
			"RFC 5321 4.1.1.1, RFC 5321 4.1.3", SLICE_FMT " is not a name for a client",
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
		(void)checking_add(c, c->line, CHECK_ERROR, "Only EHLO is answered with a list of extensions",
		                   "RFC 5321 3.2", "HELO is answered with an extension");
}

/* ---- arguments ---- */

/* What a parameter's value may be, in words with commas between; `several` of them, where that is allowed. */
static const struct {
	const char *name;
	const char *values[4];
	bool several;
	const char *form, *ref;
} parameters[] = {
	{ "SIZE", { NULL }, false, "a number of octets", "RFC 1870 4" },
	{ "BODY",
	  { "7BIT", "8BITMIME", "BINARYMIME", NULL },
	  false,
	  "7BIT, 8BITMIME or BINARYMIME",
	  "RFC 6152 2, RFC 3030 3" },
	{ "RET", { "FULL", "HDRS", NULL }, false, "FULL or HDRS", "RFC 3461 4.3" },
	{ "NOTIFY",
	  { "SUCCESS", "FAILURE", "DELAY", NULL },
	  true,
	  "NEVER, or by those of SUCCESS, FAILURE and DELAY that are wanted",
	  "RFC 3461 4.1" },
};

static bool value_fits(size_t row, struct slice value)
{
	uint64_t number;
	bool fits = true;
	if (parameters[row].values[0] == NULL)
		return slice_number(value, &number);
	if (parameters[row].several && slice_equal_nocase(value, SLICE("NEVER")))
		return true;
	do {
		size_t comma = parameters[row].several ? slice_find_octet(value, ',') : value.n, i = 0;
		while (parameters[row].values[i] &&
		       !slice_equal_nocase(slice_part(value, 0, comma), slice_of(parameters[row].values[i])))
			i++;
		fits &= parameters[row].values[i] != NULL;
		value = slice_part(value, comma < value.n ? comma + 1 : comma, value.n);
	} while (value.n);
	return fits;
}

static void parameter_judge(struct checking *c, struct slice parameter)
{
	size_t equals = slice_find_octet(parameter, '=');
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0] && equals < parameter.n; i++)
		if (slice_equal_nocase(slice_part(parameter, 0, equals), slice_of(parameters[i].name)) &&
		    !value_fits(i, slice_part(parameter, equals + 1, parameter.n)))
			(void)checking_add(c, c->line, CHECK_ERROR, "The server refuses a value that it does not know",
			                   parameters[i].ref, "%s= must be followed by %s", parameters[i].name,
			                   parameters[i].form);
}

static void arguments_judge(struct checking *c, const struct dialogue_event *event)
{
	struct slice rest = event->text, word;
	struct smtp_path path;
	bool mail = is(event->verb, "MAIL");
	(void)slice_word(&rest);
	if (is(event->verb, "VRFY") && slice_trim(rest).n == 0)
		(void)checking_add(c, c->line, CHECK_ERROR, "The server must know whom it is asked for",
		                   "RFC 5321 4.1.1.6", "VRFY must be followed by a user's name or address");
	if (!mail && !is(event->verb, "RCPT"))
		return;
	smtp_path_parse(slice_trim(rest), mail ? SLICE("FROM:") : SLICE("TO:"), mail, &path);
	while ((word = slice_word(&path.parameters)).n)
		parameter_judge(c, word);
}

/* ---- messages to nobody ---- */

static void reply_came(struct checking *c, struct smtp_watch *w, const struct dialogue_event *event)
{
	bool good = event->class == CLASS_SUCCESS;
	if (is(event->verb, "MAIL") || is(event->verb, "RSET") || is(event->verb, "EHLO") || is(event->verb, "LHLO")) {
		*w = (struct smtp_watch){ .asked = w->asked };
	} else if (is(event->verb, "RCPT")) {
		*(good ? &w->accepted : &w->refused) += 1;
	} else if (is(event->verb, "DATA") && event->class != CLASS_CONTINUE) {
		if (good && w->refused && w->accepted == 0 && w->refused == w->asked && !w->open)
			(void)checking_add(c, c->line, CHECK_ERROR, "There is nobody to whom it could be delivered",
			                   "RFC 5321 3.3",
			                   "the message is accepted, though each recipient was refused");
		*w = (struct smtp_watch){ 0 };
	}
}

/* 354 asks for the text, and does not say what has become of it. */
static void text_asked(struct checking *c, struct smtp_watch *w, const struct dialogue_event *event)
{
	if (!is(event->code, "354"))
		return;
	if (w->texted == event->answers)
		(void)checking_add(c, c->line, CHECK_ERROR, "The text has come: its answer says whether it is accepted",
		                   "RFC 5321 4.3.2", "354 answers the message text");
	w->texted = event->answers;
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
	if (event->kind == EVENT_COMMAND && !event->more && !watched_is_open(c))
		arguments_judge(c, event);
	if (event->kind == EVENT_COMMAND && !event->more)
		w->asked = is(event->verb, "RCPT") ? w->asked + 1 : is(event->verb, "MAIL") ? 0 : w->asked;
	if (event->kind != EVENT_REPLY)
		return;
	list_judge(c, event);
	if (!event->final || !event->answers)
		return;
	reply_came(c, w, event);
	text_asked(c, w, event);
}

const struct watcher watch_smtp = { .protocol = "smtp", .room = sizeof(struct smtp_watch), .event = smtp_event };
