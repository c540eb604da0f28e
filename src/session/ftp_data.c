/*
 * The client's side of FTP's data connections: when they are made, what waits for them, and how they end.
 */
#include "session/ftp_data.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/ftp_syntax.h"
#include "session/ftp_data_inside.h"
#include "session/inside.h"

/* Without a stir for so long, the control connection is looked at meanwhile; and what is left of the data, when its last
 * reply has come already, has so long. */
/* Behind a command whose 1yz does not come, since the server waits for the connection. */
static const struct timeval connect_within = { .tv_usec = 200000 };
static const struct timeval stalled_after = { .tv_sec = 1 }, rest_within = { .tv_sec = 2 };

/* ---- the control connection waits ---- */

static void pause_control(struct ftp_data *f)
{
	if (f->answered)
		return;
	if (!f->pausing)
		session_pause(f->session);
	f->pausing = true;
	(void)event_add(f->stall, &stalled_after);
}

static void resume_control(struct ftp_data *f)
{
	(void)event_del(f->stall);
	if (f->pausing)
		session_resume(f->session);
	f->pausing = false;
}

static uint64_t octets_so_far(const struct ftp_data *f)
{
	if (f->data == NULL)
		return f->carried.told;
	return f->carried.side == SIDE_SERVER ? data_received(f->data) : data_sent(f->data) - data_waiting(f->data);
}

/* ---- the end ---- */

void ftp_data_drop(struct ftp_data *f)
{
	data_free(f->data);
	free(f->place);
	free(f->host);
	f->data = NULL;
	f->place = f->host = NULL;
	f->later = 0;
	(void)event_del(f->soon);
	f->listens = f->ended = f->failed = false;
}

static void transfer_over(struct ftp_data *f)
{
	bool was = f->transfer != TRANSFER_NONE;
	carried_close(f);
	carried_free(&f->carried);
	f->transfer = TRANSFER_NONE;
	f->wants = f->finishing = false;
	if (was && f->options.over)
		f->options.over(f->options.context);
}

/* All that there is to say of a connection that is over. */
static void tell_over(struct ftp_data *f, const char *why)
{
	struct buffer words = { 0 };
	uint64_t octets = octets_so_far(f);
	if (f->transfer == TRANSFER_BEGUN) {
		if (!f->answered)
			carried_tell(f, octets, true);
		carried_words(f, octets, &words);
	}
	if (why)
		session_remark(f->session, "data %s%s" SLICE_FMT, why, words.n ? ": " : "",
		               SLICE_ARG(buffer_slice(&words)));
	else if (words.n && !f->options.quiet)
		session_remark(f->session, "data %s " SLICE_FMT, f->place, SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
}

/* Its last reply may come, and another connection. */
static void settle(struct ftp_data *f, const char *why)
{
	tell_over(f, why);
	bool begun = f->transfer == TRANSFER_BEGUN;
	ftp_data_drop(f);
	f->failed = why != NULL;
	if (begun)
		transfer_over(f);
	resume_control(f);
}

static void stall_over(evutil_socket_t fd, short what, void *context)
{
	struct ftp_data *f = context;
	(void)fd, (void)what;
	if (f->answered && f->data) {
		settle(f, "connection: the server says that it is done, and does not close it: we do");
		return;
	}
	if (f->transfer == TRANSFER_BEGUN && f->data && f->carried.side == SIDE_SERVER)
		carried_tell(f, octets_so_far(f), false);
	resume_control(f);
}

/* ---- what the connection tells ---- */

static void on_connected(void *context)
{
	struct ftp_data *f = context;
	free(f->place);
	f->place = string_copy(data_peer(f->data));
}

static void on_octets(void *context, const char *p, size_t n)
{
	struct ftp_data *f = context;
	if (f->transfer != TRANSFER_BEGUN || f->carried.side != SIDE_SERVER)
		return;
	pause_control(f);
	carried_came(f, (struct slice){ p, n });
}

static void on_drained(void *context)
{
	struct ftp_data *f = context;
	if (f->transfer != TRANSFER_BEGUN || f->carried.side != SIDE_CLIENT)
		return;
	if (f->finishing || f->carried.file)
		pause_control(f);
	carried_read(f);
}

static void on_ended(void *context, const char *why)
{
	struct ftp_data *f = context;
	f->ended = true;
	if (why || f->transfer == TRANSFER_BEGUN)
		settle(f, why);
	/* Else it ended before its transfer began: the reply to that says why. */
}

static void on_stranger(void *context, const char *peer)
{
	struct ftp_data *f = context;
	session_remark(f->session, "data: %s came to the port that the server was to come to, and was hung up on",
	               peer);
}

const struct data_events ftp_data_told = { .connected = on_connected,
	                                   .octets = on_octets,
	                                   .drained = on_drained,
	                                   .ended = on_ended,
	                                   .stranger = on_stranger };

/* ---- transfers ---- */

static bool fetches(struct slice verb)
{
	static const char *const verbs[] = { "LIST", "MLSD", "NLST", "RETR", "THMB" };
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal(verb, slice_of(verbs[i])))
			return true;
	return false;
}

