// try statements, and leaving statements by return, break and continue.
//
// In a handler, the exception is in register e and the one that was being handled before in e + 1 (see
// push_exc). A cleanup handler around it restores the latter when an exception leaves. The bodies of
// `finally` are generated twice or more: for the normal way, for each jump out, and for exceptions.
#include "compiler/codegen.h"

namespace oro::compiler {

bool Generator::push_block(Block block, Range range) {
    constexpr std::size_t kMostNested = 21;
    if (unit->blocks.size() >= kMostNested) {
        fail("too many statically nested blocks", range);
        return false;
    }
    unit->blocks.push_back(block);
    return true;
}

// Generates what must happen when control leaves `block` from inside.
void Generator::unwind(Block const& block, Position& pos, Reg held) {
    out->handler = block.outer_handler;
    switch (block.kind) {
    case BlockKind::try_finally: {
        // A jump out of the `finally` body gives up the value on its way to be returned.
        if (held != kAnyReg) {
            Block holder{BlockKind::held_value, out->handler};
            holder.reg = held;
            unit->blocks.push_back(holder);
        }
        ++silent_;
        body(block.final_body);
        --silent_;
        if (held != kAnyReg) unit->blocks.pop_back();
        pos = nowhere();
        return;
    }
    case BlockKind::held_value: out->emit(pos, Opcode::clear, block.reg); return;
    case BlockKind::with:
    case BlockKind::async_with:
        call_exit(block, block.pos);
        pos = nowhere();
        return;
    case BlockKind::finally_end:
        out->emit(pos, Opcode::pop_exc, block.reg + 1);
        out->emit(pos, Opcode::clear, block.reg);
        return;
    case BlockKind::handler:
        out->emit(pos, Opcode::pop_exc, block.reg + 1);
        if (block.name) unbind(block.name, pos);
        return;
    default: return;
    }
}

void Generator::unwind_all(Position& pos, Val value) {
    std::vector<Block> saved = unit->blocks;
    while (!unit->blocks.empty() && !failed()) {
        Block block = unit->blocks.back();
        if (block.kind == BlockKind::group_handler) {
            // After a `finally` or `with` on the way the position is lost, as it is in CPython.
            Range range(pos.line, pos.column, pos.end_line, pos.end_column);
            if (!pos.line) range = Range(-1, -1, -1, -1);
            fail("'break', 'continue' and 'return' cannot appear in an except* block", range);
            break;
        }
        unit->blocks.pop_back();
        unwind(block, pos, value.temp ? value.reg : kAnyReg);
    }
    unit->blocks = std::move(saved);
}

// name = None; del name: the end of `except E as name`.
void Generator::unbind(Identifier name, Position pos) {
    Place place = place_of(name);
    if (place.kind == Place::fast) {
        out->emit(pos, Opcode::clear, place.reg);
        return;
    }
    Reg none = load_none(pos, kAnyReg);
    store(place, pos, {none, true});
    out->pop();
    remove(place, pos);
}

// Where an exception goes that leaves a handler: restores what was handled before.
void Generator::cleanup_handler(Label label, Reg exc, Reg before, int outer) {
    unsigned top = out->top;
    out->top = unsigned(exc - kTempBase);
    out->handler = outer;
    out->bind(label);
    out->push();
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::reraise, exc, 1);
    out->top = top;
}

void Generator::try_stmt(Seq<Stmt> statements, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse,
                         Seq<Stmt> final_body, bool star, Stmt* s) {
    ++unit->in_conditional;
    out->emit(at(s), Opcode::nop);
    if (!final_body.empty())
        try_finally(statements, handlers, orelse, final_body, star, s);
    else if (star)
        try_star(statements, handlers, orelse, s);
    else
        try_except(statements, handlers, orelse, s);
    --unit->in_conditional;
}

