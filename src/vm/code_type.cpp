// code: what Python sees of a code object. Its bytecode is our own; offsets count two for each instruction, as tb_lasti does.
#include <algorithm>

#include "object/bytes.h"
#include "object/define.h"
#include "object/identity.h"
#include "object/list.h"
#include "object/warn.h"
#include "bytecode/verify.h"
#include "vm/code_names.h"
#include "vm/code_tables.h"

namespace oro {

std::vector<std::uint32_t> variable_registers(Code const& code) {
    std::vector<std::uint32_t> out;
    auto taken = [&](Str const& name) {
        for (std::uint32_t r = 0; r < code.local_count; ++r)
            if (!is_hidden_register(code, r) && &register_name(code, r) == &name) return true;
        for (std::uint32_t r : out)
            if (&register_name(code, r) == &name) return true;
        return false;
    };
    for (std::uint32_t r = 0; r < code.local_count; ++r) {
        std::uint8_t kind = code.unit->local_kinds()[r];
        if ((kind & LOCAL_CELL) && !(kind & LOCAL_ARGUMENT)) continue;
        if ((kind & LOCAL_HIDDEN) && taken(register_name(code, r))) continue;
        out.push_back(r);
    }
    return out;
}

std::vector<std::uint32_t> cell_registers(Code const& code) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t r = 0; r < code.local_count; ++r)
        if (is_cell_register(code, r)) out.push_back(r);
    return out;
}

namespace {

Code& at(Value v) { return *static_cast<Code*>(v.pointer()); }
using Getter = Result<Ref<>>(Thread&, Code&);
template <Getter* Fn> Value get(Python& py, Value self) { return Fn(py, at(self)).release(); }
template <Getter* Fn> Value get_unfolded(Python& py, Value self) { return unfold(py, at(self)).raised() ? Value{} : Fn(py, at(self)).release(); }

Result<Ref<>> number(Thread&, std::int64_t n) { return Ref<>::adopt(Value::of_int(n)); }
Result<Ref<>> names_of(Thread& t, Code& c, std::vector<std::uint32_t> const& registers) {
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, registers.size()));
    for (std::size_t i = 0; i < registers.size(); ++i) tuple->slots[i] = Borrowed<Str>(register_name(c, registers[i])).share().release();
    return tuple;
}

std::int64_t keyword_only_less(Code& c) { return std::int64_t(c.keyword_only); }
Result<Ref<>> argcount(Thread& t, Code& c) { return number(t, c.positional); }
Result<Ref<>> posonlyargcount(Thread& t, Code& c) { return number(t, c.unit->positional_only); }
Result<Ref<>> kwonlyargcount(Thread& t, Code& c) { return number(t, keyword_only_less(c)); }
Result<Ref<>> nlocals(Thread& t, Code& c) { return number(t, std::int64_t(variable_registers(c).size())); }
Result<Ref<>> stacksize(Thread& t, Code& c) { return number(t, std::int64_t(c.registers - c.local_count)); }
Result<Ref<>> flags(Thread& t, Code& c) { return number(t, c.code_flags); }
Result<Ref<>> firstlineno(Thread& t, Code& c) { return number(t, c.unit->first_line); }
Result<Ref<>> filename(Thread&, Code& c) { return c.filename.share(); }
Result<Ref<>> name(Thread&, Code& c) { return c.name.share(); }
Result<Ref<>> qualname(Thread&, Code& c) { return c.qualname.share(); }
Result<Ref<>> varnames(Thread& t, Code& c) { return names_of(t, c, variable_registers(c)); }
Result<Ref<>> cellvars(Thread& t, Code& c) { return names_of(t, c, cell_registers(c)); }
Result<Ref<>> freevars(Thread&, Code& c) { return c.free_names.share(); }
std::span<Instruction const> instructions(Code const& c) { return {c.unit->words(), c.code_count}; }
std::string_view words_of(Code const& c) { return {reinterpret_cast<char const*>(c.unit->words()), c.code_count * sizeof(Instruction)}; }
Result<Ref<>> code_bytes(Thread& t, Code& c) { return make_bytes(t, words_of(c)); }
Result<Ref<>> adaptive(Thread& t, Code& c) {
    std::string words;
    for (std::uint32_t i = 0; i < c.code_count; ++i) {
        std::uint64_t w = __atomic_load_n(&c.code[i].word, __ATOMIC_RELAXED);
        words.append(reinterpret_cast<char const*>(&w), sizeof w);
    }
    return make_bytes(t, words);
}
Result<Ref<>> linetable(Thread& t, Code& c) { return make_bytes(t, encode_positions(positions_of(c), int(c.unit->first_line))); }
Result<Ref<>> exceptiontable(Thread& t, Code& c) { return make_bytes(t, encode_exceptions({c.unit->exceptions(), c.unit->exception_count})); }

