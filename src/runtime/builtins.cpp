// The module builtins: its functions (one table a file), the builtin types, the exceptions and the constants.
#include "runtime/builtins.h"

#include "object/builtins.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "runtime/sys.h"

namespace oro {

extern "C" {
extern Type* const __start_oro_types[];
extern Type* const __stop_oro_types[];
}

namespace builtins {

namespace {

// The types that programs reach by name without an import.
constexpr std::string_view type_names[] = {
    "bool", "bytearray", "bytes", "classmethod", "complex", "dict", "enumerate", "filter", "float", "frozenset", "int", "list",
    "map", "memoryview", "object", "property", "range", "reversed", "set", "slice", "staticmethod", "str", "super", "tuple", "type", "zip",
};

bool is_builtin_name(Type& type) {
    std::string_view name = type.def->name;
    if (type.has(type_flag::exception)) return name.find('.') == name.npos;
    for (std::string_view n : type_names)
        if (n == name) return true;
    return false;
}

Result<void> add_functions(Python& py, Module& m, std::span<MethodDef const> functions) {
    Ref<Str> module_name = intern(py, name::builtins().share());
    for (MethodDef const& f : functions) {
        Ref<Native> native = TRY(make_native_function(py, f, Maybe<>(Borrowed<Module>(m).share()), Maybe<>(module_name.share())));
        detail::make_immortal(native.get());
        CHECK(add_to_module(py, m, f.name, std::move(native)));
    }
    return {};
}

Result<void> set_up(Python& py, Module& m) {
    for (auto table : {object_functions, sequence_functions, text_functions, code_functions}) CHECK(add_functions(py, m, table));
    for (Type* const* p = __start_oro_types; p != __stop_oro_types; ++p)
        if (is_builtin_name(**p)) CHECK(add_type_to_module(py, m, **p));
    for (std::string_view alias : {"EnvironmentError", "IOError"}) CHECK(add_to_module(py, m, alias, Borrowed<Type>(exc::OSError).share()));
    struct { std::string_view name; Value value; } constants[] = {
        {"None", kNone}, {"True", kTrue}, {"False", kFalse}, {"NotImplemented", kNotImplemented}, {"Ellipsis", kEllipsis},
        {"__debug__", Value::of_bool(py.interpreter->config.optimize == 0)},
    };
    for (auto& c : constants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(c.value)));
    return {};
}

constexpr ModuleDef definition{
    .name = "builtins",
    .doc = "The functions, types, exceptions and constants that every program has at hand without an import.",
    .setup = set_up};

}  // namespace

}  // namespace builtins

Result<void> make_builtins(Python& py) {
    Ref<Module> module = TRY(make_module(py, name::builtins(), &builtins::definition));
    Interpreter& interpreter = *py.interpreter;
    interpreter.builtins_dict.init(Maybe<Dict>(module->dict.share()));
    interpreter.builtins_module.init(Maybe<Module>(module.share()));
    return dict_set(py, *interpreter.modules.get(), name::builtins(), std::move(module));
}

Result<Ref<>> builtin(Python& py, Borrowed<Str> name) {
    // Programs may put keys there that are no strings and yet equal to one.
    Maybe<> found = TRY(dict_get_item(py, *the_interpreter->builtins_dict.get(), name));
    if (!found) return raise(py, exc::AttributeError, "module 'builtins' has no attribute '{}'", name);
    return std::move(found).take();
}

}  // namespace oro
