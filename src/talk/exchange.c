/*
 * How a protocol writes a SASL exchange, and which mechanisms the server offers for it.
 */
#include <string.h>

#include "talk/login.h"
#include "talk/room.h"

bool speaks(const struct talk *t, const char *protocol)
{
	const struct protocol *spoken = talk_protocol(t);
	return spoken && strcmp(spoken->name, protocol) == 0;
}

const struct exchange *exchange_of(const struct talk *t)
{
	static const struct exchange exchanges[] = {
		{ "smtp", "AUTH", "334", 512, "RFC 4954 4" },
		{ "lmtp", "AUTH", "334", 512, "RFC 4954 4" },
		{ "pop3", "AUTH", "+", 255, "RFC 5034 4" },
		{ "imap", "AUTHENTICATE", "+", 0, "RFC 4959 3" },
	};
	for (size_t i = 1; i < sizeof exchanges / sizeof exchanges[0]; i++)
		if (speaks(t, exchanges[i].protocol))
			return &exchanges[i];
	return &exchanges[0];
}

bool announced(const struct talk *t, const char *capability)
{
	return t->open && dialogue_announced(session_dialogue(t->session), slice_of(capability), NULL);
}

/* A server that is IMAP4rev2 alone takes it without a word of its own (RFC 9051 6.2.2). */
bool exchange_takes_first(const struct talk *t)
{
	bool new_only = announced(t, "IMAP4rev2") && !announced(t, "IMAP4rev1");
	return !speaks(t, "imap") || new_only || announced(t, "SASL-IR");
}

void exchange_tag(const struct talk *t, struct buffer *out)
{
	if (speaks(t, "imap"))
		buffer_printf(out, "a%zu ", t->tags_used + 1);
}

void exchange_command(const struct talk *t, const char *mechanism, struct slice first, struct buffer *out)
{
	exchange_tag(t, out);
	buffer_printf(out, "%s %s", exchange_of(t)->command, mechanism);
	if (first.n) {
		buffer_add_octet(out, ' ');
		buffer_add_slice(out, first);
	}
}

/* SMTP announces them behind AUTH, POP3 behind SASL, IMAP each by itself as AUTH=NAME. */
void mechanisms_offered(const struct talk *t, struct buffer *out)
{
	const struct dialogue *d = t->open ? session_dialogue(t->session) : NULL;
	struct slice one;
	for (size_t i = 0; d && (one = dialogue_capability(d, i)).n; i++) {
		struct slice rest = one, name = slice_word(&rest);
		if (slice_starts_nocase(name, SLICE("AUTH=")))
			rest = slice_part(name, 5, name.n);
		else if (!slice_equal_nocase(name, SLICE("AUTH")) && !slice_equal_nocase(name, SLICE("SASL")))
			continue;
		for (struct slice word = slice_word(&rest); word.n; word = slice_word(&rest))
			buffer_printf(out, " " SLICE_FMT, SLICE_ARG(word));
	}
}

bool mechanism_offered(const struct talk *t, struct slice name)
{
	struct buffer offered = { 0 };
	bool found = false;
	mechanisms_offered(t, &offered);
	struct slice rest = buffer_slice(&offered);
	for (struct slice word = slice_word(&rest); word.n && !found; word = slice_word(&rest))
		found = slice_equal_nocase(word, name);
	buffer_free(&offered);
	return found;
}
