/*
 * Whether lines with prefixes are a conversation, in which notation, and of which protocol.
 */
#include "script/extract_bare.h"
#include "script/extract_inside.h"

#include <stdlib.h>

#include "base/memory.h"
#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* So many lines without a prefix end a passage. */
#define LINES_BETWEEN 30

/* So many of a passage's lines are judged, and so many prefixes looked for in one line. */
#define LINES_JUDGED 256
#define PREFIXES_MAX 256

/* So many lines in capitals are a conversation though nobody knows its protocol. */
#define COMMANDS_MIN 4

/* So many turns show that a document prints conversations of a protocol that nobody knows. */
#define TURNS_MIN 3

/* So many turns in which the server's lines begin with codes are a conversation in any notation. */
#define ANSWERS_MIN 4

/* A conversation begins at most so many lines before the first that speaks for it. */
#define LINES_BEFORE 8

/* ---- one notation ---- */

/* The lines of a passage in one notation, as it is tried. */
struct trial {
	const struct passage *p;
	const struct notation *notation;
	struct spoken *lines;
	size_t n;
	size_t first, last;
	bool whole;       /* to its end; else only what is judged */
	size_t letters;   /* lines among those with a prefix that begin with some other letter and a colon */
	size_t ends[2];   /* lines that are not empty, and those of them with a mark for the line's end */
	size_t quoted[2]; /* those of each side in quote marks */
	size_t width[2];
	size_t logged; /* lines behind a log's time */
	unsigned block;
	bool seen[2];     /* which sides speak in that block, or in none */
	bool meets;       /* both do */
	bool drives;      /* a line names a drive: `C:\\` */
	size_t commented; /* lines in a program's comments */
	bool runs;        /* a line of the comment stands above one that is not the first */
	bool mentioned;   /* a prefix is of what a sentence has in backquotes */
};

/* Where the mark begins that the text ends with; text.n where it ends with none of these. */
static size_t find_mark(struct slice text, const char *const *marks)
{
	struct slice rest = slice_trim(text);
	for (const char *const *mark = marks; *mark; mark++) {
		struct slice word = slice_of(*mark);
		if (rest.n >= word.n && slice_equal_nocase(slice_part(rest, rest.n - word.n, rest.n), word))
			return (size_t)(rest.p - text.p) + rest.n - word.n;
	}
	return text.n;
}

size_t end_mark(struct slice text, bool usual)
{
	static const char *const surely[] = { "<CRLF>",   "<CR><LF>", "<CR-LF>", "<CR LF>", "[CRLF]",
		                              "[CR][LF]", "{CRLF}",   "(CRLF)",  NULL };
	static const char *const perhaps[] = { "\\r\\n", "\\n", " CRLF", " CR LF", "\xE2\x86\xB5", "\xC2\xB6", NULL };
	/* a sentence's full stop may stand behind it */
	bool stop = usual && text.n > 1 && text.p[text.n - 1] == '.';
	struct slice whole = slice_part(text, 0, text.n - stop);
	size_t at = find_mark(whole, surely);
	if (at == whole.n && usual)
		at = find_mark(whole, perhaps);
	/* `end with <CRLF>.<CRLF>` says it, and does not end with it */
	bool dot = at > 0 && at < whole.n && text.p[at - 1] == '.';
	bool says = dot && find_mark(slice_part(text, 0, at - 1), surely) < at - 1;
	return says || at == whole.n ? text.n : at;
}

/* Counts what stands around the text: quote marks, a mark for the line's end. */
static void trial_look(struct trial *t, struct slice line, const struct said *said, struct slice plain, bool quoted)
{
	bool unquoted = said->text > said->after && !octet_is_blank(line.p[said->text - 1]);
	t->quoted[said->side] += quoted || unquoted;
	/* the arrow's shaft behind the text has taken its mark */
	struct slice behind = slice_trim(slice_part(line, said->end, line.n));
	t->ends[0]++;
	t->ends[1] += end_mark(plain, true) < plain.n || slice_starts_nocase(behind, SLICE("<CRLF>"));
}

