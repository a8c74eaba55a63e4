// Calls: blocks of registers with callable, self and arguments; keywords, unpacking and super().
#include "compiler/codegen.h"

namespace oro::compiler {

// The position of an attribute that stands on another line than its object: the attribute's own.
Position Generator::attribute_position(syntax::Attribute* attr, Position pos) {
    if (pos.line == attr->end_lineno) return pos;
    pos.line = attr->end_lineno;
    int length = 0;  // in characters, as CPython counts here
    for (char ch : attr->attr.text()) length += (ch & 0xC0) != 0x80;
    if (length <= attr->end_col_offset) {
        pos.column = attr->end_col_offset - length;
        pos.end_column = attr->end_col_offset;
    } else {
        pos.column = pos.end_column = -1;
    }
    pos.end_line = attr->end_lineno;
    return pos;
}

// Reserves a call block; whoever asks fills the callable (its first register) and the self slot.
Reg Generator::open_block() { return out->push(kCallHeader + 1); }

void Generator::emit_call(Reg block, unsigned count, std::uint32_t keywords, Reg result, Position pos) {
    out->emit(pos, Opcode::call, block, count, out->call_site(Opcode::call));
    out->emit(pos, Opcode::call_ext, result, keywords);
}

Val Generator::call(syntax::Call* e, Val callee, bool is_method, Reg want) {
    Position pos = at(e);
    Reg block = callee.reg;
    if (is_method) {
        pos = attribute_position(cast<syntax::Attribute>(e->func), pos);
        if (pos.line != e->lineno) pos.end_line = e->end_lineno, pos.end_column = e->end_col_offset;
    } else {
        if (!callee.temp) {
            block = out->push();
            out->emit(at(e->func), Opcode::move, block, callee.reg);
        }
        out->push(kCallHeader);
        out->emit(at(e->func), Opcode::push_null, block + kCallHeader);
    }
    for (std::size_t i = 0; i < e->keywords.size(); ++i) {
        syntax::Keyword* k = e->keywords[i];
        if (!k->arg) continue;
        for (std::size_t j = i + 1; j < e->keywords.size(); ++j)
            if (e->keywords[j]->arg && e->keywords[j]->arg == k->arg) {
                fail("keyword argument repeated: " + std::string(k->arg.text()), e->keywords[j]);
                return {dest(want), want == kAnyReg};
            }
    }
    return {call_with(block, e->args, e->keywords, 0, pos, want), want == kAnyReg};
}

// Computes the arguments into the block (the top of the temporaries, with `ready` of them there already) and
// calls.
Reg Generator::call_with(Reg block, Seq<Expr> args, Seq<syntax::Keyword> keywords, unsigned ready,
                         Position pos, Reg want) {
    constexpr std::size_t kMostInRegisters = 200;
    bool unpacks = args.size() + keywords.size() > kMostInRegisters, unpacks_keywords = unpacks;
    for (Expr* a : args) unpacks |= is<syntax::Starred>(a);
    for (syntax::Keyword* k : keywords) unpacks_keywords |= !k->arg;
    if (!unpacks && !unpacks_keywords) {
        for (Expr* a : args) push_value(a);
        std::uint32_t names = kNoName;
        if (!keywords.empty()) {
            std::vector<Constant> texts;
            for (syntax::Keyword* k : keywords) {
                push_value(k->value);
                texts.push_back(str_constant(k->arg.text()));
            }
            names = out->constant(tuple_constant(std::move(texts)));
        }
        unsigned count = unsigned(ready + args.size() + keywords.size());
        out->pop(count + kCallHeader + 1);
        Reg d = dest(want);
        emit_call(block, count, names, d, pos);
        return d;
    }
    // Arguments as one tuple (or whatever single iterable is unpacked), keywords as one dict.
    if (ready == 0 && args.size() == 1 && is<syntax::Starred>(args[0])) {
        push_value(cast<syntax::Starred>(args[0])->value);
    } else {
        Reg first = block + kCallHeader + 1;
        if (unpacks) {
            if (ready) out->pop(ready);
            Reg list = out->push();
            out->emit(pos, Opcode::build_list, list, first, ready);
            list_of(args, list, pos);
            out->emit(pos, Opcode::list_to_tuple, list, list, 0, LAST_B);
        } else {
            for (Expr* a : args) push_value(a);
            unsigned count = unsigned(ready + args.size());
            if (count) out->pop(count);
            Reg tuple = out->push();
            out->emit(pos, Opcode::build_tuple, tuple, first, count);
        }
    }
    bool has_dict = !keywords.empty();
    if (has_dict) {
        Reg dict = out->push();
        bool started = false;
        for (std::size_t i = 0; i < keywords.size();) {
            if (!keywords[i]->arg) {
                if (!started) out->emit(pos, Opcode::build_dict, dict, dict, 0);
                started = true;
                Val v = operand(keywords[i]->value);
                out->pop(v);
                out->emit_b(pos, Opcode::dict_merge, dict, v, block);
                ++i;
                continue;
            }
            // A run of plain keywords: its own dict, merged into what stands before it.
            Reg run = started ? out->push() : dict;
            out->emit(pos, Opcode::build_dict, run, run, 0);
            for (; i < keywords.size() && keywords[i]->arg; ++i) {
                Val key = const_operand(str_constant(keywords[i]->arg.text()), pos);
                Val v = operand(keywords[i]->value);
                out->pop(v);
                out->pop(key);
                out->emit_bc(pos, Opcode::dict_set, run, key, v);
            }
            if (started) {
                out->pop();
                out->emit(pos, Opcode::dict_merge, dict, run, block, LAST_B);
            }
            started = true;
        }
    }
    out->pop(kCallHeader + 2 + unsigned(has_dict));
    Reg d = dest(want);
    out->emit(pos, Opcode::call_ex, block, has_dict, out->call_site(Opcode::call_ex));
    out->emit(pos, Opcode::call_ext, d, kNoName);
    return d;
}

// Is this super() or super(a, b) with the builtin meaning, as far as one can see here?
bool Generator::super_call(Expr* value, int* arguments) {
    auto* call = as<syntax::Call>(value);
    if (!call || !call->keywords.empty()) return false;
    auto* name = as<syntax::Name>(call->func);
    if (!name || name->id != std::string_view("super")) return false;
    Identifier super = id("super");
    if (unit->scope->binding_of(super) != Binding::global_implicit || !unit->comps.empty()) return false;
    if (table_.top()->flags_of(super) & DEF_BOUND) return false;
    if (call->args.size() == 2) {
        for (Expr* a : call->args)
            if (is<syntax::Starred>(a)) return false;
        *arguments = 2;
        return true;
    }
    if (!call->args.empty()) return false;
    if (unit->kind != UnitKind::function && unit->kind != UnitKind::async_function &&
        unit->kind != UnitKind::lambda)
        return false;
    if (unit->code->positional == 0) return false;
    if (unit->scope->binding_of(id("__class__")) != Binding::free) return false;
    *arguments = 0;
    return true;
}

void Generator::load_super(syntax::Attribute* e, int arguments, bool method, Reg to) {
    auto* call = cast<syntax::Call>(e->value);
    Position call_pos = at(call);
    Reg first = load_name(id("super"), at(call->func), kAnyReg);
    if (arguments == 2) {
        push_value(call->args[0]);
        push_value(call->args[1]);
    } else {
        load_name(id("__class__"), call_pos, kAnyReg);
        load_name(unit->scope->parameters[0], call_pos, kAnyReg);
    }
    out->pop(3);
    Position pos = attribute_position(e, at(e));
    Opcode op = method ? Opcode::load_super_method : Opcode::load_super_attr;
    std::string_view name = mangled(e->attr).text();
    Reg d = method ? open_block() : dest(to);
    out->emit(pos, op, d, first, out->site(op, name), arguments ? 0 : SUPER_ALONE);
}

}  // namespace oro::compiler
