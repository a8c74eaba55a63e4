// A view of the running instruction for the slow forms of operations.
#pragma once
#include "object/call.h"
#include "vm/vm.h"

namespace oro::vm {

struct Op {
    Python& py;
    Value* regs;
    Instruction const* pc;
    Value* k;
    std::uint64_t word;
    Op(Thread* t, Value* r, Instruction const* p, Value* constants, std::uint64_t w) : py(*static_cast<Python*>(t)), regs(r), pc(p), k(constants), word(w) {}

    unsigned a() const { return a_of(word); }
    unsigned b() const { return b_of(word); }
    unsigned c() const { return c_of(word); }
    std::uint32_t bc() const { return std::uint32_t(word >> 32); }
    Value A() const { return regs[a()]; }
    Value B() const { return regs[b()]; }
    Value C() const { return regs[c()]; }
    Frame& frame() const { return *Frame::of(regs); }
    Code& code() const { return *frame().code.get(); }
    Borrowed<Str> site_name(unsigned site) const { return Borrowed<Str>(*code().site_name(site)); }

    // Consumes the sources that carry a last-use flag, then writes R[a].
    bool finish(Result<Ref<>> r) const {
        if (r.raised()) return false;
        return finish_value(reg::adopt(std::move(r).release()));
    }
    // For operations whose c operand is no register.
    bool finish_b(Result<Ref<>> r) const {
        if (r.raised()) return false;
        if (flag_of(word, LAST_B)) consume(regs, b());
        put(regs, a(), reg::adopt(std::move(r).release()));
        return true;
    }
    bool finish_value(Value v) const {
        consume_sources();
        put(regs, a(), v);
        return true;
    }
    bool finish(Result<void> r) const {
        if (r.raised()) return false;
        if (flag_of(word, LAST_A)) consume(regs, a());
        consume_sources();
        return true;
    }
    bool finish(Result<bool> r) const {
        if (r.raised()) return false;
        return finish_value(Value::of_bool(std::move(r).take()));
    }
    void consume_sources() const {
        if (flag_of(word, LAST_B)) consume(regs, b());
        if (flag_of(word, LAST_C)) consume(regs, c());
    }
    // Registers [first, first + n) were moved or copied from: clears them.
    void consume_block(unsigned first, unsigned n) const {
        for (unsigned i = 0; i < n; ++i) consume(regs, first + i);
    }
    // A counted reference out of a register that dies.
    Ref<> take(unsigned r) const {
        Value v = regs[r];
        regs[r] = Value{};
        return Ref<>::adopt(reg::publish(v));
    }
};

#define SLOW(name)                                                                                             \
    static bool name##_(Op const& op);                                                                         \
    bool slow::name(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word) { return name##_(Op(t, regs, pc, k, word)); } \
    static bool name##_(Op const& op)

}  // namespace oro::vm
