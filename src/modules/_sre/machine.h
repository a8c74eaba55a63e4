// The backtracking machine, a template over the size of characters. Included only by the files that
// instantiate it.
//
// The machine keeps a position in the code, a position in the subject, the innermost open repeat and the
// innermost open body (of an assertion, atomic group or possessive repeat). All that it may have to come back
// to stands on one stack of entries; to fail is to take the top entry and do what it says. Since every change
// of a mark leaves an entry while choices are pending, and a loop's counters are set back by the loop's own
// entries, coming back to a choice finds everything as it was. Leaving an atomic body drops its choices but
// keeps its marks' entries, for older choices.
//
// Entries (fields not named are unused; positions in the subject are indices):
//   mark          marks[pc] was `at`.
//   loop          an open repeat: pc of its operation, extra = iterations begun, at = where the last one
//                 beyond the minimum began or -1, repeat = the enclosing loop. Nothing to undo.
//   uncount       loop `repeat` had one iteration less, and `extra` for its `at`.
//   branch        try the alternative whose skip word is at pc.
//   repeat_one    give back a character: at = the end of the run, extra = the least end allowed.
//   lazy_one      take another: at = the end of the run, extra = the greatest end allowed.
//   max_until     the body has been tried: undo the count as uncount does, go on after the loop.
//   min_until     what follows the loop has been tried: try the body.
//   ahead, not_ahead, atomic, possessive
//                 an open body: pc of its operation, extra = the enclosing body's index; for possessive the
//                 high half of extra is the index of its loop entry, which the kept entries of its former
//                 iterations follow.
// Those that resume have `repeat` and `last_index` to restore.
#pragma once

#include <cstring>

#include "modules/_sre/engine.h"
#include "modules/_sre/machine_run.h"
#include "modules/_sre/scan.h"

namespace oro::sre {

enum EntryKind : Word {
    kMark, kLoop, kUncount, kBranch, kRepeatOne, kLazyOne, kMaxUntil, kMinUntil,
    kAhead, kNotAhead, kAtomic, kPossessive,
};

template <class Unit>
class Machine {
public:
    Machine(Matcher& matcher, bool full)
        : m_(matcher), program_(matcher.program_), code_(program_.code()), marks_(matcher.marks_),
          subject_(static_cast<const Unit*>(matcher.subject_.units)), end_(subject_ + matcher.endpos_),
          limit_(matcher.stack_ + matcher.stack_capacity_),
          must_leave_(matcher.must_advance_ ? subject_ + matcher.start_ : nullptr), full_(full) {}

    Outcome search();
    Outcome match_at_start();

private:
    static constexpr Word kNone = 0xFFFFFFFF;
    static constexpr int kBudget = 1 << 15;
    static constexpr std::ptrdiff_t kStride = 1 << 20;   // of characters scanned between polls

    Outcome run(const Word* pc, const Unit* p);
    Outcome found(const Unit* begin, std::int64_t end) {
        m_.begin_ = begin - subject_;
        m_.end_ = end;
        return Outcome::matched;
    }

    template <class Attempt> Outcome try_prefixes(const Unit* p, Attempt attempt);
    template <class Next> Outcome try_candidates(const Unit* p, const Unit* last, Next next);

    // Resets the budget. False if the match is to stop.
    bool poll() {
        budget_ = kBudget;
        return !m_.poll_.proceed || m_.poll_.proceed(m_.poll_.context);
    }

    std::int64_t index(const Unit* p) const { return p - subject_; }

    // Makes room for a few entries; null if memory is exhausted. The entries may move.
    [[gnu::noinline]] Entry* grow(Entry* top) {
        const std::ptrdiff_t used = top - m_.stack_;
        Entry* base = m_.grow_stack();
        if (!base) return nullptr;
        limit_ = base + m_.stack_capacity_;
        return base + used;
    }

