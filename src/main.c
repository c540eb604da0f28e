/*
 * parlance: talk text-based Internet protocols by hand, and be told what every line means.
 *
 * Here is what the process needs before the first command; the table of commands stands in cmd/commands.c.
 */
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"

/* Widths of characters need a UTF-8 locale; every other category stays C, so that numbers print the same everywhere. */
static void locale_begin(void)
{
	(void)setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

/* Who was started without one of the three would else take its first connection for it. All are opened for reading:
 * what is written to them fails, and that is told. */
static void hold_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null", O_RDONLY);
}

int main(int argc, char **argv)
{
	hold_descriptors();
	locale_begin();
	(void)signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow */
	(void)signal(SIGPIPE, SIG_IGN); /* a peer or reader that is gone is told by the write's error */
	return (int)commands_run(argc - 1, argv + 1);
}
