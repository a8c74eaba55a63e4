// The machine for characters of 1 byte.
#include "modules/_sre/machine.h"

namespace oro::sre {

template Outcome run_machine<std::uint8_t>(Matcher&, bool, bool);

}  // namespace oro::sre
