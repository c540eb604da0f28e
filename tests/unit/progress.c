/*
 * Progress in a lesson: kept, read again, found again in a text that was changed; and what becomes of a file that is
 * damaged, or cannot be written.
 */
#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/state.h"
#include "lesson/progress_text.h"

static char *home; /* XDG_STATE_HOME */
static struct error error;

#define FOLDER "parlance/lessons"

/* `name` in the folder of progress; the caller's. */
static char *file(const char *name)
{
	return string_printf("%s/" FOLDER "/%s", home, name);
}

static void write_file(const char *name, struct slice text)
{
	char *path = file(name);
	FILE *out = fopen(path, "w");
	CHECK(out && fwrite(text.p, 1, text.n, out) == text.n);
	if (out)
		(void)fclose(out);
	free(path);
}

static unsigned mode_of(const char *path)
{
	struct stat about;
	return lstat(path, &about) == 0 ? (unsigned)about.st_mode & 07777 : 0;
}

/* Two sections of two and three items behind a title. */
static const struct slice headings[] = { { "", 0 },         { "Greeting", 8 }, { "Greeting", 8 },
	                                 { "Envelope", 8 }, { "Envelope", 8 }, { "Envelope", 8 } };
#define ITEMS (sizeof headings / sizeof headings[0])

/* What the tests below keep. */
static struct lesson_progress begun(void)
{
	struct lesson_progress progress = { .said = 7, .skipped = 1, .goals = 2 };
	lesson_progress_at(&progress, 4, 0x1234abcd, headings, ITEMS);
	lesson_words_add(&progress.codes, SLICE("220"));
	lesson_words_add(&progress.codes, SLICE("250"));
	lesson_words_add(&progress.codes, SLICE("250"));
	lesson_words_add(&progress.verbs, SLICE("UID FETCH"));
	lesson_words_add(&progress.reading, SLICE("RFC 5321 4.1.1.2"));
	return progress;
}

static void a_lesson_never_begun_is_all_zero(void)
{
	struct lesson_progress progress;
	CHECK(lesson_progress_load("03-never", &progress, &error) == STATUS_OK && error.message == NULL);
	CHECK(progress.items == 0 && progress.digest == 0 && !progress.done && progress.heading == NULL);
	CHECK(progress.codes.n == 0 && progress.visited[0] == '\0');
	CHECK(lesson_progress_place(&progress, 1, headings, ITEMS) == 0);
}

static void what_is_kept_is_read_again(void)
{
	struct lesson_progress progress = begun(), again;
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_OK);
	CHECK(lesson_progress_load("03-smtp-by-hand", &again, &error) == STATUS_OK);
	CHECK(again.place == 4 && again.items == ITEMS && again.digest == 0x1234abcd && again.beyond == 1);
	CHECK_TEXT(slice_of(again.heading), "Envelope");
	CHECK(again.said == 7 && again.skipped == 1 && again.goals == 2 && !again.done);
	CHECK(strlen(again.visited) == 19 && again.finished[0] == '\0');
	CHECK(again.codes.n == 2 && again.codes.rows[0].times == 1 && again.codes.rows[1].times == 2);
	CHECK_TEXT(slice_of(again.codes.rows[1].word), "250");
	CHECK_TEXT(slice_of(again.verbs.rows[0].word), "UID FETCH");
	CHECK_TEXT(slice_of(again.reading.rows[0].word), "RFC 5321 4.1.1.2");
	lesson_progress_free(&again);
	lesson_progress_free(&progress);
}

static void it_is_the_owners_alone_and_readable(void)
{
	char *folder = file(""), *path = file("03-smtp-by-hand");
	struct buffer text = { 0 };
	CHECK(mode_of(folder) == 0700 && mode_of(path) == 0600);
	CHECK(state_read(path, 4096, &text) == 0);
	CHECK(slice_starts(buffer_slice(&text), SLICE("# How far you are in a lesson of parlance. To forget it: "
	                                              "parlance lesson --reset 03-smtp-by-hand\n"
	                                              "place: 4\nitems: 6\nheading: Envelope\nbeyond: 1\n"
	                                              "digest: 000000001234abcd\nvisited: 2")));
	CHECK(slice_find(buffer_slice(&text), SLICE("code: 220 1\ncode: 250 2\nverb: UID FETCH 1\n"
	                                            "read: RFC 5321 4.1.1.2 1\n")) < text.n);
	buffer_free(&text);
	free(path);
	free(folder);
}

