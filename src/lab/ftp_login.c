/*
 * Who the client is, and how what it says is protected: USER PASS ACCT REIN QUIT (RFC 959 4.1.1), AUTH PBSZ PROT CCC (RFC 2228 3,
 * RFC 4217).
 */
#include "lab/ftp_inside.h"

/* After so many wrong passwords the server hangs up (RFC 2577 5). */
#define WRONG_MAX 5

/* ---- login ---- */

/* By these names anybody may read (RFC 1635). */
static bool names_anybody(struct slice name)
{
	return slice_equal_nocase(name, SLICE("anonymous")) || slice_equal_nocase(name, SLICE("ftp"));
}

/* Whether the name is known is not told (RFC 2577 7). A user who is logged in may be changed; the settings stay (RFC 959 4.1.1). */
void ftp_user(struct ftp_session *s, struct slice argument)
{
	buffer_clear(&s->name);
	buffer_add_slice(&s->name, slice_trim(argument));
	s->login = LOGIN_NAMED;
	s->files = NULL;
	s->anonymous = names_anybody(buffer_slice(&s->name)) &&
	               store_user(visit_store(s->visit), buffer_slice(&s->name)) == NULL;
	if (s->anonymous)
		visit_say(s->visit, "331 Anybody may read here: send your mail address as the password");
	else
		visit_say(s->visit, "331 Username OK, password required");
}

static void log_in(struct ftp_session *s, struct files *files)
{
	s->files = files;
	s->login = LOGIN_DONE;
	s->wrong = 0;
	buffer_clear(&s->folder);
	buffer_add_octet(&s->folder, '/');
	visit_say(s->visit, "230 Logged in%s", s->anonymous ? ": you may read, and not write" : "");
}

static void refuse_login(struct ftp_session *s)
{
	s->login = LOGIN_NONE;
	if (++s->wrong < WRONG_MAX) {
		visit_say(s->visit, "530 Login incorrect: USER begins it anew");
		return;
	}
	visit_say(s->visit, "421 Too many wrong passwords, closing control connection");
	s->over = true;
	visit_hang_up(s->visit);
}

void ftp_pass(struct ftp_session *s, struct slice argument)
{
	struct store *store = visit_store(s->visit);
	if (s->login != LOGIN_NAMED) {
		visit_say(s->visit, "503 %s",
		          s->login == LOGIN_DONE ? "You are logged in already" : "USER comes first");
		return;
	}
	if (s->anonymous) {
		log_in(s, store_site(store));
		return;
	}
	struct user *user = store_user(store, buffer_slice(&s->name));
	if (user && user_password(user, argument))
		log_in(s, user->files);
	else
		refuse_login(s);
}

void ftp_acct(struct ftp_session *s, struct slice argument)
{
	if (s->login != LOGIN_DONE)
		ftp_error(s, HINT_NOT_NOW, "503 USER and PASS come first");
	else if (argument.n == 0)
		visit_say(s->visit, "501 An argument is missing: ACCT account");
	else
		visit_say(s->visit, "202 No account is needed here");
}

void ftp_rein(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	ftp_begin_anew(s);
	visit_say(s->visit, "220 Service ready for new user");
}

void ftp_quit(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	s->over = true;
	visit_say(s->visit, "221 Goodbye");
	visit_hang_up(s->visit);
}

/* ---- protection ---- */

/* All names are TLS; by the older ones SSL and TLS-P data connections are protected at once (early drafts of RFC 4217). */
void ftp_auth(struct ftp_session *s, struct slice argument)
{
	struct slice name = slice_trim(argument);
	bool tls = slice_equal_nocase(name, SLICE("TLS")) || slice_equal_nocase(name, SLICE("TLS-C"));
	bool both = slice_equal_nocase(name, SLICE("SSL")) || slice_equal_nocase(name, SLICE("TLS-P"));
	if (!tls && !both)
		ftp_error(s, HINT_SYNTAX, "504 There is only AUTH TLS here");
	else if (visit_tls(s->visit) == NULL)
		visit_say(s->visit, "431 TLS is not available now");
	else if (visit_secure(s->visit))
		ftp_error(s, HINT_NOT_NOW, "534 TLS is on already");
	else if (s->waiting.n) /* it came in the clear, and would be read as if it had come under TLS */
		ftp_error(s, HINT_NOT_NOW, "503 No command may stand behind AUTH before TLS has begun");
	else {
		s->protected_at_once = both;
		visit_say(s->visit, "234 Proceed with the TLS handshake");
	}
}

void ftp_pbsz(struct ftp_session *s, struct slice argument)
{
	uint64_t size;
	if (!visit_secure(s->visit) && !s->cleared) {
		ftp_error(s, HINT_NOT_NOW, "503 AUTH TLS comes first");
	} else if (s->cleared) {
		ftp_error(s, HINT_NOT_NOW, "503 After CCC the protection stays as it is");
	} else if (!slice_number(slice_trim(argument), &size) || size > UINT32_MAX) {
		ftp_error(s, HINT_SYNTAX, "501 The size is a number of octets, and 0 under TLS");
	} else {
		s->buffered = true;
		visit_say(s->visit, "200 PBSZ=0");
	}
}

void ftp_prot(struct ftp_session *s, struct slice argument)
{
	struct slice word = slice_trim(argument);
	char level = word.n == 1 ? octet_upper(word.p[0]) : 0;
	if (s->cleared) {
		ftp_error(s, HINT_NOT_NOW, "503 After CCC the protection stays as it is");
	} else if (!s->buffered) {
		ftp_error(s, HINT_NOT_NOW, "503 PBSZ 0 comes first%s",
		          visit_secure(s->visit) ? "" : ", and AUTH TLS before it");
	} else if (level == 'C' || level == 'P') {
		s->private = level == 'P';
		visit_say(s->visit, "200 Data connections are %s", s->private ? "private: under TLS" : "in the clear");
	} else if (level == 'S' || level == 'E') {
		visit_say(s->visit, "536 TLS has only the levels C and P");
	} else {
		ftp_error(s, HINT_SYNTAX, "504 The levels are C and P");
	}
}

void ftp_ccc(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	if (!visit_secure(s->visit)) {
		ftp_error(s, HINT_NOT_NOW, "533 The control connection is in the clear");
		return;
	}
	s->cleared = true;
	visit_say(s->visit, "200 The control connection goes on in the clear");
}
