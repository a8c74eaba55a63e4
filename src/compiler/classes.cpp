// Class definitions.
#include <algorithm>

#include "compiler/codegen.h"

namespace oro::compiler {

std::shared_ptr<CodeUnit> Generator::class_body(syntax::ClassDef* s, int first_line) {
    Scope* scope = table_.find(s);
    enter(UnitKind::class_, s->name.text(), scope, id(s->name), first_line);
    Position pos{first_line, first_line, 0, 0};
    prologue(pos);
    auto store_temp = [&](std::string_view name, Reg value) {
        store_text(name, pos, {value, true});
        out->pop();
    };
    store_temp("__module__", load_text("__name__", pos, kAnyReg));
    store_temp("__qualname__", load_const(str_constant(unit->code->qualname), pos, kAnyReg));
    store_temp("__firstlineno__", load_const(int_constant(first_line), pos, kAnyReg));
    if (!s->type_params.empty()) store_temp("__type_params__", load_name(id(".type_params"), pos, kAnyReg));
    if (scope->needs_classdict) {
        Reg mapping = out->push();
        out->emit(pos, Opcode::load_locals, mapping);
        out->emit(pos, Opcode::store_cell, unit->classdict_cell, mapping, 0, LAST_B);
        out->pop();
    }
    if (scope->has_conditional_annotations) {
        Reg set = out->push();
        out->emit(pos, Opcode::build_set, set, set, 0);
        out->emit(pos, Opcode::store_cell, unit->conditional_cell, set, 0, LAST_B);
        out->pop();
    }
    Seq<Stmt> statements = s->body;
    if (scope->annotations && future_flags_ & CO_FUTURE_ANNOTATIONS)
        out->emit(pos, Opcode::setup_annotations);
    Position doc_pos = pos;
    if (auto doc = take_docstring(statements, &doc_pos)) {
        Reg text = load_const(str_constant(*doc), doc_pos, kAnyReg);
        store_text("__doc__", nowhere(), {text, true});
        out->pop();
    }
    body(statements);
    if (!unit->annotations.empty() && !failed()) {
        auto code = deferred_annotations(pos);
        store_temp("__annotate_func__", make_function(code, scope->annotations, 0, 0, pos, kAnyReg));
    }
    auto& names = unit->static_attributes;
    std::sort(names.begin(), names.end(), [](Identifier a, Identifier b) { return a.text() < b.text(); });
    std::vector<Constant> texts;
    for (Identifier n : names) texts.push_back(str_constant(n.text()));
    Reg attributes = load_const(tuple_constant(std::move(texts)), nowhere(), kAnyReg);
    store_text("__static_attributes__", nowhere(), {attributes, true});
    out->pop();
    if (scope->needs_classdict) {
        Reg cell = out->push();
        out->emit(nowhere(), Opcode::move, cell, unit->classdict_cell);
        store_text("__classdictcell__", nowhere(), {cell, true});
        out->pop();
    }
    Reg result = out->push();
    if (scope->needs_class_closure) {
        out->emit(nowhere(), Opcode::move, result, unit->class_cell);
        store_text("__classcell__", nowhere(), {result, false});
    } else {
        load_none(nowhere(), result);
    }
    out->emit_a(nowhere(), Opcode::return_value, {result, true});
    out->pop();
    emit_cleanups();
    return leave();
}

void Generator::class_def(syntax::ClassDef* s) {
    Position pos = at(s);
    int first_line = s->decorator_list.empty() ? s->lineno : s->decorator_list[0]->lineno;
    Position first{first_line, first_line, 0, 0};
    decorators(s->decorator_list);
    bool generic = !s->type_params.empty();
    Reg outer_block = 0;
    Scope* params_scope = nullptr;
    if (generic) {
        outer_block = open_block();
        params_scope = table_.find(s, ScopeRole::type_params);
        std::string name = "<generic parameters of " + std::string(s->name.text()) + ">";
        enter(UnitKind::annotations, name, params_scope, id(s->name), first_line);
        prologue(first);
        Reg params = type_params(s->type_params, pos);
        store_name(id(".type_params"), pos, {params, true});
        out->pop();
    }
    auto code = class_body(s, first_line);
    if (failed()) {
        if (generic) leave();
        return;
    }
    Reg block = open_block();
    out->emit(pos, Opcode::load_build_class, block);
    out->emit(pos, Opcode::push_null, block + kCallHeader);
    make_function(code, table_.find(s), 0, 0, pos, kAnyReg);
    load_const(str_constant(s->name.text()), pos, kAnyReg);
    if (generic) {
        Reg params = load_name(id(".type_params"), pos, kAnyReg);
        Place base = place_of(id(".generic_base"));
        out->emit(pos, Opcode::intrinsic1, params, params, unsigned(Intrinsic1::subscript_generic), LAST_B);
        store(base, pos, {params, true});
        out->pop();
        auto* name = arena_.make<syntax::Name>();
        name->kind = Kind::Name;
        name->id = id(".generic_base");
        name->lineno = s->lineno;
        name->col_offset = s->col_offset;
        name->end_lineno = s->end_lineno;
        name->end_col_offset = s->end_col_offset;
        std::vector<Expr*> bases(s->bases.begin(), s->bases.end());
        bases.push_back(name);
        Reg made = call_with(block, Seq<Expr>(bases), s->keywords, 2, pos, kAnyReg);
        out->emit_a(pos, Opcode::return_value, {made, true});
        out->pop();
        emit_cleanups();
        auto params_code = leave();
        Reg function = make_function(params_code, params_scope, 0, 0, pos, kAnyReg);
        out->emit(pos, Opcode::move, outer_block, function, 0, LAST_B);
        out->pop();
        out->emit(pos, Opcode::push_null, outer_block + kCallHeader);
        call_made(outer_block, 0, pos);
    } else {
        for (std::size_t i = 0; i < s->keywords.size(); ++i)
            for (std::size_t j = i + 1; j < s->keywords.size(); ++j)
                if (s->keywords[i]->arg && s->keywords[j]->arg == s->keywords[i]->arg)
                    return fail("keyword argument repeated: " + std::string(s->keywords[i]->arg.text()),
                                s->keywords[j]);
        call_with(block, s->bases, s->keywords, 2, pos, kAnyReg);
    }
    if (failed()) return;
    apply_decorators(s->decorator_list);
    store_name(s->name, pos, {kTempBase + out->top - 1, true});
    out->pop();
}

}  // namespace oro::compiler
