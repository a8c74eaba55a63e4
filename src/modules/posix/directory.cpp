// listdir, scandir, and DirEntry.
//
// A ScandirIterator is shared by threads: the directory stream is used under its own lock byte, which is held detached from no
// object lock. A DirEntry's caches are Members: two threads that fill one store equal objects.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/lock.h"
#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/generic_alias.h"
#include "object/list.h"
#include "object/warn.h"

namespace oro::posix {

extern Type dir_entry_type, scandir_type;

namespace {

struct DirEntry : Object {
    Fixed<> name, path;                  // str or bytes
    Member<> stat, lstat;                // cached; may be null
    std::uint64_t inode;                 // immutable, as are the following
    int dir_fd;                          // of scandir(fd), else AT_FDCWD
    unsigned char kind;                  // DT_*
    DirEntry(Ref<> n, Ref<> p, std::uint64_t i, int d, unsigned char k)
        : name(std::move(n)), path(std::move(p)), inode(i), dir_fd(d), kind(k) {}
    static constexpr auto fields = std::tuple{&DirEntry::name, &DirEntry::path, &DirEntry::stat, &DirEntry::lstat};
    static Type& type() { return dir_entry_type; }
};

struct Scandir : Object {
    Fixed<> path;                        // as given; null for None
    std::atomic<DIR*> stream;            // taken out (null) while a thread reads, and for good when closed
    std::atomic<bool> closed{false};
    LockByte reading{0};
    int fd;                              // as given, or -1
    bool as_bytes;
    Scandir(Maybe<> p, DIR* d, int f, bool b) : path(std::move(p)), stream(d), fd(f), as_bytes(b) {}
    ~Scandir() { close(); }
    void close() {
        if (DIR* d = stream.exchange(nullptr)) {
            // The descriptor shares its place with the one that was given.
            if (fd >= 0) rewinddir(d);
            closedir(d);
        }
    }
    static constexpr auto fields = std::tuple{&Scandir::path};
    static Type& type() { return scandir_type; }
};

// ---- opening

struct Opened {
    DIR* stream;
    int error;
};
Opened open_directory(Python& py, Path const& path) {
    Detached detached(py);
    if (!path.is_fd) {
        DIR* d = opendir(path.text);
        return {d, errno};
    }
    // closedir() closes its descriptor: a copy.
    int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return {nullptr, errno};
    DIR* d = fdopendir(copy);
    int error = errno;
    if (!d) ::close(copy);
    else rewinddir(d);
    return {d, error};
}

bool is_dot(char const* name) { return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])); }

Result<Ref<>> listdir(Python& py, MaybeFile path) {
    Opened opened = open_directory(py, path);
    Optional<> shown = path.is_fd ? Optional<>() : path.name();
    if (!opened.stream) return raise_errno(py, opened.error, shown);
    // Names are gathered detached, then made into objects.
    std::string names;
    std::vector<std::size_t> ends;
    Outcome o = detached_call(py, [&] {
        int failed = 0;
        for (;;) {
            errno = 0;
            dirent* e = readdir(opened.stream);
            if (!e) {
                failed = errno;
                break;
            }
            if (is_dot(e->d_name)) continue;
            names += e->d_name;
            ends.push_back(names.size());
        }
        if (path.is_fd) rewinddir(opened.stream);
        closedir(opened.stream);
        errno = failed;
        return failed ? -1 : 0;
    });
    if (o.value < 0) return raise_errno(py, o.error, shown);
    Ref<List> list = TRY(make_list(py, ends.size()));
    std::size_t begin = 0;
    for (std::size_t end : ends) {
        Ref<> name = TRY(fs_result(py, std::string_view(names).substr(begin, end - begin), path.is_bytes));
        CHECK(list_append(py, list, std::move(name)));
        begin = end;
    }
    return list;
}

Result<Ref<>> scandir(Python& py, MaybeFile path) {
    Opened opened = open_directory(py, path);
    if (!opened.stream) return raise_errno(py, opened.error, path.is_fd ? Optional<>() : path.name());
    Maybe<> shown;
    if (path.object && !path.is_fd) shown = Borrowed<>(path.object.value()).share();
    auto made = make<Scandir>(py, scandir_type, std::move(shown), opened.stream, path.is_fd ? path.fd : -1, path.is_bytes);
    if (made.raised()) closedir(opened.stream);
    return made;
}

