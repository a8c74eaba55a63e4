// Compiles Python source and prints the bytecode, or checks many files.
//
//   compile_dump FILE...           disassembles each file
//   compile_dump --positions FILE  the same with source positions
//   compile_dump --verify FILE...  compiles and verifies; prints what is wrong, and a count
//   compile_dump --facts FILE...   prints names, flags and positions of each code unit, to be compared with
//   CPython's compile_dump --unparse FILE    prints each line, an expression, as annotations show it
//   compile_dump --batch           reads cases from standard input: "MODE FLAGS OPTIMIZE LENGTH\n" and the
//   text; prints
//                                  one line for each: OK or ERROR, with the warnings in front
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "bytecode/disassemble.h"
#include "bytecode/verify.h"
#include "compiler/compile.h"
#include "compiler/unparse.h"
#include "syntax/dump.h"
#include "syntax/parse.h"
#include "syntax/source.h"

using namespace oro;

namespace {

std::string read_file(char const* path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

std::string quoted(std::string_view text) { return repr(syntax::ConstantValue::str(text)); }

char const* const kind_names[] = {"SyntaxError", "IndentationError", "TabError", "_IncompleteInputError",
                                  "MemoryError", "OverflowError", "RecursionError"};

std::string describe(syntax::SyntaxError const& e) {
    std::string out = "ERROR ";
    out += kind_names[int(e.kind)];
    for (int n : {e.lineno, e.offset, e.end_lineno, e.end_offset}) out += "|" + std::to_string(n);
    return out + "|" + quoted(e.message);
}

void list(std::string const& head, std::vector<std::string> const& names) {
    std::printf(" %s=", head.c_str());
    for (auto const& n : names) std::printf("%s,", n.c_str());
}

// One line a unit, then one line for each instruction of interest with its position.
void facts(CodeUnit const& code) {
    std::printf("UNIT %s|%u|%x|%u/%u/%u", code.qualname.c_str(), code.first_line, code.flags,
                code.positional_only, code.positional, code.keyword_only);
    std::vector<std::string> variables, cells, cell_arguments;
    for (std::size_t i = 0; i < code.local_names.size(); ++i) {
        std::uint8_t kind = code.local_kinds[i];
        bool twice = false;
        for (std::size_t k = 0; k < code.local_names.size(); ++k)
            twice |= k != i && code.local_names[k] == code.local_names[i];
        if (kind & LOCAL_HIDDEN && twice) continue;
        if (!(kind & LOCAL_CELL) || kind & LOCAL_ARGUMENT) variables.push_back(code.local_names[i]);
        if (kind & LOCAL_CELL) cells.push_back(code.local_names[i]);
    }
    list("vars", variables);
    list("cells", cells);
    list("free", code.free_names);
    std::printf(" doc=%s\n", code.flags & CO_HAS_DOCSTRING ? quoted(code.constants[0].text).c_str() : "None");
    for (std::size_t i = 0; i < code.code.size(); ++i) {
        Position p = code.positions[i];
        std::printf("OP %s %d:%d-%d:%d\n", op_info[int(code.code[i].op())].name, p.line, p.column, p.end_line,
                    p.end_column);
    }
    for (Constant const& c : code.constants)
        if (c.kind == Constant::Kind::code) facts(*c.code);
}

void unparse_lines(char const* path) {
    std::ifstream in(path);
    std::string line;
    while (std::getline(in, line)) {
        Arena arena;
        syntax::ParseOptions options;
        options.mode = syntax::ParseMode::eval;
        auto parsed = syntax::parse(arena, line, options);
        std::string text =
            parsed ? compiler::unparse(*syntax::cast<syntax::Expression>(parsed.tree)->body) : "?";
        std::printf("%s\n", quoted(text).c_str());
    }
}

void batch() {
    std::string header;
    while (std::getline(std::cin, header)) {
        char mode[16];
        unsigned flags = 0;
        int optimize = 0;
        std::size_t length = 0;
        if (std::sscanf(header.c_str(), "%15s %u %d %zu", mode, &flags, &optimize, &length) != 4) return;
        std::string text(length, '\0');
        std::cin.read(text.data(), std::streamsize(length));
        std::cin.get();
        Arena arena;
        syntax::ParseOptions options;
        if (!std::strcmp(mode, "eval")) options.mode = syntax::ParseMode::eval;
        if (!std::strcmp(mode, "single")) options.mode = syntax::ParseMode::single;
        auto parsed = syntax::parse(arena, text, options);
        std::string out;
        for (auto const& w : parsed.warnings)
            out += "WARNING " + std::to_string(w.lineno) + "|" + quoted(w.message) + "\t";
        if (!parsed) {
            out += describe(*parsed.error);
        } else {
            compiler::CompileOptions copts;
            copts.flags = flags;
            copts.optimize = optimize;
            auto result = compiler::compile(arena, *parsed.tree, copts);
            for (auto const& w : result.warnings)
                out += "WARNING " + std::to_string(w.lineno) + "|" + quoted(w.message) + "\t";
            if (!result) {
                out += describe(*result.error);
            } else {
                std::string wrong = verify(*result.code);
                out += wrong.empty() ? "OK" : "BAD " + wrong;
            }
        }
        std::printf("%s\n", out.c_str());
        std::fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv) {
    bool only_verify = false, positions = false, only_facts = false;
    int files = 0, bad = 0;
    std::size_t bytes = 0;
    double seconds = 0;
    for (int i = 1; i < argc; ++i) {
        std::string_view arg = argv[i];
        if (arg == "--batch") return batch(), 0;
        if (arg == "--verify") {
            only_verify = true;
            continue;
        }
        if (arg == "--unparse" && i + 1 < argc) return unparse_lines(argv[i + 1]), 0;
        if (arg == "--facts") {
            only_facts = true;
            continue;
        }
        if (arg == "--positions") {
            positions = true;
            continue;
        }
        ++files;
        std::string text = read_file(argv[i]);
        Arena arena;
        auto source = syntax::decode_source(arena, text);
        if (source.error || source.needs_codec) continue;
        auto parsed = syntax::parse(arena, source.text);
        if (!parsed) {
            std::printf("%s: %s\n", argv[i], describe(*parsed.error).c_str());
            continue;
        }
        compiler::CompileOptions options;
        options.filename = argv[i];
        auto begin = std::chrono::steady_clock::now();
        auto result = compiler::compile(arena, *parsed.tree, options);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        bytes += text.size();
        if (!result) {
            std::printf("%s: %s\n", argv[i], describe(*result.error).c_str());
            ++bad;
            continue;
        }
        std::string wrong = verify(*result.code);
        if (!wrong.empty()) {
            std::printf("%s: BAD %s\n", argv[i], wrong.c_str());
            ++bad;
        }
        if (only_facts)
            facts(*result.code);
        else if (!only_verify)
            std::fputs(disassemble(*result.code, {.positions = positions}).c_str(), stdout);
    }
    if (only_verify)
        std::printf("%d files, %d bad, %.1f MB/s\n", files, bad,
                    seconds ? double(bytes) / seconds / 1e6 : 0.0);
    return bad != 0;
}
