/*
 * The tables of what is known, held to what a table must be and to lists of what is registered (tests/registry/).
 */
#include <dirent.h>

#include "test.h"

#include "protocol/knowledge.h"
#include "protocol/pop3_tables.h"
#include "protocol/protocol.h"
#include "protocol/smtp_tables.h"

/* The table of that kind among tables that end with rows NULL. */
static const struct table *of_kind(const struct table *tables, enum table_kind kind)
{
	for (; tables->rows; tables++)
		if (tables->kind == kind)
			return tables;
	return NULL;
}

static const struct entry *row(const struct table *tables, enum table_kind kind, const char *word)
{
	return table_find(of_kind(tables, kind), slice_of(word));
}

/* ---- every row of every protocol ---- */

static void for_each_row(void (*check)(const struct protocol *protocol, const struct table *table, size_t i))
{
	for (size_t p = 0; protocols[p]; p++)
		for (const struct table *table = protocols[p]->tables; table && table->rows; table++)
			for (size_t i = 0; i < table->n; i++)
				check(protocols[p], table, i);
}

static void complain_of(const struct table *table, const char *word, const char *why)
{
	test_good = false;
	printf("# %s \"%s\": %s\n", table->title, word, why);
}

static void check_order(const struct protocol *protocol, const struct table *table, size_t i)
{
	(void)protocol;
	if (i > 0 && slice_compare_nocase(slice_of(table->rows[i - 1].word), slice_of(table->rows[i].word)) >= 0)
		complain_of(table, table->rows[i].word, "does not stand behind the word before it");
	if (table_find(table, slice_of(table->rows[i].word)) != &table->rows[i])
		complain_of(table, table->rows[i].word, "is not found");
}

static void tables_are_sorted_and_unique(void)
{
	for_each_row(check_order);
}

static void check_note(const struct protocol *protocol, const struct table *table, size_t i)
{
	(void)protocol;
	const char *word = table->rows[i].word, *note = table->rows[i].note;
	if (note == NULL || *note == '\0') {
		complain_of(table, word, "has no note");
		return;
	}
	size_t n = strlen(note);
	if (n >= 160)
		complain_of(table, word, "the note is too long");
	if (note[n - 1] != '.')
		complain_of(table, word, "the note does not end with a full stop");
	if (note[0] == ' ' || strstr(note, "  "))
		complain_of(table, word, "the note holds a stray space");
	if (!text_safe(slice_of(note), false))
		complain_of(table, word, "the note holds a control");
}

static void every_row_has_a_note(void)
{
	for_each_row(check_note);
}

/* "RFC 3163", "RFC 5321 4.2.3" or "RFC 5321 F.6". */
static bool is_reference(struct slice ref)
{
	uint64_t number;
	if (!slice_equal(slice_word(&ref), SLICE("RFC")) || !slice_number(slice_word(&ref), &number))
		return false;
	struct slice section = slice_word(&ref);
	for (size_t i = 0; i < section.n; i++)
		if (!octet_is_digit(section.p[i]) && section.p[i] != '.' && !(i == 0 && octet_is_alpha(section.p[i])))
			return false;
	return ref.n == 0 && (section.n == 0 || section.p[section.n - 1] != '.');
}

static void check_reference(const struct protocol *protocol, const struct table *table, size_t i)
{
	(void)protocol;
	struct slice ref = slice_of(table->rows[i].ref);
	if (slice_starts(ref, SLICE("No RFC: ")) && ref.n > 10)
		return;
	for (bool more = true; more;) {
		size_t end = slice_find(ref, SLICE(", "));
		if (!is_reference(slice_part(ref, 0, end)))
			complain_of(table, table->rows[i].word,
			            "the reference is neither an RFC nor says who defines it");
		more = end < ref.n;
		ref = slice_part(ref, end + 2, ref.n);
	}
}

static void every_row_has_a_reference(void)
{
	for_each_row(check_reference);
}

