/*
 * What a lesson says: its own words as rows, hints, where one is, and what it all came to.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "lesson/stepper_inside.h"
#include "protocol/protocol.h"
#include "view/wrap.h"

#define INDENT "  "

/* ---- rows ---- */

void tell_row(const struct stepper *s, struct buffer *out, const char *format, ...)
{
	const struct wrapping how = { "", INDENT, s->columns, NULL };
	struct buffer text = { 0 };
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	(void)wrap(out, buffer_slice(&text), &how);
	buffer_free(&text);
}

void tell_part(const struct stepper *s, const char *label, struct cmark_node *part, struct buffer *out)
{
	struct buffer rows = { 0 };
	size_t indent = strlen(INDENT);
	lesson_show(part, s->columns > indent ? s->columns - indent : s->columns, s->styled, &rows);
	buffer_printf(out, "%s%s%s%s\n", out->n ? "" : "\n", s->styled ? "\033[1m" : "", label,
	              s->styled ? "\033[0m" : "");
	for (struct slice rest = buffer_slice(&rows); rest.n;) {
		struct slice row = slice_row(&rest);
		buffer_printf(out, "%s" SLICE_FMT "\n", row.n ? INDENT : "", SLICE_ARG(row));
	}
	buffer_free(&rows);
}

void tell_items(struct stepper *s, size_t first, size_t last, struct buffer *out)
{
	for (size_t i = first; i < last; i++) {
		const struct lesson_item *item = &s->o.lesson->items[i];
		if (item->kind != ITEM_HEADING && item->kind != ITEM_PROSE)
			continue;
		buffer_add_octet(out, '\n');
		lesson_show(item->body, s->columns, s->styled, out);
	}
}

/* ---- hints ---- */

/* What the line that the lesson has is for. */
static void explain_line(const struct stepper *s, struct buffer *out)
{
	const struct rehearsed *line = &s->r->lines[stepper_at(s)->line];
	const struct table *commands = protocol_table(s->r->protocol, TABLE_COMMANDS);
	const struct entry *row = commands && line->verb ? table_find(commands, slice_of(line->verb)) : NULL;
	struct buffer wanted = { 0 }, safe = { 0 };
	stepper_line(s, &wanted);
	escape_text(&safe, buffer_slice(&wanted));
	if (row && s->hints == stepper_item(s)->nhints)
		tell_row(s, out, "Hint: %s: %s (%s) TAB fills in the line.", row->word, row->note, row->ref);
	else if (safe.n)
		tell_row(s, out, "Hint: type " SLICE_FMT "   (TAB fills it in, :skip says it for you)",
		         SLICE_ARG(buffer_slice(&safe)));
	else
		tell_row(s, out, "Hint: an empty line: just press Enter.");
	buffer_free(&safe);
	buffer_wipe(&wanted);
}

/* The way to a goal that is written. */
static void tell_way(const struct stepper *s, const struct lesson_item *item, struct buffer *out)
{
	const struct script *script = &s->o.lesson->scripts[item->script];
	tell_row(s, out, "One way there (:skip goes it):");
	for (size_t i = item->first; i < item->last; i++) {
		struct buffer line = { 0 }, safe = { 0 };
		if (script->lines[i].side != SIDE_CLIENT || script->lines[i].kind == SCRIPT_COMMENT)
			continue;
		script_print_line(&script->lines[i], &line);
		struct slice rest = buffer_slice(&line);
		escape_text(&safe, slice_row(&rest));
		buffer_printf(out, INDENT SLICE_FMT "\n", SLICE_ARG(buffer_slice(&safe)));
		buffer_free(&line);
		buffer_free(&safe);
	}
}

void stepper_hint(struct stepper *s, struct buffer *out)
{
	const struct lesson_item *item = stepper_item(s);
	if (item == NULL || s->stage != STAGE_WAIT)
		tell_row(s, out, "There is nothing to do here but to read on.");
	else if (s->lost)
		tell_row(s, out,
		         "The connection is gone. Enter connects again, and says what was said before this place.");
	else if (s->hints < item->nhints)
		tell_part(s, "Hint", item->hints[s->hints], out);
	else if (item->kind == ITEM_GOAL && item->first != item->last)
		tell_way(s, item, out);
	else if (item->kind == ITEM_STEPS && s->r)
		explain_line(s, out);
	else if (item->kind == ITEM_COMMAND)
		tell_row(s, out, "Enter runs the command, and shows what it prints.");
	else
		tell_row(s, out, ":skip %s.",
		         item->kind == ITEM_QUESTION ? "shows the answer"
		                                     : "passes the goal: nothing more is written about it");
	s->hints++;
}