constexpr std::uint32_t kNoName = 0xFFFFFFFFu;
std::span<Site const> sites_of(Code const& c) { return {c.unit->sites(), c.unit->site_count}; }

// Which constants are there for other reasons than to be the name of a site.
std::vector<std::uint32_t> real_constants(Code const& c) {
    std::vector<bool> only_name(c.constant_count, false);
    for (Site const& s : sites_of(c))
        if (s.name != kNoName) only_name[s.name] = true;
    for (Instruction const& i : instructions(c))
        if (i.op() == Opcode::load_const) only_name[i.bc()] = false;
    if (c.code_flags & CO_HAS_DOCSTRING) only_name[0] = false;
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < c.constant_count; ++i)
        if (!only_name[i]) out.push_back(i);
    return out;
}
// The constants that are names of sites, each once, in the order of the sites.
std::vector<std::uint32_t> site_names(Code const& c) {
    std::vector<bool> seen(c.constant_count, false);
    std::vector<std::uint32_t> out;
    for (Site const& s : sites_of(c)) {
        if (s.name == kNoName) continue;
        if (!seen[s.name]) out.push_back(s.name);
        seen[s.name] = true;
    }
    return out;
}
Result<Ref<>> constants_at(Thread& t, Code& c, std::vector<std::uint32_t> const& indexes) {
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, indexes.size()));
    for (std::size_t i = 0; i < indexes.size(); ++i) tuple->slots[i] = share(c.k[indexes[i]]).release();
    return tuple;
}
Result<Ref<>> consts(Thread& t, Code& c) { return constants_at(t, c, real_constants(c)); }
Result<Ref<>> names(Thread& t, Code& c) { return constants_at(t, c, site_names(c)); }

// The line number table of Python before 3.10: pairs of (bytecode increment, line increment).
Value lnotab(Python& py, Value self) {
    if (warn(py, exc::DeprecationWarning, "co_lnotab is deprecated, use co_lines instead.").raised()) return {};
    Code& c = at(self);
    std::string out;
    int line = int(c.unit->first_line), last = 0;
    auto const& positions = positions_of(c);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        if (positions[i].line == 0 || positions[i].line == line) continue;
        int offset = int(i) * 2 - last, delta = positions[i].line - line;
        for (; offset > 255; offset -= 255) out += std::string("\xff\0", 2);
        for (; delta > 127; delta -= 127, offset = 0) out += {char(offset), char(127)};
        for (; delta < -128; delta += 128, offset = 0) out += {char(offset), char(-128)};
        out += {char(offset), char(delta)};
        line = positions[i].line;
        last = int(i) * 2;
    }
    return make_bytes(py, out).release();
}

// ---- iterators over positions

struct PositionsIterator : Object {
    Fixed<Code> code;
    std::atomic<std::size_t> index{0};
    explicit PositionsIterator(Ref<Code> c) : code(std::move(c)) {}
    static constexpr auto fields = std::tuple{&PositionsIterator::code};
    static Type& type();
};

Value or_none(std::int32_t v, std::int32_t missing) { return v == missing ? kNone : Value::of_int(v); }

Next next_position(Thread& t, Borrowed<PositionsIterator> self) {
    auto const& positions = positions_of(*self->code.get());
    std::size_t i = self->index.fetch_add(1, std::memory_order_relaxed);
    if (i >= positions.size()) {
        self->index.store(positions.size(), std::memory_order_relaxed);
        return Next::end();
    }
    Position const& p = positions[i];
    Value words[] = {or_none(p.line, 0), or_none(p.line == 0 ? 0 : p.end_line, 0), or_none(p.column, -1), or_none(p.end_column, -1)};
    return Ref<>(TRY(make_tuple(t, words)));
}
Ref<> self_iter(Thread&, Borrowed<> self) { return self.share(); }

