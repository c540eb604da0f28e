/*
 * The lab's store while it changes: what is kept on the disk, and what those hear who watch.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "store_here.h"

/* ---- what is kept ---- */

static char *keep_folder;

static void begin_kept(bool reset)
{
	begin_with(&(struct store_options){ .keep = keep_folder, .reset = reset }, true);
}

/* Writes all that a client could see of a user's mailboxes. */
static void describe(struct buffer *out, const struct user *user)
{
	for (size_t i = 0; i < user->nmailboxes; i++) {
		const struct mailbox *mailbox = user->mailboxes[i];
		buffer_printf(out, "%s%s %s %lu %lu %llu %llu:", mailbox->name, mailbox->noselect ? " none" : "",
		              mailbox->special_use ? mailbox->special_use : "-", (unsigned long)mailbox->uidvalidity,
		              (unsigned long)mailbox->uidnext, (unsigned long long)mailbox->limit,
		              (unsigned long long)mailbox->octets);
		for (size_t k = 0; k < KEYWORDS_MAX && mailbox->keywords[k] != NULL; k++)
			buffer_printf(out, " %s", mailbox->keywords[k]);
		for (size_t m = 0; m < mailbox->nmails; m++) {
			const struct mail *mail = mailbox->mails[m];
			buffer_printf(out, " %lu/%llx/%lld/%d/%d/%zu", (unsigned long)mail->uid,
			              (unsigned long long)mail->flags, (long long)mail->received, mail->zone,
			              mail->recent && !mail->flags, mail_octets(mail));
		}
		buffer_add_octet(out, '\n');
	}
	for (char **name = user->subscribed; *name != NULL; name++)
		buffer_printf(out, "%s ", *name);
}

static void check_kept(struct buffer *before, const char *user)
{
	struct buffer after = { 0 };
	describe(&after, user_of(user));
	buffer_add_octet(before, '\0');
	before->n--;
	CHECK_TEXT(buffer_slice(&after), before->p);
	buffer_free(&after);
	buffer_clear(before);
}

static void what_is_kept_comes_back_as_it_was(void)
{
	struct buffer seen = { 0 };
	begin_kept(false);
	struct user *bob = user_of("bob");
	struct mailbox *inbox = mailbox_of("bob", "INBOX");
	struct message *message = message_of("Subject: kept\n\nHi\n");
	struct mail *mail;
	CHECK(mailbox_add(inbox, message, 0, -86400, -330, &mail) == KEPT);
	mail_set_flags(inbox, mail, MAIL_DRAFT | MAIL_DELETED | mailbox_keyword(inbox, SLICE("$Label1"), true));
	CHECK(mailbox_add(inbox, message, MAIL_SEEN, 1700000000, 840, &mail) == KEPT);
	mail_set_flags(inbox, mail, 0);
	mail_not_recent(inbox->mails[0]);
	mail_not_recent(mail);
	CHECK(mailbox_add(inbox, message, 0, 1700000000, 0, &mail) == KEPT);
	mailbox_expunge(inbox, mail);
	CHECK(user_create(bob, SLICE("dots. and %/.hidden/..\xc3\xbc"), "\\Flagged") == MAILBOX_DONE);
	CHECK(user_rename(bob, SLICE("Work"), SLICE("Old/Work")) == MAILBOX_DONE);
	CHECK(user_delete(bob, SLICE("Old/Work/2024")) == MAILBOX_DONE);
	CHECK(user_delete(bob, SLICE("Sent")) == MAILBOX_DONE);
	user_subscribe(bob, SLICE("No/such"), true);
	CHECK(mailbox_copy(mailbox_of("bob", "Old/Work"), inbox, inbox->mails[8], &mail) == KEPT);
	CHECK(mailbox_add(store_outbox(store), message, 0, 1, 0, NULL) == KEPT);
	message_release(message);
	describe(&seen, bob);
	end();

	begin_kept(false);
	check_kept(&seen, "bob");
	CHECK(mailbox_of("bob", "INBOX")->uidnext == 12);
	CHECK(store_outbox(store)->nmails == 1);
	describe(&seen, user_of("alice"));
	end();

	begin_kept(false);
	check_kept(&seen, "alice");
	end();

	begin_kept(true);
	CHECK(mailbox_of("bob", "INBOX")->nmails == 8);
	CHECK(mailbox_of("bob", "Sent")->nmails == 1);
	CHECK(store_outbox(store)->nmails == 0);
	end();
	buffer_free(&seen);
}

