# parlance, with GNU make. `make help` lists the targets.

PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g
LDFLAGS ?=
DESTDIR ?=

BUILD   = build
PROGRAM = $(if $(filter build,$(BUILD)),parlance,$(BUILD)/parlance)
DATADIR = $(PREFIX)/share/parlance
MANDIR  = $(PREFIX)/share/man

# ---- what the compiler is told ----

# Looked up when the first recipe needs it, not while this file is read: `make demo` may have to install pkg-config first.
PKG_CONFIG = pkg-config
PACKAGES   = libevent openssl libcmark
once       = $(eval $(1) := $$(shell $(2)))$($(1))
HAVE_LIBS  = $(call once,HAVE_LIBS,$(PKG_CONFIG) --exists 'libevent >= 2.1' 'openssl >= 3.0' libcmark && echo yes)
LIB_CFLAGS = $(call once,LIB_CFLAGS,$(PKG_CONFIG) --cflags $(PACKAGES); $(PKG_CONFIG) --cflags libedit 2>/dev/null)
LIB_LIBS   = $(call once,LIB_LIBS,$(PKG_CONFIG) --libs $(PACKAGES); $(PKG_CONFIG) --libs libedit 2>/dev/null || echo -ledit; echo -lm -pthread)
JOBS       = $(call once,JOBS,getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# As many compilers as processors, unless -j was given.
PARALLEL   = --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

FEATURES = -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE -D_NETBSD_SOURCE
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
COMPILE  = $(CC) -std=c17 -pthread $(FEATURES) $(WARNINGS) -Isrc -DDATADIR='"$(DATADIR)"' \
	$(if $(HAVE_LIBS),,$(error libevent 2.1, OpenSSL 3 or libcmark is missing: run "make deps"))$(LIB_CFLAGS) \
	-MMD -MP $(SANITIZE) $(CPPFLAGS) $(CFLAGS)
LINK     = $(CC) $(SANITIZE) $(CFLAGS) $(LDFLAGS)
SANITIZE =
# What is built by clang can be fuzzed too. gcc's two runtimes write to one log (tests/run) only where they stand in the
# program; clang's always do. At a fixed address a process starts a third sooner: what the sanitizers note of each variable
# need not be relocated.
SANITIZED_BY = $(call once,SANITIZED_BY,$(CC) --version | grep -q clang && echo '-fsanitize=fuzzer-no-link -Werror' || echo '-static-libasan -static-libubsan')
SANITIZERS   = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-pie $(SANITIZED_BY)
# The compiler takes half as long as with -O2, and the tests no longer; a report needs lines, no more.
SANITIZED_CFLAGS = -O1 -g1
# What make builds under the sanitizers, beside what it builds without.
SANITIZED    = BUILD=build/asan-$(notdir $(firstword $(CC))) SANITIZE='$(SANITIZERS)' CFLAGS='$(SANITIZED_CFLAGS)' LDFLAGS='$(LDFLAGS) -no-pie'

# ---- what there is ----

SOURCES     = $(wildcard src/*/*.c)
TRANSCRIPTS = $(wildcard transcripts/*.txt)
LESSONS     = $(wildcard lessons/[0-9][0-9]-*.md)
UNITS       = $(wildcard tests/unit/*.c)
SHIPPED     = $(BUILD)/shipped_transcripts.c $(BUILD)/shipped_lessons.c
OBJECTS     = $(SOURCES:%.c=$(BUILD)/%.o) $(SHIPPED:.c=.o)
FUZZERS     = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))
TESTS       = $(UNITS:tests/unit/%.c=$(BUILD)/tests/%)
# All but main, of which a test takes what it needs: a third of the time and of the room.
ARCHIVE     = $(BUILD)/parlance.a

.PHONY: all deps deps-interop demo check check-asan check-asan-build check-valgrind check-build dist-link lint fmt bench fuzz fuzz-build fuzz-run dist install uninstall clean help FORCE
.DELETE_ON_ERROR:

all: $(PROGRAM) ## build ./parlance (the default)

$(PROGRAM): $(BUILD)/src/main.o $(OBJECTS)
	@echo "link  $@"
	@$(LINK) -o $@ $^ $(LIB_LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@echo "cc    $<"
	@mkdir -p $(@D)
	@$(COMPILE) -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags
	@$(COMPILE) -c -o $@ $<

# The folders themselves stand here too: what is taken away must go.
$(BUILD)/shipped_transcripts.c: transcripts $(TRANSCRIPTS)
$(BUILD)/shipped_lessons.c: lessons $(LESSONS)
$(SHIPPED): $(BUILD)/shipped_%.c: src/cmd/shipped.sh
	@mkdir -p $(@D)
	@sh src/cmd/shipped.sh $* $(filter %.txt %.md,$^) >$@

# Other flags than last time: all is built anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(COMPILE))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(ARCHIVE): $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	@$(LINK) -o $@ $^ $(LIB_LIBS)

.SECONDARY:
-include $(wildcard $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/*.d)

# ---- for people ----

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | while read -r name what; do printf '  %-15s %s\n' "$$name" "$$what"; done
	@echo "CC, CFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured; -j works."

demo: ## the main job: replay a real SMTP conversation, every line explained
	@CC='$(CC)' .ci/deps build
	@$(MAKE) $(PARALLEL) all
	@./parlance replay ewing-smtp
	@if [ -t 0 ]; then printf '\nNow by hand:\n%s\n%s\n%s\n' \
		'  ./parlance serve ewing-smtp         then, in another terminal: ./parlance 127.0.0.1:PORT' \
		'  ./parlance explain 550              what a code or a word means' \
		'  ./parlance --help                   everything else'; fi

deps: ## install what is missing to build parlance and test it
	@CC='$(CC)' .ci/deps check

deps-interop: ## install real servers and clients to test against; starts none
	@.ci/deps interop

# ---- for whoever changes it ----

check-build: $(PROGRAM) $(TESTS)

check: ## build, then run all tests
	@CC='$(CC)' .ci/deps check
	@$(MAKE) $(PARALLEL) check-build
	@PARLANCE=$(CURDIR)/$(PROGRAM) MAKE='$(MAKE)' MAKEFLAGS= tests/run $(BUILD)/tests $(TESTS)

check-asan: ## all tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory check $(SANITIZED)

check-asan-build:
	@$(MAKE) --no-print-directory $(PARALLEL) check-build $(SANITIZED)

check-valgrind: ## the main paths under valgrind
	@.ci/deps interop
	@$(MAKE) $(PARALLEL) all
	@tests/valgrind ./parlance

lint: ## formatting, static analysis, scripts, manual page, who may include whom
	@.ci/deps build && .ci/deps lint
	@CPPFLAGS='-std=c17 $(FEATURES) -Isrc -DDATADIR="" $(LIB_CFLAGS)' tests/lint

fmt: ## format the C sources in place
	@.ci/deps lint
	@tests/formatted | xargs clang-format -i --style=file

bench: all ## measure against other programs, in the same run
	@tests/bench ./parlance

fuzz: ## fuzz the parsers, FUZZ_SECONDS=20 each
	@.ci/deps fuzz
	@$(MAKE) --no-print-directory fuzz-build CC=clang

fuzz-build:
	@$(MAKE) $(PARALLEL) fuzz-run $(SANITIZED)

# With the program itself, which shows that clang builds it all, and finds nothing to warn of.
fuzz-run: $(PROGRAM) $(FUZZERS)
	@tests/fuzz/run $(BUILD) $(FUZZERS)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	@$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIB_LIBS)

# ---- for those who use it elsewhere ----

# The libraries stand in the program; what libc needs of the system (names, locales) stays dynamic. Our own names are
# hidden from the libraries first: libedit.a has a prompt_set too.
DIST_STATIC = $(call once,DIST_STATIC,$(PKG_CONFIG) --static --libs $(PACKAGES) libedit)
DIST_LIBS   = -static-libgcc -Wl,-Bstatic $(filter-out -pthread -ldl,$(DIST_STATIC)) -lmd -lm -Wl,-Bdynamic
DIST        = $(BUILD)/dist/parlance
dist: ## build/dist/parlance: one file for a lab machine, only libc dynamic (Linux)
	@$(MAKE) $(PARALLEL) dist-link

dist-link: $(BUILD)/src/main.o $(OBJECTS)
	@mkdir -p $(dir $(DIST))
	@$(CC) -r -nostdlib -o $(DIST).o $^
	@objcopy --keep-global-symbol=main $(DIST).o
	@echo "link  $(DIST)"
	@$(LINK) -o $(DIST) $(DIST).o $(DIST_LIBS)
	@! ldd $(DIST) | grep -Ev 'linux-(vdso|gate)|ld-linux|libc\.so' || { echo "dist: these should be static"; exit 1; }
	@ls -l $(DIST)

install: all ## install under DESTDIR and PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(DATADIR)/transcripts $(DESTDIR)$(DATADIR)/lessons
	install -m 755 parlance $(DESTDIR)$(PREFIX)/bin/parlance
	sed 's|/usr/local/share|$(PREFIX)/share|' src/parlance.1 >$(DESTDIR)$(MANDIR)/man1/parlance.1
	chmod 644 $(DESTDIR)$(MANDIR)/man1/parlance.1
	install -m 644 $(TRANSCRIPTS) $(DESTDIR)$(DATADIR)/transcripts
	install -m 644 $(LESSONS) $(DESTDIR)$(DATADIR)/lessons

uninstall: ## take away what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/parlance $(DESTDIR)$(MANDIR)/man1/parlance.1
	rm -rf $(DESTDIR)$(DATADIR)/transcripts $(DESTDIR)$(DATADIR)/lessons
	-rmdir $(DESTDIR)$(DATADIR)

clean: ## remove what was built
	rm -rf build parlance
