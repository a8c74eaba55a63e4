#include "base/unicode_normalize.h"

#include <algorithm>

#include "base/unicode_tables.h"

namespace oro::unicode {

namespace {

using namespace unicode_tables;

// Hangul syllables are computed (Unicode, section 3.12).
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

bool is_compatibility(NormalForm form) { return form == NormalForm::nfkc || form == NormalForm::nfkd; }
bool is_composed(NormalForm form) { return form == NormalForm::nfc || form == NormalForm::nfkc; }

int quick_bits(NormalForm form, char32_t c) { return record(c).quick >> 2 * static_cast<int>(form) & 3; }

struct RawDecomposition {
    unsigned tag;
    std::span<const char32_t> points;
};

RawDecomposition raw_decomposition(char32_t c) {
    if (c > kMaxCodePoint) return {0, {}};
    std::uint32_t block = kDecompositionBlocks[c >> kUnicodeBlockShift];
    std::uint32_t index = kDecompositionIndices[block << kUnicodeBlockShift | (c & kUnicodeBlockMask)];
    if (index == 0) return {0, {}};
    char32_t head = kDecompositions[index];
    return {head & 0xFF, {kDecompositions + index + 1, head >> 8}};
}

bool is_syllable(char32_t c) { return c - kSyllables < kSyllableCount; }

// Writes the two or three letters of a syllable and returns how many.
std::size_t split_syllable(char32_t c, char32_t* out) {
    char32_t index = c - kSyllables;
    out[0] = kLeads + index / (kVowelCount * kTailCount);
    out[1] = kVowels + index / kTailCount % kVowelCount;
    char32_t tail = index % kTailCount;
    if (tail) out[2] = kTails + tail;
    return tail ? 3 : 2;
}

void append_decomposed(std::u32string& out, char32_t c, bool compatibility) {
    if (is_syllable(c)) {
        char32_t letters[3];
        out.append(letters, split_syllable(c, letters));
        return;
    }
    RawDecomposition raw = raw_decomposition(c);
    if (raw.points.empty() || (raw.tag && !compatibility)) {
        out += c;
        return;
    }
    for (char32_t part : raw.points)
        append_decomposed(out, part, compatibility);  // a few levels deep at most
}

// Sorts a run of combining marks by class, keeping the order within a class: by insertion when it is short,
// as nearly all are, else by counting, so that no text takes quadratic time.
void order_run(std::span<char32_t> run) {
    constexpr std::size_t kShort = 20;
    if (run.size() <= kShort) {
        for (std::size_t i = 1; i < run.size(); ++i) {
            char32_t c = run[i];
            int its_class = record(c).combining;
            std::size_t at = i;
            for (; at > 0 && record(run[at - 1]).combining > its_class; --at) run[at] = run[at - 1];
            run[at] = c;
        }
        return;
    }
    std::size_t starts[257] = {};
    for (char32_t c : run) ++starts[record(c).combining + 1];
    for (std::size_t i = 1; i < 257; ++i) starts[i] += starts[i - 1];
    std::u32string copy(run.begin(), run.end());
    for (char32_t c : copy) run[starts[record(c).combining]++] = c;
}

void order_marks(std::u32string& text) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (record(text[i]).combining == 0) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < text.size() && record(text[end]).combining != 0) ++end;
        if (end - i > 1) order_run({text.data() + i, end - i});
        i = end;
    }
}

// Composes decomposed, ordered text in place.
void compose_all(std::u32string& text) {
    std::size_t written = 0;
    std::size_t starter = text.size();  // where the last starter went, if any
    int last_class = 0;                 // of the character written last, 0 right behind the starter
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t c = text[i];
        int its_class = record(c).combining;
        bool adjacent = starter != text.size() && written == starter + 1;
        // A mark is blocked by one of the same or a higher class before it, a starter by any mark.
        if (starter != text.size() && (adjacent || (last_class < its_class && last_class != 0))) {
            if (char32_t composite = compose(text[starter], c)) {
                text[starter] = composite;
                continue;
            }
        }
        if (its_class == 0) starter = written;
        last_class = its_class;
        text[written++] = c;
    }
    text.resize(written);
}

}  // namespace

Decomposition decomposition(char32_t c) {
    Decomposition result;
    if (is_syllable(c)) {
        result.count = split_syllable(c, result.points);
        return result;
    }
    RawDecomposition raw = raw_decomposition(c);
    result.tag = kDecompositionTags[raw.tag];
    for (char32_t point : raw.points) result.points[result.count++] = point;
    return result;
}

char32_t compose(char32_t first, char32_t second) {
    if (first - kLeads < kLeadCount && second - kVowels < kVowelCount) {
        return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
    }
    if (is_syllable(first) && (first - kSyllables) % kTailCount == 0 &&
        second - kTails - 1 < kTailCount - 1) {
        return first + (second - kTails);
    }
    // Only what may change under NFC can be the second of a pair.
    if (quick_bits(NormalForm::nfc, second) == 0) return 0;
    const Composition* end = kCompositions + kCompositionCount;
    const Composition* found = std::lower_bound(
        kCompositions, end, Composition{first, second, 0}, [](const Composition& a, const Composition& b) {
            return a.first != b.first ? a.first < b.first : a.second < b.second;
        });
    return found != end && found->first == first && found->second == second ? found->composite : 0;
}

template <CodeUnit T>
QuickCheck quick_check(NormalForm form, std::span<const T> text) {
    QuickCheck result = QuickCheck::yes;
    int last_class = 0;
    for (T unit : text) {
        char32_t c = unit;
        if (c < 0xA0) {  // ASCII and the controls are normal in every form
            last_class = 0;
            continue;
        }
        const UnicodeRecord& r = record(c);
        if (r.combining != 0 && last_class > r.combining) return QuickCheck::no;
        last_class = r.combining;
        int bits = r.quick >> 2 * static_cast<int>(form) & 3;
        if (bits == 1) return QuickCheck::no;
        if (bits == 2) result = QuickCheck::maybe;
    }
    return result;
}

template <CodeUnit T>
std::u32string normalize(NormalForm form, std::span<const T> text) {
    if (quick_check(form, text) == QuickCheck::yes) return std::u32string(text.begin(), text.end());
    std::u32string out;
    out.reserve(text.size() + text.size() / 4);
    bool compatibility = is_compatibility(form);
    for (T unit : text) append_decomposed(out, unit, compatibility);
    order_marks(out);
    if (is_composed(form)) compose_all(out);
    return out;
}

template <CodeUnit T>
bool is_normalized(NormalForm form, std::span<const T> text) {
    switch (quick_check(form, text)) {
        case QuickCheck::yes: return true;
        case QuickCheck::no: return false;
        case QuickCheck::maybe: break;
    }
    std::u32string normal = normalize(form, text);
    return std::equal(normal.begin(), normal.end(), text.begin(), text.end());
}

#define ORO_FOR_WIDTH(T)                                               \
    template QuickCheck quick_check(NormalForm, std::span<const T>);   \
    template std::u32string normalize(NormalForm, std::span<const T>); \
    template bool is_normalized(NormalForm, std::span<const T>);
ORO_FOR_WIDTH(Char1)
ORO_FOR_WIDTH(Char2)
ORO_FOR_WIDTH(Char4)
#undef ORO_FOR_WIDTH

}  // namespace oro::unicode
