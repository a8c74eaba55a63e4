// typing.Union: a flat set of types. Members that cannot be hashed are kept aside and compared one by one.
#include "types/union.h"

#include <vector>

#include "object/define.h"
#include "object/dict.h"
#include "object/iterator.h"
#include "types/generic_alias.h"
#include "types/typevar.h"

namespace oro {
namespace {

struct Union : Object {
    Fixed<Tuple> args;
    Fixed<> hashable;                    // a frozenset of those that can be hashed
    Fixed<Tuple> unhashable;
    Member<Tuple> parameters;
    Union(Ref<Tuple> a, Ref<> h, Ref<Tuple> u) : args(std::move(a)), hashable(std::move(h)), unhashable(std::move(u)) {}
    static constexpr auto fields = std::tuple{&Union::args, &Union::hashable, &Union::unhashable, &Union::parameters};
    static Type& type() { return union_type; }
};

Union& union_of(Value v) { return *static_cast<Union*>(v.pointer()); }

bool is_unionable(Borrowed<> v) {
    return v.is(kNone) || type_of(v).has(type_flag::type) || is<GenericAlias>(v) || is<Union>(v) || is_type_alias(v);
}

// Collects the members of a union, each once.
class Builder {
public:
    explicit Builder(Python& py) : py_(py) {}

    Result<void> add(Borrowed<> v) {
        if (v.is(kNone)) return add_member(share(Value::of(&none_type)));
        if (is<Union>(v)) {
            for (Value m : union_of(v.value()).args->items()) CHECK(add_member(share(m)));
            return {};
        }
        if (is<Str>(v)) {
            Ref<> import = TRY(builtin_named(py_, "__import__"));
            Ref<Str> module_name = TRY(make_str(py_, std::string_view("annotationlib")));
            Ref<> module = TRY(call_with(py_, import, module_name));
            Maybe<> forward = TRY(find_named(py_, module, "ForwardRef"));
            if (!forward) return raise(py_, exc::ImportError, "cannot import name 'ForwardRef' from 'annotationlib'");
            return add_member(TRY(call_with(py_, *forward, v)));
        }
        return add_member(v.share());
    }

    Result<Ref<>> finish() {
        if (members_.empty()) return raise(py_, exc::TypeError, "Cannot take a Union of no types.");
        if (members_.size() == 1) return std::move(members_[0]);
        Ref<Tuple> args = TRY(to_tuple(members_));
        Ref<Tuple> hashable = TRY(to_tuple(hashable_)), unhashable = TRY(to_tuple(unhashable_));
        Ref<> frozenset = TRY(builtin_named(py_, "frozenset"));
        Ref<> set = TRY(call_with(py_, frozenset, hashable));
        return Ref<>(TRY(make<Union>(py_, union_type, std::move(args), std::move(set), std::move(unhashable))));
    }

private:
    using Members = std::vector<Ref<>>;

    Result<void> add_member(Ref<> m) {
        Result<std::int64_t> hash = hash_value(py_, m);
        if (!hash.raised()) {
            if (!seen_) seen_ = TRY(make_dict(py_));
            std::int64_t h = std::move(hash).take();
            if (TRY(dict_get_item_hashed(py_, *seen_, m, h))) return {};
            CHECK(dict_set_item_hashed(py_, *seen_, m, h, Ref<>::immediate(kNone)));
            hashable_.push_back(m.share());
        } else {
            if (!raised_is(py_, exc::TypeError)) return Raised{};
            clear_raised(py_);
            for (Ref<>& other : unhashable_) {
                if (TRY(equal(py_, other, m))) return {};
            }
            unhashable_.push_back(m.share());
        }
        members_.push_back(std::move(m));
        return {};
    }

    Result<Ref<Tuple>> to_tuple(Members const& members) {
        Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py_, members.size()));
        for (std::size_t i = 0; i < members.size(); ++i) tuple->slots[i] = members[i].share().release();
        return tuple;
    }

    Python& py_;
    Members members_, hashable_, unhashable_;
    Maybe<Dict> seen_;
};

Result<Ref<>> union_or(Python& py, Borrowed<> a, Borrowed<> b) {
    Builder members(py);
    CHECK(members.add(a));
    CHECK(members.add(b));
    return members.finish();
}

Result<Ref<Str>> show(Python& py, Borrowed<Union> self) {
    StrBuilder out(py);
    for (std::size_t i = 0; i < self->args->size; ++i) {
        if (i) out.add(" | ");
        CHECK(add_type_repr(py, out, self->args->at(i)));
    }
    return out.finish();
}

