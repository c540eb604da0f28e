/*
 * A message's text: counted, shared by mailboxes and stores, never changed.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/mime.h"
#include "store/store_inside.h"

/* Copies text with each line end as CRLF; returns how long it is so. `out` may be NULL: it is counted alone. */
static size_t with_line_ends(char *out, struct slice text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool end = c == '\r' || c == '\n';
		if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
			i++;
		if (out != NULL) {
			out[n] = end ? '\r' : c;
			if (end)
				out[n + 1] = '\n';
		}
		n += end ? 2 : 1;
	}
	return n;
}

struct message *message_new(struct slice text)
{
	size_t n = with_line_ends(NULL, text);
	struct message *message = memory_get(sizeof *message + n);
	*message = (struct message){ .holders = 1, .n = n };
	with_line_ends(message->text, text);
	return message;
}

struct message *message_hold(struct message *message)
{
	message->holders++;
	return message;
}

void message_release(struct message *message)
{
	if (message == NULL)
		return;
	assert(message->holders);
	if (--message->holders)
		return;
	mime_free(message->mime);
	free(message);
}

struct slice message_text(const struct message *message)
{
	return (struct slice){ message->text, message->n };
}

const struct mime *message_mime(struct message *message)
{
	if (message->mime == NULL)
		message->mime = mime_parse(message_text(message));
	return message->mime;
}
