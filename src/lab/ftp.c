/*
 * The FTP server: hears command lines, finds who answers each, and lets those wait that come while a transfer is under way.
 *
 * During a transfer ABOR and STAT are answered at once, as RFC 959 4.1.3 wants; all else waits for its end and is then answered
 * in order, QUIT too (4.1.1). So do servers whose process reads its control connection again when the transfer is done.
 */
#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>

#include "lab/ftp_inside.h"
#include "protocol/ftp.h"
#include "protocol/ftp_syntax.h"
#include "protocol/ftp_tables.h"
#include "protocol/protocol.h"

/* Octets of command lines that may wait for a transfer's end. */
#define WAITING_MAX ((size_t)64 * 1024)

/* A longer reply is said in pieces of so many octets. */
#define PIECE ((size_t)16 * 1024)

/* Telnet options that are refused in one line; who asks for more is no FTP client. */
#define REFUSED_MAX 16

/* ---- which commands there are ---- */

enum {
	KEEPS_RESTART = 1, /* may stand between REST and what it is for */
	BARE = 2,          /* may come without its argument, though the form has one */
	GUESSED = 4,       /* what it lacks is told by itself */
	USES_RESTART = 8,  /* what REST is for */
	PASSES_OVER = 16   /* an argument that its form has not: some clients name a file for STOU */
};

struct command {
	const char *word;
	void (*answer)(struct ftp_session *s, struct slice argument);
	unsigned flags;
};

/* Sorted. */
static const struct command commands[] = {
	{ "ABOR", ftp_abor, 0 },
	{ "ACCT", ftp_acct, GUESSED },
	{ "ALLO", ftp_allo, KEEPS_RESTART },
	{ "APPE", ftp_appe, KEEPS_RESTART | USES_RESTART },
	{ "AUTH", ftp_auth, 0 },
	{ "CCC", ftp_ccc, 0 },
	{ "CDUP", ftp_cdup, 0 },
	{ "CWD", ftp_cwd, 0 },
	{ "DELE", ftp_dele, 0 },
	{ "EPRT", ftp_eprt, KEEPS_RESTART },
	{ "EPSV", ftp_epsv, KEEPS_RESTART },
	{ "FEAT", ftp_feat, 0 },
	{ "HELP", ftp_help, 0 },
	{ "LIST", ftp_list_command, 0 },
	{ "MDTM", ftp_mdtm, 0 },
	{ "MFMT", ftp_mfmt, 0 },
	{ "MKD", ftp_mkd, 0 },
	{ "MLSD", ftp_mlsd, 0 },
	{ "MLST", ftp_mlst, 0 },
	{ "MODE", ftp_mode, KEEPS_RESTART },
	{ "NLST", ftp_nlst, 0 },
	{ "NOOP", ftp_noop, KEEPS_RESTART },
	{ "OPTS", ftp_opts, 0 },
	{ "PASS", ftp_pass, BARE | GUESSED },
	{ "PASV", ftp_pasv, KEEPS_RESTART },
	{ "PBSZ", ftp_pbsz, 0 },
	{ "PORT", ftp_port, KEEPS_RESTART },
	{ "PROT", ftp_prot, 0 },
	{ "PWD", ftp_pwd, 0 },
	{ "QUIT", ftp_quit, 0 },
	{ "REIN", ftp_rein, 0 },
	{ "REST", ftp_rest, 0 },
	{ "RETR", ftp_retr, KEEPS_RESTART | USES_RESTART },
	{ "RMD", ftp_rmd, 0 },
	{ "RNFR", ftp_rnfr, 0 },
	{ "RNTO", ftp_rnto, 0 },
	{ "SITE", ftp_site, 0 },
	{ "SIZE", ftp_size, 0 },
	{ "STAT", ftp_stat, KEEPS_RESTART },
	{ "STOR", ftp_stor, KEEPS_RESTART | USES_RESTART },
	{ "STOU", ftp_stou, KEEPS_RESTART | USES_RESTART | PASSES_OVER },
	{ "STRU", ftp_stru, KEEPS_RESTART },
	{ "SYST", ftp_syst, 0 },
	{ "TYPE", ftp_type, KEEPS_RESTART },
	{ "USER", ftp_user, 0 },
	{ "XCUP", ftp_cdup, 0 },
	{ "XCWD", ftp_cwd, 0 },
	{ "XMKD", ftp_mkd, 0 },
	{ "XPWD", ftp_pwd, 0 },
	{ "XRMD", ftp_rmd, 0 },
};

