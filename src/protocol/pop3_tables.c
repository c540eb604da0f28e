/*
 * What is known about POP3: commands, status indicators, response codes and capabilities. The mechanisms of AUTH are
 * SASL's (sasl_table.c).
 *
 * Rows are sorted by their word. An indicator behind a command ("PASS -ERR") says what it means as that command's
 * answer.
 */
#include "protocol/pop3_tables.h"

#include "protocol/sasl_table.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

const char *const pop3_states[] = {
	"greeting", "authorization", "transaction", "update", "closed", NULL,
};

/* ---- commands ---- */

#define BEFORE_LOGIN STATE(POP3_AUTHORIZATION)
#define AFTER_LOGIN STATE(POP3_TRANSACTION)
#define IN_SESSION (STATE(POP3_AUTHORIZATION) | STATE(POP3_TRANSACTION))
#define COMMAND(word, syntax, phase, states, needs, note, ref) \
	{ (word), (syntax), (note), (ref), (phase), (states), (needs) }

/* TOP, UIDL and USER are RFC 1939's own options, which servers have that know no CAPA: they need no announcement. */
static const struct entry commands[] = {
	COMMAND("APOP", "APOP name digest", PHASE_AUTHENTICATE, BEFORE_LOGIN, NULL,
	        "Logs in with a digest (MD5) of the greeting's timestamp and the password, which itself is not sent.",
	        "RFC 1939 7"),
	COMMAND("AUTH", "AUTH mechanism [initial-response]", PHASE_AUTHENTICATE, BEFORE_LOGIN, "SASL",
	        "Logs in by a SASL mechanism, one of those that CAPA lists behind SASL.", "RFC 5034 4"),
	COMMAND("CAPA", "CAPA", PHASE_ASK, IN_SESSION, NULL,
	        "Asks what the server can do beyond the basic commands. The answer is a list.", "RFC 2449 5"),
	COMMAND("DELE", "DELE msg", PHASE_TRANSFER, AFTER_LOGIN, NULL,
	        "Marks a message as deleted. It is removed only at QUIT, and RSET takes the mark away.", "RFC 1939 5"),
	COMMAND("GURL", "GURL", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Asks for the address of a web page where the account is managed.",
	        "No RFC: Netscape Messaging Server"),
	COMMAND("LANG", "LANG [language]", PHASE_ASK, IN_SESSION, "LANG",
	        "Chooses the language of the server's words; * is the server's own choice. Alone it asks for a list.",
	        "RFC 6856 3.2"),
	COMMAND("LAST", "LAST", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Obsolete. Asked for the highest message number that was fetched. UIDL tells more surely what is new.",
	        "RFC 1460 5"),
	COMMAND("LIST", "LIST [msg]", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Asks for numbers and sizes of all messages, as a list, or of one, on one line.", "RFC 1939 5"),
	COMMAND("NOOP", "NOOP", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Does nothing: the server shows that it is there, and its timer starts again.",
	        "RFC 1939 5, RFC 1939 3"),
	COMMAND("PASS", "PASS password", PHASE_AUTHENTICATE, BEFORE_LOGIN, NULL,
	        "Gives the password, readable by everybody on the way unless TLS is on. USER must come before it.",
	        "RFC 1939 7"),
	COMMAND("QUIT", "QUIT", PHASE_GOODBYE, IN_SESSION, NULL,
	        "Says goodbye. After a login the server then deletes the messages that were marked.", "RFC 1939 6"),
	COMMAND("RETR", "RETR msg", PHASE_TRANSFER, AFTER_LOGIN, NULL,
	        "Fetches a message: header, empty line and body. It stays on the server until DELE and QUIT.",
	        "RFC 1939 5"),
	COMMAND("RPOP", "RPOP name", PHASE_AUTHENTICATE, BEFORE_LOGIN, NULL,
	        "Obsolete. Logged in without a password, by trust in the client's host. USER came before it.",
	        "RFC 1225"),
	COMMAND("RSET", "RSET", PHASE_TRANSFER, AFTER_LOGIN, NULL,
	        "Takes back every DELE of this session: no message is marked any more.", "RFC 1939 5"),
	COMMAND("STAT", "STAT", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Asks how many messages there are and how many octets they have. Those marked as deleted are not counted.",
	        "RFC 1939 5"),
	COMMAND("STLS", "STLS", PHASE_ENCRYPT, BEFORE_LOGIN, "STLS",
	        "Asks to begin TLS on this connection: what follows is encrypted.", "RFC 2595 4"),
	COMMAND("TOP", "TOP msg n", PHASE_TRANSFER, AFTER_LOGIN, NULL,
	        "Fetches a message's header and the first n lines of its body.", "RFC 1939 7"),
	COMMAND("UIDL", "UIDL [msg]", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Asks for the unique-ids of all messages, or of one, by which a client knows them again later.", "RFC 1939 7"),
	COMMAND("USER", "USER name", PHASE_IDENTIFY, BEFORE_LOGIN, NULL,
	        "Says whose mail is wanted. PASS with the password follows.", "RFC 1939 7"),
	COMMAND("UTF8", "UTF8", PHASE_ASK, BEFORE_LOGIN, "UTF8",
	        "Tells the server that the client takes UTF-8, in the headers of messages and in replies.", "RFC 6856 2.1"),
	COMMAND("XCLIENT", "XCLIENT name=value...", PHASE_IDENTIFY, BEFORE_LOGIN, NULL,
	        "A proxy tells the server which client it speaks for.", "No RFC: Dovecot"),
	COMMAND("XSENDER", "XSENDER msg", PHASE_ASK, AFTER_LOGIN, NULL,
	        "Asks who sent a message, where the sender was authenticated.", "No RFC: Netscape Messaging Server"),
	COMMAND("XTND", "XTND extension [arguments]", PHASE_ASK, AFTER_LOGIN, NULL,
	        "An old way to reach extensions: BBOARDS for bulletin boards, later, on some servers, XLST and XMIT.", "RFC 1082"),
};

/* ---- status indicators ---- */

#define CODE(word, note, ref) \
	{ (word), NULL, (note), (ref), PHASE_NONE, 0, NULL }
#define WORD(word, syntax, note, ref) \
	{ (word), (syntax), (note), (ref), PHASE_NONE, 0, NULL }

static const struct entry codes[] = {
	CODE("+", "The server waits for the next line of the AUTH exchange. What stands behind it is base64.",
	     "RFC 5034 4"),
	CODE("+OK", "Success. The words behind it are for people, except in the answers to STAT, LIST and UIDL.",
	     "RFC 1939 3, RFC 1939 9"),
	CODE("-ERR", "Failure: the command was not carried out. The words say why, for people.", "RFC 1939 3"),

	CODE("APOP +OK", "Logged in: the maildrop is locked for this session, which is now in the transaction state.",
	     "RFC 1939 7"),
	CODE("APOP -ERR", "The login failed: unknown name, wrong digest, or the maildrop is in use.", "RFC 1939 7"),

	CODE("AUTH +OK", "Logged in: the maildrop is locked for this session, which is now in the transaction state.",
	     "RFC 5034 4"),
	CODE("AUTH -ERR", "The login failed, was cancelled, or the server does not have that mechanism.", "RFC 5034 4"),

	CODE("CAPA +OK", "A capability on each line follows, up to a lone dot.", "RFC 2449 5"),
	CODE("CAPA -ERR", "The server does not know CAPA: the client must try out what it can do.", "RFC 2449 5"),

	CODE("DELE +OK", "The message is marked as deleted and goes at QUIT. The others keep their numbers until then.",
	     "RFC 1939 5"),
	CODE("DELE -ERR", "There is no such message, or it is marked as deleted already.", "RFC 1939 5"),

	CODE("GURL +OK", "The address of the web page.", "No RFC: Netscape Messaging Server"),

	CODE("LANG +OK", "The server's words come in that language from now on. The tag at their front names it.",
	     "RFC 6856 3.2"),
	CODE("LANG -ERR", "The server does not have that language, or gives no list: it stays with the language before.",
	     "RFC 6856 3.2"),

	CODE("LAST +OK", "The highest message number that was fetched so far.", "RFC 1460 5"),

	CODE("LIST +OK", "A line for each message follows, its number and its size in octets, up to a lone dot.",
	     "RFC 1939 5"),
	CODE("LIST -ERR", "There is no such message, or it is marked as deleted.", "RFC 1939 5"),

	CODE("NOOP +OK", "The server is there, and nothing else was done.", "RFC 1939 5"),

	CODE("PASS +OK", "Logged in: the maildrop is locked for this session, which is now in the transaction state.",
	     "RFC 1939 4, RFC 1939 7"),
	CODE("PASS -ERR", "The login failed: wrong name or password, or the maildrop is in use. USER must come again.",
	     "RFC 1939 7"),

	CODE("QUIT +OK", "Goodbye: the server closes the connection now.", "RFC 1939 6"),
	CODE("QUIT -ERR", "Not all marked messages could be deleted. The server closes the connection all the same.",
	     "RFC 1939 6"),

	CODE("RETR +OK", "The message follows as the server keeps it, up to a lone dot.", "RFC 1939 5"),
	CODE("RETR -ERR", "There is no such message, or it is marked as deleted.", "RFC 1939 5"),

	CODE("RPOP +OK", "Logged in: the maildrop is locked for this session, which is now in the transaction state.",
	     "RFC 1225"),
	CODE("RPOP -ERR", "The server does not trust the client's host, or does not know RPOP.", "RFC 1225"),

	CODE("RSET +OK", "No message is marked as deleted any more.", "RFC 1939 5"),

	CODE("STAT +OK", "The number of messages and their octets together, for programs to read.", "RFC 1939 5"),

	CODE("STLS +OK", "The TLS handshake begins now, and what was learnt before it is forgotten.", "RFC 2595 4"),
	CODE("STLS -ERR", "TLS cannot be had, or is on already.", "RFC 2595 4"),

	CODE("TOP +OK", "The header and the lines asked for follow, up to a lone dot.", "RFC 1939 7"),
	CODE("TOP -ERR", "There is no such message, or the server does not know TOP.", "RFC 1939 7"),

	CODE("UIDL +OK", "A line for each message follows, its number and its unique-id, up to a lone dot.",
	     "RFC 1939 7"),
	CODE("UIDL -ERR", "There is no such message, or the server does not know UIDL.", "RFC 1939 7"),

	CODE("USER +OK", "The name is taken, and PASS comes next. A server may say so of users that do not exist.",
	     "RFC 1939 7"),
	CODE("USER -ERR", "There is no such user, or the server wants another way to log in.", "RFC 1939 7"),

	CODE("UTF8 +OK", "From now on messages and replies may hold UTF-8.", "RFC 6856 2.1"),
	CODE("UTF8 -ERR", "The server does not change to UTF-8.", "RFC 6856 2.1"),

	CODE("XSENDER +OK", "The authenticated sender of the message, or nothing.",
	     "No RFC: Netscape Messaging Server"),
};

/* ---- response codes (IANA: POP3 Response Codes) ---- */

static const struct entry response_codes[] = {
	CODE("AUTH", "The user is refused: name or password is wrong, or the account is not valid now. The client should ask again.", "RFC 3206 5"),
	CODE("IN-USE", "Name and password are right, but another session holds the maildrop. Later it may be free.",
	     "RFC 2449 8.1.2"),
	CODE("LOGIN-DELAY", "The last login was too short ago: the client must wait before it logs in again.",
	     "RFC 2449 8.1.1"),
	CODE("SYS", "The server's fault, not the user's: name and password were not what failed.", "RFC 3206 4"),
	CODE("SYS/PERM", "A fault of the server's that will stay until somebody mends it.", "RFC 3206 4"),
	CODE("SYS/TEMP", "A fault of the server's that should pass: the client may try again later.", "RFC 3206 4"),
	CODE("UTF8", "What was asked for holds UTF-8, and the client has not said UTF8, which must come before the login.",
	     "RFC 6856 5"),
	CODE("XCLIENT", "The server trusts this client and takes XCLIENT from it.", "No RFC: Dovecot"),
};

/* ---- capabilities (IANA: POP3 Capabilities) ---- */

static const struct entry keywords[] = {
	WORD("AUTH-RESP-CODE", "AUTH-RESP-CODE",
	     "Where a login fails for the user's name, password or account, the reply says [AUTH], and else it does not.",
	     "RFC 3206 6, RFC 3206 5"),
	WORD("EXPIRE", "EXPIRE days|NEVER [USER]",
	     "For how many days at least the server keeps messages. With 0 none may be left on it.", "RFC 2449 6.7"),
	WORD("IMPLEMENTATION", "IMPLEMENTATION text", "The name of the server's software, for people.", "RFC 2449 6.9"),
	WORD("LANG", "LANG", "The command LANG chooses the language of the server's words.", "RFC 6856 3.1"),
	WORD("LOGIN-DELAY", "LOGIN-DELAY seconds [USER]", "How many seconds must lie between two logins.",
	     "RFC 2449 6.5"),
	WORD("PIPELINING", "PIPELINING",
	     "Several commands may be sent without waiting. The replies come in the same order.", "RFC 2449 6.6"),
	WORD("RESP-CODES", "RESP-CODES",
	     "What stands in [ and ] at the front of a reply's words is a response code, for programs to read.",
	     "RFC 2449 6.4"),
	WORD("SASL", "SASL mechanism...", "The mechanisms that AUTH takes.", "RFC 5034 3"),
	WORD("STLS", "STLS", "The command STLS begins TLS on this connection.", "RFC 2595 4"),
	WORD("TOP", "TOP", "The command TOP fetches a header and some lines of the body.", "RFC 2449 6.1"),
	WORD("UIDL", "UIDL", "The command UIDL gives each message an id that stays the same in later sessions.",
	     "RFC 2449 6.8"),
	WORD("USER", "USER",
	     "USER and PASS are taken. A server may leave it out until TLS is on, so that no password is readable.",
	     "RFC 2449 6.2, RFC 2595 2.3"),
	WORD("UTF8", "UTF8 [USER]", "The command UTF8 is there. With USER, names and passwords may be in UTF-8, too.",
	     "RFC 6856 2, RFC 6856 2.2"),
};

/* ---- the tables ---- */

const struct table pop3_tables[] = {
	{ TABLE_COMMANDS, "POP3 command", commands, COUNT(commands) },
	{ TABLE_CODES, "POP3 status indicator", codes, COUNT(codes) },
	{ TABLE_RESPONSE_CODES, "POP3 response code", response_codes, COUNT(response_codes) },
	{ TABLE_KEYWORDS, "POP3 capability", keywords, COUNT(keywords) },
	{ TABLE_MECHANISMS, "SASL mechanism", sasl_mechanisms, SASL_MECHANISMS },
	{ TABLE_COMMANDS, NULL, NULL, 0 },
};
