#include "modules/_sre/validate.h"

#include "modules/_sre/sets.h"

namespace oro::sre {

namespace {

// What the validator has entered and must see closed. The stack of these is on the heap: nesting is the
// caller's choice.
struct Block {
    enum Kind : Word { whole, repeat, body, alternative, condition_yes, condition_no } kind;
    Word end;       // offset of the first word past the block's operations
    Word target;    // of an alternative: where all of the branch's jumps lead
};

class Validator {
public:
    Validator(std::span<const Word> code, Word groups, Buffer<unsigned char>& starts)
        : code_(code), groups_(groups), starts_(starts) {}

    BuildError run() {
        const std::size_t size = code_.size();
        if (size == 0 || size > 0x3FFFFFFF || groups_ > kMaxGroups) return BuildError::invalid_code;
        if (op_of(code_[size - 1]) != Op::success) return BuildError::invalid_code;
        if (!starts_.assign(size, 0)) return BuildError::out_of_memory;
        starts_[size - 1] = 1;
        if (op_of(code_[0]) == Op::info && !info()) return BuildError::invalid_code;
        if (!open(Block::whole, static_cast<Word>(size - 1))) return BuildError::out_of_memory;
        while (!blocks_.empty()) {
            const bool valid = pc_ == blocks_.back().end ? close() : operation();
            if (out_of_memory_) return BuildError::out_of_memory;
            if (!valid) return BuildError::invalid_code;
        }
        return BuildError::none;
    }

private:
    bool open(Block::Kind kind, Word end, Word target = 0) {
        if (blocks_.push_back({kind, end, target})) return true;
        out_of_memory_ = true;
        return false;
    }

    // Words from `at` up to the current limit.
    Word room(Word at) const { return at <= limit_ ? limit_ - at : 0; }

    // The offset that the skip word at `at` leads to; 0, which no skip leads to, if that is out of the block.
    Word skip_from(Word at) const {
        if (room(at) == 0) return 0;
        const Word skip = code_[at];
        return skip == 0 || skip > room(at) ? 0 : at + skip;
    }

    bool is(Word at, Op op) const { return op_of(code_[at]) == op; }

    bool info() {
        limit_ = static_cast<Word>(code_.size() - 1);
        const Word end = skip_from(1);
        if (end < 5) return false;
        const Word flags = code_[2];
        if (flags & ~(kInfoPrefix | kInfoLiteral | kInfoCharset)) return false;
        if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
        if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return false;
        limit_ = end;
        if (flags & kInfoPrefix) {
            if (room(5) < 2) return false;
            const Word size = code_[5], skip = code_[6];
            if (size == 0 || skip > size || room(7) / 2 < size || room(7) != 2 * size) return false;
            const Word* overlaps = &code_[7 + size];
            for (Word i = 0; i < size; ++i) {
                if (overlaps[i] > i) return false;
            }
        } else if (flags & kInfoCharset) {
            if (!set(5, end)) return false;
        } else if (end != 5) {
            return false;
        }
        pc_ = end;
        return true;
    }

    // Checks a set with its final failure word in [at, end).
    bool set(Word at, Word end) const {
        while (at < end) {
            const Word left = end - at - 1;
            switch (op_of(code_[at++])) {
            case Op::failure: return at == end;
            case Op::negate: break;
            case Op::literal:
                if (left < 1) return false;
                at += 1;
                break;
            case Op::category:
                if (left < 1 || code_[at] >= kCategories) return false;
                at += 1;
                break;
            case Op::range: case Op::range_uni_ignore:
                if (left < 2) return false;
                at += 2;
                break;
            case Op::charset:
                if (left < 8) return false;
                at += 8;
                break;
            case Op::bigcharset: {
                if (left < 65) return false;
                const Word blocks = code_[at];
                if (blocks > 256 || (left - 65) / 8 < blocks) return false;
                const auto* pages = reinterpret_cast<const unsigned char*>(&code_[at + 1]);
                for (int page = 0; page < 256; ++page) {
                    if (pages[page] >= blocks) return false;
                }
                at += 65 + blocks * 8;
                break;
            }
            default: return false;
            }
        }
        return false;
    }

    // Checks the unit operation at `at`, and that it ends at or before the limit; returns its end, or 0.
    Word unit(Word at) {
        if (room(at) == 0) return 0;
        const Op op = op_of(code_[at]);
        if (!is_unit(op)) return 0;
        starts_[at] = 1;
        if (is_in(op)) {
            const Word end = skip_from(at + 1);
            return end != 0 && set(at + 2, end) ? end : 0;
        }
        const Word size = unit_size(&code_[at]);
        if (room(at) < size) return 0;
        if (op == Op::category && code_[at + 1] >= kCategories) return 0;
        return at + size;
    }

