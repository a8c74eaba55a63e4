#include "modules/_sre/program.h"

#include "modules/_sre/validate.h"

namespace oro::sre {

namespace {

// The first unit operation that comes after `at` whatever happens in between, else 0.
Word follower_of(const Word* code, Word at) {
    for (;;) {
        const Op op = op_of(code[at]);
        if (op == Op::mark) {
            at += 2;
        } else if (op == Op::jump) {
            at += 1 + code[at + 1];
        } else {
            return is_unit(op) && op != Op::any_all && op != Op::failure ? at : 0;
        }
    }
}

bool deserves_bitmap(const Word* unit) {
    switch (op_of(*unit)) {
    case Op::failure: case Op::any: case Op::any_all: case Op::literal: case Op::not_literal: return false;
    default: return !unit_uses_locale(unit);
    }
}

}  // namespace

BuildError Program::build(std::span<const Word> words, Word groups) {
    Buffer<unsigned char> starts;
    if (!code_.assign(words.size(), 0)) return BuildError::out_of_memory;
    for (std::size_t i = 0; i < words.size(); ++i) code_[i] = words[i];
    // Validate the copy: the caller's words may belong to a list that another thread changes.
    const BuildError invalid = validate({code_.data(), code_.size()}, groups, starts);
    if (invalid != BuildError::none) return invalid;
    groups_ = groups;
    entry_ = op_of(code_[0]) == Op::info ? 1 + code_[1] : 0;
    const std::span<const unsigned char> spans(starts.data(), starts.size());
    if (const BuildError error = note_operations(spans); error != BuildError::none) return error;
    return plan_search(spans) ? BuildError::none : BuildError::out_of_memory;
}

Word Program::never_both(const Word* unit, const Word* follower) const {
    if (unit_uses_locale(unit) || unit_uses_locale(follower)) return 0;
    if (op_of(*follower) == Op::literal) return unit_matches(unit, follower[1]) ? 0 : kNeverBoth;
    if (op_of(*unit) == Op::literal) return unit_matches(follower, unit[1]) ? 0 : kNeverBoth;
    for (Char c = 0; c < 256; ++c) {
        if (unit_matches(unit, c) && unit_matches(follower, c)) return 0;
    }
    return kNeverBothNarrow;
}

BuildError Program::note_operations(std::span<const unsigned char> starts) {
    if (!notes_.assign(code_.size(), 0)) return BuildError::out_of_memory;
    for (Word at = 0; at < code_.size(); ++at) {
        if (!starts[at]) continue;
        const Word* pc = code_.data() + at;
        const Op op = op_of(*pc);
        if (op == Op::repeat_one || op == Op::min_repeat_one) {
            const Word follower = follower_of(code_.data(), at + 1 + pc[1]);
            notes_[at] = follower;
            if (follower != 0 && op == Op::repeat_one) {
                notes_[at] |= never_both(pc + 4, code_.data() + follower);
            }
        } else if (is_unit(op) && deserves_bitmap(pc)) {
            ByteSet set = {};
            for (Char c = 0; c < 256; ++c) {
                if (unit_matches(pc, c)) set.insert(c);
            }
            if (!bitmaps_.push_back(set)) return BuildError::out_of_memory;
            notes_[at] = static_cast<Word>(bitmaps_.size());
        }
    }
    return BuildError::none;
}

bool Program::plan_search(std::span<const unsigned char> starts) {
    plan_ = {};
    const Op opening = op_of(code_[entry_]);
    if (entry_ != 0) {
        const Word flags = code_[2];
        plan_.min_width = code_[3];
        if (flags & kInfoPrefix) {
            plan_.by = SearchBy::prefix;
            plan_.whole_is_prefix = flags & kInfoLiteral;
            plan_.prefix_size = code_[5];
            plan_.prefix = 7;
            const Word* prefix = code_.data() + plan_.prefix;
            for (Word i = 0; i < plan_.prefix_size; ++i) {
                if (prefix[i] > plan_.prefix_max) plan_.prefix_max = prefix[i];
            }
            if (plan_.prefix_max < 256) {
                for (Word i = 0; i < plan_.prefix_size; ++i) {
                    if (!narrow_prefix_.push_back(static_cast<char>(prefix[i]))) return false;
                }
            }
            // Skip only literals that are there, so that a wrong info block cannot lead into an operation's
            // middle.
            Word at = entry_;
            while (plan_.prefix_skip < code_[6] && starts[at] && op_of(code_[at]) == Op::literal &&
                   code_[at + 1] == prefix[plan_.prefix_skip]) {
                ++plan_.prefix_skip;
                at += 2;
            }
            return true;
        }
        if (flags & kInfoCharset) {
            plan_.by = SearchBy::charset;
            plan_.charset = 5;
            for (Char c = 0; c < 256; ++c) {
                if (set_contains(code_.data() + 5, c)) plan_.first.insert(c);
            }
            return true;
        }
    }
    if (opening == Op::at) {
        const At where = static_cast<At>(code_[entry_ + 1]);
        if (where == At::beginning || where == At::beginning_string) {
            plan_.by = SearchBy::subject_start;
            return true;
        }
        if (where == At::beginning_line) {
            plan_.by = SearchBy::line_start;
            return true;
        }
    }
    bool found = false;
    if (!find_first_set(plan_.first, found)) return false;
    if (found) plan_.by = SearchBy::first_byte;
    return true;
}

// Walks every way through the pattern up to the first character it consumes. Finds nothing if some way
// consumes none, or starts with a group reference or with what depends on the locale. Returns false if memory
// is exhausted.
bool Program::find_first_set(ByteSet& first, bool& found) {
    Buffer<Word> pending;
    Buffer<unsigned char> seen;
    if (!seen.assign(code_.size(), 0) || !pending.push_back(entry_)) return false;
    ByteSet set = {};
    while (!pending.empty()) {
        const Word at = pending.back();
        pending.pop_back();
        if (seen[at]) continue;
        seen[at] = 1;
        const Word* pc = code_.data() + at;
        Word next[2];
        int ways = 0;
        const Op op = op_of(*pc);
        switch (op) {
        case Op::failure: break;
        case Op::success:
            if (at + 1 == code_.size()) return true;   // the pattern can match nothing at all
            next[ways++] = at + 1;
            break;
        case Op::at: case Op::mark: next[ways++] = at + 2; break;
        case Op::assert_: case Op::assert_not: next[ways++] = at + 1 + pc[1]; break;
        case Op::atomic_group: next[ways++] = at + 2; break;
        case Op::jump: next[ways++] = at + 1 + pc[1]; break;
        case Op::max_until: case Op::min_until: next[ways++] = at + 1; break;
        case Op::branch:
            for (Word alternative = at + 1; code_[alternative] != 0; alternative += code_[alternative]) {
                if (!pending.push_back(alternative + 1)) return false;
            }
            break;
        case Op::groupref_exists:
            next[ways++] = at + 3;
            next[ways++] = at + 1 + pc[2];
            break;
        case Op::repeat: case Op::possessive_repeat:
            if (pc[3] != 0) next[ways++] = at + 4;
            if (pc[2] == 0) next[ways++] = at + 1 + pc[1] + 1;
            break;
        case Op::repeat_one: case Op::min_repeat_one: case Op::possessive_repeat_one:
            if (pc[3] != 0) next[ways++] = at + 4;
            if (pc[2] == 0) next[ways++] = at + 1 + pc[1];
            break;
        default:
            if (!is_unit(op) || op == Op::any_all || unit_uses_locale(pc)) return true;
            for (Char c = 0; c < 256; ++c) {
                if (matches(pc, c)) set.insert(c);
            }
            break;
        }
        for (int i = 0; i < ways; ++i) {
            if (!pending.push_back(next[i])) return false;
        }
    }
    first = set;
    found = true;
    return true;
}

}  // namespace oro::sre
