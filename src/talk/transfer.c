/*
 * FTP's second connection, over which files and lists go: parlance opens none itself, so it says where somebody must
 * connect, or listen, for the transfer to begin.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/ftp_syntax.h"
#include "talk/room.h"

/* The host of a peer's name, "127.0.0.1:21" or "[::1]:21", brackets included. */
static struct slice host_of(struct slice peer)
{
	size_t end = peer.n;
	while (end > 0 && peer.p[end - 1] != ':')
		end--;
	return end ? slice_part(peer, 0, end - 1) : peer;
}

static void place_forget(struct talk *t)
{
	free(t->transfer);
	t->transfer = NULL;
}

/* Keeps "HOST:PORT" of an address; whether there is one. */
static bool place_keep(struct talk *t, struct slice text, enum ftp_address_form form, bool in_reply)
{
	struct ftp_address address = { 0 };
	place_forget(t);
	ftp_address_parse(text, form, in_reply, &address);
	struct slice host = buffer_slice(&address.host), peer = slice_of(session_peer(t->session));
	bool six = slice_find_octet(host, ':') < host.n;
	if (address.port && host.n)
		t->transfer = string_printf(six ? "[" SLICE_FMT "]:%lu" : SLICE_FMT ":%lu", SLICE_ARG(host),
		                            address.port);
	else if (address.port && in_reply)
		t->transfer = string_printf(SLICE_FMT ":%lu", SLICE_ARG(host_of(peer)), address.port);
	ftp_address_free(&address);
	return t->transfer != NULL;
}

/* The form in which a command, or the reply to it, says an address. */
static bool form_of(struct slice verb, bool passive, enum ftp_address_form *form)
{
	static const struct {
		const char *passive, *active;
		enum ftp_address_form form;
	} forms[] = {
		{ "PASV", "PORT", FTP_SHORT },
		{ "EPSV", "EPRT", FTP_EXTENDED },
		{ "LPSV", "LPRT", FTP_LONG },
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (!slice_equal(verb, slice_of(passive ? forms[i].passive : forms[i].active)))
			continue;
		*form = forms[i].form;
		return true;
	}
	return false;
}

/* The whole once; later only what changes. */
static void say_passive(struct talk *t)
{
	const char *scheme = t->transfer_private ? "tls" : "tcp";
	if (t->transfers++)
		talk_remark(t, "For this one: parlance --raw %s://%s </dev/null", scheme, t->transfer);
	else
		talk_remark(
			t,
			"The server waits at %s for the data connection, which parlance does not open itself. Say "
			"LIST, RETR or STOR here and then, in another terminal: parlance --raw %s://%s </dev/null (to "
			"store a file: <FILE). Or all of it at once: curl %s://%s/",
			t->transfer, scheme, t->transfer,
			t->place.tls          ? "ftps"
			: t->transfer_private ? "--ssl-reqd ftp"
					      : "ftp",
			session_peer(t->session));
}

static void say_active(struct talk *t)
{
	talk_remark(t,
	            "At LIST, RETR or STOR the server connects to %s: parlance does not listen there, so another "
	            "program must. PASV lets the server listen instead.",
	            t->transfer);
}

/* Whether the command has something go over the data connection. */
static bool transfers(struct slice verb)
{
	static const char *const verbs[] = { "APPE", "LIST", "MLSD", "NLST", "RETR", "STOR", "STOU" };
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal(verb, slice_of(verbs[i])))
			return true;
	return false;
}

/* Whether the data connections are encrypted, too (PROT, RFC 4217 9): asked for by the command, granted by the reply. */
static void follow_protection(struct talk *t, const struct dialogue_event *event, struct slice argument, bool granted)
{
	if (!slice_equal(event->verb, SLICE("PROT")))
		return;
	if (event->kind == EVENT_COMMAND)
		t->private_asked = slice_equal_nocase(slice_trim(argument), SLICE("P"));
	else if (granted)
		t->transfer_private = t->private_asked;
}

void transfer_follow(struct talk *t, const struct dialogue_event *event)
{
	enum ftp_address_form form;
	struct slice rest = event->text;
	if (strcmp(event->protocol, "ftp") != 0 || t->options->quiet)
		return;
	(void)slice_word(&rest);
	bool told = event->side == SIDE_SERVER && event->final && event->class == CLASS_SUCCESS;
	follow_protection(t, event, rest, told);
	if (event->kind == EVENT_COMMAND && form_of(event->verb, false, &form))
		(void)place_keep(t, slice_trim(rest), form, false);
	else if (told && form_of(event->verb, true, &form) && place_keep(t, rest, form, true))
		say_passive(t);
	else if (told && form_of(event->verb, false, &form) && t->transfer)
		say_active(t);
	else if (event->side == SIDE_SERVER && event->final && event->class != CLASS_INFO && transfers(event->verb))
		place_forget(t);
}

bool transfer_waits(const struct talk *t)
{
	return t->transfer && transfers(slice_of(t->awaited));
}
