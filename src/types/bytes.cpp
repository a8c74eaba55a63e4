#include "object/iterator.h"
#include "object/memoryview.h"
#include "object/slice.h"
#include "types/bytes_methods.h"
#include "types/iterators.h"

namespace oro {

extern Type bytes_iterator_type;

namespace {

using namespace bytes_methods;
using Self = Borrowed<Bytes>;

Result<Ref<Bytes>> new_octets(Python& py, Value source, Value encoding, Value errors) {
    if (!encoding.is_null() || !errors.is_null()) {
        if (source.is_null() || !is<Str>(source)) {
            return raise(py, exc::TypeError, "{} without a string argument", encoding.is_null() ? "errors" : "encoding");
        }
        std::string_view names[2];
        for (int i = 0; i < 2; ++i) {
            Value v = i == 0 ? encoding : errors;
            if (v.is_null()) continue;
            if (!is<Str>(v)) {
                return raise(py, exc::TypeError, "bytes() argument '{}' must be str, not {}", i == 0 ? "encoding" : "errors", TypeName{v});
            }
            names[i] = TRY(utf8_of(py, as<Str>(v)));
        }
        if (encoding.is_null() && !is<Str>(source)) return raise(py, exc::TypeError, "string argument without an encoding");
        return encode_text(py, as<Str>(source), names[0], names[1]);
    }
    if (source.is_null()) return empty_bytes();
    if (is_exact<Bytes>(source)) return as<Bytes>(source).share();
    Maybe<> made = TRY(call_special(py, Borrowed<>(source), name::dunder_bytes(), {}));
    if (made) {
        if (!is<Bytes>(*made)) return raise(py, exc::TypeError, "__bytes__ returned non-bytes (type {})", TypeName{made.value()});
        return as<Bytes>(std::move(made).take());
    }
    if (is<Str>(source)) return raise(py, exc::TypeError, "string argument without an encoding");
    return octets_of(py, Borrowed<>(source));
}

Result<Ref<Bytes>> new_bytes(Python& py, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names) {
    static constexpr char const* names[] = {"source", "encoding", "errors"};
    Value words[3] = {};
    if (!keyword_names && positional == 1) words[0] = args[0];
    else CHECK(parse_arguments(py, "bytes", names, 0, 3, 0, args, positional, keyword_names, words));
    Ref<Bytes> made = TRY(new_octets(py, words[0], words[1], words[2]));
    if (&type == &bytes_type) return made;
    Ref<Bytes> copy = TRY(make_sized<Bytes>(py, type, made->extent(), made->size));
    std::memcpy(copy->data, made->data, made->size);
    return copy;
}

Value new_thunk(Python& py, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names) {
    return new_bytes(py, type, args, positional, keyword_names).release();
}

std::int64_t length_of(Thread&, Self s) { return std::int64_t(s->size); }
std::int64_t hash_octets(Thread&, Self s) { return hash_of(*s.get()); }
Result<Ref<>> to_repr(Thread& t, Self s) { return TRY(repr_of(t, s->view(), "", "")); }

Result<Ref<>> compare_to(Python&, Self a, Borrowed<> other, Compare op) {
    if (!is<Bytes>(other)) return Ref<>::immediate(kNotImplemented);
    Octets x = a->view(), y = as<Bytes>(other)->view();
    bool result;
    switch (op) {
        case Compare::eq: result = x == y; break;
        case Compare::ne: result = x != y; break;
        case Compare::lt: result = x < y; break;
        case Compare::le: result = x <= y; break;
        case Compare::gt: result = x > y; break;
        default: result = x >= y; break;
    }
    return Ref<>::immediate(Value::of_bool(result));
}

Result<Ref<>> get_at(Python& py, Self s, Borrowed<> key) {
    if (is_exact<Slice>(key)) {
        SliceBounds range = TRY(slice_bounds(py, *as<Slice>(key).get(), s->size));
        if (range.step == 1) {
            if (std::size_t(range.count) == s->size && is_exact<Bytes>(s.value())) return s.share();
            return TRY(make_bytes(py, s->view().substr(std::size_t(range.start), std::size_t(range.count))));
        }
        ByteBuilder out(py);
        std::int64_t at = range.start;
        for (std::int64_t i = 0; i < range.count; ++i, at += range.step) out.add(s->data[at]);
        return TRY(out.finish());
    }
    if (!key.value().is_int() && !type_of(key).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "byte indices must be integers or slices, not {}", TypeName{key.value()});
    }
    std::int64_t at = position_of(TRY(to_int64(py, key, &exc::IndexError)), s->size);
    if (at < 0) return raise(py, exc::IndexError, "index out of range");
    return Ref<>::immediate(Value::of_int(std::uint8_t(s->data[at])));
}

Result<Ref<>> add(Python& py, Self a, Borrowed<> b) {
    if (!has_buffer(py, b)) {
        return raise(py, exc::TypeError, "can't concat {} to {}", TypeName{b.value()}, TypeName{a.value()});
    }
    Buffer buffer = TRY(get_buffer(py, b));
    if (a->size == 0 && is_exact<Bytes>(b)) return b.share();
    if (buffer.size == 0 && is_exact<Bytes>(a.value())) return a.share();
    Ref<Bytes> sum = TRY(make_bytes_uninitialized(py, a->size + buffer.size));
    if (sum->size == 0) return sum;
    std::memcpy(sum->data, a->data, a->size);
    std::memcpy(sum->data + a->size, buffer.data, buffer.size);
    return sum;
}

Result<Ref<>> multiply(Python& py, Self s, Borrowed<> count) {
    if (!is_any_int(count.value()) && !type_of(count).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "can't multiply sequence by non-int of type '{}'", TypeName{count.value()});
    }
    std::int64_t times = TRY(to_int64(py, count, &exc::OverflowError));
    if (times <= 0) return empty_bytes();
    if (times == 1 && is_exact<Bytes>(s.value())) return s.share();
    std::size_t size;
    if (__builtin_mul_overflow(s->size, std::size_t(times), &size) || size > std::size_t(PTRDIFF_MAX)) {
        return raise(py, exc::OverflowError, "repeated bytes are too long");
    }
    Ref<Bytes> out = TRY(make_bytes_uninitialized(py, size));
    if (size == 0) return out;
    std::memcpy(out->data, s->data, s->size);
    for (std::size_t done = s->size; done < size;) {
        std::size_t more = std::min(done, size - done);
        std::memcpy(out->data + done, out->data, more);
        done += more;
    }
    return out;
}

