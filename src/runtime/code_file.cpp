// Layout: fingerprint and checksum, 8 octets each; then one unit. Numbers are little-endian groups of seven bits, signed ones
// folded so that small ones stay small; texts stand in a table of the file in order of first use, each written where it
// first occurs. Instructions are raw words; positions are differences to the one before.
#include "runtime/code_file.h"

#include <bit>
#include <cstring>
#include <unordered_map>

#include "base/hash.h"
#include "base/wtf8.h"
#include "bytecode/verify.h"

namespace oro {

namespace {

constexpr std::size_t kHeader = 16;
constexpr int kMaxNesting = 500;            // of units and tuples in each other
constexpr std::uint32_t kMaxRegisters = 0xFFFF;

std::uint64_t hash_octets(std::string_view s) {
    return siphash13(std::span(reinterpret_cast<std::uint8_t const*>(s.data()), s.size()), HashKey{0x6F726F, 0x636F6465});
}

// Changes when an operation is added, moved or gets other operands.
std::uint64_t make_fingerprint() {
    std::string table = "code 1";
    for (OpInfo const& op : op_info) {
        table += op.name;
        for (OperandKind k : {op.a, op.b, op.c}) table.push_back(char(k));
    }
    return hash_octets(table);
}
std::uint64_t fingerprint() {
    static const std::uint64_t value = make_fingerprint();
    return value;
}

void put_word(std::string& out, std::uint64_t n) {
    for (int i = 0; i < 8; ++i) out.push_back(char(n >> (8 * i)));
}
std::uint64_t word_at(char const* p) {
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n |= std::uint64_t(std::uint8_t(p[i])) << (8 * i);
    return n;
}

// ---- writing

class Writer {
public:
    std::string run(CodeUnit const& unit) {
        put(unit);
        std::string file;
        file.reserve(kHeader + out_.size());
        put_word(file, fingerprint());
        put_word(file, hash_octets(out_));
        return file += out_;
    }

private:
    void number(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7) out_.push_back(char(n | 0x80));
        out_.push_back(char(n));
    }
    void difference(std::int64_t n) { number(std::uint64_t(n) << 1 ^ std::uint64_t(n >> 63)); }
    void text(std::string const& s) {
        auto [at, added] = texts_.try_emplace(s, texts_.size());
        number(at->second);
        if (!added) return;
        number(s.size());
        out_ += s;
    }
    void texts(std::vector<std::string> const& list) {
        number(list.size());
        for (std::string const& s : list) text(s);
    }

    void put(Constant const& c) {
        using Kind = Constant::Kind;
        out_.push_back(char(c.kind));
        switch (c.kind) {
            case Kind::none: case Kind::true_: case Kind::false_: case Kind::ellipsis: break;
            case Kind::integer: difference(c.integer); break;
            case Kind::floating: put_word(out_, std::bit_cast<std::uint64_t>(c.real)); break;
            case Kind::complex:
                put_word(out_, std::bit_cast<std::uint64_t>(c.real));
                put_word(out_, std::bit_cast<std::uint64_t>(c.imag));
                break;
            case Kind::big_integer: case Kind::str: case Kind::bytes: text(c.text); break;
            case Kind::tuple: case Kind::frozenset: case Kind::slice:
                number(c.items.size());
                for (Constant const& item : c.items) put(item);
                break;
            case Kind::code: put(*c.code); break;
        }
    }

    void put(CodeUnit const& u) {
        text(u.name);
        text(u.qualname);
        text(u.filename);
        for (std::uint32_t n : {u.flags, u.positional_only, u.positional, u.keyword_only, u.registers, u.first_line}) number(n);
        texts(u.local_names);
        for (std::uint8_t kind : u.local_kinds) out_.push_back(char(kind));
        texts(u.free_names);
        number(u.constants.size());
        for (Constant const& c : u.constants) put(c);
        number(u.sites.size());
        for (Site const& s : u.sites) number(std::uint32_t(s.name + 1));  // none, the common one, becomes 0
        number(u.code.size());
        for (Instruction i : u.code) put_word(out_, i.word);
        number(u.exceptions.size());
        for (ExceptionEntry const& e : u.exceptions) {
            for (std::uint32_t n : {e.start, e.end, e.handler, std::uint32_t(e.exc), std::uint32_t(e.first_temp)}) number(n);
        }
        Position before{std::int32_t(u.first_line), 0, 0, 0};
        for (Position const& p : u.positions) {
            difference(std::int64_t(p.line) - before.line);
            difference(std::int64_t(p.end_line) - p.line);
            difference(std::int64_t(p.column) - before.column);
            difference(std::int64_t(p.end_column) - p.column);
            before = p;
        }
    }

