/*
 * FTP's grammar: replies, addresses of data connections, Telnet commands, quoted paths, times and facts.
 */
#include "test.h"

#include "protocol/coded_reply.h"
#include "protocol/ftp_syntax.h"

/* ---- replies ---- */

static void replies(void)
{
	struct coded_reply reply;
	CHECK(coded_reply_parse(SLICE("220 ready"), '6', &reply) && !reply.continues);
	CHECK_TEXT(reply.code, "220");
	CHECK_TEXT(reply.text, "ready");
	CHECK(coded_reply_parse(SLICE("123-First line"), '6', &reply) && reply.continues);
	CHECK(coded_reply_parse(SLICE("250"), '6', &reply) && reply.separated && reply.text.n == 0);
	CHECK(coded_reply_parse(SLICE("631 YWJj"), '6', &reply)); /* RFC 2228 5.2 */
	CHECK(coded_reply_parse(SLICE("220ready"), '6', &reply) && !reply.separated);
	CHECK(!coded_reply_parse(SLICE("  234 A line beginning with numbers"), '6', &reply));
	CHECK(!coded_reply_parse(SLICE("2200 four digits"), '6', &reply));
	CHECK(!coded_reply_parse(SLICE("730 no such class"), '6', &reply));
	CHECK(!coded_reply_parse(SLICE("22"), '6', &reply));
}

/* ---- addresses ---- */

/* What an address says, or what is wrong with it, in one line. */
static const char *address(const char *text, enum ftp_address_form form, bool in_reply)
{
	static char *said;
	struct ftp_address a;
	ftp_address_parse(slice_of(text), form, in_reply, &a);
	free(said);
	said = a.problem ? string_printf("wrong: %s", a.problem)
	                 : string_printf(SLICE_FMT " " SLICE_FMT " %lu", SLICE_ARG(a.text),
	                                 SLICE_ARG(buffer_slice(&a.host)), a.port);
	ftp_address_free(&a);
	return said;
}

#define CHECK_ADDRESS(text, form, in_reply, wanted) CHECK_TEXT(slice_of(address(text, form, in_reply)), wanted)

static void six_numbers(void)
{
	CHECK_ADDRESS("127,0,0,1,200,21", FTP_SHORT, false, "127,0,0,1,200,21 127.0.0.1 51221");
	CHECK_ADDRESS("10,0,0,1,255,255", FTP_SHORT, false, "10,0,0,1,255,255 10.0.0.1 65535");
	CHECK_ADDRESS("127,0,0,1,200", FTP_SHORT, false,
	              "wrong: six numbers with commas between them must stand here: four of the host's address, two of "
	              "the port");
	CHECK_ADDRESS("127,0,0,1,200,256", FTP_SHORT, false,
	              "wrong: each of the six numbers stands for one octet: 255 is the most");
	CHECK_ADDRESS("127,0,0,1,4294967296,21", FTP_SHORT, false,
	              "wrong: each of the six numbers stands for one octet: 255 is the most");
	CHECK_ADDRESS("127,0,0,1,0,0", FTP_SHORT, false, "wrong: nobody can listen at port 0");
	CHECK_ADDRESS("127,0,0,1,200,21 x", FTP_SHORT, false, "wrong: nothing may follow the six numbers");
}

/* RFC 1123 4.1.2.6: parentheses may be missing, and more words may stand around. */
static void six_numbers_in_a_reply(void)
{
	static const char *const replies_227[] = {
		"Entering Passive Mode (127,0,0,1,200,21)",  "Entering Passive Mode (127,0,0,1,200,21).",
		"Entering Passive Mode. 127,0,0,1,200,21",   "=127,0,0,1,200,21",
		"Passive mode no. 2 on 127,0,0,1,200,21 ok", "127,0,0,1,200,21",
	};
	for (size_t i = 0; i < sizeof replies_227 / sizeof replies_227[0]; i++)
		CHECK_ADDRESS(replies_227[i], FTP_SHORT, true, "127,0,0,1,200,21 127.0.0.1 51221");
	CHECK_ADDRESS("Entering Passive Mode", FTP_SHORT, true,
	              "wrong: six numbers with commas between them must stand here: four of the host's address, two of "
	              "the port");
}

