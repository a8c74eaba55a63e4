// The first pass of the symbol table: walks the tree, opens the blocks and records what each does with its
// names.
#include "compiler/symtable.h"

#include "compiler/spine.h"

namespace oro::compiler {

using namespace syntax;

std::string mangle(std::string_view class_name, std::string_view name) {
    if (!name.starts_with("__") || name.ends_with("__") || name.find('.') != name.npos) return {};
    std::size_t start = class_name.find_first_not_of('_');
    if (start == class_name.npos) return {};
    std::string out = "_";
    out += class_name.substr(start);
    out += name;
    return out;
}

Identifier SymbolTable::mangled(Scope const* scope, Identifier private_class, Identifier name) {
    // Identifiers may come from another interner than ours.
    std::string_view text = name.text();
    Identifier own = names.intern(text);
    if (!private_class || !text.starts_with("__")) return own;
    if (scope && scope->mangled_names && !scope->mangled_names->contains(own.entry())) return own;
    std::string longer = mangle(private_class.text(), text);
    return longer.empty() ? own : names.intern(longer);
}

std::unordered_set<InternedName const*>* SymbolTable::new_name_set() {
    name_sets_.push_back(std::make_unique<std::unordered_set<InternedName const*>>());
    return name_sets_.back().get();
}

Scope* SymbolTable::add(ScopeKind kind, Identifier name, Node const* node, ScopeRole role, Range range) {
    scopes_.push_back(std::make_unique<Scope>());
    Scope* scope = scopes_.back().get();
    scope->kind = kind;
    scope->name = name;
    scope->range = range;
    by_node_.insert_or_assign(key(node, role), scope);
    return scope;
}

SyntaxError const* make_error(Arena& arena, ErrorKind kind, std::string_view message, Range range) {
    auto* error = arena.make<SyntaxError>();
    error->kind = kind;
    error->message = arena.copy(message);
    error->lineno = range.line;
    error->offset = range.column + 1;
    error->end_lineno = range.end_line;
    error->end_offset = range.end_column + 1;
    return error;
}

namespace {

class Builder {
public:
    Builder(Arena& arena, SymbolTable& table, SymtableOptions const& options)
        : arena_(arena), table_(table), options_(options), stack_base_(stack_address()) {}

    SyntaxError const* run(Mod const& tree) {
        Scope* top = table_.add(ScopeKind::module, id("top"), &tree, ScopeRole::main, Range(0, 0, 0, 0));
        enter_existing(top);
        global_ = top;
        if (auto* m = as<Module>(&tree)) {
            note_docstring(m->body);
            body(m->body);
        } else if (auto* m = as<Interactive>(&tree)) {
            body(m->body);
        } else if (auto* m = as<Expression>(&tree)) {
            expr(m->body);
        } else {
            fail("this compiler does not handle FunctionTypes", top->range);
        }
        leave();
        return error_;
    }

private:
    static std::uintptr_t stack_address() {
        return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    }
    bool too_deep(Node const* node) {
        if (stack_base_ - stack_address() < options_.stack_budget) return false;
        if (!error_)
            error_ = make_error(arena_, ErrorKind::recursion_error,
                                "maximum recursion depth exceeded during compilation", node);
        return true;
    }

    Identifier id(std::string_view text) { return table_.intern(text); }
    void fail(std::string_view message, Range range) {
        if (!error_) error_ = make_error(arena_, ErrorKind::syntax_error, message, range);
    }
    void fail(std::string_view before, Identifier name, std::string_view after, Range range) {
        std::string message(before);
        message += name.text();
        message += after;
        fail(message, range);
    }

    // ---- blocks
    Scope* enter(Identifier name, ScopeKind kind, Node const* node, Range range,
                 ScopeRole role = ScopeRole::main) {
        Scope* scope = table_.add(kind, name, node, role, range);
        if (cur_ && (cur_->nested || cur_->function_like())) scope->nested = true;
        if (kind == ScopeKind::function) scope->method = cur_->kind == ScopeKind::class_;
        enter_existing(scope);
        if (kind == ScopeKind::annotation || kind == ScopeKind::type_variable ||
            kind == ScopeKind::type_alias)
            define(id(".format"), DEF_PARAM | USE, range);
        return scope;
    }
    void enter_existing(Scope* scope) {
        bool first = scope->parent == nullptr && cur_;
        if (first) {
            scope->parent = cur_;
            scope->comp_iter_expr = cur_->comp_iter_expr;
            if (scope->kind != ScopeKind::class_) scope->mangled_names = cur_->mangled_names;
            // Annotations that stay text have no part in the lookup of names.
            if (scope->kind != ScopeKind::annotation || !options_.future_annotations)
                cur_->children.push_back(scope);
        }
        stack_.push_back(scope);
        cur_ = scope;
    }
    void leave() {
        stack_.pop_back();
        cur_ = stack_.empty() ? nullptr : stack_.back();
    }

