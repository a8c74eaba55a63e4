// The compilation as a whole: module code, errors and warnings, and the front door.
#include <algorithm>

#include "compiler/codegen.h"

namespace oro::compiler {

static std::uintptr_t stack_address() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

Generator::Generator(Arena& arena, SymbolTable& table, CompileOptions const& options,
                     std::uint32_t future_flags)
    : arena_(arena),
      table_(table),
      options_(options),
      future_flags_(future_flags),
      stack_base_(stack_address()) {}

void Generator::fail(std::string_view message, Range range, syntax::ErrorKind kind) {
    if (!error_) error_ = make_error(arena_, kind, message, range);
    for (auto& u : units_) u->out.broken = true;
}

void Generator::warn(std::string_view message, Range range) {
    if (silent_) return;
    syntax::SyntaxError const* as_error = make_error(arena_, syntax::ErrorKind::syntax_error, message, range);
    syntax::SyntaxWarning warning;
    warning.message = warning.error_message = as_error->message;
    warning.lineno = as_error->lineno;
    warning.offset = as_error->offset;
    warning.end_lineno = as_error->end_lineno;
    warning.end_offset = as_error->end_offset;
    warnings_.push_back(warning);
}

bool Generator::too_deep(Node const* node) {
    if (stack_base_ - stack_address() < options_.stack_budget) return false;
    fail("maximum recursion depth exceeded during compilation", node, syntax::ErrorKind::recursion_error);
    return true;
}

// The function of a module's annotations is made before its first statement; what it holds is known only
// after the last. So it is emitted last and moved to the front.
void Generator::start_module_annotations() {
    if (unit->annotations.empty() || failed()) return;
    std::size_t from = out->code.size(), to = out->prologue_end;
    Position pos = first_statement_;
    auto code = deferred_annotations(pos);
    Reg function = make_function(code, unit->scope->annotations, 0, 0, pos, kAnyReg);
    store_text("__annotate__", pos, {function, true});
    out->pop();
    std::size_t count = out->code.size() - from;
    for (int& label : out->labels)
        if (label >= int(to)) label += int(count);
    std::rotate(out->code.begin() + std::ptrdiff_t(to), out->code.begin() + std::ptrdiff_t(from),
                out->code.end());
}

CompileResult Generator::run(syntax::Mod const& tree) {
    CompileResult result;
    Scope* scope = table_.top();
    enter(UnitKind::module, "<module>", scope, {}, 1);
    Position start{0, 1, 0, 0};
    interactive_ = is<syntax::Interactive>(&tree);
    prologue(start);
    if (auto* e = as<syntax::Expression>(&tree)) {
        Val v = operand(e->body);
        out->emit_a(at(e->body), Opcode::return_value, v);
        out->pop(v);
    } else {
        auto* module = as<syntax::Module>(&tree);
        Seq<Stmt> statements = module ? module->body : cast<syntax::Interactive>(&tree)->body;
        if (!statements.empty()) first_statement_ = at(statements[0]);
        Position first = first_statement_;
        if (scope->has_conditional_annotations) {
            Reg set = out->push();
            out->emit(first, Opcode::build_set, set, set, 0);
            store_text("__conditional_annotations__", first, {set, true});
            out->pop();
        }
        if (scope->annotations && (future_flags_ & CO_FUTURE_ANNOTATIONS || interactive_))
            out->emit(first, Opcode::setup_annotations);
        if (module) {
            Position doc_pos{};
            if (auto doc = take_docstring(statements, &doc_pos)) {
                Reg text = load_const(str_constant(*doc), doc_pos, kAnyReg);
                store_text("__doc__", nowhere(), {text, true});
                out->pop();
            }
        }
        body(statements);
        Reg none = load_none(nowhere(), kAnyReg);
        out->emit_a(nowhere(), Opcode::return_value, {none, true});
        out->pop();
    }
    emit_cleanups();
    stop_iteration_guard_end();
    start_module_annotations();
    auto code = leave();
    result.error = error_;
    if (!error_) result.code = std::move(code);
    result.warnings = std::move(warnings_);
    return result;
}

CompileResult compile(Arena& arena, syntax::Mod const& tree, CompileOptions const& options) {
    CompileResult result;
    FutureFeatures future = future_features(arena, tree);
    if (future.error) {
        result.error = future.error;
        return result;
    }
    constexpr std::uint32_t kFutureBits = CO_FUTURE_ANNOTATIONS | CO_FUTURE_BARRY_AS_BDFL;
    std::uint32_t flags = future.flags | (options.flags & kFutureBits);
    SymbolTable table(arena);
    SymtableOptions symtable;
    symtable.future_annotations = flags & CO_FUTURE_ANNOTATIONS;
    symtable.top_level_await = options.flags & PyCF_ALLOW_TOP_LEVEL_AWAIT;
    symtable.stack_budget = options.stack_budget;
    if (auto* error = build_symbol_table(arena, table, tree, symtable)) {
        result.error = error;
        return result;
    }
    Generator generator(arena, table, options, flags);
    generator.last_future = Range(future.last_line, future.last_column, 0, 0);
    return generator.run(tree);
}

}  // namespace oro::compiler
