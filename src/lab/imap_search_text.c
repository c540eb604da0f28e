/*
 * Strings looked for in mails, without regard to case: headers and texts are decoded first (RFC 3501 section 6.4.4).
 */
#include <stdlib.h>

#include "base/escape.h"
#include "lab/imap_search_inside.h"

/* ---- upper and lower case ---- */

/* Ranges of capitals and what is added to make them small: all of Latin-1, Greek, Cyrillic and Armenian, whose capitals stand
 * apart from their small letters. */
static const struct {
	uint32_t first, last, add;
} capitals[] = {
	{ 0xC0, 0xD6, 32 },   { 0xD8, 0xDE, 32 },   { 0x386, 0x386, 38 }, { 0x388, 0x38A, 37 },
	{ 0x38C, 0x38C, 64 }, { 0x38E, 0x38F, 63 }, { 0x391, 0x3A1, 32 }, { 0x3A3, 0x3AB, 32 },
	{ 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 }, { 0x531, 0x556, 48 }, { 0x10A0, 0x10C5, 7264 },
};

/* Ranges in which a capital and its small letter take turns; `odd`: capitals are the odd numbers. */
static const struct {
	uint32_t first, last;
	bool odd;
} turns[] = {
	{ 0x100, 0x12F, false },   { 0x132, 0x137, false }, { 0x139, 0x148, true },  { 0x14A, 0x177, false },
	{ 0x179, 0x17E, true },    { 0x370, 0x373, false }, { 0x3D8, 0x3EF, false }, { 0x460, 0x481, false },
	{ 0x48A, 0x4BF, false },   { 0x4C1, 0x4CE, true },  { 0x4D0, 0x52F, false }, { 0x1E00, 0x1E95, false },
	{ 0x1EA0, 0x1EFF, false },
};

static uint32_t small(uint32_t c)
{
	for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++)
		if (c >= capitals[i].first && c <= capitals[i].last)
			return c + capitals[i].add;
	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
		if (c >= turns[i].first && c <= turns[i].last)
			return c + ((c & 1) == turns[i].odd);
	return c == 0x178 ? 0xFF : c == 0x3C2 ? 0x3C3 : c; /* Y with two dots; the sigma of a word's end */
}

/* Takes a character off the front; `folded` gets it in small. What is no UTF-8 stays as it stands. */
static void take_folded(struct slice *text, struct buffer *folded)
{
	uint32_t c = 0;
	size_t n = utf8_decode(*text, &c);
	buffer_clear(folded);
	if (n > 1)
		utf8_encode(folded, small(c));
	else
		buffer_add_octet(folded, octet_lower(text->p[0]));
	*text = slice_part(*text, n > 1 ? n : 1, text->n);
}

/* ---- strings ---- */

void needle_make(struct needle *needle, struct slice text)
{
	struct buffer folded = { 0 };
	while (text.n) {
		take_folded(&text, &folded);
		buffer_add_slice(&needle->text, buffer_slice(&folded));
	}
	buffer_free(&folded);
	needle->borders = memory_zeroed(needle->text.n + 1, sizeof needle->borders[0]);
	for (size_t i = 1, border = 0; i < needle->text.n; i++) {
		while (border > 0 && needle->text.p[i] != needle->text.p[border])
			border = needle->borders[border - 1];
		border += needle->text.p[i] == needle->text.p[border];
		needle->borders[i] = border;
	}
}

void needle_free(struct needle *needle)
{
	buffer_free(&needle->text);
	free(needle->borders);
}

/* How many octets of the front have been seen after this one, too. */
static size_t needle_step(const struct needle *needle, size_t seen, char octet)
{
	while (seen > 0 && needle->text.p[seen] != octet)
		seen = needle->borders[seen - 1];
	return seen + (needle->text.p[seen] == octet);
}

/* Whether it stands in `text`, which is UTF-8, without regard to case. */
static bool found_in(const struct needle *needle, struct slice text)
{
	struct buffer folded = { 0 };
	size_t seen = 0, all = needle->text.n;
	while (text.n && seen < all) {
		if ((unsigned char)text.p[0] < 0x80) {
			seen = needle_step(needle, seen, octet_lower(text.p[0]));
			text = slice_part(text, 1, text.n);
			continue;
		}
		take_folded(&text, &folded);
		for (size_t i = 0; i < folded.n && seen < all; i++)
			seen = needle_step(needle, seen, folded.p[i]);
	}
	buffer_free(&folded);
	return seen == all;
}

