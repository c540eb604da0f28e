/*
 * check --fix: a copy in which all is put right whose correction is certain.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/check.h"
#include "session/record.h"

/* ---- where it goes ---- */

bool fix_to_stdout(const struct options *options, const char *name)
{
	struct stat about;
	if (options->output)
		return strcmp(options->output, "-") == 0;
	return strcmp(name, "-") == 0 || stat(name, &about) != 0; /* one that ships */
}

/* "talk.txt" and "talk.log" become "talk-corrected.txt". The caller's. */
static char *copy_name(const struct options *options, const char *name)
{
	if (options->output)
		return string_copy(options->output);
	struct slice bare = slice_of(name);
	size_t base = bare.n;
	while (base > 0 && bare.p[base - 1] != '/')
		base--;
	for (size_t dot = bare.n; dot > base + 1; dot--) {
		if (bare.p[dot - 1] == '.') {
			bare = slice_part(bare, 0, dot - 1);
			break;
		}
	}
	return string_printf(SLICE_FMT "-corrected.txt", SLICE_ARG(bare));
}

/* ---- what is written ---- */

static size_t make_copy(const struct script *scripts, size_t n, const struct findings *found, struct buffer *copy)
{
	size_t corrections = 0;
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(copy, i ? "\n" : "");
		corrections += check_repair(&scripts[i], &found[i], copy);
	}
	return corrections;
}

/* A file that holds it already is left alone. */
static enum status write_copy(const struct options *options, const char *path, struct slice copy, struct error *error)
{
	struct buffer there = { 0 };
	struct error none = { 0 };
	struct stat about;
	struct record *file = NULL;
	bool same = stat(path, &about) == 0 && S_ISREG(about.st_mode) && read_input(path, &there, &none) == STATUS_OK &&
	            slice_equal(buffer_slice(&there), copy);
	buffer_free(&there);
	error_clear(&none);
	if (same)
		return STATUS_OK;
	if (record_open(path, options->force, &file, error) != STATUS_OK)
		return error->status;
	record_write(file, copy);
	return record_close(file, error);
}

/* ---- what is told ---- */

/* The errors that a check of the copy still finds. */
static size_t errors_left(const struct options *options, struct slice copy)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	size_t n = 0, errors = 0;
	(void)scripts_parse(copy, "the copy", &scripts, &n, &error);
	for (size_t i = 0; i < n; i++) {
		struct findings found;
		check_script(&scripts[i], options->protocol, &options->variables, &found);
		errors += found.errors;
		findings_free(&found);
	}
	error_clear(&error);
	scripts_free(scripts, n);
	return errors;
}

static void tell_copy(const struct options *options, const char *path, size_t corrections, struct slice copy)
{
	struct buffer text = { 0 };
	size_t left = errors_left(options, copy);
	buffer_add_count(&text, corrections, "correction", "corrections");
	buffer_add_string(&text, ", ");
	if (left)
		buffer_add_count(&text, left, "error is left", "errors are left");
	else
		buffer_add_string(&text, "no error is left");
	complain("%s: " SLICE_FMT, path, SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

static void tell_nothing(const char *name, const struct findings *found, size_t n)
{
	bool clean = true;
	for (size_t i = 0; i < n; i++)
		clean = clean && found[i].n == 0;
	complain("%s: %s: nothing was written", input_name(name),
	         clean ? "no mistakes found" : "no correction is certain");
}

enum status fix_file(const struct checks *checks, const char *name, const struct script *scripts, size_t n,
                     const struct findings *found, struct error *error)
{
	const struct options *options = checks->options;
	struct buffer copy = { 0 };
	bool to_stdout = fix_to_stdout(options, name);
	char *path = to_stdout ? string_copy("standard output") : copy_name(options, name);
	size_t corrections = make_copy(scripts, n, found, &copy);
	enum status status = STATUS_OK;
	if (corrections && to_stdout)
		sink_of_file(stdout).write(stdout, buffer_slice(&copy));
	else if (corrections)
		status = write_copy(options, path, buffer_slice(&copy), error);
	if (status == STATUS_OK && !options->quiet) {
		if (corrections)
			tell_copy(options, path, corrections, buffer_slice(&copy));
		else
			tell_nothing(name, found, n);
	}
	free(path);
	buffer_free(&copy);
	return status;
}
