#include "bytecode/verify.h"

#include <algorithm>
#include <vector>

namespace oro {

namespace {

bool is_full(Temp t) { return t >= Temp::value; }
// What both paths agree on.
Temp common(Temp a, Temp b) { return a == b ? a : is_full(a) && is_full(b) ? Temp::value : Temp::mixed; }

// A bound of what is kept of temporaries where lines meet, in octets; code that a compiler wrote needs a thousandth of it.
constexpr std::size_t kMostStates = std::size_t{1} << 28;

class Verifier {
public:
    explicit Verifier(CodeView const& code) : code_(code), locals_(unsigned(code.local_kinds.size())) {}

    std::string run() {
        if (code_.code.empty()) return "no code";
        if (code_.registers < locals_) return "wrong count of locals";
        tables();
        if (error_.empty()) operands();
        if (error_.empty()) paths();
        return error_;
    }

    // For code that is known to be well-formed: the state before each instruction.
    std::vector<std::vector<Temp>> states() {
        every_ = true;
        paths();
        entry_.resize(code_.code.size());
        return std::move(entry_);
    }

private:
    void fail(std::size_t at, std::string const& what) {
        if (!error_.empty()) return;
        error_ = std::string(code_.name) + " @" + std::to_string(at);
        if (at < code_.code.size() && int(code_.code[at].op()) < kOpcodeCount) error_ += std::string(" ") + op_info[int(code_.code[at].op())].name;
        error_ += ": " + what;
    }

    void tables() {
        std::size_t n = code_.code.size();
        std::uint32_t last = 0;
        for (ExceptionEntry const& e : code_.exceptions) {
            if (e.start >= e.end || e.end > n || e.handler >= n) fail(e.start, "bad exception entry");
            if (e.exc >= code_.registers || e.first_temp > e.exc) fail(e.start, "bad exception register");
            if (e.first_temp < locals_) fail(e.start, "a handler releases locals");
            if (e.start < last) fail(e.start, "exception entries out of order");
            last = e.end;
        }
        for (Site const& s : code_.sites)
            if (s.name != 0xFFFFFFFFu && s.name >= code_.constants.size()) fail(0, "bad name of a site");
    }

    void reg(std::size_t at, std::uint64_t r, std::uint64_t count = 1) {
        if (r + count > code_.registers) fail(at, "register out of bounds");
    }

