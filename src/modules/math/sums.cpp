// Sums that lose no precision on the way, products, and distances.
#include <cmath>
#include <vector>

#include "base/double_bits.h"
#include "modules/math/functions.h"

namespace oro::math {

namespace {

// A sum and its rounding error, exactly.
struct Pair {
    double high, low;
};
Pair two_sum(double a, double b) {
    double sum = a + b, part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}
Pair two_product(double a, double b) {
    double product = a * b;
    return {product, std::fma(a, b, -product)};
}

// A running sum of products in three doubles: three times the precision.
struct TripleSum {
    double high = 0, low = 0, tiny = 0;
    void add_product(double a, double b) {
        Pair p = two_product(a, b);
        Pair s = two_sum(high, p.high);
        Pair r1 = two_sum(low, p.low);
        Pair r2 = two_sum(r1.high, s.low);
        high = s.high;
        low = r2.high;
        tiny += r1.low + r2.low;
    }
    double value() const {
        Pair last = two_sum(low, tiny);
        Pair total = two_sum(high, last.high);
        return total.high + (last.low + total.low);
    }
};

}  // namespace

// Shewchuk's method: partial sums that don't overlap, whose sum is exact. The last step rounds once.
Result<double> fsum(Python& py, Borrowed<> seq) {
    std::vector<double> partials;
    double special = 0, infinities = 0;
    CHECK(for_each(py, seq, [&](Ref<> item) -> Result<void> {
        double x = TRY(to_double(py, item));
        double original = x;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < partials.size(); ++i) {
            Pair s = std::fabs(x) < std::fabs(partials[i]) ? Pair{partials[i] + x, 0} : Pair{x + partials[i], 0};
            double larger = std::fabs(x) < std::fabs(partials[i]) ? partials[i] : x;
            double smaller = std::fabs(x) < std::fabs(partials[i]) ? x : partials[i];
            s.low = smaller - (s.high - larger);
            if (s.low != 0) partials[kept++] = s.low;
            x = s.high;
        }
        partials.resize(kept);
        if (x == 0) return {};
        if (is_finite(x)) {
            partials.push_back(x);
            return {};
        }
        // A sum that overflowed, or an infinity or NaN that was given.
        if (is_finite(original)) return raise(py, exc::OverflowError, "intermediate overflow in fsum");
        if (is_infinity(original)) infinities += original;
        special += original;
        partials.clear();
        return {};
    }));
    if (special != 0) {
        if (is_nan(infinities)) return raise(py, exc::ValueError, "-inf + inf in fsum");
        return special;
    }
    double high = 0;
    if (!partials.empty()) {
        std::size_t n = partials.size();
        high = partials[--n];
        double low = 0;
        while (n > 0) {
            double x = high, y = partials[--n];
            high = x + y;
            low = y - (high - x);
            if (low != 0) break;
        }
        // Halfway between two doubles: the next partial decides, if it has the sign of the remainder.
        if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0))) {
            double y = low * 2, x = high + y;
            if (y == x - high) high = x;
        }
    }
    return high;
}

Result<Ref<>> prod(Python& py, Borrowed<> iterable, Borrowed<> start) {
    Ref<> result = start.share();
    CHECK(for_each(py, iterable, [&](Ref<> item) -> Result<void> {
        result = TRY(binary(py, Dunder::mul, result, item));
        return {};
    }));
    return result;
}

