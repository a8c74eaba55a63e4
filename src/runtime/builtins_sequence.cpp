// builtins on iterables: all any aiter anext iter len max min next sorted sum.
#include <cmath>

#include "object/bytearray.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/exception.h"
#include "object/iterator.h"
#include "object/list.h"
#include "runtime/builtins.h"

namespace oro::builtins {

namespace {

Result<bool> all(Python& py, Borrowed<> iterable) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    for (;;) {
        Next item = oro::next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return true;
        if (!TRY(truth(py, Borrowed<>(std::move(item).take())))) return false;
        CHECK(poll(py));
    }
}

Result<bool> any(Python& py, Borrowed<> iterable) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    for (;;) {
        Next item = oro::next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return false;
        if (TRY(truth(py, Borrowed<>(std::move(item).take())))) return true;
        CHECK(poll(py));
    }
}

Result<std::int64_t> len(Python& py, Borrowed<> v) { return length(py, v); }

Result<Ref<>> iter(Python& py, Borrowed<> v, Optional<> sentinel) {
    if (!sentinel) return get_iterator(py, v);
    if (!is_callable(v)) return raise(py, exc::TypeError, "iter(v, w): v must be callable");
    return make_callable_iterator(py, v, *sentinel);
}

Result<Ref<>> next_item(Python& py, Borrowed<> iterator, Optional<> otherwise) {
    SlotFn fn = type_of(iterator).slot(Dunder::next);
    if (!fn) return raise(py, exc::TypeError, "'{}' object is not an iterator", TypeName{iterator.value()});
    Value v = fn(py, iterator.value(), Value{}, Value{});
    if (v == kEnd) {
        if (otherwise) return (*otherwise).share();
        return raise_empty(py, exc::StopIteration);
    }
    // A StopIteration with its value goes to the caller unless there is a default.
    if (v.is_null() && otherwise && raised_is(py, exc::StopIteration)) {
        clear_raised(py);
        return (*otherwise).share();
    }
    return Result<Ref<>>::of_word(v);
}

Result<Ref<>> async_iter(Python& py, Borrowed<> v) {
    SlotFn fn = type_of(v).slot(Dunder::aiter);
    if (!fn) return raise(py, exc::TypeError, "'{}' object is not an async iterable", TypeName{v.value()});
    Ref<> iterator = TRY(Result<Ref<>>::of_word(fn(py, v.value(), Value{}, Value{})));
    if (!type_of(iterator.value()).slot(Dunder::anext))
        return raise(py, exc::TypeError, "aiter() returned not an async iterator of type '{}'", TypeName{iterator.value()});
    return iterator;
}

// ---- anext(iterator, default)

// Awaits what __anext__ gave; its StopAsyncIteration becomes the default.
struct AnextAwaitable : Object {
    Fixed<> awaited, otherwise;
    AnextAwaitable(Ref<> a, Ref<> d) : awaited(std::move(a)), otherwise(std::move(d)) {}
    static constexpr auto fields = std::tuple{&AnextAwaitable::awaited, &AnextAwaitable::otherwise};
    static Type& type();
};

// The iterator of the awaited: a coroutine is driven by its own methods, anything else by __await__.
Result<Ref<>> awaited_iterator(Python& py, AnextAwaitable& self) {
    Type& type = type_of(self.awaited.value());
    SlotFn fn = type.slot(Dunder::await);
    if (!fn) {
        if (type.slot(Dunder::next)) return self.awaited.share();
        return raise(py, exc::TypeError, "'{}' object can't be awaited", TypeName{self.awaited.value()});
    }
    Ref<> iterator = TRY(Result<Ref<>>::of_word(fn(py, self.awaited.value(), Value{}, Value{})));
    if (!type_of(iterator.value()).slot(Dunder::next))
        return raise(py, exc::TypeError, "__await__() returned non-iterator of type '{}'", TypeName{iterator.value()});
    return iterator;
}

Result<Ref<>> or_default(Python& py, AnextAwaitable& self, Result<Ref<>> r) {
    if (!r.raised() || !raised_is(py, exc::StopAsyncIteration)) return r;
    clear_raised(py);
    return raise_value(py, exc::StopIteration, *self.otherwise);
}

Ref<> await_anext(Thread&, Borrowed<AnextAwaitable> self) { return self.share(); }
Next next_anext(Python& py, Borrowed<AnextAwaitable> self) {
    Ref<> iterator = TRY(awaited_iterator(py, *self));
    Value v = type_of(iterator.value()).slot(Dunder::next)(py, iterator.value(), Value{}, Value{});
    if (v == kEnd) return Next::end();
    return or_default(py, *self, Result<Ref<>>::of_word(v));
}
Result<Ref<>> delegate(Python& py, Borrowed<AnextAwaitable> self, std::string_view method, Args args) {
    Ref<> iterator = TRY(awaited_iterator(py, *self));
    Ref<Str> name = TRY(make_interned(py, method));
    Ref<> bound = TRY(get_attribute(py, iterator, name));
    return or_default(py, *self, call(py, bound, args.values));
}
Result<Ref<>> send_anext(Python& py, Borrowed<AnextAwaitable> self, Args args) { return delegate(py, self, "send", args); }
Result<Ref<>> throw_anext(Python& py, Borrowed<AnextAwaitable> self, Args args) { return delegate(py, self, "throw", args); }
Result<Ref<>> close_anext(Python& py, Borrowed<AnextAwaitable> self, Args args) { return delegate(py, self, "close", args); }

