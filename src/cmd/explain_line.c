/*
 * Lines as copied from a session: the words of them that a protocol defines are looked up, the server's own words and
 * the client's own values are not. What begins a line tells which protocols it may be of.
 */
#include "cmd/explain.h"
#include "protocol/http_syntax.h"
#include "protocol/imap_syntax.h"
#include "protocol/pop3_syntax.h"

/* The most words that a row has which begins a command: "UID FETCH". */
#define FRONT_WORDS 2

/* So many words that nobody knows behind a code are the server's own. */
#define OWN_WORDS 2

/* What a protocol defines behind a word that begins a command, a response or a list of capabilities. */
static const struct {
	const char *word;
	unsigned kinds;
} behind[] = {
	{ "AUTH", KIND(TABLE_MECHANISMS) },
	{ "AUTHENTICATE", KIND(TABLE_MECHANISMS) },
	{ "CAPABILITY", KIND(TABLE_KEYWORDS) | KIND(TABLE_MECHANISMS) },
	{ "ENABLE", KIND(TABLE_KEYWORDS) },
	{ "ENABLED", KIND(TABLE_KEYWORDS) },
	{ "FETCH", KIND(TABLE_ITEMS) | KIND(TABLE_FLAGS) },
	{ "FLAGS", KIND(TABLE_FLAGS) },
	{ "LIST", KIND(TABLE_ATTRIBUTES) | KIND(TABLE_PARAMETERS) },
	{ "LSUB", KIND(TABLE_ATTRIBUTES) },
	{ "MAIL", KIND(TABLE_PARAMETERS) },
	{ "OPTS", KIND(TABLE_KEYWORDS) },
	{ "PERMANENTFLAGS", KIND(TABLE_FLAGS) },
	{ "RCPT", KIND(TABLE_PARAMETERS) },
	{ "SEARCH", KIND(TABLE_SEARCH_KEYS) | KIND(TABLE_PARAMETERS) },
	{ "SELECT", KIND(TABLE_PARAMETERS) },
	{ "SITE", KIND(TABLE_PARAMETERS) },
	{ "SORT", KIND(TABLE_SEARCH_KEYS) | KIND(TABLE_PARAMETERS) },
	{ "STATUS", KIND(TABLE_STATUS_ITEMS) },
	{ "STORE", KIND(TABLE_PARAMETERS) | KIND(TABLE_FLAGS) },
	{ "THREAD", KIND(TABLE_SEARCH_KEYS) },
	{ NULL, 0 },
};

static unsigned kinds_behind(struct slice word)
{
	for (size_t i = 0; behind[i].word; i++)
		if (slice_equal_nocase(slice_of(behind[i].word), word))
			return behind[i].kinds;
	return 0;
}

/* A scope in the named protocol; where PROTOCOL names another on the command line, in none. */
static struct scope scope_in(const struct protocol *only, const char *protocol, unsigned kinds)
{
	const struct protocol *named = protocol_named(slice_of(protocol));
	return (struct scope){ .only = named, .kinds = only == NULL || only == named ? kinds : 0, .exact = true };
}

/* Looks up each word by itself; false where none is known. */
static bool find_words(const struct scope *scope, struct slice words, struct meanings *meanings)
{
	bool found = false;
	for (struct slice word = slice_word(&words); word.n && scope->kinds; word = slice_word(&words))
		found |= find_token(scope, word, meanings);
	return found;
}

/* ---- what a server says ---- */

static bool find_http_status(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct http_status status;
	struct scope scope = scope_in(only, "http", KIND(TABLE_CODES));
	return http_status_parse(line, &status) && find_word(&scope, status.code, meanings);
}

static bool find_pop3_status(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct pop3_status status;
	if (!pop3_status_parse(line, &status))
		return false;
	struct scope scope = { .only = only, .kinds = KIND(TABLE_CODES), .exact = true }; /* `+` is IMAP's, too */
	bool found = find_word(&scope, status.code, meanings);
	struct scope codes = { .only = only, .kinds = KIND(TABLE_RESPONSE_CODES), .exact = false };
	if (found && status.response_code.n)
		(void)find_word(&codes, status.response_code, meanings);
	return found;
}

/* What stands in the brackets of a status, and what stands behind the name of data. */
static void find_imap_details(const struct protocol *only, const struct imap_response *response,
                              struct meanings *meanings)
{
	struct scope codes = scope_in(only, "imap", KIND(TABLE_RESPONSE_CODES));
	struct scope words = scope_in(only, "imap",
	                              kinds_behind(response->bracketed ? response->code : response->name));
	if (response->bracketed)
		(void)find_word(&codes, response->code, meanings);
	(void)find_words(&words, response->bracketed ? response->code_arguments : response->text, meanings);
}

