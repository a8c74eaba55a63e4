// builtins on text and numbers: ascii bin chr format hex input oct ord print repr, abs divmod pow round.
#include "base/bigint.h"
#include "object/bytearray.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/interpreter.h"
#include "runtime/builtins.h"

namespace oro::builtins {

namespace {

Result<Ref<>> ascii_of(Python& py, Borrowed<> v) { return ascii(py, v); }
Result<Ref<>> repr_of(Python& py, Borrowed<> v) { return repr(py, v); }
Result<Ref<>> format_value(Python& py, Borrowed<> v, Optional<Str> spec) { return format(py, v, spec ? *spec : Borrowed<Str>(empty_str())); }

Result<Ref<>> in_base(Python& py, Borrowed<> v, int base, std::string_view prefix) {
    Ref<> number = TRY(to_index(py, v));
    std::string digits = to_text(PlainInt(number.value()), base);
    digits.insert(digits.starts_with('-') ? 1 : 0, prefix);
    return make_str(py, std::string_view(digits));
}
Result<Ref<>> bin(Python& py, Borrowed<> v) { return in_base(py, v, 2, "0b"); }
Result<Ref<>> oct(Python& py, Borrowed<> v) { return in_base(py, v, 8, "0o"); }
Result<Ref<>> hex(Python& py, Borrowed<> v) { return in_base(py, v, 16, "0x"); }

Result<Ref<>> chr(Python& py, Borrowed<> v) {
    std::int64_t n = TRY(to_int64(py, v, nullptr));
    if (n < 0 || n > 0x10FFFF) return raise(py, exc::ValueError, "chr() arg not in range(0x110000)");
    return make_str_of(py, char32_t(n));
}

Result<std::int64_t> ord(Thread& t, Borrowed<> v) {
    std::size_t size = 0;
    if (is<Str>(v)) {
        if (as<Str>(v)->length() == 1) return std::int64_t(as<Str>(v)->at(0));
        size = as<Str>(v)->length();
    } else if (is<Bytes>(v)) {
        std::string_view bytes = as<Bytes>(v)->view();
        if (bytes.size() == 1) return std::int64_t(std::uint8_t(bytes[0]));
        size = bytes.size();
    } else if (is<ByteArray>(v)) {
        Locked<ByteArray> array(t, as<ByteArray>(v));
        std::string_view bytes = view_of(array);
        if (bytes.size() == 1) return std::int64_t(std::uint8_t(bytes[0]));
        size = bytes.size();
    } else {
        return raise(t, exc::TypeError, "ord() expected string of length 1, but {} found", TypeName{v.value()});
    }
    return raise(t, exc::TypeError, "ord() expected a character, but string of length {} found", size);
}

// ---- numbers

Result<Ref<>> abs(Python& py, Borrowed<> v) { return unary(py, Dunder::abs, v); }
Result<Ref<>> divmod(Python& py, Borrowed<> a, Borrowed<> b) { return binary(py, Dunder::divmod, a, b); }
Result<Ref<>> pow(Python& py, Borrowed<> base, Borrowed<> exponent, Borrowed<> modulus) { return power(py, base, exponent, modulus); }

Result<Ref<>> round(Python& py, Borrowed<> number, Borrowed<> digits) {
    Maybe<> method = TRY(find_special(py, number, name::dunder_round()));
    if (!method) return raise(py, exc::TypeError, "type {} doesn't define __round__ method", TypeName{number.value()});
    if (digits.is(kNone)) return call_with(py, *method);
    return call_with(py, *method, digits);
}

// ---- input and output

Result<Ref<>> standard_stream(Python& py, Borrowed<Str> name, char const* lost) {
    Maybe<> stream = sys_get(py, name);
    if (!stream || stream.value() == kNone) return raise(py, exc::RuntimeError, "{}", lost);
    return std::move(stream).take();
}

Result<void> write_to(Python& py, Borrowed<> file, Borrowed<Str> text) {
    CHECK(call_method_with(py, file, name::write(), text));
    return {};
}

Result<void> check_text_option(Thread& t, char const* name, Optional<> v) {
    if (!v || v.value() == kNone || is<Str>(v.value())) return {};
    return raise(t, exc::TypeError, "{} must be None or a string, not {}", name, TypeName{v.value()});
}

Result<void> print(Python& py, Args values, Optional<> separator, Optional<> end, Borrowed<> given_file, bool flush) {
    Ref<> file = given_file.share();
    if (file.value() == kNone) {
        Maybe<> out = sys_get(py, name::stdout_());
        if (!out) return raise(py, exc::RuntimeError, "lost sys.stdout");
        if (out.value() == kNone) return {};  // a program without a console
        file = std::move(out).take();
    }
    CHECK(check_text_option(py, "sep", separator));
    CHECK(check_text_option(py, "end", end));
    Ref<Str> gap = separator && separator.value() != kNone ? as<Str>(separator.value()).share() : TRY(make_str_of(py, U' '));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i) CHECK(write_to(py, file, gap));
        CHECK(write_to(py, file, Borrowed<Str>(TRY(str(py, values[i])))));
    }
    Ref<Str> last = end && end.value() != kNone ? as<Str>(end.value()).share() : TRY(make_str_of(py, U'\n'));
    CHECK(write_to(py, file, last));
    if (flush) CHECK(call_method_with(py, file, name::flush()));
    return {};
}

