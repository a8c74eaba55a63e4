// functools.partial and Placeholder.
#include "modules/_functools/functools.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/instance.h"
#include "object/method.h"
#include "types/arguments.h"
#include "types/sequence.h"

namespace oro::functools {

namespace {

// ---- Placeholder

alignas(16) constinit char the_placeholder[sizeof(Object)] = {};

Value new_placeholder(Python& py, Type&, Value const*, std::size_t n, Tuple* names) {
    if (n > 0 || (names && names->size > 0)) {
        (void)raise(py, exc::TypeError, "PlaceholderType takes no arguments");
        return {};
    }
    return placeholder().release();
}
Result<Ref<Str>> repr_placeholder(Thread& t, Borrowed<>) { return make_str(t, "Placeholder"); }
Result<Ref<Str>> reduce_placeholder(Thread& t, Borrowed<>) { return make_str(t, "Placeholder"); }

constexpr MethodDef placeholder_methods[] = {def<reduce_placeholder>("__reduce__", "", "Give what pickle needs.")};
constexpr SlotDef placeholder_slots[] = {slot<Dunder::repr, repr_placeholder>};
constexpr TypeDef placeholder_def{
    .name = "functools._PlaceholderType",
    .doc = "The type of Placeholder, which holds the place of a positional argument of partial.",
    .size = sizeof(Object), .new_ = new_placeholder, .methods = placeholder_methods, .slots = placeholder_slots,
};

Value placeholder_word() { return Value::of(reinterpret_cast<Header*>(the_placeholder)); }

std::size_t placeholders_in(std::span<Value const> args) {
    std::size_t n = 0;
    for (Value v : args) n += v == placeholder_word();
    return n;
}

// ---- partial. Only __setstate__ changes one.

struct Partial : Object {
    Member<> function;
    Member<Tuple> args;
    Member<Dict> keywords;
    Partial(Ref<> f, Ref<Tuple> a, Ref<Dict> k) : function(std::move(f)), args(std::move(a)), keywords(std::move(k)) {}
    static constexpr auto fields = std::tuple{&Partial::function, &Partial::args, &Partial::keywords};
    static Type& type() { return partial_type; }
};
using Self = Borrowed<Partial>;

struct Parts {
    Ref<> function;
    Ref<Tuple> args;
    Ref<Dict> keywords;
};
Parts parts_of(Self self) {
    return {self->function.load(self.get()).take(), self->args.load(self.get()).take(), self->keywords.load(self.get()).take()};
}

// `stored` with its placeholders replaced by `given`, and the rest of `given` behind.
Result<Ref<Tuple>> fill_in(Thread& t, std::span<Value const> stored, std::span<Value const> given, std::size_t placeholders) {
    std::size_t used = placeholders < given.size() ? placeholders : given.size();
    Ref<Tuple> all = TRY(make_tuple_uninitialized(t, stored.size() + given.size() - used));
    std::size_t next = 0, i = 0;
    for (Value v : stored) all->slots[i++] = share(v == placeholder_word() && next < used ? given[next++] : v).release();
    for (; next < given.size(); ++next) all->slots[i++] = share(given[next]).release();
    return all;
}

Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (n < 1) return raise(py, exc::TypeError, "type 'partial' takes at least one argument");
    if (!is_callable(Borrowed<>(args[0]))) return raise(py, exc::TypeError, "the first argument must be callable");
    std::span<Value const> given(args + 1, n - 1);
    if (!given.empty() && given.back() == placeholder_word()) return raise(py, exc::TypeError, "trailing Placeholders are not allowed");
    Ref<Dict> keywords = TRY(make_dict(py));
    Ref<> function = share(args[0]);
    Ref<Tuple> stored = empty_tuple();
    if (is<Partial>(function.value())) {
        // A partial of a partial is one partial.
        Parts inner = parts_of(as<Partial>(function.value()));
        stored = std::move(inner.args);
        CHECK(dict_merge(py, keywords, inner.keywords));
        function = std::move(inner.function);
    }
    for (std::size_t i = 0; names && i < names->size; ++i) {
        if (args[n + i] == placeholder_word()) return raise(py, exc::TypeError, "Placeholder cannot be passed as a keyword argument");
        CHECK(dict_set_item(py, keywords, Borrowed<>(names->slots[i]), share(args[n + i])));
    }
    Ref<Tuple> all = TRY(fill_in(py, stored->items(), given, placeholders_in(stored->items())));
    return make<Partial>(py, type, std::move(function), std::move(all), std::move(keywords));
}
Value new_partial(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, type, args, n, names).release();
}

Result<Ref<>> call_it(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    Parts p = parts_of(self);
    std::span<Value const> stored = p.args->items(), given(args, n);
    std::size_t holes = placeholders_in(stored);
    if (n < holes) {
        return raise(py, exc::TypeError, "missing positional arguments in 'partial' call; expected at least {}, got {}", holes, n);
    }
    std::size_t keywords = names ? names->size : 0;
    if (p.keywords->size() == 0) {
        // Without stored keywords the words go straight on.
        std::size_t total = stored.size() + n - holes + keywords;
        Value few[10];
        std::vector<Value> many;
        Value* words = few;
        if (total > 10) {
            many.resize(total);
            words = many.data();
        }
        std::size_t i = 0, taken = 0;
        for (Value v : stored) words[i++] = v == placeholder_word() ? args[taken++] : v;
        for (; taken < n + keywords; ++taken) words[i++] = args[taken];
        return call(py, p.function, std::span<Value const>(words, i), keywords ? names : nullptr);
    }
    Ref<Tuple> all = TRY(fill_in(py, stored, given, holes));
    Ref<Dict> merged = p.keywords.share();
    if (keywords > 0) {
        merged = TRY(dict_copy(py, p.keywords));
        for (std::size_t i = 0; i < keywords; ++i) CHECK(dict_set_item(py, merged, Borrowed<>(names->slots[i]), share(args[n + i])));
    }
    return call_tuple(py, p.function, all, Optional<Dict>(Borrowed<Dict>(merged)));
}
Value call_partial(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return call_it(py, as<Partial>(self), args, n, names).release();
}

