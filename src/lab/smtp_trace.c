/*
 * The fields that a server puts in front of a message (RFC 5321 4.4, RFC 3848, RFC 6409 8), and one look at the header that
 * is there.
 */
#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "store/mime.h"
#include "lab/smtp_inside.h"

/* ---- the header that came ---- */

/* Where the header section ends, before its empty line. */
static size_t header_end(struct slice text)
{
	struct slice rest = text;
	while (rest.n) {
		size_t at = text.n - rest.n;
		struct slice line = slice_line(&rest);
		if (slice_equal(line, SLICE("\r\n")) || slice_equal(line, SLICE("\n")))
			return at;
	}
	return text.n;
}

/* Whether the text begins with a line that is neither a field nor the empty one: then it is all body. */
static bool begins_with_body(struct slice text)
{
	struct slice rest = text, line = slice_line(&rest);
	size_t i = 0;
	while (i < line.n && line.p[i] > ' ' && line.p[i] < 0x7f && line.p[i] != ':')
		i++;
	bool empty = slice_equal(line, SLICE("\r\n")) || slice_equal(line, SLICE("\n"));
	return text.n > 0 && !empty && (i == 0 || i == line.n || line.p[i] != ':');
}

void smtp_header_read(struct slice text, struct smtp_header *header)
{
	struct mime_field field;
	*header = (struct smtp_header){ .none = begins_with_body(text) };
	if (header->none)
		return;
	header->end = header_end(text);
	struct slice rest = slice_part(text, 0, header->end);
	while (mime_field_next(&rest, &field)) {
		header->dated = header->dated || slice_equal_nocase(field.name, SLICE("Date"));
		header->identified = header->identified || slice_equal_nocase(field.name, SLICE("Message-ID"));
		header->from = header->from || slice_equal_nocase(field.name, SLICE("From"));
		header->hops += slice_equal_nocase(field.name, SLICE("Received"));
	}
}

void smtp_return_path_drop(struct buffer *text, struct smtp_header *header)
{
	struct mime_field field;
	struct slice rest = slice_part(buffer_slice(text), 0, header->end);
	while (mime_field_next(&rest, &field)) {
		size_t at = (size_t)(field.name.p - text->p), n = header->end - rest.n - at;
		if (!slice_equal_nocase(field.name, SLICE("Return-Path")))
			continue;
		memmove(text->p + at, text->p + at + n, text->n - at - n);
		text->n -= n;
		header->end -= n;
		rest = slice_part(buffer_slice(text), at, header->end);
	}
}

/* ---- time ---- */

void smtp_date(struct buffer *out, int64_t now, int *zone)
{
	time_t seconds = (time_t)now;
	struct tm here;
	(void)localtime_r(&seconds, &here);
	*zone = (int)(here.tm_gmtoff / 60);
	struct calendar shown = calendar_at(now + (int64_t)*zone * 60);
	buffer_printf(out, "%s, %u %s %d %02u:%02u:%02u ", calendar_weekdays[shown.weekday], shown.day,
	              calendar_months[shown.month - 1], (int)shown.year, shown.hour, shown.minute, shown.second);
	calendar_zone_write(out, *zone);
}

/* ---- what is put in front ---- */

/* The word of the protocol (RFC 3848, RFC 6531 4.3); HELO's has no letters for TLS and log-in. */
static void add_protocol(const struct smtp_guest *guest, struct buffer *out)
{
	if (!guest->extended) {
		buffer_add_string(out, "SMTP");
		return;
	}
	if (guest->envelope.utf8)
		buffer_add_string(out, guest->lmtp ? "UTF8LMTP" : "UTF8SMTP");
	else
		buffer_add_string(out, guest->lmtp ? "LMTP" : "ESMTP");
	buffer_add_string(out, visit_secure(guest->visit) ? "S" : "");
	buffer_add_string(out, guest->user ? "A" : "");
}

static void add_received(const struct smtp_guest *guest, const char *id, const char *date, struct buffer *out)
{
	const struct smtp_envelope *envelope = &guest->envelope;
	const char *peer = visit_peer_host(guest->visit);
	buffer_printf(out, "Received: from %s ([%s%s])\r\n    by %s with ", guest->name,
	              strchr(peer, ':') ? "IPv6:" : "", peer, guest->host);
	add_protocol(guest, out);
	buffer_printf(out, " id %s", id);
	if (envelope->nrecipients == 1) /* of several the others would learn who else has it (RFC 5321 7.2) */
		buffer_printf(out, "\r\n    for <%s>; %s\r\n", envelope->recipients[0].address, date);
	else
		buffer_printf(out, ";\r\n    %s\r\n", date);
}

/* Whom the message in the outbox is for, a field each, and what they and the sender asked for. */
static void add_envelope(const struct smtp_envelope *envelope, struct buffer *out)
{
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if (envelope->recipients[i].kind == RECIPIENT_REMOTE)
			buffer_printf(out, "X-Envelope-To: <%s>\r\n", envelope->recipients[i].address);
	if (*envelope->parameters)
		buffer_printf(out, "X-Envelope-Parameters: MAIL FROM:<%s>\r\n %s\r\n", envelope->sender,
		              envelope->parameters);
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if (envelope->recipients[i].kind == RECIPIENT_REMOTE && *envelope->recipients[i].parameters)
			buffer_printf(out, "X-Envelope-Parameters: RCPT TO:<%s>\r\n %s\r\n",
			              envelope->recipients[i].address, envelope->recipients[i].parameters);
}

/* RFC 6409 8: the submission server completes what the client has left out. */
static void add_missing(const struct smtp_guest *guest, const struct smtp_header *header, const char *id,
                        const char *date, struct buffer *out)
{
	const char *user = guest->user ? guest->user->name : "postmaster";
	if (!header->from && strchr(user, '@'))
		buffer_printf(out, "From: <%s>\r\n", user);
	else if (!header->from)
		buffer_printf(out, "From: <%s@%s>\r\n", user, guest->host);
	if (!header->dated)
		buffer_printf(out, "Date: %s\r\n", date);
	if (!header->identified)
		buffer_printf(out, "Message-ID: <%s@%s>\r\n", id, guest->host);
}

void smtp_trace(struct smtp_guest *guest, const struct smtp_header *header, const char *id, int64_t now, bool outbox,
                struct buffer *out)
{
	struct buffer date = { 0 };
	int zone;
	smtp_date(&date, now, &zone);
	buffer_add_octet(&date, '\0');
	buffer_printf(out, "Return-Path: <%s>\r\n", guest->envelope.sender);
	if (outbox)
		add_envelope(&guest->envelope, out);
	add_received(guest, id, date.p, out);
	if (guest->submission)
		add_missing(guest, header, id, date.p, out);
	if (header->none)
		buffer_add_string(out, "\r\n");
	buffer_free(&date);
}
