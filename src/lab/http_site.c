/*
 * The files of the site and, at /~NAME/, of the users: shown, put there, taken away. FTP changes the same files.
 */
#include <time.h>

#include "lab/http_exchange.h"
#include "lab/http_types.h"
#include "protocol/http_syntax.h"

/* ---- whose files ---- */

/* The tree that a path is in, and the path in it, appended to `inner`. NULL where there is no such user. */
static struct files *tree_of(const struct exchange *x, struct buffer *inner)
{
	if (!slice_starts(x->path, SLICE("/~"))) {
		buffer_add_slice(inner, x->path);
		return store_site(x->store);
	}
	struct slice rest = slice_part(x->path, 2, x->path.n);
	size_t slash = slice_find_octet(rest, '/');
	const struct user *user = store_user(x->store, slice_part(rest, 0, slash));
	buffer_add_slice(inner, slice_part(rest, slash, rest.n));
	return user ? user->files : NULL;
}

/* The folder's or file's own path in its tree: without the slash at its end. */
static struct slice bare(const struct buffer *inner)
{
	struct slice path = buffer_slice(inner);
	return path.n > 1 && path.p[path.n - 1] == '/' ? slice_part(path, 0, path.n - 1) : path;
}

static bool names_folder(const struct exchange *x)
{
	return x->path.p[x->path.n - 1] == '/';
}

/* ---- GET ---- */

static void add_entry(struct buffer *page, const struct file *file)
{
	struct buffer date = { 0 };
	const char *slash = file->folder ? "/" : "";
	http_date_write(&date, file->changed);
	buffer_add_string(page, "<tr><td><a href=\"./");
	html_path(page, slice_of(file->name));
	buffer_printf(page, "%s\">", slash);
	html_text(page, slice_of(file->name));
	buffer_printf(page, "%s</a></td><td>", slash);
	if (!file->folder)
		buffer_add_number(page, blob_octets(file->blob).n);
	buffer_printf(page, "</td><td>" SLICE_FMT "</td></tr>\n", SLICE_ARG(buffer_slice(&date)));
	buffer_free(&date);
}

static void say_listing(struct exchange *x, const struct file *folder)
{
	struct buffer page = { 0 }, title = { 0 };
	buffer_add_string(&title, "Folder ");
	buffer_add_slice(&title, x->path);
	html_begin(&page, buffer_slice(&title));
	buffer_add_string(&page, "<table>\n<tr><th>name</th><th>octets</th><th>changed</th></tr>\n");
	if (folder->above)
		buffer_add_string(&page, "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
	for (size_t i = 0; i < folder->ninside; i++)
		add_entry(&page, folder->inside[i]);
	buffer_add_string(&page,
	                  "</table>\n<p>PUT puts a file here, DELETE takes one away; FTP sees the same files.</p>\n");
	html_end(&page);
	buffer_free(&title);
	say_page(x, &page);
}

static void say_file(struct exchange *x, const struct file *file)
{
	answer_hold_blob(x->answer, file->blob);
	answer_look(x->answer, blob_octets(file->blob));
	/* Whoever may upload may not run scripts in the reader's browser. */
	answer_field(x->answer, "Content-Security-Policy", "default-src 'self'; script-src 'none'; object-src 'none'");
	say_content(x, http_type_of(slice_of(file->name)), file->changed);
}

static void say_missing(struct exchange *x)
{
	struct buffer name = { 0 };
	visit_clean(&name, x->path);
	say_status(x, 404, "Nothing stands at " SLICE_FMT " here. The page at / tells what does.",
	           SLICE_ARG(buffer_slice(&name)));
	buffer_free(&name);
}

static void get(struct exchange *x, const struct file *file)
{
	static const char *const indexes[] = { "index.html", "index.htm" };
	if (file == NULL || (!file->folder && names_folder(x))) {
		say_missing(x);
		return;
	}
	if (!file->folder) {
		say_file(x, file);
		return;
	}
	if (!names_folder(x)) {
		struct buffer to = { 0 };
		buffer_add_slice(&to, x->path);
		buffer_add_octet(&to, '/');
		say_redirect(x, 301, buffer_slice(&to));
		buffer_free(&to);
		return;
	}
	for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
		for (size_t j = 0; j < file->ninside; j++)
			if (!file->inside[j]->folder &&
			    slice_equal(slice_of(file->inside[j]->name), slice_of(indexes[i]))) {
				say_file(x, file->inside[j]);
				return;
			}
	say_listing(x, file);
}

/* ---- PUT and DELETE ---- */

/* Says why the tree did not take it. */
static void say_fault(struct exchange *x, enum files_fault fault)
{
	static const struct {
		enum files_fault fault;
		unsigned status;
		const char *why;
	} rows[] = {
		{ FILES_MISSING, 409, "The folder in which it would stand is not there: FTP's MKD makes one." },
		{ FILES_EXISTS, 409, "Something stands there already." },
		{ FILES_FOLDER, 409, "A folder stands there, and not a file." },
		{ FILES_NO_FOLDER, 409, "What should be a folder in this path is a file." },
		{ FILES_NOT_EMPTY, 409, "The folder is not empty." },
		{ FILES_FULL, 507, "There is no room for so many octets." },
		{ FILES_NAME, 400, "That is no name for a file: it is empty, too long, or holds controls." },
		{ FILES_ROOT, 409, "The root of the tree stays as it is." },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].fault == fault)
			say_status(x, rows[i].status, "%s", rows[i].why);
}

