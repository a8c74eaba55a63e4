// Comparisons, and expressions whose truth decides a jump. A comparison that feeds a jump is fused with it,
// and `not`, `and`, `or` become the sense of jumps.
#include "compiler/codegen.h"

namespace oro::compiler {

using syntax::BoolOperator;
using syntax::CompareOperator;
using syntax::UnaryOperator;

static Opcode opcode_of(CompareOperator op) {
    switch (op) {
    case CompareOperator::Eq: return Opcode::eq;
    case CompareOperator::NotEq: return Opcode::ne;
    case CompareOperator::Lt: return Opcode::lt;
    case CompareOperator::LtE: return Opcode::le;
    case CompareOperator::Gt: return Opcode::gt;
    case CompareOperator::GtE: return Opcode::ge;
    case CompareOperator::Is: return Opcode::is_;
    case CompareOperator::IsNot: return Opcode::is_not;
    case CompareOperator::In: return Opcode::contains;
    case CompareOperator::NotIn: return Opcode::not_contains;
    }
    return Opcode::eq;
}

static char const* type_name(Expr* e) {
    switch (e->kind) {
    case Kind::Tuple: return "tuple";
    case Kind::List:
    case Kind::ListComp: return "list";
    case Kind::Dict:
    case Kind::DictComp: return "dict";
    case Kind::Set:
    case Kind::SetComp: return "set";
    case Kind::GeneratorExp: return "generator";
    case Kind::Lambda: return "function";
    case Kind::JoinedStr:
    case Kind::FormattedValue: return "str";
    case Kind::TemplateStr: return "string.templatelib.Template";
    case Kind::Interpolation: return "string.templatelib.Interpolation";
    case Kind::Constant:
        using VK = syntax::ConstantValue::Kind;
        switch (cast<syntax::Constant>(e)->value.kind) {
        case VK::None: return "NoneType";
        case VK::True:
        case VK::False: return "bool";
        case VK::Ellipsis: return "ellipsis";
        case VK::Int:
        case VK::BigInt: return "int";
        case VK::Float: return "float";
        case VK::Complex: return "complex";
        case VK::Str: return "str";
        case VK::Bytes: return "bytes";
        case VK::Tuple: return "tuple";
        case VK::FrozenSet: return "frozenset";
        }
        return nullptr;
    default: return nullptr;
    }
}

// ---- warnings about operations that cannot be meant

void Generator::check_compare(syntax::Compare* e) {
    auto literal = [&](Expr* x) {
        auto* c = as<syntax::Constant>(x);
        return c ? !c->value.is_singleton() : is<syntax::Tuple>(x) && constant_of(x);
    };
    Expr* left = e->left;
    for (std::size_t i = 0; i < e->ops.size(); ++i) {
        Expr* right = e->comparators[i];
        CompareOperator op = e->ops[i];
        if ((op == CompareOperator::Is || op == CompareOperator::IsNot) &&
            (literal(left) || literal(right))) {
            bool is = op == CompareOperator::Is;
            std::string message = is ? "\"is\" with '" : "\"is not\" with '";
            message += type_name(literal(left) ? left : right);
            message += is ? "' literal. Did you mean \"==\"?" : "' literal. Did you mean \"!=\"?";
            return warn(message, e);
        }
        left = right;
    }
}

void Generator::check_callee(Expr* func) {
    switch (func->kind) {
    case Kind::Constant:
    case Kind::Tuple:
    case Kind::List:
    case Kind::ListComp:
    case Kind::Dict:
    case Kind::DictComp:
    case Kind::Set:
    case Kind::SetComp:
    case Kind::GeneratorExp:
    case Kind::JoinedStr:
    case Kind::TemplateStr:
    case Kind::FormattedValue:
    case Kind::Interpolation:
        warn(std::string("'") + type_name(func) + "' object is not callable; perhaps you missed a comma?",
             func);
        return;
    default: return;
    }
}

void Generator::check_subscript(Expr* value, Expr* index) {
    using VK = syntax::ConstantValue::Kind;
    auto* constant = as<syntax::Constant>(value);
    bool subscriptable = true;
    switch (value->kind) {
    case Kind::Constant:
        subscriptable =
            constant->value.is(VK::Str) || constant->value.is(VK::Bytes) || constant->value.is(VK::Tuple);
        break;
    case Kind::Set:
    case Kind::SetComp:
    case Kind::GeneratorExp:
    case Kind::TemplateStr:
    case Kind::Interpolation:
    case Kind::Lambda: subscriptable = false; break;
    case Kind::Tuple:
    case Kind::List:
    case Kind::ListComp:
    case Kind::JoinedStr:
    case Kind::FormattedValue: break;
    default: return;
    }
    if (!subscriptable) {
        warn(std::string("'") + type_name(value) +
                 "' object is not subscriptable; perhaps you missed a comma?",
             value);
        return;
    }
    char const* type = type_name(index);
    if (!type || std::string_view(type) == "int" || std::string_view(type) == "bool") return;
    warn(std::string(type_name(value)) + " indices must be integers or slices, not " + type +
             "; perhaps you missed a comma?", value);
}

// ---- comparisons

void Generator::compare_op(CompareOperator op, Position pos, Reg to, Val left, Val right, bool fused) {
    out->emit_bc(pos, opcode_of(op), to, left, right).flags |= fused ? FUSED : 0;
}

// The right operand of `in`: a display of constants needs not be built each time.
static std::optional<Constant> constant_container(Expr* e, std::vector<std::optional<Constant>>& items) {
    Constant c = tuple_constant({});
    if (is<syntax::Set>(e)) c.kind = Constant::Kind::frozenset;
    for (auto& item : items) {
        if (!item) return {};
        c.items.push_back(std::move(*item));
    }
    return c;
}

Val Generator::container(Expr* e, bool for_iteration) {
    Seq<Expr> elements;
    if (auto* l = as<syntax::List>(e))
        elements = l->elts;
    else if (auto* s = as<syntax::Set>(e))
        elements = s->elts;
    else
        return operand(e, !for_iteration);
    std::vector<std::optional<Constant>> items;
    bool starred = false;
    for (Expr* item : elements) {
        starred |= is<syntax::Starred>(item);
        items.push_back(constant_of(item));
    }
    if (auto c = constant_container(e, items)) return const_operand(*c, at(e));
    if (is<syntax::Set>(e) || starred || elements.size() > 30) return operand(e);
    Reg first = kTempBase + out->top;
    for (Expr* item : elements) push_value(item);
    out->pop(unsigned(elements.size()));
    Reg d = out->push();
    out->emit(at(e), Opcode::build_tuple, d, first, unsigned(elements.size()));
    return {d, true};
}

Val Generator::compared(syntax::Compare* e, std::size_t i, bool hold) {
    bool in = e->ops[i] == CompareOperator::In || e->ops[i] == CompareOperator::NotIn;
    if (in && !hold) return container(e->comparators[i], false);
    return operand(e->comparators[i], hold);
}

Reg Generator::compare(syntax::Compare* e, Reg want) {
    Position pos = at(e);
    check_compare(e);
    std::size_t n = e->ops.size();
    auto simple = [](Expr* x) { return is<syntax::Name>(x) || is<syntax::Constant>(x); };
    if (n == 1) {
        Val l = operand(e->left, !simple(e->comparators[0]));
        Val r = compared(e, 0, false);
        out->pop(r);
        out->pop(l);
        Reg d = dest(want);
        compare_op(e->ops[0], pos, d, l, r, false);
        return d;
    }
    // a < b < c: each middle operand is computed once and kept for the next comparison.
    Reg result = out->push();
    Label end = out->new_label();
    std::vector<std::pair<Label, Reg>> cleanups;  // the middle operand that is left when the chain breaks off
    Val l = operand(e->left, true);
    for (std::size_t i = 0; i + 1 < n; ++i) {
        Val middle = compared(e, i, true);
        compare_op(e->ops[i], pos, result, l, {middle.reg, false}, false);
        Label broken = end;
        if (middle.temp) cleanups.push_back({broken = out->new_label(), middle.reg});
        out->jump_on(pos, Opcode::jump_if_false, {result, false}, broken);
        l = middle;
    }
    Val r = compared(e, n - 1, false);
    compare_op(e->ops[n - 1], pos, result, l, r, false);
    if (!cleanups.empty()) out->jump(nowhere(), Opcode::jump, end);
    for (auto [label, reg] : cleanups) {
        out->bind(label);
        out->emit(nowhere(), Opcode::clear, reg);
        out->jump(nowhere(), Opcode::jump, end);
    }
    out->bind(end);
    out->top = unsigned(result - kTempBase) + 1;
    return finish(result, want, pos);
}

void Generator::jump_if_compare(syntax::Compare* e, Label target, bool sense) {
    Position pos = at(e);
    check_compare(e);
    std::size_t n = e->ops.size();
    unsigned top = out->top;
    auto simple = [](Expr* x) { return is<syntax::Name>(x) || is<syntax::Constant>(x); };
    Label broken_off = sense ? out->new_label() : target;  // where a chain goes that is false early
    std::vector<std::pair<Label, Reg>> cleanups;
    Val l = operand(e->left, n > 1 || !simple(e->comparators[0]));
    for (std::size_t i = 0; i < n; ++i) {
        bool last = i + 1 == n;
        Val r = compared(e, i, !last);
        // The result register only matters where the comparison isn't fused at run time.
        Reg flag = out->push();
        out->pop();
        compare_op(e->ops[i], pos, flag, l, {r.reg, last && r.temp}, true);
        Label to = last ? target : broken_off;
        if (!last && r.temp) cleanups.push_back({to = out->new_label(), r.reg});
        bool when = last && sense;
        out->jump_on(pos, when ? Opcode::jump_if_true : Opcode::jump_if_false, {flag, true}, to);
        l = r;
    }
    out->top = top;
    if (!cleanups.empty()) {
        Label past = out->new_label();
        out->jump(nowhere(), Opcode::jump, past);
        for (auto [label, reg] : cleanups) {
            out->bind(label);
            out->emit(nowhere(), Opcode::clear, reg);
            out->jump(nowhere(), Opcode::jump, broken_off);
        }
        out->bind(past);
    }
    if (sense) out->bind(broken_off);
}

// Jumps to `target` if the truth of e is `sense`, else goes on.
void Generator::jump_if(Expr* e, Label target, bool sense) {
    if (failed() || too_deep(e)) return;
    while (auto* u = as<syntax::UnaryOp>(e)) {
        if (u->op != UnaryOperator::Not || constant_of(e)) break;
        e = u->operand;
        sense = !sense;
    }
    if (auto c = constant_of(e)) {
        if (truth_of(*c) == sense) out->jump(at(e), Opcode::jump, target);
        else out->emit(at(e), Opcode::nop);
        return;
    }
    if (auto* b = as<syntax::BoolOp>(e)) {
        bool is_and = b->op == BoolOperator::And;
        // An `and` that is to jump when true jumps only from its last operand, and so an `or` when false.
        bool all = is_and == sense;
        Label skip = all ? out->new_label() : target;
        for (std::size_t i = 0; i + 1 < b->values.size(); ++i) jump_if(b->values[i], skip, !is_and);
        jump_if(b->values.back(), target, sense);
        if (all) out->bind(skip);
        return;
    }
    if (auto* i = as<syntax::IfExp>(e)) {
        Label otherwise = out->new_label(), end = out->new_label();
        jump_if(i->test, otherwise, false);
        jump_if(i->body, target, sense);
        out->jump(nowhere(), Opcode::jump, end);
        out->bind(otherwise);
        jump_if(i->orelse, target, sense);
        out->bind(end);
        return;
    }
    if (auto* c = as<syntax::Compare>(e)) return jump_if_compare(c, target, sense);
    Val v = operand(e);
    out->pop(v);
    out->jump_on(at(e), sense ? Opcode::jump_if_true : Opcode::jump_if_false, v, target);
}

}  // namespace oro::compiler
