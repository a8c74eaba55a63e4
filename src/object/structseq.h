// Struct sequences: tuples with named fields that natives return (time.struct_time, os.stat_result, sys.version_info).
//
// The first `visible` fields are the tuple's items; others can be read by name only and stand behind them, out of the tuple's
// sight. Immutable after publication, as a tuple. A type is declared by its fields:
//
//     constexpr StructField kFields[] = {{"tm_year", "the year"}, ...};
//     constexpr StructTypeDef kDef = struct_type_def<kFields>("time.struct_time", "A time.", 9);
//     ORO_TYPE(struct_time_type, kDef);
//
// and entered with add_struct_type(). The type cannot be a base.
#pragma once
#include <array>

#include "object/define.h"

namespace oro {

extern Type tuple_type;

struct StructField {
    char const* name;              // null: an item without a name
    char const* doc = "";
};

struct StructTypeDef : TypeDef {
    std::span<StructField const> fields;
    std::size_t visible = 0;
};
inline StructTypeDef const& struct_def_of(Type const& type) { return *static_cast<StructTypeDef const*>(type.def); }

// A new one with all fields None; set them before anybody else sees it.
Result<Ref<Tuple>> make_struct(Thread& t, Type& type);
inline void struct_set(Tuple& s, std::size_t field, Ref<> value) {
    (void)Ref<>::adopt(std::exchange(s.slots[field], value.release()));
}
// The type's n_fields and so on; then the type enters the module.
Result<void> add_struct_type(Python& py, Module& m, Type& type);
// The same without a module: for types that have no name in one (sys.version_info's).
Result<void> finish_struct_type(Thread& t, Type& type);

namespace binding {
template <std::size_t I> Value struct_field(Python&, Value self) { return share(static_cast<Tuple*>(self.pointer())->slots[I]).release(); }
Value struct_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names);
void struct_trace(Object* o, Visitor& v);
void struct_clear(Object* o);
extern MethodDef const struct_methods[2];
extern SlotDef const struct_slots[1];

template <auto& Fields> struct StructTables {
    static constexpr std::size_t named = [] {
        std::size_t n = 0;
        for (StructField const& f : Fields) n += f.name != nullptr;
        return n;
    }();
    static constexpr std::array<GetSetDef, named> getsets = []<std::size_t... I>(std::index_sequence<I...>) {
        Value (*const getters[])(Python&, Value) = {&struct_field<I>...};
        std::array<GetSetDef, named> rows{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < sizeof...(I); ++i) {
            if (Fields[i].name) rows[n++] = {Fields[i].name, getters[i], nullptr, Fields[i].doc};
        }
        return rows;
    }(std::make_index_sequence<std::size(Fields)>());
};
}  // namespace binding

enum class Creatable : bool { no, yes };

template <auto& Fields>
consteval StructTypeDef struct_type_def(char const* name, char const* doc, std::size_t visible, Creatable creatable = Creatable::yes) {
    StructTypeDef d;
    d.name = name;
    d.doc = doc;
    d.base = &tuple_type;
    d.size = sizeof(Tuple);
    d.item_size = sizeof(Value);
    d.flags = type_flag::tuple | type_flag::sequence | (creatable == Creatable::yes ? 0 : type_flag::disallow_new);
    d.hooks.trace = &binding::struct_trace;
    d.hooks.clear = &binding::struct_clear;
    d.hooks.destruct = &binding::struct_clear;
    if (creatable == Creatable::yes) d.new_ = &binding::struct_new;
    d.methods = {binding::struct_methods, std::size(binding::struct_methods)};
    d.slots = {binding::struct_slots, std::size(binding::struct_slots)};
    d.getsets = binding::StructTables<Fields>::getsets;
    d.fields = Fields;
    d.visible = visible;
    return d;
}

}  // namespace oro
