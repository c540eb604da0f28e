/*
 * No octet gets through that a terminal would act on; exact notation gives the same octets back; JSON is valid UTF-8.
 */
#include "fuzz.h"

#include "base/crypto.h"
#include "base/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice s = { (const char *)data, n };
	struct buffer text = { 0 }, back = { 0 };

	escape_text(&text, s);
	if (!text_safe(buffer_slice(&text), false))
		abort();
	(void)text_columns(buffer_slice(&text));

	buffer_clear(&text);
	escape_exact(&text, s);
	if (!text_safe(buffer_slice(&text), false) || unescape_exact(&back, buffer_slice(&text)) != text.n)
		abort();
	must_equal("escape_exact does not come back", buffer_slice(&back), s);

	buffer_clear(&text);
	bool lossy = escape_json(&text, s);
	if (!text_safe(buffer_slice(&text), false))
		abort();
	if (!lossy && text_safe(s, false) && text.n < n + 2)
		abort();

	buffer_clear(&text);
	buffer_clear(&back);
	base64_encode(&text, s);
	if (!base64_decode(&back, buffer_slice(&text)))
		abort();
	must_equal("base64 does not come back", buffer_slice(&back), s);

	buffer_clear(&back);
	size_t wrong = unescape_exact(&back, s); /* of anything: no more than a refusal */
	if (wrong > n || (wrong < n && back.n != 0))
		abort();
	buffer_clear(&back);
	(void)base64_decode(&back, s);

	buffer_free(&text);
	buffer_free(&back);
	return 0;
}
