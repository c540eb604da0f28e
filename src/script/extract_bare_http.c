/*
 * HTTP's requests and responses, as books print them: often without the empty line that ends the header, the body shortened.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* A page among lines of text is no longer. */
#define PAGE_LINES 200

/* A paragraph of prose has no more lines. */
#define SENTENCE_LINES 12

/* `METHOD target HTTP/1.1`, and no more words (RFC 9112 3). */
static bool is_request(struct slice text)
{
	struct slice rest = text, method = slice_word(&rest), target = slice_word(&rest), version = slice_word(&rest);
	for (size_t i = 0; i < method.n; i++)
		if (method.p[i] < 'A' || method.p[i] > 'Z')
			return false;
	bool connects = slice_equal(method, SLICE("CONNECT"));
	bool located = slice_starts(target, SLICE("/")) || slice_equal(target, SLICE("*")) ||
	               slice_find(target, SLICE("://")) < target.n || connects;
	return method.n && located && slice_starts(version, SLICE("HTTP/")) && slice_trim(rest).n == 0;
}

bool http_begins(const struct walk *w, struct slice text, enum side *side)
{
	struct slice rest;
	if (line_starts(text, "HTTP/", &rest) && rest.n && octet_is_digit(rest.p[0])) {
		*side = SIDE_SERVER;
		return speaker_likes(w->protocol, SIDE_SERVER, text) >= 2;
	}
	*side = SIDE_CLIENT;
	return w->protocol->command(text) >= 3 && is_request(text);
}

/* `Name: value`, the name a token (RFC 9110 5.1); of HTTP/2 `:path: /`. */
static bool is_field(struct slice text)
{
	size_t start = text.n && text.p[0] == ':' ? 1 : 0, i = start;
	while (i < text.n && (octet_is_alnum(text.p[i]) || text.p[i] == '-' || text.p[i] == '_'))
		i++;
	return i > start && i < text.n && text.p[i] == ':' && octet_is_alnum(text.p[start]);
}

/* `<html>`, `<!DOCTYPE html>`: of a page, not in its place. */
static bool is_tag(struct slice text)
{
	struct slice inside = bracketed(text);
	if (inside.n == 0 || slice_trim(text).p[0] != '<')
		return false;
	return !octet_is_alnum(inside.p[0]) || slice_find_octet(inside, ' ') == inside.n;
}

/* `[content]`, `(data data data...)`, `...` */
static bool is_left_out(struct slice text)
{
	struct slice inside = !is_tag(text) ? bracketed(text) : (struct slice){ 0 };
	return notation_left_out(text, NULL) ||
	       (inside.n && slice_trim(text).p[0] != '{' && slice_find_octet(inside, '"') == inside.n &&
	        slice_find_octet(inside, '/') == inside.n && slice_find_octet(inside, ':') == inside.n);
}

/* `---request begin---`, `---response end---`: what wget -d puts around a header. */
static bool is_rule(struct slice text)
{
	static const char *const rules[] = { "---request begin---", "---request end---", "---response begin---",
		                             "---response end---", NULL };
	return line_starts_any(text, rules);
}

/* ---- the body's lines ---- */

/* The line behind `</html>`, where the body among lines of text is a page; else 0. */
static size_t html_end(const struct walk *w, size_t i)
{
	size_t most = i + PAGE_LINES;
	if (w->s->literal || i >= w->s->end || stretch_line(w->s, i).n == 0 || stretch_line(w->s, i).p[0] != '<')
		return 0;
	for (; i < w->s->end && i < most; i++)
		if (slice_starts_nocase(slice_trim(stretch_line(w->s, i)), SLICE("</html>")))
			return i + 1;
	return 0;
}

/* `--boundary--`: the end of a body of several parts (RFC 2046 5.1.1). */
static bool ends_parts(struct slice text)
{
	return text.n > 4 && slice_starts(text, SLICE("--")) &&
	       slice_equal(slice_part(text, text.n - 2, text.n), SLICE("--"));
}

/* Whether a shell's line begins there, behind its prompt, that asks a web server: `> curl -I http://example.org/`. */
static bool asks_server(struct slice text)
{
	static const char *const tools[] = { "curl", "curl.exe", "wget", "http", "https", NULL };
	struct slice prompt = slice_word(&text), tool = slice_word(&text);
	if (prompt.n == 0 || slice_find_octet(SLICE("$#>%"), prompt.p[prompt.n - 1]) == 4)
		return false;
	for (const char *const *name = tools; *name; name++)
		if (slice_equal(tool, slice_of(*name)))
			return slice_trim(text).n > 0;
	return false;
}

