/*
 * Any text is parsed or refused with a message; what was parsed and printed, parses again to the same.
 */
#include "fuzz.h"

#include "script/script.h"

/* All conversations of `text`, printed; false where it does not parse. */
static bool print_all(struct slice text, struct buffer *out)
{
	struct script *scripts = NULL;
	size_t n = 0;
	struct error error = { 0 };
	if (scripts_parse(text, "fuzz", &scripts, &n, &error) != STATUS_OK) {
		if (!error.message || scripts)
			abort();
		error_clear(&error);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		script_print(&scripts[i], out);
		buffer_add_octet(out, '\n'); /* a conversation may be a header alone */
	}
	scripts_free(scripts, n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buffer once = { 0 }, twice = { 0 };
	if (print_all((struct slice){ (const char *)data, n }, &once)) {
		if (!print_all(buffer_slice(&once), &twice))
			must_equal("what was printed does not parse", buffer_slice(&once), SLICE(""));
		must_equal("parse, print, parse is not the identity", buffer_slice(&once), buffer_slice(&twice));
	}
	buffer_free(&once);
	buffer_free(&twice);
	return 0;
}
