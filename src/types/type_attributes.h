// The computed attributes of classes (and what modules share with them).
#pragma once
#include "object/type.h"

namespace oro {

inline constexpr int kTypeGetsetCount = 18;
extern const GetSetDef type_getsets[kTypeGetsetCount];
// Whether attributes of the class may be set; else TypeError "cannot {set} '{name}' attribute of immutable type '{}'".
Result<void> check_mutable(Thread& t, Type& type, std::string_view name, bool remove);

}  // namespace oro
