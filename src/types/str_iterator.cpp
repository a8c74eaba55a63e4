// Iterators over str: str_ascii_iterator for ASCII text, str_iterator for the rest. The position is atomic, so that threads
// that share an iterator get each character once.
#include "object/builtins.h"
#include "types/str_iterator.h"
#include "types/str_methods.h"

namespace oro {

namespace {

// The iterators of both types have one struct, and neither can be subclassed.
StrIterator& self_of(Borrowed<> v) { return *static_cast<StrIterator*>(v.value().pointer()); }

Next next(Thread& t, Borrowed<> self) {
    StrIterator& it = self_of(self);
    std::size_t at = it.position.load(std::memory_order_relaxed);
    do {
        if (at >= it.text->length()) return Next::end();
    } while (!it.position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed));
    return Result<Ref<>>(make_str_of(t, it.text->at(at)));
}

Ref<> iter(Thread&, Borrowed<> self) { return self.share(); }

std::int64_t length_hint(Thread&, Borrowed<> self) {
    StrIterator& it = self_of(self);
    std::size_t at = it.position.load(std::memory_order_relaxed), n = it.text->length();
    return at < n ? std::int64_t(n - at) : 0;
}

Result<Ref<Tuple>> reduce(Python& py, Borrowed<> self) {
    StrIterator& it = self_of(self);
    Ref<> function = TRY(builtin(py, name::iter()));
    std::size_t at = it.position.load(std::memory_order_relaxed);
    if (at >= it.text->length()) {
        return make_tuple_of(py, std::move(function), TRY(make_tuple_of(py, empty_str())));
    }
    return make_tuple_of(py, std::move(function), TRY(make_tuple_of(py, it.text.share())), TRY(make_int(py, std::int64_t(at))));
}

Result<void> setstate(Python& py, Borrowed<> self, Borrowed<> state) {
    StrIterator& it = self_of(self);
    std::int64_t at = TRY(to_int64(py, state, &exc::OverflowError));
    std::size_t n = it.text->length();
    it.position.store(at < 0 ? 0 : std::min(std::size_t(at), n), std::memory_order_relaxed);
    return {};
}

constexpr MethodDef methods[] = {
    def<length_hint>("__length_hint__", "", "How many items are left, as an estimate."),
    def<reduce>("__reduce__", "", "What pickle needs to rebuild the iterator."),
    def<setstate>("__setstate__", "state, /", "Move to an index."),
};
constexpr SlotDef slots[] = {slot<Dunder::iter, iter>, slot<Dunder::next, next>};

constexpr TypeDef iterator_def{
    .name = "str_iterator", .size = sizeof(StrIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<StrIterator>(),
    .methods = methods, .slots = slots};
constexpr TypeDef ascii_iterator_def{
    .name = "str_ascii_iterator", .size = sizeof(StrIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<StrIterator>(),
    .methods = methods, .slots = slots};

}  // namespace

ORO_TYPE(str_iterator_type, iterator_def);
ORO_TYPE(str_ascii_iterator_type, ascii_iterator_def);

Result<Ref<>> str_methods::iterate(Thread& t, Text s) {
    return TRY(make<StrIterator>(t, s->is_ascii() ? str_ascii_iterator_type : str_iterator_type, s.share()));
}

}  // namespace oro
