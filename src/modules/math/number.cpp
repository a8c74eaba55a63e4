// Number theory on ints of any size: factorials, binomials, divisors, roots.
#include <numeric>

#include "modules/math/functions.h"

namespace oro::math {

namespace {

// The product of all numbers from `low` to `high`, halving the range so that factors of like size meet.
BigInt product(std::uint64_t low, std::uint64_t high) {
    if (high - low < 8) {
        BigInt result = BigInt::from_unsigned(low);
        std::uint64_t word = 1;
        for (std::uint64_t n = low + 1; n <= high; ++n) {
            std::uint64_t next;
            if (__builtin_mul_overflow(word, n, &next)) {
                result = multiply(result, BigInt::from_unsigned(word));
                next = n;
            }
            word = next;
        }
        return multiply(result, BigInt::from_unsigned(word));
    }
    std::uint64_t middle = low + (high - low) / 2;
    BigInt left = product(low, middle);
    if (left.failed()) return BigInt::failure();
    BigInt right = product(middle + 1, high);
    if (right.failed()) return BigInt::failure();
    return multiply(left, right);
}

// top * (top-1) * ... * (top-count+1) for a top of any size.
BigInt falling(IntView top, std::uint64_t count) {
    if (count == 0) return BigInt(1);
    std::uint64_t word;
    if (to_uint64(top, word)) return product(word - count + 1, word);
    if (count == 1) return BigInt(top);
    std::uint64_t half = count / 2;
    BigInt lower_top = subtract(top, BigInt::from_unsigned(half));
    BigInt left = falling(top, half);
    if (left.failed() || lower_top.failed()) return BigInt::failure();
    BigInt right = falling(lower_top, count - half);
    if (right.failed()) return BigInt::failure();
    return multiply(left, right);
}

Result<Ref<>> factorial_of(Thread& t, Value n) {
    if (int_is_negative(n)) return raise(t, exc::ValueError, "factorial() not defined for negative values");
    std::int64_t count;
    if (!to_int64(PlainInt(n), count)) {
        return raise(t, exc::OverflowError, "factorial() argument should not exceed {}", INT64_MAX);
    }
    if (count < 2) return Ref<>::immediate(Value::of_int(1));
    // Beyond this no memory holds the result, and the search for that would take very long.
    if (count > (std::int64_t(1) << 36)) return raise_no_memory(t);
    return make_int(t, product(1, std::uint64_t(count)));
}

Result<void> check_natural(Thread& t, Value n, char const* name) {
    if (int_is_negative(n)) return raise(t, exc::ValueError, "{} must be a non-negative integer", name);
    return {};
}

}  // namespace

Result<Ref<>> factorial(Python& py, Borrowed<> n) {
    Ref<> number = TRY(to_index(py, n));
    return factorial_of(py, number.value());
}

Result<Ref<>> perm(Python& py, Borrowed<> n, Borrowed<> k) {
    if (k.is(kNone)) return factorial(py, n);
    Ref<> top = TRY(to_index(py, n));
    Ref<> number = TRY(to_index(py, k));
    CHECK(check_natural(py, top.value(), "n"));
    CHECK(check_natural(py, number.value(), "k"));
    if (int_compare(top.value(), number.value()) < 0) return Ref<>::immediate(Value::of_int(0));
    std::int64_t count;
    if (!to_int64(PlainInt(number.value()), count)) {
        return raise(py, exc::OverflowError, "k must not exceed {}", INT64_MAX);
    }
    if (count > (std::int64_t(1) << 36)) return raise_no_memory(py);
    return make_int(py, falling(PlainInt(top.value()), std::uint64_t(count)));
}

Result<Ref<>> comb(Python& py, Borrowed<> n, Borrowed<> k) {
    Ref<> top = TRY(to_index(py, n));
    Ref<> number = TRY(to_index(py, k));
    CHECK(check_natural(py, top.value(), "n"));
    CHECK(check_natural(py, number.value(), "k"));
    if (int_compare(top.value(), number.value()) < 0) return Ref<>::immediate(Value::of_int(0));
    Ref<> rest = TRY(int_sub(py, top.value(), number.value()));
    Value smaller = int_compare(rest.value(), number.value()) < 0 ? rest.value() : number.value();
    std::int64_t count;
    if (!to_int64(PlainInt(smaller), count)) {
        return raise(py, exc::OverflowError, "min(n - k, k) must not exceed {}", INT64_MAX);
    }
    if (count == 0) return Ref<>::immediate(Value::of_int(1));
    if (count == 1) return top;
    if (count > (std::int64_t(1) << 36)) return raise_no_memory(py);
    BigInt above = falling(PlainInt(top.value()), std::uint64_t(count));
    BigInt below = product(1, std::uint64_t(count));
    if (above.failed() || below.failed()) return raise_no_memory(py);
    return make_int(py, divide_floor(above, below));
}

Result<Ref<>> gcd(Python& py, Args integers) {
    Ref<> result = Ref<>::immediate(Value::of_int(0));
    for (Value v : integers.values) {
        Ref<> n = TRY(to_index(py, Borrowed<>(v)));
        if (Value::both_int(result.value(), n.value())) {
            result = TRY(make_int(py, std::gcd(result.value().as_int(), n.value().as_int())));
        } else {
            result = TRY(make_int(py, greatest_common_divisor(PlainInt(result.value()), PlainInt(n.value()))));
        }
    }
    return result;
}

Result<Ref<>> lcm(Python& py, Args integers) {
    Ref<> result = Ref<>::immediate(Value::of_int(1));
    for (Value v : integers.values) {
        Ref<> n = TRY(to_index(py, Borrowed<>(v)));
        if (int_is_zero(result.value()) || int_is_zero(n.value())) {
            result = Ref<>::immediate(Value::of_int(0));
            continue;
        }
        Ref<> divisor = TRY(make_int(py, greatest_common_divisor(PlainInt(result.value()), PlainInt(n.value()))));
        Ref<> part = TRY(int_floordiv(py, result.value(), divisor.value()));
        Ref<> multiple = TRY(int_mul(py, part.value(), n.value()));
        result = int_is_negative(multiple.value()) ? TRY(int_negate(py, multiple.value())) : std::move(multiple);
    }
    return result;
}

Result<Ref<>> isqrt(Python& py, Borrowed<> n) {
    Ref<> number = TRY(to_index(py, n));
    if (int_is_negative(number.value())) return raise(py, exc::ValueError, "isqrt() argument must be nonnegative");
    return make_int(py, integer_sqrt(PlainInt(number.value())));
}

}  // namespace oro::math
