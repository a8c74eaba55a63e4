// The main function of unit_tests. Besides GoogleTest's own options it takes --file=PATH, which runs the tests that
// stand in the source file whose path ends in PATH: ctest thus needs one process per file, and no list of names.
#include <cstdio>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

std::string filter_for(std::string_view path) {
    std::string filter;
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *all.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j) {
            const testing::TestInfo& test = *suite.GetTestInfo(j);
            if (!std::string_view(test.file()).ends_with(path)) continue;
            filter += filter.empty() ? "" : ":";
            filter += std::string(suite.name()) + "." + test.name();
        }
    }
    return filter;
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    constexpr std::string_view kOption = "--file=";
    for (int i = 1; i < argc; ++i) {
        std::string_view argument = argv[i];
        if (!argument.starts_with(kOption)) {
            std::fprintf(stderr, "unit_tests: unknown argument %s\n", argv[i]);
            return 2;
        }
        std::string filter = filter_for(argument.substr(kOption.size()));
        if (filter.empty()) {
            std::fprintf(stderr, "unit_tests: no test stands in a file %s\n", argv[i] + kOption.size());
            return 2;
        }
        testing::GTEST_FLAG(filter) = filter;
    }
    return RUN_ALL_TESTS();
}
