#include "base/unicode.h"
#include "object/dict.h"
#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

Result<char32_t> fill_of(Thread& t, Optional<> fill) {
    if (!fill) return U' ';
    if (!is<Str>(*fill)) {
        return raise(t, exc::TypeError, "The fill character must be a unicode character, not {}", TypeName{fill.value()});
    }
    Text s = as<Str>(*fill);
    if (s->length() != 1) return raise(t, exc::TypeError, "The fill character must be exactly one character long");
    return s->at(0);
}

Made pad(Thread& t, Text s, std::size_t left, std::size_t right, char32_t fill) {
    if (left == 0 && right == 0) return exact(t, s);
    std::size_t length;
    if (__builtin_add_overflow(left, s->length(), &length) || __builtin_add_overflow(length, right, &length) ||
        length > std::size_t(PTRDIFF_MAX)) {
        return raise(t, exc::OverflowError, "padded string is too long");
    }
    StrBuilder out(t);
    out.fill(fill, left);
    out.add(*s.get());
    out.fill(fill, right);
    return out.finish();
}

std::size_t missing(Text s, std::int64_t width) { return width > std::int64_t(s->length()) ? std::size_t(width) - s->length() : 0; }

void add_hex(StrBuilder& out, char32_t c, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.add(char32_t("0123456789abcdef"[c >> shift & 15]));
}

}  // namespace

Made center(Thread& t, Text s, Index width, Optional<> fill) {
    char32_t c = TRY(fill_of(t, fill));
    std::size_t gap = missing(s, width);
    // An odd blank goes to the left if the width is odd.
    std::size_t left = gap / 2 + (gap & std::size_t(width.value) & 1);
    return pad(t, s, left, gap - left, c);
}

Made ljust(Thread& t, Text s, Index width, Optional<> fill) {
    char32_t c = TRY(fill_of(t, fill));
    return pad(t, s, 0, missing(s, width), c);
}

Made rjust(Thread& t, Text s, Index width, Optional<> fill) {
    char32_t c = TRY(fill_of(t, fill));
    return pad(t, s, missing(s, width), 0, c);
}

Made zfill(Thread& t, Text s, Index width) {
    std::size_t gap = missing(s, width);
    if (gap == 0) return exact(t, s);
    bool sign = s->length() > 0 && (s->at(0) == '+' || s->at(0) == '-');
    StrBuilder out(t);
    if (sign) out.add(s->at(0));
    out.fill('0', gap);
    out.add(*s.get(), sign, s->length());
    return out.finish();
}

Made expandtabs(Thread& t, Text s, int tabsize) {
    StrBuilder out(t);
    bool good = visit_chars(*s.get(), [&](auto text) {
        return text::expand_tabs(text, tabsize, [&](std::size_t b, std::size_t e) { out.add(*s.get(), b, e); },
                                 [&](std::size_t n) { out.fill(' ', n); });
    });
    if (!good) return raise(t, exc::OverflowError, "new string is too long");
    return out.finish();
}

Made repeat(Python& py, Text s, Borrowed<> count) {
    if (!is_any_int(count.value()) && !type_of(count).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "can't multiply sequence by non-int of type '{}'", TypeName{count.value()});
    }
    std::int64_t times = TRY(to_int64(py, count, &exc::OverflowError));
    if (times <= 0 || s->length() == 0) return empty_str();
    if (times == 1) return exact(py, s);
    std::size_t length;
    if (__builtin_mul_overflow(s->length(), std::size_t(times), &length) || length > std::size_t(PTRDIFF_MAX)) {
        return raise(py, exc::OverflowError, "repeated string is too long");
    }
    Ref<Str> out = TRY(make_str_uninitialized(py, length, kind_bound(s->kind())));
    auto* to = static_cast<char*>(out->data());
    std::size_t unit = s->length() * std::size_t(s->width()), total = length * std::size_t(s->width());
    if (unit == 1) {
        std::memset(to, *static_cast<char const*>(s->data()), total);
        return out;
    }
    std::memcpy(to, s->data(), unit);
    for (std::size_t done = unit; done < total;) {
        std::size_t more = std::min(done, total - done);
        std::memcpy(to + done, to, more);
        done += more;
    }
    return out;
}

