#include "bytecode/code_image.h"

#include <bit>
#include <cstring>
#include <span>
#include <unordered_map>

#include "base/hash.h"
#include "base/wtf8.h"
#include "bytecode/verify.h"
#include "code_version.h"

namespace oro {

namespace {

using Kind = Constant::Kind;
constexpr std::size_t kChecked = offsetof(ImageHeader, size);
constexpr int kMaxNesting = 500;            // of units and tuples in each other
constexpr std::uint32_t kMaxRegisters = 0xFFFF;
constexpr std::uint32_t kNoName = 0xFFFFFFFF;

std::uint64_t hash_octets(std::string_view s) {
    return siphash13(std::span(reinterpret_cast<std::uint8_t const*>(s.data()), s.size()), HashKey{0x6F726F, 0x636F6465});
}

// ---- numbers of positions: little-endian groups of seven bits, signed ones folded so that small ones stay small

void put_number(std::string& out, std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) out.push_back(char(n | 0x80));
    out.push_back(char(n));
}
void put_difference(std::string& out, std::int64_t n) { put_number(out, std::uint64_t(n) << 1 ^ std::uint64_t(n >> 63)); }

std::string pack_positions(CodeUnit const& u) {
    std::string out;
    Position before{std::int32_t(u.first_line), 0, 0, 0};
    for (std::size_t i = 0; i < u.positions.size();) {
        Position const& p = u.positions[i];
        std::size_t n = 1;
        while (i + n < u.positions.size() && u.positions[i + n] == p) ++n;
        put_number(out, n);
        put_difference(out, std::int64_t(p.line) - before.line);
        put_difference(out, std::int64_t(p.end_line) - p.line);
        put_difference(out, std::int64_t(p.column) - before.column);
        put_difference(out, std::int64_t(p.end_column) - p.column);
        before = p;
        i += n;
    }
    return out;
}

// Reads runs; after anything that is wrong `ok` is false.
struct PositionReader {
    char const* at;
    char const* end;
    Position p;
    bool ok = true;

    explicit PositionReader(ImageUnit const& u) : at(u.positions().data()), end(at + u.position_size), p{std::int32_t(u.first_line), 0, 0, 0} {}
    bool more() const { return ok && at != end; }
    std::uint64_t number() {
        std::uint64_t n = 0;
        for (int shift = 0; shift < 64 && at != end; shift += 7) {
            auto b = std::uint8_t(*at++);
            n |= std::uint64_t(b & 0x7F) << shift;
            if (b < 0x80) return n;
        }
        ok = false;
        return 0;
    }
    std::int32_t from(std::int64_t base) {
        std::uint64_t n = number();
        auto difference = std::int64_t(n >> 1 ^ (0 - (n & 1)));
        std::int64_t sum;
        if (__builtin_add_overflow(base, difference, &sum) || sum != std::int32_t(sum)) ok = false;
        return std::int32_t(sum);
    }
    std::uint64_t run() {
        std::uint64_t n = number();
        std::int32_t column = p.column;
        p.line = from(p.line);
        p.end_line = from(p.line);
        p.column = from(column);
        p.end_column = from(p.column);
        return n;
    }
};

// ---- writing

class Writer {
public:
    std::string run(CodeUnit const& root) {
        units_.push_back(&root);
        std::vector<std::string> bodies;
        for (std::size_t i = 0; i < units_.size(); ++i) bodies.push_back(body(*units_[i], std::uint32_t(i)));  // finds more units
        std::size_t places = 4 * (units_.size() + (units_.size() & 1)), texts = 8 * texts_.size();
        std::size_t at = sizeof(ImageHeader) + places + texts;
        std::string out(at, '\0');
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            auto place = std::uint32_t(at);
            std::memcpy(&out[sizeof(ImageHeader) + 4 * i], &place, 4);
            at += bodies[i].size();
        }
        for (std::string const& b : bodies) out += b;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            ImageText t{std::uint32_t(out.size()), std::uint32_t(texts_[i].size())};
            std::memcpy(&out[sizeof(ImageHeader) + places + 8 * i], &t, 8);
            out += texts_[i];
        }
        ImageHeader h{image_fingerprint(), 0, std::uint32_t(out.size()), std::uint32_t(units_.size()), std::uint32_t(texts_.size()), 0};
        std::memcpy(out.data(), &h, sizeof h);
        seal_image(out);
        return out;
    }

