// Targets of assignments, loops and `del`. They are read as expressions and then turned into targets, if they
// can be.
#include "syntax/parser.h"

namespace oro::syntax {

Expr* Parser::as_target(Expr* e, ExprContext ctx, bool star_allowed) {
    auto elements = [&](std::span<Expr*> elts) {
        Descent guard(*this);
        for (Expr* item : elts) {
            if (failed_) return;
            as_target(item, ctx, ctx == ExprContext::Store);
        }
    };
    switch (e->kind) {
    case Kind::Name: cast<Name>(e)->ctx = ctx; return e;
    case Kind::Attribute: cast<Attribute>(e)->ctx = ctx; return e;
    case Kind::Subscript: cast<Subscript>(e)->ctx = ctx; return e;
    case Kind::Tuple:
        cast<Tuple>(e)->ctx = ctx;
        elements(cast<Tuple>(e)->elts);
        return e;
    case Kind::List:
        cast<List>(e)->ctx = ctx;
        elements(cast<List>(e)->elts);
        return e;
    case Kind::Starred:
        if (!star_allowed) break;
        cast<Starred>(e)->ctx = ctx;
        as_target(cast<Starred>(e)->value, ctx, false);
        return e;
    default: break;
    }
    fail();
    return e;
}

// A target of an annotation or of `+=`: no tuple, no list.
Expr* Parser::as_single_target(Expr* e) {
    if (is<Name>(e) || is<Attribute>(e) || is<Subscript>(e)) return as_target(e, ExprContext::Store, false);
    fail();
    return e;
}

// The targets of a loop, which end at `in`, so that no comparison is read.
Expr* Parser::star_targets() {
    auto one = [this]() -> Expr* {
        Position start = here();
        if (!take(Tok::Star)) return bitwise_or();
        Expr* value = bitwise_or();
        auto* s = node<Starred>(start);
        s->value = value;
        return s;
    };
    Position start = here();
    Expr* first = one();
    if (at(Tok::Comma)) {
        Items<Expr> items(*this);
        items.add(first);
        while (take(Tok::Comma) && starts_expression()) items.add(one());
        auto* t = node<Tuple>(start);
        t->elts = items.take();
        first = t;
    }
    return as_target(first, ExprContext::Store, true);
}

// The target behind `as` in a `with` statement.
Expr* Parser::with_target() {
    Position start = here();
    bool star = take(Tok::Star);
    Expr* e = bitwise_or();
    if (star) {
        auto* s = node<Starred>(start);
        s->value = e;
        e = s;
    }
    return as_target(e, ExprContext::Store, true);
}

}  // namespace oro::syntax
