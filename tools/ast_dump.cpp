// Prints the syntax tree of Python source, or the error it has, in a form to be compared with CPython's.
//
//   ast_dump FILE...      prints for each file a line: ast.dump(tree, include_attributes=True) or the error
//   ast_dump --batch      reads "MODE LENGTH FLAGS\n" and the text, again and again; a line for each
//   ast_dump --check      the same, with "ok" in the place of trees
//   ast_dump --tokens FILE  prints the tokens as Python's tokenize module gives them
//   ast_dump --time FILE  parses the file often and prints MB/s
//
// An error prints as "ERROR kind|lineno|offset|end_lineno|end_offset|message|text" with repr-like escapes;
// warnings go before either as "WARNING lineno|message".
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "syntax/dump.h"
#include "syntax/parse.h"
#include "syntax/source.h"
#include "syntax/source_text.h"
#include "syntax/tokenizer.h"

using namespace oro;
using namespace oro::syntax;

namespace {

std::string quoted(std::string_view text) { return repr(ConstantValue::str(text)); }

const char* const kind_names[] = {"SyntaxError", "IndentationError", "TabError",
                                  "_IncompleteInputError", "MemoryError", "OverflowError"};

std::string describe(Arena& arena, std::string_view bytes, const ParseOptions& options, bool decoded,
                     bool show_tree = true) {
    ParseResult result;
    std::string out;
    if (decoded) {
        result = parse(arena, bytes, options);
    } else {
        DecodedSource source = decode_source(arena, bytes);
        if (source.error)
            result.error = source.error;
        else
            result = parse(arena, source.text, options);
    }
    for (const SyntaxWarning& w : result.warnings) {
        out += "WARNING " + std::to_string(w.lineno) + "|" + quoted(w.message) + "|" +
               std::to_string(w.offset) + "|" + std::to_string(w.end_offset) + "|" + quoted(w.error_message) +
               "\t";
    }
    if (result.tree) return out + (show_tree ? dump(*result.tree, true) : "ok");
    const SyntaxError& e = *result.error;
    out += "ERROR ";
    out += kind_names[static_cast<int>(e.kind)];
    for (int n : {e.lineno, e.offset, e.end_lineno, e.end_offset}) out += "|" + std::to_string(n);
    return out + "|" + quoted(e.message) + "|" + (e.text.data() ? quoted(e.text) : "None");
}

std::string read_file(const char* path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

int batch(bool show_tree) {
    std::string header;
    while (std::getline(std::cin, header)) {
        std::istringstream words(header);
        std::string mode, flags;
        std::size_t length = 0;
        words >> mode >> length >> flags;
        std::string text(length, '\0');
        std::cin.read(text.data(), static_cast<std::streamsize>(length));
        std::cin.get();
        ParseOptions options;
        options.mode = mode == "exec"     ? ParseMode::exec
                       : mode == "eval"   ? ParseMode::eval
                       : mode == "single" ? ParseMode::single
                                          : ParseMode::func_type;
        options.allow_incomplete_input = flags.find('i') != flags.npos;
        options.dont_imply_dedent = flags.find('d') != flags.npos;
        options.barry_as_flufl = flags.find('b') != flags.npos;
        Arena arena;
        std::cout << describe(arena, text, options, true, show_tree) << '\n';
    }
    return 0;
}

int print_tokens(const char* path) {
    std::string text = read_file(path);
    bool newline_added = text.empty() || text.back() != '\n';
    Arena arena;
    SourceText source(arena, text, true);
    TokenizerOptions options;
    options.extra_tokens = true;
    Tokenizer tokenizer(arena, source.text(), options);
    for (;;) {
        Token t = tokenizer.next();
        if (t.type == Tok::Error) {
            std::cout << "ERROR\n";
            return 1;
        }
        int type = is_keyword(t.type) ? 1 : static_cast<int>(t.type);
        if (t.type >= Tok::LeftParen && t.type < Tok::Op) type = static_cast<int>(Tok::Op);
        std::string_view shown = source.slice(t.start, t.end);
        bool past_end = t.at_end && (t.type == Tok::EndMarker || t.type == Tok::Dedent);
        if (past_end) t.lineno = t.end_lineno = t.lineno + 1, t.col = t.end_col = 0;
        if (newline_added && t.end == source.text().size() && (t.type == Tok::Newline || t.type == Tok::Nl))
            shown = "";
        auto column = [&](int line, int col) { return char_column(source.line(line), col); };
        std::cout << type << " " << t.lineno << "," << (past_end ? 0 : column(t.lineno, t.col)) << "-"
                  << t.end_lineno << "," << (past_end ? 0 : column(t.end_lineno, t.end_col)) << " "
                  << quoted(shown) << "\n";
        if (t.type == Tok::EndMarker) return 0;
    }
}

int time_parsing(const char* path) {
    std::string text = read_file(path);
    auto start = std::chrono::steady_clock::now();
    double seconds = 0;
    int rounds = 0;
    while (seconds < 2) {
        Arena arena;
        if (!parse(arena, text)) return 1;
        ++rounds;
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::printf("%.1f MB/s\n", static_cast<double>(text.size()) * rounds / seconds / 1e6);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    if (argc > 1 && !std::strcmp(argv[1], "--batch")) return batch(true);
    if (argc > 1 && !std::strcmp(argv[1], "--check")) return batch(false);
    if (argc > 2 && !std::strcmp(argv[1], "--tokens")) return print_tokens(argv[2]);
    if (argc > 2 && !std::strcmp(argv[1], "--time")) return time_parsing(argv[2]);
    for (int i = 1; i < argc; ++i) {
        Arena arena;
        std::cout << describe(arena, read_file(argv[i]), {}, false) << '\n';
    }
    return 0;
}
