// Python's abstract syntax tree: one plain struct per node of the ASDL, made from the table in ast_nodes.def.
//
// Nodes live in an arena and own nothing; sequences are spans of pointers in the same arena. A tree is
// written by one thread and may then be read by many.
//
// Names are those of Python's `ast` module in CamelCase, with two exceptions forced by C++: the base of all
// expressions is `Expr`, so the expression statement is `ExprStmt`; and the field `Constant.kind` ("u" or
// none) is `string_kind`, because `kind` tells the node's type.
//
//     if (auto* add = as<BinOp>(node)) visit(add->left);        // null when it is something else
//     switch (node->kind) { case Kind::Name: use(*cast<Name>(node)); ... }
#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "syntax/constant.h"
#include "syntax/identifier.h"

namespace oro::syntax {

enum class Kind : std::uint8_t {
#define AST_NODE(Struct, Base, python, located) Struct,
#include "syntax/ast_nodes.def"
};

constexpr int kNodeKinds = 0
#define AST_NODE(Struct, Base, python, located) +1
#include "syntax/ast_nodes.def"
    ;

enum class ExprContext : std::uint8_t { Load, Store, Del };
enum class BoolOperator : std::uint8_t { And, Or };
enum class BinaryOperator : std::uint8_t {
    Add, Sub, Mult, MatMult, Div, Mod, Pow, LShift, RShift, BitOr, BitXor, BitAnd, FloorDiv
};
enum class UnaryOperator : std::uint8_t { Invert, Not, UAdd, USub };
enum class CompareOperator : std::uint8_t { Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn };

using Int = int;
// Text that may be absent (then data() is null), such as type comments.
using Text = std::string_view;
template <class T>
using Seq = std::span<T*>;

// Positions: lines count from 1, columns are byte offsets in the UTF-8 line and count from 0; ends are
// exclusive.
struct Node {
    Kind kind;
    int lineno = 0;
    int col_offset = 0;
    int end_lineno = 0;
    int end_col_offset = 0;
};

#define AST_SUM(Sum, asdl) struct Sum : Node {};
#include "syntax/ast_nodes.def"

#define AST_NODE(Struct, Base, python, located) struct Struct;
#include "syntax/ast_nodes.def"

enum class Quantity : std::uint8_t { One, Optional, Many, ManyOptional };

namespace detail {

// The C++ type of a field. Sums are complete here while nodes are only declared, so node-ness is told by
// exclusion.
template <class T>
constexpr bool is_plain = std::is_enum_v<T> || std::is_arithmetic_v<T> || std::is_same_v<T, Identifier> ||
                          std::is_same_v<T, Text> || std::is_same_v<T, ConstantValue>;

template <class T, Quantity quantity>
struct Field {
    static constexpr bool many = quantity == Quantity::Many || quantity == Quantity::ManyOptional;
    using Item = std::conditional_t<is_plain<T>, T, T*>;
    using type = std::conditional_t<many, std::span<Item>, Item>;
};

}  // namespace detail

#define AST_NODE(Struct, Base, python, located)         \
    struct Struct : Base {                              \
        static constexpr Kind kKind = Kind::Struct;
#define AST_FIELD(Struct, Type, Quant, name, python) \
        detail::Field<Type, Quantity::Quant>::type name{};
#define AST_END(Struct) };
#include "syntax/ast_nodes.def"

namespace detail {

template <class T>
constexpr bool kBelongs[] = {
#define AST_NODE(Struct, Base, python, located) std::is_base_of_v<T, Struct>,
#include "syntax/ast_nodes.def"
};

}  // namespace detail

// Is this node a `T`, where T is a node struct or a sum such as Expr?
template <class T>
constexpr bool is(const Node& node) {
    if constexpr (requires { T::kKind; })
        return node.kind == T::kKind;
    else
        return detail::kBelongs<T>[static_cast<int>(node.kind)];
}
template <class T>
constexpr bool is(const Node* node) {
    return node && is<T>(*node);
}

// The node as a `T`, or null when it is something else (or null already).
template <class T>
constexpr T* as(Node* node) {
    return is<T>(node) ? static_cast<T*>(node) : nullptr;
}
template <class T>
constexpr const T* as(const Node* node) {
    return is<T>(node) ? static_cast<const T*>(node) : nullptr;
}

// The node as a `T`, which it must be.
template <class T>
constexpr T* cast(Node* node) {
    assert(is<T>(node));
    return static_cast<T*>(node);
}
template <class T>
constexpr const T* cast(const Node* node) {
    assert(is<T>(node));
    return static_cast<const T*>(node);
}

// The context of an assignable expression; Load for every other.
inline ExprContext context_of(const Expr& e) {
    switch (e.kind) {
    case Kind::Attribute: return cast<Attribute>(&e)->ctx;
    case Kind::Subscript: return cast<Subscript>(&e)->ctx;
    case Kind::Starred: return cast<Starred>(&e)->ctx;
    case Kind::Name: return cast<Name>(&e)->ctx;
    case Kind::List: return cast<List>(&e)->ctx;
    case Kind::Tuple: return cast<Tuple>(&e)->ctx;
    default: return ExprContext::Load;
    }
}

}  // namespace oro::syntax
