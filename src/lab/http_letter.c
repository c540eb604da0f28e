/*
 * One message for reading: its header decoded, the parts that are text shown as text, all others to download. What it says is
 * a stranger's: nothing of it is taken for HTML.
 */
#include <stdlib.h>

#include "lab/http_mail.h"
#include "store/mime.h"
#include "protocol/http_syntax.h"

/* Octets of one part that the page shows. */
#define SHOWN_MAX ((size_t)256 * 1024)

void html_field(struct buffer *out, struct slice header, struct slice name)
{
	struct mime_field field;
	struct buffer unfolded = { 0 }, words = { 0 };
	if (mime_field(header, name, &field)) {
		mime_unfold(&unfolded, field.value);
		mime_decode_words(&words, buffer_slice(&unfolded));
	}
	html_text(out, buffer_slice(&words));
	buffer_free(&unfolded);
	buffer_free(&words);
}

/* ---- one part ---- */

static bool is(const struct mime *part, struct slice type, struct slice subtype)
{
	return slice_equal_nocase(part->type, type) && slice_equal_nocase(part->subtype, subtype);
}

/* Appends the part's file name, as its sender has it; nothing where it has none. */
static void add_name(struct buffer *out, const struct mime *part)
{
	struct mime_field field;
	struct slice rest = { NULL, 0 };
	if (mime_field(part->header, SLICE("Content-Disposition"), &field)) {
		rest = field.value;
		(void)mime_word(&rest);
	}
	struct mime_parameters *disposition = mime_parameters(rest), *type = mime_parameters(part->parameters);
	struct slice name = mime_parameter_named(disposition, SLICE("filename"));
	if (name.n == 0)
		name = mime_parameter_named(type, SLICE("name"));
	mime_decode_words(out, name);
	mime_parameters_free(disposition);
	mime_parameters_free(type);
}

/* Whether its sender wants it kept apart from the text. */
static bool attached(const struct mime *part)
{
	struct mime_field field;
	if (!mime_field(part->header, SLICE("Content-Disposition"), &field))
		return false;
	struct slice rest = field.value;
	return slice_equal_nocase(mime_word(&rest), SLICE("attachment"));
}

/* The letter under way, for the walk through its parts. */
struct letter {
	struct buffer *page;
	unsigned uid;
};

static void add_text(struct letter *letter, const struct mime *part)
{
	struct buffer text = { 0 };
	mime_decode_body(&text, part, true);
	buffer_add_string(letter->page, "<pre>");
	html_text(letter->page, slice_part(buffer_slice(&text), 0, SHOWN_MAX));
	buffer_add_string(letter->page, "</pre>\n");
	if (text.n > SHOWN_MAX)
		buffer_add_string(letter->page, "<p>The rest is in the source.</p>\n");
	buffer_free(&text);
}

static void add_download(struct letter *letter, const struct mime *part, struct slice section)
{
	struct buffer name = { 0 };
	add_name(&name, part);
	buffer_printf(letter->page, "<p><a href=\"%u/part-" SLICE_FMT "\">", letter->uid, SLICE_ARG(section));
	html_text(letter->page, name.n ? buffer_slice(&name) : SLICE("Part"));
	buffer_add_string(letter->page, "</a> (");
	html_text(letter->page, part->type);
	buffer_add_octet(letter->page, '/');
	html_text(letter->page, part->subtype);
	buffer_printf(letter->page, ", %zu octets as it was sent)</p>\n", part->body.n);
	buffer_free(&name);
}

static void add_fields(struct buffer *page, struct slice header)
{
	static const char *const names[] = { "From", "To", "Cc", "Date", "Subject" };
	buffer_add_string(page, "<table>\n");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct buffer value = { 0 };
		html_field(&value, header, slice_of(names[i]));
		if (value.n)
			buffer_printf(page, "<tr><th>%s</th><td>" SLICE_FMT "</td></tr>\n", names[i],
			              SLICE_ARG(buffer_slice(&value)));
		buffer_free(&value);
	}
	buffer_add_string(page, "</table>\n");
}

static void add_part(struct letter *letter, const struct mime *part, struct slice section);

/* Those that lie in it. Depth has a bound: MIME_DEPTH_MAX. */
static void add_parts(struct letter *letter, const struct mime *part, struct slice section)
{
	for (size_t i = 0; i < part->nparts; i++) {
		struct buffer number = { 0 };
		buffer_printf(&number, SLICE_FMT "%s%zu", SLICE_ARG(section), section.n ? "." : "", i + 1);
		add_part(letter, &part->parts[i], buffer_slice(&number));
		buffer_free(&number);
	}
}

