// Calendar time: struct_time, and the functions between it, moments and text.
#pragma once
#include <ctime>
#include <string>

#include "object/structseq.h"

namespace oro::time {

extern Type struct_time_type;

Result<Ref<Tuple>> gmtime(Python& py, Borrowed<> seconds);
Result<Ref<Tuple>> localtime(Python& py, Borrowed<> seconds);
Result<double> mktime(Python& py, Borrowed<> tuple);
Result<Ref<Str>> asctime(Python& py, Optional<> tuple);
Result<Ref<Str>> ctime(Python& py, Borrowed<> seconds);
Result<Ref<Str>> strftime(Python& py, Borrowed<Str> format, Optional<> tuple);
Result<Ref<>> strptime(Python& py, Args args);

// Text from the C library, which comes in the locale's encoding.
Result<Ref<Str>> text_from_locale(Thread& t, std::string_view text);

}  // namespace oro::time