static void trial_add(struct trial *t, struct slice line, const struct said *said, bool alone)
{
	struct slice text = slice_trim(slice_part(line, said->text, said->end)), plain = text, gloss;
	size_t width = said->text - said->after;
	bool quoted = quotes_off(&plain, &gloss);
	struct slice meant = slice_trim(slice_part(plain, 0, end_mark(plain, true)));
	if (!t->whole && t->n < LINES_JUDGED && !said->both)
		t->lines[t->n++] = (struct spoken){ said->side, meant.n ? meant : plain };
	if (text.n == 0)
		return;
	trial_look(t, line, said, plain, quoted);
	/* `S: <wait for connection>` is described, and may stand elsewhere than what is said */
	struct slice inside = bracketed(text);
	bool described = text.p[0] == '<' && (is_sentence(inside) || connection_words(inside) != WORDS_NONE);
	if (alone && !described && width && (t->width[said->side] == 0 || width < t->width[said->side]))
		t->width[said->side] = width;
}

/* Prefixes of the notation in the line; 0 where it is prose that has one in its midst. */
static size_t prefixes(struct slice line, const struct notation *notation, struct said *found)
{
	size_t n = notation_find(line, notation, found, PREFIXES_MAX);
	return n == 1 && !found[0].clean && found[0].text >= line.n ? 0 : n;
}

/* Whether the line has a letter and a colon where the prefixes stand: `X: 0` beside `S: L/dl`, fields of a message. */
static bool is_letter_field(struct slice line, size_t indent)
{
	struct slice text = slice_trim(line);
	bool there = text.n > 2 && (size_t)(text.p - line.p) == indent;
	return there && octet_is_alpha(text.p[0]) && text.p[1] == ':' && text.p[2] == ' ';
}

/* Whether a program's comment begins with the line: `// `, `# `. */
static bool is_comment(struct slice line)
{
	struct slice text = slice_trim(line);
	return slice_starts(text, SLICE("//")) || slice_starts(text, SLICE("#"));
}

/* Whether what stands above the `i`th line, empty lines passed over, is a comment too. */
static bool comments_above(const struct passage *p, size_t i)
{
	while (i > 0 && slice_trim(passage_line(p, i - 1)).n == 0)
		i--;
	return i > 0 && is_comment(passage_line(p, i - 1));
}

/* Counts what the line's place and its time tell: the `i`th, whose first prefix it is. */
static void trial_place(struct trial *t, size_t i, const struct said *said)
{
	struct slice before = slice_part(passage_line(t->p, i), 0, said->start);
	bool first = t->first == t->p->n;
	t->logged += said->logged;
	t->commented += is_comment(before);
	t->runs = t->runs || (!first && comments_above(t->p, i));
	t->mentioned = t->mentioned || (!said->clean && before.n && before.p[before.n - 1] == '`');
	if (first || t->p->lines[i].block != t->block)
		t->seen[SIDE_CLIENT] = t->seen[SIDE_SERVER] = false;
	t->block = t->p->lines[i].block;
	t->seen[said->side] = true;
	t->meets = t->meets || (t->seen[SIDE_CLIENT] && t->seen[SIDE_SERVER]);
}

/* Whether a drive stands in the line: `C:\> dir`, `copy a.txt D:\`. */
static bool names_drive(struct slice line)
{
	size_t at = slice_find(line, SLICE(":\\"));
	return at < line.n && at > 0 && octet_is_alpha(line.p[at - 1]) && (at == 1 || !octet_is_alnum(line.p[at - 2]));
}

/* Whether one stands in a line right above the `i`th. */
static bool drives_above(const struct passage *p, size_t i)
{
	for (size_t k = 0; k < LINES_BEFORE && i-- > 0; k++)
		if (names_drive(passage_line(p, i)))
			return true;
	return false;
}

/* Looks at the passage's lines from the `i`th to where the notation ends. The same lines are judged in all notations, or one
 * with fewer of them would weigh more. */
