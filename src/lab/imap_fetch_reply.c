/*
 * The reply of FETCH for one mail, made item by item as it is sent.
 */
#include <string.h>

#include "lab/imap_fetch_inside.h"
#include "lab/imap_say.h"

void fetch_reply_begin(struct fetch_reply *reply, const struct fetch *fetch, const struct mailbox *mailbox,
                       struct mail *mail, uint32_t number, bool recent, bool flags)
{
	*reply = (struct fetch_reply){ .fetch = fetch, .mailbox = mailbox, .recent = recent, .flags = flags };
	reply->mail = mail_hold(mail);
	buffer_printf(&reply->text, "* %u FETCH (", (unsigned)number);
}

void fetch_reply_end(struct fetch_reply *reply)
{
	mail_release(reply->mail);
	buffer_free(&reply->text);
	buffer_free(&reply->decoded);
	buffer_free(&reply->without_nul);
	*reply = (struct fetch_reply){ 0 };
}

static void say_name(struct fetch_reply *reply, const char *name)
{
	if (reply->any)
		buffer_add_octet(&reply->text, ' ');
	reply->any = true;
	buffer_add_string(&reply->text, name);
	buffer_add_octet(&reply->text, ' ');
}

/* ---- sections ---- */

/* How many of the item's octets are asked for. */
static uint64_t octets_asked(const struct item *item, uint64_t octets)
{
	if (!item->partial)
		return octets;
	octets -= item->start < octets ? item->start : octets;
	return octets < item->length ? octets : item->length;
}

static void say_section(struct fetch_reply *reply, const struct item *item, const struct mime *mime)
{
	if (!section_stretch(item, mime, &reply->stretch)) {
		buffer_add_string(&reply->text, "NIL");
		return;
	}
	reply->of = item;
	reply->octets = SLICE("");
	reply->skipped = item->partial ? item->start : 0;
	reply->left = octets_asked(item, section_octets(item, reply->stretch));
	imap_say_literal(&reply->text, (size_t)reply->left);
}

/* Whether a part's transfer encoding can be undone, or needs not. */
static bool is_known_encoding(struct slice encoding)
{
	static const char *const known[] = { "7bit", "8bit", "binary", "base64", "quoted-printable", NULL };
	return imap_one_of(encoding, known);
}

/* The octets of BINARY: of a part that holds no parts decoded, else as they stand. False where they cannot be decoded. */
static bool decode(struct fetch_reply *reply, const struct item *item, const struct mime *mime, bool *there)
{
	const struct mime *part = mime_part(mime, slice_of(item->part));
	*there = section_stretch(item, mime, &reply->stretch);
	buffer_clear(&reply->decoded);
	if (!*there || part == NULL || item->part[0] == '\0' || part->multipart || part->message)
		return true;
	if (!is_known_encoding(part->encoding))
		return false;
	mime_decode_body(&reply->decoded, part, false);
	reply->stretch = reply->decoded.n ? buffer_slice(&reply->decoded) : SLICE("");
	return true;
}

static void say_binary(struct fetch_reply *reply, const struct item *item, const struct mime *mime)
{
	bool there = false;
	if (!decode(reply, item, mime, &there)) {
		reply->unknown_encoding = true;
		return;
	}
	say_name(reply, item->name);
	if (item->kind == ITEM_BINARY_SIZE) {
		buffer_printf(&reply->text, "%zu", reply->stretch.n);
		return;
	}
	if (!there) {
		buffer_add_string(&reply->text, "NIL");
		return;
	}
	reply->of = item;
	reply->octets = SLICE("");
	reply->skipped = item->partial ? item->start : 0;
	reply->left = octets_asked(item, reply->stretch.n);
	if (slice_find_octet(reply->stretch, '\0') < reply->stretch.n)
		buffer_add_octet(&reply->text, '~'); /* literal8 */
	imap_say_literal(&reply->text, (size_t)reply->left);
}

/* ---- items ---- */

static void say_flags(struct fetch_reply *reply)
{
	say_name(reply, "FLAGS");
	imap_say_flags(&reply->text, reply->mailbox, reply->mail->flags, reply->recent);
	reply->flags = false;
}

