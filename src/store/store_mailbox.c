/*
 * A mailbox: its keywords, its lock, who watches it, how it ends.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "store/maildir.h"
#include "store/store_inside.h"

uint32_t new_validity(struct store *store)
{
	uint32_t now = (uint32_t)time(NULL), last = *store->validity;
	return *store->validity = now > last ? now : last + 1;
}

struct mailbox *mailbox_new(struct user *user, struct slice name, uint32_t uidvalidity)
{
	struct mailbox *mailbox = memory_zeroed(1, sizeof *mailbox);
	mailbox->name = slice_string(name);
	mailbox->user = user;
	mailbox->uidvalidity = uidvalidity;
	mailbox->uidnext = 1;
	return mailbox;
}

void mailbox_free(struct mailbox *mailbox)
{
	while (mailbox->nmails) {
		struct mail *mail = mailbox->mails[mailbox->nmails - 1];
		mailbox_take(mailbox, mail);
		mail_release(mail);
	}
	for (size_t i = 0; i < KEYWORDS_MAX && mailbox->keywords[i] != NULL; i++)
		free(mailbox->keywords[i]);
	free(mailbox->block);
	free(mailbox->name);
	free(mailbox);
}

void mailbox_retire(struct mailbox *mailbox)
{
	mailbox->gone = true;
	if (mailbox->watchers == NULL)
		mailbox_free(mailbox);
	else
		mailbox_tell(mailbox, CHANGE_GONE, NULL);
}

/* ---- watchers ---- */

void mailbox_watch(struct mailbox *mailbox, struct watcher *watcher)
{
	struct watcher **last = &mailbox->watchers;
	while (*last != NULL)
		last = &(*last)->next;
	watcher->next = NULL;
	*last = watcher;
}

void mailbox_unwatch(struct mailbox *mailbox, struct watcher *watcher)
{
	struct watcher **at = &mailbox->watchers;
	while (*at != NULL && *at != watcher)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = watcher->next;
	watcher->next = NULL;
	if (mailbox->gone && mailbox->watchers == NULL)
		mailbox_free(mailbox);
}

/* ---- the maildrop's lock ---- */

bool mailbox_lock(struct mailbox *mailbox)
{
	if (mailbox->locked)
		return false;
	mailbox->locked = true;
	return true;
}

void mailbox_unlock(struct mailbox *mailbox)
{
	assert(mailbox->locked);
	mailbox->locked = false;
}

/* ---- keywords ---- */

uint64_t mailbox_keyword(struct mailbox *mailbox, struct slice keyword, bool make)
{
	size_t i = 0;
	while (i < KEYWORDS_MAX && mailbox->keywords[i] != NULL &&
	       !slice_equal_nocase(slice_of(mailbox->keywords[i]), keyword))
		i++;
	if (i == KEYWORDS_MAX)
		return 0;
	if (mailbox->keywords[i] == NULL) {
		if (!make || !keyword.n || keyword.n > KEYWORD_MAX)
			return 0;
		mailbox->keywords[i] = slice_string(keyword);
		maildir_described(mailbox);
	}
	return UINT64_C(1) << (MAIL_KEYWORDS + i);
}