static void the_day_it_was_done_stays(void)
{
	struct lesson_progress progress = begun(), again;
	progress.done = true;
	(void)strcpy(progress.finished, "2024-02-29 08:15:00");
	CHECK(lesson_progress_store("05-pop3-by-hand", &progress, &error) == STATUS_OK);
	CHECK(lesson_progress_load("05-pop3-by-hand", &again, &error) == STATUS_OK);
	CHECK(again.done);
	CHECK_TEXT(slice_of(again.finished), "2024-02-29 08:15:00");
	lesson_progress_free(&again);
	lesson_progress_free(&progress);
}

static void words_survive_whatever_stands_in_them(void)
{
	struct lesson_progress progress = begun(), again;
	free(progress.heading);
	progress.heading = string_copy("a: \\ # \n\033[31m b");
	lesson_words_add(&progress.verbs, SLICE("X 7\r\n: 1"));
	CHECK(lesson_progress_store("odd", &progress, &error) == STATUS_OK);
	CHECK(lesson_progress_load("odd", &again, &error) == STATUS_OK);
	CHECK_TEXT(slice_of(again.heading), "a: \\ # \n\033[31m b");
	CHECK(again.verbs.n == 2);
	CHECK_TEXT(slice_of(again.verbs.rows[1].word), "X 7\r\n: 1");
	lesson_progress_free(&again);
	lesson_progress_free(&progress);
}

static void lists_are_bounded(void)
{
	struct lesson_words words = { 0 };
	char text[16];
	for (int i = 0; i < 300; i++) {
		(void)snprintf(text, sizeof text, "%d", i % 250);
		lesson_words_add(&words, slice_of(text));
	}
	CHECK(words.n == 200 && words.rows[0].times == 2 && words.rows[60].times == 1);
	struct lesson_progress progress = { .codes = words };
	char *big = memory_zeroed(1, 100);
	memset(big, 'x', 99);
	lesson_words_add(&progress.verbs, slice_of(big));
	lesson_words_add(&progress.verbs, SLICE(""));
	CHECK(progress.verbs.n == 0);
	free(big);
	lesson_progress_free(&progress);
}

/* Whether a file with that text counts as damaged in that line. */
static void damaged_in(size_t line, struct slice text)
{
	struct lesson_progress progress;
	write_file("damaged", text);
	CHECK(lesson_progress_load("damaged", &progress, &error) == STATUS_USAGE);
	CHECK(progress.items == 0 && progress.heading == NULL && progress.codes.n == 0);
	char *path = file("damaged");
	char *wanted = string_printf("%s:%zu: damaged: the lesson begins anew", path, line);
	CHECK_TEXT(slice_of(error.message), wanted);
	error_clear(&error);
	free(wanted);
	free(path);
}

static void a_damaged_file_counts_as_none(void)
{
	damaged_in(1, SLICE(""));
	damaged_in(2, SLICE("place: 1\n"));
	damaged_in(2, SLICE("place: 1\nitems: many\ncode: 220 1\n"));
	damaged_in(1, SLICE("place: -1\nitems: 3\n"));
	damaged_in(1, SLICE("place: 99999999999999999999999\nitems: 3\n"));
	damaged_in(3, SLICE("place: 4\nitems: 3\n"));
	damaged_in(3, SLICE("items: 3\nheading: x\nheading: a\\q\n"));
	damaged_in(2, SLICE("items: 3\nheading: a\\0b\n"));
	damaged_in(2, SLICE("items: 3\ncode: 220\n"));
	damaged_in(2, SLICE("items: 3\ncode: 220 0\n"));
	damaged_in(3, SLICE("items: 3\ncode: 220 1\ncode: 220 1\n"));
	damaged_in(2, SLICE("items: 3\ndigest: 12\n"));
	damaged_in(2, SLICE("items: 3\nvisited: 2026-11-22 noon\n"));
	damaged_in(1, SLICE("items\n"));
	damaged_in(3, SLICE("\0\0\0\0\n\377\n"));
}

