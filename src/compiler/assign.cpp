// Assignment to all kinds of targets, augmented and annotated assignment, del.
#include "compiler/codegen.h"

namespace oro::compiler {

// A target that an expression can be computed straight into: a plain local.
bool Generator::direct_target(Expr* target, Reg* reg) {
    auto* n = as<syntax::Name>(target);
    if (!n) return false;
    Place place = place_of(n->id);
    if (place.kind != Place::fast) return false;
    *reg = place.reg;
    return true;
}

void Generator::assign_expr(Expr* target, Expr* value) {
    Reg reg;
    if (direct_target(target, &reg)) {
        gen(value, reg);
        out->emit(at(target), Opcode::nop);  // the line of the store, which is none
        return;
    }
    Val v = operand(value, !is<syntax::Name>(target));
    store_target(target, v);
    out->pop(v);
}

// Stores a value; whoever calls pops it.
void Generator::store_target(Expr* target, Val value) {
    if (failed() || too_deep(target)) return;
    Position pos = at(target);
    switch (target->kind) {
    case Kind::Name: return store_name(cast<syntax::Name>(target)->id, pos, value);
    case Kind::Attribute: {
        auto* a = cast<syntax::Attribute>(target);
        Val object = operand(a->value);
        out->pop(object);
        note_static_attribute(a);
        out->emit_ab(attribute_position(a, pos), Opcode::store_attr, object, value,
                     out->site(Opcode::store_attr, mangled(a->attr).text()));
        return;
    }
    case Kind::Subscript: {
        auto* s = cast<syntax::Subscript>(target);
        Val object = operand(s->value, true);
        auto* slice = as<syntax::Slice>(s->slice);
        bool constant = slice && (!slice->lower || constant_of(slice->lower)) &&
                        (!slice->upper || constant_of(slice->upper));
        if (slice && !slice->step && !constant) {
            Reg first = kTempBase + out->top;
            slice->lower ? push_value(slice->lower) : void(load_none(pos, kAnyReg));
            slice->upper ? push_value(slice->upper) : void(load_none(pos, kAnyReg));
            out->emit_ab(pos, Opcode::store_slice, object, value, first);
            out->pop(2);
        } else {
            Val index = operand(s->slice);
            out->emit_abc(pos, Opcode::store_item, object, index, value);
            out->pop(index);
        }
        out->pop(object);
        return;
    }
    case Kind::Tuple: return unpack(target, cast<syntax::Tuple>(target)->elts, value);
    case Kind::List: return unpack(target, cast<syntax::List>(target)->elts, value);
    case Kind::Starred: fail("starred assignment target must be in a list or tuple", target); return;
    default: fail("compiler: unexpected assignment target", target); return;
    }
}

void Generator::unpack(Expr* node, Seq<Expr> targets, Val value) {
    Position pos = at(node);
    std::size_t star = targets.size();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (!is<syntax::Starred>(targets[i])) continue;
        if (star != targets.size()) return fail("multiple starred expressions in assignment", node);
        star = i;
    }
    std::size_t n = targets.size();
    if (star == n ? n > 0xFFFF : (star > 255 || n - star - 1 > 255))
        return fail("too many expressions in star-unpacking assignment", node);
    Reg first = out->push(unsigned(n));
    if (star == n)
        out->emit_b(pos, Opcode::unpack, n ? first : kTempBase, value, unsigned(n));
    else
        out->emit_b(pos, Opcode::unpack_ex, first, value, unsigned(star | (n - star - 1) << 8));
    for (std::size_t i = 0; i < n; ++i) {
        Expr* target = targets[i];
        if (auto* s = as<syntax::Starred>(target)) target = s->value;
        store_target(target, {first + Reg(i), true});
    }
    out->pop(unsigned(n));
}

