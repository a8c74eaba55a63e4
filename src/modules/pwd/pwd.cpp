// pwd: the users that the system knows.
#include <pwd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <vector>

#include "object/detached.h"
#include "object/list.h"
#include "object/structseq.h"
#include "runtime/file_names.h"

namespace oro::pwd {

extern Type passwd_type;

namespace {

constexpr StructField kFields[] = {{"pw_name", "user name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"}, {"pw_gid", "group id"},
                                   {"pw_gecos", "real name"}, {"pw_dir", "home directory"}, {"pw_shell", "shell program"}};
constexpr StructTypeDef kPasswd = struct_type_def<kFields>("pwd.struct_passwd", "A user, as getpwnam() and the like give.", 7);

struct User {
    std::string name, password, gecos, home, shell;
    std::int64_t uid = 0, gid = 0;
    explicit User(passwd const& p) : uid(p.pw_uid), gid(p.pw_gid) {
        auto text = [](char const* s) { return std::string(s ? s : ""); };
        name = text(p.pw_name), password = text(p.pw_passwd), gecos = text(p.pw_gecos), home = text(p.pw_dir), shell = text(p.pw_shell);
    }
};

Result<Ref<>> to_struct(Python& py, User const& u) {
    Ref<Tuple> s = TRY(make_struct(py, passwd_type));
    struct_set(*s, 0, TRY(fs_decode(py, u.name)));
    struct_set(*s, 1, TRY(fs_decode(py, u.password)));
    struct_set(*s, 2, Ref<>::immediate(Value::of_int(u.uid)));
    struct_set(*s, 3, Ref<>::immediate(Value::of_int(u.gid)));
    struct_set(*s, 4, TRY(fs_decode(py, u.gecos)));
    struct_set(*s, 5, TRY(fs_decode(py, u.home)));
    struct_set(*s, 6, TRY(fs_decode(py, u.shell)));
    return s;
}

// `find(entry, buffer, size, result)` is getpwnam_r or the like. None if there is no such user.
template <class F> std::vector<User> look_up(Python& py, F&& find) {
    std::vector<User> out;
    Detached detached(py);
    std::string buffer(1024, '\0');
    passwd entry, *found = nullptr;
    int error;
    while ((error = find(&entry, buffer.data(), buffer.size(), &found)) == ERANGE && buffer.size() < (std::size_t(1) << 26)) {
        buffer.resize(buffer.size() * 2);
    }
    if (error == 0 && found) out.emplace_back(*found);
    return out;
}

Result<Ref<>> getpwuid(Python& py, Borrowed<> uidobj) {
    auto id = id_from(py, uidobj, "uid");
    if (id.raised()) {
        if (!raised_is(py, exc::OverflowError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::KeyError, "getpwuid(): uid not found");
    }
    std::uint32_t uid = std::move(id).take();
    auto users = look_up(py, [&](passwd* p, char* b, std::size_t n, passwd** r) { return ::getpwuid_r(uid, p, b, n, r); });
    if (users.empty()) return raise(py, exc::KeyError, "getpwuid(): uid not found: {}", std::int64_t(std::int32_t(uid) == -1 ? -1 : std::int64_t(uid)));
    return to_struct(py, users[0]);
}
Result<Ref<>> getpwnam(Python& py, Borrowed<Str> name) {
    Ref<Bytes> octets = TRY(fs_encode(py, name));
    auto users = look_up(py, [&](passwd* p, char* b, std::size_t n, passwd** r) { return ::getpwnam_r(octets->data, p, b, n, r); });
    if (users.empty()) {
        Ref<Str> shown = TRY(repr(py, name));
        return raise(py, exc::KeyError, "getpwnam(): name not found: {}", shown);
    }
    return to_struct(py, users[0]);
}
Result<Ref<>> getpwall(Python& py) {
    std::vector<User> users;
    {
        // The C library walks one list for the whole process.
        static std::mutex walking;
        Detached detached(py);
        std::lock_guard guard(walking);
        ::setpwent();
        while (passwd* p = ::getpwent()) users.emplace_back(*p);
        ::endpwent();
    }
    Ref<List> list = TRY(make_list(py, users.size()));
    for (User const& u : users) CHECK(list_append(py, list, TRY(to_struct(py, u))));
    return list;
}

constexpr MethodDef kFunctions[] = {
    function<getpwuid>("getpwuid", "uidobj, /", "The user of an id; KeyError if there is none."),
    function<getpwnam>("getpwnam", "name, /", "The user of a name; KeyError if there is none."),
    function<getpwall>("getpwall", "", "All users."),
};

Result<void> setup(Python& py, Module& m) { return add_struct_type(py, m, passwd_type); }

}  // namespace

ORO_TYPE(passwd_type, kPasswd);

ORO_MODULE(pwd_module, .name = "pwd", .doc = "The users that the system knows.", .functions = kFunctions, .setup = setup);

}  // namespace oro::pwd