private:
    std::uint32_t text(std::string_view s) {
        auto [at, added] = numbers_.try_emplace(std::string(s), std::uint32_t(texts_.size()));
        if (added) texts_.push_back(at->first);
        return at->second;
    }

    ImageConstant constant(Constant const& c, std::vector<Constant const*>& all) {
        ImageConstant out{c.kind, 0, 0};
        switch (c.kind) {
            case Kind::none: case Kind::true_: case Kind::false_: case Kind::ellipsis: break;
            case Kind::integer: out.payload = std::uint64_t(c.integer); break;
            case Kind::floating: out.payload = std::bit_cast<std::uint64_t>(c.real); break;
            case Kind::complex: {
                double parts[] = {c.real, c.imag};
                out.payload = text({reinterpret_cast<char const*>(parts), sizeof parts});
                break;
            }
            case Kind::big_integer: case Kind::str: case Kind::bytes: out.payload = text(c.text); break;
            case Kind::tuple: case Kind::frozenset: case Kind::slice:
                out.count = std::uint32_t(c.items.size());
                out.payload = all.size();
                for (Constant const& item : c.items) all.push_back(&item);
                break;
            case Kind::code:
                out.payload = units_.size();
                units_.push_back(c.code.get());
                break;
        }
        return out;
    }

    std::string body(CodeUnit const& u, std::uint32_t index) {
        std::vector<Constant const*> all;
        for (Constant const& c : u.constants) all.push_back(&c);
        std::vector<ImageConstant> constants;
        for (std::size_t i = 0; i < all.size(); ++i) {
            Constant const* c = all[i];   // `all` grows
            constants.push_back(constant(*c, all));
        }
        std::string positions = pack_positions(u);
        ImageUnit h{u.flags, u.positional_only, u.positional, u.keyword_only, u.registers, u.first_line,
                    text(u.name), text(u.qualname), text(u.filename),
                    std::uint32_t(u.local_names.size()), std::uint32_t(u.free_names.size()), std::uint32_t(u.constants.size()),
                    std::uint32_t(all.size() - u.constants.size()), std::uint32_t(u.sites.size()), std::uint32_t(u.code.size()),
                    std::uint32_t(u.exceptions.size()), std::uint32_t(positions.size()), index};
        std::string out;
        out.reserve(h.size());
        auto add = [&](void const* p, std::size_t n) { out.append(static_cast<char const*>(p), n); };
        add(&h, sizeof h);
        add(u.code.data(), 8 * u.code.size());
        for (ImageConstant const& c : constants) {
            char octets[16] = {char(c.kind)};
            std::memcpy(octets + 4, &c.count, 4);
            std::memcpy(octets + 8, &c.payload, 8);
            add(octets, 16);
        }
        for (ExceptionEntry const& e : u.exceptions) add(&e, sizeof e);
        add(u.sites.data(), 4 * u.sites.size());
        for (std::string const& s : u.local_names) put_text(out, s);
        for (std::string const& s : u.free_names) put_text(out, s);
        add(u.local_kinds.data(), u.local_kinds.size());
        out += positions;
        out.resize((out.size() + 7) & ~std::size_t(7));
        return out;
    }
    void put_text(std::string& out, std::string const& s) {
        std::uint32_t n = text(s);
        out.append(reinterpret_cast<char const*>(&n), 4);
    }

    std::vector<CodeUnit const*> units_;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

// ---- checking

class Checker {
public:
    explicit Checker(std::string_view octets) : octets_(octets), header_(*reinterpret_cast<ImageHeader const*>(octets.data())) {}

    bool run() {
        if (octets_.size() < sizeof(ImageHeader) || header_.fingerprint != image_fingerprint() || header_.size != octets_.size()) return false;
        if (header_.checksum != hash_octets(octets_.substr(kChecked))) return false;
        if (!tables()) return false;
        depth_.assign(header_.unit_count, 0);
        kinds_of_text_.assign(header_.text_count, TextKind::unknown);
        std::uint32_t next_unit = 1;
        for (std::uint32_t i = 0; i < header_.unit_count; ++i)
            if (!unit(i, next_unit)) return false;
        return next_unit == header_.unit_count;
    }

private:
    enum class TextKind : std::uint8_t { unknown, text, octets };

