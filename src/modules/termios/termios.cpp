// termios: the attributes of terminals.
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "object/bytes.h"
#include "object/call.h"
#include "object/detached.h"
#include "object/exception.h"
#include "object/list.h"
#include "object/define.h"
#include "runtime/file_names.h"

namespace oro::termios_module {

extern Type error_type;

namespace {

Raised raise_termios(Thread& t, int error) {
    Ref<Str> text = TRY(error_text(t, error));
    Ref<Tuple> args = TRY(make_tuple_of(t, Ref<>::immediate(Value::of_int(error)), std::move(text)));
    return raise_object(t, TRY(make_exception(t, error_type, std::move(args))));
}
template <class F> Result<void> call_terminal(Python& py, F&& f) {
    int result, error;
    {
        Detached detached(py);
        result = f();
        error = errno;
    }
    if (result < 0) return raise_termios(py, error);
    return {};
}

// [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
Result<Ref<>> tcgetattr(Python& py, Borrowed<> fd) {
    int descriptor = TRY(descriptor_from(py, fd));
    termios mode{};
    CHECK(call_terminal(py, [&] { return ::tcgetattr(descriptor, &mode); }));
    bool canonical = mode.c_lflag & ICANON;
    Ref<List> cc = TRY(make_list(py, NCCS));
    for (int i = 0; i < NCCS; ++i) {
        // In raw mode these two are numbers.
        if (!canonical && (i == VMIN || i == VTIME)) {
            CHECK(list_append(py, cc, Ref<>::immediate(Value::of_int(mode.c_cc[i]))));
            continue;
        }
        char octet = char(mode.c_cc[i]);
        CHECK(list_append(py, cc, TRY(make_bytes(py, {&octet, 1}))));
    }
    Ref<List> list = TRY(make_list(py, 7));
    for (std::int64_t n : {std::int64_t(mode.c_iflag), std::int64_t(mode.c_oflag), std::int64_t(mode.c_cflag), std::int64_t(mode.c_lflag),
                           std::int64_t(cfgetispeed(&mode)), std::int64_t(cfgetospeed(&mode))}) {
        CHECK(list_append(py, list, Ref<>::immediate(Value::of_int(n))));
    }
    CHECK(list_append(py, list, std::move(cc)));
    return list;
}

Result<void> tcsetattr(Python& py, Borrowed<> fd, int when, Borrowed<> attributes) {
    int descriptor = TRY(descriptor_from(py, fd));
    if (!is<List>(attributes) || as<List>(attributes)->size() != 7) return raise(py, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    Ref<Tuple> items = TRY(tuple_from(py, attributes));
    if (items->size != 7) return raise(py, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    termios mode{};
    CHECK(call_terminal(py, [&] { return ::tcgetattr(descriptor, &mode); }));
    auto flags = [&](std::size_t i) -> Result<unsigned> {
        std::int64_t n = TRY(to_c_long(py, items->at(i)));
        return unsigned(n);
    };
    mode.c_iflag = TRY(flags(0));
    mode.c_oflag = TRY(flags(1));
    mode.c_cflag = TRY(flags(2));
    mode.c_lflag = TRY(flags(3));
    unsigned in = TRY(flags(4)), out = TRY(flags(5));
    Borrowed<> cc = items->at(6);
    bool good = is<List>(cc) && as<List>(cc)->size() == NCCS;
    if (!good) return raise(py, exc::TypeError, "tcsetattr: attributes[6] must be {} element list", NCCS);
    Ref<Tuple> octets = TRY(tuple_from(py, cc));
    for (std::size_t i = 0; i < octets->size && i < NCCS; ++i) {
        Value v = octets->slots[i];
        if (is<Bytes>(v) && as<Bytes>(v)->size == 1) mode.c_cc[i] = cc_t(as<Bytes>(v)->data[0]);
        else if (is_any_int(v)) mode.c_cc[i] = cc_t(TRY(to_c_long(py, Borrowed<>(v))));
        else return raise(py, exc::TypeError, "tcsetattr: elements of attributes must be bytes objects of length 1 or integers");
    }
    CHECK(call_terminal(py, [&] { return cfsetispeed(&mode, in) < 0 || cfsetospeed(&mode, out) < 0 ? -1 : ::tcsetattr(descriptor, when, &mode); }));
    return {};
}

Result<void> tcsendbreak(Python& py, Borrowed<> fd, int duration) {
    int descriptor = TRY(descriptor_from(py, fd));
    return call_terminal(py, [&] { return ::tcsendbreak(descriptor, duration); });
}
Result<void> tcdrain(Python& py, Borrowed<> fd) {
    int descriptor = TRY(descriptor_from(py, fd));
    return call_terminal(py, [&] { return ::tcdrain(descriptor); });
}
Result<void> tcflush(Python& py, Borrowed<> fd, int queue) {
    int descriptor = TRY(descriptor_from(py, fd));
    return call_terminal(py, [&] { return ::tcflush(descriptor, queue); });
}
Result<void> tcflow(Python& py, Borrowed<> fd, int action) {
    int descriptor = TRY(descriptor_from(py, fd));
    return call_terminal(py, [&] { return ::tcflow(descriptor, action); });
}
Result<Ref<>> tcgetwinsize(Python& py, Borrowed<> fd) {
    int descriptor = TRY(descriptor_from(py, fd));
    winsize w{};
    CHECK(call_terminal(py, [&] { return ::ioctl(descriptor, TIOCGWINSZ, &w); }));
    return make_tuple_of(py, Ref<>::immediate(Value::of_int(w.ws_row)), Ref<>::immediate(Value::of_int(w.ws_col)));
}
Result<void> tcsetwinsize(Python& py, Borrowed<> fd, Borrowed<> size) {
    int descriptor = TRY(descriptor_from(py, fd));
    bool sequence = size.value().is_pointer() && type_of(size).slot(Dunder::getitem) && !type_of(size).has(type_flag::dict);
    if (!sequence) return raise(py, exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    Ref<Tuple> pair = TRY(tuple_from(py, size));
    if (pair->size != 2) return raise(py, exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    std::int64_t rows = TRY(to_c_long(py, pair->at(0)));
    std::int64_t columns = TRY(to_c_long(py, pair->at(1)));
    winsize w{};
    // The size in pixels stays as it is.
    CHECK(call_terminal(py, [&] { return ::ioctl(descriptor, TIOCGWINSZ, &w); }));
    w.ws_row = static_cast<unsigned short>(rows);
    w.ws_col = static_cast<unsigned short>(columns);
    if (w.ws_row != rows || w.ws_col != columns) return raise(py, exc::OverflowError, "winsize value(s) out of range.");
    return call_terminal(py, [&] { return ::ioctl(descriptor, TIOCSWINSZ, &w); });
}

constexpr MethodDef kFunctions[] = {
    function<tcgetattr>("tcgetattr", "fd, /", "The attributes of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]."),
    function<tcsetattr>("tcsetattr", "fd, when, attributes, /", "Set the attributes of a terminal."),
    function<tcsendbreak>("tcsendbreak", "fd, duration, /", "Send a break on a terminal."),
    function<tcdrain>("tcdrain", "fd, /", "Wait until all output was sent."),
    function<tcflush>("tcflush", "fd, queue, /", "Drop what is queued."),
    function<tcflow>("tcflow", "fd, action, /", "Hold input or output, or let it go on."),
    function<tcgetwinsize>("tcgetwinsize", "fd, /", "The size of a terminal: (rows, columns)."),
    function<tcsetwinsize>("tcsetwinsize", "fd, winsize, /", "Set the size of a terminal: (rows, columns)."),
};

constexpr TypeDef error_def{.name = "termios.error", .base = &exc::Exception, .size = sizeof(BaseException),
                            .flags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs,
                            .hooks = hooks_of<BaseException>()};

struct Constant {
    char const* name;
    std::int64_t value;
};
#define C(name) {#name, std::int64_t(name)}
constexpr Constant kConstants[] = {
    C(B0), C(B1000000), C(B110), C(B115200), C(B1152000), C(B1200), C(B134), C(B150), C(B1500000),
    C(B1800), C(B19200), C(B200), C(B2000000), C(B230400), C(B2400), C(B2500000), C(B300), C(B3000000),
    C(B3500000), C(B38400), C(B4000000), C(B460800), C(B4800), C(B50), C(B500000), C(B57600), C(B576000), C(B600),
    C(B75), C(B921600), C(B9600), C(BRKINT), C(BS0), C(BS1), C(BSDLY), C(CBAUD), C(CBAUDEX),
    C(CDSUSP), C(CEOF), C(CEOL), C(CEOT), C(CERASE), C(CFLUSH), C(CIBAUD), C(CINTR), C(CKILL), C(CLNEXT), C(CLOCAL),
    C(CQUIT), C(CR0), C(CR1), C(CR2), C(CR3), C(CRDLY), C(CREAD), C(CRPRNT), C(CRTSCTS), C(CS5), C(CS6), C(CS7),
    C(CS8), C(CSIZE), C(CSTART), C(CSTOP), C(CSTOPB), C(CSUSP), C(CWERASE), C(ECHO), C(ECHOCTL), C(ECHOE), C(ECHOK),
    C(ECHOKE), C(ECHONL), C(ECHOPRT), C(EXTA), C(EXTB), C(EXTPROC), C(FF0), C(FF1), C(FFDLY), C(FIOASYNC), C(FIOCLEX),
    C(FIONBIO), C(FIONCLEX), C(FIONREAD), C(FLUSHO), C(HUPCL), {"IBSHIFT", 16}, C(ICANON), C(ICRNL), C(IEXTEN), C(IGNBRK),
    C(IGNCR), C(IGNPAR), C(IMAXBEL), C(INLCR), C(INPCK), C(IOCSIZE_MASK), C(IOCSIZE_SHIFT), C(ISIG), C(ISTRIP),
    C(IUCLC), C(IUTF8), C(IXANY), C(IXOFF), C(IXON), C(NCCS), C(NL0), C(NL1), C(NLDLY), C(NOFLSH), C(N_MOUSE),
    C(N_PPP), C(N_SLIP), C(N_STRIP), C(N_TTY), C(OCRNL), C(OFDEL), C(OFILL), C(OLCUC), C(ONLCR), C(ONLRET), C(ONOCR),
    C(OPOST), C(PARENB), C(PARMRK), C(PARODD), C(PENDIN), C(TAB0), C(TAB1), C(TAB2), C(TAB3), C(TABDLY), C(TCFLSH),
    C(TCGETS), C(TCIFLUSH), C(TCIOFF), C(TCIOFLUSH), C(TCION), C(TCOFLUSH), C(TCOOFF), C(TCOON), C(TCSADRAIN),
    C(TCSAFLUSH), C(TCSANOW), C(TCSBRK), C(TCSBRKP), C(TCSETS), C(TCSETSF), C(TCSETSW), C(TCXONC), C(TIOCCONS),
    C(TIOCEXCL), C(TIOCGETD), C(TIOCGICOUNT), C(TIOCGLCKTRMIOS), C(TIOCGPGRP), C(TIOCGSERIAL), C(TIOCGSOFTCAR),
    C(TIOCGWINSZ), C(TIOCINQ), C(TIOCLINUX), C(TIOCMBIC), C(TIOCMBIS), C(TIOCMGET), C(TIOCMIWAIT), C(TIOCMSET),
    C(TIOCM_CAR), C(TIOCM_CD), C(TIOCM_CTS), C(TIOCM_DSR), C(TIOCM_DTR), C(TIOCM_LE), C(TIOCM_RI), C(TIOCM_RNG),
    C(TIOCM_RTS), C(TIOCM_SR), C(TIOCM_ST), C(TIOCNOTTY), C(TIOCNXCL), C(TIOCOUTQ), C(TIOCPKT), C(TIOCPKT_DATA),
    C(TIOCPKT_DOSTOP), C(TIOCPKT_FLUSHREAD), C(TIOCPKT_FLUSHWRITE), C(TIOCPKT_NOSTOP), C(TIOCPKT_START),
    C(TIOCPKT_STOP), C(TIOCSCTTY), C(TIOCSERCONFIG), C(TIOCSERGETLSR), C(TIOCSERGETMULTI), C(TIOCSERGSTRUCT),
    C(TIOCSERGWILD), C(TIOCSERSETMULTI), C(TIOCSERSWILD), C(TIOCSER_TEMT), C(TIOCSETD), C(TIOCSLCKTRMIOS),
    C(TIOCSPGRP), C(TIOCSSERIAL), C(TIOCSSOFTCAR), C(TIOCSTI), C(TIOCSWINSZ), C(TOSTOP), C(VDISCARD), C(VEOF),
    C(VEOL), C(VEOL2), C(VERASE), C(VINTR), C(VKILL), C(VLNEXT), C(VMIN), C(VQUIT), C(VREPRINT), C(VSTART), C(VSTOP),
    C(VSUSP), C(VSWTC), {"VSWTCH", VSWTC}, C(VT0), C(VT1), C(VTDLY), C(VTIME), C(VWERASE), C(XCASE), C(XTABS),
    C(_POSIX_VDISABLE),
};
#undef C

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    return add_type_to_module(py, m, error_type);
}

}  // namespace

ORO_TYPE(error_type, error_def);

ORO_MODULE(termios_module, .name = "termios", .doc = "The attributes of terminals.", .functions = kFunctions, .setup = setup);

}  // namespace oro::termios_module
