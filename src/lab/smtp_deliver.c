/*
 * A message that is complete: into the mailboxes of its recipients and into the outbox, and what the client is told. SMTP
 * has one reply for all, so it keeps the message for all or for none; LMTP has a reply for each recipient (RFC 2033 4.2).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/smtp_inside.h"

/* Received fields that a message may have before it is taken to run in a circle (RFC 5321 6.3: 100 at least). */
#define HOPS_MAX 100

/* Replies that LMTP says at a time. */
#define REPLIES_AT_ONCE 50

/* A message on its way. */
struct post {
	struct smtp_guest *guest;
	struct smtp_header header;
	char *id;
	int64_t now;
	int zone;
	size_t front;            /* octets of the text that are the fields in front */
	struct message *message; /* of the mailboxes; NULL: nobody here gets it */
	struct message *sent;    /* of the outbox; NULL: nobody elsewhere does */
};

/* ---- its text ---- */

/* Puts our fields in front of the text, instead of those that stand there. */
static void front_put(struct post *post, bool outbox)
{
	struct buffer *text = &post->guest->message.text;
	struct buffer fields = { 0 };
	smtp_trace(post->guest, &post->header, post->id, post->now, outbox, &fields);
	if (fields.n > post->front) { /* room, by octets that are moved and overwritten */
		struct slice more = slice_part(buffer_slice(&fields), post->front, fields.n);
		buffer_add_slice(text, more);
		memmove(text->p + fields.n, text->p + post->front, text->n - fields.n);
	} else {
		buffer_drop(text, post->front - fields.n);
	}
	memcpy(text->p, fields.p, fields.n);
	post->front = fields.n;
	buffer_free(&fields);
}

static struct message *message_for(struct post *post, bool outbox)
{
	front_put(post, outbox);
	return message_new(buffer_slice(&post->guest->message.text));
}

static bool any(const struct smtp_envelope *envelope, bool remote)
{
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if ((envelope->recipients[i].kind == RECIPIENT_REMOTE) == remote)
			return true;
	return false;
}

static void post_write(struct post *post)
{
	const struct smtp_envelope *envelope = &post->guest->envelope;
	smtp_return_path_drop(&post->guest->message.text, &post->header);
	if (any(envelope, true))
		post->sent = message_for(post, true);
	if (any(envelope, false))
		post->message = message_for(post, false);
	buffer_free(&post->guest->message.text);
}

/* ---- who gets it ---- */

/* The i-th user that a recipient stands for; NULL past the last. */
static struct user *user_of(const struct post *post, const struct smtp_recipient *recipient, size_t i)
{
	if (recipient->kind == RECIPIENT_LOCAL)
		return i == 0 ? recipient->user : NULL;
	if (recipient->kind != RECIPIENT_LIST)
		return NULL;
	return store_list(visit_store(post->guest->visit), slice_of(recipient->name), i);
}

/* Whether a recipient in front of that one, or that one's earlier part, has brought it to the user already. */
static bool has_it(const struct post *post, size_t recipient, size_t part, const struct user *user)
{
	const struct smtp_recipient *recipients = post->guest->envelope.recipients;
	for (size_t r = 0; r <= recipient; r++) {
		if (recipients[r].kept != KEPT)
			continue;
		const struct user *other = user_of(post, &recipients[r], 0);
		for (size_t i = 0; other && (r < recipient || i < part); other = user_of(post, &recipients[r], ++i))
			if (other == user)
				return true;
	}
	return false;
}

/* Whether it fits everywhere; a member of a list whose mailbox is full is passed over, as a list's mail is. */
static enum kept fits(const struct post *post, const struct smtp_recipient *recipient)
{
	struct mailbox *inbox = recipient->kind == RECIPIENT_LOCAL ? user_mailbox(recipient->user, SLICE("INBOX"))
	                                                           : NULL;
	const struct message *message = recipient->kind == RECIPIENT_REMOTE ? post->sent : post->message;
	size_t octets = message_text(message).n;
	if (!store_room(visit_store(post->guest->visit), octets))
		return KEPT_STORE_FULL;
	return inbox && !smtp_mailbox_fits(inbox, octets) ? KEPT_MAILBOX_FULL : KEPT;
}

static void post_to(struct post *post, size_t which)
{
	struct smtp_recipient *recipient = &post->guest->envelope.recipients[which];
	struct user *user = user_of(post, recipient, 0);
	recipient->kept = fits(post, recipient);
	for (size_t i = 0; recipient->kept == KEPT && user; user = user_of(post, recipient, ++i)) {
		struct mailbox *inbox = user_mailbox(user, SLICE("INBOX"));
		if (inbox == NULL || has_it(post, which, i, user))
			continue;
		enum kept kept = mailbox_add(inbox, post->message, 0, post->now, post->zone, NULL);
		if (recipient->kind == RECIPIENT_LOCAL)
			recipient->kept = kept;
	}
}

