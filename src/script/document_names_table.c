/*
 * The names of HTML: its elements, those of old pages too, and the characters of HTML 4 with some later ones.
 */
#include "script/document_names_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* ---- elements, sorted ---- */

const struct element document_elements[] = {
	{ "a", ELEMENT_PHRASE },
	{ "abbr", ELEMENT_PHRASE },
	{ "acronym", ELEMENT_PHRASE },
	{ "address", ELEMENT_BLOCK | ELEMENT_WORD },
	{ "applet", ELEMENT_PHRASE },
	{ "area", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "article", ELEMENT_BLOCK },
	{ "aside", ELEMENT_BLOCK },
	{ "audio", ELEMENT_PHRASE },
	{ "b", ELEMENT_PHRASE },
	{ "base", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "basefont", ELEMENT_PHRASE },
	{ "bdi", ELEMENT_PHRASE },
	{ "bdo", ELEMENT_PHRASE },
	{ "big", ELEMENT_PHRASE },
	{ "blink", ELEMENT_PHRASE },
	{ "blockquote", ELEMENT_BLOCK | ELEMENT_APART },
	{ "body", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "br", ELEMENT_BREAK },
	{ "button", ELEMENT_OUT },
	{ "canvas", ELEMENT_PHRASE },
	{ "caption", ELEMENT_BLOCK },
	{ "center", ELEMENT_BLOCK },
	{ "cite", ELEMENT_PHRASE },
	{ "code", ELEMENT_PHRASE },
	{ "col", ELEMENT_BLOCK },
	{ "colgroup", ELEMENT_BLOCK },
	{ "data", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "datalist", ELEMENT_OUT },
	{ "dd", ELEMENT_BLOCK },
	{ "del", ELEMENT_PHRASE },
	{ "details", ELEMENT_BLOCK },
	{ "dfn", ELEMENT_PHRASE },
	{ "dialog", ELEMENT_BLOCK },
	{ "dir", ELEMENT_BLOCK | ELEMENT_WORD },
	{ "div", ELEMENT_BLOCK },
	{ "dl", ELEMENT_BLOCK | ELEMENT_APART },
	{ "dt", ELEMENT_BLOCK },
	{ "em", ELEMENT_PHRASE },
	{ "embed", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "fieldset", ELEMENT_BLOCK },
	{ "figcaption", ELEMENT_BLOCK },
	{ "figure", ELEMENT_BLOCK },
	{ "font", ELEMENT_PHRASE },
	{ "footer", ELEMENT_BLOCK },
	{ "form", ELEMENT_BLOCK },
	{ "frame", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "frameset", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "h1", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "h2", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "h3", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "h4", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "h5", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "h6", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING },
	{ "head", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "header", ELEMENT_BLOCK },
	{ "hgroup", ELEMENT_BLOCK },
	{ "hr", ELEMENT_BLOCK | ELEMENT_APART },
	{ "html", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "i", ELEMENT_PHRASE },
	{ "iframe", ELEMENT_OUT | ELEMENT_RAW },
	{ "img", ELEMENT_PHRASE },
	{ "input", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "ins", ELEMENT_PHRASE },
	{ "isindex", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "kbd", ELEMENT_PHRASE },
	{ "keygen", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "label", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "legend", ELEMENT_BLOCK },
	{ "li", ELEMENT_BLOCK },
	{ "link", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "listing", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_LITERAL },
	{ "main", ELEMENT_BLOCK },
	{ "map", ELEMENT_BLOCK },
	{ "mark", ELEMENT_PHRASE },
	{ "marquee", ELEMENT_BLOCK },
	{ "math", ELEMENT_OUT },
	{ "menu", ELEMENT_BLOCK | ELEMENT_WORD },
	{ "meta", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "meter", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "multicol", ELEMENT_BLOCK | ELEMENT_APART },
	{ "nav", ELEMENT_BLOCK },
	{ "nobr", ELEMENT_PHRASE },
	{ "noembed", ELEMENT_OUT | ELEMENT_RAW },
	{ "noframes", ELEMENT_BLOCK | ELEMENT_FRAME },
	{ "noscript", ELEMENT_BLOCK },
	{ "object", ELEMENT_PHRASE },
	{ "ol", ELEMENT_BLOCK | ELEMENT_APART },
	{ "optgroup", ELEMENT_BLOCK },
	{ "output", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "p", ELEMENT_BLOCK | ELEMENT_APART },
	{ "param", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "picture", ELEMENT_PHRASE },
	{ "plaintext", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_LITERAL },
	{ "pre", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_LITERAL },
	{ "progress", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "q", ELEMENT_PHRASE },
	{ "rb", ELEMENT_PHRASE },
	{ "rbc", ELEMENT_PHRASE },
	{ "rp", ELEMENT_PHRASE },
	{ "rt", ELEMENT_PHRASE },
	{ "rtc", ELEMENT_PHRASE },
	{ "ruby", ELEMENT_PHRASE },
	{ "s", ELEMENT_PHRASE },
	{ "samp", ELEMENT_PHRASE },
	{ "script", ELEMENT_OUT | ELEMENT_RAW },
	{ "search", ELEMENT_BLOCK },
	{ "section", ELEMENT_BLOCK | ELEMENT_WORD },
	{ "select", ELEMENT_OUT },
	{ "slot", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "small", ELEMENT_PHRASE },
	{ "source", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "spacer", ELEMENT_PHRASE },
	{ "span", ELEMENT_PHRASE },
	{ "strike", ELEMENT_PHRASE },
	{ "strong", ELEMENT_PHRASE },
	{ "style", ELEMENT_OUT | ELEMENT_RAW },
	{ "sub", ELEMENT_PHRASE },
	{ "summary", ELEMENT_BLOCK | ELEMENT_WORD },
	{ "sup", ELEMENT_PHRASE },
	{ "svg", ELEMENT_OUT },
	{ "table", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_TABLE },
	{ "tbody", ELEMENT_BLOCK },
	{ "td", ELEMENT_CELL },
	{ "template", ELEMENT_OUT },
	{ "textarea", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_LITERAL | ELEMENT_RAW },
	{ "tfoot", ELEMENT_BLOCK },
	{ "th", ELEMENT_CELL },
	{ "thead", ELEMENT_BLOCK },
	{ "time", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "title", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_HEADING | ELEMENT_RAW | ELEMENT_FRAME },
	{ "tr", ELEMENT_BLOCK | ELEMENT_ROW },
	{ "track", ELEMENT_PHRASE | ELEMENT_WORD },
	{ "tt", ELEMENT_PHRASE },
	{ "u", ELEMENT_PHRASE },
	{ "ul", ELEMENT_BLOCK | ELEMENT_APART },
	{ "var", ELEMENT_PHRASE },
	{ "video", ELEMENT_PHRASE },
	{ "wbr", ELEMENT_PHRASE },
	{ "xmp", ELEMENT_BLOCK | ELEMENT_APART | ELEMENT_LITERAL | ELEMENT_RAW },
	{ NULL, 0 },
};


