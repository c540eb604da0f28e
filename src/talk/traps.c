/*
 * The traps that people fall into, met before the reply: what the protocol's own grammar finds wrong with a line is
 * said by the dialogue (as its `problem`); here stands what only a person at a keyboard does.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "talk/room.h"

/* Characters that word processors and slides put where a protocol wants ASCII. */
static const struct {
	uint32_t character;
	const char *name, *ascii;
} lookalikes[] = {
	{ 0x00a0, "a no-break space", " " },
	{ 0x00ad, "a soft hyphen", "" },
	{ 0x2002, "an en space", " " },
	{ 0x2003, "an em space", " " },
	{ 0x2007, "a figure space", " " },
	{ 0x2009, "a thin space", " " },
	{ 0x200b, "a zero-width space", "" },
	{ 0x200c, "a zero-width non-joiner", "" },
	{ 0x200d, "a zero-width joiner", "" },
	{ 0x2010, "a typographic hyphen", "-" },
	{ 0x2011, "a no-break hyphen", "-" },
	{ 0x2012, "a figure dash", "-" },
	{ 0x2013, "an en dash", "-" },
	{ 0x2014, "an em dash", "-" },
	{ 0x2018, "a curly quote", "'" },
	{ 0x2019, "a curly quote", "'" },
	{ 0x201a, "a low quote", "'" },
	{ 0x201c, "a curly quote", "\"" },
	{ 0x201d, "a curly quote", "\"" },
	{ 0x201e, "a low quote", "\"" },
	{ 0x2026, "an ellipsis", "..." },
	{ 0x202f, "a narrow no-break space", " " },
	{ 0x2039, "an angle quote", "<" },
	{ 0x203a, "an angle quote", ">" },
	{ 0x2060, "a word joiner", "" },
	{ 0x2212, "a minus sign", "-" },
	{ 0x27e8, "a mathematical bracket", "<" },
	{ 0x27e9, "a mathematical bracket", ">" },
	{ 0x3000, "an ideographic space", " " },
	{ 0xfeff, "a byte order mark", "" },
	{ 0xff1a, "a full-width colon", ":" },
	{ 0xff1c, "a full-width bracket", "<" },
	{ 0xff1e, "a full-width bracket", ">" },
	{ 0xff20, "a full-width @", "@" },
};

#define NLOOKALIKES (sizeof lookalikes / sizeof lookalikes[0])

/* Lines that a trap stands in. */
struct trap {
	const char *protocol; /* NULL: any */
	enum input input;
	/* Whether the line falls into it; appends what to say, a sentence. */
	bool (*falls)(struct talk *t, struct slice line, struct buffer *warning);
};

/* ---- pasted from slides ---- */

static size_t lookalike(uint32_t character)
{
	size_t i = 0;
	while (i < NLOOKALIKES && lookalikes[i].character != character)
		i++;
	return i;
}

/* Adds "a curly quote (U+2019)" for each kind that is met; `ascii` gets the line without them. */
static size_t name_lookalikes(struct slice line, struct buffer *names, struct buffer *ascii)
{
	size_t found = 0;
	bool named[NLOOKALIKES] = { false };
	while (line.n) {
		uint32_t character = 0;
		size_t n = utf8_decode(line, &character);
		size_t which = n ? lookalike(character) : NLOOKALIKES;
		if (which == NLOOKALIKES) {
			buffer_add(ascii, line.p, n ? n : 1);
		} else {
			buffer_add_string(ascii, lookalikes[which].ascii);
			if (!named[which])
				buffer_printf(names, "%s%s (U+%04X)", found++ ? ", " : "", lookalikes[which].name,
				              (unsigned)character);
			named[which] = true;
		}
		line = slice_part(line, n ? n : 1, line.n);
	}
	return found;
}

static bool from_slides(struct talk *t, struct slice line, struct buffer *warning)
{
	struct buffer names = { 0 }, ascii = { 0 };
	bool found = name_lookalikes(line, &names, &ascii) > 0;
	if (found) {
		buffer_printf(warning,
		              "This line holds " SLICE_FMT ", which the server does not take for ASCII. "
		              "It went as typed.",
		              SLICE_ARG(buffer_slice(&names)));
		buffer_clear(&t->fixed);
		buffer_add_slice(&t->fixed, buffer_slice(&ascii));
		t->fixable = true;
	}
	buffer_free(&names);
	buffer_wipe(&ascii);
	return found;
}

