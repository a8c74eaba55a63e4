#include "base/shared_bytes.h"
#include "object/iterator.h"
#include "object/memoryview.h"
#include "object/slice.h"
#include "object/instance.h"
#include "types/bytes_methods.h"
#include "types/iterators.h"

namespace oro {

extern Type bytearray_iterator_type;

namespace {

using namespace bytes_methods;
using Self = Borrowed<ByteArray>;
using Held = Locked<ByteArray>&;

// A private copy of what an argument holds, so that nothing foreign is touched while the lock is held.
Result<Ref<Bytes>> copy_of(Python& py, Borrowed<> v) {
    if (is_exact<Bytes>(v)) return as<Bytes>(v).share();
    return octets_of(py, v);
}

Result<void> assign_all(Python& py, Self self, Value source, Value encoding, Value errors) {
    Maybe<Bytes> octets;
    if (!source.is_null() && is<Str>(source)) {
        if (encoding.is_null()) return raise(py, exc::TypeError, "string argument without an encoding");
        std::string_view names[2];
        for (int i = 0; i < 2; ++i) {
            Value v = i == 0 ? encoding : errors;
            if (v.is_null()) continue;
            if (!is<Str>(v)) {
                return raise(py, exc::TypeError, "bytearray() argument '{}' must be str, not {}", i == 0 ? "encoding" : "errors", TypeName{v});
            }
            names[i] = TRY(utf8_of(py, as<Str>(v)));
        }
        octets = TRY(encode_text(py, as<Str>(source), names[0], names[1]));
    } else if (!encoding.is_null() || !errors.is_null()) {
        return raise(py, exc::TypeError, "{} without a string argument", encoding.is_null() ? "errors" : "encoding");
    } else if (source.is_null()) {
        octets = empty_bytes();
    } else {
        Result<Ref<Bytes>> made = copy_of(py, Borrowed<>(source));
        if (made.raised()) {
            if (!raised_is(py, exc::TypeError) || type_of(source).slot(Dunder::iter) || type_of(source).slot(Dunder::index)) return Raised{};
            clear_raised(py);
            return raise(py, exc::TypeError, "cannot convert '{}' object to bytearray", TypeName{source});
        }
        octets = std::move(made).take();
    }
    Locked<ByteArray> a(py, self);
    CHECK(bytearray_resize(py, a, octets->size));
    if (octets->size > 0) std::memcpy(a->data, octets->data, octets->size);
    return {};
}

Value new_thunk(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<ByteArray>(py, type).release(); }

Result<void> init(Python& py, Value self, Value const* args, std::size_t positional, Tuple* keyword_names) {
    static constexpr char const* names[] = {"source", "encoding", "errors"};
    Value words[3] = {};
    CHECK(parse_arguments(py, "bytearray", names, 0, 3, 0, args, positional, keyword_names, words));
    return assign_all(py, as<ByteArray>(self), words[0], words[1], words[2]);
}
Value init_thunk(Python& py, Value self, Value const* args, std::size_t positional, Tuple* keyword_names) {
    return init(py, self, args, positional, keyword_names).raised() ? Value{} : kNone;
}

std::int64_t length_of(Thread&, Held a) { return std::int64_t(a->size); }

Result<Ref<>> to_repr(Thread& t, Self self) {
    Ref<Bytes> copy = TRY(with(t, self, [&](Octets s) { return make_bytes(t, s); }));
    Ref<Str> head = TRY(format_message(t, "{}(", {MessageArg(TypeName{self.value()})}));
    std::string prefix = wtf8_of(*head);
    // A class's name may stand behind that of its module.
    if (std::size_t dot = prefix.rfind('.'); dot != prefix.npos) prefix.erase(0, dot + 1);
    return TRY(repr_of(t, copy->view(), prefix, ")"));
}

Result<Ref<>> compare_to(Python& py, Self self, Borrowed<> other, Compare op) {
    if (!has_buffer(py, other)) return Ref<>::immediate(kNotImplemented);
    Result<Buffer> claimed = get_buffer(py, other);
    if (claimed.raised()) {
        clear_raised(py);
        return Ref<>::immediate(kNotImplemented);
    }
    Buffer buffer = std::move(claimed).take();
    bool result = with(py, self, [&](Octets s) {
        int order = s.compare(buffer.bytes());
        switch (op) {
            case Compare::eq: return order == 0;
            case Compare::ne: return order != 0;
            case Compare::lt: return order < 0;
            case Compare::le: return order <= 0;
            case Compare::gt: return order > 0;
            default: return order >= 0;
        }
    });
    return Ref<>::immediate(Value::of_bool(result));
}

Result<std::int64_t> index_of(Python& py, Borrowed<> key) {
    if (!key.value().is_int() && !type_of(key).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "bytearray indices must be integers or slices, not {}", TypeName{key.value()});
    }
    return to_int64(py, key, &exc::IndexError);
}

Result<Ref<>> get_at(Python& py, Self self, Borrowed<> key) {
    if (is_exact<Slice>(key)) {
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key).get()));
        return with(py, self, [&](Octets s) -> Result<Ref<>> {
            SliceBounds range = clip_slice(numbers, s.size());
            if (range.step == 1) return TRY(make_bytearray(py, s.substr(std::size_t(range.start), std::size_t(range.count))));
            ByteBuilder out(py);
            std::int64_t at = range.start;
            for (std::int64_t i = 0; i < range.count; ++i, at += range.step) out.add(s[std::size_t(at)]);
            if (out.failed()) return raise_no_memory(py);
            return TRY(make_bytearray(py, out.view()));
        });
    }
    std::int64_t index = TRY(index_of(py, key));
    Locked<ByteArray> a(py, self);
    std::int64_t at = position_of(index, a->size);
    if (at < 0) return raise(py, exc::IndexError, "bytearray index out of range");
    return Ref<>::immediate(Value::of_int(load_shared<std::uint8_t>(a->data + at)));
}

