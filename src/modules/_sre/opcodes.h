// The words of compiled patterns, as the standard library's `re/_constants.py` numbers them. Order is the
// number: `re/_compiler.py` and this engine agree through kMagic, which that module checks when it is
// imported.
#pragma once

#include <cstdint>

namespace oro::sre {

using Word = std::uint32_t;

inline constexpr Word kMagic = 20230612;
inline constexpr Word kMaxRepeat = 0xFFFFFFFF;   // as a maximum: no limit
inline constexpr Word kMaxGroups = 0x3FFFFFFF;   // so that a mark's index fits 31 bits

enum class Op : Word {
    failure, success,
    any, any_all,
    assert_, assert_not,
    at,
    branch,
    category,
    charset, bigcharset,
    groupref, groupref_exists,
    in,
    info,
    jump,
    literal,
    mark,
    max_until, min_until,
    not_literal,
    negate,
    range,
    repeat, repeat_one,
    subpattern,
    min_repeat_one,
    atomic_group,
    possessive_repeat, possessive_repeat_one,
    groupref_ignore, in_ignore, literal_ignore, not_literal_ignore,
    groupref_loc_ignore, in_loc_ignore, literal_loc_ignore, not_literal_loc_ignore,
    groupref_uni_ignore, in_uni_ignore, literal_uni_ignore, not_literal_uni_ignore,
    range_uni_ignore,
};

enum class At : Word {
    beginning, beginning_line, beginning_string,
    boundary, non_boundary,
    end, end_line, end_string,
    loc_boundary, loc_non_boundary,
    uni_boundary, uni_non_boundary,
};
inline constexpr Word kAtCodes = 12;

// Every category is followed by its complement, which therefore has an odd number.
enum class Category : Word {
    digit, not_digit,
    space, not_space,
    word, not_word,
    linebreak, not_linebreak,
    loc_word, loc_not_word,
    uni_digit, uni_not_digit,
    uni_space, uni_not_space,
    uni_word, uni_not_word,
    uni_linebreak, uni_not_linebreak,
};
inline constexpr Word kCategories = 18;

// Flags of the info block.
inline constexpr Word kInfoPrefix = 1;    // a literal prefix follows
inline constexpr Word kInfoLiteral = 2;   // the prefix is the whole pattern
inline constexpr Word kInfoCharset = 4;   // the set of first characters follows

constexpr Op op_of(Word word) { return static_cast<Op>(word); }

// True for operations that consume exactly one character and do nothing else: what a repeat-one may repeat.
// Failure, which is what an empty set compiles to, counts as one that never matches.
constexpr bool is_unit(Op op) {
    switch (op) {
    case Op::failure: case Op::any: case Op::any_all: case Op::category:
    case Op::in: case Op::in_ignore: case Op::in_loc_ignore: case Op::in_uni_ignore:
    case Op::literal: case Op::literal_ignore: case Op::literal_loc_ignore: case Op::literal_uni_ignore:
    case Op::not_literal: case Op::not_literal_ignore: case Op::not_literal_loc_ignore:
    case Op::not_literal_uni_ignore:
        return true;
    default:
        return false;
    }
}

constexpr bool is_in(Op op) {
    return op == Op::in || op == Op::in_ignore || op == Op::in_loc_ignore || op == Op::in_uni_ignore;
}

// How many words a unit operation takes.
inline Word unit_size(const Word* unit) {
    const Op op = op_of(*unit);
    if (is_in(op)) return 1 + unit[1];
    return op == Op::failure || op == Op::any || op == Op::any_all ? 1 : 2;
}

}  // namespace oro::sre
