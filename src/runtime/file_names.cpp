#include "runtime/file_names.h"

#include "object/call.h"
#include "object/codecs.h"

namespace oro {

Result<Ref<Str>> fs_decode(Python& py, std::string_view octets) { return decode_text(py, octets, "utf-8", "surrogateescape"); }

Result<Ref<Bytes>> fs_octets(Python& py, Borrowed<> text) {
    if (is<Bytes>(text)) return as<Bytes>(text).share();
    return encode_text(py, as<Str>(text), "utf-8", "surrogateescape");
}

Result<Maybe<>> call_fspath(Python& py, Borrowed<> path) {
    Maybe<> method = TRY(find_special(py, path, name::dunder_fspath()));
    if (!method) return Maybe<>();
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

}  // namespace oro