/* Whether a line that a test's own mark begins stands right above the next message: `<<< GET /big`. */
static bool labels_next(const struct walk *w, size_t i)
{
	struct slice text = stretch_line(w->s, i);
	enum side side;
	bool marked = slice_starts(text, SLICE("<<< ")) || slice_starts(text, SLICE(">>> "));
	return marked && i + 1 < w->s->end && http_begins(w, stretch_line(w->s, i + 1), &side);
}

/* Whether it is words behind a capital, as a sentence begins; no markup, and no form's data. */
static bool is_words(struct slice text)
{
	size_t words = 0;
	if (text.n == 0 || text.p[0] < 'A' || text.p[0] > 'Z')
		return false;
	for (struct slice word; (word = slice_word(&text)).n; words++)
		if (slice_find_octet(word, '=') < word.n || slice_find_octet(word, '<') < word.n)
			return false;
	return words > 2;
}

/* Whether a paragraph of prose begins with the `i`th line, where nothing has announced a body: words that end as a sentence does. A
 * request that announces no body has none (RFC 9112 6.3); a response in a block may have. */
static bool tells(const struct walk *w, size_t i)
{
	if (w->announced || (w->s->literal && w->side == SIDE_SERVER) || i == w->s->first || i >= w->s->end ||
	    (stretch_line(w->s, i - 1).n && !w->s->p->lines[i].page) || !is_words(stretch_line(w->s, i)))
		return false;
	struct slice last = stretch_line(w->s, i);
	for (size_t end = i + SENTENCE_LINES; i < w->s->end && i < end && stretch_line(w->s, i).n; i++)
		last = stretch_line(w->s, i);
	return last.p[last.n - 1] == '.' || last.p[last.n - 1] == ':';
}

/* The line behind the body that begins at the `i`th: where another message begins, a tool speaks, the stretch ends. */
static size_t body_end(const struct walk *w, size_t i)
{
	size_t last = i, html = html_end(w, i);
	if (html)
		return html;
	enum side side;
	struct slice arguments;
	for (; i < w->s->end; i++) {
		struct slice text = stretch_line(w->s, i);
		if (http_begins(w, text, &side) || tool_closes(text, &side) || tool_of(text, &arguments).n ||
		    line_starts(text, "$ ", NULL) || is_rule(text) || asks_server(text) || labels_next(w, i) ||
		    tells(w, i))
			break;
		if (text.n)
			last = i + 1;
		else if (!w->s->literal && w->s->indent == 0)
			break;
		if (!w->s->literal && ends_parts(text))
			break;
	}
	return last;
}

/* Whether the body's lines are `due` octets where each is ended by `length` octets; `whole`: the last too. */
static bool fits(const struct walk *w, size_t i, size_t end, uint64_t due, size_t length, bool whole)
{
	uint64_t total = 0;
	for (; i < end; i++)
		total += stretch_line(w->s, i).n + (i + 1 < end || whole ? length : 0);
	return total == due;
}

/* Among lines of text the body may end where its count does, in any way of ending lines. */
static size_t counted_end(const struct walk *w, size_t i, size_t end, uint64_t due)
{
	uint64_t octets = 0, lines = 0;
	for (; !w->s->literal && i < end && octets < due; i++) {
		octets += stretch_line(w->s, i).n;
		lines++;
		for (uint64_t length = 1; length <= 2; length++)
			if (octets + length * lines == due || octets + length * (lines - 1) == due)
				return i + 1;
	}
	return end;
}

/* How the body's lines up to `end` are ended is told by what makes its count right; false where nothing does. */
static bool fit_lines(struct walk *w, size_t i, size_t end, uint64_t due)
{
	static const struct {
		const char *end;
		bool whole;
	} ways[] = { { "\r\n", true }, { "\r\n", false }, { "\n", true }, { "\n", false } };
	for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
		if (!fits(w, i, end, due, slice_of(ways[way].end).n, ways[way].whole))
			continue;
		w->line_end = slice_of(ways[way].end);
		w->whole = ways[way].whole;
		w->counted = true;
		return true;
	}
	return false;
}

static void body_of_lines(struct walk *w, size_t end)
{
	w->body_end = end;
	w->line_end = SLICE("\r\n");
	w->whole = true;
	w->counted = false;
}

