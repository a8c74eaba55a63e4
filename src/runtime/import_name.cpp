// builtins.__import__ and the import statement: names made absolute, modules that are there found at once, and the rest
// left to importlib, whose frames are taken out of the tracebacks of what it raises.
#include <cstdio>
#include <ctime>

#include "object/call.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/traceback.h"
#include "object/warn.h"
#include "runtime/import.h"
#include "runtime/sys_info.h"
#include "vm/function.h"

namespace oro {

namespace {

Result<Ref<Str>> front_of(Python& py, Borrowed<Str> name, std::size_t end) { return substring(py, name, 0, end); }

std::size_t find_dot(Str const& s) {
    for (std::size_t i = 0; i < s.length(); ++i)
        if (s.at(i) == '.') return i;
    return s.length();
}
// s.length() if there is none.
std::size_t find_last_dot(Str const& s) {
    for (std::size_t i = s.length(); i-- > 0;)
        if (s.at(i) == '.') return i;
    return s.length();
}

// The package in which a relative import is made.
Result<Ref<Str>> package_of(Python& py, Dict& globals) {
    Maybe<> package = dict_get(py, globals, name::dunder_package()), spec = dict_get(py, globals, name::dunder_spec());
    bool has_spec = spec && spec.value() != kNone;
    Ref<Str> parent_name = TRY(make_interned(py, "parent"));
    if (package && package.value() != kNone) {
        if (!is<Str>(package.value())) return raise(py, exc::TypeError, "package must be a string");
        if (has_spec) {
            Ref<> parent = TRY(get_attribute(py, *spec, parent_name));
            if (!TRY(equal(py, *package, parent)))
                CHECK(warn(py, exc::DeprecationWarning, "__package__ != __spec__.parent"));
        }
        return as<Str>(std::move(package).take());
    }
    if (has_spec) {
        Ref<> parent = TRY(get_attribute(py, *spec, parent_name));
        if (!is<Str>(parent.value())) return raise(py, exc::TypeError, "__spec__.parent must be a string");
        return as<Str>(std::move(parent));
    }
    CHECK(warn(py, exc::ImportWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"));
    Maybe<> name = dict_get(py, globals, name::dunder_name());
    if (!name) return raise(py, exc::KeyError, "'__name__' not in globals");
    if (!is<Str>(name.value())) return raise(py, exc::TypeError, "__name__ must be a string");
    Ref<Str> text = as<Str>(std::move(name).take());
    if (dict_get(py, globals, name::dunder_path())) return text;
    std::size_t dot = find_last_dot(*text);
    if (dot == text->length()) return raise(py, exc::ImportError, "attempted relative import with no known parent package");
    return front_of(py, text, dot);
}

Result<Ref<Str>> resolve(Python& py, Borrowed<Str> name, Borrowed<> globals, std::int64_t level) {
    if (globals.is(kNone)) return raise(py, exc::KeyError, "'__name__' not in globals");
    if (!is<Dict>(globals)) return raise(py, exc::TypeError, "globals must be a dict");
    Ref<Str> package = TRY(package_of(py, *as<Dict>(globals)));
    if (package->length() == 0) return raise(py, exc::ImportError, "attempted relative import with no known parent package");
    for (; level > 1; --level) {
        std::size_t dot = find_last_dot(*package);
        if (dot == package->length()) return raise(py, exc::ImportError, "attempted relative import beyond top-level package");
        package = TRY(front_of(py, package, dot));
    }
    if (name->length() == 0) return package;
    StrBuilder full(py);
    full.add(*package);
    full.add(char32_t('.'));
    full.add(*name);
    return full.finish();
}

// ---- tracebacks without the import system

bool is_importlib(Str const& filename) {
    return equal(filename, "<frozen importlib._bootstrap>") || equal(filename, "<frozen importlib._bootstrap_external>");
}

// An ImportError loses all frames of importlib, others the runs of them that end where importlib calls what isn't its own.
void hide_importlib_frames(Python& py) {
    if (py.interpreter->config.verbose) return;
    Maybe<> raised = take_raised(py);
    if (!raised) return;
    if (is_instance_of(raised.value(), exc::BaseException) && !is_shared_memory_error(raised.value())) {
        auto& exception = *static_cast<BaseException*>(raised.value().pointer());
        bool all = is_instance_of(raised.value(), exc::ImportError), inside = false, changed = false;
        std::vector<Maybe<Traceback>> kept;
        std::size_t run = 0;      // where the current run of importlib's frames begins
        Maybe<> first = exception.traceback.load(&exception);
        Maybe<Traceback> tb;
        if (first && is<Traceback>(first.value())) tb = as<Traceback>(std::move(first).take());
        while (tb) {
            Maybe<Traceback> next = tb->next.load((*tb).get());
            Code* code = is<FrameObject>(tb->frame.value()) ? as<FrameObject>(tb->frame.value())->code.get() : nullptr;
            bool now = code && is_importlib(**code->filename);
            if (now && !inside) run = kept.size();
            inside = now;
            kept.push_back(std::move(tb));
            if (now && (all || equal(**code->name, "_call_with_frames_removed"))) {
                while (kept.size() > run) kept.pop_back();
                changed = true;
            }
            tb = std::move(next);
        }
        if (changed) {
            Maybe<Traceback> rest;
            for (; !kept.empty(); kept.pop_back()) {
                Maybe<Traceback> at = std::move(kept.back());
                at->next.store((*at).get(), std::move(rest));
                rest = std::move(at);
            }
            exception.traceback.store(&exception, Maybe<>::adopt(rest.release()));
        }
    }
    restore_raised(py, std::move(raised).take());
}

// ---- -X importtime

std::int64_t now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000ll + t.tv_nsec;
}
std::int64_t microseconds(std::int64_t nanoseconds) { return (nanoseconds + 999) / 1000; }

void print_header(Interpreter& i) {
    int unprinted = -1;
    if (i.import_depth.compare_exchange_strong(unprinted, 0)) std::fputs("import time: self [us] | cumulative | imported package\n", stderr);
}

// The time of one import, without that of the imports within it.
struct ImportTimer {
    Interpreter& interpreter;
    bool on;
    std::int64_t before = 0, start = 0;

    explicit ImportTimer(Interpreter& i) : interpreter(i), on(i.config.import_time > 0) {
        if (!on) return;
        print_header(i);
        ++interpreter.import_depth;
        before = interpreter.import_nanoseconds.exchange(0);
        start = now();
    }
    void finish(Borrowed<Str> name) {
        if (!on) return;
        std::int64_t cumulative = now() - start, within = interpreter.import_nanoseconds.load();
        int depth = --interpreter.import_depth;
        std::fprintf(stderr, "import time: %9lld | %10lld | %*s%s\n", (long long)microseconds(cumulative - within), (long long)microseconds(cumulative),
                     depth * 2, "", wtf8_of(*name.get()).c_str());
        interpreter.import_nanoseconds.store(before + cumulative);
    }
};

template <class... A> Result<Ref<>> call_importlib(Python& py, char const* function, A&&... args) {
    return call_method_with(py, *py.interpreter->importlib.peek(), Borrowed<Str>(TRY(make_interned(py, function))), args...);
}

Result<Ref<>> find_and_load(Python& py, Borrowed<Str> name) {
    Interpreter& i = *py.interpreter;
    ImportTimer timer(i);
    Optional<> importer = i.import_function.peek();
    Result<Ref<>> found = call_importlib(py, "_find_and_load", name, *importer);
    timer.finish(name);
    return found;
}

// A module of sys.modules, which another thread may still be initialising: then that is waited for.
Result<void> ensure_initialized(Python& py, Borrowed<> module, Borrowed<Str> name) {
    Maybe<> spec = TRY(find_attribute(py, module, name::dunder_spec()));
    if (spec && spec.value() != kNone) {
        Maybe<> initializing = TRY(find_attribute(py, *spec, name::_initializing()));
        if (initializing && TRY(truth(py, *initializing))) {
            CHECK(call_importlib(py, "_lock_unlock_module", name));
            return {};
        }
    }
    if (py.interpreter->config.import_time > 1) {
        print_header(*py.interpreter);
        std::fprintf(stderr, "import time: cached    | cached     | %*s%s\n", py.interpreter->import_depth.load() * 2, "", wtf8_of(*name.get()).c_str());
    }
    return {};
}

Result<Ref<>> import_absolute(Python& py, Borrowed<Str> name) {
    Maybe<> there = TRY(dict_get_item(py, *py.interpreter->modules, name));
    if (!there || there.value() == kNone) return find_and_load(py, name);
    CHECK(ensure_initialized(py, *there, name));
    return std::move(there).take();
}

Result<Ref<>> import_it(Python& py, Borrowed<Str> name, Borrowed<> globals, Borrowed<> fromlist, std::int64_t level) {
    if (level < 0) return raise(py, exc::ValueError, "level must be >= 0");
    if (level == 0 && name->length() == 0) return raise(py, exc::ValueError, "Empty module name");
    Ref<Str> absolute = level ? TRY(resolve(py, name, globals, level)) : name.share();
    Ref<> module = TRY(import_absolute(py, absolute));
    if (!fromlist.is(kNone) && TRY(truth(py, fromlist))) {
        Maybe<> path = TRY(find_attribute(py, module, name::dunder_path()));
        if (!path) return module;
        Optional<> importer = py.interpreter->import_function.peek();
        return call_importlib(py, "_handle_fromlist", module, fromlist, *importer);
    }
    // `import a.b` binds a.
    std::size_t dot = find_dot(*name.get());
    if (name->length() == 0 || dot == name->length()) return module;
    if (level == 0) return import_absolute(py, TRY(front_of(py, name, dot)));
    Ref<Str> front = TRY(front_of(py, absolute, absolute->length() - (name->length() - dot)));
    Maybe<> top = TRY(dict_get_item(py, *py.interpreter->modules, front));
    if (!top) return raise(py, exc::KeyError, "{} not in sys.modules as expected", TRY(repr(py, front)));
    return std::move(top).take();
}

}  // namespace

Result<Ref<>> import_name(Python& py, Borrowed<Str> name, Borrowed<> globals, Borrowed<> locals, Borrowed<> fromlist, std::int64_t level) {
    (void)locals;
    Result<Ref<>> module = import_it(py, name, globals, fromlist, level);
    if (module.raised()) hide_importlib_frames(py);
    return module;
}

}  // namespace oro
