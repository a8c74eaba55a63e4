// Runs the cases that dump_cases.py writes and reports every difference from CPython's results.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "modules/_sre/engine.h"

using namespace oro::sre;

namespace {

struct Checker {
    Program program;
    bool usable = false;
    std::string pattern;
    long cases = 0, failures = 0, patterns = 0;

    void describe(const Matcher& m, std::vector<std::int64_t>& out) const {
        out.push_back(m.begin());
        out.push_back(m.end());
        out.push_back(m.last_index());
        for (Word g = 1; g <= program.groups(); ++g) {
            out.push_back(m.group(g).begin);
            out.push_back(m.group(g).end);
        }
    }

    template <class Unit>
    void test(char mode, unsigned kind, std::int64_t pos, std::int64_t endpos,
              const std::vector<long>& subject, const std::vector<std::int64_t>& expected,
              const std::string& line) {
        const std::vector<Unit> exact(subject.begin(), subject.end());   // so that a sanitizer sees its end
        Matcher m(program, {exact.data(), exact.size(), kind}, pos, endpos);
        std::vector<std::int64_t> got{0};
        for (;;) {
            const Outcome outcome = mode == 'm' ? m.match() : mode == 'f' ? m.fullmatch() : m.search();
            if (outcome != Outcome::matched) break;
            ++got[0];
            describe(m, got);
            if (mode != 'i') break;
            m.advance();
        }
        ++cases;
        if (got == expected) return;
        if (++failures > 30) return;
        std::printf("%s\n  %s\n  got", pattern.c_str(), line.c_str());
        for (auto v : got) std::printf(" %ld", static_cast<long>(v));
        std::printf("\n");
    }

    void line(const std::string& text) {
        std::istringstream in(text);
        std::string tag;
        in >> tag;
        if (tag == "P") {
            Word groups, count;
            in >> groups >> pattern >> count;
            std::vector<Word> words(count);
            for (Word& w : words) in >> w;
            program = Program();
            const BuildError error = program.build(words, groups);
            usable = error == BuildError::none;
            ++patterns;
            if (!usable) {
                ++failures;
                std::printf("%s: rejected\n", pattern.c_str());
            }
        } else if (tag == "T" && usable) {
            char mode, equals;
            unsigned kind;
            std::int64_t pos, endpos;
            std::size_t length;
            in >> mode >> kind >> pos >> endpos >> length;
            std::vector<long> subject(length);
            for (long& c : subject) in >> c;
            in >> equals;
            std::vector<std::int64_t> expected;
            for (std::int64_t v; in >> v;) expected.push_back(v);
            if (kind == 1) test<std::uint8_t>(mode, 1, pos, endpos, subject, expected, text);
            if (kind <= 2) test<std::uint16_t>(mode, 2, pos, endpos, subject, expected, text);
            test<std::uint32_t>(mode, 4, pos, endpos, subject, expected, text);
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    std::ifstream in(argv[1]);
    Checker checker;
    for (std::string text; std::getline(in, text);) checker.line(text);
    std::printf("%ld patterns, %ld cases, %ld failures\n", checker.patterns, checker.cases, checker.failures);
    return checker.failures != 0;
}
