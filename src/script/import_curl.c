/*
 * What `curl -v` prints, of any protocol: `> ` before what it sends, `< ` before what comes, `* ` before what it says
 * itself. Bodies, messages and listings stand without a mark, where curl wrote them; what it uploads does not stand there.
 */
#include "script/import_forms.h"

#include <stdlib.h>

#include "base/memory.h"
#include "protocol/protocol.h"

/* A piece of curl's output: one line, its line end as it came. */
struct piece {
	struct slice text;
	unsigned number; /* of its line */
};

struct reading {
	struct draft *d;
	struct piece *output; /* what curl wrote to its output, in the order in which it stands in the text */
	uint64_t left;        /* octets of it that have no place yet */
	size_t n, taken;      /* how many pieces there are, and how many have found their place */
	unsigned header_end;  /* the line behind which the reply's body stands */
	bool chunked;         /* the reply under way was sent in chunks, which curl takes apart */
};

/* ---- what a line is ---- */

/* What curl's progress meter leaves before a line of its own, which it does not end: `…--:--:--     0*   Trying`. */
static struct slice skip_meter(struct slice line)
{
	static const struct slice clock = { ":--", 3 };
	size_t found = slice_find(line, clock);
	if (found == line.n || (line.p[0] != '\r' && line.p[0] != ' ' && !octet_is_digit(line.p[0])))
		return line;
	struct slice rest = slice_part(line, found, line.n);
	for (size_t at; (at = slice_find(rest, clock)) < rest.n;)
		rest = slice_part(rest, at + clock.n, rest.n);
	size_t i = 0; /* the speed, `0` or `130k` */
	while (i < rest.n && (rest.p[i] == ' ' || octet_is_digit(rest.p[i]) || rest.p[i] == '.'))
		i++;
	if (i < rest.n && octet_is_alpha(rest.p[i]))
		i++;
	return slice_part(rest, i, rest.n);
}

static bool is_meter(struct slice line)
{
	return line_starts(line, "  % Total", NULL) ||
	       line_starts(line, "                                 Dload", NULL);
}

/* `{ [43 bytes data]`: octets of TLS, or of payload. */
static bool is_count(struct slice line)
{
	return (line_starts(line, "{ [", NULL) || line_starts(line, "} [", NULL)) &&
	       slice_find(line, SLICE(" bytes data]")) < line.n;
}

static bool is_marked(struct slice line)
{
	static const char *const marks[] = { "* ", "> ", "< ", NULL };
	return line_starts_any(line, marks) || slice_equal(line, SLICE("<")) || slice_equal(line, SLICE(">"));
}

/* `GET / HTTP/1.1`, not a quoted sentence that names HTTP/1.1. */
static bool is_request(struct slice text)
{
	(void)slice_word(&text);
	(void)slice_word(&text);
	return line_starts(slice_word(&text), "HTTP/", NULL) && slice_trim(text).n == 0;
}

static unsigned likes(struct slice line, bool first)
{
	static const char *const own[] = {
		"* Connected to ",      "*   Trying ", "* Connection #", "< HTTP/", "* SSL connection using",
		"* Closing connection", NULL
	};
	static const char *const replies[] = { "< * ", "< +OK", "< -ERR", NULL };
	struct slice rest;
	(void)first;
	line = skip_meter(line);
	if (line_starts_any(line, own))
		return 3;
	if (line_starts_any(line, replies) || (line_starts(line, "< ", &rest) && line_is_code(rest)))
		return 2;
	return line_starts(line, "> ", &rest) && is_request(rest) ? 3 : 0;
}

/* ---- curl's output ---- */

/* What is neither marked nor output: the shell's, or curl's own. */
static bool is_remark(struct slice line)
{
	static const char *const words[] = { "$ ", "% ", "curl: (", "Warning: ", NULL };
	return line_starts_any(line, words);
}

/* Where `* Connection #0 …` stands behind output that had no line end; line.n where it does not. */
static size_t glued_at(struct slice line)
{
	static const struct slice words[] = { { "* Connection #", 14 }, { "* Closing connection", 20 } };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_find(line, words[i]) < line.n)
			return slice_find(line, words[i]);
	return line.n;
}

static bool is_output(struct slice line)
{
	return !is_marked(line) && !is_meter(line) && !is_count(line) && !is_remark(line);
}

