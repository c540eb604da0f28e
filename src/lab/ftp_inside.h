/*
 * What the parts of the FTP server know of each other: ftp.c hears the client and finds who answers, ftp_login.c says who it
 * is and how it is protected, ftp_settings.c how data goes, ftp_transfer.c moves it, ftp_files.c changes the tree,
 * ftp_listing.c shows it, ftp_ask.c tells about the server.
 */
#ifndef PARLANCE_LAB_FTP_INSIDE_H
#define PARLANCE_LAB_FTP_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/files.h"
#include "lab/visit.h"
#include "session/data_connection.h"

struct event;

/* ---- one client ---- */

enum ftp_login { LOGIN_NONE, LOGIN_NAMED /* USER was said */, LOGIN_DONE };

/* Where the next data connection comes from. */
enum ftp_route {
	ROUTE_DEFAULT, /* nothing was said: to the port that the client uses for the control connection (RFC 959 3.2) */
	ROUTE_PASSIVE, /* PASV, EPSV: `data` listens */
	ROUTE_ACTIVE   /* PORT, EPRT: to `host` and `port` */
};

enum ftp_way { WAY_NONE /* no transfer */, WAY_SEND, WAY_RECEIVE };

/* A transfer under way. */
struct ftp_transfer {
	enum ftp_way way;
	bool began;        /* its 1yz has been said */
	bool opened;       /* octets may go over the data connection */
	bool finished;     /* all was handed over to be sent */
	bool lines;        /* type A: line ends are converted */
	bool after_return; /* the last octet that came is a CR, not kept yet; or the CR before an LF was sent already */
	bool made_up;      /* STOU: the 1yz tells the name (RFC 1123 4.1.2.9) */
	struct blob *blob; /* what is sent, or what stood in the file before */
	struct buffer text;  /* a listing that is sent, or what has come */
	size_t at;           /* of what is sent: so much was handed over */
	size_t kept;         /* of what stood in the file: so much stays in front of what comes (REST, APPE) */
	struct buffer path;  /* of the file; of a listing empty */
	struct buffer about; /* for the 1yz: what is sent, and how much */
};

struct ftp_session {
	struct visit *visit;
	struct slice verb; /* of the command that is being answered, in upper case */
	enum ftp_login login;
	struct buffer name;     /* as USER said it */
	bool anonymous;         /* who may only read */
	unsigned wrong;         /* passwords so far */
	struct files *files;    /* the tree, once logged in */
	struct buffer folder;   /* the current one's absolute path */
	struct buffer renamed;  /* the absolute path that RNFR named just before; else empty */
	bool image;             /* type I (or L 8), not A */
	unsigned facts;         /* of MLST: bit i is ftp_fact_names[i] */
	uint64_t restart;       /* octets that REST leaves out */
	bool buffered;          /* PBSZ was said */
	bool private;           /* PROT P */
	bool protected_at_once; /* AUTH SSL: PROT P from the first */
	bool cleared;           /* CCC was said */
	bool passive_only;      /* EPSV ALL was said */
	enum ftp_route route;
	struct buffer host; /* a string's octets with a NUL behind */
	unsigned port;
	double default_used; /* when the default data port was last in use, clock_now; 0: never */
	struct data_connection *data;
	struct event *patience; /* for a data connection that does not come to be */
	struct event *settled;  /* all has come: the file is kept one turn of the loop later */
	struct ftp_transfer transfer;
	struct buffer waiting; /* command lines that wait for the transfer's end, an LF behind each */
	struct buffer reply;   /* a long reply that is being said, and how much of it was */
	size_t replied;
	bool going; /* ftp_go_on is under way */
	bool over;  /* the goodbye was said */
};

/* ---- ftp.c ---- */

