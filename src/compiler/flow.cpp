#include "compiler/flow.h"

#include <algorithm>

namespace oro::compiler {

namespace {

bool ends_path(Opcode op) {
    switch (op) {
    case Opcode::jump:
    case Opcode::jump_back:
    case Opcode::return_value:
    case Opcode::raise_:
    case Opcode::reraise: return true;
    default: return false;
    }
}

bool skips_one(Opcode op) { return op == Opcode::for_iter || op == Opcode::send; }

bool may_raise(Opcode op) {
    Effect e = op_info[int(op)].effect;
    return e == Effect::raises || e == Effect::runs || op == Opcode::yield_value;
}

bool is_register(OperandKind kind, std::uint32_t value) {
    switch (kind) {
    case OperandKind::D:
    case OperandKind::S:
    case OperandKind::T:
    case OperandKind::B: return true;
    case OperandKind::U: return value >= kTempBase;  // the start of a block of registers
    default: return false;
    }
}

class Assembler {
public:
    Assembler(Emitter& in, CodeUnit& code) : in_(in), code_(code), ins_(in.code) {}

    char const* run() {
        insert_kept_constants();
        thread_jumps();
        copy_exits();
        find_reachable();
        remove_checks();
        remove_idle_jumps();
        spread_positions();
        if (char const* message = number_tables()) return message;
        return lay_out();
    }

private:
    std::size_t target(Label label) const { return std::size_t(in_.labels[label]); }

    void insert_kept_constants() {
        std::size_t count = in_.kept_constants.size();
        if (!count) return;
        std::size_t at = in_.prologue_end;
        std::vector<Ins> loads;
        for (std::size_t i = 0; i < count; ++i) {
            Ins load{};
            load.op = Opcode::load_const;
            load.a = kConstBase + std::uint32_t(i);
            load.b = in_.kept_constants[i];
            Constant const& c = in_.constants[load.b];
            if (c.kind == Constant::Kind::integer && c.integer == std::int32_t(c.integer)) {
                load.op = Opcode::load_int;
                load.b = std::uint32_t(std::int32_t(c.integer));
            }
            loads.push_back(load);
        }
        ins_.insert(ins_.begin() + std::ptrdiff_t(at), loads.begin(), loads.end());
        for (int& label : in_.labels)
            if (label >= int(at)) label += int(count);
    }

    // A jump to a jump goes where that one goes, unless a line would be passed over that traces have to show.
    void thread_jumps() {
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            Ins& ins = ins_[i];
            if (ins.label == kNoLabel || ins.op == Opcode::jump_back) continue;
            for (int steps = 0; steps < 64; ++steps) {
                std::size_t t = target(ins.label);
                if (t >= ins_.size() || ins_[t].op != Opcode::jump || ins_[t].label == ins.label) break;
                if (ins_[t].pos.line != 0 && ins_[t].pos.line != ins.pos.line) break;
                ins.label = ins_[t].label;
            }
        }
    }

