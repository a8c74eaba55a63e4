#include "syntax/tokenizer.h"

#include <gtest/gtest.h>

#include "syntax/source_text.h"

namespace oro::syntax {
namespace {

// The tokens as "NAME:x" words; operators and keywords by their text alone.
std::string tokens_of(std::string_view text, bool extra = false) {
    Arena arena;
    SourceText source(arena, text, true);
    TokenizerOptions options;
    options.extra_tokens = extra;
    Tokenizer tokenizer(arena, source.text(), options);
    std::string out;
    for (;;) {
        Token t = tokenizer.next();
        if (t.type == Tok::EndMarker) return out;
        if (t.type == Tok::Error) {
            if (tokenizer.stop() == TokenizerStop::reported)
                return out + "! " + std::string(tokenizer.error().message);
            return out + "!";
        }
        std::string_view exact = exact_text(t.type);
        if (!exact.empty()) {
            out += exact;
        } else {
            out += python_name(t.type);
            std::string_view shown = source.slice(t.start, t.end);
            if (t.type != Tok::Newline && t.type != Tok::Nl && t.type != Tok::Indent && t.type != Tok::Dedent)
                (out += ':') += shown;
        }
        out += ' ';
    }
}

TEST(Tokenizer, NamesNumbersOperators) {
    EXPECT_EQ(tokens_of("if x1 >= 0x_ff: y **= 1e-5j"),
              "if NAME:x1 >= NUMBER:0x_ff : NAME:y **= NUMBER:1e-5j NEWLINE ");
    EXPECT_EQ(tokens_of("a...b.1"), "NAME:a ... NAME:b NUMBER:.1 NEWLINE ");
}

TEST(Tokenizer, Indentation) {
    EXPECT_EQ(tokens_of("a\n  b\n  # c\n\n  c\nd"),
              "NAME:a NEWLINE INDENT NAME:b NEWLINE NAME:c NEWLINE DEDENT NAME:d NEWLINE ");
    EXPECT_EQ(tokens_of("if a:\n\tb\n        c"), "if NAME:a : NEWLINE INDENT NAME:b NEWLINE !");
    EXPECT_EQ(tokens_of("a\n  b\n c"), "NAME:a NEWLINE INDENT NAME:b NEWLINE !");
    EXPECT_EQ(tokens_of("(a\n  b)"), "( NAME:a NAME:b ) NEWLINE ");
    EXPECT_EQ(tokens_of("a \\\n  b"), "NAME:a NAME:b NEWLINE ");
}

TEST(Tokenizer, FormatStrings) {
    EXPECT_EQ(
        tokens_of("f'a{x!r:>{w}}{{'"),
        "FSTRING_START:f' FSTRING_MIDDLE:a { NAME:x ! NAME:r : FSTRING_MIDDLE:> { NAME:w } FSTRING_MIDDLE: } "
        "FSTRING_MIDDLE:{ FSTRING_END:' NEWLINE ");
    EXPECT_EQ(tokens_of("t'{f'{x}'}'"),
              "TSTRING_START:t' { FSTRING_START:f' { NAME:x } FSTRING_END:' } TSTRING_END:' NEWLINE ");
}

TEST(Tokenizer, ExtraTokens) {
    EXPECT_EQ(tokens_of("a # b\n\n# c\n", true), "NAME:a COMMENT:# b NEWLINE NL COMMENT:# c NL ");
}

TEST(Tokenizer, Faults) {
    EXPECT_EQ(tokens_of("0777"),
              "! leading zeros in decimal integer literals are not permitted; use an 0o prefix for "
              "octal integers");
    EXPECT_EQ(tokens_of("1__0"), "! invalid decimal literal");
    EXPECT_EQ(tokens_of("0b12"), "! invalid digit '2' in binary literal");
    EXPECT_EQ(tokens_of("'a"), "! unterminated string literal (detected at line 1)");
    EXPECT_EQ(tokens_of("(]"), "( ! closing parenthesis ']' does not match opening parenthesis '('");
    EXPECT_EQ(tokens_of("bu''"), "! 'u' and 'b' prefixes are incompatible");
    EXPECT_EQ(tokens_of("€"), "! invalid character '€' (U+20AC)");
    EXPECT_EQ(tokens_of(std::string(300, '(')).substr(400), "! too many nested parentheses");
}

}  // namespace
}  // namespace oro::syntax
