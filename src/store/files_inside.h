/*
 * What the files of the tree share: a tree, and its entries.
 */
#ifndef PARLANCE_STORE_FILES_INSIDE_H
#define PARLANCE_STORE_FILES_INSIDE_H

#include "store/files.h"
#include "store/store_limit.h"

struct files {
	struct file *root;
	struct limit *limit; /* the store's; NULL: none */
};

/* An entry that stands nowhere yet. */
struct file *file_new(struct slice name, bool folder);
/* Frees it and all below it, and gives back what it was charged for. */
void file_free(struct files *files, struct file *file);
/* Where that name stands in a folder, or would: the index; `*there` whether it does. */
size_t file_index(const struct file *folder, struct slice name, bool *there);
/* Puts an entry into a folder, takes it out; what is taken above changes with it. */
void file_insert(struct file *folder, struct file *file);
void file_detach(struct file *file);
/* What so many octets take. */
uint64_t file_blocks(uint64_t octets);
/* Whether a name may be one. */
bool file_name_good(struct slice name);

#endif
