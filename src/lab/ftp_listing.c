/*
 * What listings show: lines as `ls -l` prints them, which programs read too for want of a standard; bare names; and the facts of
 * RFC 3659 7, which are the standard.
 */
#include <time.h>

#include "base/calendar.h"
#include "lab/ftp_inside.h"
#include "protocol/ftp_syntax.h"

/* A time that is further away than half a year shows its year, as `ls` does. */
#define HALF_A_YEAR (60LL * 60 * 24 * 365 / 2)

const char *const ftp_fact_names[] = { "type", "perm", "size", "modify", "unique", NULL };
enum { FACT_TYPE, FACT_PERM, FACT_SIZE, FACT_MODIFY, FACT_UNIQUE };

static size_t octets_of(const struct file *file)
{
	return blob_octets(file->blob).n;
}

/* ---- for people ---- */

/* "Nov 21 21:19", or "Nov 21  2023"; UTC, and English whatever the locale is, for programs read it. */
static void add_date(struct buffer *out, int64_t changed)
{
	int64_t now = time(NULL);
	struct calendar shown = calendar_at(changed);
	buffer_printf(out, "%s %2u ", calendar_months[shown.month - 1], shown.day);
	if (changed > now - HALF_A_YEAR && changed < now + HALF_A_YEAR)
		buffer_printf(out, "%02u:%02u", shown.hour, shown.minute);
	else
		buffer_printf(out, "%5d", (int)shown.year);
}

/* The owner's column is one word. */
static struct slice owner(const struct ftp_session *s)
{
	struct slice name = buffer_slice(&s->name);
	for (size_t i = 0; i < name.n; i++)
		if (!octet_is_alnum(name.p[i]))
			return SLICE("ftp");
	return name;
}

/* A line as `ls -l` prints it, CRLF behind. `name` stands at its end. */
static void list_line(const struct ftp_session *s, const struct file *file, struct slice name, struct buffer *out)
{
	const char *rights = file->folder ? (s->anonymous ? "dr-xr-xr-x" : "drwxr-xr-x")
	                                  : (s->anonymous ? "-r--r--r--" : "-rw-r--r--");
	buffer_printf(out, "%s %3zu %-8.*s %-8.*s %10zu ", rights, file->folder ? file->ninside + 2 : 1,
	              SLICE_ARG(owner(s)), SLICE_ARG(owner(s)), octets_of(file));
	add_date(out, file->changed);
	buffer_add_octet(out, ' ');
	buffer_add_slice(out, name);
	buffer_add_string(out, "\r\n");
}

/* ---- for programs ---- */

/* What the user may do with it (RFC 3659 7.5.5). A folder that is not empty cannot be deleted, the root not even renamed. */
static void add_rights(const struct ftp_session *s, const struct file *file, struct buffer *out)
{
	if (!file->folder)
		buffer_add_string(out, s->anonymous ? "r" : "adfrw");
	else if (s->anonymous)
		buffer_add_string(out, "el");
	else if (file->above == NULL)
		buffer_add_string(out, "celmp");
	else
		buffer_add_string(out, file->ninside ? "ceflmp" : "cdeflmp");
}

/* One and the same for as long as the file is there, whatever it is called (RFC 3659 7.5.2): made of where it stands in memory,
 * which two files never share, by steps that keep what differs different. */
static void add_unique(const struct file *file, struct buffer *out)
{
	uint64_t number = (uint64_t)(uintptr_t)file;
	number = (number ^ (number >> 29)) * 0xBF58476D1CE4E5B9U;
	number = (number ^ (number >> 32)) * 0x94D049BB133111EBU;
	buffer_printf(out, "%016llx", (unsigned long long)(number ^ (number >> 31)));
}

void ftp_add_time(const struct file *file, struct buffer *out)
{
	struct calendar shown = calendar_at(file->changed);
	buffer_printf(out, "%04d%02u%02u%02u%02u%02u", (int)shown.year, shown.month, shown.day, shown.hour,
	              shown.minute, shown.second);
}

static void add_fact(const struct ftp_session *s, const struct file *file, int fact, struct buffer *out)
{
	buffer_printf(out, "%s=", ftp_fact_names[fact]);
	switch (fact) {
	case FACT_TYPE:
		buffer_add_string(out, file->folder ? "dir" : "file");
		break;
	case FACT_SIZE:
		buffer_printf(out, "%zu", octets_of(file));
		break;
	case FACT_MODIFY:
		ftp_add_time(file, out);
		break;
	case FACT_PERM:
		add_rights(s, file, out);
		break;
	default:
		add_unique(file, out);
	}
	buffer_add_octet(out, ';');
}

