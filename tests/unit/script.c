/*
 * Transcripts: what a line means, what is refused, and that parse → print → parse is the identity.
 */
#include "test.h"

#include <dirent.h>

#include "base/error.h"
#include "script/script.h"

/* ---- helpers ---- */

static struct script *parse(const char *text, size_t *n, struct error *error)
{
	struct script *scripts = NULL;
	(void)scripts_parse(slice_of(text), "f.txt", &scripts, n, error);
	return scripts;
}

/* What is printed of all conversations in `text`, or the error's message. */
static char *printed(struct slice text)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	struct buffer out = { 0 };
	size_t n = 0;
	if (scripts_parse(text, "f.txt", &scripts, &n, &error) != STATUS_OK)
		buffer_add_string(&out, error.message);
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(&out, i ? "\n" : "");
		script_print(&scripts[i], &out);
	}
	scripts_free(scripts, n);
	error_clear(&error);
	return buffer_take(&out);
}

#define CHECK_PRINTED(text, want) \
	do { \
		char *got_printed = printed(slice_of(text)); \
		CHECK_TEXT(slice_of(got_printed), want); \
		free(got_printed); \
	} while (0)

/* The text prints as itself. */
#define CHECK_STABLE(text) CHECK_PRINTED(text, text)

/* What is said about the text begins so. */
#define CHECK_REFUSED(text, beginning) \
	do { \
		char *got_said = printed(slice_of(text)); \
		CHECK_TEXT(slice_part(slice_of(got_said), 0, strlen(beginning)), beginning); \
		CHECK(text_safe(slice_of(got_said), false)); \
		free(got_said); \
	} while (0)

static bool same_string(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && slice_equal(slice_of(a), slice_of(b));
}

static bool same_line(const struct script_line *a, const struct script_line *b)
{
	return a->kind == b->kind && a->side == b->side && a->mark == b->mark && a->exact == b->exact &&
	       slice_equal((struct slice){ a->text, a->text_n }, (struct slice){ b->text, b->text_n }) &&
	       a->direction == b->direction && a->octets == b->octets && same_string(a->name, b->name) &&
	       !(a->seconds < b->seconds) && !(b->seconds < a->seconds);
}

static bool same_script(const struct script *a, const struct script *b)
{
	bool same = same_string(a->title, b->title) && same_string(a->source, b->source) &&
	            same_string(a->target, b->target) && same_string(a->date, b->date) && same_string(a->who, b->who) &&
	            same_string(a->protocol, b->protocol) && same_string(a->tls, b->tls) &&
	            same_string(a->match, b->match) && a->nerrata == b->nerrata && a->nlets == b->nlets &&
	            a->nlines == b->nlines;
	for (size_t i = 0; same && i < a->nerrata; i++)
		same = same_string(a->errata[i], b->errata[i]);
	for (size_t i = 0; same && i < a->nlets; i++)
		same = same_string(a->lets[i].name, b->lets[i].name) && same_string(a->lets[i].value, b->lets[i].value);
	for (size_t i = 0; same && i < a->nlines; i++)
		same = same_line(&a->lines[i], &b->lines[i]);
	return same;
}

/* Whether what is printed of `text` is read as what `text` was read as, and prints as itself. */
static bool round_trip(struct slice text)
{
	struct script *first = NULL, *second = NULL;
	struct error error = { 0 };
	size_t n = 0, m = 0;
	bool good = scripts_parse(text, "first", &first, &n, &error) == STATUS_OK;
	char *once = printed(text);
	char *twice = printed(slice_of(once));
	good = good && scripts_parse(slice_of(once), "second", &second, &m, &error) == STATUS_OK && n == m;
	for (size_t i = 0; good && i < n; i++)
		good = same_script(&first[i], &second[i]);
	good = good && strcmp(once, twice) == 0;
	if (!good)
		printf("# %s\n", error.message ? error.message : "read anew it is another");
	scripts_free(first, n);
	scripts_free(second, m);
	error_clear(&error);
	free(once);
	free(twice);
	return good;
}

