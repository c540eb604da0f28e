/*
 * What the tools say, as tables.
 */
#include "script/tool.h"

#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"

/* ---- what the tools say ---- */

static const char *const telnet_says[] = { "Trying ",  "Connected to ", "Escape character is ",
	                                   "telnet: ", "telnet> ",      NULL };
static const char *const nc_says[] = {
	"Connection to ", "Ncat: ", "nc: ", "(UNKNOWN) [", "DNS fwd/rev mismatch", NULL
};
static const char *const wget_says[] = { "HTTP request sent, awaiting response", "Length: ", "Saving to: ", NULL };
static const char *const openssl_says[] = { "CONNECTED(",
	                                    "depth=",
	                                    "verify error:",
	                                    "verify return:",
	                                    "Can't use SSL_get_servername",
	                                    "Connecting to ",
	                                    "---",
	                                    "Certificate chain",
	                                    "Server certificate",
	                                    "subject=",
	                                    "issuer=",
	                                    "No client certificate CA names sent",
	                                    "Acceptable client certificate CA names",
	                                    "Requested Signature Algorithms",
	                                    "Shared Requested Signature Algorithms",
	                                    "Peer signing digest",
	                                    "Peer signature type",
	                                    "Server Temp Key",
	                                    "Peer Temp Key",
	                                    "Negotiated TLS1.3 group",
	                                    "SSL handshake has read",
	                                    "Verification error",
	                                    "Verification: ",
	                                    "New, ",
	                                    "Reused, ",
	                                    "Protocol: TLS",
	                                    "Server public key is",
	                                    "This TLS version forbids renegotiation",
	                                    "Secure Renegotiation IS",
	                                    "Compression: ",
	                                    "Expansion: ",
	                                    "No ALPN negotiated",
	                                    "ALPN protocol:",
	                                    "Early data was",
	                                    "Verify return code:",
	                                    "Verified peername:",
	                                    "Post-Handshake New Session Ticket arrived",
	                                    "SSL-Session:",
	                                    "-----BEGIN ",
	                                    "read R BLOCK",
	                                    "RENEGOTIATING",
	                                    "KEYUPDATE",
	                                    "read:errno=",
	                                    "write:errno=",
	                                    "didn't find ",
	                                    NULL };
/* What a library prints of its own work, among what is said: JavaMail's. */
static const char *const logs[] = { "DEBUG: ", "DEBUG SMTP", "DEBUG POP3", "DEBUG IMAP", "DEBUG NTLM", NULL };
static const char *const gnutls_says[] = { "Processed ",
	                                   "Resolving '",
	                                   "Connecting to '",
	                                   "*** Starting TLS handshake",
	                                   "- Certificate",
	                                   " - subject",
	                                   "- Got a certificate list",
	                                   "- Status: ",
	                                   "- Description: ",
	                                   "- Session ID: ",
	                                   "- Ephemeral ",
	                                   "- Server Signature",
	                                   "- Channel binding",
	                                   "- Options: ",
	                                   "- Handshake was completed",
	                                   "- Simple Client Mode",
	                                   "- Peer's certificate",
	                                   NULL };
static const char *const closes[] = { "- Peer has closed the GnuTLS connection",
	                              "Connection closed by foreign host.",
	                              "Connection closed.",
	                              "read:errno=",
	                              "closed",
	                              "DONE",
	                              "Ncat: Broken pipe",
	                              NULL };

static const struct tool_block blocks[] = {
	{ "-----BEGIN ", "-----END ", "a certificate" },
	{ "SSL-Session:", "---", "a TLS session and its ticket" },
};

/* ---- the shell's line ---- */

struct slice tool_of(struct slice line, struct slice *rest)
{
	static const char *const tools[] = { "telnet", "nc", "ncat", "netcat", "openssl", "gnutls-cli", "socat", NULL };
	struct slice words = line, before = { "$", 1 };
	for (unsigned i = 0; i < 3; i++) {
		struct slice word = slice_word(&words);
		char last = before.p[before.n - 1];
		for (const char *const *tool = tools; *tool && (i == 0 || strchr("$#%>", last)); tool++) {
			if (slice_equal(word, slice_of(*tool)) && slice_trim(words).n) {
				*rest = words;
				return word;
			}
		}
		if (word.n == 0)
			break;
		before = word;
	}
	return (struct slice){ 0 };
}

bool tool_speaks_tls(struct slice tool, struct slice arguments)
{
	if (slice_equal(tool, SLICE("ncat")))
		return slice_find(arguments, SLICE("--ssl")) < arguments.n;
	if (slice_equal(tool, SLICE("socat")))
		return slice_find_nocase(arguments, SLICE("openssl:")) < arguments.n;
	bool later = slice_find(arguments, SLICE("--starttls ")) < arguments.n; /* once the user says so */
	return slice_equal(tool, SLICE("openssl")) || (slice_equal(tool, SLICE("gnutls-cli")) && !later);
}

static unsigned port_of(struct slice text)
{
	uint64_t port = 0;
	const struct scheme *scheme = NULL;
	if (slice_number(text, &port))
		return port < 65536 ? (unsigned)port : 0;
	return protocol_of_scheme(text, &scheme) && scheme ? scheme->port : 0;
}

struct tool_target tool_target(struct slice arguments)
{
	static const char *const names[] = { "smtp", "lmtp", "pop3", "imap", "ftp", NULL };
	struct tool_target target = { 0 };
	struct slice rest = arguments, word = slice_word(&rest), before = { 0 };
	for (; word.n; before = word, word = slice_word(&rest)) {
		bool asks = slice_starts(before, SLICE("-starttls")) || slice_starts(before, SLICE("--starttls-proto"));
		for (const char *const *name = names; asks && *name; name++)
			if (slice_equal(word, slice_of(*name)))
				target.starttls = *name;
		size_t colon = slice_find_octet(word, ':');
		unsigned port = port_of(colon < word.n ? slice_part(word, colon + 1, word.n) : word);
		if (port && (slice_equal(before, SLICE("-connect")) || slice_equal(before, SLICE("-p")) || rest.n == 0))
			target.port = port;
	}
	return target;
}

/* ---- what is said ---- */

bool tool_says(struct slice line, bool tls)
{
	return line_starts_any(line, telnet_says) || line_starts_any(line, nc_says) ||
	       line_starts_any(line, wget_says) || line_starts_any(line, gnutls_says) ||
	       (tls && line_starts_any(line, openssl_says));
}

bool tool_logs(struct slice line)
{
	return line_starts_any(line, logs);
}

bool tool_closes(struct slice line, enum side *side)
{
	for (const char *const *word = closes; *word; word++) {
		bool open = strchr(*word, '=') != NULL;
		if (open ? !line_starts(line, *word, NULL) : !slice_equal(line, slice_of(*word)))
			continue;
		*side = strcmp(*word, "DONE") == 0 ? SIDE_CLIENT : SIDE_SERVER;
		return true;
	}
	return false;
}

const struct tool_block *tool_block(struct slice line)
{
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (line_starts(line, blocks[i].begins, NULL))
			return &blocks[i];
	return NULL;
}
