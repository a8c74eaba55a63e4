// The code generator: one class that walks the tree with the symbol table beside it and fills one Emitter a
// code unit. Its parts stand in files by subject (expressions.cpp, calls.cpp, classes.cpp, ...).
//
// How values flow: gen(e, want) computes an expression into the register `want`, or into a new temporary (the
// next one on the stack) if want is kAnyReg, and returns the register. It writes `want` with its very last
// operation, so a local may be wanted while the expression still reads it. operand(e) does the same but reads
// locals and kept constants in place.
//
// The first error wins: after it, generation goes on without harm until the next statement notices.
//
// Not thread-safe: a generator belongs to one compilation.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/compile.h"
#include "compiler/emitter.h"
#include "compiler/fold.h"
#include "compiler/symtable.h"
#include "compiler/unparse.h"

namespace oro::compiler {

// The tree's names, without those that the bytecode has too (oro::Constant).
using syntax::Identifier;
using syntax::Node;
using syntax::Expr;
using syntax::Stmt;
using syntax::Seq;
using syntax::Kind;
using syntax::ExprContext;
using syntax::as;
using syntax::cast;
using syntax::is;

enum class UnitKind : std::uint8_t {
    module,
    class_,
    function,
    async_function,
    lambda,
    comprehension,
    annotations
};

enum class BlockKind : std::uint8_t {
    while_loop,
    for_loop,
    async_for_loop,
    try_except,
    try_finally,
    finally_end,
    with,
    async_with,
    handler,
    group_handler,
    held_value
};

// A statement that `return`, `break` and `continue` must unwind when they leave it.
struct Block {
    BlockKind kind;
    int outer_handler;             // what guards the code outside of it
    Label on_continue = kNoLabel, on_break = kNoLabel;
    Reg reg = 0;  // for: iterator; with: exit pair; handler: exception, and the one before in reg + 1;
                  // held_value: what is about to be returned
    Seq<Stmt> final_body = {};     // try_finally
    Identifier name = {};          // handler: `as name`
    Position pos = {};
};

// Where a name lives, as seen from the code being generated.
struct Place {
    enum Kind : std::uint8_t {
        fast,
        cell,
        free,
        class_cell,
        class_free,
        classdict_free,
        classdict_global,
        global,
        name
    };
    Kind kind;
    Reg reg = 0;  // fast, cell: register; free: index
    Identifier id;
};

struct CompState {
    Scope* scope;
    std::unordered_map<syntax::InternedName const*, Reg> registers;
};

struct Annotation {
    syntax::AnnAssign* node;
    int conditional_index;  // -1: always
};

struct Unit {
    UnitKind kind;
    Scope* scope;
    Identifier private_class;
    Unit* parent = nullptr;
    std::shared_ptr<CodeUnit> code;
    Emitter out;
    std::vector<Block> blocks;
    std::unordered_map<syntax::InternedName const*, Reg> locals;
    std::unordered_map<std::string, Reg>
        hidden;  // free registers of inlined comprehensions, by name and depth
    std::vector<CompState> comps;                 // inlined comprehensions being generated
    std::vector<Identifier> free_names;           // sorted
    std::vector<Identifier> static_attributes;
    std::vector<Annotation> annotations;
    int conditional_annotations = 0;
    int in_conditional = 0;
    int loops = 0;
    struct Cleanup {  // of an inlined comprehension
        Label label;
        Reg exc;
        std::vector<Reg> hidden;
        int outer;
    };
    std::vector<Cleanup> cleanups;
    std::vector<char> finally_context;  // 'f' inside a finally body, 'l' inside a loop: for warnings
    Reg classdict_cell = kAnyReg, class_cell = kAnyReg, conditional_cell = kAnyReg;
};

class Generator {
public:
    Generator(Arena& arena, SymbolTable& table, CompileOptions const& options, std::uint32_t future_flags);
    CompileResult run(syntax::Mod const& tree);

private:
    // ---- errors and warnings
    void fail(std::string_view message, Range range,
              syntax::ErrorKind kind = syntax::ErrorKind::syntax_error);
    void warn(std::string_view message, Range range);
    bool failed() const { return error_ != nullptr; }
    bool too_deep(Node const* node);

    // ---- units (unit.cpp)
    Unit* enter(UnitKind kind, std::string_view name, Scope* scope, Identifier private_class, int first_line);
    void set_qualname(Unit& unit);
    std::shared_ptr<CodeUnit> leave();
    void prologue(Position pos);
    void stop_iteration_guard_begin();
    void stop_iteration_guard_end();
    Reg local_register(Identifier name);
    Reg add_local(std::string_view name, std::uint8_t kind);
    bool is_generator_like(Unit const& unit) const;
    std::uint32_t free_index(Identifier name);

