// The module _ast: the classes of syntax trees, made from the syntax layer's table, and trees as objects.
#include "object/bytes.h"
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/import.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/tuple.h"
#include "runtime/compile.h"
#include "runtime/hooks.h"
#include "syntax/ast_reflect.h"
#include "syntax/parse.h"

namespace oro::ast {

struct Node : Object {
    static Type& type();
};

namespace {

using oro::syntax::ConstantValue, oro::syntax::FieldInfo, oro::syntax::info_of, oro::syntax::Kind, oro::syntax::kNodeKinds, oro::syntax::name_of, oro::syntax::NodeInfo,
    oro::syntax::ParseMode, oro::syntax::ParseOptions, oro::syntax::ParseResult;

Result<Ref<Tuple>> names_tuple(Python& py, std::vector<std::string_view> const& names) {
    Ref<Tuple> t = TRY(make_tuple_uninitialized(py, names.size()));
    for (std::size_t i = 0; i < names.size(); ++i) t->slots[i] = Ref<>(TRY(make_interned(py, names[i]))).release();
    return t;
}

// class name(base) with its fields.
Result<Ref<>> make_node_class(Python& py, std::string_view name, Borrowed<> base, std::vector<std::string_view> const* fields, bool located, bool set_attributes) {
    Ref<Dict> ns = TRY(make_dict(py));
    CHECK(dict_set(py, *ns, name::dunder_module(), TRY(make_str(py, "ast"))));
    if (fields) {
        Ref<Tuple> t = TRY(names_tuple(py, *fields));
        CHECK(dict_set(py, *ns, TRY(make_interned(py, "_fields")), t.share()));
        CHECK(dict_set(py, *ns, name::dunder_match_args(), std::move(t)));
    }
    if (set_attributes) {
        std::vector<std::string_view> attributes;
        if (located) attributes = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
        CHECK(dict_set(py, *ns, TRY(make_interned(py, "_attributes")), TRY(names_tuple(py, attributes))));
        // Ends may be missing.
        if (located)
            for (char const* optional : {"end_lineno", "end_col_offset"}) CHECK(dict_set(py, *ns, TRY(make_interned(py, optional)), none.share()));
    }
    Value one[] = {base.value()};
    Ref<Tuple> bases = TRY(oro::make_tuple(py, one));
    Ref<Str> class_name = TRY(make_interned(py, name));
    return call_with(py, Borrowed<>(Value::of(&type_type)), class_name, bases, ns);
}

// ---- AST(...)

Result<Ref<>> class_tuple(Python& py, Value self, std::string_view name) {
    Ref<Str> key = TRY(make_interned(py, name));
    return get_attribute(py, Borrowed<>(Value::of(&type_of(self))), key);
}

Value node_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<void> {
        Ref<Tuple> fields = TRY(tuple_from(py, TRY(class_tuple(py, self, "_fields"))));
        if (n > fields->size) {
            Ref<Str> type_name = name_of_type(type_of(self));
            return raise(py, exc::TypeError, "{} constructor takes at most {} positional argument{}", type_name, fields->size, fields->size == 1 ? "" : "s");
        }
        for (std::size_t i = 0; i < n; ++i) CHECK(set_attribute(py, Borrowed<>(self), as<Str>(fields->at(i)), Borrowed<>(args[i])));
        for (std::size_t i = 0; names && i < names->size; ++i) {
            Borrowed<Str> key = as<Str>(names->at(i));
            for (std::size_t j = 0; j < n; ++j)
                if (equal(*as<Str>(fields->at(j)).get(), *key.get())) {
                    Ref<Str> type_name = name_of_type(type_of(self));
                    return raise(py, exc::TypeError, "{} got multiple values for argument '{}'", type_name, key);
                }
            CHECK(set_attribute(py, Borrowed<>(self), key, Borrowed<>(args[n + i])));
        }
        return {};
    };
    return run().raised() ? Value{} : kNone;
}

Value node_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return Result<Ref<>>(make<Node>(py, type)).release(); }

