/*
 * What the program ftp shows: its prompts and its own words, the server's replies, and with `-d` what it sends (`---> USER bob`).
 * Without that only the server's half stands there: the commands that people type are the program's, not the protocol's.
 */
#include "script/import_forms.h"

#include <string.h>

/* `drwxr-xr-x    2 ftp ftp 4096 …`: of a listing. */
static bool is_listed(struct slice line)
{
	static const char marks[] = "-rwxsStT";
	if (line.n < 11 || strchr("-dlbcps", line.p[0]) == NULL || line.p[0] == '\0')
		return false;
	for (size_t i = 1; i < 10; i++)
		if (slice_find_octet(SLICE(marks), line.p[i]) == sizeof marks - 1)
			return false;
	return true;
}

/* `ftp 192.0.2.1`, behind a shell's prompt or at the line's front. */
static bool starts_ftp(struct slice line)
{
	struct slice rest = line, word = slice_word(&rest), before = { "$", 1 };
	for (unsigned i = 0; i < 3 && !slice_equal(word, SLICE("ftp")); i++) {
		before = word;
		word = slice_word(&rest);
	}
	if (!slice_equal(word, SLICE("ftp")) || before.n == 0 || strchr("$#%>", before.p[before.n - 1]) == NULL)
		return false;
	struct slice host = { 0 };
	for (struct slice one; (one = slice_word(&rest)).n;)
		host = one;
	return slice_find_octet(host, '.') + 1 < host.n || slice_equal(host, SLICE("localhost"));
}

static unsigned likes(struct slice line, bool first)
{
	static const char *const own[] = {
		"ftp>", "ftp >", "Remote system type is ", "Using binary mode to transfer", "---> USER ", NULL
	};
	(void)first;
	line = slice_trim(line);
	if (line_starts(line, "Name (", NULL))
		return slice_find(line, SLICE("):")) < line.n ? 2 : 0;
	if (line_starts_any(line, own))
		return 2;
	return line_starts(line, "Connected to ", NULL) || starts_ftp(line);
}

bool ftp_goes_on(struct slice line)
{
	line = slice_trim(line);
	return line_is_code(line) || is_listed(line) || line_starts(line, "---> ", NULL);
}

/* Whether the reply under way has more lines: `230-Welcome` up to `230 `. */
static bool has_more(struct slice line, struct slice code)
{
	return !line_is_code(line) || !slice_equal(slice_part(line, 0, 3), code) || (line.n > 3 && line.p[3] == '-');
}

static enum status read(struct draft *d, struct slice text)
{
	struct slice line, end, rest, code = { 0 };
	draft_protocol(d, "ftp");
	while (draft_line(d, &text, &line, &end)) {
		line = slice_trim(line);
		bool own = line_starts(line, "ftp>", NULL) || line_starts(line, "---> ", NULL);
		if (code.n && !own) {
			draft_said(d, SIDE_SERVER, line, SLICE("\r\n"));
			code = has_more(line, code) ? code : (struct slice){ 0 };
		} else if (line_is_code(line)) {
			draft_said(d, SIDE_SERVER, line, SLICE("\r\n"));
			code = slice_part(line, 0, line.n > 3 && line.p[3] == '-' ? 3 : 0);
		} else if (line_starts(line, "---> ", &rest)) {
			draft_said(d, SIDE_CLIENT, slice_trim(rest), SLICE("\r\n"));
		} else if (line.n) {
			if (d->said && (line_starts(line, "Connected to ", NULL) || starts_ftp(line))) {
				draft_next(d);
				draft_protocol(d, "ftp");
			}
			draft_comment_text(d, line);
		}
	}
	return STATUS_OK;
}

const struct import_form import_ftp = { "ftp", "what the program ftp shows", likes, read };
