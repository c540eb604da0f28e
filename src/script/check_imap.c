/*
 * IMAP over several lines: what SELECT must say, message numbers beyond the mailbox's end, and tags that come again.
 */
#include <string.h>

#include "protocol/imap_syntax.h"
#include "script/check_watchers.h"

/* So many tags are kept in mind. */
#define TAGS_KEPT 512

/* What a server says of a mailbox before it answers SELECT or EXAMINE (RFC 9051 6.3.2; RECENT: RFC 3501 6.3.1). */
enum said {
	SAID_FLAGS = 1 << 0,
	SAID_EXISTS = 1 << 1,
	SAID_RECENT = 1 << 2,
	SAID_PERMANENTFLAGS = 1 << 3,
	SAID_UIDNEXT = 1 << 4,
	SAID_UIDVALIDITY = 1 << 5,
	SAID_LIST = 1 << 6
};

static const char *const said_words[] = { "FLAGS",   "EXISTS",      "RECENT", "PERMANENTFLAGS",
	                                  "UIDNEXT", "UIDVALIDITY", "LIST",   NULL };

struct tag {
	uint64_t hash; /* of its text */
	size_t line;
};

/* A command that names messages by their numbers, and waits for its reply. */
struct asked {
	uint64_t n;
	uint64_t beyond; /* the first number that no message has; 0: none */
	size_t line;
};

struct imap_watch {
	struct tag tags[TAGS_KEPT]; /* a ring */
	size_t ntags;
	bool again; /* one has come again: whoever has one tag for all commands is told so once */
	struct asked asked[OUTSTANDING_MAX];
	size_t nasked;
	uint64_t selecting; /* the event of a SELECT or EXAMINE that waits; 0: none */
	size_t select_line;
	bool revised; /* it says of itself that it speaks IMAP4rev1 or IMAP4rev2: older ones said less of a mailbox */
	bool examine, open; /* `open`: something that is not printed may say what is missing */
	unsigned said;
	bool counted; /* how many messages the mailbox has is known */
	uint64_t count;
	size_t counted_line;
};

/* ---- tags ---- */

/* FNV-1a. */
static uint64_t hash_of(struct slice text)
{
	uint64_t hash = 14695981039346656037U;
	for (size_t i = 0; i < text.n; i++)
		hash = (hash ^ (unsigned char)text.p[i]) * 1099511628211U;
	return hash;
}

static void tag_judge(struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	uint64_t hash = hash_of(event->tag);
	size_t kept = w->ntags < TAGS_KEPT ? w->ntags : TAGS_KEPT;
	if (event->tag.n == 0 || event->phase == PHASE_NONE || w->again || watched_is_open(c))
		return;
	/* While its command still waits, the dialogue has told of it. */
	bool waits = slice_find(event->problem, SLICE("the tag is in use")) < event->problem.n;
	for (size_t i = 0; i < kept && !waits; i++) {
		if (w->tags[i].hash != hash)
			continue;
		w->again = true;
		(void)checking_add(c, c->line, CHECK_ERROR, "By its tag a client knows which command is answered",
		                   "RFC 9051 2.2.1", "the tag " SLICE_FMT " was given to a command already, in line %u",
		                   SLICE_ARG(slice_part(event->tag, 0, 32)), watched_number(c, w->tags[i].line));
		return;
	}
	w->tags[w->ntags++ % TAGS_KEPT] = (struct tag){ hash, c->line };
}

/* ---- SELECT ---- */

static bool is(struct slice word, const char *other)
{
	return slice_equal(word, slice_of(other));
}

static void select_begins(const struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	w->selecting = event->n;
	w->select_line = c->line;
	w->examine = is(event->verb, "EXAMINE");
	w->open = false;
	w->said = 0;
	w->counted = false;
}

/* What must be said, by the revision that the server speaks. */
static unsigned wanted(const struct dialogue *d)
{
	bool old = dialogue_announced(d, SLICE("IMAP4rev1"), NULL),
	     new = dialogue_announced(d, SLICE("IMAP4rev2"), NULL);
	unsigned both = SAID_FLAGS | SAID_EXISTS | SAID_PERMANENTFLAGS | SAID_UIDNEXT | SAID_UIDVALIDITY;
	if (old == new)
		return both;
	return both | (old ? SAID_RECENT : SAID_LIST);
}