Result<Ref<Bytes>> to_bytes(Thread& t, Self s) {
    if (is_exact<Bytes>(s.value())) return s.share();
    return make_bytes(t, s->view());
}
Result<Ref<Tuple>> getnewargs(Thread& t, Self s) { return make_tuple_of(t, TRY(make_bytes(t, s->view()))); }
std::int64_t size_of(Thread&, Self s) { return std::int64_t(s->extent()); }

Result<void> give_buffer(Python& py, Object* self, Buffer& out, int flags) {
    if (flags & buffer_flag::writable) return raise(py, exc::BufferError, "Object is not writable.");
    auto* s = static_cast<Bytes*>(self);
    out.data = s->data;
    out.size = s->size;
    return {};
}
constexpr BufferHooks buffer_hooks{give_buffer};

// ---- the iterator: shared by threads that each get other items.
struct BytesIterator : Object {
    Fixed<Bytes> octets;
    std::atomic<std::size_t> position{0};
    explicit BytesIterator(Ref<Bytes> b) : octets(std::move(b)) {}
    static constexpr auto fields = std::tuple{&BytesIterator::octets};
    static Type& type() { return bytes_iterator_type; }
};
Result<Ref<>> iterate(Thread& t, Self s) { return TRY(make<BytesIterator>(t, bytes_iterator_type, s.share())); }
Next next_octet(Thread&, Borrowed<BytesIterator> it) {
    std::size_t at = it->position.load(std::memory_order_relaxed);
    do {
        if (at >= it->octets->size) return Next::end();
    } while (!it->position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed));
    return Ref<>::immediate(Value::of_int(std::uint8_t(it->octets->data[at])));
}
Ref<> same(Thread&, Borrowed<BytesIterator> it) { return Borrowed<>(it).share(); }
std::int64_t length_hint(Thread&, Borrowed<BytesIterator> it) {
    std::size_t at = it->position.load(std::memory_order_relaxed);
    return at < it->octets->size ? std::int64_t(it->octets->size - at) : 0;
}
Result<Ref<Tuple>> iterator_reduce(Python& py, Borrowed<BytesIterator> it) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    std::size_t at = it->position.load(std::memory_order_relaxed);
    if (at >= it->octets->size) return reduce_iteration(py, std::move(function), empty_tuple(), {});
    return reduce_iteration(py, std::move(function), it->octets.share(), Ref<>::immediate(Value::of_int(std::int64_t(at))));
}
Result<void> iterator_setstate(Python& py, Borrowed<BytesIterator> it, Borrowed<> state) {
    std::int64_t at = TRY(to_int64(py, state, &exc::OverflowError)), size = std::int64_t(it->octets->size);
    // What has ended stays so.
    if (it->position.load(std::memory_order_relaxed) < std::size_t(size))
        it->position.store(std::size_t(std::clamp<std::int64_t>(at, 0, size)), std::memory_order_relaxed);
    return {};
}
constexpr MethodDef iterator_methods[] = {
    def<length_hint>("__length_hint__", "", "How many items are left, as an estimate."),
    def<iterator_reduce>("__reduce__", "", "Give what pickle needs."),
    def<iterator_setstate>("__setstate__", "object, /", "Set where the iteration goes on."),
};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, same>, slot<Dunder::next, next_octet>};
constexpr TypeDef iterator_def{.name = "bytes_iterator", .size = sizeof(BytesIterator), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<BytesIterator>(), .methods = iterator_methods, .slots = iterator_slots};

