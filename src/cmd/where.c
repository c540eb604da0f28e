/*
 * Where to go: what the user typed, joined with -P, --tls and the registry of protocols.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/cmd.h"
#include "lab/visit.h"
#include "net/target.h"
#include "protocol/upgrade.h"

/* What is known while a target becomes a where. */
struct search {
	const struct options *options;
	const char *text; /* as typed */
	struct target target;
	const struct protocol *protocol; /* NULL: not known yet */
	const struct scheme *scheme;     /* the row of the target's scheme; NULL */
};

static char *safe(const char *text)
{
	struct buffer b = { 0 };
	escape_text(&b, slice_of(text));
	return buffer_take(&b);
}

/* The host as it stands before a colon or in a URL. */
static char *bracketed(const char *host)
{
	bool colons = strchr(host, ':') != NULL;
	return string_printf("%s%s%s", colons ? "[" : "", host, colons ? "]" : "");
}

/* ---- what cannot be gone to ---- */

/* "smtp, smtps, submission, lmtp, tcp, udp": every scheme of the registry. */
static char *schemes_spoken(void)
{
	struct buffer list = { 0 };
	for (size_t i = 0; protocols[i]; i++)
		for (const struct scheme *row = protocols[i]->schemes; row->name; row++)
			buffer_printf(&list, "%s%s", list.n > 0 ? ", " : "", row->name);
	return buffer_take(&list);
}

static enum status refuse_scheme(const struct search *s, struct error *error)
{
	char *spoken = schemes_spoken();
	unsigned port = s->target.service ? service_port(s->target.service, false)
	                                  : service_port(s->target.scheme, false);
	char *host = bracketed(s->target.host);
	char *instead = port > 0 ? string_printf("%s:%u", host, port) : string_printf("%s:PORT", host);
	(void)error_set(error, STATUS_USAGE,
	                "%s: this build does not speak it; it speaks %s. For any other text service, as plain lines: "
	                "-P tcp %s",
	                s->target.scheme, spoken, instead);
	free(spoken);
	free(host);
	free(instead);
	return STATUS_USAGE;
}

static enum status refuse_word(const struct search *s, struct error *error)
{
	char *shown = safe(s->text);
	if (strcmp(s->target.scheme, "self") == 0)
		(void)error_set(error, STATUS_USAGE,
		                "self: the S: side of a transcript; only a command that has a transcript "
		                "can go there: parlance replay FILE --to self");
	else
		(void)error_set(error, STATUS_USAGE,
		                "%s: which of the lab's servers? Write lab:smtp, lab:imaps … (a host called lab: "
		                "write tcp://lab:25)",
		                shown);
	free(shown);
	return STATUS_USAGE;
}

/* lab:smtp; lab alone where the protocol is known. */
static enum status find_lab(struct search *s, const struct protocol *fallback, struct where *where, struct error *error)
{
	const char *name = s->target.service;
	if (name == NULL && fallback == NULL)
		return refuse_word(s, error);
	if (name == NULL)
		name = fallback->name;
	char *host = NULL;
	enum status status = practice_find(s->options->practice, name, &host, &where->connect.port, &where->authority,
	                                   error);
	where->connect.host = host;
	if (status != STATUS_OK)
		return status;
	const struct server *server = server_named(slice_of(name));
	where->protocol = s->options->protocol ? s->options->protocol : protocol_named(slice_of(server->protocol));
	where->tls = server->tls || s->options->tls;
	where->connect.datagrams = where->protocol->datagrams;
	where->connect.family = s->options->family;
	where->connect.timeout = s->options->connect_timeout;
	where->name = string_printf("lab:%s", server->name);
	return STATUS_OK;
}

/* A bare host: nothing says which protocol, or which port. */
static enum status refuse_bare(const struct search *s, struct error *error)
{
	char *host = bracketed(s->target.host);
	if (s->protocol)
		(void)error_set(error, STATUS_USAGE,
		                "%s: %s has no port of its own: write one behind a colon, such as %s:7", host,
		                s->protocol->name, host);
	else
		(void)error_set(error, STATUS_USAGE,
		                "%s: which protocol, at which port? Write %s:25, smtp://%s or -P smtp %s", host, host,
		                host, host);
	free(host);
	return STATUS_USAGE;
}

static enum status refuse_service(const struct search *s, struct error *error)
{
	char *host = bracketed(s->target.host);
	(void)error_set(error, STATUS_USAGE, "%s: no service is called that here: write a port number, such as %s:25",
	                s->target.service, host);
	free(host);
	return STATUS_USAGE;
}

/* ---- port, protocol, TLS ---- */

/* A protocol's own port: that of its first scheme. 0: none. */
static unsigned default_port(const struct protocol *protocol, bool tls)
{
	for (const struct scheme *row = protocol->schemes; row->name; row++)
		if (row->tls == tls && row->port != 0)
			return row->port;
	return tls ? default_port(protocol, false) : 0;
}

