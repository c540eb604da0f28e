/*
 * Media types by the ends of names (RFC 9110 8.3).
 */
#include "lab/http_types.h"

#define TEXT(type) "text/" type "; charset=utf-8"

/* Sorted by the end. */
static const struct {
	const char *end;
	const char *type;
} types[] = {
	{ "7z", "application/x-7z-compressed" },
	{ "avif", "image/avif" },
	{ "bmp", "image/bmp" },
	{ "c", TEXT("plain") },
	{ "css", TEXT("css") },
	{ "csv", TEXT("csv") },
	{ "eml", "message/rfc822" },
	{ "gif", "image/gif" },
	{ "gz", "application/gzip" },
	{ "h", TEXT("plain") },
	{ "htm", TEXT("html") },
	{ "html", TEXT("html") },
	{ "ico", "image/vnd.microsoft.icon" },
	{ "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" },
	{ "js", TEXT("javascript") },
	{ "json", "application/json" },
	{ "log", TEXT("plain") },
	{ "md", TEXT("markdown") },
	{ "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" },
	{ "pdf", "application/pdf" },
	{ "png", "image/png" },
	{ "svg", "image/svg+xml" },
	{ "tar", "application/x-tar" },
	{ "txt", TEXT("plain") },
	{ "wav", "audio/wav" },
	{ "webp", "image/webp" },
	{ "xhtml", "application/xhtml+xml" },
	{ "xml", "application/xml" },
	{ "zip", "application/zip" },
};

const char *http_type_of(struct slice name)
{
	size_t dot = name.n;
	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	struct slice end = slice_part(name, dot, name.n);
	size_t low = 0, high = dot ? sizeof types / sizeof types[0] : 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = slice_compare_nocase(end, slice_of(types[middle].end));
		if (order == 0)
			return types[middle].type;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return "application/octet-stream";
}