static bool find_imap_response(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct imap_response response;
	imap_response_parse(line, &response);
	if (response.kind != IMAP_TAGGED && response.kind != IMAP_UNTAGGED)
		return false;
	struct scope codes = scope_in(only, "imap", KIND(TABLE_CODES));
	struct scope data = scope_in(only, "imap", KIND(TABLE_RESPONSES));
	bool untagged = response.kind == IMAP_UNTAGGED;
	bool found = find_word(untagged ? &data : &codes, response.name, meanings);
	if (found && untagged)
		(void)find_word(&codes, SLICE("*"), meanings);
	if (found)
		find_imap_details(only, &response, meanings);
	return found;
}

/* The code that `line` begins with, a space or a hyphen behind it; empty where there is none. */
static struct slice leading_code(struct slice line)
{
	struct slice code = slice_part(line, 0, 3);
	bool ends = line.n > 3 && (line.p[3] == ' ' || line.p[3] == '-');
	return is_three_digits(code) && ends ? code : (struct slice){ 0 };
}

/* "550 5.1.1 No such user": a protocol that has such codes says so. */
static bool find_enhanced_reply(const struct protocol *only, struct slice code, struct slice enhanced,
                                struct meanings *meanings)
{
	struct scope codes = { only, KIND(TABLE_CODES), TABLE_ENHANCED, enhanced, true };
	struct scope details = { .only = only, .kinds = KIND(TABLE_ENHANCED) };
	bool found = find_word(&codes, code, meanings);
	return find_word(&details, enhanced, meanings) || found;
}

/* "250-SIZE 1000", "227 Entering Passive Mode". */
static bool find_reply(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct slice code = leading_code(line), rest = slice_part(line, 4, line.n), word = slice_word(&rest);
	struct scope codes = { .only = only, .kinds = KIND(TABLE_CODES), .exact = true };
	/* What is announced in reply to EHLO is of the protocols that have MAIL. */
	struct scope keywords = { only, KIND(TABLE_KEYWORDS), TABLE_COMMANDS, SLICE("MAIL"), true };
	if (code.n && is_enhanced_code(word))
		return find_enhanced_reply(only, code, word, meanings);
	if (code.n == 0 || !find_word(&codes, code, meanings))
		return false;
	if (slice_equal(code, SLICE("250")) && find_token(&keywords, word, meanings)) {
		keywords.kinds = kinds_behind(slice_part(word, 0, slice_find_octet(word, '=')));
		(void)find_words(&keywords, rest, meanings);
	}
	return true;
}

static bool find_server_line(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	return find_http_status(only, line, meanings) || find_pop3_status(only, line, meanings) ||
	       find_imap_response(only, line, meanings) || find_reply(only, line, meanings);
}

/* ---- what either side says ---- */

/* "Cache-Control: no-cache, max-age=0": the field, and the words of its value that are known. */
static bool find_field(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct http_field field;
	struct scope fields = scope_in(only, "http", KIND(TABLE_FIELDS));
	struct scope tokens = scope_in(only, "http", KIND(TABLE_TOKENS));
	if (!http_field_parse(line, &field) || !find_word(&fields, field.name, meanings))
		return false;
	(void)find_words(&tokens, field.value, meanings);
	return true;
}

/* ---- what a client says ---- */

/* The last word of `GET / HTTP/1.1` says what it is. */
static bool find_request(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct http_request request;
	struct scope scope = scope_in(only, "http", KIND(TABLE_COMMANDS));
	http_request_parse(line, &request);
	return http_version(request.version) && find_word(&scope, request.method, meanings);
}

/* The row of the most words that `*line` begins with; takes it off, and `*front` gets its words. */
static bool find_front(const struct scope *scope, struct slice *line, struct slice *front, struct meanings *meanings)
{
	for (size_t words = FRONT_WORDS; words > 0; words--) {
		struct slice rest = slice_trim(*line);
		const char *begin = rest.p;
		for (size_t i = 0; i < words; i++)
			(void)slice_word(&rest);
		*front = (struct slice){ begin, slice_trim(*line).n - rest.n };
		if (!find_word(scope, *front, meanings))
			continue;
		*line = rest;
		return true;
	}
	return false;
}

/* The command that a line begins with, and the words behind it that are known. */
static bool find_command(const struct scope *commands, struct slice line, struct meanings *meanings)
{
	struct slice front, verb, last;
	if (!find_front(commands, &line, &front, meanings))
		return false;
	if (!context_parse(front, &verb, &last))
		last = front;
	struct scope arguments = { .only = commands->only,
		                   .kinds = kinds_behind(last),
		                   .exact = true,
		                   .needs_kind = TABLE_COMMANDS,
		                   .needs = front };
	(void)find_words(&arguments, line, meanings);
	return true;
}

