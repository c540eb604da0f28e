/*
 * Extensions that a server announces and nobody uses, and those that are used though the server did not announce them.
 *
 * A use that the server refuses is none: then the conversation itself shows that the extension is not there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "protocol/smtp_syntax.h"
#include "script/check_extensions.h"
#include "script/check_watchers.h"

/* So many keywords are kept in mind. */
#define KEYWORDS_MAX 256

struct announced {
	char *keyword;
	size_t line;
	bool used;
};

/* A command that uses what was not announced, and waits for its reply. */
struct unannounced {
	uint64_t n;
	size_t line;
	char *keyword;
	const char *ref;
};

struct extensions_watch {
	struct announced announced[KEYWORDS_MAX];
	size_t nannounced, known; /* `known`: so many of the dialogue's list have been seen */
	struct unannounced waiting[OUTSTANDING_MAX];
	size_t nwaiting;
	bool listed; /* the server has said what it can do, and that still holds */
	bool plain;  /* the client has said HELO: then there is nothing that it could do */
	bool secure;
	bool worked; /* the client has done something beside asking and going */
};

static const char *protocol_of(const struct checking *c)
{
	const char *name = dialogue_protocol(c->d)->name;
	return strcmp(name, "lmtp") == 0 ? "smtp" : name;
}

static bool is(struct slice word, const char *other)
{
	return slice_equal(word, slice_of(other));
}

/* Whether one of the words, which have commas between them, is `word`. */
static bool listed(const char *words, struct slice word)
{
	for (struct slice rest = slice_of(words ? words : ""); rest.n;) {
		size_t comma = slice_find_octet(rest, ',');
		if (slice_equal_nocase(slice_part(rest, 0, comma), word))
			return true;
		rest = slice_part(rest, comma + 1, rest.n);
	}
	return false;
}

/* The same, the words parted by spaces, as a command's needs are. */
static bool needs(const struct entry *command, struct slice keyword)
{
	struct slice rest = slice_of(command->needs ? command->needs : ""), word;
	while ((word = slice_word(&rest)).n)
		if (slice_equal_nocase(word, keyword))
			return true;
	return false;
}

/* ---- what is announced ---- */

static void announced_add(struct extensions_watch *w, struct slice keyword, size_t line)
{
	for (size_t i = 0; i < w->nannounced; i++)
		if (slice_equal_nocase(slice_of(w->announced[i].keyword), keyword))
			return;
	if (w->nannounced < KEYWORDS_MAX && keyword.n)
		w->announced[w->nannounced++] = (struct announced){ slice_string(keyword), line, false };
}

/* A keyword without what stands behind it: "SIZE 1000", "AUTH=LOGIN PLAIN". IMAP's are whole. */
static struct slice keyword_of(const struct checking *c, struct slice capability)
{
	struct slice word = slice_word(&capability);
	if (is(slice_of(protocol_of(c)), "smtp"))
		word = slice_part(word, 0, slice_find_octet(word, '='));
	return word;
}

/* What the dialogue has learnt with this line. */
static void list_read(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	static const char *const lists[] = { "CAPA", "EHLO", "FEAT", "LHLO", NULL };
	struct slice capability;
	bool anew = is(event->keyword, "CAPABILITY") || dialogue_capability(c->d, 0).n == 0 ||
	            (w->known > 0 && dialogue_capability(c->d, w->known - 1).n == 0);
	if (anew)
		w->known = 0;
	for (; (capability = dialogue_capability(c->d, w->known)).n; w->known++)
		announced_add(w, keyword_of(c, capability), c->line);
	w->listed |= is(event->keyword, "CAPABILITY");
	for (size_t i = 0; lists[i]; i++)
		w->listed |= event->final && event->kind != EVENT_STAGE && is(event->verb, lists[i]) &&
		             (event->class == CLASS_SUCCESS || event->kind == EVENT_DATA);
}

/* ---- what is used ---- */

