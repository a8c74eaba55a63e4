// Finding the words for a syntax error, once the parser has refused the text.
#pragma once

#include <vector>

#include "syntax/errors.h"
#include "syntax/parse.h"
#include "syntax/parser.h"
#include "syntax/source_text.h"
#include "syntax/token.h"
#include "syntax/tokenizer.h"

namespace oro::syntax {

struct DiagnosedError {
    const SyntaxError* error = nullptr;  // never null
    // The last token that CPython would have read by then, which tells how many of the tokenizer's warnings
    // it gives.
    std::size_t last_token = 0;
};

// Why `parser` has failed to parse the text.
DiagnosedError diagnose(Arena& arena, const SourceText& source, std::span<const Token> tokens,
                        const Tokenizer& tokenizer, Parser& parser, const ParseOptions& options);

}  // namespace oro::syntax