/* A message inside; where it has no parts of its own its body is part 1 of it (RFC 9051 6.4.5). */
static void add_message(struct letter *letter, const struct mime *inner, struct slice section)
{
	struct buffer number = { 0 };
	add_fields(letter->page, inner->header);
	buffer_printf(&number, SLICE_FMT "%s1", SLICE_ARG(section), section.n ? "." : "");
	if (inner->multipart)
		add_parts(letter, inner, section);
	else
		add_part(letter, inner, buffer_slice(&number));
	buffer_free(&number);
}

static void add_part(struct letter *letter, const struct mime *part, struct slice section)
{
	if (part->multipart) {
		add_parts(letter, part, section);
	} else if (part->message && part->nparts == 1) {
		buffer_add_string(letter->page, "<hr>\n<p>A message that was passed on:</p>\n");
		add_message(letter, &part->parts[0], section);
		buffer_add_string(letter->page, "<hr>\n");
	} else if (is(part, SLICE("text"), SLICE("plain")) && !attached(part)) {
		add_text(letter, part);
	} else {
		add_download(letter, part, section);
	}
}

/* ---- answers ---- */

void say_letter(struct exchange *x, const struct mail *mail)
{
	struct buffer page = { 0 }, title = { 0 }, words = { 0 };
	const struct mime *mime = message_mime(mail->message);
	struct letter letter = { .page = &page, .uid = mail->uid };
	struct mime_field subject;
	if (mime_field(mime->header, SLICE("Subject"), &subject)) {
		mime_unfold(&words, subject.value);
		mime_decode_words(&title, buffer_slice(&words));
	}
	html_begin(&page, title.n ? buffer_slice(&title) : SLICE("(no subject)"));
	add_message(&letter, mime, SLICE(""));
	buffer_printf(&page, "<p><a href=\"%u/raw\">source</a>, <a href=\"./\">mailbox</a></p>\n", mail->uid);
	html_end(&page);
	buffer_free(&title);
	buffer_free(&words);
	say_page(x, &page);
}

void say_source(struct exchange *x, const struct mail *mail)
{
	answer_hold_message(x->answer, mail->message);
	answer_look(x->answer, message_text(mail->message));
	answer_field(x->answer, "Content-Security-Policy", "sandbox; default-src 'none'");
	answer_field(x->answer, "Content-Disposition", "inline; filename=\"%u.eml\"", mail->uid);
	say_content(x, "message/rfc822", mail->received);
}

/* A name that a header can hold: visible ASCII without quotes; and the whole of it beside that (RFC 6266 4.3). */
static void add_disposition(struct exchange *x, struct slice name)
{
	struct buffer plain = { 0 }, encoded = { 0 };
	for (size_t i = 0; i < name.n && i < 100; i++) {
		char c = name.p[i];
		buffer_add_octet(&plain, c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '/' ? c : '_');
	}
	http_percent_encode(&encoded, slice_part(name, 0, 200));
	for (size_t i = 0; i < encoded.n; i++)
		if (!octet_is_alnum(encoded.p[i]) && encoded.p[i] != '%' && encoded.p[i] != '.' && encoded.p[i] != '-')
			encoded.p[i] = '_';
	if (plain.n)
		answer_field(x->answer, "Content-Disposition",
		             "attachment; filename=\"" SLICE_FMT "\"; filename*=UTF-8''" SLICE_FMT,
		             SLICE_ARG(buffer_slice(&plain)), SLICE_ARG(buffer_slice(&encoded)));
	else
		answer_field(x->answer, "Content-Disposition", "attachment");
	buffer_free(&plain);
	buffer_free(&encoded);
}

void say_part(struct exchange *x, const struct mail *mail, struct slice section)
{
	const struct mime *part = mime_part(message_mime(mail->message), section);
	struct buffer body = { 0 }, name = { 0 }, type = { 0 };
	if (part == NULL || section.n == 0) {
		say_status(x, 404, "The message has no such part.");
		return;
	}
	mime_decode_body(&body, part, false);
	answer_take(x->answer, &body);
	add_name(&name, part);
	add_disposition(x, buffer_slice(&name));
	if (http_token(part->type) && http_token(part->subtype))
		buffer_printf(&type, SLICE_FMT "/" SLICE_FMT, SLICE_ARG(part->type), SLICE_ARG(part->subtype));
	else
		buffer_add_string(&type, "application/octet-stream");
	buffer_add_octet(&type, '\0');
	answer_field(x->answer, "Content-Security-Policy", "sandbox; default-src 'none'");
	say_content(x, type.p, mail->received);
	buffer_free(&name);
	buffer_free(&type);
}
