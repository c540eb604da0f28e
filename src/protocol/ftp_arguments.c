/*
 * What stands behind FTP's commands.
 */
#include "protocol/ftp_machine.h"

/* Of a word that no table has, a note shows so many octets. */
#define WORD_SHOWN 32

/* Ports below this belong to other services (RFC 2577 section 3). */
#define PORTS_FREE 1024

/* One command whose arguments say something. */
struct reading {
	struct dialogue *d;
	struct slice arguments;
	struct outstanding *one;
	struct dialogue_event *event;
};

static void wrong(const struct reading *r, const char *problem, const char *ref)
{
	event_problem(r->d, r->event, "%s", problem);
	event_ref(r->d, r->event, ref);
}

static void note(const struct reading *r, const char *text, const char *ref)
{
	event_note(r->d, r->event, "%s", text);
	event_ref(r->d, r->event, ref);
}

/* Masks what stands at the end of the line; Telnet commands inside are hidden with it. */
static void mask(const struct reading *r, struct slice secret, struct slice with)
{
	struct slice line = r->event->text;
	struct buffer clean = { 0 };
	if (secret.n == 0)
		return;
	ftp_telnet_strip(&clean, line);
	while (clean.n && clean.p[clean.n - 1] == '\r')
		clean.n--;
	event_secret(r->event, ftp_telnet_offset(line, clean.n - secret.n), line.n, with);
	buffer_wipe(&clean);
}

/* ---- login and protection ---- */

static void read_user(const struct reading *r)
{
	struct ftp *s = machine_state(r->d);
	s->anonymous = slice_equal_nocase(r->arguments, SLICE("anonymous")) ||
	               slice_equal_nocase(r->arguments, SLICE("ftp"));
	if (s->anonymous)
		note(r, "By this name anybody may log in, where the server offers files to all.", "RFC 1635");
}

static void read_pass(const struct reading *r)
{
	const struct ftp *s = machine_state(r->d);
	mask(r, r->arguments, SLICE("{{password}}"));
	if (s->anonymous)
		note(r, "By custom an anonymous user gives an e-mail address; most servers take anything.", "RFC 1635");
}

static void read_acct(const struct reading *r)
{
	mask(r, r->arguments, SLICE("{{password}}"));
}

static void read_protected(const struct reading *r)
{
	mask(r, r->arguments, SLICE("{{secret}}"));
}

static void read_auth(const struct reading *r)
{
	const struct table *table = protocol_table(machine_protocol(r->d), TABLE_MECHANISMS);
	struct slice name = slice_trim(r->arguments);
	const struct entry *row = table ? table_find(table, name) : NULL;
	if (name.n == 0)
		return;
	if (row == NULL) {
		event_note(r->d, r->event, SLICE_FMT ": no registry knows this mechanism.",
		           SLICE_ARG(event_upper(r->d, slice_part(name, 0, WORD_SHOWN))));
		return;
	}
	event_note(r->d, r->event, "%s: %s", row->word, row->note);
	event_ref(r->d, r->event, row->ref);
	if (slice_starts(slice_of(row->word), SLICE("TLS")) || slice_equal(slice_of(row->word), SLICE("SSL")))
		r->one->flags |= FLAG_TLS;
}

static void read_pbsz(const struct reading *r)
{
	uint64_t size;
	if (r->arguments.n == 0)
		return;
	if (!slice_number(slice_trim(r->arguments), &size) || size > UINT32_MAX)
		wrong(r, "the size must be a number of octets, of up to 32 bits", "RFC 2228 3");
	else if (size != 0 && dialogue_secure(r->d))
		wrong(r, "under TLS the size must be 0: the data goes as a stream, not in blocks", "RFC 4217 9");
}

/* One letter and what it stands for. */
struct letter {
	char letter;
	const char *note;
};

