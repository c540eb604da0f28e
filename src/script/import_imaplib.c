/*
 * What Python's imaplib prints with `Debug = 4`: `57:04.83 > b'FNHG1 LOGIN …'`, a time, then `>` for the client and `<`
 * for the server. Python 2 prints the lines bare, Python 3 as repr() does. Literals are only told of.
 */
#include "script/import_forms.h"
#include "script/import_repr.h"

/* Takes `57:04.83 ` off the front; false where no such time stands there. */
static bool take_time(struct slice *line)
{
	static const char form[] = "dd:dd.dd ";
	struct slice s = slice_trim(*line);
	for (size_t i = 0; form[i]; i++)
		if (i >= s.n || (form[i] == 'd' ? !octet_is_digit(s.p[i]) : s.p[i] != form[i]))
			return false;
	*line = slice_part(s, sizeof form - 1, s.n);
	return true;
}

static bool is_said(struct slice text)
{
	return line_starts(text, "> ", NULL) || line_starts(text, "< ", NULL);
}

static unsigned likes(struct slice line, bool first)
{
	(void)first;
	return take_time(&line) && (is_said(line) || line_starts(line, "new IMAP4", NULL)) ? 3 : 0;
}

static void read_said(struct draft *d, struct slice text)
{
	enum side side = text.p[0] == '>' ? SIDE_CLIENT : SIDE_SERVER;
	struct buffer decoded = { 0 };
	text = slice_part(text, 2, text.n);
	bool quoted = repr_read(text, &decoded) > 0;
	draft_said(d, side, quoted ? buffer_slice(&decoded) : text, SLICE("\r\n"));
	buffer_free(&decoded);
}

static enum status read(struct draft *d, struct slice text)
{
	struct slice line, end;
	d->client_hidden = d->server_hidden = true;
	draft_protocol(d, "imap");
	while (draft_line(d, &text, &line, &end)) {
		struct slice said = line, what;
		bool timed = take_time(&said);
		if (timed && line_starts(said, "new IMAP4", NULL)) {
			draft_next(d);
			draft_protocol(d, "imap");
		}
		if (line_starts(said, "new IMAP4_SSL", NULL))
			draft_tls(d);
		if (timed && is_said(said))
			read_said(d, said);
		else if (timed &&
		         (line_starts(said, "read literal", &what) || line_starts(said, "write literal", &what)))
			continue; /* the draft has put a stage direction there already */
		else if (slice_trim(line).n)
			draft_comment_text(d, line);
	}
	return STATUS_OK;
}

const struct import_form import_imaplib = { "imaplib", "what Python's imaplib prints with Debug = 4", likes, read };
