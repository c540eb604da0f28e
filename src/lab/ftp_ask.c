/*
 * What the server tells of itself: SYST STAT HELP SITE NOOP (RFC 959 4.1.3), FEAT and OPTS (RFC 2389).
 */
#include "lab/ftp_inside.h"
#include "protocol/ftp.h"
#include "protocol/protocol.h"

/* So many commands stand in a row of HELP. */
#define ROW 8

void ftp_syst(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	visit_say(s->visit, "215 UNIX Type: L8");
}

void ftp_noop(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	visit_say(s->visit, "200 I am here");
}

/* ---- STAT ---- */

static void add_who(const struct ftp_session *s, struct buffer *reply)
{
	struct buffer name = { 0 };
	visit_clean(&name, buffer_slice(&s->name));
	if (s->login == LOGIN_DONE)
		buffer_printf(reply, " Logged in as " SLICE_FMT "\r\n", SLICE_ARG(buffer_slice(&name)));
	else
		buffer_add_string(reply, " Not logged in\r\n");
	buffer_free(&name);
}

static void add_data(const struct ftp_session *s, struct buffer *reply)
{
	const struct ftp_transfer *transfer = &s->transfer;
	if (transfer->way != WAY_NONE) {
		uint64_t octets = s->data == NULL             ? 0
		                  : transfer->way == WAY_SEND ? data_sent(s->data)
		                                              : data_received(s->data);
		buffer_printf(reply, " A transfer is under way: %llu octet%s %s so far\r\n", (unsigned long long)octets,
		              octets == 1 ? "" : "s", transfer->way == WAY_SEND ? "sent" : "received");
	} else if (s->route == ROUTE_PASSIVE && s->data) {
		buffer_printf(reply, " No transfer; the server listens at port %u\r\n", data_port(s->data));
	} else if (s->route == ROUTE_ACTIVE) {
		buffer_printf(reply, " No transfer; the next goes to port %u\r\n", s->port);
	} else {
		buffer_add_string(reply, " No transfer, and no data connection\r\n");
	}
}

static void say_status(struct ftp_session *s)
{
	struct buffer reply = { 0 };
	buffer_add_string(&reply, "211-FTP server of the parlance lab\r\n");
	buffer_printf(&reply, " Connected to %s, %s\r\n", visit_peer_host(s->visit),
	              visit_secure(s->visit) ? "under TLS" : "in the clear");
	add_who(s, &reply);
	buffer_printf(&reply, " TYPE: %s; STRU: F; MODE: S; PROT: %c\r\n", s->image ? "I" : "A N",
	              s->private ? 'P' : 'C');
	add_data(s, &reply);
	buffer_add_string(&reply, "211 End of status\r\n");
	ftp_say_long(s, &reply);
}

/* With a path it is a listing that needs no data connection. */
static void say_listing(struct ftp_session *s, struct slice argument)
{
	struct buffer lines = { 0 }, reply = { 0 };
	const struct file *file = ftp_find(s, argument);
	const char *code = file && !file->folder ? "213" : "212";
	if (ftp_list(s, argument, true, &lines)) {
		buffer_printf(&reply, "%s-Listing\r\n", code);
		ftp_add_path(&reply, buffer_slice(&lines), false);
		buffer_printf(&reply, "%s End\r\n", code);
		ftp_say_long(s, &reply);
	} else {
		visit_say(s->visit, "450 No such file or directory");
	}
	buffer_free(&lines);
}

void ftp_stat(struct ftp_session *s, struct slice argument)
{
	if (argument.n == 0)
		say_status(s);
	else if (s->login != LOGIN_DONE)
		visit_say(s->visit, "530 Not logged in: USER and PASS come first");
	else
		say_listing(s, argument);
}

/* ---- HELP and SITE ---- */

static void say_commands(struct ftp_session *s)
{
	const struct table *table = protocol_table(&protocol_ftp, TABLE_COMMANDS);
	struct buffer reply = { 0 };
	size_t n = 0;
	buffer_add_string(&reply, "214-These commands are implemented; HELP with one of them tells about it\r\n");
	for (size_t i = 0; i < table->n; i++) {
		if (!ftp_has(slice_of(table->rows[i].word)))
			continue;
		buffer_printf(&reply, "%s %4s", n && n % ROW == 0 ? "\r\n" : "", table->rows[i].word);
		n++;
	}
	buffer_add_string(&reply, "\r\n214 End of help\r\n");
	ftp_say_long(s, &reply);
}

/* The commands behind SITE, or one of them. */
static void say_site_commands(struct ftp_session *s, struct slice word)
{
	if (word.n == 0)
		visit_send(s->visit, SLICE("214-These commands may stand behind SITE\r\n"
		                           " CHMOD mode path: takes a mode, which means nothing here\r\n"
		                           " HELP: this list\r\n"
		                           "214 End of help\r\n"));
	else if (slice_equal_nocase(word, SLICE("CHMOD")))
		visit_say(s->visit, "214 SITE CHMOD mode path: takes a mode, as 644, which means nothing here");
	else if (slice_equal_nocase(word, SLICE("HELP")))
		visit_say(s->visit, "214 SITE HELP [command]: lists the commands behind SITE");
	else
		visit_say(s->visit, "501 That is no command behind SITE: SITE HELP lists them");
}

