/*
 * A log in which several sessions run at once, each line with the number or the name of its session: the lines of each are brought
 * together, so that none is read as a part of another.
 */
#include "script/extract_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "protocol/protocol.h"
#include "script/import_forms.h"

/* The session is named in one of so many words. */
#define WORDS_MAX 12

/* No more sessions are kept apart. */
#define SESSIONS_MAX 1024

/* A line in which something is surely said. */
struct certain {
	size_t line; /* the passage's */
	size_t at;   /* where the text begins */
	enum side side;
	bool greets;
};

struct sessions {
	const struct passage *p;
	struct certain *certain;
	size_t n;
	unsigned word; /* that names the session, from 0 */
	bool goes_on;  /* sessions may have begun before these lines */
	struct session {
		struct slice name;
		bool said[2], greets;
	} * sessions;
	size_t count;
};

/* What the word names: what is in its brackets (`smtpd[2551]:`, `(000012)11/3/2014`), else the word without marks around it (`POP3>`). */
static struct slice name_in(struct slice word)
{
	size_t open = 0, end;
	while (open < word.n && strchr("[(", word.p[open]) == NULL)
		open++;
	for (end = open + 1; end < word.n && octet_is_alnum(word.p[end]);)
		end++;
	if (end < word.n && end > open + 1 && strchr("])", word.p[end]))
		return slice_part(word, open + 1, end);
	while (word.n && !octet_is_alnum(word.p[0]))
		word = slice_from(word, 1);
	while (word.n && !octet_is_alnum(word.p[word.n - 1]))
		word.n--;
	return word;
}

/* What the `word`th word of the line names, which ends before `at`; empty where none does. */
static struct slice name_of(struct slice line, unsigned word, size_t at)
{
	struct slice rest = line, one = slice_word(&rest);
	while (word-- && one.n)
		one = slice_word(&rest);
	bool before = one.n && (size_t)(one.p - line.p) + one.n <= at;
	return before ? name_in(one) : (struct slice){ 0 };
}

static size_t session_named(const struct sessions *s, struct slice name)
{
	size_t i = 0;
	while (i < s->count && !slice_equal(s->sessions[i].name, name))
		i++;
	return i;
}

/* Whether all that have begun here are sessions in which both sides speak. */
static bool are_sessions(const struct sessions *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct session *one = &s->sessions[i];
		if ((one->greets || !s->goes_on) && (!one->said[SIDE_CLIENT] || !one->said[SIDE_SERVER]))
			return false;
	}
	return s->count > 1;
}

/* Whether that word of the lines tells sessions apart that run at once: each begins with a greeting, in each both sides speak, and
 * one goes on behind another's line. */
static bool tells_apart(struct sessions *s, unsigned word)
{
	size_t changes = 0, last = 0, greetings = 0;
	s->word = word;
	s->count = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct certain *one = &s->certain[i];
		struct slice name = name_of(passage_line(s->p, one->line), word, one->at);
		size_t session = session_named(s, name);
		bool begins = session == s->count;
		if (name.n == 0 || (begins && ((!one->greets && !s->goes_on) || s->count == SESSIONS_MAX)))
			return false;
		if (begins)
			s->sessions[s->count++] = (struct session){ .name = name, .greets = one->greets };
		greetings += begins && one->greets;
		changes += i && session != last;
		last = session;
		s->sessions[session].said[one->side] = true;
	}
	return greetings > 1 && changes >= s->count && are_sessions(s);
}

/* Whether a greeting may stand in the line behind something else. */
static bool may_greet(struct slice line)
{
	static const char *const greetings[] = { "220", "+OK", "* OK", "* PREAUTH", NULL };
	for (const char *const *one = greetings; *one; one++) {
		size_t at = slice_find(line, slice_of(*one));
		if (at && at < line.n)
			return true;
	}
	return false;
}

/* Finds what is surely said in the lines from `first` up to, not including, `end`; false where two sessions cannot stand there. */
static bool find_certain(struct sessions *s, size_t first, size_t end)
{
	size_t greetings = 0;
	for (size_t i = first; i < end && greetings < 2; i++)
		greetings += may_greet(passage_line(s->p, i));
	if (greetings < 2)
		return false;
	s->certain = memory_grow(s->certain, end - first, sizeof *s->certain);
	s->n = 0;
	for (size_t i = first; i < end; i++) {
		struct certain one = { .line = i };
		struct slice line = passage_line(s->p, i);
		one.at = log_says(line, &one.side);
		one.greets = one.at && one.side == SIDE_SERVER &&
		             protocol_of_greeting(slice_trim(slice_from(line, one.at)));
		if (one.at)
			s->certain[s->n++] = one;
	}
	return s->n > 0;
}

static void add_line(struct passage *sorted, const struct held *held, struct slice text)
{
	if (sorted->n == sorted->room) {
		sorted->room = sorted->room ? sorted->room * 2 : 256;
		sorted->lines = memory_grow(sorted->lines, sorted->room, sizeof *sorted->lines);
	}
	sorted->lines[sorted->n] = *held;
	sorted->lines[sorted->n].at = sorted->text.n;
	sorted->lines[sorted->n++].n = text.n;
	buffer_add_slice(&sorted->text, text);
}

/* The session of each line from `first` up to, not including, `end`, for the caller to free: a line that names none belongs to the
 * one above. */
static size_t *sort_lines(const struct sessions *s, size_t first, size_t end)
{
	size_t *session = memory_zeroed(end - first, sizeof *session), last = 0;
	for (size_t i = first; i < end; i++) {
		struct slice line = passage_line(s->p, i);
		size_t one = session_named(s, name_of(line, s->word, line.n));
		last = one < s->count ? one : last;
		session[i - first] = last;
	}
	return session;
}

/* Brings each session's lines together, in the order in which they begin, as if each stood below a heading without words. Returns how
 * many of those were put in. */
static size_t bring_together(const struct sessions *s, struct passage *p, size_t first, size_t end)
{
	struct passage sorted = { .columns = p->columns };
	size_t *session = sort_lines(s, first, end);
	for (size_t i = 0; i < first; i++)
		add_line(&sorted, &p->lines[i], passage_line(p, i));
	for (size_t one = 0; one < s->count; one++) {
		struct held heading = { .number = p->lines[first].number, .kind = DOCUMENT_HEADING };
		add_line(&sorted, &heading, (struct slice){ 0 });
		for (size_t i = first; i < end; i++)
			if (session[i - first] == one)
				add_line(&sorted, &p->lines[i], passage_line(p, i));
	}
	for (size_t i = end; i < p->n; i++)
		add_line(&sorted, &p->lines[i], passage_line(p, i));
	free(session);
	passage_free(p);
	*p = sorted;
	return s->count;
}

void passage_sessions(struct passage *p, bool goes_on)
{
	struct sessions s = { .p = p, .goes_on = goes_on };
	for (size_t first = 0, end; first < p->n; first = end) {
		for (end = first + 1; end < p->n && p->lines[end].block == p->lines[first].block;)
			end++;
		if (!find_certain(&s, first, end))
			continue;
		unsigned word = 0;
		if (s.sessions == NULL)
			s.sessions = memory_zeroed(SESSIONS_MAX, sizeof *s.sessions);
		while (word < WORDS_MAX && !tells_apart(&s, word))
			word++;
		if (word < WORDS_MAX)
			end += bring_together(&s, p, s.certain[0].line, end);
	}
	free(s.sessions);
	free(s.certain);
}