static void check_kind(const struct protocol *protocol, const struct table *table, size_t i)
{
	const struct entry *entry = &table->rows[i];
	unsigned known = 0;
	for (unsigned s = 0; protocol->states[s]; s++)
		known |= STATE(s);
	if (entry->states & ~known)
		complain_of(table, entry->word, "is allowed in a state that the protocol does not have");
	if (table->kind != TABLE_COMMANDS) {
		if (entry->phase != PHASE_NONE || entry->states || entry->needs)
			complain_of(table, entry->word, "is no command and has a phase, states or needs");
		return;
	}
	if (entry->phase == PHASE_NONE || entry->states == 0 || entry->syntax == NULL)
		complain_of(table, entry->word, "is a command without phase, states or syntax");
	if (entry->syntax && !slice_starts(slice_of(entry->syntax), slice_of(entry->word)))
		complain_of(table, entry->word, "the syntax does not begin with the command");
	struct slice needs = slice_of(entry->needs ? entry->needs : "");
	for (struct slice word = slice_word(&needs); word.n; word = slice_word(&needs))
		if (table_find(protocol_table(protocol, TABLE_KEYWORDS), word) == NULL)
			complain_of(table, entry->word, "needs a keyword that is not known");
}

static void commands_have_phase_and_states(void)
{
	for_each_row(check_kind);
}

/* Whether the protocol has the command, or another does that shares its codes: LMTP's rows are SMTP's. */
static bool command_known(const struct table *codes, struct slice verb)
{
	for (size_t p = 0; protocols[p]; p++) {
		const struct table *others = protocol_table(protocols[p], TABLE_CODES);
		if (others && others->rows == codes->rows &&
		    table_find(protocol_table(protocols[p], TABLE_COMMANDS), verb))
			return true;
	}
	return false;
}

/* "RCPT 550" needs a command RCPT and a code 550. Returns how many such rows there are. */
static size_t check_contexts(const struct table *codes)
{
	size_t contexts = 0;
	for (size_t i = 0; i < codes->n; i++) {
		struct slice verb, code;
		if (!context_parse(slice_of(codes->rows[i].word), &verb, &code))
			continue;
		contexts++;
		if (!command_known(codes, verb))
			complain_of(codes, codes->rows[i].word, "no such command");
		if (!table_find(codes, code))
			complain_of(codes, codes->rows[i].word, "no such code");
	}
	return contexts;
}

static void contexts_are_of_known_commands_and_codes(void)
{
	for (size_t p = 0; protocols[p]; p++) {
		const struct table *codes = protocol_table(protocols[p], TABLE_CODES);
		if (codes && check_contexts(codes) < 20)
			complain_of(codes, protocols[p]->name, "has few codes behind commands");
	}
}

/* ---- the registries ---- */

/* Reads a list of words; lines that begin with # are comments. */
static bool read_list(const char *name, struct buffer *text)
{
	char *path = string_printf("tests/registry/%s", name);
	FILE *file = fopen(path, "r");
	char piece[4096];
	size_t n;
	free(path);
	while (file && (n = fread(piece, 1, sizeof piece, file)) > 0)
		buffer_add(text, piece, n);
	if (file)
		(void)fclose(file);
	return file != NULL;
}

/* Every word of the list is in the table; returns how many there were. */
static size_t check_list(const char *name, const struct table *table)
{
	struct buffer text = { 0 };
	size_t words = 0;
	CHECK(read_list(name, &text));
	struct slice rest = buffer_slice(&text);
	for (struct slice line = slice_line(&rest); line.n; line = slice_line(&rest)) {
		bool comment = slice_starts(line, SLICE("#"));
		line = slice_part(line, 0, slice_find_octet(line, '\n'));
		for (struct slice word = slice_word(&line); word.n && !comment; word = slice_word(&line)) {
			words++;
			if (table_find(table, word))
				continue;
			test_good = false;
			printf("# %s: " SLICE_FMT " is not in the table\n", name, SLICE_ARG(word));
		}
	}
	buffer_free(&text);
	return words;
}

