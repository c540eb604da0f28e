/*
 * Response codes: what stands in brackets before a status line's text.
 */
#include "protocol/imap_reading.h"

static void code_flags(struct telling *telling, struct slice arguments)
{
	struct imap_tree tree = { 0 };
	struct buffer words = { 0 };
	const struct imap_node *node;
	bool keywords = false;
	imap_tree_parse(&tree, arguments, NULL, 0);
	if (node_is_list(imap_node_at(&tree, 0, tree.n)))
		flags_counted(&words, &tree, 0);
	for (size_t at = 1; (node = imap_node_at(&tree, at, tree.n)); at = node->end)
		keywords |= slice_equal(node->content, SLICE("\\*"));
	if (words.n)
		tell_words(telling, "Flags that the client can change for good: ", &words);
	else
		tell(telling, "The client can change no flag for good");
	if (keywords)
		tell(telling, "\\* lets it make keywords of its own");
	buffer_free(&words);
	imap_tree_free(&tree);
}

/* UIDVALIDITY and the UIDs: APPENDUID validity new; COPYUID validity old new (RFC 4315 section 3). */
static void code_uids(struct telling *telling, struct slice arguments, bool copied)
{
	struct slice validity = slice_word(&arguments), first = slice_word(&arguments), second = slice_word(&arguments);
	struct buffer words = { 0 };
	word_shown(&words, first);
	tell_words(telling, copied ? "The UIDs copied: " : "UID of what is new: ", &words);
	if (copied) {
		word_shown(&words, second);
		tell_words(telling, "UIDs of the copies: ", &words);
	}
	word_shown(&words, validity);
	tell_words(telling, copied ? "UIDVALIDITY of the other mailbox: " : "UIDVALIDITY of the mailbox: ", &words);
	buffer_free(&words);
}

/* Whether the code is followed by a number, as it must (RFC 9051 section 9: resp-text-code). */
static void check_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	static const char *const numbers[] = { "HIGHESTMODSEQ", "UIDNEXT", "UIDVALIDITY", "UNSEEN", NULL };
	uint64_t number = 0;
	if (!imap_one_of(response->code, numbers) || slice_number(response->code_arguments, &number))
		return;
	event_problem(d, event, "a number stands behind " SLICE_FMT, SLICE_ARG(event->keyword));
	event_ref(d, event, "RFC 9051 9");
}

/* What the table says of the code, unless the note has spoken of it. */
static void code_row(struct dialogue *d, const struct imap_response *response, const struct entry *row,
                     struct dialogue_event *event)
{
	struct slice arguments = response->code_arguments;
	struct buffer words = { 0 };
	buffer_printf(&words, "[" SLICE_FMT "]", SLICE_ARG(event->keyword));
	bool told = slice_find(event->note, buffer_slice(&words)) < event->note.n;
	buffer_clear(&words);
	word_shown(&words, response->code);
	if (arguments.n)
		buffer_add_octet(&words, ' ');
	word_shown(&words, arguments);
	if (!told || arguments.n)
		event_note(d, event, SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&words)),
		           row ? row->note : "no registry knows this response code; a client passes over it.");
	buffer_free(&words);
}

void imap_response_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	struct telling telling = { 0 };
	struct slice code = response->code, arguments = response->code_arguments;
	const struct entry *row = imap_row(TABLE_RESPONSE_CODES, code);
	event_ref(d, event, row ? row->ref : "RFC 9051 7.1");
	check_code(d, response, event);
	if (slice_equal_nocase(code, SLICE("CAPABILITY")))
		capabilities_told(&telling, arguments);
	else if (slice_equal_nocase(code, SLICE("PERMANENTFLAGS")))
		code_flags(&telling, arguments);
	else if (slice_equal_nocase(code, SLICE("APPENDUID")))
		code_uids(&telling, arguments, false);
	else if (slice_equal_nocase(code, SLICE("COPYUID")))
		code_uids(&telling, arguments, true);
	else
		code_row(d, response, row, event);
	telling_end(&telling, d, event);
}
