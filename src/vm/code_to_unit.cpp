// Code objects back to what the compiler hands over: for replace() and for marshal.
#include <bit>
#include <cstring>

#include "base/bigint.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/int.h"
#include "object/set.h"
#include "object/slice.h"
#include "vm/loaded_image.h"

namespace oro {

namespace {

// A value as the constant that the compiler would have made of it; false if it can't be one.
bool constant_of(Python& py, Value v, OddConstants odd, Constant& out) {
    using Kind = Constant::Kind;
    auto items = [&](Kind kind, std::span<Value const> values) {
        out.kind = kind;
        out.items.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!constant_of(py, values[i], odd, out.items[i])) return false;
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
    if (check_native_stack(py).raised()) return clear_raised(py), false;
    if (is_exact<Tuple>(v)) return items(Kind::tuple, as<Tuple>(v)->items());
    if (is_exact<FrozenSet>(v)) {
        out.kind = Kind::frozenset;
        std::size_t position = 0;
        for (Maybe<> item; set_next(py, *as_any_set(v), &position, &item);)
            if (!constant_of(py, item.value(), odd, out.items.emplace_back())) return false;
        return true;
    }
    if (is_exact<Slice>(v)) {
        Borrowed<Slice> slice = as<Slice>(v);
        Value parts[] = {slice->start.value(), slice->stop.value(), slice->step.value()};
        return items(Kind::slice, parts);
    }
    if (is_exact<Code>(v)) {
        auto made = unit_of_code(py, *as<Code>(v), odd);
        if (made.raised()) return clear_raised(py), false;
        return out.kind = Kind::code, out.code = std::move(made).take(), out.code != nullptr;
    }
    return odd == OddConstants::as_none;
}

}  // namespace

Result<std::shared_ptr<CodeUnit>> unit_of_code(Python& py, Code& code, OddConstants odd) {
    CHECK(unfold(py, code));
    ImageUnit const& u = *code.unit;
    auto unit = std::make_shared<CodeUnit>();
    unit->name = wtf8_of(**code.name);
    unit->qualname = wtf8_of(**code.qualname);
    unit->filename = wtf8_of(**code.filename);
    unit->flags = u.flags;
    unit->positional_only = u.positional_only;
    unit->positional = u.positional;
    unit->keyword_only = u.keyword_only;
    unit->registers = u.registers;
    unit->first_line = u.first_line;
    for (std::uint32_t i = 0; i < u.local_count; ++i) unit->local_names.emplace_back(code.image->header->text(u.local_names()[i]));
    unit->local_kinds.assign(u.local_kinds(), u.local_kinds() + u.local_count);
    for (std::uint32_t i = 0; i < u.free_count; ++i) unit->free_names.emplace_back(code.image->header->text(u.free_names()[i]));
    unit->constants.resize(code.constant_count);
    for (std::uint32_t i = 0; i < code.constant_count; ++i)
        if (!constant_of(py, code.k[i], odd, unit->constants[i])) return std::shared_ptr<CodeUnit>();
    unit->sites.assign(u.sites(), u.sites() + u.site_count);
    unit->code.assign(u.words(), u.words() + u.word_count);
    unit->exceptions.assign(u.exceptions(), u.exceptions() + u.exception_count);
    unit->positions = unpack_positions(u);
    return unit;
}

}  // namespace oro
