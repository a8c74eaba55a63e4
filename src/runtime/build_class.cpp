// __build_class__: what a class statement does before and after the body has run.
#include "object/class.h"
#include "object/define.h"
#include "object/dict.h"
#include "runtime/hooks.h"
#include "vm/function.h"

namespace oro {

namespace {

// Bases that are no classes say what stands for them.
Result<Ref<Tuple>> resolve_bases(Python& py, Borrowed<Tuple> given) {
    std::vector<Ref<>> bases;
    bool changed = false;
    for (Value base : given->items()) {
        Maybe<> hook = is<Type>(base) ? Maybe<>() : TRY(find_attribute(py, Borrowed<>(base), name::dunder_mro_entries()));
        if (!hook) {
            bases.push_back(share(base));
            continue;
        }
        changed = true;
        Ref<> entries = TRY(call_with(py, *hook, given));
        if (!is<Tuple>(entries.value())) return raise(py, exc::TypeError, "__mro_entries__ must return a tuple");
        for (Value v : as<Tuple>(entries.value())->items()) bases.push_back(share(v));
    }
    if (!changed) return given.share();
    std::vector<Value> words;
    for (Ref<>& base : bases) words.push_back(base.value());
    return oro::make_tuple(py, words);
}

// The keywords of a class statement without `metaclass`.
struct Keywords {
    Maybe<Tuple> names;               // null: none
    std::vector<Value> values;
    Value metaclass;                  // null: not given
};

Result<void> take_keywords(Python& py, Value const* values, Tuple* names, Keywords& out) {
    std::vector<Value> kept;
    for (std::size_t i = 0; names && i < names->size; ++i) {
        if (equal(*static_cast<Str*>(names->slots[i].pointer()), "metaclass")) {
            out.metaclass = values[i];
            continue;
        }
        kept.push_back(names->slots[i]);
        out.values.push_back(values[i]);
    }
    if (!kept.empty()) out.names = TRY(oro::make_tuple(py, kept));
    return {};
}

Result<Ref<>> call_with_keywords(Python& py, Borrowed<> callable, std::initializer_list<Value> args, Keywords const& keywords) {
    std::vector<Value> words(args);
    words.insert(words.end(), keywords.values.begin(), keywords.values.end());
    return call(py, callable, words, keywords.names ? (*keywords.names).get() : nullptr);
}

// The cell of `__class__` must have been filled by type.__new__.
Result<void> check_class_cell(Python& py, Borrowed<> cell, Borrowed<> made, Borrowed<> name) {
    if (!is<Type>(made) || !is<Cell>(cell)) return {};
    Maybe<> content = as<Cell>(cell)->contents.load(as<Cell>(cell).get());
    if (content.value() == made.value()) return {};
    Ref<Str> name_text = TRY(repr(py, name)), class_text = TRY(repr(py, made));
    if (!content) {
        return raise(py, exc::RuntimeError, "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                     name_text, class_text);
    }
    return raise(py, exc::TypeError, "__class__ set to {} defining {} as {}", TRY(repr(py, *content)), name_text, class_text);
}

Result<Ref<>> build(Python& py, Value const* args, std::size_t n, Tuple* names) {
    if (n < 2) return raise(py, exc::TypeError, "__build_class__: not enough arguments");
    if (!is<Function>(args[0])) return raise(py, exc::TypeError, "__build_class__: func must be a function");
    if (!is<Str>(args[1])) return raise(py, exc::TypeError, "__build_class__: name is not a string");
    Borrowed<Function> body = as<Function>(args[0]);
    Borrowed<Str> name = as<Str>(args[1]);
    Ref<Tuple> given = TRY(oro::make_tuple(py, std::span<Value const>(args + 2, n - 2)));
    Ref<Tuple> bases = TRY(resolve_bases(py, given));
    Keywords keywords;
    CHECK(take_keywords(py, args + n, names, keywords));
    Ref<> meta = keywords.metaclass ? share(keywords.metaclass)
                 : bases->size  ? Ref<>(Borrowed<Type>(type_of(bases->slots[0])).share())
                                : Ref<>(Borrowed<Type>(type_type).share());
    bool is_class = is<Type>(meta.value());
    if (is_class) meta = TRY(calculate_metaclass(py, as<Type>(meta.value()), bases)).share();

    Maybe<> prepare = TRY(find_attribute(py, meta, name::dunder_prepare()));
    Ref<> ns = prepare ? TRY(call_with_keywords(py, *prepare, {name.value(), bases.value()}, keywords)) : Ref<>(TRY(make_dict(py)));
    if (!is<Dict>(ns.value()) && !type_of(ns.value()).slot(Dunder::getitem)) {
        Ref<Str> shown = is_class ? name_of_type(*as<Type>(meta.value()).get()) : TRY(make_str(py, "<metaclass>"));
        return raise(py, exc::TypeError, "{}.__prepare__() must return a mapping, not {}", shown, TypeName{ns.value()});
    }
    Optional<Tuple> closure = body->closure ? Optional<Tuple>(*body->closure) : Optional<Tuple>();
    Maybe<Code> code = body->code.load(body.get());
    Ref<> cell = TRY(run_code(py, *code, *body->globals, Optional<>(ns.value()), closure));
    if (bases.value() != given.value()) {
        Ref<Str> key = TRY(make_interned(py, "__orig_bases__"));
        CHECK(set_item(py, ns, key, given));
    }
    Ref<> made = TRY(call_with_keywords(py, meta, {name.value(), bases.value(), ns.value()}, keywords));
    CHECK(check_class_cell(py, cell, made, name));
    return made;
}

}  // namespace

Value build_class(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) { return build(py, args, n, names).release(); }

}  // namespace oro