void ftp_facts_line(const struct ftp_session *s, const struct file *file, struct slice name, struct buffer *out)
{
	for (int fact = 0; ftp_fact_names[fact]; fact++) {
		bool fits = fact != FACT_SIZE || !file->folder;
		if (fits && s->facts & 1U << fact)
			add_fact(s, file, fact, out);
	}
	buffer_add_octet(out, ' ');
	buffer_add_slice(out, name);
}

/* ---- what a path or a pattern means ---- */

/* Whether a name matches a pattern: * any octets, ? any one. A name that begins with a dot must be asked for. */
static bool matches(struct slice pattern, struct slice name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, from = 0;
	if (name.n && name.p[0] == '.' && (pattern.n == 0 || pattern.p[0] != '.'))
		return false;
	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = n;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == name.p[n])) {
			p++;
			n++;
		} else if (star != SIZE_MAX) { /* the last star takes one octet more */
			p = star + 1;
			n = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* How a listing is made. */
struct listing {
	const struct ftp_session *s;
	bool details;        /* LIST, not NLST */
	struct slice prefix; /* what stands before each name, so that it can be used as it is (RFC 1123 4.1.2.7) */
	struct buffer *out;
};

static void add_entry(const struct listing *listing, const struct file *file, struct slice name)
{
	struct buffer whole = { 0 };
	buffer_add_slice(&whole, listing->prefix);
	buffer_add_slice(&whole, name);
	if (listing->details) {
		list_line(listing->s, file, buffer_slice(&whole), listing->out);
	} else {
		buffer_add_slice(listing->out, buffer_slice(&whole));
		buffer_add_string(listing->out, "\r\n");
	}
	buffer_free(&whole);
}

/* What stands in a folder and matches; an empty pattern matches all. Returns how many there are. */
static size_t add_inside(const struct listing *listing, const struct file *folder, struct slice pattern)
{
	size_t found = 0;
	for (size_t i = 0; i < folder->ninside; i++) {
		struct slice name = slice_of(folder->inside[i]->name);
		if (pattern.n && !matches(pattern, name))
			continue;
		add_entry(listing, folder->inside[i], name);
		found++;
	}
	return found;
}

/* A folder's inside. LIST shows bare names, NLST such as the client can use from where it is. */
static void list_folder(struct listing *listing, const struct file *folder, struct slice argument)
{
	struct buffer prefix = { 0 };
	if (!listing->details && argument.n) {
		buffer_add_slice(&prefix, argument);
		if (argument.p[argument.n - 1] != '/')
			buffer_add_octet(&prefix, '/');
	}
	listing->prefix = buffer_slice(&prefix);
	(void)add_inside(listing, folder, SLICE(""));
	buffer_free(&prefix);
}

/* A pattern stands behind the last slash only. */
static bool list_pattern(struct listing *listing, struct slice argument)
{
	size_t slash = argument.n;
	while (slash > 0 && argument.p[slash - 1] != '/')
		slash--;
	struct slice pattern = slice_part(argument, slash, argument.n);
	listing->prefix = slice_part(argument, 0, slash);
	if (slice_find_octet(pattern, '*') == pattern.n && slice_find_octet(pattern, '?') == pattern.n)
		return false;
	const struct file *folder = ftp_find(listing->s, listing->prefix);
	return folder && folder->folder && add_inside(listing, folder, pattern) > 0;
}

/* Options of Unix's ls, which the standard does not have and many clients send ("-la"), change nothing. */
static struct slice without_options(const struct ftp_session *s, struct slice argument)
{
	while (argument.n && argument.p[0] == '-' && ftp_find(s, argument) == NULL) {
		(void)slice_word(&argument);
		argument = slice_trim(argument);
	}
	return argument;
}

bool ftp_list(const struct ftp_session *s, struct slice argument, bool details, struct buffer *out)
{
	struct listing listing = { .s = s, .details = details, .out = out };
	argument = without_options(s, argument);
	const struct file *file = ftp_find(s, argument);
	if (file == NULL)
		return list_pattern(&listing, argument);
	if (file->folder)
		list_folder(&listing, file, argument);
	else
		add_entry(&listing, file, argument);
	return true;
}
