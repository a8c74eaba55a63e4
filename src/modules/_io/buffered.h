// BufferedReader, BufferedWriter and BufferedRandom: one struct, one buffer.
//
// The buffer holds either octets read ahead or octets still to be written, never both: changing from one to the other writes
// what is pending, or moves the raw file back to where the reader is.
//
// Threads: `use` is held for each operation, calls of the raw file included; it governs the fields below it. A thread that
// enters again (from a signal handler, or from the raw file's own methods) gets RuntimeError.
#pragma once
#include "modules/_io/io.h"

namespace oro::io {

struct Buffered : Object {
    Member<> raw;                                 // null: detached, or not initialised yet
    std::atomic<bool> ready{false}, detached{false}, readable{false}, writable{false}, finalizing{false};
    UseLock use;
    char* memory = nullptr;                       // null: not initialised, or closed
    std::size_t capacity = 0;
    std::size_t pos = 0, end = 0;                 // unread octets, or those to be written
    bool dirty = false;                           // to be written
    std::int64_t raw_at = -1;                     // the raw file's position; -1: unknown
    ~Buffered() { buffer_free(memory); }
    static constexpr auto fields = std::tuple{&Buffered::raw};
    static Type& type() { return bufferediobase_type; }   // the nearest common base; is<Buffered> below looks closer
    std::size_t unread() const { return dirty ? 0 : end - pos; }
    void forget() { pos = end = 0; dirty = false; }
};

}  // namespace oro::io

namespace oro {
template <> inline bool is<io::Buffered>(Value v) {
    return v.is_pointer() && (is_instance_of(v, io::buffered_reader_type) || is_instance_of(v, io::buffered_writer_type) ||
                              is_instance_of(v, io::buffered_random_type));
}
}  // namespace oro

namespace oro::io {

using BufferedSelf = Borrowed<Buffered>;

// One operation on a file: initialised, with its raw file, and nobody else inside.
class Operation {
public:
    // `what` names it for ValueError "{what} closed file"; null: closed files are allowed.
    Operation(Python& py, BufferedSelf self, char const* what);
    ~Operation() { leave(); }
    Operation(Operation const&) = delete;
    explicit operator bool() const { return ok_; }
    Borrowed<> raw() const { return *raw_; }
    // For the time of a call that enters by itself.
    void leave();
    [[nodiscard]] bool enter_again();

private:
    Python& py_;
    BufferedSelf self_;
    Maybe<> raw_;
    bool held_ = false, ok_ = false;
};

// The raw file; ValueError if there is none.
Result<Ref<>> raw_of(Thread& t, BufferedSelf self);
Result<bool> raw_is_closed(Python& py, BufferedSelf self, Borrowed<> raw);

// ---- the raw file's methods, inside an operation
Result<std::int64_t> raw_read(Python& py, BufferedSelf self, Borrowed<> raw, char* to, std::size_t size);          // or kWouldBlock
Result<std::int64_t> raw_write(Python& py, BufferedSelf self, Borrowed<> raw, std::string_view octets);            // or kWouldBlock
Result<std::int64_t> raw_tell(Python& py, BufferedSelf self, Borrowed<> raw);
Result<std::int64_t> raw_seek(Python& py, BufferedSelf self, Borrowed<> raw, std::int64_t offset, int whence);
Result<void> check_raw_seekable(Python& py, Borrowed<> raw);
// Writes what is pending; BlockingIOError if that isn't possible now.
Result<void> flush_pending(Python& py, BufferedSelf self, Borrowed<> raw);
// Nothing pending and nothing read ahead: the raw file stands where this one does.
Result<void> settle(Python& py, BufferedSelf self, Borrowed<> raw);
Raised raise_blocking(Thread& t, std::int64_t written);

// ---- for text files: what read1(), write() and flush() of the exact types do
Result<Ref<>> buffered_read1(Python& py, BufferedSelf self, std::int64_t size);
Result<std::int64_t> buffered_write(Python& py, BufferedSelf self, std::string_view octets);
Result<void> buffered_flush(Python& py, BufferedSelf self);
// The file if calls of `method` on it can only mean the builtin type's own.
Optional<Buffered> plain_buffered(Thread& t, Borrowed<> file, Borrowed<Str> method);

// ---- methods that several types list in their tables
namespace buffered {
Result<Ref<>> read(Python& py, BufferedSelf self, Optional<> size);
Result<Ref<>> read1(Python& py, BufferedSelf self, Optional<> size);
Result<Ref<>> readinto(Python& py, BufferedSelf self, Borrowed<> target);
Result<Ref<>> readinto1(Python& py, BufferedSelf self, Borrowed<> target);
Result<Ref<Bytes>> readline(Python& py, BufferedSelf self, Optional<> size);
Result<Ref<Bytes>> peek(Python& py, BufferedSelf self, Optional<> size);
Next next_line(Python& py, BufferedSelf self);
Result<std::int64_t> write(Python& py, BufferedSelf self, Borrowed<> octets);
}  // namespace buffered

}  // namespace oro::io
