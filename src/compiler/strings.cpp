// f-strings and t-strings.
#include "compiler/codegen.h"

namespace oro::compiler {

static unsigned conversion_of(int code) {
    switch (code) {
    case 's': return 1;
    case 'r': return 2;
    case 'a': return 3;
    default: return 0;
    }
}

Reg Generator::joined(Expr* e, Seq<Expr> values, Reg want) {
    constexpr unsigned kMostAtOnce = 128;
    Position pos = at(e);
    if (values.empty()) return load_const(str_constant(""), pos, want);
    if (values.size() == 1 && is<syntax::Constant>(values[0])) return load_const(*constant_of(values[0]), pos, want);
    if (values.size() == 1 && is<syntax::FormattedValue>(values[0])) return gen(values[0], want);
    Reg first = kTempBase + out->top;
    unsigned count = 0;
    for (Expr* value : values) {
        push_value(value);
        if (++count == kMostAtOnce) {  // so far into one, then on
            out->pop(count);
            Reg d = out->push();
            out->emit(pos, Opcode::build_string, d, first, count);
            count = 1;
        }
    }
    out->pop(count);
    Reg d = dest(want);
    out->emit(pos, Opcode::build_string, d, first, count);
    return d;
}

Reg Generator::formatted(syntax::FormattedValue* e, Reg want) {
    Position pos = at(e);
    Val v = operand(e->value, e->format_spec != nullptr);
    if (unsigned conversion = conversion_of(e->conversion)) {
        out->pop(v);
        Reg converted = out->push();
        out->emit_b(pos, Opcode::convert_value, converted, v, conversion);
        v = {converted, true};
    }
    if (!e->format_spec) {
        out->pop(v);
        Reg d = dest(want);
        out->emit_b(pos, Opcode::format_simple, d, v);
        return d;
    }
    Val spec = operand(e->format_spec);
    out->pop(spec);
    out->pop(v);
    Reg d = dest(want);
    out->emit_bc(pos, Opcode::format_spec, d, v, spec);
    return d;
}

Reg Generator::interpolation(syntax::Interpolation* e, Reg want) {
    Position pos = at(e);
    Reg first = kTempBase + out->top;
    push_value(e->value);
    load_const(to_constant(e->str), pos, kAnyReg);
    if (e->format_spec)
        push_value(e->format_spec);
    else
        out->emit(pos, Opcode::push_null, out->push());
    out->pop(3);
    Reg d = dest(want);
    out->emit(pos, Opcode::build_interpolation, d, first,
              conversion_of(e->conversion) | (e->format_spec ? 4u : 0u));
    return d;
}

Reg Generator::template_string(syntax::TemplateStr* e, Reg want) {
    Position pos = at(e);
    // One string more than interpolations, some of them empty.
    std::vector<Constant> strings;
    std::vector<Expr*> interpolations;
    std::string text;
    for (Expr* value : e->values) {
        if (is<syntax::Interpolation>(value)) {
            strings.push_back(str_constant(text));
            text.clear();
            interpolations.push_back(value);
        } else if (auto c = constant_of(value); c && c->kind == Constant::Kind::str) {
            text += c->text;
        }
    }
    strings.push_back(str_constant(text));
    Reg first = load_const(tuple_constant(std::move(strings)), pos, kAnyReg);
    if (interpolations.size() <= 64) {
        Reg items = kTempBase + out->top;
        for (Expr* value : interpolations) push_value(value);
        out->pop(unsigned(interpolations.size()));
        Reg tuple = out->push();
        out->emit(pos, Opcode::build_tuple, tuple, interpolations.empty() ? tuple : items,
                  unsigned(interpolations.size()));
    } else {
        Reg list = out->push();
        out->emit(pos, Opcode::build_list, list, list, 0);
        list_of(Seq<Expr>(interpolations), list, pos);
        out->emit(pos, Opcode::list_to_tuple, list, list, 0, LAST_B);
    }
    out->pop(2);
    Reg d = dest(want);
    out->emit(pos, Opcode::build_template, d, first);
    return d;
}

}  // namespace oro::compiler
