#include "syntax/validate.h"

#include <initializer_list>

#include "syntax/ast_reflect.h"

namespace oro::syntax {

namespace {

bool is_forbidden(std::string_view name) { return name == "None" || name == "True" || name == "False"; }

class Validator {
public:
    explicit Validator(std::size_t stack_budget) : budget_(stack_budget) {}

    std::optional<TreeError> run(Mod const& tree) {
        switch (tree.kind) {
        case Kind::Module: statements(cast<Module>(&tree)->body); break;
        case Kind::Interactive: statements(cast<Interactive>(&tree)->body); break;
        case Kind::Expression: expression(cast<Expression>(&tree)->body); break;
        default: {
            auto* f = cast<FunctionType>(&tree);
            expressions(f->argtypes);
            expression(f->returns);
        }
        }
        return std::move(error_);
    }

private:
    static std::uintptr_t stack_address() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

    // ---- what was found

    // After the first error everything returns early: `ok` is asked wherever work would go on.
    bool ok() const { return !error_; }
    void fail(std::string message, TreeError::Kind kind = TreeError::Kind::value) {
        if (!error_) error_ = TreeError{kind, std::move(message)};
    }
    bool enter() {
        if (!ok()) return false;
        if (base_ - stack_address() < budget_) return true;
        fail("maximum recursion depth exceeded during compilation", TreeError::Kind::recursion);
        return false;
    }
    void require(bool holds, std::string message, TreeError::Kind kind = TreeError::Kind::value) {
        if (!holds) fail(std::move(message), kind);
    }

    void position(Node const& n) {
        auto range = [](int a, int b) { return "(" + std::to_string(a) + ", " + std::to_string(b) + ")"; };
        if (n.lineno > n.end_lineno) return fail("AST node line range " + range(n.lineno, n.end_lineno) + " is not valid");
        if ((n.lineno < 0 && n.end_lineno != n.lineno) || (n.col_offset < 0 && n.col_offset != n.end_col_offset))
            return fail("AST node column range " + range(n.col_offset, n.end_col_offset) + " for line range " +
                        range(n.lineno, n.end_lineno) + " is not valid");
        if (n.lineno == n.end_lineno && n.col_offset > n.end_col_offset)
            fail("line " + std::to_string(n.lineno) + ", column " + std::to_string(n.col_offset) + "-" +
                 std::to_string(n.end_col_offset) + " is not a valid range");
    }
    void name(Identifier n) {
        if (is_forbidden(n.text())) fail("identifier field can't represent '" + std::string(n.text()) + "' constant");
    }
    template <class T> void filled(std::span<T> items, char const* field, Node const& owner) {
        if (items.empty()) fail("empty " + std::string(field) + " on " + std::string(info_of(owner).name));
    }

    // ---- lists

    void expressions(Seq<Expr> items, ExprContext context = ExprContext::Load, bool nulls = false) {
        for (Expr const* e : items) {
            if (!ok()) return;
            if (e) expression(e, context);
            else require(nulls, "None disallowed in expression list");
        }
    }
    void statements(Seq<Stmt> items) {
        for (Stmt const* s : items) {
            if (!ok()) return;
            if (s) statement(*s);
            else fail("None disallowed in statement list");
        }
    }
    void body(Seq<Stmt> items, Node const& owner) {
        filled(items, "body", owner);
        statements(items);
    }
    void targets(Seq<Expr> items, ExprContext context, Node const& owner) {
        filled(items, "targets", owner);
        expressions(items, context);
    }
    void keywords(Seq<Keyword> items) {
        for (Keyword const* k : items) expression(k->value);
    }
    void generators(Seq<Comprehension> items) {
        require(!items.empty(), "comprehension with no generators");
        for (Comprehension const* c : items) {
            expression(c->target, ExprContext::Store);
            expression(c->iter);
            expressions(c->ifs);
        }
    }
    void parameters(Seq<Arg> items) {
        for (Arg const* a : items) parameter(a);
    }
    void parameter(Arg const* a) {
        if (!a || !ok()) return;
        position(*a);
        if (a->annotation) expression(a->annotation);
    }
    void arguments(Arguments const* a) {
        parameters(a->posonlyargs);
        parameters(a->args);
        if (a->vararg) optional(a->vararg->annotation);
        parameters(a->kwonlyargs);
        if (a->kwarg) optional(a->kwarg->annotation);
        if (!ok()) return;
        if (a->defaults.size() > a->posonlyargs.size() + a->args.size()) return fail("more positional defaults than args on arguments");
        if (a->kw_defaults.size() != a->kwonlyargs.size()) return fail("length of kwonlyargs is not the same as kw_defaults on arguments");
        expressions(a->defaults);
        expressions(a->kw_defaults, ExprContext::Load, true);
    }
    void type_parameters(Seq<TypeParam> items) {
        for (TypeParam const* p : items) {
            if (!ok()) return;
            if (!p) return fail("None disallowed in type parameter list");
            position(*p);
            if (auto* v = as<TypeVar>(p)) {
                name(v->name);
                optional(v->bound);
                optional(v->default_value);
            } else if (auto* s = as<ParamSpec>(p)) {
                name(s->name);
                optional(s->default_value);
            } else {
                auto* t = cast<TypeVarTuple>(p);
                name(t->name);
                optional(t->default_value);
            }
        }
    }
    void optional(Expr const* e, ExprContext context = ExprContext::Load) {
        if (e) expression(e, context);
    }

