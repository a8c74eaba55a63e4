// Terminals and pseudo-terminals.
#include <langinfo.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utmp.h>

#include "modules/posix/posix.h"
#include "object/interpreter.h"
#include "object/structseq.h"

namespace oro::posix {

extern Type terminal_size_type;

namespace {

constexpr StructField kSizeFields[] = {{"columns", "width of the terminal window in characters"}, {"lines", "height of the terminal window in characters"}};
constexpr StructTypeDef kTerminalSize = struct_type_def<kSizeFields>("os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", 2);

Result<Ref<>> get_terminal_size(Python& py, Optional<> fd) {
    int descriptor = fd ? TRY(c_int_from(py, *fd)) : STDOUT_FILENO;
    winsize w{};
    if (::ioctl(descriptor, TIOCGWINSZ, &w) < 0) return raise_errno(py, errno);
    Ref<Tuple> s = TRY(make_struct(py, terminal_size_type));
    struct_set(*s, 0, number(w.ws_col));
    struct_set(*s, 1, number(w.ws_row));
    return s;
}

Result<Ref<>> openpty(Python& py) {
    int master = -1, slave = -1;
    // Opened step by step, so that neither end is inheritable at any moment.
    CHECK(checked_call(py, [&] {
        master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        char name[128];
        if (master < 0) return -1;
        if (::grantpt(master) == 0 && ::unlockpt(master) == 0 && ::ptsname_r(master, name, sizeof name) == 0) {
            slave = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        }
        if (slave >= 0) return 0;
        int error = errno;
        ::close(master);
        errno = error;
        return -1;
    }));
    return make_tuple_of(py, number(master), number(slave));
}
Result<std::int64_t> posix_openpt(Python& py, CInt oflag) {
    return system_call(py, [&] { return ::posix_openpt(oflag | O_CLOEXEC); });
}
Result<void> grantpt(Python& py, Fd fd) { return checked_call(py, [&] { return ::grantpt(fd); }); }
Result<void> unlockpt(Python& py, Fd fd) { return checked_call(py, [&] { return ::unlockpt(fd); }); }
Result<Ref<>> ptsname(Python& py, Fd fd) {
    char name[4096];
    if (int error = ::ptsname_r(fd, name, sizeof name)) return raise_errno(py, error > 0 ? error : errno);
    return fs_decode(py, name);
}
Result<void> login_tty(Python& py, Fd fd) {
    if (::login_tty(fd) < 0) return raise_errno(py, errno);
    return {};
}
Result<Ref<>> ttyname(Python& py, CInt fd) {
    char name[4096];
    if (int error = ::ttyname_r(fd, name, sizeof name)) return raise_errno(py, error);
    return fs_decode(py, name);
}
Result<Ref<>> ctermid(Python& py) {
    char name[L_ctermid];
    if (!::ctermid(name)) return raise_errno(py, errno);
    return fs_decode(py, name);
}
Result<std::int64_t> tcgetpgrp(Python& py, CInt fd) {
    pid_t group = ::tcgetpgrp(fd);
    if (group < 0) return raise_errno(py, errno);
    return group;
}
Result<void> tcsetpgrp(Python& py, CInt fd, CInt pgid) {
    if (::tcsetpgrp(fd, pgid) < 0) return raise_errno(py, errno);
    return {};
}
Result<Maybe<>> device_encoding(Python& py, CInt fd) {
    if (::isatty(fd) != 1) return Maybe<>();
    if (py.interpreter->config.utf8_mode) return Maybe<>(TRY(make_str(py, std::string_view("utf-8"))));
    char const* codeset = ::nl_langinfo(CODESET);
    return Maybe<>(TRY(fs_decode(py, codeset && *codeset ? codeset : "UTF-8")));
}

constexpr MethodDef kFunctions[] = {
    function<get_terminal_size>("get_terminal_size", "fd=<unrepresentable>, /", "The size of a terminal: (columns, lines)."),
    function<openpty>("openpty", "", "Open a pseudo-terminal; gives the descriptors of its master and slave end."),
    function<posix_openpt>("posix_openpt", "oflag, /", "Open the master end of a pseudo-terminal."),
    function<grantpt>("grantpt", "fd, /", "Grant access to the slave end of a pseudo-terminal."),
    function<unlockpt>("unlockpt", "fd, /", "Unlock a pseudo-terminal."),
    function<ptsname>("ptsname", "fd, /", "The name of the slave end of a pseudo-terminal."),
    function<login_tty>("login_tty", "fd, /", "Make a terminal the controlling one of a new session, and standard input and output."),
    function<ttyname>("ttyname", "fd, /", "The name of the terminal that a descriptor is connected to."),
    function<ctermid>("ctermid", "", "The name of the controlling terminal."),
    function<tcgetpgrp>("tcgetpgrp", "fd, /", "The process group of a terminal."),
    function<tcsetpgrp>("tcsetpgrp", "fd, pgid, /", "Set the process group of a terminal."),
    function<device_encoding>("device_encoding", "fd", "The encoding of a terminal; None if the descriptor is no terminal."),
};

}  // namespace

ORO_TYPE(terminal_size_type, kTerminalSize);

std::span<MethodDef const> terminal_functions() { return kFunctions; }
Result<void> add_terminal_types(Python& py, Module& m) { return add_struct_type(py, m, terminal_size_type); }

}  // namespace oro::posix