    // Units follow each other without a gap, and the text comes after them: nothing overlaps.
    bool tables() {
        std::uint64_t at = sizeof(ImageHeader) + 4ull * (std::uint64_t(header_.unit_count) + (header_.unit_count & 1)) + 8ull * header_.text_count;
        if (header_.unit_count == 0 || at > octets_.size()) return false;
        for (std::uint32_t i = 0; i < header_.unit_count; ++i) {
            if (header_.unit_places()[i] != at || at + sizeof(ImageUnit) > octets_.size()) return false;
            at += header_.unit(i)->size();
            if (at > octets_.size()) return false;
        }
        for (std::uint32_t i = 0; i < header_.text_count; ++i) {
            ImageText t = header_.text_places()[i];
            if (t.at < at || std::uint64_t(t.at) + t.size > octets_.size()) return false;
        }
        return true;
    }

    bool is_octets(std::uint64_t i) const { return i < header_.text_count; }
    bool is_text(std::uint64_t i) {
        if (i >= header_.text_count) return false;
        TextKind& kind = kinds_of_text_[i];
        if (kind == TextKind::unknown) kind = is_wtf8(header_.text(std::uint32_t(i))) ? TextKind::text : TextKind::octets;
        return kind == TextKind::text;
    }
    bool are_texts(std::uint32_t const* list, std::uint32_t n) {
        for (std::uint32_t i = 0; i < n; ++i)
            if (!is_text(list[i])) return false;
        return true;
    }
    bool is_big_integer(std::uint64_t i) {
        if (!is_text(i)) return false;
        std::string_view s = header_.text(std::uint32_t(i));
        if (s.starts_with('-')) s.remove_prefix(1);
        for (char c : s)
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
        return !s.empty();
    }

    bool unit(std::uint32_t i, std::uint32_t& next_unit) {
        ImageUnit const& u = *header_.unit(i);
        if (u.index != i || u.registers > kMaxRegisters || u.first_line > 0x7FFFFFFF) return false;
        if (!is_text(u.name) || !is_text(u.qualname) || !is_text(u.filename)) return false;
        if (!are_texts(u.local_names(), u.local_count) || !are_texts(u.free_names(), u.free_count)) return false;
        std::uint64_t parameters = std::uint64_t(u.positional) + u.keyword_only + ((u.flags & CO_VARARGS) != 0) + ((u.flags & CO_VARKEYWORDS) != 0);
        if (parameters > u.local_count || u.positional_only > u.positional) return false;
        if (!constants(u, next_unit) || !positions(u)) return false;
        if (u.flags & CO_HAS_DOCSTRING && (u.constant_count == 0 || u.constants()[0].kind != Kind::str)) return false;
        for (std::uint32_t k = 0; k < u.site_count; ++k) {
            std::uint32_t name = u.sites()[k].name;
            if (name != kNoName && (name >= u.constant_count || u.constants()[name].kind != Kind::str)) return false;
        }
        for (std::uint32_t k = 0; k < u.word_count; ++k)
            if (!operands_exist(u, u.words()[k])) return false;
        return verify(view_of(u)).empty();
    }

    // Each item belongs to one constant, each unit to one constant, and both to one that stands before them.
    bool constants(ImageUnit const& u, std::uint32_t& next_unit) {
        std::uint64_t all = std::uint64_t(u.constant_count) + u.item_count, next_item = u.constant_count;
        std::vector<std::uint16_t> depth(all, 0);
        for (std::uint64_t i = 0; i < all; ++i) {
            ImageConstant const& c = u.constants()[i];
            switch (c.kind) {
                case Kind::none: case Kind::true_: case Kind::false_: case Kind::ellipsis: case Kind::integer: case Kind::floating: break;
                case Kind::complex:
                    if (!is_octets(c.payload) || header_.text(std::uint32_t(c.payload)).size() != 2 * sizeof(double)) return false;
                    break;
                case Kind::str: if (!is_text(c.payload)) return false; break;
                case Kind::bytes: if (!is_octets(c.payload)) return false; break;
                case Kind::big_integer: if (!is_big_integer(c.payload)) return false; break;
                case Kind::tuple: case Kind::frozenset: case Kind::slice:
                    if (c.payload != next_item || next_item + c.count > all || depth[i] >= kMaxNesting) return false;
                    if (c.kind == Kind::slice && c.count != 3) return false;
                    for (std::uint32_t k = 0; k < c.count; ++k) depth[next_item + k] = depth[i] + 1;
                    next_item += c.count;
                    break;
                case Kind::code:
                    if (c.payload != next_unit || next_unit >= header_.unit_count || depth_[u.index] >= kMaxNesting) return false;
                    depth_[next_unit++] = std::uint16_t(depth_[u.index] + 1);
                    break;
                default: return false;
            }
        }
        return next_item == all;
    }