    std::string out_;
    std::unordered_map<std::string, std::uint64_t> texts_;
};

// ---- reading: after the first thing that is wrong everything reads as zero, and `ok` tells at the end

class Reader {
public:
    explicit Reader(std::string_view octets) : at_(octets.data()), end_(at_ + octets.size()) {}

    std::shared_ptr<CodeUnit> run() {
        std::shared_ptr<CodeUnit> unit = get_unit();
        if (!ok_ || at_ != end_) return nullptr;
        return unit;
    }

private:
    std::size_t left() const { return std::size_t(end_ - at_); }
    void fail() {
        ok_ = false;
        at_ = end_;
    }
    std::uint8_t octet() {
        if (at_ == end_) return fail(), 0;
        return std::uint8_t(*at_++);
    }
    std::uint64_t number() {
        std::uint64_t n = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            std::uint8_t b = octet();
            n |= std::uint64_t(b & 0x7F) << shift;
            if (b < 0x80) return n;
        }
        return fail(), 0;
    }
    std::uint32_t number32() {
        std::uint64_t n = number();
        if (n > 0xFFFFFFFF) return fail(), 0;
        return std::uint32_t(n);
    }
    std::int64_t difference() {
        std::uint64_t n = number();
        return std::int64_t(n >> 1 ^ (0 - (n & 1)));
    }
    std::int32_t difference32(std::int64_t from) {
        std::int64_t n;
        if (__builtin_add_overflow(from, difference(), &n) || n != std::int32_t(n)) return fail(), 0;
        return std::int32_t(n);
    }
    std::uint64_t word() {
        if (left() < 8) return fail(), 0;
        std::uint64_t n = word_at(at_);
        at_ += 8;
        return n;
    }
    // A count of things that take at least `least` octets each.
    std::size_t count(std::size_t least = 1) {
        std::uint64_t n = number();
        if (n > left() / least) return fail(), 0;
        return std::size_t(n);
    }
    struct Text {
        std::string_view octets;
        bool is_text;               // WTF-8
    };
    Text const& any_text() {
        static constexpr Text kNothing{{}, true};
        std::uint64_t which = number();
        if (which < texts_.size()) return texts_[which];
        std::size_t size = count();
        if (which != texts_.size()) fail();
        if (!ok_) return kNothing;
        texts_.push_back({std::string_view(at_, size), is_wtf8(std::string_view(at_, size))});
        at_ += size;
        return texts_.back();
    }
    std::string text() {
        Text const& t = any_text();
        if (!t.is_text) fail();
        return std::string(t.octets);
    }
    void texts(std::vector<std::string>& out) {
        std::size_t n = count();
        out.reserve(n);
        for (std::size_t i = 0; i < n && ok_; ++i) out.push_back(text());
    }

    static bool is_big_integer(std::string_view s) {
        if (s.starts_with('-')) s.remove_prefix(1);
        for (char c : s)
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
        return !s.empty();
    }

    Constant get_constant() {
        using Kind = Constant::Kind;
        Constant c;
        std::uint8_t kind = octet();
        if (kind > std::uint8_t(Kind::code) || ++depth_ > kMaxNesting) {
            fail();
            return c;
        }
        c.kind = Kind(kind);
        switch (c.kind) {
            case Kind::none: case Kind::true_: case Kind::false_: case Kind::ellipsis: break;
            case Kind::integer: c.integer = difference(); break;
            case Kind::floating: c.real = std::bit_cast<double>(word()); break;
            case Kind::complex:
                c.real = std::bit_cast<double>(word());
                c.imag = std::bit_cast<double>(word());
                break;
            case Kind::str: c.text = text(); break;
            case Kind::bytes: c.text = any_text().octets; break;
            case Kind::big_integer:
                c.text = text();
                if (!is_big_integer(c.text)) fail();
                break;
            case Kind::tuple: case Kind::frozenset: case Kind::slice: {
                std::size_t n = count();
                if (c.kind == Kind::slice && n != 3) fail();
                for (std::size_t i = 0; i < n && ok_; ++i) c.items.push_back(get_constant());
                break;
            }
            case Kind::code: c.code = get_unit(); break;
        }
        --depth_;
        return c;
    }

