/*
 * Changing the tree: what FTP and HTTP do to it, with the limits that stand above each place.
 */
#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "store/files_inside.h"

/* A place in the tree, with or without something there. */
struct place {
	struct file *folder; /* that it is in */
	struct slice name;
	struct file *file; /* what is there; NULL */
};

static size_t depth_of(const struct file *file)
{
	size_t depth = 0;
	for (; file->above != NULL; file = file->above)
		depth++;
	return depth;
}

/* The folder is asked for first, and then the name: what stands above a place decides what can be said of it. */
static enum files_fault find_place(struct files *files, struct slice path, struct place *place)
{
	bool there;
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (!path.n)
		return FILES_ROOT;
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	place->name = slice_part(path, n, path.n);
	place->folder = files_find(files, slice_part(path, 0, n));
	if (place->folder == NULL)
		return FILES_MISSING;
	if (!place->folder->folder)
		return FILES_NO_FOLDER;
	size_t at = file_index(place->folder, place->name, &there);
	place->file = there ? place->folder->inside[at] : NULL;
	return FILES_DONE;
}

/* The same, where something new may come to stand. */
static enum files_fault find_new_place(struct files *files, struct slice path, struct place *place)
{
	enum files_fault fault = find_place(files, path, place);
	if (fault != FILES_DONE || place->file != NULL)
		return fault;
	if (!file_name_good(place->name) || path.n > FILE_PATH_MAX || depth_of(place->folder) >= FILE_DEPTH_MAX)
		return FILES_NAME;
	return FILES_DONE;
}

static void touch_now(struct file *file)
{
	file->changed = (int64_t)time(NULL);
}

/* Whether `more` octets may be taken below a folder, where `less` of them go. Folders above `until` have both. */
static bool allows(const struct file *folder, const struct file *until, uint64_t more, uint64_t less)
{
	for (; folder != until; folder = folder->above) {
		uint64_t rest = folder->taken - less;
		if (folder->limit && (rest > folder->limit || more > folder->limit - rest))
			return false;
	}
	return true;
}

/* Whether what takes so many octets may come to that place. */
static bool has_room(struct files *files, const struct place *place, uint64_t taken)
{
	uint64_t before = place->file != NULL ? place->file->taken : 0;
	uint64_t charged = place->file != NULL ? place->file->charged : 0;
	if (taken <= before)
		return true;
	return allows(place->folder, NULL, taken, before) && limit_allows(files->limit, taken - charged);
}

enum files_fault files_fits(struct files *files, struct slice path, uint64_t octets)
{
	struct place place;
	enum files_fault fault = find_new_place(files, path, &place);
	if (fault != FILES_DONE)
		return fault;
	if (place.file != NULL && place.file->folder)
		return FILES_FOLDER;
	return has_room(files, &place, file_blocks(octets)) ? FILES_DONE : FILES_FULL;
}

/* A new entry where there was none. */
static struct file *enter(struct files *files, const struct place *place, bool folder)
{
	struct file *file = file_new(place->name, folder);
	file->charged = file->taken;
	limit_count(files->limit, file->charged);
	file_insert(place->folder, file);
	touch_now(place->folder);
	return file;
}

enum files_fault files_put(struct files *files, struct slice path, struct blob *blob)
{
	struct place place;
	uint64_t octets = blob_octets(blob).n;
	enum files_fault fault = files_fits(files, path, octets);
	if (fault != FILES_DONE)
		return fault;
	(void)find_new_place(files, path, &place);
	struct file *file = place.file != NULL ? place.file : enter(files, &place, false);
	uint64_t taken = file_blocks(octets);
	for (struct file *above = file->above; above != NULL; above = above->above)
		above->taken = above->taken - file->taken + taken;
	limit_give(files->limit, file->charged);
	limit_count(files->limit, taken);
	file->taken = file->charged = taken;
	blob_hold(blob);
	blob_release(file->blob);
	file->blob = blob;
	touch_now(file);
	return FILES_DONE;
}

