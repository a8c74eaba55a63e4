// Calls and subscripts: what follows a primary in brackets.
#include "syntax/parser.h"

namespace oro::syntax {

Expr* Parser::call(Expr* callee, Position start) {
    Descent guard(*this);
    Position paren = here();
    if (!take(Tok::LeftParen)) return callee;
    std::span<Expr*> args;
    std::span<Keyword*> keywords;
    if (!at(Tok::RightParen)) {
        // A generator expression may be the only argument without parentheses of its own.
        arguments(args, keywords);
        if (args.size() == 1 && keywords.empty() && at_comprehension() && tok_[-1].type != Tok::Comma &&
            !is<Starred>(args[0])) {
            auto generators = comprehension_clauses();
            expect(Tok::RightParen);
            auto* g = node<GeneratorExp>(paren);
            g->elt = args[0];
            g->generators = generators;
            args[0] = g;
            auto* c = node<Call>(start);
            c->func = callee;
            c->args = args;
            return c;
        }
    }
    expect(Tok::RightParen);
    auto* c = node<Call>(start);
    c->func = callee;
    c->args = args;
    c->keywords = keywords;
    return c;
}

// Arguments up to, not including, the closing parenthesis.
void Parser::arguments(std::span<Expr*>& args, std::span<Keyword*>& keywords) {
    Items<Expr> positional(*this);
    std::vector<Keyword*> named;
    bool double_starred = false;
    while (!at(Tok::RightParen)) {
        Position start = here();
        if (at(Tok::Name) && next_is(Tok::Equal)) {
            Identifier name = identifier();
            ++tok_;
            Expr* value = expression();
            auto* k = node<Keyword>(start);
            k->arg = name;
            k->value = value;
            named.push_back(k);
        } else if (take(Tok::DoubleStar)) {
            Expr* value = expression();
            auto* k = node<Keyword>(start);
            k->value = value;
            named.push_back(k);
            double_starred = true;
        } else if (take(Tok::Star)) {
            if (double_starred) fail();
            Expr* value = expression();
            auto* s = node<Starred>(start);
            s->value = value;
            positional.add(s);
        } else {
            if (!named.empty()) fail();
            positional.add(named_expression());
        }
        if (!take(Tok::Comma)) break;
    }
    args = positional.take();
    keywords = arena_.copy(std::span<Keyword* const>(named));
}

Expr* Parser::subscript(Expr* value, Position start) {
    Descent guard(*this);
    if (!take(Tok::LeftSquare)) return value;
    Expr* index = slices();
    expect(Tok::RightSquare);
    auto* s = node<Subscript>(start);
    s->value = value;
    s->slice = index;
    return s;
}

Expr* Parser::slices() {
    Position start = here();
    bool starred = at(Tok::Star);
    Expr* first = slice();
    // A starred index makes a tuple even without a comma.
    if (!starred && !at(Tok::Comma)) return first;
    Items<Expr> items(*this);
    items.add(first);
    while (take(Tok::Comma) && (starts_expression() || at(Tok::Colon))) items.add(slice());
    auto* t = node<Tuple>(start);
    t->elts = items.take();
    return t;
}

Expr* Parser::slice() {
    Position start = here();
    if (take(Tok::Star)) {
        Expr* value = expression();
        auto* s = node<Starred>(start);
        s->value = value;
        return s;
    }
    Expr* lower = nullptr;
    if (!at(Tok::Colon)) {
        bool named = at(Tok::Name) && next_is(Tok::ColonEqual);
        lower = named_expression();
        if (named || !at(Tok::Colon)) return lower;
    }
    expect(Tok::Colon);
    Expr* upper = nullptr;
    Expr* step = nullptr;
    auto ends = [&] { return at(Tok::Colon) || at(Tok::Comma) || at(Tok::RightSquare); };
    if (!ends()) upper = expression();
    if (take(Tok::Colon) && !ends()) step = expression();
    auto* s = node<Slice>(start);
    s->lower = lower;
    s->upper = upper;
    s->step = step;
    return s;
}

}  // namespace oro::syntax
