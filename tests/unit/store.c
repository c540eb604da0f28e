/*
 * The lab's store: what a new one holds, and what can be done to it.
 */
#include "store/mime.h"
#include "store_here.h"

/* ---- what the documents need ---- */

static void everybody_logs_in_with_what_the_documents_print(void)
{
	static const char *const rows[][2] = {
		{ "bob", "redqueen" },
		{ "bob", "hungry" },
		{ "BOB@foo.com", "hungry" },
		{ "bob@lab.school.example", "hungry" },
		{ "alice", "wonderland" },
		{ "frobozz", "xyzzy" },
		{ "student", "example-password" },
		{ "student@msou.edu", "monkey" },
		{ "username", "password" },
		{ "example", "example-password" },
		{ "nice.try@gmail.com", "noitsnotmypassword" },
		{ "nice.try@gmail.com", "nomtsnotmypassword" },
		{ "myemail@gmail.com", "mypassword" },
	};
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct user *user = user_of(rows[i][0]);
		CHECK(user_password(user, slice_of(rows[i][1])));
		CHECK(!user_password(user, SLICE("")));
		CHECK(!user_password(user, SLICE("hungr")));
		CHECK(user->made_up);
	}
	CHECK(store_user(store, SLICE("outbox")) == NULL);
	CHECK(store_user(store, SLICE("bob@crepes.fr")) == NULL);
	CHECK(store_user(store, SLICE("")) == NULL);
	CHECK_TEXT(slice_of(store_secret(store, SLICE("Bob"), 0)), "redqueen");
	CHECK_TEXT(slice_of(store_secret(store, SLICE("bob"), 1)), "hungry");
	CHECK(store_secret(store, SLICE("bob"), 2) == NULL);
	CHECK(store_secret(store, SLICE("nobody"), 0) == NULL);
	end();
}

static void recipients_are_those_of_the_documents(void)
{
	static const struct row {
		const char *address;
		enum recipient recipient;
		const char *user;
	} rows[] = {
		{ "Jones@foo.com", RECIPIENT_LOCAL, "jones" },
		{ "Green@foo.com", RECIPIENT_UNKNOWN, NULL },
		{ "green@aol.com", RECIPIENT_UNKNOWN, NULL },
		{ "jones@AOL.com", RECIPIENT_LOCAL, "jones" },
		{ "bob@hamburger.edu", RECIPIENT_LOCAL, "bob" },
		{ "bob@hamburger.edu.", RECIPIENT_LOCAL, "bob" },
		{ "bob+lists@localhost", RECIPIENT_LOCAL, "bob" },
		{ "\"b\\ob\"@localhost", RECIPIENT_LOCAL, "bob" },
		{ "bob@[127.0.0.1]", RECIPIENT_LOCAL, "bob" },
		{ "bob@[192.0.2.1]", RECIPIENT_REMOTE, NULL },
		{ "stefano@foo.bar", RECIPIENT_LOCAL, "stefano" },
		{ "stefano-cell@foo.bar", RECIPIENT_LOCAL, "stefano-cell" },
		{ "somepoorguy@example.com", RECIPIENT_LOCAL, "somepoorguy" },
		{ "bob@lab.school.example", RECIPIENT_LOCAL, "bob" },
		{ "Postmaster", RECIPIENT_LOCAL, "postmaster" },
		{ "students@localhost", RECIPIENT_LIST, NULL },
		{ "alice@crepes.fr", RECIPIENT_REMOTE, NULL },
		{ "student@msoe.edu", RECIPIENT_REMOTE, NULL },
		{ "@", RECIPIENT_REMOTE, NULL },
		{ "", RECIPIENT_UNKNOWN, NULL },
		{ "+@localhost", RECIPIENT_UNKNOWN, NULL },
		{ "\"@localhost", RECIPIENT_UNKNOWN, NULL },
		{ "\"\\\"@localhost", RECIPIENT_UNKNOWN, NULL },
	};
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct user *user = NULL;
		enum recipient got = store_recipient(store, slice_of(rows[i].address), &user);
		if (got != rows[i].recipient)
			printf("# %s: %d\n", rows[i].address, (int)got);
		CHECK(got == rows[i].recipient);
		CHECK_TEXT(slice_of(user != NULL ? user->name : NULL), rows[i].user);
	}
	CHECK_TEXT(slice_of(store_list(store, SLICE("Students"), 1)->name), "bob");
	CHECK(store_list(store, SLICE("students@foo.com"), 3) != NULL);
	CHECK(store_list(store, SLICE("students"), 4) == NULL);
	CHECK(store_list(store, SLICE("nobody"), 0) == NULL);
	CHECK_TEXT(slice_of(store_list_name(store, 0)), "staff");
	CHECK(store_list_name(store, 2) == NULL);
	end();
}

