/*
 * Reading a folder of the disk into a tree (--files).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/files_inside.h"

/* Where the reading is: the same place on the disk and in the tree. */
struct reading {
	struct files *files;
	struct buffer disk, path;
	struct error *error;
};

static enum status failed(struct reading *reading, const char *why, const char *next)
{
	struct buffer name = { 0 };
	escape_text(&name, buffer_slice(&reading->disk));
	enum status status = error_set(reading->error, STATUS_USAGE, SLICE_FMT ": %s%s", SLICE_ARG(buffer_slice(&name)),
	                               why, next);
	buffer_free(&name);
	return status;
}

static enum status refused(struct reading *reading, enum files_fault fault)
{
	if (fault == FILES_FULL)
		return failed(reading, "there is no room for it",
		              ": the lab holds 64 MiB of files, and 16,000 of them");
	return failed(reading, "its name or its place cannot be used", ": rename it, or move it up");
}

/* A NUL behind what a buffer holds, for the system. */
static const char *text_of(struct buffer *b)
{
	buffer_add_octet(b, '\0');
	b->n--;
	return b->p;
}

/* Appends what an open file holds, so many octets at most; -1 and errno where it cannot be read. */
static int read_all(int fd, struct buffer *out, uint64_t most)
{
	char piece[65536];
	ssize_t n;
	while ((n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buffer_add(out, piece, (size_t)n);
		if (out->n > most) {
			errno = EFBIG;
			return -1;
		}
	}
	return 0;
}

static enum status read_file(struct reading *reading, const struct stat *about)
{
	struct buffer octets = { 0 };
	struct slice path = buffer_slice(&reading->path);
	enum files_fault fault = files_fits(reading->files, path, (uint64_t)about->st_size);
	if (fault != FILES_DONE)
		return refused(reading, fault);
	int fd = open(text_of(&reading->disk), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int good = fd < 0 ? -1 : read_all(fd, &octets, files_root(reading->files)->limit);
	int cause = errno;
	if (fd >= 0)
		(void)close(fd);
	if (good != 0) {
		buffer_free(&octets);
		return failed(reading, strerror(cause), "");
	}
	struct blob *blob = blob_take(&octets);
	fault = files_put(reading->files, path, blob);
	blob_release(blob);
	if (fault != FILES_DONE)
		return refused(reading, fault);
	file_touch(files_find(reading->files, path), about->st_mtime);
	return STATUS_OK;
}

static enum status read_folder(struct reading *reading);

/* What has that name in the folder where the reading is. */
static enum status read_entry(struct reading *reading, const char *name)
{
	struct stat about;
	enum status status = STATUS_OK;
	size_t disk = reading->disk.n, path = reading->path.n;
	buffer_printf(&reading->disk, "/%s", name);
	buffer_printf(&reading->path, "/%s", name);
	if (lstat(text_of(&reading->disk), &about) != 0)
		status = failed(reading, strerror(errno), "");
	else if (S_ISREG(about.st_mode))
		status = read_file(reading, &about);
	else if (S_ISDIR(about.st_mode)) {
		enum files_fault fault = files_make_folder(reading->files, buffer_slice(&reading->path));
		status = fault == FILES_DONE ? read_folder(reading) : refused(reading, fault);
	}
	reading->disk.n = disk;
	reading->path.n = path;
	return status;
}

/* FILE_DEPTH_MAX bounds how deep this goes. */
static enum status read_folder(struct reading *reading)
{
	DIR *folder = opendir(text_of(&reading->disk));
	if (folder == NULL)
		return failed(reading, strerror(errno), "");
	enum status status = STATUS_OK;
	struct dirent *entry;
	while (status == STATUS_OK && (entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			status = read_entry(reading, entry->d_name);
	(void)closedir(folder);
	return status;
}

enum status files_read(struct files *files, const char *folder, struct error *error)
{
	struct reading reading = { .files = files, .error = error };
	buffer_add_string(&reading.disk, folder);
	enum status status = read_folder(&reading);
	buffer_free(&reading.disk);
	buffer_free(&reading.path);
	return status;
}
