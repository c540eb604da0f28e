/*
 * What the watchers of a check find: small scripts, and what is told of them.
 */
#include "script/check.h"
#include "test.h"

/* The findings of a script, each `NUMBER error: what` and LF; `said` gets its memory. */
static struct slice found(struct buffer *said, const char *script)
{
	struct script *scripts;
	size_t n;
	struct error error = { 0 };
	struct findings findings;
	buffer_clear(said);
	if (scripts_parse(slice_of(script), "t", &scripts, &n, &error) != STATUS_OK ||
	    check_script(&scripts[0], NULL, NULL, &findings, &error) != STATUS_OK) {
		error_clear(&error);
		return SLICE("not checked");
	}
	for (size_t i = 0; i < findings.n; i++)
		buffer_printf(said, "%u %s: %s\n", findings.rows[i].number,
		              findings.rows[i].level == CHECK_ERROR ? "error" : "warning", findings.rows[i].what);
	findings_free(&findings);
	scripts_free(scripts, n);
	return buffer_slice(said);
}

#define FINDS(script, what) \
	do { \
		struct buffer said_ = { 0 }; \
		CHECK_TEXT(found(&said_, script), what); \
		buffer_free(&said_); \
	} while (0)

/* ---- POP3 ---- */

#define POP3 "S: +OK ready\nC: USER bob\nS: +OK\nC: PASS x\n" /* lines 1 to 4 */

static void pop3_counts_agree(void)
{
	FINDS(POP3 "S: +OK bob's maildrop has 2 messages (320 octets)\nC: STAT\nS: +OK 2 320\n"
	           "C: LIST\nS: +OK 2 messages (320 octets)\nS: 1 120\nS: 2 200\nS: .\n"
	           "C: RETR 1\nS: +OK 120 octets\n<server sends the text of message 1>\nS: .\n"
	           "C: DELE 1\nS: +OK message 1 deleted\nC: STAT\nS: +OK 1 200\n"
	           "C: RETR 1\nS: -ERR message 1 is deleted\nC: DELE 2\nS: +OK\n"
	           "C: QUIT\nS: +OK dewey POP3 server signing off (maildrop empty)\n",
	      "");
}

static void pop3_counts_differ(void)
{
	FINDS(POP3 "S: +OK bob's maildrop has 2 messages (320 octets)\nC: STAT\nS: +OK 2 320\n"
	           "C: LIST\nS: +OK 1 messages (120 octets)\nS: 1 120\nS: .\nC: DELE 1\nS: +OK\n"
	           "C: QUIT\nS: +OK signing off (maildrop empty)\n",
	      "9 error: LIST says 1 message, but by line 5 there are 2\n"
	      "15 error: QUIT says that 0 messages are left, but 1 of 2 was deleted\n");
}

/* ---- IMAP ---- */

#define IMAP "S: * OK ready\nC: a1 LOGIN bob x\nS: a1 OK done\nC: a2 SELECT INBOX\nS: * 3 EXISTS\n"
#define SELECTED \
	IMAP "S: * FLAGS (\\Seen)\nS: * OK [UIDVALIDITY 1] ok\nS: * OK [UIDNEXT 9] ok\n" \
	     "S: * OK [PERMANENTFLAGS (\\Seen)] ok\nS: a2 OK [READ-WRITE] done\n" /* lines 1 to 10 */

static void select_says_enough(void)
{
	FINDS(SELECTED, "");
	FINDS(IMAP "S: * FLAGS (\\Seen)\nS: a2 OK done\n",
	      "4 error: the answer to SELECT lacks PERMANENTFLAGS, UIDNEXT and UIDVALIDITY\n");
	FINDS(IMAP "S: * {{*}}\nS: a2 OK done\n", "");
	FINDS(IMAP "S: a2 NO no such mailbox\n", "");
}

static void message_numbers(void)
{
	FINDS(SELECTED "C: a3 FETCH 3 FLAGS\nS: * 3 FETCH (FLAGS ())\nS: a3 OK done\n"
	               "C: a4 EXPUNGE\nS: * 3 EXPUNGE\nS: * 2 EXPUNGE\nS: a4 OK done\n",
	      "");
	FINDS(SELECTED "C: a4 EXPUNGE\nS: * 3 EXPUNGE\nS: * 3 EXPUNGE\nS: a4 OK done\n",
	      "13 error: there is no message 3: by line 12 the mailbox has 2\n");
	FINDS(SELECTED "C: a3 FETCH 4 FLAGS\nS: * 4 FETCH (FLAGS ())\nS: a3 OK done\n",
	      "11 error: there is no message 4: by line 5 the mailbox has 3\n"
	      "12 error: there is no message 4: by line 5 the mailbox has 3\n");
	FINDS(SELECTED "C: a3 FETCH 4 FLAGS\nS: a3 BAD no such message\nC: a4 FETCH 1:100 FLAGS\nS: a4 OK done\n", "");
	FINDS(SELECTED "C: a3 NOOP\nS: * 4 EXISTS\nS: * 2 EXISTS\nS: a3 OK done\n",
	      "13 error: EXISTS says 2, but by line 12 there are 4\n");
	FINDS(SELECTED "C: a3 SEARCH ALL\nS: * SEARCH 1 2 17\nS: a3 OK done\n"
	               "C: a4 UID SEARCH ALL\nS: * SEARCH 1 2 17\nS: a4 OK done\n",
	      "12 error: there is no message 17: by line 5 the mailbox has 3\n");
}

static void tags_come_once(void)
{
	FINDS("S: * OK ready\nC: a1 NOOP\nS: a1 OK done\nC: a1 NOOP\nS: a1 OK done\n",
	      "4 error: the tag a1 was given to a command already, in line 2\n");
}

int main(void)
{
	TEST(pop3_counts_agree);
	TEST(pop3_counts_differ);
	TEST(select_says_enough);
	TEST(message_numbers);
	TEST(tags_come_once);
	return test_end();
}
