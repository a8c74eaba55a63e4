// binascii: octets as text in hexadecimal, base 64, quoted-printable and uuencoding, and checksums.
#include "object/buffer.h"
#include "object/byte_builder.h"
#include "object/dict.h"
#include "types/bytes_methods.h"

namespace oro::binascii {

namespace {

struct State : ModuleState {
    Fixed<> error, incomplete;
    void trace(Visitor& v) override { v(error); v(incomplete); }
    void clear() override { error.reset(); incomplete.reset(); }
};

template <class... A> Raised fail(Python& py, State& state, std::string_view format, A const&... args) {
    return raise(py, *static_cast<Type*>(state.error.value().pointer()), format, args...);
}

// Octets, or a str of ASCII characters.
struct Ascii {
    Buffer buffer;
    std::string_view view;
};
Result<Ascii> ascii_of(Python& py, Borrowed<> v) {
    Ascii out;
    if (is<Str>(v)) {
        if (!as<Str>(v)->is_ascii()) return raise(py, exc::ValueError, "string argument should contain only ASCII characters");
        out.view = as<Str>(v)->ascii();
        return out;
    }
    if (!has_buffer(py, v)) {
        return raise(py, exc::TypeError, "argument should be bytes, buffer or ASCII string, not '{}'", TypeName{v.value()});
    }
    out.buffer = TRY(get_buffer(py, v));
    out.view = out.buffer.bytes();
    return out;
}

using Made = Result<Ref<Bytes>>;

int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }
constexpr char kHex[] = "0123456789ABCDEF";

// ---- hexadecimal
Made hexlify(Python& py, State&, BytesLike const& data, Optional<> sep, Index group) {
    Ref<Str> text = TRY(bytes_methods::hex_of(py, data.view(), sep, group));
    return make_bytes(py, text->ascii());
}
Made unhexlify(Python& py, State& state, Borrowed<> hexstr) {
    Ascii in = TRY(ascii_of(py, hexstr));
    if (in.view.size() % 2) return fail(py, state, "Odd-length string");
    ByteBuilder out(py);
    for (std::size_t i = 0; i < in.view.size(); i += 2) {
        int high = hex_value(in.view[i]), low = hex_value(in.view[i + 1]);
        if (high < 0 || low < 0) return fail(py, state, "Non-hexadecimal digit found");
        out.add(char(high << 4 | low));
    }
    return out.finish();
}

// ---- base 64
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

Made b2a_base64(Python& py, State&, BytesLike const& data, bool newline) {
    std::string_view s = data.view();
    ByteBuilder out(py);
    if (!out.reserve(s.size() / 3 * 4 + 5)) return raise_no_memory(py);
    for (std::size_t i = 0; i < s.size(); i += 3) {
        std::size_t n = std::min<std::size_t>(3, s.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < n ? std::uint8_t(s[i + k]) : 0);
        for (std::size_t k = 0; k < 4; ++k) out.add(k <= n ? kBase64[bits >> (18 - 6 * k) & 63] : '=');
    }
    if (newline) out.add('\n');
    return out.finish();
}

Made a2b_base64(Python& py, State& state, Borrowed<> data, bool strict_mode) {
    Ascii in = TRY(ascii_of(py, data));
    std::string_view s = in.view;
    ByteBuilder out(py);
    if (strict_mode && !s.empty() && s[0] == '=') return fail(py, state, "Leading padding not allowed");
    std::uint32_t bits = 0;
    int quad = 0, pads = 0;
    bool padding_started = false;
    for (std::size_t i = 0; i < s.size(); ++i) {
        char c = s[i];
        if (c == '=') {
            padding_started = true;
            if (strict_mode && quad == 0) return fail(py, state, "Excess padding not allowed");
            // Once a group is complete nothing may follow in strict mode.
            if (quad >= 2 && quad + ++pads >= 4 && strict_mode && i + 1 < s.size()) {
                return fail(py, state, s[i + 1] == '=' ? "Excess padding not allowed" : "Excess data after padding");
            }
            continue;
        }
        int v = base64_value(c);
        if (v < 0) {
            if (strict_mode) return fail(py, state, "Only base64 data is allowed");
            continue;
        }
        if (strict_mode && padding_started) return fail(py, state, "Discontinuous padding not allowed");
        pads = 0;
        bits = bits << 6 | std::uint32_t(v);
        if (++quad == 1) continue;
        out.add(char(bits >> (quad == 2 ? 4 : quad == 3 ? 2 : 0)));
        if (quad == 4) quad = 0;
    }
    if (quad == 1) {
        return fail(py, state, "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                    out.size() / 3 * 4 + 1);
    }
    if (quad != 0 && quad + pads < 4) return fail(py, state, "Incorrect padding");
    return out.finish();
}

// ---- uuencoding
Made b2a_uu(Python& py, State& state, BytesLike const& data, bool backtick) {
    std::string_view s = data.view();
    if (s.size() > 45) return fail(py, state, "At most 45 bytes at once");
    auto digit = [&](std::uint32_t v) { return v == 0 && backtick ? '`' : char(v + ' '); };
    ByteBuilder out(py);
    out.add(digit(std::uint32_t(s.size())));
    for (std::size_t i = 0; i < s.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < s.size() ? std::uint8_t(s[i + k]) : 0);
        for (int shift = 18; shift >= 0; shift -= 6) out.add(digit(bits >> shift & 63));
    }
    out.add('\n');
    return out.finish();
}

Made a2b_uu(Python& py, State& state, Borrowed<> data) {
    Ascii in = TRY(ascii_of(py, data));
    std::string_view s = in.view;
    std::size_t wanted = s.empty() ? 32 : (std::uint8_t(s[0]) - ' ') & 63;
    ByteBuilder out(py);
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t i = s.empty() ? 0 : 1;
    for (; out.size() < wanted; ++i) {
        std::uint32_t v = 0;  // what is missing at the end of a line counts as blanks
        if (i < s.size() && s[i] != '\n' && s[i] != '\r') {
            if (s[i] < ' ' || s[i] > '`') return fail(py, state, "Illegal char");
            v = (std::uint32_t(s[i]) - ' ') & 63;
        }
        bits = bits << 6 | v;
        if ((count += 6) >= 8) {
            count -= 8;
            out.add(char(bits >> count));
        }
    }
    for (; i < s.size(); ++i) {
        // Extra blanks and backticks are let through.
        if (s[i] != ' ' && s[i] != '`' && s[i] != '\n' && s[i] != '\r') return fail(py, state, "Trailing garbage");
    }
    return out.finish();
}

// ---- quoted-printable
Made a2b_qp(Python& py, State&, Borrowed<> data, bool header) {
    Ascii in = TRY(ascii_of(py, data));
    std::string_view s = in.view;
    ByteBuilder out(py);
    for (std::size_t i = 0; i < s.size();) {
        if (s[i] == '_' && header) {
            out.add(' ');
            ++i;
        } else if (s[i] != '=') {
            out.add(s[i++]);
        } else if (++i == s.size()) {
            break;
        } else if (s[i] == '\n' || s[i] == '\r') {
            // A soft line break: nothing up to the line feed.
            while (i < s.size() && s[i] != '\n') ++i;
            if (i < s.size()) ++i;
        } else if (s[i] == '=') {
            out.add('=');
            ++i;
        } else if (i + 1 < s.size() && hex_value(s[i]) >= 0 && hex_value(s[i + 1]) >= 0) {
            out.add(char(hex_value(s[i]) << 4 | hex_value(s[i + 1])));
            i += 2;
        } else {
            out.add('=');
        }
    }
    return out.finish();
}

Made b2a_qp(Python& py, State&, BytesLike const& data, bool quotetabs, bool istext, bool header) {
    constexpr std::size_t kMaxLine = 76;
    std::string_view s = data.view();
    std::size_t first_line = s.find('\n');
    bool crlf = first_line != s.npos && first_line > 0 && s[first_line - 1] == '\r';
    ByteBuilder out(py);
    std::size_t line = 0;
    auto line_end = [&] {
        if (crlf) out.add('\r');
        out.add('\n');
        line = 0;
    };
    for (std::size_t i = 0; i < s.size();) {
        char c = s[i];
        bool line_feed_next = i + 1 < s.size() && s[i + 1] == '\n';
        bool blank = c == ' ' || c == '\t', line_end_char = c == '\r' || c == '\n', last = i + 1 == s.size();
        bool quoted = std::uint8_t(c) > 126 || c == '=' || (header && c == '_') || (!istext && line_end_char) || (blank && last) ||
                      // A full stop alone on a line would end the text in some protocols.
                      (c == '.' && line == 0 && (last || s[i + 1] == '\n' || s[i + 1] == '\r' || s[i + 1] == 0)) ||
                      (std::uint8_t(c) < 33 && !line_end_char && (quotetabs || !blank));
        if (quoted) {
            if (line + 3 >= kMaxLine) {
                out.add('=');
                line_end();
            }
            out.add('=');
            out.add(kHex[std::uint8_t(c) >> 4]);
            out.add(kHex[c & 15]);
            line += 3;
            ++i;
        } else if (istext && (c == '\n' || (c == '\r' && line_feed_next))) {
            // White space at the end of a line has to be quoted.
            if (out.size() > 0 && line > 0 && (out.view().back() == ' ' || out.view().back() == '\t')) {
                char blank = out.view().back();
                out.grown(std::size_t(-1));
                out.add('=');
                out.add(kHex[blank >> 4]);
                out.add(kHex[blank & 15]);
            }
            line_end();
            i += c == '\r' ? 2 : 1;
        } else {
            if (i + 1 < s.size() && s[i + 1] != '\n' && line + 1 >= kMaxLine) {
                out.add('=');
                line_end();
            }
            ++line;
            out.add(header && c == ' ' ? '_' : c);
            ++i;
        }
    }
    return out.finish();
}

// ---- checksums
std::int64_t crc32(Thread&, State&, BytesLike const& data, std::int64_t crc) {
    // Slice by four, from tables made at compile time.
    struct Tables { std::uint32_t t[4][256]; };
    static constexpr Tables tables = [] {
        Tables out{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t c = i;
            for (int k = 0; k < 8; ++k) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
            out.t[0][i] = c;
        }
        for (int k = 1; k < 4; ++k)
            for (std::uint32_t i = 0; i < 256; ++i) out.t[k][i] = out.t[0][out.t[k - 1][i] & 255] ^ out.t[k - 1][i] >> 8;
        return out;
    }();
    std::string_view s = data.view();
    auto c = ~std::uint32_t(crc);
    std::size_t i = 0;
    for (; i + 4 <= s.size(); i += 4) {
        std::uint32_t word;
        std::memcpy(&word, s.data() + i, 4);
        c ^= word;
        c = tables.t[3][c & 255] ^ tables.t[2][c >> 8 & 255] ^ tables.t[1][c >> 16 & 255] ^ tables.t[0][c >> 24];
    }
    for (; i < s.size(); ++i) c = tables.t[0][(c ^ std::uint8_t(s[i])) & 255] ^ c >> 8;
    return std::int64_t(~c);
}

std::int64_t crc_hqx(Thread&, State&, BytesLike const& data, std::int64_t crc) {
    auto c = std::uint32_t(crc) & 0xFFFF;
    for (char octet : data.view()) {
        c ^= std::uint32_t(std::uint8_t(octet)) << 8;
        for (int k = 0; k < 8; ++k) c = c & 0x8000 ? (c << 1 ^ 0x1021) & 0xFFFF : c << 1;
    }
    return c;
}

constexpr char const* kHexDoc = "The octets as hexadecimal digits.";
constexpr char const* kUnhexDoc = "The octets that hexadecimal digits stand for.";

constexpr MethodDef functions[] = {
    function<a2b_uu>("a2b_uu", "data, /", "Decode a uuencoded line."),
    function<b2a_uu>("b2a_uu", "data, /, *, backtick=False", "Uuencode a line."),
    function<a2b_base64>("a2b_base64", "data, /, *, strict_mode=False", "Decode base 64."),
    function<b2a_base64>("b2a_base64", "data, /, *, newline=True", "Encode as base 64, in one line."),
    function<hexlify>("b2a_hex", "data, sep=<unrepresentable>, bytes_per_sep=1", kHexDoc),
    function<hexlify>("hexlify", "data, sep=<unrepresentable>, bytes_per_sep=1", kHexDoc),
    function<unhexlify>("a2b_hex", "hexstr, /", kUnhexDoc),
    function<unhexlify>("unhexlify", "hexstr, /", kUnhexDoc),
    function<crc_hqx>("crc_hqx", "data, crc, /", "CRC-CCITT, going on from crc."),
    function<crc32>("crc32", "data, crc=0, /", "CRC-32, going on from crc."),
    function<a2b_qp>("a2b_qp", "data, header=False", "Decode quoted-printable."),
    function<b2a_qp>("b2a_qp", "data, quotetabs=False, istext=True, header=False", "Encode as quoted-printable."),
};

Result<Ref<>> make_error(Python& py, char const* name, Type& base) {
    Ref<Dict> space = TRY(make_dict(py));
    Ref<Str> module_name = TRY(make_str(py, "binascii"));
    CHECK(dict_set(py, *space, name::dunder_module(), std::move(module_name)));
    Ref<Tuple> bases = TRY(make_tuple_of(py, share(Value::of(&base))));
    Ref<Str> text = intern(py, TRY(make_str(py, std::string_view(name))));
    return make_class(py, type_type, text, bases, space, nullptr, nullptr);
}

Result<void> setup(Python& py, Module& m) {
    auto& state = *static_cast<State*>(m.state);
    state.error.init(TRY(make_error(py, "Error", exc::ValueError)));
    state.incomplete.init(TRY(make_error(py, "Incomplete", exc::Exception)));
    CHECK(add_to_module(py, m, "Error", state.error.share()));
    return add_to_module(py, m, "Incomplete", state.incomplete.share());
}

}  // namespace

ORO_MODULE(binascii_module, .name = "binascii", .doc = "Conversion between octets and their encodings as ASCII text.",
           .functions = functions, .setup = setup, .state_size = sizeof(State), .make_state = state_maker<State>);

}  // namespace oro::binascii
