/*
 * One client of the lab: its session's events become lines and payload for the conduct, and what the conduct says goes out.
 */
#include "lab/visit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "lab/lab_inside.h"
#include "protocol/protocol.h"
#include "session/session.h"

/* Octets of a command line that are kept where the conduct does not say. */
#define LONGEST 16384

/* Octets of a client's text that a reply repeats. */
#define REPEATED 200

/* Seconds that a client over UDP is remembered, and that a line without end waits for more (tcp). */
#define DATAGRAMS_MAX 600.0
#define QUIET 0.05

/* ---- what a conduct asks ---- */

const struct server *visit_server(const struct visit *visit)
{
	return visit->server;
}

struct store *visit_store(const struct visit *visit)
{
	return visit->share->store;
}

struct session *visit_session(const struct visit *visit)
{
	return visit->session;
}

const struct dialogue *visit_dialogue(const struct visit *visit)
{
	return session_dialogue(visit->session);
}

struct event_base *visit_loop(const struct visit *visit)
{
	return visit->lab->base;
}

bool visit_secure(const struct visit *visit)
{
	return dialogue_secure(visit_dialogue(visit));
}

struct tls_settings *visit_tls(const struct visit *visit)
{
	return visit->lab->options.tls;
}

const char *visit_peer_host(const struct visit *visit)
{
	return visit->peer_host;
}

const char *visit_local_host(const struct visit *visit)
{
	return visit->local_host;
}

const char *visit_id(const struct visit *visit)
{
	return visit->id;
}

/* ---- saying ---- */

void visit_send(struct visit *visit, struct slice octets)
{
	session_send(visit->session, octets.p, octets.n);
}

void visit_say(struct visit *visit, const char *format, ...)
{
	struct buffer line = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&line, format, ap);
	va_end(ap);
	buffer_add_string(&line, "\r\n");
	visit_send(visit, buffer_slice(&line));
	buffer_free(&line);
}

void visit_clean(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.n && i < REPEATED; i++)
		buffer_add_octet(out, text.p[i] >= ' ' && text.p[i] <= '~' ? text.p[i] : '?');
	if (text.n > REPEATED)
		buffer_add_string(out, "...");
}

void visit_hang_up(struct visit *visit)
{
	visit->leaving = true;
	session_hang_up(visit->session);
}

