// Building classes: what make_class needs from others, and the objects it shares with the interpreter.
#pragma once
#include "object/allocate.h"

namespace oro {

// A closure cell. `contents` may be rebound by any thread at any time.
struct Cell : Object {
    Member<> contents;
    Cell() = default;
    explicit Cell(Maybe<> v) { contents.set(std::move(v)); }
    static constexpr auto fields = std::tuple{&Cell::contents};
    static Type& type();
};

// Rows of the descriptors `__dict__` and `__weakref__` that a class gets when it introduces them.
extern const GetSetDef dict_getset, weakref_getset;
// The functions behind `__dict__`, for the tables of native types whose instances have one.
Value get_instance_dict(Python& py, Value self);
Value set_instance_dict(Python& py, Value self, Value value);

// staticmethod(f), classmethod(f).
Result<Ref<>> make_staticmethod(Thread& t, Borrowed<> f);
Result<Ref<>> make_classmethod(Thread& t, Borrowed<> f);
// Whether v is a function written in Python.
bool is_python_function(Value v);
// __name__ of the module whose code runs now; null if there is none.
Maybe<> current_module_name(Thread& t);

}  // namespace oro
