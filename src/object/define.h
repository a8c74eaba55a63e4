// Declaring natives: the C++ signature is the binding. The type of each parameter chooses the conversion, the type of the
// receiver the lock, the result type the way back.
//
//     Result<void> append(Thread&, Locked<List>& self, Borrowed<> object);
//     constexpr MethodDef methods[] = {
//         def<append>("append", "object, /", "Append object to the end of the list."),
//     };
//
// First parameter: Thread& (runs no Python) or Python&. Then for a method the receiver: Borrowed<T>, or Locked<T>& (its lock
// is held; then Thread&); for a module function optionally its state, `State&` derived from ModuleState. Then the parameters:
//
//   Borrowed<>            any object                       Borrowed<T>       an instance of T or a subclass, else TypeError
//   Optional<>, Optional<T>  the same, null if not given (a default that isn't None, bool, int or float is written `=<unrepresentable>`
//                            or any text, and the C++ side takes Optional)
//   OrNone<T>             T or None (None gives null)
//   bool                  truth of any object              double            a number
//   std::int64_t          an index that must fit (OverflowError)     Index   an index, saturated
//   int                   an index that must fit 32 bits
//   std::string_view      a str as UTF-8                   Args / Kwargs     *args / **kwargs as given
//
// Results: void (None), bool, std::int64_t, double, Ref<T>, Maybe<T> (null: None), or Result of these. `Next` for iterators.
//
// A type's slot: slot<Dunder::len, length>: parameters after the receiver as the dunder has them, all plain values (Borrowed<>).
// number_slot<Dunder::add, f>: f(Python&, Borrowed<> a, Borrowed<> b) gets the operands in the written order for both __add__ and
// __radd__, and returns NotImplemented (kNotImplemented) for kinds that it doesn't know.
#pragma once
#include <limits>
#include <optional>

#include "object/call.h"
#include "object/int.h"
#include "object/float.h"
#include "object/locked.h"
#include "object/native.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

// *args of a native function.
struct Args {
    std::span<Value const> values;
    std::size_t size() const { return values.size(); }
    Borrowed<> operator[](std::size_t i) const { return Borrowed<>(values[i]); }
};
// **kwargs: names and values, in the order given.
struct Kwargs {
    Tuple* names = nullptr;   // null: none
    Value const* values = nullptr;
    std::size_t size() const { return names ? names->size : 0; }
    Borrowed<Str> name(std::size_t i) const { return Borrowed<Str>(*static_cast<Str*>(names->slots[i].pointer())); }
    Borrowed<> value(std::size_t i) const { return Borrowed<>(values[i]); }
};
struct Index { std::int64_t value; operator std::int64_t() const { return value; } };
template <class T> struct OrNone : Optional<T> { using Optional<T>::Optional; };
template <> struct OrNone<Any> : Optional<> { using Optional<>::Optional; };

