#include "base/unicode.h"

#include <gtest/gtest.h>

#include <string>

#include "base/unicode_names.h"
#include "base/unicode_normalize.h"

namespace oro::unicode {
namespace {

std::u32string upper(char32_t c) {
    char32_t out[kMaxCaseExpansion];
    return std::u32string(out, to_upper_full(c, out));
}

std::u32string lower(char32_t c) {
    char32_t out[kMaxCaseExpansion];
    return std::u32string(out, to_lower_full(c, out));
}

std::u32string title(char32_t c) {
    char32_t out[kMaxCaseExpansion];
    return std::u32string(out, to_title_full(c, out));
}

std::u32string fold(char32_t c) {
    char32_t out[kMaxCaseExpansion];
    return std::u32string(out, to_casefold(c, out));
}

std::u32string normal(NormalForm form, std::u32string_view text) {
    return normalize(form, std::span<const Char4>(text.data(), text.size()));
}

TEST(Unicode, Categories) {
    EXPECT_EQ(category('a'), "Ll");
    EXPECT_EQ(category(0x1C5), "Lt");
    EXPECT_EQ(category(0x4E00), "Lo");
    EXPECT_EQ(category(0xD800), "Cs");
    EXPECT_EQ(category(0xE000), "Co");
    EXPECT_EQ(category(0x378), "Cn");
    EXPECT_EQ(category(0x10FFFF), "Cn");
    EXPECT_EQ(category(0xFFFFFFFF), "Cn");
    EXPECT_EQ(bidirectional(0x5D0), "R");
    EXPECT_EQ(bidirectional(0x378), "");
    EXPECT_EQ(east_asian_width(0x4E00), "W");
    EXPECT_EQ(east_asian_width('a'), "Na");
    EXPECT_EQ(east_asian_width(0x378), "N");
    EXPECT_EQ(combining(0x301), 230);
    EXPECT_TRUE(is_mirrored('('));
}

TEST(Unicode, Predicates) {
    EXPECT_TRUE(is_alpha(0xE9) && !is_alpha('1') && is_alnum('1') && is_alnum(0xBD) && !is_alnum('_'));
    EXPECT_TRUE(is_decimal(0x660) && !is_decimal(0xB2) && is_digit(0xB2) && !is_digit(0xBD) &&
                is_numeric(0xBD));
    EXPECT_TRUE(is_lower(0xAA) && is_upper(0x24B6) && is_title(0x1C5) && !is_upper(0x1C5));
    EXPECT_TRUE(is_space(0x1C) && is_space(0xA0) && is_space(0x3000) && !is_space(0x200B));
    EXPECT_TRUE(is_line_break(0x1C) && is_line_break(0x85) && is_line_break(0x2028) && !is_line_break(0x1F));
    EXPECT_TRUE(is_printable(' ') && !is_printable(0xA0) && !is_printable(0xAD) && is_printable(0x1F40D));
    EXPECT_TRUE(is_xid_start(0x2118) && is_xid_continue(0xB7) && !is_xid_start(0xB7) && !is_xid_start('_'));
}

TEST(Unicode, Numbers) {
    EXPECT_EQ(decimal_value(0x663), 3);
    EXPECT_EQ(decimal_value(0xB2), -1);
    EXPECT_EQ(digit_value(0xB2), 2);
    EXPECT_EQ(numeric_value(0xBD), 0.5);
    EXPECT_EQ(numeric_value(0x4E07), 10000);
    EXPECT_EQ(numeric_value(0xF33), -0.5);
    EXPECT_EQ(numeric_value(0x5146), 1e6);
}

TEST(Unicode, Cases) {
    EXPECT_EQ(upper('a'), U"A");
    EXPECT_EQ(upper(0xDF), U"SS");
    EXPECT_EQ(title(0xDF), U"Ss");
    EXPECT_EQ(fold(0xDF), U"ss");
    EXPECT_EQ(lower(0x130), U"i\u0307");
    EXPECT_EQ(title(0x1C6), U"\u01C5");
    EXPECT_EQ(upper(0xFB03), U"FFI");
    EXPECT_EQ(fold(0x13A0), U"\u13A0");
    EXPECT_EQ(fold(0xAB70), U"\u13A0");
    EXPECT_EQ(lower(0x13A0), U"\uAB70");
    EXPECT_EQ(fold(0x1E9E), U"ss");
    EXPECT_EQ(to_upper(0xDF), char32_t{0xDF});
    EXPECT_EQ(to_lower(0x130), char32_t{'i'});
    for (char32_t c = 0; c < 0x80; ++c) {
        EXPECT_EQ(to_upper(c), c >= 'a' && c <= 'z' ? c - 32 : c);
        EXPECT_EQ(to_lower(c), c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
}

TEST(Unicode, FinalSigma) {
    std::u32string word = U"\u039F\u0394\u039F\u03A3 \u03A3\u03A3' \u03A3";
    EXPECT_EQ(lower_sigma(word.data(), word.size(), 3), kFinalSigma);
    EXPECT_EQ(lower_sigma(word.data(), word.size(), 5), kSmallSigma);
    EXPECT_EQ(lower_sigma(word.data(), word.size(), 6), kFinalSigma);
    EXPECT_EQ(lower_sigma(word.data(), word.size(), 9), kSmallSigma);
}

TEST(Unicode, NormalForms) {
    std::u32string text = U"\u1E9B\u0323";
    EXPECT_EQ(normal(NormalForm::nfc, text), U"\u1E9B\u0323");
    EXPECT_EQ(normal(NormalForm::nfd, text), U"\u017F\u0323\u0307");
    EXPECT_EQ(normal(NormalForm::nfkc, text), U"\u1E69");
    EXPECT_EQ(normal(NormalForm::nfkd, text), U"s\u0323\u0307");
    EXPECT_EQ(normal(NormalForm::nfd, U"\uAC01\uAC00"), U"\u1100\u1161\u11A8\u1100\u1161");
    EXPECT_EQ(normal(NormalForm::nfc, U"\u1100\u1161\u11A8\u1100\u1161"), U"\uAC01\uAC00");
    EXPECT_EQ(normal(NormalForm::nfc, U"\u0958"), U"\u0915\u093C");  // excluded from composition
    EXPECT_EQ(normal(NormalForm::nfc, U"\u0344"), U"\u0308\u0301");
    EXPECT_EQ(normal(NormalForm::nfkc, U"\uFB01"), U"fi");
    EXPECT_EQ(normal(NormalForm::nfc, U"a\u0315\u0300\u05AE\u0300b"), U"\u00E0\u05AE\u0300\u0315b");
    EXPECT_EQ(normal(NormalForm::nfc, U"\u1100\u0300\u1161"), U"\u1100\u0300\u1161");  // blocked
    EXPECT_EQ(compose('A', 0x30A), char32_t{0xC5});
    EXPECT_EQ(compose('A', 'A'), char32_t{0});
}

TEST(Unicode, LongRunsOfMarksAreOrdered) {
    std::u32string text = U"a", expected = U"a";
    for (int i = 0; i < 1000; ++i) text += i % 2 ? U'\u0301' : U'\u0323';
    expected.append(500, U'\u0323').append(500, U'\u0301');
    EXPECT_EQ(normal(NormalForm::nfd, text), expected);
}

TEST(Unicode, QuickChecks) {
    auto check = [](NormalForm form, std::u32string_view text) {
        return quick_check(form, std::span<const Char4>(text.data(), text.size()));
    };
    EXPECT_EQ(check(NormalForm::nfc, U"caf\u00E9"), QuickCheck::yes);
    EXPECT_EQ(check(NormalForm::nfd, U"caf\u00E9"), QuickCheck::no);
    EXPECT_EQ(check(NormalForm::nfc, U"cafe\u0301"), QuickCheck::maybe);
    EXPECT_EQ(check(NormalForm::nfc, U"\u0301\u0323"), QuickCheck::no);
    std::u32string loose = U"cafe\u0301", fine = U"b\u0301";
    EXPECT_FALSE(is_normalized(NormalForm::nfc, std::span<const Char4>(loose.data(), loose.size())));
    EXPECT_TRUE(is_normalized(NormalForm::nfc, std::span<const Char4>(fine.data(), fine.size())));
}

TEST(Unicode, Decompositions) {
    Decomposition half = decomposition(0xBD);
    EXPECT_EQ(half.tag, "<fraction>");
    EXPECT_EQ(std::u32string(half.points, half.count), U"1\u20442");
    EXPECT_EQ(decomposition(0xC5).tag, "");
    EXPECT_EQ(decomposition(0xC5).count, 2u);
    EXPECT_EQ(decomposition('a').count, 0u);
    EXPECT_EQ(decomposition(0xFDFA).count, 18u);
    EXPECT_EQ(decomposition(0xAC01).count, 3u);
}

TEST(UnicodeNames, BothWays) {
    EXPECT_EQ(name('a'), "LATIN SMALL LETTER A");
    EXPECT_EQ(name(0xAC01), "HANGUL SYLLABLE GAG");
    EXPECT_EQ(name(0xC544), "HANGUL SYLLABLE A");
    EXPECT_EQ(name(0x4E00), "CJK UNIFIED IDEOGRAPH-4E00");
    EXPECT_EQ(name(0x2F800), "CJK COMPATIBILITY IDEOGRAPH-2F800");
    EXPECT_EQ(name(0x17000), "TANGUT IDEOGRAPH-17000");
    EXPECT_EQ(name(0), "");
    EXPECT_EQ(name(0xE000), "");
    EXPECT_EQ(name(0x10FFFF), "");
    int named = 0;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        std::string text = name(c);
        if (text.empty()) continue;
        ++named;
        Named found = lookup_name(text, NamedSequences::refuse);
        ASSERT_TRUE(found.count == 1 && found.points[0] == c) << text;
    }
    EXPECT_EQ(named, 154998);
}

TEST(UnicodeNames, AliasesAndSequences) {
    auto points = [](std::string_view text, NamedSequences sequences = NamedSequences::allow) {
        Named found = lookup_name(text, sequences);
        return std::u32string(found.points, found.count);
    };
    EXPECT_EQ(points("bell"), U"\U0001F514");
    EXPECT_EQ(points("ALERT"), U"\a");
    EXPECT_EQ(points("Null"), std::u32string(1, U'\0'));
    EXPECT_EQ(points("LATIN SMALL LETTER GHA"), U"\u01A3");
    EXPECT_EQ(points("keycap digit zero"), U"0\uFE0F\u20E3");
    EXPECT_EQ(points("KEYCAP DIGIT ZERO", NamedSequences::refuse), U"");
    EXPECT_EQ(points("cjk unified ideograph-4e00"), U"\u4E00");
    for (const char* wrong :
         {"", "LATIN", "LATIN SMALL LETTER A ", "LATIN  SMALL LETTER A", "HANGUL SYLLABLE ",
          "HANGUL SYLLABLE GAX", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-A000",
          "CJK UNIFIED IDEOGRAPH-", "CJK UNIFIED IDEOGRAPH-4E0G"}) {
        EXPECT_EQ(points(wrong), U"") << wrong;
    }
    EXPECT_EQ(points(std::string(500, 'A')), U"");
}

}  // namespace
}  // namespace oro::unicode
