/*
 * Making a transcript ready to be played.
 */
#include "cmd/prepared.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/target.h"
#include "session/record.h"

/* ---- where to ---- */

static bool is_transcript(const char *word)
{
	return strcmp(word, "-") == 0 || access(word, F_OK) == 0 || shipped_transcript(word).n > 0;
}

/* A word that says where to go, and is no transcript. */
static bool is_target(const char *word)
{
	return !is_transcript(word) && (strchr(word, ':') || strcmp(word, "self") == 0 || strcmp(word, "lab") == 0);
}

int take_target(const struct options *options, int argc, char **argv, const char **to, const char **service)
{
	*to = options->to;
	*service = NULL;
	if (*to || argc < 2)
		return argc;
	if (is_target(argv[argc - 1])) {
		*to = argv[argc - 1];
		return argc - 1;
	}
	if (argc > 2 && !is_transcript(argv[argc - 1]) && !is_transcript(argv[argc - 2]) &&
	    service_port(argv[argc - 1], false) > 0) {
		*to = argv[argc - 2];
		*service = argv[argc - 1];
		return argc - 2;
	}
	return argc;
}

/* `lab` alone is the server that the script is for: its protocol's, under TLS from the first octet where that is so. */
static char *lab_target(const struct rehearsal *r, const char *to)
{
	const struct scheme *scheme = r->tls_implicit ? protocol_tls_scheme(r->protocol) : NULL;
	if (strcmp(to, "lab") != 0)
		return string_copy(to);
	return string_printf("lab:%s", scheme ? scheme->name : r->protocol->name);
}

static enum status find_elsewhere(struct prepared *prepared, const char *to, const char *service, struct error *error)
{
	const struct options *o = prepared->options;
	struct where *where = &prepared->where;
	char *target = lab_target(prepared->rehearsal, to);
	enum status status = where_find(o, target, service, prepared->rehearsal->protocol, where, error);
	free(target);
	where->tls = where->tls || prepared->rehearsal->tls_implicit;
	if (status == STATUS_OK)
		status = options_tls(o, &prepared->tls, error);
	if (status == STATUS_OK && where->authority.n)
		status = tls_settings_trust_too(prepared->tls, where->authority, error);
	return status;
}

enum status prepare_place(struct prepared *prepared, struct event_base *base, const char *to, const char *service,
                          struct error *error)
{
	const struct options *o = prepared->options;
	struct rehearsal *r = prepared->rehearsal;
	if (strcmp(to, "self") != 0)
		return find_elsewhere(prepared, to, service, error);
	struct self_options self = {
		.rehearsal = r, .variables = &o->variables, .tls = &o->with, .tls_implicit = o->tls
	};
	enum status status = self_start(base, &self, &prepared->self, error);
	prepared->where.name = string_copy("self");
	prepared->where.tls = r->tls_implicit || o->tls;
	return status;
}

/* ---- the script ---- */

/* Opens a file that the script sends: beside the transcript, else where we are. */
static enum status read_beside(const char *transcript, const char *name, struct buffer *text, struct error *error)
{
	const char *slash = strrchr(transcript, '/');
	if (slash && name[0] != '/') {
		char *path = string_printf("%.*s%s", (int)(slash - transcript + 1), transcript, name);
		bool there = access(path, R_OK) == 0;
		enum status status = there ? read_input(path, text, error) : STATUS_OK;
		free(path);
		if (there)
			return status;
	}
	return read_input(name, text, error);
}

/* All files are read before anything is sent. */
static enum status read_files(struct prepared *p, struct error *error)
{
	p->files = memory_zeroed(p->script->nlines, sizeof *p->files);
	for (size_t i = 0; i < p->script->nlines; i++) {
		const struct script_line *line = &p->script->lines[i];
		struct error why = { 0 };
		if (line->kind != SCRIPT_DIRECTION || line->direction != DIRECTION_FILE)
			continue;
		if (read_beside(p->script->file, line->name, &p->files[i], &why) == STATUS_OK)
			continue;
		(void)error_set(error, STATUS_USAGE, "%s:%u: %s", p->script->file, line->number, why.message);
		error_clear(&why);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

enum status prepare(const struct options *options, const struct script *script, struct prepared *prepared,
                    struct error *error)
{
	*prepared = (struct prepared){ .options = options, .script = script };
	prepared->rehearsal = rehearse(script, options->protocol, &options->variables);
	enum status status = rehearsal_check(prepared->rehearsal, SIDE_CLIENT, &options->variables, error);
	return status == STATUS_OK ? read_files(prepared, error) : status;
}

void prepared_free(struct prepared *prepared)
{
	self_free(prepared->self);
	tls_settings_free(prepared->tls);
	for (size_t i = 0; prepared->files && i < prepared->script->nlines; i++)
		buffer_free(&prepared->files[i]);
	free(prepared->files);
	rehearsal_free(prepared->rehearsal);
	where_free(&prepared->where);
}

/* ---- for the player ---- */

struct player_options prepared_player(const struct prepared *prepared)
{
	const struct options *o = prepared->options;
	struct tls_settings *tls = prepared->self ? self_tls(prepared->self) : prepared->tls;
	struct player_options player = { .rehearsal = prepared->rehearsal,
		                         .variables = &o->variables,
		                         .files = prepared->files,
		                         .delay = o->delay,
		                         .session = options_session(o, tls, false) };
	player.connect = prepared->where.connect;
	player.connect.timeout = o->connect_timeout;
	player.session.tls_implicit = prepared->where.tls;
	if (prepared->self) {
		self_place(prepared->self, &player.connect);
		player.session.starttls &= !prepared->rehearsal->tls; /* else the script begins it itself */
	}
	return player;
}

struct face *prepared_record(const struct prepared *prepared, struct record *record)
{
	struct record_about about = { .title = prepared->script->title ? prepared->script->title : "A replay",
		                      .target = prepared->self ? NULL : prepared->where.name,
		                      .port = prepared->self ? 0 : prepared->where.connect.port,
		                      .tls = prepared->where.tls,
		                      .times = prepared->options->verbose,
		                      .masking = options_masking(prepared->options, true) };
	return record_begin(record, &about);
}