/* As another mail program, or a crash, leaves a Maildir. */
static void strange_files_are_read_or_cleared(void)
{
	begin_kept(true);
	CHECK(mailbox_of("bob", "INBOX")->nmails == 8);
	end();
	write_file("keep/bob/tmp/half", "Subject: ha");
	write_file("keep/bob/new/1500000000.M1P2.host", "Subject: new\n\n");
	write_file("keep/bob/cur/1400000000.M1P2.host:2,FS", "Subject: seen\n\n");
	write_file("keep/bob/cur/copy,U=2:2,F", "Subject: twice\n\n");
	write_file("keep/bob/cur/1400000000.1.lab,U=4294967295,Z=9999:2,\xff?", "Subject: odd\n\n");
	static const char *const odd[] = { ".inbox.a", "..a", ".a.", ".a..b", ".%2x", ".INBOX", ".odd", "other" };
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		char *path = string_printf("%s/bob/%s", keep_folder, odd[i]);
		CHECK(mkdir(path, 0700) == 0);
		free(path);
	}
	write_file("keep/bob/.odd/parlance-mailbox",
	           "uidvalidity 0\nuidnext 4294967296\nkeyword\nkeyword two words\n\xff\nlimit x");
	begin_kept(false);
	CHECK(user_of("bob")->nmailboxes == 19);
	CHECK(mailbox_of("bob", "odd")->uidvalidity > 0);
	CHECK_TEXT(slice_of(mailbox_of("bob", "odd")->keywords[0]), "two");
	struct mailbox *inbox = mailbox_of("bob", "INBOX");
	CHECK(inbox->nmails == 12);
	CHECK(inbox->uidnext == 13);
	struct buffer seen = { 0 };
	for (size_t i = 8; i < inbox->nmails; i++)
		buffer_printf(&seen, SLICE_FMT " %llx",
		              SLICE_ARG(slice_part(message_text(inbox->mails[i]->message), 9, 13)),
		              (unsigned long long)inbox->mails[i]->flags);
	/* Of the two with the UID 2, one is a new mail now. */
	CHECK_TEXT(buffer_slice(&seen), "odd\r 0seen anew\r 0twic 2");
	buffer_clear(&seen);
	char *half = string_printf("%s/bob/tmp/half", keep_folder);
	CHECK(access(half, F_OK) != 0);
	free(half);
	describe(&seen, user_of("bob"));
	end();
	begin_kept(false);
	check_kept(&seen, "bob");
	end();
	buffer_free(&seen);
}

static void a_folder_of_others_is_not_touched(void)
{
	struct error error = { 0 };
	char *other = string_printf("%s/other", folder);
	CHECK(mkdir(other, 0700) == 0);
	write_file("other/letter", "precious");
	CHECK(seed_new(&(struct store_options){ .keep = other, .reset = true }, &seed, &error) == STATUS_USAGE);
	CHECK(error.message != NULL && strstr(error.message, "no lab has kept its mail there") != NULL);
	free(other);
	other = string_printf("%s/other/letter", folder);
	CHECK(access(other, F_OK) == 0);
	free(other);

	begin_kept(false);
	struct seed *first = seed;
	CHECK(seed_new(&(struct store_options){ .keep = keep_folder }, &seed, &error) == STATUS_USAGE);
	CHECK(error.message != NULL && strstr(error.message, "another lab") != NULL);
	seed = first;
	end();
	error_clear(&error);
}

/* ---- whatever is done, in whatever order ---- */

/* A mail as the model has it. */
struct known {
	uint32_t uid;
	uint64_t flags;  /* the system's */
	bool work, play; /* keywords */
	size_t octets;
};

