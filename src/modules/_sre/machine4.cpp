// The machine for characters of 4 bytes.
#include "modules/_sre/machine.h"

namespace oro::sre {

template Outcome run_machine<std::uint32_t>(Matcher&, bool, bool);

}  // namespace oro::sre
