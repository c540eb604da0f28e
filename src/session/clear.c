/*
 * What came in the clear where TLS should be: shown, explained, never read.
 */
#include <string.h>

#include "base/escape.h"
#include "protocol/protocol.h"
#include "session/inside.h"

/* The most of it that is shown, in octets; and of its first line in an error. */
#define SHOWN 200
#define LINE_SHOWN 100

static const char *peer_words(const struct session *s)
{
	return s->options.side == SIDE_SERVER ? "client" : "server";
}

/* The text in front of what begins like a record of TLS (RFC 8446 5.1): behind an injected line the true handshake may
 * stand. */
static struct slice text_of(struct slice octets)
{
	for (size_t i = 0; i + 1 < octets.n; i++)
		if (octets.p[i] >= 0x14 && octets.p[i] <= 0x17 && octets.p[i + 1] == 0x03)
			return slice_part(octets, 0, i);
	return octets;
}

/* The command that a client's text begins with; empty where it is none: it may be a password then. */
static struct slice command_of(const struct session *s, struct slice text)
{
	const struct table *commands = protocol_table(dialogue_protocol(s->dialogue), TABLE_COMMANDS);
	struct slice word = slice_word(&text);
	return commands && table_find(commands, word) ? word : SLICE("");
}

/* As far as it is shown: of a client's only the command. */
static void show(const struct session *s, struct slice octets, struct buffer *out)
{
	struct slice text = text_of(octets);
	size_t most = s->options.side == SIDE_SERVER ? command_of(s, text).n : SHOWN;
	escape_text(out, slice_part(text, 0, most));
	buffer_add_string(out, text.n > most ? " …" : "");
}

/* ---- before TLS ---- */

/*
 * Who fed such octets to the dialogue after the handshake would take them for encrypted ones: that is the injection of
 * commands (CVE-2011-0411) and of replies ("Why TLS Is Better Without STARTTLS", USENIX Security 2021).
 */
static void explain_injection(struct session *s)
{
	session_remark(
		s, "Nothing may stand between the reply that agrees on TLS and the handshake. Anybody on the way could "
		   "have put it there, and a program that reads it after the handshake takes it for encrypted: the "
		   "STARTTLS injection attack. It is not read, and the session ends here.");
}

void clear_injected(struct session *s, struct slice octets)
{
	struct buffer shown = { 0 };
	const char *who = peer_words(s);
	show(s, octets, &shown);
	session_remark(s, "In the clear, and too early, the %s sent %zu more octet%s: " SLICE_FMT, who, octets.n,
	               octets.n == 1 ? "" : "s", SLICE_ARG(buffer_slice(&shown)));
	explain_injection(s);
	session_fail(s, END_TLS, STATUS_TLS,
	             "%s: %zu octet%s in the clear behind the reply that begins TLS: a STARTTLS "
	             "injection attack, or a broken %s",
	             s->peer, octets.n, octets.n == 1 ? "" : "s", who);
	buffer_free(&shown);
}

/* ---- instead of TLS ---- */

/* Whether a person could have written it: no controls but line ends and tabs, and UTF-8. */
static bool is_text(struct slice octets)
{
	while (octets.n) {
		uint32_t character;
		size_t length = utf8_decode(octets, &character);
		if (length == 0 || (character < ' ' && strchr("\r\n\t", (int)character) == NULL) || character == 0)
			return false;
		octets = slice_part(octets, length, octets.n);
	}
	return true;
}

/* The protocol spoken in the clear, where its port under TLS is known. */
static void advise_protocol(const struct protocol *protocol, struct buffer *out)
{
	const struct scheme *scheme = protocol ? protocol_tls_scheme(protocol) : NULL;
	if (scheme == NULL || scheme->port == 0) {
		buffer_add_string(out, "leave TLS out (tcp://), or, if the protocol has a STARTTLS, begin with that "
		                       "(--starttls)");
		return;
	}
	buffer_add_string(out, "this port speaks ");
	for (const char *p = protocol->name; *p; p++)
		buffer_add_octet(out, octet_upper(*p));
	buffer_printf(out,
	              " in the clear: say --starttls instead of --tls or %s://; TLS from the first octet is at port %u",
	              scheme->name, scheme->port);
}

/* What a server's text says about the port, and what to do. */
static void advise(const struct session *s, struct slice said, struct buffer *out)
{
	struct slice rest = said, line = slice_trim(slice_row(&rest));
	const struct protocol *protocol = protocol_of_greeting(line);
	if (slice_starts(line, SLICE("HTTP/")))
		buffer_add_string(out,
		                  "a web server without TLS is behind this port: http:// speaks to it; https:// is at "
		                  "port 443");
	else if (slice_starts(line, SLICE("SSH-")))
		buffer_add_string(out, "an SSH server is behind this port, which is another protocol than TLS");
	else if (!is_text(said))
		buffer_add_string(out,
		                  "that is neither TLS nor text: another protocol is behind this port, or something "
		                  "between changes what is said");
	else
		advise_protocol(protocol ? protocol : s->options.protocol, out);
}

/* Instead of the answer to a handshake that nobody had agreed on: the port speaks in the clear. */
static void instead_of_tls(const struct session *s, struct slice said, struct buffer *message)
{
	struct slice rest = text_of(said), line = slice_trim(slice_row(&rest));
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	buffer_add_string(message, "the answer to the handshake came in the clear: \"");
	escape_text(message, slice_part(line, 0, LINE_SHOWN));
	buffer_add_string(message, line.n > LINE_SHOWN ? " …\": " : "\": ");
	advise(s, said, message);
}

void clear_came(struct session *s, struct slice said, struct buffer *message)
{
	struct buffer shown = { 0 };
	const char *who = peer_words(s);
	show(s, said, &shown);
	session_remark(s, "What came in the clear: " SLICE_FMT, SLICE_ARG(buffer_slice(&shown)));
	if (dialogue_secure(s->dialogue)) {
		session_remark(s, "It is not read: what is no TLS can be from anybody on the way.");
		buffer_printf(message,
		              "it had begun, and then octets came in the clear: somebody on the way put them there, or "
		              "the %s is broken; nothing of them was read",
		              who);
	} else if (s->options.side == SIDE_SERVER) {
		buffer_add_string(message,
		                  "the client speaks in the clear where TLS is expected: it has to begin with TLS "
		                  "here (as `openssl s_client` does, or curl with a URL such as imaps://)");
	} else if (!dialogue_tls_pending(s->dialogue)) {
		instead_of_tls(s, said, message);
	} else {
		explain_injection(s);
		buffer_add_string(message,
		                  "the server agreed on TLS and then went on in the clear: a STARTTLS injection "
		                  "attack, or a broken server");
	}
	buffer_free(&shown);
}
