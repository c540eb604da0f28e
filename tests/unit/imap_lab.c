/*
 * What the lab's IMAP server knows without a client: patterns of LIST, commands joined from lines and literals, sets, and
 * what several sessions are told of one mailbox.
 */
#include "lab/imap_command.h"
#include "lab/imap_pattern.h"
#include "lab/imap_view.h"
#include "test.h"

/* ---- patterns ---- */

static bool matches(const char *pattern, const char *name)
{
	return imap_pattern_matches(slice_of(pattern), slice_of(name));
}

static void patterns(void) /* RFC 3501 6.3.8 */
{
	CHECK(matches("*", "a/b/c"));
	CHECK(matches("*", ""));
	CHECK(matches("%", "a"));
	CHECK(!matches("%", "a/b"));
	CHECK(matches("%/%", "a/b"));
	CHECK(matches("a%c", "abbbc"));
	CHECK(matches("a%c", "ac"));
	CHECK(!matches("a%c", "ab/c"));
	CHECK(matches("*c%", "a/b/cd"));
	CHECK(!matches("*c%", "a/c/d"));
	CHECK(matches("%*", "a/b"));
	CHECK(!matches("work", "Work"));
	CHECK(matches("inbox", "INBOX"));
	CHECK(matches("iN%", "INBOX"));
	CHECK(!matches("", "a"));
	CHECK(!matches("a", "ab"));
	CHECK(!matches("ab", "a"));
}

static void a_pattern_never_costs_more_than_its_length_times_the_name(void)
{
	struct buffer pattern = { 0 }, name = { 0 };
	for (size_t i = 0; i < 500; i++)
		buffer_add_string(&pattern, "*a");
	for (size_t i = 0; i < 1000; i++)
		buffer_add_octet(&name, 'a');
	buffer_add_octet(&name, 'b');
	CHECK(!imap_pattern_matches(buffer_slice(&pattern),
	                            buffer_slice(&name))); /* tried way by way: 10^300 of them */
	buffer_free(&pattern);
	buffer_free(&name);
}

/* ---- commands ---- */

/* Tells the command in `script`: lines, which `|` ends, and literals. `want` is what is wrong, or what stands in the tree's nodes,
 * parted by `|`. */
static void command_is(const char *script, const char *want)
{
	struct imap_command_text c = { 0 };
	struct buffer said = { 0 };
	struct slice rest = slice_of(script);
	for (bool open = true; open;) {
		struct slice line = slice_part(rest, 0, slice_find_octet(rest, '|'));
		rest = slice_part(rest, line.n + 1, rest.n);
		imap_command_line(&c, line, false);
		open = imap_scan_end(&c.scan) == IMAP_END_LITERAL && c.scan.count <= rest.n;
		if (!open)
			break;
		size_t n = (size_t)c.scan.count;
		imap_command_literal(&c, n);
		imap_command_octets(&c, slice_part(rest, 0, n / 2));
		imap_command_octets(&c, slice_part(rest, n / 2, n));
		rest = slice_part(rest, n, rest.n);
	}
	imap_command_end(&c);
	if (c.wrong)
		buffer_printf(&said, "%s %s", c.reply, c.wrong);
	for (size_t i = 0; !c.wrong && i < c.tree.n; i++) {
		const struct imap_node *node = &c.tree.nodes[i];
		const struct imap_given *given = node->kind == IMAP_LITERAL ? imap_command_given(&c, i) : NULL;
		if (given && given->message)
			buffer_printf(&said, "message " SLICE_FMT "|", SLICE_ARG(message_text(given->message)));
		else
			buffer_printf(&said, SLICE_FMT "|", SLICE_ARG(node->content));
	}
	CHECK_TEXT(buffer_slice(&said), want);
	buffer_free(&said);
	imap_command_clear(&c);
}

static void commands_are_joined(void)
{
	command_is("a NOOP", "");
	command_is("a LOGIN bob \"red queen\"", "bob|red queen|");
	command_is("a LOGIN {3}|bob {6+}|hungry", "bob|hungry|");
	command_is("a LOGIN {0}| {1}|x", "|x|");
	command_is("a LIST \"\" ({1}|% *)", "|{1}\r\n *|%|*|");
	command_is("a APPEND {5}|INBOX {5}|hello", "INBOX|message hello|");
	command_is("a APPEND INBOX (\\Seen) {2}|hi {1}|x", "INBOX|\\Seen|\\Seen|message hi|message x|");
	command_is("a SEARCH TEXT \"{5}\"", "TEXT|{5}|");
}

