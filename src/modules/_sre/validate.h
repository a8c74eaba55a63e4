// The check that code words are well formed: that every operation has its operands, every offset lands on the
// operation it should, blocks nest, and groups exist. Anyone can call `_sre.compile` with any words, so the
// engine trusts nothing else. Thread-safety: pure function.
#pragma once

#include <span>

#include "modules/_sre/buffer.h"
#include "modules/_sre/opcodes.h"
#include "modules/_sre/program.h"

namespace oro::sre {

// On success starts[i] is 1 where an operation starts (inside repeat-ones too, but not inside sets), else 0.
[[nodiscard]] BuildError validate(std::span<const Word> code, Word groups, Buffer<unsigned char>& starts);

}  // namespace oro::sre
