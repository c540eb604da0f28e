/*
 * The body of a request or a response: by count, in chunks, or up to the close (RFC 9112 sections 6 and 7).
 */
#include "protocol/common.h"
#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* Of a chunk's extensions a note shows so many octets. */
#define EXTENSIONS_SHOWN 60

static const char *name_of(const struct http_message *m)
{
	return m->response ? "response" : "request";
}

/* ---- the empty line ---- */

static void begin_count(struct dialogue *d, struct http_message *m, enum side side, uint64_t octets,
                        struct dialogue_event *event)
{
	struct buffer words = { 0 };
	octets_in_words(&words, octets);
	m->part = PART_COUNTED;
	m->octets = octets;
	counted_begin(d, side, octets);
	event_note(d, event, "The header ends here; a body of " SLICE_FMT " follows.", SLICE_ARG(buffer_slice(&words)));
	event_ref(d, event, "RFC 9112 6.3");
	buffer_free(&words);
}

static void begin_chunks(struct dialogue *d, struct http_message *m, struct dialogue_event *event)
{
	m->part = PART_SIZE;
	event_note(d, event, "The header ends here; a body in chunks follows: each behind a line with its size.");
	event_ref(d, event, "RFC 9112 7.1");
}

static void begin_to_close(struct dialogue *d, struct http_message *m, bool unknown, struct dialogue_event *event)
{
	m->part = PART_TO_CLOSE;
	m->invalid = unknown && !m->coding_said;
	if (m->invalid)
		event_note(d, event,
		           "The header ends here, and nobody can tell where the body does: a client closes the "
		           "connection and discards the response.");
	else
		event_note(d, event, "The header ends here; %s: it ends where the server closes the connection.",
		           unknown ? "the last coding is not chunked, so the body has no length"
		                   : "no field says how long the body is");
	event_ref(d, event, "RFC 9112 6.3");
}

bool http_body_begin(struct dialogue *d, struct http_message *m, enum side side, struct dialogue_event *event)
{
	uint64_t octets = 0;
	enum http_framing framing = http_framing(m, &octets);
	if (framing == FRAMED_COUNT && octets > 0)
		begin_count(d, m, side, octets, event);
	else if (framing == FRAMED_CHUNKS)
		begin_chunks(d, m, event);
	else if (framing == FRAMED_COUNT || !m->response)
		return false;
	else
		begin_to_close(d, m, framing == FRAMED_UNKNOWN, event);
	return true;
}

/* ---- its lines ---- */

static void note_begin(struct dialogue *d, struct http_message *m, const struct line *line,
                       struct dialogue_event *event)
{
	if (m->body_begun)
		return;
	m->body_begun = true;
	if (line->more) /* the later pieces would say it again */
		return;
	struct slice media = buffer_slice(&m->media);
	if (line->described)
		event_note(d, event, "The body, which is not printed here.");
	else if (media.n)
		event_note(d, event, "The body begins: " SLICE_FMT ".", SLICE_ARG(media));
	else
		event_note(d, event, "The body begins.");
	event_ref(d, event, "RFC 9112 6");
}

static bool counted_line(struct dialogue *d, struct http_message *m, const struct line *line,
                         struct dialogue_event *event)
{
	note_begin(d, m, line, event);
	if (!line->last)
		return false;
	event_note(d, event, "Here the count of Content-Length is reached: the %s is complete.", name_of(m));
	event_ref(d, event, "RFC 9112 6.3");
	return true;
}

/* The framing is lost: a server may only close, and what a client says next is read as a request again. */
static bool lost(struct http_message *m)
{
	m->part = PART_TO_CLOSE;
	m->lost = true;
	return !m->response;
}

static void note_size(struct dialogue *d, const struct http_message *m, struct slice text, struct slice extensions,
                      struct dialogue_event *event)
{
	if (m->size_bad) {
		event_problem(d, event,
		              "not a chunk size: a hexadecimal number is wanted, below 2^64; nobody can tell where "
		              "the body ends");
		event_ref(d, event, "RFC 9112 7.1");
		return;
	}
	size_t semicolon = slice_find_octet(text, ';');
	struct slice digits = slice_part(text, 0, semicolon);
	struct slice first = slice_trim(slice_part(extensions, 1, extensions.n));
	if (m->size == 0)
		event_note(d, event, "A chunk of size 0 is the last: trailer fields may follow, then an empty line.");
	else if (m->size < 10)
		event_note(d, event, "A chunk of %llu octet%s follows.", (unsigned long long)m->size,
		           m->size == 1 ? "" : "s");
	else
		event_note(d, event, "A chunk of %llu octets follows: " SLICE_FMT " is hexadecimal.",
		           (unsigned long long)m->size, SLICE_ARG(slice_trim(digits)));
	if (first.n)
		event_note(d, event,
		           "What stands behind the size is a chunk extension, " SLICE_FMT
		           "; who does not know it passes over it.",
		           SLICE_ARG(slice_part(first, 0, EXTENSIONS_SHOWN)));
	else if (semicolon < text.n || slice_trim(text).n < text.n)
		event_problem(d, event,
		              "only the size may stand on this line, and perhaps a semicolon and an extension");
	event_ref(d, event, extensions.n ? "RFC 9112 7.1.1" : "RFC 9112 7.1");
}

