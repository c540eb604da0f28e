/*
 * The registry's rows, and ways to find one.
 */
#include "protocol/protocol.h"

#include "protocol/ftp.h"
#include "protocol/http.h"
#include "protocol/imap.h"
#include "protocol/line.h"
#include "protocol/pop3.h"
#include "protocol/smtp.h"

const struct protocol *const protocols[] = {
	&protocol_smtp, &protocol_lmtp, &protocol_pop3, &protocol_imap, &protocol_http,
	&protocol_ftp,  &protocol_tcp,  &protocol_udp,  NULL,
};

/* How sure a machine must be to claim a conversation (protocol.h: 3 is surely). */
#define CLAIM 2

const struct protocol *protocol_named(struct slice name)
{
	for (size_t i = 0; protocols[i]; i++)
		if (slice_equal_nocase(slice_of(protocols[i]->name), name))
			return protocols[i];
	return NULL;
}

const struct protocol *protocol_of_scheme(struct slice name, const struct scheme **scheme)
{
	for (size_t i = 0; protocols[i]; i++) {
		for (const struct scheme *row = protocols[i]->schemes; row->name; row++) {
			if (!slice_equal_nocase(slice_of(row->name), name))
				continue;
			if (scheme)
				*scheme = row;
			return protocols[i];
		}
	}
	return NULL;
}

const struct protocol *protocol_of_port(unsigned port)
{
	for (size_t i = 0; protocols[i]; i++)
		for (const unsigned *p = protocols[i]->ports; *p; p++)
			if (*p == port)
				return protocols[i];
	return NULL;
}

bool port_implies_tls(unsigned port)
{
	static const unsigned implied[] = { 465, 993, 995, 443, 990, 2465, 2993, 2995, 2443, 2990 };
	for (size_t i = 0; i < sizeof implied / sizeof implied[0]; i++)
		if (implied[i] == port)
			return true;
	return false;
}

const struct scheme *protocol_tls_scheme(const struct protocol *protocol)
{
	for (const struct scheme *scheme = protocol->schemes; scheme->name; scheme++)
		if (scheme->tls)
			return scheme;
	return NULL;
}

const struct protocol *protocol_of_greeting(struct slice line)
{
	const struct protocol *best = NULL;
	unsigned sure = CLAIM - 1;
	for (size_t i = 0; protocols[i]; i++) {
		unsigned claim = protocols[i]->greeting ? protocols[i]->greeting(line) : 0;
		if (claim > sure) {
			sure = claim;
			best = protocols[i];
		}
	}
	return best;
}

const struct protocol *protocol_of_command(struct slice line, struct slice greeting)
{
	const struct protocol *best = NULL;
	unsigned sure = CLAIM - 1;
	for (size_t i = 0; protocols[i]; i++) {
		const struct protocol *p = protocols[i];
		unsigned claim = p->command ? p->command(line) : 0;
		bool greets = greeting.n == 0 || (p->greeting && p->greeting(greeting) > 0);
		if (greets && claim > sure) {
			sure = claim;
			best = p;
		}
	}
	return best;
}

const struct table *protocol_table(const struct protocol *protocol, enum table_kind kind)
{
	for (const struct table *table = protocol->tables; table && table->rows; table++)
		if (table->kind == kind)
			return table;
	return NULL;
}
