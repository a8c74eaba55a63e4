// Annotations, evaluated lazily by functions of their own, type parameters and type aliases.
#include "compiler/codegen.h"
#include "compiler/unparse.h"

namespace oro::compiler {

// Opens a function(format) that computes annotations or the value of a type; it knows the formats 1 and 2
// only.
void Generator::begin_annotations(Scope* scope, std::string_view name, Position pos, char const* parameter) {
    enter(UnitKind::annotations, name, scope, unit->private_class, pos.line);
    unit->code->positional = unit->code->positional_only = 1;
    unit->code->local_names[0] = parameter;
    prologue({pos.line, pos.line, 0, 0});
    Label fine = out->new_label();
    Reg two = load_const(int_constant(2), pos, kAnyReg);
    Reg flag = out->push();
    out->pop();
    Reg format = unit->locals.at(scope->parameters[0].entry());
    bool cell = scope->binding_of(scope->parameters[0]) == Binding::cell;
    Val value{format, false};
    if (cell) {
        Reg copy = out->push();
        out->emit(pos, Opcode::load_cell, copy, format);
        value = {copy, true};
        out->pop();
    }
    out->emit_bc(pos, Opcode::gt, flag, value, {two, true}).flags |= FUSED;
    out->jump_on(pos, Opcode::jump_if_false, {flag, true}, fine);
    out->emit(pos, Opcode::load_builtin, two, unsigned(Builtin::NotImplementedError));
    out->emit(pos, Opcode::raise_, two, 1);
    out->pop();
    out->bind(fine);
}

// Returns what is in the newest register and closes the function.
std::shared_ptr<CodeUnit> Generator::end_annotations() {
    Reg result = kTempBase + out->top - 1;
    out->emit_a(nowhere(), Opcode::return_value, {result, true});
    out->pop();
    emit_cleanups();
    return leave();
}

Reg Generator::text_of(Expr* e, Position pos, Reg want) {
    return load_const(str_constant(unparse(*e)), pos, want);
}

void Generator::annotation_value(Expr* e, Reg want) {
    Position pos = at(e);
    if (future_flags_ & CO_FUTURE_ANNOTATIONS) {
        text_of(e, pos, want);
        return;
    }
    if (auto* star = as<syntax::Starred>(e)) {  // *args: *Ts
        Val v = operand(star->value);
        out->pop(v);
        Reg only = out->push();
        out->emit_b(pos, Opcode::unpack, only, v, 1);
        finish(only, want, pos);
        return;
    }
    gen(e, want);
}

// Pushes the __annotate__ function of a function with annotations; false if it has none.
bool Generator::function_annotations(Stmt* s, syntax::Arguments* args, Expr* returns) {
    Scope* scope = table_.find(s, ScopeRole::annotations);
    if (!scope || !scope->annotations_used) return false;
    Position pos = at(s);
    begin_annotations(scope, "__annotate__", pos, "format");
    Reg first = out->next();
    unsigned pairs = 0;
    auto add = [&](Identifier name, Expr* annotation) {
        if (!annotation) return;
        load_const(str_constant(mangled(name).text()), pos, kAnyReg);
        annotation_value(annotation, kAnyReg);
        ++pairs;
    };
    for (syntax::Arg* a : args->posonlyargs) add(a->arg, a->annotation);
    for (syntax::Arg* a : args->args) add(a->arg, a->annotation);
    if (args->vararg) add(args->vararg->arg, args->vararg->annotation);
    for (syntax::Arg* a : args->kwonlyargs) add(a->arg, a->annotation);
    if (args->kwarg) add(args->kwarg->arg, args->kwarg->annotation);
    add(id("return"), returns);
    out->pop(2 * pairs);
    Reg dict = out->push();
    out->emit(pos, Opcode::build_dict, dict, first, pairs);
    auto code = end_annotations();
    make_function(code, scope, 0, 0, pos, kAnyReg);
    return true;
}

void Generator::ann_assign(syntax::AnnAssign* s) {
    Position pos = at(s);
    bool outer = unit->kind == UnitKind::module || unit->kind == UnitKind::class_;
    bool future = future_flags_ & CO_FUTURE_ANNOTATIONS;
    if (s->value) assign_expr(s->target, s->value);
    switch (s->target->kind) {
    case Kind::Name:
        if (!s->simple || !outer) break;
        if (future) {
            Val text{text_of(s->annotation, at(s->annotation), kAnyReg), true};
            Val annotations{load_text("__annotations__", pos, kAnyReg), true};
            Val name{
                load_const(str_constant(mangled(cast<syntax::Name>(s->target)->id).text()), pos, kAnyReg),
                true};
            out->emit_abc(pos, Opcode::store_item, annotations, name, text);
            out->pop(3);
        } else {
            // Those that may not run leave a mark when they do.
            int index = -1;
            if (unit->in_conditional || unit->kind == UnitKind::module) {
                // Code of a `finally` is generated more than once; the mark stays the same.
                if (silent_)
                    for (Annotation const& a : unit->annotations)
                        if (a.node == s) index = a.conditional_index;
                if (index < 0) index = unit->conditional_annotations++;
                Reg set = out->push();
                if (unit->kind == UnitKind::class_)
                    out->emit(pos, Opcode::load_cell, set, unit->conditional_cell);
                else
                    load_text("__conditional_annotations__", pos, set);
                Reg mark = load_const(int_constant(index), pos, kAnyReg);
                out->emit(pos, Opcode::set_add, set, mark, 0, LAST_B);
                out->emit(pos, Opcode::clear, set);
                out->pop(2);
            }
            bool known = false;
            if (silent_)
                for (Annotation const& a : unit->annotations) known |= a.node == s;
            if (!known) unit->annotations.push_back({s, index});
        }
        break;
    case Kind::Attribute:
        if (!s->value) effect(cast<syntax::Attribute>(s->target)->value);
        break;
    case Kind::Subscript:
        if (!s->value) {
            effect(cast<syntax::Subscript>(s->target)->value);
            effect(cast<syntax::Subscript>(s->target)->slice);
        }
        break;
    default: return fail("compiler: unexpected target of an annotation", s);
    }
    if (!s->simple && outer && !future) effect(s->annotation);
}

// The __annotate__ function of the class or module that is being generated.
std::shared_ptr<CodeUnit> Generator::deferred_annotations(Position pos) {
    Unit* owner = unit;
    Scope* scope = owner->scope->annotations;
    begin_annotations(scope, "__annotate__", pos, "format");
    Reg dict = out->push();
    out->emit(pos, Opcode::build_dict, dict, dict, 0);
    for (Annotation const& a : owner->annotations) {
        if (failed()) break;
        Position here = at(a.node);
        Label next = out->new_label();
        if (a.conditional_index >= 0) {
            Val index{load_const(int_constant(a.conditional_index), here, kAnyReg), true};
            Reg set = out->push();
            if (owner->kind == UnitKind::class_)
                out->emit(here, Opcode::load_free, set, free_index(id("__conditional_annotations__")));
            else
                out->emit(here, Opcode::load_global, set,
                          out->site(Opcode::load_global, "__conditional_annotations__", false));
            Reg flag = out->push();
            out->emit_bc(here, Opcode::contains, flag, index, {set, true}).flags |= FUSED;
            out->jump_on(here, Opcode::jump_if_false, {flag, true}, next);
            out->pop(3);
        }
        Reg value = out->next();
        annotation_value(a.node->annotation, kAnyReg);
        Identifier name = cast<syntax::Name>(a.node->target)->id;
        Val key{load_const(str_constant(mangled(name).text()), here, kAnyReg), true};
        out->emit_bc(pos, Opcode::dict_set, dict, key, {value, true});
        out->pop(2);
        out->bind(next);
    }
    return end_annotations();
}

// ---- type parameters

// A function that computes `e` when somebody asks for the bound, default or value.
void Generator::lazy_value(Expr* e, Identifier name, ScopeRole role, Position pos, bool star) {
    Scope* scope = table_.find(e, role);
    load_const(tuple_constant({int_constant(1)}), pos, kAnyReg);
    begin_annotations(scope, name.text(), at(e), ".format");
    if (star && is<syntax::Starred>(e)) {
        Val v = operand(cast<syntax::Starred>(e)->value);
        out->pop(v);
        Reg only = out->push();
        out->emit_b(at(e), Opcode::unpack, only, v, 1);
    } else {
        push_value(e);
    }
    auto code = end_annotations();
    make_function(code, scope, FN_DEFAULTS, 1, pos, kAnyReg);
}

// The tuple of type parameters, each bound to its name as well.
Reg Generator::type_params(Seq<syntax::TypeParam> params, Position pos) {
    Reg first = out->next();
    bool seen_default = false;
    for (syntax::TypeParam* p : params) {
        Position here = at(p);
        Identifier name;
        Expr* bound = nullptr;
        Expr* default_value = nullptr;
        Intrinsic1 plain = Intrinsic1::typevar;
        if (auto* t = as<syntax::TypeVar>(p)) {
            name = t->name;
            bound = t->bound;
            default_value = t->default_value;
        } else if (auto* t = as<syntax::ParamSpec>(p)) {
            name = t->name;
            default_value = t->default_value;
            plain = Intrinsic1::paramspec;
        } else {
            auto* tuple = cast<syntax::TypeVarTuple>(p);
            name = tuple->name;
            default_value = tuple->default_value;
            plain = Intrinsic1::typevartuple;
        }
        Reg param = load_const(str_constant(name.text()), here, kAnyReg);
        if (bound) {
            lazy_value(bound, name, ScopeRole::bound, here, false);
            out->pop();
            out->emit(here, Opcode::intrinsic2, param, param,
                      unsigned(is<syntax::Tuple>(bound) ? Intrinsic2::typevar_with_constraints
                                                        : Intrinsic2::typevar_with_bound));
        } else {
            out->emit(here, Opcode::intrinsic1, param, param, unsigned(plain), LAST_B);
        }
        if (default_value) {
            seen_default = true;
            lazy_value(default_value, name, ScopeRole::default_, here, is<syntax::TypeVarTuple>(p));
            out->pop();
            out->emit(here, Opcode::intrinsic2, param, param, unsigned(Intrinsic2::set_typeparam_default));
        } else if (seen_default) {
            fail("non-default type parameter '" + std::string(name.text()) +
                     "' follows default type parameter",
                 p);
            return param;
        }
        store_name(name, here, {param, false});
    }
    out->pop(unsigned(params.size()));
    Reg tuple = out->push();
    out->emit(pos, Opcode::build_tuple, tuple, first, unsigned(params.size()));
    return tuple;
}

// Pushes the alias object; `params` is the register of the type parameters or kAnyReg. What it needs is on
// top: the name, then the parameters.
Reg Generator::alias_value(syntax::TypeAlias* s, Reg first) {
    Position pos = at(s);
    Scope* scope = table_.find(s);
    Identifier name = cast<syntax::Name>(s->name)->id;
    load_const(tuple_constant({int_constant(1)}), pos, kAnyReg);
    begin_annotations(scope, name.text(), pos, ".format");
    push_value(s->value);
    auto code = end_annotations();
    make_function(code, scope, FN_DEFAULTS, 1, pos, kAnyReg);
    out->pop(3);
    Reg d = out->push();
    out->emit(pos, Opcode::build_tuple, d, first, 3);
    out->emit(pos, Opcode::intrinsic1, d, d, unsigned(Intrinsic1::typealias), LAST_B);
    return d;
}

void Generator::type_alias(syntax::TypeAlias* s) {
    Position pos = at(s);
    Identifier name = cast<syntax::Name>(s->name)->id;
    if (s->type_params.empty()) {
        Reg first = load_const(str_constant(name.text()), pos, kAnyReg);
        load_none(pos, kAnyReg);
        Reg alias = alias_value(s, first);
        store_name(name, pos, {alias, true});
        out->pop();
        return;
    }
    Reg block = open_block();
    Scope* scope = table_.find(s, ScopeRole::type_params);
    enter(UnitKind::annotations, "<generic parameters of " + std::string(name.text()) + ">", scope,
          unit->private_class, s->lineno);
    prologue({s->lineno, s->lineno, 0, 0});
    Reg first = load_const(str_constant(name.text()), pos, kAnyReg);
    type_params(s->type_params, pos);
    alias_value(s, first);
    auto code = end_annotations();
    Reg function = make_function(code, scope, 0, 0, pos, kAnyReg);
    out->emit(pos, Opcode::move, block, function, 0, LAST_B);
    out->pop();
    out->emit(pos, Opcode::push_null, block + kCallHeader);
    Reg alias = call_made(block, 0, pos);
    store_name(name, pos, {alias, true});
    out->pop();
}

}  // namespace oro::compiler
