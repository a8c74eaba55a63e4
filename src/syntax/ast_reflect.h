// Looking at syntax trees without knowing each node: names, field tables, generic iteration and construction.
//
// Used by dump(), by the `_ast` module and by anything that walks every node. All tables are constant.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "syntax/ast.h"

namespace oro::syntax {

// What a field holds, with the ASDL's name of the type.
enum class FieldType : std::uint8_t {
    Stmt, Expr, Pattern, TypeParam, ExceptHandler, TypeIgnore, Comprehension, Arguments, Arg, Keyword, Alias,
    WithItem, MatchCase, Identifier, Text, Int, ConstantValue, ExprContext, BoolOperator, BinaryOperator,
    UnaryOperator, CompareOperator
};

struct FieldInfo {
    std::string_view name;  // Python's name
    FieldType type;
    Quantity quantity;
};

struct NodeInfo {
    std::string_view name;  // Python's name, such as "BinOp" or "match_case"
    std::string_view sum;   // the ASDL sum it belongs to, such as "expr"; empty for a product type
    bool located;           // has lineno and the other position attributes
    std::span<const FieldInfo> fields;
};

// "expr", "identifier", "int", ...
std::string_view asdl_name(FieldType type);

const NodeInfo& info_of(Kind kind);
inline const NodeInfo& info_of(const Node& node) { return info_of(node.kind); }

// The Python names of the operator enumerators, such as "Mult", "NotEq", "Load".
std::string_view name_of(ExprContext);
std::string_view name_of(BoolOperator);
std::string_view name_of(BinaryOperator);
std::string_view name_of(UnaryOperator);
std::string_view name_of(CompareOperator);
// All names of an enumeration, in order; empty for the other types.
std::span<const std::string_view> enumerators_of(FieldType type);

// Calls fn(const FieldInfo&, field&) for every field in order; `field` has its real type (Expr*, Identifier,
// std::span<Stmt*>, int, ConstantValue, ...), so fn is generic. NodeT is Node or const Node.
template <class NodeT, class Fn>
void for_each_field(NodeT& node, Fn&& fn);

// A new node of this kind with empty fields; for builders that fill it through for_each_field.
Node* make_node(Arena& arena, Kind kind);

namespace detail {
template <class F>
constexpr bool is_node_sequence = false;
template <class T>
constexpr bool is_node_sequence<std::span<T*>> = true;
}  // namespace detail

// Calls fn(Child*) for each child node that is not null, in field order.
template <class NodeT, class Fn>
void for_each_child(NodeT& node, Fn&& fn) {
    for_each_field(node, [&](const FieldInfo&, auto& field) {
        using F = std::remove_cvref_t<decltype(field)>;
        if constexpr (std::is_pointer_v<F>) {
            if (field) fn(field);
        } else if constexpr (detail::is_node_sequence<F>) {
            for (auto* item : field)
                if (item) fn(item);
        }
    });
}

namespace detail {
template <class From, class To>
using LikeConst = std::conditional_t<std::is_const_v<From>, const To, To>;
}  // namespace detail

template <class NodeT, class Fn>
void for_each_field(NodeT& node, Fn&& fn) {
    const FieldInfo* info = info_of(node.kind).fields.data();
    switch (node.kind) {
#define AST_NODE(Struct, Base, python, located)                                                         \
    case Kind::Struct: {                                                                           \
        auto& self = static_cast<detail::LikeConst<NodeT, Struct>&>(node);                         \
        (void)self;
#define AST_FIELD(Struct, Type, Quant, name, python) fn(*info++, self.name);
#define AST_END(Struct) \
        break;          \
    }
#include "syntax/ast_nodes.def"
    }
}

}  // namespace oro::syntax