/* ---- headers ---- */

/* Makes one space of each run of blanks. */
static void join_blanks(struct buffer *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < text->n; i++) {
		bool blank = text->p[i] == ' ' || text->p[i] == '\t';
		if (!blank || kept == 0 || text->p[kept - 1] != ' ')
			text->p[kept++] = blank ? ' ' : text->p[i];
	}
	text->n = kept;
}

/* Whether it stands in a field's value, decoded. Where a field is folded is nobody's business, and so it need not be there
 * with the very blanks. */
static bool in_value(const struct needle *needle, struct slice value)
{
	struct buffer decoded = { 0 };
	if (needle->text.n == 0)
		return true;
	mime_decode_words(&decoded, value);
	bool found = found_in(needle, buffer_slice(&decoded));
	if (!found) {
		join_blanks(&decoded);
		found = found_in(needle, buffer_slice(&decoded));
	}
	buffer_free(&decoded);
	return found;
}

bool search_header(const struct needle *needle, struct slice header, struct slice name)
{
	struct mime_field field;
	header = mime_looked_at(header);
	while (mime_field_next(&header, &field))
		if (slice_equal_nocase(field.name, name) && in_value(needle, field.value))
			return true;
	return false;
}

/* Whether it stands in an address as the envelope has it: `Fred Foobar <foobar@Blurdybloop.COM>`. */
static bool in_address(const struct needle *needle, const struct mime_address *address)
{
	struct buffer text = { 0 };
	mime_decode_words(&text, buffer_slice(&address->name));
	if (address->kind == ADDRESS_MAILBOX) {
		buffer_add_string(&text, text.n ? " <" : "<");
		buffer_add_slice(&text, buffer_slice(&address->mailbox));
		buffer_add_string(&text, "@");
		buffer_add_slice(&text, buffer_slice(&address->host));
		buffer_add_string(&text, ">");
	}
	bool found = found_in(needle, buffer_slice(&text));
	buffer_free(&text);
	return found;
}

bool search_addresses(const struct needle *needle, struct slice header, struct slice name)
{
	struct mime_field field;
	bool found = search_header(needle, header, name); /* as it is written, comments and all */
	header = mime_looked_at(header);
	while (!found && mime_field_next(&header, &field)) {
		struct mime_address address = { 0 };
		struct slice list = slice_equal_nocase(field.name, name) ? field.value : SLICE("");
		while (!found && mime_address_next(&list, &address))
			found = in_address(needle, &address);
		mime_address_free(&address);
	}
	return found;
}

/* ---- texts ---- */

/* Whether it stands in a header: as it is written, or in a field decoded, with its name before it. */
static bool in_header(const struct needle *needle, struct slice header)
{
	struct mime_field field;
	struct buffer text = { 0 };
	bool found = found_in(needle, header);
	header = mime_looked_at(header);
	while (!found && mime_field_next(&header, &field)) {
		buffer_clear(&text);
		buffer_add_slice(&text, field.name);
		buffer_add_string(&text, ": ");
		buffer_add_slice(&text, field.value);
		found = in_value(needle, buffer_slice(&text));
	}
	buffer_free(&text);
	return found;
}

/* Whether it stands in the text of a part that holds no others; of pictures and the like nothing is looked at (RFC 9051
 * section 6.4.4). */
static bool in_body(const struct needle *needle, const struct mime *part)
{
	struct buffer text = { 0 };
	bool text_type = slice_equal_nocase(part->type, SLICE("text")) ||
	                 slice_equal_nocase(part->type, SLICE("message"));
	if (part->multipart || part->message || !text_type)
		return false;
	mime_decode_body(&text, part, true);
	bool found = found_in(needle, buffer_slice(&text));
	buffer_free(&text);
	return found;
}

bool search_text(const struct needle *needle, const struct mime *mime, bool header)
{
	struct {
		const struct mime *part;
		size_t next;
	} open[MIME_DEPTH_MAX + 1] = { { .part = mime } };
	size_t depth = 1;
	bool found = needle->text.n == 0 || (header && in_header(needle, mime->header)) || in_body(needle, mime);
	while (!found && depth > 0) {
		if (open[depth - 1].next == open[depth - 1].part->nparts) {
			depth--;
			continue;
		}
		const struct mime *part = &open[depth - 1].part->parts[open[depth - 1].next++];
		open[depth].part = part;
		open[depth++].next = 0;
		found = (header && in_header(needle, part->header)) || in_body(needle, part);
	}
	return found;
}
