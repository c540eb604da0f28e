/*
 * Pages in HTML: plain, readable without style, and without a way for a stranger's text to become part of them.
 */
#include "base/escape.h"
#include "lab/http_exchange.h"

void html_text(struct buffer *out, struct slice text)
{
	while (text.n) {
		uint32_t character = 0;
		size_t n = utf8_decode(text, &character);
		char c = text.p[0];
		if (c == '&')
			buffer_add_string(out, "&amp;");
		else if (c == '<')
			buffer_add_string(out, "&lt;");
		else if (c == '>')
			buffer_add_string(out, "&gt;");
		else if (c == '"')
			buffer_add_string(out, "&quot;");
		else if (c == '\'')
			buffer_add_string(out, "&#39;");
		else if (c == '\n' || c == '\t' || (n > 0 && !character_unsafe(character)))
			buffer_add_slice(out, slice_part(text, 0, n ? n : 1));
		else if (c != '\r')
			buffer_add_string(out, "\xef\xbf\xbd");
		text = slice_part(text, n ? n : 1, text.n);
	}
}

void html_path(struct buffer *out, struct slice path)
{
	struct buffer encoded = { 0 };
	http_percent_encode(&encoded, path);
	html_text(out, buffer_slice(&encoded));
	buffer_free(&encoded);
}

void html_begin(struct buffer *out, struct slice title)
{
	buffer_add_string(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
	html_text(out, title);
	buffer_add_string(out, "</title>\n</head>\n<body>\n<h1>");
	html_text(out, title);
	buffer_add_string(out, "</h1>\n");
}

void html_end(struct buffer *out)
{
	buffer_add_string(out, "</body>\n</html>\n");
}

void say_page(struct exchange *x, struct buffer *page)
{
	answer_take(x->answer, page);
	answer_field(x->answer, "Content-Security-Policy",
	             "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
	answer_field(x->answer, "Referrer-Policy", "no-referrer");
	say_content(x, "text/html; charset=utf-8", 0);
}
