/*
 * The files of a new lab: everybody's, alice's homework as the slides have it, and the site, which is the webmaster's tree.
 *
 * Limits count in blocks of 4,096 octets, a folder's own among them: alice's homework has room for one file more, and so
 * the second STOR of ch2-ftp meets 452.
 */
#include "store/files.h"
#include "store/seed_table.h"

#define BUBBLE \
	"iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAYAAADgdz34AAAAQElEQVR42mNgGAWkAPn4Ff+pgWlqOE5LRi0YnBbA" \
	"ALH8wWfBaCQPMwtoXtgRYxlNi26a1g00rXxoWruN1vEgAAAw7YZCG14DbQAAAABJRU5ErkJggg=="

const struct seed_file seed_files[SEED_FILES] = {
	{ "*", "/README.txt", SEED_TEXT,
	  "These files are yours: fetch, store, rename and delete them as you like.\r\n"
	  "The folder quota is full: STOR there is answered 452.\r\n", 0 },
	{ "*", "/homework", SEED_FOLDER, NULL, 0 },
	{ "*", "/homework/week1.txt", SEED_TEXT,
	  "Homework for week 1\r\n"
	  "\r\n"
	  "1. Which of the two connections carried this text?\r\n"
	  "2. Who opened it, and which command said where?\r\n"
	  "3. What does the server remember between two commands?\r\n"
	  "4. Where did your password cross the network, and who could read it?\r\n", 0 },
	{ "*", "/homework/week2.txt", SEED_TEXT,
	  "Homework for week 2\r\n"
	  "\r\n"
	  "1. Send a message by SMTP and read it by POP3.\r\n"
	  "2. Mark it by IMAP, and look at it from a second session.\r\n", 0 },
	{ "*", "/pictures", SEED_FOLDER, NULL, 0 },
	{ "*", "/pictures/bubble.png", SEED_BASE64, BUBBLE, 0 },
	{ "*", "/quota", SEED_FOLDER, NULL, (uint64_t)2 * FILE_BLOCK },
	{ "*", "/quota/full.txt", SEED_TEXT, "This folder may hold one file, and this is it.\r\n", 0 },
	{ "*", "/Gr\303\274\303\237e aus K\303\266ln.txt", SEED_TEXT,
	  "A name with spaces and letters beyond ASCII: UTF-8 on the wire (RFC 2640).\r\n", 0 },
	{ "*", "/empty.txt", SEED_TEXT, "", 0 },

	{ "alice", "/homework", SEED_FOLDER, NULL, (uint64_t)4 * FILE_BLOCK },

	{ "webmaster", "/index.html", SEED_TEXT,
	  "<!DOCTYPE html>\n"
	  "<html lang=\"en\">\n"
	  "<head>\n"
	  "<meta charset=\"utf-8\">\n"
	  "<title>The lab's site</title>\n"
	  "</head>\n"
	  "<body>\n"
	  "<h1>The lab's site</h1>\n"
	  "<p><img src=\"/images/bubble.png\" alt=\"A speech bubble\" width=\"24\" height=\"24\">\n"
	  "These pages are files of the user webmaster: change them by FTP or PUT.</p>\n"
	  "<ul>\n"
	  "<li><a href=\"/example.html\">The page of the documents</a></li>\n"
	  "<li><a href=\"/notes/\">Notes</a>, a folder without a page of its own</li>\n"
	  "<li><a href=\"/numbers.txt\">A thousand lines</a>, for ranges</li>\n"
	  "</ul>\n"
	  "</body>\n"
	  "</html>\n", 0 },
	/* As clug-http10 prints it. */
	{ "webmaster", "/example.html", SEED_TEXT,
	  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
	  "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\""
	  " \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n"
	  "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">\r\n"
	  "<head>\r\n"
	  "<title>Example Web Page</title>\r\n"
	  "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />\r\n"
	  "</head>\r\n"
	  "<body>\r\n"
	  "<p>Hi There</p>\r\n"
	  "</body>\r\n"
	  "</html>\r\n", 0 },
	{ "webmaster", "/notes", SEED_FOLDER, NULL, 0 },
	{ "webmaster", "/notes/ftp.txt", SEED_TEXT, "Two connections: one for commands, one for each file.\n", 0 },
	{ "webmaster", "/notes/http.txt", SEED_TEXT, "A request, a response, and nothing remembered between them.\n", 0 },
	{ "webmaster", "/notes/imap.txt", SEED_TEXT, "Mail stays where it is, and many look at it.\n", 0 },
	{ "webmaster", "/notes/pop3.txt", SEED_TEXT, "Fetch it, delete it, be gone.\n", 0 },
	{ "webmaster", "/notes/smtp.txt", SEED_TEXT, "Hello; from; to; data; a dot; goodbye.\n", 0 },
	{ "webmaster", "/images", SEED_FOLDER, NULL, 0 },
	{ "webmaster", "/images/bubble.png", SEED_BASE64, BUBBLE, 0 },
	{ "webmaster", "/images/dot.gif", SEED_BASE64,
	  "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==", 0 },
	{ "webmaster", "/robots.txt", SEED_TEXT, "User-agent: *\nDisallow:\n", 0 },
	{ "webmaster", "/numbers.txt", SEED_NUMBERS, "1000", 0 },
};