/* ---- differences ---- */

/* The octet at which two lines begin to differ. In the first word, the command, small letters are capitals. */
static size_t differs_at(struct slice a, struct slice b)
{
	size_t at = 0, word = slice_find_octet(a, ' ');
	while (at < a.n && at < b.n &&
	       (a.p[at] == b.p[at] || (at < word && octet_lower(a.p[at]) == octet_lower(b.p[at]))))
		at++;
	return at;
}

/* What was typed beside what the lesson has, and where they part. */
static void tell_lines(const struct stepper *s, struct slice wanted, struct buffer *out)
{
	struct slice typed = buffer_slice(&s->said);
	struct buffer a = { 0 }, b = { 0 };
	escape_text(&a, wanted);
	escape_text(&b, typed);
	size_t at = differs_at(buffer_slice(&a), buffer_slice(&b));
	tell_row(s, out, "What you typed differs from the lesson's line:");
	buffer_printf(out, INDENT "lesson  " SLICE_FMT "\n" INDENT "yours   " SLICE_FMT "\n",
	              SLICE_ARG(buffer_slice(&a)), SLICE_ARG(buffer_slice(&b)));
	buffer_printf(out, INDENT "%*s^\n", (int)(8 + text_columns(slice_part(buffer_slice(&a), 0, at))), "");
	buffer_free(&a);
	buffer_free(&b);
}

void tell_difference(const struct stepper *s, enum class expected, struct buffer *out)
{
	struct buffer wanted = { 0 }, code = { 0 };
	struct stepper shown = *s;
	shown.awaits = AWAITS_LINE;
	stepper_line(&shown, &wanted);
	escape_text(&code, s->reply->code);
	bool same = slice_equal(buffer_slice(&wanted), buffer_slice(&s->said));
	tell_row(
		s, out, "(The lesson has a reply of class %s here, and this one, " SLICE_FMT ", is %s.%s)",
		class_name(expected), SLICE_ARG(buffer_slice(&code)), class_name(s->reply->class),
		same ? " The line is the lesson's: so it is this server, or what was said to it before. :skip goes on; "
		       ":reconnect says the conversation anew."
		     : " Try again; :hint and :skip help, :reconnect says the conversation anew.");
	if (!same)
		tell_lines(s, buffer_slice(&wanted), out);
	buffer_wipe(&wanted);
	buffer_free(&code);
}

/* ---- where one is ---- */

/* The heading under which an item stands; NULL. */
static const char *section_of(const struct lesson *lesson, size_t item)
{
	for (size_t i = item < lesson->nitems ? item + 1 : lesson->nitems; i-- > 0;)
		if (lesson->items[i].kind == ITEM_HEADING)
			return lesson->items[i].text;
	return NULL;
}

static void tell_heading(const struct stepper *s, const char *before, const char *heading, struct buffer *out)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(heading));
	tell_row(s, out, "%s" SLICE_FMT, before, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
}

void stepper_where(const struct stepper *s, const struct dialogue *d, struct buffer *out)
{
	static const char *const kinds[] = { "a line to type", "the server is heard", "a question", "a goal",
		                             "a command to run" };
	const struct lesson *lesson = s->o.lesson;
	const struct lesson_stop *stop = stepper_at(s);
	const char *section = section_of(lesson, stop ? stop->item : lesson->nitems);
	tell_heading(s, "Lesson: ", lesson->title, out);
	if (section && strcmp(section, lesson->title) != 0)
		tell_heading(s, "Section: ", section, out);
	if (stop)
		tell_row(s, out, "Step %zu of %zu: %s.", s->stop + 1, lesson->nstops, kinds[stop->kind]);
	else
		tell_row(s, out, "At the end.");
	if (s->elsewhere)
		tell_row(s, out, "You are at another server: :again comes back to the lesson's.");
	else if (d && s->open)
		tell_row(s, out, "Conversation: %s, state %s, %s.", dialogue_protocol(d)->name, dialogue_state(d),
		         dialogue_secure(d) ? "encrypted" : "in the clear");
	else
		tell_row(s, out, "Conversation: none is open.");
}

