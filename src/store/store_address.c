/*
 * Who a name or an address is: users, aliases, lists, local domains.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/crypto.h"
#include "store/seed_table.h"
#include "store/store_inside.h"

/* ---- domains ---- */

bool store_local_domain(const struct store *store, struct slice domain)
{
	const struct store_options *options = seed_options(store->seed);
	if (domain.n > 1 && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (domain.n && slice_equal_nocase(domain, slice_of(options->host)))
		return true;
	for (size_t i = 0; i < SEED_DOMAINS; i++)
		if (slice_equal_nocase(domain, slice_of(seed_domains[i])))
			return true;
	return false;
}

/* Parts an address at its last "@"; false where it has none. */
static bool part(struct slice address, struct slice *local, struct slice *domain)
{
	size_t at = address.n;
	while (at && address.p[at - 1] != '@')
		at--;
	*local = at ? slice_part(address, 0, at - 1) : address;
	*domain = slice_part(address, at, at ? address.n : at);
	return at > 0;
}

/* ---- users ---- */

/* The number of the user of exactly that name; nusers where there is none. */
static size_t index_of(const struct store *store, struct slice name)
{
	size_t i = 0;
	while (i < store->nusers && !slice_equal_nocase(slice_of(store->users[i]->name), name))
		i++;
	return i;
}

/* The user that a name means at login: its own, another that a document prints for it, or an address here. */
static size_t login_of(const struct store *store, struct slice name)
{
	struct slice local, domain;
	size_t i = index_of(store, name);
	if (i < store->nusers)
		return i;
	for (size_t a = 0; a < SEED_ALIASES; a++)
		if (slice_equal_nocase(slice_of(seed_aliases[a].name), name))
			return index_of(store, slice_of(seed_aliases[a].user));
	if (part(name, &local, &domain) && store_local_domain(store, domain))
		return index_of(store, local);
	return store->nusers;
}

struct user *store_user(struct store *store, struct slice name)
{
	return store_user_at(store, login_of(store, name));
}

/* Looks at all of both, so that the time that it takes says nothing of where they differ. */
static bool same_secret(struct slice a, struct slice b)
{
	unsigned char one[DIGEST_MAX], other[DIGEST_MAX], differs = 0;
	digest_of(DIGEST_SHA256, a, one);
	digest_of(DIGEST_SHA256, b, other);
	for (size_t i = 0; i < digest_length(DIGEST_SHA256); i++)
		differs |= (unsigned char)(one[i] ^ other[i]);
	return differs == 0;
}

bool user_password(const struct user *user, struct slice password)
{
	bool good = false;
	for (char **one = user->passwords; *one != NULL; one++)
		good |= same_secret(slice_of(*one), password);
	return good;
}

const char *store_secret(void *store, struct slice name, size_t i)
{
	const struct store *of = store;
	size_t at = login_of(of, name);
	if (at >= of->nusers)
		return NULL;
	char *const *password = of->users[at]->passwords;
	while (i && *password != NULL) {
		password++;
		i--;
	}
	return *password;
}

/* ---- lists ---- */

const char *store_list_name(const struct store *store, size_t i)
{
	(void)store;
	return i < SEED_LISTS ? seed_lists[i].name : NULL;
}

struct user *store_list(struct store *store, struct slice name, size_t i)
{
	struct slice local = name, domain;
	if (part(name, &local, &domain) && !store_local_domain(store, domain))
		return NULL;
	for (size_t l = 0; l < SEED_LISTS; l++) {
		if (!slice_equal_nocase(slice_of(seed_lists[l].name), local))
			continue;
		const char *const *member = seed_lists[l].members;
		for (; *member != NULL; member++)
			if (i-- == 0)
				return store_user(store, slice_of(*member));
	}
	return NULL;
}

static bool is_list(struct slice name)
{
	for (size_t i = 0; i < SEED_LISTS; i++)
		if (slice_equal_nocase(slice_of(seed_lists[i].name), name))
			return true;
	return false;
}

/* ---- recipients ---- */

/* Appends a local part without its quotes (RFC 5321 4.1.2: they are no part of the name). */
static void add_unquoted(struct buffer *out, struct slice local)
{
	bool quoted = local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"';
	if (quoted)
		local = slice_part(local, 1, local.n - 1);
	for (size_t i = 0; i < local.n; i++) {
		if (quoted && local.p[i] == '\\' && i + 1 < local.n)
			i++;
		buffer_add_octet(out, local.p[i]);
	}
}

/* "bob+tag" is bob, where nobody has that name as a whole. */
static size_t mailbox_of(const struct store *store, struct slice local)
{
	size_t i = index_of(store, local);
	return i < store->nusers ? i : index_of(store, slice_part(local, 0, slice_find_octet(local, '+')));
}

enum recipient store_recipient(struct store *store, struct slice address, struct user **user)
{
	struct slice local, domain;
	struct buffer name = { 0 };
	bool whole = index_of(store, address) < store->nusers;
	if (part(address, &local, &domain) && !whole && !store_local_domain(store, domain))
		return RECIPIENT_REMOTE;
	add_unquoted(&name, whole ? address : local);
	size_t i = mailbox_of(store, buffer_slice(&name));
	bool list = is_list(buffer_slice(&name));
	buffer_free(&name);
	if (i < store->nusers) {
		*user = store_user_at(store, i);
		return RECIPIENT_LOCAL;
	}
	return list ? RECIPIENT_LIST : RECIPIENT_UNKNOWN;
}
