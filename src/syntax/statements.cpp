// Simple statements, those of one line.
#include <string>

#include "syntax/parser.h"

namespace oro::syntax {

std::span<Stmt*> Parser::statements_until_end() {
    Items<Stmt> out(*this);
    while (!failed_ && !at(Tok::EndMarker)) {
        previous_statement_ = statement_start_;
        statement_start_ = position();
        statement(out);
    }
    return out.take();
}

// Simple statements between semicolons, and their newline.
void Parser::simple_statements(Items<Stmt>& out) {
    out.add(simple_statement());
    while (take(Tok::Semi)) {
        if (at(Tok::Newline)) break;
        out.add(simple_statement());
    }
    expect(Tok::Newline);
}

Stmt* Parser::simple_statement() {
    Position start = here();
    switch (tok_->type) {
    case Tok::Name: return at_type_alias() ? type_alias() : expression_statement();
    case Tok::KwReturn: return return_statement();
    case Tok::KwImport: return import_statement();
    case Tok::KwFrom: return import_from_statement();
    case Tok::KwRaise: return raise_statement();
    case Tok::KwDel: return delete_statement();
    case Tok::KwAssert: return assert_statement();
    case Tok::KwGlobal: return scope_statement<Global>();
    case Tok::KwNonlocal: return scope_statement<Nonlocal>();
    case Tok::KwPass: ++tok_; return node<Pass>(start);
    case Tok::KwBreak: ++tok_; return node<Break>(start);
    case Tok::KwContinue: ++tok_; return node<Continue>(start);
    default: return expression_statement();
    }
}

// An expression, or an assignment of any sort, told by what follows the first expression.
Stmt* Parser::expression_statement() {
    Position start = here();
    bool parenthesized = at(Tok::LeftParen);
    Expr* first = yield_or_star_expressions();
    switch (tok_->type) {
    case Tok::Equal: return assignment(first, start);
    case Tok::Colon: {
        ++tok_;
        as_single_target(first);
        Expr* annotation = expression();
        Expr* value = take(Tok::Equal) ? yield_or_star_expressions() : nullptr;
        auto* a = node<AnnAssign>(start);
        a->target = first;
        a->annotation = annotation;
        a->value = value;
        a->simple = is<Name>(first) && !parenthesized;
        return a;
    }
    default: break;
    }

    static constexpr struct {
        Tok token;
        BinaryOperator op;
    } augmented[] = {
        {Tok::PlusEqual, BinaryOperator::Add},          {Tok::MinusEqual, BinaryOperator::Sub},
        {Tok::StarEqual, BinaryOperator::Mult},         {Tok::AtEqual, BinaryOperator::MatMult},
        {Tok::SlashEqual, BinaryOperator::Div},         {Tok::PercentEqual, BinaryOperator::Mod},
        {Tok::AmperEqual, BinaryOperator::BitAnd},      {Tok::BarEqual, BinaryOperator::BitOr},
        {Tok::CircumflexEqual, BinaryOperator::BitXor}, {Tok::LeftShiftEqual, BinaryOperator::LShift},
        {Tok::RightShiftEqual, BinaryOperator::RShift}, {Tok::DoubleStarEqual, BinaryOperator::Pow},
        {Tok::DoubleSlashEqual, BinaryOperator::FloorDiv},
    };
    if (!at(Tok::Newline) && !at(Tok::Semi)) {
        for (auto [token, op] : augmented) {
            if (!at(token)) continue;
            as_single_target(first);
            take(token);
            Expr* value = yield_or_star_expressions();
            auto* a = node<AugAssign>(start);
            a->target = first;
            a->op = op;
            a->value = value;
            return a;
        }
    }
    auto* s = node<ExprStmt>(start);
    s->value = first;
    return s;
}

Stmt* Parser::assignment(Expr* first, Position start) {
    Items<Expr> targets(*this);
    Expr* value = first;
    while (at(Tok::Equal)) {
        targets.add(as_target(value, ExprContext::Store, true));
        take(Tok::Equal);
        value = yield_or_star_expressions();
    }
    auto* a = node<Assign>(start);
    a->targets = targets.take();
    a->value = value;
    return a;
}

Stmt* Parser::return_statement() {
    Position start = here();
    ++tok_;
    Expr* value = starts_expression() ? star_expressions() : nullptr;
    auto* r = node<Return>(start);
    r->value = value;
    return r;
}

Stmt* Parser::raise_statement() {
    Position start = here();
    ++tok_;
    Expr* exc = starts_expression() ? expression() : nullptr;
    Expr* cause = exc && take(Tok::KwFrom) ? expression() : nullptr;
    auto* r = node<Raise>(start);
    r->exc = exc;
    r->cause = cause;
    return r;
}

Stmt* Parser::delete_statement() {
    Position start = here();
    ++tok_;
    Items<Expr> targets(*this);
    do {
        if (!targets.empty() && !starts_expression()) break;
        targets.add(as_target(bitwise_or(), ExprContext::Del, false));
    } while (take(Tok::Comma));
    if (!at(Tok::Semi) && !at(Tok::Newline)) fail();
    auto* d = node<Delete>(start);
    d->targets = targets.take();
    return d;
}

Stmt* Parser::assert_statement() {
    Position start = here();
    ++tok_;
    Expr* test = expression();
    Expr* msg = take(Tok::Comma) ? expression() : nullptr;
    auto* a = node<Assert>(start);
    a->test = test;
    a->msg = msg;
    return a;
}

// `global` and `nonlocal`.
template <class T>
Stmt* Parser::scope_statement() {
    Position start = here();
    ++tok_;
    std::vector<Identifier> names;
    do names.push_back(identifier());
    while (take(Tok::Comma));
    auto* s = node<T>(start);
    s->names = arena_.copy(std::span<const Identifier>(names));
    return s;
}

// "a.b.c" as one identifier.
Identifier Parser::dotted_name() {
    Identifier first = identifier();
    if (!at(Tok::Dot)) return first;
    std::string whole(first.text());
    while (take(Tok::Dot)) {
        whole += '.';
        whole += identifier().text();
    }
    return names_.intern(whole);
}

Stmt* Parser::import_statement() {
    Position start = here();
    ++tok_;
    Items<Alias> names(*this);
    do {
        Position alias_start = here();
        Identifier name = dotted_name();
        Identifier asname = take(Tok::KwAs) ? identifier() : Identifier{};
        auto* a = node<Alias>(alias_start);
        a->name = name;
        a->asname = asname;
        names.add(a);
    } while (take(Tok::Comma));
    auto* i = node<Import>(start);
    i->names = names.take();
    return i;
}

Alias* Parser::import_from_alias() {
    Position start = here();
    Identifier name = identifier();
    Identifier asname = take(Tok::KwAs) ? identifier() : Identifier{};
    auto* a = node<Alias>(start);
    a->name = name;
    a->asname = asname;
    return a;
}

Stmt* Parser::import_from_statement() {
    Position start = here();
    ++tok_;
    int level = 0;
    for (;; ++tok_) {
        if (at(Tok::Dot))
            level += 1;
        else if (at(Tok::Ellipsis))
            level += 3;
        else
            break;
    }
    Identifier module;
    if (level == 0 || !at(Tok::KwImport)) module = dotted_name();
    expect(Tok::KwImport);

    Items<Alias> names(*this);
    if (at(Tok::Star)) {
        Position star = here();
        ++tok_;
        auto* a = node<Alias>(star);
        a->name = names_.intern("*");
        names.add(a);
    } else {
        bool bracket = take(Tok::LeftParen);
        do {
            if (bracket && !names.empty() && at(Tok::RightParen)) break;
            names.add(import_from_alias());
        } while (take(Tok::Comma));
        if (bracket)
            expect(Tok::RightParen);
        else if (at(Tok::Comma))
            fail();
    }
    auto* i = node<ImportFrom>(start);
    i->module = module;
    i->names = names.take();
    i->level = level;
    if (level == 0 && module == std::string_view("__future__")) {
        for (Alias* a : i->names)
            if (a->name == std::string_view("barry_as_FLUFL")) flufl_ = true;
    }
    return i;
}

bool Parser::at_type_alias() const { return next_is(Tok::Name) && at_name("type"); }

Stmt* Parser::type_alias() {
    Position start = here();
    ++tok_;
    Expr* name = name_node(ExprContext::Store);
    std::span<TypeParam*> params = type_params();
    expect(Tok::Equal);
    Expr* value = expression();
    auto* t = node<TypeAlias>(start);
    t->name = name;
    t->type_params = params;
    t->value = value;
    return t;
}

}  // namespace oro::syntax