Made repr(Thread& t, Text s) {
    bool single = false, twice = false;
    visit_chars(*s.get(), [&](auto text) {
        for (auto c : text) {
            single |= c == '\'';
            twice |= c == '"';
        }
    });
    char32_t quote = single && !twice ? '"' : '\'';
    StrBuilder out(t);
    out.add(quote);
    visit_chars(*s.get(), [&](auto text) {
        std::size_t plain = 0;  // where text begins that stands for itself
        for (std::size_t i = 0; i < text.size(); ++i) {
            char32_t c = text[i];
            if (c >= ' ' && c < 0x7F ? c != quote && c != '\\' : c >= 0x7F && unicode::is_printable(c)) continue;
            out.add(*s.get(), plain, i);
            plain = i + 1;
            if (c == quote || c == '\\') {
                out.add('\\');
                out.add(c);
            } else if (c == '\n') {
                out.add("\\n");
            } else if (c == '\r') {
                out.add("\\r");
            } else if (c == '\t') {
                out.add("\\t");
            } else if (c < 0x100) {
                out.add("\\x");
                add_hex(out, c, 2);
            } else if (c < 0x10000) {
                out.add("\\u");
                add_hex(out, c, 4);
            } else {
                out.add("\\U");
                add_hex(out, c, 8);
            }
        }
        out.add(*s.get(), plain, text.size());
    });
    out.add(quote);
    return out.finish();
}

Made translate(Python& py, Text s, Borrowed<> table) {
    StrBuilder out(py);
    // What ASCII characters become, as far as it is one character or nothing.
    constexpr std::uint32_t kUnknown = 0xFFFFFFFF, kNothing = 0xFFFFFFFE;
    std::uint32_t seen[128];
    std::fill(seen, seen + 128, kUnknown);
    for (std::size_t i = 0; i < s->length(); ++i) {
        char32_t c = s->at(i);
        if (c < 128 && seen[c] != kUnknown) {
            if (seen[c] != kNothing) out.add(char32_t(seen[c]));
            continue;
        }
        std::uint32_t single = kUnknown;
        Result<Ref<>> looked = get_item(py, table, Borrowed<>(Value::of_int(c)));
        if (looked.raised()) {
            if (!raised_is(py, exc::LookupError)) return Raised{};
            clear_raised(py);
            out.add(c);
            single = c;
        } else {
            Ref<> to = std::move(looked).take();
            if (to.is(kNone)) {
                single = kNothing;
            } else if (is<Str>(Borrowed<>(to))) {
                out.add(*as<Str>(Borrowed<>(to)).get());
                if (as<Str>(Borrowed<>(to))->length() == 1) single = as<Str>(Borrowed<>(to))->at(0);
            } else if (is_any_int(to.value())) {
                Value n = int_number(to.value());
                if (!n.is_int() || n.as_int() < 0 || n.as_int() > std::int64_t(kMaxCodePoint)) {
                    return raise(py, exc::ValueError, "character mapping must be in range(0x110000)");
                }
                single = std::uint32_t(n.as_int());
                out.add(char32_t(single));
            } else {
                return raise(py, exc::TypeError, "character mapping must return integer, None or str");
            }
        }
        // Only a plain dict surely gives the same again.
        if (c < 128 && is_exact<Dict>(table)) seen[c] = single;
    }
    return out.finish();
}

Result<Ref<Dict>> maketrans(Python& py, Borrowed<> x, Optional<> y, Optional<> z) {
    Ref<Dict> table = TRY(make_dict(py));
    auto key = [](char32_t c) { return Borrowed<>(Value::of_int(c)); };
    if (y) {
        if (!is<Str>(x)) {
            return raise(py, exc::TypeError, "first maketrans argument must be a string if there is a second argument");
        }
        if (!is<Str>(*y)) return raise(py, exc::TypeError, "maketrans() argument 2 must be str, not {}", TypeName{y.value()});
        if (z && !is<Str>(*z)) return raise(py, exc::TypeError, "maketrans() argument 3 must be str, not {}", TypeName{z.value()});
        Text from = as<Str>(x), to = as<Str>(*y);
        if (from->length() != to->length()) {
            return raise(py, exc::ValueError, "the first two maketrans arguments must have equal length");
        }
        for (std::size_t i = 0; i < from->length(); ++i) {
            CHECK(dict_set_item(py, table, key(from->at(i)), Ref<>::immediate(Value::of_int(to->at(i)))));
        }
        if (z) {
            Text gone = as<Str>(*z);
            for (std::size_t i = 0; i < gone->length(); ++i) CHECK(dict_set_item(py, table, key(gone->at(i)), none.share()));
        }
        return table;
    }
    if (!is_exact<Dict>(x)) return raise(py, exc::TypeError, "if you give only one argument to maketrans it must be a dict");
    std::size_t position = 0;
    Maybe<> k, v;
    while (dict_next(py, *as<Dict>(x).get(), &position, &k, &v)) {
        if (is<Str>(*k)) {
            if (as<Str>(*k)->length() != 1) {
                return raise(py, exc::ValueError, "string keys in translatetable must be of length 1");
            }
            CHECK(dict_set_item(py, table, key(as<Str>(*k)->at(0)), (*v).share()));
        } else if (is_any_int(k.value())) {
            CHECK(dict_set_item(py, table, *k, (*v).share()));
        } else {
            return raise(py, exc::TypeError, "keys in translate table mustbe strings or integers");
        }
    }
    return table;
}

}  // namespace oro::str_methods
