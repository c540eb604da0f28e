/*
 * TLS by hand: `:starttls`, `:tls`, `:cert`.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/upgrade.h"
#include "talk/room.h"

/* Whether TLS can begin now; where not, why was said. */
static bool may_begin(struct talk *t)
{
	if (!t->open)
		talk_say(t,
		         "Not connected. A URL such as imaps://host has TLS from the first octet: :open imaps://host");
	else if (dialogue_secure(session_dialogue(t->session)))
		talk_say(t, "This connection is encrypted already; :cert shows the server's certificates.");
	else if (talk_protocol(t)->datagrams)
		talk_say(t, "TLS goes over TCP; for datagrams there is DTLS, which is not spoken here.");
	else
		return true;
	return false;
}

void word_starttls(struct talk *t, struct slice arguments)
{
	(void)arguments;
	if (!may_begin(t))
		return;
	if (upgrade_possible(talk_protocol(t)))
		session_starttls(t->session);
	else
		talk_say(t, "%s has no command that upgrades a conversation; :tls begins TLS without one.",
		         talk_protocol(t)->title);
}

void word_tls(struct talk *t, struct slice arguments)
{
	(void)arguments;
	if (!may_begin(t))
		return;
	talk_say(t, "The handshake begins at once. A server that does not expect it will not understand it.");
	session_begin_tls(t->session);
}

/* Only the PEM blocks of the rows, as a file of certificates has them. */
static void keep_pem(struct slice rows, struct buffer *out)
{
	bool inside = false;
	while (rows.n) {
		struct slice row = slice_line(&rows);
		inside |= slice_starts(row, SLICE("-----BEGIN "));
		if (inside)
			buffer_add_slice(out, row);
		inside = inside && !slice_starts(row, SLICE("-----END "));
	}
}

/* A file that is there already is not touched. */
static void save_pem(struct talk *t, struct slice rows, const char *name)
{
	struct buffer pem = { 0 }, safe = { 0 };
	FILE *file = fopen(name, "wx");
	keep_pem(rows, &pem);
	escape_text(&safe, slice_of(name));
	bool written = file && fwrite(pem.p, 1, pem.n, file) == pem.n;
	if (file)
		written = fclose(file) == 0 && written;
	if (written)
		talk_say(t, "The certificates stand in " SLICE_FMT " now, as PEM: --cacert trusts such a file.",
		         SLICE_ARG(buffer_slice(&safe)));
	else
		talk_say(t, SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&safe)), strerror(errno));
	buffer_free(&pem);
	buffer_free(&safe);
}

/* A row stays as it is where the screen holds it; on a narrow one it is wrapped between its words. */
static void show_row(struct talk *t, struct slice row)
{
	struct slice text = slice_trim(row);
	if (t->prompt && row.n + 2 > prompt_columns(t->prompt) && slice_find_octet(text, ' ') < text.n)
		talk_say(t, SLICE_FMT, SLICE_ARG(text));
	else
		talk_say_row(t, row);
}

static void show_rows(struct talk *t, struct slice rows, bool pem)
{
	while (rows.n)
		show_row(t, slice_row(&rows));
	if (!pem)
		talk_say(t, ":cert pem shows them as PEM, too; :cert pem FILE saves that.");
}

void word_cert(struct talk *t, struct slice arguments)
{
	const struct tls_facts *facts = t->session ? session_tls_facts(t->session) : NULL;
	struct slice word = slice_word(&arguments);
	bool pem = slice_equal_nocase(word, SLICE("pem"));
	struct buffer rows = { 0 };
	if (word.n && !pem) {
		talk_say(t, ":cert shows the server's certificates, :cert pem as PEM, too, :cert pem FILE saves that.");
		return;
	}
	if (facts == NULL || !tls_facts_certificate(facts)) {
		talk_say(t, "No server has shown a certificate here: that comes with TLS.");
		return;
	}
	tls_certificates(facts, pem, &rows);
	char *name = slice_string(slice_trim(arguments));
	if (*name)
		save_pem(t, buffer_slice(&rows), name);
	else
		show_rows(t, buffer_slice(&rows), pem);
	free(name);
	buffer_free(&rows);
}
