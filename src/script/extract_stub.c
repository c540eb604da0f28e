/* What counts as left out, until notation.c says it. */
#include "script/notation.h"
__attribute__((weak)) bool notation_left_out(struct slice text, struct slice *what)
{
	text = slice_trim(text);
	if (what) *what = (struct slice){0};
	if (slice_equal(text, SLICE("...")) || slice_equal(text, SLICE(". . .")) || slice_equal(text, SLICE("…"))) return true;
	if (text.n > 3 && ((text.p[0]=='<' && text.p[text.n-1]=='>') || (text.p[0]=='(' && text.p[text.n-1]==')')) && slice_find(text, SLICE(" ")) < text.n && slice_find_octet(text,'=')==text.n) { if (what) *what = slice_part(text,1,text.n-1); return true; }
	return false;
}
