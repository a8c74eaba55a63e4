// The machine's loop: one attempt at one place. The end of machine.h; see there for what the entries mean.
#pragma once

#include "modules/_sre/machine.h"

namespace oro::sre {

// Runs the code from pc with the subject at p. On success the match's end is in the matcher, and so are the
// marks.
template <class Unit>
Outcome Machine<Unit>::run(const Word* pc, const Unit* p) {
    Entry* top = m_.stack_;    // one past the newest entry
    Word repeat = kNone;       // index of the innermost open loop's entry
    Word body = kNone;         // index of the innermost open body's entry
    std::int32_t last_index = -1;

    if (marks_dirty_) {
        const std::size_t count = std::size_t{program_.groups()} * 2;
        for (std::size_t i = 0; i < count; ++i) marks_[i] = -1;
        marks_dirty_ = false;
    }

    const auto entry = [&](Word i) -> Entry& { return m_.stack_[i]; };
    const auto number = [&](const Entry* e) { return static_cast<Word>(e - m_.stack_); };
    const auto offset = [&](const Word* code) { return static_cast<Word>(code - code_); };
    // Every operation pushes at most two entries before it asks again.
    const auto room = [&]() {
        if (limit_ - top >= 2) [[likely]] return true;
        top = grow(top);
        return top != nullptr;
    };
    const auto push = [&](EntryKind kind, const Word* code, std::int64_t where, std::int64_t extra) {
        *top++ = {kind, offset(code), where, extra, repeat, last_index};
    };
    const auto resume = [&](const Entry& e) {
        repeat = e.repeat;
        last_index = e.last_index;
        p = subject_ + e.at;
    };
    // Drops the entries from `from` up, but keeps those that restore marks.
    const auto cut = [&](Entry* from, const Entry* first) {
        Entry* kept = from;
        for (const Entry* e = first; e != top; ++e) {
            if (e->kind == kMark) *kept++ = *e;
        }
        top = kept;
    };

    for (;;) {
        switch (op_of(*pc)) {
        case Op::literal:
            if (p >= end_ || *p != pc[1]) goto fail;
            ++p;
            pc += 2;
            continue;

        case Op::not_literal:
            if (p >= end_ || *p == pc[1]) goto fail;
            ++p;
            pc += 2;
            continue;

        case Op::any:
            if (p >= end_ || *p == '\n') goto fail;
            ++p;
            pc += 1;
            continue;

        case Op::any_all:
            if (p >= end_) goto fail;
            ++p;
            pc += 1;
            continue;

        case Op::in: case Op::in_ignore: case Op::in_loc_ignore: case Op::in_uni_ignore:
            if (p >= end_ || !program_.matches(pc, *p)) goto fail;
            ++p;
            pc += 1 + pc[1];
            continue;

        case Op::category:
        case Op::literal_ignore: case Op::literal_loc_ignore: case Op::literal_uni_ignore:
        case Op::not_literal_ignore: case Op::not_literal_loc_ignore: case Op::not_literal_uni_ignore:
            if (p >= end_ || !program_.matches(pc, *p)) goto fail;
            ++p;
            pc += 2;
            continue;

        case Op::at:
            if (!at(static_cast<At>(pc[1]), p)) goto fail;
            pc += 2;
            continue;

        case Op::mark: {
            const Word mark = pc[1];
            if (top != m_.stack_) {
                if (!room()) return Outcome::out_of_memory;
                *top++ = {kMark, mark, marks_[mark], 0, 0, 0};
            }
            marks_[mark] = index(p);
            marks_dirty_ = true;
            if (mark & 1) last_index = static_cast<std::int32_t>(mark / 2 + 1);
            pc += 2;
            continue;
        }

        case Op::groupref:
        case Op::groupref_ignore: case Op::groupref_loc_ignore: case Op::groupref_uni_ignore:
            if (!same_as_group(op_of(*pc), pc[1], p)) goto fail;
            pc += 2;
            continue;

        case Op::groupref_exists: {
            const std::int64_t* group = marks_ + 2 * std::size_t{pc[1]};
            const bool exists = group[0] >= 0 && group[1] >= group[0];
            pc += exists ? 3 : 1 + pc[2];
            continue;
        }

        case Op::jump:
            pc += 1 + pc[1];
            continue;

        case Op::branch:
            if (!room()) return Outcome::out_of_memory;
            pc += 1;
            push(kBranch, pc, index(p), 0);
            goto next_alternative;

        case Op::repeat_one: {
            const Word least = pc[2];
            if (end_ - p < static_cast<std::ptrdiff_t>(least)) goto fail;
            const Unit* q = run_of(pc + 4, p, pc[3]);
            if (!q) return Outcome::interrupted;
            if (q - p < static_cast<std::ptrdiff_t>(least)) goto fail;
            const Unit* least_end = p + least;
            const Word* next = pc + 1 + pc[1];
            // What is open decides alone whether an end is fine, and then the longest run is the one that may
            // be.
            if (q != least_end && op_of(*next) != Op::success) {
                if (const Word* follower = program_.follower(pc)) {
                    if (!program_.gives_back(pc, sizeof(Unit) == 1)) {
                        if (!unit_at(follower, q)) goto fail;
                        least_end = q;
                    } else {
                        q = last_at(follower, least_end, q);
                        if (!q) goto fail;
                    }
                }
                if (q != least_end) {
                    if (!room()) return Outcome::out_of_memory;
                    push(kRepeatOne, pc, index(q), index(least_end));
                }
            }
            p = q;
            pc = next;
            continue;
        }

        case Op::possessive_repeat_one: {
            const Word least = pc[2];
            if (end_ - p < static_cast<std::ptrdiff_t>(least)) goto fail;
            const Unit* q = run_of(pc + 4, p, pc[3]);
            if (!q) return Outcome::interrupted;
            if (q - p < static_cast<std::ptrdiff_t>(least)) goto fail;
            p = q;
            pc += 1 + pc[1];
            continue;
        }

        case Op::min_repeat_one: {
            const Word least = pc[2], most = pc[3];
            if (end_ - p < static_cast<std::ptrdiff_t>(least)) goto fail;
            if (least != 0) {
                const Unit* q = run_of(pc + 4, p, least);
                if (!q) return Outcome::interrupted;
                if (q - p < static_cast<std::ptrdiff_t>(least)) goto fail;
                p = q;
            }
            const Unit* most_end = end_;
            if (most != kMaxRepeat && end_ - p > static_cast<std::ptrdiff_t>(most - least)) {
                most_end = p + (most - least);
            }
            if (p != most_end) {
                if (!room()) return Outcome::out_of_memory;
                push(kLazyOne, pc, index(p), index(most_end));
                const Word* follower = program_.follower(pc);
                if (follower && !unit_at(follower, p)) goto fail;
            }
            pc += 1 + pc[1];
            continue;
        }

        case Op::repeat:
            if (!room()) return Outcome::out_of_memory;
            *top++ = {kLoop, offset(pc), -1, 0, repeat, 0};
            repeat = number(top - 1);
            if (--budget_ < 0 && !poll()) return Outcome::interrupted;
            if (pc[2] == 0) {
                pc += 1 + pc[1];   // the until, as if an iteration had ended
            } else {
                entry(repeat).extra = 1;
                pc += 4;
            }
            continue;

        case Op::max_until: {
            Entry* loop = &entry(repeat);
            const Word* head = code_ + loop->pc;
            const bool below_least = loop->extra < static_cast<std::int64_t>(head[2]);
            if (!below_least) {
                const auto most = static_cast<std::int64_t>(head[3]);
                const bool below_most = head[3] == kMaxRepeat || loop->extra < most;
                if (!below_most || loop->at == index(p)) {
                    repeat = loop->repeat;
                    pc += 1;
                    continue;
                }
            }
            if (!room()) return Outcome::out_of_memory;
            loop = &entry(repeat);
            if (below_least) {
                push(kUncount, pc, 0, loop->at);
            } else {
                push(kMaxUntil, pc, index(p), loop->at);
                loop->at = index(p);
            }
            ++loop->extra;
            if (--budget_ < 0 && !poll()) return Outcome::interrupted;
            pc = head + 4;
            continue;
        }

        case Op::min_until: {
            Entry* loop = &entry(repeat);
            const Word* head = code_ + loop->pc;
            if (!room()) return Outcome::out_of_memory;
            loop = &entry(repeat);
            if (--budget_ < 0 && !poll()) return Outcome::interrupted;
            if (loop->extra < static_cast<std::int64_t>(head[2])) {
                push(kUncount, pc, 0, loop->at);
                ++loop->extra;
                pc = head + 4;
                continue;
            }
            const bool below_most = head[3] == kMaxRepeat || loop->extra < static_cast<std::int64_t>(head[3]);
            if (below_most && loop->at != index(p)) push(kMinUntil, pc, index(p), 0);
            repeat = loop->repeat;
            pc += 1;
            continue;
        }

        case Op::assert_:
        case Op::assert_not: {
            const bool negative = op_of(*pc) == Op::assert_not;
            const Word back = pc[2];
            if (p - subject_ < static_cast<std::ptrdiff_t>(back)) {
                if (!negative) goto fail;
                pc += 1 + pc[1];
                continue;
            }
            if (!room()) return Outcome::out_of_memory;
            push(negative ? kNotAhead : kAhead, pc, index(p), body);
            body = number(top - 1);
            p -= back;
            pc += 3;
            continue;
        }

        case Op::atomic_group:
            if (!room()) return Outcome::out_of_memory;
            push(kAtomic, pc, index(p), body);
            body = number(top - 1);
            pc += 2;
            continue;

        case Op::possessive_repeat: {
            if (pc[3] == 0) {
                pc += 1 + pc[1] + 1;
                continue;
            }
            if (!room()) return Outcome::out_of_memory;
            *top++ = {kLoop, offset(pc), -1, 0, kNone, 0};
            push(kPossessive, pc, index(p), static_cast<std::int64_t>(number(top - 1)) << 32 | body);
            body = number(top - 1);
            pc += 4;
            continue;
        }

        case Op::success: {
            if (body == kNone) {
                if ((full_ && p != end_) || p == must_leave_) goto fail;
                m_.end_ = index(p);
                m_.last_index_ = last_index;
                return Outcome::matched;
            }
            Entry* const closed = &entry(body);
            const Entry open = *closed;
            pc = code_ + open.pc;
            switch (open.kind) {
            case kNotAhead:
                // The fail that follows restores the marks; nothing else above the entry may be resumed.
                cut(closed, closed + 1);
                body = static_cast<Word>(open.extra);
                goto fail;
            case kAhead:
                p = subject_ + open.at;
                [[fallthrough]];
            case kAtomic:
                cut(closed, closed + 1);
                body = static_cast<Word>(open.extra);
                repeat = open.repeat;
                pc += 1 + pc[1];
                continue;
            default: break;
            }
            // An iteration of a possessive repeat has ended.
            cut(closed, closed + 1);
            const Word loop = static_cast<Word>(open.extra >> 32);
            Entry* const kept = &entry(loop) + 1;
            const std::ptrdiff_t marks = top - kept, few = 64 + 4 * std::ptrdiff_t{program_.groups()};
            if (marks > few) top = forget_duplicates(kept, top);
            const std::int64_t least = pc[2], count = ++entry(loop).extra;
            const bool more = pc[3] == kMaxRepeat || count < static_cast<std::int64_t>(pc[3]);
            repeat = open.repeat;
            // Beyond the minimum an iteration that consumed nothing is the last.
            if (more && (count <= least || index(p) != open.at)) {
                if (!room()) return Outcome::out_of_memory;
                push(kPossessive, pc, index(p), open.extra);
                body = number(top - 1);
                if (--budget_ < 0 && !poll()) return Outcome::interrupted;
                pc += 4;
                continue;
            }
            if (top == &entry(loop) + 1) --top;
            body = static_cast<Word>(open.extra);
            pc += 1 + pc[1] + 1;
            continue;
        }

        default:
            goto fail;   // failure; all else is not in validated code
        }

    next_alternative:
        // The entry on top is a branch's, and pc is at an alternative's skip word. Alternatives that cannot
        // match the next character are passed over, and the entry goes with the last one that can.
        for (;;) {
            if (*pc == 0) {
                --top;
                goto fail;
            }
            const Word* next = pc + *pc;
            if (op_of(pc[1]) == Op::literal ? p >= end_ || *p != pc[2]
                                            : op_of(pc[1]) == Op::in && !unit_at(pc + 1, p)) {
                pc = next;
                continue;
            }
            if (*next == 0) {
                --top;
            } else {
                top[-1].pc = offset(next);
            }
            pc += 1;
            break;
        }
        continue;

    fail:
        if (--budget_ < 0 && !poll()) return Outcome::interrupted;
        for (;;) {
            if (top == m_.stack_) return Outcome::no_match;
            Entry& e = top[-1];
            switch (e.kind) {
            case kMark:
                marks_[e.pc] = e.at;
                --top;
                continue;

            case kLoop:
                --top;
                continue;

            case kUncount: {
                Entry& loop = entry(e.repeat);
                --loop.extra;
                loop.at = e.extra;
                --top;
                continue;
            }

            case kBranch:
                resume(e);
                pc = code_ + e.pc;
                goto next_alternative;

            case kRepeatOne: {
                pc = code_ + e.pc;
                const Unit* q = subject_ + e.at - 1;
                const Unit* least_end = subject_ + e.extra;
                if (const Word* follower = program_.follower(pc)) {
                    q = last_at(follower, least_end, q);
                    if (!q) {
                        --top;
                        continue;
                    }
                }
                resume(e);
                p = q;
                if (q == least_end) {
                    --top;
                } else {
                    e.at = index(q);
                }
                pc += 1 + pc[1];
                break;
            }

            case kLazyOne: {
                pc = code_ + e.pc;
                const Unit* q = subject_ + e.at;
                const Unit* most_end = subject_ + e.extra;
                const Word* follower = program_.follower(pc);
                do {
                    if (q == most_end || !unit_at(pc + 4, q)) {
                        q = nullptr;
                        break;
                    }
                    ++q;
                } while (follower && !unit_at(follower, q));
                if (!q) {
                    --top;
                    continue;
                }
                resume(e);
                p = q;
                if (q == most_end) {
                    --top;
                } else {
                    e.at = index(q);
                }
                pc += 1 + pc[1];
                break;
            }

            case kMaxUntil: {
                Entry& loop = entry(e.repeat);
                --loop.extra;
                loop.at = e.extra;
                resume(e);
                repeat = loop.repeat;
                pc = code_ + e.pc + 1;
                --top;
                break;
            }

            case kMinUntil: {
                // Its place is taken by what undoes the iteration that begins here.
                Entry& loop = entry(e.repeat);
                resume(e);
                e.kind = kUncount;
                e.extra = loop.at;
                loop.at = index(p);
                ++loop.extra;
                pc = code_ + loop.pc + 4;
                break;
            }

            case kAhead:
            case kAtomic:
                body = static_cast<Word>(e.extra);
                --top;
                continue;

            case kNotAhead:
                resume(e);
                body = static_cast<Word>(e.extra);
                pc = code_ + e.pc;
                pc += 1 + pc[1];
                --top;
                break;

            default: {   // a possessive repeat's iteration has failed
                const Entry open = e;
                const Word loop = static_cast<Word>(open.extra >> 32);
                pc = code_ + open.pc;
                body = static_cast<Word>(open.extra);
                --top;
                if (entry(loop).extra < static_cast<std::int64_t>(pc[2])) continue;
                resume(open);
                if (top == &entry(loop) + 1) --top;
                pc += 1 + pc[1] + 1;
                break;
            }
            }
            break;
        }
    }
}

}  // namespace oro::sre
