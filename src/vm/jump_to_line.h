// frame.f_lineno = line: a trace function sends its frame elsewhere.
#pragma once
#include "vm/monitoring.h"

namespace oro {

struct FrameObject;

// ValueError if the frame isn't the one whose event is being told, or if what the line needs isn't there.
Result<void> jump_to_line(Python& py, FrameObject& o, Borrowed<> line);

namespace monitor {
// After a jump the line that it leads to is not announced: marks the frame at that instruction, and asks and clears the mark.
void mark_arrival(Frame& frame, std::uint32_t index);
bool take_arrival(Frame& frame, std::uint32_t index);
}  // namespace monitor

}  // namespace oro
