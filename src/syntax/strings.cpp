// String literals: escapes, and literals side by side becoming one. Replacement fields: fstrings.cpp.
#include <optional>
#include <string>

#include "base/unicode_ident.h"
#include "base/utf8.h"
#include "syntax/char_class.h"
#include "syntax/messages.h"
#include "syntax/parser.h"

namespace oro::syntax {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// What one-letter escapes stand for; -1 when the letter has no meaning.
int simple_escape(char c) {
    switch (c) {
    case '\\': return '\\';
    case '\'': return '\'';
    case '"': return '"';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return -1;
    }
}

// CPython decodes a copy of the text in which every character beyond ASCII takes ten bytes. Its positions
// count those.
std::size_t cpython_position(std::string_view text, std::size_t at) {
    std::size_t position = 0;
    for (std::size_t i = 0; i < at && i < text.size(); ++i) {
        if (!(text[i] & 0x80))
            ++position;
        else if ((text[i] & 0xC0) != 0x80)
            position += 10;
    }
    return position;
}

}  // namespace

Parser::StringBody Parser::string_body(const Token& t) const {
    StringBody body;
    std::string_view text = text_of(t);
    while (text[0] != '\'' && text[0] != '"') {
        // An upper-case U leaves no trace.
        switch (text[0]) {
        case 'r':
        case 'R': body.raw = true; break;
        case 'b':
        case 'B': body.bytes = true; break;
        case 'u': body.unicode = true; break;
        default: break;
        }
        text.remove_prefix(1);
    }
    body.quote_size = text.size() >= 6 && text[1] == text[0] && text[2] == text[0] ? 3 : 1;
    auto size = static_cast<std::size_t>(body.quote_size);
    body.text = t.type == Tok::String ? text.substr(size, text.size() - 2 * size) : std::string_view{};
    return body;
}

void Parser::decode_fault(const Token& token, std::string_view text, std::size_t start, std::size_t end,
                          std::string_view reason) {
    auto first = static_cast<int>(cpython_position(text, start));
    auto last = static_cast<int>(cpython_position(text, end)) - 1;
    std::string_view what = first == last ? message(arena_, "byte 0x5c in position ", first)
                                          : message(arena_, "bytes in position ", first, "-", last);
    report_at(token,
              message(arena_, "(unicode error) 'unicodeescape' codec can't decode ", what, ": ", reason));
}

// A warning about the escape whose backslash is text[at], where `text` belongs to the token.
void Parser::warn_escape(const Token& token, std::string_view text, std::size_t at) {
    char c = text[at + 1];
    // The tokenizer has warned about these in f-strings.
    if ((c == '{' || c == '}') && token.type != Tok::String) return;
    bool octal = is_octal(c);
    std::string_view shown = text.substr(at + 1, octal ? 3 : 1);
    std::string_view what = octal ? "octal escape sequence" : "escape sequence";

    SyntaxWarning w;
    std::string_view advice =
        message(arena_, "Did you mean \"\\\\", shown, "\"? A raw string is also an option.");
    w.message = message(arena_, "\"\\", shown, "\" is an invalid ", what,
                        ". Such sequences will not work in the future. ", advice);
    w.error_message = message(arena_, "\"\\", shown, "\" is an invalid ", what, ". ", advice);
    w.lineno = token.lineno;
    std::string_view before = text.substr(0, at);
    std::size_t newline = before.rfind('\n');
    int col = 0;
    if (newline == before.npos) {
        // The quotes count as part of the column only when no prefix stands in front of them.
        char first = source_.text()[token.start];
        bool quoted = first == '\'' || first == '"';
        col = token.col + static_cast<int>(cpython_position(text, at));
        if (quoted) col += string_body(token).quote_size;
    } else {
        for (char ch : before) w.lineno += ch == '\n';
        col = static_cast<int>(at - newline - 1);
    }
    std::string_view line = source_.line(w.lineno);
    w.end_lineno = w.lineno;
    w.offset = char_column(line, col + 1);
    w.end_offset = char_column(line, col + 3);
    w.text = arena_.copy(line);
    warnings_.push_back(w);
}

