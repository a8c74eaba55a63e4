// The module array: the type's life, its methods and operators.
#include "modules/array/array.h"

#include "base/shared_bytes.h"
#include "object/bytearray.h"
#include "object/exception.h"
#include "object/generic_alias.h"
#include "object/import.h"
#include "object/iterator.h"
#include "object/list.h"
#include "object/memoryview.h"
#include "object/slice.h"
#include "object/warn.h"
#include "types/arguments.h"

#include <algorithm>
#include <vector>

namespace oro::array_module {

Result<void> resize(Thread& t, Array& a, std::size_t count) {
    Array::Guarded& g = a.guarded;
    if (count == g.count) return {};
    if (g.exports > 0) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
    if (count > g.capacity || count < g.capacity / 2) {
        // An eighth more when growing, so that appending costs constant time.
        std::size_t capacity = count > g.count ? count + (count >> 3) + (count < 9 ? 3 : 6) : count, bytes;
        if (__builtin_mul_overflow(capacity, std::size_t(a.kind->size), &bytes) || bytes > std::size_t(PTRDIFF_MAX))
            return raise_no_memory(t);
        if (count == 0) {
            buffer_free(std::exchange(g.data, nullptr));
            g.count = g.capacity = 0;
            return {};
        }
        auto* data = static_cast<char*>(buffer_reallocate(g.data, bytes));
        if (!data) return raise_no_memory(t);
        g.data = data;
        g.capacity = capacity;
    }
    g.count = count;
    return {};
}

Result<void> splice(Thread& t, Array& a, std::size_t begin, std::size_t end, char const* octets, std::size_t n) {
    std::size_t count = a.guarded.count, size = a.kind->size;
    end = std::min(end, count);
    begin = std::min(begin, end);
    std::size_t tail = count - end, total;
    if (__builtin_add_overflow(begin + tail, n, &total)) return raise_no_memory(t);
    auto move_tail = [&] { if (tail) std::memmove(a.guarded.data + (begin + n) * size, a.guarded.data + end * size, tail * size); };
    bool grows = total > count;
    if (total < count) {
        if (a.guarded.exports > 0) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
        move_tail();
    }
    CHECK(resize(t, a, total));
    if (grows) move_tail();
    copy_shared(a.guarded.data + begin * size, octets, n * size);
    return {};
}

Result<Ref<Array>> make_array(Thread& t, Type& type, ItemKind const* kind, char const* octets, std::size_t n) {
    Ref<Array> a = TRY(make<Array>(t, type, kind));
    CHECK(resize(t, *a, n));
    if (n && octets) std::memcpy(a->guarded.data, octets, n * kind->size);
    return a;
}

Result<Ref<Bytes>> octets_of(Thread& t, Self self) {
    Locked<Array> a(t, self);
    std::size_t size = a->count * self->kind->size;
    Ref<Bytes> octets = TRY(make_bytes_uninitialized(t, size));
    copy_shared(octets->data, a->data, size);  // views of it may be written to meanwhile
    return octets;
}

Result<void> append(Python& py, Self self, Borrowed<> value) {
    char item[kMaxItem];
    CHECK(self->kind->pack(py, item, value));
    Locked<Array> a(py, self);
    return splice(py, *self, a->count, a->count, item, 1);
}

namespace {

// The octets of `other`, which must be of the same kind, at the end.
Result<void> append_array(Thread& t, Self self, Self other) {
    Section2 both(t, self.get(), other.get());
    std::size_t old = self->guarded.count, n = other->guarded.count, total;
    if (__builtin_add_overflow(old, n, &total)) return raise_no_memory(t);
    CHECK(resize(t, *self, total));
    std::size_t size = self->kind->size;
    if (n) std::memcpy(self->guarded.data + old * size, other->guarded.data, n * size);
    return {};
}

}  // namespace

Result<void> extend(Python& py, Self self, Borrowed<> iterable) {
    if (is<Array>(iterable)) {
        if (as<Array>(iterable)->kind != self->kind) return raise(py, exc::TypeError, "can only extend with array of same kind");
        return append_array(py, self, as<Array>(iterable));
    }
    return for_each(py, iterable, [&](Ref<> item) { return append(py, self, item); });
}

Result<void> frombytes(Python& py, Self self, BytesLike const& octets) {
    std::string_view s = octets.view();
    if (s.size() % self->kind->size != 0) return raise(py, exc::ValueError, "bytes length not a multiple of item size");
    Locked<Array> a(py, self);
    return splice(py, *self, a->count, a->count, s.data(), s.size() / self->kind->size);
}

Result<void> fromunicode(Python& py, Self self, Borrowed<Str> text) {
    if (!self->kind->is_text()) return raise(py, exc::ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    Locked<Array> a(py, self);
    std::size_t old = a->count;
    CHECK(resize(py, *self, old + text->length()));
    auto* to = reinterpret_cast<std::uint32_t*>(a->data) + old;
    visit_text(*text, [&](auto points) { for (auto p : points) *to++ = p; });
    return {};
}

Result<Ref<Str>> tounicode(Thread& t, Self self) {
    if (!self->kind->is_text()) return raise(t, exc::ValueError, "tounicode() may only be called on unicode type arrays ('u' or 'w')");
    Locked<Array> a(t, self);
    std::span<std::uint32_t const> points(reinterpret_cast<std::uint32_t const*>(a->data), a->count);
    for (std::uint32_t p : points) {
        if (p > 0x10ffff) return raise_bad_point(t, p);
    }
    return make_str(t, points);
}

Result<Ref<List>> tolist(Thread& t, Self self) {
    // Made of a copy: appending takes the list's lock.
    Ref<Bytes> octets = TRY(octets_of(t, self));
    std::size_t size = self->kind->size, n = octets->size / size;
    Ref<List> list = TRY(make_list(t, n));
    for (std::size_t i = 0; i < n; ++i) CHECK(list_append(t, list, TRY(self->kind->unpack(t, octets->data + i * size))));
    return list;
}

namespace {

Ref<> number(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

// The item, or null beyond the end.
Result<Maybe<>> item(Thread& t, Self self, std::size_t i) {
    Locked<Array> a(t, self);
    if (i >= a->count) return Maybe<>();
    return Maybe<>(TRY(self->kind->unpack(t, item_at(*self, i))));
}

// ---- making

Result<Ref<>> create(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (Tuple* refused = refused_keywords(type, array_type, names); refused && refused->size) return raise(py, exc::TypeError, "array.array() takes no keyword arguments");
    if (n < 1) return raise(py, exc::TypeError, "array() takes at least 1 argument (0 given)");
    if (n > 2) return raise(py, exc::TypeError, "array() takes at most 2 arguments ({} given)", n);
    char32_t code = TRY(typecode_from(py, Borrowed<>(args[0]), "array() argument 1"));
    ItemKind const* kind = kind_of(code);
    if (code == 'u') CHECK(warn(py, exc::DeprecationWarning, "The 'u' type code is deprecated and will be removed in Python 3.16"));
    Value initial = n > 1 ? args[1] : Value{};
    auto one = [&] { return std::string_view(kind ? &kind->typecode : "", kind ? 1 : 0); };
    if (initial && kind && !kind->is_text()) {
        if (is<Str>(initial)) return raise(py, exc::TypeError, "cannot use a str to initialize an array with typecode '{}'", one());
        if (is<Array>(initial) && as<Array>(initial)->kind->is_text()) {
            return raise(py, exc::TypeError, "cannot use a unicode array to initialize an array with typecode '{}'", one());
        }
    }
    if (!kind) return raise(py, exc::ValueError, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    Ref<Array> a = TRY(make_array(py, type, kind, nullptr, 0));
    if (!initial) return a;
    if (is<Str>(initial)) {
        CHECK(fromunicode(py, a, as<Str>(initial)));
    } else if (is<Bytes>(initial) || is<ByteArray>(initial)) {
        CHECK(frombytes(py, a, BytesLike{TRY(get_buffer(py, Borrowed<>(initial)))}));
    } else if (is<Array>(initial) && (as<Array>(initial)->kind == kind || as<Array>(initial)->kind->is_text())) {
        CHECK(append_array(py, a, as<Array>(initial)));
    } else {
        CHECK(for_each(py, Borrowed<>(initial), [&](Ref<> v) { return append(py, a, v); }));
    }
    return a;
}
Value new_thunk(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return create(py, type, args, n, names).release();
}

Result<Ref<>> copy(Thread& t, Self self) {
    Locked<Array> a(t, self);
    return TRY(make_array(t, array_type, self->kind, a->data, a->count));
}
Result<Ref<>> deepcopy(Thread& t, Self self, Borrowed<>) { return copy(t, self); }

// ---- changing

Result<void> insert(Python& py, Self self, Index index, Borrowed<> value) {
    char packed[kMaxItem];
    CHECK(self->kind->pack(py, packed, value));
    Locked<Array> a(py, self);
    std::size_t at = clip_bound(index, a->count);
    return splice(py, *self, at, at, packed, 1);
}
Result<Ref<>> pop(Python& py, Self self, Index index) {
    Locked<Array> a(py, self);
    if (a->count == 0) return raise(py, exc::IndexError, "pop from empty array");
    std::int64_t at = position_of(index, a->count);
    if (at < 0) return raise(py, exc::IndexError, "pop index out of range");
    Ref<> taken = TRY(self->kind->unpack(py, item_at(*self, std::size_t(at))));
    CHECK(splice(py, *self, std::size_t(at), std::size_t(at) + 1, nullptr, 0));
    return taken;
}

// The first item from `start` on that equals the value; -1 if there is none before `stop`.
Result<std::int64_t> find(Python& py, Self self, Borrowed<> value, std::size_t start, std::size_t stop) {
    for (std::size_t i = start; i < stop; ++i) {
        Maybe<> here = TRY(item(py, self, i));
        if (!here) break;
        if (TRY(compare_truth(py, *here, value, Compare::eq))) return std::int64_t(i);
        CHECK(poll(py));
    }
    return -1;
}
std::size_t count_of(Thread& t, Self self) {
    Locked<Array> a(t, self);
    return a->count;
}
Result<std::int64_t> index(Python& py, Self self, Borrowed<> value, Optional<> start, Optional<> stop) {
    std::int64_t bounds[2] = {0, INT64_MAX};
    if (start) bounds[0] = TRY(search_bound(py, *start));
    if (stop) bounds[1] = TRY(search_bound(py, *stop));
    std::size_t n = count_of(py, self);
    // An end beyond the array's follows it where the array grows meanwhile.
    std::int64_t i =
        TRY(find(py, self, value, clip_bound(bounds[0], n), bounds[1] < 0 ? clip_bound(bounds[1], n) : std::size_t(bounds[1])));
    if (i < 0) return raise(py, exc::ValueError, "array.index(x): x not in array");
    return i;
}
Result<std::int64_t> count(Python& py, Self self, Borrowed<> value) {
    std::int64_t n = 0;
    for (std::size_t at = 0;; ++n) {
        std::int64_t i = TRY(find(py, self, value, at, SIZE_MAX));
        if (i < 0) return n;
        at = std::size_t(i) + 1;
    }
}
Result<bool> contains(Python& py, Self self, Borrowed<> value) { return TRY(find(py, self, value, 0, SIZE_MAX)) >= 0; }
Result<void> remove(Python& py, Self self, Borrowed<> value) {
    std::int64_t i = TRY(find(py, self, value, 0, SIZE_MAX));
    if (i < 0) return raise(py, exc::ValueError, "array.remove(x): x not in array");
    Locked<Array> a(py, self);
    return splice(py, *self, std::size_t(i), std::size_t(i) + 1, nullptr, 0);
}
void reverse(Thread&, Locked<Array>& a) {
    std::size_t size = a.object()->kind->size;
    char item[kMaxItem];
    for (std::size_t i = 0, j = a->count; i + 1 < j; ++i) {
        --j;
        std::memcpy(item, a->data + i * size, size);
        std::memcpy(a->data + i * size, a->data + j * size, size);
        std::memcpy(a->data + j * size, item, size);
    }
}
void byteswap(Thread&, Locked<Array>& a) {
    std::size_t size = a.object()->kind->size;
    for (std::size_t i = 0; i < a->count; ++i) std::reverse(a->data + i * size, a->data + (i + 1) * size);
}
Result<void> clear(Thread& t, Locked<Array>& a) { return resize(t, *a.object(), 0); }
Result<void> fromlist(Python& py, Self self, Borrowed<> list) {
    if (!is<List>(list)) return raise(py, exc::TypeError, "arg must be list");
    // All or nothing: packed aside.
    Ref<Tuple> items = TRY(list_to_tuple(py, as<List>(list)));
    std::size_t size = self->kind->size;
    std::vector<char> packed(items->size * size);
    for (std::size_t i = 0; i < items->size; ++i) CHECK(self->kind->pack(py, packed.data() + i * size, items->at(i)));
    if (as<List>(list)->size() != items->size) return raise(py, exc::RuntimeError, "list changed size during iteration");
    Locked<Array> a(py, self);
    return splice(py, *self, a->count, a->count, packed.data(), items->size);
}

// ---- looking

std::int64_t length_of(Thread&, Locked<Array>& a) { return std::int64_t(a->count); }
Result<Ref<>> buffer_info(Thread& t, Self self) {
    std::uint64_t address, n;
    {
        Locked<Array> a(t, self);
        address = reinterpret_cast<std::uint64_t>(a->data);
        n = a->count;
    }
    Ref<> first = TRY(make_int_unsigned(t, address));
    return make_tuple_of(t, std::move(first), number(std::int64_t(n)));
}
std::int64_t size_of(Thread&, Locked<Array>& a) { return std::int64_t(sizeof(Array) + a->capacity * a.object()->kind->size); }
Value get_typecode(Python& py, Value self) { return make_str_of(py, char32_t(as<Array>(self)->kind->typecode)).release(); }
Value get_itemsize(Python&, Value self) { return Value::of_int(as<Array>(self)->kind->size); }

Result<Ref<Str>> to_repr(Python& py, Self self) {
    Ref<Str> name = name_of_type(type_of(self.get()));
    std::string_view code(&self->kind->typecode, 1);
    if (count_of(py, self) == 0) return format_message(py, "{}('{}')", {MessageArg(name), MessageArg(code)});
    Ref<> items = self->kind->is_text() ? Ref<>(TRY(tounicode(py, self))) : Ref<>(TRY(tolist(py, self)));
    Ref<Str> shown = TRY(repr(py, items));
    return format_message(py, "{}('{}', {})", {MessageArg(name), MessageArg(code), MessageArg(shown)});
}

bool holds(int order, Compare op) {
    switch (op) {
        case Compare::lt: return order == -1;
        case Compare::le: return order == -1 || order == 0;
        case Compare::eq: return order == 0;
        case Compare::ne: return order != 0;
        case Compare::gt: return order == 1;
        default: return order == 1 || order == 0;
    }
}
Result<Ref<>> compare_to(Python& py, Self self, Borrowed<> object, Compare op) {
    if (!is<Array>(object)) return Ref<>::immediate(kNotImplemented);
    Self other = as<Array>(object);
    auto answer = [](bool b) { return Ref<>::immediate(Value::of_bool(b)); };
    auto by_length = [&](std::size_t m, std::size_t n) { return answer(holds(m < n ? -1 : m > n, op)); };
    if (self->kind == other->kind) {
        Section2 both(py, self.get(), other.get());
        std::size_t m = self->guarded.count, n = other->guarded.count;
        if (m != n && (op == Compare::eq || op == Compare::ne)) return answer(op == Compare::ne);
        int order;
        std::size_t i = self->kind->mismatch(self->guarded.data, other->guarded.data, std::min(m, n), &order);
        if (i == std::min(m, n)) return by_length(m, n);
        return answer(op == Compare::ne || (op != Compare::eq && holds(order, op)));
    }
    std::size_t m = count_of(py, self), n = count_of(py, other);
    if (m != n && (op == Compare::eq || op == Compare::ne)) return answer(op == Compare::ne);
    for (std::size_t i = 0; i < std::min(m, n); ++i) {
        Maybe<> a = TRY(item(py, self, i)), b = TRY(item(py, other, i));
        if (!a || !b) break;
        if (TRY(compare_truth(py, *a, *b, Compare::eq))) continue;
        if (op == Compare::eq || op == Compare::ne) return answer(op == Compare::ne);
        return oro::compare(py, *a, *b, op);
    }
    return by_length(count_of(py, self), count_of(py, other));
}

// ---- sequence operators

Result<Ref<>> concat(Thread& t, Self self, Borrowed<> object) {
    if (!is<Array>(object)) return raise(t, exc::TypeError, "can only append array (not \"{}\") to array", TypeName{object.value()});
    Self other = as<Array>(object);
    if (other->kind != self->kind) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    Ref<Array> both = TRY(make_array(t, array_type, self->kind, nullptr, 0));
    CHECK(append_array(t, both, self));
    CHECK(append_array(t, both, other));
    return both;
}
Result<Ref<>> concat_in_place(Python& py, Self self, Borrowed<> object) {
    if (!is<Array>(object)) return raise(py, exc::TypeError, "can only extend array with array (not \"{}\")", TypeName{object.value()});
    CHECK(extend(py, self, object));
    return self.share();
}
// `times` copies of the first `count` items, which stand in `data` already.
void multiply_octets(char* data, std::size_t octets, std::size_t times) {
    for (std::size_t done = octets, all = octets * times; done < all;) {
        std::size_t n = std::min(done, all - done);
        std::memcpy(data + done, data, n);
        done += n;
    }
}
Result<void> repeat_into(Thread& t, Array& to, Array const& from, std::size_t times) {
    std::size_t count = from.guarded.count, total;
    if (__builtin_mul_overflow(count, times, &total)) return raise_no_memory(t);
    CHECK(resize(t, to, total));
    if (total == 0) return {};
    if (&to != &from) std::memcpy(to.guarded.data, from.guarded.data, count * from.kind->size);
    multiply_octets(to.guarded.data, count * to.kind->size, times);
    return {};
}
Result<Ref<>> repeat(Python& py, Self self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times));
    Ref<Array> result = TRY(make_array(py, array_type, self->kind, nullptr, 0));
    Locked<Array> a(py, self);
    CHECK(repeat_into(py, *result, *self, n));
    return result;
}
Result<Ref<>> repeat_in_place(Python& py, Self self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times));
    Locked<Array> a(py, self);
    CHECK(repeat_into(py, *self, *self, n));
    return self.share();
}

// ---- buffers

Result<void> give_buffer(Python& py, Object* self, Buffer& out, int) {
    auto* array = static_cast<Array*>(self);
    Locked<Array> a(py, Self(*array));
    ++a->exports;
    static constexpr char nothing[1] = {};
    out.data = a->data ? a->data : const_cast<char*>(nothing);
    out.size = a->count * array->kind->size;
    out.item_size = array->kind->size;
    out.format = array->kind->format;
    out.readonly = false;
    return {};
}
void take_buffer(Object* self, Buffer&) {
    Locked<Array> a(current_thread(), Self(*static_cast<Array*>(self)));
    --a->exports;
}
constexpr BufferHooks buffer_hooks{give_buffer, take_buffer};
Result<void> release_view(Python& py, Self, Borrowed<MemoryView> view) {
    CHECK(call_method_with(py, view, name::release()));
    return {};
}

// ---- the iterator: sees items that are added meanwhile; once at the end, it stays there.

struct ArrayIterator : Object {
    Fixed<Array> array;
    std::atomic<std::int64_t> position{0};   // -1: exhausted for good
    explicit ArrayIterator(Ref<Array> a) : array(std::move(a)) {}
    static constexpr auto fields = std::tuple{&ArrayIterator::array};
    static Type& type() { return array_iterator_type; }
};
Result<Ref<>> iterate(Thread& t, Self self) { return TRY(make<ArrayIterator>(t, array_iterator_type, self.share())); }
Next next_item(Thread& t, Borrowed<ArrayIterator> it) {
    Locked<Array> a(t, *it->array);
    std::int64_t at = it->position.load(std::memory_order_relaxed);
    do {
        if (at < 0) return Next::end();
        if (at >= std::int64_t(a->count)) {
            it->position.store(-1, std::memory_order_relaxed);
            return Next::end();
        }
    } while (!it->position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed));
    return it->array->kind->unpack(t, item_at(*it->array.get(), std::size_t(at)));
}
Ref<> itself(Thread&, Borrowed<ArrayIterator> it) { return Borrowed<>(it).share(); }
Result<Ref<>> iterator_reduce(Python& py, Borrowed<ArrayIterator> it) {
    Ref<> iter = TRY(builtin_named(py, "iter"));
    std::int64_t at = it->position.load();
    if (at < 0) {
        Ref<> args = TRY(make_tuple_of(py, Ref<>(empty_tuple())));
        return make_tuple_of(py, std::move(iter), std::move(args));
    }
    Ref<> args = TRY(make_tuple_of(py, it->array.share()));
    return make_tuple_of(py, std::move(iter), std::move(args), number(at));
}
Result<void> iterator_setstate(Python& py, Borrowed<ArrayIterator> it, Borrowed<> state) {
    std::int64_t at = TRY(to_int64(py, state, &exc::OverflowError));
    std::int64_t n = std::int64_t(count_of(py, *it->array));
    if (it->position.load() >= 0) it->position.store(std::clamp<std::int64_t>(at, 0, n));
    return {};
}
constexpr MethodDef iterator_methods[] = {
    def<iterator_reduce>("__reduce__", "", "Return state information for pickling."),
    def<iterator_setstate>("__setstate__", "state, /", "Set state information for unpickling."),
};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, itself>, slot<Dunder::next, next_item>};
constexpr TypeDef iterator_def{.name = "array.arrayiterator", .size = sizeof(ArrayIterator), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<ArrayIterator>(), .methods = iterator_methods, .slots = iterator_slots};

