# Builds the command-line program as build/cedro and, beside it, build/stage: the extension as `cedro up` hands it out.
TOOL_SRCS    = $(wildcard tools/cedro/*.cpp)
TOOL_OBJS    = $(TOOL_SRCS:tools/cedro/%.cpp=build/tool/%.o)
TOOL_FLAGS   = -std=c++20 -O1 -g -Wall -Wextra -Werror -Wshadow -Ibuild/tool -I$(shell $(PG_CONFIG) --includedir)

build/cedro: $(TOOL_OBJS)
	$(CXX) -o $@ $(TOOL_OBJS) -lpq -lfmt

build/tool/%.o: tools/cedro/%.cpp
	@mkdir -p build/tool
	$(CCACHE) $(CXX) $(TOOL_FLAGS) -c -o $@ $< -MMD -MP

.PHONY: stage
# The demo carries the walkthrough with it.
build/tool/walkthrough.inc: docs/walkthrough.sql
	@mkdir -p build/tool
	@{ echo 'R"sql('; cat $<; echo ')sql"'; } > $@
build/tool/walkthrough.o: build/tool/walkthrough.inc

-include $(wildcard build/tool/*.d)

stage: all build/cedro
	@rm -rf build/stage.new && $(MAKE) -s install DESTDIR=$(CURDIR)/build/stage.new >/dev/null
	@rm -rf build/stage && mv build/stage.new build/stage
