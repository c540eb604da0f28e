/*
 * serve: speak the S: side of transcripts to any client.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/clients_log.h"
#include "play/service.h"
#include "net/descriptor.h"
#include "net/stream.h"

/* Seconds that clients get to read the farewell. */
#define FAREWELL 2

/* One conversation on its port. */
struct served {
	struct serving *serving;
	struct rehearsal *rehearsal;
	struct service *service;
	char *name;
};

/* The scripts of one transcript. */
struct transcript {
	struct script *scripts;
	size_t n;
};

struct serving {
	struct options *options;
	struct event_base *base;
	struct transcript *transcripts;
	size_t ntranscripts;
	struct served *served;
	size_t nserved;
	struct tls_settings *tls; /* NULL: no conversation needs any */
	struct clients_log *log;
	bool closing;
};

static struct face *client_face(void *context, const char *peer)
{
	const struct served *served = context;
	const struct serving *s = served->serving;
	return clients_log_face(s->log, peer, s->nserved > 1 ? served->name : NULL);
}

/* ---- what is served ---- */

/* Where to listen: `ADDR:PORT`, `[ADDR]:PORT`, `ADDR`, or a port alone. `*host` is the caller's (free). */
static enum status listen_where(const char *text, char **host, unsigned *port, struct error *error)
{
	struct slice all = slice_of(text), number = { NULL, 0 };
	uint64_t value = 0;
	size_t colon = all.n;
	while (colon > 0 && all.p[colon - 1] != ':' && all.p[colon - 1] != ']')
		colon--;
	bool has_port = colon > 0 && all.p[colon - 1] == ':';
	struct slice address = has_port ? slice_part(all, 0, colon - 1) : all;
	if (has_port)
		number = slice_part(all, colon, all.n);
	else if (slice_number(all, &value))
		number = all, address = SLICE("127.0.0.1");
	bool bare = address.n && address.p[0] != '[' && slice_find_octet(address, ':') < address.n; /* ::1, in part */
	if (bare || ((has_port || number.n) && (!slice_number(number, &value) || value > 65535)))
		return error_set(error, STATUS_USAGE, "--listen %s: not ADDR:PORT, as 127.0.0.1:2525 or [::1]:2525",
		                 text);
	if (address.n > 1 && address.p[0] == '[' && address.p[address.n - 1] == ']')
		address = slice_part(address, 1, address.n - 1);
	*host = address.n ? slice_string(address) : string_copy("127.0.0.1");
	*port = (unsigned)value;
	return STATUS_OK;
}

/* Its name in the line `listening …`; the conversations of one file are numbered. */
static char *served_name(const char *name, size_t i, size_t n)
{
	return n == 1 ? string_copy(name) : string_printf("%s#%zu", name, i + 1);
}

static enum status add_script(struct serving *s, const struct script *script, char *name, struct error *error)
{
	struct options *o = s->options;
	struct rehearsal *r = rehearse(script, o->protocol, &o->variables);
	s->served = memory_grow(s->served, s->nserved + 1, sizeof *s->served);
	s->served[s->nserved++] = (struct served){ .serving = s, .rehearsal = r, .name = name };
	return rehearsal_check(r, SIDE_SERVER, &o->variables, error);
}

static enum status add_transcript(struct serving *s, const char *name, struct error *error)
{
	struct transcript t = { 0 };
	enum status status = read_transcript(name, s->options->from, &t.scripts, &t.n, error);
	if (status != STATUS_OK)
		return status;
	s->transcripts = memory_grow(s->transcripts, s->ntranscripts + 1, sizeof *s->transcripts);
	s->transcripts[s->ntranscripts++] = t;
	if (t.n == 0)
		return error_set(error, STATUS_USAGE, "%s: no conversation in it", name);
	for (size_t i = 0; i < t.n && status == STATUS_OK; i++)
		status = add_script(s, &t.scripts[i], served_name(name, i, t.n), error);
	return status;
}

static void client_gone(void *context)
{
	struct served *served = context;
	struct serving *s = served->serving;
	size_t clients = 0, unused = 0;
	for (size_t i = 0; i < s->nserved; i++) {
		clients += service_clients(s->served[i].service);
		unused += !service_used(s->served[i].service);
	}
	if (clients == 0 && (s->closing || (s->options->once && unused == 0)))
		(void)event_base_loopbreak(s->base);
}

static bool needs_tls(const struct serving *s)
{
	bool needs = s->options->tls;
	for (size_t i = 0; i < s->nserved; i++)
		needs |= s->served[i].rehearsal->tls;
	return needs;
}

static struct faults faults_of(const struct options *o)
{
	return (struct faults){ .delay = o->delay,
		                .stall = o->stall,
		                .split = o->split,
		                .garble = o->garble,
		                .drop = o->drop_after != UINT64_MAX,
		                .drop_after = o->drop_after };
}

/* Each on a port of its own: free ones, or those from the given one on. */
static enum status listen_all(struct serving *s, struct error *error)
{
	const struct options *o = s->options;
	char *host = NULL;
	unsigned port = 0;
	enum status status = listen_where(o->listen ? o->listen : "127.0.0.1:0", &host, &port, error);
	if (status == STATUS_OK && needs_tls(s))
		status = tls_server_settings(&o->with, host, &s->tls, error);
	for (size_t i = 0; i < s->nserved && status == STATUS_OK; i++) {
		struct served *served = &s->served[i];
		struct service_options service = { .rehearsal = served->rehearsal,
			                           .variables = &o->variables,
			                           .host = host };
		service.port = port ? port + (unsigned)i : 0;
		service.strict = o->strict;
		service.once = o->once;
		service.faults = faults_of(o);
		service.fault = clients_log_fault;
		service.masking = options_masking(o, true);
		service.face = client_face;
		service.gone = client_gone;
		service.context = served;
		service.tls = s->tls;
		service.tls_implicit = o->tls;
		if (service.port > 65535)
			status = error_set(error, STATUS_USAGE, "--listen %s: too few ports after this one", o->listen);
		else
			status = service_start(s->base, &service, &served->service, error);
	}
	free(host);
	return status;
}

