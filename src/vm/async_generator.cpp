// async_generator: the type, and its hooks.
#include "object/define.h"
#include "object/generic_alias.h"
#include "vm/async_generator.h"
#include "vm/generator_attributes.h"

namespace oro {

Result<void> init_async_hooks(Python& py, Generator& g) {
    if (g.hooks_inited.exchange(true, std::memory_order_acq_rel)) return {};
    if (py.async_gen_finalizer) g.finalizer.store(&g, Maybe<>(share(py.async_gen_finalizer)));
    if (py.async_gen_firstiter) {
        Ref<> hook = share(py.async_gen_firstiter);
        CHECK(call_with(py, hook, Borrowed<>(Value::of(&g))));
    }
    return {};
}

namespace {

Ref<> self_iter(Thread&, Borrowed<> self) { return self.share(); }

Result<Ref<>> anext(Python& py, Borrowed<> self) {
    CHECK(init_async_hooks(py, generator_at(self.value())));
    return make_async_send(py, self, {});
}
Result<Ref<>> asend(Python& py, Borrowed<> self, Borrowed<> value) {
    CHECK(init_async_hooks(py, generator_at(self.value())));
    return make_async_send(py, self, Maybe<>(value.share()));
}
Result<Ref<>> aclose(Python& py, Borrowed<> self) {
    CHECK(init_async_hooks(py, generator_at(self.value())));
    return make_async_throw(py, self, {});
}
Value athrow(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (throw_arguments(py, "athrow", args, n, names).raised()) return {};
    if (init_async_hooks(py, generator_at(self)).raised()) return {};
    auto tuple = oro::make_tuple(py, std::span<Value const>(args, n));
    if (tuple.raised()) return {};
    return make_async_throw(py, Borrowed<>(self), Maybe<Tuple>(std::move(tuple).take())).release();
}

Value get_running_async(Python&, Value self) { return Value::of_bool(generator_at(self).running_async.load(std::memory_order_relaxed)); }

constexpr MethodDef methods[] = {
    def<asend>("asend", "value, /", "An awaitable that resumes the generator with a value."),
    raw_def("athrow", "type, value=<unrepresentable>, traceback=<unrepresentable>, /",
            "An awaitable that raises an exception in the generator.", athrow),
    def<aclose>("aclose", "", "An awaitable that raises GeneratorExit in the generator."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_generator>, slot<Dunder::aiter, self_iter>, slot<Dunder::anext, anext>,
                             {Dunder::del, finalize_generator}};
constexpr GetSetDef getsets[] = {
    {"__name__", get_name, set_name, "The async generator's name."},
    {"__qualname__", get_qualname, set_qualname, "The async generator's qualified name."},
    {"ag_await", get_awaited, nullptr, "What it awaits, or None."},
    {"ag_frame", get_generator_frame, nullptr},
    {"ag_running", get_running_async, nullptr},
    {"ag_code", get_code, nullptr},
    {"ag_suspended", get_suspended, nullptr},
};
constexpr TypeDef async_generator_def{
    .name = "async_generator", .size = sizeof(Generator), .flags = type_flag::disallow_new | type_flag::has_weakrefs,
    .hooks = hooks_of<Generator>(), .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(async_generator_type, async_generator_def);

}  // namespace oro
