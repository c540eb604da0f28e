/* The grammar of SMTP's addresses and parameters: what a server lets pass, and what it does not. */
#include "protocol/smtp_address.h"
#include "protocol/smtp_syntax.h"
#include "protocol/smtp_values.h"
#include "test.h"

/* Why it is no mailbox; "" where it is one. */
static struct slice problem(const char *address)
{
	struct smtp_address mailbox;
	smtp_address_parse(slice_of(address), &mailbox);
	return mailbox.problem ? slice_of(mailbox.problem) : SLICE("");
}

static void addresses(void)
{
	static const char *const good[] = {
		"bob@foo.com",
		"bob+tag@foo.com",
		"!#$%&'*+-/=?^_`{|}~@foo.com",
		"a.b.c@localhost",
		"\"bob smith\"@foo.com",
		"\"a@b\"@foo.com",
		"\"a\\\"b\"@foo.com",
		"\"\"@foo.com",
		"bob@[127.0.0.1]",
		"bob@[IPv6:::1]",
		"bob@[IPv6:2001:db8::1]",
		"bob@[IPv6:1:2:3:4:5:6:7:8]",
		"bob@[IPv6:::ffff:192.0.2.1]",
		"bob@[IPv6:1:2:3:4:5:6:192.0.2.1]",
		"bob@[x400:c=us]",
		"@a.example,@b.example:bob@foo.com",
		("b\xc3\xb6"
		 "b@k\xc3\xb6ln.example"),
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK_TEXT(problem(good[i]), "");
}

static void no_addresses(void)
{
	CHECK_TEXT(problem("bob"), "the address has no @ and domain");
	CHECK_TEXT(problem("@foo.com"), "the source route is none: @host,@host: in front of the address");
	CHECK_TEXT(problem("@a:b@foo.com,@c"), "this is no domain: letters, digits, hyphens and dots");
	CHECK_TEXT(problem("bob@"), "no domain stands after the @");
	CHECK_TEXT(problem("a..b@foo.com"), "a dot of the local part stands at its end or beside another");
	CHECK_TEXT(problem(".a@foo.com"), "a dot of the local part stands at its end or beside another");
	CHECK_TEXT(problem("a.@foo.com"), "a dot of the local part stands at its end or beside another");
	CHECK_TEXT(problem("a b@foo.com"), "the local part holds a character that must be quoted");
	CHECK_TEXT(problem("a(b@foo.com"), "the local part holds a character that must be quoted");
	CHECK_TEXT(problem("a\rb@foo.com"), "the local part holds a character that must be quoted");
	CHECK_TEXT(problem("\"a\"b@foo.com"), "something stands behind the quoted local part");
	CHECK_TEXT(problem("\"a@foo.com"), "the address has no @ and domain");
	CHECK_TEXT(problem("\"a\x01\"@foo.com"), "a control character stands in the quoted local part");
	CHECK_TEXT(problem("b\xff@foo.com"), "the address is no UTF-8, or holds invisible characters");
	static const char *const domains[] = {
		"a@-b.com", "a@b-.com", "a@b..com", "a@.com", "a@b.com.", "a@b_c.com", "a@b@c", "a@b c",
	};
	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++)
		CHECK_TEXT(problem(domains[i]), "this is no domain: letters, digits, hyphens and dots");
	static const char *const literals[] = {
		"a@[]",
		"a@[1.2.3]",
		"a@[1.2.3.256]",
		"a@[1.2.3.4.5]",
		"a@[1.2.3.04x]",
		"a@[IPv6:1::2::3]",
		"a@[IPv6:12345::]",
		"a@[IPv6:1:2:3:4:5:6:7]",
		"a@[IPv6:1:2:3:4:5:6:7::]",
		"a@[::1]",
		"a@[1.2.3.4",
		"a@[x:]",
		"a@[x:a\\b]",
	};
	for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++)
		CHECK_TEXT(problem(literals[i]), "this is no address literal");
}

/* RFC 5321 4.5.3.1: that many octets are taken, one more is not. */
static void lengths(void)
{
	char local[] = "1234567890123456789012345678901234567890123456789012345678901234@b";
	char longer[] = "12345678901234567890123456789012345678901234567890123456789012345@b";
	CHECK_TEXT(problem(local), "");
	CHECK_TEXT(problem(longer), "the local part is longer than 64 octets");
	struct buffer path = { 0 };
	buffer_add_string(&path, "a@");
	while (path.n < SMTP_PATH_MAX - 2)
		buffer_add_octet(&path, 'b');
	buffer_add_octet(&path, '\0');
	CHECK_TEXT(problem(path.p), "");
	path.n--;
	buffer_add(&path, "b", 2);
	CHECK_TEXT(problem(path.p), "the path is longer than 256 octets");
	buffer_free(&path);
}

static struct slice local_of(const char *address)
{
	static struct buffer out;
	struct smtp_address mailbox;
	buffer_clear(&out);
	smtp_address_parse(slice_of(address), &mailbox);
	smtp_local_part(&out, mailbox.local);
	return buffer_slice(&out);
}

