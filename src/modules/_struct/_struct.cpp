// _struct: packed binary data. A format is compiled into a Layout, which never changes; the module keeps those it has seen.
#include <vector>

#include "base/bits.h"
#include "object/buffer.h"
#include "object/bytearray.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/unicode_error.h"
#include "types/number.h"

namespace oro::struct_module {

namespace {

extern Type error_type, layout_type, struct_type, unpack_iterator_type;

template <class... A> Raised fail(Thread& t, std::string_view format, A const&... args) { return raise(t, error_type, format, args...); }

constexpr TypeDef error_def{.name = "struct.error", .base = &exc::Exception, .size = sizeof(BaseException),
                            .flags = type_flag::subclassable, .hooks = hooks_of<BaseException>()};

struct Code {
    char type;
    std::size_t offset, size;      // of one item
    std::size_t repeat;            // items one after the other; 1 for s and p, whose size is the count
};

struct Layout : Object {
    Fixed<Str> format;
    std::vector<Code> codes;
    std::size_t size, count;       // octets, and Python values
    bool big, native;
    Layout(Ref<Str> f, std::vector<Code> c, std::size_t s, std::size_t n, bool b, bool nat)
        : format(std::move(f)), codes(std::move(c)), size(s), count(n), big(b), native(nat) {}
    static constexpr auto fields = std::tuple{&Layout::format};
    static Type& type() { return layout_type; }
};

std::size_t size_of_type(char type, bool native) {
    switch (type) {
        case 'x': case 'c': case 'b': case 'B': case '?': case 's': case 'p': return 1;
        case 'h': case 'H': case 'e': return 2;
        case 'i': case 'I': case 'f': return 4;
        case 'l': case 'L': return native ? 8 : 4;
        case 'q': case 'Q': case 'd': case 'F': return 8;
        case 'D': return 16;
        case 'n': case 'N': case 'P': return native ? 8 : 0;
        default: return 0;
    }
}
std::size_t alignment_of(char type, std::size_t size) { return type == 'F' ? 4 : type == 'D' ? 8 : size; }

Result<Ref<Layout>> compile(Thread& t, Ref<Str> format) {
    std::string_view s = format->ascii();
    bool big = false, native = true, aligned = true;
    if (!s.empty() && std::string_view("@=<>!").find(s[0]) != s.npos) {
        big = s[0] == '>' || s[0] == '!';
        native = aligned = s[0] == '@';
        s.remove_prefix(1);
    }
    std::vector<Code> codes;
    std::size_t size = 0, count = 0;
    constexpr std::size_t kMost = std::size_t(PTRDIFF_MAX);
    for (std::size_t i = 0; i < s.size();) {
        char c = s[i++];
        if ((c == ' ' || (c >= '\t' && c <= '\r'))) continue;
        std::size_t repeat = 1;
        if (c >= '0' && c <= '9') {
            repeat = 0;
            for (--i; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i) {
                if (repeat > (kMost - std::size_t(s[i] - '0')) / 10) return fail(t, "total struct size too long");
                repeat = repeat * 10 + std::size_t(s[i] - '0');
            }
            if (i == s.size()) return fail(t, "repeat count given without format specifier");
            c = s[i++];
        }
        if (c == 0) return fail(t, "embedded null character");
        std::size_t item = size_of_type(c, native);
        if (item == 0) return fail(t, "bad char in struct format");
        if (aligned) {
            std::size_t a = alignment_of(c, item);
            if (size > kMost - a) return fail(t, "total struct size too long");
            size = (size + a - 1) / a * a;
        }
        if (repeat > (kMost - size) / item) return fail(t, "total struct size too long");
        if (c == 's' || c == 'p') {
            codes.push_back({c, size, repeat, 1});
            ++count;
        } else if (c != 'x' && repeat > 0) {
            codes.push_back({c, size, item, repeat});
            count += repeat;
        }
        size += item * repeat;
    }
    return make<Layout>(t, layout_type, std::move(format), std::move(codes), size, count, big, native);
}

// ---- items

std::uint64_t load_word(char const* p, std::size_t size, bool big) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t(std::uint8_t(p[i])) << 8 * (big ? size - 1 - i : i);
    return word;
}
void store_word(char* p, std::size_t size, bool big, std::uint64_t word) {
    for (std::size_t i = 0; i < size; ++i) p[i] = char(word >> 8 * (big ? size - 1 - i : i));
}

double load_double(char const* p, std::size_t size, bool big) {
    std::uint64_t word = load_word(p, size, big);
    if (size == 8) return std::bit_cast<double>(word);
    if (size == 4) return double(std::bit_cast<float>(std::uint32_t(word)));
    return double(std::bit_cast<_Float16>(std::uint16_t(word)));
}
Result<void> store_double(Thread& t, char* p, std::size_t size, bool big, double d) {
    std::uint64_t word;
    bool overflow = false;
    if (size == 8) {
        word = std::bit_cast<std::uint64_t>(d);
    } else if (size == 4) {
        auto f = float(d);
        overflow = __builtin_isinf(f) && !__builtin_isinf(d);
        word = std::bit_cast<std::uint32_t>(f);
    } else {
        auto h = _Float16(d);
        overflow = __builtin_isinf(double(h)) && !__builtin_isinf(d);
        word = std::bit_cast<std::uint16_t>(h);
    }
    if (overflow) return raise(t, exc::OverflowError, "float too large to pack with {} format", size == 4 ? "f" : "e");
    store_word(p, size, big, word);
    return {};
}

bool is_signed(char type) { return std::string_view("bhilqn").find(type) != std::string_view::npos; }

Result<void> pack_int(Python& py, char* p, Code const& code, bool big, Borrowed<> v) {
    if (!is_any_int(v.value()) && !type_of(v).slot(Dunder::index)) return fail(py, "required argument is not an integer");
    Ref<> n = TRY(to_index(py, v));
    PlainInt plain(n.value());
    char name[] = {code.type, 0};
    unsigned bits = unsigned(code.size) * 8;
    if (code.type == 'P') {
        // An address: any number of 64 bits, signed or not.
        store_word(p, 8, big, low_word(plain));
        return {};
    }
    if (is_signed(code.type)) {
        std::int64_t low = INT64_MIN >> (64 - bits), high = INT64_MAX >> (64 - bits), value;
        if (!to_int64(plain, value) || value < low || value > high) {
            return fail(py, "'{}' format requires {} <= number <= {}", name, low, high);
        }
        store_word(p, code.size, big, std::uint64_t(value));
        return {};
    }
    std::uint64_t high = UINT64_MAX >> (64 - bits), value;
    if (!to_uint64(plain, value) || value > high) {
        std::string limit = std::to_string(high);
        return fail(py, "'{}' format requires 0 <= number <= {}", name, std::string_view(limit));
    }
    store_word(p, code.size, big, value);
    return {};
}

Result<void> pack_octets(Python& py, char* p, Code const& code, Borrowed<> v) {
    char name[] = {code.type, 0};
    if (!is<Bytes>(v) && !is<ByteArray>(v)) return fail(py, "argument for '{}' must be a bytes object", name);
    Buffer buffer = TRY(get_buffer(py, v));
    if (code.type == 's') {
        if (code.size > 0) std::memcpy(p, buffer.data, std::min(code.size, buffer.size));
        return {};
    }
    // A Pascal string: its length in front.
    if (code.size == 0) return {};
    std::size_t n = std::min(code.size - 1, buffer.size);
    std::memcpy(p + 1, buffer.data, n);
    *p = char(std::min<std::size_t>(n, 255));
    return {};
}

Result<void> pack_item(Python& py, char* p, Code const& code, bool big, Borrowed<> v) {
    switch (code.type) {
        case 'c':
            if (!is<Bytes>(v) || as<Bytes>(v)->size != 1) return fail(py, "char format requires a bytes object of length 1");
            *p = as<Bytes>(v)->data[0];
            return {};
        case '?': *p = TRY(truth(py, v)); return {};
        case 's': case 'p': return pack_octets(py, p, code, v);
        case 'e': case 'f': case 'd': {
            Result<double> d = to_double(py, v);
            if (d.raised()) {
                if (!raised_is(py, exc::TypeError)) return Raised{};
                clear_raised(py);
                return fail(py, "required argument is not a float");
            }
            return store_double(py, p, code.size, big, std::move(d).take());
        }
        case 'F': case 'D': {
            Result<ComplexNumber> c = to_complex(py, v);
            if (c.raised()) {
                clear_raised(py);
                return fail(py, "required argument is not a complex");
            }
            ComplexNumber z = std::move(c).take();
            CHECK(store_double(py, p, code.size / 2, big, z.real));
            return store_double(py, p + code.size / 2, code.size / 2, big, z.imag);
        }
        default: return pack_int(py, p, code, big, v);
    }
}

Result<Ref<>> unpack_item(Thread& t, char const* p, Code const& code, bool big) {
    switch (code.type) {
        case 'c': return TRY(make_bytes(t, {p, 1}));
        case '?': return Ref<>::immediate(Value::of_bool(*p != 0));
        case 's': return TRY(make_bytes(t, {p, code.size}));
        case 'p': {
            std::size_t n = code.size == 0 ? 0 : std::min<std::size_t>(std::uint8_t(*p), code.size - 1);
            return TRY(make_bytes(t, {p + 1, n}));
        }
        case 'e': case 'f': case 'd': return make_float(t, load_double(p, code.size, big));
        case 'F': case 'D':
            return TRY(make_complex(t, load_double(p, code.size / 2, big), load_double(p + code.size / 2, code.size / 2, big)));
        default: break;
    }
    std::uint64_t word = load_word(p, code.size, big);
    if (!is_signed(code.type)) return make_int_unsigned(t, word);
    unsigned shift = 64 - unsigned(code.size) * 8;
    return make_int(t, std::int64_t(word << shift) >> shift);
}

Result<Ref<Tuple>> unpack_at(Thread& t, Layout const& layout, char const* p) {
    Ref<Tuple> out = TRY(make_tuple_uninitialized(t, layout.count));
    std::size_t i = 0;
    for (Code const& code : layout.codes)
        for (std::size_t k = 0; k < code.repeat; ++k) out->slots[i++] = TRY(unpack_item(t, p + code.offset + k * code.size, code, layout.big)).release();
    return out;
}

Result<void> pack_at(Python& py, Layout const& layout, char* p, std::span<Value const> values) {
    std::memset(p, 0, layout.size);
    std::size_t i = 0;
    for (Code const& code : layout.codes)
        for (std::size_t k = 0; k < code.repeat; ++k) CHECK(pack_item(py, p + code.offset + k * code.size, code, layout.big, Borrowed<>(values[i++])));
    return {};
}

// ---- what the functions and Struct's methods share

Result<Ref<Bytes>> pack_all(Python& py, Layout const& layout, Args values) {
    if (values.size() != layout.count) return fail(py, "pack expected {} items for packing (got {})", layout.count, values.size());
    Ref<Bytes> out = TRY(make_bytes_uninitialized(py, layout.size));
    if (layout.size > 0) CHECK(pack_at(py, layout, out->data, values.values));
    else if (layout.count > 0) {
        char nothing[1];
        CHECK(pack_at(py, layout, nothing, values.values));
    }
    return out;
}

Result<Ref<Tuple>> unpack_all(Python& py, Layout const& layout, BytesLike const& data) {
    if (data.view().size() != layout.size) return fail(py, "unpack requires a buffer of {} bytes", layout.size);
    return unpack_at(py, layout, data.view().data());
}

Result<Ref<Tuple>> unpack_from_at(Python& py, Layout const& layout, BytesLike const& data, std::int64_t offset) {
    auto size = std::int64_t(data.view().size()), needed = std::int64_t(layout.size);
    if (offset < 0) {
        if (offset + needed > 0) return fail(py, "not enough data to unpack {} bytes at offset {}", needed, offset);
        if (offset + size < 0) return fail(py, "offset {} out of range for {}-byte buffer", offset, size);
        offset += size;
    }
    if (size - offset < needed) {
        return fail(py, "unpack_from requires a buffer of at least {} bytes for unpacking {} bytes at offset {} (actual buffer size is {})",
                    std::uint64_t(needed) + std::uint64_t(offset), needed, offset, size);
    }
    return unpack_at(py, layout, data.view().data() + offset);
}

Result<void> pack_into_at(Python& py, Layout const& layout, Args args) {
    if (args.size() < 1) return fail(py, "pack_into expected buffer argument");
    if (args.size() < 2) return fail(py, "pack_into expected offset argument");
    if (args.size() - 2 != layout.count) return fail(py, "pack_into expected {} items for packing (got {})", layout.count, args.size() - 2);
    Result<Buffer> claimed = get_buffer(py, args[0], buffer_flag::writable);
    if (claimed.raised()) {
        if (!raised_is(py, exc::TypeError) && !raised_is(py, exc::BufferError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "argument must be read-write bytes-like object, not {}", TypeName{args.values[0]});
    }
    Buffer buffer = std::move(claimed).take();
    std::int64_t offset = TRY(to_int64(py, args[1], &exc::IndexError));
    auto size = std::int64_t(buffer.size), needed = std::int64_t(layout.size);
    if (offset < 0) {
        if (offset + needed > 0) return fail(py, "no space to pack {} bytes at offset {}", needed, offset);
        if (offset + size < 0) return fail(py, "offset {} out of range for {}-byte buffer", offset, size);
        offset += size;
    }
    if (size - offset < needed) {
        return fail(py, "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {} (actual buffer size is {})",
                    std::uint64_t(needed) + std::uint64_t(offset), needed, offset, size);
    }
    return pack_at(py, layout, buffer.data + offset, args.values.subspan(2));
}

// ---- the iterator of iter_unpack
struct UnpackIterator : Object {
    Fixed<Layout> layout;
    Buffer buffer;
    std::atomic<std::size_t> position{0};
    UnpackIterator(Ref<Layout> l, Buffer b) : layout(std::move(l)), buffer(std::move(b)) {}
    static constexpr auto fields = std::tuple{&UnpackIterator::layout};
    void trace(Visitor& v) { v(buffer.exporter.value()); v(buffer.view.value()); }
    void clear() { if (buffer.exporter) buffer.release(); }
    static Type& type() { return unpack_iterator_type; }
};

Result<Ref<>> iter_unpack_all(Python& py, Borrowed<Layout> layout, Borrowed<> data) {
    if (layout->size == 0) return fail(py, "cannot iteratively unpack with a struct of length 0");
    Buffer buffer = TRY(get_buffer(py, data));
    if (buffer.size % layout->size != 0) {
        return fail(py, "iterative unpacking requires a buffer of a multiple of {} bytes", layout->size);
    }
    return TRY(make<UnpackIterator>(py, unpack_iterator_type, layout.share(), std::move(buffer)));
}

Next next_record(Thread& t, Borrowed<UnpackIterator> it) {
    std::size_t size = it->layout->size;
    std::size_t at = it->position.fetch_add(size, std::memory_order_relaxed);
    if (at >= it->buffer.size) {
        it->position.store(it->buffer.size, std::memory_order_relaxed);
        return Next::end();
    }
    return Result<Ref<>>(unpack_at(t, *it->layout.get(), it->buffer.data + at));
}
Ref<> same(Thread&, Borrowed<UnpackIterator> it) { return Borrowed<>(it).share(); }
std::int64_t length_hint(Thread&, Borrowed<UnpackIterator> it) {
    std::size_t at = std::min(it->position.load(std::memory_order_relaxed), it->buffer.size);
    return std::int64_t((it->buffer.size - at) / it->layout->size);
}
constexpr MethodDef iterator_methods[] = {def<length_hint>("__length_hint__", "", "How many records are left.")};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, same>, slot<Dunder::next, next_record>};
constexpr TypeDef iterator_def{.name = "_struct.unpack_iterator", .size = sizeof(UnpackIterator), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<UnpackIterator>(), .methods = iterator_methods, .slots = iterator_slots};
constexpr TypeDef layout_def{.name = "_struct.layout", .size = sizeof(Layout), .flags = type_flag::disallow_new, .hooks = hooks_of<Layout>()};

// ---- formats
Result<Ref<Str>> format_text(Python& py, Borrowed<> v) {
    if (is<Bytes>(v)) {
        for (char c : as<Bytes>(v)->view())
            if (std::uint8_t(c) >= 0x80) return fail(py, "bad char in struct format");
        return make_str(py, as<Bytes>(v)->view());
    }
    if (!is<Str>(v)) return raise(py, exc::TypeError, "Struct() argument 1 must be a str or bytes object, not {}", TypeName{v.value()});
    Borrowed<Str> s = as<Str>(v);
    if (!s->is_ascii()) {
        std::size_t at = 0;
        while (s->at(at) < 0x80) ++at;
        std::size_t end = at + 1;
        while (end < s->length() && s->at(end) >= 0x80) ++end;
        return raise_encode_error(py, "ascii", s, at, end, "ordinal not in range(128)");
    }
    return substring(py, s, 0, s->length());
}

struct State : ModuleState {
    Fixed<Dict> layouts;           // format -> Layout
    void trace(Visitor& v) override { v(layouts); }
    void clear() override { layouts.reset(); }
};
constexpr std::size_t kMostLayouts = 100;

Result<Ref<Layout>> layout_of(Python& py, State& state, Borrowed<> format) {
    Ref<Str> text = TRY(format_text(py, format));
    if (Maybe<> found = dict_get(py, *state.layouts.get(), text)) return as<Layout>(std::move(found).take());
    Ref<Layout> made = TRY(compile(py, text.share()));
    if (state.layouts->size() >= kMostLayouts) dict_clear(py, *state.layouts.get());
    CHECK(dict_set(py, *state.layouts.get(), text, made.share()));
    return made;
}

Result<std::int64_t> calcsize(Python& py, State& state, Borrowed<> format) { return std::int64_t(TRY(layout_of(py, state, format))->size); }
Result<Ref<Bytes>> pack(Python& py, State& state, Args args) {
    if (args.size() == 0) return raise(py, exc::TypeError, "missing format argument");
    Ref<Layout> layout = TRY(layout_of(py, state, args[0]));
    return pack_all(py, *layout, Args{args.values.subspan(1)});
}
Result<void> pack_into(Python& py, State& state, Args args) {
    if (args.size() == 0) return raise(py, exc::TypeError, "missing format argument");
    Ref<Layout> layout = TRY(layout_of(py, state, args[0]));
    return pack_into_at(py, *layout, Args{args.values.subspan(1)});
}
Result<Ref<Tuple>> unpack(Python& py, State& state, Borrowed<> format, BytesLike const& data) {
    Ref<Layout> layout = TRY(layout_of(py, state, format));
    return unpack_all(py, *layout, data);
}
Result<Ref<Tuple>> unpack_from(Python& py, State& state, Borrowed<> format, BytesLike const& data, std::int64_t offset) {
    Ref<Layout> layout = TRY(layout_of(py, state, format));
    return unpack_from_at(py, *layout, data, offset);
}
Result<Ref<>> iter_unpack(Python& py, State& state, Borrowed<> format, Borrowed<> data) {
    Ref<Layout> layout = TRY(layout_of(py, state, format));
    return iter_unpack_all(py, layout, data);
}
void clear_cache(Thread& t, State& state) { dict_clear(t, *state.layouts.get()); }

// ---- Struct
struct Struct : Object {
    Member<Layout> layout;         // null until __init__
    static constexpr auto fields = std::tuple{&Struct::layout};
    static Type& type() { return struct_type; }
};
using Self = Borrowed<Struct>;

Result<Ref<Layout>> layout_of(Thread& t, Self self) {
    Maybe<Layout> layout = self->layout.load(self.get());
    if (!layout) return raise(t, exc::RuntimeError, "Struct object is not initialized");
    return std::move(layout).take();
}

Value struct_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Struct>(py, type).release(); }
Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"format"};
    Value word{};
    CHECK(parse_arguments(py, "Struct", names, 0, 1, 1, args, n, keyword_names, &word));
    Ref<Layout> layout = TRY(compile(py, TRY(format_text(py, Borrowed<>(word)))));
    self->layout.store(self.get(), std::move(layout));
    return {};
}
Value struct_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* keyword_names) {
    return init(py, as<Struct>(self), args, n, keyword_names).raised() ? Value{} : kNone;
}

