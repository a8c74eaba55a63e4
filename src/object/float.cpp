#include "object/float.h"

#include "object/call.h"
#include "object/int.h"
#include "object/warn.h"

namespace oro {

Result<Ref<>> make_float_boxed(Thread& t, double d) {
    return make<FloatObject>(t, float_type, d);
}

Result<double> ask_float(Python& py, Borrowed<> v, SlotFn convert) {
    Value word = convert(py, v.value(), Value{}, Value{});
    if (word.is_null()) return Raised{};
    Ref<> r = Ref<>::adopt(word);
    if (r.value().is_float()) return r.value().as_float();
    if (!is_any_float(r.value())) {
        return raise(py, exc::TypeError, "{}.__float__ returned non-float (type {})", TypeName{v.value()}, TypeName{r.value()});
    }
    if (&type_of(r) != &float_type) {
        CHECK(warn(py, exc::DeprecationWarning,
                   "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of "
                   "float is deprecated, and may be removed in a future version of Python.",
                   TypeName{v.value()}, TypeName{r.value()}));
    }
    return float_number(r.value());
}

Result<double> to_double(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (w.is_float()) [[likely]] return w.as_float();
    if (w.is_int()) return double(w.as_int());
    // A subclass of float may have a __float__ of its own, but it isn't asked here.
    if (is_any_float(w)) return float_number(w);
    Type& type = type_of(v);
    if (&type == &int_type || w.is_bool()) return int_to_double(py, int_number(w));
    if (SlotFn convert = type.slot(Dunder::float_)) return ask_float(py, v, convert);
    if (type.slot(Dunder::index)) {
        Ref<> n = TRY(to_index(py, v));
        return int_to_double(py, n.value());
    }
    return raise(py, exc::TypeError, "must be real number, not {}", TypeName{w});
}

}  // namespace oro