    // ---- expressions

    void expression(Expr const* e, ExprContext context = ExprContext::Load) {
        if (!enter()) return;
        position(*e);
        if (!ok()) return;
        switch (e->kind) {
        case Kind::Attribute:
        case Kind::Subscript:
        case Kind::Starred:
        case Kind::Name:
        case Kind::List:
        case Kind::Tuple:
            if (auto* n = as<Name>(e)) name(n->id);
            if (ok() && context_of(*e) != context)
                fail("expression must have " + std::string(name_of(context)) + " context but has " + std::string(name_of(context_of(*e))) + " instead");
            break;
        default:
            if (context != ExprContext::Load)
                fail("expression which can't be assigned to in " + std::string(name_of(context)) + " context");
        }
        if (!ok()) return;
        switch (e->kind) {
        case Kind::BoolOp:
            require(cast<BoolOp>(e)->values.size() >= 2, "BoolOp with less than 2 values");
            return expressions(cast<BoolOp>(e)->values);
        case Kind::NamedExpr:
            require(is<Name>(cast<NamedExpr>(e)->target), "NamedExpr target must be a Name", TreeError::Kind::type);
            return expression(cast<NamedExpr>(e)->value);
        case Kind::Lambda:
            arguments(cast<Lambda>(e)->args);
            return expression(cast<Lambda>(e)->body);
        case Kind::Dict: {
            auto* d = cast<Dict>(e);
            require(d->keys.size() == d->values.size(), "Dict doesn't have the same number of keys as values");
            expressions(d->keys, ExprContext::Load, true);
            return expressions(d->values);
        }
        case Kind::ListComp: return comprehension(cast<ListComp>(e)->generators, cast<ListComp>(e)->elt);
        case Kind::SetComp: return comprehension(cast<SetComp>(e)->generators, cast<SetComp>(e)->elt);
        case Kind::GeneratorExp: return comprehension(cast<GeneratorExp>(e)->generators, cast<GeneratorExp>(e)->elt);
        case Kind::DictComp:
            comprehension(cast<DictComp>(e)->generators, cast<DictComp>(e)->key);
            return expression(cast<DictComp>(e)->value);
        case Kind::Compare: {
            auto* c = cast<Compare>(e);
            require(!c->comparators.empty(), "Compare with no comparators");
            require(c->comparators.size() == c->ops.size(), "Compare has a different number of comparators and operands");
            expressions(c->comparators);
            return expression(c->left);
        }
        case Kind::Call:
            expression(cast<Call>(e)->func);
            expressions(cast<Call>(e)->args);
            return keywords(cast<Call>(e)->keywords);
        case Kind::Starred: return expression(cast<Starred>(e)->value, context);
        case Kind::List: return expressions(cast<List>(e)->elts, context);
        case Kind::Tuple: return expressions(cast<Tuple>(e)->elts, context);
        default:
            // The others: all their expressions are read.
            for_each_field(static_cast<Node const&>(*e), [&](FieldInfo const&, auto const& field) {
                using F = std::remove_cvref_t<decltype(field)>;
                if constexpr (std::is_same_v<F, Expr*>) optional(field);
                else if constexpr (std::is_same_v<F, std::span<Expr*>>) expressions(field);
            });
        }
    }
    void comprehension(Seq<Comprehension> clauses, Expr const* element) {
        generators(clauses);
        expression(element);
    }

    // ---- patterns

