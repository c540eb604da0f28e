/*
 * The line editor: libedit reads its keys from our loop, and what arrives meanwhile is printed above the line.
 *
 * el_gets() is given a function that reads a key (EL_GETCFN). That function runs the event loop until a key is there,
 * so that the network goes on while somebody types. Whatever is printed meanwhile takes the prompt off the screen
 * first and has it drawn again below.
 */
#include "prompt/prompt.h"

#include <errno.h>
#include <event2/event.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/memory.h"
#include "prompt/room.h"

static struct prompt *prompt_of(EditLine *el)
{
	void *p = NULL;
	(void)el_get(el, EL_CLIENTDATA, &p);
	return p;
}

/* The last row of the prompt: libedit draws no more of it. */
static char *prompt_text(EditLine *el)
{
	struct prompt *p = prompt_of(el);
	return p->text + p->above;
}

/* Rows above it are ours. */
static void draw_above(const struct prompt *p)
{
	terminal_say((struct slice){ p->text, p->above });
}

struct slice prompt_typed(const struct prompt *p)
{
	const LineInfo *line = el_line(p->el);
	return (struct slice){ line->buffer, (size_t)(line->cursor - line->buffer) };
}

void prompt_erase(struct prompt *p)
{
	if (p->mode == MODE_LINE)
		screen_erase(p, slice_of(p->text), prompt_typed(p));
	else if (p->mode == MODE_SECRET)
		screen_erase(p, slice_of(p->label), SLICE(""));
}

void prompt_draw(struct prompt *p)
{
	if (p->mode == MODE_LINE)
		draw_above(p);
	if (p->mode == MODE_LINE)
		(void)el_set(p->el, EL_REFRESH);
	else if (p->mode == MODE_SECRET)
		terminal_say(slice_of(p->label));
}

/* ---- keys ---- */

static void readable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct prompt *p = context;
	keys_read(p);
	if (p->keys.gone)
		(void)event_del(p->readable);
}

static void escape_is_late(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct prompt *p = context;
	p->keys.escape_is_late = true;
}

/* Takes the line that is being typed off the screen, and what was typed into `line`. A search of libedit's stands
 * behind a line end. */
static void give_up_line(struct prompt *p)
{
	const LineInfo *line = el_line(p->el);
	struct slice typed = { line->buffer, (size_t)(line->lastchar - line->buffer) };
	buffer_add_slice(&p->line, slice_part(typed, 0, slice_find_octet(typed, '\n')));
	prompt_erase(p);
}

static void type_kept(struct prompt *p)
{
	if (p->kept.n == 0)
		return;
	char *text = buffer_take(&p->kept);
	prompt_erase(p);
	(void)el_insertstr(p->el, text);
	prompt_draw(p);
	memory_wipe(text, strlen(text));
	free(text);
}

/* EL_GETCFN: one character; 0 at the end, -1 where the line is to be given up. */
static int get_character(EditLine *el, wchar_t *character)
{
	struct prompt *p = prompt_of(el);
	for (;;) {
		type_kept(p); /* the loop, too, may have put something */
		if (p->interrupted || p->woken) {
			give_up_line(p);
			errno = EINTR;
			return -1;
		}
		if (keys_character(p, character))
			return 1;
		if (p->keys.gone || event_base_loop(p->base, EVLOOP_ONCE) < 0) {
			prompt_erase(p);
			return 0;
		}
	}
}

static unsigned char key_tab(EditLine *el, int key)
{
	(void)key;
	return complete_key(prompt_of(el));
}

static unsigned char key_escape(EditLine *el, int key)
{
	(void)key;
	struct prompt *p = prompt_of(el);
	give_up_line(p);
	p->escaped = true;
	return CC_EOF;
}

/* ^L: the line is taken off first, so that a terminal that keeps what is cleared does not keep half a line. */
static unsigned char key_clear(EditLine *el, int key)
{
	(void)key;
	struct prompt *p = prompt_of(el);
	prompt_erase(p);
	terminal_mark(p, "\033[H\033[2J");
	prompt_draw(p);
	return CC_NORM;
}

