// Looking at frames through their objects.
#pragma once
#include <vector>

#include "object/list.h"
#include "vm/function.h"

namespace oro {

// Holds a frame still: as long as this lives, the frame neither runs on nor ends. Nothing may run Python or be destroyed meanwhile.
class FrameAccess {
public:
    FrameAccess(Python& py, FrameObject& o);
    ~FrameAccess();
    FrameAccess(FrameAccess const&) = delete;
    Frame* frame() const { return frame_; }        // null: it has ended
    // A counted copy of a named register; null if it is empty.
    Maybe<> read(std::uint32_t r) const;
    // Gives the old value back.
    Maybe<> exchange(std::uint32_t r, Maybe<> v);

private:
    Python& py_;
    FrameObject& o_;
    Frame* frame_;
    bool stopped_ = false, locked_ = false;
};

// ---- variables of a function's frame by number: registers, then free variables. Cells are looked through.
Maybe<> frame_variable(Python& py, FrameObject& o, std::uint32_t i);
Result<void> set_frame_variable(Python& py, FrameObject& o, std::uint32_t i, Ref<> v);
// The number of the variable of that name; -1 if there is none. Of a name that an inlined comprehension uses, too, the one that is bound.
int find_frame_variable(Python& py, FrameObject& o, Str const& name);
// The names with values, in the order of locals().
Result<void> each_frame_variable(Python& py, FrameObject& o, std::vector<std::pair<Ref<Str>, Ref<>>>& out);

Result<Ref<>> make_frame_locals_proxy(Thread& t, Borrowed<FrameObject> frame);
// Whether the frame is within a comprehension of a class body or a module, whose variables are in its registers.
bool has_hidden_variables(Python& py, FrameObject& o);
// f_locals.
Result<Ref<>> frame_locals(Python& py, Borrowed<FrameObject> frame);
std::int32_t frame_line(Python& py, FrameObject& o);

}  // namespace oro
