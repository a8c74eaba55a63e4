// _json: what the module json does in C++.
#include "modules/_json/json.h"

namespace oro::json {

namespace {

constexpr MethodDef functions[] = {
    function<encode_basestring_ascii>("encode_basestring_ascii", "string, /", "A str as JSON, in ASCII."),
    function<encode_basestring>("encode_basestring", "string, /", "A str as JSON."),
    function<scanstring>("scanstring", "string, end, strict=True, /", "Read a JSON string whose opening quote stands before end: (text, end of it)."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "make_scanner", share(Value::of(&scanner_type))));
    return add_to_module(py, m, "make_encoder", share(Value::of(&encoder_type)));
}

}  // namespace

bool is_own_encoder(Borrowed<> callable, Escaping* escaping) {
    if (&type_of(callable) != &native_function_type) return false;
    MethodDef const* def = static_cast<Native*>(callable.value().pointer())->def;
    if (def != &functions[0] && def != &functions[1]) return false;
    *escaping = def == &functions[0] ? Escaping::ascii : Escaping::unicode;
    return true;
}

ORO_MODULE(json_module, .name = "_json", .doc = "Reading and writing JSON, for the module json.", .functions = functions, .setup = setup);

}  // namespace oro::json
