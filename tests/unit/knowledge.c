/*
 * The tables of what is known, held to what a table must be and to lists of what is registered (tests/registry/).
 */
#include "test.h"

#include "protocol/knowledge.h"
#include "protocol/pop3_tables.h"
#include "protocol/protocol.h"
#include "protocol/sasl_table.h"
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
	if (entry->needs && table_find(protocol_table(protocol, TABLE_KEYWORDS), slice_of(entry->needs)) == NULL)
		complain_of(table, entry->word, "needs a keyword that is not known");
}

static void commands_have_phase_and_states(void)
{
	for_each_row(check_kind);
}

/* "RCPT 550" needs a command RCPT, here or in LMTP, and a code 550. */
static void contexts_are_of_known_commands_and_codes(void)
{
	const struct table *codes = of_kind(smtp_tables, TABLE_CODES);
	size_t contexts = 0;
	for (size_t i = 0; i < codes->n; i++) {
		struct slice rest = slice_of(codes->rows[i].word);
		struct slice verb = slice_word(&rest), code = slice_word(&rest);
		if (code.n == 0)
			continue;
		contexts++;
		if (!table_find(of_kind(smtp_tables, TABLE_COMMANDS), verb) &&
		    !table_find(of_kind(lmtp_tables, TABLE_COMMANDS), verb))
			complain_of(codes, codes->rows[i].word, "no such command");
		if (!table_find(codes, code))
			complain_of(codes, codes->rows[i].word, "no such code");
	}
	CHECK(contexts > 50);
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

static void reply_codes_are_complete(void)
{
	CHECK(check_list("smtp-reply-codes.txt", of_kind(smtp_tables, TABLE_CODES)) == 45);
	CHECK(check_list("smtp-reply-codes.txt", of_kind(lmtp_tables, TABLE_CODES)) == 45);
}

static void enhanced_status_codes_are_complete(void)
{
	CHECK(check_list("enhanced-status-codes.txt", of_kind(smtp_tables, TABLE_ENHANCED)) == 92);
}

static void ehlo_keywords_are_complete(void)
{
	CHECK(check_list("ehlo-keywords.txt", of_kind(smtp_tables, TABLE_KEYWORDS)) == 34);
}

static void parameters_are_complete(void)
{
	CHECK(check_list("mail-parameters.txt", of_kind(smtp_tables, TABLE_PARAMETERS)) == 21);
}

static void mechanisms_are_complete(void)
{
	CHECK(check_list("sasl-mechanisms.txt", of_kind(smtp_tables, TABLE_MECHANISMS)) == 44);
}

static void commands_are_complete(void)
{
	CHECK(check_list("smtp-commands.txt", of_kind(smtp_tables, TABLE_COMMANDS)) == 21);
	CHECK(check_list("lmtp-commands.txt", of_kind(lmtp_tables, TABLE_COMMANDS)) == 13);
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

static void pop3_lists_are_complete(void)
{
	CHECK(check_list("pop3-commands.txt", of_kind(pop3_tables, TABLE_COMMANDS)) == 20);
	CHECK(check_list("pop3-capabilities.txt", of_kind(pop3_tables, TABLE_KEYWORDS)) == 13);
	CHECK(check_list("pop3-response-codes.txt", of_kind(pop3_tables, TABLE_RESPONSE_CODES)) == 6);
	CHECK(check_list("sasl-mechanisms.txt", of_kind(pop3_tables, TABLE_MECHANISMS)) == 44);
}

/* "PASS -ERR" needs a command PASS and an indicator -ERR. */
static void pop3_contexts_are_known(void)
{
	const struct table *codes = of_kind(pop3_tables, TABLE_CODES);
	size_t contexts = 0;
	for (size_t i = 0; i < codes->n; i++) {
		struct slice rest = slice_of(codes->rows[i].word);
		struct slice verb = slice_word(&rest), code = slice_word(&rest);
		if (code.n == 0)
			continue;
		contexts++;
		if (!table_find(of_kind(pop3_tables, TABLE_COMMANDS), verb) || !table_find(codes, code))
			complain_of(codes, codes->rows[i].word, "no such command, or no such indicator");
	}
	CHECK(contexts > 25);
}

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
	TEST(reply_codes_are_complete);
	TEST(enhanced_status_codes_are_complete);
	TEST(ehlo_keywords_are_complete);
	TEST(parameters_are_complete);
	TEST(mechanisms_are_complete);
	TEST(commands_are_complete);
	TEST(words_are_found_in_any_case);
	TEST(lmtp_has_lhlo_for_ehlo_and_helo);
	TEST(commands_are_allowed_where_the_rfcs_say);
	TEST(states_have_names);
	TEST(phases_have_names);
	TEST(distances_count_single_slips);
	TEST(long_words_are_cut);
	TEST(near_words_are_found);
	TEST(pop3_lists_are_complete);
	TEST(pop3_contexts_are_known);
	TEST(pop3_commands_are_allowed_where_the_rfcs_say);
	return test_end();
}