constexpr TypeDef node_def{.name = "ast.AST", .doc = "Base of the classes of syntax trees.", .size = sizeof(Node),
                           .flags = type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs, .hooks = hooks_of<Node>(), .new_ = node_new, .init = node_init};

// ---- trees as objects

struct Builder {
    Python& py;
    Dict& classes;

    Result<Ref<>> make_named(std::string_view name) {
        Maybe<> cls = dict_get(py, classes, TRY(make_interned(py, name)));
        return call(py, *cls, {});
    }
    Result<Ref<>> constant(ConstantValue const& c) {
        using K = ConstantValue::Kind;
        switch (c.kind) {
            case K::None: return none.share();
            case K::True: return Ref<>::adopt(kTrue);
            case K::False: return Ref<>::adopt(kFalse);
            case K::Ellipsis: return Ref<>::adopt(kEllipsis);
            case K::Int: return make_int(py, c.int_value);
            case K::BigInt: {
                Ref<Str> digits = TRY(make_str(py, std::string_view(c.text_data, c.text_size)));
                Ref<> radix = Ref<>::adopt(Value::of_int(c.big_radix));
                return call_with(py, Borrowed<>(Value::of(&int_type)), digits, radix);
            }
            case K::Float: return make_float(py, c.float_value);
            case K::Complex: return make<Complex>(py, Complex::type(), 0.0, c.float_value);
            case K::Str: return make_str(py, std::string_view(c.text_data, c.text_size));
            case K::Bytes: return make_bytes(py, std::string_view(c.text_data, c.text_size));
            default: break;
        }
        Ref<Tuple> items = TRY(make_tuple_uninitialized(py, c.count));
        for (std::uint32_t i = 0; i < c.count; ++i) items->slots[i] = TRY(constant(c.item_data[i])).release();
        return items;
    }
    template <class T> Result<Ref<>> one(T const& v) {
        using V = std::remove_cvref_t<T>;
        if constexpr (std::is_pointer_v<V>) {
            if (!v) return none.share();
            return node(*v);
        } else if constexpr (std::is_same_v<V, ConstantValue>) {
            return constant(v);
        } else if constexpr (std::is_same_v<V, int>) {
            return make_int(py, v);
        } else if constexpr (std::is_same_v<V, std::string_view>) {
            if (!v.data()) return none.share();
            return make_str(py, v);
        } else if constexpr (requires { v.text(); }) {
            if (!v) return none.share();
            return make_interned(py, v.text());
        } else if constexpr (requires { name_of(v); }) {
            return make_named(name_of(v));
        } else {
            return constant(v);
        }
    }
    template <class T> Result<Ref<>> field(T const& v) {
        if constexpr (requires { v.begin(); v.size(); } && !std::is_same_v<std::remove_cvref_t<T>, std::string_view>) {
            Ref<List> list = TRY(make_list(py, v.size()));
            for (auto const& item : v) CHECK(list_append(py, list, TRY(one(item))));
            return list;
        } else {
            return one(v);
        }
    }
    Result<Ref<>> node(syntax::Node const& n) {
        CHECK(check_native_stack(py, " during ast construction"));
        NodeInfo const& info = info_of(n);
        Ref<> o = TRY(make_named(info.name));
        Result<void> failed;
        for_each_field(n, [&](FieldInfo const& f, auto const& v) {
            if (failed.raised()) return;
            failed = [&]() -> Result<void> {
                Ref<> value = TRY(field(v));
                Ref<Str> key = TRY(make_interned(py, f.name));
                return set_attribute(py, o, key, value);
            }();
        });
        if (failed.raised()) return Raised{};
        if (info.located) {
            auto put = [&](char const* name, int number) -> Result<void> {
                Ref<Str> key = TRY(make_interned(py, name));
                return set_attribute(py, o, key, Borrowed<>(Value::of_int(number)));
            };
            CHECK(put("lineno", n.lineno));
            CHECK(put("col_offset", n.col_offset));
            CHECK(put("end_lineno", n.end_lineno));
            CHECK(put("end_col_offset", n.end_col_offset));
        }
        return o;
    }
};

bool is_tree(Python&, Borrowed<> v) { return is<Node>(v); }

