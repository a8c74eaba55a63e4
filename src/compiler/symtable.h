// The symbol table: for every block of a program (module, class, function, comprehension, annotation scope)
// which names it binds and uses, and where each name lives. The compiler reads it, and so can the `_symtable`
// module.
//
// Not thread-safe while it is built; afterwards it is only read. It refers to the syntax tree by the
// addresses of its nodes, so the tree must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/arena.h"
#include "syntax/ast.h"
#include "syntax/errors.h"

namespace oro::compiler {

using syntax::Identifier;

// A range of source text, in the numbers of the syntax tree.
struct Range {
    int line = 0, column = 0, end_line = 0, end_column = 0;
    Range() = default;
    Range(int line, int column, int end_line, int end_column)
        : line(line), column(column), end_line(end_line), end_column(end_column) {}
    Range(syntax::Node const& n)
        : line(n.lineno), column(n.col_offset), end_line(n.end_lineno), end_column(n.end_col_offset) {}
    Range(syntax::Node const* n) : Range(*n) {}
};

enum class ScopeKind : std::uint8_t {
    function, class_, module, annotation, type_variable, type_alias, type_parameters
};
enum class ComprehensionKind : std::uint8_t { none, list, dict, set, generator };

// What a block does with a name. The first ones have the values that Python's symtable module knows.
enum SymbolFlag : std::uint32_t {
    DEF_GLOBAL = 1,
    DEF_LOCAL = 2,
    DEF_PARAM = 4,
    DEF_NONLOCAL = 8,
    USE = 16,
    DEF_FREE_CLASS = 64,
    DEF_IMPORT = 128,
    DEF_ANNOT = 256,
    DEF_COMP_ITER = 512,
    DEF_TYPE_PARAM = 1024,
    DEF_COMP_CELL = 2048,
    DEF_WALRUS =
        1u << 20,  // target of an assignment expression: may be rebound in the middle of an expression
    DEF_BOUND = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM,
};

enum class Binding : std::uint8_t { unknown, local, global_explicit, global_implicit, free, cell };

struct Symbol {
    Identifier name;
    std::uint32_t flags = 0;
    Binding binding = Binding::unknown;
};

// Which of the blocks that one node opens.
enum class ScopeRole : std::uint8_t { main, type_params, annotations, bound, default_ };

struct Scope {
    ScopeKind kind = ScopeKind::module;
    Identifier name;
    Range range;
    Scope* parent = nullptr;
    std::vector<Scope*> children;
    std::vector<Symbol> symbols;  // in order of appearance
    std::unordered_map<syntax::InternedName const*, std::uint32_t> index;
    std::vector<Identifier> parameters;
    struct Directive {
        Identifier name;
        Range range;
    };
    std::vector<Directive> directives;  // global and nonlocal declarations
    Scope* annotations = nullptr;       // of a class or module: the block of its annotations
    char const* context = nullptr;      // of a type variable block: such as "a TypeVar bound"
    std::unordered_set<syntax::InternedName const*> const* mangled_names = nullptr;  // only these are mangled

    ComprehensionKind comprehension = ComprehensionKind::none;
    bool nested = false, generator = false, coroutine = false, varargs = false, varkeywords = false;
    bool returns_value = false, has_docstring = false, method = false;
    bool needs_class_closure = false, needs_classdict = false, has_conditional_annotations = false;
    bool can_see_class_scope = false, annotations_used = false;
    bool inlined = false;  // a comprehension that is part of its parent's code
    bool in_conditional_block = false, in_unevaluated_annotation = false, comp_iter_target = false;
    int comp_iter_expr = 0;
    bool may_rebind = false;  // holds assignment expressions

    bool function_like() const { return kind != ScopeKind::class_ && kind != ScopeKind::module; }
    Symbol const* find(Identifier n) const {
        auto it = index.find(n.entry());
        return it == index.end() ? nullptr : &symbols[it->second];
    }
    Symbol* find(Identifier n) { return const_cast<Symbol*>(static_cast<Scope const*>(this)->find(n)); }
    std::uint32_t flags_of(Identifier n) const {
        Symbol const* s = find(n);
        return s ? s->flags : 0;
    }
    Binding binding_of(Identifier n) const {
        Symbol const* s = find(n);
        return s ? s->binding : Binding::unknown;
    }
};

// Private names: __x inside class C becomes _C__x. Empty if the name stays as it is.
std::string mangle(std::string_view class_name, std::string_view name);

class SymbolTable {
public:
    explicit SymbolTable(Arena& arena) : names(arena) {}

    Scope* top() const { return scopes_.empty() ? nullptr : scopes_.front().get(); }
    Scope* find(syntax::Node const* node, ScopeRole role = ScopeRole::main) const {
        auto it = by_node_.find(key(node, role));
        return it == by_node_.end() ? nullptr : it->second;
    }
    Scope* add(ScopeKind kind, Identifier name, syntax::Node const* node, ScopeRole role, Range range);

    // The name as it stands in `scope` inside class `private_class` (none outside classes).
    Identifier mangled(Scope const* scope, Identifier private_class, Identifier name);
    Identifier intern(std::string_view text) { return names.intern(text); }
    std::unordered_set<syntax::InternedName const*>* new_name_set();

    syntax::Interner names;

private:
    static std::uint64_t key(syntax::Node const* node, ScopeRole role) {
        return std::uint64_t(reinterpret_cast<std::uintptr_t>(node)) << 3 | std::uint64_t(role);
    }
    std::vector<std::unique_ptr<Scope>> scopes_;
    std::vector<std::unique_ptr<std::unordered_set<syntax::InternedName const*>>> name_sets_;
    std::unordered_map<std::uint64_t, Scope*> by_node_;
};

struct SymtableOptions {
    bool future_annotations = false;
    bool top_level_await = false;
    std::size_t stack_budget = std::size_t{1} << 20;
};

// Fills `table`; an error record in the arena, or null.
syntax::SyntaxError const* build_symbol_table(Arena& arena, SymbolTable& table, syntax::Mod const& tree,
                                              SymtableOptions const& options);

// The second pass: where each name lives. Part of build_symbol_table.
syntax::SyntaxError const* analyse_symbols(Arena& arena, SymbolTable& table, std::size_t stack_budget);

// A syntax error at a range, as the compiler reports it: columns are byte offsets there.
syntax::SyntaxError const* make_error(Arena& arena, syntax::ErrorKind kind, std::string_view message,
                                      Range range);

}  // namespace oro::compiler