namespace binding {

// Puts the arguments of a call into one word a parameter (null: missing and no default). False: TypeError raised.
// *args and **kwargs parameters get no word here.
bool place_arguments(Python& py, Native const& callee, Value const* args, std::size_t positional, Tuple* keyword_names, Value* out);
Raised wrong_argument_type(Thread& t, Native const& callee, int index, char const* expected, Value got);
Raised wrong_receiver(Thread& t, Native const& callee, Value got);
ModuleState* state_of(Value module);

struct Context {
    Python& py;
    Native& callee;
    int index;
};

// A str literal as default has no word in the table: its text is read from the signature when the argument is missing.
std::string_view default_text(Context const& c);

template <class P> struct FromPython;
template <> struct FromPython<Borrowed<>> {
    static Result<Borrowed<>> get(Context&, Value v) { return Borrowed<>(v); }
};
template <class T> struct FromPython<Borrowed<T>> {
    static Result<Borrowed<T>> get(Context& c, Value v) {
        if (!is<T>(v)) [[unlikely]] return wrong_argument_type(c.py, c.callee, c.index, T::type().def->name, v);
        return as<T>(v);
    }
};
template <> struct FromPython<Optional<>> {
    static Result<Optional<>> get(Context&, Value v) { return Optional<>(v); }
};
template <class T> struct FromPython<Optional<T>> {
    static Result<Optional<T>> get(Context& c, Value v) {
        if (v && !is<T>(v)) [[unlikely]] return wrong_argument_type(c.py, c.callee, c.index, T::type().def->name, v);
        return Optional<T>(v);
    }
};
template <class T> struct FromPython<OrNone<T>> {
    static Result<OrNone<T>> get(Context& c, Value v) {
        if (v == kNone || v.is_null()) return OrNone<T>(Value{});
        if constexpr (!std::is_same_v<T, Any>) {
            if (!is<T>(v)) [[unlikely]] return wrong_argument_type(c.py, c.callee, c.index, T::type().def->name, v);
        }
        return OrNone<T>(v);
    }
};
template <> struct FromPython<bool> {
    static Result<bool> get(Context& c, Value v) {
        if (v.is_bool()) return v == kTrue;
        return truth(c.py, Borrowed<>(v));
    }
};
template <> struct FromPython<double> {
    static Result<double> get(Context& c, Value v) { return to_double(c.py, Borrowed<>(v)); }
};
template <> struct FromPython<std::int64_t> {
    static Result<std::int64_t> get(Context& c, Value v) {
        if (v.is_int()) return v.as_int();
        return to_int64(c.py, Borrowed<>(v), &exc::OverflowError);
    }
};
template <> struct FromPython<Index> {
    static Result<Index> get(Context& c, Value v) {
        if (v.is_int()) return Index{v.as_int()};
        return Index{TRY(to_int64(c.py, Borrowed<>(v), nullptr))};
    }
};
template <> struct FromPython<int> {
    static Result<int> get(Context& c, Value v) {
        std::int64_t n = TRY(FromPython<std::int64_t>::get(c, v));
        if (n != int(n)) return raise(c.py, exc::OverflowError, n < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
        return int(n);
    }
};
template <> struct FromPython<std::string_view> {
    static Result<std::string_view> get(Context& c, Value v) {
        if (v.is_null()) [[unlikely]] return default_text(c);
        Borrowed<Str> s = TRY(FromPython<Borrowed<Str>>::get(c, v));
        return utf8_of(c.py, s);
    }
};

template <class R> struct Back;
template <> struct Back<void> { };
template <class T> struct Back<Ref<T>> { static Value put(Thread&, Ref<T> r) { return r.release(); } };
template <class T> struct Back<Maybe<T>> { static Value put(Thread&, Maybe<T> r) { return r ? r.release() : kNone; } };
template <> struct Back<bool> { static Value put(Thread&, bool b) { return Value::of_bool(b); } };
template <> struct Back<double> { static Value put(Thread& t, double d) { return make_float(t, d).release(); } };
template <class I> requires(std::is_integral_v<I> && !std::is_same_v<I, bool>) struct Back<I> {
    static Value put(Thread& t, I i) {
        if constexpr (std::is_unsigned_v<I> && sizeof(I) == 8) return make_int_unsigned(t, i).release();
        else return make_int(t, std::int64_t(i)).release();
    }
};
template <class R> Value finish(Thread& t, R&& r) {
    using P = std::remove_cvref_t<R>;
    if constexpr (requires { r.raised(); }) {
        if (r.raised()) [[unlikely]] return Value{};
        if constexpr (std::is_void_v<decltype(std::move(r).take())>) return kNone;
        else if constexpr (std::is_same_v<P, Next>) return std::move(r).release();
        else return Back<std::remove_cvref_t<decltype(std::move(r).take())>>::put(t, std::move(r).take());
    } else {
        return Back<P>::put(t, std::move(r));
    }
}

template <class C> concept Token = std::is_same_v<C, Thread> || std::is_same_v<C, Python>;
template <class S> concept State = std::is_base_of_v<ModuleState, S>;

template <class S> struct Receiver;
template <> struct Receiver<Borrowed<>> {
    static bool check(Value) { return true; }
    template <class F> static auto with(Thread&, Value v, F&& f) { return f(Borrowed<>(v)); }
};
template <class T> struct Receiver<Borrowed<T>> {
    static bool check(Value v) { return is<T>(v); }
    template <class F> static auto with(Thread&, Value v, F&& f) { return f(Borrowed<T>(*static_cast<T*>(v.pointer()))); }
};
template <class T> struct Receiver<Locked<T>&> {
    static bool check(Value v) { return is<T>(v); }
    template <class F> static auto with(Thread& t, Value v, F&& f) {
        Locked<T> locked(t, Borrowed<T>(*static_cast<T*>(v.pointer())));
        return f(locked);
    }
};
template <class S> concept ReceiverLike = requires { &Receiver<S>::check; };

// Converts the parameters one by one, then calls f with them; nothing is locked while that runs.
template <std::size_t N, class F> Value convert_all(Context&, Value const*, Args, Kwargs, F&& f) requires(N == 0) { return f(); }
template <std::size_t N, class P, class... Rest, class F>
Value convert_all(Context& c, Value const* words, Args rest, Kwargs keywords, F&& f) {
    auto go_on = [&](auto&& p, Value const* next) {
        ++c.index;
        if constexpr (sizeof...(Rest) == 0) return f(p);
        else return convert_all<N - 1, Rest...>(c, next, rest, keywords, [&](auto&&... more) { return f(p, more...); });
    };
    if constexpr (std::is_same_v<P, Args>) return go_on(rest, words);
    else if constexpr (std::is_same_v<P, Kwargs>) return go_on(keywords, words);
    else {
        auto r = FromPython<P>::get(c, *words);
        if (r.raised()) [[unlikely]] return Value{};
        return go_on(std::move(r).take(), words + 1);
    }
}

template <class... P> inline constexpr bool takes_args = (std::is_same_v<P, Args> || ...);
template <class... P> inline constexpr bool takes_kwargs = (std::is_same_v<P, Kwargs> || ...);

// What follows the positional parameters of the table, for *args; and the keywords for **kwargs. A function with **kwargs
// has no other parameter that may be given by keyword (`raw` otherwise).
template <class... P, class F>
Value bind(Python& py, Native& callee, Value const* args, std::size_t n, Tuple* names, F&& f) {
    Context c{py, callee, 0};
    MethodDef const& d = *callee.def;
    Args rest{};
    Kwargs keywords{};
    if constexpr (takes_args<P...>) {
        if (n > d.positional) {
            rest.values = {args + d.positional, n - d.positional};
        }
    }
    if constexpr (takes_kwargs<P...>) keywords = {names, args + n};
    constexpr std::size_t words_needed = (0 + ... + (std::is_same_v<P, Args> || std::is_same_v<P, Kwargs> ? 0 : 1));
    // The common case: all positional, all given.
    if (!names && n == words_needed && n == d.positional) [[likely]] return convert_all<sizeof...(P), P...>(c, args, rest, keywords, f);
    Value words[words_needed + 1];
    if (!place_arguments(py, callee, args, n, names, words)) return Value{};
    return convert_all<sizeof...(P), P...>(c, words, rest, keywords, f);
}

template <auto Fn, class Sig> struct Binder;
// Module function or static method.
template <auto Fn, class R, Token C, class... P> struct Binder<Fn, R (*)(C&, P...)> {
    static constexpr std::size_t arity = sizeof...(P);
    static constexpr bool args = takes_args<P...>, kwargs = takes_kwargs<P...>;
    static Value call(Python& py, Native& callee, Value, Value const* a, std::size_t n, Tuple* names) {
        return bind<P...>(py, callee, a, n, names, [&](auto&&... p) {
            if constexpr (std::is_void_v<R>) return Fn(py, p...), kNone;
            else return finish(py, Fn(py, p...));
        });
    }
};
// Module function with state.
template <auto Fn, class R, Token C, State S, class... P> struct Binder<Fn, R (*)(C&, S&, P...)> {
    static constexpr std::size_t arity = sizeof...(P);
    static constexpr bool args = takes_args<P...>, kwargs = takes_kwargs<P...>;
    static Value call(Python& py, Native& callee, Value self, Value const* a, std::size_t n, Tuple* names) {
        auto& state = *static_cast<S*>(state_of(self));
        return bind<P...>(py, callee, a, n, names, [&](auto&&... p) {
            if constexpr (std::is_void_v<R>) return Fn(py, state, p...), kNone;
            else return finish(py, Fn(py, state, p...));
        });
    }
};
// Method. The receiver's type was checked by the descriptor, or is checked here for a class made elsewhere.
template <auto Fn, class Sig> struct MethodBinder;
template <auto Fn, class R, Token C, ReceiverLike S, class... P> struct MethodBinder<Fn, R (*)(C&, S, P...)> {
    static_assert(!(std::is_reference_v<S> && std::is_same_v<C, Python>), "a method that holds its lock takes Thread&: it may not run Python");
    static constexpr std::size_t arity = sizeof...(P);
    static constexpr bool args = takes_args<P...>, kwargs = takes_kwargs<P...>;
    static Value call(Python& py, Native& callee, Value self, Value const* a, std::size_t n, Tuple* names) {
        if (!Receiver<S>::check(self)) [[unlikely]] {
            (void)wrong_receiver(py, callee, self);
            return Value{};
        }
        return bind<P...>(py, callee, a, n, names, [&](auto&&... p) {
            return Receiver<S>::with(py, self, [&](auto&& receiver) {
                if constexpr (std::is_void_v<R>) return Fn(py, receiver, p...), kNone;
                else return finish(py, Fn(py, receiver, p...));
            });
        });
    }
};

void signature_text_differs_from_cpp_parameters();  // never defined: reaching it in consteval is the error
void too_many_parameters_use_raw_def();

consteval bool blank(char c) { return c == ' ' || c == '\n'; }
consteval Value parse_default(std::string_view s) {
    if (s == "None") return kNone;
    if (s == "True") return kTrue;
    if (s == "False") return kFalse;
    if (s == "sys.maxsize") return Value::of_int(Value::kMaxInt);
    std::int64_t n = 0;
    bool negative = !s.empty() && s[0] == '-';
    if (negative) s.remove_prefix(1);
    if (s.empty()) return {};
    std::size_t i = 0;
    for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i) n = n * 10 + (s[i] - '0');
    if (i == s.size()) return Value::of_int(negative ? -n : n);
    if (i > 0 && s[i] == '.') {
        double d = double(n), scale = 0.1;
        for (++i; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i, scale /= 10) d += (s[i] - '0') * scale;
        if (i == s.size() && Value::fits_float(d)) return Value::of_float(negative ? -d : d);
    }
    return {};
}

// Reads "a, b=1, /, c=None, *, d" into the table row.
consteval void parse_signature(MethodDef& d) {
    std::string_view s = d.signature;
    bool keyword_only = false;
    std::size_t i = 0;
    auto add = [&](Param p) {
        if (d.param_count == kMaxParams) too_many_parameters_use_raw_def();
        d.params[d.param_count++] = p;
    };
    while (i < s.size()) {
        while (i < s.size() && (blank(s[i]) || s[i] == ',')) ++i;
        if (i == s.size()) break;
        if (s[i] == '/') {
            for (int k = 0; k < d.param_count; ++k) d.params[k].kind = Param::positional_only;
            ++i;
            continue;
        }
        Param p;
        if (s[i] == '*') {
            if (i + 1 < s.size() && s[i + 1] == '*') { p.kind = Param::var_keyword; i += 2; }
            else {
                ++i;
                keyword_only = true;
                if (i == s.size() || s[i] == ',') continue;
                p.kind = Param::var_positional;
            }
        } else if (keyword_only) p.kind = Param::keyword_only;
        p.offset = std::uint16_t(i);
        while (i < s.size() && s[i] != ',' && s[i] != '=' && !blank(s[i])) ++i;
        p.length = std::uint8_t(i - p.offset);
        if (i < s.size() && s[i] == '=') {
            std::size_t begin = ++i;
            int depth = 0;
            char quote = 0;
            for (; i < s.size(); ++i) {
                if (quote) { if (s[i] == quote) quote = 0; continue; }
                if (s[i] == '\'' || s[i] == '"') quote = s[i];
                else if (s[i] == '(' || s[i] == '[' || s[i] == '{') ++depth;
                else if (s[i] == ')' || s[i] == ']' || s[i] == '}') --depth;
                else if (s[i] == ',' && depth == 0) break;
            }
            p.has_default = true;
            p.default_value = parse_default(s.substr(begin, i - begin));
        }
        add(p);
    }
    for (int k = 0; k < d.param_count; ++k) {
        Param const& p = d.params[k];
        if (p.kind == Param::positional_only || p.kind == Param::normal) {
            ++d.positional;
            if (!p.has_default) d.required = d.positional;
        }
        if (p.kind == Param::var_positional) d.var_positional = true;
        if (p.kind == Param::normal || p.kind == Param::keyword_only || p.kind == Param::var_keyword) d.keywords = true;
    }
}

template <class B> consteval MethodDef make_def(char const* name, char const* signature, char const* doc, MethodKind kind) {
    MethodDef d;
    d.name = name;
    d.signature = signature;
    d.doc = doc;
    d.kind = kind;
    d.fn = &B::call;
    parse_signature(d);
    if (d.param_count != B::arity || d.var_positional != B::args) signature_text_differs_from_cpp_parameters();
    return d;
}

template <class Sig> inline constexpr bool has_receiver = false;
template <class R, Token C, ReceiverLike S, class... P> inline constexpr bool has_receiver<R (*)(C&, S, P...)> = true;

}  // namespace binding