static void use(struct extensions_watch *w, struct slice keyword)
{
	for (size_t i = 0; i < w->nannounced; i++)
		w->announced[i].used |= slice_equal_nocase(slice_of(w->announced[i].keyword), keyword);
}

static void use_all(struct extensions_watch *w, struct slice prefix)
{
	for (size_t i = 0; i < w->nannounced; i++)
		w->announced[i].used |= slice_starts_nocase(slice_of(w->announced[i].keyword), prefix);
}

/* A command uses what the server does not have, as far as anybody knows. */
static void lack(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event,
                 const char *keyword, const char *ref)
{
	if (c->unseen || !(w->listed || w->plain) || w->nwaiting == OUTSTANDING_MAX)
		return;
	w->waiting[w->nwaiting++] = (struct unannounced){ event->n, c->line, string_copy(keyword), ref };
}

static bool allowed(const struct checking *c, const struct extension *row)
{
	struct slice rest = slice_of(row->allowed_by ? row->allowed_by : "");
	bool found = dialogue_announced(c->d, slice_of(row->keyword), NULL);
	while (rest.n && !found) {
		size_t comma = slice_find_octet(rest, ',');
		found = dialogue_announced(c->d, slice_part(rest, 0, comma), NULL);
		rest = slice_part(rest, comma + 1, rest.n);
	}
	return found;
}

/* What of a command may hold words: of MAIL and RCPT their parameters. */
static struct slice words_of(const struct dialogue_event *event)
{
	struct slice rest = event->text;
	struct smtp_path path;
	(void)slice_word(&rest);
	if (!is(event->verb, "MAIL") && !is(event->verb, "RCPT"))
		return rest;
	bool mail = is(event->verb, "MAIL");
	smtp_path_parse(slice_trim(rest), mail ? SLICE("FROM:") : SLICE("TO:"), mail, &path);
	return path.parameters;
}

static void words_judge(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	const struct table *keywords = protocol_table(dialogue_protocol(c->d), TABLE_KEYWORDS);
	for (const struct extension *row = extensions; row->keyword; row++) {
		bool found = false;
		if (strcmp(row->protocol, protocol_of(c)) != 0 || !listed(row->verbs, event->verb))
			continue;
		for (struct slice rest = slice_of(row->words); rest.n && !found;) {
			size_t comma = slice_find_octet(rest, ',');
			char *word = slice_string(slice_part(rest, 0, comma));
			found = has_words(words_of(event), word);
			free(word);
			rest = slice_part(rest, comma + 1, rest.n);
		}
		if (!found)
			continue;
		use(w, slice_of(row->keyword));
		const struct entry *known = table_find(keywords, slice_of(row->keyword));
		/* what a server does not know, ENABLE passes over (RFC 5161 3.1) */
		if (row->demands && !allowed(c, row) && !is(event->verb, "ENABLE"))
			lack(c, w, event, row->keyword, known ? known->ref : NULL);
	}
}

static bool is_passed(const struct checking *c, struct slice keyword)
{
	for (const struct extension_passed *row = extensions_passed; row->protocol; row++)
		for (size_t i = 0; strcmp(row->protocol, protocol_of(c)) == 0 && row->keywords[i]; i++)
			if (slice_equal_nocase(keyword, slice_of(row->keywords[i])))
				return true;
	return false;
}

/* A command that is itself an extension's. */
static void verb_judge(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	const struct entry *row = table_find(protocol_table(dialogue_protocol(c->d), TABLE_COMMANDS), event->verb);
	struct slice rest = slice_of(row && row->needs ? row->needs : ""), first = rest, word;
	bool found = false;
	use(w, event->verb);
	if (row == NULL || row->needs == NULL)
		return;
	first = slice_part(first, 0, slice_find_octet(first, ' '));
	while ((word = slice_word(&rest)).n) {
		use(w, word);
		found |= dialogue_announced(c->d, word, NULL);
	}
	if (found || is_passed(c, first))
		return;
	char *keyword = slice_string(first);
	lack(c, w, event, keyword, row->ref);
	free(keyword);
}

