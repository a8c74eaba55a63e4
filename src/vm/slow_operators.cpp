// Operators, comparisons and truth for operands that the operations don't handle themselves.
#include "object/str_append.h"
#include "vm/monitoring.h"
#include "vm/op.h"

namespace oro::vm {

namespace {

bool operate(Op const& op, Dunder which) {
    Value x = op.B(), y = op.C();
    if (flag_of(op.word, INPLACE)) {
        return op.finish(binary_inplace(op.py, which, Borrowed<>(x), Borrowed<>(y)));
    }
    return op.finish(binary(op.py, which, Borrowed<>(x), Borrowed<>(y)));
}

bool compare_into(Op const& op, Compare which) { return op.finish(compare(op.py, Borrowed<>(op.B()), Borrowed<>(op.C()), which)); }

bool immediate(Op const& op, Dunder which) {
    Value c = Value::of_int(std::int16_t(op.word >> 48));
    Result<Ref<>> r = flag_of(op.word, INPLACE) ? binary_inplace(op.py, which, Borrowed<>(op.B()), Borrowed<>(c))
                                                : binary(op.py, which, Borrowed<>(op.B()), Borrowed<>(c));
    if (r.raised()) return false;
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

}  // namespace

SLOW(add) {
    Value x = op.B(), y = op.C();
    if (is_exact<Str>(x) && is_exact<Str>(y)) {
        if (op.a() != op.b() || !detail::is_exclusive(x.pointer())) return op.finish(concat(op.py, as<Str>(x), as<Str>(y)));
        // s += y: the str that the variable alone holds grows.
        if (!append_in_place(*as<Str>(x).get(), *as<Str>(y).get())) return op.finish(concat_with_room(op.py, as<Str>(x), as<Str>(y)));
        if (flag_of(op.word, LAST_C)) consume(op.regs, op.c());
        return true;
    }
    return operate(op, Dunder::add);
}
SLOW(sub) { return operate(op, Dunder::sub); }
SLOW(mul) { return operate(op, Dunder::mul); }
SLOW(matmul) { return operate(op, Dunder::matmul); }
SLOW(truediv) { return operate(op, Dunder::truediv); }
SLOW(floordiv) { return operate(op, Dunder::floordiv); }
SLOW(mod) { return operate(op, Dunder::mod); }
SLOW(pow) { return operate(op, Dunder::pow); }
SLOW(lshift) { return operate(op, Dunder::lshift); }
SLOW(rshift) { return operate(op, Dunder::rshift); }
SLOW(and_) { return operate(op, Dunder::and_); }
SLOW(or_) { return operate(op, Dunder::or_); }
SLOW(xor_) { return operate(op, Dunder::xor_); }
SLOW(add_imm) { return immediate(op, Dunder::add); }
SLOW(sub_imm) { return immediate(op, Dunder::sub); }
SLOW(neg) { return op.finish(unary(op.py, Dunder::neg, Borrowed<>(op.B()))); }
SLOW(pos) { return op.finish(unary(op.py, Dunder::pos, Borrowed<>(op.B()))); }
SLOW(invert) { return op.finish(unary(op.py, Dunder::invert, Borrowed<>(op.B()))); }
SLOW(not_) {
    auto r = truth(op.py, Borrowed<>(op.B()));
    if (r.raised()) return false;
    return op.finish_value(Value::of_bool(!std::move(r).take()));
}
SLOW(to_bool) { return op.finish(truth(op.py, Borrowed<>(op.B()))); }
SLOW(lt) { return compare_into(op, Compare::lt); }
SLOW(le) { return compare_into(op, Compare::le); }
SLOW(eq) {
    Value x = op.B(), y = op.C();
    if (is_exact<Str>(x) && is_exact<Str>(y)) return op.finish_value(Value::of_bool(x == y || equal(*as<Str>(x).get(), *as<Str>(y).get())));
    return compare_into(op, Compare::eq);
}
SLOW(ne) {
    Value x = op.B(), y = op.C();
    if (is_exact<Str>(x) && is_exact<Str>(y)) return op.finish_value(Value::of_bool(x != y && !equal(*as<Str>(x).get(), *as<Str>(y).get())));
    return compare_into(op, Compare::ne);
}
SLOW(gt) { return compare_into(op, Compare::gt); }
SLOW(ge) { return compare_into(op, Compare::ge); }
SLOW(is_) { return op.finish_value(Value::of_bool(op.B() == op.C())); }
SLOW(is_not) { return op.finish_value(Value::of_bool(op.B() != op.C())); }
int find_item(Value container, Value item) {
    if (!container.is_pointer()) return -1;
    bool number = item.is_int(), text = is_exact<Str>(item);
    if (!number && !text) return -1;
    ShapeId shape = container.pointer()->shape.load(std::memory_order_relaxed);
    if (shape == tuple_type.root_shape) {
        for (Value v : static_cast<Tuple*>(container.pointer())->items()) {
            if (v == item) return 1;
            if (text && is_exact<Str>(v)) {
                if (equal(*static_cast<Str*>(v.pointer()), *static_cast<Str*>(item.pointer()))) return 1;
            } else if (v.is_pointer() || (number && !v.is_int())) {
                return -1;
            }
        }
        return 0;
    }
    if (shape != list_type.root_shape) return -1;
    auto& list = *static_cast<List*>(container.pointer());
    ItemArray* items = list.guarded.items.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < list.size() && items && i < items->capacity; ++i) {
        Value v = items->slots[i].peek();
        if (v == item) return 1;
        if (!v.is_int()) return -1;   // other threads may drop what it is
    }
    return 0;
}

SLOW(contains) { return op.finish(oro::contains(op.py, Borrowed<>(op.C()), Borrowed<>(op.B()))); }
SLOW(not_contains) {
    auto r = oro::contains(op.py, Borrowed<>(op.C()), Borrowed<>(op.B()));
    if (r.raised()) return false;
    return op.finish_value(Value::of_bool(!std::move(r).take()));
}

int condition(Thread* t, Value* regs, std::uint64_t word) {
    auto r = truth(*static_cast<Python*>(t), Borrowed<>(regs[a_of(word)]));
    if (r.raised()) return -1;
    if (flag_of(word, LAST_A)) consume(regs, a_of(word));
    return std::move(r).take();
}

SLOW(jump_back) {
    // While events are wanted of all code the monitor bit stays set.
    if (op.py.breaker.load(std::memory_order_relaxed) != monitor::kMonitorBit) return !safepoint(op.py).raised();
    monitor::catch_up(op.py);
    return true;
}

}  // namespace oro::vm
