/*
 * The parameters of MAIL and RCPT that are known here: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), those of DSN
 * (RFC 3461), AUTH (RFC 4954 5).
 */
#include "lab/smtp_inside.h"
#include "protocol/smtp_syntax.h"
#include "protocol/smtp_values.h"

/* Digits of SIZE's value (RFC 1870 6). */
#define SIZE_DIGITS 20

static bool is_body(struct slice value)
{
	return slice_equal_nocase(value, SLICE("7BIT")) || slice_equal_nocase(value, SLICE("8BITMIME"));
}

static bool is_size(struct slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!octet_is_digit(value.p[i]))
			return false;
	return value.n > 0 && value.n <= SIZE_DIGITS;
}

static bool is_empty(struct slice value)
{
	return value.n == 0;
}

static const struct parameter {
	const char *keyword;
	bool mail; /* it is MAIL's; else RCPT's */
	bool (*good)(struct slice value);
	const char *form;
} parameters[] = {
	{ "AUTH", true, smtp_is_auth, "AUTH=address in xtext, or AUTH=<>" },
	{ "BODY", true, is_body, "BODY=7BIT or BODY=8BITMIME" },
	{ "ENVID", true, smtp_is_envid, "ENVID=up to 100 octets of xtext" },
	{ "NOTIFY", false, smtp_is_notify, "NOTIFY=NEVER, or some of SUCCESS,FAILURE,DELAY" },
	{ "ORCPT", false, smtp_is_orcpt, "ORCPT=type;address in xtext" },
	{ "RET", true, smtp_is_ret, "RET=FULL or RET=HDRS" },
	{ "SIZE", true, is_size, "SIZE=number of octets" },
	{ "SMTPUTF8", true, is_empty, "SMTPUTF8, without a value" },
};
#define PARAMETERS (sizeof parameters / sizeof parameters[0])

/* Its index; PARAMETERS where it is none of that command's. */
static size_t parameter_find(struct slice keyword, bool mail)
{
	size_t i = 0;
	while (i < PARAMETERS &&
	       (parameters[i].mail != mail || !slice_equal_nocase(keyword, slice_of(parameters[i].keyword))))
		i++;
	return i;
}

/* What it means for the transaction; the others are written down. */
static void note_parameter(struct smtp_envelope *envelope, const struct parameter *parameter, struct slice value)
{
	if (parameter->good == is_size && !slice_number(value, &envelope->size))
		envelope->size = UINT64_MAX;
	else if (parameter->good == is_empty)
		envelope->utf8 = true;
}

/* One of them; false where the reply was said. */
static bool read_one(struct smtp_guest *guest, struct slice keyword, struct slice value, bool mail, unsigned *seen)
{
	size_t i = parameter_find(keyword, mail);
	if (!smtp_is_keyword(keyword) || (value.n && !smtp_is_value(value))) {
		smtp_syntax(guest, "501 5.5.4", "Syntax: a parameter is NAME or NAME=value");
	} else if (i == PARAMETERS) {
		struct buffer name = { 0 };
		visit_clean(&name, keyword);
		smtp_refuse(guest, "555 5.5.4",
		            mail ? "behind MAIL: SIZE BODY SMTPUTF8 RET ENVID AUTH" : "behind RCPT: NOTIFY ORCPT",
		            "The parameter " SLICE_FMT " is not known here", SLICE_ARG(buffer_slice(&name)));
		buffer_free(&name);
	} else if (*seen & 1U << i) {
		smtp_refuse(guest, "501 5.5.4", NULL, "%s is said twice", parameters[i].keyword);
	} else if (!parameters[i].good(value)) {
		smtp_refuse(guest, "501 5.5.4", NULL, "Syntax: %s", parameters[i].form);
	} else {
		*seen |= 1U << i;
		note_parameter(&guest->envelope, &parameters[i], value);
		return true;
	}
	return false;
}

bool smtp_parameters_read(struct smtp_guest *guest, struct slice rest, bool mail)
{
	struct slice keyword, value;
	unsigned seen = 0;
	while (smtp_parameter(&rest, &keyword, &value))
		if (!read_one(guest, keyword, value, mail, &seen))
			return false;
	return true;
}