// a[slice] = octets, or del a[slice] with none.
Result<void> assign_slice(Python& py, Self self, SliceNumbers const& numbers, Octets octets, bool deleting) {
    Locked<ByteArray> a(py, self);
    SliceBounds range = clip_slice(numbers, a->size);
    if (range.step == 1) {
        return bytearray_splice(py, a, std::size_t(range.start), std::size_t(range.start + range.count), octets);
    }
    if (deleting) {
        if (range.count == 0) return {};
        if (a->exports > 0) return raise(py, exc::BufferError, "Existing exports of data: object cannot be re-sized");
        std::int64_t first = range.step > 0 ? range.start : range.start + (range.count - 1) * range.step;
        std::int64_t step = range.step > 0 ? range.step : -range.step;
        std::int64_t next_gone = first, gone = 0, to = first;
        for (std::int64_t at = first; at < std::int64_t(a->size); ++at) {
            if (at == next_gone && gone < range.count) {
                ++gone;
                next_gone += step;
            } else {
                a->data[to++] = a->data[at];
            }
        }
        return bytearray_resize(py, a, std::size_t(to));
    }
    if (octets.size() != std::size_t(range.count)) {
        return raise(py, exc::ValueError, "attempt to assign bytes of size {} to extended slice of size {}", octets.size(), range.count);
    }
    std::int64_t at = range.start;
    for (char c : octets) {
        store_shared(a->data + at, c);
        at += range.step;
    }
    return {};
}

Result<void> set_at(Python& py, Self self, Borrowed<> key, Borrowed<> value) {
    if (is_exact<Slice>(key)) {
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key).get()));
        if (is_any_int(value.value()) || is<Str>(value)) {
            return raise(py, exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        }
        Ref<Bytes> octets = TRY(copy_of(py, value));
        return assign_slice(py, self, numbers, octets->view(), false);
    }
    std::int64_t index = TRY(index_of(py, key));
    char c = TRY(octet_of(py, value));
    Locked<ByteArray> a(py, self);
    std::int64_t at = position_of(index, a->size);
    if (at < 0) return raise(py, exc::IndexError, "bytearray index out of range");
    store_shared(a->data + at, c);
    return {};
}

Result<void> delete_at(Python& py, Self self, Borrowed<> key) {
    if (is_exact<Slice>(key)) {
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key).get()));
        return assign_slice(py, self, numbers, {}, true);
    }
    std::int64_t index = TRY(index_of(py, key));
    Locked<ByteArray> a(py, self);
    std::int64_t at = position_of(index, a->size);
    if (at < 0) return raise(py, exc::IndexError, "bytearray index out of range");
    return bytearray_splice(py, a, std::size_t(at), std::size_t(at) + 1, {});
}

Result<Ref<>> add(Python& py, Self self, Borrowed<> other) {
    if (!has_buffer(py, other)) {
        return raise(py, exc::TypeError, "can't concat {} to {}", TypeName{other.value()}, TypeName{self.value()});
    }
    Buffer buffer = TRY(get_buffer(py, other));
    ByteBuilder out(py);
    with(py, self, [&](Octets s) { out.add(s); });
    out.add(buffer.bytes());
    if (out.failed()) return raise_no_memory(py);
    return TRY(make_bytearray(py, out.view()));
}

