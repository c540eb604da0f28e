/*
 * Other programs' recordings in a document: imaplib's, smtplib's, curl's and so on. Their lines are found by what each form's
 * reader likes, and read by it.
 */
#include "script/extract_inside.h"

#include <stdlib.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/notation_inside.h"
#include "script/script.h"

/* So many lines without a mark of the form's end the recording. */
#define LINES_BETWEEN 12

/* A log is recognised by as many. */
#define LOG_LINES 48

/* How much must speak for a form, as where a file is recognised. */
#define SURE 3

/* Those whose lines are marked; sessions that only a terminal shows are not read by a form here (extract_bare.c). */
static const struct import_form *const forms[] = { &import_imaplib,    &import_smtplib, &import_http_client,
	                                           &import_poplib,     &import_ftplib,  &import_curl,
	                                           &import_swaks,      &import_ruby,    &import_nodemailer,
	                                           &import_curl_trace, &import_ftp,     &import_log };

/* Whether the form's lines have quote marks, or arrows, and are looked for behind what others have put before them. */
static bool may_be_led(const struct import_form *form, struct slice line)
{
	if (form == &import_imaplib)
		return slice_find(line, SLICE(" > ")) < line.n || slice_find(line, SLICE(" < ")) < line.n;
	bool python = form == &import_smtplib || form == &import_http_client || form == &import_poplib ||
	              form == &import_ftplib;
	return python && (slice_find_octet(line, '\'') < line.n || slice_find_octet(line, '"') < line.n);
}

/* The line without the indentation, the marks of a quotation and the times that stand before what the form likes. */
static struct slice unled(const struct import_form *form, struct slice line)
{
	struct slice rest = line;
	if (!may_be_led(form, line))
		return line;
	for (unsigned i = 0; i < LEADER_STEPS && form->likes(rest, false) == 0; i++) {
		size_t step = leader_step(rest, 0);
		if (step == 0)
			return line;
		rest = slice_part(rest, step, rest.n);
	}
	return form->likes(rest, false) ? rest : line;
}

/* Whether the line, which by itself says nothing, belongs to what stands right above. */
static bool goes_on(const struct import_form *form, struct slice line)
{
	if (form == &import_curl_trace)
		return curl_trace_octets(line);
	return form == &import_ftp && ftp_goes_on(line);
}

/* How many of the lines from `i`, of the same block, up to a heading, at most `max`, a log has. `*barren`: log_lines(). */
static size_t log_from_line(const struct passage *p, size_t i, size_t max, bool *barren)
{
	struct buffer text = { 0 };
	unsigned block = p->lines[i].block;
	for (; max-- && i < p->n && p->lines[i].kind != DOCUMENT_HEADING && p->lines[i].block == block; i++) {
		buffer_add_slice(&text, passage_line(p, i));
		buffer_add_octet(&text, '\n');
	}
	size_t n = log_lines(buffer_slice(&text), barren);
	buffer_free(&text);
	return n;
}

/* Where a log ends that begins at the `i`th line, whose lines are compared with each other: first a few, then all. 0 where none
 * begins. Where no two sides speak in the few, the half of them is passed over: a log that begins there would have shown itself. */
static size_t end_of_log(struct talk *t, const struct passage *p, size_t i)
{
	bool barren;
	if (p->lines[i].number <= t->unlogged || import_log.likes(passage_line(p, i), false) == 0)
		return 0;
	if (log_from_line(p, i, LOG_LINES, &barren))
		return i + log_from_line(p, i, p->n, &barren);
	for (size_t k = i; barren && k < p->n && k < i + LOG_LINES / 2 && p->lines[k].block == p->lines[i].block; k++)
		t->unlogged = p->lines[k].number;
	return 0;
}