/* Each octet of a file replaced by others, and the file cut there: what is read holds together, whatever it says. */
static void no_text_breaks_it(void)
{
	struct lesson_progress whole = begun();
	struct buffer text = { 0 };
	progress_print("03-smtp-by-hand", &whole, &text);
	const struct slice others = SLICE("\0\n: 9\\x\377");
	for (size_t at = 0; at < text.n; at++)
		for (size_t i = 0; i <= others.n; i++) {
			struct lesson_progress progress = { 0 };
			size_t line = 0;
			struct buffer changed = { 0 };
			buffer_add(&changed, text.p, i < others.n ? text.n : at);
			if (i < others.n)
				changed.p[at] = others.p[i];
			if (progress_parse(buffer_slice(&changed), &progress, &line))
				CHECK(progress.place <= progress.items && progress.beyond <= progress.place);
			CHECK(line > 0);
			lesson_progress_free(&progress);
			buffer_free(&changed);
		}
	buffer_free(&text);
	lesson_progress_free(&whole);
}

static void lines_that_are_unknown_are_passed_over(void)
{
	struct lesson_progress progress;
	write_file("newer", SLICE("# words\n\nitems: 9\nmood: good\nplace: 2\nwhatever\nsaid: 1"));
	CHECK(lesson_progress_load("newer", &progress, &error) == STATUS_OK);
	CHECK(progress.items == 9 && progress.place == 2 && progress.said == 1);
	lesson_progress_free(&progress);
}

static void what_is_no_file_counts_as_damaged(void)
{
	struct lesson_progress progress;
	char *link = file("link"), *folder = file("folder"), *fifo = file("fifo");
	CHECK(symlink("newer", link) == 0 && mkdir(folder, 0700) == 0 && mkfifo(fifo, 0600) == 0);
	const char *const names[] = { "link", "folder", "fifo" };
	for (size_t i = 0; i < 3; i++) {
		CHECK(lesson_progress_load(names[i], &progress, &error) == STATUS_USAGE && error.message);
		CHECK(progress.items == 0);
		error_clear(&error);
	}
	(void)unlink(link);
	(void)rmdir(folder);
	(void)unlink(fifo);
	free(link);
	free(folder);
	free(fifo);
}

/* One session writes again and again, another reads: it finds what was written before, or after, and never half. */
static void of_two_sessions_the_last_one_wins(void)
{
	struct lesson_progress one = begun(), other = begun(), read;
	lesson_progress_at(&other, 1, 5, headings, ITEMS);
	CHECK(lesson_progress_store("both", &one, &error) == STATUS_OK);
	pid_t child = fork();
	for (int i = 0; child == 0 && i < 100; i++)
		(void)lesson_progress_store("both", i % 2 ? &one : &other, &error);
	if (child == 0)
		_exit(0);
	for (bool over = false; !over;) {
		over = waitpid(child, NULL, WNOHANG) != 0;
		CHECK(lesson_progress_load("both", &read, &error) == STATUS_OK);
		CHECK((read.place == 4 && read.beyond == 1) || (read.place == 1 && read.beyond == 0));
		lesson_progress_free(&read);
	}
	lesson_progress_free(&other);
	lesson_progress_free(&one);
}

/* ---- the place ---- */

static size_t place_in(const struct lesson_progress *progress, const struct slice *now, size_t n)
{
	return lesson_progress_place(progress, 99, now, n);
}

static void the_place_holds_while_the_text_does(void)
{
	struct lesson_progress progress = { 0 };
	for (size_t place = 0; place <= ITEMS; place++) {
		lesson_progress_at(&progress, place, 5, headings, ITEMS);
		CHECK(lesson_progress_place(&progress, 5, headings, ITEMS) == place);
		CHECK(lesson_progress_place(&progress, 6, headings, ITEMS) == place);
	}
	lesson_progress_free(&progress);
}