// A method (in a type's table).
template <auto Fn> consteval MethodDef def(char const* name, char const* signature, char const* doc) {
    return binding::make_def<binding::MethodBinder<Fn, decltype(Fn)>>(name, signature, doc, MethodKind::instance);
}
// A function of a module.
template <auto Fn> consteval MethodDef function(char const* name, char const* signature, char const* doc) {
    return binding::make_def<binding::Binder<Fn, decltype(Fn)>>(name, signature, doc, MethodKind::static_);
}
// A class method: the receiver is the class, as Borrowed<> .
template <auto Fn> consteval MethodDef class_def(char const* name, char const* signature, char const* doc) {
    return binding::make_def<binding::MethodBinder<Fn, decltype(Fn)>>(name, signature, doc, MethodKind::class_);
}
template <auto Fn> consteval MethodDef static_def(char const* name, char const* signature, char const* doc) {
    return binding::make_def<binding::Binder<Fn, decltype(Fn)>>(name, signature, doc, MethodKind::static_);
}
// A function of the calling convention itself, for what the binding cannot express (many or mixed keywords). The signature
// text is only shown. Use parse_arguments() in it.
consteval MethodDef raw_def(char const* name, char const* signature, char const* doc, NativeFn fn, MethodKind kind = MethodKind::instance) {
    MethodDef d;
    d.name = name;
    d.signature = signature;
    d.doc = doc;
    d.fn = fn;
    d.kind = kind;
    d.varying = d.keywords = true;
    return d;
}