static void say_item(struct fetch_reply *reply, const struct item *item)
{
	const struct mail *mail = reply->mail;
	struct buffer *out = &reply->text;
	if (item->kind == ITEM_FLAGS) {
		say_flags(reply);
		return;
	}
	if (item->kind == ITEM_BINARY || item->kind == ITEM_BINARY_SIZE) {
		say_binary(reply, item, message_mime(mail->message));
		return;
	}
	say_name(reply, item->name);
	if (item->kind == ITEM_UID)
		buffer_printf(out, "%u", (unsigned)mail->uid);
	else if (item->kind == ITEM_SIZE)
		buffer_printf(out, "%zu", mail_octets(mail));
	else if (item->kind == ITEM_INTERNALDATE)
		imap_say_date(out, mail->received, mail->zone);
	else if (item->kind == ITEM_ENVELOPE)
		fetch_say_envelope(out, message_mime(mail->message)->header);
	else if (item->kind == ITEM_SECTION)
		say_section(reply, item, message_mime(mail->message));
	else
		fetch_say_structure(out, message_mime(mail->message), item->kind == ITEM_BODYSTRUCTURE);
}

/* Says the next items, as long as they are short and have no octets of the message behind them. */
static void say_more(struct fetch_reply *reply, size_t most)
{
	reply->said = 0;
	buffer_clear(&reply->text);
	while (reply->text.n < most && reply->left == 0 && !reply->ended) {
		if (reply->item < reply->fetch->n) {
			say_item(reply, &reply->fetch->items[reply->item++]);
			continue;
		}
		if (reply->flags)
			say_flags(reply);
		buffer_add_string(&reply->text, ")\r\n");
		reply->ended = true;
	}
}

/* ---- pieces ---- */

static struct slice take(struct slice *from, size_t most)
{
	struct slice piece = slice_part(*from, 0, most);
	*from = slice_part(*from, piece.n, from->n);
	return piece;
}

/* The piece with its NULs, which no string can have (CHAR8), as the octet 0x80. */
static struct slice without_nul(struct fetch_reply *reply, struct slice piece)
{
	if (reply->of->kind == ITEM_BINARY || slice_find_octet(piece, '\0') == piece.n)
		return piece;
	buffer_clear(&reply->without_nul);
	buffer_add_slice(&reply->without_nul, piece);
	for (char *nul = memchr(reply->without_nul.p, 0, piece.n); nul;
	     nul = memchr(nul, 0, (size_t)(reply->without_nul.p + piece.n - nul)))
		*nul = (char)0x80;
	return buffer_slice(&reply->without_nul);
}

static bool next_stretch(struct fetch_reply *reply)
{
	if (reply->of->kind == ITEM_SECTION)
		return section_next(reply->of, &reply->stretch, &reply->octets);
	reply->octets = take(&reply->stretch, reply->stretch.n);
	return reply->octets.n > 0;
}

/* The next octets of the message; there are some left. */
static bool next_octets(struct fetch_reply *reply, size_t most, struct slice *piece)
{
	while (reply->octets.n == 0 || reply->skipped >= reply->octets.n) {
		reply->skipped -= reply->octets.n;
		if (!next_stretch(reply))
			return false;
	}
	(void)take(&reply->octets, (size_t)reply->skipped);
	reply->skipped = 0;
	*piece = take(&reply->octets, reply->left < most ? (size_t)reply->left : most);
	reply->left -= piece->n;
	*piece = without_nul(reply, *piece);
	return true;
}

bool fetch_reply_next(struct fetch_reply *reply, size_t most, struct slice *piece)
{
	for (;;) {
		if (reply->said < reply->text.n) {
			*piece = slice_part(buffer_slice(&reply->text), reply->said, reply->text.n);
			*piece = slice_part(*piece, 0, most);
			reply->said += piece->n;
			return true;
		}
		if (reply->left > 0)
			return next_octets(reply, most, piece);
		if (reply->ended)
			return false;
		say_more(reply, most);
	}
}
