/*
 * Who there is: the people of the documents with every password that is printed for them, those to whom a document sends
 * mail, and those of the RFCs' own examples. Everybody else's password is "lab".
 */
#include "store/seed_table.h"

const struct seed_person seed_people[SEED_PEOPLE] = {
	{ "bob", "Bob", { "redqueen", "hungry" }, "bob welcome", 1, 0 },
	{ "alice", "Alice", { "wonderland" }, "welcome", 1, 0 },
	{ "frobozz", "User frobozz", { "xyzzy" }, "frobozz", 1, 0 },
	{ "student", "A student", { "example-password", "monkey" }, "expunge", 4380, 0 },
	{ "username", "A user of imaplib", { "password" }, "username", 1, 0 },
	{ "example", "Stefano Rivera", { "example-password" }, "example", 1, 0 },
	{ "nice.try", "A nice try", { "noitsnotmypassword", "nomtsnotmypassword" }, "welcome", 1, 0 },
	{ "myemail", "My Email", { "mypassword" }, "welcome", 1, 0 },

	{ "teacher", "The teacher", { "lab" }, "welcome", 1, 0 },
	{ "jones", "Jones", { "lab" }, "welcome", 1, 0 },
	{ "brown", "Brown", { "lab" }, "welcome", 1, 0 },
	{ "stefano", "Stefano", { "lab" }, "welcome", 1, 0 },
	{ "stefano-cell", "Stefano's telephone", { "lab" }, "", 1, 0 },
	{ "somepoorguy", "Some poor guy", { "lab" }, "welcome", 1, 0 },
	{ "test", "A test", { "test" }, "", 1, 0 },
	{ "full", "A mailbox that is full", { "lab" }, "full", 1, 2000 },
	{ "postmaster", "The postmaster", { "lab" }, "welcome", 1, 0 },
	{ "webmaster", "The webmaster, whose files are the site", { "lab" }, "welcome", 1, 0 },
	{ "abuse", "Where misuse is reported", { "lab" }, "", 1, 0 },

	/* RFC 1939 section 10, RFC 2195 section 2, RFC 5802 section 5, RFC 3501 6.2.3, RFC 5321 appendix D. */
	{ "mrose", "Marshall T. Rose", { "tanstaaf" }, "welcome", 1, 0 },
	{ "tim", "Tim", { "tanstaaftanstaaf" }, "welcome", 1, 0 },
	{ "user", "A user", { "pencil" }, "welcome", 1, 0 },
	{ "smith", "Smith", { "sesame" }, "welcome", 1, 0 },
	{ "fred", "Fred Foobar", { "lab" }, "welcome", 1, 0 },
	{ "joe", "Joe", { "lab" }, "welcome", 1, 0 },
	{ "userc", "User C", { "lab" }, "", 1, 0 },
	{ "userd", "User D", { "lab" }, "", 1, 0 },
};

/* Addresses of other domains with which documents log in. */
const struct seed_alias seed_aliases[SEED_ALIASES] = {
	{ "myemail@gmail.com", "myemail" },
	{ "nice.try@gmail.com", "nice.try" },
	{ "student@msoe.edu", "student" },
	{ "student@msou.edu", "student" },
};

const struct seed_list seed_lists[SEED_LISTS] = {
	{ "staff", { "teacher", "postmaster", "webmaster" } },
	{ "students", { "alice", "bob", "stefano", "student" } },
};

/* To which the documents deliver. The machine's own name is one too. */
const char *const seed_domains[SEED_DOMAINS] = {
	"[127.0.0.1]",
	"[IPv6:::1]",
	"aol.com",
	"example.com",
	"foo.bar",
	"foo.com",
	"hamburger.edu",
	"localhost",
	"localhost.localdomain",
	"someschool.edu",
};

const struct seed_mailbox seed_mailboxes[SEED_MAILBOXES] = {
	{ "Archive", "\\Archive", "archive", 0 },
	{ "B\303\274ro", NULL, "office", 0 },
	{ "Drafts", "\\Drafts", "drafts", 0 },
	{ "Expunge-me", NULL, "expunge", 0 },
	{ "Family", NULL, NULL, 0 },
	{ "Junk", "\\Junk", "junk", 0 },
	{ "Quota", NULL, "quota", 2048 },
	{ "Samples", NULL, "samples", 0 },
	{ "Sent", "\\Sent", "sent", 0 },
	{ "Trash", "\\Trash", "trash", 0 },
	{ "Work", NULL, "work", 0 },
	{ "Work/2023", NULL, "archive", 0 },
	{ "Work/2024", NULL, "work", 0 },
	{ "Work/2024/Invoices", NULL, NULL, 0 },
	{ "Work/2024/Reports", NULL, "office", 0 },
	{ "Work/2025", NULL, NULL, 0 },
};
