// The door between the engine and its machines, one for each size of character, each compiled in a file of
// its own.
#pragma once

#include <cstdint>

#include "modules/_sre/engine.h"

namespace oro::sre {

template <class Unit>
Outcome run_machine(Matcher& matcher, bool search, bool full);

extern template Outcome run_machine<std::uint8_t>(Matcher&, bool, bool);
extern template Outcome run_machine<std::uint16_t>(Matcher&, bool, bool);
extern template Outcome run_machine<std::uint32_t>(Matcher&, bool, bool);

}  // namespace oro::sre