void traps_offer_ascii(struct talk *t)
{
	struct buffer safe = { 0 };
	escape_text(&safe, buffer_slice(&t->fixed));
	if (t->fixable && t->secret_said)
		talk_remark(t, "%s", t->prompt ? ":fix sends it in ASCII." : "It should be ASCII.");
	else if (t->fixable)
		talk_remark(t, "In ASCII: " SLICE_FMT "%s", SLICE_ARG(buffer_slice(&safe)),
		            t->prompt ? " (:fix sends that)" : "");
	t->fixable = false;
	buffer_wipe(&safe);
}

/* ---- commands ---- */

/* What is typed behind the empty line of a request that announced no body. */
static bool body_unannounced(struct talk *t, struct slice line, struct buffer *warning)
{
	static const char *const verbs[] = { "PATCH", "POST", "PUT" };
	const struct dialogue_event *last = memory_last(t->memory, SIDE_CLIENT);
	bool expected = false;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		expected |= t->awaited && strcmp(t->awaited, verbs[i]) == 0;
	if (!expected || last == NULL || last->text.n || strange_word(t, line).n == 0)
		return false;
	buffer_printf(
		warning,
		"The %s ended at its empty line, since no Content-Length announced a body: this is taken for the next "
		"request (RFC 9112 6.3).",
		t->awaited);
	return true;
}

static bool tag_again(struct talk *t, struct slice line, struct buffer *warning)
{
	struct slice rest = line, tag = slice_word(&rest);
	if (t->tag_warned || t->tag == NULL || !slice_equal(tag, slice_of(t->tag)) || slice_trim(rest).n == 0)
		return false;
	if (dialogue_in_flight(session_dialogue(t->session), tag))
		return false; /* of that the protocol tells itself */
	t->tag_warned = true;
	buffer_printf(warning,
	              "The tag " SLICE_FMT
	              " stood before the last command too: each command gets a tag of its own, so that "
	              "one knows which reply is whose (RFC 9051 2.2.1).%s",
	              SLICE_ARG(tag), t->prompt ? " TAB gives a new one." : "");
	return true;
}

/* ---- inside message text ---- */

/* Whether the line is, alone, what would be a command elsewhere. */
static bool is_command(const struct protocol *protocol, struct slice line)
{
	struct slice rest = line, word = slice_word(&rest);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	if (slice_starts_nocase(line, SLICE("MAIL FROM:")) || slice_starts_nocase(line, SLICE("RCPT TO:")))
		return true;
	if (commands == NULL || slice_trim(rest).n || table_find(commands, word) == NULL)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] != octet_upper(word.p[i]))
			return slice_equal_nocase(word, SLICE("QUIT")) || slice_equal_nocase(word, SLICE("RSET"));
	return true;
}

static bool command_in_text(struct talk *t, struct slice line, struct buffer *warning)
{
	if (!is_command(talk_protocol(t), line))
		return false;
	struct slice word = slice_word(&line);
	buffer_printf(warning, SLICE_FMT ": this is text; a lone dot ends it, and only then are there commands again.",
	              SLICE_ARG(word));
	return true;
}

static bool word_in_text(struct talk *t, struct slice line, struct buffer *warning)
{
	if (t->prompt == NULL || line.p == NULL || line.n == 0 || line.p[0] != ':')
		return false;
	struct slice rest = slice_part(line, 1, line.n);
	const struct word *word = word_named(slice_word(&rest));
	if (word == NULL)
		return false;
	buffer_printf(warning, ":%s: this went to the server, as all does here. ^] and then %s reaches parlance.",
	              word->name, word->name);
	return true;
}

static bool dot_not_alone(struct talk *t, struct slice line, struct buffer *warning)
{
	(void)t;
	if (line.n < 2 || !slice_equal(slice_trim(line), SLICE(".")))
		return false;
	buffer_add_string(warning, "This is text: the dot that ends it stands alone in its line, without a space.");
	return true;
}

/* Whether the line could be a header field: a name without spaces, then a colon (RFC 5322 2.2). */
static bool is_field(struct slice line)
{
	size_t colon = slice_find_octet(line, ':');
	for (size_t i = 0; i < colon; i++)
		if (line.p[i] <= ' ' || line.p[i] >= 0x7f)
			return false;
	return colon > 0 && colon < line.n;
}