static bool stores(struct slice verb)
{
	return slice_equal(verb, SLICE("STOR")) || slice_equal(verb, SLICE("APPE")) || slice_equal(verb, SLICE("STOU"));
}

/* The connection that there is is for this transfer: the handshake may come before the 1yz, or behind it. What it carries is
 * looked at behind it. */
static void take_connection(struct ftp_data *f)
{
	struct session *s = f->session;
	data_pause(f->data, f->transfer == TRANSFER_ASKED);
	data_ascii(f->data, f->ascii);
	data_begin(f->data, f->protect ? s->options.tls : NULL, s->facts);
}

static void asked(struct ftp_data *f, struct slice verb)
{
	transfer_over(f);
	f->transfer = TRANSFER_ASKED;
	f->answered = false;
	carried_begin(f, fetches(verb) ? SIDE_SERVER : SIDE_CLIENT);
	if (f->later) {
		(void)event_add(f->soon, &connect_within);
		return;
	}
	if (f->data == NULL && f->place == NULL && !f->failed)
		where_default(f);
	if (f->data)
		take_connection(f);
}

static void connect_soon(evutil_socket_t fd, short what, void *context)
{
	struct ftp_data *f = context;
	(void)fd, (void)what;
	where_late(f);
	if (f->data && f->transfer != TRANSFER_NONE)
		take_connection(f);
}

/* What is to be sent: a file, or what the driver has. */
static void give(struct ftp_data *f)
{
	struct buffer octets = { 0 };
	if (f->carried.path) {
		if (f->carried.file && f->data)
			carried_read(f);
		else
			ftp_data_finish(f);
		return;
	}
	f->wants = true;
	if (f->options.wanted == NULL || f->options.wanted(f->options.context, &octets)) {
		if (octets.n)
			ftp_data_send(f, buffer_slice(&octets));
		ftp_data_finish(f);
	}
	buffer_free(&octets);
}

/* 1yz. */
static void begun(struct ftp_data *f)
{
	if (f->later) {
		where_late(f);
		if (f->data)
			take_connection(f);
	}
	f->transfer = TRANSFER_BEGUN;
	if (f->data == NULL) {
		if (!f->options.quiet && !f->failed)
			session_remark(f->session, "data: neither PASV nor :port came before it: what goes over that "
			                           "connection is not seen here");
		return;
	}
	carried_open(f);
	if (f->ended)
		event_active(f->work, EV_TIMEOUT, 0);
	if (f->carried.side == SIDE_SERVER) {
		pause_control(f);
		data_pause(f->data, false);
	} else {
		data_pause(f->data, false);
		give(f);
	}
}

/* The last reply. What was sent is read to its end. */
static void answered(struct ftp_data *f, enum class class)
{
	f->answered = true;
	if (f->transfer == TRANSFER_ASKED && class == CLASS_SUCCESS && f->data)
		begun(f);
	if (f->transfer == TRANSFER_BEGUN && class == CLASS_SUCCESS && f->data)
		(void)event_add(f->stall, &rest_within);
	else
		event_active(f->work, EV_TIMEOUT, 0);
}

static void work_called(evutil_socket_t fd, short what, void *context)
{
	struct ftp_data *f = context;
	(void)fd, (void)what;
	if (f->transfer == TRANSFER_BEGUN && (f->data || f->ended)) {
		settle(f, NULL);
	} else if (f->answered) {
		ftp_data_drop(f);
		transfer_over(f);
	}
}