static int compare(const void *key, const void *row)
{
	const struct slice *verb = key;
	const struct command *command = row;
	return slice_compare_nocase(*verb, slice_of(command->word));
}

static const struct command *command_of(struct slice verb)
{
	return bsearch(&verb, commands, sizeof commands / sizeof commands[0], sizeof commands[0], compare);
}

const struct entry *ftp_row(struct slice verb)
{
	return table_find(protocol_table(&protocol_ftp, TABLE_COMMANDS), verb);
}

bool ftp_has(struct slice verb)
{
	return command_of(verb) != NULL;
}

/* ---- saying ---- */

void ftp_error(struct ftp_session *s, enum hint hint, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	if (hint != HINT_SYNTAX || slice_starts(buffer_slice(&text), SLICE("501"))) /* else the form was right */
		visit_hint(s->visit, hint, s->verb, &text);
	visit_say(s->visit, SLICE_FMT, SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

void ftp_add_path(struct buffer *out, struct slice path, bool quoted)
{
	if (quoted)
		buffer_add_octet(out, '"');
	for (size_t i = 0; i < path.n; i++) {
		buffer_add_octet(out, path.p[i]);
		if (path.p[i] == TELNET_IAC || (quoted && path.p[i] == '"'))
			buffer_add_octet(out, path.p[i]);
	}
	if (quoted)
		buffer_add_octet(out, '"');
}

/* Says the next piece of a long reply. */
static void say_piece(void *state)
{
	struct ftp_session *s = state;
	struct slice piece = slice_part(buffer_slice(&s->reply), s->replied, s->replied + PIECE);
	visit_send(s->visit, piece);
	s->replied += piece.n;
	if (s->replied < s->reply.n)
		return;
	buffer_free(&s->reply);
	s->replied = 0;
	visit_busy(s->visit, false);
	ftp_go_on(s);
}

void ftp_say_long(struct ftp_session *s, struct buffer *reply)
{
	if (reply->n <= PIECE) {
		visit_send(s->visit, buffer_slice(reply));
		buffer_free(reply);
		return;
	}
	s->reply = *reply;
	*reply = (struct buffer){ 0 };
	s->replied = 0;
	visit_busy(s->visit, true);
}

/* Options are refused, whoever asks for them (RFC 1123 4.1.2.12): WILL by DONT, DO by WONT (RFC 854). */
static void refuse_options(struct ftp_session *s, struct slice line)
{
	enum { WILL = 0xFB, WONT, DO, DONT };
	struct ftp_telnet found;
	size_t refused = 0;
	for (size_t at = 0; refused < REFUSED_MAX && ftp_telnet_next(line, at, &found); at = found.end) {
		bool asks = found.end - found.start == 3 && (found.command == WILL || found.command == DO);
		const char answer[] = { TELNET_IAC, (char)(found.command == WILL ? DONT : WONT), (char)found.option };
		if (!asks)
			continue;
		visit_send(s->visit, (struct slice){ answer, sizeof answer });
		refused++;
	}
}

/* ---- paths ---- */

bool ftp_resolve(const struct ftp_session *s, struct slice argument, struct buffer *path)
{
	return files_resolve(path, buffer_slice(&s->folder), argument);
}

struct file *ftp_find(const struct ftp_session *s, struct slice argument)
{
	struct buffer path = { 0 };
	struct file *file = ftp_resolve(s, argument, &path) ? files_find(s->files, buffer_slice(&path)) : NULL;
	buffer_free(&path);
	return file;
}

/* ---- answering ---- */

/* Whether the argument is as the form wants it; else 501 was said. */
static bool argument_fits(struct ftp_session *s, const struct command *command, const struct entry *row,
                          struct slice argument)
{
	struct slice form = slice_of(row->syntax);
	form = slice_trim(slice_part(form, slice_of(row->word).n, form.n));
	if (form.n == 0 && argument.n && !(command->flags & PASSES_OVER)) {
		ftp_error(s, HINT_SYNTAX, "501 %s takes no argument", row->word);
		return false;
	}
	if (form.n && form.p[0] != '[' && argument.n == 0 && !(command->flags & BARE)) {
		visit_say(s->visit, "501 An argument is missing: %s", row->syntax);
		return false;
	}
	return true;
}

/* Whether the session is so far; else 530 was said. */
static bool state_fits(struct ftp_session *s, const struct command *command, const struct entry *row)
{
	if (s->login == LOGIN_DONE || command->flags & GUESSED || row->states & STATE(FTP_CONNECTED))
		return true;
	visit_say(s->visit, "530 Not logged in: %s",
	          s->login == LOGIN_NAMED ? "PASS comes next" : "USER and PASS come first");
	return false;
}

/* What must follow at once, and does not, is forgotten (RFC 959 4.1.3, RFC 3659 5.3). */
static void forget_sequence(struct ftp_session *s, const struct command *command)
{
	if (command == NULL || command->answer != ftp_rnto)
		buffer_free(&s->renamed);
	if (command == NULL || !(command->flags & KEEPS_RESTART))
		s->restart = 0;
}

static void unknown(struct ftp_session *s)
{
	struct buffer verb = { 0 };
	visit_clean(&verb, s->verb);
	if (ftp_row(s->verb))
		visit_say(s->visit, "502 " SLICE_FMT " is not implemented here: HELP lists what is",
		          SLICE_ARG(buffer_slice(&verb)));
	else if (verb.n)
		ftp_error(s, HINT_UNKNOWN, "500 " SLICE_FMT ": no such command", SLICE_ARG(buffer_slice(&verb)));
	else
		ftp_error(s, HINT_UNKNOWN, "500 A command must stand at the line's beginning");
	buffer_free(&verb);
}

static void answer(struct ftp_session *s, struct slice verb, struct slice argument)
{
	const struct command *command = command_of(verb);
	const struct entry *row = command ? ftp_row(verb) : NULL;
	s->verb = row ? slice_of(row->word) : verb;
	forget_sequence(s, command);
	if (row == NULL)
		unknown(s);
	else if (state_fits(s, command, row) && argument_fits(s, command, row, argument))
		command->answer(s, argument);
	if (command && command->flags & USES_RESTART)
		s->restart = 0;
	s->verb = SLICE("");
}

/* Takes a line, without its Telnet commands, apart: its verb, and what stands behind one space (further ones belong to it:
 * RFC 2640 3.1). */
static struct slice split(struct slice line, struct slice *argument)
{
	size_t end = slice_find_octet(line, ' ');
	*argument = slice_part(line, end + 1, line.n);
	return slice_part(line, 0, end);
}

void ftp_go_on(struct ftp_session *s)
{
	if (s->going) /* a transfer that ends where it begins comes back to here */
		return;
	s->going = true;
	while (s->waiting.n && !ftp_occupied(s) && !s->over) {
		struct slice line = slice_part(buffer_slice(&s->waiting), 0,
		                               slice_find_octet(buffer_slice(&s->waiting), '\n'));
		struct buffer copy = { 0 };
		struct slice argument;
		buffer_add_slice(&copy, line);
		buffer_drop(&s->waiting, line.n + 1);
		struct slice verb = split(buffer_slice(&copy), &argument);
		answer(s, verb, argument);
		buffer_wipe(&copy); /* it may have been a password */
	}
	s->going = false;
}

/* A line that came during a transfer. */
static void wait_or_watch(struct ftp_session *s, struct slice line)
{
	struct slice argument, verb = split(line, &argument);
	if (slice_equal_nocase(verb, SLICE("STAT")) && argument.n == 0 && s->waiting.n == 0) {
		answer(s, verb, argument);
		return;
	}
	if (s->waiting.n + line.n >= WAITING_MAX) {
		visit_say(s->visit, "421 Too many commands during a transfer, closing control connection");
		s->over = true;
		ftp_forget_transfer(s);
		visit_hang_up(s->visit);
		return;
	}
	buffer_add_slice(&s->waiting, line);
	buffer_add_octet(&s->waiting, '\n');
	if (slice_equal_nocase(verb, SLICE("ABOR")) && argument.n == 0)
		ftp_abort(s);
}

/* ---- the conduct ---- */

void ftp_begin_anew(struct ftp_session *s)
{
	ftp_drop_data(s);
	buffer_free(&s->name);
	buffer_free(&s->renamed);
	buffer_clear(&s->folder);
	buffer_add_octet(&s->folder, '/');
	s->login = LOGIN_NONE;
	s->files = NULL;
	s->facts = FTP_FACTS_ALL;
	s->restart = 0;
	s->anonymous = s->image = s->buffered = s->private = s->cleared = s->passive_only = false;
}

static void *begin(struct visit *visit)
{
	struct ftp_session *s = memory_zeroed(1, sizeof *s);
	s->visit = visit;
	ftp_begin_anew(s);
	return s;
}

static void greet(void *state)
{
	const struct ftp_session *s = state;
	visit_say(s->visit, "220 FTP server ready (parlance lab)");
}

/* The line without a CR too many at its end, and without octets of Telnet commands at its front whose IAC was lost: clients send some
 * of them as urgent, and each octet by itself. */
static struct slice trim_line(struct slice line)
{
	size_t start = 0;
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (start < line.n && (unsigned char)line.p[start] >= 0xF0)
		start++;
	return slice_part(line, start, line.n);
}

static void command(void *state, const struct visit_line *line)
{
	struct ftp_session *s = state;
	struct buffer text = { 0 };
	struct slice argument;
	if (s->over || line->event->line_end.n == 0) /* cut by the close: who knows what it would have been */
		return;
	if (line->too_long) {
		visit_say(s->visit, "500 Line too long");
		return;
	}
	refuse_options(s, line->text);
	ftp_telnet_strip(&text, line->text);
	struct slice whole = trim_line(buffer_slice(&text));
	if (ftp_occupied(s)) {
		wait_or_watch(s, whole);
	} else {
		struct slice verb = split(whole, &argument);
		answer(s, verb, argument);
	}
	buffer_wipe(&text);
}

static void secured(void *state)
{
	struct ftp_session *s = state;
	buffer_free(&s->waiting);
	ftp_begin_anew(s);
	s->private = s->protected_at_once;
	s->protected_at_once = false;
}

/* Whether the client has said goodbye already, though a transfer is still under way. */
static bool goodbye_waits(const struct ftp_session *s)
{
	struct slice rest = buffer_slice(&s->waiting);
	while (rest.n)
		if (slice_equal_nocase(slice_row(&rest), SLICE("QUIT")))
			return true;
	return false;
}

/* Without a goodbye it is taken for ABOR and QUIT (RFC 959 4.1.1): a file that was only half stored is not kept. */
static void left(void *state)
{
	struct ftp_session *s = state;
	if (s->over || (ftp_occupied(s) && goodbye_waits(s)))
		return;
	s->over = true;
	if (s->transfer.way != WAY_NONE)
		ftp_abort(s);
	visit_hang_up(s->visit);
}

static void end(void *state)
{
	struct ftp_session *s = state;
	ftp_forget_transfer(s);
	ftp_drop_data(s);
	if (s->patience)
		event_free(s->patience);
	if (s->settled)
		event_free(s->settled);
	buffer_free(&s->name);
	buffer_free(&s->folder);
	buffer_free(&s->renamed);
	buffer_free(&s->host);
	buffer_free(&s->reply);
	buffer_wipe(&s->waiting);
	free(s);
}

const struct conduct ftp_conduct = {
	.begin = begin,
	.greet = greet,
	.command = command,
	.secured = secured,
	.more = say_piece,
	.left = left,
	.end = end,
	.farewell = "421 Service not available, closing control connection\r\n",
};
