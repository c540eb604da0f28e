/*
 * What a talk asks of this floor, whether a person began it or a lesson did.
 */
#include "cmd/errand.h"

#include <string.h>
#include <unistd.h>

struct talk_place errand_place(const struct where *where)
{
	return (struct talk_place){
		where->connect, where->protocol, where->tls, where->name, where->request_path, NULL
	};
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
	*place = errand_place(&errand->where);
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

struct talk_options errand_options(const struct options *options, struct tls_settings *tls)
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

struct talk_hooks errand_hooks(struct errand *errand)
{
	return (struct talk_hooks){ find, face, script, errand };
}
