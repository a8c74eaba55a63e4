#include "modules/_sre/engine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "modules/_sre/machine_run.h"

namespace oro::sre {

namespace {

// What an empty subject without memory points to: the machine takes null for 'nowhere'.
constexpr Word kNothing = 0;

}  // namespace

Matcher::Matcher(const Program& program, Subject subject, std::int64_t pos, std::int64_t endpos, Poll poll)
    : program_(program), subject_{subject.units ? subject.units : &kNothing, subject.length, subject.kind},
      poll_(poll) {
    const auto length = static_cast<std::int64_t>(subject.length);
    pos_ = std::clamp<std::int64_t>(pos, 0, length);
    endpos_ = std::clamp<std::int64_t>(endpos, 0, length);
    start_ = pos_;
}

Matcher::~Matcher() {
    if (marks_ != small_marks_) std::free(marks_);
    if (stack_ != small_stack_) std::free(stack_);
}

bool Matcher::prepare_marks() {
    const std::size_t count = std::size_t{program_.groups()} * 2;
    if (count > kSmallMarks && marks_ == small_marks_) {
        void* memory = std::malloc(count * sizeof(std::int64_t));
        if (!memory) return false;
        marks_ = static_cast<std::int64_t*>(memory);
    }
    std::fill_n(marks_, count, -1);
    return true;
}

// Doubles the stack. Null if memory is exhausted or entries could no longer be numbered with a Word.
Entry* Matcher::grow_stack() {
    if (stack_capacity_ > 0x7FFFFFFF) return nullptr;
    const std::size_t capacity = stack_capacity_ * 2;
    const bool small = stack_ == small_stack_;
    void* memory = std::realloc(small ? nullptr : stack_, capacity * sizeof(Entry));
    if (!memory) return nullptr;
    if (small) std::memcpy(memory, small_stack_, sizeof small_stack_);
    stack_ = static_cast<Entry*>(memory);
    stack_capacity_ = capacity;
    return stack_;
}

Outcome Matcher::run(Mode mode) {
    if (!prepare_marks()) return Outcome::out_of_memory;
    last_index_ = -1;
    const bool search = mode == Mode::search, full = mode == Mode::fullmatch;
    switch (subject_.kind) {
    case 1: return run_machine<std::uint8_t>(*this, search, full);
    case 2: return run_machine<std::uint16_t>(*this, search, full);
    default: return run_machine<std::uint32_t>(*this, search, full);
    }
}

void Matcher::advance() {
    must_advance_ = end_ == begin_;
    start_ = end_;
}

Span Matcher::group(Word number) const {
    const std::int64_t* marks = marks_ + std::size_t{number - 1} * 2;
    if (marks[0] < 0 || marks[1] < 0) return {-1, -1};
    return {marks[0], marks[1]};
}

}  // namespace oro::sre
