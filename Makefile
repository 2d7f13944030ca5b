# Cedro's front door: `make help` lists what there is. all, install, installcheck and clean mean what PGXS means by them.
EXTENSION    = citus
EXTVERSION   = 13.2-1
MODULE_big   = citus
SRCS         = $(wildcard src/*/*.cpp src/*/*/*.cpp)
OBJS         = $(SRCS:.cpp=.o)
SQL_PARTS    = $(sort $(wildcard sql/*.sql))
DATA         = $(wildcard sql/upgrade/*.sql)
INSTALL_SQL  = build/citus--$(EXTVERSION).sql
DATA_built   = $(INSTALL_SQL)
EXTRA_CLEAN  = build .deps compile_commands.json
PG_CONFIG   ?= pg_config
CCACHE      ?= $(shell command -v ccache)

LAW_FLAGS    = -fno-exceptions -fno-rtti -fno-threadsafe-statics -fasynchronous-unwind-tables
WARN_FLAGS   = -Wall -Wextra -Werror -Wshadow -Wold-style-cast -Wno-missing-field-initializers
PG_CPPFLAGS  = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -isystem $(shell $(PG_CONFIG) --includedir)
PG_CXXFLAGS  = -std=gnu++20 $(LAW_FLAGS) -fvisibility=hidden -fvisibility-inlines-hidden $(WARN_FLAGS)
SHLIB_LINK   = -lpq -lcrypto
override with_llvm = no


# PGXS has a `check` of its own, which only complains; so ours are kept apart from it and call make again to build.
DOORS        = help setup demo check check-one check-unit check-postgres bench format
.PHONY: $(DOORS)
ifneq ($(filter $(DOORS),$(MAKECMDGOALS)),)
BUILD        = { echo "Building (a minute or two the first time)"; $(MAKE) -s -j$$(nproc) stage; }

help:               ## list the targets
	@awk -F':.*## ' '/^[a-z.\/_-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' Makefile
	@echo "  make all, install, installcheck, clean and DESTDIR work as in PGXS"
setup:              ## install from Debian what building and testing need
	@tools/setup
demo: setup         ## build, start a small cluster and watch the walkthrough run on it
	@$(BUILD) && build/cedro demo
check: setup        ## everything: checks of the source, unit tests, and all tests on clusters of its own
	@test/run
check-one: setup    ## one test: TEST=regress/<folder>/<topic>, isolation/<topic>, cluster/<topic> or unit/<name>
	@test/run $(TEST)
check-unit: setup   ## the pure parts of the source, with sanitizers, without a server
	@test/run unit
check-postgres: setup ## PostgreSQL's regression suite with its tables distributed; FILES="select join" for some of it
	@$(BUILD) && test/postgres/run $(FILES)
bench: setup        ## measure against plain PostgreSQL on this machine
	@$(BUILD) && bench/run
format:             ## lay out the sources with clang-format
	@clang-format -i $$(git ls-files '*.cpp' '*.hpp')
$(filter-out $(DOORS),$(MAKECMDGOALS)):
	@$(MAKE) $@

else

PGXS        := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
ifeq ($(PGXS),)
$(error PostgreSQL's development files are missing ($(PG_CONFIG) --pgxs names none): run "make setup")
endif
include $(PGXS)
include tools/cedro/build.mk

# Debian builds PostgreSQL without --enable-depend: bring our own dependencies.
%.o: %.cpp
	@mkdir -p .deps
	$(CCACHE) $(CXX) $(CXXFLAGS) $(CPPFLAGS) -c -o $@ $< -MMD -MP -MF .deps/$(subst /,_,$*).Po
-include $(wildcard .deps/*.Po)

$(INSTALL_SQL): $(SQL_PARTS) Makefile
	@mkdir -p build
	cat $(SQL_PARTS) > $@

# The checks and clang-tidy need to know how the sources are compiled.
CHECKS       = $(patsubst tools/%,%,$(wildcard tools/check-*))
.PHONY: checks $(CHECKS) lint
checks: $(CHECKS)   ## the checks of the source: make check-floors, check-law, ... for one of them
$(CHECKS):
	@CC="$(CCACHE) $(CXX)" CFLAGS='$(CXXFLAGS) $(CPPFLAGS)' tools/$@
lint: compile_commands.json ## clang-tidy on all sources (slow)
	@printf '%s\n' $(SRCS) | xargs -n 4 -P $$(nproc) clang-tidy --quiet -p . --extra-arg=-Wno-unknown-warning-option
compile_commands.json: $(SRCS) ## how each source is compiled, for editors and clang-tidy
	@for source in $(SRCS); do printf '{"directory":"%s","file":"%s","arguments":["%s"%s,"-c","%s"]}\n' \
	  '$(CURDIR)' $$source '$(CXX)' '$(foreach flag,$(CXXFLAGS) $(CPPFLAGS),,"$(flag)")' $$source; done | sed '1s/^/[/;$$!s/$$/,/;$$s/$$/]/' > $@

endif
