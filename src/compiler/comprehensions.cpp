// Comprehensions: inlined into the code around them where Python allows, and generator expressions.
//
// The variables of an inlined comprehension get hidden registers of their own, so nothing of the outer code
// needs to be saved; they are cleared at the end, also when an exception passes (unless it leaves the frame
// anyway).
#include "compiler/codegen.h"

namespace oro::compiler {

static Seq<syntax::Comprehension> generators_of(Expr* e) {
    switch (e->kind) {
    case Kind::ListComp: return cast<syntax::ListComp>(e)->generators;
    case Kind::SetComp: return cast<syntax::SetComp>(e)->generators;
    case Kind::DictComp: return cast<syntax::DictComp>(e)->generators;
    default: return cast<syntax::GeneratorExp>(e)->generators;
    }
}

// Makes what the comprehension fills. A list gets its size at once where each item of the iterator gives one of it.
void Generator::comp_result(Expr* e, Reg accumulator, Reg iterator, Position pos) {
    if (is<syntax::ListComp>(e)) {
        Seq<syntax::Comprehension> generators = generators_of(e);
        bool one_each = generators.size() == 1 && generators[0]->ifs.empty() && !generators[0]->is_async;
        if (one_each) out->emit(pos, Opcode::build_list_for, accumulator, iterator);
        else out->emit(pos, Opcode::build_list, accumulator, accumulator, 0);
    } else {
        out->emit(pos, is<syntax::SetComp>(e) ? Opcode::build_set : Opcode::build_dict, accumulator, accumulator, 0);
    }
}

Reg Generator::comprehension(Expr* e, Reg want) {
    Scope* scope = table_.find(e);
    if (!scope) {
        fail("compiler: comprehension without a scope", e);
        return dest(want);
    }
    Position pos = at(e);
    bool is_generator = is<syntax::GeneratorExp>(e);
    bool async = scope->coroutine;
    bool top_level_await = (options_.flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) && unit->kind == UnitKind::module;
    bool in_async = unit->kind == UnitKind::async_function ||
                    (unit->kind == UnitKind::comprehension) || !unit->comps.empty();
    if (unit->kind == UnitKind::lambda || unit->kind == UnitKind::function)
        in_async = in_async && !unit->comps.empty();
    if (async && !is_generator && !in_async && !top_level_await) {
        fail("asynchronous comprehension outside of an asynchronous function", e);
        return dest(want);
    }
    if (scope->inlined) return inlined(e, scope, want);

    Seq<syntax::Comprehension> generators = generators_of(e);
    char const* name = is_generator                 ? "<genexpr>"
                       : is<syntax::ListComp>(e) ? "<listcomp>"
                       : is<syntax::SetComp>(e)  ? "<setcomp>"
                                                 : "<dictcomp>";
    Reg block = kTempBase + out->top;
    enter(UnitKind::comprehension, name, scope, unit->private_class, e->lineno);
    unit->code->positional = 1;
    prologue({e->lineno, e->lineno, 0, 0});
    Reg accumulator = 0;
    if (!is_generator) accumulator = out->push();
    Reg iterator = out->push();
    out->emit(pos, Opcode::move, iterator, unit->locals.at(id(".0").entry()));
    if (!is_generator) comp_result(e, accumulator, iterator, pos);
    comp_loop(e, 0, accumulator, {iterator, true});
    Reg result = is_generator ? load_none(pos, kAnyReg) : accumulator;
    out->emit_a(pos, Opcode::return_value, {result, true});
    out->pop();
    stop_iteration_guard_end();
    auto code = leave();
    if (failed()) return dest(want);

    make_function(code, scope, 0, 0, pos, kAnyReg);
    out->push(kCallHeader);
    out->emit(pos, Opcode::push_null, block + kCallHeader);
    Val v = container(generators[0]->iter, true);
    out->pop(v);
    Reg argument = out->push();
    out->emit_b(at(generators[0]->iter), generators[0]->is_async ? Opcode::get_aiter : Opcode::get_iter,
                argument, v);
    out->pop(kCallHeader + 2);
    if (async && !is_generator) {
        Reg d = out->push();
        emit_call(block, 1, kNoName, d, pos);
        return await({d, true}, pos, want);
    }
    Reg d = dest(want);
    emit_call(block, 1, kNoName, d, pos);
    return d;
}

Reg Generator::inlined(Expr* e, Scope* scope, Reg want) {
    Position pos = at(e);
    Seq<syntax::Comprehension> generators = generators_of(e);
    Reg accumulator = out->push();
    // The outermost iterable belongs to the code outside.
    Val v = container(generators[0]->iter, true);
    out->pop(v);
    Reg iterator = out->push();
    out->emit_b(at(generators[0]->iter), generators[0]->is_async ? Opcode::get_aiter : Opcode::get_iter,
                iterator, v);

    CompState comp{scope, {}};
    std::vector<Reg> hidden;
    for (Symbol const& symbol : scope->symbols) {
        bool cell = symbol.binding == Binding::cell;
        if (symbol.flags & DEF_PARAM || (symbol.binding != Binding::local && !cell)) continue;
        std::string key(symbol.name.text());
        key += cell ? " cell " : " ";
        key += std::to_string(unit->comps.size());
        auto [entry, fresh] = unit->hidden.try_emplace(key, 0);
        if (fresh) {
            // In a function the variable counts among its locals, unless the function has one of that name.
            Binding outside = unit->scope->binding_of(symbol.name);
            bool own_name = unit->scope->function_like() && unit->comps.empty() &&
                            outside != Binding::local && outside != Binding::cell;
            entry->second = add_local(
                symbol.name.text(),
                std::uint8_t((own_name ? 0 : LOCAL_HIDDEN) | (cell ? LOCAL_CELL | LOCAL_HIDDEN : 0)));
        }
        comp.registers[symbol.name.entry()] = entry->second;
        hidden.push_back(entry->second);
    }
    int outer = out->handler;
    bool caught_here = outer != kNoHandler && !(outer == 0 && is_generator_like(*unit));
    Label cleanup = kNoLabel;
    if (caught_here && !hidden.empty()) {
        cleanup = out->new_label();
        out->handler = out->new_handler(cleanup, accumulator);
        unit->cleanups.push_back({cleanup, accumulator, hidden, outer});
    }
    for (Symbol const& symbol : scope->symbols)
        if (symbol.binding == Binding::cell && !(symbol.flags & DEF_PARAM))
            out->emit(nowhere(), Opcode::make_cell, comp.registers.at(symbol.name.entry()));
    comp_result(e, accumulator, iterator, pos);
    unit->comps.push_back(std::move(comp));
    comp_loop(e, 0, accumulator, {iterator, true});
    unit->comps.pop_back();
    out->handler = outer;
    for (Reg reg : hidden) out->emit(nowhere(), Opcode::clear, reg);
    return finish(accumulator, want, pos);
}

void Generator::comp_element(Expr* e, Reg accumulator) {
    if (auto* d = as<syntax::DictComp>(e)) {
        Position pos = at(d->key);
        pos.end_line = d->value->end_lineno;
        pos.end_column = d->value->end_col_offset;
        Val key = operand(d->key, true);
        Val value = operand(d->value);
        out->pop(value);
        out->pop(key);
        out->emit_bc(pos, Opcode::dict_set, accumulator, key, value);
        return;
    }
    if (auto* g = as<syntax::GeneratorExp>(e)) {
        Reg sent = yield(g->elt, at(g->elt), kAnyReg);
        out->emit(nowhere(), Opcode::clear, sent);
        out->pop();
        return;
    }
    bool list = is<syntax::ListComp>(e);
    Expr* elt = list ? cast<syntax::ListComp>(e)->elt : cast<syntax::SetComp>(e)->elt;
    Val v = operand(elt);
    out->pop(v);
    out->emit_b(at(elt), list ? Opcode::list_append : Opcode::set_add, accumulator, v);
}

// Generator `index` and those inside it. The iterator of the first is given.
void Generator::comp_loop(Expr* e, std::size_t index, Reg accumulator, Val first_iterator) {
    Seq<syntax::Comprehension> generators = generators_of(e);
    syntax::Comprehension* g = generators[index];
    Label skip = out->new_label(), end = out->new_label();
    auto inside = [&] {
        for (Expr* condition : g->ifs) jump_if(condition, skip, false);
        if (index + 1 < generators.size())
            comp_loop(e, index + 1, accumulator, {0, false});
        else
            comp_element(e, accumulator);
    };
    if (failed() || too_deep(e)) return;
    Position iter_pos = at(g->iter);
    if (index && !g->is_async) {
        // `for y in [value]` is an assignment.
        Seq<Expr> items;
        if (auto* l = as<syntax::List>(g->iter)) items = l->elts;
        if (auto* t = as<syntax::Tuple>(g->iter)) items = t->elts;
        if (items.size() == 1 && !is<syntax::Starred>(items[0])) {
            assign_expr(g->target, items[0]);
            inside();
            out->bind(skip);
            out->bind(end);
            return;
        }
    }
    Reg iterator = first_iterator.reg;
    if (index) {
        Val v = container(g->iter, true);
        out->pop(v);
        iterator = out->push();
        out->emit_b(iter_pos, g->is_async ? Opcode::get_aiter : Opcode::get_iter, iterator, v);
    }
    ++unit->loops;
    Label loop = out->here();
    if (!g->is_async) {
        Reg target;
        bool direct = direct_target(g->target, &target);
        if (!direct) target = out->push();
        out->emit(iter_pos, Opcode::for_iter, target, iterator);
        out->jump(iter_pos, Opcode::jump, end);
        if (!direct) {
            store_target(g->target, {target, true});
            out->pop();
        }
        inside();
        out->bind(skip);
        out->jump(nowhere(), Opcode::jump_back, loop);
        out->bind(end);
        out->pop();
    } else {
        int outer = out->handler;
        Label stop = out->new_label();
        Reg exc = kTempBase + out->top;
        out->handler = out->new_handler(stop, exc);
        Reg next = out->push();
        out->emit(iter_pos, Opcode::get_anext, next, iterator);
        await({next, true}, iter_pos, kAnyReg);
        out->handler = outer;
        store_target(g->target, {next, true});
        out->pop();
        inside();
        out->bind(skip);
        out->jump(nowhere(), Opcode::jump_back, loop);
        out->bind(stop);
        out->push();
        out->emit(iter_pos, Opcode::end_async_for, exc);
        out->pop();
        out->emit(nowhere(), Opcode::clear, iterator);
        out->pop();
        out->bind(end);
    }
    --unit->loops;
}

// What inlined comprehensions left for the end of the unit: releasing their variables on an exception.
void Generator::emit_cleanups() {
    for (auto const& c : unit->cleanups) {
        out->handler = c.outer;
        out->top = unsigned(c.exc - kTempBase);
        out->bind(c.label);
        Reg exc = out->push();
        for (Reg reg : c.hidden) out->emit(nowhere(), Opcode::clear, reg);
        out->emit(nowhere(), Opcode::reraise, exc, 1);
        out->pop();
    }
    out->handler = kNoHandler;
}

}  // namespace oro::compiler
