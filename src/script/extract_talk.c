/*
 * The conversation under way: what is found is said into a draft, whose lines go on at once.
 */
#include "script/extract_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/protocol.h"

/* So much is kept of the tags that a client has used, in octets. */
#define TAGS_KEPT 4096

/* So many lines of prose may stand behind the words that announce an example. */
#define CAPTION_LINES 5

/* What web sites put in an address's place. */
#define BLANKED SLICE("[email protected]")

static void hand_on(void *context, struct slice line, unsigned number)
{
	struct talk *t = context;
	if (t->sink.line)
		t->sink.line(t->sink.context, line, number);
}

/* What stands before the first line that is said waits for it: without one there is no conversation. */
static void settle(struct talk *t)
{
	if (t->said[SIDE_CLIENT] + t->said[SIDE_SERVER] == 0)
		return;
	draft_hand_on(&t->draft, hand_on, t);
}

/* ---- beginning and end ---- */

void talk_begin(struct talk *t, const struct judged *judged, const struct protocol *protocol, struct slice title,
                unsigned number)
{
	t->open = true;
	t->notation = judged ? judged->notation : NULL;
	t->protocol = protocol;
	buffer_clear(&t->title);
	escape_text(&t->title, slice_trim(title));
	t->first = t->last = number;
	t->said[SIDE_CLIENT] = t->said[SIDE_SERVER] = t->blanked = 0;
	t->begun = t->flat = t->glued = false;
	t->command = NULL;
	t->tls_now = false;
	t->due[SIDE_CLIENT] = t->due[SIDE_SERVER] = 0;
	t->rest.goes_on = false;
	buffer_clear(&t->opening);
	buffer_clear(&t->tags);
	t->draft = (struct draft){ .form = "document", .as_found = true };
	draft_protocol(&t->draft, protocol ? protocol->name : "tcp");
}

#define ERRATA_MAX 3

void talk_end(struct talk *t)
{
	struct buffer blanked = { 0 };
	struct slice errata[ERRATA_MAX];
	size_t n = 0;
	if (!t->open)
		return;
	t->open = false;
	if (t->said[SIDE_CLIENT] + t->said[SIDE_SERVER] == 0) {
		draft_free(&t->draft);
		gap_forget(t);
		return;
	}
	settle(t);
	if (t->flat)
		errata[n++] = SLICE("several lines of the conversation are printed on one line of the document");
	if (t->glued)
		errata[n++] = SLICE("prose stands before a prefix, on the same line");
	if (t->blanked) {
		buffer_add_string(&blanked, t->blanked == 1 ? "an address was" : "addresses were");
		buffer_add_string(&blanked,
		                  " blanked to \"[email protected]\" by the web site that shows the document");
		if (t->blanked > 1)
			buffer_printf(&blanked, " (%llu times)", (unsigned long long)t->blanked);
		errata[n++] = buffer_slice(&blanked);
	}
	struct extracted about = { .title = buffer_slice(&t->title),
		                   .first = t->first,
		                   .last = t->last,
		                   .tls = t->draft.tls,
		                   .errata = errata,
		                   .nerrata = n };
	about.protocol = draft_following(&t->draft);
	about.client = t->said[SIDE_CLIENT];
	about.server = t->said[SIDE_SERVER];
	if (t->sink.end)
		t->sink.end(t->sink.context, &about);
	draft_free(&t->draft);
	buffer_free(&blanked);
	gap_forget(t);
}

void talk_free(struct talk *t)
{
	draft_free(&t->draft);
	buffer_free(&t->title);
	buffer_free(&t->tags);
	buffer_free(&t->opening);
	buffer_free(&t->gap.text);
}

/* ---- what is said ---- */

const struct entry *command_of(const struct protocol *protocol, struct slice line)
{
	const struct table *table = protocol ? protocol_table(protocol, TABLE_COMMANDS) : NULL;
	struct slice rest = line;
	if (table == NULL)
		return NULL;
	if (protocol->tagged)
		(void)slice_word(&rest);
	return table_find(table, slice_word(&rest));
}

