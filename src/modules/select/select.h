// What the files of the module select share.
#pragma once
#include "object/define.h"

namespace oro::select_module {

extern Type poll_type, epoll_type;

Result<Ref<>> make_poll(Python& py);
Result<void> add_epoll(Python& py, Module& m);

}  // namespace oro::select_module
