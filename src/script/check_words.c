/*
 * Codes that contradict their words. A program goes by the code, a reader by the words: where they differ, one of the two is
 * misled. The words are free, so that only what cannot be meant otherwise is told.
 */
#include <string.h>

#include "protocol/coded_reply.h"
#include "protocol/http_syntax.h"
#include "protocol/imap_syntax.h"
#include "protocol/pop3_syntax.h"
#include "protocol/smtp_syntax.h"
#include "script/check_watchers.h"
#include "script/check_words.h"

/* So many octets of a reply's words are looked at, and shown. */
#define WORDS_MAX 512
#define WORDS_SHOWN 60

struct words_watch {
	bool later; /* the line belongs to a reply that began before it */
};

/* ---- what the words are ---- */

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The words of a reply, behind all that programs read. */
static struct slice words_of(const struct dialogue_event *event)
{
	struct smtp_reply smtp;
	struct coded_reply coded;
	struct pop3_status pop3;
	struct imap_response imap;
	struct slice words = { NULL, 0 };
	if ((is(event->protocol, "smtp") || is(event->protocol, "lmtp")) && smtp_reply_parse(event->text, &smtp)) {
		words = slice_part(smtp.line.text, smtp.enhanced.n, smtp.line.text.n);
	} else if (is(event->protocol, "ftp") && coded_reply_parse(event->text, '6', &coded)) {
		words = coded.text;
	} else if (is(event->protocol, "pop3") && pop3_status_parse(event->text, &pop3)) {
		words = slice_part(pop3.text, pop3.response_code.n ? pop3.response_code.n + 2 : 0, pop3.text.n);
	} else if (is(event->protocol, "imap")) {
		imap_response_parse(event->text, &imap);
		/* of a success a response code says more: OK [MODIFIED 7] STORE failed */
		if (imap.kind == IMAP_TAGGED && (imap.code.n == 0 || event->class != CLASS_SUCCESS))
			words = imap.text;
	}
	return slice_part(slice_trim(words), 0, WORDS_MAX);
}

/* Without what stands behind the last word: a full stop. */
static struct slice without_stop(struct slice words)
{
	while (words.n && !octet_is_alnum(words.p[words.n - 1]))
		words.n--;
	return words;
}

static bool ends_in(struct slice words, const char *end)
{
	size_t n = strlen(end);
	struct slice last = slice_part(words, words.n - (n < words.n ? n : words.n), words.n);
	bool apart = words.n <= n || !octet_is_alnum(words.p[words.n - n - 1]);
	return apart && slice_equal_nocase(last, slice_of(end));
}

/* Up to the first colon or semicolon. */
static struct slice clause_of(struct slice words)
{
	size_t colon = slice_find_octet(words, ':'), semicolon = slice_find_octet(words, ';');
	return slice_part(words, 0, colon < semicolon ? colon : semicolon);
}

/* ---- success and failure ---- */

static bool say_failure(struct slice words)
{
	/* "LOGIN failed", "COPY failed: disk is full": whatever it is, it did. */
	bool failed = ends_in(without_stop(clause_of(words)), "failed") || has_any_words(words, words_failed);
	return failed && !has_any_words(words, words_softened);
}

/* "Deleted" says why RETR fails, but of DELE that it did not. */
static bool say_success(struct slice words, struct slice verb)
{
	struct slice text = without_stop(words), rest = text;
	bool found = slice_equal_nocase(without_stop(slice_word(&rest)), SLICE("OK")) ||
	             (slice_equal(verb, SLICE("DELE")) && ends_in(text, "deleted"));
	for (size_t i = 0; words_succeeded[i]; i++)
		found |= ends_in(text, words_succeeded[i]);
	return found && !has_any_words(words, words_turned) && !has_any_words(words, words_failed);
}

static const char *ref_of(const char *protocol)
{
	return is(protocol, "pop3")   ? "RFC 1939 3"
	       : is(protocol, "imap") ? "RFC 9051 7.1"
	       : is(protocol, "ftp")  ? "RFC 959 4.2"
	                              : "RFC 5321 4.2";
}

/* 251, 252 and FTP's 202 say in their words what went otherwise than was asked. */
static bool says_otherwise(struct slice code)
{
	return slice_equal(code, SLICE("202")) || slice_equal(code, SLICE("251")) || slice_equal(code, SLICE("252"));
}

static void class_judge(struct checking *c, const struct dialogue_event *event, struct slice words)
{
	bool good = event->class == CLASS_SUCCESS;
	bool bad = event->class == CLASS_FAILURE || event->class == CLASS_TRANSIENT;
	if ((good && !says_otherwise(event->code) && say_failure(words)) || (bad && say_success(words, event->verb)))
		(void)checking_add(c, c->line, CHECK_WARNING, "Programs go by the code, and never look at the words",
		                   ref_of(event->protocol), SLICE_FMT " says %s, but its words are \"" SLICE_FMT "\"",
		                   SLICE_ARG(event->code), good ? "success" : "failure",
		                   SLICE_ARG(slice_part(words, 0, WORDS_SHOWN)));
}

