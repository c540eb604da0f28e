/*
 * parlance TARGET: explore a server by hand. The main job; what it does stands in talk/.
 */
#include "talk/talk.h"

#include "cmd/errand.h"

static enum status run(struct options *options, int argc, char **argv)
{
	struct errand errand = { .options = options };
	struct error error = { 0 };
	if (argc == 0 || argc > 2) {
		complain(argc == 0 ? "talk: to whom? Write a TARGET: host:port, or a URL such as smtp://host"
		                   : "talk: one TARGET at a time: host:port, or host port");
		return STATUS_USAGE;
	}
	enum status status = where_find(options, argv[0], argv[1], NULL, &errand.where, &error);
	if (status == STATUS_OK)
		status = options_tls(options, &errand.tls, &error);
	if (status == STATUS_OK && errand.where.authority.n)
		status = tls_settings_trust_too(errand.tls, errand.where.authority, &error);
	if (status != STATUS_OK) {
		error_report(&error);
		where_free(&errand.where);
		return status;
	}
	struct talk_hooks hooks = errand_hooks(&errand);
	struct talk_options talk = errand_options(options, errand.tls);
	struct talk_place place = errand_place(&errand.where);
	status = talk_run(&talk, &hooks, &place);
	tls_settings_free(errand.tls);
	where_free(&errand.where);
	return status;
}

const struct command command_talk = {
	.name = "talk",
	.arguments = "[options] TARGET",
	.summary = "explore a server by hand, every line explained",
	.help = "What you type goes to the server as typed, with CRLF behind it; what comes back\n"
		"is shown with its meaning under it. At a terminal lines that begin with : are\n"
		"for parlance (:help lists them, :: sends one colon); in message text nothing\n"
		"is special, and ^] reaches parlance from everywhere. TAB completes.\n"
		"\n"
		"imaps://host and the like, or --tls, have TLS from the first octet; --starttls\n"
		"upgrades first, and STARTTLS, STLS or AUTH TLS may be typed. The certificate is\n"
		"verified (--cacert FILE trusts your own authority, --insecure anybody).\n"
		"\n"
		"--record FILE keeps the session as a transcript, without its secrets, which\n"
		"replay, verify and serve take. In a pipe each line waits for the reply to the\n"
		"one before it; what is printed is a transcript too:\n"
		"\n"
		"  parlance imaps://mail.example -r session.txt\n"
		"  printf 'EHLO me.example\\nQUIT\\n' | parlance mail.example:25",
	.options = OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_TALK | OPTIONS_RECORD | OPTIONS_SCRIPT,
	.run = run,
};
