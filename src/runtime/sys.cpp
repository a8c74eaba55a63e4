#include "runtime/sys.h"

#include <cstdlib>

#include <unistd.h>

#include <climits>

#include "build_config.h"
#include "memory/spread.h"
#include "memory/world.h"
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/list.h"
#include "object/set.h"
#include "object/structseq.h"
#include "runtime/import.h"
#include "runtime/monitoring_module.h"
#include "runtime/main_program.h"
#include "runtime/sys_info.h"
#include "runtime/thread_life.h"
#include "vm/function.h"
#include "vm/introspect.h"

namespace oro {

extern Type frozenset_type;

namespace {

Result<Ref<Str>> text(Python& py, std::string_view s) { return make_str(py, s); }

// ---- functions

Result<Ref<>> exc_info(Python& py) {
    for (HandledException* h = py.handled; h; h = h->outer) {
        if (h->exception.is_null()) continue;
        auto* e = static_cast<BaseException*>(h->exception.pointer());
        Maybe<> traceback = e->traceback.load(e);
        return TRY(make_tuple_of(py, share(Value::of(&type_of(h->exception))), share(h->exception), traceback ? std::move(traceback).take() : none.share()));
    }
    return TRY(make_tuple_of(py, none.share(), none.share(), none.share()));
}

Result<Ref<>> exception(Python& py) {
    for (HandledException* h = py.handled; h; h = h->outer)
        if (h->exception) return share(h->exception);
    return none.share();
}

Result<Ref<>> exit(Python& py, Borrowed<> status) {
    if (status.is(kNone)) return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::SystemExit)), {})));
    // A tuple is the exception's arguments, as where any exception is raised by its class and a value.
    if (is<Tuple>(status)) return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::SystemExit)), as<Tuple>(status)->items())));
    Value args[] = {status.value()};
    return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::SystemExit)), args)));
}

Result<Ref<>> intern_(Python& py, Borrowed<> s) {
    if (!is_exact<Str>(s)) return raise(py, exc::TypeError, "can't intern {}", TypeName{s.value()});
    return intern(py, as<Str>(s).share());
}
Result<bool> is_interned(Python&, Borrowed<Str> s) { return s->is_interned(); }

Result<std::int64_t> getrefcount(Python&, Borrowed<> v) {
    if (!v.value().is_pointer()) return std::int64_t(0xFFFFFFFF);
    Header* h = v.value().pointer();
    if (h->is_immortal()) return std::int64_t(0xFFFFFFFF);
    return detail::total_count(h) + (h->has(flag::deferred) ? spread_count_here(h) : 0) + 1;
}

Result<std::int64_t> getrecursionlimit(Python& py) { return std::int64_t(py.recursion_limit); }
Result<void> setrecursionlimit(Python& py, int limit) {
    if (limit < 1) return raise(py, exc::ValueError, "recursion limit must be greater or equal than 1");
    int depth = py.recursion_limit - py.recursion_left;
    if (depth >= limit) return raise(py, exc::RecursionError, "cannot set the recursion limit to {} at the recursion depth {}: the limit is too low", limit, depth);
    py.interpreter->recursion_limit = limit;
    // Threads count down what is left: all of them get the difference.
    Python& self = py;
    stop_world(py);
    struct Change { int limit; };
    for_each_mutator([&](Mutator& m) {
        auto& t = static_cast<Thread&>(m);
        t.recursion_left += limit - t.recursion_limit;
        t.recursion_limit = limit;
    });
    resume_world(self);
    return {};
}

