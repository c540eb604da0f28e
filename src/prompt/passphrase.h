/*
 * Asking for the passphrase of a file, before any conversation: at the terminal itself, whatever stdin is.
 */
#ifndef PARLANCE_PROMPT_PASSPHRASE_H
#define PARLANCE_PROMPT_PASSPHRASE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Asks for the passphrase of `file`; what is typed does not show, and is appended without its line end. False where there
 * is no terminal, or nothing was typed. */
bool passphrase_ask(const char *file, struct buffer *passphrase);

#endif