Result<Ref<Bytes>> struct_pack(Python& py, Self self, Args args) { return pack_all(py, *TRY(layout_of(py, self)), args); }
Result<void> struct_pack_into(Python& py, Self self, Args args) { return pack_into_at(py, *TRY(layout_of(py, self)), args); }
Result<Ref<Tuple>> struct_unpack(Python& py, Self self, BytesLike const& data) { return unpack_all(py, *TRY(layout_of(py, self)), data); }
Result<Ref<Tuple>> struct_unpack_from(Python& py, Self self, BytesLike const& data, std::int64_t offset) {
    return unpack_from_at(py, *TRY(layout_of(py, self)), data, offset);
}
Result<Ref<>> struct_iter_unpack(Python& py, Self self, Borrowed<> data) {
    Ref<Layout> layout = TRY(layout_of(py, self));
    return iter_unpack_all(py, layout, data);
}
Result<std::int64_t> struct_sizeof(Thread& t, Self self) {
    Ref<Layout> layout = TRY(layout_of(t, self));
    return std::int64_t(sizeof(Struct) + sizeof(Layout) + layout->codes.capacity() * sizeof(Code));
}
Result<Ref<Str>> struct_repr(Python& py, Self self) {
    Ref<Layout> layout = TRY(layout_of(py, self));
    Ref<Str> format = TRY(repr(py, *layout->format));
    Ref<Str> name = TRY(format_message(py, "{}", {MessageArg(TypeName{self.value()})}));
    std::string shown = wtf8_of(*name);
    if (std::size_t dot = shown.rfind('.'); dot != shown.npos) shown.erase(0, dot + 1);
    return format_message(py, "{}({})", {MessageArg(std::string_view(shown)), MessageArg(format)});
}
Result<Ref<>> slot_repr(Python& py, Self self) { return TRY(struct_repr(py, self)); }
Value get_format(Python& py, Value self) {
    Result<Ref<Layout>> layout = layout_of(py, as<Struct>(self));
    return layout.raised() ? Value{} : std::move(layout).take()->format.share().release();
}
Value get_size(Python& py, Value self) {
    Result<Ref<Layout>> layout = layout_of(py, as<Struct>(self));
    return layout.raised() ? Value{} : make_int(py, std::int64_t(std::move(layout).take()->size)).release();
}

