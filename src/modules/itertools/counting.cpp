// count, repeat, islice.
#include "modules/itertools/itertools.h"
#include "types/iterators.h"

namespace oro::itertools {

namespace {

// ---- count: whole steps of one are counted in an atomic word, all else by addition.

struct Count : Object {
    struct Guarded {
        std::atomic<std::int64_t> fast;  // above Value::kMaxInt: `slow` counts
        Member<> slow;
    } guarded;
    Fixed<> step;
    Count(std::int64_t f, Maybe<> s, Ref<> by) : step(std::move(by)) {
        guarded.fast.store(f, std::memory_order_relaxed);
        guarded.slow.set(std::move(s));
    }
    void trace(Visitor& v) { v(guarded.slow); v(step); }
    void clear() { guarded.slow.reset(); step.reset(); }
    static Type& type() { return count_type; }
};

bool is_number(Value v) {
    if (v.is_int() || v.is_float() || v.is_bool()) return true;
    Type& type = type_of(v);
    return type.slot(Dunder::int_) || type.slot(Dunder::float_) || type.slot(Dunder::index) || type.has(type_flag::int_ | type_flag::float_) ||
           is<Complex>(v);
}

Result<Ref<>> construct_count(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"start", "step"};
    Value words[2] = {};
    std::size_t given = n + (names ? names->size : 0);
    if (given > 2) return raise(py, exc::TypeError, "count() takes at most 2 arguments ({} given)", given);
    CHECK(parse_arguments(py, "count", kNames, 0, 2, 0, args, n, names, words));
    if ((words[0] && !is_number(words[0])) || (words[1] && !is_number(words[1])))
        return raise(py, exc::TypeError, "a number is required");
    Value start = words[0] ? words[0] : Value::of_int(0), step = words[1] ? words[1] : Value::of_int(1);
    bool fast = start.is_int() && step == Value::of_int(1);
    return make<Count>(py, type, fast ? start.as_int() : Value::kMaxInt + 1, fast ? Maybe<>() : Maybe<>(share(start)), share(step));
}

// The next number, without taking it.
Result<Ref<>> peek_count(Thread& t, Borrowed<Count> self) {
    std::int64_t i = self->guarded.fast.load(std::memory_order_relaxed);
    if (i <= Value::kMaxInt) return Ref<>::immediate(Value::of_int(i));
    Maybe<> slow = self->guarded.slow.load(self.get());
    return slow ? std::move(slow).take() : TRY(make_int(t, Value::kMaxInt + 1));
}

Next next_count(Python& py, Borrowed<Count> self) {
    if (self->guarded.fast.load(std::memory_order_relaxed) <= Value::kMaxInt) {
        std::int64_t i = take_index(py, self->guarded.fast);
        if (i <= Value::kMaxInt) [[likely]] return Next::of_word(Value::of_int(i));
    }
    for (;;) {
        Maybe<> at = self->guarded.slow.load(self.get());
        Ref<> number = at ? share(at.value()) : TRY(make_int(py, Value::kMaxInt + 1));
        Ref<> following = TRY(binary(py, Dunder::add, number, *self->step));
        Maybe<> old;
        Locked<Count> g(py, self);
        if (g->slow.peek().value() != at.value()) continue;  // another thread took it
        old = g->slow.swap(std::move(following));
        return Next(std::move(number));
    }
}

Result<Ref<Str>> repr_count(Python& py, Borrowed<Count> self) {
    Ref<> at = TRY(peek_count(py, self));
    Ref<Str> number = TRY(repr(py, at));
    if (self->step.value() == Value::of_int(1)) return format_message(py, "count({})", {MessageArg(number)});
    Ref<Str> step = TRY(repr(py, *self->step));
    return format_message(py, "count({}, {})", {MessageArg(number), MessageArg(step)});
}

constexpr SlotDef count_slots[] = {
    slot<Dunder::repr, repr_count>, slot<Dunder::iter, self_iter<Count>>, slot<Dunder::next, next_count>,
};
constexpr TypeDef count_def = iterator_def<Count>("itertools.count", "start=0, step=1",
                                                  "Give start, start + step, start + 2 * step, ... without end.",
                                                  new_of<construct_count>, count_slots);

// ---- repeat

struct Repeat : Object {
    Fixed<> object;
    std::atomic<std::int64_t> left;      // -1: without end
    Repeat(Ref<> o, std::int64_t n) : object(std::move(o)), left(n) {}
    static constexpr auto fields = std::tuple{&Repeat::object};
    static Type& type() { return repeat_type; }
};

Result<Ref<>> construct_repeat(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"object", "times"};
    Value words[2] = {};
    CHECK(parse_arguments(py, "repeat", kNames, 0, 2, 1, args, n, names, words));
    std::int64_t times = -1;
    if (words[1]) {
        times = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
        if (times < 0) times = 0;
    }
    return make<Repeat>(py, type, share(words[0]), times);
}