// a, b = b, a: no tuple is made. Values are computed in order, then stored in order; which of them may stay
// where they are until then, or go straight to their target, cannot be told from outside.
void Generator::swap_assign(Seq<Expr> targets, Seq<Expr> values) {
    std::size_t n = targets.size();
    std::vector<Reg> direct(n, kAnyReg);
    bool all_direct = true;
    for (std::size_t i = 0; i < n; ++i) {
        all_direct &= direct_target(targets[i], &direct[i]);
        for (std::size_t j = 0; j < i; ++j) all_direct &= direct[i] == kAnyReg || direct[j] != direct[i];
    }
    std::vector<Val> held;
    for (std::size_t i = 0; i < n; ++i) {
        bool last = i + 1 == n;
        if (last && all_direct) {
            bool read_later = false;  // a value before it still stands in the last target
            for (Val v : held) read_later |= v.reg == direct[i];
            if (!read_later) {
                gen(values[i], direct[i]);
                held.push_back({direct[i], false});
                continue;
            }
        }
        Val v = operand(values[i], true);
        if (!v.temp && v.reg < kTempBase) {
            bool rebound = false;  // by a store before its own
            for (std::size_t j = 0; j < i; ++j) rebound |= direct[j] == v.reg;
            // The last value may be computed straight into its target.
            if (!last && all_direct) rebound |= direct[n - 1] == v.reg;
            if (rebound) {
                Reg copy = out->push();
                out->emit(at(values[i]), Opcode::move, copy, v.reg);
                v = {copy, true};
            }
        }
        held.push_back(v);
    }
    for (std::size_t i = 0; i < n; ++i)
        if (!(direct[i] != kAnyReg && held[i].reg == direct[i])) store_target(targets[i], held[i]);
    for (std::size_t i = n; i-- > 0;) out->pop(held[i]);
}

void Generator::assign(syntax::Assign* s) {
    if (s->targets.size() == 1) {
        auto* tuple = as<syntax::Tuple>(s->targets[0]);
        Seq<Expr> targets = tuple ? tuple->elts : Seq<Expr>{};
        if (auto* l = as<syntax::List>(s->targets[0])) targets = l->elts;
        auto* values = as<syntax::Tuple>(s->value);
        if (values && targets.size() > 1 && targets.size() <= 30 && values->elts.size() == targets.size()) {
            bool plain = true;
            for (Expr* e : targets) plain &= !is<syntax::Starred>(e);
            for (Expr* e : values->elts) plain &= !is<syntax::Starred>(e);
            if (plain) return swap_assign(targets, values->elts);
        }
        return assign_expr(s->targets[0], s->value);
    }
    Reg reg;
    if (direct_target(s->targets[0], &reg) && !constant_of(s->value)) {
        // The others are copied from the first, unless that is rebound on the way.
        bool again = false;
        for (std::size_t i = 1; i < s->targets.size(); ++i) {
            Reg other;
            again |= !direct_target(s->targets[i], &other) || other == reg;
        }
        if (!again) {
            gen(s->value, reg);
            out->emit(at(s->targets[0]), Opcode::nop);
            for (std::size_t i = 1; i < s->targets.size(); ++i) store_target(s->targets[i], {reg, false});
            return;
        }
    }
    push_value(s->value);
    Reg value = kTempBase + out->top - 1;
    for (std::size_t i = 0; i < s->targets.size(); ++i)
        store_target(s->targets[i], {value, i + 1 == s->targets.size()});
    out->pop();
}

