// The classes of syntax trees, made from the syntax layer's table.
#include "modules/_ast/ast.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/list.h"
#include "types/union.h"

namespace oro::ast {

namespace {

using syntax::FieldInfo, syntax::FieldType, syntax::Kind, syntax::NodeInfo, syntax::Quantity;


// "BinOp(expr left, operator op, expr right)"
std::string shape_of_node(NodeInfo const& info) {
    std::string text(info.name);
    char const* before = "(";
    for (FieldInfo const& f : info.fields) {
        text += before;
        text += syntax::asdl_name(f.type);
        if (f.quantity == Quantity::Optional) text += '?';
        if (f.quantity == Quantity::Many) text += '*';
        if (f.quantity == Quantity::ManyOptional) text += "?*";
        text += ' ';
        text += f.name;
        before = ", ";
    }
    if (!info.fields.empty()) text += ')';
    return text;
}

std::string doc_of_sum(std::string_view sum) {
    std::string text(sum), gap = "\n" + std::string(sum.size(), ' ') + " | ";
    bool first = true;
    for (int k = 0; k < syntax::kNodeKinds; ++k) {
        NodeInfo const& info = syntax::info_of(Kind(k));
        if (info.sum != sum) continue;
        text += first ? " = " : gap;
        text += shape_of_node(info);
        first = false;
    }
    return text;
}

Result<void> put(Python& py, Ref<> const& cls, Borrowed<Str> name, Borrowed<> value) {
    return type_set_attribute(py, *static_cast<Type*>(cls.value().pointer()), name, Optional<>(value));
}

// _attributes, and that the ends may be missing.
Result<void> put_attributes(Python& py, Classes& c, Ref<> const& cls, bool located) {
    if (!located) return put(py, cls, *c.attributes_name, empty_tuple());
    Ref<Tuple> names = TRY(make_tuple_of(py, c.lineno.share(), c.col_offset.share(), c.end_lineno.share(), c.end_col_offset.share()));
    CHECK(put(py, cls, *c.attributes_name, names));
    CHECK(put(py, cls, *c.end_lineno, none));
    return put(py, cls, *c.end_col_offset, none);
}

// Which FieldType a class name of the ASDL is.
std::optional<FieldType> field_type_of(std::string_view name) {
    for (int i = 0; i < kFieldTypes; ++i)
        if (syntax::asdl_name(FieldType(i)) == name) return FieldType(i);
    return {};
}

Result<void> make_nodes(Python& py, Classes& c) {
    Ref<> root = share(Value::of(&node_type));
    for (int k = 0; k < syntax::kNodeKinds; ++k) {
        NodeInfo const& info = syntax::info_of(Kind(k));
        for (std::size_t i = 0; i < info.fields.size(); ++i) c.fields[k][i].init(TRY(make_interned(py, info.fields[i].name)));
        std::span<Fixed<Str> const> fields(c.fields[k], info.fields.size());
        Ref<> base = root.share();
        if (!info.sum.empty()) {
            // Sums stand before their first node; `mod` is no field's type.
            std::optional<FieldType> type = field_type_of(info.sum);
            Fixed<>& sum = type ? c.types[int(*type)] : c.mod;
            if (!sum) {
                sum.init(TRY(make_node_class(py, info.sum, root, doc_of_sum(info.sum), {})));
                CHECK(put_attributes(py, c, sum.share(), info.located));
            }
            base = sum.share();
        }
        Ref<> cls = TRY(make_node_class(py, info.name, base, shape_of_node(info), fields));
        if (info.sum.empty()) {
            c.types[int(*field_type_of(info.name))].init(cls.share());
            CHECK(put_attributes(py, c, cls, info.located));
        }
        for (std::size_t i = 0; i < info.fields.size(); ++i)
            if (info.fields[i].quantity == Quantity::Optional) CHECK(put(py, cls, *fields[i], none));
        c.kinds.emplace(static_cast<Type*>(cls.value().pointer()), Kind(k));
        c.nodes[k].init(std::move(cls));
    }
    return {};
}

Result<void> make_enumerations(Python& py, Classes& c) {
    for (int e = 0; e < kEnumerations; ++e) {
        FieldType type = FieldType(int(FieldType::ExprContext) + e);
        std::string doc(syntax::asdl_name(type));
        char const* before = " = ";
        std::span<std::string_view const> names = names_of_enumeration(e);
        for (std::string_view name : names) {
            doc.append(before).append(name);
            before = " | ";
        }
        Ref<> sum = TRY(make_node_class(py, syntax::asdl_name(type), Borrowed<>(Value::of(&node_type)), doc, {}));
        CHECK(put_attributes(py, c, sum, false));
        for (std::size_t i = 0; i < names.size(); ++i) {
            Ref<> cls = TRY(make_node_class(py, names[i], sum, std::string(names[i]), {}));
            CHECK(put(py, cls, *c.field_types_name, TRY(make_dict(py))));
            c.instances[e][i].init(TRY(make<Node>(py, *static_cast<Type*>(cls.value().pointer()))));
            c.enumerators[e][i].init(std::move(cls));
        }
        c.types[int(type)].init(std::move(sum));
    }
    return {};
}

Result<void> make_field_types(Python& py, Classes& c) {
    Ref<Str> annotations = TRY(make_interned(py, "__annotations_cache__"));
    for (int k = 0; k < syntax::kNodeKinds; ++k) {
        NodeInfo const& info = syntax::info_of(Kind(k));
        Ref<Dict> types = TRY(make_dict(py));
        for (std::size_t i = 0; i < info.fields.size(); ++i) {
            FieldInfo const& f = info.fields[i];
            Ref<> type = c.types[int(f.type)].share();
            if (f.quantity == Quantity::Optional) type = TRY(type_or(py, type, none));
            else if (f.quantity != Quantity::One) type = TRY(make_generic_alias(py, Borrowed<>(Value::of(&list_type)), type));
            CHECK(dict_set(py, *types, *c.fields[k][i], std::move(type)));
        }
        Ref<> cls = c.nodes[k].share();
        CHECK(put(py, cls, *c.field_types_name, types));
        CHECK(put(py, cls, annotations, types));
    }
    return {};
}

}  // namespace

Result<Ref<>> make_node_class(Python& py, std::string_view name, Borrowed<> base, std::string const& doc, std::span<Fixed<Str> const> fields) {
    Ref<Dict> ns = TRY(make_dict(py));
    Ref<Tuple> names = TRY(make_tuple_uninitialized(py, fields.size()));
    for (std::size_t i = 0; i < fields.size(); ++i) names->slots[i] = Ref<>(fields[i].share()).release();
    CHECK(dict_set(py, *ns, TRY(make_interned(py, "_fields")), names.share()));
    CHECK(dict_set(py, *ns, name::dunder_match_args(), std::move(names)));
    CHECK(dict_set(py, *ns, name::dunder_module(), TRY(make_str(py, "ast"))));
    CHECK(dict_set(py, *ns, name::dunder_doc(), TRY(make_str(py, doc))));
    Value one[] = {base.value()};
    Ref<Tuple> bases = TRY(oro::make_tuple(py, one));
    Ref<Str> class_name = TRY(make_interned(py, name));
    return call_with(py, Borrowed<>(Value::of(&type_type)), class_name, bases, ns);
}

Result<void> make_classes(Python& py, Classes& c) {
    c.lineno.init(TRY(make_interned(py, "lineno")));
    c.col_offset.init(TRY(make_interned(py, "col_offset")));
    c.end_lineno.init(TRY(make_interned(py, "end_lineno")));
    c.end_col_offset.init(TRY(make_interned(py, "end_col_offset")));
    c.fields_name.init(TRY(make_interned(py, "_fields")));
    c.attributes_name.init(TRY(make_interned(py, "_attributes")));
    c.field_types_name.init(TRY(make_interned(py, "_field_types")));
    for (FieldType text : {FieldType::Identifier, FieldType::Text}) c.types[int(text)].init(share(Value::of(&Str::type())));
    c.types[int(FieldType::Int)].init(share(Value::of(&int_type)));
    c.types[int(FieldType::ConstantValue)].init(share(Value::of(&object_type)));
    Dict& own = **node_type.dict;
    for (Fixed<Str>* empty : {&c.fields_name, &c.attributes_name}) CHECK(dict_set(py, own, **empty, empty_tuple()));
    CHECK(dict_set(py, own, name::dunder_match_args(), empty_tuple()));
    CHECK(make_nodes(py, c));
    CHECK(make_enumerations(py, c));
    return make_field_types(py, c);
}

Result<void> enter_classes(Python& py, Classes const& c, Module& m) {
    CHECK(add_type_to_module(py, m, node_type));
    CHECK(add_to_module(py, m, "mod", c.mod.share()));
    for (int i = 0; i < kFieldTypes; ++i) {
        if (FieldType type = FieldType(i); type >= FieldType::Identifier && type <= FieldType::ConstantValue) continue;
        CHECK(add_to_module(py, m, syntax::asdl_name(FieldType(i)), c.types[i].share()));
    }
    for (int k = 0; k < syntax::kNodeKinds; ++k) CHECK(add_to_module(py, m, syntax::info_of(Kind(k)).name, c.nodes[k].share()));
    for (int e = 0; e < kEnumerations; ++e)
        for (std::size_t i = 0; i < names_of_enumeration(e).size(); ++i)
            CHECK(add_to_module(py, m, names_of_enumeration(e)[i], c.enumerators[e][i].share()));
    return {};
}

std::optional<Kind> Classes::kind_of(Type& type) const {
    if (auto it = kinds.find(&type); it != kinds.end()) return it->second;
    Maybe<Tuple> mro = type.mro.load(&type);
    if (!mro) return {};
    for (Value base : (*mro)->items())
        if (auto it = kinds.find(static_cast<Type*>(base.pointer())); it != kinds.end()) return it->second;
    return {};
}

}  // namespace oro::ast
