// _weakref: what the weakref module builds on.
#include "object/define.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/weak.h"
#include "types/weakproxy.h"

namespace oro {
namespace {

std::int64_t getweakrefcount(Thread&, Borrowed<> object) {
    return object.value().is_pointer() ? std::int64_t(weakref_count(object.value().pointer())) : 0;
}

Result<Ref<>> getweakrefs(Thread& t, Borrowed<> object) {
    std::vector<Ref<>> all;
    if (object.value().is_pointer()) CHECK(weakref_list(t, object.value().pointer(), all));
    Ref<List> list = TRY(make_list(t, all.size()));
    for (Ref<>& w : all) CHECK(list_append(t, list, std::move(w)));
    return Ref<>(std::move(list));
}

Result<Ref<>> proxy(Python& py, Borrowed<> object, Optional<> callback) {
    Type& type = is_callable(object) ? weak_callable_proxy_type : weak_proxy_type;
    return Ref<>(TRY(make_weakref(py, type, object, callback ? Maybe<>((*callback).share()) : Maybe<>())));
}

// Removes a dead reference under a key, unless another thread has put a live one there.
Result<void> remove_dead_weakref(Python& py, Borrowed<Dict> dict, Borrowed<> key) {
    Maybe<> found = TRY(dict_get_item(py, dict, key));
    if (!found) return {};
    if (!is<WeakRef>(*found)) return raise(py, exc::TypeError, "not a weakref");
    auto dead = [](Value v) { return is<WeakRef>(v) && !static_cast<WeakRef*>(v.pointer())->get(); };
    if (!dead(found.value())) return {};
    Maybe<> taken = TRY(dict_pop_item(py, dict, key));
    // Whoever replaced it between the two steps gets its value back, unless there is another one by now.
    if (taken && !dead(taken.value())) (void)TRY(dict_set_default(py, dict, key, *taken));
    return {};
}

constexpr MethodDef functions[] = {
    function<getweakrefcount>("getweakrefcount", "object, /", "The number of weak references to an object."),
    function<getweakrefs>("getweakrefs", "object, /", "A list of all weak references to an object."),
    function<proxy>("proxy", "object, callback=None, /", "A proxy that refers weakly to an object."),
    function<remove_dead_weakref>("_remove_dead_weakref", "dct, key, /", "Removes a key if its value is a dead weak reference."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "ref", share(Value::of(&WeakRef::type()))));
    CHECK(add_to_module(py, m, "ReferenceType", share(Value::of(&WeakRef::type()))));
    CHECK(add_to_module(py, m, "ProxyType", share(Value::of(&weak_proxy_type))));
    return add_to_module(py, m, "CallableProxyType", share(Value::of(&weak_callable_proxy_type)));
}

}  // namespace

ORO_MODULE(weakref_module, .name = "_weakref", .doc = "Weak references.", .functions = functions, .setup = setup);

}  // namespace oro
