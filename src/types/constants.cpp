// The types of None, NotImplemented and Ellipsis. Their only instances are immediates.
#include "object/define.h"

namespace oro {

namespace {

template <unsigned Id> Value new_constant(Python& py, Type& type, Value const*, std::size_t n, Tuple* names) {
    if (n || (names && names->size)) {
        std::string_view name = Id == 0 ? "NoneType" : Id == 3 ? "NotImplementedType" : "EllipsisType";
        (void)type;
        (void)raise(py, exc::TypeError, "{} takes no arguments", name);
        return {};
    }
    return Value::constant(Id);
}

Result<Ref<>> repr_none(Thread& t, Borrowed<>) { return make_str(t, "None"); }
bool bool_none(Thread&, Borrowed<>) { return false; }
std::int64_t hash_none(Thread&, Borrowed<>) { return 0xFCA86420; }
constexpr SlotDef none_slots[] = {slot<Dunder::repr, repr_none>, slot<Dunder::bool_, bool_none>, slot<Dunder::hash, hash_none>};
constexpr TypeDef none_def{.name = "NoneType", .doc = "The type of the None singleton.", .size = sizeof(Object), .new_ = new_constant<0>,
                           .slots = none_slots};

Result<Ref<>> repr_not_implemented(Thread& t, Borrowed<>) { return make_str(t, "NotImplemented"); }
Result<bool> bool_not_implemented(Thread& t, Borrowed<>) {
    return raise(t, exc::TypeError, "NotImplemented should not be used in a boolean context");
}
constexpr MethodDef not_implemented_methods[] = {def<repr_not_implemented>("__reduce__", "", "")};
constexpr SlotDef not_implemented_slots[] = {slot<Dunder::repr, repr_not_implemented>, slot<Dunder::bool_, bool_not_implemented>};
constexpr TypeDef not_implemented_def{.name = "NotImplementedType", .doc = "The type of the NotImplemented singleton.", .size = sizeof(Object),
                                      .new_ = new_constant<3>, .methods = not_implemented_methods, .slots = not_implemented_slots};

Result<Ref<>> repr_ellipsis(Thread& t, Borrowed<>) { return make_str(t, "Ellipsis"); }
constexpr MethodDef ellipsis_methods[] = {def<repr_ellipsis>("__reduce__", "", "")};
constexpr SlotDef ellipsis_slots[] = {slot<Dunder::repr, repr_ellipsis>};
constexpr TypeDef ellipsis_def{.name = "ellipsis", .doc = "The type of the Ellipsis singleton.", .size = sizeof(Object), .new_ = new_constant<4>,
                               .methods = ellipsis_methods, .slots = ellipsis_slots};

}  // namespace

ORO_TYPE(none_type, none_def);
ORO_TYPE(not_implemented_type, not_implemented_def);
ORO_TYPE(ellipsis_type, ellipsis_def);

}  // namespace oro
