/*
 * What Python's smtplib prints with set_debuglevel(1), or 2 with times, and http.client with the same: `send: '…'`,
 * `reply: b'…'`, each as repr() writes it. smtplib says each reply twice, http.client leaves bodies out.
 */
#include "script/import_forms.h"
#include "script/import_repr.h"

/* Takes `17:58:22.041939 ` off the front, where it stands there. */
static void take_time(struct slice *line)
{
	size_t space = slice_find_octet(*line, ' ');
	if (space < 8 || space == line->n || line->p[2] != ':' || line->p[5] != ':')
		return;
	for (size_t i = 0; i < space; i++)
		if (!octet_is_digit(line->p[i]) && line->p[i] != ':' && line->p[i] != '.')
			return;
	*line = slice_part(*line, space + 1, line->n);
}

/* What stands in quotes at the front of the text is an HTTP request or a status line. */
static bool speaks_http(struct slice text)
{
	struct slice start = slice_part(text, 0, slice_find(text, SLICE("\\r\\n")));
	return slice_find(start, SLICE(" HTTP/1.")) < start.n || line_starts(start, "'HTTP/1.", NULL);
}

static unsigned likes_smtp(struct slice line, bool first)
{
	struct slice rest;
	(void)first;
	take_time(&line);
	if (line_starts(line, "reply: retcode (", NULL))
		return 3;
	if (!line_starts(line, "send: ", &rest) && !line_starts(line, "reply: ", &rest))
		return 0;
	return line_starts(rest, "b'", NULL) || line_starts(rest, "b\"", NULL) || line_starts(rest, "'", NULL) ? 2 : 0;
}

static unsigned likes_http(struct slice line, bool first)
{
	unsigned smtp = likes_smtp(line, first);
	if (line_starts(line, "header: ", NULL))
		return 2;
	return smtp == 2 && speaks_http(slice_part(line, slice_find_octet(line, ':') + 2, line.n)) ? 4 : smtp == 2;
}

/* `send: ` and `reply: `: octets of that side; where nothing stands in quotes, a comment. */
static void read_octets(struct draft *d, enum side side, struct slice line, struct slice quoted)
{
	struct buffer octets = { 0 };
	if (repr_read(quoted, &octets))
		draft_octets(d, side, buffer_slice(&octets));
	else
		draft_comment_text(d, line);
	buffer_free(&octets);
}

/* `connect: to ('mail.example', 465) None`: the port tells whether TLS stands from the first octet. */
static void read_connect(struct draft *d, struct slice line)
{
	size_t comma = slice_find(line, SLICE(", "));
	struct slice port = slice_part(line, comma + 2, line.n);
	uint64_t number = 0;
	draft_next(d);
	draft_protocol(d, "smtp");
	if (slice_number(slice_part(port, 0, slice_find_octet(port, ')')), &number) && number < 65536)
		draft_port(d, (unsigned)number);
	draft_comment_text(d, line);
}

/* What smtplib says a second time, in another form. */
static bool repeats(struct slice line)
{
	static const char *const words[] = { "reply: retcode (", "data: (",    "connect: (", "connect: b'",
		                             "connect: b\"",     "connect: '", NULL };
	return line_starts_any(line, words);
}

static enum status read_smtp(struct draft *d, struct slice text)
{
	struct slice line, end, rest;
	draft_protocol(d, "smtp");
	while (draft_line(d, &text, &line, &end)) {
		take_time(&line);
		if (line_starts(line, "connect: to (", NULL))
			read_connect(d, line);
		else if (repeats(line) || slice_trim(line).n == 0)
			continue;
		else if (line_starts(line, "send: ", &rest))
			read_octets(d, SIDE_CLIENT, line, rest);
		else if (line_starts(line, "reply: ", &rest))
			read_octets(d, SIDE_SERVER, line, rest);
		else
			draft_comment_text(d, line);
	}
	return STATUS_OK;
}

/* Ends the header of the reply under way, where one is: http.client does not print the empty line. */
static void end_header(struct draft *d, bool *header)
{
	if (*header)
		draft_said(d, SIDE_SERVER, SLICE(""), SLICE("\r\n"));
	*header = false;
}

static enum status read_http(struct draft *d, struct slice text)
{
	struct slice line, end, rest;
	bool header = false;
	d->server_hidden = true;
	draft_protocol(d, "http");
	while (draft_line(d, &text, &line, &end)) {
		if (line_starts(line, "header: ", &rest)) {
			draft_said(d, SIDE_SERVER, rest, SLICE("\r\n"));
			continue;
		}
		if (slice_trim(line).n == 0)
			continue;
		end_header(d, &header);
		if (line_starts(line, "send: ", &rest)) {
			read_octets(d, SIDE_CLIENT, line, rest);
		} else if (line_starts(line, "reply: ", &rest)) {
			read_octets(d, SIDE_SERVER, line, rest);
			header = true;
		} else {
			draft_comment_text(d, line);
		}
	}
	end_header(d, &header);
	return STATUS_OK;
}

const struct import_form import_smtplib = { "smtplib", "what Python's smtplib prints with set_debuglevel(1) or (2)",
	                                    likes_smtp, read_smtp };
const struct import_form import_http_client = { "http.client",
	                                        "what Python's http.client prints with set_debuglevel(1)", likes_http,
	                                        read_http };
