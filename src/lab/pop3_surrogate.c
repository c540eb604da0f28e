/*
 * A header without UTF-8, for a client that has not said UTF8 (RFC 6856 2.1): it stands in for the message's own, and says as
 * much of it as it can, in the simple way of RFC 6858.
 */
#include "lab/pop3_inside.h"

#include "base/crypto.h"
#include "base/escape.h"
#include "store/mime.h"

/* Octets of text in an encoded word: 60 characters of base64, and with what stands around them fewer than RFC 2047's 75. */
#define WORD_OCTETS 45

/* Where an address cannot be shown: nobody ever has this one (RFC 6858 2.1, RFC 2606 2). */
#define NOBODY "<invalid@internationalized-address.invalid>"

static bool is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 127)
			return false;
	return true;
}

/* ---- words ---- */

/* Appends text as encoded words (RFC 2047), a line each, none cut inside a character. */
static void add_encoded(struct buffer *out, struct slice utf8)
{
	while (utf8.n) {
		size_t n = 0;
		uint32_t character;
		while (n < utf8.n) {
			size_t octets = utf8_decode(slice_part(utf8, n, utf8.n), &character);
			if (octets == 0)
				octets = 1;
			if (n + octets > WORD_OCTETS)
				break;
			n += octets;
		}
		buffer_add_string(out, "=?UTF-8?B?");
		base64_encode(out, slice_part(utf8, 0, n));
		buffer_add_string(out, "?=");
		utf8 = slice_part(utf8, n, utf8.n);
		if (utf8.n)
			buffer_add_string(out, "\r\n ");
	}
}

static void add_quoted(struct buffer *out, struct slice s)
{
	buffer_add_octet(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buffer_add_octet(out, '\\');
		buffer_add_octet(out, s.p[i]);
	}
	buffer_add_octet(out, '"');
}

/* Whether it may stand unquoted: letters, digits and those of RFC 5322's atext that RFC 2045's token has, too; dots. */
static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!octet_is_alnum(s.p[i]) && slice_find_octet(SLICE("!#$%&'*+-^_`{|}~."), s.p[i]) == 17)
			return false;
	return s.n > 0 && s.p[0] != '.' && s.p[s.n - 1] != '.' && slice_find(s, SLICE("..")) == s.n;
}

static void add_plain_or_quoted(struct buffer *out, struct slice s)
{
	if (is_plain(s))
		buffer_add_slice(out, s);
	else
		add_quoted(out, s);
}

/* A display name, or a group's: what is an encoded word already stays one. */
static void add_phrase(struct buffer *out, struct slice name)
{
	struct buffer decoded = { 0 };
	if (!is_ascii(name)) {
		mime_decode_words(&decoded, name);
		add_encoded(out, buffer_slice(&decoded));
	} else if (slice_find(name, SLICE("=?")) < name.n) {
		buffer_add_slice(out, name);
	} else {
		add_quoted(out, name);
	}
	buffer_free(&decoded);
}

/* ---- fields ---- */

static void add_mailbox(struct buffer *out, const struct mime_address *address)
{
	struct slice mailbox = buffer_slice(&address->mailbox), host = buffer_slice(&address->host);
	bool shown = is_ascii(mailbox) && is_ascii(host);
	struct buffer whole = { 0 };
	buffer_add_slice(&whole, mailbox);
	buffer_add_string(&whole, host.n ? "@" : "");
	buffer_add_slice(&whole, host);
	if (address->name.n)
		add_phrase(out, buffer_slice(&address->name));
	else if (!shown)
		add_phrase(out, buffer_slice(&whole));
	if (address->name.n || !shown)
		buffer_add_octet(out, ' ');
	if (shown) {
		buffer_add_octet(out, '<');
		add_plain_or_quoted(out, mailbox);
		buffer_add_string(out, host.n ? "@" : "");
		buffer_add_slice(out, host);
		buffer_add_octet(out, '>');
	} else {
		buffer_add_string(out, NOBODY);
	}
	buffer_free(&whole);
}

