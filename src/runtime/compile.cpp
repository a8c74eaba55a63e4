#include "runtime/compile.h"

#include <algorithm>

#include "base/file.h"
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

// The text of the line in a file on disk, as the compiler's own errors show it; empty if it can't be had.
std::string line_of_file(Python& py, Borrowed<Str> filename, int number) {
    std::string path = wtf8_of(*filename.get()), bytes;
    if (path.empty() || path[0] == '<' || !read_file(path, bytes)) return {};
    Arena arena;
    auto text = decode_source_bytes(py, arena, bytes, filename, SourceOrigin::file);
    if (text.raised()) return clear_raised(py), std::string();
    return std::string(line_of_text(std::move(text).take(), number));
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

Raised raise_syntax_error(Python& py, syntax::SyntaxError const& error, Borrowed<> filename, std::string_view source) {
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
        if (!line.data() && is<Str>(filename)) line = from_file = line_of_file(py, as<Str>(filename), error.lineno);
        if (line.data() && (source.data() || !line.empty())) text = TRY(make_str(py, line));
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

Result<syntax::Mod*> parse_source(Python& py, Arena& arena, std::string_view source, Borrowed<Str> filename, CompileSettings const& settings) {
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
    if (parsed) return parsed.tree;
    syntax::SyntaxError error = *parsed.error;
    if (settings.origin == SourceOrigin::file && error.message == "unexpected EOF while parsing") {
        // The file's last line has no end, and one that is a backslash alone no place for a mark.
        error.text = line_of_text(source, error.lineno);
        if (std::size_t first = error.text.find_first_not_of(" \t\f"); error.text.substr(std::min(first, error.text.size())) == "\\") error.offset = 0;
    }
    return raise_syntax_error(py, error, filename, source);
}

Result<Ref<Code>> compile_syntax(Python& py, Arena& arena, syntax::Mod const& tree, Borrowed<Str> filename, CompileSettings const& settings) {
    std::string name = wtf8_of(*filename.get());
    compiler::CompileOptions how;
    how.filename = name;
    how.flags = settings.flags & (CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_ANNOTATIONS | compiler::PyCF_ALLOW_TOP_LEVEL_AWAIT);
    how.optimize = settings.optimize < 0 ? py.interpreter->config.optimize : settings.optimize;
    how.fit_stack(native_stack_left(py));
    compiler::CompileResult result = compiler::compile(arena, tree, how);
    CHECK(issue_warnings(py, result.warnings, filename, {}));
    if (!result) return raise_syntax_error(py, *result.error, filename, {});
    return make_code(py, *result.code, settings.immortal);
}

Result<Ref<Code>> compile_source(Python& py, std::string_view source, Borrowed<Str> filename, CompileSettings const& settings) {
    Arena arena;
    syntax::Mod* tree = TRY(parse_source(py, arena, source, filename, settings));
    return compile_syntax(py, arena, *tree, filename, settings);
}

namespace {

// SyntaxError(message, (filename, 0, -1, None)): something is wrong with the encoding, and no line is to blame.
Raised raise_encoding_error(Python& py, Borrowed<> message, Borrowed<Str> filename) {
    Ref<Tuple> place = TRY(make_tuple_of(py, filename.share(), Ref<>::immediate(Value::of_int(0)), Ref<>::immediate(Value::of_int(-1)), none.share()));
    Value args[] = {message.value(), place.value()};
    return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::SyntaxError)), args)));
}

// The line of the first null byte.
int null_line(std::string_view bytes) {
    auto end = bytes.begin() + std::ptrdiff_t(std::min(bytes.find('\0'), bytes.size()));
    return 1 + int(std::count(bytes.begin(), end, '\n'));
}

bool null_comes_first(std::string_view bytes, syntax::SyntaxError const& error) {
    int line = null_line(bytes);
    if (line != error.lineno) return line < error.lineno;
    std::size_t at = bytes.find('\0');
    std::size_t start = at && at != bytes.npos ? bytes.rfind('\n', at - 1) + 1 : 0;
    return at != bytes.npos && int(at - start) < error.offset - 1;
}

