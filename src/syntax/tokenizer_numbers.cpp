// Number tokens, and what may not stand in or behind them.
#include "syntax/char_class.h"
#include "syntax/messages.h"
#include "syntax/tokenizer.h"

namespace oro::syntax {

// Digits with single underscores between them; the cursor stands on the first.
bool Tokenizer::decimal_tail() {
    for (;;) {
        while (is_digit(*cursor_)) ++cursor_;
        if (*cursor_ != '_') return true;
        ++cursor_;
        if (!is_digit(*cursor_)) return report("invalid decimal literal");
    }
}

// What stands directly behind a number. A keyword may, with a warning; any other letter may not.
bool Tokenizer::check_number_end(std::string_view kind) {
    static constexpr std::string_view keywords[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    if (!continues_name(*cursor_)) return true;
    std::string_view rest(cursor_, static_cast<std::size_t>(end_ - cursor_));
    for (std::string_view keyword : keywords) {
        if (!rest.starts_with(keyword)) continue;
        // Words of two letters count even as the start of a longer name, except `or`.
        bool whole = rest.size() == keyword.size() || !continues_name(rest[keyword.size()]);
        if (whole || keyword[0] == 'i') {
            warn(message(arena_, "invalid ", kind, " literal"));
            return true;
        }
    }
    if (*cursor_ & 0x80) return true;
    return report(message(arena_, "invalid ", kind, " literal"));
}

// The digits behind 0x, 0o or 0b; the cursor stands behind the letter.
bool Tokenizer::radix_number(int radix, std::string_view kind) {
    auto fits = [&](char c) { return radix == 16 ? is_hex_digit(c) : is_digit(c) && c - '0' < radix; };
    auto wrong_digit = [&] {
        char c = *cursor_++;
        return report(message(arena_, "invalid digit '", c, "' in ", kind, " literal"));
    };
    do {
        if (*cursor_ == '_') ++cursor_;
        if (!fits(*cursor_)) {
            if (is_digit(*cursor_)) return wrong_digit();
            return report(message(arena_, "invalid ", kind, " literal"));
        }
        while (fits(*cursor_)) ++cursor_;
    } while (*cursor_ == '_');
    if (is_digit(*cursor_)) return wrong_digit();
    return check_number_end(kind);
}

void Tokenizer::scan_number(Token& token) {
    const char* start = cursor_;
    auto done = [&](bool ok) { return ok ? finish(token, Tok::Number, start, cursor_) : fault(token); };

    bool old_octal = false;
    const char* zeros_end = start;
    if (*cursor_ == '0') {
        char radix = static_cast<char>(cursor_[1] | 0x20);
        if (radix == 'x' || radix == 'o' || radix == 'b') {
            cursor_ += 2;
            if (radix == 'x') return done(radix_number(16, "hexadecimal"));
            return done(radix == 'o' ? radix_number(8, "octal") : radix_number(2, "binary"));
        }
        // Zeros may be many; other digits behind them are an error, unless the number turns out to be a
        // float.
        ++cursor_;
        for (;;) {
            if (*cursor_ == '_') {
                ++cursor_;
                if (!is_digit(*cursor_)) return done(report("invalid decimal literal"));
            }
            if (*cursor_ != '0') break;
            ++cursor_;
        }
        zeros_end = cursor_;
        if (is_digit(*cursor_)) {
            old_octal = true;
            if (!decimal_tail()) return fault(token);
        }
    } else if (*cursor_ != '.') {
        if (!decimal_tail()) return fault(token);
    }

    if (*cursor_ == '.') {
        old_octal = false;
        ++cursor_;
        if (is_digit(*cursor_) && !decimal_tail()) return fault(token);
    }
    if (*cursor_ == 'e' || *cursor_ == 'E') {
        const char* letter = cursor_++;
        bool sign = *cursor_ == '+' || *cursor_ == '-';
        if (sign) ++cursor_;
        if (is_digit(*cursor_)) {
            old_octal = false;
            if (!decimal_tail()) return fault(token);
        } else if (sign) {
            return done(report("invalid decimal literal"));
        } else {
            // No exponent after all, such as in `1else`.
            cursor_ = letter;
            return done(check_number_end("decimal"));
        }
    }
    if (*cursor_ == 'j' || *cursor_ == 'J') {
        ++cursor_;
        return done(check_number_end("imaginary"));
    }
    if (old_octal && !options_.extra_tokens) {
        report_at(
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal "
            "integers",
            char_column(start) + 1, char_column(zeros_end) + 1);
        return fault(token);
    }
    done(check_number_end("decimal"));
}

}  // namespace oro::syntax
