/*
 * stdin where nobody sits at it: a pipe, a file, /dev/null. What can be polled is read as it comes; a file is read when
 * a line of it is wanted.
 */
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talk/room.h"

#define READ_SIZE 16384

/* What is read ahead of the lines that are sent, at most, in octets. */
#define AHEAD_MAX 65536

static void feed_read(struct feed *feed)
{
	char octets[READ_SIZE];
	ssize_t n;
	do
		n = read(STDIN_FILENO, octets, sizeof octets);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		buffer_add(&feed->octets, octets, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		feed->ended = true; /* a stdin that was closed, or cannot be read, is one that has ended */
}

static void readable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct talk *t = context;
	feed_read(&t->feed);
	if (t->feed.ended || t->feed.octets.n >= AHEAD_MAX)
		(void)event_del(t->feed.readable);
	lines_stir(t);
}

/* Whether the loop can wait for it (epoll refuses files and /dev/null). */
static bool pollable(void)
{
	struct stat about;
	if (fstat(STDIN_FILENO, &about) != 0)
		return false;
	return S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) || isatty(STDIN_FILENO);
}

void feed_begin(struct talk *t)
{
	if (!pollable())
		return;
	t->feed.readable = event_new(t->base, STDIN_FILENO, EV_READ | EV_PERSIST, readable, t);
	(void)event_add(t->feed.readable, NULL);
}

/* The line end, looked for only in what is new. */
static const char *line_end(struct feed *feed)
{
	if (feed->octets.n == feed->looked)
		return NULL;
	const char *end = memchr(feed->octets.p + feed->looked, '\n', feed->octets.n - feed->looked);
	feed->looked = end ? 0 : feed->octets.n;
	return end;
}

bool feed_line(struct talk *t, struct slice *line)
{
	struct feed *feed = &t->feed;
	const char *end;
	while ((end = line_end(feed)) == NULL && !feed->ended) {
		if (feed->readable) {
			(void)event_add(feed->readable, NULL);
			return false;
		}
		feed_read(feed);
	}
	*line = slice_part(buffer_slice(&feed->octets), 0, end ? (size_t)(end - feed->octets.p) : feed->octets.n);
	return end || line->n;
}

void feed_used(struct talk *t, struct slice line)
{
	buffer_drop(&t->feed.octets, line.n + 1); /* its line feed too, if there is one */
	t->feed.looked = 0;
}

bool feed_all(struct talk *t, struct buffer *octets)
{
	struct feed *feed = &t->feed;
	if (feed->octets.n == 0 && !feed->ended && feed->readable)
		(void)event_add(feed->readable, NULL);
	else if (feed->octets.n == 0 && !feed->ended)
		feed_read(feed);
	buffer_add_slice(octets, buffer_slice(&feed->octets));
	buffer_clear(&feed->octets);
	feed->looked = 0;
	return !feed->ended;
}

bool feed_left(struct talk *t)
{
	struct feed *feed = &t->feed;
	if (feed->readable == NULL && !t->prompt && !feed->ended && feed->octets.n < AHEAD_MAX)
		feed_read(feed);
	for (size_t i = 0; i < feed->octets.n; i++)
		if (strchr(" \t\r\n", feed->octets.p[i]) == NULL || feed->octets.p[i] == '\0')
			return true;
	return false;
}

void feed_end(struct talk *t)
{
	if (t->feed.readable)
		event_free(t->feed.readable);
	buffer_wipe(&t->feed.octets);
}
