#include "syntax/source_text.h"

#include <algorithm>
#include <cstring>

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
    if (end_with_newline && (out == copy || out[-1] != '\n')) *out++ = '\n';
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

int char_column(std::string_view line, int col) {
    if (col <= 0) return col;
    auto bytes = static_cast<std::size_t>(col);
    int count = bytes > line.size() ? 1 : 0;
    bytes = std::min(bytes, line.size());
    for (std::size_t i = 0; i < bytes; ++i) count += (line[i] & 0xC0) != 0x80;
    return count;
}

}  // namespace oro::syntax
