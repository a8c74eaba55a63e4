// Function definitions and lambdas: defaults, closures, decorators, docstrings.
#include "compiler/codegen.h"

namespace oro::compiler {

// ---- docstrings

// Indentation that all lines but the first share is taken away, tabs are expanded.
static std::string clean_docstring(std::string_view doc) {
    std::string text;
    std::size_t column = 0;
    for (char ch : doc) {
        if (ch == '\t') {
            std::size_t spaces = 8 - column % 8;
            text.append(spaces, ' ');
            column += spaces;
        } else {
            text.push_back(ch);
            if (ch == '\n' || ch == '\r')
                column = 0;
            else if ((ch & 0xC0) != 0x80)
                ++column;
        }
    }
    std::size_t margin = std::string::npos;
    for (std::size_t start = text.find('\n'); start != text.npos; start = text.find('\n', start)) {
        std::size_t first = text.find_first_not_of(' ', ++start);
        if (first == text.npos || text[first] == '\n') continue;
        if (first - start < margin) margin = first - start;
    }
    if (margin == text.npos) margin = 0;
    std::string out;
    std::size_t i = text.find_first_not_of(' ');
    if (i == text.npos) i = text.size();
    while (i < text.size()) {
        std::size_t end = text.find('\n', i);
        if (end == text.npos) {
            out.append(text, i, text.npos);
            break;
        }
        out.append(text, i, end + 1 - i);
        i = end + 1;
        for (std::size_t k = 0; k < margin && i < text.size() && text[i] == ' '; ++k) ++i;
    }
    return out;
}

std::optional<std::string> Generator::take_docstring(Seq<Stmt>& statements, Position* pos) {
    if (statements.empty()) return {};
    auto* first = as<syntax::ExprStmt>(statements[0]);
    auto* constant = first ? as<syntax::Constant>(first->value) : nullptr;
    if (!constant || !constant->value.is(syntax::ConstantValue::Kind::Str)) return {};
    if (pos) *pos = at(constant);
    statements = statements.subspan(1);
    if (options_.optimize >= 2) return {};
    return clean_docstring(constant->value.text());
}

void Generator::add_docstring(Seq<Stmt>& statements) {
    if (auto text = take_docstring(statements)) {
        out->constant(str_constant(*text));
        unit->code->flags |= CO_HAS_DOCSTRING;
    }
}

// ---- making functions

unsigned Generator::defaults(syntax::Arguments* args, Position pos) {
    unsigned flags = 0;
    if (!args->defaults.empty()) {
        flags |= FN_DEFAULTS;
        std::vector<Constant> constants;
        for (Expr* e : args->defaults) {
            auto c = constant_of(e);
            if (!c) break;
            constants.push_back(std::move(*c));
        }
        if (constants.size() == args->defaults.size()) {
            load_const(tuple_constant(std::move(constants)), pos, kAnyReg);
        } else {
            Reg first = out->next();
            for (Expr* e : args->defaults) push_value(e);
            out->pop(unsigned(args->defaults.size()));
            Reg d = out->push();
            out->emit(pos, Opcode::build_tuple, d, first, unsigned(args->defaults.size()));
        }
    }
    unsigned pairs = 0;
    Reg first = out->next();
    for (std::size_t i = 0; i < args->kwonlyargs.size(); ++i) {
        if (!args->kw_defaults[i]) continue;
        load_const(str_constant(mangled(args->kwonlyargs[i]->arg).text()), pos, kAnyReg);
        push_value(args->kw_defaults[i]);
        ++pairs;
    }
    if (pairs) {
        flags |= FN_KWDEFAULTS;
        out->pop(2 * pairs);
        Reg d = out->push();
        out->emit(pos, Opcode::build_dict, d, first, pairs);
    }
    return flags;
}

// The function of `code`; `pushed` registers on top hold the attributes that `flags` tell of.
Reg Generator::make_function(std::shared_ptr<CodeUnit> code, Scope*, unsigned flags, unsigned pushed,
                             Position pos, Reg want) {
    Reg first = kTempBase + out->top - pushed;
    if (code && !code->free_names.empty()) {
        Reg cells = out->next();
        for (std::string const& name : code->free_names) closure_cell(id(name), pos, kAnyReg);
        out->pop(unsigned(code->free_names.size()));
        Reg tuple = out->push();
        out->emit(pos, Opcode::build_tuple, tuple, cells, unsigned(code->free_names.size()));
        flags |= FN_CLOSURE;
        ++pushed;
    }
    out->pop(pushed);
    Reg d = dest(want);
    Constant constant;
    constant.kind = Constant::Kind::code;
    constant.code = std::move(code);
    out->emit(pos, Opcode::make_function, d, out->constant(constant), pushed ? first : kTempBase,
              std::uint8_t(flags));
    return d;
}

void Generator::count_parameters(syntax::Arguments* args) {
    unit->code->positional_only = std::uint32_t(args->posonlyargs.size());
    unit->code->positional = std::uint32_t(args->posonlyargs.size() + args->args.size());
    unit->code->keyword_only = std::uint32_t(args->kwonlyargs.size());
}

// Each decorator opens a call block; what is decorated becomes the argument of the innermost.
void Generator::decorators(Seq<Expr> list) {
    for (Expr* e : list) {
        Reg block = out->next();
        push_value(e);
        out->push(kCallHeader);
        out->emit(at(e), Opcode::push_null, block + kCallHeader);
    }
}

void Generator::apply_decorators(Seq<Expr> list) {
    for (std::size_t i = list.size(); i-- > 0;) {
        out->pop(kCallHeader + 2);
        Reg block = out->push();
        emit_call(block, 1, kNoName, block, at(list[i]));
    }
}

// Calls the function in `block` with arguments that stand in the block already; the result takes its place.
Reg Generator::call_made(Reg block, unsigned arguments, Position pos) {
    out->pop(kCallHeader + 1 + arguments);
    Reg d = out->push();
    emit_call(block, arguments, kNoName, d, pos);
    return d;
}

template <class Def>
Reg Generator::function_body(Def* s, bool is_async, unsigned flags, unsigned pushed, int first_line) {
    Position pos = at(s);
    Scope* scope = table_.find(s);
    enter(is_async ? UnitKind::async_function : UnitKind::function, s->name.text(), scope,
          unit->private_class, first_line);
    count_parameters(s->args);
    Seq<Stmt> statements = s->body;
    add_docstring(statements);
    prologue({first_line, first_line, 0, 0});
    body(statements);
    Reg none = load_none(nowhere(), kAnyReg);
    out->emit_a(nowhere(), Opcode::return_value, {none, true});
    out->pop();
    emit_cleanups();
    stop_iteration_guard_end();
    auto code = leave();
    return make_function(code, scope, flags, pushed, pos, kAnyReg);
}

template <class Def>
void Generator::function_def(Def* s, bool is_async) {
    Position pos = at(s);
    int first_line = s->decorator_list.empty() ? s->lineno : s->decorator_list[0]->lineno;
    decorators(s->decorator_list);
    unsigned top = out->top;
    if (!s->type_params.empty()) {
        // The type parameters live in a function of their own, called at once; defaults are evaluated
        // outside.
        Reg block = open_block();
        unsigned flags = defaults(s->args, pos);
        unsigned arguments = unsigned((flags & FN_DEFAULTS) != 0) + unsigned((flags & FN_KWDEFAULTS) != 0);
        Scope* scope = table_.find(s, ScopeRole::type_params);
        std::string name = "<generic parameters of " + std::string(s->name.text()) + ">";
        enter(UnitKind::annotations, name, scope, unit->private_class, first_line);
        unit->code->positional = arguments;
        prologue({first_line, first_line, 0, 0});
        Reg params = type_params(s->type_params, pos);
        unsigned pushed = 0;
        for (unsigned i = 0; i < arguments; ++i, ++pushed) out->emit(pos, Opcode::move, out->push(), i);
        if (function_annotations(s, s->args, s->returns)) flags |= FN_ANNOTATE, ++pushed;
        Reg function = function_body(s, is_async, flags, pushed, first_line);
        Reg pair = out->push(2);
        out->emit(pos, Opcode::move, pair, function, 0, LAST_B);
        out->emit(pos, Opcode::move, pair + 1, params, 0, LAST_B);
        out->emit(pos, Opcode::intrinsic2, params, pair, unsigned(Intrinsic2::set_function_type_params));
        out->pop(3);
        out->emit_a(pos, Opcode::return_value, {params, true});
        out->pop();
        emit_cleanups();
        auto code = leave();
        // The callable goes below its arguments.
        Reg made = make_function(code, scope, 0, 0, pos, kAnyReg);
        out->emit(pos, Opcode::move, block, made, 0, LAST_B);
        out->pop();
        out->emit(pos, Opcode::push_null, block + kCallHeader);
        call_made(block, arguments, pos);
    } else {
        unsigned flags = defaults(s->args, pos);
        unsigned pushed = unsigned((flags & FN_DEFAULTS) != 0) + unsigned((flags & FN_KWDEFAULTS) != 0);
        if (function_annotations(s, s->args, s->returns)) flags |= FN_ANNOTATE, ++pushed;
        function_body(s, is_async, flags, pushed, first_line);
    }
    if (failed()) {
        out->top = top;
        return;
    }
    apply_decorators(s->decorator_list);
    store_name(s->name, pos, {kTempBase + out->top - 1, true});
    out->pop();
}

template void Generator::function_def(syntax::FunctionDef*, bool);
template void Generator::function_def(syntax::AsyncFunctionDef*, bool);

Reg Generator::lambda(syntax::Lambda* e, Reg want) {
    Position pos = at(e);
    unsigned flags = defaults(e->args, pos);
    unsigned pushed = unsigned((flags & FN_DEFAULTS) != 0) + unsigned((flags & FN_KWDEFAULTS) != 0);
    Scope* scope = table_.find(e);
    enter(UnitKind::lambda, "<lambda>", scope, unit->private_class, e->lineno);
    count_parameters(e->args);
    prologue({e->lineno, e->lineno, 0, 0});
    Position body_pos = at(e->body);
    if (scope->generator) {
        // A generator's lambda returns nothing that anybody sees but the end of iteration.
        Val v = operand(e->body);
        out->emit_a(body_pos, Opcode::return_value, v);
        out->pop(v);
    } else {
        Val v = operand(e->body);
        out->emit_a(body_pos, Opcode::return_value, v);
        out->pop(v);
    }
    emit_cleanups();
    stop_iteration_guard_end();
    auto code = leave();
    return make_function(code, scope, flags, pushed, pos, want);
}

}  // namespace oro::compiler
