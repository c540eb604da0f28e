/*
 * SEARCH: programs right and wrong, each key held against mails, and what is said of those that were found.
 */
#include "test.h"

#include "lab/imap_search.h"

#define ONE \
	"Date: Sun, 25 Mar 2007 00:30:00 +0300\r\nFrom: =?iso-8859-1?Q?J=D6rg?= <joerg (at home) @ example.org>\r\n" \
	"To: Friends: alice@a, \"B. Bob\" <bob@b>;\r\nSubject: Hello\r\n beautiful =?utf-8?B?V8OWUkxE?=\r\nX-Extra:\r\n" \
	"Content-Type: multipart/mixed; boundary=x\r\n\r\npreamble\r\n--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n" \
	"Content-Transfer-Encoding: quoted-printable\r\n\r\nStra=\r\n=DFe und \xD6l\r\n--x\r\nContent-Type: image/png; name=photo.png\r\n" \
	"Content-Transfer-Encoding: base64\r\n\r\nc2VjcmV0\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n" \
	"Subject: forwarded\r\nContent-Transfer-Encoding: base64\r\n\r\naW5uZXJtb3N0\r\n--x--\r\n"

static const struct mailbox mailbox = { .keywords = { "$Forwarded", "work" } };

/* What the keys say of that mail, which is the third of five and recent: "yes", "no", or what is wrong with them. */
static const char *answer(struct slice text, const char *keys)
{
	struct mail mail = { .uid = 30, .flags = MAIL_SEEN | MAIL_DRAFT | 1 << MAIL_KEYWORDS, .holders = 1 };
	struct search_place place = { &mailbox, 5, 50 };
	struct imap_tree tree = { 0 };
	enum search_fault fault = SEARCH_GOOD;
	const char *problem = NULL, *said = NULL;
	mail.received = 1174771800; /* 24-Mar-2007 23:30 +0200 */
	mail.zone = 120;
	mail.message = message_new(text);
	imap_tree_parse(&tree, slice_of(keys), NULL, 0);
	struct search *search = search_new(&tree, 0, &fault, &problem);
	CHECK((search == NULL) == (fault != SEARCH_GOOD));
	if (search)
		said = search_matches(search, &place, &mail, 3, true) ? "yes" : "no";
	else
		said = fault == SEARCH_CHARSET ? "charset" : problem;
	search_free(search);
	imap_tree_free(&tree);
	message_release(mail.message);
	return said;
}

static void all_are(const char *wanted, const char *const *keys)
{
	for (; *keys; keys++) {
		const char *said = answer(SLICE(ONE), *keys);
		if (strcmp(said, wanted) != 0)
			printf("# %s\n", *keys);
		CHECK_TEXT(slice_of(said), wanted);
	}
}

static void keys_that_match(void)
{
	static const char *const keys[] = { "ALL",
		                            "seen draft",
		                            "KEYWORD $forwarded",
		                            "UNKEYWORD work",
		                            "UNKEYWORD none",
		                            "UNANSWERED",
		                            "RECENT",
		                            "3",
		                            "1:*",
		                            "*:2",
		                            "4:2,9",
		                            "UID 30",
		                            "UID 40:20",
		                            "3 UID 1:4294967295",
		                            "ON 24-Mar-2007",
		                            "BEFORE 25-Mar-2007",
		                            "SINCE \"24-mar-2007\"",
		                            "SENTON 25-Mar-2007",
		                            "SENTBEFORE 26-Mar-2007",
		                            "SENTSINCE 25-Mar-2007",
		                            "LARGER 100",
		                            "SMALLER 2000",
		                            "FROM joerg@example.org",
		                            "FROM \"J\xC3\xB6RG\"",
		                            "FROM \"at home\"",
		                            "TO friends",
		                            "TO \"bob <bob@b>\"",
		                            "SUBJECT \"hello beautiful w\xC3\xB6rld\"",
		                            "SUBJECT \"\"",
		                            "HEADER X-Extra \"\"",
		                            "TEXT hello",
		                            "TEXT \"subject: hello\"",
		                            "BODY \"stra\xC3\x9F"
		                            "e\"",
		                            "BODY \"\xC3\xB6l\"",
		                            "TEXT forwarded",
		                            "BODY innermost",
		                            "BODY \"\"",
		                            "TEXT photo.png",
		                            NULL };
	all_are("yes", keys);
}

