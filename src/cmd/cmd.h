/*
 * The commands: one file each, one row in the table of main.c. Options are parsed once, the same for all; a command
 * says which of them make sense for it.
 */
#ifndef PARLANCE_CMD_CMD_H
#define PARLANCE_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "cmd/practice.h"
#include "net/connect.h"
#include "protocol/protocol.h"
#include "script/script.h"
#include "script/template.h"
#include "session/session.h"
#include "view/view.h"

/* An option that may be given several times. */
struct words {
	const char **list;
	size_t n;
};

/* What was given on the command line; defaults where nothing was. Strings are argv's own. */
struct options {
	int family;                      /* -4 -6; AF_UNSPEC */
	const struct protocol *protocol; /* -P; NULL */
	bool tls, starttls;
	struct tls_options with; /* --cacert, --cert, --insecure …: what TLS begins with */
	bool showcerts;
	double timeout;         /* -w; below 0: not given */
	double connect_timeout; /* 10 */
	bool follow_data;
	double max_time; /* 0: none */
	const char *eol; /* crlf, lf, none; NULL: not given */
	bool json, plain, raw;
	const char *output; /* -o FILE */
	const char *color;  /* auto, always, never */
	enum notes notes;
	bool notes_given;
	const char *record;         /* -r FILE */
	struct variables variables; /* --set, --map */
	const char *from;           /* --from: the form of a transcript; NULL: as it is recognised */
	const char *secrets;        /* mask, show; NULL: not given */
	bool fail;                  /* --fail */
	bool quiet, verbose;
	bool colon;                              /* talk: --colon */
	bool no_wait;                            /* talk: --no-wait */
	const char *to;                          /* replay, verify: --to */
	const char *match;                       /* verify: status, class, text; NULL: not given */
	bool bail;                               /* verify: the first difference ends it */
	bool recorded;                           /* verify: sessions that others recorded */
	bool beside;                             /* annotate: --beside */
	const char *junit;                       /* verify: --junit FILE */
	uint64_t jobs;                           /* verify: sessions at once; 0: not given */
	uint64_t repeat;                         /* verify: sessions of each transcript; 0: not given */
	uint64_t retry;                          /* verify: how often a transcript that fails is tried again */
	double retry_interval;                   /* 1 */
	double rate;                             /* verify: sessions begun in a second; 0: as fast as it goes */
	double delay;                            /* replay, serve: --delay */
	bool step;                               /* replay: --step */
	const char *listen;                      /* serve: --listen ADDR:PORT */
	bool strict, once;                       /* serve */
	double stall;                            /* serve: --stall */
	uint64_t split;                          /* serve: --split; 0: not given */
	uint64_t drop_after;                     /* serve: --drop-after; UINT64_MAX: not given */
	bool garble;                             /* serve: --garble */
	bool force;                              /* a file may be overwritten */
	struct words ports, only, users, mboxes; /* lab: --port --only --user --mbox */
	const char *files, *keep, *ca_out;       /* lab */
	bool reset;                              /* lab, lesson */
	bool shared, teach;                      /* lab */
	struct words targets;                    /* lesson: each --to */
	const char *directory;                   /* extract: -d DIR */
	bool list;                               /* extract: --list */
	bool fix;                                /* check: --fix */
	bool check, demo;                        /* lesson */
	double demo_seconds;                     /* --demo=SECONDS; 3 */
	struct practice *practice;               /* the lab of targets such as lab:smtp; owned here */
	/* the values of --set that are secret, and `{{name}}` for each, for struct masking */
	char **secret_values, **secret_names;
	size_t nsecrets;
};

/* Bits of the options that a command takes, beside -h -V -q -v which all take: the rows of cmd/options_table.c. */
enum option_group {
	OPTIONS_CONNECT = 1 << 0,   /* -4 -6 -P --starttls --cacert --insecure -w --connect-timeout --max-time … */
	OPTIONS_SHOW = 1 << 1,      /* --json --plain -o --color --notes --secrets */
	OPTIONS_TALK = 1 << 2,      /* --eol --raw --colon --no-wait --fail */
	OPTIONS_RECORD = 1 << 3,    /* -r --force */
	OPTIONS_SCRIPT = 1 << 4,    /* --set --map */
	OPTIONS_REPLAY = 1 << 5,    /* --step */
	OPTIONS_SERVE = 1 << 6,     /* --listen --strict --once --drop-after --stall --split --garble */
	OPTIONS_PACE = 1 << 7,      /* --delay */
	OPTIONS_OFFLINE = 1 << 8,   /* -P where nothing is connected */
	OPTIONS_VERIFY = 1 << 10,   /* --match --bail --junit --retry --recorded --jobs --repeat --rate */
	OPTIONS_TO = 1 << 11,       /* --to */
	OPTIONS_LAB = 1 << 12,      /* --listen --port --only --user … */
	OPTIONS_LESSON = 1 << 13,   /* --check --demo --reset */
	OPTIONS_ANNOTATE = 1 << 14, /* --beside */
	OPTIONS_EXTRACT = 1 << 15,  /* -d --list --force */
	OPTIONS_CHECK = 1 << 16,    /* --fix --force */
	OPTIONS_PRINT = 1 << 17,    /* of OPTIONS_SHOW those of what is no conversation: --json --plain -o --color */
	OPTIONS_ENCRYPT = 1 << 9    /* --tls --cert --key --tls-min …, for the client's side and the server's */
};