/* Whether a conversation begins so: with a greeting, or with who the client is. */
static bool begins(const struct talk *t, enum side side, struct slice text)
{
	if (t->said[SIDE_CLIENT])
		return false;
	if (t->protocol && !t->protocol->server_first)
		return false; /* each request stands for itself */
	if (side == SIDE_SERVER) {
		bool ready = t->protocol && slice_starts(text, SLICE("220")) && t->protocol->greeting(text) > 0;
		return t->said[SIDE_SERVER] == 0 && (ready || protocol_of_greeting(text) != NULL);
	}
	const struct entry *command = command_of(t->protocol, text);
	/* POP3's examples begin with USER as soon as with any other command */
	bool pop3 = command && !t->protocol->tagged && !t->protocol->one_code && !t->protocol->data_connection;
	return command && !pop3 && (command->phase == PHASE_IDENTIFY || command->phase == PHASE_AUTHENTICATE);
}

static void keep_tag(struct talk *t, struct slice text)
{
	if (t->protocol == NULL || !t->protocol->tagged || draft_input(&t->draft) != INPUT_COMMAND)
		return;
	if (t->tags.n > TAGS_KEPT)
		buffer_drop(&t->tags, t->tags.n - TAGS_KEPT / 2);
	buffer_add_octet(&t->tags, ' ');
	buffer_add_slice(&t->tags, slice_word(&text));
	buffer_add_octet(&t->tags, ' ');
}

/* How many addresses were blanked in the text. */
static uint64_t count_blanked(struct slice text)
{
	uint64_t n = 0;
	for (size_t at; (at = slice_find(text, BLANKED)) < text.n; n++)
		text = slice_part(text, at + BLANKED.n, text.n);
	return n;
}

static void at_line(struct talk *t, unsigned number)
{
	t->draft.number = number;
	if (number > t->last)
		t->last = number;
}

void talk_said_ended(struct talk *t, enum side side, struct slice text, struct slice end, unsigned number)
{
	at_line(t, number);
	if (t->draft.dialogue && dialogue_tls_pending(t->draft.dialogue)) {
		draft_comment_text(&t->draft,
		                   SLICE("the document does not show where TLS begins: here, after the reply"));
		draft_tls(&t->draft);
	}
	t->begun = t->begun || begins(t, side, text);
	t->tls_now = false;
	if (side == SIDE_CLIENT) {
		if (t->said[SIDE_CLIENT] == 0)
			buffer_add_slice(&t->opening, text);
		keep_tag(t, text);
		t->command = draft_input(&t->draft) == INPUT_COMMAND ? command_of(t->protocol, text) : t->command;
	}
	t->blanked += count_blanked(text);
	t->said[side]++;
	draft_said(&t->draft, side, text, end);
	settle(t);
}

void talk_said(struct talk *t, enum side side, struct slice text, unsigned number)
{
	talk_said_ended(t, side, text, SLICE("\r\n"), number);
}

void talk_line(struct talk *t, const struct script_line *line, struct slice printed, unsigned number)
{
	at_line(t, number);
	if (line->kind == SCRIPT_SAID) {
		t->said[line->side]++;
		t->blanked += count_blanked(printed);
	}
	hand_on(t, printed, number);
}

void talk_comment(struct talk *t, struct slice text, unsigned number)
{
	t->draft.number = number;
	draft_comment_text(&t->draft, text);
	settle(t);
}

void talk_direction(struct talk *t, const char *text, unsigned number)
{
	at_line(t, number);
	draft_direction(&t->draft, text);
	settle(t);
}

/* The words of a payload that is left out, without those that the direction has anyway. */
static struct slice payload_words(struct slice what)
{
	static const char *const before[] = { "server sends ", "client sends ", "sends " };
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
		if (slice_starts(what, slice_of(before[i])))
			return slice_part(what, strlen(before[i]), what.n);
	return what.n ? what : SLICE("what the document leaves out");
}

