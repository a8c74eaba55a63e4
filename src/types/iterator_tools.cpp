// enumerate, filter, reversed. Shared between threads, each item goes to one of them.
#include "object/define.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/iterator.h"
#include "types/arguments.h"
#include "types/iterators.h"

namespace oro {

namespace {

constexpr char const* kReduceDoc = "Give what pickle needs.";

template <class T> Result<Ref<>> self_iter(Thread&, Borrowed<T> self) { return self.share(); }

// ---- enumerate

struct Enumerate : Object {
    struct Guarded {
        std::atomic<std::int64_t> count;
        Member<> large;                  // the number once it is beyond 62 bits
    } guarded;
    Fixed<> iterator;
    Enumerate(Ref<> it, std::int64_t start, Maybe<> big) : iterator(std::move(it)) {
        guarded.count.store(start, std::memory_order_relaxed);
        guarded.large.set(std::move(big));
    }
    void trace(Visitor& v) { v(iterator); v(guarded.large); }
    void clear() { iterator.reset(); guarded.large.reset(); }
    static Type& type();
};

Result<Ref<>> construct_enumerate(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    std::size_t keywords = names ? names->size : 0;
    if (n + keywords > 2) return raise(py, exc::TypeError, "enumerate() takes at most 2 arguments ({} given)", n + keywords);
    Value words[2] = {};
    for (std::size_t i = 0; i < n; ++i) words[i] = args[i];
    for (std::size_t i = 0; i < keywords; ++i) {
        Str& name = *static_cast<Str*>(names->slots[i].pointer());
        std::size_t place = equal(name, "iterable") ? 0 : equal(name, "start") ? 1 : 2;
        bool missing_first = n == 0 && keywords == 1 && place != 0;
        if (place == 2 || words[place] || missing_first)
            return raise(py, exc::TypeError, "'{}' is an invalid keyword argument for enumerate()", Borrowed<Str>(name));
        words[place] = args[n + i];
    }
    if (!words[0]) return raise(py, exc::TypeError, "enumerate() missing required argument 'iterable'");
    Ref<> start = Ref<>::immediate(Value::of_int(0));
    if (words[1]) {
        Ref<> number = TRY(to_index(py, Borrowed<>(words[1])));
        start = share(int_number(number.value()));
    }
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(words[0])));
    bool small = start.value().is_int();
    return make<Enumerate>(py, type, std::move(iterator), small ? start.value().as_int() : Value::kMaxInt + 1,
                           small ? Maybe<>() : Maybe<>(start.share()));
}
Value new_enumerate(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_enumerate(py, type, args, n, names).release();
}

// The next number.
Result<Ref<>> take_count(Python& py, Borrowed<Enumerate> self) {
    std::int64_t i = self->guarded.count.load(std::memory_order_relaxed);
    if (i <= Value::kMaxInt) [[likely]] {
        i = take_index(py, self->guarded.count);
        if (i <= Value::kMaxInt) [[likely]] return Ref<>::immediate(Value::of_int(i));
    }
    for (;;) {
        Maybe<> at = self->guarded.large.load(self.get());
        Ref<> number = at ? share(at.value()) : TRY(make_int(py, Value::kMaxInt + 1));
        Ref<> following = TRY(int_add(py, number.value(), Value::of_int(1)));
        Maybe<> old;
        Locked<Enumerate> locked(py, self);
        if (locked->large.peek().value() != at.value()) continue;
        old = locked->large.swap(std::move(following));
        return number;
    }
}

Next next_pair(Python& py, Borrowed<Enumerate> self) {
    Next item = next(py, *self->iterator);
    if (item.raised() || item.ended()) return item;
    Ref<> count = TRY(take_count(py, self));
    return Next(Result<Ref<>>(TRY(make_tuple_of(py, std::move(count), std::move(item).take()))));
}

