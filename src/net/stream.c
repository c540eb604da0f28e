/*
 * What is the same for streams of every kind: the call goes to the kind's row.
 */
#include "net/stream.h"

void stream_open(struct stream *stream, const struct stream_events *events, void *context)
{
	stream->events = events;
	stream->context = context;
	stream->kind->pause(stream, false);
}

void stream_write(struct stream *stream, const char *p, size_t n)
{
	stream->kind->write(stream, p, n);
}

void stream_shut(struct stream *stream)
{
	stream->kind->shut(stream);
}

void stream_pause(struct stream *stream)
{
	stream->kind->pause(stream, true);
}

void stream_resume(struct stream *stream)
{
	stream->kind->pause(stream, false);
}

size_t stream_waiting(const struct stream *stream)
{
	/* A kind may have to ask its library, which knows no const. */
	return stream->kind->waiting((struct stream *)stream);
}

bool stream_broken(const struct stream *stream)
{
	return stream->kind->broken && stream->kind->broken((struct stream *)stream);
}

void stream_free(struct stream *stream)
{
	if (stream)
		stream->kind->free(stream);
}
