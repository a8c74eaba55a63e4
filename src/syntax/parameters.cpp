// Parameters of functions and lambdas, and type parameters.
#include "syntax/parser.h"

namespace oro::syntax {

// Those of a function may be annotated, those of a lambda not. Stops in front of `close`.
Arguments* Parser::parameters(Tok close, bool annotated) {
    Items<Arg> positional(*this);
    std::vector<Arg*> keyword_only;
    std::vector<Expr*> defaults, keyword_defaults;
    auto* out = arena_.make<Arguments>();
    out->kind = Kind::Arguments;

    bool slash_seen = false, star_seen = false;
    while (!at(close)) {
        if (at(Tok::Slash)) {
            if (slash_seen || star_seen || positional.empty()) fail();
            ++tok_;
            slash_seen = true;
            out->posonlyargs = positional.take();
            positional.clear();
        } else if (at(Tok::Star)) {
            if (star_seen) fail();
            ++tok_;
            star_seen = true;
            if (at(Tok::Comma)) {
                // A bare star needs a parameter behind it.
                if (!next_is(Tok::Name)) {
                    ++tok_;
                    fail();
                }
            } else {
                out->vararg = parameter(annotated, true);
            }
        } else if (take(Tok::DoubleStar)) {
            out->kwarg = parameter(annotated, false);
            take(Tok::Comma);
            break;
        } else {
            Arg* arg = parameter(annotated, false);
            Expr* value = take(Tok::Equal) ? expression() : nullptr;
            if (star_seen) {
                keyword_only.push_back(arg);
                keyword_defaults.push_back(value);
            } else {
                positional.add(arg);
                if (value)
                    defaults.push_back(value);
                else if (!defaults.empty())
                    fail();
            }
        }
        if (!take(Tok::Comma)) break;
    }
    out->args = positional.take();
    out->kwonlyargs = arena_.copy(std::span<Arg* const>(keyword_only));
    out->kw_defaults = arena_.copy(std::span<Expr* const>(keyword_defaults));
    out->defaults = arena_.copy(std::span<Expr* const>(defaults));
    return out;
}

Arg* Parser::parameter(bool annotated, bool star) {
    Position start = here();
    Identifier name = identifier();
    Expr* annotation = nullptr;
    // The annotation of *args may be a starred one.
    if (annotated && take(Tok::Colon)) annotation = star ? star_expression() : expression();
    auto* a = node<Arg>(start);
    a->arg = name;
    a->annotation = annotation;
    return a;
}

std::span<TypeParam*> Parser::type_params() {
    if (!take(Tok::LeftSquare)) return {};
    Items<TypeParam> params(*this);
    do {
        if (!params.empty() && at(Tok::RightSquare)) break;
        params.add(type_param());
    } while (take(Tok::Comma));
    expect(Tok::RightSquare);
    return params.take();
}

TypeParam* Parser::type_param() {
    Position start = here();
    if (take(Tok::DoubleStar)) {
        Identifier name = identifier();
        Expr* value = take(Tok::Equal) ? expression() : nullptr;
        auto* p = node<ParamSpec>(start);
        p->name = name;
        p->default_value = value;
        return p;
    }
    if (take(Tok::Star)) {
        Identifier name = identifier();
        Expr* value = take(Tok::Equal) ? star_expression() : nullptr;
        auto* p = node<TypeVarTuple>(start);
        p->name = name;
        p->default_value = value;
        return p;
    }
    Identifier name = identifier();
    Expr* bound = take(Tok::Colon) ? expression() : nullptr;
    Expr* value = take(Tok::Equal) ? expression() : nullptr;
    auto* p = node<TypeVar>(start);
    p->name = name;
    p->bound = bound;
    p->default_value = value;
    return p;
}

}  // namespace oro::syntax