/* The mechanism of AUTH must be one that the server has named. */
static void mechanism_judge(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	struct slice rest = words_of(event), mechanism = slice_word(&rest), value = { NULL, 0 };
	bool named = false;
	if (mechanism.n == 0)
		return;
	if (is(event->verb, "AUTH") && is(slice_of(protocol_of(c)), "pop3"))
		named = !dialogue_announced(c->d, SLICE("SASL"), &value);
	else if (is(event->verb, "AUTH") && is(slice_of(protocol_of(c)), "smtp"))
		named = !dialogue_announced(c->d, SLICE("AUTH"), &value);
	else
		return;
	char *word = slice_string(mechanism);
	char *keyword = string_printf("the mechanism %s", word);
	if (!named && !has_words(value, word))
		lack(c, w, event, keyword, is(slice_of(protocol_of(c)), "pop3") ? "RFC 5034 3" : "RFC 4954 3");
	free(keyword);
	free(word);
}

static void imap_judge(struct extensions_watch *w, const struct dialogue_event *event)
{
	struct slice rest = event->text;
	if (event->text.n > 2 && is(slice_part(event->text, event->text.n - 2, event->text.n), "+}"))
		use_all(w, SLICE("LITERAL"));
	bool authenticate = is(event->verb, "AUTHENTICATE");
	if (authenticate ||
	    is(event->verb, "LOGIN")) /* what the server can do may be more behind it: it is asked again */
		w->listed = false;
	if (!authenticate)
		return;
	use_all(w, SLICE("AUTH="));
	for (int i = 0; i < 3; i++) /* tag, AUTHENTICATE, mechanism */
		(void)slice_word(&rest);
	if (slice_trim(rest).n)
		use(w, SLICE("SASL-IR"));
}

/* Whether the command only asks what there is, or goes. */
static bool only_asks(struct slice verb)
{
	static const char *const asking[] = { "CAPA", "CAPABILITY", "CLNT", "EHLO", "FEAT", "HELO", "ID",
		                              "LHLO", "LOGOUT",     "NOOP", "QUIT", "SYST", NULL };
	for (size_t i = 0; asking[i]; i++)
		if (is(verb, asking[i]))
			return true;
	return false;
}

static void command_came(const struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	w->worked |= !only_asks(event->verb);
	if (dialogue_outstanding(c->d) > 1)
		use(w, SLICE("PIPELINING"));
	verb_judge(c, w, event);
	words_judge(c, w, event);
	mechanism_judge(c, w, event);
	if (is(slice_of(protocol_of(c)), "imap"))
		imap_judge(w, event);
}

/* ---- what is told ---- */

static void unannounced_tell(struct checking *c, const struct extensions_watch *w, const struct unannounced *one)
{
	(void)checking_add(c, one->line, CHECK_ERROR,
	                   w->listed ? "A client uses only what the server has announced"
	                             : "After HELO there are no extensions: EHLO asks for them",
	                   one->ref ? one->ref : "", "%s is used, but the server did not announce it", one->keyword);
}

/* Its reply has come: what the server refuses was not used. */
static void answered(struct checking *c, struct extensions_watch *w, const struct dialogue_event *event)
{
	size_t stay = 0;
	bool refused = event->class == CLASS_FAILURE || event->class == CLASS_TRANSIENT;
	for (size_t i = 0; i < w->nwaiting; i++) {
		if (w->waiting[i].n != event->answers) {
			w->waiting[stay++] = w->waiting[i];
			continue;
		}
		if (!refused)
			unannounced_tell(c, w, &w->waiting[i]);
		free(w->waiting[i].keyword);
	}
	w->nwaiting = stay;
}

