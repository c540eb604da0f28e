/*
 * What came of many sessions, in words: while they go on, of each transcript, and in all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cmd/load.h"

/* So many in so many seconds: how many a second that is, "2,531" or "3.2". */
static void rate_words(struct buffer *out, uint64_t n, double seconds)
{
	double rate = seconds > 0 ? (double)n / seconds : 0;
	if (rate < 99.95)
		buffer_printf(out, "%.1f", rate);
	else
		buffer_add_number(out, (uint64_t)(rate + 0.5));
}

/* ---- while they go on ---- */

static size_t columns_of(int terminal)
{
	struct winsize size = { 0 };
	return ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* The last column stays free: some terminals begin a new row behind it. */
void progress_show(struct load *load)
{
	struct buffer line = { 0 };
	size_t width = columns_of(STDERR_FILENO) - 1;
	buffer_add_number(&line, load->done);
	buffer_add_string(&line, " of ");
	buffer_add_number(&line, load->wanted);
	buffer_add_string(&line, " sessions, ");
	buffer_add_number(&line, load->failed);
	buffer_add_string(&line, " failed, ");
	buffer_add_number(&line, load->open);
	buffer_add_string(&line, " open, ");
	rate_words(&line, load->done, clock_now() - load->began);
	buffer_add_string(&line, " a second");
	(void)fprintf(stderr, "\r\033[K%.*s", (int)(line.n < width ? line.n : width), line.p);
	(void)fflush(stderr);
	load->shown = true;
	buffer_free(&line);
}

void progress_hide(struct load *load)
{
	if (!load->shown)
		return;
	load->shown = false;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
}

/* ---- of each transcript ---- */

/* The texts of one kind of failure, without the values that are secret. */
struct kind_told {
	struct point point;
	struct buffer rooms[6];
};

static void failures_told(const struct item *item, const struct kind *kind, struct kind_told *told,
                          struct failures *failures)
{
	struct masking masking = options_masking(item->load->verifying->options, false);
	struct buffer *room = told->rooms;
	failures->sessions = kind->sessions;
	failures->problem = slice_of(kind->problem);
	(void)mask_values(&masking, &failures->problem, room++);
	if (kind->problem)
		return;
	told->point = verifying_point(item->verified->script, &kind->example);
	(void)mask_values(&masking, &told->point.name, room++);
	(void)mask_values(&masking, &told->point.asked, room++);
	(void)mask_values(&masking, &told->point.expected, room++);
	(void)mask_values(&masking, &told->point.received, room++);
	(void)mask_values(&masking, &told->point.note, room);
	failures->example = &told->point;
}

/* Why not all was done; empty where all was. */
static void undone_words(const struct item *item, struct buffer *words)
{
	const struct load *load = item->load;
	if (item->error.message) {
		buffer_add_string(words, item->error.message);
		return;
	}
	if (item->done == item->wanted)
		return;
	buffer_add_number(words, item->done);
	buffer_add_string(words, " of ");
	buffer_add_number(words, item->wanted);
	buffer_add_string(words, " sessions run: ");
	buffer_add_string(words, load->verifying->interrupted ? "it was interrupted"
	                         : item->lost                 ? "the first found no way there"
	                                                      : "the first failure ended it (--bail)");
}

static void tell_item(struct load *load, struct item *item)
{
	struct report *report = load->verifying->report;
	struct failures *failures = memory_zeroed(item->kinds.n, sizeof *failures);
	struct kind_told *told = memory_zeroed(item->kinds.n, sizeof *told);
	struct buffer problem = { 0 };
	kinds_sort(&item->kinds);
	for (size_t i = 0; i < item->kinds.n; i++)
		failures_told(item, &item->kinds.list[i], &told[i], &failures[i]);
	undone_words(item, &problem);
	struct outcome outcome = { .seconds = item->done > 0 ? item->ended - item->began : 0,
		                   .problem = buffer_slice(&problem),
		                   .sessions = (size_t)item->done,
		                   .failed = (size_t)item->failed,
		                   .kinds = failures,
		                   .nkinds = item->kinds.n };
	progress_hide(load);
	report_begin(report, item->verified->name, item->verified->script->title);
	if (item->error.message && !options_terminal(load->verifying->options))
		complain("%s", item->error.message);
	report_end(report, &outcome);
	for (size_t i = 0; i < item->kinds.n; i++)
		for (size_t j = 0; j < sizeof told[i].rooms / sizeof told[i].rooms[0]; j++)
			buffer_free(&told[i].rooms[j]);
	free(told);
	free(failures);
	buffer_free(&problem);
}

void load_tell_items(struct load *load, bool end)
{
	while (load->told < load->nitems && (end || item_over(&load->items[load->told])))
		tell_item(load, &load->items[load->told++]);
}

/* ---- in all ---- */

static void count_words(struct buffer *out, uint64_t n, const char *one, const char *many)
{
	buffer_add_number(out, n);
	buffer_add_string(out, n == 1 ? one : many);
}

/* Sessions that did not begin when they should have: what they would have met then, nobody knows. */
static void lateness_words(const struct load *load, struct buffer *text)
{
	if (load->late == 0)
		return;
	buffer_add_octet(text, '\n');
	buffer_add_number(text, load->late);
	buffer_add_string(text, " of ");
	count_words(text, load->started, " session", " sessions");
	buffer_printf(text, " began later than --rate %g says, ", load->verifying->options->rate);
	if (load->held) {
		buffer_add_string(text, "since ");
		buffer_add_number(text, load->jobs);
		buffer_add_string(text, load->jobs == 1 ? " was open:\n" : " were open:\n");
	} else {
		buffer_add_string(text, "this machine being busy:\n");
	}
	duration_words(text, histogram_at(&load->lateness, 50));
	buffer_add_string(text, " late in the median, ");
	duration_words(text, load->lateness.max);
	buffer_add_string(text, " at most. The times above do not hold that wait.");
}

static void summary_words(const struct load *load, struct buffer *text)
{
	double seconds = load->ended - load->began;
	count_words(text, load->done, " session", " sessions");
	buffer_add_string(text, " in ");
	duration_words(text, seconds);
	buffer_add_string(text, ", ");
	buffer_add_number(text, load->failed);
	buffer_add_string(text, " failed; at most ");
	buffer_add_number(text, load->peak);
	buffer_add_string(text, " at once\n");
	if (load->cut > 0) {
		count_words(text, load->cut, " session was", " sessions were");
		buffer_add_string(text, " cut short, and ");
		buffer_add_number(text, load->wanted - load->started);
		buffer_add_string(text, " not begun\n");
	}
	if (load->verifying->options->jobs > load->wanted) {
		buffer_add_string(text, "--jobs ");
		buffer_add_number(text, load->verifying->options->jobs);
		buffer_add_string(text, ": so many would be open at once; --repeat M runs each transcript M times\n");
	}
	rate_words(text, load->done, seconds);
	buffer_add_string(text, " sessions a second, ");
	rate_words(text, load->measure.replies, seconds);
	buffer_add_string(text, " replies a second");
	if (load->measure.n > 0) {
		buffer_add_octet(text, '\n');
		measure_table(&load->measure,
		              options_terminal(load->verifying->options) ? columns_of(STDOUT_FILENO) : 80, text);
	}
	if (measure_has(&load->measure, SLICE("TLS")))
		buffer_add_string(text, "\nTLS: each session shook hands in full; none was resumed.");
	lateness_words(load, text);
}

static void summary_json(const struct load *load, struct buffer *text)
{
	buffer_printf(text,
	              "{\"kind\":\"load\",\"sessions\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"cut\":%" PRIu64
	              ",\"unbegun\":%" PRIu64 ",\"open\":%" PRIu64 ",\"replies\":%" PRIu64 ",\"seconds\":%.6f",
	              load->done, load->failed, load->cut, load->wanted - load->started, load->peak,
	              load->measure.replies, load->ended - load->began);
	if (load->verifying->options->rate > 0)
		buffer_printf(text, ",\"late\":%" PRIu64, load->late);
	if (load->late > 0)
		buffer_printf(text, ",\"late_p50\":%.6f,\"late_max\":%.6f", histogram_at(&load->lateness, 50),
		              load->lateness.max);
	buffer_add_string(text, "}\n");
	measure_json(&load->measure, text);
}

void load_tell_measured(struct load *load)
{
	struct verifying *v = load->verifying;
	struct buffer text = { 0 };
	struct error error = { 0 };
	if (load->started == 0)
		return;
	if (v->options->json) {
		FILE *out = options_output(v->options, &error);
		summary_json(load, &text);
		if (out)
			(void)fwrite(text.p, 1, text.n, out);
		error_clear(&error);
	} else {
		summary_words(load, &text);
		report_comment(v->report, buffer_slice(&text));
	}
	buffer_free(&text);
}
