// int(): numbers and text to ints, and the constructor.
#include "object/buffer.h"
#include "object/bytearray.h"
#include "object/bytes.h"
#include "object/warn.h"
#include "types/int_ops.h"

namespace oro {

namespace {

// A representation for messages, cut after 200 code points as CPython does.
Result<Ref<Str>> short_repr(Python& py, Borrowed<> v) {
    Ref<Str> text = TRY(repr(py, v));
    if (text->length() <= 200) return text;
    return substring(py, text, 0, 200);
}

// A few plain decimal digits, which most numbers in texts are; null for anything else.
Value few_digits(std::string_view text) {
    if (text.empty() || text.size() > 18) return {};
    std::int64_t n = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return {};
        n = n * 10 + (c - '0');
    }
    return Value::of_int(n);
}

Result<Ref<>> int_from_text(Python& py, Borrowed<> original, std::string_view text, int base) {
    char bits = 0;
    for (char c : text) bits = char(bits | c);
    if (bits & 0x80) text = "?";
    IntText scanned = scan_int(text, base);
    if (!scanned.valid) {
        if (is<Str>(original) || is<Bytes>(original)) {
            Ref<Str> shown = TRY(short_repr(py, original));
            return raise(py, exc::ValueError, "invalid literal for int() with base {}: {}", base, shown);
        }
        // Other buffers show as bytes.
        Buffer buffer = TRY(get_buffer(py, original));
        Ref<Bytes> octets = TRY(make_bytes(py, buffer.bytes().substr(0, 200)));
        Ref<Str> shown = TRY(short_repr(py, octets));
        return raise(py, exc::ValueError, "invalid literal for int() with base {}: {}", base, shown);
    }
    int limit = int_max_str_digits();
    bool power_of_two = (scanned.base & (scanned.base - 1)) == 0;
    if (limit > 0 && scanned.count > std::size_t(limit) && !power_of_two) {
        return raise(py, exc::ValueError,
                     "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; use "
                     "sys.set_int_max_str_digits() to increase the limit",
                     limit, scanned.count);
    }
    BigInt number = from_digits(scanned.digits, scanned.base);
    if (scanned.negative) number.flip_sign();
    return make_int(py, number);
}

// What __int__ gave.
Result<Ref<>> int_by_method(Python& py, Borrowed<> v, SlotFn convert) {
    Value word = convert(py, v.value(), Value{}, Value{});
    if (word.is_null()) return Raised{};
    Ref<> r = Ref<>::adopt(word);
    if (!is_any_int(r.value())) return raise(py, exc::TypeError, "__int__ returned non-int (type {})", TypeName{r.value()});
    if (&type_of(r) != &int_type) {
        CHECK(warn(py, exc::DeprecationWarning,
                   "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is "
                   "deprecated, and may be removed in a future version of Python.",
                   TypeName{r.value()}));
        return share_int(r.value());
    }
    return r;
}

}  // namespace

Result<Ref<>> to_int(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (w.is_int()) [[likely]] return v.share();
    if (w.is_float()) return int_from_double(py, w.as_float());
    Type& type = type_of(v);
    if (&type == &int_type) return v.share();
    if (is_exact<Str>(v) && as<Str>(v)->is_ascii()) {
        if (Value n = few_digits(as<Str>(v)->ascii())) return Ref<>::immediate(n);
    }
    if (SlotFn convert = type.slot(Dunder::int_)) return int_by_method(py, v, convert);
    if (type.slot(Dunder::index)) return to_index(py, v);
    NumberSource source = TRY(number_source(py, v));
    if (source.is_text) return int_from_text(py, v, source.text(), 10);
    return raise(py, exc::TypeError, "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                 TypeName{w});
}

Value int_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        if (n == 1 && !names && &type == &int_type) return to_int(py, Borrowed<>(args[0]));
        static constexpr char const* kNames[] = {"", "base"};
        Value out[2];
        CHECK(parse_arguments(py, "int", kNames, 1, 2, 0, args, n, names, out));
        Ref<> number = Ref<>::immediate(Value::of_int(0));
        if (out[1].is_null()) {
            if (!out[0].is_null()) number = TRY(to_int(py, Borrowed<>(out[0])));
        } else {
            if (out[0].is_null()) return raise(py, exc::TypeError, "int() missing string argument");
            std::int64_t base = TRY(to_int64(py, Borrowed<>(out[1]), nullptr));
            if (base != 0 && (base < 2 || base > 36)) {
                return raise(py, exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
            }
            Borrowed<> v(out[0]);
            bool text = is<Str>(v) || is<Bytes>(v) || is<ByteArray>(v);
            if (!text) return raise(py, exc::TypeError, "int() can't convert non-string with explicit base");
            NumberSource source = TRY(number_source(py, v));
            number = TRY(int_from_text(py, v, source.text(), int(base)));
        }
        return make_int_of_type(py, type, std::move(number));
    };
    return run().release();
}

}  // namespace oro
