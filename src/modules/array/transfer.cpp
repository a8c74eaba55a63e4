// Arrays to and from files and pickles.
#include <algorithm>

#include "modules/array/array.h"
#include "object/codecs.h"
#include "object/import.h"
#include "object/list.h"

namespace oro::array_module {

namespace {

constexpr std::size_t kBlock = 64 * 1024;

// The machine formats of pickles, by their numbers.
struct MachineFormat {
    std::uint8_t size;
    enum { integer, floating, text } what;
    bool is_signed, big;
};
constexpr MachineFormat kFormats[] = {
    {1, MachineFormat::integer, false, false}, {1, MachineFormat::integer, true, false}, {2, MachineFormat::integer, false, false},
    {2, MachineFormat::integer, false, true},  {2, MachineFormat::integer, true, false}, {2, MachineFormat::integer, true, true},
    {4, MachineFormat::integer, false, false}, {4, MachineFormat::integer, false, true}, {4, MachineFormat::integer, true, false},
    {4, MachineFormat::integer, true, true},   {8, MachineFormat::integer, false, false}, {8, MachineFormat::integer, false, true},
    {8, MachineFormat::integer, true, false},  {8, MachineFormat::integer, true, true},  {4, MachineFormat::floating, true, false},
    {4, MachineFormat::floating, true, true},  {8, MachineFormat::floating, true, false}, {8, MachineFormat::floating, true, true},
    {2, MachineFormat::text, false, false},    {2, MachineFormat::text, false, true},    {4, MachineFormat::text, false, false},
    {4, MachineFormat::text, false, true},
};

Result<void> fill_from_format(Python& py, Self self, MachineFormat const& format, std::string_view octets) {
    if (format.what == MachineFormat::text) {
        char const* encoding = format.size == 2 ? (format.big ? "utf-16-be" : "utf-16-le") : (format.big ? "utf-32-be" : "utf-32-le");
        Ref<Str> text = TRY(decode_text(py, octets, encoding, ""));
        if (!self->kind->is_text()) {
            return raise(py, exc::TypeError, "cannot use a str to initialize an array with typecode '{}'",
                         std::string_view(&self->kind->typecode, 1));
        }
        return fromunicode(py, self, text);
    }
    for (std::size_t i = 0; i < octets.size(); i += format.size) {
        char item[kMaxItem];
        std::memcpy(item, octets.data() + i, format.size);
        if (format.big) std::reverse(item, item + format.size);
        if (format.what == MachineFormat::integer) {
            Locked<Array> a(py, self);
            CHECK(splice(py, *self, a->count, a->count, item, 1));
            continue;
        }
        double d;
        if (format.size == 4) {
            float f;
            std::memcpy(&f, item, sizeof f);
            d = double(f);
        } else {
            std::memcpy(&d, item, sizeof d);
        }
        CHECK(append(py, self, TRY(make_float(py, d))));
    }
    return {};
}

}  // namespace

Result<void> tofile(Python& py, Self self, Borrowed<> file) {
    Ref<Bytes> octets = TRY(octets_of(py, self));
    Ref<Str> write = TRY(make_interned(py, "write"));
    for (std::size_t at = 0; at < octets->size; at += kBlock) {
        Ref<> block = TRY(make_bytes(py, octets->view().substr(at, kBlock)));
        CHECK(call_method_with(py, file, write, block));
    }
    return {};
}

Result<void> fromfile(Python& py, Self self, Borrowed<> file, std::int64_t count) {
    if (count < 0) return raise(py, exc::ValueError, "negative count");
    std::int64_t size;
    if (__builtin_mul_overflow(count, std::int64_t(self->kind->size), &size)) return raise_no_memory(py);
    Ref<> read = TRY(call_method_with(py, file, TRY(make_interned(py, "read")), TRY(make_int(py, size))));
    if (!is<Bytes>(read.value())) return raise(py, exc::TypeError, "read() didn't return bytes");
    std::size_t got = as<Bytes>(read.value())->size;
    CHECK(frombytes(py, self, BytesLike{TRY(get_buffer(py, read))}));
    if (got != std::size_t(size)) return raise(py, exc::EOFError, "read() didn't return enough bytes");
    return {};
}

Result<Ref<>> reduce_ex(Python& py, Self self, Borrowed<> protocol) {
    std::int64_t version = TRY(to_c_long(py, protocol));
    Maybe<> attributes = TRY(find_attribute(py, self, name::dunder_dict()));
    Ref<> state = attributes ? std::move(attributes).take() : none.share();
    Ref<> type = share(Value::of(&type_of(self.get())));
    Ref<> code = TRY(make_str_of(py, char32_t(self->kind->typecode)));
    if (version < 3) {
        Ref<> items = TRY(tolist(py, self));
        Ref<> args = TRY(make_tuple_of(py, std::move(code), std::move(items)));
        return make_tuple_of(py, std::move(type), std::move(args), std::move(state));
    }
    Ref<> make = TRY(import_attribute(py, "array", "_array_reconstructor"));
    Ref<> octets = TRY(octets_of(py, self));
    Ref<> args = TRY(make_tuple_of(py, std::move(type), std::move(code), Ref<>::immediate(Value::of_int(self->kind->machine_code)),
                                   std::move(octets)));
    return make_tuple_of(py, std::move(make), std::move(args), std::move(state));
}

Result<Ref<>> reconstruct(Python& py, Borrowed<> type_object, Borrowed<> typecode, int code, Borrowed<> items) {
    char32_t c = TRY(typecode_from(py, typecode, "_array_reconstructor(): argument 2"));
    if (!is<Type>(type_object))
        return raise(py, exc::TypeError, "first argument must be a type object, not {}", TypeName{type_object.value()});
    Type& type = *as<Type>(type_object);
    if (!is_subtype(type, array_type)) return raise(py, exc::TypeError, "{} is not a subtype of array.array", name_of_type(type));
    ItemKind const* kind = kind_of(c);
    if (!kind) return raise(py, exc::ValueError, "second argument must be a valid type code");
    if (code < 0 || std::size_t(code) >= std::size(kFormats))
        return raise(py, exc::ValueError, "third argument must be a valid machine format code.");
    if (!is<Bytes>(items)) return raise(py, exc::TypeError, "fourth argument should be bytes, not {}", TypeName{items.value()});
    std::string_view octets = as<Bytes>(items)->view();
    MachineFormat const& format = kFormats[code];
    if (code == kind->machine_code) {
        if (octets.size() % kind->size != 0) return raise(py, exc::ValueError, "bytes length not a multiple of item size");
        return TRY(make_array(py, type, kind, octets.data(), octets.size() / kind->size));
    }
    if (format.what != MachineFormat::text || format.size == 4) {
        if (octets.size() % format.size != 0) return raise(py, exc::ValueError, "string length not a multiple of item size");
    }
    if (format.what == MachineFormat::integer) kind = integer_kind(format.size, format.is_signed);
    Ref<Array> array = TRY(make_array(py, type, kind, nullptr, 0));
    CHECK(fill_from_format(py, array, format, octets));
    return array;
}

}  // namespace oro::array_module
