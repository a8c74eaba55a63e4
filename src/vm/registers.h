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
// The quick half of it, without a call: false if the value is null or an object of another kind of owner; nothing has changed then.
inline bool try_retain_own(Value v) {
    if (!v.is_pointer()) return !v.is_null();
    Header* h = v.pointer();
    if (h->owner.load(std::memory_order_relaxed) != current_owner) [[unlikely]] return false;
    std::uint32_t n = h->local.load(std::memory_order_relaxed) + 1;
    if (std::int32_t(n) < 0) [[unlikely]] return false;
    h->local.store(n, std::memory_order_relaxed);
    return true;
}
// Objects that frames don't count: deferred and immortal ones.
inline bool is_uncounted(Header const* h) {
    return h->owner.load(std::memory_order_relaxed) == kNobody && (h->has(flag::deferred) || h->is_immortal());
}
// Whether `v`, just read from a slot that others may write, is such an object, so that a register may have it as it is. At most the
// collector frees an uncounted object; that it is one is certain only if it is still there after the look at its header.
inline bool holds_uncounted(Slot const& slot, Value v) { return v.is_pointer() && is_uncounted(v.pointer()) && slot.peek() == v; }
// As try_retain_own(), for a value that the caller keeps alive; uncounted ones are done too.
inline bool try_retain(Value v) {
    if (!v.is_pointer()) return true;
    Header* h = v.pointer();
    if (h->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        std::uint32_t n = h->local.load(std::memory_order_relaxed) + 1;
        if (std::int32_t(n) < 0) [[unlikely]] return false;
        h->local.store(n, std::memory_order_relaxed);
        return true;
    }
    return is_uncounted(h);
}
// Whether a register's value may become a counted reference as it is.
inline bool publishable(Value v) { return !v.is_pointer() || v.pointer()->owner.load(std::memory_order_relaxed) != kNobody; }
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
