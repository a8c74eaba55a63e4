// bool: the two immediates True and False, an int in all else.
#include "object/warn.h"
#include "types/int_ops.h"

namespace oro {

namespace {

Result<Ref<Str>> repr_bool(Thread& t, Borrowed<> self) {
    return make_str(t, std::string_view(self.is(kTrue) ? "True" : "False"));
}

// Of two bools the result is a bool, else an int.
template <Result<Ref<>> (*Op)(Thread&, Value, Value)>
Result<Ref<>> bool_operator(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!a.value().is_bool() || !b.value().is_bool()) return int_operator<Op>(py, a, b);
    Ref<> r = TRY(Op(py, int_number(a.value()), int_number(b.value())));
    return Ref<>::immediate(Value::of_bool(r.value().as_int() != 0));
}

Result<Ref<>> invert(Python& py, Borrowed<> self) {
    CHECK(warn(py, exc::DeprecationWarning,
               "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise "
               "inversion of the underlying int object and is usually not what you expect from negating a bool. Use the "
               "'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying "
               "int."));
    return int_invert(py, int_number(self.value()));
}

Value bool_new(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        if (names && names->size > 0) return raise(py, exc::TypeError, "bool() takes no keyword arguments");
        if (n > 1) return raise(py, exc::TypeError, "bool expected at most 1 argument, got {}", n);
        if (n == 0) return Ref<>::immediate(kFalse);
        bool value = TRY(truth(py, Borrowed<>(args[0])));
        return Ref<>::immediate(Value::of_bool(value));
    };
    return run().release();
}

constexpr SlotDef kSlots[] = {
    slot<Dunder::repr, repr_bool>,
    slot<Dunder::invert, invert>,
    number_slot<Dunder::and_, bool_operator<int_and>>,
    number_slot<Dunder::xor_, bool_operator<int_xor>>,
    number_slot<Dunder::or_, bool_operator<int_or>>,
};

constexpr TypeDef kBoolDef{
    .name = "bool",
    .doc = "The truth of an object: True or False.\n\nThere are only these two instances, and no subclass can be made. bool is a subclass of int.",
    .signature = "object=False, /",
    .base = &int_type,
    .size = sizeof(IntObject),
    .flags = type_flag::int_ | type_flag::match_self,
    .new_ = bool_new,
    .slots = kSlots,
};

}  // namespace

ORO_TYPE(bool_type, kBoolDef);

}  // namespace oro