static void trial_run(struct trial *t, size_t i)
{
	struct said found[PREFIXES_MAX];
	size_t between = 0, indent = 0, end = t->whole || i + LINES_JUDGED > t->p->n ? t->p->n : i + LINES_JUDGED;
	t->first = t->p->n;
	t->drives = drives_above(t->p, i);
	for (; i < end && between <= LINES_BETWEEN; i++) {
		struct slice line = passage_line(t->p, i);
		size_t n = line.n ? prefixes(line, t->notation, found) : 0;
		if (n == 0) {
			bool letter = between == 0 && is_letter_field(line, indent);
			t->letters += letter;
			t->drives = t->drives || names_drive(line);
			bool counts = line.n > 0 && !letter && !is_base64(slice_trim(line));
			between += t->p->lines[i].kind == DOCUMENT_HEADING ? LINES_BETWEEN : counts;
			continue;
		}
		indent = found[0].start;
		for (size_t k = 0; k < n; k++)
			trial_add(t, line, &found[k], n == 1);
		trial_place(t, i, &found[0]);
		if (t->first == t->p->n)
			t->first = i;
		t->last = i;
		between = 0;
	}
}

/* ---- which one ---- */

static size_t weight_of(const struct verdict *v)
{
	return 2 * (v->likely[SIDE_CLIENT] + v->likely[SIDE_SERVER]) + v->sure[SIDE_CLIENT] + v->sure[SIDE_SERVER];
}

/* Whether the lines are a literal block's, most of them have a prefix, and each says something: nothing but a conversation looks so. */
static bool trial_lists(const struct trial *t)
{
	size_t literal = 0;
	for (size_t i = t->first; i <= t->last && i < t->p->n; i++)
		literal += t->p->lines[i].kind == DOCUMENT_LITERAL && passage_line(t->p, i).n > 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->lines[i].text.n == 0)
			return false;
	return t->n > 1 && t->n * 10 >= literal * 6 && literal * 10 >= t->n * 6;
}

/* Whether the text begins as a command or a reply does that is written in capitals, or with a number: `CAP LS`, `001 [...]`. */
static bool begins_in_capitals(struct slice text)
{
	struct slice rest = text, word = slice_word(&rest);
	bool capitals = true;
	for (size_t i = 0; i < word.n && capitals; i++)
		capitals = octet_is_digit(word.p[i]) ||
		           (octet_is_alpha(word.p[i]) && octet_lower(word.p[i]) != word.p[i]);
	return capitals && word.n >= 3;
}

/* Whether the trial begins with lines that stand by themselves, indented, each with its prefix in the same column, and all in
 * capitals: nobody talks so but programs. */
static bool trial_commands(const struct trial *t)
{
	struct said found[PREFIXES_MAX];
	size_t n = 0, indent = 0, sides[2] = { 0 };
	for (size_t i = t->first; i <= t->last && i < t->p->n && passage_line(t->p, i).n; i++, n++) {
		struct slice line = passage_line(t->p, i);
		if (prefixes(line, t->notation, found) != 1 || (n && found->start != indent) ||
		    !begins_in_capitals(slice_trim(slice_part(line, found->text, found->end))))
			return false;
		indent = found->start;
		sides[found->side]++;
	}
	return indent > 0 && n >= COMMANDS_MIN && sides[SIDE_CLIENT] && sides[SIDE_SERVER];
}

/* Both sides go on in turn, and at least one of them as such programs do, whatever they speak. */
static bool converses(const struct notation *notation, const struct verdict *v, bool listing)
{
	/* whatever the prefixes, a code in each of the server's lines answers commands */
	bool answers = v->coded == v->lines[SIDE_SERVER] && v->lines[SIDE_CLIENT] > 1 && v->turns >= ANSWERS_MIN;
	if (answers && v->named * 4 >= v->lines[SIDE_CLIENT] * 3 && !verdict_tells(v))
		return true;
	if (notation->weight < 2 || (notation->weight < 3 && !listing) || v->lines[SIDE_SERVER] == 0 ||
	    verdict_tells(v))
		return false;
	if (v->lines[SIDE_CLIENT] == 0)
		return notation->weight >= 3 && v->replies && v->lines[SIDE_SERVER] >= 2;
	return v->turns >= (listing ? 1 : 3) || v->replies;
}