static bool header_waits(struct talk *t, struct slice line, struct buffer *warning)
{
	if (t->text != TEXT_HEADER || t->text_warned || line.n == 0 || is_field(line))
		return false;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return false; /* a field folded onto a further line */
	t->text_warned = true;
	if (slice_equal(line, SLICE(".")))
		buffer_add_string(warning,
		                  "The message ends in its header, without text: an empty line would come first, then "
		                  "the text (RFC 5322 2.1).");
	else
		buffer_add_string(warning,
		                  "This is no header field: the header is still waiting for its empty line, which "
		                  "stands between it and the text (RFC 5322 2.1).");
	return true;
}

/* ---- inside octets by count ---- */

/* Whether what stands behind a literal may be the rest of its command; behind APPEND's there is only a further message,
 * with a literal of its own (RFC 3502 6.3.11). */
static bool is_argument(const struct talk *t, struct slice rest)
{
	bool append = t->awaited && strcmp(t->awaited, "APPEND") == 0;
	return (rest.p[0] == ' ' || rest.p[0] == ')') && (!append || rest.p[rest.n - 1] == '}');
}

/* Where the line ends behind the count, what stands there. */
static bool past_the_count(struct talk *t, struct slice line, struct buffer *warning)
{
	uint64_t due = dialogue_due(session_dialogue(t->session), SIDE_CLIENT);
	bool literal = strcmp(talk_protocol(t)->name, "imap") == 0;
	struct slice rest = due < line.n ? slice_part(line, (size_t)due, line.n) : (struct slice){ NULL, 0 };
	const char *what = literal ? "the rest of the command" : "the next request";
	if (t->body == BODY_CHUNKS)
		return false; /* of a chunk the protocol tells itself */
	if (due == line.n + 1) {
		buffer_printf(warning,
		              "The count ends between this line's CR and LF: it was one octet short, and the LF is "
		              "taken for %s.",
		              what);
		return true;
	}
	if (rest.n == 0 || (literal && is_argument(t, rest)))
		return false;
	buffer_printf(warning,
	              "The count ends inside this line: %zu octet%s of it, and its line end, are taken for %s.", rest.n,
	              rest.n == 1 ? "" : "s", what);
	return true;
}

static bool dot_in_count(struct talk *t, struct slice line, struct buffer *warning)
{
	uint64_t due = dialogue_due(session_dialogue(t->session), SIDE_CLIENT);
	if (!slice_equal(line, SLICE(".")) || due <= line.n + 2)
		return false;
	buffer_printf(warning, "Here a dot ends nothing: the count does, and %llu octets are still missing.",
	              (unsigned long long)(due - line.n - 2));
	return true;
}

/* ---- all of them ---- */

static const struct trap traps[] = {
	{ NULL, INPUT_COMMAND, from_slides },    { NULL, INPUT_FIELD, from_slides },
	{ NULL, INPUT_REST, from_slides },       { NULL, INPUT_COMMAND, stranger_looks },
	{ "imap", INPUT_COMMAND, tag_again },    { "http", INPUT_COMMAND, body_unannounced },
	{ NULL, INPUT_TEXT, command_in_text },   { NULL, INPUT_TEXT, word_in_text },
	{ NULL, INPUT_TEXT, dot_not_alone },     { NULL, INPUT_TEXT, header_waits },
	{ NULL, INPUT_COUNTED, word_in_text },   { NULL, INPUT_OPAQUE, word_in_text },
	{ NULL, INPUT_COUNTED, past_the_count }, { NULL, INPUT_COUNTED, dot_in_count },
};

void traps_look(struct talk *t, struct slice line, struct buffer *warnings)
{
	enum input input = talk_input(t);
	const struct protocol *protocol = talk_protocol(t);
	for (size_t i = 0; protocol && i < sizeof traps / sizeof traps[0]; i++) {
		struct buffer warning = { 0 };
		bool concerns = traps[i].input == input &&
		                (traps[i].protocol == NULL || strcmp(traps[i].protocol, protocol->name) == 0);
		if (concerns && traps[i].falls(t, line, &warning)) {
			buffer_add_slice(warnings, buffer_slice(&warning));
			buffer_add_octet(warnings, '\n');
		}
		buffer_free(&warning);
	}
}

void traps_follow(struct talk *t, const struct dialogue_event *event)
{
	if (talk_input(t) != INPUT_TEXT) {
		t->text = TEXT_NONE;
		return;
	}
	if (t->text == TEXT_NONE) {
		t->text = TEXT_START;
		t->text_warned = false;
	}
	if (event->side != SIDE_CLIENT || event->kind != EVENT_DATA)
		return;
	if (event->text.n == 0)
		t->text = TEXT_BODY;
	else if (t->text == TEXT_START)
		t->text = is_field(event->text) ? TEXT_HEADER : TEXT_BODY;
}
