#include "types/memory_items.h"

#include "base/shared_bytes.h"
#include "object/bytes.h"

namespace oro {

char simple_format(char const* format) {
    if (*format == '@') ++format;
    return format[0] && !format[1] && format_size(format[0]) ? format[0] : 0;
}

std::size_t format_size(char format) {
    switch (format) {
        case 'c': case 'b': case 'B': case '?': return 1;
        case 'h': case 'H': case 'e': return 2;
        case 'i': case 'I': case 'f': return 4;
        case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': case 'd': case 'P': return 8;
        default: return 0;
    }
}

Result<Ref<>> unpack_item(Thread& t, char const* p, char format) {
    char octet;
    switch (format) {
        case 'c': return TRY(make_bytes(t, {&(octet = load_shared<char>(p)), 1}));
        case 'b': return TRY(make_int(t, std::int64_t(load_shared<std::int8_t>(p))));
        case 'B': return TRY(make_int(t, std::int64_t(load_shared<std::uint8_t>(p))));
        case '?': return Ref<>::immediate(Value::of_bool(load_shared<char>(p) != 0));
        case 'h': return TRY(make_int(t, std::int64_t(load_shared<std::int16_t>(p))));
        case 'H': return TRY(make_int(t, std::int64_t(load_shared<std::uint16_t>(p))));
        case 'i': return TRY(make_int(t, std::int64_t(load_shared<std::int32_t>(p))));
        case 'I': return TRY(make_int(t, std::int64_t(load_shared<std::uint32_t>(p))));
        case 'l': case 'q': case 'n': return TRY(make_int(t, load_shared<std::int64_t>(p)));
        case 'L': case 'Q': case 'N': case 'P': return TRY(make_int_unsigned(t, load_shared<std::uint64_t>(p)));
        case 'e': return TRY(make_float(t, double(load_shared<_Float16>(p))));
        case 'f': return TRY(make_float(t, double(load_shared<float>(p))));
        default: return TRY(make_float(t, load_shared<double>(p)));
    }
}

namespace {

Raised bad_type(Thread& t, char format) {
    char text[] = {format, 0};
    return raise(t, exc::TypeError, "memoryview: invalid type for format '{}'", text);
}
Raised bad_value(Thread& t, char format) {
    char text[] = {format, 0};
    return raise(t, exc::ValueError, "memoryview: invalid value for format '{}'", text);
}

}  // namespace

Result<void> pack_item(Python& py, char* p, char format, Borrowed<> value) {
    switch (format) {
        case 'c':
            if (!is<Bytes>(value)) return bad_type(py, format);
            if (as<Bytes>(value)->size != 1) return bad_value(py, format);
            store_shared(p, as<Bytes>(value)->data[0]);
            return {};
        case '?':
            store_shared(p, char(TRY(truth(py, value))));
            return {};
        case 'e': case 'f': case 'd': {
            if (!is_any_float(value.value()) && !is_any_int(value.value()) && !type_of(value).slot(Dunder::float_) && !type_of(value).slot(Dunder::index)) {
                return bad_type(py, format);
            }
            double d = TRY(to_double(py, value));
            if (format == 'd') {
                store_shared(p, d);
            } else if (format == 'f') {
                auto f = float(d);
                if (__builtin_isinf(f) && !__builtin_isinf(d)) return raise(py, exc::OverflowError, "float too large to pack with f format");
                store_shared(p, f);
            } else {
                auto h = _Float16(d);
                if (__builtin_isinf(double(h)) && !__builtin_isinf(d)) return raise(py, exc::OverflowError, "float too large to pack with e format");
                store_shared(p, h);
            }
            return {};
        }
        default: break;
    }
    if (!is_any_int(value.value()) && !type_of(value).slot(Dunder::index)) return bad_type(py, format);
    Ref<> n = TRY(to_index(py, value));
    bool is_signed = std::string_view("bhilqn").find(format) != std::string_view::npos;
    std::size_t size = format_size(format);
    PlainInt plain(n.value());
    std::int64_t as_signed = 0;
    std::uint64_t word = 0;
    if (is_signed) {
        if (!to_int64(plain, as_signed)) return bad_value(py, format);
        if (size < 8 && (as_signed < -(std::int64_t(1) << (size * 8 - 1)) || as_signed >= std::int64_t(1) << (size * 8 - 1))) return bad_value(py, format);
        word = std::uint64_t(as_signed);
    } else {
        if (!to_uint64(plain, word)) return bad_value(py, format);
        if (size < 8 && word >> size * 8) return bad_value(py, format);
    }
    copy_shared(p, &word, size);
    return {};
}

}  // namespace oro
