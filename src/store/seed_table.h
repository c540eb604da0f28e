/*
 * What a lab begins with, as tables: the people of the documents, their mail and files.
 */
#ifndef PARLANCE_STORE_SEED_TABLE_H
#define PARLANCE_STORE_SEED_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

#define SEED_PASSWORDS 3

struct seed_person {
	const char *name, *full_name;
	const char *passwords[SEED_PASSWORDS]; /* that the documents print; the first NULL ends them */
	const char *inbox;                     /* the sets of mail in its INBOX, words */
	uint32_t first_uid;                    /* of its INBOX */
	uint64_t limit;                        /* octets that its INBOX may hold; 0: no limit */
};

/* Another name under which a document logs somebody in. */
struct seed_alias {
	const char *name, *user;
};

struct seed_list {
	const char *name;
	const char *members[8]; /* ended by a NULL */
};

/* A mailbox that everybody has, beside INBOX. */
struct seed_mailbox {
	const char *name;
	const char *special_use; /* NULL: none */
	const char *set;         /* of the mail in it; NULL: it is empty */
	uint64_t limit;
};

struct seed_mail {
	const char *sets;     /* that it belongs to, words */
	const char *text;     /* lines end in LF */
	size_t octets;        /* that it has: lines are added until it has them; 0: as many as stand in `text` */
	uint64_t flags;       /* the system's */
	const char *keywords; /* words */
	int64_t received;     /* seconds since 1970 */
	int zone;             /* minutes east of Greenwich */
	bool recent;
};

enum seed_kind { SEED_FOLDER, SEED_TEXT, SEED_BASE64, SEED_NUMBERS };
struct seed_file {
	const char *user; /* whose it is; "*": everybody's but the webmaster's */
	const char *path;
	enum seed_kind kind;
	const char *text; /* what it holds; of SEED_NUMBERS, how many lines with a number each */
	uint64_t limit;   /* of a folder */
};

#define SEED_PEOPLE 27
#define SEED_ALIASES 4
#define SEED_LISTS 2
#define SEED_DOMAINS 10
#define SEED_MAILBOXES 16
#define SEED_MAILS 49
#define SEED_FILES 24
extern const struct seed_person seed_people[SEED_PEOPLE];
extern const struct seed_alias seed_aliases[SEED_ALIASES];
extern const struct seed_list seed_lists[SEED_LISTS];
extern const char *const seed_domains[SEED_DOMAINS];
extern const struct seed_mailbox seed_mailboxes[SEED_MAILBOXES];
extern const struct seed_mail seed_mails[SEED_MAILS];
extern const struct seed_file seed_files[SEED_FILES];

#endif
