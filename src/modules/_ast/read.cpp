// From objects that a program has built to a tree that the compiler can take.
//
// The objects may change while they are read (other threads, properties): each is looked at once, and the tree is checked after
// it is complete.
#include <climits>

#include "modules/_ast/ast.h"
#include "object/bytes.h"
#include "object/list.h"
#include "object/set.h"
#include "syntax/validate.h"

namespace oro::ast {

namespace {

using syntax::ConstantValue, syntax::FieldInfo, syntax::FieldType, syntax::Identifier, syntax::Kind, syntax::NodeInfo, syntax::Quantity;

class Reader {
public:
    Reader(Python& py, Classes const& c, Arena& arena) : py_(py), classes_(c), arena_(arena), names_(arena) {}

    // A node of the ASDL's type `type`; null for None where the type is a sum.
    Result<syntax::Node*> node(Borrowed<> o, FieldType type) {
        if (!is_product(type) && o.is(kNone)) return nullptr;
        return made(o, type, syntax::asdl_name(type));
    }

    // `sum`: the name of the type as messages have it.
    Result<syntax::Node*> made(Borrowed<> o, std::optional<FieldType> type, std::string_view sum) {
        if (check_native_stack(py_).raised()) {
            clear_raised(py_);
            return raise(py_, exc::RecursionError, "maximum recursion depth exceeded while traversing '{}' node", sum);
        }
        // Positions are read before the kind is known, as they belong to the sum.
        int at[4] = {};
        if (type && is_located(*type)) CHECK(positions(o, sum, at));
        Kind kind;
        if (type && is_product(*type)) {
            kind = product_kind(*type);
        } else {
            std::optional<Kind> found = classes_.kind_of(type_of(o));
            if (!found || syntax::info_of(*found).sum != sum)
                return raise(py_, exc::TypeError, "expected some sort of {}, but got {}", sum, TRY(repr(py_, o)));
            kind = *found;
        }
        syntax::Node* n = syntax::make_node(arena_, kind);
        n->lineno = at[0];
        n->col_offset = at[1];
        n->end_lineno = at[2];
        n->end_col_offset = at[3];
        Fixed<Str> const* key = classes_.fields[int(kind)];
        NodeInfo const& info = syntax::info_of(kind);
        Result<void> failed;
        syntax::for_each_field(*n, [&](FieldInfo const& f, auto& field) {
            if (!failed.raised()) failed = read_field(o, info, f, **key++, field);
        });
        if (failed.raised()) return Raised{};
        return n;
    }

private:
    // ---- what the table says of types

    static bool is_product(FieldType type) {
        switch (type) {
            case FieldType::Comprehension: case FieldType::Arguments: case FieldType::Arg: case FieldType::Keyword: case FieldType::Alias:
            case FieldType::WithItem: case FieldType::MatchCase: return true;
            default: return false;
        }
    }
    static Kind product_kind(FieldType type) {
        switch (type) {
            case FieldType::Comprehension: return Kind::Comprehension;
            case FieldType::Arguments: return Kind::Arguments;
            case FieldType::Arg: return Kind::Arg;
            case FieldType::Keyword: return Kind::Keyword;
            case FieldType::Alias: return Kind::Alias;
            case FieldType::WithItem: return Kind::WithItem;
            default: return Kind::MatchCase;
        }
    }
    static bool is_located(FieldType type) {
        switch (type) {
            case FieldType::Stmt: case FieldType::Expr: case FieldType::Pattern: case FieldType::TypeParam: case FieldType::ExceptHandler:
            case FieldType::Arg: case FieldType::Keyword: case FieldType::Alias: return true;
            default: return false;
        }
    }

    // ---- single values

    Result<int> integer(Borrowed<> v) {
        if (!is_any_int(v.value())) return raise(py_, exc::ValueError, "invalid integer value: {}", TRY(repr(py_, v)));
        Value n = int_number(v.value());
        if (!n.is_int() || n.as_int() < INT_MIN || n.as_int() > INT_MAX)
            return raise(py_, exc::OverflowError, "Python int too large to convert to C int");
        return int(n.as_int());
    }
    // lineno, col_offset and their ends; missing ends are those of a node without extent.
    Result<void> positions(Borrowed<> o, std::string_view sum, int (&at)[4]) {
        Fixed<Str> const* names[] = {&classes_.lineno, &classes_.col_offset, &classes_.end_lineno, &classes_.end_col_offset};
        for (int i = 0; i < 4; ++i) {
            Maybe<> v = TRY(find_attribute(py_, o, **names[i]));
            if (i < 2 && !v) return raise(py_, exc::TypeError, "required field \"{}\" missing from {}", Borrowed<Str>(**names[i]), sum);
            at[i] = i >= 2 && (!v || v.value() == kNone) ? at[i - 2] : TRY(integer(*v));
        }
        return {};
    }

    std::string_view keep(std::string const& text) { return arena_.copy(std::string_view(text)); }

