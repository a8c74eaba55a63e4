// What the matcher reports when it has recognised a mistake.
#include "syntax/matcher.h"

#include "syntax/messages.h"

namespace oro::syntax {

using Op = GrammarItem::Op;
namespace {

enum TargetSort { kAssignTarget, kDeleteTarget, kLoopTarget };

// The innermost part of a target list that can't be a target; null when all can.
const Expr* find_invalid_target(const Expr* e, int sort) {
    if (!e) return nullptr;
    auto search = [sort](std::span<Expr* const> elts) -> const Expr* {
        for (const Expr* item : elts)
            if (const Expr* bad = find_invalid_target(item, sort)) return bad;
        return nullptr;
    };
    switch (e->kind) {
    case Kind::List: return search(cast<List>(e)->elts);
    case Kind::Tuple: return search(cast<Tuple>(e)->elts);
    case Kind::Starred: return sort == kDeleteTarget ? e : find_invalid_target(cast<Starred>(e)->value, sort);
    case Kind::Compare: {
        // `for x in y` reads as a comparison, whose left side is the target.
        auto* c = cast<Compare>(e);
        if (sort != kLoopTarget) return e;
        return c->ops[0] == CompareOperator::In ? find_invalid_target(c->left, sort) : nullptr;
    }
    case Kind::Name:
    case Kind::Subscript:
    case Kind::Attribute: return nullptr;
    default: return e;
    }
}

ErrorRange range_of_node(const Node& n) {
    return {n.lineno, n.col_offset + 1, n.end_lineno, n.end_col_offset + 1};
}

}  // namespace

std::string_view expression_name(const Expr& e) {
    switch (e.kind) {
    case Kind::Attribute: return "attribute";
    case Kind::Subscript: return "subscript";
    case Kind::Starred: return "starred";
    case Kind::Name: return "name";
    case Kind::List: return "list";
    case Kind::Tuple: return "tuple";
    case Kind::Lambda: return "lambda";
    case Kind::Call: return "function call";
    case Kind::BoolOp:
    case Kind::BinOp:
    case Kind::UnaryOp: return "expression";
    case Kind::GeneratorExp: return "generator expression";
    case Kind::Yield:
    case Kind::YieldFrom: return "yield expression";
    case Kind::Await: return "await expression";
    case Kind::ListComp: return "list comprehension";
    case Kind::SetComp: return "set comprehension";
    case Kind::DictComp: return "dict comprehension";
    case Kind::Dict: return "dict literal";
    case Kind::Set: return "set display";
    case Kind::JoinedStr:
    case Kind::FormattedValue: return "f-string expression";
    case Kind::TemplateStr:
    case Kind::Interpolation: return "t-string expression";
    case Kind::Constant:
        switch (cast<Constant>(&e)->value.kind) {
        case ConstantValue::Kind::None: return "None";
        case ConstantValue::Kind::True: return "True";
        case ConstantValue::Kind::False: return "False";
        case ConstantValue::Kind::Ellipsis: return "ellipsis";
        default: return "literal";
        }
    case Kind::Compare: return "comparison";
    case Kind::IfExp: return "conditional expression";
    case Kind::NamedExpr: return "named expression";
    default: return "expression";
    }
}

// The expression that a capture of one of these rules stands for; null for others.
Expr* Matcher::expression_of(const Capture& c) {
    if (!c.item || c.start < 0) return nullptr;
    auto at = static_cast<std::size_t>(c.start);
    std::string_view name = c.item->op == Op::rule ? grammar_.rules[c.item->index].name : std::string_view{};
    Expr* (Parser::*read)() = nullptr;
    if (name == "expression" || name == "expression_without_invalid")
        read = &Parser::expression;
    else if (name == "disjunction")
        read = &Parser::disjunction;
    else if (name == "bitwise_or")
        read = &Parser::bitwise_or;
    else if (name == "inversion" || name == "factor")
        read = &Parser::inversion_expression;
    else if (name == "star_expressions")
        read = &Parser::star_expressions;
    else if (name == "yield_expr")
        read = &Parser::yield_expression;
    else if (name == "star_named_expression" || name == "starred_expression")
        read = &Parser::star_named_expression;
    else if (name == "invalid_ann_assign_target" || c.item->op == Op::group)
        read = &Parser::bitwise_or;
    else
        return nullptr;
    Expr* e = parser_.expression_at(at, read);
    // An expression cut short, such as the `x` of `x if y`.
    if (!e && read != &Parser::bitwise_or) e = parser_.expression_at(at, &Parser::disjunction);
    if (!e) e = parser_.expression_at(at, &Parser::bitwise_or);
    return e;
}

ErrorRange Matcher::range_of(const Capture& c) {
    const Token& first = tokens_[static_cast<std::size_t>(c.start)];
    const Token& last = tokens_[static_cast<std::size_t>(std::max(c.end - 1, c.start))];
    ErrorRange out{first.lineno, first.col + 1, last.end_lineno, last.end_col + 1};
    // Parentheses around an expression don't count.
    bool parenthesized = first.type == Tok::LeftParen || last.type == Tok::RightParen;
    if (parenthesized)
        if (Expr* e = expression_of(c)) return range_of_node(*e);
    return out;
}

void Matcher::raise(ErrorKind kind, const ErrorRange& where, std::string_view text) {
    error_ = make_error(kind, where, text);
    stopped_ = true;
}

// Fills in "{a}", the name of expression a, and "{letter}", the letter of the f-string around.
std::string Matcher::expand(std::string_view text, const Captures& captures, int at) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') continue;
        if (text.substr(i).starts_with("{a}")) {
            Expr* e = expression_of(captures.a);
            out += e ? expression_name(*e) : "expression";
            i += 2;
        } else if (text.substr(i).starts_with("{letter}")) {
            int depth = 0;
            char letter = 'f';
            for (int k = at - 1; k >= 0; --k) {
                Tok t = tokens_[static_cast<std::size_t>(k)].type;
                if (t == Tok::FstringEnd || t == Tok::TstringEnd) ++depth;
                if ((t == Tok::FstringStart || t == Tok::TstringStart) && depth-- == 0) {
                    letter = t == Tok::FstringStart ? 'f' : 't';
                    break;
                }
            }
            out += letter;
            i += 7;
        } else {
            out += text[i];
        }
    }
    return out;
}

