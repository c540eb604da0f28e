/*
 * The commands that wait: what each does to the session, whose an untagged response is, and what may not be sent
 * before they are answered.
 */
#include "protocol/imap_machine.h"

enum imap_effect imap_effect_of(struct slice verb)
{
	static const struct {
		const char *verb;
		enum imap_effect effect;
	} effects[] = {
		{ "AUTHENTICATE", EFFECT_AUTHENTICATE },
		{ "CLOSE", EFFECT_CLOSE },
		{ "COMPRESS", EFFECT_COMPRESS },
		{ "EXAMINE", EFFECT_SELECT },
		{ "IDLE", EFFECT_IDLE },
		{ "LOGIN", EFFECT_LOGIN },
		{ "LOGOUT", EFFECT_LOGOUT },
		{ "NOTIFY", EFFECT_NOTIFY },
		{ "SELECT", EFFECT_SELECT },
		{ "STARTTLS", EFFECT_STARTTLS },
		{ "UNAUTHENTICATE", EFFECT_UNAUTHENTICATE },
		{ "UNSELECT", EFFECT_CLOSE },
	};
	for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
		if (slice_equal_nocase(verb, slice_of(effects[i].verb)))
			return effects[i].effect;
	return EFFECT_NONE;
}

enum imap_effect imap_waiting_effect(const struct outstanding *one)
{
	return one ? (enum imap_effect)(one->flags & EFFECT_MASK) : EFFECT_NONE;
}

size_t imap_waiting_n(const struct dialogue *d, uint64_t n)
{
	size_t i = 0;
	while (i < outstanding_count(d) && outstanding_at(d, i)->n != n)
		i++;
	return i;
}

size_t imap_waiting_for(const struct dialogue *d, enum imap_effect effect)
{
	size_t i = 0;
	while (i < outstanding_count(d) && imap_waiting_effect(outstanding_at(d, i)) != effect)
		i++;
	return i;
}

size_t imap_waiting_tag(const struct dialogue *d, struct slice tag)
{
	size_t i = 0;
	while (i < outstanding_count(d) && (tag.n == 0 || !slice_equal(slice_of(outstanding_at(d, i)->tag), tag)))
		i++;
	return i;
}

/* ---- whose an untagged response is ---- */

/* Which commands' data such a response is, where it has not the command's own name. */
static const struct {
	const char *response;
	const char *verbs[4]; /* without UID */
} data_of[] = {
	{ "ACL", { "GETACL" } },
	{ "ANNOTATION", { "GETANNOTATION" } },
	{ "CONVERSION", { "CONVERSIONS" } },
	{ "CONVERTED", { "CONVERT" } },
	{ "ENABLED", { "ENABLE" } },
	{ "ESEARCH", { "SEARCH", "SORT" } },
	{ "EXISTS", { "EXAMINE", "SELECT" } },
	{ "EXPUNGE", { "MOVE" } },
	{ "FETCH", { "STORE" } },
	{ "FLAGS", { "EXAMINE", "SELECT" } },
	{ "JMAPACCESS", { "GETJMAPACCESS" } },
	{ "LIST", { "EXAMINE", "SELECT" } }, /* RFC 9051 6.3.2 */
	{ "METADATA", { "GETMETADATA", "LIST" } },
	{ "MYRIGHTS", { "LIST" } },
	{ "QUOTA", { "GETQUOTA", "GETQUOTAROOT", "SETQUOTA" } },
	{ "QUOTAROOT", { "GETQUOTAROOT" } },
	{ "RECENT", { "EXAMINE", "SELECT" } },
	{ "STATUS", { "LIST", "NOTIFY" } },
};

static bool asks_for(const struct outstanding *one, struct slice response)
{
	struct slice verb = slice_of(one->verb);
	if (slice_starts(verb, SLICE("UID ")))
		verb = slice_part(verb, 4, verb.n);
	for (size_t i = 0; i < sizeof data_of / sizeof data_of[0]; i++)
		if (slice_equal_nocase(response, slice_of(data_of[i].response)) && imap_one_of(verb, data_of[i].verbs))
			return true;
	return slice_equal_nocase(response, verb);
}

const struct outstanding *imap_owner(const struct dialogue *d, const struct imap_response *response)
{
	const struct outstanding *found = NULL;
	bool bye = slice_equal_nocase(response->name, SLICE("BYE"));
	if (outstanding_count(d) == 1)
		return outstanding_at(d, 0);
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		bool his = bye ? imap_waiting_effect(one) == EFFECT_LOGOUT : asks_for(one, response->name);
		if (his && found)
			return NULL;
		if (his)
			found = one;
	}
	return found;
}

/* ---- what may be sent while others wait (RFC 9051 section 5.5) ---- */

const struct outstanding *imap_waits_alone(const struct dialogue *d)
{
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		enum imap_effect effect = imap_waiting_effect(one);
		if (effect == EFFECT_STARTTLS || effect == EFFECT_AUTHENTICATE || effect == EFFECT_COMPRESS ||
		    (effect == EFFECT_IDLE && !(one->flags & FLAG_DONE)))
			return one;
	}
	return NULL;
}

bool imap_forbids_expunge(const struct outstanding *one)
{
	static const char *const verbs[] = { "FETCH", "STORE", "SEARCH", "SORT", "THREAD", NULL };
	return imap_one_of(slice_of(one->verb), verbs);
}

const struct outstanding *imap_expunging(const struct dialogue *d)
{
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		if (one->command && !imap_forbids_expunge(one))
			return one;
	}
	return NULL;
}

unsigned imap_expected_state(const struct dialogue *d)
{
	unsigned state = state_now(d);
	for (size_t i = 0; i < outstanding_count(d); i++) {
		switch (imap_waiting_effect(outstanding_at(d, i))) {
		case EFFECT_AUTHENTICATE:
		case EFFECT_LOGIN:
		case EFFECT_CLOSE:
			state = IMAP_AUTHENTICATED;
			break;
		case EFFECT_SELECT:
			state = IMAP_SELECTED;
			break;
		case EFFECT_LOGOUT:
			state = IMAP_LOGOUT;
			break;
		case EFFECT_UNAUTHENTICATE:
			state = IMAP_NOT_AUTHENTICATED;
			break;
		case EFFECT_NONE:
		case EFFECT_COMPRESS:
		case EFFECT_IDLE:
		case EFFECT_NOTIFY:
		case EFFECT_STARTTLS:
			break;
		}
	}
	return state;
}
