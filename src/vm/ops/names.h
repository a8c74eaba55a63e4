// Globals and other names.

// R[a] = globals or builtins [N(bc)]
OP(load_global) {
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
        if (r->version == version) {
            Dict& dict = *f->builtins.get();
            DictKeys* builtins = dict.keys();
            if (builtins->version.load(std::memory_order_relaxed) == r->version2) v = read_entry(dict, builtins, r->index);
        }
    }
    if (v.is_null()) [[unlikely]] {
        SAVE();
        if (!slow::load_global(t, regs, pc, k, word)) ERROR();
        NEXT(1);
    }
    put(regs, a_of(word), v);
    NEXT(1);
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