/* Which table holds a list, and how many words the list has: one that is cut short is noticed. */
static const struct {
	const char *file, *protocol;
	enum table_kind kind;
	size_t words;
} lists[] = {
	{ "ehlo-keywords.txt", "smtp", TABLE_KEYWORDS, 34 },
	{ "ehlo-keywords.txt", "lmtp", TABLE_KEYWORDS, 34 },
	{ "enhanced-status-codes.txt", "smtp", TABLE_ENHANCED, 92 },
	{ "enhanced-status-codes.txt", "lmtp", TABLE_ENHANCED, 92 },
	{ "ftp-commands.txt", "ftp", TABLE_COMMANDS, 59 },
	{ "ftp-facts.txt", "ftp", TABLE_ATTRIBUTES, 9 },
	{ "ftp-features.txt", "ftp", TABLE_KEYWORDS, 12 },
	{ "ftp-reply-codes.txt", "ftp", TABLE_CODES, 61 },
	{ "http-auth-schemes.txt", "http", TABLE_TOKENS, 14 },
	{ "http-cache-directives.txt", "http", TABLE_TOKENS, 16 },
	{ "http-fields-unregistered.txt", "http", TABLE_FIELDS, 112 },
	{ "http-fields.txt", "http", TABLE_FIELDS, 259 },
	{ "http-methods.txt", "http", TABLE_COMMANDS, 41 },
	{ "http-parameters.txt", "http", TABLE_TOKENS, 32 },
	{ "http-status-codes.txt", "http", TABLE_CODES, 64 },
	{ "http-upgrade-tokens.txt", "http", TABLE_TOKENS, 7 },
	{ "imap-capabilities.txt", "imap", TABLE_KEYWORDS, 84 },
	{ "imap-commands.txt", "imap", TABLE_COMMANDS, 60 },
	{ "imap-fetch-items.txt", "imap", TABLE_ITEMS, 35 },
	{ "imap-keywords.txt", "imap", TABLE_FLAGS, 37 },
	{ "imap-mailbox-attributes.txt", "imap", TABLE_ATTRIBUTES, 21 },
	{ "imap-parameters.txt", "imap", TABLE_PARAMETERS, 69 },
	{ "imap-response-codes.txt", "imap", TABLE_RESPONSE_CODES, 62 },
	{ "imap-responses.txt", "imap", TABLE_RESPONSES, 37 },
	{ "imap-search-keys.txt", "imap", TABLE_SEARCH_KEYS, 49 },
	{ "imap-status-items.txt", "imap", TABLE_STATUS_ITEMS, 11 },
	{ "lmtp-commands.txt", "lmtp", TABLE_COMMANDS, 13 },
	{ "mail-parameters.txt", "smtp", TABLE_PARAMETERS, 21 },
	{ "mail-parameters.txt", "lmtp", TABLE_PARAMETERS, 21 },
	{ "pop3-capabilities.txt", "pop3", TABLE_KEYWORDS, 13 },
	{ "pop3-commands.txt", "pop3", TABLE_COMMANDS, 20 },
	{ "pop3-response-codes.txt", "pop3", TABLE_RESPONSE_CODES, 6 },
	{ "sasl-mechanisms.txt", "smtp", TABLE_MECHANISMS, 44 },
	{ "sasl-mechanisms.txt", "lmtp", TABLE_MECHANISMS, 44 },
	{ "sasl-mechanisms.txt", "pop3", TABLE_MECHANISMS, 44 },
	{ "sasl-mechanisms.txt", "imap", TABLE_MECHANISMS, 44 },
	{ "smtp-commands.txt", "smtp", TABLE_COMMANDS, 21 },
	{ "smtp-reply-codes.txt", "smtp", TABLE_CODES, 45 },
	{ "smtp-reply-codes.txt", "lmtp", TABLE_CODES, 45 },
};

#define NLISTS (sizeof lists / sizeof lists[0])

static void registered_words_are_known(void)
{
	for (size_t i = 0; i < NLISTS; i++) {
		const struct protocol *protocol = protocol_named(slice_of(lists[i].protocol));
		size_t words = check_list(lists[i].file, protocol_table(protocol, lists[i].kind));
		if (words == lists[i].words)
			continue;
		test_good = false;
		printf("# %s: %zu words, not %zu\n", lists[i].file, words, lists[i].words);
	}
}

static bool is_checked(const char *file)
{
	for (size_t i = 0; i < NLISTS; i++)
		if (strcmp(lists[i].file, file) == 0)
			return true;
	return false;
}