Result<double> getswitchinterval(Python&) { return double(switch_interval()) / 1e6; }
Result<void> setswitchinterval(Python& py, double interval) {
    if (!(interval > 0)) return raise(py, exc::ValueError, "switch interval must be strictly positive");
    set_switch_interval(interval > 4000 ? 4'000'000'000u : std::uint32_t(interval * 1e6) ? std::uint32_t(interval * 1e6) : 1);
    return {};
}

Result<std::int64_t> get_int_max_str_digits(Python& py) { return py.interpreter->int_max_str_digits.load(); }
Result<void> set_int_max_str_digits(Python& py, std::int64_t maxdigits) {
    if (maxdigits != 0 && maxdigits < 640) return raise(py, exc::ValueError, "maxdigits must be 0 or larger than 640");
    py.interpreter->int_max_str_digits = maxdigits;
    return {};
}

Result<Ref<>> getdefaultencoding(Python& py) { return text(py, "utf-8"); }
Result<Ref<>> getfilesystemencoding(Python& py) { return text(py, "utf-8"); }
Result<Ref<>> getfilesystemencodeerrors(Python& py) { return text(py, "surrogateescape"); }
Result<bool> is_gil_enabled_(Python&) { return gil_enabled(); }
Result<bool> is_finalizing_(Python& py) { return py.interpreter->finalizing.load(); }
Result<bool> is_remote_debug_enabled(Python&) { return false; }
Result<bool> is_stack_trampoline_active(Python&) { return false; }
Result<std::int64_t> getallocatedblocks(Python&) { return std::int64_t(heap_bytes() / 64); }
Result<std::int64_t> getunicodeinternedsize(Python&, bool) { return 0; }
Result<void> clear_type_cache(Python& py) {
    for (MethodCacheEntry& e : py.method_cache) e = {};
    return {};
}
Result<Ref<>> get_coroutine_origin_tracking_depth(Python& py) { return Ref<>::adopt(Value::of_int(coroutine_origin_depth(py))); }
Result<void> set_coroutine_origin_tracking_depth(Python& py, int depth) {
    if (depth < 0) return raise(py, exc::ValueError, "depth must be >= 0");
    set_coroutine_origin_depth(py, depth);
    return {};
}

Result<Ref<>> getsizeof(Python& py, Borrowed<> object, Optional<> default_) {
    Maybe<> r;
    auto called = call_special(py, object, TRY(make_interned(py, "__sizeof__")), {});
    if (called.raised()) {
        if (!default_ || !raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return (*default_).share();
    }
    r = std::move(called).take();
    if (!r) {
        if (default_) return (*default_).share();
        return raise(py, exc::TypeError, "Type {} doesn't define __sizeof__", TypeName{object.value()});
    }
    return std::move(r).take();
}

// -X cpu_count=n or PYTHON_CPU_COUNT; -1 if os.cpu_count() tells the truth.
std::int64_t cpu_count_config(Python& py) {
    Config const& c = py.interpreter->config;
    constexpr std::string_view kOption = "cpu_count=";
    for (std::string const& x : c.x_options) {
        if (x.starts_with(kOption)) {
            long n = std::strtol(x.c_str() + kOption.size(), nullptr, 10);
            return n > 0 ? n : -1;
        }
    }
    char const* text = c.ignore_environment ? nullptr : std::getenv("PYTHON_CPU_COUNT");
    long n = text ? std::strtol(text, nullptr, 10) : 0;
    return n > 0 ? n : -1;
}

Result<Ref<>> getframe(Python& py, Index depth) {
    if (depth < 0) depth.value = 0;
    return frame_at(py, depth);
}
Result<Ref<>> getframemodulename(Python& py, Index depth) {
    auto f = frame_at(py, depth);
    if (f.raised()) {
        clear_raised(py);
        return none.share();
    }
    Maybe<> name = module_name_at(py, depth);
    return name ? std::move(name).take() : none.share();
}
Result<Ref<>> current_frames_(Python& py) { return current_frames(py); }
Result<Ref<>> current_exceptions_(Python& py) { return current_exceptions(py); }

Result<void> displayhook(Python& py, Borrowed<> object) {
    if (object.is(kNone)) return {};
    Ref<> builtins = Ref<>::adopt(share(Value::of(py.interpreter->builtins_module.get())).release());
    Ref<Str> underscore = TRY(make_interned(py, "_"));
    CHECK(set_attribute(py, builtins, underscore, none));
    Maybe<> out = sys_get(py, name::stdout_());
    if (!out || out.value() == kNone) return raise(py, exc::RuntimeError, "lost sys.stdout");
    Ref<Str> line = TRY(repr(py, object));
    auto written = call_method_with(py, *out, name::write(), line);
    if (written.raised()) {
        if (!raised_is(py, exc::UnicodeEncodeError)) return Raised{};
        clear_raised(py);
        Ref<> encoding = TRY(get_attribute(py, *out, name::encoding()));
        Ref<Str> how = TRY(make_str(py, "backslashreplace"));
        Ref<> bytes = TRY(call_method_with(py, line, name::encode(), encoding, how));
        Ref<> again = TRY(call_method_with(py, bytes, name::decode(), encoding, TRY(make_str(py, "strict"))));
        CHECK(call_method_with(py, *out, name::write(), again));
    }
    CHECK(call_method_with(py, *out, name::write(), TRY(make_str(py, "\n"))));
    return set_attribute(py, builtins, underscore, object);
}

Result<void> baserepl(Python& py) {
    // SystemExit goes on to whoever called: the loop has seen to its message.
    if (std::optional<int> code = run_basic_repl(py)) return raise_value(py, exc::SystemExit, Borrowed<>(Value::of_int(*code)));
    return {};
}
Result<void> excepthook(Python& py, Borrowed<>, Borrowed<> value, Borrowed<> traceback) { return print_exception(py, value, traceback); }
Result<void> unraisablehook_(Python& py, Borrowed<> unraisable) { return print_unraisable(py, unraisable); }

Result<void> audit(Python& py, Args args) {
    if (args.size() == 0) return raise(py, exc::TypeError, "audit expected at least 1 argument, got 0");
    if (!is<Str>(args[0])) return raise(py, exc::TypeError, "expected str for argument 'event', not {}", TypeName{args[0].value()});
    return audit_event(py, args[0], args.values.subspan(1));
}
Result<void> addaudithook(Python& py, Borrowed<> hook) { return add_audit_hook(py, hook); }

Result<void> set_asyncgen_hooks(Python& py, Optional<> firstiter, Optional<> finalizer) {
    auto check = [&](Optional<> v, char const* what) -> Result<void> {
        if (v && v.value() != kNone && !is_callable(*v)) return raise(py, exc::TypeError, "callable {} expected, got {}", what, TypeName{v.value()});
        return {};
    };
    CHECK(check(finalizer, "finalizer"));
    CHECK(check(firstiter, "firstiter"));
    auto set = [](Value& field, Optional<> v) {
        if (!v) return;
        detail::decref(std::exchange(field, v.value() == kNone ? Value{} : share(v.value()).release()));
    };
    set(py.async_gen_firstiter, firstiter);
    set(py.async_gen_finalizer, finalizer);
    return {};
}

Result<Ref<>> get_asyncgen_hooks(Python& py) {
    Ref<Tuple> hooks = TRY(make_struct(py, sys_asyncgen_hooks_type));
    if (py.async_gen_firstiter) struct_set(*hooks, 0, share(py.async_gen_firstiter));
    if (py.async_gen_finalizer) struct_set(*hooks, 1, share(py.async_gen_finalizer));
    return hooks;
}

// For dataclasses, which make a class anew and want the first one to be collected.
Result<void> clear_type_descriptors(Python& py, Borrowed<Type> type) {
    if (!type->has(type_flag::heap) || type->has(type_flag::immutable)) return raise(py, exc::TypeError, "argument is immutable");
    for (Borrowed<Str> name : {name::dunder_dict(), name::dunder_weakref()}) {
        if (dict_get(py, **type->dict, name)) CHECK(type_set_attribute(py, *type, name, {}));
    }
    return {};
}

constexpr MethodDef functions[] = {
    function<exc_info>("exc_info", "", "The type, value and traceback of the exception being handled, or three times None."),
    function<exception>("exception", "", "The exception being handled, or None."),
    function<exit>("exit", "status=None, /", "Exit the interpreter by raising SystemExit(status)."),
    function<intern_>("intern", "string, /", "The one object that stands for this text."),
    function<is_interned>("_is_interned", "string, /", "Whether the string is interned."),
    function<getrefcount>("getrefcount", "object, /", "A count of references to the object, its argument's included."),
    function<getrecursionlimit>("getrecursionlimit", "", "How deeply Python functions may be nested."),
    function<setrecursionlimit>("setrecursionlimit", "limit, /", "Set how deeply Python functions may be nested."),
    function<getswitchinterval>("getswitchinterval", "", "Seconds that a thread keeps the GIL, where there is one."),
    function<setswitchinterval>("setswitchinterval", "interval, /", "Set how long a thread keeps the GIL, in seconds."),
    function<get_int_max_str_digits>("get_int_max_str_digits", "", "Digits that conversions between int and str are limited to."),
    function<set_int_max_str_digits>("set_int_max_str_digits", "maxdigits", "Limit the digits of conversions between int and str."),
    function<getdefaultencoding>("getdefaultencoding", "", "The encoding that str methods use by default."),
    function<getfilesystemencoding>("getfilesystemencoding", "", "The encoding of file names."),
    function<getfilesystemencodeerrors>("getfilesystemencodeerrors", "", "The error handler for file names."),
    function<is_gil_enabled_>("_is_gil_enabled", "", "Whether the GIL is on."),
    function<is_finalizing_>("is_finalizing", "", "Whether the interpreter is ending."),
    function<is_remote_debug_enabled>("is_remote_debug_enabled", "", "Whether other processes may debug this one."),
    function<is_stack_trampoline_active>("is_stack_trampoline_active", "", "Whether a profiler's trampoline is on."),
    function<getallocatedblocks>("getallocatedblocks", "", "An estimate of the objects that are alive."),
    function<getunicodeinternedsize>("getunicodeinternedsize", "*, _only_immortal=False", "How many strings are interned."),
    function<clear_type_cache>("_clear_type_cache", "", "Forget cached attribute lookups."),
    function<clear_type_cache>("_clear_internal_caches", "", "Forget cached lookups."),
    function<get_coroutine_origin_tracking_depth>("get_coroutine_origin_tracking_depth", "", "Frames recorded when a coroutine is made."),
    function<set_coroutine_origin_tracking_depth>("set_coroutine_origin_tracking_depth", "depth", "Record this many frames when a coroutine is made."),
    function<getsizeof>("getsizeof", "object, default=<unrepresentable>", "Bytes that the object takes."),
    function<cpu_count_config>("_get_cpu_count_config", "", "The number of processors that the user told; -1 if none."),
    function<getframe>("_getframe", "depth=0, /", "A frame of the call stack."),
    function<getframemodulename>("_getframemodulename", "depth=0", "The module of a frame of the call stack."),
    function<current_frames_>("_current_frames", "", "The innermost frame of each thread."),
    function<current_exceptions_>("_current_exceptions", "", "The exception being handled in each thread."),
    function<displayhook>("displayhook", "object, /", "Print an object and keep it as builtins._ ."),
    function<baserepl>("_baserepl", "", "The plain interactive loop, for _pyrepl where it can't run."),
    function<excepthook>("excepthook", "exctype, value, traceback, /", "Print an exception with its traceback."),
    function<unraisablehook_>("unraisablehook", "unraisable, /", "Report an exception that cannot be raised."),
    function<audit>("audit", "*args", "Pass an event to the audit hooks."),
    function<addaudithook>("addaudithook", "hook", "Add a function that gets every audit event."),
    function<get_asyncgen_hooks>("get_asyncgen_hooks", "", "The hooks that set_asyncgen_hooks() has set, or None for each."),
    function<clear_type_descriptors>("_clear_type_descriptors", "type, /", "Take __dict__ and __weakref__ out of a class's dictionary."),
    function<set_asyncgen_hooks>("set_asyncgen_hooks", "firstiter=<unrepresentable>, finalizer=<unrepresentable>", "Hooks for the first iteration and the end of async generators."),
};

// sys._jit: there is no JIT yet, and it says so.
bool no_jit(Python&) { return false; }
constexpr MethodDef jit_functions[] = {
    function<no_jit>("is_available", "", "Whether this build has a JIT."),
    function<no_jit>("is_enabled", "", "Whether the JIT is on."),
    function<no_jit>("is_active", "", "Whether the calling code runs compiled."),
};
constexpr ModuleDef jit_def{.name = "sys._jit", .doc = "What the JIT says of itself.", .functions = jit_functions};

constexpr ModuleDef sys_def{.name = "sys", .doc = "What the interpreter and the program running in it know of themselves.", .functions = functions};

Result<void> set(Python& py, std::string_view key, Ref<> value) {
    return dict_set(py, *py.interpreter->sys_dict.get(), TRY(make_interned(py, key)), std::move(value));
}

Result<Ref<>> strings(Python& py, std::vector<std::string> const& list) {
    Ref<List> out = TRY(make_list(py));
    for (std::string const& s : list) CHECK(list_append(py, out, TRY(decode_argument(py, s))));
    return out;
}

}  // namespace

Result<void> make_sys(Python& py) {
    Interpreter& interpreter = *py.interpreter;
    Config const& config = interpreter.config;
    Ref<Module> module = TRY(make_module(py, TRY(make_interned(py, "sys")), &sys_def));
    interpreter.sys_dict.init(Maybe<Dict>(module->dict.share()));
    interpreter.sys_module.init(Maybe<Module>(module.share()));
    Dict& modules = *interpreter.modules.get();
    CHECK(dict_set(py, modules, TRY(make_interned(py, "sys")), module.share()));
    CHECK(set(py, "modules", interpreter.modules.share()));
    CHECK(set(py, "argv", TRY(strings(py, config.argv))));
    CHECK(set(py, "orig_argv", TRY(strings(py, config.orig_argv))));
    CHECK(set(py, "warnoptions", TRY(strings(py, config.warn_options))));
    CHECK(set(py, "path", TRY(strings(py, config.path))));
    CHECK(set(py, "meta_path", TRY(make_list(py))));
    CHECK(set(py, "path_hooks", TRY(make_list(py))));
    CHECK(set(py, "path_importer_cache", TRY(make_dict(py))));
    for (char const* name : {"prefix", "base_prefix", "exec_prefix", "base_exec_prefix"}) CHECK(set(py, name, TRY(decode_argument(py, config.prefix))));
    CHECK(set(py, "executable", TRY(decode_argument(py, config.executable))));
    CHECK(set(py, "_base_executable", TRY(decode_argument(py, config.executable))));
    CHECK(set(py, "_stdlib_dir", TRY(decode_argument(py, config.stdlib))));
    CHECK(set(py, "platlibdir", TRY(text(py, "lib"))));
    CHECK(set(py, "platform", TRY(text(py, "linux"))));
    CHECK(set(py, "byteorder", TRY(text(py, "little"))));
    CHECK(set(py, "abiflags", TRY(text(py, "t"))));
    CHECK(set(py, "copyright", TRY(text(py, "Copyright (c) the Orochi maintainers."))));
    CHECK(set(py, "maxsize", TRY(make_int(py, INT64_MAX))));
    CHECK(set(py, "maxunicode", Ref<>::adopt(Value::of_int(0x10FFFF))));
    CHECK(set(py, "hexversion", Ref<>::adopt(Value::of_int(0x030E02F0))));
    CHECK(set(py, "api_version", Ref<>::adopt(Value::of_int(1013))));
    CHECK(set(py, "dont_write_bytecode", Ref<>::adopt(Value::of_bool(config.dont_write_bytecode))));
    CHECK(set(py, "pycache_prefix", config.pycache_prefix.empty() ? none.share() : Ref<>(TRY(decode_argument(py, config.pycache_prefix)))));
    CHECK(set(py, "float_repr_style", TRY(text(py, "short"))));
    CHECK(set(py, "ps1", none.share()));
    CHECK(dict_pop(py, *interpreter.sys_dict.get(), name::ps1()) ? Result<void>() : Result<void>());
    Ref<Tuple> git = TRY(make_tuple_of(py, TRY(text(py, "Orochi")), TRY(text(py, "")), TRY(text(py, ""))));
    CHECK(set(py, "_git", std::move(git)));
    for (char const* hook : {"displayhook", "excepthook", "unraisablehook"}) {
        Maybe<> v = dict_get(py, *interpreter.sys_dict.get(), TRY(make_interned(py, hook)));
        CHECK(set(py, std::string("__") + hook + "__", std::move(v).take()));
    }
    Ref<List> names = TRY(make_list(py));
    for (std::string_view name : native_module_names()) CHECK(list_append(py, names, TRY(make_interned(py, name))));
    CHECK(set(py, "builtin_module_names", TRY(list_to_tuple(py, names))));
    CHECK(set(py, "_jit", TRY(make_module(py, TRY(make_interned(py, "sys._jit")), &jit_def))));
    CHECK(add_tracing(py));
    return add_sys_info(py);
}

}  // namespace oro
