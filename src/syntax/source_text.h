// A source text made ready for the tokenizer, and the places in it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"

namespace oro::syntax {

// Text with '\n' for every newline, followed by a null byte; and, on demand, where its lines start.
class SourceText {
public:
    // Copies the text into the arena; gives it a last newline when asked to and it has none.
    SourceText(Arena& arena, std::string_view text, bool end_with_newline);

    std::string_view text() const { return text_; }
    std::string_view slice(std::uint32_t start, std::uint32_t end) const {
        return {text_.data() + start, end - start};
    }

    // The line of this number (from 1) with its newline; empty when there is none.
    std::string_view line(int lineno) const;

private:
    std::string_view text_;
};

// A column in bytes, counted from 1, as one in characters. Columns beyond the line are those of its end; 0
// and less pass through.
int char_column(std::string_view line, int col);

}  // namespace oro::syntax
