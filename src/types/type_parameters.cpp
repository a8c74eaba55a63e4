// What generic aliases, unions and type aliases share: finding type variables in their arguments, replacing them, showing them.
#include <vector>

#include "object/define.h"
#include "object/list.h"
#include "types/generic_alias.h"

namespace oro {

namespace {

bool is_class(Value v) { return v.is_pointer() && type_of(v).has(type_flag::type); }
bool is_list_or_tuple(Value v) { return v.is_pointer() && type_of(v).has(type_flag::list | type_flag::tuple); }

Result<Ref<Tuple>> items_of(Python& py, Borrowed<> list_or_tuple) {
    if (is_exact<Tuple>(list_or_tuple)) return as<Tuple>(list_or_tuple).share();
    return tuple_from(py, list_or_tuple);
}

// A growing sequence of owned values.
using Items = std::vector<Ref<>>;

Result<Ref<Tuple>> to_tuple(Thread& t, Items& items) {
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) tuple->slots[i] = items[i].release();
    return tuple;
}

void add_once(Items& items, Borrowed<> v) {
    for (Ref<>& i : items) {
        if (i.is(v.value())) return;
    }
    items.push_back(v.share());
}

Result<void> collect(Python& py, Borrowed<Tuple> args, Items& out) {
    CHECK(check_native_stack(py));
    for (Value a : args->items()) {
        Borrowed<> arg(a);
        if (is_class(a)) continue;
        if (is_list_or_tuple(a)) {
            Ref<Tuple> inner = TRY(items_of(py, arg));
            CHECK(collect(py, inner, out));
            continue;
        }
        if (TRY(find_attribute(py, arg, name::dunder_typing_subst()))) {
            add_once(out, arg);
            continue;
        }
        Maybe<> inner = TRY(find_attribute(py, arg, name::dunder_parameters()));
        if (!inner || !is<Tuple>(*inner)) continue;
        for (Value p : as<Tuple>(*inner)->items()) add_once(out, Borrowed<>(p));
    }
    return {};
}

// The arguments given: unpacked tuples (*tuple[int, str]) are replaced by their items.
Result<Ref<Tuple>> unpack_items(Python& py, Borrowed<> item) {
    Ref<Tuple> given = is<Tuple>(item) ? TRY(items_of(py, item)) : TRY(make_tuple_of(py, item.share()));
    Items out;
    for (Value v : given->items()) {
        if (!is_class(v)) {
            Maybe<> inner = TRY(find_attribute(py, Borrowed<>(v), name::dunder_typing_unpacked_tuple_args()));
            if (inner && is<Tuple>(*inner)) {
                Borrowed<Tuple> items = as<Tuple>(*inner);
                if (items->size == 0 || items->slots[items->size - 1] != kEllipsis) {
                    for (Value i : items->items()) out.push_back(share(i));
                    continue;
                }
            }
        }
        out.push_back(share(v));
    }
    return to_tuple(py, out);
}

std::ptrdiff_t index_in(Borrowed<Tuple> parameters, Value p) {
    for (std::size_t i = 0; i < parameters->size; ++i) {
        if (parameters->slots[i] == p) return std::ptrdiff_t(i);
    }
    return -1;
}

// arg[...] with the parameters that `arg` has replaced; `arg` itself if it has none.
Result<Ref<>> substitute_inside(Python& py, Borrowed<> arg, Borrowed<Tuple> parameters, Borrowed<Tuple> given) {
    Maybe<> own = TRY(find_attribute(py, arg, name::dunder_parameters()));
    if (!own || !is<Tuple>(*own) || as<Tuple>(*own)->size == 0) return arg.share();
    Items items;
    for (Value p : as<Tuple>(*own)->items()) {
        std::ptrdiff_t i = index_in(parameters, p);
        if (i < 0) {
            items.push_back(share(p));
            continue;
        }
        Borrowed<> value = given->at(std::size_t(i));
        // A TypeVarTuple, which is iterable, stands for several.
        if (type_of(p).slot(Dunder::iter) && is<Tuple>(value)) {
            for (Value v : as<Tuple>(value)->items()) items.push_back(share(v));
        } else {
            items.push_back(value.share());
        }
    }
    Ref<Tuple> tuple = TRY(to_tuple(py, items));
    return get_item(py, arg, tuple);
}

Result<Ref<Tuple>> substitute(Python& py, Borrowed<Tuple> args, Borrowed<Tuple> parameters, Borrowed<Tuple> given);

Result<void> substitute_one(Python& py, Borrowed<> arg, Borrowed<Tuple> parameters, Borrowed<Tuple> given, Items& out) {
    if (is_class(arg.value())) {
        out.push_back(arg.share());
        return {};
    }
    if (is_list_or_tuple(arg.value())) {
        Ref<Tuple> inner = TRY(items_of(py, arg));
        Ref<Tuple> replaced = TRY(substitute(py, inner, parameters, given));
        if (type_of(arg).has(type_flag::list)) out.push_back(Ref<>(TRY(list_from(py, replaced))));
        else out.push_back(std::move(replaced));
        return {};
    }
    Maybe<> unpacked = TRY(find_named(py, arg, "__typing_is_unpacked_typevartuple__"));
    bool unpack = unpacked && TRY(truth(py, *unpacked));
    Maybe<> subst = TRY(find_attribute(py, arg, name::dunder_typing_subst()));
    std::ptrdiff_t i = subst ? index_in(parameters, arg.value()) : -1;
    Ref<> replaced = i >= 0 ? TRY(call_with(py, *subst, given->at(std::size_t(i)))) : TRY(substitute_inside(py, arg, parameters, given));
    if (!unpack) {
        out.push_back(std::move(replaced));
        return {};
    }
    if (!is<Tuple>(replaced)) {
        return raise(py, exc::TypeError, "expected __typing_subst__ of {} objects to return a tuple, not {}", TypeName{arg.value()},
                     TypeName{replaced.value()});
    }
    for (Value v : as<Tuple>(replaced)->items()) out.push_back(share(v));
    return {};
}

Result<Ref<Tuple>> substitute(Python& py, Borrowed<Tuple> args, Borrowed<Tuple> parameters, Borrowed<Tuple> given) {
    CHECK(check_native_stack(py));
    Items out;
    for (Value a : args->items()) CHECK(substitute_one(py, Borrowed<>(a), parameters, given, out));
    return to_tuple(py, out);
}

}  // namespace