constexpr SlotDef positions_slots[] = {slot<Dunder::iter, self_iter>, slot<Dunder::next, next_position>};
constexpr TypeDef positions_def{.name = "positions_iterator", .size = sizeof(PositionsIterator), .flags = type_flag::disallow_new,
                                .hooks = hooks_of<PositionsIterator>(), .slots = positions_slots};
ORO_TYPE(positions_iterator_type, positions_def);
Type& PositionsIterator::type() { return positions_iterator_type; }

struct LineIterator : PositionsIterator {
    using PositionsIterator::PositionsIterator;
    static Type& type();
};

// (start, end, line or None) of the next run of instructions on one line.
Next next_line(Thread& t, Borrowed<LineIterator> self) {
    auto const& positions = positions_of(*self->code.get());
    std::size_t begin = self->index.load(std::memory_order_relaxed), end;
    do {
        if (begin >= positions.size()) return Next::end();
        for (end = begin + 1; end < positions.size() && positions[end].line == positions[begin].line;) ++end;
    } while (!self->index.compare_exchange_weak(begin, end, std::memory_order_relaxed));
    Value words[] = {Value::of_int(std::int64_t(begin) * 2), Value::of_int(std::int64_t(end) * 2), or_none(positions[begin].line, 0)};
    return Ref<>(TRY(make_tuple(t, words)));
}
constexpr SlotDef line_slots[] = {slot<Dunder::iter, self_iter>, slot<Dunder::next, next_line>};
constexpr TypeDef line_def{.name = "line_iterator", .size = sizeof(LineIterator), .flags = type_flag::disallow_new,
                           .hooks = hooks_of<PositionsIterator>(), .slots = line_slots};
ORO_TYPE(line_iterator_type, line_def);
Type& LineIterator::type() { return line_iterator_type; }

Result<Ref<>> co_positions(Thread& t, Borrowed<Code> self) { return make<PositionsIterator>(t, positions_iterator_type, self.share()); }
Result<Ref<>> co_lines(Thread& t, Borrowed<Code> self) { return make<LineIterator>(t, line_iterator_type, self.share()); }
// (branch, where it leads to the left, to the right) for each, as offsets.
Result<Ref<>> co_branches(Python& py, Borrowed<Code> self) {
    Ref<List> out = TRY(make_list(py));
    std::span<Instruction const> words(self->unit->words(), self->unit->word_count);
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::size_t left = i + 1, right = i;
        switch (words[i].op()) {
            case Opcode::for_iter:
                left = i + 2;
                right = std::size_t(std::int64_t(i) + 2 + words[i + 1].jump());
                break;
            case Opcode::jump_if_true:
            case Opcode::jump_if_false:
            case Opcode::jump_if_none:
            case Opcode::jump_if_not_none: right = std::size_t(std::int64_t(i) + 1 + words[i].jump()); break;
            default: continue;
        }
        Value branch[] = {Value::of_int(std::int64_t(i) * 2), Value::of_int(std::int64_t(left) * 2), Value::of_int(std::int64_t(right) * 2)};
        CHECK(list_append(py, out, Ref<>(TRY(make_tuple(py, branch)))));
    }
    return get_iterator(py, out);
}

Result<Ref<>> varname_from_oparg(Python& py, Borrowed<Code> self, std::int64_t oparg) {
    CHECK(unfold(py, *self));
    std::int64_t locals = self->local_count, free = std::int64_t(self->free_names->size);
    if (oparg < 0 || oparg >= locals + free) return raise(py, exc::IndexError, "tuple index out of range");
    if (oparg < locals) return Borrowed<Str>(register_name(*self, std::uint32_t(oparg))).share();
    return share(self->free_names->slots[oparg - locals]);
}

// ---- comparing

std::string_view kinds_of(Code const& c) { return {reinterpret_cast<char const*>(c.unit->local_kinds()), c.local_count}; }

