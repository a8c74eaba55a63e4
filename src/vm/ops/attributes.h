// Attributes, through inline caches.

// R[a] = R[b].N(c)
OP(load_attr) {
    Value x = regs[b_of(word)];
    if (x.is_pointer()) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
        ShapeId shape = o->shape_id();
        Value v;
        if (ic & 1) {
            if (std::uint32_t(ic >> 32) == shape && !(ic & 2)) [[likely]] v = read_slot(slot_at(o, (std::uint32_t(ic) >> 2) * 8));
        } else if (ic) {
            Record* r = record_of(ic);
            if (r->kind == Record::module) {
                if (r->shape == shape) {
                    Dict& dict = *static_cast<Module*>(o)->dict.get();
                    DictKeys* keys = dict.keys();
                    if (keys->version.load(std::memory_order_relaxed) == r->version) v = read_entry(dict, keys, r->index);
                }
            } else if (r->kind == Record::type_value) {
                if (r->object == o) v = read_remembered(*r, *static_cast<Type*>(o));
            } else if (r->kind == Record::slot) {
                if (r->shape == shape) v = read_slot(slot_at(o, r->index));
            } else if (r->kind == Record::value) {
                if (r->shape == shape) v = read_remembered(*r, *shape_of(shape).type);
            }
        }
        if (!v.is_null()) [[likely]] {
            if (flag_of(word, LAST_B)) {
                regs[b_of(word)] = Value{};
                Value old = regs[a_of(word)];
                regs[a_of(word)] = v;
                SAVE();
                reg::release(x);
                if (old.is_pointer()) [[unlikely]] reg::release(old);
                NEXT(1);
            }
            put(regs, a_of(word), v);
            NEXT(1);
        }
    }
    SAVE();
    if (!slow::load_attr(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

// R[a].N(c) = R[b]
OP(store_attr) {
    Value x = regs[a_of(word)];
    if (x.is_pointer() && t->alone) [[likely]] {
        // A lone thread needs no lock. Others go through the slow form, which takes it.
        auto* o = static_cast<Object*>(x.pointer());
        std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
        if ((ic & 3) == 1 && std::uint32_t(ic >> 32) == o->shape.load(std::memory_order_relaxed)) [[likely]] {
            Slot& slot = slot_at(o, (std::uint32_t(ic) >> 2) * 8);
            Value old = slot.peek_relaxed();
            if (!old.is_null()) [[likely]] {
                Value v = regs[b_of(word)];
                if (flag_of(word, LAST_B)) {
                    regs[b_of(word)] = Value{};
                    v = reg::publish(v);
                } else {
                    detail::incref(v);
                }
                slot.store(v);
                SAVE();
                detail::decref(old);
                if (flag_of(word, LAST_A)) consume(regs, a_of(word));
                NEXT(1);
            }
        }
    }
    SAVE();
    if (!slow::store_attr(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

// call block at a: callable = R[b].N(c), self = R[b] or null
OP(load_method) {
    Value x = regs[b_of(word)];
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    if (ic != 0 && !(ic & 1)) [[likely]] {
        Record* r = record_of(ic);
        Value callable;
        bool bind = false;
        if (x.is_pointer()) [[likely]] {
            auto* o = static_cast<Object*>(x.pointer());
            ShapeId shape = o->shape_id();
            if (r->kind == Record::method) {
                if (r->shape == shape) {
                    callable = read_remembered(*r, *shape_of(shape).type);
                    bind = true;
                }
            } else if (r->kind == Record::module && r->shape == shape) {
                Dict& dict = *static_cast<Module*>(o)->dict.get();
                DictKeys* keys = dict.keys();
                if (keys->version.load(std::memory_order_relaxed) == r->version) callable = read_entry(dict, keys, r->index);
            } else if (r->kind == Record::type_value && r->object == o) {
                callable = read_remembered(*r, *static_cast<Type*>(o));
            }
        }
        if (!callable.is_null()) [[likely]] {
            unsigned p = a_of(word);
            if (bind) {
                if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
                else reg::retain(x);
                regs[p + kCallHeader] = x;
            } else {
                regs[p + kCallHeader] = Value{};
                if (flag_of(word, LAST_B)) {
                    SAVE();
                    consume(regs, b_of(word));
                }
            }
            regs[p] = callable;
            NEXT(1);
        }
    }
    SAVE();
    if (!slow::load_method(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

SLOW_OP(delete_attr)
SLOW_OP(load_super_attr)
SLOW_OP(load_super_method)
SLOW_OP(load_special)
