#include "syntax/ast_reflect.h"

namespace oro::syntax {
namespace {

// One array of fields per node. A node without fields needs a stand-in, since arrays can't be empty.
#define AST_NODE(Struct, Base, python, located) constexpr FieldInfo fields_of_##Struct[] = {
#define AST_FIELD(Struct, Type, Quant, name, python) {python, FieldType::Type, Quantity::Quant},
#define AST_END(Struct) {{}, FieldType::Int, Quantity::One}};
#include "syntax/ast_nodes.def"

template <class Base>
constexpr std::string_view sum_name = {};
#define AST_SUM(Sum, asdl) \
    template <>            \
    constexpr std::string_view sum_name<Sum> = asdl;
#include "syntax/ast_nodes.def"

constexpr NodeInfo nodes[] = {
#define AST_NODE(Struct, Base, python, located) \
    {python, sum_name<Base>, located,           \
     std::span(fields_of_##Struct).first(std::size(fields_of_##Struct) - 1)},
#include "syntax/ast_nodes.def"
};

constexpr std::string_view asdl_names[] = {
    "stmt",          "expr",       "pattern", "type_param", "excepthandler", "type_ignore",
    "comprehension", "arguments",  "arg",     "keyword",    "alias",         "withitem",
    "match_case",    "identifier", "string",  "int",        "constant",      "expr_context",
    "boolop",        "operator",   "unaryop", "cmpop"};
static_assert(std::size(asdl_names) == static_cast<std::size_t>(FieldType::CompareOperator) + 1);

constexpr std::string_view contexts[] = {"Load", "Store", "Del"};
constexpr std::string_view bool_operators[] = {"And", "Or"};
constexpr std::string_view binary_operators[] = {"Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow",
                                                 "LShift", "RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv"};
constexpr std::string_view unary_operators[] = {"Invert", "Not", "UAdd", "USub"};
constexpr std::string_view compare_operators[] = {"Eq", "NotEq", "Lt", "LtE", "Gt",
                                                  "GtE", "Is", "IsNot", "In", "NotIn"};

}  // namespace

std::string_view asdl_name(FieldType type) { return asdl_names[static_cast<int>(type)]; }
const NodeInfo& info_of(Kind kind) { return nodes[static_cast<int>(kind)]; }

std::string_view name_of(ExprContext v) { return contexts[static_cast<int>(v)]; }
std::string_view name_of(BoolOperator v) { return bool_operators[static_cast<int>(v)]; }
std::string_view name_of(BinaryOperator v) { return binary_operators[static_cast<int>(v)]; }
std::string_view name_of(UnaryOperator v) { return unary_operators[static_cast<int>(v)]; }
std::string_view name_of(CompareOperator v) { return compare_operators[static_cast<int>(v)]; }

std::span<const std::string_view> enumerators_of(FieldType type) {
    switch (type) {
    case FieldType::ExprContext: return contexts;
    case FieldType::BoolOperator: return bool_operators;
    case FieldType::BinaryOperator: return binary_operators;
    case FieldType::UnaryOperator: return unary_operators;
    case FieldType::CompareOperator: return compare_operators;
    default: return {};
    }
}

Node* make_node(Arena& arena, Kind kind) {
    Node* node = nullptr;
    switch (kind) {
#define AST_NODE(Struct, Base, python, located) \
    case Kind::Struct: node = arena.make<Struct>(); break;
#include "syntax/ast_nodes.def"
    }
    node->kind = kind;
    return node;
}

}  // namespace oro::syntax