/* ---- following the conversation ---- */

static char letter_of(struct slice text)
{
	struct slice argument = text;
	(void)slice_word(&argument);
	argument = slice_trim(argument);
	return argument.n ? octet_upper(argument.p[0]) : '\0';
}

static void command_said(struct ftp_data *f, const struct dialogue_event *event)
{
	enum ftp_address_form form;
	struct slice rest = event->text;
	(void)slice_word(&rest);
	if (slice_equal(event->verb, SLICE("TYPE")))
		f->type_asked = letter_of(event->text);
	else if (slice_equal(event->verb, SLICE("PROT")))
		f->prot_asked = letter_of(event->text);
	else if (where_form(event->verb, false, &form))
		where_named(f, rest, form);
	else if (fetches(event->verb) || stores(event->verb))
		asked(f, event->verb);
	else if (slice_equal(event->verb, SLICE("ABOR")))
		resume_control(f);
}

static void reply_came(struct ftp_data *f, const struct dialogue_event *event)
{
	enum ftp_address_form form;
	bool good = event->class == CLASS_SUCCESS;
	if (good && slice_equal(event->verb, SLICE("TYPE")))
		f->ascii = f->type_asked != 'I' && f->type_asked != 'L';
	else if (good && slice_equal(event->verb, SLICE("PROT")))
		f->protect = f->prot_asked == 'P';
	else if (good && where_form(event->verb, true, &form))
		where_offered(f, event, form);
	else if (good && where_form(event->verb, false, &form))
		where_said(f);
	else if (f->transfer != TRANSFER_NONE && (fetches(event->verb) || stores(event->verb))) {
		if (event->class != CLASS_INFO)
			answered(f, event->class);
		else if (f->transfer == TRANSFER_ASKED)
			begun(f);
	}
}

void ftp_data_event(struct ftp_data *f, const struct dialogue_event *event)
{
	if (strcmp(event->protocol, "ftp") != 0 || event->more)
		return;
	if (event->kind == EVENT_STAGE && event->stage == STAGE_TLS)
		f->protect = false; /* PROT C, until it is said anew (RFC 4217 9) */
	else if (event->kind == EVENT_COMMAND)
		command_said(f, event);
	else if (event->kind == EVENT_REPLY && event->final)
		reply_came(f, event);
}

/* ---- its doors ---- */

struct ftp_data *ftp_data_new(struct session *session, const struct ftp_data_options *options)
{
	struct ftp_data *f = memory_zeroed(1, sizeof *f);
	f->session = session;
	f->options = *options;
	f->ascii = true; /* the default of RFC 959 5.1 */
	f->stall = event_new(session->base, -1, 0, stall_over, f);
	f->work = event_new(session->base, -1, 0, work_called, f);
	f->soon = event_new(session->base, -1, 0, connect_soon, f);
	assert(f->stall && f->work && f->soon);
	return f;
}

void ftp_data_free(struct ftp_data *f)
{
	if (f == NULL)
		return;
	ftp_data_drop(f);
	carried_close(f);
	carried_free(&f->carried);
	event_free(f->stall);
	event_free(f->work);
	event_free(f->soon);
	free(f->named);
	free(f);
}

void ftp_data_file(struct ftp_data *f, const char *path, bool force)
{
	free(f->named);
	f->named = string_copy(path);
	f->force = force;
}

const char *ftp_data_named(const struct ftp_data *f)
{
	return f->named;
}

void ftp_data_follow(struct ftp_data *f, bool follow)
{
	f->session->options.follow_data = follow;
}

bool ftp_data_wants(const struct ftp_data *f)
{
	return f->wants && f->data;
}

void ftp_data_send(struct ftp_data *f, struct slice octets)
{
	if (f->data == NULL || f->finishing)
		return;
	data_send(f->data, octets);
}

void ftp_data_finish(struct ftp_data *f)
{
	f->wants = false;
	if (f->data == NULL || f->finishing)
		return;
	f->finishing = true;
	pause_control(f);
	data_finish(f->data);
}

size_t ftp_data_waiting(const struct ftp_data *f)
{
	return f->data ? data_waiting(f->data) : 0;
}

const char *ftp_data_place(const struct ftp_data *f)
{
	return f->place;
}