/* A mailbox as the model has it, and as somebody has it who only hears what changes. */
struct model {
	char name[32];
	struct known *mails;
	size_t n;
	uint32_t uidnext;
	struct mailbox *watched;
	struct watcher watcher;
	struct mail **heard;
	size_t nheard;
	size_t told_gone;
};

#define MODELS 6
#define MOST_MAILS 40
static struct model models[MODELS];
static uint64_t dice_state;

static size_t dice(size_t sides)
{
	dice_state = dice_state * 6364136223846793005U + 1442695040888963407U;
	return (size_t)(dice_state >> 33) % sides;
}

static void hear(void *context, enum change change, struct mail *mail)
{
	struct model *model = context;
	size_t at = 0;
	while (at < model->nheard && model->heard[at] != mail)
		at++;
	if (change == CHANGE_GONE) {
		CHECK(mail == NULL);
		model->told_gone++;
		return;
	}
	CHECK((at == model->nheard) == (change == CHANGE_ADDED));
	if (change == CHANGE_ADDED && model->nheard < MOST_MAILS)
		model->heard[model->nheard++] = mail_hold(mail);
	if (change == CHANGE_EXPUNGED && at < model->nheard) {
		CHECK(mail->expunged && mail->mailbox == NULL);
		mail_release(mail);
		model->nheard--;
		memmove(model->heard + at, model->heard + at + 1, (model->nheard - at) * sizeof(struct mail *));
	}
}

static void watch(struct model *model, const struct user *user)
{
	model->watched = user_mailbox(user, slice_of(model->name));
	model->watcher = (struct watcher){ .changed = hear, .context = model };
	mailbox_watch(model->watched, &model->watcher);
	for (size_t i = 0; i < model->watched->nmails; i++)
		model->heard[model->nheard++] = mail_hold(model->watched->mails[i]);
}

static void unwatch(struct model *model)
{
	while (model->nheard)
		mail_release(model->heard[--model->nheard]);
	mailbox_unwatch(model->watched, &model->watcher);
}

static void check_model(const struct model *model, const struct user *user)
{
	struct mailbox *mailbox = user_mailbox(user, slice_of(model->name));
	CHECK(mailbox == model->watched && mailbox->nmails == model->n && mailbox->nmails == model->nheard);
	CHECK(mailbox->uidnext == model->uidnext);
	uint64_t work = mailbox_keyword(mailbox, SLICE("work"), false),
		 play = mailbox_keyword(mailbox, SLICE("play"), false);
	uint64_t octets = 0;
	for (size_t i = 0; i < mailbox->nmails && i < model->n; i++) {
		const struct mail *mail = mailbox->mails[i];
		const struct known *known = &model->mails[i];
		CHECK(mail == model->heard[i] && mail->mailbox == mailbox && !mail->expunged);
		CHECK(mail->uid == known->uid && mail_octets(mail) == known->octets);
		CHECK((mail->flags & ~(work | play)) == known->flags);
		CHECK((work && mail->flags & work) == known->work && (play && mail->flags & play) == known->play);
		octets += mail_octets(mail);
	}
	CHECK(mailbox->octets == octets);
}

static void do_add(struct model *model)
{
	char text[64];
	memset(text, 'x', sizeof text);
	struct message *message = message_new((struct slice){ text, dice(sizeof text) });
	struct known known = { model->uidnext, dice(32), false, false, message_text(message).n };
	CHECK(mailbox_add(model->watched, message, known.flags, 1, 0, NULL) == KEPT);
	message_release(message);
	model->mails[model->n++] = known;
	model->uidnext++;
}

static void do_flags(struct model *model, size_t at)
{
	struct known *known = &model->mails[at];
	known->flags = dice(32);
	known->work = dice(2);
	known->play = dice(2);
	uint64_t flags = known->flags;
	if (known->work)
		flags |= mailbox_keyword(model->watched, SLICE("Work"), true);
	if (known->play)
		flags |= mailbox_keyword(model->watched, SLICE("play"), true);
	mail_set_flags(model->watched, model->watched->mails[at], flags);
}

