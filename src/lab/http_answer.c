/*
 * Responses, made and said.
 */
#include "lab/http_answer.h"

#include <stdlib.h>
#include <time.h>

#include "store/files.h"
#include "protocol/http.h"
#include "protocol/http_syntax.h"

/* Octets that are said at a time. */
#define SAID_MAX ((size_t)32 * 1024)

/* ---- made ---- */

void answer_drop_body(struct answer *a)
{
	for (size_t i = 0; i < a->npieces; i++)
		buffer_free(&a->pieces[i].made);
	free(a->pieces);
	a->pieces = NULL;
	a->npieces = a->room = 0;
	blob_release(a->blob);
	message_release(a->message);
	a->blob = NULL;
	a->message = NULL;
	a->chunked = false;
	buffer_free(&a->trailer);
}

void answer_clear(struct answer *a)
{
	answer_drop_body(a);
	buffer_free(&a->interim);
	buffer_free(&a->fields);
	*a = (struct answer){ 0 };
}

void answer_field(struct answer *a, const char *name, const char *format, ...)
{
	va_list ap;
	buffer_printf(&a->fields, "%s: ", name);
	va_start(ap, format);
	buffer_vprintf(&a->fields, format, ap);
	va_end(ap);
	buffer_add_string(&a->fields, "\r\n");
}

void answer_date(struct answer *a, const char *name, int64_t seconds)
{
	buffer_printf(&a->fields, "%s: ", name);
	http_date_write(&a->fields, seconds);
	buffer_add_string(&a->fields, "\r\n");
}

static struct answer_piece *piece_add(struct answer *a)
{
	if (a->npieces == a->room) {
		a->room = a->room ? a->room * 2 : 4;
		a->pieces = memory_grow(a->pieces, a->room, sizeof *a->pieces);
	}
	struct answer_piece *piece = &a->pieces[a->npieces++];
	*piece = (struct answer_piece){ 0 };
	return piece;
}

void answer_take(struct answer *a, struct buffer *text)
{
	struct answer_piece *piece = piece_add(a);
	piece->made = *text;
	piece->octets = buffer_slice(&piece->made);
	*text = (struct buffer){ 0 };
}

void answer_add(struct answer *a, const char *text)
{
	struct buffer made = { 0 };
	buffer_add_string(&made, text);
	answer_take(a, &made);
}

void answer_look(struct answer *a, struct slice octets)
{
	piece_add(a)->octets = octets;
}

void answer_hold_blob(struct answer *a, struct blob *blob)
{
	a->blob = blob_hold(blob);
}

void answer_hold_message(struct answer *a, struct message *message)
{
	a->message = message_hold(message);
}

uint64_t answer_octets(const struct answer *a)
{
	uint64_t octets = 0;
	for (size_t i = 0; i < a->npieces; i++)
		octets += a->pieces[i].octets.n;
	return octets;
}

const struct entry *answer_meaning(unsigned status)
{
	const char word[] = { (char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10) };
	const struct table *codes = protocol_table(&protocol_http, TABLE_CODES);
	return codes ? table_find(codes, (struct slice){ word, sizeof word }) : NULL;
}

const char *answer_phrase(unsigned status)
{
	const struct entry *row = answer_meaning(status);
	return row && row->syntax ? row->syntax : "";
}

/* ---- said ---- */

/* 1xx, 204 and 304 never have a body, and the first two no field that announces one (RFC 9112 6.3, RFC 9110 8.6). */
static void add_framing(struct answer *a, struct buffer *out, bool old)
{
	if (a->status == 204)
		a->bodiless = true;
	else if (a->status == 304) /* its length is that of what is not sent, which need not be said */
		a->bodiless = true;
	else if (a->chunked && !old)
		buffer_add_string(out, "Transfer-Encoding: chunked\r\n");
	else if (a->chunked)
		a->closes = true; /* HTTP/1.0: the close is what ends it */
	else
		buffer_printf(out, "Content-Length: %llu\r\n", (unsigned long long)answer_octets(a));
}

void answer_head(struct answer *a, struct visit *visit, bool head_only, unsigned version)
{
	struct buffer out = { 0 }, framing = { 0 };
	bool old = version < 11;
	a->bodiless = head_only;
	add_framing(a, &framing, old);
	a->chunked = a->chunked && !old;
	buffer_add_slice(&out, buffer_slice(&a->interim));
	buffer_printf(&out, "HTTP/1.1 %u %s\r\nDate: ", a->status, answer_phrase(a->status));
	http_date_write(&out, (int64_t)time(NULL));
	buffer_add_string(&out, "\r\nServer: parlance-lab\r\n");
	buffer_add_slice(&out, buffer_slice(&a->fields));
	buffer_add_slice(&out, buffer_slice(&framing));
	if (a->closes)
		buffer_add_string(&out, "Connection: close\r\n");
	else if (old)
		buffer_add_string(&out, "Connection: keep-alive\r\n");
	buffer_add_string(&out, "\r\n");
	visit_send(visit, buffer_slice(&out));
	buffer_free(&out);
	buffer_free(&framing);
}

/* Says of the piece under way what fits into `room`. Returns how many octets that were. */
static size_t say_piece(struct answer *a, struct visit *visit, size_t room)
{
	const struct answer_piece *piece = &a->pieces[a->piece];
	struct slice part = slice_part(piece->octets, a->at, a->at + room);
	if (a->chunked && part.n)
		visit_say(visit, "%zx", part.n);
	if (part.n)
		visit_send(visit, part);
	if (a->chunked && part.n)
		visit_send(visit, SLICE("\r\n"));
	a->at += part.n;
	if (a->at == piece->octets.n) {
		a->piece++;
		a->at = 0;
	}
	return part.n;
}

bool answer_more(struct answer *a, struct visit *visit)
{
	size_t said = 0;
	while (!a->bodiless && a->piece < a->npieces && said < SAID_MAX)
		said += say_piece(a, visit, SAID_MAX - said);
	if (!a->bodiless && a->piece < a->npieces)
		return true;
	if (!a->bodiless && a->chunked) {
		visit_send(visit, SLICE("0\r\n"));
		if (a->trailer.n)
			visit_send(visit, buffer_slice(&a->trailer));
		visit_send(visit, SLICE("\r\n"));
	}
	return false;
}