void Generator::try_finally(Seq<Stmt> statements, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse,
                            Seq<Stmt> final_body, bool star, Stmt* s) {
    int outer = out->handler;
    Label raised = out->new_label(), cleanup = out->new_label(), end = out->new_label();
    Reg exc = out->next();
    Block block{BlockKind::try_finally, outer};
    block.final_body = final_body;
    if (!push_block(block, s)) return;
    out->handler = out->new_handler(raised, exc);
    if (handlers.empty())
        body(statements);
    else if (star)
        try_star(statements, handlers, orelse, s);
    else
        try_except(statements, handlers, orelse, s);
    unit->blocks.pop_back();
    out->handler = outer;
    unit->finally_context.push_back('f');
    body(final_body);
    unit->finally_context.pop_back();
    out->jump(nowhere(), Opcode::jump, end);

    out->bind(raised);
    out->push();
    Reg before = out->push();
    out->emit(nowhere(), Opcode::push_exc, before, exc);
    out->handler = out->new_handler(cleanup, out->next());
    Reg inner_exc = out->next();
    Block ending{BlockKind::finally_end, outer};
    ending.reg = exc;
    if (!push_block(ending, s)) return;
    ++silent_;
    body(final_body);
    --silent_;
    unit->blocks.pop_back();
    out->handler = outer;
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::reraise, exc, 0);
    cleanup_handler(cleanup, inner_exc, before, outer);
    out->pop(2);
    out->bind(end);
}

// The body of one handler, with `name` bound; `before` is what to restore at its end, `outer` guards the try
// statement.
void Generator::handler_body(syntax::ExceptHandler* h, Reg before, int outer) {
    int guard = out->handler;
    Block block{BlockKind::handler, outer};
    block.reg = before - 1;
    block.name = h->name;
    if (!push_block(block, h)) return;
    if (!h->name) {
        body(h->body);
        unit->blocks.pop_back();
        return;
    }
    Label unbinding = out->new_label(), past = out->new_label();
    Reg exc = out->next();
    out->handler = out->new_handler(unbinding, exc);
    body(h->body);
    unit->blocks.pop_back();
    out->handler = guard;
    unbind(h->name, nowhere());
    out->jump(nowhere(), Opcode::jump, past);
    out->bind(unbinding);
    out->push();
    unbind(h->name, nowhere());
    out->handler = outer;
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::reraise, exc, 1);
    out->pop();
    out->bind(past);
}

void Generator::try_except(Seq<Stmt> statements, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse,
                           Stmt* s) {
    int outer = out->handler;
    Label raised = out->new_label(), cleanup = out->new_label(), end = out->new_label();
    Reg exc = out->next();
    if (!push_block({BlockKind::try_except, outer}, s)) return;
    out->handler = out->new_handler(raised, exc);
    body(statements);
    unit->blocks.pop_back();
    out->handler = outer;
    if (!orelse.empty()) body(orelse);
    out->jump(nowhere(), Opcode::jump, end);

    out->bind(raised);
    out->push();
    Reg before = out->push();
    out->emit(nowhere(), Opcode::push_exc, before, exc);
    Reg inner_exc = out->next();
    int guard = out->new_handler(cleanup, inner_exc);
    for (std::size_t i = 0; i < handlers.size() && !failed(); ++i) {
        syntax::ExceptHandler* h = handlers[i];
        Position pos = at(h);
        out->handler = guard;
        Label next = out->new_label();
        if (!h->type && i + 1 < handlers.size()) return fail("default 'except:' must be last", h);
        if (h->type) {
            Val type = operand(h->type);
            Reg flag = out->push();
            out->pop();
            out->pop(type);
            out->emit_bc(pos, Opcode::exc_match, flag, {exc, false}, type).flags |= FUSED;
            out->jump_on(pos, Opcode::jump_if_false, {flag, true}, next);
        }
        if (h->name)
            store_name(h->name, pos, {exc, true});
        else
            out->emit(pos, Opcode::clear, exc);
        handler_body(h, before, outer);
        out->handler = outer;
        out->emit(nowhere(), Opcode::pop_exc, before);
        out->jump(nowhere(), Opcode::jump, end);
        out->bind(next);
    }
    out->handler = outer;
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::reraise, exc, 0);
    cleanup_handler(cleanup, inner_exc, before, outer);
    out->pop(2);
    out->bind(end);
}

