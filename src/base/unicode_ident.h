// What the tokenizer must know about Unicode: which characters make names, normalisation, printability,
// names.
//
// Pure functions over constant tables; safe to call from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oro {

bool is_xid_start(char32_t c);     // as str.isidentifier sees it: XID_Start or '_'
bool is_xid_continue(char32_t c);  // XID_Continue
bool is_printable(char32_t c);     // as str.isprintable sees it

// Appends the NFKC form of valid UTF-8 text.
void append_nfkc(std::string_view utf8, std::string& out);

// The character that \N{name} means: names, aliases, Hangul and CJK names, in any case; none when unknown.
std::optional<char32_t> find_character_name(std::string_view name);

}  // namespace oro
