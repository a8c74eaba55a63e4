#include "vm/import.h"

#include "object/dict.h"
#include "object/interpreter.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

Interpreter* the_interpreter = nullptr;

Maybe<> sys_get(Thread& t, Borrowed<Str> name) {
    if (!the_interpreter || !the_interpreter->sys_dict) return {};
    return dict_get(t, *the_interpreter->sys_dict.get(), name);
}

Maybe<> sys_get(Thread& t, std::string_view name) {
    auto s = make_str(t, name);
    if (s.raised()) {
        clear_raised(t);
        return {};
    }
    return sys_get(t, std::move(s).take());
}

namespace {
// module.__spec__._initializing
bool is_initializing(Python& py, Borrowed<> module) {
    auto spec = find_attribute(py, module, name::dunder_spec());
    if (spec.raised()) return clear_raised(py), false;
    Maybe<> s = std::move(spec).take();
    if (!s || s.value() == kNone) return false;
    auto flag = find_attribute(py, *s, name::_initializing());
    if (flag.raised()) return clear_raised(py), false;
    Maybe<> f = std::move(flag).take();
    return f && f.value() == kTrue;
}
}  // namespace

Result<Ref<>> import_from(Python& py, Borrowed<> module, Borrowed<Str> name) {
    Maybe<> found = TRY(find_attribute(py, module, name));
    if (found) return std::move(found).take();
    // A submodule whose parent has not got it as an attribute yet (circular imports).
    Maybe<> package = TRY(find_attribute(py, module, name::dunder_name()));
    if (package && is<Str>(package.value())) {
        StrBuilder full(py);
        full.add(*as<Str>(package.value()).get());
        full.add(char32_t('.'));
        full.add(*name.get());
        Ref<Str> key = TRY(full.finish());
        Maybe<> submodule = TRY(dict_get_item(py, *the_interpreter->modules, key));
        if (submodule) return std::move(submodule).take();
    }
    Ref<Str> package_name = package && is<Str>(package.value()) ? as<Str>(package.value()).share() : TRY(make_str(py, "<unknown module name>"));
    Maybe<> file = TRY(find_attribute(py, module, name::dunder_file()));
    bool circular = is_initializing(py, module);
    Ref<Str> location = file && is<Str>(file.value()) ? as<Str>(file.value()).share() : TRY(make_str(py, "unknown location"));
    Ref<Str> message = circular && file
        ? TRY(format_message(py, "cannot import name {} from partially initialized module {} (most likely due to a circular import) ({})", {TRY(repr(py, name)), TRY(repr(py, package_name)), location}))
        : TRY(format_message(py, "cannot import name {} from {} ({})", {TRY(repr(py, name)), TRY(repr(py, package_name)), location}));
    // ImportError(message, name=package, path=file, name_from=name)
    Ref<Tuple> keywords = TRY(make_tuple_of(py, name::name().share(), name::path().share(), TRY(make_interned(py, "name_from"))));
    Value args[] = {message.value(), package_name.value(), file ? file.value() : kNone, name.value()};
    Ref<> error = TRY(call(py, Borrowed<>(Value::of(&exc::ImportError)), args, keywords.get()));
    return raise_object(py, std::move(error));
}

Result<void> import_star(Python& py, Borrowed<> module, Borrowed<> locals) {
    Maybe<> all = TRY(find_attribute(py, module, name::dunder_all()));
    bool public_only = !all;
    Ref<> names = none.share();
    if (all) {
        names = std::move(all).take();
    } else {
        Maybe<> dict = TRY(find_attribute(py, module, name::dunder_dict()));
        if (!dict) return raise(py, exc::ImportError, "from-import-* object has no __dict__ and no __all__");
        names = TRY(call_method_with(py, *dict, name::keys()));
        names = TRY(list_from(py, names));
    }
    Maybe<> module_name = TRY(find_attribute(py, module, name::dunder_name()));
    return for_each(py, names, [&](Ref<> item) -> Result<void> {
        if (!is<Str>(item.value())) {
            Ref<Str> where = TRY(str(py, module_name ? *module_name : none));
            if (public_only) return raise(py, exc::TypeError, "Key in {}.__dict__ must be str, not {}", where, TypeName{item.value()});
            return raise(py, exc::TypeError, "Item in {}.__all__ must be str, not {}", where, TypeName{item.value()});
        }
        Borrowed<Str> key = as<Str>(item.value());
        if (public_only && key->length() > 0 && key->at(0) == '_') return {};
        Ref<> value = TRY(get_attribute(py, module, key));
        return set_item(py, locals, key, value);
    });
}

}  // namespace oro
