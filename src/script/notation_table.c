/*
 * The dialects in which documents print who speaks, as data. Of rows with the same prefix the first is what a line by itself
 * is taken for; what stands in other lines around it may speak for another.
 */
#include "script/notation.h"

/* name, client's prefixes, server's prefixes, what they begin with, form, weight, exact, reversed */
const struct notation notations[] = {
	{ "C: S:", "C:", "S:", "CS", NOTATION_LETTER, 3, true, false },
	{ "[C] [S]", "[C] [C]:", "[S] [S]:", "[", NOTATION_MARK, 3, true, false }, /* NNTP */
	{ "C->S: S->C:", "C->S:", "S->C:", "CS([", NOTATION_ROUTE, 3, true, false },
	{ "client->server: server->client:", "client->server:", "server->client:", "CcSs([", NOTATION_ROUTE, 3, false, false },
	{ "C> S>", "C>", "S>", "CS", NOTATION_LETTER, 2, true, false }, /* RFC 3659 2.5 */
	{ "S: R:", "S:", "R:", "SR", NOTATION_LETTER, 2, true, true },  /* RFC 821: sender and receiver */
	{ "C: P:", "C:", "P:", "CP", NOTATION_LETTER, 2, true, false }, /* RFC 2645: customer and provider */
	{ "U: S:", "U:", "S:", "US", NOTATION_LETTER, 2, true, false }, /* RFC 959's forerunners: user and server */
	{ "M: S:", "M:", "S:", "MS", NOTATION_LETTER, 2, true, false }, /* RFC 5550: mobile client, submission server */
	{ "M: I:", "M:", "I:", "MI", NOTATION_LETTER, 2, true, false }, /* its IMAP server */
	{ "C1: S1:", "C1: C2: C3: C4:", "S1: S2: S3: S4:", "CS", NOTATION_MARK, 2, true, false }, /* RFC 2180: several clients */
	{ "Client: Server:", "Client: Client> Client|", "Server: Server> Server|", "CcSs", NOTATION_WORD, 2, false, false },
	{ "[Client] [Server]", "[Client] [Client]:", "[Server] [Server]:", "[", NOTATION_MARK, 2, false, false },
	{ "sender-SMTP: receiver-SMTP:", "sender-SMTP:", "receiver-SMTP:", "SsRr", NOTATION_WORD, 3, false, false }, /* RFC 821 */
	{ "Sender: Receiver:", "Sender:", "Receiver: Recipient:", "SsRr", NOTATION_WORD, 2, false, false },
	{ "MUA: MTA:", "MUA: UA:", "MTA: MSA: MDA:", "MmUu", NOTATION_WORD, 2, false, false },
	{ "User: Server:", "User: You: Me:", "Server:", "UuYyMmSs", NOTATION_WORD, 1, false, false },
	{ "Request: Response:", "Request: >>Request >>Request<<", "Response: >>Response >>Response<<", "Rr>", NOTATION_BLOCK, 1,
	  false, false },
	{ "Command: Response:", "Command: Cmd: Req:", "Response: Reply: Resp: Res:", "CcRr", NOTATION_WORD, 1, false, false },
	{ "c: s:", "c:", "s:", "cs", NOTATION_LETTER, 1, true, false },
	{ "C| S|", "C|", "S|", "CS", NOTATION_LETTER, 1, true, false },
	{ "(C) (S)", "(C) (C):", "(S) (S):", "(", NOTATION_MARK, 1, true, false },
	{ "SMTP>> SMTP<<", "SMTP>>", "SMTP<<", "S", NOTATION_MARK, 3, true, false }, /* Exim */
	{ "SMTP> SMTP<", "SMTP> LMTP>", "SMTP< LMTP<", "SL", NOTATION_MARK, 3, true, false }, /* fetchmail, and the next two */
	{ "POP3> POP3<", "POP3> POP>", "POP3< POP<", "P", NOTATION_MARK, 3, true, false },
	{ "IMAP> IMAP<", "IMAP>", "IMAP<", "I", NOTATION_MARK, 3, true, false },
	{ "Sending: Read:", "Sending:", "Read:", "SR", NOTATION_MARK, 2, true, false }, /* Mail::IMAPClient */
	{ "SEND: RECV:", "SEND:", "RECV:", "SR", NOTATION_MARK, 2, true, false },
	{ ">>> <<<", ">>>", "<<<", "<>", NOTATION_MARK, 2, true, false }, /* RFC 3461 10, Sendmail */
	{ "-> <-", "-> ~> **> *~> *>", "<- <~ <** <~* <-*", "-~*<", NOTATION_MARK, 1, true, false }, /* swaks has the others */
	{ "--> <--", "-->", "<--", "-<", NOTATION_ARROW, 1, true, false }, /* RFC 959 7 */
	{ "=> <=", "=>", "<=", "=<", NOTATION_ARROW, 1, true, false },
	{ ">> <<", ">>", "<<", "<>", NOTATION_MARK, 1, true, false },
	{ "→ ←", "→ ⇒ ➜ ⟶", "← ⇐ ⟵", "\xE2", NOTATION_MARK, 1, true, false },
	{ "> <", ">", "<", "<>", NOTATION_MARK, 1, true, false }, /* curl -v, Python's imaplib */
	{ NULL, NULL, NULL, NULL, NOTATION_MARK, 0, false, false },
};
