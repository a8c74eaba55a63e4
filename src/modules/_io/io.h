// What the files of the module _io share: the base classes, errors, and the lock of a file.
//
// Threads: a file may be used by several threads. Buffered and text files keep their state behind a UseLock, which is held across
// system calls and calls of Python code; raw files keep theirs in atomics.
#pragma once
#include <atomic>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"

namespace oro::io {

inline constexpr std::int64_t kBufferSize = 131072;       // io.DEFAULT_BUFFER_SIZE
inline constexpr std::size_t kMaxTransfer = 0x7ffff000;   // of one read() or write()

extern Type iobase_type, rawiobase_type, bufferediobase_type, textiobase_type, unsupported_type;
extern Type fileio_type, buffered_reader_type, buffered_writer_type, buffered_random_type, rwpair_type, bytesio_type, bytesio_buffer_type,
    stringio_type, textiowrapper_type, newline_decoder_type;

inline constexpr std::uint32_t kFlags = type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs;

// The struct behind _IOBase and the other abstract classes, which have no fields.
struct IOBase : Object {
    static Type& type() { return iobase_type; }
};

template <class... A> Raised unsupported(Thread& t, std::string_view format, A const&... args) {
    return raise(t, unsupported_type, format, args...);
}
inline Raised raise_closed(Thread& t, char const* text = "I/O operation on closed file.") { return raise(t, exc::ValueError, text); }

// Whether the exception on its way is OSError with that errno; -1 stands for any OSError.
bool is_os_error(Thread& t, int error);
// After a failed call: true if it was InterruptedError, which is dropped. Handlers of signals have run already.
bool interrupted(Thread& t);
// `file.<name>` as a truth value.
Result<bool> truth_of_attribute(Python& py, Borrowed<> file, Borrowed<Str> name);
Result<bool> is_closed(Python& py, Borrowed<> file);
// ValueError unless open, UnsupportedOperation unless file.readable() and so on gives True.
Result<void> check_closed(Python& py, Borrowed<> file);
Result<void> check_readable(Python& py, Borrowed<> file);
Result<void> check_writable(Python& py, Borrowed<> file);
Result<void> check_seekable(Python& py, Borrowed<> file);
// close() of the base class: flush(), and closed from then on.
Result<void> base_close(Python& py, Borrowed<> self);
// TypeError "cannot pickle '_io.X' instances".
Result<void> refuse_pickling(Thread& t, Borrowed<> self);
// An optional size: None and absent are -1. TypeError "argument should be integer or None, not 'X'".
Result<std::int64_t> size_argument(Python& py, Optional<> size);
// The buffer to read into; TypeError "readinto() argument must be read-write bytes-like object, not X".
Result<Buffer> get_target(Python& py, char const* function, Borrowed<> target);
// A file position.
Result<std::int64_t> position_argument(Python& py, Borrowed<> position);
// The error on its way, if the earlier one is null; otherwise the error with the earlier one as its context.
Raised chain(Thread& t, Maybe<> earlier);
// The type's name as representations show it: "_io.FileIO".
std::string shown_type(Thread& t, Borrowed<> v);

// The setter of an attribute that is True or False.
Result<void> set_flag(Thread& t, std::atomic<bool>& flag, Value value);

// A memoryview over memory that stays valid as long as somebody holds the view.
struct Window {
    Ref<> owner, view;
    char* data;
};
Result<Window> make_window(Python& py, std::size_t size);
// A read-only memoryview of a copy.
Result<Ref<>> make_readonly_view(Python& py, std::string_view octets);

// Excludes other threads from a file for as long as one operation takes, system calls included. Waiting detaches.
struct UseLock {
    LockByte byte{0};
    std::atomic<std::uint64_t> owner{0};      // Thread::ident
    int depth = 0;                            // the owner's
    bool mine(Thread const& t) const { return owner.load(std::memory_order_relaxed) == t.ident; }
};
// False with RuntimeError if the interpreter ends and a daemon thread keeps the lock.
bool acquire(Python& py, UseLock& lock, Borrowed<> file);
void release(UseLock& lock);

// A scope that uses a file; entering again on the same thread is allowed.
class Using {
public:
    Using(Python& py, UseLock& lock, Borrowed<> file) : lock_(&lock) {
        if (!acquire(py, lock, file)) lock_ = nullptr;
    }
    ~Using() { leave(); }
    Using(Using const&) = delete;
    explicit operator bool() const { return lock_ != nullptr; }
    void leave() {
        if (lock_) release(*lock_);
        lock_ = nullptr;
    }

private:
    UseLock* lock_;
};

// ---- raw files

struct FileIO : Object {
    std::atomic<int> fd{-1};
    std::atomic<bool> created{false}, readable{false}, writable{false}, appending{false}, close_fd{true}, finalizing{false};
    std::atomic<std::int8_t> seekable{-1};        // -1: not asked yet
    std::atomic<std::int64_t> block_size{kBufferSize};
    std::atomic<std::int64_t> size_at_open{-1};
    static Type& type() { return fileio_type; }
};

inline constexpr std::int64_t kWouldBlock = -2;
// One read or write, repeated after signals; kWouldBlock if a non-blocking file isn't ready.
Result<std::int64_t> file_read(Python& py, Borrowed<FileIO> self, char* to, std::size_t size);
Result<std::int64_t> file_write(Python& py, Borrowed<FileIO> self, std::string_view octets);
// The file if calls of `method` on it can only mean FileIO's own.
Optional<FileIO> plain_file(Thread& t, Borrowed<> raw, Borrowed<Str> method);

// ---- opening
struct OpenOptions {
    Borrowed<> file;
    std::string_view mode = "r";
    std::int64_t buffering = -1;
    Borrowed<> encoding = none, errors = none, newline = none;
    bool closefd = true;
    Borrowed<> opener = none;
};
Result<Ref<>> open(Python& py, OpenOptions const& options);
// The encoding that stands for None: "locale", or "utf-8" in UTF-8 mode, with EncodingWarning if that is asked for.
Result<Ref<>> text_encoding(Python& py, Borrowed<> encoding, std::int64_t stack_level);

}  // namespace oro::io
