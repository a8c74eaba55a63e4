#include "bytecode/disassemble.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace oro {

namespace {

std::string number(double v) {
    char text[40];
    auto end = std::to_chars(text, text + sizeof text, v).ptr;
    std::string out(text, end);
    if (out.find_first_of(".einf") == out.npos) out += ".0";
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char ch : text) {
        if (ch == '\n')
            out += "\\n";
        else if (ch == '\'' || ch == '\\')
            (out += '\\') += ch;
        else if (static_cast<unsigned char>(ch) < 32)
            out += "\\x" + std::string(1, "0123456789abcdef"[ch >> 4]) + "0123456789abcdef"[ch & 15];
        else
            out += ch;
    }
    return out + "'";
}

std::string items(std::vector<Constant> const& values, char const* open, char const* close) {
    std::string out = open;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i) out += ", ";
        out += constant_text(values[i], std::string::npos);
    }
    if (values.size() == 1 && *open == '(') out += ",";
    return out + close;
}

struct Printer {
    CodeUnit const& code;

    std::string reg(unsigned r, bool last) const {
        std::string out;
        if (r < code.local_names.size()) {
            out = code.local_names[r];
            // Two hidden locals may have one name.
            for (unsigned i = 0; i < r; ++i)
                if (code.local_names[i] == out) {
                    out += "#" + std::to_string(r);
                    break;
                }
        } else {
            out = "r" + std::to_string(r - code.local_names.size());
        }
        if (last) out += "!";
        return out;
    }
    std::string constant(std::size_t k) const {
        return k < code.constants.size() ? constant_text(code.constants[k]) : "K" + std::to_string(k) + "?";
    }
    std::string site(std::size_t x) const {
        if (x >= code.sites.size()) return "X" + std::to_string(x) + "?";
        std::uint32_t name = code.sites[x].name;
        return name < code.constants.size() ? "." + code.constants[name].text : "@" + std::to_string(x);
    }
    std::string operand(Instruction ins, OperandKind kind, unsigned value, std::uint8_t last,
                        std::size_t at) const {
        switch (kind) {
        case OperandKind::_: return {};
        case OperandKind::D:
        case OperandKind::T:
        case OperandKind::B: return reg(value, false);
        case OperandKind::S: return reg(value, ins.flags() & last);
        case OperandKind::K: return constant(value);
        case OperandKind::X: return site(value);
        case OperandKind::U: return std::to_string(value);
        case OperandKind::I: return std::to_string(std::int16_t(value));
        case OperandKind::J: return "-> " + std::to_string(std::int64_t(at) + 1 + ins.jump());
        case OperandKind::W:
            return ins.op() == Opcode::load_const ? constant(ins.bc()) : site(ins.bc());
        case OperandKind::I32: return std::to_string(ins.jump());
        }
        return {};
    }
};