/* Whether a field of the header that is over announces a body: its length, its type, how it is sent. */
static bool announces_body(const struct walk *w)
{
	for (size_t k = w->n; k-- > 0 && w->steps[k].side == w->side;) {
		struct slice text = w->steps[k].text;
		enum side side;
		if (slice_starts_nocase(text, SLICE("content-")) || slice_starts_nocase(text, SLICE("transfer-")))
			return true;
		if (http_begins(w, text, &side))
			return false;
	}
	return false;
}

/* The header is over. */
static void settle_body(struct walk *w, size_t i)
{
	uint64_t due = dialogue_due(w->d, w->side), sum = 0;
	w->announced = announces_body(w);
	while (i < w->s->end && stretch_line(w->s, i).n == 0)
		i++;
	size_t end = body_end(w, i);
	if (due)
		end = counted_end(w, i, end, due);
	body_of_lines(w, end);
	if (due == 0 || end <= i || fit_lines(w, i, end, due))
		return;
	for (; i < end; i++) {
		if (is_left_out(stretch_line(w->s, i)))
			return;
		sum += stretch_line(w->s, i).n + 2;
	}
	struct step *step = &w->steps[w->n - 1];
	step->recounted = true;
	step->count = sum;
	dialogue_recount(w->d, w->side, sum);
}

/* ---- messages ---- */

static void end_header(struct walk *w, size_t i, bool printed)
{
	walk_say(w, w->side, SLICE(""), SLICE("\r\n"), i);
	if (!printed) {
		w->steps[w->n - 1].kind = STEP_END;
		w->next--;
	}
	w->http = HTTP_BODY;
	w->in_body = false;
	settle_body(w, printed ? i + 1 : i);
}

/* Whether the message cannot belong to the same conversation: a second response to nothing, another request while prose has only
 * shown the first. */
static bool is_another(const struct walk *w, enum side side)
{
	if (side == SIDE_SERVER)
		return w->said[SIDE_SERVER] && dialogue_outstanding(w->d) == 0 && !dialogue_in_reply(w->d);
	return !w->s->literal && w->said[SIDE_CLIENT] && dialogue_outstanding(w->d) > 0 && !dialogue_in_reply(w->d);
}

