// Methods and attributes that generator, coroutine and async_generator have in common. The receiver's type is checked by the
// descriptor: each of the three types lists them in its own tables.
#pragma once
#include "object/call.h"
#include "object/identity.h"
#include "vm/generator.h"

namespace oro {

namespace {

inline Generator& generator_at(Value v) { return *static_cast<Generator*>(v.pointer()); }

[[maybe_unused]] Result<Ref<>> send_value(Python& py, Borrowed<> self, Borrowed<> value) {
    Generator& g = generator_at(self.value());
    return Result<Ref<>>::of_word(generator_step(py, g, resume_generator(py, g, value.share()), true));
}
[[maybe_unused]] Value throw_exception(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto w = throw_arguments(py, "throw", args, n, names);
    if (w.raised()) return {};
    Generator& g = generator_at(self);
    return generator_step(py, g, throw_into_generator(py, g, std::move(w).take(), true), true);
}
[[maybe_unused]] Result<Ref<>> close_self(Python& py, Borrowed<> self) { return close_generator(py, generator_at(self.value())); }

[[maybe_unused]] Result<Ref<>> repr_generator(Thread& t, Borrowed<> self) {
    Generator& g = generator_at(self.value());
    Maybe<Str> name = g.qualname.load(&g);
    return format_message(t, "<{} object {} at {}>", {TypeName{self.value()}, *name, std::string_view(address_text(self.value()))});
}

[[maybe_unused]] Value get_name(Python&, Value self) { return generator_at(self).name.load(&generator_at(self)).release(); }
[[maybe_unused]] Value get_qualname(Python&, Value self) { return generator_at(self).qualname.load(&generator_at(self)).release(); }
[[maybe_unused]] Value set_name(Python& py, Value self, Value value) {
    if (value.is_null() || !is<Str>(value)) return (void)raise(py, exc::TypeError, "__name__ must be set to a string object"), Value{};
    generator_at(self).name.store(&generator_at(self), Maybe<Str>(as<Str>(value).share()));
    return kNone;
}
[[maybe_unused]] Value set_qualname(Python& py, Value self, Value value) {
    if (value.is_null() || !is<Str>(value)) return (void)raise(py, exc::TypeError, "__qualname__ must be set to a string object"), Value{};
    generator_at(self).qualname.store(&generator_at(self), Maybe<Str>(as<Str>(value).share()));
    return kNone;
}
[[maybe_unused]] Value get_awaited(Python&, Value self) {
    Maybe<> v = generator_awaits(generator_at(self));
    return v ? v.release() : kNone;
}
[[maybe_unused]] Value get_running(Python&, Value self) { return Value::of_bool(generator_at(self).state.load() == GeneratorState::running); }
[[maybe_unused]] Value get_suspended(Python&, Value self) { return Value::of_bool(generator_at(self).state.load() == GeneratorState::suspended); }
[[maybe_unused]] Value get_code(Python&, Value self) { return generator_at(self).code.share().release(); }

}  // namespace

}  // namespace oro
