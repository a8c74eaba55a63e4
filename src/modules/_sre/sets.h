// Tests of one character against one operation or set of a compiled pattern, straight from the code words.
// The engine asks here only for what its bitmaps do not answer: characters past Latin-1, and the C locale.
// Code words must have passed validation. Thread-safety: pure functions.
#pragma once

#include "modules/_sre/chars.h"
#include "modules/_sre/opcodes.h"

namespace oro::sre {

// True if c is in the set that starts at `set` and ends with a failure word.
bool set_contains(const Word* set, Char c);

// True if the unit operation (see is_unit) at `unit` matches c.
bool unit_matches(const Word* unit, Char c);

// True if what the operation matches depends on the C locale, which may change while the pattern lives.
bool unit_uses_locale(const Word* unit);

}  // namespace oro::sre
