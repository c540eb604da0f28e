/*
 * Any script is checked; each finding says something, of a line that there is; what is repaired is a transcript.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "script/check.h"
#include "script/rehearse.h"

/* Checks one conversation; `out` gets its corrected copy. */
static void repair(const struct script *script, struct buffer *out)
{
	struct findings found;
	check_script(script, NULL, NULL, &found);
	for (size_t i = 0; i < found.n; i++)
		if (found.rows[i].what[0] == '\0' ||
		    (found.rows[i].line != NO_LINE && found.rows[i].line >= script->nlines))
			must_equal("a finding that says nothing, or of no line", SLICE("x"), SLICE(""));
	(void)check_repair(script, &found, out);
	findings_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct script *scripts = NULL, *again = NULL;
	struct buffer once = { 0 }, twice = { 0 };
	struct error error = { 0 };
	size_t count = 0, repaired = 0;
	if (scripts_parse((struct slice){ (const char *)data, n }, "fuzz", &scripts, &count, &error) == STATUS_OK &&
	    count) {
		repair(&scripts[0], &once);
		if (scripts_parse(buffer_slice(&once), "repaired", &again, &repaired, &error) != STATUS_OK)
			must_equal("what was repaired does not parse", buffer_slice(&once), SLICE(""));
		if (repaired)
			repair(&again[0], &twice);
	}
	error_clear(&error);
	scripts_free(scripts, count);
	scripts_free(again, repaired);
	buffer_free(&once);
	buffer_free(&twice);
	return 0;
}
