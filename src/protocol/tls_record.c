/*
 * TLS where text is spoken. A server that wants TLS from the first octet answers plain text by an alert, and closes; a
 * client that wants it begins with a handshake.
 */
#include "protocol/tls_record.h"

/* RFC 8446 section 5.1: ContentType, then a version that begins with 3. */
enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };
#define VERSION 3

/* Where in an alert's record its level and its description stand: behind type, version and length. */
#define LEVEL_AT 5
#define DESCRIPTION_AT 6

/* RFC 8446 sections 6 and 6.2; 21, 30, 41, 60 and 100 are of older versions (RFC 5246 section 7.2), 111 and 114 of
 * extensions of theirs (RFC 6066 section 9), and 117 is younger (RFC 9846 section 6.2). */
static const struct {
	unsigned char number;
	const char *name;
} alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 21, "decryption_failed_RESERVED" },
	{ 22, "record_overflow" },
	{ 30, "decompression_failure" },
	{ 40, "handshake_failure" },
	{ 41, "no_certificate_RESERVED" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 60, "export_restriction_RESERVED" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 111, "certificate_unobtainable" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 114, "bad_certificate_hash_value" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 117, "general_error" },
	{ 120, "no_application_protocol" },
};

bool tls_record_begins(struct slice text)
{
	return text.n >= 2 && text.p[0] >= CHANGE_CIPHER_SPEC && text.p[0] <= APPLICATION_DATA && text.p[1] == VERSION;
}

static const char *alert_name(unsigned char number)
{
	for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
		if (alerts[i].number == number)
			return alerts[i].name;
	return "a number without a name";
}

/* The alert's description: the octet behind its level. unexpected_message, 10, is what ends a line. False where it has
 * not come. */
static bool described(struct slice text, struct slice end, unsigned char *number)
{
	if (text.n <= LEVEL_AT)
		return false;
	*number = text.n > DESCRIPTION_AT ? (unsigned char)text.p[DESCRIPTION_AT] : '\n';
	return text.n > DESCRIPTION_AT || slice_equal(end, SLICE("\n"));
}

static void note_alert(struct dialogue *d, struct slice end, struct dialogue_event *event)
{
	unsigned char number = 0;
	if (!described(event->text, end, &number)) {
		event_note(d, event, "This is a TLS alert.");
	} else {
		event_note(d, event, "This is a TLS alert, %s: %s (%u).",
		           event->text.p[LEVEL_AT] == 1 ? "a warning" : "fatal", alert_name(number), number);
		event_ref(d, event, "RFC 8446 6");
	}
}

static void note_record(struct dialogue *d, struct slice end, struct dialogue_event *event)
{
	event_ref(d, event, "RFC 8446 5.1");
	if (event->text.p[0] == ALERT)
		note_alert(d, end, event);
	else
		event_note(d, event,
		           event->text.p[0] == HANDSHAKE ? "This is a TLS handshake."
		                                         : "This is a record of TLS, no text.");
}

/* How such a port is spoken to. */
static void note_scheme(struct dialogue *d, struct dialogue_event *event)
{
	const struct scheme *scheme = protocol_tls_scheme(machine_protocol(d));
	if (scheme && scheme->port)
		event_note(d, event, "It is so at port %u, for instance: %s:// or --tls speaks to it.", scheme->port,
		           scheme->name);
	else if (scheme)
		event_note(d, event, "%s:// or --tls speaks to it.", scheme->name);
	else
		event_note(d, event, "--tls speaks to it.");
}

static void note_server(struct dialogue *d, struct dialogue_event *event)
{
	if (machine_protocol(d)->server_first && state_now(d) != 0) {
		event_note(d, event, "The server speaks TLS, though none was agreed on.");
		return;
	}
	event_note(d, event, "The server speaks TLS from the first octet%s.",
	           event->text.p[0] == ALERT ? ", and took our text for a broken handshake" : "");
	note_scheme(d, event);
}

static void note_client(struct dialogue *d, struct dialogue_event *event)
{
	const struct protocol *protocol = machine_protocol(d);
	bool named = protocol_table(protocol, TABLE_COMMANDS) != NULL;
	struct slice name = named ? event_upper(d, slice_of(protocol->name)) : SLICE("text");
	event_note(d, event, "The client speaks TLS to a port where plain " SLICE_FMT " is spoken.", SLICE_ARG(name));
}

void tls_record_note(struct dialogue *d, enum side side, struct slice end, struct dialogue_event *event)
{
	note_record(d, end, event);
	if (side == SIDE_SERVER)
		note_server(d, event);
	else
		note_client(d, event);
}

void tls_record_silence(struct dialogue *d, struct dialogue_event *event)
{
	event_note(
		d, event,
		"The server has not said a word. A port that wants TLS from the first octet often closes so on plain "
		"text.");
	event_ref(d, event, "RFC 8446 6.2");
	note_scheme(d, event);
}
