/*
 * What the server must have said where a document without prefixes does not print it: the answer to DATA, to AUTH, to RETR. The walk's
 * dialogue is told.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* DATA was said and its reply is not printed: the text comes at once. */
static void begins_text(struct walk *w, struct slice text, size_t i)
{
	static const char replies[] = "250\r\n250\r\n250\r\n250\r\n250\r\n250\r\n250\r\n250\r\n354\r\n";
	size_t waiting = dialogue_outstanding(w->d), length = sizeof "354\r\n" - 1;
	bool text_comes = walk_dot_ahead(w, i) || (w->goes_on && w->s->literal);
	if (!w->asked || text.n == 0 || line_is_code(text) || !text_comes)
		return;
	size_t n = waiting * length < sizeof replies - 1 ? waiting * length : sizeof replies - 1;
	walk_assume(w, (struct slice){ replies + sizeof replies - 1 - n, n });
	w->asked = false;
}

/* Whether the text may be what a client proves itself with (RFC 4954 4): base64 (RFC 4648 4), and no command. */
static bool is_proof(const struct walk *w, struct slice text)
{
	size_t n = 0;
	while (n < text.n && (octet_is_alnum(text.p[n]) || text.p[n] == '+' || text.p[n] == '/'))
		n++;
	while (n && n < text.n && text.p[n] == '=')
		n++;
	return n && n == text.n && n % 4 == 0 && speaker_likes(w->protocol, SIDE_CLIENT, text) == 0;
}

/* AUTH was said and the challenge is not printed: the answer comes at once, and behind the last the next command. */
static void begins_proof(struct walk *w, struct slice text)
{
	static const struct slice replies = { "250\r\n250\r\n334\r\n", 15 };
	size_t waiting = dialogue_outstanding(w->d), n = waiting * (sizeof "334\r\n" - 1);
	if (!w->proves || dialogue_in_reply(w->d))
		return;
	if (waiting && n <= replies.n && is_proof(w, text)) {
		walk_assume(w, slice_part(replies, replies.n - n, replies.n));
		w->proved = true;
	} else if (w->proved && speaker_likes(w->protocol, SIDE_CLIENT, text)) {
		walk_assume(w, SLICE("235\r\n"));
		w->proved = false;
	}
}

/* RETR was said and its reply is not printed: the message comes at once. */
static void begins_message(struct walk *w, struct slice text)
{
	size_t colon = slice_find_octet(text, ':');
	bool field = colon < text.n && colon > 1 && slice_find_octet(slice_part(text, 0, colon), ' ') == colon;
	if (w->retrieves && w->client_last && field)
		walk_assume(w, SLICE("+OK\r\n"));
}

void walk_unprinted(struct walk *w, struct slice text, size_t i)
{
	begins_text(w, text, i);
	begins_proof(w, text);
	begins_message(w, text);
}