/* ---- header ---- */

static void header_fields(void)
{
	struct error error = { 0 };
	size_t n = 0;
	struct script
		*s = parse("Title: A: b\nProtocol: SMTP\nSource: x\nTarget: smtp://h:25\nTLS: Implicit\nLet: a=1\n"
	                   "Match: text\nLet: b = c=d\nErrata: one\nErrata: two\nDate: today\nWho:\n\nC: QUIT\n",
	                   &n, &error);
	CHECK(n == 1);
	if (n == 1) {
		CHECK_TEXT(slice_of(s->title), "A: b");
		CHECK_TEXT(slice_of(s->protocol), "smtp");
		CHECK_TEXT(slice_of(s->tls), "implicit");
		CHECK_TEXT(slice_of(s->match), "text");
		CHECK_TEXT(slice_of(s->target), "smtp://h:25");
		CHECK(s->who != NULL && *s->who == '\0');
		CHECK(s->nlets == 2 && s->lets[1].number == 8);
		CHECK_TEXT(slice_of(s->lets[1].name), "b");
		CHECK_TEXT(slice_of(s->lets[1].value), " c=d");
		CHECK(s->nerrata == 2 && s->nlines == 1 && s->lines[0].number == 14);
	}
	scripts_free(s, n);
	error_clear(&error);
}

static void header_mistakes(void)
{
	CHECK_REFUSED("Titel: x\n", "f.txt:1: \"Titel: x\": no such header field: there are Title, ");
	CHECK_REFUSED("Title: x\nTitle: y\n", "f.txt:2: \"Title: y\": the header has this field already");
	CHECK_REFUSED("Protocol: gopher\n", "f.txt:1: \"Protocol: gopher\": no such value: write one of smtp lmtp ");
	CHECK_REFUSED("Protocol:\n", "f.txt:1: \"Protocol:\": no such value");
	CHECK_REFUSED("TLS: starttls\n", "f.txt:1: \"TLS: starttls\": no such value: write one of none implicit");
	CHECK_REFUSED("Match: all\n", "f.txt:1: \"Match: all\": no such value: write one of status class text");
	CHECK_REFUSED("Let: a\n", "f.txt:1: \"Let: a\": a variable's default is written Let: NAME=VALUE");
	CHECK_REFUSED("Let: a b=c\n", "f.txt:1: \"Let: a b=c\": a variable's name is letters");
	CHECK_REFUSED("Let: base64=c\n", "f.txt:1: \"Let: base64=c\": a variable's name is letters");
	CHECK_REFUSED("Let: a=1\nLet: a=2\n", "f.txt:2: \"Let: a=2\": the variable has a default already, in line 1");
	CHECK_REFUSED("S : x\n", "f.txt:1: \"S : x\": neither said, nor done");
}

static void header_ends(void)
{
	/* at a blank line, at a prefix, at a direction */
	CHECK_PRINTED("Title: a\nC: QUIT\n", "Title: a\n\nC: QUIT\n");
	CHECK_PRINTED("Title: a\n<client connects>\n", "Title: a\n\n<client connects>\n");
	/* a comment and blank lines may stand before it, and a comment in it */
	CHECK_PRINTED("# c\n\nTitle: a\n# d\nWho: me\n\n\nC: x\n", "Title: a\nWho: me\n\n# c\n# d\nC: x\n");
	/* alone it is a conversation in which nothing is said */
	CHECK_STABLE("Title: a\n");
}

static void several_conversations(void)
{
	CHECK_STABLE("Title: a\n\nC: x\n# of the first\n\nTitle: b\n\nC: y\n");
	CHECK_PRINTED("C: x\nTitle: b\nC: y\n", "C: x\n\nTitle: b\n\nC: y\n");
	CHECK_PRINTED("Title: a\n\nTitle: b\n", "Title: a\n\nTitle: b\n");
}

