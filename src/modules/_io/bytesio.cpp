// BytesIO: octets in memory that look like a file; and _BytesIOBuffer, what getbuffer()'s memoryview looks at.
//
// Threads: each operation holds the object's lock. While somebody looks at the octets (`exports`) they are neither moved nor
// resized. getvalue() hands out the bytes object itself: the octets are copied when they are changed next.
#include "modules/_io/io.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/memoryview.h"

namespace oro::io {

namespace {

struct BytesIO : Object {
    struct Guarded {
        Maybe<Bytes> store;            // its first `size` octets are the content; null: closed
        std::size_t size = 0, pos = 0;
        std::int64_t exports = 0;
        bool shared = false;           // somebody else has `store`: it is copied before it is changed
        bool closed = false;
    } guarded;
    static Type& type() { return bytesio_type; }
};
using Self = Borrowed<BytesIO>;
using Inside = Locked<BytesIO>;

Result<void> check_open(Thread& t, Inside& b) {
    if (b->closed) return raise(t, exc::ValueError, "I/O operation on closed file.");
    return {};
}
Result<void> check_exports(Thread& t, Inside& b) {
    CHECK(check_open(t, b));
    if (b->exports > 0) return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
    return {};
}

std::string_view content(Inside& b) { return b->store ? b->store->view().substr(0, b->size) : std::string_view(); }
std::string_view rest(Inside& b) { return b->pos < b->size ? content(b).substr(b->pos) : std::string_view(); }

// Room for `size` octets in memory of our own; what is between is left as it is.
Result<void> reserve(Thread& t, Inside& b, std::size_t size) {
    std::size_t have = b->store ? b->store->size : 0;
    if (!b->shared && b->store && size <= have && have > 0) return {};
    std::size_t capacity = size <= have ? have : size + (size >> 3) + (size < 9 ? 3 : 6);
    if (size > std::size_t(PTRDIFF_MAX) - capacity / 2) return raise(t, exc::OverflowError, "new buffer size too large");
    if (capacity < 1) capacity = 1;
    Ref<Bytes> fresh = TRY(make_bytes_uninitialized(t, capacity));
    std::string_view old = content(b);
    if (!old.empty()) std::memcpy(fresh->data, old.data(), old.size() < capacity ? old.size() : capacity);
    b->store = std::move(fresh);
    b->shared = false;
    return {};
}

Result<void> write_octets(Thread& t, Inside& b, std::string_view octets) {
    if (octets.empty()) return {};
    std::size_t end;
    if (__builtin_add_overflow(b->pos, octets.size(), &end) || end > std::size_t(PTRDIFF_MAX)) {
        return raise(t, exc::OverflowError, "new position too large");
    }
    CHECK(reserve(t, b, end > b->size ? end : b->size));
    if (b->pos > b->size) std::memset(b->store->data + b->size, 0, b->pos - b->size);
    std::memcpy(b->store->data + b->pos, octets.data(), octets.size());
    b->pos = end;
    if (end > b->size) b->size = end;
    return {};
}

Result<Ref<Bytes>> take(Thread& t, Inside& b, std::size_t size) {
    std::string_view left = rest(b);
    if (size > left.size()) size = left.size();
    // All of it: no copy.
    if (size > 1 && b->pos == 0 && size == b->store->size && b->exports == 0) {
        b->shared = true;
        b->pos = size;
        return (*b->store).share();
    }
    Ref<Bytes> octets = TRY(make_bytes(t, left.substr(0, size)));
    b->pos += size;
    return octets;
}

std::size_t line_size(Inside& b) {
    std::string_view left = rest(b);
    std::size_t end = left.find('\n');
    return end == left.npos ? left.size() : end + 1;
}

// ---- methods

Value new_bytesio(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<BytesIO>(py, type).release(); }

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"initial_bytes"};
    Value word;
    CHECK(parse_arguments(py, "BytesIO", names, 0, 1, 0, args, n, keyword_names, &word));
    {
        Inside b(py, self);
        if (b->exports > 0) return raise(py, exc::BufferError, "Existing exports of data: object cannot be re-sized");
    }
    Maybe<Bytes> initial;
    bool shared = false;
    if (word && word != kNone) {
        shared = is_exact<Bytes>(word);
        if (shared) {
            initial = as<Bytes>(share(word));
        } else {
            Buffer buffer = TRY(get_buffer(py, Borrowed<>(word)));
            initial = TRY(make_bytes(py, buffer.bytes()));
            shared = initial->size == 0;
        }
    } else {
        initial = empty_bytes();
        shared = true;
    }
    Inside b(py, self);
    CHECK(b->exports > 0 ? check_exports(py, b) : Result<void>());
    b->size = initial->size;
    b->store = std::move(initial);
    b->pos = 0;
    // One-octet objects may be shared by everybody.
    b->shared = shared || b->size <= 1;
    b->closed = false;
    return {};
}
Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, as<BytesIO>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<bool> yes(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    return true;
}
Result<bool> isatty(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    return false;
}
Result<void> flush(Python& py, Self self) {
    Inside b(py, self);
    return check_open(py, b);
}
Result<void> close(Python& py, Self self) {
    Inside b(py, self);
    if (b->exports > 0) return raise(py, exc::BufferError, "Existing exports of data: object cannot be re-sized");
    b->store = {};
    b->size = 0;
    b->closed = true;
    return {};
}
Result<std::int64_t> tell(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    return std::int64_t(b->pos);
}

