// errno: the numbers of the operating system's errors, and their names.
#include <cerrno>

#include "object/define.h"
#include "object/dict.h"

namespace oro::errno_module {

namespace {

struct Error {
    char const* name;
    int number;
};

#define ORO_ERRORS(E) \
    E(E2BIG) E(EACCES) E(EADDRINUSE) E(EADDRNOTAVAIL) E(EADV) E(EAFNOSUPPORT) E(EAGAIN) E(EALREADY) \
    E(EBADE) E(EBADF) E(EBADFD) E(EBADMSG) E(EBADR) E(EBADRQC) E(EBADSLT) E(EBFONT) E(EBUSY) E(ECANCELED) \
    E(ECHILD) E(ECHRNG) E(ECOMM) E(ECONNABORTED) E(ECONNREFUSED) E(ECONNRESET) E(EDEADLK) E(EDEADLOCK) \
    E(EDESTADDRREQ) E(EDOM) E(EDOTDOT) E(EDQUOT) E(EEXIST) E(EFAULT) E(EFBIG) E(EHOSTDOWN) E(EHOSTUNREACH) \
    E(EHWPOISON) E(EIDRM) E(EILSEQ) E(EINPROGRESS) E(EINTR) E(EINVAL) E(EIO) E(EISCONN) E(EISDIR) \
    E(EISNAM) E(EKEYEXPIRED) E(EKEYREJECTED) E(EKEYREVOKED) E(EL2HLT) E(EL2NSYNC) E(EL3HLT) E(EL3RST) \
    E(ELIBACC) E(ELIBBAD) E(ELIBEXEC) E(ELIBMAX) E(ELIBSCN) E(ELNRNG) E(ELOOP) E(EMEDIUMTYPE) E(EMFILE) \
    E(EMLINK) E(EMSGSIZE) E(EMULTIHOP) E(ENAMETOOLONG) E(ENAVAIL) E(ENETDOWN) E(ENETRESET) E(ENETUNREACH) \
    E(ENFILE) E(ENOANO) E(ENOBUFS) E(ENOCSI) E(ENODATA) E(ENODEV) E(ENOENT) E(ENOEXEC) E(ENOKEY) E(ENOLCK) \
    E(ENOLINK) E(ENOMEDIUM) E(ENOMEM) E(ENOMSG) E(ENONET) E(ENOPKG) E(ENOPROTOOPT) E(ENOSPC) E(ENOSR) \
    E(ENOSTR) E(ENOSYS) E(ENOTBLK) E(ENOTCONN) E(ENOTDIR) E(ENOTEMPTY) E(ENOTNAM) E(ENOTRECOVERABLE) \
    E(ENOTSOCK) E(ENOTSUP) E(ENOTTY) E(ENOTUNIQ) E(ENXIO) E(EOPNOTSUPP) E(EOVERFLOW) E(EOWNERDEAD) \
    E(EPERM) E(EPFNOSUPPORT) E(EPIPE) E(EPROTO) E(EPROTONOSUPPORT) E(EPROTOTYPE) E(ERANGE) E(EREMCHG) \
    E(EREMOTE) E(EREMOTEIO) E(ERESTART) E(ERFKILL) E(EROFS) E(ESHUTDOWN) E(ESOCKTNOSUPPORT) E(ESPIPE) \
    E(ESRCH) E(ESRMNT) E(ESTALE) E(ESTRPIPE) E(ETIME) E(ETIMEDOUT) E(ETOOMANYREFS) E(ETXTBSY) E(EUCLEAN) \
    E(EUNATCH) E(EUSERS) E(EWOULDBLOCK) E(EXDEV) E(EXFULL)
#define E(name) {#name, name},
constexpr Error kErrors[] = {ORO_ERRORS(E)};
#undef E
#undef ORO_ERRORS

Result<void> setup(Python& py, Module& m) {
    Ref<Dict> names = TRY(make_dict(py, std::size(kErrors)));
    for (Error const& e : kErrors) {
        Ref<Str> name = intern_immortal(py, e.name);
        CHECK(add_to_module(py, m, e.name, Ref<>::immediate(Value::of_int(e.number))));
        // Names whose numbers errorcode gives by another name, as CPython has it.
        std::string_view text = e.name;
        if (text == "EDEADLK" || text == "EOPNOTSUPP" || text == "EWOULDBLOCK") continue;
        CHECK(dict_set_item(py, names, Borrowed<>(Value::of_int(e.number)), std::move(name)));
    }
    return add_to_module(py, m, "errorcode", std::move(names));
}

}  // namespace

ORO_MODULE(errno_module, .name = "errno", .doc = "The numbers of system errors; errorcode maps them to their names.",
           .setup = setup);

}  // namespace oro::errno_module