/* Whether the conditions of the request stop it. */
static bool stopped(struct exchange *x, const struct file *file)
{
	bool exists = file != NULL && !file->folder;
	return condition_fails(x, exists ? blob_octets(file->blob) : SLICE(""), file != NULL, file ? file->changed : 0);
}

bool site_refuses_put(struct exchange *x)
{
	struct buffer inner = { 0 };
	struct slice value;
	struct files *files = tree_of(x, &inner);
	struct file *file = files ? files_find(files, bare(&inner)) : NULL;
	bool refused = true;
	if (files == NULL) {
		say_missing(x);
	} else if (request_value(x->request, "Content-Range", &value)) { /* RFC 9110 14.5 */
		say_status(x, 400, "Content-Range: a file is put whole here, not in parts.");
	} else if (names_folder(x) || (file && file->folder)) {
		say_fault(x, FILES_FOLDER);
	} else {
		uint64_t octets = x->request->part == REQUEST_LINE ? x->request->body.n : x->request->length;
		enum files_fault fault = files_fits(files, bare(&inner), octets);
		refused = fault != FILES_DONE;
		if (refused)
			say_fault(x, fault);
		else
			refused = stopped(x, file);
	}
	buffer_free(&inner);
	return refused;
}

static void put(struct exchange *x, struct files *files, struct slice inner, bool there)
{
	struct blob *blob = blob_take(&x->request->body);
	enum files_fault fault = files_put(files, inner, blob);
	blob_release(blob);
	if (fault != FILES_DONE) {
		say_fault(x, fault);
	} else if (there) {
		x->answer->status = 204;
	} else {
		struct buffer to = { 0 };
		http_percent_encode(&to, x->path);
		answer_field(x->answer, "Location", SLICE_FMT, SLICE_ARG(buffer_slice(&to)));
		say_status(x, 201, "It is kept at " SLICE_FMT ".", SLICE_ARG(buffer_slice(&to)));
		buffer_free(&to);
	}
}

static void take_away(struct exchange *x, struct files *files, struct slice inner, const struct file *file)
{
	if (file == NULL) {
		say_missing(x);
		return;
	}
	enum files_fault fault = file->folder ? files_remove_folder(files, inner) : files_remove(files, inner);
	if (fault != FILES_DONE)
		say_fault(x, fault);
	else
		x->answer->status = 204;
}

void site_answer(struct exchange *x)
{
	struct buffer inner = { 0 };
	struct files *files = tree_of(x, &inner);
	const struct file *file = NULL;
	if (files && inner.n == 0 && x->request->known & (METHOD_GET | METHOD_HEAD))
		file = files_root(files); /* "/~bob": it stands at "/~bob/" */
	else if (files)
		file = files_find(files, bare(&inner));
	if (x->request->known & (METHOD_GET | METHOD_HEAD))
		get(x, file);
	else if (files == NULL)
		say_missing(x);
	else if (x->request->known == METHOD_PUT)
		put(x, files, bare(&inner), file != NULL);
	else if (!stopped(x, file))
		take_away(x, files, bare(&inner), file);
	buffer_free(&inner);
}