static void check_sizes(const char *user, const char *name, const size_t *sizes, size_t n)
{
	const struct mailbox *mailbox = mailbox_of(user, name);
	CHECK(mailbox->nmails >= n);
	for (size_t i = 0; i < n && i < mailbox->nmails; i++) {
		if (mail_octets(mailbox->mails[i]) != sizes[i])
			printf("# message %zu has %zu octets\n", i + 1, mail_octets(mailbox->mails[i]));
		CHECK(mail_octets(mailbox->mails[i]) == sizes[i]);
	}
}

static void mailboxes_hold_the_sizes_that_the_documents_print(void)
{
	begin();
	check_sizes("bob", "INBOX", (size_t[]){ 120, 200, 498, 912 }, 4);
	check_sizes("example", "INBOX", (size_t[]){ 4435, 1891, 1816, 1648, 968, 469, 1732, 1746, 852, 729 }, 10);
	CHECK(mailbox_of("example", "INBOX")->octets == 16286);
	check_sizes("frobozz", "INBOX", (size_t[]){ 2545 }, 1);
	const struct mime *mime = message_mime(mailbox_of("frobozz", "INBOX")->mails[0]->message);
	CHECK(mime->header.n == 1425);
	CHECK(mime->body.n == 1120);
	CHECK(mailbox_of("frobozz", "INBOX")->mails[0]->recent);
	check_sizes("username", "INBOX", (size_t[]){ 465 }, 1);
	mime = message_mime(mailbox_of("username", "INBOX")->mails[0]->message);
	CHECK(mime->header.n == 406);
	CHECK(mailbox_of("username", "INBOX")->mails[0]->flags == MAIL_SEEN);
	CHECK(mailbox_of("username", "INBOX")->mails[1]->flags == 0);
	CHECK(mailbox_of("username", "INBOX")->nmails == 2);
	CHECK(mailbox_of("username", "INBOX")->uidnext == 3);
	end();
}

static void expunge_says_3_3_5_8(void)
{
	static const char *const names[][2] = { { "student", "INBOX" },
		                                { "bob", "Expunge-me" },
		                                { "joe", "Expunge-me" } };
	begin();
	for (size_t i = 0; i < 3; i++) {
		struct mailbox *mailbox = mailbox_of(names[i][0], names[i][1]);
		struct buffer said = { 0 };
		CHECK(mailbox->nmails == 12);
		for (size_t at = 0; at < mailbox->nmails;)
			if (mailbox->mails[at]->flags & MAIL_DELETED) {
				buffer_printf(&said, "%zu ", at + 1);
				mailbox_expunge(mailbox, mailbox->mails[at]);
			} else {
				at++;
			}
		CHECK_TEXT(buffer_slice(&said), "3 3 5 8 ");
		buffer_free(&said);
	}
	end();
}

