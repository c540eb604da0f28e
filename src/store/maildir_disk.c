/*
 * Steps on the disk that keeping mail is made of.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/maildir_inside.h"

static const char *const parts[] = { "cur", "new", "tmp" };

char *keep_path(const struct user *user, const char *name, const char *inside)
{
	struct buffer path = { 0 };
	buffer_printf(&path, "%s/%s", user->store->keep->folder, user->name);
	if (name != NULL) {
		struct buffer folder = { 0 };
		folder_of(&folder, slice_of(name));
		buffer_printf(&path, "%s" SLICE_FMT, folder.n ? "/" : "", SLICE_ARG(buffer_slice(&folder)));
		buffer_free(&folder);
	}
	if (inside != NULL)
		buffer_printf(&path, "/%s", inside);
	return buffer_take(&path);
}

void keep_failed(struct keep *keep, const char *path)
{
	int cause = errno;
	if (!keep->failed)
		complain("--keep: %s: %s: mail is in memory, but not all of it is kept", path, strerror(cause));
	keep->failed = true;
}

/* ---- files ---- */

static bool write_all(int fd, struct slice octets)
{
	while (octets.n) {
		ssize_t n = write(fd, octets.p, octets.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		octets = slice_part(octets, (size_t)n, octets.n);
	}
	return true;
}

bool keep_write(struct keep *keep, const char *path, const char *beside, struct slice octets)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && write_all(fd, octets);
	if (fd >= 0 && close(fd) != 0)
		good = false;
	if (good && rename(beside, path) == 0)
		return true;
	keep_failed(keep, beside);
	(void)unlink(beside);
	return false;
}

bool keep_read(const char *path, struct buffer *out, uint64_t most)
{
	char piece[65536];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	while ((n = read(fd, piece, sizeof piece)) != 0 && (n > 0 || errno == EINTR)) {
		if (n > 0)
			buffer_add(out, piece, (size_t)n);
		if (out->n > most) {
			errno = EFBIG;
			n = -1;
			break;
		}
	}
	int cause = errno;
	(void)close(fd);
	errno = cause;
	return n == 0;
}

/* ---- folders ---- */

bool keep_each(const char *folder, bool (*each)(void *context, const char *name), void *context)
{
	DIR *open = opendir(folder);
	struct dirent *entry;
	bool good = open != NULL;
	while (good && (entry = readdir(open)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			good = each(context, entry->d_name);
	int cause = errno;
	if (open != NULL)
		(void)closedir(open);
	errno = cause;
	return good;
}

static bool remove_entry(void *context, const char *name)
{
	struct stat about;
	char *path = string_printf("%s/%s", (const char *)context, name);
	bool good = lstat(path, &about) == 0 && (S_ISDIR(about.st_mode) || unlink(path) == 0);
	free(path);
	return good;
}

bool keep_empty(const char *folder)
{
	return keep_each(folder, remove_entry, (void *)(uintptr_t)folder);
}

bool keep_remove(const char *folder)
{
	bool good = keep_empty(folder);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char *part = string_printf("%s/%s", folder, parts[i]);
		bool gone = (keep_empty(part) && rmdir(part) == 0) || errno == ENOENT;
		good = gone && good;
		free(part);
	}
	return rmdir(folder) == 0 && good;
}

static bool make_folder(const char *folder)
{
	return mkdir(folder, 0700) == 0 || errno == EEXIST;
}

bool keep_make(const char *folder)
{
	bool good = make_folder(folder);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char *part = string_printf("%s/%s", folder, parts[i]);
		good = make_folder(part) && good;
		free(part);
	}
	return good;
}