Result<Ref<>> compare_codes(Python& py, Borrowed<Code> self, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || !is<Code>(other)) return Ref<>::adopt(kNotImplemented);
    Code &a = *self, &b = at(other.value());
    auto same = [&]() -> Result<bool> {
        if (&a == &b) return true;
        CHECK(unfold(py, a));
        CHECK(unfold(py, b));
        ImageUnit const &u = *a.unit, &v = *b.unit;
        if (!equal(*a.name.get(), *b.name.get()) || u.positional_only != v.positional_only || a.positional != b.positional ||
            a.keyword_only != b.keyword_only || a.code_flags != b.code_flags || u.first_line != v.first_line || words_of(a) != words_of(b) ||
            positions_of(a) != positions_of(b) || kinds_of(a) != kinds_of(b) || a.constant_count != b.constant_count)
            return false;
        if (!TRY(equal(py, *a.local_names, *b.local_names)) || !TRY(equal(py, *a.free_names, *b.free_names))) return false;
        for (std::uint32_t i = 0; i < a.constant_count; ++i) {
            Value x = a.k[i], y = b.k[i];
            if (x == y) continue;
            // 1, True and 1.0 differ, and so do 0.0 and -0.0.
            if (&type_of(x) != &type_of(y) || !TRY(equal(py, Borrowed<>(x), Borrowed<>(y)))) return false;
            if (is<Code>(x) || is<Str>(x)) continue;
            if (!equal(*TRY(repr(py, Borrowed<>(x))).get(), *TRY(repr(py, Borrowed<>(y))).get())) return false;
        }
        return true;
    };
    return Ref<>::adopt(Value::of_bool(TRY(same()) == (op == Compare::eq)));
}

Result<std::int64_t> hash_code(Python& py, Borrowed<Code> self) {
    std::int64_t h = TRY(hash_value(py, *self->name));
    Code& c = *self;
    CHECK(unfold(py, c));
    for (std::uint64_t n : {std::uint64_t(c.positional), std::uint64_t(c.unit->positional_only), std::uint64_t(c.keyword_only), std::uint64_t(c.code_flags),
                            std::uint64_t(c.unit->first_line)})
        h = mix_hashes(h, std::int64_t(n));
    for (Instruction const& i : instructions(c)) h = mix_hashes(h, std::int64_t(i.word));
    return mix_hashes(h, TRY(hash_value(py, *c.local_names)));
}

Result<Ref<>> repr_code(Thread& t, Borrowed<Code> self) {
    return format_message(t, "<code object {} at {}, file \"{}\", line {}>",
                          {*self->name, std::string_view(address_text(self.value())), *self->filename, self->unit->first_line});
}

// ---- replace()

struct Replacing {
    Python& py;
    Code& old;
    std::shared_ptr<CodeUnit> unit;

    Result<void> number(Value v, char const*, std::uint32_t& out) {
        std::int64_t n = TRY(to_int64(py, Borrowed<>(v), &exc::OverflowError));
        if (n < 0) return raise(py, exc::ValueError, "code: field must not be negative");
        if (n != std::int32_t(n)) return raise(py, exc::OverflowError, "signed integer is greater than maximum");
        out = std::uint32_t(n);
        return {};
    }
    Result<void> text(Value v, char const* what, std::string& out) {
        if (!is<Str>(v)) return raise(py, exc::TypeError, "replace() argument '{}' must be str, not {}", what, TypeName{v});
        out = wtf8_of(*as<Str>(v));
        return {};
    }
    Result<void> check_tuple(Value v, char const* what) {
        if (!is<Tuple>(v)) return raise(py, exc::TypeError, "replace() argument '{}' must be tuple, not {}", what, TypeName{v});
        return {};
    }
    Result<void> check_bytes(Value v, char const* what) {
        if (!is<Bytes>(v)) return raise(py, exc::TypeError, "replace() argument '{}' must be bytes, not {}", what, TypeName{v});
        return {};
    }
    // New names for old ones, as many as there were.
    Result<void> strings(Value v, char const* what, std::vector<std::string*> const& places) {
        CHECK(check_tuple(v, what));
        Borrowed<Tuple> tuple = as<Tuple>(v);
        if (tuple->size != places.size()) return raise(py, exc::ValueError, "code: {} is too {}", what, tuple->size < places.size() ? "small" : "large");
        for (std::size_t i = 0; i < tuple->size; ++i) {
            Value s = tuple->slots[i];
            if (!is<Str>(s)) return raise(py, exc::TypeError, "name tuples must contain only strings, not '{}'", TypeName{s});
            *places[i] = wtf8_of(*as<Str>(s));
        }
        return {};
    }
    std::vector<std::string*> places(std::vector<std::uint32_t> const& registers) {
        std::vector<std::string*> out;
        for (std::uint32_t r : registers) out.push_back(&unit->local_names[r]);
        return out;
    }
};

constexpr char const* const kFields[] = {
    "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags", "co_firstlineno", "co_code", "co_consts",
    "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name", "co_qualname", "co_linetable", "co_exceptiontable"};

