/*
 * Names of a Maildir: of folders, and of messages.
 *
 *     1727776804.5.lab,U=5,Z=120:2,FSa
 *
 * is received 1727776804 seconds after 1970, has the UID 5 (as mbsync writes it too), came in a zone of 120 minutes, is
 * flagged and seen and has the mailbox's first keyword.
 */
#include <stdlib.h>
#include <string.h>

#include "store/maildir_inside.h"

/* ---- folders ---- */

/* Levels are parted by dots there, and so a dot of a name is escaped. */
void folder_of(struct buffer *out, struct slice name)
{
	if (slice_equal(name, SLICE("INBOX")))
		return;
	buffer_add_octet(out, '.');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (c == '.' || c == '%')
			buffer_printf(out, "%%%02X", (unsigned)c);
		else
			buffer_add_octet(out, c == '/' ? '.' : c);
	}
}

bool folder_read(struct buffer *out, struct slice folder)
{
	for (size_t i = 1; i < folder.n; i++) {
		struct slice rest = slice_part(folder, i, i + 3);
		if (slice_equal(rest, SLICE("%2E")) || slice_equal(rest, SLICE("%25"))) {
			buffer_add_octet(out, rest.p[2] == '5' ? '%' : '.');
			i += 2;
		} else {
			buffer_add_octet(out, folder.p[i] == '.' ? '/' : folder.p[i]);
		}
	}
	/* What we would not have written so is no folder of ours: its mailbox would have another. */
	struct buffer back = { 0 };
	folder_of(&back, buffer_slice(out));
	bool same = slice_equal(buffer_slice(&back), folder);
	buffer_free(&back);
	return folder.n > 1 && same;
}

bool keep_name_fits(const struct user *user, struct slice name)
{
	struct buffer folder = { 0 };
	if (user->store->keep == NULL)
		return true;
	folder_of(&folder, name);
	bool fits = folder.n <= 250;
	buffer_free(&folder);
	return fits;
}

/* ---- messages ---- */

/* Maildir's letters of the system flags, in their order; and those of the keywords, which are the mailbox's own: as Dovecot
 * has them up to z, and then what no flag is. */
static const struct letter {
	char letter;
	uint64_t flag;
} letters[] = {
	{ 'D', MAIL_DRAFT }, { 'F', MAIL_FLAGGED }, { 'R', MAIL_ANSWERED }, { 'S', MAIL_SEEN }, { 'T', MAIL_DELETED },
};
static const char keyword_letters[] = "abcdefghijklmnopqrstuvwxyzABCEGHIJKLMNOQUVWXYZ0123456789";
_Static_assert(sizeof keyword_letters - 1 == KEYWORDS_MAX, "a letter for each keyword");

void file_of(struct buffer *out, const struct mail *mail)
{
	bool fresh = mail->recent && !mail->flags;
	buffer_printf(out, "%s/%lld.%lu.lab,U=%lu,Z=%d", fresh ? "new" : "cur", (long long)mail->received,
	              (unsigned long)mail->uid, (unsigned long)mail->uid, mail->zone);
	if (fresh)
		return;
	buffer_add_string(out, ":2,");
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (mail->flags & letters[i].flag)
			buffer_add_octet(out, letters[i].letter);
	for (size_t i = 0; i < KEYWORDS_MAX; i++)
		if (mail->flags & UINT64_C(1) << (MAIL_KEYWORDS + i))
			buffer_add_octet(out, keyword_letters[i]);
}

static uint64_t flag_of(char letter)
{
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (letters[i].letter == letter)
			return letters[i].flag;
	const char *keyword = letter ? strchr(keyword_letters, letter) : NULL;
	return keyword != NULL ? UINT64_C(1) << (MAIL_KEYWORDS + (keyword - keyword_letters)) : 0;
}

/* The number behind `key` in a name, which may be negative; false where there is none. */
static bool number_in(struct slice name, struct slice key, int64_t *number)
{
	uint64_t value;
	size_t at = slice_find(name, key) + key.n, end;
	bool minus = at < name.n && name.p[at] == '-';
	at += minus;
	for (end = at; end < name.n && octet_is_digit(name.p[end]);)
		end++;
	if (at >= name.n || !slice_number(slice_part(name, at, end), &value) || value > INT64_MAX)
		return false;
	*number = minus ? -(int64_t)value : (int64_t)value;
	return true;
}

void file_read(struct slice name, struct mail *mail)
{
	int64_t uid, zone, received;
	size_t end = slice_find(name, SLICE(":2,"));
	struct slice base = slice_part(name, 0, end);
	for (size_t i = end + 3; i < name.n; i++)
		mail->flags |= flag_of(name.p[i]);
	if (!number_in(base, SLICE(",U="), &uid) || uid <= 0 || uid >= UINT32_MAX - MAILS_MAX)
		return;
	mail->uid = (uint32_t)uid;
	if (!number_in(base, SLICE(",Z="), &zone) || zone <= -24 * 60 || zone >= 24 * 60)
		return;
	mail->zone = (int)zone;
	if (number_in(base, SLICE(""), &received))
		mail->received = received;
}