    // ---- names (names.cpp)
    Place place_of(Identifier id);
    Reg load(Place const& place, Position pos, Reg want);
    Val load_in_place(Place const& place, Position pos, bool hold);
    void load_classdict(Position pos, Reg to);
    void store(Place const& place, Position pos, Val value);
    void remove(Place const& place, Position pos);
    Reg load_name(Identifier id, Position pos, Reg want) { return load(place_of(id), pos, want); }
    void store_name(Identifier id, Position pos, Val value) { store(place_of(id), pos, value); }
    // Names that the compiler itself uses in a module or class body.
    void store_text(std::string_view name, Position pos, Val value);
    Reg load_text(std::string_view name, Position pos, Reg want);
    Reg closure_cell(Identifier name, Position pos, Reg want);

    // ---- constants
    Reg load_const(Constant const& value, Position pos, Reg want);
    Val const_operand(Constant const& value, Position pos);
    std::optional<Constant> constant_of(Expr* e);
    Reg load_none(Position pos, Reg want) { return load_const(none_constant(), pos, want); }

    // ---- expressions (expressions.cpp)
    Reg gen(Expr* e, Reg want = kAnyReg);
    Reg gen_node(Expr* e, Reg want);
    Val operand(Expr* e, bool hold = false);
    void push_value(Expr* e);
    void effect(Expr* e);  // for what it does only
    Reg spine(Expr* e, Reg want);
    Val spine_step(Expr* node, Val left, Reg want);
    Reg binary(syntax::BinaryOperator op, Val left, Expr* right, Position pos, Reg want, bool in_place);
    Reg unary(syntax::UnaryOp* e, Reg want);
    Reg bool_op(syntax::BoolOp* e, Reg want);
    Reg if_exp(syntax::IfExp* e, Reg want);
    Reg compare(syntax::Compare* e, Reg want);
    void compare_op(syntax::CompareOperator op, Position pos, Reg to, Val left, Val right, bool fused);
    void check_compare(syntax::Compare* e);
    Val compared(syntax::Compare* e, std::size_t i, bool hold);
    Val container(Expr* e, bool for_iteration);
    Reg sequence(Expr* e, Seq<Expr> items, Reg want);
    void list_of(Seq<Expr> items, Reg list, Position pos);
    Reg dict(syntax::Dict* e, Reg want);
    Reg slice(syntax::Slice* e, Reg want);
    Reg subscript(Val object, Expr* index, Position pos, Reg want);
    Reg joined(Expr* e, Seq<Expr> values, Reg want);
    Reg formatted(syntax::FormattedValue* e, Reg want);
    Reg interpolation(syntax::Interpolation* e, Reg want);
    Reg template_string(syntax::TemplateStr* e, Reg want);
    Reg yield(Expr* value, Position pos, Reg want);
    Reg delegate(Val iterable, Opcode op, int kind, Position pos, Reg want, int resume);
    Reg await(Val value, Position pos, Reg want, int kind = 0);
    Reg named(syntax::NamedExpr* e, Reg want);
    void jump_if(Expr* e, Label target, bool sense);
    void jump_if_compare(syntax::Compare* e, Label target, bool sense);
    void check_subscript(Expr* value, Expr* index);
    Reg finish(Reg result, Reg want, Position pos);

    // ---- calls (calls.cpp)
    void check_callee(Expr* func);
    Val call(syntax::Call* e, Val callee, bool is_method, Reg want);
    void emit_call(Reg block, unsigned count, std::uint32_t keywords, Reg result, Position pos);
    bool super_call(Expr* value, int* arguments);
    void load_super(syntax::Attribute* e, int arguments, bool method, Reg to);
    Reg open_block();
    Reg call_with(Reg block, Seq<Expr> args, Seq<syntax::Keyword> keywords, unsigned ready, Position pos,
                  Reg want);
    Position attribute_position(syntax::Attribute* attr, Position pos);

    // ---- comprehensions (comprehensions.cpp)
    Reg comprehension(Expr* e, Reg want);
    Reg inlined(Expr* e, Scope* scope, Reg want);
    void comp_loop(Expr* e, std::size_t index, Reg accumulator, Val first_iterator);
    void comp_result(Expr* e, Reg accumulator, Reg iterator, Position pos);
    void comp_element(Expr* e, Reg accumulator);
    void emit_cleanups();

    // ---- assignment (assign.cpp)
    void assign_expr(Expr* target, Expr* value);
    void store_target(Expr* target, Val value);
    bool direct_target(Expr* target, Reg* reg);
    void unpack(Expr* node, Seq<Expr> targets, Val value);
    void swap_assign(Seq<Expr> targets, Seq<Expr> values);
    void assign(syntax::Assign* s);
    void aug_assign(syntax::AugAssign* s);
    void ann_assign(syntax::AnnAssign* s);
    void delete_target(Expr* target);
    void note_static_attribute(syntax::Attribute* target);

    // ---- statements (statements.cpp)
    void body(Seq<Stmt> statements);
    void stmt(Stmt* s);
    void suite(Seq<Stmt> statements);
    void if_stmt(syntax::If* s);
    void while_stmt(syntax::While* s);
    void for_stmt(syntax::For* s);
    void async_for(syntax::AsyncFor* s);
    void return_stmt(syntax::Return* s);
    void break_or_continue(Stmt* s, bool is_break);
    void expr_stmt(syntax::ExprStmt* s);
    void assert_stmt(syntax::Assert* s);
    void raise_stmt(syntax::Raise* s);
    void import_stmt(syntax::Import* s);
    void import_from(syntax::ImportFrom* s);

