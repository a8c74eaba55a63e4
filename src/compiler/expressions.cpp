// Expressions: constants, operators, displays and the dispatch over all kinds.
#include "compiler/codegen.h"
#include "compiler/spine.h"

namespace oro::compiler {

using syntax::BinaryOperator;
using syntax::BoolOperator;
using syntax::CompareOperator;
using syntax::UnaryOperator;

// ---- constants

Reg Generator::load_const(Constant const& value, Position pos, Reg want) {
    Reg d = dest(want);
    if (value.kind == Constant::Kind::integer && value.integer == std::int32_t(value.integer))
        out->emit(pos, Opcode::load_int, d, std::uint32_t(std::int32_t(value.integer)));
    else
        out->emit(pos, Opcode::load_const, d, out->constant(value));
    return d;
}

// Inside a loop of a function a constant gets a register of its own, loaded once.
Val Generator::const_operand(Constant const& value, Position pos) {
    constexpr std::size_t kMostKept = 16;
    bool function = unit->kind == UnitKind::function || unit->kind == UnitKind::lambda;
    if (unit->loops && function && !is_generator_like(*unit)) {
        std::uint32_t index = out->constant(value);
        auto& kept = out->kept_constants;
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (kept[i] == index) {
                out->emit(pos, Opcode::nop);
                return {kConstBase + Reg(i), false};
            }
        if (kept.size() < kMostKept) {
            out->emit(pos, Opcode::nop);
            kept.push_back(index);
            return {kConstBase + Reg(kept.size() - 1), false};
        }
    }
    return {load_const(value, pos, kAnyReg), true};
}

std::optional<Constant> Generator::constant_of(Expr* e) {
    switch (e->kind) {
    case Kind::Constant: return to_constant(cast<syntax::Constant>(e)->value);
    case Kind::Name: {
        auto* n = cast<syntax::Name>(e);
        if (n->ctx != ExprContext::Load || n->id != std::string_view("__debug__")) return {};
        Constant c;
        c.kind = options_.optimize ? Constant::Kind::false_ : Constant::Kind::true_;
        return c;
    }
    case Kind::UnaryOp:
    case Kind::BinOp:
    case Kind::Tuple:
    case Kind::Subscript: break;
    default: return {};
    }
    if (not_constant_.contains(e) || too_deep(e)) return {};
    std::optional<Constant> result;
    if (auto* u = as<syntax::UnaryOp>(e)) {
        if (auto c = constant_of(u->operand)) result = fold_unary(u->op, *c);
    } else if (auto* t = as<syntax::Tuple>(e)) {
        if (t->ctx == ExprContext::Load) {
            std::vector<Constant> items;
            for (Expr* item : t->elts) {
                auto c = constant_of(item);
                if (!c) break;
                items.push_back(std::move(*c));
            }
            if (items.size() == t->elts.size()) result = tuple_constant(std::move(items));
        }
    } else if (auto* s = as<syntax::Subscript>(e)) {
        if (s->ctx == ExprContext::Load && !is<syntax::Subscript>(s->value))
            if (auto object = constant_of(s->value))
                if (auto index = constant_of(s->slice)) result = fold_subscript(*object, *index);
    } else {
        // Down the left side first, so that a long sum is looked at once only.
        std::vector<syntax::BinOp*> spine;
        Expr* leaf = e;
        while (auto* b = as<syntax::BinOp>(leaf)) {
            if (not_constant_.contains(leaf)) break;
            spine.push_back(b);
            leaf = b->left;
        }
        if (!is<syntax::BinOp>(leaf)) result = constant_of(leaf);
        for (std::size_t i = spine.size(); i-- > 0;) {
            if (result) {
                auto right = constant_of(spine[i]->right);
                result = right ? fold_binary(spine[i]->op, *result, *right) : std::nullopt;
            }
            if (!result) not_constant_.insert(spine[i]);
        }
    }
    if (!result) not_constant_.insert(e);
    return result;
}

// ---- the ways to ask for a value

Reg Generator::gen(Expr* e, Reg want) {
    if (failed() || too_deep(e)) return dest(want);
    if (auto c = constant_of(e)) return load_const(*c, at(e), want);
    return gen_node(e, want);
}

Val Generator::operand(Expr* e, bool hold) {
    if (failed()) return {out->push(), true};
    if (auto* n = as<syntax::Name>(e); n && n->id != std::string_view("__debug__"))
        return load_in_place(place_of(n->id), at(e), hold);
    if (auto c = constant_of(e)) return const_operand(*c, at(e));
    if (auto* n = as<syntax::NamedExpr>(e); n && !hold) {
        Reg reg;
        if (direct_target(n->target, &reg)) {
            gen(n->value, reg);
            return {reg, false};
        }
    }
    return {gen_node(e, kAnyReg), true};
}

void Generator::push_value(Expr* e) { gen(e, kAnyReg); }

void Generator::effect(Expr* e) {
    Val v = operand(e);
    out->pop(v);
    // What nobody wants is released at once.
    if (v.temp) out->emit(at(e), Opcode::clear, v.reg);
}

// A result built in a new temporary, brought to where it is wanted.
Reg Generator::finish(Reg result, Reg want, Position pos) {
    if (want == kAnyReg) return result;
    out->emit(pos, Opcode::move, want, result, 0, LAST_B);
    out->pop();
    return want;
}

Reg Generator::gen_node(Expr* e, Reg want) {
    if (failed() || too_deep(e)) return dest(want);
    Position pos = at(e);
    switch (e->kind) {
    case Kind::BoolOp: return bool_op(cast<syntax::BoolOp>(e), want);
    case Kind::NamedExpr: return named(cast<syntax::NamedExpr>(e), want);
    case Kind::BinOp:
    case Kind::Attribute:
    case Kind::Subscript:
    case Kind::Call: return spine(e, want);
    case Kind::UnaryOp: return unary(cast<syntax::UnaryOp>(e), want);
    case Kind::Lambda: return lambda(cast<syntax::Lambda>(e), want);
    case Kind::IfExp: return if_exp(cast<syntax::IfExp>(e), want);
    case Kind::Dict: return dict(cast<syntax::Dict>(e), want);
    case Kind::Set: return sequence(e, cast<syntax::Set>(e)->elts, want);
    case Kind::List: return sequence(e, cast<syntax::List>(e)->elts, want);
    case Kind::Tuple: return sequence(e, cast<syntax::Tuple>(e)->elts, want);
    case Kind::ListComp:
    case Kind::SetComp:
    case Kind::DictComp:
    case Kind::GeneratorExp: return comprehension(e, want);
    case Kind::Await: {
        Val v = operand(cast<syntax::Await>(e)->value);
        return await(v, pos, want);
    }
    case Kind::Yield: return yield(cast<syntax::Yield>(e)->value, pos, want);
    case Kind::YieldFrom: {
        if (!unit->scope->function_like() || unit->kind == UnitKind::module) {
            fail("'yield from' outside function", e);
            return dest(want);
        }
        if (unit->scope->coroutine) {
            fail("'yield from' inside async function", e);
            return dest(want);
        }
        Val v = operand(cast<syntax::YieldFrom>(e)->value);
        return delegate(v, Opcode::get_yield_from_iter, 0, pos, want, 2);
    }
    case Kind::Compare: return compare(cast<syntax::Compare>(e), want);
    case Kind::FormattedValue: return formatted(cast<syntax::FormattedValue>(e), want);
    case Kind::Interpolation: return interpolation(cast<syntax::Interpolation>(e), want);
    case Kind::JoinedStr: return joined(e, cast<syntax::JoinedStr>(e)->values, want);
    case Kind::TemplateStr: return template_string(cast<syntax::TemplateStr>(e), want);
    case Kind::Constant: return load_const(*constant_of(e), pos, want);
    case Kind::Name: {
        auto* n = cast<syntax::Name>(e);
        if (auto c = constant_of(e)) return load_const(*c, pos, want);
        return load_name(n->id, pos, want);
    }
    case Kind::Starred:
        fail(context_of(*e) == ExprContext::Store ? "starred assignment target must be in a list or tuple"
                                                  : "can't use starred expression here", e);
        return dest(want);
    case Kind::Slice: return slice(cast<syntax::Slice>(e), want);
    default: fail("compiler: unexpected expression", e); return dest(want);
    }
}

// ---- chains that lean to the left

Reg Generator::spine(Expr* e, Reg want) {
    // From the outside in; the leaf is the first value to be computed.
    std::vector<Expr*> nodes;
    Expr* leaf = e;
    int super_arguments = -1;
    while (Expr* child = spine_child(leaf)) {
        if (leaf != e && constant_of(leaf)) break;
        nodes.push_back(leaf);
        bool is_super = is<syntax::Attribute>(leaf) && super_call(child, &super_arguments);
        leaf = child;
        if (is_super) break;
    }
    Val v{0, false};
    std::size_t i = nodes.size();
    auto method_call_at = [&](std::size_t k) {
        // obj.name(args) without unpacking: no bound method is made.
        if (k == 0 || !is<syntax::Attribute>(nodes[k])) return false;
        auto* call = as<syntax::Call>(nodes[k - 1]);
        if (!call || call->args.size() + call->keywords.size() > 200) return false;
        for (Expr* a : call->args)
            if (is<syntax::Starred>(a)) return false;
        for (syntax::Keyword* k2 : call->keywords)
            if (!k2->arg) return false;
        return true;
    };
    if (super_arguments >= 0) {
        // The attribute of super() is loaded without making the super object.
        auto* attr = cast<syntax::Attribute>(nodes[--i]);
        bool method = method_call_at(i);
        bool last = i == 0;
        if (method) {
            Reg block = kTempBase + out->top;
            load_super(attr, super_arguments, true, block);
            v = call(cast<syntax::Call>(nodes[i - 1]), {block, true}, true, i == 1 ? want : kAnyReg);
            --i;
        } else {
            Reg to = last && want != kAnyReg ? want : kAnyReg;
            load_super(attr, super_arguments, false, to);
            v = {to == kAnyReg ? kTempBase + out->top - 1 : to, to == kAnyReg};
        }
    } else {
        Expr* next = nodes[i - 1];
        bool hold = !is<syntax::Attribute>(next);
        if (auto* b = as<syntax::BinOp>(next))
            hold = !is<syntax::Name>(b->right) && !is<syntax::Constant>(b->right);
        if (is<syntax::Call>(next)) check_callee(leaf);
        v = operand(leaf, hold);
    }
    while (i-- > 0 && !failed()) {
        Expr* node = nodes[i];
        if (method_call_at(i)) {
            auto* attr = cast<syntax::Attribute>(node);
            out->pop(v);
            Reg block = out->push(kCallHeader + 1);
            out->emit_b(attribute_position(attr, at(attr)), Opcode::load_method, block, v,
                        out->site(Opcode::load_method, mangled(attr->attr).text()));
            --i;
            v = call(cast<syntax::Call>(nodes[i]), {block, true}, true, i == 0 ? want : kAnyReg);
        } else {
            v = spine_step(node, v, i == 0 ? want : kAnyReg);
        }
    }
    if (failed()) return want == kAnyReg && v.temp ? v.reg : dest(want);
    return v.reg;
}

Val Generator::spine_step(Expr* node, Val left, Reg want) {
    Position pos = at(node);
    bool temp = want == kAnyReg;
    switch (node->kind) {
    case Kind::BinOp: {
        auto* b = cast<syntax::BinOp>(node);
        return {binary(b->op, left, b->right, pos, want, false), temp};
    }
    case Kind::Attribute: {
        auto* a = cast<syntax::Attribute>(node);
        out->pop(left);
        Reg d = dest(want);
        out->emit_b(attribute_position(a, pos), Opcode::load_attr, d, left,
                    out->site(Opcode::load_attr, mangled(a->attr).text()));
        return {d, temp};
    }
    case Kind::Subscript: {
        auto* s = cast<syntax::Subscript>(node);
        check_subscript(s->value, s->slice);
        return {subscript(left, s->slice, pos, want), temp};
    }
    default: return call(cast<syntax::Call>(node), left, false, want);
    }
}

// ---- operators

static Opcode opcode_of(BinaryOperator op) {
    switch (op) {
    case BinaryOperator::Add: return Opcode::add;
    case BinaryOperator::Sub: return Opcode::sub;
    case BinaryOperator::Mult: return Opcode::mul;
    case BinaryOperator::MatMult: return Opcode::matmul;
    case BinaryOperator::Div: return Opcode::truediv;
    case BinaryOperator::FloorDiv: return Opcode::floordiv;
    case BinaryOperator::Mod: return Opcode::mod;
    case BinaryOperator::Pow: return Opcode::pow;
    case BinaryOperator::LShift: return Opcode::lshift;
    case BinaryOperator::RShift: return Opcode::rshift;
    case BinaryOperator::BitAnd: return Opcode::and_;
    case BinaryOperator::BitOr: return Opcode::or_;
    case BinaryOperator::BitXor: return Opcode::xor_;
    }
    return Opcode::add;
}

Reg Generator::binary(BinaryOperator op, Val left, Expr* right, Position pos, Reg want, bool in_place) {
    std::uint8_t flag = in_place ? INPLACE : 0;
    if (op == BinaryOperator::Add || op == BinaryOperator::Sub) {
        auto c = constant_of(right);
        if (c && c->kind == Constant::Kind::integer && c->integer == std::int16_t(c->integer)) {
            out->pop(left);
            Reg d = dest(want);
            Opcode code = op == BinaryOperator::Add ? Opcode::add_imm : Opcode::sub_imm;
            out->emit_b(pos, code, d, left, std::uint16_t(c->integer)).flags |= flag;
            return d;
        }
    }
    Val r = operand(right);
    out->pop(r);
    out->pop(left);
    Reg d = dest(want);
    out->emit_bc(pos, opcode_of(op), d, left, r).flags |= flag;
    return d;
}

Reg Generator::unary(syntax::UnaryOp* e, Reg want) {
    Position pos = at(e);
    if (e->op == UnaryOperator::Not) {
        // not (a in b) and not (a is b) have operations of their own.
        if (auto* c = as<syntax::Compare>(e->operand); c && c->ops.size() == 1) {
            CompareOperator op = c->ops[0];
            if (op == CompareOperator::Is || op == CompareOperator::IsNot || op == CompareOperator::In ||
                op == CompareOperator::NotIn) {
                syntax::Compare inverse = *c;
                CompareOperator opposite = op == CompareOperator::Is      ? CompareOperator::IsNot
                                           : op == CompareOperator::IsNot ? CompareOperator::Is
                                           : op == CompareOperator::In    ? CompareOperator::NotIn
                                                                          : CompareOperator::In;
                check_compare(c);
                ++silent_;
                inverse.ops = {&opposite, 1};
                Reg result = compare(&inverse, want);
                --silent_;
                return result;
            }
        }
    }
    Val v = operand(e->operand);
    out->pop(v);
    Reg d = dest(want);
    Opcode op = e->op == UnaryOperator::Not      ? Opcode::not_
                : e->op == UnaryOperator::Invert ? Opcode::invert
                : e->op == UnaryOperator::USub   ? Opcode::neg
                                                 : Opcode::pos;
    out->emit_b(pos, op, d, v);
    return d;
}

Reg Generator::named(syntax::NamedExpr* e, Reg want) {
    auto* target = cast<syntax::Name>(e->target);
    Position pos = at(e);
    Reg reg;
    if (direct_target(target, &reg)) {
        gen(e->value, reg);
        out->emit(at(target), Opcode::nop);
        Reg d = dest(want);
        if (d != reg) out->emit(pos, Opcode::move, d, reg);
        return d;
    }
    push_value(e->value);
    Reg value = kTempBase + out->top - 1;
    store_name(target->id, at(target), {value, false});
    return finish(value, want, pos);
}

Reg Generator::bool_op(syntax::BoolOp* e, Reg want) {
    Position pos = at(e);
    bool is_and = e->op == BoolOperator::And;
    Label end = out->new_label();
    // The result passes through a temporary, as a wanted local may still be read by the later operands.
    Reg result = kTempBase + out->top;
    // An operand but the last: with its value to the end if that decides, else on. No truth is asked for twice: what decides an
    // `and` inside of an `or` is false, and so is no result.
    auto decide = [&](this auto const& self, Expr* value) -> void {
        if (auto c = constant_of(value); c && truth_of(*c) == is_and) return;  // decides nothing
        if (auto* inner = as<syntax::BoolOp>(value)) {
            if (inner->op == e->op) {
                for (Expr* v : inner->values) self(v);
                return;
            }
            Label skip = out->new_label();
            for (std::size_t i = 0; i + 1 < inner->values.size(); ++i) jump_if(inner->values[i], skip, is_and);
            self(inner->values.back());
            out->bind(skip);
            return;
        }
        Val v = operand(value);
        if (v.temp) {
            out->jump_on(pos, is_and ? Opcode::jump_if_false : Opcode::jump_if_true, {v.reg, false}, end);
            out->emit(pos, Opcode::clear, v.reg);
            out->pop(v);
        } else {
            Label next = out->new_label();
            out->jump_on(pos, is_and ? Opcode::jump_if_true : Opcode::jump_if_false, v, next);
            out->emit(pos, Opcode::move, result, v.reg);
            out->push();
            out->pop();
            out->jump(pos, Opcode::jump, end);
            out->bind(next);
        }
    };
    for (std::size_t i = 0; i + 1 < e->values.size(); ++i) decide(e->values[i]);
    push_value(e->values.back());
    out->bind(end);
    return finish(result, want, pos);
}

Reg Generator::if_exp(syntax::IfExp* e, Reg want) {
    Label otherwise = out->new_label(), end = out->new_label();
    jump_if(e->test, otherwise, false);
    gen(e->body, want);
    if (want == kAnyReg) out->pop();
    out->jump(nowhere(), Opcode::jump, end);
    out->bind(otherwise);
    Reg result = gen(e->orelse, want);
    out->bind(end);
    return result;
}

// ---- displays

void Generator::list_of(Seq<Expr> items, Reg list, Position pos) {
    for (Expr* item : items) {
        auto* star = as<syntax::Starred>(item);
        Val v = operand(star ? star->value : item);
        out->pop(v);
        out->emit_b(pos, star ? Opcode::list_extend : Opcode::list_append, list, v);
    }
}

Reg Generator::sequence(Expr* e, Seq<Expr> items, Reg want) {
    constexpr std::size_t kMostAtOnce = 64;
    Position pos = at(e);
    bool is_set = is<syntax::Set>(e), is_list = is<syntax::List>(e);
    bool starred = false, constant = !is<syntax::Tuple>(e) && items.size() >= 3;
    for (Expr* item : items) {
        starred |= is<syntax::Starred>(item);
        constant = constant && constant_of(item);
    }
    Opcode build = is_set ? Opcode::build_set : is_list ? Opcode::build_list : Opcode::build_tuple;
    if (constant) {
        Constant all = tuple_constant({});
        if (is_set) all.kind = Constant::Kind::frozenset;
        for (Expr* item : items) all.items.push_back(*constant_of(item));
        Reg d = out->push();
        out->emit(pos, build, d, d, 0);
        Val c = const_operand(all, pos);
        out->pop(c);
        out->emit_b(pos, is_set ? Opcode::set_update : Opcode::list_extend, d, c);
        return finish(d, want, pos);
    }
    if (!starred && items.size() <= kMostAtOnce) {
        Reg first = kTempBase + out->top;
        for (Expr* item : items) push_value(item);
        out->pop(unsigned(items.size()));
        Reg d = dest(want);
        out->emit(pos, build, d, items.empty() ? d : first, unsigned(items.size()));
        return d;
    }
    Reg d = out->push();
    out->emit(pos, is_set ? Opcode::build_set : Opcode::build_list, d, d, 0);
    if (is_set) {
        for (Expr* item : items) {
            auto* star = as<syntax::Starred>(item);
            Val v = operand(star ? star->value : item);
            out->pop(v);
            out->emit_b(pos, star ? Opcode::set_update : Opcode::set_add, d, v);
        }
    } else {
        list_of(items, d, pos);
    }
    if (is_set || is_list) return finish(d, want, pos);
    out->pop();
    Reg t = dest(want);
    out->emit(pos, Opcode::list_to_tuple, t, d, 0, LAST_B);
    return t;
}

Reg Generator::dict(syntax::Dict* e, Reg want) {
    constexpr std::size_t kMostAtOnce = 32;
    Position pos = at(e);
    bool unpacks = false;
    for (Expr* key : e->keys) unpacks |= key == nullptr;
    std::size_t n = e->values.size();
    if (!unpacks && n <= kMostAtOnce) {
        Reg first = kTempBase + out->top;
        for (std::size_t i = 0; i < n; ++i) {
            push_value(e->keys[i]);
            push_value(e->values[i]);
        }
        out->pop(unsigned(2 * n));
        Reg d = dest(want);
        out->emit(pos, Opcode::build_dict, d, n ? first : d, unsigned(n));
        return d;
    }
    Reg d = out->push();
    out->emit(pos, Opcode::build_dict, d, d, 0);
    for (std::size_t i = 0; i < n; ++i) {
        if (!e->keys[i]) {
            Val v = operand(e->values[i]);
            out->pop(v);
            out->emit_b(pos, Opcode::dict_update, d, v);
            continue;
        }
        Val key = operand(e->keys[i], true);
        Val v = operand(e->values[i]);
        out->pop(v);
        out->pop(key);
        out->emit_bc(pos, Opcode::dict_set, d, key, v);
    }
    return finish(d, want, pos);
}

Reg Generator::slice(syntax::Slice* e, Reg want) {
    Position pos = at(e);
    auto part = [&](Expr* p) { p ? push_value(p) : void(load_none(pos, kAnyReg)); };
    // A constant slice is a constant.
    auto constant = [&](Expr* p) -> std::optional<Constant> { return p ? constant_of(p) : none_constant(); };
    auto lower = constant(e->lower), upper = constant(e->upper), step = constant(e->step);
    if (lower && upper && step) {
        Constant c;
        c.kind = Constant::Kind::slice;
        c.items = {*lower, *upper, *step};
        return load_const(c, pos, want);
    }
    Reg first = kTempBase + out->top;
    part(e->lower);
    part(e->upper);
    if (e->step) push_value(e->step);
    unsigned n = e->step ? 3 : 2;
    out->pop(n);
    Reg d = dest(want);
    out->emit(pos, Opcode::build_slice, d, first, n);
    return d;
}

// Is the index a slice of two parts, not all constant? Then no slice object is made.
static bool plain_slice(Expr* index) {
    auto* s = as<syntax::Slice>(index);
    return s && !s->step;
}

Reg Generator::subscript(Val object, Expr* index, Position pos, Reg want) {
    if (plain_slice(index)) {
        auto* s = cast<syntax::Slice>(index);
        bool constant = (!s->lower || constant_of(s->lower)) && (!s->upper || constant_of(s->upper));
        if (!constant) {
            Reg first = kTempBase + out->top;
            s->lower ? push_value(s->lower) : void(load_none(pos, kAnyReg));
            s->upper ? push_value(s->upper) : void(load_none(pos, kAnyReg));
            out->pop(2);
            out->pop(object);
            Reg d = dest(want);
            out->emit_b(pos, Opcode::load_slice, d, object, first);
            return d;
        }
        Constant c;
        c.kind = Constant::Kind::slice;
        c.items = {s->lower ? *constant_of(s->lower) : none_constant(),
                   s->upper ? *constant_of(s->upper) : none_constant(), none_constant()};
        Val i = const_operand(c, at(index));
        out->pop(i);
        out->pop(object);
        Reg d = dest(want);
        out->emit_bc(pos, Opcode::load_item, d, object, i);
        return d;
    }
    Val i = operand(index);
    out->pop(i);
    out->pop(object);
    Reg d = dest(want);
    out->emit_bc(pos, Opcode::load_item, d, object, i);
    return d;
}

}  // namespace oro::compiler
