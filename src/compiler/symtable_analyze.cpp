// The second pass over the symbol table: decides for every name of every block whether it is local, a cell,
// free or global, and which comprehensions become part of their parent's code.
//
// A block is given the names bound by enclosing functions; it gives back the names that it and its children
// use from there.
#include <algorithm>

#include "compiler/symtable.h"

namespace oro::compiler {

namespace {

using Names = std::unordered_set<syntax::InternedName const*>;

class Analyser {
public:
    Analyser(Arena& arena, SymbolTable& table, std::size_t stack_budget)
        : arena_(arena), stack_base_(stack_address()), stack_budget_(stack_budget), class_(table.intern("__class__")), classdict_(table.intern("__classdict__")),
          conditional_(table.intern("__conditional_annotations__")) {}

    syntax::SyntaxError const* run(Scope& module) {
        Names free, global, type_params;
        block(module, nullptr, free, global, type_params, nullptr);
        return error_;
    }

private:
    static std::uintptr_t stack_address() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

    // `free` receives the free names of the block; `global` and `type_params` are the caller's own copies.
    void block(Scope& scope, Names const* bound, Names& free, Names& global, Names& type_params,
               Scope const* class_scope) {
        if (error_) return;
        if (stack_base_ - stack_address() >= stack_budget_) {
            error_ = make_error(arena_, syntax::ErrorKind::recursion_error, "maximum recursion depth exceeded during compilation", scope.range);
            return;
        }
        Names local, new_free;
        Names new_bound, new_global;
        bool is_class = scope.kind == ScopeKind::class_;
        Names own_bound;
        if (bound) own_bound = *bound;
        // A class hands its parents' names on to its methods unseen by its own bindings.
        if (is_class) {
            new_global = global;
            if (bound) new_bound = *bound;
        }
        for (Symbol& symbol : scope.symbols) {
            // The block's own free names are not its children's: a class that reaches for the __class__ of an
            // outer one does not mean its own.
            name(scope, symbol, bound ? &own_bound : nullptr, local, free, global, type_params, class_scope);
            if (error_) return;
        }
        if (is_class) {
            new_bound.insert(class_.entry());
            new_bound.insert(classdict_.entry());
            new_bound.insert(conditional_.entry());
        } else {
            if (scope.function_like()) new_bound = local;
            new_bound.insert(own_bound.begin(), own_bound.end());
            new_global = global;
        }
        for (Scope* child : scope.children) {
            Scope const* child_class = nullptr;
            if (child->can_see_class_scope) child_class = is_class ? &scope : class_scope;
            Names child_free, child_global = new_global, child_params = type_params;
            bool inlines = child->comprehension != ComprehensionKind::none &&
                           child->comprehension != ComprehensionKind::generator && !scope.can_see_class_scope;
            block(*child, &new_bound, child_free, child_global, child_params, child_class);
            if (error_) return;
            if (inlines) {
                inline_comprehension(scope, *child, child_free);
                child->inlined = true;
            }
            new_free.insert(child_free.begin(), child_free.end());
        }
        if (scope.function_like()) {
            for (Symbol& symbol : scope.symbols) {
                if (symbol.binding != Binding::local) continue;
                if (new_free.erase(symbol.name.entry()))
                    symbol.binding = Binding::cell;
            }
        } else if (is_class) {
            if (new_free.erase(class_.entry())) scope.needs_class_closure = true;
            if (new_free.erase(classdict_.entry())) scope.needs_classdict = true;
            if (new_free.erase(conditional_.entry())) scope.has_conditional_annotations = true;
        }
        for (syntax::InternedName const* n : new_free) {
            Identifier id(n);
            if (Symbol* symbol = scope.find(id)) {
                // A method's free name that the class binds too, or declares global, still passes through.
                // The same holds for annotation scopes that look into a class.
                if ((is_class || scope.can_see_class_scope) && symbol->binding != Binding::free)
                    symbol->flags |= DEF_FREE_CLASS;
                continue;
            }
            if (bound && !bound->contains(n)) continue;
            if (!bound) continue;
            scope.index.emplace(n, std::uint32_t(scope.symbols.size()));
            scope.symbols.push_back({id, 0, Binding::free});
        }
        free.insert(new_free.begin(), new_free.end());
    }

