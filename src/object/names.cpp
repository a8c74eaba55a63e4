// The table behind name::append() and the like; init_strings fills it.
#include "object/str.h"

namespace oro {

#define NAME(identifier, text) +1
Str* name_table[0
#include "object/names.def"
];
#undef NAME

}  // namespace oro
