// The module _ast: the classes of syntax trees, and what compile() does with trees.
#include <atomic>
#include <mutex>

#include "modules/_ast/ast.h"
#include "object/interpreter.h"
#include "runtime/compile.h"
#include "runtime/hooks.h"

namespace oro::ast {

namespace {

// Made by the first import, never freed: classes and compile() belong together whatever becomes of the module.
std::atomic<Classes const*> the_classes{nullptr};

bool is_tree(Python&, Borrowed<> v) { return is<Node>(v); }

// A tree for a program: what PyCF_OPTIMIZED_AST asks for is done.
Result<Ref<>> show_tree(Python& py, Arena& arena, syntax::Mod& tree, CompileRequest const& request) {
    if ((request.flags & kOptimizedAst) == kOptimizedAst)
        optimize_tree(arena, tree, request.optimize < 0 ? py.interpreter->config.optimize : request.optimize);
    return build_tree(py, *TRY(classes(py)), tree);
}

Result<Ref<>> parse_tree(Python& py, std::string_view source, CompileRequest const& request, CompileSettings const& settings) {
    Arena arena;
    syntax::Mod* tree = TRY(parse_source(py, arena, source, request.filename, settings));
    return show_tree(py, arena, *tree, request);
}

Result<Ref<>> compile_tree(Python& py, CompileRequest const& request, CompileSettings const& settings) {
    Classes const& c = *TRY(classes(py));
    syntax::Kind const wanted[] = {syntax::Kind::Module, syntax::Kind::Expression, syntax::Kind::Interactive, syntax::Kind::FunctionType};
    Fixed<> const& cls = c.nodes[int(wanted[request.mode])];
    if (!is_instance_of(request.source.value(), *static_cast<Type*>(cls.value().pointer())))
        return raise(py, exc::TypeError, "expected {} node, got {}", syntax::info_of(wanted[request.mode]).name, name_of_type(type_of(request.source)));
    Arena arena;
    syntax::Mod* tree = TRY(read_tree(py, c, arena, request.source));
    if (request.flags & kOnlyAst) return show_tree(py, arena, *tree, request);
    return compile_syntax(py, arena, *tree, request.filename, settings);
}

constexpr SyntaxTrees trees{is_tree, parse_tree, compile_tree};

Result<void> setup(Python& py, Module& m) {
    CHECK(enter_classes(py, *TRY(classes(py)), m));
    struct Flag { char const* name; int value; };
    for (Flag f : {Flag{"PyCF_ONLY_AST", 0x400}, Flag{"PyCF_TYPE_COMMENTS", 0x1000}, Flag{"PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000}, Flag{"PyCF_OPTIMIZED_AST", 0x8400}})
        CHECK(add_to_module(py, m, f.name, Ref<>::immediate(Value::of_int(f.value))));
    set_syntax_trees(&trees);
    return {};
}

}  // namespace

Result<Classes const*> classes(Python& py) {
    if (Classes const* c = the_classes.load(std::memory_order_acquire)) return c;
    auto fresh = std::make_unique<Classes>();
    CHECK(make_classes(py, *fresh));
    // Of several first imports at the same time, one wins.
    Classes const* expected = nullptr;
    if (the_classes.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel)) return fresh.release();
    return expected;
}

ORO_MODULE(ast_module, .name = "_ast", .doc = "The classes of syntax trees.", .setup = setup);

}  // namespace oro::ast
