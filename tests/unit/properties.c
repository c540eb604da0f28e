/*
 * Properties of the dialogue: however the same octets are cut into feeds, the events are the same; whatever they are,
 * it neither crashes nor keeps more than it must.
 *
 * The sessions are those of tests/golden/ and transcripts/ (found from the working directory, the project's root),
 * and what chance makes of them. The seed is fixed; PROPERTIES_SEED changes it.
 */
#include <dirent.h>
#include <inttypes.h>
#include <sys/resource.h>

#include "protocol/dialogue.h"
#include "protocol/protocol.h"
#include "script/rehearse.h"
#include "test.h"

/* ---- chance: a small generator, the same everywhere (xorshift64) ---- */

static uint64_t chance_state = 0x5321;

static size_t chance(size_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return below == 0 ? 0 : (size_t)(chance_state >> 11) % below;
}

/* ---- what is said in one conversation ---- */

/* Octets of one side in a row, what happened to the stream, or payload that is only described (`octets` are the words
 * then). */
struct item {
	enum side side;
	enum { ITEM_SAID, ITEM_STAGE, ITEM_DESCRIBED } kind;
	enum stage stage;
	struct buffer octets;
};

struct conversation {
	char *name;
	const struct protocol *protocol;
	bool secure; /* TLS from the first octet */
	struct item *items;
	size_t n, total;
};

static void conversation_free(struct conversation *c)
{
	for (size_t i = 0; i < c->n; i++)
		buffer_free(&c->items[i].octets);
	free(c->items);
	free(c->name);
	*c = (struct conversation){ 0 };
}

static struct item *item_add(struct conversation *c, enum side side, int kind)
{
	c->items = memory_grow(c->items, c->n + 1, sizeof(*c->items));
	c->items[c->n] = (struct item){ .side = side, .kind = (unsigned)kind };
	return &c->items[c->n++];
}

/* Octets join what the same side said just before: a pipelined group is one item. */
static void conversation_say(struct conversation *c, enum side side, struct slice octets)
{
	struct item *item = c->n > 0 ? &c->items[c->n - 1] : NULL;

	if (item == NULL || item->kind != ITEM_SAID || item->side != side ||
	    (c->protocol != NULL && c->protocol->datagrams))
		item = item_add(c, side, ITEM_SAID);
	buffer_add_slice(&item->octets, octets);
	c->total += octets.n;
}

static void conversation_line(struct conversation *c, const struct rehearsal *r, size_t i)
{
	struct variables variables = { 0 };
	struct buffer said = { 0 };
	struct error error = { 0 };

	CHECK(rehearsal_wire(r, i, &variables, FILL_OFFLINE, &said, NULL, &error) == STATUS_OK);
	conversation_say(c, r->script->lines[i].side, buffer_slice(&said));
	buffer_free(&said);
	variables_free(&variables);
	error_clear(&error);
}

static void conversation_direction(struct conversation *c, const struct script_line *line)
{
	static const struct {
		enum direction direction;
		enum stage stage;
	} stages[] = {
		{ DIRECTION_CONNECTS, STAGE_CONNECT },
		{ DIRECTION_TLS, STAGE_TLS },
		{ DIRECTION_HANGS_UP, STAGE_CLOSE },
	};

	if (line->direction == DIRECTION_SENDS)
		buffer_add(&item_add(c, line->side, ITEM_DESCRIBED)->octets, line->text, line->text_n);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (line->direction == stages[i].direction)
			item_add(c, line->side, ITEM_STAGE)->stage = stages[i].stage;
	}
}

static struct conversation conversation_of_script(const struct script *script, const char *name)
{
	struct conversation c = { .name = string_copy(name) };

	c.protocol = script->protocol == NULL ? NULL : protocol_named(slice_of(script->protocol));
	struct rehearsal *rehearsal = rehearse(script, NULL, &(struct variables){ 0 });
	c.secure = rehearsal->tls_implicit;
	for (size_t i = 0; i < script->nlines; i++) {
		const struct script_line *line = &script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			conversation_line(&c, rehearsal, i);
		else if (line->kind == SCRIPT_DIRECTION)
			conversation_direction(&c, line);
	}
	rehearsal_free(rehearsal);
	return c;
}

/* ---- all conversations that there are ---- */

static struct conversation *conversations;
static size_t nconversations;

static void conversations_of_text(struct slice text, const char *name)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	size_t n = 0;

	bool parsed = scripts_parse(text, name, &scripts, &n, &error) == STATUS_OK;

	CHECK(parsed);
	if (!parsed) {
		printf("# %s: %s\n", name, error.message);
		error_clear(&error);
		return;
	}
	conversations = memory_grow(conversations, nconversations + n, sizeof(*conversations));
	for (size_t i = 0; i < n; i++)
		conversations[nconversations++] = conversation_of_script(&scripts[i], name);
	scripts_free(scripts, n);
}

static struct buffer file_read(const char *path)
{
	struct buffer b = { 0 };
	char piece[4096];
	size_t n;
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		return b;
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_add(&b, piece, n);
	(void)fclose(file);
	return b;
}

