#include "base/unicode.h"
#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

// One code point in, up to kMaxCaseExpansion out; `at` is its index.
template <class F> Made map_each(Thread& t, Str const& s, F&& f) {
    StrBuilder out(t);
    visit_chars(s, [&](auto text) {
        char32_t mapped[unicode::kMaxCaseExpansion];
        for (std::size_t i = 0; i < text.size() && !out.failed(); ++i) {
            std::size_t n = f(text, i, mapped);
            for (std::size_t k = 0; k < n; ++k) out.add(mapped[k]);
        }
    });
    return out.finish();
}

template <class F> Made map_ascii(Thread& t, Str const& s, F&& f) {
    if (s.length() == 0) return empty_str();
    if (s.length() == 1) return make_str_of(t, f(s.bytes1()[0], 0));
    Ref<Str> out = TRY(make_str_uninitialized(t, s.length(), 0x7F));
    auto* to = static_cast<Char1*>(out->data());
    auto from = s.bytes1();
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = f(from[i], i);
    return out;
}

constexpr Char1 ascii_upper(Char1 c) { return c >= 'a' && c <= 'z' ? Char1(c - 32) : c; }
constexpr Char1 ascii_lower(Char1 c) { return c >= 'A' && c <= 'Z' ? Char1(c + 32) : c; }
constexpr bool ascii_alpha(Char1 c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

template <class T> std::size_t lower_at(std::span<T const> text, std::size_t i, char32_t* out) {
    if (char32_t(text[i]) == unicode::kCapitalSigma) return out[0] = unicode::lower_sigma(text.data(), text.size(), i), 1;
    return unicode::to_lower_full(text[i], out);
}

// Whether the text isn't empty and f holds for all of it.
template <class F> bool all(Str const& s, F&& f) {
    if (s.length() == 0) return false;
    return visit_chars(s, [&](auto text) {
        for (auto c : text) if (!f(char32_t(c))) return false;
        return true;
    });
}

}  // namespace

Made upper(Thread& t, Text s) {
    if (s->is_ascii()) return map_ascii(t, *s.get(), [](Char1 c, std::size_t) { return ascii_upper(c); });
    return map_each(t, *s.get(), [](auto text, std::size_t i, char32_t* out) { return unicode::to_upper_full(text[i], out); });
}

Made lower(Thread& t, Text s) {
    if (s->is_ascii()) return map_ascii(t, *s.get(), [](Char1 c, std::size_t) { return ascii_lower(c); });
    return map_each(t, *s.get(), [](auto text, std::size_t i, char32_t* out) { return lower_at(text, i, out); });
}

Made casefold(Thread& t, Text s) {
    if (s->is_ascii()) return map_ascii(t, *s.get(), [](Char1 c, std::size_t) { return ascii_lower(c); });
    return map_each(t, *s.get(), [](auto text, std::size_t i, char32_t* out) { return unicode::to_casefold(text[i], out); });
}

Made swapcase(Thread& t, Text s) {
    if (s->is_ascii()) {
        return map_ascii(t, *s.get(), [](Char1 c, std::size_t) { return ascii_alpha(c) ? Char1(c ^ 32) : c; });
    }
    return map_each(t, *s.get(), [](auto text, std::size_t i, char32_t* out) -> std::size_t {
        if (unicode::is_upper(text[i])) return lower_at(text, i, out);
        if (unicode::is_lower(text[i])) return unicode::to_upper_full(text[i], out);
        return out[0] = text[i], 1;
    });
}

Made title(Thread& t, Text s) {
    if (s->is_ascii()) {
        bool inside = false;
        return map_ascii(t, *s.get(), [&](Char1 c, std::size_t) {
            Char1 mapped = inside ? ascii_lower(c) : ascii_upper(c);
            inside = ascii_alpha(c);
            return mapped;
        });
    }
    bool inside = false;
    return map_each(t, *s.get(), [&](auto text, std::size_t i, char32_t* out) {
        std::size_t n = inside ? lower_at(text, i, out) : unicode::to_title_full(text[i], out);
        inside = unicode::is_cased(text[i]);
        return n;
    });
}

Made capitalize(Thread& t, Text s) {
    if (s->is_ascii()) {
        return map_ascii(t, *s.get(), [](Char1 c, std::size_t i) { return i == 0 ? ascii_upper(c) : ascii_lower(c); });
    }
    return map_each(t, *s.get(), [](auto text, std::size_t i, char32_t* out) {
        return i == 0 ? unicode::to_title_full(text[0], out) : lower_at(text, i, out);
    });
}

bool isascii(Thread&, Text s) { return s->is_ascii(); }

bool islower(Thread&, Text s) {
    bool cased = false;
    bool good = all(*s.get(), [&](char32_t c) {
        if (unicode::is_upper(c) || unicode::is_title(c)) return false;
        cased |= unicode::is_lower(c);
        return true;
    });
    return good && cased;
}

bool isupper(Thread&, Text s) {
    bool cased = false;
    bool good = all(*s.get(), [&](char32_t c) {
        if (unicode::is_lower(c) || unicode::is_title(c)) return false;
        cased |= unicode::is_upper(c);
        return true;
    });
    return good && cased;
}

bool istitle(Thread&, Text s) {
    bool cased = false, inside = false;
    bool good = all(*s.get(), [&](char32_t c) {
        if (unicode::is_upper(c) || unicode::is_title(c)) {
            if (inside) return false;
            inside = cased = true;
        } else if (unicode::is_lower(c)) {
            if (!inside) return false;
            cased = true;
        } else {
            inside = false;
        }
        return true;
    });
    return good && cased;
}

bool isspace(Thread&, Text s) { return all(*s.get(), unicode::is_space); }
bool isdecimal(Thread&, Text s) { return all(*s.get(), unicode::is_decimal); }
bool isdigit(Thread&, Text s) { return all(*s.get(), unicode::is_digit); }
bool isnumeric(Thread&, Text s) { return all(*s.get(), unicode::is_numeric); }
bool isalpha(Thread&, Text s) { return all(*s.get(), unicode::is_alpha); }
bool isalnum(Thread&, Text s) { return all(*s.get(), unicode::is_alnum); }

bool isidentifier(Thread&, Text s) {
    bool first = true;
    return all(*s.get(), [&](char32_t c) {
        bool good = std::exchange(first, false) ? unicode::is_xid_start(c) || c == '_' : unicode::is_xid_continue(c);
        return good;
    });
}

bool isprintable(Thread&, Text s) { return s->length() == 0 || all(*s.get(), unicode::is_printable); }

}  // namespace oro::str_methods