    void name(Scope& scope, Symbol& symbol, Names* bound, Names& local, Names& free, Names& global,
              Names& type_params, Scope const* class_scope) {
        auto* n = symbol.name.entry();
        if (symbol.flags & DEF_GLOBAL) {
            if (symbol.flags & DEF_NONLOCAL)
                return fail(scope, symbol.name, "name '", "' is nonlocal and global");
            symbol.binding = Binding::global_explicit;
            global.insert(n);
            if (bound) bound->erase(n);
            return;
        }
        if (symbol.flags & DEF_NONLOCAL) {
            if (!bound)
                return fail(scope, symbol.name, "nonlocal declaration not allowed at module level", nullptr);
            if (!bound->contains(n)) return fail(scope, symbol.name, "no binding for nonlocal '", "' found");
            if (type_params.contains(n))
                return fail(scope, symbol.name, "nonlocal binding not allowed for type parameter '", "'");
            symbol.binding = Binding::free;
            free.insert(n);
            return;
        }
        if (symbol.flags & DEF_BOUND) {
            symbol.binding = Binding::local;
            local.insert(n);
            global.erase(n);
            if (symbol.flags & DEF_TYPE_PARAM)
                type_params.insert(n);
            else
                type_params.erase(n);
            return;
        }
        // In an annotation scope of a class, a name that the class binds is looked up there and then among
        // the globals, never in the functions around the class.
        if (class_scope) {
            std::uint32_t flags = class_scope->flags_of(symbol.name);
            if (flags & DEF_GLOBAL) {
                symbol.binding = Binding::global_explicit;
                return;
            }
            if ((flags & DEF_BOUND) && !(flags & DEF_NONLOCAL)) {
                symbol.binding = Binding::global_implicit;
                return;
            }
        }
        if (bound && bound->contains(n)) {
            symbol.binding = Binding::free;
            free.insert(n);
            return;
        }
        symbol.binding = Binding::global_implicit;
    }

    // Does a function inside (not a comprehension inlined as well) reach for the name?
    static bool is_free_in_any_child(Scope const& scope, Identifier name) {
        for (Scope const* child : scope.children)
            if (child->inlined ? is_free_in_any_child(*child, name)
                               : child->binding_of(name) == Binding::free)
                return true;
        return false;
    }

    // The comprehension keeps its own table: its bound names become hidden locals of the parent, its free
    // ones are looked up in the parent.
    void inline_comprehension(Scope& parent, Scope& comp, Names& comp_free) {
        bool is_class = parent.kind == ScopeKind::class_;
        for (Symbol& symbol : comp.symbols) {
            if (symbol.flags & DEF_PARAM) continue;  // the implicit iterator
            auto* n = symbol.name.entry();
            if (symbol.binding == Binding::free && is_class && !is_free_in_any_child(comp, symbol.name) &&
                (symbol.name == class_ || symbol.name == classdict_ || symbol.name == conditional_)) {
                symbol.binding = Binding::global_implicit;
                comp_free.erase(n);
                continue;
            }
            if (symbol.binding != Binding::free) continue;
            std::uint32_t existing = parent.flags_of(symbol.name);
            bool deeper = is_free_in_any_child(comp, symbol.name);
            // A local of the parent that only the comprehension itself uses can stay a plain local.
            if ((existing & DEF_BOUND) && !is_class && !deeper && parent.function_like()) comp_free.erase(n);
        }
    }

    void fail(Scope const& scope, Identifier name, char const* before, char const* after) {
        if (error_) return;
        std::string message = before;
        if (after) {
            message += name.text();
            message += after;
        }
        Range range = scope.range;
        for (auto const& d : scope.directives)
            if (d.name == name) {
                range = d.range;
                break;
            }
        error_ = make_error(arena_, syntax::ErrorKind::syntax_error, message, range);
    }

    Arena& arena_;
    std::uintptr_t stack_base_;
    std::size_t stack_budget_;
    Identifier class_, classdict_, conditional_;
    syntax::SyntaxError const* error_ = nullptr;
};

}  // namespace

syntax::SyntaxError const* analyse_symbols(Arena& arena, SymbolTable& table, std::size_t stack_budget) {
    return Analyser(arena, table, stack_budget).run(*table.top());
}

}  // namespace oro::compiler
