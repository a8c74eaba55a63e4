// What the parts of the module _ast share: the classes of syntax trees, and the ways between trees of the parser and objects.
//
// There is one set of classes for the process, made by the first import: compile() must know the classes whatever happens
// to sys.modules. Everything here is constant once it is made, so any thread may use it.
#pragma once
#include <memory>
#include <unordered_map>

#include "base/arena.h"
#include "object/define.h"
#include "syntax/ast_reflect.h"

namespace oro::ast {

// An instance of AST: all that it has stands in its attributes.
struct Node : Object {
    static Type& type();
};

inline constexpr int kFieldTypes = int(syntax::FieldType::CompareOperator) + 1;
inline constexpr int kEnumerations = 5, kMostEnumerators = 13, kMostFields = 7;
// The enumerations of the ASDL are the last of its types.
constexpr int enumeration_of(syntax::FieldType type) { return int(type) - int(syntax::FieldType::ExprContext); }

struct Classes {
    Fixed<> nodes[syntax::kNodeKinds];
    Fixed<> mod;                                        // the class of whole trees
    Fixed<> types[kFieldTypes];                         // what a field of this type holds: a class
    Fixed<> enumerators[kEnumerations][kMostEnumerators];       // classes
    Fixed<> instances[kEnumerations][kMostEnumerators];         // their only instances that trees use
    Fixed<Str> fields[syntax::kNodeKinds][kMostFields];
    Fixed<Str> lineno, col_offset, end_lineno, end_col_offset;
    Fixed<Str> fields_name, attributes_name, field_types_name;  // _fields, ...
    std::unordered_map<Type const*, syntax::Kind> kinds;

    // The node class that `type` is or is derived from.
    std::optional<syntax::Kind> kind_of(Type& type) const;
};
Result<Classes const*> classes(Python& py);

inline std::span<std::string_view const> names_of_enumeration(int e) {
    return syntax::enumerators_of(syntax::FieldType(int(syntax::FieldType::ExprContext) + e));
}

// AST()'s own methods (node.cpp).
extern Type node_type;

// Makes the classes, and the module's entries (classes.cpp).
Result<Ref<>> make_node_class(Python& py, std::string_view name, Borrowed<> base, std::string const& doc, std::span<Fixed<Str> const> fields);
Result<void> make_classes(Python& py, Classes& c);
Result<void> enter_classes(Python& py, Classes const& c, Module& m);

// From the parser's tree to objects (build.cpp).
Result<Ref<>> build_tree(Python& py, Classes const& c, syntax::Node const& tree);
// From objects to a tree, checked (read.cpp); `type` is what it must be.
Result<syntax::Mod*> read_tree(Python& py, Classes const& c, Arena& arena, Borrowed<> object);
// What PyCF_OPTIMIZED_AST asks for (optimize.cpp).
void optimize_tree(Arena& arena, syntax::Mod& tree, int level);

}  // namespace oro::ast