    static bool positions(ImageUnit const& u) {
        PositionReader in(u);
        std::uint64_t left = u.word_count;
        while (in.more()) {
            std::uint64_t n = in.run();
            if (n == 0 || n > left) return false;
            left -= n;
        }
        return in.ok && left == 0;
    }

    // What the verifier leaves to others: indexes of free variables and of the runtime's tables; that operations with a name have one.
    static bool operands_exist(ImageUnit const& u, Instruction i) {
        std::uint32_t free = u.free_count;
        auto named = [&](std::uint32_t site) { return site < u.site_count && u.sites()[site].name != kNoName; };
        switch (i.op()) {
            case Opcode::unfold: return false;
            case Opcode::load_free: case Opcode::load_closure: return i.b() < free;
            case Opcode::store_free: case Opcode::delete_free: return i.a() < free;
            case Opcode::load_name_or_free: return i.c() < free;
            case Opcode::load_builtin: return i.b() <= unsigned(Builtin::set_type);
            case Opcode::load_special: return i.c() <= unsigned(Special::aexit);
            case Opcode::intrinsic1: return i.c() <= unsigned(Intrinsic1::stopiteration_value);
            case Opcode::intrinsic2: return i.c() <= unsigned(Intrinsic2::setattr_unused);
            case Opcode::convert_value: return i.c() >= 1 && i.c() <= 3;
            case Opcode::build_slice: return i.c() == 2 || i.c() == 3;
            case Opcode::raise_: return i.b() <= 2;
            case Opcode::load_global: case Opcode::store_global: case Opcode::delete_global: case Opcode::load_name: case Opcode::store_name:
            case Opcode::delete_name: return named(i.bc());
            case Opcode::load_attr: case Opcode::store_attr: case Opcode::delete_attr: case Opcode::load_method: case Opcode::load_super_attr:
            case Opcode::load_super_method: case Opcode::load_name_or_global: case Opcode::import_name: case Opcode::import_from:
                return named(i.c());
            default: return true;
        }
    }

    CodeView view_of(ImageUnit const& u) {
        kinds_.clear();
        for (std::uint32_t i = 0; i < u.constant_count; ++i) kinds_.push_back(u.constants()[i].kind);
        return {{u.words(), u.word_count}, {u.exceptions(), u.exception_count}, {u.sites(), u.site_count}, {u.local_kinds(), u.local_count},
                kinds_, u.registers, header_.text(u.qualname)};
    }

    std::string_view octets_;
    ImageHeader const& header_;
    std::vector<std::uint16_t> depth_;
    std::vector<TextKind> kinds_of_text_;
    std::vector<Kind> kinds_;
};


}  // namespace

std::uint64_t image_fingerprint() {
    constexpr std::uint64_t value = [] {
        std::uint64_t n = 0;
        for (char c : std::string_view(ORO_CODE_VERSION)) n = n << 4 | std::uint64_t(c <= '9' ? c - '0' : c - 'a' + 10);
        return n;
    }();
    return value;
}

std::string write_image(CodeUnit const& unit) { return Writer().run(unit); }
void seal_image(std::string& octets) {
    std::uint64_t words[] = {image_fingerprint(), hash_octets(std::string_view(octets).substr(kChecked))};
    std::memcpy(octets.data(), words, sizeof words);
}
bool check_image(std::string_view octets) { return Checker(octets).run(); }

std::vector<Position> unpack_positions(ImageUnit const& unit) {
    std::vector<Position> out;
    out.reserve(unit.word_count);
    for (PositionReader in(unit); in.more();) {
        std::uint64_t n = in.run();
        out.insert(out.end(), n, in.p);
    }
    return out;
}

int line_in_image(ImageUnit const& unit, std::uint32_t index) {
    std::uint64_t at = 0;
    for (PositionReader in(unit); in.more();) {
        at += in.run();
        if (index < at) return in.p.line;
    }
    return 0;
}

}  // namespace oro
