/*
 * The upgrade to TLS: one list of lines to say for each protocol, the reply to each read by what the dialogue makes of
 * it. Only a reply that answers the very line that was said counts: what comes before it was asked for does not.
 */
#include "protocol/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/common.h"
#include "protocol/protocol.h"
#include "protocol/smtp_syntax.h"

/* So many lines of a server may come before it greets, or answers a line of ours: no honest one says more. */
#define PATIENCE 1000

/* Of a server's words, a refusal shows so many octets. */
#define WORDS_SHOWN 120

/* How a protocol begins TLS. */
struct way {
	const char *protocol;
	const char *asking;    /* the command that asks what the server can do; NULL: it is not asked */
	const char *beginning; /* the command that begins TLS */
	const char *line;      /* as it is said */
};

/* FTP has FEAT, but needs no question: "the AUTH command is sent and the server MAY then allow TLS negotiation" (RFC 4217
 * section 4). */
static const struct way ways[] = {
	{ "ftp", NULL, "AUTH", "AUTH TLS" },        { "imap", "CAPABILITY", "STARTTLS", "STARTTLS" },
	{ "lmtp", "LHLO", "STARTTLS", "STARTTLS" }, { "pop3", "CAPA", "STLS", "STLS" },
	{ "smtp", "EHLO", "STARTTLS", "STARTTLS" },
};

/* What has been said, in this order. */
enum step { STEP_NOTHING, STEP_ASKED, STEP_BEGUN, STEP_BUFFER, STEP_PROTECTED };

struct upgrade {
	char *name;
	enum step step;
	struct buffer said; /* the line that waits for its reply, without its end; empty: none */
	uint64_t n;         /* its event's number; 0: it has not gone out yet */
	unsigned lines;     /* of the server's, while it is awaited */
	unsigned tags;      /* IMAP: those that were used */
	bool unknown;       /* the server does not know the command that asks */
	bool preauth;       /* IMAP: the greeting was PREAUTH */
	bool over;          /* `act` and `end` stay */
	enum upgrade_act act;
	struct buffer end;
};

static const struct way *way_of(const struct protocol *protocol)
{
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].protocol, protocol->name) == 0)
			return &ways[i];
	return NULL;
}

bool upgrade_possible(const struct protocol *protocol)
{
	return protocol == NULL || way_of(protocol);
}

struct upgrade *upgrade_new(const char *name)
{
	struct upgrade *u = memory_zeroed(1, sizeof *u);
	u->name = string_copy(name);
	return u;
}

void upgrade_free(struct upgrade *u)
{
	if (u == NULL)
		return;
	free(u->name);
	buffer_free(&u->said);
	buffer_free(&u->end);
	free(u);
}

static bool is_protocol(const struct dialogue *d, const char *name)
{
	return strcmp(dialogue_protocol(d)->name, name) == 0;
}

/* ---- how it ends ---- */