static void bind_keys(EditLine *el)
{
	(void)el_set(el, EL_EDITOR, "emacs");
	/* In wide form: libedit copies narrow names, and never frees the copies. */
	(void)el_wset(el, EL_ADDFN, L"parlance-complete", L"complete the word", key_tab);
	(void)el_wset(el, EL_ADDFN, L"parlance-escape", L"reach parlance", key_escape);
	(void)el_wset(el, EL_ADDFN, L"parlance-clear", L"clear the screen", key_clear);
	(void)el_set(el, EL_BIND, "^I", "parlance-complete", NULL);
	(void)el_set(el, EL_BIND, "^]", "parlance-escape", NULL);
	(void)el_set(el, EL_BIND, "^L", "parlance-clear", NULL);
	/* M-x asks for a command of libedit's own: nothing that a user of ours would want to meet. */
	(void)el_set(el, EL_BIND, "-r", "\\ex", NULL);
	(void)el_set(el, EL_BIND, "-r", "\\eX", NULL);
}

/* ---- making and freeing ---- */

/* What is typed is UTF-8: a locale that cannot hold it would lose it. */
static void locale_of_terminal(void)
{
	static const char *const others[] = { "C.UTF-8", "en_US.UTF-8", "UTF-8" };
	for (size_t i = 0; strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && i < sizeof others / sizeof others[0]; i++)
		(void)setlocale(LC_CTYPE, others[i]);
}

static bool terminal_is_plain(void)
{
	const char *term = getenv("TERM");
	return term == NULL || *term == '\0' || strcmp(term, "dumb") == 0 || strcmp(term, "unknown") == 0;
}

struct prompt *prompt_new(struct event_base *base, const struct prompt_events *events, void *context)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return NULL;
	locale_of_terminal();
	EditLine *el = el_init("parlance", stdin, stdout, stderr);
	if (el == NULL)
		return NULL;
	struct prompt *p = memory_zeroed(1, sizeof *p);
	p->el = el;
	p->base = base;
	p->events = events;
	p->context = context;
	p->plain_terminal = terminal_is_plain();
	p->text = string_copy("> ");
	p->label = string_copy("");
	(void)el_set(el, EL_CLIENTDATA, p);
	(void)el_set(el, EL_SIGNAL, 0);
	(void)el_set(el, EL_PROMPT, prompt_text);
	(void)el_set(el, EL_GETCFN, get_character);
	bind_keys(el);
	prompt_history(p, NULL);
	p->readable = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, readable, p);
	(void)event_add(p->readable, NULL);
	p->escape_timer = evtimer_new(base, escape_is_late, p);
	terminal_begin(p);
	return p;
}

void prompt_free(struct prompt *p)
{
	if (p == NULL)
		return;
	terminal_end(p);
	event_free(p->readable);
	event_free(p->escape_timer);
	el_end(p->el);
	terminal_restore();
	past_close(p->past);
	buffer_wipe(&p->keys.octets);
	buffer_wipe(&p->line);
	buffer_wipe(&p->kept);
	free(p->text);
	free(p->label);
	free(p);
}

/* ---- the line ---- */

void prompt_set(struct prompt *p, const char *text)
{
	if (strcmp(text, p->text) == 0)
		return;
	if (p->mode == MODE_LINE)
		prompt_erase(p);
	free(p->text);
	p->text = string_copy(text);
	const char *row = strrchr(p->text, '\n');
	p->above = row ? (size_t)(row - p->text) + 1 : 0;
	if (p->mode == MODE_LINE)
		prompt_draw(p);
}

void prompt_history(struct prompt *p, const char *name)
{
	struct past *before = p->past;
	p->past = past_open(name);
	if (p->past)
		(void)el_set(p->el, EL_HIST, history, past_history(p->past));
	past_close(before);
}

void prompt_remember(struct prompt *p, struct slice line)
{
	if (p->past)
		past_add(p->past, line);
}

void prompt_put(struct prompt *p, struct slice text)
{
	buffer_clear(&p->kept);
	buffer_add_slice(&p->kept, text);
}

