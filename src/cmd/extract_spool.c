/*
 * extract: the lines of a conversation are kept until its end, in flat memory.
 */
#include "cmd/extract.h"

/* So much stays in memory, in octets, and is explained: a hundred pages of an RFC. */
#define SPOOL_MAX ((size_t)256 * 1024)

void spool_line(struct spool *spool, struct slice line)
{
	buffer_add_slice(&spool->text, line);
	buffer_add_octet(&spool->text, '\n');
	if (spool->text.n <= SPOOL_MAX)
		return;
	if (spool->before == NULL)
		spool->before = record_keep();
	record_write(spool->before, buffer_slice(&spool->text));
	buffer_free(&spool->text);
}

bool spool_short(const struct spool *spool)
{
	return spool->before == NULL;
}

enum status spool_read(const struct spool *spool, struct sink sink, struct error *error)
{
	enum status status = STATUS_OK;
	if (spool->before && record_failure(spool->before))
		return error_set(error, STATUS_USAGE, "%s", record_failure(spool->before));
	if (spool->before)
		status = record_read(spool->before, sink, error);
	if (status == STATUS_OK && spool->text.n)
		sink.write(sink.context, buffer_slice(&spool->text));
	return status;
}

void spool_clear(struct spool *spool)
{
	struct error none = { 0 };
	buffer_clear(&spool->text);
	(void)record_close(spool->before, &none);
	error_clear(&none);
	spool->before = NULL;
}

void spool_free(struct spool *spool)
{
	spool_clear(spool);
	buffer_free(&spool->text);
}
