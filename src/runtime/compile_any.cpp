// compile() of anything: text, bytes and other buffers here, syntax trees through the module _ast once it is imported.
#include <atomic>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/import.h"
#include "runtime/compile.h"
#include "runtime/hooks.h"
#include "vm/function.h"

namespace oro {

namespace {

// Set once, by the first import of _ast.
std::atomic<SyntaxTrees const*> syntax_trees{nullptr};

Result<SyntaxTrees const*> trees(Python& py) {
    SyntaxTrees const* t = syntax_trees.load(std::memory_order_acquire);
    if (t) return t;
    CHECK(import_module(py, "_ast"));
    t = syntax_trees.load(std::memory_order_acquire);
    if (!t) return raise(py, exc::SystemError, "module _ast offers no syntax trees");
    return t;
}

constexpr std::uint32_t kFutures = CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_ANNOTATIONS;

syntax::ParseMode parse_mode(CompileRequest::Mode mode) {
    switch (mode) {
        case CompileRequest::eval: return syntax::ParseMode::eval;
        case CompileRequest::single: return syntax::ParseMode::single;
        case CompileRequest::func_type: return syntax::ParseMode::func_type;
        default: return syntax::ParseMode::exec;
    }
}

Result<void> refuse_null(Thread& t, std::string_view text) {
    if (text.find('\0') != text.npos) return raise(t, exc::SyntaxError, "source code string cannot contain null bytes");
    return {};
}

}  // namespace

void set_syntax_trees(SyntaxTrees const* trees) { syntax_trees.store(trees, std::memory_order_release); }

Result<Ref<>> compile_any(Python& py, CompileRequest const& given) {
    CompileRequest request = given;
    // Features that the calling code has switched on hold for what it compiles.
    if (request.inherit && py.frame) request.flags |= py.frame->code.get()->code_flags & kFutures;
    CompileSettings settings{.mode = parse_mode(request.mode), .flags = request.flags, .optimize = request.optimize};
    if (is<Str>(request.source)) {
        std::string_view text = TRY(utf8_of(py, as<Str>(request.source)));
        CHECK(refuse_null(py, text));
        if (request.flags & kOnlyAst) return TRY(trees(py))->parse(py, text, request, settings);
        return compile_source(py, text, request.filename, settings);
    }
    // Without an import of _ast there can be no tree.
    SyntaxTrees const* known = syntax_trees.load(std::memory_order_acquire);
    if (known && known->is_tree(py, request.source)) return known->compile(py, request, settings);
    auto claimed = get_buffer(py, request.source);
    if (claimed.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "compile() arg 1 must be a string, bytes or AST object");
    }
    // A copy holds still while the compiler looks at it.
    std::string bytes;
    {
        Buffer buffer = std::move(claimed).take();
        bytes = buffer.bytes();
    }
    CHECK(refuse_null(py, bytes));
    if (request.flags & kOnlyAst) {
        Arena arena;
        std::string_view text = TRY(decode_source_bytes(py, arena, bytes, request.filename));
        return TRY(trees(py))->parse(py, text, request, settings);
    }
    return compile_bytes(py, bytes, request.filename, settings);
}

}  // namespace oro