static void extended(void) /* the examples of RFC 2428 section 2 */
{
	CHECK_ADDRESS("|1|132.235.1.2|6275|", FTP_EXTENDED, false, "|1|132.235.1.2|6275| 132.235.1.2 6275");
	CHECK_ADDRESS("|2|1080::8:800:200C:417A|5282|", FTP_EXTENDED, false,
	              "|2|1080::8:800:200C:417A|5282| 1080::8:800:200C:417A 5282");
	CHECK_ADDRESS("!1!132.235.1.2!6275!", FTP_EXTENDED, false, "!1!132.235.1.2!6275! 132.235.1.2 6275");
	CHECK_ADDRESS("|1|132.235.1.256|6275|", FTP_EXTENDED, false,
	              "wrong: family 1 is IPv4: four numbers up to 255 with dots between them");
	CHECK_ADDRESS("|2|132.235.1.2|6275|", FTP_EXTENDED, false,
	              "wrong: family 2 is IPv6: groups of digits with colons between them");
	CHECK_ADDRESS("|3|x|6275|", FTP_EXTENDED, false, "wrong: the family must be 1 (IPv4) or 2 (IPv6)");
	CHECK_ADDRESS("|1|132.235.1.2|65536|", FTP_EXTENDED, false, "wrong: the port must be a number up to 65535");
	CHECK_ADDRESS("|1|132.235.1.2|6275", FTP_EXTENDED, false,
	              "wrong: the form must be |family|address|port|, between four identical delimiters");
}

/* Which protocol EPRT names, whether FTP has it or not: for the 522 of RFC 2428 section 2. */
static unsigned family_of(const char *text)
{
	struct ftp_address address;
	ftp_address_parse(slice_of(text), FTP_EXTENDED, false, &address);
	unsigned family = address.family;
	ftp_address_free(&address);
	return family;
}

static void extended_family(void)
{
	CHECK(family_of("|1|132.235.1.2|6275|") == 1);
	CHECK(family_of("|2|::1|6275|") == 2);
	CHECK(family_of("|3|x|6275|") == 3);
	CHECK(family_of("|99999999999|x|6275|") > 2);
	CHECK(family_of("|x|y|6275|") == 0);
	CHECK(family_of("||132.235.1.2|6275|") == 0);
}

static void extended_in_a_reply(void) /* RFC 2428 section 3 */
{
	CHECK_ADDRESS("Entering Extended Passive Mode (|||6446|)", FTP_EXTENDED, true, "|||6446|  6446");
	CHECK_ADDRESS("Entering Extended Passive Mode |||6446|", FTP_EXTENDED, true,
	              "wrong: |||port| must stand here, in parentheses");
	CHECK_ADDRESS("(|1|10.0.0.1|6446|)", FTP_EXTENDED, true, "wrong: the first two fields must be empty");
	CHECK_ADDRESS("(|||0|)", FTP_EXTENDED, true, "wrong: nobody can listen at port 0");
	CHECK_ADDRESS("(|||x|)", FTP_EXTENDED, true, "wrong: the port must be a number up to 65535");
	CHECK_ADDRESS("()", FTP_EXTENDED, true, "wrong: the form must be (|||port|)");
}

static void long_addresses(void) /* RFC 1639 section 2 */
{
	CHECK_ADDRESS("4,4,10,0,0,1,2,200,21", FTP_LONG, false, "4,4,10,0,0,1,2,200,21 10.0.0.1 51221");
	CHECK_ADDRESS("Entering Long Passive Mode (6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1,2,200,21)", FTP_LONG, true,
	              "6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1,2,200,21 2001:db8:0:0:0:0:0:1 51221");
	CHECK_ADDRESS("4,4,10,0,0,1,3,1,200,21", FTP_LONG, false, "wrong: a port of TCP has two octets");
	CHECK_ADDRESS("4,4,10,0,0,999,2,200,21", FTP_LONG, false,
	              "wrong: each number stands for one octet: 255 is the most");
	CHECK_ADDRESS(
		"4,255,10", FTP_LONG, false,
		"wrong: numbers with commas between them must stand here: the address family, how many octets the "
		"address has, these, how many the port has, these");
}

/* ---- Telnet ---- */

