/*
 * ENVELOPE: the main fields of a header, addresses taken apart (RFC 3501 section 7.4.2).
 */
#include "lab/imap_fetch_inside.h"
#include "lab/imap_say.h"

/* The first field of that name that says something; else whether there is one at all. */
static bool find_field(struct slice header, struct slice name, struct buffer *value)
{
	struct mime_field field;
	bool there = false;
	header = mime_looked_at(header);
	while (value->n == 0 && mime_field_next(&header, &field)) {
		if (!slice_equal_nocase(field.name, name))
			continue;
		there = true;
		mime_unfold(value, slice_part(field.value, 0, TOLD_MAX));
	}
	return there;
}

void fetch_say_field(struct buffer *out, struct slice header, struct slice name)
{
	struct buffer value = { 0 };
	bool there = find_field(header, name, &value);
	imap_say_nstring(out, buffer_slice(&value), there);
	buffer_free(&value);
}

static void say_part(struct buffer *out, const struct buffer *text)
{
	imap_say_nstring(out, buffer_slice(text), text->n > 0);
}

/* `(name route mailbox host)`; a missing host marks a group. */
static void say_address(struct buffer *out, const struct mime_address *address)
{
	if (address->kind == ADDRESS_GROUP_END) {
		buffer_add_string(out, "(NIL NIL NIL NIL)");
		return;
	}
	buffer_add_octet(out, '(');
	if (address->kind == ADDRESS_GROUP_START) {
		buffer_add_string(out, "NIL NIL ");
		imap_say_string(out, buffer_slice(&address->name));
		buffer_add_string(out, " NIL)");
		return;
	}
	say_part(out, &address->name);
	buffer_add_octet(out, ' ');
	say_part(out, &address->route);
	buffer_add_octet(out, ' ');
	imap_say_string(out, buffer_slice(&address->mailbox));
	buffer_add_octet(out, ' ');
	imap_say_string(out, buffer_slice(&address->host)); /* never NIL, which would begin a group */
	buffer_add_octet(out, ')');
}

/* The addresses of all fields of that name, or nothing and false where they name none. */
static bool say_addresses(struct buffer *out, struct slice header, struct slice name)
{
	struct mime_field field;
	size_t before = out->n;
	header = mime_looked_at(header);
	while (mime_field_next(&header, &field)) {
		struct mime_address address = { 0 };
		struct slice list = slice_part(field.value, 0, TOLD_MAX);
		if (!slice_equal_nocase(field.name, name))
			continue;
		while (out->n < TOLD_ALL && mime_address_next(&list, &address)) {
			buffer_add_string(out, out->n == before ? "(" : "");
			say_address(out, &address);
		}
		mime_address_free(&address);
	}
	if (out->n > before)
		buffer_add_octet(out, ')');
	return out->n > before;
}

void fetch_say_envelope(struct buffer *out, struct slice header)
{
	static const struct {
		const char *name;
		bool addresses;
		const char *otherwise; /* whose addresses these are where they are missing */
	} fields[] = { { "Date", false, NULL },      { "Subject", false, NULL },   { "From", true, NULL },
		       { "Sender", true, "From" },   { "Reply-To", true, "From" }, { "To", true, NULL },
		       { "Cc", true, NULL },         { "Bcc", true, NULL },        { "In-Reply-To", false, NULL },
		       { "Message-ID", false, NULL } };
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct slice name = slice_of(fields[i].name);
		buffer_add_octet(out, i ? ' ' : '(');
		if (!fields[i].addresses)
			fetch_say_field(out, header, name);
		else if (!say_addresses(out, header, name) &&
		         !(fields[i].otherwise && say_addresses(out, header, slice_of(fields[i].otherwise))))
			buffer_add_string(out, "NIL");
	}
	buffer_add_octet(out, ')');
}