// Arguments by a list of names, for raw functions and constructors: "function(a, b, *, c)". `out` gets a word for each name, null if
// missing. `positional_max`: how many of the names may be given by position; `required`: how many must be given.
// `positional_only`: how many of the names can't be given by keyword. Errors name `function`.
Result<void> parse_arguments(Python& py, char const* function, std::span<char const* const> names, std::size_t positional_only,
                             std::size_t positional_max, std::size_t required, Value const* args, std::size_t n, Tuple* keyword_names,
                             Value* out);

namespace binding {
template <auto Fn, class Sig> struct SlotBinder;
template <auto Fn, class R, Token C, ReceiverLike S, class... P> struct SlotBinder<Fn, R (*)(C&, S, P...)> {
    static constexpr std::size_t arity = sizeof...(P);
    static Value call(Python& py, Value self, [[maybe_unused]] Value a, [[maybe_unused]] Value b) {
        return Receiver<S>::with(py, self, [&](auto&& receiver) {
            if constexpr (std::is_void_v<R>) return run(py, receiver, a, b), kNone;
            else return finish(py, run(py, receiver, a, b));
        });
    }
    template <class Rec> static R run(Python& py, Rec&& receiver, Value a, Value b) {
        if constexpr (arity == 0) return Fn(py, receiver);
        else if constexpr (arity == 1) return Fn(py, receiver, Borrowed<>(a));
        else {
            // A second argument that may be missing (pow's modulus, __get__'s owner) is Optional<>.
            using Last = std::tuple_element_t<1, std::tuple<P...>>;
            using First = std::tuple_element_t<0, std::tuple<P...>>;
            return Fn(py, receiver, First(a), Last(b));
        }
    }
};
template <auto Fn> Value slot_thunk(Python& py, Value self, Value a, Value b) { return SlotBinder<Fn, decltype(Fn)>::call(py, self, a, b); }
template <auto Fn> Value number_thunk(Python& py, Value a, Value b, Value c) {
    if constexpr (requires(Borrowed<> x) { Fn(py, x, x, Optional<>()); }) return finish(py, Fn(py, Borrowed<>(a), Borrowed<>(b), Optional<>(c)));
    else return finish(py, Fn(py, Borrowed<>(a), Borrowed<>(b)));
}
template <auto Fn> Value reflected_thunk(Python& py, Value a, Value b, Value c) { return number_thunk<Fn>(py, b, a, c); }
}  // namespace binding

