#include "syntax/diagnose.h"

namespace oro::syntax {

const SyntaxError* diagnose(Arena& arena, const SourceText&, std::span<const Token> tokens, const Tokenizer&,
                            Parser& parser, const ParseOptions&) {
    if (parser.error()) return parser.error();
    auto* e = arena.make<SyntaxError>();
    e->message = "invalid syntax";
    e->lineno = tokens[std::min(parser.failed_at(), tokens.size() - 1)].lineno;
    return e;
}

}  // namespace oro::syntax
