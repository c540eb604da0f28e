/*
 * Talking by hand: lines that a person types, or that come from a pipe, go to a server; what comes back is shown and
 * explained. At a terminal lines that begin with `:` are for parlance itself.
 */
#ifndef PARLANCE_TALK_TALK_H
#define PARLANCE_TALK_TALK_H

#include <stdbool.h>

#include "base/error.h"
#include "net/connect.h"
#include "script/script.h"
#include "script/template.h"
#include "session/session.h"
#include "view/view.h"

/* What is sent behind each line. */
enum talk_eol {
	EOL_DEFAULT, /* CRLF; nothing where the protocol's lines are datagrams */
	EOL_CRLF,
	EOL_LF,
	EOL_NONE
};

/* How the conversation is shown at a terminal. */
enum talk_show { SHOW_TERMINAL, SHOW_PLAIN, SHOW_JSON, SHOW_ELSEWHERE /* by hooks->face: to a file, raw */ };

struct talk_guide;

/* A place to talk to. The strings belong to whoever found it, and live until it is asked for another. */
struct talk_place {
	struct connect_options connect;
	const struct protocol *protocol; /* NULL: recognised */
	bool tls;                        /* from the first octet */
	const char *name;                /* "mail.example:25" */
	const char *path;                /* what a URL asks for there: "/index.html"; NULL: nothing */
	struct tls_settings *settings;   /* what TLS begins with there; NULL: what it does everywhere */
};

/* What only the floor above can do: it knows the options and what ships. */
struct talk_hooks {
	/* Makes a place of a TARGET (and the word behind it, or NULL). */
	enum status (*find)(void *context, const char *target, const char *service, struct talk_place *place,
	                    struct error *error);
	/* A new face for a conversation that is not shown by a prompt. NULL with a message where there is none. */
	struct face *(*face)(void *context, struct error *error);
	/* Reads a transcript, for `:replay`; the caller frees it with scripts_free. */
	enum status (*script)(void *context, const char *name, struct script **scripts, size_t *n, struct error *error);
	void *context;
};

struct talk_options {
	struct session_options session; /* of each: TLS, masking … */
	bool insecure;                  /* --insecure: said on every prompt */
	bool prompt;                    /* a person sits at the terminal of stdin and stdout */
	enum talk_show show;
	enum notes notes;
	bool color;
	double timeout; /* for a reply, seconds; 0: none; below 0: as suits (none at a terminal, 60 elsewhere) */
	enum talk_eol eol;
	bool colon;                        /* `:` lines are parlance's, in a pipe too */
	bool no_wait;                      /* lines do not wait for replies */
	bool fail;                         /* exit 1 where a reply was a failure */
	bool quiet;                        /* no remarks of our own */
	const char *record;                /* a file to record to, or NULL */
	bool force;                        /* which may be overwritten */
	const struct variables *variables; /* for `:replay` */
	const struct talk_guide *guide;    /* talk/guide.h: it says where to go, and when; NULL: nobody guides */
};

/* Talks until the user leaves, the server closes (in a pipe), or nobody can be reached. Returns the exit status, having
 * reported why. `place` is NULL where there is a guide. */
enum status talk_run(const struct talk_options *options, const struct talk_hooks *hooks,
                     const struct talk_place *place);

#endif
