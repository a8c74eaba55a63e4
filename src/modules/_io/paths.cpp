#include "modules/_io/paths.h"

#include "object/codecs.h"
#include "object/define.h"

namespace oro::io {

Result<Ref<Bytes>> path_octets(Python& py, Borrowed<> path) {
    Ref<> plain = path.share();
    if (!is<Str>(path) && !is<Bytes>(path)) {
        Maybe<> given = TRY(call_special(py, path, name::dunder_fspath(), {}));
        if (!given) return raise(py, exc::TypeError, "expected str, bytes or os.PathLike object, not {}", TypeName{path.value()});
        plain = std::move(given).take();
        if (!is<Str>(plain) && !is<Bytes>(plain)) {
            return raise(py, exc::TypeError, "expected {}.__fspath__() to return str or bytes, not {}", TypeName{path.value()}, TypeName{plain.value()});
        }
    }
    Ref<Bytes> octets = is<Bytes>(plain) ? as<Bytes>(std::move(plain)) : TRY(encode_text(py, as<Str>(Borrowed<>(plain)), "utf-8", "surrogateescape"));
    if (octets->view().find('\0') != std::string_view::npos) return raise(py, exc::ValueError, "embedded null byte");
    return octets;
}

}  // namespace oro::io
