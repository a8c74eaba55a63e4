// Parameters of posix: paths, descriptors and ids; path text without the file system.
#include <algorithm>

#include "modules/posix/posix.h"
#include "object/warn.h"

namespace oro::posix {

Result<Ref<>> fs_result(Python& py, std::string_view octets, bool as_bytes) {
    if (as_bytes) return make_bytes(py, octets);
    return fs_decode(py, octets);
}

namespace {

Result<void> warn_bool(Python& py, Borrowed<> v) {
    if (!v.value().is_bool()) return {};
    return warn(py, exc::RuntimeWarning, "bool is used as a file descriptor");
}

// An int for a parameter that is a descriptor; the messages of dir_fd.
Result<int> narrow_fd(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    std::int64_t wide;
    bool fits = to_int64(PlainInt(n.value()), wide);
    if (!fits || wide != int(wide)) {
        bool negative = int_is_negative(n.value());
        return raise(py, exc::OverflowError, negative ? "fd is less than minimum" : "fd is greater than maximum");
    }
    return int(wide);
}

bool has_index(Value v) { return is_any_int(v) || (v.is_pointer() && type_of(v).slot(Dunder::index)); }

}  // namespace

Result<Path> path_from(Python& py, char const* function, std::string_view parameter, Value v, bool with_fd, bool with_none) {
    Path p;
    if (v.is_null() || (v == kNone && with_none)) {
        p.text = ".";
        return p;
    }
    Borrowed<> given(v);
    Ref<> text = given.share();
    if (!is<Str>(given) && !is<Bytes>(given)) {
        if (with_fd && has_index(v)) {
            CHECK(warn_bool(py, given));
            p.fd = TRY(narrow_fd(py, given));
            p.is_fd = true;
            p.object = std::move(text);
            return p;
        }
        Maybe<> named = TRY(call_fspath(py, given));
        if (!named) {
            char const* kinds = with_fd ? (with_none ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer")
                                        : (with_none ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike");
            return raise(py, exc::TypeError, "{}: {} should be {}, not {}", function, parameter, kinds, TypeName{v});
        }
        text = std::move(named).take();
    }
    std::string_view octets;
    if (is<Bytes>(text.value())) {
        p.is_bytes = true;
        octets = as<Bytes>(text.value())->view();
    } else if (Borrowed<Str> s = as<Str>(text.value()); s->is_ascii()) {
        octets = s->ascii();
    } else {
        Ref<Bytes> bytes = TRY(fs_octets(py, text));
        octets = bytes->view();
        p.encoded = std::move(bytes);
    }
    if (octets.find('\0') != std::string_view::npos) {
        return raise(py, exc::ValueError, "{}: embedded null character in {}", function, parameter);
    }
    p.text = octets.data();
    p.object = std::move(text);
    return p;
}

Result<int> c_int_from(Python& py, Borrowed<> v) {
    std::int64_t n;
    if (v.value().is_int()) {
        n = v.value().as_int();
    } else {
        Ref<> plain = TRY(to_index(py, v));
        if (!to_int64(PlainInt(plain.value()), n)) n = INT64_MAX;
    }
    if (n != int(n)) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    return int(n);
}

Result<int> dir_fd_from(Python& py, Value v) {
    if (v.is_null() || v == kNone) return AT_FDCWD;
    if (!has_index(v)) return raise(py, exc::TypeError, "argument should be integer or None, not {}", TypeName{v});
    CHECK(warn_bool(py, Borrowed<>(v)));
    return narrow_fd(py, Borrowed<>(v));
}

Result<int> fd_from(Python& py, Borrowed<> v) {
    Ref<> n = v.share();
    if (is_any_int(v.value())) {
        CHECK(warn_bool(py, v));
    } else {
        Maybe<> method = TRY(find_attribute(py, v, name::fileno()));
        if (!method) return raise(py, exc::TypeError, "argument must be an int, or have a fileno() method.");
        n = TRY(call(py, *method, {}));
        if (!is_any_int(n.value())) return raise(py, exc::TypeError, "fileno() returned a non-integer");
    }
    int fd = TRY(c_int_from(py, n));
    if (fd < 0) return raise(py, exc::ValueError, "file descriptor cannot be a negative integer ({})", fd);
    return fd;
}

// A user's or group's id: 32 bits without a sign, where -1 stands for 'unchanged'.
Result<std::uint32_t> id_from(Python& py, Borrowed<> v, char const* what) {
    if (!has_index(v.value())) return raise(py, exc::TypeError, "{} should be integer, not {}", what, TypeName{v.value()});
    Ref<> plain = TRY(to_index(py, v));
    std::int64_t n;
    bool fits = to_int64(PlainInt(plain.value()), n);
    if (fits && n == -1) return std::uint32_t(-1);
    if (int_is_negative(plain.value())) return raise(py, exc::OverflowError, "{} is less than minimum", what);
    // The largest number is what -1 stands for.
    if (!fits || n >= 0xFFFFFFFF) return raise(py, exc::OverflowError, "{} is greater than maximum", what);
    return std::uint32_t(n);
}

namespace {

Result<Ref<>> os_fspath(Python& py, Borrowed<> path) { return fspath(py, path); }

// A path as str or bytes, which may contain anything.
Result<Ref<>> path_text(Python& py, char const* function, char const* parameter, Borrowed<> path) {
    if (is<Str>(path) || is<Bytes>(path)) return path.share();
    Maybe<> text = TRY(call_fspath(py, path));
    if (!text) {
        return raise(py, exc::TypeError, "{}: {} should be string, bytes or os.PathLike, not {}", function, parameter, TypeName{path.value()});
    }
    return std::move(text).take();
}
std::string octets_of(Borrowed<> text) {
    if (is<Bytes>(text)) return std::string(as<Bytes>(text)->view());
    return wtf8_of(*as<Str>(text));
}
Result<Ref<>> like(Python& py, Borrowed<> text, std::string_view octets) {
    if (is<Bytes>(text)) return make_bytes(py, octets);
    return make_str(py, octets);
}

// How many slashes at the start are the root: two stand for something of its own, more are one.
std::size_t root_size(std::string_view p) {
    if (!p.starts_with('/')) return 0;
    return p.starts_with("//") && !p.starts_with("///") ? 2 : 1;
}

Result<Ref<>> path_splitroot(Python& py, Borrowed<> p) {
    Ref<> text = TRY(path_text(py, "_path_splitroot_ex", "p", p));
    std::string octets = octets_of(text);
    std::size_t root = root_size(octets);
    Ref<> drive = TRY(like(py, text, ""));
    Ref<> middle = TRY(like(py, text, std::string_view(octets).substr(0, root)));
    Ref<> rest = TRY(like(py, text, std::string_view(octets).substr(root)));
    return make_tuple_of(py, std::move(drive), std::move(middle), std::move(rest));
}

Result<Ref<>> path_normpath(Python& py, Borrowed<> path) {
    Ref<> text = TRY(path_text(py, "_path_normpath", "path", path));
    std::string octets = octets_of(text);
    std::size_t root = root_size(octets);
    std::vector<std::string_view> parts;
    std::string_view rest = std::string_view(octets).substr(root);
    while (!rest.empty()) {
        std::size_t end = std::min(rest.find('/'), rest.size());
        std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.empty() || part == ".") continue;
        if (part == ".." && (parts.empty() ? root > 0 : parts.back() != "..")) {
            if (!parts.empty()) parts.pop_back();
            continue;
        }
        parts.push_back(part);
    }
    std::string out(octets, 0, root);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i) out += '/';
        out += parts[i];
    }
    return like(py, text, out.empty() ? std::string_view(".") : out);
}

constexpr MethodDef kFunctions[] = {
    function<os_fspath>("fspath", "path", "The text of a path: a str or bytes as it is, else what __fspath__() gives."),
    function<path_splitroot>("_path_splitroot_ex", "p", "The drive (empty), root and rest of a path."),
    function<path_normpath>("_path_normpath", "path", "The path without needless parts."),
};

}  // namespace

std::span<MethodDef const> path_functions() { return kFunctions; }

}  // namespace oro::posix
