/*
 * A stream that can be cut. All else is left to the stream below.
 */
#include "play/cuttable.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buffer.h"

struct cuttable_stream {
	struct stream common;    /* first: a stream is one of these */
	struct stream_kind kind; /* the row of the stream below, with our functions */
	struct stream *below;
	bool cut;
};

static struct cuttable_stream *cuttable_of(struct stream *stream)
{
	return (struct cuttable_stream *)stream;
}

static void cuttable_write(struct stream *stream, const char *p, size_t n)
{
	struct cuttable_stream *s = cuttable_of(stream);
	if (!s->cut)
		stream_write(s->below, p, n);
}

static void cuttable_shut(struct stream *stream)
{
	stream_shut(cuttable_of(stream)->below);
}

/* stream_open comes here, too: whoever is told of ours is told of what is below. */
static void cuttable_pause(struct stream *stream, bool paused)
{
	struct cuttable_stream *s = cuttable_of(stream);
	s->below->events = stream->events;
	s->below->context = stream->context;
	(paused ? stream_pause : stream_resume)(s->below);
}

static size_t cuttable_waiting(struct stream *stream)
{
	return stream_waiting(cuttable_of(stream)->below);
}

static void cuttable_free(struct stream *stream)
{
	struct cuttable_stream *s = cuttable_of(stream);
	stream_free(s->below);
	free(stream->peer);
	free(stream->local);
	free(s);
}

struct stream *cuttable(struct stream *stream)
{
	struct cuttable_stream *s = memory_zeroed(1, sizeof *s);
	s->kind = *stream->kind;
	s->kind.write = cuttable_write;
	s->kind.shut = cuttable_shut;
	s->kind.pause = cuttable_pause;
	s->kind.waiting = cuttable_waiting;
	s->kind.free = cuttable_free;
	s->common.kind = &s->kind;
	s->common.peer = string_copy(stream->peer);
	s->common.local = string_copy(stream->local);
	s->below = stream;
	return &s->common;
}

void cuttable_cut(struct stream *stream)
{
	cuttable_of(stream)->cut = true;
}
