// A stand-in until the Unicode tables are merged: ASCII is exact, every character beyond it passes for a letter.
#include "base/unicode_ident.h"

namespace oro {

bool is_xid_start(char32_t c) {
    return c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_xid_continue(char32_t c) { return is_xid_start(c) || (c >= '0' && c <= '9'); }
bool is_printable(char32_t c) { return c >= 0x20 && c != 0x7f; }
void append_nfkc(std::string_view utf8, std::string& out) { out += utf8; }
std::optional<char32_t> find_character_name(std::string_view) { return std::nullopt; }

}  // namespace oro