    void define(Identifier name, std::uint32_t flag, Range range) { define_in(*cur_, name, flag, range); }
    void define_in(Scope& scope, Identifier name, std::uint32_t flag, Range range) {
        Identifier mangled = table_.mangled(cur_, private_, name);
        auto [entry, fresh] = scope.index.try_emplace(mangled.entry(), std::uint32_t(scope.symbols.size()));
        if (fresh) scope.symbols.push_back({mangled});
        Symbol& symbol = scope.symbols[entry->second];
        if (flag & symbol.flags & DEF_PARAM)
            return fail("duplicate argument '", name, "' in function definition", range);
        if (flag & symbol.flags & DEF_TYPE_PARAM) return fail("duplicate type parameter '", name, "'", range);
        symbol.flags |= flag;
        if (scope.comp_iter_target) {
            if (symbol.flags & (DEF_GLOBAL | DEF_NONLOCAL))
                return fail("comprehension inner loop cannot rebind assignment expression target '", name,
                            "'", range);
            symbol.flags |= DEF_COMP_ITER;
        }
        if (flag & DEF_PARAM) {
            scope.parameters.push_back(mangled);
        } else if (flag & DEF_GLOBAL) {
            auto [g, g_fresh] =
                global_->index.try_emplace(mangled.entry(), std::uint32_t(global_->symbols.size()));
            if (g_fresh) global_->symbols.push_back({mangled});
            global_->symbols[g->second].flags |= flag;
        }
    }
    std::uint32_t lookup(Identifier name) { return cur_->flags_of(table_.mangled(cur_, private_, name)); }

    void check_name(Identifier name, ExprContext ctx, Range range) {
        if (ctx == ExprContext::Load || name.text() != "__debug__") return;
        fail(ctx == ExprContext::Store ? "cannot assign to __debug__" : "cannot delete __debug__", range);
    }

    // ---- statements
    template <class T>
    void body(std::span<T*> items) {
        for (T* item : items) {
            if (error_) return;
            visit(item);
        }
    }
    void visit(Stmt* s) { stmt(s); }
    void visit(Expr* e) { expr(e); }
    void visit(Keyword* k) { expr(k->value); }
    void visit(TypeParam* p) { type_param(p); }
    void exprs(Seq<Expr> items) {
        for (Expr* e : items)
            if (e && !error_) expr(e);
    }
    void note_docstring(Seq<Stmt> statements) {
        if (statements.empty()) return;
        auto* first = as<ExprStmt>(statements[0]);
        auto* constant = first ? as<Constant>(first->value) : nullptr;
        if (constant && constant->value.is(ConstantValue::Kind::Str)) cur_->has_docstring = true;
    }

    struct Conditional {  // a suite that may not run
        Scope* scope;
        bool before;
        explicit Conditional(Scope* s) : scope(s), before(s->in_conditional_block) {
            s->in_conditional_block = true;
        }
        ~Conditional() { scope->in_conditional_block = before; }
    };

    void require_async(Stmt* s, char const* message) {
        if (options_.top_level_await && cur_->kind == ScopeKind::module) cur_->coroutine = true;
        if (!cur_->coroutine) fail(message, s);
    }

    template <class Def>
    void function(Def* s, bool is_async) {
        define(s->name, DEF_LOCAL, s);
        check_name(s->name, ExprContext::Store, s);
        exprs(s->args->defaults);
        exprs(s->args->kw_defaults);
        exprs(s->decorator_list);
        bool generic = !s->type_params.empty();
        bool has_kwdefaults = false;
        for (Expr* e : s->args->kw_defaults) has_kwdefaults |= e != nullptr;
        if (generic) {
            enter_type_params(s, s->name, !s->args->defaults.empty(), has_kwdefaults, false);
            body(s->type_params);
        }
        Scope* scope = table_.add(ScopeKind::function, id(s->name), s, ScopeRole::main, s);
        if (cur_->nested || cur_->function_like()) scope->nested = true;
        scope->method =
            cur_->kind == ScopeKind::class_ ||
            (generic && stack_.size() > 1 && stack_[stack_.size() - 2]->kind == ScopeKind::class_);
        annotations(s, s->args, s->returns);
        enter_existing(scope);
        note_docstring(s->body);
        if (is_async) scope->coroutine = true;
        parameters(s->args);
        body(s->body);
        leave();
        if (generic) leave();
    }