constexpr MethodDef anext_methods[] = {
    def<send_anext>("send", "*args", "send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or raise StopIteration."),
    def<throw_anext>("throw", "*args", "throw(value) -> raise exception in the wrapped iterator,\nreturn next yielded value or raise StopIteration."),
    def<close_anext>("close", "*args", "close() -> raise GeneratorExit inside generator."),
};
constexpr SlotDef anext_slots[] = {slot<Dunder::await, await_anext>, slot<Dunder::iter, await_anext>, slot<Dunder::next, next_anext>};
constexpr TypeDef anext_def{.name = "anext_awaitable", .size = sizeof(AnextAwaitable), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<AnextAwaitable>(), .methods = anext_methods, .slots = anext_slots};
ORO_TYPE(anext_awaitable_type, anext_def);
Type& AnextAwaitable::type() { return anext_awaitable_type; }

Result<Ref<>> async_next(Python& py, Borrowed<> v, Optional<> otherwise) {
    SlotFn fn = type_of(v).slot(Dunder::anext);
    if (!fn) return raise(py, exc::TypeError, "'{}' object is not an async iterator", TypeName{v.value()});
    Ref<> awaited = TRY(Result<Ref<>>::of_word(fn(py, v.value(), Value{}, Value{})));
    if (!otherwise) return awaited;
    return make<AnextAwaitable>(py, anext_awaitable_type, std::move(awaited), (*otherwise).share());
}

// ---- min and max

struct Extreme {
    char const* name;
    Compare better;
};

Result<Ref<>> extreme(Python& py, Extreme what, Value const* args, std::size_t n, Tuple* names) {
    if (n == 0) return raise(py, exc::TypeError, "{} expected at least 1 argument, got 0", what.name);
    if (n > 1 && !names) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < n; ++i)
            if (TRY(compare_truth(py, Borrowed<>(args[i]), Borrowed<>(args[best]), what.better))) best = i;
        return share(args[best]);
    }
    static constexpr char const* parameters[] = {"key", "default"};
    Value options[2];
    CHECK(parse_arguments(py, what.name, parameters, 0, 0, 0, args + n, 0, names, options));
    Value key = options[0] == kNone ? Value{} : options[0];
    if (n > 1 && options[1])
        return raise(py, exc::TypeError, "Cannot specify a default for {}() with multiple positional arguments", what.name);
    Maybe<> best, best_key;
    auto consider = [&](Ref<> item) -> Result<void> {
        Ref<> rank = key ? TRY(call_with(py, Borrowed<>(key), item)) : item.share();
        if (best && !TRY(compare_truth(py, rank, *best_key, what.better))) return {};
        best = std::move(item);
        best_key = std::move(rank);
        return {};
    };
    if (n > 1) {
        for (std::size_t i = 0; i < n; ++i) CHECK(consider(share(args[i])));
    } else {
        CHECK(for_each(py, Borrowed<>(args[0]), consider));
    }
    if (best) return std::move(best).take();
    if (options[1]) return share(options[1]);
    return raise(py, exc::ValueError, "{}() iterable argument is empty", what.name);
}
Value max(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    return extreme(py, {"max", Compare::gt}, args, n, names).release();
}
Value min(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    return extreme(py, {"min", Compare::lt}, args, n, names).release();
}

Value sorted(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    if (n != 1) return (void)raise(py, exc::TypeError, "sorted expected 1 argument, got {}", n), Value{};
    auto sort = [&]() -> Result<Ref<>> {
        Ref<List> list = TRY(list_from(py, Borrowed<>(args[0])));
        Ref<> method = TRY(get_attribute(py, list, name::sort()));
        CHECK(call(py, method, std::span<Value const>(args + 1, names ? names->size : 0), names));
        return list;
    };
    return sort().release();
}

// ---- sum

// A float and the error that adding to it has made so far (Neumaier's variant of Kahan's).
struct Compensated {
    double high = 0, low = 0;
    void add(double x) {
        double t = high + x;
        low += std::fabs(high) >= std::fabs(x) ? (high - t) + x : (x - t) + high;
        high = t;
    }
    // An infinite or undefined error says nothing.
    double total() const { return low != 0 && std::isfinite(low) ? high + low : high; }
};

bool is_plain_int(Value v) { return v.is_int() || v.is_bool() || &type_of(v) == &int_type; }
bool is_plain_float(Value v) { return v.is_float() || &type_of(v) == &float_type; }

// The sum of a run of numbers of one kind; ends with the item that is of another kind (null at the end of the iterator).
class Summation {
public:
    Summation(Python& py, Ref<> iterator, Ref<> total) : py_(py), iterator_(std::move(iterator)), total_(std::move(total)) {}