/* Notes what the letter says; false where the list, which ends with 0, does not have it. */
static bool read_letter(const struct reading *r, struct slice word, const struct letter *letters, const char *ref)
{
	for (; word.n == 1 && letters->letter; letters++) {
		if (octet_upper(word.p[0]) != letters->letter)
			continue;
		note(r, letters->note, ref);
		return true;
	}
	return false;
}

static void read_prot(const struct reading *r)
{
	static const struct letter levels[] = {
		{ 'C', "C: clear, no protection." },
		{ 'S', "S: safe from change, but readable. TLS does not have it." },
		{ 'E', "E: encrypted, but not safe from change. TLS does not have it." },
		{ 'P', "P: private, that is encrypted and safe from change." },
		{ 0, NULL },
	};
	if (r->arguments.n && !read_letter(r, slice_trim(r->arguments), levels, "RFC 2228 3"))
		wrong(r, "the level must be C, S, E or P", "RFC 2228 3");
}

/* ---- parameters of transfers ---- */

static void read_type(const struct reading *r)
{
	static const struct letter types[] = {
		{ 'A',
		  "A: text. On the data connection its lines end in CRLF, and each side converts them to its own ends." },
		{ 'E', "E: text in EBCDIC, the character set of IBM's mainframes." },
		{ 'I', "I: image, every octet as it is; right for all that is not text." },
		{ 'L', "L: bytes of that many bits. Where memory has bytes of 8 bits, L 8 is the same as I." },
		{ 0, NULL },
	};
	static const struct letter formats[] = {
		{ 'N', "N: not meant for a printer, the default." },
		{ 'T', "T: with control characters for a printer." },
		{ 'C', "C: each line begins with a control character for a printer (ASA)." },
		{ 0, NULL },
	};
	struct slice rest = r->arguments, type = slice_word(&rest), second = slice_word(&rest);
	uint64_t size;
	if (type.n == 0)
		return;
	if (!read_letter(r, type, types, "RFC 959 3.1.1")) {
		wrong(r, "the type must be A, E, I or L", "RFC 959 5.3.2");
		return;
	}
	char letter = octet_upper(type.p[0]);
	if (letter == 'L')
		event_ref(r->d, r->event, "RFC 1123 4.1.2.1");
	if (letter == 'L' && (!slice_number(second, &size) || size < 1 || size > 255))
		wrong(r, "L must be followed by the number of bits: L 8", "RFC 959 5.3.2");
	else if ((letter == 'A' || letter == 'E') && second.n && !read_letter(r, second, formats, "RFC 959 3.1.1"))
		wrong(r, "the format must be N, T or C", "RFC 959 5.3.2");
	else if ((letter == 'I' && second.n) || slice_trim(rest).n)
		wrong(r, "nothing more may stand here", "RFC 959 5.3.2");
}

static void read_mode(const struct reading *r)
{
	static const struct letter modes[] = {
		{ 'S', "S: a stream; the close of the data connection is the end of the file." },
		{ 'B', "B: blocks with headers, so that a transfer can restart and the connection stay open." },
		{ 'C', "C: repeated octets are shortened." },
		{ 'Z', "Z: compressed by deflate; a draft, in no standard." },
		{ 0, NULL },
	};
	if (r->arguments.n && !read_letter(r, slice_trim(r->arguments), modes, "RFC 959 3.4"))
		wrong(r, "the mode must be S, B or C", "RFC 959 5.3.2");
}

static void read_stru(const struct reading *r)
{
	static const struct letter structures[] = {
		{ 'F', "F: a file is a sequence of octets." },
		{ 'R', "R: a file is a sequence of records." },
		{ 'P', "P: a file is made of numbered pages; hardly any server has it." },
		{ 0, NULL },
	};
	if (r->arguments.n && !read_letter(r, slice_trim(r->arguments), structures, "RFC 959 3.1.2"))
		wrong(r, "the structure must be F, R or P", "RFC 959 5.3.2");
}

