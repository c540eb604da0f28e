/*
 * The tree itself: entries in folders, what they take, paths.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/files_inside.h"
#include "store/sorted.h"

uint64_t file_blocks(uint64_t octets)
{
	if (octets > UINT64_MAX - FILE_BLOCK)
		return UINT64_MAX;
	return octets ? (octets + FILE_BLOCK - 1) / FILE_BLOCK * FILE_BLOCK : FILE_BLOCK;
}

bool file_name_good(struct slice name)
{
	if (!name.n || name.n > FILE_NAME_MAX || slice_find_octet(name, '/') < name.n)
		return false;
	return !slice_equal(name, SLICE(".")) && !slice_equal(name, SLICE("..")) && text_safe(name, false);
}

/* ---- entries ---- */

struct file *file_new(struct slice name, bool folder)
{
	struct file *file = memory_zeroed(1, sizeof *file);
	file->name = slice_string(name);
	file->folder = folder;
	file->changed = (int64_t)time(NULL);
	file->taken = FILE_BLOCK;
	return file;
}

/* Folders lie FILE_DEPTH_MAX deep at most. */
void file_free(struct files *files, struct file *file)
{
	for (size_t i = 0; i < file->ninside; i++)
		file_free(files, file->inside[i]);
	limit_give(files->limit, file->charged);
	blob_release(file->blob);
	free(file->inside);
	free(file->name);
	free(file);
}

static struct slice name_inside(const void *rows, size_t i)
{
	struct file *const *inside = rows;
	return slice_of(inside[i]->name);
}

size_t file_index(const struct file *folder, struct slice name, bool *there)
{
	return sorted_place(folder->inside, folder->ninside, name_inside, slice_compare, name, there);
}

void file_insert(struct file *folder, struct file *file)
{
	bool there;
	size_t at = file_index(folder, slice_of(file->name), &there);
	assert(folder->folder && !there);
	/* Room in powers of two. */
	if ((folder->ninside & (folder->ninside - 1)) == 0)
		folder->inside = memory_grow(folder->inside, folder->ninside ? folder->ninside * 2 : 1,
		                             sizeof(struct file *));
	memmove(folder->inside + at + 1, folder->inside + at, (folder->ninside - at) * sizeof(struct file *));
	folder->inside[at] = file;
	folder->ninside++;
	file->above = folder;
	for (; folder != NULL; folder = folder->above)
		folder->taken += file->taken;
}

void file_detach(struct file *file)
{
	struct file *folder = file->above;
	bool there;
	size_t at = file_index(folder, slice_of(file->name), &there);
	assert(there && folder->inside[at] == file);
	folder->ninside--;
	memmove(folder->inside + at, folder->inside + at + 1, (folder->ninside - at) * sizeof(struct file *));
	file->above = NULL;
	/* The room was a power of two: it stays one. */
	if (folder->ninside && (folder->ninside & (folder->ninside - 1)) == 0)
		folder->inside = memory_grow(folder->inside, folder->ninside, sizeof(struct file *));
	for (; folder != NULL; folder = folder->above)
		folder->taken -= file->taken;
}

/* ---- trees ---- */

struct files *files_new(uint64_t limit)
{
	struct files *files = memory_zeroed(1, sizeof *files);
	files->root = file_new(SLICE(""), true);
	files->root->limit = limit;
	return files;
}

static struct file *copy(const struct file *file, struct file *above)
{
	struct file *one = memory_get(sizeof *one);
	*one = *file;
	one->name = string_copy(file->name);
	one->above = above;
	one->charged = 0;
	blob_hold(one->blob);
	one->inside = NULL;
	if (file->ninside) {
		size_t room = 1;
		while (room < file->ninside)
			room *= 2;
		one->inside = memory_get(room * sizeof(struct file *));
	}
	for (size_t i = 0; i < file->ninside; i++)
		one->inside[i] = copy(file->inside[i], one);
	return one;
}

struct files *files_copy(const struct files *files, struct limit *limit)
{
	struct files *one = memory_zeroed(1, sizeof *one);
	one->limit = limit;
	one->root = copy(files->root, NULL);
	return one;
}

void files_free(struct files *files)
{
	if (files == NULL)
		return;
	file_free(files, files->root);
	free(files);
}

struct file *files_root(struct files *files)
{
	return files->root;
}

void file_touch(struct file *file, int64_t changed)
{
	file->changed = changed;
}

/* ---- paths ---- */

/* Takes the next level off a path; empty at the end. */
static struct slice next_level(struct slice *path)
{
	while (path->n && path->p[0] == '/')
		*path = slice_part(*path, 1, path->n);
	size_t n = slice_find_octet(*path, '/');
	struct slice level = slice_part(*path, 0, n);
	*path = slice_part(*path, n, path->n);
	return level;
}

/* Appends the levels of `path` to the absolute path that stands in `out` from `start` on. */
static void walk(struct buffer *out, size_t start, struct slice path)
{
	struct slice level;
	while ((level = next_level(&path)).n) {
		if (slice_equal(level, SLICE(".")))
			continue;
		if (!slice_equal(level, SLICE(".."))) {
			buffer_add_octet(out, '/');
			buffer_add_slice(out, level);
			continue;
		}
		while (out->n > start && out->p[out->n - 1] != '/')
			out->n--;
		if (out->n > start)
			out->n--;
	}
}

bool files_resolve(struct buffer *out, struct slice from, struct slice path)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '\0' || path.p[i] == '\r' || path.p[i] == '\n')
			return false;
	size_t start = out->n;
	if (!path.n || path.p[0] != '/')
		walk(out, start, from);
	walk(out, start, path);
	if (out->n == start)
		buffer_add_octet(out, '/');
	return true;
}

struct file *files_find(struct files *files, struct slice path)
{
	struct file *file = files->root;
	struct slice level;
	while ((level = next_level(&path)).n) {
		bool there;
		size_t at = file_index(file, level, &there);
		if (!there)
			return NULL;
		file = file->inside[at];
	}
	return file;
}

void file_path(const struct file *file, struct buffer *out)
{
	const struct file *levels[FILE_DEPTH_MAX + 1];
	size_t n = 0;
	for (; file->above != NULL && n < FILE_DEPTH_MAX + 1; file = file->above)
		levels[n++] = file;
	if (!n)
		buffer_add_octet(out, '/');
	while (n) {
		buffer_add_octet(out, '/');
		buffer_add_string(out, levels[--n]->name);
	}
}
