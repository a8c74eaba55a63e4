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

// The error record of a text that `parser` has failed to parse. Never null.
const SyntaxError* diagnose(Arena& arena, const SourceText& source, std::span<const Token> tokens,
                            const Tokenizer& tokenizer, Parser& parser, const ParseOptions& options);

}  // namespace oro::syntax
