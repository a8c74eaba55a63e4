#include "object/slot_wrapper.h"

#include <array>

#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/exception.h"

namespace oro {

#define DUNDER(slot, name, arity, result, doc) {name, arity, DunderInfo::result, doc},
const DunderInfo dunder_info[kDunderCount] = {
#include "object/dunders.def"
};
#undef DUNDER

namespace {

constinit Str* dunder_names[kDunderCount] = {};

// Calls a special method that was found on the type, with `self` in front unless binding it says otherwise.
Result<Ref<>> call_found(Python& py, Borrowed<> method, Value self, Value const* args, std::size_t n) {
    Type& kind = type_of(method);
    if (kind.has(type_flag::method_like)) {
        Value words[5] = {Value{}, self};
        for (std::size_t i = 0; i < n; ++i) words[2 + i] = args[i];
        return call(py, method, std::span<Value const>(words + 1, n + 1));
    }
    if (SlotFn get = kind.slot(Dunder::get)) {
        Value bound = get(py, method.value(), self, Value::of(&type_of(self)));
        if (bound.is_null()) return Raised{};
        Ref<> owned = Ref<>::adopt(bound);
        return call(py, owned, std::span<Value const>(args, n));
    }
    return call(py, method, std::span<Value const>(args, n));
}

Value no_method(Python& py, Dunder d, Value self) {
    (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{self}, dunder_info[int(d)].name);
    return {};
}

Value call_python_slot(Python& py, Dunder d, Value self, Value a, Value b) {
    DunderInfo const& info = dunder_info[int(d)];
    Maybe<> method = type_lookup(py, type_of(self), Borrowed<Str>(*dunder_names[int(d)]));
    bool operator_ = d >= Dunder::add && d <= Dunder::ixor_;
    bool comparison = d >= Dunder::lt && d <= Dunder::ge;
    if (!method) {
        if (operator_ || comparison) return kNotImplemented;
        return no_method(py, d, self);
    }
    if (method.value() == kNone) {
        switch (d) {
            case Dunder::iter: (void)raise(py, exc::TypeError, "'{}' object is not iterable", TypeName{self}); return {};
            case Dunder::contains: (void)raise(py, exc::TypeError, "'{}' object is not a container", TypeName{self}); return {};
            case Dunder::bool_: case Dunder::len: case Dunder::next: break;
            default:
                if (comparison) break;
                break;
        }
    }
    Value args[2] = {a, b};
    std::size_t n = std::size_t(info.arity);
    if (d == Dunder::get) {
        for (Value& v : args) if (v.is_null()) v = kNone;
    } else if (n == 2 && b.is_null()) {
        n = 1;
    }
    if (comparison && !type_of(method.value()).has(type_flag::method_like)) {
        // One that its descriptor says isn't there counts as none.
        SlotFn get = type_of(method.value()).slot(Dunder::get);
        Value bound = get ? get(py, method.value(), self, Value::of(&type_of(self))) : share(method.value()).release();
        if (bound.is_null()) {
            if (!raised_is(py, exc::AttributeError)) return {};
            clear_raised(py);
            return kNotImplemented;
        }
        Ref<> owned = Ref<>::adopt(bound);
        return call(py, owned, std::span<Value const>(args, n)).release();
    }
    auto r = call_found(py, *method, self, args, n);
    if (r.raised()) return {};
    Ref<> result = std::move(r).take();
    switch (info.result) {
        case DunderInfo::none: return kNone;
        case DunderInfo::truth: {
            if (d == Dunder::bool_) {
                if (result.value().is_bool()) return result.value();
                (void)raise(py, exc::TypeError, "__bool__ should return bool, returned {}", TypeName{result.value()});
                return {};
            }
            auto truth_ = truth(py, result);
            return truth_.raised() ? Value{} : Value::of_bool(std::move(truth_).take());
        }
        case DunderInfo::integer: {
            if (d == Dunder::hash) {
                if (!is_any_int(result.value())) {
                    (void)raise(py, exc::TypeError, "__hash__ method should return an integer");
                    return {};
                }
                Value plain = int_number(result.value());
                // A number of 64 bits is the hash itself; -1 means failure in C, so -2 stands for it.
                if (plain.is_int()) return plain.as_int() == -1 ? Value::of_int(-2) : plain;
                auto& big = *static_cast<BigIntObject*>(plain.pointer());
                if (big.magnitude().size() == 1 && big.limbs[0] <= std::uint64_t(INT64_MAX) + big.negative()) {
                    return share(plain).release();
                }
                auto h = hash_value(py, Borrowed<>(plain));
                return h.raised() ? Value{} : make_int(py, std::move(h).take()).release();
            }
            auto index = to_index(py, result);
            if (index.raised()) return {};
            Ref<> number = std::move(index).take();
            auto size = to_int64(py, number, &exc::OverflowError);
            if (size.raised()) return {};
            if (std::move(size).take() < 0) {
                (void)raise(py, exc::ValueError, "__len__() should return >= 0");
                return {};
            }
            return number.release();
        }
        case DunderInfo::any: break;
    }
    if ((d == Dunder::repr || d == Dunder::str) && !is<Str>(result.value())) {
        (void)raise(py, exc::TypeError, "{} returned non-string (type {})", info.name, TypeName{result.value()});
        return {};
    }
    return result.release();
}

template <std::size_t... I> constexpr auto make_python_slots(std::index_sequence<I...>) {
    return std::array<SlotFn, sizeof...(I)>{
        [](Python& py, Value self, Value a, Value b) { return call_python_slot(py, Dunder(I), self, a, b); }...};
}
constexpr auto python_slots = make_python_slots(std::make_index_sequence<kDunderCount>{});

}  // namespace

Str* dunder_name(Dunder d) { return dunder_names[int(d)]; }

// Called once by init_types.
void intern_dunder_names(Thread& t) {
    for (int i = 0; i < kDunderCount; ++i) dunder_names[i] = static_cast<Str*>(Ref<>(intern_immortal(t, dunder_info[i].name)).release().pointer());
}

SlotFn python_slot(Dunder d) { return python_slots[int(d)]; }

Value hash_not_implemented(Python& py, Value self, Value, Value) {
    (void)raise(py, exc::TypeError, "unhashable type: '{}'", TypeName{self});
    return {};
}

Value python_call(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    Maybe<> method = type_lookup(py, type_of(callable), name::dunder_call());
    if (!method) {
        (void)raise(py, exc::TypeError, "'{}' object is not callable", TypeName{callable});
        return {};
    }
    std::size_t all = n + (names ? names->size : 0);
    std::vector<Value> words(all + 1);
    words[0] = callable;
    for (std::size_t i = 0; i < all; ++i) words[i + 1] = args[i];
    Type& kind = type_of(method.value());
    if (kind.has(type_flag::method_like)) return call(py, *method, std::span<Value const>(words), names).release();
    if (SlotFn get = kind.slot(Dunder::get)) {
        Value bound = get(py, method.value(), callable, Value::of(&type_of(callable)));
        if (bound.is_null()) return {};
        Ref<> owned = Ref<>::adopt(bound);
        return call(py, owned, std::span<Value const>(words).subspan(1), names).release();
    }
    return call(py, *method, std::span<Value const>(words).subspan(1), names).release();
}

Value python_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    Maybe<> method = type_lookup(py, type_of(self), name::dunder_init());
    if (!method) return kNone;
    std::size_t all = n + (names ? names->size : 0);
    std::vector<Value> words(all + 1);
    words[0] = self;
    for (std::size_t i = 0; i < all; ++i) words[i + 1] = args[i];
    Type& kind = type_of(method.value());
    Result<Ref<>> r = Raised{};
    if (kind.has(type_flag::method_like)) {
        new (&r) Result<Ref<>>(call(py, *method, std::span<Value const>(words), names));
    } else if (SlotFn get = kind.slot(Dunder::get)) {
        Value bound = get(py, method.value(), self, Value::of(&type_of(self)));
        if (bound.is_null()) return {};
        Ref<> owned = Ref<>::adopt(bound);
        new (&r) Result<Ref<>>(call(py, owned, std::span<Value const>(words).subspan(1), names));
    } else {
        new (&r) Result<Ref<>>(call(py, *method, std::span<Value const>(words).subspan(1), names));
    }
    if (r.raised()) return {};
    Ref<> result = std::move(r).take();
    if (result.value() != kNone) {
        (void)raise(py, exc::TypeError, "__init__() should return None, not '{}'", TypeName{result.value()});
        return {};
    }
    return kNone;
}

