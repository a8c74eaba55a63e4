// grp: the groups of users that the system knows.
#include <grp.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <vector>

#include "object/detached.h"
#include "object/list.h"
#include "object/structseq.h"
#include "runtime/file_names.h"

namespace oro::grp {

extern Type group_type;

namespace {

constexpr StructField kFields[] = {{"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"}, {"gr_mem", "group members"}};
constexpr StructTypeDef kGroup = struct_type_def<kFields>("grp.struct_group", "A group, as getgrnam() and the like give.", 4);

struct Group {
    std::string name, password;
    std::int64_t gid;
    std::vector<std::string> members;
    explicit Group(group const& g) : name(g.gr_name), password(g.gr_passwd ? g.gr_passwd : ""), gid(g.gr_gid) {
        for (char** m = g.gr_mem; m && *m; ++m) members.emplace_back(*m);
    }
};

Result<Ref<>> to_struct(Python& py, Group const& g) {
    Ref<Tuple> s = TRY(make_struct(py, group_type));
    struct_set(*s, 0, TRY(fs_decode(py, g.name)));
    struct_set(*s, 1, TRY(fs_decode(py, g.password)));
    struct_set(*s, 2, Ref<>::immediate(Value::of_int(g.gid)));
    Ref<List> members = TRY(make_list(py, g.members.size()));
    for (std::string const& m : g.members) CHECK(list_append(py, members, TRY(fs_decode(py, m))));
    struct_set(*s, 3, std::move(members));
    return s;
}

template <class F> std::vector<Group> look_up(Python& py, F&& find) {
    std::vector<Group> out;
    Detached detached(py);
    std::string buffer(1024, '\0');
    group entry, *found = nullptr;
    int error;
    while ((error = find(&entry, buffer.data(), buffer.size(), &found)) == ERANGE && buffer.size() < (std::size_t(1) << 26)) {
        buffer.resize(buffer.size() * 2);
    }
    if (error == 0 && found) out.emplace_back(*found);
    return out;
}

Result<Ref<>> getgrgid(Python& py, Borrowed<> id) {
    std::uint32_t gid = TRY(id_from(py, id, "gid"));
    auto groups = look_up(py, [&](group* g, char* b, std::size_t n, group** r) { return ::getgrgid_r(gid, g, b, n, r); });
    if (groups.empty()) return raise(py, exc::KeyError, "getgrgid(): gid not found: {}", std::int64_t(std::int32_t(gid) == -1 ? -1 : std::int64_t(gid)));
    return to_struct(py, groups[0]);
}
Result<Ref<>> getgrnam(Python& py, Borrowed<Str> name) {
    Ref<Bytes> octets = TRY(fs_encode(py, name));
    auto groups = look_up(py, [&](group* g, char* b, std::size_t n, group** r) { return ::getgrnam_r(octets->data, g, b, n, r); });
    if (groups.empty()) {
        Ref<Str> shown = TRY(repr(py, name));
        return raise(py, exc::KeyError, "getgrnam(): name not found: {}", shown);
    }
    return to_struct(py, groups[0]);
}
Result<Ref<>> getgrall(Python& py) {
    std::vector<Group> groups;
    {
        // The C library walks one list for the whole process.
        static std::mutex walking;
        Detached detached(py);
        std::lock_guard guard(walking);
        ::setgrent();
        while (group* g = ::getgrent()) groups.emplace_back(*g);
        ::endgrent();
    }
    Ref<List> list = TRY(make_list(py, groups.size()));
    for (Group const& g : groups) CHECK(list_append(py, list, TRY(to_struct(py, g))));
    return list;
}

constexpr MethodDef kFunctions[] = {
    function<getgrgid>("getgrgid", "id", "The group of an id; KeyError if there is none."),
    function<getgrnam>("getgrnam", "name", "The group of a name; KeyError if there is none."),
    function<getgrall>("getgrall", "", "All groups."),
};

Result<void> setup(Python& py, Module& m) { return add_struct_type(py, m, group_type); }

}  // namespace

ORO_TYPE(group_type, kGroup);

ORO_MODULE(grp_module, .name = "grp", .doc = "The groups of users that the system knows.", .functions = kFunctions, .setup = setup);

}  // namespace oro::grp
