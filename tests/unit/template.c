/*
 * Variables in lines: filling, matching, capturing.
 */
#include "test.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "script/template.h"

/* ---- filling ---- */

/* What `template` gives, or the error's message. */
static char *filled(const char *template, struct variables *v, enum fill how)
{
	struct buffer out = { 0 };
	struct error error = { 0 };
	if (template_fill(slice_of(template), v, how, &out, &error) != STATUS_OK) {
		buffer_clear(&out);
		buffer_add_string(&out, error.message);
	}
	error_clear(&error);
	return buffer_take(&out);
}

#define CHECK_FILLED(template, how, want) \
	do { \
		char *got_filled = filled(template, &v, how); \
		CHECK_TEXT(slice_of(got_filled), want); \
		free(got_filled); \
	} while (0)

static void fills_variables(void)
{
	struct variables v = { 0 };
	variables_let(&v, "rcpt", "Jones@foo.com");
	variables_let(&v, "tricky", "{{rcpt}} \\r {{{{");
	CHECK_FILLED("RCPT TO:<{{rcpt}}>", FILL_STRICT, "RCPT TO:<Jones@foo.com>");
	CHECK_FILLED("{{ rcpt }}{{rcpt}}", FILL_STRICT, "Jones@foo.comJones@foo.com");
	CHECK_FILLED("{{{rcpt}}}", FILL_STRICT, "{Jones@foo.com}");
	CHECK_FILLED("{{{{rcpt}} {{{{{{rcpt}} {{{{{ { } }}", FILL_STRICT, "{{rcpt}} {{Jones@foo.com {{{ { } }}");
	CHECK_FILLED("{{tricky}}", FILL_STRICT, "{{rcpt}} \\r {{{{"); /* a value is not read again */
	CHECK_FILLED("", FILL_STRICT, "");
	variables_free(&v);
}

static void values_come_in_order(void)
{
	struct variables v = { 0 };
	struct error error = { 0 };
	variables_let(&v, "a", "let");
	CHECK_FILLED("{{a}}", FILL_STRICT, "let");
	variables_capture(&v, SLICE("a"), SLICE("captured"));
	CHECK_FILLED("{{a}}", FILL_STRICT, "captured");
	CHECK(variables_set(&v, "a=set=1", &error) == STATUS_OK);
	variables_capture(&v, SLICE("a"), SLICE("captured"));
	variables_let(&v, "a", "let");
	CHECK_FILLED("{{a}}", FILL_STRICT, "set=1");
	variables_free(&v);
}

static void unset_is_an_error(void)
{
	struct variables v = { 0 };
	static const char said[] =
		"{{a}} has no value: give one with --set a=VALUE, or in the header with Let: a=VALUE";
	CHECK_FILLED("x {{a}}", FILL_STRICT, said);
	CHECK_FILLED("x {{a}}", FILL_SERVE, said);
	CHECK_FILLED("x {{a}}", FILL_OFFLINE, "x {{a}}");
	CHECK_FILLED("x {{plain bob {{a}}}}", FILL_STRICT, said);
	CHECK_FILLED("x {{plain bob {{a}}}}", FILL_OFFLINE, "x {{plain bob {{a}}}}");
	CHECK_FILLED(
		"x {{*}}", FILL_STRICT,
		"{{*}} stands for anything and cannot be sent: give it a name, and the name a value with --set or Let:");
	CHECK_FILLED("x {{*}}", FILL_SERVE, "x ");
	CHECK_FILLED("x {{*}}", FILL_OFFLINE, "x {{*}}");
	CHECK_FILLED("{{cram-md5 a b}}", FILL_STRICT,
	             "{{cram-md5 a b}} cannot be computed: the server has sent no challenge to answer");
	CHECK_FILLED("{{apop b}}", FILL_OFFLINE, "{{apop b}}");
	variables_free(&v);
}

