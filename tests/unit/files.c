/*
 * The lab's files: paths, changes, limits.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "store/files.h"
#include "store/store.h"
#include "store/store_limit.h"
#include "test.h"

static struct slice S(const char *text) {
	return slice_of(text);
}

static struct blob *
blob_new(struct slice octets)
{
	struct buffer copy = { 0 };
	buffer_add_slice(&copy, octets);
	return blob_take(&copy);
}

static enum files_fault put(struct files *files, const char *path, const char *text)
{
	struct blob *blob = blob_new(S(text));
	enum files_fault fault = files_put(files, S(path), blob);
	blob_release(blob);
	return fault;
}

static struct slice octets_at(struct files *files, const char *path)
{
	struct file *file = files_find(files, S(path));
	return file != NULL ? blob_octets(file->blob) : S("(missing)");
}

static void paths_stay_below_the_root(void)
{
	static const char *const rows[][3] = {
		{ "/", "", "/" },
		{ "/", "..", "/" },
		{ "/a/b", "..", "/a" },
		{ "/a/b", "../../../../etc/passwd", "/etc/passwd" },
		{ "/a/b", "c", "/a/b/c" },
		{ "/a/b", "/c", "/c" },
		{ "/a/b", "./c//d/./", "/a/b/c/d" },
		{ "/a", "//..//..", "/" },
		{ "/a", "...", "/a/..." },
		{ "/a", "b\\..\\c", "/a/b\\..\\c" },
		{ "", "x", "/x" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer out = { 0 };
		buffer_add_string(&out, "before ");
		CHECK(files_resolve(&out, S(rows[i][0]), S(rows[i][1])));
		CHECK_TEXT(slice_part(buffer_slice(&out), 7, out.n), rows[i][2]);
		buffer_free(&out);
	}
	struct buffer out = { 0 };
	CHECK(!files_resolve(&out, S("/"), SLICE("a\0b")));
	CHECK(!files_resolve(&out, S("/"), SLICE("a\rb")));
	CHECK(!files_resolve(&out, S("/"), SLICE("a\nb")));
	CHECK(out.n == 0);
	buffer_free(&out);
}

static void files_are_put_found_and_removed(void)
{
	struct files *files = files_new(1 << 20);
	CHECK(put(files, "/b.txt", "b") == FILES_DONE);
	CHECK(put(files, "/a.txt", "a") == FILES_DONE);
	CHECK(put(files, "/a.txt", "again") == FILES_DONE);
	CHECK_TEXT(octets_at(files, "/a.txt"), "again");
	CHECK(put(files, "/no/such", "") == FILES_MISSING);
	CHECK(put(files, "/a.txt/x", "") == FILES_NO_FOLDER);
	CHECK(put(files, "/", "") == FILES_ROOT);
	CHECK(put(files, "/a\tb", "") == FILES_NAME);
	CHECK(put(files, "/\xff", "") == FILES_NAME);
	CHECK(files_make_folder(files, S("/d")) == FILES_DONE);
	CHECK(files_make_folder(files, S("/d")) == FILES_EXISTS);
	CHECK(files_make_folder(files, S("/a.txt")) == FILES_EXISTS);
	CHECK(files_make_folder(files, S("/")) == FILES_EXISTS);
	CHECK(files_make_folder(files, S("/x/y")) == FILES_MISSING);
	CHECK(put(files, "/d", "") == FILES_FOLDER);
	CHECK(put(files, "/d/c", "c") == FILES_DONE);
	CHECK(files_remove(files, S("/d")) == FILES_FOLDER);
	CHECK(files_remove_folder(files, S("/d")) == FILES_NOT_EMPTY);
	CHECK(files_remove_folder(files, S("/a.txt")) == FILES_NO_FOLDER);
	CHECK(files_remove_folder(files, S("/")) == FILES_ROOT);
	CHECK(files_remove(files, S("/nothing")) == FILES_MISSING);
	struct file *root = files_root(files);
	CHECK(root->ninside == 3);
	CHECK_TEXT(S(root->inside[0]->name), "a.txt");
	CHECK_TEXT(S(root->inside[2]->name), "d");
	struct buffer path = { 0 };
	file_path(files_find(files, S("/d/c")), &path);
	buffer_add_octet(&path, ' ');
	file_path(root, &path);
	CHECK_TEXT(buffer_slice(&path), "/d/c /");
	buffer_free(&path);
	CHECK(files_remove(files, S("/d/c")) == FILES_DONE);
	CHECK(files_remove_folder(files, S("/d")) == FILES_DONE);
	CHECK(files_find(files, S("/d")) == NULL);
	files_free(files);
}

static void who_reads_a_file_keeps_what_it_was(void)
{
	struct files *files = files_new(1 << 20);
	CHECK(put(files, "/a", "before") == FILES_DONE);
	struct blob *blob = blob_hold(files_find(files, S("/a"))->blob);
	CHECK(put(files, "/a", "after") == FILES_DONE);
	CHECK(files_remove(files, S("/a")) == FILES_DONE);
	CHECK_TEXT(blob_octets(blob), "before");
	blob_release(blob);
	files_free(files);
}

static void renaming_moves_what_is_below(void)
{
	struct files *files = files_new(1 << 20);
	CHECK(files_make_folder(files, S("/a")) == FILES_DONE);
	CHECK(files_make_folder(files, S("/a/b")) == FILES_DONE);
	CHECK(put(files, "/a/b/c", "c") == FILES_DONE);
	CHECK(put(files, "/d", "d") == FILES_DONE);
	CHECK(files_rename(files, S("/a"), S("/a/b/e")) == FILES_NAME);
	CHECK(files_rename(files, S("/a"), S("/a")) == FILES_DONE);
	CHECK(files_rename(files, S("/a"), S("/d")) == FILES_EXISTS);
	CHECK(files_rename(files, S("/d"), S("/a")) == FILES_FOLDER);
	CHECK(files_rename(files, S("/x"), S("/y")) == FILES_MISSING);
	CHECK(files_rename(files, S("/"), S("/y")) == FILES_ROOT);
	CHECK(files_rename(files, S("/d"), S("/")) == FILES_ROOT);
	CHECK(files_rename(files, S("/d"), S("/x/y")) == FILES_MISSING);
	CHECK(files_rename(files, S("/a"), S("/z")) == FILES_DONE);
	CHECK_TEXT(octets_at(files, "/z/b/c"), "c");
	CHECK(files_rename(files, S("/d"), S("/z/b/c")) == FILES_DONE);
	CHECK_TEXT(octets_at(files, "/z/b/c"), "d");
	CHECK(files_find(files, S("/d")) == NULL);
	files_free(files);
}

static void limits_count_in_blocks(void)
{
	struct files *files = files_new((uint64_t)8 * FILE_BLOCK);
	CHECK(files_make_folder(files, S("/small")) == FILES_DONE);
	files_find(files, S("/small"))->limit = (uint64_t)3 * FILE_BLOCK;
	CHECK(files_fits(files, S("/small/x"), 2 * FILE_BLOCK) == FILES_DONE);
	CHECK(files_fits(files, S("/small/x"), 2 * FILE_BLOCK + 1) == FILES_FULL);
	CHECK(files_fits(files, S("/small/x"), UINT64_MAX) == FILES_FULL);
	CHECK(put(files, "/small/one", "1") == FILES_DONE);
	CHECK(put(files, "/small/two", "") == FILES_DONE);
	CHECK(files_fits(files, S("/small/three"), 0) == FILES_FULL);
	CHECK(files_fits(files, S("/small/one"), FILE_BLOCK) == FILES_DONE);
	CHECK(files_make_folder(files, S("/small/folder")) == FILES_FULL);
	CHECK(put(files, "/three", "3") == FILES_DONE);
	CHECK(files_rename(files, S("/three"), S("/small/three")) == FILES_FULL);
	CHECK(files_rename(files, S("/three"), S("/small/two")) == FILES_DONE);
	CHECK(files_root(files)->taken == (uint64_t)4 * FILE_BLOCK);
	CHECK(files_fits(files, S("/rest"), 4 * FILE_BLOCK) == FILES_DONE);
	CHECK(files_fits(files, S("/rest"), 4 * FILE_BLOCK + 1) == FILES_FULL);
	files_free(files);
}

static void a_copy_counts_what_is_new_in_it(void)
{
	struct limit all = { .most = (uint64_t)3 * FILE_BLOCK }, one = { .most = 1 << 20, .above = &all };
	struct files *files = files_new(1 << 20);
	CHECK(put(files, "/a", "a") == FILES_DONE);
	struct files *copy = files_copy(files, &one);
	CHECK(one.used == 0);
	CHECK(put(copy, "/a", "b") == FILES_DONE);
	CHECK(put(copy, "/b", "b") == FILES_DONE);
	CHECK(one.used == (uint64_t)2 * FILE_BLOCK && all.used == one.used);
	CHECK(files_fits(copy, S("/c"), FILE_BLOCK + 1) == FILES_FULL);
	CHECK_TEXT(octets_at(files, "/a"), "a");
	CHECK(files_remove(copy, S("/b")) == FILES_DONE);
	CHECK(all.used == FILE_BLOCK);
	files_free(copy);
	CHECK(all.used == 0);
	files_free(files);
}

static void folders_lie_only_so_deep(void)
{
	struct files *files = files_new(64 << 20);
	struct buffer path = { 0 };
	size_t depth = 0;
	enum files_fault fault = FILES_DONE;
	while (fault == FILES_DONE && depth < 1000) {
		buffer_add_string(&path, "/a");
		fault = files_make_folder(files, buffer_slice(&path));
		depth++;
	}
	CHECK(fault == FILES_NAME && depth == FILE_DEPTH_MAX + 1);
	CHECK(files_make_folder(files, S("/b")) == FILES_DONE);
	CHECK(files_make_folder(files, S("/b/c")) == FILES_DONE);
	CHECK(files_rename(files, S("/a"), S("/b/c/a")) == FILES_NAME);
	buffer_free(&path);
	files_free(files);
}

/* The names of the disk's own folders are as they are. */
static void a_folder_of_the_disk_is_read(void)
{
	char folder[] = "/tmp/parlance-files-XXXXXX";
	CHECK(mkdtemp(folder) != NULL);
	char *command = string_printf(
		"cd %s && mkdir -p a/b && printf one >a/b/1.txt && printf two >2 && ln -s /etc/passwd link && "
		"mkfifo pipe && touch -d @86400 2",
		folder);
	CHECK(system(command) == 0);
	free(command);
	struct files *files = files_new(1 << 20);
	struct error error = { 0 };
	CHECK(files_read(files, folder, &error) == STATUS_OK);
	CHECK_TEXT(octets_at(files, "/a/b/1.txt"), "one");
	CHECK_TEXT(octets_at(files, "/2"), "two");
	CHECK(files_find(files, S("/2"))->changed == 86400);
	CHECK(files_root(files)->ninside == 2);
	files_free(files);
	files = files_new((uint64_t)4 * FILE_BLOCK);
	CHECK(files_read(files, folder, &error) == STATUS_USAGE);
	CHECK(strstr(error.message, "there is no room for it") != NULL);
	files_free(files);
	files = files_new(1 << 20);
	CHECK(files_read(files, "/no/such/folder", &error) == STATUS_USAGE);
	CHECK_TEXT(S(error.message), "/no/such/folder: No such file or directory");
	error_clear(&error);
	files_free(files);
	command = string_printf("rm -r %s", folder);
	CHECK(system(command) == 0);
	free(command);
}

