#include "syntax/parse.h"

#include <limits>

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
        return error_result(arena, ErrorKind::overflow_error,
                            "Parser column offset overflow - source line is too big");

    SourceText text(arena, source, options.mode == ParseMode::exec);
    TokenizerOptions token_options;
    token_options.interactive = options.mode == ParseMode::single;
    token_options.imply_dedent = !options.dont_imply_dedent;
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
    std::span<const SyntaxWarning> from_tokenizer = tokenizer.warnings();
    if (!result.tree) {
        // The diagnosis reads things again, and warnings with them.
        std::vector<SyntaxWarning> kept = warnings;
        DiagnosedError found = diagnose(arena, text, tokens, tokenizer, parser, options);
        result.error = found.error;
        // What comes behind the last token read gives no warnings.
        const Token& last = tokens[found.last_token];
        bool indentation = last.type == Tok::Indent || last.type == Tok::Dedent;
        int column = indentation ? 0 : last.col < 0 ? std::numeric_limits<int>::max() : last.col + 1;
        std::size_t seen = 0;
        while (seen < from_tokenizer.size() && (from_tokenizer[seen].lineno < last.lineno ||
               (from_tokenizer[seen].lineno == last.lineno && from_tokenizer[seen].offset <= column)))
            ++seen;
        from_tokenizer = from_tokenizer.first(seen);
        warnings = std::move(kept);
    }

    // Tokenizer and parser each have theirs in order; together they go by line.
    std::vector<SyntaxWarning> all;
    auto a = from_tokenizer.begin();
    auto b = warnings.begin();
    while (a != from_tokenizer.end() || b != warnings.end()) {
        bool take_a = b == warnings.end() || (a != from_tokenizer.end() && a->lineno <= b->lineno);
        all.push_back(take_a ? *a++ : *b++);
    }
    result.warnings = arena.copy(std::span<const SyntaxWarning>(all));
    return result;
}

}  // namespace oro::syntax
