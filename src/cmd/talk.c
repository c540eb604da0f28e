/*
 * parlance TARGET: explore a server by hand. The main job; what it does stands in talk/.
 */
#include "talk/talk.h"

#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* What the talk asks of this floor. */
struct errand {
	const struct options *options;
	struct where where;
	struct tls_settings *tls;
};

static struct talk_place place_of(const struct where *where)
{
	return (struct talk_place){ where->connect, where->protocol, where->tls, where->name, where->request_path };
}

static enum status find(void *context, const char *target, const char *service, struct talk_place *place,
                        struct error *error)
{
	struct errand *errand = context;
	struct options elsewhere = *errand->options;
	struct where where;
	elsewhere.protocol = NULL;  /* -P was about the first target */
	elsewhere.starttls = false; /* which is still done where there is no TLS from the first octet */
	enum status status = where_find(&elsewhere, target, service, NULL, &where, error);
	if (status != STATUS_OK)
		return status;
	where_free(&errand->where);
	errand->where = where;
	tls_settings_elsewhere(errand->tls);
	if (where.authority.n && (status = tls_settings_trust_too(errand->tls, where.authority, error)) != STATUS_OK)
		return status;
	*place = place_of(&errand->where);
	return STATUS_OK;
}

static struct face *face(void *context, struct error *error)
{
	const struct errand *errand = context;
	return options_face(errand->options, SLICE(""), error);
}

static enum status script(void *context, const char *name, struct script **scripts, size_t *n, struct error *error)
{
	const struct errand *errand = context;
	return read_transcript(name, errand->options->from, scripts, n, error);
}

static enum talk_eol eol_of(const char *word)
{
	if (word == NULL)
		return EOL_DEFAULT;
	return strcmp(word, "crlf") == 0 ? EOL_CRLF : strcmp(word, "lf") == 0 ? EOL_LF : EOL_NONE;
}

static enum talk_show show_of(const struct options *options)
{
	if (options->output || options->raw)
		return SHOW_ELSEWHERE;
	return options->json ? SHOW_JSON : options->plain ? SHOW_PLAIN : SHOW_TERMINAL;
}

static struct talk_options talk_options_of(const struct options *options, struct tls_settings *tls)
{
	bool typed = isatty(STDIN_FILENO) == 1;
	return (struct talk_options){
		.session = options_session(options, tls, true),
		.insecure = options->with.insecure,
		.prompt = typed && isatty(STDOUT_FILENO) == 1 && !options->raw,
		.show = show_of(options),
		.notes = options->notes,
		.color = color_wanted(options->color, stdout),
		.timeout = options->timeout,
		.eol = eol_of(options->eol),
		.colon = options->colon || typed,
		.no_wait = options->no_wait,
		.fail = options->fail,
		.quiet = options->quiet,
		.record = options->record,
		.force = options->force,
		.variables = &options->variables,
	};
}

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
	struct talk_hooks hooks = { find, face, script, &errand };
	struct talk_options talk = talk_options_of(options, errand.tls);
	struct talk_place place = place_of(&errand.where);
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