/* ch2-ftp: RETR week1.txt, STOR answers.txt, and STOR film.mpg is answered 452. */
static void a_new_lab_has_the_files_of_the_documents(void)
{
	struct seed *seed;
	struct error error = { 0 };
	CHECK(seed_new(&(struct store_options){ .host = "x" }, &seed, &error) == STATUS_OK);
	struct store *store = store_new(seed, false);
	struct files *alice = store_user(store, S("alice"))->files, *bob = store_user(store, S("bob"))->files;
	CHECK(octets_at(alice, "/homework/week1.txt").n > 100);
	CHECK(put(alice, "/homework/answers.txt", "1. The second.\r\n") == FILES_DONE);
	CHECK(files_fits(alice, S("/homework/film.mpg"), 0) == FILES_FULL);
	CHECK(files_fits(bob, S("/homework/film.mpg"), 0) == FILES_DONE);
	CHECK(files_fits(bob, S("/quota/x"), 0) == FILES_FULL);
	CHECK(octets_at(bob, "/pictures/bubble.png").n == 121);
	CHECK(octets_at(store_site(store), "/example.html").n == 384);
	CHECK(store_site(store) == store_user(store, S("webmaster"))->files);
	CHECK(files_find(store_site(store), S("/homework")) == NULL);
	store_free(store);
	seed_free(seed);
}