    Result<ConstantValue> constant(Borrowed<> v) {
        CHECK(check_native_stack(py_));
        Value w = v.value();
        Type& type = type_of(v);
        if (w == kNone) return ConstantValue::none();
        if (w == kEllipsis) return ConstantValue::ellipsis();
        if (w.is_bool()) return ConstantValue::boolean(w == kTrue);
        if (w.is_int()) return ConstantValue::integer(w.as_int());
        if (&type == &int_type) return ConstantValue::big_integer(keep(hex_of(w)), 16);
        if (&type == &float_type) return ConstantValue::real(float_number(w));
        if (is_exact<Complex>(v)) {
            auto& c = *static_cast<Complex*>(w.pointer());
            return ConstantValue::complex(c.real, c.imag);
        }
        if (is_exact<Str>(v)) return ConstantValue::str(keep(wtf8_of(*as<Str>(v).get())));
        if (is_exact<Bytes>(v)) return ConstantValue::bytes(arena_.copy(as<Bytes>(v)->view()));
        if (is_exact<Tuple>(v)) return sequence(ConstantValue::Kind::Tuple, *as<Tuple>(v).get());
        if (is_exact<FrozenSet>(v)) return sequence(ConstantValue::Kind::FrozenSet, *TRY(tuple_from(py_, v)));
        return raise(py_, exc::TypeError, "got an invalid type in Constant: {}", name_of_type(type));
    }
    Result<ConstantValue> sequence(ConstantValue::Kind kind, Tuple& items) {
        std::span<ConstantValue> made = arena_.make_array<ConstantValue>(items.size);
        for (std::size_t i = 0; i < items.size; ++i) made[i] = TRY(constant(items.at(i)));
        return ConstantValue::sequence(kind, made);
    }
    static std::string hex_of(Value big) {
        PlainInt number(big);
        IntView view = number;
        std::string text = view.negative ? "-" : "";
        for (std::size_t i = view.size; i-- > 0;)
            for (int shift = 60; shift >= 0; shift -= 4) text.push_back("0123456789abcdef"[view.limbs[i] >> shift & 15]);
        return text;
    }

    template <class E> Result<void> enumerator(Borrowed<> o, FieldType type, E& out) {
        int e = enumeration_of(type);
        std::span<std::string_view const> names = names_of_enumeration(e);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!is_instance_of(o.value(), *static_cast<Type*>(classes_.enumerators[e][i].value().pointer()))) continue;
            out = E(i);
            return {};
        }
        return raise(py_, exc::TypeError, "expected some sort of {}, but got {}", syntax::asdl_name(type), TRY(repr(py_, o)));
    }

    template <class T> Result<void> item(Borrowed<> v, FieldType type, T& out) {
        if constexpr (std::is_pointer_v<T>) {
            out = static_cast<T>(TRY(node(v, type)));
        } else if constexpr (std::is_same_v<T, ConstantValue>) {
            out = TRY(constant(v));
        } else if constexpr (std::is_same_v<T, int>) {
            out = TRY(integer(v));
        } else if constexpr (std::is_same_v<T, Identifier>) {
            if (v.is(kNone)) return {};
            if (!is_exact<Str>(v)) return raise(py_, exc::TypeError, "AST identifier must be of type str");
            out = names_.intern(wtf8_of(*as<Str>(v).get()));
        } else if constexpr (std::is_same_v<T, syntax::Text>) {
            if (v.is(kNone)) return {};
            if (is_exact<Bytes>(v)) {
                out = arena_.copy(as<Bytes>(v)->view());
                return {};
            }
            if (!is_exact<Str>(v)) return raise(py_, exc::TypeError, "AST string must be of type str");
            out = keep(wtf8_of(*as<Str>(v).get()));
        } else {
            static_assert(std::is_enum_v<T>);
            return enumerator(v, type, out);
        }
        return {};
    }

    // ---- fields

    template <class T> Result<void> read_field(Borrowed<> o, NodeInfo const& info, FieldInfo const& f, Borrowed<Str> name, T& out) {
        Maybe<> v = TRY(find_attribute(py_, o, name));
        if constexpr (requires { out.begin(); out.size(); } && !std::is_same_v<T, syntax::Text>) {
            if (!v) return {};  // as if it were empty
            if (!is<List>(*v))
                return raise(py_, exc::TypeError, "{} field \"{}\" must be a list, not a {}", info.name, name, TypeName{v.value()});
            Borrowed<List> list = as<List>(v.value());
            std::size_t n = list->size();
            using Item = typename T::value_type;
            std::span<Item> items = arena_.make_array<Item>(n);
            for (std::size_t i = 0; i < n; ++i) {
                Maybe<> one = list_get(py_, *list.get(), i);
                if (one) CHECK(item(*one, f.type, items[i]));
                if (!one || list->size() != n)
                    return raise(py_, exc::RuntimeError, "{} field \"{}\" changed size during iteration", info.name, name);
                if constexpr (std::is_same_v<Item, Identifier>) {
                    if (!items[i]) return raise(py_, exc::ValueError, "None disallowed in identifier list");
                }
            }
            out = items;
            return {};
        } else {
            if (f.quantity == Quantity::Optional) {
                if (!v || v.value() == kNone) return {};
                return item(*v, f.type, out);
            }
            if (!v) return raise(py_, exc::TypeError, "required field \"{}\" missing from {}", name, info.name);
            CHECK(item(*v, f.type, out));
            bool missing = false;
            if constexpr (std::is_pointer_v<T>) missing = !out;
            else if constexpr (std::is_same_v<T, Identifier>) missing = !out;
            else if constexpr (std::is_same_v<T, syntax::Text>) missing = !out.data();
            if (missing) return raise(py_, exc::ValueError, "field '{}' is required for {}", name, info.name);
            return {};
        }
    }

    Python& py_;
    Classes const& classes_;
    Arena& arena_;
    syntax::Interner names_;
};

}  // namespace

Result<syntax::Mod*> read_tree(Python& py, Classes const& c, Arena& arena, Borrowed<> object) {
    auto* tree = static_cast<syntax::Mod*>(TRY(Reader(py, c, arena).made(object, {}, "mod")));
    if (auto error = syntax::validate(*tree)) {
        using K = syntax::TreeError::Kind;
        Type& type = error->kind == K::type ? exc::TypeError : error->kind == K::recursion ? exc::RecursionError : exc::ValueError;
        return raise(py, type, "{}", error->message);
    }
    return tree;
}

}  // namespace oro::ast
