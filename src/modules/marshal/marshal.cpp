// The module marshal: its functions.
#include "modules/marshal/marshal.h"

#include "object/buffer.h"

namespace oro::marshal {

namespace {

Result<Ref<>> dumps(Python& py, Borrowed<> value, int version, bool allow_code) { return write(py, value, version, allow_code); }

Result<Ref<>> dump(Python& py, Borrowed<> value, Borrowed<> file, int version, bool allow_code) {
    Ref<Bytes> octets = TRY(write(py, value, version, allow_code));
    return call_method_with(py, file, name::write(), octets);
}

Result<Ref<>> loads(Python& py, Borrowed<> given, bool allow_code) {
    Buffer buffer = TRY(get_buffer(py, given));
    return read(py, buffer.bytes(), allow_code);
}

Result<Ref<>> load(Python& py, Borrowed<> file, bool allow_code) { return read_file(py, file, allow_code); }

constexpr MethodDef functions[] = {
    function<dump>("dump", "value, file, version=5, /, *, allow_code=True", "Writes a value to a file that is open for writing octets."),
    function<load>("load", "file, /, *, allow_code=True", "Reads one value from a file that is open for reading octets."),
    function<dumps>("dumps", "value, version=5, /, *, allow_code=True", "The octets that dump() would write."),
    function<loads>("loads", "bytes, /, *, allow_code=True", "The value that octets stand for; what follows it is ignored."),
};

Result<void> set_up(Python& py, Module& m) { return add_to_module(py, m, "version", Ref<>::immediate(Value::of_int(kVersion))); }

ORO_MODULE(marshal_module, .name = "marshal", .doc = "Values of the builtin types as octets and back, in CPython's format.",
           .functions = functions, .setup = set_up);

}  // namespace

}  // namespace oro::marshal
