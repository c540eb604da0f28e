/*
 * The options: what a command line says of them, and their help.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "cmd/options_table.h"

/* What the parsing of one command line holds. */
struct parsing {
	struct options *options;
	const struct command **command; /* it is NULL before it is known */
	bool *help, *version;
	struct error *error;
};

static const struct option_row *row_named(struct slice name)
{
	for (size_t i = 0; i < option_rows_n; i++)
		if (slice_equal(slice_of(option_rows[i].name), name))
			return &option_rows[i];
	return NULL;
}

static const struct option_row *row_lettered(char letter)
{
	for (size_t i = 0; i < option_rows_n; i++)
		if (option_rows[i].letter == letter)
			return &option_rows[i];
	return NULL;
}

/* Whether the option makes sense for the command; NULL: for any. */
static bool row_fits(const struct option_row *row, const struct command *command)
{
	return command == NULL || row->groups == OPTIONS_ALL || (row->groups & command->options);
}

/* The option of the command's nearest to one that is not there; NULL where none is near. */
static const char *row_nearest(struct slice name, const struct command *command)
{
	const char *best = NULL;
	size_t least = 3;
	for (size_t i = 0; i < option_rows_n; i++) {
		if (!row_fits(&option_rows[i], command))
			continue;
		size_t distance = word_distance(name, slice_of(option_rows[i].name));
		if (distance < least && distance * 2 < name.n + 1) {
			least = distance;
			best = option_rows[i].name;
		}
	}
	return best;
}

static enum status set_seconds(struct parsing *p, const struct option_row *row, const char *value, double *seconds)
{
	char *end = NULL;
	errno = 0;
	*seconds = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !isfinite(*seconds) || *seconds < 0)
		return error_set(p->error, STATUS_USAGE, "--%s %s: not a number of seconds: write 5 or 0.5", row->name,
		                 value);
	return STATUS_OK;
}

static enum status set_count(struct parsing *p, const struct option_row *row, const char *value, uint64_t *count)
{
	if (slice_number(slice_of(value), count) && *count > 0)
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number from 1 up", row->name, value);
}

static enum status set_octets(struct parsing *p, const struct option_row *row, const char *value, uint64_t *octets)
{
	if (slice_number(slice_of(value), octets))
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number of octets: write 0 or 300", row->name, value);
}

static enum status set_rate(struct parsing *p, const struct option_row *row, const char *value, double *rate)
{
	char *end = NULL;
	*rate = strtod(value, &end);
	if (end != value && *end == '\0' && isfinite(*rate) && *rate > 0)
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number above 0: write 100 or 0.5", row->name, value);
}

static enum status check_choice(struct parsing *p, const struct option_row *row, const char *value)
{
	for (const char *const *choice = row->choices; *choice; choice++)
		if (strcmp(*choice, value) == 0)
			return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not one of %s", row->name, value, row->argument);
}

static enum status set_protocol(struct parsing *p, const char *value)
{
	p->options->protocol = protocol_named(slice_of(value));
	if (p->options->protocol)
		return STATUS_OK;
	struct buffer names = { 0 };
	for (size_t i = 0; protocols[i]; i++)
		buffer_printf(&names, " %s", protocols[i]->name);
	enum status status = error_set(p->error, STATUS_USAGE, "--protocol %s: no such protocol: there are" SLICE_FMT,
	                               value, SLICE_ARG(buffer_slice(&names)));
	buffer_free(&names);
	return status;
}

static enum status set_notes(struct parsing *p, const struct option_row *row, const char *value)
{
	if (check_choice(p, row, value) != STATUS_OK)
		return STATUS_USAGE;
	p->options->notes_given = true;
	p->options->notes = value[0] == 'f' ? NOTES_FULL : value[0] == 's' ? NOTES_SHORT : NOTES_OFF;
	return STATUS_OK;
}