    // The implicit `return None` and the back edge of a loop have no position of their own: each way there gets a copy, with the position
    // it comes from. That saves a jump, too.
    void copy_exits() {
        // How many instructions make the exit at i; 0 if there is none.
        auto exit_size = [&](std::size_t i) -> std::size_t {
            if (i >= ins_.size() || ins_[i].pos.line != 0) return 0;
            if (ins_[i].op == Opcode::jump_back) return i >= 4 && ins_[i - 4].op == Opcode::send ? 0 : 1;
            constexpr std::size_t kLongest = 8;
            for (std::size_t n = 0; n < kLongest && i + n < ins_.size(); ++n) {
                Ins const& ins = ins_[i + n];
                if (ins.pos.line != 0 || ins.label != kNoLabel) return 0;
                if (ins.op == Opcode::return_value) return n + 1;
                if (ends_path(ins.op)) return 0;
            }
            return 0;
        };
        bool any = false;
        for (std::size_t i = 0; i < ins_.size() && !any; ++i)
            any = ins_[i].label != kNoLabel && exit_size(target(ins_[i].label));
        if (!any) return;
        std::vector<Ins> fresh, tail;
        std::vector<int> place(ins_.size() + 1);
        std::vector<std::pair<Label, std::size_t>> tail_labels;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            place[i] = int(fresh.size());
            Ins ins = ins_[i];
            if (ins.label != kNoLabel && ins.op != Opcode::jump_back) {
                std::size_t exit = target(ins.label), size = exit_size(exit);
                if (size && ins.op == Opcode::jump && !(i && skips_one(ins_[i - 1].op))) {
                    for (std::size_t k = exit; k < exit + size; ++k) {
                        Ins copy = ins_[k];
                        copy.pos = ins.pos;
                        fresh.push_back(copy);
                    }
                    continue;
                }
                if (size) {
                    Label label = in_.new_label();
                    tail_labels.push_back({label, tail.size()});
                    for (std::size_t k = exit; k < exit + size; ++k) {
                        Ins copy = ins_[k];
                        copy.pos = ins.pos;
                        tail.push_back(copy);
                    }
                    ins.label = label;
                }
            }
            fresh.push_back(ins);
        }
        place[ins_.size()] = int(fresh.size());
        for (int& label : in_.labels)
            if (label >= 0) label = place[std::size_t(label)];
        for (auto [label, at] : tail_labels) in_.labels[label] = int(fresh.size() + at);
        fresh.insert(fresh.end(), tail.begin(), tail.end());
        ins_ = std::move(fresh);
    }