constexpr MethodDef struct_methods[] = {
    def<struct_pack>("pack", "*values", "The values as packed octets."),
    def<struct_pack_into>("pack_into", "*arguments", "Pack values into a buffer, from an offset on."),
    def<struct_unpack>("unpack", "buffer, /", "The values in a buffer of the format's size."),
    def<struct_unpack_from>("unpack_from", "buffer, offset=0", "The values in a buffer, from an offset on."),
    def<struct_iter_unpack>("iter_unpack", "buffer, /", "An iterator over the records in a buffer."),
    def<struct_sizeof>("__sizeof__", "", "The size of the object in memory, in octets."),
};
constexpr GetSetDef struct_getsets[] = {{"format", get_format, nullptr, "The format."}, {"size", get_size, nullptr, "The size of a record."}};
constexpr SlotDef struct_slots[] = {slot<Dunder::repr, slot_repr>};
constexpr TypeDef struct_def{.name = "_struct.Struct", .doc = "A compiled format.", .signature = "format", .size = sizeof(Struct),
                             .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_weakrefs, .hooks = hooks_of<Struct>(), .new_ = struct_new,
                             .init = struct_init, .methods = struct_methods, .slots = struct_slots, .getsets = struct_getsets};

ORO_TYPE(error_type, error_def);
ORO_TYPE(layout_type, layout_def);
ORO_TYPE(struct_type, struct_def);
ORO_TYPE(unpack_iterator_type, iterator_def);

constexpr MethodDef functions[] = {
    function<calcsize>("calcsize", "format, /", "The size of a record of the format."),
    function<pack>("pack", "*arguments", "The values after the format as packed octets."),
    function<pack_into>("pack_into", "*arguments", "Pack values into a buffer, from an offset on."),
    function<unpack>("unpack", "format, buffer, /", "The values in a buffer of the format's size."),
    function<unpack_from>("unpack_from", "format, /, buffer, offset=0", "The values in a buffer, from an offset on."),
    function<iter_unpack>("iter_unpack", "format, buffer, /", "An iterator over the records in a buffer."),
    function<clear_cache>("_clearcache", "", "Forget the compiled formats."),
};

Result<void> setup(Python& py, Module& m) {
    static_cast<State*>(m.state)->layouts.init(TRY(make_dict(py)));
    CHECK(add_type_to_module(py, m, struct_type));
    return add_type_to_module(py, m, error_type);
}

}  // namespace

ORO_MODULE(struct_module_def, .name = "_struct", .functions = functions, .setup = setup, .state_size = sizeof(State),
           .make_state = state_maker<State>);

}  // namespace oro::struct_module
