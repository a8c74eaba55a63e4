// What PyCF_OPTIMIZED_AST asks for: the changes that the compiler makes to a tree before it makes code of it.
#include "modules/_ast/ast.h"

namespace oro::ast {

namespace {

using syntax::BinaryOperator, syntax::ConstantValue, syntax::Expr, syntax::Kind, syntax::Stmt, syntax::UnaryOperator;

class Optimizer {
public:
    Optimizer(Arena& arena, int level) : arena_(arena), level_(level) {}

    // Children first. The tree was read or parsed before: it isn't deeper than the stack allows.
    void visit(syntax::Node& n) {
        drop_docstring(n);
        syntax::for_each_field(n, [&](syntax::FieldInfo const&, auto& field) {
            using F = std::remove_cvref_t<decltype(field)>;
            if constexpr (std::is_same_v<F, Expr*>) {
                if (field) field = replaced(field);
            } else if constexpr (std::is_same_v<F, std::span<Expr*>>) {
                for (Expr*& item : field)
                    if (item) item = replaced(item);
            } else if constexpr (std::is_pointer_v<F>) {
                if (field) visit(*field);
            } else if constexpr (syntax::detail::is_node_sequence<F>) {
                for (auto* item : field)
                    if (item) visit(*item);
            }
        });
        if (auto* value = syntax::as<syntax::MatchValue>(&n)) value->value = folded(value->value);
        if (auto* mapping = syntax::as<syntax::MatchMapping>(&n))
            for (Expr*& key : mapping->keys) key = folded(key);
    }

private:
    template <class T> T* like(syntax::Node const& old) {
        T* made = arena_.make<T>();
        made->kind = T::kKind;
        made->lineno = old.lineno;
        made->col_offset = old.col_offset;
        made->end_lineno = old.end_lineno;
        made->end_col_offset = old.end_col_offset;
        return made;
    }
    Expr* constant(syntax::Node const& old, ConstantValue value) {
        auto* c = like<syntax::Constant>(old);
        c->value = value;
        return c;
    }

    Expr* replaced(Expr* e) {
        visit(*e);
        if (auto* name = syntax::as<syntax::Name>(e); name && level_ > 0 && name->ctx == syntax::ExprContext::Load && name->id == "__debug__")
            return constant(*e, ConstantValue::boolean(false));
        if (auto* binary = syntax::as<syntax::BinOp>(e); binary && binary->op == BinaryOperator::Mod)
            if (Expr* joined = formatted(*binary)) return joined;
        return e;
    }

    // '%s and %r' % (a, b), with nothing but %s, %r and %a: as an f-string.
    Expr* formatted(syntax::BinOp& e) {
        auto* format = syntax::as<syntax::Constant>(e.left);
        auto* values = syntax::as<syntax::Tuple>(e.right);
        if (!format || !values || !format->value.is(ConstantValue::Kind::Str)) return nullptr;
        for (Expr* v : values->elts)
            if (!v || syntax::is<syntax::Starred>(v)) return nullptr;
        std::string_view text = format->value.text();
        std::vector<Expr*> parts;
        std::string literal;
        std::size_t used = 0;
        auto flush = [&] {
            if (!literal.empty()) parts.push_back(constant(*format, ConstantValue::str(arena_.copy(std::string_view(literal)))));
            literal.clear();
        };
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                literal += text[i];
                continue;
            }
            if (++i == text.size()) return nullptr;
            if (text[i] == '%') {
                literal += '%';
                continue;
            }
            if ((text[i] != 's' && text[i] != 'r' && text[i] != 'a') || used == values->elts.size()) return nullptr;
            flush();
            Expr* value = values->elts[used++];
            auto* part = like<syntax::FormattedValue>(*value);
            part->value = value;
            part->conversion = text[i];
            parts.push_back(part);
        }
        if (used != values->elts.size()) return nullptr;
        flush();
        auto* joined = like<syntax::JoinedStr>(e);
        joined->values = arena_.copy(std::span<Expr* const>(parts));
        return joined;
    }

    // The docstring goes; a text that would come first instead must not become one.
    void drop_docstring(syntax::Node& n) {
        if (level_ < 2) return;
        std::span<Stmt*>* body = nullptr;
        if (auto* f = syntax::as<syntax::FunctionDef>(&n)) body = &f->body;
        else if (auto* a = syntax::as<syntax::AsyncFunctionDef>(&n)) body = &a->body;
        else if (auto* c = syntax::as<syntax::ClassDef>(&n)) body = &c->body;
        else if (auto* m = syntax::as<syntax::Module>(&n)) body = &m->body;
        if (!body || body->empty() || !text_of(*(*body)[0])) return;
        Stmt* first = (*body)[0];
        *body = body->subspan(1);
        if (body->empty()) {
            if (syntax::is<syntax::Module>(&n)) return;
            Stmt* one[] = {like<syntax::Pass>(*first)};
            *body = arena_.copy(std::span<Stmt* const>(one));
        } else if (auto* text = text_of(*(*body)[0])) {
            auto* joined = like<syntax::JoinedStr>(*text);
            Expr* parts[] = {text};
            joined->values = arena_.copy(std::span<Expr* const>(parts));
            static_cast<syntax::ExprStmt*>((*body)[0])->value = joined;
        }
    }
    static syntax::Constant* text_of(Stmt& s) {
        auto* e = syntax::as<syntax::ExprStmt>(&s);
        auto* c = e ? syntax::as<syntax::Constant>(e->value) : nullptr;
        return c && c->value.is(ConstantValue::Kind::Str) ? c : nullptr;
    }

    // -1 and 1+2j as patterns have them.
    Expr* folded(Expr* e) {
        using K = ConstantValue::Kind;
        if (auto* u = syntax::as<syntax::UnaryOp>(e); u && u->op == UnaryOperator::USub) {
            auto* c = syntax::as<syntax::Constant>(u->operand);
            if (!c) return e;
            ConstantValue const& v = c->value;
            if (v.is(K::Int) && v.integer() != INT64_MIN) return constant(*e, ConstantValue::integer(-v.integer()));
            if (v.is(K::BigInt)) return constant(*e, ConstantValue::big_integer(arena_.copy("-" + std::string(v.text())), v.radix()));
            if (v.is(K::Float)) return constant(*e, ConstantValue::real(-v.number()));
            if (v.is(K::Complex)) return constant(*e, ConstantValue::complex(-v.real_part(), -v.number()));
            return e;
        }
        auto* b = syntax::as<syntax::BinOp>(e);
        if (!b || (b->op != BinaryOperator::Add && b->op != BinaryOperator::Sub)) return e;
        auto* left = syntax::as<syntax::Constant>(folded(b->left));
        auto* right = syntax::as<syntax::Constant>(b->right);
        if (!left || !right || !right->value.is(K::Complex) || right->value.real_part() != 0) return e;
        ConstantValue const& l = left->value;
        if (!l.is(K::Int) && !l.is(K::Float)) return e;
        double real = l.is(K::Int) ? double(l.integer()) : l.number();
        double imaginary = right->value.number();
        return constant(*e, ConstantValue::complex(real, b->op == BinaryOperator::Add ? imaginary : -imaginary));
    }

    Arena& arena_;
    int level_;
};

}  // namespace

void optimize_tree(Arena& arena, syntax::Mod& tree, int level) { Optimizer(arena, level).visit(tree); }

}  // namespace oro::ast