Result<Ref<Bytes>> read(Python& py, Self self, Optional<> size_object) {
    std::int64_t size = TRY(size_argument(py, size_object));
    Inside b(py, self);
    CHECK(check_open(py, b));
    return take(py, b, size < 0 ? std::size_t(-1) : std::size_t(size));
}
Result<Ref<Bytes>> readline(Python& py, Self self, Optional<> size_object) {
    std::int64_t size = TRY(size_argument(py, size_object));
    Inside b(py, self);
    CHECK(check_open(py, b));
    std::size_t n = line_size(b);
    return take(py, b, size >= 0 && std::size_t(size) < n ? std::size_t(size) : n);
}
Result<Ref<List>> readlines(Python& py, Self self, Optional<> size_object) {
    std::int64_t most = TRY(size_argument(py, size_object));
    Ref<List> lines = TRY(make_list(py));
    for (std::int64_t total = 0;;) {
        Maybe<Bytes> line;
        {
            Inside b(py, self);
            CHECK(check_open(py, b));
            std::size_t n = line_size(b);
            if (n == 0) break;
            line = TRY(take(py, b, n));
        }
        total += std::int64_t(line->size);
        CHECK(list_append(py, Borrowed<List>(lines), std::move(line).take()));
        if (most > 0 && total >= most) break;
    }
    return lines;
}
Result<std::int64_t> readinto(Python& py, Self self, Borrowed<> target) {
    Buffer buffer = TRY(get_target(py, "readinto", target));
    Inside b(py, self);
    CHECK(check_open(py, b));
    std::string_view left = rest(b);
    std::size_t n = left.size() < buffer.size ? left.size() : buffer.size;
    // The target may be a view of these very octets.
    if (n) std::memmove(buffer.data, left.data(), n);
    b->pos += n;
    return std::int64_t(n);
}
Next next_line(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    std::size_t n = line_size(b);
    if (n == 0) return Next::end();
    return TRY(take(py, b, n));
}
Result<Ref<>> iter(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    return self.share();
}

Result<std::int64_t> write(Python& py, Self self, Borrowed<> octets) {
    {
        Inside b(py, self);
        CHECK(check_exports(py, b));
    }
    Buffer buffer = TRY(get_buffer(py, octets));
    Inside b(py, self);
    CHECK(check_exports(py, b));
    CHECK(write_octets(py, b, buffer.bytes()));
    return std::int64_t(buffer.size);
}
Result<void> writelines(Python& py, Self self, Borrowed<> lines) {
    {
        Inside b(py, self);
        CHECK(check_open(py, b));
    }
    return for_each(py, lines, [&](Ref<> line) -> Result<void> {
        (void)TRY(write(py, self, line));
        return {};
    });
}

