/*
 * A message of any octets: its parts lie inside each other and in order, and what FETCH says of it is well formed; and any
 * FETCH and SEARCH of it. The first octet says how many octets of arguments come before the message.
 */
#include "fuzz.h"

#include "lab/imap_fetch.h"
#include "lab/imap_search.h"
#include "store/mime.h"

static void must(bool good)
{
	if (!good)
		abort();
}

static bool inside(struct slice inner, struct slice outer)
{
	return inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n;
}

static uint64_t lines_of(struct slice text)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	return lines;
}

/* How many parts there are; `*deepest` gets how deep they lie. */
static size_t check_part(const struct mime *part, size_t depth, size_t *deepest)
{
	size_t parts = 1;
	const char *at = part->body.p;
	*deepest = depth > *deepest ? depth : *deepest;
	must(depth <= MIME_DEPTH_MAX && inside(part->header, part->whole) && inside(part->body, part->whole));
	must(part->header.p == part->whole.p && part->header.p + part->header.n == part->body.p);
	must(part->header.n + part->body.n == part->whole.n && part->lines == lines_of(part->body));
	must(!(part->multipart && part->message) && (!part->message || part->nparts == 1));
	must(part->multipart || part->message || part->nparts == 0);
	for (size_t i = 0; i < part->nparts; i++) {
		must(inside(part->parts[i].whole, part->body) && part->parts[i].whole.p >= at);
		at = part->parts[i].whole.p + part->parts[i].whole.n;
		parts += check_part(&part->parts[i], depth + 1, deepest);
	}
	return parts;
}

/* Says all that FETCH finds, where the items are some. */
static void fetch_all(struct mail *mail, const struct mailbox *mailbox, const struct imap_tree *items, size_t most)
{
	const char *problem = NULL;
	struct fetch *fetch = fetch_new(items, 0, true, &problem);
	struct fetch_reply reply;
	struct slice piece;
	struct buffer said = { 0 };
	if (fetch == NULL) {
		must(problem != NULL);
		return;
	}
	fetch_reply_begin(&reply, fetch, mailbox, mail, 1, true, true);
	while (fetch_reply_next(&reply, most, &piece)) {
		must(piece.n > 0 && piece.n <= most);
		buffer_add_slice(&said, piece);
	}
	must(said.n > 2 && slice_equal(slice_part(buffer_slice(&said), said.n - 3, said.n), SLICE(")\r\n")));
	fetch_reply_end(&reply);
	fetch_free(fetch);
	buffer_free(&said);
}

#define LITERALS 100000

/* Takes the literals' octets out of a reply, so that it is as the tree wants it; they must be there. */
static void without_literals(struct buffer *line, struct slice said, struct imap_literal *literals, size_t *n)
{
	while (said.n) {
		struct slice row = slice_line(&said);
		size_t open = row.n;
		uint64_t octets = 0;
		buffer_add_slice(line, row);
		while (open > 0 && row.p[open - 1] != '{')
			open--;
		if (open == 0 || row.n < open + 4 || !slice_equal(slice_part(row, row.n - 3, row.n), SLICE("}\r\n")))
			continue;
		must(slice_number(slice_part(row, open, row.n - 3), &octets) && octets <= said.n && *n < LITERALS);
		literals[(*n)++] = (struct imap_literal){ octets, slice_part(said, 0, (size_t)octets) };
		said = slice_part(said, (size_t)octets, said.n);
	}
}

/* What is said of the structure is one list of strings, numbers and lists. */
static void structure_is_well_formed(struct mail *mail, const struct mailbox *mailbox)
{
	struct imap_tree tree = { 0 };
	const char *problem = NULL;
	struct buffer said = { 0 }, line = { 0 };
	struct imap_literal *literals = memory_zeroed(LITERALS, sizeof *literals);
	struct slice piece;
	struct fetch_reply reply;
	size_t n = 0;
	imap_tree_parse(&tree, SLICE("(ENVELOPE BODYSTRUCTURE)"), NULL, 0);
	struct fetch *fetch = fetch_new(&tree, 0, false, &problem);
	fetch_reply_begin(&reply, fetch, mailbox, mail, 1, false, false);
	while (fetch_reply_next(&reply, 100, &piece))
		buffer_add_slice(&said, piece);
	without_literals(&line, buffer_slice(&said), literals, &n);
	imap_tree_parse(&tree, slice_part(buffer_slice(&line), 10, line.n), literals, n);
	must(tree.cut || (tree.problem == NULL && tree.n > 10));
	free(literals);
	fetch_reply_end(&reply);
	fetch_free(fetch);
	imap_tree_free(&tree);
	buffer_free(&said);
	buffer_free(&line);
}

static void search_all(struct mail *mail, const struct mailbox *mailbox, const struct imap_tree *keys)
{
	enum search_fault fault;
	const char *problem = NULL;
	struct search *search = search_new(keys, 0, &fault, &problem);
	struct search_place place = { mailbox, 1, mail->uid };
	must((search == NULL) == (problem != NULL) && (search == NULL) == (fault != SEARCH_GOOD));
	if (search) {
		bool once = search_matches(search, &place, mail, 1, true);
		must(once == search_matches(search, &place, mail, 1, true));
	}
	search_free(search);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t arguments = n && data[0] < n ? data[0] : 0;
	struct slice words = slice_part((struct slice){ (const char *)data, n }, 1, 1 + arguments);
	struct message *message = message_new(slice_part((struct slice){ (const char *)data, n }, 1 + arguments, n));
	struct mail mail = { .uid = 7, .message = message, .holders = 1 };
	struct mailbox mailbox = { .keywords = { "$Forwarded" } };
	struct imap_tree tree = { 0 };
	size_t deepest = 0;
	must(check_part(message_mime(message), 0, &deepest) <= MIME_PARTS_MAX);
	imap_tree_parse(&tree, words, NULL, 0);
	fetch_all(&mail, &mailbox, &tree, 5);
	search_all(&mail, &mailbox, &tree);
	imap_tree_parse(&tree,
	                SLICE("(ENVELOPE BODY BODYSTRUCTURE BODY[TEXT] BODY[1] BODY[1.MIME] BODY[2.1]<3.40> "
	                      "BODY[HEADER.FIELDS.NOT (To)] BINARY[1] BINARY[2.1]<2.9> BINARY.SIZE[1])"),
	                NULL, 0);
	fetch_all(&mail, &mailbox, &tree, 4096);
	imap_tree_parse(&tree, SLICE("OR OR FROM \"\xC3\x89x\" TEXT aab NOT OR SENTSINCE 1-Jan-2000 SUBJECT b"), NULL,
	                0);
	search_all(&mail, &mailbox, &tree);
	if (deepest < IMAP_DEPTH_MAX / 4) /* else the lists are deeper than the tree is read */
		structure_is_well_formed(&mail, &mailbox);
	imap_tree_free(&tree);
	message_release(message);
	return 0;
}
