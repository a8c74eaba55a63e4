// Native functions and modules as objects: making them, and what the bindings ask of them.
#include "object/native.h"

#include "object/define.h"
#include "object/dict.h"
#include "object/instance.h"

#include <cassert>
#include <cstring>

namespace oro {

Result<Ref<Native>> make_native_function(Thread& t, MethodDef const& def, Maybe<> self, Maybe<> module_name, Type* owner) {
    return make<Native>(t, native_function_type, &def, std::move(self), std::move(module_name), owner);
}

namespace {

Result<void> set_in_module(Thread& t, Module& m, std::string_view name, Ref<> value) {
    Ref<Str> key = intern_immortal(t, name);
    return dict_set(t, **m.dict, key, std::move(value));
}

}  // namespace

Result<Ref<Module>> make_empty_module(Thread& t, Type& type) {
    Ref<Dict> dict = TRY(make_dict(t, 8));
    Ref<Module> module = TRY(make<Module>(t, type));
    module->dict.init(Maybe<Dict>(dict.share()));
    // Nobody else sees it yet: it goes over to dict mode with its own dictionary.
    extra_slot(module.get(), shape_of(type.dict_shape)).store(Ref<>(std::move(dict)).release());
    publish(module.get(), type.dict_shape);
    return module;
}

Result<Ref<Module>> make_module(Python& py, Borrowed<Str> name, ModuleDef const* def) {
    Ref<Module> module = TRY(make_empty_module(py, Module::type()));
    module->def = def;
    module->state = def && def->make_state ? def->make_state() : nullptr;
    Borrowed<Dict> dict = *module->dict;
    Ref<> doc = def && def->doc ? Ref<>(TRY(make_str(py, def->doc))) : none.share();
    CHECK(dict_set(py, *dict, name::dunder_name(), name.share()));
    CHECK(dict_set(py, *dict, name::dunder_doc(), std::move(doc)));
    for (Borrowed<Str> key : {name::dunder_package(), name::dunder_loader(), name::dunder_spec()})
        CHECK(dict_set(py, *dict, key, none.share()));
    if (!def) return module;
    for (MethodDef const& f : def->functions) {
        Ref<Native> native = TRY(make_native_function(py, f, Maybe<>(module.share()), Maybe<>(name.share())));
        detail::make_immortal(native.get());  // part of the program: threads use it without counting
        CHECK(set_in_module(py, *module, f.name, std::move(native)));
    }
    if (def->setup) CHECK(def->setup(py, *module));
    return module;
}

Result<void> add_to_module(Python& py, Module& m, std::string_view name, Ref<> value) {
    return set_in_module(py, m, name, std::move(value));
}

Result<void> add_type_to_module(Python& py, Module& m, Type& type) {
    Ref<Str> name = intern(py, name_of_type(type));
    return dict_set(py, **m.dict, name, Borrowed<Type>(type).share());
}

namespace binding {

ModuleState* state_of(Value module) { return static_cast<Module*>(module.pointer())->state; }

Raised wrong_receiver(Thread& t, Native const& callee, Value got) {
    if (!callee.home) return raise(t, exc::TypeError, "{}() doesn't apply to a '{}' object", callee.def->name, TypeName{got});
    Ref<Str> home = name_of_type(*callee.home);
    return raise(t, exc::TypeError, "descriptor '{}' for '{}' objects doesn't apply to a '{}' object", callee.def->name, home, TypeName{got});
}

Raised wrong_argument_type(Thread& t, Native const& callee, int index, char const* expected, Value got) {
    MethodDef const& d = *callee.def;
    std::string where;
    Param const& p = d.params[index < kMaxParams ? index : kMaxParams - 1];
    if (p.kind == Param::normal || p.kind == Param::keyword_only)
        where = " '" + std::string(d.signature + p.offset, p.length) + "'";
    else if (d.param_count > 1)
        where = " " + std::to_string(index + 1);
    if (got == kNone) return raise(t, exc::TypeError, "{}() argument{} must be {}, not None", d.name, std::string_view(where), expected);
    return raise(t, exc::TypeError, "{}() argument{} must be {}, not {}", d.name, std::string_view(where), expected, TypeName{got});
}

std::string_view default_text(Context const& c) {
    MethodDef const& d = *c.callee.def;
    Param const& p = d.params[c.index];
    char const* text = d.signature + p.offset + p.length;
    assert(*text == '=' && (text[1] == '\'' || text[1] == '"'));
    char quote = text[1];
    text += 2;
    return {text, std::size_t(std::strchr(text, quote) - text)};
}

}  // namespace binding

}  // namespace oro