/* Whether enough speaks for it: the less the prefixes say, the more what stands behind them must. */
static bool convinces(const struct notation *notation, const struct verdict *v, bool listing)
{
	size_t likely = v->likely[SIDE_CLIENT] + v->likely[SIDE_SERVER],
	       sure = v->sure[SIDE_CLIENT] + v->sure[SIDE_SERVER];
	bool both = v->likely[SIDE_CLIENT] && v->likely[SIDE_SERVER];
	if (v->protocol == NULL)
		return converses(notation, v, listing);
	if (notation->weight >= 3)
		return sure || both || (likely && converses(notation, v, listing));
	if (notation->weight == 2)
		return both || sure >= 2;
	/* a request of HTTP's, or a response, with its fields */
	bool one = v->lines[SIDE_CLIENT] == 0 || v->lines[SIDE_SERVER] == 0;
	if (one && !v->protocol->server_first)
		return sure && v->strange == 0 && v->lines[SIDE_CLIENT] + v->lines[SIDE_SERVER] > 1;
	return both && sure && v->strange <= v->likely[SIDE_CLIENT] / 2;
}

/* Whether the lines are only quoted (`> `), and HTTP stands somewhere in them: the first begins no message, or a page has flattened
 * one of them. */
static bool only_quotes(const struct trial *t, const struct verdict *v)
{
	bool both = v->lines[SIDE_CLIENT] && v->lines[SIDE_SERVER];
	if (t->notation->weight > 1 || v->protocol == NULL || v->protocol->server_first || both || t->n == 0)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (bare_is_flat(t->lines[i].text))
			return true;
	return speaker_likes(v->protocol, v->lines[SIDE_CLIENT] ? SIDE_CLIENT : SIDE_SERVER, t->lines[0].text) < 2;
}

