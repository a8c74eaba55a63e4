// Blocks of code: what is written is accepted and says the same; what is damaged is refused or harmless, also where the damage comes
// with a right checksum.
#include "bytecode/code_image.h"

#include <gtest/gtest.h>

#include <cstring>

#include "compiler/compile.h"
#include "syntax/parse.h"

namespace oro {
namespace {

constexpr char const* kSource = R"(
"""Docs."""
import os.path as p
BIG = 123456789012345678901234567890
def f(a, /, b=1.5, *args, c=(1, 'two', b'3', None, ...), **kw):
    "Inner."
    def g(x):
        nonlocal a
        a += x
        return [y for y in range(x) if y in {1, 2, 3}]
    try:
        with open(a) as h:
            return h.read()[1:2], 3j, -7
    except* (ValueError, TypeError) as e:
        raise RuntimeError from e
    finally:
        g(2)
class C[T]:
    async def m(self):
        async for i in self:
            yield await i
)";

std::shared_ptr<CodeUnit> compiled(std::string_view source) {
    Arena arena;
    auto parsed = syntax::parse(arena, source);
    return compiler::compile(arena, *parsed.tree, {}).code;
}

// A block at an address that is a multiple of eight, with nothing readable promised behind it.
struct Aligned {
    std::unique_ptr<std::uint64_t[]> words;
    std::string_view octets;
    explicit Aligned(std::string_view s) : words(new std::uint64_t[(s.size() + 7) / 8]), octets(reinterpret_cast<char*>(words.get()), s.size()) {
        std::memcpy(words.get(), s.data(), s.size());
    }
};
bool accepted(std::string_view s) { return s.size() >= 8 && check_image(Aligned(s).octets); }

TEST(CodeImage, SaysWhatTheCompilerSaid) {
    auto unit = compiled(kSource);
    Aligned image(write_image(*unit));
    ASSERT_TRUE(check_image(image.octets));
    auto const& header = *reinterpret_cast<ImageHeader const*>(image.octets.data());
    ImageUnit const& u = *header.unit(0);
    EXPECT_EQ(header.text(u.name), "<module>");
    ASSERT_EQ(u.word_count, unit->code.size());
    EXPECT_EQ(std::memcmp(u.words(), unit->code.data(), 8 * u.word_count), 0);
    EXPECT_EQ(unpack_positions(u), unit->positions);
    for (std::uint32_t i = 0; i < u.word_count; ++i) EXPECT_EQ(line_in_image(u, i), unit->positions[i].line);
    ASSERT_EQ(u.constant_count, unit->constants.size());
    std::uint32_t units = 1;
    for (std::uint32_t i = 0; i < u.constant_count; ++i) {
        Constant const& c = unit->constants[i];
        ImageConstant const& found = u.constants()[i];
        ASSERT_EQ(found.kind, c.kind);
        if (c.kind == Constant::Kind::str || c.kind == Constant::Kind::big_integer) EXPECT_EQ(header.text(std::uint32_t(found.payload)), c.text);
        if (c.kind == Constant::Kind::integer) EXPECT_EQ(std::int64_t(found.payload), c.integer);
        if (c.kind == Constant::Kind::code) {
            EXPECT_EQ(found.payload, units++);
            EXPECT_EQ(header.text(header.unit(std::uint32_t(found.payload))->qualname), c.code->qualname);
        }
    }
    EXPECT_EQ(header.unit_count, 6u);  // the module, f, g, the type parameters of C, its body, m
}

TEST(CodeImage, EveryTruncationIsRefused) {
    std::string image = write_image(*compiled(kSource));
    for (std::size_t n = 0; n < image.size(); ++n) ASSERT_FALSE(accepted(std::string_view(image).substr(0, n))) << n;
    for (std::size_t n = sizeof(ImageHeader); n < image.size(); n += 7) {
        std::string cut = image.substr(0, n);
        seal_image(cut);
        ASSERT_FALSE(accepted(cut)) << n;
    }
}

TEST(CodeImage, ADamagedOctetIsRefused) {
    std::string image = write_image(*compiled(kSource));
    for (std::size_t i = 0; i < image.size(); i += 3) {
        std::string damaged = image;
        damaged[i] ^= 0x10;
        ASSERT_FALSE(accepted(damaged)) << i;
    }
}

// With a right checksum much of it may be accepted: another name, another number. Whatever is accepted must be safe to look at.
TEST(CodeImage, AForgedOctetIsHarmless) {
    std::string image = write_image(*compiled(kSource));
    std::size_t refused = 0;
    for (std::size_t i = 16; i < image.size(); ++i) {
        for (int change : {0x01, 0x80, 0xFF}) {
            std::string forged = image;
            forged[i] = char(forged[i] ^ change);
            seal_image(forged);
            Aligned at(forged);
            if (!check_image(at.octets)) {
                ++refused;
                continue;
            }
            auto const& header = *reinterpret_cast<ImageHeader const*>(at.octets.data());
            for (std::uint32_t k = 0; k < header.unit_count; ++k) EXPECT_EQ(unpack_positions(*header.unit(k)).size(), header.unit(k)->word_count);
        }
    }
    EXPECT_GT(refused, image.size());
}

TEST(CodeImage, SharedItemsAreRefused) {
    // Two tuples with the same items: unfolding such a chain would take exponential time.
    CodeUnit unit = *compiled("x = 1");
    Constant tuple;
    tuple.kind = Constant::Kind::tuple;
    tuple.items.resize(2);
    unit.constants.push_back(tuple);
    unit.constants.push_back(tuple);
    std::string image = write_image(unit);
    ASSERT_TRUE(accepted(image));
    auto& header = *reinterpret_cast<ImageHeader*>(image.data());
    auto* constants = const_cast<ImageConstant*>(header.unit(0)->constants());
    std::uint32_t n = header.unit(0)->constant_count;
    constants[n - 1].payload = constants[n - 2].payload;
    seal_image(image);
    EXPECT_FALSE(accepted(image));
}

}  // namespace
}  // namespace oro
