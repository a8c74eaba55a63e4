#include "object/structseq.h"

#include "object/dict.h"

namespace oro {

namespace {

// The name of the n-th named field.
char const* named_field(StructTypeDef const& d, std::size_t n) {
    for (StructField const& f : d.fields) {
        if (f.name && n-- == 0) return f.name;
    }
    return nullptr;
}
std::size_t unnamed_count(StructTypeDef const& d) {
    std::size_t n = 0;
    for (StructField const& f : d.fields) n += f.name == nullptr;
    return n;
}
StructTypeDef const& def_of(Borrowed<> self) { return struct_def_of(type_of(self)); }

Result<Ref<Str>> repr_struct(Python& py, Borrowed<Tuple> self) {
    StructTypeDef const& d = def_of(self);
    CHECK(check_native_stack(py, " while getting the repr of an object"));
    StrBuilder out(py);
    out.add(d.name);
    out.add("(");
    for (std::size_t i = 0; i < d.visible; ++i) {
        if (i > 0) out.add(", ");
        out.add(named_field(d, i));
        out.add("=");
        Ref<Str> text = TRY(repr(py, self->at(i)));
        out.add(*text);
    }
    out.add(")");
    return out.finish();
}

// (type, (visible items, {name: other fields}))
Result<Ref<>> reduce(Thread& t, Borrowed<Tuple> self) {
    StructTypeDef const& d = def_of(self);
    Ref<Tuple> items = TRY(make_tuple(t, {self->slots, d.visible}));
    Ref<Dict> rest = TRY(make_dict(t));
    for (std::size_t i = d.visible; i < d.fields.size(); ++i) {
        Ref<Str> name = TRY(make_str(t, std::string_view(d.fields[i].name)));
        CHECK(dict_set(t, *rest, name, share(self->slots[i])));
    }
    Ref<Tuple> arguments = TRY(make_tuple_of(t, std::move(items), std::move(rest)));
    return make_tuple_of(t, share(Value::of(&type_of(self))), std::move(arguments));
}

Value replace(Python& py, Native&, Value self_word, Value const* args, std::size_t positional, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        Borrowed<Tuple> self(*static_cast<Tuple*>(self_word.pointer()));
        StructTypeDef const& d = def_of(self);
        if (positional > 0) return raise(py, exc::TypeError, "__replace__() takes no positional arguments");
        if (unnamed_count(d) > 0) {
            return raise(py, exc::TypeError, "__replace__() is not supported for {} because it has unnamed field(s)", d.name);
        }
        Ref<Tuple> result = TRY(make_struct(py, type_of(self)));
        for (std::size_t i = 0; i < d.fields.size(); ++i) struct_set(*result, i, share(self->slots[i]));
        StrBuilder unknown(py);
        for (std::size_t k = 0; names && k < names->size; ++k) {
            Borrowed<Str> name = as<Str>(names->at(k));
            std::size_t i = 0;
            while (i < d.fields.size() && !equal(*name, d.fields[i].name)) ++i;
            if (i < d.fields.size()) {
                struct_set(*result, i, share(args[k]));
                continue;
            }
            if (unknown.length() > 0) unknown.add(", ");
            Ref<Str> shown = TRY(repr(py, name));
            unknown.add(*shown);
        }
        if (unknown.length() > 0) {
            Ref<Str> list = TRY(unknown.finish());
            return raise(py, exc::TypeError, "Got unexpected field name(s): [{}]", list);
        }
        return result;
    };
    return run().release();
}

}  // namespace

Result<Ref<Tuple>> make_struct(Thread& t, Type& type) {
    StructTypeDef const& d = struct_def_of(type);
    Ref<Tuple> s = TRY(make_sized<Tuple>(t, type, sizeof(Tuple) + d.fields.size() * sizeof(Value)));
    for (std::size_t i = 0; i < d.fields.size(); ++i) s->slots[i] = kNone;
    s->size = d.visible;
    return s;
}

