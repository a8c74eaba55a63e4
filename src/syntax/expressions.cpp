// Expressions by operators, from the loosest binding to the tightest. Atoms and what is in brackets:
// atoms.cpp, calls.cpp.
#include <array>

#include "syntax/parser.h"

namespace oro::syntax {
namespace {

struct BinaryInfo {
    std::uint8_t precedence = 0;  // 0: no binary operator
    BinaryOperator op{};
};

constexpr auto binary_operators = [] {
    std::array<BinaryInfo, 256> t{};
    auto set = [&](Tok token, int precedence, BinaryOperator op) {
        t[static_cast<int>(token)] = {static_cast<std::uint8_t>(precedence), op};
    };
    set(Tok::Bar, 1, BinaryOperator::BitOr);
    set(Tok::Circumflex, 2, BinaryOperator::BitXor);
    set(Tok::Amper, 3, BinaryOperator::BitAnd);
    set(Tok::LeftShift, 4, BinaryOperator::LShift);
    set(Tok::RightShift, 4, BinaryOperator::RShift);
    set(Tok::Plus, 5, BinaryOperator::Add);
    set(Tok::Minus, 5, BinaryOperator::Sub);
    set(Tok::Star, 6, BinaryOperator::Mult);
    set(Tok::Slash, 6, BinaryOperator::Div);
    set(Tok::DoubleSlash, 6, BinaryOperator::FloorDiv);
    set(Tok::Percent, 6, BinaryOperator::Mod);
    set(Tok::At, 6, BinaryOperator::MatMult);
    return t;
}();

}  // namespace

// A tuple when a comma follows the first item, read by `item` as the others are; else that item alone.
Expr* Parser::tuple_of(Expr* first, Position start, Expr* (Parser::*item)()) {
    if (!at(Tok::Comma)) return first;
    Items<Expr> items(*this);
    items.add(first);
    while (take(Tok::Comma) && starts_expression()) items.add((this->*item)());
    auto* t = node<Tuple>(start);
    t->elts = items.take();
    return t;
}

// Whether the next token can start an expression, starred ones included.
bool Parser::starts_expression() const {
    switch (tok_->type) {
    case Tok::Name:
    case Tok::Number:
    case Tok::String:
    case Tok::FstringStart:
    case Tok::TstringStart:
    case Tok::LeftParen:
    case Tok::LeftSquare:
    case Tok::LeftBrace:
    case Tok::Minus:
    case Tok::Plus:
    case Tok::Tilde:
    case Tok::Ellipsis:
    case Tok::Star:
    case Tok::KwFalse:
    case Tok::KwNone:
    case Tok::KwTrue:
    case Tok::KwAwait:
    case Tok::KwLambda:
    case Tok::KwNot: return true;
    default: return false;
    }
}

Expr* Parser::star_expressions() {
    Position start = here();
    return tuple_of(star_expression(), start, &Parser::star_expression);
}

Expr* Parser::star_expression() {
    if (!at(Tok::Star)) return expression();
    Position start = here();
    ++tok_;
    Expr* value = bitwise_or();
    auto* s = node<Starred>(start);
    s->value = value;
    return s;
}

Expr* Parser::star_named_expression() { return at(Tok::Star) ? star_expression() : named_expression(); }

Expr* Parser::named_expression() {
    if (!(at(Tok::Name) && next_is(Tok::ColonEqual))) return expression();
    Position start = here();
    Expr* target = name_node(ExprContext::Store);
    ++tok_;
    Expr* value = expression();
    auto* n = node<NamedExpr>(start);
    n->target = target;
    n->value = value;
    return n;
}

Expr* Parser::yield_expression() {
    Position start = here();
    ++tok_;
    if (take(Tok::KwFrom)) {
        Expr* value = expression();
        auto* y = node<YieldFrom>(start);
        y->value = value;
        return y;
    }
    Expr* value = starts_expression() ? star_expressions() : nullptr;
    auto* y = node<Yield>(start);
    y->value = value;
    return y;
}

Expr* Parser::yield_or_star_expressions() {
    return at(Tok::KwYield) ? yield_expression() : star_expressions();
}

Expr* Parser::expression() {
    Descent guard(*this);
    if (at(Tok::KwLambda)) return lambda();
    Position start = here();
    Expr* body = disjunction();
    if (!take(Tok::KwIf)) return body;
    Expr* test = disjunction();
    expect(Tok::KwElse);
    Expr* orelse = expression();
    auto* e = node<IfExp>(start);
    e->test = test;
    e->body = body;
    e->orelse = orelse;
    return e;
}

Expr* Parser::lambda() {
    Position start = here();
    ++tok_;
    Arguments* args = parameters(Tok::Colon, false);
    expect(Tok::Colon);
    Expr* body = expression();
    auto* l = node<Lambda>(start);
    l->args = args;
    l->body = body;
    return l;
}

Expr* Parser::disjunction() {
    Position start = here();
    Expr* first = conjunction();
    if (!at(Tok::KwOr)) return first;
    Items<Expr> values(*this);
    values.add(first);
    while (take(Tok::KwOr)) values.add(conjunction());
    auto* b = node<BoolOp>(start);
    b->op = BoolOperator::Or;
    b->values = values.take();
    return b;
}

Expr* Parser::conjunction() {
    Position start = here();
    Expr* first = inversion();
    if (!at(Tok::KwAnd)) return first;
    Items<Expr> values(*this);
    values.add(first);
    while (take(Tok::KwAnd)) values.add(inversion());
    auto* b = node<BoolOp>(start);
    b->op = BoolOperator::And;
    b->values = values.take();
    return b;
}

Expr* Parser::inversion() {
    if (!at(Tok::KwNot)) return comparison();
    Descent guard(*this);
    Position start = here();
    // After a fault the poisoned token is no `not`, so that this ends.
    if (!take(Tok::KwNot)) return comparison();
    Expr* operand = inversion();
    auto* u = node<UnaryOp>(start);
    u->op = UnaryOperator::Not;
    u->operand = operand;
    return u;
}

// Takes a comparison operator when one is next.
bool Parser::compare_operator(CompareOperator& op) {
    switch (tok_->type) {
    case Tok::EqEqual: op = CompareOperator::Eq; break;
    case Tok::Less:
        op = CompareOperator::Lt;
        // `<>` comes as two tokens, for it is an operator only where the Friendly Language Uncle For Life
        // rules.
        if (flufl_ && next_is(Tok::Greater) && tok_[1].start == tok_->end) {
            op = CompareOperator::NotEq;
            ++tok_;
        }
        break;
    case Tok::LessEqual: op = CompareOperator::LtE; break;
    case Tok::Greater: op = CompareOperator::Gt; break;
    case Tok::GreaterEqual: op = CompareOperator::GtE; break;
    case Tok::KwIn: op = CompareOperator::In; break;
    case Tok::NotEqual:
        if (flufl_) {
            report_at(*tok_, "with Barry as BDFL, use '<>' instead of '!='");
            return false;
        }
        op = CompareOperator::NotEq;
        break;
    case Tok::KwIs:
        op = CompareOperator::Is;
        if (next_is(Tok::KwNot)) {
            op = CompareOperator::IsNot;
            ++tok_;
        }
        break;
    case Tok::KwNot:
        if (!next_is(Tok::KwIn)) return false;
        op = CompareOperator::NotIn;
        ++tok_;
        break;
    default: return false;
    }
    ++tok_;
    return true;
}

Expr* Parser::comparison() {
    Position start = here();
    Expr* left = bitwise_or();
    CompareOperator op;
    if (!compare_operator(op)) return left;
    Items<Expr> comparators(*this);
    CompareOperator first_op = op;
    std::vector<CompareOperator> more;
    comparators.add(bitwise_or());
    while (compare_operator(op)) {
        more.push_back(op);
        comparators.add(bitwise_or());
    }
    auto* c = node<Compare>(start);
    c->left = left;
    c->ops = arena_.make_array<CompareOperator>(1 + more.size());
    c->ops[0] = first_op;
    for (std::size_t i = 0; i < more.size(); ++i) c->ops[i + 1] = more[i];
    c->comparators = comparators.take();
    return c;
}

// Left-associative binary operators of at least this precedence, by precedence climbing.
Expr* Parser::binary(int min_precedence) {
    Position start = here();
    Expr* left = factor();
    for (;;) {
        BinaryInfo info = binary_operators[static_cast<int>(tok_->type)];
        if (info.precedence < min_precedence || info.precedence == 0) return left;
        ++tok_;
        Expr* right = binary(info.precedence + 1);
        auto* b = node<BinOp>(start);
        b->left = left;
        b->op = info.op;
        b->right = right;
        left = b;
    }
}

Expr* Parser::factor() {
    UnaryOperator op;
    switch (tok_->type) {
    case Tok::Minus: op = UnaryOperator::USub; break;
    case Tok::Plus: op = UnaryOperator::UAdd; break;
    case Tok::Tilde: op = UnaryOperator::Invert; break;
    default: return power();
    }
    Descent guard(*this);
    if (failed_) return power();
    Position start = here();
    ++tok_;
    Expr* operand = factor();
    auto* u = node<UnaryOp>(start);
    u->op = op;
    u->operand = operand;
    return u;
}

Expr* Parser::power() {
    Position start = here();
    Expr* base;
    if (take(Tok::KwAwait)) {
        Expr* value = primary();
        auto* a = node<Await>(start);
        a->value = value;
        base = a;
    } else {
        base = primary();
    }
    if (!at(Tok::DoubleStar)) return base;
    Descent guard(*this);
    take(Tok::DoubleStar);
    Expr* exponent = factor();
    auto* b = node<BinOp>(start);
    b->left = base;
    b->op = BinaryOperator::Pow;
    b->right = exponent;
    return b;
}

Expr* Parser::primary() {
    Position start = here();
    Expr* e = atom();
    for (;;) {
        switch (tok_->type) {
        case Tok::Dot: {
            ++tok_;
            Identifier attr = identifier();
            auto* a = node<Attribute>(start);
            a->value = e;
            a->attr = attr;
            e = a;
            break;
        }
        case Tok::LeftParen: e = call(e, start); break;
        case Tok::LeftSquare: e = subscript(e, start); break;
        default: return e;
        }
    }
}

}  // namespace oro::syntax
