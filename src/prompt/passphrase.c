/*
 * A passphrase is typed at /dev/tty, its echo switched off: stdin may be a conversation in a file.
 */
#include "prompt/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/escape.h"

/* The most that is read: no passphrase is longer than libcrypto takes (1 KiB). */
#define TYPED_MAX 1024

/* What ^C, ^D and Backspace send. */
#define INTERRUPT '\003'
#define END '\004'
#define ERASE '\177'

static void ask(int terminal, const char *file)
{
	struct buffer text = { 0 };
	buffer_add_string(&text, "passphrase of ");
	escape_text(&text, slice_of(file));
	buffer_add_string(&text, ": ");
	if (write(terminal, text.p, text.n) < 0)
		text.n = 0; /* nobody sees it, and what is typed may still come */
	buffer_free(&text);
}

/* False where it was given up, by ^C or ^D. */
static bool read_line(int terminal, struct buffer *out)
{
	char octet = 0;
	size_t before = out->n;
	while (out->n - before < TYPED_MAX && read(terminal, &octet, 1) == 1 && octet != '\n') {
		if (octet == INTERRUPT || octet == END)
			return false;
		if (octet != ERASE)
			buffer_add_octet(out, octet);
		else if (out->n > before)
			out->n--;
	}
	return out->n > before;
}

/* Without its echo; ^C is an octet like any other meanwhile, so that it cannot leave the terminal dumb. */
static bool read_hidden(int terminal, struct buffer *out)
{
	struct termios shown, hidden;
	if (tcgetattr(terminal, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG | ICANON);
	hidden.c_cc[VMIN] = 1;
	hidden.c_cc[VTIME] = 0;
	(void)tcsetattr(terminal, TCSAFLUSH, &hidden);
	bool given = read_line(terminal, out);
	(void)tcsetattr(terminal, TCSAFLUSH, &shown);
	return write(terminal, "\n", 1) == 1 && given;
}

bool passphrase_ask(const char *file, struct buffer *passphrase)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return false;
	ask(terminal, file);
	bool given = read_hidden(terminal, passphrase);
	(void)close(terminal);
	return given;
}
