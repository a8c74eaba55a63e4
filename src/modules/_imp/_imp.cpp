// The module _imp: what importlib asks of the interpreter.
#include "base/hash.h"
#include "bytecode/code_image.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/tuple.h"
#include "runtime/code_octets.h"
#include "runtime/frozen.h"
#include "runtime/import.h"

namespace oro {
extern Type memoryview_type;
}

namespace oro::imp {
namespace {

// The import lock of old: imports are locked module by module in importlib, nobody needs this one; it only counts.
struct State : ModuleState {
    std::atomic<int> held{0};
    std::atomic<int> override_frozen{0};   // for tests: 1 on, -1 off, 0 as the command line says
};

void acquire_lock(Python&, State& s) { ++s.held; }
Result<void> release_lock(Python& py, State& s) {
    if (s.held.load() <= 0) return raise(py, exc::RuntimeError, "not holding the import lock");
    --s.held;
    return {};
}
bool lock_held(Python&, State& s) { return s.held.load() > 0; }

Result<std::int64_t> is_builtin(Python&, Borrowed<Str> name) {
    return std::int64_t(is_native_module(wtf8_of(*name.get())) ? (equal(*name.get(), "sys") || equal(*name.get(), "builtins") ? -1 : 1) : 0);
}

Result<Ref<>> create_builtin(Python& py, Borrowed<> spec) {
    Ref<> name = TRY(get_attribute(py, spec, name::name()));
    if (!is<Str>(name.value())) return raise(py, exc::TypeError, "name must be string, not {}", TypeName{name.value()});
    // A second import of a module gets the same object while it is in sys.modules.
    Maybe<> there = TRY(dict_get_item(py, *py.interpreter->modules, name));
    if (there && is<Module>(there.value())) return std::move(there).take();
    Maybe<Module> m = TRY(make_native_module(py, as<Str>(name.value())));
    if (!m) return none.share();
    return std::move(m).take();
}

Result<std::int64_t> exec_builtin(Python&, Borrowed<>) { return 0; }
Result<std::int64_t> exec_dynamic(Python&, Borrowed<>) { return 0; }
Result<Ref<>> create_dynamic(Python& py, Borrowed<> spec, Optional<>) {
    Ref<> name = TRY(get_attribute(py, spec, name::name()));
    return raise(py, exc::ImportError, "extension module {} cannot be loaded: there is no C API", TRY(str(py, name)));
}
Result<Ref<>> extension_suffixes(Python& py) { return TRY(make_list(py)); }

// ---- frozen modules: those that the executable carries compiled

// What is frozen of that name, unless frozen modules are turned off.
FrozenModule const* frozen(Python& py, State& s, Borrowed<Str> name) {
    FrozenModule const* m = find_frozen_module(wtf8_of(*name.get()));
    if (!m || m->kind == FrozenModule::start) return m;
    int override = s.override_frozen.load();
    bool use = override ? override > 0 : py.interpreter->config.frozen_modules != 0;
    return use ? m : nullptr;
}
Result<FrozenModule const*> frozen_or_error(Python& py, State& s, Borrowed<Str> name) {
    if (FrozenModule const* m = frozen(py, s, name)) return m;
    Ref<Str> message = TRY(format_message(py, "No such frozen object named {}", {TRY(repr(py, name))}));
    Ref<Tuple> keywords = TRY(make_tuple_of(py, name::name().share()));
    Value args[] = {message.value(), name.value()};
    return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::ImportError)), args, keywords.get())));
}

bool is_frozen(Python& py, State& s, Borrowed<Str> name) { return frozen(py, s, name); }
Result<bool> is_frozen_package(Python& py, State& s, Borrowed<Str> name) { return TRY(frozen_or_error(py, s, name))->is_package(); }

// In the form of marshal: a letter, a size, the block of code.
Result<Ref<>> find_frozen(Python& py, State& s, Borrowed<Str> name, bool withdata) {
    FrozenModule const* m = frozen(py, s, name);
    if (!m) return none.share();
    Ref<> data = none.share();
    if (withdata) {
        std::string octets = "c";
        for (int i = 0; i < 4; ++i) octets.push_back(char(m->size >> (8 * i)));
        octets += m->octets();
        data = TRY(call_with(py, Borrowed<>(Value::of(&memoryview_type)), TRY(make_bytes(py, octets))));
    }
    Ref<> of = m->of.empty() ? none.share() : Ref<>(TRY(make_str(py, m->of)));
    return TRY(make_tuple_of(py, std::move(data), Ref<>::adopt(Value::of_bool(m->is_package())), std::move(of)));
}

