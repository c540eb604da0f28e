/*
 * The tree: CWD CDUP PWD MKD RMD DELE RNFR RNTO (RFC 959 4.1.3), SIZE MDTM MLST (RFC 3659), MFMT.
 */
#include "base/calendar.h"
#include "lab/ftp_inside.h"
#include "protocol/ftp_syntax.h"

/* Whether the user may write; else `code` was said. */
static bool may_write(struct ftp_session *s, const char *code)
{
	if (s->anonymous)
		visit_say(s->visit, "%s You may read here, and not write", code);
	return !s->anonymous;
}

static const char *fault_words(enum files_fault fault)
{
	switch (fault) {
	case FILES_MISSING:
		return "No such file or directory";
	case FILES_EXISTS:
		return "It is there already";
	case FILES_FOLDER:
		return "It is a directory";
	case FILES_NO_FOLDER:
		return "It is no directory";
	case FILES_NOT_EMPTY:
		return "The directory is not empty";
	case FILES_FULL:
		return "There is no room for it";
	case FILES_NAME:
		return "That is no name for a file";
	case FILES_ROOT:
		return "Not the root of the tree";
	default:
		return "Done";
	}
}

/* ---- folders ---- */

static void change_folder(struct ftp_session *s, struct slice argument, const char *code)
{
	const struct file *folder = ftp_find(s, argument);
	if (folder == NULL || !folder->folder) {
		visit_say(s->visit, "550 %s", folder ? "It is no directory" : "No such directory");
		return;
	}
	buffer_clear(&s->folder);
	file_path(folder, &s->folder);
	visit_say(s->visit, "%s Directory changed", code);
}

void ftp_cwd(struct ftp_session *s, struct slice argument)
{
	change_folder(s, argument, "250");
}

void ftp_cdup(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	change_folder(s, SLICE(".."), "200");
}

/* A 257: the path in quotes, and what is said of it (RFC 959 appendix II). */
static void say_path(struct ftp_session *s, struct slice path, const char *words)
{
	struct buffer line = { 0 };
	buffer_add_string(&line, "257 ");
	ftp_add_path(&line, path, true);
	buffer_printf(&line, " %s\r\n", words);
	visit_send(s->visit, buffer_slice(&line));
	buffer_free(&line);
}

void ftp_pwd(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	say_path(s, buffer_slice(&s->folder), "is the current directory");
}

void ftp_mkd(struct ftp_session *s, struct slice argument)
{
	struct buffer path = { 0 };
	enum files_fault fault = FILES_NAME;
	if (!may_write(s, "550"))
		return;
	if (ftp_resolve(s, argument, &path))
		fault = files_make_folder(s->files, buffer_slice(&path));
	if (fault == FILES_DONE)
		say_path(s, buffer_slice(&path), "is made");
	else
		visit_say(s->visit, "550 %s", fault_words(fault));
	buffer_free(&path);
}

/* What takes something away. */
static void take_away(struct ftp_session *s, struct slice argument,
                      enum files_fault (*remove)(struct files *files, struct slice path))
{
	struct buffer path = { 0 };
	enum files_fault fault = FILES_MISSING;
	if (!may_write(s, "550"))
		return;
	if (ftp_resolve(s, argument, &path))
		fault = remove(s->files, buffer_slice(&path));
	if (fault == FILES_DONE)
		visit_say(s->visit, "250 It is removed");
	else
		visit_say(s->visit, "550 %s", fault_words(fault));
	buffer_free(&path);
}

void ftp_rmd(struct ftp_session *s, struct slice argument)
{
	take_away(s, argument, files_remove_folder);
}

void ftp_dele(struct ftp_session *s, struct slice argument)
{
	take_away(s, argument, files_remove);
}

/* ---- renaming ---- */

void ftp_rnfr(struct ftp_session *s, struct slice argument)
{
	const struct file *file = ftp_find(s, argument);
	if (!may_write(s, "550"))
		return;
	if (file == NULL || file->above == NULL) {
		visit_say(s->visit, "550 %s", fault_words(file ? FILES_ROOT : FILES_MISSING));
		return;
	}
	buffer_clear(&s->renamed);
	file_path(file, &s->renamed);
	visit_say(s->visit, "350 It is there: RNTO with the new name comes next");
}