/* `@{x*16384}` of a .golden file, written out. */
static void golden_expand(struct buffer *out, struct slice line)
{
	size_t at = slice_find(line, SLICE("@{"));
	uint64_t times = 0;

	while (at < line.n) {
		size_t end = at + slice_find_octet(slice_part(line, at, line.n), '}');
		buffer_add_slice(out, slice_part(line, 0, at));
		CHECK(slice_number(slice_part(line, at + 4, end), &times));
		for (uint64_t i = 0; i < times; i++)
			buffer_add_octet(out, line.p[at + 2]);
		line = slice_part(line, end + 1, line.n);
		at = slice_find(line, SLICE("@{"));
	}
	buffer_add_slice(out, line);
}

/* A block or session of a .golden file (tests/golden/judge.py): its transcript, without the rows under its lines. */
struct golden {
	struct slice name;
	bool block;
	struct buffer text;
};

static void golden_line(struct golden *all, size_t n, struct slice line)
{
	struct slice bare = slice_trim(line), using = SLICE("Using: ");

	if (slice_starts(bare, SLICE("=> ")) || slice_starts(line, SLICE("Options: ")) ||
	    slice_starts(line, SLICE("Never: ")))
		return;
	if (!slice_starts(line, using)) {
		golden_expand(&all[n - 1].text, line);
		return;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		if (all[i].block && slice_equal(all[i].name, slice_trim(slice_part(line, using.n, line.n - 1))))
			buffer_add_slice(&all[n - 1].text, buffer_slice(&all[i].text));
	}
}

static void conversations_of_golden(struct slice file)
{
	struct golden *all = NULL;
	size_t n = 0;

	while (file.n > 0) {
		struct slice line = slice_line(&file);
		bool block = slice_starts(line, SLICE("+++ "));
		if (block || slice_starts(line, SLICE("=== "))) {
			all = memory_grow(all, n + 1, sizeof(*all));
			all[n++] = (struct golden){ slice_trim(slice_part(line, 4, line.n)), block, { 0 } };
		} else if (n > 0) {
			golden_line(all, n, line);
		}
	}
	for (size_t i = 0; i < n; i++) {
		char *name = slice_string(all[i].name);
		if (!all[i].block)
			conversations_of_text(buffer_slice(&all[i].text), name);
		free(name);
		buffer_free(&all[i].text);
	}
	free(all);
}

