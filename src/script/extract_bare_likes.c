/*
 * How much a walk's protocol likes a line as what that side says here. speaker.h tells it of the line alone; what can be told besides
 * is told here: what the dialogue waits for, and what only describes commands, as tables and scripts do.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

static bool is_pop3(const struct walk *w)
{
	return slice_equal(slice_of(w->protocol->name), SLICE("pop3"));
}

/* A script of a test program's, not what is said: `ok select $mailbox`, `* status ${mailbox} (messages 0)`. */
static bool is_template(const struct walk *w, struct slice text)
{
	static const char *const words[] = { "ok ", "no ", "bad ", "\"\" ", NULL };
	return slice_find(text, SLICE("${")) < text.n || (w->protocol->tagged && line_starts_any(text, words));
}

/* `RETR msg`, `TOP msg n`: a word where a number belongs (RFC 1939 5), as in a list of the commands. */
static bool is_pattern(const struct walk *w, struct slice text)
{
	static const char *const verbs[] = { "RETR", "TOP", "DELE" };
	struct slice verb = slice_word(&text), argument = slice_word(&text);
	for (size_t i = 0; is_pop3(w) && i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal_nocase(verb, slice_of(verbs[i])))
			return argument.n && octet_is_alpha(argument.p[0]);
	return false;
}

/* `# Login`: a shell's comment, and no tag of IMAP's. */
static bool is_comment(const struct walk *w, struct slice text)
{
	return w->protocol->tagged && slice_starts(text, SLICE("# "));
}

/* `+ ` and several words is an item of a list: in POP3, whose challenge is one word (RFC 5034 4), and under a heading in no block. */
static bool is_item(const struct walk *w, struct slice text)
{
	bool listed = is_pop3(w) || (w->headed && !w->s->literal);
	struct slice words = slice_trim(slice_from(text, 1));
	return listed && slice_starts(text, SLICE("+ ")) && slice_find_octet(words, ' ') < words.n;
}

unsigned walk_likes(const struct walk *w, enum side side, struct slice text)
{
	unsigned likes = is_template(w, text) ? 0 : speaker_likes(w->protocol, side, text);
	if (likes == 0 || (side == SIDE_CLIENT && (is_pattern(w, text) || is_comment(w, text))))
		return 0;
	if (side == SIDE_SERVER && is_item(w, text))
		return 0;
	/* replies begin with their status (RFC 1939 3): numbers and such stand below one */
	bool below = side == SIDE_SERVER && likes == 1 && is_pop3(w) && !dialogue_in_reply(w->d);
	return below && text.p[0] != '+' && text.p[0] != '-' ? 0 : likes;
}
