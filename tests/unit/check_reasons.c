/*
 * The table of reasons, and which row of it is taken.
 */
#include "script/check_inside.h"
#include "test.h"

static const struct reason *of(const struct protocol *protocol, const char *problem)
{
	return reason_of(protocol, slice_of(problem));
}

static const struct protocol *named(const char *name)
{
	return protocol_named(slice_of(name));
}

static void is_sorted(void)
{
	for (size_t i = 1; i < check_reasons_n; i++) {
		const struct reason *a = &check_reasons[i - 1], *b = &check_reasons[i];
		int order = strcmp(a->problem, b->problem);
		if (order == 0)
			order = strcmp(a->protocol ? a->protocol : "", b->protocol ? b->protocol : "");
		if (order >= 0)
			printf("# out of order: %s\n", b->problem);
		CHECK(order < 0);
	}
}

/* A row's sentence begins with a capital or a number and has no full stop, its protocol is one, and its section an RFC's. */
static void rows_are_whole(void)
{
	for (size_t i = 0; i < check_reasons_n; i++) {
		const struct reason *row = &check_reasons[i];
		CHECK(row->protocol == NULL || named(row->protocol));
		CHECK(row->ref == NULL || strncmp(row->ref, "RFC ", 4) == 0);
		if (row->why == NULL)
			continue;
		size_t n = strlen(row->why);
		CHECK(n > 0 && row->why[n - 1] != '.' && !(row->why[0] >= 'a' && row->why[0] <= 'z'));
		CHECK(strcmp(row->why, row->problem) != 0);
	}
}

static void chosen(void)
{
	const struct protocol *smtp = named("smtp"), *lmtp = named("lmtp"), *imap = named("imap");
	const struct reason *row = of(smtp, "not allowed in this state: it needs MAIL first (RFC 5321 3.3)");
	CHECK_TEXT(slice_of(row->problem), "not allowed in this state: it needs MAIL first");
	row = of(smtp, "no such command: perhaps MAIL is meant");
	CHECK_TEXT(slice_of(row->problem), "no such command");
	CHECK_TEXT(slice_of(row->ref), "RFC 5321 4.2.4");
	CHECK(of(lmtp, "no such command") == of(smtp, "no such command"));
	CHECK_TEXT(slice_of(of(imap, "no such command")->ref), "RFC 9051 7.1.3");
	CHECK_TEXT(slice_of(of(smtp, "bare LF: lines end in CRLF")->ref), "RFC 5321 2.3.8");
	CHECK(of(named("tcp"), "bare LF: lines end in CRLF")->ref == NULL);
	CHECK(of(NULL, "bare LF: lines end in CRLF")->ref == NULL);
	CHECK(of(imap, "no such thing") == NULL);
	CHECK(of(imap, "") == NULL);
}

/* What a line says may stand in a problem. */
static void stars(void)
{
	const struct protocol *pop3 = named("pop3"), *imap = named("imap"), *http = named("http");
	CHECK_TEXT(slice_of(of(pop3, "QUIT takes no argument")->problem), "* takes no argument");
	CHECK(of(pop3, "QUIT takes no argum") == NULL);
	CHECK_TEXT(slice_of(of(imap, "\"1 is\" is no number, \" is not a number")->problem), "\"*\" is not a number");
	CHECK_TEXT(slice_of(of(http, "12 octets of the request's body are missing")->problem),
	           "* octets of the *'s body are missing");
	CHECK_TEXT(slice_of(of(http, "* is a target of OPTIONS only")->problem), "* is a target of OPTIONS only");
	CHECK_TEXT(slice_of(of(imap, "nothing follows the *: a response's name must")->problem),
	           "nothing follows the *");
	CHECK_TEXT(slice_of(of(pop3, "LIST must be followed by one message number, from 1, or by nothing")->problem),
	           "* must be followed by one message number, from 1, or by nothing");
}

int main(void)
{
	TEST(is_sorted);
	TEST(rows_are_whole);
	TEST(chosen);
	TEST(stars);
	return test_end();
}
