#include "runtime/sys_info.h"

#include <unistd.h>

#include <cfloat>
#include <cstdio>
#include <string>

#include "object/call.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/import.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/structseq.h"
#include "object/traceback.h"
#include "runtime/print_exception.h"
#include "vm/function.h"

namespace oro {

extern Type simple_namespace_type, frozenset_type;

namespace {

constexpr StructField kFlagFields[] = {
    {"debug", "-d"}, {"inspect", "-i"}, {"interactive", "-i"}, {"optimize", "-O or -OO"}, {"dont_write_bytecode", "-B"}, {"no_user_site", "-s"},
    {"no_site", "-S"}, {"ignore_environment", "-E"}, {"verbose", "-v"}, {"bytes_warning", "-b"}, {"quiet", "-q"}, {"hash_randomization", "-R"},
    {"isolated", "-I"}, {"dev_mode", "-X dev"}, {"utf8_mode", "-X utf8"}, {"warn_default_encoding", "-X warn_default_encoding"}, {"safe_path", "-P"},
    {"int_max_str_digits", "-X int_max_str_digits"}, {"gil", "-X gil"}, {"thread_inherit_context", "-X thread_inherit_context"},
    {"context_aware_warnings", "-X context_aware_warnings"}};
constexpr StructTypeDef kFlags = struct_type_def<kFlagFields>("sys.flags", "Flags of the command line.", 18);

constexpr StructField kVersionFields[] = {{"major", ""}, {"minor", ""}, {"micro", ""}, {"releaselevel", ""}, {"serial", ""}};
constexpr StructTypeDef kVersion = struct_type_def<kVersionFields>("sys.version_info", "The version of the language.", 5);

constexpr StructField kFloatFields[] = {{"max", ""}, {"max_exp", ""}, {"max_10_exp", ""}, {"min", ""}, {"min_exp", ""}, {"min_10_exp", ""},
                                        {"dig", ""}, {"mant_dig", ""}, {"epsilon", ""}, {"radix", ""}, {"rounds", ""}};
constexpr StructTypeDef kFloat = struct_type_def<kFloatFields>("sys.float_info", "The format of floats.", 11);

constexpr StructField kIntFields[] = {{"bits_per_digit", ""}, {"sizeof_digit", ""}, {"default_max_str_digits", ""}, {"str_digits_check_threshold", ""}};
constexpr StructTypeDef kInt = struct_type_def<kIntFields>("sys.int_info", "The format of ints.", 4);

constexpr StructField kHashFields[] = {{"width", ""}, {"modulus", ""}, {"inf", ""}, {"nan", ""}, {"imag", ""}, {"algorithm", ""}, {"hash_bits", ""}, {"seed_bits", ""}, {"cutoff", ""}};
constexpr StructTypeDef kHash = struct_type_def<kHashFields>("sys.hash_info", "How hashes are computed.", 9);

constexpr StructField kThreadFields[] = {{"name", ""}, {"lock", ""}, {"version", ""}};
constexpr StructField kUnraisableFields[] = {
    {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"}, {"err_msg", "Error message"},
    {"object", "Object causing the exception"}};
constexpr StructTypeDef kUnraisable = struct_type_def<kUnraisableFields>("UnraisableHookArgs", "What sys.unraisablehook gets.", 5);

constexpr StructField kAsyncgenFields[] = {{"firstiter", "called when an async generator is first iterated"}, {"finalizer", "called before one is destroyed"}};
constexpr StructTypeDef kAsyncgen = struct_type_def<kAsyncgenFields>("sys.asyncgen_hooks", "Hooks of the thread's async generators.", 2, Creatable::no);

constexpr StructTypeDef kThread = struct_type_def<kThreadFields>("sys.thread_info", "How threads are made.", 3);

}  // namespace

ORO_TYPE(sys_flags_type, kFlags);
ORO_TYPE(sys_version_info_type, kVersion);
ORO_TYPE(sys_float_info_type, kFloat);
ORO_TYPE(sys_int_info_type, kInt);
ORO_TYPE(sys_hash_info_type, kHash);
ORO_TYPE(sys_thread_info_type, kThread);
ORO_TYPE(sys_unraisable_type, kUnraisable);
ORO_TYPE(sys_asyncgen_hooks_type, kAsyncgen);

namespace {

Ref<> number(std::int64_t n) { return Ref<>::adopt(Value::of_int(n)); }

Result<Ref<>> fill(Python& py, Type& type, std::initializer_list<Value> owned) {
    CHECK(finish_struct_type(py, type));
    Ref<Tuple> s = TRY(make_struct(py, type));
    std::size_t i = 0;
    for (Value v : owned) struct_set(*s, i++, Ref<>::adopt(v));
    return s;
}

Value owned_text(Python& py, std::string_view s) {
    auto r = make_str(py, s);
    return r.raised() ? kNone : Ref<>(std::move(r).take()).release();
}
Value owned_float(Python& py, double d) {
    auto r = make_float(py, d);
    return r.raised() ? kNone : std::move(r).release();
}

Result<void> put(Python& py, std::string_view key, Ref<> value) {
    return dict_set(py, *py.interpreter->sys_dict.get(), TRY(make_interned(py, key)), std::move(value));
}

Value n(std::int64_t v) { return Value::of_int(v); }

// sys.implementation and other simple namespaces.
Result<Ref<>> make_namespace(Python& py, Borrowed<Dict> attributes) {
    return call_tuple(py, Borrowed<>(Value::of(&simple_namespace_type)), empty_tuple(), Optional<Dict>(attributes));
}

bool has_stderr(Python& py) {
    Maybe<> file = sys_get(py, name::stderr_());
    return file && file.value() != kNone;
}

// Hands an exception that nobody can catch to sys.unraisablehook; the default report serves where there is no hook or the
// hook itself fails, and then for what the hook raised.
void report_unraisable(Python& py, Ref<> exception, Maybe<Str> message, Optional<> object) {
    // What native code has raised and nobody has passed on shows at least where the program is.
    auto& raised = *static_cast<BaseException*>(exception.value().pointer());
    if (py.frame && !raised.traceback.load(&raised)) {
        auto frame = frame_object(py, *py.frame);
        std::int32_t at = std::int32_t(py.frame->code.get()->index_of(py.frame->pc.get())) * 2;
        if (frame.raised()) clear_raised(py);
        else traceback_here(py, raised, std::move(frame).take(), at, Traceback::kLineLater);
    }
    auto args = [&]() -> Result<Ref<>> {
        auto& e = *static_cast<BaseException*>(exception.value().pointer());
        Maybe<> traceback = e.traceback.load(&e);
        Ref<Tuple> s = TRY(make_struct(py, sys_unraisable_type));
        struct_set(*s, 0, share(Value::of(&type_of(exception))));
        struct_set(*s, 1, exception.share());
        struct_set(*s, 2, traceback ? std::move(traceback).take() : none.share());
        struct_set(*s, 3, message ? share(message.value()) : none.share());
        struct_set(*s, 4, object ? (*object).share() : none.share());
        return s;
    };
    Maybe<> hook = sys_get(py, "unraisablehook");
    if (hook && hook.value() != kNone) {
        Result<Ref<>> made = args();
        if (!made.raised()) {
            Ref<> given = std::move(made).take();
            if (!call_with(py, *hook, given).raised()) return;
        }
        Maybe<> failed = take_raised(py);
        Result<Ref<Str>> text = make_str(py, "Exception ignored in sys.unraisablehook");
        if (failed && !text.raised()) {
            Ref<Str> what = std::move(text).take();
            display_unraisable(py, *failed, Optional<>(what.value()), Optional<>(hook.value()));
            return;
        }
        clear_raised(py);
    }
    display_unraisable(py, exception, message ? Optional<>(message.value()) : Optional<>(), object);
}

}  // namespace

Result<void> add_sys_info(Python& py) {
    CHECK(finish_struct_type(py, sys_unraisable_type));
    CHECK(finish_struct_type(py, sys_asyncgen_hooks_type));
    set_unraisable_reporter(report_unraisable);
    Config const& c = py.interpreter->config;
    Ref<> flags = TRY(fill(py, sys_flags_type,
        {n(c.debug), n(c.inspect), n(c.interactive), n(c.optimize), n(c.dont_write_bytecode), n(c.no_user_site), n(c.no_site), n(c.ignore_environment),
         n(c.verbose), n(c.bytes_warning), n(c.quiet), n(c.hash_randomization), n(c.isolated), Value::of_bool(c.dev_mode), n(c.utf8_mode),
         n(c.warn_default_encoding), Value::of_bool(c.safe_path), n(c.int_max_str_digits), n(c.gil), n(c.thread_inherit_context), n(c.context_aware_warnings)}));
    CHECK(put(py, "flags", std::move(flags)));
    auto version = [&] { return fill(py, sys_version_info_type, {n(3), n(14), n(2), owned_text(py, "final"), n(0)}); };
    CHECK(put(py, "version_info", TRY(version())));
    CHECK(put(py, "version", TRY(make_str(py, "3.14.2 free-threading build (main, Nov 21 2026, 00:00:00) [Orochi 0.1, Clang " __clang_version__ "]"))));
    CHECK(put(py, "float_info", TRY(fill(py, sys_float_info_type,
        {owned_float(py, DBL_MAX), n(DBL_MAX_EXP), n(DBL_MAX_10_EXP), owned_float(py, DBL_MIN), n(DBL_MIN_EXP), n(DBL_MIN_10_EXP), n(DBL_DIG), n(DBL_MANT_DIG),
         owned_float(py, DBL_EPSILON), n(FLT_RADIX), n(1)}))));
    CHECK(put(py, "int_info", TRY(fill(py, sys_int_info_type, {n(64), n(8), n(4300), n(640)}))));
    CHECK(put(py, "hash_info", TRY(fill(py, sys_hash_info_type,
        {n(64), Ref<>(TRY(make_int(py, (std::int64_t(1) << 61) - 1))).release(), n(314159), n(0), n(1000003), owned_text(py, "siphash13"), n(64), n(128), n(0)}))));
    CHECK(put(py, "thread_info", TRY(fill(py, sys_thread_info_type, {owned_text(py, "pthread"), owned_text(py, "futex"), owned_text(py, "NPTL 2.36")}))));
    Ref<Dict> implementation = TRY(make_dict(py));
    auto add = [&](std::string_view key, Ref<> v) -> Result<void> { return dict_set(py, *implementation, TRY(make_interned(py, key)), std::move(v)); };
    CHECK(add("name", TRY(make_str(py, "orochi"))));
    CHECK(add("cache_tag", TRY(make_str(py, "orochi-314t"))));
    CHECK(add("version", TRY(version())));
    CHECK(add("hexversion", number(0x030E02F0)));
    CHECK(add("_multiarch", TRY(make_str(py, "x86_64-linux-gnu"))));
    CHECK(add("supports_isolated_interpreters", Ref<>::adopt(kFalse)));
    CHECK(put(py, "implementation", TRY(make_namespace(py, implementation))));
    static constexpr char const* kLibrary[] = {
#include "runtime/stdlib_names.inc"
    };
    Ref<List> library = TRY(make_list(py));
    for (char const* name : kLibrary) CHECK(list_append(py, library, TRY(make_interned(py, name))));
    Value list[] = {library.value()};
    CHECK(put(py, "stdlib_module_names", TRY(call(py, Borrowed<>(Value::of(&frozenset_type)), list))));
    Ref<Dict> options = TRY(make_dict(py));
    for (std::string const& o : c.x_options) {
        std::size_t eq = o.find('=');
        Ref<Str> key = TRY(decode_argument(py, o.substr(0, eq)));
        Ref<> v = eq == o.npos ? Ref<>::adopt(kTrue) : Ref<>(TRY(decode_argument(py, o.substr(eq + 1))));
        CHECK(dict_set(py, *options, key, std::move(v)));
    }
    CHECK(put(py, "_xoptions", std::move(options)));
    return {};
}

Result<Ref<Str>> decode_argument(Python& py, std::string_view bytes) {
    return decode_text(py, bytes, "utf-8", "surrogateescape");
}

Result<void> print_unraisable(Python& py, Borrowed<> unraisable) {
    // sys.unraisablehook(UnraisableHookArgs): its fields, in the form that the default report has.
    auto field = [&](char const* name) -> Result<Ref<>> { return get_attribute(py, unraisable, TRY(make_interned(py, name))); };
    Ref<> value = TRY(field("exc_value")), message = TRY(field("err_msg")), object = TRY(field("object"));
    if (value.value() == kNone || !has_stderr(py)) return {};
    display_unraisable(py, value, Optional<>(message.value()), Optional<>(object.value()));
    return {};
}

Result<void> print_exception(Python& py, Borrowed<> value, Borrowed<> traceback) {
    if (value.is(kNone)) return {};
    if (is_exception(value) && is<Traceback>(traceback)) {
        BaseException& e = exception_of(value.value());
        if (!e.traceback.load(&e)) e.traceback.store(&e, traceback.share());
    }
    Maybe<> err = sys_get(py, name::stderr_());
    if (!err) {
        constexpr std::string_view kLost = "lost sys.stderr\n";
        if (::write(2, kLost.data(), kLost.size()) < 0) return {};
    } else if (err.value() != kNone) {
        display_exception(py, value);
    }
    return {};
}

Result<void> audit_event(Python& py, Borrowed<> event, std::span<Value const> args) {
    Maybe<> hooks = sys_get(py, "__audit_hooks__");
    if (!hooks) return {};
    Ref<Tuple> packed = TRY(oro::make_tuple(py, args));
    return for_each(py, *hooks, [&](Ref<> hook) -> Result<void> {
        CHECK(call_with(py, hook, event, packed));
        return {};
    });
}

Result<void> add_audit_hook(Python& py, Borrowed<> hook) {
    Ref<Str> key = TRY(make_interned(py, "__audit_hooks__"));
    Ref<List> fresh = TRY(make_list(py));
    Ref<> hooks = TRY(dict_set_default(py, *py.interpreter->sys_dict, key, fresh));
    return list_append(py, as<List>(hooks.value()), hook.share());
}

}  // namespace oro
