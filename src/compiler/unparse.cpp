#include "compiler/unparse.h"

#include "bytecode/disassemble.h"
#include "syntax/dump.h"

namespace oro::compiler {

using namespace syntax;

namespace {

// How tightly an expression binds; one that binds less than its place asks for gets parentheses.
enum Level {
    TUPLE,
    TEST,
    OR,
    AND,
    NOT,
    CMP,
    EXPR,
    BXOR,
    BAND,
    SHIFT,
    ARITH,
    TERM,
    FACTOR,
    POWER,
    AWAIT,
    ATOM
};

class Unparser {
public:
    std::string out;

    void expr(Expr const* e, int level) {
        switch (e->kind) {
        case Kind::BoolOp: {
            auto* b = cast<BoolOp>(e);
            bool is_and = b->op == BoolOperator::And;
            int own = is_and ? AND : OR;
            open(level > own);
            for (std::size_t i = 0; i < b->values.size(); ++i) {
                if (i) out += is_and ? " and " : " or ";
                expr(b->values[i], own + 1);
            }
            return close(level > own);
        }
        case Kind::BinOp: return binary(cast<BinOp>(e), level);
        case Kind::UnaryOp: {
            auto* u = cast<UnaryOp>(e);
            int own = u->op == UnaryOperator::Not ? NOT : FACTOR;
            open(level > own);
            out += u->op == UnaryOperator::Not      ? "not "
                   : u->op == UnaryOperator::Invert ? "~"
                   : u->op == UnaryOperator::UAdd   ? "+"
                                                    : "-";
            expr(u->operand, own);
            return close(level > own);
        }
        case Kind::Lambda: {
            auto* l = cast<Lambda>(e);
            open(level > TEST);
            out += "lambda";
            arguments(l->args);
            out += ": ";
            expr(l->body, TEST);
            return close(level > TEST);
        }
        case Kind::IfExp: {
            auto* i = cast<IfExp>(e);
            open(level > TEST);
            expr(i->body, TEST + 1);
            out += " if ";
            expr(i->test, TEST + 1);
            out += " else ";
            expr(i->orelse, TEST);
            return close(level > TEST);
        }
        case Kind::Dict: {
            auto* d = cast<Dict>(e);
            out += "{";
            for (std::size_t i = 0; i < d->values.size(); ++i) {
                if (i) out += ", ";
                if (d->keys[i]) {
                    expr(d->keys[i], TEST);
                    out += ": ";
                    expr(d->values[i], TEST);
                } else {
                    out += "**";
                    expr(d->values[i], EXPR);
                }
            }
            out += "}";
            return;
        }
        case Kind::Set: return items(cast<Set>(e)->elts, "{", "}");
        case Kind::List: return items(cast<List>(e)->elts, "[", "]");
        case Kind::Tuple: {
            auto* t = cast<Tuple>(e);
            if (t->elts.empty()) {
                out += "()";
                return;
            }
            open(level > TUPLE);
            items(t->elts, "", t->elts.size() == 1 ? "," : "");
            return close(level > TUPLE);
        }
        case Kind::ListComp: {
            auto* c = cast<ListComp>(e);
            return comprehension("[", c->elt, nullptr, c->generators, "]");
        }
        case Kind::SetComp: {
            auto* c = cast<SetComp>(e);
            return comprehension("{", c->elt, nullptr, c->generators, "}");
        }
        case Kind::DictComp: {
            auto* c = cast<DictComp>(e);
            return comprehension("{", c->key, c->value, c->generators, "}");
        }
        case Kind::GeneratorExp: {
            auto* c = cast<GeneratorExp>(e);
            return comprehension("(", c->elt, nullptr, c->generators, ")");
        }
        case Kind::Yield:
            out += "(yield";
            if (auto* v = cast<Yield>(e)->value) {
                out += " ";
                expr(v, TEST);
            }
            out += ")";
            return;
        case Kind::YieldFrom:
            out += "(yield from ";
            expr(cast<YieldFrom>(e)->value, TEST);
            out += ")";
            return;
        case Kind::Await:
            open(level > AWAIT);
            out += "await ";
            expr(cast<Await>(e)->value, ATOM);
            return close(level > AWAIT);
        case Kind::Compare: {
            static constexpr char const* ops[] = {" == ", " != ", " < ",  " <= ", " > ",
                                                  " >= ", " is ", " is not ", " in ", " not in "};
            auto* c = cast<Compare>(e);
            open(level > CMP);
            expr(c->left, CMP + 1);
            for (std::size_t i = 0; i < c->ops.size(); ++i) {
                out += ops[int(c->ops[i])];
                expr(c->comparators[i], CMP + 1);
            }
            return close(level > CMP);
        }
        case Kind::Call: return call(cast<Call>(e));
        case Kind::JoinedStr: return fstring(cast<JoinedStr>(e)->values, "f");
        case Kind::TemplateStr: return fstring(cast<TemplateStr>(e)->values, "t");
        case Kind::FormattedValue:
        case Kind::Interpolation: {
            std::string inner = std::move(out);
            out.clear();
            piece(e);
            std::string text = repr(ConstantValue::str(out));
            out = inner + (is<Interpolation>(e) ? "t" : "f") + text;
            return;
        }
        case Kind::Constant: {
            auto* c = cast<syntax::Constant>(e);
            if (!c->string_kind.empty()) out += c->string_kind;
            out += c->value.is(ConstantValue::Kind::Ellipsis) ? "..." : literal(c->value);
            return;
        }
        case Kind::Attribute: {
            auto* a = cast<Attribute>(e);
            expr(a->value, ATOM);
            auto* c = as<syntax::Constant>(a->value);
            // 1 .real: without the space it would be a float.
            bool is_int =
                c && (c->value.is(ConstantValue::Kind::Int) || c->value.is(ConstantValue::Kind::BigInt));
            out += is_int ? " ." : ".";
            out += a->attr.text();
            return;
        }
        case Kind::Subscript: {
            auto* s = cast<Subscript>(e);
            expr(s->value, ATOM);
            out += "[";
            expr(s->slice, TUPLE);
            out += "]";
            return;
        }
        case Kind::Starred:
            out += "*";
            return expr(cast<Starred>(e)->value, EXPR);
        case Kind::Name: out += cast<Name>(e)->id.text(); return;
        case Kind::Slice: {
            auto* s = cast<Slice>(e);
            if (s->lower) expr(s->lower, TEST);
            out += ":";
            if (s->upper) expr(s->upper, TEST);
            if (s->step) {
                out += ":";
                expr(s->step, TEST);
            }
            return;
        }
        case Kind::NamedExpr: {
            auto* n = cast<NamedExpr>(e);
            out += "(";
            expr(n->target, ATOM);
            out += " := ";
            expr(n->value, ATOM);
            out += ")";
            return;
        }
        default: return;
        }
    }

private:
    void open(bool really) {
        if (really) out += "(";
    }
    void close(bool really) {
        if (really) out += ")";
    }

