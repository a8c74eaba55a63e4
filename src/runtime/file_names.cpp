#include "runtime/file_names.h"

#include "object/call.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/warn.h"

namespace oro {

Result<Ref<Str>> fs_decode(Python& py, std::string_view octets) { return decode_text(py, octets, "utf-8", "surrogateescape"); }

Result<Ref<Bytes>> fs_octets(Python& py, Borrowed<> text) {
    if (is<Bytes>(text)) return as<Bytes>(text).share();
    return encode_text(py, as<Str>(text), "utf-8", "surrogateescape");
}

Result<Maybe<>> call_fspath(Python& py, Borrowed<> path) {
    Maybe<> method = TRY(find_special(py, path, name::dunder_fspath()));
    if (!method || method.value() == kNone) return Maybe<>();
    Ref<> result = TRY(call(py, *method, {}));
    if (!is<Str>(result.value()) && !is<Bytes>(result.value())) {
        return raise(py, exc::TypeError, "expected {}.__fspath__() to return str or bytes, not {}", TypeName{path.value()},
                     TypeName{result.value()});
    }
    return Maybe<>(std::move(result));
}

Result<Ref<>> fspath(Python& py, Borrowed<> path) {
    if (is<Str>(path) || is<Bytes>(path)) return path.share();
    Maybe<> text = TRY(call_fspath(py, path));
    if (!text) return raise(py, exc::TypeError, "expected str, bytes or os.PathLike object, not {}", TypeName{path.value()});
    return std::move(text).take();
}

Result<Ref<Bytes>> fs_encode(Python& py, Borrowed<> path) {
    Ref<> text = TRY(fspath(py, path));
    Ref<Bytes> bytes = TRY(fs_octets(py, text));
    if (bytes->view().find('\0') != std::string_view::npos) return raise(py, exc::ValueError, "embedded null byte");
    return bytes;
}

Result<int> descriptor_from(Python& py, Borrowed<> v) {
    Ref<> n = v.share();
    if (is_any_int(v.value())) {
        if (v.value().is_bool()) CHECK(warn(py, exc::RuntimeWarning, "bool is used as a file descriptor"));
    } else {
        Maybe<> method = TRY(find_attribute(py, v, name::fileno()));
        if (!method) return raise(py, exc::TypeError, "argument must be an int, or have a fileno() method.");
        n = TRY(call(py, *method, {}));
        if (!is_any_int(n.value())) return raise(py, exc::TypeError, "fileno() returned a non-integer");
    }
    std::int64_t wide;
    if (!to_int64(PlainInt(int_number(n.value())), wide) || wide != int(wide)) {
        return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    }
    int fd = int(wide);
    if (fd < 0) return raise(py, exc::ValueError, "file descriptor cannot be a negative integer ({})", fd);
    return fd;
}

// A user's or group's id: 32 bits without a sign, where -1 stands for 'unchanged'.
Result<std::uint32_t> id_from(Python& py, Borrowed<> v, char const* what) {
    if (!is_any_int(v.value()) && !(v.value().is_pointer() && type_of(v).slot(Dunder::index))) return raise(py, exc::TypeError, "{} should be integer, not {}", what, TypeName{v.value()});
    Ref<> plain = TRY(to_index(py, v));
    std::int64_t n;
    bool fits = to_int64(PlainInt(plain.value()), n);
    if (fits && n == -1) return std::uint32_t(-1);
    if (int_is_negative(plain.value())) return raise(py, exc::OverflowError, "{} is less than minimum", what);
    // The largest number is what -1 stands for.
    if (!fits || n >= 0xFFFFFFFF) return raise(py, exc::OverflowError, "{} is greater than maximum", what);
    return std::uint32_t(n);
}

Result<std::uint32_t> unsigned_from(Python& py, Borrowed<> v, int bits, char const* name) {
    Ref<> n = TRY(to_index(py, v));
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide) || wide >> bits != 0) return raise(py, exc::OverflowError, "Python int too large for C {}", name);
    return std::uint32_t(wide);
}

}  // namespace oro