// Ints are summed exactly and floats in triple precision as long as nothing else comes; then the operators of the items do it.
Result<Ref<>> sumprod(Python& py, Borrowed<> p, Borrowed<> q) {
    Ref<> first = TRY(get_iterator(py, p));
    Ref<> second = TRY(get_iterator(py, q));
    Ref<> total = Ref<>::immediate(Value::of_int(0));
    Ref<> int_total = Ref<>::immediate(Value::of_int(0));
    TripleSum float_total;
    bool ints = true, floats = true, float_used = false;
    auto flush_ints = [&]() -> Result<void> {
        ints = false;
        total = TRY(binary(py, Dunder::add, total, int_total));
        return {};
    };
    auto flush_floats = [&]() -> Result<void> {
        floats = false;
        if (!float_used) return {};
        Ref<> sum = TRY(make_float(py, float_total.value()));
        total = TRY(binary(py, Dunder::add, total, sum));
        return {};
    };
    auto exact_float = [](Value v) { return &type_of(v) == &float_type; };
    auto plain_int = [](Value v) { return v.is_bool() || &type_of(v) == &int_type; };
    for (;;) {
        CHECK(poll(py));
        Next a = next(py, first);
        if (a.raised()) return Raised{};
        Next b = next(py, second);
        if (b.raised()) return Raised{};
        if (a.ended() != b.ended()) return raise(py, exc::ValueError, "Inputs are not the same length");
        if (a.ended()) break;
        Ref<> x = std::move(a).take(), y = std::move(b).take();
        Value u = x.value(), v = y.value();
        if (ints) {
            if (&type_of(u) == &int_type && &type_of(v) == &int_type) {
                Ref<> product = TRY(int_mul(py, u, v));
                int_total = TRY(int_add(py, int_total.value(), product.value()));
                continue;
            }
            CHECK(flush_ints());
        }
        if (floats) {
            if ((exact_float(u) || plain_int(u)) && (exact_float(v) || plain_int(v)) && (exact_float(u) || exact_float(v))) {
                double left, right;
                bool fits = exact_float(u) ? (left = float_number(u), true) : to_double(PlainInt(int_number(u)), left);
                fits = fits && (exact_float(v) ? (right = float_number(v), true) : to_double(PlainInt(int_number(v)), right));
                if (fits) {
                    TripleSum next_total = float_total;
                    next_total.add_product(left, right);
                    // Infinities and NaNs don't survive the error terms: they are left to plain arithmetic.
                    if (is_finite(next_total.high)) {
                        float_total = next_total;
                        float_used = true;
                        continue;
                    }
                }
            }
            CHECK(flush_floats());
        }
        Ref<> product = TRY(binary(py, Dunder::mul, x, y));
        total = TRY(binary(py, Dunder::add, total, product));
    }
    if (ints) CHECK(flush_ints());
    if (floats) CHECK(flush_floats());
    return total;
}

namespace {

// The root of the sum of squares. The numbers are scaled by a power of two, so that nothing overflows, and the squares summed in
// double-double; one Newton step on the exact residue then rounds the root right in nearly all cases.
double norm(std::span<double> numbers) {
    double largest = 0;
    bool nan = false;
    for (double& x : numbers) {
        x = std::fabs(x);
        if (is_infinity(x)) return x;
        nan |= is_nan(x);
        if (x > largest) largest = x;
    }
    if (nan) return __builtin_nan("");
    if (largest == 0 || numbers.size() == 1) return largest;
    int exponent;
    std::frexp(largest, &exponent);
    Pair sum{0, 0};
    for (double x : numbers) {
        Pair square = two_product(std::ldexp(x, -exponent), std::ldexp(x, -exponent));
        Pair s = two_sum(sum.high, square.high);
        sum = {s.high, sum.low + square.low + s.low};
    }
    double total = sum.high + sum.low;
    double root = std::sqrt(total);
    Pair square = two_product(root, root);
    double residue = ((sum.high - square.high) - square.low) + sum.low;
    return std::ldexp(root + residue / (2 * root), exponent);
}

}  // namespace

Result<double> hypot(Python& py, Args coordinates) {
    std::vector<double> numbers;
    numbers.reserve(coordinates.size());
    for (Value v : coordinates.values) {
        double x = TRY(to_double(py, Borrowed<>(v)));
        numbers.push_back(x);
    }
    return norm(numbers);
}

Result<double> dist(Python& py, Borrowed<> p, Borrowed<> q) {
    Ref<Tuple> a = TRY(tuple_from(py, p));
    Ref<Tuple> b = TRY(tuple_from(py, q));
    if (a->size != b->size) return raise(py, exc::ValueError, "both points must have the same number of dimensions");
    std::vector<double> numbers;
    numbers.reserve(a->size);
    for (std::size_t i = 0; i < a->size; ++i) {
        double x = TRY(to_double(py, a->at(i)));
        double y = TRY(to_double(py, b->at(i)));
        numbers.push_back(x - y);
    }
    return norm(numbers);
}

}  // namespace oro::math
