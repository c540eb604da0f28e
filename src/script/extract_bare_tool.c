/*
 * The shell's line that starts a tool, and what the tool says before a conversation begins: what is known of them from line to line.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"

/* A shell's line is that near, in lines: a certificate may stand between. */
#define SHELL_NEAR 200

void bare_forget(struct bare *bare)
{
	bare->shell.number = bare->shell.port = 0;
	bare->shell.tls = bare->screen = false;
	bare->shell.starttls = NULL;
}

void bare_see_tool(struct bare *bare, struct slice line, const struct held *held)
{
	struct slice arguments, text = slice_trim(line), tool = tool_of(text, &arguments);
	if (tool.n) {
		struct tool_target target = tool_target(arguments);
		if (target.port == 0 && held->kind != DOCUMENT_LITERAL)
			return;
		bare->shell.number = held->number;
		bare->shell.port = target.port;
		bare->shell.starttls = target.starttls;
		bare->shell.tls = tool_speaks_tls(tool, arguments) || (target.port && port_implies_tls(target.port));
		buffer_clear(&bare->shell.line);
		buffer_add_slice(&bare->shell.line, text);
		bare->screen = true;
	} else if (tool_says(text, false) || line_starts(text, "CONNECTED(", NULL)) {
		bare->screen = true;
		bare->shell.tls = bare->shell.tls || line_starts(text, "CONNECTED(", NULL);
		if (bare->shell.number == 0)
			bare->shell.number = held->number;
	}
	if (bare->shell.number && held->number - bare->shell.number > SHELL_NEAR)
		bare_forget(bare);
}