/* ---- body ---- */

static void said(void)
{
	CHECK_STABLE("C: x\n");
	CHECK_PRINTED(" \tC:x\r\nS:  y \r\n\n   \nC:\nC: \n", "C: x\nS:  y \nC:\nC:\n");
	CHECK_PRINTED("\xEF\xBB\xBF"
	              "C: x",
	              "C: x\n");
	CHECK_PRINTED("C: x\n\fC: y\n\f\n", "C: x\nC: y\n");
	CHECK_STABLE("S: a\tb\n"); /* a tab is left as it was written */
	CHECK_STABLE("C: Grüße, 日本\n");
	CHECK_STABLE("C: C:\n");
	CHECK_STABLE("C: \\r\n"); /* only exact lines have escapes */
}

static void marks(void)
{
	struct error error = { 0 };
	size_t n = 0;
	struct script *s = parse("S?: a\nS*: b\nS!: c\nS: d\n", &n, &error);
	CHECK(n == 1 && s->nlines == 4 && s->lines[0].mark == MARK_OPTIONAL && s->lines[1].mark == MARK_REPEATED &&
	      s->lines[2].mark == MARK_NEVER && s->lines[3].mark == MARK_NONE);
	scripts_free(s, n);
	error_clear(&error);
	CHECK_STABLE("S?: a\nS*: 250-{{*}}\nS!:\nS?\\: a\\r\\n\n");
	CHECK_REFUSED("C?: a\n", "f.txt:1: \"C?: a\": the marks ?, * and ! are for what a server says");
	CHECK_REFUSED("S??: a\n", "f.txt:1: \"S??: a\": neither said, nor done");
	CHECK_REFUSED("S*: <server hangs up>\n", "f.txt:1: \"S*: <server hangs up>\": a stage direction takes no mark");
}

static void exact(void)
{
	CHECK_STABLE("C\\: \\r\\n\\t\\0\\\\\\x7F x\nS\\:\nS\\:  two\n");
	CHECK_PRINTED("C\\:a\n", "C\\: a\n");
	CHECK_REFUSED("C\\: a\\q\n", "f.txt:1: \"C\\: a\\q\": no such escape at octet 2 of the text");
	CHECK_REFUSED("C\\: \\x7\n", "f.txt:1: \"C\\: \\x7\": no such escape at octet 1");
	CHECK_REFUSED("C\\: a\\\n", "f.txt:1: \"C\\: a\\\": no such escape at octet 2");
	CHECK_STABLE("C\\: <client hangs up>\n"); /* text, though it reads like a direction */
}

static void unsafe_becomes_exact(void)
{
	CHECK_PRINTED("S: a\x1B[2J\n", "S\\: a\\x1B[2J\\r\\n\n");
	CHECK_PRINTED("S: a\rb\n", "S\\: a\\rb\\r\\n\n");
	CHECK_PRINTED("S: a\r\r\n", "S\\: a\\r\\r\\n\n");
	CHECK_PRINTED("S?: \xE2\x80\xAE\\x\n", "S?\\: \\xE2\\x80\\xAE\\\\x\\r\\n\n");
	CHECK_PRINTED("S\\: \\n\x1B\t\n", "S\\: \\n\\x1B\\t\n");
	CHECK_PRINTED("# a\x1B\t\\n\n", "# a\\x1B\t\\n\n");
	CHECK_PRINTED("Title: a\x1B\tb\n", "Title: a\\x1B\tb\n");
	CHECK_PRINTED("<client connects \x1B>\n", "<client connects \\x1B>\n");
}

static void comments(void)
{
	CHECK_PRINTED("# a\n#b\n#\n#  c \n  # d\n", "# a\n# b\n#\n#  c \n# d\n");
	CHECK_STABLE("# C: x\n"); /* never sent */
}