void Generator::aug_assign(syntax::AugAssign* s) {
    Position pos = at(s);
    Position target_pos = at(s->target);
    switch (s->target->kind) {
    case Kind::Name: {
        Place place = place_of(cast<syntax::Name>(s->target)->id);
        Val v =
            load_in_place(place, target_pos, !is<syntax::Name>(s->value) && !is<syntax::Constant>(s->value));
        Reg want = place.kind == Place::fast ? place.reg : kAnyReg;
        Reg result = binary(s->op, v, s->value, pos, want, true);
        if (want == kAnyReg) {
            store(place, target_pos, {result, true});
            out->pop();
        }
        return;
    }
    case Kind::Attribute: {
        auto* a = cast<syntax::Attribute>(s->target);
        Position attr_pos = attribute_position(a, target_pos);
        Val object = operand(a->value, true);
        Reg value = out->push();
        std::string_view name = mangled(a->attr).text();
        out->emit_b(attr_pos, Opcode::load_attr, value, {object.reg, false},
                    out->site(Opcode::load_attr, name));
        Reg result = binary(s->op, {value, true}, s->value, pos, kAnyReg, true);
        out->emit_ab(attr_pos, Opcode::store_attr, object, {result, true},
                     out->site(Opcode::store_attr, name));
        out->pop();
        out->pop(object);
        return;
    }
    case Kind::Subscript: {
        auto* sub = cast<syntax::Subscript>(s->target);
        Val object = operand(sub->value, true);
        auto* slice = as<syntax::Slice>(sub->slice);
        bool constant = slice && (!slice->lower || constant_of(slice->lower)) &&
                        (!slice->upper || constant_of(slice->upper));
        if (slice && !slice->step && !constant) {
            Reg bounds = kTempBase + out->top;
            slice->lower ? push_value(slice->lower) : void(load_none(target_pos, kAnyReg));
            slice->upper ? push_value(slice->upper) : void(load_none(target_pos, kAnyReg));
            Reg copy = out->push(2);  // each of the two operations takes its bounds away
            out->emit(target_pos, Opcode::move, copy, bounds);
            out->emit(target_pos, Opcode::move, copy + 1, bounds + 1);
            out->pop(2);
            Reg value = out->push();
            out->emit_b(target_pos, Opcode::load_slice, value, {object.reg, false}, copy);
            Reg result = binary(s->op, {value, true}, s->value, pos, kAnyReg, true);
            out->emit_ab(target_pos, Opcode::store_slice, object, {result, true}, bounds);
            out->pop(3);
            out->pop(object);
            return;
        }
        Val index = operand(sub->slice, true);
        Reg value = out->push();
        out->emit_bc(target_pos, Opcode::load_item, value, {object.reg, false}, {index.reg, false});
        Reg result = binary(s->op, {value, true}, s->value, pos, kAnyReg, true);
        out->emit_abc(target_pos, Opcode::store_item, object, index, {result, true});
        out->pop();
        out->pop(index);
        out->pop(object);
        return;
    }
    default: fail("compiler: unexpected target of augmented assignment", s->target);
    }
}

// An attribute that a method sets on `self` counts for __static_attributes__ of the class.
void Generator::note_static_attribute(syntax::Attribute* target) {
    auto* self = as<syntax::Name>(target->value);
    if (!self || self->id != std::string_view("self")) return;
    for (Unit* u = unit; u; u = u->parent) {
        if (u->kind != UnitKind::class_) continue;
        Identifier name = id(target->attr);
        for (Identifier known : u->static_attributes)
            if (known == name) return;
        u->static_attributes.push_back(name);
        return;
    }
}

void Generator::delete_target(Expr* target) {
    if (failed() || too_deep(target)) return;
    Position pos = at(target);
    switch (target->kind) {
    case Kind::Name: return remove(place_of(cast<syntax::Name>(target)->id), pos);
    case Kind::Attribute: {
        auto* a = cast<syntax::Attribute>(target);
        Val object = operand(a->value);
        out->pop(object);
        out->emit_a(attribute_position(a, pos), Opcode::delete_attr, object, 0,
                    out->site(Opcode::delete_attr, mangled(a->attr).text()));
        return;
    }
    case Kind::Subscript: {
        auto* s = cast<syntax::Subscript>(target);
        Val object = operand(s->value, true);
        Val index = operand(s->slice);
        out->pop(index);
        out->pop(object);
        out->emit_ab(pos, Opcode::delete_item, object, index);
        return;
    }
    case Kind::Tuple:
        for (Expr* item : cast<syntax::Tuple>(target)->elts) delete_target(item);
        return;
    case Kind::List:
        for (Expr* item : cast<syntax::List>(target)->elts) delete_target(item);
        return;
    default: fail("compiler: unexpected target of del", target);
    }
}

}  // namespace oro::compiler