/* Whatever is done, what is taken is the sum of what is there. */
static uint64_t sum_of(const struct file *file)
{
	uint64_t sum = file->ninside || file->folder ? FILE_BLOCK : 0;
	if (!file->folder) {
		uint64_t n = blob_octets(file->blob).n;
		return n ? (n + FILE_BLOCK - 1) / FILE_BLOCK * FILE_BLOCK : FILE_BLOCK;
	}
	for (size_t i = 0; i < file->ninside; i++) {
		CHECK(file->inside[i]->above == file);
		CHECK(!i || strcmp(file->inside[i - 1]->name, file->inside[i]->name) < 0);
		sum += sum_of(file->inside[i]);
	}
	CHECK(sum == file->taken);
	return sum;
}

static uint64_t charged_of(const struct file *file)
{
	uint64_t sum = file->charged;
	for (size_t i = 0; i < file->ninside; i++)
		sum += charged_of(file->inside[i]);
	return sum;
}

static void whatever_is_done_is_counted(void)
{
	static const char *const paths[] = { "/a",     "/b",     "/c",     "/a/a",     "/a/b",     "/b/a",
		                             "/b/a/c", "/a/b/c", "/c/a/b", "/a/a/a/a", "/b/c/a/b", "/c/b" };
	static char text[3 * FILE_BLOCK];
	struct limit limit = { .most = (uint64_t)20 * FILE_BLOCK };
	struct files *empty = files_new((uint64_t)24 * FILE_BLOCK), *files = files_copy(empty, &limit);
	uint64_t state = 1;
	size_t done = 0, full = 0;
	memset(text, 'x', sizeof text);
	for (size_t i = 0; i < 20000 && test_good; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		struct slice path = S(paths[(state >> 33) % 12]), to = S(paths[(state >> 40) % 12]);
		enum files_fault fault = FILES_DONE;
		struct blob *blob = blob_new((struct slice){ text, (state >> 20) % sizeof text });
		switch ((state >> 48) % 6) {
		case 0:
		case 1:
			fault = files_put(files, path, blob);
			break;
		case 2:
			fault = files_make_folder(files, path);
			break;
		case 3:
			fault = files_remove(files, path);
			break;
		case 4:
			fault = files_remove_folder(files, path);
			break;
		default:
			fault = files_rename(files, path, to);
		}
		blob_release(blob);
		done += fault == FILES_DONE;
		full += fault == FILES_FULL;
		sum_of(files_root(files));
		CHECK(charged_of(files_root(files)) == limit.used && limit.used <= limit.most);
	}
	CHECK(done > 1000 && full > 1000);
	files_free(files);
	files_free(empty);
	CHECK(limit.used == 0);
}

int main(void)
{
	TEST(paths_stay_below_the_root);
	TEST(files_are_put_found_and_removed);
	TEST(who_reads_a_file_keeps_what_it_was);
	TEST(renaming_moves_what_is_below);
	TEST(limits_count_in_blocks);
	TEST(a_copy_counts_what_is_new_in_it);
	TEST(folders_lie_only_so_deep);
	TEST(a_folder_of_the_disk_is_read);
	TEST(a_new_lab_has_the_files_of_the_documents);
	TEST(whatever_is_done_is_counted);
	return test_end();
}