/* The row of a command in the protocol's table; NULL. */
const struct entry *ftp_row(struct slice verb);
/* Whether this server has the command. */
bool ftp_has(struct slice verb);
/* Says a reply of an error; where the lab teaches, with a hint about the command under way. */
void ftp_error(struct ftp_session *s, enum hint hint, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Says a reply of any length, which is taken out of the buffer: in pieces where it is long. */
void ftp_say_long(struct ftp_session *s, struct buffer *reply);
/* Appends a path as replies hold it: IAC doubled (RFC 959 5.3.1, RFC 854); in quotes and its own doubled for 257 (RFC 959 appendix
 * II). */
void ftp_add_path(struct buffer *out, struct slice path, bool quoted);
/* Goes on with the command lines that waited, as far as they go. */
void ftp_go_on(struct ftp_session *s);
/* The session begins anew: nobody is logged in, all settings are those of the beginning (REIN, AUTH). */
void ftp_begin_anew(struct ftp_session *s);
/* Appends the absolute path that the argument means from the current folder; false where it can be none: 501 or 553. */
bool ftp_resolve(const struct ftp_session *s, struct slice argument, struct buffer *path);
/* What stands there in the tree of who is logged in; NULL where nothing does. */
struct file *ftp_find(const struct ftp_session *s, struct slice argument);

/* ---- ftp_listing.c ---- */

/* The facts of MLST that there are, ended by a NULL; all are shown at first. */
extern const char *const ftp_fact_names[];
#define FTP_FACTS_ALL 0x1FU

/* When the file was changed: YYYYMMDDHHMMSS, in Greenwich (RFC 3659 2.3). */
void ftp_add_time(const struct file *file, struct buffer *out);
/* The facts that were chosen, and `name`; no line end (RFC 3659 7.2). */
void ftp_facts_line(const struct ftp_session *s, const struct file *file, struct slice name, struct buffer *out);
/* Appends what LIST (`details`) or NLST shows of an argument: a folder's inside, a file, or what a pattern (*, ?) matches. False
 * where there is no such thing. */
bool ftp_list(const struct ftp_session *s, struct slice argument, bool details, struct buffer *out);

/* ---- ftp_transfer.c ---- */

/* Lets go of the data connection, and of how it was to be made. */
void ftp_drop_data(struct ftp_session *s);
/* Begins to listen for PASV or EPSV; false where the system does not let it, and 425 was said. */
bool ftp_listen(struct ftp_session *s);
/* Whether a transfer, or a long reply, is under way: commands wait. */
bool ftp_occupied(const struct ftp_session *s);
/* ABOR, while a transfer is under way: it ends here, with its 426. */
void ftp_abort(struct ftp_session *s);
/* Ends a transfer without a word: the client is gone. */
void ftp_forget_transfer(struct ftp_session *s);
/* Begins the transfer that s->transfer tells of. */
void ftp_start(struct ftp_session *s, enum ftp_way way);

/* ---- text in type A (ftp_lines.c) ---- */

/* How many octets a file has on the wire, each line ended by CRLF (RFC 959 3.1.1.1). */
uint64_t ftp_lines_octets(struct slice file);
/* Where in the file the place is before which so many octets stand on the wire; `between`: it is between the CR and the LF of a line
 * end, and `at` that of the LF. False where there are not so many. */
bool ftp_lines_place(struct slice file, uint64_t octets, size_t *at, bool *between);
/* Appends what came over the wire, CRLF as LF. `held`: a CR came last, and is kept when it is known what follows. */
void ftp_lines_take(struct buffer *out, struct slice wire, bool *held);

/* ---- the commands: each answers one, `argument` is what stands behind its verb and one space ---- */

void ftp_user(struct ftp_session *s, struct slice argument);
void ftp_pass(struct ftp_session *s, struct slice argument);
void ftp_acct(struct ftp_session *s, struct slice argument);
void ftp_rein(struct ftp_session *s, struct slice argument);
void ftp_quit(struct ftp_session *s, struct slice argument);
void ftp_auth(struct ftp_session *s, struct slice argument);
void ftp_pbsz(struct ftp_session *s, struct slice argument);
void ftp_prot(struct ftp_session *s, struct slice argument);
void ftp_ccc(struct ftp_session *s, struct slice argument);

void ftp_type(struct ftp_session *s, struct slice argument);
void ftp_stru(struct ftp_session *s, struct slice argument);
void ftp_mode(struct ftp_session *s, struct slice argument);
void ftp_port(struct ftp_session *s, struct slice argument);
void ftp_eprt(struct ftp_session *s, struct slice argument);
void ftp_pasv(struct ftp_session *s, struct slice argument);
void ftp_epsv(struct ftp_session *s, struct slice argument);
void ftp_allo(struct ftp_session *s, struct slice argument);
void ftp_rest(struct ftp_session *s, struct slice argument);

void ftp_retr(struct ftp_session *s, struct slice argument);
void ftp_stor(struct ftp_session *s, struct slice argument);
void ftp_stou(struct ftp_session *s, struct slice argument);
void ftp_appe(struct ftp_session *s, struct slice argument);
void ftp_list_command(struct ftp_session *s, struct slice argument);
void ftp_nlst(struct ftp_session *s, struct slice argument);
void ftp_mlsd(struct ftp_session *s, struct slice argument);
void ftp_abor(struct ftp_session *s, struct slice argument);

void ftp_cwd(struct ftp_session *s, struct slice argument);
void ftp_cdup(struct ftp_session *s, struct slice argument);
void ftp_pwd(struct ftp_session *s, struct slice argument);
void ftp_mkd(struct ftp_session *s, struct slice argument);
void ftp_rmd(struct ftp_session *s, struct slice argument);
void ftp_dele(struct ftp_session *s, struct slice argument);
void ftp_rnfr(struct ftp_session *s, struct slice argument);
void ftp_rnto(struct ftp_session *s, struct slice argument);
void ftp_size(struct ftp_session *s, struct slice argument);
void ftp_mdtm(struct ftp_session *s, struct slice argument);
void ftp_mfmt(struct ftp_session *s, struct slice argument);
void ftp_mlst(struct ftp_session *s, struct slice argument);

void ftp_syst(struct ftp_session *s, struct slice argument);
void ftp_stat(struct ftp_session *s, struct slice argument);
void ftp_help(struct ftp_session *s, struct slice argument);
void ftp_site(struct ftp_session *s, struct slice argument);
void ftp_noop(struct ftp_session *s, struct slice argument);
void ftp_feat(struct ftp_session *s, struct slice argument);
void ftp_opts(struct ftp_session *s, struct slice argument);

#endif
