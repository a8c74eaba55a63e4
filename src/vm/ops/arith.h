// Operators. The generic forms look at the operands' words themselves: two ints or two floats are done here, everything else by
// slow::binary. Side effects come last: the destination is written after the result is known.

// The two operands as doubles, if each is an immediate number and a conversion loses nothing.
[[gnu::always_inline]] static inline bool both_doubles(Value x, Value y, double& a, double& b) {
    constexpr std::int64_t exact = std::int64_t(1) << 53;
    auto convert = [](Value v, double& d) __attribute__((always_inline)) {
        if (v.is_float()) [[likely]] return d = v.as_float(), true;
        if (!v.is_int() || v.as_int() > exact || v.as_int() < -exact) return false;
        return d = double(v.as_int()), true;
    };
    return convert(x, a) && convert(y, b);
}

#define FINISH_DOUBLE(d)                                       \
    do {                                                       \
        Value number_ = Value::try_float(d);                   \
        if (number_.is_float()) [[likely]] FINISH(number_);    \
    } while (0)

OP(add) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    double a, b;
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t sum;
        if (!__builtin_add_overflow(std::int64_t(x.bits), std::int64_t(y.bits - 2), &sum)) [[likely]] FINISH(Value{std::uint64_t(sum)});
    } else if (both_doubles(x, y, a, b)) {
        FINISH_DOUBLE(a + b);
    }
    SLOWLY(add);
}

OP(sub) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    double a, b;
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t difference;
        if (!__builtin_sub_overflow(std::int64_t(x.bits), std::int64_t(y.bits - 2), &difference)) [[likely]] FINISH(Value{std::uint64_t(difference)});
    } else if (both_doubles(x, y, a, b)) {
        FINISH_DOUBLE(a - b);
    }
    SLOWLY(sub);
}

OP(mul) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    double a, b;
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t product;
        if (!__builtin_mul_overflow(std::int64_t(x.bits - 2), y.as_int(), &product)) [[likely]] FINISH(Value{std::uint64_t(product) + 2});
    } else if (both_doubles(x, y, a, b)) {
        FINISH_DOUBLE(a * b);
    }
    SLOWLY(mul);
}

OP(truediv) {
    double a, b;
    if (both_doubles(regs[b_of(word)], regs[c_of(word)], a, b) && b != 0.0) [[likely]] FINISH_DOUBLE(a / b);
    SLOWLY(truediv);
}

OP(floordiv) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() > 0) [[likely]] {
        std::int64_t n = x.as_int(), d = y.as_int(), q = n / d;
        if (n % d < 0) --q;
        FINISH(Value::of_int(q));
    }
    SLOWLY(floordiv);
}

OP(mod) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() > 0) [[likely]] {
        std::int64_t d = y.as_int(), r = x.as_int() % d;
        if (r < 0) r += d;
        FINISH(Value::of_int(r));
    }
    SLOWLY(mod);
}

OP(and_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] FINISH(Value{x.bits & y.bits});
    SLOWLY(and_);
}

OP(or_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] FINISH(Value{x.bits | y.bits});
    SLOWLY(or_);
}

OP(xor_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) [[likely]] FINISH(Value{(x.bits ^ y.bits) | 2});
    SLOWLY(xor_);
}

OP(lshift) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y)) {
        std::int64_t n = x.as_int(), s = y.as_int();
        if (s >= 0 && s < 62) {
            std::int64_t shifted = std::int64_t(std::uint64_t(n) << s);
            if (shifted >> s == n && Value::fits_int(shifted)) [[likely]] FINISH(Value::of_int(shifted));
        }
    }
    SLOWLY(lshift);
}

OP(rshift) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (Value::both_int(x, y) && y.as_int() >= 0) [[likely]] {
        std::int64_t s = y.as_int();
        FINISH(Value::of_int(x.as_int() >> (s > 63 ? 63 : s)));
    }
    SLOWLY(rshift);
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
        if (!__builtin_add_overflow(std::int64_t(x.bits), std::int64_t(std::int16_t(word >> 48)) * 4, &sum)) [[likely]] FINISH(Value{std::uint64_t(sum)});
    }
    SLOWLY(add_imm);
}

// R[a] = R[b] - c
OP(sub_imm) {
    Value x = regs[b_of(word)];
    if (x.is_int()) [[likely]] {
        std::int64_t difference;
        if (!__builtin_sub_overflow(std::int64_t(x.bits), std::int64_t(std::int16_t(word >> 48)) * 4, &difference)) [[likely]] FINISH(Value{std::uint64_t(difference)});
    }
    SLOWLY(sub_imm);
}

OP(not_) {
    Value x = regs[b_of(word)];
    if (x.is_bool()) [[likely]] {
        FINISH(Value{x.bits ^ kTrue.bits ^ kFalse.bits});
    }
    SLOWLY(not_);
}

OP(to_bool) {
    Value x = regs[b_of(word)];
    if (x.is_bool()) [[likely]] {
        FINISH(x);
    }
    SLOWLY(to_bool);
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
        FINISH(Value::of_bool(outcome_));                                                              \
    } while (0)

// The slow form leaves True or False in R[a] (a temporary when FUSED) or any object otherwise.
#define COMPARISON(name, symbol)                                                                       \
    OP(name) {                                                                                         \
        Value x = regs[b_of(word)], y = regs[c_of(word)];                                              \
        if (Value::both_int(x, y)) [[likely]] OUTCOME(std::int64_t(x.bits) symbol std::int64_t(y.bits)); \
        double a, b;                                                                                   \
        if (both_doubles(x, y, a, b)) OUTCOME(a symbol b);                                             \
        SLOWLY(name);                                                                                  \
    }
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)
COMPARISON(eq, ==)
COMPARISON(ne, !=)

OP(is_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if ((flag_of(word, LAST_B) && x.is_pointer()) || (flag_of(word, LAST_C) && y.is_pointer())) [[unlikely]] SLOWLY(is_);
    OUTCOME(x == y);
}

OP(is_not) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if ((flag_of(word, LAST_B) && x.is_pointer()) || (flag_of(word, LAST_C) && y.is_pointer())) [[unlikely]] SLOWLY(is_not);
    OUTCOME(x != y);
}

#define MEMBERSHIP(name, wanted)                                             \
    OP(name) {                                                               \
        int found = find_item(regs[c_of(word)], regs[b_of(word)]);           \
        if (found < 0) SLOWLY(name);                                         \
        if (flag_of(word, LAST_B) || flag_of(word, LAST_C)) {                \
            SAVE();                                                          \
            if (flag_of(word, LAST_B)) consume(regs, b_of(word));            \
            if (flag_of(word, LAST_C)) consume(regs, c_of(word));            \
        }                                                                    \
        OUTCOME(found == wanted);                                            \
    }
MEMBERSHIP(contains, 1)
MEMBERSHIP(not_contains, 0)
