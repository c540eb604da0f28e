/*
 * TLS in a session: it begins where the two have agreed on it, or with the first octet. What it shows is the note of its
 * stage; why there is none is told in words that know the protocol.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "protocol/protocol.h"
#include "protocol/upgrade.h"
#include "session/inside.h"

/* A remark for each line. */
static void remark_lines(struct session *s, struct slice lines)
{
	while (lines.n) {
		struct slice line = slice_row(&lines);
		session_remark(s, SLICE_FMT, SLICE_ARG(line));
	}
}

/* Whether anything was heard that came too early; the session then ends. */
static bool heard_early(struct session *s)
{
	struct buffer octets = { 0 };
	for (const struct item *item = queue_first(&s->heard); item; item = item->next)
		buffer_add(&octets, item->p + item->used, item->n - item->used);
	bool early = octets.n > 0;
	if (early)
		clear_injected(s, buffer_slice(&octets));
	buffer_free(&octets);
	return early;
}

/* ---- why there is no TLS ---- */

static void secured(void *context);
static void failed(void *context, const struct tls_failure *failure);
static const struct tls_events events = { secured, failed };

static void show_certificates(struct session *s)
{
	struct buffer rows = { 0 };
	if (s->options.certificates)
		tls_certificates(s->facts, true, &rows);
	remark_lines(s, buffer_slice(&rows));
	buffer_free(&rows);
}

static void failed(void *context, const struct tls_failure *failure)
{
	struct session *s = context;
	struct buffer message = { 0 }, story = { 0 };
	session_enter(s);
	s->shaking = false;
	if (failure->trouble == TLS_PLAINTEXT)
		clear_came(s, buffer_slice(&failure->plaintext), &message);
	else
		buffer_add_slice(&message, buffer_slice(&failure->message));
	if (failure->trouble == TLS_REFUSED && tls_facts_certificate(s->facts))
		tls_refused_story(s->facts, &story);
	remark_lines(s, buffer_slice(&story));
	show_certificates(s);
	if (s->options.verbose && failure->openssl.n)
		buffer_printf(&message, " (OpenSSL: " SLICE_FMT ")", SLICE_ARG(buffer_slice(&failure->openssl)));
	session_fail(s, END_TLS, STATUS_TLS, "%s: TLS: " SLICE_FMT, s->peer, SLICE_ARG(buffer_slice(&message)));
	s->peer_ended = false;
	buffer_free(&message);
	buffer_free(&story);
	(void)session_leave(s);
}

/* What a peer that does not go on with the handshake may be waiting for. */
static const char *late_words(const struct session *s)
{
	if (tls_facts_spoken(s->facts))
		return "it was begun, and then nothing more came";
	if (s->options.side == SIDE_SERVER)
		return "the client does not begin";
	if (dialogue_tls_pending(s->dialogue))
		return "the server agreed on TLS, and does not begin";
	if (!s->options.tls_implicit)
		return "the server was not asked for it, and does not answer";
	return "nothing came: perhaps this port does not speak TLS from the first octet; try --starttls, or without TLS";
}

void encrypt_late(struct session *s)
{
	s->shaking = false;
	session_fail(s, END_TLS, STATUS_TIMEOUT,
	             "%s: TLS: the handshake was not done within %g s: %s (--connect-timeout SECONDS waits longer)",
	             s->peer, encrypt_patience(s), late_words(s));
}

/* ---- beginning ---- */

double encrypt_patience(const struct session *s)
{
	return s->options.handshake > 0 ? s->options.handshake : 10;
}

static void secured(void *context)
{
	struct session *s = context;
	session_enter(s);
	s->shaking = false;
	s->tls_due = false;
	s->stirred = clock_now();
	stream_open(s->stream, flow_stream_events(), s);
	if (s->paused)
		stream_pause(s->stream);
	flow_stage(s, STAGE_TLS, SIDE_CLIENT);
	if (!s->freed)
		show_certificates(s);
	session_schedule(s);
	(void)session_leave(s);
}

/* The handshake, over the stream that there is. */
static void shake_hands(struct session *s)
{
	tls_facts_free(s->facts);
	s->facts = tls_facts_new();
	s->shaking = true;
	s->shaking_since = clock_now();
	s->stream = tls_over(s->base, s->stream, s->options.tls, s->options.host, s->facts, &events, s);
	tls_hand_out_tickets(s->stream);
}

