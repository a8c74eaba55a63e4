// Compiles the modules that the executable carries: build step, see cmake/frozen.cmake.
//
//   freeze LIST LIBRARY BLOB TABLE
//
// LIST is src/runtime/frozen_modules.txt, LIBRARY the folder of the standard library. BLOB gets the blocks of code, each aligned
// to 64; TABLE a line X(name, of, kind, offset, size) for each module of the list.
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/arena.h"
#include "bytecode/code_image.h"
#include "compiler/compile.h"
#include "syntax/parse.h"
#include "syntax/source.h"

using namespace oro;

namespace {

bool read_whole(std::string const& path, std::string& out) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    out = all.str();
    return bool(in);
}

// The block of code, or an empty one and a message.
std::string compile_file(std::string const& path, std::string const& name) {
    std::string text;
    if (path != "-" && !read_whole(path, text)) {
        std::fprintf(stderr, "freeze: cannot read %s\n", path.c_str());
        return {};
    }
    Arena arena;
    syntax::DecodedSource source = syntax::decode_source(arena, text);
    syntax::ParseResult parsed = syntax::parse(arena, source.text);
    compiler::CompileOptions options;
    std::string filename = "<frozen " + name + ">";
    options.filename = filename;
    compiler::CompileResult result;
    if (parsed) result = compiler::compile(arena, *parsed.tree, options);
    syntax::SyntaxError const* error = parsed ? result.error : parsed.error;
    if (source.error || source.needs_codec || error || !result) {
        std::fprintf(stderr, "freeze: %s, line %d: %s\n", path.c_str(), error ? error->lineno : 0, error ? std::string(error->message).c_str() : "bad encoding");
        return {};
    }
    std::string image = write_image(*result.code);
    std::string aligned(image.size() + 8, '\0');
    char* at = aligned.data() + (-reinterpret_cast<std::uintptr_t>(aligned.data()) & 7);
    image.copy(at, image.size());
    if (!check_image({at, image.size()})) {
        std::fprintf(stderr, "freeze: %s: the block of code is not sound\n", path.c_str());
        return {};
    }
    return image;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return std::fputs("usage: freeze LIST LIBRARY BLOB TABLE\n", stderr), 2;
    std::ifstream list(argv[1]);
    std::ofstream blob(argv[3], std::ios::binary), table(argv[4]);
    std::map<std::string, std::pair<std::size_t, std::size_t>> done;   // by file and name in the code
    std::size_t at = 0;
    std::string line;
    while (std::getline(list, line)) {
        std::istringstream words(line);
        std::string name, kind, file, of;
        if (!(words >> name >> kind >> file) || name[0] == '#') continue;
        if (!(words >> of)) of = name;
        std::string in_code = of == "-" || of[0] == '<' ? name : of;
        auto [place, fresh] = done.try_emplace(file + ' ' + in_code);
        if (fresh) {
            std::string image = compile_file(file == "-" ? file : std::string(argv[2]) + "/" + file, in_code);
            if (image.empty()) return 1;
            place->second = {at, image.size()};
            image.resize((image.size() + 63) & ~std::size_t(63));
            blob << image;
            at += image.size();
        }
        table << "X(\"" << name << "\", \"" << (of == "-" ? "" : of) << "\", " << kind << ", " << place->second.first << ", " << place->second.second << ")\n";
    }
    blob.flush();
    table.flush();
    return blob && table ? 0 : 1;
}