    bool operation() {
        limit_ = blocks_.back().end;
        if (room(pc_) == 0) return false;
        const Op op = op_of(code_[pc_]);
        starts_[pc_] = 1;
        if (is_unit(op)) {
            const Word end = unit(pc_);
            if (end == 0) return false;
            pc_ = end;
            return true;
        }
        switch (op) {
        case Op::at: return operand(kAtCodes);
        case Op::mark: return operand(2 * groups_);
        case Op::groupref:
        case Op::groupref_ignore: case Op::groupref_loc_ignore: case Op::groupref_uni_ignore:
            return operand(groups_);
        case Op::repeat_one: case Op::min_repeat_one: case Op::possessive_repeat_one: return repeat_one();
        case Op::repeat: case Op::possessive_repeat: return repeat(op);
        case Op::assert_: case Op::assert_not: return assertion();
        case Op::atomic_group: return atomic_group();
        case Op::branch: return branch();
        case Op::groupref_exists: return condition();
        case Op::jump: return jump();
        default: return false;
        }
    }

    bool operand(Word bound) {
        if (room(pc_) < 2 || code_[pc_ + 1] >= bound) return false;
        pc_ += 2;
        return true;
    }

    bool repeat_one() {
        const Word end = skip_from(pc_ + 1);
        if (end < pc_ + 6 || code_[pc_ + 2] > code_[pc_ + 3] || !is(end - 1, Op::success)) return false;
        limit_ = end - 1;
        if (unit(pc_ + 4) != end - 1) return false;
        starts_[end - 1] = 1;
        pc_ = end;
        return true;
    }

    bool repeat(Op op) {
        const Word end = skip_from(pc_ + 1);
        if (end < pc_ + 4 || room(end) == 0 || code_[pc_ + 2] > code_[pc_ + 3]) return false;
        if (op == Op::repeat ? !is(end, Op::max_until) && !is(end, Op::min_until) : !is(end, Op::success)) {
            return false;
        }
        starts_[end] = 1;
        pc_ += 4;
        return open(Block::repeat, end);
    }

    bool assertion() {
        const Word end = skip_from(pc_ + 1);
        if (end < pc_ + 4 || !is(end - 1, Op::success)) return false;
        starts_[end - 1] = 1;
        pc_ += 3;
        return open(Block::body, end - 1);
    }

    bool atomic_group() {
        const Word end = skip_from(pc_ + 1);
        if (end < pc_ + 3 || !is(end - 1, Op::success)) return false;
        starts_[end - 1] = 1;
        pc_ += 2;
        return open(Block::body, end - 1);
    }

    bool branch() {
        pc_ += 1;
        return alternative(0);
    }

    // Enters the alternative whose skip word is at pc_, or leaves the branch if that word is the final zero.
    bool alternative(Word target) {
        if (room(pc_) == 0) return false;
        if (code_[pc_] == 0) {
            pc_ += 1;
            return target == pc_;
        }
        const Word end = skip_from(pc_);
        if (end < pc_ + 3 || !is(end - 2, Op::jump)) return false;
        const Word leads_to = skip_from(end - 1);
        if (leads_to == 0 || (target != 0 && target != leads_to)) return false;
        starts_[end - 2] = 1;
        pc_ += 1;
        return open(Block::alternative, end - 2, leads_to);
    }

    // The operand after the group is counted from the group. If there is an alternative for 'no', the last
    // operation of 'yes' is a jump past it; whether there is one shows when 'yes' has been walked.
    bool condition() {
        if (room(pc_) < 3 || code_[pc_ + 1] >= groups_) return false;
        const Word end = code_[pc_ + 2] == 0 ? 0 : skip_to_no();
        if (end < pc_ + 3) return false;
        pc_ += 3;
        return open(Block::condition_yes, end);
    }

    Word skip_to_no() const {
        const Word skip = code_[pc_ + 2];
        return skip > room(pc_ + 1) ? 0 : pc_ + 1 + skip;
    }

    bool jump() {
        if (blocks_.back().kind != Block::condition_yes || limit_ != pc_ + 2) return false;
        blocks_.pop_back();
        const Word no = limit_;
        limit_ = blocks_.back().end;
        const Word end = skip_from(pc_ + 1);
        if (end < no) return false;
        pc_ = no;
        return open(Block::condition_no, end);
    }

    bool close() {
        const Block block = blocks_.back();
        blocks_.pop_back();
        switch (block.kind) {
        case Block::whole: case Block::condition_yes: case Block::condition_no: return true;
        case Block::repeat: case Block::body: pc_ += 1; return true;
        case Block::alternative:
            limit_ = blocks_.back().end;
            pc_ += 2;
            return alternative(block.target);
        }
        return false;
    }

    std::span<const Word> code_;
    Word groups_;
    Buffer<unsigned char>& starts_;
    Buffer<Block> blocks_;
    Word pc_ = 0;
    Word limit_ = 0;
    bool out_of_memory_ = false;
};

}  // namespace

BuildError validate(std::span<const Word> code, Word groups, Buffer<unsigned char>& starts) {
    return Validator(code, groups, starts).run();
}

}  // namespace oro::sre
