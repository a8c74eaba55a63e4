#include "types/number.h"

#include <clocale>
#include <climits>
#include <cstdlib>
#include <cwchar>

#include "base/unicode.h"
#include "base/utf8.h"
#include "object/buffer.h"
#include "object/bytes.h"

namespace oro {

namespace {
bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
}

std::string_view strip_ascii_space(std::string_view s) {
    while (!s.empty() && is_ascii_space(s.front())) s.remove_prefix(1);
    while (!s.empty() && is_ascii_space(s.back())) s.remove_suffix(1);
    return s;
}

static std::string_view ascii_number_text(Str const& s) {
    // The four separators below the space are white space in a str, though not in bytes.
    std::string_view text = s.ascii();
    auto space = [](char c) { return is_ascii_space(c) || (c >= 0x1C && c <= 0x1F); };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

std::string number_text(Str const& s) {
    std::string out;
    if (s.is_ascii()) return std::string(ascii_number_text(s));
    visit_text(s, [&](auto text) {
        out.reserve(text.size());
        for (char32_t c : text) {
            if (unicode::is_space(c)) out += ' ';
            else if (c < 128) out += char(c);
            else if (int digit = unicode::decimal_value(c); digit >= 0) out += char('0' + digit);
            else out += '?';
        }
    });
    return std::string(strip_ascii_space(out));
}

Result<NumberSource> number_source(Python& py, Borrowed<> v) {
    NumberSource source;
    if (is<Str>(v)) {
        source.is_text = true;
        if (as<Str>(v)->is_ascii()) source.view = ascii_number_text(*as<Str>(v));
        else source.copy = number_text(*as<Str>(v));
    } else if (is<Bytes>(v)) {
        source.is_text = true;
        source.view = strip_ascii_space(as<Bytes>(v)->view());
    } else if (has_buffer(py, v)) {
        Buffer buffer = TRY(get_buffer(py, v));
        source.is_text = true;
        source.copy = strip_ascii_space(buffer.bytes());  // other threads may write there
    }
    return source;
}

Raised raise_format_error(Thread& t, FormatResult const& failure) {
    if (failure.status == FormatStatus::no_memory) return raise_no_memory(t);
    Type& type = failure.status == FormatStatus::overflow_error ? exc::OverflowError : exc::ValueError;
    return raise(t, type, "{}", std::string_view(failure.message));
}

namespace {
// From the locale's encoding to UTF-8.
std::string from_locale(char const* s) {
    std::string out;
    std::mbstate_t state{};
    std::size_t left = std::strlen(s);
    while (left > 0) {
        wchar_t c;
        std::size_t n = std::mbrtowc(&c, s, left, &state);
        if (n == 0 || n > left) break;
        append_utf8(out, char32_t(c));
        s += n;
        left -= n;
    }
    return out;
}
}  // namespace

NumericLocale numeric_locale(FormatSpec const& spec, std::string (&storage)[3]) {
    if (spec.type != 'n') return {};
    std::lconv const* conventions = std::localeconv();
    storage[0] = from_locale(conventions->decimal_point);
    storage[1] = from_locale(conventions->thousands_sep);
    storage[2] = conventions->grouping;
    return {storage[0], storage[1], storage[2]};
}

std::string type_name_of(Value v) { return wtf8_of(*name_of_type(type_of(v))); }

}  // namespace oro