static size_t conversations_of_folder(const char *folder, const char *ending)
{
	size_t before = nconversations;
	const struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct slice name = slice_of(entry->d_name);
		size_t n = strlen(ending);
		if (name.n <= n || !slice_equal(slice_part(name, name.n - n, name.n), slice_of(ending)))
			continue;
		char *path = string_printf("%s/%s", folder, entry->d_name);
		struct buffer text = file_read(path);
		if (strcmp(ending, ".golden") == 0)
			conversations_of_golden(buffer_slice(&text));
		else
			conversations_of_text(buffer_slice(&text), entry->d_name);
		buffer_free(&text);
		free(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return nconversations - before;
}

/* ---- events, written down ---- */

/* So much of a text is written down; of what follows its length and a sum (FNV-1a), which tells texts apart as well. */
#define CANON_TEXT 128

static void canon_slice(struct buffer *out, const char *key, struct slice s)
{
	struct slice rest = slice_part(s, CANON_TEXT, s.n);
	uint64_t sum = 0xcbf29ce484222325;

	buffer_printf(out, " %s=", key);
	escape_exact(out, slice_part(s, 0, CANON_TEXT));
	for (size_t i = 0; i < rest.n; i++)
		sum = (sum ^ (unsigned char)rest.p[i]) * 0x100000001b3;
	if (rest.n > 0)
		buffer_printf(out, "+%zu:%" PRIx64, rest.n, sum);
}

/* Every field of an event, as one line. */
static void canon(struct buffer *out, const struct dialogue_event *e)
{
	buffer_printf(out,
	              "%" PRIu64 " side=%d kind=%s stage=%d octets=%" PRIu64 " more=%d protocol=%s state=%s secure=%d",
	              e->n, (int)e->side, kind_name(e->kind), e->kind == EVENT_STAGE ? (int)e->stage : -1, e->octets,
	              e->more, e->protocol, e->state, e->secure);
	buffer_printf(out, " phase=%d class=%d final=%d/%d answers=%" PRIu64 " masked=%d decoded=%d/%d", (int)e->phase,
	              (int)e->class, e->has_final, e->final, e->answers, e->masked, e->has_decoded, e->decoded_secret);
	canon_slice(out, "text", e->text);
	canon_slice(out, "end", e->line_end);
	canon_slice(out, "verb", e->verb);
	canon_slice(out, "tag", e->tag);
	canon_slice(out, "code", e->code);
	canon_slice(out, "enhanced", e->enhanced);
	canon_slice(out, "keyword", e->keyword);
	canon_slice(out, "decoded", e->decoded);
	canon_slice(out, "note", e->note);
	canon_slice(out, "ref", e->ref);
	canon_slice(out, "problem", e->problem);
	for (size_t i = 0; i < e->nspans; i++) {
		buffer_printf(out, " span=%d:%zu-%zu", (int)e->spans[i].kind, e->spans[i].start, e->spans[i].end);
		canon_slice(out, "mask", e->spans[i].mask);
	}
	buffer_add_octet(out, '\n');
}

/* What must hold for any event, whatever was fed. */
static void event_sound(const struct dialogue_event *e, uint64_t n)
{
	CHECK(e->n == n);
	CHECK(e->text.n <= EVENT_TEXT_MAX);
	CHECK(e->nspans <= EVENT_SPANS);
	CHECK(e->answers < e->n);
	CHECK(!e->more || e->line_end.n == 0);
	CHECK(e->kind != EVENT_REPLY || e->has_final);
	CHECK(e->kind != EVENT_JUNK || e->problem.n > 0);
	for (size_t i = 0; i < e->nspans; i++)
		CHECK(e->spans[i].start <= e->spans[i].end && e->spans[i].end <= e->text.n);
}

struct heard {
	struct buffer text; /* the events, a line each */
	uint64_t n;
};

static void hear(struct dialogue *d, struct heard *heard)
{
	struct dialogue_event event;

	while (dialogue_next(d, &event)) {
		size_t start = heard->text.n;
		struct buffer again = { 0 };
		struct dialogue_event *kept;

		event_sound(&event, ++heard->n);
		canon(&heard->text, &event);
		kept = event_keep(&event);
		canon(&again, kept);
		CHECK(slice_equal(buffer_slice(&again), slice_part(buffer_slice(&heard->text), start, heard->text.n)));
		event_forget(kept);
		buffer_free(&again);
	}
}

/* ---- feeding ---- */

/* How octets are cut: where the next feed ends, given where it begins in the whole conversation. */
struct cutting {
	size_t at;     /* one cut at this octet of the conversation (`every` and `random` 0) */
	size_t every;  /* or feeds of so many octets */
	size_t random; /* or of one to so many */
};

static size_t cut(const struct cutting *how, size_t position, size_t left)
{
	size_t n = left;

	if (how->every > 0)
		n = how->every;
	else if (how->random > 0)
		n = 1 + chance(how->random);
	else if (how->at > position && how->at - position < left)
		n = how->at - position;
	return n < left ? n : left;
}

/* One feed, all of it: what the dialogue does not take at once is offered again. False where it takes no more. */
static bool feed_piece(struct dialogue *d, enum side side, const char *p, size_t n, struct heard *heard)
{
	while (n > 0) {
		/* A copy, so that a slice into octets of an earlier feed is an error that the sanitizer sees. */
		char *copy = memcpy(memory_get(n), p, n);
		size_t took = dialogue_feed(d, side, copy, n);
		hear(d, heard);
		free(copy);
		if (took == 0 && dialogue_tls_pending(d)) {
			dialogue_assume_tls(d);
			hear(d, heard);
			CHECK(!dialogue_tls_pending(d));
			continue;
		}
		if (took == 0)
			return false;
		CHECK(took <= n);
		p += took, n -= took;
	}
	return true;
}

static void feed_item(struct dialogue *d, const struct item *item, size_t position, const struct cutting *how,
                      struct heard *heard)
{
	size_t done = 0;

	if (item->kind != ITEM_SAID) {
		if (dialogue_tls_pending(d))
			dialogue_assume_tls(d);
		if (item->kind == ITEM_STAGE)
			dialogue_stage(d, item->stage, item->side);
		else
			dialogue_payload(d, item->side, buffer_slice(&item->octets), item->octets.n);
		hear(d, heard);
		return;
	}
	while (done < item->octets.n) {
		size_t n = cut(how, position + done, item->octets.n - done);
		if (!feed_piece(d, item->side, item->octets.p + done, n, heard))
			return;
		done += n;
	}
}

/* Plays a conversation and returns its events and where it ended, as text. */
static struct buffer play(const struct conversation *c, const struct cutting *how)
{
	struct dialogue *d = dialogue_new(c->protocol);
	struct heard heard = { 0 };
	size_t position = 0;

	if (c->secure)
		dialogue_assume_tls(d);
	for (size_t i = 0; i < c->n; i++) {
		feed_item(d, &c->items[i], position, how, &heard);
		position += c->items[i].octets.n;
	}
	buffer_printf(&heard.text, "end: state=%s turn=%d input=%d counted=%" PRIu64, dialogue_state(d),
	              (int)dialogue_turn(d), (int)dialogue_input(d), dialogue_counted(d));
	buffer_printf(&heard.text, " outstanding=%zu in_reply=%d closing=%d", dialogue_outstanding(d),
	              dialogue_in_reply(d), dialogue_closing(d));
	canon_slice(&heard.text, "unfinished-client", dialogue_unfinished(d, SIDE_CLIENT));
	canon_slice(&heard.text, "unfinished-server", dialogue_unfinished(d, SIDE_SERVER));
	canon_slice(&heard.text, "challenge", dialogue_challenge(d));
	for (size_t i = 0; dialogue_capability(d, i).n > 0; i++)
		canon_slice(&heard.text, "capability", dialogue_capability(d, i));
	dialogue_free(d);
	return heard.text;
}

/* Shows the first line in which two plays differ, if they do. */
static void differ(const struct conversation *c, const char *how, size_t at, struct slice whole, struct slice pieces)
{
	while (whole.n > 0 || pieces.n > 0) {
		struct slice a = slice_line(&whole), b = slice_line(&pieces);
		if (!slice_equal(a, b)) {
			printf("# %s (%s %zu)\n#   whole:  %.*s\n#   pieces: %.*s\n", c->name, how, at,
			       (int)(a.n < 600 ? a.n : 600), a.n ? a.p : "", (int)(b.n < 600 ? b.n : 600),
			       b.n ? b.p : "");
			return;
		}
	}
}

static bool same(const struct conversation *c, struct slice whole, const char *name, struct cutting how)
{
	struct buffer pieces = play(c, &how);
	bool equal = slice_equal(whole, buffer_slice(&pieces));

	CHECK(equal);
	if (!equal)
		differ(c, name, how.at + how.every + how.random, whole, buffer_slice(&pieces));
	buffer_free(&pieces);
	return equal;
}

static bool datagrams(const struct conversation *c)
{
	return c->protocol != NULL && c->protocol->datagrams;
}

/* ---- the properties ---- */

static void there_are_conversations(void)
{
	CHECK(conversations_of_folder("tests/golden", ".golden") >= 60);
	CHECK(conversations_of_folder("transcripts", ".txt") >= 10);
}

/* In short conversations at every octet; in long ones at places where chance falls, and near the ends of pieces. */
#define CUTS 60

static void cut_in_two(void)
{
	for (size_t i = 0; i < nconversations; i++) {
		const struct conversation *c = &conversations[i];
		struct buffer whole = play(c, &(struct cutting){ 0 });
		size_t step = 1 + c->total / CUTS;

		for (size_t at = 1 + chance(step); at < c->total && !datagrams(c); at += step)
			if (!same(c, buffer_slice(&whole), "cut at", (struct cutting){ .at = at }))
				break;
		for (size_t k = 0; c->total >= EVENT_TEXT_MAX && k < 60 && !datagrams(c); k++) {
			size_t near = EVENT_TEXT_MAX * (1 + k % 2) + k;
			if (near < c->total && !same(c, buffer_slice(&whole), "cut at", (struct cutting){ .at = near }))
				break;
		}
		buffer_free(&whole);
	}
}

static void one_octet_at_a_time(void)
{
	for (size_t i = 0; i < nconversations; i++) {
		const struct conversation *c = &conversations[i];
		struct buffer whole = play(c, &(struct cutting){ 0 });
		for (size_t every = 1; every <= 3 && !datagrams(c); every++)
			(void)same(c, buffer_slice(&whole), "pieces of", (struct cutting){ .every = every });
		buffer_free(&whole);
	}
}

static void random_cuts(void)
{
	for (size_t i = 0; i < nconversations; i++) {
		const struct conversation *c = &conversations[i];
		struct buffer whole = play(c, &(struct cutting){ 0 });
		for (size_t k = 0; k < 8 && !datagrams(c); k++)
			if (!same(c, buffer_slice(&whole), "random pieces up to",
			          (struct cutting){ .random = 2 + 7 * k }))
				break;
		buffer_free(&whole);
	}
}

/* Octets that the protocols make something of, to be strewn in. */
static const struct slice sherds[] = {
	{ "\r\n", 2 },
	{ "\n", 1 },
	{ "\r", 1 },
	{ ".\r\n", 3 },
	{ "\r\n.\r\n", 5 },
	{ "\0", 1 },
	{ " ", 1 },
	{ "-", 1 },
	{ "250 ", 4 },
	{ "250-", 4 },
	{ "354 \r\n", 6 },
	{ "334 \r\n", 6 },
	{ "421 \r\n", 6 },
	{ "220 x\r\n", 7 },
	{ "\xff", 1 },
	{ "\x1b]0;", 4 },
	{ "BDAT 5\r\n", 8 },
	{ "BDAT 18446744073709551615\r\n", 27 },
	{ "*\r\n", 3 },
	{ "STARTTLS\r\n", 10 },
	{ "AUTH PLAIN\r\n", 12 },
	{ "AUTH LOGIN =\r\n", 14 },
	{ "DATA\r\n", 6 },
	{ "QUIT\r\n", 6 },
	{ "MAIL FROM:<", 11 },
	{ "RCPT TO:<>\r\n", 12 },
	{ "EHLO\r\n", 6 },
	{ "{{{{", 4 },
	{ "5.1.1 ", 6 },
	{ "=", 1 },
	{ "+OK\r\n", 5 },
	{ "-ERR [IN-USE] x\r\n", 17 },
	{ "+ \r\n", 4 },
	{ "RETR 1\r\n", 8 },
	{ "LIST\r\n", 6 },
	{ "CAPA\r\n", 6 },
	{ "* OK [CAPABILITY IMAP4rev1] x\r\n", 31 },
	{ "* PREAUTH x\r\n", 13 },
	{ "* 1 FETCH (BODY[] {5}\r\n", 23 },
	{ "a1 LOGIN {3}\r\n", 14 },
	{ "a1 APPEND x {9+}\r\n", 18 },
	{ "a1 SELECT x\r\n", 13 },
	{ "a1 IDLE\r\n", 9 },
	{ "DONE\r\n", 6 },
	{ "a1 OK x\r\n", 9 },
	{ "{18446744073709551615}\r\n", 24 },
	{ "{0}\r\n", 5 },
	{ ")\r\n", 3 },
	{ "(\"", 2 },
	{ "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27 },
	{ "POST / HTTP/1.1\r\n", 17 },
	{ "HEAD / HTTP/1.0\r\n\r\n", 19 },
	{ "HTTP/1.1 200 OK\r\n", 17 },
	{ "HTTP/1.1 100 Continue\r\n\r\n", 25 },
	{ "Content-Length: 4\r\n", 19 },
	{ "Content-Length: 18446744073709551615\r\n", 38 },
	{ "Transfer-Encoding: chunked\r\n", 28 },
	{ "Expect: 100-continue\r\n", 22 },
	{ "Connection: close\r\n", 19 },
	{ "\r\n\r\n", 4 },
	{ "5;x=y\r\n", 7 },
	{ "0\r\n\r\n", 5 },
	{ "ffffffffffffffff\r\n", 18 },
	{ "150 \r\n", 6 },
	{ "227 (1,2,3,4,5,6)\r\n", 19 },
	{ "PORT 1,2,3,4,5,6\r\n", 18 },
	{ "USER a\r\nPASS b\r\n", 16 },
};

static void mutate(struct buffer *b)
{
	size_t at = chance(b->n + 1), n = chance(12);
	struct slice whole, sherd = sherds[chance(sizeof(sherds) / sizeof(sherds[0]))];
	struct buffer changed = { 0 };

	if (b->n == 0)
		return;
	if (chance(3) == 0) {
		b->p[chance(b->n)] = (char)(unsigned char)chance(256);
		return;
	}
	whole = buffer_slice(b);
	buffer_add_slice(&changed, slice_part(whole, 0, at));
	switch (chance(3)) {
	case 0: /* something falls out */
		buffer_add_slice(&changed, slice_part(whole, at + n, whole.n));
		break;
	case 1: /* something is said twice */
		buffer_add_slice(&changed, slice_part(whole, at, at + n));
		buffer_add_slice(&changed, slice_part(whole, at, whole.n));
		break;
	default:
		buffer_add_slice(&changed, sherd);
		buffer_add_slice(&changed, slice_part(whole, at, whole.n));
	}
	buffer_free(b);
	*b = changed;
}

static struct conversation mutant(const struct conversation *from)
{
	struct conversation c = *from;

	c.name = string_printf("mutant of %s", from->name);
	c.items = memory_get(from->n * sizeof(*c.items) + 1);
	c.total = 0;
	for (size_t i = 0; i < c.n; i++) {
		c.items[i] = from->items[i];
		c.items[i].octets = (struct buffer){ 0 };
		buffer_add_slice(&c.items[i].octets, buffer_slice(&from->items[i].octets));
		for (size_t k = chance(4); k > 0 && c.items[i].kind == ITEM_SAID && chance(3) == 0; k--)
			mutate(&c.items[i].octets);
		c.total += c.items[i].octets.n;
	}
	return c;
}

static void mutants_are_cut_alike(void)
{
	for (size_t i = 0; i < nconversations; i++) {
		if (conversations[i].total > 4000 || datagrams(&conversations[i]))
			continue;
		for (size_t k = 0; k < 6; k++) {
			struct conversation c = mutant(&conversations[i]);
			struct buffer whole = play(&c, &(struct cutting){ 0 });
			if (same(&c, buffer_slice(&whole), "pieces of", (struct cutting){ .every = 1 }))
				(void)same(&c, buffer_slice(&whole), "random pieces up to",
				           (struct cutting){ .random = 20 });
			buffer_free(&whole);
			conversation_free(&c);
		}
	}
}

/* Octets of either side in any order: half of them sherds of the protocols. */
static struct conversation noise(const struct protocol *protocol)
{
	struct conversation c = { .name = string_copy("noise"), .protocol = protocol };

	for (size_t i = chance(40); i > 0; i--) {
		enum side side = chance(2) ? SIDE_CLIENT : SIDE_SERVER;
		if (chance(2)) {
			conversation_say(&c, side, sherds[chance(sizeof(sherds) / sizeof(sherds[0]))]);
			continue;
		}
		if (chance(16) == 0) {
			buffer_add_string(&item_add(&c, side, ITEM_DESCRIBED)->octets, "<any text>");
			continue;
		}
		char octets[24];
		size_t n = 1 + chance(sizeof(octets) - 1);
		for (size_t k = 0; k < n; k++)
			octets[k] = (char)(unsigned char)chance(256);
		conversation_say(&c, side, (struct slice){ octets, n });
	}
	if (chance(2))
		item_add(&c, chance(2) ? SIDE_CLIENT : SIDE_SERVER, ITEM_STAGE)->stage = STAGE_CLOSE;
	return c;
}

static void noise_is_survived(void)
{
	for (size_t p = 0; p == 0 || protocols[p - 1] != NULL; p++) {
		const struct protocol *protocol = p == 0 ? NULL : protocols[p - 1];
		for (size_t k = 0; k < 400; k++) {
			struct conversation c = noise(protocol);
			struct buffer whole = play(&c, &(struct cutting){ 0 });
			if (!datagrams(&c))
				(void)same(&c, buffer_slice(&whole), "pieces of", (struct cutting){ .every = 1 });
			buffer_free(&whole);
			conversation_free(&c);
		}
	}
}

/* ---- bounds ---- */

static void feed_text(struct dialogue *d, enum side side, const char *text, struct heard *heard)
{
	CHECK(feed_piece(d, side, text, strlen(text), heard));
}

static struct dialogue *smtp_ready(struct heard *heard, const char *capabilities)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));

	heard->n = 0;
	feed_text(d, SIDE_SERVER, "220 mx.example ESMTP\r\n", heard);
	feed_text(d, SIDE_CLIENT, "EHLO client.example\r\n", heard);
	feed_text(d, SIDE_SERVER, capabilities, heard);
	CHECK_TEXT(slice_of(dialogue_state(d)), "ready");
	return d;
}

