/*
 * extract -d: a file for each conversation.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wctype.h>

#include "base/escape.h"
#include "cmd/extract.h"

/* How long the words of a file's name may be, in octets. */
#define SLUG_MAX 48

/* ---- its name ---- */

/* Takes the next run of letters and digits off the front of `*title`, appended in lower case. False where there is none. */
static bool add_word(struct buffer *out, struct slice *title)
{
	bool begun = false;
	while (title->n) {
		uint32_t character = 0;
		size_t n = utf8_decode(*title, &character);
		bool letter = n && iswalnum((wint_t)character);
		if (begun && !letter)
			return true;
		*title = slice_part(*title, n ? n : 1, title->n);
		if (letter)
			utf8_encode(out, (uint32_t)towlower((wint_t)character));
		begun = begun || letter;
	}
	return begun;
}

/* The words of the title with hyphens between, as many as there is room for. */
static void add_slug(struct buffer *out, struct slice title)
{
	struct buffer word = { 0 };
	size_t begin = out->n;
	while (add_word(&word, &title)) {
		bool first = out->n == begin;
		struct slice whole = buffer_slice(&word);
		if (out->n - begin + whole.n >= SLUG_MAX && !first)
			break;
		whole = slice_part(whole, 0, SLUG_MAX);
		while (whole.n < word.n && whole.n &&
		       ((unsigned char)word.p[whole.n] & 0xC0) == 0x80) /* not inside a character */
			whole.n--;
		buffer_add_string(out, first ? "" : "-");
		buffer_add_slice(out, whole);
		buffer_clear(&word);
	}
	buffer_free(&word);
}

/* "DIR/07-a-first-session.txt"; without a title, or one without letters, the protocol. */
static char *path_of(const struct extraction *x, const struct extracted *about)
{
	struct buffer path = { 0 };
	struct slice folder = slice_of(x->options->directory);
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	buffer_add_slice(&path, folder);
	buffer_printf(&path, "%s%02" PRIu64 "-", slice_equal(folder, SLICE("/")) ? "" : "/", x->n);
	size_t bare = path.n;
	add_slug(&path, about->title);
	if (path.n == bare)
		buffer_add_string(&path, about->protocol);
	buffer_add_string(&path, ".txt");
	return buffer_take(&path);
}

/* ---- writing it ---- */

static enum status make_folder(const char *folder, struct error *error)
{
	struct stat about;
	if (mkdir(folder, 0777) == 0)
		return STATUS_OK;
	int why = errno;
	if (stat(folder, &about) != 0)
		return error_set(error, STATUS_USAGE, "-d %s: %s", folder, strerror(why));
	if (!S_ISDIR(about.st_mode))
		return error_set(error, STATUS_USAGE, "-d %s: is no folder", folder);
	return STATUS_OK;
}

static void write_into(void *record, struct slice text)
{
	record_write(record, text);
}

enum status extraction_file(const struct extraction *x, const struct extracted *about, char **path, struct error *error)
{
	struct record *file = NULL;
	*path = NULL;
	if (x->n == 1 && make_folder(x->options->directory, error) != STATUS_OK)
		return error->status;
	char *wanted = path_of(x, about);
	enum status status = record_open(wanted, x->options->force, &file, error);
	if (status == STATUS_OK) {
		enum notes notes = x->options->notes_given ? x->options->notes : NOTES_OFF;
		status = extraction_transcript(x, about, notes, (struct sink){ write_into, file }, error);
		if (status == STATUS_OK)
			status = record_close(file, error);
		else
			(void)record_close(file, &(struct error){ 0 });
	}
	if (status == STATUS_OK)
		*path = wanted;
	else
		free(wanted);
	return status;
}
