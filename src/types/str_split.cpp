#include <cstring>

#include "base/unicode.h"
#include "object/list.h"
#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

bool is_space(char32_t c) { return unicode::is_space(c); }

// Where the pieces of a list begin and end.
class Pieces {
public:
    Pieces(Thread& t, Text s) : t_(t), s_(s) {}
    Result<void> operator()(std::size_t begin, std::size_t end) {
        if (count_ < kFew) few_[count_] = {begin, end};
        else more_.push_back({begin, end});
        ++count_;
        return {};
    }
    Result<Ref<List>> list(bool reversed = false) {
        Ref<List> list = TRY(make_list(t_, count_));
        for (std::size_t i = 0; i < count_; ++i) {
            std::size_t n = reversed ? count_ - 1 - i : i;
            text::Range r = n < kFew ? few_[n] : more_[n - kFew];
            CHECK(list_append_own(t_, *list, TRY(substring(t_, s_, r.begin, r.end))));
        }
        return list;
    }

private:
    static constexpr std::size_t kFew = 12;
    Thread& t_;
    Text s_;
    std::size_t count_ = 0;
    text::Range few_[kFew];
    std::vector<text::Range> more_;
};

Result<Optional<Str>> separator_of(Thread& t, Borrowed<> sep) {
    if (sep.is(kNone)) return Optional<Str>();
    if (!is<Str>(sep)) return raise(t, exc::TypeError, "must be str or None, not {}", TypeName{sep.value()});
    if (as<Str>(sep)->length() == 0) return raise(t, exc::ValueError, "empty separator");
    return Optional<Str>(as<Str>(sep));
}

Made strip_side(Thread& t, Text s, Borrowed<> chars, text::Side side, char const* name) {
    text::Range r;
    if (chars.is(kNone)) {
        r = visit_chars(*s.get(), [&](auto text) { return text::strip_range(text, side, is_space); });
    } else if (is<Str>(chars)) {
        Str const& set = *as<Str>(chars).get();
        r = visit_chars(*s.get(), [&](auto text) {
            return visit_chars(set, [&](auto wanted) {
                return text::strip_range(text, side, [&](char32_t c) {
                    return std::find(wanted.begin(), wanted.end(), c) != wanted.end();
                });
            });
        });
    } else {
        return raise(t, exc::TypeError, "{} arg must be None or str", name);
    }
    return substring(t, s, r.begin, r.end);
}

}  // namespace

Result<Ref<List>> split(Thread& t, Text s, Borrowed<> sep, Index maxsplit) {
    Optional<Str> separator = TRY(separator_of(t, sep));
    Pieces pieces(t, s);
    if (!separator) {
        CHECK(visit_chars(*s.get(), [&](auto text) { return text::split_space(text, maxsplit, is_space, pieces); }));
    } else if (separator->kind() > s->kind()) {
        CHECK(pieces(0, s->length()));
    } else {
        CHECK(visit_chars(*s.get(), [&](auto text) {
            using T = std::remove_const_t<typename decltype(text)::element_type>;
            return text::split_on<T>(text, Widened<T>(*(*separator).get()), maxsplit, pieces);
        }));
    }
    return pieces.list();
}

Result<Ref<List>> rsplit(Thread& t, Text s, Borrowed<> sep, Index maxsplit) {
    Optional<Str> separator = TRY(separator_of(t, sep));
    Pieces pieces(t, s);
    if (!separator) {
        CHECK(visit_chars(*s.get(), [&](auto text) { return text::rsplit_space(text, maxsplit, is_space, pieces); }));
    } else if (separator->kind() > s->kind()) {
        CHECK(pieces(0, s->length()));
    } else {
        CHECK(visit_chars(*s.get(), [&](auto text) {
            using T = std::remove_const_t<typename decltype(text)::element_type>;
            return text::rsplit_on<T>(text, Widened<T>(*(*separator).get()), maxsplit, pieces);
        }));
    }
    return pieces.list(true);
}

Result<Ref<List>> splitlines(Thread& t, Text s, bool keepends) {
    Pieces pieces(t, s);
    CHECK(visit_chars(*s.get(), [&](auto text) {
        return text::split_lines(text, keepends, [](char32_t c) { return unicode::is_line_break(c); }, pieces);
    }));
    return pieces.list();
}

