#include "base/unicode.h"

namespace oro::unicode {

namespace {

enum class CaseKind : std::uint8_t { upper, lower, title, fold };

std::size_t full_mapping(char32_t c, std::int32_t distance, std::uint16_t full_case, CaseKind kind,
                         char32_t* out) {
    if (full_case == 0) {
        out[0] = c + static_cast<char32_t>(distance);
        return 1;
    }
    const unicode_tables::FullCase& full = unicode_tables::kFullCases[full_case];
    auto wanted = static_cast<std::size_t>(kind);
    const char32_t* from = unicode_tables::kFullCaseData + full.start;
    for (std::size_t i = 0; i < wanted; ++i) from += full.lengths[i];
    for (std::size_t i = 0; i < full.lengths[wanted]; ++i) out[i] = from[i];
    return full.lengths[wanted];
}

}  // namespace

std::size_t to_upper_full(char32_t c, char32_t* out) {
    const auto& r = record(c);
    return full_mapping(c, r.upper, r.full_case, CaseKind::upper, out);
}

std::size_t to_lower_full(char32_t c, char32_t* out) {
    const auto& r = record(c);
    return full_mapping(c, r.lower, r.full_case, CaseKind::lower, out);
}

std::size_t to_title_full(char32_t c, char32_t* out) {
    const auto& r = record(c);
    return full_mapping(c, r.title, r.full_case, CaseKind::title, out);
}

std::size_t to_casefold(char32_t c, char32_t* out) {
    const auto& r = record(c);
    return full_mapping(c, r.fold, r.full_case, CaseKind::fold, out);
}

}  // namespace oro::unicode
