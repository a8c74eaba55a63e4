// BufferedRWPair: a reader and a writer side by side. Both may change only by __init__; they have their own locks.
#include "modules/_io/buffered.h"
#include "types/arguments.h"

namespace oro::io {

namespace {

struct Pair : Object {
    Member<> reader, writer;
    static constexpr auto fields = std::tuple{&Pair::reader, &Pair::writer};
    static Type& type() { return rwpair_type; }
};
using Self = Borrowed<Pair>;

Value new_pair(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Pair>(py, type).release(); }

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "BufferedRWPair", n, names, 2, 3)) return Raised{};
    std::int64_t size = n > 2 ? TRY(to_int64(py, Borrowed<>(args[2]), &exc::OverflowError)) : kBufferSize;
    CHECK(check_readable(py, Borrowed<>(args[0])));
    CHECK(check_writable(py, Borrowed<>(args[1])));
    Ref<> number = TRY(make_int(py, size));
    Ref<> reader = TRY(call_with(py, Borrowed<>(Value::of(&buffered_reader_type)), Borrowed<>(args[0]), number));
    Ref<> writer = TRY(call_with(py, Borrowed<>(Value::of(&buffered_writer_type)), Borrowed<>(args[1]), number));
    self->reader.store(self.get(), std::move(reader));
    self->writer.store(self.get(), std::move(writer));
    return {};
}
Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, as<Pair>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> half(Thread& t, Self self, Member<> Pair::* which) {
    if (Maybe<> file = ((*self).*which).load(self.get())) return std::move(file).take();
    return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}

template <auto Which, Name Method> Result<Ref<>> forward(Python& py, Self self, Args args) {
    Ref<> file = TRY(half(py, self, Which));
    return call_method(py, file, name_of(Method), args.values);
}
template <auto Which, Name Method> Result<Ref<>> forward0(Python& py, Self self) {
    Ref<> file = TRY(half(py, self, Which));
    return call_method_with(py, file, name_of(Method));
}

Result<void> close(Python& py, Self self) {
    Maybe<> error;
    auto close_half = [&](Member<> Pair::* which) -> Result<void> {
        Ref<> file = TRY(half(py, self, which));
        CHECK(call_method_with(py, file, name::close()));
        return {};
    };
    if (close_half(&Pair::writer).raised()) error = take_raised(py);
    bool failed = close_half(&Pair::reader).raised();
    if (failed || error) return chain(py, std::move(error));
    return {};
}

Result<Ref<>> isatty(Python& py, Self self) {
    Ref<> answer = TRY((forward0<&Pair::writer, Name::isatty>(py, self)));
    if (!answer.is(kFalse)) return answer;
    return forward0<&Pair::reader, Name::isatty>(py, self);
}

Value get_closed(Python& py, Value self) {
    return [&]() -> Result<Ref<>> {
        Maybe<> writer = as<Pair>(self)->writer.load(as<Pair>(self).get());
        if (!writer) return raise(py, exc::RuntimeError, "the BufferedRWPair object is being garbage-collected");
        return get_attribute(py, *writer, name::closed());
    }().release();
}

constexpr MethodDef methods[] = {
    def<forward<&Pair::reader, Name::read>>("read", "*args", "Up to so many octets; without a number, everything."),
    def<forward<&Pair::reader, Name::peek>>("peek", "*args", "Some octets, without moving on."),
    def<forward<&Pair::reader, Name::read1>>("read1", "*args", "Up to so many octets, by at most one read() of the raw file."),
    def<forward<&Pair::reader, Name::readinto>>("readinto", "*args", "Read octets into a buffer."),
    def<forward<&Pair::reader, Name::readinto1>>("readinto1", "*args", "The same by at most one read() of the raw file."),
    def<forward<&Pair::writer, Name::write>>("write", "*args", "Write octets."),
    def<forward0<&Pair::writer, Name::flush>>("flush", "", "Write out what is buffered."),
    def<forward0<&Pair::reader, Name::readable>>("readable", "", "Whether the reader can read."),
    def<forward0<&Pair::writer, Name::writable>>("writable", "", "Whether the writer can write."),
    def<close>("close", "", "Close both files."),
    def<isatty>("isatty", "", "Whether one of the files is a terminal."),
};
constexpr GetSetDef getsets[] = {{"closed", get_closed, nullptr, "Whether the writer is closed."}};
constexpr TypeDef pair_def{.name = "_io.BufferedRWPair", .doc = "A buffered reader and a buffered writer as one file.",
                           .signature = "reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /", .base = &bufferediobase_type, .size = sizeof(Pair),
                           .flags = kFlags, .hooks = hooks_of<Pair>(), .new_ = new_pair, .init = init_slot, .methods = methods,
                           .getsets = getsets};

}  // namespace

ORO_TYPE(rwpair_type, pair_def);

}  // namespace oro::io