static void messages_have_one_line_end(void)
{
	struct message *message = message_of("a\nb\r\nc\rd\r\r\n\n");
	CHECK_TEXT(message_text(message), "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
	message_release(message_hold(message));
	message_release(message);
	message = message_of("");
	CHECK(message_text(message).n == 0);
	message_release(message);
}

/* ---- names ---- */

static void names_are_made_taken_away_and_changed(void)
{
	begin();
	struct user *alice = user_of("alice");
	CHECK(user_create(alice, SLICE("a/b/c"), NULL) == MAILBOX_DONE);
	CHECK(user_mailbox(alice, SLICE("a")) != NULL && user_mailbox(alice, SLICE("a/b")) != NULL);
	CHECK(user_create(alice, SLICE("a/b"), NULL) == MAILBOX_EXISTS);
	CHECK(user_create(alice, SLICE("inbox"), NULL) == MAILBOX_EXISTS);
	CHECK(user_create(alice, SLICE("iNBox/sub/"), "\\sent") == MAILBOX_DONE);
	CHECK_TEXT(slice_of(user_mailbox(alice, SLICE("INBOX/sub"))->special_use), "\\Sent");
	static const char *const bad[] = { "", "/", "/a", "a//b", "a\tb", "\xff", "a/b//" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(user_create(alice, slice_of(bad[i]), NULL) == MAILBOX_NAME);

	CHECK(user_delete(alice, SLICE("Inbox")) == MAILBOX_INBOX);
	CHECK(user_delete(alice, SLICE("Outbox")) == MAILBOX_INBOX);
	CHECK(user_delete(alice, SLICE("nothing")) == MAILBOX_MISSING);
	CHECK(user_delete(alice, SLICE("a/b")) == MAILBOX_DONE);
	CHECK(user_mailbox(alice, SLICE("a/b"))->noselect);
	CHECK(user_delete(alice, SLICE("a/b")) == MAILBOX_CHILDREN);
	CHECK(user_delete(alice, SLICE("a/b/c")) == MAILBOX_DONE);
	CHECK(user_create(alice, SLICE("a/b"), NULL) == MAILBOX_DONE);
	CHECK(!user_mailbox(alice, SLICE("a/b"))->noselect);

	uint32_t validity = user_mailbox(alice, SLICE("Work/2024"))->uidvalidity;
	CHECK(user_rename(alice, SLICE("Work"), SLICE("Old/Work")) == MAILBOX_DONE);
	CHECK(user_mailbox(alice, SLICE("Work")) == NULL && user_mailbox(alice, SLICE("Work/2024")) == NULL);
	CHECK(user_mailbox(alice, SLICE("Old/Work/2024"))->nmails == 3);
	CHECK(user_mailbox(alice, SLICE("Old/Work/2024"))->uidvalidity > validity);
	CHECK(user_rename(alice, SLICE("Old"), SLICE("Old/er")) == MAILBOX_NAME);
	CHECK(user_rename(alice, SLICE("Old"), SLICE("Junk")) == MAILBOX_EXISTS);
	CHECK(user_rename(alice, SLICE("nothing"), SLICE("x")) == MAILBOX_MISSING);
	CHECK(user_rename(alice, SLICE("Outbox"), SLICE("x")) == MAILBOX_INBOX);

	size_t had = user_mailbox(alice, SLICE("INBOX"))->nmails;
	CHECK(had == 4);
	CHECK(user_rename(alice, SLICE("INBOX"), SLICE("Moved")) == MAILBOX_DONE);
	CHECK(user_mailbox(alice, SLICE("INBOX"))->nmails == 0);
	struct mailbox *moved = user_mailbox(alice, SLICE("Moved"));
	CHECK(moved->nmails == had && moved->uidnext == had + 1);
	CHECK(moved->mails[2]->flags == (MAIL_SEEN | mailbox_keyword(moved, SLICE("$hasattachment"), false)));
	for (size_t i = 1; i + 1 < alice->nmailboxes; i++)
		CHECK(strcmp(alice->mailboxes[i]->name, alice->mailboxes[i + 1]->name) < 0);
	CHECK_TEXT(slice_of(alice->mailboxes[0]->name), "INBOX");
	end();
}

static void there_are_only_so_many_mailboxes(void)
{
	begin();
	struct user *alice = user_of("alice");
	enum mailbox_fault fault = MAILBOX_DONE;
	size_t i = 0;
	for (; fault == MAILBOX_DONE && i < 2 * MAILBOXES_MAX; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "many/%zu", i);
		fault = user_create(alice, slice_of(name), NULL);
	}
	CHECK(fault == MAILBOX_TOO_MANY);
	CHECK(alice->nmailboxes == MAILBOXES_MAX);
	CHECK(user_rename(alice, SLICE("many/1"), SLICE("one/too/many")) == MAILBOX_TOO_MANY);
	for (i = 0; i < 2 * MAILBOXES_MAX; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "s%zu", i);
		user_subscribe(alice, slice_of(name), true);
	}
	for (i = 0; alice->subscribed[i] != NULL;)
		i++;
	CHECK(i == MAILBOXES_MAX);
	end();
}

