/*
 * Words of commands that show which extension is used.
 */
#include "script/check_extensions.h"

#include <stddef.h>

#define FETCHES "FETCH,UID FETCH"
#define SEARCHES "SEARCH,UID SEARCH"
#define SELECTS "SELECT,EXAMINE"

const struct extension extensions[] = {
	{ "ftp", "MODE", "MODE", "Z", NULL, true },
	{ "imap", "BINARY", FETCHES, "BINARY,BINARY.PEEK,BINARY.SIZE", "IMAP4rev2", true },
	{ "imap", "CATENATE", "APPEND", "CATENATE", NULL, true },
	{ "imap", "CONDSTORE",
	  SELECTS "," FETCHES "," SEARCHES ",STORE,UID STORE,STATUS,ENABLE", "CONDSTORE,CHANGEDSINCE,UNCHANGEDSINCE,MODSEQ,HIGHESTMODSEQ",
	  "QRESYNC", true },
	{ "imap", "CONTEXT=SEARCH", SEARCHES, "CONTEXT,UPDATE", NULL, false },
	{ "imap", "CREATE-SPECIAL-USE", "CREATE", "USE", NULL, true },
	{ "imap", "ESEARCH", SEARCHES, "RETURN", "IMAP4rev2,CONTEXT=SEARCH,PARTIAL,SEARCHRES", true },
	{ "imap", "ESORT", "SORT,UID SORT", "RETURN", "CONTEXT=SORT", true },
	{ "imap", "LIST-EXTENDED", "LIST", "RETURN,SUBSCRIBED,REMOTE,RECURSIVEMATCH", "IMAP4rev2,SPECIAL-USE,LIST-STATUS,LIST-METADATA,LIST-MYRIGHTS", true },
	{ "imap", "LIST-MYRIGHTS", "LIST", "MYRIGHTS", NULL, true },
	{ "imap", "LIST-STATUS", "LIST", "STATUS", "IMAP4rev2", true },
	{ "imap", "OBJECTID", FETCHES "," SEARCHES ",STATUS", "EMAILID,THREADID,MAILBOXID", NULL, true },
	{ "imap", "PARTIAL", FETCHES "," SEARCHES, "PARTIAL", "CONTEXT=SEARCH", true },
	{ "imap", "PREVIEW", FETCHES, "PREVIEW", "PREVIEW=FUZZY", true },
	{ "imap", "QRESYNC", SELECTS ",ENABLE", "QRESYNC", NULL, true },
	{ "imap", "SAVEDATE", FETCHES "," SEARCHES, "SAVEDATE,SAVEDBEFORE,SAVEDON,SAVEDSINCE,SAVEDATESUPPORTED", NULL, true },
	{ "imap", "SEARCH=FUZZY", SEARCHES ",SORT,UID SORT", "FUZZY", NULL, true },
	{ "imap", "SEARCHRES", SEARCHES, "SAVE", "IMAP4rev2", true },
	{ "imap", "SORT=DISPLAY", "SORT,UID SORT", "DISPLAYFROM,DISPLAYTO", NULL, true },
	{ "imap", "STATUS=SIZE", "STATUS,LIST", "SIZE", "IMAP4rev2", true },
	{ "imap", "UTF8=ACCEPT", "ENABLE", "UTF8=ACCEPT", "UTF8=ONLY", true },
	{ "imap", "WITHIN", SEARCHES, "OLDER,YOUNGER", NULL, true },
	{ "imap", "X-GM-EXT-1", FETCHES "," SEARCHES ",STORE,UID STORE", "X-GM-LABELS,X-GM-MSGID,X-GM-RAW,X-GM-THRID", NULL, true },
	{ "smtp", "8BITMIME", "MAIL", "BODY=8BITMIME", NULL, true },
	{ "smtp", "AUTH", "MAIL", "AUTH", NULL, true },
	{ "smtp", "BINARYMIME", "MAIL", "BODY=BINARYMIME", NULL, true },
	{ "smtp", "CHECKPOINT", "MAIL", "TRANSID", NULL, true },
	{ "smtp", "CONPERM", "MAIL", "CONPERM", NULL, true },
	{ "smtp", "DELIVERBY", "MAIL", "BY", NULL, true },
	{ "smtp", "DSN", "MAIL,RCPT", "RET,ENVID,NOTIFY,ORCPT", NULL, true },
	{ "smtp", "FUTURERELEASE", "MAIL", "HOLDFOR,HOLDUNTIL", NULL, true },
	{ "smtp", "MT-PRIORITY", "MAIL", "MT-PRIORITY", NULL, true },
	{ "smtp", "MTRK", "MAIL", "MTRK", NULL, true },
	{ "smtp", "NO-SOLICITING", "MAIL", "SOLICIT", NULL, true },
	{ "smtp", "REQUIRETLS", "MAIL", "REQUIRETLS", NULL, true },
	{ "smtp", "RRVS", "RCPT", "RRVS", NULL, true },
	{ "smtp", "SIZE", "MAIL", "SIZE", NULL, true },
	{ "smtp", "SMTPUTF8", "MAIL,VRFY,EXPN", "SMTPUTF8", NULL, true },
	{ "smtp", "SUBMITTER", "MAIL", "SUBMITTER", NULL, true },
	{ "smtp", "XVERP", "MAIL", "XVERP", NULL, true },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

static const char *const of_ftp[] = { "MODE", "OPTS", "PASV", "SITE", "STAT", "TVFS", "TYPE", "UTF8", NULL };
static const char *const of_imap[] = { "SCAN", "XYZZY", NULL };
static const char *const of_smtp[] = { "EXPN", "HELP", "ONEX", "SAML", "SEND", "SOML", "TURN", "VERB", "VRFY", NULL };

const struct extension_passed extensions_passed[] = {
	{ "ftp", of_ftp },
	{ "imap", of_imap },
	{ "smtp", of_smtp },
	{ NULL, NULL },
};
