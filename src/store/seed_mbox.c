/*
 * Mail of an mbox file (--mbox). Both customs of quoting are undone: `>From ` (mboxo) and `>>From ` (mboxrd).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "store/mime.h"
#include "store/seed_inside.h"
#include "protocol/imap_syntax.h"
#include "script/import_mbox.h"

/* Of the file. */
#define MBOX_MOST ((size_t)256 << 20)

static enum status failed(struct error *error, const char *file, const char *why)
{
	struct buffer name = { 0 };
	escape_text(&name, slice_of(file));
	enum status status = error_set(error, STATUS_USAGE, SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&name)), why);
	buffer_free(&name);
	return status;
}

static enum status read_file(const char *file, struct buffer *octets, struct error *error)
{
	FILE *in = fopen(file, "rb");
	if (in == NULL)
		return failed(error, file, strerror(errno));
	char piece[65536];
	size_t n;
	while (octets->n <= MBOX_MOST && (n = fread(piece, 1, sizeof piece, in)) > 0)
		buffer_add(octets, piece, n);
	int cause = ferror(in) ? errno : 0;
	(void)fclose(in);
	if (cause)
		return failed(error, file, strerror(cause));
	if (octets->n > MBOX_MOST)
		return failed(error, file, "the lab holds 256 MiB of mail, and this is more: give a part of it");
	if (!slice_starts(buffer_slice(octets), SLICE("From ")))
		return failed(error, file, "not an mbox file: its first line does not begin with `From `");
	return STATUS_OK;
}

/* Appends a message without what the file added: a `>` before each `>*From `, and the empty line before the next one. */
static void add_unquoted(struct buffer *out, struct slice text)
{
	while (text.n) {
		struct slice line = slice_line(&text);
		size_t n = 0;
		while (n < line.n && line.p[n] == '>')
			n++;
		bool quoted = n && slice_starts(slice_part(line, n, line.n), SLICE("From "));
		if (text.n || !slice_equal(line, SLICE("\r\n")))
			buffer_add_slice(out, slice_part(line, quoted, line.n));
	}
}

/* What mail programs note in the header: Status and X-Status, a letter for each flag. */
static uint64_t flags_of(struct slice text)
{
	static const struct letter {
		const char *field;
		char letter;
		uint64_t flag;
	} letters[] = {
		{ "Status", 'R', MAIL_SEEN },      { "X-Status", 'A', MAIL_ANSWERED },
		{ "X-Status", 'D', MAIL_DELETED }, { "X-Status", 'F', MAIL_FLAGGED },
		{ "X-Status", 'T', MAIL_DRAFT },
	};
	uint64_t flags = 0;
	size_t end = slice_find(text, SLICE("\r\n\r\n"));
	struct slice header = slice_part(text, 0, end + 2);
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
		struct mime_field field;
		if (mime_field(header, slice_of(letters[i].field), &field) &&
		    slice_find_octet(field.value, letters[i].letter) < field.value.n)
			flags |= letters[i].flag;
	}
	return flags;
}

static enum status add_message(const char *file, struct mailbox *mailbox, struct slice text, struct slice date,
                               struct error *error)
{
	struct mail like = { .recent = true, .flags = flags_of(text) };
	if (text.n > MESSAGE_MAX)
		return failed(error, file, "a message has more than the 34 MiB that the lab takes: leave it out");
	if (mailbox->nmails >= MAILS_MAX)
		return failed(error, file,
		              "the lab holds 500,000 messages in a mailbox, and these are more: give a part");
	/* `22-Feb-2008 17:06:23 +0100`, as the reader gives it. What is no date is the beginning of 1970. */
	(void)imap_date_time(date, &like.received, &like.zone);
	like.message = message_new(text);
	mailbox_put(mailbox, &like);
	message_release(like.message);
	return STATUS_OK;
}

enum status mbox_read(const char *file, struct mailbox *mailbox, struct error *error)
{
	struct buffer octets = { 0 }, quoted = { 0 }, text = { 0 }, date = { 0 };
	enum status status = read_file(file, &octets, error);
	struct slice rest = buffer_slice(&octets);
	while (status == STATUS_OK && mbox_next(&rest, &quoted, &date)) {
		add_unquoted(&text, buffer_slice(&quoted));
		status = add_message(file, mailbox, buffer_slice(&text), buffer_slice(&date), error);
		buffer_clear(&quoted);
		buffer_clear(&text);
		buffer_clear(&date);
	}
	buffer_free(&octets);
	buffer_free(&quoted);
	buffer_free(&text);
	buffer_free(&date);
	return status;
}