void Matcher::raise_invalid_target(const Capture& capture, int sort, std::string_view verb) {
    const Expr* bad = find_invalid_target(expression_of(capture), sort);
    if (!bad) return;
    raise(ErrorKind::syntax_error, range_of_node(*bad),
          message(arena_, "cannot ", verb, " ", expression_name(*bad)));
}

bool Matcher::is_legacy_statement(const Expr* e) const {
    const auto* name = as<Name>(e);
    return name && (name->id == std::string_view("print") || name->id == std::string_view("exec"));
}

// True when an error was reported. `at` is where the alternative's match ends.
bool Matcher::act(const GrammarAction& action, const Captures& captures, int at) {
    std::string_view name = action.name;
    const Capture& a = captures[action.first];
    const Capture& b = captures[action.second];
    auto text = [&] { return arena_.copy(std::string_view(expand(action.message, captures, at))); };
    auto syntax_error = [&](const ErrorRange& where, std::string_view what) {
        raise(ErrorKind::syntax_error, where, what);
        return true;
    };
    auto span = [&] {
        ErrorRange first = range_of(a), last = range_of(b);
        return ErrorRange{first.lineno, first.col, last.end_lineno, last.end_col};
    };
    const Token& last_token = tokens_[furthest_];
    auto from_here = [&] {
        ErrorRange where = range_of(a);
        where.end_lineno = last_token.end_lineno;
        where.end_col = last_token.end_col < 0 ? reading_column(last_token) : last_token.end_col;
        return where;
    };

    if (name == "at") return syntax_error(range_of(a), text());
    if (name == "at_first") {
        // Of a parameter with its comma only the parameter counts; annotations belong to it.
        Capture inner = a;
        if (tokens_[static_cast<std::size_t>(a.end - 1)].type == Tok::Comma) --inner.end;
        const Token& first = tokens_[static_cast<std::size_t>(inner.start)];
        const Token& end = tokens_[static_cast<std::size_t>(inner.end - 1)];
        return syntax_error({first.lineno, first.col + 1, end.end_lineno, end.end_col + 1}, text());
    }
    if (name == "diamond") {
        if (parser_.flufl() || !follows_closely(b.start, Tok::Greater)) return false;
        return syntax_error(span(), text());
    }
    if (name == "range") return syntax_error(span(), text());
    if (name == "from") return syntax_error(from_here(), text());
    if (name == "last") {
        error_ = error_here(ErrorKind::syntax_error, last_token, text());
        return stopped_ = true;
    }
    if (name == "next") {
        const Token& t = look(at);
        if (!stopped_) error_ = error_here(ErrorKind::syntax_error, t, text());
        return stopped_ = true;
    }
    if (name == "indent") {
        std::string_view what = action.message;
        if (action.first) what = message(arena_, what, tokens_[static_cast<std::size_t>(a.start)].lineno);
        error_ = error_here(ErrorKind::indentation_error, last_token, what);
        return stopped_ = true;
    }
    if (name == "assign_target") raise_invalid_target(a, kAssignTarget, "assign to");
    if (name == "delete_target") raise_invalid_target(a, kDeleteTarget, "delete");
    if (name == "loop_target") raise_invalid_target(a, kLoopTarget, "assign to");
    if (name == "legacy_statement") {
        std::string_view word = source_.slice(tokens_[static_cast<std::size_t>(a.start)].start,
                                              tokens_[static_cast<std::size_t>(a.start)].end);
        if (word != "print" && word != "exec") return false;
        return syntax_error(span(), message(arena_, "Missing parentheses in call to '", word,
                                            "'. Did you mean ", word, "(...)?"));
    }
    if (name == "forgotten_comma") {
        if (is_legacy_statement(expression_of(a))) return false;
        if (tokens_[static_cast<std::size_t>(at - 1)].level == 0) return false;
        return syntax_error(span(), "invalid syntax. Perhaps you forgot a comma?");
    }
    if (name == "bare_generator") {
        auto [args, keywords] = parser_.arguments_at(static_cast<std::size_t>(a.start));
        if (args.size() <= 1) return false;
        ErrorRange where = range_of_node(*args.back());
        ErrorRange end = range_of(b);
        return syntax_error({where.lineno, where.col, end.end_lineno, end.end_col},
                            "Generator expression must be parenthesized");
    }
    if (name == "argument_order") {
        auto [args, keywords] = parser_.arguments_at(static_cast<std::size_t>(a.start));
        bool unpacking = false;
        for (const Keyword* k : keywords) unpacking |= !k->arg;
        error_ = error_here(ErrorKind::syntax_error, last_token,
                            unpacking ? "positional argument follows keyword argument unpacking"
                                      : "positional argument follows keyword argument");
        return stopped_ = true;
    }
    if (name == "missing_colon") {
        Expr* e = expression_of(a);
        ErrorRange where = e ? range_of_node(*e) : range_of(a);
        return syntax_error({where.lineno, where.end_col - 1, where.end_lineno, 0},
                            "':' expected after dictionary key");
    }
    if (name == "bound") {
        bool tuple = is<Tuple>(expression_of(b));
        return syntax_error(from_here(),
                            message(arena_, tuple ? "cannot use constraints with " : "cannot use bound with ",
                                    action.message));
    }
    return stopped_;
}

}  // namespace oro::syntax
