#include "runtime/import.h"

#include <algorithm>

#include "base/file.h"
#include "object/call.h"
#include "runtime/compile.h"
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

// Runs a file of the library as the module `name`, which importlib will adopt later.
Result<Ref<Module>> run_library_file(Python& py, std::string_view relative, std::string_view name) {
    std::string path = py.interpreter->config.stdlib + "/" + std::string(relative);
    std::string source;
    if (!read_file(path, source)) return raise(py, exc::ImportError, "cannot read {}", path.c_str());
    Ref<Str> filename = TRY(make_str(py, std::string("<frozen ") + std::string(name) + ">"));
    CompileSettings settings;
    settings.immortal = true;
    Ref<Code> code = TRY(compile_source(py, source, filename, settings));
    Ref<Str> module_name = TRY(make_interned(py, name));
    Ref<Module> module = TRY(make_module(py, module_name));
    CHECK(dict_set(py, **module->dict, name::dunder_builtins(), Borrowed<Module>(*py.interpreter->builtins_module.get()).share()));
    CHECK(run_code(py, code, *module->dict, Optional<>(module->dict.value())));
    return module;
}

}  // namespace

bool is_native_module(std::string_view name) { return find_native(name) || name == "sys" || name == "builtins"; }

std::vector<std::string_view> native_module_names() {
    std::vector<std::string_view> names;
    for (ModuleDef const* const* p = __start_oro_modules; p != __stop_oro_modules; ++p) names.push_back((*p)->name);
    names.push_back("sys");
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
    Dict& modules = *interpreter.modules.get();
    Ref<Module> bootstrap = TRY(run_library_file(py, "importlib/_bootstrap.py", "_frozen_importlib"));
    CHECK(dict_set(py, modules, TRY(make_interned(py, "_frozen_importlib")), bootstrap.share()));
    interpreter.importlib.set(Maybe<>(bootstrap.share()));
    Ref<Str> imp_name = TRY(make_interned(py, "_imp"));
    Maybe<Module> imp = TRY(make_native_module(py, imp_name));
    if (!imp) return raise(py, exc::ImportError, "no module _imp");
    CHECK(dict_set(py, modules, imp_name, Ref<>::adopt(share(imp.value()).release())));
    Ref<> r = TRY(call_method_with(py, bootstrap, Borrowed<Str>(TRY(make_interned(py, "_install"))), *interpreter.sys_module, *imp));
    // The path-based finders: their module is run here as well, and found by _install_external_importers in sys.modules.
    Ref<Module> external = TRY(run_library_file(py, "importlib/_bootstrap_external.py", "_frozen_importlib_external"));
    CHECK(dict_set(py, modules, TRY(make_interned(py, "_frozen_importlib_external")), external.share()));
    r = TRY(call_method_with(py, bootstrap, Borrowed<Str>(TRY(make_interned(py, "_install_external_importers")))));
    return {};
}

Result<Ref<>> import_name(Python& py, Borrowed<Str> name, Borrowed<> globals, Borrowed<> locals, Borrowed<> fromlist, std::int64_t level) {
    (void)locals;
    Interpreter& interpreter = *py.interpreter;
    if (level < 0) return raise(py, exc::ValueError, "level must be >= 0");
    Borrowed<> importlib = *interpreter.importlib.peek();
    // The common case: an absolute import of a module that is there and not being initialised.
    if (level == 0) {
        if (name->length() == 0) return raise(py, exc::ValueError, "Empty module name");
        Maybe<> there = TRY(dict_get_item(py, *interpreter.modules, name));
        if (there && there.value() != kNone) {
            bool busy = false;
            Maybe<> spec = TRY(find_attribute(py, *there, name::dunder_spec()));
            if (spec && spec.value() != kNone) {
                Maybe<> initializing = TRY(find_attribute(py, *spec, name::_initializing()));
                busy = initializing && TRY(truth(py, *initializing));
            }
            bool plain = fromlist.is(kNone) || !TRY(truth(py, fromlist));
            if (!busy) {
                if (plain) {
                    // `import a.b` binds a.
                    std::size_t dot = name->length();
                    for (std::size_t i = 0; i < name->length(); ++i)
                        if (name->at(i) == '.') { dot = i; break; }
                    if (dot == name->length()) return std::move(there).take();
                    Ref<Str> front = TRY(substring(py, name, 0, dot));
                    Maybe<> top = TRY(dict_get_item(py, *interpreter.modules, front));
                    if (top) return std::move(top).take();
                } else if (!TRY(find_attribute(py, *there, name::dunder_path()))) {
                    return std::move(there).take();
                }
            }
        }
    }
    Ref<Str> entry = TRY(make_interned(py, "__import__"));
    Ref<> zero = Ref<>::adopt(Value::of_int(level));
    Borrowed<> where = globals.is(kNone) ? none : globals;
    Ref<> list = fromlist.is(kNone) ? Ref<>(empty_tuple()) : fromlist.share();
    return call_method_with(py, importlib, entry, name, where, locals, list, zero);
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
