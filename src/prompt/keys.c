/*
 * From the terminal's octets to the characters that libedit sees.
 *
 * Three things are settled here, because only here is known when an octet came: a lone ESC, which to libedit would be
 * the beginning of a sequence that takes the next key away; the marks of a bracketed paste; and line ends that were
 * pasted as CR LF, which are one Enter.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/escape.h"
#include "prompt/room.h"

#define ESC '\033'

/* Octets taken from the terminal at once. */
#define READ_SIZE 4096

/* How long the rest of a key's sequence may take to follow its ESC. */
static const struct timeval escape_wait = { .tv_usec = 50000 };

static const struct slice paste_begins = { "\033[200~", 6 }, paste_ends = { "\033[201~", 6 };

void keys_read(struct prompt *p)
{
	char octets[READ_SIZE];
	ssize_t n = read(STDIN_FILENO, octets, sizeof octets);
	if (n > 0)
		buffer_add(&p->keys.octets, octets, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		p->keys.gone = true;
	p->keys.escape_is_late = false;
}

enum sequence { SEQUENCE_NO, SEQUENCE_YES, SEQUENCE_PERHAPS };

/* Whether the octets begin with the sequence, do not, or stop in the middle of it. */
static enum sequence begins(struct slice octets, struct slice sequence)
{
	if (slice_starts(octets, sequence))
		return SEQUENCE_YES;
	return slice_starts(sequence, octets) ? SEQUENCE_PERHAPS : SEQUENCE_NO;
}

/* What pasting means for the first octet. */
static void type_raw(struct prompt *p, char octet)
{
	char text[2] = { octet, '\0' };
	prompt_erase(p);
	(void)el_insertstr(p->el, text);
	prompt_draw(p);
}

/* Whether more must come before the ESC in front can be understood. Marks of a paste are taken away. */
static enum sequence escape_waits(struct prompt *p)
{
	struct keys *k = &p->keys;
	struct slice mark = k->pasting ? paste_ends : paste_begins;
	enum sequence is = begins(buffer_slice(&k->octets), mark);
	if (is == SEQUENCE_YES) {
		buffer_drop(&k->octets, mark.n);
		k->pasting = !k->pasting;
		return SEQUENCE_YES;
	}
	if (is == SEQUENCE_NO || k->escape_is_late)
		return SEQUENCE_NO;
	if (!evtimer_pending(p->escape_timer, NULL))
		(void)evtimer_add(p->escape_timer, &escape_wait);
	return SEQUENCE_PERHAPS;
}

/* After ^R libedit reads keys for its search until one of them ends it. */
static void follow_search(struct keys *k, char octet)
{
	unsigned char key = (unsigned char)octet;
	if (key == CONTROL_KEY('R') || key == CONTROL_KEY('S'))
		k->searching = true;
	else if (key < 0x20 && key != CONTROL_KEY('H') && key != CONTROL_KEY('W'))
		k->searching = false;
}

/* Decodes the character in front; false where it is not whole yet. What is not UTF-8 is dropped with a beep. */
static bool decode(struct prompt *p, wchar_t *character)
{
	struct keys *k = &p->keys;
	while (k->octets.n) {
		mbstate_t state;
		memset(&state, 0, sizeof state);
		size_t n = mbrtowc(character, k->octets.p, k->octets.n, &state);
		if (n == (size_t)-2)
			return false;
		if (n != (size_t)-1) {
			buffer_drop(&k->octets, n ? n : 1);
			return true;
		}
		buffer_drop(&k->octets, 1);
		el_beep(p->el);
	}
	return false;
}

bool keys_character(struct prompt *p, wchar_t *character)
{
	struct keys *k = &p->keys;
	while (k->octets.n) {
		char octet = k->octets.p[0];
		bool after_return = k->after_return;
		k->after_return = octet == '\n'; /* the terminal turns CR into LF, and LF into CR (ICRNL, INLCR) */
		if (octet == ESC) {
			enum sequence is = escape_waits(p);
			if (is == SEQUENCE_PERHAPS)
				return false;
			if (is == SEQUENCE_YES)
				continue;
			if (k->octets.n == 1 && !k->searching && !k->pasting) {
				buffer_drop(&k->octets, 1);
				continue;
			}
		}
		if (octet == '\r' && after_return) {
			buffer_drop(&k->octets, 1);
			continue;
		}
		if (k->pasting && (unsigned char)octet < 0x20 && octet != '\n' && octet != '\r') {
			buffer_drop(&k->octets, 1);
			type_raw(p, octet);
			continue;
		}
		follow_search(k, octet);
		return decode(p, character);
	}
	return false;
}

bool keys_octet(struct prompt *p, char *octet)
{
	struct keys *k = &p->keys;
	while (k->octets.n) {
		if (k->octets.p[0] == ESC) {
			enum sequence is = escape_waits(p);
			if (is == SEQUENCE_PERHAPS)
				return false;
			if (is == SEQUENCE_YES)
				continue;
		}
		*octet = k->octets.p[0];
		buffer_drop(&k->octets, 1);
		return true;
	}
	return false;
}
