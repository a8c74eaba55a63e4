// _operator: its types.
#pragma once
#include "object/define.h"

namespace oro::operators {

extern Type itemgetter_type, attrgetter_type, methodcaller_type;

}  // namespace oro::operators