/* Whether anybody could see that the keyword is used. */
static bool is_visible(const struct checking *c, struct slice keyword)
{
	static const char *const others[] = {
		"ENHANCEDSTATUSCODES", "LITERAL+", "LITERAL-", "PIPELINING", "SASL", "SASL-IR", NULL
	};
	const struct table *commands = protocol_table(dialogue_protocol(c->d), TABLE_COMMANDS);
	if (is_passed(c, keyword))
		return false;
	for (size_t i = 0; others[i]; i++)
		if (slice_equal_nocase(keyword, slice_of(others[i])))
			return true;
	for (const struct extension *row = extensions; row->keyword; row++)
		if (strcmp(row->protocol, protocol_of(c)) == 0 && slice_equal_nocase(keyword, slice_of(row->keyword)))
			return true;
	for (size_t i = 0; i < commands->n; i++)
		if (slice_equal_nocase(keyword, slice_of(commands->rows[i].word)) || needs(&commands->rows[i], keyword))
			return true;
	return slice_starts_nocase(keyword, SLICE("AUTH="));
}

static bool is_unused(const struct checking *c, const struct announced *one, size_t line)
{
	return one->line == line && !one->used && is_visible(c, slice_of(one->keyword));
}

/* All keywords of one line that nobody used; `from` is the first of the line. */
static void unused_tell(struct checking *c, const struct extensions_watch *w, size_t from)
{
	const struct table *keywords = protocol_table(dialogue_protocol(c->d), TABLE_KEYWORDS);
	size_t line = w->announced[from].line, n = 0, told = 0;
	const struct entry *row = NULL;
	struct buffer names = { 0 };
	for (size_t i = from; i < w->nannounced; i++)
		n += is_unused(c, &w->announced[i], line);
	for (size_t i = from; i < w->nannounced; i++) {
		if (!is_unused(c, &w->announced[i], line))
			continue;
		buffer_printf(&names, "%s%s", told == 0 ? "" : told + 1 == n ? " and " : ", ", w->announced[i].keyword);
		row = table_find(keywords, slice_of(w->announced[i].keyword));
		told++;
	}
	if (n > 0)
		(void)checking_add(c, line, CHECK_WARNING,
		                   n == 1 ? "Nothing that is shown here needs it"
		                          : "Nothing that is shown here needs them",
		                   n == 1 && row ? row->ref : NULL, SLICE_FMT " %s announced and never used",
		                   SLICE_ARG(buffer_slice(&names)), n == 1 ? "is" : "are");
	buffer_free(&names);
}

static void extensions_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	struct extensions_watch *w = memory;
	if (protocol_table(dialogue_protocol(c->d), TABLE_KEYWORDS) == NULL) /* HTTP, tcp: nothing is announced */
		return;
	if (event->secure != w->secure) { /* what was announced in the clear counts no more */
		w->listed = w->plain = false;
		w->known = 0;
	}
	w->secure = event->secure;
	if (event->kind == EVENT_COMMAND && !event->more)
		command_came(c, w, event);
	if (event->side != SIDE_SERVER || event->kind == EVENT_STAGE)
		return;
	list_read(c, w, event);
	if (event->enhanced.n)
		use(w, SLICE("ENHANCEDSTATUSCODES"));
	if (is(event->keyword, "APPENDUID") || is(event->keyword, "COPYUID"))
		use(w, SLICE("UIDPLUS"));
	if (is(event->verb, "HELO") && event->final && event->class == CLASS_SUCCESS) {
		w->plain = true;
		w->listed = false;
	}
	if (event->final && event->answers)
		answered(c, w, event);
}

static void extensions_end(struct checking *c, void *memory)
{
	struct extensions_watch *w = memory;
	for (size_t i = 0; i < w->nwaiting; i++) {
		unannounced_tell(c, w, &w->waiting[i]);
		free(w->waiting[i].keyword);
	}
	for (size_t i = 0; i < w->nannounced; i++)
		if (w->worked && (i == 0 || w->announced[i].line != w->announced[i - 1].line))
			unused_tell(c, w, i);
	for (size_t i = 0; i < w->nannounced; i++)
		free(w->announced[i].keyword);
}

const struct watcher watch_extensions = { .room = sizeof(struct extensions_watch),
	                                  .event = extensions_event,
	                                  .end = extensions_end };
