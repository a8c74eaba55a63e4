// The awaitables of asynchronous generators (vm/async_awaitables.cpp).
#pragma once
#include "object/tuple.h"
#include "vm/generator.h"

namespace oro {

// asend(value); null: __anext__().
Result<Ref<>> make_async_send(Thread& t, Borrowed<> generator, Maybe<> value);
// athrow(*arguments); null: aclose().
Result<Ref<>> make_async_throw(Thread& t, Borrowed<> generator, Maybe<Tuple> arguments);

}  // namespace oro