static void begin(struct walk *w, enum side side, struct slice text, size_t i)
{
	w->over = w->n && is_another(w, side);
	if (w->over)
		return;
	/* a response whose request is not printed: the walk needs one for what follows */
	if (side == SIDE_SERVER && dialogue_outstanding(w->d) == 0 && !dialogue_in_reply(w->d))
		walk_feed(w, SIDE_CLIENT, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
	w->exchanges += side == SIDE_SERVER && w->said[SIDE_CLIENT] > 0;
	walk_say(w, side, text, SLICE("\r\n"), i);
	w->said[side]++;
	w->likely[side]++;
	w->sure[side]++;
	w->http = HTTP_FIELDS;
	w->side = side;
}

/* Whether what is left out at the `i`th line are fields: one follows, or the empty line that ends the header, and a body. */
static bool stands_for_fields(const struct walk *w, struct slice text, size_t i)
{
	struct slice next = i + 1 < w->s->end ? stretch_line(w->s, i + 1) : (struct slice){ 0 };
	struct slice behind = i + 2 < w->s->end ? stretch_line(w->s, i + 2) : (struct slice){ 0 };
	enum side side;
	bool dots = slice_equal(slice_trim(text), SLICE("[...]")) && w->s->literal;
	return is_field(next) || (dots && next.n == 0 && behind.n && !http_begins(w, behind, &side));
}

static void read_field(struct walk *w, struct slice text, size_t i)
{
	enum side side;
	if (text.n == 0) {
		end_header(w, i, true);
		return;
	}
	if (http_begins(w, text, &side)) {
		end_header(w, i, false);
		begin(w, side, text, i);
		return;
	}
	if (is_field(text)) {
		unsigned likes = speaker_likes(w->protocol, w->side, text);
		walk_say(w, w->side, text, SLICE("\r\n"), i);
		w->said[w->side]++;
		w->likely[w->side] += likes >= 2;
		w->fields++;
		return;
	}
	if (text.p[0] == ' ' && w->n && w->steps[w->n - 1].kind != STEP_REMARK) {
		struct step step = { .kind = STEP_FOLDED, .side = w->side, .index = i, .text = slice_trim(text) };
		walk_add(w, &step);
		return;
	}
	bool bracket = (is_left_out(text) && bracketed(text).n) || is_rule(text);
	bool fields = stands_for_fields(w, text, i);
	if ((!bracket || fields) && notation_left_out(text, NULL)) {
		walk_remark(w, text, i);
		return;
	}
	/* a page, whose empty line above is lost: at the end of an RFC's page, in a table that was flattened */
	bool page = html_end(w, i) > 0;
	if (bracket || page || (w->s->literal && (text.p[0] == '<' || text.p[0] == '{'))) {
		end_header(w, i, false);
		walk_http(w, text, i);
		return;
	}
	walk_misfit(w, text, i);
}

/* Whether the stretch stands deeper than the prose before it. */
static bool is_deeper(const struct stretch *s)
{
	for (size_t i = s->first; i-- > 0;) {
		struct slice line = passage_line(s->p, i), trimmed = slice_trim(line);
		if (trimmed.n)
			return (size_t)(trimmed.p - line.p) < s->indent;
	}
	return false;
}

/* Whether the body may go on with the line. */
static bool takes_body(const struct walk *w, struct slice text, size_t i)
{
	if (i >= w->body_end)
		return false;
	if (w->s->literal)
		return true;
	return w->in_body || is_left_out(text) || text.p[0] == '<' || text.p[0] == '{' ||
	       line_starts(text, "--", NULL) || w->counted ||
	       (is_deeper(w->s) && w->side == SIDE_SERVER && dialogue_in_reply(w->d));
}

/* Whether the request under way is of a method that gives something (RFC 9110 9.3). */
static bool gives(const struct walk *w)
{
	size_t k = w->n;
	enum side side;
	while (k-- > 0)
		if (w->steps[k].kind == STEP_SAID && http_begins(w, w->steps[k].text, &side))
			return line_starts(w->steps[k].text, "POST ", NULL) ||
			       line_starts(w->steps[k].text, "PUT ", NULL) ||
			       line_starts(w->steps[k].text, "PATCH ", NULL);
	return false;
}

/* `[response]`: what the other side's message is called, behind a request that has no body. */
static bool is_label(const struct walk *w, struct slice text)
{
	return w->side == SIDE_CLIENT && dialogue_turn(w->d) == SIDE_SERVER && is_left_out(text) && !gives(w);
}

static void read_body(struct walk *w, struct slice text, size_t i)
{
	enum side side;
	if (http_begins(w, text, &side)) {
		begin(w, side, text, i);
		return;
	}
	if (text.n == 0 && !w->in_body)
		return;
	if (!w->in_body && text.n && text.p[0] == '#') {
		walk_remark(w, text, i);
		return;
	}
	if (!takes_body(w, text, i)) {
		w->http = HTTP_START;
		if (text.n)
			walk_http(w, text, i);
		return;
	}
	if (!w->in_body && is_label(w, text)) {
		walk_remark(w, text, i);
		return;
	}
	w->in_body = w->payload = true;
	if (is_left_out(text)) {
		walk_left_out(w, w->side, text, i);
		if (!w->s->literal && bracketed(text).n)
			w->body_end = i + 1; /* it stands for all of the body: prose follows */
		return;
	}
	walk_say(w, w->side, text, i + 1 == w->body_end && !w->whole ? SLICE("") : w->line_end, i);
}

void walk_http(struct walk *w, struct slice text, size_t i)
{
	enum side side;
	switch (w->http) {
	case HTTP_FIELDS:
		read_field(w, text, i);
		return;
	case HTTP_BODY:
		read_body(w, text, i);
		return;
	case HTTP_START:
		break;
	}
	if (text.n == 0)
		return;
	if (http_begins(w, text, &side))
		begin(w, side, text, i);
	else if (w->n && labels_next(w, i))
		w->over = true;
	else if (notation_left_out(text, NULL) || line_starts(text, "$ ", NULL) || is_rule(text) || asks_server(text))
		walk_remark(w, text, i);
	else
		walk_misfit(w, text, i);
}

void walk_http_end(struct walk *w)
{
	if (w->http == HTTP_FIELDS)
		end_header(w, w->next, false);
}

void walk_http_resume(struct walk *w)
{
	struct slice first = stretch_line(w->s, w->s->first);
	enum side side;
	if (http_begins(w, first, &side) || !w->s->literal || !dialogue_in_reply(w->d))
		return;
	uint64_t due = dialogue_due(w->d, SIDE_SERVER);
	size_t i = w->s->first, end = body_end(w, i);
	body_of_lines(w, end);
	bool markup = first.n && (first.p[0] == '<' || first.p[0] == '{' || first.p[0] == '[');
	if (w->headed || (due ? !fit_lines(w, i, end, due) : !w->announced && !markup))
		return;
	w->http = HTTP_BODY;
	w->side = SIDE_SERVER;
}
