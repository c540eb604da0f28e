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

/* APPENDUID uidvalidity uid-set; COPYUID uidvalidity uid-set uid-set (RFC 9051 section 9: resp-code-apnd,
 * resp-code-copy). False where they are not so. */
static bool code_uids(struct telling *telling, struct slice arguments, bool copied)
{
	uint64_t number = 0;
	struct slice validity = slice_word(&arguments), first = slice_word(&arguments), second = slice_word(&arguments);
	struct buffer words = { 0 };
	if (!slice_number(validity, &number) || !imap_set_ok(first) || (copied ? !imap_set_ok(second) : second.n > 0))
		return false;
	word_shown(&words, first);
	tell_words(telling, copied ? "The UIDs copied: " : "UID of what is new: ", &words);
	if (copied) {
		word_shown(&words, second);
		tell_words(telling, "UIDs of the copies: ", &words);
	}
	word_shown(&words, validity);
	tell_words(telling, copied ? "UIDVALIDITY of the other mailbox: " : "UIDVALIDITY of the mailbox: ", &words);
	buffer_free(&words);
	return true;
}

/* Whether the code is followed by what must stand there (RFC 9051 section 9: resp-text-code). */
static void check_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	static const char *const numbers[] = { "HIGHESTMODSEQ", "UIDNEXT", "UIDVALIDITY", "UNSEEN", NULL };
	struct slice rest = response->code_arguments;
	struct slice number = slice_word(&rest), first = slice_word(&rest), second = slice_word(&rest);
	uint64_t value = 0;
	bool numbered = slice_number(number, &value);
	const char *wanted = NULL;
	if (imap_one_of(response->code, numbers) && (!numbered || first.n))
		wanted = "a number";
	else if (slice_equal_nocase(response->code, SLICE("APPENDUID")) && !(numbered && imap_set_ok(first)))
		wanted = "the UIDVALIDITY and the new UID";
	else if (slice_equal_nocase(response->code, SLICE("COPYUID")) &&
	         !(numbered && imap_set_ok(first) && imap_set_ok(second)))
		wanted = "the UIDVALIDITY and two sets of UIDs";
	if (wanted == NULL)
		return;
	event_problem(d, event, SLICE_FMT " must be followed by %s", SLICE_ARG(event->keyword), wanted);
	event_ref(d, event, "RFC 9051 9");
}

/* What the table says of the code, unless the note has spoken of it. */
static void code_told(struct dialogue *d, const struct imap_response *response, const struct entry *row,
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
	static const char *const uids[] = { "APPENDUID", "COPYUID", NULL };
	struct telling telling = { 0 };
	struct slice code = response->code, arguments = response->code_arguments;
	const struct entry *row = imap_row(TABLE_RESPONSE_CODES, code);
	event_ref(d, event, row ? row->ref : "RFC 9051 7.1");
	check_code(d, response, event);
	if (slice_equal_nocase(code, SLICE("CAPABILITY")))
		capabilities_told(&telling, arguments);
	else if (slice_equal_nocase(code, SLICE("PERMANENTFLAGS")))
		code_flags(&telling, arguments);
	else if (!imap_one_of(code, uids) ||
	         !code_uids(&telling, arguments, slice_equal_nocase(code, SLICE("COPYUID"))))
		code_told(d, response, row, event);
	telling_end(&telling, d, event);
}