    void operands() {
        std::size_t n = code_.code.size();
        for (std::size_t i = 0; i < n && error_.empty(); ++i) {
            Instruction ins = code_.code[i];
            if (int(ins.op()) >= kOpcodeCount || ins.op() == Opcode::instrumented) return fail(i, "no such operation");
            OpInfo const& info = op_info[int(ins.op())];
            if (info.generic != ins.op()) fail(i, "specialised operation");
            OperandKind kinds[3] = {info.a, info.b, info.c};
            unsigned values[3] = {ins.a(), ins.b(), ins.c()};
            for (int k = 0; k < 3; ++k) {
                switch (kinds[k]) {
                case OperandKind::D:
                case OperandKind::S:
                case OperandKind::T: reg(i, values[k]); break;
                case OperandKind::K:
                    if (values[k] >= code_.constants.size()) fail(i, "constant out of bounds");
                    break;
                case OperandKind::X:
                    if (values[k] >= code_.sites.size()) fail(i, "site out of bounds");
                    break;
                case OperandKind::J: {
                    std::int64_t to = std::int64_t(i) + 1 + ins.jump();
                    if (to < 0 || to >= std::int64_t(n)) fail(i, "jump out of bounds");
                    bool back = to <= std::int64_t(i);
                    if (back != (ins.op() == Opcode::jump_back)) fail(i, "jump in the wrong direction");
                    break;
                }
                case OperandKind::W: {
                    std::size_t limit =
                        ins.op() == Opcode::load_const ? code_.constants.size() : code_.sites.size();
                    if (ins.bc() >= limit) fail(i, "index out of bounds");
                    break;
                }
                default: break;
                }
            }
            bool call = ins.op() == Opcode::call || ins.op() == Opcode::call_ex;
            if (call && (i + 1 == n || code_.code[i + 1].op() != Opcode::call_ext))
                fail(i, "call without call_ext");
            if (ins.op() == Opcode::call_ext) {
                Opcode before = i ? code_.code[i - 1].op() : Opcode::nop;
                if (before != Opcode::call && before != Opcode::call_ex) fail(i, "call_ext without a call");
                if (ins.b() != kNoKeywords && (ins.b() >= code_.constants.size() ||
                                               code_.constants[ins.b()] != Constant::Kind::tuple))
                    fail(i, "keyword names are no tuple");
            }
            if ((ins.op() == Opcode::for_iter || ins.op() == Opcode::send) &&
                (i + 2 >= n || code_.code[i + 1].op() != Opcode::jump))
                fail(i, "no jump follows");
            if (ins.op() == Opcode::send && (i + 4 >= n || code_.code[i + 2].op() != Opcode::yield_value ||
                                             code_.code[i + 4].op() != Opcode::jump_back))
                fail(i, "not in the loop of a delegation");
            if (ins.op() != Opcode::make_function && ins.flags() & FUSED) {
                Instruction next = i + 1 < n ? code_.code[i + 1] : Instruction{};
                bool jump = next.op() == Opcode::jump_if_false || next.op() == Opcode::jump_if_true;
                if (!jump || next.a() != ins.a() || !(next.flags() & LAST_A))
                    fail(i, "fused without its jump");
            }
            if (ins.op() == Opcode::make_function && (ins.b() >= code_.constants.size() || code_.constants[ins.b()] != Constant::Kind::code))
                fail(i, "not a code constant");
        }
    }

    // ---- temporaries along all paths
    using State = std::vector<Temp>;

    bool is_temp(unsigned r) const { return r >= locals_; }
    void need(State& s, std::size_t at, unsigned r, bool consume) {
        reg(at, r);
        if (!error_.empty() || !is_temp(r)) return;
        Temp& t = s[r - locals_];
        if (!is_full(t))
            fail(at, "reads temporary r" + std::to_string(r - locals_) + " that may be empty");
        if (consume) t = Temp::empty;
    }
    void take(State& s, std::size_t at, unsigned first, unsigned count) {
        for (unsigned k = 0; k < count; ++k) {
            reg(at, first + k);
            if (error_.empty() && !is_temp(first + k)) fail(at, "consumes a local");
            need(s, at, first + k, true);
        }
    }
    void put(State& s, std::size_t at, unsigned r, Temp kind = Temp::value) {
        reg(at, r);
        if (error_.empty() && is_temp(r)) s[r - locals_] = kind;
    }
    // A write that takes the register for dead.
    void put_dead(State& s, std::size_t at, unsigned r) {
        reg(at, r);
        if (!error_.empty()) return;
        if (!is_temp(r)) return fail(at, "uses a local as part of a block");
        if (s[r - locals_] != Temp::empty)
            fail(at, "overwrites temporary r" + std::to_string(r - locals_) + " that may hold something");
        s[r - locals_] = Temp::value;
    }

    void meet(State const& s, std::size_t to) {
        State& entry = entry_[to];
        bool changed = false;
        if (entry.empty()) {
            entry = s;
            if (entry.empty()) entry.push_back(Temp::empty);
            changed = true;
        } else {
            for (std::size_t k = 0; k < s.size(); ++k) {
                Temp both = common(entry[k], s[k]);
                changed |= both != entry[k];
                entry[k] = both;
            }
        }
        if (changed && !queued_[to]) {
            queued_[to] = true;
            work_.push_back(to);
        }
    }

    ExceptionEntry const* guard(std::size_t i) const {
        for (ExceptionEntry const& e : code_.exceptions)
            if (e.start <= i && i < e.end) return &e;
        return nullptr;
    }

