#include "syntax/source_text.h"

#include <cstring>

#include "base/utf8.h"

namespace oro::syntax {

SourceText::SourceText(Arena& arena, std::string_view text, bool end_with_newline) {
    char* copy = static_cast<char*>(arena.allocate(text.size() + 4, 1));
    char* out = copy;
    const char* from = text.data();
    const char* end = from + text.size();
    while (from != end) {
        auto* cr = static_cast<const char*>(std::memchr(from, '\r', static_cast<std::size_t>(end - from)));
        const char* stop = cr ? cr : end;
        std::memcpy(out, from, static_cast<std::size_t>(stop - from));
        out += stop - from;
        from = stop;
        if (cr) {
            *out++ = '\n';
            from += cr + 1 != end && cr[1] == '\n' ? 2 : 1;
        }
    }
    if (end_with_newline && (out == copy || out[-1] != '\n')) {
        *out++ = '\n';
        newline_added_ = true;
    }
    // The tokenizer looks at up to three bytes ahead.
    std::memset(out, 0, 3);
    text_ = {copy, static_cast<std::size_t>(out - copy)};
}

std::string_view SourceText::line(int lineno) const {
    std::size_t start = 0;
    for (int i = 1; i < lineno; ++i) {
        std::size_t newline = text_.find('\n', start);
        if (newline == text_.npos) return {};
        start = newline + 1;
    }
    std::size_t newline = text_.find('\n', start);
    return text_.substr(start, newline == text_.npos ? text_.npos : newline + 1 - start);
}

int char_offset(std::string_view line, int byte_col) {
    if (byte_col < 0) return byte_col + 1;
    auto bytes = static_cast<std::size_t>(byte_col);
    if (bytes > line.size()) {
        int length = static_cast<int>(line.size());
        return byte_col - length + char_offset(line, length);
    }
    while (bytes > 0 && bytes < line.size() && (line[bytes] & 0xC0) == 0x80) --bytes;
    return static_cast<int>(count_code_points(line.substr(0, bytes))) + 1;
}

}  // namespace oro::syntax
