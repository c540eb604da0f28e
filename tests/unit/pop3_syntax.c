/*
 * POP3's grammar: command lines as a server reads them.
 */
#include "test.h"

#include "protocol/pop3_syntax.h"

/* What a line is taken apart into: "KEYWORD|argument|argument", or why not. */
static void check_line(struct slice line, const char *wants)
{
	struct slice keyword, behind, arguments[2];
	struct buffer parts = { 0 };
	bool space = pop3_keyword(line, &keyword, &behind);
	size_t n = space ? pop3_arguments(behind, arguments, 2) : 0;
	buffer_add_slice(&parts, keyword);
	if (n == POP3_NO_ARGUMENTS)
		buffer_add_string(&parts, "|no arguments");
	else
		for (size_t i = 0; i < n; i++)
			buffer_printf(&parts, "|" SLICE_FMT, SLICE_ARG(arguments[i]));
	CHECK_TEXT(buffer_slice(&parts), wants);
	buffer_free(&parts);
}

static void arguments_are_parted_by_one_space(void)
{
	check_line(SLICE("NOOP"), "NOOP");
	check_line(SLICE("retr 1"), "retr|1");
	check_line(SLICE("TOP 1 10"), "TOP|1|10");
	check_line(SLICE("USER zo\xC3\xAB"), "USER|zo\xC3\xAB");
	check_line(SLICE(""), "");
	check_line(SLICE("NOOP "), "NOOP|no arguments");
	check_line(SLICE("RETR  1"), "RETR|no arguments");
	check_line(SLICE("RETR 1 "), "RETR|no arguments");
	check_line(SLICE("TOP 1 2 3"), "TOP|no arguments");
	check_line(SLICE("USER a\tb"), "USER|no arguments");
	check_line(SLICE("USER a\0b"), "USER|no arguments");
	check_line(SLICE("USER a\x7F"), "USER|no arguments");
	check_line(SLICE(" NOOP"), "|NOOP");
}

static void pass_keeps_its_spaces(void)
{
	struct slice keyword, behind;
	CHECK(pop3_keyword(SLICE("PASS  two  words "), &keyword, &behind));
	CHECK_TEXT(behind, " two  words ");
	CHECK(pop3_keyword(SLICE("PASS "), &keyword, &behind));
	CHECK_TEXT(behind, "");
	CHECK(!pop3_keyword(SLICE("PASS"), &keyword, &behind));
}

static void language_ranges(void)
{
	CHECK(pop3_language_range(SLICE("*"), SLICE("en")));
	CHECK(pop3_language_range(SLICE("EN"), SLICE("en")));
	CHECK(pop3_language_range(SLICE("en"), SLICE("en-GB")));
	CHECK(!pop3_language_range(SLICE("en-GB"), SLICE("en")));
	CHECK(!pop3_language_range(SLICE("e"), SLICE("en")));
	CHECK(!pop3_language_range(SLICE(""), SLICE("en")));
	CHECK(!pop3_language_range(SLICE("MUL"), SLICE("en")));
}

static void numbers(void)
{
	uint64_t number;
	CHECK(pop3_message_number(SLICE("18446744073709551615"), &number) && number == UINT64_MAX);
	CHECK(!pop3_message_number(SLICE("18446744073709551616"), &number));
	CHECK(!pop3_message_number(SLICE("0"), &number));
	CHECK(!pop3_message_number(SLICE("-1"), &number));
	CHECK(!pop3_message_number(SLICE("+1"), &number));
	CHECK(!pop3_message_number(SLICE("1x"), &number));
	CHECK(!pop3_message_number(SLICE(""), &number));
}

static void digests(void)
{
	CHECK(pop3_digest(SLICE("c4c9334bac560ecc979e58001b3e22fb")));
	CHECK(!pop3_digest(SLICE("C4C9334BAC560ECC979E58001B3E22FB")));
	CHECK(!pop3_digest(SLICE("c4c9334bac560ecc979e58001b3e22f")));
	CHECK(!pop3_digest(SLICE("")));
}

int main(void)
{
	TEST(arguments_are_parted_by_one_space);
	TEST(pass_keeps_its_spaces);
	TEST(language_ranges);
	TEST(numbers);
	TEST(digests);
	return test_end();
}
