// Items of containers.

// R[a] = R[b][R[c]]
OP(load_item) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (x.is_pointer() && y.is_int()) [[likely]] {
        auto* o = static_cast<Object*>(x.pointer());
        ShapeId shape = o->shape.load(std::memory_order_relaxed);
        Value v;
        if (shape == list_type.root_shape) {
            auto* list = static_cast<List*>(o);
            std::size_t size = list->size();
            std::int64_t i = y.as_int();
            if (i < 0) i += std::int64_t(size);
            if (std::size_t(i) < size) [[likely]] {
                ItemArray* items = list->guarded.items.load(std::memory_order_acquire);
                if (items && std::size_t(i) < items->capacity) {
                    v = read_slot(items->slots[i]);
                    if (!t->alone && list->guarded.items.load(std::memory_order_acquire) != items && !v.is_null()) [[unlikely]] {
                        reg::release(v);
                        v = Value{};
                    }
                }
            }
        } else if (shape == tuple_type.root_shape) {
            auto* tuple = static_cast<Tuple*>(o);
            std::int64_t i = y.as_int();
            if (i < 0) i += std::int64_t(tuple->size);
            if (std::size_t(i) < tuple->size) [[likely]] v = reg::retain(tuple->slots[i]);
        }
        if (!v.is_null()) [[likely]] {
            SAVE();
            if (flag_of(word, LAST_B)) {
                regs[b_of(word)] = Value{};
                put(regs, a_of(word), v);
                reg::release(x);
                NEXT(1);
            }
            put(regs, a_of(word), v);
            NEXT(1);
        }
    }
    SAVE();
    if (!slow::load_item(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

// R[a][R[b]] = R[c]
OP(store_item) {
    Value x = regs[a_of(word)], y = regs[b_of(word)];
    if (t->alone && x.is_pointer() && y.is_int() && x.pointer()->shape.load(std::memory_order_relaxed) == list_type.root_shape) {
        auto* list = static_cast<List*>(x.pointer());
        std::size_t size = list->size();
        std::int64_t i = y.as_int();
        if (i < 0) i += std::int64_t(size);
        if (std::size_t(i) < size) [[likely]] {
            Slot& slot = list->guarded.items.load(std::memory_order_relaxed)->slots[i];
            Value v = regs[c_of(word)];
            if (flag_of(word, LAST_C)) {
                regs[c_of(word)] = Value{};
                v = reg::publish(v);
            } else {
                detail::incref(v);
            }
            Value old = slot.peek_relaxed();
            slot.store(v);
            SAVE();
            detail::decref(old);
            if (flag_of(word, LAST_A)) consume(regs, a_of(word));
            NEXT(1);
        }
    }
    SAVE();
    if (!slow::store_item(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

SLOW_OP(delete_item)
SLOW_OP(load_slice)
SLOW_OP(store_slice)
SLOW_OP(unpack_ex)

// R[a .. a+c-1] = R[b]
OP(unpack) {
    Value x = regs[b_of(word)];
    unsigned n = c_of(word);
    if (x.is_pointer() && x.pointer()->shape.load(std::memory_order_relaxed) == tuple_type.root_shape) [[likely]] {
        auto* tuple = static_cast<Tuple*>(x.pointer());
        if (tuple->size == n) [[likely]] {
            SAVE();
            unsigned a = a_of(word);
            if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
            for (unsigned i = 0; i < n; ++i) put(regs, a + i, reg::retain(tuple->slots[i]));
            if (flag_of(word, LAST_B)) reg::release(x);
            NEXT(1);
        }
    }
    SAVE();
    if (!slow::unpack(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

SLOW_OP(build_tuple)
SLOW_OP(build_list)
SLOW_OP(build_set)
SLOW_OP(build_dict)
SLOW_OP(build_string)
SLOW_OP(build_slice)
SLOW_OP(set_add)
SLOW_OP(dict_set)
SLOW_OP(list_extend)
SLOW_OP(set_update)
SLOW_OP(dict_update)
SLOW_OP(dict_merge)
SLOW_OP(list_to_tuple)
SLOW_OP(list_append)
SLOW_OP(format_simple)
SLOW_OP(format_spec)
SLOW_OP(convert_value)
SLOW_OP(build_interpolation)
SLOW_OP(build_template)
SLOW_OP(make_function)
SLOW_OP(setup_annotations)
SLOW_OP(intrinsic1)
SLOW_OP(intrinsic2)
SLOW_OP(match_mapping)
SLOW_OP(match_sequence)
SLOW_OP(get_len)
SLOW_OP(match_keys)
SLOW_OP(match_class)
