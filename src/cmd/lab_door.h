/*
 * Where a running lab can be found: a socket that its user alone reaches, and what is read there.
 *
 * A lab's card has a line for each server, `smtp 127.0.0.1 2525`; the certificate of its authority, PEM; and a line `end`.
 */
#ifndef PARLANCE_CMD_LAB_DOOR_H
#define PARLANCE_CMD_LAB_DOOR_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

struct event_base;
struct lab;
struct door;

/* Appends the card of a lab that has been started. */
void lab_card(const struct lab *lab, struct slice authority, struct buffer *out);
/* Gives the card to each of this user's programs that asks, at the lab's socket. STATUS_USAGE with a message, and no door,
 * where another lab of this user has it, or it cannot be made. */
enum status lab_door_open(struct event_base *base, struct slice card, struct door **door, struct error *error);
/* Takes the socket away. NULL is allowed. */
void lab_door_close(struct door *door);
/* The socket's path, the caller's (free): below $XDG_RUNTIME_DIR, else in a folder of ours below $TMPDIR. `make`: the folder
 * is made where it is missing. STATUS_USAGE with a message where it is not ours alone. */
enum status lab_door_path(bool make, char **path, struct error *error);

#endif