static void in_a_changed_text_the_place_is_in_the_same_section(void)
{
	struct lesson_progress progress = { 0 };
	lesson_progress_at(&progress, 4, 5, headings, ITEMS); /* the second of Envelope */
	const struct slice longer[] = { { "", 0 },         { "New", 3 },      { "New", 3 },     { "Envelope", 8 },
		                        { "Envelope", 8 }, { "Envelope", 8 }, { "Greeting", 8 } };
	CHECK(place_in(&progress, longer, 7) == 4);
	const struct slice shorter[] = { { "", 0 }, { "Envelope", 8 }, { "Greeting", 8 } };
	CHECK(place_in(&progress, shorter, 3) == 1);
	const struct slice renamed[] = { { "", 0 }, { "Letter", 6 }, { "Letter", 6 } };
	CHECK(place_in(&progress, renamed, 3) == 2); /* as far into the lesson: 4 of 6 */
	CHECK(place_in(&progress, renamed, 0) == 0);
	lesson_progress_at(&progress, ITEMS, 5, headings, ITEMS);
	CHECK(place_in(&progress, renamed, 3) == 3);
	lesson_progress_free(&progress);
}

static void a_changed_text_is_known_by_its_digest(void)
{
	CHECK(lesson_digest(SLICE("a")) == lesson_digest(SLICE("a")) &&
	      lesson_digest(SLICE("a")) != lesson_digest(SLICE("b")) && lesson_digest(SLICE("")) != 0);
}

/* ---- keys, and what is there ---- */

static void a_path_has_a_key_wherever_it_is_named_from(void)
{
	char *folder = string_printf("%s/place", home), *there = string_printf("%s/mine.md", folder);
	CHECK(mkdir(folder, 0700) == 0);
	FILE *out = fopen(there, "w");
	CHECK(out && fclose(out) == 0 && chdir(folder) == 0);
	char *whole = lesson_progress_key(there), *near = lesson_progress_key("./mine.md"),
	     *other = lesson_progress_key("/elsewhere/mine.md"), *hidden = lesson_progress_key("/elsewhere/.md");
	CHECK(slice_starts(slice_of(whole), SLICE("mine.md@")));
	CHECK_TEXT(slice_of(near), whole);
	CHECK(strcmp(whole, other) != 0);
	CHECK(hidden[0] == '_');
	free(whole);
	free(near);
	free(other);
	free(hidden);
	free(there);
	free(folder);
}

/* The keys that are there, with a space behind each; the caller's. */
static char *keys_there(void)
{
	char **keys;
	size_t n;
	struct buffer said = { 0 };
	lesson_progress_list(&keys, &n);
	for (size_t i = 0; i < n; i++) {
		buffer_printf(&said, "%s ", keys[i]);
		free(keys[i]);
	}
	free(keys);
	return buffer_take(&said);
}

static void what_is_there_is_listed_and_forgotten(void)
{
	bool was = false;
	write_file(".03-smtp-by-hand.a1b2c3", SLICE("half"));
	char *keys = keys_there();
	CHECK_TEXT(slice_of(keys), "03-smtp-by-hand 05-pop3-by-hand both damaged newer odd ");
	free(keys);
	CHECK(lesson_progress_forget("odd", &was, &error) == STATUS_OK && was);
	CHECK(lesson_progress_forget("odd", &was, &error) == STATUS_OK && !was);
	keys = keys_there();
	CHECK_TEXT(slice_of(keys), "03-smtp-by-hand 05-pop3-by-hand both damaged newer ");
	free(keys);
}

/* ---- where nothing can be kept ---- */

static void what_cannot_be_kept_is_told_once(void)
{
	struct lesson_progress progress = begun();
	char *plain = string_printf("%s/plain", home);
	FILE *out = fopen(plain, "w"); /* a file where a folder should be: not even root can write below it */
	CHECK(out && fclose(out) == 0);
	(void)setenv("XDG_STATE_HOME", plain, 1);
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_USAGE);
	char *wanted = string_printf("%s/" FOLDER ": Not a directory: your place in the lesson is not kept", plain);
	CHECK_TEXT(slice_of(error.message), wanted);
	error_clear(&error);
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_USAGE && error.message == NULL);
	CHECK(progress.place == 4 && progress.codes.n == 2);
	struct lesson_progress none;
	bool was = true;
	CHECK(lesson_progress_load("03-smtp-by-hand", &none, &error) == STATUS_OK && none.items == 0);
	CHECK(lesson_progress_forget("03-smtp-by-hand", &was, &error) == STATUS_OK && !was);
	(void)setenv("XDG_STATE_HOME", home, 1);
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_OK);
	lesson_progress_free(&progress);
	free(wanted);
	free(plain);
}