static void refused(void)
{
	CHECK_REFUSED("C: x\nHELO there\n", "f.txt:2: \"HELO there\": neither said, nor done, nor a comment: ");
	CHECK_REFUSED("C: x\nhttp://h/\n", "f.txt:2: \"http://h/\": no such header field");
	CHECK_REFUSED("C: caf\xE9\n", "f.txt:1: \"C: caf\\xE9\": octet 7 is not UTF-8");
	CHECK_REFUSED("", "f.txt:1: no conversation stands here");
	CHECK_REFUSED(" \n\n", "f.txt:2: no conversation stands here");
	CHECK_REFUSED("\x1B]0;pwned\x07 and then a line that goes on for ever and ever\n",
	              "f.txt:1: \"\\x1B]0;pwned\\x07 and then a line that goes on…\": neither");
	CHECK_REFUSED("ééééééééééééééééééééééééééééééééé\n", "f.txt:1: \"éééééééééééééééééééé…\": neither");
	CHECK_REFUSED("C: {{a\n", "f.txt:1: \"C: {{a\": a {{ that no }} ends");
	CHECK_REFUSED("S\\: \\x7B{a\n", "f.txt:1: \"S\\: \\x7B{a\": a {{ that no }} ends");
	char *nul = printed((struct slice){ "C: a\0b\n", 7 });
	CHECK(slice_starts(slice_of(nul), SLICE("f.txt:1: \"C: a\\0b\": octet 5 is NUL")));
	free(nul);
}

static void long_line(void)
{
	struct buffer text = { 0 };
	buffer_add_string(&text, "C: ");
	for (size_t i = 0; i < 10 * 1024 * 1024; i++)
		buffer_add_octet(&text, "ab{"[i % 3]);
	buffer_add_string(&text, "\n");
	char *got = printed(buffer_slice(&text));
	CHECK(slice_equal(slice_of(got), buffer_slice(&text)));
	free(got);
	buffer_free(&text);
}

/* ---- stage directions ---- */