void encrypt_begin(struct session *s)
{
	if (!s->tls_due || s->shaking || !session_going(s) || s->stream == NULL || heard_early(s))
		return;
	if (dialogue_secure(s->dialogue))
		session_fail(s, END_TLS, STATUS_TLS, "%s: TLS was agreed on under TLS: one is enough", s->peer);
	else if (s->options.tls)
		shake_hands(s);
	else
		session_fail(s, END_TLS, STATUS_TLS, "%s: TLS was agreed on, and this session cannot begin it",
		             s->peer);
}

void encrypt_end(struct session *s)
{
	if (!session_going(s) || s->stream == NULL || !dialogue_tls_ending(s->dialogue))
		return;
	tls_take_off(s->stream);
	dialogue_tls_ended(s->dialogue);
}

/* The story, before what the protocol says of the stage. */
void encrypt_tell(struct session *s, struct dialogue_event *event)
{
	buffer_clear(&s->story);
	tls_story(s->facts, &s->story);
	if (event->note.n)
		buffer_add_slice(&s->story, event->note);
	else if (s->story.n && s->story.p[s->story.n - 1] == '\n')
		s->story.n--;
	event->note = buffer_slice(&s->story);
	if (tls_facts_unverified(s->facts))
		event->problem = SLICE("the certificate was not verified (--insecure): nobody knows who the server is");
}

bool session_shaking(const struct session *s)
{
	return s->shaking;
}

void session_begin_tls(struct session *s)
{
	if (!session_going(s) || s->stream == NULL || s->tls_due)
		return;
	s->tls_due = true;
	stream_pause(s->stream);
	session_schedule(s);
}

/* ---- upgrading ---- */

/* What we call ourselves to an SMTP server: our address as a literal (RFC 5321 4.1.3), which is always true. The
 * caller's. */
static char *client_name(const struct session *s)
{
	struct slice local = slice_of(s->local);
	size_t colon = local.n;
	while (colon > 0 && local.p[colon - 1] != ':')
		colon--;
	struct slice address = slice_part(local, 0, colon > 0 ? colon - 1 : 0);
	if (address.n > 2 && address.p[0] == '[')
		return string_printf("[IPv6:" SLICE_FMT, SLICE_ARG(slice_part(address, 1, address.n)));
	if (address.n && octet_is_digit(address.p[0]))
		return string_printf("[" SLICE_FMT "]", SLICE_ARG(address));
	return string_copy("[127.0.0.1]");
}

void session_starttls(struct session *s)
{
	if (s->upgrade || !session_going(s))
		return;
	char *name = client_name(s);
	s->upgrade = upgrade_new(name);
	free(name);
	session_nudge(s);
}

bool session_upgrading(const struct session *s)
{
	return s->upgrade != NULL;
}

static void upgrade_over(struct session *s, struct slice why)
{
	bool wanted = s->upgrade_wanted;
	upgrade_free(s->upgrade);
	s->upgrade = NULL;
	s->upgrade_wanted = false;
	if (why.n && wanted)
		session_fail(s, END_TLS, STATUS_TLS, "%s: --starttls: " SLICE_FMT, s->peer, SLICE_ARG(why));
	else if (why.n)
		session_remark(s, "No TLS: " SLICE_FMT, SLICE_ARG(why));
	session_nudge(s);
}

void encrypt_upgrade(struct session *s)
{
	struct buffer text = { 0 };
	s->upgrade_heard = false;
	switch (upgrade_next(s->upgrade, s->dialogue, &text)) {
	case UPGRADE_SAY:
		session_send(s, text.p, text.n);
		break;
	case UPGRADE_WAIT:
		s->asked = true; /* until something has happened */
		break;
	case UPGRADE_DONE:
		if (text.n)
			session_remark(s, SLICE_FMT, SLICE_ARG(buffer_slice(&text)));
		upgrade_over(s, SLICE(""));
		break;
	case UPGRADE_REFUSED:
		upgrade_over(s, buffer_slice(&text));
		break;
	}
	buffer_free(&text);
}

const struct tls_facts *session_tls_facts(const struct session *s)
{
	return s->facts;
}