Result<Ref<Tuple>> reduce_enumerate(Python& py, Borrowed<Enumerate> self) {
    std::int64_t i = self->guarded.count.load(std::memory_order_relaxed);
    Maybe<> at = self->guarded.large.load(self.get());
    Ref<> number = at ? std::move(at).take() : TRY(make_int(py, i));
    Ref<Tuple> args = TRY(make_tuple_of(py, self->iterator.share(), std::move(number)));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args));
}

constexpr MethodDef enumerate_methods[] = {
    def<reduce_enumerate>("__reduce__", "", kReduceDoc),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef enumerate_slots[] = {slot<Dunder::iter, self_iter<Enumerate>>, slot<Dunder::next, next_pair>};
constexpr TypeDef enumerate_def{
    .name = "enumerate",
    .doc = "Iterate over pairs of a number, counting from start, and an item of the iterable.",
    .signature = "iterable, start=0",
    .size = sizeof(Enumerate),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Enumerate>(),
    .new_ = new_enumerate,
    .methods = enumerate_methods,
    .slots = enumerate_slots,
};
ORO_TYPE(enumerate_type, enumerate_def);
Type& Enumerate::type() { return enumerate_type; }

// ---- filter

struct Filter : Object {
    Fixed<> function, iterator;
    Filter(Ref<> f, Ref<> it) : function(std::move(f)), iterator(std::move(it)) {}
    static constexpr auto fields = std::tuple{&Filter::function, &Filter::iterator};
    static Type& type();
};

Result<Ref<>> construct_filter(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "filter", n, refused_keywords(type, Filter::type(), names), 2, 2)) return Raised{};
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(args[1])));
    return make<Filter>(py, type, share(args[0]), std::move(iterator));
}
Value new_filter(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_filter(py, type, args, n, names).release();
}

Next next_kept(Python& py, Borrowed<Filter> self) {
    Value f = self->function.value();
    bool by_truth = f == kNone || f == Value::of(&bool_type);
    for (;;) {
        Next item = next(py, *self->iterator);
        if (item.raised() || item.ended()) return item;
        Ref<> value = std::move(item).take();
        bool keep = by_truth ? TRY(truth(py, value)) : TRY(truth(py, TRY(call_with(py, Borrowed<>(f), value))));
        if (keep) return Next(std::move(value));
        CHECK(poll(py));
    }
}

Result<Ref<Tuple>> reduce_filter(Thread& t, Borrowed<Filter> self) {
    Ref<Tuple> args = TRY(make_tuple_of(t, self->function.share(), self->iterator.share()));
    return make_tuple_of(t, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args));
}

constexpr MethodDef filter_methods[] = {def<reduce_filter>("__reduce__", "", kReduceDoc)};
constexpr SlotDef filter_slots[] = {slot<Dunder::iter, self_iter<Filter>>, slot<Dunder::next, next_kept>};
constexpr TypeDef filter_def{
    .name = "filter",
    .doc = "Iterate over the items of the iterable for which function(item) is true.\n\n"
           "If function is None, over the items that are true.",
    .signature = "function, iterable, /",
    .size = sizeof(Filter),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Filter>(),
    .new_ = new_filter,
    .methods = filter_methods,
    .slots = filter_slots,
};
ORO_TYPE(filter_type, filter_def);
Type& Filter::type() { return filter_type; }

// ---- reversed

struct Reversed : Object {
    Member<> sequence;                       // null: ended
    std::atomic<std::int64_t> index;         // of the next item
    Reversed(Ref<> s, std::int64_t i) : sequence(std::move(s)), index(i) {}
    static constexpr auto fields = std::tuple{&Reversed::sequence};
    static Type& type();
};

