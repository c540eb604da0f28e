/*
 * The words of lab's options: servers and ports, users, and where to listen.
 */
#include "cmd/lab_words.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/visit.h"

/* Takes the next word off a list with commas. False at its end. */
static bool next_word(struct slice *list, struct slice *word)
{
	if (list->n == 0)
		return false;
	size_t end = slice_find_octet(*list, ',');
	*word = slice_trim(slice_part(*list, 0, end));
	*list = slice_part(*list, end + 1, list->n);
	return true;
}

static enum status no_server(const char *option, struct slice word, struct error *error)
{
	struct buffer list = { 0 };
	for (const struct server *server = servers; server->name; server++)
		buffer_printf(&list, " %s", server->name);
	(void)error_set(error, STATUS_USAGE, "--%s " SLICE_FMT ": no such server: there are" SLICE_FMT " echo", option,
	                SLICE_ARG(word), SLICE_ARG(buffer_slice(&list)));
	buffer_free(&list);
	return STATUS_USAGE;
}

/* Whether the row is meant by that word: its name; `echo` is over TCP and UDP. */
static bool means(struct slice word, const struct server *server)
{
	if (slice_equal_nocase(word, SLICE("echo")))
		return strcmp(server->name, "tcp") == 0 || strcmp(server->name, "udp") == 0;
	return slice_equal_nocase(word, slice_of(server->name));
}

static enum status add_only(struct lab_asked *asked, struct slice list, struct error *error)
{
	struct slice word;
	if (list.n == 0)
		return no_server("only", list, error);
	while (next_word(&list, &word)) {
		uint64_t found = 0;
		for (size_t i = 0; servers[i].name; i++)
			if (means(word, &servers[i]))
				found |= UINT64_C(1) << i;
		if (found == 0)
			return no_server("only", word, error);
		asked->which |= found;
	}
	return STATUS_OK;
}

static enum status set_port(struct lab_asked *asked, struct slice word, struct error *error)
{
	size_t equals = slice_find_octet(word, '=');
	struct slice name = slice_part(word, 0, equals), number = slice_part(word, equals + 1, word.n);
	uint64_t port = 0;
	bool found = slice_equal_nocase(name, SLICE("all"));
	if (!slice_number(number, &port) || port > 65535 || (found && port > 0))
		return error_set(error, STATUS_USAGE,
		                 "--port " SLICE_FMT ": not NAME=PORT, as smtp=25; 0 is a free port, and all=0 gives "
		                 "one to each",
		                 SLICE_ARG(word));
	for (size_t i = 0; servers[i].name; i++) {
		if (!slice_equal_nocase(name, SLICE("all")) && !means(name, &servers[i]))
			continue;
		asked->ports[i] = (unsigned)port;
		found = true;
	}
	return found ? STATUS_OK : no_server("port", name, error);
}

static enum status read_servers(const struct options *o, struct lab_asked *asked, struct error *error)
{
	enum status status = STATUS_OK;
	size_t n = 0;
	while (servers[n].name)
		n++;
	asked->ports = memory_zeroed(n, sizeof *asked->ports);
	for (size_t i = 0; i < n; i++)
		asked->ports[i] = servers[i].port;
	for (size_t i = 0; i < o->only.n && status == STATUS_OK; i++)
		status = add_only(asked, slice_of(o->only.list[i]), error);
	if (asked->which == 0)
		asked->which = UINT64_MAX;
	for (size_t i = 0; i < o->ports.n; i++) {
		struct slice list = slice_of(o->ports.list[i]), word;
		while (status == STATUS_OK && next_word(&list, &word))
			status = set_port(asked, word, error);
	}
	return status;
}

/* ---- where ---- */

static enum status read_listen(const struct options *o, struct lab_asked *asked, struct error *error)
{
	struct slice host = o->listen ? slice_of(o->listen) : SLICE("127.0.0.1");
	struct in_addr four;
	struct in6_addr six;
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = slice_part(host, 1, host.n - 1);
	if (slice_equal_nocase(host, SLICE("localhost")))
		host = SLICE("127.0.0.1");
	asked->host = slice_string(host);
	bool is_four = inet_pton(AF_INET, asked->host, &four) == 1;
	if (!is_four && inet_pton(AF_INET6, asked->host, &six) != 1)
		return error_set(error, STATUS_USAGE,
		                 "--listen %s: not an address, as 127.0.0.1, 192.0.2.7 or ::1; ports are given by "
		                 "--port smtp=25",
		                 o->listen);
	asked->loopback = is_four ? (ntohl(four.s_addr) >> 24) == 127 : IN6_IS_ADDR_LOOPBACK(&six);
	return STATUS_OK;
}

/* ---- users and what they have ---- */

/* `host` may be what no name is (RFC 1123 2.1): mail and certificates could not name it. */
static void read_machine(struct lab_asked *asked)
{
	char name[256] = "";
	if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
		return;
	for (const char *p = name; *p; p++)
		if (!octet_is_alnum(*p) && *p != '-' && *p != '.')
			return;
	asked->machine = string_copy(name);
}

static enum status read_users(const struct options *o, struct lab_asked *asked, struct error *error)
{
	asked->users = memory_zeroed(o->users.n + 1, sizeof *asked->users);
	for (size_t i = 0; i < o->users.n; i++) {
		struct slice word = slice_of(o->users.list[i]);
		size_t colon = slice_find_octet(word, ':');
		asked->users[i].name = slice_part(word, 0, colon);
		asked->users[i].password = slice_part(word, colon + 1, word.n);
		if (colon == 0 || colon + 1 >= word.n)
			return error_set(error, STATUS_USAGE, "--user " SLICE_FMT ": not NAME:PASSWORD, as eve:secret",
			                 SLICE_ARG(asked->users[i].name));
	}
	return STATUS_OK;
}

static enum status read_seed(const struct options *o, struct lab_asked *asked, struct error *error)
{
	struct store_options about = { .users = asked->users,
		                       .nusers = o->users.n,
		                       .mboxes = o->mboxes.list,
		                       .nmboxes = o->mboxes.n,
		                       .files = o->files,
		                       .keep = o->keep,
		                       .reset = o->reset,
		                       .host = asked->machine };
	if (o->reset && o->keep == NULL)
		return error_set(error, STATUS_USAGE,
		                 "--reset: forgets what --keep DIR has kept: without --keep each run begins anew");
	return seed_new(&about, &asked->seed, error);
}

enum status lab_asked(const struct options *options, struct lab_asked *asked, struct error *error)
{
	*asked = (struct lab_asked){ .which = 0 };
	enum status status = read_servers(options, asked, error);
	read_machine(asked);
	if (status == STATUS_OK)
		status = read_listen(options, asked, error);
	if (status == STATUS_OK)
		status = read_users(options, asked, error);
	return status == STATUS_OK ? read_seed(options, asked, error) : status;
}

void lab_asked_free(struct lab_asked *asked)
{
	seed_free(asked->seed);
	free(asked->users);
	free(asked->ports);
	free(asked->machine);
	free(asked->host);
}