void talk_payload(struct talk *t, enum side side, struct slice what, unsigned number)
{
	struct buffer safe = { 0 };
	struct script_line line = { 0 };
	at_line(t, number);
	escape_text(&safe, payload_words(what));
	char *text = buffer_take(&safe);
	char *direction = string_printf("%s sends %s", side == SIDE_CLIENT ? "client" : "server", text);
	(void)script_direction(slice_of(direction), &line);
	draft_payload(&t->draft, side, text, line.octets);
	free(line.name);
	free(direction);
	free(text);
	settle(t);
}

void talk_tls(struct talk *t, unsigned number)
{
	at_line(t, number);
	const struct dialogue *d = t->draft.dialogue;
	if (d && dialogue_secure(d) && !dialogue_tls_pending(d))
		return;
	if (t->draft.said)
		draft_tls(&t->draft);
	else
		t->draft.tls = true;
	t->tls_now = true;
	settle(t);
}

void talk_hangs_up(struct talk *t, enum side side, unsigned number)
{
	at_line(t, number);
	draft_hangs_up(&t->draft, side);
	settle(t);
}

/* ---- what stands between ---- */

/* Whether a file of FTP's is on its way: who connects then connects for its octets (RFC 959 3.2). */
static bool transfers(const struct talk *t)
{
	return t->open && t->protocol && t->protocol == protocol_named(SLICE("ftp")) && t->command &&
	       t->command->phase == PHASE_TRANSFER;
}

/* What a remark says of the connection holds for what follows it, with no other paragraph between. */
static void look_for_connection(struct talk *t, struct slice text, bool prose)
{
	struct gap *gap = &t->gap;
	bool aside = is_aside(text) || begins_aside(text);
	enum connection_words words = aside ? connection_words(aside_words(text)) : WORDS_NONE;
	if (prose && !aside && gap->empty != gap->empty_before)
		gap->connects = gap->tls = false;
	if ((words == WORDS_CONNECTS && !transfers(t)) || words == WORDS_TLS) {
		gap->connects = true;
		gap->tls = gap->tls || words == WORDS_TLS;
		gap->empty_before = gap->empty;
	}
}

void gap_add(struct talk *t, struct slice text, unsigned number, enum between between)
{
	struct gap *gap = &t->gap;
	bool prose = between != BETWEEN_ASIDE && !is_aside(text);
	gap->lines++;
	gap->headings += between == BETWEEN_HEADING;
	gap->prose += prose;
	look_for_connection(t, text, prose);
	gap->then = gap->then || (gap->prose == 1 && prose && tells_next(text));
	gap->or = gap->or || parts_alternatives(text) || (prose && supposes(text));
	if (labels_example(text))
		gap->label = gap->prose ? gap->prose : 1;
	else if (announces_example(text))
		gap->example = gap->prose ? gap->prose : 1;
	if (!t->open || gap->kept == GAP_KEPT)
		return;
	gap->numbers[gap->kept++] = number;
	buffer_add_slice(&gap->text, slice_trim(text));
	buffer_add_octet(&gap->text, '\n');
}

bool gap_label(const struct gap *gap)
{
	return gap->label && gap->prose - gap->label < CAPTION_LINES;
}

bool gap_example(const struct gap *gap)
{
	return gap->example && gap->prose - gap->example < CAPTION_LINES;
}

void gap_empty(struct talk *t)
{
	t->gap.empty++;
}

bool gap_any(const struct talk *t)
{
	return t->gap.lines || t->gap.empty;
}

void gap_forget(struct talk *t)
{
	buffer_clear(&t->gap.text);
	t->gap = (struct gap){ .text = t->gap.text };
}

void gap_tell(struct talk *t)
{
	struct gap *gap = &t->gap;
	struct slice rest = buffer_slice(&gap->text);
	if (gap->lines > GAP_KEPT) {
		t->draft.number = gap->numbers[0];
		draft_comment(&t->draft, "(%u lines of the document are left out)", gap->lines);
	} else {
		for (unsigned i = 0; i < gap->kept; i++) {
			t->draft.number = gap->numbers[i];
			draft_comment_text(&t->draft, slice_row(&rest));
		}
	}
	settle(t);
	gap_forget(t);
}
