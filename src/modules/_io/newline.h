// Ends of lines: recognising "\r" and "\r\n" beside "\n" in text that comes in pieces.
#pragma once
#include "object/define.h"

namespace oro::io {

// The state belongs to whoever holds the lock of the object that it stands in.
struct Newlines {
    static constexpr std::uint8_t kLf = 1, kCr = 2, kCrLf = 4;
    bool translate = false;       // "\r" and "\r\n" become "\n"
    bool pending_cr = false;      // the last piece ended with "\r", which is held back: "\n" may follow
    std::uint8_t seen = 0;
    // The piece with what was held back; `final`: nothing is held back.
    Result<Ref<Str>> decode(Thread& t, Ref<Str> text, bool final);
};

// The attribute `newlines`: None, a str, or a tuple of several.
Result<Ref<>> newlines_object(Thread& t, std::uint8_t seen);
// How `newline` arguments are told apart: null stands for None.
Result<void> check_newline(Thread& t, Optional<Str> newline, bool quoted);
// A copy of text with each "\n" replaced.
Result<Ref<Str>> replace_newlines(Thread& t, Borrowed<Str> text, std::string_view with);
// Where `c` (ASCII) stands in text [from, to); `to` if it doesn't.
std::size_t find_char(Str const& text, char c, std::size_t from, std::size_t to);
// Behind the end of the line that starts at `from`, with any of the three ends; npos if there is none before `to`.
std::size_t find_universal_end(Str const& text, std::size_t from, std::size_t to);
inline constexpr std::size_t kNoEnd = std::size_t(-1);

}  // namespace oro::io