static void select_judge(struct checking *c, struct imap_watch *w)
{
	unsigned missing = wanted(c->d) & ~w->said;
	struct buffer words = { 0 };
	/* Who leaves FLAGS or EXISTS out prints only what matters to him: that is no fault of the server's. */
	if (missing == 0 || missing & (SAID_FLAGS | SAID_EXISTS) || w->open || !w->revised)
		return;
	for (size_t i = 0; said_words[i]; i++) {
		if (!(missing & 1U << i))
			continue;
		missing &= ~(1U << i);
		buffer_add_string(&words, words.n == 0 ? "" : missing ? ", " : " and ");
		buffer_add_string(&words, said_words[i]);
	}
	(void)checking_add(c, w->select_line, CHECK_ERROR,
	                   "A client shows the mailbox by what the server says of it here",
	                   w->examine ? "RFC 9051 6.3.3, RFC 3501 6.3.2" : "RFC 9051 6.3.2, RFC 3501 6.3.1",
	                   "the answer to %s lacks " SLICE_FMT, w->examine ? "EXAMINE" : "SELECT",
	                   SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
}

/* What a line says of the mailbox that is selected just now. */
static void select_said(const struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	for (size_t i = 0; said_words[i]; i++) {
		if (!is(event->keyword, said_words[i]))
			continue;
		w->said |= 1U << i;
		return;
	}
	w->open |= watched_is_open(c);
}

/* ---- numbers ---- */

static void beyond_tell(struct checking *c, const struct imap_watch *w, size_t line, uint64_t number)
{
	(void)checking_add(c, line, CHECK_ERROR,
	                   "Messages are numbered from 1 up to what EXISTS says, and EXPUNGE lowers it",
	                   "RFC 9051 2.3.1.2", "there is no message %llu: by line %u the mailbox has %llu",
	                   (unsigned long long)number, watched_number(c, w->counted_line),
	                   (unsigned long long)w->count);
}

static void exists(struct checking *c, struct imap_watch *w, uint64_t number)
{
	if (w->counted && number < w->count && w->selecting == 0)
		(void)checking_add(c, c->line, CHECK_ERROR,
		                   "Only EXPUNGE says that messages are gone, since it says which", "RFC 9051 5.2",
		                   "EXISTS says %llu, but by line %u there are %llu", (unsigned long long)number,
		                   watched_number(c, w->counted_line), (unsigned long long)w->count);
	w->counted = true;
	w->count = number;
	w->counted_line = c->line;
}

static void expunge(struct checking *c, struct imap_watch *w, uint64_t number)
{
	if (!w->counted)
		return;
	if (number > w->count)
		beyond_tell(c, w, c->line, number);
	if (w->count > 0)
		w->count--;
	w->counted_line = c->line;
}

/* The numbers that SEARCH has found. */
static void found_judge(struct checking *c, const struct imap_watch *w, struct slice numbers)
{
	uint64_t number;
	struct slice word;
	while (w->counted && (word = slice_word(&numbers)).n) {
		if (!slice_number(word, &number) || number <= w->count)
			continue;
		beyond_tell(c, w, c->line, number);
		return;
	}
}

static void data_came(struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	struct imap_response response;
	uint64_t number;
	imap_response_parse(event->text, &response);
	if (response.kind != IMAP_UNTAGGED || watched_is_open(c))
		return;
	if (response.numbered && is(event->keyword, "EXISTS"))
		exists(c, w, response.number);
	else if (response.numbered && is(event->keyword, "EXPUNGE"))
		expunge(c, w, response.number);
	else if (is(event->keyword, "VANISHED")) /* how many there are, only its UIDs say */
		w->counted &= slice_starts_nocase(response.text, SLICE("(EARLIER)"));
	else if (is(event->keyword, "SEARCH") && is(event->verb, "SEARCH"))
		found_judge(c, w, response.text);
	else if (w->counted && response.numbered && response.number > w->count &&
	         (is(event->keyword, "FETCH") || is(event->keyword, "RECENT")))
		beyond_tell(c, w, c->line, response.number);
	else if (w->counted && is(event->keyword, "UNSEEN") && slice_number(response.code_arguments, &number) &&
	         number > w->count)
		beyond_tell(c, w, c->line, number);
}

/* The first number of a set that no message has; of a range both ends must be beyond, as many clients ask for 1:1000. */
static uint64_t set_beyond(const struct imap_watch *w, struct slice set)
{
	struct imap_range range;
	while (w->counted && imap_range_next(&set, &range))
		if (range.first > w->count && range.first != UINT64_MAX)
			return range.first;
	return 0;
}

/* ---- commands and their replies ---- */

static void command_came(struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	static const char *const numbered[] = { "COPY", "FETCH", "MOVE", "STORE", NULL };
	struct imap_command command;
	imap_command_parse(event->text, &command);
	if (!slice_equal(command.tag, event->tag)) /* the rest of one, behind a literal */
		return;
	tag_judge(c, w, event);
	if (is(event->verb, "SELECT") || is(event->verb, "EXAMINE"))
		select_begins(c, w, event);
	uint64_t beyond = imap_one_of(event->verb, numbered) && !watched_is_open(c)
	                          ? set_beyond(w, slice_word(&command.arguments))
	                          : 0;
	if (beyond && w->nasked < OUTSTANDING_MAX)
		w->asked[w->nasked++] = (struct asked){ event->n, beyond, c->line };
}

/* A server should answer BAD to a number that no message has: what it does not refuse, it says to be there. */
static void numbers_answered(struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	for (size_t i = 0; i < w->nasked; i++) {
		if (w->asked[i].n != event->answers)
			continue;
		if (event->class == CLASS_SUCCESS)
			beyond_tell(c, w, w->asked[i].line, w->asked[i].beyond);
		memmove(&w->asked[i], &w->asked[i + 1], (--w->nasked - i) * sizeof *w->asked);
		return;
	}
}

static void answered(struct checking *c, struct imap_watch *w, const struct dialogue_event *event)
{
	numbers_answered(c, w, event);
	if (event->answers == w->selecting) {
		if (event->class == CLASS_SUCCESS)
			select_judge(c, w);
		w->selecting = 0;
	} else if (event->class == CLASS_SUCCESS && (is(event->verb, "CLOSE") || is(event->verb, "UNSELECT"))) {
		w->counted = false;
	}
}

static void imap_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct imap_watch *w = memory;
	if (event->kind == EVENT_COMMAND) {
		command_came(c, w, event);
	} else if (event->kind == EVENT_REPLY && event->final && event->answers && event->tag.n) {
		answered(c, w, event);
	} else if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE) {
		w->revised |= has_words(event->text, "IMAP4rev1") || has_words(event->text, "IMAP4rev2");
		if (w->selecting)
			select_said(c, w, event);
		if (event->kind == EVENT_REPLY)
			data_came(c, w, event);
	}
}

const struct watcher watch_imap = { .protocol = "imap", .room = sizeof(struct imap_watch), .event = imap_event };