// In the main program's file; in texts, compile() has looked for them.
Result<void> refuse_null_bytes(Python& py, std::string_view bytes, Borrowed<Str> filename) {
    std::size_t at = bytes.find('\0');
    if (at == bytes.npos) return {};
    std::size_t start = at ? bytes.rfind('\n', at - 1) + 1 : 0;
    syntax::SyntaxError e;
    e.message = "source code cannot contain null bytes";
    e.lineno = e.end_lineno = null_line(bytes);
    e.text = bytes.substr(start, at - start);
    return raise_syntax_error(py, e, filename, {});
}

// What decoding with the codec of that name raised, as CPython reports it: the position counts from where its file stood when the
// codec took over, one octet before the line after the declaration.
Raised raise_decoding_error(Python& py, std::string_view bytes, syntax::DetectedEncoding const& detected, Borrowed<Str> filename, SourceOrigin origin) {
    if (raised_is(py, exc::LookupError)) {
        Maybe<> error = take_raised(py);
        Ref<Str> text = TRY(str(py, *error));
        std::string shown = wtf8_of(*text);
        // The advice is about decode(), which a file's reader doesn't call.
        if (std::size_t advice = shown.find(';'); origin == SourceOrigin::file && advice != shown.npos) shown.resize(advice);
        return raise_encoding_error(py, TRY(make_str(py, shown)), filename);
    }
    if (!raised_is(py, exc::UnicodeError)) return Raised{};
    Maybe<> error = take_raised(py);
    if (origin == SourceOrigin::file) {
        std::size_t line_end = 0;
        for (int i = 0; i < detected.declaration_line && line_end != bytes.npos; ++i) line_end = bytes.find('\n', i ? line_end + 1 : 0);
        if (line_end != bytes.npos) {
            if (decode_text(py, bytes.substr(line_end), detected.name, "strict").raised()) error = take_raised(py);
        }
    }
    return raise_encoding_error(py, TRY(str(py, *error)), filename);
}

}  // namespace

Result<std::string_view> decode_source_bytes(Python& py, Arena& arena, std::string_view bytes, Borrowed<Str> filename, SourceOrigin origin) {
    syntax::DecodedSource decoded = syntax::decode_source(arena, bytes);
    // A file is read line by line: what comes first is told.
    if (origin == SourceOrigin::file && (!decoded.error || decoded.error->lineno <= 0 || null_comes_first(bytes, *decoded.error)))
        CHECK(refuse_null_bytes(py, bytes, filename));
    if (decoded.error) {
        syntax::SyntaxError error = *decoded.error;
        std::string message(error.message);
        if (error.lineno <= 0) {
            if (origin == SourceOrigin::text) return raise_encoding_error(py, TRY(make_str(py, message)), filename);
            // Again by the codec, which says where from the place that it is given.
            if (decode_text(py, bytes, decoded.detected.name, "strict").raised())
                return raise_decoding_error(py, bytes, decoded.detected, filename, origin);
        }
        if (origin == SourceOrigin::file) {
            constexpr std::string_view kWhere = "' on line ";
            if (std::size_t at = message.find(kWhere); at != message.npos) message.insert(at + 1, " in file " + wtf8_of(*filename.get()));
            error.message = message;
            return raise_syntax_error(py, error, filename, {});
        }
        // Found before the text has a name.
        return raise_syntax_error(py, error, Borrowed<>(kNone), {});
    }
    if (!decoded.needs_codec) return decoded.text;
    auto text = decode_text(py, bytes, decoded.detected.name, "strict");
    if (text.raised()) return raise_decoding_error(py, bytes, decoded.detected, filename, origin);
    std::string utf8 = wtf8_of(*std::move(text).take());
    return arena.copy(std::string_view(utf8));
}

Result<Ref<Code>> compile_bytes(Python& py, std::string_view bytes, Borrowed<Str> filename, CompileSettings const& settings) {
    Arena arena;
    std::string_view text = TRY(decode_source_bytes(py, arena, bytes, filename, settings.origin));
    return compile_source(py, text, filename, settings);
}

}  // namespace oro
