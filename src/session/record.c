/*
 * Records: where the octets go, and the face that makes them.
 *
 * The face is the plain face on a sink of the record's. It is made when the first line is said: only then is the
 * protocol known, which the header tells and the target may depend on.
 */
#include "session/record.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "protocol/protocol.h"

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

static void record_write(void *context, struct slice text)
{
	struct record *record = context;
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
	if (!created && errno == EEXIST && (force || keeps_nothing(path)))
		fd = open(path, how);
	if (fd < 0 && errno == EEXIST)
		return error_set(error, STATUS_USAGE, "%s: there is such a file already: --force overwrites it", path);
	if (fd < 0)
		return error_set(error, STATUS_USAGE, "%s: %s", path, strerror(errno));
	struct stat about;
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

/* ---- saving ---- */

static void copy(const struct record *kept, struct record *to)
{
	char room[COPY_SIZE];
	off_t at = 0;
	record_write(to, buffer_slice(&kept->kept));
	while (kept->fd >= 0 && at < kept->written && to->failure == NULL) {
		ssize_t n = pread(kept->fd, room, sizeof room, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			give_up(to, n < 0 ? errno : EIO, to->written);
			return;
		}
		record_write(to, (struct slice){ room, (size_t)n });
		at += n;
	}
}

enum status record_save(const struct record *kept, const char *path, bool force, struct error *error)
{
	struct record *to;
	enum status status = record_open(path, force, &to, error);
	if (status != STATUS_OK)
		return status;
	copy(kept, to);
	return record_close(to, error);
}

/* ---- the header ---- */

static const char *user_name(void)
{
	const struct passwd *user = getpwuid(getuid());
	const char *name = user ? user->pw_name : getenv("LOGNAME");
	return name && *name ? name : "unknown";
}

static void field(struct buffer *out, const char *name, const char *value)
{
	buffer_printf(out, "%s: ", name);
	escape_text(out, slice_of(value));
	buffer_add_octet(out, '\n');
}

/* The scheme without which the target would be taken for something else; NULL where it needs none. A greeting of 220 may
 * be of several protocols: whoever reads the record finds it as the session did, by what is said then. */
static const struct scheme *scheme_needed(const struct record_about *about, const struct dialogue_event *first)
{
	const struct protocol *protocol = protocol_named(slice_of(first->protocol));
	bool undecided = protocol && strcmp(protocol->name, "tcp") == 0 && slice_starts(first->text, SLICE("220"));
	if (about->port == 0 || protocol == NULL || undecided)
		return NULL;
	const struct protocol *found = protocol_of_port(about->port);
	if (found == protocol && port_implies_tls(about->port) == about->tls)
		return NULL;
	for (const struct scheme *row = protocol->schemes; row->name; row++)
		if (row->tls == about->tls)
			return row;
	return NULL;
}

static void header_make(const struct record_about *about, const struct dialogue_event *first, struct buffer *out)
{
	char date[32] = "";
	time_t now = time(NULL);
	struct tm parts;
	if (gmtime_r(&now, &parts))
		(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
	const struct scheme *scheme = scheme_needed(about, first);
	char *title = about->target ? string_printf("A session with %s", about->target) : string_copy("A session");
	field(out, "Title", about->title && *about->title ? about->title : title);
	free(title);
	if (about->target && scheme)
		buffer_printf(out, "Target: %s://%s\n", scheme->name, about->target);
	else if (about->target)
		buffer_printf(out, "Target: %s\n", about->target);
	buffer_printf(out, "Date: %s\n", date);
	field(out, "Who", user_name());
	/* The face would take TLS that began in mid-session for TLS from the first octet. */
	if (about->late && first->secure && !about->tls)
		buffer_add_string(out, "TLS: none\n");
}

/* ---- the face ---- */

struct record_face {
	struct face face; /* first: a face is one of these */
	struct record *record;
	struct record_about about;
	char *title, *target;
	struct mask_room room;
	struct face *inner;       /* NULL: nothing was said yet */
	struct buffer remarks;    /* that came before, a line each */
	struct buffer time, last; /* as it stands in a comment: now, and in the one before */
	bool midway;              /* a piece of a longer line was said last */
};

static struct record_face *record_of(struct face *face)
{
	return (struct record_face *)face;
}

/* The first line is being said. */
static void begin(struct record_face *r, const struct dialogue_event *first)
{
	struct buffer header = { 0 };
	struct sink sink = { record_write, r->record };
	header_make(&r->about, first, &header);
	if (record_begun(r->record))
		record_write(r->record, SLICE("\n"));
	r->inner = plain_face(sink, NOTES_OFF, buffer_slice(&header));
	buffer_free(&header);
	if (r->about.late)
		face_remark(r->inner,
		            SLICE("The record begins here, in mid-session: what was said before is not in it."));
	struct slice rest = buffer_slice(&r->remarks);
	while (rest.n)
		face_remark(r->inner, slice_row(&rest));
	buffer_free(&r->remarks);
}

/* When it was said, where that is another time than that of the line before, as far as it is printed. */
static void say_time(struct record_face *r, const struct dialogue_event *event)
{
	if (!r->about.times || event->t < 0 || r->midway)
		return;
	buffer_clear(&r->time);
	buffer_printf(&r->time, "%.3f s", event->t);
	if (slice_equal(buffer_slice(&r->time), buffer_slice(&r->last)))
		return;
	face_remark(r->inner, buffer_slice(&r->time));
	buffer_clear(&r->last);
	buffer_add_slice(&r->last, buffer_slice(&r->time));
}

static void record_event(struct face *face, const struct dialogue_event *event)
{
	struct record_face *r = record_of(face);
	struct dialogue_event masked;
	/* That it has connected is implied, and TLS from the first octet is told by the header. */
	if (r->inner == NULL && event->kind == EVENT_STAGE && event->stage != STAGE_CLOSE)
		return;
	if (r->inner == NULL)
		begin(r, event);
	say_time(r, event);
	mask_event(&r->about.masking, event, &r->room, &masked);
	face_event(r->inner, &masked);
	r->midway = event->more;
}

static void record_remark(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner) {
		face_remark(r->inner, text);
		return;
	}
	buffer_add_slice(&r->remarks, text);
	buffer_add_octet(&r->remarks, '\n');
}

static void record_comment(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner)
		face_comment(r->inner, text);
}

static void record_direction(struct face *face, struct slice text)
{
	struct record_face *r = record_of(face);
	if (r->inner)
		face_direction(r->inner, text);
}

static void record_end(struct face *face)
{
	struct record_face *r = record_of(face);
	face_close(r->inner);
	mask_free(&r->room);
	buffer_free(&r->remarks);
	buffer_free(&r->time);
	buffer_free(&r->last);
	free(r->title);
	free(r->target);
	free(r);
}

static const struct face_kind record_kind = {
	.event = record_event,
	.remark = record_remark,
	.close = record_end,
	.comment = record_comment,
	.direction = record_direction,
};

struct face *record_begin(struct record *record, const struct record_about *about)
{
	struct record_face *r = memory_zeroed(1, sizeof *r);
	r->face.kind = &record_kind;
	r->record = record;
	r->about = *about;
	r->about.title = r->title = string_copy(about->title);
	r->about.target = r->target = string_copy(about->target);
	return &r->face;
}
