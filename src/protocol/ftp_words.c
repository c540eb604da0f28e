/*
 * What the texts of FTP's replies say beyond their codes: addresses, paths, sizes, times, features and facts.
 */
#include <string.h>

#include "protocol/ftp_machine.h"
#include "protocol/common.h"

/* Of what the server says itself, a note shows so many octets; of a feature's name, so many. */
#define VALUE_SHOWN 200
#define FEATURE_SHOWN 32

/* A list of facts is told in about so many octets. */
#define LIST_SHOWN 400

/* ---- replies ---- */

static void note_listens(struct dialogue *d, struct slice text, enum ftp_address_form form,
                         struct dialogue_event *event)
{
	struct ftp_address address;
	if (event->more) /* the address may stand in what has not come yet */
		return;
	ftp_address_parse(text, form, true, &address);
	ftp_note_address(d, &address, "The server listens for the data connection", event);
	if (address.problem) {
		event_problem(d, event, "%s", address.problem);
		event_ref(d, event, address.ref);
	}
	ftp_address_free(&address);
}

static void note_path(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct buffer path = { 0 };
	if (ftp_quoted_path(&path, text)) {
		event_note(d, event, "The path is " SLICE_FMT "%s",
		           SLICE_ARG(slice_part(buffer_slice(&path), 0, VALUE_SHOWN)),
		           path.n > VALUE_SHOWN ? " ..." : ".");
	} else if (!event->more) {
		event_problem(d, event, "257 must be followed by a path in quotes, its own quotes doubled");
		event_ref(d, event, "RFC 959 II");
	}
	buffer_free(&path);
}