static void directions(void)
{
	static const struct {
		const char *text;
		enum direction direction;
		enum side side;
		double seconds;
		uint64_t octets;
		const char *name;
	} rows[] = {
		{ "client connects", DIRECTION_CONNECTS, SIDE_CLIENT, 0, 0, NULL },
		{ "client connects to service port 110", DIRECTION_CONNECTS, SIDE_CLIENT, 0, 0, NULL },
		{ "client starts TLS", DIRECTION_TLS, SIDE_CLIENT, 0, 0, NULL },
		{ "client hangs up", DIRECTION_HANGS_UP, SIDE_CLIENT, 0, 0, NULL },
		{ "Server hangs up", DIRECTION_HANGS_UP, SIDE_SERVER, 0, 0, NULL },
		{ "client waits 2 s", DIRECTION_WAITS, SIDE_CLIENT, 2, 0, NULL },
		{ "client waits 0.25s", DIRECTION_WAITS, SIDE_CLIENT, 0.25, 0, NULL },
		{ "client waits 10 seconds", DIRECTION_WAITS, SIDE_CLIENT, 10, 0, NULL },
		{ "client sends file a b.txt", DIRECTION_FILE, SIDE_CLIENT, 0, 0, "a b.txt" },
		{ "client sends 5 octets", DIRECTION_SENDS, SIDE_CLIENT, 0, 5, NULL },
		{ "server sends 1,425 octets of message payload", DIRECTION_SENDS, SIDE_SERVER, 0, 1425, NULL },
		{ "server sends the text of message 1", DIRECTION_SENDS, SIDE_SERVER, 0, 0, NULL },
		{ "server sends file x", DIRECTION_SENDS, SIDE_SERVER, 0, 0, NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct script_line line = { 0 };
		bool good = script_direction(slice_of(rows[i].text), &line) && line.direction == rows[i].direction &&
		            line.side == rows[i].side && line.octets == rows[i].octets &&
		            !(line.seconds < rows[i].seconds) && !(line.seconds > rows[i].seconds) &&
		            same_string(line.name, rows[i].name);
		if (!good)
			printf("# <%s>\n", rows[i].text);
		CHECK(good);
		free(line.name);
	}
}

static void no_directions(void)
{
	static const char *const rows[] = {
		"",
		"client",
		"server connects",
		"client hangs",
		"client hangs up now",
		"client starts",
		"client starts SSL",
		"client waits",
		"client waits s",
		"client waits 2",
		"client waits 2 m",
		"client waits -1 s",
		"client waits 9999999999 s",
		"client waits . s",
		"client sends",
		"server sends ",
		"client sends file",
		"client sends file \x1B",
		"server waits 2 s",
		"html",
		"message 1 contents",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct script_line line = { 0 };
		CHECK(!script_direction(slice_of(rows[i]), &line) && line.name == NULL);
	}
}

static void directions_in_place(void)
{
	CHECK_PRINTED("C: <client hangs up>\n", "<client hangs up>\n");
	CHECK_PRINTED("  <server hangs up> \n", "<server hangs up>\n");
	CHECK_PRINTED("S: <server sends 3 octets>\n", "<server sends 3 octets>\n");
	/* text: not a direction, the other side's, or not alone in its line */
	CHECK_STABLE(
		"S: <html>\nS: <message 1 contents>\nS: <client hangs up>\nC: <client hangs up> \nC:  <client hangs up>\n");
	CHECK_REFUSED("<client goes home>\n",
	              "f.txt:1: \"<client goes home>\": no such stage direction: there are <client ");
	CHECK_REFUSED("<client hangs up\n", "f.txt:1: \"<client hangs up\": no such stage direction");
}

/* ---- printing wire lines ---- */

static void wire(enum side side, struct slice text, const char *end, const char *want)
{
	struct buffer out = { 0 };
	script_print_wire(side, text, slice_of(end), NULL, 0, &out);
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_free(&out);
}

static void wire_lines(void)
{
	wire(SIDE_CLIENT, SLICE("EHLO x"), "\r\n", "C: EHLO x");
	wire(SIDE_SERVER, SLICE(""), "\r\n", "S:");
	wire(SIDE_SERVER, SLICE(""), "", "S\\:");
	wire(SIDE_SERVER, SLICE(" x "), "\r\n", "S:  x ");
	wire(SIDE_SERVER, SLICE("login: "), "", "S\\: login: ");
	wire(SIDE_SERVER, SLICE("a\\b"), "\n", "S\\: a\\\\b\\n");
	wire(SIDE_SERVER, SLICE("a\rb"), "\r\n", "S\\: a\\rb\\r\\n");
	wire(SIDE_SERVER, SLICE("a\tb"), "\r\n", "S\\: a\\tb\\r\\n");
	wire(SIDE_SERVER, SLICE("a\0b"), "\r\n", "S\\: a\\0b\\r\\n");
	wire(SIDE_SERVER, SLICE("\x1B[2J"), "\r\n", "S\\: \\x1B[2J\\r\\n");
	wire(SIDE_SERVER, SLICE("\xFF"), "\r\n", "S\\: \\xFF\\r\\n");
	wire(SIDE_SERVER, SLICE("\xE2\x80\xAE"), "\r\n", "S\\: \\xE2\\x80\\xAE\\r\\n");
	wire(SIDE_CLIENT, SLICE("<client hangs up>"), "\r\n", "C\\: <client hangs up>\\r\\n");
	wire(SIDE_SERVER, SLICE("<client hangs up>"), "\r\n", "S: <client hangs up>");
	wire(SIDE_CLIENT, SLICE("<html>"), "\r\n", "C: <html>");
	wire(SIDE_CLIENT, SLICE("{{a}} {{{ {"), "\r\n", "C: {{{{a}} {{{{{ {");
}

static void wire_masks(void)
{
	struct buffer out = { 0 };
	struct span spans[] = {
		{ SPAN_VERB, 0, 4, { 0 } },
		{ SPAN_SECRET, 5, 11, SLICE("{{password}}") },
	};
	script_print_wire(SIDE_CLIENT, SLICE("PASS hunter{{2"), SLICE("\r\n"), spans, 2, &out);
	CHECK_TEXT(buffer_slice(&out), "C: PASS {{password}}{{{{2");
	buffer_clear(&out);
	script_print_wire(SIDE_CLIENT, SLICE("PASS hunter"), SLICE("\n"), spans, 2, &out);
	CHECK_TEXT(buffer_slice(&out), "C\\: PASS {{password}}\\n");
	/* a mask that an exact line must escape */
	buffer_clear(&out);
	spans[1].mask = SLICE("{{base64 a\x01{{token}}}}");
	script_print_wire(SIDE_CLIENT, SLICE("AUTH secret"), SLICE("\r\n"), spans, 2, &out);
	CHECK_TEXT(buffer_slice(&out), "C\\: AUTH {{base64 a\\x01{{token}}}}\\r\\n");
	buffer_free(&out);
}

/* ---- the property ---- */

static void shipped_round_trip(void)
{
	DIR *folder = opendir("transcripts");
	size_t seen = 0;
	CHECK(folder != NULL);
	for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
		struct slice name = slice_of(entry->d_name);
		if (name.n < 5 || !slice_equal(slice_part(name, name.n - 4, name.n), SLICE(".txt")))
			continue;
		char *path = string_printf("transcripts/%s", entry->d_name);
		FILE *file = fopen(path, "rb");
		struct buffer text = { 0 };
		CHECK(file != NULL);
		for (int c = file ? fgetc(file) : EOF; c != EOF; c = fgetc(file))
			buffer_add_octet(&text, (char)c);
		bool good = round_trip(buffer_slice(&text));
		if (!good)
			printf("# %s\n", path);
		CHECK(good);
		seen++;
		if (file)
			(void)fclose(file);
		buffer_free(&text);
		free(path);
	}
	CHECK(seen >= 15);
	if (folder)
		(void)closedir(folder);
}

