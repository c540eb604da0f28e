/*
 * What Python's poplib and ftplib print with set_debuglevel(1) or (2): `*cmd* 'USER bob'`, `*resp* b'+OK'`, and at level 2
 * each line as it goes (`*put*`) and comes (`*get*`). poplib's level 1 leaves the replies out.
 */
#include "script/import_forms.h"
#include "script/import_repr.h"

/* What one line of the debug output tells. */
struct told {
	enum { TOLD_OTHER, TOLD_COMMAND /* *cmd* */, TOLD_PUT, TOLD_GET, TOLD_REPLY /* *resp* */ } what;
	struct buffer text; /* without the line end that level 2 shows */
};

static void read_told(struct slice line, struct told *told)
{
	static const char *const words[] = { NULL, "*cmd* ", "*put* ", "*get* ", "*resp* " };
	struct slice rest;
	told->what = TOLD_OTHER;
	buffer_clear(&told->text);
	for (unsigned i = TOLD_COMMAND; i <= TOLD_REPLY; i++)
		if (line_starts(line, words[i], &rest) && repr_read(rest, &told->text))
			told->what = i;
	while (told->text.n && (told->text.p[told->text.n - 1] == '\n' || told->text.p[told->text.n - 1] == '\r'))
		told->text.n--;
}

static unsigned likes(struct slice line, bool pop)
{
	if (line.n == 0 || line.p[0] != '*')
		return 0;
	struct told told = { .what = TOLD_OTHER };
	read_told(line, &told);
	struct slice text = buffer_slice(&told.text);
	bool code = line_is_code(text), status = line_starts(text, "+OK", NULL) || line_starts(text, "-ERR", NULL);
	bool reply = told.what == TOLD_GET || told.what == TOLD_REPLY;
	unsigned weight = told.what == TOLD_OTHER ? 0 : !reply ? 2 : (pop ? status : code) ? 3 : 0;
	buffer_free(&told.text);
	return weight;
}

static unsigned likes_pop(struct slice line, bool first)
{
	(void)first;
	return likes(line, true);
}

static unsigned likes_ftp(struct slice line, bool first)
{
	(void)first;
	return likes(line, false);
}

/* ---- reading ---- */

struct reading {
	struct draft *d;
	bool each_line;   /* level 2: each line is shown as it goes and comes */
	bool replies;     /* replies are shown at all */
	bool unanswered;  /* a command was said, and no reply to it */
	bool told_silent; /* that no replies are shown was said */
};

/* ftplib shows a password as stars: it is asked for when the script is played. */
static bool is_hidden(struct slice command)
{
	struct slice rest = command;
	bool pass = slice_equal_nocase(slice_word(&rest), SLICE("PASS"));
	rest = slice_trim(rest);
	for (size_t i = 0; pass && i < rest.n; i++)
		if (rest.p[i] != '*')
			return false;
	return pass && rest.n > 0;
}

/* At poplib's level 1 the reply to the command before is not shown. */
static void read_silence(struct reading *r)
{
	if (r->replies || !r->unanswered)
		return;
	if (!r->told_silent)
		draft_comment_text(r->d,
		                   SLICE("poplib shows no replies at this debug level: +OK stands for each, since "
		                         "it goes on only after that"));
	r->told_silent = true;
	draft_said(r->d, SIDE_SERVER, SLICE("+OK"), SLICE("\r\n"));
}

static void read_command(struct reading *r, struct slice text)
{
	read_silence(r);
	if (is_hidden(text)) {
		draft_comment_text(r->d, SLICE("the password was printed as stars: give it with --set password=…"));
		draft_filled(r->d, SIDE_CLIENT, text, "PASS {{password}}");
	} else {
		draft_said(r->d, SIDE_CLIENT, text, SLICE("\r\n"));
	}
	r->unanswered = true;
}

/* A line that came, or a reply that is printed whole: ftplib joins its lines. */
static void read_reply(struct reading *r, struct slice text)
{
	r->unanswered = false;
	do
		draft_said(r->d, SIDE_SERVER, slice_row(&text), SLICE("\r\n"));
	while (text.n);
}

static void read_line(struct reading *r, const struct told *told, struct slice line)
{
	struct slice text = buffer_slice(&told->text);
	switch (told->what) {
	case TOLD_COMMAND:
		if (!r->each_line)
			read_command(r, text);
		break;
	case TOLD_PUT:
		read_command(r, text);
		break;
	case TOLD_REPLY:
		if (!r->each_line)
			read_reply(r, text);
		break;
	case TOLD_GET:
		read_reply(r, text);
		break;
	case TOLD_OTHER:
		if (slice_trim(line).n && !line_starts(line, "*stat* ", NULL))
			draft_comment_text(r->d, line);
		break;
	}
}

static enum status read(struct draft *d, const char *protocol, struct slice text)
{
	struct reading r = { .d = d };
	struct told told = { .what = TOLD_OTHER };
	struct slice rest = text, line, end;
	while (rest.n) {
		line = slice_row(&rest);
		r.each_line = r.each_line || line_starts(line, "*get* ", NULL);
		r.replies = r.replies || r.each_line || line_starts(line, "*resp* ", NULL);
	}
	d->server_hidden = !r.each_line;
	draft_protocol(d, protocol);
	while (draft_line(d, &text, &line, &end)) {
		read_told(line, &told);
		read_line(&r, &told, line);
	}
	if (*protocol == 'p')
		read_silence(&r);
	buffer_free(&told.text);
	return STATUS_OK;
}

static enum status read_pop(struct draft *d, struct slice text)
{
	return read(d, "pop3", text);
}

static enum status read_ftp(struct draft *d, struct slice text)
{
	return read(d, "ftp", text);
}

const struct import_form import_poplib = { "poplib", "what Python's poplib prints with set_debuglevel(1) or (2)",
	                                   likes_pop, read_pop };
const struct import_form import_ftplib = { "ftplib", "what Python's ftplib prints with set_debuglevel(1) or (2)",
	                                   likes_ftp, read_ftp };