Result<Maybe<>> find_named(Python& py, Borrowed<> object, std::string_view name) {
    Ref<Str> interned = intern(py, TRY(make_str(py, name)));
    return find_attribute(py, object, interned);
}

Result<Ref<Tuple>> generic_parameters(Python& py, Borrowed<Tuple> args) {
    Items out;
    CHECK(collect(py, args, out));
    return to_tuple(py, out);
}

Result<Ref<Tuple>> substitute_parameters(Python& py, Borrowed<> self, Borrowed<Tuple> args, Borrowed<Tuple> parameters,
                                         Borrowed<> item) {
    if (parameters->size == 0) {
        Ref<Str> shown = TRY(repr(py, self));
        return raise(py, exc::TypeError, "{} is not a generic class", shown);
    }
    Ref<> given = TRY(unpack_items(py, item));
    for (Value p : parameters->items()) {
        Maybe<> prepare = TRY(find_attribute(py, Borrowed<>(p), name::dunder_typing_prepare_subst()));
        if (!prepare || prepare.value() == kNone) continue;
        Ref<> as_tuple = is<Tuple>(given) ? given.share() : Ref<>(TRY(make_tuple_of(py, given.share())));
        given = TRY(call_with(py, *prepare, self, as_tuple));
    }
    Ref<Tuple> items = is<Tuple>(given) ? TRY(items_of(py, given)) : TRY(make_tuple_of(py, given.share()));
    if (items->size != parameters->size) {
        Ref<Str> shown = TRY(repr(py, self));
        return raise(py, exc::TypeError, "Too {} arguments for {}; actual {}, expected {}",
                     items->size > parameters->size ? "many" : "few", shown, items->size, parameters->size);
    }
    return substitute(py, args, parameters, items);
}

Result<void> add_type_repr(Python& py, StrBuilder& out, Borrowed<> argument) {
    if (argument.is(kEllipsis)) return out.add("..."), Result<void>();
    if (argument.is(Value::of(&none_type))) return out.add("None"), Result<void>();
    auto add_repr = [&]() -> Result<void> {
        out.add(*TRY(repr(py, argument)));
        return {};
    };
    // Aliases show themselves.
    if (TRY(find_attribute(py, argument, name::dunder_origin())) && TRY(find_attribute(py, argument, name::dunder_args()))) return add_repr();
    Maybe<> qualname = TRY(find_attribute(py, argument, name::dunder_qualname()));
    if (!qualname) return add_repr();
    Maybe<> module = TRY(find_attribute(py, argument, name::dunder_module()));
    if (!module || module.value() == kNone) return add_repr();
    if (!(is<Str>(*module) && equal(*as<Str>(*module).get(), "builtins"))) {
        out.add(*TRY(str(py, *module)));
        out.add(U'.');
    }
    out.add(*TRY(str(py, *qualname)));
    return {};
}

}  // namespace oro