Value python_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto found = get_attribute(py, Borrowed<Type>(type), name::dunder_new());
    if (found.raised()) return {};
    Ref<> method = std::move(found).take();
    std::size_t all = n + (names ? names->size : 0);
    std::vector<Value> words(all + 1);
    words[0] = Value::of(&type);
    for (std::size_t i = 0; i < all; ++i) words[i + 1] = args[i];
    return call(py, method, std::span<Value const>(words), names).release();
}

Result<void> add_slot_wrappers(Thread& t, Type& type) {
    auto add = [&](char const* text, Dunder which, SlotWrapper::Special special, SlotFn fn) -> Result<void> {
        Ref<Str> key = intern_immortal(t, text);
        if (dict_get(t, **type.dict, key)) return {};
        Ref<SlotWrapper> w = TRY(make<SlotWrapper>(t, SlotWrapper::type(), which, special, fn, text, &type));
        detail::make_immortal(w.get());
        return dict_set(t, **type.dict, key, std::move(w));
    };
    bool has_eq = false, has_hash = false;
    for (SlotDef const& s : type.def->slots) {
        if (s.which == Dunder::eq) has_eq = true;
        if (s.which == Dunder::hash) has_hash = true;
        CHECK(add(dunder_info[int(s.which)].name, s.which, SlotWrapper::Special::none, s.fn));
        if (s.reflected) {
            Dunder r = Dunder(int(Dunder::radd) + int(s.which) - int(Dunder::add));
            CHECK(add(dunder_info[int(r)].name, r, SlotWrapper::Special::none, s.reflected));
        }
        if (s.which == Dunder::repeat) CHECK(add("__rmul__", s.which, SlotWrapper::Special::none, s.fn));
    }
    if (has_eq && !has_hash) CHECK(dict_set(t, **type.dict, name::dunder_hash(), Ref<>::adopt(kNone)));
    if (type.def->init) CHECK(add("__init__", Dunder::repr, SlotWrapper::Special::init, nullptr));
    if (type.def->call) CHECK(add("__call__", Dunder::repr, SlotWrapper::Special::call, nullptr));
    return {};
}