Result<Ref<>> add_in_place(Python& py, Self self, Borrowed<> other) {
    if (!has_buffer(py, other)) {
        return raise(py, exc::TypeError, "can't concat {} to {}", TypeName{other.value()}, TypeName{self.value()});
    }
    Ref<Bytes> octets = TRY(copy_of(py, other));
    Locked<ByteArray> a(py, self);
    CHECK(bytearray_splice(py, a, a->size, a->size, octets->view()));
    return Borrowed<>(self).share();
}

Result<std::int64_t> times_of(Python& py, Borrowed<> count) {
    if (!is_any_int(count.value()) && !type_of(count).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "can't multiply sequence by non-int of type '{}'", TypeName{count.value()});
    }
    std::int64_t times = TRY(to_int64(py, count, &exc::OverflowError));
    return times < 0 ? 0 : times;
}

Result<void> repeat_into(Thread& t, ByteBuilder& out, Octets s, std::int64_t times) {
    std::size_t size;
    if (__builtin_mul_overflow(s.size(), std::size_t(times), &size) || !out.reserve(size)) return raise_no_memory(t);
    for (std::int64_t i = 0; i < times && !s.empty(); ++i) out.add(s);
    return {};
}

Result<Ref<>> multiply(Python& py, Self self, Borrowed<> count) {
    std::int64_t times = TRY(times_of(py, count));
    ByteBuilder out(py);
    CHECK(with(py, self, [&](Octets s) { return repeat_into(py, out, s, times); }));
    return TRY(make_bytearray(py, out.view()));
}

Result<Ref<>> multiply_in_place(Python& py, Self self, Borrowed<> count) {
    std::int64_t times = TRY(times_of(py, count));
    Locked<ByteArray> a(py, self);
    ByteBuilder out(py);
    CHECK(repeat_into(py, out, view_of(a), times));
    CHECK(bytearray_resize(py, a, out.size()));
    if (out.size() > 0) std::memcpy(a->data, out.view().data(), out.size());
    return Borrowed<>(self).share();
}

Result<void> append(Python& py, Self self, Borrowed<> item) {
    char c = TRY(octet_of(py, item));
    Locked<ByteArray> a(py, self);
    CHECK(bytearray_resize(py, a, a->size + 1));
    a->data[a->size - 1] = c;
    return {};
}

Result<void> extend(Python& py, Self self, Borrowed<> items) {
    if (is<Str>(items)) return raise(py, exc::TypeError, "expected iterable of integers; got: 'str'");
    if (is_any_int(items.value())) {
        return raise(py, exc::TypeError, "can't extend bytearray with {}", TypeName{items.value()});
    }
    if (!has_buffer(py, items) && !type_of(items).slot(Dunder::iter) && !type_of(items).slot(Dunder::getitem)) {
        return raise(py, exc::TypeError, "can't extend bytearray with {}", TypeName{items.value()});
    }
    Maybe<Bytes> octets;
    if (has_buffer(py, items)) {
        octets = TRY(copy_of(py, items));
    } else {
        ByteBuilder out(py);
        CHECK(for_each(py, items, [&](Ref<> item) -> Result<void> {
            out.add(TRY(octet_of(py, item)));
            return {};
        }));
        octets = TRY(out.finish());
    }
    Locked<ByteArray> a(py, self);
    return bytearray_splice(py, a, a->size, a->size, octets->view());
}

Result<void> insert(Python& py, Self self, Index index, Borrowed<> item) {
    char c = TRY(octet_of(py, item));
    Locked<ByteArray> a(py, self);
    std::size_t at = clip_bound(index, a->size);
    return bytearray_splice(py, a, at, at, {&c, 1});
}

Result<std::int64_t> pop(Thread& t, Held a, Index index) {
    if (a->size == 0) return raise(t, exc::IndexError, "pop from empty bytearray");
    std::int64_t at = position_of(index, a->size);
    if (at < 0) return raise(t, exc::IndexError, "pop index out of range");
    auto c = std::uint8_t(a->data[at]);
    CHECK(bytearray_splice(t, a, std::size_t(at), std::size_t(at) + 1, {}));
    return c;
}

Result<void> remove(Python& py, Self self, Borrowed<> item) {
    char c = TRY(octet_of(py, item));
    Locked<ByteArray> a(py, self);
    std::size_t at = view_of(a).find(c);
    if (at == Octets::npos) return raise(py, exc::ValueError, "value not found in bytearray");
    return bytearray_splice(py, a, at, at + 1, {});
}