static void functions_give(void)
{
	struct variables v = { 0 };
	variables_let(&v, "user", "tim");
	variables_let(&v, "password", "tanstaaf tanstaaf");
	CHECK_FILLED("{{base64 Username:}}", FILL_STRICT, "VXNlcm5hbWU6");
	CHECK_FILLED("{{base64 a b}} {{base64  }}", FILL_STRICT, "YSBi IA=="); /* it takes all the rest, spaces too */
	CHECK_FILLED("{{base64 {{user}}@{{user}}}}", FILL_STRICT, "dGltQHRpbQ==");
	CHECK_FILLED("{{base64 {{{{}}", FILL_STRICT, "e3s=");
	/* RFC 4616 section 4: NUL tim NUL tanstaaftanstaaf */
	CHECK_FILLED("{{plain tim tanstaaftanstaaf}}", FILL_STRICT, "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
	/* a value with spaces is still one argument */
	CHECK_FILLED("{{plain  {{user}}\t{{password}} }}", FILL_STRICT, "AHRpbQB0YW5zdGFhZiB0YW5zdGFhZg==");
	CHECK_FILLED("{{plain {{ user }} x}}", FILL_STRICT, "AHRpbQB4");
	/* RFC 2195 section 2 */
	buffer_add_string(&v.challenge, "<1896.697170952@postoffice.reston.mci.net>");
	CHECK_FILLED("{{cram-md5 tim tanstaaftanstaaf}}", FILL_STRICT,
	             "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
	/* RFC 1939 section 7 */
	buffer_clear(&v.challenge);
	buffer_add_string(&v.challenge, "<1896.697170952@dbc.mtview.ca.us>");
	CHECK_FILLED("APOP mrose {{apop tanstaaf}}", FILL_STRICT, "APOP mrose c4c9334bac560ecc979e58001b3e22fb");
	variables_free(&v);
}

/* RFC 7677 section 3, step by step; the line that names the mechanism begins the exchange, with its digest. */
static void scram_goes_in_turn(void)
{
	struct variables v = { 0 };
	v.scram.step = 2; /* of an exchange that was broken off */
	CHECK_FILLED("AUTH SCRAM-SHA-256", FILL_STRICT, "AUTH SCRAM-SHA-256");
	CHECK(v.scram.step == 0 && v.scram.sha256);
	v.scram.nonce = string_copy("rOprNGfwEbeRWgbNEkqO");
	CHECK_FILLED("{{scram user pencil}}", FILL_STRICT, "biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=");
	buffer_add_string(&v.challenge, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	                                "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
	CHECK_FILLED(
		"{{scram user pencil}}", FILL_STRICT,
		"Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGp"
		"VaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==");
	buffer_clear(&v.challenge);
	buffer_add_string(&v.challenge, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
	CHECK_FILLED("{{scram user pencil}}", FILL_STRICT, "");
	CHECK_FILLED("a1 authenticate scram-sha-1", FILL_STRICT, "a1 authenticate scram-sha-1");
	CHECK(!v.scram.sha256);
	variables_free(&v);
}

/* ---- form ---- */

static void form(void)
{
	static const char *const good[] = {
		"",
		"{",
		"}}",
		"{{a}}",
		"{{A.b-c_1}}",
		"{{*}}",
		"{{{{",
		"{{{{ {{{{",
		"{{base64 x}}",
		"{{plain a b}}",
		"{{scram a {{b}}}}",
		"{{{a}}}",
		"{{{{{{a}}",
		"{{base64 } }}",
		"{{plain a{{b}}c d}}",
	};
	static const char *const bad[] = {
		"{{",
		"{{}}",
		"{{a",
		"{{a}",
		"{{a b}}",
		"{{plain}}",
		"{{plain a}}",
		"{{plain a b c}}",
		"{{base64}}",
		"{{foo bar}}",
		"{{plain {{*}} b}}",
		"{{base64 {{base64 x}}}}",
		"{{base64 {{plain {{a}} b}}}}",
		"{{a\tb}}",
		"{{é}}",
		"{{plain {{b}} }}",
		"{{{",
		"{{a}} {{",
	};
	const char *why = NULL;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		if (!template_valid(slice_of(good[i]), &why))
			printf("# %s: %s\n", good[i], why);
		CHECK(template_valid(slice_of(good[i]), &why));
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why = NULL;
		if (template_valid(slice_of(bad[i]), &why))
			printf("# %s\n", bad[i]);
		CHECK(!template_valid(slice_of(bad[i]), &why) && why != NULL);
	}
}

static void hostile_form(void)
{
	struct buffer text = { 0 };
	const char *why;
	double before = clock_now();
	for (size_t i = 0; i < 300000; i++)
		buffer_add_string(&text, "{{plain ");
	CHECK(!template_valid(buffer_slice(&text), &why));
	for (size_t i = 0; i < 300000; i++)
		buffer_add_string(&text, "}}");
	CHECK(!template_valid(buffer_slice(&text), &why));
	buffer_clear(&text);
	for (size_t i = 0; i < 300000; i++)
		buffer_add_string(&text, "{{*}}a");
	struct variables v = { 0 };
	CHECK(!template_valid(buffer_slice(&text), &why));
	CHECK(!template_match(buffer_slice(&text), SLICE("aaa"), &v));
	CHECK(clock_now() - before < 5);
	buffer_free(&text);
}

static void has_variables(void)
{
	CHECK(template_has_variables(SLICE("a {{b}}")) && template_has_variables(SLICE("{{*}}")) &&
	      template_has_variables(SLICE("{{base64 x}}")));
	CHECK(!template_has_variables(SLICE("")) && !template_has_variables(SLICE("a {{{{b}}")));
}

/* ---- matching ---- */

/* Whether it matches, and what `a` is then ("-": without a value). */
static void match(const char *template, const char *line, bool want, const char *a)
{
	struct variables v = { 0 };
	variables_let(&v, "known", "k.n");
	bool got = template_match(slice_of(template), slice_of(line), &v);
	const struct variable *row = variables_get(&v, SLICE("a"));
	if (got != want)
		printf("# %s against %s\n", template, line);
	CHECK(got == want);
	CHECK_TEXT(slice_of(row ? row->value : "-"), a);
	variables_free(&v);
}

static void matches(void)
{
	match("", "", true, "-");
	match("250 OK", "250 OK", true, "-");
	match("250 OK", "250 ok", false, "-");
	match("250", "250 OK", false, "-");
	match("250 {{*}}", "250 ", true, "-");
	match("{{*}}", "", true, "-");
	match("{{*}}", "anything", true, "-");
	match("x {{known}} y", "x k.n y", true, "-");
	match("x {{known}} y", "x kkn y", false, "-");
	match("{{{{a}}", "{{a}}", true, "-");
	match("334 {{base64 {{known}}}}", "334 ay5u", true, "-");
	match("334 {{base64 {{known}}}}", "334 ay5v", false, "-");
	match("AUTH PLAIN {{plain bob {{password}}}}", "AUTH PLAIN whatever", true, "-"); /* not known: anything */
	match("{{scram a b}}", "whatever", true, "-");
}

static void captures_the_shortest(void)
{
	match("id={{a}} {{*}}", "id=17 of 18 ", true, "17");
	match("id={{a}}", "id=17 of 18", true, "17 of 18");
	match("<{{a}}>", "<b>>", true, "b>"); /* the shortest that lets the rest match */
	match("{{a}}x", "axbx", true, "axb");
	match("{{a}}x{{*}}", "axbx", true, "a");
	match("{{a}}{{*}}", "abc", true, "");
	match("{{*}}{{a}}", "abc", true, "abc");
	match("{{a}}, {{a}}", "x, y, x, y", true, "x, y"); /* said twice it is the same twice */
	match("{{a}}, {{a}}", "x, y", false, "-");
	match("{{a}}{{b}}{{a}}", "abcab", true, "");
	match("{{a}}-{{b}}-{{a}}!", "1-2-3-1!", true, "1");
	match("{{a}}x y", "no", false, "-"); /* captured only where all of it matches */
	match("{{a}}b{{*}}c", "abbc", true, "a");
	match("a{{a}}a", "a", false, "-"); /* the two do not share one octet */
	match("a{{a}}a", "aa", true, "");
}

static void matching_takes_no_age(void)
{
	struct buffer line = { 0 }, template = { 0 };
	struct variables v = { 0 };
	double before = clock_now();
	for (size_t i = 0; i < 16384; i++)
		buffer_add_octet(&line, 'a');
	for (size_t i = 0; i < 100; i++)
		buffer_add_string(&template, "{{*}}a");
	buffer_add_octet(&template, 'b');
	CHECK(!template_match(buffer_slice(&template), buffer_slice(&line), &v));
	buffer_clear(&template);
	buffer_add_string(&template, "{{a}}{{b}}{{c}}{{d}}{{a}}{{b}}{{c}}{{d}}b");
	CHECK(!template_match(buffer_slice(&template), buffer_slice(&line), &v));
	CHECK(v.n == 0);
	CHECK(clock_now() - before < 10);
	buffer_free(&line);
	buffer_free(&template);
	variables_free(&v);
}

/* Against the definition: the first of all ways, in the order of the gaps' lengths, to cut the line. */
static bool reference(struct slice t, struct slice line, struct slice *a)
{
	struct slice gap = SLICE("{{a}}"), star = SLICE("{{*}}");
	if (t.n == 0)
		return line.n == 0;
	bool captures = slice_starts(t, gap);
	if (!captures && !slice_starts(t, star))
		return line.n && t.p[0] == line.p[0] &&
		       reference(slice_part(t, 1, t.n), slice_part(line, 1, line.n), a);
	for (size_t i = 0; i <= line.n; i++) {
		if (!reference(slice_part(t, gap.n, t.n), slice_part(line, i, line.n), a))
			continue;
		if (captures)
			*a = slice_part(line, 0, i);
		return true;
	}
	return false;
}

static void matches_as_defined(void)
{
	static const char *const pieces[] = { "a", "b", "ab", "{{*}}", "{{*}}" };
	uint32_t seed = 12345;
	for (unsigned i = 0; i < 50000; i++) {
		struct buffer template = { 0 }, line = { 0 };
		bool captures = false;
		for (unsigned k = 0; k < 6; k++) {
			seed = seed * 1664525U + 1013904223U;
			unsigned n = seed >> 16;
			if (n % 6 == 5 && !captures) {
				captures = true;
				buffer_add_string(&template, "{{a}}");
			} else {
				buffer_add_string(&template, pieces[n % 5]);
			}
			buffer_add_octet(&line, n & 64 ? 'a' : 'b');
			if (n & 128)
				buffer_add_octet(&line, n & 256 ? 'a' : 'b');
		}
		struct variables v = { 0 };
		struct slice a = { 0 };
		bool want = reference(buffer_slice(&template), buffer_slice(&line), &a);
		bool got = template_match(buffer_slice(&template), buffer_slice(&line), &v);
		const struct variable *row = variables_get(&v, SLICE("a"));
		bool good = got == want && (row != NULL) == (want && captures) &&
		            (row == NULL || slice_equal((struct slice){ row->value, row->value_n }, a));
		if (!good)
			printf("# " SLICE_FMT " against " SLICE_FMT "\n", SLICE_ARG(buffer_slice(&template)),
			       SLICE_ARG(buffer_slice(&line)));
		CHECK(good);
		variables_free(&v);
		buffer_free(&template);
		buffer_free(&line);
	}
}

/* ---- --set and --map ---- */

static void options(void)
{
	struct variables v = { 0 }, copy;
	struct error error = { 0 };
	CHECK(variables_set(&v, "a", &error) == STATUS_USAGE);
	CHECK_TEXT(slice_of(error.message), "--set: a value is missing: write --set NAME=VALUE");
	CHECK(variables_set(&v, "a b=c", &error) == STATUS_USAGE && variables_set(&v, "=c", &error) == STATUS_USAGE);
	CHECK(variables_set(&v, "plain=c", &error) == STATUS_USAGE &&
	      variables_set(&v, "\x1B=c", &error) == STATUS_USAGE);
	CHECK(text_safe(slice_of(error.message), false));
	CHECK(variables_map(&v, "a", &error) == STATUS_USAGE && variables_map(&v, "=b", &error) == STATUS_USAGE);
	error_clear(&error);
	CHECK(variables_set(&v, "MyPassword=", &error) == STATUS_OK &&
	      variables_set(&v, "user=x", &error) == STATUS_OK);
	CHECK(variables_map(&v, "foo.com=bar.org=x", &error) == STATUS_OK);
	CHECK(variables_get(&v, SLICE("MyPassword"))->secret && !variables_get(&v, SLICE("user"))->secret);
	CHECK_TEXT(slice_of(v.maps[0].old), "foo.com");
	CHECK_TEXT(slice_of(v.maps[0].new), "bar.org=x");
	v.scram.nonce = string_copy("n");
	variables_copy(&copy, &v);
	variables_free(&v);
	CHECK(copy.n == 2 && copy.nmaps == 1 && copy.rows[0].set && copy.rows[0].secret && copy.rows[1].set);
	CHECK_TEXT(slice_of(copy.scram.nonce), "n");
	variables_free(&copy);
}

int main(void)
{
	TEST(fills_variables);
	TEST(values_come_in_order);
	TEST(unset_is_an_error);
	TEST(functions_give);
	TEST(scram_goes_in_turn);
	TEST(form);
	TEST(hostile_form);
	TEST(has_variables);
	TEST(matches);
	TEST(captures_the_shortest);
	TEST(matching_takes_no_age);
	TEST(matches_as_defined);
	TEST(options);
	return test_end();
}
