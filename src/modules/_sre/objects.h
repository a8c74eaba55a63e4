// The Python objects around the engine: Pattern, Match, Scanner and the templates of sub().
//
// Pattern, Match and template are immutable. A scanner has a state that goes from match to match: a flag keeps other threads out
// while it runs.
#pragma once
#include <optional>

#include "modules/_sre/engine.h"
#include "object/buffer.h"
#include "object/dict.h"

namespace oro::sre {

extern Type pattern_type, match_type, scanner_type, template_type;

struct Pattern : Object {
    Fixed<> pattern;                  // str, bytes or None
    Fixed<Dict> groupindex;           // name -> number; never changed after compile()
    Fixed<Tuple> indexgroup;          // number -> name or None
    std::int64_t flags;
    Program program;
    Pattern(Ref<> p, Ref<Dict> names, Ref<Tuple> numbers, std::int64_t f, Program code)
        : pattern(std::move(p)), groupindex(std::move(names)), indexgroup(std::move(numbers)), flags(f), program(std::move(code)) {}
    static constexpr auto fields = std::tuple{&Pattern::pattern, &Pattern::groupindex, &Pattern::indexgroup};
    static Type& type() { return pattern_type; }
    std::size_t groups() const { return program.groups(); }
};

// What is searched, held for as long as the engine looks at it.
struct Held {
    Ref<> string;
    oro::Buffer buffer;                    // of anything but str
    Subject subject{};
};
Result<Held> hold(Python& py, Pattern const& pattern, Borrowed<> string);
// string[begin:end], of the kind that the engine looked at: str, or bytes for any buffer.
Result<Ref<>> slice_of(Python& py, Borrowed<> string, Subject const& subject, std::int64_t begin, std::int64_t end);

struct Match : Object {
    Fixed<Pattern> pattern;
    Fixed<> string;
    std::int64_t pos, endpos;
    std::int32_t last_index;
    std::uint32_t span_count;         // groups and the whole match
    Span spans[];
    Match(Ref<Pattern> p, Ref<> s, Matcher const& m);
    static constexpr auto fields = std::tuple{&Match::pattern, &Match::string};
    static Type& type() { return match_type; }
};
Result<Ref<Match>> make_match(Thread& t, Borrowed<Pattern> pattern, Borrowed<> string, Matcher const& matcher);
// The text of a group; `otherwise` if it took no part.
Result<Ref<>> group_text(Python& py, Match const& match, std::size_t number, Borrowed<> otherwise);

struct Scanner : Object {
    Fixed<Pattern> pattern;
    Held held;                        // the string's count is traced below
    Matcher matcher;
    bool exhausted = false;           // under `executing`
    std::atomic<bool> executing{false};
    Scanner(Ref<Pattern> p, Held h, std::int64_t pos, std::int64_t endpos);
    static constexpr auto fields = std::tuple{&Scanner::pattern};
    void trace(Visitor& v) { v(held.string.value()); v(held.buffer.exporter.value()); }
    void clear() { held.string = none.share(); }
    static Type& type() { return scanner_type; }
};

// literal, then group numbers each followed by a literal.
struct Template : Object {
    Fixed<Tuple> parts;               // literal, number, literal, number, ..., literal
    explicit Template(Ref<Tuple> p) : parts(std::move(p)) {}
    static constexpr auto fields = std::tuple{&Template::parts};
    static Type& type() { return template_type; }
};

Poll polling();
// Turns what isn't a match or its absence into an exception.
Result<bool> matched(Python& py, Outcome outcome);
// The pieces of a result as one str or bytes.
Result<Ref<>> join_pieces(Python& py, bool is_text, std::span<Ref<> const> pieces);
Result<void> expand_into(Python& py, Template const& t, Match const& match, std::vector<Ref<>>& pieces);
// re._compile_template(pattern, text): a str or bytes without references, or a Template.
Result<Ref<>> compile_template(Python& py, Borrowed<Pattern> pattern, Borrowed<> text);

}  // namespace oro::sre