/* xorshift: the same numbers on every machine. */
static uint32_t seed;

static uint32_t pick(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/* Scraps of lines, whole and broken. */
static const char *const scraps[] = {
	"C: ",
	"S: ",
	"C:",
	"S:",
	"S?: ",
	"S*: ",
	"S!:",
	"C\\: ",
	"S\\:",
	"S?\\: ",
	"<",
	">",
	"# ",
	"#",
	" ",
	"\t",
	"\n",
	"\n",
	"\n",
	"\n",
	"\r\n",
	"\r",
	"\f",
	"<client hangs up>",
	"<server hangs up>",
	"<server sends 12 octets>",
	"<client sends file x y>",
	"<client waits 1.5 s>",
	"<client connects …>",
	"<html>",
	"Title: x",
	"Title: y",
	"Protocol: imap",
	"Let: a=b",
	"Let: c=",
	"Errata: z",
	"Who: me",
	"{{",
	"}}",
	"{",
	"{{{{",
	"{{a}}",
	"{{*}}",
	"{{plain {{a}} b}}",
	"\\r\\n",
	"\\",
	"\\x41",
	"\x1B",
	"\x7F",
	"ü",
	"\xE2\x80\xAE",
	"250 ok",
	".",
	"{310}",
	"word",
};

static void generated_round_trip(void)
{
	unsigned parsed = 0;
	for (uint32_t i = 1; i <= 60000; i++) {
		struct buffer text = { 0 };
		seed = i * 2654435761U | 1U;
		/* most begin a line well, so that most parse */
		for (uint32_t lines = pick(6) + 1; lines; lines--) {
			buffer_add_string(&text, scraps[pick(8) ? pick(10) : pick(sizeof scraps / sizeof scraps[0])]);
			for (uint32_t more = pick(4); more; more--)
				buffer_add_string(&text, scraps[pick(sizeof scraps / sizeof scraps[0])]);
			buffer_add_string(&text, "\n");
		}
		struct script *scripts = NULL;
		struct error error = { 0 };
		size_t n = 0;
		if (scripts_parse(buffer_slice(&text), "f", &scripts, &n, &error) == STATUS_OK) {
			parsed++;
			bool good = round_trip(buffer_slice(&text));
			if (!good)
				printf("# seed %u\n", (unsigned)i);
			CHECK(good);
		} else {
			CHECK(text_safe(slice_of(error.message), false));
		}
		scripts_free(scripts, n);
		error_clear(&error);
		buffer_free(&text);
	}
	CHECK(parsed > 10000);
}

/* Any octets printed as a wire line are read as that line: octets, line end and side. */
static void any_octets_survive(void)
{
	for (uint32_t i = 1; i <= 20000; i++) {
		struct buffer text = { 0 }, out = { 0 }, plain = { 0 };
		seed = i * 2246822519U | 1U;
		for (uint32_t n = pick(12); n; n--) {
			if (pick(2))
				buffer_add_octet(&text, (char)pick(256));
			else
				buffer_add_string(&text, scraps[pick(sizeof scraps / sizeof scraps[0])]);
		}
		static const char *const ends[] = { "\r\n", "\n", "" };
		const char *end = ends[pick(3)];
		script_print_wire(SIDE_CLIENT, buffer_slice(&text), slice_of(end), NULL, 0, &out);
		struct script *scripts = NULL;
		struct error error = { 0 };
		size_t n = 0;
		bool good = text_safe(buffer_slice(&out), false) &&
		            scripts_parse(buffer_slice(&out), "f", &scripts, &n, &error) == STATUS_OK && n == 1 &&
		            scripts[0].nlines == 1 && scripts[0].lines[0].kind == SCRIPT_SAID;
		if (good) {
			const struct script_line *line = &scripts[0].lines[0];
			struct slice written = { line->text, line->text_n };
			if (line->exact)
				(void)unescape_exact(&plain, written);
			else
				buffer_add_slice(&plain, written);
			/* undo {{{{ */
			struct buffer said_ = { 0 };
			struct slice rest = buffer_slice(&plain);
			while (rest.n) {
				bool four = slice_starts(rest, SLICE("{{{{"));
				buffer_add(&said_, rest.p, four ? 2 : 1);
				rest = slice_part(rest, four ? 4 : 1, rest.n);
			}
			if (!line->exact)
				buffer_add_string(&said_, "\r\n");
			buffer_add_string(&text, end);
			good = slice_equal(buffer_slice(&said_), buffer_slice(&text));
			buffer_free(&said_);
		}
		if (!good)
			printf("# seed %u: " SLICE_FMT "\n", (unsigned)i, SLICE_ARG(buffer_slice(&out)));
		CHECK(good);
		scripts_free(scripts, n);
		error_clear(&error);
		buffer_free(&text);
		buffer_free(&out);
		buffer_free(&plain);
	}
}

int main(void)
{
	TEST(header_fields);
	TEST(header_mistakes);
	TEST(header_ends);
	TEST(several_conversations);
	TEST(said);
	TEST(marks);
	TEST(exact);
	TEST(unsafe_becomes_exact);
	TEST(comments);
	TEST(refused);
	TEST(long_line);
	TEST(directions);
	TEST(no_directions);
	TEST(directions_in_place);
	TEST(wire_lines);
	TEST(wire_masks);
	TEST(shipped_round_trip);
	TEST(generated_round_trip);
	TEST(any_octets_survive);
	return test_end();
}
