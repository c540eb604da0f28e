/*
 * AsciiDoc's callouts: `data <5>` in a block between dashes, where a legend right behind the block says what <1>, <2> and so on mean.
 * Nobody says them.
 */
#include "script/extract_inside.h"

/* Whether the line opens or closes a block: four dashes, or dots, and more. */
static bool is_delimiter(struct slice line)
{
	if (line.n < 4 || (line.p[0] != '-' && line.p[0] != '.'))
		return false;
	for (size_t i = 1; i < line.n; i++)
		if (line.p[i] != line.p[0])
			return false;
	return true;
}

/* The number of `<5>`, at the text's front; 0 where none stands there. `*end` is behind it. */
static size_t callout(struct slice text, size_t *end)
{
	size_t number = 0, i = 1;
	for (; i < text.n && i < 4 && octet_is_digit(text.p[i]); i++)
		number = number * 10 + (size_t)(text.p[i] - '0');
	*end = i + 1;
	return text.n > 2 && text.p[0] == '<' && i < text.n && text.p[i] == '>' ? number : 0;
}

/* How many lines of a legend stand from the `i`th on: <1>, <2> and so on, each before words. */
static size_t legend(const struct passage *p, size_t i)
{
	size_t n = 0, end;
	while (i + n < p->n && callout(passage_line(p, i + n), &end) == n + 1 && end < passage_line(p, i + n).n)
		n++;
	return n;
}

/* Where the text's callout begins, with the blanks before it; text.n where it ends with none up to `<max>`. */
static size_t without_callout(struct slice text, size_t max)
{
	size_t at = text.n, end;
	while (at > 0 && text.n - at < 5 && text.p[at - 1] != '<')
		at--;
	if (at == 0 || text.p[at - 1] != '<')
		return text.n;
	at--;
	size_t number = callout(slice_part(text, at, text.n), &end);
	if (number == 0 || number > max || at + end != text.n || (at > 0 && text.p[at - 1] != ' '))
		return text.n;
	while (at > 0 && text.p[at - 1] == ' ')
		at--;
	return at;
}

void passage_callouts(struct passage *p)
{
	for (size_t i = 1; i < p->n; i++) {
		size_t n = is_delimiter(passage_line(p, i - 1)) ? legend(p, i) : 0;
		if (n == 0)
			continue;
		struct slice rule = passage_line(p, i - 1);
		for (size_t k = i - 1; k-- > 0 && !slice_equal(passage_line(p, k), rule);)
			p->lines[k].n = without_callout(passage_line(p, k), n);
		for (size_t k = i; k < i + n; k++) {
			p->lines[k].n = 0;
			p->lines[k].kind = DOCUMENT_EMPTY;
		}
	}
}
