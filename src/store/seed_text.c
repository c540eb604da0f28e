/*
 * Messages of the sizes that the documents print: lines are added to a text until it has them.
 */
#include "base/buffer.h"
#include "store/seed_inside.h"
#include "store/seed_table.h"

#define LINE_MOST 72

static const char *const words[] = { "This",  "line", "says", "nothing;", "it",  "is",   "here",   "so",
	                             "that",  "the",  "size", "of",       "the", "mail", "is",     "the",
	                             "one",   "that", "the",  "document", "has", "in",   "its",    "list.",
	                             "Count", "the",  "line", "ends",     "as",  "two",  "octets." };

/* Octets on the wire: each LF is CRLF there. */
static size_t octets_of(struct slice text)
{
	size_t n = text.n;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

/* Adds a line that has exactly so many octets on the wire, 2 or more. */
static void add_last_line(struct buffer *out, size_t octets, size_t *word)
{
	size_t end = out->n + octets - 2;
	while (out->n < end) {
		buffer_add_string(out, words[(*word)++ % (sizeof words / sizeof words[0])]);
		buffer_add_octet(out, ' ');
	}
	out->n = end;
	if (octets > 2)
		out->p[end - 1] = '.';
	buffer_add_octet(out, '\n');
}

static void add_lines(struct buffer *out, size_t octets)
{
	size_t word = 0;
	while (octets > LINE_MOST + 2) {
		size_t start = out->n;
		while (out->n - start < LINE_MOST - 10) {
			buffer_add_string(out, words[word++ % (sizeof words / sizeof words[0])]);
			buffer_add_octet(out, ' ');
		}
		/* No line end fits into a single octet. */
		size_t line = out->n - start + 1;
		out->p[out->n - 1] = octets - line == 1 ? '.' : '\n';
		if (octets - line == 1) {
			buffer_add_octet(out, '\n');
			line++;
		}
		octets -= line;
	}
	if (octets)
		add_last_line(out, octets, &word);
}

struct message *seed_message(const struct seed_mail *row)
{
	struct buffer out = { 0 };
	struct slice text = slice_of(row->text);
	size_t at = slice_find_octet(text, '\f');
	struct slice before = slice_part(text, 0, at), after = slice_part(text, at + 1, text.n);
	size_t n = octets_of(before) + octets_of(after);
	if (after.n && after.p[0] == '\n' && before.n && before.p[before.n - 1] == '\n') {
		after = slice_part(after, 1, after.n);
		n -= 2;
	}
	buffer_add_slice(&out, before);
	if (row->octets > n)
		add_lines(&out, row->octets - n);
	buffer_add_slice(&out, after);
	struct message *message = message_new(buffer_slice(&out));
	buffer_free(&out);
	return message;
}