/* The line without its end. */
static struct slice strip(struct slice line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Collects what stands in the text without a mark. */
static void collect_output(struct reading *r, struct slice text)
{
	for (unsigned number = 1; text.n; number++) {
		struct slice whole = slice_line(&text), line = skip_meter(whole);
		bool meter = line.n < whole.n && strip(line).n == 0;
		if (meter || !is_output(strip(line)))
			continue;
		if ((r->n & (r->n - 1)) == 0)
			r->output = memory_grow(r->output, r->n ? r->n * 2 : 1, sizeof *r->output);
		r->output[r->n++] = (struct piece){ slice_part(line, 0, glued_at(line)), number };
		r->left += r->output[r->n - 1].text.n;
	}
}

/* Puts output into its place, `most` octets of it. POP3's text gets back the dots that curl has taken off (RFC 1939 3). */
static void place_output(struct reading *r, uint64_t most, bool dots)
{
	unsigned number = r->d->number;
	r->d->server_hidden = false;
	while (r->taken < r->n && most) {
		struct piece *piece = &r->output[r->taken];
		struct slice now = slice_part(piece->text, 0, most < piece->text.n ? (size_t)most : piece->text.n);
		struct buffer stuffed = { 0 };
		r->d->number = piece->number;
		if (dots && now.n && now.p[0] == '.')
			buffer_add_octet(&stuffed, '.');
		buffer_add_slice(&stuffed, now);
		draft_octets(r->d, SIDE_SERVER, buffer_slice(&stuffed));
		buffer_free(&stuffed);
		most -= now.n;
		r->left -= now.n;
		piece->text = slice_part(piece->text, now.n, piece->text.n);
		if (piece->text.n == 0)
			r->taken++;
	}
	r->d->number = number;
	r->d->server_hidden = true;
}

/* A document shortens what was long: what stands behind the header is the body, as far as it is printed. */
static void place_rest(struct reading *r)
{
	unsigned before = 0;
	for (; r->taken < r->n && r->output[r->taken].number < r->header_end; before++)
		r->left -= r->output[r->taken++].text.n;
	if (before)
		draft_comment(r->d, "(%u lines of curl's output before this are left out)", before);
	place_output(r, r->left, false);
}

/* Before a line of `side` (at the end: the client's): where the server's payload must stand, its place is here. */
static void place_payload(struct reading *r, enum side side)
{
	uint64_t due = draft_due(r->d), left = r->left;
	const char *protocol = draft_following(r->d);
	if (due) {
		if (left >= due)
			place_output(r, due, false);
		else if (r->d->as_found)
			place_rest(r);
	} else if (side == SIDE_CLIENT && draft_in_reply(r->d) && left) {
		if (r->chunked)
			draft_comment_text(r->d, SLICE("curl has put the chunks of this body together: as it came it "
			                               "cannot be shown"));
		else if (slice_equal(slice_of(protocol), SLICE("http")))
			place_output(r, left, false);
		else if (slice_equal(slice_of(protocol), SLICE("pop3"))) {
			place_output(r, left, true);
			draft_said(r->d, SIDE_SERVER, SLICE("."), SLICE("\r\n"));
		}
	}
}

/* Output that has no place is told of: over FTP's data connection it came by itself, in chunks it was put together. */
static void tell_output(struct reading *r)
{
	if (r->taken < r->n)
		draft_comment_text(r->d, SLICE("what curl wrote to its output:"));
	for (; r->taken < r->n; r->taken++) {
		struct slice line = r->output[r->taken].text;
		while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
			line.n--;
		r->d->number = r->output[r->taken].number;
		draft_comment_text(r->d, line);
	}
}

/* ---- reading ---- */

/* `* Connected to mail.example (192.0.2.1) port 993 (#0)`. A data connection says nothing of the kind. */
static void read_connected(struct draft *d, struct slice line)
{
	size_t at = slice_find(line, SLICE(" port "));
	struct slice rest = slice_part(line, at + 6, line.n);
	uint64_t port = 0;
	if (slice_number(slice_word(&rest), &port) && port < 65536)
		draft_port(d, (unsigned)port);
}

static void read_remark(struct reading *r, struct slice line)
{
	if (line_starts(line, "* Connected to ", NULL))
		read_connected(r->d, line);
	if (line_starts(line, "* SSL connection using", NULL))
		draft_tls(r->d);
	draft_comment_text(r->d, line);
}

/* A request or response of HTTP/2 or HTTP/3, of which curl prints what it would be as text. */
static bool speaks_binary(enum side side, struct slice text)
{
	struct slice version = slice_part(text, side == SIDE_SERVER || text.n < 6 ? 0 : text.n - 6, text.n);
	return line_starts(version, "HTTP/2", NULL) || line_starts(version, "HTTP/3", NULL);
}

static enum status read_said(struct reading *r, struct slice line)
{
	enum side side = line.p[0] == '>' ? SIDE_CLIENT : SIDE_SERVER;
	struct slice text = slice_part(line, 2, line.n), rest = text;
	if (speaks_binary(side, text))
		return draft_wrong(r->d, line, "HTTP/2 and HTTP/3 are no text: record it with curl --http1.1");
	bool status = side == SIDE_SERVER && line_starts(text, "HTTP/", NULL);
	place_payload(r, status ? SIDE_CLIENT : side);
	if (status)
		r->chunked = false;
	if (slice_equal_nocase(slice_word(&rest), SLICE("Transfer-Encoding:")))
		r->chunked = slice_find_nocase(rest, SLICE("chunked")) < rest.n;
	draft_said(r->d, side, text, SLICE("\r\n"));
	if (side == SIDE_SERVER && text.n == 0)
		r->header_end = r->d->number;
	return STATUS_OK;
}

static enum status read_line(struct reading *r, struct slice line)
{
	line = skip_meter(line);
	size_t glued = is_output(line) ? glued_at(line) : 0;
	line = slice_part(line, glued, line.n);
	if (line_starts(line, "> ", NULL) || line_starts(line, "< ", NULL) || slice_equal(line, SLICE(">")) ||
	    slice_equal(line, SLICE("<")))
		return read_said(r, line);
	if (line_starts(line, "* ", NULL) || is_remark(line))
		read_remark(r, line);
	return STATUS_OK;
}

static enum status read(struct draft *d, struct slice text)
{
	struct reading r = { .d = d };
	struct slice line, end;
	enum status status = STATUS_OK;
	collect_output(&r, text);
	d->client_hidden = d->server_hidden = true;
	while (status == STATUS_OK && draft_line(d, &text, &line, &end))
		status = read_line(&r, line);
	place_payload(&r, SIDE_CLIENT);
	tell_output(&r);
	free(r.output);
	return status;
}

const struct import_form import_curl = { "curl", "what curl -v prints, of any protocol", likes, read };