enum files_fault files_make_folder(struct files *files, struct slice path)
{
	struct place place;
	enum files_fault fault = find_new_place(files, path, &place);
	if (fault != FILES_DONE)
		return fault == FILES_ROOT ? FILES_EXISTS : fault;
	if (place.file != NULL)
		return FILES_EXISTS;
	if (!has_room(files, &place, FILE_BLOCK))
		return FILES_FULL;
	enter(files, &place, true);
	return FILES_DONE;
}

static void take_away(struct files *files, struct file *file)
{
	touch_now(file->above);
	file_detach(file);
	file_free(files, file);
}

/* Finds what is to be taken away. */
static enum files_fault find_there(struct files *files, struct slice path, struct file **file)
{
	struct place place;
	enum files_fault fault = find_place(files, path, &place);
	*file = fault == FILES_DONE ? place.file : NULL;
	return fault == FILES_DONE && place.file == NULL ? FILES_MISSING : fault;
}

enum files_fault files_remove(struct files *files, struct slice path)
{
	struct file *file;
	enum files_fault fault = find_there(files, path, &file);
	if (fault == FILES_DONE && file->folder)
		fault = FILES_FOLDER;
	if (fault == FILES_DONE)
		take_away(files, file);
	return fault;
}

enum files_fault files_remove_folder(struct files *files, struct slice path)
{
	struct file *file;
	enum files_fault fault = find_there(files, path, &file);
	if (fault == FILES_DONE && !file->folder)
		fault = FILES_NO_FOLDER;
	else if (fault == FILES_DONE && file->ninside)
		fault = FILES_NOT_EMPTY;
	if (fault == FILES_DONE)
		take_away(files, file);
	return fault;
}

/* How many levels stand in an entry, itself included. */
static size_t height_of(const struct file *file)
{
	size_t height = 0;
	for (size_t i = 0; i < file->ninside; i++) {
		size_t one = height_of(file->inside[i]);
		height = one > height ? one : height;
	}
	return height + 1;
}

static bool stands_in(const struct file *file, const struct file *folder)
{
	for (; file != NULL; file = file->above)
		if (file == folder)
			return true;
	return false;
}

/* The folder that both stand in: what is above it does not change. */
static struct file *common(struct file *a, const struct file *b)
{
	while (!stands_in(b, a))
		a = a->above;
	return a;
}

/* As rename() has it: a file may take the place of a file, and nothing else of anything. */
static enum files_fault may_move(const struct place *old, const struct place *new)
{
	if (old->file == NULL)
		return FILES_MISSING;
	if (new->file != NULL && (new->file->folder || old->file->folder))
		return new->file->folder && !old->file->folder ? FILES_FOLDER : FILES_EXISTS;
	if (stands_in(new->folder, old->file))
		return FILES_NAME;
	if (depth_of(new->folder) + height_of(old->file) > FILE_DEPTH_MAX)
		return FILES_NAME;
	uint64_t less = new->file != NULL ? new->file->taken : 0;
	if (!allows(new->folder, common(old->folder, new->folder), old->file->taken, less))
		return FILES_FULL;
	return FILES_DONE;
}

enum files_fault files_rename(struct files *files, struct slice from, struct slice to)
{
	struct place old, new;
	enum files_fault fault = find_place(files, from, &old);
	if (fault != FILES_DONE)
		return fault;
	if (old.file == NULL)
		return FILES_MISSING;
	fault = find_new_place(files, to, &new);
	if (fault != FILES_DONE)
		return fault;
	if (old.file == new.file)
		return FILES_DONE;
	fault = may_move(&old, &new);
	if (fault != FILES_DONE)
		return fault;
	touch_now(old.folder);
	touch_now(new.folder);
	file_detach(old.file);
	if (new.file != NULL)
		take_away(files, new.file);
	free(old.file->name);
	old.file->name = slice_string(new.name);
	file_insert(new.folder, old.file);
	return FILES_DONE;
}
