// A compiled pattern made ready to run: the validated code words and what the engine derives from them once,
// so that matching need not (bitmaps of sets, the character that must follow a repeat, how to search).
//
// Thread-safety: immutable once build() has succeeded, and then shared freely between threads.
// Invariant: code in a Program is well formed, so the engine follows its offsets without checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "modules/_sre/buffer.h"
#include "modules/_sre/chars.h"
#include "modules/_sre/opcodes.h"
#include "modules/_sre/sets.h"

namespace oro::sre {

// Membership of the first 256 characters.
struct ByteSet {
    std::uint64_t words[4];

    bool contains(Char c) const { return words[c >> 6] >> (c & 63) & 1; }
    void insert(Char c) { words[c >> 6] |= std::uint64_t{1} << (c & 63); }
};

enum class BuildError { none, invalid_code, out_of_memory };

// How a search finds the places where a match may start.
enum class SearchBy {
    anywhere,         // every place
    prefix,           // places where the literal prefix stands
    charset,          // places where a character of the info block's set stands
    first_byte,       // as above, from a set that the engine derived, which says nothing past Latin-1
    line_start,       // the start, and after line feeds
    subject_start,    // the start of the search only
};

struct SearchPlan {
    SearchBy by = SearchBy::anywhere;
    bool whole_is_prefix = false;   // where the prefix stands, the pattern has matched
    Word min_width = 0;
    Word prefix = 0;                // offset of the prefix, which the table of its self-overlaps follows
    Word prefix_size = 0;
    Word prefix_skip = 0;           // how many literals at the pattern's start need not be matched again
    Word prefix_max = 0;            // the prefix's largest character: narrower subjects cannot contain it
    Word charset = 0;               // offset of the set
    ByteSet first = {};             // for charset and first_byte
};

class Program {
public:
    [[nodiscard]] BuildError build(std::span<const Word> words, Word groups);

    Word groups() const { return groups_; }
    std::span<const Word> words() const { return {code_.data(), code_.size()}; }

    const Word* code() const { return code_.data(); }
    Word entry() const { return entry_; }
    const SearchPlan& plan() const { return plan_; }
    const char* narrow_prefix() const { return narrow_prefix_.data(); }

    // The bitmap of the unit operation at `pc`, null where there is none: it depends on the locale or needs
    // none.
    const ByteSet* bitmap(const Word* pc) const {
        const Word index = notes_[static_cast<std::size_t>(pc - code_.data())];
        return index ? &bitmaps_[index - 1] : nullptr;
    }

    // The unit operation that has to match right after the repeat-one at `pc`, null if unknown.
    const Word* follower(const Word* pc) const {
        const Word note = notes_[static_cast<std::size_t>(pc - code_.data())];
        const Word offset = note & ~(kNeverBoth | kNeverBothNarrow);
        return offset ? code_.data() + offset : nullptr;
    }

    // False if no character matches both the repeat-one's unit and its follower, so that giving back would be
    // in vain: none at all, or none of Latin-1 if the subject has no others.
    bool gives_back(const Word* pc, bool narrow) const {
        const Word never = narrow ? kNeverBoth | kNeverBothNarrow : kNeverBoth;
        return (notes_[static_cast<std::size_t>(pc - code_.data())] & never) == 0;
    }

    // True if the unit operation at `pc` matches c.
    bool matches(const Word* pc, Char c) const {
        if (c < 256) {
            if (const ByteSet* set = bitmap(pc)) return set->contains(c);
        }
        return unit_matches(pc, c);
    }

private:
    static constexpr Word kNeverBoth = 0x80000000;
    static constexpr Word kNeverBothNarrow = 0x40000000;

    Word never_both(const Word* unit, const Word* follower) const;
    BuildError note_operations(std::span<const unsigned char> starts);
    bool plan_search(std::span<const unsigned char> starts);
    bool find_first_set(ByteSet& first, bool& found);

    Buffer<Word> code_;
    // Per offset: a unit's bitmap as its index + 1, or a repeat-one's follower as its offset and the flags
    // above; 0 for none.
    Buffer<Word> notes_;
    Buffer<ByteSet> bitmaps_;
    Buffer<char> narrow_prefix_;  // the prefix as bytes, if it has no wider character
    SearchPlan plan_;
    Word entry_ = 0;              // offset past the info block
    Word groups_ = 0;
};

}  // namespace oro::sre