/* The port: as typed, else the scheme's, else that of the protocol. */
static enum status find_port(const struct search *s, unsigned *port, struct error *error)
{
	bool datagrams = s->protocol && s->protocol->datagrams;
	if (s->target.service) {
		*port = service_port(s->target.service, datagrams);
		return *port != 0 ? STATUS_OK : refuse_service(s, error);
	}
	*port = 0;
	if (s->scheme)
		*port = s->scheme->port;
	else if (s->target.scheme)
		*port = service_port(s->target.scheme, datagrams);
	if (*port == 0 && s->protocol)
		*port = default_port(s->protocol, s->options->tls || (s->scheme && s->scheme->tls));
	return *port != 0 ? STATUS_OK : refuse_bare(s, error);
}

/* A scheme says whether there is TLS; else the port does, unless TLS is to begin later. */
static bool find_tls(const struct search *s, unsigned port)
{
	if (s->options->tls)
		return true;
	if (s->scheme)
		return s->scheme->tls;
	return !s->target.scheme && !s->options->starttls && !(s->protocol && s->protocol->datagrams) &&
	       port_implies_tls(port);
}

/* TLS begins in one way: with the first octet, or by an upgrade; and over a stream. */
static enum status check_tls(const struct search *s, const struct where *where, struct error *error)
{
	bool datagrams = s->protocol && s->protocol->datagrams;
	if (datagrams && (s->options->tls || s->options->starttls))
		return error_set(error, STATUS_USAGE,
		                 "%s: TLS goes over TCP; for datagrams there is DTLS, which is not spoken here",
		                 where->name);
	if (s->options->showcerts && s->options->json)
		return error_set(error, STATUS_USAGE, "--showcerts: prints text, which does not go with --json");
	if (s->options->starttls && s->options->tls)
		return error_set(error, STATUS_USAGE,
		                 "--starttls: begins TLS in mid-session, --tls with the first octet: one of them");
	if (s->options->starttls && where->tls)
		return error_set(error, STATUS_USAGE,
		                 "--starttls: %s:// has TLS from the first octet: leave one of the two out",
		                 s->target.scheme);
	if (s->options->starttls && s->protocol && !upgrade_possible(s->protocol))
		return error_set(error, STATUS_USAGE,
		                 "--starttls: %s has no command that upgrades to TLS: --tls begins it with "
		                 "the first octet",
		                 s->protocol->name);
	return STATUS_OK;
}

static enum status find_host(struct search *s, struct where *where, struct error *error)
{
	unsigned port;
	enum status status = find_port(s, &port, error);
	if (status != STATUS_OK)
		return status;
	if (s->protocol == NULL)
		s->protocol = protocol_of_port(port);
	where->tls = find_tls(s, port);
	where->connect.host = string_copy(s->target.host);
	where->connect.port = port;
	where->connect.datagrams = s->protocol && s->protocol->datagrams;
	where->request_path = string_copy(s->target.path);
	where->name = target_text(s->target.host, port);
	return check_tls(s, where, error);
}

static enum status find_unix(const struct search *s, struct where *where, struct error *error)
{
	char *shown = safe(s->target.path);
	where->name = string_printf("unix:%s", shown);
	free(shown);
	if (s->protocol && s->protocol->datagrams)
		return error_set(error, STATUS_USAGE,
		                 "%s: %s is not spoken over a unix socket: write -P tcp for plain lines", where->name,
		                 s->protocol->name);
	where->connect.path = string_copy(s->target.path);
	where->tls = s->options->tls;
	return check_tls(s, where, error);
}

/* -P, else the scheme, else what the command knows, else the port (find_host), else the greeting. */
static enum status find_protocol(struct search *s, const struct protocol *fallback, struct error *error)
{
	const struct protocol *of_scheme = NULL;
	if (s->target.scheme)
		of_scheme = protocol_of_scheme(slice_of(s->target.scheme), &s->scheme);
	s->protocol = s->options->protocol;
	if (s->protocol == NULL)
		s->protocol = of_scheme;
	if (s->protocol == NULL && s->target.scheme)
		return refuse_scheme(s, error);
	if (s->protocol == NULL)
		s->protocol = fallback;
	return STATUS_OK;
}

static enum status find(struct search *s, const struct protocol *fallback, struct where *where, struct error *error)
{
	if (s->target.scheme && !s->target.host && strcmp(s->target.scheme, "lab") == 0)
		return find_lab(s, fallback, where, error);
	if (s->target.scheme && !s->target.host)
		return refuse_word(s, error);
	enum status status = find_protocol(s, fallback, error);
	if (status != STATUS_OK)
		return status;
	where->connect.family = s->options->family;
	where->connect.timeout = s->options->connect_timeout;
	status = s->target.unix_socket ? find_unix(s, where, error) : find_host(s, where, error);
	where->protocol = s->protocol;
	return status;
}

enum status where_find(const struct options *options, const char *text, const char *service,
                       const struct protocol *fallback, struct where *where, struct error *error)
{
	struct search s = { .options = options, .text = text };
	*where = (struct where){ 0 };
	enum status status = target_parse(text, service, &s.target, error);
	if (status == STATUS_OK)
		status = find(&s, fallback, where, error);
	if (status != STATUS_OK)
		where_free(where);
	target_free(&s.target);
	return status;
}

void where_free(struct where *where)
{
	free((char *)where->connect.host); /* owned here, though a connector only reads them */
	free((char *)where->connect.path);
	free(where->name);
	free(where->request_path);
	*where = (struct where){ 0 };
}