static void subscriptions_are_names_alone(void)
{
	begin();
	struct user *alice = user_of("alice");
	user_subscribe(alice, SLICE("No/such"), true);
	user_subscribe(alice, SLICE("No/such"), true);
	user_subscribe(alice, SLICE("inbox"), false);
	size_t found = 0;
	for (char **name = alice->subscribed; *name != NULL; name++) {
		found += strcmp(*name, "No/such") == 0;
		CHECK(strcmp(*name, "INBOX") != 0);
	}
	CHECK(found == 1);
	end();
}

/* ---- limits ---- */

static void what_is_full_takes_no_more(void)
{
	begin();
	struct message *message = message_of("Subject: a message of more than 48 octets, which is little\n\nHi\n");
	struct mail *mail = NULL;
	CHECK(mailbox_add(mailbox_of("bob", "Quota"), message, 0, 0, 0, &mail) == KEPT_MAILBOX_FULL);
	CHECK(mailbox_add(mailbox_of("full", "INBOX"), message, 0, 0, 0, NULL) == KEPT_MAILBOX_FULL);
	CHECK(mailbox_fits(mailbox_of("full", "INBOX"), 0) == KEPT);
	CHECK(mail == NULL);
	CHECK(mailbox_add(mailbox_of("bob", "INBOX"), message, 0, 0, 0, &mail) == KEPT);
	CHECK(mail->recent && mail->uid == 9);
	message_release(message);

	/* 33 MiB at a time; the text itself is shared, and counts each time. */
	struct buffer text = { 0 };
	while (text.n < 33 << 20)
		buffer_add_string(&text, "0123456789012345678901234567890123456789012345678901234567890\r\n");
	message = message_new(buffer_slice(&text));
	enum kept kept = KEPT;
	size_t n = 0;
	while (n < 100 && (kept = mailbox_add(mailbox_of("bob", "INBOX"), message, 0, 0, 0, &mail)) == KEPT)
		n++;
	CHECK(kept == KEPT_STORE_FULL);
	CHECK(n == 7);
	CHECK(!store_room(store, text.n));
	mailbox_expunge(mail->mailbox, mail);
	CHECK(store_room(store, text.n));
	CHECK(!store_room(store, UINT64_MAX));
	message_release(message);
	buffer_free(&text);
	end();
}

static void the_outbox_is_everybodys(void)
{
	begin();
	struct message *message = message_of("To: alice@crepes.fr\n\nHi\n");
	CHECK(mailbox_add(store_outbox(store), message, 0, 0, 0, NULL) == KEPT);
	CHECK(mailbox_of("bob", "Outbox") == mailbox_of("joe", "Outbox"));
	CHECK(mailbox_of("bob", "Outbox")->nmails == 1);
	message_release(message);
	end();
}

static void the_lock_is_one_sessions(void)
{
	begin();
	struct mailbox *inbox = mailbox_of("bob", "INBOX");
	CHECK(mailbox_lock(inbox));
	CHECK(!mailbox_lock(inbox));
	mailbox_unlock(inbox);
	CHECK(mailbox_lock(inbox));
	end();
}

static void stores_do_not_see_each_other(void)
{
	begin();
	struct store *other = store_new(seed, false);
	struct mailbox *here = mailbox_of("bob", "INBOX");
	struct mailbox *there = user_mailbox(store_user(other, SLICE("bob")), SLICE("INBOX"));
	CHECK(here != there && here->mails[0]->message == there->mails[0]->message);
	mailbox_expunge(here, here->mails[0]);
	CHECK(here->nmails + 1 == there->nmails);
	store_free(other);
	end();
}

static void keywords_have_a_bound(void)
{
	begin();
	struct mailbox *mailbox = mailbox_of("bob", "Family");
	for (size_t i = 0; i < KEYWORDS_MAX; i++) {
		char word[16];
		(void)snprintf(word, sizeof word, "k%zu", i);
		CHECK(mailbox_keyword(mailbox, slice_of(word), false) == 0);
		CHECK(mailbox_keyword(mailbox, slice_of(word), true) == UINT64_C(1) << (MAIL_KEYWORDS + i));
	}
	CHECK(mailbox_keyword(mailbox, SLICE("more"), true) == 0);
	CHECK(mailbox_keyword(mailbox, SLICE("K55"), true) == UINT64_C(1) << (MAIL_KEYWORDS + 55));
	end();
}

