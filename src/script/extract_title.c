/*
 * What a conversation is called: by the nearest heading, or by the line right above it that announces it.
 */
#include "script/extract_inside.h"

/* A heading is no nearer than this many lines, or it says little; a caption stands right above. */
#define HEADING_NEAR 120
#define CAPTION_NEAR 4

/* A longer line is no caption, in octets. */
#define CAPTION_MAX 100

static void keep(struct buffer *kept, struct slice text)
{
	buffer_clear(kept);
	buffer_add_slice(kept, slice_trim(text));
}

/* Whether the line announces what comes: it ends in a colon, or it is no sentence. */
static bool announces(struct slice line)
{
	char last = line.n ? line.p[line.n - 1] : 0;
	return line.n && line.n < CAPTION_MAX && last != '.' && last != ',' && last != ';';
}

void titles_see(struct titles *titles, struct slice line, unsigned number, bool heading)
{
	struct slice text = slice_trim(line);
	if (heading) {
		keep(&titles->heading, text);
		titles->heading_at = number;
		titles->caption_at = 0;
	} else if (announces(text)) {
		keep(&titles->caption, text);
		titles->caption_at = number;
	} else if (text.n) {
		titles->caption_at = 0;
	}
}

struct slice titles_at(const struct titles *titles, unsigned number)
{
	struct slice caption = buffer_slice(&titles->caption);
	if (titles->heading_at && number - titles->heading_at <= HEADING_NEAR)
		return buffer_slice(&titles->heading);
	if (titles->caption_at == 0 || number - titles->caption_at > CAPTION_NEAR)
		return titles->heading_at ? buffer_slice(&titles->heading) : (struct slice){ 0 };
	while (caption.n && caption.p[caption.n - 1] == ':')
		caption.n--;
	return caption;
}

void titles_free(struct titles *titles)
{
	buffer_free(&titles->heading);
	buffer_free(&titles->caption);
}