static int compare_element(const void *name, const void *row)
{
	return slice_compare_nocase(*(const struct slice *)name, slice_of(((const struct element *)row)->name));
}

const struct element *element_find(struct slice name)
{
	return bsearch(&name, document_elements, ROWS(document_elements) - 1, sizeof document_elements[0], compare_element);
}

/* ---- characters, sorted (WHATWG HTML 13.5) ---- */

const struct entity document_entities[] = {
	{ "AElig", 0xC6 }, { "AMP", 0x26 }, { "Aacute", 0xC1 }, { "Acirc", 0xC2 }, { "Agrave", 0xC0 }, { "Alpha", 0x391 },
	{ "Aring", 0xC5 }, { "Atilde", 0xC3 }, { "Auml", 0xC4 }, { "Beta", 0x392 }, { "COPY", 0xA9 }, { "Ccedil", 0xC7 },
	{ "Chi", 0x3A7 }, { "Dagger", 0x2021 }, { "Delta", 0x394 }, { "ETH", 0xD0 }, { "Eacute", 0xC9 }, { "Ecirc", 0xCA },
	{ "Egrave", 0xC8 }, { "Epsilon", 0x395 }, { "Eta", 0x397 }, { "Euml", 0xCB }, { "GT", 0x3E }, { "Gamma", 0x393 },
	{ "Hat", 0x5E }, { "HorizontalLine", 0x2500 }, { "Iacute", 0xCD }, { "Icirc", 0xCE }, { "Igrave", 0xCC },
	{ "InvisibleTimes", 0x2062 }, { "Iota", 0x399 }, { "Iuml", 0xCF }, { "Kappa", 0x39A }, { "LT", 0x3C },
	{ "Lambda", 0x39B }, { "LeftArrow", 0x2190 }, { "MediumSpace", 0x205F }, { "Mu", 0x39C }, { "NewLine", 0xA },
	{ "NoBreak", 0x2060 }, { "NonBreakingSpace", 0xA0 }, { "Ntilde", 0xD1 }, { "Nu", 0x39D }, { "OElig", 0x152 },
	{ "Oacute", 0xD3 }, { "Ocirc", 0xD4 }, { "Ograve", 0xD2 }, { "Omega", 0x3A9 }, { "Omicron", 0x39F },
	{ "Oslash", 0xD8 }, { "Otilde", 0xD5 }, { "Ouml", 0xD6 }, { "Phi", 0x3A6 }, { "Pi", 0x3A0 }, { "Prime", 0x2033 },
	{ "Psi", 0x3A8 }, { "QUOT", 0x22 }, { "REG", 0xAE }, { "Rho", 0x3A1 }, { "RightArrow", 0x2192 },
	{ "Rightarrow", 0x21D2 }, { "Scaron", 0x160 }, { "ShortLeftArrow", 0x2190 }, { "ShortRightArrow", 0x2192 },
	{ "Sigma", 0x3A3 }, { "THORN", 0xDE }, { "Tab", 0x9 }, { "Tau", 0x3A4 }, { "Theta", 0x398 }, { "Uacute", 0xDA },
	{ "Ucirc", 0xDB }, { "Ugrave", 0xD9 }, { "UnderBar", 0x5F }, { "Upsilon", 0x3A5 }, { "Uuml", 0xDC },
	{ "Vert", 0x2016 }, { "VerticalLine", 0x7C }, { "Xi", 0x39E }, { "Yacute", 0xDD }, { "Yuml", 0x178 },
	{ "ZeroWidthSpace", 0x200B }, { "Zeta", 0x396 }, { "aacute", 0xE1 }, { "acirc", 0xE2 }, { "acute", 0xB4 },
	{ "aelig", 0xE6 }, { "agrave", 0xE0 }, { "alefsym", 0x2135 }, { "alpha", 0x3B1 }, { "amp", 0x26 },
	{ "and", 0x2227 }, { "ang", 0x2220 }, { "apos", 0x27 }, { "aring", 0xE5 }, { "ast", 0x2A }, { "asymp", 0x2248 },
	{ "atilde", 0xE3 }, { "auml", 0xE4 }, { "bdquo", 0x201E }, { "beta", 0x3B2 }, { "blacktriangleright", 0x25B8 },
	{ "boxh", 0x2500 }, { "boxv", 0x2502 }, { "brvbar", 0xA6 }, { "bsol", 0x5C }, { "bull", 0x2022 }, { "cap", 0x2229 },
	{ "caret", 0x2041 }, { "ccedil", 0xE7 }, { "cedil", 0xB8 }, { "cent", 0xA2 }, { "check", 0x2713 },
	{ "checkmark", 0x2713 }, { "chi", 0x3C7 }, { "cir", 0x25CB }, { "circ", 0x2C6 }, { "clubs", 0x2663 },
	{ "colon", 0x3A }, { "comma", 0x2C }, { "commat", 0x40 }, { "cong", 0x2245 }, { "copy", 0xA9 }, { "crarr", 0x21B5 },
	{ "cross", 0x2717 }, { "cup", 0x222A }, { "curren", 0xA4 }, { "dArr", 0x21D3 }, { "dagger", 0x2020 },
	{ "darr", 0x2193 }, { "dash", 0x2010 }, { "deg", 0xB0 }, { "delta", 0x3B4 }, { "diams", 0x2666 },
	{ "divide", 0xF7 }, { "dollar", 0x24 }, { "eacute", 0xE9 }, { "ecirc", 0xEA }, { "egrave", 0xE8 },
	{ "empty", 0x2205 }, { "emsp", 0x2003 }, { "emsp13", 0x2004 }, { "emsp14", 0x2005 }, { "ensp", 0x2002 },
	{ "epsilon", 0x3B5 }, { "equals", 0x3D }, { "equiv", 0x2261 }, { "eta", 0x3B7 }, { "eth", 0xF0 }, { "euml", 0xEB },
	{ "euro", 0x20AC }, { "excl", 0x21 }, { "exist", 0x2203 }, { "female", 0x2640 }, { "fnof", 0x192 },
	{ "forall", 0x2200 }, { "frac12", 0xBD }, { "frac14", 0xBC }, { "frac34", 0xBE }, { "frasl", 0x2044 },
	{ "gamma", 0x3B3 }, { "ge", 0x2265 }, { "grave", 0x60 }, { "gt", 0x3E }, { "hArr", 0x21D4 }, { "hairsp", 0x200A },
	{ "harr", 0x2194 }, { "hearts", 0x2665 }, { "hellip", 0x2026 }, { "horbar", 0x2015 }, { "hyphen", 0x2010 },
	{ "iacute", 0xED }, { "icirc", 0xEE }, { "iexcl", 0xA1 }, { "igrave", 0xEC }, { "image", 0x2111 },
	{ "infin", 0x221E }, { "int", 0x222B }, { "iota", 0x3B9 }, { "iquest", 0xBF }, { "isin", 0x2208 }, { "iuml", 0xEF },
	{ "kappa", 0x3BA }, { "lArr", 0x21D0 }, { "lambda", 0x3BB }, { "lang", 0x2329 }, { "laquo", 0xAB },
	{ "larr", 0x2190 }, { "lbbrk", 0x2772 }, { "lbrace", 0x7B }, { "lbrack", 0x5B }, { "lceil", 0x2308 },
	{ "lcub", 0x7B }, { "ldquo", 0x201C }, { "le", 0x2264 }, { "leftarrow", 0x2190 }, { "leftrightarrow", 0x2194 },
	{ "lfloor", 0x230A }, { "longleftarrow", 0x27F5 }, { "longrightarrow", 0x27F6 }, { "lowast", 0x2217 },
	{ "lowbar", 0x5F }, { "loz", 0x25CA }, { "lpar", 0x28 }, { "lrm", 0x200E }, { "lsaquo", 0x2039 }, { "lsqb", 0x5B },
	{ "lsquo", 0x2018 }, { "lt", 0x3C }, { "ltrif", 0x25C2 }, { "macr", 0xAF }, { "male", 0x2642 }, { "mdash", 0x2014 },
	{ "micro", 0xB5 }, { "midast", 0x2A }, { "middot", 0xB7 }, { "minus", 0x2212 }, { "mldr", 0x2026 }, { "mu", 0x3BC },
	{ "nabla", 0x2207 }, { "nbsp", 0xA0 }, { "ndash", 0x2013 }, { "ne", 0x2260 }, { "ni", 0x220B }, { "nldr", 0x2025 },
	{ "not", 0xAC }, { "notin", 0x2209 }, { "nsub", 0x2284 }, { "ntilde", 0xF1 }, { "nu", 0x3BD }, { "num", 0x23 },
	{ "numsp", 0x2007 }, { "oacute", 0xF3 }, { "ocirc", 0xF4 }, { "oelig", 0x153 }, { "ograve", 0xF2 },
	{ "oline", 0x203E }, { "omega", 0x3C9 }, { "omicron", 0x3BF }, { "oplus", 0x2295 }, { "or", 0x2228 },
	{ "ordf", 0xAA }, { "ordm", 0xBA }, { "oslash", 0xF8 }, { "otilde", 0xF5 }, { "otimes", 0x2297 }, { "ouml", 0xF6 },
	{ "para", 0xB6 }, { "part", 0x2202 }, { "percnt", 0x25 }, { "period", 0x2E }, { "permil", 0x2030 },
	{ "perp", 0x22A5 }, { "phi", 0x3C6 }, { "phone", 0x260E }, { "pi", 0x3C0 }, { "piv", 0x3D6 }, { "plus", 0x2B },
	{ "plusmn", 0xB1 }, { "pound", 0xA3 }, { "prime", 0x2032 }, { "prod", 0x220F }, { "prop", 0x221D },
	{ "psi", 0x3C8 }, { "puncsp", 0x2008 }, { "quest", 0x3F }, { "quot", 0x22 }, { "rArr", 0x21D2 },
	{ "radic", 0x221A }, { "rang", 0x232A }, { "raquo", 0xBB }, { "rarr", 0x2192 }, { "rbbrk", 0x2773 },
	{ "rbrace", 0x7D }, { "rbrack", 0x5D }, { "rceil", 0x2309 }, { "rcub", 0x7D }, { "rdquo", 0x201D },
	{ "real", 0x211C }, { "reg", 0xAE }, { "rfloor", 0x230B }, { "rho", 0x3C1 }, { "rightarrow", 0x2192 },
	{ "rlm", 0x200F }, { "rpar", 0x29 }, { "rsaquo", 0x203A }, { "rsqb", 0x5D }, { "rsquo", 0x2019 },
	{ "rtrif", 0x25B8 }, { "sbquo", 0x201A }, { "scaron", 0x161 }, { "sdot", 0x22C5 }, { "sect", 0xA7 },
	{ "semi", 0x3B }, { "shy", 0xAD }, { "sigma", 0x3C3 }, { "sigmaf", 0x3C2 }, { "sim", 0x223C }, { "sol", 0x2F },
	{ "spades", 0x2660 }, { "squ", 0x25A1 }, { "square", 0x25A1 }, { "star", 0x2606 }, { "starf", 0x2605 },
	{ "sub", 0x2282 }, { "sube", 0x2286 }, { "sum", 0x2211 }, { "sup", 0x2283 }, { "sup1", 0xB9 }, { "sup2", 0xB2 },
	{ "sup3", 0xB3 }, { "supe", 0x2287 }, { "szlig", 0xDF }, { "tau", 0x3C4 }, { "there4", 0x2234 }, { "theta", 0x3B8 },
	{ "thetasym", 0x3D1 }, { "thinsp", 0x2009 }, { "thorn", 0xFE }, { "tilde", 0x2DC }, { "times", 0xD7 },
	{ "trade", 0x2122 }, { "triangleright", 0x25B9 }, { "uArr", 0x21D1 }, { "uacute", 0xFA }, { "uarr", 0x2191 },
	{ "ucirc", 0xFB }, { "ugrave", 0xF9 }, { "uml", 0xA8 }, { "upsih", 0x3D2 }, { "upsilon", 0x3C5 }, { "uuml", 0xFC },
	{ "verbar", 0x7C }, { "vert", 0x7C }, { "weierp", 0x2118 }, { "xi", 0x3BE }, { "yacute", 0xFD }, { "yen", 0xA5 },
	{ "yuml", 0xFF }, { "zeta", 0x3B6 }, { "zwj", 0x200D }, { "zwnj", 0x200C },
	{ NULL, 0 },
};

