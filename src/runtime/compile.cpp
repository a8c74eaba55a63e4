#include "runtime/compile.h"

#include "compiler/compile.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/codec_registry.h"
#include "object/bytes.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/tuple.h"
#include "runtime/warn.h"
#include "syntax/source.h"

namespace oro {

namespace {

// Line `number` (from 1) of the text, with its line end.
std::string_view line_of_text(std::string_view source, int number) {
    std::size_t begin = 0;
    for (int i = 1; i < number; ++i) {
        std::size_t end = source.find('\n', begin);
        if (end == source.npos) return {};
        begin = end + 1;
    }
    std::size_t end = source.find('\n', begin);
    return source.substr(begin, end == source.npos ? source.npos : end + 1 - begin);
}

// The text of the line in a file on disk, as the compiler's own errors show it.
std::string line_of_file(Borrowed<Str> filename, int number) {
    std::string path = wtf8_of(*filename.get());
    std::string line;
    FILE* f = path.empty() || path[0] == '<' ? nullptr : std::fopen(path.c_str(), "re");
    if (!f) return line;
    int c;
    for (int at = 1; (c = std::getc(f)) != EOF && at <= number;) {
        if (at == number) line.push_back(char(c));
        if (c == '\n') ++at;
    }
    std::fclose(f);
    return line;
}

Result<void> issue_warnings(Python& py, std::span<syntax::SyntaxWarning const> warnings, Borrowed<Str> filename, std::string_view source) {
    for (syntax::SyntaxWarning const& w : warnings) {
        if (!warn_explicit(py, exc::SyntaxWarning, w.message, filename, w.lineno).raised()) continue;
        if (!raised_is(py, exc::SyntaxWarning)) return Raised{};
        // The filters made an error of it: a SyntaxError with the position takes its place.
        clear_raised(py);
        syntax::SyntaxError e;
        e.message = w.error_message.data() ? w.error_message : w.message;
        e.lineno = w.lineno;
        e.offset = w.offset;
        e.end_lineno = w.end_lineno;
        e.end_offset = w.end_offset;
        e.text = w.text;
        return raise_syntax_error(py, e, filename, source);
    }
    return {};
}

}  // namespace

Raised raise_syntax_error(Python& py, syntax::SyntaxError const& error, Borrowed<Str> filename, std::string_view source) {
    using Kind = syntax::ErrorKind;
    Ref<Str> message = TRY(make_str(py, error.message));
    switch (error.kind) {
        case Kind::memory_error: return raise(py, exc::MemoryError, "{}", message);
        case Kind::recursion_error: return raise(py, exc::RecursionError, "{}", message);
        case Kind::overflow_error: return raise(py, exc::OverflowError, "{}", message);
        default: break;
    }
    Type* type = error.kind == Kind::indentation_error ? &exc::IndentationError
                 : error.kind == Kind::tab_error       ? &exc::TabError
                 : error.kind == Kind::incomplete_input ? &exc::_IncompleteInputError
                                                        : &exc::SyntaxError;
    Ref<> text = none.share();
    if (error.text.data()) {
        text = TRY(make_str(py, error.text));
    } else if (error.lineno > 0) {
        std::string_view line = line_of_text(source, error.lineno);
        std::string from_file;
        if (!line.data()) line = from_file = line_of_file(filename, error.lineno);
        if (line.data()) text = TRY(make_str(py, line));
    }
    if (error.lineno <= 0) {
        Value args[] = {message.value()};
        return raise_object(py, TRY(call(py, Borrowed<>(Value::of(type)), args)));
    }
    Ref<Tuple> details = TRY(make_tuple_of(py, filename.share(), Ref<>::adopt(Value::of_int(error.lineno)), Ref<>::adopt(Value::of_int(error.offset)), std::move(text),
                                           Ref<>::adopt(Value::of_int(error.end_lineno)), Ref<>::adopt(Value::of_int(error.end_offset))));
    Value args[] = {message.value(), details.value()};
    return raise_object(py, TRY(call(py, Borrowed<>(Value::of(type)), args)));
}

Result<Ref<Code>> compile_source(Python& py, std::string_view source, Borrowed<Str> filename, CompileSettings const& settings) {
    Config const& config = py.interpreter->config;
    Arena arena;
    syntax::ParseOptions options;
    options.mode = settings.mode;
    options.barry_as_flufl = settings.flags & CO_FUTURE_BARRY_AS_BDFL;
    options.allow_incomplete_input = settings.flags & kAllowIncompleteInput;
    options.dont_imply_dedent = settings.flags & kDontImplyDedent;
    options.max_int_digits = int(py.interpreter->int_max_str_digits.load());
    CHECK(check_native_stack(py, " during compilation"));
    options.fit_stack(native_stack_left(py));
    syntax::ParseResult parsed = syntax::parse(arena, source, options);
    CHECK(issue_warnings(py, parsed.warnings, filename, source));
    if (!parsed) return raise_syntax_error(py, *parsed.error, filename, source);
    std::string name = wtf8_of(*filename.get());
    compiler::CompileOptions how;
    how.filename = name;
    how.flags = settings.flags & (CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_ANNOTATIONS | compiler::PyCF_ALLOW_TOP_LEVEL_AWAIT);
    how.optimize = settings.optimize < 0 ? config.optimize : settings.optimize;
    how.fit_stack(native_stack_left(py));
    compiler::CompileResult result = compiler::compile(arena, *parsed.tree, how);
    CHECK(issue_warnings(py, result.warnings, filename, source));
    if (!result) return raise_syntax_error(py, *result.error, filename, source);
    return make_code(py, *result.code, settings.immortal);
}

Result<Ref<Code>> compile_bytes(Python& py, std::string_view bytes, Borrowed<Str> filename, CompileSettings const& settings) {
    Arena arena;
    syntax::DecodedSource decoded = syntax::decode_source(arena, bytes);
    if (decoded.error) return raise_syntax_error(py, *decoded.error, filename, {});
    if (!decoded.needs_codec) return compile_source(py, decoded.text, filename, settings);
    std::string encoding(decoded.detected.name);
    Ref<Bytes> octets = TRY(make_bytes(py, bytes));
    auto text = decode_object(py, octets, encoding, "strict");
    if (text.raised()) {
        if (raised_is(py, exc::LookupError)) {
            clear_raised(py);
            syntax::SyntaxError e;
            std::string message = "unknown encoding: " + encoding;
            e.message = message;
            return raise_syntax_error(py, e, filename, {});
        }
        return Raised{};
    }
    Ref<> s = std::move(text).take();
    if (!is<Str>(s.value())) return raise(py, exc::TypeError, "decoder did not return a string");
    std::string utf8 = wtf8_of(*as<Str>(s.value()).get());
    return compile_source(py, utf8, filename, settings);
}

}  // namespace oro
