#include "object/str.h"

#include <cstdlib>
#include <cstring>

#include "object/chars.h"
#include "object/text_hash.h"
#include "object/unicode_error.h"

namespace oro {

namespace {

// Text longer than this cannot be asked for: sizes in bytes must not overflow.
constexpr std::size_t kMaxLength = std::size_t(1) << 58;

// Made at start-up, immortal.
Str* empty_object;
Str* latin1_objects[256];

template <CodeUnit T> Result<Ref<Str>> make_from(Thread& t, std::span<T const> text) {
    if (text.size() <= 1) {
        if (text.empty()) return empty_str();
        return make_str_of(t, text[0]);
    }
    char32_t max = max_bound(text);
    Ref<Str> s = TRY(make_str_uninitialized(t, text.size(), max));
    if (s->width() == 1) convert_chars(text.data(), text.size(), static_cast<Char1*>(s->data()));
    else if (s->width() == 2) convert_chars(text.data(), text.size(), static_cast<Char2*>(s->data()));
    else convert_chars(text.data(), text.size(), static_cast<Char4*>(s->data()));
    return s;
}

Ref<Str> share_immortal(Str* s) { return Borrowed<Str>(*s).share(); }

}  // namespace

void copy_chars(Str const& s, std::size_t begin, std::size_t end, void* to, int width) {
    visit_chars(s, [&](auto text) {
        auto const* from = text.data() + begin;
        std::size_t n = end - begin;
        if (width == 1) convert_chars(from, n, static_cast<Char1*>(to));
        else if (width == 2) convert_chars(from, n, static_cast<Char2*>(to));
        else convert_chars(from, n, static_cast<Char4*>(to));
    });
}

Result<Ref<Str>> make_str_uninitialized(Thread& t, std::size_t length, char32_t max) {
    if (length > kMaxLength) return raise_no_memory(t);
    StrKind kind = kind_for(max);
    std::size_t width = kind == StrKind::ascii ? 1 : std::size_t(kind);
    std::size_t bytes = sizeof(Str) + (kind == StrKind::ascii ? 0 : 8) + (length + 1) * width;
    Ref<Str> s = TRY(make_sized<Str>(t, Str::type(), bytes, length, kind));
    std::memset(static_cast<char*>(s->data()) + length * width, 0, width);
    return s;
}

Result<Ref<Str>> make_str(Thread& t, std::string_view utf8) {
    std::size_t prefix = ascii_prefix(utf8);
    if (prefix == utf8.size()) {
        if (utf8.size() <= 1) return utf8.empty() ? Result<Ref<Str>>(empty_str()) : make_str_of(t, std::uint8_t(utf8[0]));
        Ref<Str> s = TRY(make_str_uninitialized(t, utf8.size(), 0x7F));
        std::memcpy(s->data(), utf8.data(), utf8.size());
        return s;
    }
    Utf8Scan scan = scan_utf8(utf8, Surrogates::pass);
    assert(scan.fault == Utf8Fault::none);
    utf8 = utf8.substr(0, scan.valid_bytes);
    if (scan.code_points <= 1) {
        if (scan.code_points == 0) return empty_str();
        char const* at = utf8.data();
        return make_str_of(t, next_code_point(at));
    }
    Ref<Str> s = TRY(make_str_uninitialized(t, scan.code_points, scan.max));
    if (s->width() == 1) decode_utf8(utf8, static_cast<Char1*>(s->data()));
    else if (s->width() == 2) decode_utf8(utf8, static_cast<Char2*>(s->data()));
    else decode_utf8(utf8, static_cast<Char4*>(s->data()));
    return s;
}

Result<Ref<Str>> make_str(Thread& t, std::span<std::uint8_t const> latin1) { return make_from<Char1>(t, latin1); }
Result<Ref<Str>> make_str(Thread& t, std::span<std::uint16_t const> units) {
    return make_from<Char2>(t, {reinterpret_cast<Char2 const*>(units.data()), units.size()});
}
Result<Ref<Str>> make_str(Thread& t, std::span<std::uint32_t const> points) {
    return make_from<Char4>(t, {reinterpret_cast<Char4 const*>(points.data()), points.size()});
}

Str* latin1_char(std::uint8_t point) { return latin1_objects[point]; }

Result<Ref<Str>> make_str_of(Thread& t, char32_t point) {
    if (point < 256) return share_immortal(latin1_objects[point]);
    Ref<Str> s = TRY(make_str_uninitialized(t, 1, point));
    if (s->width() == 2) *static_cast<Char2*>(s->data()) = Char2(point);
    else *static_cast<Char4*>(s->data()) = point;
    return s;
}

Ref<Str> empty_str() { return share_immortal(empty_object); }

Result<Ref<Str>> substring(Thread& t, Borrowed<Str> s, std::size_t begin, std::size_t end) {
    if (begin >= end) return empty_str();
    if (begin == 0 && end == s->length() && is_exact<Str>(s.value())) return s.share();
    if (end - begin == 1) return make_str_of(t, s->at(begin));
    Ref<Str> part = TRY(make_str_uninitialized(t, end - begin, bound_of(*s.get(), begin, end)));
    copy_chars(*s.get(), begin, end, part->data(), part->width());
    return part;
}

Result<Ref<Str>> concat(Thread& t, Borrowed<Str> a, Borrowed<Str> b) {
    if (a->length() == 0 && is_exact<Str>(b.value())) return b.share();
    if (b->length() == 0 && is_exact<Str>(a.value())) return a.share();
    char32_t max = kind_bound(a->kind()) | kind_bound(b->kind());
    Ref<Str> s = TRY(make_str_uninitialized(t, a->length() + b->length(), max));
    copy_chars(*a.get(), 0, a->length(), s->data(), s->width());
    copy_chars(*b.get(), 0, b->length(), static_cast<char*>(s->data()) + a->length() * std::size_t(s->width()), s->width());
    return s;
}

// ---- looking

bool equal(Str const& a, Str const& b) {
    if (&a == &b) return true;
    return a.meta == b.meta && std::memcmp(a.data(), b.data(), a.length() * std::size_t(a.width())) == 0;
}

bool equal(Str const& a, std::string_view ascii) {
    return a.is_ascii() && a.ascii() == ascii;
}

int compare(Str const& a, Str const& b) {
    std::size_t n = a.length() < b.length() ? a.length() : b.length();
    int order = 0;
    if (a.width() == 1 && b.width() == 1) {
        order = std::memcmp(a.data(), b.data(), n);
    } else {
        order = visit_chars(a, [&](auto x) {
            return visit_chars(b, [&](auto y) {
                for (std::size_t i = 0; i < n; ++i) {
                    if (char32_t(x[i]) != char32_t(y[i])) return char32_t(x[i]) < char32_t(y[i]) ? -1 : 1;
                }
                return 0;
            });
        });
    }
    if (order != 0) return order < 0 ? -1 : 1;
    return a.length() == b.length() ? 0 : a.length() < b.length() ? -1 : 1;
}

std::int64_t hash_of(Str const& s) {
    std::int64_t hash = s.cached_hash.load(std::memory_order_relaxed);
    if (hash != 0) [[likely]] return hash;
    std::span bytes{static_cast<std::uint8_t const*>(s.data()), s.length() * std::size_t(s.width())};
    hash = hash_bytes(bytes, text_hash_key());
    const_cast<Str&>(s).cached_hash.store(hash, std::memory_order_relaxed);
    return hash;
}

Result<std::string_view> utf8_of(Thread& t, Borrowed<Str> s) {
    if (s->is_ascii()) return s->ascii();
    std::atomic<Utf8Cache*>& slot = *s->cache_slot();
    Utf8Cache* cache = slot.load(std::memory_order_acquire);
    if (!cache) {
        std::size_t bad = visit_chars(*s.get(), [](auto text) { return find_surrogate(text); });
        if (bad != s->length()) {
            std::size_t end = bad + 1;
            while (end < s->length() && is_surrogate(s->at(end))) ++end;
            return raise_encode_error(t, "utf-8", s, bad, end, "surrogates not allowed");
        }
        std::size_t size = visit_chars(*s.get(), [](auto text) { return utf8_length(text); });
        auto* fresh = static_cast<Utf8Cache*>(buffer_allocate(sizeof(Utf8Cache) + size + 1));
        if (!fresh) return raise_no_memory(t);
        fresh->size = size;
        visit_chars(*s.get(), [&](auto text) { return encode_utf8(text, fresh->data); });
        fresh->data[size] = 0;
        if (slot.compare_exchange_strong(cache, fresh, std::memory_order_acq_rel)) cache = fresh;
        else buffer_free(fresh);
    }
    return std::string_view(cache->data, cache->size);
}

std::string wtf8_of(Str const& s) {
    if (s.is_ascii()) return std::string(s.ascii());
    return visit_chars(s, [](auto text) {
        std::string out(utf8_length(text), '\0');
        encode_utf8(text, out.data());
        return out;
    });
}

void init_strings(Thread& t) {
    if (empty_object) return;
    auto immortal = [&](std::size_t length, char32_t max) {
        Result<Ref<Str>> made = make_str_uninitialized(t, length, max);
        if (made.raised()) std::abort();
        Str* s = static_cast<Str*>(std::move(made).release().pointer());
        detail::make_immortal(s);
        return s;
    };
    empty_object = immortal(0, 0);
    for (char32_t c = 0; c < 256; ++c) {
        latin1_objects[c] = immortal(1, c);
        *static_cast<Char1*>(latin1_objects[c]->data()) = Char1(c);
    }
    init_interning(t);
}

}  // namespace oro
