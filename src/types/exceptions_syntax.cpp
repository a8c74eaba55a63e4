// SyntaxError: a message and where in the source it points to.
#include "types/exceptions.h"

namespace oro::exceptions {
namespace {

Result<void> fill(Python& py, SyntaxError& e, Value const* args, std::size_t n) {
    CHECK(set_args(py, e, args, n));
    if (n >= 1) e.msg.store(&e, share(args[0]));
    if (n != 2) return {};
    Ref<Tuple> info = TRY(tuple_from(py, Borrowed<>(args[1])));
    if (info->size < 4) return raise(py, exc::TypeError, "function takes at least 4 arguments ({} given)", info->size);
    if (info->size > 7) return raise(py, exc::TypeError, "function takes at most 7 arguments ({} given)", info->size);
    Member<>* fields[] = {&e.filename, &e.lineno, &e.offset, &e.text, &e.end_lineno, &e.end_offset, &e.metadata};
    for (std::size_t i = 0; i < 7; ++i) fields[i]->store(&e, i < info->size ? Maybe<>(info->at(i).share()) : Maybe<>());
    if (info->size == 5) return raise(py, exc::TypeError, "end_offset must be provided when end_lineno is provided");
    return {};
}

Value syntax_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto& e = static_cast<SyntaxError&>(exception_of(self));
    if (no_keywords(py, e, names).raised()) return {};
    return done(fill(py, e, args, n));
}

Result<Ref<Str>> syntax_str(Python& py, Borrowed<SyntaxError> self) {
    Maybe<> msg = self->msg.load(self.get()), filename = self->filename.load(self.get()), line = self->lineno.load(self.get());
    Ref<Str> text = TRY(str(py, msg ? *msg : none));
    bool has_file = filename && is<Str>(*filename), has_line = line && is_any_int(line.value());
    if (!has_file && !has_line) return text;
    StrBuilder out(py);
    out.add(*text);
    out.add(" (");
    if (has_file) {
        Borrowed<Str> path = as<Str>(*filename);
        std::size_t begin = 0;
        for (std::size_t i = 0; i < path->length(); ++i) {
            if (path->at(i) == U'/') begin = i + 1;
        }
        out.add(*path, begin, path->length());
    }
    if (has_line) {
        out.add(has_file ? ", line " : "line ");
        out.add(*TRY(str(py, Borrowed<>(line.value().is_bool() ? line.value() : int_number(line.value())))));
    }
    out.add(")");
    return out.finish();
}

constexpr SlotDef slots[] = {slot<Dunder::str, syntax_str>};
constexpr GetSetDef getsets[] = {
    field<SyntaxError, &SyntaxError::msg>("msg", "The message."),
    field<SyntaxError, &SyntaxError::filename>("filename", "The file."),
    field<SyntaxError, &SyntaxError::lineno>("lineno", "The line."),
    field<SyntaxError, &SyntaxError::offset>("offset", "The column, counted from 1."),
    field<SyntaxError, &SyntaxError::text>("text", "The text of the line."),
    field<SyntaxError, &SyntaxError::end_lineno>("end_lineno", "The line of the end."),
    field<SyntaxError, &SyntaxError::end_offset>("end_offset", "The column of the end."),
    field<SyntaxError, &SyntaxError::print_file_and_line>("print_file_and_line", "Whether tracebacks show file and line."),
    field<SyntaxError, &SyntaxError::metadata>("_metadata", "What the compiler knows besides."),
};

}  // namespace
}  // namespace oro::exceptions

ORO_EXCEPTION(SyntaxError, Exception, SyntaxError, "The source text is not Python.",
              .new_ = exceptions::exception_new<oro::SyntaxError>, .init = exceptions::syntax_init,
              .slots = exceptions::slots, .getsets = exceptions::getsets)
ORO_EXCEPTION(IndentationError, SyntaxError, SyntaxError, "The indentation is wrong.")
ORO_EXCEPTION(TabError, IndentationError, SyntaxError, "Tabs and spaces are mixed.")
ORO_EXCEPTION(_IncompleteInputError, SyntaxError, SyntaxError, "The source text ends too early.")
