/*
 * Any text is read as any form or refused with a message; what was read, printed and parsed prints the same.
 *
 * The first octet says the form: that many past the first, or, past the last, as it is recognised.
 */
#include "fuzz.h"

#include "script/import.h"

static void print_all(const struct script *scripts, size_t n, struct buffer *out)
{
	for (size_t i = 0; i < n; i++) {
		script_print(&scripts[i], out);
		buffer_add_octet(out, '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct script *scripts = NULL, *again = NULL;
	size_t nscripts = 0, nagain = 0;
	struct error error = { 0 };
	struct buffer once = { 0 }, twice = { 0 };
	if (n == 0)
		return 0;
	struct slice text = { (const char *)data + 1, n - 1 };
	const char *form = import_form(data[0] % 16, NULL);
	if (import_read(text, "fuzz", form, SLICE("From a\n\nb\n"), &scripts, &nscripts, &error) != STATUS_OK) {
		if (!error.message || scripts)
			abort();
	} else {
		print_all(scripts, nscripts, &once);
		if (scripts_parse(buffer_slice(&once), "fuzz", &again, &nagain, &error) != STATUS_OK)
			must_equal("what was read does not parse", buffer_slice(&once), SLICE(""));
		print_all(again, nagain, &twice);
		must_equal("read, print, parse is not the identity", buffer_slice(&once), buffer_slice(&twice));
	}
	scripts_free(scripts, nscripts);
	scripts_free(again, nagain);
	error_clear(&error);
	buffer_free(&once);
	buffer_free(&twice);
	return 0;
}