void stepper_contents(const struct stepper *s, struct buffer *out)
{
	const struct lesson *lesson = s->o.lesson;
	size_t place = stepper_at(s) ? stepper_at(s)->item : lesson->nitems, number = 0;
	const char *here = section_of(lesson, place);
	for (size_t i = 0; i < lesson->nitems; i++) {
		const struct lesson_item *item = &lesson->items[i];
		if (item->kind != ITEM_HEADING)
			continue;
		char *before = string_printf("%c %2zu  %*s", item->text == here ? '>' : ' ', ++number,
		                             (int)(item->level > 1 ? 2 * (item->level - 1) : 0), "");
		tell_heading(s, before, item->text, out);
		free(before);
	}
	tell_row(s, out, "(:contents NUMBER goes there.)");
}

/* ---- the end ---- */

static void tell_words(const struct stepper *s, const char *label, const struct lesson_words *words, bool times,
                       struct buffer *out)
{
	struct buffer list = { 0 };
	for (size_t i = 0; i < words->n; i++) {
		escape_text(&list, slice_of(words->rows[i].word));
		if (times && words->rows[i].times > 1)
			buffer_printf(&list, " (%zu)", words->rows[i].times);
		buffer_add_string(&list, i + 1 < words->n ? ", " : "");
	}
	if (list.n)
		tell_row(s, out, "%s " SLICE_FMT ".", label, SLICE_ARG(buffer_slice(&list)));
	buffer_free(&list);
}

/* "RFC 5321 4.1.1.1" and "RFC 5321 4.2": the documents, each with its sections. */
static void tell_reading(const struct stepper *s, struct buffer *out)
{
	const struct lesson_words *words = &s->o.progress->reading;
	struct buffer list = { 0 };
	for (size_t i = 0; i < words->n; i++) {
		struct slice rest = slice_of(words->rows[i].word), first = slice_word(&rest),
			     number = slice_word(&rest);
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++) {
			struct slice other = slice_of(words->rows[j].word);
			(void)slice_word(&other);
			seen = slice_equal(slice_word(&other), number);
		}
		if (seen || !slice_equal(first, SLICE("RFC")))
			continue;
		buffer_printf(&list, "%sRFC " SLICE_FMT, list.n ? "; " : "", SLICE_ARG(number));
		for (size_t j = i; j < words->n; j++) {
			struct slice other = slice_of(words->rows[j].word);
			(void)slice_word(&other);
			if (slice_equal(slice_word(&other), number) && slice_trim(other).n)
				buffer_printf(&list, "%s" SLICE_FMT, j == i ? " " : ", ", SLICE_ARG(slice_trim(other)));
		}
	}
	if (list.n)
		tell_row(s, out, "To read: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&list)));
	buffer_free(&list);
}

void tell_summary(const struct stepper *s, struct buffer *out)
{
	const struct lesson_progress *p = s->o.progress;
	size_t goals = 0;
	for (size_t i = 0; i < s->o.lesson->nitems; i++)
		goals += s->o.lesson->items[i].kind == ITEM_GOAL;
	buffer_printf(out, "%s", "What you did\n");
	if (!s->o.alone)
		tell_row(
			s, out,
			"You typed %zu line%s of the lesson, had %zu step%s done for you, and reached %zu of %zu goal%s.",
			p->said, p->said == 1 ? "" : "s", p->skipped, p->skipped == 1 ? "" : "s",
			p->goals < goals ? p->goals : goals, goals, goals == 1 ? "" : "s");
	tell_words(s, "Commands:", &p->verbs, false, out);
	tell_words(s, "Codes you met:", &p->codes, true, out);
	tell_reading(s, out);
}

bool stepper_payload(const struct stepper *s, struct buffer *out)
{
	if (s->r == NULL || !s->ours)
		return false;
	for (size_t i = s->at ? s->at - 1 : 0; i < s->r->script->nlines; i++) {
		const struct script_line *line = &s->r->script->lines[i];
		if (i >= s->at && line->kind == SCRIPT_SAID && line->side == SIDE_CLIENT)
			return false;
		if (!s->r->lines[i].elsewhere || line->side != SIDE_CLIENT)
			continue;
		payload_made(out, line->octets, INPUT_OPAQUE);
		return true;
	}
	return false;
}