void print(std::string& out, CodeUnit const& code, DisassembleOptions const& options) {
    Printer p{code};
    out += "code " + code.qualname + " flags=0x";
    char hex[12];
    out.append(hex, std::to_chars(hex, hex + sizeof hex, code.flags, 16).ptr);
    out += " registers=" + std::to_string(code.registers);
    out += " args=" + std::to_string(code.positional_only) + "/" + std::to_string(code.positional) + "/" +
           std::to_string(code.keyword_only);
    out += "\n";
    if (!code.local_names.empty()) {
        out += "  locals";
        for (std::size_t i = 0; i < code.local_names.size(); ++i) {
            out += " " + code.local_names[i];
            if (code.local_kinds[i] & LOCAL_CELL) out += "(cell)";
            if (code.local_kinds[i] & LOCAL_HIDDEN) out += "(hidden)";
        }
        out += "\n";
    }
    if (!code.free_names.empty()) {
        out += "  free";
        for (auto const& n : code.free_names) out += " " + n;
        out += "\n";
    }
    for (std::size_t i = 0; i < code.code.size(); ++i) {
        Instruction ins = code.code[i];
        OpInfo const& info = op_info[int(ins.op())];
        std::string line = std::to_string(i);
        line.insert(0, line.size() < 5 ? 5 - line.size() : 0, ' ');
        line += "  ";
        if (options.positions) {
            Position pos = code.positions[i];
            std::string text = pos.line
                                   ? std::to_string(pos.line) + ":" + std::to_string(pos.column) + "-" +
                                         std::to_string(pos.end_line) + ":" + std::to_string(pos.end_column)
                                   : "-";
            text.resize(std::max<std::size_t>(text.size(), 14), ' ');
            line += text + " ";
        }
        std::string name = info.name;
        if (ins.op() != Opcode::make_function && ins.flags() & INPLACE) name += "=";
        if (ins.op() != Opcode::make_function && ins.flags() & FUSED) name += "+";
        line += name;
        if (std::string operands = operands_text(code, i); !operands.empty()) line += " " + operands;
        out += line + "\n";
    }
    for (ExceptionEntry const& e : code.exceptions)
        out += "  guard [" + std::to_string(e.start) + ", " + std::to_string(e.end) + ") -> " +
               std::to_string(e.handler) + " exc=" + p.reg(e.exc, false) +
               " from=" + p.reg(e.first_temp, false) + "\n";
    if (!options.nested) return;
    for (Constant const& c : code.constants)
        if (c.kind == Constant::Kind::code) print(out, *c.code, options);
}

}  // namespace

std::string constant_text(Constant const& value, std::size_t limit) {
    std::string out;
    switch (value.kind) {
    case Constant::Kind::none: out = "None"; break;
    case Constant::Kind::true_: out = "True"; break;
    case Constant::Kind::false_: out = "False"; break;
    case Constant::Kind::ellipsis: out = "..."; break;
    case Constant::Kind::integer: out = std::to_string(value.integer); break;
    case Constant::Kind::big_integer: out = "0x" + value.text; break;
    case Constant::Kind::floating: out = number(value.real); break;
    case Constant::Kind::complex: {
        auto part = [](double v) {
            std::string text = number(v);
            if (text.ends_with(".0")) text.resize(text.size() - 2);
            return text;
        };
        out = part(value.imag) + "j";
        if (value.real != 0 || std::signbit(value.real))
            out = "(" + part(value.real) + (out.starts_with('-') ? "" : "+") + out + ")";
        break;
    }
    case Constant::Kind::str: out = quoted(value.text); break;
    case Constant::Kind::bytes: out = "b" + quoted(value.text); break;
    case Constant::Kind::tuple: out = items(value.items, "(", ")"); break;
    case Constant::Kind::frozenset: out = items(value.items, "frozenset{", "}"); break;
    case Constant::Kind::slice: out = items(value.items, "slice(", ")"); break;
    case Constant::Kind::code: out = "<code " + value.code->qualname + ">"; break;
    }
    if (out.size() > limit) {
        while (limit > 0 && (static_cast<unsigned char>(out[limit]) & 0xC0) == 0x80) --limit;  // not in the middle of a character
        out.resize(limit);
        out += "...";
    }
    return out;
}

std::string operands_text(CodeUnit const& code, std::size_t index) {
    Printer p{code};
    Instruction ins = code.code[index];
    OpInfo const& info = op_info[int(ins.op())];
    std::string operands[3] = {p.operand(ins, info.a, ins.a(), LAST_A, index),
                               p.operand(ins, info.b, ins.b(), LAST_B, index),
                               p.operand(ins, info.c, ins.c(), LAST_C, index)};
    if (ins.op() == Opcode::call_ext) operands[1] = ins.b() == kNoKeywords ? "" : p.constant(ins.b());
    if (ins.op() == Opcode::make_function) {
        operands[1] = "code";
        operands[2] = ins.flags() ? p.reg(ins.c(), false) + " flags=" + std::to_string(ins.flags()) : "";
    }
    std::string out;
    for (std::string const& text : operands) {
        if (text.empty()) continue;
        if (!out.empty()) out += ", ";
        out += text;
    }
    return out;
}

std::string disassemble(CodeUnit const& code, DisassembleOptions const& options) {
    std::string out;
    print(out, code, options);
    return out;
}

}  // namespace oro