// ---- ScandirIterator

struct Found {
    std::string name;
    std::uint64_t inode = 0;
    unsigned char kind = DT_UNKNOWN;
    int error = 0;
    bool any = false;
};

Next scandir_next(Python& py, Borrowed<Scandir> self) {
    Found found;
    lock(py, self->reading);
    {
        Detached detached(py);
        DIR* d = self->stream.exchange(nullptr);
        while (d) {
            errno = 0;
            dirent* e = readdir(d);
            if (!e) {
                found.error = errno;
                break;
            }
            if (is_dot(e->d_name)) continue;
            found.name = e->d_name;
            found.inode = e->d_ino;
            found.kind = e->d_type;
            found.any = true;
            break;
        }
        self->stream.store(d);
        // Closed by another thread meanwhile, or at its end.
        if (d && (!found.any || self->closed.load())) self->close();
    }
    unlock(self->reading);
    if (found.error) return raise_errno(py, found.error, Optional<>(self->path.value()));
    if (!found.any) return Next::end();
    auto build = [&]() -> Result<Ref<>> {
        Ref<> name = TRY(fs_result(py, found.name, self->as_bytes));
        std::string joined;
        Ref<> path = name.share();
        if (self->path) {
            Ref<Bytes> base = TRY(fs_encode(py, *self->path));
            joined = base->view();
            if (!joined.empty() && joined.back() != '/') joined += '/';
            joined += found.name;
            path = TRY(fs_result(py, joined, self->as_bytes));
        } else if (self->fd < 0) {
            joined = "./" + found.name;
            path = TRY(fs_result(py, joined, self->as_bytes));
        }
        return make<DirEntry>(py, dir_entry_type, std::move(name), std::move(path), found.inode, self->fd >= 0 ? self->fd : AT_FDCWD, found.kind);
    };
    return Next(build());
}

Ref<> scandir_iter(Python&, Borrowed<Scandir> self) { return self.share(); }
void scandir_close(Python&, Borrowed<Scandir> self) {
    self->closed.store(true);
    self->close();
}
Ref<> scandir_enter(Python&, Borrowed<Scandir> self) { return self.share(); }
void scandir_exit(Python& py, Borrowed<Scandir> self, Args) { scandir_close(py, self); }
// Left open and not at its end: closed with a warning.
Result<void> scandir_del(Python& py, Borrowed<Scandir> self) {
    if (!self->stream.load()) return {};
    self->closed.store(true);
    self->close();
    Ref<Str> text = TRY(repr(py, self));
    return warn(py, exc::ResourceWarning, "unclosed scandir iterator {}", text);
}

constexpr MethodDef scandir_methods[] = {
    def<scandir_enter>("__enter__", "", ""),
    def<scandir_exit>("__exit__", "*args", ""),
    def<scandir_close>("close", "", "Close the directory."),
};
constexpr SlotDef scandir_slots[] = {slot<Dunder::iter, scandir_iter>, slot<Dunder::next, scandir_next>, slot<Dunder::del, scandir_del>};
constexpr TypeDef scandir_def{.name = "posix.ScandirIterator", .size = sizeof(Scandir), .flags = type_flag::disallow_new | type_flag::has_del,
                              .hooks = hooks_of<Scandir>(), .methods = scandir_methods, .slots = scandir_slots};

// ---- DirEntry