constexpr MethodDef methods[] = {
    def<append>("append", "v, /", "Add an item at the end."),
    def<buffer_info>("buffer_info", "", "(address, count): where the items are now, and how many."),
    def<byteswap>("byteswap", "", "Reverse the octets of each item."),
    def<clear>("clear", "", "Take out all items."),
    def<copy>("__copy__", "", "A copy."),
    def<deepcopy>("__deepcopy__", "unused, /", "A copy."),
    def<count>("count", "v, /", "How many items equal the value."),
    def<extend>("extend", "bb, /", "Add all items of an iterable at the end."),
    def<fromfile>("fromfile", "f, n, /", "Read n items from a file, as octets, and add them at the end."),
    def<fromlist>("fromlist", "list, /", "Add all items of a list at the end, or none if one doesn't fit."),
    def<frombytes>("frombytes", "buffer, /", "Add the items that octets are the memory of."),
    def<fromunicode>("fromunicode", "ustr, /", "Add the characters of a str."),
    def<index>("index", "v, start=0, stop=sys.maxsize, /", "Where the first item stands that equals the value."),
    def<insert>("insert", "i, v, /", "Put an item in front of position i."),
    def<pop>("pop", "i=-1, /", "Take an item out and return it."),
    def<reduce_ex>("__reduce_ex__", "value, /", "What pickle needs to rebuild the array."),
    def<remove>("remove", "v, /", "Take out the first item that equals the value."),
    def<reverse>("reverse", "", "Reverse the order of the items."),
    def<tofile>("tofile", "f, /", "Write the items to a file, as octets."),
    def<tolist>("tolist", "", "The items in a list."),
    def<octets_of>("tobytes", "", "The items' octets."),
    def<tounicode>("tounicode", "", "The items as a str."),
    def<size_of>("__sizeof__", "", "The size of the array in memory, in bytes."),
    def<native_buffer>("__buffer__", "flags, /", "A memoryview of the items."),
    def<release_view>("__release_buffer__", "buffer, /", "Release a view that __buffer__ gave."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>, ORO_COMPARE_SLOTS(compare_to), slot<Dunder::iter, iterate>, slot<Dunder::len, length_of>,
    slot<Dunder::getitem, get_at>, slot<Dunder::setitem, set_at>, slot<Dunder::delitem, delete_at>, slot<Dunder::contains, contains>,
    slot<Dunder::concat, concat>, slot<Dunder::repeat, repeat>, slot<Dunder::iconcat, concat_in_place>,
    slot<Dunder::irepeat, repeat_in_place>,
};
constexpr GetSetDef getsets[] = {
    {"typecode", get_typecode, nullptr, "the typecode character used to create the array"},
    {"itemsize", get_itemsize, nullptr, "the size, in bytes, of one array item"},
};
constexpr TypeDef array_def{.name = "array.array", .doc = "A sequence of numbers or characters of one machine type, which the typecode names.",
                            .size = sizeof(Array), .flags = type_flag::subclassable | type_flag::has_weakrefs | type_flag::sequence,
                            .hooks = hooks_of<Array>(), .new_ = new_thunk, .buffer = &buffer_hooks, .methods = methods, .slots = slots,
                            .getsets = getsets};

constexpr MethodDef functions[] = {
    function<reconstruct>("_array_reconstructor", "arraytype, typecode, mformat_code, items, /", "For pickle: an array from octets in the order of any machine."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, array_type));
    CHECK(add_to_module(py, m, "ArrayType", share(Value::of(&array_type))));
    CHECK(add_to_module(py, m, "typecodes", TRY(make_str(py, std::string_view(kTypecodes)))));
    Ref<> abc = TRY(import_attribute(py, "collections.abc", "MutableSequence"));
    CHECK(call_method_with(py, abc, TRY(make_interned(py, "register")), Borrowed<>(Value::of(&array_type))));
    return {};
}

}  // namespace

ORO_TYPE(array_type, array_def);
ORO_TYPE(array_iterator_type, iterator_def);

ORO_MODULE(array_module_def, .name = "array", .doc = "Packed arrays of numbers or characters.", .functions = functions, .setup = setup);

}  // namespace oro::array_module