/* `--set NAME=VALUE`; `--set NAME` takes the value from the environment, where no list of processes shows it. */
static enum status set_variable(struct parsing *p, const char *value)
{
	if (strchr(value, '='))
		return variables_set(&p->options->variables, value, p->error);
	char *name = string_printf("PARLANCE_%s", value);
	const char *found = getenv(name);
	char *assignment = found ? string_printf("%s=%s", value, found) : NULL;
	enum status status = found ? variables_set(&p->options->variables, assignment, p->error)
	                           : error_set(p->error, STATUS_USAGE,
	                                       "--set %s: no value: write --set %s=VALUE, or give it to the "
	                                       "environment variable %s",
	                                       value, value, name);
	free(name);
	free(assignment);
	return status;
}

/* Lines NAME=VALUE; blank ones and those that begin with # count for nothing. */
static enum status set_file(struct parsing *p, const char *file)
{
	struct buffer text = { 0 };
	struct error why = { 0 };
	enum status status = read_input(file, &text, p->error);
	struct slice rest = buffer_slice(&text);
	for (unsigned number = 1; status == STATUS_OK && rest.n; number++) {
		struct slice line = slice_row(&rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (slice_trim(line).n == 0 || line.p[0] == '#')
			continue;
		char *assignment = slice_string(line);
		if (variables_set(&p->options->variables, assignment, &why) != STATUS_OK)
			status = error_set(p->error, STATUS_USAGE, "%s:%u: %s", file, number, why.message);
		free(assignment);
	}
	error_clear(&why);
	buffer_wipe(&text);
	return status;
}

static void words_add(struct words *words, const char *value)
{
	words->list = memory_grow(words->list, words->n + 1, sizeof *words->list);
	words->list[words->n++] = value;
}

static enum status set_option(struct parsing *p, const struct option_row *row, const char *value)
{
	char *member = (char *)p->options + row->offset;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)member = true;
		return STATUS_OK;
	case OPTION_WORD:
		if (check_choice(p, row, value) != STATUS_OK)
			return STATUS_USAGE;
		*(const char **)(void *)member = value;
		return STATUS_OK;
	case OPTION_TEXT:
		*(const char **)(void *)member = value;
		return STATUS_OK;
	case OPTION_WORDS:
		words_add((struct words *)(void *)member, value);
		return STATUS_OK;
	case OPTION_SECONDS:
		return set_seconds(p, row, value, (double *)(void *)member);
	case OPTION_COUNT:
		return set_count(p, row, value, (uint64_t *)(void *)member);
	case OPTION_OCTETS:
		return set_octets(p, row, value, (uint64_t *)(void *)member);
	case OPTION_RATE:
		return set_rate(p, row, value, (double *)(void *)member);
	case OPTION_TO:
		p->options->to = value;
		words_add(&p->options->targets, value);
		return STATUS_OK;
	case OPTION_DEMO:
		p->options->demo = true;
		return *value ? set_seconds(p, row, value, &p->options->demo_seconds) : STATUS_OK;
	case OPTION_IPV4:
	case OPTION_IPV6:
		p->options->family = row->kind == OPTION_IPV4 ? AF_INET : AF_INET6;
		return STATUS_OK;
	case OPTION_PROTOCOL:
		return set_protocol(p, value);
	case OPTION_NOTES:
		return set_notes(p, row, value);
	case OPTION_SET:
		return set_variable(p, value);
	case OPTION_SET_FILE:
		return set_file(p, value);
	case OPTION_MAP:
		return variables_map(&p->options->variables, value, p->error);
	case OPTION_HELP:
		*p->help = true;
		return STATUS_OK;
	case OPTION_VERSION:
		*p->version = true;
		return STATUS_OK;
	}
	return STATUS_OK;
}

/* One found option with what follows it: `given` is the value that stands with it, NULL where none does; `next` the
 * following word, NULL at the end. `*used_next` says that it was the value. */
