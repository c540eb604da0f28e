/*
 * Unit tests in C: a program of tests that prints TAP version 14.
 *
 *     static void adds(void)
 *     {
 *             CHECK(1 + 1 == 2);
 *             CHECK_TEXT(slice_of("a"), "a");
 *     }
 *     int main(void)
 *     {
 *             TEST(adds);
 *             return test_end();
 *     }
 */
#ifndef PARLANCE_TESTS_TEST_H
#define PARLANCE_TESTS_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "base/slice.h"

static unsigned test_count, test_failed;
static bool test_good;

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			test_good = false; \
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
		} \
	} while (0)

/* Compares a slice with a string, and shows both where they differ. */
#define CHECK_TEXT(received, wanted) \
	do { \
		struct slice got_ = (received), want_ = slice_of(wanted); \
		if (!slice_equal(got_, want_)) { \
			struct buffer b_ = { 0 }; \
			test_good = false; \
			escape_exact(&b_, got_); \
			buffer_add_string(&b_, "\n#   expected: "); \
			escape_exact(&b_, want_); \
			printf("# %s:%d: %s\n#   received: " SLICE_FMT "\n", __FILE__, __LINE__, #received, \
			       SLICE_ARG(buffer_slice(&b_))); \
			buffer_free(&b_); \
		} \
	} while (0)

#define TEST(function) \
	do { \
		test_good = true; \
		function(); \
		test_count++; \
		test_failed += !test_good; \
		printf("%sok %u - %s\n", test_good ? "" : "not ", test_count, #function); \
		(void)fflush(stdout); \
	} while (0)

static int test_end(void)
{
	printf("1..%u\n", test_count);
	return test_failed == 0 ? 0 : 1;
}

#endif