    void parameters(Arguments* a) {
        auto one = [&](Arg* arg) {
            check_name(arg->arg, ExprContext::Store, arg);
            define(arg->arg, DEF_PARAM, arg);
        };
        for (Arg* arg : a->posonlyargs) one(arg);
        for (Arg* arg : a->args) one(arg);
        for (Arg* arg : a->kwonlyargs) one(arg);
        if (a->vararg) {
            one(a->vararg);
            cur_->varargs = true;
        }
        if (a->kwarg) {
            one(a->kwarg);
            cur_->varkeywords = true;
        }
    }

    void annotations(Stmt* s, Arguments* a, Expr* returns) {
        bool sees_class = cur_->can_see_class_scope || cur_->kind == ScopeKind::class_;
        Scope* scope = enter(id("__annotate__"), ScopeKind::annotation, s, s, ScopeRole::annotations);
        if (sees_class) {
            scope->can_see_class_scope = true;
            define(id("__classdict__"), USE, s);
        }
        auto one = [&](Arg* arg) {
            if (!arg->annotation) return;
            scope->annotations_used = true;
            expr(arg->annotation);
        };
        for (Arg* arg : a->posonlyargs) one(arg);
        for (Arg* arg : a->args) one(arg);
        if (a->vararg) one(a->vararg);
        if (a->kwarg) one(a->kwarg);
        for (Arg* arg : a->kwonlyargs) one(arg);
        if (returns) {
            scope->annotations_used = true;
            expr(returns);
        }
        leave();
    }

    void enter_type_params(Stmt* s, Identifier name, bool has_defaults, bool has_kwdefaults, bool is_class) {
        bool in_class = cur_->kind == ScopeKind::class_;
        Scope* scope = enter(id(name), ScopeKind::type_parameters, s, s, ScopeRole::type_params);
        if (in_class) {
            scope->can_see_class_scope = true;
            define(id("__classdict__"), USE, s);
        }
        if (is_class) {
            define(id(".type_params"), DEF_LOCAL | USE, s);
            define(id(".generic_base"), DEF_LOCAL | USE, s);
        }
        if (has_defaults) define(id(".defaults"), DEF_PARAM, s);
        if (has_kwdefaults) define(id(".kwdefaults"), DEF_PARAM, s);
    }

    void type_param(TypeParam* p) {
        if (too_deep(p)) return;
        auto declare = [&](Identifier name) {
            check_name(name, ExprContext::Store, p);
            if (name.text() == "__classdict__")
                fail("reserved name '", name, "' cannot be used for type parameter", p);
            if (cur_->mangled_names) own_mangled_names_->insert(id(name).entry());
            define(name, DEF_TYPE_PARAM | DEF_LOCAL, p);
        };
        auto lazily = [&](Expr* e, Identifier name, ScopeRole role, char const* context) {
            if (!e) return;
            bool in_class = cur_->can_see_class_scope;
            Scope* scope = enter(id(name), ScopeKind::type_variable, e, e, role);
            scope->can_see_class_scope = in_class;
            if (in_class) define(id("__classdict__"), USE, e);
            scope->context = context;
            expr(e);
            leave();
        };
        if (auto* t = as<TypeVar>(p)) {
            declare(t->name);
            lazily(t->bound, t->name, ScopeRole::bound,
                   is<Tuple>(t->bound) ? "a TypeVar constraint" : "a TypeVar bound");
            lazily(t->default_value, t->name, ScopeRole::default_, "a TypeVar default");
        } else if (auto* t = as<ParamSpec>(p)) {
            declare(t->name);
            lazily(t->default_value, t->name, ScopeRole::default_, "a ParamSpec default");
        } else if (auto* t = as<TypeVarTuple>(p)) {
            declare(t->name);
            lazily(t->default_value, t->name, ScopeRole::default_, "a TypeVarTuple default");
        }
    }