    // A literal or an attribute look-up, as patterns compare with.
    void pattern_value(Expr const* e) {
        if (!enter()) return;
        expression(e);
        if (!ok()) return;
        switch (e->kind) {
        case Kind::Constant: {
            using K = ConstantValue::Kind;
            switch (cast<Constant>(e)->value.kind) {
            case K::Int: case K::BigInt: case K::Float: case K::Complex: case K::Str: case K::Bytes: return;
            case K::None: case K::True: case K::False: return;
            default: return fail("unexpected constant inside of a literal pattern");
            }
        }
        case Kind::Attribute:
        case Kind::UnaryOp:
        case Kind::BinOp:
        case Kind::JoinedStr:
        case Kind::TemplateStr: return;  // what the compiler makes of them, it says itself
        default: return fail("patterns may only match literals and attribute lookups");
        }
    }
    void capture(Identifier n) {
        if (n.text() == "_") return fail("can't capture name '_' in patterns");
        name(n);
    }
    void patterns(Seq<Pattern> items, bool star_ok) {
        for (Pattern const* p : items) {
            if (!ok()) return;
            if (!p) return fail("None disallowed in pattern list");
            pattern(*p, star_ok);
        }
    }
    void pattern(Pattern const& p, bool star_ok) {
        if (!enter()) return;
        position(p);
        if (!ok()) return;
        switch (p.kind) {
        case Kind::MatchValue: return pattern_value(cast<MatchValue>(&p)->value);
        case Kind::MatchSingleton: {
            auto kind = cast<MatchSingleton>(&p)->value.kind;
            using K = ConstantValue::Kind;
            return require(kind == K::None || kind == K::True || kind == K::False, "MatchSingleton can only contain True, False and None");
        }
        case Kind::MatchSequence: return patterns(cast<MatchSequence>(&p)->patterns, true);
        case Kind::MatchMapping: {
            auto* m = cast<MatchMapping>(&p);
            if (m->keys.size() != m->patterns.size()) return fail("MatchMapping doesn't have the same number of keys as patterns");
            if (m->rest) capture(m->rest);
            for (Expr const* key : m->keys) {
                if (!ok()) return;
                if (!key) return fail("None disallowed in expression list");
                // True, False and None may be keys.
                if (auto* c = as<Constant>(key); c && c->value.is_singleton() && !c->value.is(ConstantValue::Kind::Ellipsis)) continue;
                pattern_value(key);
            }
            return patterns(m->patterns, false);
        }
        case Kind::MatchClass: {
            auto* c = cast<MatchClass>(&p);
            if (c->kwd_attrs.size() != c->kwd_patterns.size())
                return fail("MatchClass doesn't have the same number of keyword attributes as patterns");
            expression(c->cls);
            if (!ok()) return;
            Expr const* cls = c->cls;
            while (is<Attribute>(cls)) cls = cast<Attribute>(cls)->value;
            if (!is<Name>(cls)) return fail("MatchClass cls field can only contain Name or Attribute nodes.");
            for (Identifier n : c->kwd_attrs) name(n);
            patterns(c->patterns, false);
            return patterns(c->kwd_patterns, false);
        }
        case Kind::MatchStar:
            if (!star_ok) return fail("can't use MatchStar here");
            if (Identifier n = cast<MatchStar>(&p)->name) capture(n);
            return;
        case Kind::MatchAs: {
            auto* m = cast<MatchAs>(&p);
            if (m->name) capture(m->name);
            if (!m->pattern) return;
            if (!m->name) return fail("MatchAs must specify a target name if a pattern is given");
            return pattern(*m->pattern, false);
        }
        default: {
            auto* m = cast<MatchOr>(&p);
            if (m->patterns.size() < 2) return fail("MatchOr requires at least 2 patterns");
            return patterns(m->patterns, false);
        }
        }
    }

    // ---- statements

    template <class F> void function(F const& f) {
        name(f.name);
        body(f.body, f);
        type_parameters(f.type_params);
        if (ok()) arguments(f.args);
        expressions(f.decorator_list);
        optional(f.returns);
    }
    template <class F> void loop(F const& f) {
        expression(f.target, ExprContext::Store);
        expression(f.iter);
        body(f.body, f);
        statements(f.orelse);
    }
    template <class W> void with(W const& w) {
        filled(w.items, "items", w);
        for (WithItem const* item : w.items) {
            expression(item->context_expr);
            optional(item->optional_vars, ExprContext::Store);
        }
        body(w.body, w);
    }
    template <class T> void try_(T const& t) {
        std::string kind(info_of(t).name);
        body(t.body, t);
        require(!t.handlers.empty() || !t.finalbody.empty(), kind + " has neither except handlers nor finalbody");
        require(!t.handlers.empty() || t.orelse.empty(), kind + " has orelse but no except handlers");
        for (ExceptHandler const* h : t.handlers) {
            if (!ok()) return;
            if (!h) return fail("None disallowed in handler list");
            position(*h);
            if (h->name) name(h->name);
            optional(h->type);
            body(h->body, *h);
        }
        statements(t.finalbody);
        statements(t.orelse);
    }
    void names(Seq<Alias> items, Node const& owner) {
        filled(items, "names", owner);
        for (Alias const* a : items) {
            name(a->name);
            if (a->asname) name(a->asname);
        }
    }