Value call_wrapper(Python& py, SlotWrapper& w, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (w.special == SlotWrapper::Special::init) return w.home->init.load()(py, self, args, n, names);
    if (w.special == SlotWrapper::Special::call) return w.home->call.load()(py, self, args, n, names);
    DunderInfo const& info = dunder_info[int(w.which)];
    if (names && names->size) {
        (void)raise(py, exc::TypeError, "wrapper {}() takes no keyword arguments", w.name);
        return {};
    }
    std::size_t most = std::size_t(info.arity);
    bool ternary = w.which == Dunder::pow || w.which == Dunder::rpow || w.which == Dunder::get;
    std::size_t least = ternary ? 1 : most;
    if (n < least || n > most) {
        if (ternary) (void)raise(py, exc::TypeError, "expected 1 or 2 arguments, got {}", n);
        else (void)raise(py, exc::TypeError, "expected {} argument{}, got {}", most, most == 1 ? "" : "s", n);
        return {};
    }
    Value a = n > 0 ? args[0] : Value{}, b = n > 1 ? args[1] : Value{};
    if (w.which == Dunder::get) {
        if (a == kNone) a = Value{};
        if (b == kNone) b = Value{};
        if (a.is_null() && b.is_null()) {
            (void)raise(py, exc::TypeError, "__get__(None, None) is invalid");
            return {};
        }
    }
    if ((w.which == Dunder::setattr || w.which == Dunder::delattr) && self.is_pointer()) {
        // object.__setattr__(some_type, ...) would go behind the type's back.
        Type& type = type_of(self);
        Type* base = &type;
        while (base && (base->has(type_flag::heap))) base = base->base;
        if (base && base->slot(w.which) != w.fn && !is_subtype(*w.home, *base)) {
            (void)raise(py, exc::TypeError, "can't apply this {} to {} object", w.name, TypeName{self});
            return {};
        }
    }
    Value r = w.fn(py, self, a, b);
    if (r == kEnd) {
        (void)raise_empty(py, exc::StopIteration);
        return {};
    }
    return r;
}

}  // namespace oro
