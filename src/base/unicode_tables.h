// The tables that cmake/unicode/generate.py writes from the Unicode character database: plain constant data.
// Read them through unicode.h, unicode_normalize.h and unicode_names.h.
#pragma once

#include <cstdint>

namespace oro::unicode_tables {

// What most questions about a code point need. Many code points share a record.
struct UnicodeRecord {
    std::int32_t upper, lower, title, fold;  // simple mappings, as distances
    std::uint16_t flags;                     // a bit for each UnicodeFlag
    std::uint16_t full_case;                 // index into kFullCases, 0 when the simple mappings are all
    std::uint8_t category, bidi, combining, width;
    std::int8_t decimal, digit;  // -1 for none
    std::uint8_t numeric;        // index into kNumericValues, 0 for none
    std::uint8_t quick;          // two bits for each NormalForm: 0 normal, 1 not, 2 maybe
};

enum class UnicodeFlag : std::uint16_t {
    alpha = 1 << 0,
    decimal = 1 << 1,
    digit = 1 << 2,
    numeric = 1 << 3,
    lower = 1 << 4,
    upper = 1 << 5,
    title = 1 << 6,
    space = 1 << 7,
    printable = 1 << 8,
    line_break = 1 << 9,
    xid_start = 1 << 10,
    xid_continue = 1 << 11,
    cased = 1 << 12,
    case_ignorable = 1 << 13,
    mirrored = 1 << 14,
};

// The code points of a full mapping: upper, lower, title and fold in a row from `start`.
struct FullCase {
    std::uint16_t start;
    std::uint8_t lengths[4];
};

struct Composition {
    char32_t first, second, composite;
};

// Consecutive code points with names of their own; `entry` is the number of the first one's text.
struct NameRun {
    char32_t first;
    std::uint32_t count, entry;
};

// Code points named by a prefix and their number.
struct NameRange {
    char32_t first, last;
    std::uint8_t prefix;
};

constexpr int kUnicodeBlockShift = 7;
constexpr char32_t kUnicodeBlockMask = (1 << kUnicodeBlockShift) - 1;

extern const std::uint16_t kRecordBlocks[];
extern const std::uint16_t kRecordIndices[];
extern const UnicodeRecord kRecords[];
extern const FullCase kFullCases[];
extern const char32_t kFullCaseData[];
extern const double kNumericValues[];
extern const char kCategoryNames[][4];
extern const char kBidiNames[][4];
extern const char kWidthNames[][4];

extern const std::uint16_t kDecompositionBlocks[];
extern const std::uint16_t kDecompositionIndices[];
// At an index: length << 8 | tag, then the code points. Index 0 stands for none.
extern const char32_t kDecompositions[];
extern const char kDecompositionTags[][16];
extern const Composition kCompositions[];  // sorted
extern const std::uint32_t kCompositionCount;

constexpr std::uint32_t kNameStride = 8;
extern const std::uint32_t kShortWords;
extern const std::uint8_t kWordBytes[];
extern const std::uint32_t kWordStarts[];
extern const std::uint8_t kNameBytes[];
extern const std::uint32_t kNameStarts[];  // of every kNameStride-th entry
extern const NameRun kNameRuns[];
extern const std::uint32_t kNameRunCount;
extern const std::uint32_t kNamedCharacters;
extern const std::uint32_t kNamedAliases;
extern const std::uint16_t kExtraPointStarts[];
extern const char32_t kExtraPoints[];
extern const std::uint32_t kNameHashBits;
extern const std::uint16_t kNameHash[];
extern const NameRange kNameRanges[];
extern const std::uint32_t kNameRangeCount;
extern const char kNamePrefixes[][32];
extern const char kJamoLead[][4];
extern const char kJamoVowel[][4];
extern const char kJamoTail[][4];
extern const std::uint32_t kLongestName;

inline const UnicodeRecord& record(char32_t c) {
    if (c > 0x10FFFF) c = 0x10FFFF;  // not assigned either
    std::uint32_t block = kRecordBlocks[c >> kUnicodeBlockShift];
    return kRecords[kRecordIndices[block << kUnicodeBlockShift | (c & kUnicodeBlockMask)]];
}

inline bool has(char32_t c, UnicodeFlag flag) { return record(c).flags & static_cast<std::uint16_t>(flag); }

}  // namespace oro::unicode_tables
