/*
 * Messages as they go over: their header's lines (RFC 5322 2.2), dots that were forgotten to be doubled, and addresses that a
 * web site has blanked. Of SMTP, LMTP and POP3 the text is seen line by line; in other protocols only the addresses.
 */
#include "protocol/common.h"
#include "script/check_watchers.h"

/* Where a text stands. */
enum part { PART_NONE, PART_HEADER, PART_BODY };

struct message_watch {
	enum part part;
	bool header;  /* a field has come that no text begins with by chance */
	bool goes_on; /* the last field's line ends in `;`: more of it comes */
	bool dotted;  /* what the client sends ends in a lone dot: behind DATA, not behind BDAT */
};

/* ---- the header ---- */

static bool begins_with_space(struct slice line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* The line with what is put right in it: what it is up to `cut`, and then, after `put`, the rest behind `skip` octets more. */
static void line_repair(const struct checking *c, struct finding *row, size_t cut, const char *put, size_t skip)
{
	const struct script_line *line = watched_line(c);
	if (line->exact || cut + skip > line->text_n)
		return;
	row->repair = REPAIR_REPLACE;
	row->text = string_printf("%s: %.*s%s%s", line->side == SIDE_CLIENT ? "C" : "S", (int)cut, line->text, put,
	                          line->text + cut + skip);
}

static void no_field(struct checking *c, struct message_watch *w, struct slice line)
{
	if (w->goes_on) {
		struct finding *row = checking_add(c, c->line, CHECK_ERROR,
		                                   "A field goes on in the next line only after a space",
		                                   "RFC 5322 2.2.3",
		                                   "the space is missing before the rest of a folded field");
		line_repair(c, row, 0, " ", 0);
		w->goes_on = line.p[line.n - 1] == ';';
		return;
	}
	(void)checking_add(c, c->line, CHECK_ERROR, "An empty line ends the header, and the text begins after it",
	                   "RFC 5322 2.1, RFC 5322 2.2", "a line in the header that is not a field");
	w->part = PART_BODY;
}

/* "Note: I am late" is a text's first line, perhaps; these are fields. */
static bool is_known_field(struct slice line)
{
	static const char *const fields[] = {
		"Cc:",       "Content-",  "Date:",        "From:",   "Message-ID:", "MIME-Version:",
		"Received:", "Reply-To:", "Return-Path:", "Sender:", "Subject:",    "To:",
		"X-",        NULL
	};
	for (size_t i = 0; fields[i]; i++)
		if (slice_starts_nocase(line, slice_of(fields[i])))
			return true;
	return false;
}

static void header_line(struct checking *c, struct message_watch *w, struct slice line)
{
	if (line.n == 0) {
		w->part = PART_BODY;
		return;
	}
	if (!begins_with_space(line) && !is_header_field(line)) {
		if (w->header)
			no_field(c, w, line);
		else
			w->part = PART_BODY;
		return;
	}
	w->header |= is_known_field(line);
	size_t colon = slice_find_octet(line, ':');
	if (!begins_with_space(line) && slice_starts(slice_part(line, colon, line.n), SLICE("::"))) {
		struct finding *row = checking_add(c, c->line, CHECK_ERROR,
		                                   "One colon separates the name from what the field says",
		                                   "RFC 5322 2.2", "two colons stand after a field's name");
		line_repair(c, row, colon, "", 1);
	}
	w->goes_on = line.p[line.n - 1] == ';';
}

/* ---- dots ---- */

/* Three dots are three dots that were meant: of a text that begins with two, hardly anybody has heard. */
static void dots_judge(struct checking *c, const struct dialogue_event *event)
{
	struct slice line = event->text;
	if (slice_starts(line, SLICE("...")) && !slice_starts(line, SLICE("....")))
		(void)checking_add(
			c, c->line, CHECK_ERROR,
			"The receiver takes the first away: a line that begins with dots is sent with one more",
			event->side == SIDE_CLIENT ? "RFC 5321 4.5.2" : "RFC 1939 3",
			"a line of text begins with three dots");
}

/* ---- addresses ---- */

/* What stands in the place of each address in pages that hide them from programs. */
static void blanks_judge(struct checking *c, const struct dialogue_event *event)
{
	struct slice line = event->text;
	bool blanked = slice_find_nocase(line, SLICE("[email protected]")) < line.n ||
	               slice_find_nocase(line, SLICE("[email\xc2\xa0protected]")) < line.n;
	if (blanked)
		(void)checking_add(c, c->line, CHECK_ERROR,
		                   "A web site that shows the document hides addresses like this",
		                   event->kind == EVENT_COMMAND ? "RFC 5321 4.1.2" : "RFC 5322 3.4.1",
		                   "\"[email protected]\" stands where an address was");
}

/* ---- lines ---- */

/* Whether the event is a line of a message's text, dots stuffed. */
static bool is_text(const struct message_watch *w, const struct dialogue_event *event)
{
	if (event->kind != EVENT_DATA || event->more)
		return false;
	if (event->side == SIDE_CLIENT)
		return w->dotted && event->phase != PHASE_AUTHENTICATE;
	return slice_equal(event->verb, SLICE("RETR")) || slice_equal(event->verb, SLICE("TOP"));
}

static void text_line(struct checking *c, struct message_watch *w, const struct dialogue_event *event)
{
	struct slice line = event->text;
	if (slice_equal(line, SLICE("."))) {
		w->part = PART_NONE;
		w->header = false;
		return;
	}
	if (watched_is_open(c)) {
		w->part = PART_BODY;
		return;
	}
	dots_judge(c, event);
	if (w->part == PART_NONE)
		w->part = is_header_field(line) ? PART_HEADER : PART_BODY;
	if (w->part == PART_HEADER)
		header_line(c, w, line);
}

static void message_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct message_watch *w = memory;
	if (event->kind == EVENT_STAGE)
		return;
	blanks_judge(c, event);
	if (event->kind == EVENT_COMMAND)
		w->dotted = slice_equal(event->verb, SLICE("DATA"));
	if (is_text(w, event))
		text_line(c, w, event);
	else if (event->kind != EVENT_DATA)
		*w = (struct message_watch){ .dotted = w->dotted };
}

const struct watcher watch_message = { .room = sizeof(struct message_watch), .event = message_event };
