// The bridge from IntView to GMP's mpz layer, for the few functions that have no good mpn form.
// Internal to the bigint sources.
#pragma once

#include <gmp.h>

#include "base/bigint.h"

namespace oro::bigint_detail {

static_assert(sizeof(mp_limb_t) == sizeof(Limb) && GMP_NUMB_BITS == kLimbBits);

// A read-only mpz over borrowed limbs: nothing is copied.
class BorrowedMpz {
public:
    explicit BorrowedMpz(IntView a) {
        auto size = static_cast<mp_size_t>(a.size);
        mpz_roinit_n(value_, a.limbs, a.negative ? -size : size);
    }
    operator mpz_srcptr() const { return value_; }

private:
    mpz_t value_;
};

class OwnedMpz {
public:
    OwnedMpz() { mpz_init(value_); }
    ~OwnedMpz() { mpz_clear(value_); }
    OwnedMpz(const OwnedMpz&) = delete;
    OwnedMpz& operator=(const OwnedMpz&) = delete;
    operator mpz_ptr() { return value_; }
    BigInt take() const {
        return BigInt(IntView{mpz_limbs_read(value_), mpz_size(value_), mpz_sgn(value_) < 0});
    }

private:
    mpz_t value_;
};

}  // namespace oro::bigint_detail