Result<Ref<>> code_from_data(Python& py, Borrowed<Str> name, Borrowed<> data) {
    Buffer buffer = TRY(get_buffer(py, data));
    std::string_view octets = buffer.bytes();
    std::uint32_t size = 0;
    for (int i = 0; octets.size() >= 5 && i < 4; ++i) size |= std::uint32_t(std::uint8_t(octets[std::size_t(i) + 1])) << (8 * i);
    Maybe<> code;
    if (octets.size() >= 5 && octets[0] == 'c' && octets.size() - 5 >= size) code = TRY(code_from_octets(py, octets.substr(5, size)));
    if (!code) return raise(py, exc::ImportError, "Frozen object named {} is invalid", TRY(repr(py, name)));
    return std::move(code).take();
}
Result<Ref<>> get_frozen_object(Python& py, State& s, Borrowed<Str> name, Borrowed<> data) {
    if (!data.is(kNone)) return code_from_data(py, name, data);
    return frozen_code(py, *TRY(frozen_or_error(py, s, name)));
}

Result<Ref<>> init_frozen(Python& py, State& s, Borrowed<Str> name) {
    if (!frozen(py, s, name)) return none.share();
    return import_module(py, wtf8_of(*name.get()));
}
Result<Ref<>> frozen_module_names(Python& py) {
    Ref<List> names = TRY(make_list(py));
    for (FrozenModule const& m : frozen_modules()) CHECK(list_append(py, names, TRY(make_interned(py, m.name))));
    return names;
}
void override_frozen(Python&, State& s, int override) { s.override_frozen = override; }
Result<std::int64_t> override_multi_interp(Python&, std::int64_t) { return 0; }

Result<Ref<>> source_hash(Python& py, std::int64_t key, Borrowed<Bytes> source) {
    std::string_view text = source->view();
    std::uint64_t h = siphash13(std::span(reinterpret_cast<std::uint8_t const*>(text.data()), text.size()), HashKey{std::uint64_t(key), 0});
    char octets[8];
    for (int i = 0; i < 8; ++i) octets[i] = char(h >> (8 * i));
    return TRY(make_bytes(py, std::string_view(octets, 8)));
}

constexpr MethodDef functions[] = {
    function<acquire_lock>("acquire_lock", "", "Take the import lock."),
    function<release_lock>("release_lock", "", "Release the import lock."),
    function<lock_held>("lock_held", "", "Whether the import lock is held."),
    function<is_builtin>("is_builtin", "name, /", "Whether a module of that name is part of the executable."),
    function<create_builtin>("create_builtin", "spec, /", "Make a module that is part of the executable."),
    function<exec_builtin>("exec_builtin", "mod, /", "Initialise a built-in module."),
    function<create_dynamic>("create_dynamic", "spec, file=<unrepresentable>, /", "Load an extension module."),
    function<exec_dynamic>("exec_dynamic", "mod, /", "Initialise an extension module."),
    function<extension_suffixes>("extension_suffixes", "", "File name endings of extension modules."),
    function<is_frozen>("is_frozen", "name, /", "Whether the module is frozen."),
    function<is_frozen_package>("is_frozen_package", "name, /", "Whether the module is a frozen package."),
    function<find_frozen>("find_frozen", "name, /, *, withdata=False", "Information on a frozen module."),
    function<get_frozen_object>("get_frozen_object", "name, data=None, /", "Code of a frozen module."),
    function<init_frozen>("init_frozen", "name, /", "Initialise a frozen module."),
    function<frozen_module_names>("_frozen_module_names", "", "Names of frozen modules."),
    function<override_frozen>("_override_frozen_modules_for_tests", "override, /", "For tests."),
    function<override_multi_interp>("_override_multi_interp_extensions_check", "override, /", "For tests."),
    function<fix_code_filename>("_fix_co_filename", "code, path, /", "Correct the file name of a code object."),
    function<source_hash>("source_hash", "key, source", "Hash of a source text, for cache files."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "check_hash_based_pycs", TRY(make_str(py, py.interpreter->config.check_hash_pycs))));
    // The four octets in front of a .pyc file: two of this build's bytecode, and a line end that a text-mode transfer would spoil.
    std::int64_t token = 0x0A0D0000 | std::int64_t(image_fingerprint() & 0xFFFF);
    return add_to_module(py, m, "pyc_magic_number_token", Ref<>::adopt(Value::of_int(token)));
}

}  // namespace

ORO_MODULE(imp_module, .name = "_imp", .doc = "What importlib asks of the interpreter.", .functions = functions, .setup = setup, .make_state = state_maker<State>);

}  // namespace oro::imp