/* All quoted forms are one. */
static void local_parts(void)
{
	CHECK_TEXT(local_of("bob@foo.com"), "bob");
	CHECK_TEXT(local_of("\"bob\"@foo.com"), "bob");
	CHECK_TEXT(local_of("\"b\\ob\"@foo.com"), "bob");
	CHECK_TEXT(local_of("\"a@b\"@foo.com"), "a@b");
	CHECK_TEXT(local_of("@x.example:bob@foo.com"), "bob");
}

static void paths(void)
{
	struct smtp_path path;
	smtp_path_parse(SLICE("FROM: <a@b> SIZE=1"), SLICE("FROM:"), true, &path);
	CHECK_TEXT(slice_of(path.problem), "no space may stand after the colon");
	CHECK(path.fault == NULL);
	CHECK_TEXT(path.address, "a@b");
	CHECK_TEXT(path.parameters, "SIZE=1");
	smtp_path_parse(SLICE("FROM: <a>"), SLICE("FROM:"), true, &path);
	CHECK_TEXT(slice_of(path.problem), "no space may stand after the colon");
	CHECK_TEXT(slice_of(path.fault), "the address has no @ and domain");
	smtp_path_parse(SLICE("TO:a@b"), SLICE("TO:"), false, &path);
	CHECK_TEXT(slice_of(path.fault), "the address must stand between < and >");
	smtp_path_parse(SLICE("TO:<@HOSTX,JOE@HOSTW>"), SLICE("TO:"), false, &path);
	CHECK_TEXT(slice_of(path.fault), "the source route must end with a colon");
	smtp_path_parse(SLICE("TO:<@foo.com>"), SLICE("TO:"), false, &path);
	CHECK_TEXT(slice_of(path.fault), "nothing stands before the @");
	smtp_path_parse(SLICE("TO:<Postmaster>"), SLICE("TO:"), false, &path);
	CHECK(path.fault == NULL && path.problem == NULL);
}

static struct slice decoded(const char *xtext)
{
	static struct buffer out;
	buffer_clear(&out);
	buffer_add_string(&out, "> ");
	return smtp_xtext(&out, slice_of(xtext)) ? buffer_slice(&out) : out.n == 2 ? SLICE("none") : SLICE("changed");
}

static void xtext(void)
{
	CHECK_TEXT(decoded("e+3Dmc2@example.com"), "> e=mc2@example.com");
	CHECK_TEXT(decoded("a+2Bb"), "> a+b");
	CHECK_TEXT(decoded("a+2bb"), "none"); /* upper case alone (RFC 3461 4) */
	CHECK_TEXT(decoded("a+2"), "none");
	CHECK_TEXT(decoded("a=b"), "none");
	CHECK_TEXT(decoded("a b"), "none");
}

static void values(void)
{
	CHECK(smtp_is_notify(SLICE("NEVER")) && smtp_is_notify(SLICE("success,DELAY,Failure")));
	CHECK(!smtp_is_notify(SLICE("NEVER,SUCCESS")) && !smtp_is_notify(SLICE("")));
	CHECK(!smtp_is_notify(SLICE("SUCCESS,")) && !smtp_is_notify(SLICE(",SUCCESS")));
	CHECK(smtp_is_ret(SLICE("full")) && smtp_is_ret(SLICE("HDRS")) && !smtp_is_ret(SLICE("ALL")));
	CHECK(smtp_is_envid(SLICE("QQ314159")) && !smtp_is_envid(SLICE("")) && !smtp_is_envid(SLICE("a+00")));
	CHECK(smtp_is_orcpt(SLICE("rfc822;Bob+2Btag@foo.com")) && !smtp_is_orcpt(SLICE("Bob@foo.com")));
	CHECK(!smtp_is_orcpt(SLICE("rfc822;")) && !smtp_is_orcpt(SLICE(";bob")));
	CHECK(smtp_is_orcpt(SLICE("utf-8;b\\x{F6}b@foo.com")) && smtp_is_orcpt(SLICE("utf-8;b\xc3\xb6"
	                                                                             "b@foo.com")));
	CHECK(!smtp_is_orcpt(SLICE("utf-8;b\\x{GG}@foo.com")) && !smtp_is_orcpt(SLICE("rfc822;b\xc3\xb6"
	                                                                              "b")));
	CHECK(smtp_is_auth(SLICE("<>")) && smtp_is_auth(SLICE("e+3Dmc2@example.com")));
	CHECK(smtp_is_auth(SLICE("bob")) && !smtp_is_auth(SLICE("")) && !smtp_is_auth(SLICE("a@b+0Ac")) &&
	      !smtp_is_auth(SLICE("e=mc2@example.com")));
	CHECK(smtp_is_value(SLICE("a;b,c")) && !smtp_is_value(SLICE("a=b")) && !smtp_is_value(SLICE("")));
	CHECK(smtp_is_keyword(SLICE("X-A1")) && !smtp_is_keyword(SLICE("-A")) && !smtp_is_keyword(SLICE("A_B")));
}

int main(void)
{
	TEST(addresses);
	TEST(no_addresses);
	TEST(lengths);
	TEST(local_parts);
	TEST(paths);
	TEST(xtext);
	TEST(values);
	return test_end();
}