Next next_repeat(Thread&, Borrowed<Repeat> self) {
    std::int64_t left = self->left.load(std::memory_order_relaxed);
    while (left > 0 && !self->left.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {}
    return left == 0 ? Next::end() : Next(self->object.share());
}

Result<std::int64_t> repeat_hint(Thread& t, Borrowed<Repeat> self) {
    std::int64_t left = self->left.load(std::memory_order_relaxed);
    if (left < 0) return raise(t, exc::TypeError, "len() of unsized object");
    return left;
}

Result<Ref<Str>> repr_repeat(Python& py, Borrowed<Repeat> self) {
    Ref<Str> object = TRY(repr(py, *self->object));
    std::int64_t left = self->left.load(std::memory_order_relaxed);
    if (left < 0) return format_message(py, "repeat({})", {MessageArg(object)});
    return format_message(py, "repeat({}, {})", {MessageArg(object), MessageArg(left)});
}

constexpr MethodDef repeat_methods[] = {def<repeat_hint>("__length_hint__", "", "Estimate how many items are left.")};
constexpr SlotDef repeat_slots[] = {
    slot<Dunder::repr, repr_repeat>, slot<Dunder::iter, self_iter<Repeat>>, slot<Dunder::next, next_repeat>,
};
constexpr TypeDef repeat_def = iterator_def<Repeat>("itertools.repeat", "object[, times]",
                                                    "Give the object a number of times, or without end.",
                                                    new_of<construct_repeat>, repeat_slots, repeat_methods);

// ---- islice. Positions move on when an item is asked for; threads that share one may skip items but get each only once.

struct ISlice : Object {
    struct Guarded {
        std::int64_t wanted, taken = 0;  // index of the next item to give; items read so far
    } guarded;
    Member<> iterator;                   // null: ended
    std::int64_t stop, step;             // stop -1: none
    ISlice(Ref<> it, std::int64_t a, std::int64_t b, std::int64_t s) : guarded{a}, iterator(std::move(it)), stop(b), step(s) {}
    static constexpr auto fields = std::tuple{&ISlice::iterator};
    static Type& type() { return islice_type; }
};

// A number from 0 to sys.maxsize; -1 if it isn't one (nothing raised then, unless by __index__ itself).
Result<std::int64_t> natural(Python& py, Value v, char const* message) {
    if (v.is_int()) {
        if (v.as_int() >= 0) return v.as_int();
        return raise(py, exc::ValueError, "{}", message);
    }
    auto n = to_int64(py, Borrowed<>(v), &exc::OverflowError);
    if (n.raised()) {
        clear_raised(py);
        return raise(py, exc::ValueError, "{}", message);
    }
    std::int64_t number = std::move(n).take();
    if (number < 0) return raise(py, exc::ValueError, "{}", message);
    return number;
}

Result<Ref<>> construct_islice(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!takes(py, "islice", type, islice_type, n, names, 2, 4)) return Raised{};
    constexpr char const* kStop = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    constexpr char const* kIndices = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    std::int64_t start = 0, stop = -1, step = 1;
    Value start_word = n > 2 ? args[1] : kNone, stop_word = n > 2 ? args[2] : args[1];
    if (stop_word != kNone) stop = TRY(natural(py, stop_word, kStop));
    if (start_word != kNone) start = TRY(natural(py, start_word, kIndices));
    if (n == 4 && args[3] != kNone) {
        constexpr char const* kStep = "Step for islice() must be a positive integer or None.";
        step = TRY(natural(py, args[3], kStep));
        if (step == 0) return raise(py, exc::ValueError, "{}", kStep);
    }
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(args[0])));
    return make<ISlice>(py, type, std::move(iterator), start, stop, step);
}

Next next_islice(Python& py, Borrowed<ISlice> self) {
    Maybe<> iterator = self->iterator.load(self.get());
    if (!iterator) return Next::end();
    auto end = [&](Next result) {
        self->iterator.store(self.get(), {});
        return result;
    };
    for (;;) {
        std::int64_t index, wanted;
        bool over;
        {
            Locked<ISlice> g(py, self);
            wanted = g->wanted;
            // Items before the wanted one are read even if the slice ends in front of it.
            over = self->stop >= 0 && g->taken >= self->stop;
            index = g->taken;
            if (!over) {
                ++g->taken;
                if (index == wanted) {
                    std::int64_t following;
                    if (__builtin_add_overflow(wanted, self->step, &following)) following = INT64_MAX;
                    g->wanted = self->stop >= 0 && following > self->stop ? self->stop : following;
                }
            }
        }
        if (over) return end(Next::end());
        Next item = next(py, *iterator);
        if (item.raised() || item.ended()) return end(std::move(item));
        if (index == wanted) return item;
        CHECK(poll(py));
    }
}

constexpr TypeDef islice_def = iterator_def<ISlice>("itertools.islice", nullptr,
                                                    "islice(iterable, stop) --> islice object\n"
                                                    "islice(iterable, start, stop[, step]) --> islice object\n\n"
                                                    "Give the items that a slice of a list would hold.",
                                                    new_of<construct_islice>, iterator_slots<ISlice, next_islice>);

}  // namespace

ORO_TYPE(count_type, count_def);
ORO_TYPE(repeat_type, repeat_def);
ORO_TYPE(islice_type, islice_def);

}  // namespace oro::itertools
