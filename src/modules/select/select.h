// What the files of the module select share.
#pragma once
#include "object/define.h"

namespace oro::select_module {

extern Type poll_type, epoll_type;

// An int or an object with fileno().
Result<int> fd_from(Python& py, Borrowed<> v);
// A number as the kernel's unsigned event masks of `bits` bits; `name` is C's type.
Result<std::uint32_t> mask_from(Python& py, Borrowed<> v, int bits, char const* name);
// Nanoseconds of a number of `unit` nanoseconds each, rounded up; `message` for what is no number.
Result<std::int64_t> timeout_from(Python& py, Borrowed<> v, std::int64_t unit, char const* message);
std::int64_t now_ns();
// `ns` from now; the far future if that overflows.
std::int64_t deadline_of(std::int64_t ns);
// Milliseconds that are left until then, rounded up, at most what poll() takes.
int milliseconds_left(std::int64_t deadline);

Result<Ref<>> make_poll(Python& py);
Result<void> add_epoll(Python& py, Module& m);

}  // namespace oro::select_module
