#include "vm/code_tables.h"

namespace oro {

namespace {

// Kinds of entries; the low ones, which pack columns into fewer bytes, are read but not written.
constexpr int kOneLineFirst = 10, kOneLineLast = 12, kNoColumns = 13, kLong = 14, kNoPosition = 15;

void put_varint(std::string& out, std::uint32_t v) {
    for (; v >= 64; v >>= 6) out.push_back(char(64 | (v & 63)));
    out.push_back(char(v));
}
void put_signed(std::string& out, std::int32_t v) { put_varint(out, v < 0 ? std::uint32_t(-v) << 1 | 1 : std::uint32_t(v) << 1); }

struct Reader {
    std::string_view text;
    std::size_t at = 0;
    bool bad = false;
    unsigned byte() {
        if (at >= text.size()) return bad = true, 0u;
        return std::uint8_t(text[at++]);
    }
    std::uint32_t varint() {
        std::uint32_t v = 0;
        for (unsigned shift = 0; shift < 32; shift += 6) {
            unsigned b = byte();
            v |= (b & 63) << shift;
            if (!(b & 64)) break;
        }
        return v;
    }
    std::int32_t signed_varint() {
        std::uint32_t v = varint();
        return v & 1 ? -std::int32_t(v >> 1) : std::int32_t(v >> 1);
    }
};

}  // namespace

std::string encode_positions(std::vector<Position> const& positions, int first_line) {
    std::string out;
    int line = first_line;
    for (std::size_t i = 0; i < positions.size();) {
        Position const& p = positions[i];
        std::size_t n = 1;
        while (n < 8 && i + n < positions.size() && positions[i + n] == p) ++n;
        i += n;
        auto start = [&](int kind) { out.push_back(char(0x80 | kind << 3 | int(n - 1))); };
        if (p.line == 0) {
            start(kNoPosition);
            continue;
        }
        if (p.column < 0 || p.end_column < 0) {
            start(kNoColumns);
            put_signed(out, p.line - line);
        } else {
            start(kLong);
            put_signed(out, p.line - line);
            put_varint(out, std::uint32_t(p.end_line - p.line));
            put_varint(out, std::uint32_t(p.column + 1));
            put_varint(out, std::uint32_t(p.end_column + 1));
        }
        line = p.line;
    }
    return out;
}

bool decode_positions(std::string_view table, int first_line, std::size_t count, std::vector<Position>& out) {
    Reader in{table};
    int line = first_line;
    while (in.at < table.size()) {
        unsigned head = in.byte();
        if (!(head & 0x80)) return false;
        unsigned kind = head >> 3 & 15, n = (head & 7) + 1;
        Position p;
        if (kind == unsigned(kLong)) {
            line += in.signed_varint();
            p.end_line = line + std::int32_t(in.varint());
            p.column = std::int32_t(in.varint()) - 1;
            p.end_column = std::int32_t(in.varint()) - 1;
        } else if (kind == unsigned(kNoColumns)) {
            line += in.signed_varint();
            p.end_line = line;
        } else if (kind >= unsigned(kOneLineFirst) && kind <= unsigned(kOneLineLast)) {
            line += int(kind) - kOneLineFirst;
            p.end_line = line;
            p.column = std::int32_t(in.byte());
            p.end_column = std::int32_t(in.byte());
        } else if (kind < unsigned(kOneLineFirst)) {
            unsigned b = in.byte();
            p.end_line = line;
            p.column = std::int32_t(kind << 3 | b >> 4);
            p.end_column = p.column + std::int32_t(b & 15);
        }
        if (kind != unsigned(kNoPosition)) p.line = line;
        for (unsigned i = 0; i < n; ++i) out.push_back(p);
    }
    return !in.bad && out.size() == count;
}

std::string encode_exceptions(std::span<ExceptionEntry const> entries) {
    std::string out;
    auto put = [&](std::uint32_t v, bool first) {
        int groups = 1;
        while (groups < 6 && v >> (6 * groups)) ++groups;
        for (int i = groups - 1; i >= 0; --i) {
            std::uint8_t b = std::uint8_t(v >> (6 * i) & 63);
            if (i > 0) b |= 64;
            if (first && i == groups - 1) b |= 128;
            out.push_back(char(b));
        }
    };
    for (ExceptionEntry const& e : entries) {
        put(e.start, true);
        put(e.end - e.start, false);
        put(e.handler, false);
        put(std::uint32_t(e.exc) << 1, false);
    }
    return out;
}

}  // namespace oro
