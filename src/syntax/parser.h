// The parser proper: recursive descent over an array of tokens, straight to the tree.
//
// It only tells right from wrong. After the first fault it reads from a poisoned token that fits nowhere, so
// that every function returns soon, with nodes that nobody will look at; no function returns null unless it
// says so. The words for the fault are found afterwards by the diagnoser, except for faults in values
// (strings, numbers), which are reported here.
//
// Which construct starts is always told by the next token or by a scan ahead; only parenthesised `with` items
// are tried and taken back.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "syntax/ast.h"
#include "syntax/errors.h"
#include "syntax/parse.h"
#include "syntax/source_text.h"
#include "syntax/token.h"

namespace oro::syntax {

// Where a node starts.
struct Position {
    int lineno;
    int col;
};

class Parser {
public:
    // `tokens` must end in an EndMarker or Error token.
    Parser(Arena& arena, const SourceText& source, std::span<const Token> tokens, const ParseOptions& options,
           Interner& names, std::vector<SyntaxWarning>& warnings);

    // Null after a fault.
    Mod* parse();

    // The fault, when it was one in a value; else null, and failed_at() tells the token that did not fit.
    const SyntaxError* error() const { return error_; }
    // The last token read for it.
    std::size_t error_token() const { return error_token_; }
    // That fault is final, whatever the rest of the text holds.
    bool error_is_final() const { return error_is_final_; }
    std::size_t failed_at() const { return static_cast<std::size_t>(failed_at_ - tokens_.data()); }
    std::size_t position() const { return static_cast<std::size_t>(tok_ - tokens_.data()); }
    bool too_deep() const { return too_deep_; }
    bool flufl() const { return flufl_; }
    // The first token of the outermost statement before the one being read.
    std::size_t previous_statement() const { return previous_statement_; }

    // For the diagnoser: what the tokens from `index` on mean as an expression of this sort.
    Expr* expression_at(std::size_t index, Expr* (Parser::*parse)());

    std::pair<std::span<Expr*>, std::span<Keyword*>> arguments_at(std::size_t index);

    Expr* star_expressions();
    Expr* named_expression();
    Expr* star_named_expression();
    Expr* yield_expression();
    Expr* inversion_expression() { return inversion(); }
    Expr* strings();
    Expr* expression();
    Expr* disjunction();
    Expr* comparison();
    Expr* bitwise_or();

private:
    template <class T>
    class Items;
    struct Parameters;

    // --- tokens
    bool at(Tok t) const { return tok_->type == t; }
    bool next_is(Tok t) const { return tok_[1].type == t; }
    bool take(Tok t) {
        if (tok_->type != t) return false;
        ++tok_;
        return true;
    }
    void expect(Tok t) {
        if (!take(t)) fail();
    }
    bool at_name(std::string_view text) const { return at(Tok::Name) && text_of(*tok_) == text; }
    std::string_view text_of(const Token& t) const { return source_.slice(t.start, t.end); }
    Position here() const { return {tok_->lineno, tok_->col}; }

    // --- faults
    void fail();
    void fail_too_deep();
    void report(ErrorKind kind, Position start, Position end, std::string_view message);
    void report_at(const Token& token, std::string_view message);
    // A token without columns stands where reading stopped.
    void report_at_or_here(const Token& token, std::string_view message);
    struct Descent;

    // --- nodes
    // A node from `start` to the last token taken.
    template <class T>
    T* node(Position start) {
        T* n = arena_.make<T>();
        n->kind = T::kKind;
        n->lineno = start.lineno;
        n->col_offset = start.col;
        n->end_lineno = tok_[-1].end_lineno;
        n->end_col_offset = tok_[-1].end_col;
        return n;
    }
    // The same for statements whose last tokens may be the end of a line and of blocks.
    template <class T>
    T* statement_node(Position start) {
        T* n = node<T>(start);
        const Token* last = tok_ - 1;
        while (last->type == Tok::EndMarker || (last->type >= Tok::Newline && last->type <= Tok::Dedent))
            --last;
        n->end_lineno = last->end_lineno;
        n->end_col_offset = last->end_col;
        return n;
    }
    Identifier identifier();  // takes a name
    Identifier intern_token(const Token& t);
    Name* name_node(ExprContext ctx);
    Constant* constant_node(Position start, ConstantValue value);

    bool more_statements(const Token& last) const;

    // --- expressions (expressions.cpp)
    Expr* conjunction();
    Expr* inversion();
    Expr* binary(int min_precedence);
    Expr* factor();
    Expr* power();
    Expr* primary();
    Expr* lambda();
    Expr* star_expression();
    Expr* yield_or_star_expressions();
    Expr* tuple_of(Expr* first, Position start, Expr* (Parser::*item)());
    bool compare_operator(CompareOperator& op);
    bool starts_expression() const;

    // --- atoms, displays, calls (atoms.cpp, calls.cpp)
    Expr* atom();
    Expr* number();
    Expr* parenthesized();
    Expr* list_display();
    Expr* brace_display();
    Expr* dict_display(Position start, Expr* first_key);
    std::span<Comprehension*> comprehension_clauses();
    Comprehension* comprehension_clause();
    bool at_comprehension() const { return at(Tok::KwFor) || (at(Tok::KwAsync) && next_is(Tok::KwFor)); }
    // `start` is where the primary started, which may be a parenthesis before the callee.
    Expr* call(Expr* callee, Position start);
    void arguments(std::span<Expr*>& args, std::span<Keyword*>& keywords);
    Expr* subscript(Expr* value, Position start);
    Expr* slices();
    Expr* slice();