static void refuse(struct upgrade *u, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void refuse(struct upgrade *u, const char *format, ...)
{
	va_list ap;
	if (u->over)
		return;
	va_start(ap, format);
	buffer_vprintf(&u->end, format, ap);
	va_end(ap);
	u->over = true;
	u->act = UPGRADE_REFUSED;
}

/* What can be done instead, and what has not happened. */
static void advise(struct upgrade *u, const struct dialogue *d)
{
	const struct scheme *scheme = protocol_tls_scheme(dialogue_protocol(d));
	buffer_add_string(&u->end, dialogue_told_secret(d) ? ". What was secret has already gone in the clear"
	                                                   : ". Nothing secret was sent");
	if (scheme && scheme->port)
		buffer_printf(&u->end, ". Port %u is for TLS from the first octet: %s:// or --tls", scheme->port,
		              scheme->name);
}

/* Whether an EHLO keyword was overwritten on the way. */
static bool overwritten(const struct dialogue *d)
{
	for (size_t i = 0; dialogue_capability(d, i).n; i++)
		if (smtp_overwritten(dialogue_capability(d, i)))
			return true;
	return false;
}

static void refuse_unoffered(struct upgrade *u, const struct dialogue *d, const struct way *way)
{
	const char *command = way->beginning;
	if (overwritten(d))
		refuse(u,
		       "the server does not offer %s, but a keyword of its list was overwritten with X: a firewall on "
		       "the way hides it",
		       command);
	else
		refuse(u,
		       "the server does not offer %s: it has no TLS here, or somebody on the way has taken the offer "
		       "out",
		       command);
	advise(u, d);
}

/* The words of a reply, quoted and made safe. */
static void quote(struct buffer *out, struct slice words)
{
	buffer_add_octet(out, '"');
	escape_text(out, slice_part(words, 0, WORDS_SHOWN));
	buffer_add_string(out, words.n > WORDS_SHOWN ? " …\"" : "\"");
}

/* Appends the reply's words and what its code means, behind that command if more is known of it there. The meaning loses
 * its full stop. */
static void reply_told(struct buffer *out, const struct dialogue *d, const char *command,
                       const struct dialogue_event *reply)
{
	const struct entry *row = code_row(d, slice_of(command), reply->code);
	quote(out, reply->text);
	if (row == NULL)
		return;
	struct slice note = slice_of(row->note);
	buffer_printf(out, ". " SLICE_FMT, SLICE_ARG(slice_part(note, 0, note.n - 1)));
}

static void refuse_replied(struct upgrade *u, const struct dialogue *d, const char *command,
                           const struct dialogue_event *reply)
{
	bool good = reply->class == CLASS_SUCCESS || reply->class == CLASS_CONTINUE;
	struct buffer told = { 0 };
	if (good)
		quote(&told, reply->text);
	else
		reply_told(&told, d, command, reply);
	refuse(u,
	       good ? "the server answers %s by " SLICE_FMT ", which begins no TLS"
	            : "the server refuses %s: " SLICE_FMT,
	       command, SLICE_ARG(buffer_slice(&told)));
	advise(u, d);
	buffer_free(&told);
}

/* The command that asks what the server can do was refused. */
static void refuse_unasked(struct upgrade *u, const struct dialogue *d, const char *command,
                           const struct dialogue_event *reply)
{
	struct buffer told = { 0 };
	reply_told(&told, d, command, reply);
	refuse(u, "the server refuses %s, and so nobody knows whether it has TLS: " SLICE_FMT, command,
	       SLICE_ARG(buffer_slice(&told)));
	advise(u, d);
	buffer_free(&told);
}

static void done(struct upgrade *u)
{
	u->over = true;
	u->act = UPGRADE_DONE;
}

/* ---- replies ---- */

/* PBSZ or PROT was refused. Some servers take them only behind the login (RFC 4217 12.1, note 1). */
static void protection_refused(struct upgrade *u, const struct dialogue *d, const struct dialogue_event *reply)
{
	const char *command = u->step == STEP_BUFFER ? "PBSZ" : "PROT";
	if (slice_equal(reply->code, SLICE("530")) || slice_equal(reply->code, SLICE("503"))) {
		done(u);
		buffer_printf(&u->end,
		              "the server does not take %s before the login: say PBSZ 0 and PROT P behind it, or files "
		              "go in the clear",
		              command);
		return;
	}
	struct buffer told = { 0 };
	reply_told(&told, d, command, reply);
	refuse(u, "the server refuses to protect data connections, by %s: " SLICE_FMT ". Files would go in the clear",
	       command, SLICE_ARG(buffer_slice(&told)));
	buffer_free(&told);
}

/* The line that was said last is answered. */
static void answered(struct upgrade *u, const struct dialogue *d, const struct dialogue_event *reply)
{
	const struct way *way = way_of(dialogue_protocol(d));
	bool good = reply->class == CLASS_SUCCESS || reply->kind == EVENT_DATA; /* the dot of a list behind +OK */
	buffer_clear(&u->said);
	u->n = 0;
	if (way == NULL)
		return;
	switch (u->step) {
	case STEP_NOTHING:
		break;
	case STEP_ASKED:
		u->unknown = !good;
		/* A server of SMTP without EHLO has no extensions (RFC 5321 4.1.1.1), and one of IMAP must know CAPABILITY; one
		 * of POP3 without CAPA may have STLS all the same. */
		if (!good && strcmp(way->protocol, "pop3") != 0)
			refuse_unasked(u, d, way->asking, reply);
		break;
	case STEP_BEGUN:
		if (!dialogue_tls_pending(d))
			refuse_replied(u, d, way->beginning, reply);
		break;
	case STEP_BUFFER:
	case STEP_PROTECTED:
		if (!good)
			protection_refused(u, d, reply);
		else if (u->step == STEP_PROTECTED)
			done(u);
		break;
	}
}

/* Counts what an endless server says while it is awaited. */
static void patience(struct upgrade *u, const struct dialogue *d)
{
	bool greeting = dialogue_protocol(d)->server_first && dialogue_state_index(d) == 0;
	if (u->said.n == 0 && !greeting)
		return;
	if (++u->lines < PATIENCE)
		return;
	if (u->said.n == 0)
		refuse(u, "the server has said %d lines and has not greeted: no TLS can be asked for", PATIENCE);
	else
		refuse(u, "the server has said %d lines and has not answered " SLICE_FMT, PATIENCE,
		       SLICE_ARG(buffer_slice(&u->said)));
	advise(u, d);
}

static void server_said(struct upgrade *u, const struct dialogue *d, const struct dialogue_event *event)
{
	if (event->phase == PHASE_GREET && slice_equal(event->code, SLICE("PREAUTH")))
		u->preauth = true;
	if (event->final && event->answers != 0 && event->answers == u->n)
		answered(u, d, event);
	else
		patience(u, d);
}

void upgrade_event(struct upgrade *u, const struct dialogue *d, const struct dialogue_event *event)
{
	if (u->over)
		return;
	if (event->kind == EVENT_STAGE && event->stage == STAGE_CLOSE && event->side == SIDE_SERVER) {
		refuse(u, "the server hung up before TLS could begin");
		advise(u, d);
	} else if (event->kind == EVENT_STAGE && event->stage == STAGE_TLS) {
		buffer_clear(&u->said); /* its reply, if it did not come, will not come any more */
		u->n = 0;
	} else if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE) {
		server_said(u, d, event);
	} else if (event->kind == EVENT_COMMAND && u->said.n && u->n == 0 &&
	           slice_equal(event->text, buffer_slice(&u->said))) {
		u->n = event->n;
	}
}

