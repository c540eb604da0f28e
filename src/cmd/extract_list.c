/*
 * extract --list: what was found, a line each; and the object that tells a program what a conversation is.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "cmd/extract.h"
#include "view/json_object.h"

/* ---- for programs ---- */

static void print_json(const struct extraction *x, const struct extracted *about, const char *written,
                       struct buffer *out)
{
	struct json_object object = json_open(out);
	json_text(&object, "kind", SLICE("conversation"));
	json_number(&object, "n", x->n);
	json_text(&object, "file", slice_of(input_name(x->document)));
	json_number(&object, "first", about->first);
	json_number(&object, "last", about->last);
	json_text(&object, "protocol", slice_of(about->protocol));
	if (about->tls)
		json_bool(&object, "tls", true);
	json_word(&object, "title", about->title);
	json_number(&object, "client", about->client);
	json_number(&object, "server", about->server);
	if (about->nerrata) {
		json_key(&object, "errata");
		for (size_t i = 0; i < about->nerrata; i++) {
			buffer_add_octet(out, i ? ',' : '[');
			object.lossy |= escape_json(out, about->errata[i]);
		}
		buffer_add_octet(out, ']');
	}
	json_word(&object, "written", slice_of(written));
	json_close(&object);
	buffer_add_octet(out, '\n');
}

/* ---- for people, and in a pipe ---- */

/* The front of a text that was made safe, as far as the columns go. */
static struct slice fitting(struct slice text, size_t columns)
{
	size_t at = 0, used = 0;
	uint32_t character;
	while (at < text.n) {
		size_t n = utf8_decode(slice_part(text, at, text.n), &character);
		size_t wide = n ? (size_t)character_columns(character) : 1;
		if (used + wide > columns)
			break;
		used += wide;
		at += n ? n : 1;
	}
	return slice_part(text, 0, at);
}

/* In columns, cut at the width; the document above its first where there are several. */
static void print_row(const struct extraction *x, const struct extracted *about, struct slice lines, struct slice title,
                      struct buffer *out)
{
	char *protocol = string_printf("%s%s", about->protocol, about->tls ? "+tls" : "");
	if (x->several && x->here == 1) {
		buffer_add_string(out, x->n > 1 ? "\n" : "");
		escape_text(out, slice_of(input_name(x->document)));
		buffer_add_octet(out, '\n');
	}
	buffer_printf(out, "%4" PRIu64 "  %-11.*s  %-8s  C:%-4" PRIu64 " S:%-4" PRIu64 "  ", x->n, SLICE_ARG(lines),
	              protocol, about->client, about->server);
	buffer_add_slice(out, title);
	free(protocol);
}

/* For `cut`, `awk` and people with an editor: FILE:LINES where there are several documents. */
static void print_words(const struct extraction *x, const struct extracted *about, struct slice lines,
                        struct slice title, struct buffer *out)
{
	buffer_printf(out, "%" PRIu64 " ", x->n);
	if (x->several) {
		escape_text(out, slice_of(input_name(x->document)));
		buffer_add_octet(out, ':');
	}
	buffer_printf(out, SLICE_FMT " %s%s %" PRIu64 " %" PRIu64 "%s", SLICE_ARG(lines), about->protocol,
	              about->tls ? "+tls" : "", about->client, about->server, title.n ? " " : "");
	buffer_add_slice(out, title);
}

static void print_line(const struct extraction *x, const struct extracted *about, FILE *out, struct buffer *text)
{
	struct buffer title = { 0 }, lines = { 0 };
	bool people = options_for_people(x->options);
	escape_text(&title, about->title);
	buffer_printf(&lines, about->first == about->last ? "%u" : "%u-%u", about->first, about->last);
	(people ? print_row : print_words)(x, about, buffer_slice(&lines), buffer_slice(&title), text);
	if (people) {
		size_t last = 0;
		for (size_t i = 0; i < text->n; i++)
			if (text->p[i] == '\n')
				last = i + 1;
		struct slice row = slice_part(buffer_slice(text), last, text->n);
		text->n = last + fitting(row, page_columns(out)).n;
		while (text->p[text->n - 1] == ' ')
			text->n--;
	}
	buffer_add_octet(text, '\n');
	buffer_free(&title);
	buffer_free(&lines);
}

void extraction_list(const struct extraction *x, const struct extracted *about, const char *written, FILE *out)
{
	struct buffer text = { 0 };
	struct sink sink = sink_of_file(out);
	if (x->options->json)
		print_json(x, about, written, &text);
	else
		print_line(x, about, out, &text);
	sink.write(sink.context, buffer_slice(&text));
	buffer_free(&text);
}