static void post_out(struct post *post)
{
	struct smtp_envelope *envelope = &post->guest->envelope;
	enum kept kept = mailbox_add(store_outbox(visit_store(post->guest->visit)), post->sent, 0, post->now,
	                             post->zone, NULL);
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if (envelope->recipients[i].kind == RECIPIENT_REMOTE)
			envelope->recipients[i].kept = kept;
}

/* ---- what the client is told ---- */

static struct smtp_failure failure_of(enum kept kept)
{
	static const struct smtp_failure failures[] = {
		[KEPT] = { NULL, NULL },
		[KEPT_MAILBOX_FULL] = { "452 4.2.2", "The mailbox is full" },
		[KEPT_STORE_FULL] = { "452 4.3.1", "There is no room for it now" },
	};
	return failures[kept];
}

void smtp_replies_more(struct smtp_guest *guest)
{
	struct smtp_envelope *envelope = &guest->envelope;
	for (size_t n = 0; n < REPLIES_AT_ONCE && guest->replies_said < envelope->nrecipients; n++) {
		const struct smtp_recipient *recipient = &envelope->recipients[guest->replies_said++];
		struct smtp_failure failure = guest->failure.code ? guest->failure : failure_of(recipient->kept);
		struct buffer address = { 0 };
		visit_clean(&address, slice_of(recipient->address));
		smtp_say(guest, failure.code ? failure.code : "250 2.1.5", "<" SLICE_FMT "> %s",
		         SLICE_ARG(buffer_slice(&address)), failure.code ? failure.words : "It is delivered");
		buffer_free(&address);
	}
	if (guest->replies_said < envelope->nrecipients) {
		visit_busy(guest->visit, true);
		return;
	}
	smtp_reset(guest);
	visit_busy(guest->visit, false);
}

static void answer_each(struct smtp_guest *guest, struct smtp_failure failure)
{
	guest->replies_said = 0;
	guest->failure = failure;
	smtp_replies_more(guest);
}

void smtp_fail(struct smtp_guest *guest, struct smtp_failure failure)
{
	if (guest->lmtp) {
		answer_each(guest, failure);
		return;
	}
	smtp_reset(guest);
	smtp_say(guest, failure.code, "%s", failure.words);
}

/* What keeps SMTP's one reply from being good. */
static struct smtp_failure obstacle(const struct post *post)
{
	const struct smtp_envelope *envelope = &post->guest->envelope;
	struct smtp_failure failure = { NULL, NULL };
	for (size_t i = 0; i < envelope->nrecipients && failure.code == NULL; i++)
		failure = failure_of(fits(post, &envelope->recipients[i]));
	return failure;
}

static void remark(const struct post *post)
{
	const struct smtp_envelope *envelope = &post->guest->envelope;
	size_t out = 0, here;
	for (size_t i = 0; i < envelope->nrecipients; i++)
		out += envelope->recipients[i].kind == RECIPIENT_REMOTE;
	here = envelope->nrecipients - out;
	visit_remark(post->guest->visit, "message %s: %zu recipient%s here, %zu elsewhere%s", post->id, here,
	             here == 1 ? "" : "s", out, out ? ": it is in the mailbox Outbox" : "");
}

static void post_deliver(struct post *post)
{
	struct smtp_guest *guest = post->guest;
	struct smtp_failure failure = guest->lmtp ? (struct smtp_failure){ NULL, NULL } : obstacle(post);
	if (failure.code) {
		smtp_fail(guest, failure);
		return;
	}
	for (size_t i = 0; i < guest->envelope.nrecipients; i++)
		if (guest->envelope.recipients[i].kind != RECIPIENT_REMOTE)
			post_to(post, i);
	if (post->sent)
		post_out(post);
	remark(post);
	smtp_report(guest, post->message ? post->message : post->sent, post->id, post->now);
	if (guest->lmtp) {
		answer_each(guest, (struct smtp_failure){ NULL, NULL });
		return;
	}
	smtp_reset(guest);
	smtp_say(guest, "250 2.0.0", "The message is taken, as %s", post->id);
}

void smtp_deliver(struct smtp_guest *guest)
{
	struct post post = { .guest = guest, .now = (int64_t)time(NULL) };
	struct buffer date = { 0 };
	smtp_header_read(buffer_slice(&guest->message.text), &post.header);
	if (post.header.hops > HOPS_MAX) {
		smtp_fail(guest, (struct smtp_failure){ "554 5.4.6", "Too many Received fields: it runs in a circle" });
		return;
	}
	smtp_date(&date, post.now, &post.zone);
	buffer_free(&date);
	post.id = string_printf("%s-%u", visit_id(guest->visit), ++guest->messages);
	post_write(&post);
	post_deliver(&post);
	message_release(post.message);
	message_release(post.sent);
	free(post.id);
}