    void paths() {
        std::size_t n = code_.code.size();
        std::vector<bool> joins(n + 2, every_);
        for (std::size_t i = 0; i < n; ++i) {
            Instruction ins = code_.code[i];
            if (op_info[int(ins.op())].b == OperandKind::J)
                joins[i + 1 + std::size_t(std::int64_t(ins.jump()))] = true;
        }
        for (ExceptionEntry const& e : code_.exceptions) joins[e.handler] = true;
        std::size_t meetings = std::size_t(std::count(joins.begin(), joins.end(), true));
        if (meetings * (code_.registers - locals_ + 1) > kMostStates) return fail(0, "too many registers and jumps");
        entry_.resize(n);
        queued_.assign(n, false);
        State start(code_.registers - locals_ + 1, Temp::empty);
        meet(start, 0);
        while (!work_.empty() && error_.empty()) {
            std::size_t i = work_.back();
            work_.pop_back();
            queued_[i] = false;
            State s = entry_[i];
            while (error_.empty()) {
                bool ends = step(s, i);
                if (ends) break;
                ++i;
                if (i >= n) {
                    fail(i - 1, "runs off the end");
                    break;
                }
                if (joins[i]) {
                    meet(s, i);
                    break;
                }
            }
        }
    }

    // Returns whether the straight line ends here.
    bool step(State& s, std::size_t i) {
        Instruction ins = code_.code[i];
        OpInfo const& info = op_info[int(ins.op())];
        unsigned a = ins.a(), b = ins.b(), c = ins.c();
        bool raises =
            info.effect == Effect::raises || info.effect == Effect::runs || ins.op() == Opcode::yield_value;
        if (ExceptionEntry const* g = raises ? guard(i) : nullptr) {
            State at_handler = s;
            for (unsigned r = g->first_temp; r < code_.registers; ++r) at_handler[r - locals_] = Temp::empty;
            // What a dead-write would spoil counts as released.
            at_handler[g->exc - locals_] = Temp::exception;
            meet(at_handler, g->handler);
        }
        std::size_t target = info.b == OperandKind::J ? std::size_t(std::int64_t(i) + 1 + ins.jump()) : 0;
        switch (ins.op()) {
        case Opcode::clear:
            reg(i, a);
            if (error_.empty() && is_temp(a)) s[a - locals_] = Temp::empty;
            return false;
        case Opcode::check_local:
        case Opcode::delete_local:
            if (is_temp(a)) fail(i, "not a local");
            return false;
        case Opcode::make_cell:
            if (is_temp(a) || !(code_.local_kinds[a] & (LOCAL_CELL | LOCAL_HIDDEN)))
                fail(i, "not a cell's register");
            return false;
        case Opcode::push_null: put_dead(s, i, a); return false;
        case Opcode::jump: meet(s, target); return true;
        case Opcode::jump_back: meet(s, target); return true;
        case Opcode::jump_if_true:
        case Opcode::jump_if_false:
        case Opcode::jump_if_none:
        case Opcode::jump_if_not_none:
            need(s, i, a, ins.flags() & LAST_A);
            meet(s, target);
            return false;
        case Opcode::for_iter: {
            need(s, i, b, false);
            State next = s;
            put(next, i, a);
            if (error_.empty()) {
                meet(next, i + 2);
                s[b - locals_] = Temp::empty;
            }
            return false;
        }
        case Opcode::send: {
            need(s, i, b, false);
            need(s, i, c, true);
            put(s, i, a);
            if (error_.empty()) {
                meet(s, i + 2);
                s[b - locals_] = Temp::empty;
            }
            return false;
        }
        case Opcode::call:
            take(s, i, a, 1);
            take(s, i, a + kCallHeader, b + 1);
            reg(i, a, kCallHeader + 1 + b);
            return false;
        case Opcode::call_ex:
            take(s, i, a, 1);
            take(s, i, a + kCallHeader, b ? 3 : 2);
            return false;
        case Opcode::load_method:
        case Opcode::load_special:
            need(s, i, b, ins.flags() & LAST_B);
            put_dead(s, i, a);
            put_dead(s, i, a + kCallHeader);
            return false;
        case Opcode::load_super_method:
            take(s, i, b, 3);
            put_dead(s, i, a);
            put_dead(s, i, a + kCallHeader);
            return false;
        case Opcode::unpack:
        case Opcode::unpack_ex: {
            need(s, i, b, ins.flags() & LAST_B);
            unsigned count = ins.op() == Opcode::unpack ? c : (c & 255) + 1 + (c >> 8);
            for (unsigned k = 0; k < count; ++k) put_dead(s, i, a + k);
            return false;
        }
        case Opcode::exc_group_match:
            need(s, i, b, ins.flags() & LAST_B);
            need(s, i, c, ins.flags() & LAST_C);
            put_dead(s, i, a);
            put_dead(s, i, a + 1);
            return false;
        case Opcode::with_exit:
            need(s, i, b, false);
            need(s, i, b + 1, false);
            need(s, i, c, ins.flags() & LAST_C);
            put(s, i, a);
            return false;
        default: break;
        }
        // Everything else reads its S, T and B operands and then writes D.
        OperandKind kinds[3] = {info.a, info.b, info.c};
        unsigned values[3] = {a, b, c};
        std::uint8_t last[3] = {LAST_A, LAST_B, LAST_C};
        bool function = ins.op() == Opcode::make_function;
        for (int k = 0; k < 3; ++k) {
            if (kinds[k] == OperandKind::S || kinds[k] == OperandKind::T)
                need(s, i, values[k], !function && kinds[k] == OperandKind::S && ins.flags() & last[k]);
            if (kinds[k] == OperandKind::B) take(s, i, values[k], block_size(ins));
        }
        if (function) take(s, i, c, unsigned(__builtin_popcount(ins.flags())));
        bool iterator = ins.op() == Opcode::get_iter || ins.op() == Opcode::get_aiter;
        if (info.a == OperandKind::D) put(s, i, a, iterator ? Temp::iterator : ins.op() == Opcode::push_exc ? Temp::handled : Temp::value);
        switch (ins.op()) {
        case Opcode::return_value:
        case Opcode::raise_:
        case Opcode::reraise: return true;
        default: return false;
        }
    }