static void telnet_is_taken_out(void)
{
	static const struct {
		const char *line, *clean;
	} rows[] = {
		{ "ABOR", "ABOR" },
		{ "\xFF\xF4\xFF\xF2"
		  "ABOR",
		  "ABOR" },
		{ "\xFF\xF4\xF2"
		  "ABOR",
		  "ABOR" }, /* the urgent octet was taken out of the stream */
		{ "RETR \xFF\xFF", "RETR \xFF" },
		{ "\xFF\xFB\x01NOOP", "NOOP" },
		{ "\xFF\xFA\x18\x01\xFF\xFFxy\xFF\xF0NOOP", "NOOP" },
		{ "NO\xFF\xF1OP", "NOOP" },
		{ "NOOP\xFF", "NOOP" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer clean = { 0 };
		ftp_telnet_strip(&clean, slice_of(rows[i].line));
		CHECK_TEXT(buffer_slice(&clean), rows[i].clean);
		buffer_free(&clean);
	}
}

static void offsets_are_of_the_line_as_it_came(void)
{
	struct slice line = SLICE("\xFF\xF4\xFF\xF2"
	                          "RETR \xFF\xFFx");
	CHECK(ftp_telnet_offset(line, 0) == 4);
	CHECK(ftp_telnet_offset(line, 4) == 8);
	CHECK(ftp_telnet_offset(line, 6) == 11);
	CHECK(ftp_telnet_offset(line, 7) == line.n);
	CHECK(ftp_telnet_offset(SLICE("NOOP"), 2) == 2);
}

/* ---- words in replies ---- */

static void quoted_paths(void) /* RFC 959 appendix II */
{
	static const struct {
		const char *text, *path;
	} rows[] = {
		{ "\"/usr/dm/pathname\" directory created", "/usr/dm/pathname" },
		{ "\"/usr/dm/foo\"\"bar\" directory created", "/usr/dm/foo\"bar" },
		{ "\"\"", "" },
		{ "/usr/dm", NULL },
		{ "\"/usr/dm", NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer path = { 0 };
		CHECK(ftp_quoted_path(&path, slice_of(rows[i].text)) == (rows[i].path != NULL));
		if (rows[i].path)
			CHECK_TEXT(buffer_slice(&path), rows[i].path);
		buffer_free(&path);
	}
}

static void times(void) /* RFC 3659 2.3 */
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "19980615100045", "1998-06-15 10:00:45 UTC" },
		{ "19980615100045.014", "1998-06-15 10:00:45.014 UTC" },
		{ "19981231235960", "1998-12-31 23:59:60 UTC" },
		{ "19981331235959", "" },
		{ "20230229000000", "" },
		{ "year0615100045", "" },
		{ "19980615100045.", "" },
		{ "1998061510004", "" },
		{ "yesterday", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer words = { 0 };
		CHECK(ftp_time_words(&words, slice_of(rows[i].text)) == (*rows[i].words != '\0'));
		CHECK_TEXT(buffer_slice(&words), rows[i].words);
		buffer_free(&words);
	}
}

static void facts(void) /* RFC 3659 7.2 */
{
	struct slice rest = SLICE("size=4161;Type=file;x.myfact=;"), name, value;
	CHECK(ftp_fact(&rest, &name, &value));
	CHECK_TEXT(name, "size");
	CHECK_TEXT(value, "4161");
	CHECK(ftp_fact(&rest, &name, &value));
	CHECK_TEXT(name, "Type");
	CHECK(ftp_fact(&rest, &name, &value));
	CHECK(value.n == 0);
	CHECK(!ftp_fact(&rest, &name, &value));
	rest = SLICE("no fact;");
	CHECK(!ftp_fact(&rest, &name, &value));
}

static void sizes(void)
{
	uint64_t octets = 0;
	CHECK(ftp_size_told(SLICE("Opening BINARY mode data connection for x (1204 bytes)."), &octets) &&
	      octets == 1204);
	CHECK(ftp_size_told(SLICE("x(1) (7 bytes)"), &octets) && octets == 7);
	CHECK(!ftp_size_told(SLICE("Here comes the directory listing."), &octets));
	CHECK(!ftp_size_told(SLICE("(99999999999999999999 bytes)"), &octets));
}

int main(void)
{
	TEST(replies);
	TEST(six_numbers);
	TEST(six_numbers_in_a_reply);
	TEST(extended);
	TEST(extended_family);
	TEST(extended_in_a_reply);
	TEST(long_addresses);
	TEST(telnet_is_taken_out);
	TEST(offsets_are_of_the_line_as_it_came);
	TEST(quoted_paths);
	TEST(times);
	TEST(facts);
	TEST(sizes);
	return test_end();
}