struct command {
	const char *name;      /* "talk" */
	const char *arguments; /* "[options] TARGET" */
	const char *summary;   /* one line for `parlance --help` */
	const char *help;      /* paragraphs for `parlance NAME --help`, lines of at most 76 columns */
	unsigned options;      /* enum option_group, or-ed */
	/* argv holds the words left after the options; argv[argc] is NULL. Returns the exit status, having reported why. */
	enum status (*run)(struct options *options, int argc, char **argv);
};

extern const struct command command_talk, command_replay, command_verify, command_serve, command_annotate,
	command_explain, command_lab, command_lesson, command_extract, command_check;

/* ---- cmd/options.c ---- */

/*
 * Takes the options of `command` out of argv (they may stand anywhere before `--`); the words left are put at its front
 * and counted in `*argc`. `*command` may be NULL at first: it is then found by `find` at the first word, which stays in
 * argv where it is none of the commands' names. Returns STATUS_USAGE with a message for a wrong option or value.
 * --help and --version are only noted.
 */
typedef const struct command *find_command(const char *word);
enum status options_parse(struct options *options, const struct command **command, find_command *find, int *argc,
                          char **argv, bool *help, bool *version, struct error *error);
void options_free(struct options *options);

/* Prints the options that a command takes, a line or two each, to stdout. */
void options_help(const struct command *command);

/* ---- shared by the commands: cmd/where.c and cmd/shared.c ---- */

/* Where to go: a TARGET joined with -P, --tls and the registry. */
struct where {
	struct connect_options connect;  /* host and path are owned by the where */
	const struct protocol *protocol; /* NULL: recognise from the greeting */
	bool tls;                        /* implicit */
	char *name;                      /* "mail.example:25", for prompts and messages */
	char *request_path;              /* of a URL, or NULL */
	struct slice authority;          /* of a lab: PEM, whom a client must trust; as long as the options' practice */
};
/* Finds where `text` leads, with `service` as its port where that is a word of its own (else NULL); `fallback` is the protocol
 * where neither the options nor the target say one; NULL: none. The caller frees (where_free). STATUS_USAGE with a message
 * where it is no target. */
enum status where_find(const struct options *options, const char *text, const char *service,
                       const struct protocol *fallback, struct where *where, struct error *error);
void where_free(struct where *where);

/* Reads a whole file ("-": stdin) into `*text`, or a transcript that ships by its bare name (an existing path wins).
 * STATUS_USAGE with a message where it cannot be read; for a bare name that is near one that ships, it names that. */
enum status read_input(const char *name, struct buffer *text, struct error *error);
/* The same, piece by piece: `take` is called with each in turn, and says whether it wants another. */
typedef bool read_take(void *context, struct slice piece);
enum status read_pieces(const char *name, read_take *take, void *context, struct error *error);
/* What an input is called in messages: "standard input" for "-". */
const char *input_name(const char *name);
/* Reads it as a transcript: of the form `from`, or NULL: as it is recognised (script/import.h). */
enum status read_transcript(const char *name, const char *from, struct script **scripts, size_t *n,
                            struct error *error);

/* What a face needs to know, from the options: chooses JSON, plain, raw or terminal (stdout is a terminal and neither
 * was asked for). `header` are the lines that a plain transcript begins with, before Protocol: and TLS:. */
struct face *options_face(const struct options *options, struct slice header, struct error *error);
bool options_terminal(const struct options *options);
/* What options_face is made of: the file of `-o`, else stdout, opened once (NULL with a message where it cannot be);
 * whether it is shown as for people; and how that is. */
FILE *options_output(const struct options *options, struct error *error);
bool options_for_people(const struct options *options);
struct terminal_options options_screen(const struct options *options, FILE *out);

/* How wide what is printed to `out` may be, for what is laid out in columns: as the terminal, else as COLUMNS says, else 100. */
size_t page_columns(FILE *out);

/* What tells of a verification, likewise chosen: JSON, for a terminal, or TAP. The caller's (report_close). */
struct report;
enum status options_report(const struct options *options, struct report **report, struct error *error);

/* The masking that the options ask for; `live`: what is said is not readable in a transcript anyway. */
struct masking options_masking(const struct options *options, bool live);

/* What the options say of TLS, for the client's side; the caller's (tls_settings_free). STATUS_USAGE with a message. */
enum status options_tls(const struct options *options, struct tls_settings **settings, struct error *error);
/* What the options say of a client's session, wherever it goes; `live` as for options_masking. */
struct session_options options_session(const struct options *options, struct tls_settings *tls, bool live);

/* Follows `--fail`. */
bool event_failed(const struct dialogue_event *event);

/* A transcript or a lesson that ships, by its name without folder and ending ("ewing-smtp", "03-smtp-by-hand"): from the
 * source tree where the program is run there, else from the data folder, else as built in. Empty where there is none; lives
 * until the next call of the same function. The `_name`s are those of what is built in, in order, NULL past the last. */
struct slice shipped_transcript(const char *name);
const char *shipped_transcript_name(size_t i);
struct slice shipped_lesson(const char *name);
const char *shipped_lesson_name(size_t i);
/* The name of the lesson that a person means by `word`: its number ("3", "03"), its name, or that without the number
 * ("smtp-by-hand"), with or without .md. The caller's (free). STATUS_USAGE with a message where there is none, which names
 * one that is near. */
enum status shipped_lesson_find(const char *word, char **name, struct error *error);

#endif