/* `a1 SELECT INBOX`: a tag that is no word, and behind it a command of IMAP's. */
static bool find_tagged(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct scope commands = scope_in(only, "imap", KIND(TABLE_COMMANDS));
	struct slice rest = line, tag = slice_word(&rest);
	return imap_tag_ok(tag) && find_command(&commands, rest, meanings);
}

static bool find_client_line(const struct protocol *only, struct slice line, struct meanings *meanings)
{
	struct scope front = { .only = only, .kinds = KIND(TABLE_COMMANDS) | KIND(TABLE_KEYWORDS), .exact = true };
	return find_request(only, line, meanings) || find_command(&front, line, meanings) ||
	       find_tagged(only, line, meanings);
}

/* ---- an argument ---- */

/* Whether `*line` is marked as a side's in a transcript; the mark is taken off. */
static bool take_side(struct slice *line)
{
	if (!slice_starts_nocase(*line, SLICE("C:")) && !slice_starts_nocase(*line, SLICE("S:")))
		return false;
	*line = slice_trim(slice_part(*line, 2, line->n));
	return true;
}

/* How many of the words nobody knows. */
static size_t count_unknown(const struct protocol *only, struct slice words)
{
	struct scope all = { .only = only, .kinds = KINDS_ALL };
	struct meanings found = { 0 };
	size_t n = 0;
	for (struct slice word = slice_word(&words); word.n; word = slice_word(&words))
		n += !find_token(&all, word, &found);
	meanings_free(&found);
	return n;
}

bool find_argument(const struct protocol *only, struct slice text, struct meanings *meanings)
{
	struct scope all = { .only = only, .kinds = KINDS_ALL };
	text = slice_trim(text);
	bool marked = take_side(&text);
	if (find_token(&all, text, meanings) || find_server_line(only, text, meanings) ||
	    find_field(only, text, meanings))
		return true;
	if (!marked && count_unknown(only, text) == 0)
		return find_words(&all, text, meanings);
	return find_client_line(only, text, meanings);
}

/* ---- lines that nobody put into quotes ---- */

/* Whether the words behind a code are those that its row has: "404 Not Found". */
static bool is_phrase(struct slice code, struct slice words)
{
	for (size_t i = 0; protocols[i]; i++) {
		const struct table *codes = protocol_table(protocols[i], TABLE_CODES);
		const struct entry *row = codes ? table_find(codes, code) : NULL;
		if (row && row->syntax && slice_equal_nocase(slice_of(row->syntax), slice_trim(words)))
			return true;
	}
	return false;
}

/* Whether it is a status with the server's own words behind it, and not a list of words of which one is mistyped. */
static bool is_bare_status(const struct protocol *only, struct slice line)
{
	struct pop3_status status;
	struct slice rest = line, code = slice_word(&rest), words = rest, second = slice_word(&words);
	if (!is_three_digits(code) && !pop3_status_parse(line, &status))
		return false;
	size_t unknown = count_unknown(only, rest);
	return unknown >= OWN_WORDS || (unknown && !octet_is_alpha(second.p[0])) || is_phrase(code, rest);
}

/* Whether it begins with a tag, which holds a digit and is no word that is known, before what stands behind a tag. */
static bool is_bare_tagged(const struct protocol *only, struct slice line)
{
	struct imap_response response;
	struct meanings found = { 0 };
	struct slice rest = line, tag = slice_word(&rest);
	bool digit = false;
	for (size_t i = 0; i < tag.n; i++)
		digit |= octet_is_digit(tag.p[i]);
	imap_response_parse(line, &response);
	bool tagged = digit && count_unknown(only, tag) &&
	              (response.kind == IMAP_TAGGED || find_tagged(only, line, &found));
	meanings_free(&found);
	return tagged;
}

bool is_bare_line(const struct protocol *only, struct slice joined)
{
	struct imap_response response;
	struct http_status status;
	struct http_request request;
	struct slice line = joined, rest = joined, first = slice_word(&rest);
	if (take_side(&line))
		return true;
	if (count_unknown(only, joined) == 0)
		return false;
	imap_response_parse(joined, &response);
	http_request_parse(joined, &request);
	return response.kind == IMAP_UNTAGGED || http_status_parse(joined, &status) || http_version(request.version) ||
	       first.p[first.n - 1] == ':' || is_bare_status(only, joined) || is_bare_tagged(only, joined);
}
