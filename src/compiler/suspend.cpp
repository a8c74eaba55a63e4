// Where a generator or coroutine gives up control: yield, yield from, await.
#include "compiler/codegen.h"

namespace oro::compiler {

Reg Generator::yield(Expr* value, Position pos, Reg want) {
    bool async = unit->scope->coroutine;
    if (!unit->scope->function_like()) {
        fail("'yield' outside function", Range(pos.line, pos.column, pos.end_line, pos.end_column));
        return dest(want);
    }
    Val v = value ? operand(value) : Val{load_none(pos, kAnyReg), true};
    out->pop(v);
    if (async) {
        Reg wrapped = out->push();
        out->emit_b(pos, Opcode::intrinsic1, wrapped, v, unsigned(Intrinsic1::async_gen_wrap));
        v = {wrapped, true};
        out->pop();
    }
    Reg d = dest(want);
    out->emit_b(pos, Opcode::yield_value, d, v, 0);
    out->emit(pos, Opcode::resume, 0, 1);
    return d;
}

// Runs another generator (or awaitable) to its end, passing values through: the loop of `yield from` and
// `await`. The words are in this order always: send, jump, yield_value, resume, jump_back; ops.def says so
// too.
Reg Generator::delegate(Val iterable, Opcode op, int kind, Position pos, Reg want, int resume) {
    out->pop(iterable);
    Reg result = out->push(), iterator = out->push();
    out->emit_b(pos, op, iterator, iterable, unsigned(kind));
    Reg sent = load_none(pos, kAnyReg);
    Label done = out->new_label(), thrown = out->new_label();
    int outer = out->handler;
    int guard = out->new_handler(thrown, sent);
    Label loop = out->here();
    out->emit(pos, Opcode::send, result, iterator, sent);
    out->jump(pos, Opcode::jump, done);
    out->handler = guard;
    out->emit(pos, Opcode::yield_value, sent, result, 1, LAST_B);
    out->emit(pos, Opcode::resume, 0, unsigned(resume));
    out->handler = outer;
    out->jump(pos, Opcode::jump_back, loop);
    // An exception thrown in has run through the delegate; if it came out as StopIteration, it brings the
    // result.
    out->bind(thrown);
    out->emit(pos, Opcode::intrinsic1, result, sent, unsigned(Intrinsic1::stopiteration_value), LAST_B);
    out->emit(pos, Opcode::clear, iterator);
    out->bind(done);
    out->pop(2);  // iterator and what was sent
    return finish(result, want, pos);
}

Reg Generator::await(Val value, Position pos, Reg want, int kind) {
    return delegate(value, Opcode::get_awaitable, kind, pos, want, 3);
}

}  // namespace oro::compiler