Result<Ref<>> fetch(Python& py, Borrowed<DirEntry> self, bool follow) {
    Ref<Bytes> bytes = TRY(fs_encode(py, *self->path));
    struct stat st;
    Outcome o = detached_call(py, [&] { return fstatat(self->dir_fd, bytes->data, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
    if (o.value < 0) return raise_errno(py, o.error, Optional<>(self->path.value()));
    return make_stat_result(py, st);
}

Result<Ref<>> cached(Python& py, Borrowed<DirEntry> self, Member<> DirEntry::*field, bool follow) {
    Maybe<> there = ((*self).*field).load(self.get());
    if (there) return std::move(there).take();
    Ref<> made = TRY(fetch(py, self, follow));
    ((*self).*field).store(self.get(), made.share());
    return made;
}

Result<bool> is_symlink(Python& py, Borrowed<DirEntry> self);

Result<Ref<>> entry_stat(Python& py, Borrowed<DirEntry> self, bool follow) {
    if (!follow) return cached(py, self, &DirEntry::lstat, false);
    Maybe<> there = self->stat.load(self.get());
    if (there) return std::move(there).take();
    if (TRY(is_symlink(py, self))) return cached(py, self, &DirEntry::stat, true);
    Ref<> made = TRY(cached(py, self, &DirEntry::lstat, false));
    self->stat.store(self.get(), made.share());
    return made;
}

// A file that is gone is of no kind.
Result<bool> has_mode(Python& py, Borrowed<DirEntry> self, bool follow, unsigned kind) {
    bool link = self->kind == DT_LNK;
    if (self->kind == DT_UNKNOWN || (follow && link)) {
        auto st = entry_stat(py, self, follow);
        if (st.raised()) {
            if (!raised_is(py, exc::FileNotFoundError)) return Raised{};
            clear_raised(py);
            return false;
        }
        Ref<> result = std::move(st).take();
        return (as<Tuple>(result.value())->slots[0].as_int() & S_IFMT) == std::int64_t(kind);
    }
    if (link) return kind == S_IFLNK;
    if (kind == S_IFDIR) return self->kind == DT_DIR;
    if (kind == S_IFREG) return self->kind == DT_REG;
    return false;
}
Result<bool> is_symlink(Python& py, Borrowed<DirEntry> self) { return has_mode(py, self, false, S_IFLNK); }
Result<bool> is_dir(Python& py, Borrowed<DirEntry> self, bool follow) { return has_mode(py, self, follow, S_IFDIR); }
Result<bool> is_file(Python& py, Borrowed<DirEntry> self, bool follow) { return has_mode(py, self, follow, S_IFREG); }
bool is_junction(Python&, Borrowed<DirEntry>) { return false; }
std::uint64_t inode(Python&, Borrowed<DirEntry> self) { return self->inode; }
Ref<> entry_fspath(Python&, Borrowed<DirEntry> self) { return self->path.share(); }
Result<Ref<Str>> entry_repr(Python& py, Borrowed<DirEntry> self) {
    Ref<Str> name = TRY(repr(py, *self->name));
    return format_message(py, "<DirEntry {}>", {MessageArg(name)});
}
Value get_name(Python&, Value self) { return as<DirEntry>(self)->name.share().release(); }
Value get_path(Python&, Value self) { return as<DirEntry>(self)->path.share().release(); }

Result<Ref<>> class_getitem(Python& py, Borrowed<> cls, Borrowed<> item) { return make_generic_alias(py, cls, item); }

constexpr MethodDef entry_methods[] = {
    def<is_dir>("is_dir", "*, follow_symlinks=True", "Whether the entry is a directory; cached."),
    def<is_file>("is_file", "*, follow_symlinks=True", "Whether the entry is a file; cached."),
    def<is_symlink>("is_symlink", "", "Whether the entry is a symbolic link; cached."),
    def<is_junction>("is_junction", "", "Whether the entry is a junction, which other systems have."),
    def<entry_stat>("stat", "*, follow_symlinks=True", "The entry's stat_result; cached."),
    def<inode>("inode", "", "The entry's inode."),
    def<entry_fspath>("__fspath__", "", "The entry's path."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef entry_slots[] = {slot<Dunder::repr, entry_repr>};
constexpr GetSetDef entry_getsets[] = {
    {"name", get_name, nullptr, "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", get_path, nullptr, "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
};
constexpr TypeDef entry_def{.name = "posix.DirEntry", .size = sizeof(DirEntry), .flags = type_flag::disallow_new, .hooks = hooks_of<DirEntry>(),
                            .methods = entry_methods, .slots = entry_slots, .getsets = entry_getsets};

constexpr MethodDef kFunctions[] = {
    function<listdir>("listdir", "path=None", "The names in a directory."),
    function<scandir>("scandir", "path=None", "An iterator of DirEntry objects for a directory."),
};

}  // namespace

ORO_TYPE(dir_entry_type, entry_def);
ORO_TYPE(scandir_type, scandir_def);

std::span<MethodDef const> directory_functions() { return kFunctions; }
Result<void> add_directory_types(Python& py, Module& m) { return add_type_to_module(py, m, dir_entry_type); }

}  // namespace oro::posix