Result<void> finish_struct_type(Thread& t, Type& type) {
    StructTypeDef const& d = struct_def_of(type);
    auto set = [&](char const* name, Ref<> value) -> Result<void> {
        Ref<Str> key = intern_immortal(t, name);
        return dict_set(t, **type.dict, key, std::move(value));
    };
    auto set_number = [&](char const* name, std::size_t n) { return set(name, Ref<>::immediate(Value::of_int(std::int64_t(n)))); };
    CHECK(set_number("n_fields", d.fields.size()));
    CHECK(set_number("n_sequence_fields", d.visible));
    CHECK(set_number("n_unnamed_fields", unnamed_count(d)));
    std::size_t shown = 0;
    for (std::size_t i = 0; i < d.visible; ++i) shown += d.fields[i].name != nullptr;
    Ref<Tuple> match = TRY(make_tuple_uninitialized(t, shown));
    for (std::size_t i = 0; i < shown; ++i) match->slots[i] = Ref<>(intern_immortal(t, named_field(d, i))).release();
    return set("__match_args__", std::move(match));
}

Result<void> add_struct_type(Python& py, Module& m, Type& type) {
    CHECK(finish_struct_type(py, type));
    return add_type_to_module(py, m, type);
}

namespace binding {

Value struct_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        StructTypeDef const& d = struct_def_of(type);
        static constexpr char const* kNames[] = {"sequence", "dict"};
        Value out[2];
        CHECK(parse_arguments(py, "structseq", kNames, 0, 2, 1, args, n, names, out));
        Result<Ref<Tuple>> given = tuple_from(py, Borrowed<>(out[0]));
        if (given.raised()) {
            if (!raised_is(py, exc::TypeError)) return Raised{};
            clear_raised(py);
            return raise(py, exc::TypeError, "constructor requires a sequence");
        }
        Ref<Tuple> items = std::move(given).take();
        if (!out[1].is_null() && !is<Dict>(out[1])) {
            return raise(py, exc::TypeError, "{}() takes a dict as second arg, if any", d.name);
        }
        std::size_t most = d.fields.size();
        if (items->size < d.visible || items->size > most) {
            char const* which = d.visible == most ? "a" : items->size < d.visible ? "an at least" : "an at most";
            return raise(py, exc::TypeError, "{}() takes {} {}-sequence ({}-sequence given)", d.name, which,
                         items->size < d.visible ? d.visible : most, items->size);
        }
        Ref<Tuple> result = TRY(make_struct(py, type));
        for (std::size_t i = 0; i < items->size; ++i) struct_set(*result, i, share(items->slots[i]));
        if (!out[1].is_null()) {
            Borrowed<Dict> dict = as<Dict>(out[1]);
            std::size_t used = 0;
            for (std::size_t i = items->size; i < most; ++i) {
                Ref<Str> name = TRY(make_str(py, std::string_view(d.fields[i].name)));
                Maybe<> value = dict_get(py, *dict, name);
                if (!value) continue;
                ++used;
                struct_set(*result, i, std::move(value).take());
            }
            if (dict->size() > used) {
                return raise(py, exc::TypeError, "{}() got duplicate or unexpected field name(s)", d.name);
            }
        }
        return result;
    };
    return run().release();
}

void struct_trace(Object* o, Visitor& v) {
    auto* s = static_cast<Tuple*>(o);
    for (std::size_t i = 0; i < struct_def_of(type_of(o)).fields.size(); ++i) v(s->slots[i]);
}

void struct_clear(Object* o) {
    auto* s = static_cast<Tuple*>(o);
    for (std::size_t i = 0; i < struct_def_of(type_of(o)).fields.size(); ++i) (void)Ref<>::adopt(std::exchange(s->slots[i], Value{}));
}

constexpr MethodDef const struct_methods[2] = {
    def<reduce>("__reduce__", "", ""),
    raw_def("__replace__", "**changes", "A copy with the given fields changed.", replace),
};
constexpr SlotDef const struct_slots[1] = {slot<Dunder::repr, repr_struct>};

}  // namespace binding

}  // namespace oro