static void too_many_outstanding_is_said(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = smtp_ready(&heard, "250-mx.example\r\n250 PIPELINING\r\n");

	for (size_t i = 0; i < OUTSTANDING_MAX; i++)
		feed_text(d, SIDE_CLIENT, "NOOP\r\n", &heard);
	CHECK(dialogue_outstanding(d) == OUTSTANDING_MAX);
	buffer_clear(&heard.text);
	feed_text(d, SIDE_CLIENT, "RSET\r\n", &heard);
	CHECK(dialogue_outstanding(d) == OUTSTANDING_MAX);
	CHECK(slice_find(buffer_slice(&heard.text), SLICE(" problem=\n")) == heard.text.n);
	for (size_t i = 0; i < OUTSTANDING_MAX; i++)
		feed_text(d, SIDE_SERVER, "250 OK\r\n", &heard);
	CHECK(dialogue_outstanding(d) == 0);
	dialogue_free(d);
	buffer_free(&heard.text);
}

/* The most memory that the program ever held, in KiB. */
static long memory_most(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
	return usage.ru_maxrss / 1024;
#else
	return usage.ru_maxrss;
#endif
}

/* The sanitizer keeps what was freed, so that memory says nothing under it. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_TELLS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_TELLS false
#endif
#endif
#ifndef MEMORY_TELLS
#define MEMORY_TELLS true
#endif

/* Feeds `times` pieces of 64 KiB and counts octets told and events; nothing is kept. */
static void feed_much(struct dialogue *d, enum side side, const char *pattern, size_t times)
{
	struct buffer piece = { 0 };
	uint64_t told = 0, events = 0;
	long before = memory_most();

	while (piece.n < 65536)
		buffer_add_string(&piece, pattern);
	for (size_t i = 0; i < times; i++) {
		size_t done = 0;
		while (done < piece.n) {
			struct dialogue_event event;
			size_t took = dialogue_feed(d, side, piece.p + done, piece.n - done);
			while (dialogue_next(d, &event)) {
				CHECK(event.text.n <= EVENT_TEXT_MAX);
				told += event.octets;
				events++;
			}
			if (took == 0)
				break;
			done += took;
		}
		CHECK(dialogue_unfinished(d, side).n <= EVENT_TEXT_MAX + 1);
	}
	CHECK(told + EVENT_TEXT_MAX + 2 >= piece.n * times);
	CHECK(events >= piece.n * times / (EVENT_TEXT_MAX + 2));
	CHECK(!MEMORY_TELLS || memory_most() - before < 8 * 1024);
	buffer_free(&piece);
}