/* Clients have to be told to trust a certificate that was made here: --showcerts prints it. */
static void say_certificate(const struct serving *s)
{
	struct buffer rows = { 0 };
	if (s->tls == NULL || s->options->quiet || s->options->json)
		return;
	if (s->options->showcerts)
		tls_settings_certificate(s->tls, true, &rows);
	else if (tls_settings_made(s->tls))
		buffer_add_string(
			&rows, "the certificate was made here, and nobody vouches for it: --showcerts prints it, for "
			       "clients to trust\n");
	struct slice rest = buffer_slice(&rows);
	while (rest.n) {
		struct slice row = slice_row(&rest);
		printf("# " SLICE_FMT "\n", SLICE_ARG(row));
	}
	buffer_free(&rows);
}

static void say_listening(const struct serving *s)
{
	for (size_t i = 0; i < s->nserved; i++)
		printf("listening %s %s %s\n", s->served[i].rehearsal->protocol->name,
		       service_address(s->served[i].service), s->served[i].name);
	say_certificate(s);
	(void)fflush(stdout);
}

/* ---- running ---- */

/* The first ^C says goodbye to the clients, the second does not wait for them. */
static void interrupted(evutil_socket_t fd, short what, void *context)
{
	struct serving *s = context;
	const struct timeval patience = { .tv_sec = FAREWELL };
	size_t clients = 0;
	(void)fd;
	(void)what;
	for (size_t i = 0; i < s->nserved; i++) {
		clients += service_clients(s->served[i].service);
		service_close(s->served[i].service);
	}
	if (s->closing || clients == 0)
		(void)event_base_loopbreak(s->base);
	else
		(void)event_base_loopexit(s->base, &patience);
	s->closing = true;
}

static enum status run(struct serving *s)
{
	struct event *interrupt = evsignal_new(s->base, SIGINT, interrupted, s);
	struct event *terminate = evsignal_new(s->base, SIGTERM, interrupted, s);
	(void)event_add(interrupt, NULL);
	(void)event_add(terminate, NULL);
	say_listening(s);
	(void)event_base_dispatch(s->base);
	event_free(interrupt);
	event_free(terminate);
	return s->closing ? STATUS_INTERRUPTED : STATUS_OK;
}

static void serving_free(struct serving *s)
{
	for (size_t i = 0; i < s->nserved; i++) {
		service_free(s->served[i].service);
		rehearsal_free(s->served[i].rehearsal);
		free(s->served[i].name);
	}
	for (size_t i = 0; i < s->ntranscripts; i++)
		scripts_free(s->transcripts[i].scripts, s->transcripts[i].n);
	tls_settings_free(s->tls);
	free(s->served);
	free(s->transcripts);
	clients_log_free(s->log);
	if (s->base) {
		stream_settle(s->base);
		event_base_free(s->base);
	}
}

static enum status serve(struct options *options, int argc, char **argv)
{
	struct serving s = { .options = options };
	struct error error = { 0 };
	enum status status = STATUS_OK;
	if (argc == 0)
		status = error_set(&error, STATUS_USAGE, "serve: which transcript? parlance serve TRANSCRIPT...");
	for (int i = 0; i < argc && status == STATUS_OK; i++)
		status = add_transcript(&s, argv[i], &error);
	if (status == STATUS_OK)
		status = clients_log_new(options, &s.log, &error);
	if (status == STATUS_OK) {
		(void)descriptors_wanted(SIZE_MAX); /* the listener says where they do not suffice */
		s.base = event_base_new();
		status = listen_all(&s, &error);
	}
	if (status == STATUS_OK)
		status = run(&s);
	error_report(&error);
	serving_free(&s);
	return status;
}

const struct command command_serve = {
	.name = "serve",
	.arguments = "[options] TRANSCRIPT...",
	.summary = "speak the S: side of a transcript to any client",
	.help = "Listens, prints `listening PROTOCOL ADDR:PORT NAME` for each conversation, and\n"
		"answers any number of clients as the transcript does, each from its\n"
		"beginning. The first conversation gets the port of --listen, the others the\n"
		"next ones; without it each gets a free port of 127.0.0.1.\n"
		"\n"
		"A client's line is the script's if its command is (--strict: if all of it is).\n"
		"Anything else gets the protocol's own error, naming what is expected, and the\n"
		"script waits. Message text may be any. What is said is shown as it happens;\n"
		"-q prints the listening lines alone. With --once each conversation is served\n"
		"to one client, and after the last of them it ends.\n"
		"\n"
		"Faults let you see what a client does about them: --drop-after, --stall,\n"
		"--split and --garble, alone or together, in the clear and under TLS. The log\n"
		"shows what went out, and says which fault was done where.\n"
		"\n"
		"TLS begins where the transcript says so, or with the first octet by --tls. The\n"
		"certificate is that of --cert, or one for localhost that is made on the spot.\n"
		"\n"
		"  parlance serve --listen 127.0.0.1:2525 ewing-smtp\n"
		"  parlance serve --split 1 --drop-after 300 clug-imap-corrected\n"
		"\n"
		"^C says goodbye to the clients and ends it (exit 130).",
	.options = OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_SCRIPT | OPTIONS_SERVE | OPTIONS_PACE,
	.run = serve,
};