static void wrong_commands(void)
{
	command_is("a LIST (", "BAD a ( is not closed");
	command_is("a LIST )", "BAD a ) stands without its (");
	command_is("a LIST \"", "BAD a quoted string is not closed by its \"");
	command_is("a LIST \"\\x\"", "BAD in a quoted string \\ may stand only before \" and \\");
	command_is("a LIST  x", "BAD one space must stand between words, not two");
	command_is("a LIST x ", "BAD a space stands at the line's end");
	command_is("a LIST \xC3\xA4", "BAD octets above 127 may stand only in strings");
	command_is("a LIST \"\"\r*", "BAD CR stands only before LF, at a line's end");
	command_is("a APPEND x {1}|y {0}|", "NO a message without any octets cancels APPEND");
	command_is("a LOGIN x\"{1}\" {1}|y", "x|{1}|y|");
	command_is("a LOGIN x{1}|y", "BAD a space stands before a literal");
	command_is("a APPEND x ~{1}|y", "BAD ~{n} needs BINARY, which is not offered here");
	command_is("a LIST \"\xC3\xA4\" x", "\xC3\xA4|x|");
	command_is("a LIST \"\xFF\" x", "BAD a quoted string is no UTF-8: send it as a literal");
}

static void literals_have_a_bound(void)
{
	struct imap_command_text c = { 0 };
	imap_command_line(&c, SLICE("a LOGIN {65537+}"), false);
	CHECK(!imap_command_literal(&c, 65537));
	CHECK(c.wrong && slice_equal(slice_of(c.reply), SLICE("BAD")));
	imap_command_octets(&c, SLICE("xxx"));
	CHECK(c.held.n == 0);
	imap_command_clear(&c);
	imap_command_line(&c, SLICE("a APPEND x {35882577}"), false);
	CHECK(imap_command_literal(&c, MESSAGE_MAX));
	CHECK(c.wrong == NULL);
	imap_command_clear(&c);
	imap_command_line(&c, SLICE("a APPEND x {35882578}"), false);
	(void)imap_command_literal(&c, MESSAGE_MAX + 1);
	CHECK_TEXT(slice_of(c.reply), "NO [TOOBIG]");
	imap_command_clear(&c);
	imap_command_line(&c, SLICE("a APPEND x {2}"), false);
	(void)imap_command_literal(&c, 2);
	imap_command_octets(&c, (struct slice){ "\0x", 2 });
	CHECK_TEXT(slice_of(c.wrong), "a literal holds no NUL");
	imap_command_clear(&c);
}

/* ---- views ---- */

/* A store with an empty mailbox of bob's. */
struct house {
	struct seed *seed;
	struct store *store;
	struct mailbox *mailbox;
};

static struct house house_new(void)
{
	struct store_options options = { .host = "host" };
	struct house house = { 0 };
	struct error error = { 0 };
	CHECK(seed_new(&options, &house.seed, &error) == STATUS_OK);
	house.store = store_new(house.seed, false);
	struct user *bob = store_user(house.store, SLICE("bob"));
	CHECK(user_create(bob, SLICE("Fresh"), NULL) == MAILBOX_DONE);
	house.mailbox = user_mailbox(bob, SLICE("Fresh"));
	return house;
}

static void house_free(struct house *house)
{
	store_free(house->store);
	seed_free(house->seed);
}

static void add(struct mailbox *mailbox)
{
	struct message *message = message_new(SLICE("Subject: x\n\ny\n"));
	CHECK(mailbox_add(mailbox, message, 0, 0, 0, NULL) == KEPT);
	message_release(message);
}

/* The stretches of a set, from 1. */
static void set_is(const struct imap_view *view, const char *text, bool uid, const char *want)
{
	struct imap_set set;
	struct buffer said = { 0 };
	size_t at = 0;
	if (imap_set_read(&set, view, slice_of(text), uid)) {
		while (imap_set_next(&set, &at))
			buffer_printf(&said, "%zu ", at + 1);
	} else {
		buffer_add_string(&said, "wrong");
	}
	CHECK_TEXT(buffer_slice(&said), want);
	buffer_free(&said);
	imap_set_free(&set);
}

static void sets(void)
{
	struct house house = house_new();
	struct imap_view view = { 0 };
	imap_view_open(&view, house.mailbox, false);
	set_is(&view, "1:*", false, "wrong"); /* RFC 3501 9, seq-number: `*` too is wrong where there is nothing */
	set_is(&view, "1:*", true, "");
	for (size_t i = 0; i < 6; i++)
		add(house.mailbox);
	mailbox_expunge(house.mailbox, house.mailbox->mails[1]); /* UIDs are 1 3 4 5 6 */
	imap_view_close(&view);
	imap_view_open(&view, house.mailbox, false);
	set_is(&view, "1:3,2", false, "1 2 3 ");
	set_is(&view, "4:2,1", false, "1 2 3 4 ");
	set_is(&view, "*", false, "5 ");
	set_is(&view, "*:4", false, "4 5 ");
	set_is(&view, "6", false, "wrong");
	set_is(&view, "0", false, "wrong");
	set_is(&view, "5:6", false, "wrong");
	set_is(&view, "2", true, "");
	set_is(&view, "1:2,6", true, "1 5 ");
	set_is(&view, "9:*", true, "5 ");
	set_is(&view, "9:10", true, "");
	set_is(&view, "1,1,1:1", true, "1 ");
	set_is(&view, "$", true, "wrong");
	set_is(&view, "1,", true, "wrong");
	imap_view_close(&view);
	house_free(&house);
}