    bool at(At where, const Unit* p) const;
    bool unit_at(const Word* unit, const Unit* p) const;
    const Unit* skip_run(const Word* unit, const Unit* p, const Unit* end) const;
    const Unit* run_of(const Word* unit, const Unit* p, Word most);
    const Unit* last_at(const Word* unit, const Unit* least, const Unit* p) const;
    bool same_as_group(Op op, Word group, const Unit*& p) const;
    Entry* forget_duplicates(Entry* from, Entry* top);

    Matcher& m_;
    const Program& program_;
    const Word* const code_;
    std::int64_t* const marks_;
    const Unit* const subject_;
    const Unit* const end_;
    Entry* limit_;
    const Unit* must_leave_;   // where the match must not end, or null
    const bool full_;
    int budget_ = kBudget;
    bool marks_dirty_ = false;
};

template <class Unit>
bool Machine<Unit>::at(At where, const Unit* p) const {
    const auto boundary = [&](auto is_word) {
        const bool before = p > subject_ && is_word(p[-1]);
        const bool after = p < end_ && is_word(*p);
        return before != after;
    };
    switch (where) {
    case At::beginning: case At::beginning_string: return p == subject_;
    case At::beginning_line: return p == subject_ || p[-1] == '\n';
    case At::end: return p == end_ || (end_ - p == 1 && *p == '\n');
    case At::end_line: return p == end_ || (p < end_ && *p == '\n');
    case At::end_string: return p == end_;
    case At::boundary: return boundary(ascii_is_word);
    case At::non_boundary: return !boundary(ascii_is_word);
    case At::loc_boundary: return boundary(locale_is_word);
    case At::loc_non_boundary: return !boundary(locale_is_word);
    case At::uni_boundary: return boundary(unicode_is_word);
    case At::uni_non_boundary: return !boundary(unicode_is_word);
    }
    return false;
}

// True if the unit operation matches the character at p.
template <class Unit>
inline bool Machine<Unit>::unit_at(const Word* unit, const Unit* p) const {
    if (p >= end_) return false;
    switch (op_of(*unit)) {
    case Op::any: return *p != '\n';
    case Op::any_all: return true;
    case Op::literal: return *p == unit[1];
    case Op::not_literal: return *p != unit[1];
    default: return program_.matches(unit, *p);
    }
}

// The end of the longest run of characters from p, within the range, that the unit operation matches.
template <class Unit>
const Unit* Machine<Unit>::skip_run(const Word* unit, const Unit* p, const Unit* end) const {
    const Op op = op_of(*unit);
    switch (op) {
    case Op::failure: return p;
    case Op::any: return find_char(p, end, '\n');
    case Op::any_all: return end;
    case Op::literal: {
        const Word c = unit[1];
        return find_if(p, end, [c](Unit u) { return u != c; });
    }
    case Op::not_literal: {
        const Word c = unit[1];
        return c != static_cast<Unit>(c) ? end : find_char(p, end, static_cast<Unit>(c));
    }
    default: break;
    }
    if (const ByteSet* bitmap = program_.bitmap(unit)) {
        const ByteSet set = *bitmap;
        if constexpr (sizeof(Unit) == 1) {
            return find_if(p, end, [&](Unit u) { return !set.contains(u); });
        } else {
            return find_if(p, end, [&](Unit u) {
                return u < 256 ? !set.contains(u) : !unit_matches(unit, u);
            });
        }
    }
    return find_if(p, end, [&](Unit u) { return !unit_matches(unit, u); });
}

// As above for at most so many characters from p to the subject's end; null if the poll says stop.
template <class Unit>
const Unit* Machine<Unit>::run_of(const Word* unit, const Unit* p, Word most) {
    const Unit* end = end_;
    if (most != kMaxRepeat && static_cast<std::size_t>(end - p) > most) end = p + most;
    if (*unit == static_cast<Word>(Op::any_all)) return end;
    while (end - p > kStride) {
        const Unit* q = skip_run(unit, p, p + kStride);
        if (q != p + kStride) return q;
        p = q;
        if (!poll()) return nullptr;
    }
    return skip_run(unit, p, end);
}

// The last place from `least` to p where the unit operation matches, or null.
template <class Unit>
const Unit* Machine<Unit>::last_at(const Word* unit, const Unit* least, const Unit* p) const {
    if (unit_at(unit, p)) return p;
    if (op_of(*unit) == Op::literal) {
        const Word c = unit[1];
        if constexpr (sizeof(Unit) == 1) {
            if (c > 255) return nullptr;
            const void* hit = memrchr(least, static_cast<int>(c), static_cast<std::size_t>(p - least));
            return static_cast<const Unit*>(hit);
        } else {
            while (p != least) {
                if (*--p == c) return p;
            }
            return nullptr;
        }
    }
    if (const ByteSet* bitmap = program_.bitmap(unit)) {
        const ByteSet set = *bitmap;
        while (p != least) {
            --p;
            if (*p < 256 ? set.contains(*p) : unit_matches(unit, *p)) return p;
        }
        return nullptr;
    }
    while (p != least) {
        if (unit_at(unit, --p)) return p;
    }
    return nullptr;
}

// Matches what a group matched, and moves p past it.
template <class Unit>
bool Machine<Unit>::same_as_group(Op op, Word group, const Unit*& p) const {
    const std::int64_t begin = marks_[2 * std::size_t{group}], end = marks_[2 * std::size_t{group} + 1];
    if (begin < 0 || end < begin) return false;
    const std::ptrdiff_t size = end - begin;
    if (size != 0 && size > end_ - p) return false;   // an empty group matches even past the end
    const Unit* q = subject_ + begin;
    const auto same = [&](auto lower) {
        for (std::ptrdiff_t i = 0; i < size; ++i) {
            if (p[i] != q[i] && lower(p[i]) != lower(q[i])) return false;
        }
        return true;
    };
    bool equal;
    switch (op) {
    case Op::groupref: equal = std::memcmp(p, q, static_cast<std::size_t>(size) * sizeof(Unit)) == 0; break;
    case Op::groupref_ignore: equal = same(ascii_tolower); break;
    case Op::groupref_loc_ignore: equal = same(locale_tolower); break;
    default: equal = same(unicode_tolower); break;
    }
    p += size;
    return equal;
}

// Among mark entries without choices in between only the oldest of each mark counts. Returns the new top. If
// there is no memory for the bookkeeping, they all stay.
template <class Unit>
Entry* Machine<Unit>::forget_duplicates(Entry* from, Entry* top) {
    const std::size_t marks = std::size_t{program_.groups()} * 2;
    if (m_.seen_marks_.size() != marks || m_.seen_round_ == kNone) {
        if (!m_.seen_marks_.assign(marks, 0)) return top;
        m_.seen_round_ = 0;
    }
    const Word round = ++m_.seen_round_;
    Entry* kept = from;
    for (const Entry* e = from; e != top; ++e) {
        if (m_.seen_marks_[e->pc] == round) continue;
        m_.seen_marks_[e->pc] = round;
        *kept++ = *e;
    }
    return kept;
}

template <class Unit>
Outcome Machine<Unit>::match_at_start() {
    const Unit* p = subject_ + m_.start_;
    if (end_ - p < static_cast<std::ptrdiff_t>(program_.plan().min_width) && program_.plan().min_width != 0) {
        return Outcome::no_match;
    }
    const Outcome outcome = run(code_ + program_.entry(), p);
    return outcome == Outcome::matched ? found(p, m_.end_) : outcome;
}

template <class Unit>
Outcome Machine<Unit>::search() {
    const SearchPlan& plan = program_.plan();
    const Unit* p = subject_ + m_.start_;
    if (p > end_ || static_cast<std::size_t>(end_ - p) < plan.min_width) return Outcome::no_match;
    if (plan.by == SearchBy::prefix) {
        if (plan.prefix_max != static_cast<Unit>(plan.prefix_max)) return Outcome::no_match;
        const Word* rest = code_ + program_.entry() + 2 * plan.prefix_skip;
        return try_prefixes(p, [&](const Unit* q) { return run(rest, q); });
    }
    if (plan.by == SearchBy::subject_start) return match_at_start();

    const Unit* last = end_ - plan.min_width;   // the last place where a match may begin
    switch (plan.by) {
    case SearchBy::charset:
        return try_candidates(p, last, [&](const Unit* from, const Unit* to) {
            return find_if(from, to, [&](Unit u) {
                return u < 256 ? plan.first.contains(u) : set_contains(code_ + plan.charset, u);
            });
        });
    case SearchBy::first_byte:
        return try_candidates(p, last, [&](const Unit* from, const Unit* to) {
            return find_if(from, to, [&](Unit u) { return u >= 256 || plan.first.contains(u); });
        });
    case SearchBy::line_start:
        return try_candidates(p, last, [&](const Unit* from, const Unit* to) {
            if (from == subject_ || from[-1] == '\n') return from;
            const Unit* feed = find_char(from, to, '\n');
            return feed < to ? feed + 1 : to;
        });
    default:
        return try_candidates(p, last, [](const Unit* from, const Unit*) { return from; });
    }
}

// Attempts at every place where the prefix stands.
template <class Unit>
template <class Attempt>
Outcome Machine<Unit>::try_prefixes(const Unit* p, Attempt attempt) {
    const SearchPlan& plan = program_.plan();
    must_leave_ = nullptr;   // the match is not empty
    while (p < end_) {
        const std::ptrdiff_t reach = kStride + plan.prefix_size;
        const Unit* to = end_ - p > reach ? p + reach : end_;
        const Unit* q;
        if (plan.prefix_size == 1) {
            q = find_char(p, to, static_cast<Unit>(code_[plan.prefix]));
        } else {
            q = find_prefix(program_, p, to);
        }
        if (q == to) {
            if (to == end_) break;
            p = to - (plan.prefix_size - 1);
            if (!poll()) return Outcome::interrupted;
            continue;
        }
        if (plan.whole_is_prefix) return found(q, index(q) + plan.prefix_size);
        const Outcome outcome = attempt(q + plan.prefix_skip);
        if (outcome == Outcome::matched) return found(q, m_.end_);
        if (outcome != Outcome::no_match) return outcome;
        p = q + 1;
    }
    return Outcome::no_match;
}

// Attempts at every place up to `last` that next(from, to) yields: the first candidate in its range, else
// `to`.
template <class Unit>
template <class Next>
Outcome Machine<Unit>::try_candidates(const Unit* p, const Unit* last, Next next) {
    const Word* entry = code_ + program_.entry();
    while (p <= last) {
        // The range may reach the end of the subject itself only where a match may be empty: there is no
        // character.
        const Unit* to = last < end_ ? last + 1 : end_;
        if (to - p > kStride) to = p + kStride;
        const Unit* q = next(p, to);
        if (q == to && !(q == end_ && last == end_)) {
            p = q;
            if (p <= last && !poll()) return Outcome::interrupted;
            // A line may start exactly there; anything else that is found at its range's end is found again.
            continue;
        }
        const Outcome outcome = run(entry, q);
        if (outcome == Outcome::matched) return found(q, m_.end_);
        if (outcome != Outcome::no_match) return outcome;
        must_leave_ = nullptr;
        p = q + 1;
    }
    return Outcome::no_match;
}

template <class Unit>
Outcome run_machine(Matcher& matcher, bool search, bool full) {
    Machine<Unit> machine(matcher, full);
    return search ? machine.search() : machine.match_at_start();
}

}  // namespace oro::sre

#include "modules/_sre/machine_loop.h"
