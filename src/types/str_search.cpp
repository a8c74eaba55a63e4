#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

bool cannot_contain(Str const& s, Str const& sub, text::Range range) {
    return !range.valid() || sub.length() > range.end - range.begin || sub.kind() > s.kind();
}

bool matches_at(Str const& s, Str const& sub, std::size_t at) {
    if (sub.kind() > s.kind()) return false;
    return visit_chars(s, [&](auto x) {
        return visit_chars(sub, [&](auto y) {
            for (std::size_t i = 0; i < y.size(); ++i)
                if (char32_t(x[at + i]) != char32_t(y[i])) return false;
            return true;
        });
    });
}

enum class Edge : bool { start, end };

bool matches_edge(Str const& s, Str const& sub, text::Range range, Edge edge) {
    if (!range.valid() || sub.length() > range.end - range.begin) return false;
    return matches_at(s, sub, edge == Edge::start ? range.begin : range.end - sub.length());
}

Result<bool> matches_any(Python& py, Text s, Borrowed<> what, Borrowed<> start, Borrowed<> end, Edge edge) {
    char const* name = edge == Edge::start ? "startswith" : "endswith";
    text::Range range = TRY(range_of(py, start, end, s->length()));
    if (is<Tuple>(what)) {
        for (Value v : as<Tuple>(what)->items()) {
            if (!is<Str>(v)) return raise(py, exc::TypeError, "tuple for {} must only contain str, not {}", name, TypeName{v});
            if (matches_edge(*s.get(), *as<Str>(v).get(), range, edge)) return true;
        }
        return false;
    }
    if (!is<Str>(what)) {
        return raise(py, exc::TypeError, "{} first arg must be str or a tuple of str, not {}", name, TypeName{what.value()});
    }
    return matches_edge(*s.get(), *as<Str>(what).get(), range, edge);
}

// The result of replacing, written in one pass into an array of code units of the result's width.
template <CodeUnit T> Made replace_in(Thread& t, Str const& s, Str const& old, Str const& with, std::size_t most) {
    Widened<T> text_(s), old_(old), with_(with);
    std::span<T const> text = text_, from = old_, to = with_;
    std::size_t times = from.empty() ? std::min(most, text.size() + 1) : count_in(text, from, most);
    std::size_t kept = text.size() - times * from.size(), added, total;
    if (__builtin_mul_overflow(times, to.size(), &added) || __builtin_add_overflow(kept, added, &total)) {
        return raise(t, exc::OverflowError, "replace string is too long");
    }
    if (total > (std::size_t(1) << 58) / sizeof(T)) return raise_no_memory(t);
    auto* buffer = static_cast<T*>(buffer_allocate((total + 1) * sizeof(T)));
    if (!buffer) return raise_no_memory(t);
    T* put = buffer;
    if (from.empty()) {
        for (std::size_t i = 0;; ++i) {
            if (i < times) put = std::copy(to.begin(), to.end(), put);
            if (i == text.size()) break;
            *put++ = text[i];
        }
    } else {
        for (std::size_t i = 0; i < times; ++i) {
            std::size_t at = find_in(text, from);
            put = std::copy_n(text.data(), at, put);
            put = std::copy(to.begin(), to.end(), put);
            text = text.subspan(at + from.size());
        }
        std::copy(text.begin(), text.end(), put);
    }
    Made made = [&] {
        if constexpr (sizeof(T) == 1) return make_str(t, std::span<std::uint8_t const>(buffer, total));
        else if constexpr (sizeof(T) == 2) return make_str(t, std::span(reinterpret_cast<std::uint16_t const*>(buffer), total));
        else return make_str(t, std::span(reinterpret_cast<std::uint32_t const*>(buffer), total));
    }();
    buffer_free(buffer);
    return made;
}

}  // namespace

Made exact(Thread& t, Text s) { return substring(t, s, 0, s->length()); }