static enum status take_option(struct parsing *p, const struct option_row *row, const char *given, const char *next,
                               bool *used_next)
{
	*used_next = false;
	if (row->argument == NULL && given && row->kind != OPTION_DEMO)
		return error_set(p->error, STATUS_USAGE, "--%s: takes no value", row->name);
	if (row->argument && given == NULL) {
		if (next == NULL)
			return error_set(p->error, STATUS_USAGE, "--%s: needs %s behind it", row->name, row->argument);
		given = next;
		*used_next = true;
	}
	return set_option(p, row, given ? given : ""); /* a flag looks at no value */
}

/* Whose help lists the options. */
static const char *command_name(const struct parsing *p)
{
	return *p->command ? (*p->command)->name : "talk";
}

static enum status take_long(struct parsing *p, const char *word, const char *next, const struct option_row **row,
                             bool *used_next)
{
	struct slice name = slice_of(word + 2);
	size_t equals = slice_find_octet(name, '=');
	const char *given = equals < name.n ? name.p + equals + 1 : NULL;
	name = slice_part(name, 0, equals);
	*row = row_named(name);
	if (*row)
		return take_option(p, *row, given, next, used_next);
	const char *near = row_nearest(name, *p->command);
	return error_set(p->error, STATUS_USAGE, "--" SLICE_FMT ": no such option%s%s: see parlance %s --help",
	                 SLICE_ARG(name), near ? ": nearest is --" : "", near ? near : "", command_name(p));
}

static enum status take_letters(struct parsing *p, const char *word, const char *next, const struct option_row **row,
                                bool *used_next)
{
	for (const char *letter = word + 1; *letter; letter++) {
		*row = row_lettered(*letter);
		if (*row == NULL)
			return error_set(p->error, STATUS_USAGE, "-%c: no such option: see parlance %s --help", *letter,
			                 command_name(p));
		bool glued = (*row)->argument && letter[1];
		enum status status = take_option(p, *row, glued ? letter + 1 : NULL, next, used_next);
		if (status != STATUS_OK || glued || (*row)->argument)
			return status;
	}
	return STATUS_OK;
}

/* The options that were given must make sense for the command. */
static enum status check_groups(const struct command *command, const bool *given, struct error *error)
{
	for (size_t i = 0; i < option_rows_n; i++)
		if (given[i] && !row_fits(&option_rows[i], command))
			return error_set(error, STATUS_USAGE, "--%s: makes no sense for %s: see parlance %s --help",
			                 option_rows[i].name, command->name, command->name);
	return STATUS_OK;
}

static void collect_secrets(struct options *options)
{
	for (size_t i = 0; i < options->variables.n; i++) {
		const struct variable *row = &options->variables.rows[i];
		if (!row->secret || row->value_n == 0)
			continue;
		size_t n = options->nsecrets++;
		options->secret_values = memory_grow(options->secret_values, n + 1, sizeof *options->secret_values);
		options->secret_names = memory_grow(options->secret_names, n + 1, sizeof *options->secret_names);
		options->secret_values[n] = string_copy(row->value);
		options->secret_names[n] = string_printf("{{%s}}", row->name);
	}
}

/* "-ERR" and "-FLAGS" are words of protocols: explain is asked for them as they stand, or with their line behind them. */
static bool is_word(const struct command *command, const char *text)
{
	struct slice rest = slice_of(text), word = slice_word(&rest);
	for (size_t i = 0; command == &command_explain && protocols[i]; i++)
		for (const struct table *table = protocols[i]->tables; table->rows; table++)
			if (table_find(table, word))
				return true;
	return false;
}

/* Takes the words of the command line one by one; `given` has a bool for each row of the table. */
static enum status take_words(struct parsing *p, find_command *find, bool *given, int *argc, char **argv)
{
	int words = 0;
	bool only_words = false;
	for (int i = 0; i < *argc; i++) {
		char *word = argv[i];
		bool option = !only_words && word[0] == '-' && word[1] != '\0' && !is_word(*p->command, word);
		if (option && strcmp(word, "--") == 0) {
			only_words = true;
		} else if (option) {
			const struct option_row *row = NULL;
			bool used_next = false;
			const char *next = i + 1 < *argc ? argv[i + 1] : NULL;
			enum status status = word[1] == '-' ? take_long(p, word, next, &row, &used_next)
			                                    : take_letters(p, word, next, &row, &used_next);
			if (status != STATUS_OK)
				return status;
			given[row - option_rows] = true;
			i += used_next;
		} else if (*p->command == NULL && words == 0 && (*p->command = find(word)) != NULL) {
			continue; /* the command's name is none of its words */
		} else {
			argv[words++] = word;
		}
	}
	argv[words] = NULL;
	*argc = words;
	return STATUS_OK;
}