// except*: each clause takes its part of the group; what remains and what the clauses raise is put together
// in the end.
void Generator::try_star(Seq<Stmt> statements, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse,
                         Stmt* s) {
    int outer = out->handler;
    Label raised = out->new_label(), cleanup = out->new_label(), end = out->new_label(),
          reraise = out->new_label();
    Reg exc = out->next();
    if (!push_block({BlockKind::try_except, outer}, s)) return;
    out->handler = out->new_handler(raised, exc);
    body(statements);
    unit->blocks.pop_back();
    out->handler = outer;
    if (!orelse.empty()) body(orelse);
    out->jump(nowhere(), Opcode::jump, end);

    // Registers: the group as it was raised, the one handled before, the list of what clauses raised, the
    // rest.
    out->bind(raised);
    out->push();
    Reg before = out->push();
    out->emit(nowhere(), Opcode::push_exc, before, exc);
    Reg inner_exc = before + 1;
    int guard = out->new_handler(cleanup, inner_exc);
    out->handler = guard;
    Reg list = out->push(), rest = out->push();
    Position first_pos = at(handlers[0]);
    out->emit(first_pos, Opcode::build_list, list, list, 0);
    out->emit(first_pos, Opcode::move, rest, exc);
    for (std::size_t i = 0; i < handlers.size() && !failed(); ++i) {
        syntax::ExceptHandler* h = handlers[i];
        Position pos = at(h);
        Label no_match = out->new_label(), next = out->new_label(), raised_inside = out->new_label();
        Reg split = out->push(2);  // rest, match
        Val type = operand(h->type);
        out->pop(type);
        out->emit_bc(pos, Opcode::exc_group_match, split, {rest, true}, type);
        out->emit(pos, Opcode::move, rest, split, 0, LAST_B);
        out->jump_on(pos, Opcode::jump_if_none, {split + 1, false}, no_match);
        // The matching part is what is being handled in the clause; what was before is known already.
        out->emit(pos, Opcode::push_exc, split, split + 1);
        if (h->name)
            store_name(h->name, pos, {split + 1, true});
        else
            out->emit(pos, Opcode::clear, split + 1);
        Reg clause_exc = split + 1;
        out->pop();
        out->handler = out->new_handler(raised_inside, clause_exc);
        Block block{BlockKind::group_handler, guard};
        if (!push_block(block, h)) return;
        body(h->body);
        unit->blocks.pop_back();
        out->handler = guard;
        if (h->name) unbind(h->name, nowhere());
        out->emit(nowhere(), Opcode::pop_exc, split);
        out->jump(nowhere(), Opcode::jump, next);
        // An exception in the clause joins the list.
        out->bind(raised_inside);
        out->push();
        out->emit(nowhere(), Opcode::list_append, list, clause_exc, 0, LAST_B);
        if (h->name) unbind(h->name, nowhere());
        out->emit(nowhere(), Opcode::pop_exc, split);
        out->jump(nowhere(), Opcode::jump, next);
        out->bind(no_match);
        out->emit(nowhere(), Opcode::clear, split + 1);
        out->bind(next);
        out->pop(2);
    }
    // What remains unhandled is part of the result.
    Label nothing_left = out->new_label();
    out->jump_on(nowhere(), Opcode::jump_if_none, {rest, false}, nothing_left);
    out->emit(nowhere(), Opcode::list_append, list, rest);
    out->bind(nothing_left);
    out->emit(nowhere(), Opcode::clear, rest);
    Reg pair = rest;
    // Moved together: the original group and the list are consumed side by side.
    Reg original = out->push();
    out->emit(nowhere(), Opcode::move, pair, exc, 0, LAST_B);
    out->emit(nowhere(), Opcode::move, original, list, 0, LAST_B);
    out->emit(nowhere(), Opcode::intrinsic2, list, pair, unsigned(Intrinsic2::prep_reraise_star));
    out->pop(2);
    out->jump_on(nowhere(), Opcode::jump_if_not_none, {list, false}, reraise);
    out->emit(nowhere(), Opcode::clear, list);
    out->handler = outer;
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->jump(nowhere(), Opcode::jump, end);
    out->bind(reraise);
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::reraise, list, 0);
    out->pop();
    cleanup_handler(cleanup, inner_exc, before, outer);
    out->pop(2);
    out->bind(end);
}

}  // namespace oro::compiler
