/*
 * Records: where the octets go.
 */
#include "session/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/record_inside.h"

/* What is kept in memory, in octets, before it goes to a temporary file. */
#define KEPT_MAX (256U * 1024)

/* Octets that are copied at once. */
#define COPY_SIZE 16384

struct record {
	char *path;         /* NULL: kept for later */
	int fd;             /* below 0: it is all in memory */
	struct buffer kept; /* in memory */
	off_t written;      /* octets that stand in the file */
	bool created;       /* the file is new */
	bool fresh;         /* what the file held is still there */
	bool regular;       /* a file that can be cut */
	char *failure;
};

/* ---- where the octets go ---- */

/* 0, or an errno; `*written` grows by what was written. */
static int write_all(int fd, struct slice text, off_t *written)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		*written += n;
		text = slice_part(text, (size_t)n, text.n);
	}
	return 0;
}

static const char *name_of(const struct record *record)
{
	return record->path ? record->path : "what was said so far";
}

/* Half a line would be read as another: the file ends with the last whole one. */
static void give_up(struct record *record, int why, off_t whole)
{
	record->failure = string_printf("%s: %s: what was said from here on is not recorded", name_of(record),
	                                strerror(why));
	if (record->regular && ftruncate(record->fd, whole) == 0)
		record->written = whole;
}

/* What was there before goes only now that there is something in its place. */
static int take_place(struct record *record)
{
	bool fresh = record->fresh;
	record->fresh = false;
	return fresh && record->regular && ftruncate(record->fd, 0) != 0 ? errno : 0;
}

/* A file that nobody can find, and that goes with us. */
static int temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char *path = string_printf("%s/parlance.XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkstemp(path);
	if (fd >= 0) {
		(void)unlink(path);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return fd;
}

/* Memory has had enough of it. 0, or an errno. */
static int spill(struct record *record)
{
	record->fd = temporary();
	if (record->fd < 0)
		return errno;
	record->regular = true;
	int failed = write_all(record->fd, buffer_slice(&record->kept), &record->written);
	if (failed == 0) {
		buffer_free(&record->kept);
		return 0;
	}
	(void)close(record->fd);
	record->fd = -1;
	record->regular = false;
	record->written = 0;
	return failed;
}

void record_write(struct record *record, struct slice text)
{
	if (record->failure || text.n == 0)
		return;
	int failed = 0;
	if (record->fd < 0 && record->kept.n + text.n <= KEPT_MAX) {
		buffer_add_slice(&record->kept, text);
		return;
	}
	if (record->fd < 0)
		failed = spill(record);
	off_t whole = record->written;
	if (!failed)
		failed = take_place(record);
	if (!failed)
		failed = write_all(record->fd, text, &record->written);
	if (failed)
		give_up(record, failed, whole);
}

bool record_patches(const struct record *record)
{
	return record->fd < 0 || record->regular;
}

off_t record_end(const struct record *record)
{
	return record->fd < 0 ? (off_t)record->kept.n : record->written;
}

void record_patch(void *context, off_t at, struct slice text)
{
	struct record *record = context;
	if (record->fd < 0)
		memcpy(record->kept.p + at, text.p, text.n);
	else if (pwrite(record->fd, text.p, text.n, at) != (ssize_t)text.n && record->failure == NULL)
		give_up(record, errno, record->written);
}

/* ---- opening ---- */

/* Nothing is lost where we write into a pipe or a device. */
static bool keeps_nothing(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

enum status record_open(const char *path, bool force, struct record **record, struct error *error)
{
	const int how = O_WRONLY | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, how | O_CREAT | O_EXCL, 0666);
	bool created = fd >= 0;
	struct stat about;
	if (!created && errno == EEXIST && (force || keeps_nothing(path)))
		fd = open(path, how);
	/* Looked at again once it is open: another may stand there by now. */
	if (fd >= 0 && !created && !force && fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
		(void)close(fd);
		fd = -1;
		errno = EEXIST;
	}
	if (fd < 0) {
		if (errno == EEXIST)
			(void)error_set(error, STATUS_USAGE, "%s: there is such a file already: --force overwrites it",
			                path);
		else
			(void)error_set(error, STATUS_USAGE, "%s: %s", path, strerror(errno));
		return STATUS_USAGE;
	}
	struct record *made = memory_zeroed(1, sizeof *made);
	made->path = string_copy(path);
	made->fd = fd;
	made->created = created;
	made->fresh = !created;
	made->regular = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
	*record = made;
	return STATUS_OK;
}

struct record *record_keep(void)
{
	struct record *record = memory_zeroed(1, sizeof *record);
	record->fd = -1;
	return record;
}

bool record_begun(const struct record *record)
{
	return record->written > 0 || record->kept.n > 0;
}

const char *record_failure(const struct record *record)
{
	return record->failure;
}

static void record_free(struct record *record)
{
	buffer_free(&record->kept);
	free(record->path);
	free(record->failure);
	free(record);
}

enum status record_close(struct record *record, struct error *error)
{
	enum status status = STATUS_OK;
	if (record == NULL)
		return STATUS_OK;
	bool empty = !record_begun(record);
	if (record->fd >= 0 && close(record->fd) != 0 && record->failure == NULL)
		record->failure = string_printf("%s: %s", name_of(record), strerror(errno));
	if (record->failure)
		status = error_set(error, STATUS_USAGE, "%s", record->failure);
	if (empty && record->created && record->regular)
		(void)unlink(record->path);
	record_free(record);
	return status;
}

/* ---- what was kept ---- */

enum status record_read(const struct record *kept, struct sink sink, struct error *error)
{
	char room[COPY_SIZE];
	off_t at = 0;
	if (kept->kept.n)
		sink.write(sink.context, buffer_slice(&kept->kept));
	while (kept->fd >= 0 && at < kept->written) {
		ssize_t n = pread(kept->fd, room, sizeof room, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(error, STATUS_USAGE, "%s: %s", name_of(kept), strerror(n < 0 ? errno : EIO));
		sink.write(sink.context, (struct slice){ room, (size_t)n });
		at += n;
	}
	return STATUS_OK;
}

static void write_into(void *record, struct slice text)
{
	record_write(record, text);
}

enum status record_save(const struct record *kept, const char *path, bool force, struct error *error)
{
	struct record *to = NULL;
	struct error unread = { 0 };
	enum status status = record_open(path, force, &to, error);
	if (status != STATUS_OK)
		return status;
	if (record_read(kept, (struct sink){ write_into, to }, &unread) != STATUS_OK && to->failure == NULL)
		to->failure = string_copy(unread.message);
	error_clear(&unread);
	return record_close(to, error);
}
