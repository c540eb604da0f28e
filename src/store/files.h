/*
 * A tree of folders and files in memory: what FTP changes and HTTP shows. Paths are UTF-8 with "/" between the levels, and
 * nothing leads out of the tree: "..", at the root, is the root.
 */
#ifndef PARLANCE_STORE_FILES_H
#define PARLANCE_STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

struct files;
struct limit;

/* A disk's block: limits count in these, so that a folder may be so full that not even an empty file can be begun in it. */
#define FILE_BLOCK 4096
/* The longest absolute path and the longest name, in octets, and how deep folders may lie. */
#define FILE_PATH_MAX 4096
#define FILE_NAME_MAX 255
#define FILE_DEPTH_MAX 100

struct file {
	char *name; /* of the root "" */
	bool folder;
	int64_t changed;      /* seconds since 1970 */
	struct blob *blob;    /* a file's octets: counted, never changed in place; NULL: none */
	struct file **inside; /* a folder's, sorted by name */
	size_t ninside;
	uint64_t limit;     /* of a folder: what it may take, all below it included; 0: no limit of its own */
	struct file *above; /* NULL of the root */
	uint64_t taken;     /* octets that it takes of a limit, as on a disk: whole blocks, of an empty one too */
	uint64_t charged;   /* of them, by itself, what counts for the store's limit: nothing of what it began with */
};

/* Octets that several may look at; counted. A file that is replaced while somebody reads it stays whole for the reader. */
struct blob;
/* Takes what the buffer holds, which is empty after. */
struct blob *blob_take(struct buffer *octets);
struct blob *blob_hold(struct blob *blob);
void blob_release(struct blob *blob);              /* NULL is allowed */
struct slice blob_octets(const struct blob *blob); /* of NULL: empty */

/* An empty tree that may take so many octets (its root's limit). */
struct files *files_new(uint64_t limit);
/* A copy that shares the blobs. What is put there later counts for `limit` too (store/store_limit.h), which outlives the
 * copy; NULL: none. */
struct files *files_copy(const struct files *files, struct limit *limit);
void files_free(struct files *files);
struct file *files_root(struct files *files);

/* Reads a folder of the disk into the tree below its root: plain files and folders, links left out. STATUS_USAGE with a message
 * where it cannot be read or does not fit. */
enum status files_read(struct files *files, const char *folder, struct error *error);

/* Appends the absolute path that `path` means from the folder `from` ("/homework"): "." and ".." and doubled slashes
 * resolved. False where it holds a NUL, CR or LF. */
bool files_resolve(struct buffer *out, struct slice from, struct slice path);
/* What stands at an absolute path (resolved); NULL. */
struct file *files_find(struct files *files, struct slice path);
/* Appends the absolute path of a file. */
void file_path(const struct file *file, struct buffer *out);

enum files_fault {
	FILES_DONE,
	FILES_MISSING, /* no such file, or no such folder above it */
	FILES_EXISTS,
	FILES_FOLDER,    /* it is a folder, and must not be */
	FILES_NO_FOLDER, /* it is none, and must be */
	FILES_NOT_EMPTY,
	FILES_FULL, /* a limit above it, or the tree's */
	FILES_NAME, /* no name: empty, too long, controls */
	FILES_ROOT  /* the root cannot be removed, renamed or replaced */
};
/* Puts octets there, instead of what the file held; the blob is held. */
enum files_fault files_put(struct files *files, struct slice path, struct blob *blob);
/* Whether so many octets would fit at that path, in place of what is there: for who receives piece by piece. With 0, whether
 * a file may be begun there at all: ask before anything is received. */
enum files_fault files_fits(struct files *files, struct slice path, uint64_t octets);
enum files_fault files_make_folder(struct files *files, struct slice path);
enum files_fault files_remove(struct files *files, struct slice path);        /* a file */
enum files_fault files_remove_folder(struct files *files, struct slice path); /* an empty folder */
enum files_fault files_rename(struct files *files, struct slice from, struct slice to);
/* The time of last change, set (MFMT). */
void file_touch(struct file *file, int64_t changed);

#endif
