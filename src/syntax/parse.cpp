#include "syntax/parse.h"

#include "syntax/diagnose.h"
#include "syntax/parser.h"
#include "syntax/tokenizer.h"

namespace oro::syntax {
namespace {

ParseResult error_result(Arena& arena, ErrorKind kind, std::string_view message) {
    auto* e = arena.make<SyntaxError>();
    e->kind = kind;
    e->message = message;
    ParseResult result;
    result.error = e;
    return result;
}

}  // namespace

ParseResult parse(Arena& arena, std::string_view source, const ParseOptions& options) {
    if (source.find('\0') != source.npos)
        return error_result(arena, ErrorKind::syntax_error, "source code string cannot contain null bytes");
    if (source.size() > kMaxSourceSize)
        return error_result(arena, ErrorKind::overflow_error, "Parser column offset overflow - source line is too big");

    SourceText text(arena, source, options.mode == ParseMode::exec);
    TokenizerOptions token_options;
    token_options.interactive = options.mode == ParseMode::single;
    token_options.imply_dedent = !options.dont_imply_dedent;
    token_options.implicit_newline = text.newline_was_added();
    Tokenizer tokenizer(arena, text.text(), token_options);
    std::vector<Token> tokens;
    tokens.reserve(text.text().size() / 4 + 16);
    do tokens.push_back(tokenizer.next());
    while (tokens.back().type != Tok::EndMarker && tokens.back().type != Tok::Error);

    ParseResult result;
    result.names = arena.make<Interner>(arena);
    std::vector<SyntaxWarning> warnings;
    Parser parser(arena, text, tokens, options, *result.names, warnings);
    result.tree = parser.parse();
    if (!result.tree) result.error = diagnose(arena, text, tokens, tokenizer, parser, options);

    // Tokenizer and parser each have theirs in order; together they go by line.
    std::vector<SyntaxWarning> all;
    auto a = tokenizer.warnings().begin();
    auto b = warnings.begin();
    while (a != tokenizer.warnings().end() || b != warnings.end()) {
        bool take_a = b == warnings.end() || (a != tokenizer.warnings().end() && a->lineno <= b->lineno);
        all.push_back(take_a ? *a++ : *b++);
    }
    result.warnings = arena.copy(std::span<const SyntaxWarning>(all));
    return result;
}

}  // namespace oro::syntax
