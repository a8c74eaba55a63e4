// Damages the code words of cases that dump_cases.py wrote, and runs what the validator lets pass: under a
// sanitizer nothing may be read or written out of bounds, whatever the words. Takes the file and the number
// of tries for each.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "modules/_sre/engine.h"

using namespace oro::sre;

namespace {

bool proceed(void* context) { return ++*static_cast<int*>(context) < 3; }

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    std::ifstream in(argv[1]);
    const int tries = std::atoi(argv[2]);
    std::mt19937 random(1);
    const std::string subject = "aab bca1\nABab c\xE9\xB5-";
    const std::vector<std::uint8_t> narrow(subject.begin(), subject.end());
    const std::vector<std::uint32_t> wide(subject.begin(), subject.end());
    std::vector<Word> former;
    long accepted = 0, rejected = 0;
    for (std::string text; std::getline(in, text);) {
        std::istringstream line(text);
        std::string tag, pattern;
        Word groups, count;
        if (!(line >> tag) || tag != "P" || !(line >> groups >> pattern >> count)) continue;
        std::vector<Word> words(count);
        for (Word& w : words) line >> w;
        for (int i = 0; i < tries; ++i) {
            std::vector<Word> damaged = words;
            for (unsigned change = random() % 3; change != 3; ++change) {
                Word& word = damaged[random() % damaged.size()];
                switch (random() % 6) {
                case 0: word = random() % 44; break;
                case 1: word += 1; break;
                case 2: word -= 1; break;
                case 3: word = damaged[random() % damaged.size()]; break;
                case 4: word = random() % 3 == 0 ? 0xFFFFFFFF : 0; break;
                default:
                    if (!former.empty()) word = former[random() % former.size()];
                }
            }
            Program program;
            if (program.build(damaged, groups) != BuildError::none) {
                ++rejected;
                continue;
            }
            ++accepted;
            const auto attempt = [&](Subject s, bool search) {
                int polls = 0;
                Matcher m(program, s, 1, 100, {proceed, &polls});
                (void)(search ? m.search() : m.match());
            };
            for (const bool search : {false, true}) {
                attempt({narrow.data(), narrow.size(), 1}, search);
                attempt({wide.data(), wide.size(), 4}, search);
            }
        }
        former = words;
    }
    std::printf("%ld accepted, %ld rejected\n", accepted, rejected);
}
