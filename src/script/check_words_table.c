/*
 * Words that say whether something succeeded, for check_words.c. Each list is ended by a NULL.
 */
#include "script/check_words.h"

#include <stddef.h>

/* That it failed. Whole phrases only: "no" and "error" alone stand in many a success ("no errors"). */
const char *const words_failed[] = {
	"access denied", "authentication failed", "authentication failure", "authentication unsuccessful",
	"bad command", "bad password", "bad sequence of commands", "can't open", "cannot open", "command failed",
	"command not recognised", "command not recognized", "command unrecognized", "does not exist",
	"doesn't exist", "incorrect password", "invalid command", "invalid mailbox", "invalid password",
	"invalid recipient", "invalid user", "login denied", "login failed", "login incorrect", "mailbox full",
	"mailbox unavailable", "need a password", "no such command", "no such file", "no such mailbox",
	"no such message", "no such user", "not allowed", "not found", "not implemented", "not logged in",
	"not permitted", "not recognised", "not recognized", "operation failed", "over quota", "password incorrect",
	"permission denied", "quota exceeded", "relaying denied", "syntax error", "transaction failed", "unable to",
	"unknown command", "unknown user", "unrecognised command", "unrecognized command", "user unknown",
	"wrong password",
	NULL,
};

/* What takes such words back, or says that something else went well. */
const char *const words_softened[] = {
	"accepted", "although", "but", "complete", "completed", "done", "forward", "forwarded", "however", "if",
	"may", "no errors", "ok", "okay", "previously", "some", "succeeded", "success", "successful", "successfully",
	"superfluous", "though", "unless", "until", "was", "will", "would",
	NULL,
};

/* That it succeeded: what a reply's text ends with, or is. */
const char *const words_succeeded[] = {
	"accepted", "completed", "done", "logged in", "ok", "okay", "succeeded", "success", "successful",
	"successfully",
	NULL,
};

/* What turns those into something else: "message 2 already deleted", "not logged in", "no such message". */
const char *const words_turned[] = {
	"abort", "aborted", "already", "also", "are", "bad", "be", "been", "before", "but", "can", "can't", "cancelled",
	"cannot", "could", "couldn't", "denied", "didn't", "does", "doesn't", "error", "errors", "exceeded",
	"except", "expired", "fail", "failed", "failure", "first", "full", "has", "have", "if", "illegal",
	"incorrect", "invalid", "is", "isn't", "locked", "max", "maximum", "may", "missing", "must", "need", "needs",
	"never", "no", "nobody", "none", "not", "nothing", "only", "out", "please", "refused", "rejected",
	"requested", "require", "required", "requires", "should", "some", "syntax", "temporarily", "timeout", "too",
	"try", "unable", "unavailable", "unexpected", "unknown", "unless", "unsuccessful", "until", "warning", "was",
	"when", "while", "will", "without", "won't", "wrong",
	NULL,
};

/* Of a code by itself, not by its class. */
const struct words_of_code words_of_codes[] = {
	{ "smtp", "220", "closing", "ready", "220 says that the service is ready" },
	{ "smtp", "220", "goodbye", "ready", "220 says that the service is ready" },
	{ "smtp", "221", "service ready", "closing", "221 says that the server closes the connection" },
	{ "smtp", "354", "accepted for delivery", NULL, "354 asks for the message, which has not come yet" },
	{ "smtp", "354", "message accepted", NULL, "354 asks for the message, which has not come yet" },
	{ "smtp", "354", "queued as", NULL, "354 asks for the message, which has not come yet" },
	{ "ftp", "220", "goodbye", "ready", "220 says that the service is ready" },
	{ "ftp", "221", "service ready", "closing", "221 says that the server closes the connection" },
	{ "ftp", "230", "need password", NULL, "230 says that the user is logged in" },
	{ "ftp", "331", "logged in", NULL, "331 asks for the password" },
	{ NULL, NULL, NULL, NULL, NULL },
};
