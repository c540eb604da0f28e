/*
 * Patterns of LIST and LSUB. All ways to match are followed at once, octet of the pattern by octet, so that no pattern costs
 * more than its length times the name's.
 */
#include "lab/imap_pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What the next octet of the pattern makes of the places in the name that the octets before it can have led to. */
static void step(bool *places, struct slice name, char octet, bool any_case)
{
	if (octet == '*' || octet == '%') {
		for (size_t i = 1; i <= name.n; i++)
			places[i] |= places[i - 1] && (octet == '*' || name.p[i - 1] != '/');
		return;
	}
	for (size_t i = name.n; i > 0; i--) {
		char c = name.p[i - 1];
		places[i] = places[i - 1] && (any_case ? octet_upper(c) == octet_upper(octet) : c == octet);
	}
	places[0] = false;
}

bool imap_pattern_matches(struct slice pattern, struct slice name)
{
	bool *places = memory_zeroed(name.n + 1, sizeof *places);
	bool any_case = slice_equal_nocase(name, SLICE("INBOX"));
	places[0] = true;
	for (size_t i = 0; i < pattern.n && memchr(places, 1, name.n + 1); i++)
		step(places, name, pattern.p[i], any_case);
	bool matches = places[name.n];
	free(places);
	return matches;
}
