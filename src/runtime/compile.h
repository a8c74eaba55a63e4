// From source text to code objects: parser and compiler, their errors as exceptions, their warnings issued.
#pragma once
#include <string_view>

#include "object/str.h"
#include "syntax/parse.h"
#include "vm/code.h"

namespace oro {

// Where the source comes from: the main program's file has its own words for what is wrong with it.
enum class SourceOrigin : std::uint8_t { text, file };

struct CompileSettings {
    syntax::ParseMode mode = syntax::ParseMode::exec;
    std::uint32_t flags = 0;      // CO_FUTURE_... and PyCF_... bits
    int optimize = -1;            // -1: as the interpreter was started
    bool immortal = false;        // constants live for ever: code of modules
    SourceOrigin origin = SourceOrigin::text;
};
// PyCF_ bits of compile()'s flags.
inline constexpr std::uint32_t kOnlyAst = 0x400, kDontImplyDedent = 0x200, kAllowTopLevelAwait = 0x2000, kAllowIncompleteInput = 0x4000,
                               kTypeComments = 0x1000, kOptimizedAst = 0x8400;

// The octets of a source text as UTF-8, which lives in the arena or is `bytes` itself: the encoding declaration is honoured.
Result<std::string_view> decode_source_bytes(Python& py, Arena& arena, std::string_view bytes, Borrowed<Str> filename,
                                             SourceOrigin origin = SourceOrigin::text);
// The two halves of compile_source. Errors of the second show
// lines of the file, if there is one of that name.
Result<syntax::Mod*> parse_source(Python& py, Arena& arena, std::string_view source, Borrowed<Str> filename, CompileSettings const& settings);
Result<Ref<Code>> compile_syntax(Python& py, Arena& arena, syntax::Mod const& tree, Borrowed<Str> filename, CompileSettings const& settings);
// `source` is UTF-8 text (decoded, see syntax/source.h).
Result<Ref<Code>> compile_source(Python& py, std::string_view source, Borrowed<Str> filename, CompileSettings const& settings);
// Bytes of a source file: the encoding declaration is honoured.
Result<Ref<Code>> compile_bytes(Python& py, std::string_view bytes, Borrowed<Str> filename, CompileSettings const& settings);
// Raises the exception of an error record; null text is looked up in `source`.
Raised raise_syntax_error(Python& py, syntax::SyntaxError const& error, Borrowed<> filename, std::string_view source);

}  // namespace oro
