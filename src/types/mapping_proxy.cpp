// mappingproxy (types.MappingProxyType): passes reading on to a mapping. Immutable itself.
#include "object/define.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/iterator.h"
#include "object/list.h"

namespace oro {

namespace {

struct MappingProxy : Object {
    Fixed<> mapping;
    explicit MappingProxy(Ref<> m) : mapping(std::move(m)) {}
    static constexpr auto fields = std::tuple{&MappingProxy::mapping};
    static Type& type();
};

Value new_proxy(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"mapping"};
    Value mapping[1] = {};
    if (parse_arguments(py, "mappingproxy", kNames, 0, 1, 1, args, n, names, mapping).raised()) return {};
    Type& kind = type_of(mapping[0]);
    if (!kind.slot(Dunder::getitem) || is<List>(mapping[0]) || is<Tuple>(mapping[0])) {
        (void)raise(py, exc::TypeError, "mappingproxy() argument must be a mapping, not {}", TypeName{mapping[0]});
        return {};
    }
    return binding::finish(py, make<MappingProxy>(py, type, share(mapping[0])));
}

using Self = Borrowed<MappingProxy>;

Result<std::int64_t> len(Python& py, Self self) { return length(py, *self->mapping); }
Result<Ref<>> getitem(Python& py, Self self, Borrowed<> key) { return get_item(py, *self->mapping, key); }
Result<bool> contains_key(Python& py, Self self, Borrowed<> key) { return contains(py, *self->mapping, key); }
Result<Ref<>> iter(Python& py, Self self) { return get_iterator(py, *self->mapping); }
Result<std::int64_t> hash(Python& py, Self self) { return hash_value(py, *self->mapping); }
Result<Ref<Str>> str_proxy(Python& py, Self self) { return str(py, *self->mapping); }
Result<Ref<Str>> repr_proxy(Python& py, Self self) {
    StrBuilder text(py);
    text.add("mappingproxy(");
    text.add(*TRY(repr(py, *self->mapping)));
    text.add(")");
    return text.finish();
}
Result<Ref<>> compare_proxy(Python& py, Self self, Borrowed<> other, Compare op) { return compare(py, *self->mapping, other, op); }

Borrowed<> unwrapped(Borrowed<> v) { return is<MappingProxy>(v) ? *as<MappingProxy>(v)->mapping : v; }
Result<Ref<>> union_of(Python& py, Borrowed<> a, Borrowed<> b) { return binary(py, Dunder::or_, unwrapped(a), unwrapped(b)); }
Result<Ref<>> inplace_or(Thread& t, Self self, Borrowed<>) {
    return raise(t, exc::TypeError, "'|=' is not supported by {}; use '|' instead", TypeName{self.value()});
}

Result<Ref<>> get(Python& py, Self self, Borrowed<> key, Borrowed<> otherwise) {
    return call_method_with(py, *self->mapping, name::get(), key, otherwise);
}
Result<Ref<>> keys(Python& py, Self self) { return call_method(py, *self->mapping, name::keys(), {}); }
Result<Ref<>> values(Python& py, Self self) { return call_method(py, *self->mapping, name::values(), {}); }
Result<Ref<>> items(Python& py, Self self) { return call_method(py, *self->mapping, name::items(), {}); }
Result<Ref<>> copy(Python& py, Self self) { return call_method(py, *self->mapping, name::copy(), {}); }
Result<Ref<>> reversed(Python& py, Self self) { return call_method(py, *self->mapping, name::dunder_reversed(), {}); }

constexpr MethodDef methods[] = {
    def<get>("get", "key, default=None, /", "Return the value of the key if the mapping has it, else default."),
    def<keys>("keys", "", "Return a view of the mapping's keys."),
    def<values>("values", "", "Return a view of the mapping's values."),
    def<items>("items", "", "Return a view of the mapping's pairs."),
    def<copy>("copy", "", "Return a shallow copy of the mapping."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
    def<reversed>("__reversed__", "", "Return an iterator over the keys from the last to the first."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_proxy>,  slot<Dunder::str, str_proxy>,    slot<Dunder::hash, hash>,
    slot<Dunder::len, len>,          slot<Dunder::iter, iter>,        slot<Dunder::getitem, getitem>,
    slot<Dunder::contains, contains_key>, number_slot<Dunder::or_, union_of>, slot<Dunder::ior_, inplace_or>,
    ORO_COMPARE_SLOTS(compare_proxy),
};
constexpr TypeDef proxy_def{
    .name = "mappingproxy",
    .doc = "A read-only view of a mapping.",
    .signature = "mapping",
    .size = sizeof(MappingProxy),
    .flags = type_flag::lasting | type_flag::mapping,
    .hooks = hooks_of<MappingProxy>(),
    .new_ = new_proxy,
    .methods = methods,
    .slots = slots,
};
ORO_TYPE(mapping_proxy_type, proxy_def);
Type& MappingProxy::type() { return mapping_proxy_type; }

}  // namespace

Result<Ref<>> make_mapping_proxy(Thread& t, Borrowed<> mapping) {
    return make<MappingProxy>(t, mapping_proxy_type, mapping.share());
}

}  // namespace oro