static void keys_that_do_not(void)
{
	static const char *const keys[] = { "UNSEEN",
		                            "NEW",
		                            "OLD",
		                            "DELETED",
		                            "KEYWORD work",
		                            "KEYWORD none",
		                            "1:2,4:*",
		                            "UID 31:*",
		                            "ON 25-Mar-2007",
		                            "BEFORE 24-Mar-2007",
		                            "SINCE 25-Mar-2007",
		                            "SENTON 24-Mar-2007",
		                            "SENTBEFORE 25-Mar-2007",
		                            "SENTSINCE 26-Mar-2007",
		                            "LARGER 2000",
		                            "SMALLER 100",
		                            "CC bob",
		                            "BCC \"\"",
		                            "HEADER X-None \"\"",
		                            "HEADER X-Extra NIL",
		                            "BODY hello",
		                            "BODY secret",
		                            "BODY photo.png",
		                            "BODY forwarded",
		                            "BODY preamble2",
		                            NULL };
	all_are("no", keys);
}

static void keys_that_hold_keys(void)
{
	static const char *const yes[] = { "NOT UNSEEN",
		                           "NOT NOT SEEN",
		                           "OR UNSEEN SEEN",
		                           "OR SEEN UNSEEN",
		                           "OR (UNSEEN DRAFT) (SEEN (DRAFT 3))",
		                           "NOT (SEEN UNSEEN)",
		                           "OR UNSEEN OR NEW OR OLD 3 DRAFT",
		                           "(ALL) ((3))",
		                           "NOT OR UNSEEN NEW SEEN",
		                           NULL };
	static const char *const no[] = { "NOT SEEN",      "SEEN UNSEEN",        "NOT (SEEN DRAFT)", "OR UNSEEN NEW",
		                          "OR SEEN 3 NEW", "NOT OR UNSEEN SEEN", "SEEN (3 NOT 3)",   NULL };
	struct buffer deep = { 0 };
	all_are("yes", yes);
	all_are("no", no);
	for (unsigned i = 0; i < 1000; i++)
		buffer_add_string(&deep, "NOT OR UNSEEN ");
	buffer_add_string(&deep, "SEEN");
	char *many = buffer_take(&deep);
	CHECK_TEXT(slice_of(answer(SLICE(ONE), many)), "yes");
	free(many);
	for (unsigned i = 0; i < 2000; i++)
		buffer_add_string(&deep, "NOT OR UNSEEN ");
	buffer_add_string(&deep, "SEEN");
	char *keys = buffer_take(&deep);
	CHECK_TEXT(slice_of(answer(SLICE(ONE), keys)), "too many keys");
	free(keys);
}