    Result<Ref<>> run() {
        CHECK(fetch());
        if (is_plain_int(total_.value()) && !total_.value().is_bool()) CHECK(add_ints());
        if (item_ && is_plain_float(total_.value())) CHECK(add_floats());
        if (item_ && is_exact<Complex>(total_.value())) CHECK(add_complexes());
        while (item_) {
            total_ = TRY(binary(py_, Dunder::add, total_, *item_));
            CHECK(fetch());
            // A float may come up only now: 0 + 1.5.
            if (item_ && is_plain_float(total_.value()) && is_plain_float(item_.value())) CHECK(add_floats());
            if (item_ && is_exact<Complex>(total_.value()) && is_exact<Complex>(item_.value())) CHECK(add_complexes());
        }
        return std::move(total_);
    }

private:
    Result<void> fetch() {
        CHECK(poll(py_));
        Next item = oro::next(py_, iterator_);
        if (item.raised()) return Raised{};
        if (item.ended()) item_ = {};
        else item_ = std::move(item).take();
        return {};
    }

    Result<void> add_ints() {
        while (item_ && is_plain_int(item_.value())) {
            total_ = TRY(int_add(py_, total_.value(), int_number(item_.value())));
            CHECK(fetch());
        }
        return {};
    }

    // A small int counts as a float; a large one ends the run.
    static bool as_double(Value v, double& out) {
        if (is_plain_float(v)) return out = float_number(v), true;
        if (is_plain_int(v) && int_number(v).is_int()) return out = double(int_number(v).as_int()), true;
        return false;
    }

    Result<void> add_floats() {
        Compensated sum{float_number(total_.value())};
        double x;
        while (item_ && as_double(item_.value(), x)) {
            sum.add(x);
            CHECK(fetch());
        }
        total_ = TRY(make_float(py_, sum.total()));
        return {};
    }

    Result<void> add_complexes() {
        auto* start = static_cast<Complex*>(total_.value().pointer());
        Compensated real{start->real}, imag{start->imag};
        double x;
        while (item_) {
            if (is_exact<Complex>(item_.value())) {
                auto* c = static_cast<Complex*>(item_.value().pointer());
                real.add(c->real);
                imag.add(c->imag);
            } else if (as_double(item_.value(), x)) {
                real.add(x);
            } else {
                break;
            }
            CHECK(fetch());
        }
        total_ = TRY(make<Complex>(py_, Complex::type(), real.total(), imag.total()));
        return {};
    }

    Python& py_;
    Ref<> iterator_, total_;
    Maybe<> item_;
};

Result<Ref<>> sum(Python& py, Borrowed<> iterable, Optional<> start) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    Ref<> total = start ? (*start).share() : Ref<>::immediate(Value::of_int(0));
    if (is<Str>(total.value())) return raise(py, exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    if (is<Bytes>(total.value())) return raise(py, exc::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (is<ByteArray>(total.value())) return raise(py, exc::TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
    return Summation(py, std::move(iterator), std::move(total)).run();
}

constexpr MethodDef functions[] = {
    function<all>("all", "iterable, /", "True unless some item of the iterable is false."),
    function<any>("any", "iterable, /", "True if some item of the iterable is true."),
    function<async_iter>("aiter", "async_iterable, /", "The asynchronous iterator of an asynchronous iterable."),
    function<async_next>("anext", "aiterator, default=<unrepresentable>, /",
            "An awaitable for the next item of an asynchronous iterator; once it is exhausted, the default if one is given."),
    function<iter>("iter", "object, sentinel=<unrepresentable>, /",
            "The iterator of an iterable; or one that calls a callable until it returns the sentinel."),
    function<len>("len", "obj, /", "How many items a container has."),
    raw_def("max", nullptr,
            "max(iterable, *, default, key=None) -> item\nmax(arg1, arg2, *args, key=None) -> item\n\n"
            "The largest item of an iterable, or the largest of several arguments. `key` maps items to what is compared; `default` stands for an empty iterable.", max, MethodKind::static_),
    raw_def("min", nullptr,
            "min(iterable, *, default, key=None) -> item\nmin(arg1, arg2, *args, key=None) -> item\n\n"
            "The smallest item of an iterable, or the smallest of several arguments. `key` maps items to what is compared; `default` stands for an empty iterable.", min, MethodKind::static_),
    function<next_item>("next", "iterator, default=<unrepresentable>, /",
            "The next item of an iterator; once it is exhausted, the default if one is given, else StopIteration."),
    raw_def("sorted", "iterable, /, *, key=None, reverse=False",
            "A new list of the items in ascending order, or descending if `reverse` is true. `key` maps items to what is compared.", sorted, MethodKind::static_),
    function<sum>("sum", "iterable, /, start=0", "`start` plus all items of an iterable of numbers."),
};

}  // namespace

const std::span<MethodDef const> sequence_functions = functions;

}  // namespace oro::builtins
