// float: immediate in nearly all cases (memory/value.h); inf, nan and extreme exponents are boxed. complex is always boxed.
#pragma once
#include "object/allocate.h"

namespace oro {

struct FloatObject : Object {        // also: instances of classes derived from float
    double number;
    explicit FloatObject(double d) : number(d) {}
};

struct Complex : Object {
    double real, imag;
    Complex(double r, double i) : real(r), imag(i) {}
    static Type& type();
};

Result<Ref<>> make_float_boxed(Thread& t, double d);
inline Result<Ref<>> make_float(Thread& t, double d) {
    Value v = Value::try_float(d);
    if (v.is_float()) [[likely]] return Ref<>::adopt(v);
    return make_float_boxed(t, d);
}
// Whether the value is a float or an instance of a subclass.
inline bool is_any_float(Value v) { return v.is_float() || (v.is_pointer() && type_of(v).has(type_flag::float_)); }
// Requires is_any_float(v).
inline double float_number(Value v) { return v.is_float() ? v.as_float() : static_cast<FloatObject*>(v.pointer())->number; }
// float(v) for arguments: floats, ints, __float__, __index__; "must be real number, not X".
Result<double> to_double(Python& py, Borrowed<> v);
// What __float__ gives, the slot `convert` of v's type.
Result<double> ask_float(Python& py, Borrowed<> v, SlotFn convert);

}  // namespace oro
