/*
 * SMTP's grammar, as far as a reader of both sides needs it.
 */
#include "protocol/smtp_syntax.h"

/* The length of `[245].D.D` at the front of `s`, each part after the first of one to three digits (RFC 3463 2). */
static size_t enhanced_length(struct slice s)
{
	if (s.n < 5 || (s.p[0] != '2' && s.p[0] != '4' && s.p[0] != '5'))
		return 0;
	size_t at = 1;
	for (int part = 0; part < 2; part++) {
		if (at >= s.n || s.p[at] != '.')
			return 0;
		size_t digits = 0;
		for (at++; at < s.n && digits < 3 && octet_is_digit(s.p[at]); at++)
			digits++;
		if (digits == 0)
			return 0;
	}
	return at == s.n || s.p[at] == ' ' ? at : 0;
}

bool smtp_reply_parse(struct slice line, struct smtp_reply *reply)
{
	*reply = (struct smtp_reply){ 0 };
	if (!coded_reply_parse(line, '5', &reply->line))
		return false;
	reply->enhanced = slice_part(reply->line.text, 0, enhanced_length(reply->line.text));
	return true;
}

/* Where the path that begins with `<` ends: the index behind its `>`, quoted strings passed over; 0 where it does not
 * end. */
static size_t path_end(struct slice s)
{
	bool quoted = false;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\' && quoted)
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '>' && !quoted)
			return i + 1;
	}
	return 0;
}

static void path_problem(struct smtp_path *path, const char *problem, const char *ref)
{
	if (path->problem)
		return;
	path->problem = problem;
	path->ref = ref;
}

static void path_fault(struct smtp_path *path, const char *problem, const char *ref)
{
	path_problem(path, problem, ref);
	if (path->fault)
		return;
	path->fault = problem;
	path->fault_ref = ref;
}

/* What is wrong with the address between the brackets. */
static void address_check(struct smtp_path *path, bool null_allowed)
{
	struct slice address = path->address;
	if (address.n && address.p[0] == '@') {
		path->source_route = true;
		size_t colon = slice_find_octet(address, ':');
		if (colon == address.n) {
			bool route = slice_find_octet(address, ',') < address.n;
			path_fault(path,
			           route ? "the source route must end with a colon" : "nothing stands before the @",
			           "RFC 5321 4.1.2");
			return;
		}
		address = slice_part(address, colon + 1, address.n);
	}
	if (address.n == 0) {
		if (!null_allowed || path->source_route)
			path_fault(path, "an empty path names nobody", "RFC 5321 4.1.1.3");
		return;
	}
	if (!null_allowed && slice_equal_nocase(address, SLICE("Postmaster")))
		return;
	size_t at = address.n;
	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		path_fault(path, "the address has no @ and domain", "RFC 5321 4.1.2");
	else if (at == 1)
		path_fault(path, "nothing stands before the @", "RFC 5321 4.1.2");
	else if (at == address.n)
		path_fault(path, "no domain stands after the @", "RFC 5321 4.1.2");
	else if (address.p[0] != '"' && slice_find_octet(address, ' ') < address.n)
		path_fault(path, "a space stands in the address", "RFC 5321 4.1.2");
}

void smtp_path_parse(struct slice arguments, struct slice keyword, bool null_allowed, struct smtp_path *path)
{
	*path = (struct smtp_path){ 0 };
	struct slice rest = slice_trim(arguments);
	if (!slice_starts_nocase(rest, keyword)) {
		path_fault(path,
		           null_allowed ? "MAIL must be followed by FROM:<address>"
		                        : "RCPT must be followed by TO:<address>",
		           null_allowed ? "RFC 5321 4.1.1.2" : "RFC 5321 4.1.1.3");
		path->parameters = slice_part(rest, 0, 0);
		return;
	}
	rest = slice_part(rest, keyword.n, rest.n);
	struct slice trimmed = slice_trim(rest);
	if (trimmed.n && rest.p != trimmed.p)
		path_problem(path, "no space may stand after the colon", "RFC 5321 3.3");
	if (trimmed.n == 0) {
		path_fault(path, "the address is missing", "RFC 5321 4.1.2");
		return;
	}
	size_t end = trimmed.p[0] == '<' ? path_end(trimmed) : 0;
	if (end) {
		path->address = slice_part(trimmed, 1, end - 1);
		path->parameters = slice_trim(slice_part(trimmed, end, trimmed.n));
		if (end < trimmed.n && trimmed.p[end] != ' ')
			path_fault(path, "a space must stand between the path and what follows", "RFC 5321 4.1.2");
		address_check(path, null_allowed);
		return;
	}
	path_fault(path,
	           trimmed.p[0] == '<' ? "the > that ends the address is missing"
	                               : "the address must stand between < and >",
	           "RFC 5321 4.1.2");
	path->address = slice_word(&trimmed);
	path->parameters = slice_trim(trimmed);
}

bool smtp_parameter(struct slice *parameters, struct slice *keyword, struct slice *value)
{
	struct slice word = slice_word(parameters);
	if (word.n == 0)
		return false;
	size_t equals = slice_find_octet(word, '=');
	*keyword = slice_part(word, 0, equals);
	*value = slice_part(word, equals + 1, word.n);
	return true;
}

/* Fewer X's may be a private extension's name (RFC 5321 section 2.2.2). */
#define OVERWRITTEN_MIN 4

bool smtp_overwritten(struct slice keyword)
{
	struct slice word = slice_word(&keyword);
	size_t n = 0;
	while (n < word.n && word.p[n] == 'X')
		n++;
	return n >= OVERWRITTEN_MIN && (n == word.n || (n + 1 == word.n && octet_is_alpha(word.p[n])));
}