static void every_list_is_checked(void)
{
	DIR *folder = opendir("tests/registry");
	size_t files = 0;
	CHECK(folder != NULL);
	for (struct dirent *entry = NULL; folder && (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		files++;
		if (is_checked(entry->d_name))
			continue;
		test_good = false;
		printf("# tests/registry/%s: no table is held to it\n", entry->d_name);
	}
	CHECK(files > 30);
	if (folder)
		(void)closedir(folder);
}

/* ---- finding ---- */

static void words_are_found_in_any_case(void)
{
	CHECK(row(smtp_tables, TABLE_COMMANDS, "mail") == row(smtp_tables, TABLE_COMMANDS, "MAIL"));
	CHECK(row(smtp_tables, TABLE_COMMANDS, "mail") != NULL);
	CHECK(row(smtp_tables, TABLE_CODES, "rcpt 550") != NULL);
	CHECK(row(smtp_tables, TABLE_COMMANDS, "") == NULL);
	CHECK(row(smtp_tables, TABLE_COMMANDS, "MAI") == NULL);
	CHECK(row(smtp_tables, TABLE_COMMANDS, "MAILS") == NULL);
}

static void words_are_found_however_they_are_spelled(void)
{
	static const struct {
		const char *protocol;
		enum table_kind kind;
		const char *spelled, *word; /* NULL: there is none */
	} rows[] = {
		{ "smtp", TABLE_ENHANCED, "5.7.1", "X.7.1" },
		{ "smtp", TABLE_ENHANCED, "X.7.1", "X.7.1" },
		{ "smtp", TABLE_ENHANCED, "5.7.99", NULL },
		{ "smtp", TABLE_ENHANCED, "1.7.1", NULL },
		{ "smtp", TABLE_ENHANCED, "5.7", NULL },
		{ "smtp", TABLE_ENHANCED, "5.7.1.2", NULL },
		{ "smtp", TABLE_CODES, "5xx", "5yz" },
		{ "smtp", TABLE_CODES, "9xx", NULL },
		{ "http", TABLE_CODES, "4XX", "4xx" },
		{ "imap", TABLE_CODES, "uid fetch no", "FETCH NO" },
		{ "imap", TABLE_CODES, "UID FETCH 550", NULL },
		{ "imap", TABLE_CODES, "a UID FETCH NO", NULL },
		{ "imap", TABLE_FLAGS, "seen", "\\Seen" },
		{ "imap", TABLE_FLAGS, "Forwarded", "$Forwarded" },
		{ "imap", TABLE_FLAGS, "*", NULL },
		{ "imap", TABLE_ATTRIBUTES, "noselect", "\\Noselect" },
		{ "imap", TABLE_ITEMS, "body", "BODY" },
		{ "imap", TABLE_ITEMS, "BODY.PEEK", "BODY.PEEK[]" },
		{ "imap", TABLE_ITEMS, "BODY.PEEK[HEADER]", "BODY.PEEK[]" },
		{ "imap", TABLE_ITEMS, "BODY[1.2.MIME]", "BODY[MIME]" },
		{ "imap", TABLE_ITEMS, "BODY[]<0.100>", "BODY[]" },
		{ "imap", TABLE_ITEMS, "BODY[HEADER.FIELDS", "BODY[HEADER.FIELDS]" },
		{ "imap", TABLE_ITEMS, "BODY[HEADER.FIELDS (From To)]", "BODY[HEADER.FIELDS]" },
		{ "imap", TABLE_ITEMS, "header.fields", "BODY[HEADER.FIELDS]" },
		{ "imap", TABLE_ITEMS, "NOBODY[]", NULL },
		{ "imap", TABLE_ITEMS, "", NULL },
		{ "pop3", TABLE_RESPONSE_CODES, "sys/temp/disk/full", "SYS/TEMP" },
		{ "pop3", TABLE_RESPONSE_CODES, "X/TEMP", NULL },
		{ "pop3", TABLE_COMMANDS, "\\UIDL", NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct table *table = protocol_table(protocol_named(slice_of(rows[i].protocol)), rows[i].kind);
		const struct entry *found = table_find_form(table, slice_of(rows[i].spelled));
		CHECK_TEXT(slice_of(found ? found->word : NULL), rows[i].word);
	}
}

static void digits_say_something_by_themselves(void)
{
	static const struct {
		const char *protocol;
		enum table_kind kind;
		const char *code;
		const char *first, *second;
	} rows[] = {
		{ "smtp", TABLE_CODES, "550", "5yz", "x5z" },
		{ "smtp", TABLE_CODES, "299", "2yz", NULL },
		{ "smtp", TABLE_CODES, "650", NULL, NULL },
		{ "smtp", TABLE_CODES, "5500", NULL, NULL },
		{ "ftp", TABLE_CODES, "150", "1yz", "x5z" },
		{ "http", TABLE_CODES, "499", "4xx", NULL },
		{ "smtp", TABLE_ENHANCED, "4.7.99", "4.X.X", "X.7.X" },
		{ "smtp", TABLE_ENHANCED, "1.2.3", NULL, NULL },
		{ "imap", TABLE_CODES, "550", NULL, NULL },
		{ "smtp", TABLE_KEYWORDS, "550", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct table *table = protocol_table(protocol_named(slice_of(rows[i].protocol)), rows[i].kind);
		const struct entry *digits[DIGITS_MAX] = { NULL };
		size_t n = table_digits(table, slice_of(rows[i].code), digits);
		CHECK(n == (rows[i].first ? 1U : 0U) + (rows[i].second ? 1U : 0U));
		CHECK_TEXT(slice_of(digits[0] ? digits[0]->word : NULL), rows[i].first);
		CHECK_TEXT(slice_of(digits[1] ? digits[1]->word : NULL), rows[i].second);
	}
}

static void contexts_are_taken_apart(void)
{
	struct slice verb, code;
	CHECK(context_parse(SLICE("UID FETCH NO"), &verb, &code));
	CHECK_TEXT(verb, "UID FETCH");
	CHECK_TEXT(code, "NO");
	CHECK(!context_parse(SLICE("550"), &verb, &code));
	CHECK(!context_parse(SLICE(""), &verb, &code));
}

static void lmtp_has_lhlo_for_ehlo_and_helo(void)
{
	CHECK(row(lmtp_tables, TABLE_COMMANDS, "LHLO") != NULL);
	CHECK(row(lmtp_tables, TABLE_COMMANDS, "EHLO") == NULL);
	CHECK(row(lmtp_tables, TABLE_COMMANDS, "HELO") == NULL);
	CHECK(row(smtp_tables, TABLE_COMMANDS, "LHLO") == NULL);
}

/* RFC 5321 4.1.4, RFC 4954 4. */
static void commands_are_allowed_where_the_rfcs_say(void)
{
	static const struct {
		const char *command;
		unsigned states;
	} rows[] = {
		{ "MAIL", STATE(SMTP_READY) },     { "RCPT", STATE(SMTP_MAIL) | STATE(SMTP_RCPT) },
		{ "DATA", STATE(SMTP_RCPT) },      { "AUTH", STATE(SMTP_READY) },
		{ "STARTTLS", STATE(SMTP_READY) },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		CHECK(row(smtp_tables, TABLE_COMMANDS, rows[i].command)->states == rows[i].states);
	static const char *const any_time[] = { "NOOP", "HELP", "EXPN", "VRFY", "RSET", "QUIT", "EHLO" };
	unsigned in_session = STATE(SMTP_CONNECTED) | STATE(SMTP_READY) | STATE(SMTP_MAIL) | STATE(SMTP_RCPT);
	for (size_t i = 0; i < sizeof any_time / sizeof any_time[0]; i++) {
		unsigned states = row(smtp_tables, TABLE_COMMANDS, any_time[i])->states;
		CHECK((states & in_session) == in_session);
		CHECK(!(states & (STATE(SMTP_AUTH) | STATE(SMTP_CLOSED))));
	}
	CHECK(row(smtp_tables, TABLE_COMMANDS, "QUIT")->states & STATE(SMTP_GREETING));
	CHECK(!(row(smtp_tables, TABLE_COMMANDS, "EHLO")->states & STATE(SMTP_GREETING)));
}

static void states_have_names(void)
{
	CHECK_TEXT(slice_of(smtp_states[SMTP_GREETING]), "greeting");
	CHECK_TEXT(slice_of(smtp_states[SMTP_RCPT]), "rcpt");
	CHECK_TEXT(slice_of(smtp_states[SMTP_CLOSED]), "closed");
	CHECK(smtp_states[SMTP_CLOSED + 1] == NULL);
}

static void phases_have_names(void)
{
	CHECK(phase_name(PHASE_NONE) == NULL);
	CHECK_TEXT(slice_of(phase_name(PHASE_GREET)), "greet");
	CHECK_TEXT(slice_of(phase_name(PHASE_AUTHENTICATE)), "authenticate");
	CHECK_TEXT(slice_of(phase_name(PHASE_GOODBYE)), "goodbye");
}

/* ---- what is near ---- */

static size_t distance(const char *a, const char *b)
{
	return word_distance(slice_of(a), slice_of(b));
}

static void distances_count_single_slips(void)
{
	CHECK(distance("", "") == 0);
	CHECK(distance("", "abc") == 3);
	CHECK(distance("abc", "") == 3);
	CHECK(distance("mail", "MAIL") == 0);
	CHECK(distance("MAL", "MAIL") == 1);
	CHECK(distance("MAIIL", "MAIL") == 1);
	CHECK(distance("NAIL", "MAIL") == 1);
	CHECK(distance("AMIL", "MAIL") == 1);
	CHECK(distance("RCTP", "RCPT") == 1);
	CHECK(distance("STRATTLS", "STARTTLS") == 1);
	CHECK(distance("STARTSSL", "STARTTLS") == 2);
	CHECK(distance("kitten", "sitting") == 3);
}

static void long_words_are_cut(void)
{
	char a[200], b[200];
	memset(a, 'a', sizeof a);
	memset(b, 'b', sizeof b);
	CHECK(word_distance((struct slice){ a, sizeof a }, (struct slice){ b, sizeof b }) == 64);
	CHECK(word_distance((struct slice){ a, sizeof a }, (struct slice){ a, 64 }) == 0);
}

static const char *nearest(enum table_kind kind, const char *word)
{
	const struct entry *near = table_nearest(of_kind(smtp_tables, kind), slice_of(word));
	return near ? near->word : NULL;
}

static void near_words_are_found(void)
{
	CHECK_TEXT(slice_of(nearest(TABLE_COMMANDS, "STARTLS")), "STARTTLS");
	CHECK_TEXT(slice_of(nearest(TABLE_COMMANDS, "rctp")), "RCPT");
	CHECK_TEXT(slice_of(nearest(TABLE_KEYWORDS, "PIPELINNIG")), "PIPELINING");
	CHECK(nearest(TABLE_COMMANDS, "XYZZY") == NULL);
	CHECK(nearest(TABLE_COMMANDS, "") == NULL);
	/* Two slips are half of a word of four letters: that is not near. */
	CHECK(nearest(TABLE_COMMANDS, "RXXT") == NULL);
}

/* ---- POP3 ---- */

static void pop3_commands_are_allowed_where_the_rfcs_say(void)
{
	static const struct {
		const char *commands;
		unsigned states;
	} allowed[] = {
		{ "APOP AUTH PASS STLS USER UTF8", STATE(POP3_AUTHORIZATION) },
		{ "DELE LIST NOOP RETR RSET STAT TOP UIDL", STATE(POP3_TRANSACTION) },
		{ "CAPA LANG QUIT", STATE(POP3_AUTHORIZATION) | STATE(POP3_TRANSACTION) },
	};
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
		struct slice rest = slice_of(allowed[i].commands);
		for (struct slice word = slice_word(&rest); word.n; word = slice_word(&rest))
			CHECK(table_find(of_kind(pop3_tables, TABLE_COMMANDS), word)->states == allowed[i].states);
	}
}

int main(void)
{
	TEST(tables_are_sorted_and_unique);
	TEST(every_row_has_a_note);
	TEST(every_row_has_a_reference);
	TEST(commands_have_phase_and_states);
	TEST(contexts_are_of_known_commands_and_codes);
	TEST(registered_words_are_known);
	TEST(every_list_is_checked);
	TEST(words_are_found_in_any_case);
	TEST(words_are_found_however_they_are_spelled);
	TEST(digits_say_something_by_themselves);
	TEST(contexts_are_taken_apart);
	TEST(lmtp_has_lhlo_for_ehlo_and_helo);
	TEST(commands_are_allowed_where_the_rfcs_say);
	TEST(states_have_names);
	TEST(phases_have_names);
	TEST(distances_count_single_slips);
	TEST(long_words_are_cut);
	TEST(near_words_are_found);
	TEST(pop3_commands_are_allowed_where_the_rfcs_say);
	return test_end();
}