    void class_def(ClassDef* s) {
        define(s->name, DEF_LOCAL, s);
        check_name(s->name, ExprContext::Store, s);
        exprs(s->decorator_list);
        Identifier outer_private = private_;
        auto* outer_names = own_mangled_names_;
        bool generic = !s->type_params.empty();
        if (generic) {
            enter_type_params(s, s->name, false, false, true);
            // Inside the brackets only the type parameters themselves are private to the class.
            own_mangled_names_ = table_.new_name_set();
            cur_->mangled_names = own_mangled_names_;
            private_ = id(s->name);
            body(s->type_params);
        }
        exprs(s->bases);
        body(s->keywords);
        enter(id(s->name), ScopeKind::class_, s, s);
        private_ = id(s->name);
        cur_->mangled_names = nullptr;
        if (generic) {
            define(id("__type_params__"), DEF_LOCAL, s);
            define(id(".type_params"), USE, s);
        }
        note_docstring(s->body);
        body(s->body);
        leave();
        if (generic) leave();
        own_mangled_names_ = outer_names;
        private_ = outer_private;
    }

    void annotation(Expr* a) {
        bool unevaluated = cur_->kind == ScopeKind::function;
        bool outer = cur_->kind == ScopeKind::class_ || cur_->kind == ScopeKind::module;
        // A module may run in part only, so all its annotations are conditional.
        if (((outer && cur_->in_conditional_block) || cur_->kind == ScopeKind::module) &&
            !cur_->has_conditional_annotations) {
            cur_->has_conditional_annotations = true;
            if (cur_->kind == ScopeKind::module) define(id("__conditional_annotations__"), USE, a);
        }
        Scope* parent = cur_;
        if (!parent->annotations) {
            // The block belongs to the parent; the first annotation stands for it.
            enter(id("__annotate__"), ScopeKind::annotation, a, a, ScopeRole::annotations);
            parent->annotations = cur_;
            if (parent->kind == ScopeKind::class_ && !options_.future_annotations) {
                cur_->can_see_class_scope = true;
                define(id("__classdict__"), USE, a);
            }
        } else {
            enter_existing(parent->annotations);
        }
        if (outer && parent->has_conditional_annotations) define(id("__conditional_annotations__"), USE, a);
        if (unevaluated) cur_->in_unevaluated_annotation = true;
        expr(a);
        if (unevaluated) cur_->in_unevaluated_annotation = false;
        leave();
    }

    void declarations(Stmt* s, std::span<Identifier> names, bool is_global) {
        for (Identifier name : names) {
            std::uint32_t cur = lookup(name);
            if (cur & (DEF_PARAM | DEF_LOCAL | USE | DEF_ANNOT)) {
                char const* what = is_global ? "global" : "nonlocal";
                std::string after = "' ";
                if (cur & DEF_PARAM)
                    fail("name '", name, after + "is parameter and " + what, s);
                else if (cur & USE)
                    fail("name '", name, after + "is used prior to " + what + " declaration", s);
                else if (cur & DEF_ANNOT)
                    fail("annotated name '", name, after + "can't be " + what, s);
                else
                    fail("name '", name, after + "is assigned to before " + what + " declaration", s);
                return;
            }
            define(name, is_global ? DEF_GLOBAL : DEF_NONLOCAL, s);
            cur_->directives.push_back({table_.mangled(cur_, private_, name), s});
        }
    }

    void alias(Alias* a, Stmt* s, bool from) {
        Identifier name = a->asname ? a->asname : a->name;
        std::string_view text = name.text();
        if (from && text == "*") {
            if (cur_->kind != ScopeKind::module) fail("import * only allowed at module level", a);
            return;
        }
        if (!a->asname) {
            std::size_t dot = text.find('.');
            if (dot != text.npos) text = text.substr(0, dot);
        }
        (void)s;
        check_name(id(text), ExprContext::Store, a);
        define(id(text), DEF_IMPORT, a);
    }

    void with_items(Seq<WithItem> items) {
        for (WithItem* item : items) {
            expr(item->context_expr);
            if (item->optional_vars) expr(item->optional_vars);
        }
    }
    void handlers(Seq<ExceptHandler> items) {
        for (ExceptHandler* h : items) {
            if (h->type) expr(h->type);
            if (h->name) {
                check_name(h->name, ExprContext::Store, h);
                define(h->name, DEF_LOCAL, h);
            }
            body(h->body);
        }
    }

