// Compound statements and their blocks. `match` has a file of its own, patterns.cpp.
#include "syntax/parser.h"

namespace oro::syntax {

bool Parser::starts_compound_statement() const {
    switch (tok_->type) {
    case Tok::KwIf:
    case Tok::KwDef:
    case Tok::KwClass:
    case Tok::At:
    case Tok::KwFor:
    case Tok::KwTry:
    case Tok::KwWith:
    case Tok::KwWhile:
    case Tok::KwAsync: return true;
    case Tok::Name: return at_match_statement();
    default: return false;
    }
}

void Parser::statement(Items<Stmt>& out) {
    Position start = here();
    switch (tok_->type) {
    case Tok::KwIf: return out.add(if_statement());
    case Tok::KwDef: return out.add(function_definition(start, false, {}));
    case Tok::KwClass: return out.add(class_definition({}));
    case Tok::At: return out.add(decorated());
    case Tok::KwFor: return out.add(for_statement(start, false));
    case Tok::KwTry: return out.add(try_statement());
    case Tok::KwWith: return out.add(with_statement(start, false));
    case Tok::KwWhile: return out.add(while_statement());
    case Tok::KwAsync: return out.add(async_statement());
    case Tok::Name:
        if (at_match_statement()) return out.add(match_statement());
        break;
    default: break;
    }
    simple_statements(out);
}

// A colon's block: indented lines, or simple statements on the same line.
std::span<Stmt*> Parser::block() {
    Descent guard(*this);
    expect(Tok::Colon);
    Items<Stmt> body(*this);
    if (take(Tok::Newline)) {
        expect(Tok::Indent);
        do statement(body);
        while (!failed_ && !at(Tok::Dedent) && !at(Tok::EndMarker));
        expect(Tok::Dedent);
    } else {
        simple_statements(body);
    }
    return body.take();
}

// `if` with its `elif`s, which nest in the tree. Read in one loop, so that a long chain needs no stack.
Stmt* Parser::if_statement() {
    Items<If> chain(*this);
    for (;;) {
        Position start = here();
        ++tok_;
        Expr* test = named_expression();
        std::span<Stmt*> body = block();
        auto* i = statement_node<If>(start);
        i->test = test;
        i->body = body;
        chain.add(i);
        if (!at(Tok::KwElif)) break;
    }
    chain[chain.size() - 1]->orelse = else_block();
    for (std::size_t i = chain.size() - 1; i > 0; --i) {
        chain[i - 1]->orelse = arena_.make_array<Stmt*>(1);
        chain[i - 1]->orelse[0] = chain[i];
    }
    // All of them end where the last does.
    If* end = statement_node<If>({});
    for (std::size_t i = 0; i < chain.size(); ++i) {
        chain[i]->end_lineno = end->end_lineno;
        chain[i]->end_col_offset = end->end_col_offset;
    }
    return chain[0];
}

std::span<Stmt*> Parser::else_block() {
    if (!take(Tok::KwElse)) return {};
    return block();
}

Stmt* Parser::while_statement() {
    Position start = here();
    ++tok_;
    Expr* test = named_expression();
    std::span<Stmt*> body = block();
    std::span<Stmt*> orelse = else_block();
    auto* w = statement_node<While>(start);
    w->test = test;
    w->body = body;
    w->orelse = orelse;
    return w;
}

Stmt* Parser::for_statement(Position start, bool async) {
    ++tok_;
    Expr* target = star_targets();
    expect(Tok::KwIn);
    Expr* iter = star_expressions();
    std::span<Stmt*> body = block();
    std::span<Stmt*> orelse = else_block();
    auto make = [&](auto* f) {
        f->target = target;
        f->iter = iter;
        f->body = body;
        f->orelse = orelse;
        return f;
    };
    if (async) return make(statement_node<AsyncFor>(start));
    return make(statement_node<For>(start));
}

Stmt* Parser::with_statement(Position start, bool async) {
    ++tok_;
    Items<WithItem> items(*this);
    if (!at(Tok::LeftParen) || !parenthesized_with_items(items)) {
        do items.add(with_item());
        while (take(Tok::Comma));
    }
    std::span<Stmt*> body = block();
    auto make = [&](auto* w) {
        w->items = items.take();
        w->body = body;
        return w;
    };
    if (async) return make(statement_node<AsyncWith>(start));
    return make(statement_node<With>(start));
}

// `( item, ... )` in front of a colon. False, with nothing taken, when the parenthesis starts an expression
// instead.
bool Parser::parenthesized_with_items(Items<WithItem>& items) {
    const Token* close = tok_ + 1;
    for (int depth = 1; depth > 0; ++close) {
        switch (close->type) {
        case Tok::LeftParen:
        case Tok::LeftSquare:
        case Tok::LeftBrace: ++depth; break;
        case Tok::RightParen:
        case Tok::RightSquare:
        case Tok::RightBrace: --depth; break;
        case Tok::EndMarker:
        case Tok::Error: return false;
        default: break;
        }
    }
    if (close->type != Tok::Colon) return false;

    const Token* start = tok_;
    std::size_t warnings = warnings_.size();
    ++tok_;
    do {
        if (at(Tok::RightParen)) break;
        items.add(with_item());
    } while (take(Tok::Comma));
    if (items.empty() || !at(Tok::RightParen)) fail();
    if (!failed_) {
        ++tok_;
        return true;
    }
    // An expression after all; faults in values show up again.
    failed_ = false;
    error_ = nullptr;
    tok_ = start;
    warnings_.resize(warnings);
    items.clear();
    return false;
}

WithItem* Parser::with_item() {
    Expr* context = expression();
    Expr* vars = nullptr;
    if (take(Tok::KwAs)) {
        vars = with_target();
        if (!at(Tok::Comma) && !at(Tok::RightParen) && !at(Tok::Colon)) fail();
    }
    auto* w = arena_.make<WithItem>();
    w->kind = Kind::WithItem;
    w->context_expr = context;
    w->optional_vars = vars;
    return w;
}

Stmt* Parser::try_statement() {
    Position start = here();
    ++tok_;
    std::span<Stmt*> body = block();
    Items<ExceptHandler> handlers(*this);
    bool star = at(Tok::KwExcept) && next_is(Tok::Star);
    while (at(Tok::KwExcept)) {
        if (next_is(Tok::Star) != star) {
            fail();
            break;
        }
        handlers.add(except_block(star));
    }
    std::span<Stmt*> orelse;
    if (!handlers.empty()) orelse = else_block();
    std::span<Stmt*> finalbody;
    if (take(Tok::KwFinally))
        finalbody = block();
    else if (handlers.empty())
        fail();
    auto make = [&](auto* t) {
        t->body = body;
        t->handlers = handlers.take();
        t->orelse = orelse;
        t->finalbody = finalbody;
        return t;
    };
    if (star) return make(statement_node<TryStar>(start));
    return make(statement_node<Try>(start));
}

ExceptHandler* Parser::except_block(bool star) {
    Position start = here();
    ++tok_;
    if (star) ++tok_;
    Expr* type = nullptr;
    Identifier name;
    if (star || !at(Tok::Colon)) {
        Position type_start = here();
        type = expression();
        if (take(Tok::KwAs)) {
            name = identifier();
        } else if (at(Tok::Comma)) {
            // Several types need no parentheses, if they are not bound to a name.
            Items<Expr> types(*this);
            types.add(type);
            while (take(Tok::Comma) && starts_expression()) types.add(expression());
            auto* t = node<Tuple>(type_start);
            t->elts = types.take();
            type = t;
        }
    }
    std::span<Stmt*> body = block();
    auto* h = statement_node<ExceptHandler>(start);
    h->type = type;
    h->name = name;
    h->body = body;
    return h;
}

Stmt* Parser::async_statement() {
    Position start = here();
    ++tok_;
    switch (tok_->type) {
    case Tok::KwDef: return function_definition(start, true, {});
    case Tok::KwFor: return for_statement(start, true);
    case Tok::KwWith: return with_statement(start, true);
    default:
        fail();
        return node<Pass>(start);
    }
}

Stmt* Parser::decorated() {
    Items<Expr> decorators(*this);
    while (take(Tok::At)) {
        decorators.add(named_expression());
        expect(Tok::Newline);
    }
    Position start = here();
    if (at(Tok::KwClass)) return class_definition(decorators.take());
    bool async = take(Tok::KwAsync);
    if (!at(Tok::KwDef)) fail();
    return function_definition(start, async, decorators.take());
}

// At `def`; `start` is where `async` stands, when it does.
Stmt* Parser::function_definition(Position start, bool async, std::span<Expr*> decorators) {
    if (failed_) return node<Pass>(start);
    ++tok_;
    Identifier name = identifier();
    std::span<TypeParam*> params = type_params();
    expect(Tok::LeftParen);
    Arguments* args = parameters(Tok::RightParen, true);
    expect(Tok::RightParen);
    Expr* returns = take(Tok::Arrow) ? expression() : nullptr;
    std::span<Stmt*> body = block();
    auto make = [&](auto* f) {
        f->name = name;
        f->args = args;
        f->body = body;
        f->decorator_list = decorators;
        f->returns = returns;
        f->type_params = params;
        return f;
    };
    if (async) return make(statement_node<AsyncFunctionDef>(start));
    return make(statement_node<FunctionDef>(start));
}

Stmt* Parser::class_definition(std::span<Expr*> decorators) {
    Position start = here();
    ++tok_;
    Identifier name = identifier();
    std::span<TypeParam*> params = type_params();
    std::span<Expr*> bases;
    std::span<Keyword*> keywords;
    if (take(Tok::LeftParen)) {
        if (!at(Tok::RightParen)) arguments(bases, keywords);
        expect(Tok::RightParen);
    }
    std::span<Stmt*> body = block();
    auto* c = statement_node<ClassDef>(start);
    c->name = name;
    c->bases = bases;
    c->keywords = keywords;
    c->body = body;
    c->decorator_list = decorators;
    c->type_params = params;
    return c;
}

}  // namespace oro::syntax