/* ---- what to say ---- */

/* An IMAP tag of its own for each command (RFC 9051 2.2.1), that no other in flight has. */
static void tag_add(struct upgrade *u, const struct dialogue *d)
{
	do {
		buffer_clear(&u->said);
		buffer_printf(&u->said, "tls%u", ++u->tags);
	} while (dialogue_in_flight(d, buffer_slice(&u->said)));
	buffer_add_octet(&u->said, ' ');
}

static enum upgrade_act say(struct upgrade *u, const struct dialogue *d, enum step step, const char *line,
                            const char *argument, struct buffer *text)
{
	u->step = step;
	u->n = 0;
	u->lines = 0;
	buffer_clear(&u->said);
	if (is_protocol(d, "imap"))
		tag_add(u, d);
	buffer_printf(&u->said, "%s%s%s", line, argument ? " " : "", argument ? argument : "");
	buffer_add_slice(text, buffer_slice(&u->said));
	buffer_add_string(text, "\r\n");
	return UPGRADE_SAY;
}

/* Whether the protocol allows that command of its table now; refuses where it does not. */
static bool allowed(struct upgrade *u, const struct dialogue *d, const char *command)
{
	const struct table *commands = protocol_table(dialogue_protocol(d), TABLE_COMMANDS);
	const struct entry *row = table_find(commands, slice_of(command));
	const char *why = NULL;
	if (row && dialogue_allows(d, row, &why) != NOT_NOW)
		return true;
	refuse(u, "TLS cannot begin now: %s", why ? why : "the server does not know how");
	advise(u, d);
	return false;
}

static void refuse_protocol(struct upgrade *u, const struct dialogue *d)
{
	const struct protocol *protocol = dialogue_protocol(d);
	if (dialogue_undecided(d))
		refuse(u,
		       "what the server speaks is not known yet, and so not what to say for TLS: -P names it, as in -P smtp");
	else if (protocol->datagrams)
		refuse(u, "there is no TLS over UDP here: tls:// is TLS over TCP");
	else if (strcmp(protocol->name, "http") == 0)
		refuse(u,
		       "HTTP has no command that begins TLS (its Upgrade to TLS, RFC 2817, is hardly used): https:// or --tls "
		       "begins with it, and :tls does so now");
	else
		refuse(u,
		       "%s have no command that begins TLS: -P names the protocol, --tls begins with TLS, and :tls does so "
		       "now",
		       protocol->title);
}

