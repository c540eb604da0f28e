/*
 * Whether two parts of a document are one conversation, where prose, headings or nothing but empty lines stand between: where
 * the state that the first has reached allows what the second says first. In doubt they are two.
 */
#include "script/extract_inside.h"

#include "protocol/protocol.h"

/* More prose between is too much for one conversation, in lines. */
#define PROSE_BETWEEN 30

/* So many lines of prose may tell what is done then, in a conversation of a protocol that is not known. */
#define STORY_LINES 3

/* So many lines may stand above a part of one conversation as its heading. */
#define CAPTION_LINES 2

/* So many tags a document may have left out. */
#define TAGS_LEFT_OUT 10

/* The state in which a client says who it is, in the protocols where it does: behind the greeting, and where TLS has begun. */
#define STATE_CONNECTED 1

/* Whether so little stands between that the two parts are one block to the eye. */
static bool tiny(const struct gap *gap)
{
	return gap->prose == 0;
}

static bool tag_used(const struct talk *t, struct slice line)
{
	struct buffer word = { 0 };
	if (slice_starts(line, SLICE(". "))) /* the tag of those who type, always the same */
		return false;
	buffer_add_octet(&word, ' ');
	buffer_add_slice(&word, slice_word(&line));
	buffer_add_octet(&word, ' ');
	bool used = slice_find(buffer_slice(&t->tags), buffer_slice(&word)) < t->tags.n;
	buffer_free(&word);
	return used;
}

/* The last tag that was used. */
static struct slice last_tag(const struct talk *t)
{
	struct slice tags = slice_trim(buffer_slice(&t->tags));
	size_t at = tags.n;
	while (at > 0 && tags.p[at - 1] != ' ')
		at--;
	return slice_part(tags, at, tags.n);
}

/* Whether the tag begins as the last did: one client makes them alike. */
static bool tag_is_like(const struct talk *t, struct slice line)
{
	struct slice last = last_tag(t), tag = slice_word(&line);
	bool letters = last.n && octet_is_alpha(last.p[0]) && last.n > 1 && tag.n > 1;
	return !letters || octet_lower(last.p[0]) == octet_lower(tag.p[0]);
}

/* How far the tag comes behind the last that was used: 1 for A002 behind A001; 0 where it does not. */
static uint64_t tag_ahead(const struct talk *t, struct slice line)
{
	struct slice tags = last_tag(t), tag = slice_word(&line);
	size_t digits = 0;
	uint64_t last = 0, next = 0;
	while (digits < tag.n && digits < tags.n && octet_lower(tag.p[digits]) == octet_lower(tags.p[digits]) &&
	       !octet_is_digit(tag.p[digits]))
		digits++;
	bool numbers = slice_number(slice_part(tags, digits, tags.n), &last) &&
	               slice_number(slice_part(tag, digits, tag.n), &next);
	return numbers && next > last && next - last < TAGS_LEFT_OUT ? next - last : 0;
}

/* Whether the server's line is a greeting where none is due. */
static bool greets(const struct talk *t, const struct dialogue *d, struct slice text)
{
	if (t->tls_now || (t->said[SIDE_CLIENT] == 0 && t->said[SIDE_SERVER] == 0) || t->protocol == NULL ||
	    !t->protocol->server_first)
		return false;
	if (dialogue_outstanding(d) > 0 &&
	    (!slice_starts(text, SLICE("220")) || (t->command && t->command->phase == PHASE_ENCRYPT)))
		return false;
	return protocol_of_greeting(text) != NULL;
}

/* Whether the client may say the line now: a command that the state allows, or what it was asked for. */
static bool may_say(const struct talk *t, const struct dialogue *d, struct slice text)
{
	const struct entry *command = command_of(t->protocol, text);
	if (dialogue_input(d) != INPUT_COMMAND)
		return dialogue_turn(d) == SIDE_CLIENT;
	if (dialogue_outstanding(d) > 0 && dialogue_turn(d) == SIDE_SERVER)
		return false;
	if (t->protocol && t->protocol->tagged && tag_used(t, text))
		return false;
	if (command && command->phase == PHASE_IDENTIFY && dialogue_state_index(d) > STATE_CONNECTED &&
	    !dialogue_tls_pending(d))
		return false;
	return command == NULL || dialogue_allows(d, command, NULL) != NOT_NOW;
}