    // --- strings (strings.cpp, fstrings.cpp)
    // Text of a string token between its quotes.
    struct StringBody {
        std::string_view text;
        bool raw = false;
        bool bytes = false;
        bool unicode = false;  // has the prefix u
        int quote_size = 0;
    };
    StringBody string_body(const Token& t) const;
    Constant* plain_string();
    ConstantValue decode_str(std::string_view text, bool raw, const Token& token, const Token& warn_token);
    ConstantValue decode_bytes(const StringBody& body, const Token& token);
    void decode_fault(const Token& token, std::string_view text, std::size_t start, std::size_t end,
                      std::string_view reason);
    void warn_escape(const Token& token, std::string_view text, std::size_t at);
    void format_string(Items<Expr>& out);  // f-strings and t-strings
    std::span<Expr*> format_string_parts();
    void replacement_field(Items<Expr>& out, bool interpolation, bool raw);
    Expr* format_spec(bool raw);
    Constant* format_text(bool raw, const Token& token, const Token& warn_token);
    std::string_view field_source(const Token* first, const Token* end);
    std::span<Expr*> merge_constants(std::span<Expr*> parts, bool drop_empty);

    // --- targets (targets.cpp)
    // Makes an expression read so far the target of an assignment; fails when it can't be one.
    Expr* as_target(Expr* e, ExprContext ctx, bool star_allowed);
    Expr* as_single_target(Expr* e);
    Expr* star_targets();  // up to `in`
    Expr* with_target();

    // --- statements (statements.cpp, compound.cpp)
    std::span<Stmt*> statements_until_end();
    bool starts_compound_statement() const;
    void statement(Items<Stmt>& out);
    void simple_statements(Items<Stmt>& out);
    Stmt* simple_statement();
    Stmt* expression_statement();
    Stmt* assignment(Expr* first, Position start);
    Stmt* return_statement();
    Stmt* raise_statement();
    Stmt* delete_statement();
    Stmt* assert_statement();
    Stmt* import_statement();
    Stmt* import_from_statement();
    Alias* import_from_alias();
    Identifier dotted_name();
    template <class T>
    Stmt* scope_statement();
    Stmt* type_alias();
    bool at_type_alias() const;

    std::span<Stmt*> block();
    Stmt* if_statement();
    std::span<Stmt*> else_block();
    Stmt* while_statement();
    Stmt* for_statement(Position start, bool async);
    Stmt* with_statement(Position start, bool async);
    bool parenthesized_with_items(Items<WithItem>& items);
    WithItem* with_item();
    Stmt* try_statement();
    ExceptHandler* except_block(bool star);
    Stmt* async_statement();
    Stmt* decorated();
    Stmt* function_definition(Position start, bool async, std::span<Expr*> decorators);
    Stmt* class_definition(std::span<Expr*> decorators);
    std::span<TypeParam*> type_params();
    TypeParam* type_param();

    // --- parameters (parameters.cpp)
    Arguments* parameters(Tok close, bool annotated);
    Arg* parameter(bool annotated, bool star);

    // --- match (patterns.cpp)
    bool at_match_statement() const;
    Stmt* match_statement();
    MatchCase* case_block();
    Pattern* patterns();
    Pattern* maybe_star_pattern();
    Pattern* as_pattern();
    Pattern* or_pattern();
    Pattern* closed_pattern();
    Pattern* sequence_pattern(Tok close);
    Pattern* mapping_pattern();
    Pattern* class_or_value_pattern();
    Expr* name_or_attribute();
    Expr* signed_number();
    Identifier pattern_capture_target();

    FunctionType* function_type();

    Arena& arena_;
    const SourceText& source_;
    std::span<const Token> tokens_;
    const Token* tok_;
    const ParseOptions& options_;
    Interner& names_;
    std::vector<SyntaxWarning>& warnings_;

    std::size_t previous_statement_ = 0, statement_start_ = 0;
    bool failed_ = false;
    bool too_deep_ = false;
    bool error_is_final_ = false;
    bool flufl_;
    const Token* failed_at_ = nullptr;
    const SyntaxError* error_ = nullptr;
    std::size_t error_token_ = 0;
    Token poison_[4];
    std::uintptr_t stack_limit_;
    // Lists under construction, innermost last.
    std::vector<void*> scratch_;
};

// A list being collected. Nested lists stack up in one vector: none may grow while one begun later is alive.
template <class T>
class Parser::Items {
public:
    explicit Items(Parser& p) : scratch_(p.scratch_), arena_(p.arena_), base_(scratch_.size()) {}
    Items(const Items&) = delete;
    Items& operator=(const Items&) = delete;
    ~Items() { scratch_.resize(base_); }

    void add(T* item) { scratch_.push_back(item); }
    std::size_t size() const { return scratch_.size() - base_; }
    bool empty() const { return size() == 0; }
    T* operator[](std::size_t i) const { return static_cast<T*>(scratch_[base_ + i]); }
    void clear() { scratch_.resize(base_); }
    std::span<T*> take() const {
        auto out = arena_.make_array<T*>(size());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = (*this)[i];
        return out;
    }

private:
    std::vector<void*>& scratch_;
    Arena& arena_;
    std::size_t base_;
};

// Guards a function that may call itself for every token of the input.
struct Parser::Descent {
    explicit Descent(Parser& p) {
        if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < p.stack_limit_) p.fail_too_deep();
    }
};

inline Expr* Parser::bitwise_or() { return binary(1); }

}  // namespace oro::syntax
