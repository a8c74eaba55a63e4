#include "vm/code.h"

#include <charconv>
#include <cstring>

#include "memory/reclaim.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/slice.h"
#include "vm/feedback.h"
#include "vm/function.h"
#include "vm/instrument.h"

namespace oro {

extern Type frozenset_type;

namespace {

Result<Ref<>> big_constant(Python& py, std::string_view hex) {
    bool negative = hex.starts_with('-');
    if (negative) hex.remove_prefix(1);
    std::vector<std::uint64_t> limbs;
    while (!hex.empty()) {
        std::size_t n = hex.size() < 16 ? hex.size() : 16;
        std::uint64_t limb = 0;
        std::string_view digits = hex.substr(hex.size() - n);
        std::from_chars(digits.data(), digits.data() + digits.size(), limb, 16);
        limbs.push_back(limb);
        hex.remove_suffix(n);
    }
    return make_int(py, negative, limbs);
}

bool is_identifier_like(std::string_view s) {
    for (char c : s)
        if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
    return true;
}

Ref<> pin(Ref<> v, bool immortal) {
    // Before publication to other threads: the owner makes it immortal.
    if (immortal && v.value().is_pointer() && !v.value().pointer()->is_immortal()) detail::make_immortal(v.value().pointer());
    else if (v.value().is_pointer()) detail::allow_concurrent(v.value().pointer());
    return v;
}

}  // namespace

Result<Ref<>> make_constant(Python& py, Constant const& c, bool immortal) {
    using Kind = Constant::Kind;
    switch (c.kind) {
        case Kind::none: return none.share();
        case Kind::true_: return Ref<>::adopt(kTrue);
        case Kind::false_: return Ref<>::adopt(kFalse);
        case Kind::ellipsis: return Ref<>::adopt(kEllipsis);
        case Kind::integer: return pin(TRY(make_int(py, c.integer)), immortal);
        case Kind::big_integer: return pin(TRY(big_constant(py, c.text)), immortal);
        case Kind::floating: return pin(TRY(make_float(py, c.real)), immortal);
        case Kind::complex: return pin(TRY(make<Complex>(py, Complex::type(), c.real, c.imag)), immortal);
        case Kind::str: {
            Ref<Str> s = TRY(make_str(py, std::string_view(c.text)));
            if (is_identifier_like(c.text)) return pin(intern(py, std::move(s)), immortal);
            return pin(std::move(s), immortal);
        }
        case Kind::bytes: return pin(TRY(make_bytes(py, c.text)), immortal);
        case Kind::tuple: {
            if (c.items.empty()) return empty_tuple();
            Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, c.items.size()));
            for (std::size_t i = 0; i < c.items.size(); ++i) tuple->slots[i] = TRY(make_constant(py, c.items[i], immortal)).release();
            return pin(std::move(tuple), immortal);
        }
        case Kind::frozenset: {
            Ref<List> items = TRY(make_list(py));
            for (Constant const& item : c.items) CHECK(list_append(py, items, TRY(make_constant(py, item, immortal))));
            Value args[] = {items.value()};
            return pin(TRY(call(py, Borrowed<>(Value::of(&frozenset_type)), args)), immortal);
        }
        case Kind::slice: {
            Ref<> a = TRY(make_constant(py, c.items[0], immortal)), b = TRY(make_constant(py, c.items[1], immortal)), s = TRY(make_constant(py, c.items[2], immortal));
            return pin(TRY(make_slice(py, a, b, s)), immortal);
        }
        case Kind::code: return TRY(make_code(py, c.code, immortal));
    }
    __builtin_unreachable();
}

namespace {
// What running code has besides the words of its unit.
void prepare(CodeUnit const& unit, Instruction* words) {
    for (std::uint32_t i = 0; i < unit.code.size(); ++i) {
        Instruction ins = unit.code[i];
        if (ins.op() == Opcode::make_function || ins.op() == Opcode::call_ext) continue;
        if ((ins.flags() & FUSED) && i + 1 < unit.code.size() && unit.code[i + 1].op() == Opcode::jump_if_true)
            words[i].word |= std::uint64_t(FUSED_TRUE) << 8;
        if (op_info[int(ins.op())].b != OperandKind::J) continue;
        auto target = std::uint32_t(std::int64_t(i) + 1 + ins.jump());
        auto distance = std::int32_t(std::int64_t(monitor::past_nops(unit, target)) - std::int64_t(i) - 1);
        words[i] = Instruction::wide(ins.op(), ins.flags(), ins.a(), std::uint32_t(distance));
    }
}
}  // namespace