Result<Ref<>> get(Thread& t, Self self, Borrowed<> object, Optional<>) {
    if (object.value().is_null() || object.is(kNone)) return self.share();
    return make_bound_method(t, self, object);
}

Result<Ref<Str>> repr_partial(Python& py, Self self) {
    if (!TRY(repr_enter(py, self))) return make_str(py, "...");
    ReprGuard guard{py, self};
    Parts p = parts_of(self);
    Type& type = type_of(Borrowed<>(self));
    StrBuilder text(py);
    Ref<> module = TRY(get_attribute(py, Borrowed<Type>(type), name::dunder_module()));
    text.add(*TRY(str(py, module)));
    text.add(U'.');
    text.add(*type.qualname.load(&type).operator->());
    text.add(U'(');
    text.add(*TRY(repr(py, p.function)));
    for (std::size_t i = 0; i < p.args->size; ++i) {
        text.add(", ");
        text.add(*TRY(repr(py, p.args->at(i))));
    }
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *p.keywords, &position, &key, &value)) {
        text.add(", ");
        text.add(*TRY(str(py, *key)));
        text.add(U'=');
        text.add(*TRY(repr(py, *value)));
    }
    text.add(U')');
    return text.finish();
}

// The attributes of the object as a dict, or None if it has none.
Result<Ref<>> attributes(Python& py, Self self) {
    Ref<Str> name = TRY(make_str(py, "__dict__"));
    Maybe<> found = TRY(find_attribute(py, self, name));
    if (!found || !is<Dict>(found.value()) || as<Dict>(found.value())->size() == 0) return none.share();
    return std::move(found).take();
}

Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Parts p = parts_of(self);
    Ref<Tuple> args = TRY(make_tuple_of(py, p.function.share()));
    Ref<> own = TRY(attributes(py, self));
    Ref<Tuple> state = TRY(make_tuple_of(py, std::move(p.function), std::move(p.args), std::move(p.keywords), std::move(own)));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args), std::move(state));
}

Result<void> setstate(Python& py, Self self, Borrowed<> state) {
    auto invalid = [&] { return raise(py, exc::TypeError, "invalid partial state"); };
    if (!is<Tuple>(state) || as<Tuple>(state)->size != 4) return invalid();
    Borrowed<Tuple> s = as<Tuple>(state);
    Value attributes_word = s->slots[3];
    if (!is_callable(s->at(0)) || !is<Tuple>(s->at(1)) || (s->slots[2] != kNone && !is<Dict>(s->at(2)))) return invalid();
    Ref<Tuple> args = is_exact<Tuple>(s->at(1)) ? as<Tuple>(s->at(1)).share() : TRY(oro::make_tuple(py, as<Tuple>(s->at(1))->items()));
    if (args->size > 0 && args->slots[args->size - 1] == placeholder_word())
        return raise(py, exc::TypeError, "trailing Placeholders are not allowed");
    Ref<Dict> keywords = s->slots[2] == kNone ? TRY(make_dict(py))
                         : is_exact<Dict>(s->at(2)) ? as<Dict>(s->at(2)).share() : TRY(dict_copy(py, as<Dict>(s->at(2))));
    if (attributes_word != kNone) {
        Ref<Str> name = TRY(make_str(py, "__dict__"));
        CHECK(set_attribute(py, self, name, Borrowed<>(attributes_word)));
    } else {
        // None stands for no attributes: those it had go.
        CHECK(instance_set_dict(py, self.get(), TRY(make_dict(py))));
    }
    self->function.store(self.get(), Maybe<>(s->at(0).share()));
    self->args.store(self.get(), Maybe<Tuple>(std::move(args)));
    self->keywords.store(self.get(), Maybe<Dict>(std::move(keywords)));
    return {};
}

constexpr MethodDef methods[] = {
    def<reduce>("__reduce__", "", "Give what pickle needs."),
    def<setstate>("__setstate__", "object, /", "Set what __reduce__ gave."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr GetSetDef getsets[] = {
    {"func", [](Python&, Value self) { return parts_of(as<Partial>(self)).function.release(); }, nullptr, "the function that is called"},
    {"args", [](Python&, Value self) { return Ref<>(parts_of(as<Partial>(self)).args.share()).release(); }, nullptr,
     "arguments that stand in front of those of a call"},
    {"keywords", [](Python&, Value self) { return Ref<>(parts_of(as<Partial>(self)).keywords.share()).release(); }, nullptr,
     "keyword arguments of each call"},
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_partial>, slot<Dunder::get, get>};
constexpr TypeDef partial_def{
    .name = "functools.partial",
    .doc = "A function with some of its arguments given already.",
    .signature = "func, /, *args, **keywords",
    .size = sizeof(Partial),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs,
    .hooks = hooks_of<Partial>(),
    .new_ = new_partial,
    .call = call_partial,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};

}  // namespace

ORO_TYPE(placeholder_type, placeholder_def);
ORO_TYPE(partial_type, partial_def);

Ref<> placeholder() {
    auto& o = *reinterpret_cast<Object*>(the_placeholder);
    if (o.shape.load(std::memory_order_acquire) == 0) {
        o.owner.store(kNobody, std::memory_order_relaxed);
        o.local.store(kImmortalCount, std::memory_order_relaxed);
        publish(&o, placeholder_type.root_shape);
    }
    return Ref<>::adopt(placeholder_word());
}

}  // namespace oro::functools
