/*
 * Which octets of a message a section is (RFC 3501 section 6.4.5).
 */
#include <stdlib.h>

#include "lab/imap_fetch_inside.h"

/* What HEADER and TEXT are of: the message, or of a part the message inside it. NULL where that is none. */
static const struct mime *message_of(const struct item *item, const struct mime *part)
{
	if (part == NULL || item->part[0] == '\0')
		return part;
	return part->message ? &part->parts[0] : NULL;
}

bool section_stretch(const struct item *item, const struct mime *mime, struct slice *stretch)
{
	const struct mime *part = mime_part(mime, slice_of(item->part));
	const struct mime *message = message_of(item, part);
	*stretch = SLICE("");
	if (part == NULL)
		return false;
	if (item->text == SECTION_WHOLE)
		*stretch = item->part[0] == '\0' ? part->whole : part->body;
	else if (item->text == SECTION_MIME)
		*stretch = part->header;
	else if (message)
		*stretch = item->text == SECTION_TEXT ? message->body : message->header;
	else
		return false;
	return true;
}

static int compare_names(const void *name, const void *row)
{
	return slice_compare_nocase(*(const struct slice *)name, slice_of(*(char *const *)row));
}

static bool is_chosen(const struct item *item, struct slice name)
{
	bool named = bsearch(&name, item->fields, item->nfields, sizeof item->fields[0], compare_names) != NULL;
	return named == (item->text == SECTION_FIELDS);
}

/* The empty line that ends the header, if there is one. */
static struct slice empty_line(struct slice header)
{
	size_t n = header.n && header.p[header.n - 1] == '\n';
	n += n && header.n > 1 && header.p[header.n - 2] == '\r';
	bool alone = n == header.n || header.p[header.n - n - 1] == '\n';
	return slice_part(header, header.n - (alone ? n : 0), header.n);
}

bool section_next(const struct item *item, struct slice *stretch, struct slice *piece)
{
	struct mime_field field;
	struct slice end = empty_line(*stretch);
	*piece = *stretch;
	while (item->fields && mime_field_next(stretch, &field)) {
		*piece = field.whole;
		if (is_chosen(item, field.name))
			return true;
	}
	if (item->fields)
		*piece = end;
	*stretch = SLICE("");
	return piece->n > 0;
}

uint64_t section_octets(const struct item *item, struct slice stretch)
{
	struct slice piece;
	uint64_t octets = 0;
	while (section_next(item, &stretch, &piece))
		octets += piece.n;
	return octets;
}
