/*
 * The commands that move data (RFC 959 4.1.3): what is to go, and what stands against it, before any data connection is made.
 */
#include "lab/ftp_inside.h"

/* ---- fetching ---- */

/* Whether REST fits, and where the transfer begins then; else 554 was said (RFC 1123 4.1.3.4). `between`: behind a CR that type A
 * has put there. */
static bool place(struct ftp_session *s, struct slice octets, size_t *at, bool *between)
{
	*at = 0;
	*between = false;
	if (s->image && s->restart <= octets.n)
		*at = (size_t)s->restart;
	else if (s->image || !ftp_lines_place(octets, s->restart, at, between)) {
		visit_say(s->visit, "554 The file is shorter than REST says");
		return false;
	}
	return true;
}

/* The file at that path; NULL where there is none that can be read, and 550 was said. */
static const struct file *readable(struct ftp_session *s, struct slice argument)
{
	const struct file *file = ftp_find(s, argument);
	if (file && !file->folder)
		return file;
	visit_say(s->visit, "550 %s", file ? "It is a directory: LIST shows what is in it" : "No such file");
	return NULL;
}

void ftp_retr(struct ftp_session *s, struct slice argument)
{
	const struct file *file = readable(s, argument);
	struct ftp_transfer *transfer = &s->transfer;
	if (file == NULL)
		return;
	struct slice octets = blob_octets(file->blob);
	if (!place(s, octets, &transfer->at, &transfer->after_return)) {
		*transfer = (struct ftp_transfer){ 0 };
		return;
	}
	uint64_t size = s->image ? octets.n : ftp_lines_octets(octets);
	buffer_printf(&transfer->about, " (%llu bytes)", (unsigned long long)(size - s->restart));
	if (file->blob)
		transfer->blob = blob_hold(file->blob);
	transfer->lines = !s->image;
	ftp_start(s, WAY_SEND);
}

/* A listing has CRLF line ends already, whatever the type is (RFC 1123 4.1.2.7, RFC 3659 7.2). */
static void send_listing(struct ftp_session *s, struct slice argument, bool details)
{
	if (ftp_list(s, argument, details, &s->transfer.text))
		ftp_start(s, WAY_SEND);
	else
		visit_say(s->visit, "450 No such file or directory");
}

void ftp_list_command(struct ftp_session *s, struct slice argument)
{
	send_listing(s, argument, true);
}

void ftp_nlst(struct ftp_session *s, struct slice argument)
{
	send_listing(s, argument, false);
}

void ftp_mlsd(struct ftp_session *s, struct slice argument)
{
	const struct file *folder = ftp_find(s, argument);
	if (folder == NULL) {
		visit_say(s->visit, "550 No such directory");
		return;
	}
	if (!folder->folder) {
		ftp_error(s, HINT_SYNTAX, "501 It is no directory: MLST tells about a file");
		return;
	}
	for (size_t i = 0; i < folder->ninside; i++) {
		ftp_facts_line(s, folder->inside[i], slice_of(folder->inside[i]->name), &s->transfer.text);
		buffer_add_string(&s->transfer.text, "\r\n");
	}
	ftp_start(s, WAY_SEND);
}

/* ---- storing ---- */

/* Whether a file may be stored there; else the reply was said. */
static bool storable(struct ftp_session *s, struct slice path, const struct file *there)
{
	enum files_fault fault = there && there->folder ? FILES_FOLDER : files_fits(s->files, path, 1);
	if (s->anonymous) {
		visit_say(s->visit, "553 You may read here, and not write");
		return false;
	}
	switch (fault) {
	case FILES_DONE:
		return true;
	case FILES_FULL:
		visit_say(s->visit, "452 Insufficient storage space: the file is not taken");
		return false;
	case FILES_FOLDER:
	case FILES_ROOT:
		visit_say(s->visit, "553 It is a directory");
		return false;
	case FILES_MISSING:
	case FILES_NO_FOLDER:
		visit_say(s->visit, "553 There is no such directory to store it in");
		return false;
	default:
		visit_say(s->visit, "553 That is no name for a file");
		return false;
	}
}

/* Receives a file at that path. `appends`: behind what is there, but with REST like STOR (RFC 3659 5.3). */
static void receive(struct ftp_session *s, struct slice path, bool appends)
{
	struct ftp_transfer *transfer = &s->transfer;
	const struct file *there = files_find(s->files, path);
	size_t at;
	if (!storable(s, path, there))
		return;
	struct slice old = there ? blob_octets(there->blob) : SLICE("");
	if (!place(s, old, &at, &transfer->after_return)) {
		*transfer = (struct ftp_transfer){ 0 };
		return;
	}
	if (s->restart == 0 && appends)
		at = old.n;
	transfer->kept = at;
	if (at > 0 && there->blob)
		transfer->blob = blob_hold(there->blob);
	buffer_add_slice(&transfer->path, path);
	transfer->lines = !s->image;
	ftp_start(s, WAY_RECEIVE);
}

static void store(struct ftp_session *s, struct slice argument, bool appends)
{
	struct buffer path = { 0 };
	if (ftp_resolve(s, argument, &path))
		receive(s, buffer_slice(&path), appends);
	else
		visit_say(s->visit, "553 That is no name for a file");
	buffer_free(&path);
}

void ftp_stor(struct ftp_session *s, struct slice argument)
{
	store(s, argument, false);
}

void ftp_appe(struct ftp_session *s, struct slice argument)
{
	store(s, argument, true);
}

/* In the current folder, under the first number that no file has (RFC 959 4.1.3): a tree has room for some thousand files. */
void ftp_stou(struct ftp_session *s, struct slice argument)
{
	struct buffer path = { 0 };
	unsigned n = 0;
	(void)argument;
	s->restart = 0; /* undefined with a name that is new (RFC 3659 5.3) */
	do {
		buffer_clear(&path);
		buffer_add_slice(&path, buffer_slice(&s->folder));
		buffer_printf(&path, "%sftp%05u", s->folder.n > 1 ? "/" : "", ++n);
	} while (files_find(s->files, buffer_slice(&path)));
	s->transfer.made_up = true;
	receive(s, buffer_slice(&path), false);
	if (s->transfer.way == WAY_NONE)
		s->transfer.made_up = false;
	buffer_free(&path);
}