void reverse(Thread&, Held a) {
    for (char *first = a->data, *last = a->data + a->size; first < last && first < --last; ++first) {
        auto c = load_shared<char>(first);
        store_shared(first, load_shared<char>(last));
        store_shared(last, c);
    }
}
Result<void> clear(Thread& t, Held a) { return bytearray_resize(t, a, 0); }
Result<Ref<ByteArray>> copy(Thread& t, Held a) { return make_bytearray(t, view_of(a)); }
std::int64_t alloc(Thread&, Held a) { return std::int64_t(a->capacity); }
std::int64_t size_of(Thread&, Held a) { return std::int64_t(sizeof(ByteArray) + a->capacity); }

Result<void> resize(Thread& t, Held a, std::int64_t size) {
    if (size < 0) return raise(t, exc::ValueError, "bytearray.resize(): new size must be >= 0, got {}", size);
    std::size_t old = a->size;
    CHECK(bytearray_resize(t, a, std::size_t(size)));
    if (std::size_t(size) > old) std::memset(a->data + old, 0, std::size_t(size) - old);
    return {};
}

Result<Ref<>> state_of_instance(Python& py, Self self) {
    if (!type_of(self.get()).has(type_flag::has_dict)) return none.share();
    return TRY(instance_dict(py, self.get()));
}

Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Ref<> state = TRY(state_of_instance(py, self));
    Ref<Bytes> octets = TRY(with(py, self, [&](Octets s) { return make_bytes(py, s); }));
    // As Latin-1 text, which every protocol can write.
    Ref<Str> text = TRY(make_str(py, std::span(reinterpret_cast<std::uint8_t const*>(octets->data), octets->size)));
    Ref<Tuple> args = octets->size == 0 ? empty_tuple() : TRY(make_tuple_of(py, std::move(text), TRY(make_str(py, "latin-1"))));
    return make_tuple_of(py, share(Value::of(&type_of(self.get()))), std::move(args), std::move(state));
}

Result<Ref<Tuple>> reduce_ex(Python& py, Self self, int protocol) {
    if (protocol < 3) return reduce(py, self);
    Ref<> state = TRY(state_of_instance(py, self));
    Ref<Bytes> octets = TRY(with(py, self, [&](Octets s) { return make_bytes(py, s); }));
    Ref<Tuple> args = octets->size == 0 ? empty_tuple() : TRY(make_tuple_of(py, std::move(octets)));
    return make_tuple_of(py, share(Value::of(&type_of(self.get()))), std::move(args), std::move(state));
}

Result<void> give_buffer(Python& py, Object* self, Buffer& out, int) {
    Locked<ByteArray> a(py, Borrowed<ByteArray>(*static_cast<ByteArray*>(self)));
    ++a->exports;
    static constexpr char nothing[1] = {};
    out.data = a->data ? a->data : const_cast<char*>(nothing);
    out.size = a->size;
    out.readonly = false;
    return {};
}
void take_buffer(Object* self, Buffer&) {
    Locked<ByteArray> a(current_thread(), Borrowed<ByteArray>(*static_cast<ByteArray*>(self)));
    --a->exports;
}
constexpr BufferHooks buffer_hooks{give_buffer, take_buffer};