Result<Ref<Tuple>> partition(Thread& t, Text s, Text sep) {
    if (sep->length() == 0) return raise(t, exc::ValueError, "empty separator");
    std::size_t at = find_str(*s.get(), *sep.get(), {0, s->length()});
    if (at == kNotFound) return make_tuple_of(t, TRY(exact(t, s)), empty_str(), empty_str());
    return make_tuple_of(t, TRY(substring(t, s, 0, at)), sep.share(), TRY(substring(t, s, at + sep->length(), s->length())));
}

Result<Ref<Tuple>> rpartition(Thread& t, Text s, Text sep) {
    if (sep->length() == 0) return raise(t, exc::ValueError, "empty separator");
    std::size_t at = rfind_str(*s.get(), *sep.get(), {0, s->length()});
    if (at == kNotFound) return make_tuple_of(t, empty_str(), empty_str(), TRY(exact(t, s)));
    return make_tuple_of(t, TRY(substring(t, s, 0, at)), sep.share(), TRY(substring(t, s, at + sep->length(), s->length())));
}

Made strip(Thread& t, Text s, Borrowed<> chars) { return strip_side(t, s, chars, text::Side::both, "strip"); }
Made lstrip(Thread& t, Text s, Borrowed<> chars) { return strip_side(t, s, chars, text::Side::left, "lstrip"); }
Made rstrip(Thread& t, Text s, Borrowed<> chars) { return strip_side(t, s, chars, text::Side::right, "rstrip"); }

namespace {
// Runs no Python.
Made join_items(Python& py, Text separator, std::span<Value const> items) {
    if (items.empty()) return empty_str();
    if (items.size() == 1 && is_exact<Str>(items[0])) return as<Str>(items[0]).share();

    char32_t max = 0;
    std::size_t total = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!is<Str>(items[i])) {
            return raise(py, exc::TypeError, "sequence item {}: expected str instance, {} found", i, TypeName{items[i]});
        }
        Str const& item = *as<Str>(items[i]).get();
        max |= kind_bound(item.kind());
        std::size_t more = item.length();
        if (i > 0) more += separator->length();
        if (__builtin_add_overflow(total, more, &total)) return raise(py, exc::OverflowError, "join() result is too long for a Python string");
    }
    if (items.size() > 1 && separator->length() > 0) max |= kind_bound(separator->kind());
    // Empty pieces don't widen anything: their kind is ascii.
    if (total == 0) return empty_str();
    if (total == 1) {
        StrBuilder out(py);
        for (Value v : items) out.add(*as<Str>(v).get());
        if (items.size() > 1) out.add(*separator.get());
        return out.finish();
    }
    Ref<Str> joined = TRY(make_str_uninitialized(py, total, max));
    auto* to = static_cast<char*>(joined->data());
    int width = joined->width();
    auto put = [&](Str const& s) {
        if (width == 1) std::memcpy(to, s.data(), s.length());
        else copy_chars(s, 0, s.length(), to, width);
        to += s.length() * std::size_t(width);
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) put(*separator.get());
        put(*as<Str>(items[i]).get());
    }
    return joined;
}
}  // namespace

Made join(Python& py, Text separator, Borrowed<> iterable) {
    // A tuple holds still while its items are looked at; anything else becomes one.
    Maybe<Tuple> held;
    if (is_exact<Tuple>(iterable)) {
        held = as<Tuple>(iterable).share();
    } else if (is_exact<List>(iterable)) {
        // A lone thread's list holds still as well.
        auto& list = *as<List>(iterable).get();
        if (py.alone && list.size() > 0) return join_items(py, separator, {reinterpret_cast<Value const*>(list.guarded.items.load()->slots), list.size()});
        held = TRY(list_to_tuple(py, as<List>(iterable)));
    } else {
        Result<Ref<>> iterator = get_iterator(py, iterable);
        if (iterator.raised()) {
            if (!raised_is(py, exc::TypeError) || type_of(iterable).slot(Dunder::iter)) return Raised{};
            clear_raised(py);
            return raise(py, exc::TypeError, "can only join an iterable");
        }
        Ref<> it = std::move(iterator).take();
        held = TRY(tuple_from(py, it));
    }
    return join_items(py, separator, held->items());
}

}  // namespace oro::str_methods