static void flip(struct trial *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->lines[i].side = t->lines[i].side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* The trial's verdict, with the sides as they are printed or, where arrows say so little, the other way round. */
static void trial_judge(struct trial *t, const struct protocol *usual, struct judged *judged)
{
	*judged = (struct judged){ .notation = t->notation };
	verdict_make(t->lines, t->n, usual, &judged->verdict);
	if (t->notation->weight < 3) {
		struct verdict other;
		flip(t);
		verdict_make(t->lines, t->n, usual, &other);
		judged->flipped = weight_of(&other) > weight_of(&judged->verdict);
		if (judged->flipped)
			judged->verdict = other;
	}
}

static bool better(const struct judged *a, const struct judged *b)
{
	if (b->notation == NULL)
		return true;
	/* Pairs share a prefix (`C: S:`, `U: S:`): the one in which both sides speak is meant. */
	bool both = a->verdict.lines[SIDE_CLIENT] && a->verdict.lines[SIDE_SERVER];
	if (both != (b->verdict.lines[SIDE_CLIENT] && b->verdict.lines[SIDE_SERVER]))
		return both;
	size_t weight = weight_of(&a->verdict), other = weight_of(&b->verdict);
	if (weight != other)
		return weight > other;
	return a->notation->weight > b->notation->weight;
}

/* How far the notation goes, and how its lines are laid out. */
static void judge_whole(const struct passage *p, size_t i, struct judged *judged)
{
	struct trial trial = { .p = p, .notation = judged->notation, .last = i, .whole = true };
	trial_run(&trial, i);
	judged->first = trial.first;
	judged->last = trial.last;
	judged->marked_ends = trial.ends[1] >= 2 && trial.ends[1] * 2 > trial.ends[0];
	judged->quoted = quotes_usual(trial.quoted, trial.ends[0]);
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		judged->width[side] = trial.width[judged->flipped ? 1 - side : side];
}

bool judge_established(const struct judged *judged)
{
	return judged->shown >= TURNS_MIN && judged->verdict.protocol == NULL;
}

bool judge_rest(const struct passage *p, size_t i, const struct judged *usual, bool payload, struct judged *judged)
{
	struct said found[PREFIXES_MAX];
	struct slice line = passage_line(p, i);
	if (usual->notation == NULL || (!payload && (line.n == 0 || prefixes(line, usual->notation, found) == 0)))
		return false;
	*judged = *usual;
	judge_whole(p, i, judged);
	if (payload)
		judged->first = i;
	return true;
}

/* Whether some protocol's side would say the line behind its prefix. */
static bool speaks_for_one(struct slice line)
{
	struct said found[PREFIXES_MAX];
	size_t n = line.n ? notation_find(line, NULL, found, PREFIXES_MAX) : 0;
	for (size_t k = 0; k < n; k++) {
		struct slice text = slice_trim(slice_part(line, found[k].text, found[k].end));
		if (verdict_reply(text))
			return true;
		for (const struct protocol *const *protocol = protocols; text.n && *protocol; protocol++)
			if (speaker_likes(*protocol, SIDE_CLIENT, text) >= 2 ||
			    speaker_likes(*protocol, SIDE_SERVER, text) >= 2)
				return true;
	}
	return false;
}

/* Where to try again that nothing convinces from the `i`th line on: nothing does before the next line that speaks for it. */
static size_t next_try(const struct passage *p, size_t i)
{
	size_t next = i + 1;
	while (next < p->n && next < i + LINES_JUDGED && !speaks_for_one(passage_line(p, next)))
		next++;
	return next > i + LINES_BEFORE ? next - LINES_BEFORE : i + 1;
}

/* How often sides have gone on in turn in the document so far, in this notation and of a protocol that is not known. */
static size_t turns_shown(const struct judged *judged, const struct judged *usual)
{
	const struct verdict *v = &judged->verdict;
	if (v->protocol || judged->notation->weight < 2 || verdict_tells(v))
		return 0;
	bool answers = judged->notation->weight >= 3 && v->replies && v->turns;
	return (answers ? TURNS_MIN : v->turns) + (usual->notation == judged->notation ? usual->shown : 0);
}

/* Whether the lines are something else that looks so. */
static bool is_other(const struct trial *t, const struct verdict *v)
{
	bool unknown = v->protocol == NULL, one = v->lines[SIDE_CLIENT] == 0 || v->lines[SIDE_SERVER] == 0;
	bool fields = t->letters * 2 > t->n;
	/* `client:` behind a time names the program that has written its log there, which talks with nobody */
	bool log = t->logged == t->n && !t->meets;
	/* one line here and one there between those of a program tells what that one does */
	bool scattered = one && t->commented == t->n && !t->runs;
	return (unknown && (fields || log || t->drives)) || scattered || (t->mentioned && t->n == 1);
}

/* Tries one notation; `*best` gets the judgement where it convinces, and more than what is there. Whether no other need be tried. */
static bool judge_one(struct trial *trial, size_t i, const struct judged *usual, struct judged *best)
{
	struct judged tried;
	bool same = usual->notation == trial->notation;
	trial_run(trial, i);
	trial_judge(trial, same ? usual->verdict.protocol : NULL, &tried);
	tried.shown = turns_shown(&tried, usual);
	if (tried.shown && same && judge_established(usual) && lines_alone(trial->p, i, trial->notation)) {
		*best = tried;
		return true;
	}
	if (!is_other(trial, &tried.verdict) &&
	    convinces(trial->notation, &tried.verdict, trial_lists(trial) || trial_commands(trial)) &&
	    !only_quotes(trial, &tried.verdict) && better(&tried, best))
		*best = tried;
	return false;
}

bool judge_passage(const struct passage *p, size_t i, const struct judged *usual, struct judged *judged)
{
	struct said found[PREFIXES_MAX];
	struct slice line = passage_line(p, i);
	*judged = (struct judged){ .again = i + 1 };
	if (line.n == 0 || notation_find(line, NULL, found, PREFIXES_MAX) == 0)
		return false;
	/* `4.11. Command: UPDATE` */
	if (p->lines[i].kind == DOCUMENT_HEADING && found->notation->weight < 2)
		return false;
	judged->tried = true;
	struct spoken *lines = memory_zeroed(LINES_JUDGED, sizeof *lines);
	for (const struct notation *notation = notations; notation->name; notation++) {
		if (prefixes(line, notation, found) == 0)
			continue;
		struct trial trial = { .p = p, .notation = notation, .lines = lines };
		if (judge_one(&trial, i, usual, judged))
			break;
	}
	free(lines);
	if (judged->notation)
		judge_whole(p, i, judged);
	else
		judged->again = next_try(p, i);
	return judged->notation != NULL;
}