static void note_file_size(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct buffer words = { 0 };
	uint64_t octets;
	if (slice_number(slice_trim(text), &octets)) {
		octets_in_words(&words, octets);
		event_note(d, event, "Here: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
	} else {
		event_problem(d, event, "only the number of octets may follow 213 here");
		event_ref(d, event, "RFC 3659 4.1");
	}
	buffer_free(&words);
}

static void note_file_time(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct buffer words = { 0 };
	if (ftp_time_words(&words, slice_trim(text))) {
		event_note(d, event, "Here: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
		event_ref(d, event, "RFC 3659 2.3");
	} else {
		event_problem(d, event, "only a time, YYYYMMDDHHMMSS, may follow 213 here");
		event_ref(d, event, "RFC 3659 3.1");
	}
	buffer_free(&words);
}

static void note_system(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct slice name = slice_part(slice_word(&text), 0, FEATURE_SHOWN);
	if (name.n == 0)
		return;
	event_note(d, event, "It is " SLICE_FMT ".%s", SLICE_ARG(name),
	           slice_equal_nocase(name, SLICE("UNIX")) ? " Many servers say so whatever they run on." : "");
}

/* 125 and 150: how much comes, or, of STOU, what the file is called (RFC 1123 4.1.2.9). */
static void note_begun(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct buffer words = { 0 };
	uint64_t octets;
	if (slice_equal(event->verb, SLICE("STOU")) && !slice_starts(text, SLICE("FILE: "))) {
		event_problem(d, event, "the name of the file must stand here: FILE: and the path");
		event_ref(d, event, "RFC 1123 4.1.2.9");
	}
	if (ftp_size_told(text, &octets)) {
		octets_in_words(&words, octets);
		event_note(d, event, "The words say how much: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
	}
	buffer_free(&words);
}

static void check_marker(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	if (slice_starts(text, SLICE("MARK ")) && slice_find(text, SLICE(" = ")) < text.n)
		return;
	event_problem(d, event, "the words must be MARK, the sender's marker, = and the receiver's");
	event_ref(d, event, "RFC 1123 4.1.3.4");
}

void ftp_words(struct dialogue *d, struct slice text, const struct outstanding *one, struct dialogue_event *event)
{
	struct slice code = event->code;
	bool size = slice_equal(event->verb, SLICE("SIZE")), time = slice_equal(event->verb, SLICE("MDTM"));
	if (slice_equal(code, SLICE("227")) && !slice_equal(event->verb, SLICE("SPSV"))) /* which names only a port */
		note_listens(d, text, FTP_SHORT, event);
	else if (slice_equal(code, SLICE("228")))
		note_listens(d, text, FTP_LONG, event);
	else if (slice_equal(code, SLICE("229")))
		note_listens(d, text, FTP_EXTENDED, event);
	else if (slice_equal(code, SLICE("257")))
		note_path(d, text, event);
	else if (slice_equal(code, SLICE("213")) && size)
		note_file_size(d, text, event);
	else if (slice_equal(code, SLICE("213")) && time)
		note_file_time(d, text, event);
	else if (slice_equal(code, SLICE("215")))
		note_system(d, text, event);
	else if (slice_equal(code, SLICE("110")))
		check_marker(d, text, event);
	else if (ftp_transfers(one) && event->class == CLASS_INFO)
		note_begun(d, text, event);
	else if (slice_starts(text, SLICE("ADAT=")))
		event_note(d, event, "Behind ADAT= stands data of the exchange, in base64.");
}

/* ---- features ---- */

static void note_feature(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_KEYWORDS), event->keyword);
	if (row == NULL) {
		event_note(d, event, SLICE_FMT ": no registry knows this feature.",
		           SLICE_ARG(slice_part(event->keyword, 0, FEATURE_SHOWN)));
		event_ref(d, event, "RFC 2389 3.2");
		return;
	}
	event_note(d, event, "%s: %s", row->word, row->note);
	event_ref(d, event, row->ref);
	if (value.n && strchr(row->syntax, '['))
		event_note(d, event, "Here: " SLICE_FMT "%s", SLICE_ARG(slice_part(value, 0, VALUE_SHOWN)),
		           value.n > VALUE_SHOWN ? " ..." : ".");
}

void ftp_feature(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct slice rest = text, word = slice_word(&rest);
	if (word.n == 0)
		return;
	if (slice_find_octet(event->text, TELNET_IAC) == event->text.n) {
		size_t start = event->text.n - text.n + (size_t)(word.p - text.p);
		event_span_add(event, SPAN_KEYWORD, start, start + word.n);
	}
	event->keyword = event_upper(d, word);
	capability_add(d, slice_trim(text));
	note_feature(d, slice_trim(rest), event);
}

/* ---- facts ---- */

/* What the letters of `perm` allow (RFC 3659 7.5.5). */
static void perm_in_words(struct buffer *out, struct slice letters)
{
	static const struct {
		char letter;
		const char *word;
	} rights[] = {
		{ 'A', "APPE" }, { 'C', "create in it" }, { 'D', "delete" },       { 'E', "CWD" },  { 'F', "rename" },
		{ 'L', "list" }, { 'M', "MKD in it" },    { 'P', "delete in it" }, { 'R', "RETR" }, { 'W', "STOR" },
	};
	size_t told = 0;
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
		if (slice_find_octet(letters, rights[i].letter) < letters.n ||
		    slice_find_octet(letters, octet_lower(rights[i].letter)) < letters.n)
			buffer_printf(out, "%s%s", told++ ? ", " : "", rights[i].word);
	if (told == 0)
		buffer_add_string(out, "nothing");
}

static void fact_in_words(struct buffer *out, struct slice name, struct slice value)
{
	uint64_t octets;
	bool time = slice_equal_nocase(name, SLICE("modify")) || slice_equal_nocase(name, SLICE("create"));
	buffer_printf(out, SLICE_FMT ": ", SLICE_ARG(slice_part(name, 0, FEATURE_SHOWN)));
	if (slice_equal_nocase(name, SLICE("size")) && slice_number(value, &octets))
		octets_in_words(out, octets);
	else if (slice_equal_nocase(name, SLICE("perm")))
		perm_in_words(out, value);
	else if (!time || !ftp_time_words(out, value))
		buffer_add_slice(out, slice_part(value, 0, FEATURE_SHOWN));
}

void ftp_facts(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct slice facts = slice_part(text, 0, slice_find_octet(text, ' ')), name, value;
	struct slice path = slice_part(text, facts.n + 1, text.n);
	struct buffer list = { 0 };
	while (list.n < LIST_SHOWN && ftp_fact(&facts, &name, &value)) {
		buffer_add_string(&list, list.n ? "; " : "");
		fact_in_words(&list, name, value);
	}
	if (facts.n && list.n < LIST_SHOWN && !event->more) {
		event_problem(d, event, "each fact must be name=value and a semicolon; a space and the path follow");
		event_ref(d, event, "RFC 3659 7.2");
	}
	if (list.n)
		event_note(d, event, SLICE_FMT "%s", SLICE_ARG(buffer_slice(&list)),
		           list.n < LIST_SHOWN ? "." : "; and more.");
	if (path.n)
		event_note(d, event, "The path is " SLICE_FMT "%s", SLICE_ARG(slice_part(path, 0, VALUE_SHOWN)),
		           path.n > VALUE_SHOWN ? " ..." : ".");
	event_ref(d, event, "RFC 3659 7.2");
	buffer_free(&list);
}