    void statement(Stmt const& s) {
        if (!enter()) return;
        position(s);
        if (!ok()) return;
        switch (s.kind) {
        case Kind::FunctionDef: return function(*cast<FunctionDef>(&s));
        case Kind::AsyncFunctionDef: return function(*cast<AsyncFunctionDef>(&s));
        case Kind::ClassDef: {
            auto* c = cast<ClassDef>(&s);
            name(c->name);
            body(c->body, s);
            type_parameters(c->type_params);
            expressions(c->bases);
            if (ok()) keywords(c->keywords);
            return expressions(c->decorator_list);
        }
        case Kind::Return: return optional(cast<Return>(&s)->value);
        case Kind::Delete: return targets(cast<Delete>(&s)->targets, ExprContext::Del, s);
        case Kind::Assign:
            targets(cast<Assign>(&s)->targets, ExprContext::Store, s);
            return expression(cast<Assign>(&s)->value);
        case Kind::AugAssign:
            expression(cast<AugAssign>(&s)->target, ExprContext::Store);
            return expression(cast<AugAssign>(&s)->value);
        case Kind::AnnAssign: {
            auto* a = cast<AnnAssign>(&s);
            require(is<Name>(a->target) || !a->simple, "AnnAssign with simple non-Name target", TreeError::Kind::type);
            expression(a->target, ExprContext::Store);
            optional(a->value);
            return expression(a->annotation);
        }
        case Kind::TypeAlias: {
            auto* t = cast<TypeAlias>(&s);
            require(is<Name>(t->name), "TypeAlias with non-Name name", TreeError::Kind::type);
            expression(t->name, ExprContext::Store);
            type_parameters(t->type_params);
            return expression(t->value);
        }
        case Kind::For: return loop(*cast<For>(&s));
        case Kind::AsyncFor: return loop(*cast<AsyncFor>(&s));
        case Kind::While:
            expression(cast<While>(&s)->test);
            body(cast<While>(&s)->body, s);
            return statements(cast<While>(&s)->orelse);
        case Kind::If:
            expression(cast<If>(&s)->test);
            body(cast<If>(&s)->body, s);
            return statements(cast<If>(&s)->orelse);
        case Kind::With: return with(*cast<With>(&s));
        case Kind::AsyncWith: return with(*cast<AsyncWith>(&s));
        case Kind::Match:
            expression(cast<Match>(&s)->subject);
            filled(cast<Match>(&s)->cases, "cases", s);
            for (MatchCase const* c : cast<Match>(&s)->cases) {
                pattern(*c->pattern, false);
                optional(c->guard);
                body(c->body, *c);
            }
            return;
        case Kind::Raise: {
            auto* r = cast<Raise>(&s);
            require(r->exc || !r->cause, "Raise with cause but no exception");
            optional(r->exc);
            return optional(r->cause);
        }
        case Kind::Try: return try_(*cast<Try>(&s));
        case Kind::TryStar: {
            auto* t = cast<TryStar>(&s);
            try_(*t);
            for (ExceptHandler const* h : t->handlers)  // the grammar has none, and the compiler no code for it
                if (h && !h->type) fail("TryStar has a handler without a type");
            return;
        }
        case Kind::Assert:
            expression(cast<Assert>(&s)->test);
            return optional(cast<Assert>(&s)->msg);
        case Kind::Import: return names(cast<Import>(&s)->names, s);
        case Kind::ImportFrom:
            require(cast<ImportFrom>(&s)->level >= 0, "Negative ImportFrom level");
            return names(cast<ImportFrom>(&s)->names, s);
        case Kind::Global: return filled(cast<Global>(&s)->names, "names", s);
        case Kind::Nonlocal: return filled(cast<Nonlocal>(&s)->names, "names", s);
        case Kind::ExprStmt: return expression(cast<ExprStmt>(&s)->value);
        default: return;
        }
    }

    std::size_t budget_;
    std::uintptr_t base_ = stack_address();
    std::optional<TreeError> error_;
};

}  // namespace

std::optional<TreeError> validate(Mod const& tree, std::size_t stack_budget) { return Validator(stack_budget).run(tree); }

}  // namespace oro::syntax
