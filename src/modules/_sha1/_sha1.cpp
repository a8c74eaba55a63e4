// _sha1: SHA-1 with an interface of its own, for hashlib where _hashlib doesn't have it.
#include "types/digest_object.h"

namespace oro::sha1_module {

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
constexpr TypeDef kSha1Def = type_def("_sha1.sha1");

}  // namespace

ORO_TYPE(sha1_type, kSha1Def);

namespace {

constexpr MethodDef kFunctions[] = {
    function<digest_constructor<"sha1", sha1_type>>("sha1", "data=b'', *, usedforsecurity=True, string=None", "A hash object of SHA-1."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "SHA1Type", share(Value::of(&sha1_type))));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

}  // namespace

ORO_MODULE(sha1_module_def, .name = "_sha1", .doc = "SHA-1.", .functions = kFunctions, .setup = setup);

}  // namespace oro::sha1_module