    // What has no position takes over that of the instruction before, where control comes from there only.
    void spread_positions() {
        std::vector<std::uint8_t> ways(ins_.size() + 1, 0);
        std::vector<std::size_t> source(ins_.size() + 1, 0);
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (!kept_[i]) continue;
            if (ins_[i].label != kNoLabel) {
                std::size_t t = target(ins_[i].label);
                if (ways[t] < 2) ++ways[t];
                source[t] = i;
            }
            if (ins_[i].handler >= 0) ways[target(in_.handlers[ins_[i].handler].label)] = 2;
        }
        Position before;
        bool falls = false;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (kept_[i] && ins_[i].a >= kConstBase && (ins_[i].op == Opcode::load_const || ins_[i].op == Opcode::load_int)) continue;
            int entries = ways[i] + (falls ? 1 : 0);
            if (!kept_[i]) {
                // A label on something dropped is a label on what follows.
                if (ways[i]) {
                    ways[i + 1] = std::uint8_t(std::min(2, ways[i] + ways[i + 1]));
                    source[i + 1] = source[i];
                }
                continue;
            }
            if (ins_[i].pos.line == 0 && entries == 1) ins_[i].pos = falls ? before : ins_[source[i]].pos;
            before = ins_[i].pos;
            falls = !ends_path(ins_[i].op);
        }
    }

    template <class F>
    void successors(std::size_t i, F&& f) {
        Ins const& ins = ins_[i];
        if (ins.label != kNoLabel) f(target(ins.label));
        if (ends_path(ins.op)) return;
        if (i + 1 < ins_.size()) f(i + 1);
        if (skips_one(ins.op) && i + 2 < ins_.size()) f(i + 2);
    }

    void find_reachable() {
        kept_.assign(ins_.size(), false);
        std::vector<std::size_t> work{0};
        auto reach = [&](std::size_t i) {
            if (i < ins_.size() && !kept_[i]) {
                kept_[i] = true;
                work.push_back(i);
            }
        };
        kept_[0] = true;
        while (!work.empty()) {
            std::size_t i = work.back();
            work.pop_back();
            successors(i, reach);
            if (ins_[i].handler >= 0 && may_raise(ins_[i].op))
                reach(target(in_.handlers[ins_[i].handler].label));
        }
    }

    // ---- definite assignment: drops the checks of locals that are bound on every path
    using Bits = std::vector<std::uint64_t>;

    void remove_checks() {
        std::size_t locals = code_.local_names.size();
        bool any = false;
        for (std::size_t i = 0; i < ins_.size(); ++i) any |= kept_[i] && ins_[i].op == Opcode::check_local;
        if (!any) return;
        std::size_t words = (locals + 63) / 64;

        std::vector<bool> leader(ins_.size() + 1, false);
        leader[0] = true;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (!kept_[i]) continue;
            if (ins_[i].label != kNoLabel || skips_one(ins_[i].op)) {
                successors(i, [&](std::size_t s) { leader[s] = true; });
                leader[i + 1] = true;
            }
            if (ins_[i].handler >= 0) leader[target(in_.handlers[ins_[i].handler].label)] = true;
        }
        std::vector<int> block_of(ins_.size(), -1);
        std::vector<std::size_t> start;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (leader[i]) start.push_back(i);
            block_of[i] = int(start.size()) - 1;
        }
        std::vector<Bits> entry(start.size());  // empty: not reached yet
        entry[0].assign(words, 0);
        for (std::size_t r = 0; r < locals; ++r)
            if (code_.local_kinds[r] & LOCAL_ARGUMENT) entry[0][r / 64] |= std::uint64_t(1) << (r % 64);

        std::vector<int> work{0};
        std::vector<bool> queued(start.size(), false);
        queued[0] = true;
        auto meet = [&](std::size_t to, Bits const& state) {
            int b = block_of[to];
            bool changed = false;
            if (entry[b].empty()) {
                entry[b] = state;
                changed = true;
            } else {
                for (std::size_t w = 0; w < words; ++w) {
                    std::uint64_t both = entry[b][w] & state[w];
                    changed |= both != entry[b][w];
                    entry[b][w] = both;
                }
            }
            if (changed && !queued[b]) {
                queued[b] = true;
                work.push_back(b);
            }
        };
        while (!work.empty()) {
            int b = work.back();
            work.pop_back();
            queued[b] = false;
            walk_block(
                start, b, entry[b], [&](std::size_t to, Bits const& state) { meet(to, state); }, false);
        }
        for (std::size_t b = 0; b < start.size(); ++b)
            if (!entry[b].empty()) walk_block(start, int(b), entry[b], [](std::size_t, Bits const&) {}, true);
    }

    template <class Meet>
    void walk_block(std::vector<std::size_t> const& start, int b, Bits state, Meet&& meet, bool final) {
        std::size_t end = std::size_t(b) + 1 < start.size() ? start[b + 1] : ins_.size();
        std::size_t locals = code_.local_names.size();
        int met_handler = kNoHandler;
        auto has = [&](Reg r) { return state[r / 64] >> (r % 64) & 1; };
        auto set = [&](Reg r) { state[r / 64] |= std::uint64_t(1) << (r % 64); };
        for (std::size_t i = start[b]; i < end; ++i) {
            if (!kept_[i]) continue;
            Ins const& ins = ins_[i];
            if (ins.handler >= 0 && ins.handler != met_handler && may_raise(ins.op)) {
                meet(target(in_.handlers[ins.handler].label), state);
                met_handler = ins.handler;
            }
            bool local = ins.a < locals;
            switch (ins.op) {
            case Opcode::check_local:
                // Its line may still be one that nothing else shows.
                if (final && has(ins.a)) ins_[i].op = Opcode::nop;
                else set(ins.a);
                break;
            case Opcode::clear:
            case Opcode::delete_local:
                if (local) {
                    state[ins.a / 64] &= ~(std::uint64_t(1) << (ins.a % 64));
                    met_handler = kNoHandler;  // what follows may reach the handler with less
                }
                break;
            case Opcode::for_iter:
            case Opcode::send:
                meet(i + 1, state);
                if (local) set(ins.a);
                if (i + 2 < ins_.size()) meet(i + 2, state);
                break;
            default:
                if (local && op_info[int(ins.op)].a == OperandKind::D) set(ins.a);
            }
            if (skips_one(ins.op)) continue;
            if (ins.label != kNoLabel) meet(target(ins.label), state);
            if (i + 1 == end && !ends_path(ins.op) && end < ins_.size()) meet(end, state);
        }
        // A block whose last instruction is not kept falls through as well.
        if (end < ins_.size() && end > start[b] && !kept_[end - 1] && !final) {
            std::size_t last = end;
            while (last > start[b] && !kept_[last - 1]) --last;
            if (last > start[b] && !ends_path(ins_[last - 1].op) && !skips_one(ins_[last - 1].op))
                meet(end, state);
        }
    }

    // A jump to what comes next anyway goes; not the one after for_iter or send, which is skipped over. What has a line of its own, which
    // nothing beside it shows, stays as a nop, so that traces see the line.
    void remove_idle_jumps() {
        std::vector<std::size_t> first_kept(ins_.size() + 1, ins_.size());
        for (std::size_t i = ins_.size(); i-- > 0;) {
            if (kept_[i] && ins_[i].op == Opcode::jump && !(i > 0 && skips_one(ins_[i - 1].op) && kept_[i - 1])) {
                std::size_t t = target(ins_[i].label);
                if (t > i && first_kept[t] == first_kept[i + 1]) {
                    ins_[i].op = Opcode::nop;
                    ins_[i].label = kNoLabel;
                }
            }
            if (kept_[i] && ins_[i].op == Opcode::nop && ins_[i].pos.line == 0) kept_[i] = false;
            first_kept[i] = kept_[i] ? i : first_kept[i + 1];
        }
        std::vector<bool> leader(ins_.size() + 1, false);
        auto lead = [&](std::size_t t) { leader[first_kept[t]] = true; };
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (!kept_[i]) continue;
            if (ins_[i].label != kNoLabel) lead(target(ins_[i].label));
            if (ins_[i].handler >= 0) lead(target(in_.handlers[ins_[i].handler].label));
            if (ins_[i].label != kNoLabel || ends_path(ins_[i].op)) lead(i + 1);
        }
        int before = -1;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (!kept_[i]) continue;
            if (leader[i]) before = -1;
            int line = ins_[i].pos.line;
            if (ins_[i].op == Opcode::nop) {
                std::size_t next = i + 1;
                while (next < ins_.size() && !kept_[next]) ++next;
                bool last = next >= ins_.size();
                if (!last && !leader[next] && ins_[next].pos.line == 0) ins_[next].pos = ins_[i].pos;
                if (line == before || (!last && ins_[next].pos.line == line)) {
                    kept_[i] = false;
                    if (leader[i] && !last) leader[next] = true;
                    continue;
                }
            }
            before = line;
        }
    }

    // ---- constants and sites: those with 16-bit indexes come first if there are many
    char const* number_tables() {
        constexpr std::size_t kLimit = 0xFFFF;
        std::size_t constants = in_.constants.size(), sites = in_.sites.size();
        constant_map_.resize(constants);
        site_map_.resize(sites);
        for (std::size_t i = 0; i < constants; ++i) constant_map_[i] = std::uint32_t(i);
        for (std::size_t i = 0; i < sites; ++i) site_map_[i] = std::uint32_t(i);
        auto order = [&](std::vector<std::uint32_t>& map, std::vector<bool> const& narrow,
                         std::size_t fixed) {
            std::uint32_t next = std::uint32_t(fixed);
            for (std::size_t i = fixed; i < map.size(); ++i)
                if (narrow[i]) map[i] = next++;
            bool fits = next < kLimit;
            for (std::size_t i = fixed; i < map.size(); ++i)
                if (!narrow[i]) map[i] = next++;
            return fits;
        };
        if (constants >= kLimit) {
            std::vector<bool> narrow(constants, false);
            for (Ins const& ins : ins_) {
                if (ins.op == Opcode::make_function) narrow[ins.b] = true;
                if (ins.op == Opcode::call_ext && ins.b != kNoName) narrow[ins.b] = true;
            }
            if (!order(constant_map_, narrow, 1))
                return "too many functions or keyword calls in one code block";
        }
        if (sites >= kLimit) {
            std::vector<bool> narrow(sites, false);
            for (Ins const& ins : ins_)
                if (op_info[int(ins.op)].c == OperandKind::X) narrow[ins.c] = true;
            if (!order(site_map_, narrow, 0)) return "too many attribute names in one code block";
        }
        code_.constants.resize(constants);
        for (std::size_t i = 0; i < constants; ++i)
            code_.constants[constant_map_[i]] = std::move(in_.constants[i]);
        code_.sites.resize(sites);
        for (std::size_t i = 0; i < sites; ++i) {
            Site site = in_.sites[i];
            if (site.name != kNoName) site.name = constant_map_[site.name];
            code_.sites[site_map_[i]] = site;
        }
        return nullptr;
    }

    std::uint32_t number(Reg r) const {
        std::uint32_t locals = std::uint32_t(code_.local_names.size());
        if (r >= kConstBase) return locals + (r - kConstBase);
        if (r >= kTempBase) return locals + std::uint32_t(in_.kept_constants.size()) + (r - kTempBase);
        return r;
    }

    std::uint32_t operand(OperandKind kind, std::uint32_t value) const {
        if (is_register(kind, value)) return number(value);
        if (kind == OperandKind::X) return site_map_[value];
        return value;
    }

    char const* lay_out() {
        std::size_t registers = code_.local_names.size() + in_.kept_constants.size() + in_.max_top;
        if (registers > 0xFFFF) return "too many local variables and nested values in one code block";
        code_.registers = std::uint32_t(registers);

        std::vector<std::uint32_t> place(ins_.size() + 1);
        std::uint32_t size = 0;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            place[i] = size;
            if (kept_[i]) ++size;
        }
        place[ins_.size()] = size;

        code_.code.reserve(size);
        code_.positions.reserve(size);
        int open = kNoHandler;
        for (std::size_t i = 0; i < ins_.size(); ++i) {
            if (!kept_[i]) continue;
            Ins const& ins = ins_[i];
            std::uint32_t here = std::uint32_t(code_.code.size());
            if (ins.handler != open) {
                if (open >= 0) code_.exceptions.back().end = here;
                open = ins.handler;
                if (open >= 0) {
                    Handler const& h = in_.handlers[open];
                    if (kept_[target(h.label)]) {
                        auto exc = std::uint16_t(number(h.exc));
                        code_.exceptions.push_back({here, here, place[target(h.label)], exc, exc});
                    } else {
                        open = kNoHandler;  // nothing in the range can raise
                    }
                }
            }
            code_.code.push_back(encode(ins, here, place));
            code_.positions.push_back(ins.pos);
        }
        if (open >= 0) code_.exceptions.back().end = std::uint32_t(code_.code.size());
        return nullptr;
    }

    Instruction encode(Ins const& ins, std::uint32_t here, std::vector<std::uint32_t> const& place) const {
        OpInfo const& info = op_info[int(ins.op)];
        std::uint32_t a = operand(info.a, ins.a);
        switch (info.b) {
        case OperandKind::J: {
            std::int64_t distance = std::int64_t(place[target(ins.label)]) - (std::int64_t(here) + 1);
            return Instruction::wide(ins.op, ins.flags, a, std::uint32_t(std::int32_t(distance)));
        }
        case OperandKind::I32: return Instruction::wide(ins.op, ins.flags, a, ins.b);
        case OperandKind::W: {
            bool is_const = ins.op == Opcode::load_const;
            return Instruction::wide(ins.op, ins.flags, a,
                                     is_const ? constant_map_[ins.b] : site_map_[ins.b]);
        }
        default: break;
        }
        std::uint32_t b = ins.b;
        if (ins.op == Opcode::call_ext)
            b = b == kNoName ? kNoKeywords : constant_map_[b];
        else if (info.b == OperandKind::K)
            b = constant_map_[b];
        else
            b = operand(info.b, b);
        return Instruction::abc(ins.op, ins.flags, a, b, operand(info.c, ins.c));
    }

    Emitter& in_;
    CodeUnit& code_;
    std::vector<Ins>& ins_;
    std::vector<bool> kept_;
    std::vector<std::uint32_t> constant_map_, site_map_;
};

}  // namespace

char const* assemble(Emitter& in, CodeUnit& code) { return Assembler(in, code).run(); }

}  // namespace oro::compiler
