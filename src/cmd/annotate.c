/*
 * annotate: a transcript, or a recorded session, with every line explained; offline (FORMATS section 2). Or two of them, side by
 * side.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "play/offline.h"
#include "view/beside.h"

/* ---- one by one ---- */

/* Whether a header line gives a secret its value. */
static bool gives_secret(struct slice line)
{
	struct slice name = slice_part(line, 0, slice_find_octet(line, '='));
	return slice_starts(name, SLICE("Let:")) &&
	       (slice_find_nocase(name, SLICE("pass")) < name.n || slice_find_nocase(name, SLICE("secret")) < name.n ||
	        slice_find_nocase(name, SLICE("token")) < name.n);
}

/* What stands at the head of what is printed: the script's header, without secrets where they are hidden, and what was
 * recognised where it names no protocol. */
static void header_make(const struct script *script, const struct rehearsal *r, bool hide, struct buffer *header)
{
	struct buffer whole = { 0 };
	struct script named = *script;
	char *recognised = string_copy(r->protocol->name);
	named.protocol = script->protocol ? script->protocol : recognised;
	script_print_header(&named, &whole);
	for (struct slice rest = buffer_slice(&whole); rest.n;) {
		struct slice line = slice_line(&rest);
		if (!hide || !gives_secret(line))
			buffer_add_slice(header, line);
	}
	free(recognised);
	buffer_free(&whole);
}

static void complain_unknown(const struct script *script)
{
	if (script->protocol && protocol_named(slice_of(script->protocol)) == NULL)
		complain("%s: %s is not known yet: its lines are shown as those of any text service", script->file,
		         script->protocol);
}

static struct offline how_offline(const struct options *options)
{
	return (struct offline){ .protocol = options->protocol,
		                 .variables = &options->variables,
		                 .masking = options_masking(options, false) };
}

static enum status annotate_rehearsed(const struct options *options, const struct rehearsal *r, struct error *error)
{
	struct offline how = how_offline(options);
	struct buffer header = { 0 };
	complain_unknown(r->script);
	header_make(r->script, r, how.masking.spans, &header);
	struct face *face = options_face(options, buffer_slice(&header), error);
	buffer_free(&header);
	if (face == NULL)
		return error->status;
	enum status status = offline_play(&how, r, face, error);
	face_close(face);
	return status;
}

static enum status annotate_file(const struct options *options, const char *name)
{
	struct script *scripts = NULL;
	size_t n = 0;
	struct error error = { 0 };
	enum status status = read_transcript(name, options->from, &scripts, &n, &error);
	for (size_t i = 0; i < n && status == STATUS_OK; i++) {
		struct rehearsal *r = rehearse(&scripts[i], options->protocol, &options->variables);
		status = annotate_rehearsed(options, r, &error);
		rehearsal_free(r);
	}
	error_report(&error);
	scripts_free(scripts, n);
	return status;
}

/* ---- side by side ---- */

/* What was asked for must make sense together. */
static enum status beside_check(const struct options *options, int argc, char **argv, struct error *error)
{
	if (argc != 2)
		return error_set(error, STATUS_USAGE,
		                 "annotate --beside: lays two conversations side by side: name two, not %d", argc);
	if (strcmp(argv[0], "-") == 0 && strcmp(argv[1], "-") == 0)
		return error_set(error, STATUS_USAGE,
		                 "annotate --beside: standard input holds one of them: name a file too");
	if (options->json)
		return error_set(
			error, STATUS_USAGE,
			"annotate --beside: is laid out for the eye: with --json annotate each file by itself, "
			"each event has its phase");
	return STATUS_OK;
}

static enum status beside_rehearsed(const struct options *options, const struct rehearsal *r, struct beside *b,
                                    enum beside_place place, struct error *error)
{
	struct offline how = how_offline(options);
	how.protocol = r->protocol; /* the title says it, so the first line is shown as its own too */
	char *protocol = string_printf("%s%s", r->protocol->name, r->tls_implicit ? ", under TLS" : "");
	struct beside_title title = { slice_of(r->script->file), slice_of(protocol), slice_of(r->script->title) };
	struct face *face = beside_face(b, place, &title);
	complain_unknown(r->script);
	enum status status = offline_play(&how, r, face, error);
	face_close(face);
	free(protocol);
	return status;
}

static enum status beside_file(const struct options *options, const char *name, struct beside *b,
                               enum beside_place place, struct error *error)
{
	struct script *scripts = NULL;
	size_t n = 0;
	enum status status = read_transcript(name, options->from, &scripts, &n, error);
	if (status == STATUS_OK && n != 1)
		status = error_set(error, STATUS_USAGE, "%s: holds %zu conversations: give each a file of its own",
		                   n ? scripts[0].file : name, n);
	if (status == STATUS_OK) {
		struct rehearsal *r = rehearse(&scripts[0], options->protocol, &options->variables);
		status = beside_rehearsed(options, r, b, place, error);
		rehearsal_free(r);
	}
	scripts_free(scripts, n);
	return status;
}

static enum status annotate_beside(const struct options *options, int argc, char **argv)
{
	struct error error = { 0 };
	struct beside *b = beside_new(options->notes_given ? options->notes : NOTES_SHORT);
	enum status status = beside_check(options, argc, argv, &error);
	for (size_t i = 0; i < 2 && status == STATUS_OK; i++)
		status = beside_file(options, argv[i], b, i == 0 ? BESIDE_LEFT : BESIDE_RIGHT, &error);
	FILE *out = status == STATUS_OK ? options_output(options, &error) : NULL;
	if (out) {
		struct beside_page page = { !options->plain && color_wanted(options->color, out), page_columns(out) };
		beside_print(b, &page, sink_of_file(out));
	}
	status = error.status;
	error_report(&error);
	beside_free(b);
	return status;
}

static enum status annotate(struct options *options, int argc, char **argv)
{
	enum status worst = STATUS_OK;
	if (options->beside)
		return annotate_beside(options, argc, argv);
	if (argc == 0) {
		complain("annotate: no transcript: name a file, one that ships (ewing-smtp), or - for standard input");
		return STATUS_USAGE;
	}
	for (int i = 0; i < argc; i++) {
		enum status status = annotate_file(options, argv[i]);
		if (status > worst)
			worst = status;
	}
	return worst;
}

const struct command command_annotate = {
	.name = "annotate",
	.arguments = "[options] FILE|-...",
	.summary = "annotate a transcript or recorded session, offline",
	.help = "FILE is a transcript: lines that begin with C: and S:, as RFCs print them. It\n"
		"may hold several, may be one that ships (ewing-smtp), or - for standard input;\n"
		"or it is what another program printed, which --from lists.\n"
		"\n"
		"Each line is printed with what it means and where that is defined; comments,\n"
		"stage directions and the header stay. What is printed is again a transcript.\n"
		"Nothing is connected to.\n"
		"\n"
		"With --beside two conversations stand side by side, phase by phase: greet,\n"
		"identify, encrypt, authenticate, ask, transfer, goodbye; one below the other\n"
		"where there are fewer than 100 columns.\n"
		"\n"
		"  parlance annotate session.txt\n"
		"  curl -sv http://localhost/ 2>&1 >/dev/null | parlance annotate -\n"
		"  parlance annotate --beside ewing-pop3-corrected ewing-imap-corrected",
	.options = OPTIONS_SHOW | OPTIONS_SCRIPT | OPTIONS_OFFLINE | OPTIONS_ANNOTATE,
	.run = annotate,
};
