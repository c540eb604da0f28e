/*
 * Masking: what stands in a secret's place, and that nothing of it stands anywhere else.
 */
#include "test.h"

#include "session/mask.h"

static const char *const values[] = { "hunter2", "hunter", "" };
static const char *const names[] = { "{{password}}", "{{pass}}", "{{token}}" };

static struct masking by_value(void)
{
	return (struct masking){ .values = values, .names = names, .nvalues = 3 };
}

static struct dialogue_event event_of(const char *text)
{
	return (struct dialogue_event){
		.n = 1, .kind = EVENT_COMMAND, .text = slice_of(text), .octets = strlen(text) + 2
	};
}

static void span_add(struct dialogue_event *event, enum span_kind kind, size_t start, size_t end, const char *mask)
{
	event->spans[event->nspans++] = (struct span){ kind, start, end, slice_of(mask) };
}

static void what_holds_no_secret_stays(void)
{
	struct masking masking = by_value();
	struct dialogue_event event = event_of("MAIL FROM:<a@b>"), masked;
	struct mask_room room = { 0 };
	masking.spans = true;
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "MAIL FROM:<a@b>");
	CHECK(!masked.masked && masked.octets == 17);
	mask_free(&room);
}

static void a_marked_secret_is_replaced_by_its_mask(void)
{
	struct masking masking = { .spans = true };
	struct dialogue_event event = event_of("A1 LOGIN bob secret rest"), masked;
	struct mask_room room = { 0 };
	span_add(&event, SPAN_TAG, 0, 2, "");
	span_add(&event, SPAN_SECRET, 13, 19, "{{password}}");
	span_add(&event, SPAN_KEYWORD, 20, 24, "");
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "A1 LOGIN bob {{password}} rest");
	CHECK(masked.masked && masked.octets == 0);
	const struct span *secret = event_span(&masked, SPAN_SECRET), *moved = event_span(&masked, SPAN_KEYWORD);
	CHECK(secret && secret->start == 13 && secret->end == 25);
	CHECK_TEXT(secret->mask, "{{password}}");
	CHECK(moved && moved->start == 26 && moved->end == 30);
	CHECK(event_span(&masked, SPAN_TAG) && event_span(&masked, SPAN_TAG)->end == 2);
	mask_free(&room);
}

static void marks_are_left_alone_where_they_may_be_shown(void)
{
	struct masking masking = { .spans = false };
	struct dialogue_event event = event_of("PASS secret"), masked;
	struct mask_room room = { 0 };
	span_add(&event, SPAN_SECRET, 5, 11, "{{password}}");
	event.decoded_secret = event.has_decoded = true;
	event.decoded = slice_of("secret");
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "PASS secret");
	CHECK_TEXT(masked.decoded, "secret");
	CHECK(!masked.masked && masked.octets == 13);
	mask_free(&room);
}

static void values_are_replaced_wherever_they_stand(void)
{
	struct masking masking = by_value();
	struct dialogue_event event = event_of("hunter2 hunter2, hunters"), masked;
	struct mask_room room = { 0 };
	event.note = slice_of("It says hunter2.");
	event.problem = slice_of("hunter2?");
	event.verb = slice_of("hunter2");
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "{{password}} {{password}}, {{pass}}s");
	CHECK_TEXT(masked.note, "It says {{password}}.");
	CHECK_TEXT(masked.problem, "{{password}}?");
	CHECK_TEXT(masked.verb, "{{password}}");
	CHECK(masked.masked && masked.nspans == 3);
	mask_free(&room);
}

static void an_encoded_value_is_hidden_with_what_it_decodes_to(void)
{
	struct masking masking = by_value();
	struct dialogue_event event = event_of("aHVudGVyMg=="), masked;
	struct mask_room room = { 0 };
	span_add(&event, SPAN_SECRET, 0, 12, "{{base64 {{password}}}}");
	event.decoded_secret = event.has_decoded = true;
	event.decoded = slice_of("hunter2");
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "{{base64 {{password}}}}");
	CHECK_TEXT(masked.decoded, "{{base64 {{password}}}}");
	mask_free(&room);
}

static void secrets_that_overlap_leave_nothing(void)
{
	struct masking masking = by_value();
	struct dialogue_event event = event_of("xxhunter2yy"), masked;
	struct mask_room room = { 0 };
	masking.spans = true;
	span_add(&event, SPAN_SECRET, 5, 10, "{{a}}"); /* "ter2y" */
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "xx{{password}}y");
	event.spans[0] = (struct span){ SPAN_SECRET, 0, 4, SLICE("{{a}}") }; /* "xxhu" */
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "{{a}}yy");
	mask_free(&room);
}

static void a_mask_may_be_missing(void)
{
	struct masking masking = { .spans = true };
	struct dialogue_event event = event_of("PASS secret"), masked;
	struct mask_room room = { 0 };
	span_add(&event, SPAN_SECRET, 5, 11, "");
	mask_event(&masking, &event, &room, &masked);
	CHECK_TEXT(masked.text, "PASS {{password}}");
	mask_free(&room);
}

static void more_secrets_than_spans_are_all_masked(void)
{
	struct masking masking = by_value();
	struct buffer text = { 0 };
	struct dialogue_event event = event_of(""), masked;
	struct mask_room room = { 0 };
	for (int i = 0; i < 100; i++)
		buffer_add_string(&text, "hunter2 ");
	event.text = buffer_slice(&text);
	mask_event(&masking, &event, &room, &masked);
	CHECK(slice_find(masked.text, SLICE("hunter")) == masked.text.n);
	CHECK(masked.nspans == EVENT_SPANS);
	mask_free(&room);
	buffer_free(&text);
}

int main(void)
{
	TEST(what_holds_no_secret_stays);
	TEST(a_marked_secret_is_replaced_by_its_mask);
	TEST(marks_are_left_alone_where_they_may_be_shown);
	TEST(values_are_replaced_wherever_they_stand);
	TEST(an_encoded_value_is_hidden_with_what_it_decodes_to);
	TEST(secrets_that_overlap_leave_nothing);
	TEST(a_mask_may_be_missing);
	TEST(more_secrets_than_spans_are_all_masked);
	return test_end();
}