Result<std::int64_t> hash(Python& py, Borrowed<Union> self) {
    // The error for an unhashable member is that member's own.
    for (Value m : self->unhashable->items()) (void)TRY(hash_value(py, Borrowed<>(m)));
    return hash_value(py, *self->hashable);
}

Result<bool> same_members(Python& py, Union& a, Union& b) {
    if (!TRY(equal(py, *a.hashable, *b.hashable))) return false;
    auto contained = [&](Tuple& some, Tuple& others) -> Result<bool> {
        for (Value m : some.items()) {
            bool found = false;
            for (Value o : others.items()) {
                found = TRY(equal(py, Borrowed<>(m), Borrowed<>(o)));
                if (found) break;
            }
            if (!found) return false;
        }
        return true;
    };
    return TRY(contained(*a.unhashable.get(), *b.unhashable.get())) && TRY(contained(*b.unhashable.get(), *a.unhashable.get()));
}

Result<Ref<>> equality(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (!is<Union>(a) || !is<Union>(b)) return Ref<>::immediate(kNotImplemented);
    bool same = TRY(same_members(py, union_of(a.value()), union_of(b.value())));
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}
Result<Ref<>> eq(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::eq); }
Result<Ref<>> ne(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::ne); }

Result<Ref<Tuple>> parameters_of(Python& py, Union& self) {
    if (Maybe<Tuple> known = self.parameters.load(&self)) return std::move(known).take();
    Ref<Tuple> found = TRY(generic_parameters(py, *self.args));
    self.parameters.store(&self, found.share());
    return found;
}

Result<Ref<>> getitem(Python& py, Borrowed<Union> self, Borrowed<> item) {
    Ref<Tuple> parameters = TRY(parameters_of(py, *self));
    Ref<Tuple> args = TRY(substitute_parameters(py, self, *self->args, parameters, item));
    return make_union(py, args);
}

Result<Ref<>> mro_entries(Python& py, Borrowed<Union> self, Borrowed<>) {
    Ref<Str> shown = TRY(repr(py, self));
    return raise(py, exc::TypeError, "Cannot subclass {}", shown);
}

Result<Ref<>> union_class_getitem(Python& py, Borrowed<>, Borrowed<> items) {
    if (is<Tuple>(items)) return make_union(py, as<Tuple>(items));
    Ref<Tuple> only = TRY(make_tuple_of(py, items.share()));
    return make_union(py, only);
}

Value get_args(Python&, Value self) { return union_of(self).args.share().release(); }
Value get_parameters(Python& py, Value self) { return parameters_of(py, union_of(self)).release(); }
Value get_origin(Python&, Value) { return share(Value::of(&union_type)).release(); }
Value get_name(Python& py, Value) { return make_str(py, std::string_view("Union")).release(); }

constexpr MethodDef methods[] = {
    def<mro_entries>("__mro_entries__", "bases, /", ""),
    class_def<union_class_getitem>("__class_getitem__", "object, /", "The union of the given types."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, show>, slot<Dunder::hash, hash>,       slot<Dunder::eq, eq>,
    slot<Dunder::ne, ne>,     slot<Dunder::getitem, getitem>, number_slot<Dunder::or_, union_or>,
};
constexpr GetSetDef getsets[] = {
    {"__args__", get_args, nullptr, "The members."},
    {"__parameters__", get_parameters, nullptr, "The type variables in the members."},
    {"__origin__", get_origin, nullptr, "typing.Union."},
    {"__name__", get_name, nullptr, ""},
    {"__qualname__", get_name, nullptr, ""},
};
constexpr TypeDef union_def{.name = "typing.Union", .doc = "A union of types, such as int | str.", .size = sizeof(Union),
                            .flags = type_flag::disallow_new | type_flag::has_weakrefs, .hooks = hooks_of<Union>(),
                            .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(union_type, union_def);

bool is_union(Borrowed<> v) { return is<Union>(v); }
Borrowed<Tuple> union_members(Borrowed<> v) { return Borrowed<Tuple>(*union_of(v.value()).args.get()); }

Result<Ref<>> type_or(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!is_unionable(a) || !is_unionable(b)) return Ref<>::immediate(kNotImplemented);
    return union_or(py, a, b);
}

Result<Ref<>> make_union(Python& py, Borrowed<Tuple> items) {
    Builder members(py);
    for (Value v : items->items()) CHECK(members.add(Borrowed<>(v)));
    return members.finish();
}

}  // namespace oro