enum status options_parse(struct options *options, const struct command **command, find_command *find, int *argc,
                          char **argv, bool *help, bool *version, struct error *error)
{
	struct parsing p = { options, command, help, version, error };
	bool *given = memory_zeroed(option_rows_n, sizeof *given);
	*options = (struct options){ .family = AF_UNSPEC,
		                     .timeout = -1,
		                     .connect_timeout = 10,
		                     .retry_interval = 1,
		                     .demo_seconds = 3,
		                     .color = "auto",
		                     .drop_after = UINT64_MAX };
	options->practice = memory_zeroed(1, sizeof *options->practice);
	enum status status = take_words(&p, find, given, argc, argv);
	if (status == STATUS_OK)
		collect_secrets(options);
	/* Where no command is named, a word is a TARGET to talk to. */
	if (status == STATUS_OK && (*command || *argc > 0))
		status = check_groups(*command ? *command : &command_talk, given, error);
	free(given);
	return status;
}

void options_free(struct options *options)
{
	for (size_t i = 0; i < options->nsecrets; i++) {
		memory_wipe(options->secret_values[i], strlen(options->secret_values[i]));
		free(options->secret_values[i]);
		free(options->secret_names[i]);
	}
	free(options->secret_values);
	free(options->secret_names);
	variables_free(&options->variables);
	free(options->ports.list);
	free(options->only.list);
	free(options->users.list);
	free(options->mboxes.list);
	free(options->targets.list);
	practice_end(options->practice);
	free(options->practice);
}

static void help_row(const struct option_row *row)
{
	char letter[] = { row->letter ? '-' : ' ', row->letter ? row->letter : ' ', row->letter ? ',' : ' ', '\0' };
	char *name = string_printf("%s --%s%s%s", letter, row->name, row->argument ? " " : "",
	                           row->argument ? row->argument : "");
	bool fits = strlen(name) <= 26;
	if (!fits)
		(void)printf("  %s\n", name);
	struct slice rest = slice_of(row->help);
	for (bool first = fits; rest.n; first = false) {
		struct slice line = slice_line(&rest);
		line = slice_part(line, 0, slice_find_octet(line, '\n'));
		(void)printf("  %-26s " SLICE_FMT "\n", first ? name : "", SLICE_ARG(line));
	}
	free(name);
}

/* What most commands have comes last: who asks for help looks for the command's own. */
void options_help(const struct command *command)
{
	static const struct help_section {
		const char *title;
		unsigned groups;
	} sections[] = { { "Options:", ~(unsigned)(OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_OFFLINE | OPTIONS_SHOW |
		                                   OPTIONS_PRINT) },
		         { "Connecting, and TLS:", OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_OFFLINE },
		         { "What is shown:", OPTIONS_SHOW | OPTIONS_PRINT } };
	bool *told = memory_zeroed(option_rows_n, sizeof *told);
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		const char *title = sections[i].title;
		for (size_t j = 0; j < option_rows_n; j++) {
			bool last = i + 1 == sizeof sections / sizeof sections[0];
			unsigned groups = option_rows[j].groups & command->options & sections[i].groups;
			if (told[j] || !(groups || (last && option_rows[j].groups == OPTIONS_ALL)))
				continue;
			if (title)
				(void)printf("\n%s\n", title);
			title = NULL;
			help_row(&option_rows[j]);
			told[j] = true;
		}
	}
	free(told);
}
