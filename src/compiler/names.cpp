// Names: where each one lives, and the instructions that load, store and delete it there.
#include "compiler/codegen.h"

namespace oro::compiler {

Place Generator::place_of(Identifier name) {
    Identifier n = mangled(name);
    Scope* scope = unit->scope;
    bool in_comp = !unit->comps.empty();
    // Inlined comprehensions first, from the innermost out.
    for (std::size_t i = unit->comps.size(); i-- > 0;) {
        CompState& comp = unit->comps[i];
        switch (comp.scope->binding_of(n)) {
        case Binding::local: return {Place::fast, comp.registers.at(n.entry()), n};
        case Binding::cell: return {Place::cell, comp.registers.at(n.entry()), n};
        case Binding::global_explicit: return {Place::global, 0, n};
        case Binding::global_implicit:
            return {unit->kind == UnitKind::module ? Place::name : Place::global, 0, n};
        case Binding::free:
            // A class's own binding of the name is none of the comprehension's business.
            if (unit->kind == UnitKind::class_) {
                bool inner = false;
                for (std::size_t j = i; j-- > 0 && !inner;) {
                    Binding b = unit->comps[j].scope->binding_of(n);
                    inner = b == Binding::local || b == Binding::cell;
                }
                if (inner) continue;
                if (n.text() == "__class__" && unit->class_cell != kAnyReg)
                    return {Place::cell, unit->class_cell, n};
                if (n.text() == "__classdict__" && unit->classdict_cell != kAnyReg)
                    return {Place::cell, unit->classdict_cell, n};
                return {Place::free, free_index(n), n};
            }
            continue;
        case Binding::unknown: continue;
        }
    }
    switch (scope->binding_of(n)) {
    case Binding::local:
        if (scope->function_like()) return {Place::fast, local_register(n), n};
        return {Place::name, 0, n};
    case Binding::cell: return {Place::cell, local_register(n), n};
    case Binding::free: {
        Place::Kind kind = Place::free;
        if (unit->kind == UnitKind::class_ && !in_comp)
            kind = Place::class_free;
        else if (scope->can_see_class_scope && n.text() != "__classdict__")
            kind = Place::classdict_free;
        return {kind, free_index(n), n};
    }
    case Binding::global_explicit: return {Place::global, 0, n};
    default:
        if (!scope->function_like())
            return {unit->kind == UnitKind::class_ && in_comp ? Place::global : Place::name, 0, n};
        return {scope->can_see_class_scope ? Place::classdict_global : Place::global, 0, n};
    }
}

// The namespace of the class around an annotation scope. A class that binds this name itself hides it.
void Generator::load_classdict(Position pos, Reg to) {
    Identifier name = id("__classdict__");
    if (unit->scope->binding_of(name) == Binding::free)
        out->emit(pos, Opcode::load_free, to, free_index(name));
    else
        out->emit(pos, Opcode::load_global, to, out->site(Opcode::load_global, name.text(), false));
}

Reg Generator::load(Place const& place, Position pos, Reg want) {
    switch (place.kind) {
    case Place::fast: {
        out->emit(pos, Opcode::check_local, place.reg);
        Reg d = dest(want);
        if (d != place.reg) out->emit(pos, Opcode::move, d, place.reg);
        return d;
    }
    case Place::cell: {
        Reg d = dest(want);
        out->emit(pos, Opcode::load_cell, d, place.reg);
        return d;
    }
    case Place::free: {
        Reg d = dest(want);
        out->emit(pos, Opcode::load_free, d, place.reg);
        return d;
    }
    case Place::class_cell:
    case Place::class_free:
    case Place::classdict_free:
    case Place::classdict_global: {
        Reg mapping = out->push();
        if (place.kind == Place::class_cell || place.kind == Place::class_free)
            out->emit(pos, Opcode::load_locals, mapping);
        else
            load_classdict(pos, mapping);
        out->pop();
        Reg d = dest(want);
        if (place.kind == Place::class_cell)
            out->emit(pos, Opcode::load_name_or_cell, d, mapping, place.reg, LAST_B);
        else if (place.kind == Place::classdict_global)
            out->emit(pos, Opcode::load_name_or_global, d, mapping,
                      out->site(Opcode::load_name_or_global, place.id.text()), LAST_B);
        else
            out->emit(pos, Opcode::load_name_or_free, d, mapping, place.reg, LAST_B);
        return d;
    }
    case Place::global: {
        Reg d = dest(want);
        out->emit(pos, Opcode::load_global, d, out->site(Opcode::load_global, place.id.text(), false));
        return d;
    }
    case Place::name: {
        Reg d = dest(want);
        out->emit(pos, Opcode::load_name, d, out->site(Opcode::load_name, place.id.text(), false));
        return d;
    }
    }
    return want;
}

Val Generator::load_in_place(Place const& place, Position pos, bool hold) {
    if (place.kind != Place::fast) return {load(place, pos, kAnyReg), true};
    if (hold && unit->scope->may_rebind && unit->scope->flags_of(place.id) & DEF_WALRUS)
        return {load(place, pos, kAnyReg), true};
    out->emit(pos, Opcode::check_local, place.reg);
    return {place.reg, false};
}

void Generator::store(Place const& place, Position pos, Val value) {
    switch (place.kind) {
    case Place::fast:
        if (place.reg != value.reg) out->emit_b(pos, Opcode::move, place.reg, value);
        return;
    case Place::cell:
    case Place::class_cell: out->emit_ab(pos, Opcode::store_cell, {place.reg, false}, value); return;
    case Place::free:
    case Place::class_free:
    case Place::classdict_free: out->emit_b(pos, Opcode::store_free, place.reg, value); return;
    case Place::classdict_global:
    case Place::global:
        out->emit_a(pos, Opcode::store_global, value,
                    out->site(Opcode::store_global, place.id.text(), false));
        return;
    case Place::name:
        out->emit_a(pos, Opcode::store_name, value, out->site(Opcode::store_name, place.id.text(), false));
        return;
    }
}

void Generator::remove(Place const& place, Position pos) {
    switch (place.kind) {
    case Place::fast: out->emit(pos, Opcode::delete_local, place.reg); return;
    case Place::cell:
    case Place::class_cell: out->emit(pos, Opcode::delete_cell, place.reg); return;
    case Place::free:
    case Place::class_free:
    case Place::classdict_free: out->emit(pos, Opcode::delete_free, place.reg); return;
    case Place::classdict_global:
    case Place::global:
        out->emit(pos, Opcode::delete_global, 0, out->site(Opcode::delete_global, place.id.text(), false));
        return;
    case Place::name:
        out->emit(pos, Opcode::delete_name, 0, out->site(Opcode::delete_name, place.id.text(), false));
        return;
    }
}

void Generator::store_text(std::string_view name, Position pos, Val value) {
    store({Place::name, 0, id(name)}, pos, value);
}

Reg Generator::load_text(std::string_view name, Position pos, Reg want) {
    return load({Place::name, 0, id(name)}, pos, want);
}

// The cell that a function being made captures.
Reg Generator::closure_cell(Identifier name, Position pos, Reg want) {
    Reg cell = kAnyReg;
    for (std::size_t i = unit->comps.size(); i-- > 0 && cell == kAnyReg;)
        if (unit->comps[i].scope->binding_of(name) == Binding::cell)
            cell = unit->comps[i].registers.at(name.entry());
    if (cell == kAnyReg) {
        if (unit->kind == UnitKind::class_) {
            if (name == std::string_view("__class__")) cell = unit->class_cell;
            if (name == std::string_view("__classdict__")) cell = unit->classdict_cell;
            if (name == std::string_view("__conditional_annotations__")) cell = unit->conditional_cell;
        } else if (unit->scope->binding_of(name) == Binding::cell) {
            cell = local_register(name);
        }
    }
    Reg d = dest(want);
    if (cell != kAnyReg)
        out->emit(pos, Opcode::move, d, cell);
    else
        out->emit(pos, Opcode::load_closure, d, free_index(name));
    return d;
}

}  // namespace oro::compiler