Result<Ref<Bytes>> getvalue(Python& py, Self self) {
    Inside b(py, self);
    CHECK(check_open(py, b));
    if (b->size == 0) return empty_bytes();
    if (b->size == b->store->size && b->exports == 0) {
        b->shared = true;
        return (*b->store).share();
    }
    Ref<Bytes> value = TRY(make_bytes(py, content(b)));
    // The next call gives the same object, unless octets are looked at in place.
    if (b->exports == 0) {
        b->store = value.share();
        b->shared = true;
    }
    return value;
}

Result<std::int64_t> seek(Python& py, Self self, Borrowed<> position, int whence) {
    std::int64_t to = TRY(position_argument(py, position));
    Inside b(py, self);
    CHECK(check_open(py, b));
    if (to < 0 && whence == 0) return raise(py, exc::ValueError, "negative seek value {}", to);
    if (whence < 0 || whence > 2) return raise(py, exc::ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
    std::int64_t base = whence == 1 ? std::int64_t(b->pos) : whence == 2 ? std::int64_t(b->size) : 0;
    if (__builtin_add_overflow(to, base, &to)) return raise(py, exc::OverflowError, "new position too large");
    if (to < 0) to = 0;
    b->pos = std::size_t(to);
    return to;
}

Result<std::int64_t> truncate(Python& py, Self self, Optional<> size_object) {
    std::int64_t size = -1;
    bool given = size_object && size_object.value() != kNone;
    if (given) {
        Value v = size_object.value();
        if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) {
            return raise(py, exc::TypeError, "argument should be integer or None, not '{}'", TypeName{v});
        }
        size = TRY(position_argument(py, *size_object));
    }
    Inside b(py, self);
    CHECK(check_exports(py, b));
    if (!given) size = std::int64_t(b->pos);
    if (size < 0) return raise(py, exc::ValueError, "negative size value {}", size);
    if (std::size_t(size) < b->size) {
        b->size = std::size_t(size);
        // A small rest doesn't keep a large object.
        if (b->store->size > 64 && b->size < b->store->size / 2) {
            b->store = TRY(make_bytes(py, content(b)));
            b->shared = b->size <= 1;
        }
    }
    return size;
}

// ---- pickling

Result<Ref<>> attributes_of(Python& py, Self self) {
    Ref<> dict = TRY(get_attribute(py, self, name::dunder_dict()));
    if (TRY(length(py, dict)) == 0) return Ref<>::immediate(kNone);
    return Ref<>(TRY(dict_copy(py, as<Dict>(dict.value()))));
}
Result<Ref<>> getstate(Python& py, Self self) {
    Ref<Bytes> value = TRY(getvalue(py, self));
    std::int64_t pos = TRY(tell(py, self));
    Ref<> attributes = TRY(attributes_of(py, self));
    return TRY(make_tuple_of(py, std::move(value), TRY(make_int(py, pos)), std::move(attributes)));
}
Result<void> setstate(Python& py, Self self, Borrowed<> state) {
    if (!is<Tuple>(state) || as<Tuple>(state)->size < 3) {
        return raise(py, exc::TypeError, "{}.__setstate__ argument should be 3-tuple, got {}", TypeName{self.value()}, TypeName{state.value()});
    }
    Borrowed<Tuple> parts = as<Tuple>(state);
    {
        Inside b(py, self);
        CHECK(check_exports(py, b));
        b->store = empty_bytes();
        b->shared = true;
        b->size = b->pos = 0;
    }
    (void)TRY(write(py, self, Borrowed<>(parts->slots[0])));
    Value position = parts->slots[1];
    if (!is_any_int(position)) {
        return raise(py, exc::TypeError, "second item of state must be an integer, not {}", TypeName{position});
    }
    std::int64_t pos = TRY(position_argument(py, Borrowed<>(position)));
    if (pos < 0) return raise(py, exc::ValueError, "position value cannot be negative");
    {
        Inside b(py, self);
        b->pos = std::size_t(pos);
    }
    Value attributes = parts->slots[2];
    if (attributes == kNone) return {};
    if (!is<Dict>(attributes)) return raise(py, exc::TypeError, "third item of state should be a dict, got a {}", TypeName{attributes});
    Ref<> dict = TRY(get_attribute(py, self, name::dunder_dict()));
    return dict_update(py, as<Dict>(dict.value()), Borrowed<>(attributes));
}

