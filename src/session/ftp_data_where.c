/*
 * Where a data connection goes: what 227 and 229 name is connected to; PORT, EPRT and the default port are listened for.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/ftp_syntax.h"
#include "session/ftp_data_inside.h"
#include "session/inside.h"

/* "127.0.0.1:51234", "[::1]:51234"; the caller's. */
static char *place_of(const char *host, unsigned long port)
{
	return string_printf(strchr(host, ':') ? "[%s]:%lu" : "%s:%lu", host, port);
}

/* ---- the server listens ---- */

static void connect_to(struct ftp_data *f, const char *host, unsigned port)
{
	struct error error = { 0 };
	const struct data_options options = { .host = host,
		                              .port = port,
		                              .timeout = encrypt_patience(f->session),
		                              .waits = true,
		                              .tls_host = f->session->host };
	f->place = place_of(host, port);
	(void)data_open(f->session->base, &options, &ftp_data_told, f, &f->data, &error);
	error_clear(&error);
	if (f->options.quiet)
		return;
	if (f->told_how)
		session_remark(f->session, "data %s: connecting", f->place);
	else
		session_remark(
			f->session,
			"data %s: connecting: the second connection, for one LIST, RETR or STOR. Its close is the "
			"end of what it carries.",
			f->place);
	f->told_how = true;
}

/* The server is about to open it, or waits for it. */
void where_late(struct ftp_data *f)
{
	unsigned port = f->later;
	char *host = f->host;
	if (port == 0)
		return;
	f->later = 0;
	f->host = NULL;
	(void)event_del(f->soon);
	free(f->place);
	connect_to(f, host, port);
	free(host);
}

/* Where the address names another host, which one is gone to: theirs, or ours. The caller's. */
static char *host_chosen(struct ftp_data *f, const struct ftp_address *address)
{
	char *own = data_host_of(f->session->peer), *named = slice_string(buffer_slice(&address->host));
	bool other = *named && slice_compare_nocase(slice_of(named), slice_of(own)) != 0;
	if (other && !f->session->options.follow_data) {
		struct buffer safe = { 0 };
		escape_text(&safe, slice_of(named));
		session_remark(
			f->session,
			"The server names " SLICE_FMT
			", and this session goes to %s: that host is not gone to. A server "
			"behind NAT may not know its own address; a bad one may want its victim to be connected to "
			"(RFC 2577 3). %s is taken instead; --follow-data, or :data follow, goes where it says.",
			SLICE_ARG(buffer_slice(&safe)), own, own);
		buffer_free(&safe);
	}
	if (other && f->session->options.follow_data) {
		free(own);
		return named;
	}
	free(named);
	return own;
}

bool where_form(struct slice verb, bool passive, enum ftp_address_form *form)
{
	static const struct {
		const char *passive, *active;
		enum ftp_address_form form;
	} forms[] = {
		{ "PASV", "PORT", FTP_SHORT },
		{ "EPSV", "EPRT", FTP_EXTENDED },
		{ "LPSV", "LPRT", FTP_LONG },
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		*form = forms[i].form;
		if (slice_equal(verb, slice_of(passive ? forms[i].passive : forms[i].active)))
			return true;
	}
	return false;
}

static bool is_unix(const struct ftp_data *f)
{
	return slice_starts(slice_of(f->session->peer), SLICE("unix:"));
}

static void place_offered(struct ftp_data *f, const char *host, unsigned port)
{
	if (f->options.early == NULL || f->options.early(f->options.context)) {
		connect_to(f, host, port);
		return;
	}
	f->later = port;
	f->host = string_copy(host);
	f->place = place_of(host, port);
}

/* 227, 228, 229. */
void where_offered(struct ftp_data *f, const struct dialogue_event *event, enum ftp_address_form form)
{
	struct ftp_address address = { 0 };
	struct slice rest = event->text;
	(void)slice_word(&rest);
	ftp_data_drop(f);
	ftp_address_parse(rest, form, true, &address);
	if (address.port && !is_unix(f)) {
		char *host = host_chosen(f, &address);
		place_offered(f, host, (unsigned)address.port);
		free(host);
	} else if (!f->options.quiet) {
		session_remark(f->session, is_unix(f) ? "data: over a unix socket no address says where it would go"
		                                      : "data: no port can be read from that: nothing is connected to");
	}
	ftp_address_free(&address);
}

