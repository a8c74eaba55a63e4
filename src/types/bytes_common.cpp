#include "object/slice.h"
#include "types/bytes_methods.h"
#include "types/number.h"
#include "types/printf.h"

namespace oro::bytes_methods {

Result<char> octet_of(Python& py, Borrowed<> v) {
    std::int64_t n = v.value().is_int() ? v.value().as_int() : TRY(to_int64(py, v, nullptr));
    if (n < 0 || n > 255) return raise(py, exc::ValueError, "byte must be in range(0, 256)");
    return char(n);
}

Result<Wanted> wanted_of(Python& py, Borrowed<> v) {
    Wanted out;
    if (has_buffer(py, v)) {
        out.buffer = TRY(get_buffer(py, v));
    } else if (is_any_int(v.value()) || type_of(v).slot(Dunder::index)) {
        out.single = TRY(octet_of(py, v));
        out.is_single = true;
    } else {
        return raise(py, exc::TypeError, "argument should be integer or bytes-like object, not '{}'", TypeName{v.value()});
    }
    return out;
}

Result<RawRange> raw_range_of(Python& py, Borrowed<> start, Borrowed<> end) {
    RawRange out;
    for (auto [v, to] : {std::pair{start, &out.start}, std::pair{end, &out.end}}) {
        if (v.is(kNone)) continue;
        if (!v.value().is_int() && !type_of(v).slot(Dunder::index)) {
            return raise(py, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        }
        *to = v.value().is_int() ? v.value().as_int() : TRY(to_int64(py, v, nullptr));
    }
    return out;
}

Result<char> fill_of(Python& py, char const* function, Optional<> fill) {
    if (!fill) return ' ';
    if (is<Bytes>(*fill) && as<Bytes>(*fill)->size == 1) return as<Bytes>(*fill)->data[0];
    if (is<ByteArray>(*fill)) {
        Locked<ByteArray> locked(py, as<ByteArray>(*fill));
        if (locked->size == 1) return locked->data[0];
    }
    if (is<Bytes>(*fill) || is<ByteArray>(*fill)) {
        std::size_t size = is<Bytes>(*fill) ? as<Bytes>(*fill)->size : 0;
        char const* name = is<Bytes>(*fill) ? "bytes" : "bytearray";
        if (is<ByteArray>(*fill)) {
            Locked<ByteArray> locked(py, as<ByteArray>(*fill));
            size = locked->size;
        }
        return raise(py, exc::TypeError, "{}(): argument 2 must be a byte string of length 1, not a {} object of length {}", function, name, size);
    }
    return raise(py, exc::TypeError, "{}() argument 2 must be a byte string of length 1, not {}", function, TypeName{fill.value()});
}

Result<void> replace_into(Thread& t, ByteBuilder& out, Octets s, Octets old, Octets with, std::int64_t count) {
    std::size_t most = count < 0 ? kNotFound : std::size_t(count);
    std::size_t times = old.empty() ? std::min(most, s.size() + 1) : count_in(units(s), units(old), most);
    std::size_t added, total;
    if (__builtin_mul_overflow(times, with.size(), &added) || __builtin_add_overflow(added, s.size() - times * old.size(), &total) ||
        total > std::size_t(PTRDIFF_MAX)) {
        return raise(t, exc::OverflowError, "replace bytes is too long");
    }
    if (!out.reserve(total)) return raise_no_memory(t);
    if (old.empty()) {
        for (std::size_t i = 0; i <= s.size(); ++i) {
            if (i < times) out.add(with);
            if (i < s.size()) out.add(s[i]);
        }
        return {};
    }
    for (std::size_t i = 0; i < times; ++i) {
        std::size_t at = find_in(units(s), units(old));
        out.add(s.substr(0, at));
        out.add(with);
        s.remove_prefix(at + old.size());
    }
    out.add(s);
    return {};
}

Result<Ref<Str>> hex_of(Python& py, Octets s, Optional<> separator, std::int64_t group) {
    char sep = 0;
    if (separator) {
        std::size_t length = 1;
        char32_t c = 0;
        if (is<Str>(*separator)) {
            length = as<Str>(*separator)->length();
            if (length == 1) c = as<Str>(*separator)->at(0);
        } else if (is<Bytes>(*separator)) {
            length = as<Bytes>(*separator)->size;
            if (length == 1) c = std::uint8_t(as<Bytes>(*separator)->data[0]);
        } else {
            return raise(py, exc::TypeError, "sep must be str or bytes.");
        }
        if (length != 1) return raise(py, exc::ValueError, "sep must be length 1.");
        if (c >= 0x80) return raise(py, exc::ValueError, "sep must be ASCII.");
        sep = char(c);
    }
    bool grouped = separator && group != 0 && !s.empty();
    std::size_t size = grouped ? std::size_t(group < 0 ? -group : group) : 0;
    std::size_t separators = grouped ? (s.size() - 1) / size : 0;
    if (s.size() > std::size_t(PTRDIFF_MAX) / 3) return raise_no_memory(py);
    if (s.empty()) return empty_str();
    Ref<Str> out = TRY(make_str_uninitialized(py, s.size() * 2 + separators, 0x7F));
    auto* to = static_cast<char*>(out->data());
    for (std::size_t i = 0; i < s.size(); ++i) {
        // Groups count from the end, or from the start for a negative size.
        if (grouped && i > 0 && (group > 0 ? (s.size() - i) % size == 0 : i % size == 0)) *to++ = sep;
        *to++ = "0123456789abcdef"[std::uint8_t(s[i]) >> 4];
        *to++ = "0123456789abcdef"[s[i] & 15];
    }
    return out;
}

Result<Ref<Str>> repr_of(Thread& t, Octets s, Octets prefix, Octets suffix) {
    char quote = s.find('\'') != s.npos && s.find('"') == s.npos ? '"' : '\'';
    StrBuilder out(t);
    out.add(prefix);
    out.add("b");
    out.add(char32_t(quote));
    for (char c : s) {
        // bytearray writes a backslash in front of every single quote.
        if (c == quote || c == '\\' || (c == '\'' && !prefix.empty())) {
            out.add('\\');
            out.add(char32_t(c));
        } else if (c == '\t') {
            out.add("\\t");
        } else if (c == '\n') {
            out.add("\\n");
        } else if (c == '\r') {
            out.add("\\r");
        } else if (c < ' ' || c >= 0x7F) {
            out.add("\\x");
            out.add(char32_t("0123456789abcdef"[std::uint8_t(c) >> 4]));
            out.add(char32_t("0123456789abcdef"[c & 15]));
        } else {
            out.add(char32_t(c));
        }
    }
    out.add(char32_t(quote));
    out.add(suffix);
    return out.finish();
}

Result<Ref<Bytes>> octets_from_hex(Python& py, Borrowed<> v) {
    Buffer buffer;
    Octets digits;
    std::string wide;
    if (is<Str>(v)) {
        Borrowed<Str> s = as<Str>(v);
        if (s->is_ascii()) {
            digits = s->ascii();
        } else {
            // One octet a character; what isn't ASCII is no digit.
            for (std::size_t i = 0; i < s->length(); ++i) wide += s->at(i) < 0x80 ? char(s->at(i)) : '?';
            digits = wide;
        }
    } else if (has_buffer(py, v)) {
        buffer = TRY(get_buffer(py, v));
        digits = buffer.bytes();
    } else {
        return raise(py, exc::TypeError, "fromhex() argument must be str or bytes-like, not {}", TypeName{v.value()});
    }
    auto value = [](char c) { return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; };
    ByteBuilder out(py);
    for (std::size_t i = 0; i < digits.size();) {
        if (is_space(digits[i])) {
            ++i;
            continue;
        }
        int high = value(digits[i]), low = i + 1 < digits.size() ? value(digits[i + 1]) : 0;
        if (high < 0 || low < 0) {
            return raise(py, exc::ValueError, "non-hexadecimal number found in fromhex() arg at position {}", high < 0 ? i : i + 1);
        }
        if (i + 1 == digits.size()) {
            return raise(py, exc::ValueError, "fromhex() arg must contain an even number of hexadecimal digits");
        }
        out.add(char(high << 4 | low));
        i += 2;
    }
    return out.finish();
}

Result<Ref<Bytes>> join_octets(Python& py, Octets separator, Borrowed<> iterable) {
    Result<Ref<Tuple>> sequence = tuple_from(py, iterable);
    if (sequence.raised()) {
        if (!raised_is(py, exc::TypeError) || type_of(iterable).slot(Dunder::iter)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "can only join an iterable");
    }
    Ref<Tuple> items = std::move(sequence).take();
    if (items->size == 1 && is_exact<Bytes>(items->slots[0])) return as<Bytes>(items->slots[0]).share();
    ByteBuilder out(py);
    for (std::size_t i = 0; i < items->size; ++i) {
        if (i > 0) out.add(separator);
        if (is_exact<Bytes>(items->slots[i])) {
            out.add(as<Bytes>(items->slots[i])->view());
            continue;
        }
        if (!has_buffer(py, items->at(i))) {
            return raise(py, exc::TypeError, "sequence item {}: expected a bytes-like object, {} found", i, TypeName{items->slots[i]});
        }
        Buffer buffer = TRY(get_buffer(py, items->at(i)));
        out.add(buffer.bytes());
    }
    return out.finish();
}

Result<Ref<Bytes>> octets_of(Python& py, Borrowed<> v) {
    if (is_any_int(v.value()) || type_of(v).slot(Dunder::index)) {
        Result<Ref<>> number = to_index(py, v);
        if (number.raised()) {
            if (!raised_is(py, exc::TypeError)) return Raised{};
            clear_raised(py);
        } else {
            Ref<> n = std::move(number).take();
            if (!n.value().is_int()) {
                if (int_is_negative(n.value())) return raise(py, exc::ValueError, "negative count");
                return raise(py, exc::OverflowError, "cannot fit '{}' into an index-sized integer", TypeName{v.value()});
            }
            if (n.value().as_int() < 0) return raise(py, exc::ValueError, "negative count");
            Ref<Bytes> zeros = TRY(make_bytes_uninitialized(py, std::size_t(n.value().as_int())));
            if (zeros->size > 0) std::memset(zeros->data, 0, zeros->size);
            return zeros;
        }
    }
    if (has_buffer(py, v)) {
        Buffer buffer = TRY(get_buffer(py, v, buffer_flag::full_ro));
        Ref<Bytes> copy = TRY(make_bytes_uninitialized(py, buffer.size));
        if (copy->size > 0) copy_buffer(buffer, copy->data);
        return copy;
    }
    if (!type_of(v).slot(Dunder::iter) && !type_of(v).slot(Dunder::getitem)) {
        return raise(py, exc::TypeError, "cannot convert '{}' object to bytes", TypeName{v.value()});
    }
    ByteBuilder out(py);
    CHECK(for_each(py, v, [&](Ref<> item) -> Result<void> {
        std::int64_t n = item.value().is_int() ? item.value().as_int() : TRY(to_int64(py, item, nullptr));
        if (n < 0 || n > 255) return raise(py, exc::ValueError, "bytes must be in range(0, 256)");
        out.add(char(n));
        return {};
    }));
    return out.finish();
}

Result<Ref<Bytes>> make_table(Python& py, Borrowed<> from, Borrowed<> to) {
    Buffer a = TRY(get_buffer(py, from)), b = TRY(get_buffer(py, to));
    if (a.size != b.size) return raise(py, exc::ValueError, "maketrans arguments must have same length");
    Ref<Bytes> table = TRY(make_bytes_uninitialized(py, 256));
    for (int i = 0; i < 256; ++i) table->data[i] = char(i);
    for (std::size_t i = 0; i < a.size; ++i) table->data[std::uint8_t(a.data[i])] = b.data[i];
    return table;
}

namespace {

// The octets of %b and %s: a buffer, or what __bytes__ gives.
Result<Ref<Bytes>> octets_for_format(Python& py, Borrowed<> v) {
    if (is_exact<Bytes>(v)) return as<Bytes>(v).share();
    if (has_buffer(py, v)) {
        Buffer buffer = TRY(get_buffer(py, v));
        return make_bytes(py, buffer.bytes());
    }
    Maybe<> made = TRY(call_special(py, v, name::dunder_bytes(), {}));
    if (!made) {
        return raise(py, exc::TypeError, "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                     TypeName{v.value()});
    }
    if (!is<Bytes>(*made)) return raise(py, exc::TypeError, "__bytes__ returned non-bytes (type {})", TypeName{made.value()});
    return as<Bytes>(std::move(made).take());
}

Result<char> octet_for_format(Python& py, Borrowed<> v) {
    if (is<Bytes>(v) && as<Bytes>(v)->size == 1) return as<Bytes>(v)->data[0];
    if (is<ByteArray>(v)) {
        Locked<ByteArray> locked(py, as<ByteArray>(v));
        if (locked->size == 1) return locked->data[0];
    }
    if (is<Bytes>(v)) {
        return raise(py, exc::TypeError, "%c requires an integer in range(256) or a single byte, not a bytes object of length {}", as<Bytes>(v)->size);
    }
    if (!is_any_int(v.value()) && !type_of(v).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "%c requires an integer in range(256) or a single byte, not {}", TypeName{v.value()});
    }
    std::int64_t n = TRY(to_int64(py, v, nullptr));
    if (n < 0 || n > 255) return raise(py, exc::OverflowError, "%c arg not in range(256)");
    return char(n);
}

}  // namespace

Result<Ref<Bytes>> format_octets(Python& py, Octets format, Borrowed<> values) {
    PrintfArguments arguments(values, PrintfTarget::bytes);
    auto* chars = reinterpret_cast<Char1 const*>(format.data());
    ByteBuilder out(py);
    for (std::size_t at = 0; at < format.size();) {
        std::size_t percent = format.find('%', at);
        out.add(format.substr(at, percent == format.npos ? format.npos : percent - at));
        if (percent == format.npos) break;
        at = percent + 1;
        PrintfSpec spec;
        PrintfFault fault = parse_printf(chars, format.size(), at, PrintfTarget::bytes, spec);
        if (spec.has_key) {
            if (!arguments.is_mapping()) return raise(py, exc::TypeError, "format requires a mapping");
            if (fault != PrintfFault::incomplete_key) {
                Ref<Bytes> key = TRY(make_bytes(py, format.substr(spec.key_start, spec.key_end - spec.key_start)));
                CHECK(arguments.select(py, key));
            }
        }
        if (spec.width_from_argument) spec.set_width(TRY(arguments.star(py, false)));
        if (spec.precision_from_argument) spec.set_precision(TRY(arguments.star(py, true)));
        if (fault == PrintfFault::unsupported) (void)TRY(arguments.next(py));
        if (fault != PrintfFault::none) {
            return raise_printf_fault(py, fault, PrintfTarget::bytes, at > 0 ? chars[at - 1] : 0, at - 1);
        }
        if (spec.type == '%') {
            out.add('%');
            continue;
        }
        Ref<> value = TRY(arguments.next(py));
        Maybe<Bytes> held;
        Maybe<Str> held_text;
        char single;
        Octets text;
        switch (spec.type) {
            case 'r':
            case 'a':
                held_text = TRY(oro::ascii(py, value));
                text = held_text->ascii();
                break;
            case 's':
            case 'b':
                held = TRY(octets_for_format(py, value));
                text = held->view();
                break;
            case 'c':
                single = TRY(octet_for_format(py, value));
                text = {&single, 1};
                break;
            default: {
                std::string number = TRY(printf_number(py, spec, value));
                out.add(number);
                continue;
            }
        }
        StringLayout layout = printf_text(spec, text.size());
        out.fill(' ', layout.left);
        out.add(text.substr(0, layout.length));
        out.fill(' ', layout.right);
    }
    CHECK(arguments.finish(py, "bytes"));
    return out.finish();
}

}  // namespace oro::bytes_methods
