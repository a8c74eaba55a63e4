// Globals and other names.

DECLARE_INNER_OP(load_global_shared_);

// R[a] = globals or builtins [N(bc)]
OP(load_global) {
    std::uint64_t ic = feedback_of(k, unsigned(word >> 32)).load(std::memory_order_acquire);
    Function* f = Frame::of(regs)->fn();
    DictKeys* keys = f->globals.get()->keys();
    if ((ic & 1) && std::uint32_t(ic >> 32) == keys->version.load(std::memory_order_relaxed)) [[likely]] {
        Slot const& slot = keys->entries()[std::uint32_t(ic) >> 1].value;
        Value v = slot.peek();
        if (reg::try_retain_own(v)) FINISH(v);
        if (reg::holds_uncounted(slot, v) && f->globals.get()->keys() == keys) [[likely]] FINISH(v);
    }
    GOTO_OP(load_global_shared_);
}

INNER_OP(load_global_shared_) {
    std::uint64_t ic = feedback_of(k, unsigned(word >> 32)).load(std::memory_order_acquire);
    Function* f = Frame::of(regs)->fn();
    Dict& globals = *f->globals.get();
    DictKeys* keys = globals.keys();
    std::uint32_t version = keys->version.load(std::memory_order_relaxed);
    Value v;
    if (ic & 1) {
        if (std::uint32_t(ic >> 32) == version) [[likely]] v = read_entry(globals, keys, std::uint32_t(ic) >> 1);
    } else if (ic) {
        Record* r = record_of(ic);
        if (r->version == version) [[likely]] {
            Dict& dict = *f->builtins.get();
            DictKeys* builtins = dict.keys();
            if (builtins->version.load(std::memory_order_relaxed) == r->version2) [[likely]] {
                Slot const& slot = builtins->entries()[r->index].value;
                v = slot.peek();
                if (reg::holds_uncounted(slot, v) && dict.keys() == builtins) [[likely]] FINISH(v);
                v = read_entry(dict, builtins, r->index);
            }
        }
    }
    if (v.is_null()) [[unlikely]] SLOWLY(load_global);
    FINISH(v);
}

SLOW_OP(store_global)
SLOW_OP(delete_global)
SLOW_OP(load_name)
SLOW_OP(store_name)
SLOW_OP(delete_name)
SLOW_OP(load_name_or_global)
SLOW_OP(load_locals)
SLOW_OP(load_builtin)
SLOW_OP(load_build_class)
SLOW_OP(import_name)
SLOW_OP(import_from)
SLOW_OP(import_star)
