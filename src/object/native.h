// Functions written in C++: the callable object, and the table row that declares one.
#pragma once
#include <cstdint>
#include <string_view>

#include "object/allocate.h"

namespace oro {

// One parameter of a native function, parsed at compile time from the signature text.
struct Param {
    enum Kind : std::uint8_t { positional_only, normal, keyword_only, var_positional, var_keyword };
    std::uint16_t offset = 0;      // of the name in the signature text
    std::uint8_t length = 0;
    Kind kind = normal;
    bool has_default = false;
    Value default_value;           // null: 'missing' is passed on as such (Optional<>)
};
inline constexpr int kMaxParams = 10;

enum class MethodKind : std::uint8_t { instance, class_, static_ };

// A row of a method table; made by def<f>(), class_def<f>(), static_def<f>(), raw_def<f>().
struct MethodDef {
    char const* name = nullptr;
    char const* signature = "";    // without parentheses and self: "object, /"; null: none can be given
    char const* doc = "";
    NativeFn fn = nullptr;
    MethodKind kind = MethodKind::instance;
    std::uint8_t param_count = 0;
    std::uint8_t positional = 0;   // parameters that may be given by position
    std::uint8_t required = 0;     // of those, without default
    bool var_positional = false, keywords = false;  // takes *args; takes some parameter by keyword (or **kwargs)
    bool varying = false;          // takes Args: checks its arguments itself
    Param params[kMaxParams] = {};
};

// builtin_function_or_method, method_descriptor, classmethod_descriptor. Immutable after publication.
struct Native : Object {
    MethodDef const* def;
    Fixed<> self;                  // bound object or module; null in a descriptor
    Fixed<> module_name;           // str or null
    Type* home;                    // the type whose table it stands in; null for functions
    Native(MethodDef const* d, Maybe<> s, Maybe<> m, Type* o) : def(d), self(std::move(s)), module_name(std::move(m)), home(o) {}
    static constexpr auto fields = std::tuple{&Native::self, &Native::module_name};
    static Type& type();           // of bound ones
};
extern Type native_function_type, method_descriptor_type, classmethod_descriptor_type, wrapper_descriptor_type, method_wrapper_type,
    getset_descriptor_type, member_descriptor_type;

Result<Ref<Native>> make_native_function(Thread& t, MethodDef const& def, Maybe<> self, Maybe<> module_name, Type* owner = nullptr);

// getset_descriptor: an attribute computed by a row of a native type's table.
struct GetSet : Object {
    GetSetDef const* def;
    Type* home;
    GetSet(GetSetDef const* d, Type* h) : def(d), home(h) {}
    static Type& type();
};
// member_descriptor: a __slots__ field.
struct MemberDescriptor : Object {
    Fixed<Str> name;
    Type* home;
    std::uint32_t offset;
    MemberDescriptor(Ref<Str> n, Type* h, std::uint32_t o) : name(std::move(n)), home(h), offset(o) {}
    static constexpr auto fields = std::tuple{&MemberDescriptor::name};
    static Type& type();
};

// A module written in C++: its name, its table, and its state. Declared in src/modules/<name>/<name>.cpp with ORO_MODULE.
struct Module;
struct Dict;
struct Tuple;
struct ModuleDef {
    char const* name;
    char const* doc = nullptr;
    std::span<MethodDef const> functions{};
    // Adds what a table cannot express (constants, types); may be null.
    Result<void> (*setup)(Python&, Module&) = nullptr;
    std::uint32_t state_size = 0;                                // of State below; 0: none
    struct ModuleState* (*make_state)() = nullptr;               // made_by<State>
};

// What a module keeps, one for each module object: derive from it, name the struct as the first parameter of the functions
// that need it, `Result<...> f(Python&, MyState&, ...)`, and give `.make_state = state_maker<MyState>` in the ModuleDef.
// Shared by all threads: fields are Fixed, Member, atomics, or stand behind a mutex.
struct ModuleState {
    virtual ~ModuleState() = default;
    virtual void trace(Visitor&) {}
    virtual void clear() {}
};
template <class S> ModuleState* state_maker() { return new S; }

#define ORO_MODULE(object, ...)                                                                    \
    constexpr ::oro::ModuleDef object{__VA_ARGS__};                                                \
    [[gnu::used, gnu::retain, gnu::section("oro_modules")]] ::oro::ModuleDef const* const ORO_CONCAT(oro_entry_, object) = &object

struct Module : Object {
    Fixed<Dict> dict;
    ModuleDef const* def = nullptr;
    ModuleState* state = nullptr;  // owned; set before publication
    ~Module() { delete state; }
    static Type& type();
    void trace(Visitor& v) { v(dict); if (state) state->trace(v); }
    void clear() { dict.reset(); if (state) state->clear(); }
};
// A module without any name; `type` may be a subclass. Its __dict__ is module.dict, in attribute lookups too.
Result<Ref<Module>> make_empty_module(Thread& t, Type& type);
Result<Ref<Module>> make_module(Python& py, Borrowed<Str> name, ModuleDef const* def = nullptr);
// For setup(): module.__dict__[name] = value; a type is entered under its own name.
Result<void> add_to_module(Python& py, Module& m, std::string_view name, Ref<> value);
Result<void> add_type_to_module(Python& py, Module& m, Type& type);

}  // namespace oro
