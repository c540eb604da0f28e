/*
 * What IMAP's servers say of strings, dates and flags.
 */
#include "base/calendar.h"
#include "lab/imap_say.h"
#include "protocol/imap_syntax.h"

/* A quoted string has no limit of its own, but lines have readers. */
#define QUOTED_MAX 1000

/* TEXT-CHAR is any of ASCII but NUL, CR and LF. */
static bool can_be_quoted(struct slice string)
{
	for (size_t i = 0; i < string.n; i++) {
		unsigned char c = (unsigned char)string.p[i];
		if (c == 0 || c >= 0x80 || c == '\r' || c == '\n')
			return false;
	}
	return string.n <= QUOTED_MAX;
}

void imap_say_literal(struct buffer *out, size_t octets)
{
	buffer_printf(out, "{%zu}\r\n", octets);
}

void imap_say_string(struct buffer *out, struct slice string)
{
	bool quoted = can_be_quoted(string);
	if (!quoted) {
		imap_say_literal(out, string.n);
		for (size_t i = 0; i < string.n; i++)
			buffer_add_octet(out, string.p[i] ? string.p[i] : (char)0x80);
		return;
	}
	buffer_add_octet(out, '"');
	for (size_t i = 0; i < string.n; i++) {
		if (string.p[i] == '"' || string.p[i] == '\\')
			buffer_add_octet(out, '\\');
		buffer_add_octet(out, string.p[i]);
	}
	buffer_add_octet(out, '"');
}

void imap_say_nstring(struct buffer *out, struct slice string, bool present)
{
	if (present)
		imap_say_string(out, string);
	else
		buffer_add_string(out, "NIL");
}

void imap_say_astring(struct buffer *out, struct slice string)
{
	bool nil = slice_equal_nocase(string, SLICE("NIL")); /* which would be taken for no string */
	if (imap_atom_ok(string) && string.n <= QUOTED_MAX && !nil)
		buffer_add_slice(out, string);
	else
		imap_say_string(out, string);
}

void imap_say_date(struct buffer *out, int64_t seconds, int zone)
{
	struct calendar shown = calendar_at(seconds + (int64_t)zone * 60);
	if (shown.year < 0 || shown.year > 9999)
		shown = calendar_at(0);
	buffer_printf(out, "\"%2u-%s-%04d %02u:%02u:%02u ", shown.day, calendar_months[shown.month - 1],
	              (int)shown.year, shown.hour, shown.minute, shown.second);
	calendar_zone_write(out, zone);
	buffer_add_octet(out, '"');
}

static void add_flag(struct buffer *out, const char *flag)
{
	if (out->p[out->n - 1] != '(')
		buffer_add_octet(out, ' ');
	buffer_add_string(out, flag);
}

void imap_say_flags(struct buffer *out, const struct mailbox *mailbox, uint64_t flags, bool recent)
{
	static const struct {
		uint64_t flag;
		const char *name;
	} system[] = { { MAIL_ANSWERED, "\\Answered" },
		       { MAIL_FLAGGED, "\\Flagged" },
		       { MAIL_DELETED, "\\Deleted" },
		       { MAIL_SEEN, "\\Seen" },
		       { MAIL_DRAFT, "\\Draft" } };
	buffer_add_octet(out, '(');
	for (size_t i = 0; i < sizeof system / sizeof system[0]; i++)
		if (flags & system[i].flag)
			add_flag(out, system[i].name);
	for (unsigned i = 0; i < KEYWORDS_MAX && mailbox->keywords[i]; i++)
		if (flags >> (MAIL_KEYWORDS + i) & 1)
			add_flag(out, mailbox->keywords[i]);
	if (recent)
		add_flag(out, "\\Recent");
	buffer_add_octet(out, ')');
}