static void a_disk_that_is_full_leaves_the_old_file(void)
{
	struct lesson_progress progress = begun(), again;
	CHECK(lesson_progress_store("full", &progress, &error) == STATUS_OK);
	struct rlimit before, small;
	CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
	small = before;
	small.rlim_cur = 20; /* so many octets have room in a file */
	(void)signal(SIGXFSZ, SIG_IGN);
	lesson_progress_at(&progress, 5, 5, headings, ITEMS);
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	CHECK(lesson_progress_store("full", &progress, &error) == STATUS_USAGE && error.message);
	CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
	error_clear(&error);
	CHECK(lesson_progress_load("full", &again, &error) == STATUS_OK && again.place == 4);
	lesson_progress_free(&again);
	lesson_progress_free(&progress);
}

static void nothing_half_written_stays(void)
{
	char *folder = file("");
	size_t hidden = 0;
	DIR *there = opendir(folder);
	CHECK(there != NULL);
	for (const struct dirent *entry; there && (entry = readdir(there)) != NULL;)
		hidden += entry->d_name[0] == '.' && strlen(entry->d_name) > 2;
	CHECK(hidden == 1); /* the one that this test put there */
	(void)closedir(there);
	free(folder);
}

static void without_a_home_it_says_so(void)
{
	struct lesson_progress progress = begun(), none;
	(void)setenv("XDG_STATE_HOME", "relative", 1);
	(void)unsetenv("HOME");
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_USAGE);
	CHECK(error.message && strstr(error.message, "HOME"));
	error_clear(&error);
	CHECK(lesson_progress_load("03-smtp-by-hand", &none, &error) == STATUS_OK && none.items == 0);
	(void)setenv("HOME", home, 1);
	progress.refused = false;
	CHECK(lesson_progress_store("03-smtp-by-hand", &progress, &error) == STATUS_OK);
	char *path = string_printf("%s/.local/state/" FOLDER "/03-smtp-by-hand", home);
	CHECK(mode_of(path) == 0600);
	free(path);
	lesson_progress_free(&progress);
}

int main(void)
{
	const char *temporary = getenv("TMPDIR");
	home = string_printf("%s/parlance-progress.XXXXXX", temporary ? temporary : "/tmp");
	if (mkdtemp(home) == NULL || setenv("XDG_STATE_HOME", home, 1) != 0)
		return 1;
	TEST(a_lesson_never_begun_is_all_zero);
	TEST(what_is_kept_is_read_again);
	TEST(it_is_the_owners_alone_and_readable);
	TEST(the_day_it_was_done_stays);
	TEST(words_survive_whatever_stands_in_them);
	TEST(lists_are_bounded);
	TEST(a_damaged_file_counts_as_none);
	TEST(no_text_breaks_it);
	TEST(lines_that_are_unknown_are_passed_over);
	TEST(what_is_no_file_counts_as_damaged);
	TEST(of_two_sessions_the_last_one_wins);
	TEST(the_place_holds_while_the_text_does);
	TEST(in_a_changed_text_the_place_is_in_the_same_section);
	TEST(a_changed_text_is_known_by_its_digest);
	TEST(a_path_has_a_key_wherever_it_is_named_from);
	TEST(what_is_there_is_listed_and_forgotten);
	TEST(a_disk_that_is_full_leaves_the_old_file);
	TEST(nothing_half_written_stays);
	TEST(what_cannot_be_kept_is_told_once);
	TEST(without_a_home_it_says_so);
	char *remove = string_printf("rm -rf '%s'", home);
	(void)!system(remove);
	free(remove);
	free(home);
	return test_end();
}
