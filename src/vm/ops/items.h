// Items of containers.

DECLARE_INNER_OP(load_item_shared_);
DECLARE_INNER_OP(load_item_python_);
DECLARE_INNER_OP(store_item_locked_);

// R[a] = R[b][R[c]]
OP(load_item) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (x.is_pointer() && y.is_int()) [[likely]] {
        ShapeId shape = x.pointer()->shape.load(std::memory_order_relaxed);
        Value v;
        std::int64_t i = y.as_int();
        if (shape == list_type.root_shape) {
            auto* list = static_cast<List*>(x.pointer());
            std::size_t size = list->size();
            if (i < 0) i += std::int64_t(size);
            if (std::size_t(i) < size) [[likely]] {
                ItemArray* items = list->guarded.items.load(std::memory_order_acquire);
                if (items && std::size_t(i) < items->capacity) v = items->slots[i].peek();
            }
        } else if (shape == tuple_type.root_shape) {
            auto* tuple = static_cast<Tuple*>(x.pointer());
            if (i < 0) i += std::int64_t(tuple->size);
            if (std::size_t(i) < tuple->size) [[likely]] v = tuple->slots[i];
        }
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
    GOTO_OP(load_item_shared_);
}

// An item that another thread may own.
INNER_OP(load_item_shared_) {
    Value x = regs[b_of(word)], y = regs[c_of(word)];
    if (x.is_pointer() && y.is_int()) [[likely]] {
        ShapeId shape = x.pointer()->shape.load(std::memory_order_relaxed);
        Value v;
        std::int64_t i = y.as_int();
        if (shape == list_type.root_shape) {
            auto* list = static_cast<List*>(x.pointer());
            if (i < 0) i += std::int64_t(list->size());
            v = reg::adopt(list_get(*t, *list, std::size_t(i)).release());
        } else if (shape == tuple_type.root_shape) {
            auto* tuple = static_cast<Tuple*>(x.pointer());
            if (i < 0) i += std::int64_t(tuple->size);
            if (std::size_t(i) < tuple->size) [[likely]] v = reg::retain(tuple->slots[i]);
        } else if (shape == str_type.root_shape) {
            auto* text = static_cast<Str*>(x.pointer());
            if (i < 0) i += std::int64_t(text->length());
            if (std::size_t(i) < text->length()) {
                char32_t c = text->at(std::size_t(i));
                if (c < 256) [[likely]] v = Value::of(latin1_char(std::uint8_t(c)));
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
    GOTO_OP(load_item_python_);
}

// A class's own __getitem__: the call goes on where the loading would.
INNER_OP(load_item_python_) {
    Value x = regs[b_of(word)];
    if (x.is_pointer()) {
        Type& type = type_of(x);
        if (type.slot(Dunder::getitem) == python_slot(Dunder::getitem)) {
            Str* name = name::dunder_getitem().get();
            Value method = type_lookup_peek(*t, type, name);
            // (An uncounted one, which at most the collector frees; that it is one is certain if the class has it still.)
            if (method.is_pointer() && reg::is_uncounted(method.pointer()) && type_lookup_peek(*t, type, name) == method && &type_of(method) == &function_type) {
                Code* code = static_cast<Function*>(method.pointer())->running_code();
                Value* args = regs + Frame::of(regs)->code.get()->registers + kCallHeader;
                if (code->simple && code->positional == 2 && !code->is_generator() && t->recursion_left > 0 && args + code->registers < t->stack_end &&
                    Frame::of(regs)->generator.is_null()) [[likely]] {
                    SAVE();
                    args[0] = x;
                    args[1] = regs[c_of(word)];
                    // Either may be the other's register, too.
                    reg::retain(args[0]);
                    reg::retain(args[1]);
                    if (flag_of(word, LAST_B)) consume(regs, b_of(word));
                    if (flag_of(word, LAST_C)) consume(regs, c_of(word));
                    PUSH_FRAME(method, code, args, 2, 2 | frame_flag::getter, Value{});
                }
            }
        }
    }
    SLOWLY(load_item);
}

// R[a][R[b]] = R[c]
OP(store_item) {
    Value x = regs[a_of(word)], y = regs[b_of(word)];
    if (x.is_pointer() && y.is_int() && x.pointer()->shape.load(std::memory_order_relaxed) == list_type.root_shape) {
        if (!t->alone || flag_of(word, LAST_A)) GOTO_OP(store_item_locked_);
        auto* list = static_cast<List*>(x.pointer());
        std::size_t size = list->size();
        std::int64_t i = y.as_int();
        if (i < 0) i += std::int64_t(size);
        if (std::size_t(i) < size) [[likely]] {
            Slot& slot = list->guarded.items.load(std::memory_order_relaxed)->slots[i];
            Value v = regs[c_of(word)];
            if (flag_of(word, LAST_C)) {
                if (!reg::publishable(v)) GOTO_OP(store_item_locked_);
                regs[c_of(word)] = Value{};
            } else {
                if (!reg::try_retain_own(v)) GOTO_OP(store_item_locked_);
            }
            Value old = slot.peek_relaxed();
            slot.store(v);
            if (old.is_pointer()) DECREF_NEXT(old, 1);
            NEXT(1);
        }
    }
    SLOWLY(store_item);
}

INNER_OP(store_item_locked_) {
    auto* list = static_cast<List*>(regs[a_of(word)].pointer());
    if (t->alone || try_lock(list->lock)) [[likely]] {
        std::size_t size = list->size();
        std::int64_t i = regs[b_of(word)].as_int();
        if (i < 0) i += std::int64_t(size);
        Value old;
        if (std::size_t(i) < size) [[likely]] {
            Value v = regs[c_of(word)];
            if (flag_of(word, LAST_C)) {
                regs[c_of(word)] = Value{};
                v = reg::publish(v);
            } else {
                detail::incref(v);
            }
            Slot& slot = list->guarded.items.load(std::memory_order_relaxed)->slots[i];
            old = slot.peek_relaxed();
            slot.store(v);
        }
        if (!t->alone) unlock(list->lock);
        if (!old.is_null()) [[likely]] {
            SAVE();
            detail::decref(old);
            if (flag_of(word, LAST_A)) consume(regs, a_of(word));
            NEXT(1);
        }
    }
    SLOWLY(store_item);
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
    SLOWLY(unpack);
}

SLOW_OP(build_tuple)
SLOW_OP(build_list)
SLOW_OP(build_list_for)
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

// R[a].append(R[b]). The list of a comprehension is known to its register only.
OP(list_append) {
    auto* list = static_cast<List*>(regs[a_of(word)].pointer());
    ItemArray* items = list->guarded.items.load(std::memory_order_relaxed);
    std::size_t size = list->guarded.size.load(std::memory_order_relaxed);
    if (items && size < items->capacity && detail::is_exclusive(list)) [[likely]] {
        Value v = regs[b_of(word)];
        if (flag_of(word, LAST_B)) {
            if (!reg::publishable(v)) [[unlikely]] SLOWLY(list_append);
            regs[b_of(word)] = Value{};
        } else {
            if (!reg::try_retain_own(v)) [[unlikely]] SLOWLY(list_append);
        }
        items->slots[size].store(v);
        list->guarded.size.store(size + 1, std::memory_order_release);
        NEXT(1);
    }
    SLOWLY(list_append);
}

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
