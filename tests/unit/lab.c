/*
 * Who shares users, mail and files with whom, by the address that a client comes from.
 */
#include "test.h"

#include <event2/event.h>

#include "lab/lab_inside.h"

/* A lab without a listener. */
static struct lab *lab_of(struct event_base *base, struct seed *seed, enum lab_sharing sharing)
{
	struct lab_options options = { .host = "127.0.0.1", .seed = seed, .sharing = sharing };
	struct error error = { 0 };
	struct lab *lab = NULL;
	CHECK(lab_start(base, &options, &lab, &error) == STATUS_OK);
	return lab;
}

static struct seed *seed;
static struct event_base *base;

static void each_address_beyond_loopback_has_a_store_of_its_own(void)
{
	struct lab *lab = lab_of(base, seed, LAB_PER_ADDRESS);
	struct share *here = lab_share(lab, "127.0.0.1"), *first = lab_share(lab, "192.0.2.1");
	CHECK(here != first);
	CHECK(lab_share(lab, "192.0.2.2") != first);
	CHECK(lab_share(lab, "2001:db8::1") != first);
	CHECK(lab_share(lab, "192.0.2.1") == first);
	CHECK(lab_share(lab, "127.0.0.5") == here);
	CHECK(lab_share(lab, "::1") == here);
	CHECK(lab_share(lab, "::ffff:127.0.0.1") == here);
	lab_free(lab);
}

static void what_one_address_deletes_is_there_for_the_others_and_when_it_comes_again(void)
{
	struct lab *lab = lab_of(base, seed, LAB_PER_ADDRESS);
	struct share *first = lab_share(lab, "192.0.2.1"), *second = lab_share(lab, "192.0.2.2");
	struct mailbox *inbox = user_mailbox(store_user(first->store, SLICE("bob")), SLICE("INBOX"));
	struct mailbox *other = user_mailbox(store_user(second->store, SLICE("bob")), SLICE("INBOX"));
	size_t before = inbox->nmails;
	mailbox_expunge(inbox, inbox->mails[0]);
	CHECK(other->nmails == before);
	lab_unshare(lab, first);
	first = lab_share(lab, "192.0.2.1");
	CHECK(user_mailbox(store_user(first->store, SLICE("bob")), SLICE("INBOX"))->nmails == before - 1);
	lab_free(lab);
}

static void shared_is_one_store_for_all(void)
{
	struct lab *lab = lab_of(base, seed, LAB_SHARED);
	struct share *here = lab_share(lab, "127.0.0.1");
	CHECK(lab_share(lab, "192.0.2.1") == here);
	CHECK(lab_store(lab) == here->store);
	lab_free(lab);
}

static void a_session_may_have_a_store_of_its_own(void)
{
	struct lab *lab = lab_of(base, seed, LAB_PER_SESSION);
	struct share *one = lab_share(lab, "127.0.0.1"), *two = lab_share(lab, "127.0.0.1");
	CHECK(one != two);
	CHECK(one->store != two->store);
	lab_unshare(lab, one);
	CHECK(lab->shares == two);
	lab_unshare(lab, two);
	CHECK(lab->shares == NULL);
	lab_free(lab);
}

/* More than 1,000 addresses without a client: the oldest copies go, those in use stay. */
static void copies_of_those_who_left_have_a_bound(void)
{
	struct lab *lab = lab_of(base, seed, LAB_PER_ADDRESS);
	struct share *used = lab_share(lab, "192.0.2.1");
	char address[40];
	size_t n = 0;
	for (unsigned i = 0; i < 1500; i++) {
		(void)snprintf(address, sizeof address, "198.51.%u.%u", i / 250, i % 250);
		lab_unshare(lab, lab_share(lab, address));
	}
	for (struct share *share = lab->shares; share; share = share->next)
		n++;
	CHECK(n <= 1000 + 3);
	CHECK(lab_share(lab, "192.0.2.1") == used);
	lab_free(lab);
}

int main(void)
{
	struct store_options options = { .host = NULL };
	struct error error = { 0 };
	base = event_base_new();
	if (seed_new(&options, &seed, &error) != STATUS_OK)
		return 1;
	TEST(each_address_beyond_loopback_has_a_store_of_its_own);
	TEST(what_one_address_deletes_is_there_for_the_others_and_when_it_comes_again);
	TEST(shared_is_one_store_for_all);
	TEST(a_session_may_have_a_store_of_its_own);
	TEST(copies_of_those_who_left_have_a_bound);
	seed_free(seed);
	event_base_free(base);
	return test_end();
}