/* Whether the client's command goes on with the session. */
static bool client_goes_on(const struct talk *t, const struct dialogue *d, struct slice text)
{
	bool tagged = t->protocol && t->protocol->tagged && dialogue_input(d) == INPUT_COMMAND;
	bool other_tags = tagged && t->gap.lines && !tag_is_like(t, text);
	if (tiny(&t->gap) && t->gap.headings == 0 && !other_tags)
		return !(t->gap.or &&!t->begun);
	/* What began the talk begins another one, but for the EHLO behind STARTTLS. */
	bool again = slice_equal_nocase(text, buffer_slice(&t->opening)) && !dialogue_tls_pending(d);
	if (gap_label(&t->gap) || t->gap.prose > PROSE_BETWEEN || again)
		return false;
	uint64_t next = tagged ? tag_ahead(t, text) : 0;
	/* tags that are left out under another heading are of another example */
	if (next > 1 && t->gap.headings && t->gap.prose > CAPTION_LINES)
		return false;
	if (dialogue_tls_pending(d) && t->gap.prose <= CAPTION_LINES)
		return may_say(t, d, text);
	if (gap_example(&t->gap) && !next)
		return false;
	bool near = t->gap.prose <= CAPTION_LINES;
	if (next && (!t->begun || near))
		return t->begun || dialogue_outstanding(d) == 0 || (next == 1 && near);
	return t->begun && may_say(t, d, text);
}

/* Whether the session goes on in another notation, with nothing but empty lines between: with a command that
 * begins none. */
static bool goes_on_otherwise(const struct talk *t, const struct protocol *protocol, enum side side, struct slice text)
{
	const struct dialogue *d = t->draft.dialogue;
	if (d == NULL || t->notation == NULL || protocol == NULL || !protocol->server_first || side == SIDE_SERVER ||
	    t->gap.lines || t->gap.headings)
		return false;
	const struct entry *command = command_of(protocol, text);
	bool begins = command == NULL || command->phase == PHASE_IDENTIFY || command->phase == PHASE_AUTHENTICATE;
	bool tagged = protocol->tagged && (tag_used(t, text) || !tag_is_like(t, text));
	/* where no greeting is printed, the first reply is taken for it, and one command still waits */
	return !begins && !tagged && dialogue_input(d) == INPUT_COMMAND && dialogue_outstanding(d) <= 1;
}

/* Whether the client connects again before what that side says. */
static bool connects_anew(const struct talk *t, const struct dialogue *d, enum side side)
{
	/* `[TLS negotiation]`, alone between the lines of a block, is a remark on the same connection */
	bool aside = t->gap.tls && t->gap.lines == 1 && t->gap.empty == 0 && side == SIDE_CLIENT;
	return t->gap.connects && !aside && !(t->gap.tls && dialogue_tls_pending(d)) &&
	       t->said[SIDE_CLIENT] + t->said[SIDE_SERVER] > 0;
}

bool talk_continues(const struct talk *t, const struct judged *judged, const struct protocol *protocol, enum side side,
                    struct slice text)
{
	const struct dialogue *d = t->draft.dialogue;
	if (!t->open || (protocol && t->protocol != protocol))
		return false;
	if (t->notation != judged->notation && !goes_on_otherwise(t, protocol, side, text))
		return false;
	bool story = t->gap.then && t->gap.headings == 0 && t->gap.prose <= STORY_LINES;
	if (t->protocol == NULL && story && !gap_label(&t->gap) && !gap_example(&t->gap))
		return true;
	if (d == NULL)
		return tiny(&t->gap);
	if (connects_anew(t, d, side))
		return false;
	bool awaited = dialogue_outstanding(d) > 0 || dialogue_in_reply(d) || dialogue_due(d, side) > 0;
	if ((dialogue_closing(d) && !awaited) || (side == SIDE_SERVER && greets(t, d, text)))
		return false;
	/* Some documents print a command under the server's prefix, where the server has nothing to say. */
	if (side == SIDE_CLIENT || (!awaited && command_of(t->protocol, text)))
		return client_goes_on(t, d, text);
	if (tiny(&t->gap))
		return !t->gap.or ;
	if (t->gap.or || t->gap.prose > PROSE_BETWEEN)
		return false;
	if (slice_starts(text, SLICE("HTTP/")))
		return dialogue_outstanding(d) > 0 && !dialogue_in_reply(d);
	return awaited && !gap_label(&t->gap) && !gap_example(&t->gap);
}