// ---- the iterator sees octets that are added meanwhile.
struct ByteArrayIterator : Object {
    Fixed<ByteArray> array;
    std::atomic<std::int64_t> position{0};   // -1: exhausted for good
    explicit ByteArrayIterator(Ref<ByteArray> b) : array(std::move(b)) {}
    static constexpr auto fields = std::tuple{&ByteArrayIterator::array};
    static Type& type() { return bytearray_iterator_type; }
};
Result<Ref<>> iterate(Thread& t, Self s) { return TRY(make<ByteArrayIterator>(t, bytearray_iterator_type, s.share())); }
Next next_octet(Thread& t, Borrowed<ByteArrayIterator> it) {
    Locked<ByteArray> a(t, *it->array);
    std::int64_t at = it->position.load(std::memory_order_relaxed);
    do {
        if (at < 0) return Next::end();
        if (at >= std::int64_t(a->size)) {
            it->position.store(-1, std::memory_order_relaxed);
            return Next::end();
        }
    } while (!it->position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed));
    return Ref<>::immediate(Value::of_int(load_shared<std::uint8_t>(a->data + at)));
}
Ref<> same(Thread&, Borrowed<ByteArrayIterator> it) { return Borrowed<>(it).share(); }
std::int64_t length_hint(Thread& t, Borrowed<ByteArrayIterator> it) {
    Locked<ByteArray> a(t, *it->array);
    std::int64_t at = it->position.load(std::memory_order_relaxed), n = std::int64_t(a->size);
    return at >= 0 && at < n ? n - at : 0;
}
Result<Ref<Tuple>> iterator_reduce(Python& py, Borrowed<ByteArrayIterator> it) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    std::int64_t at = it->position.load(std::memory_order_relaxed);
    if (at < 0) return reduce_iteration(py, std::move(function), empty_tuple(), {});
    return reduce_iteration(py, std::move(function), it->array.share(), Ref<>::immediate(Value::of_int(at)));
}
Result<void> iterator_setstate(Python& py, Borrowed<ByteArrayIterator> it, Borrowed<> state) {
    std::int64_t at = TRY(to_int64(py, state, &exc::OverflowError));
    Locked<ByteArray> a(py, *it->array);
    // What has ended stays so.
    if (it->position.load(std::memory_order_relaxed) >= 0)
        it->position.store(std::clamp<std::int64_t>(at, 0, std::int64_t(a->size)), std::memory_order_relaxed);
    return {};
}
constexpr MethodDef iterator_methods[] = {
    def<length_hint>("__length_hint__", "", "How many items are left, as an estimate."),
    def<iterator_reduce>("__reduce__", "", "Give what pickle needs."),
    def<iterator_setstate>("__setstate__", "object, /", "Set where the iteration goes on."),
};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, same>, slot<Dunder::next, next_octet>};
constexpr TypeDef iterator_def{.name = "bytearray_iterator", .size = sizeof(ByteArrayIterator), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<ByteArrayIterator>(), .methods = iterator_methods, .slots = iterator_slots};

Result<void> release_view(Python& py, Self, Borrowed<MemoryView> view) { return call_method_with(py, view, name::release()).raised() ? Result<void>(Raised{}) : Result<void>(); }

constexpr MethodDef own_methods[] = {
    def<append>("append", "item, /", "Add one octet at the end."),
    def<extend>("extend", "iterable_of_ints, /", "Add all octets of an iterable or buffer at the end."),
    def<insert>("insert", "index, item, /", "Put one octet in front of the index."),
    def<pop>("pop", "index=-1, /", "Take an octet out and return it."),
    def<oro::remove>("remove", "value, /", "Take out the first octet of that value."),
    def<reverse>("reverse", "", "Reverse the order in place."),
    def<clear>("clear", "", "Take out everything."),
    def<copy>("copy", "", "A copy."),
    def<resize>("resize", "size, /", "Set the length; new octets are zero."),
    def<alloc>("__alloc__", "", "How many octets there is room for."),
    def<size_of>("__sizeof__", "", "The size of the object in memory, in bytes."),
    def<reduce>("__reduce__", "", "What pickle needs to rebuild the object."),
    def<reduce_ex>("__reduce_ex__", "proto=0, /", "What pickle needs to rebuild the object, by protocol."),
    def<native_buffer>("__buffer__", "flags, /", "A memoryview of the octets."),
    def<release_view>("__release_buffer__", "buffer, /", "Release a view that __buffer__ gave."),
};
constexpr auto methods = with_shared<ByteArray>(own_methods);

constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>,
    slot<Dunder::str, to_repr>,
    ORO_COMPARE_SLOTS(compare_to),
    slot<Dunder::iter, iterate>,
    number_slot<Dunder::mod, &Methods<ByteArray>::modulo>,
    slot<Dunder::len, length_of>,
    slot<Dunder::getitem, get_at>,
    slot<Dunder::setitem, set_at>,
    slot<Dunder::delitem, delete_at>,
    slot<Dunder::concat, add>,
    slot<Dunder::repeat, multiply>,
    slot<Dunder::iconcat, add_in_place>,
    slot<Dunder::irepeat, multiply_in_place>,
    slot<Dunder::contains, &Methods<ByteArray>::contains>,
};

constexpr TypeDef bytearray_def{
    .name = "bytearray",
    .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
           "bytearray(bytes_or_buffer) -> bytearray\nbytearray(int) -> bytearray of that size, all zero\nbytearray() -> empty\n\n"
           "Octets that can be changed: a sequence of ints from 0 to 255.",
    .size = sizeof(ByteArray),
    .flags = type_flag::subclassable | type_flag::match_self,
    .hooks = hooks_of<ByteArray>(),
    .new_ = new_thunk,
    .init = init_thunk,
    .buffer = &buffer_hooks,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(bytearray_type, bytearray_def);
ORO_TYPE(bytearray_iterator_type, iterator_def);
Type& ByteArray::type() { return bytearray_type; }

}  // namespace oro