template <Dunder D, auto Fn> inline constexpr SlotDef slot{D, &binding::slot_thunk<Fn>};
// The six comparisons from one function f(Python&, receiver, Borrowed<> other, Compare op); ORO_COMPARE_SLOTS(f) lists them.
namespace binding {
template <auto Fn, class Sig> struct CompareBinder;
template <auto Fn, class R, Token C, ReceiverLike S> struct CompareBinder<Fn, R (*)(C&, S, Borrowed<>, Compare)> {
    template <Compare Op> static Value call(Python& py, Value self, Value other, Value) {
        return Receiver<S>::with(py, self, [&](auto&& receiver) { return finish(py, Fn(py, receiver, Borrowed<>(other), Op)); });
    }
};
}  // namespace binding
template <Compare Op, auto Fn> inline constexpr SlotDef compare_slot{
    Dunder(int(Dunder::lt) + int(Op)), &binding::CompareBinder<Fn, decltype(Fn)>::template call<Op>};
#define ORO_COMPARE_SLOTS(f)                                                                                            \
    compare_slot<Compare::lt, f>, compare_slot<Compare::le, f>, compare_slot<Compare::eq, f>, compare_slot<Compare::ne, f>, \
        compare_slot<Compare::gt, f>, compare_slot<Compare::ge, f>
template <Dunder D, auto Fn> inline constexpr SlotDef number_slot{D, &binding::number_thunk<Fn>, &binding::reflected_thunk<Fn>};

}  // namespace oro