Result<std::int64_t> size_of(Python& py, Self self) {
    Inside b(py, self);
    return std::int64_t(type_of(self).size) + std::int64_t(b->store && !b->shared ? b->store->extent() : 0);
}
Value get_closed(Python& py, Value self) {
    Inside b(py, as<BytesIO>(self));
    return Value::of_bool(b->closed);
}

// ---- looking at the octets in place

struct BytesIOBuffer : Object {
    Fixed<BytesIO> source;
    explicit BytesIOBuffer(Ref<BytesIO> s) : source(std::move(s)) {}
    static constexpr auto fields = std::tuple{&BytesIOBuffer::source};
    static Type& type() { return bytesio_buffer_type; }
};

Result<void> get_octets(Python& py, Object* self, Buffer& out, int) {
    Inside b(py, *static_cast<BytesIOBuffer*>(self)->source);
    CHECK(check_open(py, b));
    if (b->exports == 0) CHECK(reserve(py, b, b->size));
    ++b->exports;
    out.data = b->store->data;
    out.size = b->size;
    out.readonly = false;
    return {};
}
void release_octets(Object* self, Buffer&) {
    // The collector may have taken the two apart.
    auto& source = static_cast<BytesIOBuffer*>(self)->source;
    if (!source) return;
    Inside b(current_thread(), *source);
    --b->exports;
}
constexpr BufferHooks buffer_hooks{get_octets, release_octets};

Result<Ref<>> getbuffer(Python& py, Self self) {
    {
        Inside b(py, self);
        CHECK(check_open(py, b));
    }
    Ref<BytesIOBuffer> exporter = TRY(make<BytesIOBuffer>(py, bytesio_buffer_type, self.share()));
    return TRY(make_memoryview(py, exporter, buffer_flag::full));
}

constexpr MethodDef methods[] = {
    def<yes>("readable", "", "True."),
    def<yes>("seekable", "", "True."),
    def<yes>("writable", "", "True."),
    def<close>("close", "", "Forget the content."),
    def<flush>("flush", "", "Does nothing."),
    def<isatty>("isatty", "", "False."),
    def<tell>("tell", "", "The current position."),
    def<write>("write", "b, /", "Write octets; how many."),
    def<writelines>("writelines", "lines, /", "Write octets of each of the lines."),
    def<read>("read", "size=-1, /", "Up to so many octets; without a number, everything."),
    def<read>("read1", "size=-1, /", "The same as read()."),
    def<readinto>("readinto", "buffer, /", "Read octets into a buffer."),
    def<readline>("readline", "size=-1, /", "One line."),
    def<readlines>("readlines", "size=None, /", "A list of lines."),
    def<getbuffer>("getbuffer", "", "A view of the content, which may be changed through it."),
    def<getvalue>("getvalue", "", "The content."),
    def<seek>("seek", "pos, whence=0, /", "Move to a position."),
    def<truncate>("truncate", "size=None, /", "Cut the content off."),
    def<getstate>("__getstate__", "", "The state, for pickling."),
    def<setstate>("__setstate__", "object, /", "Take over a state."),
    def<size_of>("__sizeof__", "", "The size of the object in memory, in octets."),
};
constexpr SlotDef slots[] = {slot<Dunder::iter, iter>, slot<Dunder::next, next_line>};
constexpr GetSetDef getsets[] = {{"closed", get_closed, nullptr, "Whether the file is closed."}};
constexpr TypeDef bytesio_def{.name = "_io.BytesIO", .doc = "Octets in memory as a file.", .signature = "initial_bytes=b''",
                              .base = &bufferediobase_type, .size = sizeof(BytesIO), .flags = kFlags, .hooks = hooks_of<BytesIO>(),
                              .new_ = new_bytesio, .init = init_slot, .methods = methods, .slots = slots, .getsets = getsets};
constexpr TypeDef bytesio_buffer_def{.name = "_io._BytesIOBuffer", .size = sizeof(BytesIOBuffer), .flags = type_flag::disallow_new,
                                     .hooks = hooks_of<BytesIOBuffer>(), .buffer = &buffer_hooks};

}  // namespace

ORO_TYPE(bytesio_type, bytesio_def);
ORO_TYPE(bytesio_buffer_type, bytesio_buffer_def);

}  // namespace oro::io
