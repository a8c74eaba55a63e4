#include "object/str_append.h"

#include <cstring>

#include "object/chars.h"

namespace oro {

bool append_in_place(Str& s, Str const& more) {
    if (!s.has(flag::large) || s.is_interned() || &s == &more || kind_bound(more.kind()) > kind_bound(s.kind())) return false;
    std::size_t width = std::size_t(s.width()), length = s.length(), sum = length + more.length();
    std::size_t room = LargeObject::of(&s)->size - (s.extent() - (length + 1) * width);
    if (sum + 1 > room / width) return false;
    char* end = static_cast<char*>(s.data()) + length * width;
    copy_chars(more, 0, more.length(), end, s.width());
    std::memset(end + more.length() * width, 0, width);
    s.meta = std::uint64_t(sum) << 3 | (s.meta & 7);
    s.cached_hash.store(0, std::memory_order_relaxed);
    if (!s.is_ascii()) buffer_free(s.cache_slot()->exchange(nullptr, std::memory_order_relaxed));
    return true;
}

Result<Ref<Str>> concat_with_room(Thread& t, Borrowed<Str> a, Borrowed<Str> b) {
    std::size_t sum = a->length() + b->length();
    if (sum < kMaxCell || sum > (std::size_t(1) << 58)) return concat(t, a, b);
    StrKind kind = kind_bound(a->kind()) >= kind_bound(b->kind()) ? a->kind() : b->kind();
    std::size_t width = kind == StrKind::ascii ? 1 : std::size_t(kind);
    std::size_t bytes = sizeof(Str) + 8 + (sum + sum / 4 + 1) * width;
    Ref<Str> s = TRY(make_sized<Str>(t, Str::type(), bytes, sum, kind));
    copy_chars(*a.get(), 0, a->length(), s->data(), s->width());
    char* end = static_cast<char*>(s->data()) + a->length() * width;
    copy_chars(*b.get(), 0, b->length(), end, s->width());
    std::memset(end + b->length() * width, 0, width);
    return s;
}

Result<Ref<Str>> join_pieces(Thread& t, std::span<Value const> pieces) {
    std::size_t length = 0;
    char32_t max = 0;
    for (Value v : pieces) {
        Str const& piece = *static_cast<Str*>(v.pointer());
        length += piece.length();
        if (piece.length() > 0) max |= kind_bound(piece.kind());
    }
    if (length <= 1) {
        // What has at most one code point is a shared object.
        for (Value v : pieces) {
            if (as<Str>(v)->length() == length) return length == 0 ? empty_str() : make_str_of(t, as<Str>(v)->at(0));
        }
    }
    Ref<Str> s = TRY(make_str_uninitialized(t, length, max));
    char* to = static_cast<char*>(s->data());
    for (Value v : pieces) {
        Str const& piece = *static_cast<Str*>(v.pointer());
        copy_chars(piece, 0, piece.length(), to, s->width());
        to += piece.length() * std::size_t(s->width());
    }
    return s;
}

}  // namespace oro