Result<Ref<>> construct_reversed(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "reversed", n, refused_keywords(type, Reversed::type(), names), 1, 1)) return Raised{};
    Borrowed<> sequence(args[0]);
    Maybe<> method = TRY(find_special(py, sequence, name::dunder_reversed()));
    if (method && method.value() != kNone) return call(py, *method, {});
    Type& kind = type_of(sequence);
    bool indexable = kind.slot(Dunder::getitem) && kind.slot(Dunder::len) && !kind.has(type_flag::dict);
    if (method || !indexable) return raise(py, exc::TypeError, "'{}' object is not reversible", TypeName{sequence.value()});
    std::int64_t size = TRY(length(py, sequence));
    return make<Reversed>(py, type, sequence.share(), size - 1);
}
Value new_reversed(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_reversed(py, type, args, n, names).release();
}

Next next_reversed(Python& py, Borrowed<Reversed> self) {
    Maybe<> sequence = self->sequence.load(self.get());
    if (!sequence) return Next::end();
    std::int64_t i;
    if (py.alone) {
        i = self->index.load(std::memory_order_relaxed);
        self->index.store(i - 1, std::memory_order_relaxed);
    } else {
        i = self->index.fetch_sub(1, std::memory_order_relaxed);
    }
    if (i >= 0) {
        auto item = get_item(py, *sequence, Ref<>::immediate(Value::of_int(i)));
        if (!item.raised()) return Next(std::move(item));
        if (!raised_is(py, exc::IndexError) && !raised_is(py, exc::StopIteration)) return Raised{};
        clear_raised(py);
    }
    self->index.store(-1, std::memory_order_relaxed);
    self->sequence.store(self.get(), {});
    return Next::end();
}

Result<std::int64_t> reversed_hint(Python& py, Borrowed<Reversed> self) {
    Maybe<> sequence = self->sequence.load(self.get());
    if (!sequence) return 0;
    std::int64_t size = TRY(length(py, *sequence)), left = self->index.load(std::memory_order_relaxed) + 1;
    return left < 0 || size < left ? 0 : left;
}

Result<Ref<Tuple>> reduce_reversed(Thread& t, Borrowed<Reversed> self) {
    Ref<> type = share(Value::of(&type_of(Borrowed<>(self))));
    Maybe<> sequence = self->sequence.load(self.get());
    if (!sequence) {
        Ref<Tuple> args = TRY(make_tuple_of(t, empty_tuple()));
        return make_tuple_of(t, std::move(type), std::move(args));
    }
    Ref<Tuple> args = TRY(make_tuple_of(t, std::move(sequence).take()));
    return make_tuple_of(t, std::move(type), std::move(args), Ref<>::immediate(Value::of_int(self->index.load())));
}

Result<void> setstate_reversed(Python& py, Borrowed<Reversed> self, Borrowed<> state) {
    std::int64_t i = TRY(to_int64(py, state, &exc::OverflowError));
    Maybe<> sequence = self->sequence.load(self.get());
    if (!sequence) return {};
    std::int64_t size = TRY(length(py, *sequence));
    self->index.store(i < -1 ? -1 : i > size - 1 ? size - 1 : i, std::memory_order_relaxed);
    return {};
}

constexpr MethodDef reversed_methods[] = {
    def<reversed_hint>("__length_hint__", "", "Estimate how many items are left."),
    def<reduce_reversed>("__reduce__", "", kReduceDoc),
    def<setstate_reversed>("__setstate__", "object, /", "Set where the iteration goes on."),
};
constexpr SlotDef reversed_slots[] = {slot<Dunder::iter, self_iter<Reversed>>, slot<Dunder::next, next_reversed>};
constexpr TypeDef reversed_def{
    .name = "reversed",
    .doc = "Iterate over the items of a sequence from the last to the first.",
    .signature = "sequence, /",
    .size = sizeof(Reversed),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Reversed>(),
    .new_ = new_reversed,
    .methods = reversed_methods,
    .slots = reversed_slots,
};
ORO_TYPE(reversed_type, reversed_def);
Type& Reversed::type() { return reversed_type; }

}  // namespace

}  // namespace oro