Result<text::Range> range_of(Python& py, Borrowed<> start, Borrowed<> end, std::size_t length) {
    std::int64_t bounds[2] = {0, INT64_MAX};
    Borrowed<> given[2] = {start, end};
    for (int i = 0; i < 2; ++i) {
        Value v = given[i].value();
        if (v == kNone) continue;
        if (v.is_int()) {
            bounds[i] = v.as_int();
        } else if (is_any_int(v) || type_of(v).slot(Dunder::index)) {
            bounds[i] = TRY(to_int64(py, given[i], nullptr));
        } else {
            return raise(py, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        }
    }
    return text::clamp_range(bounds[0], bounds[1], length);
}

std::size_t find_str(Str const& s, Str const& sub, text::Range range) {
    if (cannot_contain(s, sub, range)) return kNotFound;
    std::size_t at = visit_chars(s, [&](auto text) {
        using T = std::remove_const_t<typename decltype(text)::element_type>;
        return find_in<T>(text.subspan(range.begin, range.end - range.begin), Widened<T>(sub));
    });
    return at == kNotFound ? at : at + range.begin;
}

std::size_t rfind_str(Str const& s, Str const& sub, text::Range range) {
    if (cannot_contain(s, sub, range)) return kNotFound;
    std::size_t at = visit_chars(s, [&](auto text) {
        using T = std::remove_const_t<typename decltype(text)::element_type>;
        return rfind_in<T>(text.subspan(range.begin, range.end - range.begin), Widened<T>(sub));
    });
    return at == kNotFound ? at : at + range.begin;
}

Result<std::int64_t> find(Python& py, Text s, Text sub, Borrowed<> start, Borrowed<> end) {
    return std::int64_t(find_str(*s.get(), *sub.get(), TRY(range_of(py, start, end, s->length()))));
}
Result<std::int64_t> rfind(Python& py, Text s, Text sub, Borrowed<> start, Borrowed<> end) {
    return std::int64_t(rfind_str(*s.get(), *sub.get(), TRY(range_of(py, start, end, s->length()))));
}
Result<std::int64_t> index(Python& py, Text s, Text sub, Borrowed<> start, Borrowed<> end) {
    std::int64_t at = TRY(find(py, s, sub, start, end));
    if (at < 0) return raise(py, exc::ValueError, "substring not found");
    return at;
}
Result<std::int64_t> rindex(Python& py, Text s, Text sub, Borrowed<> start, Borrowed<> end) {
    std::int64_t at = TRY(rfind(py, s, sub, start, end));
    if (at < 0) return raise(py, exc::ValueError, "substring not found");
    return at;
}

Result<std::int64_t> count(Python& py, Text s, Text sub, Borrowed<> start, Borrowed<> end) {
    text::Range range = TRY(range_of(py, start, end, s->length()));
    if (cannot_contain(*s.get(), *sub.get(), range)) return 0;
    if (sub->length() == 0) return std::int64_t(range.end - range.begin + 1);
    return visit_chars(*s.get(), [&](auto text) {
        using T = std::remove_const_t<typename decltype(text)::element_type>;
        return std::int64_t(count_in<T>(text.subspan(range.begin, range.end - range.begin), Widened<T>(*sub.get()), kNotFound));
    });
}

Result<bool> startswith(Python& py, Text s, Borrowed<> prefix, Borrowed<> start, Borrowed<> end) {
    return matches_any(py, s, prefix, start, end, Edge::start);
}
Result<bool> endswith(Python& py, Text s, Borrowed<> suffix, Borrowed<> start, Borrowed<> end) {
    return matches_any(py, s, suffix, start, end, Edge::end);
}

Made removeprefix(Thread& t, Text s, Text prefix) {
    bool there = matches_edge(*s.get(), *prefix.get(), {0, s->length()}, Edge::start);
    return substring(t, s, there ? prefix->length() : 0, s->length());
}
Made removesuffix(Thread& t, Text s, Text suffix) {
    bool there = matches_edge(*s.get(), *suffix.get(), {0, s->length()}, Edge::end);
    return substring(t, s, 0, s->length() - (there ? suffix->length() : 0));
}

Made replace(Thread& t, Text s, Text old, Text with, Index count) {
    if (count.value == 0 || (old->length() > s->length()) || old->kind() > s->kind() || equal(*old.get(), *with.get())) {
        return exact(t, s);
    }
    if (find_str(*s.get(), *old.get(), {0, s->length()}) == kNotFound) return exact(t, s);
    std::size_t most = count.value < 0 ? kNotFound : std::size_t(count.value);
    int width = std::max(s->width(), with->width());
    if (width == 1) return replace_in<Char1>(t, *s.get(), *old.get(), *with.get(), most);
    if (width == 2) return replace_in<Char2>(t, *s.get(), *old.get(), *with.get(), most);
    return replace_in<Char4>(t, *s.get(), *old.get(), *with.get(), most);
}

Result<bool> contains(Thread& t, Text s, Borrowed<> item) {
    if (!is<Str>(item)) {
        return raise(t, exc::TypeError, "'in <string>' requires string as left operand, not {}", TypeName{item.value()});
    }
    return find_str(*s.get(), *as<Str>(item).get(), {0, s->length()}) != kNotFound;
}

}  // namespace oro::str_methods
