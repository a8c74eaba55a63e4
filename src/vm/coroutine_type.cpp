// coroutine, and coroutine_wrapper: the iterator that its __await__ gives.
#include "object/define.h"
#include "object/generic_alias.h"
#include "vm/generator.h"
#include "vm/generator_attributes.h"

namespace oro {

Result<Ref<>> get_awaitable_iterator(Python& py, Borrowed<> v) {
    auto drives_itself = [](Value x) {
        if (&type_of(x) == &coroutine_type) return true;
        return &type_of(x) == &generator_type && (generator_at(x).code->code_flags & CO_ITERABLE_COROUTINE);
    };
    if (drives_itself(v.value())) return v.share();
    SlotFn fn = type_of(v).slot(Dunder::await);
    if (!fn) return raise(py, exc::TypeError, "'{}' object can't be awaited", TypeName{v.value()});
    Ref<> iterator = TRY(Result<Ref<>>::of_word(fn(py, v.value(), Value{}, Value{})));
    if (drives_itself(iterator.value())) return raise(py, exc::TypeError, "__await__() returned a coroutine");
    if (!type_of(iterator.value()).slot(Dunder::next))
        return raise(py, exc::TypeError, "__await__() returned non-iterator of type '{}'", TypeName{iterator.value()});
    return iterator;
}

namespace {

struct CoroutineWrapper : Object {
    Fixed<> coroutine;
    explicit CoroutineWrapper(Ref<> c) : coroutine(std::move(c)) {}
    static constexpr auto fields = std::tuple{&CoroutineWrapper::coroutine};
    static Type& type() { return coroutine_wrapper_type; }
    Generator& generator() const { return generator_at(coroutine.value()); }
};

Result<Ref<>> await_coroutine(Thread& t, Borrowed<> self) { return make<CoroutineWrapper>(t, coroutine_wrapper_type, self.share()); }
Value get_origin(Python&, Value self) {
    Maybe<> v = generator_at(self).origin.load(&generator_at(self));
    return v ? v.release() : kNone;
}

constexpr char const* kSendDoc = "Send a value into coroutine: what is yielded next, or StopIteration.";
constexpr char const* kThrowDoc = "Raise an exception in coroutine, where it is suspended.";
constexpr char const* kCloseDoc = "Raise GeneratorExit inside coroutine, where it is suspended.";
constexpr char const* kThrowSignature = "type, value=<unrepresentable>, traceback=<unrepresentable>, /";

constexpr MethodDef methods[] = {
    def<send_value>("send", "value, /", kSendDoc),
    raw_def("throw", kThrowSignature, kThrowDoc, throw_exception),
    def<close_self>("close", "", kCloseDoc),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_generator>, slot<Dunder::await, await_coroutine>, {Dunder::del, finalize_generator}};
constexpr GetSetDef getsets[] = {
    {"__name__", get_name, set_name, "The name of the coroutine."},
    {"__qualname__", get_qualname, set_qualname, "The qualified name of the coroutine."},
    {"cr_await", get_awaited, nullptr, "What it awaits, or None."},
    {"cr_running", get_running, nullptr},
    {"cr_frame", get_generator_frame, nullptr},
    {"cr_origin", get_origin, nullptr, "Where it was made, if that is tracked."},
    {"cr_suspended", get_suspended, nullptr},
    {"cr_code", get_code, nullptr},
};
constexpr TypeDef coroutine_def{
    .name = "coroutine", .size = sizeof(Generator), .flags = type_flag::disallow_new | type_flag::has_weakrefs,
    .hooks = hooks_of<Generator>(), .methods = methods, .slots = slots, .getsets = getsets};

// ---- coroutine_wrapper

Result<Ref<>> wrapper_send(Python& py, Borrowed<CoroutineWrapper> self, Borrowed<> value) { return send_value(py, *self->coroutine, value); }
Value wrapper_throw(Python& py, Native& callee, Value self, Value const* args, std::size_t n, Tuple* names) {
    return throw_exception(py, callee, static_cast<CoroutineWrapper*>(self.pointer())->coroutine.value(), args, n, names);
}
Result<Ref<>> wrapper_close(Python& py, Borrowed<CoroutineWrapper> self) { return close_generator(py, self->generator()); }
Ref<> wrapper_iter(Thread&, Borrowed<> self) { return self.share(); }
Value wrapper_next(Python& py, Value self, Value, Value) {
    Generator& g = static_cast<CoroutineWrapper*>(self.pointer())->generator();
    return generator_step(py, g, resume_generator(py, g, none.share()), false);
}

constexpr MethodDef wrapper_methods[] = {
    def<wrapper_send>("send", "value, /", kSendDoc),
    raw_def("throw", kThrowSignature, kThrowDoc, wrapper_throw),
    def<wrapper_close>("close", "", kCloseDoc),
};
constexpr SlotDef wrapper_slots[] = {slot<Dunder::iter, wrapper_iter>, {Dunder::next, wrapper_next}};
constexpr TypeDef wrapper_def{
    .name = "coroutine_wrapper", .doc = "What a coroutine's __await__ gives: an iterator that drives it.", .size = sizeof(CoroutineWrapper),
    .flags = type_flag::disallow_new, .hooks = hooks_of<CoroutineWrapper>(), .methods = wrapper_methods, .slots = wrapper_slots};

}  // namespace

ORO_TYPE(coroutine_type, coroutine_def);
ORO_TYPE(coroutine_wrapper_type, wrapper_def);

}  // namespace oro
