/*
 * Which form a text has, and reading it as one.
 */
#include "script/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "script/import_forms.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* How much of a text is looked at to recognise it, in octets. */
#define LOOKED_AT (size_t)(256 * 1024)

/* How much must speak for a form. */
#define SURE 3

/* Where two forms are as likely, the first is taken. */
static const struct import_form *const forms[] = { &import_imaplib, &import_smtplib,  &import_http_client,
	                                           &import_poplib,  &import_ftplib,   &import_curl,
	                                           &import_swaks,   &import_s_client, &import_telnet,
	                                           &import_exim,    &import_imaptest, &import_nc,
	                                           &import_document };

static const char own_name[] = "transcript";

const char *import_form(size_t i, const char **what)
{
	if (i > ARRAY_LENGTH(forms))
		return NULL;
	if (what)
		*what = i ? forms[i - 1]->what : "a transcript of our own";
	return i ? forms[i - 1]->name : own_name;
}

/* ---- what readers ask of a line ---- */

bool line_starts(struct slice line, const char *word, struct slice *rest)
{
	struct slice prefix = slice_of(word);
	if (!slice_starts(line, prefix))
		return false;
	if (rest)
		*rest = slice_part(line, prefix.n, line.n);
	return true;
}

bool line_starts_any(struct slice line, const char *const *words)
{
	while (*words && !line_starts(line, *words, NULL))
		words++;
	return *words != NULL;
}

bool line_is_code(struct slice line)
{
	if (line.n < 3 || !octet_is_digit(line.p[0]) || !octet_is_digit(line.p[1]) || !octet_is_digit(line.p[2]))
		return false;
	return line.n == 3 || line.p[3] == ' ' || line.p[3] == '-';
}

/* ---- recognising ---- */

/* The side that a line begins with in our own notation: `C`, `S`, or 0. */
static char own_side(struct slice line)
{
	size_t i = 1;
	if (line.n < 2 || (line.p[0] != 'C' && line.p[0] != 'S'))
		return 0;
	if (line.p[i] == '?' || line.p[i] == '*' || line.p[i] == '!')
		i++;
	if (i < line.n && line.p[i] == '\\')
		i++;
	return i < line.n && line.p[i] == ':' ? line.p[0] : 0;
}

/* Whether a transcript of our own may begin with the line. */
static bool begins_own(struct slice line)
{
	static const char *const words[] = { "Title:",   "Protocol:", "Source:", "Target:", "TLS:",
		                             "Let:",     "Match:",    "Errata:", "Date:",   "Who:",
		                             "<client ", "<server ",  NULL };
	return own_side(line) || line_starts_any(line, words);
}

/* What a text looks like, line by line. */
struct looks {
	unsigned likes[ARRAY_LENGTH(forms)];
	bool begun; /* a line has been seen that is not empty, and no comment */
	bool own, client, server;
};

static void look_at(struct looks *looks, struct slice line)
{
	struct slice trimmed = slice_trim(line);
	if (trimmed.n == 0)
		return;
	char side = own_side(trimmed);
	looks->client = looks->client || side == 'C';
	looks->server = looks->server || side == 'S';
	looks->own = looks->own || (!looks->begun && begins_own(trimmed));
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
		looks->likes[i] += forms[i]->likes(line, !looks->begun);
	looks->begun = looks->begun || trimmed.p[0] != '#';
}

/* The form that most speaks for; NULL for our own, or none. Where both sides are named `C:` and `S:`, it is ours or a
 * document's, whatever else stands around it. */
static const struct import_form *recognise(struct slice text)
{
	struct looks looks = { 0 };
	const struct import_form *best = NULL;
	unsigned most = SURE - 1;
	struct slice rest = slice_part(text, 0, LOOKED_AT);
	while (rest.n && !looks.own) {
		struct slice line = slice_row(&rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		look_at(&looks, line);
	}
	if (looks.own || (looks.client && looks.server))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		if (looks.likes[i] > most) {
			most = looks.likes[i];
			best = forms[i];
		}
	}
	return best;
}

const char *import_recognise(struct slice text)
{
	const struct import_form *form = recognise(text);
	return form ? form->name : NULL;
}

/* ---- reading ---- */

static const struct import_form *form_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
		if (strcmp(forms[i]->name, name) == 0)
			return forms[i];
	return NULL;
}

static enum status no_such_form(const char *name, struct error *error)
{
	struct buffer message = { 0 };
	buffer_add_string(&message, "--from ");
	escape_text(&message, slice_of(name));
	buffer_add_string(&message, ": no such form: there are ");
	for (size_t i = 0; i <= ARRAY_LENGTH(forms); i++)
		buffer_printf(&message, "%s%s",
		              i == 0                    ? ""
		              : i < ARRAY_LENGTH(forms) ? ", "
		                                        : " and ",
		              import_form(i, NULL));
	char *text = buffer_take(&message);
	enum status status = error_set(error, STATUS_USAGE, "%s", text);
	free(text);
	return status;
}

enum status import_read(struct slice text, const char *file, const char *from, struct slice beside,
                        struct script **scripts, size_t *n, struct error *error)
{
	const struct import_form *form = from ? form_named(from) : recognise(text);
	*scripts = NULL;
	*n = 0;
	if (from && form == NULL && strcmp(from, own_name) != 0)
		return no_such_form(from, error);
	if (form == NULL)
		return scripts_parse(text, file, scripts, n, error);
	struct draft draft = { .file = file, .form = form->name, .error = error, .beside = beside };
	if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
		text = slice_part(text, 3, text.n);
	enum status status = form->read(&draft, text);
	if (status == STATUS_OK)
		status = draft_finish(&draft, scripts, n);
	draft_free(&draft);
	return status;
}