    void binary(BinOp const* b, int level) {
        static constexpr struct {
            char const* text;
            int level;
        } ops[] = {{" + ", ARITH}, {" - ", ARITH},  {" * ", TERM},   {" @ ", TERM},   {" / ", TERM},
                   {" % ", TERM},  {" ** ", POWER}, {" << ", SHIFT}, {" >> ", SHIFT}, {" | ", EXPR},
                   {" ^ ", BXOR},  {" & ", BAND},   {" // ", TERM}};
        auto const& op = ops[int(b->op)];
        bool right = b->op == BinaryOperator::Pow;
        open(level > op.level);
        expr(b->left, op.level + right);
        out += op.text;
        expr(b->right, op.level + !right);
        close(level > op.level);
    }

    void items(Seq<Expr> const& list, char const* before, char const* after) {
        out += before;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i) out += ", ";
            expr(list[i], TEST);
        }
        out += after;
    }

    void comprehension(char const* before, Expr const* elt, Expr const* value,
                       Seq<Comprehension> const& generators, char const* after) {
        out += before;
        expr(elt, TEST);
        if (value) {
            out += ": ";
            expr(value, TEST);
        }
        for (Comprehension const* g : generators) {
            out += g->is_async ? " async for " : " for ";
            expr(g->target, TUPLE);
            out += " in ";
            expr(g->iter, TEST + 1);
            for (Expr const* condition : g->ifs) {
                out += " if ";
                expr(condition, TEST + 1);
            }
        }
        out += after;
    }

