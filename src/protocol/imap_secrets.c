/*
 * What is secret in the client's lines: the password of LOGIN, and the lines of those who mistype it. The answers of a
 * SASL exchange are masked where they are read (imap_exchange.c).
 */
#include "protocol/imap_machine.h"

#define NO_SECRET SIZE_MAX

/* Who mistypes LOGIN has typed the password all the same. */
size_t imap_secret_from(struct slice verb)
{
	static const char *const second[] = { "AUTH", "AUTHENTICATE", "LOGIN", "USER", NULL };
	const struct entry *near = table_nearest(protocol_table(&protocol_imap, TABLE_COMMANDS), verb);
	struct slice meant = imap_row(TABLE_COMMANDS, verb) || near == NULL ? verb : slice_of(near->word);
	if (slice_equal_nocase(verb, SLICE("PASS")))
		return 0;
	return imap_one_of(verb, second) || imap_one_of(meant, second) ? 1 : NO_SECRET;
}

/* Where the word or string that begins at `at` ends. */
static size_t argument_end(struct slice text, size_t at)
{
	bool quoted = text.p[at] == '"';
	for (size_t i = at + 1; i < text.n; i++) {
		if (quoted && text.p[i] == '\\')
			i++;
		else if (quoted && text.p[i] == '"')
			return i + 1;
		else if (!quoted && text.p[i] == ' ')
			return i;
	}
	return text.n;
}

/* The event's text up to the count of a literal that it ends in, and the space before that: it hides nothing. */
static struct slice before_count(const struct imap *s, struct slice text, size_t at)
{
	size_t end = text.n;
	if (imap_scan_end(&s->client.scan) != IMAP_END_LITERAL)
		return text;
	while (end > at && text.p[end - 1] != '{')
		end--;
	end -= end < text.n && end > at;
	return slice_part(text, 0, end);
}

void imap_secrets_mark(const struct imap *s, struct dialogue_event *event, size_t at, size_t n)
{
	if (s->secret_from == NO_SECRET)
		return;
	struct slice text = before_count(s, event->text, at);
	for (;; n++) {
		while (at < text.n && text.p[at] == ' ')
			at++;
		if (at >= text.n)
			return;
		size_t end = argument_end(text, at);
		if (n >= s->secret_from) {
			bool quotes = end == text.n && end - at > 1 && text.p[at] == '"' && text.p[end - 1] == '"';
			event_secret(event, at + quotes, text.n - quotes, SLICE("{{password}}"));
			return;
		}
		at = end;
	}
}

size_t imap_arguments_so_far(const struct imap_spoken *spoken)
{
	struct imap_tree tree = { 0 };
	size_t n = 0;
	if (!spoken_tree(spoken, &tree))
		return NO_SECRET - 1; /* all that follows is taken for secret, if anything is */
	for (size_t at = 0; at < tree.n; at = tree.nodes[at].end)
		n++;
	imap_tree_free(&tree);
	return n;
}