    // ---- unwinding and exceptions (exceptions.cpp)
    bool push_block(Block block, Range range);
    void unwind(Block const& block, Position& pos, Reg held = kAnyReg);
    void unwind_all(Position& pos, Val value);         // for return
    void try_stmt(Seq<Stmt> body, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse, Seq<Stmt> final_body,
                  bool star, Stmt* s);
    void try_finally(Seq<Stmt> body, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse,
                     Seq<Stmt> final_body, bool star, Stmt* s);
    void try_except(Seq<Stmt> body, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse, Stmt* s);
    void try_star(Seq<Stmt> body, Seq<syntax::ExceptHandler> handlers, Seq<Stmt> orelse, Stmt* s);
    void handler_body(syntax::ExceptHandler* h, Reg before, int outer);
    void unbind(Identifier name, Position pos);
    void cleanup_handler(Label label, Reg exc, Reg before, int outer);

    // ---- with (with.cpp)
    template <class S>
    void with_stmt(S* s, std::size_t index);
    void call_exit(Block const& block, Position pos);

    // ---- match (match.cpp)
    struct Matching;
    void match_stmt(syntax::Match* s);
    void pattern(syntax::Pattern* p, Reg subject, bool owned, Matching& m);
    void sequence_pattern(syntax::MatchSequence* p, Reg subject, bool owned, Matching& m);
    void mapping_pattern(syntax::MatchMapping* p, Reg subject, bool owned, Matching& m);
    void class_pattern(syntax::MatchClass* p, Reg subject, bool owned, Matching& m);
    void or_pattern(syntax::MatchOr* p, Reg subject, bool owned, Matching& m);
    void capture(Identifier name, Node* node, Reg subject, bool owned, Matching& m);

    // ---- functions (functions.cpp)
    template <class Def>
    void function_def(Def* s, bool is_async);
    Reg lambda(syntax::Lambda* e, Reg want);
    unsigned defaults(syntax::Arguments* args, Position pos);  // pushes them; FN_ flags
    Reg make_function(std::shared_ptr<CodeUnit> code, Scope* scope, unsigned flags, unsigned pushed,
                      Position pos, Reg want);
    void count_parameters(syntax::Arguments* args);
    void decorators(Seq<Expr> list);
    void apply_decorators(Seq<Expr> list);
    bool function_annotations(Stmt* s, syntax::Arguments* args, Expr* returns);
    std::optional<std::string> take_docstring(Seq<Stmt>& statements, Position* pos = nullptr);
    void add_docstring(Seq<Stmt>& statements);
    template <class Def>
    Reg function_body(Def* s, bool is_async, unsigned flags, unsigned pushed, int first_line);
    Reg call_made(Reg block, unsigned arguments, Position pos);

    // ---- classes (classes.cpp)
    void class_def(syntax::ClassDef* s);
    std::shared_ptr<CodeUnit> class_body(syntax::ClassDef* s, int first_line);

    // ---- annotations and type parameters (annotations.cpp)
    void begin_annotations(Scope* scope, std::string_view name, Position pos, char const* parameter);
    std::shared_ptr<CodeUnit> end_annotations();
    void annotation_value(Expr* annotation, Reg want);
    std::shared_ptr<CodeUnit> deferred_annotations(Position pos);
    void start_module_annotations();
    Reg type_params(Seq<syntax::TypeParam> params, Position pos);
    void type_alias(syntax::TypeAlias* s);
    Reg alias_value(syntax::TypeAlias* s, Reg params);
    void lazy_value(Expr* e, Identifier name, ScopeRole role, Position pos, bool star);
    Reg text_of(Expr* e, Position pos, Reg want);

    Position at(Node const* n) const { return {n->lineno, n->end_lineno, n->col_offset, n->end_col_offset}; }
    static constexpr Position nowhere() { return {}; }
    Reg dest(Reg want) { return want == kAnyReg ? out->push() : want; }
    Identifier id(std::string_view text) { return table_.intern(text); }
    Identifier mangled(Identifier name) { return table_.mangled(unit->scope, unit->private_class, name); }

    Arena& arena_;
    SymbolTable& table_;
    CompileOptions const& options_;
    std::uint32_t future_flags_;
    std::uintptr_t stack_base_;
    syntax::SyntaxError const* error_ = nullptr;
    std::vector<syntax::SyntaxWarning> warnings_;
    int silent_ = 0;  // warnings are not repeated for code that is generated twice
    bool interactive_ = false;
    Position first_statement_;
    std::vector<std::unique_ptr<Unit>> units_;
    std::unordered_set<Expr const*> not_constant_;

public:
    Range last_future;  // the last `from __future__` import
    Unit* unit = nullptr;     // the innermost one
    Emitter* out = nullptr;   // its instructions
};

}  // namespace oro::compiler
