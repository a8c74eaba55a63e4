// The functions of math that stand in files of their own. All are safe from any thread; those that take Python& may run Python.
#pragma once
#include "object/define.h"

namespace oro::math {

// number.cpp: exact ints
Result<Ref<>> comb(Python& py, Borrowed<> n, Borrowed<> k);
Result<Ref<>> perm(Python& py, Borrowed<> n, Borrowed<> k);
Result<Ref<>> factorial(Python& py, Borrowed<> n);
Result<Ref<>> gcd(Python& py, Args integers);
Result<Ref<>> lcm(Python& py, Args integers);
Result<Ref<>> isqrt(Python& py, Borrowed<> n);

// sums.cpp
Result<double> fsum(Python& py, Borrowed<> seq);
Result<Ref<>> sumprod(Python& py, Borrowed<> p, Borrowed<> q);
Result<Ref<>> prod(Python& py, Borrowed<> iterable, Borrowed<> start);
Result<double> dist(Python& py, Borrowed<> p, Borrowed<> q);
Result<double> hypot(Python& py, Args coordinates);

}  // namespace oro::math
