// The `match` statement and its patterns.
#include "syntax/parser.h"

namespace oro::syntax {

// `match` is a keyword only where the line ends in a colon and a `case` block follows; no other statement
// looks so.
bool Parser::at_match_statement() const {
    if (!at_name("match") || next_is(Tok::Newline)) return false;
    const Token* t = tok_ + 1;
    while (t->type != Tok::Newline && t->type != Tok::EndMarker && t->type != Tok::Error) ++t;
    return t[0].type == Tok::Newline && t[-1].type == Tok::Colon && t - 1 != tok_ + 1 &&
           t[1].type == Tok::Indent && t[2].type == Tok::Name && text_of(t[2]) == "case";
}

Stmt* Parser::match_statement() {
    Position start = here();
    ++tok_;
    Position subject_start = here();
    bool starred = at(Tok::Star);
    Expr* subject = star_named_expression();
    if (starred && !at(Tok::Comma)) fail();
    subject = tuple_of(subject, subject_start, &Parser::star_named_expression);
    expect(Tok::Colon);
    expect(Tok::Newline);
    expect(Tok::Indent);
    Items<MatchCase> cases(*this);
    while (at_name("case")) cases.add(case_block());
    expect(Tok::Dedent);
    auto* m = statement_node<Match>(start);
    m->subject = subject;
    m->cases = cases.take();
    return m;
}

MatchCase* Parser::case_block() {
    ++tok_;
    Pattern* pattern = patterns();
    Expr* guard = take(Tok::KwIf) ? named_expression() : nullptr;
    std::span<Stmt*> body = block();
    auto* c = arena_.make<MatchCase>();
    c->kind = Kind::MatchCase;
    c->pattern = pattern;
    c->guard = guard;
    c->body = body;
    return c;
}

// What may stand behind `case`: a pattern, or a sequence without brackets.
Pattern* Parser::patterns() {
    Position start = here();
    bool starred = at(Tok::Star);
    Pattern* first = maybe_star_pattern();
    if (!at(Tok::Comma)) {
        if (starred) fail();
        return first;
    }
    Items<Pattern> items(*this);
    items.add(first);
    while (take(Tok::Comma) && !at(Tok::Colon) && !at(Tok::KwIf)) items.add(maybe_star_pattern());
    auto* s = node<MatchSequence>(start);
    s->patterns = items.take();
    return s;
}

Pattern* Parser::maybe_star_pattern() {
    if (!at(Tok::Star)) return as_pattern();
    Position start = here();
    ++tok_;
    Identifier name;
    if (at_name("_"))
        ++tok_;
    else
        name = pattern_capture_target();
    auto* s = node<MatchStar>(start);
    s->name = name;
    return s;
}

// A name that a value may be bound to: not `_`, and no start of something longer.
Identifier Parser::pattern_capture_target() {
    if (at_name("_")) fail();
    Identifier name = identifier();
    if (at(Tok::Dot) || at(Tok::LeftParen) || at(Tok::Equal)) fail();
    return name;
}

Pattern* Parser::as_pattern() {
    Descent guard(*this);
    Position start = here();
    Pattern* pattern = or_pattern();
    if (!take(Tok::KwAs)) return pattern;
    Identifier name = pattern_capture_target();
    auto* a = node<MatchAs>(start);
    a->pattern = pattern;
    a->name = name;
    return a;
}

Pattern* Parser::or_pattern() {
    Position start = here();
    Pattern* first = closed_pattern();
    if (!at(Tok::Bar)) return first;
    Items<Pattern> items(*this);
    items.add(first);
    while (take(Tok::Bar)) items.add(closed_pattern());
    auto* o = node<MatchOr>(start);
    o->patterns = items.take();
    return o;
}

Pattern* Parser::closed_pattern() {
    Position start = here();
    auto value = [&](Expr* e) {
        auto* v = node<MatchValue>(start);
        v->value = e;
        return v;
    };
    auto singleton = [&](ConstantValue c) {
        ++tok_;
        auto* s = node<MatchSingleton>(start);
        s->value = c;
        return s;
    };
    switch (tok_->type) {
    case Tok::Name: return class_or_value_pattern();
    case Tok::Number:
    case Tok::Minus: return value(signed_number());
    case Tok::String:
    case Tok::FstringStart:
    case Tok::TstringStart: return value(strings());
    case Tok::KwNone: return singleton(ConstantValue::none());
    case Tok::KwTrue: return singleton(ConstantValue::boolean(true));
    case Tok::KwFalse: return singleton(ConstantValue::boolean(false));
    case Tok::LeftParen: return sequence_pattern(Tok::RightParen);
    case Tok::LeftSquare: return sequence_pattern(Tok::RightSquare);
    case Tok::LeftBrace: return mapping_pattern();
    default:
        fail();
        return value(constant_node(start, ConstantValue::none()));
    }
}

// `[...]`, `(...)`, or a parenthesised single pattern.
Pattern* Parser::sequence_pattern(Tok close) {
    Position start = here();
    ++tok_;
    Items<Pattern> items(*this);
    bool starred = false, comma = false;
    while (!at(close)) {
        starred = at(Tok::Star);
        items.add(maybe_star_pattern());
        comma = take(Tok::Comma);
        if (!comma) break;
    }
    expect(close);
    if (close == Tok::RightParen && items.size() == 1 && !comma) {
        if (starred) {
            --tok_;
            fail();
        }
        return items[0];
    }
    auto* s = node<MatchSequence>(start);
    s->patterns = items.take();
    return s;
}

Pattern* Parser::mapping_pattern() {
    Position start = here();
    ++tok_;
    Items<Expr> keys(*this);
    std::vector<Pattern*> values;
    Identifier rest;
    while (!at(Tok::RightBrace)) {
        if (take(Tok::DoubleStar)) {
            rest = pattern_capture_target();
            take(Tok::Comma);
            break;
        }
        Position key_start = here();
        switch (tok_->type) {
        case Tok::Number:
        case Tok::Minus: keys.add(signed_number()); break;
        case Tok::Name: {
            Expr* key = name_or_attribute();
            if (is<Name>(key)) fail();
            keys.add(key);
            break;
        }
        case Tok::KwNone:
            ++tok_;
            keys.add(constant_node(key_start, ConstantValue::none()));
            break;
        case Tok::KwTrue:
            ++tok_;
            keys.add(constant_node(key_start, ConstantValue::boolean(true)));
            break;
        case Tok::KwFalse:
            ++tok_;
            keys.add(constant_node(key_start, ConstantValue::boolean(false)));
            break;
        default: keys.add(strings()); break;
        }
        expect(Tok::Colon);
        values.push_back(as_pattern());
        if (!take(Tok::Comma)) break;
    }
    expect(Tok::RightBrace);
    auto* m = node<MatchMapping>(start);
    m->keys = keys.take();
    m->patterns = arena_.copy(std::span<Pattern* const>(values));
    m->rest = rest;
    return m;
}

Expr* Parser::name_or_attribute() {
    Position start = here();
    Expr* e = name_node(ExprContext::Load);
    while (take(Tok::Dot)) {
        Identifier attr = identifier();
        auto* a = node<Attribute>(start);
        a->value = e;
        a->attr = attr;
        e = a;
    }
    return e;
}

// What starts with a name: a capture, `_`, a dotted value, or a class with its arguments.
Pattern* Parser::class_or_value_pattern() {
    Position start = here();
    bool wildcard = at_name("_");
    Expr* name = name_or_attribute();
    if (at(Tok::Equal)) fail();
    if (!at(Tok::LeftParen)) {
        if (is<Attribute>(name)) {
            auto* v = node<MatchValue>(start);
            v->value = name;
            return v;
        }
        auto* c = node<MatchAs>(start);
        if (!wildcard && is<Name>(name)) c->name = cast<Name>(name)->id;
        return c;
    }

    ++tok_;
    Items<Pattern> positional(*this);
    std::vector<Identifier> names;
    std::vector<Pattern*> named;
    while (!at(Tok::RightParen)) {
        if (at(Tok::Name) && next_is(Tok::Equal)) {
            names.push_back(identifier());
            ++tok_;
            named.push_back(as_pattern());
        } else {
            if (!names.empty()) fail();
            positional.add(as_pattern());
        }
        if (!take(Tok::Comma)) break;
    }
    expect(Tok::RightParen);
    auto* c = node<MatchClass>(start);
    c->cls = name;
    c->patterns = positional.take();
    c->kwd_attrs = arena_.copy(std::span<const Identifier>(names));
    c->kwd_patterns = arena_.copy(std::span<Pattern* const>(named));
    return c;
}

// A number, maybe negative, maybe the sum or difference of a real and an imaginary one.
Expr* Parser::signed_number() {
    Position start = here();
    bool negative = take(Tok::Minus);
    const Token& real_token = *tok_;
    if (!at(Tok::Number)) fail();
    Expr* left = atom();
    const auto* real = as<Constant>(left);
    if (negative) {
        auto* u = node<UnaryOp>(start);
        u->op = UnaryOperator::USub;
        u->operand = left;
        left = u;
    }
    if (!at(Tok::Plus) && !at(Tok::Minus)) return left;

    BinaryOperator op = at(Tok::Plus) ? BinaryOperator::Add : BinaryOperator::Sub;
    ++tok_;
    if (!at(Tok::Number)) fail();
    const Token& imaginary_token = *tok_;
    if (!failed_ && real && real->value.is(ConstantValue::Kind::Complex))
        report_at(real_token, "real number required in complex literal");
    Expr* right = atom();
    const auto* imaginary = as<Constant>(right);
    if (!failed_ && imaginary && !imaginary->value.is(ConstantValue::Kind::Complex))
        report_at(imaginary_token, "imaginary number required in complex literal");
    auto* b = node<BinOp>(start);
    b->left = left;
    b->op = op;
    b->right = right;
    return b;
}

}  // namespace oro::syntax
