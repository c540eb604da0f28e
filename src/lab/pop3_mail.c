/*
 * What POP3 does with mail: counts, lists, texts, marks (RFC 1939 5 and 7). Lists and texts are said in pieces, so that what
 * waits to be written stays small however many messages there are and however long they are.
 */
#include "lab/pop3_inside.h"

#include "protocol/pop3_syntax.h"

/* Octets of a piece, about. */
#define PIECE ((size_t)16 * 1024)

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- message numbers ---- */

/* The index of the message of that number, which is there and not marked. False where there is none, which has been said. */
static bool find(struct pop3_visit *post, struct slice number, const char *verb, size_t *i)
{
	const struct maildrop *maildrop = &post->maildrop;
	uint64_t value;
	if (!pop3_message_number(number, &value)) {
		pop3_refuse(post, "a message number is a decimal number from 1", HINT_SYNTAX, verb);
		return false;
	}
	if (value > maildrop->n) {
		visit_say(post->visit, "-ERR no such message, only %zu message%s in maildrop", maildrop->n,
		          plural(maildrop->n));
		return false;
	}
	*i = (size_t)value - 1;
	if (maildrop->mails[*i].marked)
		visit_say(post->visit, "-ERR message %llu is marked as deleted", (unsigned long long)value);
	return !maildrop->mails[*i].marked;
}

/* ---- replies of many lines ---- */

static void begin(struct pop3_visit *post, struct pop3_reply reply)
{
	post->reply = reply;
	pop3_more(post);
	visit_busy(post->visit, post->reply.kind != REPLY_NONE);
}

/* Appends the lines of a list, as many as fit. False where it is not over. */
static bool add_rows(struct pop3_visit *post, struct buffer *out)
{
	const struct maildrop *maildrop = &post->maildrop;
	struct pop3_reply *reply = &post->reply;
	for (; reply->next < maildrop->n && out->n < PIECE; reply->next++) {
		if (maildrop->mails[reply->next].marked)
			continue;
		buffer_printf(out, "%zu ", reply->next + 1);
		if (reply->kind == REPLY_UIDL)
			maildrop_unique_id(maildrop, reply->next, out);
		else
			buffer_printf(out, "%zu", maildrop->mails[reply->next].octets);
		buffer_add_string(out, "\r\n");
	}
	return reply->next == maildrop->n;
}

/* Appends what fits of a text, dots doubled at the front of lines. */
static void add_lines(struct slice *text, bool *inside, struct buffer *out)
{
	while (text->n && out->n < PIECE) {
		struct slice rest = slice_part(*text, 0, PIECE - out->n);
		struct slice line = slice_line(&rest);
		if (!*inside && line.p[0] == '.')
			buffer_add_octet(out, '.');
		buffer_add_slice(out, line);
		*inside = line.p[line.n - 1] != '\n';
		*text = slice_part(*text, line.n, text->n);
	}
}

/* Header and body. False where they are not over. */
static bool add_text(struct pop3_reply *reply, struct buffer *out)
{
	add_lines(&reply->header, &reply->inside, out);
	add_lines(&reply->body, &reply->inside, out);
	if (reply->header.n || reply->body.n)
		return false;
	if (reply->inside)
		buffer_add_string(out, "\r\n");
	return true;
}

void pop3_more(struct pop3_visit *post)
{
	struct pop3_reply *reply = &post->reply;
	buffer_clear(&post->piece);
	bool over = reply->kind == REPLY_TEXT ? add_text(reply, &post->piece) : add_rows(post, &post->piece);
	if (over)
		buffer_add_string(&post->piece, ".\r\n");
	visit_send(post->visit, buffer_slice(&post->piece));
	if (!over)
		return;
	if (reply->retrieved)
		maildrop_seen(&post->maildrop, reply->next);
	*reply = (struct pop3_reply){ 0 };
	buffer_free(&post->piece);
	buffer_free(&post->surrogate);
	visit_busy(post->visit, false);
}

/* ---- counts and lists ---- */

void pop3_stat(struct pop3_visit *post, const struct slice *arguments)
{
	(void)arguments;
	visit_say(post->visit, "+OK %zu %llu", post->maildrop.left, (unsigned long long)post->maildrop.octets);
}

static void say_count(struct pop3_visit *post)
{
	visit_say(post->visit, "+OK %zu message%s (%llu octets)", post->maildrop.left, plural(post->maildrop.left),
	          (unsigned long long)post->maildrop.octets);
}

void pop3_list(struct pop3_visit *post, const struct slice *arguments)
{
	size_t i;
	if (arguments[0].n == 0) {
		say_count(post);
		begin(post, (struct pop3_reply){ .kind = REPLY_LIST });
	} else if (find(post, arguments[0], "LIST", &i)) {
		visit_say(post->visit, "+OK %zu %zu", i + 1, post->maildrop.mails[i].octets);
	}
}

void pop3_uidl(struct pop3_visit *post, const struct slice *arguments)
{
	struct buffer id = { 0 };
	size_t i;
	if (arguments[0].n == 0) {
		visit_say(post->visit, "+OK unique-ids follow");
		begin(post, (struct pop3_reply){ .kind = REPLY_UIDL });
	} else if (find(post, arguments[0], "UIDL", &i)) {
		maildrop_unique_id(&post->maildrop, i, &id);
		visit_say(post->visit, "+OK %zu " SLICE_FMT, i + 1, SLICE_ARG(buffer_slice(&id)));
	}
	buffer_free(&id);
}

/* ---- texts ---- */

void pop3_retr(struct pop3_visit *post, const struct slice *arguments)
{
	struct pop3_reply reply = { .kind = REPLY_TEXT, .retrieved = true };
	if (!find(post, arguments[0], "RETR", &reply.next))
		return;
	maildrop_text(&post->maildrop, reply.next, &post->surrogate, &reply.header, &reply.body);
	visit_say(post->visit, "+OK %zu octets", post->maildrop.mails[reply.next].octets);
	begin(post, reply);
}

void pop3_top(struct pop3_visit *post, const struct slice *arguments)
{
	struct pop3_reply reply = { .kind = REPLY_TEXT };
	uint64_t lines;
	if (!slice_number(arguments[1], &lines)) {
		pop3_refuse(post, "the number of lines is a decimal number", HINT_SYNTAX, "TOP");
		return;
	}
	if (!find(post, arguments[0], "TOP", &reply.next))
		return;
	maildrop_text(&post->maildrop, reply.next, &post->surrogate, &reply.header, &reply.body);
	struct slice rest = reply.body;
	for (; lines && rest.n; lines--)
		(void)slice_line(&rest);
	reply.body = slice_part(reply.body, 0, reply.body.n - rest.n);
	visit_say(post->visit, "+OK top of message follows");
	begin(post, reply);
}

/* ---- marks ---- */

void pop3_dele(struct pop3_visit *post, const struct slice *arguments)
{
	size_t i;
	if (!find(post, arguments[0], "DELE", &i))
		return;
	maildrop_mark(&post->maildrop, i);
	visit_say(post->visit, "+OK message %zu marked as deleted, to go at QUIT", i + 1);
}

void pop3_rset(struct pop3_visit *post, const struct slice *arguments)
{
	(void)arguments;
	maildrop_unmark(&post->maildrop);
	say_count(post);
}