    std::shared_ptr<CodeUnit> get_unit() {
        auto unit = std::make_shared<CodeUnit>();
        CodeUnit& u = *unit;
        if (++depth_ > kMaxNesting) {
            fail();
            return unit;
        }
        u.name = text();
        u.qualname = text();
        u.filename = text();
        for (std::uint32_t* n : {&u.flags, &u.positional_only, &u.positional, &u.keyword_only, &u.registers, &u.first_line}) *n = number32();
        texts(u.local_names);
        u.local_kinds.resize(u.local_names.size());
        for (std::uint8_t& kind : u.local_kinds) kind = octet();
        texts(u.free_names);
        std::size_t n = count();
        u.constants.reserve(n);
        for (std::size_t i = 0; i < n && ok_; ++i) u.constants.push_back(get_constant());
        u.sites.resize(count());
        for (Site& s : u.sites) s.name = number32() - 1;
        u.code.resize(count(sizeof(Instruction)));
        for (Instruction& i : u.code) i.word = word();
        u.exceptions.resize(count(5));
        for (ExceptionEntry& e : u.exceptions) {
            e.start = number32();
            e.end = number32();
            e.handler = number32();
            std::uint32_t exc = number32(), first = number32();
            if (exc > kMaxRegisters || first > kMaxRegisters) fail();
            e.exc = std::uint16_t(exc);
            e.first_temp = std::uint16_t(first);
        }
        u.positions.resize(ok_ ? u.code.size() : 0);
        Position before{std::int32_t(u.first_line), 0, 0, 0};
        for (Position& p : u.positions) {
            p.line = difference32(before.line);
            p.end_line = difference32(p.line);
            p.column = difference32(before.column);
            p.end_column = difference32(p.column);
            before = p;
        }
        --depth_;
        if (ok_) check(u);
        return unit;
    }

    // What the verifier leaves to others.
    void check(CodeUnit const& u) {
        if (u.registers > kMaxRegisters || u.first_line > 0x7FFFFFFF) return fail();
        std::uint64_t parameters = std::uint64_t(u.positional) + u.keyword_only + ((u.flags & CO_VARARGS) != 0) + ((u.flags & CO_VARKEYWORDS) != 0);
        if (parameters > u.local_names.size()) return fail();
        if (u.flags & CO_HAS_DOCSTRING && u.constants.empty()) return fail();
        for (Site const& s : u.sites) {
            if (s.name == 0xFFFFFFFFu) continue;
            if (s.name >= u.constants.size() || u.constants[s.name].kind != Constant::Kind::str) return fail();
        }
        for (Instruction i : u.code)
            if (!operands_exist(u, i)) return fail();
    }
    // Indexes of free variables and of the runtime's tables; operations with a name have a site with a name.
    static bool operands_exist(CodeUnit const& u, Instruction i) {
        std::size_t free = u.free_names.size();
        auto named = [&](std::uint32_t site) { return site < u.sites.size() && u.sites[site].name != 0xFFFFFFFFu; };
        switch (i.op()) {
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

    char const* at_;
    char const* end_;
    bool ok_ = true;
    int depth_ = 0;
    std::vector<Text> texts_;
};

}  // namespace

std::string write_code(CodeUnit const& unit) { return Writer().run(unit); }

std::shared_ptr<CodeUnit> read_code(std::string_view octets) {
    if (octets.size() < kHeader || word_at(octets.data()) != fingerprint()) return nullptr;
    std::string_view body = octets.substr(kHeader);
    if (word_at(octets.data() + 8) != hash_octets(body)) return nullptr;
    std::shared_ptr<CodeUnit> unit = Reader(body).run();
    if (!unit || !verify(*unit).empty()) return nullptr;
    return unit;
}

}  // namespace oro
