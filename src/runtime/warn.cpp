// How a warning finds its filter and is shown.
#include "runtime/warn.h"

#include <unistd.h>

#include <string>

#include "object/call.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/int.h"
#include "runtime/print_exception.h"

namespace oro {

namespace {

Result<Ref<Str>> named(Thread& t, std::string_view name) { return intern(t, TRY(make_str(t, name))); }

Result<Maybe<>> find_named(Python& py, Borrowed<> object, std::string_view name) {
    Ref<Str> n = TRY(named(py, name));
    return find_attribute(py, object, n);
}

// The module warnings, if it has been imported; with `import`, imported now if that works.
Result<Maybe<>> warnings_module(Python& py, bool import) {
    Ref<Str> name = name::warnings().share();
    if (!import) {
        if (!the_interpreter->modules) return Maybe<>();
        Maybe<> m = dict_get(py, **the_interpreter->modules, name);
        if (m && m.value() == kNone) return Maybe<>();
        return m;
    }
    Maybe<> f = dict_get(py, **the_interpreter->builtins_dict, name::dunder_import());
    if (!f) return Maybe<>();
    Result<Ref<>> m = call_with(py, *f, name);
    if (!m.raised()) return Maybe<>(std::move(m).take());
    if (!raised_is(py, exc::ImportError)) return Raised{};
    clear_raised(py);
    return Maybe<>();
}

Result<Maybe<>> warnings_attribute(Python& py, std::string_view name, bool import = false) {
    Maybe<> module = TRY(warnings_module(py, import));
    if (!module) return Maybe<>();
    return find_named(py, *module, name);
}

class WarningsLock {
public:
    WarningsLock(Python& py, WarningsState& state) : py_(py), state_(state) { acquire_warnings_lock(py, state); }
    ~WarningsLock() { (void)release_warnings_lock(py_, state_); }
    WarningsLock(WarningsLock const&) = delete;

private:
    Python& py_;
    WarningsState& state_;
};

// ---- filters

// A pattern of a filter: None, a str that has to be equal, or something with match().
Result<bool> pattern_matches(Python& py, Borrowed<> pattern, Borrowed<> text) {
    if (pattern.is(kNone)) return true;
    if (is_exact<Str>(pattern)) return is<Str>(text) && equal(*as<Str>(pattern).get(), *as<Str>(text).get());
    Ref<Str> match = TRY(named(py, "match"));
    Ref<> r = TRY(call_method_with(py, pattern, match, text));
    return truth(py, r);
}

// The action of the first filter that fits; null if none does.
Result<Maybe<>> search_filters(Python& py, Borrowed<> filters, char const* what, Borrowed<> category, Borrowed<> text,
                               std::int64_t line, Borrowed<> module, Maybe<>& item_out) {
    if (!is<List>(filters)) return raise(py, exc::ValueError, "{} must be a list", what);
    for (std::size_t i = 0; Maybe<> item = list_get(py, *as<List>(filters), i); ++i) {
        if (!is<Tuple>(*item) || as<Tuple>(*item)->size != 5) {
            return raise(py, exc::ValueError, "{} item {} isn't a 5-tuple", what, i);
        }
        Borrowed<Tuple> f = as<Tuple>(*item);
        if (!is<Str>(f->at(0))) {
            return raise(py, exc::TypeError, "action must be a string, not '{}'", TypeName{f->slots[0]});
        }
        if (!TRY(pattern_matches(py, f->at(1), text))) continue;
        if (!TRY(is_subclass(py, category, f->at(2)))) continue;
        if (!TRY(pattern_matches(py, f->at(3), module))) continue;
        std::int64_t n = TRY(to_int64(py, f->at(4), &exc::OverflowError));
        if (n != 0 && n != line) continue;
        Maybe<> action = f->at(0).share();
        item_out = std::move(item);
        return action;
    }
    return Maybe<>();
}

Result<Ref<>> find_action(Python& py, WarningsState& state, Borrowed<> category, Borrowed<> text, std::int64_t line,
                          Borrowed<> module, Maybe<>& item) {
    Maybe<> context = context_var_get(py, state.context);
    if (context && context.value() != kNone) {
        Maybe<> own = TRY(find_named(py, *context, "_filters"));
        if (!own) return raise(py, exc::AttributeError, "_filters");
        Maybe<> action = TRY(search_filters(py, *own, "_filters of warnings._warnings_context", category, text, line, module, item));
        if (action) return std::move(action).take();
    } else {
        Maybe<> filters = TRY(warnings_attribute(py, "filters"));
        if (!filters) filters = state.filters.share();
        Maybe<> action = TRY(search_filters(py, *filters, "warnings.filters", category, text, line, module, item));
        if (action) return std::move(action).take();
    }
    Maybe<> otherwise = TRY(warnings_attribute(py, "defaultaction"));
    if (!otherwise) return Ref<>(state.default_action.share());
    if (!is<Str>(*otherwise)) {
        return raise(py, exc::TypeError, "warnings.defaultaction must be a string, not '{}'", TypeName{otherwise.value()});
    }
    return std::move(otherwise).take();
}

// Whether a warning stands in a registry; `set` enters it. A registry of older filters is emptied.
Result<bool> already_warned(Python& py, WarningsState& state, Borrowed<> registry, Borrowed<> key, bool set) {
    if (!is<Dict>(registry)) return raise(py, exc::TypeError, "'registry' must be a dict or None");
    Borrowed<Dict> dict = as<Dict>(registry);
    Ref<Str> version_key = TRY(named(py, "version"));
    Maybe<> version = dict_get(py, *dict, version_key);
    std::int64_t now = state.filters_version.load();
    if (!version || version.value() != Value::of_int(now)) {
        dict_clear(py, *dict);
        CHECK(dict_set(py, *dict, version_key, TRY(make_int(py, now))));
    } else {
        Maybe<> seen = TRY(dict_get_item(py, dict, key));
        if (seen && TRY(truth(py, *seen))) return true;
    }
    if (set) CHECK(dict_set_item(py, dict, key, Ref<>::immediate(kTrue)));
    return false;
}

Result<bool> once_already(Python& py, WarningsState& state, Borrowed<> text, Borrowed<> category) {
    Maybe<> registry = TRY(warnings_attribute(py, "onceregistry"));
    if (!registry) registry = state.once_registry.share();
    if (!is<Dict>(*registry)) return raise(py, exc::TypeError, "_warnings.onceregistry must be a dict, not '{}'", TypeName{registry.value()});
    Ref<Tuple> key = TRY(make_tuple_of(py, text.share(), category.share()));
    return already_warned(py, state, *registry, key, true);
}

// ---- showing

Result<void> write_error(Python& py, Borrowed<> file, std::string const& text) {
    Ref<Str> s = TRY(make_str(py, text));
    (void)TRY(call_method_with(py, file, name::write(), s));
    return {};
}

// Without the module warnings: "file:line: Category: text" and the line.
Result<void> show_plainly(Python& py, Borrowed<> filename, std::int64_t line, Borrowed<> text, Borrowed<> category) {
    Maybe<> file = sys_get(py, name::stderr_());
    if (!file || file.value() == kNone) return {};
    Ref<> name = TRY(get_attribute(py, category, name::dunder_name()));
    std::string out = wtf8_of(*TRY(str(py, filename))) + ":" + std::to_string(line) + ": " + wtf8_of(*TRY(str(py, name))) + ": " +
                      wtf8_of(*TRY(str(py, text))) + "\n";
    if (std::string source = is<Str>(filename) ? source_line(wtf8_of(*as<Str>(filename).get()), line) : ""; !source.empty()) out += "  " + source + "\n";
    return write_error(py, *file, out);
}

Result<void> show(Python& py, Borrowed<> message, Borrowed<> category, Borrowed<> text, Borrowed<> filename, std::int64_t line,
                  Optional<> source) {
    Maybe<> show_function = TRY(warnings_attribute(py, "_showwarnmsg", bool(source)));
    if (!show_function) return show_plainly(py, filename, line, text, category);
    if (!is_callable(*show_function)) return raise(py, exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
    Maybe<> message_class = TRY(warnings_attribute(py, "WarningMessage"));
    if (!message_class) return raise(py, exc::RuntimeError, "unable to get warnings.WarningMessage");
    Ref<> number = TRY(make_int(py, line));
    Ref<> shown = TRY(call_with(py, *message_class, message, category, filename, number, none, none, source.value_or(none)));
    (void)TRY(call_with(py, *show_function, shown));
    return {};
}

Result<Ref<>> module_of_file(Python& py, Borrowed<> filename) {
    if (!is<Str>(filename)) return Ref<>(TRY(make_str(py, std::string_view("<unknown>"))));
    Borrowed<Str> name = as<Str>(filename);
    std::size_t n = name->length();
    if (n == 0) return Ref<>(TRY(make_str(py, std::string_view("<unknown>"))));
    auto lower = [](char32_t c) { return c >= U'A' && c <= U'Z' ? c + 32 : c; };
    if (n >= 3 && name->at(n - 3) == U'.' && lower(name->at(n - 2)) == U'p' && lower(name->at(n - 1)) == U'y') {
        return Ref<>(TRY(substring(py, name, 0, n - 3)));
    }
    return filename.share();
}

}  // namespace

Result<WarningsState*> warnings_state(Python& py) {
    if (WarningsState* s = the_interpreter->warnings.load(std::memory_order_acquire)) return s;
    Ref<List> filters = TRY(make_list(py));
    struct Default { char const* action; Type& category; bool main; };
    Default const all[] = {{"default", exc::DeprecationWarning, true},
                           {"ignore", exc::DeprecationWarning, false},
                           {"ignore", exc::PendingDeprecationWarning, false},
                           {"ignore", exc::ImportWarning, false},
                           {"ignore", exc::ResourceWarning, false}};
    for (Default const& d : all) {
        Ref<> module = d.main ? Ref<>(name::dunder_main().share()) : Ref<>::immediate(kNone);
        Ref<Str> action = TRY(named(py, d.action));
        CHECK(list_append(py, filters, TRY(make_tuple_of(py, std::move(action), Ref<>::immediate(kNone), share(Value::of(&d.category)),
                                                          std::move(module), Ref<>::immediate(Value::of_int(0))))));
    }
    Ref<Dict> once = TRY(make_dict(py));
    Ref<Str> action = TRY(named(py, "default"));
    Ref<ContextVar> context = TRY(make_context_var(py, "_warnings_context", {}));
    auto* fresh = new WarningsState{.filters = std::move(filters), .once_registry = std::move(once),
                                    .default_action = std::move(action), .context = std::move(context)};
    WarningsState* expected = nullptr;
    if (the_interpreter->warnings.compare_exchange_strong(expected, fresh, std::memory_order_acq_rel)) return fresh;
    delete fresh;
    return expected;
}

void acquire_warnings_lock(Python& py, WarningsState& state) {
    if (state.owner.load(std::memory_order_relaxed) != &py) {
        oro::lock(py, state.lock);
        state.owner.store(&py, std::memory_order_relaxed);
    }
    ++state.depth;
}

Result<void> release_warnings_lock(Thread& t, WarningsState& state) {
    if (state.owner.load(std::memory_order_relaxed) != &t) return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
    if (--state.depth == 0) {
        state.owner.store(nullptr, std::memory_order_relaxed);
        oro::unlock(state.lock);
    }
    return {};
}

Result<void> warn_explicit(Python& py, Borrowed<> message, Borrowed<> category, Borrowed<> filename, std::int64_t line,
                           Optional<> module, Optional<> registry, Optional<> module_globals, Optional<> source) {
    (void)module_globals;  // only primes linecache, which the module warnings does when it shows a line
    if (module && module.value() == kNone) return {};
    if (registry && registry.value() != kNone && !is<Dict>(*registry)) return raise(py, exc::TypeError, "'registry' must be a dict or None");
    if (registry && registry.value() == kNone) registry = {};
    Ref<> where = module ? (*module).share() : TRY(module_of_file(py, filename));
    Ref<> text = message.share(), object = message.share(), kind = category.share();
    if (is_instance_of(message.value(), exc::Warning)) {
        text = TRY(str(py, message));
        kind = share(Value::of(&type_of(message)));
    } else {
        object = TRY(call_with(py, category, message));
    }
    Ref<> number = TRY(make_int(py, line));
    Ref<Tuple> key = TRY(make_tuple_of(py, text.share(), kind.share(), std::move(number)));
    WarningsState& state = *TRY(warnings_state(py));
    {
        WarningsLock lock(py, state);
        if (registry && TRY(already_warned(py, state, *registry, key, false))) return {};
        Maybe<> item;
        Ref<> action = TRY(find_action(py, state, kind, text, line, where, item));
        auto is_action = [&](std::string_view s) { return equal(*as<Str>(Borrowed<>(action)).get(), s); };
        if (is_action("error")) return raise_object(py, std::move(object));
        if (is_action("ignore")) return {};
        bool already = false;
        if (!is_action("always") && !is_action("all")) {
            if (registry) CHECK(dict_set_item(py, as<Dict>(*registry), key, Ref<>::immediate(kTrue)));
            if (is_action("once")) {
                already = TRY(once_already(py, state, text, kind));
            } else if (is_action("module")) {
                Ref<Tuple> alternative = TRY(make_tuple_of(py, text.share(), kind.share(), Ref<>::immediate(Value::of_int(0))));
                if (registry) already = TRY(already_warned(py, state, *registry, alternative, true));
            } else if (!is_action("default")) {
                Ref<Str> a = TRY(repr(py, action));
                Ref<Str> i = TRY(repr(py, item ? *item : none));
                return raise(py, exc::RuntimeError, "Unrecognized action ({}) in warnings.filters:\n {}", a, i);
            }
        }
        if (already) return {};
    }
    return show(py, object, kind, text, filename, line, source);
}

namespace {

struct Place {
    Ref<> filename, module, registry;
    std::int64_t line;
};

Result<bool> is_internal(Python& py, Borrowed<> filename) {
    (void)py;
    if (!is<Str>(filename)) return false;
    std::string name = wtf8_of(*as<Str>(filename).get());
    return name.find("importlib") != name.npos && name.find("_bootstrap") != name.npos;
}

Result<Ref<>> filename_of(Python& py, Borrowed<> frame) {
    Ref<> code = TRY(get_attribute(py, frame, TRY(named(py, "f_code"))));
    return get_attribute(py, code, TRY(named(py, "co_filename")));
}

Result<bool> is_skipped(Python& py, Borrowed<> filename, Optional<Tuple> prefixes) {
    if (TRY(is_internal(py, filename))) return true;
    if (!prefixes || !is<Str>(filename)) return false;
    std::string name = wtf8_of(*as<Str>(filename).get());
    for (Value p : prefixes->items()) {
        if (!is<Str>(p)) return raise(py, exc::TypeError, "Found non-str '{}' in skip_file_prefixes.", TypeName{p});
        if (name.starts_with(wtf8_of(*as<Str>(p).get()))) return true;
    }
    return false;
}

// Where a warning belongs: the frame `level` steps out, counted from the Python code that runs.
Result<Place> find_place(Python& py, std::int64_t level, Optional<Tuple> prefixes) {
    Maybe<> frame;
    if (Maybe<> getframe = sys_get(py, "_getframe")) {
        Result<Ref<>> innermost = call_with(py, *getframe);
        if (innermost.raised()) clear_raised(py);
        else frame = std::move(innermost).take();
    }
    auto back = [&](Borrowed<> f) -> Result<Maybe<>> {
        Ref<> b = TRY(get_attribute(py, f, TRY(named(py, "f_back"))));
        if (b.is(kNone)) return Maybe<>();
        return Maybe<>(std::move(b));
    };
    bool count_all = level <= 0 || (frame && TRY(is_internal(py, TRY(filename_of(py, *frame)))));
    while (frame && --level > 0) {
        do {
            frame = TRY(back(*frame));
        } while (frame && !count_all && TRY(is_skipped(py, TRY(filename_of(py, *frame)), prefixes)));
    }
    if (!frame) {
        Ref<> globals = Ref<>(the_interpreter->sys_dict.share());
        Ref<Dict> registry = TRY(make_dict(py));
        Ref<> kept = TRY(dict_set_default(py, as<Dict>(Borrowed<>(globals)), TRY(named(py, "__warningregistry__")), registry));
        Ref<Str> place = TRY(make_str(py, std::string_view("<sys>")));
        return Place{std::move(place), name::sys().share(), std::move(kept), 0};
    }
    Ref<> globals = TRY(get_attribute(py, *frame, TRY(named(py, "f_globals"))));
    Ref<> filename = TRY(filename_of(py, *frame));
    Ref<> number = TRY(get_attribute(py, *frame, TRY(named(py, "f_lineno"))));
    std::int64_t line = number.is(kNone) ? 0 : TRY(to_int64(py, number, &exc::OverflowError));
    if (!is<Dict>(globals)) return raise(py, exc::TypeError, "globals must be a dict");
    Borrowed<Dict> dict = as<Dict>(Borrowed<>(globals));
    Ref<Dict> fresh = TRY(make_dict(py));
    Ref<> registry = TRY(dict_set_default(py, dict, TRY(named(py, "__warningregistry__")), fresh));
    Maybe<> module = dict_get(py, *dict, name::dunder_name());
    if (!module || (module.value() != kNone && !is<Str>(*module))) module = TRY(make_str(py, std::string_view("<string>")));
    return Place{std::move(filename), std::move(module).take(), std::move(registry), line};
}

}  // namespace

Result<void> warn_here(Python& py, Borrowed<> message, Optional<> category, std::int64_t stack_level, Optional<> source,
                       Optional<Tuple> skip_file_prefixes) {
    Ref<> kind = share(Value::of(&exc::UserWarning));
    if (is_instance_of(message.value(), exc::Warning)) kind = share(Value::of(&type_of(message)));
    else if (category && category.value() != kNone) kind = (*category).share();
    bool good = type_of(kind).has(type_flag::type) && is_subtype(*static_cast<Type*>(kind.value().pointer()), exc::Warning);
    if (!good) return raise(py, exc::TypeError, "category must be a Warning subclass, not '{}'", TypeName{kind.value()});
    if (skip_file_prefixes && skip_file_prefixes->size && stack_level < 2) stack_level = 2;
    Place place = TRY(find_place(py, stack_level, skip_file_prefixes));
    return warn_explicit(py, message, kind, place.filename, place.line, Optional<>(place.module.value()), Optional<>(place.registry.value()), {}, source);
}

Result<void> warn_message(Python& py, Type& category, int stack_level, std::string_view format, std::initializer_list<MessageArg> args) {
    Ref<Str> text = TRY(format_message(py, format, args));
    return warn_here(py, text, Optional<>(Value::of(&category)), stack_level, {});
}

Result<void> warn_explicit(Python& py, Type& category, std::string_view message, Borrowed<> filename, std::int64_t line,
                           Optional<> module, Optional<> registry) {
    Ref<Str> text = TRY(make_str(py, message));
    return warn_explicit(py, text, Borrowed<>(Value::of(&category)), filename, line, module, registry, {}, {});
}

}  // namespace oro