/* ---- we listen ---- */

static void add_port(unsigned port, bool extended, struct buffer *out)
{
	if (extended)
		buffer_printf(out, "%u", port);
	else
		buffer_printf(out, "%u,%u", port / 256, port % 256);
}

enum status ftp_data_listen(struct ftp_data *f, struct buffer *command, struct error *error)
{
	char *here = data_host_of(f->session->local), *peer = data_host_of(f->session->peer);
	bool six = strchr(here, ':') != NULL;
	const struct data_options options = {
		.host = here, .listens = true, .only_from = peer, .waits = true, .tls_host = f->session->host
	};
	enum status status = STATUS_CONNECTION;
	ftp_data_drop(f);
	if (is_unix(f))
		(void)error_set(error, status, "a unix socket: the server has no address to connect to");
	else
		status = data_open(f->session->base, &options, &ftp_data_told, f, &f->data, error);
	if (status == STATUS_OK) {
		f->listens = true;
		f->place = place_of(here, data_port(f->data));
		here[strcspn(here, "%")] = '\0';
		for (char *dot = six ? NULL : strchr(here, '.'); dot; dot = strchr(dot, '.'))
			*dot = ',';
		buffer_printf(command, six ? "EPRT |2|%s|" : "PORT %s,", here);
		add_port(data_port(f->data), six, command);
		buffer_add_string(command, six ? "|" : "");
	}
	free(here);
	free(peer);
	return status;
}

bool ftp_data_port(const struct ftp_data *f, bool extended, struct buffer *out)
{
	if (f->data && f->listens)
		add_port(data_port(f->data), extended, out);
	return f->data && f->listens;
}

/* A command that names where the server is to connect to: ours, or somebody else's. */
void where_named(struct ftp_data *f, struct slice argument, enum ftp_address_form form)
{
	struct ftp_address address = { 0 };
	ftp_address_parse(slice_trim(argument), form, false, &address);
	if (f->listens && f->data && address.port == data_port(f->data)) {
		ftp_address_free(&address);
		return;
	}
	ftp_data_drop(f);
	char *host = slice_string(buffer_slice(&address.host));
	if (address.port && *host)
		f->place = place_of(host, address.port);
	free(host);
	ftp_address_free(&address);
}

void where_said(struct ftp_data *f)
{
	if (f->options.quiet || f->place == NULL)
		return;
	if (f->listens)
		session_remark(f->session, "data %s: listening: at LIST, RETR or STOR the server connects to it.",
		               f->place);
	else
		session_remark(
			f->session,
			"At LIST, RETR or STOR the server connects to %s: nobody of ours listens there, so another "
			"program must. :port listens and says where; PASV lets the server listen instead.",
			f->place);
}

/* Nobody has said where: the server may come to our end of the control connection (RFC 959 3.2). */
void where_default(struct ftp_data *f)
{
	struct error error = { 0 };
	char *here = data_host_of(f->session->local), *peer = data_host_of(f->session->peer);
	size_t n = strlen(f->session->local), colon = n;
	uint64_t port = 0;
	while (colon > 0 && f->session->local[colon - 1] != ':')
		colon--;
	(void)slice_number(slice_part(slice_of(f->session->local), colon, n), &port);
	const struct data_options options = { .host = here,
		                              .port = (unsigned)port,
		                              .listens = true,
		                              .only_from = peer,
		                              .waits = true,
		                              .tls_host = f->session->host };
	/* Where it cannot be, nothing is lost: hardly a server goes there today. */
	if (!is_unix(f) && port > 0)
		(void)data_open(f->session->base, &options, &ftp_data_told, f, &f->data, &error);
	error_clear(&error);
	free(here);
	free(peer);
}