void visit_remark(struct visit *visit, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	session_remark(visit->session, SLICE_FMT, SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

void visit_busy(struct visit *visit, bool busy)
{
	if (busy == visit->busy)
		return;
	visit->busy = busy;
	if (busy)
		session_pause(visit->session);
	else
		session_resume(visit->session);
	session_nudge(visit->session);
}

/* ---- teaching ---- */

bool visit_teaches(const struct visit *visit)
{
	return visit->lab->options.teach;
}

void visit_teach(const struct visit *visit, const char *words, struct buffer *out)
{
	if (visit_teaches(visit))
		buffer_printf(out, " (%s)", words);
}

/* By which command one asks what there is. */
static const struct entry *asking(const struct table *commands)
{
	static const char *const words[] = { "HELP", "CAPA", "CAPABILITY", "OPTIONS" };
	const struct entry *found = NULL;
	for (size_t i = 0; found == NULL && i < sizeof words / sizeof words[0]; i++)
		found = table_find(commands, slice_of(words[i]));
	return found;
}

static void hint_unknown(const struct table *commands, struct slice verb, struct buffer *out)
{
	const struct entry *ask = asking(commands);
	const struct entry *near = table_nearest(commands, verb);
	if (near && slice_equal_nocase(slice_of(near->word), verb))
		buffer_add_string(out, " (the protocol has it, this server has not)");
	else if (near)
		buffer_printf(out, " (nearest is %s: %s)", near->word, near->syntax ? near->syntax : near->word);
	else if (ask)
		buffer_printf(out, " (%s asks what there is)", ask->word);
}

void visit_hint(const struct visit *visit, enum hint hint, struct slice verb, struct buffer *out)
{
	const struct dialogue *d = visit_dialogue(visit);
	const struct table *commands = protocol_table(dialogue_protocol(d), TABLE_COMMANDS);
	const struct entry *entry = commands ? table_find(commands, verb) : NULL;
	const char *why = NULL;
	if (!visit_teaches(visit) || commands == NULL)
		return;
	if (hint == HINT_UNKNOWN)
		hint_unknown(commands, verb, out);
	else if (hint == HINT_SYNTAX && entry && entry->syntax)
		buffer_printf(out, " (its form: %s)", entry->syntax);
	else if (hint == HINT_NOT_NOW && entry && dialogue_allows(d, entry, &why) == NOT_NOW && why)
		buffer_printf(out, " (%s)", why);
}

/* ---- what the client says ---- */

/* A line is told when it is whole; of one that is too long the front is kept. */
static void hear_command(struct visit *visit, const struct dialogue_event *event)
{
	const struct conduct *conduct = visit->server->conduct;
	size_t longest = conduct->longest ? conduct->longest : LONGEST;
	size_t room = longest > visit->line.n ? longest - visit->line.n : 0;
	struct visit_line line = { .event = event, .ended_by_lf = slice_equal(event->line_end, SLICE("\n")) };
	if (conduct->pieces || (!event->more && visit->line.n == 0 && event->text.n <= longest)) {
		line.text = event->text;
		conduct->command(visit->state, &line);
		return;
	}
	visit->too_long = visit->too_long || event->text.n > room;
	buffer_add_slice(&visit->line, slice_part(event->text, 0, room));
	if (event->more)
		return;
	line.text = buffer_slice(&visit->line);
	line.too_long = visit->too_long;
	conduct->command(visit->state, &line);
	buffer_clear(&visit->line);
	visit->too_long = false;
}

static void hear_stage(struct visit *visit, const struct dialogue_event *event)
{
	const struct conduct *conduct = visit->server->conduct;
	if (event->stage == STAGE_TLS && visit->greeted && conduct->secured)
		conduct->secured(visit->state);
	if (event->stage != STAGE_CLOSE || event->side != SIDE_CLIENT)
		return;
	visit->left = true;
	if (conduct->left)
		conduct->left(visit->state);
	else
		visit_hang_up(visit);
}

/* The client went in the middle of a line: a command that did not come whole asks for nothing. Where lines need no end
 * (tcp, udp) it is one. */
static bool is_cut(const struct dialogue_event *event)
{
	const struct protocol *protocol = protocol_named(slice_of(event->protocol));
	return event->line_end.n == 0 && !event->more && !(protocol && protocol->bare);
}

static void heard(void *context, struct session *session, const struct dialogue_event *event)
{
	struct visit *visit = context;
	const struct conduct *conduct = visit->server->conduct;
	(void)session;
	if (event->kind == EVENT_STAGE)
		hear_stage(visit, event);
	else if (event->side != SIDE_CLIENT || visit->leaving)
		return;
	else if (event->kind == EVENT_DATA) {
		if (conduct->data)
			conduct->data(visit->state, event);
	} else if (conduct->command && !is_cut(event))
		hear_command(visit, event);
}

static void my_turn(void *context, struct session *session)
{
	struct visit *visit = context;
	const struct conduct *conduct = visit->server->conduct;
	if (!visit->greeted) {
		visit->greeted = true;
		if (conduct->greet)
			conduct->greet(visit->state);
	} else if (visit->busy && session_broken(session)) {
		visit_hang_up(visit); /* nobody reads the long reply any more */
	} else if (visit->busy && conduct->more) {
		conduct->more(visit->state);
		if (visit->busy)
			session_nudge(session);
	}
}

/* ---- its life ---- */

/* "127.0.0.1:51234" and "[::1]:51234" without the port. The caller's. */
static char *address_alone(const char *address)
{
	struct slice all = slice_of(address);
	size_t end = all.n;
	while (end > 0 && all.p[end - 1] != ':' && all.p[end - 1] != ']')
		end--;
	if (end > 0 && all.p[end - 1] == ':')
		end--;
	if (end > 1 && all.p[0] == '[' && all.p[end - 1] == ']')
		return slice_string(slice_part(all, 1, end - 1));
	return slice_string(slice_part(all, 0, end));
}

static void closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct visit *visit = context;
	(void)end;
	if (error->message)
		session_remark(session, "%s", error->message);
	visit_free(visit);
}

/* The lab's own passwords are printed in books: whoever watches may see them. */
static bool holds_password(struct store *store, struct slice text)
{
	if (text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = slice_part(text, 1, text.n - 1);
	size_t i = 0;
	for (const struct user *user = store_person(store, 0); user; user = store_person(store, ++i))
		if (user->made_up && user_password(user, text))
			return true;
	return false;
}

static bool known_secret(void *context, const struct dialogue_event *event)
{
	const struct visit *visit = context;
	struct store *store = visit_store(visit);
	const struct span *span = event_span(event, SPAN_SECRET);
	if (span == NULL || event->more)
		return false;
	if (holds_password(store, slice_part(event->text, span->start, span->end)))
		return true;
	/* What SASL's base64 says: the password alone (LOGIN), or behind the last NUL (PLAIN). */
	struct slice said = event->has_decoded ? event->decoded : SLICE("");
	for (size_t nul; (nul = slice_find_octet(said, '\0')) < said.n;)
		said = slice_part(said, nul + 1, said.n);
	return said.n > 0 && holds_password(store, said);
}

static const struct session_driver driver = { .my_turn = my_turn, .event = heard, .closed = closed };

void visit_begin(struct lab *lab, const struct server *server, struct stream *stream)
{
	struct visit *visit = memory_zeroed(1, sizeof *visit);
	unsigned char id[8];
	struct buffer hex = { 0 };
	random_octets(id, sizeof id);
	hex_encode(&hex, id, sizeof id);
	memcpy(visit->id, hex.p, sizeof visit->id - 1);
	buffer_free(&hex);
	visit->lab = lab;
	visit->server = server;
	visit->peer_host = address_alone(stream->peer);
	visit->local_host = address_alone(stream->local);
	visit->share = lab_share(lab, visit->peer_host);
	visit->next = lab->visits;
	if (visit->next)
		visit->next->previous = visit;
	lab->visits = visit;
	lab->nvisits++;
	const struct protocol *protocol = protocol_named(slice_of(server->protocol));
	struct session_options options = { .protocol = protocol, .side = SIDE_SERVER, .quiet = QUIET };
	options.max_time = protocol->datagrams ? DATAGRAMS_MAX : 0;
	options.masking = (struct masking){ .spans = lab->options.hide, .known = known_secret, .context = visit };
	options.tls = lab->options.tls;
	options.tls_implicit = server->tls;
	visit->greeted = !protocol->server_first;
	visit->session = session_new(lab->base, stream, &options, &driver, visit);
	visit->state = server->conduct->begin(visit);
	if (lab->options.came)
		lab->options.came(lab->options.context, server, visit->session);
}

void visit_close(struct visit *visit)
{
	const char *farewell = visit->server->conduct->farewell;
	if (visit->leaving || session_over(visit->session))
		return;
	if (farewell && !visit->busy && !dialogue_in_reply(visit_dialogue(visit)))
		visit_send(visit, slice_of(farewell));
	visit_hang_up(visit);
}

void visit_free(struct visit *visit)
{
	struct lab *lab = visit->lab;
	if (visit->previous)
		visit->previous->next = visit->next;
	else
		lab->visits = visit->next;
	if (visit->next)
		visit->next->previous = visit->previous;
	lab->nvisits--;
	visit->server->conduct->end(visit->state);
	session_free(visit->session);
	lab_unshare(lab, visit->share);
	buffer_free(&visit->line);
	free(visit->peer_host);
	free(visit->local_host);
	free(visit);
}