    void capture(Identifier name, Pattern* p) {
        if (!name) return;
        check_name(name, ExprContext::Store, p);
        define(name, DEF_LOCAL, p);
    }
    void pattern(Pattern* p) {
        if (!p || error_ || too_deep(p)) return;
        auto all = [&](Seq<Pattern> items) {
            for (Pattern* item : items) pattern(item);
        };
        switch (p->kind) {
        case Kind::MatchValue: return expr(cast<MatchValue>(p)->value);
        case Kind::MatchSequence: return all(cast<MatchSequence>(p)->patterns);
        case Kind::MatchStar: return capture(cast<MatchStar>(p)->name, p);
        case Kind::MatchMapping: {
            auto* m = cast<MatchMapping>(p);
            exprs(m->keys);
            all(m->patterns);
            return capture(m->rest, p);
        }
        case Kind::MatchClass: {
            auto* m = cast<MatchClass>(p);
            expr(m->cls);
            all(m->patterns);
            for (Identifier attr : m->kwd_attrs) check_name(attr, ExprContext::Store, p);
            return all(m->kwd_patterns);
        }
        case Kind::MatchAs: {
            auto* m = cast<MatchAs>(p);
            pattern(m->pattern);
            return capture(m->name, p);
        }
        case Kind::MatchOr: return all(cast<MatchOr>(p)->patterns);
        default: return;
        }
    }

    void stmt(Stmt* s);
    void if_chain(If* s) {
        Conditional guard(cur_);
        for (;;) {
            expr(s->test);
            body(s->body);
            // A long elif chain must not become deep recursion.
            If* next = s->orelse.size() == 1 ? as<If>(s->orelse[0]) : nullptr;
            if (!next) {
                body(s->orelse);
                return;
            }
            s = next;
        }
    }
    void ann_assign(AnnAssign* s) {
        if (auto* n = as<Name>(s->target)) {
            std::uint32_t cur = lookup(n->id);
            if ((cur & (DEF_GLOBAL | DEF_NONLOCAL)) && cur_ != global_ && s->simple) {
                fail("annotated name '", n->id,
                     cur & DEF_GLOBAL ? "' can't be global" : "' can't be nonlocal", s);
                return;
            }
            check_name(n->id, ExprContext::Store, n);
            if (s->simple)
                define(n->id, DEF_ANNOT | DEF_LOCAL, n);
            else if (s->value)
                define(n->id, DEF_LOCAL, n);
        } else {
            expr(s->target);
        }
        annotation(s->annotation);
        if (s->value) expr(s->value);
    }

    // ---- expressions
    void expr(Expr* e);
    void expr_leaf(Expr* e);

    void forbid_in_annotations(char const* what, Expr* e) {
        std::string message = what;
        switch (cur_->kind) {
        case ScopeKind::annotation: message += " cannot be used within an annotation"; break;
        case ScopeKind::type_variable:
            message += " cannot be used within ";
            message += cur_->context;
            break;
        case ScopeKind::type_alias: message += " cannot be used within a type alias"; break;
        case ScopeKind::type_parameters:
            message += " cannot be used within the definition of a generic";
            break;
        default: return;
        }
        fail(message, e);
    }
    void forbid_in_comprehension(Expr* e) {
        switch (cur_->comprehension) {
        case ComprehensionKind::none: return;
        case ComprehensionKind::list: return fail("'yield' inside list comprehension", e);
        case ComprehensionKind::set: return fail("'yield' inside set comprehension", e);
        case ComprehensionKind::dict: return fail("'yield' inside dict comprehension", e);
        case ComprehensionKind::generator: return fail("'yield' inside generator expression", e);
        }
    }

    void comprehension(Expr* e, char const* name, ComprehensionKind kind, Seq<Comprehension> generators,
                       Expr* elt, Expr* value) {
        Comprehension* outermost = generators[0];
        ++cur_->comp_iter_expr;
        expr(outermost->iter);
        --cur_->comp_iter_expr;
        // An annotation scope sees the names of the class around it, a function in it doesn't.
        Scope* scope = enter(id(name), ScopeKind::function, e, e);
        scope->comprehension = kind;
        if (outermost->is_async) scope->coroutine = true;
        define(id(".0"), DEF_PARAM, e);
        for (std::size_t i = 0; i < generators.size(); ++i) {
            Comprehension* g = generators[i];
            scope->comp_iter_target = true;
            expr(g->target);
            scope->comp_iter_target = false;
            if (i) {
                ++scope->comp_iter_expr;
                expr(g->iter);
                --scope->comp_iter_expr;
                if (g->is_async) scope->coroutine = true;
            }
            exprs(g->ifs);
        }
        if (value) expr(value);
        expr(elt);
        bool is_generator = kind == ComprehensionKind::generator;
        scope->generator = is_generator;
        bool makes_async = scope->coroutine && !is_generator;
        if (scope->may_rebind) cur_->may_rebind = true;
        leave();
        if (makes_async) cur_->coroutine = true;
    }

