#include "types/set_ops.h"

#include "types/hashing.h"

namespace oro {

Type& base_set_type(Borrowed<Set> like) {
    return is_subtype(type_of(Borrowed<>(like)), FrozenSet::type()) ? FrozenSet::type() : Set::type();
}

Result<Ref<Set>> as_set(Python& py, Borrowed<> other) {
    if (is_any_set(other.value())) return as_any_set(other.value()).share();
    Ref<Set> set = TRY(make_set(py, Set::type()));
    CHECK(set_update(py, set, other));
    return set;
}

Result<void> set_subtract(Python& py, Borrowed<Set> set, Borrowed<> other) {
    if (other.is(set.value())) {
        set_clear(py, *set);
        return {};
    }
    return each_hashed(py, other, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        (void)TRY(set_discard_hashed(py, set, item, hash));
        return true;
    });
}

Result<void> set_toggle(Python& py, Borrowed<Set> set, Borrowed<> other) {
    if (other.is(set.value())) {
        set_clear(py, *set);
        return {};
    }
    // Each item counts once, however often the iterable gives it; a copy, since comparing may run Python.
    Ref<Set> items = is_any_set(other.value()) ? TRY(set_copy(py, as_any_set(other.value()), Set::type())) : TRY(as_set(py, other));
    return each_hashed(py, items, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        if (!TRY(set_discard_hashed(py, set, item, hash))) (void)TRY(set_add_hashed(py, set, item, hash));
        return true;
    });
}

Result<Ref<Set>> set_common(Python& py, Borrowed<Set> set, Borrowed<> other, Type& type) {
    if (other.is(set.value())) return set_copy(py, set, type);
    Ref<Set> result = TRY(make_set(py, type));
    Borrowed<Set> where = set;
    Borrowed<> items = other;
    if (is_any_set(other.value()) && as_any_set(other.value())->size() > set->size()) {
        where = as_any_set(other.value());
        items = set;
    }
    CHECK(each_hashed(py, items, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        if (TRY(set_contains_hashed(py, where, item, hash))) (void)TRY(set_add_hashed(py, result, item, hash));
        return true;
    }));
    return result;
}

Result<Ref<Set>> set_without(Python& py, Borrowed<Set> set, Borrowed<> other, Type& type) {
    // From a much larger set it is cheaper to keep what the other lacks than to take out what it has.
    if (is_any_set(other.value()) && set->size() / 4 <= as_any_set(other.value())->size()) {
        Ref<Set> result = TRY(make_set(py, type));
        Borrowed<Set> unwanted = as_any_set(other.value());
        CHECK(each_hashed(py, set, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
            if (!TRY(set_contains_hashed(py, unwanted, item, hash))) (void)TRY(set_add_hashed(py, result, item, hash));
            return true;
        }));
        return result;
    }
    Ref<Set> result = TRY(set_copy(py, set, type));
    CHECK(set_subtract(py, result, other));
    return result;
}

Result<bool> set_is_subset(Python& py, Borrowed<Set> a, Borrowed<Set> b) {
    if (a->size() > b->size()) return false;
    bool all = true;
    CHECK(each_hashed(py, a, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        return all = TRY(set_contains_hashed(py, b, item, hash));
    }));
    return all;
}

Result<bool> set_is_disjoint(Python& py, Borrowed<Set> set, Borrowed<> other) {
    if (other.is(set.value())) return set->size() == 0;
    Borrowed<Set> where = set;
    Borrowed<> items = other;
    if (is_any_set(other.value()) && as_any_set(other.value())->size() > set->size()) {
        where = as_any_set(other.value());
        items = set;
    }
    bool disjoint = true;
    CHECK(each_hashed(py, items, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        return disjoint = !TRY(set_contains_hashed(py, where, item, hash));
    }));
    return disjoint;
}

namespace {

// f(item, hash) once the hash is known; for a set, with a frozenset of its items instead.
template <class F> Result<bool> with_item(Python& py, Borrowed<> item, F&& f) {
    Result<std::int64_t> hash = set_hash(py, item);
    if (!hash.raised()) [[likely]] return f(item, std::move(hash).take());
    if (!is<Set>(item) || !raised_is(py, exc::TypeError)) return Raised{};
    clear_raised(py);
    Ref<Set> frozen = TRY(set_copy(py, as<Set>(item), FrozenSet::type()));
    return f(frozen, TRY(hash_frozenset(py, frozen)));
}

}  // namespace

Result<bool> set_contains_any(Python& py, Borrowed<Set> set, Borrowed<> item) {
    return with_item(py, item, [&](Borrowed<> v, std::int64_t hash) { return set_contains_hashed(py, set, v, hash); });
}
Result<bool> set_discard_any(Python& py, Borrowed<Set> set, Borrowed<> item) {
    return with_item(py, item, [&](Borrowed<> v, std::int64_t hash) { return set_discard_hashed(py, set, v, hash); });
}

Result<std::int64_t> hash_frozenset(Python& py, Borrowed<Set> set) {
    std::int64_t cached = set->cached_hash.load(std::memory_order_relaxed);
    if (cached != -1) return cached;
    SetHash h;
    CHECK(each_hashed(py, set, [&](Ref<>, std::int64_t hash) -> Result<bool> {
        h.add(hash);
        return true;
    }));
    set->cached_hash.store(h.finish(), std::memory_order_relaxed);
    return h.finish();
}

}  // namespace oro