/* ---- who was given on the command line ---- */

static void given_users_come_beside_the_others(void)
{
	struct store_user_given given[] = { { SLICE("eve"), SLICE("apple") }, { SLICE("Bob"), SLICE("secret") } };
	begin_with(&(struct store_options){ .users = given, .nusers = 2 }, false);
	CHECK(user_password(user_of("eve"), SLICE("apple")) && !user_of("eve")->made_up);
	CHECK(user_password(user_of("bob"), SLICE("secret")) && !user_of("bob")->made_up);
	CHECK(!user_password(user_of("bob"), SLICE("hungry")));
	CHECK(mailbox_of("eve", "INBOX")->nmails == 4);
	end();
	static const char *const bad[] = { "../x", "a/b", ".", "..", ".hidden", "Outbox", "a\nb", "\xff" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct error error = { 0 };
		given[0].name = slice_of(bad[i]);
		CHECK(seed_new(&(struct store_options){ .users = given, .nusers = 1 }, &seed, &error) == STATUS_USAGE);
		CHECK(error.message != NULL && seed == NULL);
		error_clear(&error);
	}
}

static void an_mbox_is_unquoted(void)
{
	write_file("mbox",
	           "From alice@example.com Fri Feb 22 17:06:23 2008 +0100\n"
	           "Subject: one\nStatus: RO\nX-Status: AF\n\n>From the start\n>>From further\n> From not\n>Fro\n\n"
	           "From bob Sat Feb 23 1:02:03 2008\nSubject: two\n\nno line end");
	char *path = string_printf("%s/mbox", folder);
	begin_with(&(struct store_options){ .mboxes = (const char *[]){ path }, .nmboxes = 1 }, false);
	struct mailbox *inbox = mailbox_of("bob", "INBOX");
	CHECK(inbox->nmails == 10);
	CHECK_TEXT(
		message_text(inbox->mails[8]->message),
		"Subject: one\r\nStatus: RO\r\nX-Status: AF\r\n\r\nFrom the start\r\n>From further\r\n> From not\r\n>Fro\r\n");
	CHECK(inbox->mails[8]->received == 1203696383 && inbox->mails[8]->zone == 60);
	CHECK(inbox->mails[8]->flags == (MAIL_SEEN | MAIL_ANSWERED | MAIL_FLAGGED));
	CHECK_TEXT(message_text(inbox->mails[9]->message), "Subject: two\r\n\r\nno line end\r\n");
	CHECK(inbox->mails[9]->flags == 0);
	end();
	write_file("mbox", "Subject: none\n\n");
	struct error error = { 0 };
	CHECK(seed_new(&(struct store_options){ .mboxes = (const char *[]){ path }, .nmboxes = 1 }, &seed, &error) ==
	      STATUS_USAGE);
	CHECK(error.message != NULL && strstr(error.message, "not an mbox file") != NULL);
	error_clear(&error);
	free(path);
}

int main(void)
{
	if (mkdtemp(folder) == NULL)
		return 1;
	TEST(everybody_logs_in_with_what_the_documents_print);
	TEST(recipients_are_those_of_the_documents);
	TEST(mailboxes_hold_the_sizes_that_the_documents_print);
	TEST(expunge_says_3_3_5_8);
	TEST(messages_have_one_line_end);
	TEST(names_are_made_taken_away_and_changed);
	TEST(there_are_only_so_many_mailboxes);
	TEST(subscriptions_are_names_alone);
	TEST(what_is_full_takes_no_more);
	TEST(the_outbox_is_everybodys);
	TEST(the_lock_is_one_sessions);
	TEST(stores_do_not_see_each_other);
	TEST(keywords_have_a_bound);
	TEST(given_users_come_beside_the_others);
	TEST(an_mbox_is_unquoted);
	char *command = string_printf("rm -r '%s'", folder);
	if (system(command) != 0)
		return 1;
	free(command);
	return test_end();
}