Result<Ref<Code>> make_code(Python& py, std::shared_ptr<CodeUnit const> unit, bool immortal) {
    CHECK(check_native_stack(py));
    CodeUnit const& u = *unit;
    Ref<Code> code = TRY(make<Code>(py, Code::type(), unit));
    std::size_t sites = u.sites.size(), constants = u.constants.size();
    auto* block = static_cast<Value*>(buffer_allocate((sites + constants + 1) * sizeof(Value)));
    auto* words = static_cast<Instruction*>(buffer_allocate((u.code.size() + 1) * sizeof(Instruction)));
    if (!block || !words) {
        buffer_free(block);
        buffer_free(words);
        return raise_no_memory(py);
    }
    std::memset(static_cast<void*>(block), 0, (sites + constants + 1) * sizeof(Value));
    std::memcpy(static_cast<void*>(words), u.code.data(), u.code.size() * sizeof(Instruction));
    prepare(u, words);
    code->k = block + sites;
    code->code = words;
    code->code_count = std::uint32_t(u.code.size());
    code->constant_count = std::uint32_t(constants);
    code->site_count = std::uint32_t(sites);
    code->registers = u.registers;
    code->local_count = std::uint32_t(u.local_names.size());
    code->positional = u.positional;
    code->keyword_only = u.keyword_only;
    code->code_flags = u.flags;
    code->parameter_count = u.positional + u.keyword_only + ((u.flags & CO_VARARGS) != 0) + ((u.flags & CO_VARKEYWORDS) != 0);
    code->simple = code->parameter_count == u.positional;
    for (std::size_t i = 0; i < constants; ++i) code->k[i] = TRY(make_constant(py, u.constants[i], immortal)).release();
    // Names that sites use have to be interned: caches compare them by identity.
    for (Site const& s : u.sites) {
        if (s.name >= constants) continue;  // a call's site has no name
        Value& v = code->k[s.name];
        if (is<Str>(v) && !static_cast<Str*>(v.pointer())->is_interned()) v = Ref<>(intern(py, as<Str>(Ref<>::adopt(v)))).release();
    }
    code->name.init(Maybe<Str>(TRY(make_interned(py, u.name))));
    code->qualname.init(Maybe<Str>(TRY(make_interned(py, u.qualname))));
    code->filename.init(Maybe<Str>(TRY(make_interned(py, u.filename))));
    auto names = [&](std::vector<std::string> const& list) -> Result<Ref<Tuple>> {
        if (list.empty()) return empty_tuple();
        Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, list.size()));
        for (std::size_t i = 0; i < list.size(); ++i) tuple->slots[i] = Ref<>(TRY(make_interned(py, list[i]))).release();
        return tuple;
    };
    code->local_names.init(Maybe<Tuple>(TRY(names(u.local_names))));
    code->free_names.init(Maybe<Tuple>(TRY(names(u.free_names))));
    // Frames don't count the code they run; a function's code may be replaced meanwhile.
    make_deferred(*code.get());
    return code;
}

Code::~Code() {
    monitor::free_points(*this);
    clear();
    if (k) {
        for (std::uint32_t i = 0; i < site_count; ++i) {
            std::uint64_t ic = feedback(i).load(std::memory_order_relaxed);
            if (ic && !(ic & 1)) delete vm::record_of(ic);
        }
        buffer_free(k - site_count);
    }
    buffer_free(code);
}

void Code::trace(Visitor& v) {
    v(name);
    v(qualname);
    v(filename);
    v(local_names);
    v(free_names);
    for (std::uint32_t i = 0; k && i < constant_count; ++i) v(k[i]);
}

void Code::clear() {
    name.reset();
    qualname.reset();
    filename.reset();
    local_names.reset();
    free_names.reset();
    for (std::uint32_t i = 0; k && i < constant_count; ++i) detail::decref(std::exchange(k[i], Value{}));
}

int line_of(Code const& code, Instruction const* pc) {
    std::size_t i = std::size_t(pc - code.code);
    return i < code.unit->positions.size() ? code.unit->positions[i].line : 0;
}

}  // namespace oro
