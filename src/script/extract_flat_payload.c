/*
 * The text of a message inside a flattened line: where the reply before it ends, where its fields are. What else its lines were
 * nobody can tell any more: the rest stays one.
 */
#include "script/extract_flat.h"

/* So many words a reply has at most that a message follows. */
#define REPLY_WORDS 24

/* Whether a field's name of a message (RFC 5322 3.6) stands at the word: `Subject:`. */
static bool is_field(const struct flat *flat, size_t k)
{
	static const char *const names[] = { "bcc:",          "cc:",          "content-transfer-encoding:",
		                             "content-type:", "date:",        "delivered-to:",
		                             "from:",         "in-reply-to:", "message-id:",
		                             "mime-version:", "received:",    "reply-to:",
		                             "return-path:",  "sender:",      "subject:",
		                             "to:",           "user-agent:",  "x-mailer:" };
	struct slice word = flat_word(flat, k);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_equal_nocase(word, slice_of(names[i])))
			return true;
	bool compound = slice_find_octet(word, '-') < word.n && word.p[word.n - 1] == ':';
	return compound && word.p[0] >= 'A' && word.p[0] <= 'Z'; /* `Envelope-to:` */
}

void flat_message(struct flat *flat, enum side side, size_t from, size_t to)
{
	for (size_t k = from + 1; k < to && is_field(flat, from); k++)
		if (is_field(flat, k)) {
			flat_add(flat, side, from, k);
			from = k;
		}
	if (from < to)
		flat_add(flat, side, from, to);
	flat_add(flat, side, to, to + 1);
}

/* Whether a reply that asks for a text, or announces one, ends with the word. */
static bool ends_reply(const struct flat *flat, size_t k)
{
	static const char *const ends[] = { "<CRLF>.<CRLF>", "<CR><LF>.<CR><LF>", "CRLF.CRLF", "itself", "itself.",
		                            "octets",        "octets)",           "bytes",     "bytes)", "follows",
		                            "ahead" };
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (slice_equal_nocase(flat_word(flat, k), slice_of(ends[i])))
			return true;
	return false;
}

size_t flat_reply_end(const struct flat *flat, size_t k, size_t dot)
{
	for (size_t i = k + 1; i < dot && i < k + REPLY_WORDS; i++) {
		if (is_field(flat, i))
			return i;
		if (ends_reply(flat, i))
			return flat_is(flat, i + 2, "-") ? i + 4 : i + 1; /* `Go ahead abc.12 - gsmtp` */
	}
	return 0;
}
