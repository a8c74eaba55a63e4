#include "modules/_io/io.h"

#include <cerrno>

#include "object/bytearray.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/memoryview.h"
#include "types/number.h"

namespace oro::io {

bool is_os_error(Thread& t, int error) {
    if (!raised_is(t, exc::OSError)) return false;
    if (error < 0) return true;
    auto* e = static_cast<OSError*>(t.raised.pointer());
    Maybe<> number = e->error.load(e);
    return number && number.value() == Value::of_int(error);
}

bool interrupted(Thread& t) {
    if (!is_os_error(t, EINTR)) return false;
    clear_raised(t);
    return true;
}

Result<bool> truth_of_attribute(Python& py, Borrowed<> file, Borrowed<Str> name) {
    Ref<> v = TRY(get_attribute(py, file, name));
    return truth(py, v);
}
Result<bool> is_closed(Python& py, Borrowed<> file) { return truth_of_attribute(py, file, name::closed()); }

Result<void> check_closed(Python& py, Borrowed<> file) {
    Maybe<> closed = TRY(find_attribute(py, file, name::closed()));
    if (!closed || !TRY(truth(py, *closed))) return {};
    return raise_closed(py);
}

namespace {
Result<void> check_ability(Python& py, Borrowed<> file, Borrowed<Str> name, char const* text) {
    Ref<> able = TRY(call_method_with(py, file, name));
    if (!able.is(kTrue)) return unsupported(py, text);
    return {};
}
}  // namespace

Result<void> check_readable(Python& py, Borrowed<> file) { return check_ability(py, file, name::readable(), "File or stream is not readable."); }
Result<void> check_writable(Python& py, Borrowed<> file) { return check_ability(py, file, name::writable(), "File or stream is not writable."); }
Result<void> check_seekable(Python& py, Borrowed<> file) { return check_ability(py, file, name::seekable(), "File or stream is not seekable."); }

Result<void> refuse_pickling(Thread& t, Borrowed<> self) {
    Ref<Str> name = name_of_type(type_of(self));
    return raise(t, exc::TypeError, "cannot pickle '{}' instances", name);
}

Result<std::int64_t> size_argument(Python& py, Optional<> size) {
    if (!size || size.value() == kNone) return -1;
    Value v = size.value();
    if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "argument should be integer or None, not '{}'", TypeName{v});
    }
    return to_int64(py, *size, &exc::OverflowError);
}

Result<Buffer> get_target(Python& py, char const* function, Borrowed<> target) {
    auto buffer = get_buffer(py, target, buffer_flag::writable);
    if (!buffer.raised()) return buffer;
    if (!raised_is(py, exc::BufferError) && !raised_is(py, exc::TypeError)) return Raised{};
    clear_raised(py);
    return raise(py, exc::TypeError, "{}() argument must be read-write bytes-like object, not {}", function, TypeName{target.value()});
}

Result<std::int64_t> position_argument(Python& py, Borrowed<> position) { return to_int64(py, position, &exc::OverflowError); }

Raised chain(Thread& t, Maybe<> earlier) {
    if (!earlier) return {};
    if (!has_raised(t)) {
        restore_raised(t, std::move(earlier).take());
        return {};
    }
    Ref<> later = take_raised(t).take();
    if (!later.is(earlier.value())) set_context(t, exception_of(later.value()), *earlier);
    restore_raised(t, std::move(later));
    return {};
}

std::string shown_type(Thread& t, Borrowed<> v) {
    auto text = format_message(t, "{}", {MessageArg(TypeName{v.value()})});
    if (text.raised()) {
        clear_raised(t);
        return "?";
    }
    return wtf8_of(*std::move(text).take());
}

Result<void> set_flag(Thread& t, std::atomic<bool>& flag, Value value) {
    if (value.is_null()) return raise(t, exc::TypeError, "can't delete numeric/char attribute");
    if (!value.is_bool()) return raise(t, exc::TypeError, "attribute value type must be bool");
    flag.store(value == kTrue);
    return {};
}

Result<Window> make_window(Python& py, std::size_t size) {
    Ref<ByteArray> owner = TRY(make_bytearray(py));
    char* data;
    {
        Locked<ByteArray> locked(py, owner);
        CHECK(bytearray_resize(py, locked, size));
        data = locked->data;
        if (size) std::memset(data, 0, size);
    }
    Ref<> view = TRY(make_memoryview(py, owner));
    return Window{std::move(owner), std::move(view), data};
}

Result<Ref<>> make_readonly_view(Python& py, std::string_view octets) {
    Ref<Bytes> copy = TRY(make_bytes(py, octets));
    return make_memoryview(py, copy);
}

bool acquire(Python& py, UseLock& lock, Borrowed<> file) {
    if (lock.mine(py)) {
        ++lock.depth;
        return true;
    }
    if (!try_lock(lock.byte)) {
        // At the end daemon threads no longer run, whatever they hold.
        bool ending = py.interpreter->finalizing.load(std::memory_order_relaxed);
        if (lock_timed(py, lock.byte, ending ? 1'000'000'000 : -1, false) != LockResult::acquired) {
            auto shown = repr(py, file);
            if (!shown.raised()) {
                (void)raise(py, exc::RuntimeError, "could not acquire lock for {} at interpreter shutdown, possibly due to daemon threads",
                            std::move(shown).take());
            }
            return false;
        }
    }
    lock.owner.store(py.ident, std::memory_order_relaxed);
    lock.depth = 1;
    return true;
}

void release(UseLock& lock) {
    if (--lock.depth > 0) return;
    lock.owner.store(0, std::memory_order_relaxed);
    unlock(lock.byte);
}

}  // namespace oro::io
