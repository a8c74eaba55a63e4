#include "base/unicode_names.h"

#include <charconv>
#include <cstring>

#include "base/unicode_tables.h"

namespace oro::unicode {

namespace {

using namespace unicode_tables;

constexpr std::string_view kHangul = "HANGUL SYLLABLE ";
constexpr char32_t kSyllables = 0xAC00;
constexpr unsigned kLeadCount = 19, kVowelCount = 21, kTailCount = 28;

void append_word(std::string& out, std::uint32_t word) {
    const std::uint8_t* p = kWordBytes + kWordStarts[word];
    while (*p < 0x80) out += static_cast<char>(*p++);
    out += static_cast<char>(*p & 0x7F);
}

// The text of an entry: a character's name, an alias or the name of a sequence.
std::string entry_text(std::uint32_t entry) {
    const std::uint8_t* p = kNameBytes + kNameStarts[entry / kNameStride];
    for (std::uint32_t skip = entry % kNameStride; skip > 0; --skip) {
        while (*p) p += *p <= kShortWords ? 1 : 2;
        ++p;
    }
    std::string out;
    while (*p) {
        if (!out.empty()) out += ' ';
        if (*p <= kShortWords) {
            append_word(out, *p - 1u);
            ++p;
        } else {
            append_word(out, kShortWords + (*p - kShortWords - 1) * 256 + p[1]);
            p += 2;
        }
    }
    return out;
}

// As hash_name in cmake/unicode/names.py.
std::uint32_t hash_name(std::string_view text) {
    std::uint32_t value = 2166136261;
    for (char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619;
    return value ^ value >> 15;
}

// The run that holds c, or that would come after it.
const NameRun* find_run(char32_t c) {
    std::uint32_t low = 0, high = kNameRunCount;
    while (low < high) {
        std::uint32_t middle = (low + high) / 2;
        if (kNameRuns[middle].first + kNameRuns[middle].count <= c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return kNameRuns + low;
}

char32_t entry_point(std::uint32_t entry) {
    std::uint32_t low = 0, high = kNameRunCount - 1;
    while (low < high) {
        std::uint32_t middle = (low + high + 1) / 2;
        if (kNameRuns[middle].entry <= entry) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return kNameRuns[low].first + (entry - kNameRuns[low].entry);
}

// Takes the longest name off the front of `text` and returns its index, or `count` when none fits.
unsigned take_jamo(std::string_view& text, const char (*names)[4], unsigned count) {
    unsigned best = count;
    std::size_t best_length = 0;
    for (unsigned i = 0; i < count; ++i) {
        std::string_view candidate = names[i];
        if (text.starts_with(candidate) && (best == count || candidate.size() > best_length)) {
            best = i;
            best_length = candidate.size();
        }
    }
    text.remove_prefix(best_length);
    return best;
}

char32_t find_syllable(std::string_view text) {
    unsigned lead = take_jamo(text, kJamoLead, kLeadCount);
    unsigned vowel = take_jamo(text, kJamoVowel, kVowelCount);
    unsigned tail = take_jamo(text, kJamoTail, kTailCount);
    if (lead == kLeadCount || vowel == kVowelCount || tail == kTailCount || !text.empty()) return 0;
    return kSyllables + (lead * kVowelCount + vowel) * kTailCount + tail;
}

// A code point whose name ends in its number, of exactly as many digits as that needs.
char32_t find_numbered(std::string_view text) {
    for (std::uint32_t i = 0; i < kNameRangeCount; ++i) {
        const NameRange& range = kNameRanges[i];
        std::string_view prefix = kNamePrefixes[range.prefix];
        if (!text.starts_with(prefix)) continue;
        std::string_view digits = text.substr(prefix.size());
        std::uint32_t c = 0;
        std::from_chars_result result = std::from_chars(digits.data(), digits.data() + digits.size(), c, 16);
        if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) continue;
        if (digits.size() == (c > 0xFFFF ? 5u : 4u) && c >= range.first && c <= range.last) return c;
    }
    return 0;
}

Named one(char32_t c) {
    Named named;
    named.count = 1;
    named.points[0] = c;
    return named;
}

}  // namespace

std::string name(char32_t c) {
    if (c - kSyllables < kLeadCount * kVowelCount * kTailCount) {
        unsigned index = c - kSyllables;
        std::string out(kHangul);
        out += kJamoLead[index / (kVowelCount * kTailCount)];
        out += kJamoVowel[index / kTailCount % kVowelCount];
        return out += kJamoTail[index % kTailCount];
    }
    const NameRun* run = find_run(c);
    if (run != kNameRuns + kNameRunCount && c >= run->first) return entry_text(run->entry + (c - run->first));
    for (std::uint32_t i = 0; i < kNameRangeCount; ++i) {
        const NameRange& range = kNameRanges[i];
        if (c < range.first || c > range.last) continue;
        char digits[8];
        char* end = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint32_t>(c), 16).ptr;
        std::string out = kNamePrefixes[range.prefix];
        for (char* p = digits; p != end; ++p) out += *p >= 'a' ? static_cast<char>(*p - 0x20) : *p;
        return out;
    }
    return {};
}

Named lookup_name(std::string_view name, NamedSequences sequences) {
    if (name.empty() || name.size() > kMaxNameLength) return {};
    char buffer[kMaxNameLength];
    for (std::size_t i = 0; i < name.size(); ++i) {
        char c = name[i];
        buffer[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    }
    std::string_view upper(buffer, name.size());
    if (upper.starts_with(kHangul)) {
        if (char32_t c = find_syllable(upper.substr(kHangul.size()))) return one(c);
    }
    std::uint32_t mask = (std::uint32_t{1} << kNameHashBits) - 1;
    for (std::uint32_t slot = hash_name(upper) & mask; kNameHash[slot]; slot = (slot + 1) & mask) {
        std::uint32_t entry = kNameHash[slot] - 1u;
        if (entry_text(entry) != upper) continue;
        if (entry < kNamedCharacters) return one(entry_point(entry));
        std::uint32_t extra = entry - kNamedCharacters;
        if (extra >= kNamedAliases && sequences == NamedSequences::refuse) return {};
        Named named;
        named.count = static_cast<std::size_t>(kExtraPointStarts[extra + 1] - kExtraPointStarts[extra]);
        for (std::size_t i = 0; i < named.count; ++i)
            named.points[i] = kExtraPoints[kExtraPointStarts[extra] + i];
        return named;
    }
    if (char32_t c = find_numbered(upper)) return one(c);
    return {};
}

}  // namespace oro::unicode
