// The methods that bytes and bytearray share, as templates over the type S. A bytearray is looked at under its lock;
// arguments are converted before.
#pragma once
#include <array>

#include "base/utf8.h"
#include "object/buffer.h"
#include "object/byte_builder.h"
#include "object/bytearray.h"
#include "object/codecs.h"
#include "object/list.h"
#include "types/text_algorithms.h"

namespace oro {

extern Type bytes_type, bytearray_type;

namespace bytes_methods {

using Octets = std::string_view;
using Units = std::span<char const>;
inline Units units(Octets s) { return {s.data(), s.size()}; }

// How to get at the octets of S, and to make one.
template <class S> struct Traits;
template <> struct Traits<Bytes> {
    template <class F> static auto with(Thread&, Borrowed<Bytes> self, F&& f) { return f(self->view()); }
    static Result<Ref<Bytes>> make(Thread& t, Octets s) { return make_bytes(t, s); }
    // The object itself can stand for an equal copy.
    static bool reusable(Borrowed<Bytes> self) { return is_exact<Bytes>(self.value()); }
};
template <> struct Traits<ByteArray> {
    template <class F> static auto with(Thread& t, Borrowed<ByteArray> self, F&& f) {
        Locked<ByteArray> locked(t, self);
        return f(view_of(locked));
    }
    static Result<Ref<ByteArray>> make(Thread& t, Octets s) { return make_bytearray(t, s); }
    static bool reusable(Borrowed<ByteArray>) { return false; }
};
template <class S, class F> auto with(Thread& t, Borrowed<S> self, F&& f) { return Traits<S>::with(t, self, std::forward<F>(f)); }
template <class S> Result<Ref<S>> make_like(Thread& t, Octets s) { return Traits<S>::make(t, s); }
template <class S> Result<Ref<S>> unchanged(Thread& t, Borrowed<S> self) {
    if (Traits<S>::reusable(self)) return self.share();
    return with(t, self, [&](Octets s) { return make_like<S>(t, s); });
}

// ---- in bytes_common.cpp
// An int in range(256), for items: "an integer is required" and "byte must be in range(0, 256)".
Result<char> octet_of(Python& py, Borrowed<> v);
// What find and its kin look for: octets, or one of them given as a number.
struct Wanted {
    Buffer buffer;
    char single = 0;
    bool is_single = false;
    Octets view() const { return is_single ? Octets(&single, 1) : buffer.bytes(); }
};
Result<Wanted> wanted_of(Python& py, Borrowed<> v);
Result<text::Range> range_of(Python& py, Borrowed<> start, Borrowed<> end, std::size_t length);
struct RawRange { std::int64_t start = 0, end = INT64_MAX; };
Result<RawRange> raw_range_of(Python& py, Borrowed<> start, Borrowed<> end);
Result<char> fill_of(Python& py, char const* function, Optional<> fill);
Result<void> replace_into(Thread& t, ByteBuilder& out, Octets s, Octets old, Octets with, std::int64_t count);
Result<Ref<Str>> hex_of(Python& py, Octets s, Optional<> separator, std::int64_t group);
Result<Ref<Str>> repr_of(Thread& t, Octets s, Octets prefix, Octets suffix);
Result<Ref<Bytes>> octets_from_hex(Python& py, Borrowed<> text);
Result<Ref<Bytes>> join_octets(Python& py, Octets separator, Borrowed<> iterable);
Result<Ref<Bytes>> format_octets(Python& py, Octets format, Borrowed<> values);
// bytes(object) for anything but str: count, buffer, iterable. Null: not one of these.
Result<Ref<Bytes>> octets_of(Python& py, Borrowed<> object);
Result<Ref<Bytes>> make_table(Python& py, Borrowed<> from, Borrowed<> to);

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline char lower(char c) { return is_upper(c) ? char(c + 32) : c; }
inline char upper(char c) { return is_lower(c) ? char(c - 32) : c; }

template <class S> struct Methods {
    using Self = Borrowed<S>;
    using Made = Result<Ref<S>>;

    // ---- searching
    template <bool Last> static Result<std::int64_t> search(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        Wanted wanted = TRY(wanted_of(py, sub));
        RawRange raw = TRY(raw_range_of(py, start, end));
        return with(py, self, [&](Octets s) -> std::int64_t {
            text::Range r = text::clamp_range(raw.start, raw.end, s.size());
            if (!r.valid()) return -1;
            Units hay = units(s).subspan(r.begin, r.end - r.begin), needle = units(wanted.view());
            std::size_t at = Last ? rfind_in(hay, needle) : find_in(hay, needle);
            return at == kNotFound ? -1 : std::int64_t(at + r.begin);
        });
    }
    static Result<std::int64_t> find(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        return search<false>(py, self, sub, start, end);
    }
    static Result<std::int64_t> rfind(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        return search<true>(py, self, sub, start, end);
    }
    static Result<std::int64_t> index(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        std::int64_t at = TRY(find(py, self, sub, start, end));
        if (at < 0) return raise(py, exc::ValueError, "subsection not found");
        return at;
    }
    static Result<std::int64_t> rindex(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        std::int64_t at = TRY(rfind(py, self, sub, start, end));
        if (at < 0) return raise(py, exc::ValueError, "subsection not found");
        return at;
    }
    static Result<std::int64_t> count(Python& py, Self self, Borrowed<> sub, Borrowed<> start, Borrowed<> end) {
        Wanted wanted = TRY(wanted_of(py, sub));
        RawRange raw = TRY(raw_range_of(py, start, end));
        return with(py, self, [&](Octets s) -> std::int64_t {
            text::Range r = text::clamp_range(raw.start, raw.end, s.size());
            if (!r.valid()) return 0;
            Units needle = units(wanted.view());
            if (needle.empty()) return std::int64_t(r.end - r.begin + 1);
            return std::int64_t(count_in(units(s).subspan(r.begin, r.end - r.begin), needle, kNotFound));
        });
    }
    static Result<bool> contains(Python& py, Self self, Borrowed<> item) {
        Wanted wanted;
        if (is_any_int(item.value()) || type_of(item).slot(Dunder::index)) {
            wanted.single = TRY(octet_of(py, item));
            wanted.is_single = true;
        } else {
            wanted.buffer = TRY(get_buffer(py, item));
        }
        return with(py, self, [&](Octets s) { return find_in(units(s), units(wanted.view())) != kNotFound; });
    }
    template <bool End> static Result<bool> edge(Python& py, Self self, Borrowed<> what, Borrowed<> start, Borrowed<> end) {
        RawRange raw = TRY(raw_range_of(py, start, end));
        auto matches = [&](Borrowed<> one) -> Result<bool> {
            Buffer buffer = TRY(get_buffer(py, one));
            return with(py, self, [&](Octets s) {
                text::Range r = text::clamp_range(raw.start, raw.end, s.size());
                if (!r.valid()) return false;
                Octets part = s.substr(r.begin, r.end - r.begin);
                return End ? part.ends_with(buffer.bytes()) : part.starts_with(buffer.bytes());
            });
        };
        if (is<Tuple>(what)) {
            for (Value v : as<Tuple>(what)->items())
                if (TRY(matches(Borrowed<>(v)))) return true;
            return false;
        }
        if (!has_buffer(py, what)) {
            return raise(py, exc::TypeError, "{} first arg must be bytes or a tuple of bytes, not {}", End ? "endswith" : "startswith",
                         TypeName{what.value()});
        }
        return matches(what);
    }
    static Result<bool> startswith(Python& py, Self self, Borrowed<> prefix, Borrowed<> start, Borrowed<> end) {
        return edge<false>(py, self, prefix, start, end);
    }
    static Result<bool> endswith(Python& py, Self self, Borrowed<> suffix, Borrowed<> start, Borrowed<> end) {
        return edge<true>(py, self, suffix, start, end);
    }

    // ---- pieces
    static Made removeprefix(Python& py, Self self, BytesLike const& prefix) {
        return with(py, self, [&](Octets s) {
            if (s.starts_with(prefix.view())) s.remove_prefix(prefix.view().size());
            return make_like<S>(py, s);
        });
    }
    static Made removesuffix(Python& py, Self self, BytesLike const& suffix) {
        return with(py, self, [&](Octets s) {
            if (s.ends_with(suffix.view())) s.remove_suffix(suffix.view().size());
            return make_like<S>(py, s);
        });
    }
    template <text::Side side> static Made strip_side(Python& py, Self self, Borrowed<> chars) {
        Buffer set;
        bool space = chars.is(kNone);
        if (!space) set = TRY(get_buffer(py, chars));
        return with(py, self, [&](Octets s) {
            text::Range r = text::strip_range(units(s), side, [&](char c) { return space ? is_space(c) : set.bytes().find(c) != Octets::npos; });
            return make_like<S>(py, s.substr(r.begin, r.end - r.begin));
        });
    }
    static Made strip(Python& py, Self self, Borrowed<> chars) { return strip_side<text::Side::both>(py, self, chars); }
    static Made lstrip(Python& py, Self self, Borrowed<> chars) { return strip_side<text::Side::left>(py, self, chars); }
    static Made rstrip(Python& py, Self self, Borrowed<> chars) { return strip_side<text::Side::right>(py, self, chars); }

    template <bool Right> static Result<Ref<List>> split_any(Python& py, Self self, Borrowed<> sep, std::int64_t maxsplit) {
        Buffer separator;
        bool space = sep.is(kNone);
        if (!space) {
            separator = TRY(get_buffer(py, sep));
            if (separator.size == 0) return raise(py, exc::ValueError, "empty separator");
        }
        std::vector<Ref<>> items;
        CHECK(with(py, self, [&](Octets s) -> Result<void> {
            auto emit = [&](std::size_t begin, std::size_t end) -> Result<void> {
                items.push_back(TRY(make_like<S>(py, s.substr(begin, end - begin))));
                return {};
            };
            if (space) return Right ? text::rsplit_space(units(s), maxsplit, is_space, emit) : text::split_space(units(s), maxsplit, is_space, emit);
            Units by = units(separator.bytes());
            return Right ? text::rsplit_on(units(s), by, maxsplit, emit) : text::split_on(units(s), by, maxsplit, emit);
        }));
        return list_of(py, items, Right);
    }
    static Result<Ref<List>> list_of(Thread& t, std::vector<Ref<>> const& items, bool reversed) {
        std::vector<Value> words;
        for (Ref<> const& item : items) words.push_back(item.value());
        if (reversed) std::reverse(words.begin(), words.end());
        return make_list_of(t, words);
    }
    static Result<Ref<List>> split(Python& py, Self self, Borrowed<> sep, Index maxsplit) { return split_any<false>(py, self, sep, maxsplit); }
    static Result<Ref<List>> rsplit(Python& py, Self self, Borrowed<> sep, Index maxsplit) { return split_any<true>(py, self, sep, maxsplit); }
    static Result<Ref<List>> splitlines(Python& py, Self self, bool keepends) {
        std::vector<Ref<>> items;
        CHECK(with(py, self, [&](Octets s) {
            return text::split_lines(units(s), keepends, [](char c) { return c == '\n' || c == '\r'; },
                                     [&](std::size_t begin, std::size_t end) -> Result<void> {
                                         items.push_back(TRY(make_like<S>(py, s.substr(begin, end - begin))));
                                         return {};
                                     });
        }));
        return list_of(py, items, false);
    }
    template <bool Last> static Result<Ref<Tuple>> part(Python& py, Self self, Borrowed<> sep) {
        Buffer separator = TRY(get_buffer(py, sep));
        if (separator.size == 0) return raise(py, exc::ValueError, "empty separator");
        return with(py, self, [&](Octets s) -> Result<Ref<Tuple>> {
            Octets by = separator.bytes();
            std::size_t at = Last ? rfind_in(units(s), units(by)) : find_in(units(s), units(by));
            Octets head = s, middle, tail;
            if (at != kNotFound) {
                head = s.substr(0, at);
                middle = by;
                tail = s.substr(at + by.size());
            } else if (Last) {
                std::swap(head, tail);
            }
            return make_tuple_of(py, TRY(make_like<S>(py, head)), TRY(make_like<S>(py, middle)), TRY(make_like<S>(py, tail)));
        });
    }
    static Result<Ref<Tuple>> partition(Python& py, Self self, Borrowed<> sep) { return part<false>(py, self, sep); }
    static Result<Ref<Tuple>> rpartition(Python& py, Self self, Borrowed<> sep) { return part<true>(py, self, sep); }
    static Made join(Python& py, Self self, Borrowed<> iterable) {
        // Iterating runs Python: the separator is copied before.
        Ref<Bytes> separator = TRY(with(py, self, [&](Octets s) { return make_bytes(py, s); }));
        Ref<Bytes> joined = TRY(join_octets(py, separator->view(), iterable));
        return from_bytes(py, std::move(joined));
    }
    static Made from_bytes(Thread& t, Ref<Bytes> b) {
        if constexpr (std::is_same_v<S, Bytes>) return b;
        else return make_like<S>(t, b->view());
    }
    static Made replace(Python& py, Self self, BytesLike const& old, BytesLike const& with_, Index count) {
        ByteBuilder out(py);
        CHECK(with(py, self, [&](Octets s) { return replace_into(py, out, s, old.view(), with_.view(), count); }));
        if (out.failed()) return raise_no_memory(py);
        return make_like<S>(py, out.view());
    }

    // ---- case
    template <class F> static Made map(Thread& t, Self self, F&& f) {
        return with(t, self, [&](Octets s) -> Made {
            ByteBuilder out(t);
            if (!out.reserve(s.size())) return raise_no_memory(t);
            for (std::size_t i = 0; i < s.size(); ++i) out.add(f(s[i], i));
            return make_like<S>(t, out.view());
        });
    }
    static Made upper(Thread& t, Self self) { return map(t, self, [](char c, std::size_t) { return bytes_methods::upper(c); }); }
    static Made lower(Thread& t, Self self) { return map(t, self, [](char c, std::size_t) { return bytes_methods::lower(c); }); }
    static Made swapcase(Thread& t, Self self) { return map(t, self, [](char c, std::size_t) { return is_alpha(c) ? char(c ^ 32) : c; }); }
    static Made capitalize(Thread& t, Self self) {
        return map(t, self, [](char c, std::size_t i) { return i == 0 ? bytes_methods::upper(c) : bytes_methods::lower(c); });
    }
    static Made title(Thread& t, Self self) {
        bool inside = false;
        return map(t, self, [&](char c, std::size_t) {
            char mapped = inside ? bytes_methods::lower(c) : bytes_methods::upper(c);
            inside = is_alpha(c);
            return mapped;
        });
    }
    template <class F> static bool all(Thread& t, Self self, F&& f) {
        return with(t, self, [&](Octets s) { return !s.empty() && std::all_of(s.begin(), s.end(), f); });
    }
    static bool isalpha(Thread& t, Self self) { return all(t, self, is_alpha); }
    static bool isdigit(Thread& t, Self self) { return all(t, self, is_digit); }
    static bool isalnum(Thread& t, Self self) { return all(t, self, [](char c) { return is_alpha(c) || is_digit(c); }); }
    static bool isspace(Thread& t, Self self) { return all(t, self, is_space); }
    static bool isascii(Thread& t, Self self) { return with(t, self, [](Octets s) { return is_ascii(s); }); }
    static bool islower(Thread& t, Self self) {
        return with(t, self, [](Octets s) { return std::none_of(s.begin(), s.end(), is_upper) && std::any_of(s.begin(), s.end(), is_lower); });
    }
    static bool isupper(Thread& t, Self self) {
        return with(t, self, [](Octets s) { return std::none_of(s.begin(), s.end(), is_lower) && std::any_of(s.begin(), s.end(), is_upper); });
    }
    static bool istitle(Thread& t, Self self) {
        return with(t, self, [](Octets s) {
            bool inside = false, cased = false;
            for (char c : s) {
                if (is_upper(c) && inside) return false;
                if (is_lower(c) && !inside) return false;
                inside = is_alpha(c);
                cased |= inside;
            }
            return cased;
        });
    }

    // ---- layout
    static Made pad(Thread& t, Self self, std::int64_t width, char fill, int where) {
        return with(t, self, [&](Octets s) -> Made {
            std::size_t gap = width > std::int64_t(s.size()) ? std::size_t(width) - s.size() : 0;
            std::size_t left = where < 0 ? 0 : where > 0 ? gap : gap / 2 + (gap & std::size_t(width) & 1);
            ByteBuilder out(t);
            out.fill(fill, left);
            out.add(s);
            out.fill(fill, gap - left);
            if (out.failed()) return raise_no_memory(t);
            return make_like<S>(t, out.view());
        });
    }
    static Made center(Python& py, Self self, Index width, Optional<> fill) { return pad(py, self, width, TRY(fill_of(py, "center", fill)), 0); }
    static Made ljust(Python& py, Self self, Index width, Optional<> fill) { return pad(py, self, width, TRY(fill_of(py, "ljust", fill)), -1); }
    static Made rjust(Python& py, Self self, Index width, Optional<> fill) { return pad(py, self, width, TRY(fill_of(py, "rjust", fill)), 1); }
    static Made zfill(Thread& t, Self self, Index width) {
        return with(t, self, [&](Octets s) -> Made {
            std::size_t gap = width > std::int64_t(s.size()) ? std::size_t(width.value) - s.size() : 0;
            bool sign = gap && !s.empty() && (s[0] == '+' || s[0] == '-');
            ByteBuilder out(t);
            out.add(s.substr(0, sign));
            out.fill('0', gap);
            out.add(s.substr(sign));
            if (out.failed()) return raise_no_memory(t);
            return make_like<S>(t, out.view());
        });
    }
    static Made expandtabs(Thread& t, Self self, int tabsize) {
        return with(t, self, [&](Octets s) -> Made {
            ByteBuilder out(t);
            bool good = text::expand_tabs(units(s), tabsize, [&](std::size_t b, std::size_t e) { out.add(s.substr(b, e - b)); },
                                          [&](std::size_t n) { out.fill(' ', n); });
            if (!good) return raise(t, exc::OverflowError, "result too long");
            if (out.failed()) return raise_no_memory(t);
            return make_like<S>(t, out.view());
        });
    }
    static Made translate(Python& py, Self self, Borrowed<> table, Optional<> delete_) {
        Buffer map, gone;
        if (!table.is(kNone)) {
            map = TRY(get_buffer(py, table));
            if (map.size != 256) return raise(py, exc::ValueError, "translation table must be 256 characters long");
        }
        if (delete_) gone = TRY(get_buffer(py, *delete_));
        bool drop[256] = {};
        for (char c : gone.bytes()) drop[std::uint8_t(c)] = true;
        return with(py, self, [&](Octets s) -> Made {
            ByteBuilder out(py);
            if (!out.reserve(s.size())) return raise_no_memory(py);
            for (char c : s)
                if (!drop[std::uint8_t(c)]) out.add(map.data ? map.data[std::uint8_t(c)] : c);
            return make_like<S>(py, out.view());
        });
    }
    static Result<Ref<Str>> hex(Python& py, Self self, Optional<> sep, Index group) {
        Ref<Bytes> copy = TRY(with(py, self, [&](Octets s) { return make_bytes(py, s); }));
        return hex_of(py, copy->view(), sep, group);
    }
    static Result<Ref<>> fromhex(Python& py, Borrowed<> type, Borrowed<> text) {
        Ref<Bytes> octets = TRY(octets_from_hex(py, text));
        if (type.value() == Value::of(&S::type())) return TRY(from_bytes(py, std::move(octets)));
        return call_with(py, type, octets);
    }
    static Result<Ref<Bytes>> maketrans(Python& py, Borrowed<> from, Borrowed<> to) { return make_table(py, from, to); }
    static Result<Ref<Str>> decode(Python& py, Self self, Optional<Str> encoding, Optional<Str> errors) {
        std::string_view encoding_name = encoding ? TRY(utf8_of(py, *encoding)) : std::string_view();
        std::string_view errors_name = errors ? TRY(utf8_of(py, *errors)) : std::string_view();
        if constexpr (std::is_same_v<S, Bytes>) {
            return decode_text(py, self->view(), encoding_name, errors_name);
        } else {
            Ref<Bytes> copy = TRY(with(py, self, [&](Octets s) { return make_bytes(py, s); }));
            return decode_text(py, copy->view(), encoding_name, errors_name);
        }
    }
    static Result<Ref<>> modulo(Python& py, Borrowed<> format, Borrowed<> values) {
        if (!is<S>(format)) return Ref<>::immediate(kNotImplemented);
        Ref<Bytes> copy = TRY(with(py, as<S>(format), [&](Octets s) { return make_bytes(py, s); }));
        Ref<Bytes> made = TRY(format_octets(py, copy->view(), values));
        return TRY(from_bytes(py, std::move(made)));
    }
};

template <class S> consteval auto shared_methods() {
    using M = Methods<S>;
    return std::array{
        def<&M::capitalize>("capitalize", "", "A copy with the first letter in upper case and the others in lower case."),
        def<&M::center>("center", "width, fillchar=b' ', /", "A copy in the middle of a field of that width."),
        def<&M::count>("count", "sub, start=None, end=None, /", "How often sub occurs in B[start:end], without overlap."),
        def<&M::decode>("decode", "encoding='utf-8', errors='strict'", "The text that the octets stand for in an encoding."),
        def<&M::endswith>("endswith", "suffix, start=None, end=None, /", "Whether B[start:end] ends with a suffix or one of a tuple of them."),
        def<&M::expandtabs>("expandtabs", "tabsize=8", "A copy with blanks for tabs."),
        def<&M::find>("find", "sub, start=None, end=None, /", "The lowest index in B[start:end] where sub is found, or -1."),
        class_def<&M::fromhex>("fromhex", "string, /", "The octets that pairs of hexadecimal digits stand for; white space is passed over."),
        def<&M::hex>("hex", "sep=<unrepresentable>, bytes_per_sep=1", "The octets as hexadecimal digits, with separators between groups if wanted."),
        def<&M::index>("index", "sub, start=None, end=None, /", "Like find, but ValueError if there is none."),
        def<&M::isalnum>("isalnum", "", "Whether all octets are ASCII letters or digits and there is one."),
        def<&M::isalpha>("isalpha", "", "Whether all octets are ASCII letters and there is one."),
        def<&M::isascii>("isascii", "", "Whether all octets are below 128."),
        def<&M::isdigit>("isdigit", "", "Whether all octets are ASCII digits and there is one."),
        def<&M::islower>("islower", "", "Whether all ASCII letters are lower case and there is one."),
        def<&M::isspace>("isspace", "", "Whether all octets are ASCII white space and there is one."),
        def<&M::istitle>("istitle", "", "Whether the octets are ASCII text in title case."),
        def<&M::isupper>("isupper", "", "Whether all ASCII letters are upper case and there is one."),
        def<&M::join>("join", "iterable_of_bytes, /", "The items of the iterable, with this one between them."),
        def<&M::ljust>("ljust", "width, fillchar=b' ', /", "A copy at the left of a field of that width."),
        def<&M::lower>("lower", "", "A copy with ASCII letters in lower case."),
        def<&M::lstrip>("lstrip", "bytes=None, /", "A copy without white space, or the given octets, at the start."),
        static_def<&M::maketrans>("maketrans", "frm, to, /", "A table for translate()."),
        def<&M::partition>("partition", "sep, /", "What stands before the first separator, the separator, and what stands after it."),
        def<&M::replace>("replace", "old, new, count=-1, /", "A copy with all, or the first count, occurrences of old replaced by new."),
        def<&M::removeprefix>("removeprefix", "prefix, /", "A copy without the prefix, if it is there."),
        def<&M::removesuffix>("removesuffix", "suffix, /", "A copy without the suffix, if it is there."),
        def<&M::rfind>("rfind", "sub, start=None, end=None, /", "The highest index in B[start:end] where sub is found, or -1."),
        def<&M::rindex>("rindex", "sub, start=None, end=None, /", "Like rfind, but ValueError if there is none."),
        def<&M::rjust>("rjust", "width, fillchar=b' ', /", "A copy at the right of a field of that width."),
        def<&M::rpartition>("rpartition", "sep, /", "What stands before the last separator, the separator, and what stands after it."),
        def<&M::rsplit>("rsplit", "sep=None, maxsplit=-1", "Like split, but splitting starts at the end."),
        def<&M::rstrip>("rstrip", "bytes=None, /", "A copy without white space, or the given octets, at the end."),
        def<&M::split>("split", "sep=None, maxsplit=-1", "The pieces between separators (ASCII white space by default)."),
        def<&M::splitlines>("splitlines", "keepends=False", "The lines."),
        def<&M::startswith>("startswith", "prefix, start=None, end=None, /", "Whether B[start:end] starts with a prefix or one of a tuple of them."),
        def<&M::strip>("strip", "bytes=None, /", "A copy without white space, or the given octets, at both ends."),
        def<&M::swapcase>("swapcase", "", "A copy with upper case made lower and lower made upper."),
        def<&M::title>("title", "", "A copy in which each word starts with a capital."),
        def<&M::translate>("translate", "table, /, delete=b''", "A copy mapped through a table of 256 octets, some of them deleted."),
        def<&M::upper>("upper", "", "A copy with ASCII letters in upper case."),
        def<&M::zfill>("zfill", "width, /", "A copy with zeros in front, after a sign, up to the width."),
    };
}

// A type's table: the shared methods and its own.
template <class S, std::size_t N> consteval auto with_shared(MethodDef const (&own)[N]) {
    constexpr auto shared = shared_methods<S>();
    std::array<MethodDef, shared.size() + N> all;
    std::copy(shared.begin(), shared.end(), all.begin());
    std::copy(own, own + N, all.begin() + shared.size());
    return all;
}

}  // namespace bytes_methods
}  // namespace oro
