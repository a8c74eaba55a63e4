// The machine for characters of 2 bytes.
#include "modules/_sre/machine.h"

namespace oro::sre {

template Outcome run_machine<std::uint16_t>(Matcher&, bool, bool);

}  // namespace oro::sre
