#include "syntax/source.h"

#include <string>

#include "base/utf8.h"
#include "syntax/messages.h"

namespace oro::syntax {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

// The encoding named in a line that is a comment with "coding:" or "coding="; empty when it names none.
std::string_view declared_in(std::string_view line) {
    std::size_t hash = line.find_first_not_of(" \t\f");
    if (hash == line.npos || line[hash] != '#') return {};
    for (std::size_t at = line.find("coding", hash); at != line.npos; at = line.find("coding", at + 1)) {
        std::size_t i = at + 6;
        if (i >= line.size() || (line[i] != ':' && line[i] != '=')) continue;
        do ++i;
        while (i < line.size() && (line[i] == ' ' || line[i] == '\t'));
        std::size_t end = i;
        while (end < line.size() && is_name_char(line[end])) ++end;
        if (end > i) return line.substr(i, end - i);
    }
    return {};
}

bool only_comment(std::string_view line) {
    std::size_t at = line.find_first_not_of(" \t\f");
    return at == line.npos || line[at] == '#';
}

// The usual names of UTF-8 and Latin-1 compare by their first letters, in any spelling.
SourceEncoding classify(std::string_view name) {
    std::string n;
    for (char c : name.substr(0, 12))
        n += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    auto is = [&](std::string_view base) { return n == base || n.starts_with(std::string(base) + "-"); };
    if (is("utf-8") || n == "utf8")
        return SourceEncoding::utf8;  // CPython takes only the first for the usual name
    if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || n == "latin1" || n == "iso8859-1")
        return SourceEncoding::latin1;
    if (n == "ascii" || n == "us-ascii") return SourceEncoding::ascii;
    return SourceEncoding::other;
}

}  // namespace

DetectedEncoding detect_encoding(std::string_view bytes) {
    DetectedEncoding out;
    if (bytes.starts_with(kMark)) {
        out.bom = true;
        bytes.remove_prefix(kMark.size());
    }
    for (int line = 1; line <= 2; ++line) {
        std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        std::string_view text = bytes.substr(0, end);
        if (std::string_view name = declared_in(text); !name.empty()) {
            out.declared = true;
            out.declaration_line = line;
            out.encoding = classify(name);
            bool usual = out.encoding == SourceEncoding::utf8 && name.size() > 3 && name[3] != '8';
            out.name = usual ? "utf-8" : out.encoding == SourceEncoding::latin1 ? "iso-8859-1" : name;
            out.conflict = out.bom && !usual;
            break;
        }
        if (!only_comment(text) || end == bytes.size()) break;
        end += bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n' ? 2 : 1;
        bytes.remove_prefix(end);
    }
    return out;
}

namespace {

std::string lower_hex(unsigned char byte) {
    return {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
}

// The text with U+FFFD for what is no UTF-8.
std::string with_replacements(std::string_view bytes) {
    std::string out;
    for (;;) {
        Utf8Scan scan = scan_utf8(bytes);
        out += bytes.substr(0, scan.valid_bytes);
        if (scan.fault == Utf8Fault::none) return out;
        append_utf8(out, 0xFFFD);
        bytes.remove_prefix(scan.valid_bytes + scan.fault_bytes);
    }
}

// A codec's complaint about the byte there, which CPython reports without a place.
const SyntaxError* codec_error(Arena& arena, std::string_view codec, std::string_view bytes, std::size_t at,
                               std::string_view reason) {
    auto* e = arena.make<SyntaxError>();
    e->message = message(arena, "'", codec, "' codec can't decode byte 0x",
                         std::string_view(lower_hex(static_cast<unsigned char>(bytes[at]))), " in position ",
                         static_cast<int>(at), ": ", reason);
    e->offset = -1;
    return e;
}

const SyntaxError* bad_utf8(Arena& arena, std::string_view bytes, const Utf8Scan& scan) {
    auto* e = arena.make<SyntaxError>();
    e->lineno = 1;
    std::size_t line_start = 0;
    for (std::size_t i = 0; i < scan.valid_bytes; ++i) {
        if (bytes[i] != '\n') continue;
        ++e->lineno;
        line_start = i + 1;
    }
    std::string_view line = bytes.substr(line_start);
    line = line.substr(0, std::min(line.find('\n'), line.size()));
    auto byte = static_cast<unsigned char>(bytes[scan.valid_bytes]);
    e->message =
        message(arena, "Non-UTF-8 code starting with '\\x", std::string_view(lower_hex(byte)), "' on line ",
                e->lineno, ", but no encoding declared; see https://peps.python.org/pep-0263/ for details");
    e->end_lineno = e->lineno;
    e->offset = static_cast<int>(count_code_points(line.substr(0, scan.valid_bytes - line_start))) + 1;
    e->end_offset = e->offset;
    e->text = arena.copy(std::string_view(with_replacements(line)));
    return e;
}

}  // namespace

DecodedSource decode_source(Arena& arena, std::string_view bytes) {
    DecodedSource out;
    out.detected = detect_encoding(bytes);
    out.detected.name = arena.copy(out.detected.name);
    std::string_view all = bytes;
    if (out.detected.bom) bytes.remove_prefix(kMark.size());
    if (out.detected.conflict) {
        std::string_view line = bytes;
        for (int i = 1; i < out.detected.declaration_line; ++i) line.remove_prefix(std::min(line.find('\n') + 1, line.size()));
        line = line.substr(0, std::min(line.find_first_of("\r\n"), line.size()));
        auto* e = arena.make<SyntaxError>();
        e->message = message(arena, "encoding problem: ", out.detected.name, " with BOM");
        e->lineno = e->end_lineno = out.detected.declaration_line;
        e->text = arena.copy(std::string_view(with_replacements(line)));
        e->end_offset = static_cast<int>(count_code_points(e->text));
        out.error = e;
        return out;
    }

    switch (out.detected.encoding) {
    case SourceEncoding::utf8: {
        Utf8Scan scan = scan_utf8(bytes);
        if (scan.fault != Utf8Fault::none) {
            bool by_codec = out.detected.name != "utf-8";
            out.error = by_codec ? codec_error(arena, "utf-8", all, scan.valid_bytes, reason_text(scan.fault))
                                 : bad_utf8(arena, bytes, scan);
            return out;
        }
        out.text = bytes;
        return out;
    }
    case SourceEncoding::latin1: {
        std::string text;
        text.reserve(bytes.size() * 2);
        for (unsigned char c : bytes) append_utf8(text, c);
        out.text = arena.copy(std::string_view(text));
        return out;
    }
    case SourceEncoding::ascii:
        if (std::size_t at = ascii_prefix(bytes); at != bytes.size()) {
            out.error = codec_error(arena, "ascii", all, at, "ordinal not in range(128)");
            return out;
        }
        out.text = bytes;
        return out;
    case SourceEncoding::other: out.needs_codec = true; return out;
    }
    return out;
}

}  // namespace oro::syntax
