/*
 * reStructuredText: read as plain text.
 */
#include "script/document_inside.h"

void rst_row(struct document *d, const struct passing *now, const struct passing *next, const struct passing *after)
{
	text_row(d, now, next, after);
}