// The value of text in an ordinary string. Faults are reported at `token`; warnings at `warn_token`, which is
// another one in f-strings.
ConstantValue Parser::decode_str(std::string_view text, bool raw, const Token& token,
                                 const Token& warn_token) {
    std::size_t next = raw ? text.npos : text.find('\\');
    if (next == text.npos) return ConstantValue::str(text);

    std::string out;
    out.reserve(text.size());
    std::optional<std::size_t> bad_escape;
    std::size_t i = 0;
    while (next != text.npos) {
        out += text.substr(i, next - i);
        i = next + 1;
        if (i == text.size()) {
            out += '\\';
            break;
        }
        char c = text[i++];
        if (int plain = simple_escape(c); plain >= 0) {
            out += static_cast<char>(plain);
        } else if (c == '\n') {
            // A line continued within the string.
        } else if (is_octal(c)) {
            char32_t value = static_cast<char32_t>(c - '0');
            for (int k = 0; k < 2 && i < text.size() && is_octal(text[i]); ++k)
                value = value * 8 + static_cast<char32_t>(text[i++] - '0');
            if (value > 0xFF && !bad_escape) bad_escape = next;
            append_utf8(out, value);
        } else if (c == 'x' || c == 'u' || c == 'U') {
            std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            char32_t value = 0;
            std::size_t k = 0;
            for (; k < digits && i < text.size() && is_hex_digit(text[i]); ++k)
                value = value * 16 + static_cast<char32_t>(hex_value(text[i++]));
            if (k < digits) {
                std::string_view reason = c == 'x'   ? "truncated \\xXX escape"
                                          : c == 'u' ? "truncated \\uXXXX escape"
                                                     : "truncated \\UXXXXXXXX escape";
                decode_fault(token, text, next, i, reason);
                return {};
            }
            if (value > kMaxCodePoint) {
                decode_fault(token, text, next, i, "illegal Unicode character");
                return {};
            }
            append_utf8(out, value);
        } else if (c == 'N') {
            std::size_t close = i < text.size() && text[i] == '{' ? text.find('}', i) : i;
            if (close == text.npos || close <= i + 1) {
                decode_fault(token, text, next, std::min(close, text.size()),
                             "malformed \\N character escape");
                return {};
            }
            std::optional<char32_t> found = find_character_name(text.substr(i + 1, close - i - 1));
            i = close + 1;
            if (!found) {
                decode_fault(token, text, next, i, "unknown Unicode character name");
                return {};
            }
            append_utf8(out, *found);
        } else {
            if (!bad_escape) bad_escape = next;
            out += '\\';
            --i;
        }
        // The character behind an unknown escape must not be taken for a backslash.
        next = text.find('\\', i);
    }
    if (next == text.npos) out += text.substr(i);
    if (bad_escape) warn_escape(warn_token, text, *bad_escape);
    return ConstantValue::str(arena_.copy(std::string_view(out)));
}

ConstantValue Parser::decode_bytes(const StringBody& body, const Token& token) {
    std::string_view text = body.text;
    for (char c : text) {
        if (!(c & 0x80)) continue;
        report_at(token, "bytes can only contain ASCII literal characters");
        return {};
    }
    if (body.raw || text.find('\\') == text.npos) return ConstantValue::bytes(text);
    std::string out;
    out.reserve(text.size());
    std::optional<std::size_t> bad_escape;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t start = i;
        char c = text[i++];
        if (c != '\\') {
            out += c;
            continue;
        }
        c = text[i++];
        if (int plain = simple_escape(c); plain >= 0) {
            out += static_cast<char>(plain);
        } else if (c == '\n') {
            // A line continued within the literal.
        } else if (is_octal(c)) {
            int value = c - '0';
            for (int k = 0; k < 2 && i < text.size() && is_octal(text[i]); ++k)
                value = value * 8 + (text[i++] - '0');
            if (value > 0xFF && !bad_escape) bad_escape = start;
            out += static_cast<char>(value);
        } else if (c == 'x') {
            if (i + 1 >= text.size() || !is_hex_digit(text[i]) || !is_hex_digit(text[i + 1])) {
                report_at(token, message(arena_, "(value error) invalid \\x escape at position ",
                                         static_cast<int>(start)));
                return {};
            }
            out += static_cast<char>(hex_value(text[i]) * 16 + hex_value(text[i + 1]));
            i += 2;
        } else {
            if (!bad_escape) bad_escape = start;
            out += '\\';
            --i;
        }
    }
    if (bad_escape) warn_escape(token, text, *bad_escape);
    return ConstantValue::bytes(arena_.copy(std::string_view(out)));
}