void ftp_help(struct ftp_session *s, struct slice argument)
{
	struct slice rest = argument, word = slice_word(&rest);
	const struct entry *row = ftp_row(word);
	if (word.n == 0)
		say_commands(s);
	else if (slice_equal_nocase(word, SLICE("SITE")))
		say_site_commands(s, slice_trim(rest));
	else if (row && ftp_has(word))
		visit_say(s->visit, "214 %s: %s (%s)", row->syntax, row->note, row->ref);
	else
		visit_say(s->visit, "50%c That command is not implemented here: HELP alone lists those that are",
		          row ? '2' : '1');
}

/* A mode as Unix has it, in octal. */
static bool is_mode(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '7')
			return false;
	return word.n >= 3 && word.n <= 4;
}

/* Files have no modes here, so nothing is done: 202, which clients take for done. */
static void site_chmod(struct ftp_session *s, struct slice argument)
{
	size_t end = slice_find_octet(argument, ' ');
	struct slice mode = slice_part(argument, 0, end), name = slice_part(argument, end + 1, argument.n);
	if (!is_mode(mode) || name.n == 0)
		ftp_error(s, HINT_SYNTAX, "501 A mode, as 644, and a path stand here");
	else if (s->login != LOGIN_DONE)
		visit_say(s->visit, "530 Not logged in: USER and PASS come first");
	else if (ftp_find(s, name) == NULL)
		visit_say(s->visit, "550 No such file or directory");
	else if (s->anonymous)
		visit_say(s->visit, "550 You may read here, and not write");
	else
		visit_say(s->visit, "202 Files have no modes here: nothing was done");
}

void ftp_site(struct ftp_session *s, struct slice argument)
{
	size_t end = slice_find_octet(argument, ' ');
	struct slice word = slice_part(argument, 0, end);
	if (slice_equal_nocase(word, SLICE("HELP")))
		say_site_commands(s, slice_trim(slice_part(argument, end + 1, argument.n)));
	else if (slice_equal_nocase(word, SLICE("CHMOD")))
		site_chmod(s, slice_part(argument, end + 1, argument.n));
	else
		ftp_error(s, HINT_SYNTAX, "500 That is no command behind SITE: SITE HELP lists them");
}

/* ---- FEAT and OPTS ---- */

/* The facts that are shown; for FEAT all, those with a star (RFC 3659 7.8). */
static void add_facts(const struct ftp_session *s, bool all, struct buffer *out)
{
	for (size_t i = 0; ftp_fact_names[i]; i++) {
		bool shown = s->facts & 1U << i;
		if (all || shown)
			buffer_printf(out, "%s%s;", ftp_fact_names[i], all && shown ? "*" : "");
	}
}

void ftp_feat(struct ftp_session *s, struct slice argument)
{
	struct buffer reply = { 0 };
	(void)argument;
	buffer_add_string(&reply, "211-Extensions supported\r\n");
	if (visit_tls(s->visit))
		buffer_add_string(&reply, " AUTH TLS\r\n CCC\r\n");
	buffer_add_string(&reply, " EPRT\r\n EPSV\r\n MDTM\r\n MFMT\r\n MLST ");
	add_facts(s, true, &reply);
	buffer_add_string(&reply, "\r\n");
	if (visit_tls(s->visit))
		buffer_add_string(&reply, " PBSZ\r\n PROT\r\n");
	buffer_add_string(&reply, " REST STREAM\r\n SIZE\r\n TVFS\r\n UTF8\r\n211 End\r\n");
	visit_send(s->visit, buffer_slice(&reply));
	buffer_free(&reply);
}

/* The bit of a fact's name; 0 where there is none. */
static unsigned fact_bit(struct slice name)
{
	for (size_t i = 0; ftp_fact_names[i]; i++)
		if (slice_equal_nocase(name, slice_of(ftp_fact_names[i])))
			return 1U << i;
	return 0;
}

/* Facts that are unknown are left out; a list of another form changes nothing (RFC 3659 7.9). */
static void options_mlst(struct ftp_session *s, struct slice list)
{
	unsigned facts = 0;
	bool wrong = slice_find_octet(list, ' ') < list.n;
	while (list.n && !wrong) {
		size_t end = slice_find_octet(list, ';');
		wrong = end == 0 || end == list.n;
		facts |= fact_bit(slice_part(list, 0, end));
		list = slice_part(list, end + 1, list.n);
	}
	if (wrong) {
		ftp_error(s, HINT_SYNTAX, "501 Invalid MLST options: names stand there, and a semicolon behind each");
		return;
	}
	struct buffer shown = { 0 };
	s->facts = facts;
	add_facts(s, false, &shown);
	visit_say(s->visit, "200 MLST OPTS%s" SLICE_FMT, shown.n ? " " : "", SLICE_ARG(buffer_slice(&shown)));
	buffer_free(&shown);
}

void ftp_opts(struct ftp_session *s, struct slice argument)
{
	size_t end = slice_find_octet(argument, ' ');
	struct slice word = slice_part(argument, 0, end), options = slice_part(argument, end + 1, argument.n);
	bool utf8 = slice_equal_nocase(word, SLICE("UTF8")) || slice_equal_nocase(word, SLICE("UTF-8"));
	if (slice_equal_nocase(word, SLICE("MLST")))
		options_mlst(s, options);
	else if (utf8 && slice_equal_nocase(options, SLICE("ON")))
		visit_say(s->visit, "200 Paths are in UTF-8, always");
	else if (utf8)
		ftp_error(s, HINT_SYNTAX, "501 Paths are in UTF-8, always: there is only OPTS UTF8 ON");
	else
		ftp_error(s, HINT_SYNTAX, "501 Only MLST and UTF8 have options here");
}
