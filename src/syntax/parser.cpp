// Starting the parser, its tokens, its faults, and the nodes every part needs.
#include "syntax/parser.h"

#include <string>

#include "base/unicode_ident.h"

namespace oro::syntax {

Parser::Parser(Arena& arena, const SourceText& source, std::span<const Token> tokens,
               const ParseOptions& options, Interner& names, std::vector<SyntaxWarning>& warnings)
    : arena_(arena),
      source_(source),
      tokens_(tokens),
      tok_(tokens.data()),
      options_(options),
      names_(names),
      warnings_(warnings),
      flufl_(options.barry_as_flufl) {
    for (Token& t : poison_) t.type = Tok::Error;
    auto stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    stack_limit_ = stack > options.stack_budget ? stack - options.stack_budget : 0;
}

Mod* Parser::parse() {
    Mod* result = nullptr;
    switch (options_.mode) {
    case ParseMode::exec: {
        std::span<Stmt*> body = statements_until_end();
        expect(Tok::EndMarker);
        auto* m = arena_.make<Module>();
        m->kind = Kind::Module;
        m->body = body;
        result = m;
        break;
    }
    case ParseMode::single: {
        Items<Stmt> body(*this);
        if (at(Tok::Newline)) {
            Position start = here();
            ++tok_;
            // A line without a statement counts as one that does nothing.
            body.add(statement_node<Pass>(start));
            body[0]->end_lineno = tok_[-1].end_lineno;
            body[0]->end_col_offset = tok_[-1].end_col;
        } else {
            bool compound = starts_compound_statement();
            statement(body);
            // A compound statement is ended by an empty line.
            if (compound) expect(Tok::Newline);
            if (!failed_ && more_statements(tok_[-1])) {
                error_is_final_ = true;
                report_at_or_here(tok_[-1], "multiple statements found while compiling a single statement");
            }
        }
        auto* m = arena_.make<Interactive>();
        m->kind = Kind::Interactive;
        m->body = body.take();
        result = m;
        break;
    }
    case ParseMode::eval: {
        Position start = here();
        Expr* e = tuple_of(expression(), start, &Parser::expression);
        while (take(Tok::Newline)) {}
        expect(Tok::EndMarker);
        auto* m = arena_.make<Expression>();
        m->kind = Kind::Expression;
        m->body = e;
        result = m;
        break;
    }
    case ParseMode::func_type: result = function_type(); break;
    }
    return failed_ ? nullptr : result;
}

// Whether anything but white space and comments follows the token.
bool Parser::more_statements(const Token& last) const {
    std::string_view rest = source_.text().substr(last.end);
    while (!rest.empty()) {
        std::size_t at = rest.find_first_not_of(" \t\n\f");
        if (at == rest.npos) return false;
        if (rest[at] != '#') return true;
        rest.remove_prefix(std::min(rest.find('\n', at), rest.size()));
    }
    return false;
}

Expr* Parser::expression_at(std::size_t index, Expr* (Parser::*parse)()) {
    tok_ = tokens_.data() + index;
    failed_ = false;
    too_deep_ = false;
    error_ = nullptr;
    Expr* e = (this->*parse)();
    return failed_ ? nullptr : e;
}

// The arguments of a call, from the token on, as far as they can be read.
std::pair<std::span<Expr*>, std::span<Keyword*>> Parser::arguments_at(std::size_t index) {
    tok_ = tokens_.data() + index;
    failed_ = false;
    std::span<Expr*> args;
    std::span<Keyword*> keywords;
    arguments(args, keywords);
    return {args, keywords};
}

void Parser::fail() {
    if (failed_) return;
    failed_ = true;
    failed_at_ = tok_;
    tok_ = poison_ + 1;
}

void Parser::fail_too_deep() {
    if (failed_) return;
    fail();
    too_deep_ = true;
}

void Parser::report(ErrorKind kind, Position start, Position end, std::string_view message) {
    if (failed_) return;
    auto* e = arena_.make<SyntaxError>();
    e->kind = kind;
    e->message = arena_.copy(message);
    std::string_view line = source_.line(start.lineno);
    // The newline is part of the text only where reading has not gone on to another line.
    if (tok_ != tokens_.data() && tok_[-1].end_lineno > start.lineno && line.ends_with('\n'))
        line.remove_suffix(1);
    e->lineno = start.lineno;
    e->offset = char_column(line, start.col + 1);
    e->end_lineno = end.lineno;
    e->end_offset = char_column(line, end.col + 1);
    e->text = arena_.copy(line);
    error_ = e;
    fail();
}

void Parser::report_at(const Token& t, std::string_view message) {
    if (!failed_) error_token_ = static_cast<std::size_t>(&t - tokens_.data());
    report(ErrorKind::syntax_error, {t.lineno, t.col}, {t.end_lineno, t.end_col}, message);
}

void Parser::report_at_or_here(const Token& t, std::string_view message) {
    if (t.col >= 0) return report_at(t, message);
    if (!failed_) error_token_ = static_cast<std::size_t>(&t - tokens_.data());
    std::string_view before = source_.text().substr(0, t.end);
    std::size_t line_start = 0;
    for (int i = 1; i < t.end_lineno; ++i) line_start = before.find('\n', line_start) + 1;
    int col = static_cast<int>(t.end - line_start);
    report(ErrorKind::syntax_error, {t.lineno, col - 1}, {t.end_lineno, -2}, message);
}

Identifier Parser::intern_token(const Token& t) {
    std::string_view text = text_of(t);
    for (char c : text) {
        if (c & 0x80) {
            std::string normal;
            append_nfkc(text, normal);
            return names_.intern(normal);
        }
    }
    return names_.intern(text);
}

Identifier Parser::identifier() {
    if (!at(Tok::Name)) {
        fail();
        return {};
    }
    return intern_token(*tok_++);
}

Name* Parser::name_node(ExprContext ctx) {
    Position start = here();
    Identifier id = identifier();
    auto* n = node<Name>(start);
    n->id = id;
    n->ctx = ctx;
    return n;
}

Constant* Parser::constant_node(Position start, ConstantValue value) {
    auto* n = node<Constant>(start);
    n->value = value;
    return n;
}

FunctionType* Parser::function_type() {
    auto* f = arena_.make<FunctionType>();
    f->kind = Kind::FunctionType;
    expect(Tok::LeftParen);
    Items<Expr> types(*this);
    bool star_seen = false;
    while (!failed_ && !at(Tok::RightParen)) {
        // `*` and `**` go by without a trace, but only the last two arguments may have them, in this order.
        bool twice = take(Tok::DoubleStar);
        bool star = !twice && take(Tok::Star);
        if (star_seen && !twice) fail();
        star_seen |= star;
        types.add(expression());
        if (twice || !take(Tok::Comma)) break;
        if (at(Tok::RightParen)) fail();
    }
    expect(Tok::RightParen);
    expect(Tok::Arrow);
    f->returns = expression();
    while (take(Tok::Newline)) {}
    expect(Tok::EndMarker);
    f->argtypes = types.take();
    return f;
}

}  // namespace oro::syntax