static void code_judge(struct checking *c, const struct dialogue_event *event, struct slice words)
{
	for (const struct words_of_code *row = words_of_codes; row->code; row++)
		if (is(row->protocol, event->protocol) && slice_equal(event->code, slice_of(row->code)) &&
		    has_words(words, row->words) && (row->unless == NULL || !has_words(words, row->unless)))
			(void)checking_add(c, c->line, CHECK_WARNING, row->why, ref_of(event->protocol),
			                   "the words \"" SLICE_FMT "\" belong to another code than %s",
			                   SLICE_ARG(slice_part(words, 0, WORDS_SHOWN)), row->code);
}

/* ---- HTTP ---- */

/* Whether the row is a code of its own with a phrase: not "PUT 201", not "4xx". */
static bool has_phrase(const struct entry *row)
{
	return is_three_digits(slice_of(row->word)) && row->syntax && row->syntax[0] != '(';
}

/* The phrase is registered for another code, of another class or more than "OK". */
static void phrase_judge(struct checking *c, const struct dialogue_event *event)
{
	const struct table *codes = protocol_table(dialogue_protocol(c->d), TABLE_CODES);
	struct http_status status;
	if (event->kind != EVENT_REPLY || event->code.n != 3 || !http_status_parse(event->text, &status))
		return;
	const struct entry *own = table_find(codes, event->code);
	if (own && own->syntax && slice_equal_nocase(status.reason, slice_of(own->syntax)))
		return;
	for (size_t i = 0; i < codes->n; i++) {
		const struct entry *row = &codes->rows[i];
		if (!has_phrase(row) || !slice_equal_nocase(status.reason, slice_of(row->syntax)) ||
		    (is(row->word, "200") && event->code.p[0] == '2'))
			continue;
		(void)checking_add(c, c->line, CHECK_WARNING, "Programs go by the code, and never look at the words",
		                   "RFC 9112 4", "\"%s\" is what %s says, and not " SLICE_FMT, row->syntax, row->word,
		                   SLICE_ARG(event->code));
		return;
	}
}

/* ---- the prompts of AUTH LOGIN ---- */

/* Its letters, in lower case; empty where there are more than `room`. */
static struct slice letters_of(struct slice text, char *letters, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (!octet_is_alpha(text.p[i]))
			continue;
		if (n == room)
			return (struct slice){ NULL, 0 };
		letters[n++] = octet_lower(text.p[i]);
	}
	return (struct slice){ letters, n };
}

/* "Usurname:": nearly the prompt that all clients know. The words are free, but nobody has meant these. */
static void prompt_judge(struct checking *c, const struct dialogue_event *event)
{
	static const char *const prompts[][2] = { { "username", "VXNlcm5hbWU6" }, { "password", "UGFzc3dvcmQ6" } };
	char room[16];
	struct slice letters = letters_of(event->decoded, room, sizeof room);
	if (event->kind != EVENT_REPLY || event->class != CLASS_CONTINUE || !event->has_decoded)
		return;
	for (size_t i = 0; i < 2; i++) {
		size_t distance = word_distance(letters, slice_of(prompts[i][0]));
		if (distance == 0 || distance > NEAR_MAX)
			continue;
		struct finding *row = checking_add(c, c->line, CHECK_WARNING,
		                                   "Some clients compare the prompt with the usual one",
		                                   "No RFC: draft-murchison-sasl-login",
		                                   "the prompt says \"" SLICE_FMT "\", nearly %s",
		                                   SLICE_ARG(slice_part(event->decoded, 0, 16)),
		                                   i ? "\"Password:\"" : "\"Username:\"");
		row->repair = REPAIR_REPLACE;
		row->text = string_printf("S: " SLICE_FMT " %s", SLICE_ARG(event->code), prompts[i][1]);
	}
}

/* ---- replies ---- */

static void words_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct words_watch *w = memory;
	if (event->side != SIDE_SERVER || event->kind == EVENT_STAGE || watched_is_open(c))
		return;
	bool later = w->later;
	w->later = event->kind == EVENT_REPLY && event->has_final && !event->final && !is(event->protocol, "pop3") &&
	           !is(event->protocol, "imap"); /* its untagged lines are replies of their own */
	if (is(event->protocol, "http")) {
		phrase_judge(c, event);
		return;
	}
	prompt_judge(c, event);
	if (event->kind != EVENT_REPLY || later || w->later || event->more)
		return;
	struct slice words = words_of(event);
	class_judge(c, event, words);
	code_judge(c, event, words);
}

const struct watcher watch_words = { .room = sizeof(struct words_watch), .event = words_event };
