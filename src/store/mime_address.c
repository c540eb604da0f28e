/*
 * Lists of addresses (RFC 5322 sections 3.4 and 4.4), as well as they can be read.
 */
#include "store/mime.h"
#include "store/mime_lexer.h"

/* What ends a run of words. */
#define SPECIALS "<>@,;:\"("

/* Words as a phrase, parted by single spaces, and as a local part, in which none stand around a dot. */
struct words {
	struct buffer phrase, local;
};

static void words_free(struct words *words)
{
	buffer_free(&words->phrase);
	buffer_free(&words->local);
}

static void add_word(struct words *words, struct slice word, bool blank)
{
	struct buffer *local = &words->local;
	bool dotted = (local->n && local->p[local->n - 1] == '.') || slice_starts(word, SLICE("."));
	if (blank && words->phrase.n)
		buffer_add_octet(&words->phrase, ' ');
	if (blank && local->n && !dotted)
		buffer_add_octet(local, ' ');
	buffer_add_slice(&words->phrase, word);
	buffer_add_slice(local, word);
}

/* Takes words and quoted strings off, up to a special; returns whether there were any, `""` included. */
static bool take_words(struct slice *list, struct words *words, struct buffer *comment)
{
	bool any = false, blank = lexer_blanks(list, comment);
	struct buffer quoted = { 0 };
	while (list->n) {
		struct slice word = lexer_word(list, SPECIALS);
		if (list->n && word.n == 0 && list->p[0] == '"') {
			buffer_clear(&quoted);
			lexer_quoted(list, &quoted);
			word = buffer_slice(&quoted);
		} else if (word.n == 0) {
			break;
		}
		add_word(words, word, blank);
		any = true;
		blank = lexer_blanks(list, comment);
	}
	buffer_free(&quoted);
	return any;
}

/* Takes a domain off, behind its `@`: atoms and dots, or `[192.0.2.1]`. */
static void take_domain(struct slice *list, struct buffer *host, struct buffer *comment)
{
	for (;;) {
		bool blank = lexer_blanks(list, comment), dot = host->n && host->p[host->n - 1] == '.';
		if (blank && host->n && !dot && !slice_starts(*list, SLICE(".")))
			return;
		struct slice word = lexer_word(list, SPECIALS "[");
		buffer_add_slice(host, word);
		if (list->n && list->p[0] == '[') {
			size_t end = slice_find_octet(*list, ']');
			mime_unfold(host, slice_part(*list, 0, end + 1));
			*list = slice_part(*list, end + 1, list->n);
		} else if (word.n == 0) {
			return;
		}
	}
}

/* `@a,@b:` in angle brackets: the obsolete route, without its colon. */
static void take_route(struct slice *list, struct buffer *route)
{
	while (list->n && list->p[0] != ':' && list->p[0] != '>') {
		if (!lexer_blanks(list, NULL)) {
			buffer_add_octet(route, list->p[0]);
			*list = slice_part(*list, 1, list->n);
		}
	}
	(void)lexer_takes(list, ':');
}

/* What stands behind `<`, up to `>`; or where that is missing, to the next comma. */
static void take_angle(struct slice *list, struct mime_address *address)
{
	struct words words = { 0 };
	while (lexer_blanks(list, NULL) || lexer_takes(list, '<'))
		continue;
	if (list->n && list->p[0] == '@')
		take_route(list, &address->route);
	(void)take_words(list, &words, NULL);
	buffer_add_slice(&address->mailbox, buffer_slice(&words.local));
	if (lexer_takes(list, '@'))
		take_domain(list, &address->host, NULL);
	lexer_skip(list, ">,;", NULL);
	(void)lexer_takes(list, '>');
	words_free(&words);
}

/* A group begins at its colon. */
static void begin_group(struct mime_address *address, const struct words *words)
{
	address->kind = ADDRESS_GROUP_START;
	address->in_group = true;
	buffer_add_slice(&address->name, buffer_slice(&words->phrase));
}

/* One mailbox or the start of a group; the list begins with neither comma nor semicolon. False where it makes no sense. */
static bool take_element(struct slice *list, struct mime_address *address)
{
	struct words words = { 0 };
	struct buffer comment = { 0 };
	bool any = take_words(list, &words, &comment), good = true;
	if (lexer_takes(list, '<')) {
		buffer_add_slice(&address->name, buffer_slice(&words.phrase));
		take_angle(list, address);
	} else if (any && !address->in_group && lexer_takes(list, ':')) {
		begin_group(address, &words);
	} else if (any && lexer_takes(list, ':')) {
		good = false; /* no group stands in a group: its mailboxes are the outer one's */
	} else if (lexer_takes(list, '@')) {
		buffer_add_slice(&address->mailbox, buffer_slice(&words.local));
		take_domain(list, &address->host, &comment);
	} else if (any) {
		buffer_add_slice(&address->mailbox, buffer_slice(&words.phrase));
	} else {
		*list = slice_part(*list, 1, list->n); /* a stray special */
		good = false;
	}
	if (good && address->kind == ADDRESS_MAILBOX) {
		lexer_skip(list, ",;", &comment);
		if (address->name.n == 0)
			mime_unfold(&address->name, buffer_slice(&comment));
	}
	words_free(&words);
	buffer_free(&comment);
	return good;
}

static bool end_group(struct mime_address *address)
{
	address->kind = ADDRESS_GROUP_END;
	address->in_group = false;
	return true;
}

bool mime_address_next(struct slice *list, struct mime_address *address)
{
	for (;;) {
		buffer_clear(&address->name);
		buffer_clear(&address->route);
		buffer_clear(&address->mailbox);
		buffer_clear(&address->host);
		address->kind = ADDRESS_MAILBOX;
		(void)lexer_blanks(list, NULL);
		if (list->n == 0)
			return address->in_group && end_group(address);
		if (lexer_takes(list, ';') && address->in_group)
			return end_group(address);
		if (lexer_takes(list, ',') || list->n == 0 || list->p[0] == ';')
			continue;
		if (take_element(list, address))
			return true;
	}
}

void mime_address_free(struct mime_address *address)
{
	buffer_free(&address->name);
	buffer_free(&address->route);
	buffer_free(&address->mailbox);
	buffer_free(&address->host);
	*address = (struct mime_address){ 0 };
}
