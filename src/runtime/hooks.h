// What the module builtins needs from the compiler, the interpreter and the import system.
#pragma once
#include "object/dict.h"
#include "object/str.h"

namespace oro {

// compile(): `source` is text, bytes (or another buffer) or a syntax tree of _ast.
struct CompileRequest {
    enum Mode { exec, eval, single, func_type } mode;
    Borrowed<> source;
    Borrowed<Str> filename;
    std::uint32_t flags = 0;          // as given; __future__ features of the calling code come besides if `inherit`
    bool inherit = true;
    int optimize = -1;
    int feature_version = -1;
};
// A code object, or a syntax tree if the flags ask for it (runtime/compile_any.cpp).
Result<Ref<>> compile_any(Python& py, CompileRequest const& request);

struct CompileSettings;

// What the module _ast does for compile(); it enters itself when it is imported.
struct SyntaxTrees {
    bool (*is_tree)(Python& py, Borrowed<> v);
    // From text in UTF-8 to a tree; from a tree to a code object (or a tree again, if the flags ask for one). `settings` are
    // those of the request.
    Result<Ref<>> (*parse)(Python& py, std::string_view source, CompileRequest const& request, CompileSettings const& settings);
    Result<Ref<>> (*compile)(Python& py, CompileRequest const& request, CompileSettings const& settings);
};
void set_syntax_trees(SyntaxTrees const* trees);

// __build_class__ (runtime/build_class.cpp).
Value build_class(Python& py, Native& callee, Value self, Value const* args, std::size_t n, Tuple* names);

}  // namespace oro
