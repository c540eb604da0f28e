/*
 * A thread for each name and family. The loop and the thread share a question, which the last of the two to let go of
 * it frees: so the loop can abandon a thread that a silent resolver holds, and the program can end while it waits.
 */
#include "net/lookup.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "net/connect.h"

connect_resolver *connect_resolve = getaddrinfo;

/* What loop and thread share. The thread writes the answer, then says so; the pipe only wakes the loop. */
struct question {
	atomic_uint holders;
	atomic_bool said;
	connect_resolver *resolve;
	char *host;
	int family;
	int answered; /* the pipe's end that the thread writes to */
	int code, system;
	struct addrinfo *found;
};

struct lookup {
	struct question *question;
	int answered; /* the pipe's other end */
	struct event *ready;
	lookup_done *done;
	void *context;
};

static void question_let_go(struct question *q)
{
	if (atomic_fetch_sub(&q->holders, 1) > 1)
		return;
	if (q->found)
		freeaddrinfo(q->found);
	(void)close(q->answered);
	free(q->host);
	free(q);
}

/* The thread. Signals are blocked in it: ^C is for the loop, and a pipe that nobody reads is no reason to die. */
static void *ask(void *argument)
{
	struct question *q = argument;
	const struct addrinfo hints = { .ai_family = q->family, .ai_socktype = SOCK_STREAM };
	q->code = q->resolve(q->host, NULL, &hints, &q->found);
	q->system = errno;
	if (q->code != 0)
		q->found = NULL;
	atomic_store(&q->said, true);
	(void)!write(q->answered, "", 1);
	question_let_go(q);
	return NULL;
}

static bool thread_start(struct question *q)
{
	sigset_t all, before;
	pthread_t thread;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int code = pthread_create(&thread, NULL, ask, q);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0) {
		errno = code;
		return false;
	}
	(void)pthread_detach(thread);
	return true;
}

static void answered(evutil_socket_t fd, short what, void *context)
{
	struct lookup *lookup = context;
	struct question *q = lookup->question;
	(void)fd, (void)what;
	if (!atomic_load(&q->said))
		return;
	lookup->done(lookup->context, q->family, q->code, q->system, q->found);
	lookup_abandon(lookup);
}

static struct question *question_new(const char *host, int family, int answered_fd)
{
	struct question *q = memory_zeroed(1, sizeof *q);
	atomic_init(&q->holders, 2);
	atomic_init(&q->said, false);
	q->resolve = connect_resolve;
	q->host = string_copy(host);
	q->family = family;
	q->answered = answered_fd;
	return q;
}

struct lookup *lookup_start(struct event_base *base, const char *host, int family, lookup_done *done, void *context)
{
	int ends[2];
	if (pipe(ends) != 0)
		return NULL;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	struct question *q = question_new(host, family, ends[1]);
	if (!thread_start(q)) {
		int code = errno;
		atomic_store(&q->holders, 1);
		question_let_go(q);
		(void)close(ends[0]);
		errno = code;
		return NULL;
	}
	struct lookup *lookup = memory_zeroed(1, sizeof *lookup);
	*lookup = (struct lookup){ .question = q, .answered = ends[0], .done = done, .context = context };
	lookup->ready = event_new(base, ends[0], EV_READ, answered, lookup);
	(void)event_add(lookup->ready, NULL);
	return lookup;
}

void lookup_abandon(struct lookup *lookup)
{
	if (lookup == NULL)
		return;
	event_free(lookup->ready);
	(void)close(lookup->answered);
	question_let_go(lookup->question);
	free(lookup);
}
