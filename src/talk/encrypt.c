/*
 * TLS by hand: `:starttls`, `:tls`, `:cert`.
 */
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

void word_cert(struct talk *t, struct slice arguments)
{
	const struct tls_facts *facts = t->session ? session_tls_facts(t->session) : NULL;
	struct slice word = slice_word(&arguments);
	bool pem = slice_equal_nocase(word, SLICE("pem"));
	struct buffer rows = { 0 };
	if (word.n && !pem) {
		talk_say(t, ":cert shows the server's certificates, :cert pem adds what can be saved to a file.");
		return;
	}
	if (facts == NULL || !tls_facts_certificate(facts)) {
		talk_say(t, "No server has shown a certificate here: that comes with TLS.");
		return;
	}
	tls_certificates(facts, pem, &rows);
	struct slice rest = buffer_slice(&rows);
	while (rest.n)
		talk_say_row(t, slice_row(&rest));
	if (!pem)
		talk_say(t, ":cert pem adds what can be saved to a file.");
	buffer_free(&rows);
}
