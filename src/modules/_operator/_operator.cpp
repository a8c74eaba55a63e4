// _operator: the operators as functions. getters.cpp holds itemgetter, attrgetter and methodcaller.
#include "modules/_operator/operator.h"
#include "object/buffer.h"
#include "object/list.h"

namespace oro::operators {

namespace {

using Result_ = Result<Ref<>>;
using A = Borrowed<>;

template <Dunder D> Result_ two(Python& py, A a, A b) { return binary(py, D, a, b); }
template <Dunder D> Result_ in_place(Python& py, A a, A b) { return binary_inplace(py, D, a, b); }
template <Dunder D> Result_ one(Python& py, A a) { return unary(py, D, a); }
template <Compare C> Result_ compared(Python& py, A a, A b) { return compare(py, a, b, C); }

Result<bool> truth_of(Python& py, A a) { return truth(py, a); }
Result<bool> not_(Python& py, A a) { return !TRY(truth(py, a)); }
// Equal floats of the same bits are one value here, but an object is only ever itself.
bool is(Thread&, A a, A b) { return a.value() == b.value(); }
bool is_not(Thread&, A a, A b) { return a.value() != b.value(); }
bool is_none(Thread&, A a) { return a.is(kNone); }
bool is_not_none(Thread&, A a) { return !a.is(kNone); }
Result<bool> contains_(Python& py, A a, A b) { return contains(py, a, b); }
Result_ index(Python& py, A a) { return to_index(py, a); }
Result_ power_(Python& py, A a, A b) { return power(py, a, b, none); }
Result_ ipower(Python& py, A a, A b) { return binary_inplace(py, Dunder::pow, a, b); }

Result<std::int64_t> index_of(Python& py, A a, A b) {
    Ref<> iterator = TRY(get_iterator(py, a));
    for (std::int64_t i = 0;; ++i) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return raise(py, exc::ValueError, "sequence.index(x): x not in sequence");
        if (TRY(equal(py, std::move(item).take(), b))) return i;
        CHECK(poll(py));
    }
}
Result<std::int64_t> count_of(Python& py, A a, A b) {
    std::int64_t n = 0;
    CHECK(for_each(py, a, [&](Ref<> item) -> Result<void> {
        n += TRY(equal(py, item, b));
        return {};
    }));
    return n;
}

Result<void> is_sequence(Python& py, A a) {
    Type& type = type_of(a);
    bool native = type.slot(Dunder::concat) || (type.slot(Dunder::getitem) && !type.has(type_flag::dict));
    if (native) return {};
    return raise(py, exc::TypeError, "'{}' object can't be concatenated", TypeName{a.value()});
}
Result_ concat(Python& py, A a, A b) {
    CHECK(is_sequence(py, a));
    return binary(py, Dunder::add, a, b);
}
Result_ iconcat(Python& py, A a, A b) {
    CHECK(is_sequence(py, a));
    return binary_inplace(py, Dunder::add, a, b);
}

Result_ getitem(Python& py, A a, A b) { return get_item(py, a, b); }
Result<void> setitem(Python& py, A a, A b, A c) { return set_item(py, a, b, c); }
Result<void> delitem(Python& py, A a, A b) { return delete_item(py, a, b); }

Result<std::int64_t> hint(Python& py, A object, A otherwise) {
    if (!is_any_int(otherwise.value()))
        return raise(py, exc::TypeError, "'{}' object cannot be interpreted as an integer", TypeName{otherwise.value()});
    return length_hint(py, object, TRY(to_int64(py, otherwise, &exc::OverflowError)));
}

Result_ call_it(Python& py, A object, Args args, Kwargs keywords) {
    return call(py, object, std::span<Value const>(args.values.data(), args.size() + keywords.size()), keywords.names);
}

// In a time that doesn't tell where the difference is.
bool same_octets(std::string_view a, std::string_view b) {
    unsigned char differ = a.size() != b.size();
    std::string_view shorter_safe = differ ? a : b;
    for (std::size_t i = 0; i < a.size(); ++i) differ |= static_cast<unsigned char>(a[i] ^ shorter_safe[i]);
    return !differ;
}
Result<bool> compare_digest(Python& py, A a, A b) {
    if (oro::is<Str>(a) && oro::is<Str>(b)) {
        if (!as<Str>(a)->is_ascii() || !as<Str>(b)->is_ascii())
            return raise(py, exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        return same_octets(as<Str>(a)->ascii(), as<Str>(b)->ascii());
    }
    if (!has_buffer(py, a) && !has_buffer(py, b)) {
        return raise(py, exc::TypeError, "unsupported operand types(s) or combination of types: '{}' and '{}'", TypeName{a.value()},
                     TypeName{b.value()});
    }
    Buffer x = TRY(get_buffer(py, a)), y = TRY(get_buffer(py, b));
    return same_octets(x.bytes(), y.bytes());
}

constexpr char const* kTwo = "a, b, /";
constexpr MethodDef functions[] = {
    function<truth_of>("truth", "a, /", "Return True if a is true, False otherwise."),
    function<contains_>("contains", kTwo, "Same as b in a (note reversed operands)."),
    function<index_of>("indexOf", kTwo, "Return the first index of b in a."),
    function<count_of>("countOf", kTwo, "Return the number of items in a which are, or which equal, b."),
    function<is>("is_", kTwo, "Same as a is b."),
    function<is_not>("is_not", kTwo, "Same as a is not b."),
    function<is_none>("is_none", "a, /", "Same as a is None."),
    function<is_not_none>("is_not_none", "a, /", "Same as a is not None."),
    function<index>("index", "a, /", "Same as a.__index__()"),
    function<two<Dunder::add>>("add", kTwo, "Same as a + b."),
    function<two<Dunder::sub>>("sub", kTwo, "Same as a - b."),
    function<two<Dunder::mul>>("mul", kTwo, "Same as a * b."),
    function<two<Dunder::matmul>>("matmul", kTwo, "Same as a @ b."),
    function<two<Dunder::floordiv>>("floordiv", kTwo, "Same as a // b."),
    function<two<Dunder::truediv>>("truediv", kTwo, "Same as a / b."),
    function<two<Dunder::mod>>("mod", kTwo, "Same as a % b."),
    function<one<Dunder::neg>>("neg", "a, /", "Same as -a."),
    function<one<Dunder::pos>>("pos", "a, /", "Same as +a."),
    function<one<Dunder::abs>>("abs", "a, /", "Same as abs(a)."),
    function<one<Dunder::invert>>("inv", "a, /", "Same as ~a."),
    function<one<Dunder::invert>>("invert", "a, /", "Same as ~a."),
    function<two<Dunder::lshift>>("lshift", kTwo, "Same as a << b."),
    function<two<Dunder::rshift>>("rshift", kTwo, "Same as a >> b."),
    function<not_>("not_", "a, /", "Same as not a."),
    function<two<Dunder::and_>>("and_", kTwo, "Same as a & b."),
    function<two<Dunder::xor_>>("xor", kTwo, "Same as a ^ b."),
    function<two<Dunder::or_>>("or_", kTwo, "Same as a | b."),
    function<in_place<Dunder::add>>("iadd", kTwo, "Same as a += b."),
    function<in_place<Dunder::sub>>("isub", kTwo, "Same as a -= b."),
    function<in_place<Dunder::mul>>("imul", kTwo, "Same as a *= b."),
    function<in_place<Dunder::matmul>>("imatmul", kTwo, "Same as a @= b."),
    function<in_place<Dunder::floordiv>>("ifloordiv", kTwo, "Same as a //= b."),
    function<in_place<Dunder::truediv>>("itruediv", kTwo, "Same as a /= b."),
    function<in_place<Dunder::mod>>("imod", kTwo, "Same as a %= b."),
    function<in_place<Dunder::lshift>>("ilshift", kTwo, "Same as a <<= b."),
    function<in_place<Dunder::rshift>>("irshift", kTwo, "Same as a >>= b."),
    function<in_place<Dunder::and_>>("iand", kTwo, "Same as a &= b."),
    function<in_place<Dunder::xor_>>("ixor", kTwo, "Same as a ^= b."),
    function<in_place<Dunder::or_>>("ior", kTwo, "Same as a |= b."),
    function<concat>("concat", kTwo, "Same as a + b, for a and b sequences."),
    function<iconcat>("iconcat", kTwo, "Same as a += b, for a and b sequences."),
    function<getitem>("getitem", kTwo, "Same as a[b]."),
    function<setitem>("setitem", "a, b, c, /", "Same as a[b] = c."),
    function<delitem>("delitem", kTwo, "Same as del a[b]."),
    function<power_>("pow", kTwo, "Same as a ** b."),
    function<ipower>("ipow", kTwo, "Same as a **= b."),
    function<compared<Compare::eq>>("eq", kTwo, "Same as a == b."),
    function<compared<Compare::ne>>("ne", kTwo, "Same as a != b."),
    function<compared<Compare::lt>>("lt", kTwo, "Same as a < b."),
    function<compared<Compare::le>>("le", kTwo, "Same as a <= b."),
    function<compared<Compare::gt>>("gt", kTwo, "Same as a > b."),
    function<compared<Compare::ge>>("ge", kTwo, "Same as a >= b."),
    function<compare_digest>("_compare_digest", kTwo,
                             "Same as a == b, in a time that doesn't depend on the contents.\n\n"
                             "a and b must both be str (ASCII only) or bytes-like."),
    function<hint>("length_hint", "obj, default=0, /", "Return an estimate of the number of items in obj."),
    function<call_it>("call", "obj, /, *args, **kwargs", "Same as obj(*args, **kwargs)."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, itemgetter_type));
    CHECK(add_type_to_module(py, m, attrgetter_type));
    return add_type_to_module(py, m, methodcaller_type);
}

ORO_MODULE(operator_module, .name = "_operator", .doc = "The operators as functions.", .functions = functions, .setup = setup);

}  // namespace

}  // namespace oro::operators