void ftp_note_address(struct dialogue *d, const struct ftp_address *address, const char *who,
                      struct dialogue_event *event)
{
	struct slice host = buffer_slice(&address->host);
	if (address->text.n == 0 || address->port == 0)
		return;
	if (address->in_two)
		event_note(d, event, "%s at " SLICE_FMT ", port %u x 256 + %u = %lu.", who, SLICE_ARG(host),
		           address->high, address->low, address->port);
	else if (host.n)
		event_note(d, event, "%s at " SLICE_FMT ", port %lu.", who, SLICE_ARG(host), address->port);
	else
		event_note(d, event, "%s at port %lu, at the address of the control connection.", who, address->port);
	event_ref(d, event, address->ref);
}

static void read_active(const struct reading *r, enum ftp_address_form form)
{
	struct ftp_address address;
	if (r->arguments.n == 0 || r->event->more) /* of a line in pieces the address may go on */
		return;
	ftp_address_parse(slice_trim(r->arguments), form, false, &address);
	ftp_note_address(r->d, &address, "The client listens for the data connection", r->event);
	if (address.problem)
		wrong(r, address.problem, address.ref);
	else if (address.port < PORTS_FREE)
		note(r, "Ports below 1024 belong to other services: servers may refuse to connect there.",
		     "RFC 2577 3");
	ftp_address_free(&address);
}

static void read_port(const struct reading *r)
{
	read_active(r, FTP_SHORT);
}

static void read_eprt(const struct reading *r)
{
	read_active(r, FTP_EXTENDED);
}

static void read_lprt(const struct reading *r)
{
	read_active(r, FTP_LONG);
}

static void read_epsv(const struct reading *r)
{
	struct slice word = slice_trim(r->arguments);
	if (word.n == 0)
		return;
	if (slice_equal(word, SLICE("1")))
		note(r, "1: by IPv4.", "RFC 2428 2");
	else if (slice_equal(word, SLICE("2")))
		note(r, "2: by IPv6.", "RFC 2428 2");
	else if (slice_equal_nocase(word, SLICE("ALL"))) {
		r->one->flags |= FLAG_ALL;
		note(r, "ALL: from now on only EPSV is used, so that address translators need not read along.",
		     "RFC 2428 3");
	} else {
		wrong(r, "EPSV must be followed by nothing, 1 (IPv4), 2 (IPv6) or ALL", "RFC 2428 3");
	}
}

static void read_rest(const struct reading *r)
{
	uint64_t octets;
	struct slice marker = slice_trim(r->arguments);
	if (slice_number(marker, &octets) && octets == 0)
		note(r, "0: the next transfer is of the whole file.", "RFC 3659 5.3");
	else if (slice_number(marker, &octets))
		event_note(r->d, r->event, "The next transfer leaves out the first %llu octet%s.",
		           (unsigned long long)octets, octets == 1 ? "" : "s");
	else if (marker.n)
		note(r, "No number: a marker that a 110 has named, for block and compressed mode.", "RFC 959 3.5");
}

static void read_allo(const struct reading *r)
{
	uint64_t octets;
	struct slice rest = r->arguments, size = slice_word(&rest), letter = slice_word(&rest),
		     record = slice_word(&rest);
	bool records = slice_equal_nocase(letter, SLICE("R")) && slice_number(record, &octets);
	if (size.n && (!slice_number(size, &octets) || (letter.n && !records)))
		wrong(r, "a number of octets must stand here, and perhaps R and the size of a record", "RFC 959 4.1.3");
}

/* ---- files ---- */

/* Which way the data of the transfer goes, once for each. */
static void read_transfer(const struct reading *r)
{
	const struct ftp *s = machine_state(r->d);
	enum ftp_data data = s->data;
	for (size_t i = 0; i < outstanding_count(r->d); i++) { /* sent without waiting */
		enum ftp_effect effect = ftp_effect(outstanding_at(r->d, i));
		data = effect == EFFECT_ACTIVE ? DATA_ACTIVE : effect == EFFECT_PASSIVE ? DATA_PASSIVE : data;
	}
	if (data == DATA_ACTIVE)
		note(r, "Active mode: the server connects to the address that the client gave.", "RFC 959 3.2");
	else if (data == DATA_PASSIVE)
		note(r, "Passive mode: the client connects to the address that the server gave.", "RFC 959 4.1.2");
	else
		note(r,
		     "No address was given: the server connects from the port below its own, usually 20, to the port that "
		     "the client uses here.",
		     "RFC 959 3.2");
}

