// What % formatting of str and of bytes have in common: the supply of arguments, and numbers as text.
#pragma once
#include "base/printf_format.h"
#include "object/define.h"

namespace oro {

// The right operand of %: a tuple of arguments, a mapping, or one argument.
class PrintfArguments {
public:
    PrintfArguments(Borrowed<> values, PrintfTarget target);
    Result<Ref<>> next(Thread& t);
    // Takes the value of a key as the one argument from here on.
    Result<void> select(Python& py, Borrowed<> key);
    bool is_mapping() const { return mapping_; }
    // The number behind a * of a width (limit SSIZE_MAX) or precision (INT_MAX).
    Result<std::int64_t> star(Thread& t, bool precision);
    // Complains about arguments that nothing has asked for.
    Result<void> finish(Thread& t, char const* what);

private:
    Ref<> values_;
    Maybe<> selected_;
    bool tuple_, mapping_, used_ = false;
    std::size_t next_ = 0;
};

// The text of an integer or float conversion. `what` is the type for messages.
Result<std::string> printf_number(Python& py, PrintfSpec const& spec, Borrowed<> value);

Raised raise_printf_fault(Thread& t, PrintfFault fault, PrintfTarget target, char32_t c, std::size_t index);

}  // namespace oro
