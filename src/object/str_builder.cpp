#include <cstring>

#include "object/chars.h"

namespace oro {

bool StrBuilder::reserve(std::size_t more, char32_t max) {
    if (failed_) return false;
    int width = char_width(max);
    if (width < width_) width = width_;
    std::size_t needed;
    if (__builtin_add_overflow(length_, more, &needed) || needed > (std::size_t(1) << 58)) return failed_ = true, false;
    max_ |= max;
    if (needed <= capacity_ && width == width_) [[likely]] return true;
    std::size_t capacity = needed <= capacity_ ? capacity_ : needed + needed / 2 + 16;
    if (width == width_) {
        bool own = data_ == own_;
        auto* grown = static_cast<char*>(buffer_reallocate(own ? nullptr : data_, capacity * std::size_t(width)));
        if (!grown) return failed_ = true, false;
        if (own) std::memcpy(grown, own_, length_ * std::size_t(width));
        data_ = grown;
    } else {
        auto* wider = static_cast<char*>(buffer_allocate(capacity * std::size_t(width)));
        if (!wider) return failed_ = true, false;
        if (width == 2) {
            convert_chars(reinterpret_cast<Char1*>(data_), length_, reinterpret_cast<Char2*>(wider));
        } else if (width_ == 1) {
            convert_chars(reinterpret_cast<Char1*>(data_), length_, reinterpret_cast<Char4*>(wider));
        } else {
            convert_chars(reinterpret_cast<Char2*>(data_), length_, reinterpret_cast<Char4*>(wider));
        }
        if (data_ != own_) buffer_free(data_);
        data_ = wider;
        width_ = width;
    }
    capacity_ = capacity;
    return true;
}

void StrBuilder::put(std::size_t i, char32_t point) {
    if (width_ == 1) reinterpret_cast<Char1*>(data_)[i] = Char1(point);
    else if (width_ == 2) reinterpret_cast<Char2*>(data_)[i] = Char2(point);
    else reinterpret_cast<Char4*>(data_)[i] = point;
}

void StrBuilder::add(std::string_view utf8) {
    std::size_t prefix = ascii_prefix(utf8);
    if (prefix == utf8.size()) {
        if (!reserve(prefix, prefix ? 0x7F : 0)) return;
        if (width_ == 1) std::memcpy(data_ + length_, utf8.data(), prefix);
        else for (std::size_t i = 0; i < prefix; ++i) put(length_ + i, std::uint8_t(utf8[i]));
        length_ += prefix;
        return;
    }
    Utf8Scan scan = scan_utf8(utf8, Surrogates::pass);
    if (!reserve(scan.code_points, scan.max)) return;
    std::string_view valid = utf8.substr(0, scan.valid_bytes);
    if (width_ == 1) length_ += decode_utf8(valid, reinterpret_cast<Char1*>(data_) + length_);
    else if (width_ == 2) length_ += decode_utf8(valid, reinterpret_cast<Char2*>(data_) + length_);
    else length_ += decode_utf8(valid, reinterpret_cast<Char4*>(data_) + length_);
}

void StrBuilder::add(Str const& s, std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    char32_t max = begin == 0 && end == s.length() ? kind_bound(s.kind()) : bound_of(s, begin, end);
    if (!reserve(end - begin, max)) return;
    copy_chars(s, begin, end, data_ + length_ * std::size_t(width_), width_);
    length_ += end - begin;
}

void StrBuilder::fill(char32_t point, std::size_t count) {
    if (count == 0 || !reserve(count, point)) return;
    if (width_ == 1) std::memset(data_ + length_, int(point), count);
    else for (std::size_t i = 0; i < count; ++i) put(length_ + i, point);
    length_ += count;
}

Result<Ref<Str>> StrBuilder::finish() {
    if (failed_) {
        length_ = 0;
        max_ = 0;
        failed_ = false;
        return raise_no_memory(t_);
    }
    std::size_t length = std::exchange(length_, 0);
    char32_t max = std::exchange(max_, 0);
    if (length == 0) return empty_str();
    if (length == 1) {
        char32_t c = width_ == 1   ? *reinterpret_cast<Char1*>(data_)
                     : width_ == 2 ? *reinterpret_cast<Char2*>(data_)
                                   : *reinterpret_cast<Char4*>(data_);
        return make_str_of(t_, c);
    }
    // The buffer is as wide as the widest piece; `max` is of the same kind.
    Ref<Str> s = TRY(make_str_uninitialized(t_, length, max));
    assert(s->width() == width_ || width_ > s->width());
    if (s->width() == width_) {
        std::memcpy(s->data(), data_, length * std::size_t(width_));
    } else if (width_ == 2) {
        convert_chars(reinterpret_cast<Char2*>(data_), length, static_cast<Char1*>(s->data()));
    } else if (s->width() == 1) {
        convert_chars(reinterpret_cast<Char4*>(data_), length, static_cast<Char1*>(s->data()));
    } else {
        convert_chars(reinterpret_cast<Char4*>(data_), length, static_cast<Char2*>(s->data()));
    }
    return s;
}

}  // namespace oro
