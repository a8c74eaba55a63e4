// module: a name and a dictionary. The dictionary is the module's own `dict` and its instance dictionary at once, so that
// attributes of modules, and of classes derived from module, work like those of any instance.
#include "object/define.h"
#include "object/dict.h"
#include "object/import.h"
#include "object/list.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

Module& at(Value v) { return *static_cast<Module*>(v.pointer()); }

Value new_module(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make_empty_module(py, type).release(); }

Result<void> set_up(Python& py, Module& self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* parameters[] = {"name", "doc"};
    Value given[2];
    CHECK(parse_arguments(py, "module", parameters, 0, 2, 1, args, n, names, given));
    if (!is<Str>(given[0])) {
        if (given[0] == kNone) return raise(py, exc::TypeError, "module() argument 'name' must be str, not None");
        return raise(py, exc::TypeError, "module() argument 'name' must be str, not {}", TypeName{given[0]});
    }
    Dict& dict = **self.dict;
    CHECK(dict_set(py, dict, name::dunder_name(), share(given[0])));
    CHECK(dict_set(py, dict, name::dunder_doc(), share(given[1] ? given[1] : kNone)));
    for (Borrowed<Str> key : {name::dunder_package(), name::dunder_loader(), name::dunder_spec()})
        CHECK(dict_set(py, dict, key, none.share()));
    return {};
}
Value init_module(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return set_up(py, at(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> repr_module(Python& py, Borrowed<Module> self) {
    Ref<> show = TRY(import_attribute(py, "_frozen_importlib", "_module_repr"));
    return call_with(py, show, self);
}

// ---- what is said about a missing attribute

// True if `spec` has that attribute and it is true; whatever goes wrong counts as false.
bool spec_says(Python& py, Borrowed<> spec, std::string_view attribute) {
    auto key = make_interned(py, attribute);
    if (!key.raised()) {
        auto found = find_attribute(py, spec, Borrowed<Str>(std::move(key).take()));
        if (!found.raised()) {
            Maybe<> v = std::move(found).take();
            if (!v) return false;
            auto yes = truth(py, *v);
            if (!yes.raised()) return std::move(yes).take();
        }
    }
    clear_raised(py);
    return false;
}

Result<Maybe<Str>> origin_of(Python& py, Borrowed<> spec) {
    if (!spec_says(py, spec, "has_location")) return Maybe<Str>();
    Maybe<> origin = TRY(find_attribute(py, spec, Borrowed<Str>(TRY(make_interned(py, "origin")))));
    if (!origin || !is<Str>(origin.value())) return Maybe<Str>();
    return Maybe<Str>(as<Str>(std::move(origin).take()));
}

// Whether the file stands in the directory of the script, so that it may hide a module that was meant.
Result<bool> may_shadow(Python& py, Borrowed<Str> origin) {
    Ref<> flags = TRY(import_attribute(py, "sys", "flags"));
    if (spec_says(py, flags, "safe_path")) return false;
    Ref<> path = TRY(import_attribute(py, "sys", "path"));
    if (!is<List>(path.value())) return false;
    Maybe<> first = list_get(py, *as<List>(path.value()).get(), 0);
    if (!first || !is<Str>(first.value())) return false;
    std::string file = wtf8_of(*origin.get()), directory = wtf8_of(*as<Str>(*first).get());
    if (file.ends_with("/__init__.py")) file.resize(file.size() - 12);
    auto slash = file.rfind('/');
    return slash != file.npos && file.substr(0, slash) == directory;
}

Result<bool> is_stdlib_name(Python& py, Borrowed<> name) {
    Ref<> names = TRY(import_attribute(py, "sys", "stdlib_module_names"));
    return contains(py, names, name);
}

Result<bool> is_uninitialized_submodule(Python& py, Borrowed<> spec, Borrowed<Str> name) {
    Maybe<> names = TRY(find_attribute(py, spec, name::_uninitialized_submodules()));
    return names ? contains(py, *names, name) : Result<bool>(false);
}

Raised missing_attribute(Python& py, Module& self, Borrowed<Str> name) {
    Maybe<> own = dict_get(py, **self.dict, name::dunder_name());
    if (!own || !is<Str>(own.value())) return raise(py, exc::AttributeError, "module has no attribute '{}'", name);
    Borrowed<Str> module = as<Str>(*own);
    Maybe<> spec = dict_get(py, **self.dict, name::dunder_spec());
    if (!spec || spec.value() == kNone) return raise(py, exc::AttributeError, "module '{}' has no attribute '{}'", module, name);
    Maybe<Str> origin = TRY(origin_of(py, *spec));
    bool shadows = origin && TRY(may_shadow(py, *origin));
    if (shadows && TRY(is_stdlib_name(py, module))) {
        return raise(py, exc::AttributeError,
                     "module '{}' has no attribute '{}' (consider renaming '{}' since it has the same name as the standard library "
                     "module named '{}' and prevents importing that standard library module)", module, name, *origin, module);
    }
    if (spec_says(py, *spec, "_initializing")) {
        if (shadows) {
            return raise(py, exc::AttributeError,
                         "module '{}' has no attribute '{}' (consider renaming '{}' if it has the same name as a library you "
                         "intended to import)", module, name, *origin);
        }
        if (origin) {
            return raise(py, exc::AttributeError, "partially initialized module '{}' from '{}' has no attribute '{}' (most likely due "
                                                  "to a circular import)", module, *origin, name);
        }
        return raise(py, exc::AttributeError, "partially initialized module '{}' has no attribute '{}' (most likely due to a circular "
                                              "import)", module, name);
    }
    if (TRY(is_uninitialized_submodule(py, *spec, name)))
        return raise(py, exc::AttributeError, "cannot access submodule '{}' of module '{}' (most likely due to a circular import)", name, module);
    return raise(py, exc::AttributeError, "module '{}' has no attribute '{}'", module, name);
}

Result<Ref<>> get_attribute_of(Python& py, Borrowed<Module> self, Borrowed<> given) {
    if (!is<Str>(given)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{given.value()});
    Ref<Str> name = intern(py, as<Str>(given).share());
    auto found = generic_find(py, self, name);
    if (found.raised()) {
        if (!raised_is(py, exc::AttributeError)) return Raised{};
        clear_raised(py);
    } else {
        Maybe<> v = std::move(found).take();
        if (v) return std::move(v).take();
    }
    Maybe<> hook = dict_get(py, **self->dict, name::dunder_getattr());
    if (hook) return call_with(py, *hook, name);
    (void)missing_attribute(py, *self, name);
    if (raised_is(py, exc::AttributeError)) set_attribute_error_context(py, self, name);
    return Raised{};
}

Result<Ref<List>> dir_of_module(Python& py, Borrowed<Module> self) {
    Ref<> dict = TRY(get_attribute(py, self, name::dunder_dict()));
    if (!is<Dict>(dict.value())) return raise(py, exc::TypeError, "{}.__dict__ is not a dictionary", "module");
    Maybe<> hook = dict_get(py, *as<Dict>(dict.value()).get(), name::dunder_dir());
    if (hook) return list_from(py, Borrowed<>(TRY(call_with(py, *hook))));
    return list_from(py, dict);
}

// ---- annotations

Value get_dict(Python&, Value self) { return at(self).dict.share().release(); }

Result<Ref<>> annotate_of(Thread& t, Module& self) {
    Maybe<> found = dict_get(t, **self.dict, name::dunder_annotate());
    if (found) return std::move(found).take();
    CHECK(dict_set(t, **self.dict, name::dunder_annotate(), none.share()));
    return none.share();
}
Value get_annotate(Python& py, Value self) { return annotate_of(py, at(self)).release(); }
Value set_annotate(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::TypeError, "cannot delete __annotate__ attribute"), Value{};
    if (value != kNone && !is_callable(Borrowed<>(value))) return (void)raise(py, exc::TypeError, "__annotate__ must be callable or None"), Value{};
    if (dict_set(py, **at(self).dict, name::dunder_annotate(), share(value)).raised()) return {};
    if (value != kNone) (void)dict_pop(py, **at(self).dict, name::dunder_annotations());
    return kNone;
}

Result<Ref<>> annotations_of(Python& py, Module& self) {
    Maybe<> kept = dict_get(py, **self.dict, name::dunder_annotations());
    if (kept) return std::move(kept).take();
    Maybe<> annotate = dict_get(py, **self.dict, name::dunder_annotate());
    if (!annotate || !is_callable(*annotate)) {
        Ref<Dict> fresh = TRY(make_dict(py));
        return dict_set_default(py, *self.dict, name::dunder_annotations(), fresh);
    }
    Ref<> made = TRY(call_with(py, *annotate, Borrowed<>(Value::of_int(1))));
    if (!is<Dict>(made.value())) return raise(py, exc::TypeError, "__annotate__() must return a dict, not {}", TypeName{made.value()});
    // While the module's code still runs there may be more to come.
    Maybe<> spec = dict_get(py, **self.dict, name::dunder_spec());
    if (spec && spec.value() != kNone && spec_says(py, *spec, "_initializing")) return made;
    return dict_set_default(py, *self.dict, name::dunder_annotations(), made);
}
Value get_annotations(Python& py, Value self) { return annotations_of(py, at(self)).release(); }
Value set_annotations(Python& py, Value self, Value value) {
    Dict& dict = **at(self).dict;
    if (value) {
        if (dict_set(py, dict, name::dunder_annotations(), share(value)).raised()) return {};
    } else if (!dict_pop(py, dict, name::dunder_annotations())) {
        return (void)raise(py, exc::AttributeError, "__annotations__"), Value{};
    }
    (void)dict_pop(py, dict, name::dunder_annotate());
    return kNone;
}

constexpr MethodDef methods[] = {def<dir_of_module>("__dir__", "", "The names of the module, or what its own __dir__ gives.")};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_module>, slot<Dunder::getattribute, get_attribute_of>};
constexpr GetSetDef getsets[] = {
    {"__dict__", get_dict, nullptr},
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
};
constexpr TypeDef module_def{
    .name = "module",
    .doc = "A module: a namespace with a name and a documentation.",
    .signature = "name, doc=None",
    .size = sizeof(Module),
    .flags = type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs | type_flag::deferred_instances,
    .hooks = hooks_of<Module>(),
    .new_ = new_module,
    .init = init_module,
    .methods = methods,
    .slots = slots,
    .getsets = getsets};

}  // namespace

extern Type module_type;
ORO_TYPE(module_type, module_def);
Type& Module::type() { return module_type; }

}  // namespace oro
