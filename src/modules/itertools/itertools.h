// itertools: what its files share. An iterator that reads another one keeps no lock while it does; its own state is atomic, a
// Member, or stands behind its lock, so that threads that share it get different items and never a crash.
#pragma once
#include "object/define.h"
#include "types/arguments.h"

namespace oro::itertools {

template <class T> Result<Ref<>> self_iter(Thread&, Borrowed<T> self) { return self.share(); }

// The slots that every iterator has.
template <class T, auto NextFn> inline constexpr SlotDef iterator_slots[] = {
    slot<Dunder::iter, self_iter<T>>,
    slot<Dunder::next, NextFn>,
};

// A `new` function from `Result<Ref<>> construct(Python&, Type&, args, n, names)`.
template <auto Construct> Value new_of(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return Result<Ref<>>(Construct(py, type, args, n, names)).release();
}

template <class T> consteval TypeDef iterator_def(char const* name, char const* signature, char const* doc, NewFn new_,
                                                  std::span<SlotDef const> slots, std::span<MethodDef const> methods = {}) {
    TypeDef d{};
    d.name = name;
    d.doc = doc;
    d.signature = signature;
    d.size = sizeof(T);
    d.flags = type_flag::subclassable;
    d.hooks = hooks_of<T>();
    d.new_ = new_;
    d.slots = slots;
    d.methods = methods;
    return d;
}

// Keywords are refused by the class itself, and left to the __init__ of a subclass.
inline bool takes(Python& py, char const* function, Type& type, Type& own, std::size_t n, Tuple* names, std::size_t least, std::size_t most) {
    return check_positional(py, function, n, refused_keywords(type, own, names), least, most);
}

Result<Ref<Tuple>> tee(Python& py, Borrowed<> iterable, std::int64_t n);

extern Type accumulate_type, batched_type, chain_type, combinations_type, combinations_with_replacement_type, compress_type,
    count_type, cycle_type, dropwhile_type, filterfalse_type, groupby_type, grouper_type, islice_type, pairwise_type,
    permutations_type, product_type, repeat_type, starmap_type, takewhile_type, tee_type, tee_data_type, zip_longest_type;

}  // namespace oro::itertools