static void do_expunge(struct model *model, size_t at)
{
	mailbox_expunge(model->watched, model->watched->mails[at]);
	model->n--;
	memmove(model->mails + at, model->mails + at + 1, (model->n - at) * sizeof *model->mails);
}

static void do_copy(struct model *to, const struct model *from, size_t at)
{
	CHECK(mailbox_copy(to->watched, from->watched, from->watched->mails[at], NULL) == KEPT);
	to->mails[to->n] = from->mails[at];
	to->mails[to->n++].uid = to->uidnext++;
}

static void do_rename(struct model *model, struct user *user)
{
	size_t told = model->told_gone;
	char name[sizeof model->name];
	(void)snprintf(name, sizeof name, "r%zu/x", dice(1000000));
	if (user_rename(user, slice_of(model->name), slice_of(name)) != MAILBOX_DONE)
		return;
	CHECK(model->told_gone == told + 1 && !model->watched->gone);
	memcpy(model->name, name, sizeof name);
}

/* Deleted and made anew; who watches the old one keeps it until the end. */
static void do_delete(struct model *model, struct user *user)
{
	CHECK(user_delete(user, slice_of(model->name)) == MAILBOX_DONE);
	CHECK(model->watched->gone && model->watched->nmails == model->n);
	unwatch(model);
	CHECK(user_create(user, slice_of(model->name), NULL) == MAILBOX_DONE);
	model->n = 0;
	model->uidnext = 1;
	watch(model, user);
}

static void do_something(struct user *user)
{
	struct model *model = &models[dice(MODELS)], *other = &models[dice(MODELS)];
	size_t what = dice(100), at = model->n ? dice(model->n) : 0;
	if (what < 40 && model->n < MOST_MAILS)
		do_add(model);
	else if (what < 60 && model->n)
		do_flags(model, at);
	else if (what < 80 && model->n)
		do_expunge(model, at);
	else if (what < 90 && model->n && other->n < MOST_MAILS)
		do_copy(other, model, at);
	else if (what < 94)
		do_rename(model, user);
	else if (what < 96)
		do_delete(model, user);
}

static void try_anything(bool kept, size_t times)
{
	if (kept)
		begin_kept(true);
	else
		begin();
	struct user *user = user_of("bob");
	for (size_t i = 0; i < MODELS; i++) {
		struct model *model = &models[i];
		*model = (struct model){ .uidnext = 1 };
		(void)snprintf(model->name, sizeof model->name, "model%zu", i);
		model->mails = calloc(MOST_MAILS, sizeof *model->mails);
		model->heard = calloc(MOST_MAILS, sizeof(struct mail *));
		CHECK(user_create(user, slice_of(model->name), NULL) == MAILBOX_DONE);
		watch(model, user);
	}
	for (size_t i = 0; i < times && test_good; i++) {
		do_something(user);
		for (size_t m = 0; m < MODELS; m++)
			check_model(&models[m], user);
	}
	for (size_t i = 0; i < MODELS; i++) {
		unwatch(&models[i]);
		free(models[i].mails);
		free(models[i].heard);
	}
	struct buffer seen = { 0 };
	describe(&seen, user);
	end();
	if (kept) {
		begin_kept(false);
		check_kept(&seen, "bob");
		end();
	}
	buffer_free(&seen);
}

static void whoever_watches_hears_all_of_it(void)
{
	dice_state = 7;
	try_anything(false, 20000);
}

static void whatever_is_done_is_kept(void)
{
	for (uint64_t i = 1; i <= 3; i++) {
		dice_state = i;
		try_anything(true, 300);
	}
}

int main(void)
{
	if (mkdtemp(folder) == NULL)
		return 1;
	keep_folder = string_printf("%s/keep", folder);
	TEST(what_is_kept_comes_back_as_it_was);
	TEST(strange_files_are_read_or_cleared);
	TEST(a_folder_of_others_is_not_touched);
	TEST(whoever_watches_hears_all_of_it);
	TEST(whatever_is_done_is_kept);
	free(keep_folder);
	char *command = string_printf("rm -r '%s'", folder);
	if (system(command) != 0)
		return 1;
	free(command);
	return test_end();
}
