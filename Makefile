# Cedro's front door. `make help` lists what there is.
EXTENSION    = citus
EXTVERSION   = 13.2-1
MODULE_big   = citus
SRCS         = $(wildcard src/*/*.cpp src/*/*/*.cpp)
OBJS         = $(SRCS:.cpp=.o)
SQL_PARTS    = $(sort $(wildcard sql/*.sql sql/*/*.sql))
INSTALL_SQL  = build/citus--$(EXTVERSION).sql
DATA_built   = $(INSTALL_SQL)
PG_CONFIG   ?= pg_config
CCACHE      ?= $(shell command -v ccache)

LAW_FLAGS    = -fno-exceptions -fno-rtti -fno-threadsafe-statics -fasynchronous-unwind-tables
WARN_FLAGS   = -Wall -Wextra -Werror -Wshadow -Wold-style-cast -Wno-missing-field-initializers
PG_CPPFLAGS  = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -isystem $(shell $(PG_CONFIG) --includedir)
PG_CXXFLAGS  = -std=gnu++20 $(LAW_FLAGS) -fvisibility=hidden -fvisibility-inlines-hidden $(WARN_FLAGS)
SHLIB_LINK   = -lpq
override with_llvm = no
PGXS        := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Debian builds PostgreSQL without --enable-depend: bring our own dependencies.
%.o: %.cpp
	@mkdir -p .deps
	$(CCACHE) $(CXX) $(CXXFLAGS) $(CPPFLAGS) -c -o $@ $< -MMD -MP -MF .deps/$(subst /,_,$*).Po
-include $(wildcard .deps/*.Po)

$(INSTALL_SQL): $(SQL_PARTS) Makefile
	@mkdir -p build
	cat $(SQL_PARTS) > $@