// One string or bytes token.
Constant* Parser::plain_string() {
    Position start = here();
    const Token& token = *tok_++;
    StringBody body = string_body(token);
    auto* c = node<Constant>(start);
    c->value = body.bytes ? decode_bytes(body, token) : decode_str(body.text, body.raw, token, token);
    if (body.unicode) c->string_kind = "u";
    return c;
}

// Adjacent constants become one, which starts where the first does and has its kind. Strings that are empty
// then are dropped on request.
std::span<Expr*> Parser::merge_constants(std::span<Expr*> parts, bool drop_empty) {
    Items<Expr> out(*this);
    for (std::size_t i = 0; i < parts.size();) {
        auto* first = as<Constant>(parts[i]);
        if (!first) {
            out.add(parts[i++]);
            continue;
        }
        std::size_t end = i + 1;
        while (end < parts.size() && is<Constant>(parts[end])) ++end;
        if (end - i > 1) {
            std::string text;
            for (std::size_t k = i; k < end; ++k) text += cast<Constant>(parts[k])->value.text();
            auto* merged = arena_.make<Constant>(*first);
            std::string_view kept = arena_.copy(std::string_view(text));
            merged->value = first->value.is(ConstantValue::Kind::Bytes) ? ConstantValue::bytes(kept)
                                                                        : ConstantValue::str(kept);
            merged->end_lineno = parts[end - 1]->end_lineno;
            merged->end_col_offset = parts[end - 1]->end_col_offset;
            first = merged;
        }
        i = end;
        if (!drop_empty || !first->value.text().empty()) out.add(first);
    }
    return out.take();
}

// All the literals that stand side by side.
Expr* Parser::strings() {
    Position start = here();
    // By far the most common case.
    if (at(Tok::String) && !next_is(Tok::String) && !next_is(Tok::FstringStart) &&
        !next_is(Tok::TstringStart))
        return plain_string();

    Items<Expr> parts(*this);
    bool any_format = false, any_temp = false, any_plain = false, any_bytes = false, any_str = false;
    for (;;) {
        if (at(Tok::String)) {
            Constant* c = plain_string();
            (c->value.is(ConstantValue::Kind::Bytes) ? any_bytes : any_str) = true;
            any_plain = true;
            parts.add(c);
        } else if (at(Tok::FstringStart)) {
            any_format = any_plain = any_str = true;
            format_string(parts);
        } else if (at(Tok::TstringStart)) {
            if (any_bytes && any_str) break;
            any_temp = true;
            format_string(parts);
        } else {
            break;
        }
        // t-strings join with their like only.
        if (any_temp && any_plain) fail();
    }
    if (!any_plain && !any_temp) fail();
    if (any_bytes && any_str) report_at_or_here(*tok_, "cannot mix bytes and nonbytes literals");
    if (failed_) return constant_node(start, ConstantValue::none());

    auto values = merge_constants(parts.take(), any_format || any_temp);
    if (any_temp) {
        auto* t = node<TemplateStr>(start);
        t->values = values;
        return t;
    }
    if (any_format) {
        auto* j = node<JoinedStr>(start);
        j->values = values;
        return j;
    }
    return values[0];
}

}  // namespace oro::syntax
