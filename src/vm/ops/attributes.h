// Attributes, through inline caches. Each operation has three forms: the quick one for the commonest cache, which calls nothing; a wider
// one for every kind of cache; and the slow one, which looks up and learns.

DECLARE_INNER_OP(load_attr_cached_);
DECLARE_INNER_OP(store_attr_cached_);
DECLARE_INNER_OP(load_method_cached_);

// R[a] = R[b].N(c)
OP(load_attr) {
    Value x = regs[b_of(word)];
    if (x.is_pointer()) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
        if ((ic & 1) && std::uint32_t(ic >> 32) == o->shape_id()) [[likely]] {
            Value v = slot_at(o, (std::uint32_t(ic) >> 2) * 8).peek();
            if (!flag_of(word, LAST_B)) {
                if (reg::try_retain_own(v)) [[likely]] FINISH(v);
            } else if (a_of(word) == b_of(word) || !regs[a_of(word)].is_pointer()) {
                if (reg::try_retain_own(v)) [[likely]] {
                    regs[b_of(word)] = Value{};
                    regs[a_of(word)] = v;
                    RELEASE_NEXT(x, 1);
                }
            }
        }
    }
    GOTO_OP(load_attr_cached_);
}

INNER_OP(load_attr_cached_) {
    Value x = regs[b_of(word)];
    if (x.is_pointer()) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
        ShapeId shape = o->shape_id();
        Value v;
        if (ic & 1) {
            if (std::uint32_t(ic >> 32) == shape) [[likely]] v = read_slot(slot_at(o, (std::uint32_t(ic) >> 2) * 8));
        } else {
            for (Record* r = record_of(ic); r; r = r->next) {
                if (r->shape != shape) continue;
                if (r->kind == Record::own) {
                    v = read_slot(slot_at(o, r->index));
                } else if (r->kind == Record::module) {
                    Dict& dict = *static_cast<Module*>(o)->dict.get();
                    DictKeys* keys = dict.keys();
                    if (keys->version.load(std::memory_order_relaxed) == r->version) v = read_entry(dict, keys, r->index);
                } else if (r->kind == Record::slot) {
                    if (shape_of(shape).type->version.load(std::memory_order_acquire) == r->version) v = read_slot(slot_at(o, r->index));
                } else if (r->kind >= Record::value && r->kind <= Record::static_method) {
                    Type* type = class_of(*r, o, shape);
                    if (!type) continue;
                    v = read_from_class(*r, *type);
                } else if (r->kind == Record::computed) {
                    if (shape_of(shape).type->version.load(std::memory_order_acquire) != r->version) break;
                    SAVE();
                    v = r->def->get(static_cast<Python&>(*t), x);
                    if (v.is_null()) [[unlikely]] ERROR();
                    v = reg::adopt(v);
                } else if (r->kind == Record::getter) {
                    // The call goes on where the loading would: without a frame of the machine in between.
                    Function* f = getter_of(*r, *shape_of(shape).type);
                    Code* code = f ? f->running_code() : nullptr;
                    Value* args = regs + Frame::of(regs)->code.get()->registers + kCallHeader;
                    if (code && t->recursion_left > 0 && args + code->registers < t->stack_end && Frame::of(regs)->generator.is_null()) {
                        SAVE();
                        if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
                        else reg::retain(x);
                        args[0] = x;
                        PUSH_FRAME(Value::of(f), code, args, 1, 2 | frame_flag::getter, Value{});
                    }
                    if (f) reg::release(Value::of(f));
                }
                break;
            }
        }
        if (!v.is_null()) [[likely]] {
            SAVE();
            if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
            put(regs, a_of(word), v);
            if (flag_of(word, LAST_B)) RELEASE_NEXT(x, 1);
            NEXT(1);
        }
    }
    SLOWLY(load_attr);
}

// R[a].N(c) = R[b]
OP(store_attr) {
    Value x = regs[a_of(word)];
    // A lone thread needs no lock.
    if (x.is_pointer() && t->alone && !flag_of(word, LAST_A)) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
        if ((ic & 1) && std::uint32_t(ic >> 32) == o->shape.load(std::memory_order_relaxed)) [[likely]] {
            Slot& slot = slot_at(o, (std::uint32_t(ic) >> 2) * 8);
            Value old = slot.peek_relaxed(), v = regs[b_of(word)];
            if (!old.is_null()) [[likely]] {
                if (flag_of(word, LAST_B)) {
                    if (!reg::publishable(v)) GOTO_OP(store_attr_cached_);
                    regs[b_of(word)] = Value{};
                } else {
                    if (!reg::try_retain_own(v)) GOTO_OP(store_attr_cached_);
                }
                slot.store(v);
                if (old.is_pointer()) DECREF_NEXT(old, 1);
                NEXT(1);
            }
        }
    }
    GOTO_OP(store_attr_cached_);
}

