/*
 * lab: practice servers for every protocol over one mailbox, for a room whose network lets nothing out.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/lab_door.h"
#include "cmd/lab_words.h"
#include "cmd/clients_log.h"
#include "lab/lab.h"
#include "lab/visit.h"
#include "net/descriptor.h"
#include "net/stream.h"
#include "session/record.h"
#include "session/session.h"

/* Seconds that clients get to read the farewell. */
#define FAREWELL 2

struct labour {
	const struct options *options;
	struct event_base *base;
	struct lab_asked asked;
	struct buffer authority; /* PEM */
	struct tls_settings *tls;
	struct lab *lab;
	struct door *door;
	struct clients_log *log;
	unsigned sessions; /* recorded so far */
	bool closing, record_failed;
};

/* ---- each client ---- */

/* A record with a face of its own, which closes it. */
struct kept_face {
	struct face face; /* first */
	struct record *record;
	struct face *inner;
};

static void kept_event(struct face *face, const struct dialogue_event *event)
{
	face_event(((struct kept_face *)face)->inner, event);
}

static void kept_close(struct face *face)
{
	struct kept_face *kept = (struct kept_face *)face;
	struct error error = { 0 };
	face_close(kept->inner);
	(void)record_close(kept->record, &error);
	error_report(&error);
	free(kept);
}

static const struct face_kind kept_kind = { .event = kept_event, .close = kept_close };

/* What a session says goes to DIR/0001-smtp.txt and so on. */
static void record_session(struct labour *l, const struct server *server, struct session *session)
{
	const struct options *o = l->options;
	struct error error = { 0 };
	char *path = string_printf("%s/%04u-%s.txt", o->record, ++l->sessions, server->name);
	char *title = string_printf("A session with lab:%s, from %s", server->name, session_peer(session));
	struct record *record = NULL;
	struct record_about about = {
		.title = title, .who = session_peer(session), .tls = server->tls, .masking = options_masking(o, true)
	};
	if (record_open(path, o->force, &record, &error) == STATUS_OK) {
		struct kept_face *kept = memory_zeroed(1, sizeof *kept);
		kept->face.kind = &kept_kind;
		kept->record = record;
		kept->inner = record_begin(record, &about);
		session_add_face(session, &kept->face);
	} else if (!l->record_failed) { /* one full disk, one line */
		l->record_failed = true;
		error_report(&error);
	}
	error_clear(&error);
	free(path);
	free(title);
}

static void client_came(void *context, const struct server *server, struct session *session)
{
	struct labour *l = context;
	char *name = string_printf("lab:%s", server->name);
	struct face *face = clients_log_face(l->log, session_peer(session), name);
	if (face)
		session_add_face(session, face);
	if (l->options->record)
		record_session(l, server, session);
	free(name);
}

/* ---- what is told at the start ---- */

/* A paragraph of comments of at most 76 columns. */
static void say_words(const char *title, struct slice words)
{
	size_t column = (size_t)printf("# %s", title);
	while (words.n) {
		struct slice word = slice_word(&words);
		if (column + 1 + word.n > 76)
			column = (size_t)printf("\n#    ") - 1;
		column += (size_t)printf(" " SLICE_FMT, SLICE_ARG(word));
	}
	printf("\n");
}

static void say_users(const struct labour *l)
{
	struct store *store = store_new(l->asked.seed, false);
	struct buffer words = { 0 };
	const struct user *user;
	for (size_t i = 0; (user = store_person(store, i)) != NULL; i++) {
		if (user->passwords[0] == NULL)
			continue;
		buffer_printf(&words, "%s%s", words.n ? " " : "", user->name);
		for (size_t j = 0; user->made_up && user->passwords[j]; j++)
			buffer_printf(&words, "%s%s", j ? "|" : ":", user->passwords[j]);
	}
	say_words("users and passwords:", buffer_slice(&words));
	buffer_free(&words);
	store_free(store);
}

static const struct try_row {
	const char *server, *what;
} tries[] = {
	{ "smtp", "send a message by hand" },
	{ "pop3", "and fetch that very message" },
	{ "imap", "or read it by IMAP" },
	{ "http", "or as a page: GET /mail/ HTTP/1.0" },
	{ "ftp", "upload a file, and see it at lab:http" },
	{ "udp", "a line comes back in upper case" },
};

static void say_tries(const struct labour *l)
{
	printf("# try, in another terminal:\n");
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		const struct server *server = server_named(slice_of(tries[i].server));
		const char *address = server ? lab_address(l->lab, server) : NULL;
		if (address && l->door)
			printf("#     parlance lab:%-6s %s\n", server->name, tries[i].what);
		else if (address) /* lab:smtp leads to another lab */
			printf("#     parlance %s://%s    %s\n", server->name, address, tries[i].what);
	}
}

static void say_listening(const struct labour *l)
{
	for (const struct server *server = servers; server->name; server++)
		if (lab_address(l->lab, server))
			printf("listening %s %s lab:%s\n", server->name, lab_address(l->lab, server), server->name);
	if (!l->options->quiet && !l->options->json) {
		say_users(l);
		say_tries(l);
	}
	(void)fflush(stdout);
}

/* Anything but loopback is open to whoever reaches this machine. */
static void say_open(const struct labour *l)
{
	if (l->asked.loopback)
		return;
	complain("--listen %s: everyone who reaches this machine can use the lab, whose passwords are known%s",
	         l->asked.host,
	         l->options->shared ? "; all share one mailbox" : "; each address has its own copy of the mail");
}

/* ---- running ---- */

static void interrupted(evutil_socket_t fd, short what, void *context)
{
	struct labour *l = context;
	const struct timeval patience = { .tv_sec = FAREWELL };
	(void)fd;
	(void)what;
	lab_close(l->lab);
	if (l->closing || lab_clients(l->lab) == 0)
		(void)event_base_loopbreak(l->base);
	else
		(void)event_base_loopexit(l->base, &patience);
	l->closing = true;
}