void prompt_wake(struct prompt *p)
{
	p->woken = true;
}

bool prompt_input_waits(struct prompt *p)
{
	return p->keys.octets.n != 0;
}

bool prompt_asks(const struct prompt *p)
{
	return p->mode != MODE_IDLE;
}

/* Why no line came. */
static enum prompt_result unfinished(struct prompt *p)
{
	enum prompt_result result = p->interrupted ? PROMPT_INTERRUPTED
	                            : p->escaped   ? PROMPT_ESCAPE
	                            : p->woken     ? PROMPT_WOKEN
	                                           : PROMPT_EOF;
	p->interrupted = p->escaped = p->woken = false;
	return result;
}

enum prompt_result prompt_read(struct prompt *p, struct slice *line)
{
	int n = 0;
	*line = (struct slice){ 0 };
	buffer_wipe(&p->line);
	(void)fflush(stdout);
	p->mode = MODE_LINE;
	p->keys.searching = false;
	draw_above(p);
	const char *got = el_gets(p->el, &n);
	p->mode = MODE_IDLE;
	if (got == NULL) {
		enum prompt_result result = unfinished(p);
		if (result == PROMPT_EOF)
			screen_erase(p, slice_of(p->text), SLICE("")); /* libedit has printed ^D */
		*line = buffer_slice(&p->line);
		if (result == PROMPT_WOKEN)
			buffer_add_slice(&p->kept, *line); /* behind what was put there meanwhile */
		return result;
	}
	buffer_add(&p->line, got, n > 0 ? (size_t)n : 0);
	while (p->line.n && (p->line.p[p->line.n - 1] == '\n' || p->line.p[p->line.n - 1] == '\r'))
		p->line.n--;
	*line = buffer_slice(&p->line);
	/* The cursor is on the row below the line: that line end belongs to what is erased. */
	struct buffer typed = { 0 };
	buffer_add_slice(&typed, *line);
	buffer_add_octet(&typed, '\n');
	if (!p->plain_terminal)
		screen_erase(p, slice_of(p->text), buffer_slice(&typed));
	buffer_wipe(&typed);
	return PROMPT_LINE;
}

/* One key of a secret; false where it ends it. */
static bool secret_key(struct prompt *p, char key)
{
	if (key == '\n' || key == '\r')
		return false;
	if (key == CONTROL_KEY('U')) {
		buffer_wipe(&p->line);
	} else if (key == 0x7f || key == CONTROL_KEY('H')) {
		while (p->line.n && ((unsigned char)p->line.p[p->line.n - 1] & 0xc0) == 0x80)
			p->line.n--; /* the later octets of one character */
		p->line.n -= p->line.n > 0;
	} else if (key == CONTROL_KEY('D') && p->line.n == 0) {
		p->keys.gone = true;
		return false;
	} else {
		buffer_add_octet(&p->line, key);
	}
	return true;
}

enum prompt_result prompt_secret(struct prompt *p, const char *label, struct slice *line)
{
	char key = 0;
	bool more = true, was_gone = p->keys.gone;
	*line = (struct slice){ 0 };
	buffer_wipe(&p->line);
	free(p->label);
	p->label = string_copy(label);
	p->mode = MODE_SECRET;
	prompt_draw(p);
	while (more && !p->interrupted && !p->woken && !p->keys.gone) {
		if (keys_octet(p, &key))
			more = secret_key(p, key);
		else if (event_base_loop(p->base, EVLOOP_ONCE) < 0)
			break;
	}
	prompt_erase(p);
	p->mode = MODE_IDLE;
	bool ended = more || p->keys.gone;
	if (key == CONTROL_KEY('D'))
		p->keys.gone = was_gone;
	if (ended) {
		buffer_wipe(&p->line);
		return unfinished(p);
	}
	*line = buffer_slice(&p->line);
	return PROMPT_LINE;
}

void prompt_print_above(struct prompt *p, struct slice text)
{
	prompt_erase(p);
	terminal_say(text);
	prompt_draw(p);
}
