#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oro {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, AsciiPrefix) {
    for (std::size_t size = 0; size < 80; ++size) {
        std::string text(size, 'a');
        EXPECT_TRUE(is_ascii(text));
        for (std::size_t bad = 0; bad < size; ++bad) {
            text[bad] = '\x80';
            EXPECT_EQ(ascii_prefix(text), bad);
            text[bad] = 'a';
        }
    }
}

TEST(Utf8, ScanFindsCountAndWidth) {
    EXPECT_EQ(scan_utf8("").max, 0u);
    EXPECT_EQ(char_width(scan_utf8("abc").max), 1);
    Utf8Scan latin = scan_utf8("na\xC3\xAFve");
    EXPECT_EQ(latin.code_points, 5u);
    EXPECT_EQ(latin.max, 0xEFu);
    EXPECT_EQ(char_width(scan_utf8("\xE2\x82\xAC").max), 2);
    Utf8Scan wide = scan_utf8("x\xF0\x9F\x90\x8D");
    EXPECT_EQ(wide.code_points, 2u);
    EXPECT_EQ(wide.max, 0x1F40Du);
    EXPECT_EQ(count_code_points("x\xF0\x9F\x90\x8D na\xC3\xAFve \xE2\x82\xAC"), 10u);
}

struct FaultCase {
    std::string_view bytes;
    std::size_t start, length;
    Utf8Fault fault;
};

TEST(Utf8, FaultsAreThoseOfPython) {
    using enum Utf8Fault;
    const FaultCase cases[] = {
        {"a\x80", 1, 1, invalid_start_byte},
        {"\xC0\x80", 0, 1, invalid_start_byte},
        {"\xC1", 0, 1, invalid_start_byte},
        {"\xF5\x80\x80\x80", 0, 1, invalid_start_byte},
        {"\xFF", 0, 1, invalid_start_byte},
        {"\xC3", 0, 1, unexpected_end},
        {"\xC3(", 0, 1, invalid_continuation_byte},
        {"\xE0\x80\x80", 0, 1, invalid_continuation_byte},
        {"\xE0\x80", 0, 1, invalid_continuation_byte},
        {"\xE2\x82", 0, 2, unexpected_end},
        {"\xE2\x82(", 0, 2, invalid_continuation_byte},
        {"\xED\xA0\x80", 0, 1, invalid_continuation_byte},
        {"\xED\xA0", 0, 1, invalid_continuation_byte},
        {"\xF0\x80\x80\x80", 0, 1, invalid_continuation_byte},
        {"ab\xF0\x9F\x90", 2, 3, unexpected_end},
        {"\xF0\x9F(", 0, 2, invalid_continuation_byte},
        {"\xF0\x9F\x90(", 0, 3, invalid_continuation_byte},
        {"\xF4\x90\x80\x80", 0, 1, invalid_continuation_byte},
        {"\xF4", 0, 1, unexpected_end},
    };
    for (const FaultCase& c : cases) {
        Utf8Scan scan = scan_utf8(c.bytes);
        EXPECT_EQ(scan.fault, c.fault) << c.bytes;
        EXPECT_EQ(scan.valid_bytes, c.start);
        EXPECT_EQ(scan.fault_bytes, c.length);
    }
    EXPECT_EQ(reason_text(unexpected_end), "unexpected end of data");
}

TEST(Utf8, SurrogatesPassOnRequest) {
    Utf8Scan scan = scan_utf8("\xED\xB3\xBF", Surrogates::pass);
    EXPECT_EQ(scan.fault, Utf8Fault::none);
    EXPECT_EQ(scan.max, 0xDCFFu);
    const Char2 text[] = {u'a', 0xDC80};
    EXPECT_EQ(find_surrogate(std::span<const Char2>(text)), 1u);
}

TEST(Utf8, EveryCodePointMakesTheRoundTrip) {
    std::u32string all;
    for (char32_t c = 0; c <= kMaxCodePoint; ++c) all.push_back(c);
    std::span<const Char4> points(all.data(), all.size());
    std::string bytes(utf8_length(points), '\0');
    ASSERT_EQ(encode_utf8(points, bytes.data()), bytes.size());
    EXPECT_EQ(bytes.size(), 0x80 + 2 * 0x780 + 3 * 0xF800 + 4 * 0x100000);
    Utf8Scan scan = scan_utf8(bytes, Surrogates::pass);
    EXPECT_EQ(scan.fault, Utf8Fault::none);
    EXPECT_EQ(scan.code_points, all.size());
    EXPECT_EQ(count_code_points(bytes), all.size());
    std::u32string back(all.size(), U'\0');
    EXPECT_EQ(decode_utf8(bytes, back.data()), all.size());
    EXPECT_EQ(back, all);
    const char* at = bytes.data();
    for (char32_t c = 0; c <= kMaxCodePoint; ++c) ASSERT_EQ(next_code_point(at), c);
    Utf8Scan strict = scan_utf8(bytes);
    EXPECT_EQ(strict.code_points, 0xD800u);
}

TEST(Utf8, WidthsConvert) {
    std::string bytes = "na\xC3\xAFve";
    std::vector<Char1> narrow(5);
    ASSERT_EQ(decode_utf8(bytes, narrow.data()), 5u);
    EXPECT_EQ(narrow[2], 0xEF);
    std::vector<Char2> middle(5);
    convert_chars(narrow.data(), 5, middle.data());
    EXPECT_EQ(middle[2], 0xEF);
    std::string again(utf8_length(std::span<const Char1>(narrow)), '\0');
    encode_utf8(std::span<const Char1>(narrow), again.data());
    EXPECT_EQ(again, bytes);
    EXPECT_EQ(max_bound(std::span<const Char2>(middle)), 0xFFu);
    EXPECT_EQ(max_bound(std::span<const Char1>(narrow).first(2)), 0x7Fu);
}

}  // namespace
}  // namespace oro