/* Where a recording of the form ends that begins at the `i`th line: behind its last line. 0 where none begins. */
static size_t end_of(const struct passage *p, size_t i, const struct import_form *form)
{
	size_t end = i, between = 0;
	unsigned likes = 0, block = p->lines[i].block;
	bool sure = false; /* a line was seen that hardly another program prints: its block is the recording's */
	if (form->likes(unled(form, passage_line(p, i)), false) == 0)
		return 0;
	for (; i < p->n && p->lines[i].kind != DOCUMENT_HEADING; i++) {
		/* what is recorded in a block ends with it */
		if (block ? p->lines[i].block != block : between > LINES_BETWEEN)
			break;
		struct slice line = unled(form, passage_line(p, i));
		unsigned one = line.n ? form->likes(line, false) : 0;
		sure = sure || one > 1;
		if (one == 0 && (end == i || (sure && (between == 0 || block))) && goes_on(form, line))
			one = 1;
		likes += one;
		between = one ? 0 : between + (line.n > 0);
		if (one)
			end = i + 1;
	}
	return likes > SURE ? end : 0;
}

/* Whether a program's line right above connects under TLS: Python's `imaplib.IMAP4_SSL('mail.example')`. */
static bool connects_with_tls(const struct passage *p, size_t i)
{
	for (unsigned k = 0; k < LINES_BETWEEN && i-- > 0; k++) {
		struct slice line = passage_line(p, i);
		if (slice_find(line, SLICE("_SSL(")) < line.n)
			return true;
	}
	return false;
}

/* A conversation that the form's reader has read. */
static void hand_on(struct talk *t, const struct script *script, const struct passage *p, size_t first,
                    struct slice title)
{
	struct buffer line = { 0 };
	for (size_t i = 0; i < script->nlines; i++) {
		const struct script_line *row = &script->lines[i];
		unsigned number = p->lines[first + row->number - 1].number;
		if (i == 0)
			talk_begin(t, NULL, protocol_named(slice_of(script->protocol)), title, number);
		buffer_clear(&line);
		script_print_line(row, &line);
		line.n--; /* its LF */
		talk_line(t, row, buffer_slice(&line), number);
	}
	bool implicit = script->tls && slice_equal(slice_of(script->tls), SLICE("implicit"));
	t->draft.tls = implicit || connects_with_tls(p, first);
	talk_end(t);
	buffer_free(&line);
}

static bool has_said(const struct script *script)
{
	for (size_t i = 0; i < script->nlines; i++)
		if (script->lines[i].kind == SCRIPT_SAID)
			return true;
	return false;
}

/* Reads the lines from `first` up to, not including, `end`. False where the reader finds nothing in them. */
static bool read(struct talk *t, const struct passage *p, size_t first, size_t end, const struct import_form *form,
                 struct slice title)
{
	struct buffer text = { 0 };
	struct error error = { 0 };
	struct script *scripts = NULL;
	size_t n = 0;
	for (size_t i = first; i < end; i++) {
		buffer_add_slice(&text, unled(form, passage_line(p, i)));
		buffer_add_octet(&text, '\n');
	}
	struct draft draft = { .file = "document", .form = form->name, .error = &error, .as_found = true };
	enum status status = form->read(&draft, buffer_slice(&text));
	if (status == STATUS_OK)
		status = draft_finish(&draft, &scripts, &n);
	draft_free(&draft);
	bool any = false;
	for (size_t i = 0; status == STATUS_OK && i < n; i++) {
		if (!has_said(&scripts[i]))
			continue;
		if (!any)
			talk_end(t);
		any = true;
		hand_on(t, &scripts[i], p, first, title);
	}
	scripts_free(scripts, n);
	error_clear(&error);
	buffer_free(&text);
	return any;
}

size_t recorded_passage(struct talk *t, const struct passage *p, size_t i, struct titles *titles)
{
	const struct import_form *best = NULL;
	size_t end = 0;
	if (p->lines[i].number <= t->unrecorded)
		return i;
	for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
		size_t one = forms[k] == &import_log ? (best ? 0 : end_of_log(t, p, i)) : end_of(p, i, forms[k]);
		if (one > end) {
			end = one;
			best = forms[k];
		}
	}
	if (best && read(t, p, i, end, best, titles_at(titles, p->lines[i].number)))
		return end;
	if (best)
		t->unrecorded = p->lines[end - 1].number;
	return i;
}
