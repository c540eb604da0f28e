/*
 * A transcript against itself.
 */
#include "play/self.h"

#include <stdlib.h>

#include "base/memory.h"
#include "play/service.h"

struct self {
	struct service *service;
	struct tls_settings *client, *server;
	bool datagrams;
};

/* The server shows a certificate that is made here, and the client trusts that one alone. */
static enum status start_tls(struct self *self, const struct tls_options *asked, struct error *error)
{
	struct tls_options client = { .min = asked->min, .max = asked->max, .ciphers = asked->ciphers };
	struct tls_options server = client;
	server.keep_keys = true;
	enum status status = tls_server_settings(&server, NULL, &self->server, error);
	if (status == STATUS_OK)
		status = tls_client_settings(&client, &self->client, error);
	return status == STATUS_OK ? tls_settings_trust(self->client, self->server, error) : status;
}

enum status self_start(struct event_base *base, const struct self_options *options, struct self **made,
                       struct error *error)
{
	const struct rehearsal *r = options->rehearsal;
	struct service_options service = { .rehearsal = r, .variables = options->variables, .host = "127.0.0.1" };
	struct self *self = memory_zeroed(1, sizeof *self);
	enum status status = rehearsal_check(r, SIDE_SERVER, options->variables, error);
	self->datagrams = r->protocol->datagrams;
	if (status == STATUS_OK && (r->tls || options->tls_implicit))
		status = start_tls(self, options->tls, error);
	service.tls = self->server;
	service.tls_implicit = r->tls_implicit || options->tls_implicit;
	if (status == STATUS_OK)
		status = service_start(base, &service, &self->service, error);
	*made = self;
	if (status == STATUS_OK)
		return status;
	self_free(self);
	*made = NULL;
	return status;
}

void self_free(struct self *self)
{
	if (self == NULL)
		return;
	service_free(self->service);
	tls_settings_free(self->client);
	tls_settings_free(self->server);
	free(self);
}

void self_place(const struct self *self, struct connect_options *connect)
{
	connect->host = service_host(self->service);
	connect->port = service_port_number(self->service);
	connect->datagrams = self->datagrams;
}

struct tls_settings *self_tls(const struct self *self)
{
	return self->client;
}
