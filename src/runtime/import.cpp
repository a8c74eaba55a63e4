#include "runtime/import.h"

#include <algorithm>

#include "base/file.h"
#include "object/call.h"
#include "object/list.h"
#include "runtime/compile.h"
#include "runtime/frozen.h"
#include "runtime/sys.h"
#include "vm/function.h"

namespace oro {

extern "C" {
extern ModuleDef const* const __start_oro_modules[];
extern ModuleDef const* const __stop_oro_modules[];
}

namespace {

ModuleDef const* find_native(std::string_view name) {
    for (ModuleDef const* const* p = __start_oro_modules; p != __stop_oro_modules; ++p)
        if (name == (*p)->name) return *p;
    return nullptr;
}

// A module that is part of the import system, run before that works: frozen, or from its source in the library if the executable was
// built without one.
Result<Ref<Module>> run_start_module(Python& py, std::string_view name, std::string_view relative) {
    FrozenModule const* frozen = find_frozen_module(name);
    Maybe<> code;
    if (frozen) {
        code = TRY(frozen_code(py, *frozen));
    } else {
        std::string path = py.interpreter->config.stdlib + "/" + std::string(relative), source;
        if (!read_file(path, source)) return raise(py, exc::ImportError, "cannot read {}", path.c_str());
        std::string dotted(relative.substr(0, relative.size() - 3));
        std::replace(dotted.begin(), dotted.end(), '/', '.');
        Ref<Str> filename = TRY(make_str(py, "<frozen " + dotted + ">"));
        CompileSettings settings;
        settings.immortal = true;
        code = TRY(compile_source(py, source, filename, settings));
    }
    Ref<Str> module_name = TRY(make_interned(py, name));
    Ref<Module> module = TRY(make_module(py, module_name));
    if (frozen) CHECK(dict_set(py, **module->dict, TRY(make_interned(py, "__origname__")), TRY(make_interned(py, frozen->of))));
    CHECK(dict_set(py, **module->dict, name::dunder_builtins(), Borrowed<Module>(*py.interpreter->builtins_module.get()).share()));
    CHECK(dict_set_item(py, *py.interpreter->modules, module_name, module.share()));
    CHECK(run_code(py, as<Code>(code.value()), *module->dict, Optional<>(module->dict.value())));
    return module;
}

// zipimport's hook comes before the one for folders.
Result<void> install_zipimport(Python& py) {
    Ref<> importer = TRY(import_attribute(py, "zipimport", "zipimporter"));
    Maybe<> hooks = sys_get(py, "path_hooks");
    if (!hooks || !is<List>(hooks.value())) return {};
    Value one[] = {importer.value()};
    return list_splice(py, as<List>(hooks.value()), 0, 0, one);
}

}  // namespace

bool is_native_module(std::string_view name) { return find_native(name) || name == "sys" || name == "builtins"; }

std::vector<std::string_view> native_module_names() {
    std::vector<std::string_view> names;
    for (ModuleDef const* const* p = __start_oro_modules; p != __stop_oro_modules; ++p) names.push_back((*p)->name);
    names.push_back("sys");
    if (!find_native("builtins")) names.push_back("builtins");
    std::sort(names.begin(), names.end());
    return names;
}

Result<Maybe<Module>> make_native_module(Python& py, Borrowed<Str> name) {
    std::string text = wtf8_of(*name.get());
    if (text == "sys") return Maybe<Module>(py.interpreter->sys_module.share());
    if (text == "builtins") return Maybe<Module>(py.interpreter->builtins_module.share());
    ModuleDef const* def = find_native(text);
    if (!def) return Maybe<Module>();
    return Maybe<Module>(TRY(make_module(py, name, def)));
}

Result<void> start_import(Python& py) {
    Interpreter& interpreter = *py.interpreter;
    Ref<Str> importer = TRY(make_interned(py, "__import__"));
    interpreter.import_function.set(dict_get(py, *interpreter.builtins_dict.get(), importer));
    Ref<Module> bootstrap = TRY(run_start_module(py, "_frozen_importlib", "importlib/_bootstrap.py"));
    interpreter.importlib.set(Maybe<>(bootstrap.share()));
    Ref<Str> imp_name = TRY(make_interned(py, "_imp"));
    Maybe<Module> imp = TRY(make_native_module(py, imp_name));
    if (!imp) return raise(py, exc::ImportError, "no module _imp");
    CHECK(dict_set(py, *interpreter.modules.get(), imp_name, Ref<>::adopt(share(imp.value()).release())));
    CHECK(call_method_with(py, bootstrap, Borrowed<Str>(TRY(make_interned(py, "_install"))), *interpreter.sys_module, *imp));
    // _install_external_importers imports the path-based finders.
    if (!find_frozen_module("_frozen_importlib_external")) (void)TRY(run_start_module(py, "_frozen_importlib_external", "importlib/_bootstrap_external.py"));
    CHECK(call_method_with(py, bootstrap, Borrowed<Str>(TRY(make_interned(py, "_install_external_importers")))));
    return install_zipimport(py);
}

Result<Ref<>> import_module(Python& py, std::string_view name) {
    Ref<Str> text = TRY(make_interned(py, name));
    Maybe<> there = TRY(dict_get_item(py, *py.interpreter->modules, text));
    if (there && there.value() != kNone) return std::move(there).take();
    Ref<Tuple> from = TRY(make_tuple_of(py, TRY(make_str(py, "*"))));
    return import_name(py, text, none, none, from, 0);
}

Result<Ref<>> import_attribute(Python& py, std::string_view module, std::string_view attribute) {
    Ref<> m = TRY(import_module(py, module));
    Ref<Str> name = TRY(make_interned(py, attribute));
    return get_attribute(py, m, name);
}

}  // namespace oro