static void a_line_of_50_mb_costs_little(void)
{
	const enum side sides[] = { SIDE_CLIENT, SIDE_SERVER };

	for (size_t p = 0; p == 0 || protocols[p - 1] != NULL; p++) {
		const struct protocol *protocol = p == 0 ? NULL : protocols[p - 1];
		if (protocol != NULL && protocol->datagrams)
			continue;
		for (size_t i = 0; i < 2; i++) {
			struct dialogue *d = dialogue_new(protocol);
			feed_much(d, sides[i], "x", 800);
			dialogue_free(d);
		}
	}
}

static void replies_without_end_cost_little(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = smtp_ready(&heard, "250 mx.example\r\n");

	feed_text(d, SIDE_CLIENT, "EHLO again.example\r\n", &heard);
	feed_much(d, SIDE_SERVER, "250-X-AND-SO-ON and on and on\r\n", 40);
	feed_much(d, SIDE_SERVER, "garbage\r\n", 20);
	dialogue_free(d);
	d = smtp_ready(&heard, "250 mx.example\r\n");
	feed_much(d, SIDE_SERVER, "250 unasked\r\n", 20);
	feed_much(d, SIDE_CLIENT, "NOOP and so on and so on\r\n", 20);
	feed_much(d, SIDE_CLIENT, "what?\r\n", 20);
	feed_much(d, SIDE_CLIENT, "AUTH PLAIN AAAA\r\n", 10);
	dialogue_free(d);
	buffer_free(&heard.text);
}

