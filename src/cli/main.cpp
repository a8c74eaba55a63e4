// The command `orochi`. So far it knows its version only; the interpreter is wired in here.
#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "-V") {
        std::puts("Python 3.14.2");
        return 0;
    }
    std::fputs("orochi: only -V is understood so far\n", stderr);
    return 2;
}
