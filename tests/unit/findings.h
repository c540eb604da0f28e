/*
 * What check finds in a script, as text: for tests in which script and findings stand side by side.
 */
#ifndef PARLANCE_TESTS_FINDINGS_H
#define PARLANCE_TESTS_FINDINGS_H

#include "script/check.h"
#include "test.h"

/* The findings of a script, each `NUMBER what` and LF, `!` before a warning; `said` gets its memory. */
static struct slice found(struct buffer *said, const char *script)
{
	struct script *scripts;
	size_t n;
	struct error error = { 0 };
	struct findings findings;
	if (scripts_parse(slice_of(script), "t", &scripts, &n, &error) != STATUS_OK) {
		error_clear(&error);
		return SLICE("not checked");
	}
	check_script(&scripts[0], NULL, NULL, &findings);
	for (size_t i = 0; i < findings.n; i++)
		buffer_printf(said, "%s%u %s\n", findings.rows[i].level == CHECK_ERROR ? "" : "!",
		              findings.rows[i].number, findings.rows[i].what);
	findings_free(&findings);
	scripts_free(scripts, n);
	return buffer_slice(said);
}

#define FINDS(script, what) \
	do { \
		struct buffer said_ = { 0 }; \
		CHECK_TEXT(found(&said_, script), what); \
		buffer_free(&said_); \
	} while (0)

#endif
