/*
 * parlance's command line: main.c's, and that of a lesson which shows what a command prints.
 */
#ifndef PARLANCE_CMD_COMMANDS_H
#define PARLANCE_CMD_COMMANDS_H

#include "base/error.h"

/* Runs what the words say; they stand behind the program's name, are put in another order, and argv[argc] is NULL. What was printed
 * has been flushed. Returns the exit status, having reported why. */
enum status commands_run(int argc, char **argv);

#endif
