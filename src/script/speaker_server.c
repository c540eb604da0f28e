/*
 * What a server says: codes, status words and data, by the tables of what is known about each protocol.
 */
#include "script/speaker_inside.h"

#include "protocol/ftp_syntax.h"
#include "protocol/http_syntax.h"
#include "protocol/imap_syntax.h"
#include "protocol/pop3_syntax.h"
#include "protocol/smtp_syntax.h"

static const struct entry *known(const struct protocol *protocol, enum table_kind kind, struct slice word)
{
	const struct table *table = protocol_table(protocol, kind);
	return table ? table_find(table, word) : NULL;
}

/* ---- codes of three digits ---- */

/* `250-PIPELINING`: what a server announces (RFC 5321 4.1.1.1). */
static bool announces(const struct protocol *protocol, struct slice text)
{
	struct slice word = slice_word(&text);
	return word.n && known(protocol, TABLE_KEYWORDS, slice_part(word, 0, slice_find_octet(word, '=')));
}

/* FTP: an address to connect to, a path in quotes. */
static bool tells_ftp(struct slice code, struct slice text)
{
	static const struct {
		const char *code;
		enum ftp_address_form form;
	} rows[] = { { "227", FTP_SHORT }, { "228", FTP_LONG }, { "229", FTP_EXTENDED } };
	bool tells = slice_equal(code, SLICE("257")) && text.n && text.p[0] == '"';
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ftp_address address;
		if (!slice_equal(code, slice_of(rows[i].code)))
			continue;
		ftp_address_parse(text, rows[i].form, true, &address);
		tells = address.text.n > 0;
		ftp_address_free(&address);
	}
	return tells;
}

/* SMTP's replies have an enhanced code whose class is the reply's (RFC 2034 4), or announce a keyword. */
static bool tells_smtp(const struct protocol *protocol, const struct smtp_reply *reply)
{
	if (reply->enhanced.n && reply->enhanced.p[0] == reply->line.code.p[0])
		return true;
	return slice_equal(reply->line.code, SLICE("250")) && announces(protocol, reply->line.text);
}

static unsigned likes_code(const struct protocol *protocol, struct slice line)
{
	struct coded_reply reply;
	struct smtp_reply smtp;
	char last = protocol->data_connection ? '6' : '5';
	if (!coded_reply_parse(line, last, &reply) || !reply.separated)
		return 0;
	if (protocol->greeting && protocol->greeting(line) == 3)
		return 3;
	if (!known(protocol, TABLE_CODES, reply.code))
		return 1;
	if (protocol->data_connection)
		return tells_ftp(reply.code, reply.text) ? 3 : 2;
	return smtp_reply_parse(line, &smtp) && tells_smtp(protocol, &smtp) ? 3 : 2;
}

/* A line of FTP's lists: ` SIZE` in the answer to FEAT (RFC 2389 3.2). */
static unsigned likes_listed(const struct protocol *protocol, struct slice line)
{
	return line.n > 1 && line.p[0] == ' ' && announces(protocol, line);
}

/* ---- POP3 ---- */

static unsigned likes_pop3(const struct protocol *protocol, struct slice line)
{
	struct pop3_status status;
	struct slice id, rest = line;
	uint64_t first, second;
	if (pop3_status_parse(line, &status)) {
		if (status.indicator == POP3_MORE)
			return status.separated;
		return status.separated && status.upper ? 3 : 1;
	}
	return slice_equal(line, SLICE(".")) || pop3_numbers(line, &first, &second) ||
	       pop3_unique_id(line, &first, &id) || known(protocol, TABLE_KEYWORDS, slice_word(&rest));
}

/* ---- IMAP ---- */

static bool is_upper_word(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (octet_upper(word.p[i]) != word.p[i])
			return false;
	return word.n > 0;
}

static bool has_digit(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (octet_is_digit(word.p[i]))
			return true;
	return false;
}

/* `* 3 EXISTS`: a known word, in capitals as all servers write it. */
static unsigned likes_untagged(const struct protocol *protocol, const struct imap_response *response)
{
	bool knows = response->status || known(protocol, TABLE_RESPONSES, response->name);
	if (!knows)
		return response->name.n > 0 && is_upper_word(response->name);
	return response->numbered || is_upper_word(response->name) ? 3 : 1;
}

/* `A001 OK done`. What is tagged with three digits may be another protocol's code, as SIP's `200 OK`. */
static unsigned likes_tagged(const struct imap_response *response)
{
	if (response->bracketed)
		return 3;
	if (is_three_digits(response->tag) && response->tag.p[0] != '0')
		return slice_find_nocase(response->text, SLICE("complete")) < response->text.n ? 3 : 1;
	return has_digit(response->tag) ? 3 : is_upper_word(response->name) ? 2 : 1;
}

static unsigned likes_imap(const struct protocol *protocol, struct slice line)
{
	struct imap_response response;
	imap_response_parse(line, &response);
	/* ACAP and MUPDATE, which look like IMAP else, have strings there */
	bool worded = response.status || response.kind == IMAP_CONTINUATION;
	if (worded && response.text.n > 1 && response.text.p[0] == '"')
		return 1;
	switch (response.kind) {
	case IMAP_UNTAGGED:
		return likes_untagged(protocol, &response);
	case IMAP_CONTINUATION:
		return 2;
	case IMAP_TAGGED:
		if (!imap_tag_ok(response.tag) || response.tag.p != line.p)
			return 0;
		return likes_tagged(&response);
	case IMAP_NO_RESPONSE:
		break;
	}
	return 0;
}

/* ---- HTTP ---- */

static unsigned likes_http(const struct protocol *protocol, struct slice line)
{
	struct http_status status;
	if (http_status_parse(line, &status) && http_version(status.version))
		return status.number < 1000 ? 3 : 1;
	return speaker_field(protocol, line);
}

unsigned speaker_server(const struct protocol *protocol, struct slice line)
{
	if (line.n == 0 || protocol->bare)
		return 0;
	if (protocol->tagged)
		return likes_imap(protocol, line);
	if (!protocol->server_first)
		return likes_http(protocol, line);
	if (protocol->one_code || protocol->data_connection) {
		unsigned code = likes_code(protocol, line);
		return code ? code : likes_listed(protocol, line);
	}
	return likes_pop3(protocol, line);
}
