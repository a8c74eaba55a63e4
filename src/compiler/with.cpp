// with and async with. The bound exit method waits in a pair of registers: callable, self.
#include "compiler/codegen.h"

namespace oro::compiler {

// exit(None, None, None); takes the pair away.
void Generator::call_exit(Block const& block, Position pos) {
    Reg call = out->push(kCallHeader + 1);
    out->emit(pos, Opcode::move, call, block.reg, 0, LAST_B);
    out->emit(pos, Opcode::move, call + kCallHeader, block.reg + 1, 0, LAST_B);
    for (int i = 0; i < 3; ++i) load_none(pos, kAnyReg);
    out->pop(kCallHeader + 4);
    Reg result = out->push();
    emit_call(call, 3, kNoName, result, pos);
    if (block.kind == BlockKind::async_with) result = await({result, true}, pos, kAnyReg, 2);
    out->emit(pos, Opcode::clear, result);
    out->pop();
}

template <class S>
void Generator::with_stmt(S* s, std::size_t index) {
    constexpr bool async = std::is_same_v<S, syntax::AsyncWith>;
    if (too_deep(s)) return;
    if (index == s->items.size()) {
        suite(s->body);
        return;
    }
    syntax::WithItem* item = s->items[index];
    Position pos = at(item->context_expr);
    int outer = out->handler;
    Label raised = out->new_label(), cleanup = out->new_label(), suppressed = out->new_label(),
          end = out->new_label();

    Reg pair = out->push(2);
    Val manager = operand(item->context_expr);
    // load_special fills a call block; its self comes next to the callable.
    Reg self = pair + kCallHeader;
    if (out->top < unsigned(self - kTempBase) + 1) {
        unsigned top = out->top;
        out->push(unsigned(self - kTempBase) + 1 - top);
        out->top = top;
    }
    out->emit(pos, Opcode::load_special, pair, manager.reg, unsigned(async ? Special::aexit : Special::exit));
    out->emit(pos, Opcode::move, pair + 1, self, 0, LAST_B);
    out->pop(manager);
    Reg enter = open_block();
    out->emit_b(pos, Opcode::load_special, enter, manager,
                unsigned(async ? Special::aenter : Special::enter));
    out->pop(kCallHeader + 1);
    Reg direct = kAnyReg;
    if (!async && item->optional_vars && !direct_target(item->optional_vars, &direct)) direct = kAnyReg;
    Reg value = dest(direct);
    emit_call(enter, 0, kNoName, value, pos);
    if (async) value = await({value, true}, pos, kAnyReg, 1);

    Reg exc = pair + 2;
    Block block{async ? BlockKind::async_with : BlockKind::with, outer};
    block.reg = pair;
    block.pos = pos;
    if (!push_block(block, s)) return;
    out->handler = out->new_handler(raised, exc);
    if (direct == kAnyReg) {
        if (item->optional_vars)
            store_target(item->optional_vars, {value, true});
        else
            out->emit(pos, Opcode::clear, value);
        out->pop();
    }
    with_stmt(s, index + 1);
    unit->blocks.pop_back();
    out->handler = outer;
    call_exit(block, pos);
    out->jump(nowhere(), Opcode::jump, end);

    out->bind(raised);
    out->push();
    Reg before = out->push();
    out->emit(pos, Opcode::push_exc, before, exc);
    Reg inner_exc = out->next();
    out->handler = out->new_handler(cleanup, inner_exc);
    Reg result = out->push();
    out->emit(pos, Opcode::with_exit, result, pair, exc);
    if (async) result = await({result, true}, pos, kAnyReg, 2);
    out->pop();
    out->jump_on(pos, Opcode::jump_if_true, {result, true}, suppressed);
    out->handler = outer;
    out->emit(pos, Opcode::pop_exc, before);
    out->emit(pos, Opcode::reraise, exc, 1);
    out->bind(suppressed);
    out->emit(nowhere(), Opcode::pop_exc, before);
    out->emit(nowhere(), Opcode::clear, exc);
    out->emit(nowhere(), Opcode::clear, pair + 1);
    out->emit(nowhere(), Opcode::clear, pair);
    out->jump(nowhere(), Opcode::jump, end);
    cleanup_handler(cleanup, inner_exc, before, outer);
    out->pop(4);
    out->bind(end);
}

template void Generator::with_stmt(syntax::With*, std::size_t);
template void Generator::with_stmt(syntax::AsyncWith*, std::size_t);

}  // namespace oro::compiler
