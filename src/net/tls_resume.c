/*
 * Going on with an earlier session (RFC 5077, RFC 8446 2.2): what a server hands out for that is kept, and a later
 * connection to the same server may offer it. Servers of FTP want this of a data connection, which proves that it comes
 * from whoever holds the control connection.
 */
#include <stdlib.h>
#include <string.h>

#include "net/tls_inside.h"

/* Of what a server hands out, so many are kept: the last. */
#define KEPT_MAX 4

/* Counted: connections that go on with one another share them. */
struct tls_tickets {
	size_t holders;
	SSL_SESSION *rows[KEPT_MAX]; /* the newest last */
	size_t n;
	/* What was found out when the first of them began: nobody looks again when it goes on. */
	struct tls_fault faults[TLS_FAULTS_MAX];
	size_t nfaults;
};

static struct tls_tickets *tickets_of(struct tls_facts *facts)
{
	if (facts->tickets == NULL) {
		facts->tickets = memory_zeroed(1, sizeof *facts->tickets);
		facts->tickets->holders = 1;
	}
	return facts->tickets;
}

void tls_tickets_release(struct tls_tickets *tickets)
{
	if (tickets == NULL || --tickets->holders > 0)
		return;
	for (size_t i = 0; i < tickets->n; i++)
		SSL_SESSION_free(tickets->rows[i]);
	free(tickets);
}

void tls_facts_go_on(struct tls_facts *facts, struct tls_facts *earlier)
{
	struct tls_tickets *tickets = tickets_of(earlier);
	if (facts->tickets == tickets)
		return;
	tls_tickets_release(facts->tickets);
	tickets->holders++;
	facts->tickets = tickets;
}

bool tls_facts_resumed(const struct tls_facts *facts)
{
	return facts->resumed;
}

static void drop(struct tls_tickets *tickets, size_t i)
{
	SSL_SESSION_free(tickets->rows[i]);
	tickets->n--;
	memmove(&tickets->rows[i], &tickets->rows[i + 1], (tickets->n - i) * sizeof tickets->rows[0]);
}

/* The server has handed one out; in TLS 1.3 that is some time after the handshake. */
static int kept(SSL *ssl, SSL_SESSION *session)
{
	struct tls_facts *facts = SSL_get_app_data(ssl);
	struct tls_tickets *tickets = tickets_of(facts);
	if (tickets->n == KEPT_MAX)
		drop(tickets, 0);
	tickets->rows[tickets->n++] = session;
	if (!facts->resumed) {
		memcpy(tickets->faults, facts->faults, sizeof tickets->faults);
		tickets->nfaults = facts->nfaults;
	}
	return 1; /* it is ours now */
}

void tls_resume_set(SSL_CTX *ctx)
{
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, kept);
}

/* Each of TLS 1.3's is good for one connection (RFC 8446 C.4), unless it is the last that there is. */
void tls_resume_offer(SSL *ssl, struct tls_facts *facts)
{
	struct tls_tickets *tickets = facts->tickets;
	if (tickets == NULL || tickets->n == 0)
		return;
	SSL_SESSION *newest = tickets->rows[tickets->n - 1];
	(void)SSL_set_session(ssl, newest);
	if (tickets->n > 1 && SSL_SESSION_get_protocol_version(newest) >= TLS1_3_VERSION)
		drop(tickets, tickets->n - 1);
}

void tls_resume_recall(struct tls_facts *facts)
{
	const struct tls_tickets *tickets = facts->tickets;
	if (tickets == NULL || !facts->resumed)
		return;
	memcpy(facts->faults, tickets->faults, sizeof facts->faults);
	facts->nfaults = tickets->nfaults;
}
