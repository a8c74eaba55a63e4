// The engine behind Python's `re`: runs a Program over a subject, with the semantics of CPython 3.14.
//
// Backtracking takes no C stack: pending choices stand on a stack of the matcher's own, on the heap once it
// outgrows a small space inside the matcher. Thread-safety: a Matcher belongs to one thread at a time; any
// number of them may share a Program. The subject must stay alive and unchanged while the Matcher is used.
#pragma once

#include <cstddef>
#include <cstdint>

#include "modules/_sre/buffer.h"
#include "modules/_sre/program.h"

namespace oro::sre {

enum class Outcome : std::uint8_t {
    no_match,
    matched,
    out_of_memory,   // MemoryError is to be raised
    interrupted,     // the poll said stop
};

// Characters as a string stores them: `kind` is the size of each, 1, 2 or 4 bytes. Bytes have kind 1.
struct Subject {
    const void* units;
    std::size_t length;
    unsigned kind;
};

// Called every few ten thousand steps, so that signals and safepoints are served; null for never.
// The match ends with Outcome::interrupted when it returns false.
struct Poll {
    bool (*proceed)(void* context) = nullptr;
    void* context = nullptr;
};

struct Span {
    std::int64_t begin;
    std::int64_t end;
    friend bool operator==(const Span&, const Span&) = default;
};

// A pending choice, or something to undo on the way back to one. Which fields mean what: see machine.h.
struct Entry {
    Word kind;
    Word pc;
    std::int64_t at;
    std::int64_t extra;
    Word repeat;
    std::int32_t last_index;
};

class Matcher {
public:
    // pos and endpos are taken as methods of Pattern take them: out of range, they are clipped to the
    // subject.
    Matcher(const Program& program, Subject subject, std::int64_t pos, std::int64_t endpos, Poll poll = {});
    ~Matcher();
    Matcher(const Matcher&) = delete;
    Matcher& operator=(const Matcher&) = delete;

    // Try at start(), or from there on. On success, begin(), end(), group() and last_index() describe the
    // match.
    Outcome match() { return run(Mode::match); }
    Outcome fullmatch() { return run(Mode::fullmatch); }
    Outcome search() { return run(Mode::search); }

    // After a success: makes the next attempt start where this match ended. If this match was empty the next
    // one at that place may not be, so that iterating ends.
    void advance();

    std::int64_t start() const { return start_; }
    std::int64_t pos() const { return pos_; }          // as clipped
    std::int64_t endpos() const { return endpos_; }
    std::int64_t begin() const { return begin_; }
    std::int64_t end() const { return end_; }
    // The number of the group closed last, -1 if none was.
    std::int32_t last_index() const { return last_index_; }
    // The span of a group from 1 to program.groups(), {-1, -1} if it did not take part. Only with code words
    // that no compiler emits may it end before it begins; the caller must check.
    Span group(Word number) const;

private:
    template <class Unit> friend class Machine;
    enum class Mode : std::uint8_t { match, fullmatch, search };

    Outcome run(Mode mode);
    bool prepare_marks();
    Entry* grow_stack();

    static constexpr std::size_t kSmallStack = 48;
    static constexpr std::size_t kSmallMarks = 16;

    const Program& program_;
    const Subject subject_;
    const Poll poll_;
    std::int64_t pos_;
    std::int64_t endpos_;
    std::int64_t start_;
    std::int64_t begin_ = 0;
    std::int64_t end_ = 0;
    std::int64_t* marks_ = small_marks_;   // two for each group, -1 where not set
    Entry* stack_ = small_stack_;
    std::size_t stack_capacity_ = kSmallStack;
    std::int32_t last_index_ = -1;
    bool must_advance_ = false;
    Buffer<Word> seen_marks_;              // scratch of the machine's
    Word seen_round_ = 0;
    std::int64_t small_marks_[kSmallMarks];
    Entry small_stack_[kSmallStack];
};

}  // namespace oro::sre