    void call(Call const* c) {
        expr(c->func, ATOM);
        if (c->args.size() == 1 && c->keywords.empty() && is<GeneratorExp>(c->args[0]))
            return expr(c->args[0], TEST);
        out += "(";
        bool first = true;
        for (Expr const* a : c->args) {
            if (!first) out += ", ";
            first = false;
            expr(a, TEST);
        }
        for (Keyword const* k : c->keywords) {
            if (!first) out += ", ";
            first = false;
            if (k->arg) {
                out += k->arg.text();
                out += "=";
            } else {
                out += "**";
            }
            expr(k->value, TEST);
        }
        out += ")";
    }

    void arguments(Arguments const* a) {
        bool first = true;
        auto comma = [&] {
            out += first ? " " : ", ";
            first = false;
        };
        std::size_t positional = a->posonlyargs.size() + a->args.size();
        std::size_t without_default = positional - a->defaults.size();
        for (std::size_t i = 0; i < positional; ++i) {
            Arg const* arg =
                i < a->posonlyargs.size() ? a->posonlyargs[i] : a->args[i - a->posonlyargs.size()];
            comma();
            out += arg->arg.text();
            if (i >= without_default) {
                out += "=";
                expr(a->defaults[i - without_default], TEST);
            }
            if (i + 1 == a->posonlyargs.size()) out += ", /";
        }
        if (a->vararg || !a->kwonlyargs.empty()) {
            comma();
            out += "*";
            if (a->vararg) out += a->vararg->arg.text();
        }
        for (std::size_t i = 0; i < a->kwonlyargs.size(); ++i) {
            comma();
            out += a->kwonlyargs[i]->arg.text();
            if (a->kw_defaults[i]) {
                out += "=";
                expr(a->kw_defaults[i], TEST);
            }
        }
        if (a->kwarg) {
            comma();
            out += "**";
            out += a->kwarg->arg.text();
        }
    }

    static std::string literal(ConstantValue const& value) {
        std::string text = repr(value);
        if (!value.is(ConstantValue::Kind::Float) && !value.is(ConstantValue::Kind::Complex)) return text;
        // Infinity has no literal but one that overflows.
        for (std::size_t at = text.find("inf"); at != text.npos; at = text.find("inf", at + 5))
            text.replace(at, 3, "1e309");
        return text;
    }

    // A part of an f-string or t-string, as it stands between the quotes.
    void piece(Expr const* e) {
        if (auto* c = as<syntax::Constant>(e); c && c->value.is(ConstantValue::Kind::Str)) {
            for (char ch : c->value.text()) {
                out += ch;
                if (ch == '{' || ch == '}') out += ch;
            }
            return;
        }
        if (auto* j = as<JoinedStr>(e)) {
            for (Expr const* part : j->values) piece(part);
            return;
        }
        auto* f = as<FormattedValue>(e);
        auto* t = as<Interpolation>(e);
        if (!f && !t) return expr(e, TEST);
        std::string before = std::move(out);
        out.clear();
        if (f)
            expr(f->value, TEST + 1);
        else
            out = t->str.is(ConstantValue::Kind::Str) ? std::string(t->str.text()) : literal(t->str);
        std::string value = std::move(out);
        out = before + (value.starts_with('{') ? "{ " : "{") + value;
        int conversion = f ? f->conversion : t->conversion;
        if (conversion > 0) {
            out += "!";
            out += char(conversion);
        }
        if (Expr const* spec = f ? f->format_spec : t->format_spec) {
            out += ":";
            piece(spec);
        }
        out += "}";
    }

    void fstring(Seq<Expr> const& values, char const* prefix) {
        std::string before = std::move(out);
        out.clear();
        for (Expr const* v : values) piece(v);
        out = before + prefix + repr(ConstantValue::str(out));
    }
};

}  // namespace

std::string unparse(Expr const& e) {
    Unparser u;
    u.expr(&e, TEST);
    return std::move(u.out);
}

std::string repr_of(oro::Constant const& value) {
    switch (value.kind) {
    case oro::Constant::Kind::str: return repr(ConstantValue::str(value.text));
    case oro::Constant::Kind::bytes: return repr(ConstantValue::bytes(value.text));
    default: return constant_text(value, std::string::npos);
    }
}

}  // namespace oro::compiler