INNER_OP(store_attr_cached_) {
    Value x = regs[a_of(word)];
    if (!x.is_pointer()) [[unlikely]] SLOWLY(store_attr);
    auto* o = static_cast<Object*>(x.pointer());
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    ShapeId shape = o->shape.load(std::memory_order_relaxed), next = shape;
    std::uint32_t offset = 0;
    bool may_be_empty = false;
    if (ic & 1) {
        if (std::uint32_t(ic >> 32) == shape) offset = (std::uint32_t(ic) >> 2) * 8;
    } else {
        for (Record* r = record_of(ic); r; r = r->next) {
            if (r->shape != shape) continue;
            if (r->kind == Record::slot && shape_of(shape).type->version.load(std::memory_order_acquire) != r->version) break;
            offset = r->index;
            may_be_empty = r->kind != Record::own;
            if (r->kind == Record::transition) next = r->version2;
            break;
        }
    }
    // (Under a lock of the object, its shape may be another one.)
    if (offset == 0 || !(t->alone || try_lock(o->lock))) SLOWLY(store_attr);
    Slot& slot = slot_at(o, offset);
    Value old = slot.peek_relaxed();
    bool fits = o->shape.load(std::memory_order_relaxed) == shape && (may_be_empty || !old.is_null());
    if (fits) [[likely]] {
        Value v = regs[b_of(word)];
        if (flag_of(word, LAST_B)) {
            regs[b_of(word)] = Value{};
            v = reg::publish(v);
        } else {
            detail::incref(v);
        }
        slot.store(v);
        // Readers who see the new shape see the value too.
        if (next != shape) o->shape.store(next, std::memory_order_release);
    }
    if (!t->alone) unlock(o->lock);
    if (!fits) [[unlikely]] SLOWLY(store_attr);
    SAVE();
    detail::decref(old);
    if (flag_of(word, LAST_A)) consume(regs, a_of(word));
    NEXT(1);
}

// call block at a: callable = R[b].N(c), self = R[b] or null
OP(load_method) {
    Value x = regs[b_of(word)];
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    if (ic != 0 && !(ic & 1) && x.is_pointer()) [[likely]] {
        Record* r = record_of(ic);
        ShapeId shape = static_cast<Object*>(x.pointer())->shape_id();
        if (r->kind == Record::method && r->shape == shape) [[likely]] {
            // Methods are uncounted, nearly always: at most the collector frees them. That this is one is certain only if the type's version
            // is the same after the look at its header.
            Header* method = r->value_.pointer();
            Type& type = *shape_of(shape).type;
            if (type.version.load(std::memory_order_acquire) == r->version && reg::is_uncounted(method) &&
                type.version.load(std::memory_order_acquire) == r->version) [[likely]] {
                unsigned p = a_of(word);
                if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
                else if (!reg::try_retain(x)) [[unlikely]] GOTO_OP(load_method_cached_);
                regs[p + kCallHeader] = x;
                regs[p] = Value::of(method);
                NEXT(1);
            }
        }
    }
    GOTO_OP(load_method_cached_);
}

INNER_OP(load_method_cached_) {
    Value x = regs[b_of(word)];
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    if (!(ic & 1) && x.is_pointer()) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        ShapeId shape = o->shape_id();
        Value callable, self;   // what it is bound to besides the object
        bool bind = false;
        for (Record* r = record_of(ic); r; r = r->next) {
            if (r->shape != shape) continue;
            if (r->kind == Record::method) {
                callable = read_remembered(*r, *shape_of(shape).type);
                bind = true;
            } else if (r->kind == Record::module) {
                Dict& dict = *static_cast<Module*>(o)->dict.get();
                DictKeys* keys = dict.keys();
                if (keys->version.load(std::memory_order_relaxed) == r->version) callable = read_entry(dict, keys, r->index);
            } else if (r->kind >= Record::value && r->kind <= Record::class_method) {
                Type* type = class_of(*r, o, shape);
                if (!type) continue;
                callable = read_from_class(*r, *type);
                if (r->kind == Record::class_method && !callable.is_null()) self = reg::retain(Value::of(type));
            } else if (r->kind == Record::own) {
                callable = read_slot(slot_at(o, r->index));
            }
            break;
        }
        if (!callable.is_null()) [[likely]] {
            unsigned p = a_of(word);
            if (bind) {
                if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
                else reg::retain(x);
                regs[p + kCallHeader] = x;
            } else {
                Value x_dies = flag_of(word, LAST_B) ? std::exchange(regs[b_of(word)], Value{}) : Value{};
                regs[p + kCallHeader] = self;
                regs[p] = callable;
                if (x_dies.is_pointer()) RELEASE_NEXT(x_dies, 1);
                NEXT(1);
            }
            regs[p] = callable;
            NEXT(1);
        }
    }
    SLOWLY(load_method);
}

// call block at a: callable = super(R[b+1], R[b+2]).N(c), self = R[b+2]; R[b] is the value of the name `super`
OP(load_super_method) {
    Value* block = &regs[b_of(word)];
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    if (block[0] == Value::of(&super_type) && block[2].is_pointer() && !(ic & 1)) [[likely]] {
        auto* o = static_cast<Object*>(block[2].pointer());
        ShapeId shape = o->shape_id();
        for (Record* r = record_of(ic); r; r = r->next) {
            if (r->shape != shape || r->object != block[1].pointer()) continue;
            Value callable = read_remembered(*r, *shape_of(shape).type);
            if (callable.is_null()) break;
            unsigned p = a_of(word);
            Value start = block[1];
            block[0] = block[1] = Value{};
            Value self = std::exchange(block[2], Value{});
            regs[p + kCallHeader] = self;
            regs[p] = callable;
            if (!start.pointer()->has(flag::deferred)) RELEASE_NEXT(start, 1);
            NEXT(1);
        }
    }
    SLOWLY(load_super_method);
}

SLOW_OP(delete_attr)
SLOW_OP(load_super_attr)
