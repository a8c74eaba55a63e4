// The slow forms of reading and replacing a Member: under its object's lock.
#include "object/locked.h"

namespace oro::detail {

Value member_load_slow(Object* owner, Slot const& slot) {
    Section section(current_thread(), owner);
    Value v = slot.peek();
    if (v.is_pointer()) {
        incref(v.pointer());
        allow_concurrent(v.pointer());
    }
    return v;
}

Value member_exchange(Object* owner, Slot& slot, Value v) {
    Thread& t = current_thread();
    if (t.alone) {
        Value old = slot.peek_relaxed();
        slot.store(v);
        return old;
    }
    Section section(t, owner);
    return slot.exchange(v);
}

}  // namespace oro::detail
