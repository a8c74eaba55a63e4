// _md5: MD5 with an interface of its own, for hashlib where _hashlib doesn't have it.
#include "types/digest_object.h"

namespace oro::md5_module {

namespace {

constexpr TypeDef type_def(char const* name) {
    return {
        .name = name,
        .size = sizeof(DigestObject),
        .flags = type_flag::disallow_new,
        .hooks = hooks_of<DigestObject>(),
        .methods = digest_methods,
        .getsets = digest_getsets,
    };
}
constexpr TypeDef kMd5Def = type_def("_md5.md5");

}  // namespace

ORO_TYPE(md5_type, kMd5Def);

namespace {

constexpr MethodDef kFunctions[] = {
    function<digest_constructor<"md5", md5_type>>("md5", "data=b'', *, usedforsecurity=True, string=None", "A hash object of MD5."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "MD5Type", share(Value::of(&md5_type))));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

}  // namespace

ORO_MODULE(md5_module_def, .name = "_md5", .doc = "MD5.", .functions = kFunctions, .setup = setup);

}  // namespace oro::md5_module