static enum status run(struct labour *l)
{
	struct event *interrupt = evsignal_new(l->base, SIGINT, interrupted, l);
	struct event *terminate = evsignal_new(l->base, SIGTERM, interrupted, l);
	(void)event_add(interrupt, NULL);
	(void)event_add(terminate, NULL);
	say_open(l);
	say_listening(l);
	(void)event_base_dispatch(l->base);
	event_free(interrupt);
	event_free(terminate);
	return l->closing ? STATUS_INTERRUPTED : STATUS_OK;
}

static enum status write_authority(const struct labour *l, struct error *error)
{
	const char *path = l->options->ca_out;
	FILE *file = path ? fopen(path, "w") : NULL;
	if (path == NULL)
		return STATUS_OK;
	bool written = file && fwrite(l->authority.p, 1, l->authority.n, file) == l->authority.n;
	int why = errno;
	if (file && fclose(file) != 0)
		written = false, why = errno;
	return written ? STATUS_OK : error_set(error, STATUS_USAGE, "--ca-out %s: %s", path, strerror(why));
}

static enum status make_folder(const char *path, struct error *error)
{
	struct stat about;
	if (path == NULL || mkdir(path, 0777) == 0)
		return STATUS_OK;
	if (errno == EEXIST && stat(path, &about) == 0 && !S_ISDIR(about.st_mode))
		errno = ENOTDIR;
	return errno == EEXIST
	               ? STATUS_OK
	               : error_set(error, STATUS_USAGE, "--record %s: %s: name a folder", path, strerror(errno));
}

/* Others are told where we are; a lab that cannot be found that way is a lab still. */
static void open_door(struct labour *l)
{
	struct buffer card = { 0 };
	struct error why = { 0 };
	lab_card(l->lab, buffer_slice(&l->authority), &card);
	if (lab_door_open(l->base, buffer_slice(&card), &l->door, &why) != STATUS_OK)
		complain("targets such as lab:smtp do not lead to this lab: %s", why.message);
	error_clear(&why);
	buffer_free(&card);
}

static enum status start(struct labour *l, struct error *error)
{
	const struct options *o = l->options;
	const char *names[] = { l->asked.host, l->asked.machine };
	struct lab_options lab = { .host = l->asked.host,
		                   .which = l->asked.which,
		                   .ports = l->asked.ports,
		                   .seed = l->asked.seed,
		                   .kept = o->keep != NULL,
		                   .sharing = o->shared ? LAB_SHARED : LAB_PER_ADDRESS,
		                   .teach = o->teach,
		                   .hide = options_masking(o, true).spans,
		                   .came = client_came,
		                   .context = l };
	enum status status = tls_server_vouched(&o->with, names, 2, &l->tls, &l->authority, error);
	lab.tls = l->tls;
	if (status == STATUS_OK)
		status = write_authority(l, error);
	if (status == STATUS_OK)
		status = make_folder(o->record, error);
	if (status == STATUS_OK)
		status = lab_start(l->base, &lab, &l->lab, error);
	if (status == STATUS_OK)
		open_door(l);
	return status;
}

static enum status lab(struct options *options, int argc, char **argv)
{
	struct labour l = { .options = options };
	struct error error = { 0 };
	enum status status = STATUS_OK;
	if (argc > 0)
		status = error_set(&error, STATUS_USAGE,
		                   "lab: takes no words, and %s is one: --only NAME starts one server alone", argv[0]);
	if (status == STATUS_OK)
		status = lab_asked(options, &l.asked, &error);
	if (status == STATUS_OK)
		status = clients_log_new(options, &l.log, &error);
	if (status == STATUS_OK) {
		(void)descriptors_wanted(SIZE_MAX);
		l.base = event_base_new();
		status = start(&l, &error);
	}
	if (status == STATUS_OK)
		status = run(&l);
	error_report(&error);
	lab_door_close(l.door);
	lab_free(l.lab);
	tls_settings_free(l.tls);
	clients_log_free(l.log);
	lab_asked_free(&l.asked);
	buffer_free(&l.authority);
	if (l.base) {
		stream_settle(l.base);
		event_base_free(l.base);
	}
	return status;
}

const struct command command_lab = {
	.name = "lab",
	.arguments = "[options]",
	.summary = "practice servers for every protocol, one mailbox, no network",
	.help = "Starts servers for SMTP, submission, LMTP, POP3, IMAP, HTTP and FTP, with and\n"
		"without TLS, and the upper-case server of the lectures, over TCP and UDP; on\n"
		"this machine alone (127.0.0.1), all on one set of users, mailboxes and files.\n"
		"It prints where each listens, who can log in, and what to try; then what every\n"
		"client says, each line explained, each session in its colour.\n"
		"\n"
		"While it runs, lab:smtp, lab:imaps and so on are targets of all commands, and\n"
		"TLS works without more. Without it they start a lab of their own.\n"
		"\n"
		"  parlance lab --only smtp,imap --teach\n"
		"  parlance lab --listen 192.0.2.7 --port smtp=25 --record sessions\n"
		"  parlance lab --user eve:secret --mbox inbox.mbox --keep mail\n"
		"\n"
		"Mail is kept in memory (--keep DIR: as Maildir, between runs). Beyond this\n"
		"machine, each address has its own copy of everything, unless --shared: thirty\n"
		"students may be bob at once. Mail for other domains goes nowhere: it can be read\n"
		"in the mailbox Outbox. ^C says goodbye to the clients and ends it (exit 130).",
	.options = OPTIONS_SHOW | OPTIONS_LAB,
	.run = lab,
};