static void read_list(const struct reading *r)
{
	if (r->arguments.n && r->arguments.p[0] == '-')
		note(r,
		     "The standard takes what begins with - for a path; many servers take it for options of Unix's ls.",
		     "RFC 959 5.3.1");
	read_transfer(r);
}

static void read_time(const struct reading *r)
{
	struct buffer words = { 0 };
	struct slice rest = r->arguments;
	struct slice time = slice_word(&rest);
	if (ftp_time_words(&words, time))
		event_note(r->d, r->event, "The time: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
	else if (time.n)
		wrong(r, "the time must be written YYYYMMDDHHMMSS, in UTC", "RFC 3659 2.3");
	buffer_free(&words);
}

/* ---- commands inside commands ---- */

static void read_site(const struct reading *r)
{
	const struct table *table = protocol_table(machine_protocol(r->d), TABLE_PARAMETERS);
	struct slice rest = r->arguments, word = slice_word(&rest);
	const struct entry *row = table ? table_find(table, word) : NULL;
	if (row == NULL)
		return;
	event_note(r->d, r->event, "%s: %s", row->word, row->note);
	event_ref(r->d, r->event, row->ref);
	if (slice_equal(slice_of(row->word), SLICE("GPASS")))
		mask(r, slice_trim(rest), SLICE("{{password}}"));
}

static void read_opts(const struct reading *r)
{
	struct slice rest = r->arguments, word = slice_word(&rest);
	if (slice_equal_nocase(word, SLICE("MLST")))
		note(r, "MLST: chooses the facts that MLST and MLSD show.", "RFC 3659 7.9");
	else if (slice_equal_nocase(word, SLICE("UTF8")) || slice_equal_nocase(word, SLICE("UTF-8")))
		note(r, "UTF8: asks for paths in UTF-8. Where FEAT lists UTF8 they are so already.",
		     "No RFC: draft-ietf-ftpext-utf-8-option");
	else if (slice_equal_nocase(word, SLICE("HASH")))
		note(r, "HASH: chooses the algorithm of the digest.", "No RFC: draft-ietf-ftpext2-hash");
}

static const struct {
	const char *verb;
	void (*read)(const struct reading *r);
} readers[] = {
	{ "ACCT", read_acct },     { "ADAT", read_protected }, { "ALLO", read_allo },     { "APPE", read_transfer },
	{ "AUTH", read_auth },     { "CONF", read_protected }, { "ENC", read_protected }, { "EPRT", read_eprt },
	{ "EPSV", read_epsv },     { "LIST", read_list },      { "LPRT", read_lprt },     { "MFCT", read_time },
	{ "MFMT", read_time },     { "MIC", read_protected },  { "MLSD", read_transfer }, { "MODE", read_mode },
	{ "NLST", read_list },     { "OPTS", read_opts },      { "PASS", read_pass },     { "PBSZ", read_pbsz },
	{ "PORT", read_port },     { "PROT", read_prot },      { "REST", read_rest },     { "RETR", read_transfer },
	{ "SITE", read_site },     { "STOR", read_transfer },  { "STOU", read_transfer }, { "STRU", read_stru },
	{ "THMB", read_transfer }, { "TYPE", read_type },      { "USER", read_user },
};

void ftp_arguments(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event)
{
	struct reading reading = { .d = d, .arguments = arguments, .one = one, .event = event };
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (slice_equal(event->verb, slice_of(readers[i].verb)))
			readers[i].read(&reading);
}