    // The target of an assignment expression inside a comprehension belongs to the function around it.
    void bind_outside_comprehension(Name* target) {
        Identifier mangled = table_.mangled(cur_, private_, target->id);
        for (std::size_t i = stack_.size(); i-- > 0;) {
            Scope* scope = stack_[i];
            scope->may_rebind = true;
            if (scope->comprehension != ComprehensionKind::none) {
                if (scope->flags_of(mangled) & DEF_COMP_ITER &&
                    scope->flags_of(mangled) & (DEF_LOCAL | DEF_GLOBAL))
                    return fail("assignment expression cannot rebind comprehension iteration variable '",
                                target->id, "'", target);
                continue;
            }
            switch (scope->kind) {
            case ScopeKind::function:
                define(target->id, scope->flags_of(mangled) & DEF_GLOBAL ? DEF_GLOBAL : DEF_NONLOCAL, target);
                cur_->directives.push_back({mangled, target});
                define_in(*scope, target->id, DEF_LOCAL | DEF_WALRUS, target);
                return;
            case ScopeKind::module:
                define(target->id, DEF_GLOBAL, target);
                cur_->directives.push_back({mangled, target});
                define_in(*scope, target->id, DEF_GLOBAL, target);
                return;
            case ScopeKind::class_:
                return fail("assignment expression within a comprehension cannot be used in a class body",
                            target);
            case ScopeKind::type_parameters:
                return fail(
                    "assignment expression within a comprehension cannot be used within the definition of a "
                    "generic",
                    target);
            case ScopeKind::type_alias:
                return fail("assignment expression within a comprehension cannot be used in a type alias",
                            target);
            case ScopeKind::type_variable:
                return fail("assignment expression within a comprehension cannot be used in a TypeVar bound",
                            target);
            case ScopeKind::annotation:
                return fail("named expression cannot be used within an annotation", target);
            }
        }
    }

