/*
 * What goes over a data connection: shown line by line, saved to a file, or read from one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "session/ftp_data_inside.h"

/* Octets of one transfer that are shown; what is longer is for a file. */
#define SHOWN_MAX ((uint64_t)1 << 20)

/* Octets that are read from a file at a time. */
#define READ_SIZE 65536

void carried_free(struct carried *c)
{
	if (c->file)
		(void)fclose(c->file);
	free(c->path);
	buffer_wipe(&c->line);
	*c = (struct carried){ 0 };
}

void carried_begin(struct ftp_data *f, enum side side)
{
	carried_free(&f->carried);
	f->carried.side = side;
	f->carried.ascii = f->ascii;
}

/* ---- files ---- */

static void remark_file(struct ftp_data *f, const char *path, const char *why, const char *what)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(path));
	session_remark(f->session, SLICE_FMT ": %s: %s", SLICE_ARG(buffer_slice(&safe)), why, what);
	buffer_free(&safe);
}

void carried_open(struct ftp_data *f)
{
	struct carried *c = &f->carried;
	bool saves = c->side == SIDE_SERVER;
	if (f->named == NULL)
		return;
	c->path = f->named;
	f->named = NULL;
	errno = 0;
	c->file = fopen(c->path, !saves ? "rb" : f->force ? "wb" : "wbx");
	if (c->file == NULL)
		remark_file(f, c->path, strerror(errno),
		            !saves            ? "nothing is sent"
		            : errno == EEXIST ? "what comes is shown, and not saved (:data! FILE saves over it)"
		                              : "what comes is shown, and not saved");
}

static void save_octets(struct ftp_data *f, const char *p, size_t n)
{
	struct carried *c = &f->carried;
	if (c->unsaved || n == 0 || fwrite(p, 1, n, c->file) == n)
		return;
	c->unsaved = true;
	remark_file(f, c->path, strerror(errno), "not all that comes is saved");
}

/* ASCII comes with CRLF, and is saved with the line ends of this system (RFC 959 3.1.1.1). */
static void save_lines(struct ftp_data *f, struct slice octets)
{
	struct carried *c = &f->carried;
	while (octets.n) {
		if (c->returned && octets.p[0] != '\n')
			save_octets(f, "\r", 1);
		size_t end = slice_find_octet(octets, '\r');
		save_octets(f, octets.p, end);
		c->returned = end < octets.n;
		octets = slice_part(octets, end + 1, octets.n);
	}
}

void carried_close(struct ftp_data *f)
{
	struct carried *c = &f->carried;
	if (c->file == NULL)
		return;
	if (c->side == SIDE_SERVER && c->returned)
		save_octets(f, "\r", 1);
	int failed = fclose(c->file);
	c->file = NULL;
	if (failed && !c->unsaved && c->side == SIDE_SERVER)
		remark_file(f, c->path, strerror(errno), "not all that came is saved");
}

void carried_read(struct ftp_data *f)
{
	static char room[READ_SIZE];
	struct carried *c = &f->carried;
	if (c->file == NULL || f->finishing)
		return;
	size_t n = fread(room, 1, sizeof room, c->file);
	data_send(f->data, (struct slice){ room, n });
	if (n > 0)
		return;
	if (ferror(c->file))
		remark_file(f, c->path, strerror(errno), "not all of it is sent");
	ftp_data_finish(f);
}

/* ---- showing ---- */

static void show_line(struct ftp_data *f, struct slice text, struct slice line_end)
{
	struct carried *c = &f->carried;
	while (text.n > EVENT_TEXT_MAX) {
		session_aside(f->session, c->side, slice_part(text, 0, EVENT_TEXT_MAX), SLICE(""), !c->begun);
		c->begun = true;
		text = slice_part(text, EVENT_TEXT_MAX, text.n);
	}
	session_aside(f->session, c->side, text, line_end, !c->begun);
	c->begun = true;
}

/* The lines that are whole; at the end what is left, too. */
static void show_lines(struct ftp_data *f, bool last)
{
	struct carried *c = &f->carried;
	struct slice rest = buffer_slice(&c->line);
	while (rest.n) {
		size_t end = slice_find_octet(rest, '\n');
		if (end == rest.n && !last && rest.n < EVENT_TEXT_MAX)
			break;
		size_t returned = end < rest.n && end > 0 && rest.p[end - 1] == '\r';
		struct slice line_end = end == rest.n ? SLICE("") : returned ? SLICE("\r\n") : SLICE("\n");
		show_line(f, slice_part(rest, 0, end - returned), line_end);
		rest = slice_part(rest, end + (end < rest.n), rest.n);
	}
	c->shown += c->line.n - rest.n;
	c->shown_all += c->line.n - rest.n;
	buffer_drop(&c->line, c->line.n - rest.n);
}

/* What holds a NUL is no text, and what has no end is not read by anybody. */
static void hide(struct ftp_data *f, const char *why)
{
	f->carried.hidden = true;
	buffer_clear(&f->carried.line);
	session_remark(f->session, "%s: it is counted, and not shown (a file can hold it: :data FILE)", why);
}

static void carried_show(struct ftp_data *f, struct slice octets)
{
	struct carried *c = &f->carried;
	if (c->hidden || octets.n == 0)
		return;
	if (memchr(octets.p, '\0', octets.n)) {
		show_lines(f, false);
		hide(f, "What comes now is no text");
		return;
	}
	if (c->shown_all + octets.n > SHOWN_MAX) {
		show_lines(f, false);
		hide(f, "There is much of it");
		return;
	}
	buffer_add_slice(&c->line, octets);
	show_lines(f, false);
}

void carried_came(struct ftp_data *f, struct slice octets)
{
	struct carried *c = &f->carried;
	if (c->file == NULL)
		carried_show(f, octets);
	else if (c->ascii)
		save_lines(f, octets);
	else
		save_octets(f, octets.p, octets.n);
}

void carried_tell(struct ftp_data *f, uint64_t octets, bool last)
{
	struct carried *c = &f->carried;
	if (last && !c->hidden)
		show_lines(f, true);
	uint64_t news = octets - c->told;
	if (news == 0 && !(last && octets == 0))
		return;
	session_aside_end(f->session, c->side, news, news > c->shown ? news - c->shown : 0);
	c->told = octets;
	c->shown = 0;
}

void carried_words(const struct ftp_data *f, uint64_t octets, struct buffer *out)
{
	const struct carried *c = &f->carried;
	buffer_add_string(out, c->side == SIDE_SERVER ? "▸ " : "◂ ");
	buffer_add_number(out, octets);
	buffer_add_string(out, octets == 1 ? " octet" : " octets");
	const struct tls_facts *facts = f->data ? data_facts(f->data) : NULL;
	if (facts && tls_facts_version(facts))
		buffer_printf(out, ", under %s%s", tls_facts_version(facts),
		              tls_facts_resumed(facts) ? ", whose session is the control connection's" : "");
	if (c->path && c->file) {
		buffer_add_string(out, c->side == SIDE_SERVER ? ", saved to " : ", from ");
		escape_text(out, slice_of(c->path));
	}
}
