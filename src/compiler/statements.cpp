// Simple statements, conditions and loops.
#include "compiler/codegen.h"

namespace oro::compiler {

void Generator::body(Seq<Stmt> statements) {
    for (Stmt* s : statements) {
        if (failed()) return;
        stmt(s);
    }
}

// Statements that may not run, as far as annotations are concerned.
void Generator::suite(Seq<Stmt> statements) {
    ++unit->in_conditional;
    body(statements);
    --unit->in_conditional;
}

void Generator::stmt(Stmt* s) {
    if (too_deep(s)) return;
    switch (s->kind) {
    case Kind::FunctionDef: return function_def(cast<syntax::FunctionDef>(s), false);
    case Kind::AsyncFunctionDef: return function_def(cast<syntax::AsyncFunctionDef>(s), true);
    case Kind::ClassDef: return class_def(cast<syntax::ClassDef>(s));
    case Kind::TypeAlias: return type_alias(cast<syntax::TypeAlias>(s));
    case Kind::Return: return return_stmt(cast<syntax::Return>(s));
    case Kind::Delete:
        for (Expr* target : cast<syntax::Delete>(s)->targets) delete_target(target);
        return;
    case Kind::Assign: return assign(cast<syntax::Assign>(s));
    case Kind::AugAssign: return aug_assign(cast<syntax::AugAssign>(s));
    case Kind::AnnAssign: return ann_assign(cast<syntax::AnnAssign>(s));
    case Kind::For: return for_stmt(cast<syntax::For>(s));
    case Kind::AsyncFor: return async_for(cast<syntax::AsyncFor>(s));
    case Kind::While: return while_stmt(cast<syntax::While>(s));
    case Kind::If: return if_stmt(cast<syntax::If>(s));
    case Kind::With: return with_stmt(cast<syntax::With>(s), 0);
    case Kind::AsyncWith: return with_stmt(cast<syntax::AsyncWith>(s), 0);
    case Kind::Match: return match_stmt(cast<syntax::Match>(s));
    case Kind::Raise: return raise_stmt(cast<syntax::Raise>(s));
    case Kind::Try: {
        auto* t = cast<syntax::Try>(s);
        return try_stmt(t->body, t->handlers, t->orelse, t->finalbody, false, s);
    }
    case Kind::TryStar: {
        auto* t = cast<syntax::TryStar>(s);
        return try_stmt(t->body, t->handlers, t->orelse, t->finalbody, true, s);
    }
    case Kind::Assert: return assert_stmt(cast<syntax::Assert>(s));
    case Kind::Import: return import_stmt(cast<syntax::Import>(s));
    case Kind::ImportFrom: return import_from(cast<syntax::ImportFrom>(s));
    case Kind::Global:
    case Kind::Nonlocal: return;
    case Kind::ExprStmt: return expr_stmt(cast<syntax::ExprStmt>(s));
    case Kind::Pass: out->emit(at(s), Opcode::nop); return;
    case Kind::Break: return break_or_continue(s, true);
    case Kind::Continue: return break_or_continue(s, false);
    default: fail("compiler: unexpected statement", s);
    }
}

void Generator::expr_stmt(syntax::ExprStmt* s) {
    if (interactive_ && unit->kind == UnitKind::module) {
        Val v = operand(s->value);
        out->pop(v);
        Reg d = out->push();
        out->emit_b(at(s), Opcode::intrinsic1, d, v, unsigned(Intrinsic1::print_expr));
        out->emit(nowhere(), Opcode::clear, d);
        out->pop();
        return;
    }
    // Does nothing, on a line of its own.
    if (is<syntax::Constant>(s->value)) return void(out->emit(at(s), Opcode::nop));
    effect(s->value);
}

void Generator::if_stmt(syntax::If* s) {
    Label end = out->new_label();
    for (;;) {
        Label next = s->orelse.empty() ? end : out->new_label();
        jump_if(s->test, next, false);
        suite(s->body);
        if (s->orelse.empty()) break;
        out->jump(nowhere(), Opcode::jump, end);
        out->bind(next);
        // An elif chain is a loop here, not recursion.
        if (s->orelse.size() == 1 && is<syntax::If>(s->orelse[0]) && !failed()) {
            s = cast<syntax::If>(s->orelse[0]);
            continue;
        }
        suite(s->orelse);
        break;
    }
    out->bind(end);
}

void Generator::while_stmt(syntax::While* s) {
    Label end = out->new_label(), otherwise = out->new_label();
    Block block{BlockKind::while_loop, out->handler};
    Label loop = out->here();
    block.on_continue = out->new_label();
    block.on_break = end;
    if (!push_block(block, s)) return;
    ++unit->loops;
    unit->finally_context.push_back('l');
    jump_if(s->test, otherwise, false);
    suite(s->body);
    out->bind(block.on_continue);
    out->jump(nowhere(), Opcode::jump_back, loop);
    unit->finally_context.pop_back();
    --unit->loops;
    unit->blocks.pop_back();
    out->bind(otherwise);
    suite(s->orelse);
    out->bind(end);
}

void Generator::for_stmt(syntax::For* s) {
    Position pos = at(s->iter);
    Label exhausted = out->new_label(), end = out->new_label();
    Val v = container(s->iter, true);
    out->pop(v);
    Reg iterator = out->push();
    out->emit_b(pos, Opcode::get_iter, iterator, v);
    Block block{BlockKind::for_loop, out->handler};
    block.on_continue = out->new_label();
    block.on_break = end;
    block.reg = iterator;
    if (!push_block(block, s)) return;
    ++unit->loops;
    unit->finally_context.push_back('l');
    Label loop = out->here();
    Reg target;
    bool direct = direct_target(s->target, &target);
    if (!direct) target = out->push();
    out->emit(pos, Opcode::for_iter, target, iterator);
    out->jump(pos, Opcode::jump, exhausted);
    if (!direct) {
        store_target(s->target, {target, true});
        out->pop();
    }
    suite(s->body);
    out->bind(block.on_continue);
    out->jump(nowhere(), Opcode::jump_back, loop);
    unit->finally_context.pop_back();
    --unit->loops;
    unit->blocks.pop_back();
    out->pop();
    out->bind(exhausted);
    suite(s->orelse);
    out->bind(end);
}

void Generator::async_for(syntax::AsyncFor* s) {
    Position pos = at(s->iter);
    Label stop = out->new_label(), end = out->new_label();
    Val v = operand(s->iter);
    out->pop(v);
    Reg iterator = out->push();
    out->emit_b(pos, Opcode::get_aiter, iterator, v);
    int outer = out->handler;
    Block block{BlockKind::async_for_loop, outer};
    block.on_continue = out->new_label();
    block.on_break = end;
    block.reg = iterator;
    if (!push_block(block, s)) return;
    ++unit->loops;
    unit->finally_context.push_back('l');
    Label loop = out->here();
    // The end of the loop is the exception StopAsyncIteration.
    Reg exc = out->next();
    out->handler = out->new_handler(stop, exc);
    Reg next = out->push();
    out->emit(pos, Opcode::get_anext, next, iterator);
    await({next, true}, pos, kAnyReg);
    out->handler = outer;
    store_target(s->target, {next, true});
    out->pop();
    suite(s->body);
    out->bind(block.on_continue);
    out->jump(nowhere(), Opcode::jump_back, loop);
    unit->finally_context.pop_back();
    --unit->loops;
    unit->blocks.pop_back();
    out->bind(stop);
    out->push();
    out->emit(pos, Opcode::end_async_for, exc);
    out->pop();
    out->emit(nowhere(), Opcode::clear, iterator);
    out->pop();
    suite(s->orelse);
    out->bind(end);
}

void Generator::return_stmt(syntax::Return* s) {
    if (!unit->scope->function_like() || unit->kind == UnitKind::module || unit->kind == UnitKind::class_)
        return fail("'return' outside function", s);
    if (s->value && unit->scope->coroutine && unit->scope->generator)
        return fail("'return' with value in async generator", s);
    for (char c : unit->finally_context)
        if (c == 'f') {
            warn("'return' in a 'finally' block", s);
            break;
        }
    Position pos = at(s);
    auto constant = s->value ? constant_of(s->value) : std::optional<Constant>(none_constant());
    // A constant on the line of the statement stands for the whole.
    if (constant && s->value && s->value->lineno == s->lineno) pos = at(s->value);
    unsigned top = out->top;
    int handler = out->handler;
    Val v{0, false};
    // What runs on the way out comes after the lines of the statement.
    if (constant && s->value) out->emit(at(s->value), Opcode::nop);
    if (!s->value || s->value->lineno != s->lineno) out->emit(at(s), Opcode::nop);
    if (!constant) {
        bool unwinds = false;
        for (Block const& b : unit->blocks)
            unwinds |= b.kind == BlockKind::try_finally || b.kind == BlockKind::with ||
                       b.kind == BlockKind::async_with || (b.kind == BlockKind::handler && b.name);
        // What runs on the way out may rebind a local.
        if (unwinds)
            v = {gen(s->value, kAnyReg), true};
        else
            v = operand(s->value);
    }
    unwind_all(pos, v);
    if (constant) v = {load_const(*constant, pos, kAnyReg), true};
    out->emit_a(pos, Opcode::return_value, v);
    out->top = top;
    out->handler = handler;
}

void Generator::break_or_continue(Stmt* s, bool is_break) {
    std::size_t loop = unit->blocks.size();
    while (loop-- > 0) {
        BlockKind kind = unit->blocks[loop].kind;
        if (kind == BlockKind::while_loop || kind == BlockKind::for_loop || kind == BlockKind::async_for_loop)
            break;
        if (kind == BlockKind::group_handler)
            return fail("'break', 'continue' and 'return' cannot appear in an except* block", s);
    }
    if (loop == std::size_t(-1))
        return fail(is_break ? "'break' outside loop" : "'continue' not properly in loop", s);
    if (!unit->finally_context.empty() && unit->finally_context.back() == 'f')
        warn(is_break ? "'break' in a 'finally' block" : "'continue' in a 'finally' block", s);
    Position pos = at(s);
    std::vector<Block> saved(unit->blocks.begin() + std::ptrdiff_t(loop) + 1, unit->blocks.end());
    int handler = out->handler;
    out->emit(pos, Opcode::nop);
    while (unit->blocks.size() > loop + 1) {
        Block block = unit->blocks.back();
        unit->blocks.pop_back();
        unwind(block, pos);
    }
    Block const target = unit->blocks[loop];
    out->handler = target.outer_handler;
    if (is_break && target.kind != BlockKind::while_loop) out->emit(pos, Opcode::clear, target.reg);
    out->jump(pos, Opcode::jump, is_break ? target.on_break : target.on_continue);
    unit->blocks.insert(unit->blocks.end(), saved.begin(), saved.end());
    out->handler = handler;
}

void Generator::assert_stmt(syntax::Assert* s) {
    if (auto* t = as<syntax::Tuple>(s->test); t && !t->elts.empty())
        warn("assertion is always true, perhaps remove parentheses?", s);
    if (options_.optimize) return;
    Label fine = out->new_label();
    jump_if(s->test, fine, true);
    Position pos = at(s);
    Reg exc;
    if (s->msg) {
        exc = out->push();
        out->emit(pos, Opcode::load_builtin, exc, unsigned(Builtin::AssertionError));
        out->push(kCallHeader);
        out->emit(pos, Opcode::push_null, exc + kCallHeader);
        push_value(s->msg);
        out->pop(kCallHeader + 2);
        out->push();
        emit_call(exc, 1, kNoName, exc, pos);
    } else {
        exc = out->push();
        out->emit(pos, Opcode::load_builtin, exc, unsigned(Builtin::AssertionError));
    }
    out->emit(at(s->test), Opcode::raise_, exc, 1);
    out->pop();
    out->bind(fine);
}

void Generator::raise_stmt(syntax::Raise* s) {
    Position pos = at(s);
    if (!s->exc) {
        out->emit(pos, Opcode::raise_, kTempBase, 0);
        return;
    }
    Reg first = out->next();
    push_value(s->exc);
    if (s->cause) push_value(s->cause);
    unsigned n = s->cause ? 2 : 1;
    out->pop(n);
    out->emit(pos, Opcode::raise_, first, n);
}

void Generator::import_stmt(syntax::Import* s) {
    Position pos = at(s);
    for (syntax::Alias* a : s->names) {
        std::string_view name = a->name.text();
        Reg level = load_const(int_constant(0), pos, kAnyReg);
        load_none(pos, kAnyReg);
        out->pop(2);
        Reg module = out->push();
        out->emit(pos, Opcode::import_name, module, level, out->site(Opcode::import_name, name));
        std::size_t dot = name.find('.');
        if (a->asname) {
            // `import a.b.c as m` binds the innermost module.
            while (dot != name.npos) {
                std::size_t next = name.find('.', dot + 1);
                std::string_view part = name.substr(dot + 1, next == name.npos ? next : next - dot - 1);
                Reg inner = out->push();
                out->emit(pos, Opcode::import_from, inner, module, out->site(Opcode::import_from, part),
                          LAST_B);
                out->emit(pos, Opcode::move, module, inner, 0, LAST_B);
                out->pop();
                dot = next;
            }
            store_name(a->asname, pos, {module, true});
        } else {
            store_name(id(name.substr(0, dot)), pos, {module, true});
        }
        out->pop();
    }
}

void Generator::import_from(syntax::ImportFrom* s) {
    Position pos = at(s);
    bool late =
        s->lineno > last_future.line || (s->lineno == last_future.line && s->col_offset > last_future.column);
    if (s->module == std::string_view("__future__") && s->level == 0 && late)
        return fail("from __future__ imports must occur at the beginning of the file", s);
    Reg level = load_const(int_constant(s->level), pos, kAnyReg);
    std::vector<Constant> names;
    for (syntax::Alias* a : s->names) names.push_back(str_constant(a->name.text()));
    load_const(tuple_constant(std::move(names)), pos, kAnyReg);
    out->pop(2);
    Reg module = out->push();
    out->emit(pos, Opcode::import_name, module, level, out->site(Opcode::import_name, s->module.text()));
    bool star = s->names.size() == 1 && s->names[0]->name == std::string_view("*");
    if (star) {
        out->emit_a(pos, Opcode::import_star, {module, true});
        out->pop();
        return;
    }
    for (syntax::Alias* a : s->names) {
        Reg value;
        Place place = place_of(a->asname ? a->asname : a->name);
        bool direct = place.kind == Place::fast;
        value = direct ? place.reg : out->push();
        out->emit(pos, Opcode::import_from, value, module, out->site(Opcode::import_from, a->name.text()));
        if (!direct) {
            store(place, pos, {value, true});
            out->pop();
        }
    }
    out->emit(pos, Opcode::clear, module);
    out->pop();
}

}  // namespace oro::compiler