    Arena& arena_;
    SymbolTable& table_;
    SymtableOptions const& options_;
    std::uintptr_t stack_base_;
    std::vector<Scope*> stack_;
    Scope* cur_ = nullptr;
    Scope* global_ = nullptr;
    Identifier private_;
    std::unordered_set<InternedName const*>* own_mangled_names_ = nullptr;
    SyntaxError const* error_ = nullptr;
};

void Builder::stmt(Stmt* s) {
    if (too_deep(s)) return;
    switch (s->kind) {
    case Kind::FunctionDef: return function(cast<FunctionDef>(s), false);
    case Kind::AsyncFunctionDef: return function(cast<AsyncFunctionDef>(s), true);
    case Kind::ClassDef: return class_def(cast<ClassDef>(s));
    case Kind::TypeAlias: {
        auto* t = cast<TypeAlias>(s);
        expr(t->name);
        Identifier name = id(cast<Name>(t->name)->id);
        bool in_class = cur_->kind == ScopeKind::class_;
        bool generic = !t->type_params.empty();
        if (generic) {
            enter_type_params(s, name, false, false, false);
            body(t->type_params);
        }
        Scope* scope = enter(name, ScopeKind::type_alias, s, s);
        scope->can_see_class_scope = in_class;
        if (in_class) define(id("__classdict__"), USE, t->value);
        expr(t->value);
        leave();
        if (generic) leave();
        return;
    }
    case Kind::Return: {
        auto* r = cast<Return>(s);
        if (!r->value) return;
        expr(r->value);
        cur_->returns_value = true;
        return;
    }
    case Kind::Delete: return exprs(cast<Delete>(s)->targets);
    case Kind::Assign: {
        auto* a = cast<Assign>(s);
        exprs(a->targets);
        return expr(a->value);
    }
    case Kind::AugAssign: {
        auto* a = cast<AugAssign>(s);
        expr(a->target);
        return expr(a->value);
    }
    case Kind::AnnAssign: return ann_assign(cast<AnnAssign>(s));
    case Kind::For:
    case Kind::AsyncFor: {
        auto visit_for = [&](auto* f) {
            expr(f->target);
            expr(f->iter);
            Conditional guard(cur_);
            body(f->body);
            body(f->orelse);
        };
        if (auto* f = as<For>(s)) return visit_for(f);
        require_async(s, "'async for' outside async function");
        return visit_for(cast<AsyncFor>(s));
    }
    case Kind::While: {
        auto* w = cast<While>(s);
        expr(w->test);
        Conditional guard(cur_);
        body(w->body);
        return body(w->orelse);
    }
    case Kind::If: return if_chain(cast<If>(s));
    case Kind::With:
    case Kind::AsyncWith: {
        Conditional guard(cur_);
        if (auto* w = as<With>(s)) {
            with_items(w->items);
            return body(w->body);
        }
        require_async(s, "'async with' outside async function");
        auto* w = cast<AsyncWith>(s);
        with_items(w->items);
        return body(w->body);
    }
    case Kind::Match: {
        auto* m = cast<Match>(s);
        expr(m->subject);
        Conditional guard(cur_);
        for (MatchCase* c : m->cases) {
            pattern(c->pattern);
            if (c->guard) expr(c->guard);
            body(c->body);
        }
        return;
    }
    case Kind::Raise: {
        auto* r = cast<Raise>(s);
        if (r->exc) expr(r->exc);
        if (r->cause) expr(r->cause);
        return;
    }
    case Kind::Try:
    case Kind::TryStar: {
        auto visit_try = [&](auto* t) {
            Conditional guard(cur_);
            body(t->body);
            handlers(t->handlers);
            body(t->orelse);
            body(t->finalbody);
        };
        if (auto* t = as<Try>(s)) return visit_try(t);
        return visit_try(cast<TryStar>(s));
    }
    case Kind::Assert: {
        auto* a = cast<Assert>(s);
        expr(a->test);
        if (a->msg) expr(a->msg);
        return;
    }
    case Kind::Import:
        for (Alias* a : cast<Import>(s)->names) alias(a, s, false);
        return;
    case Kind::ImportFrom:
        for (Alias* a : cast<ImportFrom>(s)->names) alias(a, s, true);
        return;
    case Kind::Global: return declarations(s, cast<Global>(s)->names, true);
    case Kind::Nonlocal: return declarations(s, cast<Nonlocal>(s)->names, false);
    case Kind::ExprStmt: return expr(cast<ExprStmt>(s)->value);
    default: return;
    }
}

// Long chains of operators, attributes, calls and subscripts lean to the left: they are walked along their
// spine.
void Builder::expr(Expr* e) {
    if (!e || too_deep(e)) return;
    if (!spine_child(e)) return expr_leaf(e);
    std::vector<Expr*> spine;
    Expr* leaf = e;
    for (Expr* next = e; next; next = spine_child(next)) {
        if (spine_child(next)) spine.push_back(next);
        leaf = next;
    }
    expr_leaf(leaf);
    for (std::size_t i = spine.size(); i-- > 0 && !error_;) {
        Expr* node = spine[i];
        switch (node->kind) {
        case Kind::BinOp: expr(cast<BinOp>(node)->right); break;
        case Kind::Attribute: {
            auto* a = cast<Attribute>(node);
            check_name(a->attr, a->ctx, node);
            break;
        }
        case Kind::Subscript: expr(cast<Subscript>(node)->slice); break;
        default: {
            auto* call = cast<Call>(node);
            exprs(call->args);
            for (Keyword* k : call->keywords)
                if (k->arg) check_name(k->arg, ExprContext::Store, k);
            body(call->keywords);
        }
        }
    }
}

void Builder::expr_leaf(Expr* e) {
    switch (e->kind) {
    case Kind::BoolOp: return exprs(cast<BoolOp>(e)->values);
    case Kind::NamedExpr: {
        auto* n = cast<NamedExpr>(e);
        forbid_in_annotations("named expression", e);
        if (cur_->comp_iter_expr > 0)
            return fail("assignment expression cannot be used in a comprehension iterable expression", e);
        auto* target = cast<Name>(n->target);
        cur_->may_rebind = true;
        if (cur_->comprehension != ComprehensionKind::none) bind_outside_comprehension(target);
        expr(n->value);
        expr(target);
        if (Symbol* symbol = cur_->find(table_.mangled(cur_, private_, target->id)))
            symbol->flags |= DEF_WALRUS;
        return;
    }
    case Kind::UnaryOp: return expr(cast<UnaryOp>(e)->operand);
    case Kind::Lambda: {
        auto* l = cast<Lambda>(e);
        exprs(l->args->defaults);
        exprs(l->args->kw_defaults);
        enter(id("<lambda>"), ScopeKind::function, e, e);
        parameters(l->args);
        expr(l->body);
        return leave();
    }
    case Kind::IfExp: {
        auto* i = cast<IfExp>(e);
        expr(i->test);
        expr(i->body);
        return expr(i->orelse);
    }
    case Kind::Dict: {
        auto* d = cast<Dict>(e);
        exprs(d->keys);
        return exprs(d->values);
    }
    case Kind::Set: return exprs(cast<Set>(e)->elts);
    case Kind::ListComp: {
        auto* c = cast<ListComp>(e);
        return comprehension(e, "<listcomp>", ComprehensionKind::list, c->generators, c->elt, nullptr);
    }
    case Kind::SetComp: {
        auto* c = cast<SetComp>(e);
        return comprehension(e, "<setcomp>", ComprehensionKind::set, c->generators, c->elt, nullptr);
    }
    case Kind::DictComp: {
        auto* c = cast<DictComp>(e);
        return comprehension(e, "<dictcomp>", ComprehensionKind::dict, c->generators, c->key, c->value);
    }
    case Kind::GeneratorExp: {
        auto* c = cast<GeneratorExp>(e);
        return comprehension(e, "<genexpr>", ComprehensionKind::generator, c->generators, c->elt, nullptr);
    }
    case Kind::Yield:
    case Kind::YieldFrom:
        forbid_in_annotations("yield expression", e);
        if (auto* y = as<Yield>(e)) {
            if (y->value) expr(y->value);
        } else {
            expr(cast<YieldFrom>(e)->value);
        }
        cur_->generator = true;
        return forbid_in_comprehension(e);
    case Kind::Await: {
        forbid_in_annotations("await expression", e);
        bool in_async = cur_->coroutine && cur_->kind == ScopeKind::function;
        if (!options_.top_level_await) {
            if (!cur_->function_like()) return fail("'await' outside function", e);
            if (!in_async && cur_->comprehension == ComprehensionKind::none)
                return fail("'await' outside async function", e);
        }
        expr(cast<Await>(e)->value);
        cur_->coroutine = true;
        return;
    }
    case Kind::Compare: {
        auto* c = cast<Compare>(e);
        expr(c->left);
        return exprs(c->comparators);
    }
    case Kind::FormattedValue: {
        auto* f = cast<FormattedValue>(e);
        expr(f->value);
        return expr(f->format_spec);
    }
    case Kind::Interpolation: {
        auto* f = cast<Interpolation>(e);
        expr(f->value);
        return expr(f->format_spec);
    }
    case Kind::JoinedStr: return exprs(cast<JoinedStr>(e)->values);
    case Kind::TemplateStr: return exprs(cast<TemplateStr>(e)->values);
    case Kind::Starred: return expr(cast<Starred>(e)->value);
    case Kind::Name: {
        auto* n = cast<Name>(e);
        if (cur_->in_unevaluated_annotation) return;
        check_name(n->id, n->ctx, e);
        define(n->id, n->ctx == ExprContext::Load ? USE : DEF_LOCAL, e);
        // super() finds its class through the cell __class__.
        if (n->ctx == ExprContext::Load && cur_->function_like() && n->id == std::string_view("super"))
            define(id("__class__"), USE, e);
        return;
    }
    case Kind::List: return exprs(cast<List>(e)->elts);
    case Kind::Tuple: return exprs(cast<Tuple>(e)->elts);
    case Kind::Slice: {
        auto* s = cast<Slice>(e);
        expr(s->lower);
        expr(s->upper);
        return expr(s->step);
    }
    default: return;
    }
}

}  // namespace

SyntaxError const* build_symbol_table(Arena& arena, SymbolTable& table, Mod const& tree,
                                      SymtableOptions const& options) {
    if (auto* error = Builder(arena, table, options).run(tree)) return error;
    return analyse_symbols(arena, table, options.stack_budget);
}

}  // namespace oro::compiler
