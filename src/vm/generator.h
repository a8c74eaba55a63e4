// What the types generator, coroutine and async_generator share (vm/generator*.cpp).
#pragma once
#include "vm/function.h"

namespace oro {

inline bool is_exact_generator(Value v) {
    return v.is_pointer() && (&type_of(v) == &generator_type || &type_of(v) == &coroutine_type);
}
// The arguments of throw() as given; value and traceback may be null.
struct ThrowArguments {
    Value type, value, traceback;
};
// generator.throw(). With `close_on_exit`, a GeneratorExit closes what it delegates to instead of being thrown there.
Resumed throw_into_generator(Python& py, Generator& g, ThrowArguments const& w, bool close_on_exit);
// The method throw() of all kinds: checks the number of arguments, warns about more than one. `method`: throw or athrow.
Result<ThrowArguments> throw_arguments(Python& py, char const* method, Value const* args, std::size_t n, Tuple* names);
// Finaliser of the three types (slot `del`).
Value finalize_generator(Python& py, Value self, Value, Value);
// A RuntimeWarning; what it raises is reported.
void warn_unawaited_method(Python& py, Generator& g, char const* method);
// gi_frame and its kin.
Value get_generator_frame(Python& py, Value self);
// Closes what a generator delegates to: a generator by throwing GeneratorExit, another object by its close().
Result<void> close_awaitable(Python& py, Borrowed<> delegate);
// generator.close(): the value if it returned one.
Result<Ref<>> close_generator(Python& py, Generator& g);
// Records where a coroutine was made, if sys.set_coroutine_origin_tracking_depth asks for it.
void note_coroutine_origin(Python& py, Generator& g);
// The awaitable's iterator: __await__, checked; coroutines and generator-based coroutines are their own.
Result<Ref<>> get_awaitable_iterator(Python& py, Borrowed<> v);
// Result of one step for send()/__next__: the value, or StopIteration raised with the return value.
Value generator_step(Python& py, Generator& g, Resumed r, bool raise_stop);
// What an async generator yields travels in a wrapper.
Result<Ref<>> wrap_async_yield(Thread& t, Ref<> value);
// An async generator is about to be iterated for the first time: firstiter hook, finalizer.
Result<void> init_async_hooks(Python& py, Generator& g);

}  // namespace oro