static bool size_line(struct dialogue *d, struct http_message *m, const struct line *line, struct dialogue_event *event)
{
	struct slice extensions = { NULL, 0 };
	line_end_problems(d, line, event, "RFC 9112 2.2");
	if (line->described) {
		note_begin(d, m, line, event);
		return false;
	}
	if (line->first) {
		m->size_bad = !http_chunk_parse(line->text, &m->size, &extensions) ||
		              (line->more && extensions.n == 0); /* its digits go on in a further piece */
		note_size(d, m, line->text, extensions, event);
	}
	if (line->more || line->cut)
		return false;
	if (m->size_bad)
		return lost(m);
	if (m->size == 0) {
		m->part = PART_TRAILERS;
		buffer_clear(&m->name); /* white space before the first trailer field folds nothing */
		return false;
	}
	m->part = PART_CHUNK;
	m->chunks++;
	m->octets = m->octets > UINT64_MAX - m->size ? UINT64_MAX : m->octets + m->size;
	counted_begin(d, line->side, m->size);
	return false;
}

/* Behind the octets of a chunk stands CRLF, which is not of them. */
static bool chunk_end(struct dialogue *d, struct http_message *m, const struct line *line, struct dialogue_event *event)
{
	line_end_problems(d, line, event, "RFC 9112 2.2");
	if (line->described)
		return false;
	if (line->first && line->text.n) {
		event_problem(d, event,
		              "the chunk is longer than its size: CRLF is wanted after its %llu octet%s; nobody "
		              "can tell where the body ends",
		              (unsigned long long)m->size, m->size == 1 ? "" : "s");
		event_ref(d, event, "RFC 9112 7.1");
		return lost(m);
	}
	m->part = PART_SIZE;
	if (m->chunks > 1)
		return false;
	event_note(d, event, "The line end behind a chunk is not part of its octets.");
	event_ref(d, event, "RFC 9112 7.1");
	return false;
}

static bool trailer_line(struct dialogue *d, struct http_message *m, const struct line *line,
                         struct dialogue_event *event)
{
	if (!http_header_line(d, m, line, event))
		return false;
	struct buffer words = { 0 };
	octets_in_words(&words, m->octets);
	if (m->chunks == 0 && m->body_begun) /* its chunks were only described */
		event_note(d, event, "The empty line ends the body: the %s is complete.", name_of(m));
	else
		event_note(d, event,
		           "The empty line ends the body, which had " SLICE_FMT " in %llu chunk%s: the %s is complete.",
		           SLICE_ARG(buffer_slice(&words)), (unsigned long long)m->chunks, m->chunks == 1 ? "" : "s",
		           name_of(m));
	event_ref(d, event, "RFC 9112 7.1");
	buffer_free(&words);
	return true;
}

bool http_body_line(struct dialogue *d, struct http_message *m, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	switch (m->part) {
	case PART_COUNTED:
		return counted_line(d, m, line, event);
	case PART_SIZE:
		return size_line(d, m, line, event);
	case PART_CHUNK:
		note_begin(d, m, line, event);
		if (line->last)
			m->part = PART_CHUNK_END;
		return false;
	case PART_CHUNK_END:
		return chunk_end(d, m, line, event);
	case PART_TRAILERS:
		return trailer_line(d, m, line, event);
	case PART_TO_CLOSE:
		note_begin(d, m, line, event);
		return false;
	case PART_START:
	case PART_FIELDS:
		break;
	}
	return false;
}

/* ---- the close ---- */

void http_body_cut(struct dialogue *d, const struct http_message *m, enum side side, struct dialogue_event *event)
{
	const char *what = name_of(m);
	switch (m->part) {
	case PART_START:
		return;
	case PART_FIELDS:
		event_problem(d, event, "the header of the %s is not complete: its empty line has not come", what);
		break;
	case PART_COUNTED:
		event_problem(d, event, "%llu octets of the %s's body are missing",
		              (unsigned long long)counted_left(d, side), what);
		break;
	case PART_SIZE:
	case PART_CHUNK:
	case PART_CHUNK_END:
	case PART_TRAILERS:
	case PART_TO_CLOSE:
		event_problem(d, event,
		              "the body of the %s is not complete: its last chunk, of size 0, and the empty line "
		              "have not come",
		              what);
		break;
	}
	event_ref(d, event, "RFC 9112 8");
}