    static unsigned block_size(Instruction ins) {
        switch (ins.op()) {
        case Opcode::build_dict: return 2 * ins.c();
        case Opcode::build_tuple:
        case Opcode::build_list:
        case Opcode::build_set:
        case Opcode::build_string:
        case Opcode::build_slice: return ins.c();
        case Opcode::load_slice:
        case Opcode::store_slice:
        case Opcode::import_name:
        case Opcode::intrinsic2:
        case Opcode::build_template: return 2;
        case Opcode::load_super_attr:
        case Opcode::build_interpolation:
        case Opcode::match_class: return 3;
        case Opcode::raise_: return ins.b();
        default: return 1;
        }
    }

    CodeView const& code_;
    unsigned locals_;
    std::string error_;
    bool every_ = false;
    std::vector<State> entry_;
    std::vector<bool> queued_;
    std::vector<std::size_t> work_;
};

}  // namespace

std::vector<std::vector<Temp>> temporaries(CodeView const& code) { return Verifier(code).states(); }

std::string verify(CodeView const& code) { return Verifier(code).run(); }

std::string verify(CodeUnit const& code) {
    if (code.positions.size() != code.code.size()) return "positions do not match the code";
    if (code.local_kinds.size() != code.local_names.size()) return "wrong count of locals";
    if (code.positional_only > code.positional) return "bad parameter counts";
    std::vector<Constant::Kind> kinds;
    for (Constant const& c : code.constants) kinds.push_back(c.kind);
    std::string error = verify(CodeView{code.code, code.exceptions, code.sites, code.local_kinds, kinds, code.registers, code.qualname});
    if (!error.empty()) return error;
    for (Constant const& c : code.constants)
        if (c.kind == Constant::Kind::code) {
            error = verify(*c.code);
            if (!error.empty()) return error;
        }
    return {};
}

}  // namespace oro
