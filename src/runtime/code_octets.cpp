#include "runtime/code_octets.h"

#include "vm/frame.h"
#include "vm/loaded_image.h"

namespace oro {

namespace {

bool importlib_runs(Thread& t) { return t.frame && wtf8_of(**t.frame->code.get()->filename).starts_with("<frozen importlib._bootstrap"); }

}  // namespace

bool is_code(Value v) { return is_exact<Code>(v); }

Result<std::string> code_octets(Python& py, Borrowed<> code) {
    std::shared_ptr<CodeUnit> unit = TRY(unit_of_code(py, *as<Code>(code), OddConstants::refused));
    return unit ? write_image(*unit) : std::string();
}

Result<Maybe<>> code_from_octets(Python& py, std::string_view octets) {
    Maybe<Code> code = TRY(load_foreign_image(py, octets, importlib_runs(py)));
    return Maybe<>::adopt(code.release());
}

Result<void> fix_code_filename(Python& py, Borrowed<> code, Borrowed<Str> filename) {
    if (!is_code(code.value())) return raise(py, exc::TypeError, "_fix_co_filename() argument 1 must be code, not {}", TypeName{code.value()});
    fix_filename(py, *as<Code>(code), filename);
    return {};
}

}  // namespace oro
