// _stat: what the bits of st_mode and st_flags mean.
#include <sys/stat.h>

#include "object/define.h"

namespace oro::stat {

namespace {

Result<unsigned> mode_of(Python& py, Borrowed<> v) {
    std::uint64_t n = TRY(to_c_unsigned_long(py, v));
    if (n != unsigned(n)) return raise(py, exc::OverflowError, "mode out of range");
    return unsigned(n);
}

template <unsigned Kind> Result<bool> is_kind(Python& py, Borrowed<> mode) {
    unsigned bits = TRY(mode_of(py, mode));
    return Kind != 0 && (bits & S_IFMT) == Kind;
}
template <unsigned Mask> Result<std::int64_t> bits_of(Python& py, Borrowed<> mode) {
    unsigned bits = TRY(mode_of(py, mode));
    return std::int64_t(bits & Mask);
}

char kind_letter(unsigned bits) {
    switch (bits & S_IFMT) {
        case S_IFREG: return '-';
        case S_IFDIR: return 'd';
        case S_IFLNK: return 'l';
        case S_IFBLK: return 'b';
        case S_IFCHR: return 'c';
        case S_IFIFO: return 'p';
        case S_IFSOCK: return 's';
        default: return '?';
    }
}

// As ls -l shows it.
Result<Ref<Str>> filemode(Python& py, Borrowed<> mode) {
    unsigned bits = TRY(mode_of(py, mode));
    char text[10] = {kind_letter(bits)};
    for (int i = 0; i < 9; ++i) text[1 + i] = bits & (0400u >> i) ? "rwx"[i % 3] : '-';
    auto special = [&](unsigned bit, int at, char with, char without) {
        if (bits & bit) text[at] = text[at] == 'x' ? with : without;
    };
    special(S_ISUID, 3, 's', 'S');
    special(S_ISGID, 6, 's', 'S');
    special(S_ISVTX, 9, 't', 'T');
    return make_str(py, std::string_view(text, sizeof text));
}

struct Constant {
    char const* name;
    std::int64_t value;
};
constexpr Constant kConstants[] = {
    {"S_IFDIR", S_IFDIR}, {"S_IFCHR", S_IFCHR}, {"S_IFBLK", S_IFBLK}, {"S_IFREG", S_IFREG}, {"S_IFIFO", S_IFIFO},
    {"S_IFLNK", S_IFLNK}, {"S_IFSOCK", S_IFSOCK}, {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0},
    {"S_ISUID", S_ISUID}, {"S_ISGID", S_ISGID}, {"S_ISVTX", S_ISVTX}, {"S_ENFMT", S_ISGID},
    {"S_IREAD", S_IRUSR}, {"S_IWRITE", S_IWUSR}, {"S_IEXEC", S_IXUSR},
    {"S_IRWXU", S_IRWXU}, {"S_IRUSR", S_IRUSR}, {"S_IWUSR", S_IWUSR}, {"S_IXUSR", S_IXUSR},
    {"S_IRWXG", S_IRWXG}, {"S_IRGRP", S_IRGRP}, {"S_IWGRP", S_IWGRP}, {"S_IXGRP", S_IXGRP},
    {"S_IRWXO", S_IRWXO}, {"S_IROTH", S_IROTH}, {"S_IWOTH", S_IWOTH}, {"S_IXOTH", S_IXOTH},
    // Flags of other systems' files, by the numbers that they have there.
    {"UF_SETTABLE", 0x0000ffff}, {"UF_NODUMP", 1}, {"UF_IMMUTABLE", 2}, {"UF_APPEND", 4}, {"UF_OPAQUE", 8}, {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20}, {"UF_TRACKED", 0x40}, {"UF_DATAVAULT", 0x80}, {"UF_HIDDEN", 0x8000},
    {"SF_SETTABLE", 0xffff0000}, {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000}, {"SF_APPEND", 0x40000},
    {"SF_NOUNLINK", 0x100000}, {"SF_SNAPSHOT", 0x200000}, {"SF_FIRMLINK", 0x800000}, {"SF_DATALESS", 0x40000000},
    // Places in the tuple of os.stat().
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6}, {"ST_ATIME", 7},
    {"ST_MTIME", 8}, {"ST_CTIME", 9},
};

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    return {};
}

constexpr MethodDef kFunctions[] = {
    function<is_kind<S_IFDIR>>("S_ISDIR", "mode, /", "Whether it is a directory."),
    function<is_kind<S_IFCHR>>("S_ISCHR", "mode, /", "Whether it is a character device."),
    function<is_kind<S_IFBLK>>("S_ISBLK", "mode, /", "Whether it is a block device."),
    function<is_kind<S_IFREG>>("S_ISREG", "mode, /", "Whether it is a regular file."),
    function<is_kind<S_IFIFO>>("S_ISFIFO", "mode, /", "Whether it is a named pipe."),
    function<is_kind<S_IFLNK>>("S_ISLNK", "mode, /", "Whether it is a symbolic link."),
    function<is_kind<S_IFSOCK>>("S_ISSOCK", "mode, /", "Whether it is a socket."),
    function<is_kind<0>>("S_ISDOOR", "mode, /", "Whether it is a door, which other systems have."),
    function<is_kind<0>>("S_ISPORT", "mode, /", "Whether it is an event port, which other systems have."),
    function<is_kind<0>>("S_ISWHT", "mode, /", "Whether it is a whiteout, which other systems have."),
    function<bits_of<07777>>("S_IMODE", "mode, /", "The bits that os.chmod() can set."),
    function<bits_of<S_IFMT>>("S_IFMT", "mode, /", "The bits that tell the kind of file."),
    function<filemode>("filemode", "mode, /", "Text such as '-rwxrwxrwx'."),
};

}  // namespace

ORO_MODULE(stat_module, .name = "_stat", .doc = "The meaning of what os.stat() returns.", .functions = kFunctions, .setup = setup);

}  // namespace oro::stat