Result<Ref<>> replace_fields(Python& py, Code& old, Value const* args, std::size_t n, Tuple* keyword_names) {
    Value w[18] = {};
    if (n) return raise(py, exc::TypeError, "replace() takes no positional arguments");
    CHECK(parse_arguments(py, "replace", kFields, 0, 0, 0, args, n, keyword_names, w));
    std::shared_ptr<CodeUnit> unit = TRY(unit_of_code(py, old, OddConstants::as_none));
    Replacing r{py, old, unit};
    std::uint32_t positional = old.positional, positional_only = unit->positional_only, keyword_only = old.keyword_only;
    if (w[0]) CHECK(r.number(w[0], kFields[0], positional));
    if (w[1]) CHECK(r.number(w[1], kFields[1], positional_only));
    if (w[2]) CHECK(r.number(w[2], kFields[2], keyword_only));
    if (w[5]) CHECK(r.number(w[5], kFields[5], unit->flags));
    if (w[6]) CHECK(r.number(w[6], kFields[6], unit->first_line));
    if (positional_only > positional) return raise(py, exc::ValueError, "code: varnames is too small");
    std::uint32_t parameters = positional + keyword_only + ((unit->flags & CO_VARARGS) != 0) + ((unit->flags & CO_VARKEYWORDS) != 0);
    std::vector<std::uint32_t> variables = variable_registers(old);
    if (w[10]) {
        CHECK(r.check_tuple(w[10], kFields[10]));
        if (as<Tuple>(w[10])->size < parameters) return raise(py, exc::ValueError, "code: co_varnames is too small");
    }
    std::uint32_t count = std::uint32_t(w[10] ? as<Tuple>(w[10])->size : variables.size());
    if (w[3]) {
        std::uint32_t given;
        CHECK(r.number(w[3], kFields[3], given));
        if (given != count) return raise(py, exc::ValueError, "code: co_nlocals != len(co_varnames)");
    }
    if (parameters > unit->local_names.size()) return raise(py, exc::ValueError, "code: co_varnames is too small");
    unit->positional = positional;
    unit->positional_only = positional_only;
    unit->keyword_only = keyword_only;
    if (w[10]) CHECK(r.strings(w[10], kFields[10], r.places(variables)));
    if (w[12]) CHECK(r.strings(w[12], kFields[12], r.places(cell_registers(old))));
    if (w[11]) {
        std::vector<std::string*> places;
        for (std::string& s : unit->free_names) places.push_back(&s);
        CHECK(r.strings(w[11], kFields[11], places));
    }
    if (w[13]) CHECK(r.text(w[13], kFields[13], unit->filename));
    if (w[14]) CHECK(r.text(w[14], kFields[14], unit->name));
    if (w[15]) CHECK(r.text(w[15], kFields[15], unit->qualname));
    if (w[7]) {
        CHECK(r.check_bytes(w[7], kFields[7]));
        std::string_view words = as<Bytes>(w[7])->view();
        if (words.size() % sizeof(Instruction) || words.empty()) return raise(py, exc::ValueError, "code: co_code is malformed");
        if (words != words_of(old)) {
            unit->code.resize(words.size() / sizeof(Instruction));
            std::memcpy(static_cast<void*>(unit->code.data()), words.data(), words.size());
            unit->positions.resize(unit->code.size(), unit->positions.empty() ? Position{} : unit->positions.back());
            if (!verify(*unit).empty()) return raise(py, exc::ValueError, "code: co_code is malformed");
        }
    }
    if (w[16]) {
        CHECK(r.check_bytes(w[16], kFields[16]));
        std::vector<Position> positions;
        if (decode_positions(as<Bytes>(w[16])->view(), int(unit->first_line), unit->code.size(), positions)) unit->positions = std::move(positions);
        else unit->positions.assign(unit->code.size(), Position{});
    } else if (unit->first_line != old.unit->first_line) {
        // The table holds differences: all lines move.
        for (Position& p : unit->positions) {
            if (p.line == 0) continue;
            p.line += std::int32_t(unit->first_line - old.unit->first_line);
            p.end_line += std::int32_t(unit->first_line - old.unit->first_line);
        }
    }
    if (w[17]) {
        CHECK(r.check_bytes(w[17], kFields[17]));
        if (as<Bytes>(w[17])->view() != encode_exceptions(unit->exceptions)) return raise(py, exc::ValueError, "code: co_exceptiontable cannot be replaced");
    }
    std::vector<std::uint32_t> constants = real_constants(old), used = site_names(old);
    if (w[8]) {
        CHECK(r.check_tuple(w[8], kFields[8]));
        if (as<Tuple>(w[8])->size < constants.size()) return raise(py, exc::ValueError, "code: co_consts is too small");
    }
    if (w[9]) {
        std::vector<std::string> texts(used.size());
        std::vector<std::string*> places;
        for (std::string& s : texts) places.push_back(&s);
        CHECK(r.strings(w[9], kFields[9], places));
        for (std::size_t i = 0; i < used.size(); ++i) unit->constants[used[i]].text = texts[i];
    }
    Ref<Code> made = TRY(make_code(py, *unit, false));
    // Constants are the old objects, or those given.
    for (std::size_t i = 0; i < constants.size(); ++i) {
        Value v = w[8] ? as<Tuple>(w[8])->slots[i] : old.k[constants[i]];
        bool name = std::find(used.begin(), used.end(), constants[i]) != used.end();
        if (name) continue;
        detail::incref(v);
        if (v.is_pointer() && !v.pointer()->is_immortal()) detail::allow_concurrent(v.pointer());
        detail::decref(std::exchange(made->k[constants[i]], v));
    }
    return Ref<>(std::move(made));
}
Value replace(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    return replace_fields(py, at(self), args, n, names).release();
}