static void uid_sets(void)
{
	static const uint32_t given[] = { 3, 4, 5, 9, 11, 12, 0 };
	struct imap_uids uids = { 0 };
	struct buffer out = { 0 };
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
		imap_uids_add(&uids, &out, given[i]);
	CHECK_TEXT(buffer_slice(&out), "3:5,9,11:12");
	buffer_free(&out);
}

/* A client that believes what it is told. */
#define KNOWN_MAX 4096
struct client {
	struct imap_view view;
	size_t n;
	bool deleted[KNOWN_MAX]; /* by number: whether it was told that the mail is \Deleted */
};

static void hear(struct client *client, struct slice told, bool expunge)
{
	while (told.n) {
		struct imap_response r;
		struct slice line = slice_line(&told);
		imap_response_parse(slice_part(line, 0, line.n - 2), &r);
		size_t number = (size_t)r.number;
		if (slice_equal(r.name, SLICE("EXISTS"))) {
			CHECK(number >= client->n && number < KNOWN_MAX);
			/* It asks for the flags of what is new. */
			for (; client->n < number; client->n++)
				client->deleted[client->n] = client->view.seen[client->n].mail->flags & MAIL_DELETED;
		} else if (slice_equal(r.name, SLICE("EXPUNGE"))) {
			CHECK(expunge && number >= 1 && number <= client->n);
			memmove(&client->deleted[number - 1], &client->deleted[number], client->n - number);
			client->n--;
		} else if (slice_equal(r.name, SLICE("FETCH"))) {
			CHECK(number >= 1 && number <= client->n);
			client->deleted[number - 1] = slice_find(r.text, SLICE("\\Deleted")) < r.text.n;
		}
	}
}

static void tell(struct client *client, bool expunge)
{
	struct buffer out = { 0 };
	while (imap_view_stale(&client->view, expunge)) {
		imap_view_tell(&client->view, expunge, &out);
		hear(client, buffer_slice(&out), expunge);
		buffer_clear(&out);
	}
	buffer_free(&out);
	CHECK(client->n == client->view.n);
	for (size_t i = 0; i < client->n; i++) {
		const struct mail *mail = client->view.seen[i].mail;
		CHECK(mail->expunged || client->deleted[i] == ((mail->flags & MAIL_DELETED) != 0));
	}
	if (expunge)
		CHECK(client->n == client->view.mailbox->nmails);
}

/* A row of numbers that looks unordered, the same in each run. */
static unsigned chance(unsigned below)
{
	static uint32_t state = 20240611;
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static void clients_know_what_is_there(void)
{
	static struct client clients[3];
	struct house house = house_new();
	struct mailbox *mailbox = house.mailbox;
	for (size_t i = 0; i < 3; i++)
		imap_view_open(&clients[i].view, mailbox, i == 2);
	for (size_t step = 0; step < 20000; step++) {
		struct mail *mail = mailbox->nmails ? mailbox->mails[chance((unsigned)mailbox->nmails)] : NULL;
		unsigned what = chance(10);
		if (what < 3 && mailbox->nmails < 300)
			add(mailbox);
		else if (what < 5 && mail)
			mailbox_expunge(mailbox, mail);
		else if (what < 8 && mail)
			mail_set_flags(mailbox, mail, mail->flags ^ MAIL_DELETED);
		else
			tell(&clients[chance(3)], chance(2));
	}
	for (size_t i = 0; i < 3; i++) {
		tell(&clients[i], true);
		imap_view_close(&clients[i].view);
	}
	house_free(&house);
}

static void a_mailbox_that_is_deleted_takes_its_mails_with_it(void)
{
	struct house house = house_new();
	struct imap_view view = { 0 };
	struct buffer out = { 0 };
	add(house.mailbox);
	add(house.mailbox);
	imap_view_open(&view, house.mailbox, false);
	CHECK(user_delete(house.mailbox->user, SLICE("Fresh")) == MAILBOX_DONE);
	CHECK(!imap_view_stale(&view, false));
	CHECK(imap_view_stale(&view, true));
	imap_view_tell(&view, true, &out);
	CHECK_TEXT(buffer_slice(&out),
	           "* NO This mailbox was deleted: SELECT another\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n");
	CHECK(view.n == 0 && !imap_view_stale(&view, true));
	imap_view_close(&view);
	buffer_free(&out);
	house_free(&house);
}

int main(void)
{
	TEST(patterns);
	TEST(a_pattern_never_costs_more_than_its_length_times_the_name);
	TEST(commands_are_joined);
	TEST(wrong_commands);
	TEST(literals_have_a_bound);
	TEST(sets);
	TEST(uid_sets);
	TEST(clients_know_what_is_there);
	TEST(a_mailbox_that_is_deleted_takes_its_mails_with_it);
	return test_end();
}
