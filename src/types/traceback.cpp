// traceback: the type.
#include "object/traceback.h"

#include "object/define.h"
#include "object/list.h"

namespace oro {
namespace {

Traceback& traceback_of(Value v) { return *static_cast<Traceback*>(v.pointer()); }

// Whether `tb` can be reached from `from` by tb_next. Threads that link tracebacks at the same time could still tie a
// loop; those who walk a chain are bounded by other means.
bool reaches(Maybe<Traceback> from, Traceback const* tb) {
    while (from) {
        Traceback* at = (*from).get();
        if (at == tb) return true;
        from = at->next.load(at);
    }
    return false;
}

Result<Ref<>> make_traceback(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"tb_next", "tb_frame", "tb_lasti", "tb_lineno"};
    Value w[4] = {};
    CHECK(parse_arguments(py, "traceback", kNames, 0, 4, 4, args, n, names, w));
    if (w[0] != kNone && !is<Traceback>(w[0])) {
        return raise(py, exc::TypeError, "expected traceback object or None, got '{}'", TypeName{w[0]});
    }
    Type* frames = frame_type_of_tracebacks();
    if (!frames || &type_of(w[1]) != frames) {
        return raise(py, exc::TypeError, "traceback() argument 'tb_frame' must be frame, not {}", TypeName{w[1]});
    }
    std::int32_t numbers[2];
    for (int i = 0; i < 2; ++i) {
        std::int64_t v = TRY(to_int64(py, Borrowed<>(w[2 + i]), &exc::OverflowError));
        if (v != std::int32_t(v)) {
            return raise(py, exc::OverflowError, v < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
        }
        numbers[i] = std::int32_t(v);
    }
    Maybe<Traceback> next;
    if (w[0] != kNone) next = as<Traceback>(w[0]).share();
    // -1 asks for the line that belongs to the instruction.
    std::int32_t line = numbers[1] == -1 ? Traceback::kLineLater : numbers[1];
    return Ref<>(TRY(make<Traceback>(py, type, std::move(next), share(w[1]), numbers[0], line)));
}

Value new_traceback(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return make_traceback(py, type, args, n, names).release();
}

Value get_next(Python&, Value self) {
    Maybe<Traceback> next = traceback_of(self).next.load(&traceback_of(self));
    return next ? next.release() : kNone;
}
Value set_next(Python& py, Value self, Value value) {
    if (value.is_null()) (void)raise(py, exc::TypeError, "can't delete tb_next attribute");
    else if (value == kNone) {
        traceback_of(self).next.store(&traceback_of(self), {});
        return kNone;
    } else if (!is<Traceback>(value)) {
        (void)raise(py, exc::TypeError, "expected traceback object, got '{}'", TypeName{value});
    } else if (reaches(as<Traceback>(value).share(), &traceback_of(self))) {
        (void)raise(py, exc::ValueError, "traceback loop detected");
    } else {
        traceback_of(self).next.store(&traceback_of(self), as<Traceback>(value).share());
        return kNone;
    }
    return {};
}
Value get_frame(Python&, Value self) { return traceback_of(self).frame.share().release(); }
Value get_lasti(Python&, Value self) { return Value::of_int(traceback_of(self).lasti); }
Value get_line(Python& py, Value self) {
    std::int32_t line = traceback_line(py, traceback_of(self));
    return line < 0 ? kNone : Value::of_int(line);
}

Result<Ref<>> dir(Python& py, Borrowed<Traceback>) {
    Ref<List> names = TRY(make_list(py, 4));
    for (Borrowed<Str> name : {name::tb_frame(), name::tb_next(), name::tb_lasti(), name::tb_lineno()}) {
        CHECK(list_append(py, names, name.share()));
    }
    return Ref<>(std::move(names));
}

constexpr MethodDef methods[] = {def<dir>("__dir__", "", "")};
constexpr GetSetDef getsets[] = {
    {"tb_next", get_next, set_next, "The entry nearer to the raise, or None."},
    {"tb_frame", get_frame, nullptr, "The frame."},
    {"tb_lasti", get_lasti, nullptr, "The instruction that raised."},
    {"tb_lineno", get_line, nullptr, "Its line."},
};
constexpr TypeDef traceback_def{.name = "traceback", .doc = "Create a traceback entry.",
                                .signature = "tb_next, tb_frame, tb_lasti, tb_lineno", .size = sizeof(Traceback),
                                .hooks = hooks_of<Traceback>(), .new_ = new_traceback, .methods = methods, .getsets = getsets};

}  // namespace

ORO_TYPE(traceback_type, traceback_def);
Type& Traceback::type() { return traceback_type; }

}  // namespace oro