Value make_new(Python& py, Type&, Value const*, std::size_t n, Tuple*) {
    if (n < 16) (void)raise(py, exc::TypeError, "code expected at least 16 arguments, got {}", n);
    else (void)raise(py, exc::ValueError, "code: co_code is malformed");
    return {};
}

constexpr char const* kReplaceDoc = "Make a code object that differs in the given fields.";
constexpr MethodDef methods[] = {
    raw_def("replace", "**changes", kReplaceDoc, replace),
    raw_def("__replace__", "**changes", kReplaceDoc, replace),
    def<co_lines>("co_lines", "", "Iterate over (start, end, line) of the instructions."),
    def<co_positions>("co_positions", "", "Iterate over (line, end line, column, end column) of each instruction."),
    def<co_branches>("co_branches", "", "Iterate over the branches."),
    def<varname_from_oparg>("_varname_from_oparg", "oparg", ""),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_code>, slot<Dunder::hash, hash_code>, ORO_COMPARE_SLOTS(compare_codes)};
constexpr GetSetDef getsets[] = {
    {"co_argcount", get<argcount>, nullptr},
    {"co_posonlyargcount", get<posonlyargcount>, nullptr},
    {"co_kwonlyargcount", get<kwonlyargcount>, nullptr},
    {"co_stacksize", get<stacksize>, nullptr},
    {"co_flags", get<flags>, nullptr},
    {"co_names", get_unfolded<names>, nullptr},
    {"co_filename", get<filename>, nullptr},
    {"co_name", get<name>, nullptr},
    {"co_qualname", get<qualname>, nullptr},
    {"co_firstlineno", get<firstlineno>, nullptr},
    {"co_linetable", get<linetable>, nullptr},
    {"co_exceptiontable", get<exceptiontable>, nullptr},
    {"co_lnotab", lnotab, nullptr},
    {"co_consts", get_unfolded<consts>, nullptr},
    {"co_code", get<code_bytes>, nullptr},
    {"_co_code_adaptive", get_unfolded<adaptive>, nullptr},
    {"co_varnames", get_unfolded<varnames>, nullptr},
    {"co_cellvars", get_unfolded<cellvars>, nullptr},
    {"co_freevars", get_unfolded<freevars>, nullptr},
    {"co_nlocals", get_unfolded<nlocals>, nullptr},
};
constexpr TypeDef code_def{
    .name = "code", .doc = "Create a code object. Its bytecode is the implementation's own; use compile() and replace().",
    .signature = "argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, "
                 "filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /",
    .size = sizeof(Code), .flags = type_flag::has_weakrefs, .hooks = hooks_of<Code>(), .new_ = make_new, .methods = methods,
    .slots = slots, .getsets = getsets};

}  // namespace

extern Type code_type;
ORO_TYPE(code_type, code_def);
Type& Code::type() { return code_type; }

}  // namespace oro
