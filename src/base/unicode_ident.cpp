#include "base/unicode_ident.h"

#include <span>

#include "base/unicode.h"
#include "base/unicode_names.h"
#include "base/unicode_normalize.h"
#include "base/utf8.h"

namespace oro {

bool is_xid_start(char32_t c) { return c == '_' || unicode::is_xid_start(c); }
bool is_xid_continue(char32_t c) { return unicode::is_xid_continue(c); }
bool is_printable(char32_t c) { return unicode::is_printable(c); }

void append_nfkc(std::string_view utf8, std::string& out) {
    std::u32string points(count_code_points(utf8), U'\0');
    decode_utf8(utf8, points.data());
    for (char32_t c : unicode::normalize(unicode::NormalForm::nfkc, std::span<const char32_t>(points)))
        append_utf8(out, c);
}

std::optional<char32_t> find_character_name(std::string_view name) {
    unicode::Named found = unicode::lookup_name(name, unicode::NamedSequences::refuse);
    if (found.count != 1) return std::nullopt;
    return found.points[0];
}

}  // namespace oro
