/*
 * The terminal's modes, its size, and the signals that concern them. However the program ends, the terminal is left as
 * it was found.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "prompt/room.h"

/* A terminal that will not say its size has this one. */
#define COLUMNS_UNSAID 80
#define ROWS_UNSAID 24

/* How the terminal was found; kept here because a handler of exits is given nothing. */
static struct termios found;
static bool changed, pastes_marked;

/* Also called from exit(): no loop, no libedit, nothing that could wait. */
void terminal_restore(void)
{
	if (!changed)
		return;
	changed = false;
	if (pastes_marked)
		terminal_say(SLICE("\033[?2004l"));
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
}

void terminal_say(struct slice text)
{
	(void)fwrite(text.p, 1, text.n, stdout);
	(void)fflush(stdout);
}

void terminal_mark(const struct prompt *p, const char *sequence)
{
	if (!p->plain_terminal)
		terminal_say(slice_of(sequence));
}

/* Nothing is echoed between two lines either: what is typed ahead shows when its line is read. */
static void take(struct prompt *p)
{
	struct termios quiet = found;
	quiet.c_lflag &= (tcflag_t) ~(ECHO | ICANON);
	quiet.c_iflag |= INLCR;
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
	changed = true;
	pastes_marked = !p->plain_terminal;
	terminal_mark(p, "\033[?2004h");
}

/* ---- signals ---- */

/* Lets the signal do what it does by default, with the terminal as it was found; returns where that is to stop. */
static void signal_by_default(int number)
{
	struct sigaction by_default, ours;
	memset(&by_default, 0, sizeof by_default);
	by_default.sa_handler = SIG_DFL;
	(void)sigaction(number, &by_default, &ours);
	(void)raise(number);
	(void)sigaction(number, &ours, NULL);
}

static void interrupted(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	struct prompt *p = context;
	buffer_clear(&p->keys.octets);
	if (p->mode == MODE_IDLE) {
		if (p->events->interrupted)
			p->events->interrupted(p->context);
	} else {
		p->interrupted = true;
	}
}

/* Variables by which terminals say who they are that lay out wrapped lines anew when their width changes. Others, as
 * xterm, leave each row where it was. */
static const char *const reflowing[] = { "TMUX",        "VTE_VERSION",         "KITTY_WINDOW_ID", "KONSOLE_VERSION",
	                                 "WT_SESSION",  "ALACRITTY_WINDOW_ID", "WEZTERM_PANE",    "ITERM_SESSION_ID",
	                                 "TERM_PROGRAM" };

static bool terminal_reflows(void)
{
	for (size_t i = 0; i < sizeof reflowing / sizeof reflowing[0]; i++)
		if (getenv(reflowing[i]))
			return true;
	return false;
}

static void resized(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	struct prompt *p = context;
	if (terminal_reflows())
		p->columns = prompt_columns(p);
	prompt_erase(p);
	p->columns = prompt_columns(p);
	el_resize(p->el);
	prompt_draw(p);
}

/* Takes the terminal again from a shell that has had it meanwhile, and left it in a state of its own. */
static void resume(struct prompt *p)
{
	if (p->mode == MODE_LINE)
		(void)el_set(p->el, EL_PREP_TERM, 0);
	take(p);
	if (p->mode == MODE_LINE)
		(void)el_set(p->el, EL_PREP_TERM, 1);
	p->columns = prompt_columns(p);
	el_resize(p->el);
	prompt_draw(p);
}

static void continued(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	struct prompt *p = context;
	if (!p->resumed) {
		terminal_mark(p, "\r\033[J");
		resume(p);
	}
	p->resumed = false;
}

/* ^Z. Where nobody can continue us the signal does nothing, so that we go on by ourselves, not at SIGCONT. */
static void stopped(evutil_socket_t number, short what, void *context)
{
	(void)what;
	struct prompt *p = context;
	prompt_erase(p);
	terminal_restore();
	signal_by_default(number);
	resume(p);
	p->resumed = true;
}

static void ended(evutil_socket_t number, short what, void *context)
{
	(void)what;
	prompt_erase(context);
	terminal_restore();
	signal_by_default(number);
}

static const struct {
	int number;
	event_callback_fn handle;
} handled[PROMPT_SIGNALS] = {
	{ SIGINT, interrupted }, { SIGWINCH, resized }, { SIGTSTP, stopped }, { SIGCONT, continued },
	{ SIGTERM, ended },      { SIGHUP, ended },     { SIGQUIT, ended },
};

/* ---- the whole ---- */

void terminal_begin(struct prompt *p)
{
	static bool registered;
	(void)tcgetattr(STDIN_FILENO, &found);
	if (!registered)
		registered = atexit(terminal_restore) == 0;
	(void)el_set(p->el, EL_SETTY, "-x", "-echo", "-icanon", "+inlcr", NULL); /* libedit's mode between lines */
	take(p);
	p->columns = prompt_columns(p);
	for (size_t i = 0; i < PROMPT_SIGNALS; i++) {
		p->signals[i] = evsignal_new(p->base, handled[i].number, handled[i].handle, p);
		(void)evsignal_add(p->signals[i], NULL);
	}
}

void terminal_end(struct prompt *p)
{
	for (size_t i = 0; i < PROMPT_SIGNALS; i++)
		event_free(p->signals[i]);
}

static struct winsize size(void)
{
	struct winsize size = { 0 };
	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size;
}

size_t prompt_columns(const struct prompt *prompt)
{
	(void)prompt;
	unsigned short columns = size().ws_col;
	return columns ? columns : COLUMNS_UNSAID;
}

size_t prompt_rows(const struct prompt *prompt)
{
	(void)prompt;
	unsigned short rows = size().ws_row;
	return rows ? rows : ROWS_UNSAID;
}
