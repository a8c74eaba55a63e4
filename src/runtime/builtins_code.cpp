// builtins that compile and run code, and those that look at the code that calls them: breakpoint compile eval exec globals locals open
// __build_class__ __import__.
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/class.h"
#include "object/codecs.h"
#include "object/define.h"
#include "runtime/builtins.h"
#include "runtime/compile.h"
#include "runtime/hooks.h"
#include "runtime/import.h"
#include "vm/introspect.h"

namespace oro::builtins {

namespace {

// ---- the calling code

// Borrowed from the frame's function; null outside of Python code.
Optional<Dict> frame_globals(Python& py) {
    if (!py.frame) return {};
    return Optional<Dict>(*py.frame->fn()->globals);
}
Result<Ref<>> globals(Python& py) { return current_globals(py); }
Result<Ref<>> locals(Python& py) {
    if (!py.frame) return raise(py, exc::SystemError, "frame does not exist");
    return current_locals(py);
}

// ---- compile

// A file name: str, bytes or a path.
Result<Ref<Str>> file_name(Python& py, Borrowed<> given) {
    Ref<> name = given.share();
    if (!is<Str>(name.value()) && !is<Bytes>(name.value())) {
        Maybe<> hook = TRY(find_special(py, name, name::dunder_fspath()));
        if (!hook) return raise(py, exc::TypeError, "expected str, bytes or os.PathLike object, not {}", TypeName{name.value()});
        name = TRY(call_with(py, *hook));
    }
    if (is<Bytes>(name.value())) return decode_text(py, as<Bytes>(name.value())->view(), "utf-8", "surrogateescape");
    if (is<Str>(name.value())) return as<Str>(std::move(name));
    return raise(py, exc::TypeError, "expected {}.__fspath__() to return str or bytes, not {}", TypeName{given.value()}, TypeName{name.value()});
}

constexpr std::uint32_t kFutureFlags = 0x1FE0000;  // __future__ features, from nested_scopes' successors to annotations

Result<Ref<>> compile(Python& py, Borrowed<> source, Borrowed<> filename, Borrowed<Str> mode, int flags, bool dont_inherit, int optimize,
                      int feature_version) {
    Ref<Str> name = TRY(file_name(py, filename));
    std::uint32_t known = kOnlyAst | kDontImplyDedent | kAllowTopLevelAwait | kAllowIncompleteInput | kTypeComments | kOptimizedAst | kFutureFlags;
    if (std::uint32_t(flags) & ~known) return raise(py, exc::ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return raise(py, exc::ValueError, "compile(): invalid optimize value");
    CompileRequest request{.mode = CompileRequest::exec, .source = source, .filename = name, .flags = std::uint32_t(flags),
                           .inherit = !dont_inherit, .optimize = optimize, .feature_version = feature_version};
    if (equal(*mode.get(), "exec")) request.mode = CompileRequest::exec;
    else if (equal(*mode.get(), "eval")) request.mode = CompileRequest::eval;
    else if (equal(*mode.get(), "single")) request.mode = CompileRequest::single;
    else if (equal(*mode.get(), "func_type") && (std::uint32_t(flags) & kOnlyAst)) request.mode = CompileRequest::func_type;
    else if (equal(*mode.get(), "func_type")) return raise(py, exc::ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    else if (std::uint32_t(flags) & kOnlyAst)
        return raise(py, exc::ValueError, "compile() mode must be 'exec', 'eval', 'single' or 'func_type'");
    else return raise(py, exc::ValueError, "compile() mode must be 'exec', 'eval' or 'single'");
    return compile_any(py, request);
}

// ---- eval and exec

// Where code given to eval or exec runs.
struct Scope {
    Maybe<Dict> globals;
    Maybe<> locals;
};

Result<void> default_scope(Python& py, char const* function, Borrowed<> globals, Borrowed<> locals, Scope& out) {
    if (globals.is(kNone)) {
        Optional<Dict> own = frame_globals(py);
        if (!own) return raise(py, exc::TypeError, "{} must be given globals and locals when called without a frame", function);
        out.globals = Maybe<Dict>((*own).share());
        out.locals = locals.is(kNone) ? TRY(current_locals(py)) : locals.share();
    } else {
        out.globals = Maybe<Dict>(as<Dict>(globals).share());
        out.locals = locals.is(kNone) ? globals.share() : locals.share();
    }
    if (dict_get(py, **out.globals, name::dunder_builtins())) return {};
    Ref<Dict> builtins = py.frame ? py.frame->fn()->builtins.share() : py.interpreter->builtins_dict.share();
    return dict_set(py, **out.globals, name::dunder_builtins(), std::move(builtins));
}

bool is_mapping(Borrowed<> v) { return type_of(v).slot(Dunder::getitem) != nullptr; }

// Code from text, bytes or another buffer.
Result<Ref<>> code_from(Python& py, char const* function, Borrowed<> source, CompileRequest::Mode mode) {
    Ref<> text = source.share();
    if (!is<Str>(source) && !is<Bytes>(source)) {
        auto buffer = get_buffer(py, source);
        if (buffer.raised()) {
            clear_raised(py);
            return raise(py, exc::TypeError, "{}() arg 1 must be a string, bytes or code object", function);
        }
        text = TRY(make_bytes(py, std::move(buffer).take().bytes()));
    }
    if (mode == CompileRequest::eval) text = TRY(call_method_with(py, text, Borrowed<Str>(TRY(make_interned(py, "lstrip"))),
                                                                  is<Str>(text.value()) ? Ref<>(TRY(make_str(py, " \t"))) : Ref<>(TRY(make_bytes(py, " \t")))));
    Ref<Str> name = TRY(make_str(py, "<string>"));
    return compile_any(py, {.mode = mode, .source = text, .filename = name});
}

Result<Ref<>> eval(Python& py, Borrowed<> source, Borrowed<> globals, Borrowed<> locals) {
    if (!locals.is(kNone) && !is_mapping(locals)) return raise(py, exc::TypeError, "locals must be a mapping");
    if (!globals.is(kNone) && !is<Dict>(globals)) {
        return raise(py, exc::TypeError, is_mapping(globals) ? "globals must be a real dict; try eval(code, {{}}, mapping)"
                                                            : "globals must be a dict");
    }
    Scope scope;
    CHECK(default_scope(py, "eval", globals, locals, scope));
    Ref<> code = is<Code>(source) ? source.share() : TRY(code_from(py, "eval", source, CompileRequest::eval));
    if (as<Code>(code.value())->unit->free_count) return raise(py, exc::TypeError, "code object passed to eval() may not contain free variables");
    return run_code(py, as<Code>(code.value()), *scope.globals, Optional<>(*scope.locals));
}

Result<void> check_closure(Python& py, Code& code, Borrowed<> closure) {
    std::size_t wanted = code.unit->free_count;
    if (wanted == 0) {
        if (!closure.is(kNone)) return raise(py, exc::TypeError, "cannot use a closure with this code object");
        return {};
    }
    bool fits = is<Tuple>(closure) && as<Tuple>(closure)->size == wanted;
    for (std::size_t i = 0; fits && i < wanted; ++i) fits = is<Cell>(as<Tuple>(closure)->slots[i]);
    if (!fits) return raise(py, exc::TypeError, "code object requires a closure of exactly length {}", wanted);
    return {};
}

Result<void> exec(Python& py, Borrowed<> source, Borrowed<> globals, Borrowed<> locals, Borrowed<> closure) {
    if (!globals.is(kNone) && !is<Dict>(globals)) return raise(py, exc::TypeError, "exec() globals must be a dict, not {}", TypeName{globals.value()});
    if (!locals.is(kNone) && !is_mapping(locals)) return raise(py, exc::TypeError, "locals must be a mapping or None, not {}", TypeName{locals.value()});
    Scope scope;
    CHECK(default_scope(py, "exec", globals, locals, scope));
    Maybe<> made;
    if (!is<Code>(source)) {
        if (!closure.is(kNone)) return raise(py, exc::TypeError, "closure can only be used when source is a code object");
        made = TRY(code_from(py, "exec", source, CompileRequest::exec));
    }
    Borrowed<Code> code = as<Code>(made ? made.value() : source.value());
    CHECK(check_closure(py, *code, closure));
    CHECK(run_code(py, code, *scope.globals, Optional<>(*scope.locals), closure.is(kNone) ? Optional<Tuple>() : Optional<Tuple>(closure.value())));
    return {};
}

// ---- others

Result<Ref<>> import_(Python& py, Borrowed<> name, Borrowed<> globals, Borrowed<> locals, Optional<> from_list, std::int64_t level) {
    if (!is<Str>(name)) return raise(py, exc::TypeError, "module name must be a string");
    return import_name(py, as<Str>(name), globals, locals, from_list.value_or(none), level);
}

// A function of another module that stands here as well, found when it is called.
Value open(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    auto found = import_attribute(py, "_io", "open");
    if (found.raised()) return {};
    Ref<> function = std::move(found).take();
    return call(py, function, std::span<Value const>(args, n + (names ? names->size : 0)), names).release();
}

Value breakpoint(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    Maybe<> hook = sys_get(py, "breakpointhook");
    if (!hook) return (void)raise(py, exc::RuntimeError, "lost sys.breakpointhook"), Value{};
    return call(py, *hook, std::span<Value const>(args, n + (names ? names->size : 0)), names).release();
}

constexpr MethodDef functions[] = {
    raw_def("__build_class__", nullptr, "Internal helper function used by the class statement.", build_class, MethodKind::static_),
    function<import_>("__import__", "name, globals=None, locals=None, fromlist=(), level=0",
                      "What import statements call. Programs use importlib.import_module() instead."),
    raw_def("breakpoint", "*args, **kws", "Calls sys.breakpointhook() with the same arguments, which enters the debugger.", breakpoint,
            MethodKind::static_),
    function<compile>("compile", "source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1",
                      "Compiles source text or a syntax tree to a code object, which exec() or eval() can run."),
    function<eval>("eval", "source, /, globals=None, locals=None", "Evaluates an expression given as text or code object."),
    function<exec>("exec", "source, /, globals=None, locals=None, *, closure=None", "Runs statements given as text or code object."),
    function<globals>("globals", "", "The namespace of the module whose code runs now."),
    function<locals>("locals", "", "The local variables of the code that runs now: live in modules and classes, a snapshot in functions."),
    raw_def("open", "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
            "Opens a file and returns a stream.", open, MethodKind::static_),
};

}  // namespace

const std::span<MethodDef const> code_functions = functions;

}  // namespace oro::builtins