constexpr MethodDef own_methods[] = {
    def<getnewargs>("__getnewargs__", "", "The arguments of __new__ for a copy."),
    def<to_bytes>("__bytes__", "", "The octets as a plain bytes object."),
    def<size_of>("__sizeof__", "", "The size of the object in memory, in bytes."),
    def<native_buffer>("__buffer__", "flags, /", "A memoryview of the octets."),
};
constexpr auto methods = with_shared<Bytes>(own_methods);

constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>,
    slot<Dunder::str, to_repr>,
    slot<Dunder::hash, hash_octets>,
    ORO_COMPARE_SLOTS(compare_to),
    slot<Dunder::iter, iterate>,
    number_slot<Dunder::mod, &Methods<Bytes>::modulo>,
    slot<Dunder::len, length_of>,
    slot<Dunder::getitem, get_at>,
    slot<Dunder::concat, add>,
    slot<Dunder::repeat, multiply>,
    slot<Dunder::contains, &Methods<Bytes>::contains>,
};

constexpr TypeDef bytes_def{
    .name = "bytes",
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> bytes\n"
           "bytes(int) -> bytes of that size, all zero\nbytes() -> b''\n\nOctets: an immutable sequence of ints from 0 to 255.",
    .size = sizeof(Bytes),
    .item_size = 1,
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::bytes | type_flag::match_self,
    .hooks = hooks_of<Bytes>(),
    .new_ = new_thunk,
    .buffer = &buffer_hooks,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(bytes_type, bytes_def);
ORO_TYPE(bytes_iterator_type, iterator_def);
Type& Bytes::type() { return bytes_type; }

}  // namespace oro
