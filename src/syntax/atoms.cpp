// Names, literals and displays.
#include "syntax/parser.h"

namespace oro::syntax {

Expr* Parser::atom() {
    Position start = here();
    switch (tok_->type) {
    case Tok::Name: return name_node(ExprContext::Load);
    case Tok::Number: return number();
    case Tok::String:
    case Tok::FstringStart:
    case Tok::TstringStart: return strings();
    case Tok::LeftParen: return parenthesized();
    case Tok::LeftSquare: return list_display();
    case Tok::LeftBrace: return brace_display();
    case Tok::KwTrue: ++tok_; return constant_node(start, ConstantValue::boolean(true));
    case Tok::KwFalse: ++tok_; return constant_node(start, ConstantValue::boolean(false));
    case Tok::KwNone: ++tok_; return constant_node(start, ConstantValue::none());
    case Tok::Ellipsis: ++tok_; return constant_node(start, ConstantValue::ellipsis());
    default:
        fail();
        return constant_node(start, ConstantValue::none());
    }
}

// `( ... )`: a tuple, a group or a generator expression.
Expr* Parser::parenthesized() {
    Descent guard(*this);
    Position start = here();
    if (!take(Tok::LeftParen)) return constant_node(start, ConstantValue::none());
    if (take(Tok::RightParen)) return node<Tuple>(start);
    if (at(Tok::KwYield)) {
        Expr* e = yield_expression();
        expect(Tok::RightParen);
        return e;
    }
    bool starred = at(Tok::Star);
    Expr* first = star_named_expression();
    if (at(Tok::Comma)) {
        Items<Expr> items(*this);
        items.add(first);
        while (take(Tok::Comma) && starts_expression()) items.add(star_named_expression());
        expect(Tok::RightParen);
        auto* t = node<Tuple>(start);
        t->elts = items.take();
        return t;
    }
    if (starred) fail();
    if (at_comprehension()) {
        auto generators = comprehension_clauses();
        expect(Tok::RightParen);
        auto* g = node<GeneratorExp>(start);
        g->elt = first;
        g->generators = generators;
        return g;
    }
    expect(Tok::RightParen);
    return first;
}

Expr* Parser::list_display() {
    Descent guard(*this);
    Position start = here();
    if (!take(Tok::LeftSquare)) return constant_node(start, ConstantValue::none());
    Items<Expr> items(*this);
    if (starts_expression()) {
        bool starred = at(Tok::Star);
        Expr* first = star_named_expression();
        if (!starred && at_comprehension()) {
            auto generators = comprehension_clauses();
            expect(Tok::RightSquare);
            auto* c = node<ListComp>(start);
            c->elt = first;
            c->generators = generators;
            return c;
        }
        items.add(first);
        while (take(Tok::Comma) && starts_expression()) items.add(star_named_expression());
    }
    expect(Tok::RightSquare);
    auto* l = node<List>(start);
    l->elts = items.take();
    return l;
}

// `{ ... }`: a dict, a set, or a comprehension of either.
Expr* Parser::brace_display() {
    Descent guard(*this);
    Position start = here();
    if (!take(Tok::LeftBrace)) return constant_node(start, ConstantValue::none());
    if (at(Tok::RightBrace) || at(Tok::DoubleStar)) return dict_display(start, nullptr);
    bool plain = !at(Tok::Star) && !(at(Tok::Name) && next_is(Tok::ColonEqual));
    bool starred = at(Tok::Star);
    Expr* first = star_named_expression();
    if (plain && at(Tok::Colon)) return dict_display(start, first);
    if (!starred && at_comprehension()) {
        auto generators = comprehension_clauses();
        expect(Tok::RightBrace);
        auto* c = node<SetComp>(start);
        c->elt = first;
        c->generators = generators;
        return c;
    }
    Items<Expr> items(*this);
    items.add(first);
    while (take(Tok::Comma) && starts_expression()) items.add(star_named_expression());
    expect(Tok::RightBrace);
    auto* s = node<Set>(start);
    s->elts = items.take();
    return s;
}

// The rest of a dict display, behind its brace and, unless null, its first key.
Expr* Parser::dict_display(Position start, Expr* first_key) {
    Items<Expr> keys(*this);
    std::vector<Expr*> values;
    Expr* key = first_key;
    while (key || starts_expression() || at(Tok::DoubleStar)) {
        if (!key && take(Tok::DoubleStar)) {
            keys.add(nullptr);
            values.push_back(bitwise_or());
        } else {
            if (!key) key = expression();
            expect(Tok::Colon);
            Expr* value = expression();
            if (key == first_key && at_comprehension()) {
                auto generators = comprehension_clauses();
                expect(Tok::RightBrace);
                auto* c = node<DictComp>(start);
                c->key = key;
                c->value = value;
                c->generators = generators;
                return c;
            }
            keys.add(key);
            values.push_back(value);
        }
        key = nullptr;
        if (!take(Tok::Comma)) break;
    }
    expect(Tok::RightBrace);
    auto* d = node<Dict>(start);
    d->keys = keys.take();
    d->values = arena_.copy(std::span<Expr* const>(values));
    return d;
}

std::span<Comprehension*> Parser::comprehension_clauses() {
    Items<Comprehension> clauses(*this);
    while (at_comprehension()) clauses.add(comprehension_clause());
    return clauses.take();
}

Comprehension* Parser::comprehension_clause() {
    auto* c = arena_.make<Comprehension>();
    c->kind = Kind::Comprehension;
    c->is_async = take(Tok::KwAsync);
    ++tok_;
    c->target = star_targets();
    expect(Tok::KwIn);
    c->iter = disjunction();
    Items<Expr> conditions(*this);
    while (take(Tok::KwIf)) conditions.add(disjunction());
    c->ifs = conditions.take();
    return c;
}

}  // namespace oro::syntax
