// Counting in registers: like counting elsewhere, but deferred objects are not counted at all.
#pragma once
#include "object/allocate.h"

namespace oro::reg {

void retain_slow(Header* h);
void release_slow(Header* h);
void adopt_slow(Header* h);
void publish_slow(Header* h);

// A second register for the same value.
inline Value retain(Value v) {
    if (v.is_pointer()) {
        Header* h = v.pointer();
        if (h->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] detail::incref(h);
        else retain_slow(h);
    }
    return v;
}
// A register gives up its value.
inline void release(Value v) {
    if (v.is_pointer()) {
        Header* h = v.pointer();
        if (h->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] detail::decref(h);
        else release_slow(h);
    }
}
// A counted reference moves into a register.
inline Value adopt(Value v) {
    if (v.is_pointer() && v.pointer()->owner.load(std::memory_order_relaxed) == kNobody) [[unlikely]] adopt_slow(v.pointer());
    return v;
}
// A register's value moves out, to be a counted reference.
inline Value publish(Value v) {
    if (v.is_pointer() && v.pointer()->owner.load(std::memory_order_relaxed) == kNobody) [[unlikely]] publish_slow(v.pointer());
    return v;
}
// A counted copy of a register's value.
inline Ref<> share(Value v) { return oro::share(v); }

}  // namespace oro::reg