void ftp_rnto(struct ftp_session *s, struct slice argument)
{
	struct buffer path = { 0 };
	enum files_fault fault = FILES_NAME;
	if (s->renamed.n == 0) {
		ftp_error(s, HINT_NOT_NOW, "503 RNFR comes just before RNTO");
		return;
	}
	if (ftp_resolve(s, argument, &path))
		fault = files_rename(s->files, buffer_slice(&s->renamed), buffer_slice(&path));
	buffer_free(&s->renamed);
	if (fault == FILES_DONE)
		visit_say(s->visit, "250 It is renamed");
	else
		visit_say(s->visit, "553 %s", fault_words(fault));
	buffer_free(&path);
}

/* ---- facts ---- */

/* The plain file at the argument; NULL where there is none, and 550 was said. */
static struct file *plain_file(struct ftp_session *s, struct slice argument)
{
	struct file *file = ftp_find(s, argument);
	if (file && !file->folder)
		return file;
	visit_say(s->visit, "550 %s", file ? "It is a directory, and no file" : "No such file");
	return NULL;
}

/* What a transfer would be in the type that is set, exactly (RFC 3659 4). */
void ftp_size(struct ftp_session *s, struct slice argument)
{
	const struct file *file = plain_file(s, argument);
	if (file == NULL)
		return;
	struct slice octets = blob_octets(file->blob);
	visit_say(s->visit, "213 %llu", (unsigned long long)(s->image ? octets.n : ftp_lines_octets(octets)));
}

static void say_time(struct ftp_session *s, const struct file *file, const char *front, struct slice behind)
{
	struct buffer time = { 0 };
	ftp_add_time(file, &time);
	visit_say(s->visit, "213 %s" SLICE_FMT SLICE_FMT, front, SLICE_ARG(buffer_slice(&time)), SLICE_ARG(behind));
	buffer_free(&time);
}

void ftp_mdtm(struct ftp_session *s, struct slice argument)
{
	const struct file *file = plain_file(s, argument);
	if (file)
		say_time(s, file, "", SLICE(""));
}

static unsigned digits(struct slice text, size_t start, size_t end)
{
	uint64_t number = 0;
	(void)slice_number(slice_part(text, start, end), &number);
	return (unsigned)number;
}

/* A time of RFC 3659 2.3 as seconds since 1970; a fraction is left out. False where it is none. */
static bool time_read(struct slice text, int64_t *seconds)
{
	struct buffer words = { 0 };
	bool is_time = ftp_time_words(&words, text);
	buffer_free(&words);
	if (is_time)
		*seconds = calendar_seconds(&(struct calendar){ .year = digits(text, 0, 4),
		                                                .month = digits(text, 4, 6),
		                                                .day = digits(text, 6, 8),
		                                                .hour = digits(text, 8, 10),
		                                                .minute = digits(text, 10, 12),
		                                                .second = digits(text, 12, 14) });
	return is_time;
}

void ftp_mfmt(struct ftp_session *s, struct slice argument)
{
	size_t end = slice_find_octet(argument, ' ');
	struct slice path = slice_part(argument, end + 1, argument.n);
	int64_t seconds;
	if (!time_read(slice_part(argument, 0, end), &seconds) || path.n == 0) {
		ftp_error(s, HINT_SYNTAX, "501 A time, YYYYMMDDHHMMSS, and a path stand here");
		return;
	}
	struct file *file = ftp_find(s, path);
	if (file == NULL) {
		visit_say(s->visit, "550 No such file");
	} else if (may_write(s, "550")) {
		struct buffer behind = { 0 };
		file_touch(file, seconds);
		buffer_add_string(&behind, "; ");
		ftp_add_path(&behind, path, false);
		say_time(s, file, "Modify=", buffer_slice(&behind));
		buffer_free(&behind);
	}
}

void ftp_mlst(struct ftp_session *s, struct slice argument)
{
	const struct file *file = ftp_find(s, argument);
	struct buffer reply = { 0 }, path = { 0 }, name = { 0 };
	if (file == NULL) {
		visit_say(s->visit, "550 No such file or directory");
		return;
	}
	file_path(file, &path);
	ftp_add_path(&name, buffer_slice(&path), false);
	buffer_add_string(&reply, "250-Facts\r\n ");
	ftp_facts_line(s, file, buffer_slice(&name), &reply);
	buffer_add_string(&reply, "\r\n250 End\r\n");
	ftp_say_long(s, &reply);
	buffer_free(&path);
	buffer_free(&name);
}
