// Operators. The generic forms look at the operands' words themselves: two ints or two floats are done here, everything else by
// slow::binary. Side effects come last: the destination is written after the result is known.

#define INT_RESULT(v)                                                          \
    do {                                                                       \
        put(regs, a_of(word), (v));                                            \
        NEXT(1);                                                               \
    } while (0)

OP(add) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t sum;
        if (!__builtin_add_overflow(std::int64_t(x.bits), std::int64_t(y.bits - 2), &sum)) [[likely]] INT_RESULT(Value{std::uint64_t(sum)});
    } else if (x.is_float() && y.is_float()) {
        Value sum = Value::try_float(x.as_float() + y.as_float());
        if (sum.is_float()) [[likely]] INT_RESULT(sum);
    }
    SAVE();
    if (!slow::add(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(sub) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t difference;
        if (!__builtin_sub_overflow(std::int64_t(x.bits), std::int64_t(y.bits - 2), &difference)) [[likely]] INT_RESULT(Value{std::uint64_t(difference)});
    } else if (x.is_float() && y.is_float()) {
        Value difference = Value::try_float(x.as_float() - y.as_float());
        if (difference.is_float()) [[likely]] INT_RESULT(difference);
    }
    SAVE();
    if (!slow::sub(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(mul) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t product;
        if (!__builtin_mul_overflow(std::int64_t(x.bits - 2), y.as_int(), &product)) [[likely]] INT_RESULT(Value{std::uint64_t(product) + 2});
    } else if (x.is_float() && y.is_float()) {
        Value product = Value::try_float(x.as_float() * y.as_float());
        if (product.is_float()) [[likely]] INT_RESULT(product);
    }
    SAVE();
    if (!slow::mul(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(truediv) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (x.is_float() && y.is_float() && y.as_float() != 0.0) [[likely]] {
        Value quotient = Value::try_float(x.as_float() / y.as_float());
        if (quotient.is_float()) [[likely]] INT_RESULT(quotient);
    }
    SAVE();
    if (!slow::truediv(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(floordiv) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() > 0) [[likely]] {
        std::int64_t n = x.as_int(), d = y.as_int(), q = n / d;
        if (n % d < 0) --q;
        INT_RESULT(Value::of_int(q));
    }
    SAVE();
    if (!slow::floordiv(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(mod) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() > 0) [[likely]] {
        std::int64_t d = y.as_int(), r = x.as_int() % d;
        if (r < 0) r += d;
        INT_RESULT(Value::of_int(r));
    }
    SAVE();
    if (!slow::mod(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(and_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] INT_RESULT(Value{x.bits & y.bits});
    SAVE();
    if (!slow::and_(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(or_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] INT_RESULT(Value{x.bits | y.bits});
    SAVE();
    if (!slow::or_(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(xor_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] INT_RESULT(Value{(x.bits ^ y.bits) | 2});
    SAVE();
    if (!slow::xor_(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(lshift) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) {
        std::int64_t n = x.as_int(), s = y.as_int();
        if (s >= 0 && s < 62) {
            std::int64_t shifted = std::int64_t(std::uint64_t(n) << s);
            if (shifted >> s == n && Value::fits_int(shifted)) [[likely]] INT_RESULT(Value::of_int(shifted));
        }
    }
    SAVE();
    if (!slow::lshift(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(rshift) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() >= 0) [[likely]] {
        std::int64_t s = y.as_int();
        INT_RESULT(Value::of_int(x.as_int() >> (s > 63 ? 63 : s)));
    }
    SAVE();
    if (!slow::rshift(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

SLOW_OP(matmul)
SLOW_OP(pow)
SLOW_OP(neg)
SLOW_OP(pos)
SLOW_OP(invert)

// R[a] = R[b] + c
OP(add_imm) {
    Value x = regs[b_of(word)];
    if (x.is_int()) [[likely]] {
        std::int64_t sum;
        if (!__builtin_add_overflow(std::int64_t(x.bits), std::int64_t(std::int16_t(word >> 48)) * 4, &sum)) [[likely]] INT_RESULT(Value{std::uint64_t(sum)});
    }
    SAVE();
    if (!slow::add_imm(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

// R[a] = R[b] - c
OP(sub_imm) {
    Value x = regs[b_of(word)];
    if (x.is_int()) [[likely]] {
        std::int64_t difference;
        if (!__builtin_sub_overflow(std::int64_t(x.bits), std::int64_t(std::int16_t(word >> 48)) * 4, &difference)) [[likely]] INT_RESULT(Value{std::uint64_t(difference)});
    }
    SAVE();
    if (!slow::sub_imm(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(not_) {
    Value x = regs[b_of(word)];
    if (x.is_bool()) [[likely]] {
        put(regs, a_of(word), Value{x.bits ^ kTrue.bits ^ kFalse.bits});
        NEXT(1);
    }
    SAVE();
    if (!slow::not_(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(to_bool) {
    Value x = regs[b_of(word)];
    if (x.is_bool()) [[likely]] {
        put(regs, a_of(word), x);
        NEXT(1);
    }
    SAVE();
    if (!slow::to_bool(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

// ---- comparisons. The outcome goes to R[a], or, FUSED, straight into the jump that follows.
#define OUTCOME(condition)                                                                             \
    do {                                                                                               \
        bool outcome_ = (condition);                                                                   \
        if (flag_of(word, FUSED)) [[likely]] {                                                         \
            /* Not by the jump's opcode byte, which instrumentation may change. */                     \
            bool when_ = flag_of(word, FUSED_TRUE);                                                    \
            pc += 2 + (outcome_ == when_ ? std::ptrdiff_t(jump_of(fetch(pc + 1))) : 0);                \
            DISPATCH();                                                                                \
        }                                                                                              \
        put(regs, a_of(word), Value::of_bool(outcome_));                                               \
        NEXT(1);                                                                                       \
    } while (0)

// The slow form leaves True or False in R[a] (a temporary when FUSED) or any object otherwise.
#define COMPARISON(name, symbol)                                                                       \
    OP(name) {                                                                                         \
        Value x = regs[b_of(word)], y = regs[c_of(word)];                                              \
        if (Value::both_int(x, y)) [[likely]] OUTCOME(std::int64_t(x.bits) symbol std::int64_t(y.bits)); \
        if (x.is_float() && y.is_float()) OUTCOME(x.as_float() symbol y.as_float());                   \
        SAVE();                                                                                        \
        if (!slow::name(t, regs, pc, k, word)) [[unlikely]] ERROR();                                   \
        NEXT(1);                                                                                       \
    }
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)
COMPARISON(eq, ==)
COMPARISON(ne, !=)

OP(is_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (flag_of(word, LAST_B)) consume(regs, b_of(word));
    if (flag_of(word, LAST_C)) consume(regs, c_of(word));
    OUTCOME(x == y);
}

OP(is_not) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (flag_of(word, LAST_B)) consume(regs, b_of(word));
    if (flag_of(word, LAST_C)) consume(regs, c_of(word));
    OUTCOME(x != y);
}

OP(contains) {
    SAVE();
    if (!slow::contains(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

OP(not_contains) {
    SAVE();
    if (!slow::not_contains(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}