static int compare_entity(const void *name, const void *row)
{
	return slice_compare(*(const struct slice *)name, slice_of(((const struct entity *)row)->name));
}

uint32_t entity_find(struct slice name)
{
	const struct entity *found = bsearch(&name, document_entities, ROWS(document_entities) - 1, sizeof document_entities[0], compare_entity);
	return found ? found->character : 0;
}

/* What `&#128;` to `&#159;` mean: the characters of windows-1252 (WHATWG HTML 13.2.5.80). */
static const uint16_t windows_1252[32] = {
	0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
	0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
};

/* ---- reading one ---- */

#define NAME_MAX_OCTETS ((size_t)32)

/* A no-break space is as good as a space, and what only allows a line to be broken is nothing. */
static void add_character(struct buffer *out, uint32_t c)
{
	if (c >= 0x80 && c < 0xA0)
		c = windows_1252[c - 0x80];
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	if (c == 0xA0 || c == '\t')
		buffer_add_octet(out, ' ');
	else if (c != 0xAD && c != 0x200B && c != 0x2060 && c != '\r')
		utf8_encode(out, c);
}

static unsigned digit(char c)
{
	return octet_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(octet_lower(c) - 'a') + 10;
}

/* `&#60;` and `&#x3c;`; the semicolon may be missing. */
static size_t read_number(struct buffer *out, struct slice text, bool end)
{
	bool hex = text.n > 2 && octet_lower(text.p[2]) == 'x';
	size_t begin = hex ? 3 : 2, n = begin;
	uint32_t c = 0;
	for (; n < text.n && n < NAME_MAX_OCTETS && octet_is_alnum(text.p[n]) && digit(text.p[n]) < (hex ? 16 : 10); n++)
		c = c > 0x10FFFF ? c : c * (hex ? 16 : 10) + digit(text.p[n]);
	if (n == text.n && !end)
		return (size_t)-1;
	if (n == begin)
		return 0;
	add_character(out, c);
	return n + (n < text.n && text.p[n] == ';');
}

/* Those that old pages write without a semicolon. */
static size_t read_bare(struct buffer *out, struct slice name)
{
	static const char *const bare[] = { "amp", "lt", "gt", "quot", "nbsp", NULL };
	for (size_t i = 0; bare[i]; i++) {
		if (slice_starts(name, slice_of(bare[i]))) {
			add_character(out, entity_find(slice_of(bare[i])));
			return 1 + strlen(bare[i]);
		}
	}
	return 0;
}

size_t entity_read(struct buffer *out, struct slice text, bool end)
{
	size_t n = 1;
	if (text.n > 1 && text.p[1] == '#')
		return read_number(out, text, end);
	while (n < text.n && n < NAME_MAX_OCTETS && octet_is_alnum(text.p[n]))
		n++;
	if (n == text.n && !end)
		return (size_t)-1;
	struct slice name = slice_part(text, 1, n);
	uint32_t c = n < text.n && text.p[n] == ';' ? entity_find(name) : 0;
	if (c == 0)
		return read_bare(out, name);
	add_character(out, c);
	return n + 1;
}