/* The same of the other protocols: what begins the conversation, and what goes on for ever behind it. */
static void nothing_without_end_costs_much(void)
{
	static const struct {
		const char *protocol, *server, *client;
		enum side side;
		const char *pattern;
	} rows[] = {
		{ "pop3", "+OK\r\n", "LIST\r\n", SIDE_SERVER, "+OK\r\n1 120\r\n" },
		{ "pop3", "+OK\r\n", "CAPA\r\n", SIDE_SERVER, "+OK\r\nAND SO ON\r\n" },
		{ "pop3", "+OK\r\n", "NOOP\r\n", SIDE_CLIENT, "STAT\r\n" },
		{ "imap", "* PREAUTH\r\n", "a1 SELECT x\r\n", SIDE_SERVER, "* 1 FETCH (FLAGS (\\Seen))\r\n" },
		{ "imap", "* PREAUTH\r\n", "a1 NOOP\r\n", SIDE_SERVER, "* CAPABILITY IMAP4rev1 AND SO ON\r\n" },
		{ "imap", "* PREAUTH\r\n", "a1 NOOP\r\n", SIDE_SERVER, "* 1 FETCH (BODY[] {3}\r\nabc {1}\r\nd" },
		{ "imap", "* PREAUTH\r\n", "a1 NOOP\r\n", SIDE_CLIENT, "abc {3+}\r\n" },
		{ "imap", "* PREAUTH\r\n", "a1 NOOP\r\n", SIDE_CLIENT, "a1 SEARCH ((((((\r\n" },
		{ "imap", "* PREAUTH\r\n", "a1 APPEND x {9999999999}\r\n", SIDE_CLIENT, "any text\r\n" },
		{ "http", "", "GET / HTTP/1.1\r\n", SIDE_CLIENT, "X: and so on\r\n" },
		{ "http", "", "GET / HTTP/1.1\r\n", SIDE_CLIENT, " folded\r\n" },
		{ "http", "", "GET / HTTP/1.1\r\n\r\n", SIDE_CLIENT, "GET / HTTP/1.1\r\n\r\n" },
		{ "http", "", "GET / HTTP/1.1\r\n\r\n", SIDE_SERVER, "HTTP/1.1 100 Continue\r\n\r\n" },
		{ "http", "", "GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
		  SIDE_CLIENT, "3\r\nabc\r\n" },
		{ "ftp", "220 x\r\n", "FEAT\r\n", SIDE_SERVER, "211-and so on\r\n" },
		{ "ftp", "220 x\r\n", "RETR x\r\n", SIDE_SERVER, "150 again\r\n" },
		{ "ftp", "220 x\r\n", "PASV\r\n", SIDE_CLIENT, "USER x\r\nPASS y\r\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct heard heard = { 0 };
		struct dialogue *d = dialogue_new(protocol_named(slice_of(rows[i].protocol)));
		feed_text(d, SIDE_SERVER, rows[i].server, &heard);
		feed_text(d, SIDE_CLIENT, rows[i].client, &heard);
		feed_much(d, rows[i].side, rows[i].pattern, 8);
		dialogue_free(d);
		buffer_free(&heard.text);
	}
}

static void the_largest_literal_and_body_do_not_overflow(void)
{
	static const struct {
		const char *protocol, *server, *client;
		uint64_t counted;
	} rows[] = {
		{ "imap", "* PREAUTH\r\n", "a1 APPEND x {9223372036854775807+}\r\n", INT64_MAX },
		{ "http", "", "PUT / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n", UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct heard heard = { 0 };
		struct dialogue *d = dialogue_new(protocol_named(slice_of(rows[i].protocol)));
		feed_text(d, SIDE_SERVER, rows[i].server, &heard);
		feed_text(d, SIDE_CLIENT, rows[i].client, &heard);
		CHECK(dialogue_input(d) == INPUT_COUNTED);
		CHECK(dialogue_counted(d) == rows[i].counted);
		feed_text(d, SIDE_CLIENT, "any text\r\n", &heard);
		CHECK(dialogue_counted(d) == rows[i].counted - 10);
		dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
		hear(d, &heard);
		dialogue_free(d);
		buffer_free(&heard.text);
	}
}

static void the_largest_count_does_not_overflow(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = smtp_ready(&heard, "250-mx.example\r\n250 CHUNKING\r\n");

	feed_text(d, SIDE_CLIENT, "MAIL FROM:<a@b.example>\r\n", &heard);
	feed_text(d, SIDE_SERVER, "250 OK\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "RCPT TO:<a@b.example>\r\n", &heard);
	feed_text(d, SIDE_SERVER, "250 OK\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "BDAT 18446744073709551615\r\n", &heard);
	CHECK(dialogue_input(d) == INPUT_COUNTED);
	CHECK(dialogue_counted(d) == UINT64_MAX);
	feed_text(d, SIDE_CLIENT, "QUIT\r\n.\r\n", &heard);
	CHECK(dialogue_counted(d) == UINT64_MAX - 9);
	dialogue_stage(d, STAGE_CLOSE, SIDE_CLIENT);
	hear(d, &heard);
	dialogue_free(d);
	buffer_free(&heard.text);
}

static void a_count_past_the_largest_is_none(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = smtp_ready(&heard, "250-mx.example\r\n250 CHUNKING\r\n");

	buffer_clear(&heard.text);
	feed_text(d, SIDE_CLIENT, "BDAT 18446744073709551616\r\n", &heard);
	CHECK(slice_find(buffer_slice(&heard.text), SLICE(" problem=\n")) == heard.text.n);
	CHECK(dialogue_input(d) != INPUT_COUNTED);
	dialogue_free(d);
	buffer_free(&heard.text);
}

/* ---- what it says of itself ---- */

static void capabilities_are_forgotten_at_tls(void)
{
	struct heard heard = { 0 };
	struct slice value;
	struct dialogue *d = smtp_ready(&heard, "250-mx.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n");

	CHECK(dialogue_announced(d, SLICE("size"), &value));
	CHECK_TEXT(value, "1000");
	CHECK_TEXT(dialogue_capability(d, 0), "SIZE 1000");
	CHECK_TEXT(dialogue_capability(d, 1), "STARTTLS");
	CHECK(dialogue_capability(d, 2).n == 0);
	feed_text(d, SIDE_CLIENT, "STARTTLS\r\n", &heard);
	feed_text(d, SIDE_SERVER, "220 go\r\n", &heard);
	CHECK(dialogue_tls_pending(d));
	CHECK(dialogue_input(d) == INPUT_NOTHING);
	/* RFC 3207 section 4.2: what was sent in the clear behind the 220 is never taken. */
	CHECK(dialogue_feed(d, SIDE_SERVER, "250 injected\r\n", 14) == 0);
	CHECK(dialogue_feed(d, SIDE_CLIENT, "RSET\r\n", 6) == 0);
	dialogue_stage(d, STAGE_TLS, SIDE_CLIENT);
	hear(d, &heard);
	CHECK(!dialogue_tls_pending(d) && dialogue_secure(d));
	CHECK_TEXT(slice_of(dialogue_state(d)), "connected");
	CHECK(!dialogue_announced(d, SLICE("SIZE"), NULL) && dialogue_capability(d, 0).n == 0);
	dialogue_free(d);
	buffer_free(&heard.text);
}

/* RFC 3207 section 4.2: one feed that holds the 220 and more is taken up to the end of the 220. */
static void it_stops_behind_the_220(void)
{
	static const char said[] = "220 go\r\n250 injected\r\n";
	struct heard heard = { 0 };
	struct dialogue *d = smtp_ready(&heard, "250-mx.example\r\n250 STARTTLS\r\n");
	struct dialogue_event event;

	feed_text(d, SIDE_CLIENT, "STARTTLS\r\n", &heard);
	CHECK(dialogue_feed(d, SIDE_SERVER, said, sizeof(said) - 1) == 8);
	CHECK(dialogue_next(d, &event));
	CHECK_TEXT(event.text, "220 go");
	CHECK(dialogue_tls_pending(d));
	CHECK(dialogue_feed(d, SIDE_SERVER, said + 8, sizeof(said) - 9) == 0);
	CHECK(!dialogue_next(d, &event));
	dialogue_free(d);
	buffer_free(&heard.text);
}

static void the_turn_follows_the_conversation(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));

	CHECK(dialogue_turn(d) == SIDE_SERVER); /* the greeting */
	dialogue_free(d);
	d = smtp_ready(&heard, "250 mx.example\r\n");
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_input(d) == INPUT_COMMAND);
	feed_text(d, SIDE_CLIENT, "MAIL FROM:<a@b.example>\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER && dialogue_outstanding(d) == 1);
	feed_text(d, SIDE_SERVER, "250-O\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER && dialogue_in_reply(d));
	feed_text(d, SIDE_SERVER, "250 K\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && !dialogue_in_reply(d));
	feed_text(d, SIDE_CLIENT, "RCPT TO:<a@b.example>\r\n", &heard);
	feed_text(d, SIDE_SERVER, "250 OK\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "DATA\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "354 go\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_input(d) == INPUT_TEXT);
	feed_text(d, SIDE_CLIENT, "text\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_input(d) == INPUT_TEXT);
	feed_text(d, SIDE_CLIENT, ".\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "250 OK\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "AUTH LOGIN\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_input(d) == INPUT_ANSWER);
	CHECK_TEXT(dialogue_challenge(d), "Username:");
	feed_text(d, SIDE_CLIENT, "*\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "501 cancelled\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_input(d) == INPUT_COMMAND && !dialogue_closing(d));
	feed_text(d, SIDE_CLIENT, "QUIT\r\n", &heard);
	feed_text(d, SIDE_SERVER, "221 bye\r\n", &heard);
	CHECK(dialogue_closing(d) && dialogue_input(d) == INPUT_NOTHING);
	dialogue_free(d);
	buffer_free(&heard.text);
}

/* LMTP waits for one reply for each recipient (RFC 2033 section 4.2). */
static void the_turn_counts_recipients(void)
{
	struct heard heard = { 0 };
	struct dialogue *d = dialogue_new(protocol_named(SLICE("lmtp")));

	feed_text(d, SIDE_SERVER, "220 foo.edu LMTP\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "LHLO foo.edu\r\n", &heard);
	feed_text(d, SIDE_SERVER, "250-foo.edu\r\n250 PIPELINING\r\n", &heard);
	feed_text(d, SIDE_CLIENT, "MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", &heard);
	feed_text(d, SIDE_SERVER, "250 OK\r\n250 OK\r\n250 OK\r\n354 go\r\n", &heard);
	feed_text(d, SIDE_CLIENT, ".\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "250 one\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	feed_text(d, SIDE_SERVER, "250 two\r\n", &heard);
	CHECK(dialogue_turn(d) == SIDE_CLIENT && dialogue_outstanding(d) == 0);
	dialogue_free(d);
	buffer_free(&heard.text);
}

int main(void)
{
	const char *seed = getenv("PROPERTIES_SEED");

	if (seed != NULL)
		chance_state = strtoull(seed, NULL, 0) | 1;
	TEST(there_are_conversations);
	TEST(cut_in_two);
	TEST(one_octet_at_a_time);
	TEST(random_cuts);
	TEST(mutants_are_cut_alike);
	TEST(noise_is_survived);
	TEST(too_many_outstanding_is_said);
	TEST(a_line_of_50_mb_costs_little);
	TEST(replies_without_end_cost_little);
	TEST(nothing_without_end_costs_much);
	TEST(the_largest_count_does_not_overflow);
	TEST(the_largest_literal_and_body_do_not_overflow);
	TEST(a_count_past_the_largest_is_none);
	TEST(capabilities_are_forgotten_at_tls);
	TEST(it_stops_behind_the_220);
	TEST(the_turn_follows_the_conversation);
	TEST(the_turn_counts_recipients);
	for (size_t i = 0; i < nconversations; i++)
		conversation_free(&conversations[i]);
	free(conversations);
	return test_end();
}
