// groupby and its groups. The groupby keeps the newest item and its key; a group gives items as long as their key is its own and no
// later group has been asked for.
#include "modules/itertools/itertools.h"

namespace oro::itertools {

namespace {

struct GroupBy : Object {
    Fixed<> iterator, key_function;      // no function: items are their own keys
    Member<> target, key, value;         // key of the group asked for last; key and item read last
    Member<> group;                      // the one group that may still give items
    GroupBy(Ref<> it, Maybe<> f) : iterator(std::move(it)), key_function(std::move(f)) {}
    static constexpr auto fields = std::tuple{&GroupBy::iterator, &GroupBy::key_function, &GroupBy::target, &GroupBy::key,
                                              &GroupBy::value, &GroupBy::group};
    static Type& type() { return groupby_type; }
};
// A token object stands for a group: the grouper holds it, and the groupby that of its newest group.
struct Grouper : Object {
    Fixed<GroupBy> parent;
    Fixed<> target, token;
    Grouper(Ref<GroupBy> p, Ref<> t, Ref<> k) : parent(std::move(p)), target(std::move(t)), token(std::move(k)) {}
    static constexpr auto fields = std::tuple{&Grouper::parent, &Grouper::target, &Grouper::token};
    static Type& type() { return grouper_type; }
};
using Self = Borrowed<GroupBy>;

Result<Ref<>> construct_groupby(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"iterable", "key"};
    Value words[2] = {};
    CHECK(parse_arguments(py, "groupby", kNames, 0, 2, 1, args, n, names, words));
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(words[0])));
    return make<GroupBy>(py, type, std::move(iterator), words[1] && words[1] != kNone ? Maybe<>(share(words[1])) : Maybe<>());
}

// Reads one more item and its key; false at the end.
Result<bool> read_item(Python& py, Self self) {
    Next item = next(py, *self->iterator);
    if (item.raised()) return Raised{};
    if (item.ended()) return false;
    Ref<> value = std::move(item).take();
    Ref<> key = self->key_function ? TRY(call_with(py, *self->key_function, value)) : value.share();
    self->value.store(self.get(), Maybe<>(std::move(value)));
    self->key.store(self.get(), Maybe<>(std::move(key)));
    return true;
}

Next next_group(Python& py, Self self) {
    self->group.store(self.get(), {});
    // On to the first item with another key.
    for (;;) {
        Maybe<> key = self->key.load(self.get());
        if (key) {
            Maybe<> target = self->target.load(self.get());
            if (!target || !TRY(equal(py, *target, *key))) break;
        }
        if (!TRY(read_item(py, self))) return Next::end();
        CHECK(poll(py));
    }
    Maybe<> key = self->key.load(self.get());
    if (!key) return Next::end();
    self->target.store(self.get(), Maybe<>(share(key.value())));
    Ref<Tuple> token = TRY(make_tuple_of(py, none.share()));
    self->group.store(self.get(), Maybe<>(token.share()));
    Ref<Grouper> group = TRY(make<Grouper>(py, grouper_type, self.share(), share(key.value()), Ref<>(std::move(token))));
    return Next(TRY(make_tuple_of(py, std::move(key).take(), std::move(group))));
}

Next next_member(Python& py, Borrowed<Grouper> self) {
    Borrowed<GroupBy> parent = *self->parent;
    if (parent->group.load(parent.get()).value() != self->token.value()) return Next::end();
    Maybe<> value = parent->value.load(parent.get());
    if (!value) {
        if (!TRY(read_item(py, parent))) return Next::end();
    }
    Maybe<> key = parent->key.load(parent.get());
    if (!key || !TRY(equal(py, *self->target, *key))) return Next::end();
    value = parent->value.exchange(parent.get(), {});
    // The key stays to be compared with; a thread that was faster leaves no item.
    return value ? Next(std::move(value).take()) : Next::end();
}

Result<Ref<>> construct_grouper(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "_grouper", n, names, 2, 2)) return Raised{};
    if (!is<GroupBy>(args[0]))
        return raise(py, exc::TypeError, "argument 1 must be itertools.groupby, not {}", TypeName{args[0]});
    Ref<Tuple> token = TRY(make_tuple_of(py, none.share()));
    Borrowed<GroupBy> parent = as<GroupBy>(args[0]);
    parent->group.store(parent.get(), Maybe<>(token.share()));
    return make<Grouper>(py, type, parent.share(), share(args[1]), Ref<>(std::move(token)));
}

constexpr TypeDef groupby_def = iterator_def<GroupBy>(
    "itertools.groupby", "iterable, key=None",
    "Give pairs of a key and an iterator over the run of items that have that key.\n\n"
    "The key function computes an item's key; without one the item is its own.",
    new_of<construct_groupby>, iterator_slots<GroupBy, next_group>);
constexpr TypeDef grouper_def = [] {
    TypeDef d = iterator_def<Grouper>("itertools._grouper", nullptr, nullptr, new_of<construct_grouper>, iterator_slots<Grouper, next_member>);
    d.flags = 0;
    return d;
}();

}  // namespace

ORO_TYPE(groupby_type, groupby_def);
ORO_TYPE(grouper_type, grouper_def);

}  // namespace oro::itertools