static void programs_that_are_wrong(void)
{
	static const struct {
		const char *keys, *problem;
	} wrong[] = {
		{ "", "a key of SEARCH is missing" },
		{ "()", "a key of SEARCH is missing" },
		{ "ALL (", "a ( is not closed" },
		{ "NOT", "a key must follow NOT, and two must follow OR" },
		{ "OR SEEN", "a key must follow NOT, and two must follow OR" },
		{ "(OR SEEN) DRAFT", "a key must follow NOT, and two must follow OR" },
		{ "FOO", "no such key of SEARCH" },
		{ "\"ALL\"", "a key of SEARCH is a word, such as UNSEEN" },
		{ "0", "no such key of SEARCH" },
		{ "$", "no such key of SEARCH" },
		{ "FROM", "a string must stand behind this key" },
		{ "(FROM) x", "a string must stand behind this key" },
		{ "TEXT (a)", "a string must stand behind this key" },
		{ "TEXT \"\xE9\"", "the string is no UTF-8" },
		{ "HEADER Subject", "a string must stand behind this key" },
		{ "HEADER", "the name of a header field must stand behind HEADER" },
		{ "SINCE 31-Apr-2020", "a date must stand behind this key, such as 1-Feb-1994" },
		{ "SINCE \" 1-Apr-2020 00:00:00 +0000\"", "a date must stand behind this key, such as 1-Feb-1994" },
		{ "LARGER -1", "a number of octets must stand behind this key" },
		{ "UID x", "a set of UIDs must stand behind UID, such as 2:4,7" },
		{ "KEYWORD \\Seen", "a keyword must stand behind this key, such as $Forwarded" },
		{ "RETURN ALL", "options in parentheses must stand behind RETURN, such as (MIN COUNT)" },
		{ "RETURN (SAVE) ALL", "the options of RETURN are MIN, MAX, ALL and COUNT" },
		{ "RETURN ()", "a key of SEARCH is missing" },
		{ "CHARSET", "the name of a charset must stand behind CHARSET" },
		{ "CHARSET koi8-r ALL", "charset" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK_TEXT(slice_of(answer(SLICE(ONE), wrong[i].keys)), wrong[i].problem);
	CHECK_TEXT(slice_of(answer(SLICE(ONE), "CHARSET utf-8 TEXT hello")), "yes");
	CHECK_TEXT(slice_of(answer(SLICE(ONE), "RETURN (MIN) CHARSET US-ASCII SEEN")), "yes");
}

static void dates_that_are_missing(void)
{
	static const char *const keys[] = { "SENTON 1-Jan-1970", "SENTBEFORE 1-Jan-2030", "SENTSINCE 1-Jan-1970" };
	for (size_t i = 0; i < 3; i++) {
		CHECK_TEXT(slice_of(answer(SLICE("A: b\r\n\r\n"), keys[i])), "no");
		CHECK_TEXT(slice_of(answer(SLICE("Date: never\r\n\r\n"), keys[i])), "no");
	}
}

/* A string whose front comes again and again inside it. */
static void strings_that_nearly_match(void)
{
	CHECK_TEXT(slice_of(answer(SLICE("\r\nababacabaabababacab"), "BODY ababacabx")), "no");
	CHECK_TEXT(slice_of(answer(SLICE("\r\nababacabaabababacab"), "BODY abababac")), "yes");
	CHECK_TEXT(slice_of(answer(SLICE("\r\naaaaaaaaab"), "BODY aaab")), "yes");
	CHECK_TEXT(slice_of(answer(SLICE("\r\n\xCE\x9F\xCE\x94\xCE\x9F\xCE\xA3"),
	                           "BODY \"\xCE\xBF\xCE\xB4\xCE\xBF\xCF\x82\"")),
	           "yes"); /* Greek, with a sigma of the word's end */
	CHECK_TEXT(slice_of(answer(SLICE("\r\n\xD0\x9F\xD0\xA0\xD0\x98"), "BODY \"\xD0\xBF\xD1\x80\xD0\xB8\"")), "yes");
	CHECK_TEXT(slice_of(answer(SLICE("\r\n\xC5\x81\xC3\x93\xC5\xB9"), "BODY \"\xC5\x82\xC3\xB3\xC5\xBA\"")), "yes");
}

/* ---- what was found ---- */

static void said(const char *keys, const uint32_t *numbers, bool uid, const char *wanted)
{
	struct imap_tree tree = { 0 };
	struct search_found found = { 0 };
	struct buffer out = { 0 };
	enum search_fault fault;
	const char *problem = NULL;
	imap_tree_parse(&tree, slice_of(keys), NULL, 0);
	struct search *search = search_new(&tree, 0, &fault, &problem);
	CHECK(search != NULL);
	for (; *numbers; numbers++)
		search_found(&found, *numbers);
	search_say(&out, search, &found, SLICE("a1"), uid);
	CHECK_TEXT(buffer_slice(&out), wanted);
	search_free(search);
	search_found_free(&found);
	imap_tree_free(&tree);
	buffer_free(&out);
}

static void replies(void)
{
	static const uint32_t some[] = { 2, 3, 4, 7, 9, 10, 0 }, none[] = { 0 }, last[] = { UINT32_MAX, 0 };
	said("ALL", some, false, "* SEARCH 2 3 4 7 9 10\r\n");
	said("ALL", none, true, "* SEARCH\r\n");
	said("ALL", last, true, "* SEARCH 4294967295\r\n");
	said("RETURN () ALL", some, true, "* ESEARCH (TAG \"a1\") UID ALL 2:4,7,9:10\r\n");
	said("RETURN (COUNT max MIN) ALL", some, false, "* ESEARCH (TAG \"a1\") MIN 2 MAX 10 COUNT 6\r\n");
	said("RETURN (MIN MAX ALL COUNT) ALL", none, true, "* ESEARCH (TAG \"a1\") UID COUNT 0\r\n");
	said("RETURN () ALL", none, false, "* ESEARCH (TAG \"a1\")\r\n");
}

int main(void)
{
	TEST(keys_that_match);
	TEST(keys_that_do_not);
	TEST(keys_that_hold_keys);
	TEST(programs_that_are_wrong);
	TEST(dates_that_are_missing);
	TEST(strings_that_nearly_match);
	TEST(replies);
	return test_end();
}
