// function: the type of functions written in Python.
//
// Threads: what may be assigned are Members. Annotations are computed outside of any lock; if two threads do it at once, the
// first dict that is stored stays.
#include "object/class.h"
#include "object/define.h"
#include "object/identity.h"
#include "object/instance.h"
#include "object/method.h"
#include "object/warn.h"
#include "vm/function.h"

namespace oro {

namespace {

Function& at(Value v) { return *static_cast<Function*>(v.pointer()); }

template <auto Field> Value get_or_none(Python&, Value self) {
    auto v = (at(self).*Field).load(&at(self));
    return v ? v.release() : kNone;
}
template <auto Field> Value get_fixed(Python&, Value self) {
    auto& f = at(self).*Field;
    return f ? f.share().release() : kNone;
}
// Any value; deleting leaves None.
template <auto Field> Value set_any(Python&, Value self, Value value) {
    (at(self).*Field).store(&at(self), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}
// An instance of T; None and deleting take it away.
template <auto Field, class T> Value set_or_none(Python& py, Value self, Value value, char const* message) {
    if (value.is_null() || value == kNone) {
        (at(self).*Field).store(&at(self), {});
        return kNone;
    }
    if (!is<T>(value)) return (void)raise(py, exc::TypeError, message), Value{};
    (at(self).*Field).store(&at(self), Maybe<T>(as<T>(value).share()));
    return kNone;
}
template <auto Field, class T> Value set_required(Python& py, Value self, Value value, char const* message) {
    if (value.is_null() || !is<T>(value)) return (void)raise(py, exc::TypeError, message), Value{};
    (at(self).*Field).store(&at(self), Maybe<T>(as<T>(value).share()));
    return kNone;
}

Value set_defaults(Python& py, Value self, Value value) {
    return set_or_none<&Function::defaults, Tuple>(py, self, value, "__defaults__ must be set to a tuple object");
}
Value set_keyword_defaults(Python& py, Value self, Value value) {
    return set_or_none<&Function::keyword_defaults, Dict>(py, self, value, "__kwdefaults__ must be set to a dict object");
}
Value set_name(Python& py, Value self, Value value) {
    return set_required<&Function::name, Str>(py, self, value, "__name__ must be set to a string object");
}
Value set_qualname(Python& py, Value self, Value value) {
    return set_required<&Function::qualname, Str>(py, self, value, "__qualname__ must be set to a string object");
}

// Null as long as nobody asks: the code has the docstring.
Value get_doc(Python& py, Value self) {
    Function& f = at(self);
    if (Maybe<> there = f.doc.load(&f)) return there.release();
    Maybe<Code> code = f.code.load(&f);
    if (!(code->code_flags & CO_HAS_DOCSTRING)) return kNone;
    if (unfold(py, **code).raised()) return {};
    return share(code->k[0]).release();
}
Value set_doc(Python&, Value self, Value value) {
    at(self).doc.store(&at(self), Maybe<>(share(value ? value : kNone)));
    return kNone;
}

Value set_code(Python& py, Value self, Value value) {
    if (value.is_null() || !is<Code>(value)) return (void)raise(py, exc::TypeError, "__code__ must be set to a code object"), Value{};
    Function& f = at(self);
    Code& code = *as<Code>(value);
    std::size_t have = f.closure ? f.closure->size : 0, want = code.unit->free_count;
    if (have != want) {
        Maybe<Str> name = f.name.load(&f);
        (void)raise(py, exc::ValueError, "{}() requires a code object with {} free vars, not {}", *name, have, want);
        return {};
    }
    constexpr std::uint32_t kKinds = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
    Maybe<Code> old = f.code.load(&f);
    if ((old->code_flags & kKinds) != (code.code_flags & kKinds)) {
        if (warn(py, exc::DeprecationWarning, "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)").raised())
            return {};
    }
    if (!f.doc.peek()) {  // it stays as it was
        Value doc = get_doc(py, self);
        if (doc.is_null()) return {};
        f.doc.store(&f, Maybe<>::adopt(doc));
    }
    f.code.store(&f, Maybe<Code>(as<Code>(value).share()));
    return kNone;
}

Value set_dict(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::TypeError, "cannot delete __dict__"), Value{};
    return set_instance_dict(py, self, value);
}

// ---- annotations (PEP 649): computed by __annotate__ when they are asked for

Value get_annotations(Python& py, Value self) {
    Function& f = at(self);
    if (Maybe<> there = f.annotations.load(&f)) return there.release();
    Maybe<> annotate = f.annotate.load(&f);
    Maybe<> made;
    if (annotate && is_callable(*annotate)) {
        auto r = call_with(py, *annotate, Ref<>::immediate(Value::of_int(1)));
        if (r.raised()) return {};
        made = Maybe<>(std::move(r).take());
        if (!is<Dict>(made.value())) return (void)raise(py, exc::TypeError, "__annotate__() must return a dict, not {}", TypeName{made.value()}), Value{};
    } else {
        auto r = make_dict(py);
        if (r.raised()) return {};
        made = Maybe<>(std::move(r).take());
    }
    {
        Section section(py, &f);
        if (!f.annotations.peek()) {
            (void)f.annotations.swap(Maybe<>(share(made.value())));
            return made.release();
        }
    }
    return get_annotations(py, self);
}

Value set_annotations(Python& py, Value self, Value value) {
    Function& f = at(self);
    bool none = value.is_null() || value == kNone;
    if (!none && !is<Dict>(value)) return (void)raise(py, exc::TypeError, "__annotations__ must be set to a dict object"), Value{};
    f.annotations.store(&f, none ? Maybe<>() : Maybe<>(share(value)));
    f.annotate.store(&f, {});
    return kNone;
}

Value set_annotate(Python& py, Value self, Value value) {
    Function& f = at(self);
    if (value.is_null()) return (void)raise(py, exc::TypeError, "__annotate__ cannot be deleted"), Value{};
    if (value == kNone) {
        f.annotate.store(&f, {});
        return kNone;
    }
    if (!is_callable(Borrowed<>(value))) return (void)raise(py, exc::TypeError, "__annotate__ must be callable or None"), Value{};
    f.annotate.store(&f, Maybe<>(share(value)));
    f.annotations.store(&f, {});
    return kNone;
}

Value get_type_params(Python&, Value self) {
    Maybe<> v = at(self).type_params.load(&at(self));
    return v ? v.release() : Ref<>(empty_tuple()).release();
}
Value set_type_params(Python& py, Value self, Value value) {
    if (value.is_null() || !is<Tuple>(value)) return (void)raise(py, exc::TypeError, "__type_params__ must be set to a tuple"), Value{};
    return set_any<&Function::type_params>(py, self, value);
}

// ---- the rest

Result<Ref<>> repr_function(Thread& t, Borrowed<Function> self) {
    Maybe<Str> name = self->qualname.load(self.get());
    return format_message(t, "<function {} at {}>", {*name, std::string_view(address_text(self.value()))});
}

Result<Ref<>> bind(Thread& t, Borrowed<Function> self, Optional<> object, Optional<>) {
    if (!object || object.value() == kNone) return self.share();
    return Ref<>(TRY(make_bound_method(t, self, *object)));
}

Result<Ref<>> make_from_code(Python& py, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"code", "globals", "name", "argdefs", "closure", "kwdefaults"};
    Value w[6] = {};
    CHECK(parse_arguments(py, "function", kNames, 0, 6, 2, args, n, names, w));
    for (int i = 2; i < 6; ++i)
        if (w[i] == kNone) w[i] = Value{};
    if (!is<Code>(w[0])) return raise(py, exc::TypeError, "function() argument 'code' must be code, not {}", TypeName{w[0]});
    if (!is<Dict>(w[1])) return raise(py, exc::TypeError, "function() argument 'globals' must be dict, not {}", TypeName{w[1]});
    Borrowed<Code> code = as<Code>(w[0]);
    std::size_t free = code->unit->free_count;
    if (w[2] && !is<Str>(w[2])) return raise(py, exc::TypeError, "arg 3 (name) must be None or string");
    if (w[3] && !is<Tuple>(w[3])) return raise(py, exc::TypeError, "arg 4 (defaults) must be None or tuple");
    if (!w[4] && free) return raise(py, exc::TypeError, "arg 5 (closure) must be tuple");
    if (w[4] && !is<Tuple>(w[4])) return raise(py, exc::TypeError, "arg 5 (closure) must be None or tuple");
    if (w[5] && !is<Dict>(w[5])) return raise(py, exc::TypeError, "arg 6 (kwdefaults) must be None or dict");
    std::size_t given = w[4] ? as<Tuple>(w[4])->size : 0;
    if (given != free) return raise(py, exc::ValueError, "{} requires closure of length {}, not {}", *code->name, free, given);
    for (std::size_t i = 0; i < given; ++i) {
        Value cell = as<Tuple>(w[4])->slots[i];
        if (!is<Cell>(cell)) return raise(py, exc::TypeError, "arg 5 (closure) expected cell, found {}", TypeName{cell});
    }
    Ref<Function> f = TRY(make_function(py, code, as<Dict>(w[1])));
    if (w[2]) f->name.set(Maybe<Str>(as<Str>(w[2]).share()));
    if (w[3]) f->defaults.set(Maybe<Tuple>(as<Tuple>(w[3]).share()));
    if (given) f->closure.init(Maybe<Tuple>(as<Tuple>(w[4]).share()));
    if (w[5]) f->keyword_defaults.set(Maybe<Dict>(as<Dict>(w[5]).share()));
    return Ref<>(std::move(f));
}
Value make_new(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) { return make_from_code(py, args, n, names).release(); }

constexpr SlotDef slots[] = {slot<Dunder::repr, repr_function>, slot<Dunder::get, bind>};
constexpr GetSetDef getsets[] = {
    {"__closure__", get_fixed<&Function::closure>, nullptr},
    {"__doc__", get_doc, set_doc},
    {"__module__", get_or_none<&Function::module>, set_any<&Function::module>},
    {"__code__", get_or_none<&Function::code>, set_code},
    {"__defaults__", get_or_none<&Function::defaults>, set_defaults},
    {"__kwdefaults__", get_or_none<&Function::keyword_defaults>, set_keyword_defaults},
    {"__annotations__", get_annotations, set_annotations, "The parameters' annotations, evaluated."},
    {"__annotate__", get_or_none<&Function::annotate>, set_annotate, "The function that evaluates the annotations, or None."},
    {"__dict__", get_instance_dict, set_dict},
    {"__name__", get_or_none<&Function::name>, set_name},
    {"__qualname__", get_or_none<&Function::qualname>, set_qualname},
    {"__type_params__", get_type_params, set_type_params, "The type parameters, a tuple."},
};
constexpr TypeDef function_def{
    .name = "function", .doc = "Create a function from a code object and its globals.",
    .signature = "code, globals, name=None, argdefs=None, closure=None, kwdefaults=None", .size = sizeof(Function),
    .flags = type_flag::lasting | type_flag::has_dict | type_flag::has_weakrefs | type_flag::method_like, .hooks = hooks_of<Function>(),
    .new_ = make_new, .call = call_function, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(function_type, function_def);
Type& Function::type() { return function_type; }

// Fields that every function has are members: types.MemberDescriptorType is the type of one of them.
void init_function_members(Thread& t) {
    auto add = [&](std::string_view name, auto field) {
        alignas(Function) static constexpr char kNowhere[sizeof(Function)] = {};
        auto const& at = reinterpret_cast<Function const*>(kNowhere)->*field;
        auto offset = std::uint32_t(reinterpret_cast<char const*>(&at) - kNowhere);
        Ref<Str> key = intern_immortal(t, name);
        auto made = make<MemberDescriptor>(t, member_descriptor_type, key.share(), &function_type, offset);
        if (made.raised() || dict_set(t, **function_type.dict, key, std::move(made).take()).raised()) __builtin_trap();  // start-up without memory
    };
    add("__globals__", &Function::globals);
    add("__builtins__", &Function::builtins);
}

bool is_python_function(Value v) { return is_exact<Function>(v); }

Maybe<> current_module_name(Thread& t) {
    if (!t.frame) return {};
    return dict_get(t, *t.frame->fn()->globals.get(), name::dunder_name());
}

}  // namespace oro
