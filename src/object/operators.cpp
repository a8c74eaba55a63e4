// Operators and comparisons on any values: the order in which operands are asked.
#include "object/call.h"
#include "object/int.h"
#include "object/float.h"
#include "object/native.h"
#include "object/slot_wrapper.h"
#include "object/str.h"

namespace oro {

namespace {

constexpr char const* symbols[] = {"+", "-", "*", "@", "/", "//", "%", "divmod()", "** or pow()", "<<", ">>", "&", "|", "^"};
static_assert(int(Dunder::xor_) - int(Dunder::add) == 13);

Dunder reflected(Dunder op) { return Dunder(int(op) + int(Dunder::radd) - int(Dunder::add)); }

// The slot for `x op= y`; divmod has none, so that the list of in-place slots is one shorter.
Dunder inplace(Dunder op) {
    int i = int(op) - int(Dunder::add);
    if (op > Dunder::divmod) --i;
    return Dunder(int(Dunder::iadd) + i);
}

// a op b through both operands' number slots; kNotImplemented if neither knows the other.
Value try_numbers(Python& py, Dunder op, Value a, Value b, Value modulus) {
    Type& ta = type_of(a);
    Type& tb = type_of(b);
    SlotFn forward = ta.slot(op), backward = &ta == &tb ? nullptr : tb.slot(reflected(op));
    // Two classes that inherit the same native operator: it is asked once.
    if (backward && backward == ta.slot(reflected(op)) && !tb.has(type_flag::heap)) backward = nullptr;
    if (forward && backward && is_subtype(tb, ta) && backward != ta.slot(reflected(op))) {
        Value r = backward(py, b, a, modulus);
        if (r != kNotImplemented) return r;
        backward = nullptr;
    } else if (forward && backward && tb.has(type_flag::heap) && &ta != &tb && is_subtype(tb, ta)) {
        // A subclass in Python may override the reflected method although both slots are the generic one.
        Str* name = dunder_name(reflected(op));
        Value own = type_lookup_peek(py, tb, name), inherited = type_lookup_peek(py, ta, name);
        if (own != inherited) {
            Value r = backward(py, b, a, modulus);
            if (r != kNotImplemented) return r;
            backward = nullptr;
        }
    }
    if (forward) {
        Value r = forward(py, a, b, modulus);
        if (r != kNotImplemented) return r;
    }
    if (backward) return backward(py, b, a, modulus);
    return kNotImplemented;
}

// `print >> file`, the Python 2 statement, gets a hint.
bool is_print_function(Value v) {
    return &type_of(v) == &native_function_type && std::string_view(static_cast<Native*>(v.pointer())->def->name) == "print";
}

Raised unsupported(Python& py, char const* symbol, Value a, Value b) {
    return raise(py, exc::TypeError, "unsupported operand type(s) for {}: '{}' and '{}'", symbol, TypeName{a}, TypeName{b});
}

Result<Ref<>> repeat(Python& py, SlotFn fn, Value sequence, Value count) {
    if (!is_any_int(count) && !type_of(count).slot(Dunder::index))
        return raise(py, exc::TypeError, "can't multiply sequence by non-int of type '{}'", TypeName{count});
    return Result<Ref<>>::of_word(fn(py, sequence, count, Value{}));
}

}  // namespace

Result<Ref<>> binary(Python& py, Dunder op, Borrowed<> a, Borrowed<> b) {
    Value r = try_numbers(py, op, a.value(), b.value(), Value{});
    if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    if (op == Dunder::add) {
        if (SlotFn fn = type_of(a).slot(Dunder::concat)) return Result<Ref<>>::of_word(fn(py, a.value(), b.value(), Value{}));
    } else if (op == Dunder::mul) {
        if (SlotFn fn = type_of(a).slot(Dunder::repeat)) return repeat(py, fn, a.value(), b.value());
        if (SlotFn fn = type_of(b).slot(Dunder::repeat)) return repeat(py, fn, b.value(), a.value());
    } else if (op == Dunder::rshift && is_print_function(a.value())) {
        return raise(py, exc::TypeError, "unsupported operand type(s) for >>: '{}' and '{}'. Did you mean \"print(<message>, file=<output_stream>)\"?", TypeName{a.value()}, TypeName{b.value()});
    }
    return unsupported(py, symbols[int(op) - int(Dunder::add)], a.value(), b.value());
}

Result<Ref<>> binary_inplace(Python& py, Dunder op, Borrowed<> a, Borrowed<> b) {
    if (SlotFn fn = type_of(a).slot(inplace(op))) {
        Value r = fn(py, a.value(), b.value(), Value{});
        if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    }
    Value r = try_numbers(py, op, a.value(), b.value(), Value{});
    if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    if (op == Dunder::add) {
        Type& type = type_of(a);
        SlotFn fn = type.slot(Dunder::iconcat);
        if (!fn) fn = type.slot(Dunder::concat);
        if (fn) return Result<Ref<>>::of_word(fn(py, a.value(), b.value(), Value{}));
    } else if (op == Dunder::mul) {
        Type& type = type_of(a);
        SlotFn fn = type.slot(Dunder::irepeat);
        if (!fn) fn = type.slot(Dunder::repeat);
        if (fn) return repeat(py, fn, a.value(), b.value());
        if (SlotFn other = type_of(b).slot(Dunder::repeat)) return repeat(py, other, b.value(), a.value());
    }
    std::string symbol = std::string(op == Dunder::pow ? "**" : symbols[int(op) - int(Dunder::add)]) + "=";
    return unsupported(py, symbol.c_str(), a.value(), b.value());
}

Result<Ref<>> power(Python& py, Borrowed<> a, Borrowed<> b, Borrowed<> modulus) {
    if (modulus.is(kNone)) return binary(py, Dunder::pow, a, b);
    Value r = try_numbers(py, Dunder::pow, a.value(), b.value(), modulus.value());
    if (r == kNotImplemented && type_of(modulus).slot(Dunder::pow) && &type_of(modulus) != &type_of(a) && &type_of(modulus) != &type_of(b)) {
        if (!type_of(modulus).has(type_flag::heap)) r = type_of(modulus).slot(Dunder::pow)(py, a.value(), b.value(), modulus.value());
    }
    if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    return raise(py, exc::TypeError, "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'", TypeName{a.value()}, TypeName{b.value()}, TypeName{modulus.value()});
}

Result<Ref<>> unary(Python& py, Dunder op, Borrowed<> a) {
    if (SlotFn fn = type_of(a).slot(op)) return Result<Ref<>>::of_word(fn(py, a.value(), Value{}, Value{}));
    char const* text = op == Dunder::neg ? "unary -" : op == Dunder::pos ? "unary +" : op == Dunder::invert ? "unary ~" : "abs()";
    return raise(py, exc::TypeError, "bad operand type for {}: '{}'", text, TypeName{a.value()});
}

namespace {
constexpr Dunder compare_slots[] = {Dunder::lt, Dunder::le, Dunder::eq, Dunder::ne, Dunder::gt, Dunder::ge};
constexpr Compare swapped[] = {Compare::gt, Compare::ge, Compare::eq, Compare::ne, Compare::lt, Compare::le};
constexpr char const* compare_symbols[] = {"<", "<=", "==", "!=", ">", ">="};
}  // namespace

Result<Ref<>> compare(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    CHECK(check_native_stack(py, " in comparison"));
    Type& ta = type_of(a);
    Type& tb = type_of(b);
    SlotFn forward = ta.slot(compare_slots[int(op)]), backward = tb.slot(compare_slots[int(swapped[int(op)])]);
    bool tried_backward = false;
    if (&ta != &tb && backward && is_subtype(tb, ta)) {
        tried_backward = true;
        Value r = backward(py, b.value(), a.value(), Value{});
        if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    }
    if (forward) {
        Value r = forward(py, a.value(), b.value(), Value{});
        if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    }
    if (backward && !tried_backward) {
        Value r = backward(py, b.value(), a.value(), Value{});
        if (r != kNotImplemented) return Result<Ref<>>::of_word(r);
    }
    if (op == Compare::eq) return Ref<>::adopt(Value::of_bool(a.value() == b.value()));
    if (op == Compare::ne) return Ref<>::adopt(Value::of_bool(a.value() != b.value()));
    return raise(py, exc::TypeError, "'{}' not supported between instances of '{}' and '{}'", compare_symbols[int(op)], TypeName{a.value()}, TypeName{b.value()});
}

Result<bool> compare_truth(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (a.value() == b.value()) {
        if (op == Compare::eq) return true;
        if (op == Compare::ne) return false;
    }
    Ref<> r = TRY(compare(py, a, b, op));
    return truth(py, r);
}

}  // namespace oro
