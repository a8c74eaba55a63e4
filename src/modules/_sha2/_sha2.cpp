// _sha2: SHA-2 with an interface of its own, for hashlib where _hashlib doesn't have it.
#include "types/digest_object.h"

namespace oro::sha2_module {

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
constexpr TypeDef kSha224Def = type_def("_sha2.SHA224Type");
constexpr TypeDef kSha256Def = type_def("_sha2.SHA256Type");
constexpr TypeDef kSha384Def = type_def("_sha2.SHA384Type");
constexpr TypeDef kSha512Def = type_def("_sha2.SHA512Type");

}  // namespace

ORO_TYPE(sha224_type, kSha224Def);
ORO_TYPE(sha256_type, kSha256Def);
ORO_TYPE(sha384_type, kSha384Def);
ORO_TYPE(sha512_type, kSha512Def);

namespace {

constexpr MethodDef kFunctions[] = {
    function<digest_constructor<"sha224", sha224_type>>("sha224", "data=b'', *, usedforsecurity=True, string=None", "A hash object of SHA-224."),
    function<digest_constructor<"sha256", sha256_type>>("sha256", "data=b'', *, usedforsecurity=True, string=None", "A hash object of SHA-256."),
    function<digest_constructor<"sha384", sha384_type>>("sha384", "data=b'', *, usedforsecurity=True, string=None", "A hash object of SHA-384."),
    function<digest_constructor<"sha512", sha512_type>>("sha512", "data=b'', *, usedforsecurity=True, string=None", "A hash object of SHA-512."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "SHA224Type", share(Value::of(&sha224_type))));
    CHECK(add_to_module(py, m, "SHA256Type", share(Value::of(&sha256_type))));
    CHECK(add_to_module(py, m, "SHA384Type", share(Value::of(&sha384_type))));
    CHECK(add_to_module(py, m, "SHA512Type", share(Value::of(&sha512_type))));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

}  // namespace

ORO_MODULE(sha2_module_def, .name = "_sha2", .doc = "SHA-2.", .functions = kFunctions, .setup = setup);

}  // namespace oro::sha2_module