Result<Ref<>> parse_tree(Python& py, std::string_view source, CompileRequest const& request) {
    Arena arena;
    ParseOptions options;
    options.mode = request.mode == CompileRequest::exec ? ParseMode::exec : request.mode == CompileRequest::eval ? ParseMode::eval
                   : request.mode == CompileRequest::single ? ParseMode::single : ParseMode::func_type;
    options.max_int_digits = int(py.interpreter->int_max_str_digits.load());
    CHECK(check_native_stack(py, " during compilation"));
    options.fit_stack(native_stack_left(py));
    ParseResult parsed = syntax::parse(arena, source, options);
    if (!parsed) return raise_syntax_error(py, *parsed.error, request.filename, source);
    Ref<> module = TRY(import_module(py, "_ast"));
    Builder builder{py, *as<Module>(module.value())->dict.get()};
    return builder.node(*parsed.tree);
}

Result<Ref<>> compile_tree(Python& py, CompileRequest const&) {
    return raise(py, exc::NotImplementedError, "compile() of a syntax tree object is not supported yet");
}

constexpr SyntaxTrees trees{is_tree, parse_tree, compile_tree};

Result<void> setup(Python& py, Module& m);

}  // namespace

ORO_TYPE(node_type, node_def);
Type& Node::type() { return node_type; }

namespace {

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, node_type));
    CHECK(dict_set(py, **node_type.dict, TRY(make_interned(py, "_field_types")), TRY(make_dict(py))));
    for (char const* empty : {"_fields", "_attributes", "__match_args__"})
        CHECK(dict_set(py, **node_type.dict, TRY(make_interned(py, empty)), empty_tuple()));
    Dict& dict = **m.dict;
    auto find = [&](std::string_view name) -> Result<Ref<>> {
        Maybe<> there = dict_get(py, dict, TRY(make_interned(py, name)));
        if (there) return std::move(there).take();
        return Raised{};
    };
    // Which sums carry positions: as their nodes do.
    auto sum = [&](std::string_view name, bool located) -> Result<void> {
        if (dict_get(py, dict, TRY(make_interned(py, name)))) return {};
        return add_to_module(py, m, name, TRY(make_node_class(py, name, Borrowed<>(Value::of(&node_type)), nullptr, located, true)));
    };
    for (int k = 0; k < kNodeKinds; ++k) {
        NodeInfo const& info = info_of(Kind(k));
        std::vector<std::string_view> fields;
        for (FieldInfo const& f : info.fields) fields.push_back(f.name);
        bool product = info.sum.empty();
        if (!product) CHECK(sum(info.sum, info.located));
        Ref<> base = product ? share(Value::of(&node_type)) : TRY(find(info.sum));
        CHECK(add_to_module(py, m, info.name, TRY(make_node_class(py, info.name, base, &fields, info.located, product))));
    }
    struct Group { char const* sum; std::vector<std::string_view> names; };
    Group const groups[] = {{"expr_context", {"Load", "Store", "Del"}}, {"boolop", {"And", "Or"}},
        {"operator", {"Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv"}},
        {"unaryop", {"Invert", "Not", "UAdd", "USub"}}, {"cmpop", {"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"}}};
    std::vector<std::string_view> no_fields;
    for (Group const& g : groups) {
        CHECK(sum(g.sum, false));
        Ref<> base = TRY(find(g.sum));
        for (std::string_view name : g.names) CHECK(add_to_module(py, m, name, TRY(make_node_class(py, name, base, &no_fields, false, false))));
    }
    struct Flag { char const* name; int value; };
    for (Flag f : {Flag{"PyCF_ONLY_AST", 0x400}, Flag{"PyCF_TYPE_COMMENTS", 0x1000}, Flag{"PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000}, Flag{"PyCF_OPTIMIZED_AST", 0x8400}})
        CHECK(add_to_module(py, m, f.name, Ref<>::adopt(Value::of_int(f.value))));
    set_syntax_trees(&trees);
    return {};
}

}  // namespace

ORO_MODULE(ast_module, .name = "_ast", .doc = "The classes of syntax trees.", .setup = setup);

}  // namespace oro::ast
