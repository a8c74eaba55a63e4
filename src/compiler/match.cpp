// match statements.
//
// Parts of the subject stand in temporaries of their own, which are not given back before the case ends. A
// failing pattern jumps to a place that clears all that may hold something. Captured names are bound only
// after the whole pattern has matched: until then each has a temporary.
#include "compiler/codegen.h"

namespace oro::compiler {

struct Generator::Matching {
    struct Capture {
        Identifier name;
        Reg reg;
    };
    std::vector<Capture> captures;
    std::vector<Reg> live;  // temporaries that may hold a value when the pattern fails
    Label fail = kNoLabel;
    bool allow_irrefutable = false;
    // Inside the second and later alternatives of an or-pattern: where the first one has put the names.
    std::vector<Capture> const* expected = nullptr;
    std::size_t expected_from = 0;  // captures before this index belong to the pattern around
    bool may_adopt = true;          // a capture may keep the temporary that its value is in
    Node* alternatives = nullptr;   // for the error
};

static bool is_wildcard(syntax::Pattern* p) {
    auto* a = as<syntax::MatchAs>(p);
    return a && !a->name;
}
static bool is_wildcard_star(syntax::Pattern* p) {
    auto* a = as<syntax::MatchStar>(p);
    return a && !a->name;
}

void Generator::match_stmt(syntax::Match* s) {
    Label end = out->new_label();
    push_value(s->subject);
    Reg subject = kTempBase + out->top - 1;
    std::size_t n = s->cases.size();
    for (std::size_t i = 0; i < n && !failed(); ++i) {
        syntax::MatchCase* c = s->cases[i];
        unsigned top = out->top;
        bool last = i + 1 == n;
        Matching m;
        m.fail = out->new_label();
        m.allow_irrefutable = c->guard || last;
        // Nothing is compared, and yet tracing sees the line.
        if (last && is_wildcard(c->pattern) && !c->guard) out->emit(at(c->pattern), Opcode::nop);
        pattern(c->pattern, subject, false, m);
        for (auto const& capture : m.captures) store_name(capture.name, at(c->pattern), {capture.reg, true});
        Label guard_failed = m.fail;
        if (c->guard) {
            // The captures are bound already; nothing is left to clear.
            guard_failed = out->new_label();
            jump_if(c->guard, guard_failed, false);
        }
        out->emit(nowhere(), Opcode::clear, subject);
        unsigned inner_top = out->top;
        out->top = top - 1;
        suite(c->body);
        out->top = inner_top;
        out->jump(nowhere(), Opcode::jump, end);
        out->bind(m.fail);
        for (Reg reg : m.live) out->emit(nowhere(), Opcode::clear, reg);
        if (c->guard) out->bind(guard_failed);
        out->top = top;
    }
    out->emit(nowhere(), Opcode::clear, subject);
    out->bind(end);
    out->pop();
}

void Generator::capture(Identifier name, Node* node, Reg subject, bool owned, Matching& m) {
    Identifier n = id(name);
    for (auto const& c : m.captures)
        if (c.name == n)
            return fail("multiple assignments to name '" + std::string(n.text()) + "' in pattern", node);
    Position pos = at(node);
    Reg reg = kAnyReg;
    if (m.expected) {
        for (auto const& c : *m.expected)
            if (c.name == n) reg = c.reg;
        if (reg == kAnyReg) return fail("alternative patterns bind different names", m.alternatives);
    } else if (owned) {
        reg = subject;
    } else {
        reg = out->push();
        m.live.push_back(reg);
    }
    if (reg != subject) out->emit_b(pos, Opcode::move, reg, {subject, owned});
    m.captures.push_back({n, reg});
}

// Tests `subject` and jumps to m.fail if it does not match. If it is owned, it is consumed on success.
void Generator::pattern(syntax::Pattern* p, Reg subject, bool owned, Matching& m) {
    if (failed() || too_deep(p)) return;
    Position pos = at(p);
    switch (p->kind) {
    case Kind::MatchValue: {
        Expr* value = cast<syntax::MatchValue>(p)->value;
        if (!is<syntax::Attribute>(value) && !constant_of(value))
            return fail("patterns may only match literals and attribute lookups", p);
        Val v = operand(value);
        Reg flag = out->push();
        out->pop();
        out->pop(v);
        out->emit_bc(pos, Opcode::eq, flag, {subject, owned}, v).flags |= FUSED;
        out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
        return;
    }
    case Kind::MatchSingleton: {
        Constant c = to_constant(cast<syntax::MatchSingleton>(p)->value);
        if (c.kind == Constant::Kind::none) {
            out->jump_on(pos, Opcode::jump_if_not_none, {subject, false}, m.fail);
            if (owned) out->emit(pos, Opcode::clear, subject);
            return;
        }
        Val v = const_operand(c, pos);
        Reg flag = out->push();
        out->pop();
        out->pop(v);
        out->emit_bc(pos, Opcode::is_, flag, {subject, owned}, v).flags |= FUSED;
        out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
        return;
    }
    case Kind::MatchSequence: return sequence_pattern(cast<syntax::MatchSequence>(p), subject, owned, m);
    case Kind::MatchMapping: return mapping_pattern(cast<syntax::MatchMapping>(p), subject, owned, m);
    case Kind::MatchClass: return class_pattern(cast<syntax::MatchClass>(p), subject, owned, m);
    case Kind::MatchOr: return or_pattern(cast<syntax::MatchOr>(p), subject, owned, m);
    case Kind::MatchStar: {
        auto* star = cast<syntax::MatchStar>(p);
        if (star->name)
            capture(star->name, p, subject, owned, m);
        else if (owned)
            out->emit(pos, Opcode::clear, subject);
        return;
    }
    case Kind::MatchAs: {
        auto* a = cast<syntax::MatchAs>(p);
        if (!a->pattern) {
            if (!m.allow_irrefutable) {
                if (a->name)
                    return fail("name capture '" + std::string(a->name.text()) +
                                    "' makes remaining patterns unreachable",
                                p);
                return fail("wildcard makes remaining patterns unreachable", p);
            }
            if (a->name)
                capture(a->name, p, subject, owned, m);
            else if (owned)
                out->emit(pos, Opcode::clear, subject);
            return;
        }
        pattern(a->pattern, subject, false, m);
        capture(a->name, p, subject, owned, m);
        return;
    }
    default: fail("compiler: unexpected pattern", p);
    }
}

void Generator::sequence_pattern(syntax::MatchSequence* p, Reg subject, bool owned, Matching& m) {
    Position pos = at(p);
    std::size_t size = p->patterns.size(), star = size;
    bool only_wildcards = true, star_is_wildcard = false;
    for (std::size_t i = 0; i < size; ++i) {
        syntax::Pattern* item = p->patterns[i];
        if (is<syntax::MatchStar>(item)) {
            if (star != size) return fail("multiple starred names in sequence pattern", p);
            star = i;
            star_is_wildcard = is_wildcard_star(item);
            only_wildcards &= star_is_wildcard;
        } else {
            only_wildcards &= is_wildcard(item);
        }
    }
    bool starred = star != size;
    Reg flag = out->push();
    out->emit(pos, Opcode::match_sequence, flag, subject);
    out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
    std::size_t least = starred ? size - 1 : size;
    if (!starred || least > 0) {
        out->emit(pos, Opcode::get_len, flag, subject);
        Val wanted = const_operand(int_constant(std::int64_t(least)), pos);
        out->pop(wanted);
        out->emit_bc(pos, starred ? Opcode::ge : Opcode::eq, flag, {flag, true}, wanted).flags |= FUSED;
        out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
    }
    out->pop();
    bool outer_irrefutable = m.allow_irrefutable;
    m.allow_irrefutable = true;
    if (only_wildcards) {
        if (owned) out->emit(pos, Opcode::clear, subject);
    } else if (star_is_wildcard) {
        // The middle is never looked at: the items before and after are fetched by their index.
        for (std::size_t i = 0; i < size && !failed(); ++i) {
            syntax::Pattern* item = p->patterns[i];
            if (i == star || is_wildcard(item)) continue;
            Reg part = out->push();
            if (i < star) {
                Val index = const_operand(int_constant(std::int64_t(i)), pos);
                out->pop(index);
                out->emit_bc(pos, Opcode::load_item, part, {subject, false}, index);
            } else {
                out->emit(pos, Opcode::get_len, part, subject);
                out->emit(pos, Opcode::sub_imm, part, part, unsigned(size - i), LAST_B);
                out->emit_bc(pos, Opcode::load_item, part, {subject, false}, {part, true});
            }
            m.live.push_back(part);
            pattern(item, part, true, m);
        }
        if (owned) out->emit(pos, Opcode::clear, subject);
    } else {
        if (starred && (star > 255 || size - star - 1 > 255))
            return fail("too many expressions in star-unpacking sequence pattern", p);
        Reg first = out->push(unsigned(size));
        for (std::size_t i = 0; i < size; ++i) m.live.push_back(first + Reg(i));
        if (starred)
            out->emit_b(pos, Opcode::unpack_ex, first, {subject, owned},
                        unsigned(star | (size - star - 1) << 8));
        else
            out->emit_b(pos, Opcode::unpack, first, {subject, owned}, unsigned(size));
        for (std::size_t i = 0; i < size && !failed(); ++i) pattern(p->patterns[i], first + Reg(i), true, m);
    }
    m.allow_irrefutable = outer_irrefutable;
}

void Generator::mapping_pattern(syntax::MatchMapping* p, Reg subject, bool owned, Matching& m) {
    Position pos = at(p);
    std::size_t size = p->keys.size();
    Reg flag = out->push();
    out->emit(pos, Opcode::match_mapping, flag, subject);
    out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
    if (size) {
        out->emit(pos, Opcode::get_len, flag, subject);
        Val wanted = const_operand(int_constant(std::int64_t(size)), pos);
        out->pop(wanted);
        out->emit_bc(pos, Opcode::ge, flag, {flag, true}, wanted).flags |= FUSED;
        out->jump_on(pos, Opcode::jump_if_false, {flag, true}, m.fail);
    }
    out->pop();
    if (!size && !p->rest) {
        if (owned) out->emit(pos, Opcode::clear, subject);
        return;
    }
    // The keys, as one tuple.
    std::unordered_set<std::string> seen;
    Reg keys = out->push();
    Reg first = out->next();
    for (Expr* key : p->keys) {
        if (auto c = constant_of(key)) {
            // Numbers of all types are one when they are equal.
            std::string text;
            Constant key_value = *c;
            if (c->kind == Constant::Kind::true_ || c->kind == Constant::Kind::false_)
                key_value = int_constant(c->kind == Constant::Kind::true_);
            bool real =
                c->kind == Constant::Kind::floating || (c->kind == Constant::Kind::complex && c->imag == 0);
            if (real && c->real > -9e18 && c->real < 9e18 && c->real == double(std::int64_t(c->real)))
                key_value = int_constant(std::int64_t(c->real));
            append_key(text, key_value);
            if (!seen.insert(text).second)
                return fail("mapping pattern checks duplicate key (" + repr_of(*c) + ")", p);
        } else if (!is<syntax::Attribute>(key)) {
            return fail("mapping pattern keys may only match literals and attribute lookups", p);
        }
        push_value(key);
    }
    out->pop(unsigned(size));
    out->emit(pos, Opcode::build_tuple, keys, size ? first : keys, unsigned(size));
    m.live.push_back(keys);
    bool outer_irrefutable = m.allow_irrefutable;
    m.allow_irrefutable = true;
    if (size) {
        Reg values = out->push();
        out->emit(pos, Opcode::match_keys, values, subject, keys);
        m.live.push_back(values);
        out->jump_on(pos, Opcode::jump_if_none, {values, false}, m.fail);
        Reg parts = out->push(unsigned(size));
        for (std::size_t i = 0; i < size; ++i) m.live.push_back(parts + Reg(i));
        out->emit(pos, Opcode::unpack, parts, values, unsigned(size), LAST_B);
        for (std::size_t i = 0; i < size && !failed(); ++i) pattern(p->patterns[i], parts + Reg(i), true, m);
    }
    m.allow_irrefutable = outer_irrefutable;
    if (p->rest) {
        Reg rest = out->push();
        m.live.push_back(rest);
        out->emit(pos, Opcode::build_dict, rest, rest, 0);
        out->emit_b(pos, Opcode::dict_update, rest, {subject, owned});
        if (size) {
            Reg parts = out->push(unsigned(size));
            out->emit(pos, Opcode::unpack, parts, keys, unsigned(size), LAST_B);
            for (std::size_t i = 0; i < size; ++i)
                out->emit(pos, Opcode::delete_item, rest, parts + Reg(i), 0, LAST_B);
            out->pop(unsigned(size));
        } else {
            out->emit(pos, Opcode::clear, keys);
        }
        capture(p->rest, p, rest, true, m);
    } else {
        out->emit(pos, Opcode::clear, keys);
        if (owned) out->emit(pos, Opcode::clear, subject);
    }
}

void Generator::class_pattern(syntax::MatchClass* p, Reg subject, bool owned, Matching& m) {
    Position pos = at(p);
    std::size_t positional = p->patterns.size(), named = p->kwd_attrs.size(), total = positional + named;
    if (total > 0xFFFF) return fail("too many sub-patterns in class pattern", p);
    for (std::size_t i = 0; i < named; ++i)
        for (std::size_t j = i + 1; j < named; ++j)
            if (p->kwd_attrs[i] == p->kwd_attrs[j])
                return fail(
                    "attribute name repeated in class pattern: " + std::string(p->kwd_attrs[i].text()),
                    p->kwd_patterns[j]);
    Reg block = out->push();
    // A local of the same register number cannot be the subject: it always stands in a temporary.
    out->emit_b(pos, Opcode::move, block, {subject, owned});
    push_value(p->cls);
    std::vector<Constant> names;
    for (Identifier n : p->kwd_attrs) names.push_back(str_constant(n.text()));
    load_const(tuple_constant(std::move(names)), pos, kAnyReg);
    out->pop(2);
    out->emit(pos, Opcode::match_class, block, block, unsigned(positional));
    m.live.push_back(block);
    out->jump_on(pos, Opcode::jump_if_none, {block, false}, m.fail);
    if (total == 0) {
        out->emit(pos, Opcode::clear, block);
        return;
    }
    Reg first = out->push(unsigned(total));
    for (std::size_t i = 0; i < total; ++i) m.live.push_back(first + Reg(i));
    out->emit(pos, Opcode::unpack, first, block, unsigned(total), LAST_B);
    bool outer_irrefutable = m.allow_irrefutable;
    m.allow_irrefutable = true;
    for (std::size_t i = 0; i < total && !failed(); ++i)
        pattern(i < positional ? p->patterns[i] : p->kwd_patterns[i - positional], first + Reg(i), true, m);
    m.allow_irrefutable = outer_irrefutable;
}

void Generator::or_pattern(syntax::MatchOr* p, Reg subject, bool owned, Matching& m) {
    Label matched = out->new_label();
    std::size_t outer_captures = m.captures.size();
    std::vector<Matching::Capture> first_captures;
    auto const* outer_expected = m.expected;
    Node* outer_alternatives = m.alternatives;
    Label outer_fail = m.fail;
    bool outer_irrefutable = m.allow_irrefutable;
    std::vector<Matching::Capture> before = m.captures;
    for (std::size_t i = 0; i < p->patterns.size() && !failed(); ++i) {
        bool last = i + 1 == p->patterns.size();
        std::size_t live_from = m.live.size();
        m.captures = before;
        m.allow_irrefutable = last && outer_irrefutable;
        m.fail = out->new_label();
        if (i) {
            m.expected = &first_captures;
            m.alternatives = p;
        }
        pattern(p->patterns[i], subject, false, m);
        if (failed()) break;
        if (i == 0) {
            first_captures.assign(m.captures.begin() + std::ptrdiff_t(outer_captures), m.captures.end());
        } else if (m.captures.size() != before.size() + first_captures.size()) {
            fail("alternative patterns bind different names", p);
            break;
        }
        out->jump(at(p->patterns[i]), Opcode::jump, matched);
        out->bind(m.fail);
        for (std::size_t k = live_from; k < m.live.size(); ++k)
            out->emit(nowhere(), Opcode::clear, m.live[k]);
        if (last) out->jump(at(p), Opcode::jump, outer_fail);
    }
    // All alternatives have put the same names into the same registers.
    m.captures = before;
    m.captures.insert(m.captures.end(), first_captures.begin(), first_captures.end());
    m.expected = outer_expected;
    m.alternatives = outer_alternatives;
    m.fail = outer_fail;
    m.allow_irrefutable = outer_irrefutable;
    out->bind(matched);
    if (owned) out->emit(at(p), Opcode::clear, subject);
}

}  // namespace oro::compiler