Result<Ref<>> input(Python& py, Optional<> prompt) {
    Ref<> in = TRY(standard_stream(py, name::stdin_(), "lost sys.stdin"));
    Ref<> out = TRY(standard_stream(py, name::stdout_(), "input(): lost sys.stdout"));
    Ref<> err = TRY(standard_stream(py, name::stderr_(), "input(): lost sys.stderr"));
    auto flushed = call_method_with(py, err, name::flush());
    if (flushed.raised()) clear_raised(py);
    if (prompt) CHECK(write_to(py, out, Borrowed<Str>(TRY(str(py, *prompt)))));
    auto shown = call_method_with(py, out, name::flush());
    if (shown.raised()) clear_raised(py);
    Ref<> line = TRY(call_method_with(py, in, name::readline()));
    if (!is<Str>(line.value())) return raise(py, exc::TypeError, "object.readline() returned non-string");
    Borrowed<Str> text = as<Str>(line.value());
    if (text->length() == 0) return raise(py, exc::EOFError, "EOF when reading a line");
    if (text->at(text->length() - 1) == '\n') return substring(py, text, 0, text->length() - 1);
    return line;
}

constexpr MethodDef functions[] = {
    function<abs>("abs", "x, /", "The absolute value of a number."),
    function<ascii_of>("ascii", "obj, /", "repr() with escapes for everything that is not ASCII."),
    function<bin>("bin", "number, /", "An integer in binary digits: bin(10) is '0b1010'."),
    function<chr>("chr", "i, /", "The character of a Unicode code point."),
    function<divmod>("divmod", "x, y, /", "The pair (x // y, x % y)."),
    function<format_value>("format", "value, format_spec='', /", "The value as text, as the format specification asks for."),
    function<hex>("hex", "number, /", "An integer in hexadecimal digits: hex(255) is '0xff'."),
    function<input>("input", "prompt='', /",
            "Reads a line from standard input, without its newline, after writing the prompt to standard output."),
    function<oct>("oct", "number, /", "An integer in octal digits: oct(8) is '0o10'."),
    function<ord>("ord", "character, /", "The code point of a single character, or the value of a single byte."),
    function<pow>("pow", "base, exp, mod=None", "base ** exp, or base ** exp % mod computed efficiently."),
    function<print>("print", "*args, sep=' ', end='\\n', file=None, flush=False",
            "Writes the values, separated by `sep` and followed by `end`, to `file` (sys.stdout unless given)."),
    function<repr_of>("repr", "obj, /", "A text that represents the object, for many types one that eval() takes back."),
    function<round>("round", "number, ndigits=None",
            "The number rounded to `ndigits` decimal digits; to an integer if they are not given."),
};

}  // namespace

const std::span<MethodDef const> text_functions = functions;

}  // namespace oro::builtins
