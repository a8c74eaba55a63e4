#include "modules/_sre/engine.h"

#include <numeric>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "modules/_sre/engine_test_cases.h"

namespace oro::sre {
namespace {

Word w(Op op) { return static_cast<Word>(op); }

Subject bytes(const std::string& text) { return {text.data(), text.size(), 1}; }

std::int64_t size_of(const std::string& text) { return static_cast<std::int64_t>(text.size()); }

template <class Unit>
void check(const Program& program, const Case& test) {
    const std::vector<Unit> subject(test.subject.begin(), test.subject.end());
    const auto length = static_cast<std::int64_t>(subject.size());
    Matcher m(program, {subject.data(), subject.size(), sizeof(Unit)}, 0, length);
    std::vector<std::int64_t> found;
    for (;;) {
        const Outcome outcome = test.mode == 'm' ? m.match() : test.mode == 'f' ? m.fullmatch() : m.search();
        if (outcome != Outcome::matched) break;
        found.insert(found.end(), {m.begin(), m.end(), m.last_index()});
        for (Word g = 1; g <= test.groups; ++g) found.insert(found.end(), {m.group(g).begin, m.group(g).end});
        if (test.mode != 'i') break;
        m.advance();
    }
    EXPECT_EQ(found, test.expected) << test.pattern << " with characters of " << sizeof(Unit);
}

TEST(SreEngine, FindsWhatCPythonFinds) {
    for (const Case& test : kCases) {
        Program program;
        ASSERT_EQ(program.build(test.code, test.groups), BuildError::none) << test.pattern;
        const Word top = std::accumulate(test.subject.begin(), test.subject.end(), Word{0}, std::bit_or<>());
        if (top < 0x100) check<std::uint8_t>(program, test);
        if (top < 0x10000) check<std::uint16_t>(program, test);
        check<std::uint32_t>(program, test);
    }
}

TEST(SreEngine, RejectsCodeThatIsCutShort) {
    for (const Case& test : kCases) {
        // Every operation needs the final success, so no proper beginning that lacks it is accepted.
        for (std::size_t size = 0; size < test.code.size(); ++size) {
            Program program;
            const std::span<const Word> cut(test.code.data(), size);
            if (size != 0 && cut.back() == w(Op::success)) continue;
            EXPECT_EQ(program.build(cut, test.groups), BuildError::invalid_code) << test.pattern << size;
        }
    }
}

TEST(SreEngine, RejectsMalformedCode) {
    const std::vector<std::vector<Word>> bad = {
        {},
        {w(Op::failure)},
        {w(Op::success), w(Op::success)},
        {w(Op::literal), w(Op::success)},
        {99, w(Op::success)},
        {w(Op::mark), 2, w(Op::success)},
        {w(Op::groupref), 1, w(Op::success)},
        {w(Op::at), kAtCodes, w(Op::success)},
        {w(Op::category), kCategories, w(Op::success)},
        {w(Op::jump), 1, w(Op::success)},
        {w(Op::max_until), w(Op::success)},
        {w(Op::in), 4, w(Op::literal), 97, w(Op::success), w(Op::success)},
        {w(Op::in), 40, w(Op::literal), 97, w(Op::failure), w(Op::success)},
        {w(Op::repeat_one), 6, 2, 1, w(Op::literal), 97, w(Op::success), w(Op::success)},
        {w(Op::repeat_one), 6, 0, 1, w(Op::mark), 0, w(Op::success), w(Op::success)},
        {w(Op::repeat), 5, 0, 1, w(Op::literal), 97, w(Op::any), w(Op::success)},
        {w(Op::branch), 5, w(Op::literal), 97, w(Op::jump), 3, w(Op::failure), w(Op::success)},
        {w(Op::assert_), 0xFFFFFFFF, 0, w(Op::literal), 97, w(Op::success), w(Op::success)},
        {w(Op::info), 5, kInfoLiteral, 1, 1, w(Op::success)},
    };
    for (const auto& code : bad) {
        Program program;
        EXPECT_EQ(program.build(code, 1), BuildError::invalid_code);
    }
    Program program;
    EXPECT_EQ(program.build(std::vector<Word>{w(Op::success)}, kMaxGroups + 1), BuildError::invalid_code);
    EXPECT_EQ(program.build(std::vector<Word>{w(Op::success)}, 0), BuildError::none);
}

// (?:ab)*c
const std::vector<Word> kPairs = {w(Op::repeat), 7, 0, kMaxRepeat, w(Op::literal), 'a', w(Op::literal), 'b',
                                  w(Op::max_until), w(Op::literal), 'c', w(Op::success)};

TEST(SreEngine, RepeatsFurtherThanAnyCStack) {
    Program program;
    ASSERT_EQ(program.build(kPairs, 0), BuildError::none);
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += "ab";
    text += 'c';
    Matcher m(program, bytes(text), 0, size_of(text));
    EXPECT_EQ(m.fullmatch(), Outcome::matched);
    Matcher shorter(program, bytes(text), 0, size_of(text) - 1);
    EXPECT_EQ(shorter.match(), Outcome::no_match);
}

TEST(SreEngine, NestsDeeperThanAnyCStack) {
    constexpr Word kDepth = 100'000;
    std::vector<Word> code;
    for (Word i = 0; i < kDepth; ++i) {
        code.push_back(w(Op::atomic_group));
        code.push_back(3 * (kDepth - i) + 1);
    }
    code.insert(code.end(), {w(Op::literal), 'a'});
    for (Word i = 0; i <= kDepth; ++i) code.push_back(w(Op::success));
    Program program;
    ASSERT_EQ(program.build(code, 0), BuildError::none);
    const std::string text = "a";
    EXPECT_EQ(Matcher(program, bytes(text), 0, 1).fullmatch(), Outcome::matched);
}

TEST(SreEngine, StopsWhenThePollSaysSo) {
    // (?:a*)*b without its b takes forever
    const std::vector<Word> code = {
        w(Op::repeat), 10, 0, kMaxRepeat, w(Op::repeat_one), 6, 0, kMaxRepeat, w(Op::literal), 'a',
        w(Op::success), w(Op::max_until), w(Op::literal), 'b', w(Op::success),
    };
    Program program;
    ASSERT_EQ(program.build(code, 0), BuildError::none);
    const std::string text(60, 'a');
    int polls = 0;
    const Poll poll = {[](void* context) { return ++*static_cast<int*>(context) < 5; }, &polls};
    EXPECT_EQ(Matcher(program, bytes(text), 0, 60, poll).search(), Outcome::interrupted);
    EXPECT_EQ(polls, 5);
}

TEST(SreEngine, SearchesPastTheStridesBetweenPolls) {
    for (const std::vector<Word>& code : {
             std::vector<Word>{w(Op::info), 10, kInfoPrefix, 2, 2, 2, 0, 'x', 'y', 0, 0,
                               w(Op::literal), 'x', w(Op::literal), 'y', w(Op::success)},
             std::vector<Word>{w(Op::info), 4, 0, 2, 2,
                               w(Op::literal), 'x', w(Op::literal), 'y', w(Op::success)},
         }) {
        Program program;
        ASSERT_EQ(program.build(code, 0), BuildError::none);
        constexpr std::int64_t kStride = 1 << 20;
        for (std::int64_t place : {kStride - 2, kStride - 1, kStride, kStride + 1, 3 * kStride}) {
            std::string text(static_cast<std::size_t>(place), 'a');
            text += "xy";
            Matcher narrow(program, bytes(text), 0, size_of(text));
            ASSERT_EQ(narrow.search(), Outcome::matched);
            EXPECT_EQ(narrow.begin(), place);
            const std::u16string wide(text.begin(), text.end());
            Matcher wider(program, {wide.data(), wide.size(), 2}, 0, size_of(text));
            ASSERT_EQ(wider.search(), Outcome::matched);
            EXPECT_EQ(wider.begin(), place);
        }
    }
}

TEST(SreEngine, SharesAProgramBetweenThreads) {
    Program program;
    ASSERT_EQ(program.build(kPairs, 0), BuildError::none);
    const std::string text = "abababc";
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 2000; ++round) {
                Matcher m(program, bytes(text), 0, size_of(text));
                EXPECT_EQ(m.search(), Outcome::matched);
                EXPECT_EQ(m.end(), 7);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST(SreChars, CasesAndCategories) {
    EXPECT_EQ(ascii_tolower('A'), Char{'a'});
    EXPECT_EQ(ascii_tolower(0xC9), Char{0xC9});
    EXPECT_EQ(unicode_tolower(0xC9), Char{0xE9});
    EXPECT_EQ(unicode_toupper(0xDF), Char{'S'});
    EXPECT_TRUE(ascii_iscased('z'));
    EXPECT_FALSE(ascii_iscased(0xE9));
    EXPECT_TRUE(unicode_iscased(0xE9));
    EXPECT_TRUE(unicode_iscased(0xDF));
    EXPECT_FALSE(unicode_iscased('1'));
    EXPECT_TRUE(in_category(Category::uni_word, 0xBD));
    EXPECT_FALSE(in_category(Category::word, 0xBD));
    EXPECT_TRUE(in_category(Category::uni_not_space, 'x'));
}

}  // namespace
}  // namespace oro::sre
