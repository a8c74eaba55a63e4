// Code objects to octets and back (the second half of code_file.h).
#include "base/bigint.h"
#include "bytecode/code_unit.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/int.h"
#include "object/set.h"
#include "object/slice.h"
#include "runtime/code_file.h"
#include "vm/code.h"
#include "vm/frame.h"

namespace oro {

namespace {

std::shared_ptr<CodeUnit> unit_of(Thread& t, Code const& code);

// A value as the constant that the compiler would have made of it; false if it can't be one.
bool constant_of(Thread& t, Value v, Constant& out) {
    using Kind = Constant::Kind;
    auto items = [&](Kind kind, std::span<Value const> values) {
        out.kind = kind;
        out.items.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!constant_of(t, values[i], out.items[i])) return false;
        return true;
    };
    Type& type = type_of(v);
    if (v == kNone) return true;
    if (v == kTrue || v == kFalse) return out.kind = v == kTrue ? Kind::true_ : Kind::false_, true;
    if (v == kEllipsis) return out.kind = Kind::ellipsis, true;
    if (v.is_int()) return out.kind = Kind::integer, out.integer = v.as_int(), true;
    if (&type == &int_type) {
        PlainInt number(v);
        IntView view = number;
        out.kind = Kind::big_integer;
        if (view.negative) out.text = "-";
        for (std::size_t i = view.size; i-- > 0;)
            for (int shift = 60; shift >= 0; shift -= 4) out.text.push_back("0123456789abcdef"[view.limbs[i] >> shift & 15]);
        return true;
    }
    if (&type == &float_type) return out.kind = Kind::floating, out.real = float_number(v), true;
    if (is_exact<Complex>(v)) {
        auto& c = *static_cast<Complex*>(v.pointer());
        return out.kind = Kind::complex, out.real = c.real, out.imag = c.imag, true;
    }
    if (is_exact<Str>(v)) return out.kind = Kind::str, out.text = wtf8_of(*as<Str>(v)), true;
    if (is_exact<Bytes>(v)) return out.kind = Kind::bytes, out.text = as<Bytes>(v)->view(), true;
    if (is_exact<Tuple>(v)) return items(Kind::tuple, as<Tuple>(v)->items());
    if (is_exact<FrozenSet>(v)) {
        out.kind = Kind::frozenset;
        std::size_t position = 0;
        for (Maybe<> item; set_next(t, *as_any_set(v), &position, &item);)
            if (!constant_of(t, item.value(), out.items.emplace_back())) return false;
        return true;
    }
    if (is_exact<Slice>(v)) {
        Borrowed<Slice> slice = as<Slice>(v);
        Value parts[] = {slice->start.value(), slice->stop.value(), slice->step.value()};
        return items(Kind::slice, parts);
    }
    if (is_exact<Code>(v)) return out.kind = Kind::code, out.code = unit_of(t, *as<Code>(v)), out.code != nullptr;
    return false;
}

// The unit with the constants as they stand in the code object; null if one of them is no constant.
std::shared_ptr<CodeUnit> unit_of(Thread& t, Code const& code) {
    auto unit = std::make_shared<CodeUnit>(*code.unit);
    for (std::size_t i = 0; i < unit->constants.size(); ++i) {
        Constant c;
        if (!constant_of(t, code.k[i], c)) return nullptr;
        unit->constants[i] = std::move(c);
    }
    return unit;
}

bool importlib_runs(Thread& t) {
    return t.frame && wtf8_of(**t.frame->code.get()->filename).starts_with("<frozen _frozen_importlib");
}

}  // namespace

bool is_code(Value v) { return is_exact<Code>(v); }

std::string code_octets(Thread& t, Borrowed<> code) {
    std::shared_ptr<CodeUnit> unit = unit_of(t, *as<Code>(code));
    return unit ? write_code(*unit) : std::string();
}

Result<Maybe<>> code_from_octets(Python& py, std::string_view octets) {
    std::shared_ptr<CodeUnit> unit = read_code(octets);
    if (!unit) return Maybe<>();
    return Maybe<>(TRY(make_code(py, std::move(unit), importlib_runs(py))));
}

}  // namespace oro