/* IMAP: logged in from the start, in the clear (RFC 9051 7.1.4). */
static void refuse_preauth(struct upgrade *u, const struct dialogue *d)
{
	refuse(u,
	       "the server greets with PREAUTH, so that the client is logged in already and STARTTLS is too late: in the "
	       "clear somebody on the way can have written that, to prevent TLS (RFC 9051 7.1.4)");
	advise(u, d);
}

/* In the clear, at the client's turn: the next of the two lines. */
static enum upgrade_act in_the_clear(struct upgrade *u, const struct dialogue *d, const struct way *way,
                                     struct buffer *text)
{
	bool smtp = is_protocol(d, "smtp") || is_protocol(d, "lmtp");
	bool learnt = dialogue_capability(d, 0).n > 0, offered = dialogue_announced(d, slice_of(way->beginning), NULL);
	if (u->preauth) {
		refuse_preauth(u, d);
	} else if (way->asking && u->step == STEP_NOTHING && !learnt) {
		if (allowed(u, d, way->asking))
			return say(u, d, STEP_ASKED, way->asking, smtp ? u->name : NULL, text);
	} else if (allowed(u, d, way->beginning)) {
		if (offered || way->asking == NULL || u->unknown)
			return say(u, d, STEP_BEGUN, way->line, NULL, text);
		refuse_unoffered(u, d, way);
	}
	return UPGRADE_REFUSED;
}

/* Under TLS: FTP goes on to protect its data connections (RFC 4217 section 9). */
static enum upgrade_act under_tls(struct upgrade *u, const struct dialogue *d, struct buffer *text)
{
	if (is_protocol(d, "ftp") && u->step < STEP_BUFFER)
		return say(u, d, STEP_BUFFER, "PBSZ", "0", text);
	if (is_protocol(d, "ftp") && u->step == STEP_BUFFER)
		return say(u, d, STEP_PROTECTED, "PROT", "P", text);
	done(u);
	return UPGRADE_DONE;
}

/* Whether the server has to speak first. */
static bool must_wait(const struct upgrade *u, const struct dialogue *d)
{
	return u->said.n || dialogue_tls_pending(d) || dialogue_outstanding(d) || dialogue_in_reply(d) ||
	       dialogue_turn(d) == SIDE_SERVER;
}

static enum upgrade_act next(struct upgrade *u, const struct dialogue *d, struct buffer *text)
{
	const struct way *way = way_of(dialogue_protocol(d));
	enum input input = dialogue_input(d);
	bool first = dialogue_secure(d) && !is_protocol(d, "ftp");
	if (first) {
		done(u);
		return UPGRADE_DONE;
	}
	if (dialogue_closing(d) || (input == INPUT_NOTHING && !dialogue_tls_pending(d))) {
		refuse(u, "the session is over: no TLS can begin in it");
		advise(u, d);
		return UPGRADE_REFUSED;
	}
	if (way == NULL && !(dialogue_undecided(d) && dialogue_turn(d) == SIDE_SERVER)) {
		refuse_protocol(u, d);
		return UPGRADE_REFUSED;
	}
	if (input != INPUT_COMMAND && input != INPUT_NOTHING && u->said.n == 0) {
		refuse(u,
		       "TLS cannot begin here: what the client says now is no command, but part of one that is under way");
		return UPGRADE_REFUSED;
	}
	if (way == NULL || must_wait(u, d))
		return UPGRADE_WAIT;
	return dialogue_secure(d) ? under_tls(u, d, text) : in_the_clear(u, d, way, text);
}

enum upgrade_act upgrade_next(struct upgrade *u, const struct dialogue *d, struct buffer *text)
{
	enum upgrade_act act = UPGRADE_WAIT;
	buffer_clear(text);
	if (!u->over)
		act = next(u, d, text);
	if (!u->over)
		return act;
	buffer_clear(text);
	buffer_add_slice(text, buffer_slice(&u->end));
	return u->act;
}
