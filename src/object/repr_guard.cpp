// Which objects this thread is representing now, so that a container that holds itself shows as [...].
#include <algorithm>

#include "object/call.h"

namespace oro {

Result<bool> repr_enter(Thread& t, Borrowed<> object) {
    if (std::find(t.representing.begin(), t.representing.end(), object.value()) != t.representing.end()) return false;
    t.representing.push_back(object.value());
    return true;
}

void repr_leave(Thread& t, Borrowed<> object) {
    auto at = std::find(t.representing.rbegin(), t.representing.rend(), object.value());
    if (at != t.representing.rend()) t.representing.erase(std::next(at).base());
}

}  // namespace oro