static void surrogate_addresses(struct buffer *out, struct slice list)
{
	struct mime_address address = { 0 };
	const char *before = "";
	while (mime_address_next(&list, &address)) {
		if (address.kind == ADDRESS_GROUP_END) {
			buffer_add_octet(out, ';');
			before = ",\r\n ";
			continue;
		}
		buffer_add_string(out, before);
		if (address.kind == ADDRESS_MAILBOX)
			add_mailbox(out, &address);
		else
			add_phrase(out, buffer_slice(&address.name));
		buffer_add_string(out, address.kind == ADDRESS_MAILBOX ? "" : ":");
		before = address.kind == ADDRESS_MAILBOX ? ",\r\n " : "\r\n ";
	}
	mime_address_free(&address);
}

static void surrogate_return_path(struct buffer *out, struct slice value)
{
	(void)value;
	buffer_add_string(out, NOBODY);
}

static void surrogate_text(struct buffer *out, struct slice value)
{
	struct buffer decoded = { 0 };
	mime_decode_words(&decoded, value);
	add_encoded(out, buffer_slice(&decoded));
	buffer_free(&decoded);
}

/* Parameters with other octets are left out (RFC 6858 2.2); where what stands before them has some, all is. */
static void surrogate_parameters(struct buffer *out, struct slice value)
{
	size_t end = slice_find_octet(value, ';');
	struct slice front = slice_trim(slice_part(value, 0, end)), rest = slice_part(value, end, value.n), name;
	struct buffer said = { 0 };
	if (!is_ascii(front))
		return;
	mime_unfold(out, front);
	while (mime_parameter(&rest, &name, &said)) {
		if (!is_ascii(name) || !is_ascii(buffer_slice(&said)))
			continue;
		buffer_add_string(out, ";\r\n ");
		buffer_add_slice(out, name);
		buffer_add_octet(out, '=');
		add_plain_or_quoted(out, buffer_slice(&said));
	}
	buffer_free(&said);
}

/* Fields that are not left out, and how their value is said; sorted. */
static const struct field {
	const char *name;
	void (*surrogate)(struct buffer *out, struct slice value);
} fields[] = {
	{ "Bcc", surrogate_addresses },
	{ "Cc", surrogate_addresses },
	{ "Content-Disposition", surrogate_parameters },
	{ "Content-Type", surrogate_parameters },
	{ "From", surrogate_addresses },
	{ "Reply-To", surrogate_addresses },
	{ "Resent-Bcc", surrogate_addresses },
	{ "Resent-Cc", surrogate_addresses },
	{ "Resent-From", surrogate_addresses },
	{ "Resent-Sender", surrogate_addresses },
	{ "Resent-To", surrogate_addresses },
	{ "Return-Path", surrogate_return_path },
	{ "Sender", surrogate_addresses },
	{ "Subject", surrogate_text },
	{ "To", surrogate_addresses },
};

static void add_field(struct buffer *out, const struct mime_field *field)
{
	struct buffer value = { 0 };
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (slice_equal_nocase(field->name, slice_of(fields[i].name)))
			fields[i].surrogate(&value, field->value);
	if (value.n) {
		buffer_add_slice(out, field->name);
		buffer_add_string(out, ": ");
		buffer_add_slice(out, buffer_slice(&value));
		buffer_add_string(out, "\r\n");
	}
	buffer_free(&value);
}

bool pop3_surrogate(struct buffer *out, struct slice header)
{
	struct mime_field field;
	if (is_ascii(header))
		return false;
	while (mime_field_next(&header, &field)) {
		if (is_ascii(field.whole))
			buffer_add_slice(out, field.whole);
		else
			add_field(out, &field);
	}
	buffer_add_string(out, "\r\n");
	return true;
}
