// Slots as Python sees them: the wrapper descriptors that stand in native types' dictionaries (list.__len__), and the functions
// that fill a slot of a class in Python by calling its method.
#pragma once
#include "object/allocate.h"

namespace oro {

// wrapper_descriptor. Immutable after publication.
struct SlotWrapper : Object {
    enum class Special : std::uint8_t { none, init, call };
    Dunder which;
    Special special;
    SlotFn fn;
    char const* name;
    Type* home;                  // the type whose dictionary it stands in
    SlotWrapper(Dunder w, Special s, SlotFn f, char const* n, Type* o) : which(w), special(s), fn(f), name(n), home(o) {}
    static Type& type();
};

// method-wrapper: a slot wrapper bound to an object.
struct BoundWrapper : Object {
    Fixed<SlotWrapper> wrapper;
    Fixed<> self;
    BoundWrapper(Ref<SlotWrapper> w, Ref<> s) : wrapper(std::move(w)), self(std::move(s)) {}
    static constexpr auto fields = std::tuple{&BoundWrapper::wrapper, &BoundWrapper::self};
    static Type& type();
};

struct DunderInfo {
    char const* name;
    int arity;
    enum Result { any, none, truth, integer } result;
    char const* doc;
};
extern const DunderInfo dunder_info[kDunderCount];
Str* dunder_name(Dunder d);                              // interned

// The slot function of a class whose method is written in Python.
SlotFn python_slot(Dunder d);
Value python_call(Python&, Value callable, Value const* args, std::size_t n, Tuple* names);
Value python_init(Python&, Value self, Value const* args, std::size_t n, Tuple* names);
Value python_new(Python&, Type& type, Value const* args, std::size_t n, Tuple* names);
Value hash_not_implemented(Python&, Value self, Value, Value);

// Adds the wrappers of a native type's slot rows to its dictionary.
Result<void> add_slot_wrappers(Thread& t, Type& type);
// Calls a wrapper with self as args[0].
Value call_wrapper(Python& py, SlotWrapper& w, Value self, Value const* args, std::size_t n, Tuple* names);

// ---- attribute access of ordinary objects (object.__getattribute__ and friends)
Value generic_getattribute(Python&, Value self, Value name, Value);
Value generic_setattr(Python&, Value self, Value name, Value value);
Value generic_delattr(Python&, Value self, Value name, Value);
// The same without AttributeError: null and nothing raised if missing.
Result<Maybe<>> generic_find(Python& py, Borrowed<> self, Borrowed<Str> name);
// getattr through __getattribute__ with __getattr__ as the last resort.
Value getattr_hook(Python&, Value self, Value name, Value);
// type.__getattribute__.
Value type_getattribute(Python&, Value self, Value name, Value);
Result<Maybe<>> type_find(Python& py, Type& self, Borrowed<Str> name);

}  // namespace oro
