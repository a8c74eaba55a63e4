// The module _tokenize: the tokenizer as tokenize.py wants it.
//
// The lines are read to the end before the first token is made: the tokenizer works on whole texts. An iterator is shared safely:
// its lock gives each token to one caller.
#include "memory/lock.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/define.h"
#include "runtime/compile.h"
#include "syntax/source_text.h"
#include "syntax/tokenizer.h"

namespace oro::tokenize {

using syntax::Tok;

// What one iterator works on; used under its lock only.
struct Work {
    Arena arena;
    syntax::SourceText source;
    syntax::Tokenizer tokenizer;
    bool newline_added;
    bool ended = false;
    Work(std::string_view text, bool added, syntax::TokenizerOptions const& options)
        : source(arena, text, true), tokenizer(arena, source.text(), options), newline_added(added) {}
};

struct TokenizerIter : Object {
    Fixed<> readline;
    Fixed<Str> encoding;                 // null: readline gives str
    bool extra_tokens;
    LockByte busy{0};                    // guards work and everything below it
    Work* work = nullptr;
    TokenizerIter(Ref<> r, Maybe<Str> e, bool extra) : readline(std::move(r)), encoding(std::move(e)), extra_tokens(extra) {}
    ~TokenizerIter() { delete work; }
    static constexpr auto fields = std::tuple{&TokenizerIter::readline, &TokenizerIter::encoding};
    static Type& type();
};

namespace {

Result<std::string> read_all(Python& py, TokenizerIter& self) {
    std::string text;
    for (;;) {
        auto r = call(py, *self.readline, {});
        if (r.raised()) {
            if (!raised_is(py, exc::StopIteration)) return Raised{};
            clear_raised(py);
            return text;
        }
        Ref<> line = std::move(r).take();
        if (self.encoding) {
            if (!is<Bytes>(line.value())) return raise(py, exc::TypeError, "readline() returned a non-bytes object");
            if (as<Bytes>(line.value())->size == 0) return text;
            std::string codec = wtf8_of(*self.encoding.get());
            Ref<Str> decoded = TRY(decode_text(py, as<Bytes>(line.value())->view(), codec, "replace"));
            text += wtf8_of(*decoded.get());
        } else {
            if (!is<Str>(line.value())) return raise(py, exc::TypeError, "readline() returned a non-string object");
            if (as<Str>(line.value())->length() == 0) return text;
            text += wtf8_of(*as<Str>(line.value()).get());
        }
        CHECK(poll(py));
    }
}

Result<Ref<>> position(Python& py, int line, int column) {
    return TRY(make_tuple_of(py, Ref<>::adopt(Value::of_int(line)), Ref<>::adopt(Value::of_int(column))));
}

Raised fault(Python& py, Work& w) {
    Ref<Str> filename = TRY(make_str(py, "<string>"));
    syntax::SyntaxError e;
    switch (w.tokenizer.stop()) {
        case syntax::TokenizerStop::reported: return raise_syntax_error(py, w.tokenizer.error(), filename, w.source.text());
        case syntax::TokenizerStop::bad_dedent:
            e.kind = syntax::ErrorKind::indentation_error;
            e.message = "unindent does not match any outer indentation level";
            break;
        case syntax::TokenizerStop::tabs_and_spaces:
            e.kind = syntax::ErrorKind::tab_error;
            e.message = "inconsistent use of tabs and spaces in indentation";
            break;
        case syntax::TokenizerStop::too_deep:
            e.kind = syntax::ErrorKind::indentation_error;
            e.message = "too many levels of indentation";
            break;
        case syntax::TokenizerStop::line_continuation: e.message = "unexpected character after line continuation character"; break;
        default: e.message = "unexpected EOF in multi-line statement"; break;
    }
    e.lineno = w.tokenizer.lineno();
    e.offset = int(w.tokenizer.position() - w.tokenizer.line_start()) + 1;
    return raise_syntax_error(py, e, filename, w.source.text());
}

Next next_token(Python& py, TokenizerIter& self) {
    if (!self.work) {
        // Reading runs Python: nothing else of this iterator is touched meanwhile, its lock being held by this thread.
        std::string text = TRY(read_all(py, self));
        syntax::TokenizerOptions options;
        options.extra_tokens = self.extra_tokens;
        bool added = text.empty() || text.back() != '\n';
        self.work = new Work(text, added, options);
    }
    Work& w = *self.work;
    if (w.ended) return Next::end();
    syntax::Token t = w.tokenizer.next();
    if (t.type == Tok::Error) {
        w.ended = true;
        return fault(py, w);
    }
    int type = syntax::is_keyword(t.type) ? int(Tok::Name) : int(t.type);
    if (self.extra_tokens && t.type >= Tok::LeftParen && t.type < Tok::Op) type = int(Tok::Op);
    std::string_view shown = w.source.slice(t.start, t.end);
    bool past_end = t.at_end && (t.type == Tok::EndMarker || t.type == Tok::Dedent);
    std::string_view line;
    if (past_end) {
        t.lineno = t.end_lineno = t.lineno + 1;
        t.col = t.end_col = 0;
    } else {
        line = w.source.line(t.lineno);
    }
    if (w.newline_added && t.end == w.source.text().size() && (t.type == Tok::Newline || t.type == Tok::Nl)) shown = "";
    auto column = [&](int number, int col) { return past_end ? 0 : syntax::char_column(w.source.line(number), col); };
    Ref<> begin = TRY(position(py, t.lineno, column(t.lineno, t.col)));
    Ref<> end = TRY(position(py, t.end_lineno, column(t.end_lineno, t.end_col)));
    Ref<Str> text = TRY(make_str(py, shown));
    // The line with its end, as readline gave it; the one that was added at the end of the text is not shown.
    std::string with_end(line);
    if (!past_end && (with_end.empty() || with_end.back() != '\n') && !(w.newline_added && t.end == w.source.text().size())) with_end += '\n';
    Ref<Str> whole = TRY(make_str(py, std::string_view(past_end ? std::string() : with_end)));
    if (t.type == Tok::EndMarker) w.ended = true;
    return Ref<>(TRY(make_tuple_of(py, Ref<>::adopt(Value::of_int(type)), std::move(text), std::move(begin), std::move(end), std::move(whole))));
}

Next next(Python& py, Borrowed<TokenizerIter> self) {
    lock(py, self->busy);
    Next n = next_token(py, *self.get());
    unlock(self->busy);
    return n;
}
Result<Ref<>> iter(Python&, Borrowed<TokenizerIter> self) { return self.share(); }

Value make_iterator(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"readline", "encoding", "extra_tokens"};
    Value out[3];
    if (parse_arguments(py, "tokenizeriter", kNames, 0, 1, 1, args, n, names, out).raised()) return {};
    auto build = [&]() -> Result<Ref<>> {
        bool extra = out[2] && TRY(truth(py, Borrowed<>(out[2])));
        Maybe<Str> encoding;
        if (out[1] && out[1] != kNone) {
            if (!is<Str>(out[1])) return raise(py, exc::TypeError, "tokenizeriter() argument 'encoding' must be str, not {}", TypeName{out[1]});
            encoding = Maybe<Str>(as<Str>(out[1]).share());
        }
        return make<TokenizerIter>(py, type, share(out[0]), std::move(encoding), extra);
    };
    return build().release();
}

constexpr SlotDef slots[] = {slot<Dunder::iter, iter>, slot<Dunder::next, next>};
constexpr TypeDef definition{.name = "_tokenize.TokenizerIter", .doc = "Tokens of the lines that readline gives.", .signature = "readline, /, *, encoding=None, extra_tokens=False",
                             .size = sizeof(TokenizerIter), .hooks = hooks_of<TokenizerIter>(), .new_ = make_iterator, .slots = slots};

}  // namespace

ORO_TYPE(tokenizer_iter_type, definition);
Type& TokenizerIter::type() { return tokenizer_iter_type; }

namespace {
Result<void> setup(Python& py, Module& m) { return add_type_to_module(py, m, tokenizer_iter_type); }
}  // namespace

ORO_MODULE(tokenize_module, .name = "_tokenize", .doc = "The tokenizer, for the module tokenize.", .setup = setup);

}  // namespace oro::tokenize
