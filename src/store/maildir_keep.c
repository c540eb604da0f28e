/*
 * The folder of --keep: whether it can be used, who uses it, and --reset.
 *
 * A file in it says that a lab keeps its mail there, so that nothing else is ever taken away; and it is locked as long as one
 * does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/maildir_inside.h"

#define MARK ".parlance-lab"

static enum status failed(struct error *error, const char *folder, const char *why)
{
	struct buffer name = { 0 };
	escape_text(&name, slice_of(folder));
	enum status status = error_set(error, STATUS_USAGE, "--keep " SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&name)),
	                               why);
	buffer_free(&name);
	return status;
}

static bool is_empty(void *context, const char *name)
{
	(void)name;
	*(bool *)context = false;
	return true;
}

/* Opens the mark and makes it where the folder is new or empty. -1 and a message. */
static int open_mark(const char *folder, struct error *error)
{
	bool empty = true;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		failed(error, folder, strerror(errno));
		return -1;
	}
	if (!keep_each(folder, is_empty, &empty)) {
		failed(error, folder, strerror(errno));
		return -1;
	}
	char *path = string_printf("%s/" MARK, folder);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (empty ? O_CREAT : 0), 0600);
	int cause = errno;
	free(path);
	if (fd < 0)
		failed(error, folder,
		       cause == ENOENT
		               ? "there is something in it, and no lab has kept its mail there: give a new folder"
		               : strerror(cause));
	return fd;
}

/* ---- --reset ---- */

static bool remove_mailbox(void *context, const char *name)
{
	char *path = string_printf("%s/%s", (const char *)context, name);
	struct stat about;
	bool ours = name[0] == '.' || strncmp(name, "deleted.", 8) == 0;
	bool good = !ours || lstat(path, &about) != 0 || !S_ISDIR(about.st_mode) || keep_remove(path);
	free(path);
	return good;
}

/* A user's folder: its mailboxes, then INBOX, which is the folder itself. What else somebody has put there stays. */
static bool remove_user(void *context, const char *name)
{
	char *path = string_printf("%s/%s", (const char *)context, name);
	struct stat about;
	bool good = true;
	if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
		good = keep_each(path, remove_mailbox, path);
		good = (keep_remove(path) || errno == ENOTEMPTY || errno == EEXIST) && good;
	}
	free(path);
	return good;
}

/* ---- its life ---- */

enum status keep_open(const char *folder, bool reset, struct keep **keep, struct error *error)
{
	int fd = open_mark(folder, error);
	if (fd < 0)
		return STATUS_USAGE;
	struct keep *one = *keep = memory_zeroed(1, sizeof *one);
	one->folder = string_copy(folder);
	one->lock = fd;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return failed(error, folder, "another lab keeps its mail there now: stop it, or give another folder");
	if (reset && !keep_each(folder, remove_user, (void *)(uintptr_t)folder))
		return failed(error, folder, "not all of it could be taken away: look what else is in there");
	return STATUS_OK;
}

void keep_close(struct keep *keep)
{
	if (keep == NULL)
		return;
	(void)close(keep->lock);
	free(keep->folder);
	free(keep);
}
